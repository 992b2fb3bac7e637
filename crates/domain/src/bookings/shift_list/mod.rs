//! Lists of standing shifts as houses keep them in a spreadsheet, brought to turns and flats.
//!
//! [`read`] makes entries of a sheet's cells, wherever days and times stand: weekdays across and times down, times across and
//! weekdays down, a block for each space, or one line for each turn. [`plan`](plan::plan) says of each what would become of it.

mod grid;
mod lines;
pub mod plan;
mod table;
mod words;

#[cfg(test)]
mod tests;

use super::resource::Audience;
use super::time::Minutes;
use crate::sheet::Row;
use serde::{Deserialize, Serialize};
use specta::Type;
use table::Table;

/// A rectangle of cells that are merged into one; rows and columns from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellRange {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u32,
    /// Last row.
    pub last_row: u32,
    /// Last column.
    pub last_column: u32,
}

/// A sheet that may hold a list of standing shifts.
#[derive(Debug, Clone, Copy)]
pub struct SheetCells<'a> {
    /// Its place among the sheets of the file.
    pub index: u32,
    /// The name on its tab, which may be that of a space.
    pub name: &'a str,
    /// Its rows.
    pub rows: &'a [Row],
    /// Its merged cells.
    pub merges: &'a [CellRange],
}

/// Where a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct CellPlace {
    /// Its sheet's place in the file.
    pub sheet: u32,
    /// Its row as Excel shows it, from 1.
    pub row: u32,
    /// Its column, 0 for A.
    pub column: u32,
}

/// What a cell says about who has its turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "says", content = "who", rename_all = "snake_case")]
pub enum Said {
    /// Flats by name; several where they share it.
    Flats(Vec<String>),
    /// Nobody has it.
    Free,
    /// It is open to all.
    Common(Audience),
    /// Something that names no flat.
    Unclear,
}

/// A turn of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Entry {
    /// Its cell; of merged ones the first.
    pub at: CellPlace,
    /// What the cell shows.
    pub text: String,
    /// The space that the list names for it: a place among those that were asked about.
    pub space: Option<u32>,
    /// Weekday, 0 for Monday.
    pub weekday: u32,
    /// From.
    pub from: Minutes,
    /// Until, where the list says it or the next turn begins then.
    pub to: Option<Minutes>,
    /// Who has it.
    pub said: Said,
}

/// Why a cell that seems to name a flat is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// No weekday stands over or beside it.
    Day,
    /// No time of day stands over or beside it.
    Time,
}

/// A cell that could not be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Unplaced {
    /// Where.
    pub at: CellPlace,
    /// What it shows.
    pub text: String,
    /// What it lacks.
    pub lacks: Missing,
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
pub struct ShiftList {
    /// Its turns, sheet by sheet from the top left.
    pub entries: Vec<Entry>,
    /// Cells that name a flat and could not be placed.
    pub unplaced: Vec<Unplaced>,
}

/// Reads a sheet. `spaces` are the names of what the house shares: of them the list may name one over a block, in a column or on
/// the sheet's tab.
pub fn read(sheet: &SheetCells<'_>, spaces: &[&str]) -> ShiftList {
    let table = Table::of(sheet);
    let mut list = ShiftList::default();
    let of_tab = table::space_named(sheet.name, spaces);
    let mut covered = 0;
    for block in grid::blocks(&table) {
        // Between the blocks there may be lines.
        lines::read(&table, covered..block.top(), spaces, of_tab, &mut list);
        grid::read(&table, &block, spaces, of_tab, &mut list);
        covered = block.end();
    }
    lines::read(&table, covered..table.height(), spaces, of_tab, &mut list);
    list
}
