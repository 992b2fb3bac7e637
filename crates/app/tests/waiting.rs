//! Waiting lists as a board uses them. The clock starts on Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{NaiveDateTime, TimeDelta};
use fixture::HouseAt;
use kiulu_app::{
    AttentionKind, BookingRequest, Changed, ContactEdit, MessageAbout, Problem, TurnState, UndoChoice,
};
use kiulu_domain::bookings::booking::{Blackout, Holder, HolderName};
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::rules::Violation;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::bookings::waiting::InLine;
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::id::{BlackoutId, BookingId, ResourceId, StandingShiftId, WaitingId};
use std::ops::Deref;
use uuid::Uuid;

/// A house with four flats and a sauna by the preset: Wednesday to Saturday 16–22, turns of an hour, one open booking a flat, a day
/// to answer an offer.
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

const TURN: &str = "2026-10-23T17:00";

impl House {
    fn new() -> Self {
        let base = HouseAt::new("2026-10-21T09:00:00Z", &["A 1", "A 2", "A 3", "A 4"]);
        let sauna = base.app.resource_preset(ResourceKind::Sauna, "Talosauna");
        base.app.save_resource(base.id, &sauna).unwrap();
        Self {
            sauna: sauna.id,
            base,
        }
    }

    /// A 1 has the turn, and A 2 and then A 3 wait for it.
    fn with_line() -> (Self, BookingId, [WaitingId; 2]) {
        let house = Self::new();
        let booking = house.book(0, TURN).unwrap();
        let two = house.wait(1).unwrap().0;
        house.later(1);
        let three = house.wait(2).unwrap().0;
        (house, booking, [two, three])
    }

    fn later(&self, minutes: i64) {
        self.clock.go_on(TimeDelta::minutes(minutes));
    }

    fn wanted(&self, flat: usize, start: &str) -> BookingRequest {
        BookingRequest {
            resource: self.sauna,
            holder: Holder::Flat(self.flats[flat]),
            span: turn(start),
            moving: None,
        }
    }

    fn book(&self, flat: usize, start: &str) -> Result<BookingId, Problem> {
        Ok(self.app.book(self.id, &self.wanted(flat, start), "", "")?.0)
    }

    fn wait(&self, flat: usize) -> Result<(WaitingId, Changed), Problem> {
        self.app.wait_for(self.id, &self.wanted(flat, TURN), "")
    }

    /// "A 2 waits" of everybody in the line.
    fn line(&self) -> Vec<String> {
        let line = self.app.waiting_line(self.id, self.sauna, turn(TURN)).unwrap();
        let said = line.iter().map(|one| {
            let stands = match &one.stands {
                InLine::Offered { until } => format!("until {}", until.format("%d %H:%M")),
                InLine::Next => "next".to_owned(),
                InLine::OfferOver { .. } => "over".to_owned(),
                InLine::PassedOver { .. } => "passed over".to_owned(),
                InLine::Waits => "waits".to_owned(),
            };
            format!("{} {stands}", one.who.name().unwrap_or("–"))
        });
        said.collect()
    }

    /// What the calendar shows of the turn: "A 2 held +2", with how many wait.
    fn shown(&self) -> String {
        let day = turn(TURN).date();
        let calendar = self.app.calendar(self.id, self.sauna, day, day).unwrap();
        let turn = calendar.turns.iter().find(|one| one.span == turn(TURN)).unwrap();
        let state = match &turn.state {
            TurnState::Free => "free",
            TurnState::Held { until: None, .. } => "held",
            TurnState::Held { .. } => "offered",
            TurnState::Booked { .. } => "booked",
            TurnState::Standing { .. } => "standing",
            _ => "other",
        };
        format!("{} {state} +{}", turn.label, turn.waiting)
    }

    /// Codes of what needs attention in the sauna.
    fn attention(&self) -> Vec<&'static str> {
        let items = self.app.attention(self.id).unwrap().into_iter();
        items
            .filter_map(|item| match item.kind {
                AttentionKind::TurnToOffer { .. } => Some("turn_to_offer"),
                AttentionKind::OfferRuns { .. } => Some("offer_runs"),
                _ => None,
            })
            .collect()
    }

    fn undo(&self, changed: &Changed) {
        self.app
            .undo(self.id, changed.change.unwrap(), UndoChoice::Stop)
            .unwrap();
    }
}

fn turn(start: &str) -> Span {
    let start = NaiveDateTime::parse_from_str(start, "%Y-%m-%dT%H:%M").unwrap();
    Span {
        start,
        end: start + chrono::Duration::hours(1),
    }
}

fn against<T: std::fmt::Debug>(refused: Result<T, Problem>) -> Vec<Violation> {
    match refused.unwrap_err() {
        Problem::BookingRefused { against } => against,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_turn_that_was_taken_back_goes_to_whoever_is_next_and_to_nobody_else() {
    let (house, booking, [two, three]) = House::with_line();
    assert_eq!(house.shown(), "A 1 booked +2");
    assert_eq!(house.line(), ["A 2 waits", "A 3 waits"]);
    assert!(house.attention().is_empty());
    house.app.cancel_booking(house.id, booking).unwrap();
    assert_eq!(house.shown(), "A 2 held +2");
    assert_eq!(house.line(), ["A 2 next", "A 3 waits"]);
    assert_eq!(house.attention(), ["turn_to_offer"]);
    let kept = Violation::WaitedFor {
        flat: Some(house.flats[1]),
        until: None,
    };
    assert_eq!(against(house.book(3, TURN))[0], kept);
    assert_eq!(
        against(house.app.offer_turn(house.id, three)),
        [kept],
        "it is not their turn"
    );
    // A reason passes it over, and what is kept is nobody's time yet.
    let (passed, changed) = house
        .app
        .book(house.id, &house.wanted(3, TURN), "Remontti", "")
        .unwrap();
    assert_eq!(house.line(), ["A 2 waits", "A 3 waits"]);
    house.undo(&changed);
    assert!(house.app.cancel_booking(house.id, passed).is_err());

    house.app.offer_turn(house.id, two).unwrap();
    assert_eq!(house.shown(), "A 2 offered +2");
    assert_eq!(house.line(), ["A 2 until 22 12:01", "A 3 waits"]);
    assert_eq!(house.attention(), ["offer_runs"]);
    let (_, changed) = house.app.accept_offer(house.id, two, "").unwrap();
    assert_eq!(house.shown(), "A 2 booked +1");
    assert_eq!(house.line(), ["A 3 waits"]);
    house.undo(&changed);
    assert_eq!(house.line(), ["A 2 until 22 12:01", "A 3 waits"]);
}

#[test]
fn an_offer_goes_on_when_its_time_is_over_when_it_is_declined_or_when_nobody_is_reached() {
    let (house, booking, [two, three]) = House::with_line();
    house.app.cancel_booking(house.id, booking).unwrap();
    house.app.offer_turn(house.id, two).unwrap();
    house.later(24 * 60 - 1);
    assert_eq!(house.line(), ["A 2 until 22 12:01", "A 3 waits"]);
    house.later(1);
    assert_eq!(house.line(), ["A 2 over", "A 3 next"]);
    assert_eq!(house.shown(), "A 3 held +2");
    assert!(against(house.book(1, TURN)).contains(&Violation::WaitedFor {
        flat: Some(house.flats[2]),
        until: None
    }));
    let declined = house.app.decline_offer(house.id, three).unwrap();
    assert_eq!(house.line(), ["A 2 over"]);
    assert_eq!(house.shown(), " free +0", "everybody has been asked");
    house.undo(&declined);
    assert_eq!(house.line(), ["A 2 over", "A 3 next"]);
    house.app.pass_on_turn(house.id, three).unwrap();
    assert_eq!(house.line(), ["A 2 over", "A 3 over"]);
    // Once somebody has it again, everybody gets a new chance.
    let again = house.book(3, TURN).unwrap();
    house.app.cancel_booking(house.id, again).unwrap();
    assert_eq!(house.line(), ["A 2 next", "A 3 waits"]);
}

#[test]
fn whoever_may_not_book_is_passed_over_also_where_the_calendar_shows_one_day() {
    let (house, booking, [two, three]) = House::with_line();
    // Its one open booking lies a week on, outside the day that is shown.
    let other = house.book(1, "2026-10-30T17:00").unwrap();
    house.app.cancel_booking(house.id, booking).unwrap();
    assert_eq!(house.line(), ["A 2 passed over", "A 3 next"]);
    assert_eq!(house.shown(), "A 3 held +2");
    let refused = against(house.app.offer_turn(house.id, two));
    assert!(
        refused
            .iter()
            .any(|one| matches!(one, Violation::QuotaUsed { .. })),
        "{refused:?}"
    );
    house.app.offer_turn(house.id, three).unwrap();
    house.app.cancel_booking(house.id, other).unwrap();
    assert_eq!(house.line()[0], "A 2 waits", "what was promised stands");
}

#[test]
fn nobody_waits_twice_or_for_what_is_free() {
    let house = House::new();
    assert_eq!(against(house.wait(1)), [Violation::NothingToWaitFor]);
    house.book(0, TURN).unwrap();
    let (first, _) = house.wait(1).unwrap();
    house.later(5);
    house.wait(2).unwrap();
    let wanted = house.wanted(1, TURN);
    let (again, _) = house
        .app
        .wait_for(house.id, &wanted, "Soittakaa iltaisin")
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(house.line(), ["A 2 waits", "A 3 waits"]);
    assert!(matches!(
        house.app.wait_for(
            house.id,
            &BookingRequest {
                holder: Holder::House,
                ..wanted
            },
            ""
        ),
        Err(Problem::FlatInvalid)
    ));
    assert!(
        matches!(
            against(house.app.wait_for(house.id, &house.wanted(0, TURN), ""))[..],
            [Violation::Taken { .. }]
        ),
        "it has the turn itself"
    );
    let left = house.app.leave_line(house.id, first).unwrap();
    assert_eq!(house.line(), ["A 3 waits"]);
    assert!(house.app.leave_line(house.id, first).is_err());
    house.undo(&left);
    assert_eq!(house.line(), ["A 2 waits", "A 3 waits"], "with its place");
    let flat = house.flats[2];
    assert!(house.app.delete_flat(house.id, flat).is_err(), "it waits");
}

#[test]
fn turns_get_free_by_skipping_and_by_ending_what_was_out_of_use() {
    let house = House::new();
    let (shift, _) = house
        .app
        .save_standing_shift(
            house.id,
            &StandingShift {
                id: StandingShiftId(Uuid::nil()),
                resource: house.sauna,
                flat: house.flats[0],
                weekday: 4,
                from: 17 * 60,
                to: 18 * 60,
                valid: Validity::default(),
                every_weeks: 1,
                pauses: Vec::new(),
                note: String::new(),
            },
        )
        .unwrap();
    let (two, _) = house.wait(1).unwrap();
    let day = turn(TURN).date();
    house.app.skip_turn(house.id, shift, day).unwrap();
    assert_eq!(house.shown(), "A 2 held +1");
    // Who gave it up may have it back until it was offered to another.
    let returned = house.app.return_turn(house.id, shift, day).unwrap();
    assert_eq!(house.shown(), "A 1 standing +1");
    house.undo(&returned);
    house.app.offer_turn(house.id, two).unwrap();
    assert!(matches!(
        against(house.app.return_turn(house.id, shift, day))[..],
        [Violation::WaitedFor { until: Some(_), .. }]
    ));
    let blackout = Blackout {
        id: BlackoutId(Uuid::nil()),
        resource: house.sauna,
        span: turn(TURN),
        weekly: None,
        reason: "Huolto".into(),
    };
    house.app.save_blackout(house.id, &blackout).unwrap();
    assert!(house.attention().is_empty());
    let spaces = house.app.spaces(house.id).unwrap();
    house
        .app
        .delete_blackout(house.id, spaces[0].blackouts[0].id)
        .unwrap();
    assert_eq!(house.shown(), "A 2 offered +1");
}

#[test]
fn a_flat_page_tells_what_it_waits_for_and_a_message_is_ready() {
    let (house, booking, [two, _]) = House::with_line();
    let waits = house.app.flat_bookings(house.id, house.flats[1]).unwrap().waiting;
    assert_eq!(waits.len(), 1);
    assert_eq!(
        (waits[0].entry, waits[0].span, &waits[0].stands),
        (two, turn(TURN), &InLine::Waits)
    );
    house.app.cancel_booking(house.id, booking).unwrap();
    let items = house.app.attention(house.id).unwrap();
    let item = items
        .iter()
        .find(|item| matches!(item.kind, AttentionKind::TurnToOffer { .. }))
        .unwrap();
    let messages = house.app.attention_messages(house.id, &item.key).unwrap();
    let until = |minutes: i64| turn("2026-10-22T12:01").start + chrono::Duration::minutes(minutes);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].to, "A 2");
    assert_eq!(
        messages[0].about,
        MessageAbout::Offered {
            span: turn(TURN),
            until: until(0)
        }
    );
    house.app.offer_turn(house.id, two).unwrap();
    house.later(60);
    assert_eq!(
        house.app.offer_message(house.id, two).unwrap().about,
        MessageAbout::Offered {
            span: turn(TURN),
            until: until(0)
        },
        "what was promised"
    );
    // Once the turn has begun nobody waits for it.
    house.later(3 * 24 * 60);
    assert!(house.attention().is_empty());
    let flat = house.app.flat_bookings(house.id, house.flats[1]).unwrap();
    assert!(flat.waiting.is_empty());
}

#[test]
fn a_booking_that_comes_back_by_undo_keeps_its_turn_from_who_was_only_offered_it() {
    let (house, booking, [two, _]) = House::with_line();
    let cancelled = house.app.cancel_booking(house.id, booking).unwrap();
    house.app.offer_turn(house.id, two).unwrap();
    house.undo(&cancelled);
    assert_eq!(house.shown(), "A 1 booked +2");
    assert!(matches!(
        against(house.app.accept_offer(house.id, two, "Luvattu"))[..],
        [Violation::Taken { .. }]
    ));
    // And who took it in time keeps it.
    let cancelled = house.app.cancel_booking(house.id, booking).unwrap();
    house.app.accept_offer(house.id, two, "").unwrap();
    house.undo(&cancelled);
    assert_eq!(house.shown(), "A 2 booked +1");
}

/// Somebody of the register who waits for the turn, and the change that brought them in.
fn joined_by_contact(house: &House, non_disclosure: bool) -> (WaitingId, Changed) {
    let edit = ContactEdit {
        details: ContactDetails {
            first_name: "Sanna".into(),
            last_name: "Järvinen".into(),
            non_disclosure,
            ..ContactDetails::default()
        },
        points: vec![],
        roles: vec![],
        custom: vec![],
    };
    let (contact, came) = house.app.create_contact(house.id, &edit).unwrap();
    let wanted = BookingRequest {
        holder: Holder::Contact(contact),
        ..house.wanted(0, TURN)
    };
    let (place, _) = house.app.wait_for(house.id, &wanted, "").unwrap();
    (place, came)
}

#[test]
fn whoever_is_gone_by_an_undo_keeps_the_turn_from_nobody() {
    let house = House::new();
    let booking = house.book(0, TURN).unwrap();
    let (_, came) = joined_by_contact(&house, false);
    house.later(1);
    house.wait(1).unwrap();
    assert_eq!(house.line(), ["Sanna Järvinen waits", "A 2 waits"]);
    house
        .app
        .undo(house.id, came.change.unwrap(), UndoChoice::UndoThemToo)
        .unwrap();
    assert_eq!(house.line(), ["A 2 waits"]);
    house.app.cancel_booking(house.id, booking).unwrap();
    assert_eq!(house.shown(), "A 2 held +1");
}

#[test]
fn where_somebody_under_an_order_will_be_is_named_nowhere_but_in_the_message_to_them() {
    let house = House::new();
    let booking = house.book(0, TURN).unwrap();
    let (place, _) = joined_by_contact(&house, true);
    house.app.cancel_booking(house.id, booking).unwrap();
    let to_offer = house.app.attention(house.id).unwrap().into_iter();
    let who: Vec<_> = to_offer
        .filter_map(|item| match item.kind {
            AttentionKind::TurnToOffer { who, .. } => Some(who),
            _ => None,
        })
        .collect();
    assert_eq!(who, [HolderName::Withheld]);
    assert_eq!(
        house.app.offer_message(house.id, place).unwrap().to,
        "Sanna Järvinen"
    );
    house.app.offer_turn(house.id, place).unwrap();
    house.app.accept_offer(house.id, place, "").unwrap();
    assert_eq!(house.shown(), " booked +0");
    let page = house.app.history(house.id, None, false, None, 50).unwrap();
    let acts = page.changes.iter().map(|change| format!("{:?}", change.action));
    let of_sauna: Vec<_> = acts.filter(|act| act.contains("Talosauna")).collect();
    assert!(of_sauna.len() > 4, "{of_sauna:?}");
    assert!(
        !of_sauna.iter().any(|act| act.contains("Järvinen")),
        "{of_sauna:?}"
    );
}
