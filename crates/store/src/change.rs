//! The one door for writing: a transaction that is captured as a changeset and kept as a change.

use crate::changeset::{self, pack};
use crate::derived;
use crate::logged::{LoggedChange, insert_change, rebase_name};
use crate::orphans::Unchecked;
use crate::schema::{SCHEMA_VERSION, SHARED_TABLES};
use crate::{Error, Reader, Result, Source, Store};
use chrono::{DateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::id::{ChangeId, UserId};
use rusqlite::session::Session;
use rusqlite::{Connection, TransactionBehavior, params};
use std::ops::Deref;
use uuid::Uuid;

/// The inside of a write: everything a [`Reader`] can do, and the changes of each area.
pub struct Tx<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) source: &'a dyn Source,
}

impl<'a> Deref for Tx<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl Tx<'_> {
    pub(crate) fn conn(&self) -> &Connection {
        self.reader.conn
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.source.now()
    }

    /// A new row's id.
    pub fn uuid(&self) -> Uuid {
        self.source.uuid()
    }
}

/// What a write gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// The closure's value.
    pub value: T,
    /// The change that was recorded; nothing when the closure left every row as it was.
    pub change: Option<ChangeId>,
}

/// How far a commit must be safe before the caller goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// Survives a crash of the program; a power cut may lose the last commits, never tear them.
    Process,
    /// Survives a power cut: for commits that the outside already acts on.
    Power,
}

/// What a change says of itself beside its action.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signed {
    /// Its author, where it is not the store's user.
    by: Option<UserId>,
    /// The change it takes back.
    undoes: Option<ChangeId>,
}

impl Store {
    /// Runs `work` in one transaction and records what it did as one change. An error of `work` leaves nothing behind; so does
    /// work that changes no row.
    ///
    /// # Errors
    /// What `work` returns; [`Error::NoUser`] before a profile was written, [`Error::DiskFull`], [`Error::Busy`].
    pub fn write<T, E: From<Error>>(
        &self,
        action: &Action,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        self.record(action, Durability::Process, Signed::default(), work)
    }

    /// [`Store::write`] for commits that must survive a power cut (`synchronous = FULL`), because the outside acts on them:
    /// what has been mailed must not be mailed again.
    pub fn write_durably<T, E: From<Error>>(
        &self,
        action: &Action,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        self.record(action, Durability::Power, Signed::default(), work)
    }

    /// [`Store::write`] for bulk work that sees to the foreign keys by itself: they are not checked row by row.
    pub fn write_unchecked<T, E: From<Error>>(
        &self,
        action: &Action,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        let mut writer = self.writer();
        self.record_on(
            &mut *Unchecked::new(&mut writer)?,
            action,
            Signed::default(),
            work,
        )
    }

    /// The same for an undo.
    pub(crate) fn write_undo<T, E: From<Error>>(
        &self,
        action: &Action,
        undoes: ChangeId,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        let signed = Signed {
            by: None,
            undoes: Some(undoes),
        };
        let mut writer = self.writer();
        self.record_on(&mut *Unchecked::new(&mut writer)?, action, signed, work)
    }

    fn record<T, E: From<Error>>(
        &self,
        action: &Action,
        durability: Durability,
        signed: Signed,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        let mut conn = self.writer();
        if durability == Durability::Power {
            conn.execute_batch("PRAGMA synchronous = FULL")
                .map_err(Error::from)?;
        }
        let result = self.record_on(&mut conn, action, signed, work);
        if durability == Durability::Power
            && let Err(error) = conn.execute_batch("PRAGMA synchronous = NORMAL")
        {
            // What was written stands; later commits are only safer than they need to be.
            tracing::warn!(%error, "commits stay fully synchronous");
        }
        result
    }

    pub(crate) fn record_on<T, E: From<Error>>(
        &self,
        conn: &mut Connection,
        action: &Action,
        signed: Signed,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<Written<T>, E> {
        let transaction = conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)?;
        let (value, captured) = {
            let mut session = capture(&transaction)?;
            let value = work(&Tx {
                reader: Reader { conn: &transaction },
                source: &*self.source,
            })?;
            let mut captured = Vec::new();
            session.changeset_strm(&mut captured).map_err(Error::from)?;
            (value, captured)
        };
        if captured.is_empty() {
            return Ok(Written { value, change: None });
        }
        if self.only_reads() {
            return Err(Error::OnlyReads.into());
        }
        let author = signed.by.or_else(|| self.user()).ok_or(Error::NoUser)?;
        let (change, seq) = self.append(&transaction, action, author, signed.undoes, &captured)?;
        transaction.commit().map_err(Error::from)?;
        self.wrote(seq);
        Ok(Written {
            value,
            change: Some(change),
        })
    }

    fn append(
        &self,
        conn: &Connection,
        action: &Action,
        author: UserId,
        undoes: Option<ChangeId>,
        captured: &[u8],
    ) -> Result<(ChangeId, i64)> {
        let id = ChangeId(self.source.uuid());
        let seq = Reader { conn }.last_seq()? + 1;
        let (row_count, packed) = std::thread::scope(|scope| {
            let packed = scope.spawn(|| pack(captured));
            let row_count = derived::follow(conn, &self.columns, captured, seq)?.rows;
            let packed = packed
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok::<_, Error>((row_count, packed))
        })?;
        let change = LoggedChange {
            id,
            at: self.source.now().timestamp_millis(),
            author,
            device: self.device,
            action: serde_json::to_string(action)?,
            rebase: rebase_name(action).to_owned(),
            schema: SCHEMA_VERSION,
            undoes,
            changeset: packed,
        };
        insert_change(conn, &change, seq, row_count)?;
        Ok((id, seq))
    }

    /// Writes this laptop's user: their row by an ordinary change, and whose laptop it is beside it.
    pub fn set_profile(&self, id: UserId, name: &str, email: &str) -> Result<Written<()>> {
        let action = Action::ProfileEdit {
            name: name.to_owned(),
        };
        // The change that introduces the user is signed by the user.
        let written = self.record(
            &action,
            Durability::Process,
            Signed {
                by: Some(id),
                undoes: None,
            },
            |tx| {
                tx.conn().execute(
                    "INSERT INTO user(id, name, email) VALUES (?1, ?2, ?3)
                 ON CONFLICT(id) DO UPDATE SET name = excluded.name, email = excluded.email",
                    params![id.0, name, email],
                )?;
                Ok::<_, Error>(())
            },
        )?;
        // Whose laptop this is holds even when the row was there already, from another laptop of theirs.
        crate::file::set_meta(&self.writer(), "user", id.0.as_bytes())?;
        self.remember_user(id);
        Ok(written)
    }

    pub(crate) fn changeset_of(&self, change: ChangeId) -> Result<Vec<u8>> {
        self.read(|reader| reader.changeset_of(change))
    }
}

impl Reader<'_> {
    pub(crate) fn changeset_of(&self, change: ChangeId) -> Result<Vec<u8>> {
        let packed: Vec<u8> = self
            .conn
            .query_row("SELECT changeset FROM change WHERE id = ?1", [change.0], |row| {
                row.get(0)
            })
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Error::Missing("change"),
                error => error.into(),
            })?;
        changeset::unpack(&packed)
    }
}

/// A session on every shared table.
pub(crate) fn capture(conn: &Connection) -> Result<Session<'_>> {
    let mut session = Session::new(conn)?;
    for table in SHARED_TABLES {
        session.attach(Some(*table))?;
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileKey, SystemSource};
    use kiulu_domain::contact::ContactDetails;
    use kiulu_domain::id::ContactId;
    use std::sync::Arc;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let key = FileKey::generate().unwrap();
        let store = Store::create(&folder.path().join("a.kiulu"), &key, Arc::new(SystemSource)).unwrap();
        store
            .set_profile(UserId(Uuid::now_v7()), "Aino", "aino@example.fi")
            .unwrap();
        (folder, store)
    }

    fn synchronous(conn: &Connection) -> i64 {
        conn.query_row("PRAGMA synchronous", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn commits_that_the_outside_acts_on_reach_the_disk() {
        const NORMAL: i64 = 1;
        const FULL: i64 = 2;
        let (_folder, store) = store();
        let action = Action::OrganisationEdit;
        let within = |tx: &Tx<'_>| Ok::<_, Error>(synchronous(tx.conn()));
        assert_eq!(store.write(&action, within).unwrap().value, NORMAL);
        assert_eq!(store.write_durably(&action, within).unwrap().value, FULL);
        let failed = store.write_durably(&action, |_| Err::<(), _>(Error::Cancelled));
        assert!(failed.is_err());
        assert_eq!(store.write(&action, within).unwrap().value, NORMAL);
    }

    #[test]
    fn a_full_disk_keeps_what_was_there_and_takes_what_fits() {
        let (_folder, store) = store();
        let add = |count: usize| {
            store.write(&Action::OrganisationEdit, |tx| {
                (0..count)
                    .try_for_each(|_| tx.insert_contact(ContactId(tx.uuid()), &ContactDetails::default()))
            })
        };
        add(10).unwrap();
        let limit = |pages: i64| {
            let conn = store.writer();
            let set: i64 = conn
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))
                .unwrap();
            set
        };
        let pages: i64 = store
            .writer()
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        assert_eq!(limit(pages + 40), pages + 40);
        assert!(matches!(add(5000), Err(Error::DiskFull)));
        let count = |store: &Store| {
            store
                .contact_count(&Default::default(), chrono::NaiveDate::MIN)
                .unwrap()
        };
        assert_eq!(count(&store), 10);
        add(5).unwrap();
        limit(1 << 30);
        add(5000).unwrap();
        assert_eq!(count(&store), 5015);
        store.check().unwrap();
        store.check_derived().unwrap();
    }
}
