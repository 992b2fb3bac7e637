//! A sheet as a full rectangle, in which every cell of a merged range says what the range says.

use super::{CellPlace, SheetCells};
use crate::clean::shown;
use crate::collation::fold;
use crate::sheet::Cell;
use std::collections::HashMap;

/// So many rows and columns of a sheet are looked at: no board on a wall has more.
const ROWS: usize = 1000;
const COLUMNS: usize = 60;

/// The cells of a sheet.
pub(super) struct Table {
    sheet: u32,
    rows: Vec<Vec<Cell>>,
    /// The first cell of the merged range that a cell lies in.
    origins: HashMap<(usize, usize), (usize, usize)>,
}

impl Table {
    pub(super) fn of(sheet: &SheetCells<'_>) -> Self {
        let height = sheet
            .rows
            .iter()
            .map(|row| row.number as usize)
            .max()
            .unwrap_or(0)
            .min(ROWS);
        let width = sheet
            .rows
            .iter()
            .map(|row| row.cells.len())
            .max()
            .unwrap_or(0)
            .min(COLUMNS);
        let mut rows = vec![vec![Cell::Empty; width]; height];
        for row in sheet.rows {
            let place = (row.number as usize)
                .checked_sub(1)
                .and_then(|place| rows.get_mut(place));
            for (cell, given) in place.into_iter().flatten().zip(&row.cells) {
                *cell = given.clone();
            }
        }
        let mut origins = HashMap::new();
        for merge in sheet.merges {
            let origin = (merge.first_row as usize, merge.first_column as usize);
            let Some(value) = rows.get(origin.0).and_then(|row| row.get(origin.1)).cloned() else {
                continue;
            };
            let covered = rows
                .iter_mut()
                .enumerate()
                .take(merge.last_row as usize + 1)
                .skip(origin.0);
            for (row, cells) in covered {
                let cells = cells.iter_mut().enumerate().take(merge.last_column as usize + 1);
                for (column, cell) in cells.skip(origin.1) {
                    *cell = value.clone();
                    origins.insert((row, column), origin);
                }
            }
        }
        Self {
            sheet: sheet.index,
            rows,
            origins,
        }
    }

    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    pub(super) fn cell(&self, row: usize, column: usize) -> &Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.rows
            .get(row)
            .and_then(|row| row.get(column))
            .unwrap_or(EMPTY)
    }

    pub(super) fn text(&self, row: usize, column: usize) -> String {
        shown(self.cell(row, column)).trim().to_owned()
    }

    /// Where a cell is; of merged ones the first.
    pub(super) fn place(&self, row: usize, column: usize) -> CellPlace {
        let (row, column) = self.origins.get(&(row, column)).copied().unwrap_or((row, column));
        CellPlace {
            sheet: self.sheet,
            row: row as u32 + 1,
            column: column as u32,
        }
    }
}

/// The space that a text names, of several the one with the longest name.
pub(super) fn space_named(text: &str, spaces: &[&str]) -> Option<u32> {
    let words = |text: &str| -> Vec<String> {
        let folded = fold(text);
        let words = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let text = words(text);
    let named = |space: &&str| {
        let name = words(space);
        !name.is_empty() && text.windows(name.len()).any(|window| window == name)
    };
    let found = spaces.iter().enumerate().filter(|(_, space)| named(space));
    found
        .max_by_key(|(_, space)| space.len())
        .map(|(place, _)| place as u32)
}
