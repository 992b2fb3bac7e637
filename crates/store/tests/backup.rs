//! Backups: written while the register is in use, restored where nothing but the file and a secret is at hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::{DateTime, Utc};
use common::{Counting, Fixture, dump, key, person, raw};
use kiulu_domain::id::OrganisationId;
use kiulu_store::{
    BackupHeader, Error, KeyFile, Secret, Store, read_backup_header, restore_backup, rewrap_backup,
    write_backup,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn header(key_file: KeyFile) -> BackupHeader {
    BackupHeader {
        organisation: OrganisationId(uuid::Uuid::from_u128(5)),
        name: "Asunto Oy Testi".into(),
        made_at: DateTime::<Utc>::UNIX_EPOCH,
        newest_change: None,
        asks_each_time: false,
        key_file,
    }
}

fn backup(f: &Fixture) -> PathBuf {
    let target = f.folder.path().join("copies/first.kiulu-backup");
    write_backup(f, &header(KeyFile::new(&key(7))), &target).unwrap();
    target
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_laptop_with_an_empty_keychain_restores_with_passphrase_or_recovery_code() {
    let f = Fixture::new();
    f.import(40);
    let mut key_file = KeyFile::new(&key(7));
    key_file
        .set_passphrase(&key(7), &Secret::new("kolme löylyä".into()))
        .unwrap();
    let code = key_file.renew_recovery(&key(7)).unwrap();
    let target = f.folder.path().join("first.kiulu-backup");
    write_backup(&f, &header(key_file), &target).unwrap();

    let laptop = tempfile::tempdir().unwrap();
    let read = read_backup_header(&target).unwrap();
    assert_eq!(read.name, "Asunto Oy Testi");
    assert!(matches!(
        read.key_file.unlock(&Secret::new("kolme kiulua".into())),
        Err(Error::WrongSecret)
    ));
    for (n, secret) in ["kolme löylyä", code.as_str()].into_iter().enumerate() {
        let unlocked = read.key_file.unlock(&Secret::new(secret.into())).unwrap();
        let path = laptop.path().join(format!("{n}/restored.kiulu"));
        restore_backup(&target, &unlocked, &path).unwrap();
        assert_eq!(files(path.parent().unwrap()), ["restored.kiulu"]);
        let store = Store::open(&path, &unlocked, Arc::new(Counting::from(50_000))).unwrap();
        store.check().unwrap();
        store.check_derived().unwrap();
        assert_eq!(dump(&path), f.dump());
    }
}

#[test]
fn a_new_passphrase_opens_an_old_backup_and_the_old_one_no_longer() {
    let f = Fixture::new();
    f.import(40);
    let secret = |text: &str| Secret::new(text.into());
    let mut key_file = KeyFile::new(&key(7));
    key_file.set_passphrase(&key(7), &secret("kolme löylyä")).unwrap();
    let target = f.folder.path().join("first.kiulu-backup");
    write_backup(&f, &header(key_file.clone()), &target).unwrap();

    key_file.set_passphrase(&key(7), &secret("neljä löylyä")).unwrap();
    rewrap_backup(&target, &key_file, true).unwrap();
    let read = read_backup_header(&target).unwrap();
    assert_eq!(
        (read.name.as_str(), read.asks_each_time),
        ("Asunto Oy Testi", true)
    );
    assert!(matches!(
        read.key_file.unlock(&secret("kolme löylyä")),
        Err(Error::WrongSecret)
    ));
    let unlocked = read.key_file.unlock(&secret("neljä löylyä")).unwrap();
    let path = f.folder.path().join("restored.kiulu");
    restore_backup(&target, &unlocked, &path).unwrap();
    drop(Store::open(&path, &unlocked, Arc::new(Counting::from(50_000))).unwrap());
    assert_eq!(dump(&path), f.dump());

    // Another key's file would lock the backup for good.
    let whole = std::fs::read(&target).unwrap();
    rewrap_backup(&target, &KeyFile::new(&key(8)), false).unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), whole);
}

#[test]
fn a_backup_whose_header_names_another_organisation_is_refused() {
    let f = Fixture::new();
    f.change(|tx| {
        tx.put_organisation(&kiulu_domain::organisation::Organisation {
            id: OrganisationId(uuid::Uuid::from_u128(6)),
            kind: kiulu_domain::organisation::OrganisationKind::Association,
            name: "Toinen ry".into(),
            business_id: String::new(),
            language: kiulu_domain::organisation::Language::Fi,
            address: Default::default(),
            time_zone: "Europe/Helsinki".into(),
            identity_code_basis: String::new(),
        })
    });
    let target = backup(&f);
    let path = f.folder.path().join("restored.kiulu");
    assert!(matches!(
        restore_backup(&target, &key(7), &path),
        Err(Error::Foreign)
    ));
    assert!(!path.exists());
}

#[test]
fn a_restored_file_is_another_device() {
    let f = Fixture::new();
    let target = backup(&f);
    let path = f.folder.path().join("restored.kiulu");
    restore_backup(&target, &key(7), &path).unwrap();
    let store = Store::open(&path, &key(7), Arc::new(Counting::from(50_000))).unwrap();
    assert_eq!(store.user(), None, "whose laptop this is has to be asked");
    drop(store);
    let device = |path: &Path| -> Vec<u8> {
        raw(path)
            .query_row("SELECT value FROM local_meta WHERE key = 'device'", [], |row| {
                row.get(0)
            })
            .unwrap()
    };
    assert_ne!(device(&path), device(&f.file()));
}

#[test]
fn a_backup_taken_while_others_write_is_one_moment_of_the_register() {
    let f = Fixture::new();
    f.import(2000);
    let stop = AtomicBool::new(false);
    let store = &f.store;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                // Each change adds two, so a torn copy would show an odd number.
                store.change_pair();
                written += 1;
            }
            written
        });
        for n in 0..5 {
            let target = f.folder.path().join(format!("{n}.kiulu-backup"));
            write_backup(store, &header(KeyFile::new(&key(7))), &target).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.join().unwrap() > 0);
    });
    for n in 0..5 {
        let path = f.folder.path().join(format!("{n}.kiulu"));
        restore_backup(&f.folder.path().join(format!("{n}.kiulu-backup")), &key(7), &path).unwrap();
        let store = Store::open(&path, &key(7), Arc::new(Counting::from(90_000))).unwrap();
        assert_eq!(
            store
                .contact_count(&Default::default(), common::day("2026-10-01"))
                .unwrap()
                % 2,
            0
        );
        store.check_derived().unwrap();
    }
}

trait Pair {
    fn change_pair(&self);
}

impl Pair for Store {
    fn change_pair(&self) {
        let ids = [self.source().uuid(), self.source().uuid()].map(kiulu_domain::id::ContactId);
        self.write(&kiulu_domain::action::Action::OrganisationEdit, |tx| {
            ids.iter()
                .try_for_each(|id| tx.insert_contact(*id, &person("A", "B")))
        })
        .unwrap();
    }
}

#[test]
fn a_damaged_backup_is_refused_and_leaves_nothing() {
    let f = Fixture::new();
    f.import(300);
    let target = backup(&f);
    let whole = std::fs::read(&target).unwrap();
    let start = whole.len() % 4096;
    let folder = f.folder.path().join("restored");
    std::fs::create_dir(&folder).unwrap();
    let refused = |bytes: &[u8]| {
        let broken = f.folder.path().join("broken.kiulu-backup");
        std::fs::write(&broken, bytes).unwrap();
        let error = restore_backup(&broken, &key(7), &folder.join("a.kiulu")).unwrap_err();
        assert_eq!(files(&folder), Vec::<String>::new());
        error
    };
    for place in [start + 100, start + 4096 * 3 + 9, whole.len() - 50] {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        let error = refused(&bytes);
        assert!(matches!(error, Error::Damaged(_)), "{place}: {error:?}");
    }
    for length in [start, start + 4096, whole.len() / 2, whole.len() - 1] {
        let error = refused(&whole[..length]);
        assert!(matches!(error, Error::Damaged(_)), "{length} bytes: {error:?}");
    }
    for length in [0, 5, 11, 40] {
        assert!(matches!(refused(&whole[..length]), Error::Foreign));
    }
    let mut forged = whole.clone();
    forged[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(refused(&forged), Error::Foreign));
    forged[8..12].copy_from_slice(&60_000u32.to_le_bytes());
    assert!(matches!(refused(&forged), Error::Foreign));
}

#[test]
fn a_wrong_key_and_a_file_in_the_way_are_told() {
    let f = Fixture::new();
    let target = backup(&f);
    let path = f.folder.path().join("b.kiulu");
    assert!(matches!(
        restore_backup(&target, &key(8), &path),
        Err(Error::WrongKey)
    ));
    assert!(!path.exists());
    let present = f.dump();
    assert!(matches!(
        restore_backup(&target, &key(7), &f.file()),
        Err(Error::Io(_))
    ));
    assert_eq!(f.dump(), present);
}

#[test]
fn a_backup_of_a_damaged_file_is_not_kept() {
    let f = Fixture::new();
    f.import(500);
    f.raw.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = std::fs::read(f.file()).unwrap();
    let middle = bytes.len() / 8192 * 4096 + 700;
    bytes[middle] ^= 1;
    std::fs::write(f.file(), bytes).unwrap();
    let folder = f.folder.path().join("copies");
    let target = folder.join("first.kiulu-backup");
    let result = write_backup(&f, &header(KeyFile::new(&key(7))), &target);
    assert!(matches!(result, Err(Error::Damaged(_))), "{result:?}");
    assert_eq!(files(&folder), Vec::<String>::new());
}

#[test]
fn twenty_thousand_contacts_travel_whole() {
    let f = Fixture::new();
    f.import(20_000);
    let target = backup(&f);
    assert_eq!(files(target.parent().unwrap()), ["first.kiulu-backup"]);
    let path = f.folder.path().join("restored.kiulu");
    restore_backup(&target, &key(7), &path).unwrap();
    let counted = common::count(
        &path,
        "SELECT count(*) FROM contact c JOIN import_row r ON r.contact = c.id",
    );
    assert_eq!(counted, 20_000);
}
