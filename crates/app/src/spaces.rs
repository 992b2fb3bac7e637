//! The list of shared spaces: their order and what there is of each, and whom a change of one would hit.

use crate::calendar_turns::Names;
use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Blackout, BookingStatus, HolderName};
use kiulu_domain::bookings::impact::{Hit, who_is_hit};
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::id::{OrganisationId, ResourceId};
use kiulu_domain::order::moved;
use kiulu_store::{LAST_DAY, ResourceBook};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A space and what there is of it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SpaceInfo {
    /// The space.
    pub resource: Resource,
    /// Standing shifts that have not ended.
    pub standing: u32,
    /// Single bookings to come.
    pub open: u32,
    /// Somebody has or had something of it, so that it can be retired and not removed.
    pub used: bool,
    /// Times out of use that are not over, the next first.
    pub blackouts: Vec<Blackout>,
}

/// What is about to be written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "plan", content = "as", rename_all = "snake_case")]
pub enum Planned {
    /// A space with these settings.
    Rules(Box<Resource>),
    /// A time out of use; without an id yet it is a new one.
    OutOfUse(Blackout),
}

/// Somebody whom it would hit, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HitInfo {
    /// Who.
    pub who: HolderName,
    /// What is hit and why.
    pub hit: Hit,
}

impl App {
    /// Every space in the order in which the house lists it.
    pub fn spaces(&self, organisation: OrganisationId) -> Result<Vec<SpaceInfo>> {
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let today = now.date();
            let spaces = reader.resources()?.into_iter().map(|resource| {
                let book = reader.resource_book(resource.id, today, LAST_DAY)?;
                let used = reader.resource_used(resource.id)?;
                let standing = book.standing.iter();
                let standing = standing.filter(|shift| shift.valid.to.is_none_or(|to| to >= today));
                let open = book.bookings.iter();
                let open = open.filter(|one| one.status == BookingStatus::Booked && one.span.end > now);
                let (standing, open) = (standing.count() as u32, open.count() as u32);
                let mut blackouts = book.blackouts;
                blackouts.retain(|blackout| match &blackout.weekly {
                    Some(valid) => valid.to.is_none_or(|to| to >= today),
                    None => blackout.span.end > now,
                });
                blackouts.sort_by_key(|blackout| blackout.span);
                Ok::<_, Problem>(SpaceInfo {
                    resource,
                    standing,
                    open,
                    used,
                    blackouts,
                })
            });
            spaces.collect()
        })
    }

    /// Moves a space a place up or down in the house's list.
    pub fn move_resource(&self, organisation: OrganisationId, id: ResourceId, down: bool) -> Result<Changed> {
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.resource(id))?.name;
        let written = store.write(&Action::ResourceSave { name }, |tx| {
            let order = moved(tx.resources()?.iter().map(|one| one.id).collect(), &id, down);
            tx.order_resources(&order)
        })?;
        Ok(written.into())
    }

    /// Whom a change of a space's settings or a time out of use would hit, were it written now. Nothing is written.
    pub fn who_is_hit(&self, organisation: OrganisationId, planned: &Planned) -> Result<Vec<HitInfo>> {
        let id = match planned {
            Planned::Rules(resource) => resource.id,
            Planned::OutOfUse(blackout) => blackout.resource,
        };
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            // A space that is not there yet has nobody to hit.
            if !reader.resources()?.iter().any(|one| one.id == id) {
                return Ok(Vec::new());
            }
            let before = reader.resource_book(id, now.date(), LAST_DAY)?;
            let mut after: ResourceBook = before.clone();
            match planned {
                Planned::Rules(resource) => after.resource = Resource::clone(resource),
                Planned::OutOfUse(blackout) => {
                    after.blackouts.retain(|other| other.id != blackout.id);
                    after.blackouts.push(blackout.clone());
                }
            }
            let mut names = Names::of_flats(reader)?;
            names.add_contacts(reader, &before)?;
            let hits = who_is_hit(&before.schedule(now), &after.schedule(now));
            Ok::<_, Problem>(
                hits.into_iter()
                    .map(|hit| HitInfo {
                        who: names.called(hit.holder),
                        hit,
                    })
                    .collect(),
            )
        })
    }
}
