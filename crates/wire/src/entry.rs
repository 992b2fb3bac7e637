//! One link of an organisation's log.

use crate::codec::{Reader, Writer, limits};
use crate::{DeviceId, EntryHash, Head, PublicKey, Record, Result, Signature};

/// The only version of the encoding so far.
const VERSION: u8 = 1;

/// What stands before an entry's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Number in the log, from 1.
    pub seq: u64,
    /// Hash of the entry before; [`EntryHash::NONE`] before the first.
    pub previous: EntryHash,
    /// Who wrote it.
    pub device: DeviceId,
    /// The key epoch in force, from 1.
    pub epoch: u32,
    /// The schema version in force.
    pub schema: u32,
}

impl Header {
    /// The associated data of a sealed body: everything that the ciphertext must not be moved away from.
    pub fn associated_data(&self) -> Vec<u8> {
        let mut to = Writer::default();
        to.fixed(b"kiulu sealed body\0");
        self.write(&mut to);
        to.done()
    }

    fn write(&self, to: &mut Writer) {
        to.u8(VERSION);
        to.u64(self.seq);
        to.fixed(&self.previous.0);
        to.device(self.device);
        to.u32(self.epoch);
        to.u32(self.schema);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self> {
        from.version(VERSION)?;
        Ok(Self {
            seq: from.u64()?,
            previous: from.entry_hash()?,
            device: from.device()?,
            epoch: from.u32()?,
            schema: from.u32()?,
        })
    }
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Changes: a ciphertext that only members open.
    Sealed(Vec<u8>),
    /// A record in the clear that both sides act on.
    Record(Record),
}

/// The kind byte of a sealed body; records have others.
const SEALED: u8 = 0;

/// One link of the log. Encoded: version, number, previous hash, device, epoch, schema, body, signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands and who wrote it.
    pub header: Header,
    /// What it says.
    pub body: Body,
    /// The device's signature over all of the above.
    pub signature: Signature,
}

impl Entry {
    /// Signs header and body.
    pub fn signed(header: Header, body: Body, key: &ed25519_dalek::SigningKey) -> Self {
        let mut entry = Self {
            header,
            body,
            signature: Signature([0; 64]),
        };
        entry.signature = Signature::by(key, &entry.message());
        entry
    }

    /// The bytes as they are stored, sent and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::default();
        self.write_unsigned(&mut to);
        to.fixed(&self.signature.0);
        to.done()
    }

    /// Reads one entry, which must fill the bytes. What decodes encodes to the same bytes.
    ///
    /// # Errors
    /// The decoding half of [`crate::Refused`]: version, kind, length, order, bytes missing or left over.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut from = Reader::new(bytes);
        let header = Header::read(&mut from)?;
        let body = match from.u8()? {
            SEALED => Body::Sealed(from.bytes(limits::SEALED)?),
            kind => Body::Record(Record::read(kind, &mut from)?),
        };
        let entry = Self {
            header,
            body,
            signature: from.signature()?,
        };
        from.end()?;
        Ok(entry)
    }

    /// BLAKE3 of the whole encoding.
    pub fn hash(&self) -> EntryHash {
        EntryHash(*blake3::hash(&self.encode()).as_bytes())
    }

    /// The head of a log that ends with this entry.
    pub fn head(&self) -> Head {
        Head {
            seq: self.header.seq,
            hash: self.hash(),
        }
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`crate::Refused::BadKey`], [`crate::Refused::BadSignature`].
    pub fn verify(&self, key: &PublicKey) -> Result<()> {
        key.verify(&self.message(), &self.signature)
    }

    fn write_unsigned(&self, to: &mut Writer) {
        self.header.write(to);
        match &self.body {
            Body::Sealed(ciphertext) => {
                to.u8(SEALED);
                to.bytes(ciphertext);
            }
            Body::Record(record) => record.write(to),
        }
    }

    fn message(&self) -> Vec<u8> {
        let mut to = Writer::default();
        // Keeps a signature of an entry from being one of anything else that the device signs.
        to.fixed(b"kiulu entry\0");
        self.write_unsigned(&mut to);
        to.done()
    }
}
