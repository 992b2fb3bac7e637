//! Many random worlds: laptops on real registers, a line that loses and repeats, crashes between any two steps, members who come and go,
//! snapshots, cuts, erasures, an endpoint that lies or is restored from an old backup. All must come to the same, and nothing that a user
//! was told was written may be lost.
//!
//! `KIULU_SIMULATE=10000` runs so many seeds, from `KIULU_SIMULATE_FROM` on; a world that fails names its seed, which then belongs into
//! [`FAILED`].
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::Datelike;
use common::rows::{import, new_flat, person, role, stakeholder_kind};
use common::{Endpoint, LATER, Laptop, Seeded, id_of};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::id::{BookingId, ContactId, FlatId, ResourceId, StakeholderKindId, StandingShiftId};
use kiulu_store::{Error, OnEdited, Result, Tx};
use kiulu_sync::{Page, SyncError, Synced};
use kiulu_wire::problem::Cause;
use kiulu_wire::{Body, Entry, EntryHash, Header, Role};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use uuid::Uuid;

/// Seeds whose worlds failed once. They always run.
const FAILED: &[u64] = &[57, 72, 168, 1651, 1692, 7359];

/// So many worlds run where nothing else is said.
const USUAL: u64 = 200;

const KIND: StakeholderKindId = StakeholderKindId(Uuid::from_u128(0x11));
const SAUNA: ResourceId = ResourceId(Uuid::from_u128(0x22));
const ADDRESS: &str = "https://x.fi";

fn flat(number: u128) -> FlatId {
    FlatId(Uuid::from_u128(0x100 + number))
}

/// When all turns are: later than any of the worlds' clocks, since what is over is not settled any more.
fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2062, 1, 4).unwrap()
}

fn book(tx: &Tx<'_>, id: BookingId, flat: FlatId, hour: u32) -> Result<()> {
    tx.flat(flat)?;
    let day = day();
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

fn stand(tx: &Tx<'_>, id: StandingShiftId, flat: FlatId, hour: u32) -> Result<()> {
    tx.flat(flat)?;
    let (day, weekday) = (day(), day().weekday().num_days_from_monday());
    let from = hour as u16 * 60;
    let others = tx.resource_book(SAUNA, day, day)?.standing;
    if others
        .iter()
        .any(|other| (other.weekday, other.from) == (weekday, from))
    {
        return Ok(());
    }
    tx.put_standing_shift(&StandingShift {
        id,
        resource: SAUNA,
        flat,
        weekday,
        from,
        to: from + 60,
        valid: Validity::default(),
        every_weeks: 1,
        pauses: Vec::new(),
        note: String::new(),
    })?;
    tx.settle_bookings(SAUNA, &BTreeSet::new())?;
    Ok(())
}

/// One random act of a user.
fn act(laptop: &mut Laptop, random: &mut Seeded) {
    let contact = random.one_of(&laptop.ids("contact")).map(ContactId);
    let fresh = laptop.store().source().uuid();
    let house = flat(u128::from(1 + random.below(4)));
    let name = format!("Nimi{}", random.below(40));
    let hour = 16 + random.below(5) as u32;
    let done = match (random.below(13), contact) {
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
        (9, _) => laptop.write(|tx| stand(tx, StandingShiftId(fresh), house, hour)),
        (10, _) => {
            let written = import(laptop.store(), KIND, 1 + random.below(4) as u32, |_| {});
            written.map(|written| {
                laptop.accepted.extend(written.change);
                written.change
            })
        }
        _ => match random.one_of(&laptop.accepted) {
            Some(change) => {
                let edited = [OnEdited::KeepThem, OnEdited::UndoThemToo];
                let undone = laptop.store().undo(change, random.one_of(&edited).unwrap());
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

/// A call that gives an account of what it took in.
fn accounted(
    laptop: &mut Laptop,
    work: impl FnOnce(&mut kiulu_sync::Replica, &mut Synced) -> kiulu_sync::Result<()>,
) -> kiulu_sync::Result<()> {
    let mut done = Synced::default();
    let end = work(laptop.replica(), &mut done);
    laptop.dropped.extend(done.dropped);
    end
}

struct World {
    random: Seeded,
    endpoint: Endpoint,
    /// The first is the founder's and stays; all are in force.
    laptops: Vec<Laptop>,
    /// Shut out.
    out: Vec<Laptop>,
    backup: Option<Endpoint>,
    joined: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            random: Seeded(seed),
            endpoint: Endpoint {
                line: Some(Seeded(seed ^ 0xdead)),
                ..Endpoint::default()
            },
            laptops: Vec::new(),
            out: Vec::new(),
            backup: None,
            joined: 1,
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
        let World { random, endpoint, .. } = &mut world;
        until_it_holds(&mut aino, random, |one| one.replica().found(endpoint, "Aino"));
        until_it_holds(&mut aino, random, |one| one.sync(endpoint));
        world.laptops.push(aino);
        world.invite(Role::Editor);
        world.invite(Role::Owner);
        world
    }

    /// Somebody joins by an invitation, or by a sheet.
    fn invite(&mut self, role: Role) {
        let World { random, endpoint, .. } = self;
        let aino = &mut self.laptops[0];
        let by_sheet = random.below(4) == 0;
        let code = until_it_holds(aino, random, |one| {
            if by_sheet {
                return one.replica().make_sheet(endpoint, ADDRESS);
            }
            one.replica().invite(endpoint, role, LATER, ADDRESS)
        });
        self.joined += 1;
        let mut new = Laptop::new(self.joined);
        until_it_holds(&mut new, random, |one| {
            one.replica().join(endpoint, &code, "Eero")
        });
        new.profile();
        self.laptops.push(new);
    }

    fn step(&mut self) {
        let who = self.random.below(self.laptops.len() as u64) as usize;
        match self.random.below(40) {
            0..=18 => act(&mut self.laptops[who], &mut self.random),
            19..=21 => self.laptops[who].crash(),
            22 => self.lie(who),
            23 => self.snapshot(),
            24 => self.change_members(),
            25 => self.backup = Some(self.endpoint.backup()),
            26 => self.restore(),
            27 if self.random.below(2) == 0 => self.erase(),
            _ => match self.laptops[who].sync(&mut self.endpoint) {
                Ok(_) | Err(SyncError::Unreachable) => {}
                Err(error) => panic!("{error}"),
            },
        }
    }

    fn snapshot(&mut self) {
        let World { random, endpoint, .. } = self;
        let aino = &mut self.laptops[0];
        until_it_holds(aino, random, |one| {
            accounted(one, |replica, done| replica.take_snapshot(endpoint, done))
        });
        if random.below(2) == 0 {
            until_it_holds(aino, random, |one| one.replica().cut_log(endpoint));
        }
    }

    fn change_members(&mut self) {
        let World { random, endpoint, .. } = self;
        if self.laptops.len() > 3 || (self.laptops.len() > 1 && random.below(3) == 0) {
            let leaving = self.laptops.pop().unwrap();
            let id = id_of(&leaving);
            let aino = &mut self.laptops[0];
            until_it_holds(aino, random, |one| one.replica().revoke(endpoint, &[id]));
            self.out.push(leaving);
        } else {
            let role = random.one_of(&[Role::Editor, Role::Owner]).unwrap();
            self.invite(role);
        }
    }

    fn erase(&mut self) {
        let World { random, endpoint, .. } = self;
        let aino = &mut self.laptops[0];
        let Some(contact) = random.one_of(&aino.ids("contact")).map(ContactId) else {
            return;
        };
        until_it_holds(aino, random, |one| {
            accounted(one, |replica, done| replica.erase(endpoint, &[contact], done))
        });
    }

    /// The endpoint comes back from an old backup, and whoever has read everything gives it back what it lost.
    fn restore(&mut self) {
        let World { random, endpoint, .. } = self;
        let aino = &mut self.laptops[0];
        let Some(backup) = self.backup.take() else { return };
        until_it_holds(aino, random, |one| one.sync(endpoint));
        let (head, end) = (backup.head(), endpoint.hash_of(endpoint.head().seq, &[]));
        let kept = aino.store().log_entries(head.seq - 1, 0).unwrap();
        let reaches = kept.first().is_some_and(|(seq, _)| *seq == head.seq);
        if !reaches {
            return;
        }
        endpoint.restore(&backup);
        until_it_holds(aino, random, |one| one.sync(endpoint));
        let last = aino.replica().head().unwrap();
        assert!(last.seq >= head.seq && endpoint.hash_of(last.seq, &[]) == Some(last.hash));
        let again = endpoint.hash_of(last.seq, &[]);
        assert!(again == end || last.seq > head.seq, "something was lost");
        if aino.replica().snapshot_due().unwrap() {
            until_it_holds(aino, random, |one| {
                accounted(one, |replica, done| replica.take_snapshot(endpoint, done))
            });
        }
    }

    /// The endpoint lies to one laptop, which names it or was shown nothing but the truth.
    fn lie(&mut self, who: usize) {
        let World { random, endpoint, .. } = self;
        let laptop = &mut self.laptops[who];
        let line = endpoint.line.take();
        endpoint.lie = Some(lie(random, laptop, endpoint));
        let told = laptop.sync(endpoint);
        endpoint.lie = None;
        endpoint.line = line;
        if let Err(error) = told {
            let named = matches!(
                error,
                SyncError::Gap { .. }
                    | SyncError::Repeated { .. }
                    | SyncError::Reordered { .. }
                    | SyncError::Branched { .. }
                    | SyncError::RolledBack { .. }
                    | SyncError::Forged { .. }
                    | SyncError::SnapshotMissing
                    | SyncError::Busy
            );
            assert!(named, "{error:?}");
        }
        let head = laptop.replica().head().unwrap();
        let truth = endpoint.hash_of(head.seq, &[]);
        // What was cut away cannot be compared any more.
        assert!(truth.is_none_or(|truth| truth == head.hash), "a lie was believed");
    }

    /// Everybody synchronises twice over a line that holds, and must have come to the same.
    fn quiesce(mut self) {
        let endpoint = &mut self.endpoint;
        endpoint.line = None;
        for _ in 0..2 {
            for laptop in &mut self.laptops {
                laptop.sync(endpoint).unwrap();
            }
        }
        let dump = self.laptops[0].dump();
        let logged: BTreeSet<Uuid> = self.laptops[0].ids("change").into_iter().collect();
        let state = self.laptops[0].store().state_hash(None).unwrap();
        for laptop in &mut self.laptops {
            assert_eq!(laptop.dump(), dump, "replicas differ");
            assert_eq!(laptop.store().state_hash(None).unwrap(), state);
            let known = laptop.replica().roster().unwrap();
            let truth = endpoint.roster.as_ref().unwrap();
            assert_eq!((known.head(), known.members()), (truth.head(), truth.members()));
            assert_eq!(laptop.store().unsent_count().unwrap(), 0);
            laptop.store().check_derived().unwrap();
            assert_eq!(laptop.turns_held_twice(), 0);
            for change in &laptop.accepted {
                let kept = logged.contains(&change.0) || laptop.dropped.contains(change);
                assert!(kept, "{change:?} is lost");
            }
        }
        for laptop in &mut self.out {
            let error = laptop.sync(endpoint).unwrap_err();
            let kept_out = matches!(
                error,
                SyncError::ShutOut { .. }
                    | SyncError::Endpoint {
                        cause: Cause::DeviceRevoked
                    }
            );
            assert!(kept_out, "{error}");
        }
    }
}

/// A page that is not the truth.
fn lie(random: &mut Seeded, laptop: &mut Laptop, endpoint: &Endpoint) -> Box<dyn FnMut(&mut Page)> {
    let at = random.below(5) as usize;
    let bit = random.below(1 << 20) as usize;
    let known = laptop.replica().roster().unwrap();
    let (epoch, schema) = (known.members().epoch, known.members().schema);
    let device = id_of(laptop);
    // An earlier end that is true, as far as the log is still there.
    let back = random.below(4);
    let seq = endpoint.head().seq.saturating_sub(back).max(1);
    let earlier = endpoint.hash_of(seq, &[]);
    match random.below(7) {
        0 => Box::new(move |page| {
            if at < page.entries.len() {
                page.entries.remove(at);
            }
        }),
        1 => Box::new(move |page| {
            if at + 1 < page.entries.len() {
                page.entries.swap(at, at + 1);
            }
        }),
        2 => Box::new(move |page| {
            if let Some(entry) = page.entries.get(at).cloned() {
                page.entries.push(entry);
            }
        }),
        3 => Box::new(move |page| {
            if let Some(entry) = page.entries.get_mut(at) {
                let place = bit / 8 % entry.len();
                entry[place] ^= 1 << (bit % 8);
            }
        }),
        4 => Box::new(move |page| {
            // A second branch, as far as one can be forged without a member's key.
            let header = Header {
                seq: page.head.seq + 1,
                previous: page.head.hash,
                device,
                epoch,
                schema,
            };
            let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
            let forged = Entry::signed(header, Body::Sealed(vec![1; 60]), &key);
            page.entries.push(forged.encode());
            page.head = forged.head();
        }),
        5 => Box::new(move |page| page.head.hash = EntryHash([at as u8; 32])),
        _ => Box::new(move |page| {
            if let Some(hash) = earlier {
                page.head.seq = seq;
                page.head.hash = hash;
                page.entries
                    .retain(|entry| Entry::decode(entry).is_ok_and(|entry| entry.header.seq <= seq));
            }
        }),
    }
}

fn world(seed: u64) {
    let mut world = World::new(seed);
    let steps = 30 + world.random.below(50);
    for _ in 0..steps {
        world.step();
    }
    world.quiesce();
}

#[test]
fn random_worlds_come_to_the_same() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("KIULU_SIMULATE").unwrap_or(USUAL);
    let from = number("KIULU_SIMULATE_FROM").unwrap_or(1);
    let seeds: Vec<u64> = FAILED.iter().copied().chain(from..from + count).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failed = std::sync::Mutex::new(Vec::new());
    let begun = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if catch_unwind(AssertUnwindSafe(|| world(*seed))).is_err() {
                        println!("seed {seed} failed");
                        failed.lock().unwrap().push(*seed);
                    }
                }
            });
        }
    });
    println!("{} worlds in {:?}", seeds.len(), begun.elapsed());
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "seeds that failed: {failed:?}");
}
