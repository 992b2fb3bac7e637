//! The Finnish personal identity code (*henkilötunnus*, "hetu"): recognised so that it is *not* kept, unless the
//! organisation has stated its basis for that.
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

/// Whether text has the form of an identity code, whole or with its end crossed out ("131052-XXXX"), so that it is one even
/// where a digit is wrong. A mobile number with a single hyphen may have the form by chance: "040123-4567".
pub fn has_code_form(text: &str) -> bool {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 20 {
        return false;
    }
    let text = mapped(text);
    match IdentityCode::parse(&text) {
        Some(code) => !maybe_phone(&code),
        None => text.len() <= 11 && beginning(&text).is_some(),
    }
}

fn maybe_phone(code: &IdentityCode) -> bool {
    let bytes = code.code.as_bytes();
    !code.check_holds && bytes[0] == b'0' && bytes[6] == b'-' && bytes[10].is_ascii_digit()
}

/// Without spaces, every dash a hyphen.
fn mapped(text: &str) -> String {
    text.chars()
        .filter(|c| *c != ' ')
        .map(|c| if super::is_dash(c) { '-' } else { c })
        .collect()
}

/// Text without the identity codes in it, and the birth date of the first; nothing where there is none. Codes stand apart
/// from letters and digits, with any dash and perhaps with spaces around it.
///
/// ```
/// use kiulu_domain::clean::identity_code::without_codes;
/// let (text, birth_date) = without_codes("Virtanen Matti (131052–308T)").unwrap();
/// assert_eq!((text.as_str(), birth_date.to_string().as_str()), ("Virtanen Matti", "1952-10-13"));
/// ```
pub fn without_codes(text: &str) -> Option<(String, NaiveDate)> {
    // Most texts have no six digits in a row, which bytes tell fast.
    let mut digits = 0;
    let has_six = text.bytes().any(|b| {
        digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
        digits == 6
    });
    if !has_six {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    let mut birth_date = None;
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let found = (c.is_ascii_digit() && !before.is_alphanumeric())
            .then(|| code_at(rest))
            .flatten();
        match found {
            Some((code, length)) => {
                birth_date = birth_date.or(Some(code.birth_date));
                at += length;
                before = ' ';
            }
            None => {
                kept.push(c);
                before = c;
                at += c.len_utf8();
            }
        }
    }
    let birth_date = birth_date?;
    let kept = kept.replace("()", "").replace("[]", "");
    let lines: Vec<String> = kept.lines().map(super::line).collect();
    let text = lines.join("\n");
    let loose = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | ':') || super::is_dash(c);
    Some((text.trim_matches(loose).to_owned(), birth_date))
}

/// The code that text begins with, and its length in bytes.
fn code_at(text: &str) -> Option<(IdentityCode, usize)> {
    let mut code = String::with_capacity(11);
    let mut spaces = 0;
    for (at, c) in text.char_indices() {
        let c = if super::is_dash(c) { '-' } else { c };
        match c {
            ' ' | '\u{a0}' if matches!(code.len(), 6 | 7) && spaces < 2 => spaces += 1,
            c if c.is_ascii() && !c.is_ascii_whitespace() => code.push(c),
            _ => return None,
        }
        if code.len() == 11 {
            let length = at + text[at..].chars().next().map_or(0, char::len_utf8);
            let ends = !text[length..].starts_with(char::is_alphanumeric);
            let code = IdentityCode::parse(&code).filter(|code| ends && !maybe_phone(code))?;
            return Some((code, length));
        }
    }
    None
}

/// The code that a text is, where its check character holds and nobody is born after `today`: what may be kept where the
/// organisation has a basis for it.
pub fn sound(text: &str, today: NaiveDate) -> Option<IdentityCode> {
    IdentityCode::parse(&mapped(text)).filter(|code| code.check_holds && code.birth_date <= today)
}

/// A kept code as it is shown until it is asked for: its birth date and century. The rest tells who it is.
///
/// ```
/// use kiulu_domain::clean::identity_code::masked;
/// assert_eq!((masked("131052-308T").as_str(), masked("").as_str()), ("131052-••••", ""));
/// ```
pub fn masked(code: &str) -> String {
    match code.get(..7) {
        Some(head) => format!("{head}••••"),
        None => String::new(),
    }
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
    let text = mapped(&text);
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
    fn codes_are_found_in_any_text() {
        for (text, want) in [
            ("Virtanen Matti 131052-308T", Some("Virtanen Matti")),
            ("Virtanen Matti, 131052-308T", Some("Virtanen Matti")),
            ("131052-308T Virtanen", Some("Virtanen")),
            ("Matti (131052–308T)", Some("Matti")),
            ("hetu:131052-308T", Some("hetu")),
            ("131052 - 308T", Some("")),
            ("131052-308t/131052-308T", Some("")),
            ("131052-308U", Some("")),
            ("soitti\n131052-308T eilen", Some("soitti\neilen")),
            ("131052-308TX", None),
            ("1131052-308T", None),
            ("040123-4567", None),
            ("040 123 4567", None),
            ("tilaus 123456-789", None),
            ("Koivukatu 3 A 12", None),
            ("äää131052", None),
            ("", None),
        ] {
            let got = without_codes(text).map(|(text, _)| text);
            assert_eq!(got.as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn a_code_is_known_by_its_form() {
        for text in [
            "131052-308T",
            "131052-308U",
            "131052 – 308T",
            "131052-XXXX",
            "131052-****",
            "010280-",
            "010203A900X",
        ] {
            assert!(has_code_form(text), "{text}");
        }
        for text in [
            "040123-4567",
            "131052",
            "401352-308T",
            "0401234567",
            "1.2.1980",
            "",
            "-",
        ] {
            assert!(!has_code_form(text), "{text}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let text = format!("{:?}", IdentityCode::parse("131052-308T"));
        assert!(!text.contains("131052") && !text.contains("308"), "{text}");
    }
}
