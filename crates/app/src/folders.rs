//! What lies beside an organisation's database: its name, how it is unlocked, and the wrapped key.

use crate::app::write_json;
use crate::{App, Problem, Result, UnlockWay};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::OrganisationKind;
use kiulu_store::{FileKey, KeyFile, Store, read_backup_header};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::PoisonError;

/// Name of an organisation's database in its folder.
pub(crate) const DATABASE_FILE: &str = "kiulu.db";

/// Name of what is kept beside it.
pub(crate) const FOLDER_FILE: &str = "organisation.json";

/// What is kept beside the database, known without opening it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) kind: OrganisationKind,
    #[serde(default)]
    pub(crate) sample: bool,
    pub(crate) unlock: UnlockWay,
    pub(crate) key_file: KeyFile,
    /// Address of the endpoint over which the organisation is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint: Option<String>,
    /// It could not be read, and was put together from what else there is; it is written anew when the database has opened.
    #[serde(skip)]
    pub(crate) recovered: bool,
}

impl App {
    pub(crate) fn folder(&self, organisation: OrganisationId) -> PathBuf {
        self.data_dir()
            .join("organisations")
            .join(organisation.to_string())
    }

    pub(crate) fn database_path(&self, organisation: OrganisationId) -> PathBuf {
        self.folder(organisation).join(DATABASE_FILE)
    }

    fn folder_file(&self, organisation: OrganisationId) -> PathBuf {
        self.folder(organisation).join(FOLDER_FILE)
    }

    /// What is kept beside the database. Where that cannot be read, the newest backup says the same, and without one the
    /// keychain still has the key.
    ///
    /// # Errors
    /// [`Problem::OrganisationMissing`], [`Problem::FileForeign`] when nothing says how the organisation is unlocked.
    pub(crate) fn read_folder(&self, organisation: OrganisationId) -> Result<Folder> {
        let problem = match std::fs::read(self.folder_file(organisation)) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(folder) => return Ok(folder),
                Err(_) => Problem::FileForeign,
            },
            Err(_) if self.database_path(organisation).exists() => Problem::FileForeign,
            Err(_) => return Err(Problem::OrganisationMissing),
        };
        self.recovered(organisation).ok_or(problem)
    }

    fn recovered(&self, organisation: OrganisationId) -> Option<Folder> {
        let backups = self.backups(organisation);
        let headers = backups
            .iter()
            .filter_map(|backup| read_backup_header(backup.path.as_ref()).ok());
        let folder = |name, unlock, key_file| Folder {
            name,
            // Until the database has opened and says what it is.
            kind: OrganisationKind::HousingCompany,
            sample: false,
            unlock,
            key_file,
            endpoint: None,
            recovered: true,
        };
        if let Some(header) = headers.into_iter().next() {
            let unlock = UnlockWay::asking(header.asks_each_time);
            return Some(folder(header.name, unlock, header.key_file));
        }
        let key = self.key_in_keychain(organisation)?;
        Some(folder(
            organisation.to_string(),
            UnlockWay::Keychain,
            KeyFile::new(&key),
        ))
    }

    pub(crate) fn write_folder(&self, organisation: OrganisationId, folder: &Folder) -> Result<()> {
        write_json(&self.folder_file(organisation), folder)
    }

    /// Changes what is kept beside the database; no other change comes between reading and writing it.
    pub(crate) fn change_folder<T>(
        &self,
        organisation: OrganisationId,
        change: impl FnOnce(&mut Folder) -> Result<T>,
    ) -> Result<T> {
        let _alone = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folder = self.read_folder(organisation)?;
        let value = change(&mut folder)?;
        self.write_folder(organisation, &folder)?;
        Ok(value)
    }

    /// Writes a folder anew that had to be recovered, with what the database says of itself.
    pub(crate) fn mend_folder(&self, organisation: OrganisationId, store: &Store) -> Result<()> {
        let Some(facts) = store.read(|reader| reader.organisation())? else {
            return Ok(());
        };
        self.change_folder(organisation, |folder| {
            folder.name = facts.name;
            folder.kind = facts.kind;
            Ok(())
        })
    }

    pub(crate) fn key_in_keychain(&self, organisation: OrganisationId) -> Option<FileKey> {
        let bytes = self.keychain.get(&organisation.to_string())?;
        FileKey::from_bytes(&bytes)
    }
}
