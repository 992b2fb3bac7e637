//! All shared data as one stream of bytes: what a snapshot holds, and what its hash is taken over.
//!
//! The stream follows from the rows alone: table by table in the order of the schema, row by row in the order of their keys, the changes
//! at the end in the log's order and with their changesets unpacked, since programs may compress differently. Numbers are LEB128;
//! everything of variable length stands behind its length; a one goes before each table and row, a zero ends the rows and the stream.

use crate::changeset::{pack, unpack};
use crate::derived::Follower;
use crate::erasure::Unsent;
use crate::logged::{Place, logged, set_place};
use crate::orphans::Unchecked;
use crate::rebase::{Rebased, unapply};
use crate::schema::{Columns, SHARED_TABLES, shared_table};
use crate::{Error, Reader, Result, Store, derived_check};
use rayon::prelude::*;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params_from_iter};
use std::io::{Read, Write};

/// The only version of the stream so far.
const VERSION: u8 = 1;

/// The columns of a change that are shared, its changeset last.
const CHANGE: [&str; 11] = [
    "id",
    "seq",
    "at",
    "author",
    "device",
    "action",
    "rebase",
    "row_count",
    "schema",
    "undoes",
    "changeset",
];

/// What is no snapshot's stream.
const UNREADABLE: Error = Error::Unreadable("snapshot");

/// The longest value that is read, in bytes: SQLite keeps no longer one.
const LONGEST: u64 = 1_000_000_000;

/// So many bytes are gathered before they are handed on.
const GATHERED: usize = 64 << 10;

/// So many changes are compressed at a time while a snapshot is read.
const TOGETHER: usize = 1024;

impl Store {
    /// The hash of all shared data as the log has it, without what it has not: as of the log's end as far as it was read, or as of an
    /// entry. Nothing where it is not known any more what the log had by then.
    pub fn state_hash(&self, entry: Option<u64>) -> Result<Option<[u8; 32]>> {
        let plain = self.read(|reader| {
            let Some(base) = base_of(reader.conn, entry)? else {
                return Ok::<_, Error>(Some(None));
            };
            let nothing_above = reader.last_seq()? == base;
            nothing_above
                .then(|| hash_of(reader.conn, &self.columns).map(Some))
                .transpose()
        })?;
        if let Some(known) = plain {
            return Ok(known);
        }
        // What lies above is taken back in a transaction that comes to nothing.
        let mut writer = self.writer();
        let mut conn = Unchecked::new(&mut writer)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(base) = base_of(&tx, entry)? else {
            return Ok(None);
        };
        let above = Reader { conn: &tx }.changes_after(base)?;
        for change in above.iter().rev() {
            unapply(&tx, change)?;
        }
        hash_of(&tx, &self.columns).map(Some)
    }

    /// Writes all shared data to a snapshot and gives its hash. `cursor` is what the caller knows to stand beside it.
    ///
    /// # Errors
    /// [`Error::Outdated`] when something is not in the log yet, or the cursor is another by now; [`Error::Io`] of the writer.
    pub fn write_snapshot(&self, cursor: &[u8], to: &mut dyn Write) -> Result<[u8; 32]> {
        self.read(|reader| {
            let kept = reader.log_cursor()?;
            if kept.as_deref() != Some(cursor) || logged(reader.conn)? != reader.last_seq()? {
                return Err(Error::Outdated);
            }
            let mut hashing = Hashing::new(to);
            write_state(reader.conn, &self.columns, &mut hashing)?;
            Ok(hashing.done())
        })
    }

    /// Puts a snapshot in the place of all shared data, in one transaction, and on top of it the changes that the log does not have,
    /// as [`Store::rebase`] does. Entries that were kept are forgotten.
    ///
    /// # Errors
    /// [`Error::StateDiffers`] when its hash is not the expected one, [`Error::Unreadable`], [`Error::Io`] of the reader: everything is
    /// as it was.
    pub fn load_snapshot(
        &self,
        from: &mut dyn Read,
        expected: [u8; 32],
        place: &Place<'_>,
    ) -> Result<Rebased> {
        let mut writer = self.writer();
        let mut conn = Unchecked::new(&mut writer)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let base = logged(&tx)?;
        let mut own = Reader { conn: &tx }.changes_after(base)?;
        let unsent = Unsent::note(&tx, &self.columns, &own, base)?;
        let tables = SHARED_TABLES.iter().copied().chain(["change"]);
        let indexes = set_indexes_aside(&tx)?;
        for table in tables {
            tx.execute_batch(&format!("DELETE FROM {table}"))?;
        }
        let mut stream = Stream::new(from);
        stream.fill(&tx, &self.columns)?;
        if stream.done()? != expected {
            return Err(Error::StateDiffers);
        }
        for index in indexes {
            tx.execute_batch(&index)?;
        }
        derived_check::remake(&tx, &self.columns)?;
        tx.execute_batch("DELETE FROM local_entry")?;
        let seq = Reader { conn: &tx }.last_seq()?;
        set_place(&tx, seq, place)?;
        let mut done = Rebased::default();
        unsent.without_erased(&tx, &self.columns, &mut own, &mut done)?;
        let mut follower = Follower::new(&self.columns)?;
        let seq = self.put_all_on_top(&tx, &mut follower, own, seq, &mut done)?;
        follower.finish(&tx)?;
        tx.commit()?;
        drop(conn);
        drop(writer);
        self.wrote(seq);
        self.forget_lists();
        Ok(done)
    }
}

/// The last change that the log had with an entry, or has now.
fn base_of(conn: &Connection, entry: Option<u64>) -> Result<Option<i64>> {
    let Some(entry) = entry else {
        return logged(conn).map(Some);
    };
    Ok(conn
        .prepare_cached("SELECT logged FROM local_entry WHERE seq = ?1")?
        .query_row([entry as i64], |row| row.get(0))
        .optional()?)
}

/// Takes the indexes of shared tables away and gives how to make them again: made at once they cost a part of what they cost row by row.
fn set_indexes_aside(conn: &Connection) -> Result<Vec<String>> {
    let mut made = Vec::new();
    let mut names = Vec::new();
    {
        let mut statement = conn.prepare(
            "SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let table: String = row.get(0)?;
            if table == "change" || shared_table(&table).is_some() {
                names.push(row.get::<_, String>(1)?);
                made.push(row.get(2)?);
            }
        }
    }
    for name in names {
        conn.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    Ok(made)
}

fn hash_of(conn: &Connection, columns: &Columns) -> Result<[u8; 32]> {
    let mut nowhere = std::io::sink();
    let mut hashing = Hashing::new(&mut nowhere);
    write_state(conn, columns, &mut hashing)?;
    Ok(hashing.done())
}

/// Hashes what it hands on.
struct Hashing<'a> {
    hasher: blake3::Hasher,
    to: &'a mut dyn Write,
}

impl<'a> Hashing<'a> {
    fn new(to: &'a mut dyn Write) -> Self {
        let hasher = blake3::Hasher::new();
        Self { hasher, to }
    }

    fn put(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        self.hasher.update(bytes);
        self.to.write_all(bytes)?;
        bytes.clear();
        Ok(())
    }

    fn done(self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }
}

fn write_state(conn: &Connection, columns: &Columns, to: &mut Hashing<'_>) -> Result<()> {
    let mut bytes = vec![VERSION];
    for table in SHARED_TABLES {
        let names: Vec<&str> = columns.of(table).iter().map(String::as_str).collect();
        write_table(conn, table, &names, "id", to, &mut bytes)?;
    }
    write_table(conn, "change", &CHANGE, "seq", to, &mut bytes)?;
    bytes.push(0);
    to.put(&mut bytes)
}

fn write_table(
    conn: &Connection,
    table: &str,
    names: &[&str],
    order: &str,
    to: &mut Hashing<'_>,
    bytes: &mut Vec<u8>,
) -> Result<()> {
    bytes.push(1);
    put_bytes(bytes, table.as_bytes());
    put_number(bytes, names.len() as u64);
    for name in names {
        put_bytes(bytes, name.as_bytes());
    }
    let sql = format!("SELECT {} FROM {table} ORDER BY {order}", names.join(", "));
    let mut statement = conn.prepare(&sql)?;
    let packed = names.iter().position(|name| *name == "changeset");
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        bytes.push(1);
        for column in 0..names.len() {
            match row.get_ref(column)? {
                ValueRef::Blob(changeset) if Some(column) == packed => {
                    put_value(bytes, ValueRef::Blob(&unpack(changeset)?));
                }
                value => put_value(bytes, value),
            }
        }
        if bytes.len() >= GATHERED {
            to.put(bytes)?;
        }
    }
    bytes.push(0);
    Ok(())
}

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;

fn put_value(bytes: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => bytes.push(NULL),
        ValueRef::Integer(number) => {
            bytes.push(INTEGER);
            // Small numbers, also those below zero, take few bytes.
            put_number(bytes, ((number << 1) ^ (number >> 63)) as u64);
        }
        ValueRef::Real(number) => {
            bytes.push(REAL);
            bytes.extend(number.to_bits().to_be_bytes());
        }
        ValueRef::Text(text) => {
            bytes.push(TEXT);
            put_bytes(bytes, text);
        }
        ValueRef::Blob(blob) => {
            bytes.push(BLOB);
            put_bytes(bytes, blob);
        }
    }
}

fn put_bytes(bytes: &mut Vec<u8>, value: &[u8]) {
    put_number(bytes, value.len() as u64);
    bytes.extend(value);
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A snapshot while it is read and hashed.
struct Stream<'a> {
    from: &'a mut dyn Read,
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
    place: usize,
}

impl<'a> Stream<'a> {
    fn new(from: &'a mut dyn Read) -> Self {
        Self {
            from,
            hasher: blake3::Hasher::new(),
            buffer: Vec::new(),
            place: 0,
        }
    }

    /// Puts every row into its empty table.
    fn fill(&mut self, conn: &Connection, columns: &Columns) -> Result<()> {
        if self.byte()? != VERSION {
            return Err(UNREADABLE);
        }
        let mut before = None;
        while self.one_more()? {
            let name = self.text()?;
            let place = match shared_table(&name) {
                Some(table) => SHARED_TABLES.iter().position(|known| *known == table),
                None => (name == "change").then_some(SHARED_TABLES.len()),
            };
            // In the schema's order, so that one set of rows is one stream.
            if place.is_none() || place <= before {
                return Err(UNREADABLE);
            }
            before = place;
            let names = self.names(&name, columns)?;
            let marks = vec!["?"; names.len()].join(", ");
            let sql = format!("INSERT INTO {name}({}) VALUES ({marks})", names.join(", "));
            if name == "change" {
                self.changes(conn, &sql, &names)?;
                continue;
            }
            let mut insert = conn.prepare(&sql)?;
            let mut values = Vec::with_capacity(names.len());
            while self.one_more()? {
                self.row(names.len(), &mut values)?;
                insert.execute(params_from_iter(&values))?;
            }
        }
        Ok(())
    }

    /// The columns of a table, each of which this program must know.
    fn names(&mut self, table: &str, columns: &Columns) -> Result<Vec<String>> {
        let count = self.number()?;
        let mut names: Vec<String> = Vec::new();
        for _ in 0..count {
            let name = self.text()?;
            let known = match table {
                "change" => CHANGE.contains(&name.as_str()),
                table => columns.position(table, &name).is_some(),
            };
            if !known || names.contains(&name) {
                return Err(UNREADABLE);
            }
            names.push(name);
        }
        if names.is_empty() {
            return Err(UNREADABLE);
        }
        Ok(names)
    }

    /// The changes, whose changesets are compressed many at a time.
    fn changes(&mut self, conn: &Connection, sql: &str, names: &[String]) -> Result<()> {
        let packed = names
            .iter()
            .position(|name| name == "changeset")
            .ok_or(UNREADABLE)?;
        let mut insert = conn.prepare(sql)?;
        let mut more = true;
        while more {
            let (mut rows, mut bytes) = (Vec::new(), 0);
            while rows.len() < TOGETHER && bytes < 16 << 20 {
                more = self.one_more()?;
                if !more {
                    break;
                }
                let mut values = Vec::with_capacity(names.len());
                self.row(names.len(), &mut values)?;
                if let Some(Value::Blob(changeset)) = values.get(packed) {
                    bytes += changeset.len();
                }
                rows.push(values);
            }
            rows.par_iter_mut()
                .try_for_each(|values| match values.get_mut(packed) {
                    Some(Value::Blob(changeset)) => {
                        *changeset = pack(changeset)?;
                        Ok(())
                    }
                    _ => Err(UNREADABLE),
                })?;
            for values in &rows {
                insert.execute(params_from_iter(values))?;
            }
        }
        Ok(())
    }

    /// The values of a row, in the place of those of the row before.
    fn row(&mut self, count: usize, values: &mut Vec<Value>) -> Result<()> {
        values.resize(count, Value::Null);
        for value in values {
            *value = match self.byte()? {
                NULL => Value::Null,
                INTEGER => {
                    let number = self.number()?;
                    Value::Integer((number >> 1) as i64 ^ -((number & 1) as i64))
                }
                REAL => {
                    let bytes = self.take(8)?.try_into().map_err(|_| UNREADABLE)?;
                    Value::Real(f64::from_bits(u64::from_be_bytes(bytes)))
                }
                TEXT => Value::Text(self.text()?),
                BLOB => {
                    let length = self.number()?;
                    Value::Blob(self.take(length)?.to_vec())
                }
                _ => return Err(UNREADABLE),
            };
        }
        Ok(())
    }

    fn one_more(&mut self) -> Result<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(UNREADABLE),
        }
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
            if shift > 63 {
                return Err(UNREADABLE);
            }
        }
    }

    fn text(&mut self) -> Result<String> {
        let length = self.number()?;
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| UNREADABLE)?;
        Ok(text.to_owned())
    }

    /// The next bytes, which must come.
    fn take(&mut self, length: u64) -> Result<&[u8]> {
        if length > LONGEST {
            return Err(UNREADABLE);
        }
        let length = length as usize;
        if self.buffer.len() - self.place < length {
            self.more(length)?;
        }
        let from = self.place;
        self.place += length;
        Ok(&self.buffer[from..self.place])
    }

    /// Reads on until so many bytes lie ahead. Memory follows what really comes, not what a length promises.
    fn more(&mut self, length: usize) -> Result<()> {
        self.buffer.drain(..self.place);
        self.place = 0;
        while self.buffer.len() < length {
            let had = self.buffer.len();
            let read = (&mut *self.from)
                .take(GATHERED as u64)
                .read_to_end(&mut self.buffer)?;
            if read == 0 {
                return Err(UNREADABLE);
            }
            self.hasher.update(&self.buffer[had..]);
        }
        Ok(())
    }

    /// The hash of what was read, which must be everything.
    fn done(mut self) -> Result<[u8; 32]> {
        if self.place < self.buffer.len() || self.from.read(&mut [0])? > 0 {
            return Err(UNREADABLE);
        }
        self.buffer.clear();
        Ok(*self.hasher.finalize().as_bytes())
    }
}
