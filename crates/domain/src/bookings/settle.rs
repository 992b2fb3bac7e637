//! After anything was written – by hand, by undo, by another laptop – nobody may hold a time together with another.

use super::index::Index;
use super::schedule::{Schedule, Taken, Use};
use super::standing::{SkipReason, SkippedTurn};
use super::time::dates;
use crate::id::BookingId;
use chrono::Days;
use std::collections::{BTreeMap, BTreeSet};

/// Who gives way, and who need not any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// Bookings that somebody else, a blackout or a common turn stood before.
    pub displaced: Vec<BookingId>,
    /// Turns of standing shifts that a booking stands before.
    pub yielded: Vec<SkippedTurn>,
    /// Turns of standing shifts that had given way to a booking which is gone.
    pub returned: Vec<SkippedTurn>,
}

/// Works out who gives way among what is to come, and among what was `written` now whenever it is. A written booking gives way to
/// whatever stood before, and of two written ones the later in the order of their ids; a booking that stood before keeps its time
/// against a standing shift, and gives way only to a blackout.
pub fn settle(schedule: &Schedule<'_>, written: &BTreeSet<BookingId>) -> Settled {
    let mut settled = Settled::default();
    let mut holding: Vec<_> = schedule
        .bookings
        .iter()
        .filter(|one| one.status.holds())
        .filter(|one| one.span.end > schedule.now || written.contains(&one.id))
        .collect();
    // Those that stood before come first, then the written ones by their ids.
    holding.sort_by_key(|one| (written.contains(&one.id), one.id));
    let index = Index::of(schedule);
    // The ends of what is kept by its beginnings; no two of these have a moment in common.
    let mut kept: BTreeMap<_, _> = BTreeMap::new();
    for booking in holding {
        let new = written.contains(&booking.id);
        let around: Vec<Taken> = index
            .unbooked(booking.span.date(), booking.span.end.date())
            .into_iter()
            .filter(|taken| taken.span.overlaps(&booking.span))
            .collect();
        let gives_way = around.iter().any(|taken| match &taken.by {
            Use::Blackout { .. } => true,
            Use::Common { .. } | Use::Standing { .. } => new,
            Use::Booked { .. } | Use::Held { .. } => false,
        });
        let last_before = kept.range(..booking.span.end).next_back();
        if gives_way || last_before.is_some_and(|(_, end)| *end > booking.span.start) {
            settled.displaced.push(booking.id);
            continue;
        }
        kept.insert(booking.span.start, booking.span.end);
        settled.yielded.extend(around.iter().filter_map(|taken| {
            let Use::Standing { shift, .. } = taken.by else {
                return None;
            };
            Some(SkippedTurn {
                shift,
                date: index.shift(shift)?.day_of(&taken.span),
                reason: SkipReason::Yielded,
            })
        }));
    }
    settled.returned = returned(&index);
    settled
}

/// Turns to come that gave way to a booking which does not stand any more.
fn returned(index: &Index<'_>) -> Vec<SkippedTurn> {
    let schedule = index.schedule();
    schedule
        .skipped
        .iter()
        .filter(|skipped| skipped.reason == SkipReason::Yielded)
        .filter(|skipped| {
            let span = index
                .shift(skipped.shift)
                .and_then(|shift| shift.on(skipped.date));
            span.is_some_and(|span| span.start > schedule.now && index.in_the_way(&span).is_none())
        })
        .copied()
        .collect()
}

/// So many weeks ahead standing shifts are compared with each other: those of every second and of every third week meet within six,
/// those of every fifth and sixth within thirty.
pub(super) const WEEKS_AHEAD: u64 = 60;

/// Whether two standing shifts would come at one time. Nobody can give one twice, but an undo can bring one back.
pub fn shifts_collide(schedule: &Schedule<'_>) -> bool {
    let index = Index::of(schedule);
    let today = schedule.now.date();
    let last = today
        .checked_add_days(Days::new(7 * WEEKS_AHEAD))
        .unwrap_or(today);
    dates(today, last).any(|date| {
        let taken = index.unbooked(date, date);
        let standing: Vec<&Taken> = taken
            .iter()
            .filter(|taken| matches!(taken.by, Use::Standing { .. }))
            .collect();
        standing
            .windows(2)
            .any(|pair| pair[0].span.overlaps(&pair[1].span))
    })
}

#[cfg(test)]
mod tests;
