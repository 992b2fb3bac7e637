//! Groups.

use super::commands;
use kiulu_app::{Changed, GroupInfo, Selection};
use kiulu_domain::contact_list::ContactFilter;
use kiulu_domain::id::{GroupId, OrganisationId};

commands! {
    /// Every group.
    groups(organisation: OrganisationId) -> Vec<GroupInfo> = |app| app.groups(organisation);
    /// Adds or changes a group.
    save_group(
        organisation: OrganisationId,
        id: Option<GroupId>,
        parent: Option<GroupId>,
        name: String,
        rule: Option<ContactFilter>,
    ) -> (GroupId, Changed) = |app| app.save_group(organisation, id, parent, &name, rule.as_ref());
    /// Removes a group.
    delete_group(organisation: OrganisationId, id: GroupId) -> Changed = |app| app.delete_group(organisation, id);
    /// Puts contacts into a group.
    add_to_group(organisation: OrganisationId, selection: Selection, group: GroupId) -> Changed
        = |app| app.add_to_group(organisation, &selection, group);
    /// Takes contacts out of a group.
    remove_from_group(organisation: OrganisationId, selection: Selection, group: GroupId) -> Changed
        = |app| app.remove_from_group(organisation, &selection, group);
}
