//! Who changed what and when, read from the log.

use crate::changeset::{self, Operation, RowChange};
use crate::derived::{recorded_owners, subject_of};
use crate::{Error, Reader, Result, Store};
use chrono::{DateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ChangeId, UserId};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, ToSql, params};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Which changes to list; the newest come first.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// Only changes before this sequence number: the key of the next page.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
    /// Only changes that touched this record.
    pub subject: Option<Uuid>,
    /// Also changes that only looked or exported.
    pub with_access: bool,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeSummary {
    /// The change.
    pub id: ChangeId,
    /// Its place in this laptop's order.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub author: UserId,
    /// Their name now.
    pub author_name: String,
    /// What.
    pub action: Action,
    /// What it takes back, where it is an undo.
    pub undoes: Option<Action>,
    /// Rows it touched.
    pub rows: u32,
    /// It stands undone.
    pub undone: bool,
}

/// What a change did to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOperation {
    /// The row came.
    Created,
    /// Columns changed.
    Edited,
    /// The row went.
    Deleted,
}

/// One row of a change with its values before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordChange {
    /// Table.
    pub table: &'static str,
    /// Row.
    pub id: Uuid,
    /// The record it belongs to.
    pub subject: Uuid,
    /// What happened to it.
    pub operation: RowOperation,
    /// The columns that changed; for a new or deleted row those that hold something.
    pub fields: Vec<FieldChange>,
}

/// A column's value before and after; nothing where it was empty.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Column name.
    pub column: String,
    /// Before.
    pub old: Option<serde_json::Value>,
    /// After.
    pub new: Option<serde_json::Value>,
}

impl Store {
    /// A page of the history.
    pub fn history(&self, filter: &HistoryFilter) -> Result<Vec<ChangeSummary>> {
        self.read(|reader| reader.history(filter))
    }

    /// The rows of a change, or only those that belong to one record; at most `limit`.
    pub fn change_rows(
        &self,
        change: ChangeId,
        subject: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<RecordChange>> {
        let captured = self.changeset_of(change)?;
        self.read(|reader| {
            let mut rows = Vec::new();
            let gone = match subject {
                Some(subject) => self.gone_since(reader, change, subject)?,
                None => HashSet::new(),
            };
            changeset::walk(&captured, |row| {
                if rows.len() == limit {
                    return Ok(());
                }
                let owner = match subject {
                    Some(subject) if gone.contains(&(row.table, row.id)) => subject,
                    _ => subject_of(reader.conn, &self.columns, &row)?.unwrap_or(row.id),
                };
                if subject.is_some_and(|subject| subject != owner) {
                    return Ok(());
                }
                let fields = self
                    .columns
                    .of(row.table)
                    .iter()
                    .enumerate()
                    .skip(1)
                    .filter_map(|(place, column)| {
                        let old = row.before(place).and_then(|value| json(changeset::owned(value)));
                        let new = row.after(place).and_then(|value| json(changeset::owned(value)));
                        (old != new).then(|| FieldChange {
                            column: column.clone(),
                            old,
                            new,
                        })
                    })
                    .collect();
                rows.push(RecordChange {
                    table: row.table,
                    id: row.id,
                    subject: owner,
                    operation: match row.operation {
                        Operation::Insert => RowOperation::Created,
                        Operation::Update => RowOperation::Edited,
                        Operation::Delete => RowOperation::Deleted,
                    },
                    fields,
                });
                Ok(())
            })?;
            Ok(rows)
        })
    }
}

impl Store {
    /// The names that deleted records had, from the changes that deleted them; none for those that never had any.
    pub fn former_names(&self, subjects: &[Uuid]) -> Result<HashMap<Uuid, String>> {
        self.read(|reader| {
            let mut newest = reader
                .conn
                .prepare_cached("SELECT max(seq) FROM local_touched WHERE subject = ?1")?;
            // Many went with one change, which may be a whole import: each is read once.
            let mut by_change: BTreeMap<i64, HashSet<Uuid>> = BTreeMap::new();
            for subject in subjects {
                let seq: Option<i64> = newest.query_row([subject], |row| row.get(0))?;
                by_change.entry(seq.unwrap_or(0)).or_default().insert(*subject);
            }
            let mut read = reader
                .conn
                .prepare_cached("SELECT changeset FROM change WHERE seq = ?1")?;
            let mut names = HashMap::new();
            for (seq, wanted) in by_change {
                let Some(packed) = read.query_row([seq], |row| row.get::<_, Vec<u8>>(0)).optional()? else {
                    continue;
                };
                changeset::walk(&changeset::unpack(&packed)?, |row| {
                    if row.operation == Operation::Delete && wanted.contains(&row.id) {
                        names.extend(self.name_in(&row).map(|name| (row.id, name)));
                    }
                    Ok(())
                })?;
            }
            Ok(names)
        })
    }

    fn name_in(&self, row: &RowChange<'_>) -> Option<String> {
        let texts = ["first_name", "last_name", "name"]
            .into_iter()
            .filter_map(|column| {
                let place = self.columns.position(row.table, column)?;
                match changeset::owned(row.before(place)?) {
                    Value::Text(text) if !text.is_empty() => Some(text),
                    _ => None,
                }
            });
        Some(texts.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
    }

    /// Rows of a record that later changes deleted: an edit of them does not say whose they were, and they do not either.
    fn gone_since(
        &self,
        reader: &Reader<'_>,
        change: ChangeId,
        subject: Uuid,
    ) -> Result<HashSet<(&'static str, Uuid)>> {
        let mut later = reader.conn.prepare_cached(
            "SELECT c.changeset FROM local_touched t JOIN change c ON c.seq = t.seq
             WHERE t.subject = ?1 AND t.seq > (SELECT seq FROM change WHERE id = ?2)",
        )?;
        let mut found = later.query(params![subject, change.0])?;
        let mut gone = HashSet::new();
        while let Some(row) = found.next()? {
            let packed = row
                .get_ref(0)?
                .as_blob()
                .map_err(|_| Error::Unreadable("change"))?;
            changeset::walk(&changeset::unpack(packed)?, |row| {
                if recorded_owners(&self.columns, &row).before == Some(subject) {
                    gone.insert((row.table, row.id));
                }
                Ok(())
            })?;
        }
        Ok(gone)
    }
}

/// Leaves out what only looked or exported.
const NOT_ACCESS: &str = "json_extract(c.action, '$.code') NOT IN
     ('contact_view', 'contacts_release', 'contacts_export', 'history_export', 'calendar_export', 'paper_print')";

impl Reader<'_> {
    fn history(&self, filter: &HistoryFilter) -> Result<Vec<ChangeSummary>> {
        let mut sql = String::from(
            "SELECT c.id, c.seq, c.at, c.author, coalesce(u.name, ''), c.action, c.row_count, o.action
             FROM change c LEFT JOIN user u ON u.id = c.author LEFT JOIN change o ON o.id = c.undoes WHERE c.seq < ?1",
        );
        let before = filter.before.unwrap_or(i64::MAX);
        let mut values: Vec<&dyn ToSql> = vec![&before];
        if let Some(subject) = &filter.subject {
            values.push(subject);
            sql.push_str(" AND c.seq IN (SELECT seq FROM local_touched WHERE subject = ?2)");
        }
        if !filter.with_access {
            sql.push_str(" AND ");
            sql.push_str(NOT_ACCESS);
        }
        values.push(&filter.limit);
        sql.push_str(&format!(" ORDER BY c.seq DESC LIMIT ?{}", values.len()));
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(&*values)?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            let id = ChangeId(row.get(0)?);
            let at: i64 = row.get(2)?;
            page.push(ChangeSummary {
                id,
                seq: row.get(1)?,
                at: DateTime::from_timestamp_millis(at).ok_or(Error::Unreadable("time"))?,
                author: UserId(row.get(3)?),
                author_name: row.get(4)?,
                action: serde_json::from_str(&row.get::<_, String>(5)?)?,
                undoes: row
                    .get::<_, Option<String>>(7)?
                    .map(|undone| serde_json::from_str(&undone))
                    .transpose()?,
                rows: row.get(6)?,
                undone: self.is_undone(id)?,
            });
        }
        Ok(page)
    }

    /// The newest change that a user made on this laptop and can take back: what Ctrl+Z means.
    pub fn newest_undoable(&self, author: UserId) -> Result<Option<ChangeId>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT c.id, c.action FROM change c WHERE c.author = ?1 AND {NOT_ACCESS} ORDER BY c.seq DESC"
        ))?;
        let mut rows = statement.query(params![author.0])?;
        while let Some(row) = rows.next()? {
            let id = ChangeId(row.get(0)?);
            let action: Action = serde_json::from_str(&row.get::<_, String>(1)?)?;
            if !matches!(action, Action::Undo { .. }) && action.can_undo() && !self.is_undone(id)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

/// A stored value as the page shows it: ids as text, emptiness as nothing.
fn json(value: Value) -> Option<serde_json::Value> {
    match value {
        Value::Null => None,
        Value::Text(text) if text.is_empty() => None,
        Value::Text(text) => Some(text.into()),
        Value::Integer(number) => Some(number.into()),
        Value::Real(number) => serde_json::Number::from_f64(number).map(Into::into),
        Value::Blob(bytes) => Uuid::from_slice(&bytes).ok().map(|id| id.to_string().into()),
    }
}
