//! Taking in what others wrote: everything is checked first, then taken in at once.

use crate::erasure::open_erasure;
use crate::keys::Ring;
use crate::replica::{ATTEMPTS, Replica, Step, Synced};
use crate::seal;
use crate::state::State;
use crate::transport::{Asker, Failure, Page, Transport};
use crate::{Result, SyncError};
use kiulu_domain::id::ContactId;
use kiulu_store::{LogEntry, LoggedChange, Place, SCHEMA_VERSION};
use kiulu_wire::invitation::Code;
use kiulu_wire::problem::Cause;
use kiulu_wire::{Body, Device, DeviceId, Entry, Head, Record, Refused, Roster};

/// A part of a page that was checked, to be taken in at once.
struct Part {
    /// What is known behind it.
    state: State,
    changes: Vec<LoggedChange>,
    entries: Vec<LogEntry>,
    /// What must be so before it is taken in.
    holds: Option<StateIs>,
    /// People whom it erases.
    erases: Vec<ContactId>,
}

/// What a snapshot's record says of everybody's data.
struct StateIs {
    /// The record's place.
    record: u64,
    /// The last entry that the snapshot holds.
    seq: u64,
    hash: [u8; 32],
}

/// A page that was checked.
struct Checked {
    parts: Vec<Part>,
    /// Why nothing behind them is taken in.
    stop: Option<SyncError>,
}

impl Part {
    fn behind(state: State) -> Self {
        Self {
            state,
            changes: Vec::new(),
            entries: Vec::new(),
            holds: None,
            erases: Vec::new(),
        }
    }
}

impl Replica {
    /// Takes in the log up to its end, page by page, each in one transaction. Who joins by a code checks that the log is the
    /// one that the code speaks of. Where the log was cut behind what was read, everything is taken from the snapshot; where the
    /// endpoint has lost what this laptop has, it gets it back.
    pub(crate) fn pull(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        code: Option<&Code>,
        done: &mut Synced,
    ) -> Result<()> {
        let (mut refills, mut restarts) = (0, 0);
        loop {
            let seen = self.head().unwrap_or(Head::NONE);
            let page = match transport.read(asker, seen.seq) {
                Err(Failure::Refused(Cause::LogCut { .. })) if restarts < ATTEMPTS => {
                    restarts += 1;
                    self.restart(transport, asker, code, done)?;
                    continue;
                }
                page => page?,
            };
            if page.head.seq < seen.seq && refills < ATTEMPTS && self.has_joined() {
                refills += 1;
                self.refill(transport, asker, page.head, done)?;
                continue;
            }
            ends_no_earlier(seen, &page)?;
            if page.entries.is_empty() {
                return self.ends_behind_a_batch();
            }
            let end = page.head.seq;
            let checked = self.check(page, code, asker)?;
            for part in checked.parts {
                self.take_in(part, done)?;
            }
            if let Some(stop) = checked.stop {
                return Err(stop);
            }
            let seq = self.head().map_or(0, |head| head.seq);
            self.tell(Step::Entries, seq, end);
            if seq >= end {
                return self.ends_behind_a_batch();
            }
        }
    }

    /// A revocation and the epoch behind it are appended together: a log that ends between them is kept back in part.
    fn ends_behind_a_batch(&self) -> Result<()> {
        let waits = self.state.roster.as_ref().filter(|roster| roster.awaits_epoch());
        match waits.map(|roster| roster.head().seq) {
            Some(found) => Err(SyncError::Gap {
                expected: found + 1,
                found,
            }),
            None => Ok(()),
        }
    }

    fn take_in(&mut self, part: Part, done: &mut Synced) -> Result<()> {
        if let Some(StateIs { record, seq, hash }) = part.holds
            && self.store.state_hash(Some(seq))?.is_some_and(|own| own != hash)
        {
            return Err(SyncError::StateDiffers { seq: record });
        }
        let place = Place {
            cursor: &part.state.encode()?,
            entries: &part.entries,
            forget: self.forget(&part.state),
        };
        if !part.erases.is_empty() {
            done.add(self.store.erase(&part.erases, &place)?);
            done.erased = true;
        } else if part.changes.is_empty() {
            self.store.keep_place(&place)?;
        } else {
            done.add(self.store.rebase(&part.changes, &place)?);
        }
        self.state = part.state;
        Ok(())
    }

    /// Takes every entry of a page into the roster and opens what is sealed. Nothing is kept.
    fn check(&self, page: Page, code: Option<&Code>, asker: &Asker) -> Result<Checked> {
        let mut parts = Vec::new();
        let mut part = Part::behind(self.state.clone());
        let mut stop = None;
        for bytes in &page.entries {
            let entry = decode(part.state.roster.as_ref(), bytes, &page)?;
            // Both are about everything before them, and stand alone in their part.
            let alone = matches!(
                entry.body,
                Body::Record(Record::SnapshotTaken(_) | Record::Erased(_))
            );
            if alone {
                let next = Part::behind(part.state.clone());
                parts.push(std::mem::replace(&mut part, next));
            }
            let roster = admit(&mut part.state.roster, &entry, &page, code, asker)?;
            let changes = match &entry.body {
                Body::Sealed(body) => open(&entry, body, &part.state.ring, roster)?,
                Body::Record(record) => {
                    let me = roster.members().devices.get(&self.me()).cloned();
                    let (epoch, may) = (roster.members().epoch, self.may_go_on(roster));
                    if let (Record::EpochBegun(_), Some(me)) = (record, me) {
                        follow_epoch(&mut part.state, epoch, &me)?;
                    }
                    stop = may.err();
                    match record {
                        Record::SnapshotTaken(taken) => {
                            // A program that keeps more of the data than the snapshot's has another hash for it.
                            let same = taken.members.schema == SCHEMA_VERSION;
                            part.holds = same.then_some(StateIs {
                                record: entry.header.seq,
                                seq: taken.seq,
                                hash: taken.state,
                            });
                            part.state.noted.refilled = false;
                        }
                        Record::Erased(sealed) => {
                            part.erases = open_erasure(sealed, &entry.header, &part.state.ring)?;
                            part.state.noted.erased = entry.header.seq;
                        }
                        _ => {}
                    }
                    Vec::new()
                }
            };
            let kept = part.state.note(&entry, bytes.clone(), changes.len());
            part.entries.push(kept);
            part.changes.extend(changes);
            if stop.is_some() {
                break;
            }
            if alone {
                let next = Part::behind(part.state.clone());
                parts.push(std::mem::replace(&mut part, next));
            }
        }
        parts.push(part);
        parts.retain(|part| !part.entries.is_empty());
        Ok(Checked { parts, stop })
    }
}

/// Takes every entry of a page into a roster, whatever is sealed in them.
pub(crate) fn fold(roster: &mut Option<Roster>, page: &Page, code: &Code, asker: &Asker) -> Result<()> {
    let seen = roster.as_ref().map_or(Head::NONE, Roster::head);
    ends_no_earlier(seen, page)?;
    for bytes in &page.entries {
        let entry = decode(roster.as_ref(), bytes, page)?;
        admit(roster, &entry, page, Some(code), asker)?;
    }
    Ok(())
}

/// Takes the next entry of a page into a roster.
pub(crate) fn fold_one(
    roster: &mut Roster,
    bytes: &[u8],
    page: &Page,
    code: Option<&Code>,
    asker: &Asker,
) -> Result<Entry> {
    let entry = decode(Some(roster), bytes, page)?;
    let seq = roster.head().seq + 1;
    roster
        .admit(&entry)
        .map_err(|refused| named(refused, seq, page))?;
    of_one_log(roster, page, code, asker)?;
    Ok(entry)
}

fn next_seq(roster: Option<&Roster>) -> u64 {
    roster.map_or(1, |roster| roster.head().seq + 1)
}

fn decode(roster: Option<&Roster>, bytes: &[u8], page: &Page) -> Result<Entry> {
    Entry::decode(bytes).map_err(|refused| named(refused, next_seq(roster), page))
}

/// Takes an entry into a roster, which it begins where there is none.
fn admit<'a>(
    roster: &'a mut Option<Roster>,
    entry: &Entry,
    page: &Page,
    code: Option<&Code>,
    asker: &Asker,
) -> Result<&'a Roster> {
    let seq = next_seq(roster.as_ref());
    let refused = |refused| named(refused, seq, page);
    let roster = match roster {
        Some(roster) => {
            roster.admit(entry).map_err(refused)?;
            roster
        }
        none => none.insert(Roster::found(entry).map_err(refused)?),
    };
    of_one_log(roster, page, code, asker)?;
    Ok(roster)
}

/// Takes over the key of an epoch that begins.
pub(crate) fn follow_epoch(state: &mut State, epoch: u32, me: &Device) -> Result<()> {
    if me.revoked.is_some() {
        return Ok(());
    }
    let ring = state.identity.open(&me.sealed);
    let ring = ring.filter(|ring| ring.get(epoch).is_some());
    state.ring.add(ring.ok_or(SyncError::KeySwapped { epoch })?);
    Ok(())
}

/// The changes of a sealed entry that was admitted.
fn open(entry: &Entry, body: &[u8], ring: &Ring, roster: &Roster) -> Result<Vec<LoggedChange>> {
    let (seq, epoch) = (entry.header.seq, entry.header.epoch);
    let key = ring.get(epoch).ok_or(SyncError::KeyMissing { epoch })?;
    let changes = seal::open(body, &entry.header, key).map_err(|why| SyncError::NotOpened { seq, why })?;
    // Changes from before the register was shared, or from before a backup was restored, carry names that never joined.
    let joined = &roster.members().devices;
    let others = changes
        .iter()
        .map(|change| DeviceId(change.device))
        .find(|device| *device != entry.header.device && joined.contains_key(device));
    match others {
        Some(device) => Err(SyncError::AnotherDevice { seq, device }),
        None => Ok(changes),
    }
}

pub(crate) fn ends_no_earlier(seen: Head, page: &Page) -> Result<()> {
    let found = page.head;
    if found.seq < seen.seq {
        return Err(SyncError::RolledBack {
            seen: seen.seq,
            found: found.seq,
        });
    }
    if found.seq == seen.seq && found.hash != seen.hash {
        return Err(SyncError::Branched { seq: seen.seq });
    }
    if found.seq > seen.seq && page.entries.is_empty() {
        return Err(SyncError::Gap {
            expected: seen.seq + 1,
            found: found.seq,
        });
    }
    Ok(())
}

/// The log is the asker's, and where the endpoint or the code says which hash an entry has, it has it.
fn of_one_log(roster: &Roster, page: &Page, code: Option<&Code>, asker: &Asker) -> Result<()> {
    if roster.organisation() != asker.organisation {
        return Err(SyncError::OtherOrganisation);
    }
    let head = roster.head();
    let other = head.seq == page.head.seq && head.hash != page.head.hash;
    let not_invited = code.is_some_and(|code| head.seq == code.seq && head.hash.short() != code.hash);
    if other || not_invited {
        return Err(SyncError::Branched { seq: head.seq });
    }
    Ok(())
}

/// What is wrong with the entry that came where `seq` must follow.
pub(crate) fn named(refused: Refused, seq: u64, page: &Page) -> SyncError {
    match refused {
        Refused::OutOfOrder { expected, found } if found < expected => {
            SyncError::Repeated { expected, found }
        }
        Refused::OutOfOrder { expected, found } => {
            let comes =
                |bytes: &Vec<u8>| Entry::decode(bytes).is_ok_and(|entry| entry.header.seq == expected);
            if page.entries.iter().any(comes) {
                SyncError::Reordered { expected, found }
            } else {
                SyncError::Gap { expected, found }
            }
        }
        Refused::WrongPrevious { seq } => SyncError::Branched { seq },
        refused => SyncError::Forged { seq, refused },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::SystemRandom;
    use crate::keys::EpochKey;
    use kiulu_wire::Role;

    #[test]
    fn an_epoch_whose_key_is_not_sealed_to_this_laptop_is_refused() {
        let random = &mut SystemRandom;
        let mut state = State::new(random).unwrap();
        let (ours, theirs) = (
            state.identity.present(Vec::new()),
            State::new(random).unwrap().identity.present(Vec::new()),
        );
        let key = EpochKey::new(random).unwrap();
        let mut me = Device {
            number: 1,
            key: ours.key,
            recipient: ours.recipient.clone(),
            name: Vec::new(),
            role: Role::Viewer,
            joined: 1,
            revoked: None,
            sealed: Vec::new(),
        };
        let good = Ring::of(2, key.clone()).seal_to(&ours.recipient).unwrap();
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let swapped = [
            Vec::new(),
            Ring::of(2, key.clone()).seal_to(&theirs.recipient).unwrap(),
            Ring::of(3, key.clone()).seal_to(&ours.recipient).unwrap(),
            flipped,
        ];
        for sealed in swapped {
            me.sealed = sealed;
            let refused = follow_epoch(&mut state, 2, &me);
            assert!(matches!(refused, Err(SyncError::KeySwapped { epoch: 2 })));
            assert!(state.ring.is_empty());
        }
        me.sealed = good;
        follow_epoch(&mut state, 2, &me).unwrap();
        assert_eq!(state.ring.get(2), Some(&key));
        let kept = State::decode(&state.encode().unwrap()).unwrap();
        assert_eq!(kept.ring, state.ring);
        assert_eq!(kept.identity.encode(), state.identity.encode());
    }
}
