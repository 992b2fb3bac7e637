//! Persons and organisations in the register.

use crate::id::{
    ContactId, ContactPointId, CustomFieldId, FlatId, HouseholdId, StakeholderKindId, StakeholderRoleId,
};
use crate::organisation::PostalAddress;
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A human being or a legal person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A human being.
    #[default]
    Person,
    /// A company, association or authority.
    Organisation,
}

impl ContactKind {
    /// The word kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
        }
    }
}

/// What the register knows of a contact in its own row. Empty text means "not known".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ContactDetails {
    /// Person or organisation.
    pub kind: ContactKind,
    /// Given names.
    pub first_name: String,
    /// Family name; an organisation's whole name.
    pub last_name: String,
    /// The name in another script or spelling ("Елена Иванова").
    pub alternative_name: String,
    /// Primary e-mail.
    pub email: String,
    /// Primary phone, E.164.
    pub phone: String,
    /// Primary postal address.
    pub address: PostalAddress,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Municipality of residence (*kotipaikka*, Associations Act § 11).
    pub domicile: String,
    /// ISO 639-1 code of the language to write in.
    pub language: String,
    /// Customer or member number, as written.
    pub number: String,
    /// *Y-tunnus* of an organisation.
    pub business_id: String,
    /// Free text.
    pub notes: String,
    /// Last day of a temporary absence.
    pub away_until: Option<NaiveDate>,
    /// Deceased; they stay in the register until retention ends.
    pub deceased: bool,
    /// Day of death, where known.
    pub deceased_on: Option<NaiveDate>,
    /// Non-disclosure order (*turvakielto*, Act 661/2009 § 36): address and phone leave the register only deliberately.
    pub non_disclosure: bool,
    /// The couple or household the person belongs to.
    pub household: Option<HouseholdId>,
    /// *Henkilötunnus*, only where the organisation has stated its basis for keeping it (Data Protection Act 1050/2018 § 29).
    pub identity_code: String,
}

impl ContactDetails {
    /// The name as lists sort it: "Meikäläinen Matti".
    pub fn list_name(&self) -> String {
        join(&self.last_name, &self.first_name)
    }

    /// The name as letters say it: "Matti Meikäläinen".
    pub fn full_name(&self) -> String {
        join(&self.first_name, &self.last_name)
    }

    /// The full name where others see what somebody has or where they will be; nothing under a non-disclosure order.
    pub fn shown_name(&self) -> Option<String> {
        (!self.non_disclosure).then(|| self.full_name())
    }
}

fn join(a: &str, b: &str) -> String {
    [a, b]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a further contact point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ContactPointKind {
    /// E-mail address.
    Email,
    /// Phone number, E.164.
    Phone,
    /// Postal address.
    Address,
}

impl ContactPointKind {
    /// The word kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }
}

/// A phone, e-mail or address beside the primary one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactPoint {
    /// Row id.
    pub id: ContactPointId,
    /// What it is.
    pub kind: ContactPointKind,
    /// E-mail or phone; empty for an address.
    pub value: String,
    /// The address, for an address.
    pub address: PostalAddress,
    /// "Työ", "kesämökki".
    pub label: String,
}

/// One reason for which a contact is in the register, from a day to a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StakeholderRole {
    /// Row id.
    pub id: StakeholderRoleId,
    /// Whose role.
    pub contact: ContactId,
    /// Which reason.
    pub kind: StakeholderKindId,
    /// The flat, for residents and owners.
    pub flat: Option<FlatId>,
    /// First day; unknown is empty.
    pub valid_from: Option<NaiveDate>,
    /// Last day; a running role has none.
    pub valid_to: Option<NaiveDate>,
    /// Free text.
    pub note: String,
}

impl StakeholderRole {
    /// Whether the role is in force on a day (both ends count).
    pub fn is_current(&self, on: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_to.is_none_or(|to| on <= to)
    }

    /// Whether the role's last day has passed.
    pub fn is_over(&self, on: NaiveDate) -> bool {
        self.valid_to.is_some_and(|to| to < on)
    }

    /// The role with another last day; nothing where it ends by then anyhow, or would end before it begins.
    pub fn ended(&self, last_day: NaiveDate) -> Option<Self> {
        let runs_on = self.valid_to.is_none_or(|to| to > last_day);
        let has_begun = self.valid_from.is_none_or(|from| from <= last_day);
        (runs_on && has_begun).then(|| Self {
            valid_to: Some(last_day),
            ..self.clone()
        })
    }
}

/// What a field that the organisation defined itself holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldKind {
    /// Free text.
    Text,
    /// A decimal number, kept with a point.
    Number,
    /// A date, kept as ISO 8601.
    Date,
    /// One of the field's choices.
    Choice,
    /// `true` or `false`.
    YesNo,
}

impl CustomFieldKind {
    /// The word kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::YesNo => "yes_no",
        }
    }
}

/// A field that the organisation defined itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CustomField {
    /// Row id.
    pub id: CustomFieldId,
    /// Its label.
    pub name: String,
    /// What it holds.
    pub kind: CustomFieldKind,
    /// The choices of a [`CustomFieldKind::Choice`] field.
    pub choices: Vec<String>,
}

/// A couple (*pariskunta*) or a whole household (*ruokakunta*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdKind {
    /// Two people.
    Couple,
    /// Everyone who lives together.
    Household,
}

impl HouseholdKind {
    /// The word kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Couple => "couple",
            Self::Household => "household",
        }
    }
}

/// The next birthday that an association congratulates: 50 and every tenth after it, from 50 on; `None` when it is more than
/// `within_days` away. 29 February is kept on 28 February in other years.
pub fn round_birthday(birth: NaiveDate, today: NaiveDate, within_days: i64) -> Option<(i32, NaiveDate)> {
    (today.year()..=today.year() + 1).find_map(|year| {
        let age = year - birth.year();
        let day = birth
            .with_year(year)
            .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))?;
        let wait = (day - today).num_days();
        (age >= 50 && age % 10 == 0 && (0..=within_days).contains(&wait)).then_some((age, day))
    })
}

/// The spans of birth dates, first and last day, outside which [`round_birthday`] finds nothing: so that a register is asked for
/// a few weeks of each decade and not for everybody.
pub fn births_of_round_birthdays(
    today: NaiveDate,
    within_days: i64,
) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
    (50..=150).step_by(10).filter_map(move |age: u32| {
        let years = Months::new(age * 12);
        let first = today.checked_sub_months(years)?;
        let last = today
            .checked_add_signed(TimeDelta::days(within_days))?
            .checked_sub_months(years)?;
        // Of 28 and 29 February either may stand for the other.
        Some((first.pred_opt()?, last.succ_opt()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_birthday_is_asked_for() {
        for today in [
            "2026-02-01",
            "2027-02-28",
            "2028-02-29",
            "2026-12-20",
            "2026-06-15",
        ]
        .map(day)
        {
            let spans: Vec<_> = births_of_round_birthdays(today, 30).collect();
            let mut birth = day("1890-01-01");
            while birth < today {
                if round_birthday(birth, today, 30).is_some_and(|(age, _)| age <= 150) {
                    let asked = spans
                        .iter()
                        .any(|(first, last)| (*first..=*last).contains(&birth));
                    assert!(asked, "{birth} seen on {today}");
                }
                birth = birth.succ_opt().unwrap();
            }
            let days: i64 = spans
                .iter()
                .map(|(first, last)| (*last - *first).num_days() + 1)
                .sum();
            assert!(days <= 11 * 35, "{days} days are asked for");
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn round_birthdays_come_in_time_and_over_new_year() {
        for (birth, today, expected) in [
            ("1946-10-30", "2026-10-22", Some((80, "2026-10-30"))),
            ("1946-10-30", "2026-10-30", Some((80, "2026-10-30"))),
            ("1946-10-30", "2026-10-31", None),
            ("1977-01-05", "2026-12-20", Some((50, "2027-01-05"))),
            ("1986-11-01", "2026-10-22", None),
            ("1956-02-29", "2026-02-20", Some((70, "2026-02-28"))),
        ] {
            let got = round_birthday(day(birth), day(today), 30);
            assert_eq!(
                got,
                expected.map(|(age, on)| (age, day(on))),
                "{birth} seen on {today}"
            );
        }
    }

    fn role(from: Option<&str>, to: Option<&str>) -> StakeholderRole {
        StakeholderRole {
            id: StakeholderRoleId(uuid::Uuid::nil()),
            contact: ContactId(uuid::Uuid::nil()),
            kind: StakeholderKindId(uuid::Uuid::nil()),
            flat: None,
            valid_from: from.map(day),
            valid_to: to.map(day),
            note: String::new(),
        }
    }

    #[test]
    fn a_role_counts_on_its_first_and_last_day() {
        let role = role(Some("2026-01-01"), Some("2026-01-31"));
        for (on, current) in [
            ("2025-12-31", false),
            ("2026-01-01", true),
            ("2026-01-31", true),
            ("2026-02-01", false),
        ] {
            assert_eq!(role.is_current(day(on)), current, "{on}");
        }
    }
    #[test]
    fn a_role_ends_on_a_day_only_where_it_runs_then() {
        for (from, to, ends) in [
            (None, None, true),
            (Some("2020-01-01"), None, true),
            (Some("2026-01-31"), None, true),
            (None, Some("2026-06-30"), true),
            (None, Some("2026-01-31"), false),
            (None, Some("2025-12-31"), false),
            (Some("2026-02-01"), None, false),
        ] {
            let ended = role(from, to).ended(day("2026-01-31"));
            assert_eq!(ended.is_some(), ends, "{from:?}–{to:?}");
            assert!(ended.is_none_or(|role| role.valid_to == Some(day("2026-01-31"))));
        }
    }
}
