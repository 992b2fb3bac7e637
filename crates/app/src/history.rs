//! The history and undo.

use crate::{App, Problem, Result};
use chrono::{DateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::clean::identity_code::masked;
use kiulu_domain::contact_input::shown_phone;
use kiulu_domain::id::{ChangeId, ContactId, OrganisationId};
use kiulu_store::{HistoryFilter, OnEdited, RecordChange, RowOperation, Store};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ChangeInfo {
    /// The change.
    pub id: ChangeId,
    /// Key of the next page.
    pub seq: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub author: String,
    /// What.
    pub action: Action,
    /// What it takes back, where it is an undo.
    pub undoes: Option<Action>,
    /// Rows it touched.
    pub rows: u32,
    /// It stands undone.
    pub undone: bool,
    /// It can be taken back now.
    pub can_undo: bool,
}

/// Part of the history, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HistoryPage {
    /// The lines.
    pub changes: Vec<ChangeInfo>,
    /// Where the next page begins; nothing at the end.
    pub next: Option<i32>,
}

/// One record's part of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct RecordChangeInfo {
    /// Table of the row.
    pub table: String,
    /// The record that the row belongs to: a contact, flat, group…
    pub subject: Uuid,
    /// The record's name now, where it has one.
    pub subject_name: String,
    /// `created`, `edited` or `deleted`.
    pub operation: String,
    /// Columns with their values before and after.
    pub values: Vec<ValueChangeInfo>,
}

/// A column's value before and after; empty where there was none. Names stand for the ids of roles, flats and groups, and
/// phone numbers are written as they are dialled in Finland.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ValueChangeInfo {
    /// Column.
    pub column: String,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
    /// A non-disclosure order keeps both back: they are empty here.
    pub withheld: bool,
}

/// What to do with records that were edited after the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum UndoChoice {
    /// Undo nothing and say which they are.
    Stop,
    /// Leave them, undo the rest.
    KeepThem,
    /// Undo them too.
    UndoThemToo,
}

/// What undoing a change would do.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct UndoReport {
    /// Rows it would change.
    pub rows: u32,
    /// Names of records that were edited since, at most a hundred.
    pub edited_since: Vec<String>,
    /// How many in all.
    pub edited_count: u32,
}

impl App {
    /// A page of the history: of the whole organisation, or of one record.
    pub fn history(
        &self,
        organisation: OrganisationId,
        subject: Option<Uuid>,
        with_access: bool,
        before: Option<i32>,
        limit: u32,
    ) -> Result<HistoryPage> {
        let limit = limit.clamp(1, 200);
        let filter = HistoryFilter {
            before: before.map(i64::from),
            limit,
            subject,
            with_access,
        };
        let changes: Vec<_> = self
            .store(organisation)?
            .history(&filter)?
            .into_iter()
            .map(|change| ChangeInfo {
                id: change.id,
                seq: change.seq as i32,
                at: change.at,
                author: change.author_name,
                can_undo: change.action.can_undo() && !change.undone,
                action: change.action,
                undoes: change.undoes,
                rows: change.rows,
                undone: change.undone,
            })
            .collect();
        let next = (changes.len() as u32 == limit)
            .then(|| changes.last().map(|change| change.seq))
            .flatten();
        Ok(HistoryPage { changes, next })
    }

    /// What a change did, row by row: to everything, or to one record. `release` shows what non-disclosure orders withhold, which
    /// is noted every time.
    pub fn change_rows(
        &self,
        organisation: OrganisationId,
        change: ChangeId,
        subject: Option<Uuid>,
        limit: u32,
        release: bool,
    ) -> Result<Vec<RecordChangeInfo>> {
        let store = self.store(organisation)?;
        let rows = store.change_rows(change, subject, limit.min(1000) as usize)?;
        let mut withheld = store.withheld_of(&rows)?;
        if release && !withheld.is_empty() {
            let released: Vec<_> = withheld.drain().map(ContactId).collect();
            self.note_release(organisation, &released)?;
        }
        store.read(|reader| {
            let names = Names::read(reader)?;
            let subjects = names.of_records(reader, &store, rows.iter().map(|row| row.subject))?;
            let kept_back = |row: &RecordChange, column: &str| {
                withheld.contains(&row.subject) && is_withheld(row.table, column)
            };
            let rows = rows.into_iter().map(|row| RecordChangeInfo {
                table: row.table.to_owned(),
                subject: row.subject,
                subject_name: subjects.get(&row.subject).cloned().unwrap_or_default(),
                operation: match row.operation {
                    RowOperation::Created => "created",
                    RowOperation::Edited => "edited",
                    RowOperation::Deleted => "deleted",
                }
                .to_owned(),
                values: row
                    .fields
                    .iter()
                    .map(|field| {
                        let withheld = kept_back(&row, &field.column);
                        let shown = |value: &Option<serde_json::Value>| match withheld {
                            true => String::new(),
                            false => names.shown(reader, &field.column, value.as_ref()),
                        };
                        ValueChangeInfo {
                            old: shown(&field.old),
                            new: shown(&field.new),
                            column: field.column.clone(),
                            withheld,
                        }
                    })
                    .collect(),
            });
            Ok(rows.collect())
        })
    }

    /// What undoing a change would meet.
    pub fn preview_undo(&self, organisation: OrganisationId, change: ChangeId) -> Result<UndoReport> {
        let store = self.store(organisation)?;
        let preview = store.preview_undo(change)?;
        store.read(|reader| {
            let names = Names::read(reader)?;
            let told = preview.edited_since.iter().take(100).map(|edited| edited.subject);
            let named = names.of_records(reader, &store, told.clone())?;
            let edited_since = told
                .map(|subject| named.get(&subject).cloned().unwrap_or_default())
                .collect();
            Ok(UndoReport {
                rows: preview.rows,
                edited_since,
                edited_count: preview.edited_since.len() as u32,
            })
        })
    }

    /// Takes a change back.
    ///
    /// # Errors
    /// [`Problem::EditedSince`] with [`UndoChoice::Stop`]: then show [`App::preview_undo`] and ask.
    pub fn undo(
        &self,
        organisation: OrganisationId,
        change: ChangeId,
        choice: UndoChoice,
    ) -> Result<crate::Changed> {
        let on_edited = match choice {
            UndoChoice::Stop => OnEdited::Stop,
            UndoChoice::KeepThem => OnEdited::KeepThem,
            UndoChoice::UndoThemToo => OnEdited::UndoThemToo,
        };
        Ok(self.store(organisation)?.undo(change, on_edited)?.into())
    }

    /// The change that Ctrl+Z takes back: the user's newest that still stands.
    pub fn newest_undoable(&self, organisation: OrganisationId) -> Result<ChangeId> {
        let store = self.store(organisation)?;
        let user = store.user().ok_or(Problem::NothingToUndo)?;
        store
            .read(|reader| reader.newest_undoable(user))?
            .ok_or(Problem::NothingToUndo)
    }
}

/// Whether a column tells where a contact lives or how to reach them by phone. Of a further phone, e-mail or address all is
/// kept back: an edit of it does not say which it is.
pub(crate) fn is_withheld(table: &str, column: &str) -> bool {
    match table {
        "contact" => matches!(
            column,
            "phone" | "street" | "postal_code" | "city" | "country" | "domicile"
        ),
        "contact_point" => true,
        "stakeholder_role" => column == "flat",
        _ => false,
    }
}

/// Names of the records that rows point to.
pub(crate) struct Names(HashMap<Uuid, String>);

impl Names {
    pub(crate) fn read(reader: &kiulu_store::Reader<'_>) -> Result<Self> {
        let mut names = HashMap::new();
        names.extend(reader.flats()?.into_iter().map(|flat| (flat.id.0, flat.name)));
        names.extend(
            reader
                .buildings()?
                .into_iter()
                .map(|building| (building.id.0, building.name)),
        );
        names.extend(
            reader
                .stairwells()?
                .into_iter()
                .map(|stairwell| (stairwell.id.0, stairwell.name)),
        );
        names.extend(
            reader
                .vocabulary()?
                .into_iter()
                .map(|kind| (kind.id.0, kind.name)),
        );
        names.extend(reader.groups()?.into_iter().map(|group| (group.id.0, group.name)));
        names.extend(
            reader
                .custom_fields()?
                .into_iter()
                .map(|field| (field.id.0, field.name)),
        );
        Ok(Self(names))
    }

    /// A value as people read it.
    pub(crate) fn shown(
        &self,
        reader: &kiulu_store::Reader<'_>,
        column: &str,
        value: Option<&serde_json::Value>,
    ) -> String {
        match value {
            None | Some(serde_json::Value::Null) => String::new(),
            // That it changed is told, never the code.
            Some(serde_json::Value::String(text)) if column == "identity_code" => masked(text),
            Some(serde_json::Value::String(text)) if matches!(column, "phone" | "value") => shown_phone(text),
            Some(serde_json::Value::String(text)) => {
                let named = text.parse().ok().and_then(|id| self.present(reader, id));
                named
                    .filter(|name| !name.is_empty())
                    .unwrap_or_else(|| text.clone())
            }
            Some(value) => value.to_string(),
        }
    }

    fn present(&self, reader: &kiulu_store::Reader<'_>, id: Uuid) -> Option<String> {
        let contact = reader.contact(ContactId(id)).ok();
        contact.map_or_else(|| self.0.get(&id).cloned(), |details| Some(details.full_name()))
    }

    /// The names of records now, or those they had when they were deleted.
    pub(crate) fn of_records(
        &self,
        reader: &kiulu_store::Reader<'_>,
        store: &Store,
        subjects: impl Iterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, String>> {
        let subjects: HashSet<Uuid> = subjects.collect();
        let mut names = HashMap::new();
        let mut gone = Vec::new();
        for id in subjects {
            match self.present(reader, id) {
                Some(name) => drop(names.insert(id, name)),
                None => gone.push(id),
            }
        }
        names.extend(store.former_names(&gone)?);
        Ok(names)
    }
}
