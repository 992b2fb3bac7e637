//! Needs attention: the one inbox of an organisation.

use crate::conflicts::{ConflictInfo, ConflictSide, noted_in};
use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::HolderName;
use kiulu_domain::bookings::time::{Minutes, Span};
use kiulu_domain::id::{BookingId, ContactId, FlatId, OrganisationId, ResourceId, WaitingId};
use kiulu_store::Store;
use serde::Serialize;
use specta::Type;
use std::collections::HashSet;

/// How many days ahead a round birthday is announced.
const BIRTHDAY_DAYS: i64 = 30;

/// After so many days without a backup the user is told.
const BACKUP_DAYS: i64 = 7;

/// For so many days a matter stays away that comes back while its cause remains.
pub(crate) const SNOOZE_DAYS: u64 = 30;

/// What needs attention, with what its sentence needs.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum AttentionKind {
    /// Contacts without a reason to be in the register.
    WithoutReason {
        /// How many.
        count: u32,
    },
    /// The retention time of contacts has run out.
    RetentionDue {
        /// How many.
        count: u32,
        /// The first day on which the longest overdue were no longer needed.
        since: NaiveDate,
    },
    /// The dead whose roles run on.
    DeceasedInRoles {
        /// How many.
        count: u32,
        /// One of them.
        contact: ContactId,
        /// Their name as letters say it.
        name: String,
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
    /// A booking that somebody else, or something, stood before: it needs another time.
    BookingDisplaced {
        /// Which.
        booking: BookingId,
        /// Of what.
        resource: ResourceId,
        /// What the house calls it.
        name: String,
        /// For whom.
        who: HolderName,
        /// When it was.
        start: NaiveDateTime,
    },
    /// A turn is free that somebody waits for who has not been told yet.
    TurnToOffer {
        /// Their place in the line.
        entry: WaitingId,
        /// Of what.
        resource: ResourceId,
        /// What the house calls it.
        name: String,
        /// Who waits.
        who: HolderName,
        /// When the turn is.
        start: NaiveDateTime,
    },
    /// A turn was offered and waits for an answer.
    OfferRuns {
        /// Their place in the line.
        entry: WaitingId,
        /// Of what.
        resource: ResourceId,
        /// What the house calls it.
        name: String,
        /// Who waits.
        who: HolderName,
        /// When the turn is.
        start: NaiveDateTime,
        /// Until when they have to answer.
        until: NaiveDateTime,
    },
    /// A stove will stay cold: too few turns one after another were held when that was decided.
    Unheated {
        /// Of what.
        resource: ResourceId,
        /// What the house calls it.
        name: String,
        /// From the first turn to the last.
        span: Span,
        /// How many turns there are.
        turns: u32,
        /// How many it would take.
        needed: u32,
        /// The flats that have them.
        flats: Vec<String>,
    },
    /// A standing shift of a flat whose last residents leave, or have left.
    ShiftWithoutResident {
        /// Of what.
        resource: String,
        /// Whose.
        flat: FlatId,
        /// What the flat is called.
        name: String,
        /// Weekday, 0 for Monday.
        weekday: u32,
        /// From.
        from: Minutes,
        /// Until.
        to: Minutes,
        /// The last day of the last residents.
        left: NaiveDate,
    },
    /// A coming booking of a flat whose last residents will have left by then.
    BookingWithoutResident {
        /// Of what.
        resource: ResourceId,
        /// What the house calls it.
        name: String,
        /// What the flat is called.
        flat: String,
        /// When.
        start: NaiveDateTime,
        /// The last day of the last residents.
        left: NaiveDate,
    },
    /// A closed month that is past due, and not everybody has paid it.
    ChargesUnpaid {
        /// Its first day.
        month: NaiveDate,
        /// The day by which it had to be paid.
        due_on: NaiveDate,
        /// How many have not paid.
        count: u32,
        /// What they owe, in cents.
        #[specta(type = i32)]
        cents: i64,
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
    /// Two laptops wrote the same thing.
    Conflict(Box<ConflictInfo>),
    /// A change could not stand beside what somebody else had done first.
    Withdrawn {
        /// Who made it, when, and what it was to be.
        by: ConflictSide,
    },
}

/// One line of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct AttentionItem {
    /// Stable as long as the matter is the same.
    pub key: String,
    /// What.
    pub kind: AttentionKind,
    /// The day on which it comes back when it is settled today, as it does while its cause remains; nothing where it stays
    /// away.
    pub comes_back: Option<NaiveDate>,
}

/// Lines on their way to the inbox, without those that were settled.
pub(crate) struct Lines {
    settled: HashSet<String>,
    today: NaiveDate,
    pub(crate) items: Vec<AttentionItem>,
}

impl Lines {
    pub(crate) fn of(store: &Store, today: NaiveDate) -> Result<Self> {
        Ok(Self {
            settled: store.read(|reader| reader.settled(today))?,
            today,
            items: Vec::new(),
        })
    }

    /// `days` later the matter comes back when it is settled today.
    pub(crate) fn add(&mut self, key: String, kind: AttentionKind, days: Option<u64>) {
        if !self.settled.contains(&key) {
            let comes_back = days.and_then(|days| self.today.checked_add_days(Days::new(days)));
            self.items.push(AttentionItem {
                key,
                kind,
                comes_back,
            });
        }
    }
}

impl App {
    /// Everything that needs attention, the most pressing first.
    pub fn attention(&self, organisation: OrganisationId) -> Result<Vec<AttentionItem>> {
        let mut items = self.register_attention.get(self, organisation, |today| {
            self.attention_of_register(organisation, today)
        })?;
        items.append(&mut self.attention_of_bookings(organisation)?);
        items.append(&mut self.attention_of_backups(organisation)?);
        Ok(items)
    }

    /// What lies in the file, so that it stays the same until something is written.
    fn attention_of_register(
        &self,
        organisation: OrganisationId,
        today: NaiveDate,
    ) -> Result<Vec<AttentionItem>> {
        let store = self.store(organisation)?;
        let mut lines = Lines::of(&store, today)?;
        self.conflicts(&store, &mut lines)?;
        let without = store.read(|reader| reader.without_reason_count(today))?;
        if without > 0 {
            lines.add(
                "without-reason".to_owned(),
                AttentionKind::WithoutReason { count: without },
                Some(SNOOZE_DAYS),
            );
        }
        store.read(|reader| {
            let due = reader.retention_due(today)?;
            if let Some(first) = due.first() {
                let kind = AttentionKind::RetentionDue {
                    count: due.len() as u32,
                    since: first.due,
                };
                lines.add("retention".to_owned(), kind, Some(SNOOZE_DAYS));
            }
            let dead = reader.deceased_in_roles(today)?;
            if let Some(contact) = dead.first() {
                let kind = AttentionKind::DeceasedInRoles {
                    count: dead.len() as u32,
                    contact: *contact,
                    name: reader.contact(*contact)?.full_name(),
                };
                lines.add("deceased-in-roles".to_owned(), kind, Some(SNOOZE_DAYS));
            }
            for (contact, age, day) in reader.round_birthdays(today, BIRTHDAY_DAYS)? {
                let name = reader.contact(contact)?.full_name();
                let kind = AttentionKind::RoundBirthday {
                    contact,
                    name,
                    age: age.unsigned_abs(),
                    day,
                };
                lines.add(format!("birthday-{contact}-{age}"), kind, None);
            }
            Ok::<_, Problem>(())
        })?;
        Ok(lines.items)
    }

    fn attention_of_backups(&self, organisation: OrganisationId) -> Result<Vec<AttentionItem>> {
        let store = self.store(organisation)?;
        let mut lines = Lines::of(&store, self.today(organisation)?)?;
        let newest = self.backups(organisation).first().map(|backup| backup.made_at);
        if newest.is_none_or(|at| (self.source.now() - at).num_days() > BACKUP_DAYS)
            && !self.describe(organisation)?.sample
        {
            let kind = AttentionKind::BackupOld { newest };
            lines.add("backup-old".to_owned(), kind, Some(BACKUP_DAYS.unsigned_abs()));
        }
        let state = self.backup_state(organisation);
        if let Some(since) = state.here.failing_since {
            lines.add(
                "backup-here".to_owned(),
                AttentionKind::BackupFailing { folder: None, since },
                Some(BACKUP_DAYS.unsigned_abs()),
            );
        }
        let folder = self.backup_settings(organisation).folder;
        if let (Some(_), Some(since)) = (&folder, state.folder.failing_since) {
            lines.add(
                "backup-folder".to_owned(),
                AttentionKind::BackupFailing { folder, since },
                Some(BACKUP_DAYS.unsigned_abs()),
            );
        }
        Ok(lines.items)
    }

    /// Settles a line: it stays away, or comes back on its day while its cause remains. Undo brings it back at once.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] when the matter has gone meanwhile.
    pub fn settle_attention(&self, organisation: OrganisationId, key: &str) -> Result<Changed> {
        let items = self.attention(organisation)?;
        let item = items
            .iter()
            .find(|item| item.key == key)
            .ok_or(Problem::RecordMissing)?;
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let written = store.write(&Action::AttentionSettle, |tx| match noted_in(key) {
            Some(line) => tx.delete_attention_row(line),
            None => tx.settle(key, item.comes_back, today),
        })?;
        Ok(written.into())
    }

    /// Ends the roles of the dead: on the day of death, or today where it is not known.
    pub fn end_roles_of_deceased(&self, organisation: OrganisationId) -> Result<Changed> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let dead = store.read(|reader| reader.deceased_in_roles(today))?;
        let name = match dead.as_slice() {
            [only] => Some(store.read(|reader| reader.contact(*only))?.full_name()),
            _ => None,
        };
        let action = Action::RolesEdit {
            count: dead.len() as u32,
            name,
        };
        let written = store.write(&action, |tx| {
            for contact in dead {
                let last_day = tx.contact(contact)?.deceased_on.unwrap_or(today).min(today);
                for mut role in tx.roles_of(contact)? {
                    if role.valid_to.is_some_and(|to| to <= last_day) {
                        continue;
                    }
                    if role.valid_from.is_some_and(|from| from > last_day) {
                        // It never began.
                        tx.delete_role(role.id)?;
                        continue;
                    }
                    role.valid_to = Some(last_day);
                    tx.put_role(&role)?;
                }
            }
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }
}
