//! Sharing an organisation between laptops.

use super::commands;
use super::system::{Jobs, watched};
use kiulu_app::{
    App, Changed, CreatedOrganisation, InvitationCode, MemberRole, NewMember, Progress, Result, Sharing,
    SyncStatus,
};
use kiulu_domain::id::{ContactId, OrganisationId};
use kiulu_domain::organisation::Language;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;
use uuid::Uuid;

commands! {
    /// How an organisation is shared; nothing while it is not.
    sharing(organisation: OrganisationId) -> Option<Sharing> = |app| app.sharing(organisation);
    /// How an organisation's synchronisation stands; nothing while it is not shared.
    sync_status(organisation: OrganisationId) -> Option<SyncStatus> = |app| app.sync_status(organisation);
    /// Synchronises at the next opportunity.
    sync_soon(organisation: OrganisationId) -> () = |app| { app.sync_soon(organisation); Ok(()) };
    /// Begins to share an organisation over an endpoint.
    share(organisation: OrganisationId, address: String, token: Option<String>) -> ()
        = |app| app.share(organisation, &address, token);
    /// Looks at a code before anything is asked for or fetched.
    check_code(code: String) -> () = |app| app.check_code(&code);
    /// Invites one more laptop.
    invite(organisation: OrganisationId, role: MemberRole, days: u32) -> InvitationCode
        = |app| app.invite(organisation, role, days);
    /// Takes an invitation back that nobody has used.
    withdraw_invitation(organisation: OrganisationId, key: String) -> ()
        = |app| app.withdraw_invitation(organisation, &key);
    /// Lets a laptop do more or less from now on.
    change_member_role(organisation: OrganisationId, device: Uuid, role: MemberRole) -> ()
        = |app| app.change_member_role(organisation, device, role);
    /// Shuts laptops out.
    shut_out(organisation: OrganisationId, devices: Vec<Uuid>) -> () = |app| app.shut_out(organisation, &devices);
    /// Erases people for good, on every laptop.
    erase_contacts(organisation: OrganisationId, contacts: Vec<ContactId>) -> ()
        = |app| app.erase_contacts(organisation, &contacts);
    /// Makes a recovery sheet for a laptop, this one where none is named, and writes it as a PDF.
    print_recovery_sheet(organisation: OrganisationId, device: Option<Uuid>, language: Option<Language>, path: String) -> ()
        = |app| app.print_recovery_sheet(organisation, device, language, path.as_ref());
    /// Makes a recovery sheet void.
    withdraw_sheet(organisation: OrganisationId, key: String) -> () = |app| app.withdraw_sheet(organisation, &key);
    /// Hands the board over and writes the signed record as a PDF.
    hand_board_over(organisation: OrganisationId, leaving: Vec<Uuid>, language: Option<Language>, path: String) -> ()
        = |app| app.hand_board_over(organisation, &leaving, language, path.as_ref());
    /// Takes the other side of a conflict.
    take_other(organisation: OrganisationId, key: String) -> Changed = |app| app.take_other(organisation, &key);
}

/// Joins an organisation and opens it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn join_organisation(
    app: State<'_, Arc<App>>,
    jobs: State<'_, Jobs>,
    member: NewMember,
    job: u32,
    progress: Channel<Progress>,
) -> Result<CreatedOrganisation> {
    watched(app.inner(), &jobs, job, progress, move |app, job| {
        app.join_organisation(&member, job)
    })
    .await
}
