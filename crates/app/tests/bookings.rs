//! Shared spaces as a board uses them. The clock stands still on Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use fixture::founding;
use kiulu_app::{
    App, AttentionKind, BookingRequest, MemoryKeychain, NewOrganisation, Problem, TurnState, UndoChoice,
};
use kiulu_domain::bookings::booking::{Blackout, Holder};
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::rules::Violation;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::id::{
    BlackoutId, BookingId, ChangeId, FlatId, OrganisationId, ResourceId, StandingShiftId,
};
use kiulu_domain::organisation::OrganisationKind;
use kiulu_store::{Source, SystemSource};
use std::sync::Arc;
use uuid::Uuid;

struct Noon;

impl Source for Noon {
    fn now(&self) -> DateTime<Utc> {
        "2026-10-21T09:00:00Z".parse().unwrap()
    }

    fn uuid(&self) -> Uuid {
        SystemSource.uuid()
    }
}

/// A house with three flats and a sauna by the preset: Wednesday to Saturday 16–22, turns of an hour, one open booking a flat.
struct House {
    _folder: tempfile::TempDir,
    app: App,
    id: OrganisationId,
    sauna: ResourceId,
    flats: Vec<FlatId>,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().into(), Box::new(MemoryKeychain::working()))
            .unwrap()
            .with_source(Arc::new(Noon));
        let created = app
            .create_organisation(&NewOrganisation {
                kind: OrganisationKind::HousingCompany,
                ..founding("As Oy Koivurinne")
            })
            .unwrap();
        let id = created.open.organisation.id;
        let names = ["A 1", "A 2", "A 3"].map(String::from);
        app.add_flats(id, "Talo", "", &names).unwrap();
        let sauna = app.resource_preset(ResourceKind::Sauna, " Talosauna ");
        app.save_resource(id, &sauna).unwrap();
        let mut flats: Vec<_> = app
            .house(id)
            .unwrap()
            .flats
            .into_iter()
            .map(|flat| flat.flat)
            .collect();
        flats.sort_by(|one, other| one.name.cmp(&other.name));
        Self {
            _folder: folder,
            app,
            id,
            sauna: sauna.id,
            flats: flats.into_iter().map(|flat| flat.id).collect(),
        }
    }

    fn wanted(&self, flat: usize, start: &str) -> BookingRequest {
        BookingRequest {
            resource: self.sauna,
            holder: Holder::Flat(self.flats[flat]),
            span: turn(start),
            moving: None,
        }
    }

    fn book(&self, flat: usize, start: &str) -> Result<(BookingId, ChangeId), Problem> {
        let (id, changed) = self.app.book(self.id, &self.wanted(flat, start), "", "")?;
        Ok((id, changed.change.unwrap()))
    }

    fn shift(&self, flat: usize, weekday: u32, from: u16) -> StandingShift {
        StandingShift {
            id: StandingShiftId(Uuid::now_v7()),
            resource: self.sauna,
            flat: self.flats[flat],
            weekday,
            from: from * 60,
            to: from * 60 + 60,
            valid: Validity {
                from: Some(day("2026-10-01")),
                to: None,
            },
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        }
    }

    /// "16 A 1 standing": what takes each turn of a day that is not free.
    fn shown(&self, date: &str) -> Vec<String> {
        let calendar = self
            .app
            .calendar(self.id, self.sauna, day(date), day(date))
            .unwrap();
        let told = calendar.turns.iter().filter_map(|turn| {
            let state = match turn.state {
                TurnState::Free => return None,
                TurnState::Standing { .. } => "standing",
                TurnState::Booked { .. } => "booked",
                TurnState::Displaced { .. } => "displaced",
                TurnState::Common { .. } => "common",
                TurnState::Held { .. } => "held",
                TurnState::OutOfUse { .. } => "out",
            };
            Some(format!("{} {} {state}", turn.span.start.format("%H"), turn.label))
        });
        told.collect()
    }

    fn undo(&self, change: ChangeId) -> Result<ChangeId, Problem> {
        self.app
            .undo(self.id, change, UndoChoice::Stop)
            .map(|report| report.change.unwrap())
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An hour from "2026-10-22 16".
fn turn(start: &str) -> Span {
    let start = NaiveDateTime::parse_from_str(&format!("{start}:00"), "%Y-%m-%d %H:%M").unwrap();
    Span {
        start,
        end: start + Duration::hours(1),
    }
}

fn against(result: Result<impl Sized, Problem>) -> Vec<Violation> {
    match result {
        Err(Problem::BookingRefused { against }) => against,
        Err(other) => panic!("{other:?}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_turn_is_booked_once_and_taken_back() {
    let house = House::new();
    let (booking, change) = house.book(0, "2026-10-22 18").unwrap();
    assert_eq!(house.shown("2026-10-22"), ["18 A 1 booked"]);
    let answer = house
        .app
        .ask_booking(house.id, &house.wanted(1, "2026-10-22 18"))
        .unwrap();
    assert_eq!(
        answer.against,
        [Violation::Taken {
            flat: Some(house.flats[0]),
            standing: false
        }]
    );
    // What is offered instead is near, free, and may be booked.
    assert_eq!(answer.nearby.len(), 4);
    for span in answer.nearby {
        let instead = BookingRequest {
            span,
            ..house.wanted(1, "2026-10-22 18")
        };
        assert!(house.app.ask_booking(house.id, &instead).unwrap().quote.is_some());
    }
    assert_eq!(against(house.book(1, "2026-10-22 18")).len(), 1);
    house.app.cancel_booking(house.id, booking).unwrap();
    assert!(house.shown("2026-10-22").is_empty());
    assert_eq!(
        house.app.cancel_booking(house.id, booking),
        Err(Problem::RecordMissing)
    );
    // The booking was changed since, so that undoing it asks first.
    assert_eq!(house.undo(change), Err(Problem::EditedSince { count: 1 }));
}

#[test]
fn undoing_a_cancellation_never_gives_a_turn_to_two() {
    let house = House::new();
    let (booking, _) = house.book(0, "2026-10-22 18").unwrap();
    let cancelled = house
        .app
        .cancel_booking(house.id, booking)
        .unwrap()
        .change
        .unwrap();
    house.book(1, "2026-10-22 18").unwrap();
    let undone = house.undo(cancelled).unwrap();
    assert_eq!(house.shown("2026-10-22"), ["18 A 2 booked", "18 A 1 displaced"]);
    // It can be moved to another time, and the undo be undone.
    let instead = turn("2026-10-22 19");
    let moved = house
        .app
        .move_booking(house.id, booking, house.sauna, instead, "")
        .unwrap();
    assert_eq!(house.shown("2026-10-22"), ["18 A 2 booked", "19 A 1 booked"]);
    house.undo(moved.change.unwrap()).unwrap();
    house.undo(undone).unwrap();
    assert_eq!(house.shown("2026-10-22"), ["18 A 2 booked"]);
}

#[test]
fn standing_shifts_come_weekly_and_give_way_to_what_was_booked_before() {
    let house = House::new();
    house.book(1, "2026-10-29 17").unwrap();
    let shift = house.shift(0, 3, 17);
    house.app.save_standing_shift(house.id, &shift).unwrap();
    assert_eq!(house.shown("2026-10-22"), ["17 A 1 standing"]);
    assert_eq!(house.shown("2026-10-29"), ["17 A 2 booked"]);
    assert_eq!(house.shown("2026-11-05"), ["17 A 1 standing"]);
    // Another flat cannot have the same turn, and this one no second.
    let other = StandingShift {
        every_weeks: 2,
        ..house.shift(1, 3, 17)
    };
    assert_eq!(
        against(house.app.save_standing_shift(house.id, &other)),
        [Violation::Taken {
            flat: Some(house.flats[0]),
            standing: true
        }]
    );
    let second = house.shift(0, 4, 18);
    assert_eq!(
        against(house.app.save_standing_shift(house.id, &second)),
        [Violation::StandingUsed { most: 1 }]
    );
    // A day is given up, taken by another, and does not come back while that one has it.
    let thursday = day("2026-10-22");
    let skipped = house.app.skip_turn(house.id, shift.id, thursday).unwrap();
    let (taken, _) = house.book(2, "2026-10-22 17").unwrap();
    let returned = house.app.return_turn(house.id, shift.id, thursday);
    assert_eq!(against(returned).len(), 1);
    // Undoing the gift finds the turn taken: it stays with whom it was given to.
    house.undo(skipped.change.unwrap()).unwrap();
    assert_eq!(house.shown("2026-10-22"), ["17 A 3 booked"]);
    // When that one lets it go, it is the shift's again.
    house.app.cancel_booking(house.id, taken).unwrap();
    assert_eq!(house.shown("2026-10-22"), ["17 A 1 standing"]);
    house
        .app
        .end_standing_shift(house.id, shift.id, day("2026-11-05"))
        .unwrap();
    assert!(house.shown("2026-11-12").is_empty());
}

#[test]
fn a_space_out_of_use_displaces_what_it_hits() {
    let house = House::new();
    house
        .app
        .save_standing_shift(house.id, &house.shift(0, 3, 17))
        .unwrap();
    house.book(1, "2026-10-22 18").unwrap();
    let blackout = Blackout {
        id: BlackoutId(Uuid::now_v7()),
        resource: house.sauna,
        span: Span {
            start: turn("2026-10-22 16").start,
            end: turn("2026-10-22 21").end,
        },
        weekly: None,
        reason: "Kiuas vaihdetaan".into(),
    };
    let change = house
        .app
        .save_blackout(house.id, &blackout)
        .unwrap()
        .change
        .unwrap();
    assert_eq!(
        house.shown("2026-10-22"),
        ["16 Kiuas vaihdetaan out", "18 A 2 displaced"]
    );
    let waiting = || {
        let items = house.app.attention(house.id).unwrap();
        let displaced = items.iter().filter_map(|item| match &item.kind {
            AttentionKind::BookingDisplaced { who, .. } => who.name().map(str::to_owned),
            _ => None,
        });
        displaced.collect::<Vec<_>>()
    };
    assert_eq!(waiting(), ["A 2"]);
    house.undo(change).unwrap();
    assert!(waiting().is_empty());
    assert_eq!(house.shown("2026-10-22"), ["17 A 1 standing", "18 A 2 booked"]);
    let backwards = Blackout {
        span: Span {
            start: blackout.span.end,
            end: blackout.span.start,
        },
        ..blackout
    };
    assert_eq!(
        house.app.save_blackout(house.id, &backwards),
        Err(Problem::TimeInvalid)
    );
}

#[test]
fn a_reason_passes_rules_over_but_never_another_flat() {
    let house = House::new();
    house.book(0, "2026-10-22 18").unwrap();
    assert!(matches!(
        against(house.book(0, "2026-10-23 18"))[..],
        [Violation::QuotaUsed { .. }]
    ));
    let wanted = house.wanted(0, "2026-10-23 18");
    house.app.book(house.id, &wanted, "Juhlat", "").unwrap();
    let taken = house.wanted(1, "2026-10-22 18");
    assert_eq!(against(house.app.book(house.id, &taken, "Juhlat", "")).len(), 1);
}

#[test]
fn a_space_and_a_flat_stay_while_something_is_booked() {
    let house = House::new();
    let twice = house.app.resource_preset(ResourceKind::Laundry, "talosauna");
    assert_eq!(
        house.app.save_resource(house.id, &twice),
        Err(Problem::NameTaken {
            name: "talosauna".into()
        })
    );
    let (booking, _) = house.book(0, "2026-10-22 18").unwrap();
    house.app.cancel_booking(house.id, booking).unwrap();
    assert_eq!(
        house.app.delete_resource(house.id, house.sauna),
        Err(Problem::RecordInUse)
    );
    assert_eq!(
        house.app.delete_flat(house.id, house.flats[0]),
        Err(Problem::RecordInUse)
    );
    house.app.delete_flat(house.id, house.flats[2]).unwrap();
}

#[test]
fn what_has_gone_to_another_does_not_come_back_and_what_has_been_stays() {
    let house = House::new();
    let shift = house.shift(0, 3, 17);
    house.app.save_standing_shift(house.id, &shift).unwrap();
    let ended = house
        .app
        .end_standing_shift(house.id, shift.id, day("2026-10-29"))
        .unwrap();
    let next = StandingShift {
        valid: Validity {
            from: Some(day("2026-11-05")),
            to: None,
        },
        ..house.shift(1, 3, 17)
    };
    house.app.save_standing_shift(house.id, &next).unwrap();
    let end = |last: &str| house.app.end_standing_shift(house.id, shift.id, day(last));
    assert_eq!(end("2026-12-31"), Err(Problem::TimeInvalid), "it was given on");
    assert_eq!(end("2026-10-19"), Err(Problem::TimeInvalid), "that has been");
    assert_eq!(house.undo(ended.change.unwrap()), Err(Problem::RecordInUse));
    assert_eq!(house.shown("2026-11-05"), ["17 A 2 standing"]);
    // A shift without a first day begins today.
    let open = StandingShift {
        valid: Validity::default(),
        ..house.shift(2, 4, 17)
    };
    house.app.save_standing_shift(house.id, &open).unwrap();
    assert!(house.shown("2026-10-16").is_empty());
    assert_eq!(house.shown("2026-10-23"), ["17 A 3 standing"]);
}

#[test]
fn only_what_stands_can_be_moved_and_nothing_is_booked_for_years() {
    let house = House::new();
    let (booking, _) = house.book(0, "2026-10-22 18").unwrap();
    house.app.cancel_booking(house.id, booking).unwrap();
    let moved = house
        .app
        .move_booking(house.id, booking, house.sauna, turn("2026-10-22 19"), "");
    assert_eq!(moved, Err(Problem::RecordMissing));
    let mut long = house.wanted(0, "2026-10-22 18");
    long.span.end += Duration::days(400);
    assert_eq!(
        house.app.book(house.id, &long, "Remontti", ""),
        Err(Problem::TimeInvalid)
    );
}

#[test]
fn a_stay_is_seen_on_each_of_its_days_however_long_it_is() {
    let house = House::new();
    let guest_flat = house.app.resource_preset(ResourceKind::GuestFlat, "Vierashuone");
    house.app.save_resource(house.id, &guest_flat).unwrap();
    let stay = |from: &str, to: &str| BookingRequest {
        resource: guest_flat.id,
        holder: Holder::House,
        span: Span {
            start: day(from).and_hms_opt(15, 0, 0).unwrap(),
            end: day(to).and_hms_opt(12, 0, 0).unwrap(),
        },
        moving: None,
    };
    for (from, to) in [
        ("2026-11-01", "2026-12-06"),
        ("2026-12-06", "2026-12-07"),
        ("2026-12-07", "2026-12-10"),
    ] {
        house
            .app
            .book(house.id, &stay(from, to), "Hallitus hyväksyi", "")
            .unwrap();
    }
    let mut seen = day("2026-11-01");
    while seen < day("2026-12-13") {
        let calendar = house.app.calendar(house.id, guest_flat.id, seen, seen).unwrap();
        let booked = calendar
            .turns
            .iter()
            .any(|turn| matches!(turn.state, TurnState::Booked { .. }));
        assert_eq!(booked, seen <= day("2026-12-10"), "{seen}");
        seen = seen.succ_opt().unwrap();
    }
}
