//! Dates, from what sheets keep and people write.

use super::{Cleaned, Note, Problem, is_dash, iso, line};
use crate::collation::fold;
use crate::sheet::Cell;
use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A birth date that makes somebody older than this, in years, is flagged. The oldest Finn on record reached 112.
pub(super) const OLDEST: u32 = 120;

/// What a date is for, which decides the century of two-digit years and what is plausible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DateUse {
    /// A birth date: never after today, and the latest possible century for two-digit years.
    Birth,
    /// The beginning or end of something: two-digit years from 80 years ago to 19 years ahead.
    Period,
}

/// How the workbook counts days where a date stands as a plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DateSystem {
    /// Day 1 is 1 January 1900, and day 60 the 29 February 1900 that never was (ECMA-376 part 1, 18.17.4.1).
    #[default]
    From1900,
    /// Day 0 is 1 January 1904.
    From1904,
}

/// What plain whole numbers of a column are, where both can be read: 30180 is the day number of 16 August 1982 and
/// also 3 January 1980 without its leading zero. The column as a whole knows: [`detect_date_numbers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DateNumbers {
    /// Not known: the likelier reading of the single cell.
    #[default]
    Either,
    /// Days counted by the spreadsheet.
    Serial,
    /// ddmmyy.
    Digits,
}

/// How the dates of one column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DateReading {
    /// What the dates are for.
    pub usage: DateUse,
    /// How the workbook counts days.
    pub system: DateSystem,
    /// What plain numbers are.
    pub numbers: DateNumbers,
    /// The day of reading, in the organisation's time zone.
    pub today: NaiveDate,
}

impl DateReading {
    /// Birth dates of a workbook of the 1900 system.
    pub fn birth(today: NaiveDate) -> Self {
        Self {
            usage: DateUse::Birth,
            system: DateSystem::From1900,
            numbers: DateNumbers::Either,
            today,
        }
    }

    /// Beginnings and ends in a workbook of the 1900 system.
    pub fn period(today: NaiveDate) -> Self {
        Self {
            usage: DateUse::Period,
            ..Self::birth(today)
        }
    }
}

/// Looks at a column's numbers: six digits that are a day, or five that all are one without its zero, mean ddmmyy;
/// five digits that are no day at all mean day numbers.
pub fn detect_date_numbers<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> DateNumbers {
    let (mut five, mut five_days, mut six_days) = (0, 0, 0);
    for cell in cells {
        let Cell::Number(number) = cell else { continue };
        if number.fract() != 0.0 || !(1e4..1e6).contains(number) {
            continue;
        }
        let whole = *number as u32;
        let is_day = (1..=31).contains(&(whole / 10_000)) && (1..=12).contains(&(whole / 100 % 100));
        if whole >= 100_000 {
            six_days += u32::from(is_day);
        } else {
            five += 1;
            five_days += u32::from(is_day);
        }
    }
    match (five, five_days, six_days) {
        (_, _, 1..) => DateNumbers::Digits,
        (3.., days, _) if days == five => DateNumbers::Digits,
        (1.., days, _) if days < five => DateNumbers::Serial,
        _ => DateNumbers::Either,
    }
}

/// Reads a date.
///
/// Understood: date cells, "1.2.1980", "01.02.80", "1.2.-80", "1980-02-01", "1/2/1980" (day first), "010280" and "19800201" as text or
/// number, "1. helmikuuta 1980", "1 februari 1980", "1 Feb 1980", "February 1, 1980", and spreadsheet day numbers in a plausible range.
/// A day that does not exist is refused with the month's last day as suggestion; a birth date after `today` is refused.
pub fn clean_date(cell: &Cell, reading: &DateReading) -> Cleaned<NaiveDate> {
    let reader = Reader(reading);
    match cell {
        Cell::Empty => Cleaned::default(),
        Cell::Error(error) => Cleaned::rejected(Problem::ErrorCell { error: error.clone() }),
        Cell::Date(at) => {
            let cleaned = reader.checked(Cleaned::of(at.date()));
            if at.time() == NaiveTime::MIN {
                cleaned
            } else {
                cleaned.noting(Note::TimeRemoved)
            }
        }
        Cell::Number(number) => reader.number(*number, Source::Number),
        Cell::Bool(_) | Cell::Duration(_) => Cleaned::rejected(Problem::DateUnreadable),
        Cell::Text(text) => match line(text) {
            text if text.is_empty() => Cleaned::default(),
            text => reader.text(&text),
        },
    }
}

struct Reader<'a>(&'a DateReading);

impl Reader<'_> {
    /// Applies what holds for every date, however it was written.
    fn checked(&self, mut cleaned: Cleaned<NaiveDate>) -> Cleaned<NaiveDate> {
        let Some(date) = cleaned.value else { return cleaned };
        if self.0.usage == DateUse::Birth {
            if date > self.0.today {
                return Cleaned::rejected(Problem::DateInFuture);
            }
            let age = self.0.today.years_since(date).unwrap_or_default();
            if age > OLDEST {
                cleaned.notes.push(Note::VeryOld { age });
            }
        }
        cleaned
    }

    /// A number without a date format: digits that lost their leading zero, a full date, or a day number.
    fn number(&self, number: f64, source: Source) -> Cleaned<NaiveDate> {
        if !(1.0..=99_999_999.0).contains(&number) {
            return Cleaned::rejected(Problem::DateUnreadable);
        }
        let whole = number.trunc() as u32;
        if number.fract() == 0.0 && self.0.usage == DateUse::Period && (1950..=2099).contains(&whole) {
            return self.year(whole);
        }
        if number.fract() == 0.0 {
            let serial = self.serial(whole);
            let digits = self.without_zero(whole);
            let as_digits = match (self.0.numbers, serial, &digits) {
                (_, None, _) => true,
                (_, Some(_), None) | (DateNumbers::Serial, ..) => false,
                (DateNumbers::Digits, ..) => true,
                // Day numbers are seldom carried as text, and seldom of people past ninety.
                (DateNumbers::Either, Some(day), Some(_)) => {
                    source == Source::Text || self.0.today.years_since(day).unwrap_or_default() > 90
                }
            };
            return match (serial, digits) {
                (Some(day), _) if !as_digits => self.checked(Cleaned::of(day).noting(Note::DaySerial)),
                (_, Some(cleaned)) => cleaned.noting_if_value(Note::LeadingZeroRestored),
                _ => match whole {
                    100_000..=999_999 | 10_000_000.. => self.digits(&whole.to_string()),
                    _ => Cleaned::rejected(Problem::DateUnreadable),
                },
            };
        }
        match self.serial(whole) {
            Some(day) => self.checked(Cleaned::of(day).noting(Note::DaySerial).noting(Note::TimeRemoved)),
            None => Cleaned::rejected(Problem::DateUnreadable),
        }
    }

    /// Five or seven digits as a day whose leading zero is gone, where they are one.
    fn without_zero(&self, whole: u32) -> Option<Cleaned<NaiveDate>> {
        matches!(whole, 10_000..=99_999 | 1_000_000..=9_999_999)
            .then(|| self.digits(&format!("0{whole}")))
            .filter(|cleaned| cleaned.value.is_some())
    }

    /// A day number, where it gives a plausible date: somebody living for a birth date, 1950–2099 for a period.
    fn serial(&self, serial: u32) -> Option<NaiveDate> {
        let base = match self.0.system {
            DateSystem::From1900 if serial < 61 => NaiveDate::from_ymd_opt(1899, 12, 31)?,
            DateSystem::From1900 => NaiveDate::from_ymd_opt(1899, 12, 30)?,
            DateSystem::From1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        };
        let day = base.checked_add_days(Days::new(u64::from(serial)))?;
        let plausible = match self.0.usage {
            // Numbers below a thousand are ages, counts or years of two digits rather than babies of 1902.
            DateUse::Birth => serial > 2100 && day <= self.0.today,
            DateUse::Period => (1950..=2099).contains(&day.year()),
        };
        plausible.then_some(day)
    }

    /// A year alone, of something that lasts.
    fn year(&self, year: u32) -> Cleaned<NaiveDate> {
        self.day(1, 1, Year::Full(year)).noting_if_value(Note::YearOnly)
    }

    /// Digits with nothing between them: ddmmyy, ddmmyyyy or yyyymmdd.
    fn digits(&self, digits: &str) -> Cleaned<NaiveDate> {
        let part = |from: usize, to: usize| {
            digits
                .get(from..to)
                .and_then(|part| part.parse::<u32>().ok())
                .unwrap_or_default()
        };
        match digits.len() {
            6 => self.day(part(0, 2), part(2, 4), Year::Short(part(4, 6))),
            8 if (1800..=2199).contains(&part(0, 4)) && (1..=12).contains(&part(4, 6)) => {
                self.day(part(6, 8), part(4, 6), Year::Full(part(0, 4)))
            }
            8 => self.day(part(0, 2), part(2, 4), Year::Full(part(4, 8))),
            _ => Cleaned::rejected(Problem::DateUnreadable),
        }
    }

    fn text(&self, text: &str) -> Cleaned<NaiveDate> {
        let (text, timeless) = without_time(text);
        let cleaned = self.words(&text);
        if timeless {
            cleaned.noting_if_value(Note::TimeRemoved)
        } else {
            cleaned
        }
    }

    fn words(&self, text: &str) -> Cleaned<NaiveDate> {
        let unreadable = || Cleaned::rejected(Problem::DateUnreadable);
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return match text.len() {
                // Five digits as text are a day number that a CSV file carried along, or a date without its zero.
                5 | 7 => text
                    .parse()
                    .map_or_else(|_| unreadable(), |number| self.number(number, Source::Text)),
                6 | 8 => self.digits(text),
                4 if self.0.usage == DateUse::Period => match text.parse() {
                    Ok(year @ 1950..=2099) => self.year(year),
                    _ => unreadable(),
                },
                _ => unreadable(),
            };
        }
        let mut numbers: Vec<(u32, usize)> = Vec::new();
        let mut month_name = None;
        let mut month_first = false;
        for token in tokens(text) {
            match token {
                Token::Number(digits) => match digits.parse() {
                    Ok(number) if digits.len() <= 4 => numbers.push((number, digits.len())),
                    _ => return unreadable(),
                },
                Token::Word(word) => match month(&word) {
                    Some(number) if month_name.is_none() => {
                        month_first = numbers.is_empty();
                        month_name = Some(number);
                    }
                    None if is_filler(&word) => {}
                    _ => return unreadable(),
                },
            }
        }
        match (month_name, numbers.as_slice()) {
            (Some(month), [(day, _), year]) => self.day(*day, month, Year::of(*year)),
            (Some(_), [(number, digits)])
                if *digits <= 2 && (1..=31).contains(number) && !(month_first && *number > 31) =>
            {
                Cleaned::rejected(Problem::DateWithoutYear)
            }
            (None, [(year, 4), (month, _), (day, _)]) => self.day(*day, *month, Year::Full(*year)),
            (None, [(day, 1..=2), (month, 1..=2), year]) => self.day(*day, *month, Year::of(*year)),
            (None, [(day, 1..=2), (month, 1..=2)]) if (1..=31).contains(day) && (1..=12).contains(month) => {
                Cleaned::rejected(Problem::DateWithoutYear)
            }
            _ => unreadable(),
        }
    }

    /// A day of the calendar, after the century is decided.
    fn day(&self, day: u32, month: u32, year: Year) -> Cleaned<NaiveDate> {
        let (full, chosen) = match year {
            Year::Full(year) => (i32::try_from(year).unwrap_or_default(), false),
            Year::Short(year) => (
                self.century(i32::try_from(year).unwrap_or_default(), month, day),
                true,
            ),
        };
        // "Until further notice" as programs write it.
        if full == 9999 && self.0.usage == DateUse::Period {
            return Cleaned::default().noting(Note::Placeholder);
        }
        if !(1800..=2199).contains(&full) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Cleaned::rejected(Problem::DateUnreadable);
        }
        match NaiveDate::from_ymd_opt(full, month, day) {
            Some(date) => {
                let cleaned = Cleaned::of(date);
                self.checked(if chosen {
                    cleaned.noting(Note::CenturyChosen { year: full })
                } else {
                    cleaned
                })
            }
            None => {
                let last = (28..day)
                    .rev()
                    .find_map(|day| NaiveDate::from_ymd_opt(full, month, day));
                last.map_or_else(
                    || Cleaned::rejected(Problem::DateUnreadable),
                    |last| {
                        Cleaned::rejected(Problem::DateImpossible {
                            suggestion: iso(last),
                        })
                    },
                )
            }
        }
    }

    /// The full year of a two-digit one. A birth lies in the past; a period from 80 years ago to 19 years ahead.
    fn century(&self, year: i32, month: u32, day: u32) -> i32 {
        let now = self.0.today.year();
        let mut full = now - now.rem_euclid(100) + year;
        match self.0.usage {
            DateUse::Birth => {
                if (full, month, day) > (now, self.0.today.month(), self.0.today.day()) {
                    full -= 100;
                }
            }
            DateUse::Period => {
                if full > now + 19 {
                    full -= 100;
                } else if full < now - 80 {
                    full += 100;
                }
            }
        }
        full
    }
}

impl Cleaned<NaiveDate> {
    /// A note that only makes sense beside a value.
    fn noting_if_value(self, note: Note) -> Self {
        if self.value.is_some() {
            self.noting(note)
        } else {
            self
        }
    }
}

/// Where a plain number stood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Number,
    Text,
}

#[derive(Clone, Copy)]
enum Year {
    Full(u32),
    Short(u32),
}

impl Year {
    fn of((number, digits): (u32, usize)) -> Self {
        if digits <= 2 {
            Self::Short(number)
        } else {
            Self::Full(number)
        }
    }
}

/// Cuts "1980-02-01T00:00:00", "1.2.1980 klo 12.30" and the like down to the day.
fn without_time(text: &str) -> (String, bool) {
    let day = match text.split_once(['T', ' ']) {
        Some((day, time)) if day.bytes().filter(u8::is_ascii_digit).count() >= 5 => {
            let time = time
                .trim_start_matches("klo ")
                .trim_start_matches("kl. ")
                .trim_start_matches("kl ");
            let clock = time.trim_end_matches(['Z', 'z']);
            let only_clock = clock
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'+' | b'-' | b' '));
            let begins = clock.starts_with(|c: char| c.is_ascii_digit());
            (only_clock && begins && clock.contains([':', '.'])).then_some((day, clock))
        }
        _ => None,
    };
    match day {
        Some((day, clock)) => (day.to_owned(), clock.bytes().any(|b| matches!(b, b'1'..=b'9'))),
        None => (text.to_owned(), false),
    }
}

enum Token {
    Number(String),
    Word(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for part in text.split(|c: char| {
        c.is_whitespace() || is_dash(c) || matches!(c, '.' | ',' | '/' | '\'' | '’' | '\\' | ':')
    }) {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let numeric = first.is_ascii_digit();
            let end = rest
                .find(|c: char| c.is_ascii_digit() != numeric)
                .unwrap_or(rest.len());
            let (head, tail) = rest.split_at(end);
            tokens.push(if numeric {
                Token::Number(head.to_owned())
            } else {
                Token::Word(fold(head))
            });
            rest = tail;
        }
    }
    tokens
}

/// Words that may stand around a date: weekdays, ordinals, "born".
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "s" | "synt"
            | "syntynyt"
            | "f"
            | "fodd"
            | "born"
            | "b"
            | "den"
            | "st"
            | "nd"
            | "rd"
            | "th"
            | "of"
            | "ma"
            | "ti"
            | "ke"
            | "to"
            | "pe"
            | "la"
            | "su"
            | "alkaen"
            | "saakka"
            | "asti"
            | "maanantai"
            | "maanantaina"
            | "tiistai"
            | "tiistaina"
            | "keskiviikko"
            | "keskiviikkona"
            | "torstai"
            | "torstaina"
            | "perjantai"
            | "perjantaina"
            | "lauantai"
            | "lauantaina"
            | "sunnuntai"
            | "sunnuntaina"
            | "mandag"
            | "tisdag"
            | "onsdag"
            | "torsdag"
            | "fredag"
            | "lordag"
            | "sondag"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "*"
    )
}

/// The number of a month's Finnish, Swedish or English name, in full, inflected or shortened; `word` is folded.
fn month(word: &str) -> Option<u32> {
    // Stems long enough to be told apart, as Finnish adds "kuu", "kuuta" or "kuun".
    const STEMS: [&[&str]; 12] = [
        &["tammi", "jan"],
        &["helmi", "feb"],
        &["maalis", "mar"],
        &["huhti", "apr"],
        &["touko", "maj", "may"],
        &["kesa", "jun"],
        &["heina", "jul"],
        &["elo", "aug"],
        &["syys", "sep"],
        &["loka", "okt", "oct"],
        &["marras", "nov"],
        &["joulu", "dec"],
    ];
    const ENDINGS: &[&str] = &[
        "", "k", "kuu", "kuuta", "kuun", "uari", "uary", "ruari", "ruary", "s", "ch", "il", "i", "y", "e",
        "usti", "ust", "t", "tember", "ober", "ember", "kuussa",
    ];
    STEMS
        .iter()
        .position(|stems| {
            stems.iter().any(|stem| {
                word.strip_prefix(stem)
                    .is_some_and(|ending| ENDINGS.contains(&ending))
            })
        })
        .and_then(|at| u32::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn birth(cell: &Cell) -> Cleaned<NaiveDate> {
        clean_date(cell, &DateReading::birth(day(2026, 11, 22)))
    }

    fn period(cell: &Cell) -> Cleaned<NaiveDate> {
        clean_date(cell, &DateReading::period(day(2026, 11, 22)))
    }

    #[test]
    fn years_weekdays_and_open_ends_of_periods() {
        let text = |text: &str| Cell::Text(text.into());
        for cell in [Cell::Number(2019.0), text("2019")] {
            let got = period(&cell);
            assert_eq!(
                (got.value, got.notes),
                (Some(day(2019, 1, 1)), vec![Note::YearOnly])
            );
            assert_eq!(birth(&cell).problem, Some(Problem::DateUnreadable));
        }
        for end in ["31.12.9999", "9999-12-31"] {
            let got = period(&text(end));
            assert_eq!(
                (got.value, got.problem, got.notes),
                (None, None, vec![Note::Placeholder])
            );
        }
        for weekday in ["tiistai 1.2.1980", "Perjantaina 1.2.1980", "fredag 1.2.1980"] {
            assert_eq!(birth(&text(weekday)).value, Some(day(1980, 2, 1)), "{weekday}");
        }
    }

    #[test]
    fn the_first_of_february_1980_in_every_way_it_is_written() {
        for text in [
            "1.2.1980",
            "01.02.1980",
            "1.2.80",
            "01.02.80",
            "1.2.-80",
            "1. 2. 1980",
            "1.2.1980.",
            "1980-02-01",
            "1980–02–01",
            "1980/02/01",
            "1980.02.01",
            "1/2/1980",
            "01-02-1980",
            "010280",
            "01021980",
            "19800201",
            "10280",
            "1. helmikuuta 1980",
            "1. helmikuu 1980",
            "1 helmik. 1980",
            "1.helmikuuta 1980",
            "1 februari 1980",
            "den 1 februari 1980",
            "1 feb. 1980",
            "1 Feb 1980",
            "Feb 1, 1980",
            "1st of February 1980",
            "February 1, 1980",
            "1-Feb-80",
            "s. 1.2.1980",
            "1980-02-01T00:00:00",
            "1980-02-01 00:00:00",
            "1.2.1980 0:00",
            " 1.2.1980\u{a0}",
            "'1.2.1980",
        ] {
            let got = birth(&Cell::Text(text.into()));
            assert_eq!(got.value, Some(day(1980, 2, 1)), "{text:?} {got:?}");
        }
        let at = day(1980, 2, 1).and_hms_opt(0, 0, 0).unwrap();
        assert_eq!(birth(&Cell::Date(at)), Cleaned::of(day(1980, 2, 1)));
        let noon = day(1980, 2, 1).and_hms_opt(12, 0, 0).unwrap();
        assert_eq!(birth(&Cell::Date(noon)).notes, [Note::TimeRemoved]);
        assert_eq!(
            birth(&Cell::Text("1.2.1980 klo 12.30".into())).notes,
            [Note::TimeRemoved]
        );
    }

    #[test]
    fn months_have_their_names_in_three_languages() {
        for (at, names) in [
            ["tammikuuta", "januari", "January"],
            ["helmikuuta", "februari", "February"],
            ["maaliskuuta", "mars", "March"],
            ["huhtikuuta", "april", "April"],
            ["toukokuuta", "maj", "May"],
            ["kesäkuuta", "juni", "June"],
            ["heinäkuuta", "juli", "July"],
            ["elokuuta", "augusti", "August"],
            ["syyskuuta", "september", "September"],
            ["lokakuuta", "oktober", "October"],
            ["marraskuuta", "november", "November"],
            ["joulukuuta", "december", "December"],
        ]
        .iter()
        .enumerate()
        {
            for name in names {
                let got = birth(&Cell::Text(format!("7. {name} 1999")));
                assert_eq!(
                    got.value,
                    NaiveDate::from_ymd_opt(1999, at as u32 + 1, 7),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_digits_or_day_numbers() {
        // 29252 is 1 February 1980 in the 1900 system, 27790 in the other.
        let got = birth(&Cell::Number(29_252.0));
        assert_eq!(
            (got.value, got.notes),
            (Some(day(1980, 2, 1)), vec![Note::DaySerial])
        );
        let from_1904 = clean_date(
            &Cell::Number(27_790.0),
            &DateReading {
                system: DateSystem::From1904,
                ..DateReading::birth(day(2026, 11, 22))
            },
        );
        assert_eq!(from_1904.value, Some(day(1980, 2, 1)));
        assert_eq!(birth(&Cell::Number(10_280.0)).value, Some(day(1980, 2, 1)));
        assert_eq!(period(&Cell::Number(46_023.0)).value, Some(day(2026, 1, 1)));
        assert_eq!(
            birth(&Cell::Number(29_252.5)).notes,
            [Note::DaySerial, Note::TimeRemoved]
        );
        assert_eq!(birth(&Cell::Number(310_180.0)).value, Some(day(1980, 1, 31)));
        assert_eq!(birth(&Cell::Number(1_021_980.0)).value, Some(day(1980, 2, 1)));
        assert_eq!(birth(&Cell::Number(19_800_201.0)).value, Some(day(1980, 2, 1)));
        // Beyond today as a day number, so the digits of 9.12.80 without their zero.
        assert_eq!(birth(&Cell::Number(91_280.0)).value, Some(day(1980, 12, 9)));
        for number in [0.0, -5.0, 12.0, 1980.0, 1e12, f64::NAN, f64::INFINITY] {
            assert_eq!(
                birth(&Cell::Number(number)).problem,
                Some(Problem::DateUnreadable),
                "{number}"
            );
        }
    }

    #[test]
    fn the_column_says_what_its_numbers_are() {
        let column = |numbers: &[f64]| numbers.iter().map(|n| Cell::Number(*n)).collect::<Vec<_>>();
        for (numbers, want) in [
            (&[29_252.0, 30_180.0, 18_700.0][..], DateNumbers::Serial),
            (&[30_180.0, 151_265.0], DateNumbers::Digits),
            (&[30_180.0, 91_280.0, 11_270.0], DateNumbers::Digits),
            (&[30_180.0], DateNumbers::Either),
            (&[], DateNumbers::Either),
        ] {
            assert_eq!(detect_date_numbers(&column(numbers)), want, "{numbers:?}");
        }
        let read = |numbers| {
            clean_date(
                &Cell::Number(30_180.0),
                &DateReading {
                    numbers,
                    ..DateReading::birth(day(2026, 11, 22))
                },
            )
            .value
        };
        assert_eq!(read(DateNumbers::Serial), Some(day(1982, 8, 17)));
        assert_eq!(read(DateNumbers::Digits), Some(day(1980, 1, 3)));
    }

    #[test]
    fn two_digit_years_find_their_century() {
        for (text, want) in [
            ("1.2.26", 2026),
            ("22.11.26", 2026),
            ("23.11.26", 1926),
            ("1.2.27", 1927),
            ("1.2.00", 2000),
            ("1.2.99", 1999),
        ] {
            let got = birth(&Cell::Text(text.into()));
            assert_eq!(got.value.unwrap().year(), want, "{text}");
            assert_eq!(got.notes, [Note::CenturyChosen { year: want }], "{text}");
        }
        for (text, want) in [
            ("31.12.27", 2027),
            ("1.1.45", 2045),
            ("1.1.46", 1946),
            ("1.1.95", 1995),
        ] {
            assert_eq!(
                period(&Cell::Text(text.into())).value.unwrap().year(),
                want,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_date_says_why() {
        for (text, want) in [
            ("1.2.", Problem::DateWithoutYear),
            ("1.2", Problem::DateWithoutYear),
            ("1. helmikuuta", Problem::DateWithoutYear),
            (
                "31.9.2026",
                Problem::DateImpossible {
                    suggestion: "2026-09-30".into(),
                },
            ),
            (
                "29.2.2025",
                Problem::DateImpossible {
                    suggestion: "2025-02-28".into(),
                },
            ),
            (
                "31.2.2024",
                Problem::DateImpossible {
                    suggestion: "2024-02-29".into(),
                },
            ),
            ("1.13.1980", Problem::DateUnreadable),
            ("32.1.1980", Problem::DateUnreadable),
            ("0.1.1980", Problem::DateUnreadable),
            ("1.2.180", Problem::DateUnreadable),
            ("1.2.19800", Problem::DateUnreadable),
            ("1980", Problem::DateUnreadable),
            ("helmikuu 1980", Problem::DateUnreadable),
            ("eilen", Problem::DateUnreadable),
            ("????", Problem::DateUnreadable),
            ("23.11.2026", Problem::DateInFuture),
        ] {
            assert_eq!(birth(&Cell::Text(text.into())).problem, Some(want), "{text}");
        }
        assert_eq!(birth(&Cell::Bool(true)).problem, Some(Problem::DateUnreadable));
        assert!(birth(&Cell::Text(" ".into())).is_blank());
        assert_eq!(
            birth(&Cell::Text("1.2.1900".into())).notes,
            [Note::VeryOld { age: 126 }]
        );
        assert_eq!(
            period(&Cell::Text("23.11.2026".into())).value,
            Some(day(2026, 11, 23))
        );
    }
}
