//! The binary encoding: whole numbers of fixed width, big-endian; byte strings and lists behind their length in four
//! bytes; no padding, no choice. Whatever decodes, encodes to the same bytes.

use crate::{DeviceId, EntryHash, PublicKey, Refused, Result, Signature};

/// The most that the format allows, in bytes or items. What an endpoint takes may be less.
pub mod limits {
    /// A sealed body.
    pub const SEALED: usize = 32 << 20;
    /// A sealed name.
    pub const NAME: usize = 1 << 10;
    /// An `age` recipient in its text form (the post-quantum ones have about 2 000 letters).
    pub const RECIPIENT: usize = 4 << 10;
    /// A key, or a ring of keys, sealed to one recipient.
    pub const SEALED_KEY: usize = 16 << 10;
    /// The sealed list of what an erasure concerns.
    pub const ERASURE: usize = 1 << 20;
    /// Devices, invitations and sheets of one organisation, past ones included: each of the three.
    pub const MEMBERS: usize = 4096;
    /// An entry's whole encoding.
    pub const ENTRY: usize = SEALED + (1 << 10);
}

/// Puts values behind each other.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_be_bytes());
    }

    /// Bytes whose number the reader knows.
    pub(crate) fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    pub(crate) fn device(&mut self, device: DeviceId) {
        self.fixed(device.0.as_bytes());
    }

    /// Lengths fit: every encoded thing was decoded within its limit or is far below 4 GiB; a longer one is cut short
    /// in its length and refused by whoever reads it.
    pub(crate) fn length(&mut self, length: usize) {
        self.u32(u32::try_from(length).unwrap_or(u32::MAX));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.fixed(bytes);
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.u8(0),
            Some(value) => {
                self.u8(1);
                write(self, value);
            }
        }
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Takes values from the front.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Refused::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Refused::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_be_bytes(self.fixed()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_be_bytes(self.fixed()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_be_bytes(self.fixed()?))
    }

    pub(crate) fn device(&mut self) -> Result<DeviceId> {
        Ok(DeviceId(uuid::Uuid::from_bytes(self.fixed()?)))
    }

    pub(crate) fn key(&mut self) -> Result<PublicKey> {
        Ok(PublicKey(self.fixed()?))
    }

    pub(crate) fn entry_hash(&mut self) -> Result<EntryHash> {
        Ok(EntryHash(self.fixed()?))
    }

    pub(crate) fn signature(&mut self) -> Result<Signature> {
        Ok(Signature(self.fixed()?))
    }

    /// The encoding's version, which must be `known`.
    pub(crate) fn version(&mut self, known: u8) -> Result<()> {
        match self.u8()? {
            version if version == known => Ok(()),
            version => Err(Refused::UnknownVersion { version }),
        }
    }

    pub(crate) fn length(&mut self, most: usize) -> Result<usize> {
        let length = self.u32()? as usize;
        if length > most {
            return Err(Refused::TooLong {
                length: length as u64,
                most: most as u64,
            });
        }
        Ok(length)
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Result<Vec<u8>> {
        let length = self.length(most)?;
        Ok(self.take(length)?.to_vec())
    }

    pub(crate) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<Option<T>> {
        match self.u8()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            kind => Err(Refused::UnknownKind { kind }),
        }
    }

    /// A list whose keys rise strictly, so that one set of rows has one encoding.
    pub(crate) fn map<K: Ord, V>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<(K, V)>,
    ) -> Result<std::collections::BTreeMap<K, V>> {
        let mut map = std::collections::BTreeMap::new();
        for _ in 0..self.length(limits::MEMBERS)? {
            let (key, value) = read(self)?;
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(Refused::Unordered);
            }
            map.insert(key, value);
        }
        Ok(map)
    }

    /// Everything that has not been taken.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left over.
    pub(crate) fn end(self) -> Result<()> {
        match self.0.len() {
            0 => Ok(()),
            count => Err(Refused::TrailingBytes { count: count as u64 }),
        }
    }
}
