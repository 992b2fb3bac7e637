//! Deciding about members: roles, open invitations, recovery sheets, shutting out, handing the board over. Each call may be made again
//! when its answer was lost: what the log has already is not recorded twice.

use crate::keys::{EpochKey, Opener, Ring};
use crate::push::Pushed;
use crate::random;
use crate::replica::{ATTEMPTS, Replica, Teammate};
use crate::transport::{Asker, Transport};
use crate::{Result, SyncError};
use kiulu_wire::invitation::{Code, Secret};
use kiulu_wire::{
    DeviceId, EpochKeys, Head, KeyHash, Members, OrganisationId, PublicKey, Record, Refused, Role,
    SheetMaking, Signature,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An invitation that was neither used nor withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Its name in the log: [`Replica::withdraw_invitation`] takes it.
    pub key: KeyHash,
    /// What the invited device may do.
    pub role: Role,
    /// When it ends, in seconds since 1970.
    pub expires: u64,
    /// Who made it.
    pub by: DeviceId,
}

/// A recovery sheet in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetInForce {
    /// Its name in the log: [`Replica::withdraw_sheet`] takes it.
    pub key: KeyHash,
    /// Whose it is.
    pub device: DeviceId,
    /// What a device that joins by it may do.
    pub role: Role,
}

/// A hand-over of the board as its minutes say it: who left, who stays, and where the log stood, signed by the laptop that did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Whose.
    pub organisation: OrganisationId,
    /// When, in seconds since 1970, by the caller's clock.
    pub at: u64,
    /// The end of the log behind it.
    pub head: Head,
    /// The epoch that began.
    pub epoch: u32,
    /// The devices that were shut out, in the order of joining.
    pub left: Vec<HandedOver>,
    /// The devices that stay.
    pub stay: Vec<HandedOver>,
    /// The device that signed.
    pub by: DeviceId,
    /// Its signature over everything above.
    pub signature: Signature,
}

/// A device in a [`HandOver`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Its id.
    pub device: DeviceId,
    /// Who sat at it; nothing when the name did not open.
    pub name: Option<String>,
    /// What it could do.
    pub role: Role,
}

impl HandOver {
    /// Whether this is what the key's device signed.
    ///
    /// # Errors
    /// [`Refused::BadKey`], [`Refused::BadSignature`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), Refused> {
        let message = self.message().ok_or(Refused::BadSignature)?;
        key.verify(&message, &self.signature)
    }

    fn message(&self) -> Option<Vec<u8>> {
        let (organisation, head) = (self.organisation.0, (self.head.seq, self.head.hash.0));
        let facts = (
            "kiulu hand-over",
            organisation,
            self.at,
            head,
            self.epoch,
            &self.left,
            &self.stay,
            self.by,
        );
        postcard::to_stdvec(&facts).ok()
    }
}

impl From<Teammate> for HandedOver {
    fn from(one: Teammate) -> Self {
        Self {
            device: one.id,
            name: one.name,
            role: one.role,
        }
    }
}

impl Replica {
    /// Invitations that are open as far as this laptop has read, in the order of their ends.
    pub fn invitations(&self) -> Vec<OpenInvitation> {
        let members = self.state.roster.iter().map(|roster| roster.members());
        let mut open: Vec<_> = members
            .flat_map(|members| &members.invitations)
            .map(|(key, invitation)| OpenInvitation {
                key: *key,
                role: invitation.role,
                expires: invitation.expires,
                by: invitation.by,
            })
            .collect();
        open.sort_by_key(|invitation| invitation.expires);
        open
    }

    /// Recovery sheets in force as far as this laptop has read.
    pub fn sheets(&self) -> Vec<SheetInForce> {
        let members = self.state.roster.iter().map(|roster| roster.members());
        let sheets = members.flat_map(|members| &members.sheets);
        sheets
            .map(|(key, sheet)| SheetInForce {
                key: *key,
                device: sheet.device,
                role: sheet.role,
            })
            .collect()
    }

    /// Lets a device do more or less.
    ///
    /// # Errors
    /// [`SyncError::EntryRefused`] when this laptop is no owner's, when the device is not there or would be the last owner's; those of
    /// the endpoint and the log.
    pub fn change_role(&mut self, transport: &mut dyn Transport, device: DeviceId, role: Role) -> Result<()> {
        self.record(transport, |replica| {
            let known = replica.known()?.members().in_force(device);
            let done = known.is_some_and(|device| device.role == role);
            Ok((!done)
                .then_some(Record::RoleChanged { device, role })
                .into_iter()
                .collect())
        })?;
        Ok(())
    }

    /// Takes an invitation back: its code lets nobody in any more.
    ///
    /// # Errors
    /// As [`Replica::change_role`]. One that is not open any more is no error.
    pub fn withdraw_invitation(&mut self, transport: &mut dyn Transport, key: KeyHash) -> Result<()> {
        self.record(transport, |replica| {
            let open = replica.known()?.members().invitations.contains_key(&key);
            Ok(open
                .then_some(Record::InvitationWithdrawn(key))
                .into_iter()
                .collect())
        })?;
        Ok(())
    }

    /// Makes a recovery sheet for this laptop: its code, printed, lets a new laptop in with this one's role until it is withdrawn.
    /// One that it had before is void. `address` is the endpoint's.
    ///
    /// # Errors
    /// As [`Replica::change_role`].
    pub fn make_sheet(&mut self, transport: &mut dyn Transport, address: &str) -> Result<Code> {
        self.make_sheet_for(transport, self.me(), address)
    }

    /// The same for another member's device: only owners record sheets. Whoever prints it sees its code.
    ///
    /// # Errors
    /// As [`Replica::change_role`].
    pub fn make_sheet_for(
        &mut self,
        transport: &mut dyn Transport,
        device: DeviceId,
        address: &str,
    ) -> Result<Code> {
        let secret = Secret::new(random::bytes(&mut *self.random)?);
        let key = KeyHash::of(&secret.public_key());
        let recipient = Opener::of(&secret)?.recipient();
        self.record(transport, |replica| {
            let seq = replica.known()?.head().seq + 1;
            let refused = Refused::UnknownDevice;
            let known = replica.known()?.members().in_force(device);
            let known = known.ok_or(SyncError::EntryRefused { seq, refused })?;
            let sealed = replica.state.ring.seal_to(&recipient);
            Ok(vec![Record::SheetMade(SheetMaking {
                key,
                device,
                role: known.role,
                recipient: recipient.clone(),
                sealed: sealed.ok_or(SyncError::TooManyEpochs)?,
            })])
        })?;
        self.code(secret, 0, address)
    }

    /// Makes a recovery sheet void.
    ///
    /// # Errors
    /// As [`Replica::change_role`]. One that is void already is no error.
    pub fn withdraw_sheet(&mut self, transport: &mut dyn Transport, key: KeyHash) -> Result<()> {
        self.record(transport, |replica| {
            let there = replica.known()?.members().sheets.contains_key(&key);
            Ok(there.then_some(Record::SheetWithdrawn(key)).into_iter().collect())
        })?;
        Ok(())
    }

    /// Shuts devices out, makes their recovery sheets void and begins a new epoch, all in one step: what is written from then on they
    /// cannot open. Every open invitation ends.
    ///
    /// # Errors
    /// [`SyncError::EntryRefused`] when this laptop is no owner's, when a device is not there or no owner would be left; those of
    /// the endpoint and the log.
    pub fn revoke(&mut self, transport: &mut dyn Transport, devices: &[DeviceId]) -> Result<()> {
        let devices: BTreeSet<DeviceId> = devices.iter().copied().collect();
        self.record(transport, |replica| replica.revocation(&devices))?;
        Ok(())
    }

    fn revocation(&mut self, devices: &BTreeSet<DeviceId>) -> Result<Vec<Record>> {
        let key = EpochKey::new(&mut *self.random)?;
        let members = self.known()?.members();
        let gone = |id: &DeviceId| members.devices.get(id).is_some_and(|one| one.revoked.is_some());
        let leaving: Vec<DeviceId> = devices.iter().copied().filter(|id| !gone(id)).collect();
        if leaving.is_empty() {
            return Ok(Vec::new());
        }
        let (theirs, others): (Vec<_>, Vec<_>) = members
            .sheets
            .iter()
            .partition(|(_, sheet)| devices.contains(&sheet.device));
        let epoch = members.epoch.saturating_add(1);
        let new = Ring::of(epoch, key);
        let mut all = self.state.ring.clone();
        all.add(new.clone());
        // Who presented a recipient that is none gets nothing, and cannot keep others from going on.
        let remaining = (members.devices.iter())
            .filter(|(id, other)| !devices.contains(id) && other.revoked.is_none())
            .map(|(id, other)| (*id, new.seal_to(&other.recipient).unwrap_or_default()))
            .collect();
        let sheets = others
            .into_iter()
            .map(|(key, sheet)| (*key, all.seal_to(&sheet.recipient).unwrap_or_default()))
            .collect();
        let keys = EpochKeys {
            epoch,
            devices: remaining,
            sheets,
        };
        let void = theirs.into_iter().map(|(key, _)| Record::SheetWithdrawn(*key));
        let revoked = leaving.into_iter().map(Record::Revoked);
        Ok(void.chain(revoked).chain([Record::EpochBegun(keys)]).collect())
    }

    /// Hands the board over: shuts the devices of those who leave out, as [`Replica::revoke`] does, and gives what the minutes say
    /// of it. The sheets of those who stay hold; whoever is new is invited before.
    ///
    /// # Errors
    /// As [`Replica::revoke`].
    pub fn hand_over(
        &mut self,
        transport: &mut dyn Transport,
        leaving: &[DeviceId],
        at: u64,
    ) -> Result<HandOver> {
        self.revoke(transport, leaving)?;
        let roster = self.known()?;
        let (organisation, head, epoch) = (roster.organisation(), roster.head(), roster.members().epoch);
        let all = self.devices().into_iter();
        let (left, others): (Vec<_>, Vec<_>) = all.partition(|one| leaving.contains(&one.id));
        let stay = others.into_iter().filter(|one| one.revoked.is_none());
        let mut record = HandOver {
            organisation,
            at,
            head,
            epoch,
            left: left.into_iter().map(HandedOver::from).collect(),
            stay: stay.map(HandedOver::from).collect(),
            by: self.me(),
            signature: Signature([0; 64]),
        };
        let message = record.message().ok_or(SyncError::Unencodable)?;
        record.signature = Signature::by(self.state.identity.signing_key(), &message);
        Ok(record)
    }

    /// The code of an invitation or sheet whose recording was the last entry of this laptop.
    pub(crate) fn code(&self, secret: Secret, expires: u64, address: &str) -> Result<Code> {
        let roster = self.known()?;
        let head = roster.head();
        Ok(Code {
            organisation: roster.organisation(),
            seq: head.seq,
            hash: head.hash.short(),
            expires,
            address: address.to_owned(),
            secret,
        })
    }

    /// Puts records to the end of the log, as often as it takes. Nothing to record is nothing to do.
    pub(crate) fn record(
        &mut self,
        transport: &mut dyn Transport,
        mut make: impl FnMut(&mut Self) -> Result<Vec<Record>>,
    ) -> Result<Asker> {
        self.confirm_founding(transport)?;
        let asker = self.member()?;
        for _ in 0..ATTEMPTS {
            let mut done = std::mem::take(&mut self.aside);
            let pulled = self.pull(transport, &asker, None, &mut done);
            self.aside = done;
            pulled?;
            let records = make(self)?;
            if records.is_empty() || self.append_records(transport, &asker, records)? == Pushed::All {
                return Ok(asker);
            }
        }
        Err(SyncError::Busy)
    }
}

/// The ring that is sealed to a sheet; nothing when the sheet is void.
pub(crate) fn sheet_ring(members: &Members, secret: &Secret) -> Result<Option<Ring>> {
    let Some(sheet) = members.sheets.get(&KeyHash::of(&secret.public_key())) else {
        return Ok(None);
    };
    Ok(Opener::of(secret)?.open(&sheet.sealed))
}
