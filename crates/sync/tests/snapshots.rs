//! Snapshots, a log that is cut behind one, laptops that are older than the cut, and an endpoint that was restored from an old backup.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::rows::{import, person, raw, stakeholder_kind};
use common::{Endpoint, LATER, Laptop, founder, id_of, joins};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ContactId, StakeholderKindId};
use kiulu_sync::{Content, Progress, Step, SyncError, Synced};
use kiulu_wire::{Refused, Role};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const KIND: StakeholderKindId = StakeholderKindId(Uuid::from_u128(0x11));

/// Brings so many contacts in as one change.
fn fill(laptop: &Laptop, count: u32) {
    let action = Action::OrganisationCreate { name: "Testi".into() };
    laptop
        .store()
        .write(&action, |tx| {
            tx.put_stakeholder_kind(&stakeholder_kind(KIND, "Asukas"))
        })
        .unwrap();
    import(laptop.store(), KIND, count, |_| {}).unwrap();
}

fn snapshot(laptop: &mut Laptop, endpoint: &mut Endpoint) {
    laptop
        .replica()
        .take_snapshot(endpoint, &mut Synced::default())
        .unwrap();
}

fn cut(laptop: &mut Laptop, endpoint: &mut Endpoint) {
    snapshot(laptop, endpoint);
    laptop.replica().cut_log(endpoint).unwrap();
}

/// Two laptops that agree about many contacts.
fn two() -> (Endpoint, Laptop, Laptop) {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    fill(&aino, 300);
    aino.sync(&mut endpoint).unwrap();
    let mut eero = joins(2, Role::Editor, &mut aino, &mut endpoint);
    eero.sync(&mut endpoint).unwrap();
    (endpoint, aino, eero)
}

fn agree(one: &mut Laptop, other: &mut Laptop, endpoint: &mut Endpoint) {
    for _ in 0..2 {
        one.sync(endpoint).unwrap();
        other.sync(endpoint).unwrap();
    }
    assert_eq!(one.dump(), other.dump());
    let (a, b) = (one.replica().roster().unwrap(), other.replica().roster().unwrap());
    assert_eq!((a.head(), a.members()), (b.head(), b.members()));
    for laptop in [one, other] {
        laptop.store().check_derived().unwrap();
        assert_eq!(laptop.store().unsent_count().unwrap(), 0);
    }
}

#[test]
fn who_joins_a_log_that_was_cut_starts_from_the_snapshot() {
    let (mut endpoint, mut aino, mut eero) = two();
    aino.replica()
        .cut_log(&mut endpoint)
        .expect_err("there is nothing to cut behind");
    cut(&mut aino, &mut endpoint);
    let head = endpoint.head();
    aino.replica().cut_log(&mut endpoint).unwrap();
    assert_eq!(endpoint.head(), head, "it is cut already");
    assert!(endpoint.cut > 0);
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    let mut new = joins(3, Role::Owner, &mut aino, &mut endpoint);
    agree(&mut aino, &mut new, &mut endpoint);
    agree(&mut aino, &mut eero, &mut endpoint);
    // What started from a snapshot can take the next one.
    cut(&mut new, &mut endpoint);
    agree(&mut aino, &mut new, &mut endpoint);
    let newest = joins(4, Role::Viewer, &mut new, &mut endpoint);
    assert_eq!(newest.dump(), new.dump());
}

#[test]
fn a_laptop_older_than_the_cut_reloads_and_keeps_what_it_wrote() {
    let (mut endpoint, mut aino, mut eero) = two();
    let shared = ContactId(aino.ids("contact")[0]);
    let gone = ContactId(aino.ids("contact")[1]);
    eero.add("Eeronen");
    eero.rename(shared, "Eeron");
    eero.rename(gone, "Eeron");
    aino.rename(shared, "Ainon");
    aino.write(|tx| tx.delete_contact(gone)).unwrap();
    aino.sync(&mut endpoint).unwrap();
    cut(&mut aino, &mut endpoint);
    aino.add("Jälkeen");
    let done = eero.sync(&mut endpoint).unwrap();
    assert!(done.reloaded && !done.unproven);
    assert_eq!(done.sent, 3);
    agree(&mut aino, &mut eero, &mut endpoint);
    let accepted = [&aino, &eero].map(|laptop| laptop.accepted.clone()).concat();
    let changes = aino.ids("change");
    assert!(accepted.iter().all(|change| changes.contains(&change.0)));
    let notes = aino.ids("attention");
    assert_eq!(notes.len(), 2, "both clashes are told");
}

#[test]
fn a_change_that_arrived_before_the_cut_is_not_applied_twice() {
    let (mut endpoint, mut aino, mut eero) = two();
    eero.add("Eeronen");
    // The answer to its append is lost, and the log is cut before Eero hears of it.
    endpoint.lose_answers = true;
    assert!(matches!(eero.sync(&mut endpoint), Err(SyncError::Unreachable)));
    endpoint.lose_answers = false;
    let sent = endpoint.head().seq;
    cut(&mut aino, &mut endpoint);
    assert!(endpoint.cut >= sent);
    let done = eero.sync(&mut endpoint).unwrap();
    assert_eq!((done.acknowledged, done.sent), (1, 0));
    agree(&mut aino, &mut eero, &mut endpoint);
}

#[test]
fn a_laptop_older_than_the_cut_follows_an_epoch_that_an_owner_it_knew_began() {
    let (mut endpoint, mut aino, mut eero) = two();
    let third = joins(3, Role::Editor, &mut aino, &mut endpoint);
    let out = id_of(&third);
    aino.replica().revoke(&mut endpoint, &[out]).unwrap();
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    cut(&mut aino, &mut endpoint);
    agree(&mut eero, &mut aino, &mut endpoint);
}

#[test]
fn nothing_vouches_for_a_stranger_s_snapshot_under_a_key_from_its_own_record() {
    let (mut endpoint, mut aino, mut eero) = two();
    let mut kalle = joins(3, Role::Owner, &mut aino, &mut endpoint);
    let out = id_of(&aino);
    kalle.replica().revoke(&mut endpoint, &[out]).unwrap();
    cut(&mut kalle, &mut endpoint);
    let error = eero.sync(&mut endpoint).unwrap_err();
    assert!(matches!(error, SyncError::SnapshotUnproven { .. }), "{error}");
}

#[test]
fn a_sheet_from_before_the_cut_lets_in_and_says_that_nothing_vouches() {
    let (mut endpoint, mut aino, _) = two();
    let before = aino.replica().make_sheet(&mut endpoint, "https://x.fi").unwrap();
    aino.add("Virtanen");
    cut(&mut aino, &mut endpoint);
    let mut new = Laptop::new(5);
    let done = new.replica().join(&mut endpoint, &before, "Aino").unwrap();
    assert!(done.reloaded && done.unproven);
    agree(&mut aino, &mut new, &mut endpoint);
    let behind = aino.replica().make_sheet(&mut endpoint, "https://x.fi").unwrap();
    let done = Laptop::new(6)
        .replica()
        .join(&mut endpoint, &behind, "Aino")
        .unwrap();
    assert!(
        done.reloaded && !done.unproven,
        "the sheet has a head behind the cut"
    );
}

#[test]
fn taking_and_loading_go_on_where_the_line_broke() {
    let (mut endpoint, mut aino, _) = two();
    // Random notes, which no compressor makes small: several pieces.
    let mut random = common::Seeded(3);
    let mut letters = || char::from(b'!' + random.below(90) as u8);
    let mut details = person("Matti", "Pitkänen");
    details.notes = std::iter::repeat_with(&mut letters).take(3 << 20).collect();
    let id = ContactId(aino.store().source().uuid());
    aino.write(|tx| tx.insert_contact(id, &details)).unwrap();
    aino.sync(&mut endpoint).unwrap();

    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let watch = |laptop: &mut Laptop| {
        let told = told.clone();
        laptop
            .replica()
            .watch(move |progress| told.lock().unwrap().push(progress));
    };
    watch(&mut aino);
    let mut broken = 0;
    for pieces in 0.. {
        endpoint.pieces_left = Some(pieces.min(1));
        match aino
            .replica()
            .take_snapshot(&mut endpoint, &mut Synced::default())
        {
            Ok(()) => break,
            Err(SyncError::Unreachable) => broken += 1,
            Err(error) => panic!("{error}"),
        }
        aino.crash();
        watch(&mut aino);
    }
    assert!(broken >= 3, "{broken}");
    endpoint.pieces_left = None;
    let size = endpoint.contents[0].size;
    let sent: Vec<u64> = std::mem::take(&mut *told.lock().unwrap())
        .iter()
        .filter(|told| told.step == Step::Sending && told.of == size)
        .map(|told| told.done)
        .collect();
    assert!(sent.is_sorted(), "nothing is sent twice: {sent:?}");
    assert_eq!(sent.last(), Some(&size));
    aino.replica().cut_log(&mut endpoint).unwrap();

    let code = aino
        .replica()
        .invite(&mut endpoint, Role::Editor, LATER, "https://x.fi")
        .unwrap();
    let mut new = Laptop::new(3);
    watch(&mut new);
    for pieces in 0.. {
        endpoint.pieces_left = Some(pieces.min(1));
        match new.replica().join(&mut endpoint, &code, "Eero") {
            Ok(_) => break,
            Err(SyncError::Unreachable) => {}
            Err(error) => panic!("{error}"),
        }
        new.crash();
        watch(&mut new);
    }
    endpoint.pieces_left = None;
    let told = std::mem::take(&mut *told.lock().unwrap());
    let received: Vec<u64> = told
        .iter()
        .filter(|told| told.step == Step::Receiving)
        .map(|told| told.done)
        .collect();
    assert!(received.is_sorted(), "nothing is fetched twice: {received:?}");
    let loaded = told.iter().filter(|told| told.step == Step::Loading);
    assert_eq!(loaded.map(|told| told.done).max(), Some(size));
    agree(&mut aino, &mut new, &mut endpoint);
    let left: Vec<_> = std::fs::read_dir(new.store().path().parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("snapshot"))
        .collect();
    assert_eq!(left, Vec::<std::ffi::OsString>::new());
}

#[test]
fn a_snapshot_is_taken_again_when_a_record_came_between() {
    let (mut endpoint, mut aino, _) = two();
    endpoint.pieces_left = Some(0);
    let taken = aino
        .replica()
        .take_snapshot(&mut endpoint, &mut Synced::default());
    assert!(matches!(taken, Err(SyncError::Unreachable)));
    endpoint.pieces_left = None;
    let mut eero = joins(3, Role::Editor, &mut aino, &mut endpoint);
    snapshot(&mut aino, &mut endpoint);
    let seq = aino.replica().roster().unwrap().snapshot().unwrap().seq;
    assert!(seq >= eero.replica().roster().unwrap().recorded());
    agree(&mut aino, &mut eero, &mut endpoint);
}

#[test]
fn only_owners_take_snapshots() {
    let (mut endpoint, _, mut eero) = two();
    let error = eero
        .replica()
        .take_snapshot(&mut endpoint, &mut Synced::default())
        .unwrap_err();
    let named = matches!(
        error,
        SyncError::EntryRefused {
            refused: Refused::RoleTooLow { .. },
            ..
        }
    );
    assert!(named, "{error}");
}

#[test]
fn a_replica_that_differs_says_so_and_reloads() {
    let (mut endpoint, mut aino, mut eero) = two();
    eero.add("Odottava");
    raw(eero.store().path())
        .execute_batch("UPDATE contact SET notes = 'bit rot' WHERE id = (SELECT min(id) FROM contact)")
        .unwrap();
    snapshot(&mut aino, &mut endpoint);
    let (head, dump) = (eero.replica().head(), eero.dump());
    for _ in 0..2 {
        let error = eero.sync(&mut endpoint).unwrap_err();
        assert!(matches!(error, SyncError::StateDiffers { .. }), "{error}");
        assert_eq!(eero.dump(), dump);
    }
    assert_eq!(eero.replica().head(), head);
    let mut done = Synced::default();
    eero.replica().reload(&mut endpoint, &mut done).unwrap();
    assert!(done.reloaded);
    assert_eq!(done.sent, 1);
    agree(&mut aino, &mut eero, &mut endpoint);
}

#[test]
fn a_changed_bit_in_a_snapshot_is_refused_by_name() {
    let (mut endpoint, mut aino, _) = two();
    cut(&mut aino, &mut endpoint);
    let code = aino
        .replica()
        .invite(&mut endpoint, Role::Editor, LATER, "https://x.fi")
        .unwrap();
    let whole = endpoint.contents[0].bytes.clone();
    let mut new = Laptop::new(3);
    let before = new.dump();
    for at in [0, 24, whole.len() / 2, whole.len() - 1] {
        endpoint.contents[0].bytes[at] ^= 1;
        let error = new.replica().join(&mut endpoint, &code, "Eero").unwrap_err();
        assert!(matches!(error, SyncError::ContentDiffers { .. }), "{at}: {error}");
        assert_eq!(new.dump(), before);
        endpoint.contents[0].bytes.clone_from(&whole);
    }
    new.replica().join(&mut endpoint, &code, "Eero").unwrap();
}

#[test]
fn a_snapshot_is_due_by_entries_or_bytes() {
    use kiulu_sync::snapshot_due;
    for (entries, bytes, size, due) in [
        (0, 0, 0, false),
        (4_999, 1 << 20, 0, false),
        (5_000, 0, 1 << 40, true),
        (10, 16 << 20, 0, true),
        (10, 16 << 20, 17 << 20, false),
        (10, 17 << 20, 17 << 20, true),
    ] {
        assert_eq!(
            snapshot_due(entries, bytes, size),
            due,
            "{entries} {bytes} {size}"
        );
    }
    let (_, aino, eero) = two();
    assert!(!aino.replica.as_ref().unwrap().snapshot_due().unwrap());
    assert!(!eero.replica.as_ref().unwrap().snapshot_due().unwrap());
}

#[test]
fn an_endpoint_restored_from_an_old_backup_gets_back_what_it_lost() {
    let (mut endpoint, mut aino, mut eero) = two();
    aino.replica()
        .change_role(&mut endpoint, id_of(&eero), Role::Owner)
        .unwrap();
    let mut old = endpoint.backup();
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    let mut third = joins(3, Role::Editor, &mut aino, &mut endpoint);
    let out = id_of(&third);
    third.add("Kolmannen");
    third.sync(&mut endpoint).unwrap();
    aino.replica().revoke(&mut endpoint, &[out]).unwrap();
    snapshot(&mut aino, &mut endpoint);
    aino.add("Laine");
    aino.sync(&mut endpoint).unwrap();
    let lost = endpoint.head().seq - old.head().seq;
    // Eero has seen only a part of it, and has something to hand over.
    eero.add("Eeronen");
    let done = eero.sync(&mut old).unwrap();
    assert_eq!(done.refilled, 0, "he has read nothing that is lost");
    let error = aino.sync(&mut old).unwrap_err();
    assert!(
        matches!(error, SyncError::Branched { .. }),
        "somebody has written since: {error}"
    );

    let mut old = endpoint.backup();
    old.entries.truncate(old.entries.len() - lost as usize);
    let mut roster = kiulu_wire::Roster::found(&kiulu_wire::Entry::decode(&old.entries[0]).unwrap()).unwrap();
    for entry in &old.entries[1..] {
        roster.admit(&kiulu_wire::Entry::decode(entry).unwrap()).unwrap();
    }
    old.roster = Some(roster);
    old.contents.clear();
    let done = aino.sync(&mut old).unwrap();
    assert_eq!(u64::from(done.refilled), lost);
    assert_eq!(old.entries, endpoint.entries);
    assert_eq!(old.roster, endpoint.roster);
    // The snapshot's ciphertext did not come back, so a new one is due.
    assert!(aino.replica().snapshot_due().unwrap());
    cut(&mut aino, &mut old);
    assert!(!aino.replica().snapshot_due().unwrap());
    let mut new = joins(4, Role::Editor, &mut aino, &mut old);
    agree(&mut aino, &mut new, &mut old);
}

#[test]
fn whoever_does_not_have_the_place_any_more_says_that_the_log_was_rolled_back() {
    let (mut endpoint, mut aino, _) = two();
    let mut old = endpoint.backup();
    for _ in 0..2 {
        cut(&mut aino, &mut endpoint);
    }
    let error = aino.stops(&mut old);
    assert!(
        matches!(error, SyncError::RolledBack { seen, found } if seen > found && found == old.head().seq),
        "{error}"
    );
}

#[test]
fn a_content_is_named_by_what_it_is() {
    let (mut endpoint, mut aino, _) = two();
    snapshot(&mut aino, &mut endpoint);
    let place = aino.replica().roster().unwrap().snapshot().unwrap();
    assert_eq!(endpoint.contents[0].content, Content::Snapshot(place.content));
    let seen = &endpoint.contents[0].bytes;
    for word in ["Meikäläinen", "Matti", "contact", "change"] {
        let there = seen.windows(word.len()).any(|bytes| bytes == word.as_bytes());
        assert!(!there, "{word}");
    }
}
