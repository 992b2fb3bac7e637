//! One register and its organisation's log.

use crate::keys::open_name;
use crate::push::Pushed;
use crate::random::Random;
use crate::state::State;
use crate::transport::{Asker, Transport};
use crate::{Result, SyncError};
use kiulu_domain::id::ChangeId;
use kiulu_store::{LogEntry, Place, Rebased, SCHEMA_VERSION, Store};
use kiulu_wire::request::Signer;
use kiulu_wire::{DeviceId, Head, OrganisationId, Role, Roster};
use std::sync::Arc;

/// So often is an append tried again when others were quicker.
pub(crate) const ATTEMPTS: u32 = 16;

/// A register that is shared, or is going to be: its place in the log, the members and the keys. One at a time for one register.
pub struct Replica {
    pub(crate) store: Arc<Store>,
    pub(crate) random: Box<dyn Random>,
    pub(crate) state: State,
    pub(crate) progress: Box<dyn FnMut(Progress) + Send>,
    /// What calls did that give no account of what they took in: the next synchronisation tells it.
    pub(crate) aside: Synced,
}

/// How far long work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is going on.
    pub step: Step,
    /// How much of it is done: bytes, for [`Step::Entries`] the entry's number.
    pub done: u64,
    /// How much it is in all.
    pub of: u64,
}

/// The steps of long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Entries are taken in.
    Entries,
    /// A snapshot or attachment goes to the endpoint.
    Sending,
    /// A snapshot or attachment comes from the endpoint.
    Receiving,
    /// A snapshot is put into the register.
    Loading,
}

/// What a synchronisation did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// Changes of others that were taken in.
    pub received: u32,
    /// Own changes that the log had already; the answer to their append was lost.
    pub acknowledged: u32,
    /// Own changes that the log has taken now.
    pub sent: u32,
    /// Own changes that the log does not have, since this laptop may only read.
    pub waiting: u32,
    /// Own changes that could not stand as a whole, and stand on the needs-attention list instead.
    pub withdrawn: Vec<ChangeId>,
    /// Own changes that had nothing left to do, because somebody else had done the same.
    pub dropped: Vec<ChangeId>,
    /// Own changes that lost what they said of a person who was erased meanwhile.
    pub late: Vec<ChangeId>,
    /// Entries that the endpoint had lost and got back from this laptop.
    pub refilled: u32,
    /// The register was filled from a snapshot.
    pub reloaded: bool,
    /// People were erased.
    pub erased: bool,
    /// Nothing that this laptop knew vouches for the snapshot: a recovery sheet from before the log was cut. The head's short code is to
    /// be compared with another member's.
    pub unproven: bool,
}

impl Synced {
    /// Adds what another one did, in the order of both.
    pub fn merge(&mut self, other: Self) {
        self.received += other.received;
        self.acknowledged += other.acknowledged;
        self.sent += other.sent;
        self.waiting = other.waiting;
        self.withdrawn.extend(other.withdrawn);
        self.dropped.extend(other.dropped);
        self.late.extend(other.late);
        self.refilled += other.refilled;
        self.reloaded |= other.reloaded;
        self.erased |= other.erased;
        self.unproven |= other.unproven;
    }

    pub(crate) fn add(&mut self, done: Rebased) {
        self.received += done.received;
        self.acknowledged += done.acknowledged;
        self.withdrawn.extend(done.withdrawn);
        self.dropped.extend(done.dropped);
        self.late.extend(done.late);
    }
}

/// One device of the organisation, as its log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teammate {
    /// Its id, which its changes carry.
    pub id: DeviceId,
    /// 1 for the founder's, then in the order of joining.
    pub number: u32,
    /// Who sits at it; nothing when the name does not open.
    pub name: Option<String>,
    /// What it may do.
    pub role: Role,
    /// The entry by which it joined.
    pub joined: u64,
    /// The entry that shut it out.
    pub revoked: Option<u64>,
    /// Whether it is this laptop.
    pub this: bool,
}

impl Replica {
    /// Goes on where the register says that it stands.
    ///
    /// # Errors
    /// [`SyncError::StateUnreadable`], [`SyncError::Store`], [`SyncError::NoRandomness`].
    pub fn open(store: Arc<Store>, mut random: Box<dyn Random>) -> Result<Self> {
        let state = match store.log_cursor()? {
            Some(kept) => State::decode(&zeroize::Zeroizing::new(kept))?,
            None => State::new(&mut *random)?,
        };
        Ok(Self {
            store,
            random,
            state,
            progress: Box::new(|_| {}),
            aside: Synced::default(),
        })
    }

    /// Has `progress` told how far long work has come, whatever it is a part of.
    pub fn watch(&mut self, progress: impl FnMut(Progress) + Send + 'static) {
        self.progress = Box::new(progress);
    }

    pub(crate) fn tell(&mut self, step: Step, done: u64, of: u64) {
        (self.progress)(Progress { step, done, of });
    }

    /// The register.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Whose log; nothing while the register is not shared.
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.state.roster.as_ref().map(Roster::organisation)
    }

    /// The last entry that was taken in: what members compare by its short code.
    pub fn head(&self) -> Option<Head> {
        self.state.roster.as_ref().map(Roster::head)
    }

    /// What follows from the log's records.
    pub fn roster(&self) -> Option<&Roster> {
        self.state.roster.as_ref()
    }

    /// Every device that ever joined, in the order of joining.
    pub fn devices(&self) -> Vec<Teammate> {
        let Some(roster) = &self.state.roster else {
            return Vec::new();
        };
        let devices = roster.members().devices.iter();
        let mut devices: Vec<Teammate> = devices
            .map(|(id, device)| Teammate {
                id: *id,
                number: device.number,
                name: open_name(&device.name, *id, &self.state.ring).ok(),
                role: device.role,
                joined: device.joined,
                revoked: device.revoked,
                this: *id == self.me(),
            })
            .collect();
        devices.sort_by_key(|device| device.number);
        devices
    }

    /// Takes in what others wrote and hands over what was written here, until both have the same. What it did is added to `done`,
    /// also when it ends in an error, and so is what other calls took in on the way, such as an invitation.
    ///
    /// # Errors
    /// Every [`SyncError`] about the endpoint, the log and the register. What was taken in before stays, and the same call goes on
    /// from there.
    pub fn sync(&mut self, transport: &mut dyn Transport, done: &mut Synced) -> Result<()> {
        done.merge(std::mem::take(&mut self.aside));
        self.confirm_founding(transport)?;
        let asker = self.member()?;
        for _ in 0..ATTEMPTS {
            self.pull(transport, &asker, None, done)?;
            if self.push(transport, &asker, done)? == Pushed::All {
                return Ok(());
            }
        }
        Err(SyncError::Busy)
    }

    /// What calls took in that give no account of it, such as an invitation. The next synchronisation tells it too, unless it is asked
    /// here before.
    pub fn taken_in_aside(&mut self) -> Synced {
        std::mem::take(&mut self.aside)
    }

    /// This laptop's name in the log.
    pub(crate) fn me(&self) -> DeviceId {
        DeviceId(self.store.device())
    }

    /// Asks as this laptop.
    pub(crate) fn asker(&self, organisation: OrganisationId) -> Asker {
        Asker {
            organisation,
            signer: Signer::Device(self.me()),
            key: self.state.identity.signing_key().clone(),
        }
    }

    /// Asks as a member that may go on: for listening to what others append.
    ///
    /// # Errors
    /// [`SyncError::NotShared`], [`SyncError::ShutOut`], [`SyncError::ProgramTooOld`].
    pub fn member(&self) -> Result<Asker> {
        let roster = self.state.roster.as_ref().ok_or(SyncError::NotShared)?;
        if !roster.members().devices.contains_key(&self.me()) {
            return Err(SyncError::NotShared);
        }
        self.may_go_on(roster)?;
        Ok(self.asker(roster.organisation()))
    }

    /// Whether this laptop may go on behind a record.
    pub(crate) fn may_go_on(&self, roster: &Roster) -> Result<()> {
        let members = roster.members();
        let me = members.devices.get(&self.me());
        if let Some(seq) = me.and_then(|device| device.revoked) {
            return Err(SyncError::ShutOut { seq });
        }
        if members.schema > SCHEMA_VERSION {
            return Err(SyncError::ProgramTooOld {
                needs: members.schema,
                has: SCHEMA_VERSION,
            });
        }
        Ok(())
    }

    /// Keeps a state that comes with no changes.
    pub(crate) fn keep(&mut self, state: State) -> Result<()> {
        self.keep_with(state, &[])
    }

    /// Keeps a state that comes with entries that hold no changes.
    pub(crate) fn keep_with(&mut self, state: State, entries: &[LogEntry]) -> Result<()> {
        self.store.keep_place(&Place {
            cursor: &state.encode()?,
            entries,
            forget: self.forget(&state),
        })?;
        self.state = state;
        Ok(())
    }

    /// Up to which entry the sealed ones need be kept no longer behind what is known next: two snapshots back, since the endpoint's
    /// backup may be older than the last one, and nothing that the log itself has dropped.
    pub(crate) fn forget(&self, next: &State) -> u64 {
        let (Some(before), Some(next)) = (&self.state.roster, &next.roster) else {
            return 0;
        };
        let former = before.snapshot().filter(|_| before.snapshot() != next.snapshot());
        next.cut().max(former.map_or(0, |snapshot| snapshot.seq))
    }
}
