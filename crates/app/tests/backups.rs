//! Daily backups: when one is due, where it goes, and what is thrown away.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::TimeDelta;
use common::{Laptop, PASSPHRASE, files, secret};
use kiulu_app::{BackupPlace, BackupSettings, Problem, Unlock, UnlockWay};
use kiulu_domain::id::OrganisationId;
use std::path::Path;

fn choose(laptop: &Laptop, id: OrganisationId, folder: &Path) {
    let folder = Some(folder.to_str().unwrap().to_owned());
    laptop
        .save_backup_settings(id, &BackupSettings { folder })
        .unwrap();
}

fn sent(stick: &Path, id: OrganisationId) -> Vec<String> {
    files(&stick.join(format!("Kiulu {id}")))
}

#[test]
fn one_is_due_on_a_new_day_when_something_has_changed() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    let made = |laptop: &Laptop| laptop.back_up_if_due() == [id];
    assert!(made(&laptop), "the first");
    laptop.add(id, "Virtanen");
    assert!(!made(&laptop), "one a day");
    laptop.clock.set("2026-11-23T07:00:00Z");
    assert!(made(&laptop));
    laptop.clock.set("2026-11-24T07:00:00Z");
    assert!(!made(&laptop), "nothing has changed");
    // By what is in it, not by clocks: this change carries a time before the backup's.
    laptop.clock.set("2026-11-20T07:00:00Z");
    laptop.add(id, "Korhonen");
    laptop.clock.set("2026-11-24T07:00:00Z");
    assert!(made(&laptop));
    assert_eq!(laptop.backup_files(id).len(), 3);
}

#[test]
fn a_wrong_clock_throws_nothing_away_and_keeps_no_backup_from_being_made() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    laptop.clock.set("2031-05-01T07:00:00Z");
    laptop.back_up(id).unwrap();
    laptop.clock.go_on(TimeDelta::seconds(5));
    laptop.back_up(id).unwrap();
    let ahead = laptop.backup_files(id);
    laptop.clock.set("2026-11-22T07:00:00Z");
    laptop.add(id, "Virtanen");
    assert_eq!(
        laptop.back_up_if_due(),
        [id],
        "the one dated ahead is no reason to wait"
    );
    for day in 23..27 {
        laptop.clock.set(&format!("2026-11-{day}T07:00:00Z"));
        laptop.back_up(id).unwrap();
    }
    let left = laptop.backup_files(id);
    assert!(ahead.iter().all(|name| left.contains(name)), "{left:?}");
    assert_eq!(left.len(), 2 + 5);
}

#[test]
fn the_chosen_folder_gets_a_copy_that_opens() {
    let laptop = Laptop::new();
    let stick = tempfile::tempdir().unwrap();
    let (id, _) = laptop.found(UnlockWay::Passphrase);
    laptop.add(id, "Virtanen");
    laptop.back_up(id).unwrap();
    choose(&laptop, id, stick.path());
    assert_eq!(sent(stick.path(), id), laptop.backup_files(id), "at once");
    laptop.clock.set("2026-11-23T07:00:00Z");
    laptop.back_up(id).unwrap();
    assert_eq!(sent(stick.path(), id), laptop.backup_files(id));
    let copy = laptop
        .backups(id)
        .into_iter()
        .find(|backup| backup.place == BackupPlace::Folder);
    let next = Laptop::new();
    next.restore(copy.unwrap().path.as_ref(), &secret(PASSPHRASE))
        .unwrap();
    assert_eq!(next.names(id), ["Virtanen"]);
    laptop
        .save_backup_settings(id, &BackupSettings::default())
        .unwrap();
    assert_eq!(laptop.backup_settings(id).folder, None);
    assert!(
        laptop
            .backups(id)
            .iter()
            .all(|backup| backup.place == BackupPlace::Here)
    );
}

#[test]
fn a_stick_that_is_gone_is_told_never_made_and_served_when_it_is_back() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    let (other, _) = laptop.found(UnlockWay::Keychain);
    let root = tempfile::tempdir().unwrap();
    let stick = root.path().join("stick");
    std::fs::create_dir(&stick).unwrap();
    choose(&laptop, id, &stick);
    std::fs::remove_dir(&stick).unwrap();

    let failed = laptop.back_up(id).unwrap_err();
    assert_eq!(
        failed,
        Problem::BackupFolderFailed {
            folder: stick.to_str().unwrap().to_owned()
        }
    );
    assert!(!stick.exists());
    let since = laptop.backup_state(id).folder.failing_since;
    assert_eq!(since, Some("2026-11-22T10:00:00Z".parse().unwrap()));
    assert_eq!(laptop.backup_files(id).len(), 1, "here it was made");
    let told = laptop.attention(id).unwrap();
    assert!(told.iter().any(|item| item.key == "backup-folder"), "{told:?}");

    // Another organisation's backup is made all the same.
    laptop.clock.go_on(TimeDelta::minutes(30));
    let mut tried = laptop.back_up_if_due();
    tried.sort();
    assert_eq!(tried, [id, other]);
    assert_eq!(laptop.backup_files(other).len(), 1);
    assert_eq!(laptop.backup_state(id).folder.failing_since, since);

    std::fs::create_dir(&stick).unwrap();
    assert_eq!(laptop.back_up_if_due(), [id]);
    assert_eq!(sent(&stick, id), laptop.backup_files(id));
    assert_eq!(laptop.backup_state(id).folder.failing_since, None);
    assert_eq!(laptop.back_up_if_due(), []);
    assert!(
        !laptop
            .attention(id)
            .unwrap()
            .iter()
            .any(|item| item.key == "backup-folder")
    );
}

#[test]
fn a_stick_that_was_away_when_the_passphrase_changed_learns_it_later() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Passphrase);
    let root = tempfile::tempdir().unwrap();
    let (stick, away) = (root.path().join("stick"), root.path().join("away"));
    std::fs::create_dir(&stick).unwrap();
    choose(&laptop, id, &stick);
    laptop.back_up(id).unwrap();
    std::fs::rename(&stick, &away).unwrap();
    let everywhere = laptop
        .set_passphrase(id, "neljä löylyä ja vihta", UnlockWay::Passphrase)
        .unwrap();
    assert!(!everywhere);
    std::fs::rename(&away, &stick).unwrap();
    laptop.clock.go_on(TimeDelta::minutes(1));
    laptop.back_up(id).unwrap();
    let next = Laptop::new();
    for name in sent(&stick, id) {
        let path = stick.join(format!("Kiulu {id}")).join(name);
        assert_eq!(
            next.restore(&path, &secret(PASSPHRASE)),
            Err(Problem::WrongSecret)
        );
    }
}

#[test]
fn two_laptops_share_a_folder_and_neither_relies_on_or_removes_the_others_backups() {
    let stick = tempfile::tempdir().unwrap();
    let (first, second) = (Laptop::new(), Laptop::new());
    let (id, code) = first.found(UnlockWay::Keychain);
    let backup = first.back_up(id).unwrap();
    second.restore(backup.path.as_ref(), &secret(&code)).unwrap();
    second
        .edit_profile(id, &common::user("liisa@example.fi"))
        .unwrap();
    choose(&first, id, stick.path());
    choose(&second, id, stick.path());
    second.add(id, "Korhonen");
    assert_eq!(
        second.back_up_if_due(),
        [id],
        "the other's backup of today is not its own"
    );
    for day in 1..=28 {
        for laptop in [&first, &second] {
            laptop.clock.set(&format!("2027-01-{day:02}T07:00:00Z"));
            laptop.back_up(id).unwrap();
        }
    }
    let shared = sent(stick.path(), id);
    for laptop in [&first, &second] {
        let own = laptop.backup_files(id);
        assert!(own.iter().all(|name| shared.contains(name)), "{own:?} {shared:?}");
    }
    assert_eq!(
        shared.len(),
        first.backup_files(id).len() + second.backup_files(id).len()
    );
}

#[test]
fn a_file_of_a_newer_program_is_refused_from_end_to_end() {
    let mut laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    laptop.add(id, "Virtanen");
    let key = laptop.keychain.get(&id.to_string()).unwrap();
    let age = |laptop: &Laptop, lowest_reader: u32| {
        laptop.close(id);
        common::make_newer(&laptop.database(id), &key, lowest_reader);
    };
    age(&laptop, 1);
    laptop.restart();
    let opened = laptop.open_organisation(id, &Unlock::Keychain).unwrap();
    assert!(opened.read_only);
    let page = laptop.contact_page(id, &Default::default(), 0, 10).unwrap();
    // Looking works although the look cannot be noted.
    let seen = laptop.contact(id, page.rows[0].id, false).unwrap();
    assert_eq!(seen.details.last_name, "Virtanen");
    let written = laptop.edit_profile(id, &common::user("liisa@example.fi"));
    assert_eq!(written, Err(Problem::FileReadOnly));

    age(&laptop, 9);
    let before = std::fs::read(laptop.database(id)).unwrap();
    laptop.restart();
    assert_eq!(
        laptop.open_organisation(id, &Unlock::Keychain),
        Err(Problem::FileNewer)
    );
    assert!(std::fs::read(laptop.database(id)).unwrap() == before);
}
