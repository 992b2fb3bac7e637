//! Phone numbers: kept as E.164, read from what people and spreadsheets make of them.
//!
//! Finnish numbers are checked here against the numbering plan (Traficom regulation 32, in the form that
//! libphonenumber gives it), because a register has a hundred thousand of them; all others by the `phonenumber` crate.

use super::identity_code::has_code_form;
use super::{Cleaned, Note, Problem, is_dash, line, shown, without_decimals};
use crate::sheet::Cell;
use phonenumber::Mode;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::fmt;

/// The fewest digits worth calling a phone number, area code without its zero included.
const SHORTEST: usize = 5;
/// E.164: a country code and a number have at most fifteen digits together.
const LONGEST: usize = 15;

/// A phone number that the numbering plan of its country knows, in E.164 ("+358401234567").
///
/// ```
/// use kiulu_domain::clean::Phone;
/// let phone = Phone::parse("+358401234567").unwrap();
/// assert_eq!(phone.national(), "040 123 4567");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(try_from = "String", into = "String")]
#[specta(transparent)]
pub struct Phone(String);

impl Phone {
    /// Reads E.164 and nothing looser; [`clean_phone`] is for what people write.
    ///
    /// # Errors
    /// The same problems as cleaning.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match text.strip_prefix('+') {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                match international(digits)? {
                    phone if phone.0 == text => Ok(phone),
                    _ => Err(Problem::PhoneNotInPlan),
                }
            }
            _ => Err(Problem::PhoneNoDigits),
        }
    }

    /// "+358401234567".
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is written in Finland: "040 123 4567" for Finnish numbers, "+46 70 123 45 67" for others.
    pub fn national(&self) -> String {
        match self.0.strip_prefix("+358") {
            Some(number) => grouped(number),
            None => match phonenumber::parse(None, &self.0) {
                Ok(number) => number.format().mode(Mode::International).to_string(),
                Err(_) => self.0.clone(),
            },
        }
    }

    /// True for Finnish mobile numbers, which can receive text messages.
    pub fn is_finnish_mobile(&self) -> bool {
        self.0.strip_prefix("+358").is_some_and(is_mobile)
    }
}

impl TryFrom<String> for Phone {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the phone numbers of a cell; Finnish unless they say otherwise.
///
/// Read are: any grouping and dash, `+358(0)40…`, `00358 40…`, `358 40…`, several numbers in one cell, words around
/// them ("puh.", "(työ)"), a leading zero lost to a number format. A number that the spreadsheet rounded is refused.
pub fn clean_phone(cell: &Cell) -> Cleaned<Phone> {
    let from_number = match cell {
        Cell::Error(error) => return Cleaned::rejected(Problem::ErrorCell { error: error.clone() }),
        Cell::Number(_) => true,
        _ => false,
    };
    let shown = shown(cell);
    let text = line(&separated(&shown));
    if text.is_empty() {
        return Cleaned::default();
    }
    if has_code_form(&text) {
        return Cleaned::rejected(Problem::PhoneNotInPlan);
    }
    // A program wrote the number that a spreadsheet kept: "401234567.0".
    let whole = without_decimals(&text);
    let from_number = from_number || whole.len() < text.len();
    let text = unnumbered(whole);
    if let Some(exponent) = scientific(&text) {
        return match exponent {
            Some(digits) => one(&digits, true).map_or_else(Cleaned::rejected, |(phone, notes)| Cleaned {
                notes,
                ..Cleaned::of(phone)
            }),
            None => Cleaned::rejected(Problem::PhoneRounded),
        };
    }
    let Parts { runs, words } = parts(&text);
    let mut found: Vec<Phone> = Vec::new();
    let mut notes = Vec::new();
    let mut first_problem = None;
    let mut left_out: Vec<String> = Vec::new();
    for run in runs {
        match one(&run, from_number) {
            Ok((phone, mut more)) => {
                notes.append(&mut more);
                if !found.contains(&phone) {
                    found.push(phone);
                }
            }
            Err(problem) => match apart(&run) {
                Some((left, right)) => {
                    for phone in [left, right] {
                        if !found.contains(&phone) {
                            found.push(phone);
                        }
                    }
                }
                None => {
                    first_problem.get_or_insert(problem);
                    left_out.push(run.trim().to_owned());
                }
            },
        }
    }
    let mut found = found.into_iter();
    let Some(value) = found.next() else {
        return Cleaned::rejected(first_problem.unwrap_or(Problem::PhoneNoDigits));
    };
    let more: Vec<Phone> = found.collect();
    if !more.is_empty() {
        notes.push(Note::SeveralValues {
            count: 1 + u32::try_from(more.len()).unwrap_or(u32::MAX),
        });
    }
    if !words.is_empty() {
        notes.push(Note::WordsRemoved { words });
    }
    notes.extend(left_out.into_iter().map(|part| Note::PartLeftOut { part }));
    notes.dedup();
    Cleaned {
        value: Some(value),
        more,
        notes,
        problem: None,
    }
}

/// Without the ordinals of an enumeration, "1: 040 1234567 2: 050 1234567".
fn unnumbered(text: &str) -> std::borrow::Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    for (at, _) in text.match_indices([':', ')']) {
        let Some(digit) = at.checked_sub(1) else { continue };
        if text.as_bytes()[digit].is_ascii_digit()
            && (digit == 0 || text[..digit].ends_with([' ', ',', ';', '/']))
        {
            out.push_str(&text[kept..digit]);
            out.push_str(" , ");
            kept = at + 1;
        }
    }
    if kept == 0 {
        return text.into();
    }
    out.push_str(&text[kept..]);
    out.into()
}

/// Line breaks separate numbers as commas do.
fn separated(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains(['\n', '\r']) {
        text.replace(['\n', '\r'], ", ").into()
    } else {
        text.into()
    }
}

/// `Some(Some(digits))` for "4,01234567E+08" with every digit there, `Some(None)` where digits were rounded away,
/// `None` for everything else.
fn scientific(text: &str) -> Option<Option<String>> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let exponent: usize = exponent.trim_start_matches('+').parse().ok()?;
    let (whole, fraction) = mantissa.split_once([',', '.']).unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 1 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    Some((fraction.len() == exponent).then(|| format!("{whole}{fraction}")))
}

/// A cell's text, taken apart.
#[derive(Default)]
struct Parts {
    /// Runs of digits with the signs that may stand between them.
    runs: Vec<String>,
    /// Everything with letters.
    words: String,
}

fn parts(text: &str) -> Parts {
    let mut parts = Parts::default();
    let mut run = String::new();
    let mut word = String::new();
    let flush_word = |word: &mut String, words: &mut String| {
        let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric());
        // "ja", "tai", "och", "eller", "and" only join two numbers.
        if !matches!(
            trimmed,
            "" | "ja" | "tai" | "och" | "eller" | "and" | "or" | "sekä"
        ) {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.'));
        }
        word.clear();
    };
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let c = match c {
            // Full-width digits and plus sign.
            '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (c as u32 - 0xff10) as u8),
            '\u{ff0b}' => '+',
            c if is_dash(c) => '-',
            c => c,
        };
        match c {
            '0'..='9' => {
                flush_word(&mut word, &mut parts.words);
                run.push(c);
            }
            '+' => {
                close(&mut run, &mut parts);
                run.push('+');
            }
            ' ' | '-' | '(' | ')' | '.' | '\u{b7}' if word.is_empty() => run.push(c),
            // An area code may end in a slash ("014/123 456"); elsewhere it separates two numbers.
            '/' if word.is_empty()
                && matches!(digit_count(&run), 2..=4)
                && characters
                    .clone()
                    .find(|c| *c != ' ')
                    .is_some_and(|c| c.is_ascii_digit() && c != '0') =>
            {
                run.push(' ');
            }
            c if c.is_alphabetic() => {
                close(&mut run, &mut parts);
                word.push(c);
            }
            c => {
                close(&mut run, &mut parts);
                if !word.is_empty() {
                    word.push(c);
                }
            }
        }
    }
    flush_word(&mut word, &mut parts.words);
    close(&mut run, &mut parts);
    parts
}

fn digit_count(run: &str) -> usize {
    run.bytes().filter(u8::is_ascii_digit).count()
}

/// Ends a run of digits. One or two digits beside a word are an extension or a count, not a number.
fn close(run: &mut String, parts: &mut Parts) {
    if run.bytes().any(|b| b.is_ascii_digit()) {
        parts.runs.push(std::mem::take(run));
    } else {
        run.clear();
    }
}

/// Two numbers with nothing but a space between them.
fn apart(run: &str) -> Option<(Phone, Phone)> {
    if digit_count(run) < 12 {
        return None;
    }
    run.match_indices(' ').find_map(|(at, _)| {
        let (left, right) = (&run[..at], &run[at + 1..]);
        if !right.starts_with('0') {
            return None;
        }
        Some((one(left, false).ok()?.0, one(right, false).ok()?.0))
    })
}

/// One number from digits and the signs between them.
fn one(run: &str, from_number: bool) -> Result<(Phone, Vec<Note>), Problem> {
    let plus = run.trim_start_matches([' ', '(', '-', '.']).starts_with('+');
    let mut digits = String::with_capacity(20);
    digits.push_str("+358");
    let start = digits.len();
    let trunk = if plus || run.trim_start_matches([' ', '(']).starts_with("00") {
        run.find("(0)")
    } else {
        None
    };
    digits.extend(
        run.char_indices()
            .filter(|(at, c)| c.is_ascii_digit() && Some(*at) != trunk.map(|t| t + 1))
            .map(|(_, c)| c),
    );
    let own = &digits[start..];
    match own.len() {
        0 => return Err(Problem::PhoneNoDigits),
        n if n < SHORTEST => return Err(Problem::PhoneTooShort),
        n if n > LONGEST + 3 => return Err(Problem::PhoneTooLong),
        _ => {}
    }
    if plus && !own.starts_with('0') {
        return Ok((international(own)?, Vec::new()));
    }
    if let Some(rest) = own.strip_prefix("00") {
        return Ok((international(rest)?, Vec::new()));
    }
    if let Some(number) = own.strip_prefix('0') {
        if is_finnish(number) {
            let notes = unusual(number);
            digits.remove(start);
            return Ok((Phone(digits), notes));
        }
        // "0358 40 …": the country code behind a zero that does not belong there.
        if let Some(rest) = number.strip_prefix("358")
            && is_finnish(rest)
        {
            return Ok((Phone(format!("+358{rest}")), Vec::new()));
        }
        return Err(out_of_plan(number.len(), 10));
    }
    if own.starts_with("358")
        && let Ok(phone) = international(own)
    {
        return Ok((phone, Vec::new()));
    }
    // Without its area code a number cannot be told from one without its zero, so short ones are not guessed.
    let long_enough = own.len() >= if from_number { 7 } else { 8 };
    if long_enough && is_finnish(own) {
        let mut notes = unusual(own);
        notes.insert(0, Note::LeadingZeroRestored);
        return Ok((Phone(digits), notes));
    }
    if own.len() > 9
        && let Ok(phone) = international(own)
    {
        return Ok((phone, vec![Note::CountryCodeAssumed]));
    }
    Err(if long_enough {
        out_of_plan(own.len(), 12)
    } else {
        Problem::PhoneTooShort
    })
}

/// Which of the problems a number outside the plan has, by the length it may have.
fn out_of_plan(length: usize, longest: usize) -> Problem {
    match length {
        n if n < SHORTEST => Problem::PhoneTooShort,
        n if n > longest => Problem::PhoneTooLong,
        _ => Problem::PhoneNotInPlan,
    }
}

/// Mobile numbers of fewer than eight digits exist in the plan but hardly in use: probably a digit is missing.
fn unusual(number: &str) -> Vec<Note> {
    if is_mobile(number) && number.len() < 8 {
        vec![Note::UnusuallyShort]
    } else {
        Vec::new()
    }
}

/// A number with its country code, without plus sign.
fn international(digits: &str) -> Result<Phone, Problem> {
    if digits.len() < 7 {
        return Err(Problem::PhoneTooShort);
    }
    if let Some(rest) = digits.strip_prefix("358") {
        let number = rest.strip_prefix('0').unwrap_or(rest);
        return if is_finnish(number) {
            Ok(Phone(format!("+358{number}")))
        } else {
            Err(out_of_plan(number.len(), 10))
        };
    }
    if digits.len() > LONGEST + 1 {
        return Err(Problem::PhoneTooLong);
    }
    let number = phonenumber::parse(None, format!("+{digits}")).map_err(|_| Problem::PhoneNotInPlan)?;
    if !number.is_valid() {
        return Err(Problem::PhoneNotInPlan);
    }
    Ok(Phone(number.format().mode(Mode::E164).to_string()))
}

/// The pattern of mobile numbers: 4946 and two to six digits, or 40–48 or 50 and four to eight.
fn is_mobile(number: &str) -> bool {
    match number.as_bytes() {
        [b'4', b'0'..=b'8', rest @ ..] | [b'5', b'0', rest @ ..] => matches!(rest.len(), 4..=8),
        [b'4', b'9', b'4', b'6', rest @ ..] => matches!(rest.len(), 2..=6),
        _ => false,
    }
}

/// The pattern of numbers with an area code. Åland (18) is a country of its own for libphonenumber, not for the plan.
fn is_landline(number: &str) -> bool {
    match number.as_bytes() {
        [b'1', b'3'..=b'7', b'1'..=b'8', rest @ ..] => matches!(rest.len(), 3..=6),
        [b'1', b'8', b'1'..=b'8', rest @ ..] => matches!(rest.len(), 3..=6),
        [b'1', b'9', b'1'..=b'8', rest @ ..] => matches!(rest.len(), 2..=6),
        [b'2' | b'3' | b'5' | b'6' | b'8', b'1'..=b'8', _, rest @ ..] => matches!(rest.len(), 2..=6),
        [b'9', b'0', b'0', rest @ ..] => matches!(rest.len(), 2..=6),
        [b'9', b'1'..=b'8', _, rest @ ..] => matches!(rest.len(), 2..=6),
        _ => false,
    }
}

/// Numbers of companies and services: 010, 020, 029, 030, 039, 0600, 0700, 071, 073, 075, 0800.
fn is_service(number: &str) -> bool {
    let rest = |prefix: usize| number.len() - prefix;
    match number.as_bytes() {
        [b'2', b'0', ..] if matches!(rest(2), 4..=8) => true,
        [b'2', b'0', b'2'..=b'5' | b'9', ..] => rest(3) == 2,
        [b'1', b'0', ..] | [b'2', b'9', ..] | [b'3', b'0' | b'9', ..] => matches!(rest(2), 4..=8),
        [b'8', b'0', b'0', ..] => matches!(rest(3), 4..=6),
        [b'6' | b'7', b'0', b'0', ..] => matches!(rest(3), 5..=6),
        [b'6', b'0', b'1' | b'2', ..] => matches!(rest(3), 5..=6),
        [b'6', b'0', b'6', ..] | [b'7', b'0', b'7' | b'8', ..] | [b'7', b'3', _, ..] => rest(3) == 7,
        [b'7', b'0', b'9', b'9', ..] => matches!(rest(4), 4..=5),
        [b'7', b'0', b'1'..=b'5', _, ..] => matches!(rest(4), 4..=8),
        [b'7', b'1', ..] => rest(2) == 7,
        [b'7', b'5', b'0' | b'3'..=b'9', ..] => matches!(rest(3), 3..=7),
        _ => false,
    }
}

/// Whether the plan knows a national number, given without its zero.
fn is_finnish(number: &str) -> bool {
    is_mobile(number) || is_landline(number) || is_service(number)
}

/// A national number with its zero and with spaces where they are customarily put.
fn grouped(number: &str) -> String {
    let code = match number.as_bytes() {
        [b'4' | b'5', b'0', b'0', ..] if number.len() == 9 => 3,
        [b'4', b'5', b'7', ..] if number.len() == 10 => 3,
        [b'4', ..] | [b'5', b'0', ..] => 2,
        [b'1' | b'2' | b'3', b'0', b'0', ..]
        | [b'6' | b'8', b'0', ..]
        | [b'7', b'0', b'0' | b'7'..=b'9', ..] => 3,
        [b'1' | b'7', ..] | [b'2', b'0' | b'9', ..] | [b'3', b'0' | b'9', ..] => 2,
        _ => 1,
    };
    let (code, rest) = number.split_at(code.min(number.len()));
    let head = match rest.len() {
        0..=4 => rest.len(),
        5 => 2,
        6 | 7 => 3,
        8 => 4,
        _ => 3,
    };
    let (head, tail) = rest.split_at(head);
    let mut text = format!("0{code} {head}");
    if !tail.is_empty() {
        text.push(' ');
        text.push_str(tail);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_and_enumerations_make_of_numbers() {
        for (text, want) in [
            ("401234567.0", &["+358401234567"][..]),
            ("401234567,0", &["+358401234567"]),
            (
                "1: 040 1234567 2: 050 1234567",
                &["+358401234567", "+358501234567"],
            ),
            (
                "1) 040 1234567, 2) 050 1234567",
                &["+358401234567", "+358501234567"],
            ),
            ("+358 (0)40 1234567", &["+358401234567"]),
            ("(09) 123 4567", &["+35891234567"]),
            ("131052-308T", &[]),
            ("010180-123H", &[]),
            ("040123-4567", &["+358401234567"]),
        ] {
            let got = clean_phone(&Cell::Text(text.into()));
            let got: Vec<String> = got.value.into_iter().chain(got.more).map(String::from).collect();
            assert_eq!(got, want, "{text}");
        }
    }

    fn clean(text: &str) -> Cleaned<Phone> {
        clean_phone(&Cell::Text(text.into()))
    }

    #[test]
    fn reads_what_people_and_spreadsheets_write() {
        for (text, want) in [
            ("0401234567", "+358401234567"),
            ("040-123 4567", "+358401234567"),
            ("040–123\u{a0}4567", "+358401234567"),
            ("040.123.4567", "+358401234567"),
            ("(040) 1234567", "+358401234567"),
            ("'0401234567", "+358401234567"),
            ("+358(0)40 1234567", "+358401234567"),
            ("+358 (0) 40 1234567", "+358401234567"),
            ("(+358) 40 1234567", "+358401234567"),
            ("+358 040 1234567", "+358401234567"),
            ("00358 40 123 4567", "+358401234567"),
            ("00358 (0)40 123 4567", "+358401234567"),
            ("358401234567", "+358401234567"),
            ("0358401234567", "+358401234567"),
            ("401234567", "+358401234567"),
            ("puh. 040 123 4567", "+358401234567"),
            ("040 123 4567 (työ)", "+358401234567"),
            ("GSM: 040 123 4567.", "+358401234567"),
            ("O40 123 4567", "+358401234567"),
            ("４０１２３４５６７", "+358401234567"),
            ("+ 358 40 123 4567", "+358401234567"),
            ("0400 123 456", "+358400123456"),
            ("0457 123 4567", "+3584571234567"),
            ("014 123 456", "+35814123456"),
            ("014/123 456", "+35814123456"),
            ("09-123 4567", "+35891234567"),
            ("018 12345", "+3581812345"),
            ("010 123 4567", "+358101234567"),
            ("0800 12345", "+35880012345"),
            ("+46 70 123 45 67", "+46701234567"),
            ("+46 (0)70-123 45 67", "+46701234567"),
            ("0046701234567", "+46701234567"),
            ("+372 5123 4567", "+37251234567"),
            ("4,01234567E+08", "+358401234567"),
        ] {
            let got = clean(text);
            assert_eq!(
                got.value.as_ref().map(Phone::as_str),
                Some(want),
                "{text:?} {got:?}"
            );
            assert!(got.more.is_empty(), "{text:?} {got:?}");
        }
    }

    #[test]
    fn numbers_without_their_zero_are_mended() {
        for (number, want) in [
            (401_234_567.0, "+358401234567"),
            (14_123_456.0, "+35814123456"),
            (91_234_567.0, "+35891234567"),
            (9_123_456.0, "+3589123456"),
            (50_123_456.0, "+35850123456"),
        ] {
            let got = clean_phone(&Cell::Number(number));
            assert_eq!(got.value.as_ref().map(Phone::as_str), Some(want), "{number}");
            assert_eq!(got.notes, [Note::LeadingZeroRestored], "{number}");
        }
        let whole = clean_phone(&Cell::Number(358_401_234_567.0));
        assert_eq!(
            (whole.value.unwrap().as_str(), whole.notes),
            ("+358401234567", vec![])
        );
    }

    #[test]
    fn several_numbers_in_one_cell_are_taken_apart() {
        for (text, want) in [
            ("0401234567 / 0507654321", vec!["+358401234567", "+358507654321"]),
            ("0401234567/0507654321", vec!["+358401234567", "+358507654321"]),
            (
                "040 123 4567, koti 014 123 456",
                vec!["+358401234567", "+35814123456"],
            ),
            (
                "040 123 4567; 050 765 4321",
                vec!["+358401234567", "+358507654321"],
            ),
            (
                "040 123 4567\n050 765 4321",
                vec!["+358401234567", "+358507654321"],
            ),
            (
                "040 123 4567 050 765 4321",
                vec!["+358401234567", "+358507654321"],
            ),
            (
                "040 123 4567 ja 050 765 4321",
                vec!["+358401234567", "+358507654321"],
            ),
            (
                "+358401234567 +358507654321",
                vec!["+358401234567", "+358507654321"],
            ),
            ("0401234567, +358 40 1234567", vec!["+358401234567"]),
        ] {
            let got = clean(text);
            let all: Vec<&str> = got.value.iter().chain(&got.more).map(Phone::as_str).collect();
            assert_eq!(all, want, "{text:?} {got:?}");
            assert_eq!(
                got.notes.iter().any(|n| matches!(n, Note::SeveralValues { .. })),
                want.len() > 1,
                "{text:?}"
            );
        }
    }

    #[test]
    fn says_what_it_left_out() {
        assert_eq!(
            clean("040 123 4567 (työ)").notes,
            [Note::WordsRemoved { words: "työ".into() }]
        );
        assert_eq!(
            clean("puh. 0401234567").notes,
            [Note::WordsRemoved { words: "puh.".into() }]
        );
        assert_eq!(
            clean("0401234567, 123").notes,
            [Note::PartLeftOut { part: "123".into() }]
        );
        assert_eq!(clean("040 12345").notes, [Note::UnusuallyShort]);
        assert_eq!(clean("0401234567").notes, []);
        assert_eq!(clean("46701234567").notes, [Note::CountryCodeAssumed]);
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for (text, want) in [
            ("ei ole", Problem::PhoneNoDigits),
            ("-", Problem::PhoneNoDigits),
            ("+", Problem::PhoneNoDigits),
            ("salainen!", Problem::PhoneNoDigits),
            ("4,01235E+08", Problem::PhoneRounded),
            ("4.01235E+08", Problem::PhoneRounded),
            ("040", Problem::PhoneTooShort),
            ("123 456", Problem::PhoneTooShort),
            ("112", Problem::PhoneTooShort),
            ("040 123 456 789 12", Problem::PhoneTooLong),
            ("+358 40 123 456 789 1", Problem::PhoneTooLong),
            ("1234567890123456789012", Problem::PhoneTooLong),
            ("0112 345 67", Problem::PhoneNotInPlan),
            ("+999 123 4567", Problem::PhoneNotInPlan),
        ] {
            assert_eq!(clean(text).problem, Some(want), "{text:?}");
        }
        assert_eq!(
            clean_phone(&Cell::Error("#N/A".into())).problem,
            Some(Problem::ErrorCell { error: "#N/A".into() })
        );
        assert!(clean_phone(&Cell::Empty).is_blank());
        assert!(clean(" \u{a0} ").is_blank());
        assert_eq!(
            clean_phone(&Cell::Bool(true)).problem,
            Some(Problem::PhoneNoDigits)
        );
    }

    #[test]
    fn national_form_is_grouped_as_is_the_custom() {
        for (e164, want) in [
            ("+358401234567", "040 123 4567"),
            ("+35840123456", "040 123 456"),
            ("+358400123456", "0400 123 456"),
            ("+3584571234567", "0457 123 4567"),
            ("+35891234567", "09 123 4567"),
            ("+3589123456", "09 123 456"),
            ("+35814123456", "014 123 456"),
            ("+3581812345", "018 12 345"),
            ("+358101234567", "010 123 4567"),
            ("+35880012345", "0800 12 345"),
            ("+46701234567", "+46 70 123 45 67"),
        ] {
            assert_eq!(Phone::parse(e164).unwrap().national(), want);
        }
        assert_eq!(Phone::parse("0401234567"), Err(Problem::PhoneNoDigits));
        assert_eq!(Phone::parse("+3580401234567"), Err(Problem::PhoneNotInPlan));
    }

    /// Our reading of the plan and libphonenumber's agree on every prefix of four digits and every length, in both directions.
    /// The crate leaves the ends of its patterns open, so that it also takes service numbers with a digit too many.
    #[test]
    fn the_plan_agrees_with_libphonenumber() {
        let mut differing = Vec::new();
        for prefix in 1000..10_000 {
            for more in ["2", "23", "234", "2345", "23456", "234567"] {
                let number = format!("{prefix}{more}");
                let theirs = phonenumber::parse(None, format!("+358{number}")).is_ok_and(|n| n.is_valid());
                let one_less = &number[..number.len() - 1];
                let open_end = theirs && number.len() == 10 && is_service(one_less);
                if theirs != is_finnish(&number) && !open_end {
                    differing.push((number, theirs));
                }
            }
        }
        assert!(
            differing.is_empty(),
            "{} differ: {:?}",
            differing.len(),
            &differing[..differing.len().min(40)]
        );
    }
}
