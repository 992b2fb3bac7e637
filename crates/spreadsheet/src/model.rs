//! What the rest of Kiulu learns about a spreadsheet, and why one may be refused.

use kiulu_domain::clean::DateSystem;
use kiulu_domain::sheet::Row;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a file is, judged by its content alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Office Open XML workbook, with or without macros (.xlsx, .xlsm).
    Xlsx,
    /// Office binary workbook in a ZIP package (.xlsb).
    Xlsb,
    /// Excel 2.0 to 2003 (BIFF2 to BIFF8), in a compound file or as a bare stream (.xls).
    Xls,
    /// OpenDocument spreadsheet (.ods).
    Ods,
    /// A web page whose tables are read as sheets; many systems save these as .xls.
    Html,
    /// Delimited text (.csv, .tsv, .txt).
    Text,
}

/// Whether Excel shows a sheet's tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Shown.
    #[default]
    Visible,
    /// Hidden by the user, who can show it again.
    Hidden,
    /// Hidden by a program; Excel offers no way to show it.
    VeryHidden,
}

/// A merged range, rows and columns counted from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Merge {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u32,
    /// Last row.
    pub last_row: u32,
    /// Last column.
    pub last_column: u32,
}

/// One sheet as the wizard offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SheetInfo {
    /// Position among the sheets that hold cells, from 0: what [`crate::Reader::rows`] takes.
    pub index: u32,
    /// The tab's name; empty for text files and for tables of a web page without a caption.
    pub name: String,
    /// Whether Excel shows it.
    pub visibility: Visibility,
    /// Rows with at least one value that were seen.
    pub rows: u32,
    /// False when counting stopped early, so that the sheet holds at least `rows`.
    pub rows_exact: bool,
    /// Columns up to the last one with a value among the rows that were seen.
    pub columns: u32,
    /// Merged ranges of the previewed part. Empty where the format does not say.
    pub merges: Vec<Merge>,
    /// Why this sheet alone could not be read.
    pub refusal: Option<Refusal>,
}

/// A sheet with its first rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What is known of it.
    pub info: SheetInfo,
    /// Its first rows with values, at most [`crate::limits::PREVIEW_ROWS`].
    pub preview: Vec<Row>,
}

/// What the reader did that the user may want to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// Letters had been encoded twice ("Ã¤" for "ä") in so many cells, and were put right.
    DoubleEncoding {
        /// Number of repaired pieces of text.
        repaired: u32,
    },
    /// A text file mixed two encodings; lines that were not UTF-8 were read as Windows-1252.
    MixedEncoding {
        /// Number of such lines.
        lines: u32,
    },
    /// The text file's encoding, where it was not UTF-8, by its WHATWG or IANA name.
    Encoding {
        /// For example `windows-1252` or `UTF-16LE`.
        name: String,
    },
    /// Some bytes or records could not be read and were left out.
    PartlyUnreadable,
    /// The last line of a text file ends inside a quotation.
    UnclosedQuote,
}

/// A whole file: what it is, its sheets and their first rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// What the content says it is.
    pub kind: FileKind,
    /// How days are counted where a date stands as a plain number. Cells with a date format are dates already.
    pub date_system: DateSystem,
    /// Sheets that hold cells, in the order of their tabs.
    pub sheets: Vec<Sheet>,
    /// What the reader did on the way.
    pub notices: Vec<Notice>,
}

impl Workbook {
    /// True when no sheet holds a value.
    pub fn is_empty(&self) -> bool {
        self.sheets.iter().all(|sheet| sheet.info.rows == 0)
    }

    /// The sheet whose tab has this name, compared as Excel does: without regard to case.
    pub fn sheet_named(&self, name: &str) -> Option<&Sheet> {
        self.sheets
            .iter()
            .find(|sheet| sheet.info.name == name)
            .or_else(|| {
                let name = name.to_lowercase();
                self.sheets
                    .iter()
                    .find(|sheet| sheet.info.name.to_lowercase() == name)
            })
    }
}

/// What arrives while every sheet of a file is read.
#[derive(Debug)]
pub enum Piece {
    /// A sheet begins; of its facts only place, name and visibility are known yet.
    Sheet(SheetInfo),
    /// A row of it, in the order of the file.
    Row(Row),
    /// Why the rest of it could not be read.
    SheetRefused(Refusal),
}

/// How reading all rows of a sheet ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowsSummary {
    /// Rows handed over.
    pub rows: u32,
    /// True when the receiver broke off.
    pub stopped: bool,
    /// What the reader did on the way.
    pub notices: Vec<Notice>,
    /// Peak memory of the sidecar in KiB, where the system tells.
    pub peak_kib: Option<u32>,
}

/// The bound that a file broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The file itself.
    FileSize,
    /// What its packed parts unfold to.
    Unpacked,
    /// Cells, counting the empty ones to the left of the last.
    Cells,
    /// The text of one cell or one row.
    Text,
    /// Number of sheets.
    Sheets,
    /// The sidecar's memory.
    Memory,
}

/// What a file is instead of a spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Portable Document Format.
    Pdf,
    /// A word processor's document (.doc, .docx, .odt, .rtf).
    Document,
    /// A presentation.
    Presentation,
    /// A picture.
    Image,
    /// A ZIP, 7z, RAR, gzip… archive with something else inside.
    Archive,
    /// A database file.
    Database,
    /// A saved e-mail.
    Mail,
    /// An XML or JSON document.
    Markup,
    /// A folder.
    Folder,
    /// Something Kiulu does not recognise.
    Unknown,
}

/// Why a file was not read. The page turns each into a sentence with a next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Type)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Encrypted; the password is needed to open it in Excel and save it without one.
    #[error("password_protected")]
    PasswordProtected,
    /// Cut short or broken.
    #[error("damaged")]
    Damaged,
    /// Breaks a bound that keeps the computer usable.
    #[error("too_large")]
    TooLarge {
        /// Which bound.
        limit: Limit,
    },
    /// Took longer than [`crate::limits::WAIT`].
    #[error("too_slow")]
    TooSlow,
    /// No bytes, no text or no sheet. A workbook whose sheets hold nothing opens, see [`Workbook::is_empty`].
    #[error("empty")]
    Empty,
    /// Something else.
    #[error("not_a_spreadsheet")]
    NotASpreadsheet {
        /// What it is instead.
        found: Found,
    },
    /// No such file.
    #[error("not_found")]
    NotFound,
    /// The system refused to hand over its bytes.
    #[error("unreadable")]
    Unreadable,
    /// Another program wrote to it between two looks.
    #[error("changed")]
    Changed,
    /// The file has no sheet of that index.
    #[error("sheet_not_found")]
    SheetNotFound,
    /// The reading program is missing or could not be started: the installation is broken.
    #[error("sidecar_missing")]
    SidecarMissing,
}
