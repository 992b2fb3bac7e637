use super::*;
use crate::bookings::charging::{Charging, Fee, PartialMonth};
use crate::bookings::price_list::{charging_is_sound, is_sound, revised};

pub(super) fn price(n: u128, cents: i64) -> Price {
    Price {
        id: PriceId(Uuid::from_u128(n)),
        resource: ResourceId(Uuid::from_u128(1)),
        valid: Validity::default(),
        part: None,
        weekdays: [true; 7],
        from: 0,
        to: DAY,
        longest: None,
        price_for: PriceFor::Everyone,
        unit: PriceUnit::Turn,
        cents,
        vat_tenths: 255,
    }
}

fn ids() -> impl FnMut() -> PriceId {
    let mut next = 1000;
    move || {
        next += 1;
        PriceId(Uuid::from_u128(next))
    }
}

fn cents(prices: &[Price], date: NaiveDate) -> Option<i64> {
    let span = Span::of_day(date, CLOCK(18), CLOCK(19));
    cost_of(prices, &span, true).map(|cost| cost.cents)
}

#[test]
fn a_new_price_holds_from_its_day_and_leaves_the_day_before() {
    let old = [price(1, 500)];
    let new = [price(1, 800)];
    let from = day("2026-11-01");
    let list = revised(&old, &new, from, ids());
    assert_eq!(list.len(), 2);
    for (date, expected) in [
        ("2026-10-31", 500),
        ("2026-11-01", 800),
        ("2026-11-02", 800),
        ("2020-01-01", 500),
    ] {
        assert_eq!(cents(&list, day(date)), Some(expected), "{date}");
    }
    // Once more on the same day: what never held leaves no trace.
    let mut again: Vec<Price> = list
        .iter()
        .filter(|one| one.valid.to.is_none())
        .cloned()
        .collect();
    again[0].cents = 900;
    let kept = list[0].clone();
    let wanted = [kept, again[0].clone()];
    let list = revised(&list, &wanted, from, ids());
    assert_eq!(list.len(), 2);
    assert_eq!(cents(&list, day("2026-11-01")), Some(900));
    assert_eq!(cents(&list, day("2026-10-31")), Some(500));
}

#[test]
fn a_price_that_goes_ends_the_day_before_and_one_that_comes_begins_on_the_day() {
    let from = day("2026-11-01");
    let gone = revised(&[price(1, 500)], &[], from, ids());
    assert_eq!(cents(&gone, day("2026-10-31")), Some(500));
    let came = revised(&[], &[price(2, 700)], from, ids());
    // Before there was a price it was free, and after the last one ended it is free no more.
    assert_eq!(came[0].valid.from, Some(from));
    assert_eq!(came[0].id, price(2, 0).id);
}

#[test]
fn what_is_the_same_stays_the_same_row() {
    let old = [price(1, 500), price(2, 900)];
    assert_eq!(revised(&old, &old, day("2026-11-01"), ids()), old);
    // An end that lies ahead touches nothing before it.
    let mut ends = old.to_vec();
    ends[0].valid.to = Some(day("2026-12-31"));
    assert_eq!(revised(&old, &ends, day("2026-11-01"), ids()), ends);
}

#[test]
fn an_exception_keeps_its_place_above_the_usual_price() {
    let mut saturday = price(1, 1500);
    saturday.weekdays = [false, false, false, false, false, true, false];
    let old = [saturday.clone(), price(2, 1000)];
    let mut dearer = saturday;
    dearer.cents = 1800;
    let list = revised(&old, &[dearer, price(2, 1000)], day("2026-11-01"), ids());
    assert_eq!(cents(&list, day("2026-10-31")), Some(1500));
    assert_eq!(cents(&list, day("2026-11-07")), Some(1800));
    assert_eq!(cents(&list, day("2026-11-06")), Some(1000));
}

#[test]
fn lines_that_cannot_be_meant() {
    let good = price(1, 0);
    assert!(is_sound(&good));
    let wrong: [fn(&mut Price); 8] = [
        |price| price.cents = -1,
        |price| price.cents = 100_000_001,
        |price| price.vat_tenths = 501,
        |price| price.weekdays = [false; 7],
        |price| price.from = price.to,
        |price| price.to = DAY + 1,
        |price| price.longest = Some(0),
        |price| {
            price.valid = Validity {
                from: Some(day("2026-01-02")),
                to: Some(day("2026-01-01")),
            }
        },
    ];
    for (place, spoil) in wrong.iter().enumerate() {
        let mut price = good.clone();
        spoil(&mut price);
        assert!(!is_sound(&price), "case {place}");
    }
    let right: [fn(&mut Price); 4] = [
        |price| price.cents = 100_000_000,
        |price| price.vat_tenths = 500,
        |price| price.longest = Some(1),
        |price| {
            price.valid = Validity {
                from: Some(day("2026-01-01")),
                to: Some(day("2026-01-01")),
            }
        },
    ];
    for (place, limit) in right.iter().enumerate() {
        let mut price = good.clone();
        limit(&mut price);
        assert!(is_sound(&price), "case {place}");
    }
}

#[test]
fn fees_stay_between_nothing_and_the_price() {
    let fee = |fee| {
        charging_is_sound(&Charging {
            late_cancel: fee,
            ..Charging::default()
        })
    };
    assert!(fee(Fee::Percent { percent: 0 }) && fee(Fee::Percent { percent: 100 }));
    assert!(!fee(Fee::Percent { percent: 101 }));
    let amount = |cents| Fee::Amount { cents, vat_tenths: 0 };
    assert!(fee(amount(0)) && fee(amount(1)));
    assert!(!fee(amount(-1)));
    let cost = Cost::of(1255, 255);
    assert_eq!(
        Fee::Percent { percent: 50 }.of(cost),
        Cost::of(628, 255),
        "half a cent counts up"
    );
    assert_eq!(Fee::Percent { percent: 0 }.of(cost).cents, 0);
    assert_eq!(Fee::default().of(cost), cost);
    assert_eq!(amount(500).of(cost), Cost::of(500, 0));
    assert_eq!(Charging::default().partial_month, PartialMonth::ByDays);
}

prop_compose! {
    fn any_price()(
        id in 1u128..6,
        cents in 1i64..5,
        from in proptest::option::of(0u64..60),
        length in proptest::option::of(0u64..60),
        weekdays in proptest::array::uniform7(any::<bool>()),
    ) -> Price {
        let date = |days: u64| day("2026-01-01") + Days::new(days);
        Price {
            valid: Validity {
                from: from.map(date),
                to: length.map(|length| date(from.unwrap_or(0) + length)),
            },
            weekdays,
            ..price(id, cents)
        }
    }
}

fn any_list() -> impl Strategy<Value = Vec<Price>> {
    proptest::collection::vec(any_price(), 0..5).prop_map(|mut list| {
        let mut seen = BTreeSet::new();
        list.retain(|price| seen.insert(price.id));
        list
    })
}

proptest! {
    /// Whatever is written, every day before keeps the price of the old list and every day from then on has that of the new one.
    #[test]
    fn a_revised_list_is_the_old_one_before_and_the_new_one_after(
        old in any_list(),
        new in any_list(),
        days in 0u64..90,
    ) {
        let first = |list: &[Price], date| {
            let span = Span::of_day(date, CLOCK(18), CLOCK(19));
            list.iter().find(|price| price.fits(&span, true)).map(|price| price.cents)
        };
        let from = day("2026-01-01") + Days::new(days);
        let list = revised(&old, &new, from, ids());
        for date in super::super::time::dates(day("2025-12-20"), day("2026-06-01")) {
            let by = if date < from { &old } else { &new };
            prop_assert_eq!(first(&list, date), first(by, date), "{}", date);
        }
        let all: BTreeSet<PriceId> = list.iter().map(|price| price.id).collect();
        prop_assert_eq!(all.len(), list.len(), "every line has an id of its own");
    }
}
