//! Organisations: creating, opening, describing.

use super::commands;
use kiulu_app::{
    Changed, CreatedOrganisation, NewOrganisation, NewUser, OpenOrganisation, OrganisationInfo,
    OrganisationOverview, ReachFigures, RegisterFigures, RenewedSheet, Unlock, UnlockWay,
};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::{Language, Organisation};

commands! {
    /// Every organisation on this computer.
    organisations() -> Vec<OrganisationInfo> = |app| Ok(app.organisations());
    /// Whether this computer's keychain answers.
    keychain_available() -> bool = |app| Ok(app.keychain_available());
    /// Makes an organisation and opens it.
    create_organisation(founding: NewOrganisation) -> CreatedOrganisation = |app| app.create_organisation(&founding);
    /// Makes the sample organisation, or opens the one that is there.
    open_sample(language: Language) -> OpenOrganisation = |app| app.open_sample(language);
    /// Takes the sample organisation off this computer.
    discard_sample(organisation: OrganisationId) -> () = |app| app.discard_sample(organisation);
    /// Opens an organisation.
    open_organisation(organisation: OrganisationId, unlock: Unlock) -> OpenOrganisation
        = |app| app.open_organisation(organisation, &unlock);
    /// Closes an organisation.
    close_organisation(organisation: OrganisationId) -> () = |app| app.close_organisation(organisation);
    /// Every organisation on this computer side by side.
    overview() -> Vec<OrganisationOverview> = |app| app.overview();
    /// The facts of an open organisation.
    describe_organisation(organisation: OrganisationId) -> OpenOrganisation = |app| app.describe(organisation);
    /// The register in a few figures.
    register_figures(organisation: OrganisationId) -> RegisterFigures = |app| app.register_figures(organisation);
    /// How many contacts can be reached which way.
    reach_figures(organisation: OrganisationId) -> ReachFigures = |app| app.reach_figures(organisation);
    /// Looks at every page of the file.
    check_organisation(organisation: OrganisationId) -> () = |app| app.check_organisation(organisation);
    /// Changes the organisation's facts.
    edit_organisation(organisation: Organisation) -> Changed = |app| app.edit_organisation(&organisation);
    /// Changes the name and e-mail that changes carry.
    edit_profile(organisation: OrganisationId, user: NewUser) -> () = |app| app.edit_profile(organisation, &user);
    /// Makes a new recovery code.
    renew_recovery(organisation: OrganisationId) -> RenewedSheet = |app| app.renew_recovery(organisation);
    /// Sets the passphrase and whether it is asked for at each start. False when the former one still opens some backups.
    set_passphrase(organisation: OrganisationId, passphrase: String, unlock: UnlockWay) -> bool
        = |app| app.set_passphrase(organisation, &passphrase, unlock);
}
