//! Standing shifts beyond those of one resource.

use crate::bookings::{SHIFT, shift};
use crate::{Reader, Result};
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::id::FlatId;

impl Reader<'_> {
    /// A flat's standing shifts, those that are over too.
    pub fn standing_shifts_of_flat(&self, flat: FlatId) -> Result<Vec<StandingShift>> {
        let sql = format!("SELECT {SHIFT} FROM standing_shift WHERE flat = ?1 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([flat.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(shift(row)?);
        }
        Ok(found)
    }
}
