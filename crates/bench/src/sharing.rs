//! Sharing between two laptops over a real endpoint: what was written on the one, handed over and taken in on the other, each beside
//! the bare database with the same bytes or the same changesets.

use crate::endpoint::{Database, Endpoint, Kind};
use crate::figure::Figure;
use crate::laptop::{self, Laptop};
use crate::{ms, ratio, time};
use anyhow::{Result, ensure};
use kiulu_app::{Cancel, Job, MemberRole, NewMember, NewUser, UnlockWay};
use kiulu_domain::action::Action;
use kiulu_domain::contact::{ContactDetails, ContactKind};
use kiulu_domain::id::{ContactId, OrganisationId};
use kiulu_domain::organisation::PostalAddress;
use kiulu_store::{FileKey, LoggedChange, SHARED_TABLES, Store, SystemSource};
use rusqlite::Connection;
use rusqlite::session::ConflictAction;
use rusqlite::types::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;

/// The rows of the one large change.
const LARGE: u32 = 100_000;

/// The changes of one row each.
const SMALL: usize = 10_000;

/// How often everything is measured; the median counts.
const ROUNDS: usize = 3;

/// What takes how long, and beside it the bare peer.
#[derive(Clone, Copy)]
struct Pair {
    own: Duration,
    bare: Duration,
}

/// What was measured in one round.
struct Round {
    push_large: Pair,
    pull_large: Pair,
    push_small: Pair,
    pull_small: Pair,
    first: Pair,
}

/// The figures of sharing, on both databases.
pub(crate) fn figures() -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let rounds = (0..ROUNDS).map(|_| round(kind)).collect::<Result<Vec<Round>>>()?;
        let [push_small, pull_small, push_large, pull_large, first] = match kind {
            Kind::Sqlite => [
                "10 000 changes of one row handed over, SQLite ÷ the same bytes written and synced by bare SQLite",
                "the same taken in ÷ the changesets applied by bare SQLite",
                "one change of 100 000 rows handed over, SQLite ÷ the same bytes written and synced by bare SQLite",
                "the same taken in ÷ the changeset applied by bare SQLite",
                "first synchronisation of 100 000 contacts from a snapshot, SQLite ÷ bare rows and index in bulk",
            ],
            Kind::Postgres => [
                "10 000 changes of one row handed over, PostgreSQL ÷ the same bytes written and synced by bare PostgreSQL",
                "the same taken in, PostgreSQL ÷ the changesets applied by bare SQLite",
                "one change of 100 000 rows handed over, PostgreSQL ÷ the same bytes written and synced by bare PostgreSQL",
                "the same taken in, PostgreSQL ÷ the changeset applied by bare SQLite",
                "first synchronisation of 100 000 contacts from a snapshot, PostgreSQL ÷ bare rows and index in bulk",
            ],
        };
        figures.extend([
            figure(push_small, 3.0, &rounds, |round| round.push_small),
            figure(pull_small, 3.0, &rounds, |round| round.pull_small),
            figure(push_large, 3.0, &rounds, |round| round.push_large),
            figure(pull_large, 3.0, &rounds, |round| round.pull_large),
            figure(first, 1.5, &rounds, |round| round.first),
        ]);
    }
    Ok(figures)
}

fn figure(what: &'static str, limit: f64, rounds: &[Round], of: fn(&Round) -> Pair) -> Figure {
    let mut pairs: Vec<Pair> = rounds.iter().map(of).collect();
    pairs.sort_by(|one, other| ratio(one.own, one.bare).total_cmp(&ratio(other.own, other.bare)));
    let Pair { own, bare } = pairs[pairs.len() / 2];
    Figure {
        what,
        value: ratio(own, bare),
        unit: "×",
        limit,
        detail: format!("{} ÷ {}, median of {ROUNDS}", ms(own), ms(bare)),
    }
}

fn round(kind: Kind) -> Result<Round> {
    let database = Database::new(kind)?;
    let endpoint = Endpoint::start(&database)?;
    let (one, other) = (Laptop::new()?, Laptop::new()?);
    let organisation = crate::association(&one.app)?;
    let store = one.store(organisation)?;
    let bare = Bare::new(&store.unsent()?)?;
    one.app.share(organisation, &endpoint.url, None)?;
    join(&one, &other, organisation, "Toinen")?;
    one.app.sync(organisation)?;

    let contacts = write_large(&store)?;
    let (push_large, pull_large) = measure(&database, &bare, &store, &one, &other, organisation)?;
    write_small(&store, &contacts[..SMALL])?;
    let (push_small, pull_small) = measure(&database, &bare, &store, &one, &other, organisation)?;

    // Whoever is erased leaves the log by a new snapshot, behind which it is cut: who joins now starts from it.
    one.app.erase_contacts(organisation, &contacts[..1])?;
    let third = Laptop::new()?;
    let own = time(|| join(&one, &third, organisation, "Kolmas"))?;
    let count = third.app.describe(organisation)?.contacts;
    ensure!(
        count as usize == contacts.len() - 1,
        "{count} contacts after joining"
    );
    let first = Pair {
        own,
        bare: in_bulk(&one, organisation)?,
    };
    Ok(Round {
        push_large,
        pull_large,
        push_small,
        pull_small,
        first,
    })
}

/// Hands over what the one has written and takes it in at the other; beside it the same bytes in the bare database, and the same
/// changesets in the bare register.
fn measure(
    database: &Database,
    bare: &Bare,
    store: &Store,
    one: &Laptop,
    other: &Laptop,
    organisation: OrganisationId,
) -> Result<(Pair, Pair)> {
    let changes = store.unsent()?;
    let before = last_entry(store)?;
    let own = time(|| {
        let done = one.app.sync(organisation)?;
        ensure!(done.sent as usize == changes.len(), "{} sent", done.sent);
        Ok(())
    })?;
    let entries = store.log_entries(before, usize::MAX)?;
    let push = Pair {
        own,
        bare: written(database, &entries)?,
    };
    let own = time(|| {
        let done = other.app.sync(organisation)?;
        ensure!(
            done.received as usize == changes.len(),
            "{} received",
            done.received
        );
        Ok(())
    })?;
    let pull = Pair {
        own,
        bare: bare.apply(&changes)?,
    };
    Ok((push, pull))
}

/// The number of the last entry that a laptop has.
fn last_entry(store: &Store) -> Result<u64> {
    Ok(store
        .log_entries(0, usize::MAX)?
        .last()
        .map_or(0, |(seq, _)| *seq))
}

fn join(owner: &Laptop, laptop: &Laptop, organisation: OrganisationId, name: &str) -> Result<()> {
    let invited = owner.app.invite(organisation, MemberRole::Editor, 1)?;
    let member = NewMember {
        code: invited.code,
        user: NewUser {
            name: name.into(),
            email: "toinen@kiulu.example".into(),
        },
        unlock: UnlockWay::Keychain,
        passphrase: None,
    };
    let mut job = Job::new(Cancel::default(), |_| {});
    laptop.app.join_organisation(&member, &mut job)?;
    Ok(())
}

fn write_large(store: &Store) -> Result<Vec<ContactId>> {
    let action = Action::Import {
        file: "jasenet.xlsx".into(),
        created: LARGE,
        updated: 0,
    };
    let written = store.write(&action, |tx| {
        (0..LARGE)
            .map(|number| {
                let id = ContactId(tx.uuid());
                tx.insert_contact(id, &contact(number))?;
                Ok::<_, kiulu_store::Error>(id)
            })
            .collect::<kiulu_store::Result<Vec<ContactId>>>()
    })?;
    Ok(written.value)
}

fn contact(number: u32) -> ContactDetails {
    ContactDetails {
        kind: ContactKind::Person,
        first_name: format!("Matti{}", number % 400),
        last_name: format!("Meikäläinen{}", number % 900),
        email: format!("matti{number}@kiulu.example"),
        phone: format!("+35840{number:07}"),
        address: PostalAddress {
            street: format!("Koivukuja {} A {}", number % 90, number % 40),
            postal_code: format!("{:05}", number % 100_000),
            city: "Tampere".into(),
            ..PostalAddress::default()
        },
        number: number.to_string(),
        ..ContactDetails::default()
    }
}

fn write_small(store: &Store, contacts: &[ContactId]) -> Result<()> {
    for (number, contact) in contacts.iter().enumerate() {
        let mut details = store.read(|reader| reader.contact(*contact))?;
        details.phone = format!("+35850{number:07}");
        let name = format!("{} {}", details.first_name, details.last_name);
        store.write(&Action::ContactEdit { name }, |tx| {
            tx.update_contact(*contact, &details)
        })?;
    }
    Ok(())
}

/// A register that only SQLite knows of.
struct Bare {
    conn: Connection,
    _folder: tempfile::TempDir,
}

impl Bare {
    fn new(changes: &[LoggedChange]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (path, key) = (folder.path().join("bare.db"), FileKey::generate()?);
        drop(Store::create(&path, &key, Arc::new(SystemSource))?);
        let conn = laptop::bare(&path, &key, laptop::WRITER_CACHE)?;
        let bare = Self {
            conn,
            _folder: folder,
        };
        bare.apply(changes)?;
        Ok(bare)
    }

    /// Applies what was packed for the log; unpacking is not measured.
    fn apply(&self, changes: &[LoggedChange]) -> Result<Duration> {
        let changesets = changes
            .iter()
            .map(|change| Ok(zstd::decode_all(&*change.changeset)?))
            .collect::<Result<Vec<Vec<u8>>>>()?;
        time(|| {
            self.conn.execute_batch("BEGIN IMMEDIATE")?;
            for changeset in &changesets {
                self.conn
                    .apply_strm(&mut &**changeset, None::<fn(&str) -> bool>, |_, _| {
                        ConflictAction::SQLITE_CHANGESET_ABORT
                    })?;
            }
            Ok(self.conn.execute_batch("COMMIT")?)
        })
    }
}

/// The same rows and the search index, in an empty register.
fn in_bulk(laptop: &Laptop, organisation: OrganisationId) -> Result<Duration> {
    let (path, key) = (laptop.path(organisation), laptop.key(organisation)?);
    let from = laptop::bare(&path, &key, laptop::READER_CACHE)?;
    let folder = tempfile::tempdir()?;
    let (path, key) = (folder.path().join("bare.db"), FileKey::generate()?);
    drop(Store::create(&path, &key, Arc::new(SystemSource))?);
    let to = laptop::bare(&path, &key, laptop::WRITER_CACHE)?;
    let mut tables = Vec::new();
    for table in SHARED_TABLES.iter().chain(&["change"]) {
        let mut statement = from.prepare(&format!("SELECT * FROM {table} ORDER BY id"))?;
        let width = statement.column_count();
        let rows = statement
            .query_map([], |row| (0..width).map(|column| row.get(column)).collect())?
            .collect::<rusqlite::Result<Vec<Vec<Value>>>>()?;
        tables.push((table, width, rows));
    }
    time(|| {
        to.execute_batch("BEGIN IMMEDIATE")?;
        for (table, width, rows) in &tables {
            let marks = vec!["?"; *width].join(", ");
            let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
            for row in rows {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
        }
        // As much room for the words as the store gives them.
        to.execute_batch(
            "INSERT INTO local_contact_search(local_contact_search, rank) VALUES ('hashsize', 16777216);
             INSERT INTO local_contact_search(rowid, name, email, phone, number)
                 SELECT rowid, last_name || ' ' || first_name, email, phone, number FROM contact;
             COMMIT",
        )?;
        Ok(())
    })
}

/// Writes entries into a table of their own and waits for the disk.
fn written(database: &Database, entries: &[(u64, Vec<u8>)]) -> Result<Duration> {
    match &database.server {
        None => written_by_sqlite(entries),
        Some(server) => written_by_postgres(&server.address(), entries),
    }
}

fn written_by_sqlite(entries: &[(u64, Vec<u8>)]) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let conn = Connection::open(folder.path().join("bare.sqlite3"))?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE bare(organisation BLOB NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,
                           PRIMARY KEY (organisation, seq)) STRICT;",
    )?;
    let mut insert = conn.prepare("INSERT INTO bare VALUES (x'2a', ?1, ?2)")?;
    time(|| {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        for (seq, body) in entries {
            insert.execute((seq.cast_signed(), body))?;
        }
        Ok(conn.execute_batch("COMMIT")?)
    })
}

fn written_by_postgres(address: &str, entries: &[(u64, Vec<u8>)]) -> Result<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
        tokio::spawn(connection);
        client
            .batch_execute(
                "DROP TABLE IF EXISTS bare;
                 CREATE TABLE bare(organisation BYTEA NOT NULL, seq BIGINT NOT NULL, body BYTEA NOT NULL,
                                   PRIMARY KEY (organisation, seq));
                 ALTER TABLE bare ALTER COLUMN body SET STORAGE EXTERNAL;",
            )
            .await?;
        let insert = client
            .prepare("INSERT INTO bare SELECT '\\x2a', * FROM unnest($1::bigint[], $2::bytea[])")
            .await?;
        let seqs: Vec<i64> = entries.iter().map(|(seq, _)| seq.cast_signed()).collect();
        let bodies: Vec<&[u8]> = entries.iter().map(|(_, body)| &body[..]).collect();
        let begun = Instant::now();
        client.execute(&insert, &[&seqs, &bodies]).await?;
        Ok(begun.elapsed())
    })
}
