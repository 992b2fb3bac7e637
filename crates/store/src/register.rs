//! The register as an import compares itself with it, and the writing of what an import planned.

use crate::row::{date, iso};
use crate::{Error, Reader, Result, Tx};
use kiulu_domain::contact::{ContactPointKind, HouseholdKind, StakeholderRole};
use kiulu_domain::flat::{Flat, stairwell_of};
use kiulu_domain::id::{
    ContactId, ContactPointId, CustomFieldId, FlatId, GroupId, HouseholdId, ImportId, StairwellId,
    StakeholderKindId, StakeholderRoleId,
};
use kiulu_domain::import::draft::bit;
use kiulu_domain::import::field::Field;
use kiulu_domain::import::plan::{ContactWrite, FlatRef, GroupRef, OriginOf, Plan, RoleWrite};
use kiulu_domain::import::register::{KnownRole, Register, origin_id};
use rusqlite::{ToSql, params, params_from_iter};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// What an executed plan wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Executed {
    /// Contacts added.
    pub created: u32,
    /// Contacts of the register that changed.
    pub updated: u32,
    /// Flats added.
    pub flats: u32,
    /// Groups added.
    pub groups: u32,
}

/// After how many rows the caller hears of progress and may stop.
const STRIDE: u32 = 500;

impl Reader<'_> {
    /// Everything that an import is compared with, in one pass over each table.
    pub fn load_register(&self) -> Result<Register> {
        let mut register = Register::default();
        register.version = self.last_seq()?;
        let contacts: i64 = self
            .conn
            .query_row("SELECT count(*) FROM contact", [], |row| row.get(0))?;
        register.reserve(usize::try_from(contacts).unwrap_or_default());
        self.each_contact(|id, details| {
            register.add_contact(id, details);
            Ok(())
        })?;
        self.load_points(&mut register)?;
        self.load_roles(&mut register)?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT contact, custom_field, value FROM custom_value")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            register.add_custom(ContactId(row.get(0)?), CustomFieldId(row.get(1)?), row.get(2)?);
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT contact, contact_group FROM group_member")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            register.add_member(ContactId(row.get(0)?), GroupId(row.get(1)?));
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name FROM flat ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            register.add_flat(FlatId(row.get(0)?), row.get(1)?);
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name FROM contact_group ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            register.add_group(GroupId(row.get(0)?), row.get(1)?);
        }
        let mut statement = self.conn.prepare_cached("SELECT id, contact FROM import_row")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            register.add_origin(row.get(0)?, ContactId(row.get(1)?));
        }
        if let Some(organisation) = self.organisation()? {
            register.add_street(organisation.address.street);
        }
        for building in self.buildings()? {
            register.add_street(building.street);
        }
        for kind in self.vocabulary()? {
            register.add_kind(kind);
        }
        register.seal();
        Ok(register)
    }

    fn load_points(&self, register: &mut Register) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "SELECT contact, kind, value FROM contact_point WHERE kind IN ('email', 'phone')",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let kind = match row.get_ref(1)?.as_str() {
                Ok("email") => ContactPointKind::Email,
                _ => ContactPointKind::Phone,
            };
            register.add_point(ContactId(row.get(0)?), kind, row.get(2)?);
        }
        Ok(())
    }

    fn load_roles(&self, register: &mut Register) -> Result<()> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT contact, id, kind, flat, valid_from, valid_to FROM stakeholder_role")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            register.add_role(
                ContactId(row.get(0)?),
                KnownRole {
                    id: StakeholderRoleId(row.get(1)?),
                    kind: StakeholderKindId(row.get(2)?),
                    flat: row.get::<_, Option<_>>(3)?.map(FlatId),
                    valid_from: date(row, 4)?,
                    valid_to: date(row, 5)?,
                },
            );
        }
        Ok(())
    }
}

/// Counts what is done, and asks now and then whether to go on.
struct Progress<'a> {
    done: u32,
    total: u32,
    report: &'a mut dyn FnMut(u32, u32) -> ControlFlow<()>,
}

impl Progress<'_> {
    fn step(&mut self) -> Result<()> {
        self.done += 1;
        if self.done.is_multiple_of(STRIDE) || self.done == self.total {
            return self.tell();
        }
        Ok(())
    }

    fn tell(&mut self) -> Result<()> {
        match (self.report)(self.done, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}

/// The ids that a plan's places got.
struct Ids {
    contacts: Vec<ContactId>,
    flats: Vec<FlatId>,
    groups: Vec<GroupId>,
    households: Vec<HouseholdId>,
}

impl Ids {
    fn flat(&self, flat: FlatRef) -> FlatId {
        match flat {
            FlatRef::Known(id) => id,
            FlatRef::New(place) => self.flats[place as usize],
        }
    }

    fn group(&self, group: GroupRef) -> GroupId {
        match group {
            GroupRef::Known(id) => id,
            GroupRef::New(place) => self.groups[place as usize],
        }
    }
}

impl Tx<'_> {
    /// Writes what an import planned, table by table, with the origin of every row. `columns` says as JSON what each column was
    /// taken for. A plan that changes nothing writes nothing. It names only rows that stood when it was made, which is checked
    /// here, so the foreign keys may be left unchecked. `progress` hears (done, total) rows and may break off.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when `progress` broke off, [`Error::Outdated`] when the register has changed since the plan was
    /// made, [`Error::Missing`] when a contact is gone. The caller's transaction then leaves nothing.
    pub fn execute_plan(
        &self,
        plan: &Plan,
        import: ImportId,
        file_name: &str,
        sheet: &str,
        columns: &str,
        progress: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Executed> {
        let (created, updated) = plan.contacts();
        let executed = Executed {
            created,
            updated,
            flats: plan.new_flats.len() as u32,
            groups: plan.new_groups.len() as u32,
        };
        if plan.is_empty() {
            return Ok(executed);
        }
        if self.changed_since(plan.version)? {
            return Err(Error::Outdated);
        }
        let origins = plan.origins().count() as u32;
        let mut progress = Progress {
            done: 0,
            total: created + updated + origins,
            report: progress,
        };
        progress.tell()?;
        let ids = Ids {
            contacts: plan
                .writes
                .iter()
                .map(|write| write.contact.unwrap_or_else(|| ContactId(self.uuid())))
                .collect(),
            flats: self.add_flats(&plan.new_flats)?,
            groups: plan
                .new_groups
                .iter()
                .map(|name| {
                    let id = GroupId(self.uuid());
                    self.put_group(id, None, name, None).map(|()| id)
                })
                .collect::<Result<_>>()?,
            households: (0..plan.totals.couples)
                .map(|_| {
                    let id = HouseholdId(self.uuid());
                    self.put_household(id, HouseholdKind::Couple).map(|()| id)
                })
                .collect::<Result<_>>()?,
        };
        for (write, id) in plan.writes.iter().zip(&ids.contacts) {
            if !write.is_empty() {
                self.write_planned_contact(write, *id, &ids)?;
                progress.step()?;
            }
        }
        self.write_planned_points(plan, &ids)?;
        self.write_planned_roles(plan, &ids)?;
        for (write, id) in plan.writes.iter().zip(&ids.contacts) {
            for group in &write.groups {
                self.add_member(ids.group(*group), *id)?;
            }
            for (field, value) in &write.custom {
                self.set_custom_value(*id, *field, value)?;
            }
        }
        self.insert_import(import, file_name, sheet, columns)?;
        // The same row of the same file keeps one origin, which then belongs to the latest import that took something from it.
        let mut insert = self.conn().prepare_cached(
            "INSERT INTO import_row(id, import, contact, row, fields) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT(id) DO UPDATE SET import = excluded.import, row = excluded.row, fields = excluded.fields
             WHERE import <> excluded.import",
        )?;
        for origin in plan.origins() {
            let contact = match origin.contact {
                OriginOf::Known(contact) => contact,
                OriginOf::Written(place) => ids.contacts[place as usize],
            };
            insert.execute(params![
                origin_id(contact, &origin.fingerprint),
                import.0,
                contact.0,
                origin.row,
                origin.fields.cast_signed()
            ])?;
            progress.step()?;
        }
        Ok(executed)
    }

    /// Whether anything but looking and exporting was recorded after a place in the log.
    fn changed_since(&self, seq: i64) -> Result<bool> {
        Ok(self.conn().query_row(
            "SELECT EXISTS (SELECT 1 FROM change WHERE seq > ?1
               AND json_extract(action, '$.code') NOT IN
                 ('contact_view', 'contacts_release', 'contacts_export', 'history_export', 'calendar_export', 'paper_print'))",
            [seq],
            |row| row.get(0),
        )?)
    }

    fn add_flats(&self, names: &[String]) -> Result<Vec<FlatId>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let building = self.only_building()?;
        // Letters that two buildings have say nothing about the stairwell.
        let mut stairwells: HashMap<String, Option<StairwellId>> = HashMap::new();
        for stairwell in self.stairwells()? {
            stairwells
                .entry(stairwell.name)
                .and_modify(|known| *known = None)
                .or_insert(Some(stairwell.id));
        }
        names
            .iter()
            .map(|name| {
                let id = FlatId(self.uuid());
                let letters = stairwell_of(name).unwrap_or_default();
                let stairwell = match (stairwells.get(letters), building) {
                    (Some(known), _) => *known,
                    (None, Some(building)) => {
                        let made = self.stairwell_in(building, letters)?;
                        stairwells.insert(letters.to_owned(), Some(made));
                        Some(made)
                    }
                    (None, None) => None,
                };
                self.put_flat(&Flat::named(id, stairwell, name.clone()))?;
                Ok(id)
            })
            .collect()
    }

    fn write_planned_contact(&self, write: &ContactWrite, id: ContactId, ids: &Ids) -> Result<()> {
        if write.contact.is_some() {
            return self.update_planned_fields(write, id);
        }
        match write.household {
            None => self.insert_contact(id, &write.details),
            Some(place) => {
                let mut details = write.details.clone();
                details.household = Some(ids.households[place as usize]);
                self.insert_contact(id, &details)
            }
        }
    }

    /// Writes only the columns that the plan changes: whatever else was edited meanwhile stays.
    fn update_planned_fields(&self, write: &ContactWrite, id: ContactId) -> Result<()> {
        let details = &write.details;
        let mut sql = String::from("UPDATE contact SET ");
        let mut values: Vec<Box<dyn ToSql + '_>> = vec![Box::new(id.0)];
        for (field, column, text) in [
            (Field::FirstName, "first_name", &details.first_name),
            (Field::LastName, "last_name", &details.last_name),
            (
                Field::AlternativeName,
                "alternative_name",
                &details.alternative_name,
            ),
            (Field::Email, "email", &details.email),
            (Field::Phone, "phone", &details.phone),
            (Field::Street, "street", &details.address.street),
            (Field::PostalCode, "postal_code", &details.address.postal_code),
            (Field::City, "city", &details.address.city),
            (Field::Country, "country", &details.address.country),
            (Field::Domicile, "domicile", &details.domicile),
            (Field::Language, "language", &details.language),
            (Field::Number, "number", &details.number),
            (Field::BusinessId, "business_id", &details.business_id),
            (Field::Notes, "notes", &details.notes),
            (Field::IdentityCode, "identity_code", &details.identity_code),
        ] {
            if write.changed & bit(field) != 0 {
                push(&mut sql, &mut values, column, Box::new(text));
            }
        }
        for (field, column, day) in [
            (Field::BirthDate, "birth_date", details.birth_date),
            (Field::AwayUntil, "away_until", details.away_until),
            (Field::Deceased, "deceased_on", details.deceased_on),
        ] {
            if write.changed & bit(field) != 0 {
                push(&mut sql, &mut values, column, Box::new(iso(day)));
            }
        }
        for (field, column, yes) in [
            (Field::Deceased, "deceased", details.deceased),
            (Field::NonDisclosure, "non_disclosure", details.non_disclosure),
        ] {
            if write.changed & bit(field) != 0 {
                push(&mut sql, &mut values, column, Box::new(yes));
            }
        }
        if values.len() == 1 {
            return Ok(());
        }
        sql.push_str(" WHERE id = ?1");
        let changed = self
            .conn()
            .prepare_cached(&sql)?
            .execute(params_from_iter(values.iter().map(|value| &**value)))?;
        if changed == 0 {
            return Err(Error::Missing("contact"));
        }
        Ok(())
    }

    fn write_planned_points(&self, plan: &Plan, ids: &Ids) -> Result<()> {
        let mut insert = self.conn().prepare_cached(
            "INSERT INTO contact_point(id, contact, kind, value, street, postal_code, city, country, label)
             VALUES (?1, ?2, ?3, ?4, '', '', '', '', '')",
        )?;
        for (write, contact) in plan.writes.iter().zip(&ids.contacts) {
            for (kind, value) in &write.points {
                let id = ContactPointId(self.uuid());
                insert.execute(params![id.0, contact.0, kind.as_str(), value])?;
            }
        }
        Ok(())
    }

    fn write_planned_roles(&self, plan: &Plan, ids: &Ids) -> Result<()> {
        for (write, contact) in plan.writes.iter().zip(&ids.contacts) {
            for role in &write.roles {
                self.write_planned_role(role, *contact, ids)?;
            }
        }
        Ok(())
    }

    fn write_planned_role(&self, role: &RoleWrite, contact: ContactId, ids: &Ids) -> Result<()> {
        let flat = role.flat.map(|flat| ids.flat(flat));
        let Some(id) = role.id else {
            return self.put_role(&StakeholderRole {
                id: StakeholderRoleId(self.uuid()),
                contact,
                kind: role.kind,
                flat,
                valid_from: role.valid_from,
                valid_to: role.valid_to,
                note: String::new(),
            });
        };
        self.conn()
            .prepare_cached(
                "UPDATE stakeholder_role SET flat = ?2, valid_from = ?3, valid_to = ?4 WHERE id = ?1",
            )?
            .execute(params![
                id.0,
                flat.map(|flat| flat.0),
                iso(role.valid_from),
                iso(role.valid_to)
            ])?;
        Ok(())
    }
}

/// Adds one assignment to an UPDATE.
fn push<'a>(
    sql: &mut String,
    values: &mut Vec<Box<dyn ToSql + 'a>>,
    column: &str,
    value: Box<dyn ToSql + 'a>,
) {
    if values.len() > 1 {
        sql.push_str(", ");
    }
    values.push(value);
    sql.push_str(column);
    sql.push_str(" = ?");
    sql.push_str(&values.len().to_string());
}
