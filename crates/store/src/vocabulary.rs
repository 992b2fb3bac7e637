//! The stakeholder vocabulary and the roles that use it.

use crate::row::{date, iso, word};
use crate::{Error, Reader, Result, Tx};
use kiulu_domain::contact::StakeholderRole;
use kiulu_domain::id::{ContactId, FlatId, StakeholderKindId, StakeholderRoleId};
use kiulu_domain::vocabulary::{Retention, StakeholderKind};
use rusqlite::{Row, params};

fn kind(row: &Row<'_>) -> Result<StakeholderKind> {
    Ok(StakeholderKind {
        id: StakeholderKindId(row.get(0)?),
        name: row.get(1)?,
        legal_basis: word(row, 2)?,
        retention: retention(row, 3)?,
        has_flat: row.get(5)?,
    })
}

/// A retention rule from its two columns, months and statute.
pub(crate) fn retention(row: &Row<'_>, months: usize) -> Result<Retention> {
    match (row.get(months)?, row.get(months + 1)?) {
        (Some(months), _) => Ok(Retention::MonthsAfterEnd { months }),
        (None, Some(statute)) => Ok(Retention::Statute { statute }),
        (None, None) => Err(Error::Unreadable("retention")),
    }
}

/// A role from the columns of [`ROLE`], in their order.
pub(crate) fn role(row: &Row<'_>) -> Result<StakeholderRole> {
    Ok(StakeholderRole {
        id: StakeholderRoleId(row.get(0)?),
        contact: ContactId(row.get(1)?),
        kind: StakeholderKindId(row.get(2)?),
        flat: row.get::<_, Option<_>>(3)?.map(FlatId),
        valid_from: date(row, 4)?,
        valid_to: date(row, 5)?,
        note: row.get(6)?,
    })
}

const ROLE: &str = "id, contact, kind, flat, valid_from, valid_to, note";

impl Reader<'_> {
    /// The vocabulary in the organisation's own order.
    pub fn vocabulary(&self) -> Result<Vec<StakeholderKind>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, legal_basis, retention_months, retention_statute, has_flat FROM stakeholder_kind
             ORDER BY position, id",
        )?;
        let mut rows = statement.query([])?;
        let mut kinds = Vec::new();
        while let Some(row) = rows.next()? {
            kinds.push(kind(row)?);
        }
        Ok(kinds)
    }

    /// How many contacts have or had a role of each kind.
    pub fn vocabulary_use(&self) -> Result<Vec<(StakeholderKindId, u32)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT kind, count(DISTINCT contact) FROM stakeholder_role GROUP BY kind")?;
        let rows = statement.query_map([], |row| Ok((StakeholderKindId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A contact's roles, running ones first.
    pub fn roles_of(&self, contact: ContactId) -> Result<Vec<StakeholderRole>> {
        self.roles(&format!("SELECT {ROLE} FROM stakeholder_role WHERE contact = ?1 ORDER BY valid_to IS NOT NULL, valid_from DESC, id"), contact.0)
    }

    /// The roles that belong to a flat.
    pub fn roles_in(&self, flat: FlatId) -> Result<Vec<StakeholderRole>> {
        self.roles(&format!("SELECT {ROLE} FROM stakeholder_role WHERE flat = ?1 ORDER BY valid_to IS NOT NULL, valid_from DESC, id"), flat.0)
    }

    fn roles(&self, sql: &str, id: uuid::Uuid) -> Result<Vec<StakeholderRole>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        let mut roles = Vec::new();
        while let Some(row) = rows.next()? {
            roles.push(role(row)?);
        }
        Ok(roles)
    }
}

impl Tx<'_> {
    /// Writes a reason; a new one goes last.
    pub fn put_stakeholder_kind(&self, kind: &StakeholderKind) -> Result<()> {
        let (months, statute) = match &kind.retention {
            Retention::MonthsAfterEnd { months } => (Some(*months), None),
            Retention::Statute { statute } => (None, Some(statute)),
        };
        self.conn()
            .prepare_cached(
                "INSERT INTO stakeholder_kind(id, name, legal_basis, retention_months, retention_statute, has_flat, position)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(position), 0) + 1 FROM stakeholder_kind))
                 ON CONFLICT(id) DO UPDATE SET name = excluded.name, legal_basis = excluded.legal_basis,
                   retention_months = excluded.retention_months, retention_statute = excluded.retention_statute,
                   has_flat = excluded.has_flat",
            )?
            .execute(params![kind.id.0, kind.name, kind.legal_basis.as_str(), months, statute, kind.has_flat])?;
        Ok(())
    }

    /// Puts the reasons into an order.
    pub fn order_vocabulary(&self, kinds: &[StakeholderKindId]) -> Result<()> {
        let mut place = self
            .conn()
            .prepare_cached("UPDATE stakeholder_kind SET position = ?2 WHERE id = ?1")?;
        for (kind, position) in kinds.iter().zip(1_i64..) {
            place.execute(params![kind.0, position])?;
        }
        Ok(())
    }

    /// Removes a reason that nobody has.
    ///
    /// # Errors
    /// [`Error::InUse`] while a role refers to it.
    pub fn delete_stakeholder_kind(&self, id: StakeholderKindId) -> Result<()> {
        let roles: i64 = self.conn().query_row(
            "SELECT count(*) FROM stakeholder_role WHERE kind = ?1",
            [id.0],
            |row| row.get(0),
        )?;
        if roles > 0 {
            return Err(Error::InUse("stakeholder_kind"));
        }
        self.conn()
            .execute("DELETE FROM stakeholder_kind WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Writes a role.
    pub fn put_role(&self, role: &StakeholderRole) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO stakeholder_role(id, contact, kind, flat, valid_from, valid_to, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, flat = excluded.flat, valid_from = excluded.valid_from,
                   valid_to = excluded.valid_to, note = excluded.note",
            )?
            .execute(params![
                role.id.0,
                role.contact.0,
                role.kind.0,
                role.flat.map(|flat| flat.0),
                iso(role.valid_from),
                iso(role.valid_to),
                role.note
            ])?;
        Ok(())
    }

    /// Removes a role.
    pub fn delete_role(&self, id: StakeholderRoleId) -> Result<()> {
        self.conn()
            .execute("DELETE FROM stakeholder_role WHERE id = ?1", [id.0])?;
        Ok(())
    }
}
