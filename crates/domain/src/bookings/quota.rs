//! How much of a quota a flat, or a contact that books for itself, has used.

use super::booking::{Booking, BookingStatus, Holder};
use super::limits::{Period, Quota, QuotaUnit};
use super::time::{Span, monday};
use crate::id::BookingId;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};

/// The first day of a period and the first day after it.
fn bounds(per: Period, date: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = |year, month| NaiveDate::from_ymd_opt(year, month, 1);
    let (year, month) = (date.year(), date.month());
    Some(match per {
        Period::Day => (date, date.succ_opt()?),
        Period::Week => (monday(date), monday(date).checked_add_days(Days::new(7))?),
        Period::Month if month == 12 => (first(year, 12)?, first(year + 1, 1)?),
        Period::Month => (first(year, month)?, first(year, month + 1)?),
        Period::Year => (first(year, 1)?, first(year + 1, 1)?),
        Period::Open => return None,
    })
}

/// What somebody's other bookings use of a quota in the period of a time. Extra turns, what was cancelled and what was displaced count
/// nothing; who did not come has had their turn.
pub fn used(
    quota: &Quota,
    bookings: &[Booking],
    holder: Holder,
    span: &Span,
    now: NaiveDateTime,
    moving: Option<BookingId>,
) -> u32 {
    let bounds = bounds(quota.per, span.date());
    bookings
        .iter()
        .filter(|one| {
            one.holder == holder
                && one.status.holds()
                && !one.extra
                && Some(one.id) != moving
                && match bounds {
                    Some((from, to)) => (from..to).contains(&one.span.date()),
                    None => one.status == BookingStatus::Booked && one.span.end > now,
                }
        })
        .map(|one| amount(quota.unit, &one.span))
        .sum()
}

/// What a time uses of a quota.
pub fn amount(unit: QuotaUnit, span: &Span) -> u32 {
    match unit {
        QuotaUnit::Bookings => 1,
        QuotaUnit::Minutes => u32::try_from(span.minutes()).unwrap_or(0),
    }
}
