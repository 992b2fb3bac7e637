//! Non-disclosure orders (*turvakielto*) in the log: old values are as secret as the present ones.

use crate::changeset::{self, Operation};
use crate::history::RecordChange;
use crate::schema::contact_column;
use crate::{Error, Result, Store};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

impl Store {
    /// Whose rows of a change a non-disclosure order withholds: contacts that are under one now, and those that were until they
    /// left the register.
    pub fn withheld_of(&self, rows: &[RecordChange]) -> Result<HashSet<Uuid>> {
        let subjects: HashSet<Uuid> = rows
            .iter()
            .filter(|row| contact_column(row.table).is_some())
            .map(|row| row.subject)
            .collect();
        self.read(|reader| {
            let mut withheld = HashSet::new();
            // Of those who left, the change that removed them has what they were.
            let mut gone: BTreeMap<i64, HashSet<Uuid>> = BTreeMap::new();
            for subject in subjects {
                let now: Option<bool> = reader
                    .conn
                    .prepare_cached("SELECT non_disclosure FROM contact WHERE id = ?1")?
                    .query_row([subject], |row| row.get(0))
                    .optional()?;
                match now {
                    Some(true) => {
                        withheld.insert(subject);
                    }
                    Some(false) => {}
                    None => {
                        let last: Option<i64> = reader
                            .conn
                            .prepare_cached("SELECT max(seq) FROM local_touched WHERE subject = ?1")?
                            .query_row([subject], |row| row.get(0))?;
                        if let Some(last) = last {
                            gone.entry(last).or_default().insert(subject);
                        }
                    }
                }
            }
            let place = self
                .columns
                .position("contact", "non_disclosure")
                .ok_or(Error::Unreadable("schema"))?;
            for (seq, subjects) in gone {
                let packed: Vec<u8> = reader
                    .conn
                    .prepare_cached("SELECT changeset FROM change WHERE seq = ?1")?
                    .query_row(params![seq], |row| row.get(0))?;
                changeset::walk(&changeset::unpack(&packed)?, |row| {
                    if row.table == "contact"
                        && row.operation == Operation::Delete
                        && subjects.contains(&row.id)
                        && row.before(place) == Some(ValueRef::Integer(1))
                    {
                        withheld.insert(row.id);
                    }
                    Ok(())
                })?;
            }
            Ok(withheld)
        })
    }
}
