//! Groups and subgroups of contacts.

use crate::contact_filter::filter_sets;
use crate::{Error, Reader, Result, Store, Tx};
use chrono::NaiveDate;
use kiulu_domain::contact_list::ContactFilter;
use kiulu_domain::id::{ContactId, GroupId, derived};
use rusqlite::{OptionalExtension, params};

/// A group; its members are those put there by hand and those its rule finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Row id.
    pub id: GroupId,
    /// The group it is part of.
    pub parent: Option<GroupId>,
    /// Its name.
    pub name: String,
    /// Who belongs to it by themselves.
    pub rule: Option<ContactFilter>,
    /// Members put there by hand.
    pub members: u32,
}

impl Reader<'_> {
    /// Every group.
    pub fn groups(&self) -> Result<Vec<Group>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, parent, name, rule, (SELECT count(*) FROM group_member m WHERE m.contact_group = g.id)
             FROM contact_group g ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut groups = Vec::new();
        while let Some(row) = rows.next()? {
            let rule: Option<String> = row.get(3)?;
            groups.push(Group {
                id: GroupId(row.get(0)?),
                parent: row.get::<_, Option<_>>(1)?.map(GroupId),
                name: row.get(2)?,
                rule: rule.map(|rule| serde_json::from_str(&rule)).transpose()?,
                members: row.get(4)?,
            });
        }
        Ok(groups)
    }

    /// The groups that a contact was put into by hand.
    pub fn groups_of(&self, contact: ContactId) -> Result<Vec<GroupId>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT contact_group FROM group_member WHERE contact = ?1")?;
        let rows = statement.query_map([contact.0], |row| row.get(0).map(GroupId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A group and all its subgroups.
    pub(crate) fn with_subgroups(&self, group: GroupId) -> Result<Vec<GroupId>> {
        let mut statement = self.conn.prepare_cached(
            "WITH RECURSIVE part(id) AS (
               SELECT ?1 UNION SELECT g.id FROM contact_group g JOIN part ON g.parent = part.id
             ) SELECT id FROM part",
        )?;
        let rows = statement.query_map([group.0], |row| row.get(0).map(GroupId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Store {
    /// The groups whose own rule finds a contact.
    pub fn groups_finding(&self, contact: ContactId, today: NaiveDate) -> Result<Vec<GroupId>> {
        self.read(|reader| {
            let docid: Option<u32> = reader
                .conn
                .prepare_cached("SELECT docid FROM local_contact_index WHERE contact = ?1")?
                .query_row([contact.0], |row| row.get(0))
                .optional()?;
            let Some(docid) = docid else {
                return Ok(Vec::new());
            };
            let mut found = Vec::new();
            for group in reader.groups()? {
                let Some(rule) = &group.rule else { continue };
                let mut sets = Vec::new();
                filter_sets(reader, rule, today, &mut vec![group.id], &mut sets)?;
                if !sets.is_empty() && sets.iter().all(|set| set.contains(docid)) {
                    found.push(group.id);
                }
            }
            Ok(found)
        })
    }
}

impl Tx<'_> {
    /// Writes a group.
    ///
    /// # Errors
    /// [`Error::InUse`] when it would become part of itself.
    pub fn put_group(
        &self,
        id: GroupId,
        parent: Option<GroupId>,
        name: &str,
        rule: Option<&ContactFilter>,
    ) -> Result<()> {
        if let Some(parent) = parent
            && self.with_subgroups(id)?.contains(&parent)
        {
            return Err(Error::InUse("group"));
        }
        self.conn().execute(
            "INSERT INTO contact_group(id, parent, name, rule) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT(id) DO UPDATE SET parent = excluded.parent, name = excluded.name, rule = excluded.rule",
            params![id.0, parent.map(|parent| parent.0), name, rule.map(serde_json::to_string).transpose()?],
        )?;
        Ok(())
    }

    /// Removes a group and its memberships; its subgroups move up to its own parent.
    pub fn delete_group(&self, id: GroupId) -> Result<()> {
        self.conn().execute(
            "UPDATE contact_group SET parent = (SELECT parent FROM contact_group WHERE id = ?1) WHERE parent = ?1",
            [id.0],
        )?;
        self.conn()
            .execute("DELETE FROM group_member WHERE contact_group = ?1", [id.0])?;
        self.conn()
            .execute("DELETE FROM contact_group WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Puts a contact into a group; being there already is no error.
    pub fn add_member(&self, group: GroupId, contact: ContactId) -> Result<bool> {
        let id = derived("group_member", &[group.0.as_bytes(), contact.0.as_bytes()]);
        let added = self
            .conn()
            .prepare_cached(
                "INSERT INTO group_member(id, contact_group, contact) VALUES (?1, ?2, ?3) ON CONFLICT(id) DO NOTHING",
            )?
            .execute(params![id, group.0, contact.0])?;
        Ok(added > 0)
    }

    /// Takes a contact out of a group.
    pub fn remove_member(&self, group: GroupId, contact: ContactId) -> Result<bool> {
        let removed = self
            .conn()
            .prepare_cached("DELETE FROM group_member WHERE contact_group = ?1 AND contact = ?2")?
            .execute(params![group.0, contact.0])?;
        Ok(removed > 0)
    }
}
