//! After an endpoint was restored from an old backup: it gets back what it has lost.

use crate::replica::{Replica, Synced};
use crate::transport::{Append, Asker, Failure, Transport};
use crate::{Result, SyncError};
use kiulu_wire::problem::Cause;
use kiulu_wire::{Body, Entry, Head, Record, batch};

/// So many bytes are given back at a time, unless what belongs together is more.
const TOGETHER: usize = 8 << 20;

impl Replica {
    /// Appends what the log has lost behind `found`, where it ends now, if it is the log that this laptop knows.
    ///
    /// # Errors
    /// [`SyncError::RolledBack`] when this laptop does not have that place any more, [`SyncError::Branched`] when another entry stands
    /// there: somebody has written since the restore.
    pub(crate) fn refill(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        found: Head,
        done: &mut Synced,
    ) -> Result<()> {
        let seen = self.known()?.head().seq;
        let ancestor = self.kept(found.seq.saturating_sub(1), 0)?;
        match ancestor.first() {
            Some((entry, _)) if entry.head() == found => {}
            Some((entry, _)) if entry.header.seq == found.seq => {
                return Err(SyncError::Branched { seq: found.seq });
            }
            _ => {
                let found = found.seq;
                return Err(SyncError::RolledBack { seen, found });
            }
        }
        let mut after = found.seq;
        while after < seen {
            let entries = self.together(after)?;
            let Some((last, _)) = entries.last() else {
                let found = after;
                return Err(SyncError::RolledBack { seen, found });
            };
            let (end, count) = (last.header.seq, entries.len() as u32);
            let snapshot = |entry: &Entry| matches!(entry.body, Body::Record(Record::SnapshotTaken(_)));
            if entries.iter().any(|(entry, _)| snapshot(entry)) {
                // Its content is gone, and a new one is due: noted beforehand, since the answer may get lost.
                let mut state = self.state.clone();
                state.noted.refilled = true;
                self.keep(state)?;
            }
            let sent = batch::encode(entries.iter().map(|(_, bytes)| bytes.as_slice()));
            match transport.append(asker, &sent, Append::Refill) {
                Ok(_) => {}
                // Somebody else is giving back the same.
                Err(Failure::Refused(Cause::HeadMoved { .. })) => return Ok(()),
                Err(failure) => return Err(failure.into()),
            }
            done.refilled += count;
            after = end;
        }
        Ok(())
    }

    /// The next entries that are kept, none of them parted from those that it was appended with.
    fn together(&self, after: u64) -> Result<Vec<(Entry, Vec<u8>)>> {
        let mut most = TOGETHER;
        loop {
            let mut entries = self.kept(after, most)?;
            let all = entries.last().is_none_or(|(entry, _)| {
                self.state
                    .roster
                    .as_ref()
                    .is_some_and(|roster| roster.head().seq == entry.header.seq)
            });
            let whole = whole(entries.iter().map(|(entry, _)| entry));
            if whole > 0 || all {
                entries.truncate(whole);
                return Ok(entries);
            }
            most *= 2;
        }
    }

    fn kept(&self, after: u64, most: usize) -> Result<Vec<(Entry, Vec<u8>)>> {
        let entries = self.store.log_entries(after, most)?.into_iter();
        entries
            .map(|(seq, bytes)| {
                let refused = |refused| SyncError::EntryRefused { seq, refused };
                Ok((Entry::decode(&bytes).map_err(refused)?, bytes))
            })
            .collect()
    }
}

/// How many entries from the front end where no epoch is awaited: a revocation and its epoch come together.
fn whole<'a>(entries: impl Iterator<Item = &'a Entry>) -> usize {
    let (mut awaits, mut whole) = (false, 0);
    for (place, entry) in entries.enumerate() {
        match &entry.body {
            Body::Record(Record::Revoked(_)) => awaits = true,
            Body::Record(Record::EpochBegun(_)) => awaits = false,
            _ => {}
        }
        if !awaits {
            whole = place + 1;
        }
    }
    whole
}
