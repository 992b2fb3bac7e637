//! Taking a change back: its inverted changeset, applied as a new change.

use crate::changeset::{self, Conflict, Operation, Policy, RowChange};
use crate::derived::{recorded_owners, subject_of};
use crate::orphans::{Orphan, Unchecked, orphans as every_orphan, orphans_after};
use crate::schema::{Columns, contact_column};
use crate::{Error, Result, Store, Written};
use kiulu_domain::action::Action;
use kiulu_domain::id::ChangeId;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params_from_iter};
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
    ///
    /// # Errors
    /// [`Error::NotUndoable`], [`Error::Missing`], [`Error::Busy`].
    pub fn preview_undo(&self, change: ChangeId) -> Result<UndoPreview> {
        let inverse = changeset::invert(&self.undoable(change)?.1)?;
        let mut rows = 0;
        changeset::walk(&inverse, |_| {
            rows += 1;
            Ok(())
        })?;
        let mut writer = self.writer();
        let mut conn = Unchecked::new(&mut writer)?;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let conflicts = changeset::apply(&transaction, &inverse, Policy::Omit)?;
        let orphans = orphans_after(&transaction, &self.columns, &inverse)?;
        let edited_since = edited_since(&transaction, &self.columns, &inverse, &conflicts, &orphans)?;
        transaction.rollback()?;
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
            // Another process may have been faster.
            if tx.is_undone(change)? {
                return Err(Error::NotUndoable);
            }
            self.take_back(tx.conn(), &inverse, on_edited)?;
            tx.settle_after(&self.columns, &inverse)?;
            tx.periods_follow(&self.columns, &inverse)
        })
    }

    fn take_back(&self, conn: &Connection, inverse: &[u8], on_edited: OnEdited) -> Result<()> {
        let policy = if on_edited == OnEdited::UndoThemToo {
            Policy::Replace
        } else {
            Policy::Omit
        };
        let conflicts = changeset::apply(conn, inverse, policy)?;
        let orphans = orphans_after(conn, &self.columns, inverse)?;
        if orphans.is_empty() && !conflicts.iter().any(|conflict| conflict.edited) {
            return Ok(());
        }
        if on_edited == OnEdited::UndoThemToo {
            return sweep(conn, orphans);
        }
        let edited = edited_since(conn, &self.columns, inverse, &conflicts, &orphans)?;
        if on_edited == OnEdited::Stop {
            return Err(Error::EditedSince(edited));
        }
        keep(conn, &self.columns, inverse, &conflicts, &edited)
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

fn edited_since(
    conn: &Connection,
    columns: &Columns,
    inverse: &[u8],
    conflicts: &[Conflict],
    orphans: &[Orphan],
) -> Result<Vec<EditedSince>> {
    let edited: HashSet<(&str, Uuid)> = conflicts
        .iter()
        .filter(|conflict| conflict.edited)
        .map(|conflict| (conflict.table, conflict.id))
        .collect();
    let mut found = BTreeMap::new();
    changeset::walk(inverse, |row| {
        if edited.contains(&(row.table, row.id)) {
            let subject = subject_of(conn, columns, &row)?.unwrap_or(row.id);
            let table = if contact_column(row.table).is_some() {
                "contact"
            } else {
                row.table
            };
            found.insert(subject, table);
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

/// Gives the records that were edited since everything back that the undo took from them, and the rows that these refer to.
fn keep(
    conn: &Connection,
    columns: &Columns,
    inverse: &[u8],
    conflicts: &[Conflict],
    edited: &[EditedSince],
) -> Result<()> {
    let untouched: HashSet<(&str, Uuid)> = conflicts
        .iter()
        .map(|conflict| (conflict.table, conflict.id))
        .collect();
    let edited: HashSet<Uuid> = edited.iter().map(|record| record.subject).collect();
    changeset::walk(inverse, |row| {
        let owners = recorded_owners(columns, &row);
        let owner = match owners.now.or(owners.before) {
            Some(owner) => Some(owner),
            None => subject_of(conn, columns, &row)?,
        };
        if owner.is_some_and(|owner| edited.contains(&owner)) && !untouched.contains(&(row.table, row.id)) {
            put_back(conn, columns, &row)?;
        }
        Ok(())
    })?;
    loop {
        let orphans = every_orphan(conn)?;
        let missing: HashSet<(&str, Uuid)> = orphans
            .iter()
            .map(|orphan| (orphan.parent_table, orphan.parent))
            .collect();
        let mut restored = 0;
        changeset::walk(inverse, |row| {
            if row.operation == Operation::Delete && missing.contains(&(row.table, row.id)) {
                restored += put_back(conn, columns, &row)?;
            }
            Ok(())
        })?;
        if restored == 0 {
            return sweep(conn, orphans);
        }
    }
}

/// Takes back what applying one row of a changeset did; gives the number of rows that changed.
fn put_back(conn: &Connection, columns: &Columns, row: &RowChange<'_>) -> Result<usize> {
    let (table, names) = (row.table, columns.of(row.table));
    let (sql, values): (String, Vec<Value>) = match row.operation {
        Operation::Insert => (format!("DELETE FROM {table} WHERE id = ?"), vec![blob(row.id)]),
        Operation::Delete => (
            format!(
                "INSERT INTO {table}({}) VALUES ({}) ON CONFLICT(id) DO NOTHING",
                names.join(", "),
                vec!["?"; names.len()].join(", ")
            ),
            (0..names.len())
                .map(|column| row.before(column).map_or(Value::Null, changeset::owned))
                .collect(),
        ),
        Operation::Update => {
            let (columns, mut values): (Vec<_>, Vec<_>) = (names.iter().enumerate().skip(1))
                .filter(|(place, _)| row.after(*place).is_some())
                .map(|(place, name)| {
                    let value = row.before(place).map_or(Value::Null, changeset::owned);
                    (format!("{name} = ?"), value)
                })
                .unzip();
            values.push(blob(row.id));
            (
                format!("UPDATE {table} SET {} WHERE id = ?", columns.join(", ")),
                values,
            )
        }
    };
    Ok(conn.prepare_cached(&sql)?.execute(params_from_iter(values))?)
}

fn blob(id: Uuid) -> Value {
    Value::Blob(id.as_bytes().to_vec())
}

/// Takes rows away whose parents are gone, and theirs in turn; a row that can do without the parent stays without it.
pub(crate) fn sweep(conn: &Connection, mut orphans: Vec<Orphan>) -> Result<()> {
    while !orphans.is_empty() {
        for Orphan {
            table,
            id,
            column,
            required,
            ..
        } in orphans
        {
            let sql = if required {
                format!("DELETE FROM {table} WHERE id = ?1")
            } else {
                format!("UPDATE {table} SET {column} = NULL WHERE id = ?1")
            };
            conn.prepare_cached(&sql)?.execute([id])?;
        }
        orphans = every_orphan(conn)?;
    }
    Ok(())
}
