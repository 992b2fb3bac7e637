//! From a cell to a value that the register can keep: phones, e-mails, dates, postal codes, names.
//!
//! Every cleaner takes a [`Cell`] as the file stores it and answers with a [`Cleaned`]: the value, what was
//! done to get it (so that the wizard can show "what was there → what it became and why") and, when nothing
//! could be kept, the one reason. A blank cell is neither a value nor a problem. Cleaning a cleaned value changes nothing.

use crate::business_id::BusinessIdError;
use crate::sheet::Cell;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::borrow::Cow;

pub mod boolean;
mod couples;
pub mod date;
pub mod email;
mod first_names;
pub mod identity_code;
pub mod name;
mod name_extras;
pub mod phone;
mod placeholder;
pub mod postal;

pub use boolean::{clean_boolean, clean_mark};
pub use date::{DateNumbers, DateReading, DateSystem, DateUse, clean_date, detect_date_numbers};
pub use email::{Email, clean_email};
pub use identity_code::{IdentityCode, clean_identity_code, is_identity_code};
pub use phone::{Phone, clean_phone};
pub use placeholder::{is_as_above, is_no_value, is_placeholder};

/// What cleaning one cell gave.
///
/// `value` is `None` with a `problem` when the cell is rejected, and without one when the cell is blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaned<T> {
    /// The (first) value.
    pub value: Option<T>,
    /// Further values of the same cell, such as a second phone.
    pub more: Vec<T>,
    /// What was changed or is worth a look.
    pub notes: Vec<Note>,
    /// Why nothing could be kept.
    pub problem: Option<Problem>,
}

impl<T> Default for Cleaned<T> {
    fn default() -> Self {
        Self {
            value: None,
            more: Vec::new(),
            notes: Vec::new(),
            problem: None,
        }
    }
}

impl<T> Cleaned<T> {
    /// A value that needed no comment.
    pub fn of(value: T) -> Self {
        Self {
            value: Some(value),
            ..Self::default()
        }
    }

    /// A rejected cell.
    pub fn rejected(problem: Problem) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }

    /// The same with one more note.
    #[must_use]
    pub fn noting(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }

    /// True when the cell held nothing at all.
    pub fn is_blank(&self) -> bool {
        self.value.is_none() && self.problem.is_none()
    }

    /// Turns the values into another type, keeping notes and problem.
    pub fn map<U>(self, mut to: impl FnMut(T) -> U) -> Cleaned<U> {
        Cleaned {
            value: self.value.map(&mut to),
            more: self.more.into_iter().map(to).collect(),
            notes: self.notes,
            problem: self.problem,
        }
    }
}

/// Something the user may want to know about a value that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Note {
    /// The leading zero that a spreadsheet drops from a number was put back.
    LeadingZeroRestored,
    /// Digits without plus sign were read as a number of another country.
    CountryCodeAssumed,
    /// A mobile number with fewer digits than they have today.
    UnusuallyShort,
    /// The cell held more than one value.
    SeveralValues {
        /// How many could be read.
        count: u32,
    },
    /// Words around the value were left out ("puh.", "(työ)").
    WordsRemoved {
        /// The words, as written.
        words: String,
    },
    /// One of several parts of the cell could not be read and was left out.
    PartLeftOut {
        /// The part, as written.
        part: String,
    },
    /// The name written before an e-mail address was left out ("Matti <m@x.fi>").
    DisplayNameRemoved {
        /// The name.
        name: String,
    },
    /// `(at)`, `[at]` or a full-width sign was read as @.
    AtSignRestored,
    /// Dots, commas or spaces that do not belong to the value were left out.
    PunctuationRemoved,
    /// The value is kept as it is, but looks like a slip of the pen.
    PossibleTypo {
        /// What was probably meant.
        suggestion: String,
    },
    /// The century of a two-digit year was chosen.
    CenturyChosen {
        /// The full year.
        year: i32,
    },
    /// A plain number was read as a spreadsheet's day number.
    DaySerial,
    /// The time of day was left out.
    TimeRemoved,
    /// A birth date of somebody more than 120 years old.
    VeryOld {
        /// Age in full years.
        age: u32,
    },
    /// Capitals became ordinary letters.
    CaseCorrected,
    /// The city behind the postal code was taken apart.
    CitySplit {
        /// The city.
        city: String,
    },
    /// The flat behind the street address was taken apart.
    FlatSplit {
        /// The flat.
        flat: String,
    },
    /// The e-mail address is kept as it is, but its domain has no dot, as hardly any has.
    DomainWithoutDot,
    /// The postal code is not a Finnish one and was left as it is.
    ForeignPostalCode,
    /// The cell names two persons.
    TwoPersons,
    /// The name is that of an organisation.
    OrganisationName,
    /// Only the birth date of a personal identity code was taken.
    OnlyBirthDate,
    /// Check character of an otherwise well-formed identity code does not match.
    CheckCharacterWrong,
    /// The cell only said that there is nothing ("-", "ei ole", "saknas").
    Placeholder,
    /// The value is that of the row above, to which the cell refers or under which it was left blank.
    FromAbove,
    /// The value stands in the next row, which belongs to this one.
    FromBelow,
    /// A part that is no name went to the notes ("c/o Korhonen", "pj").
    MovedToNotes {
        /// The part, as written.
        part: String,
    },
    /// Only a year is told; the first of January stands for it.
    YearOnly,
}

/// Why a cell was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
#[serde(rename = "ValueProblem")]
pub enum Problem {
    /// The cell shows an error value such as `#N/A`.
    #[error("error_cell")]
    ErrorCell {
        /// The error as the spreadsheet spells it.
        error: String,
    },
    /// No digits where a phone number should be.
    #[error("phone_no_digits")]
    PhoneNoDigits,
    /// Too few digits for a phone number.
    #[error("phone_too_short")]
    PhoneTooShort,
    /// More digits than a phone number can have (E.164: fifteen).
    #[error("phone_too_long")]
    PhoneTooLong,
    /// The spreadsheet rounded the number ("4,01235E+08"): its last digits are gone.
    #[error("phone_rounded")]
    PhoneRounded,
    /// No such number in the numbering plan.
    #[error("phone_not_in_plan")]
    PhoneNotInPlan,
    /// No @ in an e-mail address.
    #[error("email_no_at")]
    EmailNoAt,
    /// Not an e-mail address.
    #[error("email_malformed")]
    EmailMalformed,
    /// Not a date.
    #[error("date_unreadable")]
    DateUnreadable,
    /// A day and month without a year.
    #[error("date_without_year")]
    DateWithoutYear,
    /// A day that the month does not have.
    #[error("date_impossible")]
    DateImpossible {
        /// The month's last day, ISO 8601.
        suggestion: String,
    },
    /// A birth date after today.
    #[error("date_in_future")]
    DateInFuture,
    /// Not a postal code.
    #[error("postal_code_unreadable")]
    PostalCodeUnreadable,
    /// Neither yes nor no.
    #[error("boolean_unreadable")]
    BooleanUnreadable,
    /// A name with digits, or one that heads or explains something.
    #[error("name_unreadable")]
    NameUnreadable,
    /// More than two people in one cell.
    #[error("too_many_people")]
    TooManyPeople,
    /// Not a personal identity code.
    #[error("identity_code_malformed")]
    IdentityCodeMalformed,
    /// Not a business id.
    #[error("business_id_malformed")]
    BusinessIdMalformed,
    /// The check digit of a business id does not match.
    #[error("business_id_check_digit")]
    BusinessIdCheckDigit,
}

impl Problem {
    /// The snake_case code under which `ui/` keeps the sentence.
    pub fn code(&self) -> String {
        self.to_string()
    }
}

impl From<BusinessIdError> for Problem {
    fn from(error: BusinessIdError) -> Self {
        match error {
            BusinessIdError::Malformed => Self::BusinessIdMalformed,
            BusinessIdError::CheckDigit => Self::BusinessIdCheckDigit,
        }
    }
}

/// What a cell shows, for showing it and for free-text fields: line breaks stay, numbers come without ".0", dates as
/// d.m.yyyy, booleans and errors as the spreadsheet writes them. Text is not trimmed.
pub fn shown(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(number) => Cow::Owned(number_text(*number)),
        Cell::Date(at) if at.time() == NaiveTime::MIN => Cow::Owned(at.format("%-d.%-m.%Y").to_string()),
        Cell::Date(at) => Cow::Owned(at.format("%-d.%-m.%Y %-H.%M").to_string()),
        Cell::Duration(seconds) => {
            let minutes = (seconds / 60.0).round() as i64;
            Cow::Owned(format!("{}:{:02}", minutes / 60, (minutes % 60).abs()))
        }
        Cell::Bool(true) => Cow::Borrowed("TRUE"),
        Cell::Bool(false) => Cow::Borrowed("FALSE"),
        Cell::Error(error) => Cow::Borrowed(error),
    }
}

/// Free text of a cell (notes, a role's name, a member number): trimmed, composed to NFC, lines kept.
pub fn clean_text(cell: &Cell) -> Cleaned<String> {
    if let Cell::Error(error) = cell {
        return Cleaned::rejected(Problem::ErrorCell { error: error.clone() });
    }
    let shown = shown(cell);
    let lines: Vec<String> = shown.lines().map(line).collect();
    let text = lines.join("\n");
    match text.trim_matches('\n') {
        "" => Cleaned::default(),
        text => Cleaned::of(text.to_owned()),
    }
}

/// One line of a cell: white space collapsed, text trimmed and composed to NFC.
pub fn clean_line(cell: &Cell) -> Cleaned<String> {
    if let Cell::Error(error) = cell {
        return Cleaned::rejected(Problem::ErrorCell { error: error.clone() });
    }
    match line(&shown(cell)) {
        text if text.is_empty() => Cleaned::default(),
        text => Cleaned::of(text),
    }
}

/// A *Y-tunnus* in a cell. Numbers that lost their hyphen are read too.
pub fn clean_business_id(cell: &Cell) -> Cleaned<crate::business_id::BusinessId> {
    let text = match clean_line(cell) {
        Cleaned {
            value: Some(text), ..
        } => text,
        Cleaned {
            problem: Some(problem),
            ..
        } => return Cleaned::rejected(problem),
        _ => return Cleaned::default(),
    };
    match text.parse() {
        Ok(id) => Cleaned::of(id),
        Err(error) => Cleaned::rejected(BusinessIdError::into(error)),
    }
}

/// A number as a person would write it: no exponent, no ".0", and no dust of binary fractions.
pub(crate) fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return (number as i64).to_string();
    }
    // Fifteen significant digits are what spreadsheets keep; 0.1 + 0.2 must not show seventeen.
    let magnitude = if number == 0.0 || !number.is_finite() {
        0.0
    } else {
        number.abs().log10().floor()
    };
    let decimals = (14.0 - magnitude).clamp(0.0, 20.0) as usize;
    let mut text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

/// "12" of "12.0" and "12,0", as programs write whole numbers that pass through a text file.
pub(crate) fn without_decimals(text: &str) -> &str {
    match text.rsplit_once(['.', ',']) {
        Some((whole, zeros))
            if !whole.is_empty()
                && matches!(zeros.len(), 1..=2)
                && whole.bytes().all(|b| b.is_ascii_digit())
                && zeros.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

/// True for characters that are not seen: zero-width ones, soft hyphens, direction marks, byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Collapses white space to single spaces, trims, drops invisible and control characters and the apostrophe that
/// spreadsheets use to mark text, and composes letters with separate accents (files from macOS write ä as two characters).
pub(crate) fn line(text: &str) -> String {
    let text = composed(text);
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
        } else if !c.is_control() && !is_invisible(c) {
            // Excel's text mark stands first; two of them would be a quotation.
            if c == '\'' && out.is_empty() {
                continue;
            }
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

/// Text in Unicode normalization form C, borrowed where it already is.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    // Everything below U+0300 is in form C, which covers nearly every cell.
    if text.chars().all(|c| c < '\u{300}') {
        return Cow::Borrowed(text);
    }
    icu_normalizer::ComposingNormalizer::new_nfc().normalize(text)
}

/// The dashes that word processors put in place of a hyphen.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// An ISO 8601 day.
pub(crate) fn iso(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Cell {
        Cell::Date(
            NaiveDate::from_ymd_opt(year, month, day)
                .unwrap()
                .and_hms_opt(hour, minute, 0)
                .unwrap(),
        )
    }

    #[test]
    fn cells_are_shown_as_a_person_would_write_them() {
        for (cell, want) in [
            (Cell::Empty, ""),
            (Cell::Number(12.0), "12"),
            (Cell::Number(-3.0), "-3"),
            (Cell::Number(45.5), "45.5"),
            (Cell::Number(0.1 + 0.2), "0.3"),
            (Cell::Number(0.0), "0"),
            (Cell::Number(401_234_567.0), "401234567"),
            (Cell::Number(358_401_234_567.0), "358401234567"),
            (at(1980, 2, 1, 0, 0), "1.2.1980"),
            (at(1980, 2, 1, 8, 5), "1.2.1980 8.05"),
            (Cell::Duration(5_400.0), "1:30"),
            (Cell::Bool(true), "TRUE"),
            (Cell::Error("#N/A".into()), "#N/A"),
            (Cell::Text(" a ".into()), " a "),
        ] {
            assert_eq!(shown(&cell), want, "{cell:?}");
        }
    }

    #[test]
    fn lines_lose_what_nobody_sees() {
        for (text, want) in [
            ("  Matti \u{a0} Meikäläinen\t", "Matti Meikäläinen"),
            ("'0401234567", "0401234567"),
            ("A\u{ad}ho\u{200b}", "Aho"),
            ("Ma\u{308}kela\u{308}", "Mäkelä"),
            ("\u{feff}Nimi", "Nimi"),
            ("a\nb", "a b"),
            ("d'Arc", "d'Arc"),
            (" \u{a0} ", ""),
        ] {
            assert_eq!(line(text), want, "{text:?}");
        }
    }

    #[test]
    fn text_keeps_its_lines_and_error_cells_are_rejected() {
        assert_eq!(
            clean_text(&Cell::Text("\n eka \r\n\ntoka  rivi \n".into())),
            Cleaned::of("eka\n\ntoka rivi".to_owned())
        );
        assert!(clean_text(&Cell::Text(" \n ".into())).is_blank());
        let error = clean_text(&Cell::Error("#REF!".into()));
        assert_eq!(error.problem.map(|p| p.code()), Some("error_cell".to_owned()));
    }

    #[test]
    fn codes_on_the_wire_are_those_of_the_errors() {
        for problem in [
            Problem::PhoneRounded,
            Problem::DateImpossible {
                suggestion: "2026-09-30".into(),
            },
            Problem::ErrorCell { error: "#N/A".into() },
        ] {
            assert_eq!(serde_json::to_value(&problem).unwrap()["code"], problem.code());
        }
    }
}
