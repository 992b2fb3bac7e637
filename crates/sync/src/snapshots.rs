//! Snapshots: taking one, cutting the log behind it, and starting from it.
//!
//! A snapshot's record stands in the log and is signed; the log before it may be gone. What vouches for it is, whichever there is: that
//! the log goes on from it to a head known from elsewhere (a code's, an own one); that it opens under a key which came from a member
//! and not from the record (a parcel's, an own one), since every chunk is sealed to the record's place and members; that an owner whom
//! this laptop knew before signed it.

use crate::chunks::{self, Opening, Sealing, unopened};
use crate::contents::disk;
use crate::pull::{ends_no_earlier, fold_one, follow_epoch, named};
use crate::push::Pushed;
use crate::replica::{ATTEMPTS, Replica, Step, Synced};
use crate::state::{Noted, Prepared, State};
use crate::transport::{Asker, Content, Transport};
use crate::{Progress, Result, SyncError};
use kiulu_store::{Place, SCHEMA_VERSION};
use kiulu_wire::api::SnapshotIs;
use kiulu_wire::invitation::Code;
use kiulu_wire::problem::Cause;
use kiulu_wire::{
    Body, ContentHash, DeviceId, Entry, EntryHash, Head, Record, Refused, Role, Roster, SnapshotTaken,
};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;

/// From so many entries on, whoever joins starts from a snapshot although the whole log is there.
const WORTH: u64 = 500;

/// From so many entries since the last snapshot on, a new one is due.
const DUE_ENTRIES: u64 = 5_000;

/// From so many bytes since the last snapshot on, and not before they are as many as the snapshot has.
const DUE_BYTES: u64 = 16 << 20;

/// Whether a new snapshot saves whoever joins more than it costs: so many entries and bytes came since the last one, which has `size`
/// bytes.
pub fn snapshot_due(entries: u64, bytes: u64, size: u64) -> bool {
    entries >= DUE_ENTRIES || bytes >= DUE_BYTES.max(size)
}

/// A snapshot's record as the log has it.
struct Found {
    taken: SnapshotTaken,
    /// The entry that recorded it.
    entry: u64,
    author: DeviceId,
    /// The log goes on from it to a head that was known before.
    shown: bool,
}

impl Replica {
    /// Whether it is time for a new snapshot, as far as this laptop, which must be an owner's, has read.
    ///
    /// # Errors
    /// [`SyncError::Store`].
    pub fn snapshot_due(&self) -> Result<bool> {
        let Some(roster) = self
            .state
            .roster
            .as_ref()
            .filter(|_| self.role() == Some(Role::Owner))
        else {
            return Ok(false);
        };
        let (seq, size) = roster
            .snapshot()
            .map_or((0, 0), |snapshot| (snapshot.seq, snapshot.size));
        let (entries, bytes) = self.store.log_weight(seq)?;
        let noted = &self.state.noted;
        Ok(noted.refilled || noted.erased > seq || snapshot_due(entries, bytes, size))
    }

    /// Takes a snapshot of all shared data as the log has it: synchronises, lays the ciphertext at the endpoint and records it. For
    /// owners. After [`SyncError::Unreachable`], and after a crash, the same call goes on where it stopped.
    ///
    /// # Errors
    /// [`SyncError::EntryRefused`] when this laptop is no owner's; those of the endpoint and the log.
    pub fn take_snapshot(&mut self, transport: &mut dyn Transport, done: &mut Synced) -> Result<()> {
        for _ in 0..ATTEMPTS {
            self.sync(transport, done)?;
            let asker = self.member()?;
            self.must_be_owner()?;
            if self.known()?.members().schema < SCHEMA_VERSION {
                self.append_records(transport, &asker, vec![Record::SchemaRaised(SCHEMA_VERSION)])?;
                continue;
            }
            let prepared = match self.prepared() {
                Some(prepared) => prepared,
                None => match self.prepare() {
                    Ok(prepared) => prepared,
                    // Something was written in the meantime.
                    Err(SyncError::Store(kiulu_store::Error::Outdated)) => continue,
                    Err(error) => return Err(error),
                },
            };
            let mut file = File::open(self.beside("snapshot")).map_err(disk)?;
            let content = Content::Snapshot(prepared.content);
            self.upload(transport, &asker, content, &mut file, prepared.size)?;
            // Sealed entries may have come; after a record the snapshot's members are not the log's any more.
            self.pull(transport, &asker, None, done)?;
            if self.known()?.recorded() > prepared.seq {
                continue;
            }
            let record = Record::SnapshotTaken(Box::new(self.taken(&prepared)?));
            if self.append_records(transport, &asker, vec![record])? == Pushed::All {
                self.state.noted = Noted {
                    prepared: None,
                    refilled: false,
                    ..std::mem::take(&mut self.state.noted)
                };
                self.keep(self.state.clone())?;
                return remove(self.beside("snapshot"));
            }
        }
        Err(SyncError::Busy)
    }

    /// Has the log dropped behind the last snapshot. For owners. A laptop that has not read so far starts from the snapshot, with what
    /// it has not handed over on top.
    ///
    /// # Errors
    /// [`SyncError::SnapshotMissing`], [`SyncError::EntryRefused`] when this laptop is no owner's; those of the endpoint and the log.
    pub fn cut_log(&mut self, transport: &mut dyn Transport) -> Result<()> {
        self.record(transport, |replica| {
            let roster = replica.known()?;
            let last = roster.snapshot().ok_or(SyncError::SnapshotMissing)?;
            let done = roster.cut() >= last.seq;
            Ok((!done).then_some(Record::LogCut(last.seq)).into_iter().collect())
        })?;
        Ok(())
    }

    /// Takes everything anew from the last snapshot and the log behind it, with what this laptop has not handed over on top: after
    /// [`SyncError::StateDiffers`] or [`SyncError::Diverged`].
    ///
    /// # Errors
    /// [`SyncError::SnapshotMissing`], [`SyncError::SnapshotNotOpened`], [`SyncError::SnapshotUnproven`]; those of the endpoint and the
    /// log.
    pub fn reload(&mut self, transport: &mut dyn Transport, done: &mut Synced) -> Result<()> {
        let asker = self.member()?;
        self.restart(transport, &asker, None, done)?;
        self.sync(transport, done)
    }

    /// The snapshot that was prepared earlier, if it can still be recorded.
    fn prepared(&self) -> Option<Prepared> {
        let prepared = self.state.noted.prepared.clone()?;
        let size = std::fs::metadata(self.beside("snapshot")).ok()?.len();
        let recorded = self.state.roster.as_ref()?.recorded();
        (size == prepared.size && recorded <= prepared.seq).then_some(prepared)
    }

    /// Seals all shared data into a file beside the register.
    fn prepare(&mut self) -> Result<Prepared> {
        let roster = self.known()?;
        let (head, epoch) = (roster.head(), roster.members().epoch);
        let mut prepared = Prepared {
            seq: head.seq,
            hash: head.hash.0,
            state: [0; 32],
            content: ContentHash([0; 32]),
            size: 0,
        };
        let binding = self.taken(&prepared)?.binding();
        let key = self
            .state
            .ring
            .get(epoch)
            .ok_or(SyncError::KeyMissing { epoch })?;
        let file = File::create(self.beside("snapshot")).map_err(disk)?;
        let sealing = Sealing::new(key.bytes(), &binding, &mut *self.random, BufWriter::new(file));
        let mut packing = zstd::Encoder::new(sealing, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(disk)?;
        prepared.state = self.store.write_snapshot(&self.state.encode()?, &mut packing)?;
        let (sealed, mut to) = packing.finish().and_then(Sealing::finish).map_err(disk)?;
        to.flush().and_then(|()| to.get_ref().sync_all()).map_err(disk)?;
        (prepared.content, prepared.size) = (sealed.content, sealed.size);
        let mut state = self.state.clone();
        state.noted.prepared = Some(prepared.clone());
        self.keep(state)?;
        Ok(prepared)
    }

    /// The record of a snapshot.
    fn taken(&self, prepared: &Prepared) -> Result<SnapshotTaken> {
        Ok(SnapshotTaken {
            seq: prepared.seq,
            hash: EntryHash(prepared.hash),
            state: prepared.state,
            content: prepared.content,
            size: prepared.size,
            chunks: chunks::count(prepared.size),
            members: self.known()?.members().clone(),
        })
    }

    /// Whether whoever joins had better start from the snapshot.
    pub(crate) fn worth_restarting(&self, transport: &mut dyn Transport, asker: &Asker) -> Result<bool> {
        if self.state.roster.is_some() {
            return Ok(false);
        }
        let stands = transport.state(asker)?;
        Ok(stands.cut > 0 || stands.snapshot.is_some_and(|snapshot| snapshot.seq >= WORTH))
    }

    /// Fills the register from the last snapshot. The log behind it is read next.
    pub(crate) fn restart(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        code: Option<&Code>,
        done: &mut Synced,
    ) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let place = transport
                .state(asker)?
                .snapshot
                .ok_or(SyncError::SnapshotMissing)?;
            let loaded = self
                .find(transport, asker, place, code)
                .and_then(|found| self.start_from(transport, asker, found, code, done));
            match loaded {
                // A newer one took its place meanwhile.
                Err(SyncError::Endpoint {
                    cause: Cause::ContentMissing | Cause::LogCut { .. },
                }) if transport.state(asker)?.snapshot != Some(place) => {}
                other => return other,
            }
        }
        Err(SyncError::Busy)
    }

    fn start_from(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        found: Found,
        code: Option<&Code>,
        done: &mut Synced,
    ) -> Result<()> {
        let (taken, seq) = (&found.taken, found.entry);
        let members = &taken.members;
        let unproven = !found.shown && !self.vouched(&found, code);
        let by_sheet = code.is_some_and(|code| code.expires == 0);
        if unproven && !by_sheet {
            return Err(SyncError::SnapshotUnproven { seq });
        }
        let mut state = State {
            roster: Some(Roster::behind(taken)),
            ..self.state.clone()
        };
        self.may_go_on(&Roster::behind(taken))?;
        if state.ring.get(members.epoch).is_none() {
            let me = members.devices.get(&self.me());
            let epoch = members.epoch;
            follow_epoch(&mut state, epoch, me.ok_or(SyncError::KeyMissing { epoch })?)?;
        }
        let path = self.beside("snapshot-part");
        let content = Content::Snapshot(taken.content);
        let file = self.download(transport, asker, content, &path, taken.size)?;
        let epoch = members.epoch;
        let key = state
            .ring
            .get(epoch)
            .ok_or(SyncError::KeyMissing { epoch })?
            .clone();
        let binding = taken.binding();
        let rebased = {
            let telling = Telling {
                file,
                done: 0,
                of: taken.size,
                progress: &mut self.progress,
            };
            let opening = Opening::new(key.bytes(), &binding, telling, taken.size);
            let mut unpacking = zstd::Decoder::new(opening).map_err(disk)?;
            let place = Place {
                cursor: &state.encode()?,
                entries: &[],
                forget: 0,
            };
            self.store.load_snapshot(&mut unpacking, taken.state, &place)
        };
        done.add(rebased.map_err(|error| match &error {
            kiulu_store::Error::StateDiffers => SyncError::StateDiffers { seq },
            kiulu_store::Error::Unreadable(_) => SyncError::SnapshotNotOpened {
                seq,
                why: crate::seal::Unopened::Malformed,
            },
            kiulu_store::Error::Io(inner) => match unopened(inner) {
                Some(why) => SyncError::SnapshotNotOpened { seq, why },
                None => SyncError::Store(error),
            },
            _ => error.into(),
        })?);
        self.state = state;
        done.reloaded = true;
        done.unproven |= unproven;
        remove(path)
    }

    /// Whether what this laptop knew before vouches for a snapshot, once it opens.
    fn vouched(&self, found: &Found, code: Option<&Code>) -> bool {
        let members = &found.taken.members;
        // The ring of a sheet was sealed to a recipient that everybody knows; a parcel's only to who has the code.
        let own_ring = code.is_none_or(|code| code.expires != 0);
        if own_ring && self.state.ring.get(members.epoch).is_some() {
            return true;
        }
        let known = self.state.roster.as_ref();
        let author = known.and_then(|roster| roster.members().in_force(found.author));
        let now = members.devices.get(&found.author);
        author
            .is_some_and(|author| author.role == Role::Owner && now.is_some_and(|now| now.key == author.key))
    }

    /// Reads the log behind a snapshot to its end, for its records alone.
    fn find(
        &self,
        transport: &mut dyn Transport,
        asker: &Asker,
        place: SnapshotIs,
        code: Option<&Code>,
    ) -> Result<Found> {
        let (record, author, taken) = self.record_of(transport, asker, place)?;
        let mut roster = Roster::behind(&taken);
        if roster.organisation() != asker.organisation {
            return Err(SyncError::OtherOrganisation);
        }
        let own = self.head().unwrap_or(Head::NONE);
        let mut shown = self.meets(roster.head(), code)?;
        loop {
            let page = transport.read(asker, roster.head().seq)?;
            ends_no_earlier(roster.head(), &page)?;
            for bytes in &page.entries {
                let entry = fold_one(&mut roster, bytes, &page, code, asker)?;
                if entry.header.seq == place.entry && entry.hash() != record {
                    return Err(SyncError::Branched { seq: place.entry });
                }
                shown |= self.meets(roster.head(), code)?;
            }
            if page.entries.is_empty() || roster.head().seq >= page.head.seq {
                break;
            }
        }
        let end = roster.head().seq;
        for seen in [own.seq, code.map_or(0, |code| code.seq), place.entry] {
            if end < seen {
                return Err(SyncError::RolledBack { seen, found: end });
            }
        }
        Ok(Found {
            taken,
            entry: place.entry,
            author,
            shown,
        })
    }

    /// What follows from the last snapshot's record before any entry behind it.
    pub(crate) fn begin_behind(&self, transport: &mut dyn Transport, asker: &Asker) -> Result<Roster> {
        let place = transport
            .state(asker)?
            .snapshot
            .ok_or(SyncError::SnapshotMissing)?;
        let (_, _, taken) = self.record_of(transport, asker, place)?;
        Ok(Roster::behind(&taken))
    }

    /// The entry that recorded a snapshot: its hash, its author and what it says.
    fn record_of(
        &self,
        transport: &mut dyn Transport,
        asker: &Asker,
        place: SnapshotIs,
    ) -> Result<(EntryHash, DeviceId, SnapshotTaken)> {
        let mut after = place.seq;
        loop {
            let page = transport.read(asker, after)?;
            for bytes in &page.entries {
                after += 1;
                if after < place.entry {
                    continue;
                }
                let refused = |refused| named(refused, after, &page);
                let entry = Entry::decode(bytes).map_err(refused)?;
                let (expected, found) = (after, entry.header.seq);
                if found != expected {
                    return Err(refused(Refused::OutOfOrder { expected, found }));
                }
                let (hash, author) = (entry.hash(), entry.header.device);
                return match entry.body {
                    Body::Record(Record::SnapshotTaken(taken)) if taken.seq == place.seq => {
                        Ok((hash, author, *taken))
                    }
                    _ => Err(SyncError::SnapshotMissing),
                };
            }
            if page.entries.is_empty() {
                return Err(SyncError::SnapshotMissing);
            }
        }
    }

    /// Whether a place in the log is one that was known before; then it must be the same.
    fn meets(&self, head: Head, code: Option<&Code>) -> Result<bool> {
        let own = self.head().filter(|own| own.seq == head.seq);
        let of_code = code.filter(|code| code.seq == head.seq);
        let same = own.is_none_or(|own| own.hash == head.hash)
            && of_code.is_none_or(|code| code.hash == head.hash.short());
        if !same {
            return Err(SyncError::Branched { seq: head.seq });
        }
        Ok(own.is_some() || of_code.is_some())
    }

    /// Owners alone go on.
    pub(crate) fn must_be_owner(&self) -> Result<()> {
        let has = self.role().unwrap_or(Role::Viewer);
        if has == Role::Owner {
            return Ok(());
        }
        let needs = Role::Owner;
        Err(SyncError::EntryRefused {
            seq: self.known()?.head().seq + 1,
            refused: Refused::RoleTooLow { needs, has },
        })
    }

    /// What this laptop may do, as far as it has read.
    pub(crate) fn role(&self) -> Option<Role> {
        let members = self.state.roster.as_ref()?.members();
        members.in_force(self.me()).map(|device| device.role)
    }

    /// A file beside the register's.
    pub(crate) fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.store.path().as_os_str().to_owned();
        name.push("-");
        name.push(suffix);
        PathBuf::from(name)
    }
}

/// Tells how much of a file was read.
struct Telling<'a> {
    file: File,
    done: u64,
    of: u64,
    progress: &'a mut (dyn FnMut(Progress) + Send),
}

impl Read for Telling<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(to)?;
        self.done += count as u64;
        (self.progress)(Progress {
            step: Step::Loading,
            done: self.done,
            of: self.of,
        });
        Ok(count)
    }
}

fn remove(path: PathBuf) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(error)),
        _ => Ok(()),
    }
}
