//! Erasing people for good: a record that every replica follows, a new snapshot without them, and a log that is cut behind it.

use crate::keys::Ring;
use crate::replica::{Replica, Synced};
use crate::seal::{self, Unopened};
use crate::transport::Transport;
use crate::{Result, SyncError};
use kiulu_domain::id::ContactId;
use kiulu_wire::{DeviceId, Header, Record, limits};

/// The only version of what an erasure holds.
const VERSION: u8 = 1;

/// Who has followed the last erasure, as far as the log shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The entry that erased.
    pub entry: u64,
    /// Devices in force that wrote something behind it, for which they had to have followed.
    pub followed: Vec<DeviceId>,
    /// Devices in force of which nothing was heard since: they have not synchronised, or only read.
    pub unheard: Vec<DeviceId>,
    /// The log still holds what was written before.
    pub uncut: bool,
}

impl Replica {
    /// Erases people: deletes them by a change of their own where they are still there, has every replica take them out of every change
    /// that it keeps, takes a new snapshot and has the log cut behind it. For owners. After [`SyncError::Unreachable`] the same
    /// call goes on.
    ///
    /// # Errors
    /// [`SyncError::EntryRefused`] when this laptop is no owner's; [`SyncError::TooLarge`] for too many people at once; those of the
    /// register, the endpoint and the log.
    pub fn erase(
        &mut self,
        transport: &mut dyn Transport,
        people: &[ContactId],
        done: &mut Synced,
    ) -> Result<()> {
        self.must_be_owner()?;
        self.store.delete_to_erase(people)?;
        self.sync(transport, done)?;
        self.record(transport, |replica| {
            let header = replica.next_header(replica.known()?);
            let epoch = header.epoch;
            let key = replica
                .state
                .ring
                .get(epoch)
                .ok_or(SyncError::KeyMissing { epoch })?;
            let mut inside = vec![VERSION];
            inside.extend(people.iter().flat_map(|person| person.0.into_bytes()));
            let sealed = seal::encrypt(&inside, &place(&header), key.bytes(), &mut *replica.random)?;
            if sealed.len() > limits::ERASURE {
                return Err(SyncError::TooLarge {
                    bytes: sealed.len() as u64,
                    most: limits::ERASURE as u64,
                });
            }
            Ok(vec![Record::Erased(sealed)])
        })?;
        self.finish_erasure(transport, done)
    }

    /// Takes the snapshot and cuts the log, where an erasure was recorded and that is not done yet. For owners.
    ///
    /// # Errors
    /// As [`Replica::take_snapshot`] and [`Replica::cut_log`].
    pub fn finish_erasure(&mut self, transport: &mut dyn Transport, done: &mut Synced) -> Result<()> {
        let erased = self.state.noted.erased;
        let roster = self.known()?;
        if roster.cut() >= erased {
            return Ok(());
        }
        if roster.snapshot().is_none_or(|snapshot| snapshot.seq < erased) {
            self.take_snapshot(transport, done)?;
        }
        self.cut_log(transport)
    }

    /// Who has followed the last erasure; nothing when this laptop knows of none.
    pub fn followed(&self) -> Option<Followed> {
        let noted = &self.state.noted;
        let roster = self.state.roster.as_ref().filter(|_| noted.erased > 0)?;
        let in_force = (roster.members().devices.iter()).filter(|(_, device)| device.revoked.is_none());
        let (followed, unheard) = in_force
            .map(|(id, _)| *id)
            .partition(|id| *id == self.me() || noted.heard.get(id).is_some_and(|seq| *seq > noted.erased));
        Some(Followed {
            entry: noted.erased,
            followed,
            unheard,
            uncut: roster.cut() < noted.erased,
        })
    }
}

/// Where an erasure's ciphertext belongs.
fn place(header: &Header) -> Vec<u8> {
    [&b"kiulu erasure\0"[..], &header.associated_data()].concat()
}

/// The people whom a record erases.
pub(crate) fn open_erasure(sealed: &[u8], header: &Header, ring: &Ring) -> Result<Vec<ContactId>> {
    let (seq, epoch) = (header.seq, header.epoch);
    let key = ring.get(epoch).ok_or(SyncError::KeyMissing { epoch })?;
    let people =
        seal::decrypt(sealed, &place(header), key.bytes()).and_then(|inside| match inside.split_first() {
            Some((&VERSION, ids)) if ids.len().is_multiple_of(16) => {
                let ids = ids
                    .chunks_exact(16)
                    .map(|id| uuid::Uuid::from_slice(id).map(ContactId));
                ids.collect::<Result<_, _>>().map_err(|_| Unopened::Malformed)
            }
            Some((&VERSION, _)) | None => Err(Unopened::Malformed),
            Some((&version, _)) => Err(Unopened::UnknownVersion { version }),
        });
    people.map_err(|why| SyncError::NotOpened { seq, why })
}
