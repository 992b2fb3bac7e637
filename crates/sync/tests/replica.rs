//! Laptops that share a register: what comes over, what each lie of an endpoint is called, and who is kept out.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Endpoint, LATER, Laptop, founder, joins};
use kiulu_sync::SyncError;
use kiulu_wire::{Body, DeviceId, Entry, Header, Refused, Role};

/// Two owners' laptops that agree, and a contact.
fn two() -> (Endpoint, Laptop, Laptop) {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    aino.add("Meikäläinen");
    aino.sync(&mut endpoint).unwrap();
    let mut eero = joins(2, Role::Owner, &mut aino, &mut endpoint);
    eero.sync(&mut endpoint).unwrap();
    assert_eq!(aino.dump(), eero.dump());
    (endpoint, aino, eero)
}

#[test]
fn what_one_writes_comes_to_the_other_and_a_name_is_read_by_members_only() {
    let (mut endpoint, mut aino, mut eero) = two();
    let id = aino.add("Virtanen");
    assert_eq!(aino.sync(&mut endpoint).unwrap().sent, 1);
    eero.add("Laine");
    let done = eero.sync(&mut endpoint).unwrap();
    assert_eq!((done.received, done.sent), (1, 1));
    eero.rename(id, "Korhonen");
    eero.sync(&mut endpoint).unwrap();
    aino.sync(&mut endpoint).unwrap();
    assert_eq!(aino.dump(), eero.dump());
    assert_eq!(aino.replica().roster(), eero.replica().roster());
    let names: Vec<_> = aino.replica().devices().into_iter().map(|one| one.name).collect();
    assert_eq!(names, [Some("Aino".to_owned()), Some("Eero".to_owned())]);
    let seen = endpoint.entries.concat();
    for word in ["Virtanen", "Laine", "Korhonen", "Eero", "Aino", "aino@example.fi"] {
        assert!(
            !seen.windows(word.len()).any(|bytes| bytes == word.as_bytes()),
            "{word}"
        );
    }
}

#[test]
fn a_log_that_ends_earlier_than_what_was_seen_is_a_rollback() {
    let (mut endpoint, mut aino, _) = two();
    let seen = endpoint.head().seq;
    // The endpoint takes what it is given back, and still says that it ends earlier.
    let earlier = Entry::decode(&endpoint.entries[endpoint.entries.len() - 2]).unwrap();
    let head = earlier.head();
    endpoint.lie = Some(Box::new(move |page| page.head = head));
    let error = aino.stops(&mut endpoint);
    assert!(
        matches!(error, SyncError::RolledBack { seen: s, found } if s == seen && found == seen - 1),
        "{error}"
    );
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"code": "rolled_back", "params": {"seen": seen, "found": seen - 1}})
    );
}

#[test]
fn a_log_that_ends_earlier_with_what_was_never_seen_is_another_branch() {
    let (mut endpoint, mut aino, _) = two();
    let seen = endpoint.head().seq;
    endpoint.lie = Some(Box::new(|page| page.head.seq -= 1));
    let error = aino.stops(&mut endpoint);
    assert!(
        matches!(error, SyncError::Branched { seq } if seq == seen - 1),
        "{error}"
    );
}

/// Aino has written three entries that Eero has not seen, and the endpoint lies to him about them.
fn lied_to(lie: impl FnMut(&mut kiulu_sync::Page) + 'static) -> SyncError {
    let (mut endpoint, mut aino, mut eero) = two();
    for name in ["Virtanen", "Laine", "Korhonen"] {
        aino.add(name);
        aino.sync(&mut endpoint).unwrap();
    }
    eero.add("Mäkinen");
    endpoint.lie = Some(Box::new(lie));
    let error = eero.stops(&mut endpoint);
    // An endpoint that stops lying is believed again, and nothing was lost.
    endpoint.lie = None;
    eero.sync(&mut endpoint).unwrap();
    aino.sync(&mut endpoint).unwrap();
    assert_eq!(aino.dump(), eero.dump());
    error
}

#[test]
fn every_lie_about_the_log_has_its_name_and_nothing_of_it_is_taken_in() {
    let error = lied_to(|page| drop(page.entries.remove(1)));
    assert!(matches!(error, SyncError::Gap { .. }), "{error}");
    let error = lied_to(|page| page.entries.clear());
    assert!(matches!(error, SyncError::Gap { .. }), "{error}");
    let error = lied_to(|page| page.entries.swap(0, 1));
    assert!(matches!(error, SyncError::Reordered { .. }), "{error}");
    let error = lied_to(|page| page.entries[2] = page.entries[0].clone());
    assert!(matches!(error, SyncError::Repeated { .. }), "{error}");
    let error = lied_to(|page| {
        let last = page.entries.len() - 1;
        page.entries[last][80] ^= 1;
    });
    assert!(
        matches!(error, SyncError::Forged { .. } | SyncError::AnotherDevice { .. }),
        "{error}"
    );
    let error = lied_to(|page| page.head.hash.0[0] ^= 1);
    assert!(matches!(error, SyncError::Branched { .. }), "{error}");
}

#[test]
fn a_flipped_byte_anywhere_in_an_entry_is_refused() {
    let (mut endpoint, mut aino, mut eero) = two();
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    let length = endpoint.entries.last().unwrap().len();
    let before = eero.dump();
    for at in 0..length {
        endpoint.lie = Some(Box::new(move |page| page.entries[0][at] ^= 1));
        let error = eero.sync(&mut endpoint).unwrap_err();
        let named = matches!(
            error,
            SyncError::Forged { .. }
                | SyncError::Branched { .. }
                | SyncError::Gap { .. }
                | SyncError::Repeated { .. }
        );
        assert!(named, "byte {at}: {error}");
    }
    assert_eq!(eero.dump(), before);
}

#[test]
fn entries_of_another_branch_are_not_mixed_in() {
    let (mut endpoint, mut aino, mut eero) = two();
    let (entries, roster) = (endpoint.entries.clone(), endpoint.roster.clone());
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    // Eero is shown a log in which Aino's entry never came, and writes there.
    let mut other = Endpoint {
        entries,
        roster,
        ..Endpoint::default()
    };
    for name in ["Laine", "Korhonen"] {
        eero.add(name);
        eero.sync(&mut other).unwrap();
    }
    let error = aino.stops(&mut other);
    assert!(matches!(error, SyncError::Branched { .. }), "{error}");
}

#[test]
fn who_may_only_read_takes_in_and_hands_nothing_over() {
    let (mut endpoint, mut aino, mut eero) = two();
    let mut viewer = joins(3, Role::Viewer, &mut aino, &mut endpoint);
    viewer.profile();
    let head = endpoint.head();
    assert_eq!(viewer.sync(&mut endpoint).unwrap().waiting, 1);
    assert_eq!(endpoint.head(), head);
    let error = viewer
        .replica()
        .invite(&mut endpoint, Role::Owner, LATER, "https://x")
        .unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::EntryRefused {
                refused: Refused::RoleTooLow { .. },
                ..
            }
        ),
        "{error}"
    );
    // An endpoint that slips in what was written by a key that never joined is caught.
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let known = eero.replica().roster().unwrap().clone();
    eero.sync(&mut endpoint).unwrap();
    let aino_id = DeviceId(aino.store().device());
    endpoint.lie = Some(Box::new(move |page| {
        let header = Header {
            seq: page.head.seq + 1,
            previous: page.head.hash,
            device: aino_id,
            epoch: known.members().epoch,
            schema: known.members().schema,
        };
        let forged = Entry::signed(header, Body::Sealed(vec![1; 60]), &stranger);
        page.head = forged.head();
        page.entries = vec![forged.encode()];
    }));
    let error = eero.stops(&mut endpoint);
    assert!(
        matches!(
            error,
            SyncError::Forged {
                refused: Refused::BadSignature,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn who_was_shut_out_cannot_open_what_comes_after() {
    let (mut endpoint, mut aino, mut eero) = two();
    let mut third = joins(3, Role::Editor, &mut aino, &mut endpoint);
    eero.sync(&mut endpoint).unwrap();
    let out = DeviceId(eero.store().device());
    aino.replica().revoke(&mut endpoint, &[out]).unwrap();
    let contact = aino.add("Salainen");
    aino.sync(&mut endpoint).unwrap();
    third.sync(&mut endpoint).unwrap();
    assert_eq!(third.dump(), aino.dump());
    endpoint.careless = true;
    let error = eero.sync(&mut endpoint).unwrap_err();
    assert!(matches!(error, SyncError::ShutOut { .. }), "{error}");
    assert!(eero.store().read(|reader| reader.contact(contact)).is_err());
    assert!(matches!(eero.sync(&mut endpoint), Err(SyncError::ShutOut { .. })));
    assert_eq!(aino.replica().roster().unwrap().members().epoch, 2);
    // Who joins now reads everything, of both epochs.
    endpoint.careless = false;
    let new = joins(4, Role::Editor, &mut aino, &mut endpoint);
    assert_eq!(new.dump(), aino.dump());
}

#[test]
fn a_code_works_once_and_only_on_an_empty_register() {
    let (mut endpoint, mut aino, mut eero) = two();
    let code = aino
        .replica()
        .invite(&mut endpoint, Role::Editor, LATER, "https://x.fi")
        .unwrap();
    assert!(matches!(
        eero.replica().join(&mut endpoint, &code, "Eero"),
        Err(SyncError::AlreadyShared)
    ));
    let mut used = Laptop::new(5);
    used.profile();
    assert!(matches!(
        used.replica().join(&mut endpoint, &code, "Ville"),
        Err(SyncError::NotEmpty)
    ));
    Laptop::new(6)
        .replica()
        .join(&mut endpoint, &code, "Ville")
        .unwrap();
    assert!(matches!(
        Laptop::new(7).replica().join(&mut endpoint, &code, "Kalle"),
        Err(SyncError::Endpoint { .. })
    ));
}

#[test]
fn an_edit_of_one_field_takes_600_bytes_at_most() {
    let (mut endpoint, mut aino, _) = two();
    let id = aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    aino.rename(id, "Korhonen");
    aino.sync(&mut endpoint).unwrap();
    let entry = Entry::decode(endpoint.entries.last().unwrap()).unwrap();
    let Body::Sealed(body) = entry.body else { panic!() };
    println!("{} bytes", body.len());
    assert!(body.len() <= 600, "{} bytes", body.len());
}
