//! Rewriting a changeset without some of its rows. SQLite has no call for it; the form is documented in its session extension
//! (<https://sqlite.org/session.html>, `sqlite3session.c`): a header per table, then for each row an operation, a flag, and the old
//! record, the new one, or both.

use crate::schema::shared_table;
use crate::{Error, Result};
use std::collections::HashSet;
use uuid::Uuid;

/// What becomes of a row.
pub(crate) enum Verdict<'a> {
    /// It stays as it is.
    Keep,
    /// It goes.
    Drop,
    /// It stays, and where a column names one of these people it becomes NULL.
    Blank(Column<'a>),
}

/// A column that names people.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) place: usize,
    pub(crate) people: &'a HashSet<Uuid>,
}

const UNREADABLE: Error = Error::Unreadable("changeset");

const INSERT: u8 = 18;
const UPDATE: u8 = 23;
const DELETE: u8 = 9;

const UNCHANGED: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;
const NULL: u8 = 5;

/// The changeset with what becomes of each of its rows. Rows of tables that this program does not know stay.
pub(crate) fn rewrite<'a>(
    changeset: &[u8],
    mut verdict: impl FnMut(&'static str, Uuid) -> Verdict<'a>,
) -> Result<Vec<u8>> {
    let mut from = Bytes(changeset);
    let mut out = Vec::with_capacity(changeset.len());
    let mut table = None;
    let (mut header, mut columns): (&[u8], usize) = (&[], 0);
    while let Some(&kind) = from.0.first() {
        if kind == b'T' {
            (header, columns, table) = from.header()?;
            continue;
        }
        let row = from.0;
        from.take(2)?;
        let records = match kind {
            INSERT | DELETE => 1,
            UPDATE => 2,
            _ => return Err(UNREADABLE),
        };
        let mut values = Vec::with_capacity(records * columns);
        for _ in 0..records * columns {
            values.push(from.value()?);
        }
        let whole = &row[..row.len() - from.0.len()];
        let fate = match (table, values.first().copied().and_then(id_of)) {
            (Some(table), Some(id)) => verdict(table, id),
            _ => Verdict::Keep,
        };
        if matches!(fate, Verdict::Drop) {
            continue;
        }
        out.extend(std::mem::take(&mut header));
        match fate {
            Verdict::Blank(column) => {
                out.extend(&whole[..2]);
                for (place, value) in values.into_iter().enumerate() {
                    let named = place % columns == column.place
                        && id_of(value).is_some_and(|id| column.people.contains(&id));
                    out.extend(if named { &[NULL][..] } else { value });
                }
            }
            _ => out.extend(whole),
        }
    }
    Ok(out)
}

/// A value that is an id.
fn id_of(value: &[u8]) -> Option<Uuid> {
    let (&[BLOB, 16], id) = value.split_first_chunk::<2>()? else {
        return None;
    };
    Uuid::from_slice(id).ok()
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(UNREADABLE)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number in SQLite's form: seven bits a byte, the highest first.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0_usize;
        for _ in 0..8 {
            let byte = self.take(1)?[0];
            number = number << 7 | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(UNREADABLE)
    }

    /// A table's header as it stands, its number of columns, and the table where it is known.
    fn header(&mut self) -> Result<(&'a [u8], usize, Option<&'static str>)> {
        let whole = self.0;
        self.take(1)?;
        let columns = self.number()?;
        self.take(columns)?;
        let end = self.0.iter().position(|byte| *byte == 0).ok_or(UNREADABLE)?;
        let name = std::str::from_utf8(self.take(end)?).map_err(|_| UNREADABLE)?;
        self.take(1)?;
        let header = &whole[..whole.len() - self.0.len()];
        Ok((header, columns, shared_table(name)))
    }

    /// A value with its type, as it stands.
    fn value(&mut self) -> Result<&'a [u8]> {
        let whole = self.0;
        match self.take(1)?[0] {
            UNCHANGED | NULL => {}
            INTEGER | REAL => {
                self.take(8)?;
            }
            TEXT | BLOB => {
                let length = self.number()?;
                self.take(length)?;
            }
            _ => return Err(UNREADABLE),
        }
        Ok(&whole[..whole.len() - self.0.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;
    use rusqlite::session::Session;

    /// A changeset with every operation and type of value.
    fn recorded() -> (Connection, Vec<u8>) {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "CREATE TABLE user(id BLOB PRIMARY KEY NOT NULL, a INTEGER, b REAL, c TEXT, d BLOB);
             CREATE TABLE view(id BLOB PRIMARY KEY NOT NULL, a TEXT);
             CREATE TABLE strange(id BLOB PRIMARY KEY NOT NULL, a TEXT);
             INSERT INTO user VALUES (x'01010101010101010101010101010101', 1, 1.5, 'one', x'0102');
             INSERT INTO user VALUES (x'02020202020202020202020202020202', -7, NULL, '', x'');
             INSERT INTO view VALUES (x'01010101010101010101010101010101', 'kept');",
        )
        .unwrap();
        let bytes = {
            let mut session = Session::new(&conn).unwrap();
            session.attach::<&str>(None).unwrap();
            conn.execute(
                "INSERT INTO user VALUES (x'03030303030303030303030303030303', ?1, 2.5, ?2, NULL)",
                rusqlite::params![i64::MIN, "ä".repeat(300)],
            )
            .unwrap();
            conn.execute_batch(
                "UPDATE user SET c = 'two', a = NULL WHERE a = 1;
                 DELETE FROM user WHERE a = -7;
                 UPDATE view SET a = 'edited';
                 INSERT INTO strange VALUES (x'01010101010101010101010101010101', 'unknown');",
            )
            .unwrap();
            let mut bytes = Vec::new();
            session.changeset_strm(&mut bytes).unwrap();
            bytes
        };
        (conn, bytes)
    }

    fn id(byte: u8) -> Uuid {
        Uuid::from_bytes([byte; 16])
    }

    #[test]
    fn what_is_kept_stays_byte_by_byte() {
        let (_, bytes) = recorded();
        assert_eq!(rewrite(&bytes, |_, _| Verdict::Keep).unwrap(), bytes);
        let mut seen = Vec::new();
        let nothing = rewrite(&bytes, |table, id| {
            seen.push((table, id));
            Verdict::Drop
        })
        .unwrap();
        seen.sort();
        let all = [("user", id(1)), ("user", id(2)), ("user", id(3)), ("view", id(1))];
        assert_eq!(seen, all);
        assert!(
            nothing.starts_with(b"T") && nothing.len() < 60,
            "the unknown table's row stays"
        );
    }

    #[test]
    fn what_is_left_is_a_changeset_of_the_other_rows() {
        let (conn, bytes) = recorded();
        for gone in [("user", id(1)), ("user", id(2)), ("user", id(3)), ("view", id(1))] {
            let left = rewrite(&bytes, |table, id| {
                if (table, id) == gone {
                    Verdict::Drop
                } else {
                    Verdict::Keep
                }
            })
            .unwrap();
            let mut rows = Vec::new();
            crate::changeset::walk(&left, |row| {
                rows.push((row.table, row.id));
                Ok(())
            })
            .unwrap();
            assert_eq!(rows.len(), 3, "{gone:?}");
            assert!(!rows.contains(&gone));
            // It takes back what it kept.
            let inverse = crate::changeset::invert(&left).unwrap();
            let met = crate::changeset::apply(&conn, &inverse, crate::changeset::Policy::Omit).unwrap();
            assert!(met.is_empty());
            crate::changeset::apply(&conn, &left, crate::changeset::Policy::Omit).unwrap();
        }
    }

    #[test]
    fn a_person_s_id_becomes_null_where_a_column_names_one() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE user(id BLOB PRIMARY KEY NOT NULL, a TEXT, who BLOB)")
            .unwrap();
        let mut session = Session::new(&conn).unwrap();
        session.attach::<&str>(None).unwrap();
        for (row, who) in [(1, 8), (2, 9)] {
            conn.execute("INSERT INTO user VALUES (?1, 'x', ?2)", [id(row), id(who)])
                .unwrap();
        }
        let mut bytes = Vec::new();
        session.changeset_strm(&mut bytes).unwrap();
        drop(session);
        let people = HashSet::from([id(8)]);
        let blank = Column {
            place: 2,
            people: &people,
        };
        let left = rewrite(&bytes, |_, _| Verdict::Blank(blank)).unwrap();
        conn.execute_batch("DELETE FROM user").unwrap();
        crate::changeset::apply(&conn, &left, crate::changeset::Policy::Omit).unwrap();
        let named: Vec<Option<Uuid>> = conn
            .prepare("SELECT who FROM user ORDER BY id")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(named, [None, Some(id(9))]);
    }

    #[test]
    fn bytes_that_are_no_changeset_are_refused() {
        let (_, bytes) = recorded();
        for end in 1..bytes.len() {
            // Cut between two rows it is a changeset again.
            let _ = rewrite(&bytes[..end], |_, _| Verdict::Keep);
        }
        assert!(rewrite(&bytes[..bytes.len() - 1], |_, _| Verdict::Keep).is_err());
        assert!(rewrite(b"X", |_, _| Verdict::Keep).is_err());
        assert!(rewrite(b"T\x01", |_, _| Verdict::Keep).is_err());
    }
}
