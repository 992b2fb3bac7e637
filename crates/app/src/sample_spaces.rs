//! The shared spaces of the sample organisation: a sauna, a laundry room and a guest flat, with what a house has booked around today.

use crate::export_everything::{Words, word};
use crate::{App, Problem, Result};
use chrono::{Duration, NaiveDate, NaiveDateTime};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
use kiulu_domain::bookings::limits::Deadline;
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::price::{Price, PriceFor, PriceUnit};
use kiulu_domain::bookings::resource::{Audience, CommonTurn, Resource, ResourceKind};
use kiulu_domain::bookings::standing::{SkipReason, SkippedTurn, StandingShift};
use kiulu_domain::bookings::time::{DAY, Minutes, Span, Validity, at, monday};
use kiulu_domain::collation::sort_key;
use kiulu_domain::contact::ContactKind;
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::{
    BlackoutId, BookingId, ContactId, FlatId, OrganisationId, PriceId, ResourceId, StandingShiftId,
};
use kiulu_domain::organisation::{Language, zone_of};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How far back the sample's bookings go, in weeks.
const WEEKS: i64 = 26;

/// A space with everything that takes its time.
#[derive(Debug, Clone, PartialEq)]
struct SampleSpace {
    resource: Resource,
    prices: Vec<Price>,
    standing: Vec<StandingShift>,
    skipped: Vec<SkippedTurn>,
    bookings: Vec<Booking>,
    blackouts: Vec<Blackout>,
}

impl App {
    /// Fills the sample's calendar around today: the same for everybody who opens it on one day.
    pub(crate) fn fill_spaces(&self, organisation: OrganisationId, language: Language) -> Result<()> {
        let store = self.store(organisation)?;
        let ids = store.contact_ids(&ContactListSpec::default(), self.today(organisation)?)?;
        let (now, zone, flats, visitor) = store.read(|reader| {
            let mut flats = reader.flats()?;
            flats.sort_by_cached_key(|flat| sort_key(&flat.name));
            let visitor = ids.iter().find_map(|id| {
                let contact = reader.contact(*id).ok()?;
                let known =
                    contact.kind == ContactKind::Person && !contact.non_disclosure && !contact.deceased;
                known.then_some(*id)
            });
            let zone = reader
                .organisation()?
                .map_or(String::new(), |facts| facts.time_zone);
            Ok::<_, Problem>((
                self.wall_now(reader)?,
                zone,
                flats.into_iter().map(|flat| flat.id).collect::<Vec<_>>(),
                visitor,
            ))
        })?;
        let mut builder = Builder {
            language,
            now,
            zone,
            flats: &flats,
            visitor,
            new_id: &mut || self.source.uuid(),
        };
        for space in builder.spaces() {
            let action = Action::ResourceSave {
                name: space.resource.name.clone(),
            };
            store.write(&action, |tx| {
                tx.put_resource(&space.resource)?;
                tx.put_prices(space.resource.id, &space.prices)?;
                for shift in &space.standing {
                    tx.put_standing_shift(shift)?;
                }
                for skipped in &space.skipped {
                    tx.put_skipped_turn(skipped)?;
                }
                for booking in &space.bookings {
                    tx.put_booking(booking)?;
                }
                for blackout in &space.blackouts {
                    tx.put_blackout(blackout)?;
                }
                tx.settle_bookings(space.resource.id, &BTreeSet::new())?;
                Ok::<_, Problem>(())
            })?;
        }
        Ok(())
    }
}

/// What the sample is made from.
struct Builder<'a> {
    language: Language,
    now: NaiveDateTime,
    zone: String,
    /// By their names.
    flats: &'a [FlatId],
    /// Somebody of the register who books the guest flat.
    visitor: Option<ContactId>,
    new_id: &'a mut dyn FnMut() -> Uuid,
}

impl Builder<'_> {
    fn spaces(&mut self) -> Vec<SampleSpace> {
        if self.flats.is_empty() {
            return Vec::new();
        }
        vec![self.sauna(), self.laundry(), self.guest_flat()]
    }

    fn say(&self, words: Words) -> String {
        word(words, self.language)
    }

    /// The flat of a number; one after another they go round the house.
    fn flat(&self, number: usize) -> Holder {
        Holder::Flat(self.flats[number % self.flats.len()])
    }

    /// The first of a week counted from this one, and days after it.
    fn day(&self, week: i64, weekday: u32) -> NaiveDate {
        monday(self.now.date()) + Duration::days(7 * week + i64::from(weekday))
    }

    fn space(&mut self, kind: ResourceKind, name: Words, place: Words, key_note: Words) -> SampleSpace {
        let id = ResourceId((self.new_id)());
        SampleSpace {
            resource: Resource {
                place: self.say(place),
                key_note: self.say(key_note),
                ..preset(id, kind, &self.say(name))
            },
            prices: Vec::new(),
            standing: Vec::new(),
            skipped: Vec::new(),
            bookings: Vec::new(),
            blackouts: Vec::new(),
        }
    }

    fn price(
        &mut self,
        space: &mut SampleSpace,
        unit: PriceUnit,
        price_for: PriceFor,
        cents: i64,
        vat_tenths: u32,
    ) {
        space.prices.push(Price {
            id: PriceId((self.new_id)()),
            resource: space.resource.id,
            valid: Validity::default(),
            part: None,
            weekdays: [true; 7],
            from: 0,
            to: DAY,
            longest: None,
            price_for,
            unit,
            cents,
            vat_tenths,
        });
    }

    /// Books a turn if the space is open for it. What is over has now and then been cancelled, or nobody came.
    fn book(&mut self, space: &mut SampleSpace, holder: Holder, span: Span, note: Words) {
        let date = span.date();
        let offered = space.resource.timetable.turns(date, zone_of(&self.zone));
        let begins = offered.iter().any(|turn| turn.start == span.start);
        let ends = offered.iter().any(|turn| turn.end == span.end)
            || !space.resource.timetable.open(span.end.date()).is_empty();
        if !begins || !ends {
            return;
        }
        let number = space.bookings.len();
        let status = if span.end > self.now {
            BookingStatus::Booked
        } else if number % 29 == 12 {
            BookingStatus::NoShow
        } else if number % 17 == 5 {
            BookingStatus::Cancelled
        } else if number % 31 == 20 {
            BookingStatus::CancelledLate
        } else {
            BookingStatus::Booked
        };
        space.bookings.push(Booking {
            id: BookingId((self.new_id)()),
            resource: space.resource.id,
            holder,
            span,
            status,
            extra: false,
            override_reason: String::new(),
            note: self.say(note),
        });
    }

    /// Wednesday to Saturday, fourteen standing shifts, two common turns on Saturday, and the stove serviced next week.
    fn sauna(&mut self) -> SampleSpace {
        let mut sauna = self.space(
            ResourceKind::Sauna,
            ["Talosauna", "Husbastun", "House sauna"],
            ["C-portaan kellari", "Trappa C, källaren", "Stairwell C, basement"],
            [
                "Ovi aukeaa oman asunnon avaimella.",
                "Dörren öppnas med lägenhetens nyckel.",
                "The door opens with the flat’s own key.",
            ],
        );
        sauna.resource.capacity = Some(6);
        sauna.resource.limits.cancel = Some(Deadline {
            minutes: 24 * 60,
            office: None,
        });
        let ladies_and_men = [(18, Audience::Women), (19, Audience::Men)];
        sauna.resource.common_turns = ladies_and_men
            .map(|(hour, audience)| CommonTurn {
                weekday: 5,
                from: hour * 60,
                to: (hour + 1) * 60,
                audience,
                valid: Validity::default(),
            })
            .to_vec();
        self.price(&mut sauna, PriceUnit::Month, PriceFor::Everyone, 1500, 0);
        self.price(&mut sauna, PriceUnit::Turn, PriceFor::Everyone, 800, 0);

        let shifts: [(u32, &[Minutes]); 4] = [
            (2, &[17, 18, 19]),
            (3, &[17, 18, 19, 20]),
            (4, &[17, 18, 19, 20]),
            (5, &[16, 17, 20]),
        ];
        for (weekday, hours) in shifts {
            for hour in hours {
                let number = sauna.standing.len();
                let Holder::Flat(flat) = self.flat(5 * number + 1) else {
                    continue;
                };
                sauna.standing.push(StandingShift {
                    id: StandingShiftId((self.new_id)()),
                    resource: sauna.resource.id,
                    flat,
                    weekday,
                    from: hour * 60,
                    to: (hour + 1) * 60,
                    valid: Validity {
                        // Two of them have come to the house, or to the sauna, later than the others.
                        from: Some(self.day(if number % 6 == 5 { -18 } else { -52 }, 0)),
                        to: None,
                    },
                    // The last is had by turns every second week.
                    every_weeks: if number == 13 { 2 } else { 1 },
                    pauses: Vec::new(),
                    note: String::new(),
                });
            }
        }
        for (week, number) in [(-17, 3), (-11, 8), (-6, 0), (-4, 6), (-1, 10), (0, 2), (1, 9)] {
            let shift: &StandingShift = &sauna.standing[number];
            let date = self.day(week, shift.weekday);
            if shift.on(date).is_some() {
                sauna.skipped.push(SkippedTurn {
                    shift: shift.id,
                    date,
                    reason: SkipReason::GivenUp,
                });
            }
        }

        let single: [(u32, Minutes); 7] = [(2, 20), (2, 21), (3, 16), (3, 21), (4, 16), (4, 21), (5, 21)];
        for week in -WEEKS..=1 {
            for (place, (weekday, hour)) in (0i64..).zip(single) {
                // Next week's first turn of Thursday is booked, so that the stove's service hits somebody.
                let hit = (week, weekday, hour) == (1, 3, 16);
                if hit || (week * 3 + place * 5).rem_euclid(7) < 3 {
                    let holder = self.flat(5 * sauna.bookings.len() + 3);
                    let span = Span::of_day(self.day(week, weekday), hour * 60, (hour + 1) * 60);
                    self.book(&mut sauna, holder, span, ["", "", ""]);
                }
            }
        }
        let board = Span::of_day(self.day(1, 2), 16 * 60, 17 * 60);
        let evening = [
            "Hallituksen saunailta",
            "Styrelsens bastukväll",
            "The board’s sauna evening",
        ];
        self.book(&mut sauna, Holder::House, board, evening);
        sauna.blackouts.push(Blackout {
            id: BlackoutId((self.new_id)()),
            resource: sauna.resource.id,
            span: Span::of_day(self.day(1, 3), 13 * 60, 17 * 60),
            weekly: None,
            reason: self.say(["Kiukaan huolto", "Service av bastuugnen", "Stove being serviced"]),
        });
        sauna
    }

    /// Every day in turns of three hours, of which about two in five are had.
    fn laundry(&mut self) -> SampleSpace {
        let mut laundry = self.space(
            ResourceKind::Laundry,
            ["Pesutupa", "Tvättstugan", "Laundry room"],
            ["A-portaan kellari", "Trappa A, källaren", "Stairwell A, basement"],
            [
                "Ovi aukeaa oman asunnon avaimella.",
                "Dörren öppnas med lägenhetens nyckel.",
                "The door opens with the flat’s own key.",
            ],
        );
        self.price(&mut laundry, PriceUnit::Turn, PriceFor::Everyone, 200, 0);
        for week in -WEEKS..=1 {
            for weekday in 0..7 {
                for turn in 0..5 {
                    // Evenings and Saturdays are liked best.
                    let liked = match (weekday, turn) {
                        (5, 1..=3) => 4,
                        (_, 3) => 3,
                        (_, 0) => 1,
                        _ => 2,
                    };
                    if (week * 4 + i64::from(weekday) * 3 + i64::from(turn) * 5).rem_euclid(6) < liked {
                        let date = self.day(week, weekday);
                        let from = (7 + 3 * turn) * 60;
                        let holder = self.flat(7 * laundry.bookings.len() + 2);
                        let span = Span::of_day(date, from, from + 180);
                        self.book(&mut laundry, holder, span, ["", "", ""]);
                    }
                }
            }
        }
        laundry
    }

    /// Weekends of two nights, and now and then a week-day's night; once for somebody without a flat.
    fn guest_flat(&mut self) -> SampleSpace {
        let mut guest = self.space(
            ResourceKind::GuestFlat,
            ["Vierashuone", "Gästrummet", "Guest flat"],
            [
                "B-porras, 1. kerros",
                "Trappa B, våning 1",
                "Stairwell B, ground floor",
            ],
            [
                "Avaimen saa isännöinnistä. Palautus lähtöpäivänä klo 12 mennessä.",
                "Nyckeln fås av disponentbyrån. Återlämnas senast kl. 12 på avresedagen.",
                "The key is at the property manager’s. Back by noon on the day of leaving.",
            ],
        );
        guest.resource.capacity = Some(2);
        guest.resource.deposit_cents = 5000;
        self.price(&mut guest, PriceUnit::Night, PriceFor::Residents, 3500, 135);
        self.price(&mut guest, PriceUnit::Night, PriceFor::Outsiders, 4500, 135);
        for week in -WEEKS..=6 {
            let mut stays: Vec<(u32, i64)> = Vec::new();
            if week.rem_euclid(3) != 1 {
                stays.push((4, 2));
            }
            if week.rem_euclid(5) == 2 {
                stays.push((1, 1));
            }
            for (weekday, nights) in stays {
                let date = self.day(week, weekday);
                let span = Span {
                    start: at(date, 15 * 60),
                    end: at(date + Duration::days(nights), 12 * 60),
                };
                match self.visitor {
                    Some(visitor) if week == 2 && weekday == 4 => {
                        let visit = ["Sukulaisvierailu", "Släktbesök", "Family visit"];
                        self.book(&mut guest, Holder::Contact(visitor), span, visit);
                    }
                    _ => {
                        let holder = self.flat(7 * guest.bookings.len() + 4);
                        self.book(&mut guest, holder, span, ["", "", ""]);
                    }
                }
            }
        }
        guest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiulu_domain::bookings::rules::{Request, Violation, may_book, may_stand};
    use kiulu_domain::bookings::schedule::Schedule;
    use kiulu_domain::bookings::settle::{settle, shifts_collide};

    fn made(now: NaiveDateTime, language: Language) -> Vec<SampleSpace> {
        let flats: Vec<_> = (1..=24).map(|number| FlatId(Uuid::from_u128(number))).collect();
        let mut last = 1000;
        let mut builder = Builder {
            language,
            now,
            zone: "Europe/Helsinki".to_owned(),
            flats: &flats,
            visitor: Some(ContactId(Uuid::from_u128(99))),
            new_id: &mut || {
                last += 1;
                Uuid::from_u128(last)
            },
        };
        builder.spaces()
    }

    fn schedule(space: &SampleSpace, now: NaiveDateTime) -> Schedule<'_> {
        Schedule {
            resource: &space.resource,
            zone: zone_of("Europe/Helsinki"),
            standing: &space.standing,
            skipped: &space.skipped,
            bookings: &space.bookings,
            blackouts: &space.blackouts,
            prices: &space.prices,
            waiting: &[],
            now,
        }
    }

    #[test]
    fn whatever_day_it_is_opened_on_all_of_it_keeps_the_rules() {
        let first: NaiveDate = "2026-11-25".parse().unwrap();
        // Every weekday, both sides of holidays and of a new year.
        for days in (0..60).chain((60..420).step_by(11)) {
            let now = at(first + Duration::days(days), 10 * 60);
            let spaces = made(now, Language::Fi);
            assert_eq!(spaces, made(now, Language::Fi), "{now}");
            assert_eq!(spaces.len(), 3);
            for space in &spaces {
                let schedule = schedule(space, now);
                assert!(!shifts_collide(&schedule));
                for shift in &space.standing {
                    assert_eq!(may_stand(&schedule, shift), Ok(()), "{now}");
                }
                let coming: Vec<_> = space.bookings.iter().filter(|one| one.span.start > now).collect();
                assert!(coming.len() >= 4, "{now}: {}", coming.len());
                assert!(space.bookings.len() - coming.len() > 20, "{now}");
                for booking in coming {
                    let request = Request {
                        holder: booking.holder,
                        span: booking.span,
                        moving: Some(booking.id),
                    };
                    let against = may_book(&schedule, &request).err().unwrap_or_default();
                    let hit = against
                        .iter()
                        .all(|one| matches!(one, Violation::OutOfUse { .. }));
                    assert!(hit, "{now} {} {booking:?} {against:?}", space.resource.name);
                }
                let settled = settle(&schedule, &BTreeSet::new());
                assert_eq!(settled.yielded, []);
                assert!(settled.displaced.len() <= 1, "{now}");
            }
        }
    }

    #[test]
    fn a_booking_waits_for_another_time_because_the_stove_is_serviced() {
        let now = at("2026-11-25".parse().unwrap(), 10 * 60);
        let sauna = &made(now, Language::Sv)[0];
        assert_eq!(sauna.resource.name, "Husbastun");
        assert_eq!(sauna.standing.len(), 14);
        let settled = settle(&schedule(sauna, now), &BTreeSet::new());
        assert_eq!(settled.displaced.len(), 1);
    }
}
