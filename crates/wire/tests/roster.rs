//! What may follow a log and what may not: each rule as a line of a table.

#![allow(clippy::unwrap_used)]

use ed25519_dalek::SigningKey;
use kiulu_wire::*;

/// A device with its key, and a log that it and others write.
#[derive(Clone)]
struct Pen {
    id: DeviceId,
    key: SigningKey,
}

fn pen(number: u8) -> Pen {
    Pen {
        id: DeviceId(uuid::Uuid::from_bytes([number; 16])),
        key: SigningKey::from_bytes(&[number; 32]),
    }
}

fn card(pen: &Pen) -> NewDevice {
    NewDevice {
        key: PublicKey::of(&pen.key),
        recipient: b"age1example".to_vec(),
        name: vec![1, 2, 3],
    }
}

fn founding(pen: &Pen) -> Entry {
    let header = Header {
        seq: 1,
        previous: EntryHash::NONE,
        device: pen.id,
        epoch: 1,
        schema: 10,
    };
    let founding = Founding {
        nonce: [7; 16],
        device: card(pen),
    };
    Entry::signed(header, Body::Record(Record::Founded(founding)), &pen.key)
}

/// What would come next, by this device.
fn next(roster: &Roster, pen: &Pen, body: Body) -> Entry {
    let header = Header {
        seq: roster.head().seq + 1,
        previous: roster.head().hash,
        device: pen.id,
        epoch: roster.members().epoch,
        schema: roster.members().schema,
    };
    Entry::signed(header, body, &pen.key)
}

fn record(roster: &Roster, pen: &Pen, record: Record) -> Entry {
    next(roster, pen, Body::Record(record))
}

fn sealed(roster: &Roster, pen: &Pen) -> Entry {
    next(roster, pen, Body::Sealed(vec![9; 40]))
}

fn invite(roster: &mut Roster, by: &Pen, secret: u8, role: Role) {
    let key = KeyHash::of(&invitation::Secret::new([secret; 16]).public_key());
    let inviting = Inviting {
        key,
        role,
        expires: 1000,
    };
    roster
        .admit(&record(roster, by, Record::Invited(inviting)))
        .unwrap();
}

fn joining(roster: &Roster, pen: &Pen, secret: u8, role: Role) -> Entry {
    let secret = invitation::Secret::new([secret; 16]);
    let message = joining_authorisation(roster.organisation(), pen.id, role, &card(pen));
    let joining = Joining {
        invitation: secret.public_key(),
        authorisation: Signature::by(&secret.signing_key(), &message),
        role,
        device: card(pen),
    };
    record(roster, pen, Record::Joined(joining))
}

fn join(roster: &mut Roster, by: &Pen, pen: &Pen, role: Role) {
    let secret = pen.key.to_bytes()[0];
    invite(roster, by, secret, role);
    roster.admit(&joining(roster, pen, secret, role)).unwrap();
}

fn keys(roster: &Roster) -> EpochKeys {
    let members = roster.members();
    EpochKeys {
        epoch: members.epoch + 1,
        devices: members
            .devices
            .iter()
            .filter(|(_, device)| device.revoked.is_none())
            .map(|(id, _)| (*id, vec![5; 10]))
            .collect(),
        sheets: members.sheets.keys().map(|key| (*key, vec![6; 10])).collect(),
    }
}

fn snapshot(roster: &Roster) -> SnapshotTaken {
    SnapshotTaken {
        seq: roster.head().seq,
        hash: roster.head().hash,
        state: [1; 32],
        content: ContentHash::of(b"snapshot"),
        size: 8,
        chunks: 1,
        members: roster.members().clone(),
    }
}

/// Owner 1, editor 2, viewer 3.
fn board() -> (Roster, Pen, Pen, Pen) {
    let (owner, editor, viewer) = (pen(1), pen(2), pen(3));
    let mut roster = Roster::found(&founding(&owner)).unwrap();
    join(&mut roster, &owner, &editor, Role::Editor);
    join(&mut roster, &owner, &viewer, Role::Viewer);
    (roster, owner, editor, viewer)
}

/// Refused, and nothing has changed; and what an honest device writes is still admitted.
#[track_caller]
fn refused(roster: &Roster, entry: &Entry, expected: Refused) {
    let mut after = roster.clone();
    assert_eq!(after.admit(entry), Err(expected));
    assert_eq!(&after, roster, "a refused entry left a trace");
}

#[test]
fn a_log_begins_with_a_founding_entry_and_nothing_else() {
    let owner = pen(1);
    let good = founding(&owner);
    let roster = Roster::found(&good).unwrap();
    assert_eq!(roster.head(), good.head());
    let Body::Record(Record::Founded(record)) = &good.body else {
        unreachable!()
    };
    assert_eq!(roster.organisation(), record.organisation());
    let other = Founding {
        nonce: [8; 16],
        ..record.clone()
    };
    assert_ne!(other.organisation(), record.organisation());

    let with = |header: Header| Roster::found(&Entry::signed(header, good.body.clone(), &owner.key));
    assert!(matches!(
        with(Header {
            seq: 2,
            ..good.header
        }),
        Err(Refused::OutOfOrder { .. })
    ));
    let previous = EntryHash([1; 32]);
    assert!(matches!(
        with(Header {
            previous,
            ..good.header
        }),
        Err(Refused::WrongPrevious { .. })
    ));
    assert!(matches!(
        with(Header {
            epoch: 2,
            ..good.header
        }),
        Err(Refused::EpochUnknown { .. })
    ));
    let forged = Entry::signed(good.header, good.body.clone(), &pen(2).key);
    assert_eq!(Roster::found(&forged), Err(Refused::BadSignature));
    assert_eq!(Roster::found(&sealed(&roster, &owner)), Err(Refused::NotFounding));
    refused(
        &roster,
        &next(&roster, &owner, good.body.clone()),
        Refused::FoundedTwice,
    );
}

#[test]
fn gaps_replays_reorders_and_branches_are_told_apart() {
    let (mut roster, owner, editor, _) = board();
    let before = roster.clone();
    let one = sealed(&roster, &owner);
    let branch = sealed(&roster, &editor);
    roster.admit(&one).unwrap();
    let two = sealed(&roster, &editor);
    let at = roster.head().seq;
    refused(
        &before,
        &two,
        Refused::OutOfOrder {
            expected: at,
            found: at + 1,
        },
    );
    refused(
        &roster,
        &one,
        Refused::OutOfOrder {
            expected: at + 1,
            found: at,
        },
    );
    let mut other = before.clone();
    other.admit(&branch).unwrap();
    refused(&other, &two, Refused::WrongPrevious { seq: at + 1 });
    roster.admit(&two).unwrap();
}

#[test]
fn forged_and_foreign_entries_are_refused() {
    let (roster, owner, editor, viewer) = board();
    let stranger = pen(9);
    refused(&roster, &sealed(&roster, &stranger), Refused::UnknownDevice);
    let mut forged = sealed(&roster, &editor);
    forged.header.device = owner.id;
    refused(&roster, &forged, Refused::BadSignature);
    // A swapped key: the stranger writes under the editor's id.
    let swapped = Pen {
        id: editor.id,
        key: stranger.key.clone(),
    };
    refused(&roster, &sealed(&roster, &swapped), Refused::BadSignature);
    refused(
        &roster,
        &sealed(&roster, &viewer),
        Refused::RoleTooLow {
            needs: Role::Editor,
            has: Role::Viewer,
        },
    );
    // Every bit of an entry is covered: it does not decode, or it is refused.
    let good = sealed(&roster, &editor).encode();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(entry) = Entry::decode(&bytes) {
            assert!(roster.clone().admit(&entry).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn records_are_an_owners_business() {
    let (roster, owner, editor, viewer) = board();
    let key = KeyHash([4; 32]);
    let (recipient, sealed) = (vec![1], vec![2]);
    let records = [
        Record::Invited(Inviting {
            key,
            role: Role::Owner,
            expires: 5,
        }),
        Record::RoleChanged {
            device: editor.id,
            role: Role::Owner,
        },
        Record::Revoked(viewer.id),
        Record::EpochBegun(keys(&roster)),
        Record::SchemaRaised(11),
        Record::SnapshotTaken(Box::new(snapshot(&roster))),
        Record::SheetMade(SheetMaking {
            key,
            device: editor.id,
            role: Role::Editor,
            recipient,
            sealed,
        }),
        Record::Erased(vec![1]),
    ];
    for made in records {
        for (pen, has) in [(&editor, Role::Editor), (&viewer, Role::Viewer)] {
            refused(
                &roster,
                &record(&roster, pen, made.clone()),
                Refused::RoleTooLow {
                    needs: Role::Owner,
                    has,
                },
            );
        }
        roster.clone().admit(&record(&roster, &owner, made)).unwrap();
    }
}

#[test]
fn joining_needs_the_invitation_and_its_role_and_works_once() {
    let (mut roster, owner, editor, _) = board();
    invite(&mut roster, &owner, 50, Role::Viewer);
    let new = pen(5);
    let good = joining(&roster, &new, 50, Role::Viewer);
    refused(
        &roster,
        &joining(&roster, &new, 51, Role::Viewer),
        Refused::UnknownInvitation,
    );
    refused(
        &roster,
        &joining(&roster, &new, 50, Role::Owner),
        Refused::RoleNotInvited {
            invited: Role::Viewer,
            found: Role::Owner,
        },
    );
    // Another device uses the authorisation that the invited one made.
    let thief = pen(6);
    let Body::Record(Record::Joined(theirs)) = good.body.clone() else {
        unreachable!()
    };
    let stolen = Joining {
        device: card(&thief),
        ..theirs.clone()
    };
    refused(
        &roster,
        &record(&roster, &thief, Record::Joined(stolen)),
        Refused::BadAuthorisation,
    );
    // Somebody else signs the entry in which the device joins.
    let forged = record(
        &roster,
        &Pen {
            id: new.id,
            key: thief.key.clone(),
        },
        Record::Joined(theirs),
    );
    refused(&roster, &forged, Refused::BadSignature);
    refused(
        &roster,
        &joining(
            &roster,
            &Pen {
                id: editor.id,
                key: new.key.clone(),
            },
            50,
            Role::Viewer,
        ),
        Refused::DeviceKnown,
    );
    refused(
        &roster,
        &joining(
            &roster,
            &Pen {
                id: new.id,
                key: editor.key.clone(),
            },
            50,
            Role::Viewer,
        ),
        Refused::DeviceKnown,
    );
    assert_eq!(roster.expired(&good, 999), None);
    assert_eq!(roster.expired(&good, 1000), Some(1000));

    roster.admit(&good).unwrap();
    assert_eq!(roster.members().devices[&new.id].number, 4);
    refused(
        &roster,
        &joining(&roster, &thief, 50, Role::Viewer),
        Refused::UnknownInvitation,
    );

    invite(&mut roster, &owner, 60, Role::Viewer);
    let key = KeyHash::of(&invitation::Secret::new([60; 16]).public_key());
    roster
        .admit(&record(&roster, &owner, Record::InvitationWithdrawn(key)))
        .unwrap();
    refused(
        &roster,
        &joining(&roster, &thief, 60, Role::Viewer),
        Refused::UnknownInvitation,
    );
    refused(
        &roster,
        &record(&roster, &owner, Record::InvitationWithdrawn(key)),
        Refused::UnknownInvitation,
    );
}

#[test]
fn after_a_revocation_nothing_sealed_until_a_new_epoch_and_nothing_of_the_old_one_after() {
    let (mut roster, owner, editor, viewer) = board();
    invite(&mut roster, &owner, 50, Role::Editor);
    let old = sealed(&roster, &editor);
    roster
        .admit(&record(&roster, &owner, Record::Revoked(viewer.id)))
        .unwrap();
    assert!(roster.awaits_epoch());
    refused(&roster, &sealed(&roster, &owner), Refused::EpochNeeded);
    refused(
        &roster,
        &joining(&roster, &pen(5), 50, Role::Editor),
        Refused::EpochNeeded,
    );
    let taken = Record::SnapshotTaken(Box::new(snapshot(&roster)));
    refused(&roster, &record(&roster, &owner, taken), Refused::EpochNeeded);
    refused(&roster, &sealed(&roster, &viewer), Refused::DeviceRevoked);
    refused(
        &roster,
        &record(&roster, &owner, Record::Revoked(viewer.id)),
        Refused::DeviceRevoked,
    );

    // The new key for exactly those in force.
    let good = keys(&roster);
    let mut less = good.clone();
    less.devices.remove(&editor.id);
    let mut more = good.clone();
    more.devices.insert(viewer.id, vec![1]);
    let mut sheet = good.clone();
    sheet.sheets.insert(KeyHash([1; 32]), vec![1]);
    for bad in [less, more, sheet] {
        refused(
            &roster,
            &record(&roster, &owner, Record::EpochBegun(bad)),
            Refused::EpochKeys,
        );
    }
    let skipped = EpochKeys {
        epoch: 3,
        ..good.clone()
    };
    refused(
        &roster,
        &record(&roster, &owner, Record::EpochBegun(skipped)),
        Refused::EpochUnknown { current: 1, found: 3 },
    );
    roster
        .admit(&record(&roster, &owner, Record::EpochBegun(good)))
        .unwrap();
    assert_eq!((roster.members().epoch, roster.awaits_epoch()), (2, false));
    assert_eq!(roster.members().devices[&editor.id].sealed, [5; 10]);

    let late = Entry::signed(
        Header {
            epoch: 1,
            ..sealed(&roster, &editor).header
        },
        old.body.clone(),
        &editor.key,
    );
    refused(&roster, &late, Refused::EpochOver { current: 2, found: 1 });
    let early = Entry::signed(
        Header {
            epoch: 3,
            ..late.header
        },
        old.body,
        &editor.key,
    );
    refused(&roster, &early, Refused::EpochUnknown { current: 2, found: 3 });
    // The invitation of the old epoch, whose code the revoked member may know, ended with it.
    refused(
        &roster,
        &joining(&roster, &pen(5), 50, Role::Editor),
        Refused::UnknownInvitation,
    );
    roster.admit(&sealed(&roster, &editor)).unwrap();
}

#[test]
fn the_last_owner_stays() {
    let (mut roster, owner, editor, _) = board();
    let demoted = Record::RoleChanged {
        device: owner.id,
        role: Role::Editor,
    };
    refused(
        &roster,
        &record(&roster, &owner, demoted.clone()),
        Refused::LastOwner,
    );
    refused(
        &roster,
        &record(&roster, &owner, Record::Revoked(owner.id)),
        Refused::LastOwner,
    );
    let promoted = Record::RoleChanged {
        device: editor.id,
        role: Role::Owner,
    };
    roster.admit(&record(&roster, &owner, promoted)).unwrap();
    roster.admit(&record(&roster, &owner, demoted)).unwrap();
    refused(
        &roster,
        &record(&roster, &owner, Record::Revoked(editor.id)),
        Refused::RoleTooLow {
            needs: Role::Owner,
            has: Role::Editor,
        },
    );
}

#[test]
fn the_schema_version_only_rises_and_older_entries_are_refused_after_it() {
    let (mut roster, owner, editor, _) = board();
    for found in [9, 10] {
        refused(
            &roster,
            &record(&roster, &owner, Record::SchemaRaised(found)),
            Refused::SchemaNotRising { current: 10, found },
        );
    }
    let with = |roster: &Roster, schema| {
        let entry = sealed(roster, &editor);
        Entry::signed(
            Header {
                schema,
                ..entry.header
            },
            entry.body,
            &editor.key,
        )
    };
    refused(
        &roster,
        &with(&roster, 11),
        Refused::SchemaUnknown {
            current: 10,
            found: 11,
        },
    );
    roster
        .admit(&record(&roster, &owner, Record::SchemaRaised(11)))
        .unwrap();
    refused(
        &roster,
        &with(&roster, 10),
        Refused::SchemaOld {
            current: 11,
            found: 10,
        },
    );
    roster.admit(&with(&roster, 11)).unwrap();
}

#[test]
fn a_roster_goes_on_behind_a_snapshot_as_if_it_had_read_everything() {
    let (mut full, owner, editor, _) = board();
    full.admit(&sealed(&full, &editor)).unwrap();
    let taken = snapshot(&full);
    let mut resumed = Roster::behind(&taken);
    let mut both = |entry: &Entry| {
        full.admit(entry).unwrap();
        resumed.admit(entry).unwrap();
        (full.clone(), resumed.clone())
    };
    let (now, _) = both(&{
        let roster = Roster::behind(&taken);
        sealed(&roster, &editor)
    });
    let wrong = SnapshotTaken {
        hash: EntryHash([1; 32]),
        seq: now.head().seq,
        ..taken.clone()
    };
    let wrong = record(&now, &owner, Record::SnapshotTaken(Box::new(wrong)));
    refused(
        &now,
        &wrong,
        Refused::WrongPrevious {
            seq: now.head().seq + 1,
        },
    );
    let (now, _) = both(&record(
        &now,
        &owner,
        Record::SnapshotTaken(Box::new(taken.clone())),
    ));
    for through in [taken.seq - 1, taken.seq + 1] {
        refused(
            &now,
            &record(&now, &owner, Record::LogCut(through)),
            Refused::CutElsewhere,
        );
    }
    // The same snapshot again stands before the record of the first.
    let again = record(&now, &owner, Record::SnapshotTaken(Box::new(taken.clone())));
    refused(&now, &again, Refused::SnapshotOld);
    let (now, resumed) = both(&record(&now, &owner, Record::LogCut(taken.seq)));
    assert_eq!(now, resumed);
    assert_eq!(now.cut(), taken.seq);

    let mut others = snapshot(&now);
    others.members.schema += 1;
    let others = record(&now, &owner, Record::SnapshotTaken(Box::new(others)));
    refused(&now, &others, Refused::SnapshotMembers);
}

#[test]
fn a_recovery_sheet_holds_a_key_through_epochs_until_it_is_withdrawn() {
    let (mut roster, owner, editor, _) = board();
    let sheet = |secret: u8| KeyHash::of(&invitation::Secret::new([secret; 16]).public_key());
    let making = |secret, device| {
        Record::SheetMade(SheetMaking {
            key: sheet(secret),
            device,
            role: Role::Editor,
            recipient: vec![1],
            sealed: vec![2],
        })
    };
    refused(
        &roster,
        &record(&roster, &owner, making(70, pen(9).id)),
        Refused::UnknownDevice,
    );
    roster
        .admit(&record(&roster, &owner, making(70, editor.id)))
        .unwrap();
    refused(
        &roster,
        &record(&roster, &owner, making(70, owner.id)),
        Refused::InvitationKnown,
    );
    // A second sheet of the same device replaces the first.
    roster
        .admit(&record(&roster, &owner, making(71, editor.id)))
        .unwrap();
    assert_eq!(roster.members().sheets.keys().collect::<Vec<_>>(), [&sheet(71)]);

    // The laptop is lost; the sheet survives its revocation and the new epoch.
    roster
        .admit(&record(&roster, &owner, Record::Revoked(editor.id)))
        .unwrap();
    roster
        .admit(&record(&roster, &owner, Record::EpochBegun(keys(&roster))))
        .unwrap();
    assert_eq!(roster.members().sheets[&sheet(71)].sealed, [6; 10]);
    for number in [5, 6] {
        roster
            .admit(&joining(&roster, &pen(number), 71, Role::Editor))
            .unwrap();
    }
    roster
        .admit(&record(&roster, &owner, Record::SheetWithdrawn(sheet(71))))
        .unwrap();
    refused(
        &roster,
        &joining(&roster, &pen(7), 71, Role::Editor),
        Refused::UnknownInvitation,
    );
}

#[test]
fn a_roster_is_kept_and_read_back() {
    let (mut roster, owner, editor, _) = board();
    invite(&mut roster, &owner, 50, Role::Editor);
    let taken = Record::SnapshotTaken(Box::new(snapshot(&roster)));
    roster.admit(&record(&roster, &owner, taken)).unwrap();
    roster
        .admit(&record(&roster, &owner, Record::Revoked(editor.id)))
        .unwrap();
    let bytes = roster.encode();
    assert_eq!(Roster::decode(&bytes).unwrap(), roster);
    for cut in 0..bytes.len() {
        assert!(Roster::decode(&bytes[..cut]).is_err());
    }
}
