//! From the rows of a sheet to drafts: what is decided once per column, and which rows are nobody's.

use super::cells::Maker;
use super::draft::{PassedOver, RowRead};
use super::field::{Field, Target};
use super::options::{Corrections, ImportOptions, Mapping};
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
    headers: Vec<String>,
    texts: HashMap<(u32, u32), String>,
    corrected_rows: HashSet<u32>,
    pub(super) roles: HashMap<String, StakeholderKindId>,
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
        Self {
            columns,
            headers: mapping.headers.iter().map(|header| clean::line(header)).collect(),
            texts: corrections
                .texts
                .iter()
                .map(|text| ((text.row, text.column), text.text.clone()))
                .collect(),
            corrected_rows: corrections.texts.iter().map(|text| text.row).collect(),
            roles: roles_by_word(vocabulary),
            custom,
            has_flat_column: mapping.targets.contains(&Target::Field(Field::Flat)),
            identity_code_basis: options.identity_code_basis,
            mapping: mapping.clone(),
            today,
        }
    }

    /// How a column is understood; the wizard shows it.
    pub fn column(&self, column: usize) -> ColumnReading {
        self.columns.get(column).copied().unwrap_or(ColumnReading::Plain)
    }
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
            return ColumnReading::Names(detect_name_order(names.iter().map(String::as_str)));
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
    let mut maker = Maker::new(row.number, reading);
    let corrected = !reading.corrected_rows.is_empty() && reading.corrected_rows.contains(&row.number);
    let mut blank = true;
    if !corrected && let Some(passed) = passed_over(row, reading) {
        return RowRead::PassedOver(passed);
    }
    for (column, target) in reading.mapping.targets.iter().enumerate() {
        if *target == Target::Ignore {
            continue;
        }
        let replaced = corrected
            .then(|| reading.texts.get(&(row.number, column as u32)))
            .flatten()
            .map(|text| Cell::Text(text.clone()));
        let cell = replaced.as_ref().unwrap_or_else(|| row.cell(column));
        if cell.is_blank() {
            continue;
        }
        blank = false;
        maker.take(column, *target, cell);
    }
    if blank {
        return RowRead::PassedOver(PassedOver::Blank);
    }
    RowRead::Drafts(maker.finish())
}

/// Rows between the persons: blank ones, headers printed again on each page, sums.
fn passed_over(row: &Row, reading: &Reading) -> Option<PassedOver> {
    let Some((first, cell)) = row.cells.iter().enumerate().find(|(_, cell)| !cell.is_blank()) else {
        return Some(PassedOver::Blank);
    };
    let Cell::Text(text) = cell else { return None };
    let says_header = |column: usize, text: &str| {
        reading
            .headers
            .get(column)
            .is_some_and(|header| !header.is_empty() && clean::line(text) == *header)
    };
    if says_header(first, text) {
        let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
        let (mut same, mut all) = (0, 0);
        for (column, cell) in filled {
            all += 1;
            same += usize::from(says_header(column, &clean::shown(cell)));
        }
        if all >= 2 && same * 2 > all {
            return Some(PassedOver::Header);
        }
    }
    let rest_are_numbers = || {
        row.cells[first + 1..].iter().all(|cell| match cell {
            Cell::Text(text) => text.chars().all(|c| !c.is_alphabetic()),
            _ => cell.is_blank() || matches!(cell, Cell::Number(_)),
        })
    };
    (words::is_sum(text) && rest_are_numbers()).then_some(PassedOver::Sum)
}
