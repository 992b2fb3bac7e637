//! A data directory of its own, and its registers seen past the program.

use anyhow::{Context, Result};
use kiulu_app::{App, Keychain, MemoryKeychain};
use kiulu_domain::id::OrganisationId;
use kiulu_store::{FileKey, Store, SystemSource};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// As much of a file as the store's writer keeps in memory, in KiB.
pub(crate) const WRITER_CACHE: i32 = 56 * 1024;

/// The same of its reader.
pub(crate) const READER_CACHE: i32 = 32 * 1024;

/// One laptop.
pub(crate) struct Laptop {
    pub(crate) app: App,
    keychain: Arc<MemoryKeychain>,
    // Last, so that the files go when nothing has them open.
    _folder: TempDir,
}

impl Laptop {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let keychain = Arc::new(MemoryKeychain::working());
        let app = App::new(folder.path().join("data"), Box::new(Arc::clone(&keychain)))?;
        Ok(Self {
            app,
            keychain,
            _folder: folder,
        })
    }

    /// Where a register lies.
    pub(crate) fn path(&self, organisation: OrganisationId) -> PathBuf {
        let folder = self.app.data_dir().join("organisations");
        folder.join(organisation.to_string()).join("kiulu.db")
    }

    /// What opens it.
    pub(crate) fn key(&self, organisation: OrganisationId) -> Result<FileKey> {
        let key = self.keychain.get(&organisation.to_string());
        let key = key.context("the key is not in the keychain")?;
        FileKey::from_bytes(&key).context("the key is no key")
    }

    /// A register's store, beside the one that the program has.
    pub(crate) fn store(&self, organisation: OrganisationId) -> Result<Store> {
        Ok(Store::open(
            &self.path(organisation),
            &self.key(organisation)?,
            Arc::new(SystemSource),
        )?)
    }
}

/// An encrypted file as SQLite alone sees it, with the store's settings.
pub(crate) fn bare(path: &Path, key: &FileKey, cache_kib: i32) -> Result<Connection> {
    let conn = Connection::open(path)?;
    let key: String = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    conn.pragma_update(None, "key", format!("x'{key}'"))?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
    )?;
    Ok(conn)
}
