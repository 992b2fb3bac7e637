//! The derived tables made anew from the log and the shared tables: to repair them, to bring them to a newer form, and to
//! prove that following the changesets gives the same.

use crate::changeset::{self, Operation};
use crate::derived::{Index, is_of_contact, recorded_owners};
use crate::schema::{Columns, contact_column};
use crate::{Error, Result, Store};
use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The form of the derived tables. A program that forms them otherwise (a newer collation, another search text) makes them
/// anew when it opens a file.
const DERIVED_VERSION: u32 = 2;

/// How many bytes of new words the search index holds back before it writes them: with SQLite's usual 1 MiB an import writes
/// dozens of small segments and merges them over and over.
const SEARCH_BUFFER: i64 = 16 << 20;

/// Makes the derived tables anew when another form of them is in the file.
pub(crate) fn bring_up_to_date(conn: &mut Connection, columns: &Columns) -> Result<()> {
    let known: Option<[u8; 4]> = conn
        .query_row(
            "SELECT value FROM local_meta WHERE key = 'derived_version'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    if known == Some(DERIVED_VERSION.to_le_bytes()) {
        return Ok(());
    }
    rebuild(conn, columns)
}

/// Makes the derived tables anew.
pub(crate) fn rebuild(conn: &mut Connection, columns: &Columns) -> Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    remake(&tx, columns)?;
    tx.commit()?;
    Ok(())
}

/// The same within a transaction.
pub(crate) fn remake(tx: &Connection, columns: &Columns) -> Result<()> {
    tx.execute_batch(
        "DELETE FROM local_touched; DELETE FROM local_contact_index;
         INSERT INTO local_contact_search(local_contact_search) VALUES ('delete-all');",
    )?;
    tx.execute(
        "INSERT INTO local_contact_search(local_contact_search, rank) VALUES ('hashsize', ?1)",
        [SEARCH_BUFFER],
    )?;
    let replayed = Replayed::from_log(tx, columns)?;
    let mut touch = tx.prepare("INSERT INTO local_touched(subject, seq) VALUES (?1, ?2)")?;
    for (subject, seq) in &replayed.touched {
        touch.execute(params![subject, seq])?;
    }
    Index::prepare(tx)?.insert_all(Index::texts(tx)?, |contact| replayed.changed(contact))?;
    crate::file::set_meta(tx, "derived_version", &DERIVED_VERSION.to_le_bytes())
}

fn contacts(conn: &Connection) -> Result<Vec<Uuid>> {
    let mut statement = conn.prepare("SELECT id FROM contact ORDER BY id")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What the whole log says of records.
#[derive(Default)]
struct Replayed {
    /// In order, each once.
    touched: Vec<(Uuid, i64)>,
    /// The last change that counts as one of the contact.
    changed: HashMap<Uuid, i64>,
}

impl Replayed {
    /// Reads the log from its end, where the tables themselves tell whose a row is; going back, every change that gave a row
    /// to another record or removed it tells whose it had been before.
    fn from_log(conn: &Connection, columns: &Columns) -> Result<Self> {
        let mut replayed = Self::default();
        let mut former: HashMap<(&'static str, Uuid), Uuid> = HashMap::new();
        let mut log = conn.prepare("SELECT seq, changeset FROM change ORDER BY seq DESC")?;
        let mut rows = log.query([])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let captured = changeset::unpack(
                row.get_ref(1)?
                    .as_blob()
                    .map_err(|_| Error::Unreadable("change"))?,
            )?;
            changeset::walk(&captured, |row| {
                let key = (row.table, row.id);
                let mut owners = recorded_owners(columns, &row);
                if owners.now.is_none()
                    && row.operation == Operation::Update
                    && let Some(column) = contact_column(row.table)
                {
                    owners.now = match former.get(&key) {
                        Some(owner) => Some(*owner),
                        None => conn
                            .prepare_cached(&format!("SELECT {column} FROM {} WHERE id = ?1", row.table))?
                            .query_row([row.id], |found| found.get::<_, Option<Uuid>>(0))
                            .optional()?
                            .flatten(),
                    };
                }
                if let Some(before) = owners.before {
                    former.insert(key, before);
                }
                for owner in owners.all() {
                    replayed.touched.push((owner, seq));
                    if is_of_contact(row.table) {
                        replayed.changed.entry(owner).or_insert(seq);
                    }
                }
                Ok(())
            })?;
        }
        replayed.touched.par_sort_unstable();
        replayed.touched.dedup();
        Ok(replayed)
    }

    fn changed(&self, contact: Uuid) -> i64 {
        self.changed.get(&contact).copied().unwrap_or_default()
    }
}

/// One word of the search index: term, contact, column.
type Word = (String, Uuid, String);

const TOKENS: &str = "tokenize=\"unicode61 remove_diacritics 2\"";

impl Store {
    /// Makes the derived tables (history per record, lists, search) anew from the log and the register.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for a file of a newer program.
    pub fn rebuild_derived(&self) -> Result<()> {
        rebuild(&mut self.writer(), &self.columns)?;
        self.forget_lists();
        Ok(())
    }

    /// Compares the derived tables with what making them anew would give. Takes time in proportion to the log.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the table that differs; [`Store::rebuild_derived`] repairs it.
    pub fn check_derived(&self) -> Result<()> {
        self.read(|reader| {
            let conn = reader.conn;
            let differs = |table: &str| Err(Error::Damaged(table.to_owned()));
            let replayed = Replayed::from_log(conn, &self.columns)?;
            let mut statement = conn.prepare("SELECT subject, seq FROM local_touched ORDER BY subject, seq")?;
            let touched: Vec<(Uuid, i64)> = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            if touched != replayed.touched {
                return differs("local_touched");
            }

            let mut expected = BTreeMap::new();
            conn.execute_batch(&format!(
                "DROP TABLE IF EXISTS temp.expected_search; DROP TABLE IF EXISTS temp.expected_words;
                 DROP TABLE IF EXISTS temp.present_words;
                 CREATE VIRTUAL TABLE temp.expected_search USING fts5(name, email, phone, number, content='', {TOKENS});
                 CREATE VIRTUAL TABLE temp.expected_words USING fts5vocab('temp', 'expected_search', 'instance');
                 CREATE VIRTUAL TABLE temp.present_words USING fts5vocab('main', 'local_contact_search', 'instance');"
            ))?;
            let mut index = Index::prepare(conn)?;
            let mut docs = HashMap::new();
            for (docid, contact) in (1i64..).zip(contacts(conn)?) {
                let Some(text) = index.text_of(contact)? else { continue };
                conn.prepare_cached(
                    "INSERT INTO temp.expected_search(rowid, name, email, phone, number)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![docid, text.names, text.emails, text.phones, text.number])?;
                docs.insert(docid, contact);
                expected.insert(
                    contact,
                    (text.name_key(), text.email_key(), text.number_key(), replayed.changed(contact)),
                );
            }
            let mut statement = conn
                .prepare("SELECT contact, name_key, email_key, number_key, changed_seq, docid FROM local_contact_index")?;
            let mut present = BTreeMap::new();
            let mut present_docs = HashMap::new();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let contact: Uuid = row.get(0)?;
                present.insert(contact, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
                present_docs.insert(row.get(5)?, contact);
            }
            if present != expected {
                return differs("local_contact_index");
            }
            if words(conn, "present_words", &present_docs)? != words(conn, "expected_words", &docs)? {
                return differs("local_contact_search");
            }
            conn.execute_batch(
                "DROP TABLE temp.expected_words; DROP TABLE temp.present_words; DROP TABLE temp.expected_search;",
            )?;
            Ok(())
        })
    }
}

/// Every word of a search index, in order; nothing when it has words of a document that is none.
fn words(conn: &Connection, vocabulary: &str, docs: &HashMap<i64, Uuid>) -> Result<Option<Vec<Word>>> {
    let mut statement = conn.prepare(&format!("SELECT term, doc, col FROM temp.{vocabulary}"))?;
    let mut rows = statement.query([])?;
    let mut words = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(contact) = docs.get(&row.get(1)?) else {
            return Ok(None);
        };
        words.push((row.get(0)?, *contact, row.get(2)?));
    }
    words.sort_unstable();
    Ok(Some(words))
}
