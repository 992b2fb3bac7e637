//! Changes as they travel: which of them the organisation's log has, and what it takes to hand the others over.
//!
//! What the log has comes first in the order of this laptop, what it has not comes after: one number tells where the one ends.

use crate::{Error, Reader, Result, Store};
use kiulu_domain::action::{Action, Rebase};
use kiulu_domain::id::{ChangeId, UserId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A change without its place in the order, which the log gives. Everybody keeps the same of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedChange {
    /// Its id: by it a change that comes back from the log is known as one's own.
    pub id: ChangeId,
    /// When it was made, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Who made it.
    pub author: UserId,
    /// On which laptop.
    pub device: Uuid,
    /// What was done, as [`kiulu_domain::action::Action`] writes itself.
    pub action: String,
    /// How it rebases, `fields` or `whole`.
    pub rebase: String,
    /// The schema version it was written with.
    pub schema: u32,
    /// The change that it takes back.
    pub undoes: Option<ChangeId>,
    /// The changeset, compressed.
    pub changeset: Vec<u8>,
}

/// The key of the last sequence number that the log has.
const LOGGED: &str = "logged";

/// The key of what the log's reader keeps beside it.
const CURSOR: &str = "log_cursor";

impl Store {
    /// The changes that the log does not have yet, the oldest first.
    pub fn unsent(&self) -> Result<Vec<LoggedChange>> {
        self.read(|reader| reader.changes_after(logged(reader.conn)?))
    }

    /// How many changes the log does not have yet.
    pub fn unsent_count(&self) -> Result<u32> {
        self.read(|reader| {
            let mut statement = reader
                .conn
                .prepare_cached("SELECT count(*) FROM change WHERE seq > ?1")?;
            Ok(statement.query_row([logged(reader.conn)?], |row| row.get(0))?)
        })
    }

    /// Where the reader of the log stands: what it gave [`Store::rebase`], [`Store::acknowledge`] or [`Store::keep_log_cursor`] last.
    pub fn log_cursor(&self) -> Result<Option<Vec<u8>>> {
        self.read(|reader| {
            let mut statement = reader
                .conn
                .prepare_cached("SELECT value FROM local_meta WHERE key = ?1")?;
            Ok(statement.query_row([CURSOR], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps where the reader of the log stands now, when what it read holds no changes.
    pub fn keep_log_cursor(&self, cursor: &[u8]) -> Result<()> {
        crate::file::set_meta(&self.writer(), CURSOR, cursor)
    }

    /// Notes that the log has taken the oldest unsent changes as they stand, up to one, and where the reader of the log stands now.
    ///
    /// # Errors
    /// [`Error::Missing`] when the change is none of the unsent ones.
    pub fn acknowledge(&self, last: ChangeId, cursor: &[u8]) -> Result<()> {
        let mut conn = self.writer();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let seq: i64 = tx
            .query_row(
                "SELECT seq FROM change WHERE id = ?1 AND seq > ?2",
                params![last.0, logged(&tx)?],
                |row| row.get(0),
            )
            .optional()?
            .ok_or(Error::Missing("change"))?;
        set_logged(&tx, seq, cursor)?;
        tx.commit()?;
        Ok(())
    }
}

impl Reader<'_> {
    pub(crate) fn changes_after(&self, seq: i64) -> Result<Vec<LoggedChange>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, at, author, device, action, rebase, schema, undoes, changeset FROM change WHERE seq > ?1 ORDER BY seq",
        )?;
        let rows = statement.query_map([seq], |row| {
            Ok(LoggedChange {
                id: ChangeId(row.get(0)?),
                at: row.get(1)?,
                author: UserId(row.get(2)?),
                device: row.get(3)?,
                action: row.get(4)?,
                rebase: row.get(5)?,
                schema: row.get(6)?,
                undoes: row.get::<_, Option<Uuid>>(7)?.map(ChangeId),
                changeset: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Gives a change its place in the order.
pub(crate) fn insert_change(
    conn: &Connection,
    change: &LoggedChange,
    seq: i64,
    row_count: i64,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO change(id, seq, at, author, device, action, rebase, row_count, schema, undoes, changeset)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        change.id.0,
        seq,
        change.at,
        change.author.0,
        change.device,
        change.action,
        change.rebase,
        row_count,
        change.schema,
        change.undoes.map(|undone| undone.0),
        change.changeset,
    ])?;
    Ok(())
}

/// How an action rebases, as it is written.
pub(crate) fn rebase_name(action: &Action) -> &'static str {
    match action.rebase() {
        Rebase::Fields => "fields",
        Rebase::Whole => "whole",
    }
}

/// The last sequence number that the log has; 0 while nothing is shared.
pub(crate) fn logged(conn: &Connection) -> Result<i64> {
    let bytes: Option<[u8; 8]> = conn
        .prepare_cached("SELECT value FROM local_meta WHERE key = ?1")?
        .query_row([LOGGED], |row| row.get(0))
        .optional()?;
    Ok(bytes.map_or(0, i64::from_le_bytes))
}

pub(crate) fn set_logged(conn: &Connection, seq: i64, cursor: &[u8]) -> Result<()> {
    crate::file::set_meta(conn, LOGGED, &seq.to_le_bytes())?;
    crate::file::set_meta(conn, CURSOR, cursor)
}
