//! After anything was written – by hand, by undo, by another laptop – nobody may hold a time together with another.

use super::schedule::{Schedule, Taken, Use};
use super::standing::{SkipReason, SkippedTurn};
use crate::id::BookingId;
use std::collections::BTreeSet;

/// Who gives way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// Bookings that somebody else, a blackout or a common turn stood before.
    pub displaced: Vec<BookingId>,
    /// Turns of standing shifts that a booking stands before.
    pub yielded: Vec<SkippedTurn>,
}

/// Works out who gives way. A booking that was `written` now gives way to whatever stood before, and of two written ones the later
/// in the order of their ids; a booking that stood before keeps its time against a standing shift, and gives way only to a blackout.
pub fn settle(schedule: &Schedule<'_>, written: &BTreeSet<BookingId>) -> Settled {
    let mut settled = Settled::default();
    let mut holding: Vec<_> = schedule
        .bookings
        .iter()
        .filter(|one| one.status.holds())
        .collect();
    // Those that stood before come first, then the written ones by their ids.
    holding.sort_by_key(|one| (written.contains(&one.id), one.id));
    let mut kept: Vec<(BookingId, super::time::Span)> = Vec::new();
    for booking in holding {
        let new = written.contains(&booking.id);
        let against = |taken: &Taken| match &taken.by {
            Use::Blackout { .. } => true,
            Use::Common { .. } | Use::Standing { .. } => new,
            Use::Booked { .. } => false,
        };
        let around = schedule.taken(booking.span.date(), booking.span.end.date());
        let in_the_way = around
            .iter()
            .any(|taken| taken.span.overlaps(&booking.span) && against(taken));
        let before = kept.iter().any(|(_, span)| span.overlaps(&booking.span));
        if in_the_way || before {
            settled.displaced.push(booking.id);
            continue;
        }
        kept.push((booking.id, booking.span));
        settled
            .yielded
            .extend(around.iter().filter_map(|taken| match taken.by {
                Use::Standing { shift, .. } if taken.span.overlaps(&booking.span) => Some(SkippedTurn {
                    shift,
                    date: taken.span.date(),
                    reason: SkipReason::Yielded,
                }),
                _ => None,
            }));
    }
    settled
}
