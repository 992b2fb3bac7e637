//! The Finnish personal identity code (*henkilötunnus*, "hetu"): recognised so that it is *not* kept.
//!
//! Government decree 690/2022: six digits of the birth date, a sign for the century (since 2023 several per century),
//! a number 002–899 (900–999 for temporary codes) and a check character.

use super::{Cleaned, Note, Problem, clean_line};
use crate::sheet::Cell;
use chrono::{Datelike, NaiveDate};
use std::fmt;

/// What a check character is, by the remainder of the nine digits divided by 31.
const CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// A well-formed personal identity code. It has no `Display`, is not serialisable, and its `Debug` shows nothing of it,
/// so that it cannot reach a log or a database by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityCode {
    code: String,
    birth_date: NaiveDate,
    check_holds: bool,
}

impl IdentityCode {
    /// Reads a code of eleven characters; letters may be small.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 11 || !text.is_ascii() {
            return None;
        }
        let code = text.to_ascii_uppercase();
        let bytes = code.as_bytes();
        let digits = |from: usize, to: usize| -> Option<u32> {
            let part = &code[from..to];
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse().ok())?
        };
        let century = match bytes[6] {
            b'+' => 1800,
            b'-' | b'Y' | b'X' | b'W' | b'V' | b'U' => 1900,
            b'A'..=b'F' => 2000,
            _ => return None,
        };
        let (day, month, year, number) = (digits(0, 2)?, digits(2, 4)?, digits(4, 6)?, digits(7, 10)?);
        let birth_date = NaiveDate::from_ymd_opt(century + i32::try_from(year).ok()?, month, day)?;
        if number < 2 || !CHECK.contains(&bytes[10]) {
            return None;
        }
        let remainder = (digits(0, 6)? * 1000 + number) % 31;
        let check_holds = usize::try_from(remainder).ok().and_then(|at| CHECK.get(at)) == Some(&bytes[10]);
        Some(Self {
            code,
            birth_date,
            check_holds,
        })
    }

    /// The birth date that the code begins with.
    pub fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// Whether the check character follows from the digits; where it does not, the birth date may be wrong too.
    pub fn check_holds(&self) -> bool {
        self.check_holds
    }

    /// True for 900–999: given for the time being, for example by a hospital.
    pub fn is_temporary(&self) -> bool {
        self.code.as_bytes()[7] == b'9'
    }

    /// The code itself, for the one case where the organisation stated its basis (Data Protection Act 1050/2018 § 29).
    pub fn reveal(&self) -> &str {
        &self.code
    }
}

impl fmt::Debug for IdentityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityCode(…)")
    }
}

/// Whether text is a personal identity code whose check character holds.
pub fn is_identity_code(text: &str) -> bool {
    IdentityCode::parse(text).is_some_and(|code| code.check_holds)
}

/// Takes the birth date of an identity code, and nothing else, out of a cell. Also a code whose last four
/// characters are missing or crossed out ("010280-", "010280-xxxx") says when somebody was born.
pub fn clean_identity_code(cell: &Cell, today: NaiveDate) -> Cleaned<NaiveDate> {
    let text = match clean_line(cell) {
        Cleaned {
            value: Some(text), ..
        } => text,
        other => {
            return Cleaned {
                problem: other.problem,
                ..Cleaned::default()
            };
        }
    };
    let text: String = text
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| if super::is_dash(c) { '-' } else { c })
        .collect();
    let (birth_date, check_holds) = match IdentityCode::parse(&text) {
        Some(code) => (code.birth_date, code.check_holds),
        None => match beginning(&text) {
            Some(birth_date) => (birth_date, true),
            None => return Cleaned::rejected(Problem::IdentityCodeMalformed),
        },
    };
    if birth_date > today {
        return Cleaned::rejected(Problem::DateInFuture);
    }
    let mut cleaned = Cleaned::of(birth_date).noting(Note::OnlyBirthDate);
    if !check_holds {
        cleaned.notes.push(Note::CheckCharacterWrong);
    }
    let age = today.years_since(birth_date).unwrap_or_default();
    if age > super::date::OLDEST {
        cleaned.notes.push(Note::VeryOld { age });
    }
    cleaned
}

/// The birth date of the first seven characters where the rest is not told.
fn beginning(text: &str) -> Option<NaiveDate> {
    let (head, tail) = (text.get(..7)?, text.get(7..)?);
    if !tail.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '_' | '?')) {
        return None;
    }
    // "002" and any check character complete the form; only the date of it is used.
    IdentityCode::parse(&format!("{head}0020"))
        .map(|code| code.birth_date)
        .filter(|date| date.year() >= 1800)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    /// A code with the right check character; the temporary numbers 900–999 belong to nobody.
    fn code(head: &str, number: &str) -> String {
        let digits: u32 = format!("{}{number}", &head[..6]).parse().unwrap();
        format!("{head}{number}{}", CHECK[digits as usize % 31] as char)
    }

    #[test]
    fn the_examples_of_the_population_registry_hold() {
        // The Digital and Population Data Services Agency's own example.
        assert!(is_identity_code("131052-308T"));
        assert!(is_identity_code("131052-308t"));
        assert!(!is_identity_code("131052-308U"));
        assert!(!is_identity_code("131052308T"));
        assert!(!is_identity_code("311352-308T"));
        assert!(!is_identity_code("131052-001T"));
        assert!(!is_identity_code("131052Z308T"));
        assert!(!is_identity_code(""));
        assert!(!is_identity_code("ääääääää"));
        assert!(!is_identity_code("131052-3ä8"));
    }

    #[test]
    fn every_century_sign_is_known() {
        for (sign, century) in [
            ('+', 1800),
            ('-', 1900),
            ('Y', 1900),
            ('X', 1900),
            ('W', 1900),
            ('V', 1900),
            ('U', 1900),
            ('A', 2000),
            ('B', 2000),
            ('C', 2000),
            ('D', 2000),
            ('E', 2000),
            ('F', 2000),
        ] {
            let parsed = IdentityCode::parse(&code(&format!("010203{sign}"), "900")).unwrap();
            assert_eq!(parsed.birth_date(), day(century + 3, 2, 1), "{sign}");
            assert!(parsed.check_holds() && parsed.is_temporary());
        }
        for sign in ['G', 'T', 'Z', '/', '0'] {
            assert!(
                IdentityCode::parse(&format!("010203{sign}9000")).is_none(),
                "{sign}"
            );
        }
    }

    #[test]
    fn only_the_birth_date_leaves_the_cell() {
        let today = day(2026, 11, 22);
        let clean = |text: &str| clean_identity_code(&Cell::Text(text.into()), today);
        let taken = clean("131052-308T");
        assert_eq!(
            (taken.value, taken.notes),
            (Some(day(1952, 10, 13)), vec![Note::OnlyBirthDate])
        );
        assert_eq!(clean(" 131052 – 308T ").value, Some(day(1952, 10, 13)));
        assert_eq!(clean("131052-").value, Some(day(1952, 10, 13)));
        assert_eq!(clean("131052-XXXX").value, Some(day(1952, 10, 13)));
        assert_eq!(
            clean("131052-308U").notes,
            [Note::OnlyBirthDate, Note::CheckCharacterWrong]
        );
        assert_eq!(clean("131052").problem, Some(Problem::IdentityCodeMalformed));
        assert_eq!(clean("310252-308T").problem, Some(Problem::IdentityCodeMalformed));
        assert_eq!(
            clean(&code("010230A", "900")).problem,
            Some(Problem::DateInFuture)
        );
        assert!(
            clean(&code("010203+", "900"))
                .notes
                .contains(&Note::VeryOld { age: 223 })
        );
        assert!(clean("").is_blank());
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let text = format!("{:?}", IdentityCode::parse("131052-308T"));
        assert!(!text.contains("131052") && !text.contains("308"), "{text}");
    }
}
