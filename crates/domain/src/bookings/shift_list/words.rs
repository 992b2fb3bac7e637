//! What single cells of a shift list say: weekdays, times of day, flats, and turns that nobody has or everybody.

use crate::bookings::resource::Audience;
use crate::bookings::time::{DAY, Minutes};
use crate::clean::{is_dash, shown};
use crate::collation::fold;
use crate::flat::flat_name;
use crate::sheet::Cell;
use chrono::{Datelike, NaiveTime, Timelike};

/// Weekdays as lists write them, folded, Monday first: Finnish, Swedish and English, in full and short. Kept by hand in short
/// lines.
#[rustfmt::skip]
const WEEKDAYS: [&[&str]; 7] = [
    &["maanantai", "maanantaisin", "maanantait", "ma", "maan", "mandag", "mandagar", "man", "monday", "mondays", "mon"],
    &["tiistai", "tiistaisin", "tiistait", "ti", "tiis", "tisdag", "tisdagar", "tis", "tuesday", "tuesdays", "tue", "tues"],
    &["keskiviikko", "keskiviikkoisin", "keskiviikot", "ke", "kesk", "onsdag", "onsdagar", "ons", "wednesday", "wednesdays", "wed"],
    &["torstai", "torstaisin", "torstait", "to", "tors", "torsdag", "torsdagar", "tor", "thursday", "thursdays", "thu", "thur", "thurs"],
    &["perjantai", "perjantaisin", "perjantait", "pe", "perj", "fredag", "fredagar", "fre", "friday", "fridays", "fri"],
    &["lauantai", "lauantaisin", "lauantait", "la", "lau", "lordag", "lordagar", "lor", "saturday", "saturdays", "sat"],
    &["sunnuntai", "sunnuntaisin", "sunnuntait", "su", "sunn", "sondag", "sondagar", "son", "sunday", "sundays", "sun"],
];

const FREE: [&str; 9] = [
    "vapaa",
    "vapaana",
    "vap",
    "ei varattu",
    "ledig",
    "ledigt",
    "fri tur",
    "free",
    "vacant",
];

/// Words of turns that are open to all, each with whom they are for; the particular before the general.
const COMMON: [(&str, Audience); 20] = [
    ("naiset", Audience::Women),
    ("naisten", Audience::Women),
    ("dambastu", Audience::Women),
    ("damer", Audience::Women),
    ("women", Audience::Women),
    ("ladies", Audience::Women),
    ("miehet", Audience::Men),
    ("miesten", Audience::Men),
    ("herrbastu", Audience::Men),
    ("herrar", Audience::Men),
    ("men's", Audience::Men),
    ("gentlemen", Audience::Men),
    ("lenkki", Audience::Mixed),
    ("sekavuoro", Audience::Mixed),
    ("yhteinen", Audience::Mixed),
    ("yhteisvuoro", Audience::Mixed),
    ("yleinen", Audience::Mixed),
    ("allman", Audience::Mixed),
    ("gemensam", Audience::Mixed),
    ("common", Audience::Mixed),
];

/// A time of day, or a range of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// From.
    pub(super) from: Minutes,
    /// Until, where it is said.
    pub(super) to: Option<Minutes>,
    /// It can be nothing else: a bare number may be a flat as well.
    pub(super) sure: bool,
}

/// What a cell of a turn says about who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// Flats by name; more than one where several share it.
    Flats(Vec<String>),
    /// Nobody.
    Free,
    /// Everybody.
    Common(Audience),
}

/// The weekday that a text begins with, and what follows it.
pub(super) fn weekday(text: &str) -> Option<(u32, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let word = fold(&text[..end]);
    let day = WEEKDAYS.iter().position(|words| words.contains(&word.as_str()))?;
    let rest =
        text[end..].trim_start_matches(|c: char| c == '.' || c == ':' || c == ',' || c.is_whitespace());
    Some((day as u32, rest.trim()))
}

/// A cell that is a weekday and no turn: alone, or with a date or a remark.
pub(super) fn weekday_alone(cell: &Cell) -> Option<u32> {
    let Cell::Text(text) = cell else {
        return None;
    };
    let (day, rest) = weekday(text)?;
    // "ke 18" is a turn, "ke 21.10." a day.
    let turn = !rest.is_empty() && times_of(rest).is_some() && !is_date(rest);
    (!turn).then_some(day)
}

/// A cell that says weekday and time: "ke 18-19", "keskiviikkoisin klo 18".
pub(super) fn weekday_and_times(text: &str) -> Option<(u32, Times)> {
    let (day, rest) = weekday(text)?;
    let times = times_of(rest).filter(|_| !is_date(rest))?;
    Some((day, times))
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('.').map(str::trim);
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u32>().ok());
    let (day, month) = (number(parts.next()), number(parts.next()));
    let (Some(day), Some(month)) = (day, month) else {
        return false;
    };
    // Without the full stop behind the month it is a time.
    parts.next().is_some() && (1..=31).contains(&day) && (1..=12).contains(&month)
}

/// The times that a cell says.
pub(super) fn times(cell: &Cell) -> Option<Times> {
    match cell {
        Cell::Text(text) => times_of(text),
        Cell::Number(number) => times_of_number(*number),
        Cell::Duration(seconds) => {
            let minutes = (seconds / 60.0).round();
            (0.0..=f64::from(DAY)).contains(&minutes).then_some(Times {
                from: minutes as Minutes,
                to: None,
                sure: true,
            })
        }
        // A time of day alone has no day behind it.
        Cell::Date(at) if at.year() < 1901 => Some(Times {
            from: (at.hour() * 60 + at.minute()) as Minutes,
            to: None,
            sure: true,
        }),
        // "10-11" and "18.19" become dates as they are typed into Excel.
        Cell::Date(at) if at.time() == NaiveTime::MIN => {
            let (day, month) = (at.day(), at.month());
            let hours = if day + 1 == month {
                (day, month)
            } else if month + 1 == day {
                (month, day)
            } else {
                return None;
            };
            Some(Times {
                from: hours.0 as Minutes * 60,
                to: Some(hours.1 as Minutes * 60),
                sure: true,
            })
        }
        Cell::Date(_) | Cell::Empty | Cell::Bool(_) | Cell::Error(_) => None,
    }
}

fn times_of_number(number: f64) -> Option<Times> {
    let whole = number.fract() == 0.0 && (0.0..=24.0).contains(&number);
    if whole {
        return Some(Times {
            from: number as Minutes * 60,
            to: None,
            sure: false,
        });
    }
    // A share of the day without its format, or "18.30" taken for a number.
    let minutes = if (0.0..1.0).contains(&number) {
        (number * f64::from(DAY)).round()
    } else {
        let past = (number.fract() * 100.0).round();
        if number < 0.0 || past >= 60.0 {
            return None;
        }
        number.trunc() * 60.0 + past
    };
    let near = (0.0..=f64::from(DAY)).contains(&minutes) && minutes % 5.0 == 0.0;
    near.then_some(Times {
        from: minutes as Minutes,
        to: None,
        sure: true,
    })
}

/// The times of a text: "18-19", "18.00–19.00", "klo 18", "1800-1900". What follows in brackets is let go.
pub(super) fn times_of(text: &str) -> Option<Times> {
    let folded = fold(text);
    let mut rest = folded.trim();
    let mut said = false;
    for word in ["kello", "klo", "kl", "at"] {
        if let Some(after) = rest.strip_prefix(word)
            && !after.starts_with(char::is_alphabetic)
        {
            rest = after.trim_start_matches(['.', ':']).trim_start();
            said = true;
            break;
        }
    }
    let rest = rest.split('(').next().unwrap_or(rest).trim();
    let rest = rest.trim_end_matches(|c: char| c == 'h' || c == ':' || c == ',' || c.is_whitespace());
    let (from, marked, after) = clock(rest)?;
    let after = after.trim_start();
    let dashed = after.strip_prefix(is_dash).map(str::trim_start);
    let dashed = dashed.or_else(|| after.strip_prefix("to ").or_else(|| after.strip_prefix("till ")));
    match dashed {
        None if after.is_empty() => Some(Times {
            from,
            to: None,
            sure: said || marked,
        }),
        None => None,
        Some("") => Some(Times {
            from,
            to: None,
            sure: true,
        }),
        Some(end) => {
            let (to, _, after) = clock(end)?;
            // What ends at midnight or after lies in the night.
            let to = if to > from { to } else { to + DAY };
            (after.trim().is_empty()).then_some(Times {
                from,
                to: Some(to),
                sure: true,
            })
        }
    }
}

/// A time at the beginning of a text, whether minutes are said, and what follows: "18", "18.30", "1830".
fn clock(text: &str) -> Option<(Minutes, bool, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, minute, marked, rest) = match digits {
        1 | 2 => {
            let (hour, rest) = text.split_at(digits);
            let after = rest.strip_prefix(['.', ':']);
            let two = after.filter(|after| after.bytes().take_while(u8::is_ascii_digit).count() == 2);
            match two {
                Some(after) => (hour, &after[..2], true, &after[2..]),
                None => (hour, "0", false, rest),
            }
        }
        3 | 4 => (
            &text[..digits - 2],
            &text[digits - 2..digits],
            true,
            &text[digits..],
        ),
        _ => return None,
    };
    let (hour, minute): (Minutes, Minutes) = (hour.parse().ok()?, minute.parse().ok()?);
    let whole = hour * 60 + minute;
    (minute < 60 && whole <= DAY).then_some((whole, marked, rest))
}

/// Who has a turn by its cell; nothing for an empty cell.
///
/// # Errors
/// The cell says something that names no flat.
pub(super) fn holder(cell: &Cell) -> Result<Option<Holder>, ()> {
    let text = shown(cell);
    let text = text.trim();
    if text.is_empty() || text.chars().all(|c| is_dash(c) || c == '.' || c == '_') {
        return Ok(None);
    }
    let folded = fold(text);
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    if FREE.contains(&bare) {
        return Ok(Some(Holder::Free));
    }
    if let Some((_, audience)) = COMMON.iter().find(|(word, _)| folded.contains(word)) {
        return Ok(Some(Holder::Common(*audience)));
    }
    if matches!(
        cell,
        Cell::Date(_) | Cell::Bool(_) | Cell::Error(_) | Cell::Duration(_)
    ) {
        return Err(());
    }
    let parts: Vec<&str> = text
        .split([',', ';', '&', '+', '\n'])
        .flat_map(|part| part.split(" ja "))
        .flat_map(|part| part.split(" och "))
        .flat_map(shared)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    // A name may stand beside the flat, but of several parts each that is a flat counts.
    let flats: Vec<String> = parts.iter().filter_map(|part| flat_within(part)).collect();
    if flats.is_empty() {
        return Err(());
    }
    Ok(Some(Holder::Flats(flats)))
}

/// "A 5 / B 7" is two flats, "A/5" is one.
fn shared(text: &str) -> Vec<&str> {
    let parts: Vec<&str> = text.split('/').collect();
    let all = parts.len() > 1 && parts.iter().all(|part| flat_within(part).is_some());
    if all { parts } else { vec![text] }
}

/// The flat that a text names, alone or beside a name: "A 5", "as. 5 Virtanen", "Virtanen A5".
fn flat_within(text: &str) -> Option<String> {
    let text = text.split('(').next().unwrap_or(text).trim();
    if let Some(name) = flat_name(text) {
        return Some(name);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let digits = |words: &[&str]| {
        words
            .iter()
            .flat_map(|word| word.chars())
            .any(|c| c.is_ascii_digit())
    };
    // The longest beginning or end that is a flat, where what is left says no other number.
    (1..words.len()).rev().find_map(|length| {
        let (start, rest) = words.split_at(length);
        let (before, end) = words.split_at(words.len() - length);
        let named = |flat: &[&str], left: &[&str]| flat_name(&flat.join(" ")).filter(|_| !digits(left));
        named(start, rest).or_else(|| named(end, before))
    })
}

/// Whether a flat's name has its stairwell, so that it is no bare number.
pub(super) fn has_letters(flat: &str) -> bool {
    flat.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn weekdays_in_three_languages() {
        for (cell, day) in [
            ("Maanantai", Some(0)),
            ("ti", Some(1)),
            ("KE", Some(2)),
            ("to.", Some(3)),
            ("Perjantaisin", Some(4)),
            ("la:", Some(5)),
            ("Sunnuntai ", Some(6)),
            ("Måndag", Some(0)),
            ("lördag", Some(5)),
            ("sön", Some(6)),
            ("Wednesday", Some(2)),
            ("thu", Some(3)),
            ("ke 21.10.", Some(2)),
            ("ke (naiset)", Some(2)),
            // These are turns, flats, names.
            ("ke 18-19", None),
            ("ke klo 18", None),
            ("Kela", None),
            ("Mattila", None),
            ("A 5", None),
            ("18", None),
            ("", None),
        ] {
            assert_eq!(weekday_alone(&text(cell)), day, "{cell}");
        }
    }

    #[test]
    fn times_as_people_write_them() {
        for (cell, expected) in [
            ("18-19", Some((1080, Some(1140), true))),
            ("18 – 19", Some((1080, Some(1140), true))),
            ("18.00–19.00", Some((1080, Some(1140), true))),
            ("18:30-19:15", Some((1110, Some(1155), true))),
            ("1800-1900", Some((1080, Some(1140), true))),
            ("klo 18", Some((1080, None, true))),
            ("klo 18-19", Some((1080, Some(1140), true))),
            ("kl. 18–19", Some((1080, Some(1140), true))),
            ("klo. 18.00", Some((1080, None, true))),
            ("18.00", Some((1080, None, true))),
            ("18:00-", Some((1080, None, true))),
            ("18", Some((1080, None, false))),
            ("8", Some((480, None, false))),
            ("23-00", Some((1380, Some(1440), true))),
            ("23-24", Some((1380, Some(1440), true))),
            ("22.30-0.30", Some((1350, Some(1470), true))),
            ("18-19 (naiset)", Some((1080, Some(1140), true))),
            ("18-19 h", Some((1080, Some(1140), true))),
            ("18 to 19", Some((1080, Some(1140), true))),
            ("25", None),
            ("18.75", None),
            ("A 5", None),
            ("5 b", None),
            ("vapaa", None),
            ("18-19 Virtanen", None),
            ("", None),
            ("klovni", None),
        ] {
            let expected = expected.map(|(from, to, sure)| Times { from, to, sure });
            assert_eq!(times_of(cell), expected, "{cell}");
        }
    }

    #[test]
    fn times_that_excel_has_made_into_something_else() {
        let date = |text: &str| {
            Cell::Date(
                NaiveDate::parse_from_str(text, "%Y-%m-%d")
                    .unwrap()
                    .and_time(NaiveTime::MIN),
            )
        };
        let at = |from, to| Some(Times { from, to, sure: true });
        let half_past_six = NaiveDate::from_ymd_opt(1899, 12, 31)
            .unwrap()
            .and_hms_opt(18, 30, 0)
            .unwrap();
        assert_eq!(times(&Cell::Date(half_past_six)), at(1110, None));
        assert_eq!(times(&Cell::Duration(18.0 * 3600.0)), at(1080, None));
        assert_eq!(times(&Cell::Number(0.75)), at(1080, None));
        assert_eq!(times(&Cell::Number(18.3)), at(1110, None));
        assert_eq!(times(&Cell::Number(18.0)).map(|one| one.sure), Some(false));
        // 10–11 in Finland and in America.
        assert_eq!(times(&date("2026-11-10")), at(600, Some(660)));
        assert_eq!(times(&date("2026-10-11")), at(600, Some(660)));
        for none in [
            date("2026-10-22"),
            Cell::Number(25.0),
            Cell::Number(-1.0),
            Cell::Number(5.75),
            Cell::Bool(true),
            Cell::Empty,
        ] {
            assert_eq!(times(&none), None, "{none:?}");
        }
    }

    #[test]
    fn a_weekday_with_its_time() {
        for (cell, expected) in [
            ("ke 18-19", Some((2, 1080, Some(1140)))),
            ("Keskiviikkoisin klo 18", Some((2, 1080, None))),
            ("to: 18.00–19.00", Some((3, 1080, Some(1140)))),
            ("tors kl. 18-19", Some((3, 1080, Some(1140)))),
            ("Wed, 18:00-19:00", Some((2, 1080, Some(1140)))),
            ("ke 18", Some((2, 1080, None))),
            ("ke 21.10.", None),
            ("ke", None),
            ("18-19", None),
        ] {
            let found = weekday_and_times(cell).map(|(day, times)| (day, times.from, times.to));
            assert_eq!(found, expected, "{cell}");
        }
    }

    #[test]
    fn who_has_a_turn() {
        let flats = |names: &[&str]| {
            Ok(Some(Holder::Flats(
                names.iter().map(|&name| name.to_owned()).collect(),
            )))
        };
        for (cell, expected) in [
            (text("A 5"), flats(&["A 5"])),
            (text("A5"), flats(&["A 5"])),
            (text("as. 5"), flats(&["5"])),
            (text("5"), flats(&["5"])),
            (Cell::Number(5.0), flats(&["5"])),
            (text("a-05"), flats(&["A 5"])),
            (text("A 5 Virtanen"), flats(&["A 5"])),
            (text("Virtanen A 5"), flats(&["A 5"])),
            (text("A5 (Mäki)"), flats(&["A 5"])),
            (text("as 12 Korhonen"), flats(&["12"])),
            (text("lgh B 3"), flats(&["B 3"])),
            (text("A 5 / B 7"), flats(&["A 5", "B 7"])),
            (text("A/5"), flats(&["A 5"])),
            (text("A 5, A 6"), flats(&["A 5", "A 6"])),
            (text("A5 ja A6"), flats(&["A 5", "A 6"])),
            (text("A 5\nA 6"), flats(&["A 5", "A 6"])),
            (text("vapaa"), Ok(Some(Holder::Free))),
            (text(" VAPAA! "), Ok(Some(Holder::Free))),
            (text("Ledig"), Ok(Some(Holder::Free))),
            (text("Lenkkisauna"), Ok(Some(Holder::Common(Audience::Mixed)))),
            (
                text("Lenkkisauna, naiset"),
                Ok(Some(Holder::Common(Audience::Women))),
            ),
            (
                text("miesten lenkkisauna"),
                Ok(Some(Holder::Common(Audience::Men))),
            ),
            (text("Allmän bastu"), Ok(Some(Holder::Common(Audience::Mixed)))),
            (text(""), Ok(None)),
            (text(" - "), Ok(None)),
            (text("–"), Ok(None)),
            (text("..."), Ok(None)),
            (Cell::Empty, Ok(None)),
            (text("siivous"), Err(())),
            (text("Virtanen"), Err(())),
            (Cell::Bool(true), Err(())),
            (Cell::Error("#REF!".into()), Err(())),
            (text("puh. 040 123 4567"), Err(())),
        ] {
            assert_eq!(holder(&cell), expected, "{cell:?}");
        }
    }
}
