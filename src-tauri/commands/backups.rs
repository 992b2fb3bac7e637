//! Backups.

use super::commands;
use kiulu_app::{BackupInfo, BackupSettings, BackupState, OpenOrganisation, Unlock};
use kiulu_domain::id::OrganisationId;

commands! {
    /// Makes a backup now.
    back_up(organisation: OrganisationId) -> BackupInfo = |app| app.back_up(organisation);
    /// The organisation's backups.
    backups(organisation: OrganisationId) -> Vec<BackupInfo> = |app| Ok(app.backups(organisation));
    /// Where they go.
    backup_settings(organisation: OrganisationId) -> BackupSettings = |app| Ok(app.backup_settings(organisation));
    /// Chooses where they go.
    save_backup_settings(organisation: OrganisationId, settings: BackupSettings) -> ()
        = |app| app.save_backup_settings(organisation, &settings);
    /// How making them has gone.
    backup_state(organisation: OrganisationId) -> BackupState = |app| Ok(app.backup_state(organisation));
    /// What a backup file says of itself.
    read_backup(path: String) -> BackupInfo = |app| app.read_backup(path.as_ref());
    /// Restores a backup and opens it.
    restore_backup(path: String, unlock: Unlock) -> OpenOrganisation = |app| app.restore(path.as_ref(), &unlock);
}
