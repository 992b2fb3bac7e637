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
    let body = encrypt(&inside, &header.associated_data(), key, random)?;
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
    let inside = decrypt(body, &header.associated_data(), key)?;
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
    key: &EpochKey,
    random: &mut dyn Random,
) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE] = random::bytes(random)?;
    let payload = Payload {
        msg: plain,
        aad: associated,
    };
    let ciphertext = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| SyncError::Unencodable)?;
    Ok([&nonce, &*ciphertext].concat())
}

/// What [`encrypt`] put in.
pub(crate) fn decrypt(sealed: &[u8], associated: &[u8], key: &EpochKey) -> Result<Vec<u8>, Unopened> {
    let (nonce, ciphertext) = sealed.split_at_checked(NONCE).ok_or(Unopened::NotAuthentic)?;
    let payload = Payload {
        msg: ciphertext,
        aad: associated,
    };
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(XNonce::from_slice(nonce), payload)
        .map_err(|_| Unopened::NotAuthentic)
}
