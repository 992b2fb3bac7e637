//! Foreign keys of bulk work. While a changeset is applied SQLite would open a savepoint for every row to be able to take it
//! back, and closing one walks the pages saved so far: an undo would take quadratic time. So its connection leaves the keys
//! unchecked, and what is left without a parent is looked for once, afterwards. An import names only rows that it has seen
//! in the same transaction, so that checking each of them again would find nothing.

use crate::changeset::{self, Operation};
use crate::schema::{Columns, SHARED_TABLES, shared_table};
use crate::{Error, Result};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use uuid::Uuid;

/// A connection that leaves foreign keys to us until this goes.
pub(crate) struct Unchecked<'a>(&'a mut Connection);

impl<'a> Unchecked<'a> {
    /// Takes effect between transactions only.
    pub(crate) fn new(conn: &'a mut Connection) -> Result<Self> {
        conn.execute_batch("PRAGMA foreign_keys = OFF")?;
        Ok(Self(conn))
    }
}

impl Deref for Unchecked<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl DerefMut for Unchecked<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.0
    }
}

impl Drop for Unchecked<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.execute_batch("PRAGMA foreign_keys = ON") {
            tracing::error!(%error, "foreign keys stay unchecked");
        }
    }
}

/// A row whose parent is gone.
#[derive(Debug, Clone)]
pub(crate) struct Orphan {
    pub(crate) table: &'static str,
    pub(crate) id: Uuid,
    pub(crate) parent_table: &'static str,
    pub(crate) parent: Uuid,
    /// The column that names the parent.
    pub(crate) column: String,
    /// The row cannot be without a parent.
    pub(crate) required: bool,
}

/// From so many rows of a changeset on, reading every child row is cheaper than looking each row's relations up.
const WHOLE_FROM: usize = 500;

/// Rows that a changeset, just applied, left without a parent.
pub(crate) fn orphans_after(conn: &Connection, columns: &Columns, changeset: &[u8]) -> Result<Vec<Orphan>> {
    let mut rows = 0;
    changeset::walk(changeset, |_| {
        rows += 1;
        Ok(())
    })?;
    if rows >= WHOLE_FROM {
        return orphans(conn);
    }
    let mut found = BTreeMap::new();
    changeset::walk(changeset, |row| {
        for key in columns.keys() {
            if row.operation == Operation::Delete && key.parent == row.table {
                key.orphans_of(conn, row.id, None, &mut found)?;
            }
            if row.operation != Operation::Delete
                && key.table == row.table
                && let Some(place) = columns.position(key.table, &key.column)
                && let Some(parent) = row.after(place).and_then(changeset::as_uuid)
            {
                key.orphans_of(conn, parent, Some(row.id), &mut found)?;
            }
        }
        Ok(())
    })?;
    Ok(found.into_values().collect())
}

/// A column that names a row of another table.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKey {
    table: &'static str,
    column: String,
    required: bool,
    parent: &'static str,
}

impl ForeignKey {
    /// Adds the rows that name a parent which is not there: all of them, or only a certain one.
    fn orphans_of(
        &self,
        conn: &Connection,
        parent: Uuid,
        only: Option<Uuid>,
        found: &mut BTreeMap<(&'static str, Uuid, String), Orphan>,
    ) -> Result<()> {
        let Self {
            table,
            column,
            required,
            parent: parent_table,
        } = self;
        let there = conn
            .prepare_cached(&format!("SELECT 1 FROM {parent_table} WHERE id = ?1"))?
            .exists([parent])?;
        if there {
            return Ok(());
        }
        let mut children = conn.prepare_cached(&match only {
            Some(_) => format!("SELECT id FROM {table} WHERE {column} = ?1 AND id = ?2"),
            None => format!("SELECT id FROM {table} WHERE {column} = ?1 AND ?2 IS NULL"),
        })?;
        let mut rows = children.query(params![parent, only])?;
        while let Some(row) = rows.next()? {
            let id: Uuid = row.get(0)?;
            found.insert(
                (*table, id, column.clone()),
                Orphan {
                    table,
                    id,
                    parent_table,
                    parent,
                    column: column.clone(),
                    required: *required,
                },
            );
        }
        Ok(())
    }
}

/// The foreign keys of the shared tables.
pub(crate) fn foreign_keys(conn: &Connection) -> Result<Vec<ForeignKey>> {
    let mut statement = conn.prepare_cached(
        "SELECT k.\"table\", k.\"from\", t.\"notnull\" FROM pragma_foreign_key_list(?1) k
         JOIN pragma_table_info(?1) t ON t.name = k.\"from\"",
    )?;
    let mut keys = Vec::new();
    for table in SHARED_TABLES {
        let mut rows = statement.query([table])?;
        while let Some(row) = rows.next()? {
            let parent: String = row.get(0)?;
            keys.push(ForeignKey {
                table,
                column: row.get(1)?,
                required: row.get(2)?,
                parent: shared_table(&parent).ok_or(Error::Unreadable("foreign key"))?,
            });
        }
    }
    Ok(keys)
}

/// Every row that breaks a foreign key. Reads every child row there is.
pub(crate) fn orphans(conn: &Connection) -> Result<Vec<Orphan>> {
    let mut found = Vec::new();
    for key in foreign_keys(conn)? {
        let ForeignKey {
            table,
            column,
            required,
            parent: parent_table,
        } = &key;
        let mut broken = conn.prepare_cached(&format!(
            "SELECT id, {column} FROM {table} c WHERE {column} IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM {parent_table} p WHERE p.id = c.{column})"
        ))?;
        let mut rows = broken.query([])?;
        while let Some(row) = rows.next()? {
            found.push(Orphan {
                table,
                id: row.get(0)?,
                parent_table,
                parent: row.get(1)?,
                column: column.clone(),
                required: *required,
            });
        }
    }
    Ok(found)
}
