#![allow(clippy::unwrap_used)]

use super::booking::{Blackout, Booking, BookingStatus, Holder};
use super::cancel::{arrives, cancels_free, in_time};
use super::limits::{Deadline, Heating, OfficeHours, Period, Quota, QuotaUnit};
use super::price::{Cost, Price, PriceFor, PriceUnit, cost_of};
use super::resource::{Audience, CommonTurn, Resource, ResourceKind};
use super::rules::{Quote, Request, Violation, may_book, may_stand};
use super::schedule::{Schedule, Use};
use super::settle::{Settled, settle, shifts_collide};
use super::standing::{SkipReason, SkippedTurn, StandingShift};
use super::time::{DAY, MonthDay, Span, Validity, YearPart, instant, monday};
use super::timetable::{HolidayHours, Hours, Season, Timetable, Turns};
use super::waiting::{InLine, Offer, WaitingEntry, may_wait, offer_of};
use crate::calendar::HolidayName;
use crate::id::{BlackoutId, BookingId, ContactId, FlatId, PriceId, ResourceId, StandingShiftId, WaitingId};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime};
use chrono_tz::Europe::Helsinki;
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

mod charges;
mod planning;
mod prices;
mod waiting;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// "2026-10-21 16:00".
fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

/// "2026-10-21 16:00", so many minutes long.
fn span(start: &str, minutes: i64) -> Span {
    let start = wall(start);
    Span {
        start,
        end: start + chrono::Duration::minutes(minutes),
    }
}

fn flat(n: u128) -> FlatId {
    FlatId(Uuid::from_u128(n))
}

const CLOCK: fn(u16) -> u16 = |hour| hour * 60;

/// Wednesday to Saturday 16–22 in turns of an hour.
fn season() -> Season {
    let open = vec![Hours {
        from: CLOCK(16),
        to: CLOCK(22),
    }];
    let closed = Vec::new;
    Season {
        name: String::new(),
        part: None,
        weekdays: [
            closed(),
            closed(),
            open.clone(),
            open.clone(),
            open.clone(),
            open,
            closed(),
        ],
        public_holidays: HolidayHours::AsWeekday,
        eves: Vec::new(),
        eve_hours: HolidayHours::AsWeekday,
        turns: Turns::Fixed {
            minutes: 60,
            buffer: 0,
        },
    }
}

fn sauna() -> Resource {
    Resource {
        id: ResourceId(Uuid::from_u128(1)),
        kind: ResourceKind::Sauna,
        name: "Talosauna".into(),
        place: String::new(),
        capacity: None,
        key_note: String::new(),
        deposit_cents: 0,
        timetable: Timetable {
            seasons: vec![season()],
        },
        common_turns: Vec::new(),
        limits: Default::default(),
        retired: false,
    }
}

/// A house: a resource with everything that takes its time, on Wednesday 21 October 2026 at noon.
struct House {
    resource: Resource,
    standing: Vec<StandingShift>,
    skipped: Vec<SkippedTurn>,
    bookings: Vec<Booking>,
    blackouts: Vec<Blackout>,
    prices: Vec<Price>,
    waiting: Vec<WaitingEntry>,
    now: NaiveDateTime,
}

impl House {
    fn new() -> Self {
        Self {
            resource: sauna(),
            standing: Vec::new(),
            skipped: Vec::new(),
            bookings: Vec::new(),
            blackouts: Vec::new(),
            prices: Vec::new(),
            waiting: Vec::new(),
            now: wall("2026-10-21 12:00"),
        }
    }

    fn schedule(&self) -> Schedule<'_> {
        Schedule {
            resource: &self.resource,
            zone: Helsinki,
            standing: &self.standing,
            skipped: &self.skipped,
            bookings: &self.bookings,
            blackouts: &self.blackouts,
            prices: &self.prices,
            waiting: &self.waiting,
            now: self.now,
        }
    }

    fn season(&mut self) -> &mut Season {
        &mut self.resource.timetable.seasons[0]
    }

    fn ask(&self, of: u128, span: Span) -> Result<Quote, Vec<Violation>> {
        self.ask_for(Holder::Flat(flat(of)), span)
    }

    fn ask_for(&self, holder: Holder, span: Span) -> Result<Quote, Vec<Violation>> {
        let request = Request {
            holder,
            span,
            moving: None,
        };
        may_book(&self.schedule(), &request)
    }

    /// Puts a booking down without asking.
    fn put(&mut self, of: u128, span: Span) -> BookingId {
        let id = BookingId(Uuid::from_u128(1000 + self.bookings.len() as u128));
        self.bookings.push(Booking {
            id,
            resource: self.resource.id,
            holder: Holder::Flat(flat(of)),
            span,
            status: BookingStatus::Booked,
            extra: false,
            override_reason: String::new(),
            note: String::new(),
        });
        id
    }

    /// Wednesdays at five, from the first of October.
    fn shift(&mut self, of: u128) -> StandingShiftId {
        let id = StandingShiftId(Uuid::from_u128(2000 + self.standing.len() as u128));
        self.standing.push(StandingShift {
            id,
            resource: self.resource.id,
            flat: flat(of),
            weekday: 2,
            from: CLOCK(17),
            to: CLOCK(18),
            valid: Validity {
                from: Some(day("2026-10-01")),
                to: None,
            },
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        });
        id
    }

    /// Puts a flat into the line for a time without asking, after those that wait already.
    fn wait(&mut self, of: u128, span: Span) -> WaitingId {
        self.wait_for(Holder::Flat(flat(of)), span)
    }

    fn wait_for(&mut self, holder: Holder, span: Span) -> WaitingId {
        let id = WaitingEntry::id_of(self.resource.id, holder, span.start);
        let second = self.waiting.len() as i64;
        self.waiting.push(WaitingEntry {
            id,
            resource: self.resource.id,
            holder,
            span,
            put_at: DateTime::UNIX_EPOCH + chrono::Duration::seconds(second),
            offer: None,
            note: String::new(),
        });
        id
    }

    fn blackout(&mut self, span: Span) {
        self.blackouts.push(Blackout {
            id: BlackoutId(Uuid::from_u128(3000)),
            resource: self.resource.id,
            span,
            weekly: None,
            reason: "Huolto".into(),
        });
    }

    fn starts(&self, date: &str) -> Vec<String> {
        let free = self.schedule().free(day(date), day(date));
        free.iter()
            .map(|turn| turn.start.format("%H:%M").to_string())
            .collect()
    }
}

fn codes(answer: Result<Quote, Vec<Violation>>) -> Vec<String> {
    let against = answer.err().unwrap_or_default();
    against
        .iter()
        .map(|violation| {
            serde_json::to_value(violation).unwrap()["code"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn turns_follow_each_other_from_the_opening_with_their_pauses() {
    let mut house = House::new();
    assert_eq!(
        house.starts("2026-10-22"),
        ["16:00", "17:00", "18:00", "19:00", "20:00", "21:00"]
    );
    assert!(
        house.starts("2026-10-26").is_empty(),
        "Monday is none of its days"
    );
    for (minutes, buffer, want) in [
        (60, 30, &["16:00", "17:30", "19:00", "20:30"][..]),
        (90, 0, &["16:00", "17:30", "19:00", "20:30"]),
        // The last turn must end by the closing.
        (120, 15, &["16:00", "18:15"]),
        (361, 0, &[]),
        (0, 0, &[]),
    ] {
        house.season().turns = Turns::Fixed { minutes, buffer };
        assert_eq!(house.starts("2026-10-22"), want, "{minutes}+{buffer}");
    }
}

#[test]
fn what_is_asked_for_must_be_a_turn_of_an_open_day() {
    let house = House::new();
    assert_eq!(
        house.ask(1, span("2026-10-22 16:00", 60)),
        Ok(Quote {
            cost: Cost::FREE,
            extra: false
        })
    );
    for (start, minutes, want) in [
        ("2026-10-22 16:30", 60, "not_a_turn"),
        ("2026-10-22 16:00", 120, "not_a_turn"),
        ("2026-10-22 22:00", 60, "closed"),
        ("2026-10-22 15:00", 60, "closed"),
        ("2026-10-26 16:00", 60, "closed"),
    ] {
        assert_eq!(codes(house.ask(1, span(start, minutes))), [want], "{start}");
    }
}

#[test]
fn a_turn_can_be_taken_until_it_begins() {
    let mut house = House::new();
    for (now, want) in [
        ("2026-10-22 15:59", &[][..]),
        ("2026-10-22 16:00", &["past"]),
        ("2026-10-22 16:01", &["past"]),
    ] {
        house.now = wall(now);
        assert_eq!(codes(house.ask(1, span("2026-10-22 16:00", 60))), want, "{now}");
    }
}

#[test]
fn windows_open_and_close_on_their_minute() {
    let mut house = House::new();
    house.resource.limits.days_ahead = Some(14);
    house.resource.limits.minutes_ahead = Some(120);
    for (now, want) in [
        ("2026-10-07 23:59", &["too_early"][..]),
        ("2026-10-08 00:00", &[]),
        ("2026-10-22 13:59", &[]),
        ("2026-10-22 14:00", &[]),
        ("2026-10-22 14:01", &["too_late"]),
    ] {
        house.now = wall(now);
        let answer = house.ask(1, span("2026-10-22 16:00", 60));
        assert_eq!(codes(answer), want, "{now}");
    }
    house.now = wall("2026-10-01 12:00");
    assert_eq!(
        house.ask(1, span("2026-10-22 16:00", 60)),
        Err(vec![Violation::TooEarly {
            opens: day("2026-10-08")
        }])
    );
}

#[test]
fn nobody_else_gets_a_turn_that_is_held() {
    let mut house = House::new();
    let turn = span("2026-10-28 17:00", 60);
    let shift = house.shift(1);
    assert_eq!(
        house.ask(2, turn),
        Err(vec![Violation::Taken {
            flat: Some(flat(1)),
            standing: true
        }])
    );
    house.skipped.push(SkippedTurn {
        shift,
        date: day("2026-10-28"),
        reason: SkipReason::GivenUp,
    });
    assert!(house.ask(2, turn).is_ok());
    let id = house.put(2, turn);
    assert_eq!(
        house.ask(3, turn),
        Err(vec![Violation::Taken {
            flat: Some(flat(2)),
            standing: false
        }])
    );
    // It may stay where it is while it is being moved.
    let request = Request {
        holder: Holder::Flat(flat(2)),
        span: turn,
        moving: Some(id),
    };
    assert!(may_book(&house.schedule(), &request).is_ok());
    for (status, free) in [
        (BookingStatus::Cancelled, true),
        (BookingStatus::CancelledLate, true),
        (BookingStatus::Displaced, true),
        (BookingStatus::NoShow, false),
    ] {
        house.bookings[0].status = status;
        assert_eq!(house.ask(3, turn).is_ok(), free, "{status:?}");
    }
}

#[test]
fn a_pause_stays_free_after_each_booking() {
    let mut house = House::new();
    house.season().turns = Turns::Free {
        step: 30,
        least: 30,
        most: 180,
        buffer: 30,
    };
    house.put(1, span("2026-10-22 18:00", 60));
    for (start, minutes, free) in [
        ("2026-10-22 17:00", 30, true),
        ("2026-10-22 17:00", 60, false),
        ("2026-10-22 19:00", 30, false),
        ("2026-10-22 19:30", 30, true),
    ] {
        assert_eq!(
            house.ask(2, span(start, minutes)).is_ok(),
            free,
            "{start} {minutes}"
        );
    }
}

#[test]
fn free_lengths_keep_their_bounds_and_steps() {
    let mut house = House::new();
    house.season().turns = Turns::Free {
        step: 30,
        least: 60,
        most: 180,
        buffer: 0,
    };
    for (start, minutes, want) in [
        ("2026-10-22 16:00", 30, &["too_short"][..]),
        ("2026-10-22 16:00", 60, &[]),
        ("2026-10-22 16:30", 180, &[]),
        ("2026-10-22 16:30", 210, &["too_long"]),
        ("2026-10-22 16:15", 60, &["not_a_turn"]),
        ("2026-10-22 16:00", 75, &["not_a_turn"]),
        ("2026-10-22 21:00", 60, &[]),
        ("2026-10-22 21:30", 60, &["closed"]),
    ] {
        assert_eq!(
            codes(house.ask(1, span(start, minutes))),
            want,
            "{start} {minutes}"
        );
    }
}

#[test]
fn nights_are_counted_from_arrival_to_departure() {
    let mut house = House::new();
    let all = vec![Hours { from: 0, to: DAY }];
    house.season().weekdays = std::array::from_fn(|_| all.clone());
    house.season().turns = Turns::Nights {
        arrive: CLOCK(15),
        leave: CLOCK(12),
        least: 1,
        most: 7,
    };
    let nights = |from: &str, to: &str| Span {
        start: wall(&format!("{from} 15:00")),
        end: wall(&format!("{to} 12:00")),
    };
    assert!(house.ask(1, nights("2026-12-30", "2027-01-02")).is_ok());
    assert!(house.ask(1, nights("2026-10-22", "2026-10-29")).is_ok());
    assert_eq!(
        codes(house.ask(1, nights("2026-10-22", "2026-10-30"))),
        ["too_long"]
    );
    assert_eq!(
        codes(house.ask(1, span("2026-10-22 14:00", 60 * 22))),
        ["not_a_turn"]
    );
    house.put(1, nights("2026-10-22", "2026-10-24"));
    // The next guest comes on the day on which the last one leaves.
    assert!(house.ask(2, nights("2026-10-24", "2026-10-25")).is_ok());
    assert_eq!(codes(house.ask(2, nights("2026-10-23", "2026-10-25"))), ["taken"]);
    let price = Price {
        unit: PriceUnit::Night,
        ..price(4500, 255)
    };
    assert_eq!(
        price.cost(&nights("2026-12-30", "2027-01-02")),
        Cost::of(13_500, 255)
    );
}

#[test]
fn common_turns_are_nobodys_and_rest_on_closed_days() {
    let mut house = House::new();
    house.resource.common_turns.push(CommonTurn {
        weekday: 3,
        from: CLOCK(16),
        to: CLOCK(18),
        audience: Audience::Women,
        valid: Validity {
            from: None,
            to: Some(day("2026-12-31")),
        },
    });
    assert_eq!(codes(house.ask(1, span("2026-10-22 17:00", 60))), ["common_turn"]);
    assert_eq!(house.starts("2026-10-22"), ["18:00", "19:00", "20:00", "21:00"]);
    assert!(house.ask(1, span("2027-01-07 17:00", 60)).is_ok());
    // Christmas Eve is a Thursday in 2026.
    house.season().eves = vec![HolidayName::ChristmasEve];
    house.season().eve_hours = HolidayHours::Closed;
    assert!(
        house
            .schedule()
            .turns(day("2026-12-24"), day("2026-12-24"))
            .is_empty()
    );
}

#[test]
fn blackouts_hit_whatever_they_touch() {
    let mut house = House::new();
    house.blackout(Span {
        start: wall("2026-10-22 17:30"),
        end: wall("2026-10-24 16:30"),
    });
    for (start, free) in [
        ("2026-10-22 16:00", true),
        ("2026-10-22 17:00", false),
        ("2026-10-23 20:00", false),
        ("2026-10-24 16:00", false),
        ("2026-10-24 17:00", true),
    ] {
        assert_eq!(house.ask(1, span(start, 60)).is_ok(), free, "{start}");
    }
    assert_eq!(
        house.ask(1, span("2026-10-23 20:00", 60)),
        Err(vec![Violation::OutOfUse {
            reason: "Huolto".into(),
            until: wall("2026-10-24 16:30")
        }])
    );
    house.blackouts[0].span = span("2026-10-22 16:00", 60);
    house.blackouts[0].weekly = Some(Validity {
        from: None,
        to: Some(day("2026-11-05")),
    });
    for (start, free) in [
        ("2026-10-29 16:00", false),
        ("2026-10-29 17:00", true),
        ("2026-11-05 16:00", false),
        ("2026-11-12 16:00", true),
    ] {
        assert_eq!(house.ask(1, span(start, 60)).is_ok(), free, "{start}");
    }
}

#[test]
fn holidays_have_their_own_hours() {
    let mut house = House::new();
    let own = |from, to| {
        HolidayHours::Own(vec![Hours {
            from: CLOCK(from),
            to: CLOCK(to),
        }])
    };
    house.season().public_holidays = HolidayHours::Closed;
    house.season().eves = vec![HolidayName::ChristmasEve, HolidayName::MidsummerEve];
    house.season().eve_hours = own(12, 14);
    for (date, starts) in [
        // Ascension, Christmas Eve, Christmas Day, and an eve that this house does not keep.
        ("2026-05-14", &[][..]),
        ("2026-12-24", &["12:00", "13:00"]),
        ("2026-12-25", &[]),
        (
            "2026-12-31",
            &["16:00", "17:00", "18:00", "19:00", "20:00", "21:00"],
        ),
    ] {
        house.now = wall("2026-01-01 00:00");
        assert_eq!(house.starts(date), starts, "{date}");
    }
}

#[test]
fn seasons_change_on_their_days_and_reach_over_the_new_year() {
    let part = |from: (u32, u32), to: (u32, u32)| YearPart {
        from: MonthDay {
            month: from.0,
            day: from.1,
        },
        to: MonthDay {
            month: to.0,
            day: to.1,
        },
    };
    let winter = part((11, 1), (2, 29));
    for (date, inside) in [
        ("2026-10-31", false),
        ("2026-11-01", true),
        ("2026-12-31", true),
        ("2027-01-01", true),
        ("2027-02-28", true),
        ("2028-02-29", true),
        ("2027-03-01", false),
    ] {
        assert_eq!(winter.contains(day(date)), inside, "{date}");
    }
    let mut house = House::new();
    house.now = wall("2026-01-01 00:00");
    let summer = Season {
        name: "Kesä".into(),
        part: Some(part((6, 1), (8, 31))),
        weekdays: std::array::from_fn(|weekday| {
            let hours = Hours {
                from: CLOCK(18),
                to: CLOCK(20),
            };
            if weekday == 5 { vec![hours] } else { Vec::new() }
        }),
        ..season()
    };
    house.resource.timetable.seasons.insert(0, summer);
    assert_eq!(house.starts("2026-05-30").len(), 6);
    assert_eq!(house.starts("2026-06-06"), ["18:00", "19:00"]);
    assert!(house.starts("2026-08-27").is_empty());
    assert_eq!(house.starts("2026-09-02").len(), 6);
}

#[test]
fn standing_shifts_come_in_their_weeks_and_rest_in_their_pauses() {
    let mut house = House::new();
    house.shift(1);
    let shift = &mut house.standing[0];
    shift.every_weeks = 2;
    shift.valid.to = Some(day("2026-12-09"));
    shift.pauses = vec![Validity {
        from: Some(day("2026-11-01")),
        to: Some(day("2026-11-15")),
    }];
    // Its first day is a Thursday, whose week begins on 28 September.
    let comes: Vec<NaiveDate> = super::time::dates(day("2026-09-01"), day("2027-01-31"))
        .filter(|date| shift.on(*date).is_some())
        .collect();
    let want = ["2026-10-14", "2026-10-28", "2026-11-25", "2026-12-09"].map(day);
    assert_eq!(comes, want);
    // Weeks go on counting over the new year.
    shift.valid.to = None;
    assert!(shift.on(day("2027-01-06")).is_some() && shift.on(day("2026-12-30")).is_none());
}

#[test]
fn quotas_count_at_their_borders() {
    let quota = |per, unit, most| Quota { per, unit, most };
    let bookings = |house: &mut House, starts: &[&str]| {
        house.bookings.clear();
        for start in starts {
            house.put(1, span(start, 60));
        }
    };
    let mut house = House::new();
    for (limit, have, ask, free) in [
        // Two a week, weeks from Monday to Sunday.
        (
            quota(Period::Week, QuotaUnit::Bookings, 2),
            &["2026-10-28 16:00"][..],
            "2026-10-31 16:00",
            true,
        ),
        (
            quota(Period::Week, QuotaUnit::Bookings, 2),
            &["2026-10-28 16:00", "2026-10-29 16:00"],
            "2026-10-31 16:00",
            false,
        ),
        (
            quota(Period::Week, QuotaUnit::Bookings, 2),
            &["2026-10-28 16:00", "2026-10-29 16:00"],
            "2026-11-04 16:00",
            true,
        ),
        // One week lies in two years: Monday 28 December to Sunday 3 January.
        (
            quota(Period::Week, QuotaUnit::Bookings, 1),
            &["2026-12-30 16:00"],
            "2027-01-02 16:00",
            false,
        ),
        (
            quota(Period::Month, QuotaUnit::Bookings, 1),
            &["2026-10-31 16:00"],
            "2026-11-04 16:00",
            true,
        ),
        (
            quota(Period::Month, QuotaUnit::Bookings, 1),
            &["2026-12-30 16:00"],
            "2026-12-31 16:00",
            false,
        ),
        (
            quota(Period::Year, QuotaUnit::Bookings, 1),
            &["2026-12-30 16:00"],
            "2027-01-02 16:00",
            true,
        ),
        (
            quota(Period::Day, QuotaUnit::Minutes, 120),
            &["2026-10-28 16:00"],
            "2026-10-28 18:00",
            true,
        ),
        (
            quota(Period::Day, QuotaUnit::Minutes, 119),
            &["2026-10-28 16:00"],
            "2026-10-28 18:00",
            false,
        ),
    ] {
        bookings(&mut house, have);
        house.resource.limits.quotas = vec![limit];
        assert_eq!(house.ask(1, span(ask, 60)).is_ok(), free, "{limit:?} {ask}");
        // Another flat has a quota of its own.
        assert!(house.ask(2, span(ask, 60)).is_ok());
    }
}

#[test]
fn open_bookings_count_until_they_end_and_only_those_that_stand() {
    let mut house = House::new();
    house.resource.limits.quotas = vec![Quota {
        per: Period::Open,
        unit: QuotaUnit::Bookings,
        most: 1,
    }];
    house.put(1, span("2026-10-22 16:00", 60));
    let next = span("2026-10-28 16:00", 60);
    for (now, free) in [
        ("2026-10-22 16:59", false),
        ("2026-10-22 17:00", true),
        ("2026-10-22 17:01", true),
    ] {
        house.now = wall(now);
        assert_eq!(house.ask(1, next).is_ok(), free, "{now}");
    }
    house.now = wall("2026-10-21 12:00");
    assert_eq!(
        house.ask(1, next),
        Err(vec![Violation::QuotaUsed {
            per: Period::Open,
            unit: QuotaUnit::Bookings,
            most: 1,
            used: 1
        }])
    );
    house.bookings[0].status = BookingStatus::Cancelled;
    assert!(house.ask(1, next).is_ok());
}

#[test]
fn a_free_turn_of_today_may_be_taken_beside_the_quota() {
    let mut house = House::new();
    house.resource.limits.quotas = vec![Quota {
        per: Period::Week,
        unit: QuotaUnit::Bookings,
        most: 1,
    }];
    house.resource.limits.same_day_extra = true;
    house.put(1, span("2026-10-22 16:00", 60));
    let today = house.ask(1, span("2026-10-21 20:00", 60));
    assert!(today.is_ok_and(|quote| quote.extra));
    assert_eq!(codes(house.ask(1, span("2026-10-23 20:00", 60))), ["quota_used"]);
    // Extra turns use no quota, and a turn within it is none.
    house.bookings[0].extra = true;
    assert!(
        house
            .ask(1, span("2026-10-21 20:00", 60))
            .is_ok_and(|quote| !quote.extra)
    );
}

#[test]
fn turns_in_a_row_are_counted_on_both_sides() {
    let mut house = House::new();
    house.resource.limits.consecutive = Some(2);
    house.put(1, span("2026-10-22 16:00", 60));
    house.put(1, span("2026-10-22 18:00", 60));
    assert_eq!(
        house.ask(1, span("2026-10-22 17:00", 60)),
        Err(vec![Violation::TooManyInARow { most: 2 }])
    );
    assert!(house.ask(1, span("2026-10-22 19:00", 60)).is_ok());
    assert!(house.ask(1, span("2026-10-22 20:00", 60)).is_ok());
    assert!(house.ask(2, span("2026-10-22 17:00", 60)).is_ok());
}

#[test]
fn every_rule_that_is_broken_is_told() {
    let mut house = House::new();
    house.resource.limits.days_ahead = Some(7);
    house.resource.limits.quotas = vec![Quota {
        per: Period::Open,
        unit: QuotaUnit::Bookings,
        most: 0,
    }];
    let turn = span("2026-11-04 17:00", 60);
    house.shift(2);
    house.prices.push(Price {
        valid: Validity {
            from: None,
            to: Some(day("2026-10-31")),
        },
        ..price(800, 255)
    });
    assert_eq!(
        codes(house.ask(1, turn)),
        ["taken", "too_early", "quota_used", "no_price"]
    );
    house.resource.retired = true;
    assert_eq!(
        codes(house.ask(1, span("2026-10-20 23:00", 45)))[..3],
        ["retired", "past", "closed"]
    );
}

fn price(cents: i64, vat_tenths: u32) -> Price {
    Price {
        id: PriceId(Uuid::from_u128(4000)),
        resource: sauna().id,
        valid: Validity::default(),
        part: None,
        weekdays: [true; 7],
        from: 0,
        to: DAY,
        longest: None,
        price_for: PriceFor::Everyone,
        unit: PriceUnit::Turn,
        cents,
        vat_tenths,
    }
}

#[test]
fn prices_fit_by_day_hour_length_and_person() {
    let turn = span("2026-10-23 18:00", 60);
    let cents = |prices: &[Price], resident| cost_of(prices, &turn, resident).map(|cost| cost.cents);
    assert_eq!(cents(&[], true), Some(0));
    let weekend = Price {
        weekdays: [false, false, false, false, true, true, true],
        from: CLOCK(18),
        ..price(1200, 255)
    };
    let outsiders = Price {
        price_for: PriceFor::Outsiders,
        ..price(2000, 255)
    };
    let list = [outsiders, weekend.clone(), price(800, 255)];
    assert_eq!(cents(&list, true), Some(1200));
    assert_eq!(cents(&list, false), Some(2000));
    for (change, fits) in [
        (
            Price {
                from: CLOCK(18),
                to: CLOCK(19),
                ..weekend.clone()
            },
            true,
        ),
        (
            Price {
                from: CLOCK(17),
                to: CLOCK(18),
                ..weekend.clone()
            },
            false,
        ),
        (
            Price {
                longest: Some(60),
                ..weekend.clone()
            },
            true,
        ),
        (
            Price {
                longest: Some(59),
                ..weekend.clone()
            },
            false,
        ),
        (
            Price {
                unit: PriceUnit::Month,
                ..weekend.clone()
            },
            false,
        ),
        (
            Price {
                valid: Validity {
                    from: Some(day("2026-10-23")),
                    to: Some(day("2026-10-23")),
                },
                ..weekend.clone()
            },
            true,
        ),
        (
            Price {
                valid: Validity {
                    from: Some(day("2026-10-24")),
                    to: None,
                },
                ..weekend.clone()
            },
            false,
        ),
        (
            Price {
                valid: Validity {
                    from: None,
                    to: Some(day("2026-10-22")),
                },
                ..weekend
            },
            false,
        ),
    ] {
        assert_eq!(change.fits(&turn, true), fits, "{change:?}");
    }
}

#[test]
fn money_is_counted_to_the_cent() {
    for (cents, vat_tenths, vat_cents) in [
        (1255, 255, 255),
        (800, 255, 163),
        (800, 0, 0),
        (1000, 140, 123),
        (1, 255, 0),
        (-1255, 255, -255),
        (100, 100, 9),
    ] {
        assert_eq!(
            Cost::of(cents, vat_tenths).vat_cents,
            vat_cents,
            "{cents} {vat_tenths}"
        );
    }
    let hourly = Price {
        unit: PriceUnit::Hour,
        ..price(500, 0)
    };
    for (minutes, cents) in [(60, 500), (30, 250), (40, 333), (20, 167), (90, 750)] {
        assert_eq!(
            hourly.cost(&span("2026-10-22 16:00", minutes)).cents,
            cents,
            "{minutes}"
        );
    }
}

#[test]
fn a_stove_is_heated_for_enough_turns_in_a_row() {
    let mut house = House::new();
    house.resource.limits.heating = Some(Heating {
        turns: 3,
        minutes_ahead: 120,
    });
    for start in ["2026-10-22 16:00", "2026-10-22 17:00", "2026-10-22 20:00"] {
        house.put(1, span(start, 60));
    }
    let runs = house.schedule().heated(day("2026-10-22"));
    let told: Vec<_> = runs.iter().map(|run| (run.turns, run.enough)).collect();
    assert_eq!(told, [(2, false), (1, false)]);
    assert_eq!(runs[0].decided_at, wall("2026-10-22 14:00"));
    house.put(2, span("2026-10-22 18:00", 60));
    let runs = house.schedule().heated(day("2026-10-22"));
    assert_eq!(
        (runs[0].turns, runs[0].enough, runs[0].span.minutes()),
        (3, true, 180)
    );
    // A blackout heats nothing.
    house.bookings.clear();
    house.blackout(span("2026-10-22 16:00", 360));
    assert!(house.schedule().heated(day("2026-10-22")).is_empty());
}

#[test]
fn cancelling_is_free_until_its_minute_and_an_office_counts_when_it_opens() {
    let mut house = House::new();
    house.put(1, span("2026-10-26 16:00", 60));
    let office = OfficeHours {
        weekdays: [true, true, true, true, true, false, false],
        from: CLOCK(8),
        to: CLOCK(15),
    };
    let booking = house.bookings[0].clone();
    let mut free = |minutes, office, now: &str| {
        house.resource.limits.cancel = Some(Deadline { minutes, office });
        cancels_free(&house.resource, &booking, wall(now))
    };
    assert!(free(24 * 60, None, "2026-10-25 15:59"));
    assert!(free(24 * 60, None, "2026-10-25 16:00"));
    assert!(!free(24 * 60, None, "2026-10-25 16:01"));
    // Friday at three the office has closed, so it counts on Monday at eight.
    assert!(free(24 * 60, Some(office), "2026-10-23 14:59"));
    assert!(!free(24 * 60, Some(office), "2026-10-23 15:00"));
    assert!(free(8 * 60, Some(office), "2026-10-23 15:00"));
    assert!(!free(8 * 60 + 1, Some(office), "2026-10-24 12:00"));
    // Offices are closed on public holidays: from Maundy Thursday afternoon to the Tuesday after Easter.
    let arrived = arrives(Some(&office), wall("2026-04-02 16:00"));
    assert_eq!(arrived, wall("2026-04-07 08:00"));
    assert_eq!(
        arrives(Some(&office), wall("2026-10-23 07:00")),
        wall("2026-10-23 08:00")
    );
    assert!(in_time(None, wall("2026-10-26 16:00"), wall("2026-10-26 16:00")));
    assert!(!in_time(None, wall("2026-10-26 16:00"), wall("2026-10-26 16:01")));
}

#[test]
fn turns_on_the_nights_when_the_clocks_move_follow_each_other() {
    let hours = |start: &str, minutes| {
        let span = span(start, minutes);
        (instant(span.end, Helsinki) - instant(span.start, Helsinki)).num_minutes()
    };
    // Forward from 03.00 to 04.00 on 29 March 2026, back from 04.00 to 03.00 on 25 October.
    for (start, want) in [
        ("2026-03-29 01:30", 60),
        ("2026-03-29 02:30", 60),
        ("2026-03-29 03:30", 0),
        ("2026-03-29 04:30", 60),
        ("2026-10-25 02:30", 60),
        ("2026-10-25 03:30", 120),
        ("2026-10-25 04:30", 60),
    ] {
        assert_eq!(hours(start, 60), want, "{start}");
    }
    // Turns of a whole night: none overlaps another, none is lost but the one that never comes.
    let mut house = House::new();
    let night = vec![Hours {
        from: CLOCK(0) + 30,
        to: CLOCK(6) + 30,
    }];
    house.season().weekdays = std::array::from_fn(|_| night.clone());
    house.now = wall("2026-01-01 00:00");
    assert_eq!(
        house.starts("2026-03-29"),
        ["00:30", "01:30", "02:30", "04:30", "05:30"]
    );
    assert_eq!(
        house.starts("2026-10-25"),
        ["00:30", "01:30", "02:30", "03:30", "04:30", "05:30"]
    );
    for date in ["2026-03-29", "2026-10-25"] {
        let turns = house.schedule().free(day(date), day(date));
        let real = turns
            .iter()
            .map(|turn| (instant(turn.start, Helsinki), instant(turn.end, Helsinki)));
        let real: Vec<_> = real.collect();
        assert!(real.windows(2).all(|pair| pair[0].1 == pair[1].0), "{date}");
    }
}

#[test]
fn hours_past_midnight_belong_to_the_evening_before() {
    let mut house = House::new();
    let late = vec![Hours {
        from: CLOCK(22),
        to: CLOCK(26),
    }];
    house.season().weekdays[5] = late;
    assert_eq!(house.starts("2026-10-24").len(), 4);
    let turn = span("2026-10-25 01:00", 60);
    assert!(
        house
            .schedule()
            .free(day("2026-10-24"), day("2026-10-24"))
            .contains(&turn)
    );
    assert!(house.ask(1, turn).is_ok());
    assert_eq!(codes(house.ask(1, span("2026-10-25 02:00", 60))), ["closed"]);
    house.put(1, turn);
    assert!(
        !house
            .schedule()
            .free(day("2026-10-24"), day("2026-10-24"))
            .contains(&turn)
    );
}

#[test]
fn the_calendar_shows_each_turn_once_with_what_takes_it() {
    let mut house = House::new();
    house.shift(1);
    house.put(2, span("2026-10-28 19:00", 60));
    let turns = house.schedule().turns(day("2026-10-26"), day("2026-11-01"));
    assert_eq!(turns.len(), 24);
    let held: Vec<_> = turns
        .iter()
        .filter_map(|turn| match turn.taken.as_ref()? {
            Use::Standing { flat, .. } => Some((*flat, turn.span.start)),
            Use::Booked {
                holder: Holder::Flat(flat),
                ..
            } => Some((*flat, turn.span.start)),
            _ => None,
        })
        .collect();
    assert_eq!(
        held,
        [
            (flat(1), wall("2026-10-28 17:00")),
            (flat(2), wall("2026-10-28 19:00"))
        ]
    );
    // After a change of the timetable a shift still stands where it is, and nothing is offered over it.
    house.season().turns = Turns::Fixed {
        minutes: 90,
        buffer: 0,
    };
    let starts = house.starts("2026-10-28");
    assert_eq!(
        starts,
        ["20:30"],
        "16.00 and 17.30 touch the shift, 19.00 the booking"
    );
}

#[test]
fn weeks_begin_on_monday() {
    for (date, want) in [
        ("2026-10-19", "2026-10-19"),
        ("2026-10-25", "2026-10-19"),
        ("2027-01-01", "2026-12-28"),
        ("2024-02-29", "2024-02-26"),
    ] {
        assert_eq!(monday(day(date)), day(want));
    }
}

#[test]
fn whoever_stood_before_stays_and_turns_come_back_when_their_booking_goes() {
    let mut house = House::new();
    let shift = house.shift(1);
    let turn = span("2026-10-28 17:00", 60);
    let id = house.put(2, turn);
    let none = BTreeSet::new();
    let yields = SkippedTurn {
        shift,
        date: day("2026-10-28"),
        reason: SkipReason::Yielded,
    };
    // The booking was there before the shift; written after it, it gives way.
    assert_eq!(settle(&house.schedule(), &none).yielded, [yields]);
    assert_eq!(settle(&house.schedule(), &BTreeSet::from([id])).displaced, [id]);
    house.skipped.push(yields);
    assert_eq!(settle(&house.schedule(), &none), Settled::default());
    house.bookings[0].status = BookingStatus::Cancelled;
    assert_eq!(settle(&house.schedule(), &none).returned, [yields]);
    // What the flat gave up itself does not come back.
    house.skipped[0].reason = SkipReason::GivenUp;
    assert_eq!(settle(&house.schedule(), &none), Settled::default());
    // Of two that were written together the earlier stays.
    house.bookings.clear();
    let (one, other) = (house.put(2, turn), house.put(3, turn));
    assert_eq!(
        settle(&house.schedule(), &BTreeSet::from([one, other])).displaced,
        [other]
    );
    assert!(!shifts_collide(&house.schedule()));
    house.shift(4);
    assert!(shifts_collide(&house.schedule()));
}

#[test]
fn a_flat_gets_a_standing_shift_that_fits_and_is_free() {
    let mut house = House::new();
    house.shift(1);
    let asked = StandingShift {
        id: StandingShiftId(Uuid::from_u128(9999)),
        flat: flat(2),
        ..house.standing[0].clone()
    };
    let of = |house: &House, shift: &StandingShift| match may_stand(&house.schedule(), shift) {
        Ok(()) => Vec::new(),
        against => codes(against.map(|()| unreachable!())),
    };
    assert_eq!(of(&house, &asked), ["taken"]);
    let later = |minutes: u16| StandingShift {
        from: asked.from + minutes,
        to: asked.to + minutes,
        ..asked.clone()
    };
    assert!(of(&house, &later(60)).is_empty());
    assert_eq!(of(&house, &later(30)), ["not_a_turn", "taken"]);
    assert_eq!(
        of(
            &house,
            &StandingShift {
                weekday: 0,
                ..asked.clone()
            }
        ),
        ["closed"]
    );
    // Every second week in the weeks between is free where the other comes every second week too.
    house.standing[0].every_weeks = 2;
    let between = StandingShift {
        every_weeks: 2,
        valid: Validity {
            from: Some(day("2026-10-08")),
            to: None,
        },
        ..asked.clone()
    };
    assert!(of(&house, &between).is_empty());
    house.resource.limits.standing_per_flat = Some(1);
    let second = StandingShift {
        flat: flat(1),
        ..later(120)
    };
    assert_eq!(of(&house, &second), ["standing_used"]);
    // Christmas Day is closed, and that the shift begins then is no reason against it.
    house.season().public_holidays = HolidayHours::Closed;
    let from_christmas = StandingShift {
        weekday: 4,
        valid: Validity {
            from: Some(day("2026-12-25")),
            to: None,
        },
        ..asked
    };
    assert!(of(&house, &from_christmas).is_empty());
}

proptest! {
    /// Whatever is asked in whatever order, nobody ever holds a time together with another.
    #[test]
    fn no_two_ever_hold_one_time(
        buffer in 0u16..40,
        free_lengths in any::<bool>(),
        asked in prop::collection::vec((0u64..14, 0u16..40, 1u16..8, 1u128..5, 0u8..10), 1..80),
    ) {
        let mut house = House::new();
        house.season().turns = if free_lengths {
            Turns::Free { step: 10, least: 10, most: 180, buffer }
        } else {
            Turns::Fixed { minutes: 40, buffer }
        };
        house.resource.limits.offer_minutes = Some(30);
        house.shift(9);
        for (days, start, length, of, what) in asked {
            let date = house.now.date() + Days::new(days);
            let span = Span::of_day(date, CLOCK(16) + start * 10, CLOCK(16) + (start + length) * 10);
            match what {
                0 if !house.bookings.is_empty() => {
                    let at = usize::from(start) % house.bookings.len();
                    house.bookings[at].status = BookingStatus::Cancelled;
                }
                1 if !house.bookings.is_empty() => {
                    let at = usize::from(start) % house.bookings.len();
                    let (id, holder) = (house.bookings[at].id, house.bookings[at].holder);
                    let request = Request { holder, span, moving: Some(id) };
                    if house.bookings[at].status.holds() && may_book(&house.schedule(), &request).is_ok() {
                        house.bookings[at].span = span;
                    }
                }
                2 => house.now += chrono::Duration::minutes(i64::from(start)),
                // Waiting, an offer to whoever is next, and taking it.
                3 | 4 => {
                    let request = Request { holder: Holder::Flat(flat(of)), span, moving: None };
                    let waits = house.waiting.iter().any(|one| one.holder == request.holder && one.span.start == span.start);
                    if !waits && may_wait(&house.schedule(), &request).is_ok() {
                        house.wait(of, span);
                    }
                }
                5 => {
                    let next = house.schedule().held().into_iter().find(|held| held.until.is_none()).map(|held| held.entry.id);
                    let offer = offer_of(&house.resource, &span, house.now);
                    for entry in house.waiting.iter_mut().filter(|entry| Some(entry.id) == next) {
                        entry.offer = Some(offer);
                    }
                }
                6 => {
                    let next = house.schedule().held().first().map(|held| held.entry.clone());
                    if let Some(entry) = next {
                        let request = Request { holder: entry.holder, span: entry.span, moving: None };
                        prop_assert!(may_book(&house.schedule(), &request).is_ok(), "nothing limits them here");
                        house.put(entry.holder.flat().unwrap().0.as_u128(), entry.span);
                        house.waiting.retain(|one| one.id != entry.id);
                    }
                }
                _ => {
                    if house.ask(of, span).is_ok() {
                        house.put(of, span);
                    }
                }
            }
            // What is kept is free, and for one only: nobody else gets it, whoever asks.
            let schedule = house.schedule();
            let held = schedule.held();
            for (place, one) in held.iter().enumerate() {
                prop_assert!(schedule.in_the_way(&one.entry.span, None).is_none());
                prop_assert!(!held[place + 1..].iter().any(|other| one.entry.span.overlaps(&other.entry.span)));
                for of in 1..6 {
                    let theirs = one.entry.holder == Holder::Flat(flat(of));
                    prop_assert!(theirs || house.ask(of, one.entry.span).is_err());
                }
            }
            let taken = house.schedule().taken(house.now.date(), date + Days::new(20));
            for (place, one) in taken.iter().enumerate() {
                for other in &taken[place + 1..] {
                    prop_assert!(!one.span.overlaps(&other.span), "{one:?} {other:?}");
                }
            }
            for free in house.schedule().free(house.now.date(), date + Days::new(3)) {
                prop_assert!(house.schedule().in_the_way(&free, None).is_none());
                prop_assert!(house.schedule().held_for(&free).is_none());
            }
        }
    }
}
