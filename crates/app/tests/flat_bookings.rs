//! What a flat, and a contact, has of the shared spaces. The clock begins on Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{Duration, NaiveDate};
use fixture::HouseAt;
use kiulu_app::{BookingRequest, ContactEdit, OwnBooking, Selection, TurnState, UndoChoice};
use kiulu_domain::bookings::booking::{BookingStatus, Holder};
use kiulu_domain::bookings::limits::{Period, Quota, QuotaUnit};
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::id::{BookingId, FlatId, ResourceId, StandingShiftId};
use std::ops::Deref;
use uuid::Uuid;

/// Two flats, and a sauna open from Wednesday to Saturday with quotas of the week and of open bookings.
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

impl House {
    fn new() -> Self {
        let base = HouseAt::new("2026-10-21T09:00:00Z", &["A 1", "A 2"]);
        let mut sauna = base.app.resource_preset(ResourceKind::Sauna, "Talosauna");
        sauna.limits.quotas = vec![
            quota(Period::Week, QuotaUnit::Minutes, 120),
            quota(Period::Open, QuotaUnit::Bookings, 2),
        ];
        base.app.save_resource(base.id, &sauna).unwrap();
        Self {
            sauna: sauna.id,
            base,
        }
    }

    fn book(&self, holder: Holder, day: &str, hour: u16) -> BookingId {
        let wanted = BookingRequest {
            resource: self.sauna,
            holder,
            span: turn(day, hour),
            moving: None,
        };
        self.app.book(self.id, &wanted, "", "").unwrap().0
    }

    fn shift(&self, flat: FlatId, hour: u16) -> StandingShiftId {
        let shift = StandingShift {
            id: StandingShiftId(Uuid::nil()),
            resource: self.sauna,
            flat,
            weekday: 3,
            from: hour * 60,
            to: hour * 60 + 60,
            valid: Validity::default(),
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        };
        self.app.save_standing_shift(self.id, &shift).unwrap().0
    }

    /// What takes the turn that begins on a day at an hour.
    fn state(&self, day: &str, hour: u16) -> TurnState {
        let date = date(day);
        let calendar = self.app.calendar(self.id, self.sauna, date, date).unwrap();
        let turns = calendar.turns.into_iter();
        turns
            .filter(|shown| shown.span == turn(day, hour))
            .map(|shown| shown.state)
            .next()
            .unwrap()
    }
}

fn quota(per: Period, unit: QuotaUnit, most: u32) -> Quota {
    Quota { per, unit, most }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn turn(day: &str, hour: u16) -> Span {
    Span::of_day(date(day), hour * 60, hour * 60 + 60)
}

fn told(bookings: &[OwnBooking]) -> Vec<(BookingId, BookingStatus)> {
    bookings.iter().map(|one| (one.booking, one.status)).collect()
}

#[test]
fn a_flat_sees_what_it_has_what_is_left_and_what_was() {
    let house = House::new();
    let flat = house.flats[0];
    let shift = house.shift(flat, 17);
    house.shift(house.flats[1], 20);
    let friday = house.book(Holder::Flat(flat), "2026-10-23", 18);
    let saturday = house.book(Holder::Flat(flat), "2026-10-24", 18);
    house.book(Holder::Flat(house.flats[1]), "2026-10-23", 19);

    let seen = house.app.flat_bookings(house.id, flat).unwrap();
    let booked = BookingStatus::Booked;
    assert_eq!(told(&seen.coming), [(friday, booked), (saturday, booked)]);
    assert_eq!(
        (&*seen.coming[0].name, seen.coming[0].span),
        ("Talosauna", turn("2026-10-23", 18))
    );
    assert!(seen.past.is_empty());
    let used: Vec<_> = seen.quotas.iter().map(|one| (one.quota.per, one.used)).collect();
    assert_eq!(used, [(Period::Week, 120), (Period::Open, 2)]);
    let [standing] = &seen.standing[..] else {
        panic!("{:?}", seen.standing);
    };
    assert_eq!(
        (standing.shift.id, standing.next),
        (shift, Some(turn("2026-10-22", 17)))
    );
    // A turn that was given up is not the next.
    house.app.skip_turn(house.id, shift, date("2026-10-22")).unwrap();
    let next = || house.app.flat_bookings(house.id, flat).unwrap().standing[0].next;
    assert_eq!(next(), Some(turn("2026-10-29", 17)));

    // On Saturday noon the first has been, and the second is taken back.
    house.clock.go_on(Duration::days(3));
    house.app.cancel_booking(house.id, saturday).unwrap();
    let seen = house.app.flat_bookings(house.id, flat).unwrap();
    assert!(seen.coming.is_empty());
    assert_eq!(told(&seen.past), [(friday, booked)]);
    let used: Vec<_> = seen.quotas.iter().map(|one| (one.quota.per, one.used)).collect();
    assert_eq!(used, [(Period::Week, 60), (Period::Open, 0)]);
    // Next week the week's quota is whole again; a shift that has ended is not told any more.
    house.clock.go_on(Duration::days(6));
    house
        .app
        .end_standing_shift(house.id, shift, date("2026-10-29"))
        .unwrap();
    let seen = house.app.flat_bookings(house.id, flat).unwrap();
    assert!(seen.quotas.iter().all(|one| one.used == 0));
    assert!(seen.standing.is_empty());
    assert_eq!(
        told(&seen.past),
        [(saturday, BookingStatus::Cancelled), (friday, booked)]
    );
    let other = house.app.flat_bookings(house.id, house.flats[1]).unwrap();
    assert_eq!((other.past.len(), other.standing.len()), (1, 1));

    let used = house
        .app
        .space_use(house.id, house.sauna, date("2026-10-19"), date("2026-10-25"))
        .unwrap();
    // Of two shifts one was given up; of three bookings one was taken back.
    assert_eq!(
        (used.all.open, used.all.standing, used.all.single),
        (1440, 60, 120)
    );
}

#[test]
fn the_turn_that_gave_way_comes_again_when_whoever_had_it_leaves_the_register() {
    let house = House::new();
    let edit = ContactEdit {
        details: ContactDetails {
            last_name: "Vierailija".into(),
            ..ContactDetails::default()
        },
        points: Vec::new(),
        roles: Vec::new(),
        custom: Vec::new(),
    };
    let (contact, _) = house.app.create_contact(house.id, &edit).unwrap();
    let holder = Holder::Contact(contact);
    let booking = house.book(holder, "2026-10-29", 17);
    let shift = house.shift(house.flats[0], 17);
    assert_eq!(
        house.state("2026-10-29", 17),
        TurnState::Booked {
            booking,
            holder,
            no_show: false
        }
    );
    let own = house.app.contact(house.id, contact, false).unwrap().bookings;
    assert_eq!(told(&own), [(booking, BookingStatus::Booked)]);
    let gone = house
        .app
        .delete_contacts(house.id, &Selection::Ids(vec![contact]))
        .unwrap();
    assert_eq!(house.state("2026-10-29", 17), TurnState::Standing { shift });
    // Undone, the contact has its turn and the shift gives way as before.
    house
        .app
        .undo(house.id, gone.change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert_eq!(
        house.state("2026-10-29", 17),
        TurnState::Booked {
            booking,
            holder,
            no_show: false
        }
    );
}
