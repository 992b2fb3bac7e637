//! Values as calamine finds them, turned into Kiulu's.

use calamine::{CellErrorType, DataRef, ExcelDateTime, ExcelDateTimeType};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use kiulu_domain::clean::DateSystem;

use super::formats::Shown;
use crate::protocol::Value;

/// Room for the few values that must be spelled out.
#[derive(Default)]
pub(super) struct Scratch(String);

pub(super) fn from_ref<'a>(value: &'a DataRef<'_>, scratch: &'a mut Scratch) -> Option<Value<'a>> {
    match value {
        DataRef::Empty => None,
        DataRef::String(text) => Some(Value::Text(text)),
        DataRef::SharedString(text) => Some(Value::Text(text)),
        DataRef::Float(number) => Some(Value::Number(*number)),
        #[expect(clippy::cast_precision_loss, reason = "a sheet's integers are doubles")]
        DataRef::Int(number) => Some(Value::Number(*number as f64)),
        DataRef::Bool(value) => Some(Value::Bool(*value)),
        DataRef::Error(error) => Some(Value::Error(error_text(error))),
        DataRef::DateTime(moment) => Some(moment_value(moment, scratch)),
        DataRef::DateTimeIso(text) => Some(iso_date(text)),
        DataRef::DurationIso(text) => Some(iso_duration(text).map_or(Value::Text(text), Value::Duration)),
    }
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// Text as a file shows it, which may be an error that a formula came to.
pub(super) fn text(text: &str) -> Value<'_> {
    error(text).map_or(Value::Text(text), Value::Error)
}

/// The English name of an error value as Excel and LibreOffice spell it in Finnish, Swedish or English.
pub(super) fn error(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if !text.starts_with('#') {
        return None;
    }
    Some(match text {
        "#N/A" | "#PUUTTUU!" | "#PUUTTUU" | "#SAKNAS!" | "#SAKNAS" => "#N/A",
        "#VALUE!" | "#ARVO!" | "#VÄRDEFEL!" => "#VALUE!",
        "#REF!" | "#VIITTAUS!" | "#REFERENS!" => "#REF!",
        "#NAME?" | "#NIMI?" | "#NAMN?" => "#NAME?",
        "#DIV/0!" | "#JAKO/0!" | "#DIVISION/0!" => "#DIV/0!",
        "#NUM!" | "#LUKU!" | "#OGILTIGT!" => "#NUM!",
        "#NULL!" | "#TYHJÄ!" | "#SKÄRNING!" => "#NULL!",
        "#GETTING_DATA" => "#GETTING_DATA",
        "#SPILL!" => "#SPILL!",
        "#CALC!" => "#CALC!",
        "#FIELD!" => "#FIELD!",
        "#BLOCKED!" => "#BLOCKED!",
        "#CONNECT!" => "#CONNECT!",
        "#UNKNOWN!" => "#UNKNOWN!",
        "#BUSY!" => "#BUSY!",
        _ => return None,
    })
}

fn moment_value<'a>(moment: &ExcelDateTime, scratch: &'a mut Scratch) -> Value<'a> {
    if moment.is_duration() {
        return duration(moment.as_f64());
    }
    // calamine keeps the system to itself, but compares it.
    let is_1904 = *moment == ExcelDateTime::new(moment.as_f64(), ExcelDateTimeType::DateTime, true);
    serial(moment.as_f64(), is_1904, scratch)
}

/// The system that a workbook's flag names.
pub(super) fn date_system(is_1904: bool) -> DateSystem {
    if is_1904 {
        DateSystem::From1904
    } else {
        DateSystem::From1900
    }
}

/// A number as its cell's format shows it.
pub(super) fn shown(shown: Shown, number: f64, is_1904: bool, scratch: &mut Scratch) -> Value<'_> {
    match shown {
        Shown::Number => Value::Number(number),
        Shown::Date => serial(number, is_1904, scratch),
        Shown::Duration => duration(number),
        Shown::Padded(digits) => padded(number, digits, scratch),
    }
}

/// A whole number as a format with zeros shows it, which is text to whoever typed it: 00100. Others stay numbers.
pub(super) fn padded(number: f64, digits: u8, scratch: &mut Scratch) -> Value<'_> {
    /// Doubles are exact up to here.
    const MOST: f64 = 1e15;
    if !(0.0..MOST).contains(&number) || number.fract() != 0.0 {
        return Value::Number(number);
    }
    scratch.0 = format!("{number:0width$.0}", width = usize::from(digits));
    Value::Text(&scratch.0)
}

/// A length of time in days, to the millisecond.
pub(super) fn duration(days: f64) -> Value<'static> {
    Value::Duration((days * 86_400_000.0).round() / 1000.0)
}

/// A serial number under a date format. Serial 60 of the 1900 system is the 29th of February 1900, which Excel shows and
/// the calendar does not have: it is handed over as Excel shows it. What no date can be stays a number.
pub(super) fn serial(serial: f64, is_1904: bool, scratch: &mut Scratch) -> Value<'_> {
    /// Serials past the year 9999 show as ##### in Excel.
    const LAST: f64 = 2_958_466.0;
    let serial_1900 = if is_1904 { serial + 1462.0 } else { serial };
    if !(0.0..LAST).contains(&serial_1900) {
        return Value::Number(serial);
    }
    if !is_1904 && (60.0..61.0).contains(&serial) {
        scratch.0.clear();
        scratch.0.push_str("29.2.1900");
        return Value::Text(&scratch.0);
    }
    Value::Date(millis(serial_1900))
}

/// Milliseconds since 1970 of a serial of the 1900 system.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the serial was checked to lie before the year 10000"
)]
fn millis(serial: f64) -> i64 {
    /// Days from 1899-12-30, from which serials of March 1900 on count, to 1970-01-01.
    const EPOCH: f64 = 25_569.0;
    // Before March 1900 serials count from 1899-12-31, because Excel believes in a 29th of February.
    let days = if serial < 60.0 { serial + 1.0 } else { serial };
    ((days - EPOCH) * 86_400_000.0).round() as i64
}

/// A date, time of day or length of time as OpenDocument spells them.
pub(super) fn iso(text: &str) -> Value<'_> {
    iso_duration(text).map_or_else(|| iso_date(text), Value::Duration)
}

fn iso_date(text: &str) -> Value<'_> {
    let moment = text
        .parse::<NaiveDateTime>()
        .ok()
        .or_else(|| text.trim_end_matches('Z').parse::<NaiveDateTime>().ok())
        .or_else(|| {
            text.parse::<NaiveDate>()
                .ok()
                .map(|date| date.and_time(NaiveTime::MIN))
        })
        .or_else(|| {
            let time = text.parse::<NaiveTime>().ok()?;
            let seconds = f64::from(time.num_seconds_from_midnight());
            chrono::DateTime::from_timestamp_millis(millis(seconds / 86_400.0))
                .map(|moment| moment.naive_utc())
        });
    match moment {
        Some(moment) => Value::Date(moment.and_utc().timestamp_millis()),
        None => Value::Text(text),
    }
}

/// Seconds of `PT12H30M15.5S`, as OpenDocument stores times of day and lengths of time.
fn iso_duration(text: &str) -> Option<f64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut seconds = 0.0;
    let mut number = String::new();
    let mut in_time = false;
    for letter in text.strip_prefix('P')?.chars() {
        match letter {
            'T' => in_time = true,
            '0'..='9' | '.' => number.push(letter),
            ',' => number.push('.'),
            unit => {
                let value: f64 = number.parse().ok()?;
                number.clear();
                seconds += value
                    * match (unit, in_time) {
                        ('D', false) => 86_400.0,
                        ('H', true) => 3_600.0,
                        ('M', true) => 60.0,
                        ('S', true) => 1.0,
                        _ => return None,
                    };
            }
        }
    }
    number
        .is_empty()
        .then_some(if negative { -seconds } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_known_in_the_languages_of_the_lists() {
        for (shown, expected) in [
            ("#PUUTTUU!", "#N/A"),
            ("#VÄRDEFEL!", "#VALUE!"),
            (" #JAKO/0! ", "#DIV/0!"),
            ("#NAME?", "#NAME?"),
            ("#TYHJÄ!", "#NULL!"),
        ] {
            assert_eq!(text(shown), Value::Error(expected));
        }
        assert_eq!(text("#1 Mäki"), Value::Text("#1 Mäki"));
    }
}
