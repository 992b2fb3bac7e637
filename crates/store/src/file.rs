//! Opening one organisation's file: connections, checks, and the doors for reading.

use crate::contact_list::ListCache;
use crate::schema::{self, Columns};
use crate::{Error, FileKey, Result, Source};
use kiulu_domain::id::UserId;
use kiulu_domain::organisation::User;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use uuid::Uuid;

/// An open organisation. Cheap to share between threads: one connection writes, a few read beside it.
pub struct Store {
    pub(crate) path: PathBuf,
    pub(crate) key: FileKey,
    pub(crate) source: Arc<dyn Source>,
    pub(crate) columns: Columns,
    pub(crate) device: Uuid,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    user: RwLock<Option<UserId>>,
    pub(crate) lists: Mutex<ListCache>,
}

/// A consistent view of the database for one piece of work.
pub struct Reader<'a> {
    pub(crate) conn: &'a Connection,
}

/// How much of the database a connection keeps decrypted, in KiB: without it every look-up decrypts a page again.
const WRITER_CACHE_KIB: i64 = 64 * 1024;
const READER_CACHE_KIB: i64 = 32 * 1024;

impl Store {
    /// Makes a new file.
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
        Self::connect(
            path,
            key,
            source,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::WrongKey`], [`Error::Newer`] (the file is untouched), [`Error::Foreign`],
    /// [`Error::Damaged`] when its first pages fail; [`Store::check`] looks at all of them.
    pub fn open(path: &Path, key: &FileKey, source: Arc<dyn Source>) -> Result<Self> {
        if !path.exists() {
            return Err(Error::NotFound);
        }
        Self::connect(path, key, source, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    fn connect(path: &Path, key: &FileKey, source: Arc<dyn Source>, flags: OpenFlags) -> Result<Self> {
        let mut writer = open_connection(path, key, flags, WRITER_CACHE_KIB)?;
        schema::migrate(&mut writer)?;
        let columns = Columns::read(&writer)?;
        let device = meta_uuid(&writer, "device")?.map_or_else(
            || {
                let device = source.uuid();
                set_meta(&writer, "device", device.as_bytes())?;
                Ok::<_, Error>(device)
            },
            Ok,
        )?;
        let user = meta_uuid(&writer, "user")?.map(UserId);
        Ok(Self {
            path: path.to_owned(),
            key: key.clone(),
            source,
            columns,
            device,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            user: RwLock::new(user),
            lists: Mutex::default(),
        })
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
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
        lock(&self.readers).push(conn);
        result
    }

    /// A number that grows when any process has committed to the file since the last call on this thread's connection.
    pub fn data_version(&self) -> Result<i64> {
        Ok(lock(&self.writer).query_row("PRAGMA data_version", [], |row| row.get(0))?)
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
        self.read(|reader| check_connection(reader.conn))
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

    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.writer)
    }
}

impl Reader<'_> {
    pub(crate) fn last_seq(&self) -> Result<i64> {
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
    conn.pragma_update(None, "key", key.pragma().as_str())?;
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;")?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Ok(_) => {}
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(Error::WrongKey);
        }
        Err(error) => return Err(error.into()),
    }
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
    }
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

pub(crate) fn check_connection(conn: &Connection) -> Result<()> {
    for pragma in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
        let mut statement = conn.prepare(pragma)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                return Err(Error::Damaged(line));
            }
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
