//! What a sealed body holds: a batch of changes, encoded, compressed and encrypted under the key of its epoch.
//!
//! A body is a random nonce of 24 bytes and the ciphertext of XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with the entry's whole
//! header as associated data, so that it cannot be moved to another place, writer or epoch. Inside: a version byte and a Zstandard
//! frame (RFC 8878) of the changes in postcard's encoding.

use crate::keys::EpochKey;
use crate::random::{self, Random};
use crate::{Result, SyncError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kiulu_store::LoggedChange;
use kiulu_wire::{Header, limits};
use serde::{Deserialize, Serialize};
use std::io::Read;

/// The only version so far.
const VERSION: u8 = 1;

/// The most that a body may hold when it is decompressed, in bytes. A changeset is compressed by itself already, so an honest batch
/// stays near the size of its body.
pub const MOST_INSIDE: usize = 2 * limits::SEALED;

const NONCE: usize = 24;

/// Bytes by which a ciphertext is longer than what is in it: nonce and tag.
pub(crate) const ADDED: usize = NONCE + 16;

/// Why a ciphertext was not opened, or what is in it not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Unopened {
    /// Another key, another place in the log, or bytes that were changed.
    #[error("the key does not open it")]
    NotAuthentic,
    /// Sealed by a newer program.
    #[error("unknown version {version}")]
    UnknownVersion {
        /// What stood there.
        version: u8,
    },
    /// It holds more than [`MOST_INSIDE`].
    #[error("it holds more than {most} bytes")]
    TooLong {
        /// The most, in bytes.
        most: u64,
    },
    /// A member sealed what is no batch of changes.
    #[error("it holds no batch of changes")]
    Malformed,
}

/// Seals a batch for the place in the log that the header names; gives the body.
///
/// # Errors
/// [`SyncError::NoRandomness`], and [`SyncError::TooLarge`] when the body would be larger than entries may be.
pub fn seal(
    changes: &[LoggedChange],
    header: &Header,
    key: &EpochKey,
    random: &mut dyn Random,
) -> Result<Vec<u8>> {
    let encoded = postcard::to_stdvec(changes).map_err(|_| SyncError::Unencodable)?;
    let mut inside = vec![VERSION];
    zstd::stream::copy_encode(&*encoded, &mut inside, zstd::DEFAULT_COMPRESSION_LEVEL)
        .map_err(|_| SyncError::Unencodable)?;
    let body = encrypt(&inside, &header.associated_data(), key.bytes(), random)?;
    if body.len() > limits::SEALED || encoded.len() > MOST_INSIDE {
        return Err(SyncError::TooLarge {
            bytes: body.len().max(encoded.len()) as u64,
            most: limits::SEALED as u64,
        });
    }
    Ok(body)
}

/// Opens a body that stands where the header says. Whatever the bytes are, no more than [`MOST_INSIDE`] is ever unpacked.
///
/// # Errors
/// [`Unopened`].
pub fn open(body: &[u8], header: &Header, key: &EpochKey) -> Result<Vec<LoggedChange>, Unopened> {
    let inside = decrypt(body, &header.associated_data(), key.bytes())?;
    let (version, packed) = inside.split_first().ok_or(Unopened::Malformed)?;
    if *version != VERSION {
        return Err(Unopened::UnknownVersion { version: *version });
    }
    let mut encoded = Vec::new();
    zstd::Decoder::with_buffer(packed)
        .and_then(|frame| frame.take(MOST_INSIDE as u64 + 1).read_to_end(&mut encoded))
        .map_err(|_| Unopened::Malformed)?;
    if encoded.len() > MOST_INSIDE {
        let most = MOST_INSIDE as u64;
        return Err(Unopened::TooLong { most });
    }
    let (changes, rest) = postcard::take_from_bytes(&encoded).map_err(|_| Unopened::Malformed)?;
    if rest.is_empty() {
        Ok(changes)
    } else {
        Err(Unopened::Malformed)
    }
}

/// A random nonce and the ciphertext behind it.
pub(crate) fn encrypt(
    plain: &[u8],
    associated: &[u8],
    key: &[u8; 32],
    random: &mut dyn Random,
) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE] = random::bytes(random)?;
    let payload = Payload {
        msg: plain,
        aad: associated,
    };
    let ciphertext = XChaCha20Poly1305::new(key.into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| SyncError::Unencodable)?;
    Ok([&nonce, &*ciphertext].concat())
}

/// What [`encrypt`] put in.
pub(crate) fn decrypt(sealed: &[u8], associated: &[u8], key: &[u8; 32]) -> Result<Vec<u8>, Unopened> {
    let (nonce, ciphertext) = sealed.split_at_checked(NONCE).ok_or(Unopened::NotAuthentic)?;
    let payload = Payload {
        msg: ciphertext,
        aad: associated,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(nonce), payload)
        .map_err(|_| Unopened::NotAuthentic)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::SystemRandom;
    use kiulu_domain::id::{ChangeId, UserId};
    use kiulu_wire::{DeviceId, EntryHash};

    fn header() -> Header {
        Header {
            seq: 7,
            previous: EntryHash([3; 32]),
            device: DeviceId(Default::default()),
            epoch: 2,
            schema: 1,
        }
    }

    fn changes() -> Vec<LoggedChange> {
        let change = LoggedChange {
            id: ChangeId(Default::default()),
            at: 1_790_000_000_000,
            author: UserId(Default::default()),
            device: Default::default(),
            action: r#"{"code":"contact_edit","params":{"name":"Testi"}}"#.into(),
            rebase: "fields".into(),
            schema: 1,
            undoes: None,
            changeset: vec![5; 200],
        };
        vec![change; 3]
    }

    fn sealed_inside(inside: &[u8], key: &EpochKey) -> Vec<u8> {
        encrypt(
            inside,
            &header().associated_data(),
            key.bytes(),
            &mut SystemRandom,
        )
        .unwrap()
    }

    #[test]
    fn a_batch_opens_in_its_place_with_its_key_and_nowhere_else() {
        let random = &mut SystemRandom;
        let (key, other) = (EpochKey::new(random).unwrap(), EpochKey::new(random).unwrap());
        let body = seal(&changes(), &header(), &key, random).unwrap();
        assert_eq!(open(&body, &header(), &key), Ok(changes()));
        assert_eq!(open(&body, &header(), &other), Err(Unopened::NotAuthentic));
        let moved = [
            Header { seq: 8, ..header() },
            Header { epoch: 1, ..header() },
            Header {
                schema: 2,
                ..header()
            },
            Header {
                previous: EntryHash([4; 32]),
                ..header()
            },
        ];
        for place in moved {
            assert_eq!(open(&body, &place, &key), Err(Unopened::NotAuthentic));
        }
    }

    #[test]
    fn every_flipped_bit_and_every_missing_byte_is_refused() {
        let key = EpochKey::new(&mut SystemRandom).unwrap();
        let body = seal(&changes(), &header(), &key, &mut SystemRandom).unwrap();
        for at in 0..body.len() {
            for bit in 0..8 {
                let mut flipped = body.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(open(&flipped, &header(), &key), Err(Unopened::NotAuthentic));
            }
            assert_eq!(open(&body[..at], &header(), &key), Err(Unopened::NotAuthentic));
        }
    }

    #[test]
    fn what_a_member_sealed_wrongly_is_named_and_not_unpacked_without_end() {
        let key = EpochKey::new(&mut SystemRandom).unwrap();
        let mut bomb = vec![VERSION];
        let zeros = std::io::repeat(0).take(MOST_INSIDE as u64 + 10);
        zstd::stream::copy_encode(zeros, &mut bomb, 1).unwrap();
        let mut trailing = postcard::to_stdvec(&changes()).unwrap();
        trailing.push(0);
        let trailing = [&[VERSION], &*zstd::encode_all(&*trailing, 1).unwrap()].concat();
        let malformed = Err(Unopened::Malformed);
        let most = MOST_INSIDE as u64;
        for (inside, expected) in [
            (vec![], malformed.clone()),
            (vec![9, 1], Err(Unopened::UnknownVersion { version: 9 })),
            (vec![VERSION, 1, 2, 3], malformed.clone()),
            (trailing, malformed),
            (bomb, Err(Unopened::TooLong { most })),
        ] {
            assert_eq!(open(&sealed_inside(&inside, &key), &header(), &key), expected);
        }
    }
}
