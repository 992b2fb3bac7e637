//! Files that do not open, and what the program then says of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Counting, Fixture, key, person, raw, raw_with};
use kiulu_domain::action::Action;
use kiulu_store::{Error, Store};
use std::path::Path;
use std::sync::Arc;

fn open(path: &Path) -> kiulu_store::Result<Store> {
    Store::open(path, &key(7), Arc::new(Counting::from(100_000)))
}

/// A closed file with some pages in it.
fn closed() -> (tempfile::TempDir, std::path::PathBuf) {
    let Fixture {
        folder, store, raw, ..
    } = {
        let f = Fixture::new();
        f.import(500);
        f
    };
    drop((store, raw));
    let path = folder.path().join("test.kiulu");
    assert!(!folder.path().join("test.kiulu-wal").exists());
    (folder, path)
}

#[test]
fn a_wrong_key_is_told_and_the_file_untouched() {
    let (_folder, path) = closed();
    let before = std::fs::read(&path).unwrap();
    let result = Store::open(&path, &key(8), Arc::new(Counting::default()));
    assert!(matches!(result, Err(Error::WrongKey)));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    open(&path).unwrap().check().unwrap();
}

#[test]
fn a_file_that_is_not_there_or_empty_or_of_another_program_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.kiulu");
    assert!(matches!(open(&path), Err(Error::NotFound)));
    assert!(!path.exists());

    std::fs::write(&path, b"").unwrap();
    assert!(matches!(open(&path), Err(Error::Damaged(_))));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);

    std::fs::write(&path, b"Nimi;Osoite\n").unwrap();
    assert!(matches!(open(&path), Err(Error::WrongKey)));

    let plain = folder.path().join("plain.db");
    rusqlite::Connection::open(&plain)
        .unwrap()
        .execute_batch("CREATE TABLE a(b)")
        .unwrap();
    assert!(matches!(open(&plain), Err(Error::Foreign)));

    let other = folder.path().join("other.db");
    raw(&other)
        .execute_batch("CREATE TABLE a(b); PRAGMA user_version = 1")
        .unwrap();
    assert!(matches!(open(&other), Err(Error::Foreign)));
}

#[test]
fn creating_never_replaces_a_file_and_leaves_no_half_of_one() {
    let (folder, path) = closed();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(
        Store::create(&path, &key(7), Arc::new(Counting::default())),
        Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::AlreadyExists
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    // What a crash left of an earlier attempt is in nobody's way.
    let next = folder.path().join("next.kiulu");
    std::fs::write(folder.path().join("next.kiulu-new"), b"half").unwrap();
    drop(Store::create(&next, &key(7), Arc::new(Counting::default())).unwrap());
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    let databases = names
        .iter()
        .filter(|name| !name.to_string_lossy().ends_with("-lock"));
    assert_eq!(databases.count(), 2, "{names:?}");
}

/// Makes the file look like one of schema 9.
fn newer(path: &Path, lowest_reader: u32) {
    let conn = raw(path);
    conn.execute_batch(
        "PRAGMA user_version = 9; ALTER TABLE contact ADD COLUMN later TEXT NOT NULL DEFAULT ''",
    )
    .unwrap();
    conn.execute(
        "UPDATE local_meta SET value = ?1 WHERE key = 'lowest_reader'",
        [lowest_reader.to_le_bytes()],
    )
    .unwrap();
}

#[test]
fn a_file_of_a_newer_program_is_refused_untouched() {
    let (folder, path) = closed();
    newer(&path, 9);
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(
        open(&path),
        Err(Error::Newer {
            needs: 9,
            has: kiulu_store::SCHEMA_VERSION
        })
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    drop(folder);
}

#[test]
fn a_newer_file_that_may_be_read_is_opened_for_reading_alone() {
    let (_folder, path) = closed();
    newer(&path, 1);
    let before = std::fs::read(&path).unwrap();
    let store = open(&path).unwrap();
    assert!(store.is_read_only());
    assert_eq!(
        store
            .contact_count(&Default::default(), common::day("2026-10-01"))
            .unwrap(),
        500
    );
    let id = kiulu_domain::id::ContactId(store.source().uuid());
    let written = store.write(&Action::OrganisationEdit, |tx| {
        tx.insert_contact(id, &person("A", "B"))
    });
    assert!(matches!(written, Err(Error::ReadOnly)), "{written:?}");
    drop(store);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn opening_does_not_wait_for_another_process_that_writes() {
    let (_folder, path) = closed();
    let writing = raw(&path);
    writing.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = std::time::Instant::now();
    let store = open(&path).unwrap();
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    assert_eq!(store.profile().unwrap().unwrap().name, "Aino Sihteeri");
}

#[test]
fn only_the_writes_of_others_are_told() {
    let f = Fixture::new();
    let other = open(&f.file()).unwrap();
    assert!(!f.changed_elsewhere().unwrap());
    f.add(person("Oma", "Muutos"));
    assert!(!f.changed_elsewhere().unwrap());
    assert!(other.changed_elsewhere().unwrap());
    // One's own change does not hide the other's before it.
    let id = kiulu_domain::id::ContactId(other.source().uuid());
    other
        .write(&Action::OrganisationEdit, |tx| {
            tx.insert_contact(id, &person("A", "B"))
        })
        .unwrap();
    f.add(person("Toinen", "Muutos"));
    assert!(f.changed_elsewhere().unwrap());
    assert!(!f.changed_elsewhere().unwrap());
}

#[test]
fn damage_anywhere_is_found() {
    let (folder, path) = closed();
    let whole = std::fs::read(&path).unwrap();
    let pages = whole.len() / 4096;
    assert!(pages > 40);
    for page in [1, 2, pages / 3, pages / 2, pages - 1] {
        let mut bytes = whole.clone();
        bytes[page * 4096 + 2000] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let found = open(&path).and_then(|store| store.check());
        assert!(matches!(found, Err(Error::Damaged(_))), "page {page}: {found:?}");
        // Looking changes nothing: the damaged file can be kept and examined.
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("test.kiulu{suffix}")));
        }
    }
    // The first page opens with no key at all, also with the right one.
    let mut bytes = whole.clone();
    bytes[100] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(open(&path), Err(Error::WrongKey)));

    for length in [whole.len() / 2, whole.len() - 4096, whole.len() - 100, 5000] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let found = open(&path).and_then(|store| store.check());
        assert!(
            matches!(found, Err(Error::Damaged(_))),
            "{length} bytes: {found:?}"
        );
    }
    std::fs::write(&path, &whole).unwrap();
    open(&path).unwrap().check().unwrap();
}

#[test]
fn reading_a_damaged_page_says_damaged() {
    let (_folder, path) = closed();
    let root: u32 = raw(&path)
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'contact'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(root as usize - 1) * 4096 + 500] ^= 0xff;
    std::fs::write(&path, &bytes).unwrap();
    let read = open(&path).and_then(|store| store.read(|reader| reader.each_contact(|_, _| Ok(()))));
    assert!(matches!(read, Err(Error::Damaged(_))), "{read:?}");
}

#[test]
fn nothing_personal_lies_in_the_file_or_beside_it_in_the_clear() {
    let f = Fixture::new();
    f.import(100);
    for entry in std::fs::read_dir(f.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for text in ["Meikäläinen1", "matti1@", "jäsenet.xlsx", "Aino"] {
            assert!(
                !bytes.windows(text.len()).any(|window| window == text.as_bytes()),
                "{text}"
            );
        }
    }
    // The same bytes under another key are noise.
    assert!(
        raw_with(&f.file(), 8)
            .query_row("SELECT count(*) FROM contact", [], |row| row.get::<_, i64>(0))
            .is_err()
    );
}
