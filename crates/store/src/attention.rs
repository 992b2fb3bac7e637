//! What needs attention, found in the register itself.

use crate::row::date;
use crate::vocabulary::{retention, role};
use crate::{Reader, Result, Tx};
use chrono::NaiveDate;
use kiulu_domain::contact::{births_of_round_birthdays, round_birthday};
use kiulu_domain::id::{ContactId, derived};
use rusqlite::{ToSql, params};
use std::collections::HashSet;

/// A contact whose last role's retention time has run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionDue {
    /// Whose data.
    pub contact: ContactId,
    /// The first day on which it is no longer needed.
    pub due: NaiveDate,
}

impl Reader<'_> {
    /// Living persons who have a role today and a round birthday within so many days, the nearest first.
    pub fn round_birthdays(
        &self,
        today: NaiveDate,
        within_days: i64,
    ) -> Result<Vec<(ContactId, i32, NaiveDate)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, birth_date FROM contact WHERE birth_date BETWEEN ?2 AND ?3 AND deceased = 0
               AND EXISTS (SELECT 1 FROM stakeholder_role r WHERE r.contact = contact.id
                           AND (r.valid_from IS NULL OR r.valid_from <= ?1) AND (r.valid_to IS NULL OR r.valid_to >= ?1))",
        )?;
        let mut found = Vec::new();
        for (first, last) in births_of_round_birthdays(today, within_days) {
            let mut rows =
                statement.query(params![today.to_string(), first.to_string(), last.to_string()])?;
            while let Some(row) = rows.next()? {
                if let Some((age, day)) =
                    date(row, 1)?.and_then(|birth| round_birthday(birth, today, within_days))
                {
                    found.push((ContactId(row.get(0)?), age, day));
                }
            }
        }
        found.sort_by_key(|(id, _, day)| (*day, *id));
        Ok(found)
    }

    /// The dead who still have a role that runs or will.
    pub fn deceased_in_roles(&self, today: NaiveDate) -> Result<Vec<ContactId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM contact WHERE deceased = 1
               AND EXISTS (SELECT 1 FROM stakeholder_role r WHERE r.contact = contact.id
                           AND (r.valid_to IS NULL OR r.valid_to > ?1)) ORDER BY id",
        )?;
        let rows = statement.query_map([today.to_string()], |row| row.get(0).map(ContactId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Contacts all of whose roles have ended, with the day their longest retention runs out; nothing where a statute keeps them.
    fn former(&self, today: NaiveDate) -> Result<Vec<(ContactId, Option<NaiveDate>)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT r.id, r.contact, r.kind, r.flat, r.valid_from, r.valid_to, r.note, k.retention_months, k.retention_statute
             FROM stakeholder_role r JOIN stakeholder_kind k ON k.id = r.kind
             WHERE r.valid_to < ?1 AND NOT EXISTS (SELECT 1 FROM stakeholder_role o WHERE o.contact = r.contact
                               AND (o.valid_to IS NULL OR o.valid_to >= ?1))
             ORDER BY r.contact",
        )?;
        let mut rows = statement.query([today.to_string()])?;
        let mut due: Vec<(ContactId, Option<NaiveDate>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let role = role(row)?;
            let this = retention(row, 7)?.due(&role);
            match due.last_mut() {
                Some((contact, until)) if *contact == role.contact => {
                    *until = until.zip(this).map(|(a, b)| a.max(b))
                }
                _ => due.push((role.contact, this)),
            }
        }
        Ok(due)
    }

    /// Contacts all of whose roles have ended and whose longest retention has run out, the longest overdue first.
    pub fn retention_due(&self, today: NaiveDate) -> Result<Vec<RetentionDue>> {
        let mut due: Vec<_> = self
            .former(today)?
            .into_iter()
            .filter_map(|(contact, due)| {
                due.filter(|due| *due <= today)
                    .map(|due| RetentionDue { contact, due })
            })
            .collect();
        due.sort_by_key(|row| (row.due, row.contact));
        Ok(due)
    }

    /// How many contacts have no reason to be in the register: the filter's `without_reason`, counted without reading every role.
    pub fn without_reason_count(&self, today: NaiveDate) -> Result<u32> {
        let count = |sql| -> Result<u32> {
            let mut statement = self.conn.prepare_cached(sql)?;
            let day = today.to_string();
            let values: &[&dyn ToSql] = if statement.parameter_count() == 1 {
                &[&day]
            } else {
                &[]
            };
            Ok(statement.query_row(values, |row| row.get(0))?)
        };
        let all = count("SELECT count(*) FROM contact")?;
        let open = count(
            "SELECT count(DISTINCT contact) FROM stakeholder_role WHERE valid_to IS NULL OR valid_to >= ?1",
        )?;
        let kept = self.former(today)?.into_iter();
        let kept = kept.filter(|(_, due)| due.is_none_or(|due| today < due)).count() as u32;
        Ok(all.saturating_sub(open).saturating_sub(kept))
    }

    /// Keys of what somebody has settled: for good, or until a day that is still to come.
    pub fn settled(&self, today: NaiveDate) -> Result<HashSet<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT json_extract(params, '$.key') FROM attention
             WHERE code = 'settled' AND coalesce(json_extract(params, '$.until') > ?1, 1)",
        )?;
        let rows = statement.query_map([today.to_string()], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Tx<'_> {
    /// Settles a matter, until a day or for good. Settlements that have lapsed go.
    pub fn settle(&self, key: &str, until: Option<NaiveDate>, today: NaiveDate) -> Result<()> {
        self.conn().execute(
            "DELETE FROM attention WHERE code = 'settled' AND json_extract(params, '$.until') <= ?1",
            [today.to_string()],
        )?;
        let params = serde_json::json!({ "key": key, "until": until });
        self.conn().execute(
            "INSERT INTO attention(id, code, subject, params, created_at) VALUES (?1, 'settled', NULL, ?2, ?3)
             ON CONFLICT(id) DO UPDATE SET params = excluded.params, created_at = excluded.created_at",
            params![
                derived("attention", &[key.as_bytes()]),
                params.to_string(),
                self.now().timestamp_millis()
            ],
        )?;
        Ok(())
    }

    /// Takes a row off the shared needs-attention list.
    pub fn delete_attention_row(&self, id: uuid::Uuid) -> Result<()> {
        self.conn().execute("DELETE FROM attention WHERE id = ?1", [id])?;
        Ok(())
    }
}
