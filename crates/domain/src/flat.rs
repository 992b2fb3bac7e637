//! Buildings, stairwells and flats of a housing company.

use crate::id::{BuildingId, FlatId, StairwellId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A building of the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Building {
    /// Row id.
    pub id: BuildingId,
    /// What residents call it: "Talo 1", or the street address.
    pub name: String,
    /// Street address.
    pub street: String,
}

/// A stairwell (*porras*) of a building.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Stairwell {
    /// Row id.
    pub id: StairwellId,
    /// The building it stands in.
    pub building: BuildingId,
    /// Its letter.
    pub name: String,
}

/// A flat (*huoneisto*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Flat {
    /// Row id.
    pub id: FlatId,
    /// The stairwell it is entered by, when the company has recorded its stairwells.
    pub stairwell: Option<StairwellId>,
    /// "A 12", as [`flat_name`] writes it.
    pub name: String,
    /// Floor, 1 at street level.
    pub floor: Option<i32>,
    /// Area in tenths of a square metre.
    pub area_tenths: Option<i32>,
    /// First share of the block that gives the right to the flat.
    pub shares_from: Option<i32>,
    /// Last share of that block.
    pub shares_to: Option<i32>,
    /// Free text.
    pub note: String,
}

/// Brings the ways people write a flat ("a12", "A-12", "A 012", "as. A 12") to one: stairwell letters, a no-break-free
/// space, the number without leading zeros, and a lower-case letter where the flat has one ("A 12 b"). `None` for text that
/// names no flat.
///
/// ```
/// use kiulu_domain::flat::flat_name;
/// assert_eq!(flat_name("as. a012").as_deref(), Some("A 12"));
/// assert_eq!(flat_name("C-7B").as_deref(), Some("C 7 b"));
/// assert_eq!(flat_name("14").as_deref(), Some("14"));
/// assert_eq!(flat_name("Helsinki"), None);
/// ```
pub fn flat_name(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let rest = [
        "huoneisto",
        "asunto",
        "bostad",
        "lägenhet",
        "as.",
        "as ",
        "bst",
        "lgh",
        "apt",
        "hs.",
    ]
    .iter()
    .find_map(|prefix| lower.strip_prefix(prefix))
    .unwrap_or(&lower)
    .trim_start_matches(['.', ':', ' ']);
    let compact: Vec<char> = rest
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '-' | '–' | '/' | '.'))
        .collect();
    let letters = compact.iter().take_while(|c| c.is_alphabetic()).count();
    let digits = compact[letters..]
        .iter()
        .take_while(|c| c.is_ascii_digit())
        .count();
    let tail = &compact[letters + digits..];
    if letters > 2 || digits == 0 || digits > 4 || tail.len() > 1 || tail.iter().any(|c| !c.is_alphabetic()) {
        return None;
    }
    let stairwell: String = compact[..letters].iter().flat_map(|c| c.to_uppercase()).collect();
    let number: String = compact[letters..letters + digits].iter().collect();
    let number = number.trim_start_matches('0');
    if number.is_empty() {
        return None;
    }
    let mut parts = Vec::with_capacity(3);
    if !stairwell.is_empty() {
        parts.push(stairwell);
    }
    parts.push(number.to_owned());
    parts.extend(tail.iter().map(char::to_string));
    Some(parts.join(" "))
}

/// The stairwell's letters of a flat's name: "A" of "A 12", nothing of "14".
pub fn stairwell_of(flat: &str) -> Option<&str> {
    flat.split(' ')
        .next()
        .filter(|part| part.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flats_are_written_one_way() {
        for (text, expected) in [
            ("A 12", Some("A 12")),
            ("a12", Some("A 12")),
            ("A-12", Some("A 12")),
            (" B\u{a0}7 ", Some("B 7")),
            ("as. 3", Some("3")),
            ("AS 14", Some("14")),
            ("C 7 B", Some("C 7 b")),
            ("AA 101", Some("AA 101")),
            ("A 0", None),
            ("A", None),
            ("", None),
            ("00100", None),
            ("Koivukatu 3 A 12", None),
            ("040 123 4567", None),
        ] {
            assert_eq!(flat_name(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(stairwell_of("A 12"), Some("A"));
        assert_eq!(stairwell_of("14"), None);
    }
}
