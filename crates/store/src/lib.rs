//! The encrypted database of one organisation: migrations, changes and all client SQL.
//!
//! [`Store::write`] is the only way to change shared data. It captures what its closure did as a changeset and keeps it as
//! one row of `change`; undo, history, audit and synchronisation all read that row. One file per area holds the SQL.

mod backup;
mod change;
mod changeset;
mod derived;
mod error;
mod file;
mod history;
mod key;
mod schema;
mod source;
mod undo;

pub use backup::{BackupHeader, read_backup_header, restore_backup, write_backup};
pub use change::{Tx, Written};
pub use error::{Error, Result};
pub use file::{Reader, Store};
pub use history::{ChangeSummary, FieldChange, HistoryFilter, RecordChange, RowOperation};
pub use key::{FileKey, KeyFile, RecoveryCode, Secret};
pub use schema::{LOWEST_READER, SCHEMA_VERSION, SHARED_TABLES};
pub use source::{Source, SystemSource};
pub use undo::{EditedSince, OnEdited, UndoPreview};
