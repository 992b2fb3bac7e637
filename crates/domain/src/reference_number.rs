//! Finnish creditor reference numbers (*viitenumero*).
//!
//! Source: Finance Finland, *Kotimaisen viitteen rakenneohje*: a base of 3 to 19 digits and a check digit behind it. The base's digits
//! are multiplied from the last one on by 7, 3, 1, 7, 3, 1 …, and the check digit is what the sum lacks to the next ten.

use crate::id::{ContactId, FlatId, derived};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The fewest digits of a base.
pub const BASE_LEAST: usize = 3;

/// The most digits of a base.
pub const BASE_MOST: usize = 19;

/// Digits by which a payer is told from another.
const PAYER_DIGITS: usize = 8;

/// Digits of a year and month.
const MONTH_DIGITS: usize = 4;

/// A reference number with its check digit, without spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(try_from = "String")]
pub struct ReferenceNumber(String);

impl ReferenceNumber {
    /// The reference number of a base.
    pub fn of_base(base: &str) -> Option<Self> {
        let fits = (BASE_LEAST..=BASE_MOST).contains(&base.len());
        let check = check_digit(base).filter(|_| fits)?;
        Some(Self(format!("{base}{check}")))
    }

    /// The digits as they are written for people: in groups of five from the right.
    pub fn grouped(&self) -> String {
        let first = self.0.len() % 5;
        let mut said = self.0[..first].to_owned();
        for place in (first..self.0.len()).step_by(5) {
            if !said.is_empty() {
                said.push(' ');
            }
            said.push_str(&self.0[place..place + 5]);
        }
        said
    }

    /// The digits alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ReferenceNumber {
    type Err = NoReferenceNumber;

    /// Spaces are for the eye, and zeros before the number add nothing to it.
    fn from_str(text: &str) -> Result<Self, NoReferenceNumber> {
        let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let digits = digits.trim_start_matches('0');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let (base, _) = digits.split_at(digits.len().saturating_sub(usize::from(is_number)));
        Self::of_base(base)
            .filter(|number| number.0 == digits)
            .ok_or(NoReferenceNumber)
    }
}

impl TryFrom<String> for ReferenceNumber {
    type Error = NoReferenceNumber;

    fn try_from(text: String) -> Result<Self, NoReferenceNumber> {
        text.parse()
    }
}

/// A text that is no reference number: other signs than digits, too few or too many of them, or a check digit that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no reference number")]
pub struct NoReferenceNumber;

/// The check digit of a base; nothing where it is not of digits.
pub fn check_digit(base: &str) -> Option<u32> {
    let mut sum = 0;
    for (letter, weight) in base.chars().rev().zip([7, 3, 1].into_iter().cycle()) {
        sum += letter.to_digit(10)? * weight;
    }
    (!base.is_empty()).then_some((10 - sum % 10) % 10)
}

/// What an organisation's reference numbers begin with, and how they go on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ReferenceSeries {
    /// Digits, the first of them not zero; empty where there are no reference numbers.
    pub base: String,
    /// Each month has its own number; otherwise a payer's is always the same.
    pub monthly: bool,
}

impl ReferenceSeries {
    /// The most digits that leave room for payer and month.
    pub fn most(monthly: bool) -> usize {
        BASE_MOST - PAYER_DIGITS - if monthly { MONTH_DIGITS } else { 0 }
    }

    /// Whether numbers follow from it, or it is empty.
    pub fn is_sound(&self) -> bool {
        let digits = self.base.bytes().all(|byte| byte.is_ascii_digit());
        digits && !self.base.starts_with('0') && self.base.len() <= Self::most(self.monthly)
    }

    /// A payer's reference number for a month, by the payer's own number.
    pub fn number(&self, payer: u32, month: NaiveDate) -> Option<ReferenceNumber> {
        if self.base.is_empty() || !self.is_sound() {
            return None;
        }
        let month = if self.monthly {
            format!("{:02}{:02}", month.year().rem_euclid(100), month.month())
        } else {
            String::new()
        };
        ReferenceNumber::of_base(&format!("{}{payer:08}{month}", self.base))
    }
}

/// The numbers of flats, by which their payments are told apart. They follow from the flats' ids, so that every laptop finds the same
/// ones and no other flat that comes or is renamed changes them; of two that would have the same one the flat that came later takes
/// the next.
pub fn flat_numbers(flats: &BTreeSet<FlatId>) -> BTreeMap<FlatId, u32> {
    const RANGE: u32 = 80_000_000;
    let mut taken = BTreeSet::new();
    flats
        .iter()
        .map(|flat| {
            let mut number = number_in(RANGE, "reference_flat", flat.0);
            while !taken.insert(number) {
                number = (number + 1) % RANGE;
            }
            (*flat, 10_000_000 + number)
        })
        .collect()
}

/// The number of a contact that pays for itself. Its first digit is that of no flat.
pub fn contact_number(contact: ContactId) -> u32 {
    90_000_000 + number_in(10_000_000, "reference_contact", contact.0)
}

fn number_in(range: u32, kind: &str, id: Uuid) -> u32 {
    let bytes = derived(kind, &[id.as_bytes()]).into_bytes();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % range
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Numbers of invoices and of the examples in Finance Finland's guide to the bank bar code, which the banks' own checks accept.
    const REAL: [&str; 10] = [
        "1009",
        "1232",
        "1234561",
        "12345672",
        "868516259619897",
        "559582243294671",
        "69875672083435364",
        "7758474790647489",
        "78777679656628687",
        "92125374252539897737",
    ];

    #[test]
    fn real_numbers_are_numbers_and_their_neighbours_are_not() {
        for text in REAL {
            let number: ReferenceNumber = text.parse().unwrap();
            assert_eq!(number.as_str(), text);
            let (base, check) = text.split_at(text.len() - 1);
            for other in ('0'..='9').filter(|digit| !check.starts_with(*digit)) {
                assert!(
                    format!("{base}{other}").parse::<ReferenceNumber>().is_err(),
                    "{base}{other}"
                );
            }
        }
    }

    #[test]
    fn check_digits() {
        for (base, expected) in [
            ("1", 3),
            ("123456", 1),
            ("100", 9),
            ("123", 2),
            ("0", 0),
            ("7", 1),
        ] {
            assert_eq!(check_digit(base), Some(expected), "{base}");
        }
        assert_eq!(check_digit(""), None);
        assert_eq!(check_digit("12a"), None);
    }

    #[test]
    fn a_base_has_three_to_nineteen_digits() {
        for (length, fits) in [(2, false), (3, true), (19, true), (20, false)] {
            let base = "1".repeat(length);
            assert_eq!(ReferenceNumber::of_base(&base).is_some(), fits, "{length}");
        }
        for wrong in ["", "13", " ", "1234562", "RF18 1234561", "12345-61", "0"] {
            assert!(wrong.parse::<ReferenceNumber>().is_err(), "{wrong:?}");
        }
        assert_eq!(
            "00 1234561".parse::<ReferenceNumber>().unwrap().as_str(),
            "1234561"
        );
    }

    #[test]
    fn people_read_groups_of_five_from_the_right() {
        for (digits, said) in [
            ("1009", "1009"),
            ("1234561", "12 34561"),
            ("868516259619897", "86851 62596 19897"),
            ("92125374252539897737", "92125 37425 25398 97737"),
        ] {
            let number: ReferenceNumber = digits.parse().unwrap();
            assert_eq!(number.grouped(), said);
            assert_eq!(said.parse::<ReferenceNumber>().unwrap(), number);
        }
    }

    #[test]
    fn a_series_leaves_room_for_payer_and_month() {
        let month: NaiveDate = "2026-10-01".parse().unwrap();
        let series = |base: &str, monthly| ReferenceSeries {
            base: base.into(),
            monthly,
        };
        let of = |base: &str, monthly| series(base, monthly).number(12_345_678, month);
        assert_eq!(&of("77", true).unwrap().as_str()[..14], "77123456782610");
        assert_eq!(&of("77", false).unwrap().as_str()[..10], "7712345678");
        assert_eq!(of("", true), None);
        for (length, monthly, fits) in [
            (7, true, true),
            (8, true, false),
            (11, false, true),
            (12, false, false),
        ] {
            let base = "4".repeat(length);
            assert_eq!(series(&base, monthly).is_sound(), fits, "{length} {monthly}");
            assert_eq!(of(&base, monthly).is_some(), fits, "{length} {monthly}");
        }
        assert!(!series("07", true).is_sound());
        assert!(!series("7 7", true).is_sound());
        assert!(series("", true).is_sound());
    }

    #[test]
    fn every_flat_has_a_number_of_its_own_that_another_flat_does_not_change() {
        let flats: BTreeSet<FlatId> = (0..5000).map(|n| FlatId(Uuid::from_u128(n))).collect();
        let numbers = flat_numbers(&flats);
        let all: BTreeSet<u32> = numbers.values().copied().collect();
        assert_eq!(all.len(), flats.len());
        assert!(all.iter().all(|number| (10_000_000..90_000_000).contains(number)));
        let mut more = flats.clone();
        more.insert(FlatId(Uuid::from_u128(9999)));
        let after = flat_numbers(&more);
        assert!(flats.iter().all(|flat| after[flat] == numbers[flat]));
        let contact = contact_number(ContactId(Uuid::from_u128(7)));
        assert!((90_000_000..100_000_000).contains(&contact));
    }
}
