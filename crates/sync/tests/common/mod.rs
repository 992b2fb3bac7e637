//! An endpoint in this process, which can lie and whose line can break, and laptops on real registers.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../store/tests/common/mod.rs"]
pub mod rows;

use kiulu_domain::action::Action;
use kiulu_domain::id::{ChangeId, ContactId, UserId};
use kiulu_store::{Store, Tx};
use kiulu_sync::{Asker, Failure, NoRandomness, Page, Random, Replica, Result, SyncError, Synced, Transport};
use kiulu_wire::problem::Cause;
use kiulu_wire::request::{Asked, Signer};
use kiulu_wire::{Body, ContentHash, Entry, Head, KeyHash, OrganisationId, PublicKey, Record, Roster, batch};
pub use rows::Seeded;
use rows::{Counting, dump_with_changes, key, person, raw};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.iter_mut().for_each(|byte| *byte = self.below(256) as u8);
        Ok(())
    }
}

type Lie = Box<dyn FnMut(&mut Page)>;

/// What the real endpoint does with one organisation, without the network.
#[derive(Default)]
pub struct Endpoint {
    pub roster: Option<Roster>,
    pub entries: Vec<Vec<u8>>,
    pub parcels: BTreeMap<KeyHash, (Vec<u8>, Option<PublicKey>)>,
    /// Changes pages before they are given out.
    pub lie: Option<Lie>,
    /// Breaks the line from a seed: requests and answers get lost, requests come twice.
    pub line: Option<Seeded>,
    /// Lets revoked devices and strangers read: an endpoint that does not keep anybody out.
    pub careless: bool,
}

impl Endpoint {
    pub fn head(&self) -> Head {
        self.roster.as_ref().unwrap().head()
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

    fn take(&mut self, asker: &Asker, sent: &[u8]) -> Result<Head, Failure> {
        self.may_ask(asker)?;
        let sent = batch::decode(sent).unwrap();
        let mut roster = self.roster.clone().unwrap();
        let head = roster.head();
        let first = Entry::decode(&sent[0]).unwrap().header;
        if first.seq != head.seq + 1 || first.previous != head.hash {
            let from = (first.seq - 1) as usize;
            if self.entries.get(from..from + sent.len()) == Some(&sent) {
                return Ok(head);
            }
            return Err(Failure::Refused(Cause::HeadMoved { head }));
        }
        for bytes in &sent {
            let entry = Entry::decode(bytes).unwrap();
            let seq = entry.header.seq;
            let refused = |refused| Failure::Refused(Cause::EntryRefused { seq, refused });
            if let Body::Record(Record::Joined(joining)) = &entry.body {
                let (_, taker) = &self.parcels[&KeyHash::of(&joining.invitation)];
                assert_eq!(*taker, Some(joining.device.key));
            }
            roster.admit(&entry).map_err(refused)?;
        }
        assert!(!roster.awaits_epoch(), "a revocation and its epoch come together");
        self.roster = Some(roster);
        self.entries.extend(sent);
        Ok(self.head())
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
            let rest = endpoint.entries.iter().skip(after as usize);
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

    fn append(&mut self, asker: &Asker, batch: &[u8]) -> Result<Head, Failure> {
        self.over_line(|endpoint| endpoint.take(asker, batch))
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
    pub accepted: Vec<ChangeId>,
    pub dropped: Vec<ChangeId>,
}

impl Laptop {
    pub fn new(number: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kiulu");
        drop(Store::create(&path, &key(7), Arc::new(Counting::from(number << 40))).unwrap());
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
