//! Backups: daily, rotated, encrypted, also to a folder of the user's choice; and restoring one.

use crate::organisations::{Folder, Unlock, UnlockWay};
use crate::{App, OpenOrganisation, Problem, Result};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::OrganisationKind;
use kiulu_store::{BackupHeader, Secret, Store, read_backup_header, restore_backup, write_backup};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SUFFIX: &str = "kiulu-backup";

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
}

/// Where an organisation's backups go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct BackupSettings {
    /// A second folder: a memory stick, a network drive.
    pub folder: Option<String>,
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
        std::fs::read(self.backup_settings_path(organisation))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Chooses a second folder for backups, after trying that it can be written.
    pub fn save_backup_settings(
        &self,
        organisation: OrganisationId,
        settings: &BackupSettings,
    ) -> Result<()> {
        if let Some(folder) = &settings.folder {
            tempfile_probe(Path::new(folder))?;
        }
        crate::app::write_json(&self.backup_settings_path(organisation), settings)
    }

    /// Makes a backup now, here and in the chosen folder, and lets old ones go.
    pub fn back_up(&self, organisation: OrganisationId) -> Result<BackupInfo> {
        let store = self.store(organisation)?;
        let folder = self.read_folder(organisation)?;
        let made_at = self.source.now();
        let header = BackupHeader {
            organisation,
            name: folder.name,
            made_at,
            key_file: folder.key_file,
        };
        let name = format!("{}.{SUFFIX}", made_at.format("%Y-%m-%d-%H%M%S"));
        let path = self.backup_folder(organisation).join(&name);
        write_backup(&store, &header, &path)?;
        rotate(&self.backup_folder(organisation), made_at.date_naive())?;
        if let Some(chosen) = self.backup_settings(organisation).folder {
            let target = chosen_folder(&chosen, organisation);
            std::fs::create_dir_all(&target)?;
            let partial = target.join(format!("{name}.partial"));
            std::fs::copy(&path, &partial)?;
            std::fs::rename(&partial, target.join(&name))?;
            rotate(&target, made_at.date_naive())?;
        }
        info(&path, BackupPlace::Here)
    }

    /// Makes today's backup of every open organisation that has none and has changed since its newest.
    pub fn back_up_if_due(&self) -> Result<()> {
        for (organisation, store) in self.open_stores() {
            let newest = self.backups(organisation)?.first().map(|backup| backup.made_at);
            let changed = match newest {
                None => true,
                Some(newest) => {
                    newest.date_naive() < self.source.now().date_naive() && store.changed_since(newest)?
                }
            };
            if changed {
                self.back_up(organisation)?;
            }
        }
        Ok(())
    }

    /// The organisation's backups, the newest first. Works while the organisation is locked or damaged.
    pub fn backups(&self, organisation: OrganisationId) -> Result<Vec<BackupInfo>> {
        let mut found = list(&self.backup_folder(organisation), BackupPlace::Here);
        if let Some(chosen) = self.backup_settings(organisation).folder {
            found.extend(list(&chosen_folder(&chosen, organisation), BackupPlace::Folder));
        }
        found.retain(|backup| backup.organisation == organisation);
        found.sort_by_key(|backup| std::cmp::Reverse(backup.made_at));
        Ok(found)
    }

    /// What a backup file says of itself.
    pub fn read_backup(&self, path: &Path) -> Result<BackupInfo> {
        info(path, BackupPlace::Folder)
    }

    /// Restores a backup and opens it. On a computer that has the organisation, the file that is there now is kept beside it
    /// under another name.
    ///
    /// # Errors
    /// [`Problem::KeychainMissing`]: ask for the passphrase or the code of the recovery sheet; [`Problem::BackupDamaged`].
    pub fn restore(&self, path: &Path, unlock: &Unlock) -> Result<OpenOrganisation> {
        let header = read_backup_header(path).map_err(backup_problem)?;
        let id = header.organisation;
        let known = self.read_folder(id).ok();
        let key = match unlock {
            Unlock::Secret(secret) => header.key_file.unlock(&Secret::new(secret.clone()))?,
            Unlock::Keychain => {
                let kept = self
                    .keychain
                    .get(&id.to_string())
                    .and_then(|bytes| kiulu_store::FileKey::from_bytes(&bytes));
                kept.filter(|key| header.key_file.fits(key))
                    .ok_or(Problem::KeychainMissing)?
            }
        };
        let restored = self.folder(id).join("restored.db");
        if restored.exists() {
            std::fs::remove_file(&restored)?;
        }
        restore_backup(path, &key, &restored).map_err(backup_problem)?;

        self.close(id);
        let current = self.database_path(id);
        if current.exists() {
            let aside = self.folder(id).join(format!(
                "replaced-{}.db",
                self.source.now().format("%Y%m%d%H%M%S")
            ));
            for suffix in ["", "-wal", "-shm"] {
                let from = with_suffix(&current, suffix);
                if from.exists() {
                    std::fs::rename(&from, with_suffix(&aside, suffix))?;
                }
            }
        }
        std::fs::rename(&restored, &current)?;
        let in_keychain = self.keychain.set(&id.to_string(), key.as_bytes());
        let store = Store::open(&current, &key, std::sync::Arc::clone(&self.source))?;
        let kind = store
            .read(|reader| reader.organisation())?
            .map_or(OrganisationKind::HousingCompany, |found| found.kind);
        let folder = Folder {
            name: header.name,
            kind,
            sample: known.as_ref().is_some_and(|folder| folder.sample),
            unlock: match known {
                Some(folder) => folder.unlock,
                None if in_keychain => UnlockWay::Keychain,
                None => UnlockWay::Passphrase,
            },
            key_file: header.key_file,
        };
        self.write_folder(id, &folder)?;
        self.keep_open(id, store);
        self.describe(id)
    }
}

fn backup_problem(error: kiulu_store::Error) -> Problem {
    use kiulu_store::Error;
    match error {
        Error::Foreign => Problem::BackupForeign,
        Error::Damaged(_) | Error::WrongKey => Problem::BackupDamaged,
        Error::NotFound => Problem::BackupMissing,
        error => error.into(),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Several organisations may share a chosen folder.
fn chosen_folder(chosen: &str, organisation: OrganisationId) -> PathBuf {
    Path::new(chosen).join(format!("Kiulu {organisation}"))
}

fn tempfile_probe(folder: &Path) -> Result<()> {
    let probe = folder.join(".kiulu-probe");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(probe)?;
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == SUFFIX))
        .collect()
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
    })
}

fn rotate(folder: &Path, today: NaiveDate) -> Result<()> {
    let dated: Vec<(NaiveDate, PathBuf)> = files(folder)
        .into_iter()
        .filter_map(|path| {
            let day = path.file_name()?.to_str()?.get(..10)?.parse().ok()?;
            Some((day, path))
        })
        .collect();
    let kept = kept_days(dated.iter().map(|(day, _)| *day), today);
    for (day, path) in &dated {
        let newest_of_day = dated
            .iter()
            .filter(|(other, _)| other == day)
            .map(|(_, path)| path)
            .max();
        if !kept.contains(day) || (*day != today && newest_of_day != Some(path)) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The days whose backup is kept: the last seven with one, the last of each of five weeks, the last of each of twelve months.
fn kept_days(days: impl IntoIterator<Item = NaiveDate>, today: NaiveDate) -> BTreeSet<NaiveDate> {
    let days: BTreeSet<NaiveDate> = days.into_iter().filter(|day| *day <= today).collect();
    let mut kept: BTreeSet<NaiveDate> = days.iter().rev().take(7).copied().collect();
    let mut weeks = BTreeSet::new();
    let mut months = BTreeSet::new();
    for day in days.iter().rev() {
        let week = (day.iso_week().year(), day.iso_week().week());
        if weeks.len() < 5 && weeks.insert(week) {
            kept.insert(*day);
        }
        if months.len() < 12 && months.insert((day.year(), day.month())) {
            kept.insert(*day);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_daily_backups_leaves_days_weeks_and_months() {
        let today: NaiveDate = "2026-11-22".parse().unwrap();
        let days = (0..400).map(|back| today - chrono::Days::new(back));
        let kept = kept_days(days, today);
        for back in 0..7 {
            assert!(kept.contains(&(today - chrono::Days::new(back))));
        }
        for last_of_month in ["2026-10-31", "2026-09-30", "2026-02-28", "2025-12-31"] {
            assert!(kept.contains(&last_of_month.parse().unwrap()), "{last_of_month}");
        }
        assert!(
            kept.contains(&"2026-11-08".parse().unwrap()),
            "the Sunday two weeks ago"
        );
        assert!(kept.len() <= 7 + 5 + 12, "{}", kept.len());
    }

    #[test]
    fn few_backups_are_all_kept() {
        let today: NaiveDate = "2026-11-22".parse().unwrap();
        let days = ["2024-01-01", "2025-06-01", "2026-11-21"].map(|day| day.parse().unwrap());
        assert_eq!(kept_days(days, today).len(), 3);
    }
}
