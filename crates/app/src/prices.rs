//! The price lists of shared spaces.

use crate::contact_records::Changed;
use crate::resources::sound;
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::bookings::charging::Charging;
use kiulu_domain::bookings::price::Price;
use kiulu_domain::bookings::price_list::{charging_is_sound, is_sound, revised};
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::id::{OrganisationId, PriceId, ResourceId};
use kiulu_store::Tx;
use std::collections::BTreeSet;

impl App {
    /// The price list of a space, in the order in which its lines are looked at; those that hold no longer are among them.
    pub fn prices(&self, organisation: OrganisationId, resource: ResourceId) -> Result<Vec<Price>> {
        self.store(organisation)?.read(|reader| {
            reader.resource(resource)?;
            Ok(reader.prices(resource)?)
        })
    }

    /// Writes the whole price list of a space and how it is charged for, from a day on; what was before keeps its price. A new line
    /// has no id yet.
    ///
    /// # Errors
    /// [`Problem::PriceInvalid`] with the line that makes no sense.
    pub fn save_prices(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        prices: &[Price],
        charging: &Charging,
        from: NaiveDate,
    ) -> Result<Changed> {
        priced(prices, charging)?;
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.resource(resource))?.name;
        let written = store.write(&Action::PricesSave { resource: name }, |tx| {
            let mut space = tx.resource(resource)?;
            space.limits.charging = *charging;
            tx.put_resource(&space)?;
            let wanted = identified(tx, resource, prices);
            let list = revised(&tx.prices(resource)?, &wanted, from, || PriceId(tx.uuid()));
            Ok::<_, Problem>(tx.put_prices(resource, &list)?)
        })?;
        Ok(written.into())
    }

    /// Adds a space together with its price list, as one change.
    ///
    /// # Errors
    /// Those of [`App::save_resource`] and [`App::save_prices`].
    pub fn add_resource(
        &self,
        organisation: OrganisationId,
        resource: &Resource,
        prices: &[Price],
    ) -> Result<Changed> {
        let resource = sound(resource)?;
        priced(prices, &resource.limits.charging)?;
        let action = Action::ResourceSave {
            name: resource.name.clone(),
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            crate::resources::put_named(tx, &resource)?;
            tx.put_prices(resource.id, &identified(tx, resource.id, prices))?;
            tx.settle_bookings(resource.id, &BTreeSet::new())?;
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }
}

fn priced(prices: &[Price], charging: &Charging) -> Result<()> {
    let wrong = prices.iter().position(|price| !is_sound(price));
    if let Some(place) = wrong {
        return Err(Problem::PriceInvalid {
            line: place as u32 + 1,
        });
    }
    if !charging_is_sound(charging) {
        return Err(Problem::FeeInvalid);
    }
    Ok(())
}

/// The lines as those of a space, each with an id of its own.
fn identified(tx: &Tx<'_>, resource: ResourceId, prices: &[Price]) -> Vec<Price> {
    let mut seen = BTreeSet::new();
    prices
        .iter()
        .map(|price| {
            let known = !price.id.0.is_nil() && seen.insert(price.id);
            Price {
                id: if known { price.id } else { PriceId(tx.uuid()) },
                resource,
                ..price.clone()
            }
        })
        .collect()
}
