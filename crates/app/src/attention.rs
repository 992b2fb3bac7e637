//! Needs attention: the one inbox of an organisation.

use crate::{App, Result};
use chrono::{DateTime, NaiveDate, Utc};
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec};
use kiulu_domain::id::{ContactId, OrganisationId};
use serde::Serialize;
use specta::Type;

/// How many days ahead a round birthday is announced.
const BIRTHDAY_DAYS: i64 = 30;

/// After so many days without a backup the user is told.
const BACKUP_DAYS: i64 = 7;

/// What needs attention, with what its sentence needs.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum AttentionKind {
    /// Contacts without a reason to be in the register.
    WithoutReason {
        /// How many.
        count: u32,
    },
    /// A contact's retention time has run out.
    RetentionDue {
        /// Whose data.
        contact: ContactId,
        /// Name as letters say it.
        name: String,
        /// The first day on which it is no longer needed.
        due: NaiveDate,
    },
    /// A round birthday comes.
    RoundBirthday {
        /// Whose.
        contact: ContactId,
        /// Name as letters say it.
        name: String,
        /// Years.
        age: u32,
        /// The day.
        day: NaiveDate,
    },
    /// No backup for a while.
    BackupOld {
        /// The newest one, where there is one.
        newest: Option<DateTime<Utc>>,
    },
    /// Making backups fails.
    BackupFailing {
        /// The chosen folder that they do not reach; nothing when they cannot be made on this computer.
        folder: Option<String>,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// A row of the shared list: what somebody must look at, as it was written down.
    Conflict {
        /// Its own code.
        what: String,
    },
}

/// One line of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AttentionItem {
    /// Stable as long as the matter is the same.
    pub key: String,
    /// What.
    pub kind: AttentionKind,
}

impl App {
    /// Everything that needs attention, the most pressing first.
    pub fn attention(&self, organisation: OrganisationId) -> Result<Vec<AttentionItem>> {
        let store = self.store(organisation)?;
        let today = self.today();
        let mut items = Vec::new();
        let mut add = |key: String, kind| items.push(AttentionItem { key, kind });

        for (id, what, _, _) in store.read(|reader| reader.attention_rows())? {
            add(format!("conflict-{id}"), AttentionKind::Conflict { what });
        }
        let filter = ContactFilter {
            without_reason: true,
            ..ContactFilter::default()
        };
        let without = store.contact_count(
            &ContactListSpec {
                filter,
                ..ContactListSpec::default()
            },
            today,
        )?;
        if without > 0 {
            add(
                "without-reason".to_owned(),
                AttentionKind::WithoutReason { count: without },
            );
        }
        store.read(|reader| {
            for due in reader.retention_due(today)?.into_iter().take(200) {
                let name = reader.contact(due.contact)?.full_name();
                let kind = AttentionKind::RetentionDue {
                    contact: due.contact,
                    name,
                    due: due.due,
                };
                add(format!("retention-{}", due.contact), kind);
            }
            for (contact, age, day) in reader
                .round_birthdays(today, BIRTHDAY_DAYS)?
                .into_iter()
                .take(200)
            {
                let name = reader.contact(contact)?.full_name();
                let kind = AttentionKind::RoundBirthday {
                    contact,
                    name,
                    age: age.unsigned_abs(),
                    day,
                };
                add(format!("birthday-{contact}-{age}"), kind);
            }
            Ok::<_, crate::Problem>(())
        })?;
        let newest = self.backups(organisation).first().map(|backup| backup.made_at);
        if newest.is_none_or(|at| (self.source.now() - at).num_days() > BACKUP_DAYS)
            && !self.describe(organisation)?.sample
        {
            add("backup-old".to_owned(), AttentionKind::BackupOld { newest });
        }
        let state = self.backup_state(organisation);
        if let Some(since) = state.here.failing_since {
            add(
                "backup-here".to_owned(),
                AttentionKind::BackupFailing { folder: None, since },
            );
        }
        let folder = self.backup_settings(organisation).folder;
        if let (Some(_), Some(since)) = (&folder, state.folder.failing_since) {
            add(
                "backup-folder".to_owned(),
                AttentionKind::BackupFailing { folder, since },
            );
        }
        Ok(items)
    }
}
