//! The organisation's own row.

use crate::row::word;
use crate::{Error, Reader, Result, Tx};
use chrono::{DateTime, NaiveDateTime, Utc};
use kiulu_domain::bookings::time::wall;
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::{Organisation, PostalAddress, zone_of};
use rusqlite::{OptionalExtension, params};

impl Reader<'_> {
    /// The organisation whose file this is; nothing in a file that has just been made.
    pub fn organisation(&self) -> Result<Option<Organisation>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, name, business_id, language, street, postal_code, city, country, time_zone, identity_code_basis
             FROM organisation",
        )?;
        statement
            .query_row([], |row| {
                Ok(word(row, 1).and_then(|kind| {
                    Ok(Organisation {
                        id: OrganisationId(row.get(0)?),
                        kind,
                        name: row.get(2)?,
                        business_id: row.get(3)?,
                        language: word(row, 4)?,
                        address: PostalAddress {
                            street: row.get(5)?,
                            postal_code: row.get(6)?,
                            city: row.get(7)?,
                            country: row.get(8)?,
                        },
                        time_zone: row.get(9)?,
                        identity_code_basis: row.get(10)?,
                    })
                }))
            })
            .optional()?
            .transpose()
    }

    /// The name of its time zone; nothing in a file that has just been made.
    pub(crate) fn time_zone(&self) -> Result<String> {
        let found = self
            .conn
            .prepare_cached("SELECT time_zone FROM organisation")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// What a clock on its wall shows at an instant.
    pub fn wall_at(&self, instant: DateTime<Utc>) -> Result<NaiveDateTime> {
        Ok(wall(instant, zone_of(&self.time_zone()?)))
    }
}

impl Tx<'_> {
    /// Writes the organisation's row.
    pub fn put_organisation(&self, organisation: &Organisation) -> Result<()> {
        let Organisation {
            id,
            kind,
            name,
            business_id,
            language,
            address,
            time_zone,
            identity_code_basis,
        } = organisation;
        self.conn().execute(
            "INSERT INTO organisation(id, kind, name, business_id, language, street, postal_code, city, country, time_zone,
                                      identity_code_basis)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, name = excluded.name, business_id = excluded.business_id,
               language = excluded.language, street = excluded.street, postal_code = excluded.postal_code,
               city = excluded.city, country = excluded.country, time_zone = excluded.time_zone,
               identity_code_basis = excluded.identity_code_basis",
            params![
                id.0,
                kind.as_str(),
                name,
                business_id,
                language.as_str(),
                address.street,
                address.postal_code,
                address.city,
                address.country,
                time_zone,
                identity_code_basis
            ],
        )?;
        Ok(())
    }
}

/// Turns "no row" into the error that names what is missing.
pub(crate) fn found<T>(result: rusqlite::Result<T>, what: &'static str) -> Result<T> {
    result.optional()?.ok_or(Error::Missing(what))
}
