//! Bringing back what a backup holds without going back: the difference between the register and the backup becomes one change on
//! top of what there is. Everybody who shares the register gets it, the history shows it, and it can be undone.

use crate::backup::restore_backup;
use crate::change::Signed;
use crate::changeset::{self, Policy};
use crate::erasure::without_erased;
use crate::file::{Scratch, open_connection};
use crate::orphans::{Unchecked, orphans};
use crate::schema::{Recognised, SCHEMA_VERSION, SHARED_TABLES, migrate, recognise};
use crate::undo::sweep;
use crate::{Error, FileKey, Result, Store, Written};
use kiulu_domain::action::Action;
use rusqlite::session::Session;
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;

/// What is as it is: who has signed changes, what waits for somebody, and who has looked at what.
const STAYS: [&str; 3] = ["user", "attention", "access"];

impl Store {
    /// Makes the register what a backup of it holds, by one change. Who was erased since stays erased.
    ///
    /// # Errors
    /// Those of [`restore_backup`]; [`Error::Newer`] for a backup of a newer program; [`Error::OnlyReads`], [`Error::NoUser`];
    /// [`Error::InUse`] where a month would be open before a closed one.
    pub fn bring_back(&self, backup: &Path, key: &FileKey, action: &Action) -> Result<Written<()>> {
        let unpacked = Scratch::beside(self.path(), "brought-back");
        restore_backup(backup, key, unpacked.path())?;
        bring_up_to_date(unpacked.path(), key)?;
        let mut writer = self.writer();
        let attached = Attached::new(&mut writer, unpacked.path(), key)?;
        let mut conn = Unchecked::new(&mut *attached.0)?;
        self.record_on(&mut conn, action, Signed::default(), |tx| {
            let back = without_erased(tx.conn(), &self.columns, &difference(tx.conn())?)?;
            changeset::apply(tx.conn(), &back, Policy::Replace)?;
            sweep(tx.conn(), orphans(tx.conn())?)?;
            tx.settle_after(&self.columns, &back)?;
            tx.periods_follow(&self.columns, &back)
        })
    }
}

/// Gives an unpacked backup the schema of this program.
fn bring_up_to_date(path: &Path, key: &FileKey) -> Result<()> {
    let mut conn = open_connection(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE, 2 * 1024)?;
    if recognise(&conn)? == Recognised::ReadableNewer {
        return Err(Error::Newer {
            needs: conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
            has: SCHEMA_VERSION,
        });
    }
    migrate(&mut conn)?;
    conn.close().map_err(|(_, error)| error.into())
}

/// What makes the register the attached one.
fn difference(conn: &Connection) -> Result<Vec<u8>> {
    let mut session = Session::new(conn)?;
    for table in SHARED_TABLES.iter().filter(|table| !STAYS.contains(table)) {
        session.attach(Some(*table))?;
        session.diff::<&str, _>(ATTACHED, *table)?;
    }
    let mut forth = Vec::new();
    session.changeset_strm(&mut forth)?;
    changeset::invert(&forth)
}

/// The name of the backup beside the register.
const ATTACHED: &str = "backup";

/// A connection that has the backup beside the register until it is dropped.
struct Attached<'a>(&'a mut Connection);

impl<'a> Attached<'a> {
    fn new(conn: &'a mut Connection, backup: &Path, key: &FileKey) -> Result<Self> {
        let path = backup.to_string_lossy();
        conn.execute(
            &format!("ATTACH DATABASE ?1 AS {ATTACHED} KEY ?2"),
            params![path, key.pragma().as_str()],
        )?;
        Ok(Self(conn))
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.execute_batch(&format!("DETACH DATABASE {ATTACHED}")) {
            tracing::warn!(%error, "the backup stays beside the register");
        }
    }
}
