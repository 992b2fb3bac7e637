//! Handing over: sealing what was written here, and appending to the log.

use crate::erasure::open_erasure;
use crate::pull::follow_epoch;
use crate::replica::{Replica, Synced};
use crate::seal;
use crate::state::State;
use crate::transport::{Append, Asker, Failure, Transport};
use crate::{Result, SyncError};
use kiulu_store::{LogEntry, LoggedChange, Place, SCHEMA_VERSION};
use kiulu_wire::problem::Cause;
use kiulu_wire::{Body, Entry, Header, Record, Role, Roster, batch};

/// So many bytes of changes go into one entry, unless one change alone is larger.
const ENTRY: usize = 4 << 20;

/// Whether everything was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// The log has it.
    All,
    /// Others were quicker: what they wrote must be taken in first.
    Overtaken,
}

impl Replica {
    /// Hands over what the log does not have yet.
    pub(crate) fn push(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        done: &mut Synced,
    ) -> Result<Pushed> {
        let unsent = self.store.unsent()?;
        done.waiting = 0;
        if unsent.is_empty() {
            return Ok(Pushed::All);
        }
        let members = self.known()?.members();
        let role = members.devices.get(&self.me()).map(|device| device.role);
        if role < Some(Role::Editor) {
            done.waiting = unsent.len() as u32;
            return Ok(Pushed::All);
        }
        if members.schema < SCHEMA_VERSION {
            if role < Some(Role::Owner) {
                return Err(SyncError::SchemaBehind {
                    in_force: members.schema,
                    has: SCHEMA_VERSION,
                });
            }
            let raised = vec![Record::SchemaRaised(SCHEMA_VERSION)];
            if self.append_records(transport, asker, raised)? == Pushed::Overtaken {
                return Ok(Pushed::Overtaken);
            }
        }
        for changes in batches(&unsent) {
            let Some(last) = changes.last() else { continue };
            let header = self.next_header(self.known()?);
            let epoch = header.epoch;
            let key = self
                .state
                .ring
                .get(epoch)
                .ok_or(SyncError::KeyMissing { epoch })?;
            let body = Body::Sealed(seal::seal(changes, &header, key, &mut *self.random)?);
            let entry = Entry::signed(header, body, self.state.identity.signing_key());
            let Some(mut state) = self.append(transport, asker, std::slice::from_ref(&entry))? else {
                return Ok(Pushed::Overtaken);
            };
            let kept = state.note(&entry, entry.encode(), changes.len());
            let place = Place {
                cursor: &state.encode()?,
                entries: &[kept],
                forget: self.forget(&state),
            };
            self.store.acknowledge(last.id, &place)?;
            self.state = state;
            done.sent += changes.len() as u32;
        }
        Ok(Pushed::All)
    }

    /// Signs records for the next places in the log, and appends them all or none.
    pub(crate) fn append_records(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        records: Vec<Record>,
    ) -> Result<Pushed> {
        let mut roster = self.known()?.clone();
        let mut entries = Vec::new();
        for record in records {
            let header = self.next_header(&roster);
            let entry = Entry::signed(header, Body::Record(record), self.state.identity.signing_key());
            let seq = header.seq;
            let refused = |refused| SyncError::EntryRefused { seq, refused };
            roster.admit(&entry).map_err(refused)?;
            entries.push(entry);
        }
        match self.append(transport, asker, &entries)? {
            Some(mut state) => {
                let kept: Vec<_> = entries
                    .iter()
                    .map(|entry| state.note(entry, entry.encode(), 0))
                    .collect();
                self.record_taken(state, &entries, &kept)?;
                Ok(Pushed::All)
            }
            None => Ok(Pushed::Overtaken),
        }
    }

    /// Keeps what follows from own records that the log has taken, and does what they say.
    fn record_taken(&mut self, mut state: State, entries: &[Entry], kept: &[LogEntry]) -> Result<()> {
        let mut people = Vec::new();
        for entry in entries {
            if let Body::Record(Record::Erased(sealed)) = &entry.body {
                people.extend(open_erasure(sealed, &entry.header, &state.ring)?);
                state.noted.erased = entry.header.seq;
            }
        }
        if people.is_empty() {
            return self.keep_with(state, kept);
        }
        let place = Place {
            cursor: &state.encode()?,
            entries: kept,
            forget: 0,
        };
        let done = self.store.erase(&people, &place)?;
        self.aside.add(done);
        self.state = state;
        Ok(())
    }

    /// Appends entries that follow what is known. Gives what is known behind them, or nothing when the log has grown. Nothing is
    /// kept.
    fn append(
        &self,
        transport: &mut dyn Transport,
        asker: &Asker,
        entries: &[Entry],
    ) -> Result<Option<State>> {
        let mut state = self.state.clone();
        let mut roster = self.known()?.clone();
        let mut encoded = Vec::new();
        for entry in entries {
            let seq = entry.header.seq;
            let refused = |refused| SyncError::EntryRefused { seq, refused };
            roster.admit(entry).map_err(refused)?;
            if let (Body::Record(Record::EpochBegun(_)), Some(me)) =
                (&entry.body, roster.members().devices.get(&self.me()))
            {
                follow_epoch(&mut state, roster.members().epoch, me)?;
            }
            encoded.push(entry.encode());
        }
        let ours = roster.head();
        state.roster = Some(roster);
        let sent = batch::encode(encoded.iter().map(Vec::as_slice));
        match transport.append(asker, &sent, Append::Usual) {
            Ok(head) if head.seq < ours.seq => Err(SyncError::RolledBack {
                seen: ours.seq,
                found: head.seq,
            }),
            Ok(head) if head.seq == ours.seq && head.hash != ours.hash => {
                Err(SyncError::Branched { seq: ours.seq })
            }
            Ok(_) => Ok(Some(state)),
            Err(Failure::Refused(Cause::HeadMoved { .. })) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Where this laptop's next entry stands.
    pub(crate) fn next_header(&self, roster: &Roster) -> Header {
        let head = roster.head();
        Header {
            seq: head.seq + 1,
            previous: head.hash,
            device: self.me(),
            epoch: roster.members().epoch,
            schema: roster.members().schema,
        }
    }

    pub(crate) fn known(&self) -> Result<&Roster> {
        self.state.roster.as_ref().ok_or(SyncError::NotShared)
    }
}

/// Cuts changes, in their order, into what goes into one entry each.
fn batches(changes: &[LoggedChange]) -> Vec<&[LoggedChange]> {
    let mut cut = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    for (place, change) in changes.iter().enumerate() {
        let size = change.changeset.len() + change.action.len() + 100;
        if place > from && bytes + size > ENTRY {
            cut.push(&changes[from..place]);
            (from, bytes) = (place, 0);
        }
        bytes += size;
    }
    cut.push(&changes[from..]);
    cut
}
