//! Deciding about members: roles, invitations, recovery sheets, shutting several out at once, handing the board over.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Endpoint, LATER, Laptop, founder, id_of, joins};
use kiulu_sync::SyncError;
use kiulu_wire::invitation::Code;
use kiulu_wire::problem::Cause;
use kiulu_wire::{Body, Entry, PublicKey, Record, Refused, Role};

const ADDRESS: &str = "https://kiulu.example.org";

fn refused(error: &SyncError) -> Option<&Refused> {
    match error {
        SyncError::EntryRefused { refused, .. } => Some(refused),
        _ => None,
    }
}

#[test]
fn a_role_is_changed_once_and_the_last_owner_stays() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let mut eero = joins(2, Role::Editor, &mut aino, &mut endpoint);
    let (a, e) = (id_of(&aino), id_of(&eero));
    aino.replica().change_role(&mut endpoint, e, Role::Owner).unwrap();
    let head = endpoint.head();
    aino.replica().change_role(&mut endpoint, e, Role::Owner).unwrap();
    assert_eq!(endpoint.head(), head, "nothing to record");
    eero.sync(&mut endpoint).unwrap();
    eero.replica()
        .change_role(&mut endpoint, a, Role::Viewer)
        .unwrap();
    let error = eero
        .replica()
        .change_role(&mut endpoint, e, Role::Editor)
        .unwrap_err();
    assert_eq!(refused(&error), Some(&Refused::LastOwner), "{error}");
    aino.add("Virtanen");
    assert_eq!(aino.sync(&mut endpoint).unwrap().waiting, 1);
    let error = aino.replica().revoke(&mut endpoint, &[e]).unwrap_err();
    assert!(
        matches!(refused(&error), Some(Refused::RoleTooLow { .. })),
        "{error}"
    );
}

#[test]
fn open_invitations_are_listed_and_one_that_is_withdrawn_lets_nobody_in() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let invite = |aino: &mut Laptop, endpoint: &mut Endpoint, expires| {
        aino.replica()
            .invite(endpoint, Role::Editor, expires, ADDRESS)
            .unwrap()
    };
    let late = invite(&mut aino, &mut endpoint, LATER + 1);
    invite(&mut aino, &mut endpoint, LATER);
    let open = aino.replica().invitations();
    let told: Vec<_> = open.iter().map(|one| (one.role, one.expires, one.by)).collect();
    let by = id_of(&aino);
    assert_eq!(told, [(Role::Editor, LATER, by), (Role::Editor, LATER + 1, by)]);
    for _ in 0..2 {
        let key = open[1].key;
        aino.replica().withdraw_invitation(&mut endpoint, key).unwrap();
    }
    assert_eq!(aino.replica().invitations(), open[..1]);
    let error = Laptop::new(2)
        .replica()
        .join(&mut endpoint, &late, "Eero")
        .unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Endpoint {
                cause: Cause::NotFound
            }
        ),
        "{error}"
    );
}

#[test]
fn several_are_shut_out_in_one_epoch_and_their_sheets_with_them() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let laptops: Vec<Laptop> = (2..=4)
        .map(|number| joins(number, Role::Editor, &mut aino, &mut endpoint))
        .collect();
    let ids: Vec<_> = laptops.iter().map(id_of).collect();
    let sheets: Vec<Code> = ids
        .iter()
        .map(|id| {
            aino.replica()
                .make_sheet_for(&mut endpoint, *id, ADDRESS)
                .unwrap()
        })
        .collect();
    assert_eq!(aino.replica().sheets().len(), 3);
    aino.replica().revoke(&mut endpoint, &ids[..2]).unwrap();
    let head = endpoint.head();
    aino.replica().revoke(&mut endpoint, &ids[..2]).unwrap();
    assert_eq!(endpoint.head(), head, "nothing to record");
    assert_eq!(aino.replica().roster().unwrap().members().epoch, 2);
    let left: Vec<_> = aino
        .replica()
        .sheets()
        .into_iter()
        .map(|sheet| sheet.device)
        .collect();
    assert_eq!(left, [ids[2]]);
    let error = Laptop::new(5)
        .replica()
        .join(&mut endpoint, &sheets[0], "Ville")
        .unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Endpoint {
                cause: Cause::NotFound
            }
        ),
        "{error}"
    );
    // The sheet of whoever stays opens the new epoch too.
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    let mut new = Laptop::new(6);
    new.replica().join(&mut endpoint, &sheets[2], "Ville").unwrap();
    assert_eq!(new.dump(), aino.dump());
}

#[test]
fn an_owners_sheet_makes_an_owner_after_every_laptop_is_lost() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let mut eero = joins(2, Role::Viewer, &mut aino, &mut endpoint);
    let former = aino.replica().make_sheet(&mut endpoint, ADDRESS).unwrap();
    let code = aino.replica().make_sheet(&mut endpoint, ADDRESS).unwrap();
    assert_eq!(code.expires, 0);
    let code: Code = code.to_string().parse().unwrap();
    let out = id_of(&eero);
    aino.add("Virtanen");
    aino.sync(&mut endpoint).unwrap();
    aino.replica().revoke(&mut endpoint, &[out]).unwrap();
    aino.add("Laine");
    aino.sync(&mut endpoint).unwrap();
    assert!(eero.sync(&mut endpoint).is_err());
    let (lost, dump) = (id_of(&aino), aino.dump());
    drop(aino);

    let error = Laptop::new(3)
        .replica()
        .join(&mut endpoint, &former, "Aino")
        .unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Endpoint {
                cause: Cause::NotFound
            }
        ),
        "a second sheet replaces the first: {error}"
    );
    let mut new = Laptop::new(4);
    new.replica().join(&mut endpoint, &code, "Aino").unwrap();
    assert_eq!(new.dump(), dump);
    new.profile();
    new.sync(&mut endpoint).unwrap();
    new.replica().revoke(&mut endpoint, &[lost]).unwrap();
    // The lost laptop's sheet went with it, so the new one has its own made.
    assert!(new.replica().sheets().is_empty());
    let sheet = new.replica().make_sheet(&mut endpoint, ADDRESS).unwrap();
    let key = new.replica().sheets()[0].key;
    new.replica().withdraw_sheet(&mut endpoint, key).unwrap();
    new.replica().withdraw_sheet(&mut endpoint, key).unwrap();
    assert!(
        Laptop::new(5)
            .replica()
            .join(&mut endpoint, &sheet, "Kalle")
            .is_err()
    );
    let third = joins(6, Role::Editor, &mut new, &mut endpoint);
    assert_eq!(third.dump(), new.dump());
}

#[test]
fn a_sheet_of_another_log_or_of_a_later_head_is_not_believed() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let code = aino.replica().make_sheet(&mut endpoint, ADDRESS).unwrap();
    let mut other = code.clone();
    other.hash[0] ^= 1;
    let error = Laptop::new(2)
        .replica()
        .join(&mut endpoint, &other, "Aino")
        .unwrap_err();
    assert!(
        matches!(error, SyncError::Branched { seq } if seq == code.seq),
        "{error}"
    );
    let mut later = code;
    later.seq += 1;
    let error = Laptop::new(3)
        .replica()
        .join(&mut endpoint, &later, "Aino")
        .unwrap_err();
    assert!(
        matches!(error, SyncError::RolledBack { seen, .. } if seen == later.seq),
        "{error}"
    );
}

#[test]
fn an_invitations_code_of_another_log_is_not_believed_either() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let mut code = aino
        .replica()
        .invite(&mut endpoint, Role::Editor, LATER, ADDRESS)
        .unwrap();
    code.hash[7] ^= 1;
    let error = Laptop::new(2)
        .replica()
        .join(&mut endpoint, &code, "Eero")
        .unwrap_err();
    assert!(
        matches!(error, SyncError::Branched { seq } if seq == code.seq),
        "{error}"
    );
}

#[test]
fn a_hand_over_says_who_left_and_who_stays_and_is_signed() {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    let eero = joins(2, Role::Owner, &mut aino, &mut endpoint);
    let kalle = joins(3, Role::Editor, &mut aino, &mut endpoint);
    aino.replica()
        .make_sheet_for(&mut endpoint, id_of(&eero), ADDRESS)
        .unwrap();
    let record = aino
        .replica()
        .hand_over(&mut endpoint, &[id_of(&eero)], 1_800_000_000)
        .unwrap();
    assert_eq!(record.head, endpoint.head());
    assert_eq!((record.epoch, record.at), (2, 1_800_000_000));
    let left: Vec<_> = record
        .left
        .iter()
        .map(|one| (one.device, one.role, one.name.as_deref()))
        .collect();
    assert_eq!(left, [(id_of(&eero), Role::Owner, Some("Eero"))]);
    let stay: Vec<_> = record.stay.iter().map(|one| one.device).collect();
    assert_eq!(stay, [id_of(&aino), id_of(&kalle)]);
    assert!(aino.replica().sheets().is_empty());
    let key = |laptop: &Laptop| -> PublicKey {
        let roster = endpoint.roster.as_ref().unwrap();
        roster.members().devices[&id_of(laptop)].key
    };
    assert_eq!(record.verify(&key(&aino)), Ok(()));
    assert_eq!(record.verify(&key(&kalle)), Err(Refused::BadSignature));
    let mut forged = record.clone();
    forged.stay.pop();
    assert_eq!(forged.verify(&key(&aino)), Err(Refused::BadSignature));
    // Sheets, devices and the epoch are one step: no entry stands between them.
    let last: Vec<_> = endpoint.entries[endpoint.entries.len() - 3..]
        .iter()
        .map(|bytes| Entry::decode(bytes).unwrap().body)
        .collect();
    assert!(matches!(
        last.as_slice(),
        [
            Body::Record(Record::SheetWithdrawn(_)),
            Body::Record(Record::Revoked(_)),
            Body::Record(Record::EpochBegun(_)),
        ]
    ));
}
