//! What can go wrong with the database, told apart by what the user can do about it.

use rusqlite::ErrorCode;

/// Result of a store operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store operation failed. Nothing was changed in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key does not open the file.
    #[error("wrong key")]
    WrongKey,
    /// The passphrase or recovery code does not unwrap the key.
    #[error("wrong passphrase or recovery code")]
    WrongSecret,
    /// Pages of the file fail their checks.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// The file was written by a newer program that says older ones must not read it.
    #[error("the file needs program schema {needs}, this is {has}")]
    Newer {
        /// Lowest schema version that may read the file.
        needs: u32,
        /// This program's schema version.
        has: u32,
    },
    /// No room left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// Another process keeps the file locked.
    #[error("the file is busy")]
    Busy,
    /// The file is not there.
    #[error("the file is not there")]
    NotFound,
    /// The file may only be read.
    #[error("the file may only be read")]
    ReadOnly,
    /// This laptop's member may only read.
    #[error("this laptop may only read")]
    OnlyReads,
    /// The file is not one of Kiulu's.
    #[error("not a file of Kiulu's")]
    Foreign,
    /// A row that the caller named does not exist (any more).
    #[error("no such {0}")]
    Missing(&'static str),
    /// The row is still referred to by others.
    #[error("{0} is in use")]
    InUse(&'static str),
    /// The caller asked for the work to stop.
    #[error("cancelled")]
    Cancelled,
    /// What was to be written had been worked out for an older state of the register.
    #[error("the register has changed since")]
    Outdated,
    /// Undo met rows that were edited since; nothing was undone.
    #[error("{} rows were edited since", .0.len())]
    EditedSince(Vec<crate::EditedSince>),
    /// A change of the log does not fit what the log gave before it: this replica is not what it should be, or the log is not.
    #[error("change {} of the log does not fit", .0.0)]
    Diverged(kiulu_domain::id::ChangeId),
    /// What a snapshot holds has another hash than its record says.
    #[error("the data differs from what the record says")]
    StateDiffers,
    /// The change cannot be undone by its nature, or has been already.
    #[error("the change cannot be undone")]
    NotUndoable,
    /// No user profile has been written, so a change could not be signed.
    #[error("no user profile")]
    NoUser,
    /// The disk, stick or network drive does not do what it is asked.
    #[error("reading or writing failed: {0}")]
    Io(std::io::Error),
    /// Anything else that SQLite reports: a fault of the program.
    #[error(transparent)]
    Database(rusqlite::Error),
    /// A stored value has a form that this program does not know.
    #[error("unreadable value in {0}")]
    Unreadable(&'static str),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        // A full disk also shows as no room for the index of the write-ahead log (SQLITE_IOERR_SHMSIZE).
        if let rusqlite::Error::SqliteFailure(failure, _) = &error
            && failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
        {
            return Self::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            // A connection is never asked to make a file, so one that cannot be opened has gone.
            Some(ErrorCode::CannotOpen) => Self::NotFound,
            Some(ErrorCode::SystemIoFailure) => Self::Io(std::io::Error::other(error)),
            _ => Self::Database(error),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::NotFound => Self::NotFound,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(_: serde_json::Error) -> Self {
        Self::Unreadable("JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn what_the_system_refuses_is_told_apart_from_faults_of_the_program() {
        let of = |code| {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            format!("{:?}", Error::from(failure))
        };
        for (code, expected) in [
            (ffi::SQLITE_CANTOPEN, "NotFound"),
            (ffi::SQLITE_PERM, "ReadOnly"),
            (ffi::SQLITE_READONLY_DIRECTORY, "ReadOnly"),
            (ffi::SQLITE_IOERR_READ, "Io("),
            (ffi::SQLITE_IOERR_SHMSIZE, "DiskFull"),
            (ffi::SQLITE_CORRUPT, "Damaged("),
            (ffi::SQLITE_MISUSE, "Database("),
        ] {
            assert!(of(code).starts_with(expected), "{code}: {}", of(code));
        }
    }
}
