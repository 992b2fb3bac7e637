//! Walking, inverting and applying what the session extension records.

use crate::{Error, Result};
use fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::Connection;
use rusqlite::hooks::Action;
use rusqlite::session::{ChangesetItem, ChangesetIter, ConflictAction, ConflictType, invert_strm};
use rusqlite::types::{Value, ValueRef};
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Insert,
    Update,
    Delete,
}

/// One row of a changeset while it is walked.
pub(crate) struct RowChange<'a> {
    pub(crate) table: &'static str,
    pub(crate) operation: Operation,
    pub(crate) id: Uuid,
    item: &'a ChangesetItem,
}

impl RowChange<'_> {
    /// The value a column had before; nothing for an inserted row or a column that did not change.
    pub(crate) fn before(&self, column: usize) -> Option<ValueRef<'_>> {
        match self.operation {
            Operation::Insert => None,
            _ => self.item.old_value(column).ok(),
        }
    }

    /// The value a column got; nothing for a deleted row or a column that did not change.
    pub(crate) fn after(&self, column: usize) -> Option<ValueRef<'_>> {
        match self.operation {
            Operation::Delete => None,
            _ => self.item.new_value(column).ok(),
        }
    }
}

/// A value that is an id.
pub(crate) fn as_uuid(value: ValueRef<'_>) -> Option<Uuid> {
    match value {
        ValueRef::Blob(bytes) => Uuid::from_slice(bytes).ok(),
        _ => None,
    }
}

/// Calls `visit` with every row of a changeset. Rows of tables this program does not know are passed over.
pub(crate) fn walk(changeset: &[u8], mut visit: impl FnMut(RowChange<'_>) -> Result<()>) -> Result<()> {
    let mut bytes = changeset;
    let input: &mut dyn Read = &mut bytes;
    let mut rows = ChangesetIter::start_strm(&input)?;
    while let Some(item) = rows.next()? {
        let operation = item.op()?;
        let Some(table) = crate::schema::shared_table(operation.table_name()) else {
            continue;
        };
        let code = operation.code();
        let (operation, key) = match code {
            Action::SQLITE_INSERT => (Operation::Insert, item.new_value(0)?),
            Action::SQLITE_DELETE => (Operation::Delete, item.old_value(0)?),
            _ => (Operation::Update, item.old_value(0)?),
        };
        let id = as_uuid(key).ok_or(Error::Unreadable("changeset"))?;
        visit(RowChange {
            table,
            operation,
            id,
            item,
        })?;
    }
    Ok(())
}

/// The changeset that takes another one back.
pub(crate) fn invert(changeset: &[u8]) -> Result<Vec<u8>> {
    let mut inverse = Vec::with_capacity(changeset.len());
    invert_strm(&mut &*changeset, &mut inverse)?;
    Ok(inverse)
}

/// One row that was not applied as recorded.
#[derive(Debug, Clone)]
pub(crate) struct Conflict {
    pub(crate) table: &'static str,
    pub(crate) id: Uuid,
    /// It was edited or deleted since. Otherwise it was left alone because it is already as it was to become.
    pub(crate) edited: bool,
    /// What was to happen to it.
    pub(crate) operation: Operation,
    /// It is not there any more.
    pub(crate) gone: bool,
    /// Columns that are neither as the changeset found them nor as it wants them.
    pub(crate) clashes: Vec<Clash>,
}

/// A column that two have written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clash {
    /// Its place in the table.
    pub(crate) column: usize,
    /// What stands there; nothing where the row is gone.
    pub(crate) present: Option<Value>,
    /// What the changeset wants there; nothing where it wants the row gone.
    pub(crate) wanted: Option<Value>,
}

/// What to do with rows that were changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Leave them.
    Omit,
    /// Overwrite them.
    Replace,
}

/// Applies a changeset inside the caller's transaction and gives every row that it left alone or overwrote. Orphans ([`crate::orphans`]) are the caller's to deal with before it commits.
pub(crate) fn apply(conn: &Connection, changeset: &[u8], policy: Policy) -> Result<Vec<Conflict>> {
    let met: Arc<Mutex<Vec<Conflict>>> = Arc::default();
    let collected = Arc::clone(&met);
    let handler = move |kind: ConflictType, item: ChangesetItem| {
        // For FOREIGN_KEY the iterator stands on no row: asking it for one reads a null pointer.
        if kind == ConflictType::SQLITE_CHANGESET_FOREIGN_KEY {
            return ConflictAction::SQLITE_CHANGESET_OMIT;
        }
        let edited = !stands_already(&kind, &item);
        collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(describe(&kind, &item, edited));
        if !edited {
            return ConflictAction::SQLITE_CHANGESET_OMIT;
        }
        match (policy, kind) {
            (
                Policy::Replace,
                ConflictType::SQLITE_CHANGESET_DATA | ConflictType::SQLITE_CHANGESET_CONFLICT,
            ) => ConflictAction::SQLITE_CHANGESET_REPLACE,
            _ => ConflictAction::SQLITE_CHANGESET_OMIT,
        }
    };
    conn.apply_strm(&mut &*changeset, None::<fn(&str) -> bool>, handler)?;
    let conflicts = std::mem::take(&mut *met.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(conflicts)
}

/// Whether the row is by now what the changeset would make of it, or gone: two who did the same are no conflict.
fn stands_already(kind: &ConflictType, item: &ChangesetItem) -> bool {
    let Ok(operation) = item.op() else { return false };
    let same = |column: i32| match item.new_value(column as usize) {
        Ok(new) => item.conflict(column as usize).is_ok_and(|present| present == new),
        // An update says nothing of columns that it leaves alone.
        Err(_) => operation.code() == Action::SQLITE_UPDATE,
    };
    match kind {
        ConflictType::SQLITE_CHANGESET_CONFLICT => (0..operation.number_of_columns()).all(same),
        ConflictType::SQLITE_CHANGESET_DATA => {
            operation.code() == Action::SQLITE_UPDATE && (0..operation.number_of_columns()).all(same)
        }
        ConflictType::SQLITE_CHANGESET_NOTFOUND => operation.code() == Action::SQLITE_DELETE,
        _ => false,
    }
}

fn describe(kind: &ConflictType, item: &ChangesetItem, edited: bool) -> Option<Conflict> {
    let row = item.op().ok()?;
    let table = crate::schema::shared_table(row.table_name())?;
    let (operation, key) = match row.code() {
        Action::SQLITE_INSERT => (Operation::Insert, item.new_value(0).ok()?),
        Action::SQLITE_DELETE => (Operation::Delete, item.old_value(0).ok()?),
        _ => (Operation::Update, item.old_value(0).ok()?),
    };
    let id = as_uuid(key)?;
    let gone = *kind == ConflictType::SQLITE_CHANGESET_NOTFOUND;
    let columns = 1..row.number_of_columns() as usize;
    Some(Conflict {
        table,
        id,
        edited,
        operation,
        gone,
        clashes: if edited {
            columns
                .filter_map(|column| clash(item, operation, gone, column))
                .collect()
        } else {
            Vec::new()
        },
    })
}

fn clash(item: &ChangesetItem, operation: Operation, gone: bool, column: usize) -> Option<Clash> {
    let present = if gone { None } else { item.conflict(column).ok() };
    let found = match operation {
        Operation::Insert => None,
        _ => item.old_value(column).ok(),
    };
    let wanted = match operation {
        Operation::Delete => None,
        // An update says nothing of columns that it leaves alone.
        _ => Some(item.new_value(column).ok()?),
    };
    let stands = present.is_some() && (present == found || present == wanted);
    (!stands).then(|| Clash {
        column,
        present: present.map(owned),
        wanted: wanted.map(owned),
    })
}

/// Packs a changeset for the log: strongly when it is small and kept for years, quickly when it is an import.
pub(crate) fn pack(changeset: &[u8]) -> Result<Vec<u8>> {
    let level = if changeset.len() < 1 << 20 { 9 } else { 1 };
    // Told the size beforehand, the compressor makes its tables no larger than a small change needs.
    Ok(zstd::bulk::compress(changeset, level)?)
}

/// Reads a changeset of the log.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    Ok(zstd::decode_all(packed)?)
}

/// A value taken out of a changeset to be kept.
pub(crate) fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}
