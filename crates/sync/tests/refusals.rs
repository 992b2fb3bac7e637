//! What stops synchronisation, each by its name, against members who do not keep to the rules and programs of other versions.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use common::rows::{person, raw};
use common::{Endpoint, LATER, Laptop, Seeded, founder, id_of, joins};
use ed25519_dalek::SigningKey;
use kiulu_domain::id::ContactId;
use kiulu_store::SCHEMA_VERSION;
use kiulu_sync::SyncError;
use kiulu_wire::invitation::{Code, Secret};
use kiulu_wire::{
    Body, DeviceId, Entry, EntryHash, EpochKeys, Founding, Header, Inviting, KeyHash, NewDevice, PublicKey,
    Record, Refused, Role, Roster, batch,
};
use uuid::Uuid;

/// An owner whose entries are made by hand, so that they may be anything.
struct Handmade {
    key: SigningKey,
    id: DeviceId,
}

impl Handmade {
    /// Founds an organisation whose data has an older or newer form.
    fn found(endpoint: &mut Endpoint, schema: u32) -> Self {
        let one = Self {
            key: SigningKey::from_bytes(&[5; 32]),
            id: DeviceId(Uuid::from_u128(0x55)),
        };
        let founding = Founding {
            nonce: [1; 16],
            device: NewDevice {
                key: PublicKey::of(&one.key),
                recipient: recipient(&[6; 32]),
                name: Vec::new(),
            },
        };
        let header = Header {
            seq: 1,
            previous: EntryHash::NONE,
            device: one.id,
            epoch: 1,
            schema,
        };
        let entry = Entry::signed(header, Body::Record(Record::Founded(founding)), &one.key);
        endpoint.roster = Some(Roster::found(&entry).unwrap());
        endpoint.entries.push(entry.encode());
        one
    }

    /// Any owner's laptop, whose key its register holds.
    fn of(laptop: &Laptop) -> Self {
        let secrets = &kept(laptop)[0];
        Self {
            key: SigningKey::from_bytes(secrets[..32].try_into().unwrap()),
            id: id_of(laptop),
        }
    }

    fn append(&self, endpoint: &mut Endpoint, body: Body) {
        let roster = endpoint.roster.as_mut().unwrap();
        let header = Header {
            seq: roster.head().seq + 1,
            previous: roster.head().hash,
            device: self.id,
            epoch: roster.members().epoch,
            schema: roster.members().schema,
        };
        let entry = Entry::signed(header, body, &self.key);
        roster.admit(&entry).unwrap();
        endpoint.entries.push(entry.encode());
    }

    fn invite(&self, endpoint: &mut Endpoint, role: Role) -> Code {
        let secret = Secret::new([8; 16]);
        let key = KeyHash::of(&secret.public_key());
        let inviting = Inviting {
            key,
            role,
            expires: LATER,
        };
        self.append(endpoint, Body::Record(Record::Invited(inviting)));
        let ring = [&1_u32.to_be_bytes()[..], &[7; 32]].concat();
        let parcel = seal_to(&recipient(&secret.parcel_seed()), &ring);
        endpoint.parcels.insert(key, (parcel, None));
        let head = endpoint.head();
        Code {
            organisation: common::organisation(endpoint),
            seq: head.seq,
            hash: head.hash.short(),
            expires: LATER,
            address: "https://x.fi".into(),
            secret,
        }
    }
}

fn recipient(seed: &[u8; 32]) -> Vec<u8> {
    let prefix = bech32::Hrp::parse("age-secret-key-").unwrap();
    let text = bech32::encode_upper::<bech32::Bech32>(prefix, seed).unwrap();
    let identity: age::x25519::Identity = text.parse().unwrap();
    identity.to_public().to_string().into_bytes()
}

fn seal_to(recipient: &[u8], plain: &[u8]) -> Vec<u8> {
    let recipient: age::x25519::Recipient = std::str::from_utf8(recipient).unwrap().parse().unwrap();
    age::encrypt(&recipient, plain).unwrap()
}

/// What a register keeps of the log: identity, ring and more.
fn kept(laptop: &Laptop) -> Vec<Vec<u8>> {
    batch::decode(&laptop.store().log_cursor().unwrap().unwrap()[1..]).unwrap()
}

/// The keys of a register's ring.
fn keys(laptop: &Laptop) -> Vec<[u8; 32]> {
    let ring = &kept(laptop)[1];
    ring.chunks_exact(36)
        .map(|link| link[4..].try_into().unwrap())
        .collect()
}

fn two() -> (Endpoint, Laptop, Laptop) {
    let mut endpoint = Endpoint::default();
    let mut aino = founder(&mut endpoint);
    aino.add("Meikäläinen");
    aino.sync(&mut endpoint).unwrap();
    let eero = joins(2, Role::Editor, &mut aino, &mut endpoint);
    (endpoint, aino, eero)
}

/// Adds a contact with so many letters that no compressor makes much smaller.
fn add_large(laptop: &mut Laptop, letters: usize) -> ContactId {
    let mut random = Seeded(letters as u64);
    let mut details = person("Matti", "Pitkänen");
    details.notes = (0..letters / 8)
        .flat_map(|_| {
            let bits = random.below(1 << 60);
            (0..8).map(move |place| char::from(b'0' + (bits >> (6 * place) & 63) as u8))
        })
        .collect();
    let id = ContactId(laptop.store().source().uuid());
    laptop.write(|tx| tx.insert_contact(id, &details)).unwrap();
    id
}

#[test]
fn a_change_in_the_name_of_another_member_s_device_is_refused() {
    let (mut endpoint, mut aino, mut eero) = two();
    eero.add("Virtanen");
    let aino_s = id_of(&aino);
    raw(eero.store().path())
        .execute(
            "UPDATE change SET device = ?1 WHERE seq = (SELECT max(seq) FROM change)",
            [aino_s.0],
        )
        .unwrap();
    eero.sync(&mut endpoint).unwrap();
    let seq = endpoint.head().seq;
    let error = aino.stops(&mut endpoint);
    assert!(
        matches!(error, SyncError::AnotherDevice { seq: s, device } if (s, device) == (seq, aino_s)),
        "{error}"
    );
}

#[test]
fn a_log_that_grows_at_every_attempt_ends_in_busy_and_loses_nothing() {
    let (mut endpoint, mut aino, _) = two();
    aino.add("Virtanen");
    endpoint.others_quicker = true;
    let error = aino.stops(&mut endpoint);
    assert!(matches!(error, SyncError::Busy), "{error}");
    let error = aino
        .replica()
        .invite(&mut endpoint, Role::Viewer, LATER, "https://x.fi")
        .unwrap_err();
    assert!(matches!(error, SyncError::Busy), "{error}");
    endpoint.others_quicker = false;
    assert_eq!(aino.sync(&mut endpoint).unwrap().sent, 1);
}

#[test]
fn a_newer_peer_s_data_pauses_an_older_program_and_nothing_is_applied_half() {
    let (mut endpoint, mut aino, mut eero) = two();
    aino.add("Ennen");
    aino.sync(&mut endpoint).unwrap();
    let dump = aino.dump();
    let newer = SCHEMA_VERSION + 1;
    let owner = Handmade::of(&aino);
    owner.append(&mut endpoint, Body::Record(Record::SchemaRaised(newer)));
    let raised = endpoint.head();
    // What no program of today could open must not even be looked at.
    owner.append(&mut endpoint, Body::Sealed(vec![1; 60]));
    for laptop in [&mut aino, &mut eero] {
        for _ in 0..2 {
            let error = laptop.sync(&mut endpoint).unwrap_err();
            assert!(
                matches!(error, SyncError::ProgramTooOld { needs, has } if (needs, has) == (newer, SCHEMA_VERSION)),
                "{error}"
            );
            laptop.crash();
        }
        assert_eq!(laptop.replica().head(), Some(raised));
        assert_eq!(laptop.dump(), dump, "what came before is taken in");
    }
}

#[test]
fn an_owner_with_a_newer_program_raises_the_schema_and_others_wait_for_that() {
    let mut endpoint = Endpoint::default();
    let founder = Handmade::found(&mut endpoint, 1);
    let mut eero = Laptop::new(2);
    let code = founder.invite(&mut endpoint, Role::Editor);
    eero.replica().join(&mut endpoint, &code, "Eero").unwrap();
    eero.profile();
    let error = eero.sync(&mut endpoint).unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::SchemaBehind {
                in_force: 1,
                has: SCHEMA_VERSION
            }
        ),
        "{error}"
    );
    assert_eq!(eero.store().unsent_count().unwrap(), 1);

    let mut aino = Laptop::new(3);
    let code = founder.invite(&mut endpoint, Role::Owner);
    aino.replica().join(&mut endpoint, &code, "Aino").unwrap();
    // Reading alone raises nothing.
    aino.sync(&mut endpoint).unwrap();
    assert_eq!(endpoint.roster.as_ref().unwrap().members().schema, 1);
    aino.profile();
    assert_eq!(aino.sync(&mut endpoint).unwrap().sent, 1);
    assert_eq!(endpoint.roster.as_ref().unwrap().members().schema, SCHEMA_VERSION);
    assert_eq!(eero.sync(&mut endpoint).unwrap().sent, 1);
    aino.sync(&mut endpoint).unwrap();
    assert_eq!(aino.dump(), eero.dump());
}

#[test]
fn a_parcel_that_the_code_does_not_open_is_named() {
    let mut endpoint = Endpoint::default();
    let founder = Handmade::found(&mut endpoint, SCHEMA_VERSION);
    let code = founder.invite(&mut endpoint, Role::Editor);
    let (key, good) = endpoint.parcels.iter().next().unwrap();
    let (key, good) = (*key, good.0.clone());
    let ring = [&1_u32.to_be_bytes()[..], &[7; 32]].concat();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for wrong in [flipped, seal_to(&recipient(&[9; 32]), &ring), Vec::new()] {
        endpoint.parcels.insert(key, (wrong, None));
        let error = Laptop::new(2)
            .replica()
            .join(&mut endpoint, &code, "Eero")
            .unwrap_err();
        assert!(matches!(error, SyncError::ParcelUnreadable), "{error}");
    }
    endpoint.parcels.insert(key, (good, None));
    Laptop::new(3)
        .replica()
        .join(&mut endpoint, &code, "Eero")
        .unwrap();
}

#[test]
fn an_epoch_without_a_key_for_this_laptop_is_refused() {
    let (mut endpoint, mut aino, mut eero) = two();
    let third = joins(3, Role::Editor, &mut aino, &mut endpoint);
    eero.sync(&mut endpoint).unwrap();
    let owner = Handmade::of(&aino);
    owner.append(&mut endpoint, Body::Record(Record::Revoked(id_of(&third))));
    let stranger = seal_to(
        &recipient(&[9; 32]),
        &[&2_u32.to_be_bytes()[..], &[3; 32]].concat(),
    );
    let devices = [id_of(&aino), id_of(&eero)].map(|id| (id, stranger.clone()));
    let keys = EpochKeys {
        epoch: 2,
        devices: devices.into(),
        sheets: Default::default(),
    };
    owner.append(&mut endpoint, Body::Record(Record::EpochBegun(keys)));
    let error = eero.stops(&mut endpoint);
    assert!(matches!(error, SyncError::KeySwapped { epoch: 2 }), "{error}");
}

#[test]
fn a_change_that_is_too_large_for_an_entry_is_named_and_stays_here() {
    let (mut endpoint, mut aino, _) = two();
    add_large(&mut aino, 46 << 20);
    let head = endpoint.head();
    let error = aino.stops(&mut endpoint);
    let most = kiulu_wire::limits::SEALED as u64;
    assert!(
        matches!(error, SyncError::TooLarge { bytes, most: m } if m == most && bytes > most),
        "{error}"
    );
    assert_eq!(endpoint.head(), head);
    assert_eq!(aino.store().unsent_count().unwrap(), 1);
}

#[test]
fn what_waits_is_cut_into_entries_of_about_four_mebibytes() {
    let (mut endpoint, mut aino, mut eero) = two();
    let before = endpoint.entries.len();
    for name in ["Virtanen", "Laine"] {
        aino.add(name);
    }
    for _ in 0..3 {
        add_large(&mut aino, 3 << 20);
    }
    aino.add("Korhonen");
    assert_eq!(aino.sync(&mut endpoint).unwrap().sent, 6);
    let sizes: Vec<usize> = endpoint.entries[before..].iter().map(Vec::len).collect();
    assert_eq!(sizes.len(), 3, "{sizes:?}");
    assert!(sizes.iter().all(|size| *size < 4 << 20), "{sizes:?}");
    assert_eq!(eero.sync(&mut endpoint).unwrap().received, 6);
    assert_eq!(aino.dump(), eero.dump());
}

#[test]
fn the_keys_of_whoever_was_shut_out_open_nothing_that_came_later() {
    let (mut endpoint, mut aino, eero) = two();
    aino.replica().revoke(&mut endpoint, &[id_of(&eero)]).unwrap();
    aino.add("Salainen");
    aino.sync(&mut endpoint).unwrap();
    let entry = Entry::decode(endpoint.entries.last().unwrap()).unwrap();
    let Body::Sealed(body) = &entry.body else { panic!() };
    let associated = entry.header.associated_data();
    let opens = |key: &[u8; 32]| {
        let payload = Payload {
            msg: &body[24..],
            aad: &associated,
        };
        let nonce = XNonce::from_slice(&body[..24]);
        XChaCha20Poly1305::new(key.into()).decrypt(nonce, payload).is_ok()
    };
    assert_eq!(keys(&eero).len(), 1);
    assert!(!keys(&eero).iter().any(opens));
    assert!(keys(&aino).iter().any(opens), "the new epoch's key does");
    // The record that brought the new key holds none for him.
    let members = endpoint.roster.as_ref().unwrap().members();
    assert!(members.devices[&id_of(&eero)].sealed.is_empty());
}

#[test]
fn a_forged_record_of_an_editor_is_refused() {
    let (mut endpoint, mut aino, eero) = two();
    let forger = Handmade::of(&eero);
    let roster = endpoint.roster.clone().unwrap();
    let header = Header {
        seq: roster.head().seq + 1,
        previous: roster.head().hash,
        device: forger.id,
        epoch: 1,
        schema: SCHEMA_VERSION,
    };
    let own = Record::RoleChanged {
        device: forger.id,
        role: Role::Owner,
    };
    let entry = Entry::signed(header, Body::Record(own), &forger.key);
    endpoint.lie = Some(Box::new(move |page| {
        page.head = entry.head();
        page.entries = vec![entry.encode()];
    }));
    let error = aino.stops(&mut endpoint);
    assert!(
        matches!(
            error,
            SyncError::Forged {
                refused: Refused::RoleTooLow { .. },
                ..
            }
        ),
        "{error}"
    );
}
