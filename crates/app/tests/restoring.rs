//! Keys, secrets and restoring, on one laptop and on the next.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Laptop, PASSPHRASE, add, files, names, secret, user};
use kiulu_app::{App, Keychain, MemoryKeychain, Problem, Unlock, UnlockWay};
use kiulu_domain::id::OrganisationId;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NEW_PASSPHRASE: &str = "neljä löylyä ja vihta";

fn back_up(app: &App, id: OrganisationId) -> PathBuf {
    app.back_up(id).unwrap().path.into()
}

fn flip(path: &Path, place: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[place] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_empty_keychain_restores_with_the_passphrase_or_the_code_and_asks_whose_laptop_it_is() {
    let first = Laptop::new();
    let (id, code) = first.found(UnlockWay::Keychain);
    first.set_passphrase(id, PASSPHRASE, UnlockWay::Keychain).unwrap();
    first.add(id, "Virtanen");
    let backup = back_up(&first, id);
    for text in [PASSPHRASE, code.to_lowercase().as_str()] {
        let mut next = Laptop::new();
        assert_eq!(
            next.restore(&backup, &Unlock::Keychain),
            Err(Problem::KeychainMissing)
        );
        assert_eq!(
            next.restore(&backup, &secret("väärä tunnuslause")),
            Err(Problem::WrongSecret)
        );
        let opened = next.restore(&backup, &secret(text)).unwrap();
        assert_eq!((opened.organisation.id, opened.user), (id, None));
        next.edit_profile(id, &user("liisa@example.fi")).unwrap();
        next.add(id, "Korhonen");
        assert_eq!(next.names(id), ["Korhonen", "Virtanen"]);
        // The keychain has learnt the key.
        next.restart();
        let opened = next.open_organisation(id, &Unlock::Keychain).unwrap();
        assert_eq!(opened.user.unwrap().email, "liisa@example.fi");
    }
}

#[test]
fn a_passphrase_chosen_for_each_start_is_asked_for_on_the_next_laptop_too() {
    let first = Laptop::new();
    let (id, _) = first.found(UnlockWay::Passphrase);
    let backup = back_up(&first, id);
    let mut next = Laptop::new();
    next.restore(&backup, &secret(PASSPHRASE)).unwrap();
    assert_eq!(next.keychain.get(&id.to_string()), None);
    next.restart();
    assert_eq!(
        next.open_organisation(id, &Unlock::Keychain),
        Err(Problem::KeychainMissing)
    );
    next.open_organisation(id, &secret(PASSPHRASE)).unwrap();
}

#[test]
fn a_key_left_in_the_keychain_does_not_open_what_a_passphrase_locks() {
    let mut laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    let key = laptop.keychain.get(&id.to_string()).unwrap();
    laptop
        .set_passphrase(id, PASSPHRASE, UnlockWay::Passphrase)
        .unwrap();
    let backup = back_up(&laptop, id);
    laptop.keychain.set(&id.to_string(), &key);
    laptop.restart();
    for refused in [
        laptop.open_organisation(id, &Unlock::Keychain),
        laptop.restore(&backup, &Unlock::Keychain),
    ] {
        assert_eq!(refused, Err(Problem::KeychainMissing));
    }
}

#[test]
fn a_keychain_that_lost_the_key_gets_it_back_with_the_secret() {
    let mut laptop = Laptop::new();
    let (id, code) = laptop.found(UnlockWay::Keychain);
    laptop.add(id, "Virtanen");
    laptop.keychain.delete(&id.to_string());
    laptop.restart();
    assert_eq!(
        laptop.open_organisation(id, &Unlock::Keychain),
        Err(Problem::KeychainMissing)
    );
    laptop.open_organisation(id, &secret(&code)).unwrap();
    laptop.restart();
    laptop.open_organisation(id, &Unlock::Keychain).unwrap();
    assert_eq!(laptop.names(id), ["Virtanen"]);
}

#[test]
fn an_open_organisation_does_not_take_a_wrong_secret() {
    let laptop = Laptop::new();
    let (id, code) = laptop.found(UnlockWay::Keychain);
    assert_eq!(
        laptop.open_organisation(id, &secret("väärä tunnuslause")),
        Err(Problem::WrongSecret)
    );
    laptop.open_organisation(id, &secret(&code)).unwrap();
}

#[test]
fn a_laptop_without_a_keychain_needs_a_passphrase_and_leaves_nothing_without_one() {
    let laptop = Laptop::with(Arc::new(MemoryKeychain::missing()));
    assert!(!laptop.keychain_available());
    let mut new = common::new_organisation(UnlockWay::Keychain);
    assert_eq!(
        laptop.create_organisation(&new).unwrap_err(),
        Problem::KeychainMissing
    );
    assert_eq!(laptop.organisations(), []);
    assert_eq!(
        files(&laptop.folder.path().join("organisations")),
        Vec::<String>::new()
    );

    new.passphrase = Some(PASSPHRASE.into());
    let created = laptop.create_organisation(&new).unwrap();
    // The page explains that it is the passphrase after all.
    assert_eq!(created.unlock, UnlockWay::Passphrase);
    assert_eq!(laptop.organisations()[0].unlock, UnlockWay::Passphrase);
}

/// A keychain that gives a key and does not let go of it.
struct Clinging(MemoryKeychain);

impl Keychain for Clinging {
    fn is_available(&self) -> bool {
        true
    }
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.0.get(name)
    }
    fn set(&self, name: &str, secret: &[u8]) -> bool {
        self.0.set(name, secret)
    }
    fn delete(&self, _: &str) -> bool {
        false
    }
}

#[test]
fn a_keychain_that_keeps_the_key_is_told_and_nothing_is_half_changed() {
    let mut laptop = Laptop::with(Arc::new(Clinging(MemoryKeychain::working())));
    let (id, code) = laptop.found(UnlockWay::Keychain);
    let refused = laptop.set_passphrase(id, PASSPHRASE, UnlockWay::Passphrase);
    assert_eq!(refused, Err(Problem::KeychainKeeps));
    laptop.restart();
    laptop.open_organisation(id, &Unlock::Keychain).unwrap();
    assert_eq!(
        laptop.open_organisation(id, &secret(PASSPHRASE)),
        Err(Problem::WrongSecret)
    );
    laptop.open_organisation(id, &secret(&code)).unwrap();
}

#[test]
fn new_secrets_open_old_backups_and_the_former_ones_no_longer() {
    let laptop = Laptop::new();
    let (id, code) = laptop.found(UnlockWay::Passphrase);
    laptop.add(id, "Virtanen");
    let backup = back_up(&laptop, id);
    assert!(
        laptop
            .set_passphrase(id, NEW_PASSPHRASE, UnlockWay::Passphrase)
            .unwrap()
    );
    let renewed = laptop.renew_recovery(id).unwrap();
    assert!(renewed.everywhere);
    let next = Laptop::new();
    for former in [PASSPHRASE, &code] {
        assert_eq!(next.restore(&backup, &secret(former)), Err(Problem::WrongSecret));
    }
    for present in [NEW_PASSPHRASE, &renewed.code] {
        next.restore(&backup, &secret(present)).unwrap();
        assert_eq!(next.names(id), ["Virtanen"]);
    }
}

#[test]
fn restoring_an_older_backup_keeps_the_secrets_of_today() {
    let mut laptop = Laptop::new();
    let (id, code) = laptop.found(UnlockWay::Passphrase);
    laptop.add(id, "Virtanen");
    // A copy that nobody can reach when the passphrase changes.
    let copy = laptop.folder.path().join("kopio.kiulu-backup");
    std::fs::copy(back_up(&laptop, id), &copy).unwrap();
    laptop.add(id, "Korhonen");
    laptop
        .set_passphrase(id, NEW_PASSPHRASE, UnlockWay::Passphrase)
        .unwrap();
    laptop.renew_recovery(id).unwrap();
    laptop.restart();
    laptop.restore(&copy, &secret(NEW_PASSPHRASE)).unwrap();
    assert_eq!(laptop.names(id), ["Virtanen"]);
    laptop.restart();
    for former in [PASSPHRASE, &code] {
        assert_eq!(
            laptop.open_organisation(id, &secret(former)),
            Err(Problem::WrongSecret)
        );
    }
    laptop.open_organisation(id, &secret(NEW_PASSPHRASE)).unwrap();
}

#[test]
fn an_open_organisation_is_restored_without_asking_and_keeps_its_user_and_what_was_there() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Passphrase);
    laptop.add(id, "Virtanen");
    let backup = back_up(&laptop, id);
    laptop.add(id, "Korhonen");
    let opened = laptop.restore(&backup, &Unlock::Keychain).unwrap();
    assert_eq!(opened.user.unwrap().email, "aino@example.fi");
    assert_eq!(laptop.names(id), ["Virtanen"]);
    let folder = laptop.beside(id, "");
    let replaced = files(&folder)
        .into_iter()
        .find(|name| name.starts_with("replaced-"));
    std::fs::copy(folder.join(replaced.unwrap()), laptop.database(id)).unwrap();
    assert!(!files(&folder).iter().any(|name| name.starts_with("restored-")));
}

#[test]
fn a_damaged_file_is_restored_and_kept() {
    let mut laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    laptop.add(id, "Virtanen");
    let backup = back_up(&laptop, id);
    laptop.close(id);
    flip(&laptop.database(id), 100);
    let damaged = std::fs::read(laptop.database(id)).unwrap();
    laptop.restart();
    assert_eq!(
        laptop.open_organisation(id, &Unlock::Keychain),
        Err(Problem::FileDamaged)
    );
    laptop.restore(&backup, &Unlock::Keychain).unwrap();
    assert_eq!(laptop.names(id), ["Virtanen"]);
    let folder = laptop.beside(id, "");
    let replaced = files(&folder)
        .into_iter()
        .find(|name| name.starts_with("replaced-") && name.ends_with(".db"));
    assert!(std::fs::read(folder.join(replaced.unwrap())).unwrap() == damaged);
}

#[test]
fn damage_in_the_middle_is_found_by_the_check_after_opening() {
    let mut laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    (0..30).for_each(|n| laptop.add(id, &format!("Virtanen {n}")));
    laptop.close(id);
    let length = std::fs::metadata(laptop.database(id)).unwrap().len() as usize;
    flip(&laptop.database(id), length - 2000);
    laptop.restart();
    let opened = laptop.open_organisation(id, &Unlock::Keychain);
    let found = opened.and_then(|_| laptop.check_organisation(id));
    assert_eq!(found, Err(Problem::FileDamaged));
}

#[test]
fn a_damaged_backup_touches_nothing() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    let backup = back_up(&laptop, id);
    laptop.add(id, "Virtanen");
    let length = std::fs::metadata(&backup).unwrap().len() as usize;
    flip(&backup, length - 2000);
    assert_eq!(
        laptop.restore(&backup, &Unlock::Keychain),
        Err(Problem::BackupDamaged)
    );
    laptop.add(id, "Korhonen");
    assert_eq!(laptop.names(id), ["Korhonen", "Virtanen"]);
}

#[test]
fn a_file_that_another_program_has_open_is_not_replaced() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    let backup = back_up(&laptop, id);
    let other = laptop.second();
    other.open_organisation(id, &Unlock::Keychain).unwrap();
    assert_eq!(laptop.restore(&backup, &Unlock::Keychain), Err(Problem::FileBusy));
    // Both go on with the same file.
    add(&other, id, "Virtanen");
    laptop.add(id, "Korhonen");
    assert_eq!(names(&other, id), ["Korhonen", "Virtanen"]);
    drop(other);
    laptop.restore(&backup, &Unlock::Keychain).unwrap();
    assert_eq!(laptop.names(id), Vec::<String>::new());
}

#[test]
fn two_that_open_at_once_share_one_store() {
    let mut laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    laptop.restart();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| laptop.open_organisation(id, &Unlock::Keychain).unwrap());
        }
    });
    let store = laptop.close(id).unwrap();
    assert_eq!(Arc::strong_count(&store), 1);
}

#[test]
fn a_lost_description_is_recovered_from_a_backup_or_the_keychain() {
    let mut laptop = Laptop::new();
    let (id, code) = laptop.found(UnlockWay::Keychain);
    laptop.add(id, "Virtanen");
    let description = laptop.beside(id, "organisation.json");
    let whole = std::fs::read_to_string(&description).unwrap();

    // No backup yet: the key of the keychain opens the file, which says its own name.
    std::fs::write(&description, "{ cut sh").unwrap();
    laptop.restart();
    assert_eq!(laptop.organisations()[0].id, id);
    laptop.open_organisation(id, &Unlock::Keychain).unwrap();
    assert_eq!(laptop.organisations()[0].name, "As Oy Testikiulu");

    std::fs::write(&description, &whole).unwrap();
    back_up(&laptop, id);
    std::fs::remove_file(&description).unwrap();
    laptop.keychain.delete(&id.to_string());
    laptop.restart();
    assert_eq!(laptop.organisations()[0].name, "As Oy Testikiulu");
    laptop.open_organisation(id, &secret(&code)).unwrap();
    assert_eq!(laptop.names(id), ["Virtanen"]);
    assert!(description.exists());

    // With nothing left to open it, it is still listed.
    std::fs::write(&description, "").unwrap();
    std::fs::remove_dir_all(laptop.folder.path().join("backups")).unwrap();
    laptop.keychain.delete(&id.to_string());
    laptop.restart();
    assert_eq!(laptop.organisations().len(), 1);
    assert_eq!(
        laptop.open_organisation(id, &Unlock::Keychain),
        Err(Problem::FileForeign)
    );
}

#[test]
fn another_person_at_the_laptop_is_another_user() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    laptop.add(id, "Virtanen");
    let mut next = user("liisa@example.fi");
    next.name = "Liisa Sihteeri".into();
    laptop.edit_profile(id, &next).unwrap();
    laptop.add(id, "Korhonen");
    let changes = laptop.history(id, None, false, None, 10).unwrap().changes;
    let author = |name: &str| {
        let of = changes.iter().find(|change| {
            matches!(&change.action, kiulu_domain::action::Action::ContactCreate { name: of } if of == name)
        });
        of.unwrap().author.clone()
    };
    assert_eq!(author("Virtanen"), "Aino Sihteeri");
    assert_eq!(author("Korhonen"), "Liisa Sihteeri");
    // A name alone may be put right.
    next.name = "Liisa Sihteeri-Nieminen".into();
    laptop.edit_profile(id, &next).unwrap();
    let described = laptop.describe(id).unwrap();
    assert_eq!(described.user.unwrap().name, "Liisa Sihteeri-Nieminen");
}
