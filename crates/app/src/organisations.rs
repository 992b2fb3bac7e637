//! Creating, opening and describing organisations.

use crate::folders::Folder;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::business_id::BusinessId;
use kiulu_domain::clean::Email;
use kiulu_domain::id::{OrganisationId, StakeholderKindId, UserId, derived};
use kiulu_domain::organisation::{
    Language, Organisation, OrganisationKind, PostalAddress, USUAL_TIME_ZONE, User, is_time_zone,
};
use kiulu_domain::vocabulary::{StakeholderKind, ready_made};
use kiulu_store::{FileKey, KeyFile, RecoveryCode, Secret, Store};
use serde::{Deserialize, Serialize};
use specta::Type;
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

impl UnlockWay {
    /// Whether a passphrase is asked for, as a backup says it.
    pub(crate) fn asking(each_time: bool) -> Self {
        if each_time {
            Self::Passphrase
        } else {
            Self::Keychain
        }
    }
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
    /// A newer program has written the file: it can be looked at, not changed.
    pub read_only: bool,
    /// This laptop takes part as one that only reads, or was shut out.
    pub only_reads: bool,
}

/// A new recovery sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RenewedSheet {
    /// Its code: shown once, kept nowhere.
    pub code: String,
    /// No backup was out of reach: the former code opens nothing any more.
    pub everywhere: bool,
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
    /// It was joined by a recovery sheet from before the log was cut: nothing but the endpoint vouches for the data, until the short
    /// code is compared with another member's.
    pub unproven: bool,
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

impl App {
    /// Every organisation on this computer, by name.
    pub fn organisations(&self) -> Vec<OrganisationInfo> {
        let Ok(entries) = std::fs::read_dir(self.data_dir().join("organisations")) else {
            return Vec::new();
        };
        let mut found: Vec<_> = entries
            .flatten()
            .filter_map(|entry| {
                let id: OrganisationId = entry.file_name().to_str()?.parse().ok()?;
                let folder = match self.read_folder(id) {
                    Ok(folder) => folder,
                    Err(Problem::OrganisationMissing) => return None,
                    // Nothing says how it is unlocked; it is not hidden, and opening it says what can be done.
                    Err(_) => {
                        return Some(OrganisationInfo {
                            id,
                            name: id.to_string(),
                            kind: OrganisationKind::HousingCompany,
                            sample: false,
                            open: self.store(id).is_ok(),
                            unlock: UnlockWay::Keychain,
                            recoverable: false,
                        });
                    }
                };
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
        let created = self.create(new, false)?;
        self.remember_open(created.open.organisation.id)?;
        Ok(created)
    }

    /// The same for a script: what the window opens next time stays as it was.
    ///
    /// # Errors
    /// Those of [`App::create_organisation`].
    pub fn create_for_script(&self, new: &NewOrganisation) -> Result<CreatedOrganisation> {
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
        let recovery = key_file.renew_recovery(&key)?;
        let id = organisation.id;
        let _turn = self.turn();
        let made = || -> Result<UnlockWay> {
            let store = Store::create(&self.database_path(id), &key, Arc::clone(&self.source))?;
            store.set_profile(user, new.user.name.trim(), new.user.email.trim())?;
            found(&store, &organisation)?;
            let in_keychain =
                new.unlock == UnlockWay::Keychain && self.keychain.set(&id.to_string(), key.as_bytes());
            if !in_keychain && passphrase.is_none() {
                return Err(Problem::KeychainMissing);
            }
            let folder = Folder {
                name: organisation.name.clone(),
                kind: organisation.kind,
                sample,
                unlock: UnlockWay::asking(!in_keychain),
                key_file,
                endpoint: None,
                recovered: false,
            };
            // Last, since it is what makes the folder an organisation.
            self.write_folder(id, &folder)?;
            self.keep_open(id, store);
            Ok(folder.unlock)
        };
        let unlock = made().inspect_err(|_| {
            if let Err(problem) = self.forget(id) {
                tracing::warn!(%problem, "a half-made organisation stays");
            }
        })?;
        Ok(CreatedOrganisation {
            open: self.describe(id)?,
            recovery_code: recovery.as_str().to_owned(),
            unlock,
            unproven: false,
        })
    }

    /// Opens an organisation; opening one that is open already changes nothing, but a secret must be the right one.
    ///
    /// # Errors
    /// [`Problem::KeychainMissing`] (then ask for the passphrase or the code of the recovery sheet), [`Problem::WrongSecret`],
    /// [`Problem::FileDamaged`] (then offer the newest backup), [`Problem::FileNewer`], [`Problem::FileBusy`] while a backup
    /// takes its place.
    pub fn open_organisation(&self, id: OrganisationId, unlock: &Unlock) -> Result<OpenOrganisation> {
        let open = self.open_for_script(id, unlock)?;
        self.remember_open(id)?;
        Ok(open)
    }

    /// What a window shows now is what it opens next time.
    pub(crate) fn remember_open(&self, id: OrganisationId) -> Result<()> {
        let mut settings = self.settings();
        settings.open_organisations.retain(|open| *open != id);
        settings.open_organisations.push(id);
        settings.last_organisation = Some(id);
        if settings != self.settings() {
            self.save_settings(&settings)?;
        }
        Ok(())
    }

    /// The same for a script: what the window opens next time stays as it was.
    ///
    /// # Errors
    /// Those of [`App::open_organisation`].
    pub fn open_for_script(&self, id: OrganisationId, unlock: &Unlock) -> Result<OpenOrganisation> {
        let turn = self.turn();
        if self.store(id).is_err() {
            self.open_closed(id, unlock)?;
        } else if matches!(unlock, Unlock::Secret(_)) {
            self.find_key(id, &self.read_folder(id)?, unlock)?;
        }
        drop(turn);
        self.describe(id)
    }

    fn open_closed(&self, id: OrganisationId, unlock: &Unlock) -> Result<()> {
        let folder = self.read_folder(id)?;
        let key = self.find_key(id, &folder, unlock)?;
        // The key is known to fit, so a file that it does not open is damaged.
        let opened = Store::open(&self.database_path(id), &key, Arc::clone(&self.source));
        let store = opened.map_err(|error| match error {
            kiulu_store::Error::WrongKey => Problem::FileDamaged,
            error => error.into(),
        })?;
        if folder.unlock == UnlockWay::Keychain
            && matches!(unlock, Unlock::Secret(_))
            && !self.keychain.set(&id.to_string(), key.as_bytes())
        {
            // The keychain had lost the key and does not take it back: the next start asks again.
            tracing::warn!("the keychain does not keep the key");
        }
        if folder.recovered {
            self.mend_folder(id, &store)?;
        }
        self.keep_open(id, store);
        self.follow_role(id)
    }

    /// Opens a closed organisation where that can be done: only an open one says whether it takes part in sharing.
    pub(crate) fn try_open(&self, id: OrganisationId, unlock: &Unlock) {
        if self.store(id).is_err()
            && let Err(problem) = self.open_closed(id, unlock)
        {
            tracing::info!(?problem, "it stays closed");
        }
    }

    /// The key that opens an organisation. The keychain's is taken only where the user has chosen that way.
    fn find_key(&self, id: OrganisationId, folder: &Folder, unlock: &Unlock) -> Result<FileKey> {
        match unlock {
            Unlock::Secret(secret) => Ok(folder.key_file.unlock(&Secret::new(secret.clone()))?),
            Unlock::Keychain if folder.unlock == UnlockWay::Passphrase => Err(Problem::KeychainMissing),
            Unlock::Keychain => self
                .key_in_keychain(id)
                .filter(|key| folder.key_file.fits(key))
                .ok_or(Problem::KeychainMissing),
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
            contacts: store.contact_count(&Default::default(), self.today(id)?)?,
            read_only: store.is_read_only(),
            only_reads: store.only_reads(),
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
        if !is_time_zone(&organisation.time_zone) {
            return Err(Problem::TimeZoneUnknown);
        }
        let written = store.write(&Action::OrganisationEdit, |tx| tx.put_organisation(&edited))?;
        self.change_folder(organisation.id, |folder| {
            folder.name = edited.name;
            Ok(())
        })?;
        Ok(written.into())
    }

    /// Changes the name and e-mail that this laptop's changes carry, in one organisation. Another e-mail is another user: what
    /// the former secretary has done keeps their name.
    pub fn edit_profile(&self, id: OrganisationId, user: &NewUser) -> Result<()> {
        let store = self.store(id)?;
        let user_id = validated_user(user)?;
        store.set_profile(user_id, user.name.trim(), user.email.trim())?;
        Ok(())
    }

    /// Makes a new recovery code; the former sheet no longer opens the organisation, nor any backup within reach.
    pub fn renew_recovery(&self, id: OrganisationId) -> Result<RenewedSheet> {
        let store = self.store(id)?;
        let (code, folder) = self.change_folder(id, |folder| {
            Ok((folder.key_file.renew_recovery(store.key())?, folder.clone()))
        })?;
        Ok(RenewedSheet {
            everywhere: self.rewrap_backups(id, &folder.key_file, folder.unlock),
            code: RecoveryCode::as_str(&code).to_owned(),
        })
    }

    /// Sets or replaces the passphrase, and whether it is asked for at each start. False when the former one still opens backups
    /// that were out of reach.
    ///
    /// # Errors
    /// [`Problem::PassphraseShort`], [`Problem::KeychainMissing`], [`Problem::KeychainKeeps`]; nothing was changed then.
    pub fn set_passphrase(&self, id: OrganisationId, passphrase: &str, unlock: UnlockWay) -> Result<bool> {
        let passphrase = checked_passphrase(passphrase)?;
        let store = self.store(id)?;
        let name = id.to_string();
        let before = self.read_folder(id)?.unlock;
        let changed = self.change_folder(id, |folder| {
            folder.key_file.set_passphrase(store.key(), &passphrase)?;
            folder.unlock = unlock;
            match unlock {
                UnlockWay::Keychain if !self.keychain.set(&name, store.key().as_bytes()) => {
                    Err(Problem::KeychainMissing)
                }
                UnlockWay::Passphrase if !self.keychain.delete(&name) => Err(Problem::KeychainKeeps),
                _ => Ok(folder.clone()),
            }
        });
        let folder = changed.inspect_err(|_| {
            if before == UnlockWay::Keychain && !self.keychain.set(&name, store.key().as_bytes()) {
                tracing::warn!("the keychain does not keep the key");
            }
        })?;
        Ok(self.rewrap_backups(id, &folder.key_file, folder.unlock))
    }
}

/// Writes the organisation's row and its ready-made vocabulary, and waits until they are on the disk.
fn found(store: &Store, organisation: &Organisation) -> Result<()> {
    let action = Action::OrganisationCreate {
        name: organisation.name.clone(),
    };
    store.write_durably(&action, |tx| {
        tx.put_organisation(organisation)?;
        for entry in ready_made(organisation.kind) {
            tx.put_stakeholder_kind(&StakeholderKind {
                id: StakeholderKindId(tx.uuid()),
                name: entry.name(organisation.language).to_owned(),
                legal_basis: entry.legal_basis,
                retention: entry.retention(organisation.language),
                has_flat: entry.has_flat,
            })?;
        }
        Ok::<_, Problem>(())
    })?;
    Ok(())
}

fn validated(new: &NewOrganisation, id: OrganisationId) -> Result<Organisation> {
    Ok(Organisation {
        id,
        kind: new.kind,
        name: required(&new.name)?,
        business_id: business_id(&new.business_id)?,
        language: new.language,
        address: new.address.clone(),
        time_zone: USUAL_TIME_ZONE.to_owned(),
        identity_code_basis: String::new(),
    })
}

/// One person has one id in every organisation and on every laptop they use: it is derived from the e-mail address.
pub(crate) fn validated_user(user: &NewUser) -> Result<UserId> {
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

pub(crate) fn checked_passphrase(text: &str) -> Result<Secret> {
    if (text.trim().chars().count() as u32) < PASSPHRASE_LEAST {
        return Err(Problem::PassphraseShort {
            least: PASSPHRASE_LEAST,
        });
    }
    Ok(Secret::new(text.to_owned()))
}
