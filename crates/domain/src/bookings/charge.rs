//! What a month's use of shared spaces costs whom.
//!
//! A single booking is charged for when its time is over, in the month in which it began; a standing shift by the month. The price is
//! that of the list on the day: of the booking, or the first day of the month on which the flat has the shift. [`super::price_list`]
//! sees to it that what a day cost stays what it cost.

use super::booking::{Booking, BookingStatus, Holder};
use super::charging::PartialMonth;
use super::price::{Cost, Price, PriceFor, PriceUnit, cost_of};
use super::price_list::charges_months;
use super::schedule::Schedule;
use super::standing::{SkipReason, StandingShift};
use super::time::{DAY, Span, at, dates};
use crate::id::{BookingId, ContactId, FlatId, ResourceId, StandingShiftId};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Who is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(tag = "by", content = "id", rename_all = "snake_case")]
pub enum Payer {
    /// A flat.
    Flat(FlatId),
    /// Somebody of the register without a flat.
    Contact(ContactId),
    /// Somebody who has left the register since.
    Gone,
}

impl Payer {
    /// Who pays for what is booked for somebody; nobody for the house's own.
    pub fn of(holder: Holder) -> Option<Self> {
        match holder {
            Holder::Flat(flat) => Some(Self::Flat(flat)),
            Holder::Contact(contact) => Some(Self::Contact(contact)),
            Holder::House => None,
        }
    }

    /// The payer's own id.
    pub fn id(self) -> Uuid {
        match self {
            Self::Flat(flat) => flat.0,
            Self::Contact(contact) => contact.0,
            Self::Gone => Uuid::nil(),
        }
    }
}

/// What is charged for, or given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// A booking that was used.
    Booking,
    /// A booking that was taken back too late.
    LateCancellation,
    /// A booking that nobody came to.
    NoShow,
    /// A month of a standing shift.
    Month,
    /// Given back: its turns on days when the space was out of use.
    OutOfUse,
    /// Given back: its turns that another booking had before it.
    Yielded,
    /// Given back: its turns during a pause.
    Paused,
}

impl ChargeKind {
    /// Every kind, in the order in which a bill lists them.
    pub const ALL: [Self; 7] = [
        Self::Booking,
        Self::LateCancellation,
        Self::NoShow,
        Self::Month,
        Self::OutOfUse,
        Self::Yielded,
        Self::Paused,
    ];

    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::LateCancellation => "late_cancellation",
            Self::NoShow => "no_show",
            Self::Month => "month",
            Self::OutOfUse => "out_of_use",
            Self::Yielded => "yielded",
            Self::Paused => "paused",
        }
    }

    /// The kind of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }
}

/// One thing that is charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct Charge {
    /// Who is charged.
    pub payer: Payer,
    /// For what space.
    pub resource: ResourceId,
    /// For what.
    pub kind: ChargeKind,
    /// The booking, or the standing shift, that it comes from.
    #[specta(type = String)]
    pub source: Uuid,
    /// The time that it is for: of the booking, or the days of the month on which the flat has the shift.
    pub span: Span,
    /// How many turns it is about, of how many of the month; one of one for a booking.
    pub turns: (u32, u32),
    /// How much; less than nothing where it is given back.
    pub cost: Cost,
}

/// The first day of a date's month, by which the month is told.
pub fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The first day of the month after one.
pub fn month_after(month: NaiveDate) -> NaiveDate {
    month.checked_add_months(Months::new(1)).unwrap_or(month)
}

/// The last day of a month.
pub fn last_day(month: NaiveDate) -> NaiveDate {
    month_after(month).pred_opt().unwrap_or(month)
}

/// What a month of a space costs everybody, as far as it is known now: bookings whose time is over, and standing shifts. The schedule's
/// bookings must be in the order of their beginning, and reach over the month.
pub fn charges(schedule: &Schedule<'_>, month: NaiveDate) -> Vec<Charge> {
    let (first, after) = (month, month_after(month));
    let begun = |day: NaiveDate| {
        schedule
            .bookings
            .partition_point(|one| one.span.start < at(day, 0))
    };
    let mut found: Vec<Charge> = schedule.bookings[begun(first)..begun(after)]
        .iter()
        .filter_map(|booking| single(schedule, booking))
        .collect();
    let days = MonthDays::of(schedule, month);
    for shift in schedule.standing {
        standing(schedule, &days, shift, &mut found);
    }
    found
}

/// Standing shifts that a flat has in a month and that no line of the price list is for, where others of the space pay by the month.
pub fn unpriced<'s>(schedule: &Schedule<'s>, month: NaiveDate) -> Vec<&'s StandingShift> {
    let (standing, prices) = (schedule.standing, schedule.prices);
    if !charges_months(prices) {
        return Vec::new();
    }
    let lacks = |shift: &&StandingShift| {
        days_of(shift, month, last_day(month)).is_some_and(|(first, last)| {
            month_price(prices, shift, first).is_none()
                && dates(first, last).any(|date| shift.on(date).is_some())
        })
    };
    standing.iter().filter(lacks).collect()
}

/// The charge for a booking, once its time is over.
fn single(schedule: &Schedule<'_>, booking: &Booking) -> Option<Charge> {
    let payer = Payer::of(booking.holder)?;
    let charging = &schedule.resource.limits.charging;
    let price = || {
        let resident = matches!(payer, Payer::Flat(_));
        cost_of(schedule.prices, &booking.span, resident).unwrap_or(Cost::FREE)
    };
    let (kind, cost) = match booking.status {
        _ if booking.span.end > schedule.now => return None,
        BookingStatus::Booked => (ChargeKind::Booking, price()),
        BookingStatus::CancelledLate => (ChargeKind::LateCancellation, charging.late_cancel.of(price())),
        BookingStatus::NoShow => (ChargeKind::NoShow, charging.no_show.of(price())),
        BookingStatus::Cancelled | BookingStatus::Displaced => return None,
    };
    (cost.cents != 0).then_some(Charge {
        payer,
        resource: booking.resource,
        kind,
        source: booking.id.0,
        span: booking.span,
        turns: (1, 1),
        cost,
    })
}

/// A month with what standing shifts meet in it.
struct MonthDays<'s> {
    first: NaiveDate,
    last: NaiveDate,
    out: Vec<Span>,
    skipped: HashMap<(StandingShiftId, NaiveDate), &'s SkipReason>,
}

impl<'s> MonthDays<'s> {
    fn of(schedule: &Schedule<'s>, month: NaiveDate) -> Self {
        let (first, last) = (month, last_day(month));
        // A turn of the last evening may reach into the day after.
        let after = last.checked_add_days(Days::new(2)).unwrap_or(last);
        let mut out = Vec::new();
        for blackout in schedule.blackouts {
            let before = Days::new(blackout.days_beyond() + 1);
            let from = first.checked_sub_days(before).unwrap_or(first);
            match &blackout.weekly {
                None => out.extend(Some(blackout.span).filter(|span| (from..=after).contains(&span.date()))),
                Some(_) => out.extend(dates(from, after).filter_map(|date| blackout.on(date))),
            }
        }
        let skipped = schedule.skipped.iter();
        Self {
            first,
            last,
            out,
            skipped: skipped
                .filter(|turn| (first..=last).contains(&turn.date))
                .map(|turn| ((turn.shift, turn.date), &turn.reason))
                .collect(),
        }
    }

    /// Why a flat does not have its turn of a day, where that is no fault of its own.
    fn missed(&self, shift: &StandingShift, date: NaiveDate) -> Option<ChargeKind> {
        match self.skipped.get(&(shift.id, date)) {
            Some(SkipReason::GivenUp) => return None,
            Some(SkipReason::Yielded) => return Some(ChargeKind::Yielded),
            None => {}
        }
        let Some(span) = shift.on(date) else {
            return Some(ChargeKind::Paused);
        };
        let out = self.out.iter().any(|out| out.overlaps(&span));
        out.then_some(ChargeKind::OutOfUse)
    }
}

/// A month of a standing shift, and what of it is given back: of the month's turns the share that the flat could not have. What it
/// gave up by itself is not given back, and a month without a turn costs nothing.
fn standing(schedule: &Schedule<'_>, days: &MonthDays<'_>, shift: &StandingShift, found: &mut Vec<Charge>) {
    let Some((first, last)) = days_of(shift, days.first, days.last) else {
        return;
    };
    let Some(price) = month_price(schedule.prices, shift, first) else {
        return;
    };
    let month = Cost::of(price.cents, price.vat_tenths);
    let base = if (first, last) == (days.first, days.last) {
        month
    } else {
        match schedule.resource.limits.charging.partial_month {
            PartialMonth::Full => month,
            PartialMonth::Half => month.share(1, 2),
            PartialMonth::ByDays => {
                let length = |from: NaiveDate, to: NaiveDate| (to - from).num_days() + 1;
                month.share(length(first, last), length(days.first, days.last))
            }
        }
    };
    let turns: Vec<NaiveDate> = dates(first, last).filter(|date| shift.holds(*date)).collect();
    let mut missed: BTreeMap<ChargeKind, u32> = BTreeMap::new();
    for kind in turns.iter().filter_map(|date| days.missed(shift, *date)) {
        *missed.entry(kind).or_default() += 1;
    }
    let all = turns.len() as u32;
    let paused = missed.get(&ChargeKind::Paused).copied().unwrap_or(0);
    if paused == all || base.cents == 0 {
        return;
    }
    let charge = Charge {
        payer: Payer::Flat(shift.flat),
        resource: shift.resource,
        kind: ChargeKind::Month,
        source: shift.id.0,
        span: Span {
            start: at(first, 0),
            end: at(last, DAY),
        },
        turns: (all, all),
        cost: base,
    };
    found.push(charge);
    // Each share is taken of what all of them so far come to, so that together they give back no cent more or less.
    let (mut turns_back, mut cents_back) = (0, 0);
    for (kind, count) in missed {
        turns_back += count;
        let back = base.share(turns_back.into(), all.into()).cents;
        let cost = Cost::of(cents_back - back, base.vat_tenths);
        cents_back = back;
        if cost.cents != 0 {
            found.push(Charge {
                kind,
                turns: (count, all),
                cost,
                ..charge
            });
        }
    }
}

/// The first and the last day of a month on which a flat has a shift.
fn days_of(shift: &StandingShift, first: NaiveDate, last: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = shift.valid.from.map_or(first, |from| from.max(first));
    let last = shift.valid.to.map_or(last, |to| to.min(last));
    (first <= last).then_some((first, last))
}

/// The line of a price list for a month of a standing shift that begins on a day.
fn month_price<'p>(prices: &'p [Price], shift: &StandingShift, first: NaiveDate) -> Option<&'p Price> {
    prices.iter().find(|price| is_for_month(price, shift, first))
}

fn is_for_month(price: &Price, shift: &StandingShift, first: NaiveDate) -> bool {
    price.unit == PriceUnit::Month
        && price.price_for != PriceFor::Outsiders
        && price.valid.contains(first)
        && price.part.is_none_or(|part| part.contains(first))
        && price.weekdays[(shift.weekday % 7) as usize]
        && (price.from..price.to).contains(&(shift.from % DAY))
        && price
            .longest
            .is_none_or(|longest| shift.to.saturating_sub(shift.from) <= longest)
}

/// An amount of one VAT rate, split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct VatTotal {
    /// VAT rate in tenths of a percent.
    pub vat_tenths: u32,
    /// With VAT, in cents.
    #[specta(type = i32)]
    pub cents: i64,
    /// Of which VAT, in cents.
    #[specta(type = i32)]
    pub vat_cents: i64,
    /// Without VAT, in cents.
    #[specta(type = i32)]
    pub net_cents: i64,
}

/// Amounts by VAT rate, the lowest first: each the sum of its lines, so that a list adds up to the cent.
pub fn vat_totals(costs: impl IntoIterator<Item = Cost>) -> Vec<VatTotal> {
    let mut rates: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    for cost in costs {
        let rate = rates.entry(cost.vat_tenths).or_default();
        rate.0 += cost.cents;
        rate.1 += cost.vat_cents;
    }
    rates
        .into_iter()
        .map(|(vat_tenths, (cents, vat_cents))| VatTotal {
            vat_tenths,
            cents,
            vat_cents,
            net_cents: cents - vat_cents,
        })
        .collect()
}

/// The booking that a charge comes from, where it is one.
pub fn booking_of(charge: &Charge) -> Option<BookingId> {
    let single = matches!(
        charge.kind,
        ChargeKind::Booking | ChargeKind::LateCancellation | ChargeKind::NoShow
    );
    single.then_some(BookingId(charge.source))
}

/// When somebody must have paid: so many days after a period was closed.
pub fn due_on(closed_on: NaiveDate, days: Option<u32>) -> Option<NaiveDate> {
    closed_on.checked_add_days(Days::new(days?.into()))
}

/// Whether a month is over on the wall.
pub fn is_over(month: NaiveDate, now: NaiveDateTime) -> bool {
    now >= at(month_after(month), 0)
}
