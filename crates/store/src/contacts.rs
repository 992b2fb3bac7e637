//! Contacts, their further contact points, the fields of the organisation's own, and households.

use crate::row::{date, iso};
use crate::{Error, Reader, Result, Tx};
use kiulu_domain::contact::{
    ContactDetails, ContactKind, ContactPoint, ContactPointKind, CustomField, CustomFieldKind, HouseholdKind,
};
use kiulu_domain::id::{ContactId, ContactPointId, CustomFieldId, HouseholdId, derived};
use kiulu_domain::organisation::PostalAddress;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeSet;

pub(crate) const DETAILS: &str = "kind, first_name, last_name, alternative_name, email, phone, street, postal_code, city, \
     country, birth_date, domicile, language, number, business_id, notes, away_until, deceased, deceased_on, non_disclosure, \
     household, identity_code";

/// Reads [`DETAILS`] from column `at` on.
pub(crate) fn details(row: &Row<'_>, at: usize) -> Result<ContactDetails> {
    Ok(ContactDetails {
        kind: match row.get_ref(at)?.as_str().unwrap_or_default() {
            "person" => ContactKind::Person,
            "organisation" => ContactKind::Organisation,
            _ => return Err(Error::Unreadable("contact kind")),
        },
        first_name: row.get(at + 1)?,
        last_name: row.get(at + 2)?,
        alternative_name: row.get(at + 3)?,
        email: row.get(at + 4)?,
        phone: row.get(at + 5)?,
        address: PostalAddress {
            street: row.get(at + 6)?,
            postal_code: row.get(at + 7)?,
            city: row.get(at + 8)?,
            country: row.get(at + 9)?,
        },
        birth_date: date(row, at + 10)?,
        domicile: row.get(at + 11)?,
        language: row.get(at + 12)?,
        number: row.get(at + 13)?,
        business_id: row.get(at + 14)?,
        notes: row.get(at + 15)?,
        away_until: date(row, at + 16)?,
        deceased: row.get(at + 17)?,
        deceased_on: date(row, at + 18)?,
        non_disclosure: row.get(at + 19)?,
        household: row.get::<_, Option<_>>(at + 20)?.map(HouseholdId),
        identity_code: row.get(at + 21)?,
    })
}

fn custom_kind(word: &str) -> Result<CustomFieldKind> {
    use CustomFieldKind::{Choice, Date, Number, Text, YesNo};
    [Text, Number, Date, Choice, YesNo]
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or(Error::Unreadable("custom field"))
}

impl Reader<'_> {
    /// How many contacts have an e-mail address and how many a phone, in one pass.
    pub fn reach(&self) -> Result<(u32, u32)> {
        Ok(self.conn.query_row(
            "SELECT count(*) FILTER (WHERE email <> ''), count(*) FILTER (WHERE phone <> '') FROM contact",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?)
    }

    /// One contact.
    pub fn contact(&self, id: ContactId) -> Result<ContactDetails> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {DETAILS} FROM contact WHERE id = ?1"))?;
        statement
            .query_row([id.0], |row| Ok(details(row, 0)))
            .optional()?
            .ok_or(Error::Missing("contact"))?
    }

    /// Calls `visit` with every contact, or only with those of `ids`.
    pub fn each_contact(&self, mut visit: impl FnMut(ContactId, ContactDetails) -> Result<()>) -> Result<()> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT id, {DETAILS} FROM contact"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(ContactId(row.get(0)?), details(row, 1)?)?;
        }
        Ok(())
    }

    /// Another contact that has a customer or member number, capitals or not.
    pub fn number_owner(&self, number: &str, except: ContactId) -> Result<Option<ContactId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT contact FROM local_contact_index WHERE number_key = ?1 AND number_key <> '' AND contact <> ?2",
        )?;
        Ok(statement
            .query_row(params![number.trim().to_lowercase(), except.0], |row| {
                row.get(0).map(ContactId)
            })
            .optional()?)
    }

    /// Every city of an address that is not withheld.
    pub fn cities(&self) -> Result<Vec<String>> {
        self.texts("SELECT DISTINCT city FROM contact WHERE city <> '' AND non_disclosure = 0")
    }

    /// Every language that somebody is written to in.
    pub fn languages(&self) -> Result<Vec<String>> {
        self.texts("SELECT DISTINCT language FROM contact WHERE language <> '' ORDER BY language")
    }

    fn texts(&self, sql: &str) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Phones, e-mails and addresses beside the primary ones.
    pub fn contact_points(&self, contact: ContactId) -> Result<Vec<ContactPoint>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, value, street, postal_code, city, country, label FROM contact_point WHERE contact = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([contact.0])?;
        let mut points = Vec::new();
        while let Some(row) = rows.next()? {
            points.push(ContactPoint {
                id: ContactPointId(row.get(0)?),
                kind: match row.get_ref(1)?.as_str().unwrap_or_default() {
                    "email" => ContactPointKind::Email,
                    "phone" => ContactPointKind::Phone,
                    "address" => ContactPointKind::Address,
                    _ => return Err(Error::Unreadable("contact point")),
                },
                value: row.get(2)?,
                address: PostalAddress {
                    street: row.get(3)?,
                    postal_code: row.get(4)?,
                    city: row.get(5)?,
                    country: row.get(6)?,
                },
                label: row.get(7)?,
            });
        }
        Ok(points)
    }

    /// The fields of the organisation's own.
    pub fn custom_fields(&self) -> Result<Vec<CustomField>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name, kind, choices FROM custom_field ORDER BY position, id")?;
        let mut rows = statement.query([])?;
        let mut fields = Vec::new();
        while let Some(row) = rows.next()? {
            fields.push(CustomField {
                id: CustomFieldId(row.get(0)?),
                name: row.get(1)?,
                kind: custom_kind(row.get_ref(2)?.as_str().unwrap_or_default())?,
                choices: serde_json::from_str(&row.get::<_, String>(3)?)?,
            });
        }
        Ok(fields)
    }

    /// How many contacts have a value in each of those fields.
    pub fn custom_field_use(&self) -> Result<Vec<(CustomFieldId, u32)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT custom_field, count(*) FROM custom_value GROUP BY custom_field")?;
        let rows = statement.query_map([], |row| Ok((CustomFieldId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The values that contacts have in such a field, each with how many have it.
    pub fn values_in(&self, field: CustomFieldId) -> Result<Vec<(String, u32)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT value, count(*) FROM custom_value WHERE custom_field = ?1 GROUP BY value ORDER BY value",
        )?;
        let rows = statement.query_map([field.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What a contact has in those fields.
    pub fn custom_values(&self, contact: ContactId) -> Result<Vec<(CustomFieldId, String)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT custom_field, value FROM custom_value WHERE contact = ?1")?;
        let rows = statement.query_map([contact.0], |row| Ok((CustomFieldId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The kind of a household and everyone in it.
    pub fn household(&self, id: HouseholdId) -> Result<(HouseholdKind, Vec<ContactId>)> {
        let word: String = crate::organisation::found(
            self.conn
                .query_row("SELECT kind FROM household WHERE id = ?1", [id.0], |row| {
                    row.get(0)
                }),
            "household",
        )?;
        let kind = if word == HouseholdKind::Couple.as_str() {
            HouseholdKind::Couple
        } else {
            HouseholdKind::Household
        };
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM contact WHERE household = ?1 ORDER BY id")?;
        let members = statement.query_map([id.0], |row| row.get(0).map(ContactId))?;
        Ok((kind, members.collect::<rusqlite::Result<_>>()?))
    }
}

impl Tx<'_> {
    /// Adds a contact.
    pub fn insert_contact(&self, id: ContactId, contact: &ContactDetails) -> Result<()> {
        self.write_contact(
            &format!(
                "INSERT INTO contact(id, {DETAILS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
                 ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"
            ),
            id,
            contact,
        )?;
        Ok(())
    }

    /// Changes a contact; columns that keep their value are not recorded.
    ///
    /// # Errors
    /// [`Error::Missing`] when it is gone.
    pub fn update_contact(&self, id: ContactId, contact: &ContactDetails) -> Result<()> {
        let changed = self.write_contact(
            "UPDATE contact SET kind = ?2, first_name = ?3, last_name = ?4, alternative_name = ?5, email = ?6, phone = ?7,
               street = ?8, postal_code = ?9, city = ?10, country = ?11, birth_date = ?12, domicile = ?13, language = ?14,
               number = ?15, business_id = ?16, notes = ?17, away_until = ?18, deceased = ?19, deceased_on = ?20,
               non_disclosure = ?21, household = ?22, identity_code = ?23 WHERE id = ?1",
            id,
            contact,
        )?;
        if changed == 0 {
            Err(Error::Missing("contact"))
        } else {
            Ok(())
        }
    }

    fn write_contact(&self, sql: &str, id: ContactId, contact: &ContactDetails) -> Result<usize> {
        Ok(self.conn().prepare_cached(sql)?.execute(params![
            id.0,
            contact.kind.as_str(),
            contact.first_name,
            contact.last_name,
            contact.alternative_name,
            contact.email,
            contact.phone,
            contact.address.street,
            contact.address.postal_code,
            contact.address.city,
            contact.address.country,
            iso(contact.birth_date),
            contact.domicile,
            contact.language,
            contact.number,
            contact.business_id,
            contact.notes,
            iso(contact.away_until),
            contact.deceased,
            iso(contact.deceased_on),
            contact.non_disclosure,
            contact.household.map(|household| household.0),
            contact.identity_code,
        ])?)
    }

    /// Removes a contact with everything that belongs to it alone. Turns of standing shifts that had given way to its bookings come
    /// again.
    pub fn delete_contact(&self, id: ContactId) -> Result<()> {
        let shared = self.resources_of_contact(id)?;
        for table in [
            "contact_point",
            "stakeholder_role",
            "group_member",
            "custom_value",
            "import_row",
            "booking",
            "waiting_entry",
        ] {
            self.conn()
                .prepare_cached(&format!("DELETE FROM {table} WHERE contact = ?1"))?
                .execute([id.0])?;
        }
        self.leave_charges(id)?;
        self.conn()
            .prepare_cached("DELETE FROM contact WHERE id = ?1")?
            .execute([id.0])?;
        for resource in shared {
            self.settle_bookings(resource, &BTreeSet::new())?;
        }
        Ok(())
    }

    /// Writes a further phone, e-mail or address.
    pub fn put_contact_point(&self, contact: ContactId, point: &ContactPoint) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO contact_point(id, contact, kind, value, street, postal_code, city, country, label)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, value = excluded.value, street = excluded.street,
                   postal_code = excluded.postal_code, city = excluded.city, country = excluded.country, label = excluded.label",
            )?
            .execute(params![
                point.id.0,
                contact.0,
                point.kind.as_str(),
                point.value,
                point.address.street,
                point.address.postal_code,
                point.address.city,
                point.address.country,
                point.label
            ])?;
        Ok(())
    }

    /// Removes a further phone, e-mail or address.
    pub fn delete_contact_point(&self, id: ContactPointId) -> Result<()> {
        self.conn()
            .execute("DELETE FROM contact_point WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Writes a field of the organisation's own; a new one goes last.
    pub fn put_custom_field(&self, field: &CustomField) -> Result<()> {
        self.conn().execute(
            "INSERT INTO custom_field(id, name, kind, choices, position)
             VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(position), 0) + 1 FROM custom_field))
             ON CONFLICT(id) DO UPDATE SET name = excluded.name, kind = excluded.kind, choices = excluded.choices",
            params![field.id.0, field.name, field.kind.as_str(), serde_json::to_string(&field.choices)?],
        )?;
        Ok(())
    }

    /// Puts the fields into an order.
    pub fn order_custom_fields(&self, fields: &[CustomFieldId]) -> Result<()> {
        let mut place = self
            .conn()
            .prepare_cached("UPDATE custom_field SET position = ?2 WHERE id = ?1")?;
        for (field, position) in fields.iter().zip(1_i64..) {
            place.execute(params![field.0, position])?;
        }
        Ok(())
    }

    /// Removes such a field with every value in it.
    pub fn delete_custom_field(&self, id: CustomFieldId) -> Result<()> {
        self.conn()
            .execute("DELETE FROM custom_value WHERE custom_field = ?1", [id.0])?;
        self.conn()
            .execute("DELETE FROM custom_field WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Writes what a contact has in a field; empty text removes it.
    pub fn set_custom_value(&self, contact: ContactId, field: CustomFieldId, value: &str) -> Result<()> {
        let id = derived("custom_value", &[contact.0.as_bytes(), field.0.as_bytes()]);
        if value.is_empty() {
            self.conn()
                .prepare_cached("DELETE FROM custom_value WHERE id = ?1")?
                .execute([id])?;
        } else {
            self.conn()
                .prepare_cached(
                    "INSERT INTO custom_value(id, contact, custom_field, value) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![id, contact.0, field.0, value])?;
        }
        Ok(())
    }

    /// Writes a household's kind.
    pub fn put_household(&self, id: HouseholdId, kind: HouseholdKind) -> Result<()> {
        self.conn().execute(
            "INSERT INTO household(id, kind) VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET kind = excluded.kind",
            params![id.0, kind.as_str()],
        )?;
        Ok(())
    }

    /// Puts a contact into a household, or takes it out.
    pub fn set_household(&self, contact: ContactId, household: Option<HouseholdId>) -> Result<()> {
        self.conn().execute(
            "UPDATE contact SET household = ?2 WHERE id = ?1",
            params![contact.0, household.map(|id| id.0)],
        )?;
        Ok(())
    }

    /// Removes households that hold fewer than two people, and frees whoever was left alone.
    pub fn tidy_households(&self) -> Result<()> {
        self.conn().execute_batch(
            "UPDATE contact SET household = NULL WHERE household IN
               (SELECT household FROM contact WHERE household IS NOT NULL GROUP BY household HAVING count(*) < 2);
             DELETE FROM household WHERE NOT EXISTS (SELECT 1 FROM contact WHERE contact.household = household.id);",
        )?;
        Ok(())
    }
}
