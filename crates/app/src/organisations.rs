//! Creating, opening and describing organisations.

use crate::app::write_json;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::business_id::BusinessId;
use kiulu_domain::clean::Email;
use kiulu_domain::id::{OrganisationId, StakeholderKindId, UserId, derived};
use kiulu_domain::organisation::{Language, Organisation, OrganisationKind, PostalAddress, User};
use kiulu_domain::vocabulary::{StakeholderKind, ready_made};
use kiulu_store::{FileKey, KeyFile, RecoveryCode, Secret, Store};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;
use std::sync::Arc;

/// The fewest characters of a passphrase (NIST SP 800-63B § 5.1.1.2 asks for at least eight; a phrase has more).
const PASSPHRASE_LEAST: u32 = 10;

/// How an organisation's file is to be unlocked on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum UnlockWay {
    /// The computer's keychain unlocks it; a recovery sheet is printed for other computers.
    Keychain,
    /// A passphrase is asked for at each start.
    Passphrase,
}

/// What a new organisation is made of.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct NewOrganisation {
    /// Official name.
    pub name: String,
    /// Housing company or association.
    pub kind: OrganisationKind,
    /// *Y-tunnus*, or empty.
    pub business_id: String,
    /// Its language.
    pub language: Language,
    /// Postal address.
    pub address: PostalAddress,
    /// Who sets it up.
    pub user: NewUser,
    /// How it is unlocked.
    pub unlock: UnlockWay,
    /// The passphrase; needed for [`UnlockWay::Passphrase`].
    pub passphrase: Option<String>,
}

/// A user as they introduce themselves.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
pub struct NewUser {
    /// Given and family name.
    pub name: String,
    /// E-mail.
    pub email: String,
}

/// What lies on this computer, known without opening the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OrganisationInfo {
    /// Whose.
    pub id: OrganisationId,
    /// Official name.
    pub name: String,
    /// Housing company or association.
    pub kind: OrganisationKind,
    /// A sample that can be thrown away.
    pub sample: bool,
    /// Whether it is open now.
    pub open: bool,
    /// How it is unlocked.
    pub unlock: UnlockWay,
    /// Whether a passphrase or a recovery sheet exists that opens its backups elsewhere.
    pub recoverable: bool,
}

/// An organisation that has been opened.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OpenOrganisation {
    /// Its facts.
    pub organisation: Organisation,
    /// This laptop's user.
    pub user: Option<User>,
    /// A sample that can be thrown away.
    pub sample: bool,
    /// Contacts in its register.
    pub contacts: u32,
}

/// A new organisation, open.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CreatedOrganisation {
    /// Its facts and user.
    pub open: OpenOrganisation,
    /// The code of its recovery sheet: shown once, kept nowhere.
    pub recovery_code: String,
    /// The way it is unlocked; a passphrase where the keychain was asked for but does not answer.
    pub unlock: UnlockWay,
}

/// How an organisation is to be opened now.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "with", content = "secret", rename_all = "snake_case")]
pub enum Unlock {
    /// By the key in the computer's keychain.
    Keychain,
    /// By a passphrase or the code of a recovery sheet.
    Secret(String),
}

/// What is kept beside the database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) kind: OrganisationKind,
    #[serde(default)]
    pub(crate) sample: bool,
    pub(crate) unlock: UnlockWay,
    pub(crate) key_file: KeyFile,
}

impl App {
    pub(crate) fn folder(&self, organisation: OrganisationId) -> PathBuf {
        self.data_dir()
            .join("organisations")
            .join(organisation.to_string())
    }

    pub(crate) fn database_path(&self, organisation: OrganisationId) -> PathBuf {
        self.folder(organisation).join("kiulu.db")
    }

    pub(crate) fn read_folder(&self, organisation: OrganisationId) -> Result<Folder> {
        let bytes = std::fs::read(self.folder(organisation).join("organisation.json"))
            .map_err(|_| Problem::OrganisationMissing)?;
        serde_json::from_slice(&bytes).map_err(|_| Problem::FileForeign)
    }

    pub(crate) fn write_folder(&self, organisation: OrganisationId, folder: &Folder) -> Result<()> {
        write_json(&self.folder(organisation).join("organisation.json"), folder)
    }

    /// Every organisation on this computer, by name.
    pub fn organisations(&self) -> Vec<OrganisationInfo> {
        let Ok(entries) = std::fs::read_dir(self.data_dir().join("organisations")) else {
            return Vec::new();
        };
        let mut found: Vec<_> = entries
            .flatten()
            .filter_map(|entry| {
                let id: OrganisationId = entry.file_name().to_str()?.parse().ok()?;
                let folder = self.read_folder(id).ok()?;
                Some(OrganisationInfo {
                    id,
                    open: self.store(id).is_ok(),
                    recoverable: folder.key_file.has_passphrase() || folder.key_file.has_recovery(),
                    name: folder.name,
                    kind: folder.kind,
                    sample: folder.sample,
                    unlock: folder.unlock,
                })
            })
            .collect();
        found.sort_by_cached_key(|info| kiulu_domain::collation::sort_key(&info.name));
        found
    }

    /// Whether this computer's keychain answers: decides what the first page offers.
    pub fn keychain_available(&self) -> bool {
        self.keychain.is_available()
    }

    /// Makes an organisation with its ready-made vocabulary, and opens it.
    pub fn create_organisation(&self, new: &NewOrganisation) -> Result<CreatedOrganisation> {
        self.create(new, false)
    }

    pub(crate) fn create(&self, new: &NewOrganisation, sample: bool) -> Result<CreatedOrganisation> {
        let organisation = validated(new, OrganisationId(self.source.uuid()))?;
        let user = validated_user(&new.user)?;
        let key = FileKey::generate()?;
        let mut key_file = KeyFile::new(&key);
        let passphrase = new
            .passphrase
            .as_deref()
            .filter(|text| !text.is_empty())
            .map(checked_passphrase)
            .transpose()?;
        if let Some(passphrase) = &passphrase {
            key_file.set_passphrase(&key, passphrase)?;
        }
        let id = organisation.id;
        let in_keychain =
            new.unlock == UnlockWay::Keychain && self.keychain.set(&id.to_string(), key.as_bytes());
        if !in_keychain && passphrase.is_none() {
            return Err(Problem::KeychainMissing);
        }
        let unlock = if in_keychain {
            UnlockWay::Keychain
        } else {
            UnlockWay::Passphrase
        };
        let recovery = key_file.renew_recovery(&key)?;

        let store = Store::create(&self.database_path(id), &key, Arc::clone(&self.source))?;
        store.set_profile(user, new.user.name.trim(), new.user.email.trim())?;
        store.write(
            &Action::OrganisationCreate {
                name: organisation.name.clone(),
            },
            |tx| {
                tx.put_organisation(&organisation)?;
                for entry in ready_made(organisation.kind) {
                    tx.put_stakeholder_kind(&StakeholderKind {
                        id: StakeholderKindId(tx.uuid()),
                        name: entry.name(organisation.language).to_owned(),
                        legal_basis: entry.legal_basis,
                        retention: entry.retention,
                        has_flat: entry.has_flat,
                    })?;
                }
                Ok::<_, Problem>(())
            },
        )?;
        let folder = Folder {
            name: organisation.name.clone(),
            kind: organisation.kind,
            sample,
            unlock,
            key_file,
        };
        self.write_folder(id, &folder)?;
        self.keep_open(id, store);
        Ok(CreatedOrganisation {
            open: self.describe(id)?,
            recovery_code: recovery.as_str().to_owned(),
            unlock,
        })
    }

    /// Opens an organisation; opening one that is open already changes nothing.
    ///
    /// # Errors
    /// [`Problem::KeychainMissing`] (then ask for the passphrase or the code of the recovery sheet), [`Problem::WrongSecret`],
    /// [`Problem::FileDamaged`] (then offer the newest backup), [`Problem::FileNewer`].
    pub fn open_organisation(&self, id: OrganisationId, unlock: &Unlock) -> Result<OpenOrganisation> {
        if self.store(id).is_err() {
            let folder = self.read_folder(id)?;
            let key = self.find_key(id, &folder, unlock)?;
            // The key is known to fit, so a file that it does not open is damaged.
            let store =
                Store::open(&self.database_path(id), &key, Arc::clone(&self.source)).map_err(|error| {
                    match error {
                        kiulu_store::Error::WrongKey => Problem::FileDamaged,
                        error => error.into(),
                    }
                })?;
            if folder.unlock == UnlockWay::Keychain && matches!(unlock, Unlock::Secret(_)) {
                // The keychain had lost the key: give it back, so that the next start asks nothing.
                self.keychain.set(&id.to_string(), key.as_bytes());
            }
            self.keep_open(id, store);
        }
        let mut settings = self.settings();
        if settings.last_organisation != Some(id) {
            settings.last_organisation = Some(id);
            self.save_settings(&settings)?;
        }
        self.describe(id)
    }

    pub(crate) fn find_key(&self, id: OrganisationId, folder: &Folder, unlock: &Unlock) -> Result<FileKey> {
        match unlock {
            Unlock::Secret(secret) => Ok(folder.key_file.unlock(&Secret::new(secret.clone()))?),
            Unlock::Keychain => {
                let kept = self
                    .keychain
                    .get(&id.to_string())
                    .and_then(|bytes| FileKey::from_bytes(&bytes));
                kept.filter(|key| folder.key_file.fits(key))
                    .ok_or(Problem::KeychainMissing)
            }
        }
    }

    /// The facts of an open organisation.
    pub fn describe(&self, id: OrganisationId) -> Result<OpenOrganisation> {
        let store = self.store(id)?;
        let organisation = store
            .read(|reader| reader.organisation())?
            .ok_or(Problem::FileForeign)?;
        Ok(OpenOrganisation {
            organisation,
            user: store.profile()?,
            sample: self.read_folder(id)?.sample,
            contacts: store.contact_count(&Default::default(), self.today())?,
        })
    }

    /// Looks at every page of an open organisation's file; takes time in proportion to its size.
    pub fn check_organisation(&self, id: OrganisationId) -> Result<()> {
        Ok(self.store(id)?.check()?)
    }

    /// Changes the organisation's facts.
    pub fn edit_organisation(&self, organisation: &Organisation) -> Result<crate::Changed> {
        let store = self.store(organisation.id)?;
        let mut edited = organisation.clone();
        edited.name = required(&organisation.name)?;
        edited.business_id = business_id(&organisation.business_id)?;
        let written = store.write(&Action::OrganisationEdit, |tx| tx.put_organisation(&edited))?;
        let mut folder = self.read_folder(organisation.id)?;
        folder.name = edited.name;
        self.write_folder(organisation.id, &folder)?;
        Ok(written.into())
    }

    /// Changes the name and e-mail that this laptop's changes carry, in one organisation.
    pub fn edit_profile(&self, id: OrganisationId, user: &NewUser) -> Result<()> {
        let store = self.store(id)?;
        let user_id = match store.user() {
            Some(known) => known,
            None => validated_user(user)?,
        };
        validated_user(user)?;
        store.set_profile(user_id, user.name.trim(), user.email.trim())?;
        Ok(())
    }

    /// Makes a new recovery code; the former sheet no longer opens anything.
    pub fn renew_recovery(&self, id: OrganisationId) -> Result<String> {
        let code = self.with_key_file(id, |key_file, key| Ok(key_file.renew_recovery(key)?))?;
        Ok(RecoveryCode::as_str(&code).to_owned())
    }

    /// Sets or replaces the passphrase, and whether it is asked for at each start.
    pub fn set_passphrase(&self, id: OrganisationId, passphrase: &str, unlock: UnlockWay) -> Result<()> {
        let passphrase = checked_passphrase(passphrase)?;
        let key = self.with_key_file(id, |key_file, key| {
            key_file.set_passphrase(key, &passphrase)?;
            Ok(key.clone())
        })?;
        let mut folder = self.read_folder(id)?;
        match unlock {
            UnlockWay::Keychain if !self.keychain.set(&id.to_string(), key.as_bytes()) => {
                return Err(Problem::KeychainMissing);
            }
            UnlockWay::Keychain => {}
            UnlockWay::Passphrase => self.keychain.delete(&id.to_string()),
        }
        folder.unlock = unlock;
        self.write_folder(id, &folder)
    }

    fn with_key_file<T>(
        &self,
        id: OrganisationId,
        work: impl FnOnce(&mut KeyFile, &FileKey) -> Result<T>,
    ) -> Result<T> {
        let store = self.store(id)?;
        let mut folder = self.read_folder(id)?;
        let value = work(&mut folder.key_file, store.key())?;
        self.write_folder(id, &folder)?;
        Ok(value)
    }

    /// Takes a sample organisation off this computer with everything that belongs to it. A real one is not removed this way.
    pub fn discard_sample(&self, id: OrganisationId) -> Result<()> {
        if !self.read_folder(id)?.sample {
            return Err(Problem::RecordInUse);
        }
        self.close(id);
        self.keychain.delete(&id.to_string());
        for folder in [self.folder(id), self.backup_folder(id)] {
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }
}

fn validated(new: &NewOrganisation, id: OrganisationId) -> Result<Organisation> {
    Ok(Organisation {
        id,
        kind: new.kind,
        name: required(&new.name)?,
        business_id: business_id(&new.business_id)?,
        language: new.language,
        address: new.address.clone(),
        time_zone: "Europe/Helsinki".to_owned(),
        identity_code_basis: String::new(),
    })
}

/// One person has one id in every organisation and on every laptop they use: it is derived from the e-mail address.
fn validated_user(user: &NewUser) -> Result<UserId> {
    required(&user.name)?;
    let email = Email::parse(user.email.trim()).map_err(|_| Problem::EmailInvalid)?;
    Ok(UserId(derived("user", &[email.key().as_bytes()])))
}

fn required(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        Err(Problem::NameMissing)
    } else {
        Ok(text.to_owned())
    }
}

fn business_id(text: &str) -> Result<String> {
    match text.trim() {
        "" => Ok(String::new()),
        text => Ok(text
            .parse::<BusinessId>()
            .map_err(|_| Problem::BusinessIdInvalid)?
            .as_str()
            .to_owned()),
    }
}

fn checked_passphrase(text: &str) -> Result<Secret> {
    if (text.trim().chars().count() as u32) < PASSPHRASE_LEAST {
        return Err(Problem::PassphraseShort {
            least: PASSPHRASE_LEAST,
        });
    }
    Ok(Secret::new(text.to_owned()))
}
