//! What a list of contacts is asked for: the same filter serves the list, a saved view and a group's rule.

use crate::contact::ContactKind;
use crate::id::{CustomFieldId, FlatId, GroupId, HouseholdId, StakeholderKindId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which contacts; every condition that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ContactFilter {
    /// Has one of these roles today.
    pub roles: Vec<StakeholderKindId>,
    /// Has a role today in a flat of one of these stairwells ("A").
    pub stairwells: Vec<String>,
    /// Has a role today in this flat.
    pub flat: Option<FlatId>,
    /// Is in one of these groups or their subgroups.
    pub groups: Vec<GroupId>,
    /// Belongs to this household.
    pub household: Option<HouseholdId>,
    /// Person or organisation.
    pub kind: Option<ContactKind>,
    /// Has, or lacks, an e-mail.
    pub has_email: Option<bool>,
    /// Has, or lacks, a phone.
    pub has_phone: Option<bool>,
    /// Has no role that runs, will run or whose data is still kept: no reason to be in the register.
    pub without_reason: bool,
    /// Had a role once, and has none that runs or will run.
    pub former: bool,
    /// Deceased, or not.
    pub deceased: Option<bool>,
    /// Temporarily away today, or not.
    pub away: Option<bool>,
    /// Under a non-disclosure order, or not.
    pub non_disclosure: Option<bool>,
    /// City, letter by letter.
    pub city: Option<String>,
    /// ISO 639-1 code of the language.
    pub language: Option<String>,
    /// Has, or lacks, a domicile.
    pub has_domicile: Option<bool>,
    /// Belongs to a couple or household, or not.
    pub in_household: Option<bool>,
    /// Born in this year or later.
    pub born_from: Option<i32>,
    /// Born in this year or earlier.
    pub born_to: Option<i32>,
    /// Has these values in fields of the organisation's own.
    pub custom: Vec<(CustomFieldId, String)>,
}

/// What a list is sorted by. Ties follow the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ContactSort {
    /// Family name, then first name, as Finnish sorts.
    #[default]
    Name,
    /// Flat, numbers as numbers.
    Flat,
    /// E-mail.
    Email,
    /// Customer or member number, numbers as numbers.
    Number,
    /// City.
    City,
    /// Birth date.
    BirthDate,
    /// Last change.
    Changed,
}

/// A column that a list can show and an export can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ContactColumn {
    /// Name as lists sort it.
    Name,
    /// Given names.
    FirstName,
    /// Family or organisation name.
    LastName,
    /// The other spelling.
    AlternativeName,
    /// Flats of today's roles.
    Flat,
    /// Today's roles.
    Roles,
    /// Primary phone.
    Phone,
    /// Primary e-mail.
    Email,
    /// Street.
    Street,
    /// Postal code.
    PostalCode,
    /// City.
    City,
    /// Birth date.
    BirthDate,
    /// Domicile.
    Domicile,
    /// Language.
    Language,
    /// Customer or member number.
    Number,
    /// The others of the couple or household.
    Household,
    /// Groups that the contact was put into by hand.
    Groups,
    /// Notes.
    Notes,
    /// Last change.
    Changed,
    /// A field of the organisation's own.
    Custom(CustomFieldId),
}

impl ContactColumn {
    /// Whether a non-disclosure order withholds the column: where somebody lives and how to reach them by phone.
    pub fn is_withheld(self) -> bool {
        matches!(
            self,
            Self::Flat | Self::Phone | Self::Street | Self::PostalCode | Self::City | Self::Domicile
        )
    }
}

/// A list as the user has set it up; a saved view keeps one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ContactListSpec {
    /// Search as typed.
    pub query: String,
    /// Conditions.
    pub filter: ContactFilter,
    /// Order.
    pub sort: ContactSort,
    /// Largest first.
    pub descending: bool,
    /// Columns beside the name; empty for the usual ones.
    pub columns: Vec<ContactColumn>,
}
