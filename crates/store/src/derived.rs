//! Local tables that follow the changesets: who was touched when, and what lists and searches of contacts need. They are
//! brought up to date once per change for the touched rows, in the change's transaction; row triggers would do the same work
//! hundreds of times slower on undo.

use crate::Result;
use crate::changeset::{self, RowChange};
use crate::schema::{Columns, contact_column};
use kiulu_domain::collation;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Walks a change once; gives the number of rows it touched.
pub(crate) fn follow(conn: &Connection, columns: &Columns, captured: &[u8], seq: i64) -> Result<i64> {
    let mut touched = BTreeSet::new();
    let mut contacts = BTreeSet::new();
    let mut flats = BTreeSet::new();
    let mut rows = 0;
    changeset::walk(captured, |row| {
        rows += 1;
        let subject = subject_of(conn, columns, &row)?;
        touched.extend(subject);
        match row.table {
            "contact" | "contact_point" | "stakeholder_role" => contacts.extend(subject),
            "flat" => {
                flats.insert(row.id);
            }
            _ => {}
        }
        Ok(())
    })?;
    let mut insert =
        conn.prepare_cached("INSERT OR IGNORE INTO local_touched(subject, seq) VALUES (?1, ?2)")?;
    for subject in &touched {
        insert.execute(params![subject, seq])?;
    }
    for flat in flats {
        let mut residents = conn.prepare_cached("SELECT contact FROM stakeholder_role WHERE flat = ?1")?;
        for contact in residents.query_map([flat], |row| row.get::<_, Uuid>(0))? {
            contacts.insert(contact?);
        }
    }
    index_contacts(conn, &contacts, seq)?;
    Ok(rows)
}

/// The record whose history shows a row: the contact it belongs to, else the row itself.
pub(crate) fn subject_of(conn: &Connection, columns: &Columns, row: &RowChange<'_>) -> Result<Option<Uuid>> {
    let Some(column) = contact_column(row.table) else {
        return Ok(Some(row.id));
    };
    let position = columns.position(row.table, column).unwrap_or_default();
    if let Some(contact) = row.uuid(position) {
        return Ok(Some(contact));
    }
    // An update that left the owner alone does not carry it.
    let sql = format!("SELECT {column} FROM {} WHERE id = ?1", row.table);
    let owner = conn
        .prepare_cached(&sql)?
        .query_row([row.id], |found| found.get::<_, Option<Uuid>>(0))
        .optional()?;
    Ok(owner.flatten())
}

/// Rebuilds the list and search rows of some contacts.
fn index_contacts(conn: &Connection, contacts: &BTreeSet<Uuid>, seq: i64) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let mut known = conn.prepare_cached("SELECT docid FROM local_contact_index WHERE contact = ?1")?;
    let mut read = conn.prepare_cached(
        "SELECT first_name, last_name, alternative_name, email, phone, number,
                (SELECT group_concat(value, char(10)) FROM contact_point p WHERE p.contact = c.id AND p.kind = 'email'),
                (SELECT group_concat(value, char(10)) FROM contact_point p WHERE p.contact = c.id AND p.kind = 'phone'),
                (SELECT group_concat(f.name, char(10)) FROM stakeholder_role r JOIN flat f ON f.id = r.flat WHERE r.contact = c.id)
         FROM contact c WHERE id = ?1",
    )?;
    let mut forget_search = conn.prepare_cached("DELETE FROM local_contact_search WHERE rowid = ?1")?;
    let mut forget_index = conn.prepare_cached("DELETE FROM local_contact_index WHERE docid = ?1")?;
    let mut write_index = conn.prepare_cached(
        "INSERT INTO local_contact_index(docid, contact, name_key, email_key, number_key, changed_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut write_search = conn.prepare_cached(
        "INSERT INTO local_contact_search(rowid, name, email, phone, flat, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for contact in contacts {
        let docid: Option<i64> = known.query_row([contact], |row| row.get(0)).optional()?;
        if let Some(docid) = docid {
            forget_search.execute([docid])?;
            forget_index.execute([docid])?;
        }
        let Some(text) = read
            .query_row([contact], |row| SearchText::read(row))
            .optional()?
        else {
            continue;
        };
        write_index.execute(params![
            docid,
            contact,
            text.name_key(),
            text.email_key(),
            text.number_key(),
            seq
        ])?;
        let docid = docid.unwrap_or_else(|| conn.last_insert_rowid());
        write_search.execute(params![
            docid,
            text.names(),
            text.emails(),
            text.phones(),
            text.flats(),
            text.number
        ])?;
    }
    Ok(())
}

/// What a contact is found by.
struct SearchText {
    first_name: String,
    last_name: String,
    alternative_name: String,
    email: String,
    phone: String,
    number: String,
    more_emails: Option<String>,
    more_phones: Option<String>,
    flats: Option<String>,
}

impl SearchText {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            first_name: row.get(0)?,
            last_name: row.get(1)?,
            alternative_name: row.get(2)?,
            email: row.get(3)?,
            phone: row.get(4)?,
            number: row.get(5)?,
            more_emails: row.get(6)?,
            more_phones: row.get(7)?,
            flats: row.get(8)?,
        })
    }

    fn name_key(&self) -> Vec<u8> {
        collation::sort_key(&format!("{} {}", self.last_name, self.first_name))
    }

    fn email_key(&self) -> String {
        self.email.to_lowercase()
    }

    fn number_key(&self) -> String {
        self.number.trim().to_lowercase()
    }

    fn names(&self) -> String {
        format!("{} {} {}", self.last_name, self.first_name, self.alternative_name)
    }

    fn emails(&self) -> String {
        format!(
            "{} {}",
            self.email,
            self.more_emails.as_deref().unwrap_or_default()
        )
    }

    /// Each number as dialled at home and abroad, digits only: "0401234567 358401234567".
    fn phones(&self) -> String {
        let mut words = String::new();
        for phone in
            std::iter::once(self.phone.as_str()).chain(self.more_phones.iter().flat_map(|text| text.lines()))
        {
            let digits = phone.trim_start_matches('+');
            if let Some(national) = digits.strip_prefix("358") {
                words.push('0');
                words.push_str(national);
                words.push(' ');
            }
            words.push_str(digits);
            words.push(' ');
        }
        words
    }

    /// Each flat in one word, so that "A 12" is not found by every A and every 12.
    fn flats(&self) -> String {
        self.flats
            .as_deref()
            .unwrap_or_default()
            .replace(' ', "")
            .replace('\n', " ")
    }
}
