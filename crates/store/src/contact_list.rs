//! Lists of contacts: search as you type, filters, order, and any page of the result at once.
//!
//! The order of all contacts by a column is read once and kept; a search or filter is a set of document numbers; their
//! intersection in order is the list, kept until the log grows. A page then costs what it shows, wherever it stands in the list.

use crate::contact_filter::matching;
use crate::contacts::{DETAILS, details};
use crate::{Error, Reader, Result, Store};
use chrono::{DateTime, NaiveDate, Utc};
use kiulu_domain::collation;
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::contact_list::{ContactListSpec, ContactSort};
use kiulu_domain::id::{ContactId, StakeholderKindId};
use rusqlite::ToSql;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// A contact as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedContact {
    /// Row id.
    pub id: ContactId,
    /// The contact's own row.
    pub details: ContactDetails,
    /// Flats of today's roles.
    pub flats: Vec<String>,
    /// Today's roles.
    pub roles: Vec<StakeholderKindId>,
    /// Last change of anything about the contact.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactPage {
    /// How many contacts the whole list has.
    pub total: u32,
    /// The page.
    pub rows: Vec<ListedContact>,
}

/// What was computed last; valid while the log has not grown.
#[derive(Default)]
pub(crate) struct ListCache {
    seq: i64,
    orders: HashMap<ContactSort, Arc<Vec<u32>>>,
    result: Option<(ListKey, Arc<Vec<u32>>)>,
}

type ListKey = (ContactListSpec, NaiveDate);

impl Store {
    /// A page of a list: `limit` contacts from `offset` on.
    pub fn contact_page(
        &self,
        spec: &ContactListSpec,
        today: NaiveDate,
        offset: u32,
        limit: u32,
    ) -> Result<ContactPage> {
        self.read(|reader| {
            let list = self.contact_list(reader, spec, today)?;
            let start = (offset as usize).min(list.len());
            let end = (start + limit as usize).min(list.len());
            let rows = list[start..end]
                .iter()
                .map(|docid| reader.listed(*docid, today))
                .collect::<Result<_>>()?;
            Ok(ContactPage {
                total: list.len() as u32,
                rows,
            })
        })
    }

    /// The ids of a whole list, in its order.
    pub fn contact_ids(&self, spec: &ContactListSpec, today: NaiveDate) -> Result<Vec<ContactId>> {
        self.read(|reader| {
            let list = self.contact_list(reader, spec, today)?;
            let mut contact = reader
                .conn
                .prepare_cached("SELECT contact FROM local_contact_index WHERE docid = ?1")?;
            let ids = list
                .iter()
                .map(|docid| contact.query_row([docid], |row| row.get(0).map(ContactId)));
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// How many contacts a list has.
    pub fn contact_count(&self, spec: &ContactListSpec, today: NaiveDate) -> Result<u32> {
        self.read(|reader| {
            Ok(matching(reader, spec, today)?.map_or(reader.all_contacts()?, |set| set.count()))
        })
    }

    /// Contacts as lists show them, by id; those that are gone are left out.
    pub fn listed_contacts(&self, ids: &[ContactId], today: NaiveDate) -> Result<Vec<ListedContact>> {
        self.read(|reader| {
            let mut find = reader
                .conn
                .prepare_cached("SELECT docid FROM local_contact_index WHERE contact = ?1")?;
            let mut listed = Vec::with_capacity(ids.len());
            for id in ids {
                use rusqlite::OptionalExtension;
                if let Some(docid) = find.query_row([id.0], |row| row.get(0)).optional()? {
                    listed.push(reader.listed(docid, today)?);
                }
            }
            Ok(listed)
        })
    }

    fn contact_list(
        &self,
        reader: &Reader<'_>,
        spec: &ContactListSpec,
        today: NaiveDate,
    ) -> Result<Arc<Vec<u32>>> {
        let seq = reader.last_seq()?;
        let mut key = (spec.clone(), today);
        // Columns do not change which contacts are listed.
        key.0.columns.clear();
        let order = {
            let mut cache = lock(&self.lists);
            if cache.seq != seq {
                *cache = ListCache {
                    seq,
                    ..ListCache::default()
                };
            }
            if let Some((kept, list)) = &cache.result
                && *kept == key
            {
                return Ok(Arc::clone(list));
            }
            cache.orders.get(&spec.sort).cloned()
        };
        let order = match order {
            Some(order) => order,
            None => {
                let order = Arc::new(read_order(reader, spec.sort, today)?);
                let mut cache = lock(&self.lists);
                if cache.seq == seq {
                    cache.orders.insert(spec.sort, Arc::clone(&order));
                }
                order
            }
        };
        let list = match matching(reader, spec, today)? {
            None if !spec.descending => Arc::clone(&order),
            set => {
                let keep = |docid: &&u32| set.as_ref().is_none_or(|set| set.contains(**docid));
                Arc::new(if spec.descending {
                    order.iter().rev().filter(keep).copied().collect()
                } else {
                    order.iter().filter(keep).copied().collect()
                })
            }
        };
        let mut cache = lock(&self.lists);
        if cache.seq == seq {
            cache.result = Some((key, Arc::clone(&list)));
        }
        Ok(list)
    }
}

fn lock(cache: &Mutex<ListCache>) -> std::sync::MutexGuard<'_, ListCache> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader<'_> {
    fn all_contacts(&self) -> Result<u32> {
        Ok(self
            .conn
            .query_row("SELECT count(*) FROM local_contact_index", [], |row| row.get(0))?)
    }

    fn listed(&self, docid: u32, today: NaiveDate) -> Result<ListedContact> {
        let sql = format!(
            "SELECT i.contact, (SELECT at FROM change WHERE seq = i.changed_seq), {DETAILS}
             FROM local_contact_index i JOIN contact ON contact.id = i.contact WHERE i.docid = ?1"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let (id, changed_at, details) = statement.query_row([docid], |row| {
            Ok((
                ContactId(row.get(0)?),
                row.get::<_, Option<i64>>(1)?,
                details(row, 2),
            ))
        })?;
        let mut current = self.conn.prepare_cached(
            "SELECT r.kind, f.name FROM stakeholder_role r LEFT JOIN flat f ON f.id = r.flat
             JOIN stakeholder_kind k ON k.id = r.kind
             WHERE r.contact = ?1 AND (r.valid_from IS NULL OR r.valid_from <= ?2) AND (r.valid_to IS NULL OR r.valid_to >= ?2)
             ORDER BY k.position, r.id",
        )?;
        let (mut roles, mut flats) = (Vec::new(), Vec::new());
        let mut rows = current.query(rusqlite::params![id.0, today.to_string()])?;
        while let Some(row) = rows.next()? {
            let kind = StakeholderKindId(row.get(0)?);
            if !roles.contains(&kind) {
                roles.push(kind);
            }
            if let Some(flat) = row.get::<_, Option<String>>(1)?
                && !flats.contains(&flat)
            {
                flats.push(flat);
            }
        }
        let changed_at = changed_at.and_then(DateTime::from_timestamp_millis);
        Ok(ListedContact {
            id,
            details: details?,
            flats,
            roles,
            changed_at,
        })
    }
}

/// Every contact in the order of a column.
fn read_order(reader: &Reader<'_>, sort: ContactSort, today: NaiveDate) -> Result<Vec<u32>> {
    let by_name = {
        let mut statement = reader
            .conn
            .prepare_cached("SELECT docid FROM local_contact_index ORDER BY name_key, docid")?;
        statement
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<u32>>>()?
    };
    // Of several keys, such as flats, the first counts. Few cities have many people: each text is keyed once.
    let keyed = |sql: &str, values: &[&dyn ToSql]| -> Result<HashMap<u32, Rc<[u8]>>> {
        let mut keys: HashMap<String, Rc<[u8]>> = HashMap::new();
        let mut keyed: HashMap<u32, Rc<[u8]>> = HashMap::new();
        let mut statement = reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref(1)?.as_str().map_err(|_| Error::Unreadable("text"))?;
            let key = match keys.get(text) {
                Some(key) => Rc::clone(key),
                None => {
                    let key: Rc<[u8]> = collation::sort_key(text).into();
                    keys.insert(text.to_owned(), Rc::clone(&key));
                    key
                }
            };
            keyed
                .entry(row.get(0)?)
                .and_modify(|present| {
                    if key < *present {
                        *present = Rc::clone(&key);
                    }
                })
                .or_insert(key);
        }
        Ok(keyed)
    };
    let keys = match sort {
        ContactSort::Name => return Ok(by_name),
        ContactSort::Changed => {
            let mut statement = reader.conn.prepare_cached(
                "SELECT docid FROM local_contact_index ORDER BY changed_seq, name_key, docid",
            )?;
            return Ok(statement
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?);
        }
        ContactSort::Email => keyed(
            "SELECT docid, email_key FROM local_contact_index WHERE email_key <> ''",
            &[],
        )?,
        ContactSort::Number => keyed(
            "SELECT docid, number_key FROM local_contact_index WHERE number_key <> ''",
            &[],
        )?,
        ContactSort::City => keyed(
            "SELECT i.docid, c.city FROM contact c JOIN local_contact_index i ON i.contact = c.id
             WHERE c.city <> '' AND c.non_disclosure = 0",
            &[],
        )?,
        ContactSort::BirthDate => keyed(
            "SELECT i.docid, c.birth_date FROM contact c JOIN local_contact_index i ON i.contact = c.id
             WHERE c.birth_date IS NOT NULL",
            &[],
        )?,
        ContactSort::Flat => keyed(
            "SELECT i.docid, f.name FROM stakeholder_role r JOIN flat f ON f.id = r.flat
             JOIN local_contact_index i ON i.contact = r.contact
             JOIN contact c ON c.id = r.contact AND c.non_disclosure = 0
             WHERE (r.valid_from IS NULL OR r.valid_from <= ?1) AND (r.valid_to IS NULL OR r.valid_to >= ?1)",
            &[&today.to_string()],
        )?,
    };
    // Whose place would tell where they live, comes last with those who have no key.
    // A stable sort keeps names in order within equal keys; contacts without a key come last.
    let mut order: Vec<(Option<Rc<[u8]>>, u32)> = by_name
        .into_iter()
        .map(|docid| (keys.get(&docid).cloned(), docid))
        .collect();
    order.sort_by(|(a, _), (b, _)| a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(b)));
    Ok(order.into_iter().map(|(_, docid)| docid).collect())
}
