//! After anything was written nobody may hold a time together with another: what the rules say of it, applied to the rows.

use crate::bookings::{LAST_DAY, ResourceBook};
use crate::changeset;
use crate::schema::Columns;
use crate::{Error, Result, Tx};
use chrono::NaiveDateTime;
use kiulu_domain::bookings::booking::BookingStatus;
use kiulu_domain::bookings::settle::{settle, shifts_collide};
use kiulu_domain::id::{BookingId, ResourceId};
use rusqlite::OptionalExtension;
use std::collections::{BTreeMap, BTreeSet};

impl Tx<'_> {
    /// Sees to it that nobody holds a time together with another, after rows of a resource have been written: of the bookings in
    /// `written` those give way that something else had before, and standing shifts give way to the bookings that stay. Gives the
    /// number of bookings that were displaced.
    pub fn settle_bookings(&self, resource: ResourceId, written: &BTreeSet<BookingId>) -> Result<u32> {
        Ok(self.settle_book(resource, written)?.2)
    }

    /// [`Tx::settle_bookings`]; gives also the turns of standing shifts as they come from now on, and the time on the wall.
    fn settle_book(
        &self,
        resource: ResourceId,
        written: &BTreeSet<BookingId>,
    ) -> Result<(ResourceBook, NaiveDateTime, u32)> {
        let now = self.wall_at(self.now())?;
        // What is over stays as it was, but for what is written now.
        let mut from = now.date();
        for id in written {
            from = from.min(self.booking(*id)?.span.date());
        }
        let mut book = self.resource_book(resource, from, LAST_DAY)?;
        let settled = settle(&book.schedule(now), written);
        for id in &settled.displaced {
            let mut booking = self.booking(*id)?;
            booking.status = BookingStatus::Displaced;
            self.put_booking(&booking)?;
        }
        for skipped in &settled.yielded {
            self.put_skipped_turn(skipped)?;
        }
        for skipped in &settled.returned {
            self.delete_skipped_turn(skipped.shift, skipped.date)?;
        }
        book.skipped.retain(|skipped| !settled.returned.contains(skipped));
        book.skipped.extend(settled.yielded);
        Ok((book, now, settled.displaced.len() as u32))
    }

    /// [`Tx::settle_bookings`] for every resource whose time a changeset, just applied, has touched.
    ///
    /// # Errors
    /// [`Error::InUse`] when a standing shift would come back that another flat has by now.
    pub(crate) fn settle_after(&self, columns: &Columns, applied: &[u8]) -> Result<()> {
        // Whoever shares nothing need not have a large import walked once more.
        let shares: bool = self
            .conn()
            .query_row("SELECT EXISTS (SELECT 1 FROM resource)", [], |row| row.get(0))?;
        if !shares {
            return Ok(());
        }
        let mut written: BTreeMap<ResourceId, BTreeSet<BookingId>> = BTreeMap::new();
        let shift_of = columns.position("skipped_turn", "standing_shift");
        let booking_of = columns.position("booking", "resource");
        changeset::walk(applied, |row| {
            let (table, id) = match (row.table, shift_of) {
                // Of a turn that is not skipped any more only the changeset tells whose it was.
                ("skipped_turn", Some(place)) => {
                    let shift = row.after(place).or_else(|| row.before(place));
                    match shift.and_then(changeset::as_uuid) {
                        Some(shift) => ("standing_shift", shift),
                        None => return Ok(()),
                    }
                }
                _ => (row.table, row.id),
            };
            if let Some(resource) = self.resource_of(table, id)? {
                let bookings = written.entry(resource).or_default();
                if table == "booking" {
                    bookings.insert(BookingId(id));
                }
            }
            // A booking that moved from one resource to another leaves room where it was.
            if let ("booking", Some(place)) = (table, booking_of)
                && let Some(left) = row.before(place).and_then(changeset::as_uuid)
                && let Some(resource) = self.resource_of("resource", left)?
            {
                written.entry(resource).or_default();
            }
            Ok(())
        })?;
        for (resource, bookings) in &written {
            let (book, now, _) = self.settle_book(*resource, bookings)?;
            if shifts_collide(&book.schedule(now)) {
                return Err(Error::InUse("standing_shift"));
            }
        }
        Ok(())
    }

    /// The resource of a row, where it has one and both are still there.
    pub(crate) fn resource_of(&self, table: &str, id: uuid::Uuid) -> Result<Option<ResourceId>> {
        let sql = match table {
            "resource" => "SELECT id FROM resource WHERE id = ?1",
            "booking" => "SELECT resource FROM booking WHERE id = ?1",
            "standing_shift" => "SELECT resource FROM standing_shift WHERE id = ?1",
            "blackout" => "SELECT resource FROM blackout WHERE id = ?1",
            _ => return Ok(None),
        };
        let found = self
            .conn()
            .prepare_cached(sql)?
            .query_row([id], |row| row.get(0).map(ResourceId))
            .optional()?;
        Ok(found)
    }
}
