//! Who holds an organisation's file, and putting another one in its place.
//!
//! A file that is renamed under an open connection goes on taking commits that nobody will see again. So every open store
//! holds a shared lock on a file beside its own, in whichever process it is, and replacing takes the lock for itself alone.

use crate::file::{SMALL_CACHE_KIB, companions, open_connection, sync_folder, with_suffix};
use crate::{Error, FileKey, Result, Source, Store};
use rusqlite::OpenFlags;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a waiting process looks again whether the file is free.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A lock on an organisation's file; it goes with the process that holds it, however that ends.
pub(crate) struct Hold(File);

impl Hold {
    /// For an open store: many may have the file open, while nobody replaces it.
    ///
    /// # Errors
    /// [`Error::Busy`] while the file is being replaced.
    pub(crate) fn shared(database: &Path) -> Result<Self> {
        let hold = Self::file(database)?;
        hold.try_shared()?;
        Ok(hold)
    }

    fn try_shared(&self) -> Result<()> {
        taken(self.0.try_lock_shared())
    }

    fn file(database: &Path) -> Result<Self> {
        let path = with_suffix(database, "lock");
        Ok(Self(
            File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path)?,
        ))
    }
}

fn taken(answer: Result<(), TryLockError>) -> Result<()> {
    match answer {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::Busy),
        // Some network drives know no locks; a register on one still opens.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The file for oneself: no store of this or another process has it open.
pub struct Sole(Hold);

impl Sole {
    /// Waits until nobody has the file open.
    ///
    /// # Errors
    /// [`Error::Busy`] when somebody still has it after `patience`.
    pub fn wait(database: &Path, patience: Duration) -> Result<Self> {
        let hold = Hold::file(database)?;
        let until = Instant::now() + patience;
        loop {
            match taken(hold.0.try_lock()) {
                Err(Error::Busy) if Instant::now() < until => std::thread::sleep(LOOK_EVERY),
                answer => return answer.map(|()| Self(hold)),
            }
        }
    }

    /// Lets others in again and stays one of them.
    fn share(self) -> Result<Hold> {
        // Windows would count a second lock beside the first.
        self.0.0.unlock()?;
        self.0.try_shared()?;
        Ok(self.0)
    }
}

/// Where the parts of a restore lie: the file unpacked and checked, and the one it replaced.
#[derive(Debug, Clone)]
pub struct SwapPaths {
    database: PathBuf,
    restored: PathBuf,
    replaced: PathBuf,
}

const RESTORED: &str = "restored-";
const REPLACED: &str = "replaced-";

impl SwapPaths {
    /// The paths of the restore that begins at an instant, beside the database that it replaces.
    pub fn at(database: &Path, instant: chrono::DateTime<chrono::Utc>) -> Self {
        Self::stamped(database, &instant.format("%Y%m%d%H%M%S%3f").to_string())
    }

    fn stamped(database: &Path, stamp: &str) -> Self {
        Self {
            database: database.to_owned(),
            restored: database.with_file_name(format!("{RESTORED}{stamp}.db")),
            replaced: database.with_file_name(format!("{REPLACED}{stamp}.db")),
        }
    }

    /// Where the backup is to be unpacked.
    pub fn restored(&self) -> &Path {
        &self.restored
    }

    /// Where the file that was there before is kept.
    pub fn replaced(&self) -> &Path {
        &self.replaced
    }

    /// Removes what restores that came to nothing have left.
    pub fn clear(database: &Path) {
        for stamp in stamps(database) {
            let paths = Self::stamped(database, &stamp);
            if !paths.replaced.exists() {
                // What cannot be removed is in nobody's way.
                let _ = std::fs::remove_file(paths.restored);
            }
        }
    }

    /// Moves a file with the companions that hold its newest commits.
    fn move_all(from: &Path, to: &Path) -> Result<()> {
        // The companions follow their database: beside another one, SQLite would play their pages into it.
        for (from, to) in companions(from).into_iter().zip(companions(to)) {
            if from.exists() {
                std::fs::rename(from, to)?;
            }
        }
        Ok(())
    }
}

/// The stamps of files that were unpacked and never put in place, the newest first.
fn stamps(database: &Path) -> Vec<String> {
    let entries = database
        .parent()
        .and_then(|folder| std::fs::read_dir(folder).ok());
    let names = entries.into_iter().flatten().flatten();
    let mut stamps: Vec<_> = names
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_prefix(RESTORED)?.strip_suffix(".db")?.to_owned())
        })
        .collect();
    stamps.sort_unstable_by(|a, b| b.cmp(a));
    stamps
}

/// Puts the unpacked file in the place of the organisation's, keeps that one as [`SwapPaths::replaced`], and opens the new
/// one. Waits until nobody has the file open.
///
/// # Errors
/// [`Error::Busy`] when somebody still has it open after `patience`; those of [`Store::open`]. The organisation's file is
/// then the one it was before.
pub fn put_in_place(
    paths: &SwapPaths,
    key: &FileKey,
    source: Arc<dyn Source>,
    patience: Duration,
) -> Result<Store> {
    let sole = Sole::wait(&paths.database, patience)?;
    fold_log(&paths.database, key);
    let put = || -> Result<()> {
        SwapPaths::move_all(&paths.database, &paths.replaced)?;
        std::fs::rename(&paths.restored, &paths.database)?;
        sync_folder(&paths.database)
    };
    put()
        .and_then(|()| Store::open_held(&paths.database, key, source, sole.share()?))
        .inspect_err(|_| {
            if let Err(error) = take_back(paths) {
                // Both files are there under their own names, and the next opening tries again.
                tracing::error!(%error, "the former file is kept aside");
            }
        })
}

fn take_back(paths: &SwapPaths) -> Result<()> {
    if !paths.restored.exists() {
        // It has taken the place: what lies there now came from the backup, which is still there.
        for file in companions(&paths.database) {
            if file.exists() {
                std::fs::remove_file(file)?;
            }
        }
    }
    SwapPaths::move_all(&paths.replaced, &paths.database)?;
    sync_folder(&paths.database)
}

/// Brings the commits of the write-ahead log into the file, so that there is one file to move. A file too damaged for it
/// keeps its log beside it.
fn fold_log(database: &Path, key: &FileKey) {
    if !with_suffix(database, "wal").exists() {
        return;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let folded = open_connection(database, key, flags, SMALL_CACHE_KIB).and_then(|conn| {
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        conn.close().map_err(|(_, error)| error.into())
    });
    if let Err(error) = folded {
        tracing::warn!(%error, "the log stays beside the replaced file");
    }
}

/// Ends a replacing that a crash has cut off between its renames: the former file is aside, the new one is whole but has not
/// taken its place.
pub(crate) fn finish(database: &Path) -> Result<()> {
    let begun = stamps(database)
        .iter()
        .map(|stamp| SwapPaths::stamped(database, stamp))
        .find(|paths| paths.replaced.exists());
    let Some(paths) = begun else {
        return Ok(());
    };
    let _sole = Sole::wait(database, Duration::ZERO)?;
    if !database.exists() {
        // Companions that the crash has left behind go first.
        SwapPaths::move_all(database, &paths.replaced)?;
        std::fs::rename(&paths.restored, database)?;
        sync_folder(database)?;
    }
    Ok(())
}
