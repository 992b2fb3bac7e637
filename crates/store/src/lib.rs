//! The encrypted database of one organisation: migrations, changes and all client SQL.
//!
//! [`Store::write`] is the only way to change shared data. It captures what its closure did as a changeset and keeps it as
//! one row of `change`; undo, history, audit and synchronisation all read that row. One file per area holds the SQL.

mod access;
mod attention;
mod backup;
mod bookings;
mod bring_back;
mod calendar_files;
mod change;
mod changeset;
mod charges;
mod contact_filter;
mod contact_list;
mod contacts;
mod derived;
mod derived_check;
mod disclosure;
mod draws;
mod erasure;
mod error;
mod file;
mod flat_bookings;
mod flats;
mod groups;
mod history;
mod imports;
mod key;
mod logged;
mod marks;
mod noted;
mod organisation;
mod orphans;
mod papers;
mod provenance;
mod raw_changeset;
mod rebase;
mod register;
mod row;
mod schema;
mod search_text;
mod settle;
mod shifts;
mod snapshot;
mod source;
mod swap;
mod undo;
mod views;
mod vocabulary;
mod waiting;

pub use attention::RetentionDue;
pub use backup::{
    BackupHeader, copy_backup, read_backup_header, restore_backup, rewrap_backup, write_backup,
};
pub use bookings::{FIRST_DAY, LAST_DAY, ResourceBook};
pub use change::{Tx, Written};
pub use contact_list::{ContactPage, ListedContact};
pub use error::{Error, Result};
pub use file::{Reader, Store, sync_folder};
pub use groups::Group;
pub use history::{ChangeSummary, FieldChange, HistoryFilter, RecordChange, RowOperation};
pub use imports::Origin;
pub use key::{FileKey, KeyFile, RecoveryCode, Secret};
pub use logged::{LogEntry, LoggedChange, Place};
pub use noted::{ClashKind, Clashed, ClashedField, Noted, NotedWhat, Withdrawn, WrittenBy};
pub use provenance::HandEdit;
pub use rebase::Rebased;
pub use register::Executed;
pub use schema::{LOWEST_READER, SCHEMA_VERSION, SHARED_TABLES};
pub use source::{Source, SystemSource};
pub use swap::{Sole, SwapPaths, put_in_place};
pub use undo::{EditedSince, OnEdited, UndoPreview};
