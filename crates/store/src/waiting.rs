//! The waiting lists of turns.

use crate::bookings::{time, wall};
use crate::{Error, Reader, Result, Tx};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::time::Span;
use kiulu_domain::bookings::waiting::{Offer, WaitingEntry};
use kiulu_domain::id::{ContactId, FlatId, ResourceId, WaitingId};
use rusqlite::{Params, Row, params};

const ENTRY: &str = "id, resource, flat, contact, starts_at, ends_at, put_at, offered_at, offer_until, note";

fn entry(row: &Row<'_>) -> Result<WaitingEntry> {
    let (flat, contact) = (row.get::<_, Option<_>>(2)?, row.get::<_, Option<_>>(3)?);
    let moment = |column| -> Result<Option<NaiveDateTime>> {
        let told = row.get::<_, Option<String>>(column)?.is_some();
        told.then(|| time(row, column)).transpose()
    };
    let put_at = DateTime::from_timestamp_millis(row.get(6)?);
    Ok(WaitingEntry {
        id: WaitingId(row.get(0)?),
        resource: ResourceId(row.get(1)?),
        holder: match (flat, contact) {
            (Some(flat), _) => Holder::Flat(FlatId(flat)),
            (None, Some(contact)) => Holder::Contact(ContactId(contact)),
            (None, None) => Holder::House,
        },
        span: Span {
            start: time(row, 4)?,
            end: time(row, 5)?,
        },
        put_at: put_at.ok_or(Error::Unreadable("time"))?,
        offer: match (moment(7)?, moment(8)?) {
            (Some(since), Some(until)) => Some(Offer { since, until }),
            _ => None,
        },
        note: row.get(9)?,
    })
}

impl Reader<'_> {
    /// One place in a line.
    pub fn waiting_entry(&self, id: WaitingId) -> Result<WaitingEntry> {
        let mut found = self.entries("id = ?1", [id.0])?;
        found.pop().ok_or(Error::Missing("waiting_entry"))
    }

    /// Who waits for a time of a resource on days from one to another, both included.
    pub(crate) fn waiting_for(
        &self,
        resource: ResourceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<WaitingEntry>> {
        let after = to.succ_opt().unwrap_or(to);
        self.entries(
            "resource = ?1 AND starts_at < ?3 AND ends_at > ?2 ORDER BY starts_at, id",
            params![resource.0, from.to_string(), after.to_string()],
        )
    }

    /// What somebody waits for that ends on a day or later, by its beginning. The house waits for nothing that it could be asked for.
    pub fn waiting_of(&self, holder: Holder, from: NaiveDate) -> Result<Vec<WaitingEntry>> {
        let (column, id) = match holder {
            Holder::Flat(flat) => ("flat", flat.0),
            Holder::Contact(contact) => ("contact", contact.0),
            Holder::House => return Ok(Vec::new()),
        };
        self.entries(
            &format!("{column} = ?1 AND ends_at >= ?2 ORDER BY starts_at, id"),
            params![id, from.to_string()],
        )
    }

    /// A place whose flat or contact is gone, by an undo or on another laptop, keeps no turn from anybody.
    fn entries(&self, condition: &str, bound: impl Params) -> Result<Vec<WaitingEntry>> {
        let sql = format!(
            "SELECT {ENTRY} FROM waiting_entry WHERE coalesce(flat, contact) IS NOT NULL AND {condition}"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(bound)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(entry(row)?);
        }
        Ok(found)
    }
}

impl Tx<'_> {
    /// Writes a place in a line. Who waits already keeps it: of a second one only the note counts.
    pub fn put_waiting(&self, entry: &WaitingEntry) -> Result<()> {
        let (flat, contact) = match entry.holder {
            Holder::Flat(flat) => (Some(flat.0), None),
            Holder::Contact(contact) => (None, Some(contact.0)),
            Holder::House => (None, None),
        };
        self.conn()
            .prepare_cached(
                "INSERT INTO waiting_entry(id, resource, flat, contact, starts_at, ends_at, put_at, offered_at, offer_until, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT(id) DO UPDATE SET note = excluded.note",
            )?
            .execute(params![
                entry.id.0,
                entry.resource.0,
                flat,
                contact,
                wall(entry.span.start),
                wall(entry.span.end),
                entry.put_at.timestamp_millis(),
                entry.offer.map(|offer| wall(offer.since)),
                entry.offer.map(|offer| wall(offer.until)),
                entry.note,
            ])?;
        Ok(())
    }

    /// Writes the offer that somebody in a line has.
    pub fn put_offer(&self, id: WaitingId, offer: Offer) -> Result<()> {
        self.conn()
            .prepare_cached("UPDATE waiting_entry SET offered_at = ?2, offer_until = ?3 WHERE id = ?1")?
            .execute(params![id.0, wall(offer.since), wall(offer.until)])?;
        Ok(())
    }

    /// Takes somebody out of a line.
    pub fn delete_waiting(&self, id: WaitingId) -> Result<()> {
        self.conn()
            .prepare_cached("DELETE FROM waiting_entry WHERE id = ?1")?
            .execute([id.0])?;
        Ok(())
    }

    /// After a time was booked: who has it waits for it no longer, and whoever still does gets a new offer when it is free again.
    pub fn end_waiting(&self, resource: ResourceId, holder: Holder, span: &Span) -> Result<()> {
        let last = span.end.date();
        for entry in self.waiting_for(resource, span.date(), last)? {
            if !entry.span.overlaps(span) {
                continue;
            }
            if entry.holder == holder {
                self.delete_waiting(entry.id)?;
            } else if entry.offer.is_some() {
                self.conn()
                    .prepare_cached(
                        "UPDATE waiting_entry SET offered_at = NULL, offer_until = NULL WHERE id = ?1",
                    )?
                    .execute([entry.id.0])?;
            }
        }
        Ok(())
    }
}
