//! What is free where lengths are free, whom a change would hit, and which settings make sense.

use super::*;
use crate::bookings::impact::{HitOf, who_is_hit};
use crate::bookings::time::MonthDay;

/// A club room: every day 8–23, from half an hour to half an hour, one to twelve hours, a pause of half an hour.
fn club() -> House {
    let mut house = House::new();
    let season = house.season();
    season.weekdays = std::array::from_fn(|_| {
        vec![Hours {
            from: CLOCK(8),
            to: CLOCK(23),
        }]
    });
    season.turns = Turns::Free {
        step: 30,
        least: 60,
        most: 720,
        buffer: 30,
    };
    house
}

fn said(spans: &[Span]) -> Vec<String> {
    let clock = |time: NaiveDateTime| time.format("%H:%M");
    spans
        .iter()
        .map(|span| {
            format!(
                "{} {}–{}",
                span.date().format("%d"),
                clock(span.start),
                clock(span.end)
            )
        })
        .collect()
}

#[test]
fn where_lengths_are_free_the_stretches_between_bookings_are() {
    let mut house = club();
    let gaps = |house: &House, date| said(&house.schedule().gaps(day(date)));
    assert_eq!(gaps(&house, "2026-10-22"), ["22 08:00–23:00"]);
    house.put(1, span("2026-10-22 10:00", 120));
    // Half an hour of cleaning before and after it.
    assert_eq!(gaps(&house, "2026-10-22"), ["22 08:00–09:30", "22 12:30–23:00"]);
    // What is shorter than the shortest booking is no room.
    house.put(2, span("2026-10-22 13:00", 60));
    assert_eq!(gaps(&house, "2026-10-22"), ["22 08:00–09:30", "22 14:30–23:00"]);
    house.put(3, span("2026-10-22 16:00", 60));
    assert_eq!(
        gaps(&house, "2026-10-22"),
        ["22 08:00–09:30", "22 14:30–15:30", "22 17:30–23:00"]
    );
    // A time out of use needs no pause.
    house.blackout(span("2026-10-22 20:00", 180));
    assert_eq!(
        gaps(&house, "2026-10-22"),
        ["22 08:00–09:30", "22 14:30–15:30", "22 17:30–20:00"]
    );
    // Today only what is to come, from the next step on.
    house.now = wall("2026-10-23 17:10");
    assert_eq!(gaps(&house, "2026-10-23"), ["23 17:30–23:00"]);
    house.now = wall("2026-10-23 17:30");
    assert_eq!(gaps(&house, "2026-10-23"), ["23 18:00–23:00"]);
    assert!(
        House::new().schedule().gaps(day("2026-10-22")).is_empty(),
        "a sauna has turns"
    );
}

#[test]
fn times_like_the_wanted_one_are_as_long_and_as_near() {
    let mut house = club();
    house.put(1, span("2026-10-22 10:00", 120));
    let like = |house: &House, wanted, from, to| said(&house.schedule().like(&wanted, day(from), day(to)));
    assert_eq!(
        like(&house, span("2026-10-22 11:00", 120), "2026-10-22", "2026-10-23"),
        // The stretch before is too short for two hours.
        ["22 12:30–14:30", "23 11:00–13:00"]
    );
    assert_eq!(
        like(&house, span("2026-10-22 22:00", 60), "2026-10-22", "2026-10-22"),
        ["22 08:30–09:30", "22 22:00–23:00"]
    );
    let mut nights = House::new();
    nights.season().weekdays = club().season().weekdays.clone();
    nights.season().turns = Turns::Nights {
        arrive: CLOCK(15),
        leave: CLOCK(12),
        least: 1,
        most: 7,
    };
    nights.put(1, span("2026-10-23 15:00", 21 * 60));
    assert_eq!(
        like(
            &nights,
            span("2026-10-22 15:00", 45 * 60),
            "2026-10-22",
            "2026-10-24"
        ),
        ["24 15:00–12:00"]
    );
}

proptest! {
    #[test]
    fn whoever_takes_a_piece_of_a_gap_may_have_it(
        taken in proptest::collection::vec((0_i64..28, 1_i64..8), 0..6), start in 0_i64..28, steps in 2_i64..8,
    ) {
        let mut house = club();
        for (of, (from, length)) in taken.into_iter().enumerate() {
            let wanted = span("2026-10-22 08:00", 30 * length);
            let later = chrono::Duration::minutes(30 * from);
            let wanted = Span { start: wanted.start + later, end: wanted.end + later };
            if house.schedule().in_the_way(&wanted, None).is_none() {
                house.put(of as u128 + 10, wanted);
            }
        }
        let later = chrono::Duration::minutes(30 * start);
        let wanted = span("2026-10-22 08:00", 30 * steps);
        let wanted = Span { start: wanted.start + later, end: wanted.end + later };
        let in_a_gap = house.schedule().gaps(day("2026-10-22")).iter().any(|gap| gap.contains(&wanted));
        prop_assert_eq!(in_a_gap, house.ask(1, wanted).is_ok());
    }
}

/// Who is hit as "1 2026-10-28 17:00 ×60 closed" when a house becomes another.
fn hits(before: &House, after: &House) -> Vec<String> {
    let told = |hit: crate::bookings::impact::Hit| {
        let Holder::Flat(FlatId(id)) = hit.holder else {
            panic!("only flats")
        };
        let code = serde_json::to_value(&hit.why).unwrap()["code"].clone();
        let of = match hit.what {
            HitOf::Booking(_) => "booking",
            HitOf::Standing(_) => "shift",
        };
        format!(
            "{} {of} {} ×{} {}",
            id.as_u128(),
            hit.first.start.format("%m-%d %H"),
            hit.times,
            code.as_str().unwrap()
        )
    };
    who_is_hit(&before.schedule(), &after.schedule())
        .into_iter()
        .map(told)
        .collect()
}

#[test]
fn a_change_tells_whom_it_would_hit() {
    let build = || {
        let mut house = House::new();
        house.put(1, span("2026-10-22 18:00", 60));
        house.put(2, span("2026-10-23 21:00", 60));
        house.put(3, span("2026-10-15 21:00", 60));
        house.shift(4);
        house
    };
    let before = build();
    assert!(hits(&before, &build()).is_empty(), "nothing changes");

    let mut maintenance = build();
    maintenance.blackout(span("2026-10-22 00:00", 24 * 60));
    assert_eq!(
        hits(&before, &maintenance),
        ["1 booking 10-22 18 ×1 out_of_use"],
        "one day"
    );

    let mut weekly = build();
    weekly.blackouts.push(Blackout {
        id: BlackoutId(Uuid::from_u128(9)),
        resource: weekly.resource.id,
        span: span("2026-10-28 16:00", 120),
        weekly: Some(Validity {
            from: None,
            to: Some(day("2026-11-18")),
        }),
        reason: "Siivous".into(),
    });
    assert_eq!(
        hits(&before, &weekly),
        ["4 shift 10-28 17 ×4 out_of_use"],
        "four Wednesdays"
    );

    let mut shorter = build();
    for hours in &mut shorter.season().weekdays {
        for hours in hours {
            hours.to = CLOCK(21);
        }
    }
    assert_eq!(
        hits(&before, &shorter),
        ["2 booking 10-23 21 ×1 closed"],
        "what has been is left alone"
    );

    let mut closed = build();
    closed.season().weekdays[2].clear();
    // Sixty weeks from today on, this evening's among them.
    assert_eq!(hits(&before, &closed), ["4 shift 10-21 17 ×61 closed"]);

    let mut longer = build();
    longer.season().turns = Turns::Fixed {
        minutes: 90,
        buffer: 0,
    };
    assert_eq!(
        hits(&before, &longer),
        [
            "4 shift 10-21 17 ×61 not_a_turn",
            "1 booking 10-22 18 ×1 not_a_turn",
            "2 booking 10-23 21 ×1 not_a_turn"
        ]
    );

    let mut common = build();
    common.resource.common_turns.push(CommonTurn {
        weekday: 3,
        from: CLOCK(18),
        to: CLOCK(20),
        audience: Audience::Women,
        valid: Validity::default(),
    });
    assert_eq!(hits(&before, &common), ["1 booking 10-22 18 ×1 common_turn"]);
    // What lay outside before is hit by nothing new.
    assert!(hits(&closed, &closed).is_empty());
}

#[test]
fn settings_make_sense_or_not() {
    let sound = |change: fn(&mut Resource)| {
        let mut resource = sauna();
        change(&mut resource);
        resource.is_sound()
    };
    assert!(sound(|_| {}));
    let hours = |resource: &mut Resource, hours: &[(u16, u16)]| {
        resource.timetable.seasons[0].weekdays[0] = hours
            .iter()
            .map(|(from, to)| Hours { from: *from, to: *to })
            .collect();
    };
    for (given, want) in [
        (&[(480, 720), (720, 900)][..], true),
        (&[(480, 720), (719, 900)], false),
        (&[(960, 1500)], true),
        (&[(960, 960)], false),
        (&[(960, 2881)], false),
        (&[(1440, 1500)], false),
    ] {
        let mut resource = sauna();
        hours(&mut resource, given);
        assert_eq!(resource.is_sound(), want, "{given:?}");
    }
    let turns = |turns| {
        let mut resource = sauna();
        resource.timetable.seasons[0].turns = turns;
        resource.is_sound()
    };
    let free = |step, least, most| Turns::Free {
        step,
        least,
        most,
        buffer: 0,
    };
    let fixed = |minutes| Turns::Fixed { minutes, buffer: 0 };
    assert!(turns(fixed(1)) && !turns(fixed(0)) && !turns(fixed(1441)));
    assert!(turns(free(30, 60, 60)) && !turns(free(0, 60, 60)) && !turns(free(30, 60, 59)));
    let nights = |least, most| Turns::Nights {
        arrive: CLOCK(15),
        leave: CLOCK(12),
        least,
        most,
    };
    assert!(turns(nights(1, 1)) && !turns(nights(0, 1)) && !turns(nights(2, 1)));
    let part = |month, day| {
        let mut resource = sauna();
        let at = MonthDay { month, day };
        resource.timetable.seasons[0].part = Some(YearPart { from: at, to: at });
        resource.is_sound()
    };
    assert!(part(2, 29) && !part(2, 30) && !part(13, 1));
    let office = |weekdays, to| {
        let mut resource = sauna();
        resource.limits.cancel = Some(Deadline {
            minutes: 60,
            office: Some(OfficeHours {
                weekdays,
                from: CLOCK(8),
                to,
            }),
        });
        resource.is_sound()
    };
    assert!(office([true; 7], CLOCK(9)) && !office([true; 7], CLOCK(8)) && !office([false; 7], CLOCK(9)));
    assert!(!sound(|resource| resource.deposit_cents = -1));
    assert!(!sound(|resource| resource.limits.heating = Some(Heating {
        turns: 0,
        minutes_ahead: 0
    })));
}
