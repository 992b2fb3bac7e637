//! The line for a turn: who is next, what is kept for them, and until when.

use super::*;

/// The turn of Friday at five, so many minutes before its beginning as windows leave.
fn turn() -> Span {
    span("2026-10-23 17:00", 60)
}

fn offer(since: &str, until: &str) -> Option<Offer> {
    Some(Offer {
        since: wall(since),
        until: wall(until),
    })
}

/// Whom the turn is kept for, as "2", or "2 until 18:00".
fn kept(house: &House) -> String {
    let schedule = house.schedule();
    let Some(held) = schedule.held_for(&turn()) else {
        return "nobody".to_owned();
    };
    let of = held.entry.holder.flat().unwrap().0.as_u128();
    match held.until {
        Some(until) => format!("{of} until {}", until.format("%H:%M")),
        None => of.to_string(),
    }
}

#[test]
fn a_turn_that_gets_free_is_kept_for_whoever_has_waited_longest() {
    let mut house = House::new();
    house.put(1, turn());
    house.wait(2, turn());
    house.wait(3, turn());
    assert_eq!(kept(&house), "nobody", "it is taken");
    assert_eq!(codes(house.ask(2, turn())), ["taken"]);
    house.bookings[0].status = BookingStatus::Cancelled;
    assert_eq!(kept(&house), "2");
    assert!(house.ask(2, turn()).is_ok());
    for of in [1, 3, 4] {
        assert_eq!(
            house.ask(of, turn()),
            Err(vec![Violation::WaitedFor {
                flat: Some(flat(2)),
                until: None
            }])
        );
    }
    assert_eq!(
        codes(house.ask_for(Holder::House, turn())),
        ["waited_for"],
        "the house needs a reason too"
    );
    assert!(
        house.ask(4, span("2026-10-23 18:00", 60)).is_ok(),
        "the next turn is anybody's"
    );
    assert!(!house.starts("2026-10-23").contains(&"17:00".to_owned()));
    // Who was put down earlier comes first, in whatever order the rows are read.
    house.waiting.reverse();
    assert_eq!(kept(&house), "2");
    house.waiting[1].put_at = house.waiting[0].put_at + chrono::Duration::seconds(1);
    assert_eq!(kept(&house), "3");
}

#[test]
fn turns_get_free_in_every_way() {
    let mut house = House::new();
    let wednesday = span("2026-10-28 17:00", 60);
    let shift = house.shift(1);
    house.wait(2, wednesday);
    let free = |house: &House| house.schedule().held_for(&wednesday).is_some();
    assert!(!free(&house));
    house.skipped.push(SkippedTurn {
        shift,
        date: day("2026-10-28"),
        reason: SkipReason::GivenUp,
    });
    assert!(free(&house), "a standing shift was given up");
    house.blackout(wednesday);
    assert!(!free(&house));
    house.blackouts.clear();
    assert!(free(&house), "it is in use again");
    house.now = wall("2026-10-28 16:59");
    assert!(free(&house));
    house.now = wall("2026-10-28 17:00");
    assert!(!free(&house), "it has begun");
}

#[test]
fn an_offer_ends_with_the_time_to_answer_or_the_last_moment_to_book() {
    let mut house = House::new();
    for (minutes, ahead, now, until) in [
        (Some(120), None, "2026-10-23 12:00", "2026-10-23 14:00"),
        (Some(120), None, "2026-10-23 14:59", "2026-10-23 16:59"),
        (Some(120), None, "2026-10-23 15:00", "2026-10-23 17:00"),
        (Some(120), None, "2026-10-23 15:01", "2026-10-23 17:00"),
        (Some(120), Some(60), "2026-10-23 13:59", "2026-10-23 15:59"),
        (Some(120), Some(60), "2026-10-23 14:01", "2026-10-23 16:00"),
        (None, Some(60), "2026-10-20 08:00", "2026-10-23 16:00"),
        (None, None, "2026-10-20 08:00", "2026-10-23 17:00"),
    ] {
        house.resource.limits.offer_minutes = minutes;
        house.resource.limits.minutes_ahead = ahead;
        let made = offer_of(
            &house.resource,
            &turn(),
            wall(now) + chrono::Duration::seconds(59),
        );
        assert_eq!(Some(made), offer(now, until), "{minutes:?} {ahead:?} {now}");
    }
}

#[test]
fn an_offer_holds_until_its_minute_and_then_the_next_one_has_the_turn() {
    let mut house = House::new();
    house.wait(2, turn());
    house.wait(3, turn());
    house.waiting[0].offer = offer("2026-10-21 12:00", "2026-10-21 18:00");
    for (now, want, two, three) in [
        ("2026-10-21 17:59", "2 until 18:00", true, false),
        ("2026-10-21 18:00", "3", false, true),
        ("2026-10-21 18:01", "3", false, true),
    ] {
        house.now = wall(now);
        assert_eq!(kept(&house), want, "{now}");
        assert_eq!(house.ask(2, turn()).is_ok(), two, "{now}");
        assert_eq!(house.ask(3, turn()).is_ok(), three, "{now}");
        assert!(house.ask(4, turn()).is_err(), "{now}");
    }
    // Once everybody has had an offer the turn is anybody's.
    house.waiting[1].offer = offer("2026-10-21 18:00", "2026-10-21 20:00");
    for (now, want) in [
        ("2026-10-21 19:59", "3 until 20:00"),
        ("2026-10-21 20:00", "nobody"),
    ] {
        house.now = wall(now);
        assert_eq!(kept(&house), want, "{now}");
    }
    for of in 1..5 {
        assert!(house.ask(of, turn()).is_ok());
    }
    // Whoever declines is taken off the list, and the next one has it.
    house.now = wall("2026-10-21 13:00");
    house.waiting[1].offer = None;
    house.waiting.remove(0);
    assert_eq!(kept(&house), "3");
}

#[test]
fn whoever_may_not_book_is_passed_over_and_the_reason_stays_visible() {
    let mut house = House::new();
    house.resource.limits.quotas = vec![Quota {
        per: Period::Open,
        unit: QuotaUnit::Bookings,
        most: 1,
    }];
    house.resource.limits.days_ahead = Some(7);
    let other = house.put(2, span("2026-10-24 17:00", 60));
    house.wait(2, turn());
    house.wait(3, turn());
    assert_eq!(kept(&house), "3");
    let line = |house: &House| -> Vec<String> {
        let schedule = house.schedule();
        let line = schedule.line(&turn()).into_iter();
        line.map(|(entry, place)| {
            let of = entry.holder.flat().unwrap().0.as_u128();
            let said = match place {
                InLine::Offered { until } => format!("until {}", until.format("%H:%M")),
                InLine::Next => "next".to_owned(),
                InLine::OfferOver { .. } => "over".to_owned(),
                InLine::PassedOver { against } => codes(Err(against)).join(" "),
                InLine::Waits => "waits".to_owned(),
            };
            format!("{of} {said}")
        })
        .collect()
    };
    assert_eq!(line(&house), ["2 quota_used", "3 next"]);
    // What was promised stands, though somebody before may book by now.
    house.waiting[1].offer = offer("2026-10-21 12:00", "2026-10-21 18:00");
    house.bookings.retain(|one| one.id != other);
    assert_eq!(line(&house), ["2 waits", "3 until 18:00"]);
    house.now = wall("2026-10-21 18:00");
    assert_eq!(line(&house), ["2 next", "3 over"]);
    // And it stands though who has it may not book any more.
    house.now = wall("2026-10-21 17:59");
    house.put(3, span("2026-10-24 18:00", 60));
    assert_eq!(kept(&house), "3 until 18:00");
    // Before the turn can be booked at all it is kept for nobody, and nobody gets it.
    house.now = wall("2026-10-15 23:59");
    house.waiting[1].offer = None;
    house.bookings.clear();
    assert_eq!(line(&house), ["2 too_early", "3 too_early"]);
    assert_eq!(codes(house.ask(4, turn())), ["too_early"]);
    house.now = wall("2026-10-16 00:00");
    assert_eq!(line(&house), ["2 next", "3 waits"]);
    // While somebody has it, who would be passed over shows already.
    house.put(1, turn());
    house.put(3, span("2026-10-24 18:00", 60));
    assert_eq!(line(&house), ["2 waits", "3 quota_used"]);
}

#[test]
fn of_two_offers_that_two_laptops_made_the_earlier_holds() {
    let mut house = House::new();
    house.wait(2, turn());
    house.wait(3, turn());
    house.waiting[0].offer = offer("2026-10-21 10:01", "2026-10-21 18:00");
    house.waiting[1].offer = offer("2026-10-21 10:00", "2026-10-21 17:00");
    assert_eq!(kept(&house), "3 until 17:00");
    house.waiting[1].offer = offer("2026-10-21 10:01", "2026-10-21 17:00");
    assert_eq!(
        kept(&house),
        "2 until 18:00",
        "made in the same minute, the line decides"
    );
}

#[test]
fn people_wait_for_what_another_has_and_for_nothing_else() {
    let mut house = House::new();
    house.season().public_holidays = HolidayHours::Closed;
    house.resource.limits.minutes_ahead = Some(60);
    house.resource.common_turns.push(CommonTurn {
        weekday: 4,
        from: CLOCK(19),
        to: CLOCK(20),
        audience: Audience::Mixed,
        valid: Validity::default(),
    });
    house.put(1, turn());
    house.put(1, span("2026-10-21 16:00", 60));
    house.put(1, span("2026-10-20 16:00", 60));
    let wednesday = span("2026-10-28 17:00", 60);
    house.shift(1);
    let waits = |house: &House, of: u128, span: Span| {
        let request = Request {
            holder: Holder::Flat(flat(of)),
            span,
            moving: None,
        };
        codes(may_wait(&house.schedule(), &request).map(|()| Quote {
            cost: Cost::FREE,
            extra: false,
        }))
    };
    for (of, span, want) in [
        (2, turn(), &[][..]),
        (1, turn(), &["taken"]),
        (2, wednesday, &[]),
        (1, wednesday, &["taken"]),
        (2, span("2026-10-23 18:00", 60), &["nothing_to_wait_for"]),
        (2, span("2026-10-23 19:00", 60), &["common_turn"]),
        (2, span("2026-10-23 17:00", 30), &["not_a_turn"]),
        (2, span("2026-10-20 16:00", 60), &["past", "closed"]),
    ] {
        assert_eq!(waits(&house, of, span), want, "{of} {span:?}");
    }
    for (now, want) in [
        ("2026-10-21 14:59", &[][..]),
        ("2026-10-21 15:00", &[]),
        ("2026-10-21 15:01", &["too_late"]),
    ] {
        house.now = wall(now);
        assert_eq!(waits(&house, 2, span("2026-10-21 16:00", 60)), want, "{now}");
    }
    house.now = wall("2026-10-21 12:00");
    // Quotas and windows may be different by then.
    house.resource.limits.quotas = vec![Quota {
        per: Period::Day,
        unit: QuotaUnit::Bookings,
        most: 0,
    }];
    house.resource.limits.days_ahead = Some(1);
    assert!(waits(&house, 2, turn()).is_empty());
    // What is kept for another is worth waiting for, what is kept for oneself is not.
    house.resource.limits = Default::default();
    house.bookings.clear();
    house.wait(2, turn());
    assert!(waits(&house, 3, turn()).is_empty());
    assert_eq!(waits(&house, 2, turn()), ["nothing_to_wait_for"]);
    house.resource.retired = true;
    assert_eq!(waits(&house, 3, turn()), ["retired"]);
}

#[test]
fn where_lengths_are_free_nothing_that_meets_a_kept_time_is_given_away() {
    let mut house = House::new();
    house.season().turns = Turns::Free {
        step: 30,
        least: 30,
        most: 180,
        buffer: 30,
    };
    house.wait(2, turn());
    // It meets the first one's time, so that it is next only after it.
    house.wait(3, span("2026-10-23 17:30", 90));
    house.wait(4, span("2026-10-23 20:00", 60));
    for (start, minutes, free) in [
        ("2026-10-23 16:00", 30, true),
        ("2026-10-23 16:00", 60, false),
        ("2026-10-23 18:00", 30, false),
        ("2026-10-23 18:30", 60, true),
        ("2026-10-23 18:30", 90, false),
    ] {
        assert_eq!(
            house.ask(5, span(start, minutes)).is_ok(),
            free,
            "{start} {minutes}"
        );
    }
    let gaps: Vec<String> = house
        .schedule()
        .gaps(day("2026-10-23"))
        .iter()
        .map(|gap| format!("{}–{}", gap.start.format("%H:%M"), gap.end.format("%H:%M")))
        .collect();
    assert_eq!(gaps, ["16:00–16:30", "18:30–19:30", "21:30–22:00"]);
}

#[test]
fn the_calendar_shows_what_is_kept_once_and_for_whom() {
    let mut house = House::new();
    let first = house.wait(2, turn());
    house.wait(3, turn());
    let turns = house.schedule().turns(day("2026-10-23"), day("2026-10-23"));
    let kept: Vec<_> = turns.iter().filter(|one| one.taken.is_some()).collect();
    assert_eq!(turns.len(), 6);
    assert_eq!(kept.len(), 1);
    assert_eq!(
        kept[0].taken,
        Some(Use::Held {
            entry: first,
            holder: Holder::Flat(flat(2)),
            until: None
        })
    );
    assert!(
        house
            .schedule()
            .taken(day("2026-10-23"), day("2026-10-23"))
            .is_empty(),
        "nothing that is written gives way to it"
    );
}

#[test]
fn everybody_waits_once_for_a_turn() {
    let resource = sauna().id;
    let of = |holder, start: &str| WaitingEntry::id_of(resource, holder, wall(start));
    let flat_two = Holder::Flat(flat(2));
    let base = of(flat_two, "2026-10-23 17:00");
    assert_eq!(base, of(flat_two, "2026-10-23 17:00"));
    assert_ne!(base, of(flat_two, "2026-10-23 18:00"));
    assert_ne!(base, of(Holder::Flat(flat(3)), "2026-10-23 17:00"));
    assert_ne!(base, of(Holder::House, "2026-10-23 17:00"));
}

#[test]
fn a_contact_that_books_for_itself_has_quotas_like_a_flat() {
    let mut house = House::new();
    let contact = |n| Holder::Contact(ContactId(Uuid::from_u128(n)));
    house.resource.limits.quotas = vec![Quota {
        per: Period::Week,
        unit: QuotaUnit::Bookings,
        most: 2,
    }];
    house.resource.limits.consecutive = Some(2);
    let wanted = span("2026-10-23 19:00", 60);
    for (held, want) in [
        (&[][..], &[][..]),
        (&["2026-10-21 16:00"], &[]),
        (&["2026-10-21 16:00", "2026-10-24 16:00"], &["quota_used"]),
        (&["2026-10-21 16:00", "2026-10-28 16:00"], &[]),
        (
            &["2026-10-23 17:00", "2026-10-23 18:00"],
            &["quota_used", "too_many_in_a_row"],
        ),
    ] {
        house.bookings.clear();
        for start in held {
            house.put(1, span(start, 60));
        }
        for booking in &mut house.bookings {
            booking.holder = contact(1);
        }
        assert_eq!(codes(house.ask_for(contact(1), wanted)), want, "{held:?}");
        assert!(
            house.ask_for(contact(2), wanted).is_ok(),
            "another has its own quota"
        );
        assert!(house.ask(1, wanted).is_ok(), "and so has a flat");
        assert!(house.ask_for(Holder::House, wanted).is_ok(), "the house has none");
    }
}
