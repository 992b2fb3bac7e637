//! A house whose papers are set.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use chrono::{Duration, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use kiulu_domain::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
use kiulu_domain::bookings::charge::{Charge, ChargeKind, Payer, vat_totals};
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::price::{Cost, Price, PriceFor, PriceUnit};
use kiulu_domain::bookings::resource::{Audience, CommonTurn, Resource, ResourceKind};
use kiulu_domain::bookings::schedule::Schedule;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{DAY, Span, Validity};
use kiulu_domain::bookings::timetable::{Hours, Turns};
use kiulu_domain::id::{BlackoutId, BookingId, ContactId, FlatId, PriceId, ResourceId, StandingShiftId};
use kiulu_domain::organisation::Language;
use kiulu_print::Words;
use kiulu_print::charges::{Account, ChargeList, charge_list};
use kiulu_print::door_list::{DoorList, door_list};
use uuid::Uuid;

pub const LANGUAGES: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

pub fn span(start: &str, hours: i64) -> Span {
    Span {
        start: wall(start),
        end: wall(start) + Duration::hours(hours),
    }
}

pub fn flat(n: u128) -> FlatId {
    FlatId(Uuid::from_u128(n))
}

/// A space with everything that takes its time.
pub struct Space {
    pub resource: Resource,
    pub standing: Vec<StandingShift>,
    pub bookings: Vec<Booking>,
    pub blackouts: Vec<Blackout>,
    pub prices: Vec<Price>,
}

impl Space {
    pub fn new(kind: ResourceKind, name: &str) -> Self {
        let id = ResourceId(Uuid::from_u128(0x019d_4711_0815));
        let mut resource = preset(id, kind, name);
        resource.place = "Kellari, A-porras".into();
        resource.key_note = "Ovikoodi 4711".into();
        Self {
            resource,
            standing: Vec::new(),
            bookings: Vec::new(),
            blackouts: Vec::new(),
            prices: vec![price(PriceUnit::Turn, 850), price(PriceUnit::Month, 2500)],
        }
    }

    pub fn schedule(&self) -> Schedule<'_> {
        Schedule {
            resource: &self.resource,
            zone: Tz::Europe__Helsinki,
            standing: &self.standing,
            skipped: &[],
            bookings: &self.bookings,
            blackouts: &self.blackouts,
            prices: &self.prices,
            waiting: &[],
            now: wall("2026-01-01T00:00"),
        }
    }

    pub fn shift(&mut self, of: u128, weekday: u32, from: u16, to: u16) {
        self.standing.push(StandingShift {
            id: StandingShiftId(Uuid::from_u128(self.standing.len() as u128 + 1)),
            resource: self.resource.id,
            flat: flat(of),
            weekday,
            from,
            to,
            valid: Validity {
                from: Some(day("2026-01-01")),
                to: None,
            },
            every_weeks: 1,
            pauses: Vec::new(),
            note: "Virtaset".into(),
        });
    }

    pub fn booking(&mut self, holder: Holder, span: Span) {
        self.bookings.push(Booking {
            id: BookingId(Uuid::from_u128(self.bookings.len() as u128 + 1)),
            resource: self.resource.id,
            holder,
            span,
            status: BookingStatus::Booked,
            extra: false,
            override_reason: String::new(),
            note: "Aino Virtanen".into(),
        });
    }

    pub fn blackout(&mut self, span: Span, reason: &str) {
        self.blackouts.push(Blackout {
            id: BlackoutId(Uuid::from_u128(self.blackouts.len() as u128 + 1)),
            resource: self.resource.id,
            span,
            weekly: None,
            reason: reason.into(),
        });
    }

    /// Its list, by flat number alone.
    pub fn list(&self, language: Language, from: &str, to: &str, whole_month: bool) -> DoorList {
        self.list_with(language, from, to, whole_month, &|holder| match holder {
            Holder::Flat(id) => (format!("A {}", id.0.as_u128()), String::new()),
            _ => Default::default(),
        })
    }

    pub fn list_with(
        &self,
        language: Language,
        from: &str,
        to: &str,
        whole_month: bool,
        called: kiulu_print::door_list::Called<'_>,
    ) -> DoorList {
        door_list(
            Words::of(language),
            &self.schedule(),
            day(from),
            day(to),
            whole_month,
            called,
        )
    }
}

pub fn price(unit: PriceUnit, cents: i64) -> Price {
    Price {
        id: PriceId(Uuid::nil()),
        resource: ResourceId(Uuid::nil()),
        valid: Validity::default(),
        part: None,
        weekdays: [true; 7],
        from: 0,
        to: DAY,
        longest: None,
        price_for: PriceFor::Everyone,
        unit,
        cents,
        vat_tenths: 255,
    }
}

/// The sauna by its preset with some of everything: a standing shift, bookings, a common turn, times out of use, Independence Day.
pub fn sauna() -> Space {
    let mut sauna = Space::new(ResourceKind::Sauna, "Sauna");
    sauna.shift(5, 2, 18 * 60, 19 * 60);
    sauna.shift(12, 3, 18 * 60, 19 * 60);
    sauna.booking(Holder::Flat(flat(7)), span("2026-12-04T19:00", 1));
    sauna.booking(
        Holder::Contact(ContactId(Uuid::from_u128(9))),
        span("2026-12-04T20:00", 1),
    );
    sauna.booking(Holder::House, span("2026-12-05T16:00", 1));
    sauna.resource.common_turns.push(CommonTurn {
        weekday: 4,
        from: 16 * 60,
        to: 17 * 60,
        audience: Audience::Women,
        valid: Validity::default(),
    });
    sauna.blackout(span("2026-12-03T20:00", 1), "Kiukaan huolto");
    sauna.blackout(span("2026-12-05T17:00", 48), "Remontti");
    sauna
}

/// Seven days of twelve turns, most of them taken.
pub fn full_sauna() -> Space {
    let mut sauna = Space::new(ResourceKind::Sauna, "Sauna");
    let season = &mut sauna.resource.timetable.seasons[0];
    season.weekdays = std::array::from_fn(|_| {
        vec![Hours {
            from: 10 * 60,
            to: 22 * 60,
        }]
    });
    for weekday in 0..7 {
        for turn in 0..12 {
            let of = u128::from(weekday * 12 + turn + 1);
            if of % 5 != 0 {
                let from = (10 + turn as u16) * 60;
                sauna.shift(of, weekday, from, from + 60);
            }
        }
    }
    sauna
}

/// The guest flat with nights of two bookings.
pub fn guest_flat() -> Space {
    let mut guests = Space::new(ResourceKind::GuestFlat, "Vierashuone");
    let night = |from: &str, nights: i64| Span {
        start: wall(from),
        end: wall(from) + Duration::days(nights) - Duration::hours(3),
    };
    guests.booking(Holder::Flat(flat(3)), night("2026-11-28T15:00", 4));
    guests.booking(Holder::Flat(flat(14)), night("2026-12-04T15:00", 2));
    guests.prices = vec![price(PriceUnit::Night, 3500)];
    guests
}

/// The club room, where lengths are free.
pub fn club_room() -> Space {
    let mut club = Space::new(ResourceKind::ClubRoom, "Kerhohuone");
    club.booking(Holder::Flat(flat(3)), span("2026-12-02T18:00", 3));
    assert!(matches!(
        club.resource.timetable.seasons[0].turns,
        Turns::Free { .. }
    ));
    club
}

/// A list as a PDF.
pub fn set(language: Language, list: &DoorList) -> Vec<u8> {
    list.pdf(language, "Asunto Oy Kiulunkulma", day("2026-11-29"))
        .unwrap()
}

/// A month's charges: a booking, a month of a standing shift with a credit, and a correction.
pub fn charges(language: Language) -> Vec<u8> {
    let charge = |kind, span, turns, cents| Charge {
        payer: Payer::Flat(flat(1)),
        resource: ResourceId(Uuid::nil()),
        kind,
        source: Uuid::nil(),
        span,
        turns,
        cost: Cost::of(cents, 255),
    };
    let month = Span {
        start: wall("2026-10-01T00:00"),
        end: wall("2026-11-01T00:00"),
    };
    let booked = span("2026-10-19T18:00", 1);
    let lines = [
        charge(ChargeKind::Booking, booked, (1, 1), 1250),
        charge(ChargeKind::Month, month, (4, 4), 2000),
        charge(ChargeKind::OutOfUse, month, (1, 4), -500),
        charge(ChargeKind::LateCancellation, booked, (1, 1), 100_000),
    ];
    let vat = vat_totals(lines.iter().map(|line| line.cost));
    let account = |name: &str, of: &[usize]| Account {
        name: name.to_owned(),
        reference: Some("12 34561"),
        paid_on: Some(day("2026-11-09")).filter(|_| name == "A 1"),
        lines: of
            .iter()
            .map(|place| {
                let origin = (*place == 3).then(|| day("2026-09-01"));
                ("Talosauna", &lines[*place], origin)
            })
            .collect(),
    };
    let list = ChargeList {
        house: "Asunto Oy Kiulunkulma",
        day: day("2026-11-29"),
        month: day("2026-10-01"),
        closed: Some((day("2026-11-03"), Some(day("2026-11-17")))),
        accounts: vec![account("A 1", &[0]), account("A 12", &[1, 2, 3])],
        vat: &vat,
    };
    charge_list(language, &list).unwrap()
}
