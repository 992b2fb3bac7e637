//! Many random worlds: laptops on real registers, a line that loses and repeats, crashes between any two steps. All must come to the
//! same, and nothing that a user was told was written may be lost.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::rows::{new_flat, person, role, stakeholder_kind};
use common::{Endpoint, LATER, Laptop, Seeded};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::time::Span;
use kiulu_domain::id::{BookingId, ContactId, FlatId, ResourceId, StakeholderKindId};
use kiulu_store::{Error, OnEdited, Result, Tx};
use kiulu_sync::SyncError;
use kiulu_wire::Role;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use uuid::Uuid;

const KIND: StakeholderKindId = StakeholderKindId(Uuid::from_u128(0x11));
const SAUNA: ResourceId = ResourceId(Uuid::from_u128(0x22));

fn flat(number: u128) -> FlatId {
    FlatId(Uuid::from_u128(0x100 + number))
}

fn book(tx: &Tx<'_>, id: BookingId, flat: FlatId, hour: u32) -> Result<()> {
    tx.flat(flat)?;
    let day = chrono::NaiveDate::from_ymd_opt(2027, 1, 6).unwrap();
    let start = day.and_hms_opt(hour, 0, 0).unwrap();
    let span = Span {
        start,
        end: start + chrono::Duration::hours(1),
    };
    let now = "2026-12-01T12:00:00".parse().unwrap();
    let book = tx.resource_book(SAUNA, day, day)?;
    let taken = book.schedule(now).taken(day, day);
    if taken.iter().any(|one| one.span.overlaps(&span)) {
        return Ok(());
    }
    tx.put_booking(&Booking {
        id,
        resource: SAUNA,
        holder: Holder::Flat(flat),
        span,
        status: BookingStatus::Booked,
        extra: false,
        override_reason: String::new(),
        note: String::new(),
    })?;
    tx.settle_bookings(SAUNA, &BTreeSet::from([id]))?;
    Ok(())
}

/// One random act of a user.
fn act(laptop: &mut Laptop, random: &mut Seeded) {
    let contact = random.one_of(&laptop.ids("contact")).map(ContactId);
    let fresh = laptop.store().source().uuid();
    let house = flat(u128::from(1 + random.below(4)));
    let name = format!("Nimi{}", random.below(40));
    let hour = 16 + random.below(5) as u32;
    let done = match (random.below(10), contact) {
        (0 | 1, _) | (2..=5, None) => {
            laptop.write(|tx| tx.insert_contact(ContactId(fresh), &person("Matti", &name)))
        }
        (2 | 3, Some(id)) => laptop.write(|tx| {
            let mut details = tx.contact(id)?;
            details.last_name = name;
            tx.update_contact(id, &details)
        }),
        (4, Some(id)) => laptop.write(|tx| tx.delete_contact(id)),
        (5, Some(id)) => laptop.write(|tx| {
            tx.flat(house)?;
            tx.put_role(&role(fresh, id, KIND, Some(house)))
        }),
        (6, _) => laptop.write(|tx| tx.delete_flat(house)),
        (7 | 8, _) => laptop.write(|tx| book(tx, BookingId(fresh), house, hour)),
        _ => match random.one_of(&laptop.accepted) {
            Some(change) => {
                let undone = laptop.store().undo(change, OnEdited::KeepThem);
                undone.map(|written| {
                    laptop.accepted.extend(written.change);
                    written.change
                })
            }
            None => Ok(None),
        },
    };
    // What cannot be (a flat in use, a contact that has gone, an undo that was done) says so and does nothing.
    if let Err(error) = done {
        let usual = matches!(error, Error::InUse(_) | Error::Missing(_) | Error::NotUndoable);
        assert!(usual, "{error}");
    }
}

/// Tries until the line holds, with a crash now and then in between.
fn until_it_holds<T>(
    laptop: &mut Laptop,
    random: &mut Seeded,
    mut attempt: impl FnMut(&mut Laptop) -> kiulu_sync::Result<T>,
) -> T {
    loop {
        match attempt(laptop) {
            Ok(done) => return done,
            Err(SyncError::Unreachable) => {}
            Err(error) => panic!("{error}"),
        }
        if random.below(3) == 0 {
            laptop.crash();
        }
    }
}

fn world(seed: u64) {
    let random = &mut Seeded(seed);
    let endpoint = &mut Endpoint {
        line: Some(Seeded(seed ^ 0xdead)),
        ..Endpoint::default()
    };
    let mut aino = Laptop::new(1);
    aino.profile();
    let action = Action::OrganisationCreate { name: "Testi".into() };
    let begun = aino.store().write(&action, |tx| {
        tx.put_stakeholder_kind(&stakeholder_kind(KIND, "Asukas"))?;
        for number in 1..=4 {
            tx.put_flat(&new_flat(flat(number), &format!("A {number}")))?;
        }
        tx.put_resource(&preset(SAUNA, ResourceKind::Sauna, "Talosauna"))
    });
    begun.unwrap();
    until_it_holds(&mut aino, random, |one| one.replica().found(endpoint, "Aino"));
    until_it_holds(&mut aino, random, |one| one.sync(endpoint));
    let mut laptops = vec![aino];
    for number in 2..=3 {
        let code = until_it_holds(&mut laptops[0], random, |one| {
            one.replica()
                .invite(endpoint, Role::Editor, LATER, "https://x.fi")
        });
        let mut new = Laptop::new(number);
        until_it_holds(&mut new, random, |one| {
            one.replica().join(endpoint, &code, "Eero")
        });
        new.profile();
        laptops.push(new);
    }
    for _ in 0..45 {
        let who = random.below(3) as usize;
        match random.below(8) {
            0..=4 => act(&mut laptops[who], random),
            5 => laptops[who].crash(),
            _ => match laptops[who].sync(endpoint) {
                Ok(_) | Err(SyncError::Unreachable) => {}
                Err(error) => panic!("seed {seed}: {error}"),
            },
        }
    }
    endpoint.line = None;
    for _ in 0..2 {
        for laptop in &mut laptops {
            laptop.sync(endpoint).unwrap();
        }
    }
    let (dump, roster) = (laptops[0].dump(), laptops[0].replica().roster().cloned());
    let logged: BTreeSet<Uuid> = laptops[0].ids("change").into_iter().collect();
    for laptop in &mut laptops {
        assert_eq!(laptop.dump(), dump, "seed {seed}: replicas differ");
        assert_eq!(laptop.replica().roster(), roster.as_ref(), "seed {seed}");
        assert_eq!(laptop.store().unsent_count().unwrap(), 0, "seed {seed}");
        laptop.store().check_derived().unwrap();
        assert_eq!(laptop.turns_held_twice(), 0, "seed {seed}");
        for change in &laptop.accepted {
            let kept = logged.contains(&change.0) || laptop.dropped.contains(change);
            assert!(kept, "seed {seed}: {change:?} is lost");
        }
    }
    assert_eq!(roster, endpoint.roster, "seed {seed}");
}

#[test]
fn random_worlds_come_to_the_same() {
    let (begun, mut seed) = (Instant::now(), 0);
    while seed < 200 && (seed < 10 || begun.elapsed() < Duration::from_secs(60)) {
        seed += 1;
        world(seed);
    }
    println!("{seed} worlds");
}
