//! The *Y-tunnus*, the Finnish business id: seven digits, a hyphen and a check digit.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::fmt;
use std::str::FromStr;

/// Weights of the seven digits (Finnish Tax Administration, "Yritys- ja yhteisötunnuksen tarkistusmerkki").
const WEIGHTS: [u32; 7] = [7, 9, 10, 5, 8, 4, 2];

/// A business id whose check digit holds, kept as "1234567-1".
///
/// ```
/// use kiulu_domain::business_id::BusinessId;
/// let id: BusinessId = "FI01120389".parse().unwrap();
/// assert_eq!(id.as_str(), "0112038-9");
/// assert_eq!(id.vat_number(), "FI01120389");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct BusinessId(String);

/// Why text is not a business id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BusinessIdError {
    /// Not seven (in old papers six) digits and a check digit.
    #[error("business_id_malformed")]
    #[serde(rename = "business_id_malformed")]
    Malformed,
    /// The check digit does not follow from the other seven: a slip of the pen.
    #[error("business_id_check_digit")]
    #[serde(rename = "business_id_check_digit")]
    CheckDigit,
}

impl BusinessId {
    /// "1234567-1".
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as a VAT number: "FI12345671".
    pub fn vat_number(&self) -> String {
        format!("FI{}", self.0.replace('-', ""))
    }
}

/// The check digit of seven digits; `None` where the remainder is 1, for which no ids are given out.
fn check_digit(digits: &[u32]) -> Option<u32> {
    match digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum::<u32>()
        % 11
    {
        0 => Some(0),
        1 => None,
        rest => Some(11 - rest),
    }
}

impl FromStr for BusinessId {
    type Err = BusinessIdError;

    /// Reads "1234567-1", "12345671", "FI12345671", "FI-1234567-1" and the older "123456-1", whose first digit is an unwritten zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (prefixed, rest) = match text.get(..2) {
            Some(country) if country.eq_ignore_ascii_case("FI") => (true, text.get(2..).unwrap_or_default()),
            _ => (false, text),
        };
        let rest = if prefixed {
            rest.trim_start_matches([' ', '-'])
        } else {
            rest
        };
        let mut digits = Vec::with_capacity(8);
        for (place, c) in rest.chars().rev().enumerate() {
            match c.to_digit(10) {
                Some(digit) => digits.push(digit),
                // One hyphen before the check digit, perhaps with spaces around it.
                None if digits.len() == 1 && (c == ' ' || crate::clean::is_dash(c)) && place <= 3 => {}
                None => return Err(BusinessIdError::Malformed),
            }
        }
        digits.reverse();
        if digits.len() == 7 {
            digits.insert(0, 0);
        }
        let [body @ .., check] = digits.as_slice() else {
            return Err(BusinessIdError::Malformed);
        };
        if body.len() != 7 || body.iter().all(|digit| *digit == 0) {
            return Err(BusinessIdError::Malformed);
        }
        if check_digit(body) != Some(*check) {
            return Err(BusinessIdError::CheckDigit);
        }
        let body: String = body.iter().map(u32::to_string).collect();
        Ok(Self(format!("{body}-{check}")))
    }
}

impl TryFrom<String> for BusinessId {
    type Error = BusinessIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BusinessId> for String {
    fn from(id: BusinessId) -> Self {
        id.0
    }
}

impl fmt::Display for BusinessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{BusinessId, BusinessIdError};

    #[test]
    fn reads_the_forms_that_people_write() {
        for (text, want) in [
            // Nokia Oyj, Kone Oyj and the tax administration's own example.
            ("0112038-9", Ok("0112038-9")),
            ("1927400-1", Ok("1927400-1")),
            ("1572860-0", Ok("1572860-0")),
            ("01120389", Ok("0112038-9")),
            ("112038-9", Ok("0112038-9")),
            ("1120389", Ok("0112038-9")),
            ("FI01120389", Ok("0112038-9")),
            ("fi 0112038-9", Ok("0112038-9")),
            ("FI-0112038-9", Ok("0112038-9")),
            (" 0112038 – 9 ", Ok("0112038-9")),
            ("0112038-8", Err(BusinessIdError::CheckDigit)),
            ("0112083-9", Err(BusinessIdError::CheckDigit)),
            ("0000000-0", Err(BusinessIdError::Malformed)),
            ("", Err(BusinessIdError::Malformed)),
            ("FI", Err(BusinessIdError::Malformed)),
            ("12345-6", Err(BusinessIdError::Malformed)),
            ("011-20389", Err(BusinessIdError::Malformed)),
            ("123456789", Err(BusinessIdError::Malformed)),
            ("SE0112038-9", Err(BusinessIdError::Malformed)),
            ("ääääääää", Err(BusinessIdError::Malformed)),
        ] {
            assert_eq!(
                text.parse::<BusinessId>(),
                want.map(|id| BusinessId(id.to_owned())),
                "{text:?}"
            );
        }
    }

    #[test]
    fn no_single_wrong_digit_goes_unseen() {
        let good = "01120389";
        for place in 0..8 {
            for digit in '0'..='9' {
                let mut text: Vec<char> = good.chars().collect();
                if text[place] == digit {
                    continue;
                }
                text[place] = digit;
                let text: String = text.into_iter().collect();
                assert!(text.parse::<BusinessId>().is_err(), "{text}");
            }
        }
    }
}
