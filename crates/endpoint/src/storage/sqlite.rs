//! SQLite: one file, nothing to set up. One thread writes and commits what many organisations wait for at once;
//! a few connections read beside it.

use super::sqlite_contents as contents;
use super::{
    Append, Appended, Kind, Name, Part, Result, Standing, Storage, StorageError, Taken, fixed, signed,
    unsigned,
};
use async_trait::async_trait;
use bytes::Bytes;
use kiulu_wire::api::ContentIs;
use kiulu_wire::{EntryHash, Head, KeyHash, OrganisationId, PublicKey};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::sync::{Semaphore, oneshot};

/// Each file makes the database one version newer.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/sqlite/0001.sql")];
/// Marks the file as the endpoint's ("KiEp").
const APPLICATION: i64 = 0x4b69_4570;
/// Connections that read at the same time.
const READERS: usize = 4;
/// The most pieces of work in one commit.
const GROUP: usize = 256;

/// Work inside the transaction; gives back how to tell the outcome once the commit is known.
type Work = Box<dyn FnOnce(&Connection) -> Tell + Send>;
/// Told whether the commit succeeded.
type Tell = Box<dyn FnOnce(bool) + Send>;

/// A log database in one SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Option<Writer>>,
    idle: Arc<Mutex<Vec<Connection>>>,
    readers: Arc<Semaphore>,
}

#[derive(Debug)]
struct Writer {
    work: mpsc::SyncSender<Work>,
    thread: std::thread::JoinHandle<()>,
}

impl Sqlite {
    /// Opens the file, making it and its tables where they are missing.
    ///
    /// # Errors
    /// [`StorageError::Newer`], [`StorageError::Sqlite`], [`StorageError::Unreadable`] when the file is another program's.
    pub fn open(path: &Path) -> Result<Self> {
        let mut connection = connect(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        migrate(&mut connection)?;
        let (work, incoming) = mpsc::sync_channel(4 * GROUP);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || write_all(&connection, &incoming))
            .map_err(|_| StorageError::Closed)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(Some(Writer { work, thread })),
            idle: Arc::default(),
            readers: Arc::new(Semaphore::new(READERS)),
        })
    }

    /// Copies the database into a new file while it is in use, with SQLite's backup API.
    ///
    /// # Errors
    /// [`StorageError::Sqlite`]; also when the target exists and is no database.
    pub fn back_up(from: &Path, to: &Path) -> Result<()> {
        let from = connect(from)?;
        let mut to = Connection::open(to)?;
        rusqlite::backup::Backup::new(&from, &mut to)?.run_to_completion(
            1024,
            std::time::Duration::ZERO,
            None,
        )?;
        Ok(())
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let done = in_savepoint(connection, work);
            Box::new(move |committed| {
                let outcome = if committed {
                    done
                } else {
                    Err(StorageError::NotCommitted)
                };
                // Nobody waits any more when the client has gone; what was committed stays.
                let _ = tell.send(outcome);
            })
        });
        let sender = {
            let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.as_ref().map(|writer| writer.work.clone())
        };
        let sender = sender.ok_or(StorageError::Closed)?;
        match sender.try_send(work) {
            Ok(()) => {}
            Err(mpsc::TrySendError::Disconnected(_)) => return Err(StorageError::Closed),
            // More than a thousand pieces of work wait: wait too, off the async threads.
            Err(mpsc::TrySendError::Full(work)) => {
                let sent = tokio::task::spawn_blocking(move || sender.send(work).is_ok()).await;
                if !sent.unwrap_or(false) {
                    return Err(StorageError::Closed);
                }
            }
        }
        told.await.map_err(|_| StorageError::Closed)?
    }

    async fn query<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = self.readers.clone().acquire_owned().await;
        let permit = permit.map_err(|_| StorageError::Closed)?;
        let (idle, path) = (self.idle.clone(), self.path.clone());
        let done = tokio::task::spawn_blocking(move || {
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match kept {
                Some(connection) => connection,
                None => connect(&path)?,
            };
            let done = work(&connection);
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            drop(permit);
            done
        });
        done.await.map_err(|_| StorageError::Closed)?
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let known = signed(MIGRATIONS.len() as u64);
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let number = |pragma: &str| transaction.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let found = number("user_version")?;
    if number("application_id")? != APPLICATION && (found != 0 || number("schema_version")? != 0) {
        return Err(StorageError::Unreadable("database: it is another program's"));
    }
    if found > known {
        return Err(StorageError::Newer { found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// Work that fails leaves no trace, and what others do in the same transaction stays.
fn in_savepoint<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    connection.execute_batch("SAVEPOINT work")?;
    let done = work(connection);
    let end = match done {
        Ok(_) => "RELEASE work",
        Err(_) => "ROLLBACK TO work; RELEASE work",
    };
    connection.execute_batch(end)?;
    done
}

/// Runs what comes, and commits together what has come meanwhile: one wait for the disk serves all.
fn write_all(connection: &Connection, incoming: &mpsc::Receiver<Work>) {
    while let Ok(first) = incoming.recv() {
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            // Whoever waits for the work learns that it was dropped.
            tracing::error!(%error, "a transaction could not be begun");
            continue;
        }
        let works = std::iter::once(first).chain(std::iter::from_fn(|| incoming.try_recv().ok()));
        let mut told: Vec<Tell> = Vec::new();
        for work in works.take(GROUP) {
            // A full disk ends the whole transaction: nothing more may be done outside of it.
            if connection.is_autocommit() {
                break;
            }
            told.push(work(connection));
        }
        let committed = connection.execute_batch("COMMIT");
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
            if !connection.is_autocommit() {
                // The first error is the one to tell.
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        for tell in told {
            tell(committed.is_ok());
        }
    }
}

fn standing(connection: &Connection, organisation: OrganisationId) -> Result<Option<Standing>> {
    let mut select = connection
        .prepare_cached("SELECT head_seq, head_hash, recorded, bytes FROM organisation WHERE id = ?1")?;
    let row = select
        .query_row([organisation.0], |row| {
            Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((seq, hash, recorded, bytes)) = row else {
        return Ok(None);
    };
    Ok(Some(Standing {
        head: Head {
            seq: unsigned(seq),
            hash: EntryHash(fixed(&hash, "head")?),
        },
        recorded: unsigned(recorded),
        bytes: unsigned(bytes),
    }))
}

/// Everything of an append but the comparison of the head.
fn put_append(connection: &Connection, organisation: OrganisationId, append: &Append) -> Result<()> {
    let id = organisation.0;
    let mut insert =
        connection.prepare_cached("INSERT INTO entry (organisation, seq, body) VALUES (?1, ?2, ?3)")?;
    for (seq, body) in (append.after.seq + 1..).zip(&append.entries) {
        insert.execute(params![id, signed(seq), body])?;
    }
    let mut bytes: i64 = append.entries.iter().map(|body| signed(body.len() as u64)).sum();
    if let Some(roster) = &append.roster {
        connection
            .prepare_cached("INSERT OR REPLACE INTO roster (organisation, body) VALUES (?1, ?2)")?
            .execute(params![id, roster])?;
    }
    for key in &append.void_parcels {
        connection.execute(
            "DELETE FROM parcel WHERE organisation = ?1 AND key = ?2",
            params![id, key.0],
        )?;
    }
    if let Some((kept, before)) = &append.keep_snapshots {
        bytes -= contents::drop_snapshots(connection, organisation, kept, *before)?;
    }
    if let Some(cut) = append.cut {
        let through = params![id, signed(cut)];
        let gone: i64 = connection.query_row(
            "SELECT coalesce(sum(length(body)), 0) FROM entry WHERE organisation = ?1 AND seq <= ?2",
            through,
            |row| row.get(0),
        )?;
        connection.execute("DELETE FROM entry WHERE organisation = ?1 AND seq <= ?2", through)?;
        bytes -= gone;
    }
    connection
        .prepare_cached(
            "UPDATE organisation SET head_seq = ?2, head_hash = ?3, recorded = ?4, bytes = bytes + ?5 WHERE id = ?1",
        )?
        .execute(params![
            id,
            signed(append.head.seq),
            append.head.hash.0,
            signed(append.recorded),
            bytes
        ])?;
    Ok(())
}

#[async_trait]
impl Storage for Sqlite {
    async fn create(&self, organisation: OrganisationId, first: Append) -> Result<bool> {
        self.write(move |connection| {
            let made = connection.execute(
                "INSERT INTO organisation (id, head_seq, head_hash, recorded, bytes) VALUES (?1, 0, ?2, 0, 0)
                 ON CONFLICT DO NOTHING",
                params![organisation.0, EntryHash::NONE.0],
            )?;
            if made == 1 {
                put_append(connection, organisation, &first)?;
            }
            Ok(made == 1)
        })
        .await
    }

    async fn standing(&self, organisation: OrganisationId) -> Result<Option<Standing>> {
        self.query(move |connection| standing(connection, organisation))
            .await
    }

    async fn roster(&self, organisation: OrganisationId) -> Result<Option<Vec<u8>>> {
        self.query(move |connection| {
            let mut select = connection.prepare_cached("SELECT body FROM roster WHERE organisation = ?1")?;
            Ok(select.query_row([organisation.0], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn append(&self, organisation: OrganisationId, append: Append) -> Result<Appended> {
        self.write(move |connection| {
            let now = standing(connection, organisation)?;
            if now.is_none_or(|now| now.head != append.after) {
                return Ok(Appended::Moved);
            }
            put_append(connection, organisation, &append)?;
            Ok(Appended::Done)
        })
        .await
    }

    async fn entries(&self, organisation: OrganisationId, after: u64, most: usize) -> Result<Vec<Bytes>> {
        self.query(move |connection| {
            let mut select = connection
                .prepare_cached("SELECT body FROM entry WHERE organisation = ?1 AND seq > ?2 ORDER BY seq")?;
            let mut rows = select.query(params![organisation.0, signed(after)])?;
            let (mut entries, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let body = row
                    .get_ref(0)?
                    .as_blob()
                    .map_err(|_| StorageError::Unreadable("entry"))?;
                bytes += body.len();
                if bytes > most && !entries.is_empty() {
                    break;
                }
                entries.push(Bytes::copy_from_slice(body));
            }
            Ok(entries)
        })
        .await
    }

    async fn content(&self, organisation: OrganisationId, name: Name) -> Result<Option<ContentIs>> {
        self.query(move |connection| contents::state(connection, organisation, name))
            .await
    }

    async fn put_part(&self, organisation: OrganisationId, name: Name, part: Part) -> Result<ContentIs> {
        self.write(move |connection| contents::put_part(connection, organisation, name, &part))
            .await
    }

    async fn finish(&self, organisation: OrganisationId, name: Name) -> Result<()> {
        self.write(move |connection| contents::finish(connection, organisation, name))
            .await
    }

    async fn remove(&self, organisation: OrganisationId, name: Name) -> Result<bool> {
        self.write(move |connection| contents::remove(connection, organisation, name))
            .await
    }

    async fn read(&self, organisation: OrganisationId, name: Name, from: u64, most: usize) -> Result<Bytes> {
        self.query(move |connection| contents::read(connection, organisation, name, from, most))
            .await
    }

    async fn put_parcel(&self, organisation: OrganisationId, key: KeyHash, body: Bytes) -> Result<()> {
        self.write(move |connection| {
            connection.execute(
                "INSERT INTO parcel (organisation, key, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET body = excluded.body WHERE device IS NULL",
                params![organisation.0, key.0, &body[..]],
            )?;
            Ok(())
        })
        .await
    }

    async fn take_parcel(
        &self,
        organisation: OrganisationId,
        key: KeyHash,
        device: PublicKey,
    ) -> Result<Taken> {
        self.write(move |connection| {
            connection.execute(
                "UPDATE parcel SET device = ?3 WHERE organisation = ?1 AND key = ?2 AND device IS NULL",
                params![organisation.0, key.0, device.0],
            )?;
            let found: Option<(Vec<u8>, Vec<u8>)> = connection
                .query_row(
                    "SELECT body, device FROM parcel WHERE organisation = ?1 AND key = ?2",
                    params![organisation.0, key.0],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            Ok(match found {
                None => Taken::Missing,
                Some((body, taker)) if taker == device.0 => Taken::Parcel(body.into()),
                Some(_) => Taken::ByAnother,
            })
        })
        .await
    }

    async fn parcel_taker(&self, organisation: OrganisationId, key: KeyHash) -> Result<Option<PublicKey>> {
        self.query(move |connection| {
            let device: Option<Option<Vec<u8>>> = connection
                .query_row(
                    "SELECT device FROM parcel WHERE organisation = ?1 AND key = ?2",
                    params![organisation.0, key.0],
                    |row| row.get(0),
                )
                .optional()?;
            let device = device.flatten().map(|device| fixed(&device, "parcel"));
            Ok(device.transpose()?.map(PublicKey))
        })
        .await
    }

    async fn ping(&self) -> Result<()> {
        // Through the writer: a database that only reads is of no use.
        self.write(|_| Ok(())).await
    }

    async fn close(&self) {
        self.readers.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let idle = self.idle.clone();
        let closed = tokio::task::spawn_blocking(move || {
            idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            if let Some(Writer { work, thread }) = writer {
                drop(work);
                let _ = thread.join();
            }
        });
        let _ = closed.await;
    }
}

impl Kind {
    /// As it stands in the table.
    pub(super) fn number(self) -> i64 {
        self as i64
    }
}
