//! Local tables that follow the changesets: who was touched when, and what lists and searches of contacts need. They are
//! brought up to date once for the touched rows, in the transaction of the change or changes; row triggers would do the same work
//! hundreds of times slower on undo. [`crate::derived_check`] makes them anew and compares.

use crate::changeset::{self, Operation, RowChange};
use crate::schema::{Columns, contact_column};
use crate::search_text::{PlainText, SearchText};
use crate::{Error, Result};
use rayon::prelude::*;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What a change did.
pub(crate) struct Followed {
    /// How many rows it changed.
    pub(crate) rows: i64,
    /// The records whose history shows it.
    pub(crate) touched: Vec<Uuid>,
}

/// Follows one change that was applied.
pub(crate) fn follow(conn: &Connection, columns: &Columns, captured: &[u8], seq: i64) -> Result<Followed> {
    let mut follower = Follower::new(columns)?;
    let followed = follower.follow(conn, captured, seq)?;
    follower.finish(conn)?;
    Ok(followed)
}

fn sort(ids: &mut Vec<Uuid>) {
    ids.sort_unstable();
    ids.dedup();
}

/// Follows changes one by one as they are applied, and brings lists and search up to date once, at the end: FTS5 writes all that it has
/// held back whenever a savepoint opens, and applying a changeset opens one.
pub(crate) struct Follower<'a> {
    columns: &'a Columns,
    places: Places,
    /// Contacts that came, with what they came with.
    inserted: HashMap<Uuid, SearchText>,
    removed: Vec<Uuid>,
    /// Contacts whose text may differ.
    stale: Vec<Uuid>,
    /// The last change of each contact.
    changed: HashMap<Uuid, i64>,
}

impl<'a> Follower<'a> {
    pub(crate) fn new(columns: &'a Columns) -> Result<Self> {
        Ok(Self {
            columns,
            places: Places::find(columns)?,
            inserted: HashMap::new(),
            removed: Vec::new(),
            stale: Vec::new(),
            changed: HashMap::new(),
        })
    }

    /// Walks a change once, which was the last to be applied.
    pub(crate) fn follow(&mut self, conn: &Connection, captured: &[u8], seq: i64) -> Result<Followed> {
        let (mut touched, mut newcomers) = (Vec::new(), HashMap::new());
        let mut rows = 0;
        changeset::walk(captured, |row| {
            rows += 1;
            self.note(conn, &row, seq, &mut newcomers, &mut touched)
        })?;
        self.inserted.extend(newcomers);
        sort(&mut touched);
        let mut insert =
            conn.prepare_cached("INSERT OR IGNORE INTO local_touched(subject, seq) VALUES (?1, ?2)")?;
        for subject in &touched {
            insert.execute(params![subject, seq])?;
        }
        Ok(Followed { rows, touched })
    }

    /// Takes a row in. Parents come before children, as sessions are attached in the order of the shared tables. All that is a
    /// newcomer's comes in the same change: foreign keys allow no other.
    fn note(
        &mut self,
        conn: &Connection,
        row: &RowChange<'_>,
        seq: i64,
        newcomers: &mut HashMap<Uuid, SearchText>,
        touched: &mut Vec<Uuid>,
    ) -> Result<()> {
        let owners = owners_of(conn, self.columns, row)?;
        let newcomer = owners.now.and_then(|owner| newcomers.get_mut(&owner));
        // A newcomer is touched once, by its own row.
        if row.table == "contact" || owners.before.is_some() || newcomer.is_none() {
            touched.extend(owners.all());
            if is_of_contact(row.table) {
                self.changed.extend(owners.all().map(|contact| (contact, seq)));
            }
        }
        match (row.table, row.operation) {
            ("contact", Operation::Insert) => {
                newcomers.insert(row.id, self.places.contact(row));
            }
            ("contact", Operation::Delete) => {
                self.inserted.remove(&row.id);
                self.removed.push(row.id);
            }
            ("contact", Operation::Update) => self.stale.push(row.id),
            ("contact_point", Operation::Insert) => match newcomer {
                Some(text) => text.add_point(
                    &string(row.after(self.places.point_kind)),
                    &string(row.after(self.places.point_value)),
                ),
                None => self.stale.extend(owners.now),
            },
            ("contact_point", _) => self.stale.extend(owners.all()),
            _ => {}
        }
        Ok(())
    }

    /// Says again of contacts when they were changed last, after changes were taken off the end of the log. A change is read once, however
    /// many contacts it is the last of.
    pub(crate) fn restore_stamps(&mut self, conn: &Connection, contacts: &BTreeSet<Uuid>) -> Result<()> {
        let mut stored = conn.prepare_cached("SELECT 1 FROM contact WHERE id = ?1")?;
        let mut before =
            conn.prepare_cached("SELECT max(seq) FROM local_touched WHERE subject = ?1 AND seq < ?2")?;
        let mut earlier = |contact: Uuid, than: i64| -> Result<i64> {
            let seq: Option<i64> = before.query_row(params![contact, than], |row| row.get(0))?;
            Ok(seq.unwrap_or(0))
        };
        let mut asked: BTreeMap<i64, HashSet<Uuid>> = BTreeMap::new();
        for contact in contacts {
            if stored.exists([contact])? {
                let seq = earlier(*contact, i64::MAX)?;
                asked.entry(seq).or_default().insert(*contact);
            }
        }
        while let Some((seq, contacts)) = asked.pop_last() {
            let counted = changed_by(conn, self.columns, seq)?;
            for contact in contacts {
                if seq == 0 || counted.contains(&contact) {
                    self.changed.insert(contact, seq);
                } else {
                    let seq = earlier(contact, seq)?;
                    asked.entry(seq).or_default().insert(contact);
                }
            }
        }
        Ok(())
    }

    /// Brings the lists and the search index up to date with what the tables have now.
    pub(crate) fn finish(self, conn: &Connection) -> Result<()> {
        let Self {
            mut inserted,
            mut removed,
            mut stale,
            mut changed,
            ..
        } = self;
        // Of whoever came and was changed by a later change only the tables say all.
        for contact in &stale {
            inserted.remove(contact);
        }
        sort(&mut stale);
        sort(&mut removed);
        let mut index = Index::prepare(conn)?;
        index.remove(&removed)?;
        let arrived: Vec<Uuid> = inserted.keys().copied().collect();
        let seq = |contact: Uuid| changed.get(&contact).copied();
        index.insert_all(inserted, |contact| seq(contact).unwrap_or(0))?;
        index.renew(conn, &stale, seq)?;
        for contact in arrived.iter().chain(&stale).chain(&removed) {
            changed.remove(contact);
        }
        let mut stamped: Vec<(Uuid, i64)> = changed.into_iter().collect();
        stamped.sort_unstable();
        let mut stamp =
            conn.prepare_cached("UPDATE local_contact_index SET changed_seq = ?2 WHERE contact = ?1")?;
        for (contact, seq) in stamped {
            stamp.execute(params![contact, seq])?;
        }
        Ok(())
    }
}

/// Where changesets carry what the search text is made of.
struct Places {
    contact: [usize; 6],
    point_kind: usize,
    point_value: usize,
}

impl Places {
    fn find(columns: &Columns) -> Result<Self> {
        let place = |table, column| columns.position(table, column).ok_or(Error::Unreadable("schema"));
        Ok(Self {
            contact: [
                place("contact", "first_name")?,
                place("contact", "last_name")?,
                place("contact", "alternative_name")?,
                place("contact", "email")?,
                place("contact", "phone")?,
                place("contact", "number")?,
            ],
            point_kind: place("contact_point", "kind")?,
            point_value: place("contact_point", "value")?,
        })
    }

    fn contact(&self, row: &RowChange<'_>) -> SearchText {
        let [first_name, last_name, alternative_name, email, phone, number] =
            self.contact.map(|place| string(row.after(place)));
        SearchText::new(PlainText {
            first_name: &first_name,
            last_name: &last_name,
            alternative_name: &alternative_name,
            email: &email,
            phone: &phone,
            number: &number,
        })
    }
}

fn string(value: Option<ValueRef<'_>>) -> String {
    match value {
        Some(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    }
}

/// Whose record a row belongs to, after the change and before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owners {
    pub(crate) now: Option<Uuid>,
    pub(crate) before: Option<Uuid>,
}

impl Owners {
    pub(crate) fn all(self) -> impl Iterator<Item = Uuid> {
        let before = self.before.filter(|before| Some(*before) != self.now);
        self.now.into_iter().chain(before)
    }
}

/// The record whose history shows a row: the contact it belongs to, else the row itself.
pub(crate) fn owners_of(conn: &Connection, columns: &Columns, row: &RowChange<'_>) -> Result<Owners> {
    let owners = recorded_owners(columns, row);
    // An update that left the owner alone does not carry it.
    if owners.now.is_some() || row.operation != Operation::Update {
        return Ok(owners);
    }
    let Some(column) = contact_column(row.table) else {
        return Ok(owners);
    };
    let sql = format!("SELECT {column} FROM {} WHERE id = ?1", row.table);
    let owner = conn
        .prepare_cached(&sql)?
        .query_row([row.id], |found| found.get::<_, Option<Uuid>>(0))
        .optional()?
        .flatten();
    Ok(Owners {
        now: owner,
        before: owners.before,
    })
}

/// What the changeset itself says of a row's owner.
pub(crate) fn recorded_owners(columns: &Columns, row: &RowChange<'_>) -> Owners {
    match contact_column(row.table).and_then(|column| columns.position(row.table, column)) {
        Some(place) if row.table != "contact" => Owners {
            now: row.after(place).and_then(changeset::as_uuid),
            before: row.before(place).and_then(changeset::as_uuid),
        },
        _ => Owners {
            now: Some(row.id),
            before: None,
        },
    }
}

/// The contacts that a change counts as one of; none before the first change.
fn changed_by(conn: &Connection, columns: &Columns, seq: i64) -> Result<HashSet<Uuid>> {
    let mut contacts = HashSet::new();
    let packed: Option<Vec<u8>> = conn
        .prepare_cached("SELECT changeset FROM change WHERE seq = ?1")?
        .query_row([seq], |row| row.get(0))
        .optional()?;
    if let Some(packed) = packed {
        changeset::walk(&changeset::unpack(&packed)?, |row| {
            if is_of_contact(row.table) {
                contacts.extend(owners_of(conn, columns, &row)?.all());
            }
            Ok(())
        })?;
    }
    Ok(contacts)
}

/// Whether a change of a table's row counts as one of the contact that the row belongs to.
pub(crate) fn is_of_contact(table: &str) -> bool {
    matches!(
        table,
        "contact" | "contact_point" | "stakeholder_role" | "group_member" | "custom_value"
    )
}

/// The record whose history shows a row.
pub(crate) fn subject_of(conn: &Connection, columns: &Columns, row: &RowChange<'_>) -> Result<Option<Uuid>> {
    let owners = owners_of(conn, columns, row)?;
    Ok(owners.now.or(owners.before))
}

/// The list and search rows of contacts.
pub(crate) struct Index<'a> {
    find: rusqlite::CachedStatement<'a>,
    read: rusqlite::CachedStatement<'a>,
    points: rusqlite::CachedStatement<'a>,
    insert: rusqlite::CachedStatement<'a>,
    update: rusqlite::CachedStatement<'a>,
    remove: rusqlite::CachedStatement<'a>,
    insert_search: rusqlite::CachedStatement<'a>,
    remove_search: rusqlite::CachedStatement<'a>,
}

impl<'a> Index<'a> {
    pub(crate) fn prepare(conn: &'a Connection) -> Result<Self> {
        Ok(Self {
            find: conn.prepare_cached("SELECT docid, changed_seq FROM local_contact_index WHERE contact = ?1")?,
            read: conn.prepare_cached(
                "SELECT first_name, last_name, alternative_name, email, phone, number FROM contact WHERE id = ?1",
            )?,
            points: conn.prepare_cached("SELECT kind, value FROM contact_point WHERE contact = ?1")?,
            insert: conn.prepare_cached(
                "INSERT INTO local_contact_index(contact, name_key, email_key, number_key, changed_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            update: conn.prepare_cached(
                "UPDATE local_contact_index SET name_key = ?2, email_key = ?3, number_key = ?4, changed_seq = ?5
                 WHERE docid = ?1",
            )?,
            remove: conn.prepare_cached("DELETE FROM local_contact_index WHERE docid = ?1")?,
            insert_search: conn.prepare_cached(
                "INSERT INTO local_contact_search(rowid, name, email, phone, number)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            remove_search: conn.prepare_cached("DELETE FROM local_contact_search WHERE rowid = ?1")?,
        })
    }

    /// Adds contacts that are not in the index.
    pub(crate) fn insert_all(
        &mut self,
        contacts: HashMap<Uuid, SearchText>,
        seq: impl Fn(Uuid) -> i64,
    ) -> Result<()> {
        let mut contacts: Vec<(Vec<u8>, Uuid, SearchText)> = contacts
            .into_par_iter()
            .map(|(contact, text)| (text.name_key(), contact, text))
            .collect();
        // In the order in which they are listed most.
        contacts.par_sort_unstable_by(|(one, a, _), (other, b, _)| one.cmp(other).then(a.cmp(b)));
        // Table after table: each has pages enough of its own to fill the processor's cache.
        let documents = contacts
            .iter()
            .map(|(name_key, contact, text)| self.insert_row(*contact, text, name_key, seq(*contact)))
            .collect::<Result<Vec<_>>>()?;
        for (docid, (_, _, text)) in documents.into_iter().zip(&contacts) {
            self.insert_search(docid, text)?;
        }
        Ok(())
    }

    /// Adds a contact that is not in the index.
    pub(crate) fn insert(&mut self, contact: Uuid, text: &SearchText, seq: i64) -> Result<()> {
        let docid = self.insert_row(contact, text, &text.name_key(), seq)?;
        self.insert_search(docid, text)
    }

    /// Gives the number of its document.
    fn insert_row(&mut self, contact: Uuid, text: &SearchText, name_key: &[u8], seq: i64) -> Result<i64> {
        Ok(self.insert.insert(params![
            contact,
            name_key,
            text.email_key(),
            text.number_key(),
            seq
        ])?)
    }

    fn insert_search(&mut self, docid: i64, text: &SearchText) -> Result<()> {
        self.insert_search
            .execute(params![docid, text.names, text.emails, text.phones, text.number])?;
        Ok(())
    }

    /// The documents of those contacts that have one, in ascending order, with their last change: FTS5 writes all it has held
    /// back whenever a document number is not higher than the one before.
    fn documents(&mut self, contacts: &[Uuid]) -> Result<Vec<(i64, Uuid, i64)>> {
        let mut documents = Vec::with_capacity(contacts.len());
        for contact in contacts {
            let known = self
                .find
                .query_row([contact], |row| Ok((row.get(0)?, *contact, row.get(1)?)))
                .optional()?;
            documents.extend(known);
        }
        documents.sort_unstable();
        Ok(documents)
    }

    fn remove(&mut self, contacts: &[Uuid]) -> Result<()> {
        for (docid, ..) in self.documents(contacts)? {
            self.remove_search.execute([docid])?;
            self.remove.execute([docid])?;
        }
        Ok(())
    }

    /// Brings contacts' rows up to date with what is stored of them; without a sequence number their last change stays.
    /// A contact that is stored but in no index comes in, one that is gone goes out.
    fn renew(
        &mut self,
        conn: &Connection,
        contacts: &[Uuid],
        seq: impl Fn(Uuid) -> Option<i64>,
    ) -> Result<()> {
        let known = self.documents(contacts)?;
        for (docid, contact, changed) in &known {
            self.remove_search.execute([docid])?;
            let Some(text) = self.text_of(*contact)? else {
                self.remove.execute([docid])?;
                continue;
            };
            self.update.execute(params![
                docid,
                text.name_key(),
                text.email_key(),
                text.number_key(),
                seq(*contact).unwrap_or(*changed)
            ])?;
            self.insert_search(*docid, &text)?;
        }
        if known.len() < contacts.len() {
            let known: HashSet<Uuid> = known.iter().map(|(_, contact, _)| *contact).collect();
            for contact in contacts.iter().filter(|contact| !known.contains(contact)) {
                if let Some(text) = self.text_of(*contact)? {
                    let seq = seq(*contact).map_or_else(|| crate::Reader { conn }.last_seq(), Ok)?;
                    self.insert(*contact, &text, seq)?;
                }
            }
        }
        Ok(())
    }

    /// What every contact is found by, as stored.
    pub(crate) fn texts(conn: &Connection) -> Result<HashMap<Uuid, SearchText>> {
        let mut read = conn.prepare(
            "SELECT id, first_name, last_name, alternative_name, email, phone, number FROM contact",
        )?;
        let mut texts = HashMap::new();
        let mut rows = read.query([])?;
        while let Some(row) = rows.next()? {
            texts.insert(row.get(0)?, text_in(row, 1)?);
        }
        let mut points = conn.prepare("SELECT contact, kind, value FROM contact_point")?;
        let mut rows = points.query([])?;
        while let Some(row) = rows.next()? {
            let text: Option<&mut SearchText> = texts.get_mut(&row.get(0)?);
            if let Some(text) = text {
                text.add_point(&row.get::<_, String>(1)?, &row.get::<_, String>(2)?);
            }
        }
        Ok(texts)
    }

    /// What a contact is found by, as stored; nothing when it is gone.
    pub(crate) fn text_of(&mut self, contact: Uuid) -> Result<Option<SearchText>> {
        let text = self.read.query_row([contact], |row| text_in(row, 0)).optional()?;
        let Some(mut text) = text else { return Ok(None) };
        let mut points = self.points.query([contact])?;
        while let Some(row) = points.next()? {
            text.add_point(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?);
        }
        Ok(Some(text))
    }
}

/// The text of a contact's row, whose columns begin at a place.
fn text_in(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<SearchText> {
    let column = |place| Ok::<_, rusqlite::Error>(row.get_ref(first + place)?.as_str()?);
    Ok(SearchText::new(PlainText {
        first_name: column(0)?,
        last_name: column(1)?,
        alternative_name: column(2)?,
        email: column(3)?,
        phone: column(4)?,
        number: column(5)?,
    }))
}
