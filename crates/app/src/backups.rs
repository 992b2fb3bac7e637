//! Backups: daily, rotated, encrypted, also to a folder of the user's choice.

use crate::app::write_json;
use crate::rotation::{BackupName, files, own_files, rotate};
use crate::{App, Problem, Result, UnlockWay};
use chrono::{DateTime, Utc};
use kiulu_domain::id::OrganisationId;
use kiulu_store::{
    BackupHeader, KeyFile, Store, copy_backup, read_backup_header, rewrap_backup, write_backup,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::{Path, PathBuf};

/// Where a backup lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BackupPlace {
    /// On this computer, beside the organisations.
    Here,
    /// In the folder that the user chose.
    Folder,
}

/// A backup that can be restored.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct BackupInfo {
    /// The file.
    pub path: String,
    /// Whose data.
    pub organisation: OrganisationId,
    /// Their name.
    pub name: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Size in KiB.
    pub kib: u32,
    /// Where it lies.
    pub place: BackupPlace,
    /// The organisation is shared and open here: what it holds would be brought back as one change.
    pub as_change: bool,
}

/// Where an organisation's backups go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct BackupSettings {
    /// A second folder: a memory stick, a network drive.
    pub folder: Option<String>,
}

/// How making backups has gone, place by place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct BackupState {
    /// On this computer.
    pub here: PlaceState,
    /// In the chosen folder.
    pub folder: PlaceState,
}

/// How making backups in one place has gone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PlaceState {
    /// When one was made last.
    pub made_at: Option<DateTime<Utc>>,
    /// Since when it fails; nothing while it goes well.
    pub failing_since: Option<DateTime<Utc>>,
}

impl App {
    pub(crate) fn backup_folder(&self, organisation: OrganisationId) -> PathBuf {
        self.data_dir().join("backups").join(organisation.to_string())
    }

    fn backup_settings_path(&self, organisation: OrganisationId) -> PathBuf {
        self.folder(organisation).join("backups.json")
    }

    /// Where the organisation's backups go.
    pub fn backup_settings(&self, organisation: OrganisationId) -> BackupSettings {
        read_or_default(&self.backup_settings_path(organisation))
    }

    /// Chooses a second folder for backups, after trying that it can be written, and puts the newest backup there.
    ///
    /// # Errors
    /// [`Problem::FileNotFound`], [`Problem::FileReadOnly`], [`Problem::DiskFull`]; nothing was chosen then.
    pub fn save_backup_settings(
        &self,
        organisation: OrganisationId,
        settings: &BackupSettings,
    ) -> Result<()> {
        if let Some(folder) = &settings.folder {
            try_writing(Path::new(folder))?;
        }
        write_json(&self.backup_settings_path(organisation), settings)?;
        self.change_backup_state(organisation, |state| state.folder = PlaceState::default())?;
        self.send_newest(organisation)
    }

    /// How making backups has gone.
    pub fn backup_state(&self, organisation: OrganisationId) -> BackupState {
        read_or_default(&self.folder(organisation).join("backup-state.json"))
    }

    fn change_backup_state(
        &self,
        organisation: OrganisationId,
        change: impl FnOnce(&mut BackupState),
    ) -> Result<()> {
        let mut state = self.backup_state(organisation);
        change(&mut state);
        write_json(&self.folder(organisation).join("backup-state.json"), &state)
    }

    /// Remembers how a backup went, and gives what went wrong.
    fn note<T>(&self, organisation: OrganisationId, place: BackupPlace, made: Result<T>) -> Result<T> {
        let now = self.source.now();
        let noted = self.change_backup_state(organisation, |state| {
            let state = match place {
                BackupPlace::Here => &mut state.here,
                BackupPlace::Folder => &mut state.folder,
            };
            match &made {
                Ok(_) => {
                    *state = PlaceState {
                        made_at: Some(now),
                        failing_since: None,
                    }
                }
                Err(problem) => {
                    tracing::warn!(%problem, ?place, "no backup");
                    state.failing_since.get_or_insert(now);
                }
            }
        });
        let value = made?;
        noted?;
        Ok(value)
    }

    /// Makes a backup now, here and in the chosen folder, and lets old ones go.
    ///
    /// # Errors
    /// [`Problem::BackupFolderFailed`] when it was made here but did not reach the folder; [`Problem::DiskFull`],
    /// [`Problem::FileDamaged`].
    pub fn back_up(&self, organisation: OrganisationId) -> Result<BackupInfo> {
        let store = self.store(organisation)?;
        let made = self.back_up_here(organisation, &store);
        let path = self.note(organisation, BackupPlace::Here, made)?;
        self.send_newest(organisation)?;
        info(&path, BackupPlace::Here)
    }

    fn back_up_here(&self, organisation: OrganisationId, store: &Store) -> Result<PathBuf> {
        let folder = self.read_folder(organisation)?;
        let made_at = self.source.now();
        let newest_change = store.newest_change()?;
        let header = BackupHeader {
            organisation,
            name: folder.name,
            made_at,
            newest_change,
            asks_each_time: folder.unlock == UnlockWay::Passphrase,
            key_file: folder.key_file,
        };
        let computer = self.computer()?;
        let here = self.backup_folder(organisation);
        let path = here.join(BackupName::new(made_at, &computer).file());
        write_backup(store, &header, &path)?;
        rotate(&here, &computer, made_at.date_naive())?;
        Ok(path)
    }

    /// Copies this computer's newest backup to the chosen folder, unless it is there. What was sent there before gets the
    /// passphrase and recovery code of today, which it may have missed while the folder was out of reach.
    fn send_newest(&self, organisation: OrganisationId) -> Result<()> {
        let Some(chosen) = self.backup_settings(organisation).folder else {
            return Ok(());
        };
        let sent = self.send_to(organisation, Path::new(&chosen));
        self.note(organisation, BackupPlace::Folder, sent)
            .map_err(|_| Problem::BackupFolderFailed { folder: chosen })
    }

    fn send_to(&self, organisation: OrganisationId, chosen: &Path) -> Result<()> {
        let computer = self.computer()?;
        let Some((name, newest)) = own_files(&self.backup_folder(organisation), &computer).pop() else {
            return Ok(());
        };
        // A stick that is not there must not become a folder on this computer's disk.
        if !chosen.is_dir() {
            return Err(Problem::FileNotFound);
        }
        let folder = chosen_folder(chosen, organisation);
        if !folder.is_dir() {
            std::fs::create_dir(&folder)?;
        }
        let target = folder.join(name.file());
        if !target.exists() {
            copy_backup(&newest, &target)?;
        }
        let current = self.read_folder(organisation)?;
        for (_, path) in own_files(&folder, &computer) {
            rewrap_backup(&path, &current.key_file, current.unlock == UnlockWay::Passphrase)?;
        }
        rotate(&folder, &computer, self.source.now().date_naive())
    }

    /// Makes today's backup of every open organisation that has none and has changed since its newest, and sends to the chosen
    /// folders what has not got there. Gives the organisations of which one was made or failed; a failure is kept in
    /// [`App::backup_state`].
    pub fn back_up_if_due(&self) -> Vec<OrganisationId> {
        let mut tried = Vec::new();
        for (organisation, store) in self.open_stores() {
            let before = self.backup_state(organisation);
            let done = match self.is_backup_due(organisation, &store) {
                Ok(true) => self.back_up(organisation).map(drop),
                Ok(false) => self.send_if_missing(organisation),
                Err(problem) => self.note(organisation, BackupPlace::Here, Err(problem)),
            };
            if done.is_err() || self.backup_state(organisation) != before {
                tried.push(organisation);
            }
        }
        tried
    }

    /// Only what this computer has made here counts: another laptop's backup in a shared folder holds other changes, and one
    /// dated after now says that a clock was wrong.
    fn is_backup_due(&self, organisation: OrganisationId, store: &Store) -> Result<bool> {
        let now = self.source.now();
        let mut own = own_files(&self.backup_folder(organisation), &self.computer()?);
        own.retain(|(name, _)| name.at <= now.naive_utc());
        let Some((name, path)) = own.pop() else {
            return Ok(true);
        };
        if name.at.date() == now.date_naive() {
            return Ok(false);
        }
        let inside = read_backup_header(&path).map_or(None, |header| header.newest_change);
        Ok(inside != store.newest_change()?)
    }

    fn send_if_missing(&self, organisation: OrganisationId) -> Result<()> {
        let Some(chosen) = self.backup_settings(organisation).folder else {
            return Ok(());
        };
        let folder = chosen_folder(Path::new(&chosen), organisation);
        let here = own_files(&self.backup_folder(organisation), &self.computer()?);
        let missing = here
            .last()
            .is_some_and(|(name, _)| !folder.join(name.file()).exists());
        if missing {
            self.send_newest(organisation)
        } else {
            Ok(())
        }
    }

    /// Lets the present passphrase and recovery code open every backup within reach, and the former ones no longer. False when
    /// one could not be changed, or the chosen folder is not there.
    pub(crate) fn rewrap_backups(
        &self,
        organisation: OrganisationId,
        key_file: &KeyFile,
        way: UnlockWay,
    ) -> bool {
        let mut everywhere = true;
        let mut folders = vec![self.backup_folder(organisation)];
        if let Some(chosen) = self.backup_settings(organisation).folder {
            everywhere = Path::new(&chosen).is_dir();
            folders.push(chosen_folder(Path::new(&chosen), organisation));
        }
        for path in folders.iter().flat_map(|folder| files(folder)) {
            if let Err(error) = rewrap_backup(&path, key_file, way == UnlockWay::Passphrase) {
                tracing::warn!(%error, "a backup keeps its former passphrase");
                everywhere = false;
            }
        }
        everywhere
    }

    /// The organisation's backups, the newest first. Works while the organisation is locked or damaged.
    pub fn backups(&self, organisation: OrganisationId) -> Vec<BackupInfo> {
        let mut found = list(&self.backup_folder(organisation), BackupPlace::Here);
        if let Some(chosen) = self.backup_settings(organisation).folder {
            let folder = chosen_folder(Path::new(&chosen), organisation);
            found.extend(list(&folder, BackupPlace::Folder));
        }
        found.retain(|backup| backup.organisation == organisation);
        found.sort_by_key(|backup| std::cmp::Reverse(backup.made_at));
        let shared = matches!(self.shared_here(organisation), Ok(Some(_)));
        for backup in &mut found {
            backup.as_change = shared;
        }
        found
    }

    /// What a backup file says of itself.
    pub fn read_backup(&self, path: &Path) -> Result<BackupInfo> {
        let mut backup = info(path, BackupPlace::Folder)?;
        backup.as_change = self.shared_here(backup.organisation)?.is_some();
        Ok(backup)
    }
}

pub(crate) fn backup_problem(error: kiulu_store::Error) -> Problem {
    use kiulu_store::Error;
    match error {
        Error::Foreign => Problem::BackupForeign,
        Error::Damaged(_) | Error::WrongKey => Problem::BackupDamaged,
        Error::NotFound => Problem::BackupMissing,
        error => error.into(),
    }
}

fn read_or_default<T: Default + serde::de::DeserializeOwned>(path: &Path) -> T {
    std::fs::read(path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Several organisations may share a chosen folder.
fn chosen_folder(chosen: &Path, organisation: OrganisationId) -> PathBuf {
    chosen.join(format!("Kiulu {organisation}"))
}

fn try_writing(folder: &Path) -> Result<()> {
    let probe = folder.join(".kiulu-probe");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(probe)?;
    Ok(())
}

fn list(folder: &Path, place: BackupPlace) -> Vec<BackupInfo> {
    files(folder)
        .iter()
        .filter_map(|path| info(path, place).ok())
        .collect()
}

fn info(path: &Path, place: BackupPlace) -> Result<BackupInfo> {
    let header = read_backup_header(path).map_err(backup_problem)?;
    Ok(BackupInfo {
        path: path.to_string_lossy().into_owned(),
        organisation: header.organisation,
        name: header.name,
        made_at: header.made_at,
        kib: (std::fs::metadata(path)?.len() / 1024) as u32,
        place,
        as_change: false,
    })
}
