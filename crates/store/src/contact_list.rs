//! Lists of contacts: search as you type, filters, order, and any page of the result at once.
//!
//! The order of all contacts by a column is read once and kept; a search or filter is a set of document numbers; their
//! intersection in order is the list, kept until the log grows. A page then costs what it shows, wherever it stands in the list.

use crate::contacts::{DETAILS, details};
use crate::{Error, Reader, Result, Store};
use chrono::{DateTime, NaiveDate, Utc};
use kiulu_domain::collation;
use kiulu_domain::contact::{ContactDetails, ContactKind};
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec, ContactSort};
use kiulu_domain::flat::flat_name;
use kiulu_domain::id::{ContactId, GroupId, StakeholderKindId};
use rusqlite::{ToSql, params_from_iter};
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
            "SELECT i.docid, c.city FROM contact c JOIN local_contact_index i ON i.contact = c.id WHERE c.city <> ''",
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
             WHERE (r.valid_from IS NULL OR r.valid_from <= ?1) AND (r.valid_to IS NULL OR r.valid_to >= ?1)",
            &[&today.to_string()],
        )?,
    };
    // A stable sort keeps names in order within equal keys; contacts without a key come last.
    let mut order: Vec<(Option<Rc<[u8]>>, u32)> = by_name
        .into_iter()
        .map(|docid| (keys.get(&docid).cloned(), docid))
        .collect();
    order.sort_by(|(a, _), (b, _)| a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(b)));
    Ok(order.into_iter().map(|(_, docid)| docid).collect())
}

/// A set of document numbers.
pub(crate) struct DocSet(Vec<u64>);

impl DocSet {
    fn read(reader: &Reader<'_>, sql: &str, values: &[Box<dyn ToSql>]) -> Result<Self> {
        let mut bits = Vec::new();
        let mut statement = reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let docid: u32 = row.get(0)?;
            let word = docid as usize / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            bits[word] |= 1 << (docid % 64);
        }
        Ok(Self(bits))
    }

    pub(crate) fn contains(&self, docid: u32) -> bool {
        self.0
            .get(docid as usize / 64)
            .is_some_and(|word| word >> (docid % 64) & 1 == 1)
    }

    fn intersect(mut self, other: &Self) -> Self {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
        self
    }

    fn subtract(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
        self
    }

    fn union(mut self, other: Self) -> Self {
        let (longer, shorter) = if self.0.len() >= other.0.len() {
            (&mut self.0, other.0)
        } else {
            return other.union(self);
        };
        longer.iter_mut().zip(shorter).for_each(|(a, b)| *a |= b);
        self
    }

    fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// The contacts that a search and filter keep; nothing when they keep all.
fn matching(reader: &Reader<'_>, spec: &ContactListSpec, today: NaiveDate) -> Result<Option<DocSet>> {
    let mut sets = Vec::new();
    if let Some(query) = search_expression(&spec.query) {
        let sql = "SELECT rowid FROM local_contact_search WHERE local_contact_search MATCH ?1";
        sets.push(DocSet::read(reader, sql, &[Box::new(query)])?);
    }
    filter_sets(reader, &spec.filter, today, &mut Vec::new(), &mut sets)?;
    Ok(sets.into_iter().reduce(|all, set| all.intersect(&set)))
}

const INDEXED: &str = "SELECT i.docid FROM contact c JOIN local_contact_index i ON i.contact = c.id WHERE ";
const IN_ROLE: &str =
    "SELECT i.docid FROM stakeholder_role r JOIN local_contact_index i ON i.contact = r.contact
     LEFT JOIN flat f ON f.id = r.flat
     WHERE (r.valid_from IS NULL OR r.valid_from <= ?1) AND (r.valid_to IS NULL OR r.valid_to >= ?1)";

/// Adds a set for each condition of a filter. `path` holds the groups whose rules are being followed.
pub(crate) fn filter_sets(
    reader: &Reader<'_>,
    filter: &ContactFilter,
    today: NaiveDate,
    path: &mut Vec<GroupId>,
    sets: &mut Vec<DocSet>,
) -> Result<()> {
    let ContactFilter {
        roles,
        stairwells,
        flat,
        groups,
        household,
        kind,
        has_email,
        has_phone,
        without_reason,
        deceased,
        away,
        non_disclosure,
        city,
        language,
        born_from,
        born_to,
        custom,
    } = filter;
    let day = || -> Box<dyn ToSql> { Box::new(today.to_string()) };
    let mut add = |sql: String, values: Vec<Box<dyn ToSql>>| -> Result<()> {
        sets.push(DocSet::read(reader, &sql, &values)?);
        Ok(())
    };
    // Roles, stairwells and the flat must hold of one and the same role.
    if !roles.is_empty() || !stairwells.is_empty() || flat.is_some() {
        let mut sql = IN_ROLE.to_owned();
        let mut values = vec![day()];
        let mut any_of = |column: &str, wanted: Vec<Box<dyn ToSql>>| {
            if !wanted.is_empty() {
                let from = values.len() + 1;
                let marks: Vec<_> = (from..from + wanted.len())
                    .map(|number| format!("?{number}"))
                    .collect();
                sql.push_str(&format!(" AND {column} IN ({})", marks.join(", ")));
                values.extend(wanted);
            }
        };
        any_of(
            "r.kind",
            roles
                .iter()
                .map(|role| Box::new(role.0) as Box<dyn ToSql>)
                .collect(),
        );
        any_of(
            "substr(f.name, 1, instr(f.name, ' ') - 1)",
            stairwells
                .iter()
                .map(|name| Box::new(name.clone()) as Box<dyn ToSql>)
                .collect(),
        );
        any_of(
            "r.flat",
            flat.iter()
                .map(|flat| Box::new(flat.0) as Box<dyn ToSql>)
                .collect(),
        );
        add(sql, values)?;
    }
    if let Some(household) = household {
        add(format!("{INDEXED} c.household = ?1"), vec![Box::new(household.0)])?;
    }
    if let Some(kind) = kind {
        let word = if *kind == ContactKind::Person {
            "person"
        } else {
            "organisation"
        };
        add(format!("{INDEXED} c.kind = ?1"), vec![Box::new(word)])?;
    }
    for (wanted, condition) in [
        (has_email, "c.email <> ''"),
        (has_phone, "c.phone <> ''"),
        (deceased, "c.deceased = 1"),
        (non_disclosure, "c.non_disclosure = 1"),
    ] {
        if let Some(wanted) = wanted {
            add(
                format!("{INDEXED} ({condition}) = {}", i32::from(*wanted)),
                vec![],
            )?;
        }
    }
    if let Some(wanted) = away {
        let wanted = i32::from(*wanted);
        add(
            format!("{INDEXED} (c.away_until IS NOT NULL AND c.away_until >= ?1) = {wanted}"),
            vec![day()],
        )?;
    }
    if let Some(city) = city {
        add(format!("{INDEXED} c.city = ?1"), vec![Box::new(city.clone())])?;
    }
    if let Some(language) = language {
        add(
            format!("{INDEXED} c.language = ?1"),
            vec![Box::new(language.clone())],
        )?;
    }
    for (year, order) in [(born_from, ">="), (born_to, "<=")] {
        if let Some(year) = year {
            add(
                format!("{INDEXED} CAST(substr(c.birth_date, 1, 4) AS INTEGER) {order} ?1"),
                vec![Box::new(*year)],
            )?;
        }
    }
    for (field, value) in custom {
        add(
            "SELECT i.docid FROM custom_value v JOIN local_contact_index i ON i.contact = v.contact
             WHERE v.custom_field = ?1 AND v.value = ?2"
                .to_owned(),
            vec![Box::new(field.0), Box::new(value.clone())],
        )?;
    }
    if *without_reason {
        let all = DocSet::read(reader, "SELECT docid FROM local_contact_index", &[])?;
        sets.push(all.subtract(&DocSet::read(reader, IN_ROLE, &[day()])?));
    }
    if !groups.is_empty() {
        let mut members = DocSet(Vec::new());
        for group in groups {
            members = members.union(group_set(reader, *group, today, path)?);
        }
        sets.push(members);
    }
    Ok(())
}

/// Members of a group and its subgroups, by hand and by rule. `path` holds the groups whose rules are being followed: one
/// that leads back to itself adds nobody.
fn group_set(
    reader: &Reader<'_>,
    group: GroupId,
    today: NaiveDate,
    path: &mut Vec<GroupId>,
) -> Result<DocSet> {
    let mut members = DocSet(Vec::new());
    let all = reader.groups()?;
    for part in reader.with_subgroups(group)? {
        if path.contains(&part) {
            continue;
        }
        let by_hand = "SELECT i.docid FROM group_member m JOIN local_contact_index i ON i.contact = m.contact
                       WHERE m.contact_group = ?1";
        members = members.union(DocSet::read(reader, by_hand, &[Box::new(part.0)])?);
        let rule = all
            .iter()
            .find(|group| group.id == part)
            .and_then(|group| group.rule.as_ref());
        if let Some(rule) = rule {
            let mut sets = Vec::new();
            path.push(part);
            filter_sets(reader, rule, today, path, &mut sets)?;
            path.pop();
            let by_rule = sets.into_iter().reduce(|all, set| all.intersect(&set));
            members = by_rule.into_iter().fold(members, DocSet::union);
        }
    }
    Ok(members)
}

/// What was typed, as an FTS5 query: each word a prefix, all must be found. Digits that belong to a phone number are put
/// together first, and so are the parts of a flat. Nothing for blank text.
fn search_expression(typed: &str) -> Option<String> {
    // A double quote would end a phrase; a combining mark is part of the letter before it, and the index keeps neither.
    let typed: String = typed
        .chars()
        .filter(|c| *c != '"' && !('\u{300}'..='\u{36f}').contains(c))
        .collect();
    let typed = typed.trim();
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let separators = [' ', '+', '-', '–', '(', ')', '/', '\u{a0}'];
    if digits.len() >= 4
        && typed
            .chars()
            .all(|c| c.is_ascii_digit() || separators.contains(&c))
    {
        let phone = as_indexed(&digits);
        return Some(format!(
            "phone : \"{phone}\"* OR number : \"{typed}\"* OR number : \"{digits}\"*"
        ));
    }
    if let Some(flat) = flat_name(typed)
        && flat.starts_with(char::is_alphabetic)
    {
        return Some(format!(
            "flat : \"{}\" OR number : \"{}\"*",
            flat.replace(' ', ""),
            typed
        ));
    }
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// The digits of a phone number as the index has them: "00358…" and "358(0)40…" are ways of writing "358…".
fn as_indexed(digits: &str) -> String {
    let digits = match digits.strip_prefix("00") {
        Some(abroad) if abroad.starts_with("358") => abroad,
        _ => digits,
    };
    match digits.strip_prefix("3580") {
        Some(national) => format!("358{national}"),
        None => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_prefixes() {
        for (typed, expected) in [
            ("", None),
            ("  -", None),
            ("mat", Some("\"mat\"*")),
            ("Mat Meik", Some("\"Mat\"* AND \"Meik\"*")),
            (
                "matti.m@posti.fi",
                Some("\"matti\"* AND \"m\"* AND \"posti\"* AND \"fi\"*"),
            ),
            (
                "040 123",
                Some("phone : \"040123\"* OR number : \"040 123\"* OR number : \"040123\"*"),
            ),
            (
                "+358 (0)40-123",
                Some("phone : \"35840123\"* OR number : \"+358 (0)40-123\"* OR number : \"358040123\"*"),
            ),
            (
                "0035840",
                Some("phone : \"35840\"* OR number : \"0035840\"* OR number : \"0035840\"*"),
            ),
            ("Ma\u{308}kela\u{308}", Some("\"Makela\"*")),
            ("12", Some("\"12\"*")),
            ("a 12", Some("flat : \"A12\" OR number : \"a 12\"*")),
            ("a\" OR b", Some("\"a\"* AND \"OR\"* AND \"b\"*")),
        ] {
            assert_eq!(search_expression(typed).as_deref(), expected, "{typed:?}");
        }
    }
}
