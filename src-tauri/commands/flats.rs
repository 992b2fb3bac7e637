//! Buildings, stairwells and flats.

use super::commands;
use kiulu_app::{Changed, FlatOverview, HouseStructure};
use kiulu_domain::flat::Flat;
use kiulu_domain::id::{BuildingId, FlatId, OrganisationId, StairwellId};

commands! {
    /// The house with today's people.
    house(organisation: OrganisationId) -> HouseStructure = |app| app.house(organisation);
    /// Adds flats to a building.
    add_flats(organisation: OrganisationId, building: String, street: String, names: Vec<String>) -> Changed
        = |app| app.add_flats(organisation, &building, &street, &names);
    /// One flat with everybody who has or had a role in it.
    flat(organisation: OrganisationId, id: FlatId) -> FlatOverview = |app| app.flat(organisation, id);
    /// Changes a flat, and where it is.
    edit_flat(organisation: OrganisationId, flat: Flat, building: Option<BuildingId>) -> Changed
        = |app| app.edit_flat(organisation, &flat, building);
    /// Removes a flat.
    delete_flat(organisation: OrganisationId, id: FlatId) -> Changed = |app| app.delete_flat(organisation, id);
    /// Adds or changes a building.
    save_building(organisation: OrganisationId, id: Option<BuildingId>, name: String, street: String) -> Changed
        = |app| app.save_building(organisation, id, &name, &street);
    /// Removes an empty building.
    delete_building(organisation: OrganisationId, id: BuildingId) -> Changed = |app| app.delete_building(organisation, id);
    /// Renames a stairwell with its flats, or moves it to another building.
    edit_stairwell(organisation: OrganisationId, id: StairwellId, building: BuildingId, letters: String) -> Changed
        = |app| app.edit_stairwell(organisation, id, building, &letters);
    /// Writes flats as Excel or CSV, by the file's ending.
    export_flats(organisation: OrganisationId, flats: Vec<FlatId>, titles: [String; 8], path: String) -> u32
        = |app| app.export_flats(organisation, &flats, &titles, path.as_ref());
}
