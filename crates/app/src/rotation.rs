//! Names of backup files, and which of them are kept.

use crate::{App, Result};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SUFFIX: &str = "kiulu-backup";
const TIME: &str = "%Y-%m-%d-%H%M%S";

/// What a backup's file name says: when it was made and on which computer. Two laptops may share a folder, and neither throws
/// away what the other has put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackupName {
    pub(crate) at: NaiveDateTime,
    pub(crate) computer: String,
}

impl BackupName {
    pub(crate) fn new(at: DateTime<Utc>, computer: &str) -> Self {
        Self {
            at: at.naive_utc(),
            computer: computer.to_owned(),
        }
    }

    pub(crate) fn file(&self) -> String {
        format!("{}-{}.{SUFFIX}", self.at.format(TIME), self.computer)
    }

    fn of(path: &Path) -> Option<Self> {
        let stem = path.file_stem()?.to_str()?;
        let (at, computer) = stem.rsplit_once('-')?;
        Some(Self {
            at: NaiveDateTime::parse_from_str(at, TIME).ok()?,
            computer: computer.to_owned(),
        })
    }
}

impl App {
    /// A name for this computer in the names of its backups: random, kept in the data directory.
    pub(crate) fn computer(&self) -> Result<String> {
        let path = self.data_dir().join("computer");
        let whole = |text: &String| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(known) = std::fs::read_to_string(&path).ok().filter(whole) {
            return Ok(known);
        }
        let id = self.source.uuid().simple().to_string();
        // The end of a UUID is random, its beginning a clock.
        let name = id[24..].to_owned();
        std::fs::write(&path, &name)?;
        Ok(name)
    }
}

/// Every backup in a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == SUFFIX))
        .collect()
}

/// The backups of one computer in a folder, the oldest first.
pub(crate) fn own_files(folder: &Path, computer: &str) -> Vec<(BackupName, PathBuf)> {
    let mut own: Vec<_> = files(folder)
        .into_iter()
        .filter_map(|path| Some((BackupName::of(&path)?, path)))
        .filter(|(name, _)| name.computer == computer)
        .collect();
    own.sort_by_key(|(name, _)| name.at);
    own
}

/// Lets a computer's own old backups go. What is dated after today stays: if the clock is behind, it is the newest there is.
pub(crate) fn rotate(folder: &Path, computer: &str, today: NaiveDate) -> Result<()> {
    let own = own_files(folder, computer);
    let kept = kept_days(own.iter().map(|(name, _)| name.at.date()), today);
    for (place, (name, path)) in own.iter().enumerate() {
        let day = name.at.date();
        let last_of_day = own.get(place + 1).is_none_or(|(next, _)| next.at.date() != day);
        if day < today && !(kept.contains(&day) && last_of_day) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The past days whose backup is kept: the last seven with one, the last of each of five weeks, the last of each of twelve
/// months.
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

    #[test]
    fn only_the_last_of_a_past_day_stays_and_nothing_of_others_or_of_days_to_come_goes() {
        let folder = tempfile::tempdir().unwrap();
        let today: NaiveDate = "2026-11-22".parse().unwrap();
        let stay = [
            "2026-11-21-180000-aaaaaaaa.kiulu-backup",
            "2026-11-22-080000-aaaaaaaa.kiulu-backup",
            "2026-11-22-090000-aaaaaaaa.kiulu-backup",
            "2027-03-01-080000-aaaaaaaa.kiulu-backup",
            "2027-03-01-090000-aaaaaaaa.kiulu-backup",
            "2026-11-21-070000-bbbbbbbb.kiulu-backup",
            "kopio.kiulu-backup",
            "muistiinpanot.txt",
        ];
        let go = [
            "2025-01-01-180000-aaaaaaaa.kiulu-backup",
            "2026-11-21-070000-aaaaaaaa.kiulu-backup",
        ];
        // Seven days, five weeks and twelve months stand between today and what is to go.
        let between = (1..400u64).map(|back| today - chrono::Days::new(back));
        for day in between.filter(|day| *day < "2026-11-21".parse().unwrap()) {
            std::fs::write(folder.path().join(format!("{day}-120000-aaaaaaaa.{SUFFIX}")), "").unwrap();
        }
        for name in stay.iter().chain(&go) {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        rotate(folder.path(), "aaaaaaaa", today).unwrap();
        for name in stay {
            assert!(folder.path().join(name).exists(), "{name}");
        }
        for name in go {
            assert!(!folder.path().join(name).exists(), "{name}");
        }
        let own = own_files(folder.path(), "aaaaaaaa");
        assert!(own.len() <= 7 + 5 + 12 + 3, "{}", own.len());
    }
}
