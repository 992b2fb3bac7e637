//! Buildings, stairwells and flats.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::collation::sort_key;
use kiulu_domain::flat::{Building, Flat, Stairwell, flat_name, stairwell_of};
use kiulu_domain::id::{BuildingId, ContactId, FlatId, OrganisationId, StairwellId, StakeholderKindId};
use kiulu_store::Tx;
use serde::Serialize;
use specta::Type;

/// Someone with a role in a flat today.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FlatResident {
    /// Who.
    pub contact: ContactId,
    /// Name as letters say it; empty under a non-disclosure order.
    pub name: String,
    /// Which role.
    pub kind: StakeholderKindId,
    /// Under a non-disclosure order.
    pub non_disclosure: bool,
}

/// A flat with those who have a role in it today.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FlatInfo {
    /// The flat.
    pub flat: Flat,
    /// Today's roles.
    pub residents: Vec<FlatResident>,
}

/// The house as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HouseStructure {
    /// Buildings.
    pub buildings: Vec<Building>,
    /// Stairwells.
    pub stairwells: Vec<Stairwell>,
    /// Flats as people read them: A 2 before A 12.
    pub flats: Vec<FlatInfo>,
}

impl App {
    /// Buildings, stairwells and flats with today's people.
    pub fn house(&self, organisation: OrganisationId) -> Result<HouseStructure> {
        let today = self.today();
        self.store(organisation)?.read(|reader| {
            let mut flats = Vec::new();
            for flat in reader.flats()? {
                let mut residents = Vec::new();
                for role in reader
                    .roles_in(flat.id)?
                    .into_iter()
                    .filter(|role| role.is_current(today))
                {
                    let details = reader.contact(role.contact)?;
                    residents.push(FlatResident {
                        contact: role.contact,
                        name: if details.non_disclosure {
                            String::new()
                        } else {
                            details.full_name()
                        },
                        kind: role.kind,
                        non_disclosure: details.non_disclosure,
                    });
                }
                flats.push(FlatInfo { flat, residents });
            }
            flats.sort_by_cached_key(|info| sort_key(&info.flat.name));
            Ok(HouseStructure {
                buildings: reader.buildings()?,
                stairwells: reader.stairwells()?,
                flats,
            })
        })
    }

    /// Adds flats by name to a building (made when it has no name yet in the list), with their stairwells; those that are there
    /// already are left alone.
    pub fn add_flats(
        &self,
        organisation: OrganisationId,
        building: &str,
        street: &str,
        names: &[String],
    ) -> Result<Changed> {
        let names = names
            .iter()
            .map(|name| flat_name(name).ok_or(Problem::FlatInvalid))
            .collect::<Result<Vec<_>>>()?;
        let store = self.store(organisation)?;
        let action = Action::FlatsCreate {
            count: names.len() as u32,
        };
        let written = store.write(&action, |tx| {
            let building = find_or_put_building(tx, building.trim(), street.trim())?;
            let known: Vec<_> = tx.flats()?.into_iter().map(|flat| flat.name).collect();
            for name in names.iter().filter(|name| !known.contains(name)) {
                let stairwell = stairwell_of(name)
                    .map(|letter| find_or_put_stairwell(tx, building, letter))
                    .transpose()?;
                tx.put_flat(&Flat {
                    id: FlatId(tx.uuid()),
                    stairwell,
                    name: name.clone(),
                    floor: None,
                    area_tenths: None,
                    shares_from: None,
                    shares_to: None,
                    note: String::new(),
                })?;
            }
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    /// Changes a flat's facts.
    pub fn edit_flat(&self, organisation: OrganisationId, flat: &Flat) -> Result<Changed> {
        let mut edited = flat.clone();
        edited.name = flat_name(&flat.name).ok_or(Problem::FlatInvalid)?;
        if edited
            .shares_from
            .zip(edited.shares_to)
            .is_some_and(|(from, to)| from > to)
        {
            return Err(Problem::FlatInvalid);
        }
        let store = self.store(organisation)?;
        let written = store.write(
            &Action::FlatEdit {
                name: edited.name.clone(),
            },
            |tx| {
                if tx
                    .flats()?
                    .iter()
                    .any(|other| other.name == edited.name && other.id != edited.id)
                {
                    return Err(Problem::NameTaken {
                        name: edited.name.clone(),
                    });
                }
                Ok(tx.put_flat(&edited)?)
            },
        )?;
        Ok(written.into())
    }

    /// Removes a flat that nobody has or had a role in.
    pub fn delete_flat(&self, organisation: OrganisationId, id: FlatId) -> Result<Changed> {
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.flat(id))?.name;
        Ok(store
            .write(&Action::FlatDelete { name }, |tx| tx.delete_flat(id))?
            .into())
    }
}

fn find_or_put_building(tx: &Tx<'_>, name: &str, street: &str) -> Result<BuildingId> {
    if let Some(known) = tx.buildings()?.into_iter().find(|building| building.name == name) {
        return Ok(known.id);
    }
    let id = BuildingId(tx.uuid());
    tx.put_building(&Building {
        id,
        name: name.to_owned(),
        street: street.to_owned(),
    })?;
    Ok(id)
}

fn find_or_put_stairwell(tx: &Tx<'_>, building: BuildingId, letter: &str) -> Result<StairwellId> {
    let known = tx
        .stairwells()?
        .into_iter()
        .find(|stairwell| stairwell.building == building && stairwell.name == letter);
    if let Some(known) = known {
        return Ok(known.id);
    }
    let id = StairwellId(tx.uuid());
    tx.put_stairwell(&Stairwell {
        id,
        building,
        name: letter.to_owned(),
    })?;
    Ok(id)
}
