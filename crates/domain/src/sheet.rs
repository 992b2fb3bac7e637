//! What a spreadsheet says, once its container is gone: the cells that import rules work on.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// One cell's value as the file stores it. Formulas appear as their cached value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "t", content = "v", rename_all = "snake_case")]
pub enum Cell {
    /// Nothing, or only formatting.
    #[default]
    Empty,
    /// Text exactly as stored, not trimmed.
    Text(String),
    /// A number without a date format.
    Number(f64),
    /// A number whose cell format is a date, time or both; already moved from the 1900 or 1904 system.
    Date(NaiveDateTime),
    /// A number of hours, minutes and seconds (format `[h]:mm`), in seconds.
    Duration(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// An error value such as `#N/A`, spelled as Excel spells it in English.
    Error(String),
}

impl Cell {
    /// True for nothing and for text of only white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// One row of a sheet. `cells` starts at column A and ends at the last non-empty cell.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Row {
    /// The row's number as Excel shows it, from 1.
    pub number: u32,
    /// Values from column A on.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The value of a column counted from 0; empty past the end.
    pub fn cell(&self, column: usize) -> &Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.cells.get(column).unwrap_or(EMPTY)
    }
}
