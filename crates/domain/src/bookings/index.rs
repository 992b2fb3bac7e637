//! A schedule laid out once for many questions: a look at a few days costs what lies there, however much there is around them.

use super::booking::Booking;
use super::schedule::{Schedule, Skips, Taken, whole_days};
use super::standing::StandingShift;
use super::time::Span;
use crate::id::StandingShiftId;
use chrono::{NaiveDate, NaiveDateTime};
use std::collections::HashMap;

/// A schedule with its bookings by time and its skipped turns by shift and day.
pub(super) struct Index<'s> {
    schedule: &'s Schedule<'s>,
    shifts: HashMap<StandingShiftId, &'s StandingShift>,
    skipped: Skips,
    /// Bookings that hold their time, by its beginning.
    held: Vec<&'s Booking>,
    /// For each of them when the last of it and all before it ends.
    reach: Vec<NaiveDateTime>,
}

impl<'s> Index<'s> {
    /// Lays a schedule out.
    pub(super) fn of(schedule: &'s Schedule<'s>) -> Self {
        let holds = |one: &&Booking| one.status.holds();
        let mut held: Vec<&Booking> = schedule.bookings.iter().filter(holds).collect();
        held.sort_by_key(|one| one.span.start);
        let reach = held
            .iter()
            .scan(NaiveDateTime::MIN, |reach, one| {
                *reach = (*reach).max(one.span.end);
                Some(*reach)
            })
            .collect();
        Self {
            schedule,
            shifts: schedule.standing.iter().map(|shift| (shift.id, shift)).collect(),
            skipped: schedule
                .skipped
                .iter()
                .map(|turn| (turn.shift, turn.date))
                .collect(),
            held,
            reach,
        }
    }

    /// What was laid out.
    pub(super) fn schedule(&self) -> &'s Schedule<'s> {
        self.schedule
    }

    /// One of its standing shifts.
    pub(super) fn shift(&self, id: StandingShiftId) -> Option<&'s StandingShift> {
        self.shifts.get(&id).copied()
    }

    /// [`Schedule::taken`] without what is booked.
    pub(super) fn unbooked(&self, from: NaiveDate, to: NaiveDate) -> Vec<Taken> {
        self.schedule
            .taken_with(from, to, &self.skipped, std::iter::empty())
    }

    /// [`Schedule::in_the_way`], of nothing that is being moved.
    pub(super) fn in_the_way(&self, span: &Span) -> Option<Taken> {
        let (from, to) = (span.date(), span.end.date());
        let held = self.held(whole_days(from, to));
        let taken = self
            .schedule
            .taken_with(from, to, &self.skipped, held.into_iter());
        self.schedule.first_in_the_way(taken, span, None)
    }

    /// The bookings that have a moment in common with a time, by their beginning.
    fn held(&self, within: Span) -> Vec<&'s Booking> {
        let begun = self.held.partition_point(|one| one.span.start < within.end);
        let mut found: Vec<&Booking> = (0..begun)
            .rev()
            // Before one that nothing reaches beyond, nothing does.
            .take_while(|place| self.reach[*place] > within.start)
            .map(|place| self.held[place])
            .filter(|one| one.span.end > within.start)
            .collect();
        found.reverse();
        found
    }
}
