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

/// What passed through a [`RowWriter`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

struct Preview {
    bytes: usize,
    /// Cells counted since the preview was full.
    counted: u64,
}

/// Receives cells row by row and writes them as frames.
pub(crate) struct RowWriter<'w> {
    out: &'w mut dyn Write,
    batch: Vec<u8>,
    row_start: usize,
    /// Row and next column, from 0, of the row under way.
    at: Option<(u32, u32)>,
    preview: Option<Preview>,
    seen: Seen,
    cells: u64,
    row_width: u32,
    /// Cells of the frame under way, empty ones included.
    batch_cells: u64,
    /// The row under way is counted, not written.
    quiet: bool,
}

const BATCH: usize = 64 << 10;
/// Empty cells come back to life on the other side, so a frame of wide rows is cut by cells too.
const BATCH_CELLS: u64 = 32 << 10;
/// Cells of one preview, empty ones included.
const PREVIEW_CELLS: u64 = 400_000;

impl<'w> RowWriter<'w> {
    /// Every row is written.
    pub(crate) fn all(out: &'w mut dyn Write) -> Self {
        Self::new(out, None)
    }

    /// The first rows are written, within so many bytes; then rows are only counted, for a while.
    pub(crate) fn preview(out: &'w mut dyn Write, bytes: usize) -> Self {
        Self::new(out, Some(Preview { bytes, counted: 0 }))
    }

    fn new(out: &'w mut dyn Write, preview: Option<Preview>) -> Self {
        RowWriter {
            out,
            batch: Vec::with_capacity(2 * BATCH),
            row_start: 0,
            at: None,
            preview,
            seen: Seen::default(),
            cells: 0,
            row_width: 0,
            batch_cells: 0,
            quiet: false,
        }
    }

    fn begin(&mut self, row: u32) -> Result<(), Stop> {
        self.end_row()?;
        self.seen.rows += 1;
        if let Some(preview) = &self.preview {
            self.quiet = self.seen.rows > limits::PREVIEW_ROWS
                || self.batch.len() > preview.bytes
                || self.cells > PREVIEW_CELLS;
        } else if self.batch.len() >= BATCH || self.batch_cells >= BATCH_CELLS {
            protocol::write_frame(&mut self.out, protocol::ROWS, &self.batch)?;
            self.batch.clear();
            self.batch_cells = 0;
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
        self.row_width = 0;
        if self.cells > limits::CELLS {
            return Err(Refusal::TooLarge { limit: Limit::Cells }.into());
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
            if let Some(preview) = &mut self.preview {
                preview.counted += 1;
                if preview.counted > limits::COUNTED_CELLS {
                    return Err(Stop::Enough);
                }
            }
            return Ok(());
        }
        let length = match value {
            Value::Text(text) | Value::Error(text) => text.len(),
            _ => 0,
        };
        if self.batch.len() - self.row_start + length > limits::ROW_BYTES {
            return Err(Refusal::TooLarge { limit: Limit::Text }.into());
        }
        if column != next {
            // Columns are below 16 384.
            protocol::go_to_column(&mut self.batch, u16::try_from(column).unwrap_or(0));
        }
        protocol::put(&mut self.batch, value);
        Ok(())
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<Seen, Stop> {
        self.end_row()?;
        if !self.batch.is_empty() {
            protocol::write_frame(&mut self.out, protocol::ROWS, &self.batch)?;
        }
        Ok(self.seen)
    }
}
