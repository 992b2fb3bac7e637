//! What a house shares: spaces with their rules, and when they are out of use.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::Blackout;
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::resource::{Resource, ResourceKind};
use kiulu_domain::collation::fold;
use kiulu_domain::id::{BlackoutId, OrganisationId, ResourceId};
use kiulu_store::Tx;
use std::collections::BTreeSet;

impl App {
    /// Everything that can be booked, in the order in which the house lists it.
    pub fn resources(&self, organisation: OrganisationId) -> Result<Vec<Resource>> {
        Ok(self.store(organisation)?.read(|reader| reader.resources())?)
    }

    /// A space of a kind with the usual rules, to be looked at and changed before it is saved.
    pub fn resource_preset(&self, kind: ResourceKind, name: &str) -> Resource {
        preset(ResourceId(self.source.uuid()), kind, name)
    }

    /// Adds a space or changes its name and rules.
    ///
    /// # Errors
    /// [`Problem::NameMissing`], [`Problem::NameTaken`], [`Problem::TimeInvalid`] where the settings make no sense.
    pub fn save_resource(&self, organisation: OrganisationId, resource: &Resource) -> Result<Changed> {
        let resource = sound(resource)?;
        let action = Action::ResourceSave {
            name: resource.name.clone(),
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            put_named(tx, &resource)?;
            tx.settle_bookings(resource.id, &BTreeSet::new())?;
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    /// Removes a space that nobody ever booked.
    ///
    /// # Errors
    /// [`Problem::RecordInUse`]: then it can be retired.
    pub fn delete_resource(&self, organisation: OrganisationId, id: ResourceId) -> Result<Changed> {
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.resource(id))?.name;
        let written = store.write(&Action::ResourceDelete { name }, |tx| tx.delete_resource(id))?;
        Ok(written.into())
    }

    /// Takes a space out of use for a time, or changes that; a new time has no id yet. Bookings that it hits are displaced, standing shifts rest.
    ///
    /// # Errors
    /// [`Problem::TimeInvalid`].
    pub fn save_blackout(&self, organisation: OrganisationId, blackout: &Blackout) -> Result<Changed> {
        if blackout.span.start >= blackout.span.end {
            return Err(Problem::TimeInvalid);
        }
        let store = self.store(organisation)?;
        let resource = store.read(|reader| reader.resource(blackout.resource))?.name;
        let written = store.write(&Action::BlackoutSave { resource }, |tx| {
            let mut blackout = blackout.clone();
            if blackout.id.0.is_nil() {
                blackout.id = BlackoutId(tx.uuid());
            }
            tx.put_blackout(&blackout)?;
            tx.settle_bookings(blackout.resource, &BTreeSet::new())
        })?;
        Ok(written.into())
    }

    /// Brings a space back into use.
    pub fn delete_blackout(&self, organisation: OrganisationId, id: BlackoutId) -> Result<Changed> {
        let store = self.store(organisation)?;
        let resource = store.read(|reader| {
            let blackout = reader.blackout(id)?;
            reader.resource(blackout.resource)
        })?;
        let action = Action::BlackoutDelete {
            resource: resource.name,
        };
        let written = store.write(&action, |tx| tx.delete_blackout(id))?;
        Ok(written.into())
    }
}

/// A space as it is written, with its name trimmed.
///
/// # Errors
/// [`Problem::NameMissing`]; [`Problem::TimeInvalid`] where the settings make no sense.
pub(crate) fn sound(resource: &Resource) -> Result<Resource> {
    let mut resource = resource.clone();
    resource.name = resource.name.trim().to_owned();
    if resource.name.is_empty() {
        return Err(Problem::NameMissing);
    }
    if !resource.is_sound() {
        return Err(Problem::TimeInvalid);
    }
    Ok(resource)
}

/// Writes a space unless another has its name.
pub(crate) fn put_named(tx: &Tx<'_>, resource: &Resource) -> Result<()> {
    let taken = |other: &Resource| other.id != resource.id && fold(&other.name) == fold(&resource.name);
    if tx.resources()?.iter().any(taken) {
        return Err(Problem::NameTaken {
            name: resource.name.clone(),
        });
    }
    Ok(tx.put_resource(resource)?)
}
