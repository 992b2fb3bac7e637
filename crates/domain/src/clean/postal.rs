//! Postal codes, cities and street addresses.

use super::name::proper_case;
use super::{Cleaned, Note, Problem, clean_line, without_decimals};
use crate::sheet::Cell;

/// A postal code and what stood beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostalCode {
    /// Five digits for Finland, otherwise as written.
    pub code: String,
    /// The city of "00100 Helsinki".
    pub city: Option<String>,
}

/// Reads a postal code: 100 and "100" become "00100", "FI-00100" and "FIN 00100" lose their country, "00100 Helsinki" is
/// taken apart, foreign codes stay as they are.
pub fn clean_postal_code(cell: &Cell) -> Cleaned<PostalCode> {
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
    let digit_end = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let without_country = ["FIN", "FI", "AX"]
        .iter()
        .find_map(|country| {
            let head = text.get(..country.len())?;
            let rest = text[country.len()..].trim_start_matches(|c: char| c == ' ' || super::is_dash(c));
            (head.eq_ignore_ascii_case(country) && rest.starts_with(|c: char| c.is_ascii_digit()))
                .then_some(rest)
        })
        .unwrap_or(&text);
    let without_country = without_decimals(without_country);
    let (digits, rest) = without_country.split_at(digit_end(without_country));
    // "00100 Helsinki, Suomi" and the delivery office of old addresses, "00100 HELSINKI 10".
    let rest = without_home_country(rest).trim_matches([',', ' ']);
    let rest = match rest.rsplit_once(' ') {
        Some((city, office)) if office.len() <= 2 && office.bytes().all(|b| b.is_ascii_digit()) => city,
        _ => rest,
    };
    match (digits.len(), rest) {
        (5, "") => Cleaned::of(PostalCode {
            code: digits.to_owned(),
            city: None,
        }),
        (2..=4, "") if finnish_without_zeros(digits) => Cleaned::of(PostalCode {
            code: format!("{digits:0>5}"),
            city: None,
        })
        .noting(Note::LeadingZeroRestored),
        (5, city) if is_city(city) => {
            let city = city_case(city);
            Cleaned::of(PostalCode {
                code: digits.to_owned(),
                city: Some(city.clone()),
            })
            .noting(Note::CitySplit { city })
        }
        // "SE-111 22 Stockholm": letters behind the digits are another country's city.
        _ if let Some((code, city)) = foreign_with_city(&text) => {
            let city = city_case(city);
            Cleaned::of(PostalCode {
                code,
                city: Some(city.clone()),
            })
            .noting(Note::ForeignPostalCode)
            .noting(Note::CitySplit { city })
        }
        // "111 22", "SW1A 1AA", "D-10115", "LV-1050": some other country's.
        _ if text.chars().any(|c| c.is_ascii_digit())
            && text.chars().count() <= 12
            && text.chars().all(of_foreign_code) =>
        {
            Cleaned::of(PostalCode {
                code: text,
                city: None,
            })
            .noting(Note::ForeignPostalCode)
        }
        _ => Cleaned::rejected(Problem::PostalCodeUnreadable),
    }
}

/// Finnish codes run from 00002; three or four digits are one whose zeros a number format dropped. Of two digits only those
/// of large receivers in Helsinki are one: 00014 is the university's, 00076 that of Aalto.
fn finnish_without_zeros(digits: &str) -> bool {
    !digits.starts_with('0') && (digits.len() > 2 || matches!(digits, "14" | "76" | "88" | "99"))
}

fn without_home_country(text: &str) -> &str {
    for country in ["suomi", "finland", "suomi finland", "suomi-finland"] {
        let Some(start) = text.len().checked_sub(country.len()) else {
            continue;
        };
        if text
            .get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(country))
            && text[..start].ends_with([' ', ','])
        {
            let before = text[..start].trim_end_matches([' ', ',']);
            return before;
        }
    }
    text
}

/// A code that begins with the letters of its country, and the city behind it.
fn foreign_with_city(text: &str) -> Option<(String, &str)> {
    let (country, _) = text.split_once(super::is_dash)?;
    let at = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (code, city) = (
        text[..at].replace(super::is_dash, "-"),
        text[at..].trim_matches([',', ' ']),
    );
    ((1..=3).contains(&country.len())
        && country.bytes().all(|b| b.is_ascii_alphabetic())
        && code.len() <= 10
        && code.chars().all(of_foreign_code)
        && !city.is_empty()
        && is_city(city))
    .then_some((code, city))
}

fn of_foreign_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == ' ' || c == '-'
}

fn is_city(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphabetic() || c == ' ' || c == '.' || super::is_dash(c))
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

/// Reads a city: "HELSINKI" becomes "Helsinki", anything not all in capitals stays as written.
pub fn clean_city(cell: &Cell) -> Cleaned<String> {
    let cleaned = clean_line(cell);
    let Some(text) = cleaned.value else { return cleaned };
    let city = city_case(&text);
    let changed = city != text;
    let cleaned = Cleaned::of(city);
    if changed {
        cleaned.noting(Note::CaseCorrected)
    } else {
        cleaned
    }
}

/// Ordinary letters for a city in capitals; words such as "PL" or "ABC" of two or fewer letters stay.
pub(crate) fn city_case(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters > 2 && !text.chars().any(char::is_lowercase) {
        proper_case(text)
    } else {
        text.to_owned()
    }
}

/// A street address and the flat that stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Street {
    /// "Koivukatu 3".
    pub street: String,
    /// "A 12", in the form that [`clean_flat`] gives.
    pub flat: Option<String>,
}

/// Reads a street address: "Koivukatu 3 A 12" is street "Koivukatu 3" and flat "A 12".
/// A letter that belongs to the house number ("Koivukatu 3 b", "3b") stays with it.
pub fn clean_street(cell: &Cell) -> Cleaned<Street> {
    let cleaned = clean_line(cell);
    let Some(text) = cleaned.value else {
        return Cleaned {
            problem: cleaned.problem,
            ..Cleaned::default()
        };
    };
    let (text, mut notes) = match text.chars().any(char::is_lowercase)
        || text.chars().filter(|c| c.is_alphabetic()).count() <= 4
    {
        true => (text, Vec::new()),
        false => (street_case(&text), vec![Note::CaseCorrected]),
    };
    let (street, flat) = split_flat(&text);
    if let Some(flat) = &flat {
        notes.push(Note::FlatSplit { flat: flat.clone() });
    }
    Cleaned {
        notes,
        ..Cleaned::of(Street { street, flat })
    }
}

/// "KOIVUKATU 3 A 12" with ordinary letters, stairwell letters and "PL" left alone.
fn street_case(text: &str) -> String {
    text.split(' ')
        .map(|word| {
            if word.chars().filter(|c| c.is_alphabetic()).count() > 2 {
                proper_case(word)
            } else {
                word.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Cuts the flat off behind the house number. The house number is the first word with digits that is not the first word of all.
pub(crate) fn split_flat(text: &str) -> (String, Option<String>) {
    let whole = || (text.trim_end_matches(',').to_owned(), None);
    let words: Vec<&str> = text.split(' ').collect();
    let is_number = |word: &str| {
        let word = word.trim_end_matches(',');
        word.starts_with(|c: char| c.is_ascii_digit())
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || super::is_dash(c) || c == '/')
    };
    // A post-office box has no flats.
    if matches!(
        words.first().map(|word| word.to_uppercase()).as_deref(),
        Some("PL" | "PB" | "BOX" | "P.O." | "PL.")
    ) {
        return whole();
    }
    let Some(mut at) = words
        .iter()
        .skip(1)
        .position(|word| is_number(word))
        .map(|at| at + 1)
    else {
        return whole();
    };
    // "3 - 5" and "3 b": still the house number.
    while words.len() > at + 2 && words[at + 1].chars().all(super::is_dash) && is_number(words[at + 2]) {
        at += 2;
    }
    let rest = words[at + 1..].join(" ");
    let rest = rest.trim_matches([',', ' ']);
    if rest.is_empty() {
        return whole();
    }
    // A lone small letter is part of the house number; a lone capital is a stairwell or a house of its own.
    let lone_letter = rest.chars().count() == 1;
    match flat_form(rest) {
        Some(flat) if !lone_letter || rest.chars().all(char::is_uppercase) => (
            words[..=at].join(" ").trim_end_matches(',').to_owned(),
            Some(flat),
        ),
        _ => match rest.split_once(' ') {
            // "3 b A 12".
            Some((letter, flat)) if letter.len() == 1 && letter.chars().all(char::is_lowercase) => {
                match flat_form(flat) {
                    Some(flat) => (format!("{} {letter}", words[..=at].join(" ")), Some(flat)),
                    None => whole(),
                }
            }
            _ => whole(),
        },
    }
}

/// Reads a flat: "a12", "A12", "A-12", "as. 12", "A 012" become "A 12" or "12". What looks otherwise stays as written.
pub fn clean_flat(cell: &Cell) -> Cleaned<String> {
    let cleaned = clean_line(cell);
    let Some(text) = cleaned.value else { return cleaned };
    Cleaned::of(flat_form(&text).unwrap_or(text))
}

/// The customary form of a flat: stairwell, number, and a letter for flats that were divided ("A 12 b").
pub(crate) fn flat_form(text: &str) -> Option<String> {
    let mut stair = String::new();
    let mut number = String::new();
    let mut suffix = String::new();
    let lower = text.to_lowercase();
    let mut rest = lower.as_str();
    // "rappu A as. 12", "huoneisto 12", "bst. 4", "lgh 12".
    let mut labelled = false;
    loop {
        rest = rest.trim_start_matches([' ', '.', ',', ':', '-', '–', '/']);
        let label = [
            "huoneisto",
            "asunto",
            "rappu",
            "trappa",
            "lägenhet",
            "bostad",
            "lgh",
            "bst",
            "huon",
            "hto",
            "as",
            "apt",
            "flat",
        ]
        .iter()
        .find(|label| {
            rest.strip_prefix(**label).is_some_and(|after| {
                after.starts_with([' ', '.', ':']) || after.starts_with(|c: char| c.is_ascii_digit())
            })
        });
        match label {
            Some(label) => {
                rest = &rest[label.len()..];
                labelled = true;
                continue;
            }
            None if stair.is_empty()
                && number.is_empty()
                && rest.starts_with(|c: char| c.is_alphabetic()) =>
            {
                let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
                stair = rest[..end].to_uppercase();
                rest = &rest[end..];
            }
            None if number.is_empty() && rest.starts_with(|c: char| c.is_ascii_digit()) => {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                number = rest[..end].trim_start_matches('0').to_owned();
                rest = &rest[end..];
                if number.is_empty() {
                    return None;
                }
            }
            None if !number.is_empty()
                && suffix.is_empty()
                && rest.chars().count() == 1
                && rest.chars().all(char::is_alphabetic) =>
            {
                suffix = rest.to_owned();
                rest = "";
            }
            None => break,
        }
    }
    if !rest.is_empty()
        || stair.chars().count() > 2
        || number.len() > 4
        || (stair.is_empty() && number.is_empty())
    {
        return None;
    }
    if stair.chars().count() == 2 && number.is_empty() && !labelled {
        return None;
    }
    let mut form = stair;
    if !number.is_empty() {
        if !form.is_empty() {
            form.push(' ');
        }
        form.push_str(&number);
    }
    if !suffix.is_empty() {
        form.push(' ');
        form.push_str(&suffix);
    }
    Some(form)
}

/// The parts of an address in one column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// "Koivukatu 3".
    pub street: String,
    /// "A 12".
    pub flat: Option<String>,
    /// "00100"; empty where the cell has none.
    pub postal_code: String,
    /// "Helsinki"; empty where the cell has none.
    pub city: String,
}

/// Reads "Koivukatu 3 A 12, 00100 Helsinki", with or without the comma, or on lines of its own.
pub fn clean_address(cell: &Cell) -> Cleaned<Address> {
    let separated = match cell {
        Cell::Text(text) if text.contains(['\n', '\r']) => Cell::Text(text.replace(['\n', '\r'], ", ")),
        other => other.clone(),
    };
    let cleaned = clean_line(&separated);
    let Some(text) = cleaned.value else {
        return Cleaned {
            problem: cleaned.problem,
            ..Cleaned::default()
        };
    };
    // The last word of five digits (perhaps behind "FI-") with only a city behind it is the postal code.
    let text = match without_home_country(&text) {
        "" => text,
        at_home => at_home.to_owned(),
    };
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let code_at = words.iter().rposition(|word| {
        let word = word.trim_start_matches("FI-").trim_start_matches("FIN-");
        word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit())
    });
    let (street_text, postal_code, city) = match code_at {
        Some(at) if words[at + 1..].is_empty() || is_city(&words[at + 1..].join(" ")) => {
            let code = words[at].rsplit('-').next().unwrap_or_default().to_owned();
            let start = words[at].as_ptr() as usize - text.as_ptr() as usize;
            (
                text[..start].trim_matches([' ', ',']).to_owned(),
                code,
                city_case(&words[at + 1..].join(" ")),
            )
        }
        _ => match text.rsplit_once(',') {
            Some((street, city)) if is_city(city.trim()) => {
                (street.trim().to_owned(), String::new(), city_case(city.trim()))
            }
            _ => (text.clone(), String::new(), String::new()),
        },
    };
    let street = clean_street(&Cell::Text(street_text));
    let (street, flat, notes) = match street.value {
        Some(found) => (found.street, found.flat, street.notes),
        None => (String::new(), None, Vec::new()),
    };
    Cleaned {
        notes,
        ..Cleaned::of(Address {
            street,
            flat,
            postal_code,
            city,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    #[test]
    fn codes_with_more_behind_them() {
        for (from, code, city) in [
            ("00100 Helsinki, Suomi", "00100", Some("Helsinki")),
            ("00100 HELSINKI FINLAND", "00100", Some("Helsinki")),
            ("00100 HELSINKI 10", "00100", Some("Helsinki")),
            ("SE-111 22 Stockholm", "SE-111 22", Some("Stockholm")),
            ("SE-111 22", "SE-111 22", None),
            ("100.0", "00100", None),
            ("33100,0", "33100", None),
            ("14", "00014", None),
            ("76", "00076", None),
        ] {
            let got = clean_postal_code(&text(from)).value.unwrap();
            assert_eq!((got.code.as_str(), got.city.as_deref()), (code, city), "{from}");
        }
        let address = clean_address(&text("Koivukatu 3 A 12, 00100 Helsinki, Finland"))
            .value
            .unwrap();
        assert_eq!(
            (
                address.street.as_str(),
                address.postal_code.as_str(),
                address.city.as_str()
            ),
            ("Koivukatu 3", "00100", "Helsinki")
        );
    }

    #[test]
    fn postal_codes_get_their_zeros_back() {
        for (cell, code, city, note) in [
            (text("00100"), "00100", None, None),
            (text("33100"), "33100", None, None),
            (
                Cell::Number(100.0),
                "00100",
                None,
                Some(Note::LeadingZeroRestored),
            ),
            (
                Cell::Number(2100.0),
                "02100",
                None,
                Some(Note::LeadingZeroRestored),
            ),
            (Cell::Number(33_100.0), "33100", None, None),
            (text("100"), "00100", None, Some(Note::LeadingZeroRestored)),
            (text("FI-00100"), "00100", None, None),
            (text("FIN-00100"), "00100", None, None),
            (text("fi 00100"), "00100", None, None),
            (text("AX-22100"), "22100", None, None),
            (
                text("00100 Helsinki"),
                "00100",
                Some("Helsinki"),
                Some(Note::CitySplit {
                    city: "Helsinki".into(),
                }),
            ),
            (
                text("00100, HELSINKI"),
                "00100",
                Some("Helsinki"),
                Some(Note::CitySplit {
                    city: "Helsinki".into(),
                }),
            ),
            (text("111 22"), "111 22", None, Some(Note::ForeignPostalCode)),
            (text("SW1A 1AA"), "SW1A 1AA", None, Some(Note::ForeignPostalCode)),
            (text("D-10115"), "D-10115", None, Some(Note::ForeignPostalCode)),
        ] {
            let got = clean_postal_code(&cell);
            let value = got.value.clone().unwrap();
            assert_eq!(
                (value.code.as_str(), value.city.as_deref()),
                (code, city),
                "{cell:?}"
            );
            assert_eq!(got.notes, note.into_iter().collect::<Vec<_>>(), "{cell:?}");
        }
        for cell in [
            text("Helsinki"),
            text("ei tiedossa"),
            text("00100 Helsinki, 2. krs, 12345"),
        ] {
            assert_eq!(
                clean_postal_code(&cell).problem,
                Some(Problem::PostalCodeUnreadable),
                "{cell:?}"
            );
        }
        assert!(clean_postal_code(&text(" ")).is_blank());
    }

    #[test]
    fn cities_in_capitals_are_calmed() {
        for (from, to) in [
            ("HELSINKI", "Helsinki"),
            ("PARAINEN", "Parainen"),
            ("Helsinki", "Helsinki"),
            ("ÄÄNEKOSKI", "Äänekoski"),
            ("PEDERSÖREN KUNTA", "Pedersören Kunta"),
            ("KORSHOLM-VASA", "Korsholm-Vasa"),
            ("helsinki", "helsinki"),
            (" Espoo ", "Espoo"),
        ] {
            assert_eq!(clean_city(&text(from)).value.as_deref(), Some(to));
        }
    }

    #[test]
    fn flats_leave_the_street() {
        for (from, street, flat) in [
            ("Koivukatu 3 A 12", "Koivukatu 3", Some("A 12")),
            ("Koivukatu 3 A12", "Koivukatu 3", Some("A 12")),
            ("Koivukatu 3, A 12", "Koivukatu 3", Some("A 12")),
            ("Koivukatu 3 as. 12", "Koivukatu 3", Some("12")),
            ("Koivukatu 3 A as 12", "Koivukatu 3", Some("A 12")),
            ("Koivukatu 3 C", "Koivukatu 3", Some("C")),
            ("Koivukatu 3b", "Koivukatu 3b", None),
            ("Koivukatu 3 b", "Koivukatu 3 b", None),
            ("Koivukatu 3 b A 12", "Koivukatu 3 b", Some("A 12")),
            ("Koivukatu 3-5 B 2", "Koivukatu 3-5", Some("B 2")),
            ("Koivukatu 3 - 5 B 2", "Koivukatu 3 - 5", Some("B 2")),
            ("Koivukatu 3", "Koivukatu 3", None),
            ("Koivukatu", "Koivukatu", None),
            ("2. linja 4 A 7", "2. linja 4", Some("A 7")),
            ("Kustaa III:n tie 4", "Kustaa III:n tie 4", None),
            ("KOIVUKATU 3 A 12", "Koivukatu 3", Some("A 12")),
            ("PL 12", "PL 12", None),
            ("Strandvägen 7 lgh 12", "Strandvägen 7", Some("12")),
            ("Koivukatu 3 c/o Virtanen", "Koivukatu 3 c/o Virtanen", None),
        ] {
            let got = clean_street(&text(from)).value.unwrap();
            assert_eq!(
                (got.street.as_str(), got.flat.as_deref()),
                (street, flat),
                "{from:?}"
            );
        }
    }

    #[test]
    fn flats_take_their_customary_form() {
        for (from, to) in [
            ("A 12", "A 12"),
            ("a12", "A 12"),
            ("A-12", "A 12"),
            ("A012", "A 12"),
            ("as. 12", "12"),
            ("12", "12"),
            ("A 12b", "A 12 b"),
            ("A 12 b", "A 12 b"),
            ("C", "C"),
            ("huoneisto 4", "4"),
            ("rappu B as 3", "B 3"),
            ("liiketila 1", "liiketila 1"),
            ("talli", "talli"),
        ] {
            let got = clean_flat(&text(from)).value.unwrap();
            assert_eq!(got, to, "{from}");
            assert_eq!(clean_flat(&text(&got)).value.as_deref(), Some(to));
        }
        assert_eq!(clean_flat(&Cell::Number(7.0)).value.as_deref(), Some("7"));
    }

    #[test]
    fn whole_addresses_are_taken_apart() {
        for (from, want) in [
            (
                "Koivukatu 3 A 12, 00100 Helsinki",
                ("Koivukatu 3", Some("A 12"), "00100", "Helsinki"),
            ),
            (
                "Koivukatu 3 A 12 00100 HELSINKI",
                ("Koivukatu 3", Some("A 12"), "00100", "Helsinki"),
            ),
            (
                "Koivukatu 3\n00100 Helsinki",
                ("Koivukatu 3", None, "00100", "Helsinki"),
            ),
            (
                "Koivukatu 3, FI-00100 Helsinki",
                ("Koivukatu 3", None, "00100", "Helsinki"),
            ),
            ("Koivukatu 3, Helsinki", ("Koivukatu 3", None, "", "Helsinki")),
            ("Koivukatu 3", ("Koivukatu 3", None, "", "")),
            ("00100 Helsinki", ("", None, "00100", "Helsinki")),
        ] {
            let got = clean_address(&text(from)).value.unwrap();
            assert_eq!(
                (
                    got.street.as_str(),
                    got.flat.as_deref(),
                    got.postal_code.as_str(),
                    got.city.as_str()
                ),
                want,
                "{from:?}"
            );
        }
    }
}
