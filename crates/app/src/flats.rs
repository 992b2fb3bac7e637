//! Buildings, stairwells and flats.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::collation::{fold, sort_key};
use kiulu_domain::contact::StakeholderRole;
use kiulu_domain::flat::{
    Building, Flat, Stairwell, flat_name, renamed_with, share_a_place, stairwell_name, stairwell_of,
};
use kiulu_domain::id::{BuildingId, ContactId, FlatId, OrganisationId, StairwellId, StakeholderKindId};
use kiulu_store::{Reader, Tx};
use serde::Serialize;
use specta::Type;
use std::collections::HashMap;

/// Someone with a role in a flat.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FlatResident {
    /// Who.
    pub contact: ContactId,
    /// Name as letters say it; empty under a non-disclosure order.
    pub name: String,
    /// Which role.
    pub kind: StakeholderKindId,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
    /// Under a non-disclosure order.
    pub non_disclosure: bool,
}

/// A flat with those who have a role in it today.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FlatInfo {
    /// The flat.
    pub flat: Flat,
    /// What it is called among all flats: its name, with the building where another has a flat of the name.
    pub label: String,
    /// The building it is in, where it is known.
    pub building: Option<BuildingId>,
    /// Today's roles.
    pub residents: Vec<FlatResident>,
}

/// A flat with everybody who has, had or will have a role in it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FlatOverview {
    /// The flat, with today's roles.
    pub info: FlatInfo,
    /// Roles that have ended, the latest first, and those that have not begun.
    pub others: Vec<FlatResident>,
}

/// The house as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HouseStructure {
    /// Buildings by name.
    pub buildings: Vec<Building>,
    /// Stairwells.
    pub stairwells: Vec<Stairwell>,
    /// Flats as people read them: building by building, A 2 before A 12.
    pub flats: Vec<FlatInfo>,
}

impl App {
    /// Buildings, stairwells and flats with today's people.
    pub fn house(&self, organisation: OrganisationId) -> Result<HouseStructure> {
        let today = self.today(organisation)?;
        self.store(organisation)?.read(|reader| {
            let mut buildings = reader.buildings()?;
            buildings.sort_by_cached_key(|building| sort_key(&building.name));
            let mut flats = Vec::new();
            for (flat, building, label) in in_order(reader, &buildings)? {
                let (residents, _) = people(reader, flat.id, today)?;
                flats.push(FlatInfo {
                    label,
                    building,
                    flat,
                    residents,
                });
            }
            Ok(HouseStructure {
                stairwells: reader.stairwells()?,
                buildings,
                flats,
            })
        })
    }

    /// One flat with everybody who has, had or will have a role in it.
    pub fn flat(&self, organisation: OrganisationId, id: FlatId) -> Result<FlatOverview> {
        let house = self.house(organisation)?;
        let info = house.flats.into_iter().find(|info| info.flat.id == id);
        let today = self.today(organisation)?;
        let (_, others) = self
            .store(organisation)?
            .read(|reader| people(reader, id, today))?;
        Ok(FlatOverview {
            info: info.ok_or(Problem::RecordMissing)?,
            others,
        })
    }

    /// Adds flats by name to a building (made when it has no name yet in the list), with their stairwells. Those that are there
    /// already are left alone, but one whose building was not known comes to stand in it.
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
        let building = building.trim();
        if building.is_empty() {
            return Err(Problem::NameMissing);
        }
        let store = self.store(organisation)?;
        let action = Action::FlatsCreate {
            count: names.len() as u32,
        };
        let written = store.write(&action, |tx| {
            let building = find_or_put_building(tx, building, street.trim())?;
            let places = Places::read(tx)?;
            let flats = tx.flats()?;
            for name in names {
                let of_the_name = |flat: &&Flat| {
                    flat.name == name && share_a_place(places.building_of(flat), Some(building))
                };
                let stairwell = tx.stairwell_in(building, stairwell_of(&name).unwrap_or_default())?;
                match flats.iter().find(of_the_name) {
                    Some(flat) if flat.stairwell.is_none() => tx.put_flat(&Flat {
                        stairwell: Some(stairwell),
                        ..flat.clone()
                    })?,
                    Some(_) => {}
                    None => tx.put_flat(&Flat::named(FlatId(tx.uuid()), Some(stairwell), name))?,
                }
            }
            Ok::<_, Problem>(tx.tidy_stairwells()?)
        })?;
        Ok(written.into())
    }

    /// Changes a flat's facts. Its stairwell follows from the building and the letters of its name.
    ///
    /// # Errors
    /// [`Problem::FlatInvalid`], [`Problem::FlatNumbersInvalid`], [`Problem::NameTaken`] where the building has a flat of the
    /// name, [`Problem::SharesTaken`] where a share belongs to another flat.
    pub fn edit_flat(
        &self,
        organisation: OrganisationId,
        flat: &Flat,
        building: Option<BuildingId>,
    ) -> Result<Changed> {
        let mut edited = flat.clone();
        edited.name = flat_name(&flat.name).ok_or(Problem::FlatInvalid)?;
        edited.note = flat.note.trim().to_owned();
        if !edited.is_possible() {
            return Err(Problem::FlatNumbersInvalid);
        }
        let action = Action::FlatEdit {
            name: edited.name.clone(),
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            edited.stairwell = building
                .map(|building| tx.stairwell_in(building, stairwell_of(&edited.name).unwrap_or_default()))
                .transpose()?;
            put_checked(tx, std::slice::from_ref(&edited))
        })?;
        Ok(written.into())
    }

    /// Removes a flat that nobody has or had a role in.
    pub fn delete_flat(&self, organisation: OrganisationId, id: FlatId) -> Result<Changed> {
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.flat(id))?.name;
        let written = store.write(&Action::FlatDelete { name }, |tx| {
            tx.delete_flat(id)?;
            tx.tidy_stairwells()
        })?;
        Ok(written.into())
    }

    /// Adds or changes a building; without an id it is new.
    pub fn save_building(
        &self,
        organisation: OrganisationId,
        id: Option<BuildingId>,
        name: &str,
        street: &str,
    ) -> Result<Changed> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Problem::NameMissing);
        }
        let action = Action::HouseEdit {
            building: name.to_owned(),
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            let taken = |other: &Building| Some(other.id) != id && fold(&other.name) == fold(name);
            if tx.buildings()?.iter().any(taken) {
                return Err(Problem::NameTaken {
                    name: name.to_owned(),
                });
            }
            Ok(tx.put_building(&Building {
                id: id.unwrap_or_else(|| BuildingId(tx.uuid())),
                name: name.to_owned(),
                street: street.trim().to_owned(),
            })?)
        })?;
        Ok(written.into())
    }

    /// Removes a building in which no flat is.
    pub fn delete_building(&self, organisation: OrganisationId, id: BuildingId) -> Result<Changed> {
        let action = Action::HouseEdit {
            building: self.building_name(organisation, id)?,
        };
        let written = self
            .store(organisation)?
            .write(&action, |tx| tx.delete_building(id))?;
        Ok(written.into())
    }

    /// Gives a stairwell other letters or moves it to another building, with all its flats. It becomes one with a stairwell of
    /// the building that has the letters already.
    pub fn edit_stairwell(
        &self,
        organisation: OrganisationId,
        id: StairwellId,
        building: BuildingId,
        letters: &str,
    ) -> Result<Changed> {
        let letters = stairwell_name(letters).ok_or(Problem::StairwellInvalid)?;
        let action = Action::HouseEdit {
            building: self.building_name(organisation, building)?,
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            let stairwell = tx.stairwell_in(building, &letters)?;
            let mut flats = Vec::new();
            for flat in tx.flats()?.into_iter().filter(|flat| flat.stairwell == Some(id)) {
                flats.push(Flat {
                    name: renamed_with(&flat.name, &letters).ok_or(Problem::StairwellInvalid)?,
                    stairwell: Some(stairwell),
                    ..flat
                });
            }
            put_checked(tx, &flats)
        })?;
        Ok(written.into())
    }

    fn building_name(&self, organisation: OrganisationId, id: BuildingId) -> Result<String> {
        let buildings = self.store(organisation)?.read(|reader| reader.buildings())?;
        let building = buildings.into_iter().find(|building| building.id == id);
        Ok(building.ok_or(Problem::RecordMissing)?.name)
    }
}

/// Which building each stairwell is in.
struct Places(HashMap<StairwellId, BuildingId>);

impl Places {
    fn read(reader: &Reader<'_>) -> Result<Self> {
        let stairwells = reader.stairwells()?.into_iter();
        Ok(Self(
            stairwells
                .map(|stairwell| (stairwell.id, stairwell.building))
                .collect(),
        ))
    }

    fn building_of(&self, flat: &Flat) -> Option<BuildingId> {
        self.0.get(&flat.stairwell?).copied()
    }
}

/// Those with a role in a flat today, and the others.
fn people(
    reader: &Reader<'_>,
    flat: FlatId,
    today: NaiveDate,
) -> Result<(Vec<FlatResident>, Vec<FlatResident>)> {
    let (current, others): (Vec<_>, Vec<_>) = reader
        .roles_in(flat)?
        .into_iter()
        .partition(|role| role.is_current(today));
    let named = |roles: Vec<StakeholderRole>| -> Result<Vec<FlatResident>> {
        roles
            .into_iter()
            .map(|role| {
                let details = reader.contact(role.contact)?;
                Ok(FlatResident {
                    contact: role.contact,
                    name: details.shown_name().unwrap_or_default(),
                    kind: role.kind,
                    valid_from: role.valid_from,
                    valid_to: role.valid_to,
                    non_disclosure: details.non_disclosure,
                })
            })
            .collect()
    };
    let mut others = named(others)?;
    others.sort_by_key(|role| std::cmp::Reverse(role.valid_to.or(role.valid_from)));
    Ok((named(current)?, others))
}

/// Writes flats, unless a name or a share of theirs belongs to a flat that stays as it is.
fn put_checked(tx: &Tx<'_>, flats: &[Flat]) -> Result<()> {
    let places = Places::read(tx)?;
    let all = tx.flats()?;
    let staying = || {
        all.iter()
            .filter(|other| flats.iter().all(|flat| flat.id != other.id))
    };
    for flat in flats {
        let building = places.building_of(flat);
        if staying()
            .any(|other| other.name == flat.name && share_a_place(places.building_of(other), building))
        {
            return Err(Problem::NameTaken {
                name: flat.name.clone(),
            });
        }
        if let Some(other) = staying().find(|other| other.shares_overlap(flat)) {
            return Err(Problem::SharesTaken {
                flat: other.name.clone(),
            });
        }
        tx.put_flat(flat)?;
    }
    Ok(tx.tidy_stairwells()?)
}

fn find_or_put_building(tx: &Tx<'_>, name: &str, street: &str) -> Result<BuildingId> {
    let known = tx
        .buildings()?
        .into_iter()
        .find(|building| fold(&building.name) == fold(name));
    if let Some(known) = known {
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

/// Flats with their building and what each is called among all of them, in the order of the house.
fn in_order(reader: &Reader<'_>, buildings: &[Building]) -> Result<Vec<(Flat, Option<BuildingId>, String)>> {
    let places = Places::read(reader)?;
    let all = reader.flats()?;
    let mut of_the_name: HashMap<String, u32> = HashMap::new();
    for flat in &all {
        *of_the_name.entry(flat.name.clone()).or_default() += 1;
    }
    let mut flats: Vec<_> = all
        .into_iter()
        .map(|flat| {
            let building = places.building_of(&flat);
            let named = buildings
                .iter()
                .find(|one| Some(one.id) == building && of_the_name.get(&flat.name) > Some(&1));
            let label = named.map_or_else(
                || flat.name.clone(),
                |building| format!("{} ({})", flat.name, building.name),
            );
            (flat, building, label)
        })
        .collect();
    let place = |building: Option<BuildingId>| {
        building.and_then(|id| buildings.iter().position(|building| building.id == id))
    };
    flats.sort_by_cached_key(|(flat, building, _)| (place(*building), sort_key(&flat.name)));
    Ok(flats)
}

/// What each flat is called among all of them, in the order of the house.
pub(crate) fn labels(reader: &Reader<'_>) -> Result<Vec<(FlatId, String)>> {
    let mut buildings = reader.buildings()?;
    buildings.sort_by_cached_key(|building| sort_key(&building.name));
    let flats = in_order(reader, &buildings)?.into_iter();
    Ok(flats.map(|(flat, _, label)| (flat.id, label)).collect())
}
