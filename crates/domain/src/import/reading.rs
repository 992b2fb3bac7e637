//! From the rows of a sheet to drafts: what is decided once per column, and which rows are nobody's.

use super::above::{Neighbours, Span};
use super::cells::Maker;
use super::draft::{PassedOver, RowRead};
use super::field::{Field, Target};
use super::headers::family_name_first;
use super::name_columns::role_of_heading;
use super::options::{Corrections, ImportOptions, Mapping};
use super::passed_over::passed_over;
use super::role_words::roles_by_word;
use super::words;
use crate::clean::name::{NameOrder, detect_name_order};
use crate::clean::{self, DateReading, DateUse, detect_date_numbers};
use crate::contact::{CustomField, CustomFieldKind};
use crate::id::{CustomFieldId, StakeholderKindId};
use crate::sheet::{Cell, Row};
use crate::vocabulary::StakeholderKind;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// How the values of one column are to be understood, from the column as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnReading {
    /// Each cell speaks for itself.
    Plain,
    /// Whole names, in this order.
    Names(NameOrder),
    /// Dates.
    Dates(DateReading),
}

/// Everything that reading a row needs besides the row; made once per sheet and shared by threads.
#[derive(Debug, Clone)]
pub struct Reading {
    pub(super) mapping: Mapping,
    pub(super) columns: Vec<ColumnReading>,
    /// What may stand in a column where the header is printed again, compacted.
    pub(super) headers: Vec<Vec<String>>,
    neighbours: Neighbours,
    texts: HashMap<(u32, u32), String>,
    corrected_rows: HashSet<u32>,
    pub(super) roles: HashMap<String, StakeholderKindId>,
    /// The roles that the headings over names say.
    pub(super) name_roles: HashMap<usize, StakeholderKindId>,
    pub(super) custom: HashMap<CustomFieldId, CustomField>,
    pub(super) has_flat_column: bool,
    pub(super) identity_code_basis: bool,
    pub(super) today: NaiveDate,
}

impl Reading {
    /// Prepares the reading of a sheet. `sample` are rows below the header, the more the better: they decide the order of
    /// names and the meaning of plain numbers in date columns. `today` is the day in the organisation's time zone.
    pub fn new(
        mapping: &Mapping,
        options: &ImportOptions,
        corrections: &Corrections,
        vocabulary: &[StakeholderKind],
        custom: &[CustomField],
        sample: &[Row],
        today: NaiveDate,
    ) -> Self {
        let custom: HashMap<_, _> = custom.iter().map(|field| (field.id, field.clone())).collect();
        let columns = mapping
            .targets
            .iter()
            .enumerate()
            .map(|(column, target)| column_reading(*target, column, mapping, &custom, sample, today))
            .collect();
        let roles = roles_by_word(vocabulary.iter().map(|kind| (kind.id, kind.name.as_str())));
        Self {
            columns,
            headers: mapping
                .headers
                .iter()
                .map(|header| heading_words(header))
                .collect(),
            neighbours: Neighbours::default(),
            texts: corrections
                .texts
                .iter()
                .map(|text| ((text.row, text.column), text.text.clone()))
                .collect(),
            corrected_rows: corrections.texts.iter().map(|text| text.row).collect(),
            name_roles: mapping
                .targets
                .iter()
                .zip(&mapping.headers)
                .enumerate()
                .filter(|(_, (target, _))| **target == Target::Field(Field::Name))
                .filter_map(|(column, (_, header))| Some((column, role_of_heading(header, &roles)?)))
                .collect(),
            roles,
            custom,
            has_flat_column: mapping.targets.contains(&Target::Field(Field::Flat)),
            identity_code_basis: options.identity_code_basis,
            mapping: mapping.clone(),
            today,
        }
    }

    /// Looks at all rows of the sheet, in their order, for what they take from each other; `spans` are its merged cells.
    #[must_use]
    pub fn with_neighbours(mut self, rows: &[Row], spans: &[Span]) -> Self {
        self.neighbours = Neighbours::of_sheet(rows, &self.mapping, spans, &self.corrected_rows);
        self
    }

    /// How a column is understood; the wizard shows it.
    pub fn column(&self, column: usize) -> ColumnReading {
        self.columns.get(column).copied().unwrap_or(ColumnReading::Plain)
    }
}

/// A header as it may be printed again: whole, or one of its two lines; without the number that tells equal ones apart.
fn heading_words(header: &str) -> Vec<String> {
    let header = match header.rsplit_once(" (") {
        Some((name, number)) if number.trim_end_matches(')').bytes().all(|b| b.is_ascii_digit()) => name,
        _ => header,
    };
    std::iter::once(header)
        .chain(header.split(" / "))
        .map(words::compact)
        .filter(|word| !word.is_empty())
        .collect()
}

fn column_reading(
    target: Target,
    column: usize,
    mapping: &Mapping,
    custom: &HashMap<CustomFieldId, CustomField>,
    sample: &[Row],
    today: NaiveDate,
) -> ColumnReading {
    let usage = match target {
        Target::Field(Field::Name) => {
            let names: Vec<String> = sample
                .iter()
                .filter(|row| !row.cell(column).is_blank())
                .map(|row| clean::line(&clean::shown(row.cell(column))))
                .collect();
            let header = mapping.headers.get(column).map_or("", String::as_str);
            let otherwise = if family_name_first(header) {
                NameOrder::LastFirst
            } else {
                NameOrder::FirstLast
            };
            return ColumnReading::Names(detect_name_order(names.iter().map(String::as_str), otherwise));
        }
        Target::Field(Field::BirthDate) => DateUse::Birth,
        Target::Field(Field::RoleFrom | Field::RoleTo | Field::AwayUntil | Field::Deceased) => {
            DateUse::Period
        }
        Target::Custom(id)
            if custom
                .get(&id)
                .is_some_and(|field| field.kind == CustomFieldKind::Date) =>
        {
            DateUse::Period
        }
        _ => return ColumnReading::Plain,
    };
    ColumnReading::Dates(DateReading {
        usage,
        system: mapping.date_system,
        numbers: detect_date_numbers(sample.iter().map(|row| row.cell(column))),
        today,
    })
}

/// Reads a row.
pub fn read_row(row: &Row, reading: &Reading) -> RowRead {
    let corrected = !reading.corrected_rows.is_empty() && reading.corrected_rows.contains(&row.number);
    if !corrected {
        if reading.neighbours.is_continued(row.number) {
            return RowRead::PassedOver(PassedOver::Blank);
        }
        if let Some(passed) = passed_over(row, reading) {
            return RowRead::PassedOver(passed);
        }
    }
    let mut maker = Maker::new(row.number, reading);
    let taken = reading.neighbours.of(row.number);
    let mut blank = true;
    for (column, target) in reading.mapping.targets.iter().enumerate() {
        if *target == Target::Ignore {
            continue;
        }
        let replaced = corrected
            .then(|| reading.texts.get(&(row.number, column as u32)))
            .flatten()
            .map(|text| Cell::Text(text.clone()));
        let taken = taken.iter().find(|taken| taken.column == column);
        let cell = match (&replaced, taken) {
            (Some(cell), _) => cell,
            (None, Some(taken)) => {
                maker.note(column, row.cell(column), taken.note.clone());
                &taken.cell
            }
            (None, None) => row.cell(column),
        };
        if !cell.is_blank() && maker.take(column, *target, cell) {
            blank = false;
        }
    }
    if blank {
        return RowRead::PassedOver(PassedOver::Blank);
    }
    RowRead::Drafts(maker.finish())
}
