//! The stakeholder vocabulary.

use super::commands;
use kiulu_app::Changed;
use kiulu_domain::id::{OrganisationId, StakeholderKindId};
use kiulu_domain::vocabulary::StakeholderKind;

commands! {
    /// The vocabulary, each reason with its number of contacts.
    vocabulary(organisation: OrganisationId) -> Vec<(StakeholderKind, u32)> = |app| app.vocabulary(organisation);
    /// Adds or changes a reason.
    save_stakeholder_kind(organisation: OrganisationId, id: Option<StakeholderKindId>, kind: StakeholderKind) -> Changed
        = |app| app.save_stakeholder_kind(organisation, id, &kind);
    /// Moves a reason a place up or down.
    move_stakeholder_kind(organisation: OrganisationId, id: StakeholderKindId, down: bool) -> Changed
        = |app| app.move_stakeholder_kind(organisation, id, down);
    /// Removes a reason that nobody has.
    delete_stakeholder_kind(organisation: OrganisationId, id: StakeholderKindId) -> Changed
        = |app| app.delete_stakeholder_kind(organisation, id);
}
