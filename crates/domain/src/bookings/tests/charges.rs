use super::prices::price;
use super::*;
use crate::bookings::charge::{
    Charge, ChargeKind, Payer, charges, is_over, last_day, month_after, month_of, unpriced, vat_totals,
};
use crate::bookings::charge_period::{ChargeLine, corrections, looks_back_to, own_lines};
use crate::bookings::charging::{Charging, Fee, PartialMonth};
use crate::id::ContactId;

/// Of October 2026, whose Wednesdays are the 7th, 14th, 21st and 28th.
const OCTOBER: &str = "2026-10-01";

struct House {
    resource: Resource,
    standing: Vec<StandingShift>,
    skipped: Vec<SkippedTurn>,
    bookings: Vec<Booking>,
    blackouts: Vec<Blackout>,
    prices: Vec<Price>,
}

impl House {
    fn new(prices: Vec<Price>) -> Self {
        Self {
            resource: sauna(),
            standing: Vec::new(),
            skipped: Vec::new(),
            bookings: Vec::new(),
            blackouts: Vec::new(),
            prices,
        }
    }

    fn charges(&self, month: &str, now: &str) -> Vec<Charge> {
        charges(&self.schedule(now), day(month))
    }

    fn schedule(&self, now: &str) -> Schedule<'_> {
        Schedule {
            resource: &self.resource,
            zone: Helsinki,
            standing: &self.standing,
            skipped: &self.skipped,
            bookings: &self.bookings,
            blackouts: &self.blackouts,
            prices: &self.prices,
            waiting: &[],
            now: wall(now),
        }
    }

    /// Kinds with their cents, long after the month.
    fn of_october(&self) -> Vec<(ChargeKind, i64)> {
        let found = self.charges(OCTOBER, "2027-01-01 00:00");
        found
            .iter()
            .map(|charge| (charge.kind, charge.cost.cents))
            .collect()
    }
}

fn booked(n: u128, holder: Holder, start: &str, status: BookingStatus) -> Booking {
    Booking {
        id: BookingId(Uuid::from_u128(n)),
        resource: ResourceId(Uuid::from_u128(1)),
        holder,
        span: span(start, 60),
        status,
        extra: false,
        override_reason: String::new(),
        note: String::new(),
    }
}

/// Wednesdays 18–19.
fn shift(from: Option<&str>, to: Option<&str>) -> StandingShift {
    StandingShift {
        id: StandingShiftId(Uuid::from_u128(70)),
        resource: ResourceId(Uuid::from_u128(1)),
        flat: flat(7),
        weekday: 2,
        from: CLOCK(18),
        to: CLOCK(19),
        valid: Validity {
            from: from.map(day),
            to: to.map(day),
        },
        every_weeks: 1,
        pauses: Vec::new(),
        note: String::new(),
    }
}

fn monthly(cents: i64) -> Price {
    Price {
        unit: PriceUnit::Month,
        ..price(50, cents)
    }
}

fn with_shift(shift: StandingShift, cents: i64) -> House {
    let mut house = House::new(vec![monthly(cents)]);
    house.standing = vec![shift];
    house
}

#[test]
fn a_booking_is_charged_when_its_time_is_over() {
    let mut house = House::new(vec![price(1, 1250)]);
    house.bookings = vec![booked(
        1,
        Holder::Flat(flat(7)),
        "2026-10-21 18:00",
        BookingStatus::Booked,
    )];
    for (now, charged) in [
        ("2026-10-21 18:30", 0),
        ("2026-10-21 18:59", 0),
        ("2026-10-21 19:00", 1),
        ("2026-10-22 00:00", 1),
    ] {
        assert_eq!(house.charges(OCTOBER, now).len(), charged, "{now}");
    }
    let charge = house.charges(OCTOBER, "2026-10-21 19:00")[0];
    assert_eq!(charge.payer, Payer::Flat(flat(7)));
    assert_eq!(charge.cost, Cost::of(1250, 255));
}

#[test]
fn a_booking_belongs_to_the_month_it_begins_in() {
    let mut house = House::new(vec![price(1, 1000)]);
    let starts = [
        "2026-09-30 23:59",
        "2026-10-01 00:00",
        "2026-10-31 23:30",
        "2026-11-01 00:00",
    ];
    house.bookings = starts
        .iter()
        .zip(1..)
        .map(|(start, n)| booked(n, Holder::Flat(flat(7)), start, BookingStatus::Booked))
        .collect();
    let found = house.charges(OCTOBER, "2026-12-01 00:00");
    let sources: Vec<_> = found.iter().map(|charge| charge.source.as_u128()).collect();
    assert_eq!(sources, [2, 3]);
}

#[test]
fn what_each_status_costs() {
    let fee = |late_cancel, no_show| Charging {
        late_cancel,
        no_show,
        ..Charging::default()
    };
    let half = Fee::Percent { percent: 50 };
    let nothing = Fee::Percent { percent: 0 };
    let five = Fee::Amount {
        cents: 500,
        vat_tenths: 0,
    };
    use BookingStatus::{Booked, Cancelled, CancelledLate, Displaced, NoShow};
    for (status, charging, expected) in [
        (Booked, fee(nothing, nothing), Some((ChargeKind::Booking, 1255))),
        (Cancelled, Charging::default(), None),
        (Displaced, Charging::default(), None),
        (
            CancelledLate,
            Charging::default(),
            Some((ChargeKind::LateCancellation, 1255)),
        ),
        (
            CancelledLate,
            fee(half, nothing),
            Some((ChargeKind::LateCancellation, 628)),
        ),
        (CancelledLate, fee(nothing, half), None),
        (NoShow, Charging::default(), Some((ChargeKind::NoShow, 1255))),
        (NoShow, fee(half, five), Some((ChargeKind::NoShow, 500))),
        (NoShow, fee(half, nothing), None),
    ] {
        let mut house = House::new(vec![price(1, 1255)]);
        house.resource.limits.charging = charging;
        house.bookings = vec![booked(1, Holder::Flat(flat(7)), "2026-10-21 18:00", status)];
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(house.of_october(), expected, "{status:?} {charging:?}");
    }
}

#[test]
fn the_house_pays_nothing_and_others_pay_as_others() {
    let mut outsiders = price(1, 3000);
    outsiders.price_for = PriceFor::Outsiders;
    let mut residents = price(2, 1000);
    residents.price_for = PriceFor::Residents;
    let mut house = House::new(vec![outsiders, residents]);
    let contact = ContactId(Uuid::from_u128(5));
    house.bookings = vec![
        booked(1, Holder::House, "2026-10-21 16:00", BookingStatus::Booked),
        booked(
            2,
            Holder::Contact(contact),
            "2026-10-21 17:00",
            BookingStatus::Booked,
        ),
        booked(
            3,
            Holder::Flat(flat(7)),
            "2026-10-21 18:00",
            BookingStatus::Booked,
        ),
    ];
    let found = house.charges(OCTOBER, "2026-11-01 00:00");
    let said: Vec<_> = found
        .iter()
        .map(|charge| (charge.payer, charge.cost.cents))
        .collect();
    assert_eq!(
        said,
        [(Payer::Contact(contact), 3000), (Payer::Flat(flat(7)), 1000)]
    );
}

#[test]
fn the_price_is_that_of_the_day() {
    let mut until = price(1, 1000);
    until.valid.to = Some(day("2026-10-20"));
    let mut since = price(2, 2000);
    since.valid.from = Some(day("2026-10-21"));
    let mut house = House::new(vec![until, since]);
    let starts = ["2026-10-20 18:00", "2026-10-21 18:00"];
    house.bookings = starts
        .iter()
        .zip(1..)
        .map(|(start, n)| booked(n, Holder::Flat(flat(7)), start, BookingStatus::Booked))
        .collect();
    assert_eq!(
        house.of_october(),
        [(ChargeKind::Booking, 1000), (ChargeKind::Booking, 2000)]
    );
}

#[test]
fn first_and_last_months_of_a_standing_shift() {
    use PartialMonth::{ByDays, Full, Half};
    // Of 31 days and four Wednesdays; 31.00 € make a euro a day.
    for (from, to, rule, expected) in [
        (None, None, ByDays, 3100),
        (Some("2026-10-01"), None, ByDays, 3100),
        (Some("2026-09-30"), None, Half, 3100),
        (Some("2026-10-02"), None, ByDays, 3000),
        (Some("2026-10-02"), None, Half, 1550),
        (Some("2026-10-02"), None, Full, 3100),
        (Some("2026-10-28"), None, ByDays, 400),
        (None, Some("2026-10-31"), Half, 3100),
        (None, Some("2026-10-30"), ByDays, 3000),
        (None, Some("2026-10-30"), Half, 1550),
        (None, Some("2026-10-07"), ByDays, 700),
        (Some("2026-10-14"), Some("2026-10-14"), ByDays, 100),
        (Some("2026-10-14"), Some("2026-10-20"), Half, 1550),
    ] {
        let mut house = with_shift(shift(from, to), 3100);
        house.resource.limits.charging.partial_month = rule;
        assert_eq!(
            house.of_october(),
            [(ChargeKind::Month, expected)],
            "{from:?} {to:?} {rule:?}"
        );
    }
}

#[test]
fn a_shift_that_does_not_come_costs_nothing() {
    for (from, to) in [
        (Some("2026-10-29"), None),
        (None, Some("2026-10-06")),
        (Some("2026-11-01"), None),
        (None, Some("2026-09-30")),
    ] {
        let house = with_shift(shift(from, to), 3100);
        assert_eq!(house.of_october(), [], "{from:?} {to:?}");
    }
    let mut free = with_shift(shift(None, None), 3100);
    free.prices = vec![price(1, 1000)];
    assert_eq!(free.of_october(), [], "no price is for months");
    let mut rests = with_shift(shift(None, None), 3100);
    rests.standing[0].pauses = vec![Validity {
        from: Some(day("2026-10-01")),
        to: None,
    }];
    assert_eq!(rests.of_october(), [], "it rests all month");
}

#[test]
fn turns_that_the_flat_could_not_have_are_given_back() {
    let skip = |date: &str, reason| SkippedTurn {
        shift: StandingShiftId(Uuid::from_u128(70)),
        date: day(date),
        reason,
    };
    let mut house = with_shift(shift(None, None), 1000);
    house.skipped = vec![
        skip("2026-10-07", SkipReason::Yielded),
        skip("2026-10-14", SkipReason::GivenUp),
        skip("2026-11-04", SkipReason::Yielded),
    ];
    assert_eq!(
        house.of_october(),
        [(ChargeKind::Month, 1000), (ChargeKind::Yielded, -250)]
    );
    // Out of use until the beginning of a turn, and over it.
    let out = |until: &str| Blackout {
        id: BlackoutId(Uuid::nil()),
        resource: ResourceId(Uuid::from_u128(1)),
        span: Span {
            start: wall("2026-10-20 00:00"),
            end: wall(until),
        },
        weekly: None,
        reason: String::new(),
    };
    house.blackouts = vec![out("2026-10-21 18:00")];
    assert_eq!(house.of_october().len(), 2);
    house.blackouts = vec![out("2026-10-21 18:01")];
    assert_eq!(
        house.of_october(),
        [
            (ChargeKind::Month, 1000),
            (ChargeKind::OutOfUse, -250),
            (ChargeKind::Yielded, -250)
        ]
    );
    // It lasts from the month before into the month after.
    house.blackouts[0].span = Span {
        start: wall("2026-08-15 00:00"),
        end: wall("2026-11-15 00:00"),
    };
    let back: i64 = house.of_october().iter().map(|(_, cents)| cents).sum();
    assert_eq!(back, 250, "what the flat gave up by itself it pays");
}

#[test]
fn shares_of_a_month_add_up_to_the_month() {
    // Five Thursdays in October 2026; ten cents, a third of which is no cent.
    let mut house = with_shift(shift(None, None), 10);
    house.standing[0].weekday = 3;
    house.standing[0].pauses = vec![Validity {
        from: Some(day("2026-10-29")),
        to: None,
    }];
    let thursdays = ["2026-10-01", "2026-10-08", "2026-10-15"];
    house.skipped = thursdays
        .iter()
        .map(|date| SkippedTurn {
            shift: StandingShiftId(Uuid::from_u128(70)),
            date: day(date),
            reason: SkipReason::Yielded,
        })
        .collect();
    house.blackouts = vec![Blackout {
        id: BlackoutId(Uuid::nil()),
        resource: ResourceId(Uuid::from_u128(1)),
        span: span("2026-10-22 18:00", 60),
        weekly: None,
        reason: String::new(),
    }];
    let all: i64 = house.of_october().iter().map(|(_, cents)| cents).sum();
    assert_eq!(all, 0);
}

#[test]
fn a_weekly_blackout_counts_on_each_of_its_days() {
    let mut house = with_shift(shift(None, None), 1000);
    house.blackouts = vec![Blackout {
        id: BlackoutId(Uuid::nil()),
        resource: ResourceId(Uuid::from_u128(1)),
        span: span("2026-09-02 18:00", 60),
        weekly: Some(Validity {
            from: None,
            to: Some(day("2026-10-14")),
        }),
        reason: String::new(),
    }];
    assert_eq!(
        house.of_october(),
        [(ChargeKind::Month, 1000), (ChargeKind::OutOfUse, -500)]
    );
}

#[test]
fn a_month_has_a_price_of_its_weekday_hour_and_first_day() {
    let fits = |change: fn(&mut Price)| {
        let mut house = with_shift(shift(Some("2026-10-07"), None), 1000);
        change(&mut house.prices[0]);
        !house.of_october().is_empty()
    };
    assert!(fits(|_| {}));
    assert!(fits(|price| price.price_for = PriceFor::Residents));
    assert!(!fits(|price| price.price_for = PriceFor::Outsiders));
    assert!(!fits(|price| price.weekdays[2] = false));
    assert!(fits(|price| price.from = CLOCK(18)));
    assert!(!fits(|price| price.from = CLOCK(18) + 1));
    assert!(!fits(|price| price.to = CLOCK(18)));
    assert!(fits(|price| price.longest = Some(60)));
    assert!(!fits(|price| price.longest = Some(59)));
    assert!(fits(|price| price.valid.from = Some(day("2026-10-07"))));
    assert!(!fits(|price| price.valid.from = Some(day("2026-10-08"))));
    assert!(fits(|price| price.valid.to = Some(day("2026-10-07"))));
    assert!(!fits(|price| price.valid.to = Some(day("2026-10-06"))));
}

#[test]
fn months_and_their_ends() {
    assert_eq!(month_of(day("2026-10-31")), day("2026-10-01"));
    assert_eq!(month_after(day("2026-12-01")), day("2027-01-01"));
    assert_eq!(last_day(day("2028-02-01")), day("2028-02-29"));
    assert!(!is_over(day(OCTOBER), wall("2026-10-31 23:59")));
    assert!(is_over(day(OCTOBER), wall("2026-11-01 00:00")));
    assert_eq!(looks_back_to(day("2027-02-01")), day("2026-02-01"));
}

fn charge(source: u128, cents: i64) -> Charge {
    Charge {
        payer: Payer::Flat(flat(7)),
        resource: ResourceId(Uuid::from_u128(1)),
        kind: ChargeKind::Booking,
        source: Uuid::from_u128(source),
        span: span("2026-10-21 18:00", 60),
        turns: (1, 1),
        cost: Cost::of(cents, 255),
    }
}

#[test]
fn what_changes_later_is_a_difference_that_names_its_line() {
    let (october, november) = (day(OCTOBER), day("2026-11-01"));
    let kept = own_lines(october, [charge(1, 1250), charge(2, 800)]);
    let right = |now: &[Charge]| corrections(november, october, &kept, now);
    assert_eq!(right(&[charge(1, 1250), charge(2, 800)]), []);
    // Dearer, cheaper, gone, new.
    for (now, expected) in [
        (vec![charge(1, 1300), charge(2, 800)], (50, Some(kept[0].id))),
        (vec![charge(1, 1250), charge(2, 799)], (-1, Some(kept[1].id))),
        (vec![charge(2, 800)], (-1250, Some(kept[0].id))),
        (vec![charge(1, 1250), charge(2, 800), charge(3, 400)], (400, None)),
    ] {
        let found = right(&now);
        let said: Vec<_> = found
            .iter()
            .map(|line| (line.charge.cost.cents, line.corrects))
            .collect();
        assert_eq!(said, [expected]);
        assert_eq!(found[0].origin, october);
    }
    // Another VAT rate is another line, and the first one is taken back.
    let mut other = charge(1, 1250);
    other.cost = Cost::of(1250, 140);
    let found = right(&[other, charge(2, 800)]);
    assert_eq!(found.len(), 2);
    assert_eq!(found.iter().map(|line| line.charge.cost.cents).sum::<i64>(), 0);
}

#[test]
fn who_left_the_register_is_not_charged_again() {
    let mut kept = own_lines(day(OCTOBER), [charge(1, 1250)]);
    kept[0].charge.payer = Payer::Gone;
    assert_eq!(corrections(day("2026-11-01"), day(OCTOBER), &kept, &[]), []);
}

prop_compose! {
    fn any_charges()(costs in proptest::collection::btree_map(1u128..8, (1i64..5000, 0usize..4), 0..7)) -> Vec<Charge> {
        costs
            .into_iter()
            .map(|(source, (cents, rate))| Charge {
                cost: Cost::of(cents - 1000, [0, 140, 100, 255][rate]),
                ..charge(source, 0)
            })
            .collect()
    }
}

proptest! {
    /// Whatever is altered after each closing, all lists together charge exactly what the month costs at last, by VAT rate and to the
    /// cent.
    #[test]
    fn closing_and_corrections_lose_no_cent(states in proptest::collection::vec(any_charges(), 1..6)) {
        let origin = day(OCTOBER);
        let mut period = origin;
        let mut kept: Vec<ChargeLine> = own_lines(origin, states[0].clone());
        for now in &states[1..] {
            period = month_after(period);
            let lines = corrections(period, origin, &kept, now);
            let of_closed: Vec<_> = kept.iter().map(|line| line.id).collect();
            for line in &lines {
                prop_assert!(line.corrects.is_none_or(|first| of_closed.contains(&first)));
            }
            kept.extend(lines);
            prop_assert_eq!(corrections(month_after(period), origin, &kept, now), vec![]);
        }
        let ids: BTreeSet<_> = kept.iter().map(|line| line.id).collect();
        prop_assert_eq!(ids.len(), kept.len());
        let all = |costs: Vec<Cost>| {
            let mut totals = vat_totals(costs);
            totals.retain(|total| (total.cents, total.vat_cents) != (0, 0));
            totals
        };
        prop_assert_eq!(
            all(kept.iter().map(|line| line.charge.cost).collect()),
            all(states[states.len() - 1].iter().map(|charge| charge.cost).collect())
        );
    }

    /// The total is the sum of the lines, and of each rate net and VAT make the gross.
    #[test]
    fn totals_add_up_to_the_cent(charges in any_charges()) {
        let totals = vat_totals(charges.iter().map(|charge| charge.cost));
        let sum = |of: fn(&Cost) -> i64| charges.iter().map(|charge| of(&charge.cost)).sum::<i64>();
        prop_assert_eq!(totals.iter().map(|total| total.cents).sum::<i64>(), sum(|cost| cost.cents));
        prop_assert_eq!(totals.iter().map(|total| total.vat_cents).sum::<i64>(), sum(|cost| cost.vat_cents));
        for total in totals {
            prop_assert_eq!(total.net_cents + total.vat_cents, total.cents);
        }
    }

    /// What is given back of a month is never more than the month, and all of it where no turn was left.
    #[test]
    fn credits_never_exceed_the_month(
        cents in 1i64..100_000,
        missed in proptest::collection::vec(0u8..4, 4),
    ) {
        let mut house = with_shift(shift(None, None), cents);
        for (kind, date) in missed.iter().zip(["2026-10-07", "2026-10-14", "2026-10-21", "2026-10-28"]) {
            match kind {
                1 => house.skipped.push(SkippedTurn {
                    shift: StandingShiftId(Uuid::from_u128(70)),
                    date: day(date),
                    reason: SkipReason::Yielded,
                }),
                2 => house.blackouts.push(Blackout {
                    id: BlackoutId(Uuid::nil()),
                    resource: ResourceId(Uuid::from_u128(1)),
                    span: span(&format!("{date} 10:00"), 600),
                    weekly: None,
                    reason: String::new(),
                }),
                3 => house.standing[0].pauses.push(Validity { from: Some(day(date)), to: Some(day(date)) }),
                _ => {}
            }
        }
        let found = house.of_october();
        let left: i64 = found.iter().map(|(_, cents)| cents).sum();
        let gone = missed.iter().filter(|kind| **kind != 0).count() as i64;
        let exact = cents * (4 - gone);
        prop_assert!((left * 4 - exact).abs() <= 2, "{left} of {cents}");
        prop_assert_eq!(found.iter().filter(|(_, cents)| *cents > 0).count() <= 1, true);
    }
}

#[test]
fn a_standing_shift_without_a_price_is_told_where_others_pay_by_the_month() {
    let prices = |weekday: usize, unit| {
        let mut weekdays = [false; 7];
        weekdays[weekday] = true;
        vec![Price {
            weekdays,
            unit,
            ..monthly(2000)
        }]
    };
    // Wednesday is day 2.
    for (list, from, to, told) in [
        (prices(2, PriceUnit::Month), None, None, 0),
        (prices(3, PriceUnit::Month), None, None, 1),
        (prices(3, PriceUnit::Month), Some("2026-11-01"), None, 0),
        (prices(3, PriceUnit::Month), None, Some("2026-10-06"), 0),
        (prices(3, PriceUnit::Month), None, Some("2026-10-07"), 1),
        (prices(3, PriceUnit::Month), Some("2026-10-29"), None, 0),
        (prices(3, PriceUnit::Turn), None, None, 0),
        (Vec::new(), None, None, 0),
    ] {
        let mut house = House::new(list);
        house.standing = vec![shift(from, to)];
        let schedule = house.schedule("2027-01-01 00:00");
        assert_eq!(
            unpriced(&schedule, day(OCTOBER)).len(),
            told,
            "{from:?} {to:?} {:?}",
            house.prices
        );
    }
}
