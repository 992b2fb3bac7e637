//! What is charged for shared spaces: settings, closed months with their lines, and who has paid.

use crate::bookings::{BOOKING, ResourceBook, blackout, booking, time, wall};
use crate::changeset::{self, Operation};
use crate::row::date;
use crate::schema::Columns;
use crate::{Error, Reader, Result, Tx};
use chrono::NaiveDate;
use kiulu_domain::bookings::charge::{Charge, ChargeKind, Payer, month_after};
use kiulu_domain::bookings::charge_period::{ChargeLine, ChargePeriod, ChargeSettings};
use kiulu_domain::bookings::price::Cost;
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::bookings::standing::{SkipReason, SkippedTurn};
use kiulu_domain::bookings::time::Span;
use kiulu_domain::id::{
    ChargeLineId, ChargePeriodId, ContactId, FlatId, ResourceId, StandingShiftId, derived,
};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Params, Row, params};
use std::collections::{BTreeMap, BTreeSet};

const PERIOD: &str = "month, closed_on, settings, charging, digests";

fn day(row: &Row<'_>, column: usize) -> Result<NaiveDate> {
    date(row, column)?.ok_or(Error::Unreadable("date"))
}

fn period(row: &Row<'_>) -> Result<ChargePeriod> {
    let text = |column| Ok::<_, Error>(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?);
    Ok(ChargePeriod {
        month: day(row, 0)?,
        closed_on: day(row, 1)?,
        settings: serde_json::from_str(text(2)?)?,
        charging: serde_json::from_str(text(3)?)?,
        digests: serde_json::from_str(text(4)?)?,
    })
}

const LINE: &str = "id, origin, flat, contact, resource, kind, source, starts_at, ends_at, turns, of_turns, cents, vat_cents,
  vat_tenths, corrects";

fn payer(row: &Row<'_>, column: usize) -> Result<Payer> {
    let (flat, contact) = (
        row.get::<_, Option<_>>(column)?,
        row.get::<_, Option<_>>(column + 1)?,
    );
    Ok(match (flat, contact) {
        (Some(flat), _) => Payer::Flat(FlatId(flat)),
        (None, Some(contact)) => Payer::Contact(ContactId(contact)),
        (None, None) => Payer::Gone,
    })
}

fn line(row: &Row<'_>) -> Result<ChargeLine> {
    let kind = row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(ChargeLine {
        id: ChargeLineId(row.get(0)?),
        origin: day(row, 1)?,
        charge: Charge {
            payer: payer(row, 2)?,
            resource: ResourceId(row.get(4)?),
            kind: ChargeKind::parse(kind).ok_or(Error::Unreadable("charge_line"))?,
            source: row.get(6)?,
            span: Span {
                start: time(row, 7)?,
                end: time(row, 8)?,
            },
            turns: (row.get(9)?, row.get(10)?),
            cost: Cost {
                cents: row.get(11)?,
                vat_cents: row.get(12)?,
                vat_tenths: row.get(13)?,
            },
        },
        corrects: row.get::<_, Option<_>>(14)?.map(ChargeLineId),
    })
}

impl Reader<'_> {
    /// How the organisation charges.
    pub fn charge_settings(&self) -> Result<ChargeSettings> {
        let spec: Option<String> = self
            .conn
            .prepare_cached("SELECT spec FROM charge_settings WHERE id = ?1")?
            .query_row([ChargeSettings::id()], |row| row.get(0))
            .optional()?;
        Ok(spec
            .map(|spec| serde_json::from_str(&spec))
            .transpose()?
            .unwrap_or_default())
    }

    /// A month, if it was closed.
    pub fn charge_period(&self, month: NaiveDate) -> Result<Option<ChargePeriod>> {
        let sql = format!("SELECT {PERIOD} FROM charge_period WHERE id = ?1");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([ChargePeriod::id(month).0])?;
        rows.next()?.map(period).transpose()
    }

    /// The months from one on that were closed, in their order.
    pub fn charge_periods(&self, from: NaiveDate) -> Result<Vec<ChargePeriod>> {
        let sql = format!("SELECT {PERIOD} FROM charge_period WHERE month >= ?1 ORDER BY month");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([from.to_string()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(period(row)?);
        }
        Ok(found)
    }

    /// The months that were closed, the first of all and the last.
    pub fn closed_months(&self) -> Result<Option<(NaiveDate, NaiveDate)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT min(month), max(month) FROM charge_period")?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(date(row, 0)?.zip(date(row, 1)?))
    }

    /// The lines of a closed month's list.
    pub fn charge_lines(&self, month: NaiveDate) -> Result<Vec<ChargeLine>> {
        self.lines("period = ?1", [ChargePeriod::id(month).0])
    }

    /// All lines, in whichever list, of a space's use in a month.
    pub fn charge_lines_of(&self, resource: ResourceId, origin: NaiveDate) -> Result<Vec<ChargeLine>> {
        self.lines(
            "resource = ?1 AND origin = ?2",
            params![resource.0, origin.to_string()],
        )
    }

    /// All lines of a payer in the lists of closed months, with the month of the list.
    pub fn charge_lines_of_payer(&self, payer: Payer) -> Result<Vec<(NaiveDate, ChargeLine)>> {
        let column = match payer {
            Payer::Flat(_) => "flat",
            Payer::Contact(_) => "contact",
            Payer::Gone => return Ok(Vec::new()),
        };
        let columns: Vec<String> = LINE.split(',').map(|name| format!("l.{}", name.trim())).collect();
        let sql = format!(
            "SELECT {}, p.month FROM charge_line l JOIN charge_period p ON p.id = l.period WHERE l.{column} = ?1",
            columns.join(", ")
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([payer.id()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((day(row, columns.len())?, line(row)?));
        }
        Ok(found)
    }

    /// Of which spaces, and months from one on, lines stand in later lists.
    pub fn late_charges(&self, from: NaiveDate) -> Result<BTreeSet<(NaiveDate, ResourceId)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT origin, resource FROM charge_line WHERE late = 1 AND origin >= ?1",
        )?;
        let mut rows = statement.query([from.to_string()])?;
        let mut found = BTreeSet::new();
        while let Some(row) = rows.next()? {
            found.insert((day(row, 0)?, ResourceId(row.get(1)?)));
        }
        Ok(found)
    }

    /// A closed month's lines by payer: how much each has to pay in cents.
    pub fn charged_in(&self, month: NaiveDate) -> Result<Vec<(Payer, i64)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT flat, contact, sum(cents) FROM charge_line WHERE period = ?1 GROUP BY flat, contact",
        )?;
        let mut rows = statement.query([ChargePeriod::id(month).0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((payer(row, 0)?, row.get(2)?));
        }
        Ok(found)
    }

    /// What stands in the lists of closed months for the use of a space, by the month of the use.
    pub fn charged_of(
        &self,
        resource: ResourceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT origin, sum(cents) FROM charge_line WHERE resource = ?1 AND origin >= ?2 AND origin <= ?3 GROUP BY origin",
        )?;
        let mut rows = statement.query(params![resource.0, from.to_string(), to.to_string()])?;
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next()? {
            found.insert(day(row, 0)?, row.get(1)?);
        }
        Ok(found)
    }

    /// Who has paid a closed month, and when.
    pub fn charges_paid(&self, month: NaiveDate) -> Result<Vec<(Payer, NaiveDate)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT flat, contact, paid_on FROM charge_paid WHERE period = ?1")?;
        let mut rows = statement.query([ChargePeriod::id(month).0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((payer(row, 0)?, day(row, 2)?));
        }
        Ok(found)
    }

    /// A resource with everything that its charges follow from on days from one to another, both included. Only what lies there is
    /// read, but standing shifts are all there.
    pub fn charge_book(&self, resource: Resource, from: NaiveDate, to: NaiveDate) -> Result<ResourceBook> {
        let id = resource.id;
        let after = to.succ_opt().unwrap_or(to);
        let days = params![id.0, from.to_string(), after.to_string()];
        let sql = format!(
            "SELECT {BOOKING} FROM booking WHERE resource = ?1 AND starts_at >= ?2 AND starts_at < ?3 ORDER BY starts_at"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(days)?;
        let mut bookings = Vec::new();
        while let Some(row) = rows.next()? {
            bookings.push(booking(row)?);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT t.standing_shift, t.date, t.reason FROM standing_shift s JOIN skipped_turn t ON t.standing_shift = s.id
             WHERE s.resource = ?1 AND t.date >= ?2 AND t.date < ?3",
        )?;
        let mut rows = statement.query(days)?;
        let mut skipped = Vec::new();
        while let Some(row) = rows.next()? {
            let reason = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            skipped.push(SkippedTurn {
                shift: StandingShiftId(row.get(0)?),
                date: day(row, 1)?,
                reason: SkipReason::parse(reason).ok_or(Error::Unreadable("skipped_turn"))?,
            });
        }
        // A turn of the last evening may reach into the day after, which may be out of use.
        let later = after.succ_opt().unwrap_or(after);
        let mut statement = self.conn.prepare_cached(
            "SELECT id, resource, starts_at, ends_at, weekly, reason FROM blackout
             WHERE resource = ?1 AND starts_at < ?3 AND (ends_at > ?2 OR weekly IS NOT NULL) ORDER BY id",
        )?;
        let mut rows = statement.query(params![id.0, from.to_string(), later.to_string()])?;
        let mut blackouts = Vec::new();
        while let Some(row) = rows.next()? {
            blackouts.push(blackout(row)?);
        }
        Ok(ResourceBook {
            resource,
            standing: self.standing_shifts(id)?,
            skipped,
            bookings,
            blackouts,
            prices: self.prices(id)?,
            // Who waits costs nothing.
            waiting: Vec::new(),
            time_zone: self.time_zone()?,
        })
    }

    fn lines(&self, condition: &str, bound: impl Params) -> Result<Vec<ChargeLine>> {
        let sql = format!("SELECT {LINE} FROM charge_line WHERE {condition}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(bound)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(line(row)?);
        }
        Ok(found)
    }
}

impl Tx<'_> {
    /// Writes how the organisation charges.
    pub fn put_charge_settings(&self, settings: &ChargeSettings) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO charge_settings(id, spec) VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET spec = excluded.spec",
            )?
            .execute(params![ChargeSettings::id(), serde_json::to_string(settings)?])?;
        Ok(())
    }

    /// Closes a month with its list.
    pub fn put_charge_period(&self, period: &ChargePeriod, lines: &[ChargeLine]) -> Result<()> {
        let id = ChargePeriod::id(period.month);
        self.conn()
            .prepare_cached(
                "INSERT INTO charge_period(id, month, closed_on, settings, charging, digests) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                id.0,
                period.month.to_string(),
                period.closed_on.to_string(),
                serde_json::to_string(&period.settings)?,
                serde_json::to_string(&period.charging)?,
                serde_json::to_string(&period.digests)?,
            ])?;
        for line in lines {
            self.put_charge_line(id, period.month, line)?;
        }
        Ok(())
    }

    fn put_charge_line(&self, period: ChargePeriodId, month: NaiveDate, line: &ChargeLine) -> Result<()> {
        let charge = &line.charge;
        let (flat, contact) = columns(charge.payer);
        self.conn()
            .prepare_cached(
                "INSERT INTO charge_line(id, period, origin, late, flat, contact, resource, kind, source, starts_at, ends_at, turns,
                   of_turns, cents, vat_cents, vat_tenths, corrects)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?
            .execute(params![
                line.id.0,
                period.0,
                line.origin.to_string(),
                line.origin != month,
                flat,
                contact,
                charge.resource.0,
                charge.kind.as_str(),
                charge.source,
                wall(charge.span.start),
                wall(charge.span.end),
                charge.turns.0,
                charge.turns.1,
                charge.cost.cents,
                charge.cost.vat_cents,
                charge.cost.vat_tenths,
                line.corrects.map(|first| first.0),
            ])?;
        Ok(())
    }

    /// Marks when a payer paid a closed month; without a day the mark goes.
    pub fn put_charge_paid(&self, month: NaiveDate, payer: Payer, paid_on: Option<NaiveDate>) -> Result<()> {
        let id = derived(
            "charge_paid",
            &[month.to_string().as_bytes(), payer.id().as_bytes()],
        );
        let Some(paid_on) = paid_on else {
            self.conn()
                .prepare_cached("DELETE FROM charge_paid WHERE id = ?1")?
                .execute([id])?;
            return Ok(());
        };
        let (flat, contact) = columns(payer);
        self.conn()
            .prepare_cached(
                "INSERT INTO charge_paid(id, period, flat, contact, paid_on) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(id) DO UPDATE SET paid_on = excluded.paid_on",
            )?
            .execute(params![
                id,
                ChargePeriod::id(month).0,
                flat,
                contact,
                paid_on.to_string()
            ])?;
        Ok(())
    }

    /// Lets the charges of a contact that leaves the register stand without it: what was charged stays in the sums.
    pub(crate) fn leave_charges(&self, contact: ContactId) -> Result<()> {
        for table in ["charge_line", "charge_paid"] {
            self.conn()
                .prepare_cached(&format!("UPDATE {table} SET contact = NULL WHERE contact = ?1"))?
                .execute([contact.0])?;
        }
        Ok(())
    }

    /// Sees that after an undo the months that are closed follow each other, and that none was opened before a later one.
    ///
    /// # Errors
    /// [`Error::InUse`] where it is otherwise.
    pub(crate) fn periods_follow(&self, columns: &Columns, applied: &[u8]) -> Result<()> {
        let Some(place) = columns.position("charge_period", "month") else {
            return Ok(());
        };
        let (mut touched, mut opened) = (false, Vec::new());
        changeset::walk(applied, |row| {
            if row.table == "charge_period" {
                touched = true;
                if row.operation == Operation::Delete
                    && let Some(ValueRef::Text(month)) = row.before(place)
                {
                    opened.push(String::from_utf8_lossy(month).into_owned());
                }
            }
            Ok(())
        })?;
        if !touched {
            return Ok(());
        }
        let mut closed: Vec<NaiveDate> = Vec::new();
        let mut statement = self
            .conn()
            .prepare_cached("SELECT month FROM charge_period ORDER BY month")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            closed.push(day(row, 0)?);
        }
        let gap = closed.windows(2).any(|pair| month_after(pair[0]) != pair[1]);
        let last = closed.last().map(NaiveDate::to_string);
        if gap || opened.iter().any(|month| last.as_ref() > Some(month)) {
            return Err(Error::InUse("charge_period"));
        }
        Ok(())
    }
}

fn columns(payer: Payer) -> (Option<uuid::Uuid>, Option<uuid::Uuid>) {
    match payer {
        Payer::Flat(flat) => (Some(flat.0), None),
        Payer::Contact(contact) => (None, Some(contact.0)),
        Payer::Gone => (None, None),
    }
}
