//! Reading spreadsheets in a sidecar that caps its own memory and time, and writing them.
//!
//! [`Reader`] starts the sidecar `kiulu-sheet`, which decides by its content what a file is, and streams its rows. Nothing
//! of a hostile file reaches this process but decoded cells within the bounds of [`limits`].

mod cells;
pub mod export;
#[cfg(feature = "generate")]
pub mod generate;
pub mod header;
pub mod limits;
pub mod model;
mod protocol;
mod reader;
mod row_writer;
pub mod sidecar;
mod source;

pub use cells::CellsJson;
pub use header::{Header, column_letters, detect_header, header_at};
pub use model::{
    FileKind, Found, Limit, Merge, Notice, Piece, Refusal, RowsSummary, Sheet, SheetInfo, Visibility,
    Workbook,
};
pub use reader::Reader;
