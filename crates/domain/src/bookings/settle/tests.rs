//! Random worlds: whatever was written, after settling nobody holds a time together with another.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
use crate::bookings::presets::preset;
use crate::bookings::resource::{Audience, CommonTurn, Resource, ResourceKind};
use crate::bookings::standing::StandingShift;
use crate::bookings::time::{Span, Validity, at};
use crate::bookings::timetable::Turns;
use crate::id::{BlackoutId, FlatId, ResourceId, StandingShiftId};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use chrono_tz::Europe::Helsinki;
use proptest::prelude::*;
use uuid::Uuid;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 10, 21).unwrap();

#[derive(Debug, Clone)]
struct World {
    resource: Resource,
    standing: Vec<StandingShift>,
    skipped: Vec<SkippedTurn>,
    bookings: Vec<Booking>,
    blackouts: Vec<Blackout>,
    written: BTreeSet<BookingId>,
    now: NaiveDateTime,
}

impl World {
    fn schedule(&self) -> Schedule<'_> {
        Schedule {
            resource: &self.resource,
            zone: Helsinki,
            standing: &self.standing,
            skipped: &self.skipped,
            bookings: &self.bookings,
            blackouts: &self.blackouts,
            prices: &[],
            waiting: &[],
            now: self.now,
        }
    }

    /// As the store writes what was settled.
    fn settled(mut self, settled: &Settled) -> Self {
        for booking in &mut self.bookings {
            if settled.displaced.contains(&booking.id) {
                booking.status = BookingStatus::Displaced;
            }
        }
        self.skipped.extend(&settled.yielded);
        self.skipped.retain(|skipped| !settled.returned.contains(skipped));
        self
    }
}

fn day(days: i64) -> NaiveDate {
    TODAY + chrono::Duration::days(days)
}

fn sauna(buffer: u16, common: Option<u32>) -> Resource {
    let mut sauna = preset(ResourceId(Uuid::from_u128(1)), ResourceKind::Sauna, "Talosauna");
    sauna.timetable.seasons[0].turns = Turns::Fixed { minutes: 60, buffer };
    sauna.common_turns = common
        .map(|weekday| CommonTurn {
            weekday,
            from: 17 * 60,
            to: 19 * 60,
            audience: Audience::Mixed,
            valid: Validity::default(),
        })
        .into_iter()
        .collect();
    sauna
}

prop_compose! {
    fn shift()(
        weekday in 0u32..7, from in 32u16..50, length in 1u16..8, every_weeks in 1u32..4,
        first in -30i64..10, last in prop::option::of(0i64..60), pause in prop::option::of(0i64..20),
    ) -> StandingShift {
        StandingShift {
            id: StandingShiftId(Uuid::nil()),
            resource: ResourceId(Uuid::from_u128(1)),
            flat: FlatId(Uuid::from_u128(7)),
            weekday,
            from: from * 30,
            to: (from + length) * 30,
            valid: Validity { from: Some(day(first)), to: last.map(day) },
            every_weeks,
            pauses: pause
                .map(|from| Validity { from: Some(day(from)), to: Some(day(from + 5)) })
                .into_iter()
                .collect(),
            note: String::new(),
        }
    }
}

prop_compose! {
    fn booking()(
        days in -12i64..40, start in 0u16..60, length in prop_oneof![8 => 1u16..7, 1 => 7u16..200],
        status in prop::sample::select(BookingStatus::ALL.to_vec()), of in 1u128..4,
    ) -> Booking {
        Booking {
            id: BookingId(Uuid::nil()),
            resource: ResourceId(Uuid::from_u128(1)),
            holder: Holder::Flat(FlatId(Uuid::from_u128(of))),
            span: Span::of_day(day(days), start * 30, (start + length) * 30),
            status,
            extra: false,
            override_reason: String::new(),
            note: String::new(),
        }
    }
}

prop_compose! {
    fn blackout()(days in -12i64..40, start in 0u16..48, length in 1u16..160, weekly in any::<bool>()) -> Blackout {
        let begin = at(day(days), start * 30);
        Blackout {
            id: BlackoutId(Uuid::nil()),
            resource: ResourceId(Uuid::from_u128(1)),
            span: Span { start: begin, end: begin + chrono::Duration::minutes(i64::from(length) * 30) },
            weekly: weekly.then(Validity::default),
            reason: String::new(),
        }
    }
}

prop_compose! {
    fn world()(
        buffer in 0u16..40,
        common in prop::option::of(0u32..7),
        mut standing in prop::collection::vec(shift(), 0..5),
        bookings in prop::collection::vec((booking(), any::<bool>()), 0..40),
        blackouts in prop::collection::vec(blackout(), 0..3),
        skips in prop::collection::vec((0usize..5, -2i64..6, any::<bool>()), 0..8),
        hour in 0u16..24,
        order in 0u64..40,
    ) -> World {
        for (number, shift) in standing.iter_mut().enumerate() {
            shift.id = StandingShiftId(Uuid::from_u128(100 + number as u128));
        }
        // Ids in another order than the rows: 41 is a prime, so no two are the same.
        let step = 1 + order;
        let (bookings, written): (Vec<Booking>, Vec<bool>) = bookings
            .into_iter()
            .zip(1u64..)
            .map(|((booking, written), number)| {
                let id = BookingId(Uuid::from_u128(u128::from(number * step % 41)));
                (Booking { id, ..booking }, written)
            })
            .unzip();
        let written = bookings
            .iter()
            .zip(written)
            .filter(|(_, written)| *written)
            .map(|(booking, _)| booking.id)
            .collect();
        let skipped: BTreeMap<_, _> = skips
            .into_iter()
            .filter_map(|(shift, week, given_up)| {
                let shift = standing.get(shift)?;
                let weekday = i64::from(shift.weekday) - i64::from(TODAY.weekday().num_days_from_monday());
                let reason = if given_up { SkipReason::GivenUp } else { SkipReason::Yielded };
                Some(((shift.id, day(7 * week + weekday)), reason))
            })
            .collect();
        let skipped = skipped
            .into_iter()
            .map(|((shift, date), reason)| SkippedTurn { shift, date, reason })
            .collect();
        World {
            resource: sauna(buffer, common),
            standing,
            skipped,
            bookings,
            blackouts,
            written,
            now: at(TODAY, hour * 60),
        }
    }
}

proptest! {
    #[test]
    fn nobody_holds_a_time_with_another_after_settling(world in world()) {
        let settled = settle(&world.schedule(), &world.written);
        let now = world.now;
        let world = world.settled(&settled);
        let standing: Vec<Taken> = world
            .schedule()
            .taken(day(0), day(60))
            .into_iter()
            .filter(|taken| matches!(taken.by, Use::Standing { .. } | Use::Blackout { .. }))
            .collect();
        let held: Vec<&Booking> = world
            .bookings
            .iter()
            .filter(|one| one.status.holds() && (one.span.end > now))
            .collect();
        for (place, one) in held.iter().enumerate() {
            for other in &held[place + 1..] {
                prop_assert!(!one.span.overlaps(&other.span), "{one:?} {other:?}");
            }
            for taken in &standing {
                prop_assert!(!one.span.overlaps(&taken.span), "{one:?} {taken:?}");
            }
        }
        // There is nothing left to do, but that turns come back whose bookings were displaced just now.
        let again = settle(&world.schedule(), &BTreeSet::new());
        prop_assert_eq!((again.displaced, again.yielded), (Vec::new(), Vec::new()));
    }
}
