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

/// Where the reader of the log stands, and the entries that it read last.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// What the reader itself wants to find again; the store does not look into it.
    pub cursor: &'a [u8],
    /// The entries that are new to this laptop, the oldest first. All their changes come with them.
    pub entries: &'a [LogEntry],
    /// Entries up to and including this number need be kept no longer.
    pub forget: u64,
}

/// An entry of the organisation's log, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number in the log.
    pub seq: u64,
    /// How many changes it holds.
    pub changes: u32,
    /// Its encoding.
    pub bytes: Vec<u8>,
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

    /// Where the reader of the log stands: what it gave [`Store::rebase`], [`Store::acknowledge`] or [`Store::keep_place`] last.
    pub fn log_cursor(&self) -> Result<Option<Vec<u8>>> {
        self.read(|reader| reader.log_cursor())
    }

    /// Keeps where the reader of the log stands now, when what it read holds no changes.
    pub fn keep_place(&self, place: &Place<'_>) -> Result<()> {
        let mut conn = self.writer();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        set_place(&tx, logged(&tx)?, place)?;
        tx.commit()?;
        Ok(())
    }

    /// Entries of the log that are kept here, behind a number, up to about so many bytes: one at least, where there is one.
    pub fn log_entries(&self, after: u64, most: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.read(|reader| {
            let sql = "SELECT seq, bytes FROM local_entry WHERE seq > ?1 ORDER BY seq";
            let mut statement = reader.conn.prepare_cached(sql)?;
            let mut rows = statement.query([after as i64])?;
            let (mut entries, mut size) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(1)?;
                size += bytes.len();
                if size > most && !entries.is_empty() {
                    break;
                }
                entries.push((row.get::<_, i64>(0)? as u64, bytes));
            }
            Ok(entries)
        })
    }

    /// How many entries are kept here behind a number, and their bytes.
    pub fn log_weight(&self, after: u64) -> Result<(u64, u64)> {
        self.read(|reader| {
            let sql = "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM local_entry WHERE seq > ?1";
            let mut statement = reader.conn.prepare_cached(sql)?;
            Ok(statement.query_row([after as i64], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64))
            })?)
        })
    }

    /// Notes that the log has taken the oldest unsent changes as they stand, up to one, and where the reader of the log stands now.
    ///
    /// # Errors
    /// [`Error::Missing`] when the change is none of the unsent ones.
    pub fn acknowledge(&self, last: ChangeId, place: &Place<'_>) -> Result<()> {
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
        set_place(&tx, seq, place)?;
        tx.commit()?;
        Ok(())
    }
}

impl Reader<'_> {
    pub(crate) fn log_cursor(&self) -> Result<Option<Vec<u8>>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT value FROM local_meta WHERE key = ?1")?;
        Ok(statement.query_row([CURSOR], |row| row.get(0)).optional()?)
    }

    pub(crate) fn changes_after(&self, seq: i64) -> Result<Vec<LoggedChange>> {
        let sql = format!("SELECT {CHANGE} FROM change WHERE seq > ?1 ORDER BY seq");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([seq], change_of)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The change at a place of this laptop's order.
    pub(crate) fn change_at(&self, seq: i64) -> Result<Option<LoggedChange>> {
        let sql = format!("SELECT {CHANGE} FROM change WHERE seq = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row([seq], change_of).optional()?)
    }
}

/// What [`change_of`] reads.
const CHANGE: &str = "id, at, author, device, action, rebase, schema, undoes, changeset";

fn change_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<LoggedChange> {
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

/// Keeps where the reader of the log stands; `seq` is the last change that the log has.
pub(crate) fn set_place(conn: &Connection, seq: i64, place: &Place<'_>) -> Result<()> {
    crate::file::set_meta(conn, LOGGED, &seq.to_le_bytes())?;
    crate::file::set_meta(conn, CURSOR, place.cursor)?;
    let changes: i64 = place.entries.iter().map(|entry| i64::from(entry.changes)).sum();
    let mut logged = seq - changes;
    let mut keep =
        conn.prepare_cached("INSERT OR REPLACE INTO local_entry(seq, logged, bytes) VALUES (?1, ?2, ?3)")?;
    for entry in place.entries {
        logged += i64::from(entry.changes);
        keep.execute(params![entry.seq as i64, logged, entry.bytes])?;
    }
    conn.prepare_cached("DELETE FROM local_entry WHERE seq <= ?1")?
        .execute([place.forget as i64])?;
    Ok(())
}
