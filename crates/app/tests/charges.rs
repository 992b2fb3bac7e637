//! What is charged for shared spaces, from the price list to the closed month and what is put right afterwards. The clock begins on
//! Wednesday 21 October 2026, noon in Helsinki.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{Duration, NaiveDate};
use fixture::HouseAt;
use kiulu_app::{
    AttentionKind, BookingRequest, Changed, ChargeState, Charges, ContactEdit, Problem, Selection, UndoChoice,
};
use kiulu_domain::bookings::booking::{Blackout, Holder};
use kiulu_domain::bookings::charge::{ChargeKind, Payer};
use kiulu_domain::bookings::charge_period::ChargeSettings;
use kiulu_domain::bookings::charging::{Charging, Fee};
use kiulu_domain::bookings::limits::Deadline;
use kiulu_domain::bookings::price::{Price, PriceFor, PriceUnit};
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{DAY, Span, Validity};
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::id::{BlackoutId, BookingId, ContactId, FlatId, PriceId, ResourceId, StandingShiftId};
use kiulu_domain::reference_number::{ReferenceNumber, ReferenceSeries};
use std::ops::Deref;
use uuid::Uuid;

/// Three flats and a sauna, open from Wednesday to Saturday: 12,50 € a turn, 20 € a month.
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

fn price(unit: PriceUnit, cents: i64) -> Price {
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

impl House {
    fn new() -> Self {
        let base = HouseAt::new("2026-10-21T09:00:00Z", &["A 2", "A 1", "A 10"]);
        let mut sauna = base.app.resource_preset(ResourceKind::Sauna, "Talosauna");
        sauna.limits.quotas.clear();
        sauna.limits.cancel = Some(Deadline {
            minutes: 24 * 60,
            office: None,
        });
        let prices = [price(PriceUnit::Turn, 1250), price(PriceUnit::Month, 2000)];
        base.app.add_resource(base.id, &sauna, &prices).unwrap();
        Self {
            sauna: sauna.id,
            base,
        }
    }

    fn at(&self, instant: &str) {
        self.clock.set(instant);
    }

    fn book(&self, holder: Holder, start: &str) -> BookingId {
        let start = start.parse().unwrap();
        let wanted = BookingRequest {
            resource: self.sauna,
            holder,
            span: Span {
                start,
                end: start + Duration::hours(1),
            },
            moving: None,
        };
        let late = "Sovittu puhelimessa";
        self.app.book(self.id, &wanted, late, "").unwrap().0
    }

    /// Wednesdays 16–17.
    fn shift(&self, flat: usize, from: &str) -> StandingShiftId {
        let shift = StandingShift {
            id: StandingShiftId(Uuid::now_v7()),
            resource: self.sauna,
            flat: self.flats[flat],
            weekday: 2,
            from: 16 * 60,
            to: 17 * 60,
            valid: Validity {
                from: Some(day(from)),
                to: None,
            },
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        };
        self.app.save_standing_shift(self.id, &shift).unwrap().0
    }

    fn charges(&self, month: &str) -> Charges {
        self.app.charges(self.id, day(month)).unwrap()
    }

    /// Names with what each owes.
    fn owed(&self, month: &str) -> Vec<(String, i64)> {
        let accounts = self.charges(month).accounts.into_iter();
        accounts.map(|account| (account.name, account.cents)).collect()
    }

    fn close(&self, month: &str) -> Changed {
        self.app.close_charges(self.id, day(month)).unwrap()
    }

    fn undo(&self, changed: &Changed) -> Result<Changed, Problem> {
        self.app.undo(self.id, changed.change.unwrap(), UndoChoice::Stop)
    }

    fn prices(&self) -> Vec<Price> {
        self.app.prices(self.id, self.sauna).unwrap()
    }
}

fn owes(name: &str, cents: i64) -> (String, i64) {
    (name.to_owned(), cents)
}

#[test]
fn a_month_is_listed_by_flat_in_the_order_of_the_house() {
    let house = House::new();
    house.shift(0, "2026-10-01");
    house.book(Holder::Flat(house.flats[2]), "2026-10-22T18:00:00");
    house.book(Holder::Flat(house.flats[1]), "2026-10-23T18:00:00");
    house.book(Holder::House, "2026-10-23T19:00:00");
    assert_eq!(
        house.owed("2026-10-01"),
        [owes("A 1", 2000)],
        "nothing is used yet"
    );
    house.at("2026-10-23T16:00:00Z");
    let list = house.charges("2026-10-15");
    assert_eq!(list.month, day("2026-10-01"), "any day tells the month");
    assert_eq!(
        house.owed("2026-10-01"),
        [owes("A 1", 2000), owes("A 2", 1250), owes("A 10", 1250)]
    );
    assert_eq!(list.cents, 4500);
    assert_eq!(list.vat.len(), 1);
    assert_eq!(list.vat[0].net_cents + list.vat[0].vat_cents, 4500);
    assert_eq!(list.state, ChargeState::Open { running: true });
    assert!(!list.closable);
}

#[test]
fn a_new_space_comes_with_its_prices_in_one_change() {
    let house = House::new();
    let club = house.app.resource_preset(ResourceKind::ClubRoom, "Kerhohuone");
    let mut wrong = price(PriceUnit::Hour, 500);
    wrong.weekdays = [false; 7];
    let refused = house
        .app
        .add_resource(house.id, &club, &[price(PriceUnit::Hour, 500), wrong]);
    assert!(matches!(refused, Err(Problem::PriceInvalid { line: 2 })));
    assert_eq!(house.app.resources(house.id).unwrap().len(), 1);
    let added = house
        .app
        .add_resource(house.id, &club, &[price(PriceUnit::Hour, 500)])
        .unwrap();
    let prices = house.app.prices(house.id, club.id).unwrap();
    assert_eq!((prices[0].resource, prices[0].cents), (club.id, 500));
    assert!(!prices[0].id.0.is_nil());
    house.undo(&added).unwrap();
    assert_eq!(house.app.resources(house.id).unwrap().len(), 1);
    let taken = house.app.resource_preset(ResourceKind::Sauna, "talosauna");
    let refused = house.app.add_resource(house.id, &taken, &[]);
    assert!(matches!(refused, Err(Problem::NameTaken { .. })));
}

#[test]
fn a_price_that_changes_leaves_the_days_before() {
    let house = House::new();
    house.book(Holder::Flat(house.flats[0]), "2026-10-22T18:00:00");
    house.book(Holder::Flat(house.flats[0]), "2026-10-29T18:00:00");
    let mut prices = house.prices();
    prices[0].cents = 1500;
    let save = |from| {
        house
            .app
            .save_prices(house.id, house.sauna, &prices, &Charging::default(), day(from))
    };
    let saved = save("2026-10-29").unwrap();
    house.at("2026-11-02T10:00:00Z");
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 1250 + 1500)]);
    house.undo(&saved).unwrap();
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 2500)]);
    // On purpose it can be changed for days gone by.
    save("2026-10-01").unwrap();
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 3000)]);
    let charging = Charging {
        no_show: Fee::Percent { percent: 101 },
        ..Charging::default()
    };
    let refused = house
        .app
        .save_prices(house.id, house.sauna, &prices, &charging, day("2026-11-01"));
    assert!(matches!(refused, Err(Problem::FeeInvalid)));
}

#[test]
fn a_closed_month_stays_and_what_changes_comes_as_a_correction() {
    let house = House::new();
    house.shift(1, "2026-10-01");
    let used = house.book(Holder::Flat(house.flats[0]), "2026-10-22T18:00:00");
    house.at("2026-11-03T10:00:00Z");
    house.close("2026-10-01");
    assert_eq!(
        house.charges("2026-10-01").state,
        ChargeState::Closed {
            closed_on: day("2026-11-03"),
            due_on: Some(day("2026-11-17"))
        }
    );
    let before = house.charges("2026-10-01");
    // The sauna was out of use on a Wednesday after all, and a booking is entered afterwards.
    let out = Blackout {
        id: BlackoutId(Uuid::nil()),
        resource: house.sauna,
        span: Span {
            start: "2026-10-28T00:00:00".parse().unwrap(),
            end: "2026-10-29T00:00:00".parse().unwrap(),
        },
        weekly: None,
        reason: "Kiuas rikki".into(),
    };
    house.app.save_blackout(house.id, &out).unwrap();
    house.book(Holder::Flat(house.flats[2]), "2026-10-30T18:00:00");
    house.app.cancel_booking(house.id, used).unwrap();
    assert_eq!(
        house.charges("2026-10-01"),
        before,
        "a closed month stays as it is"
    );
    let november = house.charges("2026-11-01");
    let october = day("2026-10-01");
    let corrected: Vec<_> = november
        .accounts
        .iter()
        .flat_map(|account| &account.lines)
        .filter(|one| one.line.origin == october)
        .map(|one| {
            let charge = &one.line.charge;
            (
                charge.payer,
                charge.kind,
                charge.cost.cents,
                one.line.corrects.is_some(),
            )
        })
        .collect();
    let flat = |place: usize| Payer::Flat(house.flats[place]);
    // What was used and is taken back now was taken back too late: the fee takes the price's place.
    assert_eq!(
        corrected,
        [
            (flat(0), ChargeKind::Booking, -1250, true),
            (flat(0), ChargeKind::LateCancellation, 1250, false),
            (flat(1), ChargeKind::OutOfUse, -500, false),
            (flat(2), ChargeKind::Booking, 1250, false),
        ]
    );
    let originals: Vec<_> = before
        .accounts
        .iter()
        .flat_map(|account| account.lines.iter().map(|one| one.line.id))
        .collect();
    let named = november.accounts[0]
        .lines
        .iter()
        .find_map(|one| one.line.corrects);
    assert!(originals.contains(&named.unwrap()));
    // They are charged once: the month after has nothing left of October.
    house.at("2026-12-01T10:00:00Z");
    house.close("2026-11-01");
    let december = house.charges("2026-12-01");
    let lines = december.accounts.iter().flat_map(|account| &account.lines);
    assert!(lines.clone().all(|one| one.line.origin == day("2026-12-01")));
    // Taken back again they come back, and both lists together are what October costs now.
    let again = house
        .app
        .space_revenue(house.id, house.sauna, october, october)
        .unwrap();
    assert_eq!(again[0].cents, 2000 + 1250 - 500 + 1250);
}

#[test]
fn settings_that_change_later_put_nothing_right() {
    let house = House::new();
    let booking = house.book(Holder::Flat(house.flats[0]), "2026-10-22T11:00:00");
    house.app.cancel_booking(house.id, booking).unwrap();
    house.at("2026-11-03T10:00:00Z");
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 1250)]);
    house.close("2026-10-01");
    let half = Charging {
        late_cancel: Fee::Percent { percent: 50 },
        ..Charging::default()
    };
    let prices = house.prices();
    house
        .app
        .save_prices(house.id, house.sauna, &prices, &half, day("2026-11-03"))
        .unwrap();
    assert_eq!(house.owed("2026-11-01"), []);
    // A price that is changed for days gone by is put right by the rules of then.
    let mut dearer = prices.clone();
    dearer[0].cents = 1300;
    house
        .app
        .save_prices(house.id, house.sauna, &dearer, &half, day("2026-10-01"))
        .unwrap();
    assert_eq!(house.owed("2026-11-01"), [owes("A 1", 50)]);
}

#[test]
fn months_are_closed_in_order_once_and_after_they_are_over() {
    let house = House::new();
    let close = |month: &str| house.app.close_charges(house.id, day(month));
    assert!(matches!(close("2026-10-01"), Err(Problem::PeriodRunning { .. })));
    house.at("2026-10-31T21:59:00Z");
    assert!(matches!(close("2026-10-01"), Err(Problem::PeriodRunning { .. })));
    house.at("2026-10-31T22:00:00Z");
    let october = close("2026-10-01").unwrap();
    assert!(
        matches!(close("2026-10-31"), Err(Problem::PeriodClosed { month }) if month == day("2026-10-01"))
    );
    house.at("2027-01-15T10:00:00Z");
    assert!(matches!(close("2026-12-01"), Err(Problem::PeriodOrder { next }) if next == day("2026-11-01")));
    assert!(matches!(close("2026-09-01"), Err(Problem::PeriodOrder { .. })));
    assert_eq!(house.charges("2026-09-01").state, ChargeState::Before);
    let november = close("2026-11-01").unwrap();
    assert!(matches!(house.undo(&october), Err(Problem::PeriodFollowed)));
    house.undo(&november).unwrap();
    house.undo(&october).unwrap();
    assert_eq!(house.charges("2026-09-01").next, None);
    close("2026-12-01").unwrap();
}

#[test]
fn paid_marks_and_who_is_reminded() {
    let house = House::new();
    house.book(Holder::Flat(house.flats[0]), "2026-10-22T18:00:00");
    house.book(Holder::Flat(house.flats[1]), "2026-10-23T18:00:00");
    house.at("2026-11-03T10:00:00Z");
    let october = day("2026-10-01");
    let payers = [Payer::Flat(house.flats[0]), Payer::Flat(house.flats[1])];
    let pay = |payers: &[Payer], on| house.app.mark_paid(house.id, october, payers, on);
    let today = Some(day("2026-11-03"));
    assert!(matches!(pay(&payers, today), Err(Problem::PeriodOpen { .. })));
    let closing = house.close("2026-10-01");
    let stranger = [Payer::Flat(house.flats[2])];
    assert!(matches!(pay(&stranger, today), Err(Problem::RecordMissing)));
    let unpaid = || {
        let items = house.app.attention(house.id).unwrap();
        items.into_iter().find_map(|item| match item.kind {
            AttentionKind::ChargesUnpaid { count, cents, .. } => Some((count, cents)),
            _ => None,
        })
    };
    house.at("2026-11-17T10:00:00Z");
    assert_eq!(unpaid(), None, "it is due today");
    house.at("2026-11-18T10:00:00Z");
    assert_eq!(unpaid(), Some((2, 2500)));
    let marked = pay(&payers[..1], Some(day("2026-11-10"))).unwrap();
    assert_eq!(unpaid(), Some((1, 1250)));
    let paid: Vec<_> = house
        .charges("2026-10-01")
        .accounts
        .into_iter()
        .map(|account| account.paid_on)
        .collect();
    assert_eq!(paid, [Some(day("2026-11-10")), None]);
    // What somebody has paid is not opened again unseen.
    assert!(matches!(house.undo(&closing), Err(Problem::EditedSince { .. })));
    house.undo(&marked).unwrap();
    assert_eq!(unpaid(), Some((2, 2500)));
    pay(&payers, Some(day("2026-11-18"))).unwrap();
    assert_eq!(unpaid(), None);
    pay(&payers[..1], None).unwrap();
    assert_eq!(unpaid(), Some((1, 1250)));
    let of = house.app.charges_of(house.id, payers[1]).unwrap();
    assert_eq!(of.len(), 1);
    assert_eq!(
        (of[0].0, of[0].1.cents, of[0].1.paid_on),
        (october, 1250, Some(day("2026-11-18")))
    );
}

#[test]
fn who_does_not_follow_payments_is_not_reminded() {
    let house = House::new();
    house.book(Holder::Flat(house.flats[0]), "2026-10-22T18:00:00");
    let settings = ChargeSettings {
        due_days: None,
        ..ChargeSettings::default()
    };
    house.app.save_charge_settings(house.id, &settings).unwrap();
    house.at("2026-11-03T10:00:00Z");
    house.close("2026-10-01");
    house.at("2027-11-03T10:00:00Z");
    let items = house.app.attention(house.id).unwrap();
    let unpaid = |kind: &AttentionKind| matches!(kind, AttentionKind::ChargesUnpaid { .. });
    assert!(!items.iter().any(|item| unpaid(&item.kind)));
}

#[test]
fn reference_numbers_follow_from_series_flat_and_month_and_are_kept() {
    let house = House::new();
    for flat in &house.flats {
        house.shift_of(*flat);
    }
    let save = |base: &str, monthly| {
        let settings = ChargeSettings {
            series: ReferenceSeries {
                base: base.into(),
                monthly,
            },
            ..ChargeSettings::default()
        };
        house.app.save_charge_settings(house.id, &settings)
    };
    assert!(matches!(
        save("07", true),
        Err(Problem::SeriesInvalid { most: 7 })
    ));
    assert!(matches!(
        save("123456789012", false),
        Err(Problem::SeriesInvalid { most: 11 })
    ));
    let references = |month: &str| -> Vec<Option<String>> {
        let accounts = house.charges(month).accounts.into_iter();
        accounts.map(|account| account.reference).collect()
    };
    assert_eq!(references("2026-10-01"), [None, None, None]);
    save(" 77 01 ", true).unwrap();
    let october = references("2026-10-01");
    for text in october.iter().flatten() {
        let number: ReferenceNumber = text.parse().unwrap();
        assert!(number.as_str().starts_with("7701"));
        assert_eq!(&number.as_str()[12..16], "2610");
    }
    assert_ne!(october[0], october[1]);
    assert_ne!(references("2026-11-01"), october);
    house.at("2026-11-03T10:00:00Z");
    house.close("2026-10-01");
    save("88", false).unwrap();
    assert_eq!(references("2026-10-01"), october, "a closed month keeps its own");
    assert_eq!(references("2026-11-01"), references("2026-12-01"));
}

impl House {
    /// A standing shift of a flat, each on another hour.
    fn shift_of(&self, flat: FlatId) {
        let place = self.flats.iter().position(|one| *one == flat).unwrap() as u16;
        let shift = StandingShift {
            id: StandingShiftId(Uuid::now_v7()),
            resource: self.sauna,
            flat,
            weekday: 3,
            from: (16 + place) * 60,
            to: (17 + place) * 60,
            valid: Validity {
                from: Some(day("2026-10-01")),
                to: None,
            },
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        };
        self.app.save_standing_shift(self.id, &shift).unwrap();
    }

    fn person(&self, name: &str, non_disclosure: bool) -> ContactId {
        let edit = ContactEdit {
            details: ContactDetails {
                last_name: name.into(),
                non_disclosure,
                ..ContactDetails::default()
            },
            points: Vec::new(),
            roles: Vec::new(),
            custom: Vec::new(),
        };
        self.app.create_contact(self.id, &edit).unwrap().0
    }
}

#[test]
fn people_pay_for_themselves_and_leave_their_sums_behind() {
    let house = House::new();
    let (virta, hidden) = (house.person("Virta", false), house.person("Salattu", true));
    house.book(Holder::Contact(virta), "2026-10-22T18:00:00");
    house.book(Holder::Contact(hidden), "2026-10-23T18:00:00");
    house.book(Holder::Flat(house.flats[0]), "2026-10-23T19:00:00");
    house.at("2026-11-03T10:00:00Z");
    assert_eq!(
        house.owed("2026-10-01"),
        [owes("A 1", 1250), owes("", 1250), owes("Virta", 1250)]
    );
    house.close("2026-10-01");
    house
        .app
        .delete_contacts(house.id, &Selection::Ids(vec![virta]))
        .unwrap();
    let list = house.charges("2026-10-01");
    assert_eq!(list.cents, 3750);
    assert_eq!(list.accounts.last().unwrap().payer, Payer::Gone);
    assert_eq!(house.owed("2026-11-01"), [], "nobody is paid back for leaving");
}

#[test]
fn the_list_leaves_as_a_workbook_and_as_text() {
    let house = House::new();
    house.shift(0, "2026-10-01");
    house.book(Holder::Flat(house.flats[1]), "2026-10-22T18:00:00");
    let settings = ChargeSettings {
        series: ReferenceSeries {
            base: "123".into(),
            monthly: false,
        },
        ..ChargeSettings::default()
    };
    house.app.save_charge_settings(house.id, &settings).unwrap();
    house.at("2026-11-03T10:00:00Z");
    let path = house.folder.path().join("veloitukset.csv");
    let october = day("2026-10-01");
    assert_eq!(house.app.export_charges(house.id, october, &path).unwrap(), 2);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("Maksaja;Tila;Mistä;"), "{}", lines[0]);
    assert!(lines[1].starts_with("A 1;Talosauna;Vakiovuoro;"), "{}", lines[1]);
    assert!(lines[2].contains(";12,5;25,5;2,54;9,96;"), "{}", lines[2]);
    assert_eq!(lines.len(), 3);
    let book = house.folder.path().join("veloitukset.xlsx");
    house.app.export_charges(house.id, october, &book).unwrap();
    assert!(std::fs::metadata(&book).unwrap().len() > 4000);
    let paper = house.folder.path().join("veloitukset.pdf");
    house.app.export_charges(house.id, october, &paper).unwrap();
    assert!(std::fs::read(&paper).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn a_booking_that_nobody_came_to_is_marked_once_its_time_is_over() {
    let house = House::new();
    let booking = house.book(Holder::Flat(house.flats[0]), "2026-10-22T18:00:00");
    let half = Charging {
        no_show: Fee::Percent { percent: 50 },
        ..Charging::default()
    };
    house
        .app
        .save_prices(house.id, house.sauna, &house.prices(), &half, day("2026-10-21"))
        .unwrap();
    let mark = |came| house.app.mark_no_show(house.id, booking, came);
    house.at("2026-10-22T15:59:00Z");
    assert!(matches!(mark(false), Err(Problem::BookingNotOver)));
    house.at("2026-10-22T16:00:00Z");
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 1250)]);
    assert!(
        matches!(mark(true), Err(Problem::RecordMissing)),
        "it has no mark"
    );
    let marked = mark(false).unwrap();
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 625)]);
    assert!(matches!(mark(false), Err(Problem::RecordMissing)));
    house.undo(&marked).unwrap();
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 1250)]);
    mark(false).unwrap();
    mark(true).unwrap();
    assert_eq!(house.owed("2026-10-01"), [owes("A 1", 1250)]);
}
