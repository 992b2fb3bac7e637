//! Turns cells, in the order a reader meets them, into frames of rows, and keeps the bounds on the way.

use std::io::{self, Write};

use crate::limits;
use crate::model::{Limit, Refusal};
use crate::protocol::{self, Value};

/// Why a reader stops before the end of a sheet.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The preview is full and enough was counted.
    Enough,
    /// The file is refused.
    Refused(Refusal),
    /// Nobody reads the output any more.
    Gone,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Stop::Gone
    }
}

/// What passed through a [`RowWriter`] of one sheet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

/// What a preview of one sheet may hold, and how far it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    /// Encoded bytes.
    pub(crate) bytes: usize,
    /// Cells, counting the empty ones to the left of the last: those come back to life on the other side.
    pub(crate) slots: u64,
    /// Cells with values to count past the preview before "at least" will do.
    pub(crate) counted: u64,
}

struct Preview {
    share: Share,
    /// Cells counted since the preview was full.
    counted: u64,
}

/// Receives cells row by row and writes them as frames, or holds the first of them as a preview.
pub(crate) struct RowWriter<'w> {
    out: Option<&'w mut dyn Write>,
    batch: Vec<u8>,
    row_start: usize,
    /// Row and next column, from 0, of the row under way.
    at: Option<(u32, u32)>,
    preview: Option<Preview>,
    seen: Seen,
    cells: u64,
    /// Those of them whose rows a preview holds.
    held_slots: u64,
    row_width: u32,
    /// Cells of the frame under way, empty ones included.
    batch_cells: u64,
    /// The rest of the sheet is counted, not kept.
    quiet: bool,
}

const BATCH: usize = 64 << 10;
/// Empty cells come back to life on the other side, so a frame of wide rows is cut by cells too.
const BATCH_CELLS: u64 = 32 << 10;

impl<'w> RowWriter<'w> {
    /// Every row is written.
    pub(crate) fn all(out: &'w mut dyn Write) -> Self {
        Self::new(Some(out), None)
    }

    /// The first rows are held, within a share; then rows are only counted, for a while.
    pub(crate) fn preview(share: Share) -> Self {
        Self::new(None, Some(Preview { share, counted: 0 }))
    }

    fn new(out: Option<&'w mut dyn Write>, preview: Option<Preview>) -> Self {
        RowWriter {
            out,
            batch: Vec::new(),
            row_start: 0,
            at: None,
            preview,
            seen: Seen::default(),
            cells: 0,
            held_slots: 0,
            row_width: 0,
            batch_cells: 0,
            quiet: false,
        }
    }

    fn begin(&mut self, row: u32) -> Result<(), Stop> {
        self.end_row()?;
        self.seen.rows += 1;
        if self.preview.is_some() {
            self.quiet |= self.seen.rows > limits::PREVIEW_ROWS;
        } else if self.batch.len() >= BATCH || self.batch_cells >= BATCH_CELLS {
            self.flush()?;
        }
        self.row_start = self.batch.len();
        if !self.quiet {
            protocol::begin_row(&mut self.batch, row + 1);
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        self.cells += u64::from(self.row_width);
        self.batch_cells += u64::from(self.row_width);
        if !self.quiet {
            self.held_slots = self.cells;
        }
        self.row_width = 0;
        if self.cells > limits::CELLS {
            return Err(Refusal::TooLarge { limit: Limit::Cells }.into());
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if let Some(out) = &mut self.out
            && !self.batch.is_empty()
        {
            protocol::write_frame(*out, protocol::ROWS, &self.batch)?;
            self.batch.clear();
            self.batch_cells = 0;
        }
        Ok(())
    }

    /// Takes the cell at a row and column counted from 0. Empty text is no value.
    pub(crate) fn put(&mut self, row: u32, column: u32, value: Value<'_>) -> Result<(), Stop> {
        if value == Value::Text("") {
            return Ok(());
        }
        if row >= limits::ROWS || column >= limits::COLUMNS {
            return Err(Refusal::TooLarge { limit: Limit::Cells }.into());
        }
        let next = match self.at {
            Some((current, next)) if current == row => next,
            _ => {
                self.begin(row)?;
                0
            }
        };
        self.at = Some((row, column + 1));
        self.row_width = self.row_width.max(column + 1);
        self.seen.columns = self.seen.columns.max(column + 1);
        if self.quiet {
            return self.count();
        }
        let length = match value {
            Value::Text(text) | Value::Error(text) => text.len(),
            _ => 0,
        };
        if self.batch.len() - self.row_start + length > limits::ROW_BYTES {
            return Err(Refusal::TooLarge { limit: Limit::Text }.into());
        }
        if let Some(Preview { share, .. }) = &self.preview
            && (self.cells + u64::from(self.row_width) > share.slots
                || self.batch.len() + length > share.bytes)
        {
            // The row that does not fit is not shown half, and none after it is shown.
            self.batch.truncate(self.row_start);
            self.quiet = true;
            return self.count();
        }
        if column != next {
            // Columns are below 16 384.
            protocol::go_to_column(&mut self.batch, u16::try_from(column).unwrap_or(0));
        }
        protocol::put(&mut self.batch, value);
        Ok(())
    }

    fn count(&mut self) -> Result<(), Stop> {
        if let Some(preview) = &mut self.preview {
            preview.counted += 1;
            if preview.counted > preview.share.counted {
                return Err(Stop::Enough);
            }
        }
        Ok(())
    }

    /// Writes what is left of a sheet, and says what passed. The next cell begins another sheet.
    pub(crate) fn end_sheet(&mut self) -> Result<Seen, Stop> {
        self.end_row()?;
        self.flush()?;
        self.at = None;
        self.cells = 0;
        Ok(std::mem::take(&mut self.seen))
    }

    /// Writes a frame of another kind between the rows.
    pub(crate) fn frame(&mut self, kind: u8, body: &[u8]) -> Result<(), Stop> {
        self.flush()?;
        if let Some(out) = &mut self.out {
            protocol::write_frame(*out, kind, body)?;
        }
        Ok(())
    }

    /// Cells that the rows of a preview come to, empty ones included.
    pub(crate) fn held_slots(&self) -> u64 {
        self.held_slots
    }

    /// The encoded rows of a preview.
    pub(crate) fn held(self) -> Vec<u8> {
        self.batch
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_row_that_does_not_fit_the_share_is_left_out_whole() {
        let share = Share {
            bytes: 1 << 20,
            slots: 30,
            counted: 10,
        };
        let mut rows = RowWriter::preview(share);
        for row in 0..3 {
            rows.put(row, 0, Value::Number(1.0)).unwrap();
            rows.put(row, 11, Value::Number(2.0)).unwrap();
        }
        rows.put(9, 0, Value::Number(3.0)).unwrap();
        let seen = rows.end_sheet().unwrap();
        assert_eq!((seen.rows, seen.columns), (4, 12));
        let held = protocol::decode_rows(&rows.held()).unwrap();
        assert_eq!(held.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(held[1].cells.len(), 12);
    }
}
