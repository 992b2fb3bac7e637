//! What a row takes from the rows around it: "sama" and ditto marks, a flat written once for a household, a second row with
//! the rest of a person's addresses.

use super::field::{Field, Target};
use super::options::Mapping;
use super::words::compact;
use crate::clean::{Note, is_as_above, is_no_value, shown};
use crate::sheet::{Cell, Row};
use std::collections::{HashMap, HashSet};

/// Cells of one column that are merged from one row to another; row numbers as Excel shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Column from 0.
    pub column: u32,
    /// First row.
    pub first_row: u32,
    /// Last row.
    pub last_row: u32,
}

/// A cell that a row takes from another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taken {
    pub(super) column: usize,
    pub(super) cell: Cell,
    pub(super) note: Note,
}

/// What the rows of a sheet take from each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Neighbours {
    taken: HashMap<u32, Vec<Taken>>,
    /// Rows whose values all belong to the row above.
    continued: HashSet<u32>,
}

/// Households are not larger where a flat is written once; a longer run of blanks is a list of people without flats.
const LONGEST_RUN: usize = 7;

impl Neighbours {
    /// What a row takes.
    pub(super) fn of(&self, row: u32) -> &[Taken] {
        self.taken.get(&row).map_or(&[], Vec::as_slice)
    }

    /// Whether a row only completes the one above.
    pub(super) fn is_continued(&self, row: u32) -> bool {
        self.continued.contains(&row)
    }

    /// Looks at the rows of a sheet in their order; those in `apart` are the user's own and complete no other.
    pub(super) fn of_sheet(rows: &[Row], mapping: &Mapping, spans: &[Span], apart: &HashSet<u32>) -> Self {
        let mut found = Self::default();
        let columns = Columns::of(mapping);
        found.look_above(rows, &columns);
        found.look_below(rows, &columns, apart);
        found.fill_merged(rows, &columns, spans);
        found.fill_households(rows, &columns);
        found
    }

    fn take(&mut self, row: u32, column: usize, cell: Cell, note: Note) {
        let taken = self.taken.entry(row).or_default();
        if taken.iter().all(|known| known.column != column) {
            taken.push(Taken { column, cell, note });
        }
    }

    /// "Ks. yllä" and ditto marks.
    fn look_above(&mut self, rows: &[Row], columns: &Columns) {
        // The cell meant by the row before, for each column that may refer to it.
        let mut meant: Vec<Option<&Cell>> = vec![None; columns.shared.len()];
        for row in rows {
            for (place, column) in columns.shared.iter().enumerate() {
                let cell = row.cell(*column);
                let refers = matches!(cell, Cell::Text(text) if is_as_above(text));
                if !refers {
                    meant[place] = Some(cell);
                } else if let Some(cell) = meant[place].filter(|cell| !is_nothing(cell)) {
                    self.take(row.number, *column, cell.clone(), Note::FromAbove);
                }
            }
        }
    }

    /// A nameless row right below a person, with nothing but contacts and addresses that the person lacks.
    fn look_below(&mut self, rows: &[Row], columns: &Columns, apart: &HashSet<u32>) {
        let mut named = rows.first().is_some_and(|row| columns.names_somebody(row));
        for pair in rows.windows(2) {
            let (upper, lower) = (&pair[0], &pair[1]);
            let named_above = std::mem::replace(&mut named, columns.names_somebody(lower));
            if lower.number != upper.number + 1 || named || !named_above || apart.contains(&lower.number) {
                continue;
            }
            let filled: Vec<usize> = columns
                .mapped
                .iter()
                .copied()
                .filter(|column| !is_nothing(lower.cell(*column)))
                .collect();
            let completes = |column: &usize| columns.reach.contains(column) && upper.cell(*column).is_blank();
            if filled.is_empty() || !filled.iter().all(completes) {
                continue;
            }
            for column in filled {
                self.take(upper.number, column, lower.cell(column).clone(), Note::FromBelow);
            }
            self.continued.insert(lower.number);
        }
    }

    /// Cells merged over several rows belong to each of them.
    fn fill_merged(&mut self, rows: &[Row], columns: &Columns, spans: &[Span]) {
        for span in spans {
            let column = span.column as usize;
            let Ok(first) = rows.binary_search_by_key(&span.first_row, |row| row.number) else {
                continue;
            };
            let cell = rows[first].cell(column);
            if !columns.home.contains(&column) || is_nothing(cell) {
                continue;
            }
            for row in rows[first + 1..]
                .iter()
                .take_while(|row| row.number <= span.last_row)
                .filter(|row| row.cell(column).is_blank() && columns.names_somebody(row))
            {
                self.take(row.number, column, cell.clone(), Note::FromAbove);
            }
        }
    }

    /// A flat written only on the first row of each household. So it is where every flat stands once, in the order of a
    /// building, and at least every fifth row has none: elsewhere a blank flat means that somebody has none.
    fn fill_households(&mut self, rows: &[Row], columns: &Columns) {
        let [flat] = columns.flats[..] else { return };
        let people: Vec<&Row> = rows.iter().filter(|row| columns.names_somebody(row)).collect();
        let filled: Vec<&Row> = people
            .iter()
            .copied()
            .filter(|row| !is_nothing(row.cell(flat)))
            .collect();
        let blank = people.len() - filled.len();
        if filled.len() < 3 || blank * 5 < people.len() {
            return;
        }
        let keys: Vec<(String, u32)> = filled.iter().map(|row| order(row.cell(flat))).collect();
        let distinct: HashSet<&(String, u32)> = keys.iter().collect();
        let rising = keys.windows(2).filter(|pair| pair[0] < pair[1]).count();
        if distinct.len() * 20 < keys.len() * 19 || rising * 10 < (keys.len() - 1) * 9 {
            return;
        }
        let mut at = 0;
        while at < people.len() {
            let head = people[at];
            let run = people[at + 1..]
                .iter()
                .zip(head.number + 1..)
                .take_while(|(row, number)| row.number == *number && is_nothing(row.cell(flat)))
                .count();
            if !is_nothing(head.cell(flat)) && run < LONGEST_RUN {
                for row in &people[at + 1..=at + run] {
                    self.take(row.number, flat, head.cell(flat).clone(), Note::FromAbove);
                    // Without an address of their own they live where the flat is.
                    if columns.address.iter().all(|column| is_nothing(row.cell(*column))) {
                        for column in &columns.address {
                            if !is_nothing(head.cell(*column)) {
                                self.take(row.number, *column, head.cell(*column).clone(), Note::FromAbove);
                            }
                        }
                    }
                }
            }
            at += run + 1;
        }
    }
}

fn is_nothing(cell: &Cell) -> bool {
    cell.is_blank() || matches!(cell, Cell::Text(text) if is_no_value(text))
}

/// Stairwell and number, by which flats stand in order.
fn order(cell: &Cell) -> (String, u32) {
    let text = compact(&shown(cell));
    let at = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let digits = text[at..].find(|c: char| !c.is_ascii_digit());
    let number = &text[at..digits.map_or(text.len(), |length| at + length)];
    (text[..at].to_owned(), number.parse().unwrap_or_default())
}

/// The columns of a sheet by what neighbours may share.
struct Columns {
    mapped: Vec<usize>,
    names: Vec<usize>,
    /// Where "sama" may stand.
    shared: Vec<usize>,
    /// Phones, e-mails and addresses.
    reach: Vec<usize>,
    flats: Vec<usize>,
    address: Vec<usize>,
    /// Flats and addresses.
    home: Vec<usize>,
}

impl Columns {
    fn of(mapping: &Mapping) -> Self {
        let those = |fits: &dyn Fn(Target) -> bool| -> Vec<usize> {
            let columns = mapping.targets.iter().enumerate();
            columns
                .filter(|(_, target)| fits(**target))
                .map(|(column, _)| column)
                .collect()
        };
        let fields = |fields: &'static [Field]| {
            those(&|target| matches!(target, Target::Field(field) if fields.contains(&field)))
        };
        const ADDRESS: &[Field] = &[
            Field::Street,
            Field::PostalCode,
            Field::City,
            Field::Address,
            Field::Country,
        ];
        let address = fields(ADDRESS);
        let flats = fields(&[Field::Flat]);
        let mut reach = fields(&[Field::Phone, Field::Email]);
        reach.extend(&address);
        let mut home = flats.clone();
        home.extend(&address);
        let mut shared = reach.clone();
        shared.extend(&flats);
        shared.extend(fields(&[
            Field::LastName,
            Field::OrganisationName,
            Field::Domicile,
            Field::Language,
            Field::RoleName,
            Field::RoleFrom,
            Field::RoleTo,
            Field::Group,
        ]));
        Self {
            mapped: those(&|target| target != Target::Ignore),
            names: fields(&[
                Field::Name,
                Field::FirstName,
                Field::LastName,
                Field::OrganisationName,
            ]),
            shared,
            reach,
            flats,
            address,
            home,
        }
    }

    fn names_somebody(&self, row: &Row) -> bool {
        self.names.iter().any(|column| !is_nothing(row.cell(*column)))
    }
}
