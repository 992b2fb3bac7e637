//! What calendar files brought in, and what they need to know of the log when they go out.

use crate::bookings::{time, wall};
use crate::{Error, Reader, Result, Tx};
use chrono::{DateTime, Utc};
use kiulu_domain::bookings::calendar_import::ImportedTime;
use kiulu_domain::bookings::time::Span;
use kiulu_domain::id::ResourceId;
use rusqlite::params;
use std::collections::HashMap;
use uuid::Uuid;

/// How often a row was changed by the log, and when last.
type RowRevision = (u32, DateTime<Utc>);

impl Reader<'_> {
    /// The times of a space that calendar files brought in.
    pub fn imported_times(&self, resource: ResourceId) -> Result<Vec<ImportedTime>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, uid, slot, sequence, starts_at, ends_at FROM imported_time WHERE resource = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([resource.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(ImportedTime {
                id: row.get(0)?,
                resource,
                uid: row.get(1)?,
                slot: row.get(2)?,
                sequence: row.get(3)?,
                span: Span {
                    start: time(row, 4)?,
                    end: time(row, 5)?,
                },
            });
        }
        Ok(found)
    }
}

impl Reader<'_> {
    /// The changes of every row that is no contact, of rows that are gone too.
    pub fn revisions(&self) -> Result<HashMap<Uuid, RowRevision>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT t.subject, count(*), max(c.at) FROM local_touched t JOIN change c ON c.seq = t.seq
             WHERE t.subject NOT IN (SELECT id FROM contact) GROUP BY t.subject",
        )?;
        let mut rows = statement.query([])?;
        let mut found = HashMap::new();
        while let Some(row) = rows.next()? {
            found.insert(row.get(0)?, revision(row.get(1)?, row.get(2)?)?);
        }
        Ok(found)
    }

    /// The changes that can have touched a time out of use, one that is gone too.
    pub fn blackout_revision(&self) -> Result<RowRevision> {
        let (count, at): (u32, Option<i64>) = self.conn.query_row(
            "SELECT count(*), max(at) FROM change
             WHERE json_extract(action, '$.code') IN ('blackout_save', 'blackout_delete', 'calendar_import', 'undo')",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        revision(count, at.unwrap_or(0))
    }
}

fn revision(count: u32, at: i64) -> Result<RowRevision> {
    Ok((
        count,
        DateTime::from_timestamp_millis(at).ok_or(Error::Unreadable("time"))?,
    ))
}

impl Tx<'_> {
    /// Writes what a calendar file says of a time.
    pub fn put_imported_time(&self, imported: &ImportedTime) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO imported_time(id, resource, uid, slot, sequence, starts_at, ends_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT(id) DO UPDATE SET sequence = excluded.sequence, starts_at = excluded.starts_at,
                   ends_at = excluded.ends_at",
            )?
            .execute(params![
                imported.id,
                imported.resource.0,
                imported.uid,
                imported.slot,
                imported.sequence,
                wall(imported.span.start),
                wall(imported.span.end),
            ])?;
        Ok(())
    }

    /// Forgets what a calendar file said of a time.
    pub fn delete_imported_time(&self, id: Uuid) -> Result<()> {
        self.conn()
            .prepare_cached("DELETE FROM imported_time WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }
}
