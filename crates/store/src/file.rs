//! Opening one organisation's file: connections, checks, and the doors for reading.

use crate::contact_list::ListCache;
use crate::schema::{self, Columns, Recognised};
use crate::swap::{self, Hold};
use crate::{Error, FileKey, Result, Source, derived_check};
use kiulu_domain::id::{ChangeId, UserId};
use kiulu_domain::organisation::User;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use uuid::Uuid;

/// An open organisation. Cheap to share between threads: one connection writes, a few read beside it.
pub struct Store {
    pub(crate) path: PathBuf,
    pub(crate) key: FileKey,
    pub(crate) source: Arc<dyn Source>,
    pub(crate) columns: Columns,
    pub(crate) device: Uuid,
    pub(crate) lists: Mutex<ListCache>,
    user: RwLock<Option<UserId>>,
    read_only: bool,
    only_reads: AtomicBool,
    readers: Mutex<Vec<Connection>>,
    watcher: Mutex<Watch>,
    /// The last connection to close, since only one that writes can fold the log into the file.
    writer: Mutex<Connection>,
    /// The last to go: until then nobody replaces the file.
    _hold: Hold,
}

/// What is known of the commits to the file.
#[derive(Default)]
struct Watch {
    /// Looks at the file alone, with SQLite's counter at its last look.
    conn: Option<(Connection, i64)>,
    /// The newest change that this store has written or told of.
    seq: i64,
    /// Another process has written between changes of this store.
    elsewhere: bool,
}

/// A consistent view of the database for one piece of work.
pub struct Reader<'a> {
    pub(crate) conn: &'a Connection,
}

/// How much of the database a connection keeps decrypted, in KiB: without it every look-up decrypts a page again.
const WRITER_CACHE_KIB: i64 = 56 * 1024;
const READER_CACHE_KIB: i64 = 32 * 1024;
pub(crate) const SMALL_CACHE_KIB: i64 = 2 * 1024;

/// So many idle connections are kept: each holds on to its decrypted pages.
const IDLE_READERS: usize = 4;

/// To so many bytes the write-ahead log is cut back after a large import.
const LOG_LIMIT: i64 = 32 * 1024 * 1024;

impl Store {
    /// Makes a new file. It takes its name only when it is whole, so that a crash on the way leaves none.
    ///
    /// # Errors
    /// [`Error::Io`] when a file is there already, [`Error::DiskFull`].
    pub fn create(path: &Path, key: &FileKey, source: Arc<dyn Source>) -> Result<Self> {
        if path.exists() {
            return Err(Error::Io(std::io::ErrorKind::AlreadyExists.into()));
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let new = Scratch::beside(path, "new");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut conn = open_connection(new.path(), key, flags, SMALL_CACHE_KIB)?;
        schema::migrate(&mut conn)?;
        conn.close().map_err(|(_, error)| error)?;
        new.keep_as(path)?;
        Self::open(path, key, source)
    }

    /// Opens a file. One of a newer program that still lets this one read it opens read-only: writing a schema that one does
    /// not know would leave its own tables behind.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Foreign`], [`Error::Newer`] (the file is untouched), [`Error::Damaged`] for an empty file
    /// and for pages that fail; [`Store::check`] looks at all of them. [`Error::WrongKey`] when the first page does not open: with a
    /// key that [`crate::KeyFile::fits`] it is the page that is damaged. [`Error::Busy`] while a backup takes its place.
    pub fn open(path: &Path, key: &FileKey, source: Arc<dyn Source>) -> Result<Self> {
        if !path.exists() {
            swap::finish(path)?;
        }
        // Looked at before the lock, so that no lock file appears where there is no register.
        std::fs::metadata(path)?;
        Self::open_held(path, key, source, Hold::shared(path)?)
    }

    pub(crate) fn open_held(path: &Path, key: &FileKey, source: Arc<dyn Source>, hold: Hold) -> Result<Self> {
        let mut start = [0; 16];
        let length = std::io::Read::read(&mut std::fs::File::open(path)?, &mut start)?;
        if length == 0 {
            return Err(Error::Damaged("empty file".into()));
        }
        // An encrypted file begins with random bytes.
        if &start == b"SQLite format 3\0" {
            return Err(Error::Foreign);
        }
        // A writing connection may move pages from the log into the file, so a reading one looks first.
        let probe = open_connection(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY, SMALL_CACHE_KIB)?;
        let read_only = match schema::recognise(&probe)? {
            Recognised::Ours => false,
            Recognised::ReadableNewer => true,
        };
        let flags = if read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        };
        let mut writer = open_connection(path, key, flags, WRITER_CACHE_KIB)?;
        drop(probe);
        if !read_only {
            schema::migrate(&mut writer)?;
        }
        let columns = Columns::read(&writer)?;
        if !read_only {
            derived_check::bring_up_to_date(&mut writer, &columns)?;
        }
        let device = match meta_uuid(&writer, "device")? {
            Some(device) => device,
            None => {
                let device = source.uuid();
                if !read_only {
                    set_meta(&writer, "device", device.as_bytes())?;
                }
                device
            }
        };
        let user = meta_uuid(&writer, "user")?.map(UserId);
        let watch = Watch {
            seq: Reader { conn: &writer }.last_seq()?,
            ..Watch::default()
        };
        Ok(Self {
            path: path.to_owned(),
            key: key.clone(),
            source,
            columns,
            device,
            lists: Mutex::default(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            watcher: Mutex::new(watch),
            user: RwLock::new(user),
            read_only,
            only_reads: AtomicBool::new(false),
            _hold: hold,
        })
    }

    /// Whether the file may only be read, because a newer program wrote it.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Whether this laptop's member may only read: nothing is written then but what the log brings.
    pub fn only_reads(&self) -> bool {
        self.only_reads.load(Ordering::Acquire)
    }

    /// Says whether this laptop's member may only read.
    pub fn set_only_reads(&self, only_reads: bool) {
        self.only_reads.store(only_reads, Ordering::Release);
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The key the file was opened with: for wrapping it anew, and for its backups.
    pub fn key(&self) -> &FileKey {
        &self.key
    }

    /// The laptop, or rather this file on it: the changes written here carry it, and so does the device in the organisation's log.
    pub fn device(&self) -> Uuid {
        self.device
    }

    /// The clock and id maker the store was opened with.
    pub fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Reads within one snapshot: what other threads write meanwhile does not show.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let idle = lock(&self.readers).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => open_connection(
                &self.path,
                &self.key,
                OpenFlags::SQLITE_OPEN_READ_ONLY,
                READER_CACHE_KIB,
            )?,
        };
        conn.execute_batch("BEGIN").map_err(Error::from)?;
        let result = work(&Reader { conn: &conn });
        conn.execute_batch("COMMIT").map_err(Error::from)?;
        let mut idle = lock(&self.readers);
        if idle.len() < IDLE_READERS {
            idle.push(conn);
        }
        result
    }

    /// Whether another process has changed the register since this was asked last. Costs next to nothing and waits for no
    /// write.
    pub fn changed_elsewhere(&self) -> Result<bool> {
        let mut watch = lock(&self.watcher);
        let (conn, before) = match watch.conn.take() {
            Some((conn, version)) => (conn, Some(version)),
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
                let conn = open_connection(&self.path, &self.key, flags, SMALL_CACHE_KIB)?;
                (conn, None)
            }
        };
        let version = conn.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        if before != Some(version) {
            let newest = Reader { conn: &conn }.last_seq()?;
            watch.elsewhere |= newest > watch.seq;
            watch.seq = watch.seq.max(newest);
        }
        watch.conn = Some((conn, version));
        Ok(std::mem::take(&mut watch.elsewhere))
    }

    /// Remembers that this store has written a change, so that it is not taken for another process's.
    pub(crate) fn wrote(&self, seq: i64) {
        let mut watch = lock(&self.watcher);
        watch.elsewhere |= seq > watch.seq + 1;
        watch.seq = watch.seq.max(seq);
    }

    /// The highest sequence number of the log: two equal answers mean that nothing changed between them.
    pub fn last_seq(&self) -> Result<i64> {
        self.read(|reader| reader.last_seq())
    }

    /// Looks at every page's authentication code and at the structure of the file; takes time in proportion to its size.
    ///
    /// # Errors
    /// [`Error::Damaged`] with what was found first.
    pub fn check(&self) -> Result<()> {
        let check = || self.read(|reader| check_connection(reader.conn));
        // Pages are looked at below SQLite's locks: one that is being written just now can look torn, but only once.
        match check() {
            Err(Error::Damaged(_)) => check(),
            result => result,
        }
    }

    /// The newest change of the log: two equal answers mean the same register, whatever the clocks said.
    pub fn newest_change(&self) -> Result<Option<ChangeId>> {
        self.read(|reader| {
            let newest = "SELECT id FROM change ORDER BY seq DESC LIMIT 1";
            let id = reader.conn.query_row(newest, [], |row| row.get(0)).optional()?;
            Ok(id.map(ChangeId))
        })
    }

    /// The user whose name changes carry from now on.
    pub fn user(&self) -> Option<UserId> {
        *self.user.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers on this laptop who its user is. The row itself is written by an ordinary change.
    pub(crate) fn remember_user(&self, user: UserId) {
        *self.user.write().unwrap_or_else(PoisonError::into_inner) = Some(user);
    }

    /// The profile of this laptop's user.
    pub fn profile(&self) -> Result<Option<User>> {
        let Some(user) = self.user() else { return Ok(None) };
        self.read(|reader| reader.user(user))
    }

    pub(crate) fn forget_lists(&self) {
        *lock(&self.lists) = ListCache::default();
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.writer)
    }
}

impl Reader<'_> {
    /// The highest sequence number of the log as this reader sees it.
    pub fn last_seq(&self) -> Result<i64> {
        Ok(self
            .conn
            .query_row("SELECT coalesce(max(seq), 0) FROM change", [], |row| row.get(0))?)
    }

    /// A user's row.
    pub fn user(&self, id: UserId) -> Result<Option<User>> {
        Ok(self
            .conn
            .query_row("SELECT name, email FROM user WHERE id = ?1", [id.0], |row| {
                Ok(User {
                    id,
                    name: row.get(0)?,
                    email: row.get(1)?,
                })
            })
            .optional()?)
    }
}

/// A file being made beside its final place: it goes away again, with SQLite's companions, unless it is kept.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Removes what a crash may have left under the same name.
    pub(crate) fn beside(path: &Path, suffix: &str) -> Self {
        let scratch = Self(with_suffix(path, suffix));
        scratch.remove();
        scratch
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the file its final name, once its content is on the disk.
    pub(crate) fn keep_as(self, path: &Path) -> Result<()> {
        std::fs::OpenOptions::new()
            .write(true)
            .open(&self.0)?
            .sync_all()?;
        std::fs::rename(&self.0, path)?;
        sync_folder(path)
    }

    fn remove(&self) {
        for path in companions(&self.0)
            .into_iter()
            .chain([with_suffix(&self.0, "journal")])
        {
            // What is not there needs no removing; what cannot be removed is overwritten next time.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A database and the files that SQLite keeps beside it in WAL mode.
pub(crate) fn companions(database: &Path) -> [PathBuf; 3] {
    [
        database.to_owned(),
        with_suffix(database, "wal"),
        with_suffix(database, "shm"),
    ]
}

/// Makes a rename in a file's folder survive a power cut. A directory can be opened and synced on Unix alone; elsewhere the
/// rename is as durable as the system makes it.
///
/// # Errors
/// [`Error::Io`].
#[cfg_attr(
    not(unix),
    expect(clippy::unnecessary_wraps, reason = "nothing to do elsewhere")
)]
pub fn sync_folder(of: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = of.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = of;
    Ok(())
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-");
    name.push(suffix);
    PathBuf::from(name)
}

/// A poisoned lock only says that another thread panicked; the transaction it held was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn open_connection(
    path: &Path,
    key: &FileKey,
    flags: OpenFlags,
    cache_kib: i64,
) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // SQLCipher would tell the terminal of every page that fails; errors say it already.
    conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
    conn.pragma_update(None, "key", key.pragma().as_str())?;
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    // Nothing that reads the file may come before this first look.
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Ok(_) => {}
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(Error::WrongKey);
        }
        Err(error) => return Err(error.into()),
    }
    conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;")?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
        conn.query_row(
            &format!("PRAGMA journal_size_limit = {LOG_LIMIT}"),
            [],
            |_| Ok(()),
        )?;
    }
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

pub(crate) fn check_connection(conn: &Connection) -> Result<()> {
    for pragma in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
        let first: Option<String> = conn.query_row(pragma, [], |row| row.get(0)).optional()?;
        if let Some(line) = first.filter(|line| line != "ok") {
            return Err(Error::Damaged(line));
        }
    }
    Ok(())
}

fn meta_uuid(conn: &Connection, key: &str) -> Result<Option<Uuid>> {
    Ok(conn
        .query_row("SELECT value FROM local_meta WHERE key = ?1", [key], |row| {
            row.get(0)
        })
        .optional()?)
}

pub(crate) fn set_meta(conn: &Connection, key: &str, value: &[u8]) -> Result<()> {
    conn.execute(
        "INSERT OR REPLACE INTO local_meta(key, value) VALUES (?1, ?2)",
        rusqlite::params![key, value],
    )?;
    Ok(())
}
