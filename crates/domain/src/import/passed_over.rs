//! Rows between the persons: blank ones, headers printed again on each page, sums, footers, headings of sections.

use super::draft::PassedOver;
use super::field::{Field, Target};
use super::reading::Reading;
use super::words::{self, compact};
use crate::clean::name::is_organisation_name;
use crate::clean::shown;
use crate::sheet::{Cell, Row};

/// Why a row is nobody's; nothing for one that is to be read.
pub(super) fn passed_over(row: &Row, reading: &Reading) -> Option<PassedOver> {
    let mut filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
    let Some((first, cell)) = filled.next() else {
        return Some(PassedOver::Blank);
    };
    let Cell::Text(text) = cell else { return None };
    let rest: Vec<(usize, &Cell)> = filled.collect();
    if repeats_header(first, text, &rest, reading) {
        return Some(PassedOver::Header);
    }
    let sums = words::is_sum(text) && rest.iter().all(|(_, cell)| is_amount(cell));
    let apart = rest.is_empty() && is_remark(first, text, reading);
    (sums || apart).then_some(PassedOver::Sum)
}

fn repeats_header(first: usize, text: &str, rest: &[(usize, &Cell)], reading: &Reading) -> bool {
    let says = |column: usize, text: &str| {
        let text = compact(text);
        reading
            .headers
            .get(column)
            .is_some_and(|words| words.contains(&text))
    };
    // A heading is short, and the first letter of the row tells most of them from people.
    if text.len() > 60 || !says(first, text) {
        return false;
    }
    let same = 1 + rest
        .iter()
        .filter(|(column, cell)| says(*column, &shown(cell)))
        .count();
    same * 2 > rest.len() + 1
}

/// "213", "45 hlö", "12,5 m²", and blank.
fn is_amount(cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) => {
            let text = text.trim();
            text.chars().all(|c| !c.is_alphabetic())
                || (text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 20)
                || words::is_sum(text)
        }
        _ => cell.is_blank() || matches!(cell, Cell::Number(_)),
    }
}

/// A lone cell that names nobody: "Tulostettu 1.3.2024", "Sivu 1/3", "A-porras", "x = osakas", "Hallitus:".
fn is_remark(column: usize, text: &str, reading: &Reading) -> bool {
    let text = text.trim();
    if text.contains('=') || text.ends_with(':') {
        return true;
    }
    let target = reading.mapping.targets.get(column).copied();
    let names_people = matches!(
        target,
        Some(Target::Field(
            Field::Name | Field::FirstName | Field::LastName | Field::OrganisationName
        ))
    );
    let has_digits = text.contains(|c: char| c.is_ascii_digit());
    if has_digits && (names_people || matches!(target, None | Some(Target::Ignore))) {
        return !is_organisation_name(text);
    }
    if matches!(
        target,
        Some(Target::Field(Field::Street | Field::Address | Field::Notes))
    ) {
        return false;
    }
    let folded = crate::collation::fold(text);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_part = |word: &str| {
        matches!(
            word,
            "porras"
                | "rappu"
                | "talo"
                | "kerros"
                | "trappa"
                | "trapphus"
                | "uppgang"
                | "hus"
                | "vaning"
                | "stairwell"
                | "staircase"
                | "building"
                | "floor"
        )
    };
    match words.as_slice() {
        // "A-porras", "Porras B", "Talo C".
        [one, other] if one.len() <= 2 && is_part(other) => true,
        [one, other] if is_part(one) && other.len() <= 2 => true,
        // "Sivu 1/3", "Jäseniä 213 kpl" in a column of something else.
        [first, _, ..]
            if has_digits && first.len() >= 4 && first.bytes().all(|b| b.is_ascii_alphabetic()) =>
        {
            true
        }
        [first, ..]
            if matches!(
                *first,
                "tulostettu"
                    | "paivitetty"
                    | "luettelo"
                    | "lahde"
                    | "luottamuksellinen"
                    | "laatinut"
                    | "utskriven"
                    | "uppdaterad"
                    | "printed"
                    | "updated"
                    | "confidential"
            ) =>
        {
            true
        }
        // "Osakkaat", "Hallituksen jäsenet": the heading of those that follow.
        _ => reading.roles.contains_key(words.concat().as_str()),
    }
}
