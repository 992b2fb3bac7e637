//! All shared data as one stream: it comes back whole, only whole, and what is not in the log yet lies on top of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Counting, Fixture, dump_with_changes, email_point, key, person, raw, role};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ContactId, UserId};
use kiulu_store::{Error, LogEntry, OnEdited, Place, Store};
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use uuid::Uuid;

/// Hands everything that was written here over to an imagined log.
fn hand_over(store: &Store, entry: u64) {
    let unsent = store.unsent().unwrap();
    let entries = [LogEntry {
        seq: entry,
        changes: unsent.len() as u32,
        bytes: vec![entry as u8; 40],
    }];
    let place = Place {
        cursor: b"here",
        entries: &entries,
        forget: 0,
    };
    store.acknowledge(unsent.last().unwrap().id, &place).unwrap();
}

/// A register with a bit of everything: two people, one deleted again, an undo, an import.
fn filled() -> Fixture {
    let register = Fixture::new();
    let id = register.add(person("Matti", "Meikäläinen"));
    let point = register.store.source().uuid();
    register.change(|tx| {
        tx.put_contact_point(id, &email_point(point, "matti@example.fi"))?;
        tx.put_role(&role(tx.uuid(), id, register.kind, Some(register.flat)))
    });
    let gone = register.add(person("Poissa", "Oleva"));
    register.change(|tx| tx.delete_contact(gone));
    let undone = register.change(|tx| {
        let mut details = tx.contact(id)?;
        details.last_name = "Virtanen".into();
        tx.update_contact(id, &details)
    });
    register.store.undo(undone, OnEdited::KeepThem).unwrap();
    register.import(40);
    register
}

fn snapshot_of(store: &Store) -> (Vec<u8>, [u8; 32]) {
    let mut bytes = Vec::new();
    let hash = store.write_snapshot(b"here", &mut bytes).unwrap();
    (bytes, hash)
}

fn empty(number: u64) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.kiulu");
    let store = Store::create(&path, &key(7), Arc::new(Counting::from(number << 40))).unwrap();
    (folder, store)
}

fn place(cursor: &[u8]) -> Place<'_> {
    Place {
        cursor,
        ..Place::default()
    }
}

#[test]
fn a_snapshot_comes_back_as_it_was() {
    let register = filled();
    assert!(matches!(
        register.store.write_snapshot(b"here", &mut Vec::new()),
        Err(Error::Outdated)
    ));
    hand_over(&register.store, 1);
    assert!(matches!(
        register.store.write_snapshot(b"elsewhere", &mut Vec::new()),
        Err(Error::Outdated)
    ));
    let (bytes, hash) = snapshot_of(&register.store);
    assert_eq!(register.store.state_hash(None).unwrap(), Some(hash));
    let (_folder, other) = empty(2);
    let done = other.load_snapshot(&mut &*bytes, hash, &place(b"here")).unwrap();
    assert_eq!(done, Default::default());
    assert_eq!(
        dump_with_changes(&raw(other.path())),
        dump_with_changes(&register.raw)
    );
    assert_eq!(snapshot_of(&other), (bytes, hash));
    other.check_derived().unwrap();
    other.check().unwrap();
    let indexes = "SELECT sql FROM sqlite_schema WHERE type = 'index' ORDER BY name";
    let indexes = |conn: &rusqlite::Connection| -> Vec<Option<String>> {
        let mut statement = conn.prepare(indexes).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(indexes(&raw(other.path())), indexes(&register.raw));
    assert_eq!(other.unsent_count().unwrap(), 0);
}

#[test]
fn the_hash_is_that_of_what_the_log_has_now_or_had_with_an_entry() {
    let register = filled();
    hand_over(&register.store, 1);
    let first = register.store.state_hash(None).unwrap().unwrap();
    let dump = register.dump();
    let id = register.add(person("Liisa", "Laine"));
    assert_eq!(register.store.state_hash(None).unwrap(), Some(first));
    hand_over(&register.store, 2);
    let second = register.store.state_hash(None).unwrap().unwrap();
    assert_ne!(second, first);
    register.change(|tx| tx.delete_contact(id));
    assert_eq!(register.store.state_hash(Some(1)).unwrap(), Some(first));
    assert_eq!(register.store.state_hash(Some(2)).unwrap(), Some(second));
    assert_eq!(register.store.state_hash(Some(3)).unwrap(), None);
    assert_eq!(register.dump(), dump, "looking changes nothing");
    register.store.check_derived().unwrap();
}

#[test]
fn what_the_log_does_not_have_lies_on_top_again() {
    let register = filled();
    hand_over(&register.store, 1);
    let (bytes, hash) = snapshot_of(&register.store);
    let (_folder, other) = empty(2);
    other.load_snapshot(&mut &*bytes, hash, &place(b"here")).unwrap();
    other
        .set_profile(UserId(Uuid::from_u128(0xBB)), "Eero", "eero@example.fi")
        .unwrap();
    let id = ContactId(other.source().uuid());
    let action = Action::ContactCreate { name: "Uusi".into() };
    other
        .write(&action, |tx| tx.insert_contact(id, &person("Uusi", "Ihminen")))
        .unwrap();
    let dump = dump_with_changes(&raw(other.path()));
    let done = other.load_snapshot(&mut &*bytes, hash, &place(b"again")).unwrap();
    assert_eq!((done.kept, done.acknowledged), (2, 0));
    assert_eq!(dump_with_changes(&raw(other.path())), dump);
    assert_eq!(other.unsent_count().unwrap(), 2);
    assert_eq!(other.log_cursor().unwrap().as_deref(), Some(&b"again"[..]));
    other.check_derived().unwrap();
    // What the snapshot holds by now is not put on top of it a second time.
    hand_over(&other, 2);
    let (bytes, hash) = {
        let mut bytes = Vec::new();
        let hash = other.write_snapshot(b"here", &mut bytes).unwrap();
        (bytes, hash)
    };
    let done = other.load_snapshot(&mut &*bytes, hash, &place(b"here")).unwrap();
    assert_eq!((done.kept, done.received), (0, 0));
    assert_eq!(dump_with_changes(&raw(other.path())), dump);
}

#[test]
fn a_stream_that_was_cut_or_changed_anywhere_leaves_everything_as_it_was() {
    let register = Fixture::new();
    register.add(person("Matti", "Meikäläinen"));
    hand_over(&register.store, 1);
    let (bytes, hash) = snapshot_of(&register.store);
    let (_folder, other) = empty(2);
    other
        .set_profile(UserId(Uuid::from_u128(0xBB)), "Eero", "eero@example.fi")
        .unwrap();
    let dump = dump_with_changes(&raw(other.path()));
    let refuses = |stream: &[u8]| {
        let mut stream = stream;
        let error = other
            .load_snapshot(&mut stream, hash, &place(b"here"))
            .unwrap_err();
        let named = matches!(
            error,
            Error::Unreadable(_) | Error::StateDiffers | Error::Database(_) | Error::InUse(_)
        );
        assert!(named, "{error:?}");
    };
    for at in (0..bytes.len()).step_by(7) {
        refuses(&bytes[..at]);
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x11;
        refuses(&flipped);
    }
    refuses(&[&*bytes, &[0]].concat());
    assert_eq!(dump_with_changes(&raw(other.path())), dump);
    other.check_derived().unwrap();
}

/// The same rows by bare statements, and the search index in bulk.
fn bare(from: &rusqlite::Connection, to: &rusqlite::Connection) -> std::time::Duration {
    let mut tables = Vec::new();
    for table in kiulu_store::SHARED_TABLES.iter().chain(&["change"]) {
        let mut statement = from
            .prepare(&format!("SELECT * FROM {table} ORDER BY id"))
            .unwrap();
        let columns = statement.column_count();
        let rows: Vec<Vec<rusqlite::types::Value>> = statement
            .query_map([], |row| (0..columns).map(|column| row.get(column)).collect())
            .unwrap()
            .map(Result::unwrap)
            .collect();
        tables.push((table, columns, rows));
    }
    to.execute_batch("PRAGMA cache_size = -57344; PRAGMA foreign_keys = OFF")
        .unwrap();
    let begun = Instant::now();
    to.execute_batch("BEGIN").unwrap();
    for (table, columns, rows) in &tables {
        let marks = vec!["?"; *columns].join(", ");
        let mut insert = to
            .prepare(&format!("INSERT INTO {table} VALUES ({marks})"))
            .unwrap();
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row)).unwrap();
        }
    }
    to.execute_batch(
        "INSERT INTO local_contact_search(local_contact_search, rank) VALUES ('hashsize', 16777216);
         INSERT INTO local_contact_search(rowid, name, email, phone, number)
             SELECT rowid, last_name || ' ' || first_name, email, phone, number FROM contact;
         COMMIT",
    )
    .unwrap();
    begun.elapsed()
}

#[test]
#[ignore = "measures; an optimised build of store is needed"]
fn a_large_snapshot_loads_in_at_most_one_and_a_half_times_bare_rows_and_index() {
    let register = Fixture::new();
    register.import(100_000);
    hand_over(&register.store, 1);
    let begun = Instant::now();
    let (bytes, hash) = snapshot_of(&register.store);
    println!("written in {:?}, {} bytes", begun.elapsed(), bytes.len());
    let mut best = f64::MAX;
    for round in 0..3 {
        let (folder, other) = empty(2 + round);
        drop(other);
        let bare = bare(&register.raw, &raw(&folder.path().join("b.kiulu")));
        let (_folder, other) = empty(9 + round);
        let begun = Instant::now();
        other.load_snapshot(&mut &*bytes, hash, &place(b"here")).unwrap();
        let loaded = begun.elapsed();
        let begun = Instant::now();
        other.rebuild_derived().unwrap();
        let derived = begun.elapsed();
        let ratio = loaded.as_secs_f64() / bare.as_secs_f64();
        println!("bare {bare:?}, loaded {loaded:?} ({ratio:.2}), of which derived {derived:?}");
        best = best.min(ratio);
    }
    assert!(best <= 1.5, "{best:.2}");
}
