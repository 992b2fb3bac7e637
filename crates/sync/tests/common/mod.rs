//! An endpoint in this process, which can lie and whose line can break, and laptops on real registers.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../store/tests/common/mod.rs"]
pub mod rows;

use kiulu_domain::action::Action;
use kiulu_domain::id::{ChangeId, ContactId, UserId};
use kiulu_store::{Store, Tx};
use kiulu_sync::{
    Append, Asker, Content, Failure, NoRandomness, PIECE, Page, Random, Replica, Result, SyncError, Synced,
    Transport,
};
use kiulu_wire::api::{ContentIs, LogState};
use kiulu_wire::problem::Cause;
use kiulu_wire::request::{Asked, Signer};
use kiulu_wire::{
    Body, ContentHash, DeviceId, Entry, EntryHash, Head, KeyHash, OrganisationId, PublicKey, Record, Refused,
    Role, Roster, batch,
};
pub use rows::Seeded;
use rows::{Counting, dump_with_changes, key, person, raw};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use uuid::Uuid;

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.iter_mut().for_each(|byte| *byte = self.below(256) as u8);
        Ok(())
    }
}

type Lie = Box<dyn FnMut(&mut Page)>;

/// A content, whole or on its way.
#[derive(Clone)]
pub struct Stored {
    pub content: Content,
    pub size: u64,
    pub bytes: Vec<u8>,
    pub whole: bool,
}

/// What the real endpoint does with one organisation, without the network.
#[derive(Default)]
pub struct Endpoint {
    pub roster: Option<Roster>,
    pub entries: Vec<Vec<u8>>,
    pub parcels: BTreeMap<KeyHash, (Vec<u8>, Option<PublicKey>)>,
    /// Number of the last entry that is gone: `entries` begins behind it.
    pub cut: u64,
    pub contents: Vec<Stored>,
    /// Changes pages before they are given out.
    pub lie: Option<Lie>,
    /// Breaks the line from a seed: requests and answers get lost, requests come twice.
    pub line: Option<Seeded>,
    /// Answers every append that somebody was quicker.
    pub others_quicker: bool,
    /// Serves every append and lets its answer get lost.
    pub lose_answers: bool,
    /// So many pieces of contents still go through before the line breaks.
    pub pieces_left: Option<u32>,
    /// Lets revoked devices and strangers read: an endpoint that does not keep anybody out.
    pub careless: bool,
}

impl Endpoint {
    pub fn head(&self) -> Head {
        self.roster.as_ref().unwrap().head()
    }

    /// The endpoint as it is now, to be put back later.
    pub fn backup(&self) -> Self {
        Self {
            roster: self.roster.clone(),
            entries: self.entries.clone(),
            parcels: self.parcels.clone(),
            cut: self.cut,
            contents: self.contents.clone(),
            ..Self::default()
        }
    }

    /// Puts a backup in the place of what is kept; line and lies stay.
    pub fn restore(&mut self, backup: &Self) {
        let Self {
            roster,
            entries,
            parcels,
            cut,
            contents,
            ..
        } = backup.backup();
        (self.roster, self.entries, self.parcels) = (roster, entries, parcels);
        (self.cut, self.contents) = (cut, contents);
    }

    fn may_ask(&self, asker: &Asker) -> Result<(), Failure> {
        let roster = self.roster.as_ref().ok_or(Failure::Refused(Cause::NotFound))?;
        if self.careless {
            return Ok(());
        }
        let (credentials, asked) = (
            asker.credentials("GET", "/x", b"", 1, 2),
            Asked {
                method: "GET",
                target: "/x",
                organisation: roster.organisation(),
                body: ContentHash::of(b""),
            },
        );
        let key = match asker.signer {
            Signer::Device(id) => {
                let device = roster.members().devices.get(&id);
                let device = device.ok_or(Failure::Refused(Cause::NotFound))?;
                if device.revoked.is_some() {
                    return Err(Failure::Refused(Cause::DeviceRevoked));
                }
                device.key
            }
            Signer::Invitation(key) => {
                roster.invited(&key).ok_or(Failure::Refused(Cause::NotFound))?;
                key
            }
        };
        let proven = credentials.verify(&asked, &key);
        proven.map_err(|_| Failure::Refused(Cause::NotFound))
    }

    /// Takes the request over a line that may break.
    fn over_line<T>(&mut self, mut serve: impl FnMut(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let fate = self.line.as_mut().map_or(9, |line| line.below(10));
        if fate == 0 {
            return Err(Failure::Unknown);
        }
        let answer = serve(self);
        match fate {
            1 => Err(Failure::Unknown),
            2 => {
                let _ = serve(self);
                answer
            }
            _ => answer,
        }
    }

    /// A member with at least this role asks.
    fn member(&self, asker: &Asker, least: Role) -> Result<(), Failure> {
        self.may_ask(asker)?;
        let Signer::Device(id) = asker.signer else {
            return Err(Failure::Refused(Cause::RoleTooLow));
        };
        let role = self
            .roster
            .as_ref()
            .and_then(|roster| Some(roster.members().devices.get(&id)?.role));
        if role < Some(least) {
            return Err(Failure::Refused(Cause::RoleTooLow));
        }
        Ok(())
    }

    fn stored(&mut self, content: Content) -> Option<&mut Stored> {
        self.contents.iter_mut().find(|stored| stored.content == content)
    }

    fn whole(&self, content: Content, size: u64) -> Result<(), Failure> {
        let here = |stored: &&Stored| stored.content == content && stored.whole && stored.size == size;
        let here = self.contents.iter().find(here);
        here.map(|_| ()).ok_or(Failure::Refused(Cause::ContentMissing))
    }

    /// The hash of an entry of the log or of a batch that continues it.
    pub fn hash_of(&self, seq: u64, batch: &[Vec<u8>]) -> Option<EntryHash> {
        let place = seq.checked_sub(self.cut + 1)? as usize;
        let bytes = self.entries.iter().chain(batch).nth(place)?;
        Some(Entry::decode(bytes).unwrap().hash())
    }

    fn take(&mut self, asker: &Asker, sent: &[u8], how: Append) -> Result<Head, Failure> {
        self.may_ask(asker)?;
        let sent = batch::decode(sent).unwrap();
        let mut roster = self.roster.clone().unwrap();
        let head = roster.head();
        let first = Entry::decode(&sent[0]).unwrap().header;
        if first.seq != head.seq + 1 || first.previous != head.hash {
            let from = first.seq.checked_sub(self.cut + 1);
            let held = from.and_then(|from| self.entries.get(from as usize..from as usize + sent.len()));
            if held == Some(&sent) {
                return Ok(head);
            }
            return Err(Failure::Refused(Cause::HeadMoved { head }));
        }
        let (mut cut, mut keep) = (None, None);
        for bytes in &sent {
            let entry = Entry::decode(bytes).unwrap();
            let seq = entry.header.seq;
            let refused = |refused| Failure::Refused(Cause::EntryRefused { seq, refused });
            match &entry.body {
                Body::Record(Record::Joined(joining)) => {
                    let taken = self.parcels.get(&KeyHash::of(&joining.invitation));
                    if taken.is_some_and(|(_, taker)| taker.is_some_and(|taker| taker != joining.device.key))
                    {
                        return Err(Failure::Refused(Cause::ParcelTaken));
                    }
                }
                Body::Record(Record::SnapshotTaken(snapshot)) if how == Append::Usual => {
                    self.whole(Content::Snapshot(snapshot.content), snapshot.size)?;
                    if self.hash_of(snapshot.seq, &sent) != Some(snapshot.hash) {
                        return Err(refused(Refused::WrongPrevious { seq: snapshot.seq }));
                    }
                    let former = roster.snapshot().map(|former| former.content);
                    keep = Some(former.into_iter().chain([snapshot.content]).collect());
                }
                _ => {}
            }
            roster.admit(&entry).map_err(refused)?;
            if let Body::Record(Record::LogCut(through)) = &entry.body
                && let Some(last) = roster.snapshot()
                && how == Append::Usual
            {
                self.whole(Content::Snapshot(last.content), last.size)?;
                (cut, keep) = (Some(*through), Some(vec![last.content]));
            }
        }
        if roster.awaits_epoch() {
            return Err(Failure::Refused(Cause::EntryRefused {
                seq: roster.head().seq,
                refused: Refused::EpochNeeded,
            }));
        }
        let open = &roster.members().invitations;
        self.parcels.retain(|key, _| open.contains_key(key));
        self.roster = Some(roster);
        self.entries.extend(sent);
        if let Some(through) = cut {
            self.entries.drain(..(through - self.cut) as usize);
            self.cut = through;
        }
        if let Some(keep) = keep {
            self.contents.retain(|stored| match stored.content {
                Content::Snapshot(hash) => keep.contains(&hash),
                Content::Attachment(_) => true,
            });
        }
        Ok(self.head())
    }

    fn piece_goes_through(&mut self) -> Result<(), Failure> {
        if let Some(left) = &mut self.pieces_left {
            *left = left.checked_sub(1).ok_or(Failure::Unknown)?;
        }
        Ok(())
    }

    fn put(&mut self, content: Content, size: u64, offset: u64, piece: &[u8]) -> Result<ContentIs, Failure> {
        assert!(piece.len() <= PIECE && !piece.is_empty() && offset + piece.len() as u64 <= size);
        if self.stored(content).is_none() {
            self.contents.push(Stored {
                content,
                size,
                bytes: Vec::new(),
                whole: false,
            });
        }
        let stored = self.stored(content).unwrap();
        assert_eq!(stored.size, size);
        if stored.bytes.len() as u64 == offset {
            stored.bytes.extend(piece);
        }
        let received = stored.bytes.len() as u64;
        if received < offset + piece.len() as u64 {
            return Err(Failure::Refused(Cause::ContentOffset { received }));
        }
        if received == size && !stored.whole {
            let (Content::Snapshot(hash) | Content::Attachment(hash)) = content;
            if ContentHash::of(&stored.bytes) != hash {
                self.contents.retain(|stored| stored.content != content);
                return Err(Failure::Refused(Cause::ContentHash));
            }
            stored.whole = true;
        }
        let whole = stored.whole;
        Ok(ContentIs {
            received,
            size,
            whole,
        })
    }
}

impl Transport for Endpoint {
    fn found(&mut self, entry: &[u8]) -> Result<Head, Failure> {
        self.over_line(|endpoint| {
            if endpoint.entries.is_empty() {
                endpoint.roster = Some(Roster::found(&Entry::decode(entry).unwrap()).unwrap());
                endpoint.entries.push(entry.to_vec());
            }
            assert_eq!(endpoint.entries[0], entry);
            Ok(endpoint.head())
        })
    }

    fn read(&mut self, asker: &Asker, after: u64) -> Result<Page, Failure> {
        self.over_line(|endpoint| {
            endpoint.may_ask(asker)?;
            // As the real one: the cut that was recorded counts, which a refill does not carry out.
            let through = endpoint.roster.as_ref().unwrap().cut();
            if after < through {
                return Err(Failure::Refused(Cause::LogCut { through }));
            }
            let rest = endpoint.entries.iter().skip((after - endpoint.cut) as usize);
            let mut page = Page {
                head: endpoint.head(),
                entries: rest.take(5).cloned().collect(),
            };
            if let Some(lie) = &mut endpoint.lie {
                lie(&mut page);
            }
            Ok(page)
        })
    }

    fn append(&mut self, asker: &Asker, batch: &[u8], how: Append) -> Result<Head, Failure> {
        if self.others_quicker {
            let head = self.head();
            return Err(Failure::Refused(Cause::HeadMoved { head }));
        }
        let answer = self.over_line(|endpoint| endpoint.take(asker, batch, how));
        if self.lose_answers {
            return Err(Failure::Unknown);
        }
        answer
    }

    fn state(&mut self, asker: &Asker) -> Result<LogState, Failure> {
        self.over_line(|endpoint| {
            endpoint.may_ask(asker)?;
            Ok(LogState::from(endpoint.roster.as_ref().unwrap()))
        })
    }

    fn received(&mut self, asker: &Asker, content: Content) -> Result<Option<ContentIs>, Failure> {
        self.over_line(|endpoint| {
            endpoint.may_ask(asker)?;
            Ok(endpoint.stored(content).map(|stored| ContentIs {
                received: stored.bytes.len() as u64,
                size: stored.size,
                whole: stored.whole,
            }))
        })
    }

    fn put_piece(
        &mut self,
        asker: &Asker,
        content: Content,
        size: u64,
        offset: u64,
        piece: &[u8],
    ) -> Result<ContentIs, Failure> {
        self.over_line(|endpoint| {
            let least = match content {
                Content::Snapshot(_) => Role::Owner,
                Content::Attachment(_) => Role::Editor,
            };
            endpoint.member(asker, least)?;
            endpoint.piece_goes_through()?;
            endpoint.put(content, size, offset, piece)
        })
    }

    fn get_piece(&mut self, asker: &Asker, content: Content, from: u64, to: u64) -> Result<Vec<u8>, Failure> {
        self.over_line(|endpoint| {
            endpoint.piece_goes_through()?;
            match content {
                Content::Snapshot(_) => endpoint.may_ask(asker)?,
                Content::Attachment(_) => endpoint.member(asker, Role::Viewer)?,
            }
            let stored = endpoint.stored(content).filter(|stored| stored.whole);
            let stored = stored.ok_or(Failure::Refused(Cause::ContentMissing))?;
            let piece = stored.bytes.get(from as usize..to as usize);
            let size = stored.size;
            Ok(piece
                .ok_or(Failure::Refused(Cause::RangeOutside { size }))?
                .to_vec())
        })
    }

    fn remove_attachment(&mut self, asker: &Asker, hash: ContentHash) -> Result<(), Failure> {
        self.over_line(|endpoint| {
            endpoint.member(asker, Role::Owner)?;
            let content = Content::Attachment(hash);
            endpoint
                .stored(content)
                .ok_or(Failure::Refused(Cause::ContentMissing))?;
            endpoint.contents.retain(|stored| stored.content != content);
            Ok(())
        })
    }

    fn put_parcel(&mut self, asker: &Asker, invitation: KeyHash, parcel: &[u8]) -> Result<(), Failure> {
        self.over_line(|endpoint| {
            endpoint.may_ask(asker)?;
            endpoint.parcels.insert(invitation, (parcel.to_vec(), None));
            Ok(())
        })
    }

    fn take_parcel(&mut self, asker: &Asker, device: PublicKey) -> Result<Vec<u8>, Failure> {
        self.over_line(|endpoint| {
            endpoint.may_ask(asker)?;
            let Signer::Invitation(key) = asker.signer else {
                return Err(Failure::Refused(Cause::NotFound));
            };
            let parcel = endpoint.parcels.get_mut(&KeyHash::of(&key));
            let (parcel, taker) = parcel.ok_or(Failure::Refused(Cause::ContentMissing))?;
            if *taker.get_or_insert(device) != device {
                return Err(Failure::Refused(Cause::ParcelTaken));
            }
            Ok(parcel.clone())
        })
    }
}

pub struct Laptop {
    _folder: TempDir,
    path: PathBuf,
    number: u64,
    opened: u64,
    pub replica: Option<Replica>,
    /// Every change that a user was told was written.
    pub accepted: Vec<ChangeId>,
    pub dropped: Vec<ChangeId>,
}

/// A new, empty register as a file, made once: migrating takes longer than everything else that most worlds do.
fn template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kiulu");
        drop(Store::create(&path, &key(7), Arc::new(Counting::default())).unwrap());
        // Each copy gets an identity of its own.
        let conn = raw(&path);
        conn.execute_batch("DELETE FROM local_meta WHERE key = 'device'; PRAGMA wal_checkpoint(TRUNCATE)")
            .unwrap();
        drop(conn);
        std::fs::read(&path).unwrap()
    })
}

/// A folder in memory where the system has one: there nothing waits for a disk.
fn folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let folder = tempfile::Builder::new().prefix("kiulu").tempdir_in(memory);
    folder.or_else(|_| tempfile::tempdir()).unwrap()
}

impl Laptop {
    pub fn new(number: u64) -> Self {
        let folder = folder();
        let path = folder.path().join("a.kiulu");
        std::fs::write(&path, template()).unwrap();
        let mut one = Self {
            _folder: folder,
            path,
            number,
            opened: 0,
            replica: None,
            accepted: Vec::new(),
            dropped: Vec::new(),
        };
        one.crash();
        one
    }

    /// Everything in memory is gone; the register is opened again.
    pub fn crash(&mut self) {
        // What was told on the screen was told.
        let told = self.replica.as_mut().map(Replica::taken_in_aside);
        self.dropped.extend(told.unwrap_or_default().dropped);
        self.replica = None;
        self.opened += 1;
        let source = Counting::from((self.number << 40) + (self.opened << 20));
        let store = Store::open(&self.path, &key(7), Arc::new(source)).unwrap();
        let random = Seeded(self.number << 32 | self.opened);
        self.replica = Some(Replica::open(Arc::new(store), Box::new(random)).unwrap());
    }

    pub fn replica(&mut self) -> &mut Replica {
        self.replica.as_mut().unwrap()
    }

    pub fn store(&self) -> &Store {
        self.replica.as_ref().unwrap().store()
    }

    pub fn profile(&self) {
        let user = UserId(Uuid::from_u128(0xAA00 + u128::from(self.number)));
        self.store().set_profile(user, "Aino", "aino@example.fi").unwrap();
    }

    pub fn write(
        &mut self,
        work: impl FnOnce(&Tx<'_>) -> kiulu_store::Result<()>,
    ) -> kiulu_store::Result<Option<ChangeId>> {
        let action = Action::ContactEdit { name: "Testi".into() };
        let change = self.store().write(&action, work)?.change;
        self.accepted.extend(change);
        Ok(change)
    }

    pub fn add(&mut self, last: &str) -> ContactId {
        let id = ContactId(self.store().source().uuid());
        self.write(|tx| tx.insert_contact(id, &person("Matti", last)))
            .unwrap();
        id
    }

    pub fn rename(&mut self, id: ContactId, last: &str) {
        self.write(|tx| {
            let mut details = tx.contact(id)?;
            details.last_name = last.into();
            tx.update_contact(id, &details)
        })
        .unwrap();
    }

    pub fn sync(&mut self, endpoint: &mut Endpoint) -> Result<Synced> {
        let mut done = Synced::default();
        let end = self.replica().sync(endpoint, &mut done);
        self.dropped.extend(&done.dropped);
        end.map(|()| done)
    }

    /// Every shared row, the changes among them.
    pub fn dump(&self) -> String {
        dump_with_changes(&raw(&self.path))
    }

    /// Pairs of turns of one resource that overlap.
    pub fn turns_held_twice(&self) -> i64 {
        rows::turns_held_twice(&raw(&self.path))
    }

    pub fn ids(&self, table: &str) -> Vec<Uuid> {
        let raw = raw(&self.path);
        let mut statement = raw
            .prepare(&format!("SELECT id FROM {table} ORDER BY id"))
            .unwrap();
        let found = statement.query_map([], |row| row.get(0)).unwrap();
        found.map(|id| id.unwrap()).collect()
    }

    /// Synchronisation must stop, name the reason, and leave the register as it was.
    pub fn stops(&mut self, endpoint: &mut Endpoint) -> SyncError {
        let (before, head) = (self.dump(), self.replica().head());
        let error = self.sync(endpoint).unwrap_err();
        assert_eq!(self.dump(), before, "{error}: something was taken in");
        assert_eq!(self.replica().head(), head);
        self.crash();
        assert_eq!(self.replica().head(), head);
        error
    }
}

pub fn id_of(laptop: &Laptop) -> DeviceId {
    DeviceId(laptop.store().device())
}

pub const LATER: u64 = 4_000_000_000;

pub fn founder(endpoint: &mut Endpoint) -> Laptop {
    let mut aino = Laptop::new(1);
    aino.profile();
    aino.replica().found(endpoint, "Aino").unwrap();
    aino.sync(endpoint).unwrap();
    aino
}

pub fn joins(number: u64, role: kiulu_wire::Role, by: &mut Laptop, endpoint: &mut Endpoint) -> Laptop {
    let code = by
        .replica()
        .invite(endpoint, role, LATER, "https://kiulu.example.org")
        .unwrap();
    let code = code.to_string().parse().unwrap();
    let mut one = Laptop::new(number);
    one.replica().join(endpoint, &code, "Eero").unwrap();
    if role != kiulu_wire::Role::Viewer {
        one.profile();
        one.sync(endpoint).unwrap();
    }
    by.sync(endpoint).unwrap();
    one
}

pub fn organisation(endpoint: &Endpoint) -> OrganisationId {
    endpoint.roster.as_ref().unwrap().organisation()
}
