//! What one flat, or one contact, has booked.

use crate::bookings::{BOOKING, booking};
use crate::{Reader, Result};
use chrono::NaiveDate;
use kiulu_domain::bookings::booking::{Booking, Holder};
use kiulu_domain::id::{ContactId, FlatId, ResourceId};
use rusqlite::{Params, params};

impl Reader<'_> {
    /// A flat's bookings that end on a day or later, by their beginning.
    pub fn bookings_of_flat(&self, flat: FlatId, from: NaiveDate) -> Result<Vec<Booking>> {
        self.found(
            "flat = ?1 AND ends_at >= ?2 ORDER BY starts_at, id",
            params![flat.0, from.to_string()],
        )
    }

    /// The bookings of a flat or contact that end on a day or later, by their beginning; none of the house, which has no quota.
    pub fn bookings_of(&self, holder: Holder, from: NaiveDate) -> Result<Vec<Booking>> {
        match holder {
            Holder::Flat(flat) => self.bookings_of_flat(flat, from),
            Holder::Contact(contact) => self.found(
                "contact = ?1 AND ends_at >= ?2 ORDER BY starts_at, id",
                params![contact.0, from.to_string()],
            ),
            Holder::House => Ok(Vec::new()),
        }
    }

    /// A flat's last bookings that ended before a day, the latest first.
    pub fn last_bookings_of_flat(&self, flat: FlatId, before: NaiveDate, most: u32) -> Result<Vec<Booking>> {
        self.found(
            "flat = ?1 AND ends_at < ?2 ORDER BY starts_at DESC, id DESC LIMIT ?3",
            params![flat.0, before.to_string(), most],
        )
    }

    /// Everything that was booked for a contact, the latest first.
    pub fn bookings_of_contact(&self, contact: ContactId) -> Result<Vec<Booking>> {
        self.found(
            "contact = ?1 ORDER BY starts_at DESC, id DESC",
            params![contact.0],
        )
    }

    /// The resources that a contact has booked.
    pub(crate) fn resources_of_contact(&self, contact: ContactId) -> Result<Vec<ResourceId>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT DISTINCT resource FROM booking WHERE contact = ?1")?;
        let found = statement.query_map([contact.0], |row| row.get(0).map(ResourceId))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn found(&self, condition: &str, bound: impl Params) -> Result<Vec<Booking>> {
        let sql = format!("SELECT {BOOKING} FROM booking WHERE {condition}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(bound)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(booking(row)?);
        }
        Ok(found)
    }
}
