//! Spaces as a board sets them up and looks at them side by side. The clock stands still on Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use fixture::founding;
use kiulu_app::{
    App, BookingRequest, Calendar, MemoryKeychain, NewOrganisation, Planned, Problem, TurnState, UndoChoice,
};
use kiulu_domain::bookings::booking::{Blackout, Holder};
use kiulu_domain::bookings::limits::Deadline;
use kiulu_domain::bookings::resource::{Resource, ResourceKind};
use kiulu_domain::bookings::rules::Violation;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::bookings::timetable::Turns;
use kiulu_domain::id::{BlackoutId, FlatId, OrganisationId, ResourceId};
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

/// A house with a flat, a sauna, two laundries and a club room, by their presets.
struct House {
    _folder: tempfile::TempDir,
    app: App,
    id: OrganisationId,
    flat: FlatId,
    spaces: Vec<Resource>,
}

fn house() -> House {
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
    app.add_flats(id, "Talo", "", &["A 1".into()]).unwrap();
    let flat = app.house(id).unwrap().flats[0].flat.id;
    let kinds = [
        (ResourceKind::Sauna, "Sauna"),
        (ResourceKind::Laundry, "Pesutupa 1"),
        (ResourceKind::Laundry, "Pesutupa 2"),
        (ResourceKind::ClubRoom, "Kerhohuone"),
    ];
    let spaces = kinds.map(|(kind, name)| app.resource_preset(kind, name));
    for space in &spaces {
        app.save_resource(id, space).unwrap();
    }
    House {
        _folder: folder,
        app,
        id,
        flat,
        spaces: spaces.into(),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn span(date: &str, from: u32, to: u32) -> Span {
    let at = |hour| -> NaiveDateTime { day(date).and_hms_opt(hour, 0, 0).unwrap() };
    Span {
        start: at(from),
        end: at(to),
    }
}

/// "07 A 1": what stands in a calendar that is not free.
fn taken(calendar: &Calendar) -> Vec<String> {
    let not_free = calendar.turns.iter().filter(|turn| turn.state != TurnState::Free);
    not_free
        .map(|turn| format!("{} {}", turn.span.start.format("%H"), turn.label))
        .collect()
}

impl House {
    fn book(&self, space: usize, span: Span) -> kiulu_domain::id::BookingId {
        let wanted = BookingRequest {
            resource: self.spaces[space].id,
            holder: Holder::Flat(self.flat),
            span,
            moving: None,
        };
        self.app.book(self.id, &wanted, "", "").unwrap().0
    }

    fn order(&self) -> Vec<String> {
        let spaces = self.app.spaces(self.id).unwrap();
        spaces.into_iter().map(|space| space.resource.name).collect()
    }
}

#[test]
fn spaces_stand_side_by_side_as_they_are_asked_for() {
    let house = house();
    house.book(1, span("2026-10-23", 7, 10));
    let ids: Vec<ResourceId> = [2, 1, 3].map(|place: usize| house.spaces[place].id).into();
    let shown = house.app.calendars(house.id, &ids, day("2026-10-23")).unwrap();
    assert_eq!(
        shown.iter().map(taken).collect::<Vec<_>>(),
        [vec![], vec!["07 A 1".to_owned()], vec![]]
    );
    // Where lengths are free the free stretch is shown, and each day says how it is divided.
    assert_eq!(shown[2].turns[0].span, span("2026-10-23", 8, 23));
    assert!(matches!(shown[2].days[0].turns, Some(Turns::Free { .. })));
    for (one, id) in shown.iter().zip(&ids) {
        let alone = house
            .app
            .calendar(house.id, *id, day("2026-10-23"), day("2026-10-23"));
        assert_eq!(one, &alone.unwrap());
    }
}

#[test]
fn a_booking_moves_from_one_space_to_another_and_back() {
    let house = house();
    let (first, second) = (house.spaces[1].id, house.spaces[2].id);
    let booking = house.book(1, span("2026-10-23", 7, 10));
    let moved = house
        .app
        .move_booking(house.id, booking, second, span("2026-10-24", 10, 13), "")
        .unwrap();
    let shown = |resource, date| {
        let calendar = house.app.calendar(house.id, resource, day(date), day(date));
        taken(&calendar.unwrap())
    };
    assert_eq!(shown(second, "2026-10-24"), ["10 A 1"]);
    assert!(shown(first, "2026-10-23").is_empty());
    house
        .app
        .undo(house.id, moved.change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert_eq!(shown(first, "2026-10-23"), ["07 A 1"]);
    assert!(shown(second, "2026-10-24").is_empty());
}

#[test]
fn who_asks_to_move_hears_that_it_is_too_late() {
    let house = house();
    let mut strict = house.spaces[1].clone();
    strict.limits.cancel = Some(Deadline {
        minutes: 3 * 1440,
        office: None,
    });
    house.app.save_resource(house.id, &strict).unwrap();
    let ask = |booking, to| {
        let wanted = BookingRequest {
            resource: strict.id,
            holder: Holder::Flat(house.flat),
            span: to,
            moving: Some(booking),
        };
        house.app.ask_booking(house.id, &wanted).unwrap().against
    };
    let late = house.book(1, span("2026-10-23", 7, 10));
    let in_time = house.book(1, span("2026-10-25", 7, 10));
    let to = span("2026-10-26", 10, 13);
    assert!(ask(in_time, to).is_empty());
    assert!(matches!(ask(late, to)[..], [Violation::TooLate { .. }]));
    let moved = house.app.move_booking(house.id, late, strict.id, to, "");
    assert!(matches!(moved, Err(Problem::BookingRefused { .. })));
    assert!(
        house
            .app
            .move_booking(house.id, late, strict.id, to, "Sairastui")
            .is_ok()
    );
}

#[test]
fn a_week_is_drawn_from_settings_that_nobody_has_saved() {
    let house = house();
    house.book(1, span("2026-10-23", 7, 10));
    let mut draft = house.spaces[1].clone();
    for hours in &mut draft.timetable.seasons[0].weekdays {
        hours[0].from = 13 * 60;
    }
    let week = house
        .app
        .preview_week(house.id, &draft, day("2026-10-19"))
        .unwrap();
    assert_eq!(week.days.len(), 7);
    assert_eq!(
        taken(&week),
        ["07 A 1"],
        "what is booked already stands in the preview"
    );
    let starts: Vec<String> = week
        .turns
        .iter()
        .filter(|turn| turn.span.date() == day("2026-10-24"))
        .map(|turn| turn.span.start.format("%H").to_string())
        .collect();
    assert_eq!(starts, ["13", "16", "19"]);
    // A new space is drawn as well, and nothing of it is kept.
    let new = house.app.resource_preset(ResourceKind::Grill, "Grilli");
    assert!(
        house
            .app
            .preview_week(house.id, &new, day("2026-10-19"))
            .unwrap()
            .days[0]
            .open
    );
    assert_eq!(house.order().len(), 4);
    let mut senseless = draft;
    senseless.timetable.seasons[0].turns = Turns::Fixed {
        minutes: 0,
        buffer: 0,
    };
    let refused = house.app.preview_week(house.id, &senseless, day("2026-10-19"));
    assert_eq!(refused, Err(Problem::TimeInvalid));
    assert_eq!(
        house.app.save_resource(house.id, &senseless),
        Err(Problem::TimeInvalid)
    );
}

#[test]
fn whom_a_change_hits_is_told_by_name_and_nothing_is_written() {
    let house = house();
    house.book(1, span("2026-10-23", 7, 10));
    let out = |weekly| {
        Planned::OutOfUse(Blackout {
            id: BlackoutId(Uuid::nil()),
            resource: house.spaces[1].id,
            span: span("2026-10-16", 6, 12),
            weekly,
            reason: "Huolto".into(),
        })
    };
    let who = |planned: &Planned| {
        let hits = house.app.who_is_hit(house.id, planned).unwrap();
        let told = hits
            .into_iter()
            .map(|hit| (hit.who.name().map(str::to_owned), hit.hit.first.date()));
        told.collect::<Vec<_>>()
    };
    assert!(who(&out(None)).is_empty(), "a week before");
    let every_week = out(Some(Validity::default()));
    assert_eq!(who(&every_week), [(Some("A 1".to_owned()), day("2026-10-23"))]);
    let mut closed = house.spaces[1].clone();
    closed.timetable.seasons[0].weekdays[4].clear();
    assert_eq!(who(&Planned::Rules(Box::new(closed))).len(), 1);
    let new = house.app.resource_preset(ResourceKind::Grill, "Grilli");
    assert!(who(&Planned::Rules(Box::new(new))).is_empty());
    assert_eq!(house.app.spaces(house.id).unwrap()[1].open, 1);
    assert!(house.app.spaces(house.id).unwrap()[1].blackouts.is_empty());
}

#[test]
fn spaces_keep_their_order_and_tell_what_there_is_of_them() {
    let house = house();
    assert_eq!(house.order(), ["Sauna", "Pesutupa 1", "Pesutupa 2", "Kerhohuone"]);
    let moved = house
        .app
        .move_resource(house.id, house.spaces[3].id, false)
        .unwrap();
    assert_eq!(house.order(), ["Sauna", "Pesutupa 1", "Kerhohuone", "Pesutupa 2"]);
    house
        .app
        .undo(house.id, moved.change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert_eq!(house.order(), ["Sauna", "Pesutupa 1", "Pesutupa 2", "Kerhohuone"]);
    house.book(1, span("2026-10-23", 7, 10));
    let spaces = house.app.spaces(house.id).unwrap();
    let told: Vec<_> = spaces
        .iter()
        .map(|space| (space.standing, space.open, space.used))
        .collect();
    assert_eq!(told, [(0, 0, false), (0, 1, true), (0, 0, false), (0, 0, false)]);
}
