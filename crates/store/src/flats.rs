//! Buildings, stairwells and flats.

use crate::{Error, Reader, Result, Tx};
use kiulu_domain::flat::{Building, Flat, Stairwell};
use kiulu_domain::id::{BuildingId, FlatId, StairwellId, derived};
use rusqlite::{OptionalExtension, Row, params};

const FLAT: &str = "id, stairwell, name, floor, area_tenths, shares_from, shares_to, note";

fn flat(row: &Row<'_>) -> rusqlite::Result<Flat> {
    Ok(Flat {
        id: FlatId(row.get(0)?),
        stairwell: row.get::<_, Option<_>>(1)?.map(StairwellId),
        name: row.get(2)?,
        floor: row.get(3)?,
        area_tenths: row.get(4)?,
        shares_from: row.get(5)?,
        shares_to: row.get(6)?,
        note: row.get(7)?,
    })
}

impl Reader<'_> {
    /// Every building, oldest first.
    pub fn buildings(&self) -> Result<Vec<Building>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name, street FROM building ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(Building {
                id: BuildingId(row.get(0)?),
                name: row.get(1)?,
                street: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every stairwell by its letter.
    pub fn stairwells(&self) -> Result<Vec<Stairwell>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, building, name FROM stairwell ORDER BY name, id")?;
        let rows = statement.query_map([], |row| {
            Ok(Stairwell {
                id: StairwellId(row.get(0)?),
                building: BuildingId(row.get(1)?),
                name: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every flat, in no particular order: the caller sorts names as people read them.
    pub fn flats(&self) -> Result<Vec<Flat>> {
        let mut statement = self.conn.prepare_cached(&format!("SELECT {FLAT} FROM flat"))?;
        let rows = statement.query_map([], flat)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One flat.
    pub fn flat(&self, id: FlatId) -> Result<Flat> {
        let sql = format!("SELECT {FLAT} FROM flat WHERE id = ?1");
        self.conn
            .prepare_cached(&sql)?
            .query_row([id.0], flat)
            .optional()?
            .ok_or(Error::Missing("flat"))
    }
}

impl Tx<'_> {
    /// Writes a building.
    pub fn put_building(&self, building: &Building) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO building(id, name, street) VALUES (?1, ?2, ?3)
                 ON CONFLICT(id) DO UPDATE SET name = excluded.name, street = excluded.street",
            )?
            .execute(params![building.id.0, building.name, building.street])?;
        Ok(())
    }

    /// Writes a flat.
    pub fn put_flat(&self, flat: &Flat) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO flat(id, stairwell, name, floor, area_tenths, shares_from, shares_to, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT(id) DO UPDATE SET stairwell = excluded.stairwell, name = excluded.name, floor = excluded.floor,
                   area_tenths = excluded.area_tenths, shares_from = excluded.shares_from, shares_to = excluded.shares_to,
                   note = excluded.note",
            )?
            .execute(params![
                flat.id.0,
                flat.stairwell.map(|stairwell| stairwell.0),
                flat.name,
                flat.floor,
                flat.area_tenths,
                flat.shares_from,
                flat.shares_to,
                flat.note
            ])?;
        Ok(())
    }

    /// The stairwell of a building with these letters, made where there is none. Its id is derived from both, so that two
    /// laptops make the same one.
    pub fn stairwell_in(&self, building: BuildingId, letters: &str) -> Result<StairwellId> {
        let id = StairwellId(derived("stairwell", &[building.0.as_bytes(), letters.as_bytes()]));
        self.conn()
            .prepare_cached(
                "INSERT INTO stairwell(id, building, name) VALUES (?1, ?2, ?3) ON CONFLICT(id) DO NOTHING",
            )?
            .execute(params![id.0, building.0, letters])?;
        Ok(id)
    }

    /// The building that flats of a list without buildings stand in: the only one, or the first, which then bears the
    /// organisation's street address. Nothing where there are several, or no organisation yet.
    pub(crate) fn only_building(&self) -> Result<Option<BuildingId>> {
        match self.buildings()?.as_slice() {
            [only] => Ok(Some(only.id)),
            [] => {
                let Some(organisation) = self.organisation()? else {
                    return Ok(None);
                };
                let street = organisation.address.street;
                let building = Building {
                    id: BuildingId(self.uuid()),
                    name: if street.is_empty() {
                        organisation.name
                    } else {
                        street.clone()
                    },
                    street,
                };
                self.put_building(&building)?;
                Ok(Some(building.id))
            }
            _ => Ok(None),
        }
    }

    /// Removes stairwells that no flat is entered by.
    pub fn tidy_stairwells(&self) -> Result<()> {
        self.conn().execute(
            "DELETE FROM stairwell WHERE NOT EXISTS (SELECT 1 FROM flat WHERE flat.stairwell = stairwell.id)",
            [],
        )?;
        Ok(())
    }

    /// Removes a building in which no flat is.
    ///
    /// # Errors
    /// [`Error::InUse`] while it has a stairwell.
    pub fn delete_building(&self, id: BuildingId) -> Result<()> {
        let stairwells: i64 = self.conn().query_row(
            "SELECT count(*) FROM stairwell WHERE building = ?1",
            [id.0],
            |row| row.get(0),
        )?;
        if stairwells > 0 {
            return Err(Error::InUse("building"));
        }
        self.conn()
            .execute("DELETE FROM building WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Removes a flat that no role refers to.
    ///
    /// # Errors
    /// [`Error::InUse`] while somebody has or had a role in it, or it has or had bookings.
    pub fn delete_flat(&self, id: FlatId) -> Result<()> {
        let used: bool = self.conn().query_row(
            "SELECT EXISTS (SELECT 1 FROM stakeholder_role WHERE flat = ?1)
               OR EXISTS (SELECT 1 FROM booking WHERE flat = ?1) OR EXISTS (SELECT 1 FROM standing_shift WHERE flat = ?1)
               OR EXISTS (SELECT 1 FROM draw_application WHERE flat = ?1)
               OR EXISTS (SELECT 1 FROM waiting_entry WHERE flat = ?1)
               OR EXISTS (SELECT 1 FROM charge_line WHERE flat = ?1)",
            [id.0],
            |row| row.get(0),
        )?;
        if used {
            return Err(Error::InUse("flat"));
        }
        self.conn().execute("DELETE FROM flat WHERE id = ?1", [id.0])?;
        Ok(())
    }
}
