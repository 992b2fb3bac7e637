//! How much a resource is used: of its open time by weekday and hour and month by month, by standing shifts and by single bookings.

use super::schedule::{Schedule, Taken, Use};
use super::time::{DAY, Span, at, dates};
use super::timetable::Turns;
use chrono::{Datelike, Days, Duration, NaiveDate, Timelike};
use serde::Serialize;
use specta::Type;
use std::collections::BTreeMap;

/// Minutes of open time and what takes them. While a resource is out of use it is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
pub struct Minuted {
    /// All of them.
    pub open: u32,
    /// Taken by standing shifts.
    pub standing: u32,
    /// Taken by single bookings.
    pub single: u32,
    /// Open to all of the house.
    pub common: u32,
}

impl Minuted {
    fn add(&mut self, other: Self) {
        self.open += other.open;
        self.standing += other.standing;
        self.single += other.single;
        self.common += other.common;
    }
}

/// An hour of a weekday, over all weeks that were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct HourUse {
    /// The day's hours it belongs to, 0 for Monday: after midnight those of the evening before.
    pub weekday: u32,
    /// From which hour on the clock; after midnight 24 and more, so that an evening stays in order. By the night the one hour is when
    /// it begins.
    pub hour: u32,
    /// Its use.
    pub minutes: Minuted,
}

/// A month, as far as it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct MonthUse {
    /// Its first day.
    pub month: NaiveDate,
    /// Its use.
    pub minutes: Minuted,
}

/// How much a resource was used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
pub struct SpaceUse {
    /// Altogether.
    pub all: Minuted,
    /// By weekday and hour, as far as it was ever open.
    pub hours: Vec<HourUse>,
    /// Every month from the first to the last.
    pub months: Vec<MonthUse>,
    /// It is booked by the night.
    pub by_night: bool,
}

/// The use of days from one to another, both included. Times outside the opening hours are not counted, so nothing is used more than
/// it is open.
pub fn space_use(schedule: &Schedule<'_>, from: NaiveDate, to: NaiveDate) -> SpaceUse {
    // The last evening may reach into the days after.
    let after = to.checked_add_days(Days::new(2)).unwrap_or(to);
    let mut coming = schedule.taken(from, after).into_iter().peekable();
    let mut around: Vec<Taken> = Vec::new();
    let mut hours: BTreeMap<(u32, u32), Minuted> = BTreeMap::new();
    let mut months: BTreeMap<NaiveDate, Minuted> = BTreeMap::new();
    let mut found = SpaceUse::default();
    for date in dates(from, to) {
        let (start, end) = (at(date, 0), at(date, 2 * DAY));
        around.retain(|taken| taken.span.end > start);
        while let Some(taken) = coming.next_if(|taken| taken.span.start < end) {
            around.push(taken);
        }
        let month = months.entry(date.with_day(1).unwrap_or(date)).or_default();
        let weekday = date.weekday().num_days_from_monday();
        for (hour, piece) in pieces(schedule, date) {
            let minutes = minuted(&piece, &around);
            if minutes.open > 0 {
                hours.entry((weekday, hour)).or_default().add(minutes);
                month.add(minutes);
                found.all.add(minutes);
            }
        }
        found.by_night |= by_night(schedule, date);
    }
    found.hours = hours
        .into_iter()
        .map(|((weekday, hour), minutes)| HourUse {
            weekday,
            hour,
            minutes,
        })
        .collect();
    found.months = months
        .into_iter()
        .map(|(month, minutes)| MonthUse { month, minutes })
        .collect();
    found
}

fn by_night(schedule: &Schedule<'_>, date: NaiveDate) -> bool {
    let season = schedule.resource.timetable.season(date);
    season.is_some_and(|season| matches!(season.turns, Turns::Nights { .. }))
}

/// The open time of a day by the hours of the clock; by the night it is one piece.
fn pieces(schedule: &Schedule<'_>, date: NaiveDate) -> Vec<(u32, Span)> {
    let timetable = &schedule.resource.timetable;
    if by_night(schedule, date) {
        let nights = timetable.turns(date, schedule.zone);
        return nights
            .into_iter()
            .map(|night| (night.start.hour(), night))
            .collect();
    }
    let mut pieces = Vec::new();
    for open in timetable.open(date) {
        let mut start = open.start;
        while start < open.end {
            let hour = (start - at(date, 0)).num_hours();
            let next = at(date, 0) + Duration::hours(hour + 1);
            let end = next.min(open.end);
            pieces.push((u32::try_from(hour).unwrap_or(0), Span { start, end }));
            start = end;
        }
    }
    pieces
}

/// How much of a piece of open time is taken by what.
fn minuted(piece: &Span, around: &[Taken]) -> Minuted {
    let mut found = Minuted {
        open: shared(piece, piece),
        ..Minuted::default()
    };
    for taken in around {
        let minutes = shared(piece, &taken.span);
        match taken.by {
            Use::Standing { .. } => found.standing += minutes,
            Use::Booked { .. } => found.single += minutes,
            Use::Held { .. } => {}
            Use::Common { .. } => found.common += minutes,
            Use::Blackout { .. } => found.open = found.open.saturating_sub(minutes),
        }
    }
    // What was passed over by hand or overlaps in old records must not make it more than full.
    found.standing = found.standing.min(found.open);
    found.single = found.single.min(found.open - found.standing);
    found.common = found.common.min(found.open - found.standing - found.single);
    found
}

/// The minutes that two have in common.
fn shared(one: &Span, other: &Span) -> u32 {
    let common = Span {
        start: one.start.max(other.start),
        end: one.end.min(other.end),
    };
    u32::try_from(common.minutes()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
    use crate::bookings::presets::preset;
    use crate::bookings::resource::{Audience, CommonTurn, Resource, ResourceKind};
    use crate::bookings::standing::{SkipReason, SkippedTurn, StandingShift};
    use crate::bookings::time::Validity;
    use crate::bookings::timetable::Hours;
    use crate::id::{BlackoutId, BookingId, FlatId, ResourceId, StandingShiftId};
    use chrono_tz::Europe::Helsinki;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn booked(span: Span, status: BookingStatus) -> Booking {
        Booking {
            id: BookingId(Uuid::from_u128(1)),
            resource: ResourceId(Uuid::nil()),
            holder: Holder::House,
            span,
            status,
            extra: false,
            override_reason: String::new(),
            note: String::new(),
        }
    }

    fn of(
        resource: &Resource,
        standing: &[StandingShift],
        skipped: &[SkippedTurn],
        bookings: &[Booking],
        blackouts: &[Blackout],
        days: (&str, &str),
    ) -> SpaceUse {
        let schedule = Schedule {
            resource,
            zone: Helsinki,
            standing,
            skipped,
            bookings,
            blackouts,
            prices: &[],
            waiting: &[],
            now: at(day("2026-10-21"), 0),
        };
        space_use(&schedule, day(days.0), day(days.1))
    }

    /// Open on Wednesdays to Saturdays from 16 to 22.
    fn sauna() -> Resource {
        preset(ResourceId(Uuid::nil()), ResourceKind::Sauna, "Talosauna")
    }

    fn hour(found: &SpaceUse, weekday: u32, hour: u32) -> Minuted {
        let is_it = |one: &&HourUse| (one.weekday, one.hour) == (weekday, hour);
        found.hours.iter().find(is_it).unwrap().minutes
    }

    #[test]
    fn nothing_is_used_of_what_nobody_books() {
        let found = of(&sauna(), &[], &[], &[], &[], ("2026-10-19", "2026-11-01"));
        assert_eq!(
            found.all,
            Minuted {
                open: 2 * 4 * 360,
                ..Minuted::default()
            }
        );
        // Four days of six hours, and none of a day that is closed.
        assert_eq!(found.hours.len(), 24);
        assert!(found.hours.iter().all(|one| (2..=5).contains(&one.weekday)));
        let months: Vec<_> = found
            .months
            .iter()
            .map(|one| (one.month, one.minutes.open))
            .collect();
        assert_eq!(months, [(day("2026-10-01"), 2880), (day("2026-11-01"), 0)]);
        assert!(!found.by_night);
    }

    #[test]
    fn each_kind_of_use_counts_where_it_lies() {
        let mut sauna = sauna();
        sauna.common_turns = vec![CommonTurn {
            weekday: 5,
            from: 18 * 60,
            to: 20 * 60,
            audience: Audience::Mixed,
            valid: Validity::default(),
        }];
        let shift = StandingShift {
            id: StandingShiftId(Uuid::from_u128(7)),
            resource: sauna.id,
            flat: FlatId(Uuid::from_u128(8)),
            weekday: 2,
            from: 17 * 60,
            to: 18 * 60,
            valid: Validity::default(),
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        };
        // Of the two Wednesdays the second is given up.
        let skipped = SkippedTurn {
            shift: shift.id,
            date: day("2026-10-28"),
            reason: SkipReason::GivenUp,
        };
        let thursday = day("2026-10-22");
        let bookings = [
            // An hour and a half, over the hours of the clock.
            booked(
                Span::of_day(thursday, 16 * 60 + 30, 18 * 60),
                BookingStatus::Booked,
            ),
            // Who did not come has kept others out; who cancelled has not.
            booked(
                Span::of_day(day("2026-10-23"), 16 * 60, 17 * 60),
                BookingStatus::NoShow,
            ),
            booked(
                Span::of_day(day("2026-10-23"), 17 * 60, 18 * 60),
                BookingStatus::Cancelled,
            ),
            // Two hours before it opens and one after.
            booked(
                Span::of_day(day("2026-10-24"), 14 * 60, 17 * 60),
                BookingStatus::Booked,
            ),
        ];
        let found = of(
            &sauna,
            &[shift],
            &[skipped],
            &bookings,
            &[],
            ("2026-10-19", "2026-11-01"),
        );
        assert_eq!(
            found.all,
            Minuted {
                open: 2880,
                standing: 60,
                single: 90 + 60 + 60,
                common: 240
            }
        );
        assert_eq!(
            hour(&found, 2, 17),
            Minuted {
                open: 120,
                standing: 60,
                ..Minuted::default()
            }
        );
        assert_eq!(hour(&found, 3, 16).single, 30);
        assert_eq!(hour(&found, 3, 17).single, 60);
        assert_eq!(hour(&found, 4, 16).single, 60);
        assert_eq!(hour(&found, 4, 17).single, 0);
        assert_eq!(hour(&found, 5, 16).single, 60);
        assert_eq!(hour(&found, 5, 18).common, 120);
    }

    #[test]
    fn out_of_use_is_not_open() {
        let out = Blackout {
            id: BlackoutId(Uuid::nil()),
            resource: ResourceId(Uuid::nil()),
            span: Span {
                start: at(day("2026-10-21"), 17 * 60),
                end: at(day("2026-10-23"), 17 * 60),
            },
            weekly: None,
            reason: String::new(),
        };
        let found = of(&sauna(), &[], &[], &[], &[out], ("2026-10-19", "2026-10-25"));
        // An hour of Wednesday, nothing of Thursday, five hours of Friday, Saturday.
        assert_eq!(found.all.open, 60 + 300 + 360);
        assert!(found.hours.iter().all(|one| one.weekday != 3));
    }

    #[test]
    fn after_midnight_is_the_evening_before() {
        let mut sauna = sauna();
        sauna.timetable.seasons[0].weekdays[5] = vec![Hours {
            from: 22 * 60,
            to: 26 * 60,
        }];
        let night = booked(
            Span::of_day(day("2026-10-24"), 25 * 60, 26 * 60),
            BookingStatus::Booked,
        );
        let found = of(&sauna, &[], &[], &[night], &[], ("2026-10-24", "2026-10-24"));
        assert_eq!(
            found.all,
            Minuted {
                open: 240,
                single: 60,
                ..Minuted::default()
            }
        );
        assert_eq!(hour(&found, 5, 25).single, 60);
    }

    #[test]
    fn nights_count_as_a_whole() {
        let guest = preset(ResourceId(Uuid::nil()), ResourceKind::GuestFlat, "Vierashuone");
        // Friday 15 to Sunday 12: two nights.
        let stay = booked(
            Span {
                start: at(day("2026-10-23"), 15 * 60),
                end: at(day("2026-10-25"), 12 * 60),
            },
            BookingStatus::Booked,
        );
        let found = of(&guest, &[], &[], &[stay], &[], ("2026-10-19", "2026-10-25"));
        assert!(found.by_night);
        assert_eq!(found.hours.len(), 7);
        let night = 21 * 60;
        assert_eq!(found.all.open, 7 * night);
        assert_eq!(hour(&found, 4, 15).single, night);
        assert_eq!(hour(&found, 5, 15).single, night);
        assert_eq!(hour(&found, 6, 15).single, 0);
    }
}
