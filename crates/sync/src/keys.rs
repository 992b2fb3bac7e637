//! Who can open what: the organisation's key of each epoch, and the identity of a device, to which the keys are sealed.
//!
//! Keys are sealed to recipients by age (<https://age-encryption.org/v1>, X25519), whose randomness is the system's.

use crate::random::{self, NoRandomness, Random};
use crate::seal::{self, Unopened};
use crate::{Result, SyncError};
use age::secrecy::ExposeSecret as _;
use ed25519_dalek::SigningKey;
use kiulu_wire::invitation::Secret;
use kiulu_wire::{DeviceId, NewDevice, PublicKey, limits};
use std::collections::BTreeMap;
use zeroize::{Zeroize, Zeroizing};

/// The key under which an organisation seals during one epoch.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochKey(…)")
    }
}

impl EpochKey {
    /// A new key.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new(random: &mut dyn Random) -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random::bytes(random)?)))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The keys of all epochs that a device knows, by epoch: the old ones open what was written then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ring(BTreeMap<u32, EpochKey>);

/// Bytes of one epoch and its key.
const LINK: usize = 4 + 32;

impl Ring {
    /// A ring of one key.
    pub fn of(epoch: u32, key: EpochKey) -> Self {
        Self([(epoch, key)].into())
    }

    /// The key of an epoch.
    pub fn get(&self, epoch: u32) -> Option<&EpochKey> {
        self.0.get(&epoch)
    }

    /// Whether it holds no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over the keys of another ring.
    pub(crate) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Each epoch in four bytes, big-endian, and its key behind it.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.0.len() * LINK));
        for (epoch, key) in &self.0 {
            bytes.extend(epoch.to_be_bytes());
            bytes.extend(key.bytes());
        }
        bytes
    }

    /// What [`Self::encode`] wrote; nothing when it is something else. Epochs rise, so that one ring has one encoding.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let links = bytes.chunks_exact(LINK);
        if !links.remainder().is_empty() {
            return None;
        }
        let mut ring = BTreeMap::new();
        for link in links {
            let (epoch, key) = link.split_first_chunk()?;
            let epoch = u32::from_be_bytes(*epoch);
            if ring.last_key_value().is_some_and(|(last, _)| *last >= epoch) {
                return None;
            }
            ring.insert(epoch, EpochKey(Zeroizing::new(key.try_into().ok()?)));
        }
        Some(Self(ring))
    }

    /// Seals the ring to an age recipient; gives nothing when the recipient is none, or the ring has grown too long for the log.
    pub fn seal_to(&self, recipient: &[u8]) -> Option<Vec<u8>> {
        let recipient: age::x25519::Recipient = std::str::from_utf8(recipient).ok()?.parse().ok()?;
        let sealed = age::encrypt(&recipient, &self.encode()).ok()?;
        (sealed.len() <= limits::SEALED_KEY).then_some(sealed)
    }
}

/// An age identity made of 32 bytes: a device's, or the one that an invitation's secret leads to.
pub(crate) struct Opener(age::x25519::Identity);

impl Opener {
    /// Nothing only if age changed how it writes its identities.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let prefix = bech32::Hrp::parse("age-secret-key-").ok()?;
        let mut text = bech32::encode_upper::<bech32::Bech32>(prefix, seed).ok()?;
        let identity = text.parse().ok().map(Self);
        text.zeroize();
        identity
    }

    /// The identity that an invitation's or a sheet's secret leads to.
    pub(crate) fn of(secret: &Secret) -> Result<Self> {
        let seed = Zeroizing::new(secret.parcel_seed());
        Self::from_seed(&seed).ok_or(SyncError::ParcelUnreadable)
    }

    /// Its recipient, in text form.
    pub(crate) fn recipient(&self) -> Vec<u8> {
        self.0.to_public().to_string().into_bytes()
    }

    /// The ring that was sealed to it.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Ring> {
        let plain = Zeroizing::new(age::decrypt(&self.0, sealed).ok()?);
        Ring::decode(&plain)
    }

    fn seed(&self) -> Option<Zeroizing<[u8; 32]>> {
        let text = self.0.to_string();
        let (_, mut seed) = bech32::decode(text.expose_secret()).ok()?;
        let bytes = seed.as_slice().try_into().ok().map(Zeroizing::new);
        seed.zeroize();
        bytes
    }
}

/// A device's secrets: the key that signs what it writes and asks, and the identity to which new epochs' keys are sealed.
pub struct Identity {
    signing: SigningKey,
    opener: Opener,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Identity {
    /// Bytes of [`Self::encode`].
    pub(crate) const LENGTH: usize = 64;

    /// A new device's.
    ///
    /// # Errors
    /// [`SyncError::NoRandomness`].
    pub fn new(random: &mut dyn Random) -> Result<Self> {
        let seeds = Zeroizing::new(random::bytes::<{ Self::LENGTH }>(random)?);
        Self::decode(&*seeds).ok_or(SyncError::StateUnreadable)
    }

    /// The two secrets behind each other, for the encrypted register to keep.
    pub(crate) fn encode(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::LENGTH));
        bytes.extend(self.signing.as_bytes());
        bytes.extend(self.opener.seed()?.as_slice());
        Some(bytes)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (signing, seed) = bytes.split_first_chunk()?;
        Some(Self {
            signing: SigningKey::from_bytes(signing),
            opener: Opener::from_seed(seed.try_into().ok()?)?,
        })
    }

    /// Signs entries and requests.
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing
    }

    /// The ring that an epoch's record sealed to this device.
    pub fn open(&self, sealed: &[u8]) -> Option<Ring> {
        self.opener.open(sealed)
    }

    /// The device as it presents itself to the log.
    pub fn present(&self, name: Vec<u8>) -> NewDevice {
        NewDevice {
            key: PublicKey::of(&self.signing),
            recipient: self.opener.recipient(),
            name,
        }
    }
}

/// The longest name of a device, in bytes.
pub const MOST_NAME: usize = 256;

/// Seals who sits at a device. The epoch stands before the ciphertext, since the record does not otherwise say under which it was.
pub(crate) fn seal_name(
    name: &str,
    device: DeviceId,
    epoch: u32,
    ring: &Ring,
    random: &mut dyn Random,
) -> Result<Vec<u8>> {
    if name.len() > MOST_NAME {
        let most = MOST_NAME as u32;
        return Err(SyncError::NameTooLong { most });
    }
    let key = ring.get(epoch).ok_or(SyncError::KeyMissing { epoch })?;
    let sealed = seal::encrypt(name.as_bytes(), &name_place(device), key.bytes(), random)?;
    Ok([&epoch.to_be_bytes(), &*sealed].concat())
}

/// Who sits at a device.
pub(crate) fn open_name(sealed: &[u8], device: DeviceId, ring: &Ring) -> Result<String, Unopened> {
    let (epoch, sealed) = sealed.split_first_chunk().ok_or(Unopened::NotAuthentic)?;
    let key = ring
        .get(u32::from_be_bytes(*epoch))
        .ok_or(Unopened::NotAuthentic)?;
    let name = seal::decrypt(sealed, &name_place(device), key.bytes())?;
    String::from_utf8(name).map_err(|_| Unopened::Malformed)
}

fn name_place(device: DeviceId) -> Vec<u8> {
    [&b"kiulu device name\0"[..], device.0.as_bytes()].concat()
}
