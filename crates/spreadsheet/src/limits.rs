//! The bounds that a file must keep, so that no file can take the computer.

use std::time::Duration;

/// Longest time that a caller waits for the sidecar, all its pauses added up. The sidecar's processor time is
/// capped a little higher, so that the caller's clock decides and the cap holds when the caller is gone.
pub const WAIT: Duration = Duration::from_secs(9);
/// Processor seconds after which the system asks the sidecar to end; a second later it is killed.
pub const PROCESSOR_SECONDS: u64 = 10;
/// Address space of the sidecar, in bytes. What is resident can never be more.
pub const ADDRESS_SPACE: u64 = 448 << 20;
/// Largest packed workbook, in bytes.
pub const PACKED_FILE: u64 = 256 << 20;
/// Largest text, web page or compound file, in bytes: these are held in memory.
pub const PLAIN_FILE: u64 = 64 << 20;
/// What a package's parts may unfold to in all, in bytes. A sheet of a million rows and a dozen columns needs 0.7 GB.
pub const UNPACKED: u64 = 900 << 20;
/// What a package's shared strings, styles or OpenDocument content may unfold to, in bytes: these are held in memory.
pub const UNPACKED_PART_IN_MEMORY: u64 = 200 << 20;
/// Cells of one sheet, counting the empty ones to the left of the last.
pub const CELLS: u64 = 40_000_000;
/// Text of one row, in bytes. Excel allows 32 767 characters a cell.
pub const ROW_BYTES: usize = 8 << 20;
/// Sheets of one workbook.
pub const SHEETS: usize = 1_000;
/// Excel's number of rows.
pub const ROWS: u32 = 1_048_576;
/// Excel's number of columns.
pub const COLUMNS: u32 = 16_384;
/// What the rows of a sheet may take in the caller's memory, in bytes: lists of several hundred thousand people.
pub const HELD_ROWS: usize = 256 << 20;
/// Rows of each sheet that an inspection hands over.
pub const PREVIEW_ROWS: u32 = 200;
/// Encoded bytes of preview of one sheet, and of all sheets together.
pub const PREVIEW_BYTES: usize = 2 << 20;
/// See [`PREVIEW_BYTES`].
pub const PREVIEW_BYTES_ALL: usize = 16 << 20;
/// Cells of preview of all sheets together, empty ones included.
pub const PREVIEW_CELLS_ALL: u64 = 1_000_000;
/// Cells of a sheet that make no sense and are left out, before the sheet counts as damaged.
pub const ODD_CELLS: u32 = 10_000;
/// Cells with values that an inspection counts past the preview before it settles for "at least".
pub const COUNTED_CELLS: u64 = 200_000;
/// Merged ranges that an inspection reports of one sheet.
pub const MERGES: usize = 2_000;
/// Rows from the top within which merged ranges are reported.
pub const MERGE_ROWS: u32 = 1_000;
