//! ZIP packages: which of .xlsx, .xlsm, .xlsb and .ods one is, and the first two read through calamine.

use std::fs::File;
use std::io::{BufReader, Read, Seek};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use kiulu_domain::clean::DateSystem;
use zip::ZipArchive;

use super::formats::{self, Shown};
use super::mend;
use super::ods::OpenDocument;
use super::values::{self, Scratch};
use super::xlsb::BinaryPackage;
use super::{Odd, Source};
use crate::limits;
use crate::model::{FileKind, Found, Limit, Merge, Notice, Refusal, Visibility};
use crate::row_writer::{RowWriter, Stop};

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

type Input = BufReader<Box<dyn ReadSeek>>;

/// Parts of a package by what they say about its kind, and the sizes they claim.
struct Package {
    kind: Option<FileKind>,
    found: Found,
    /// Unpacked size of the largest sheet part.
    largest_sheet: u64,
    /// Some part is in a form that calamine does not read.
    needs_mending: bool,
}

/// Opens a package after a look at its table of contents.
pub(super) fn open(file: File, length: u64) -> Result<Box<dyn Source>, Refusal> {
    if length > limits::PACKED_FILE {
        return Err(Refusal::TooLarge {
            limit: Limit::FileSize,
        });
    }
    let mut archive =
        ZipArchive::new(BufReader::with_capacity(64 << 10, file)).map_err(|_| Refusal::Damaged)?;
    let package = survey(&mut archive)?;
    let Some(kind) = package.kind else {
        return Err(Refusal::NotASpreadsheet { found: package.found });
    };
    match kind {
        FileKind::Ods => return Ok(Box::new(OpenDocument::open(archive)?)),
        FileKind::Xlsb => return Ok(Box::new(BinaryPackage::open(archive)?)),
        _ => {}
    }
    let input: Box<dyn ReadSeek> = if package.needs_mending {
        Box::new(mend::mend(&mut archive)?)
    } else {
        let mut file = archive.into_inner().into_inner();
        file.rewind().map_err(|_| Refusal::Unreadable)?;
        Box::new(file)
    };
    let input = BufReader::with_capacity(64 << 10, input);
    Ok(Box::new(XmlPackage::open(input, package.largest_sheet)?))
}

fn survey(archive: &mut ZipArchive<BufReader<File>>) -> Result<Package, Refusal> {
    let mut package = Package {
        kind: None,
        found: Found::Archive,
        largest_sheet: 0,
        needs_mending: false,
    };
    let mut unpacked = 0u64;
    let mut document_kind = None;
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(index) else {
            return Err(Refusal::Damaged);
        };
        let size = part.size();
        unpacked = unpacked.saturating_add(size);
        let name = String::from_utf8_lossy(part.name_raw())
            .replace('\\', "/")
            .to_lowercase();
        let name = name.trim_start_matches('/');
        let held = name.ends_with("sharedstrings.xml")
            || name.ends_with("sharedstrings.bin")
            || name.ends_with("styles.xml")
            || name.ends_with("workbook.xml")
            || name == "content.xml";
        if held && size > limits::UNPACKED_PART_IN_MEMORY {
            return Err(Refusal::TooLarge {
                limit: Limit::Unpacked,
            });
        }
        if name.contains("worksheets/") {
            package.largest_sheet = package.largest_sheet.max(size);
        }
        package.needs_mending |= name.contains("macrosheets/");
        drop(part);
        if name.ends_with(".xml") || name.ends_with(".rels") {
            let mut head = [0; 2];
            let read = archive
                .by_index(index)
                .is_ok_and(|mut part| part.read_exact(&mut head).is_ok());
            package.needs_mending |= read && mend::wide(&head).is_some();
        }
        match name {
            "mimetype" => document_kind = Some(index),
            "content.xml" => document_kind = document_kind.or(Some(index)),
            "word/document.xml" => package.found = Found::Document,
            "ppt/presentation.xml" => package.found = Found::Presentation,
            _ if name.ends_with("workbook.bin") => package.kind = Some(FileKind::Xlsb),
            _ if name.ends_with("workbook.xml") && package.kind.is_none() => {
                package.kind = Some(FileKind::Xlsx);
            }
            _ => {}
        }
    }
    if unpacked > limits::UNPACKED {
        return Err(Refusal::TooLarge {
            limit: Limit::Unpacked,
        });
    }
    if package.kind.is_none()
        && let Some(index) = document_kind
    {
        let mut head = String::new();
        if let Ok(part) = archive.by_index(index) {
            let mut bytes = Vec::new();
            let _ = part.take(4096).read_to_end(&mut bytes);
            head = String::from_utf8_lossy(&bytes).into_owned();
        }
        if head.contains("opendocument.spreadsheet") || head.contains("office:document-content") {
            package.kind = Some(FileKind::Ods);
        } else if head.contains("opendocument.text") {
            package.found = Found::Document;
        } else if head.contains("opendocument.presentation") {
            package.found = Found::Presentation;
        }
    }
    Ok(package)
}

fn visibility(visible: SheetVisible) -> Visibility {
    match visible {
        SheetVisible::Visible => Visibility::Visible,
        SheetVisible::Hidden => Visibility::Hidden,
        SheetVisible::VeryHidden => Visibility::VeryHidden,
    }
}

fn worksheets(metadata: &[calamine::Sheet]) -> Vec<(String, Visibility)> {
    metadata
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), visibility(sheet.visible)))
        .collect()
}

struct XmlPackage {
    workbook: Xlsx<Input>,
    odd: Odd,
    sheets: Vec<(String, Visibility)>,
    largest_sheet: u64,
}

impl XmlPackage {
    fn open(input: Input, largest_sheet: u64) -> Result<Self, Refusal> {
        let workbook = Xlsx::new(input).map_err(|error| xlsx_refusal(&error))?;
        let sheets = worksheets(workbook.sheets_metadata());
        Ok(XmlPackage {
            workbook,
            odd: Odd::default(),
            sheets,
            largest_sheet,
        })
    }
}

fn xlsx_refusal(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::PasswordProtected,
        XlsxError::Io(error) => io_refusal(error),
        _ => Refusal::Damaged,
    }
}

/// An error value that calamine does not know, a string that is not in the table, a position or a number that is none: calamine
/// stands behind the cell then and reads on.
fn is_of_one_cell(error: &XlsxError) -> bool {
    matches!(
        error,
        XlsxError::CellError(_)
            | XlsxError::CellTAttribute(_)
            | XlsxError::Unexpected(_)
            | XlsxError::UnexpectedNode(_)
            | XlsxError::Unrecognized { .. }
            | XlsxError::Parse(_)
            | XlsxError::ParseFloat(_)
            | XlsxError::ParseInt(_)
            | XlsxError::Alphanumeric(_)
            | XlsxError::NumericColumn(_)
            | XlsxError::RangeWithoutColumnComponent
            | XlsxError::RangeWithoutRowComponent
            | XlsxError::ColumnNumberOverflow
            | XlsxError::RowNumberOverflow
    )
}

fn io_refusal(error: &std::io::Error) -> Refusal {
    use std::io::ErrorKind;
    match error.kind() {
        // What the unpacking says of broken data, and of a file that ends too early.
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof | ErrorKind::Other => {
            Refusal::Damaged
        }
        _ => Refusal::Unreadable,
    }
}

impl Source for XmlPackage {
    fn kind(&self) -> FileKind {
        FileKind::Xlsx
    }

    fn sheets(&self) -> Vec<(String, Visibility)> {
        self.sheets.clone()
    }

    fn date_system(&self) -> DateSystem {
        values::date_system(self.workbook.has_1904_epoch())
    }

    fn read(&mut self, sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop> {
        let name = &self.sheets[sheet].0;
        let mut cells = match self.workbook.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            // A sheet entry without a worksheet behind it has no cells.
            Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => return Ok(()),
            Err(error) => return Err(xlsx_refusal(&error).into()),
        };
        let mut scratch = Scratch::default();
        let digits: Vec<u8> = cells.styles().iter().map(digits).collect();
        // Few workbooks have such formats, and asking for each cell's costs time.
        let padded = digits.iter().any(|&digits| digits > 0);
        loop {
            let next = if padded {
                cells.next_cell_with_style_id()
            } else {
                cells.next_cell().map(|cell| cell.map(|cell| (cell, 0)))
            };
            match next {
                Ok(Some((cell, style))) => {
                    let (row, column) = cell.get_position();
                    let value = match (cell.get_value(), digits.get(style)) {
                        (DataRef::Float(number), Some(&digits)) if padded && digits > 0 => {
                            Some(values::padded(*number, digits, &mut scratch))
                        }
                        (value, _) => values::from_ref(value, &mut scratch),
                    };
                    if let Some(value) = value {
                        rows.put(row, column, value)?;
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) if is_of_one_cell(&error) => self.odd.note()?,
                Err(error) => return Err(xlsx_refusal(&error).into()),
            }
        }
    }

    fn notices(&self) -> Vec<Notice> {
        self.odd.notices()
    }

    fn merges(&mut self, sheet: usize) -> Vec<Merge> {
        // The ranges stand after the cells, so finding them reads the part once more.
        const CHEAP: u64 = 8 << 20;
        if self.largest_sheet > CHEAP {
            return Vec::new();
        }
        let name = self.sheets[sheet].0.clone();
        self.workbook
            .merge_cells_by_sheet_name(&name)
            .map(|ranges| ranges.into_iter().map(merge).collect())
            .unwrap_or_default()
    }
}

/// How many digits a style fills up with zeros.
fn digits(style: &calamine::Style) -> u8 {
    match style
        .number_format
        .as_ref()
        .map(|format| formats::custom(&format.format_code))
    {
        Some(Shown::Padded(digits)) => digits,
        _ => 0,
    }
}

fn merge(range: calamine::Dimensions) -> Merge {
    Merge {
        first_row: range.start.0,
        first_column: range.start.1,
        last_row: range.end.0,
        last_column: range.end.1,
    }
}
