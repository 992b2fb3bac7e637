//! The life of standing shifts. The clock stands still on Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use fixture::{Fixture, founding};
use kiulu_app::{
    App, AttentionKind, BookingRequest, MemoryKeychain, MessageAbout, Problem, RoleEdit, Selection, ShiftInfo,
};
use kiulu_domain::bookings::booking::{Blackout, Holder};
use kiulu_domain::bookings::draw::{DrawOptions, DrawnTurn, WeekTurn};
use kiulu_domain::bookings::limits::Heating;
use kiulu_domain::bookings::resource::{Resource, ResourceKind};
use kiulu_domain::bookings::rules::Violation;
use kiulu_domain::bookings::shift_acts::ShiftState;
use kiulu_domain::bookings::shift_list::plan::{Correction, ShiftListOptions, TurnOutcome};
use kiulu_domain::bookings::standing::{SkipReason, StandingShift};
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::id::{BlackoutId, FlatId, StandingShiftId};
use kiulu_domain::organisation::Language;
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

/// A house with five flats and a sauna by the preset: Wednesday to Saturday 16–22, turns of an hour, one shift a flat.
struct House {
    fixture: Fixture,
    sauna: Resource,
    flats: Vec<FlatId>,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().into(), Box::new(MemoryKeychain::working()))
            .unwrap()
            .with_source(Arc::new(Noon));
        let created = app.create_organisation(&founding("As Oy Koivurinne")).unwrap();
        let fixture = Fixture {
            id: created.open.organisation.id,
            folder,
            app,
        };
        let names = ["A 1", "A 2", "A 3", "A 4", "A 5"].map(String::from);
        fixture.app.add_flats(fixture.id, "Talo", "", &names).unwrap();
        let sauna = fixture.app.resource_preset(ResourceKind::Sauna, "Talosauna");
        fixture.app.save_resource(fixture.id, &sauna).unwrap();
        let house = fixture.app.house(fixture.id).unwrap();
        Self {
            flats: house.flats.into_iter().map(|info| info.flat.id).collect(),
            fixture,
            sauna,
        }
    }

    /// Gives a flat every so manieth week's Thursday turn from 1 October on.
    fn give(&self, flat: usize, hour: u16, every_weeks: u32) -> Result<StandingShiftId, Problem> {
        let shift = StandingShift {
            id: StandingShiftId(Uuid::nil()),
            resource: self.sauna.id,
            flat: self.flats[flat],
            weekday: 3,
            from: hour * 60,
            to: hour * 60 + 60,
            valid: days("2026-10-01.."),
            every_weeks,
            pauses: Vec::new(),
            note: String::new(),
        };
        let given = self.fixture.app.save_standing_shift(self.fixture.id, &shift);
        given.map(|(id, _)| id)
    }

    fn shifts(&self) -> Vec<ShiftInfo> {
        self.fixture
            .app
            .standing_overview(self.fixture.id)
            .unwrap()
            .shifts
    }

    fn shift(&self, id: StandingShiftId) -> ShiftInfo {
        self.shifts()
            .into_iter()
            .find(|info| info.shift.id == id)
            .unwrap()
    }

    /// "18 A 1": who has the turns of a day.
    fn shown(&self, date: &str) -> Vec<String> {
        let calendar = self
            .fixture
            .app
            .calendar(self.fixture.id, self.sauna.id, day(date), day(date))
            .unwrap();
        let taken = calendar.turns.iter().filter(|turn| !turn.label.is_empty());
        taken
            .map(|turn| format!("{} {}", turn.span.start.format("%H"), turn.label))
            .collect()
    }

    fn book(&self, flat: usize, start: &str) -> Result<(), Problem> {
        let wanted = BookingRequest {
            resource: self.sauna.id,
            holder: Holder::Flat(self.flats[flat]),
            span: turn(start),
            moving: None,
        };
        self.fixture
            .app
            .book(self.fixture.id, &wanted, "", "")
            .map(|_| ())
    }

    fn roles(&self, flat: usize, kind: &str, to: Option<&str>) -> Vec<RoleEdit> {
        vec![RoleEdit {
            flat: Some(self.flats[flat]),
            valid_to: to.map(day),
            ..self.fixture.role(kind)
        }]
    }

    /// What needs attention, beside the backups.
    fn attention(&self) -> Vec<AttentionKind> {
        let items = self.fixture.app.attention(self.fixture.id).unwrap();
        let kinds = items.into_iter().map(|item| item.kind);
        kinds
            .filter(|kind| !matches!(kind, AttentionKind::BackupOld { .. }))
            .collect()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// "2026-10-01.." or "2026-10-01..2026-10-31".
fn days(text: &str) -> Validity {
    let (from, to) = text.split_once("..").unwrap();
    let read = |text: &str| (!text.is_empty()).then(|| day(text));
    Validity {
        from: read(from),
        to: read(to),
    }
}

/// An hour from "2026-10-22 16".
fn turn(start: &str) -> Span {
    let start = NaiveDateTime::parse_from_str(&format!("{start}:00"), "%Y-%m-%d %H:%M").unwrap();
    Span {
        start,
        end: start + Duration::hours(1),
    }
}

fn against<T: std::fmt::Debug>(result: Result<T, Problem>) -> Vec<Violation> {
    match result {
        Err(Problem::BookingRefused { against }) => against,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_paused_shift_leaves_its_turns_to_others_and_comes_back_around_them() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let shift = house.give(0, 18, 1).unwrap();
    let before_today = app.pause_shift(id, shift, days("2026-10-20..2026-11-30"));
    assert_eq!(before_today, Err(Problem::TimeInvalid));
    assert_eq!(
        app.pause_shift(id, shift, days("2026-10-21..2026-10-20")),
        Err(Problem::TimeInvalid)
    );
    let pause = days("2026-10-21..2026-11-30");
    let paused = app.pause_shift(id, shift, pause).unwrap();
    assert_eq!(
        house.shift(shift).state,
        ShiftState::Paused {
            to: Some(day("2026-11-30"))
        }
    );
    assert!(house.shown("2026-10-22").is_empty());
    assert_eq!(house.shown("2026-12-03"), ["18 A 1"]);
    house.book(1, "2026-10-22 18").unwrap();
    // The pause is taken back: to who booked meanwhile the shift gives way.
    let resumed = app.resume_shift(id, shift, pause).unwrap();
    assert_eq!(house.shown("2026-10-22"), ["18 A 2"]);
    assert_eq!(house.shown("2026-10-29"), ["18 A 1"]);
    let coming = house.shift(shift).coming;
    assert_eq!(
        (coming[0].date, coming[0].skipped),
        (day("2026-10-22"), Some(SkipReason::Yielded))
    );
    assert_eq!(app.resume_shift(id, shift, pause), Err(Problem::RecordMissing));
    house.fixture.undo(&resumed);
    house.fixture.undo(&paused);
    assert_eq!(house.shift(shift).state, ShiftState::Running);
}

#[test]
fn who_got_the_turn_of_a_pause_for_good_stands_against_its_end() {
    let house = House::new();
    let shift = house.give(0, 18, 1).unwrap();
    let pause = days("2026-10-22..");
    house
        .fixture
        .app
        .pause_shift(house.fixture.id, shift, pause)
        .unwrap();
    house.give(1, 18, 1).unwrap();
    let taken = Violation::Taken {
        flat: Some(house.flats[1]),
        standing: true,
    };
    assert_eq!(
        against(house.fixture.app.resume_shift(house.fixture.id, shift, pause)),
        [taken]
    );
    assert_eq!(
        house.shift(shift).state,
        ShiftState::Running,
        "today is before the pause"
    );
    assert_eq!(house.shown("2026-10-22"), ["18 A 2"]);
}

#[test]
fn a_shift_goes_over_to_another_flat_on_its_day() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let shift = house.give(0, 18, 1).unwrap();
    house.give(1, 19, 1).unwrap();
    let full = against(app.transfer_shift(id, shift, house.flats[1], day("2026-11-01")));
    assert_eq!(full, [Violation::StandingUsed { most: 1 }]);
    assert_eq!(
        app.transfer_shift(id, shift, house.flats[0], day("2026-11-01")),
        Err(Problem::FlatInvalid)
    );
    assert_eq!(
        app.transfer_shift(id, shift, house.flats[2], day("2026-10-20")),
        Err(Problem::TimeInvalid)
    );
    let moved = app
        .transfer_shift(id, shift, house.flats[2], day("2026-11-01"))
        .unwrap();
    assert_eq!(house.shown("2026-10-29"), ["18 A 1", "19 A 2"]);
    assert_eq!(house.shown("2026-11-05"), ["18 A 3", "19 A 2"]);
    assert_eq!(
        house.shift(shift).state,
        ShiftState::Ending {
            last: day("2026-10-31")
        }
    );
    house.fixture.undo(&moved);
    assert_eq!(house.shown("2026-11-05"), ["18 A 1", "19 A 2"]);
    assert_eq!(house.shifts().len(), 2);
}

#[test]
fn two_flats_swap_their_shifts_as_one_change() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    // The one stands every second week from that of 1 October on.
    let (one, other) = (house.give(0, 18, 2).unwrap(), house.give(1, 19, 1).unwrap());
    let swapped = app.swap_shifts(id, one, other, day("2026-11-02")).unwrap();
    assert_eq!(house.shown("2026-10-29"), ["18 A 1", "19 A 2"]);
    assert_eq!(house.shown("2026-11-05"), ["19 A 1"]);
    assert_eq!(house.shown("2026-11-12"), ["18 A 2", "19 A 1"]);
    house.fixture.undo(&swapped);
    assert_eq!(house.shown("2026-11-12"), ["18 A 1", "19 A 2"]);
    assert_eq!(
        app.swap_shifts(id, one, one, day("2026-11-02")),
        Err(Problem::FlatInvalid)
    );
}

#[test]
fn a_changed_shift_leaves_what_has_been() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let shift = house.give(0, 18, 1).unwrap();
    let wanted = StandingShift {
        from: 20 * 60,
        to: 21 * 60,
        ..house.shift(shift).shift
    };
    app.change_shift(id, &wanted, day("2026-10-26")).unwrap();
    assert_eq!(house.shown("2026-10-15"), ["18 A 1"]);
    assert_eq!(house.shown("2026-10-22"), ["18 A 1"]);
    assert_eq!(house.shown("2026-10-29"), ["20 A 1"]);
}

#[test]
fn shifts_end_with_the_last_who_lives_in_the_flat() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let shift = house.give(0, 18, 1).unwrap();
    let aino = house
        .fixture
        .person("Aino", |_| {}, house.roles(0, "Asukas", None));
    house
        .fixture
        .person("Omistaja", |_| {}, house.roles(0, "Osakas", None));
    assert!(app.moved_out(id).unwrap().is_empty());
    let selection = Selection::Ids(vec![aino]);
    let (ended, _) = app
        .end_role(id, &selection, house.fixture.kind("Asukas"), day("2026-12-31"))
        .unwrap();
    let [moved] = app.moved_out(id).unwrap().try_into().unwrap();
    assert_eq!(
        (moved.name.as_str(), moved.last, moved.shifts.len()),
        ("A 1", day("2026-12-31"), 1)
    );
    let left = AttentionKind::ShiftWithoutResident {
        resource: "Talosauna".into(),
        flat: house.flats[0],
        name: "A 1".into(),
        weekday: 3,
        from: 18 * 60,
        to: 19 * 60,
        left: day("2026-12-31"),
    };
    assert_eq!(house.attention(), [left]);
    let ends = app.end_shifts_of_flat(id, house.flats[0]).unwrap();
    assert!(house.attention().is_empty() && app.moved_out(id).unwrap().is_empty());
    assert_eq!(
        house.shift(shift).state,
        ShiftState::Ending {
            last: day("2026-12-31")
        }
    );
    assert_eq!(
        app.end_shifts_of_flat(id, house.flats[0]),
        Err(Problem::RecordMissing)
    );
    // Nobody is asked about a flat that has somebody again.
    house.fixture.undo(&ends);
    house.fixture.undo(&ended);
    assert!(house.attention().is_empty());
}

#[test]
fn a_booking_after_the_move_needs_attention() {
    let house = House::new();
    house
        .fixture
        .person("Aino", |_| {}, house.roles(0, "Asukas", Some("2026-10-23")));
    house
        .fixture
        .person("Bo", |_| {}, house.roles(1, "Vuokralainen", Some("2026-10-23")));
    house.book(0, "2026-10-23 18").unwrap();
    assert!(house.attention().is_empty());
    house.book(1, "2026-10-24 18").unwrap();
    let expected = AttentionKind::BookingWithoutResident {
        resource: house.sauna.id,
        name: "Talosauna".into(),
        flat: "A 2".into(),
        start: turn("2026-10-24 18").start,
        left: day("2026-10-23"),
    };
    assert_eq!(house.attention(), [expected]);
}

#[test]
fn a_run_too_short_to_heat_for_is_told_of_from_its_deadline_on() {
    let mut house = House::new();
    house.sauna.limits.heating = Some(Heating {
        turns: 3,
        minutes_ahead: 24 * 60,
    });
    house
        .fixture
        .app
        .save_resource(house.fixture.id, &house.sauna)
        .unwrap();
    house.fixture.person(
        "Bo",
        |contact| contact.language = "sv".into(),
        house.roles(1, "Asukas", None),
    );
    // Today at noon the turns of tomorrow at 18 can still become three.
    house.book(0, "2026-10-22 18").unwrap();
    assert!(house.attention().is_empty());
    // Those of today cannot.
    house.book(1, "2026-10-21 18").unwrap();
    house.book(2, "2026-10-21 19").unwrap();
    let span = Span {
        start: turn("2026-10-21 18").start,
        end: turn("2026-10-21 19").end,
    };
    let expected = AttentionKind::Unheated {
        resource: house.sauna.id,
        name: "Talosauna".into(),
        span,
        turns: 2,
        needed: 3,
        flats: vec!["A 2".into(), "A 3".into()],
    };
    assert_eq!(house.attention(), [expected]);
    let items = house.fixture.app.attention(house.fixture.id).unwrap();
    let messages = house
        .fixture
        .app
        .attention_messages(house.fixture.id, &items[0].key)
        .unwrap();
    let told: Vec<_> = messages
        .iter()
        .map(|one| (one.to.as_str(), one.language))
        .collect();
    assert_eq!(told, [("A 2", Language::Sv), ("A 3", Language::Fi)]);
    assert_eq!(
        messages[0].about,
        MessageAbout::Unheated {
            span,
            turns: 2,
            needed: 3
        }
    );
    // A third turn settles it.
    house.book(3, "2026-10-21 20").unwrap();
    assert!(house.attention().is_empty());
}

#[test]
fn a_displaced_flat_gets_the_free_turns_that_it_may_have() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    house.book(0, "2026-10-22 18").unwrap();
    let blackout = Blackout {
        id: BlackoutId(Uuid::nil()),
        resource: house.sauna.id,
        span: Span {
            start: turn("2026-10-22 18").start,
            end: turn("2026-10-22 20").end,
        },
        weekly: None,
        reason: "Kiuas".into(),
    };
    app.save_blackout(id, &blackout).unwrap();
    let items = app.attention(id).unwrap();
    let [message] = app
        .attention_messages(id, &items[0].key)
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(
        (message.to.as_str(), message.resource.as_str()),
        ("A 1", "Talosauna")
    );
    let MessageAbout::Displaced { span, alternatives } = message.about else {
        panic!("{:?}", message.about);
    };
    assert_eq!(span, turn("2026-10-22 18"));
    let nearest = ["2026-10-22 16", "2026-10-22 17", "2026-10-22 21"].map(turn);
    assert!(
        nearest.iter().all(|free| alternatives.contains(free)),
        "{alternatives:?}"
    );
    assert!(alternatives.iter().all(|free| !free.overlaps(&blackout.span)));
    assert_eq!(
        app.attention_messages(id, "displaced-gone"),
        Err(Problem::RecordMissing)
    );
}

#[test]
fn the_board_and_the_exported_list_show_what_stands() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let shift = house.give(0, 18, 1).unwrap();
    let overview = app.standing_overview(id).unwrap();
    let [board] = &overview.boards[..] else {
        panic!("{:?}", overview.boards)
    };
    let row = board.rows.iter().find(|row| row.from == 18 * 60).unwrap();
    assert_eq!(
        (board.resource, &row.days[3].shifts[..]),
        (house.sauna.id, &[shift][..])
    );
    let path = house.fixture.folder.path().join("vuorot.csv");
    let titles = [
        "Tila",
        "Päivä",
        "Kello",
        "Huoneisto",
        "Alkaen",
        "Asti",
        "Väli",
        "Tilanne",
        "Huomautus",
    ]
    .map(String::from);
    let weekdays = ["ma", "ti", "ke", "to", "pe", "la", "su"].map(String::from);
    let count = app
        .export_standing(id, &[(shift, "Voimassa".into())], &titles, &weekdays, &path)
        .unwrap();
    assert_eq!(count, 1);
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(
        written.contains("Talosauna;to;18.00–19.00;A 1;1.10.2026;;1;Voimassa;"),
        "{written}"
    );
}

/// A list as a house keeps it, as a file.
fn list_of(house: &House, text: &str) -> std::path::PathBuf {
    let path = house.fixture.folder.path().join("vuorolista.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn from_november(house: &House) -> ShiftListOptions {
    ShiftListOptions {
        space: Some(house.sauna.id),
        from: day("2026-11-01"),
        to: None,
        corrections: Vec::new(),
    }
}

#[test]
fn a_list_comes_in_as_one_change_and_the_same_list_again_changes_nothing() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let path = list_of(
        &house,
        "Saunavuorot;;\nKlo;Torstai;Perjantai\n18-19;A 1;vapaa\n19-20;as. 2;A 9\n20-21;siivous;3\n",
    );
    let mut options = from_november(&house);
    let preview = app.preview_shift_list(id, &path, &options).unwrap();
    assert_eq!((preview.given, preview.turns.len()), (3, 6));
    assert!(house.shifts().is_empty(), "a preview writes nothing");
    let unclear = preview
        .turns
        .iter()
        .find(|turn| turn.outcome == TurnOutcome::Unclear)
        .unwrap();
    options.corrections.push(Correction {
        at: unclear.entry.at,
        weekday: unclear.entry.weekday,
        from: unclear.entry.from,
        flat: Some(house.flats[3]),
    });
    let (changed, count) = app
        .import_shift_list(id, &path, &options, Some(preview.fingerprint))
        .unwrap();
    assert_eq!(count, 4);
    assert_eq!(house.shown("2026-11-05"), ["18 A 1", "19 A 2", "20 A 4"]);
    assert_eq!(house.shown("2026-11-06"), ["20 A 3"]);
    let (again, count) = app.import_shift_list(id, &path, &options, None).unwrap();
    assert_eq!((again.change, count), (None, 0));
    house.fixture.undo(&changed);
    assert!(house.shifts().is_empty());
}

#[test]
fn another_file_than_was_looked_at_and_one_without_turns_are_refused() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    let options = from_november(&house);
    let path = list_of(&house, "Klo;Torstai;Perjantai\n18-19;A 1;\n");
    let preview = app.preview_shift_list(id, &path, &options).unwrap();
    std::fs::write(&path, "Klo;Torstai;Perjantai\n18-19;A 2;\n").unwrap();
    let changed = app.import_shift_list(id, &path, &options, Some(preview.fingerprint));
    assert_eq!(changed, Err(Problem::FileChanged));
    let empty = list_of(&house, "Nimi;Puhelin\nVirtanen;040 123 4567\n");
    assert_eq!(
        app.preview_shift_list(id, &empty, &options),
        Err(Problem::ShiftListEmpty)
    );
    assert!(house.shifts().is_empty());
}

/// The Thursday turn at an hour.
fn thursday(house: &House, hour: u16) -> DrawnTurn {
    DrawnTurn {
        resource: house.sauna.id,
        turn: WeekTurn {
            weekday: 3,
            from: hour * 60,
            to: hour * 60 + 60,
        },
    }
}

#[test]
fn a_draw_gives_the_season_as_one_change_and_remembers_who_got_nothing() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    house.give(4, 16, 1).unwrap();
    let options = DrawOptions {
        seed: 2027,
        from: day("2027-01-01"),
        to: Some(day("2027-12-31")),
        losers_first: true,
    };
    assert_eq!(app.confirm_draw(id, &options), Err(Problem::DrawEmpty));
    let overview = app.draw_overview(id, options.from).unwrap();
    assert_eq!(
        overview.turns.len(),
        4 * 6 - 1,
        "what stands beyond the day is not drawn"
    );
    // Three want one turn; the fourth keeps its own shift and may have no other.
    for flat in [0, 1, 2, 4] {
        app.save_draw_application(id, house.flats[flat], &[thursday(&house, 18)])
            .unwrap();
    }
    let lots = app.preview_draw(id, &options).unwrap();
    assert_eq!(lots.len(), 4);
    assert_eq!(
        lots,
        app.preview_draw(id, &options).unwrap(),
        "the same seed draws the same"
    );
    let (_, drawn) = app.confirm_draw(id, &options).unwrap();
    assert_eq!(drawn, lots);
    let winner = lots.iter().find(|lot| lot.got.is_some()).unwrap();
    assert!(winner.flat != house.flats[4] && lots.iter().filter(|lot| lot.got.is_some()).count() == 1);
    assert_eq!(
        house.shown("2027-01-07"),
        ["16 A 5".to_owned(), format!("18 {}", winner.name)]
    );
    assert!(
        house
            .shown("2028-01-06")
            .iter()
            .all(|turn| !turn.starts_with("18"))
    );
    let after = app.draw_overview(id, options.from).unwrap();
    assert!(after.applications.is_empty());
    assert_eq!((after.draws[0].seed, after.draws[0].lots.len()), (2027, 4));

    // Next year those that got nothing choose first, whatever their lots.
    for flat in 0..3 {
        app.save_draw_application(id, house.flats[flat], &[thursday(&house, 18)])
            .unwrap();
    }
    let next = DrawOptions {
        from: day("2028-01-01"),
        to: None,
        ..options
    };
    for seed in 0..8 {
        let lots = app.preview_draw(id, &DrawOptions { seed, ..next }).unwrap();
        assert_eq!(lots.last().unwrap().flat, winner.flat);
        assert!(lots[0].got.is_some() && lots[0].first);
    }
}

#[test]
fn an_undone_draw_brings_the_applications_back() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    for flat in [0, 1] {
        app.save_draw_application(
            id,
            house.flats[flat],
            &[thursday(&house, 18), thursday(&house, 19)],
        )
        .unwrap();
    }
    let options = DrawOptions {
        seed: 3,
        from: day("2027-01-01"),
        to: None,
        losers_first: true,
    };
    let (changed, _) = app.confirm_draw(id, &options).unwrap();
    assert_eq!(house.shown("2027-01-07").len(), 2);
    house.fixture.undo(&changed);
    let undone = app.draw_overview(id, options.from).unwrap();
    assert_eq!((undone.applications.len(), undone.draws.len()), (2, 0));
    assert!(house.shown("2027-01-07").is_empty());
}

#[test]
fn a_draw_leaves_as_a_file_by_flat_number() {
    let house = House::new();
    let (app, id) = (&house.fixture.app, house.fixture.id);
    for flat in [1, 0] {
        app.save_draw_application(id, house.flats[flat], &[thursday(&house, 18)])
            .unwrap();
    }
    let options = DrawOptions {
        seed: 1,
        from: day("2027-01-01"),
        to: None,
        losers_first: false,
    };
    let lots = app.preview_draw(id, &options).unwrap();
    let named: Vec<_> = lots
        .iter()
        .map(|lot| {
            (
                lot.clone(),
                if lot.got.is_some() {
                    "to 18".to_owned()
                } else {
                    String::new()
                },
            )
        })
        .collect();
    let path = house.fixture.folder.path().join("arvonta.csv");
    let titles = ["Huoneisto", "Vuoro", "Toive", "Kierros", "Arpa"].map(String::from);
    assert_eq!(app.export_draw(id, &named, &titles, &path).unwrap(), 2);
    let written = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert!(
        lines[1].starts_with("A 1;") && lines[2].starts_with("A 2;"),
        "{written}"
    );
    let past = DrawOptions {
        from: day("2026-10-20"),
        ..options
    };
    assert_eq!(app.confirm_draw(id, &past), Err(Problem::TimeInvalid));
    // Each draw is offered a seed of its own.
    assert_ne!(app.draw_seed(), app.draw_seed());
}
