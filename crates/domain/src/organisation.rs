//! The housing company or association itself, and the user who signs changes.

use crate::id::{OrganisationId, UserId};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What an organisation is by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// *Asunto-osakeyhtiö* (Limited Liability Housing Companies Act 1599/2009).
    HousingCompany,
    /// *Yhdistys* (Associations Act 503/1989).
    Association,
}

impl OrganisationKind {
    /// The word kept in the database and spoken by the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HousingCompany => "housing-company",
            Self::Association => "association",
        }
    }
}

impl std::str::FromStr for OrganisationKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::HousingCompany, Self::Association]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// A word from a file or a command line that no variant is spelled as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {0:?}")]
pub struct UnknownWord(pub String);

/// A language the program speaks and writes letters in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Finnish.
    #[default]
    Fi,
    /// Swedish.
    Sv,
    /// English.
    En,
}

impl Language {
    /// ISO 639-1 code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fi => "fi",
            Self::Sv => "sv",
            Self::En => "en",
        }
    }
}

impl std::str::FromStr for Language {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        [Self::Fi, Self::Sv, Self::En]
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// Where post goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PostalAddress {
    /// Street, number and flat.
    pub street: String,
    /// Five digits in Finland.
    pub postal_code: String,
    /// Post office.
    pub city: String,
    /// Empty for Finland.
    pub country: String,
}

impl PostalAddress {
    /// True when nothing is written on any line.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// The facts about an organisation that its users keep up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Organisation {
    /// Stable across laptops.
    pub id: OrganisationId,
    /// Housing company or association.
    pub kind: OrganisationKind,
    /// Official name.
    pub name: String,
    /// *Y-tunnus*, `1234567-8`, or empty.
    pub business_id: String,
    /// The organisation's own language: letters and ready-made lists use it.
    pub language: Language,
    /// Postal address.
    pub address: PostalAddress,
    /// IANA time zone that wall-clock times and days are in.
    pub time_zone: String,
    /// Why the organisation may process personal identity codes (Data Protection Act 1050/2018 § 29); empty when
    /// it may not, and then only the birth date is taken from one.
    pub identity_code_basis: String,
}

impl Organisation {
    /// Whether a basis for keeping personal identity codes is stated.
    pub fn keeps_identity_codes(&self) -> bool {
        !self.identity_code_basis.trim().is_empty()
    }
}

/// The time zone of a new organisation.
pub const USUAL_TIME_ZONE: &str = "Europe/Helsinki";

impl Organisation {
    /// The calendar day of an instant where the organisation is, wherever the laptop is.
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        day_in(&self.time_zone, instant)
    }
}

/// Whether a name is that of a time zone in the IANA database.
pub fn is_time_zone(name: &str) -> bool {
    name.parse::<Tz>().is_ok()
}

/// The calendar day of an instant in a time zone; in the usual one where the name is of none.
///
/// ```
/// use kiulu_domain::organisation::day_in;
/// let instant = "2026-06-30T21:30:00Z".parse().unwrap();
/// assert_eq!(day_in("Europe/Helsinki", instant).to_string(), "2026-07-01");
/// assert_eq!(day_in("Europe/Stockholm", instant).to_string(), "2026-06-30");
/// assert_eq!(day_in("Nowhere", instant), day_in("Europe/Helsinki", instant));
/// ```
pub fn day_in(time_zone: &str, instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&zone_of(time_zone)).date_naive()
}

/// The zone of a name; Helsinki's for a name that is none.
pub fn zone_of(time_zone: &str) -> Tz {
    time_zone.parse().unwrap_or(Tz::Europe__Helsinki)
}

/// The person who uses Kiulu on this laptop; every change carries them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct User {
    /// Stable for one person in one organisation.
    pub id: UserId,
    /// Given and family name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}
