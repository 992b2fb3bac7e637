//! Papers, and what is keyed back from them. The clock stands still on Wednesday 21 October 2026, 21.30 in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::NaiveDate;
use fixture::HouseAt;
use kiulu_app::{
    BookingRequest, ContactEdit, MarkMeaning, MarkReading, PaperRequest, Problem, RoleEdit, UndoChoice,
};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::mark::MarkFault;
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::id::{ContactId, ResourceId, StandingShiftId};
use kiulu_domain::organisation::Language;
use kiulu_domain::papers::{Letter, PaperKind, PaperSettings};
use std::ops::Deref;
use uuid::Uuid;

/// A house with four flats – the last with somebody under a non-disclosure order – and a sauna, Wednesday to Saturday 16–22 in turns
/// of an hour. A 1 has it on Wednesdays at 18, A 2 booked 19 today.
struct House {
    base: HouseAt,
    sauna: ResourceId,
    shift: StandingShiftId,
    protected: ContactId,
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

fn hour(date: &str, from: u32) -> Span {
    let at = |hour| day(date).and_hms_opt(hour, 0, 0).unwrap();
    Span {
        start: at(from),
        end: at(from + 1),
    }
}

impl House {
    fn new() -> Self {
        let base = HouseAt::new("2026-10-21T18:30:00Z", &["A 1", "A 2", "A 3", "A 4"]);
        let mut sauna = base.app.resource_preset(ResourceKind::Sauna, "Talosauna");
        sauna.key_note = "Ovikoodi 4711".into();
        base.app.save_resource(base.id, &sauna).unwrap();
        let kinds = base.app.vocabulary(base.id).unwrap();
        let resident = kinds.iter().find(|(kind, _)| kind.name == "Asukas").unwrap().0.id;
        let mut people = ["Virtanen", "Mäkinen", "Laine", "Salainen"]
            .iter()
            .zip(&base.flats)
            .map(|(name, flat)| {
                let edit = ContactEdit {
                    details: ContactDetails {
                        first_name: "Aino".into(),
                        last_name: (*name).into(),
                        non_disclosure: *name == "Salainen",
                        ..ContactDetails::default()
                    },
                    points: vec![],
                    roles: vec![RoleEdit {
                        id: None,
                        kind: resident,
                        flat: Some(*flat),
                        valid_from: None,
                        valid_to: None,
                        note: String::new(),
                    }],
                    custom: vec![],
                };
                base.app.create_contact(base.id, &edit).unwrap().0
            });
        let protected = people.by_ref().last().unwrap();
        drop(people);
        let mut house = Self {
            sauna: sauna.id,
            shift: StandingShiftId(Uuid::nil()),
            base,
            protected,
        };
        house.shift = house.standing(0, 2, 18);
        house
            .app
            .book(
                house.id,
                &house.wanted(Holder::Flat(house.flats[1]), 19),
                "Sovittu",
                "",
            )
            .unwrap();
        house
    }

    fn standing(&self, flat: usize, weekday: u32, from: u16) -> StandingShiftId {
        let shift = StandingShift {
            id: StandingShiftId(Uuid::nil()),
            resource: self.sauna,
            flat: self.flats[flat],
            weekday,
            from: from * 60,
            to: from * 60 + 60,
            valid: Validity {
                from: Some(day("2026-01-01")),
                to: None,
            },
            every_weeks: 1,
            pauses: vec![],
            note: String::new(),
        };
        self.app.save_standing_shift(self.id, &shift).unwrap().0
    }

    fn wanted(&self, holder: Holder, from: u32) -> BookingRequest {
        BookingRequest {
            resource: self.sauna,
            holder,
            span: hour("2026-10-21", from),
            moving: None,
        }
    }

    /// The code of a turn as this week's list prints it.
    fn code(&self, date: &str, from: u32) -> String {
        let list = self
            .app
            .door_list(self.id, self.sauna, day("2026-10-21"), false, None)
            .unwrap();
        let start = hour(date, from).start;
        list.turns()
            .find(|turn| turn.start == start)
            .unwrap()
            .code
            .clone()
    }

    fn read(&self, line: &str) -> MarkReading {
        self.app.read_mark(self.id, self.sauna, line).unwrap()
    }

    fn save(&self, lines: &[String], reason: &str) -> Result<kiulu_app::Changed, Problem> {
        self.app.save_marks(self.id, self.sauna, lines, reason)
    }

    /// A paper's text as a reader finds it.
    fn paper(&self, wanted: &PaperRequest, language: Language) -> String {
        let path = self.folder.path().join("paperi.pdf");
        self.app
            .print_paper(self.id, wanted, Some(language), &path)
            .unwrap();
        let text = pdf_extract::extract_text(&path).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn list(&self, language: Language) -> String {
        let wanted = PaperRequest::DoorList {
            resource: self.sauna,
            day: day("2026-10-21"),
            month: false,
        };
        self.paper(&wanted, language)
    }

    fn newest(&self) -> Action {
        let page = self.app.history(self.id, None, true, None, 1).unwrap();
        page.changes[0].action.clone()
    }
}

const LANGUAGES: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

#[test]
fn the_list_names_flats_and_nobody() {
    let house = House::new();
    for language in LANGUAGES {
        let said = house.list(language);
        for flat in ["A 1", "A 2"] {
            assert!(said.contains(flat), "{flat} is missing from {said}");
        }
        for name in ["Virtanen", "Mäkinen", "Aino", "4711"] {
            assert!(!said.contains(name), "{name} stands in {said}");
        }
    }
    assert_eq!(
        house.newest(),
        Action::PaperPrint {
            paper: PaperKind::DoorList,
            what: "Talosauna, Week 43 · 19.–25.10.2026".into(),
        }
    );
}

#[test]
fn names_stand_beside_flats_where_they_are_wanted_and_never_of_the_protected() {
    let house = House::new();
    house.standing(3, 3, 18);
    house
        .app
        .book(
            house.id,
            &house.wanted(Holder::Contact(house.protected), 20),
            "Sovittu",
            "",
        )
        .unwrap();
    let settings = PaperSettings {
        door_names: true,
        ..PaperSettings::default()
    };
    house.app.save_paper_settings(house.id, &settings).unwrap();
    for (language, booked) in LANGUAGES.into_iter().zip(["varattu", "bokad", "booked"]) {
        let said = house.list(language);
        for found in ["A 1 Virtanen", "A 2 Mäkinen", "A 4", booked] {
            assert!(said.contains(found), "{found} is missing from {said}");
        }
        assert!(!said.contains("Salainen") && !said.contains("Aino"), "{said}");
    }
}

#[test]
fn letters_carry_the_organisations_own_words_and_nothing_of_keys() {
    let house = House::new();
    let settings = PaperSettings {
        door_names: false,
        contact: " Aino Sihteeri \n 040 123 ".into(),
        starts_on: Some(day("2027-01-01")),
    };
    house.app.save_paper_settings(house.id, &settings).unwrap();
    let own = "Tervetuloa {house}! #set text(red)\n\n- *ensin* {spaces}";
    let saved = house
        .app
        .save_paper_text(house.id, Letter::Notice, Language::Fi, own)
        .unwrap();
    let said = house.paper(&PaperRequest::Notice, Language::Fi);
    for piece in [
        "Tervetuloa As Oy Koivurinne! #set text(red)",
        "*ensin* Talosauna",
        "1.1.2027",
        "040 123",
    ] {
        assert!(said.contains(piece), "{piece} is missing from {said}");
    }
    // Other languages have the program's.
    assert!(
        house
            .paper(&PaperRequest::Notice, Language::Sv)
            .contains("bokningssystem")
    );
    house
        .app
        .undo(house.id, saved.change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert!(
        house
            .paper(&PaperRequest::Notice, Language::Fi)
            .contains("varausjärjestelmän")
    );
    let text = || {
        house
            .app
            .paper_text(house.id, Letter::Notice, Language::Fi)
            .unwrap()
    };
    assert_eq!(text().text, text().usual);

    let agreed = house.paper(&PaperRequest::Agreement { shift: house.shift }, Language::Fi);
    assert!(
        agreed.contains("keskiviikkoisin 18.00–19.00") && agreed.contains("A 1"),
        "{agreed}"
    );
    let instructions = house.paper(&PaperRequest::Instructions { resource: None }, Language::En);
    assert!(
        instructions.contains("Open Wed–Sat 16.00–22.00."),
        "{instructions}"
    );
    for said in [said, agreed, instructions] {
        assert!(!said.contains("4711") && !said.contains("Virtanen"), "{said}");
    }
}

#[test]
fn lines_are_understood_or_told_why_not() {
    let house = House::new();
    let (standing, booked) = (house.code("2026-10-21", 18), house.code("2026-10-21", 19));
    let (free, coming) = (house.code("2026-10-21", 17), house.code("2026-10-22", 18));
    for (line, flat, meaning) in [
        (format!("{standing} +"), "A 1", MarkMeaning::Used),
        (format!("{standing} -"), "A 1", MarkMeaning::NoShow),
        (format!("{}-", booked.to_lowercase()), "A 2", MarkMeaning::NoShow),
        (format!("{standing} a1"), "A 1", MarkMeaning::Used),
        (format!("{free} A 3"), "A 3", MarkMeaning::Booked),
        (format!("{coming} A 3"), "A 3", MarkMeaning::Booked),
    ] {
        let reading = house.read(&line);
        assert_eq!(
            (reading.flat.as_str(), reading.meaning),
            (flat, Some(meaning)),
            "{line}"
        );
        assert_eq!((&reading.fault, &reading.against), (&None, &vec![]), "{line}");
    }
    let mut wrong = standing.clone();
    wrong.replace_range(3..4, if standing.ends_with('A') { "B" } else { "A" });
    for (line, fault) in [
        (String::new(), MarkFault::Unreadable),
        (standing.clone(), MarkFault::Unreadable),
        (format!("{wrong} +"), MarkFault::CodeUnknown),
        (format!("{free} -"), MarkFault::NobodyHasIt),
        (
            format!("{free} B 9"),
            MarkFault::FlatUnknown { name: "B 9".into() },
        ),
        (
            format!("{booked} A 3"),
            MarkFault::SomebodyHasIt { flat: "A 2".into() },
        ),
    ] {
        assert_eq!(house.read(&line).fault, Some(fault), "{line}");
    }
    // The turn of the standing shift of next week has not come.
    house.standing(1, 3, 20);
    let coming = house.code("2026-10-22", 20);
    assert_eq!(house.read(&format!("{coming} +")).fault, Some(MarkFault::ToCome));
}

#[test]
fn marks_are_taken_down_as_one_change_and_go_with_it() {
    let house = House::new();
    let lines = [
        format!("{} -", house.code("2026-10-21", 18)),
        format!("{} -", house.code("2026-10-21", 19)),
        format!("{} A 3", house.code("2026-10-21", 17)),
    ];
    let saved = house.save(&lines, "").unwrap();
    assert_eq!(
        house.newest(),
        Action::MarksSave {
            resource: "Talosauna".into(),
            count: 3
        }
    );
    let overview = |flat: usize| house.app.flat_bookings(house.id, house.flats[flat]).unwrap();
    let statuses = |flat: usize| format!("{:?}", overview(flat));
    assert!(statuses(1).contains("NoShow"), "{}", statuses(1));
    assert!(statuses(2).contains("2026-10-21T17:00:00"), "{}", statuses(2));
    // The booking now holds the turn.
    let again = house.read(&format!("{} A 1", house.code("2026-10-21", 17)));
    assert_eq!(again.fault, Some(MarkFault::SomebodyHasIt { flat: "A 3".into() }));

    house
        .app
        .undo(house.id, saved.change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert!(!statuses(1).contains("NoShow"));
    assert!(!statuses(2).contains("2026-10-21T17:00:00"));
}

#[test]
fn a_line_that_cannot_be_taken_down_stops_all_of_them() {
    let house = House::new();
    let good = format!("{} -", house.code("2026-10-21", 19));
    let bad = format!("{} -", house.code("2026-10-21", 17));
    let refused = house.save(&[good, bad.clone()], "").unwrap_err();
    assert_eq!(
        refused,
        Problem::MarkRefused {
            line: bad,
            fault: MarkFault::NobodyHasIt
        }
    );
    let flat = house.app.flat_bookings(house.id, house.flats[1]).unwrap();
    assert!(!format!("{flat:?}").contains("NoShow"));
}

#[test]
fn rules_hold_for_what_is_written_by_pen_but_it_was_written_in_time() {
    let house = House::new();
    // The preset gives a flat one open booking; A 3 writes itself in twice.
    let mut sauna = house.app.resources(house.id).unwrap().remove(0);
    sauna.limits.consecutive = Some(1);
    sauna.limits.minutes_ahead = Some(24 * 60);
    house.app.save_resource(house.id, &sauna).unwrap();
    let line = |from| format!("{} A 3", house.code("2026-10-21", from));
    let first = house.read(&line(16));
    assert_eq!(
        (first.meaning, first.against),
        (Some(MarkMeaning::Booked), vec![])
    );
    house.save(&[line(16)], "").unwrap();
    let second = house.read(&line(17));
    assert_ne!(second.against, vec![]);
    let refused = house.save(&[line(17)], " ").unwrap_err();
    assert!(matches!(refused, Problem::BookingRefused { .. }), "{refused:?}");
    house.save(&[line(17)], "Oli paikalla").unwrap();
}
