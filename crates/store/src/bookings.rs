//! Resources, their bookings, standing shifts, blackouts and prices.

use crate::row::{date, iso};
use crate::{Error, Reader, Result, Tx};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use kiulu_domain::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
use kiulu_domain::bookings::price::Price;
use kiulu_domain::bookings::resource::{Resource, ResourceKind};
use kiulu_domain::bookings::schedule::Schedule;
use kiulu_domain::bookings::standing::{SkipReason, SkippedTurn, StandingShift};
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::bookings::waiting::WaitingEntry;
use kiulu_domain::id::{BlackoutId, BookingId, ContactId, FlatId, PriceId, ResourceId, StandingShiftId};
use kiulu_domain::organisation::zone_of;
use rusqlite::{Row, params};
use serde::de::DeserializeOwned;
use std::collections::{BTreeSet, HashSet};

/// The first day that compares as text as it does in time.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();

/// The last one that has a day after it: for all that is to come.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 30).unwrap();

/// How a wall-clock time is kept.
const WALL: &str = "%Y-%m-%dT%H:%M";

/// Everything that the questions about a resource are answered from; [`Schedule`] borrows from it.
#[derive(Debug, Clone)]
pub struct ResourceBook {
    /// The resource.
    pub resource: Resource,
    /// Its standing shifts.
    pub standing: Vec<StandingShift>,
    /// The days on which they do not come.
    pub skipped: Vec<SkippedTurn>,
    /// Its bookings within what was asked for, and all that have not ended.
    pub bookings: Vec<Booking>,
    /// When it is out of use.
    pub blackouts: Vec<Blackout>,
    /// Its price list.
    pub prices: Vec<Price>,
    /// Who waits for a time within what was asked for.
    pub waiting: Vec<WaitingEntry>,
    /// The name of its zone.
    pub time_zone: String,
}

impl ResourceBook {
    /// The schedule at a time on the wall.
    pub fn schedule(&self, now: NaiveDateTime) -> Schedule<'_> {
        Schedule {
            resource: &self.resource,
            zone: zone_of(&self.time_zone),
            standing: &self.standing,
            skipped: &self.skipped,
            bookings: &self.bookings,
            blackouts: &self.blackouts,
            prices: &self.prices,
            waiting: &self.waiting,
            now,
        }
    }
}

pub(crate) fn wall(time: NaiveDateTime) -> String {
    time.format(WALL).to_string()
}

pub(crate) fn time(row: &Row<'_>, column: usize) -> Result<NaiveDateTime> {
    let text: String = row.get(column)?;
    NaiveDateTime::parse_from_str(&text, WALL).map_err(|_| Error::Unreadable("time"))
}

fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    Ok(serde_json::from_str(
        row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?,
    )?)
}

const RESOURCE: &str =
    "id, kind, name, place, capacity, key_note, deposit_cents, timetable, common_turns, limits, retired";

fn resource(row: &Row<'_>) -> Result<Resource> {
    let kind: String = row.get(1)?;
    Ok(Resource {
        id: ResourceId(row.get(0)?),
        // A kind that only a newer program knows is something else to this one.
        kind: ResourceKind::parse(&kind).unwrap_or(ResourceKind::Other),
        name: row.get(2)?,
        place: row.get(3)?,
        capacity: row.get(4)?,
        key_note: row.get(5)?,
        deposit_cents: row.get(6)?,
        timetable: json(row, 7)?,
        common_turns: json(row, 8)?,
        limits: json(row, 9)?,
        retired: row.get(10)?,
    })
}

/// What lasts longer than this is looked for by its end: the days of the index `booking_long`.
const LONG_DAYS: u64 = 2;

pub(crate) const BOOKING: &str =
    "id, resource, flat, contact, starts_at, ends_at, status, extra, override_reason, note";

pub(crate) fn booking(row: &Row<'_>) -> Result<Booking> {
    let status: String = row.get(6)?;
    let (flat, contact) = (row.get::<_, Option<_>>(2)?, row.get::<_, Option<_>>(3)?);
    Ok(Booking {
        id: BookingId(row.get(0)?),
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
        status: BookingStatus::parse(&status).ok_or(Error::Unreadable("booking"))?,
        extra: row.get(7)?,
        override_reason: row.get(8)?,
        note: row.get(9)?,
    })
}

pub(crate) const SHIFT: &str =
    "id, resource, flat, weekday, from_minute, to_minute, valid_from, valid_to, every_weeks, pauses, note";

pub(crate) fn shift(row: &Row<'_>) -> Result<StandingShift> {
    Ok(StandingShift {
        id: StandingShiftId(row.get(0)?),
        resource: ResourceId(row.get(1)?),
        flat: FlatId(row.get(2)?),
        weekday: row.get(3)?,
        from: row.get(4)?,
        to: row.get(5)?,
        valid: Validity {
            from: date(row, 6)?,
            to: date(row, 7)?,
        },
        every_weeks: row.get(8)?,
        pauses: json(row, 9)?,
        note: row.get(10)?,
    })
}

impl Reader<'_> {
    /// Every resource in the order in which the house lists them.
    pub fn resources(&self) -> Result<Vec<Resource>> {
        let sql = format!("SELECT {RESOURCE} FROM resource ORDER BY position, id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(resource(row)?);
        }
        Ok(found)
    }

    /// One resource.
    pub fn resource(&self, id: ResourceId) -> Result<Resource> {
        let sql = format!("SELECT {RESOURCE} FROM resource WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(resource).ok_or(Error::Missing("resource"))?
    }

    /// Whether anybody has or had a booking or a standing shift of a resource.
    pub fn resource_used(&self, id: ResourceId) -> Result<bool> {
        let mut statement = self.conn.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM booking WHERE resource = ?1)
               OR EXISTS (SELECT 1 FROM standing_shift WHERE resource = ?1)
               OR EXISTS (SELECT 1 FROM charge_line WHERE resource = ?1)",
        )?;
        Ok(statement.query_row([id.0], |row| row.get(0))?)
    }

    /// One booking.
    pub fn booking(&self, id: BookingId) -> Result<Booking> {
        let sql = format!("SELECT {BOOKING} FROM booking WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(booking).ok_or(Error::Missing("booking"))?
    }

    /// Bookings from a day on that wait for another time, by when they were.
    pub fn displaced_bookings(&self, from: NaiveDate) -> Result<Vec<Booking>> {
        let sql = format!(
            "SELECT {BOOKING} FROM booking WHERE status = 'displaced' AND ends_at >= ?1 ORDER BY starts_at, id"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([from.to_string()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(booking(row)?);
        }
        Ok(found)
    }

    /// One standing shift.
    pub fn standing_shift(&self, id: StandingShiftId) -> Result<StandingShift> {
        let sql = format!("SELECT {SHIFT} FROM standing_shift WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(shift).ok_or(Error::Missing("standing_shift"))?
    }

    /// One blackout.
    pub fn blackout(&self, id: BlackoutId) -> Result<Blackout> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, resource, starts_at, ends_at, weekly, reason FROM blackout WHERE id = ?1",
        )?;
        let mut rows = statement.query([id.0])?;
        rows.next()?.map(blackout).ok_or(Error::Missing("blackout"))?
    }

    /// A resource with everything that takes its time on days from one to another, both included. Of what is stored day by day that
    /// which has ended before them is left out, so that a look at a week costs the same after ten years; of bookings what begins after
    /// them too. Standing shifts are all there.
    pub fn resource_book(&self, id: ResourceId, from: NaiveDate, to: NaiveDate) -> Result<ResourceBook> {
        let after = to.succ_opt().unwrap_or(to);
        // What reaches into these days and is longer than this began before it; `booking_long` has exactly those.
        let shortly = from.checked_sub_days(Days::new(LONG_DAYS)).unwrap_or(from);
        let sql = format!(
            "SELECT {BOOKING} FROM booking
             WHERE resource = ?1 AND starts_at >= ?4 AND starts_at < ?3 AND ends_at > ?2
             UNION ALL SELECT {BOOKING} FROM booking
             WHERE resource = ?1 AND starts_at < ?4 AND ends_at > ?2
               AND julianday(ends_at) - julianday(starts_at) > {LONG_DAYS}
             ORDER BY starts_at, id"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let days = [from, after, shortly].map(|day| day.to_string());
        let mut rows = statement.query(params![id.0, days[0], days[1], days[2]])?;
        let mut bookings = Vec::new();
        while let Some(row) = rows.next()? {
            bookings.push(booking(row)?);
        }
        // A turn that began the day before may reach into the first.
        let eve = from.pred_opt().unwrap_or(from);
        let waiting = self.waiting_for(id, from, to)?;
        self.add_bookings_of(&waiting, eve, &mut bookings)?;
        let standing = self.standing_shifts(id)?;
        let mut skipped = Vec::new();
        for shift in &standing {
            self.skipped_turns(shift.id, eve, &mut skipped)?;
        }
        Ok(ResourceBook {
            resource: self.resource(id)?,
            standing,
            skipped,
            bookings,
            blackouts: self.blackouts(id, eve)?,
            prices: self.prices(id)?,
            waiting,
            time_zone: self.time_zone()?,
        })
    }

    /// Adds what those who wait have booked besides, as far as a quota of the year that a day lies in can count it: whether they may
    /// have their turn depends on it.
    fn add_bookings_of(
        &self,
        waiting: &[WaitingEntry],
        day: NaiveDate,
        bookings: &mut Vec<Booking>,
    ) -> Result<()> {
        // The first week of a year may have begun in the one before.
        let since = NaiveDate::from_ymd_opt(day.year(), 1, 1)
            .and_then(|first| first.checked_sub_days(Days::new(7)))
            .unwrap_or(day);
        let mut known: BTreeSet<BookingId> = bookings.iter().map(|one| one.id).collect();
        let mut seen = HashSet::new();
        for entry in waiting.iter().filter(|entry| seen.insert(entry.holder)) {
            for booking in self.bookings_of(entry.holder, since)? {
                if booking.resource == entry.resource && known.insert(booking.id) {
                    bookings.push(booking);
                }
            }
        }
        bookings.sort_by_key(|one| (one.span.start, one.id));
        Ok(())
    }

    pub(crate) fn standing_shifts(&self, resource: ResourceId) -> Result<Vec<StandingShift>> {
        let sql = format!("SELECT {SHIFT} FROM standing_shift WHERE resource = ?1 ORDER BY id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([resource.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(shift(row)?);
        }
        Ok(found)
    }

    /// The days from one on on which a standing shift does not come.
    fn skipped_turns(
        &self,
        shift: StandingShiftId,
        from: NaiveDate,
        found: &mut Vec<SkippedTurn>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "SELECT date, reason FROM skipped_turn WHERE standing_shift = ?1 AND date >= ?2 ORDER BY date",
        )?;
        let mut rows = statement.query(params![shift.0, from.to_string()])?;
        while let Some(row) = rows.next()? {
            let reason: String = row.get(1)?;
            found.push(SkippedTurn {
                shift,
                date: date(row, 0)?.ok_or(Error::Unreadable("date"))?,
                reason: SkipReason::parse(&reason).ok_or(Error::Unreadable("skipped_turn"))?,
            });
        }
        Ok(())
    }

    /// Those that have not ended before a day, and all that come every week.
    fn blackouts(&self, resource: ResourceId, from: NaiveDate) -> Result<Vec<Blackout>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, resource, starts_at, ends_at, weekly, reason FROM blackout
             WHERE resource = ?1 AND (ends_at > ?2 OR weekly IS NOT NULL) ORDER BY id",
        )?;
        let mut rows = statement.query(params![resource.0, from.to_string()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(blackout(row)?);
        }
        Ok(found)
    }

    /// A resource's price list.
    pub fn prices(&self, resource: ResourceId) -> Result<Vec<Price>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT spec FROM price WHERE resource = ?1 ORDER BY position, id")?;
        let mut rows = statement.query([resource.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(json(row, 0)?);
        }
        Ok(found)
    }
}

pub(crate) fn blackout(row: &Row<'_>) -> Result<Blackout> {
    let weekly: Option<String> = row.get(4)?;
    Ok(Blackout {
        id: BlackoutId(row.get(0)?),
        resource: ResourceId(row.get(1)?),
        span: Span {
            start: time(row, 2)?,
            end: time(row, 3)?,
        },
        weekly: weekly.map(|text| serde_json::from_str(&text)).transpose()?,
        reason: row.get(5)?,
    })
}

impl Tx<'_> {
    /// Writes a resource; a new one goes last.
    pub fn put_resource(&self, resource: &Resource) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO resource(id, kind, name, place, capacity, key_note, deposit_cents, timetable, common_turns, limits,
                   retired, position)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, (SELECT coalesce(max(position), 0) + 1 FROM resource))
                 ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, name = excluded.name, place = excluded.place,
                   capacity = excluded.capacity, key_note = excluded.key_note, deposit_cents = excluded.deposit_cents,
                   timetable = excluded.timetable, common_turns = excluded.common_turns, limits = excluded.limits,
                   retired = excluded.retired",
            )?
            .execute(params![
                resource.id.0,
                resource.kind.as_str(),
                resource.name,
                resource.place,
                resource.capacity,
                resource.key_note,
                resource.deposit_cents,
                serde_json::to_string(&resource.timetable)?,
                serde_json::to_string(&resource.common_turns)?,
                serde_json::to_string(&resource.limits)?,
                resource.retired,
            ])?;
        Ok(())
    }

    /// Writes a resource's whole price list.
    pub fn put_prices(&self, resource: ResourceId, prices: &[Price]) -> Result<()> {
        let kept: BTreeSet<PriceId> = prices.iter().map(|price| price.id).collect();
        for old in self.prices(resource)? {
            if !kept.contains(&old.id) {
                self.conn()
                    .prepare_cached("DELETE FROM price WHERE id = ?1")?
                    .execute([old.id.0])?;
            }
        }
        for (position, price) in prices.iter().enumerate() {
            self.conn()
                .prepare_cached(
                    "INSERT INTO price(id, resource, spec, position) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT(id) DO UPDATE SET spec = excluded.spec, position = excluded.position",
                )?
                .execute(params![
                    price.id.0,
                    resource.0,
                    serde_json::to_string(price)?,
                    position as i64
                ])?;
        }
        Ok(())
    }

    /// Puts the resources into an order; those not named keep their place.
    pub fn order_resources(&self, order: &[ResourceId]) -> Result<()> {
        let mut place = self
            .conn()
            .prepare_cached("UPDATE resource SET position = ?2 WHERE id = ?1")?;
        for (resource, position) in order.iter().zip(1_i64..) {
            place.execute(params![resource.0, position])?;
        }
        Ok(())
    }

    /// Removes a resource that nobody ever booked, with its prices, blackouts and waiting lists.
    ///
    /// # Errors
    /// [`Error::InUse`] when it has bookings or standing shifts: it can be retired then.
    pub fn delete_resource(&self, id: ResourceId) -> Result<()> {
        if self.resource_used(id)? {
            return Err(Error::InUse("resource"));
        }
        for sql in [
            "DELETE FROM price WHERE resource = ?1",
            "DELETE FROM blackout WHERE resource = ?1",
            "DELETE FROM imported_time WHERE resource = ?1",
            "DELETE FROM turn_mark WHERE resource = ?1",
            "DELETE FROM waiting_entry WHERE resource = ?1",
            "DELETE FROM resource WHERE id = ?1",
        ] {
            self.conn().execute(sql, [id.0])?;
        }
        Ok(())
    }

    /// Writes a booking.
    pub fn put_booking(&self, booking: &Booking) -> Result<()> {
        let (flat, contact) = match booking.holder {
            Holder::Flat(flat) => (Some(flat.0), None),
            Holder::Contact(contact) => (None, Some(contact.0)),
            Holder::House => (None, None),
        };
        self.conn()
            .prepare_cached(
                "INSERT INTO booking(id, resource, flat, contact, starts_at, ends_at, status, extra, override_reason, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT(id) DO UPDATE SET resource = excluded.resource, flat = excluded.flat, contact = excluded.contact, starts_at = excluded.starts_at,
                   ends_at = excluded.ends_at, status = excluded.status, extra = excluded.extra,
                   override_reason = excluded.override_reason, note = excluded.note",
            )?
            .execute(params![
                booking.id.0,
                booking.resource.0,
                flat,
                contact,
                wall(booking.span.start),
                wall(booking.span.end),
                booking.status.as_str(),
                booking.extra,
                booking.override_reason,
                booking.note,
            ])?;
        Ok(())
    }

    /// Writes a standing shift.
    pub fn put_standing_shift(&self, shift: &StandingShift) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO standing_shift(id, resource, flat, weekday, from_minute, to_minute, valid_from, valid_to,
                   every_weeks, pauses, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT(id) DO UPDATE SET flat = excluded.flat, weekday = excluded.weekday,
                   from_minute = excluded.from_minute, to_minute = excluded.to_minute, valid_from = excluded.valid_from,
                   valid_to = excluded.valid_to, every_weeks = excluded.every_weeks, pauses = excluded.pauses,
                   note = excluded.note",
            )?
            .execute(params![
                shift.id.0,
                shift.resource.0,
                shift.flat.0,
                shift.weekday,
                shift.from,
                shift.to,
                iso(shift.valid.from),
                iso(shift.valid.to),
                shift.every_weeks,
                serde_json::to_string(&shift.pauses)?,
                shift.note,
            ])?;
        Ok(())
    }

    /// Writes that a standing shift does not come on a day.
    pub fn put_skipped_turn(&self, skipped: &SkippedTurn) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO skipped_turn(id, standing_shift, date, reason) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT(id) DO UPDATE SET reason = excluded.reason",
            )?
            .execute(params![
                SkippedTurn::id(skipped.shift, skipped.date),
                skipped.shift.0,
                skipped.date.to_string(),
                skipped.reason.as_str(),
            ])?;
        Ok(())
    }

    /// Lets a standing shift come again on a day.
    pub fn delete_skipped_turn(&self, shift: StandingShiftId, day: NaiveDate) -> Result<()> {
        self.conn()
            .prepare_cached("DELETE FROM skipped_turn WHERE id = ?1")?
            .execute([SkippedTurn::id(shift, day)])?;
        Ok(())
    }

    /// Writes a blackout.
    pub fn put_blackout(&self, blackout: &Blackout) -> Result<()> {
        let weekly = blackout
            .weekly
            .map(|valid| serde_json::to_string(&valid))
            .transpose()?;
        self.conn()
            .prepare_cached(
                "INSERT INTO blackout(id, resource, starts_at, ends_at, weekly, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT(id) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
                   weekly = excluded.weekly, reason = excluded.reason",
            )?
            .execute(params![
                blackout.id.0,
                blackout.resource.0,
                wall(blackout.span.start),
                wall(blackout.span.end),
                weekly,
                blackout.reason,
            ])?;
        Ok(())
    }

    /// Removes a blackout.
    pub fn delete_blackout(&self, id: BlackoutId) -> Result<()> {
        self.conn()
            .prepare_cached("DELETE FROM blackout WHERE id = ?1")?
            .execute([id.0])?;
        Ok(())
    }
}
