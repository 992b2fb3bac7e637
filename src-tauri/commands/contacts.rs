//! Contacts, views of their list, and the fields of the organisation's own.

use super::commands;
use super::system::{Jobs, watched};
use chrono::NaiveDate;
use kiulu_app::{
    App, Changed, ContactEdit, ContactListPage, ContactOverview, ContactValues, Progress, Result, SearchHit,
    Selection,
};
use kiulu_domain::contact::{CustomField, HouseholdKind};
use kiulu_domain::contact_list::{ContactColumn, ContactListSpec};
use kiulu_domain::id::{
    ContactId, CustomFieldId, FlatId, GroupId, OrganisationId, StakeholderKindId, ViewId,
};
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

commands! {
    /// A page of a list.
    contact_page(organisation: OrganisationId, spec: ContactListSpec, offset: u32, limit: u32) -> ContactListPage
        = |app| app.contact_page(organisation, &spec, offset, limit);
    /// How many contacts some lists have.
    contact_counts(organisation: OrganisationId, specs: Vec<ContactListSpec>) -> Vec<u32>
        = |app| app.contact_counts(organisation, &specs);
    /// Everything known of a contact.
    contact(organisation: OrganisationId, id: ContactId, release: bool) -> ContactOverview
        = |app| app.contact(organisation, id, release);
    /// Adds a contact.
    create_contact(organisation: OrganisationId, edit: ContactEdit) -> (ContactId, Changed)
        = |app| app.create_contact(organisation, &edit);
    /// Changes a contact.
    edit_contact(organisation: OrganisationId, id: ContactId, edit: ContactEdit) -> Changed
        = |app| app.edit_contact(organisation, id, &edit);
    /// Removes contacts.
    delete_contacts(organisation: OrganisationId, selection: Selection) -> Changed
        = |app| app.delete_contacts(organisation, &selection);
    /// Gives contacts a role; says how many got it.
    give_role(
        organisation: OrganisationId,
        selection: Selection,
        kind: StakeholderKindId,
        flat: Option<FlatId>,
        from: Option<NaiveDate>,
    ) -> (Changed, u32) = |app| app.give_role(organisation, &selection, kind, flat, from);
    /// Makes a group of contacts.
    group_contacts(organisation: OrganisationId, selection: Selection, name: String) -> (GroupId, Changed)
        = |app| app.group_contacts(organisation, &selection, &name);
    /// What the filters of the list can be set to.
    contact_values(organisation: OrganisationId) -> ContactValues = |app| app.contact_values(organisation);
    /// Ends a role that contacts have; says of how many.
    end_role(organisation: OrganisationId, selection: Selection, kind: StakeholderKindId, last_day: NaiveDate) -> (Changed, u32)
        = |app| app.end_role(organisation, &selection, kind, last_day);
    /// Joins contacts into a couple or household.
    join_household(organisation: OrganisationId, members: Vec<ContactId>, kind: HouseholdKind) -> Changed
        = |app| app.join_household(organisation, &members, kind);
    /// Takes a contact out of its household.
    leave_household(organisation: OrganisationId, contact: ContactId) -> Changed
        = |app| app.leave_household(organisation, contact);
    /// Saved views.
    views(organisation: OrganisationId) -> Vec<(ViewId, String, ContactListSpec)> = |app| app.views(organisation);
    /// Adds or changes a view.
    save_view(organisation: OrganisationId, id: Option<ViewId>, name: String, spec: ContactListSpec) -> (ViewId, Changed)
        = |app| app.save_view(organisation, id, &name, &spec);
    /// Removes a view.
    delete_view(organisation: OrganisationId, id: ViewId) -> Changed = |app| app.delete_view(organisation, id);
    /// Fields of the organisation's own.
    custom_fields(organisation: OrganisationId) -> Vec<CustomField> = |app| app.custom_fields(organisation);
    /// Adds or changes such a field.
    save_custom_field(organisation: OrganisationId, id: Option<CustomFieldId>, field: CustomField) -> Changed
        = |app| app.save_custom_field(organisation, id, &field);
    /// The same fields, each with the number of contacts that have a value in it.
    custom_field_use(organisation: OrganisationId) -> Vec<(CustomField, u32)> = |app| app.custom_field_use(organisation);
    /// Moves such a field a place up or down.
    move_custom_field(organisation: OrganisationId, id: CustomFieldId, down: bool) -> Changed
        = |app| app.move_custom_field(organisation, id, down);
    /// Removes such a field with its values.
    delete_custom_field(organisation: OrganisationId, id: CustomFieldId) -> Changed
        = |app| app.delete_custom_field(organisation, id);
    /// Search over everything.
    search_everything(organisation: OrganisationId, typed: String) -> Vec<SearchHit> = |app| app.search(organisation, &typed);
}

/// Writes a list as Excel or CSV, by the file's ending.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::too_many_arguments,
    reason = "the page's arguments, and the host's two"
)]
pub(crate) async fn export_contacts(
    app: State<'_, Arc<App>>,
    jobs: State<'_, Jobs>,
    organisation: OrganisationId,
    spec: ContactListSpec,
    columns: Vec<(ContactColumn, String)>,
    path: String,
    release: bool,
    job: u32,
    progress: Channel<Progress>,
) -> Result<u32> {
    watched(&app, &jobs, job, progress, move |app, job| {
        app.export_contacts(organisation, &spec, &columns, path.as_ref(), release, job)
    })
    .await
}

/// Writes everything of an organisation as one Excel workbook.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_everything(
    app: State<'_, Arc<App>>,
    jobs: State<'_, Jobs>,
    organisation: OrganisationId,
    path: String,
    release: bool,
    job: u32,
    progress: Channel<Progress>,
) -> Result<u32> {
    watched(&app, &jobs, job, progress, move |app, job| {
        app.export_everything(organisation, path.as_ref(), release, job)
    })
    .await
}
