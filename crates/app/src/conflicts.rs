//! Two laptops wrote the same: what each wrote, who and when, and taking the other value.

use crate::attention::{AttentionKind, Lines};
use crate::contact_records::Changed;
use crate::history::{Names, is_withheld};
use crate::{App, Problem, Result, UndoChoice};
use chrono::{DateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ChangeId, OrganisationId};
use kiulu_store::{ClashKind, Clashed, Noted, NotedWhat, Reader, Store, WrittenBy};
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

/// How two changes clashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ClashHow {
    /// Both wrote the same; the later one's value stands, and the other can be taken instead.
    Edited,
    /// One deleted what the other edited. It is deleted, and can be brought back.
    Deleted,
    /// One wrote about something that the other had deleted.
    ParentGone,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ConflictSide {
    /// Their change.
    pub change: ChangeId,
    /// Their name now.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they did.
    pub action: Action,
}

/// What each wrote into one place; empty where it was emptied. Names stand for ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ConflictValue {
    /// Column.
    pub column: String,
    /// The later one's, which stands.
    pub standing: String,
    /// The earlier one's.
    pub other: String,
    /// A non-disclosure order keeps both back: they are empty here.
    pub withheld: bool,
}

/// Two laptops wrote the same.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ConflictInfo {
    /// How.
    pub how: ClashHow,
    /// Table of the row.
    pub table: String,
    /// The record that it belongs to, and whether it is still there.
    pub subject: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// Who wrote later.
    pub later: ConflictSide,
    /// Who wrote earlier, where it is known.
    pub earlier: Option<ConflictSide>,
    /// What each wrote.
    pub values: Vec<ConflictValue>,
}

impl App {
    pub(crate) fn conflicts(&self, store: &Store, lines: &mut Lines) -> Result<()> {
        let noted = store.read(|reader| reader.noted())?;
        if noted.is_empty() {
            return Ok(());
        }
        let told = store.read(|reader| {
            let names = Names::read(reader)?;
            let subjects = noted.iter().filter_map(|line| line.subject);
            let of_subjects = names.of_records(reader, store, subjects)?;
            let told = noted.iter().map(|line| {
                let name = line.subject.and_then(|subject| of_subjects.get(&subject));
                let kind = match &line.what {
                    NotedWhat::Withdrawn(gone) => AttentionKind::Withdrawn {
                        by: ConflictSide {
                            action: gone.action.clone(),
                            ..side(reader, gone.change, line.at)?
                        },
                    },
                    NotedWhat::Clashed(clashed) => AttentionKind::Conflict(Box::new(ConflictInfo {
                        how: how(clashed.how),
                        table: clashed.table.clone(),
                        subject: line.subject,
                        name: name.cloned().unwrap_or_default(),
                        later: side(reader, clashed.change, line.at)?,
                        earlier: match clashed.theirs {
                            Some(change) => Some(side(reader, change, line.at)?),
                            None => None,
                        },
                        values: values(reader, &names, clashed)?,
                    })),
                };
                Ok((line, kind))
            });
            told.collect::<Result<Vec<_>>>()
        })?;
        for (line, mut kind) in told {
            if let (AttentionKind::Conflict(conflict), NotedWhat::Clashed(clashed)) = (&mut kind, &line.what)
            {
                keep_back(store, line, clashed, conflict)?;
            }
            lines.add(noted_key(line.id), kind, None);
        }
        Ok(())
    }

    /// Takes the other side of a conflict: the earlier one's values, or brings back what was deleted with the values that were written
    /// into it.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] when the line or its row has gone meanwhile; [`Problem::EditedSince`] when what was deleted with
    /// it was written to again.
    pub fn take_other(&self, organisation: OrganisationId, key: &str) -> Result<Changed> {
        let store = self.store(organisation)?;
        let noted = store.read(|reader| reader.noted())?;
        let line = noted.iter().find(|line| noted_key(line.id) == key);
        let line = line.ok_or(Problem::RecordMissing)?;
        let NotedWhat::Clashed(clashed) = &line.what else {
            return Err(Problem::RecordMissing);
        };
        let name = self.conflict_name(&store, line)?;
        let action = Action::ConflictTake { name };
        let row = (clashed.table.as_str(), clashed.row);
        let fields = clashed.fields.iter();
        let values: Vec<_> = match clashed.how {
            ClashKind::EditedTwice | ClashKind::AddedTwice => fields
                .map(|field| (field.column.as_str(), field.theirs.as_ref()))
                .collect(),
            ClashKind::DeletedHere => {
                self.undo(organisation, clashed.change, UndoChoice::Stop)?;
                Vec::new()
            }
            ClashKind::DeletedThere => {
                let deletion = clashed.theirs.ok_or(Problem::RecordMissing)?;
                self.undo(organisation, deletion, UndoChoice::Stop)?;
                fields
                    .map(|field| (field.column.as_str(), field.ours.as_ref()))
                    .collect()
            }
            ClashKind::ParentGone => return Err(Problem::RecordMissing),
        };
        Ok(store.take_values(&action, line.id, row, &values)?.into())
    }

    fn conflict_name(&self, store: &Store, line: &Noted) -> Result<String> {
        let Some(subject) = line.subject else {
            return Ok(String::new());
        };
        store.read(|reader| {
            let names = Names::read(reader)?;
            let mut named = names.of_records(reader, store, [subject].into_iter())?;
            Ok(named.remove(&subject).unwrap_or_default())
        })
    }
}

fn how(kind: ClashKind) -> ClashHow {
    match kind {
        ClashKind::EditedTwice | ClashKind::AddedTwice => ClashHow::Edited,
        ClashKind::DeletedHere | ClashKind::DeletedThere => ClashHow::Deleted,
        ClashKind::ParentGone => ClashHow::ParentGone,
    }
}

fn side(reader: &Reader<'_>, change: ChangeId, noted_at: DateTime<Utc>) -> Result<ConflictSide> {
    let written = reader.written_by(change)?.unwrap_or(WrittenBy {
        author: String::new(),
        at: noted_at,
        action: Action::AttentionSettle,
    });
    Ok(ConflictSide {
        change,
        author: written.author,
        at: written.at,
        action: written.action,
    })
}

fn values(reader: &Reader<'_>, names: &Names, clashed: &Clashed) -> Result<Vec<ConflictValue>> {
    let fields = clashed.fields.iter().map(|field| ConflictValue {
        standing: names.shown(reader, &field.column, field.ours.as_ref()),
        other: names.shown(reader, &field.column, field.theirs.as_ref()),
        column: field.column.clone(),
        withheld: false,
    });
    Ok(fields.collect())
}

/// What a non-disclosure order withholds is not shown here either.
fn keep_back(store: &Store, line: &Noted, clashed: &Clashed, conflict: &mut ConflictInfo) -> Result<()> {
    let (Some(subject), Some(table)) = (
        line.subject,
        kiulu_store::SHARED_TABLES
            .iter()
            .find(|name| **name == clashed.table),
    ) else {
        return Ok(());
    };
    if !store.is_withheld(table, subject)? {
        return Ok(());
    }
    for value in &mut conflict.values {
        if is_withheld(table, &value.column) {
            value.withheld = true;
            value.standing.clear();
            value.other.clear();
        }
    }
    Ok(())
}

const KEY: &str = "conflict-";

fn noted_key(line: Uuid) -> String {
    format!("{KEY}{line}")
}

/// The line of the shared list that a key names.
pub(crate) fn noted_in(key: &str) -> Option<Uuid> {
    key.strip_prefix(KEY)?.parse().ok()
}
