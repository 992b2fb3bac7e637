//! Taking in what others wrote: everything is checked first, then taken in at once.

use crate::replica::{Replica, Synced};
use crate::seal;
use crate::state::State;
use crate::transport::{Asker, Page, Transport};
use crate::{Result, SyncError};
use kiulu_store::LoggedChange;
use kiulu_wire::invitation::Code;
use kiulu_wire::{Body, Device, DeviceId, Entry, Head, Record, Refused, Roster};

/// A page that was checked.
struct Checked {
    /// What is known behind it.
    state: State,
    changes: Vec<LoggedChange>,
    /// Why nothing behind it is taken in.
    stop: Option<SyncError>,
}

impl Replica {
    /// Takes in the log up to its end, page by page, each in one transaction. Who joins by a code checks that the log is the
    /// one that the code speaks of.
    pub(crate) fn pull(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        code: Option<&Code>,
        done: &mut Synced,
    ) -> Result<()> {
        loop {
            let seen = self.head().unwrap_or(Head::NONE);
            let page = transport.read(asker, seen.seq)?;
            ends_no_earlier(seen, &page)?;
            if page.entries.is_empty() {
                return Ok(());
            }
            let checked = self.check(&page, code, asker)?;
            let cursor = checked.state.encode()?;
            if checked.changes.is_empty() {
                self.store.keep_log_cursor(&cursor)?;
            } else {
                done.add(self.store.rebase(&checked.changes, &cursor)?);
            }
            self.state = checked.state;
            if let Some(stop) = checked.stop {
                return Err(stop);
            }
            if self.head().is_some_and(|head| head.seq >= page.head.seq) {
                return Ok(());
            }
        }
    }

    /// Takes every entry of a page into the roster and opens what is sealed. Nothing is kept.
    fn check(&self, page: &Page, code: Option<&Code>, asker: &Asker) -> Result<Checked> {
        let mut checked = Checked {
            state: self.state.clone(),
            changes: Vec::new(),
            stop: None,
        };
        for bytes in &page.entries {
            let entry = admit(&mut checked.state.roster, bytes, page, code, asker)?;
            let Some(roster) = &checked.state.roster else {
                return Err(SyncError::NotShared);
            };
            match &entry.body {
                Body::Sealed(body) => {
                    let changes = open(&entry, body, &checked.state, roster)?;
                    checked.changes.extend(changes);
                }
                Body::Record(record) => {
                    let me = roster.members().devices.get(&self.me()).cloned();
                    if let (Record::EpochBegun(_), Some(me)) = (record, me) {
                        let epoch = roster.members().epoch;
                        follow_epoch(&mut checked.state, epoch, &me)?;
                    }
                    let known = checked.state.roster.as_ref();
                    if let Some(Err(stop)) = known.map(|roster| self.may_go_on(roster)) {
                        checked.stop = Some(stop);
                        break;
                    }
                }
            }
        }
        Ok(checked)
    }
}

/// Takes every entry of a page into a roster, whatever is sealed in them.
pub(crate) fn fold(roster: &mut Option<Roster>, page: &Page, code: &Code, asker: &Asker) -> Result<()> {
    let seen = roster.as_ref().map_or(Head::NONE, Roster::head);
    ends_no_earlier(seen, page)?;
    for bytes in &page.entries {
        admit(roster, bytes, page, Some(code), asker)?;
    }
    Ok(())
}

/// Takes an entry into a roster, which it begins where there is none.
fn admit(
    roster: &mut Option<Roster>,
    bytes: &[u8],
    page: &Page,
    code: Option<&Code>,
    asker: &Asker,
) -> Result<Entry> {
    let expected = roster.as_ref().map_or(1, |roster| roster.head().seq + 1);
    let refused = |refused| named(refused, expected, page);
    let entry = Entry::decode(bytes).map_err(refused)?;
    let roster = match roster {
        Some(roster) => {
            roster.admit(&entry).map_err(refused)?;
            roster
        }
        none => none.insert(Roster::found(&entry).map_err(refused)?),
    };
    if roster.organisation() != asker.organisation {
        return Err(SyncError::OtherOrganisation);
    }
    is_of_one_log(roster.head(), page, code)?;
    Ok(entry)
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
fn open(entry: &Entry, body: &[u8], state: &State, roster: &Roster) -> Result<Vec<LoggedChange>> {
    let (seq, epoch) = (entry.header.seq, entry.header.epoch);
    let key = state.ring.get(epoch).ok_or(SyncError::KeyMissing { epoch })?;
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

fn ends_no_earlier(seen: Head, page: &Page) -> Result<()> {
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

/// Where the endpoint, or the code, says which hash an entry has, it has it.
fn is_of_one_log(head: Head, page: &Page, code: Option<&Code>) -> Result<()> {
    let other = head.seq == page.head.seq && head.hash != page.head.hash;
    let not_invited = code.is_some_and(|code| head.seq == code.seq && head.hash.short() != code.hash);
    if other || not_invited {
        return Err(SyncError::Branched { seq: head.seq });
    }
    Ok(())
}

/// What is wrong with the entry that came where `seq` must follow.
fn named(refused: Refused, seq: u64, page: &Page) -> SyncError {
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
    use crate::keys::{EpochKey, Ring};
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
