//! What own changes met when they were put on top of the log, as it stands on the shared needs-attention list; and taking the other
//! value.

use crate::history::RecordChange;
use crate::schema::shared_table;
use crate::{Error, Reader, Result, RowOperation, Store, Tx, Written};
use chrono::{DateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::id::{BookingId, ChangeId};
use rusqlite::OptionalExtension;
use rusqlite::types::Value;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How two changes clashed. The later one is the one that was put on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClashKind {
    /// Both wrote the same columns; what the later one wrote stands.
    EditedTwice,
    /// Both added what can be there only once; what the later one wrote stands.
    AddedTwice,
    /// The later one deleted what the earlier one had edited. It is deleted.
    DeletedHere,
    /// The later one edited what the earlier one had deleted. It is deleted.
    DeletedThere,
    /// The later one wrote about something that the earlier one had deleted. It is gone.
    ParentGone,
}

/// A column that both wrote.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ClashedField {
    /// Which.
    pub column: String,
    /// What the earlier change had written.
    pub theirs: Option<serde_json::Value>,
    /// What the later one wrote.
    pub ours: Option<serde_json::Value>,
}

/// Two changes that wrote the same.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Clashed {
    /// How.
    pub how: ClashKind,
    /// The later change.
    pub change: ChangeId,
    /// The earlier one, where it is known.
    pub theirs: Option<ChangeId>,
    /// Table of the row.
    pub table: String,
    /// The row.
    pub row: Uuid,
    /// What clashed.
    pub fields: Vec<ClashedField>,
}

/// A change that could not stand as a whole.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Withdrawn {
    /// Which.
    pub change: ChangeId,
    /// What it had been.
    pub action: Action,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum NotedWhat {
    /// Two changes clashed.
    Clashed(Clashed),
    /// A change went.
    Withdrawn(Withdrawn),
}

/// A line of the shared needs-attention list.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// Its id.
    pub id: Uuid,
    /// When the later change was made.
    pub at: DateTime<Utc>,
    /// The record that it is about.
    pub subject: Option<Uuid>,
    /// What it says.
    pub what: NotedWhat,
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenBy {
    /// Their name now.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What they did.
    pub action: Action,
}

impl Reader<'_> {
    /// Who made a change; nothing when it is not here.
    pub fn written_by(&self, change: ChangeId) -> Result<Option<WrittenBy>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(u.name, ''), c.at, c.action FROM change c LEFT JOIN user u ON u.id = c.author WHERE c.id = ?1",
        )?;
        let found = statement.query_row([change.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, String>(2)?))
        });
        let Some((author, at, action)) = found.optional()? else {
            return Ok(None);
        };
        Ok(Some(WrittenBy {
            author,
            at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
            action: serde_json::from_str(&action)?,
        }))
    }

    /// The shared needs-attention list, the newest lines first.
    pub fn noted(&self) -> Result<Vec<Noted>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, code, subject, params, created_at FROM attention
             WHERE code IN ('conflict', 'withdrawn') ORDER BY created_at DESC, id",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (code, params): (String, String) = (row.get(1)?, row.get(3)?);
            let what = match code.as_str() {
                "conflict" => serde_json::from_str(&params).map(NotedWhat::Clashed),
                _ => serde_json::from_str(&params).map(NotedWhat::Withdrawn),
            };
            found.push(Noted {
                id: row.get(0)?,
                at: DateTime::from_timestamp_millis(row.get(4)?).unwrap_or_default(),
                subject: row.get(2)?,
                what: what.map_err(|_| Error::Unreadable("attention"))?,
            });
        }
        Ok(found)
    }
}

impl Store {
    /// Writes the other value of columns into their row, and takes the line off the list.
    ///
    /// # Errors
    /// [`Error::Missing`] when the row is gone.
    pub fn take_values(
        &self,
        action: &Action,
        line: Uuid,
        (table, row): (&str, Uuid),
        values: &[(&str, Option<&serde_json::Value>)],
    ) -> Result<Written<()>> {
        let table = shared_table(table).ok_or(Error::Unreadable("attention"))?;
        self.write(action, |tx| {
            for (column, value) in values {
                // Names of columns are our own schema's, never a row's word.
                let known = self.columns.position(table, column).filter(|place| *place > 0);
                known.ok_or(Error::Unreadable("attention"))?;
                let value = tx.stored(table, column, *value)?;
                let sql = format!("UPDATE {table} SET {column} = ?1 WHERE id = ?2");
                if tx.conn().prepare_cached(&sql)?.execute((value, row))? == 0 {
                    return Err(Error::Missing(table));
                }
            }
            if let Some(resource) = tx.resource_of(table, row)? {
                let written = match table {
                    "booking" => BTreeSet::from([BookingId(row)]),
                    _ => BTreeSet::new(),
                };
                tx.settle_bookings(resource, &written)?;
            }
            tx.delete_attention_row(line)
        })
    }

    /// Whether a non-disclosure order withholds the rows of a record.
    pub fn is_withheld(&self, table: &'static str, subject: Uuid) -> Result<bool> {
        let row = RecordChange {
            table,
            id: subject,
            subject,
            operation: RowOperation::Edited,
            fields: Vec::new(),
        };
        Ok(!self.withheld_of(&[row])?.is_empty())
    }
}

impl Tx<'_> {
    /// A value of the list as its column keeps it.
    fn stored(&self, table: &str, column: &str, value: Option<&serde_json::Value>) -> Result<Value> {
        let kept: String = self
            .conn()
            .prepare_cached("SELECT type FROM pragma_table_info(?1) WHERE name = ?2")?
            .query_row([table, column], |row| row.get(0))?;
        let unreadable = || Error::Unreadable("attention");
        Ok(match value {
            None | Some(serde_json::Value::Null) => Value::Null,
            Some(serde_json::Value::String(text)) if kept == "BLOB" => {
                Value::Blob(bytes(text).ok_or_else(unreadable)?)
            }
            Some(serde_json::Value::String(text)) => Value::Text(text.clone()),
            Some(serde_json::Value::Number(number)) => match number.as_i64() {
                Some(whole) => Value::Integer(whole),
                None => Value::Real(number.as_f64().ok_or_else(unreadable)?),
            },
            Some(_) => return Err(unreadable()),
        })
    }
}

/// An id, or hexadecimal digits.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if let Ok(id) = text.parse::<Uuid>() {
        return Some(id.as_bytes().to_vec());
    }
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
