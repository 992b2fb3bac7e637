//! The records: entries in the clear, because the endpoint too must act on them.

use crate::codec::{Reader, Writer, limits};
use crate::{
    ContentHash, DeviceId, EntryHash, KeyHash, Members, OrganisationId, PublicKey, Refused, Result, Signature,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a device may do. Roles limit who changes, not who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and changes.
    Editor,
    /// Also decides who else may, and makes records.
    Owner,
}

impl Role {
    pub(crate) fn write(self, to: &mut Writer) {
        to.u8(match self {
            Self::Viewer => 1,
            Self::Editor => 2,
            Self::Owner => 3,
        });
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self> {
        match from.u8()? {
            1 => Ok(Self::Viewer),
            2 => Ok(Self::Editor),
            3 => Ok(Self::Owner),
            kind => Err(Refused::UnknownKind { kind }),
        }
    }
}

/// A device as it presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Signs its entries and requests.
    pub key: PublicKey,
    /// Its `age` recipient, in text form as UTF-8: new epochs' keys are sealed to it. The endpoint does not look into it.
    pub recipient: Vec<u8>,
    /// Who sits at it, sealed under the organisation's key.
    pub name: Vec<u8>,
}

impl NewDevice {
    fn write(&self, to: &mut Writer) {
        to.fixed(&self.key.0);
        to.bytes(&self.recipient);
        to.bytes(&self.name);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            key: from.key()?,
            recipient: from.bytes(limits::RECIPIENT)?,
            name: from.bytes(limits::NAME)?,
        })
    }
}

/// The first record. Its hash is the organisation's id; the device that signs it is the first owner, its entry's epoch is 1
/// and its entry's schema version the organisation's first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// Random: makes the id unlike any other and unguessable.
    pub nonce: [u8; 16],
    /// The founder's device.
    pub device: NewDevice,
}

impl Founding {
    /// The organisation that this record founds.
    pub fn organisation(&self) -> OrganisationId {
        let mut to = Writer::default();
        self.write(&mut to);
        let mut id = OrganisationId([0; 16]);
        let mut hasher = blake3::Hasher::new_derive_key("kiulu 2026 organisation id");
        hasher.update(&to.done());
        hasher.finalize_xof().fill(&mut id.0);
        id
    }

    fn write(&self, to: &mut Writer) {
        to.fixed(&self.nonce);
        self.device.write(to);
    }
}

/// A device joins by an invitation, or by a recovery sheet. The entry is the joining device's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The public key of the invitation or sheet; its hash was recorded before.
    pub invitation: PublicKey,
    /// That key's signature over [`joining_authorisation`].
    pub authorisation: Signature,
    /// The role of the invitation.
    pub role: Role,
    /// The joining device.
    pub device: NewDevice,
}

/// What the key of an invitation signs to let one device in.
pub fn joining_authorisation(
    organisation: OrganisationId,
    id: DeviceId,
    role: Role,
    device: &NewDevice,
) -> Vec<u8> {
    let mut to = Writer::default();
    to.fixed(b"kiulu joining\0");
    to.fixed(&organisation.0);
    to.device(id);
    role.write(&mut to);
    device.write(&mut to);
    to.done()
}

/// An invitation is made. It works once, and ends with the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inviting {
    /// Hash of the invitation's public key.
    pub key: KeyHash,
    /// What the invited device may do.
    pub role: Role,
    /// When it ends, in seconds since 1970. The endpoint, which has a clock, sees to it.
    pub expires: u64,
}

/// A recovery sheet is printed: an invitation on paper that works until it is withdrawn, and for which each new epoch's
/// key is sealed too. A second sheet of the same device replaces the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetMaking {
    /// Hash of the sheet's public key.
    pub key: KeyHash,
    /// Whose sheet it is: a device in force. The sheet outlives the device, since it is for the day when the device is lost.
    pub device: DeviceId,
    /// What a device that joins by it may do.
    pub role: Role,
    /// The sheet's `age` recipient.
    pub recipient: Vec<u8>,
    /// The organisation's keys, sealed to it.
    pub sealed: Vec<u8>,
}

/// A new epoch begins: one sealed key for every device and sheet in force, and for nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochKeys {
    /// The epoch that begins: the one in force and 1.
    pub epoch: u32,
    /// The new key, sealed to each device's recipient.
    pub devices: BTreeMap<DeviceId, Vec<u8>>,
    /// The new key, or the ring of all, sealed to each sheet's recipient.
    pub sheets: BTreeMap<KeyHash, Vec<u8>>,
}

/// A snapshot was laid at the endpoint. Whoever starts from it needs no entry up to and including `seq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotTaken {
    /// The last entry that it holds. No record may stand between it and this one, sealed entries may.
    pub seq: u64,
    /// That entry's hash.
    pub hash: EntryHash,
    /// Hash of all shared tables.
    pub state: [u8; 32],
    /// Hash of the ciphertext at the endpoint.
    pub content: ContentHash,
    /// The ciphertext's size in bytes.
    pub size: u64,
    /// In how many chunks the ciphertext was sealed.
    pub chunks: u32,
    /// The members as the log has them: what a roster starts from when the log before is gone.
    pub members: Members,
}

impl SnapshotTaken {
    /// What its ciphertext is sealed to, beside the key: the place in the log and the members. Whoever opens it under a key that only
    /// members have knows that a member vouched for both.
    pub fn binding(&self) -> [u8; 32] {
        let mut to = Writer::default();
        to.u64(self.seq);
        to.fixed(&self.hash.0);
        self.members.write(&mut to);
        blake3::derive_key("kiulu 2026 snapshot binding", &to.done())
    }
}

/// An entry's body that both sides act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The organisation begins.
    Founded(Founding),
    /// Somebody is invited.
    Invited(Inviting),
    /// An invitation is taken back.
    InvitationWithdrawn(KeyHash),
    /// A device joins.
    Joined(Joining),
    /// A device may do more or less.
    RoleChanged {
        /// Which.
        device: DeviceId,
        /// What it may do from now on.
        role: Role,
    },
    /// A device is shut out. A new epoch must begin before anything sealed is accepted.
    Revoked(DeviceId),
    /// A new epoch begins; this entry itself still carries the old one.
    EpochBegun(EpochKeys),
    /// Later entries carry this schema version; this entry itself still carries the old one.
    SchemaRaised(u32),
    /// A snapshot was laid at the endpoint.
    SnapshotTaken(Box<SnapshotTaken>),
    /// Entries up to and including this number are dropped: the last snapshot's.
    LogCut(u64),
    /// A recovery sheet was printed.
    SheetMade(SheetMaking),
    /// A recovery sheet is void.
    SheetWithdrawn(KeyHash),
    /// A person is erased; what exactly is sealed.
    Erased(Vec<u8>),
}

impl Record {
    pub(crate) fn write(&self, to: &mut Writer) {
        match self {
            Self::Founded(founding) => {
                to.u8(1);
                founding.write(to);
            }
            Self::Invited(inviting) => {
                to.u8(2);
                to.fixed(&inviting.key.0);
                inviting.role.write(to);
                to.u64(inviting.expires);
            }
            Self::InvitationWithdrawn(key) => {
                to.u8(3);
                to.fixed(&key.0);
            }
            Self::Joined(joining) => {
                to.u8(4);
                to.fixed(&joining.invitation.0);
                to.fixed(&joining.authorisation.0);
                joining.role.write(to);
                joining.device.write(to);
            }
            Self::RoleChanged { device, role } => {
                to.u8(5);
                to.device(*device);
                role.write(to);
            }
            Self::Revoked(device) => {
                to.u8(6);
                to.device(*device);
            }
            Self::EpochBegun(keys) => {
                to.u8(7);
                to.u32(keys.epoch);
                to.length(keys.devices.len());
                for (device, sealed) in &keys.devices {
                    to.device(*device);
                    to.bytes(sealed);
                }
                to.length(keys.sheets.len());
                for (sheet, sealed) in &keys.sheets {
                    to.fixed(&sheet.0);
                    to.bytes(sealed);
                }
            }
            Self::SchemaRaised(version) => {
                to.u8(8);
                to.u32(*version);
            }
            Self::SnapshotTaken(snapshot) => {
                to.u8(9);
                to.u64(snapshot.seq);
                to.fixed(&snapshot.hash.0);
                to.fixed(&snapshot.state);
                to.fixed(&snapshot.content.0);
                to.u64(snapshot.size);
                to.u32(snapshot.chunks);
                snapshot.members.write(to);
            }
            Self::LogCut(seq) => {
                to.u8(10);
                to.u64(*seq);
            }
            Self::SheetMade(making) => {
                to.u8(11);
                to.fixed(&making.key.0);
                to.device(making.device);
                making.role.write(to);
                to.bytes(&making.recipient);
                to.bytes(&making.sealed);
            }
            Self::SheetWithdrawn(key) => {
                to.u8(12);
                to.fixed(&key.0);
            }
            Self::Erased(sealed) => {
                to.u8(13);
                to.bytes(sealed);
            }
        }
    }

    pub(crate) fn read(kind: u8, from: &mut Reader<'_>) -> Result<Self> {
        Ok(match kind {
            1 => Self::Founded(Founding {
                nonce: from.fixed()?,
                device: NewDevice::read(from)?,
            }),
            2 => Self::Invited(Inviting {
                key: KeyHash(from.fixed()?),
                role: Role::read(from)?,
                expires: from.u64()?,
            }),
            3 => Self::InvitationWithdrawn(KeyHash(from.fixed()?)),
            4 => Self::Joined(Joining {
                invitation: from.key()?,
                authorisation: from.signature()?,
                role: Role::read(from)?,
                device: NewDevice::read(from)?,
            }),
            5 => Self::RoleChanged {
                device: from.device()?,
                role: Role::read(from)?,
            },
            6 => Self::Revoked(from.device()?),
            7 => Self::EpochBegun(EpochKeys {
                epoch: from.u32()?,
                devices: from.map(|from| Ok((from.device()?, from.bytes(limits::SEALED_KEY)?)))?,
                sheets: from.map(|from| Ok((KeyHash(from.fixed()?), from.bytes(limits::SEALED_KEY)?)))?,
            }),
            8 => Self::SchemaRaised(from.u32()?),
            9 => Self::SnapshotTaken(Box::new(SnapshotTaken {
                seq: from.u64()?,
                hash: from.entry_hash()?,
                state: from.fixed()?,
                content: ContentHash(from.fixed()?),
                size: from.u64()?,
                chunks: from.u32()?,
                members: Members::read(from)?,
            })),
            10 => Self::LogCut(from.u64()?),
            11 => Self::SheetMade(SheetMaking {
                key: KeyHash(from.fixed()?),
                device: from.device()?,
                role: Role::read(from)?,
                recipient: from.bytes(limits::RECIPIENT)?,
                sealed: from.bytes(limits::SEALED_KEY)?,
            }),
            12 => Self::SheetWithdrawn(KeyHash(from.fixed()?)),
            13 => Self::Erased(from.bytes(limits::ERASURE)?),
            kind => return Err(Refused::UnknownKind { kind }),
        })
    }
}
