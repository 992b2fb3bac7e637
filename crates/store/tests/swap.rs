//! A restored file takes the place of the organisation's: whole, or not at all, and under nobody's feet.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Counting, Fixture, dump, key, person};
use kiulu_store::{Error, FileKey, Store, SwapPaths, put_in_place};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(300);

/// A register with one contact too many, and a file unpacked beside it that is to take its place.
struct Restoring {
    folder: tempfile::TempDir,
    store: Store,
    paths: SwapPaths,
    present: String,
    restored: String,
}

impl Restoring {
    fn new() -> Self {
        let f = Fixture::new();
        f.import(30);
        f.raw.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let paths = SwapPaths::at(&f.file(), chrono::DateTime::UNIX_EPOCH);
        std::fs::copy(f.file(), paths.restored()).unwrap();
        let restored = f.dump();
        f.add(person("Liikaa", "Tullut"));
        let present = f.dump();
        let Fixture {
            folder, store, raw, ..
        } = f;
        drop(raw);
        Self {
            folder,
            store,
            paths,
            present,
            restored,
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("test.kiulu")
    }
}

fn open(path: &Path) -> kiulu_store::Result<Store> {
    Store::open(path, &key(7), Arc::new(Counting::from(100_000)))
}

fn put(paths: &SwapPaths, key: &FileKey) -> kiulu_store::Result<Store> {
    put_in_place(paths, key, Arc::new(Counting::from(100_000)), PATIENCE)
}

#[test]
fn a_file_that_somebody_has_open_is_not_replaced() {
    let r = Restoring::new();
    assert!(matches!(put(&r.paths, &key(7)), Err(Error::Busy)));
    assert!(r.paths.restored().exists() && !r.paths.replaced().exists());
    assert_eq!(dump(&r.database()), r.present);

    // Work that ends meanwhile is waited for, and nothing of it is lost.
    let (database, paths, restored) = (r.database(), r.paths.clone(), r.restored.clone());
    let replacing = std::thread::spawn(move || put(&paths, &key(7)));
    std::thread::sleep(Duration::from_millis(60));
    let id = kiulu_domain::id::ContactId(r.store.source().uuid());
    r.store
        .write(&kiulu_domain::action::Action::OrganisationEdit, |tx| {
            tx.insert_contact(id, &person("Viime", "Hetki"))
        })
        .unwrap();
    drop(r.store);
    let opened = replacing.join().unwrap().unwrap();
    assert_eq!(dump(&database), restored);
    assert!(dump(r.paths.replaced()).contains("Hetki"));
    // The new one is open, so it is not replaced under it either.
    std::fs::copy(&database, r.paths.restored()).unwrap();
    assert!(matches!(put(&r.paths, &key(7)), Err(Error::Busy)));
    drop(opened);
}

#[test]
fn a_file_that_does_not_open_in_the_new_place_gives_it_back() {
    let r = Restoring::new();
    drop(r.store);
    std::fs::write(r.paths.restored(), b"").unwrap();
    assert!(matches!(put(&r.paths, &key(7)), Err(Error::Damaged(_))));
    assert!(!r.paths.replaced().exists());
    drop(open(&r.folder.path().join("test.kiulu")).unwrap());
    assert_eq!(dump(&r.folder.path().join("test.kiulu")), r.present);
}

#[test]
fn a_replacing_that_was_cut_off_is_ended_when_the_file_is_opened_next() {
    let r = Restoring::new();
    let database = r.database();
    drop(r.store);
    // A log that the crash has left must not be played into the new file.
    std::fs::rename(&database, r.paths.replaced()).unwrap();
    std::fs::write(r.folder.path().join("test.kiulu-wal"), b"left behind").unwrap();
    drop(open(&database).unwrap());
    assert_eq!(dump(&database), r.restored);
    assert!(!r.paths.restored().exists());
    assert_eq!(
        std::fs::read(
            r.paths
                .replaced()
                .with_file_name("replaced-19700101000000000.db-wal")
        )
        .unwrap(),
        b"left behind"
    );
}

#[test]
fn a_file_that_was_unpacked_and_never_put_in_place_is_not_taken_for_the_register() {
    let r = Restoring::new();
    let database = r.database();
    drop(r.store);
    std::fs::rename(&database, r.folder.path().join("elsewhere")).unwrap();
    assert!(matches!(open(&database), Err(Error::NotFound)));
    SwapPaths::clear(&database);
    assert!(!r.paths.restored().exists());
}

#[test]
fn a_damaged_file_is_kept_as_it_is() {
    let r = Restoring::new();
    let database = r.database();
    drop(r.store);
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[50] ^= 1;
    std::fs::write(&database, &bytes).unwrap();
    drop(put(&r.paths, &key(7)).unwrap());
    assert!(std::fs::read(r.paths.replaced()).unwrap() == bytes);
    assert_eq!(dump(&database), r.restored);
}
