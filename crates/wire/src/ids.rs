//! Fixed-size names: hashes, keys, ids. As text and in JSON lower-case hexadecimal.

use crate::Refused;
use serde::{Deserialize, Serialize};

/// Declares a newtype around a byte array.
macro_rules! fixed {
    ($($(#[$doc:meta])* $name:ident [$length:literal]),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// Length in bytes.
            pub const LENGTH: usize = $length;
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotHex;
            fn from_str(text: &str) -> Result<Self, NotHex> {
                let mut bytes = [0; $length];
                from_hex(text, &mut bytes)?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

/// Text that is not lower-case hexadecimal of the right length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not hexadecimal of the right length")]
pub struct NotHex;

fn from_hex(text: &str, bytes: &mut [u8]) -> Result<(), NotHex> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(NotHex),
    };
    if text.len() != bytes.len() * 2 {
        return Err(NotHex);
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(())
}

fixed! {
    /// An organisation: the first 16 bytes of the BLAKE3 hash of its founding record, so nobody can found a second one
    /// under the same name, and a client knows its log by its first entry.
    OrganisationId[16],
    /// BLAKE3 of an entry's whole encoding, signature included.
    EntryHash[32],
    /// BLAKE3 of the public key of an invitation or recovery sheet. The key itself is shown only when it is used.
    KeyHash[32],
    /// BLAKE3 of a ciphertext kept at the endpoint: a snapshot, an attachment.
    ContentHash[32],
    /// An Ed25519 public key (RFC 8032).
    PublicKey[32],
    /// An Ed25519 signature (RFC 8032).
    Signature[64],
}

impl EntryHash {
    /// What the founding entry names as its previous.
    pub const NONE: Self = Self([0; 32]);

    /// The first eight bytes: what codes carry and people compare.
    pub fn short(&self) -> [u8; 8] {
        let mut short = [0; 8];
        short.copy_from_slice(&self.0[..8]);
        short
    }
}

impl ContentHash {
    /// Of the whole content.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

impl KeyHash {
    /// Of the public key of an invitation or recovery sheet.
    pub fn of(key: &PublicKey) -> Self {
        Self(blake3::derive_key("kiulu 2026 invitation key hash", &key.0))
    }
}

impl PublicKey {
    /// Checks a signature with the strict rules (no small-order keys, no malleable signatures), on which all
    /// implementations agree.
    ///
    /// # Errors
    /// [`Refused::BadKey`] when this is no key, [`Refused::BadSignature`] when the signature does not fit.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), Refused> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| Refused::BadKey)?;
        key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0))
            .map_err(|_| Refused::BadSignature)
    }

    /// The public half of a signing key.
    pub fn of(key: &ed25519_dalek::SigningKey) -> Self {
        Self(key.verifying_key().to_bytes())
    }
}

impl Signature {
    /// Signs a message.
    pub fn by(key: &ed25519_dalek::SigningKey, message: &[u8]) -> Self {
        use ed25519_dalek::Signer as _;
        Self(key.sign(message).to_bytes())
    }
}

/// One laptop of one member, within one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(transparent)]
pub struct DeviceId(pub uuid::Uuid);

impl std::fmt::Display for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The end of a log: the last entry's number and hash. Number 0 is a log without entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Head {
    /// Number of the last entry; the founding entry has 1.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
}

impl Head {
    /// Before the founding entry.
    pub const NONE: Self = Self {
        seq: 0,
        hash: EntryHash::NONE,
    };
}
