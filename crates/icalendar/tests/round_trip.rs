//! What is written is read again, by this crate and by another one.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use kiulu_domain::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::resource::{Audience, CommonTurn, Resource, ResourceKind};
use kiulu_domain::bookings::schedule::Schedule;
use kiulu_domain::bookings::standing::{SkipReason, SkippedTurn, StandingShift};
use kiulu_domain::bookings::time::{Minutes, Span, Validity, instant};
use kiulu_domain::id::{BlackoutId, BookingId, FlatId, ResourceId, StandingShiftId};
use kiulu_icalendar::{FeedSource, FeedWords, Revision, read, write_feed};
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

const ZONE: Tz = Tz::Europe__Helsinki;
const WORDS: FeedWords<'static> = FeedWords {
    booked: "varattu",
    common: ["naiset", "miehet", "kaikki"],
    out_of_use: "pois käytöstä",
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A space with what takes its time in 2026.
#[derive(Debug)]
struct Space {
    resource: Resource,
    standing: Vec<StandingShift>,
    skipped: Vec<SkippedTurn>,
    bookings: Vec<Booking>,
    blackouts: Vec<Blackout>,
}

impl Space {
    fn new() -> Self {
        let id = ResourceId(Uuid::from_u128(1));
        Self {
            resource: preset(id, ResourceKind::ClubRoom, "Kerhohuone; 1, kellari"),
            standing: Vec::new(),
            skipped: Vec::new(),
            bookings: Vec::new(),
            blackouts: Vec::new(),
        }
    }

    fn schedule(&self) -> Schedule<'_> {
        Schedule {
            resource: &self.resource,
            zone: ZONE,
            standing: &self.standing,
            skipped: &self.skipped,
            bookings: &self.bookings,
            blackouts: &self.blackouts,
            prices: &[],
            waiting: &[],
            now: day("2026-01-01").and_time(NaiveTime::MIN),
        }
    }

    fn written(&self, flat: Option<FlatId>) -> String {
        let flats: HashMap<FlatId, String> = (0..4u128)
            .map(|number| (FlatId(Uuid::from_u128(number)), format!("A {number}")))
            .collect();
        let changed = Revision {
            changes: 3,
            at: "2026-01-01T10:00:00Z".parse().unwrap(),
        };
        let source = FeedSource {
            name: "As Oy Kielo",
            days: (day("2026-01-01"), day("2026-12-31")),
            flat,
            flats: &flats,
            words: WORDS,
            revision: &|_| Some(changed),
            blackouts: Revision::default(),
        };
        write_feed(&[self.schedule()], ZONE, &source).0
    }

    /// What the schedule itself says, as instants. An hour that never comes is none.
    fn taken(&self) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let mut taken: Vec<_> = self
            .schedule()
            .taken(day("2026-01-01"), day("2026-12-31"))
            .iter()
            .filter(|taken| taken.span.exists(ZONE))
            .map(|taken| (instant(taken.span.start, ZONE), instant(taken.span.end, ZONE)))
            .collect();
        taken.sort();
        taken
    }

    fn read(&self) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let text = self.written(None);
        let feed = read(text.as_bytes(), Tz::UTC).unwrap();
        assert_eq!(feed.unread, [], "{text}");
        let found = feed.occurrences(day("2025-12-01"), day("2027-02-01"));
        assert_eq!(found.unread, [], "{text}");
        let mut times: Vec<_> = found
            .occurrences
            .iter()
            .filter(|one| !one.cancelled)
            .map(|one| (one.start, one.end))
            .collect();
        times.sort();
        times
    }
}

fn shift(
    number: u128,
    weekday: u32,
    from: Minutes,
    minutes: Minutes,
    every_weeks: u32,
    first: u64,
) -> StandingShift {
    let from_day = day("2026-01-01") + Days::new(first);
    StandingShift {
        id: StandingShiftId(Uuid::from_u128(100 + number)),
        resource: ResourceId(Uuid::from_u128(1)),
        flat: FlatId(Uuid::from_u128(number % 4)),
        weekday,
        from,
        to: from + minutes,
        valid: Validity {
            from: Some(from_day),
            to: first.is_multiple_of(3).then_some(from_day + Days::new(200)),
        },
        every_weeks,
        pauses: vec![Validity {
            from: Some(day("2026-06-20")),
            to: Some(day("2026-07-20")),
        }],
        note: "Aino Virtanen".into(),
    }
}

fn span(start: NaiveDateTime, minutes: i64) -> Span {
    Span {
        start,
        end: start + Duration::minutes(minutes),
    }
}

fn at(day_of_year: u64, minutes: i64) -> NaiveDateTime {
    (day("2026-01-01") + Days::new(day_of_year)).and_time(NaiveTime::MIN) + Duration::minutes(minutes)
}

prop_compose! {
    fn space()(
        shifts in prop::collection::vec((0..7u32, 0..52u16, 1..9u16, 1..4u32, 0..60u64), 0..5),
        skips in prop::collection::vec((0..5usize, 0..52u64), 0..6),
        bookings in prop::collection::vec((0..364u64, 0..48i64, 1..20i64, 0..5usize), 0..12),
        blackouts in prop::collection::vec((0..364u64, 0..48i64, 1..60i64, any::<bool>()), 0..3),
        commons in prop::collection::vec((0..7u32, 20..40u16, 1..4u16), 0..2),
        // The nights when the clocks move, and those beside them.
        nights in prop::collection::vec((prop_oneof![Just(86u64), Just(87), Just(88), Just(296), Just(297), Just(298)], 0..20i64, 1..10i64), 0..4),
    ) -> Space {
        let mut space = Space::new();
        for (number, (weekday, from, length, every, first)) in (0..).zip(shifts) {
            space.standing.push(shift(number, weekday, from * 30, length * 30, every, first));
        }
        for (which, week) in skips {
            if let Some(shift) = space.standing.get(which) {
                let date = day("2026-01-01") + Days::new(week * 7);
                let date = date + Days::new(u64::from((7 + shift.weekday - chrono::Datelike::weekday(&date).num_days_from_monday()) % 7));
                space.skipped.push(SkippedTurn { shift: shift.id, date, reason: SkipReason::GivenUp });
            }
        }
        let nights = nights.into_iter().map(|(day, from, length)| (day, from, length, 0));
        for (number, (day, from, length, status)) in (0u128..).zip(bookings.into_iter().chain(nights)) {
            space.bookings.push(Booking {
                id: BookingId(Uuid::from_u128(200 + number)),
                resource: space.resource.id,
                holder: if number % 2 == 0 { Holder::House } else { Holder::Flat(FlatId(Uuid::from_u128(number % 4))) },
                span: span(at(day, from * 30), length * 30),
                status: BookingStatus::ALL[status],
                extra: false,
                override_reason: "Aino Virtanen".into(),
                note: "Aino Virtanen".into(),
            });
        }
        for (number, (day, from, length, weekly)) in (0u128..).zip(blackouts) {
            space.blackouts.push(Blackout {
                id: BlackoutId(Uuid::from_u128(300 + number)),
                resource: space.resource.id,
                span: span(at(day, from * 30), length * 30),
                weekly: weekly.then(Validity::default),
                reason: "Remontti, kellarissa".into(),
            });
        }
        for (weekday, from, length) in commons {
            space.resource.common_turns.push(CommonTurn {
                weekday,
                from: from * 30,
                to: (from + length) * 30,
                audience: Audience::Women,
                valid: Validity::default(),
            });
        }
        space
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_written_is_what_the_schedule_says(space in space()) {
        prop_assert_eq!(space.read(), space.taken());
    }

    #[test]
    fn another_reader_sees_the_same_events(space in space()) {
        let text = space.written(None);
        let calendar = calcard::icalendar::ICalendar::parse(&text).unwrap();
        let events = text.matches("BEGIN:VEVENT").count();
        let seen = calendar
            .components
            .iter()
            .filter(|part| part.component_type == calcard::icalendar::ICalendarComponentType::VEvent)
            .count();
        prop_assert_eq!(seen, events);
    }

    #[test]
    fn nobody_is_named(space in space()) {
        let text = space.written(None);
        prop_assert!(!text.contains("Aino"));
        prop_assert!(text.split_terminator("\r\n").all(|line| line.len() <= 75));
    }
}

#[test]
fn a_shift_over_both_nights_is_one_event_and_two_of_its_own() {
    let mut space = Space::new();
    // Sundays 2.30–4.30.
    space.standing.push(StandingShift {
        pauses: Vec::new(),
        ..shift(1, 6, 150, 120, 1, 1)
    });
    let text = space.written(None);
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 3, "{text}");
    assert!(text.contains("RECURRENCE-ID;TZID=Europe/Helsinki:20260329T023000\r\nDTSTART:20260329T003000Z\r\nDTEND:20260329T013000Z"), "{text}");
    assert!(text.contains("RECURRENCE-ID;TZID=Europe/Helsinki:20261025T023000\r\nDTSTART:20261024T233000Z\r\nDTEND:20261025T023000Z"), "{text}");
    assert_eq!(space.read(), space.taken());
}

#[test]
fn a_flat_sees_its_own_and_what_was_taken_back() {
    let mut space = Space::new();
    let flat = |number| Holder::Flat(FlatId(Uuid::from_u128(number)));
    for (number, holder, status) in [
        (1, flat(1), BookingStatus::Booked),
        (2, flat(1), BookingStatus::CancelledLate),
        (3, flat(2), BookingStatus::Booked),
        (4, Holder::House, BookingStatus::Booked),
    ] {
        space.bookings.push(Booking {
            id: BookingId(Uuid::from_u128(number)),
            resource: space.resource.id,
            holder,
            span: span(at(number as u64, 600), 60),
            status,
            extra: false,
            override_reason: String::new(),
            note: String::new(),
        });
    }
    space.standing.push(shift(2, 3, 1080, 60, 2, 1));
    let text = space.written(Some(FlatId(Uuid::from_u128(1))));
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("UID") || line.starts_with("STATUS"))
        .collect();
    let uid = |number: u128| format!("UID:{}", Uuid::from_u128(number));
    assert_eq!(
        lines,
        [&uid(1)[..], "STATUS:CONFIRMED", &uid(2), "STATUS:CANCELLED"]
    );
}

#[test]
fn ten_years_of_five_hundred_shifts_take_no_time() {
    let mut space = Space::new();
    for number in 0..500 {
        space.standing.push(StandingShift {
            valid: Validity::default(),
            ..shift(number, (number % 7) as u32, (number % 48) as u16 * 30, 30, 1, 0)
        });
    }
    let flats = HashMap::new();
    let source = FeedSource {
        name: "As Oy Kielo",
        days: (day("2026-01-01"), day("2035-12-31")),
        flat: None,
        flats: &flats,
        words: WORDS,
        revision: &|_| None,
        blackouts: Revision::default(),
    };
    let begun = std::time::Instant::now();
    let (text, events) = write_feed(&[space.schedule()], ZONE, &source);
    let took = begun.elapsed();
    println!("{events} events, {} kB in {took:?}", text.len() / 1024);
    assert!(events >= 500);
    assert!(took.as_secs() < 10, "{took:?}");
}
