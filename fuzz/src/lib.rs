//! What must hold of every decoder that takes bytes from outside, whatever the bytes are: it says no, or what it gives encodes to the
//! same bytes. Each function panics when it does not. The ordinary tests of `kiulu-sync` try them on the corpus.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use kiulu_store::{FileKey, Place, Store, SystemSource};
use kiulu_sync::keys::{EpochKey, Identity, Ring};
use kiulu_sync::{NoRandomness, Random, seal};
use kiulu_wire::invitation::Code;
use kiulu_wire::request::Credentials;
use kiulu_wire::{DeviceId, Entry, EntryHash, Header, Roster, batch};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// An entry of the log.
pub fn entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(entry.encode(), bytes);
    }
}

/// What an endpoint keeps of the records.
pub fn roster(bytes: &[u8]) {
    if let Ok(roster) = Roster::decode(bytes) {
        assert_eq!(roster.encode(), bytes);
    }
}

/// A batch of entries, whole and coming in bit by bit: the first byte says in parts of which length.
pub fn batch(bytes: &[u8]) {
    let Some((part, bytes)) = bytes.split_first() else {
        return;
    };
    let whole = batch::decode(bytes);
    let (mut splitter, mut came) = (batch::Splitter::default(), Vec::new());
    for part in bytes.chunks(usize::from(*part) + 1) {
        splitter.push(part);
        loop {
            match splitter.next_entry() {
                Ok(Some(entry)) => came.push(entry),
                Ok(None) => break,
                Err(refused) => return assert_eq!(whole, Err(refused)),
            }
        }
    }
    match whole {
        Ok(entries) => {
            assert_eq!(batch::encode(entries.iter().map(Vec::as_slice)), bytes);
            assert_eq!(came, entries);
            assert!(splitter.is_empty());
        }
        Err(_) => assert!(!splitter.is_empty()),
    }
}

/// The code of an invitation, as it is typed.
pub fn code(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(code) = text.parse::<Code>()
    {
        let printed = code.to_string();
        assert_eq!(printed.parse(), Ok(code));
    }
}

/// Who asks, in the header of a request.
pub fn credentials(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(credentials) = text.parse::<Credentials>()
    {
        assert_eq!(credentials.to_string().parse(), Ok(credentials));
    }
}

/// What a member sealed, who has the key and need not use this program. Compression gives the same changes more than one form, so
/// that it is they who must come back.
pub fn sealed(inside: &[u8]) {
    let payload = Payload {
        msg: inside,
        aad: &HEADER.associated_data(),
    };
    let nonce = [7; 24];
    let ciphertext = XChaCha20Poly1305::new(&[7; 32].into())
        .encrypt(&nonce.into(), payload)
        .expect("a fuzzer's bytes are few");
    if let Ok(changes) = seal::open(&[&nonce, &*ciphertext].concat(), &HEADER, &key()) {
        let body = seal::seal(&changes, &HEADER, &key(), &mut Same).expect("what was opened is small enough");
        assert_eq!(seal::open(&body, &HEADER, &key()), Ok(changes));
    }
}

/// The keys of all epochs, as they lie in what was sealed to one recipient.
pub fn ring(bytes: &[u8]) {
    if let Some(ring) = Ring::decode(bytes) {
        assert_eq!(*ring.encode(), bytes);
    }
}

/// A ring that is said to be sealed to this laptop: an epoch's record, or the parcel of an invitation.
pub fn parcel(bytes: &[u8]) {
    let identity = Identity::new(&mut Same).expect("the same bytes are no failure");
    if let Some(ring) = identity.open(bytes) {
        assert!(Ring::decode(&ring.encode()) == Some(ring));
    }
}

/// A snapshot, which a member wrote: whatever it holds is taken whole and can be handed on, or nothing of it is.
pub fn snapshot(bytes: &[u8]) {
    static REGISTER: OnceLock<(TempDir, Store)> = OnceLock::new();
    let (_, store) = REGISTER.get_or_init(|| {
        let folder = TempDir::new().expect("there is room");
        let key = FileKey::from_bytes(&[7; 32]).expect("as long as a key");
        let store = Store::create(&folder.path().join("a.kiulu"), &key, Arc::new(SystemSource));
        (folder, store.expect("there is room"))
    });
    let place = Place {
        cursor: b"here",
        ..Place::default()
    };
    let load = |mut bytes: &[u8]| {
        let hash = *blake3::hash(bytes).as_bytes();
        store.load_snapshot(&mut bytes, hash, &place)
    };
    let state = || {
        let state = store.state_hash(None).expect("the register is whole");
        state.expect("it is known where the log ends")
    };
    let before = state();
    if load(bytes).is_err() {
        return assert_eq!(state(), before);
    }
    let mut written = Vec::new();
    let hash = store.write_snapshot(b"here", &mut written);
    let hash = hash.expect("nothing was written since");
    assert_eq!(blake3::hash(&written).as_bytes(), &hash);
    load(&written).expect("what was written can be read");
    assert_eq!(state(), hash);
}

/// Randomness that is none, so that keys are known.
pub struct Same;

impl Random for Same {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.fill(7);
        Ok(())
    }
}

/// Where a sealed body stands.
pub const HEADER: Header = Header {
    seq: 7,
    previous: EntryHash([3; 32]),
    device: DeviceId(uuid::Uuid::from_u128(5)),
    epoch: 2,
    schema: 1,
};

fn key() -> EpochKey {
    EpochKey::new(&mut Same).expect("the same bytes are no failure")
}
