//! One real encoding of each kind, from which fuzzing starts.

use crate::properties::{HEADER, Same};
use crate::rows::{Fixture, person, role};
use ed25519_dalek::SigningKey;
use kiulu_domain::id::{ChangeId, UserId};
use kiulu_store::{LoggedChange, Place};
use kiulu_sync::keys::{EpochKey, Identity, Ring};
use kiulu_wire::invitation::{Code, Secret};
use kiulu_wire::request::{Asked, Credentials, Signer};
use kiulu_wire::{
    Body, ContentHash, DeviceId, Entry, EntryHash, EpochKeys, Founding, Header, Inviting, Joining, KeyHash,
    NewDevice, OrganisationId, PublicKey, Record, Role, Roster, SheetMaking, Signature, SnapshotTaken, batch,
    joining_authorisation,
};

/// A target, the name of a file of its corpus, and what is in it.
type Seed = (&'static str, String, Vec<u8>);

pub(crate) fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    let mut keep = |target, name: &str, bytes: &[u8]| seeds.push((target, name.to_owned(), bytes.to_vec()));
    let log = log();
    let mut roster = Roster::found(&log[0]).unwrap();
    keep("roster", "first", &roster.encode());
    log[1..].iter().for_each(|entry| roster.admit(entry).unwrap());
    for entry in &log {
        keep("entry", &entry.header.seq.to_string(), &entry.encode());
    }
    keep("roster", "all", &roster.encode());
    let encoded: Vec<Vec<u8>> = log.iter().take(3).map(Entry::encode).collect();
    let together = batch::encode(encoded.iter().map(Vec::as_slice));
    keep("batch", "three", &[&[99], &*together].concat());
    keep("batch", "empty-ones", &[0, 0, 0, 0, 0, 0, 0, 0, 0]);

    let code = Code {
        organisation: roster.organisation(),
        secret: Secret::new([9; 16]),
        seq: 300,
        hash: roster.head().hash.short(),
        expires: 1_800_000_000,
        address: "https://kiulu.example.org:8787".into(),
    };
    keep("code", "invitation", code.to_string().as_bytes());
    let sheet = Code { expires: 0, ..code };
    keep(
        "code",
        "sheet",
        sheet.to_string().to_lowercase().replace('-', " ").as_bytes(),
    );
    let asked = Asked {
        method: "GET",
        target: "/v1",
        organisation: roster.organisation(),
        body: ContentHash::of(b""),
    };
    for (name, signer) in [
        ("device", Signer::Device(id(1))),
        (
            "invitation",
            Signer::Invitation(Secret::new([9; 16]).public_key()),
        ),
    ] {
        let credentials = Credentials::sign(signer, 1_800_000_000, 17, &asked, &signing(1));
        keep("credentials", name, credentials.to_string().as_bytes());
    }

    let plain = postcard::to_stdvec(&changes()).unwrap();
    let packed = zstd::encode_all(&*plain, zstd::DEFAULT_COMPRESSION_LEVEL).unwrap();
    keep("sealed", "changes", &[&[1], &*packed].concat());
    keep(
        "sealed",
        "none",
        &[&[1], &*zstd::encode_all(&[0][..], 1).unwrap()].concat(),
    );
    let ring = Ring::of(1, EpochKey::new(&mut Same).unwrap());
    keep("ring", "one", &ring.encode());
    keep(
        "ring",
        "two",
        &[&ring.encode()[..], &[0, 0, 0, 2], &[8; 32]].concat(),
    );
    let identity = Identity::new(&mut Same).unwrap();
    let recipient = identity.present(Vec::new()).recipient;
    keep("parcel", "one", &ring.seal_to(&recipient).unwrap());
    keep("snapshot", "small", &snapshot());
    seeds
}

/// A register with a person in a flat, who was corrected.
fn snapshot() -> Vec<u8> {
    let register = Fixture::new();
    let id = register.add(person("Matti", "Meikäläinen"));
    register.change(|tx| tx.put_role(&role(tx.uuid(), id, register.kind, Some(register.flat))));
    register.change(|tx| tx.update_contact(id, &person("Matti", "Virtanen")));
    let place = Place {
        cursor: b"here",
        ..Place::default()
    };
    let last = register.unsent().unwrap().last().unwrap().id;
    register.acknowledge(last, &place).unwrap();
    let mut bytes = Vec::new();
    register.write_snapshot(b"here", &mut bytes).unwrap();
    bytes
}

fn signing(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn id(number: u8) -> DeviceId {
    DeviceId(uuid::Uuid::from_bytes([number; 16]))
}

fn card(number: u8) -> NewDevice {
    NewDevice {
        key: PublicKey::of(&signing(number)),
        recipient: format!("age1{number}").into(),
        name: vec![number; 8],
    }
}

/// Entries of every kind, as they may follow each other.
fn log() -> Vec<Entry> {
    let founding = Founding {
        nonce: [1; 16],
        device: card(1),
    };
    let organisation: OrganisationId = founding.organisation();
    let (invitation, sheet) = (Secret::new([9; 16]), Secret::new([8; 16]));
    let key = KeyHash::of(&invitation.public_key());
    let authorised = joining_authorisation(organisation, id(2), Role::Editor, &card(2));
    let joining = Joining {
        invitation: invitation.public_key(),
        authorisation: Signature::by(&invitation.signing_key(), &authorised),
        role: Role::Editor,
        device: card(2),
    };
    let inviting = |key| {
        Record::Invited(Inviting {
            key,
            role: Role::Editor,
            expires: 1_800_000_000,
        })
    };
    let other = KeyHash::of(&Secret::new([6; 16]).public_key());
    let sheet = KeyHash::of(&sheet.public_key());
    let made = SheetMaking {
        key: sheet,
        device: id(1),
        role: Role::Owner,
        recipient: b"age1sheet".to_vec(),
        sealed: vec![4; 12],
    };
    let keys = EpochKeys {
        epoch: 2,
        devices: [(id(1), vec![5; 12])].into(),
        sheets: [(sheet, vec![6; 12])].into(),
    };
    let first = Header {
        seq: 1,
        previous: EntryHash::NONE,
        device: id(1),
        epoch: 1,
        schema: 1,
    };
    let begun = Entry::signed(first, Body::Record(Record::Founded(founding)), &signing(1));
    let mut roster = Roster::found(&begun).unwrap();
    let mut log = vec![begun];
    let viewer = Record::RoleChanged {
        device: id(2),
        role: Role::Viewer,
    };
    for (author, body) in [
        (1, Body::Sealed(vec![2; 40])),
        (1, Body::Record(inviting(key))),
        (2, Body::Record(Record::Joined(joining))),
        (1, Body::Record(viewer)),
        (1, Body::Record(inviting(other))),
        (1, Body::Record(Record::InvitationWithdrawn(other))),
        (1, Body::Record(Record::SheetMade(made))),
        (1, Body::Record(Record::Revoked(id(2)))),
        (1, Body::Record(Record::EpochBegun(keys))),
        (1, Body::Record(Record::SchemaRaised(2))),
        (1, Body::Record(Record::Erased(vec![7; 20]))),
        (1, Body::Sealed(vec![3; 40])),
    ] {
        append(&mut log, &mut roster, author, body);
    }
    let head = roster.head();
    let taken = SnapshotTaken {
        seq: head.seq,
        hash: head.hash,
        state: [7; 32],
        content: ContentHash::of(b"snapshot"),
        size: 8,
        chunks: 1,
        members: roster.members().clone(),
    };
    for record in [
        Record::SnapshotTaken(Box::new(taken)),
        Record::LogCut(head.seq),
        Record::SheetWithdrawn(sheet),
    ] {
        append(&mut log, &mut roster, 1, Body::Record(record));
    }
    log
}

fn append(log: &mut Vec<Entry>, roster: &mut Roster, author: u8, body: Body) {
    let (head, members) = (roster.head(), roster.members());
    let header = Header {
        seq: head.seq + 1,
        previous: head.hash,
        device: id(author),
        epoch: members.epoch,
        schema: members.schema,
    };
    let entry = Entry::signed(header, body, &signing(author));
    roster.admit(&entry).unwrap();
    log.push(entry);
}

fn changes() -> Vec<LoggedChange> {
    let change = LoggedChange {
        id: ChangeId(uuid::Uuid::from_u128(1)),
        at: 1_790_000_000_000,
        author: UserId(uuid::Uuid::from_u128(2)),
        device: HEADER.device.0,
        action: r#"{"code":"contact_edit","params":{"name":"Testi"}}"#.into(),
        rebase: "fields".into(),
        schema: 1,
        undoes: Some(ChangeId(uuid::Uuid::from_u128(4))),
        changeset: vec![7; 20],
    };
    vec![
        change.clone(),
        LoggedChange {
            undoes: None,
            ..change
        },
    ]
}
