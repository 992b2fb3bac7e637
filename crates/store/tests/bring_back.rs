//! What a backup holds, brought back as one change.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::{DateTime, Utc};
use common::{Fixture, email_point, key, person, role};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ContactId, OrganisationId};
use kiulu_store::{BackupHeader, Error, KeyFile, OnEdited, Place, write_backup};
use std::path::PathBuf;

fn backup(f: &Fixture) -> PathBuf {
    let header = BackupHeader {
        organisation: OrganisationId(uuid::Uuid::from_u128(5)),
        name: "Asunto Oy Testi".into(),
        made_at: DateTime::<Utc>::UNIX_EPOCH,
        newest_change: None,
        asks_each_time: false,
        key_file: KeyFile::new(&key(7)),
    };
    let target = f.folder.path().join("first.kiulu-backup");
    write_backup(f, &header, &target).unwrap();
    target
}

fn restored() -> Action {
    Action::BackupRestore {
        made_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn with_role(f: &Fixture, first: &str) -> ContactId {
    let id = f.add(person(first, "Meikäläinen"));
    let point = f.source().uuid();
    f.change(|tx| {
        tx.put_contact_point(id, &email_point(point, &format!("{first}@kiulu.example")))?;
        tx.put_role(&role(tx.uuid(), id, f.kind, Some(f.flat)))
    });
    id
}

#[test]
fn all_that_was_done_since_is_taken_back_by_one_change_that_can_be_undone() {
    let f = Fixture::new();
    let (kept, edited) = (with_role(&f, "Matti"), with_role(&f, "Liisa"));
    f.import(40);
    let then = f.dump();
    let backup = backup(&f);

    f.change(|tx| tx.delete_contact(kept));
    f.change(|tx| {
        let mut details = tx.contact(edited)?;
        details.last_name = "Virtanen".into();
        tx.update_contact(edited, &details)
    });
    with_role(&f, "Uusi");
    let now = f.dump();
    assert_ne!(now, then);

    let before = f.count("SELECT count(*) FROM change");
    let change = f.bring_back(&backup, &key(7), &restored()).unwrap().change;
    assert_eq!(f.dump(), then);
    assert_eq!(f.count("SELECT count(*) FROM change"), before + 1);
    f.check_derived().unwrap();
    f.check().unwrap();

    assert_eq!(
        f.bring_back(&backup, &key(7), &restored()).unwrap().change,
        None,
        "nothing is left to bring back"
    );
    f.undo(change.unwrap(), OnEdited::Stop).unwrap();
    assert_eq!(f.dump(), now);
    f.check_derived().unwrap();
    let left: Vec<_> = std::fs::read_dir(f.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("brought-back"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn whoever_was_erased_stays_erased_and_whoever_was_deleted_comes_back() {
    let f = Fixture::new();
    let (erased, deleted) = (with_role(&f, "Erkki"), with_role(&f, "Daavid"));
    let backup = backup(&f);
    let unsent = f.unsent().unwrap();
    f.acknowledge(unsent.last().unwrap().id, &Place::default())
        .unwrap();
    f.erase(&[erased], &Place::default()).unwrap();
    f.change(|tx| tx.delete_contact(deleted));

    f.bring_back(&backup, &key(7), &restored()).unwrap();
    let dump = f.dump();
    assert!(
        dump.contains("Daavid") && dump.contains("Daavid@kiulu.example"),
        "{dump}"
    );
    assert!(!dump.contains("Erkki"), "{dump}");
    assert_eq!(f.count("SELECT count(*) FROM contact"), 1);
    assert_eq!(f.count("SELECT count(*) FROM stakeholder_role"), 1);
    let packed = f.unsent().unwrap();
    for change in packed {
        let bytes = zstd::decode_all(&*change.changeset).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Erkki"));
    }
    f.check_derived().unwrap();
    f.check().unwrap();
}

#[test]
fn who_has_joined_and_what_waits_stays() {
    let f = Fixture::new();
    let backup = backup(&f);
    let id = with_role(&f, "Matti");
    f.set_profile(
        kiulu_domain::id::UserId(uuid::Uuid::from_u128(0xBB)),
        "Eero",
        "eero@example.fi",
    )
    .unwrap();
    f.bring_back(&backup, &key(7), &restored()).unwrap();
    assert_eq!(f.count("SELECT count(*) FROM user WHERE name = 'Eero'"), 1);
    assert!(f.read(|reader| reader.contact(id)).is_err());
}

#[test]
fn a_damaged_backup_and_another_key_leave_everything_as_it_was() {
    let f = Fixture::new();
    with_role(&f, "Matti");
    let backup = backup(&f);
    with_role(&f, "Liisa");
    let dump = f.dump();
    let refused = f.bring_back(&backup, &key(8), &restored()).unwrap_err();
    assert!(matches!(refused, Error::WrongKey), "{refused:?}");
    let whole = std::fs::read(&backup).unwrap();
    for at in [whole.len() - 1, whole.len() / 2] {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        std::fs::write(&backup, &broken).unwrap();
        let refused = f.bring_back(&backup, &key(7), &restored()).unwrap_err();
        assert!(matches!(refused, Error::Damaged(_)), "{refused:?}");
    }
    f.set_only_reads(true);
    std::fs::write(&backup, &whole).unwrap();
    let refused = f.bring_back(&backup, &key(7), &restored()).unwrap_err();
    assert!(matches!(refused, Error::OnlyReads), "{refused:?}");
    assert_eq!(f.dump(), dump);
    f.set_only_reads(false);
    f.bring_back(&backup, &key(7), &restored()).unwrap();
    assert_ne!(f.dump(), dump);
}
