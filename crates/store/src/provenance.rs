//! Which facts of a contact a person wrote by hand, read from the log.

use crate::changeset::{self, Operation};
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use kiulu_domain::id::{ChangeId, ContactId};
use rusqlite::types::ValueRef;

/// One edit by hand that still stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandEdit {
    /// When.
    pub at: DateTime<Utc>,
    /// The name of who made it.
    pub author: String,
    /// Columns of the contact's own row that it wrote.
    pub columns: Vec<String>,
}

impl Store {
    /// Edits of a contact's own row by hand, the newest first. Those that were undone say nothing.
    pub fn edits_by_hand(&self, contact: ContactId) -> Result<Vec<HandEdit>> {
        self.read(|reader| {
            // Both actions are about one contact, so that their changesets are short; those of imports are not read.
            let mut statement = reader.conn.prepare_cached(
                "SELECT c.id, c.at, coalesce(u.name, ''), c.changeset
                 FROM local_touched t JOIN change c ON c.seq = t.seq LEFT JOIN user u ON u.id = c.author
                 WHERE t.subject = ?1
                   AND (c.action LIKE '{\"code\":\"contact_create\"%' OR c.action LIKE '{\"code\":\"contact_edit\"%')
                 ORDER BY c.seq DESC",
            )?;
            let mut rows = statement.query([contact.0])?;
            let mut edits = Vec::new();
            while let Some(row) = rows.next()? {
                if reader.is_undone(ChangeId(row.get(0)?))? {
                    continue;
                }
                let mut columns = Vec::new();
                let captured = changeset::unpack(&row.get::<_, Vec<u8>>(3)?)?;
                changeset::walk(&captured, |change| {
                    if change.table == "contact" && change.id == contact.0 {
                        let written = |place: usize| match (change.operation, change.after(place)) {
                            (Operation::Insert, None | Some(ValueRef::Null | ValueRef::Integer(0))) => false,
                            (Operation::Insert, Some(ValueRef::Text(text))) => !text.is_empty(),
                            (_, after) => after.is_some(),
                        };
                        let all = self.columns.of("contact").iter().enumerate().skip(1);
                        columns.extend(all.filter(|(place, _)| written(*place)).map(|(_, name)| name.clone()));
                    }
                    Ok(())
                })?;
                edits.push(HandEdit {
                    at: DateTime::from_timestamp_millis(row.get(1)?).unwrap_or_default(),
                    author: row.get(2)?,
                    columns,
                });
            }
            Ok(edits)
        })
    }
}
