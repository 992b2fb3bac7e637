//! The fold of an organisation's records: what may follow, and who may write it.

use crate::codec::{Reader, Writer};
use crate::{
    Body, ContentHash, Device, DeviceId, Entry, EpochKeys, Founding, Head, Invitation, Inviting, Joining,
    KeyHash, Members, NewDevice, OrganisationId, PublicKey, Record, Refused, Result, Role, Sheet,
    SheetMaking, SnapshotTaken, joining_authorisation,
};

/// Version of [`Roster::encode`].
const VERSION: u8 = 1;

/// The last snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotPlace {
    /// The entry that recorded it.
    pub entry: u64,
    /// The last entry that it holds.
    pub seq: u64,
    /// Hash of the ciphertext at the endpoint.
    pub content: ContentHash,
    /// The ciphertext's size in bytes.
    pub size: u64,
}

/// What follows from all entries so far: the head, who may write, and under which epoch and schema version.
///
/// Client and endpoint fold the same entries to the same roster. It has no clock: that an invitation's time is over is seen by
/// [`Roster::expired`], which the endpoint asks before it admits a joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    head: Head,
    /// The last record's number.
    recorded: u64,
    /// A device was revoked and no epoch has begun since.
    awaits_epoch: bool,
    snapshot: Option<SnapshotPlace>,
    /// Entries up to and including this one are gone.
    cut: u64,
    members: Members,
}

impl Roster {
    /// Begins a log with its founding entry.
    ///
    /// # Errors
    /// [`Refused::NotFounding`], [`Refused::OutOfOrder`], [`Refused::WrongPrevious`], [`Refused::EpochUnknown`],
    /// [`Refused::BadKey`], [`Refused::BadSignature`].
    pub fn found(entry: &Entry) -> Result<Self> {
        let Body::Record(Record::Founded(founding)) = &entry.body else {
            return Err(Refused::NotFounding);
        };
        follows(&Head::NONE, entry)?;
        if entry.header.epoch != 1 {
            return Err(Refused::EpochUnknown {
                current: 1,
                found: entry.header.epoch,
            });
        }
        entry.verify(&founding.device.key)?;
        Ok(Self {
            head: entry.head(),
            recorded: 1,
            awaits_epoch: false,
            snapshot: None,
            cut: 0,
            members: Self::first_members(founding, entry),
        })
    }

    fn first_members(founding: &Founding, entry: &Entry) -> Members {
        let founder = device(1, &founding.device, Role::Owner, 1);
        Members {
            organisation: founding.organisation(),
            epoch: 1,
            schema: entry.header.schema,
            devices: [(entry.header.device, founder)].into(),
            invitations: Default::default(),
            sheets: Default::default(),
        }
    }

    /// Begins behind a snapshot, where the log before was cut. The record is to be believed only once the chain from it has
    /// been followed to a head that is known from elsewhere: an invitation, a recovery sheet, an own earlier sync.
    /// The next entry is the one after `snapshot.seq`, and the record's own entry is admitted in its turn like any other.
    pub fn behind(snapshot: &SnapshotTaken) -> Self {
        Self {
            head: Head {
                seq: snapshot.seq,
                hash: snapshot.hash,
            },
            recorded: snapshot.seq,
            awaits_epoch: false,
            snapshot: None,
            cut: snapshot.seq,
            members: snapshot.members.clone(),
        }
    }

    /// Whose log.
    pub fn organisation(&self) -> OrganisationId {
        self.members.organisation
    }

    /// The end of the log.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The number of the last record: rosters of one log that agree in it have the same members.
    pub fn recorded(&self) -> u64 {
        self.recorded
    }

    /// Devices, invitations, sheets, epoch and schema version.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// Whether a new epoch must begin before anything sealed is accepted.
    pub fn awaits_epoch(&self) -> bool {
        self.awaits_epoch
    }

    /// The last snapshot that was recorded since the log's (remaining) beginning.
    pub fn snapshot(&self) -> Option<SnapshotPlace> {
        self.snapshot
    }

    /// Entries up to and including this number are gone; 0 when none are.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// When the invitation by which the entry's device joins ended, if that was at or before `now` (seconds since 1970).
    pub fn expired(&self, entry: &Entry, now: u64) -> Option<u64> {
        let Body::Record(Record::Joined(joining)) = &entry.body else {
            return None;
        };
        let invitation = self.members.invitations.get(&KeyHash::of(&joining.invitation))?;
        (invitation.expires <= now).then_some(invitation.expires)
    }

    /// Takes the next entry in: number, chain, author, signature, epoch, schema version and role must be right, and what a
    /// record says must be possible.
    ///
    /// # Errors
    /// Says what is wrong; the roster is as it was.
    pub fn admit(&mut self, entry: &Entry) -> Result<()> {
        follows(&self.head, entry)?;
        let author = entry.header.device;
        match &entry.body {
            Body::Record(Record::Founded(_)) => return Err(Refused::FoundedTwice),
            Body::Record(Record::Joined(joining)) => {
                entry.verify(&joining.device.key)?;
                self.in_force(entry)?;
                self.join(entry, joining)?;
            }
            Body::Sealed(_) => {
                self.author(entry, Role::Editor)?;
                self.in_force(entry)?;
                if self.awaits_epoch {
                    return Err(Refused::EpochNeeded);
                }
            }
            Body::Record(record) => {
                self.author(entry, Role::Owner)?;
                self.in_force(entry)?;
                self.act(record, entry.header.seq, author)?;
            }
        }
        if matches!(entry.body, Body::Record(_)) {
            self.recorded = entry.header.seq;
        }
        self.head = entry.head();
        Ok(())
    }

    /// The author is in force, has at least this role, and signed the entry.
    fn author(&self, entry: &Entry, needs: Role) -> Result<()> {
        let known = self.members.devices.get(&entry.header.device);
        let device = known.ok_or(Refused::UnknownDevice)?;
        entry.verify(&device.key)?;
        if device.revoked.is_some() {
            return Err(Refused::DeviceRevoked);
        }
        if device.role < needs {
            return Err(Refused::RoleTooLow {
                needs,
                has: device.role,
            });
        }
        Ok(())
    }

    /// The entry carries the epoch and schema version in force.
    fn in_force(&self, entry: &Entry) -> Result<()> {
        let (current, found) = (self.members.epoch, entry.header.epoch);
        match found.cmp(&current) {
            std::cmp::Ordering::Less => return Err(Refused::EpochOver { current, found }),
            std::cmp::Ordering::Greater => return Err(Refused::EpochUnknown { current, found }),
            std::cmp::Ordering::Equal => {}
        }
        let (current, found) = (self.members.schema, entry.header.schema);
        match found.cmp(&current) {
            std::cmp::Ordering::Less => Err(Refused::SchemaOld { current, found }),
            std::cmp::Ordering::Greater => Err(Refused::SchemaUnknown { current, found }),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }

    fn join(&mut self, entry: &Entry, joining: &Joining) -> Result<()> {
        if self.awaits_epoch {
            return Err(Refused::EpochNeeded);
        }
        let (id, key) = (entry.header.device, KeyHash::of(&joining.invitation));
        let invited = self.members.role_of_invitation(key);
        let invited = invited.ok_or(Refused::UnknownInvitation)?;
        if invited != joining.role {
            return Err(Refused::RoleNotInvited {
                invited,
                found: joining.role,
            });
        }
        let message = joining_authorisation(self.organisation(), id, joining.role, &joining.device);
        joining
            .invitation
            .verify(&message, &joining.authorisation)
            .map_err(|_| Refused::BadAuthorisation)?;
        let devices = &mut self.members.devices;
        let known = devices.contains_key(&id) || devices.values().any(|old| old.key == joining.device.key);
        if known {
            return Err(Refused::DeviceKnown);
        }
        room(devices.len())?;
        let number = devices.len() as u32 + 1;
        devices.insert(
            id,
            device(number, &joining.device, joining.role, entry.header.seq),
        );
        // A sheet works again; an invitation was for one.
        self.members.invitations.remove(&key);
        Ok(())
    }

    fn act(&mut self, record: &Record, seq: u64, author: DeviceId) -> Result<()> {
        // Between a revocation and the new epoch only what shuts out or begins the epoch may stand.
        let waits = matches!(
            record,
            Record::Revoked(_)
                | Record::RoleChanged { .. }
                | Record::InvitationWithdrawn(_)
                | Record::SheetWithdrawn(_)
                | Record::EpochBegun(_)
        );
        if self.awaits_epoch && !waits {
            return Err(Refused::EpochNeeded);
        }
        match record {
            // Both have their own way through `admit`.
            Record::Founded(_) | Record::Joined(_) => Err(Refused::FoundedTwice),
            Record::Invited(inviting) => self.invite(inviting, author),
            Record::InvitationWithdrawn(key) => {
                let removed = self.members.invitations.remove(key);
                removed.map(|_| ()).ok_or(Refused::UnknownInvitation)
            }
            Record::RoleChanged { device, role } => self.change_role(*device, *role),
            Record::Revoked(device) => self.revoke(*device, seq),
            Record::EpochBegun(keys) => self.begin_epoch(keys),
            Record::SchemaRaised(version) => self.raise_schema(*version),
            Record::SnapshotTaken(snapshot) => self.note_snapshot(snapshot, seq),
            Record::LogCut(through) => self.cut_log(*through),
            Record::SheetMade(making) => self.make_sheet(making),
            Record::SheetWithdrawn(key) => {
                let removed = self.members.sheets.remove(key);
                removed.map(|_| ()).ok_or(Refused::UnknownInvitation)
            }
            Record::Erased(_) => Ok(()),
        }
    }

    fn invite(&mut self, inviting: &Inviting, by: DeviceId) -> Result<()> {
        if self.members.role_of_invitation(inviting.key).is_some() {
            return Err(Refused::InvitationKnown);
        }
        room(self.members.invitations.len())?;
        let invitation = Invitation {
            role: inviting.role,
            expires: inviting.expires,
            by,
        };
        self.members.invitations.insert(inviting.key, invitation);
        Ok(())
    }

    fn make_sheet(&mut self, making: &SheetMaking) -> Result<()> {
        self.device_in_force(making.device)?;
        if self.members.role_of_invitation(making.key).is_some() {
            return Err(Refused::InvitationKnown);
        }
        let sheets = &mut self.members.sheets;
        sheets.retain(|_, sheet| sheet.device != making.device);
        room(sheets.len())?;
        let sheet = Sheet {
            device: making.device,
            role: making.role,
            recipient: making.recipient.clone(),
            sealed: making.sealed.clone(),
        };
        sheets.insert(making.key, sheet);
        Ok(())
    }

    fn device_in_force(&self, id: DeviceId) -> Result<&Device> {
        let device = self.members.devices.get(&id).ok_or(Refused::UnknownDevice)?;
        match device.revoked {
            None => Ok(device),
            Some(_) => Err(Refused::DeviceRevoked),
        }
    }

    /// Refuses to let the last owner go.
    fn another_owner(&self, than: DeviceId) -> Result<()> {
        let others = self
            .members
            .devices
            .iter()
            .any(|(id, device)| *id != than && device.revoked.is_none() && device.role == Role::Owner);
        others.then_some(()).ok_or(Refused::LastOwner)
    }

    fn change_role(&mut self, id: DeviceId, role: Role) -> Result<()> {
        self.device_in_force(id)?;
        if role != Role::Owner {
            self.another_owner(id)?;
        }
        if let Some(device) = self.members.devices.get_mut(&id) {
            device.role = role;
        }
        Ok(())
    }

    fn revoke(&mut self, id: DeviceId, seq: u64) -> Result<()> {
        self.device_in_force(id)?;
        self.another_owner(id)?;
        if let Some(device) = self.members.devices.get_mut(&id) {
            device.revoked = Some(seq);
            device.sealed.clear();
        }
        self.awaits_epoch = true;
        Ok(())
    }

    fn begin_epoch(&mut self, keys: &EpochKeys) -> Result<()> {
        let members = &mut self.members;
        if members.epoch.checked_add(1) != Some(keys.epoch) {
            return Err(Refused::EpochUnknown {
                current: members.epoch,
                found: keys.epoch,
            });
        }
        let in_force = members
            .devices
            .iter()
            .filter(|(_, device)| device.revoked.is_none());
        let for_all = keys.devices.keys().eq(in_force.map(|(id, _)| id))
            && keys.sheets.keys().eq(members.sheets.keys());
        if !for_all {
            return Err(Refused::EpochKeys);
        }
        for (id, device) in &mut members.devices {
            device.sealed = keys.devices.get(id).cloned().unwrap_or_default();
        }
        for (key, sheet) in &mut members.sheets {
            sheet.sealed = keys.sheets.get(key).cloned().unwrap_or_default();
        }
        // An invitation holds the old key only, and whoever was revoked may know its code.
        members.invitations.clear();
        members.epoch = keys.epoch;
        self.awaits_epoch = false;
        Ok(())
    }

    fn raise_schema(&mut self, found: u32) -> Result<()> {
        let current = self.members.schema;
        if found <= current {
            return Err(Refused::SchemaNotRising { current, found });
        }
        self.members.schema = found;
        Ok(())
    }

    fn note_snapshot(&mut self, snapshot: &SnapshotTaken, entry: u64) -> Result<()> {
        // `recorded` also keeps it behind the snapshot before.
        if snapshot.seq < self.recorded || snapshot.seq >= entry {
            return Err(Refused::SnapshotOld);
        }
        // Older numbers are checked by whoever holds the entries.
        if snapshot.seq == self.head.seq && snapshot.hash != self.head.hash {
            return Err(Refused::WrongPrevious { seq: entry });
        }
        if snapshot.members != self.members {
            return Err(Refused::SnapshotMembers);
        }
        self.snapshot = Some(SnapshotPlace {
            entry,
            seq: snapshot.seq,
            content: snapshot.content,
            size: snapshot.size,
        });
        Ok(())
    }

    fn cut_log(&mut self, through: u64) -> Result<()> {
        match self.snapshot {
            Some(snapshot) if snapshot.seq == through => {
                self.cut = through;
                Ok(())
            }
            _ => Err(Refused::CutElsewhere),
        }
    }

    /// The roster as bytes, for the endpoint and the client to keep.
    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::default();
        to.u8(VERSION);
        to.u64(self.head.seq);
        to.fixed(&self.head.hash.0);
        to.u64(self.recorded);
        to.u8(u8::from(self.awaits_epoch));
        to.option(self.snapshot, |to, snapshot| {
            to.u64(snapshot.entry);
            to.u64(snapshot.seq);
            to.fixed(&snapshot.content.0);
            to.u64(snapshot.size);
        });
        to.u64(self.cut);
        self.members.write(&mut to);
        to.done()
    }

    /// The roster that was kept.
    ///
    /// # Errors
    /// The decoding half of [`Refused`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut from = Reader::new(bytes);
        from.version(VERSION)?;
        let roster = Self {
            head: Head {
                seq: from.u64()?,
                hash: from.entry_hash()?,
            },
            recorded: from.u64()?,
            awaits_epoch: match from.u8()? {
                0 => false,
                1 => true,
                kind => return Err(Refused::UnknownKind { kind }),
            },
            snapshot: from.option(|from| {
                Ok(SnapshotPlace {
                    entry: from.u64()?,
                    seq: from.u64()?,
                    content: ContentHash(from.fixed()?),
                    size: from.u64()?,
                })
            })?,
            cut: from.u64()?,
            members: Members::read(&mut from)?,
        };
        from.end()?;
        Ok(roster)
    }

    /// The key of an invitation or sheet in force, by its hash: used to check who asks before joining.
    pub fn invited(&self, key: &PublicKey) -> Option<KeyHash> {
        let hash = KeyHash::of(key);
        self.members.role_of_invitation(hash).map(|_| hash)
    }

    /// The same roster with a later head: what a store that keeps the head by itself puts together.
    pub fn with_head(self, head: Head) -> Self {
        Self { head, ..self }
    }
}

fn follows(head: &Head, entry: &Entry) -> Result<()> {
    let expected = head.seq.saturating_add(1);
    if entry.header.seq != expected {
        return Err(Refused::OutOfOrder {
            expected,
            found: entry.header.seq,
        });
    }
    if entry.header.previous != head.hash {
        return Err(Refused::WrongPrevious {
            seq: entry.header.seq,
        });
    }
    Ok(())
}

fn device(number: u32, new: &NewDevice, role: Role, joined: u64) -> Device {
    Device {
        number,
        key: new.key,
        recipient: new.recipient.clone(),
        name: new.name.clone(),
        role,
        joined,
        revoked: None,
        sealed: Vec::new(),
    }
}

/// One more must fit into the encoding.
fn room(count: usize) -> Result<()> {
    let most = crate::limits::MEMBERS;
    if count < most {
        return Ok(());
    }
    Err(Refused::TooLong {
        length: count as u64 + 1,
        most: most as u64,
    })
}
