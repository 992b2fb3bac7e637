//! The short code that each turn has on the list on the door, so that what was written beside it can be keyed back.
//!
//! A code tells where within twelve weeks the turn begins, to five minutes, moved on by a number of the resource's own, in three
//! characters; the fourth checks them. One misread character and two neighbours that changed places never pass the check. The codes
//! of another resource pass it for one pair of resources in 29, and then they are turns of both only by chance.

use crate::id::ResourceId;
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};

/// Digits and letters that cannot be taken for another: as many as a prime, so that the check finds every single mistake.
const ALPHABET: &[u8; 29] = b"23456789ABCDEFGHJKMNPRSTVWXYZ";

/// So many minutes have one place.
const STEP: i64 = 5;

/// After so many days codes come again.
const CYCLE_DAYS: i64 = 84;

/// Of which so many lie after the day on which a code is read.
const DAYS_AHEAD: i64 = 14;

/// Places of a cycle: fewer than three characters tell apart.
const PLACES: i64 = CYCLE_DAYS * 24 * 60 / STEP;

/// What three characters tell apart.
const CODES: i64 = 29 * 29 * 29;

const _: () = assert!(PLACES <= CODES);

/// The code of a turn that begins at a time.
pub fn turn_code(resource: ResourceId, start: NaiveDateTime) -> String {
    let minutes = (start - NaiveDateTime::default()).num_minutes();
    let place = minutes.div_euclid(STEP).rem_euclid(PLACES);
    let number = (place + own_number(resource)) % CODES;
    let digits = [number / (29 * 29), number / 29 % 29, number % 29];
    let check = check(resource, digits);
    let [a, b, c] = digits;
    [a, b, c, check]
        .into_iter()
        .map(|digit| char::from(ALPHABET[digit as usize]))
        .collect()
}

/// From when to when the turn of a code begins, the end not included; of the times that have the code the one that lies from ten
/// weeks before a day to two weeks after it. Nothing where it is no code of the resource.
pub fn turn_begins(
    resource: ResourceId,
    code: &str,
    day: NaiveDate,
) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let digit = |character: char| {
        let upper = character.to_ascii_uppercase();
        ALPHABET.iter().position(|known| char::from(*known) == upper)
    };
    let read: Vec<i64> = code
        .chars()
        .map(|character| digit(character).map(|place| place as i64))
        .collect::<Option<_>>()?;
    let [a, b, c, checked] = read[..] else {
        return None;
    };
    let digits = [a, b, c];
    if check(resource, digits) != checked {
        return None;
    }
    let number = (a * 29 + b) * 29 + c;
    let place = (number - own_number(resource)).rem_euclid(CODES);
    if place >= PLACES {
        return None;
    }
    let last = (day + Duration::days(DAYS_AHEAD)).and_time(NaiveTime::MIN);
    let newest = (last - NaiveDateTime::default()).num_minutes().div_euclid(STEP);
    // The latest place before the end that has the number.
    let back = (newest - 1 - place).rem_euclid(PLACES);
    let begins = NaiveDateTime::default() + Duration::minutes((newest - 1 - back) * STEP);
    Some((begins, begins + Duration::minutes(STEP)))
}

/// What a resource moves its codes on by.
fn own_number(resource: ResourceId) -> i64 {
    (resource.0.as_u128() % CODES as u128) as i64
}

/// Weights that differ from each other and from that of the check itself, so that neighbours cannot change places.
fn check(resource: ResourceId, [a, b, c]: [i64; 3]) -> i64 {
    (2 * a + 3 * b + 4 * c + own_number(resource)) % 29
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn resource(n: u128) -> ResourceId {
        ResourceId(Uuid::from_u128(n * 0x9E37_79B9_7F4A_7C15_F39C_0C2A))
    }

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    /// Every start of a quarter of an hour of twelve weeks.
    fn starts() -> impl Iterator<Item = NaiveDateTime> {
        let first = wall("2026-09-20T00:00");
        (0..CYCLE_DAYS * 96).map(move |n| first + Duration::minutes(15 * n))
    }

    #[test]
    fn a_code_tells_its_turn_and_no_other_one_of_twelve_weeks() {
        let day = "2026-11-29".parse().unwrap();
        let mut seen = std::collections::HashSet::new();
        for start in starts() {
            let code = turn_code(resource(1), start);
            assert_eq!(code.len(), 4);
            assert!(seen.insert(code.clone()), "{code} comes twice");
            assert_eq!(
                turn_begins(resource(1), &code.to_lowercase(), day).unwrap().0,
                start,
                "{code}"
            );
        }
    }

    #[test]
    fn a_start_beside_the_step_is_found_in_its_five_minutes() {
        let day = "2026-11-29".parse().unwrap();
        let code = turn_code(resource(1), wall("2026-11-25T18:07"));
        let found = turn_begins(resource(1), &code, day);
        assert_eq!(found, Some((wall("2026-11-25T18:05"), wall("2026-11-25T18:10"))));
    }

    #[test]
    fn a_code_reaches_ten_weeks_back_and_two_ahead() {
        let day = "2026-11-29".parse().unwrap();
        for (start, known) in [
            ("2026-09-20T00:00", true),
            ("2026-09-19T23:55", false),
            ("2026-12-12T23:55", true),
            ("2026-12-13T00:00", false),
        ] {
            let code = turn_code(resource(1), wall(start));
            let found = turn_begins(resource(1), &code, day).map(|(begins, _)| begins);
            assert_eq!(found == Some(wall(start)), known, "{start}");
        }
    }

    #[test]
    fn every_single_mistake_and_every_change_of_neighbours_is_found() {
        let day = "2026-11-29".parse().unwrap();
        for start in starts().step_by(97) {
            let code = turn_code(resource(2), start);
            for place in 0..4 {
                for other in ALPHABET {
                    let mut wrong = code.clone().into_bytes();
                    if wrong[place] != *other {
                        wrong[place] = *other;
                        let wrong = String::from_utf8(wrong).unwrap();
                        assert_eq!(turn_begins(resource(2), &wrong, day), None, "{code} {wrong}");
                    }
                }
            }
            for place in 0..3 {
                let mut wrong = code.clone().into_bytes();
                wrong.swap(place, place + 1);
                let wrong = String::from_utf8(wrong).unwrap();
                if wrong != code {
                    assert_eq!(turn_begins(resource(2), &wrong, day), None, "{code} {wrong}");
                }
            }
        }
        for nothing in ["", "ABC", "ABCDE", "A-5 ", "ÄÄÄÄ", "OIL0"] {
            assert_eq!(turn_begins(resource(2), nothing, day), None, "{nothing}");
        }
    }

    #[test]
    fn the_codes_of_another_resource_hardly_ever_pass() {
        let day = "2026-11-29".parse().unwrap();
        let code = turn_code(resource(1), wall("2026-11-25T18:00"));
        let passed = (2..1000)
            .filter(|n| turn_begins(resource(*n), &code, day).is_some())
            .count();
        assert!((1..60).contains(&passed), "{passed}");
    }
}
