//! Putting entries to a log.

use super::{Appender, Log, now};
use crate::heads::Grown;
use crate::refusal::Answer;
use crate::storage::{Append, Appended, Kind, Name};
use kiulu_wire::problem::Cause;
use kiulu_wire::{
    Body, ContentHash, Entry, EntryHash, Head, KeyHash, Record, Refused, Roster, SnapshotTaken, batch,
};
use std::sync::Arc;

/// Uploads of snapshots that were begun so long ago, in seconds, are given up when a newer snapshot is recorded.
const GIVEN_UP: u64 = 7 * 24 * 3600;

impl Appender {
    /// Appends the batch in the request's body: all of it, or nothing. A batch that is there already, byte by byte, is as good
    /// as appended: its answer was lost.
    ///
    /// With `refill` the batch fills up a log that was restored from a backup: a snapshot that it records need not be here any
    /// more, nothing is cut, since what stands before may be needed until there is a new snapshot, and who joined by an invitation
    /// that has ended since has joined.
    ///
    /// # Errors
    /// [`Cause::HeadMoved`] when the batch does not continue the log, [`Cause::EntryRefused`], [`Cause::ContentMissing`] when a
    /// recorded snapshot is not here, [`Cause::ParcelTaken`] when another device has the invitation's parcel,
    /// [`Cause::QuotaReached`], [`Cause::Malformed`].
    pub async fn append(&self, refill: bool) -> Answer<Head> {
        let log = self.log();
        let batch = batch::decode(self.body()).map_err(|_| Cause::Malformed { what: "batch".into() })?;
        let entries: Vec<Entry> = batch
            .iter()
            .zip(log.standing.head.seq + 1..)
            .map(|(bytes, seq)| Entry::decode(bytes).map_err(|refused| Cause::EntryRefused { seq, refused }))
            .collect::<Result<_, _>>()?;
        let Some(first) = entries.first() else {
            let what = "batch".into();
            return Err(Cause::Malformed { what }.into());
        };
        let head = log.standing.head;
        if first.header.seq != head.seq + 1 || first.header.previous != head.hash {
            if log.holds(first.header.seq, &batch).await? {
                return Ok(head);
            }
            metrics::counter!("kiulu_append_conflicts_total").increment(1);
            return Err(Cause::HeadMoved { head }.into());
        }
        // Records stay possible when the room is used up: cutting the log is how it is won back.
        if entries.iter().any(|entry| matches!(entry.body, Body::Sealed(_))) {
            log.weighs(self.body().len() as u64, 0)?;
        }
        self.only_joining(&entries)?;
        let (roster, append) = log.admit(&entries, batch, refill).await?;
        // A client that goes away must not leave the others untold of what was committed.
        let log = log.clone();
        let put = tokio::spawn(async move { log.put_entries(roster, append).await });
        put.await.map_err(|_| Cause::Unavailable)?
    }

    /// Who has not joined yet puts its own joining to the log and nothing else.
    fn only_joining(&self, entries: &[Entry]) -> Answer<()> {
        let Some(key) = self.invited() else {
            return Ok(());
        };
        match entries {
            [entry] if joins(entry).is_some_and(|joining| joining.invitation == key) => Ok(()),
            _ => Err(Cause::RoleTooLow.into()),
        }
    }
}

fn joins(entry: &Entry) -> Option<&kiulu_wire::Joining> {
    match &entry.body {
        Body::Record(Record::Joined(joining)) => Some(joining),
        _ => None,
    }
}

impl Log {
    /// Whether the log holds this batch, beginning at this number.
    async fn holds(&self, first: u64, batch: &[Vec<u8>]) -> Answer<bool> {
        let last = first.saturating_add(batch.len() as u64 - 1);
        if first <= self.roster.cut().max(1) || last > self.standing.head.seq {
            return Ok(false);
        }
        let mut next = first;
        while let Some(wanted) = batch
            .get((next - first) as usize..)
            .filter(|rest| !rest.is_empty())
        {
            let page = self
                .storage()
                .entries(self.organisation, next - 1, 512 << 10)
                .await?;
            let same = !page.is_empty() && page.iter().zip(wanted).all(|(kept, sent)| kept[..] == sent[..]);
            if !same {
                return Ok(false);
            }
            next += page.len() as u64;
        }
        Ok(true)
    }

    /// Folds the batch and works out what it changes.
    async fn admit(
        &self,
        entries: &[Entry],
        batch: Vec<Vec<u8>>,
        refill: bool,
    ) -> Answer<(Arc<Roster>, Append)> {
        let before = self.standing.head;
        let mut roster = Roster::clone(&self.roster).with_head(before);
        let mut append = Append {
            after: before,
            entries: batch,
            head: before,
            recorded: 0,
            roster: None,
            void_parcels: Vec::new(),
            keep_snapshots: None,
            cut: None,
        };
        let now = now();
        for (entry, bytes) in entries.iter().zip(&append.entries) {
            let seq = entry.header.seq;
            let refuse = |refused| Cause::EntryRefused { seq, refused };
            // What is given back had been let in while the invitation held.
            if let Some(expired) = roster.expired(entry, now).filter(|_| !refill) {
                return Err(refuse(Refused::InvitationExpired { expired }).into());
            }
            if let Some(joining) = joins(entry) {
                self.took_parcel(joining).await?;
            }
            if let Body::Record(Record::SnapshotTaken(snapshot)) = &entry.body
                && !refill
            {
                self.lies_here(snapshot, entries).await?;
                let former = roster.snapshot().map(|former| former.content);
                let kept = former.into_iter().chain([snapshot.content]).collect();
                append.keep_snapshots = Some((kept, now.saturating_sub(GIVEN_UP)));
            }
            roster.admit(entry).map_err(refuse)?;
            debug_assert_eq!(roster.head().hash.0, *blake3::hash(bytes).as_bytes());
            if let Body::Record(Record::LogCut(through)) = &entry.body
                && let Some(last) = roster.snapshot()
                && !refill
            {
                self.whole_snapshot(last.content, last.size).await?;
                append.cut = Some(*through);
                append.keep_snapshots = Some((vec![last.content], now.saturating_sub(GIVEN_UP)));
            }
        }
        if roster.awaits_epoch() {
            // A device that is revoked and an epoch that begins come together, so that no crash lies between them.
            let seq = roster.head().seq;
            let refused = Refused::EpochNeeded;
            return Err(Cause::EntryRefused { seq, refused }.into());
        }
        append.head = roster.head();
        append.recorded = roster.recorded();
        if roster.recorded() != self.roster.recorded() {
            append.roster = Some(roster.encode());
            let open = &roster.members().invitations;
            let former = self.roster.members().invitations.keys();
            append.void_parcels = former.filter(|key| !open.contains_key(key)).copied().collect();
        }
        Ok((Arc::new(roster), append))
    }

    async fn put_entries(&self, roster: Arc<Roster>, append: Append) -> Answer<Head> {
        let (head, recorded) = (append.head, append.recorded);
        let records = append.roster.as_ref().map(Vec::len);
        let count = append.entries.len() as u64;
        let bytes: u64 = append.entries.iter().map(|entry| entry.len() as u64).sum();
        match self.storage().append(self.organisation, append).await? {
            Appended::Done => {}
            Appended::Moved => {
                metrics::counter!("kiulu_append_conflicts_total").increment(1);
                let now = self.storage().standing(self.organisation).await?;
                let head = now.map_or(self.standing.head, |now| now.head);
                return Err(Cause::HeadMoved { head }.into());
            }
        }
        metrics::counter!("kiulu_entries_appended_total").increment(count);
        metrics::counter!("kiulu_entry_bytes_appended_total").increment(bytes);
        if let Some(bytes) = records {
            self.app.inner.rosters.put(roster, bytes);
        }
        self.app
            .inner
            .heads
            .tell(self.organisation, Grown { head, recorded });
        Ok(head)
    }

    /// Where a parcel was laid for the invitation, the device that joins is the one that took it.
    async fn took_parcel(&self, joining: &kiulu_wire::Joining) -> Answer<()> {
        let key = KeyHash::of(&joining.invitation);
        match self.storage().parcel_taker(self.organisation, key).await? {
            Some(taker) if taker != joining.device.key => Err(Cause::ParcelTaken.into()),
            _ => Ok(()),
        }
    }

    async fn whole_snapshot(&self, hash: ContentHash, size: u64) -> Answer<()> {
        let kind = Kind::Snapshot;
        let content = self
            .storage()
            .content(self.organisation, Name { kind, hash })
            .await?;
        let here = content.is_some_and(|content| content.whole && content.size == size);
        Ok(here.then_some(()).ok_or(Cause::ContentMissing)?)
    }

    /// The snapshot's ciphertext is here, as large as it says, and its entry has the hash that it says.
    async fn lies_here(&self, snapshot: &SnapshotTaken, batch: &[Entry]) -> Answer<()> {
        self.whole_snapshot(snapshot.content, snapshot.size).await?;
        let hash = match batch.iter().find(|entry| entry.header.seq == snapshot.seq) {
            Some(entry) => Some(entry.hash()),
            None if snapshot.seq == 0 => None,
            None => {
                let kept = self
                    .storage()
                    .entries(self.organisation, snapshot.seq - 1, 0)
                    .await?;
                kept.first()
                    .map(|bytes| EntryHash(*blake3::hash(bytes).as_bytes()))
            }
        };
        if hash == Some(snapshot.hash) {
            return Ok(());
        }
        let seq = snapshot.seq;
        let refused = Refused::WrongPrevious { seq };
        Err(Cause::EntryRefused { seq, refused }.into())
    }
}
