//! Which contacts a search and filter keep, as sets of document numbers.
//!
//! Where somebody lives under a non-disclosure order is not told by asking either: searches and filters for a flat, stairwell
//! or city pass them over.

use crate::row::date;
use crate::vocabulary::retention;
use crate::{Reader, Result};
use chrono::NaiveDate;
use kiulu_domain::contact::{ContactKind, StakeholderRole};
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec};
use kiulu_domain::flat::flat_name;
use kiulu_domain::id::{ContactId, GroupId, StakeholderKindId, StakeholderRoleId};
use rusqlite::{ToSql, params_from_iter};

/// A set of document numbers.
#[derive(Default)]
pub(crate) struct DocSet(Vec<u64>);

impl DocSet {
    fn add(&mut self, docid: u32) {
        let word = docid as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (docid % 64);
    }

    fn read(reader: &Reader<'_>, sql: &str, values: &[Box<dyn ToSql>]) -> Result<Self> {
        let mut set = Self::default();
        let mut statement = reader.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            set.add(row.get(0)?);
        }
        Ok(set)
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

    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// The contacts that a search and filter keep; nothing when they keep all.
pub(crate) fn matching(
    reader: &Reader<'_>,
    spec: &ContactListSpec,
    today: NaiveDate,
) -> Result<Option<DocSet>> {
    let mut sets = Vec::new();
    sets.extend(found(reader, &Typed::read(&spec.query), today)?);
    filter_sets(reader, &spec.filter, today, &mut Vec::new(), &mut sets)?;
    Ok(sets.into_iter().reduce(|all, set| all.intersect(&set)))
}

const INDEXED: &str = "SELECT i.docid FROM contact c JOIN local_contact_index i ON i.contact = c.id WHERE ";
const IN_ROLE: &str =
    "SELECT i.docid FROM stakeholder_role r JOIN local_contact_index i ON i.contact = r.contact
     LEFT JOIN flat f ON f.id = r.flat
     WHERE (r.valid_from IS NULL OR r.valid_from <= ?1) AND (r.valid_to IS NULL OR r.valid_to >= ?1)";
const OPEN: &str = "EXISTS (SELECT 1 FROM contact o WHERE o.id = r.contact AND o.non_disclosure = 0)";

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
        former,
        language,
        has_domicile,
        in_household,
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
        if !stairwells.is_empty() || flat.is_some() {
            sql.push_str(&format!(" AND {OPEN}"));
        }
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
        (has_phone, "c.phone <> ''"),
        (deceased, "c.deceased = 1"),
        (non_disclosure, "c.non_disclosure = 1"),
        (has_domicile, "c.domicile <> ''"),
        (in_household, "c.household IS NOT NULL"),
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
        add(
            format!("{INDEXED} c.city = ?1 AND c.non_disclosure = 0"),
            vec![Box::new(city.clone())],
        )?;
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
        let sql = "SELECT i.docid FROM custom_value v JOIN local_contact_index i ON i.contact = v.contact
                   WHERE v.custom_field = ?1 AND v.value = ?2";
        add(sql.to_owned(), vec![Box::new(field.0), Box::new(value.clone())])?;
    }
    if let Some(wanted) = has_email {
        // The list's own rows answer this without the contacts, which are larger.
        let having = DocSet::read(
            reader,
            "SELECT docid FROM local_contact_index WHERE email_key <> ''",
            &[],
        )?;
        sets.push(if *wanted {
            having
        } else {
            everybody(reader)?.subtract(&having)
        });
    }
    if *without_reason {
        sets.push(everybody(reader)?.subtract(&with_reason(reader, today)?));
    }
    if *former {
        let ever =
            "SELECT i.docid FROM stakeholder_role r JOIN local_contact_index i ON i.contact = r.contact";
        let running = format!("{ever} WHERE r.valid_to IS NULL OR r.valid_to >= ?1");
        let ever = DocSet::read(reader, ever, &[])?;
        sets.push(ever.subtract(&DocSet::read(reader, &running, &[day()])?));
    }
    if !groups.is_empty() {
        let mut members = DocSet::default();
        for group in groups {
            members = members.union(group_set(reader, *group, today, path)?);
        }
        sets.push(members);
    }
    Ok(())
}

fn everybody(reader: &Reader<'_>) -> Result<DocSet> {
    DocSet::read(reader, "SELECT docid FROM local_contact_index", &[])
}

/// Contacts with a reason to be in the register. How long an ended role is one follows from its retention rule.
fn with_reason(reader: &Reader<'_>, today: NaiveDate) -> Result<DocSet> {
    let mut set = DocSet::default();
    let mut statement = reader.conn.prepare_cached(
        "SELECT i.docid, r.id, r.contact, r.kind, r.valid_to, k.retention_months, k.retention_statute
         FROM stakeholder_role r JOIN stakeholder_kind k ON k.id = r.kind
         JOIN local_contact_index i ON i.contact = r.contact",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let valid_to = date(row, 4)?;
        if valid_to.is_some_and(|to| to < today) {
            let role = StakeholderRole {
                id: StakeholderRoleId(row.get(1)?),
                contact: ContactId(row.get(2)?),
                kind: StakeholderKindId(row.get(3)?),
                flat: None,
                valid_from: None,
                valid_to,
                note: String::new(),
            };
            if !retention(row, 5)?.keeps(&role, today) {
                continue;
            }
        }
        set.add(row.get(0)?);
    }
    Ok(set)
}

/// Members of a group and its subgroups, by hand and by rule. `path` holds the groups whose rules are being followed: one
/// that leads back to itself adds nobody.
fn group_set(
    reader: &Reader<'_>,
    group: GroupId,
    today: NaiveDate,
    path: &mut Vec<GroupId>,
) -> Result<DocSet> {
    let mut members = DocSet::default();
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

/// What was typed into the search field, as it is looked up.
#[derive(Debug, Default, PartialEq, Eq)]
struct Typed {
    /// An FTS5 query: each word a prefix, all must be found; digits that belong to a phone number are put together.
    words: Option<String>,
    /// A flat at the end of it, and the words before it: "Virtanen A 12".
    flat: Option<(Option<String>, String)>,
}

impl Typed {
    fn read(typed: &str) -> Self {
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
            let words = format!("phone : \"{phone}\"* OR number : \"{typed}\"* OR number : \"{digits}\"*");
            return Self {
                words: Some(words),
                flat: None,
            };
        }
        match flat_name(typed) {
            // Every A and every 12 would be too many; a member number may look like a flat.
            Some(flat) if flat.starts_with(char::is_alphabetic) => Self {
                words: Some(format!("number : \"{typed}\"*")),
                flat: Some((None, flat)),
            },
            Some(flat) => Self {
                words: all_words(typed),
                flat: Some((None, flat)),
            },
            None => Self {
                words: all_words(typed),
                flat: flat_behind(typed).map(|(before, flat)| (all_words(before), flat)),
            },
        }
    }
}

/// A flat of one to three words at the end ("A12", "A 12", "C 7 b") and what stands before it.
fn flat_behind(typed: &str) -> Option<(&str, String)> {
    let starts: Vec<usize> = typed
        .char_indices()
        .filter(|(_, c)| c.is_whitespace())
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    starts.iter().rev().take(3).rev().find_map(|start| {
        let flat = flat_name(&typed[*start..])?;
        flat.starts_with(char::is_alphabetic)
            .then(|| (typed[..*start].trim(), flat))
    })
}

fn all_words(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// Who is found by what was typed; nothing for blank text, which finds everybody.
fn found(reader: &Reader<'_>, typed: &Typed, today: NaiveDate) -> Result<Option<DocSet>> {
    let by_words = |words: &String| {
        let sql = "SELECT rowid FROM local_contact_search WHERE local_contact_search MATCH ?1";
        DocSet::read(reader, sql, &[Box::new(words.clone())])
    };
    let mut set = typed.words.as_ref().map(by_words).transpose()?;
    if let Some((before, flat)) = &typed.flat {
        let sql = "SELECT i.docid FROM flat f JOIN stakeholder_role r ON r.flat = f.id
                   JOIN contact c ON c.id = r.contact AND c.non_disclosure = 0
                   JOIN local_contact_index i ON i.contact = r.contact
                   WHERE f.name = ?2 AND (r.valid_from IS NULL OR r.valid_from <= ?1)
                     AND (r.valid_to IS NULL OR r.valid_to >= ?1)";
        let there = DocSet::read(
            reader,
            sql,
            &[Box::new(today.to_string()), Box::new(flat.clone())],
        )?;
        let there = match before {
            Some(words) => there.intersect(&by_words(words)?),
            None => there,
        };
        set = Some(set.unwrap_or_default().union(there));
    }
    Ok(set)
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
            ("a 12", Some("number : \"a 12\"*")),
            ("a\" OR b", Some("\"a\"* AND \"OR\"* AND \"b\"*")),
        ] {
            assert_eq!(Typed::read(typed).words.as_deref(), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_flat_is_seen_where_it_ends_what_is_typed() {
        for (typed, expected) in [
            ("a 12", Some((None, "A 12"))),
            ("A12", Some((None, "A 12"))),
            ("12", Some((None, "12"))),
            ("virtanen A 12", Some((Some("\"virtanen\"*"), "A 12"))),
            (
                "matti virtanen a12",
                Some((Some("\"matti\"* AND \"virtanen\"*"), "A 12")),
            ),
            ("virtanen c 7 b", Some((Some("\"virtanen\"*"), "C 7 b"))),
            ("virtanen 12", None),
            ("virtanen", None),
            ("040 1234567", None),
        ] {
            let flat = Typed::read(typed).flat;
            assert_eq!(
                flat.as_ref()
                    .map(|(words, flat)| (words.as_deref(), flat.as_str())),
                expected,
                "{typed:?}"
            );
        }
    }
}
