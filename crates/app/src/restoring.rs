//! Restoring a backup: on a computer that has the organisation, whole or broken, and on one that has never seen it.

use crate::backups::backup_problem;
use crate::folders::Folder;
use crate::{App, OpenOrganisation, Problem, Result, Unlock, UnlockWay};
use kiulu_domain::action::Action;
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::{OrganisationKind, User};
use kiulu_store::{
    BackupHeader, FileKey, Secret, Sole, Store, SwapPaths, put_in_place, read_backup_header, restore_backup,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// So long a restore waits for whatever else has the file open: an import, a backup, the command line.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

impl App {
    /// Restores a backup and opens it. On a computer that has the organisation, the file that is there now is kept beside it
    /// under another name, and its passphrase and recovery sheet go on being those that open it.
    ///
    /// Where the organisation is shared and its register opens, nobody goes back: what the backup holds is put on top as one change,
    /// which everybody gets.
    ///
    /// # Errors
    /// [`Problem::KeychainMissing`]: ask for the passphrase or the code of the recovery sheet; [`Problem::BackupDamaged`];
    /// [`Problem::FileBusy`] while something else has the file open. The file that was there stays in its place.
    pub fn restore(&self, path: &Path, unlock: &Unlock) -> Result<OpenOrganisation> {
        let _turn = self.turn();
        let header = read_backup_header(path).map_err(backup_problem)?;
        let id = header.organisation;
        let known = self.read_folder(id).ok();
        let key = self.key_of_backup(&header, known.as_ref(), unlock)?;
        if known.as_ref().is_some_and(|folder| folder.endpoint.is_some()) {
            self.try_open(id, unlock);
        }
        if let Some(store) = self.shared_here(id)? {
            let made_at = header.made_at;
            store
                .bring_back(path, &key, &Action::BackupRestore { made_at })
                .map_err(backup_problem)?;
            return self.describe(id);
        }

        let database = self.database_path(id);
        SwapPaths::clear(&database);
        let paths = SwapPaths::at(&database, self.source.now());
        restore_backup(path, &key, paths.restored()).map_err(backup_problem)?;
        let signed = self.profile_of(id);
        let store = self
            .alone_with(id, || {
                put_in_place(&paths, &key, Arc::clone(&self.source), PATIENCE)
            })
            .inspect_err(|_| SwapPaths::clear(&database))?;

        if let Some(User { id, name, email }) = signed
            && let Err(error) = store.set_profile(id, &name, &email)
        {
            // The register is restored all the same, and the page asks whose laptop this is.
            tracing::warn!(%error, "the user has to be asked");
        }
        let kind = store
            .read(|reader| reader.organisation())?
            .map_or(OrganisationKind::HousingCompany, |found| found.kind);
        let wanted = match &known {
            Some(folder) => folder.unlock,
            None => UnlockWay::asking(header.asks_each_time),
        };
        let in_keychain = wanted == UnlockWay::Keychain && self.keychain.set(&id.to_string(), key.as_bytes());
        let unlock = match wanted {
            // A computer whose keychain does not answer today is asked again tomorrow; a new one without asks the user.
            UnlockWay::Keychain if in_keychain || known.is_some() => UnlockWay::Keychain,
            _ => UnlockWay::Passphrase,
        };
        let sample = known.as_ref().is_some_and(|folder| folder.sample);
        let endpoint = known.as_ref().and_then(|folder| folder.endpoint.clone());
        let folder = Folder {
            name: header.name,
            kind,
            sample,
            unlock,
            key_file: match known {
                // Whoever has replaced a lost sheet must not find it valid again.
                Some(folder) if folder.key_file.fits(&key) => folder.key_file,
                _ => header.key_file,
            },
            endpoint,
            recovered: false,
        };
        self.write_folder(id, &folder)?;
        self.keep_open(id, store);
        self.describe(id)
    }

    /// The register of an organisation that is open and takes part in sharing.
    pub(crate) fn shared_here(&self, id: OrganisationId) -> Result<Option<Arc<Store>>> {
        match self.store(id) {
            Ok(store) if self.takes_part(id)? => Ok(Some(store)),
            _ => Ok(None),
        }
    }

    /// The key that opens a backup: of the open organisation, of the keychain where that may unlock it, or by a secret.
    fn key_of_backup(
        &self,
        header: &BackupHeader,
        known: Option<&Folder>,
        unlock: &Unlock,
    ) -> Result<FileKey> {
        let id = header.organisation;
        let present = known.map(|folder| &folder.key_file);
        match unlock {
            Unlock::Secret(secret) => {
                let secret = Secret::new(secret.clone());
                // A backup that was out of reach when the passphrase changed opens with the new one all the same.
                let present = present.filter(|key_file| key_file.same_key(&header.key_file));
                match (header.key_file.unlock(&secret), present) {
                    (Err(kiulu_store::Error::WrongSecret), Some(key_file)) => Ok(key_file.unlock(&secret)?),
                    (key, _) => Ok(key?),
                }
            }
            Unlock::Keychain => {
                let open = self.store(id).ok().map(|store| store.key().clone());
                let asked = known.is_some_and(|folder| folder.unlock == UnlockWay::Passphrase);
                open.or_else(|| self.key_in_keychain(id).filter(|_| !asked))
                    .filter(|key| header.key_file.fits(key))
                    .ok_or(Problem::KeychainMissing)
            }
        }
    }

    /// Whose laptop this is, if the organisation is open and says so.
    fn profile_of(&self, id: OrganisationId) -> Option<User> {
        self.store(id).ok()?.profile().ok()?
    }

    /// Closes an organisation for work on its file that nobody may have open meanwhile. When the work fails, it is open again.
    pub(crate) fn alone_with<T>(
        &self,
        id: OrganisationId,
        work: impl FnOnce() -> Result<T, kiulu_store::Error>,
    ) -> Result<T> {
        let closed = self.close(id);
        let key = closed.as_ref().map(|store| store.key().clone());
        let in_use = closed.as_ref().map(Arc::downgrade);
        drop(closed);
        work().map_err(|error| {
            // Whoever would not let go of the store still has it; otherwise the file is opened anew.
            let reopened = match (in_use.and_then(|store| store.upgrade()), key) {
                (Some(store), _) => Some(store),
                (None, Some(key)) => {
                    let opened = Store::open(&self.database_path(id), &key, Arc::clone(&self.source));
                    opened.ok().map(Arc::new)
                }
                (None, None) => None,
            };
            if let Some(store) = reopened {
                self.keep_shared(id, store);
            }
            error.into()
        })
    }

    /// Takes a sample organisation off this computer with everything that belongs to it. A real one is not removed this way.
    ///
    /// # Errors
    /// [`Problem::FileBusy`] while something else has the file open.
    pub fn discard_sample(&self, id: OrganisationId) -> Result<()> {
        let _turn = self.turn();
        if !self.read_folder(id)?.sample {
            return Err(Problem::RecordInUse);
        }
        self.alone_with(id, || Sole::wait(&self.database_path(id), PATIENCE).map(drop))?;
        self.forget(id)
    }

    /// Removes everything of an organisation: its folder, its backups here, its key.
    pub(crate) fn forget(&self, id: OrganisationId) -> Result<()> {
        self.close(id);
        for folder in [self.folder(id), self.backup_folder(id)] {
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        if !self.keychain.delete(&id.to_string()) {
            // A key without a file opens nothing.
            tracing::warn!("the keychain keeps the key of a removed organisation");
        }
        Ok(())
    }
}
