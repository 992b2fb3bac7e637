//! Calendar files in and out. The clock stands still on Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::NaiveDate;
use fixture::HouseAt;
use kiulu_app::{
    BookingRequest, CalendarExport, CalendarImport, CalendarImportPreview, Problem, TurnState, UndoChoice,
};
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::calendar_import::{Becomes, ImportAs};
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::id::{ChangeId, ResourceId, StandingShiftId};
use std::ops::Deref;
use uuid::Uuid;

/// A house with three flats and a sauna: Wednesday to Saturday 16–22, turns of an hour.
struct House {
    base: HouseAt,
    sauna: ResourceId,
}

impl Deref for House {
    type Target = HouseAt;
    fn deref(&self) -> &HouseAt {
        &self.base
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn span(date: &str, from: &str, to: &str) -> Span {
    let at = |time: &str| format!("{date}T{time}:00").parse().unwrap();
    Span {
        start: at(from),
        end: at(to),
    }
}

impl House {
    fn new() -> Self {
        let base = HouseAt::new("2026-10-21T09:00:00Z", &["A 1", "A 2", "A 3"]);
        let sauna = base.app.resource_preset(ResourceKind::Sauna, "Talosauna");
        base.app.save_resource(base.id, &sauna).unwrap();
        Self {
            sauna: sauna.id,
            base,
        }
    }

    /// A calendar of events, each of its lines.
    fn asked(&self, import_as: ImportAs, events: &[&[&str]]) -> CalendarImport {
        let mut lines = vec!["BEGIN:VCALENDAR"];
        for event in events {
            lines.push("BEGIN:VEVENT");
            lines.extend(*event);
            lines.push("END:VEVENT");
        }
        lines.push("END:VCALENDAR");
        let path = self.folder.path().join("toinen kalenteri.ics");
        std::fs::write(&path, lines.join("\r\n")).unwrap();
        CalendarImport {
            path: path.to_string_lossy().into_owned(),
            resource: self.sauna,
            import_as,
            from: day("2026-10-21"),
            to: day("2026-12-01"),
        }
    }

    fn import(&self, asked: &CalendarImport) -> (CalendarImportPreview, Option<ChangeId>) {
        let (done, changed) = self.app.run_calendar_import(self.id, asked).unwrap();
        (done, changed.change)
    }

    /// What is out of use or booked on days, by its beginning.
    fn taken(&self, from: &str, to: &str) -> Vec<(String, String, &'static str)> {
        let calendar = self
            .app
            .calendar(self.id, self.sauna, day(from), day(to))
            .unwrap();
        let taken = calendar.turns.iter().filter_map(|turn| {
            let state = match turn.state {
                TurnState::Free => return None,
                TurnState::OutOfUse { .. } => "out",
                TurnState::Booked { .. } => "booked",
                TurnState::Displaced { .. } => "displaced",
                TurnState::Standing { .. } => "standing",
                TurnState::Common { .. } => "common",
                TurnState::Held { .. } => "held",
            };
            Some((
                turn.span.start.format("%d.%m. %H.%M").to_string(),
                turn.label.clone(),
                state,
            ))
        });
        taken.collect()
    }

    fn export(&self, wanted: &CalendarExport) -> String {
        let path = self.folder.path().join("ulos.ics");
        self.app.export_calendar(self.id, wanted, &path).unwrap();
        std::fs::read_to_string(path).unwrap()
    }
}

const SERIES: &[&str] = &[
    "UID:huolto",
    "SEQUENCE:0",
    "SUMMARY:Huolto",
    "DTSTART;TZID=Europe/Helsinki:20261022T160000",
    "DTEND;TZID=Europe/Helsinki:20261022T180000",
    "RRULE:FREQ=WEEKLY;COUNT=3",
];

fn becomes(preview: &CalendarImportPreview) -> Vec<Becomes> {
    preview.times.iter().map(|time| time.becomes).collect()
}

#[test]
fn a_file_comes_in_as_one_change_and_goes_with_it() {
    let house = House::new();
    let asked = house.asked(ImportAs::Blackouts, &[SERIES]);
    let preview = house.app.preview_calendar_import(house.id, &asked).unwrap();
    assert_eq!(
        (preview.created, preview.file.as_str()),
        (3, "toinen kalenteri.ics")
    );
    assert_eq!(house.taken("2026-10-21", "2026-11-10"), []);

    let (_, change) = house.import(&asked);
    let out = |day: &str| (format!("{day} 16.00"), "Huolto".to_owned(), "out");
    let all = [out("22.10."), out("29.10."), out("05.11.")];
    assert_eq!(house.taken("2026-10-21", "2026-11-10"), all);

    let (again, nothing) = house.import(&asked);
    assert_eq!((becomes(&again), nothing), (vec![Becomes::Same; 3], None));

    house
        .app
        .undo(house.id, change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert_eq!(house.taken("2026-10-21", "2026-11-10"), []);
    // As if it had never been.
    let (anew, _) = house.import(&asked);
    assert_eq!(becomes(&anew), [Becomes::New; 3]);
    assert_eq!(house.taken("2026-10-21", "2026-11-10"), all);
}

#[test]
fn a_newer_file_moves_and_removes() {
    let house = House::new();
    house.import(&house.asked(ImportAs::Blackouts, &[SERIES]));
    let moved: &[&str] = &[
        "UID:huolto",
        "SEQUENCE:1",
        "RECURRENCE-ID;TZID=Europe/Helsinki:20261029T160000",
        "SUMMARY:Huolto",
        "DTSTART;TZID=Europe/Helsinki:20261030T090000",
        "DURATION:PT1H",
    ];
    let cancelled: &[&str] = &[
        "UID:huolto",
        "SEQUENCE:1",
        "RECURRENCE-ID;TZID=Europe/Helsinki:20261105T160000",
        "STATUS:CANCELLED",
    ];
    let (done, change) = house.import(&house.asked(ImportAs::Blackouts, &[SERIES, moved, cancelled]));
    assert_eq!((done.created, done.updated, done.removed), (0, 1, 1));
    let times = |house: &House| -> Vec<String> {
        house
            .taken("2026-10-21", "2026-11-10")
            .into_iter()
            .map(|(start, ..)| start)
            .collect()
    };
    assert_eq!(times(&house), ["22.10. 16.00", "30.10. 09.00"]);
    house
        .app
        .undo(house.id, change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert_eq!(times(&house), ["22.10. 16.00", "29.10. 16.00", "05.11. 16.00"]);
    // The series ends earlier now.
    let shorter: Vec<&str> = SERIES
        .iter()
        .map(|line| match *line {
            "SEQUENCE:0" => "SEQUENCE:2",
            "RRULE:FREQ=WEEKLY;COUNT=3" => "RRULE:FREQ=WEEKLY;COUNT=1",
            line => line,
        })
        .collect();
    let (done, _) = house.import(&house.asked(ImportAs::Blackouts, &[&shorter]));
    assert_eq!(done.removed, 2);
    assert_eq!(times(&house), ["22.10. 16.00"]);
}

#[test]
fn bookings_are_the_houses_or_a_flats_and_never_double() {
    let house = House::new();
    let asked = BookingRequest {
        resource: house.sauna,
        holder: Holder::Flat(house.flats[2]),
        span: span("2026-10-22", "17:00", "18:00"),
        moving: None,
    };
    house.app.book(house.id, &asked, "", "").unwrap();
    let event = |uid: &'static str, summary: &'static str, start: &'static str| {
        [uid, summary, start, "DURATION:PT1H"]
    };
    let file = [
        event("UID:1", "SUMMARY:Sauna A 2", "DTSTART:20261022T160000"),
        event("UID:2", "SUMMARY:Talkoot", "DTSTART:20261022T190000"),
        event("UID:3", "SUMMARY:Sauna A 1", "DTSTART:20261022T173000"),
        event("UID:4", "SUMMARY:Sauna a1", "DTSTART:20261022T190000"),
    ];
    let events: Vec<&[&str]> = file.iter().map(|lines| &lines[..]).collect();
    let (done, _) = house.import(&house.asked(ImportAs::Bookings, &events));
    assert_eq!((done.created, done.collides), (2, 2));
    let collided: Vec<_> = done
        .times
        .iter()
        .filter(|time| time.becomes == Becomes::Collides)
        .collect();
    assert!(collided.iter().all(|time| !time.against.is_empty()));
    assert_eq!(
        house.taken("2026-10-22", "2026-10-22"),
        [
            ("22.10. 16.00".to_owned(), "A 2".to_owned(), "booked"),
            ("22.10. 17.00".to_owned(), "A 3".to_owned(), "booked"),
            ("22.10. 19.00".to_owned(), "Talkoot".to_owned(), "booked"),
        ]
    );
}

#[test]
fn blackouts_say_whom_they_hit() {
    let house = House::new();
    let asked = BookingRequest {
        resource: house.sauna,
        holder: Holder::Flat(house.flats[2]),
        span: span("2026-10-22", "17:00", "18:00"),
        moving: None,
    };
    house.app.book(house.id, &asked, "", "").unwrap();
    let (done, change) = house.import(&house.asked(ImportAs::Blackouts, &[SERIES]));
    let hit: Vec<usize> = done.times.iter().map(|time| time.against.len()).collect();
    assert_eq!(hit, [1, 0, 0]);
    let states = |house: &House| -> Vec<&str> {
        house
            .taken("2026-10-22", "2026-10-22")
            .into_iter()
            .map(|(.., state)| state)
            .collect()
    };
    assert_eq!(states(&house), ["out", "displaced"]);
    house
        .app
        .undo(house.id, change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert_eq!(states(&house), ["booked"]);
}

#[test]
fn what_cannot_come_in_is_said() {
    let house = House::new();
    let mut asked = house.asked(
        ImportAs::Blackouts,
        &[&[
            "UID:1",
            "DTSTART:20261022T160000Z",
            "DURATION:PT1S",
            "RRULE:FREQ=MINUTELY",
        ]],
    );
    let too_many = house.app.preview_calendar_import(house.id, &asked);
    assert_eq!(too_many, Err(Problem::CalendarTooMany { most: 5000 }));
    asked.to = asked.from;
    assert_eq!(
        house.app.preview_calendar_import(house.id, &asked),
        Err(Problem::DateInvalid)
    );
    std::fs::write(&asked.path, "Etunimi;Sukunimi").unwrap();
    asked.to = day("2026-12-01");
    assert_eq!(
        house.app.preview_calendar_import(house.id, &asked),
        Err(Problem::CalendarForeign)
    );
}

#[test]
fn a_calendar_that_leaves_is_noted_and_changes_with_its_rows() {
    let house = House::new();
    let shift = StandingShift {
        id: StandingShiftId(Uuid::nil()),
        resource: house.sauna,
        flat: house.flats[0],
        weekday: 3,
        from: 17 * 60,
        to: 18 * 60,
        valid: Validity {
            from: Some(day("2026-10-22")),
            to: Some(day("2026-11-30")),
        },
        every_weeks: 1,
        pauses: Vec::new(),
        note: "Aino Virtanen".into(),
    };
    let (shift, _) = house.app.save_standing_shift(house.id, &shift).unwrap();
    let all = CalendarExport::default();
    let line = |text: &str, name: &str| -> Option<String> {
        text.lines()
            .find(|line| line.starts_with(name))
            .map(str::to_owned)
    };
    let first = house.export(&all);
    assert_eq!(line(&first, "SUMMARY"), Some("SUMMARY:Talosauna: A 1".into()));
    assert_eq!(
        line(&first, "SEQUENCE"),
        Some("SEQUENCE:1".into()),
        "the shift's own change and its space's"
    );
    assert_eq!(line(&first, "EXDATE"), None);
    assert!(!first.contains("Aino"));

    house.app.skip_turn(house.id, shift, day("2026-10-29")).unwrap();
    let skipped = house.export(&all);
    assert_eq!(
        line(&skipped, "EXDATE"),
        Some("EXDATE;TZID=Europe/Helsinki:20261029T170000".into())
    );
    assert_eq!(line(&skipped, "SEQUENCE"), Some("SEQUENCE:2".into()));
    assert_eq!(line(&skipped, "UID"), line(&first, "UID"));

    house.app.return_turn(house.id, shift, day("2026-10-29")).unwrap();
    let returned = house.export(&all);
    assert_eq!(line(&returned, "EXDATE"), None);
    assert_eq!(line(&returned, "SEQUENCE"), Some("SEQUENCE:3".into()));

    let of_flat = CalendarExport {
        flat: Some(house.flats[1]),
        ..all
    };
    assert!(!house.export(&of_flat).contains("BEGIN:VEVENT"));
    let history = house.app.history(house.id, None, true, None, 10).unwrap();
    assert_eq!(history.changes[0].action.code(), "calendar_export");
    let missing = CalendarExport {
        resource: Some(ResourceId(Uuid::nil())),
        ..all
    };
    let path = house.folder.path().join("ei mitään.ics");
    assert_eq!(
        house.app.export_calendar(house.id, &missing, &path),
        Err(Problem::RecordMissing)
    );
    assert!(!path.exists());
}

#[test]
fn a_time_of_the_hour_that_comes_twice_is_held_until_its_end() {
    let house = House::new();
    let night: &[&str] = &[
        "UID:yö",
        "DTSTART;TZID=Europe/Helsinki:20261025T033000",
        "DURATION:PT1H",
    ];
    let asked = house.asked(ImportAs::Blackouts, &[night]);
    let preview = house.app.preview_calendar_import(house.id, &asked).unwrap();
    assert_eq!(becomes(&preview), [Becomes::New]);
    assert_eq!(preview.times[0].span, span("2026-10-25", "03:30", "04:30"));
}
