//! Buildings, stairwells and flats.

use super::commands;
use kiulu_app::{Changed, HouseStructure};
use kiulu_domain::flat::Flat;
use kiulu_domain::id::{FlatId, OrganisationId};

commands! {
    /// The house with today's people.
    house(organisation: OrganisationId) -> HouseStructure = |app| app.house(organisation);
    /// Adds flats to a building.
    add_flats(organisation: OrganisationId, building: String, street: String, names: Vec<String>) -> Changed
        = |app| app.add_flats(organisation, &building, &street, &names);
    /// Changes a flat.
    edit_flat(organisation: OrganisationId, flat: Flat) -> Changed = |app| app.edit_flat(organisation, &flat);
    /// Removes a flat.
    delete_flat(organisation: OrganisationId, id: FlatId) -> Changed = |app| app.delete_flat(organisation, id);
}
