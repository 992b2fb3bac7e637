//! Where the column headings of a list stand: below title rows, in one line or two, or nowhere.

use kiulu_domain::clean::name::is_organisation_name;
use kiulu_domain::import::guess::heads_a_column;
use kiulu_domain::sheet::{Cell, Row};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::model::Merge;

/// The headings of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct Header {
    /// Number of the first heading row as Excel shows it, from 1; of the first row of data where there is no heading.
    pub first_row: u32,
    /// Heading rows: 0, 1 or 2.
    pub rows: u32,
    /// A name for every column: its heading, both lines joined by " / "; its letter where there is none.
    pub names: Vec<String>,
}

impl Header {
    /// Number of the first row that may hold data.
    pub fn first_data_row(&self) -> u32 {
        self.first_row + self.rows
    }
}

/// Rows from the top among which headings are looked for.
const LOOKED_AT: usize = 60;

/// Finds the headings from a sheet's first rows and its merged ranges.
pub fn detect_header(rows: &[Row], merges: &[Merge]) -> Header {
    let rows: Vec<&Row> = rows
        .iter()
        .filter(|row| row.cells.iter().any(|cell| !cell.is_blank()))
        .take(LOOKED_AT)
        .collect();
    let typical = typical_width(&rows);
    let wide = |row: &Row| spread(row, merges).len() >= 2.max(typical.div_ceil(2)) || typical < 2;
    let Some(first) = rows.iter().position(|row| wide(row)) else {
        return no_header(&rows, 0);
    };
    // A title above the list may be as wide as the list, and name a street or a day: of the first rows the one with most words
    // that head columns is the heading, or the first line of it.
    let words = |at: usize| known_words(rows[at]);
    let best = (first..rows.len().min(first + 8))
        .filter(|&at| wide(rows[at]) && mostly_known(rows[at]))
        .max_by_key(|&at| (words(at), std::cmp::Reverse(at)));
    let at = match best {
        Some(at)
            if at > first
                && wide(rows[at - 1])
                && words(at - 1) > 0
                && is_second_line(rows[at - 1], rows[at], rows.get(at + 1).copied(), merges) =>
        {
            at - 1
        }
        Some(at) => at,
        None => first,
    };
    if !is_heading(rows[at], &rows[at + 1..]) {
        return no_header(&rows, at);
    }
    let two = rows
        .get(at + 1)
        .is_some_and(|lower| is_second_line(rows[at], lower, rows.get(at + 2).copied(), merges));
    named(&rows, at, if two { 2 } else { 1 }, merges)
}

/// The names that a choice of heading rows gives, for a user who moves the heading by hand.
///
/// `first_row` is a row number from 1; `count` 0, 1 or 2.
pub fn header_at(rows: &[Row], merges: &[Merge], first_row: u32, count: u32) -> Header {
    let present: Vec<&Row> = rows.iter().collect();
    let blank = Row {
        number: first_row,
        cells: Vec::new(),
    };
    let mut chosen: Vec<&Row> = present;
    let at = chosen
        .iter()
        .position(|row| row.number >= first_row)
        .unwrap_or(chosen.len());
    if chosen.get(at).is_none_or(|row| row.number != first_row) {
        chosen.insert(at, &blank);
    }
    if count == 0 {
        no_header(&chosen, at)
    } else {
        named(&chosen, at, count.min(2), merges)
    }
}

fn filled(row: &Row) -> usize {
    row.cells.iter().filter(|cell| !cell.is_blank()).count()
}

/// Median of filled cells, of which title rows are few.
fn typical_width(rows: &[&Row]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(|row| filled(row)).collect();
    widths.sort_unstable();
    widths.get(widths.len() / 2).copied().unwrap_or(0)
}

/// Columns that a row fills, merged ranges at their full width; a lone cell across the list is a title and fills one.
fn spread(row: &Row, merges: &[Merge]) -> Vec<usize> {
    let mut columns = Vec::new();
    let lone = filled(row) == 1;
    for (column, cell) in row.cells.iter().enumerate() {
        if cell.is_blank() {
            continue;
        }
        let last = merges
            .iter()
            .find(|merge| merge.first_row + 1 == row.number && merge.first_column as usize == column)
            .map_or(column, |merge| merge.last_column as usize);
        columns.extend(column..=if lone { column } else { last.max(column) });
    }
    columns
}

/// Words that head columns which no contact has a field for; the others are those that the import knows.
const WORDS: &[&str] = &[
    "osakkeet",
    "osakenumerot",
    "omistaja",
    "asukas",
    "porras",
    "rappu",
    "kerros",
    "pintaala",
    "yhteystiedot",
    "tunnus",
    "numero",
    "nro",
    "pvm",
    "date",
    "id",
    "number",
    "type",
    "status",
    "tila",
];

fn is_known_word(text: &str) -> bool {
    if text.len() > 60 || is_organisation_name(text) {
        return false;
    }
    let plain = text.to_lowercase().replace('-', "");
    plain
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| WORDS.contains(&word))
        || heads_a_column(text)
}

/// Cells that only data have: numbers, dates, addresses, telephone numbers.
fn is_data(cell: &Cell) -> bool {
    match cell {
        Cell::Empty => false,
        Cell::Number(_) | Cell::Date(_) | Cell::Duration(_) | Cell::Bool(_) | Cell::Error(_) => true,
        Cell::Text(text) => {
            let text = text.trim();
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
            text.contains('@') && text.contains('.')
                || digits >= 3 && digits * 2 >= text.chars().count()
                || digits > 0 && letters == 0
                || text.chars().count() > 120
        }
    }
}

fn texts(row: &Row) -> impl Iterator<Item = &str> {
    row.cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) if !text.trim().is_empty() => Some(text.trim()),
        _ => None,
    })
}

fn known_words(row: &Row) -> usize {
    texts(row).filter(|text| is_known_word(text)).count()
}

fn mostly_known(row: &Row) -> bool {
    let all = filled(row);
    let data = row.cells.iter().filter(|cell| is_data(cell)).count();
    let known = known_words(row);
    known * 2 >= all.max(1) && data * 2 <= all
}

fn is_heading(row: &Row, below: &[&Row]) -> bool {
    let all = filled(row);
    let data = row.cells.iter().filter(|cell| is_data(cell)).count();
    let known = texts(row).filter(|text| is_known_word(text)).count();
    if mostly_known(row) {
        return true;
    }
    // Years and numbers as headings stand among words.
    if data * 4 > all || texts(row).count() == 0 {
        return false;
    }
    let differs_below = |column: usize, cell: &Cell| {
        !cell.is_blank() && !is_data(cell) && below.iter().take(20).any(|row| is_data(row.cell(column)))
    };
    if known > 0
        || row
            .cells
            .iter()
            .enumerate()
            .any(|(column, cell)| differs_below(column, cell))
    {
        return true;
    }
    // Text over text: a heading is not found again among its column's values.
    !below.is_empty()
        && row
            .cells
            .iter()
            .enumerate()
            .all(|(column, cell)| cell.is_blank() || below.iter().all(|row| row.cell(column) != cell))
}

fn is_second_line(upper: &Row, lower: &Row, third: Option<&Row>, merges: &[Merge]) -> bool {
    if lower.number != upper.number + 1 || lower.cells.iter().any(is_data) || filled(lower) == 0 {
        return false;
    }
    let merged = merges.iter().any(|merge| {
        merge.first_row + 1 == upper.number
            && (merge.last_column > merge.first_column && merge.last_row == merge.first_row
                || merge.last_row == merge.first_row + 1)
    });
    let known = known_words(lower);
    // A person right below a merged heading is no second line of it: that one has words that head columns, or nothing but cells
    // under the merged ones.
    if merged {
        let below = (0..lower.cells.len())
            .filter(|column| !lower.cell(*column).is_blank())
            .all(|column| {
                merges.iter().any(|merge| {
                    merge.first_row + 1 == upper.number
                        && merge.last_row == merge.first_row
                        && (merge.first_column as usize..=merge.last_column as usize).contains(&column)
                })
            });
        return known > 0 || below;
    }
    // Without merged cells: the lower line names columns that the upper leaves blank, in words that head columns.
    let fills_gap =
        (0..lower.cells.len()).any(|column| !lower.cell(column).is_blank() && upper.cell(column).is_blank());
    let data_follows = third.is_some_and(|row| row.cells.iter().any(is_data));
    fills_gap && known > 0 && data_follows
}

/// A column's letters: A, B … Z, AA … for a column counted from 0.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        // Below 26, so it fits.
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

fn width(rows: &[&Row]) -> usize {
    rows.iter()
        .map(|row| {
            row.cells
                .iter()
                .rposition(|cell| !cell.is_blank())
                .map_or(0, |last| last + 1)
        })
        .max()
        .unwrap_or(0)
}

fn no_header(rows: &[&Row], at: usize) -> Header {
    Header {
        first_row: rows.get(at).map_or(1, |row| row.number),
        rows: 0,
        names: (0..width(rows)).map(column_letters).collect(),
    }
}

fn named(rows: &[&Row], at: usize, count: u32, merges: &[Merge]) -> Header {
    let upper = rows[at];
    let blank = Row::default();
    let lower = if count == 2 {
        rows.get(at + 1)
            .copied()
            .filter(|row| row.number == upper.number + 1)
            .unwrap_or(&blank)
    } else {
        &blank
    };
    let mut names: Vec<String> = Vec::new();
    let mut carried = String::new();
    for column in 0..width(&rows[at..]) {
        let mut top = heading(upper.cell(column));
        let bottom = heading(lower.cell(column));
        if count == 2 {
            let under_merge = merges.iter().any(|merge| {
                merge.first_row + 1 == upper.number
                    && (merge.first_column as usize) < column
                    && column <= merge.last_column as usize
            });
            let no_merges = !merges.iter().any(|merge| merge.first_row + 1 == upper.number);
            if !top.is_empty() {
                carried.clone_from(&top);
            } else if under_merge || no_merges && !bottom.is_empty() {
                top.clone_from(&carried);
            } else {
                carried.clear();
            }
        }
        let name = match (top.is_empty(), bottom.is_empty()) {
            (false, false) if top != bottom => format!("{top} / {bottom}"),
            (true, false) => bottom,
            (false, _) => top,
            (true, true) => column_letters(column),
        };
        names.push(name);
    }
    number_repeats(&mut names);
    Header {
        first_row: upper.number,
        rows: count,
        names,
    }
}

/// A second column of the same name becomes "Puhelin (2)".
fn number_repeats(names: &mut [String]) {
    for at in 1..names.len() {
        let before = names[..at].iter().filter(|name| **name == names[at]).count();
        if before > 0 {
            let mut number = before + 1;
            let mut name = format!("{} ({number})", names[at]);
            while names[..at].contains(&name) {
                number += 1;
                name = format!("{} ({number})", names[at]);
            }
            names[at] = name;
        }
    }
}

fn heading(cell: &Cell) -> String {
    let text = match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(moment) => moment.format("%-d.%-m.%Y").to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Error(_) | Cell::Empty | Cell::Duration(_) => String::new(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of text; digits alone become numbers, an empty row is left out as readers leave it out.
    fn rows(table: &[&[&str]]) -> Vec<Row> {
        (1u32..)
            .zip(table)
            .filter(|(_, row)| !row.is_empty())
            .map(|(number, row)| Row {
                number,
                cells: row
                    .iter()
                    .map(|text| match text.parse() {
                        _ if text.is_empty() => Cell::Empty,
                        Ok(value) => Cell::Number(value),
                        Err(_) => Cell::Text((*text).to_owned()),
                    })
                    .collect(),
            })
            .collect()
    }

    fn merge(row: u32, first_column: u32, last_column: u32) -> Merge {
        Merge {
            first_row: row,
            last_row: row,
            first_column,
            last_column,
        }
    }

    fn check(table: &[&[&str]], merges: &[Merge], first_row: u32, count: u32, names: &[&str]) {
        let header = detect_header(&rows(table), merges);
        assert_eq!((header.first_row, header.rows), (first_row, count), "{header:?}");
        assert_eq!(header.names, names);
    }

    #[test]
    fn a_plain_heading() {
        check(
            &[
                &["Nimi", "Puhelin"],
                &["Anna Mäki", "040 1234567"],
                &["Eero Laine", "050 7654321"],
            ],
            &[],
            1,
            1,
            &["Nimi", "Puhelin"],
        );
    }

    #[test]
    fn titles_above_are_skipped() {
        check(
            &[
                &["As Oy Koivurinne, asukasluettelo"],
                &["Päivitetty", "1.3.2024"],
                &[],
                &["Etunimi", "Sukunimi", "Huoneisto", "Sähköposti", "Puhelin"],
                &["Anna", "Mäki", "A 1", "anna@esimerkki.fi", "040 1234567"],
                &["Eero", "Laine", "A 2", "eero@esimerkki.fi", "050 7654321"],
                &["Liisa", "Koski", "A 3", "liisa@esimerkki.fi", "050 7654321"],
                &["Kalle", "Niemi", "A 4", "kalle@esimerkki.fi", "050 7654321"],
            ],
            &[merge(0, 0, 4)],
            4,
            1,
            &["Etunimi", "Sukunimi", "Huoneisto", "Sähköposti", "Puhelin"],
        );
    }

    #[test]
    fn a_title_as_wide_as_the_list_is_none_of_its_headings() {
        check(
            &[
                &["Asunto Oy Koivukuja", "1.3.2024"],
                &["Nimi", "Sposti", "Pno"],
                &["Anna Mäki", "anna@esimerkki.fi", "100"],
                &["Eero Laine", "eero@esimerkki.fi", "200"],
            ],
            &[],
            2,
            1,
            &["Nimi", "Sposti", "Pno"],
        );
        check(
            &[
                &["Osakasluettelo", "Koivukuja 3"],
                &["Jäsennro", "Syntaika"],
                &["12", "13.10.1952"],
                &["13", "1.2.1980"],
            ],
            &[],
            2,
            1,
            &["Jäsennro", "Syntaika"],
        );
    }

    #[test]
    fn a_person_below_a_merged_heading_is_no_heading() {
        check(
            &[
                &["Nimi", "Yhteystiedot", ""],
                &["Anna Mäki", "Turku", "anna"],
                &["Eero Laine", "Oulu", "eero"],
            ],
            &[merge(0, 1, 2)],
            1,
            1,
            &["Nimi", "Yhteystiedot", "C"],
        );
    }

    #[test]
    fn two_lines_under_merged_cells_are_joined() {
        check(
            &[
                &["Jäsenluettelo"],
                &["Nimi", "Osoite", "", "", "Yhteystiedot", ""],
                &["", "Katu", "Postinumero", "Kunta", "Puhelin", "Sähköposti"],
                &[
                    "Anna Mäki",
                    "Kuja 1 A 2",
                    "100",
                    "Helsinki",
                    "0401234567",
                    "a@b.fi",
                ],
                &[
                    "Eero Laine",
                    "Kuja 1 A 3",
                    "100",
                    "Helsinki",
                    "0401234568",
                    "e@b.fi",
                ],
                &[
                    "Liisa Koski",
                    "Kuja 1 A 4",
                    "100",
                    "Helsinki",
                    "0401234569",
                    "l@b.fi",
                ],
            ],
            &[merge(0, 0, 5), merge(1, 1, 3), merge(1, 4, 5)],
            2,
            2,
            &[
                "Nimi",
                "Osoite / Katu",
                "Osoite / Postinumero",
                "Osoite / Kunta",
                "Yhteystiedot / Puhelin",
                "Yhteystiedot / Sähköposti",
            ],
        );
    }

    #[test]
    fn two_lines_without_merged_cells_need_words_that_head_columns() {
        check(
            &[
                &["Nimi", "Osoite", "", "Puhelin"],
                &["", "Katu", "Postinumero", ""],
                &["Anna Mäki", "Kuja 1", "100", "0401234567"],
                &["Eero Laine", "Kuja 2", "100", "0401234568"],
            ],
            &[],
            1,
            2,
            &["Nimi", "Osoite / Katu", "Osoite / Postinumero", "Puhelin"],
        );
    }

    #[test]
    fn no_heading_gives_letters() {
        check(
            &[
                &["Anna", "Mäki", "Kuja 1 A 2", "040 1234567", "a@b.fi"],
                &["Eero", "Laine", "Kuja 1 A 3", "040 1234568", "e@b.fi"],
            ],
            &[],
            1,
            0,
            &["A", "B", "C", "D", "E"],
        );
    }

    #[test]
    fn text_over_text_is_a_heading_unless_it_recurs() {
        check(
            &[&["Alue", "Vastuu"], &["Piha", "Anna"], &["Katto", "Eero"]],
            &[],
            1,
            1,
            &["Alue", "Vastuu"],
        );
        check(
            &[&["Piha", "Anna"], &["Katto", "Eero"], &["Piha", "Eero"]],
            &[],
            1,
            0,
            &["A", "B"],
        );
    }

    #[test]
    fn nameless_and_repeated_columns_get_names() {
        check(
            &[
                &["Nimi", "", "Puhelin", "Puhelin"],
                &["Anna", "x", "040 1234567", "050 1234567"],
            ],
            &[],
            1,
            1,
            &["Nimi", "B", "Puhelin", "Puhelin (2)"],
        );
    }

    #[test]
    fn a_heading_chosen_by_hand_is_obeyed() {
        let table = rows(&[&["Otsikko"], &["Nimi", "Puhelin"], &["Anna", "040 1234567"]]);
        assert_eq!(header_at(&table, &[], 2, 1).names, ["Nimi", "Puhelin"]);
        assert_eq!(header_at(&table, &[], 1, 0).names, ["A", "B"]);
        assert_eq!(header_at(&table, &[], 9, 1).names, Vec::<String>::new());
        assert_eq!(detect_header(&[], &[]).rows, 0);
    }

    #[test]
    fn letters_run_past_z() {
        assert_eq!(
            ["A", "Z", "AA", "XFD"],
            [0, 25, 26, 16_383]
                .map(column_letters)
                .each_ref()
                .map(String::as_str)
        );
    }
}
