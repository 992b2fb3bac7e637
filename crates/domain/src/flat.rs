//! Buildings, stairwells and flats of a housing company.

use crate::id::{BuildingId, FlatId, StairwellId};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::ops::RangeInclusive;

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

/// A stairwell (*porras*) of a building. Each flat whose building is known belongs to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Stairwell {
    /// Row id.
    pub id: StairwellId,
    /// The building it stands in.
    pub building: BuildingId,
    /// Its letters; empty for the flats of the building whose names have none ("14").
    pub name: String,
}

/// A flat (*huoneisto*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Flat {
    /// Row id.
    pub id: FlatId,
    /// The stairwell it is entered by, and with it the building; nothing while the building is not known. Its letters are
    /// those of the name.
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

/// A stairwell's letters as flats have them: "A" of " a "; empty for text without letters that can be one's.
///
/// ```
/// use kiulu_domain::flat::stairwell_name;
/// assert_eq!(stairwell_name(" b ").as_deref(), Some("B"));
/// assert_eq!(stairwell_name("").as_deref(), Some(""));
/// assert_eq!(stairwell_name("Porras"), None);
/// ```
pub fn stairwell_name(text: &str) -> Option<String> {
    let letters = text.trim();
    (letters.chars().count() <= 2 && letters.chars().all(char::is_alphabetic))
        .then(|| letters.chars().flat_map(char::to_uppercase).collect())
}

/// The flat's name when its stairwell gets other letters: "C 12" of "A 12" and "C", "12" of "A 12" and "".
pub fn renamed_with(flat: &str, stairwell: &str) -> Option<String> {
    let number = stairwell_of(flat).map_or(flat, |letters| &flat[letters.len()..]);
    flat_name(&format!("{stairwell} {}", number.trim_start()))
}

/// Whether two flats cannot both have the name: two buildings may each have an A 1, but a flat whose building is not known
/// may stand in any of them.
pub fn share_a_place(one: Option<BuildingId>, other: Option<BuildingId>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// The highest floor and the lowest that a flat may be on, in either direction generous.
const FLOORS: RangeInclusive<i32> = -5..=100;

impl Flat {
    /// A flat of which only the name and the stairwell are known.
    pub fn named(id: FlatId, stairwell: Option<StairwellId>, name: String) -> Self {
        Self {
            id,
            stairwell,
            name,
            floor: None,
            area_tenths: None,
            shares_from: None,
            shares_to: None,
            note: String::new(),
        }
    }

    /// The block of shares that gives the right to the flat. Where only one end is known, that share.
    pub fn shares(&self) -> Option<RangeInclusive<i32>> {
        let from = self.shares_from.or(self.shares_to)?;
        Some(from..=self.shares_to.unwrap_or(from))
    }

    /// Whether floor, area and shares can be a flat's: shares are numbered from 1 (Housing Companies Act 1599/2009 ch. 2 § 6)
    /// and a block does not end before it begins.
    pub fn is_possible(&self) -> bool {
        self.floor.is_none_or(|floor| FLOORS.contains(&floor))
            && self.area_tenths.is_none_or(|area| area > 0)
            && self
                .shares()
                .is_none_or(|block| *block.start() > 0 && !block.is_empty())
    }

    /// Whether a share would give the right to both flats.
    pub fn shares_overlap(&self, other: &Self) -> bool {
        self.shares()
            .zip(other.shares())
            .is_some_and(|(own, theirs)| own.start() <= theirs.end() && theirs.start() <= own.end())
    }
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
    #[test]
    fn another_stairwell_renames_its_flats() {
        for (flat, letters, expected) in [
            ("A 12", "C", Some("C 12")),
            ("A 12 b", "CD", Some("CD 12 b")),
            ("A 12", "", Some("12")),
            ("14", "B", Some("B 14")),
        ] {
            assert_eq!(
                renamed_with(flat, letters).as_deref(),
                expected,
                "{flat} {letters}"
            );
        }
    }

    #[test]
    fn buildings_have_names_of_their_own_for_flats() {
        let [one, two] = [1, 2].map(|n| Some(BuildingId(uuid::Uuid::from_u128(n))));
        for (a, b, expected) in [
            (one, one, true),
            (one, two, false),
            (one, None, true),
            (None, None, true),
        ] {
            assert_eq!(share_a_place(a, b), expected, "{a:?} {b:?}");
        }
    }

    fn with(floor: Option<i32>, area_tenths: Option<i32>, from: Option<i32>, to: Option<i32>) -> Flat {
        Flat {
            floor,
            area_tenths,
            shares_from: from,
            shares_to: to,
            ..Flat::named(FlatId(uuid::Uuid::nil()), None, "A 1".to_owned())
        }
    }

    #[test]
    fn floors_areas_and_shares_have_bounds() {
        for (flat, possible) in [
            (with(None, None, None, None), true),
            (with(Some(-1), Some(545), Some(1), Some(100)), true),
            (with(Some(101), None, None, None), false),
            (with(None, Some(0), None, None), false),
            (with(None, None, Some(0), Some(10)), false),
            (with(None, None, Some(11), Some(10)), false),
            (with(None, None, None, Some(10)), true),
        ] {
            assert_eq!(flat.is_possible(), possible, "{flat:?}");
        }
    }

    #[test]
    fn a_share_belongs_to_one_flat() {
        let block = |from, to| with(None, None, from, to);
        for (a, b, expected) in [
            (block(Some(1), Some(10)), block(Some(11), Some(20)), false),
            (block(Some(1), Some(10)), block(Some(10), Some(20)), true),
            (block(Some(1), Some(100)), block(Some(20), Some(30)), true),
            (block(Some(5), None), block(Some(1), Some(10)), true),
            (block(None, None), block(Some(1), Some(10)), false),
        ] {
            assert_eq!(a.shares_overlap(&b), expected, "{a:?} {b:?}");
            assert_eq!(b.shares_overlap(&a), expected, "{b:?} {a:?}");
        }
    }
}
