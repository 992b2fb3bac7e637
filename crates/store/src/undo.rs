//! Taking a change back: its inverted changeset, applied as a new change.

use crate::changeset::{self, Applied, Conflict, Orphan, Policy};
use crate::derived::subject_of;
use crate::schema::Columns;
use crate::{Error, Result, Store, Tx, Written};
use kiulu_domain::action::Action;
use kiulu_domain::id::ChangeId;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// A record that was edited after the change that is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedSince {
    /// Its table.
    pub table: &'static str,
    /// The record: a contact, flat or group.
    pub subject: Uuid,
}

/// What to do with records that were edited since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnEdited {
    /// Undo nothing and say which they are.
    Stop,
    /// Leave them as they are now, undo the rest.
    KeepThem,
    /// Undo them too; the later edits are lost from the present, not from the history.
    UndoThemToo,
}

/// What an undo would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPreview {
    /// Rows that it would change.
    pub rows: u32,
    /// Records edited since.
    pub edited_since: Vec<EditedSince>,
}

impl Store {
    /// Looks what undoing a change would meet, without changing anything.
    pub fn preview_undo(&self, change: ChangeId) -> Result<UndoPreview> {
        let inverse = changeset::invert(&self.undoable(change)?.1)?;
        let mut conn = self.writer();
        let transaction = conn.transaction()?;
        let mut rows = 0;
        changeset::walk(&inverse, |_| {
            rows += 1;
            Ok(())
        })?;
        let applied = changeset::apply(&transaction, &inverse, Policy::Omit)?;
        let orphans = orphans_of(&transaction, &applied)?;
        transaction.rollback()?;
        let edited_since = edited_since(&conn, &self.columns, &inverse, &applied.conflicts, &orphans)?;
        Ok(UndoPreview { rows, edited_since })
    }

    /// Takes a change back as a new change.
    ///
    /// # Errors
    /// [`Error::EditedSince`] with [`OnEdited::Stop`] when records were edited since; [`Error::NotUndoable`] for changes that
    /// only looked, and for ones undone already.
    pub fn undo(&self, change: ChangeId, on_edited: OnEdited) -> Result<Written<()>> {
        let (action, captured) = self.undoable(change)?;
        let inverse = changeset::invert(&captured)?;
        drop(captured);
        let undo = Action::Undo {
            change,
            of: action.code().to_owned(),
        };
        self.write_undo(&undo, change, |tx| {
            let policy = if on_edited == OnEdited::UndoThemToo {
                Policy::Replace
            } else {
                Policy::Omit
            };
            let applied = changeset::apply(tx.conn(), &inverse, policy)?;
            let orphans = orphans_of(tx.conn(), &applied)?;
            if applied.conflicts.is_empty() && orphans.is_empty() {
                return Ok(());
            }
            match on_edited {
                OnEdited::Stop => Err(Error::EditedSince(edited_since(
                    tx.conn(),
                    &self.columns,
                    &inverse,
                    &applied.conflicts,
                    &orphans,
                )?)),
                OnEdited::KeepThem => put_parents_back(tx, &self.columns, &inverse),
                OnEdited::UndoThemToo => sweep(tx),
            }
        })
    }

    /// The change, if it can be taken back: not yet undone, or its undo undone in turn.
    fn undoable(&self, change: ChangeId) -> Result<(Action, Vec<u8>)> {
        self.read(|reader| {
            let action: String = reader
                .conn
                .query_row("SELECT action FROM change WHERE id = ?1", [change.0], |row| {
                    row.get(0)
                })
                .optional()?
                .ok_or(Error::Missing("change"))?;
            let action: Action = serde_json::from_str(&action)?;
            if !action.can_undo() || reader.is_undone(change)? {
                return Err(Error::NotUndoable);
            }
            Ok((action, reader.changeset_of(change)?))
        })
    }
}

impl crate::Reader<'_> {
    /// Whether a change stands undone: the newest undo of it has not been undone itself.
    pub(crate) fn is_undone(&self, change: ChangeId) -> Result<bool> {
        let newest: Option<Uuid> = self
            .conn
            .prepare_cached("SELECT id FROM change WHERE undoes = ?1 ORDER BY seq DESC LIMIT 1")?
            .query_row([change.0], |row| row.get(0))
            .optional()?;
        newest.map_or(Ok(false), |undo| Ok(!self.is_undone(ChangeId(undo))?))
    }
}

/// Looking for orphans reads every child row, so it is done only when SQLite said that there are some.
fn orphans_of(conn: &Connection, applied: &Applied) -> Result<Vec<Orphan>> {
    if applied.broke_foreign_key {
        changeset::orphans(conn)
    } else {
        Ok(Vec::new())
    }
}

fn edited_since(
    conn: &Connection,
    columns: &Columns,
    inverse: &[u8],
    conflicts: &[Conflict],
    orphans: &[Orphan],
) -> Result<Vec<EditedSince>> {
    let edited: HashSet<(&str, Uuid)> = conflicts
        .iter()
        .map(|conflict| (conflict.table, conflict.id))
        .collect();
    let mut found = BTreeMap::new();
    changeset::walk(inverse, |row| {
        if edited.contains(&(row.table, row.id)) {
            let subject = subject_of(conn, columns, &row)?.unwrap_or(row.id);
            found.insert(subject, row.table);
        }
        Ok(())
    })?;
    for orphan in orphans {
        found.insert(orphan.parent, orphan.parent_table);
    }
    Ok(found
        .into_iter()
        .map(|(subject, table)| EditedSince { table, subject })
        .collect())
}

/// Inserts rows again that the undo deleted but that later rows refer to.
fn put_parents_back(tx: &Tx<'_>, columns: &Columns, inverse: &[u8]) -> Result<()> {
    loop {
        let missing: HashSet<(&str, Uuid)> = changeset::orphans(tx.conn())?
            .iter()
            .map(|orphan| (orphan.parent_table, orphan.parent))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut restored = 0;
        changeset::walk(inverse, |row| {
            if row.operation != changeset::Operation::Delete || !missing.contains(&(row.table, row.id)) {
                return Ok(());
            }
            let names = columns.of(row.table);
            let values = (0..names.len()).map(|column| row.old(column).map(changeset::owned));
            let sql = format!(
                "INSERT OR IGNORE INTO {}({}) VALUES ({})",
                row.table,
                names.join(", "),
                vec!["?"; names.len()].join(", ")
            );
            restored += tx
                .conn()
                .prepare_cached(&sql)?
                .execute(params_from_iter(values))?;
            Ok(())
        })?;
        if restored == 0 {
            return sweep(tx);
        }
    }
}

/// Deletes rows whose parents are gone, and theirs in turn.
fn sweep(tx: &Tx<'_>) -> Result<()> {
    loop {
        let orphans = changeset::orphans(tx.conn())?;
        if orphans.is_empty() {
            return Ok(());
        }
        for orphan in orphans {
            tx.conn().execute(
                &format!("DELETE FROM {} WHERE rowid = ?1", orphan.table),
                [orphan.rowid],
            )?;
        }
    }
}
