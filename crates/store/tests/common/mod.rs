//! A store in a folder of its own, a clock and ids that are the same in every run, and the rows tests are made of.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::contact::{ContactDetails, ContactKind, ContactPoint, ContactPointKind, StakeholderRole};
use kiulu_domain::flat::Flat;
use kiulu_domain::id::{
    ChangeId, ContactId, ContactPointId, FlatId, ImportId, StakeholderKindId, StakeholderRoleId, UserId,
};
use kiulu_domain::vocabulary::{LegalBasis, Retention, StakeholderKind};
use kiulu_store::{FileKey, Source, Store, Tx, Written};
use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use uuid::Uuid;

/// A clock that goes on by a second whenever it is read, and ids that count.
#[derive(Default)]
pub struct Counting(AtomicU64);

impl Counting {
    pub fn from(start: u64) -> Self {
        Self(AtomicU64::new(start))
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Source for Counting {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(1_790_000_000 + (self.next() % (1 << 30)) as i64)
    }

    fn uuid(&self) -> Uuid {
        let n = self.next();
        Uuid::from_u128((0x019d_0000_0000_u128 + u128::from(n)) << 80 | 0x7000_8000 << 48 | u128::from(n))
    }
}

/// The user that signs the changes of [`Fixture`].
pub const USER: UserId = UserId(Uuid::from_u128(0xAA));

pub fn key(byte: u8) -> FileKey {
    FileKey::from_bytes(&[byte; 32]).unwrap()
}

pub struct Fixture {
    pub folder: TempDir,
    pub store: Store,
    pub kind: StakeholderKindId,
    pub flat: FlatId,
    /// A look at the file past the store.
    pub raw: Connection,
}

impl std::ops::Deref for Fixture {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Fixture {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(
            &folder.path().join("test.kiulu"),
            &key(7),
            Arc::new(Counting::default()),
        )
        .unwrap();
        store
            .set_profile(USER, "Aino Sihteeri", "aino@example.fi")
            .unwrap();
        let kind = StakeholderKindId(store.source().uuid());
        let flat = FlatId(store.source().uuid());
        let action = Action::OrganisationCreate { name: "Testi".into() };
        store
            .write(&action, |tx| {
                tx.put_stakeholder_kind(&stakeholder_kind(kind, "Asukas"))?;
                tx.put_flat(&new_flat(flat, "A 12"))
            })
            .unwrap();
        let raw = raw(&folder.path().join("test.kiulu"));
        Self {
            folder,
            store,
            kind,
            flat,
            raw,
        }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("test.kiulu")
    }

    /// Writes as one change that must come about.
    pub fn change(&self, work: impl FnOnce(&Tx<'_>) -> kiulu_store::Result<()>) -> ChangeId {
        self.store
            .write(&Action::ContactEdit { name: "Testi".into() }, work)
            .unwrap()
            .change
            .unwrap()
    }

    pub fn id(&self) -> ContactId {
        ContactId(self.store.source().uuid())
    }

    pub fn add(&self, contact: ContactDetails) -> ContactId {
        let id = self.id();
        self.change(|tx| tx.insert_contact(id, &contact));
        id
    }

    /// Brings so many contacts in, each with a role and a row of origin, as one change.
    pub fn import(&self, count: u32) -> (ChangeId, Vec<ContactId>) {
        let mut ids = Vec::new();
        let written = import(&self.store, self.kind, count, |id| ids.push(id)).unwrap();
        (written.change.unwrap(), ids)
    }

    /// The whole register as text, table by table.
    pub fn dump(&self) -> String {
        dump_of(&self.raw)
    }

    /// Rows read past the store, as text.
    pub fn rows(&self, sql: &str) -> String {
        rows_of(&self.raw, "", sql)
    }

    /// A number read past the store.
    pub fn count(&self, sql: &str) -> i64 {
        self.raw.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

pub fn import(
    store: &Store,
    kind: StakeholderKindId,
    count: u32,
    mut seen: impl FnMut(ContactId),
) -> kiulu_store::Result<Written<()>> {
    let action = Action::Import {
        file: "jäsenet.xlsx".into(),
        created: count,
        updated: 0,
    };
    store.write(&action, |tx| {
        let import = ImportId(tx.uuid());
        tx.insert_import(import, "jäsenet.xlsx", "Taul1", "[]")?;
        for number in 0..count {
            let id = ContactId(tx.uuid());
            seen(id);
            tx.insert_contact(id, &numbered(number))?;
            tx.put_role(&role(tx.uuid(), id, kind, None))?;
            tx.insert_import_row(tx.uuid(), import, id, number + 2, 0b1111)?;
        }
        Ok(())
    })
}

pub fn stakeholder_kind(id: StakeholderKindId, name: &str) -> StakeholderKind {
    StakeholderKind {
        id,
        name: name.into(),
        legal_basis: LegalBasis::Contract,
        retention: Retention::MonthsAfterEnd { months: 12 },
        has_flat: true,
    }
}

pub fn new_flat(id: FlatId, name: &str) -> Flat {
    Flat {
        id,
        stairwell: None,
        name: name.into(),
        floor: None,
        area_tenths: None,
        shares_from: None,
        shares_to: None,
        note: String::new(),
    }
}

pub fn role(id: Uuid, contact: ContactId, kind: StakeholderKindId, flat: Option<FlatId>) -> StakeholderRole {
    StakeholderRole {
        id: StakeholderRoleId(id),
        contact,
        kind,
        flat,
        valid_from: None,
        valid_to: None,
        note: String::new(),
    }
}

pub fn email_point(id: Uuid, value: &str) -> ContactPoint {
    ContactPoint {
        id: ContactPointId(id),
        kind: ContactPointKind::Email,
        value: value.into(),
        address: Default::default(),
        label: String::new(),
    }
}

pub fn person(first: &str, last: &str) -> ContactDetails {
    ContactDetails {
        kind: ContactKind::Person,
        first_name: first.into(),
        last_name: last.into(),
        ..ContactDetails::default()
    }
}

/// The n-th contact of a large import.
pub fn numbered(n: u32) -> ContactDetails {
    ContactDetails {
        first_name: format!("Matti{}", n % 400),
        last_name: format!("Meikäläinen{}", n % 900),
        email: format!("matti{n}@example.fi"),
        phone: format!("+35840{n:07}"),
        number: n.to_string(),
        ..ContactDetails::default()
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The file itself, seen past the store.
pub fn raw(path: &Path) -> Connection {
    raw_with(path, 7)
}

pub fn raw_with(path: &Path, byte: u8) -> Connection {
    raw_with_key(path, &[byte; 32])
}

pub fn raw_with_key(path: &Path, key: &[u8; 32]) -> Connection {
    let conn = Connection::open(path).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    conn.execute_batch("PRAGMA cipher_log_level = NONE").unwrap();
    conn.pragma_update(None, "key", format!("x'{hex}'")).unwrap();
    conn.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    conn.set_prepared_statement_cache_capacity(64);
    conn
}

/// Every shared table's rows in the order of their keys.
pub fn dump(path: &Path) -> String {
    dump_of(&raw(path))
}

fn dump_of(conn: &Connection) -> String {
    let rows = |table: &&str| rows_of(conn, table, &format!("SELECT * FROM {table} ORDER BY id"));
    kiulu_store::SHARED_TABLES.iter().map(rows).collect()
}

/// The same, with the changes.
pub fn dump_with_changes(conn: &Connection) -> String {
    dump_of(conn) + &rows_of(conn, "change", "SELECT * FROM change ORDER BY id")
}

/// Pairs of bookings of one resource that stand and overlap.
pub fn turns_held_twice(conn: &Connection) -> i64 {
    let sql = "SELECT count(*) FROM booking a JOIN booking b ON a.resource = b.resource AND a.id < b.id
         WHERE a.status = 'booked' AND b.status = 'booked' AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at";
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// SplitMix64 (Steele, Lea, Flood 2014): a world follows from its seed.
#[derive(Clone)]
pub struct Seeded(pub u64);

impl Seeded {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        (!all.is_empty()).then(|| all[self.below(all.len() as u64) as usize])
    }
}

fn rows_of(conn: &Connection, name: &str, sql: &str) -> String {
    let mut text = String::new();
    let mut statement = conn.prepare_cached(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let values: Vec<Value> = (0..columns).map(|column| row.get(column).unwrap()).collect();
        text.push_str(&format!("{name} {values:?}\n"));
    }
    text
}

pub fn count(path: &Path, sql: &str) -> i64 {
    raw(path).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Everything that the register keeps as text, changesets unpacked, and every blob's bytes as text where they are.
pub fn everything(path: &Path) -> String {
    let conn = raw(path);
    let mut text = String::new();
    let tables: Vec<String> = {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'";
        let mut statement = conn.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    };
    for table in tables {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) => text += &String::from_utf8_lossy(bytes),
                    ValueRef::Blob(bytes) => {
                        text += &String::from_utf8_lossy(bytes);
                        let unpacked = zstd::decode_all(bytes).unwrap_or_default();
                        text += &String::from_utf8_lossy(&unpacked);
                    }
                    _ => {}
                }
                text.push(' ');
            }
        }
    }
    text
}
