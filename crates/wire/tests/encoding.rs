//! The encoding: one entry has one form, and no bytes from outside make a decoder fall over.

use ed25519_dalek::SigningKey;
use kiulu_wire::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..most)
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Viewer), Just(Role::Editor), Just(Role::Owner)]
}

fn id() -> impl Strategy<Value = DeviceId> {
    any::<[u8; 16]>().prop_map(|bytes| DeviceId(uuid::Uuid::from_bytes(bytes)))
}

fn key_hash() -> impl Strategy<Value = KeyHash> {
    any::<[u8; 32]>().prop_map(KeyHash)
}

fn card() -> impl Strategy<Value = NewDevice> {
    (any::<[u8; 32]>(), bytes(80), bytes(80)).prop_map(|(key, recipient, name)| NewDevice {
        key: PublicKey(key),
        recipient,
        name,
    })
}

fn members() -> impl Strategy<Value = Members> {
    let device = (
        any::<u32>(),
        card(),
        role(),
        any::<u64>(),
        any::<Option<u64>>(),
        bytes(40),
    )
        .prop_map(|(number, card, role, joined, revoked, sealed)| Device {
            number,
            key: card.key,
            recipient: card.recipient,
            name: card.name,
            role,
            joined,
            revoked,
            sealed,
        });
    let invitation =
        (role(), any::<u64>(), id()).prop_map(|(role, expires, by)| Invitation { role, expires, by });
    let sheet = (id(), role(), bytes(40), bytes(40)).prop_map(|(device, role, recipient, sealed)| Sheet {
        device,
        role,
        recipient,
        sealed,
    });
    (
        any::<[u8; 16]>(),
        any::<u32>(),
        any::<u32>(),
        btree_map(id(), device, 0..4),
        btree_map(key_hash(), invitation, 0..3),
        btree_map(key_hash(), sheet, 0..3),
    )
        .prop_map(
            |(organisation, epoch, schema, devices, invitations, sheets)| Members {
                organisation: OrganisationId(organisation),
                epoch,
                schema,
                devices,
                invitations,
                sheets,
            },
        )
}

fn body() -> impl Strategy<Value = Body> {
    let founded =
        (any::<[u8; 16]>(), card()).prop_map(|(nonce, device)| Record::Founded(Founding { nonce, device }));
    let invited = (key_hash(), role(), any::<u64>())
        .prop_map(|(key, role, expires)| Record::Invited(Inviting { key, role, expires }));
    let joined = (any::<[u8; 32]>(), any::<[u8; 64]>(), role(), card()).prop_map(
        |(invitation, authorisation, role, device)| {
            Record::Joined(Joining {
                invitation: PublicKey(invitation),
                authorisation: Signature(authorisation),
                role,
                device,
            })
        },
    );
    let epoch = (
        any::<u32>(),
        btree_map(id(), bytes(40), 0..4),
        btree_map(key_hash(), bytes(40), 0..3),
    )
        .prop_map(|(epoch, devices, sheets)| {
            Record::EpochBegun(EpochKeys {
                epoch,
                devices,
                sheets,
            })
        });
    let snapshot = (
        any::<u64>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        any::<u64>(),
        any::<u32>(),
        members(),
    )
        .prop_map(|(seq, hash, state, content, size, chunks, members)| {
            Record::SnapshotTaken(Box::new(SnapshotTaken {
                seq,
                hash: EntryHash(hash),
                state,
                content: ContentHash(content),
                size,
                chunks,
                members,
            }))
        });
    let sheet = (key_hash(), id(), role(), bytes(40), bytes(40)).prop_map(
        |(key, device, role, recipient, sealed)| {
            Record::SheetMade(SheetMaking {
                key,
                device,
                role,
                recipient,
                sealed,
            })
        },
    );
    let record = prop_oneof![
        founded,
        invited,
        key_hash().prop_map(Record::InvitationWithdrawn),
        joined,
        (id(), role()).prop_map(|(device, role)| Record::RoleChanged { device, role }),
        id().prop_map(Record::Revoked),
        epoch,
        any::<u32>().prop_map(Record::SchemaRaised),
        snapshot,
        any::<u64>().prop_map(Record::LogCut),
        sheet,
        key_hash().prop_map(Record::SheetWithdrawn),
        bytes(40).prop_map(Record::Erased),
    ];
    prop_oneof![bytes(600).prop_map(Body::Sealed), record.prop_map(Body::Record)]
}

fn entry() -> impl Strategy<Value = Entry> {
    (
        any::<u64>(),
        any::<[u8; 32]>(),
        id(),
        any::<u32>(),
        any::<u32>(),
        body(),
    )
        .prop_map(|(seq, previous, device, epoch, schema, body)| {
            let header = Header {
                seq,
                previous: EntryHash(previous),
                device,
                epoch,
                schema,
            };
            Entry::signed(header, body, &SigningKey::from_bytes(&[3; 32]))
        })
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_and_its_signature_holds(entry in entry()) {
        let bytes = entry.encode();
        let read = Entry::decode(&bytes);
        prop_assert_eq!(read.as_ref(), Ok(&entry));
        prop_assert_eq!(entry.verify(&PublicKey::of(&SigningKey::from_bytes(&[3; 32]))), Ok(()));
        prop_assert_eq!(entry.hash().0, *blake3::hash(&bytes).as_bytes());
    }

    #[test]
    fn whatever_decodes_encodes_to_the_same_bytes(entry in entry(), at: prop::sample::Index, flip in 1u8..) {
        let mut bytes = entry.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(read) = Entry::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }

    #[test]
    fn too_few_and_too_many_bytes_are_refused(entry in entry(), at: prop::sample::Index, more in vec(any::<u8>(), 1..9)) {
        let bytes = entry.encode();
        prop_assert_eq!(Entry::decode(&bytes[..at.index(bytes.len())]), Err(Refused::Truncated));
        let count = more.len() as u64;
        let longer = [bytes, more].concat();
        prop_assert_eq!(Entry::decode(&longer), Err(Refused::TrailingBytes { count }));
    }

    #[test]
    fn no_bytes_make_a_decoder_fall_over(bytes in bytes(400), valid_start: bool) {
        let bytes = if valid_start { [vec![1], bytes].concat() } else { bytes };
        let _ = Entry::decode(&bytes);
        let _ = Roster::decode(&bytes);
        let _ = batch::decode(&bytes);
    }
}

fn first_header() -> Header {
    Header {
        seq: 1,
        previous: EntryHash::NONE,
        device: DeviceId(uuid::Uuid::nil()),
        epoch: 1,
        schema: 1,
    }
}

#[test]
fn unknown_versions_and_kinds_and_endless_lengths_are_named() {
    let header = first_header();
    let good = Entry::signed(
        header,
        Body::Sealed(vec![0; 8]),
        &SigningKey::from_bytes(&[1; 32]),
    )
    .encode();
    let with = |at: usize, value: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        Entry::decode(&bytes)
    };
    assert_eq!(with(0, &[2]), Err(Refused::UnknownVersion { version: 2 }));
    assert_eq!(with(65, &[200]), Err(Refused::UnknownKind { kind: 200 }));
    assert_eq!(
        with(66, &[255; 4]),
        Err(Refused::TooLong {
            length: u64::from(u32::MAX),
            most: limits::SEALED as u64
        })
    );
}

#[test]
fn an_entry_adds_little_to_its_body() {
    let header = first_header();
    let entry = Entry::signed(
        header,
        Body::Sealed(Vec::new()),
        &SigningKey::from_bytes(&[1; 32]),
    );
    assert_eq!(entry.encode().len(), 134);
    // What seals the body is bound to its place.
    let moved = Header { seq: 2, ..header };
    assert_ne!(header.associated_data(), moved.associated_data());
}
