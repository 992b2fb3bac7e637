//! What the user decides before a sheet is brought in: columns, matches, and corrections of single cells.

use super::field::Target;
use crate::clean::DateSystem;
use crate::collation::fold;
use crate::id::{PresetId, StakeholderKindId, derived};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What happens to a contact that a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OnMatch {
    /// The sheet's values replace the register's; what the sheet leaves blank stays.
    #[default]
    Update,
    /// Only what the register does not know is taken.
    FillGaps,
    /// The row is left out.
    Skip,
}

/// How a whole sheet is brought in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ImportOptions {
    /// What happens to contacts that are known already.
    pub on_match: OnMatch,
    /// Roles that every row gives.
    pub roles: Vec<StakeholderKindId>,
    /// The first day of a new role whose row says none.
    pub role_from: Option<NaiveDate>,
    /// Whether the organisation may keep personal identity codes (Data Protection Act 1050/2018 § 29). Where it may not, they
    /// are left out of every text and only the birth date is taken.
    pub identity_code_basis: bool,
}

/// What each column of the sheet holds, and where its data begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Mapping {
    /// Where the values of each column go, from column A on; columns past the end are ignored.
    pub targets: Vec<Target>,
    /// The header above each column; rows that repeat it further down are passed over.
    pub headers: Vec<String>,
    /// How the workbook counts days where a date stands as a plain number.
    pub date_system: DateSystem,
}

impl Mapping {
    /// The id under which a mapping of a sheet with these headers is kept: the same for another year's file of the same
    /// shape, whatever its capitals and spaces.
    ///
    /// ```
    /// use kiulu_domain::import::options::Mapping;
    /// let key = |headers: &[&str]| Mapping::preset_key(headers);
    /// assert_eq!(key(&["Nimi", "Puh. "]), key(&["NIMI", "puh"]));
    /// assert_ne!(key(&["Nimi", "Puhelin"]), key(&["Puhelin", "Nimi"]));
    /// ```
    pub fn preset_key<T: AsRef<str>>(headers: &[T]) -> PresetId {
        let mut folded: Vec<String> = headers
            .iter()
            .map(|header| {
                fold(header.as_ref())
                    .chars()
                    .filter(|c| c.is_alphanumeric())
                    .collect()
            })
            .collect();
        while folded.last().is_some_and(String::is_empty) {
            folded.pop();
        }
        let parts: Vec<&[u8]> = folded.iter().map(String::as_bytes).collect();
        PresetId(derived("import_preset", &parts))
    }
}

/// Another text in place of what a cell holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CellText {
    /// Row number as Excel shows it.
    pub row: u32,
    /// Column from 0.
    pub column: u32,
    /// What stands there instead; empty leaves the value out.
    pub text: String,
}

/// A value of the register that stays although a row says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct KeepOld {
    /// Row number as Excel shows it.
    pub row: u32,
    /// What stays; a role or a field of the organisation's own as well.
    pub target: Target,
}

/// What the user changed in the preview.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Corrections {
    /// Cells that say something else.
    pub texts: Vec<CellText>,
    /// Rows that are left out.
    pub skip_rows: Vec<u32>,
    /// Rows about somebody new, whoever has their number or name already.
    pub as_new: Vec<u32>,
    /// Values of the register that stay.
    pub keep_old: Vec<KeepOld>,
    /// Rows with values that cannot be read come in without them, instead of being rejected.
    pub drop_bad_values: bool,
}
