//! One resource as it stands: its timetable with everything that takes its time.

use super::booking::{Blackout, Booking, Holder};
use super::price::Price;
use super::resource::{Audience, Resource};
use super::standing::{SkippedTurn, StandingShift};
use super::time::{Span, dates};
use super::waiting::WaitingEntry;
use crate::id::{BlackoutId, BookingId, FlatId, StandingShiftId, WaitingId};
use chrono::{Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use serde::Serialize;
use specta::Type;
use std::collections::HashSet;

/// Everything that questions about a resource are answered from. Bookings and blackouts may be left out as far as they lie
/// outside what is asked about.
#[derive(Debug, Clone)]
pub struct Schedule<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its zone.
    pub zone: Tz,
    /// Its standing shifts.
    pub standing: &'a [StandingShift],
    /// The days on which they do not come.
    pub skipped: &'a [SkippedTurn],
    /// Its bookings.
    pub bookings: &'a [Booking],
    /// When it is out of use.
    pub blackouts: &'a [Blackout],
    /// Its price list.
    pub prices: &'a [Price],
    /// Who waits for a time of it. Of these holders every booking that their quotas count must be there.
    pub waiting: &'a [WaitingEntry],
    /// What the clock on its wall shows.
    pub now: NaiveDateTime,
}

/// What takes a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Use {
    /// A standing shift.
    Standing {
        /// Which.
        shift: StandingShiftId,
        /// Whose.
        flat: FlatId,
    },
    /// A single booking.
    Booked {
        /// Which.
        booking: BookingId,
        /// For whom.
        holder: Holder,
    },
    /// A common turn.
    Common {
        /// For whom.
        audience: Audience,
    },
    /// Out of use.
    Blackout {
        /// Which.
        blackout: BlackoutId,
        /// Why.
        reason: String,
    },
    /// Free, and kept for somebody of the waiting list. It takes a turn of the calendar, and holds no time against what is written.
    Held {
        /// Their place in the line.
        entry: WaitingId,
        /// Who.
        holder: Holder,
        /// Until when they have to answer; nothing while they have not been told.
        until: Option<NaiveDateTime>,
    },
}

/// A time that is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Taken {
    /// When.
    pub span: Span,
    /// By what.
    #[serde(flatten)]
    pub by: Use,
}

/// A turn as the calendar shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Turn {
    /// When.
    pub span: Span,
    /// What takes it; nothing while it is free.
    pub taken: Option<Use>,
}

/// The days on which standing shifts do not come.
pub(super) type Skips = HashSet<(StandingShiftId, NaiveDate)>;

/// From the beginning of a day to the end of another.
pub(super) fn whole_days(from: NaiveDate, to: NaiveDate) -> Span {
    Span {
        start: from.and_time(NaiveTime::MIN),
        end: to.succ_opt().unwrap_or(to).and_time(NaiveTime::MIN),
    }
}

impl Schedule<'_> {
    /// Everything that takes time on days from one to another, by its beginning.
    pub fn taken(&self, from: NaiveDate, to: NaiveDate) -> Vec<Taken> {
        let within = whole_days(from, to);
        // What began the day before may reach into the first.
        let eve = from.pred_opt().unwrap_or(from);
        let skipped = self
            .skipped
            .iter()
            .filter(|turn| (eve..=to).contains(&turn.date))
            .map(|turn| (turn.shift, turn.date))
            .collect();
        let held = self
            .bookings
            .iter()
            .filter(|one| one.status.holds() && one.span.overlaps(&within));
        self.taken_with(from, to, &skipped, held)
    }

    /// [`Schedule::taken`] with the bookings and skipped turns of these days found already.
    pub(super) fn taken_with<'b>(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        skipped: &Skips,
        held: impl Iterator<Item = &'b Booking>,
    ) -> Vec<Taken> {
        let within = whole_days(from, to);
        let eve = from.pred_opt().unwrap_or(from);
        let mut taken: Vec<Taken> = Vec::new();
        for date in dates(eve, to) {
            let standing = self.standing.iter().filter_map(|shift| {
                let span = shift.on(date).filter(|_| !skipped.contains(&(shift.id, date)))?;
                Some(Taken {
                    span,
                    by: Use::Standing {
                        shift: shift.id,
                        flat: shift.flat,
                    },
                })
            });
            taken.extend(standing);
            taken.extend(self.common(date));
        }
        for blackout in self.blackouts {
            let before = Days::new(blackout.days_beyond() + 1);
            for date in dates(from.checked_sub_days(before).unwrap_or(from), to) {
                taken.extend(blackout.on(date).map(|span| Taken {
                    span,
                    by: Use::Blackout {
                        blackout: blackout.id,
                        reason: blackout.reason.clone(),
                    },
                }));
            }
        }
        taken.extend(held.map(|one| Taken {
            span: one.span,
            by: Use::Booked {
                booking: one.id,
                holder: one.holder,
            },
        }));
        // A standing shift rests while the resource is out of use.
        let out: Vec<Span> = taken
            .iter()
            .filter(|taken| matches!(taken.by, Use::Blackout { .. }))
            .map(|taken| taken.span)
            .collect();
        taken.retain(|taken| {
            let rests =
                matches!(taken.by, Use::Standing { .. }) && out.iter().any(|out| out.overlaps(&taken.span));
            !rests && taken.span.overlaps(&within)
        });
        taken.sort_by_key(|taken| taken.span);
        taken
    }

    fn common(&self, date: NaiveDate) -> impl Iterator<Item = Taken> + '_ {
        let weekday = date.weekday().num_days_from_monday();
        self.resource
            .common_turns
            .iter()
            .filter(move |turn| turn.weekday == weekday && turn.valid.contains(date))
            .map(move |turn| Taken {
                span: Span::of_day(date, turn.from, turn.to),
                by: Use::Common {
                    audience: turn.audience,
                },
            })
            // On a day without a sauna there is no common one either.
            .filter(move |taken| {
                let open = self.resource.timetable.open(date);
                open.iter().any(|open| open.contains(&taken.span))
            })
    }

    /// The turns of days from one to another with what takes them. What takes a time but is no turn of the timetable – a longer
    /// blackout, a shift of an earlier timetable – stands for itself.
    pub fn turns(&self, from: NaiveDate, to: NaiveDate) -> Vec<Turn> {
        // The last evening may reach into the day after.
        let mut taken = self.taken(from, to.succ_opt().unwrap_or(to));
        let within = whole_days(from, to);
        let held = self.held().into_iter().map(|held| Taken {
            span: held.entry.span,
            by: Use::Held {
                entry: held.entry.id,
                holder: held.entry.holder,
                until: held.until,
            },
        });
        taken.extend(held.filter(|held| held.span.overlaps(&within)));
        let mut turns: Vec<Turn> = dates(from, to)
            .flat_map(|date| self.resource.timetable.turns(date, self.zone))
            .filter(|turn| !taken.iter().any(|taken| self.blocks(taken, turn)))
            .map(|span| Turn { span, taken: None })
            .collect();
        turns.extend(
            taken
                .into_iter()
                .filter(|taken| taken.span.date() <= to)
                .map(|taken| Turn {
                    span: taken.span,
                    taken: Some(taken.by),
                }),
        );
        turns.sort_by_key(|turn| turn.span);
        turns
    }

    /// The turns of days from one to another that nobody holds and that have not begun.
    pub fn free(&self, from: NaiveDate, to: NaiveDate) -> Vec<Span> {
        self.turns(from, to)
            .into_iter()
            .filter(|turn| turn.taken.is_none() && turn.span.start > self.now)
            .map(|turn| turn.span)
            .collect()
    }

    /// What stands in the way of a time. A booking that is being moved does not stand in its own way.
    pub fn in_the_way(&self, span: &Span, moving: Option<BookingId>) -> Option<Taken> {
        self.first_in_the_way(self.taken(span.date(), span.end.date()), span, moving)
    }

    /// [`Schedule::in_the_way`] among what is taken on the days of a time.
    pub(super) fn first_in_the_way(
        &self,
        taken: Vec<Taken>,
        span: &Span,
        moving: Option<BookingId>,
    ) -> Option<Taken> {
        taken
            .into_iter()
            .filter(|taken| match &taken.by {
                Use::Booked { booking, .. } => Some(*booking) != moving,
                _ => true,
            })
            .find(|taken| self.blocks(taken, span))
    }

    /// Minutes that a day's timetable wants free after each booking.
    pub(super) fn pause(&self, date: NaiveDate) -> Duration {
        let season = self.resource.timetable.season(date);
        Duration::minutes(season.map_or(0, |season| season.turns.buffer()).into())
    }

    /// Whether what is taken leaves no room for a time, pauses counted; there is none before and after a blackout.
    fn blocks(&self, taken: &Taken, span: &Span) -> bool {
        let pause = match taken.by {
            Use::Blackout { .. } => Duration::zero(),
            _ => self.pause(span.date()),
        };
        taken.span.start < span.end + pause && span.start < taken.span.end + pause
    }
}
