//! Encrypted copies of an organisation's file. A backup is one file: a header in the clear with the wrapped key, so that a
//! new laptop can open it with the passphrase or the recovery sheet, and behind it the database, encrypted as ever.

use crate::file::{Scratch, check_connection, open_connection};
use crate::schema;
use crate::{Error, FileKey, KeyFile, Result, Store};
use chrono::{DateTime, Utc};
use kiulu_domain::id::{ChangeId, OrganisationId};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{OpenFlags, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

const MAGIC: &[u8; 8] = b"KIULUBK1";

/// The longest header that is read: a forged length must not ask for memory.
const HEADER_LIMIT: u32 = 64 * 1024;

/// What a backup says of itself before it is unlocked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupHeader {
    /// Whose data.
    pub organisation: OrganisationId,
    /// Their name.
    pub name: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The newest change in it.
    #[serde(default)]
    pub newest_change: Option<ChangeId>,
    /// A passphrase is asked for at each start, also on the computer it is restored on.
    #[serde(default)]
    pub asks_each_time: bool,
    /// The wrapped key.
    pub key_file: KeyFile,
}

/// Copies an open organisation into a backup file while it stays in use. The copy is checked page by page and takes the
/// target's name only when it is whole and on the disk.
///
/// # Errors
/// [`Error::DiskFull`]; [`Error::Damaged`] when the copy fails its check, and then no file is left.
pub fn write_backup(store: &Store, header: &BackupHeader, target: &Path) -> Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let copy = Scratch::beside(target, "copy");
    let partial = Scratch::beside(target, "partial");
    copy_database(store, copy.path())?;

    write_parts(header, &mut File::open(copy.path())?, partial.path())?;
    partial.keep_as(target)
}

fn write_parts(header: &BackupHeader, database: &mut File, path: &Path) -> Result<()> {
    let mut out = File::create(path)?;
    let json = serde_json::to_vec(header)?;
    out.write_all(MAGIC)?;
    out.write_all(&(json.len() as u32).to_le_bytes())?;
    out.write_all(&json)?;
    std::io::copy(database, &mut out)?;
    Ok(())
}

/// Copies a backup to another folder, which must be there. The copy takes its name only when it is on the disk.
///
/// # Errors
/// [`Error::NotFound`], [`Error::DiskFull`], [`Error::ReadOnly`].
pub fn copy_backup(backup: &Path, target: &Path) -> Result<()> {
    let partial = Scratch::beside(target, "partial");
    std::fs::copy(backup, partial.path())?;
    partial.keep_as(target)
}

/// Lets the present passphrase and recovery code open an existing backup, and the former ones no longer. The file is replaced
/// whole or not at all. A backup of another key, or one that has them already, is left as it is.
///
/// # Errors
/// Those of [`read_backup_header`]; [`Error::DiskFull`], [`Error::ReadOnly`].
pub fn rewrap_backup(path: &Path, key_file: &KeyFile, asks_each_time: bool) -> Result<()> {
    let mut file = File::open(path)?;
    let header = read_header(&mut file)?;
    let current = header.key_file == *key_file && header.asks_each_time == asks_each_time;
    if current || !header.key_file.same_key(key_file) {
        return Ok(());
    }
    let header = BackupHeader {
        key_file: key_file.clone(),
        asks_each_time,
        ..header
    };
    let partial = Scratch::beside(path, "partial");
    write_parts(&header, &mut file, partial.path())?;
    drop(file);
    partial.keep_as(path)
}

fn copy_database(store: &Store, path: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let source = open_connection(
        &store.path,
        &store.key,
        OpenFlags::SQLITE_OPEN_READ_ONLY,
        2 * 1024,
    )?;
    let mut copy = rusqlite::Connection::open_with_flags(path, flags)?;
    copy.pragma_update(None, "key", store.key.pragma().as_str())?;
    // All in one step: between two of them a write would make the copy begin anew. In WAL mode it holds up nobody.
    if Backup::new(&source, &mut copy)?.step(-1)? != StepResult::Done {
        return Err(Error::Busy);
    }
    check_connection(&copy)
}

/// Reads what a backup says of itself.
///
/// # Errors
/// [`Error::Foreign`] for another kind of file.
pub fn read_backup_header(path: &Path) -> Result<BackupHeader> {
    read_header(&mut File::open(path)?)
}

fn read_header(file: &mut File) -> Result<BackupHeader> {
    let mut start = [0; 12];
    file.read_exact(&mut start).map_err(|_| Error::Foreign)?;
    let (magic, length) = start.split_at(8);
    let length = u32::from_le_bytes(length.try_into().map_err(|_| Error::Foreign)?);
    if magic != MAGIC || length > HEADER_LIMIT {
        return Err(Error::Foreign);
    }
    let mut json = vec![0; length as usize];
    file.read_exact(&mut json).map_err(|_| Error::Foreign)?;
    serde_json::from_slice(&json).map_err(|_| Error::Foreign)
}

/// Unpacks a backup to `target`, which must not exist, after checking every page with the key. The restored file takes a new
/// device identity when it is opened, and has no user until one is named.
///
/// # Errors
/// [`Error::WrongKey`], [`Error::Damaged`], [`Error::Newer`], [`Error::DiskFull`], [`Error::Foreign`] when the header names
/// another organisation than the register inside; nothing is left at `target` then.
pub fn restore_backup(path: &Path, key: &FileKey, target: &Path) -> Result<()> {
    let mut file = File::open(path)?;
    let header = read_header(&mut file)?;
    if !header.key_file.fits(key) {
        return Err(Error::WrongKey);
    }
    if target.exists() {
        return Err(Error::Io(std::io::ErrorKind::AlreadyExists.into()));
    }
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let partial = Scratch::beside(target, "partial");
    let mut out = File::create(partial.path())?;
    if std::io::copy(&mut file, &mut out)? == 0 {
        return Err(Error::Damaged("empty backup".into()));
    }
    drop(out);
    {
        // The key is known to be right, so a file that does not open is damaged.
        let conn = open_connection(partial.path(), key, OpenFlags::SQLITE_OPEN_READ_WRITE, 2 * 1024)
            .map_err(|error| {
                if matches!(error, Error::WrongKey) {
                    Error::Damaged("first page".into())
                } else {
                    error
                }
            })?;
        check_connection(&conn)?;
        schema::recognise(&conn)?;
        let inside: Option<uuid::Uuid> = conn
            .query_row("SELECT id FROM organisation", [], |row| row.get(0))
            .optional()?;
        if inside.is_some_and(|id| id != header.organisation.0) {
            return Err(Error::Foreign);
        }
        // Two laptops with one identity would both sign as the same device, and perhaps as the wrong person.
        conn.execute("DELETE FROM local_meta WHERE key IN ('device', 'user')", [])?;
        conn.close().map_err(|(_, error)| error)?;
    }
    partial.keep_as(target)
}
