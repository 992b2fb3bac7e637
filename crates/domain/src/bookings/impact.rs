//! Whom a change of rules, or a time out of use, would hit: asked before it is written.

use super::booking::{BookingStatus, Holder};
use super::rules::{Violation, fits_timetable, reason_of};
use super::schedule::Schedule;
use super::settle::WEEKS_AHEAD;
use super::time::{Span, dates};
use crate::id::{BookingId, StandingShiftId};
use chrono::Days;
use serde::Serialize;
use specta::Type;

/// What somebody has that is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "of", content = "id", rename_all = "snake_case")]
pub enum HitOf {
    /// A single booking.
    Booking(BookingId),
    /// A standing shift.
    Standing(StandingShiftId),
}

/// Somebody whose time would not be as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Hit {
    /// Whose.
    pub holder: Holder,
    /// What they have.
    pub what: HitOf,
    /// The first time that is hit.
    pub first: Span,
    /// How many times of a standing shift are hit in the weeks to come; one for a booking.
    pub times: u32,
    /// What would stand against it.
    pub why: Violation,
}

/// Bookings and standing shifts to come that stand in one schedule and for which there would be no place in the other, by the time
/// at which they are first hit. What had no place before – by an exception, on a holiday – is not hit.
pub fn who_is_hit(before: &Schedule<'_>, after: &Schedule<'_>) -> Vec<Hit> {
    let newly = |span: &Span| match no_place(before, span) {
        None => no_place(after, span),
        Some(_) => None,
    };
    let booked = before
        .bookings
        .iter()
        .filter(|one| one.status == BookingStatus::Booked && one.span.end > before.now)
        .filter_map(|one| {
            Some(Hit {
                holder: one.holder,
                what: HitOf::Booking(one.id),
                first: one.span,
                times: 1,
                why: newly(&one.span)?,
            })
        });
    let today = before.now.date();
    let last = today
        .checked_add_days(Days::new(7 * WEEKS_AHEAD))
        .unwrap_or(today);
    let standing = before.standing.iter().filter_map(|shift| {
        let skipped = |span: &Span| {
            let mut of_shift = before.skipped.iter().filter(|skip| skip.shift == shift.id);
            of_shift.any(|skip| skip.date == span.date())
        };
        let mut hit = dates(today, last)
            .filter_map(|date| shift.on(date))
            .filter(|span| span.end > before.now && !skipped(span))
            .filter_map(|span| Some((span, newly(&span)?)));
        let (first, why) = hit.next()?;
        Some(Hit {
            holder: Holder::Flat(shift.flat),
            what: HitOf::Standing(shift.id),
            first,
            times: 1 + u32::try_from(hit.count()).unwrap_or(u32::MAX - 1),
            why,
        })
    });
    let mut hits: Vec<Hit> = booked.chain(standing).collect();
    hits.sort_by_key(|hit| hit.first);
    hits
}

/// Why the rules have no place for a time, whoever has it: it is out of use, open to all, closed or none of the turns.
fn no_place(schedule: &Schedule<'_>, span: &Span) -> Option<Violation> {
    let without_people = Schedule {
        standing: &[],
        bookings: &[],
        waiting: &[],
        ..schedule.clone()
    };
    if let Some(taken) = without_people.in_the_way(span, None) {
        return Some(reason_of(taken));
    }
    let mut against = Vec::new();
    fits_timetable(schedule, span, &mut against);
    // A length that new ones may not have any more takes nobody's time.
    against.retain(|one| matches!(one, Violation::Closed | Violation::NotATurn));
    against.into_iter().next()
}
