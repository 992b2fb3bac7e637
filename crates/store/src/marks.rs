//! How turns went.

use crate::bookings::{time, wall};
use crate::{Error, Reader, Result, Tx};
use chrono::NaiveDate;
use kiulu_domain::bookings::mark::{Outcome, TurnMark};
use kiulu_domain::id::ResourceId;
use rusqlite::params;

impl Reader<'_> {
    /// How the turns of a resource went that began on days from one to another, both included, by their beginning.
    pub fn turn_marks(&self, resource: ResourceId, from: NaiveDate, to: NaiveDate) -> Result<Vec<TurnMark>> {
        let after = to.succ_opt().unwrap_or(to);
        let mut statement = self.conn.prepare_cached(
            "SELECT starts_at, outcome FROM turn_mark WHERE resource = ?1 AND starts_at >= ?2 AND starts_at < ?3
             ORDER BY starts_at, id",
        )?;
        let mut rows = statement.query(params![resource.0, from.to_string(), after.to_string()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let outcome: String = row.get(1)?;
            found.push(TurnMark {
                resource,
                start: time(row, 0)?,
                outcome: Outcome::parse(&outcome).ok_or(Error::Unreadable("turn_mark"))?,
            });
        }
        Ok(found)
    }
}

impl Tx<'_> {
    /// Writes how a turn went.
    pub fn put_turn_mark(&self, mark: &TurnMark) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO turn_mark(id, resource, starts_at, outcome) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT(id) DO UPDATE SET outcome = excluded.outcome",
            )?
            .execute(params![
                TurnMark::id(mark.resource, mark.start),
                mark.resource.0,
                wall(mark.start),
                mark.outcome.as_str(),
            ])?;
        Ok(())
    }
}
