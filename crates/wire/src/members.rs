//! Who belongs to an organisation: the part of a roster that a snapshot carries.

use crate::codec::{Reader, Writer, limits};
use crate::{DeviceId, KeyHash, OrganisationId, PublicKey, Result, Role};
use std::collections::BTreeMap;

/// A device that joined, in force or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// 1 for the founder's, then one more for each that joins; never given twice. Case letters follow from it.
    pub number: u32,
    /// Signs its entries and requests.
    pub key: PublicKey,
    /// Its `age` recipient, in text form as UTF-8.
    pub recipient: Vec<u8>,
    /// Who sits at it, sealed.
    pub name: Vec<u8>,
    /// What it may do.
    pub role: Role,
    /// The entry by which it joined.
    pub joined: u64,
    /// The entry that revoked it.
    pub revoked: Option<u64>,
    /// This epoch's key sealed to it; empty when it joined during the epoch, and so had the key already.
    pub sealed: Vec<u8>,
}

/// An invitation that was neither used nor withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// What the invited device may do.
    pub role: Role,
    /// When it ends, in seconds since 1970.
    pub expires: u64,
    /// Who made it.
    pub by: DeviceId,
}

/// A recovery sheet in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Whose it is.
    pub device: DeviceId,
    /// What a device that joins by it may do.
    pub role: Role,
    /// Its `age` recipient.
    pub recipient: Vec<u8>,
    /// The organisation's keys sealed to it.
    pub sealed: Vec<u8>,
}

/// Everything of a roster that does not change with sealed entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// Whose members.
    pub organisation: OrganisationId,
    /// The key epoch in force.
    pub epoch: u32,
    /// The schema version in force.
    pub schema: u32,
    /// Every device that ever joined.
    pub devices: BTreeMap<DeviceId, Device>,
    /// Open invitations.
    pub invitations: BTreeMap<KeyHash, Invitation>,
    /// Recovery sheets in force.
    pub sheets: BTreeMap<KeyHash, Sheet>,
}

impl Members {
    /// The device, unless it was revoked.
    pub fn in_force(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(&id).filter(|device| device.revoked.is_none())
    }

    /// What a device that joins by this invitation or sheet may do.
    pub fn role_of_invitation(&self, key: KeyHash) -> Option<Role> {
        let invited = self.invitations.get(&key).map(|invitation| invitation.role);
        invited.or_else(|| self.sheets.get(&key).map(|sheet| sheet.role))
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        to.fixed(&self.organisation.0);
        to.u32(self.epoch);
        to.u32(self.schema);
        to.length(self.devices.len());
        for (id, device) in &self.devices {
            to.device(*id);
            to.u32(device.number);
            to.fixed(&device.key.0);
            to.bytes(&device.recipient);
            to.bytes(&device.name);
            device.role.write(to);
            to.u64(device.joined);
            to.option(device.revoked, Writer::u64);
            to.bytes(&device.sealed);
        }
        to.length(self.invitations.len());
        for (key, invitation) in &self.invitations {
            to.fixed(&key.0);
            invitation.role.write(to);
            to.u64(invitation.expires);
            to.device(invitation.by);
        }
        to.length(self.sheets.len());
        for (key, sheet) in &self.sheets {
            to.fixed(&key.0);
            to.device(sheet.device);
            sheet.role.write(to);
            to.bytes(&sheet.recipient);
            to.bytes(&sheet.sealed);
        }
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            organisation: OrganisationId(from.fixed()?),
            epoch: from.u32()?,
            schema: from.u32()?,
            devices: from.map(|from| {
                let id = from.device()?;
                let device = Device {
                    number: from.u32()?,
                    key: from.key()?,
                    recipient: from.bytes(limits::RECIPIENT)?,
                    name: from.bytes(limits::NAME)?,
                    role: Role::read(from)?,
                    joined: from.u64()?,
                    revoked: from.option(Reader::u64)?,
                    sealed: from.bytes(limits::SEALED_KEY)?,
                };
                Ok((id, device))
            })?,
            invitations: from.map(|from| {
                let key = KeyHash(from.fixed()?);
                let invitation = Invitation {
                    role: Role::read(from)?,
                    expires: from.u64()?,
                    by: from.device()?,
                };
                Ok((key, invitation))
            })?,
            sheets: from.map(|from| {
                let key = KeyHash(from.fixed()?);
                let sheet = Sheet {
                    device: from.device()?,
                    role: Role::read(from)?,
                    recipient: from.bytes(limits::RECIPIENT)?,
                    sealed: from.bytes(limits::SEALED_KEY)?,
                };
                Ok((key, sheet))
            })?,
        })
    }
}
