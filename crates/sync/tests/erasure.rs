//! Erasing a person: nothing of them is left on any replica or at the endpoint, whatever was on its way.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::rows::{email_point, everything, import, person, role, stakeholder_kind};
use common::{Endpoint, Laptop, founder, id_of, joins};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ContactId, StakeholderKindId};
use kiulu_store::OnEdited;
use kiulu_sync::{SyncError, Synced};
use kiulu_wire::{Refused, Role};
use uuid::Uuid;

const KIND: StakeholderKindId = StakeholderKindId(Uuid::from_u128(0x11));

/// Two laptops and a person of whom much was written.
fn two() -> (Endpoint, Laptop, Laptop, ContactId) {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let action = Action::OrganisationCreate { name: "Testi".into() };
    aino.store()
        .write(&action, |tx| {
            tx.put_stakeholder_kind(&stakeholder_kind(KIND, "Asukas"))
        })
        .unwrap();
    import(aino.store(), KIND, 20, |_| {}).unwrap();
    let id = ContactId(aino.store().source().uuid());
    let create = Action::ContactCreate {
        name: "Unohtunut Henkilö".into(),
    };
    aino.store()
        .write(&create, |tx| {
            tx.insert_contact(id, &person("Unohtunut", "Henkilö"))
        })
        .unwrap();
    let point = aino.store().source().uuid();
    aino.write(|tx| tx.put_contact_point(id, &email_point(point, "unohtunut@example.fi")))
        .unwrap();
    aino.write(|tx| tx.put_role(&role(tx.uuid(), id, KIND, None)))
        .unwrap();
    aino.rename(id, "Unohtunut-Toinen");
    aino.sync(&mut endpoint).unwrap();
    let mut eero = joins(2, Role::Editor, &mut aino, &mut endpoint);
    eero.sync(&mut endpoint).unwrap();
    assert!(everything(eero.store().path()).contains("nohtunut"));
    (endpoint, aino, eero, id)
}

fn agree(one: &mut Laptop, other: &mut Laptop, endpoint: &mut Endpoint) {
    for _ in 0..2 {
        one.sync(endpoint).unwrap();
        other.sync(endpoint).unwrap();
    }
    assert_eq!(one.dump(), other.dump());
    for laptop in [one, other] {
        laptop.store().check_derived().unwrap();
        laptop.store().check().unwrap();
    }
}

#[test]
fn nothing_is_left_of_an_erased_person_and_late_edits_are_dropped() {
    let (mut endpoint, mut aino, mut eero, id) = two();
    // Eero has written of the person without having synchronised, and of others in the same change.
    let other = ContactId(eero.ids("contact")[0]);
    let mixed = eero
        .write(|tx| {
            for (contact, name) in [(id, "Unohtunut-Kolmas"), (other, "Muistettu")] {
                let mut details = tx.contact(contact)?;
                details.last_name = name.into();
                tx.update_contact(contact, &details)?;
            }
            Ok(())
        })
        .unwrap()
        .unwrap();
    let point = eero.store().source().uuid();
    let only = eero
        .write(|tx| tx.put_contact_point(id, &email_point(point, "unohtunut2@example.fi")))
        .unwrap()
        .unwrap();
    let before = aino.ids("change").len();
    let mut done = Synced::default();
    aino.replica().erase(&mut endpoint, &[id], &mut done).unwrap();
    assert!(!everything(aino.store().path()).contains("nohtunut"));
    assert_eq!(
        aino.ids("change").len(),
        before + 1,
        "no change goes, the deletion comes"
    );
    assert!(endpoint.cut > 0, "the log before is gone");
    assert_eq!(aino.replica().followed().unwrap().unheard, [id_of(&eero)]);
    assert!(!aino.replica().followed().unwrap().uncut);

    let done = eero.sync(&mut endpoint).unwrap();
    assert!(done.reloaded, "the log was cut before he followed");
    assert_eq!(done.late, [mixed, only]);
    agree(&mut aino, &mut eero, &mut endpoint);
    for laptop in [&aino, &eero] {
        let left = everything(laptop.store().path());
        assert!(!left.contains("nohtunut"), "{left}");
        assert!(left.contains("Muistettu"));
    }
    assert!(aino.ids("change").contains(&mixed.0));
    aino.replica()
        .sync(&mut endpoint, &mut Synced::default())
        .unwrap();
    assert_eq!(aino.replica().followed().unwrap().followed.len(), 2);
}

#[test]
fn whoever_reads_the_record_follows_it_and_says_what_was_late() {
    let (mut endpoint, mut aino, mut eero, id) = two();
    let other = ContactId(eero.ids("contact")[0]);
    let mixed = eero
        .write(|tx| {
            for (contact, name) in [(id, "Unohtunut-Kolmas"), (other, "Muistettu")] {
                let mut details = tx.contact(contact)?;
                details.last_name = name.into();
                tx.update_contact(contact, &details)?;
            }
            Ok(())
        })
        .unwrap()
        .unwrap();
    let point = eero.store().source().uuid();
    let only = eero
        .write(|tx| tx.put_contact_point(id, &email_point(point, "unohtunut2@example.fi")))
        .unwrap()
        .unwrap();
    // The endpoint loses the pieces of the snapshot, so that the log is not cut yet.
    endpoint.pieces_left = Some(0);
    let mut done = Synced::default();
    let erased = aino.replica().erase(&mut endpoint, &[id], &mut done);
    assert!(matches!(erased, Err(SyncError::Unreachable)), "{erased:?}");
    assert!(!everything(aino.store().path()).contains("nohtunut"));
    assert!(aino.replica().followed().unwrap().uncut);
    assert!(aino.replica().snapshot_due().unwrap());
    let done = eero.sync(&mut endpoint).unwrap();
    assert!(!done.reloaded && done.erased);
    assert!(done.late.contains(&mixed), "{done:?}");
    assert!(done.late.contains(&only), "{done:?}");
    agree(&mut aino, &mut eero, &mut endpoint);
    for laptop in [&aino, &eero] {
        let left = everything(laptop.store().path());
        assert!(!left.contains("nohtunut"), "{left}");
        assert!(left.contains("Muistettu"));
    }
    endpoint.pieces_left = None;
    aino.replica()
        .finish_erasure(&mut endpoint, &mut Synced::default())
        .unwrap();
    assert!(!aino.replica().followed().unwrap().uncut);
    agree(&mut aino, &mut eero, &mut endpoint);
    let mut new = joins(3, Role::Editor, &mut aino, &mut endpoint);
    agree(&mut aino, &mut new, &mut endpoint);
}

#[test]
fn an_undo_does_not_bring_an_erased_person_back_and_brings_the_others() {
    let (mut endpoint, mut aino, mut eero, id) = two();
    let other = ContactId(aino.ids("contact")[3]);
    let both = aino
        .write(|tx| {
            tx.delete_contact(id)?;
            tx.delete_contact(other)
        })
        .unwrap()
        .unwrap();
    aino.replica()
        .erase(&mut endpoint, &[id], &mut Synced::default())
        .unwrap();
    aino.store().undo(both, OnEdited::KeepThem).unwrap();
    assert!(aino.ids("contact").contains(&other.0));
    assert!(!aino.ids("contact").contains(&id.0));
    agree(&mut aino, &mut eero, &mut endpoint);
}

#[test]
fn only_owners_erase() {
    let (mut endpoint, _, mut eero, id) = two();
    let error = eero
        .replica()
        .erase(&mut endpoint, &[id], &mut Synced::default())
        .unwrap_err();
    let named = matches!(
        error,
        SyncError::EntryRefused {
            refused: Refused::RoleTooLow { .. },
            ..
        }
    );
    assert!(named, "{error}");
    assert!(eero.ids("contact").contains(&id.0), "nothing was deleted either");
}
