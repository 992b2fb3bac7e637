//! Office binary workbooks (.xlsb): [MS-XLSB].
//!
//! Written here because calamine leaves out cells with several fonts and formulas that end in an error, panics on records that are
//! too short, and knows neither the workbooks of early versions nor those with macro sheets.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Seek};

use encoding_rs::UTF_16LE;
use kiulu_domain::clean::DateSystem;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::formats::{self, Shown};
use super::records::{f64_at, u16_at, u32_at};
use super::values::{self, Scratch};
use super::xls::{error_text, packed};
use super::{Odd, Source};
use crate::limits;
use crate::model::{FileKind, Limit, Merge, Notice, Refusal, Visibility};
use crate::protocol::Value;
use crate::row_writer::{RowWriter, Stop};

pub(super) struct BinaryPackage<R: Read + Seek> {
    archive: ZipArchive<R>,
    sheets: Vec<Tab>,
    strings: Vec<Box<str>>,
    /// What each cell format (XF) shows.
    shown: Vec<Shown>,
    is_1904: bool,
    merges: Vec<Merge>,
    odd: Odd,
}

struct Tab {
    name: String,
    visibility: Visibility,
    part: usize,
}

/// The names of a package's parts, as they are compared: without case, with one kind of slash.
struct Parts(Vec<String>);

impl Parts {
    fn of<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Self, Refusal> {
        (0..archive.len())
            .map(|index| {
                let part = archive.by_index_raw(index).map_err(|_| Refusal::Damaged)?;
                Ok(comparable(&String::from_utf8_lossy(part.name_raw())))
            })
            .collect::<Result<_, _>>()
            .map(Parts)
    }

    fn find(&self, path: &str) -> Option<usize> {
        let path = comparable(path);
        self.0.iter().position(|name| *name == path)
    }
}

fn comparable(path: &str) -> String {
    path.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// Walks over the records of a part ([MS-XLSB] 2.1.4).
struct Records<B> {
    input: B,
    data: Vec<u8>,
}

impl<B: BufRead> Records<B> {
    /// The kind of the next record, whose bytes are then in `data`; nothing at the end of the part.
    fn next(&mut self) -> io::Result<Option<u16>> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let first = self.byte()?;
        let kind = if first & 0x80 == 0 {
            u16::from(first)
        } else {
            u16::from(first & 0x7F) | u16::from(self.byte()? & 0x7F) << 7
        };
        let mut length = 0u64;
        for step in 0..4 {
            let byte = self.byte()?;
            length |= u64::from(byte & 0x7F) << (7 * step);
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.data.clear();
        // What a record claims is not believed before it has come.
        let read = self.input.by_ref().take(length).read_to_end(&mut self.data)?;
        if read as u64 == length {
            Ok(Some(kind))
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.input.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}

/// XLWideString ([MS-XLSB] 2.5.169) and where it ends; one without text is empty.
fn wide(data: &[u8], at: usize) -> Option<(std::borrow::Cow<'_, str>, usize)> {
    let count = u32_at(data, at)?;
    if count == u32::MAX {
        return Some((String::new().into(), at + 4));
    }
    let start = at + 4;
    let end = start.checked_add((count as usize).checked_mul(2)?)?;
    let text = UTF_16LE.decode_without_bom_handling(data.get(start..end)?).0;
    Some((text, end))
}

fn damaged(_: impl std::error::Error) -> Refusal {
    Refusal::Damaged
}

impl<R: Read + Seek> BinaryPackage<R> {
    pub(super) fn open(mut archive: ZipArchive<R>) -> Result<Self, Refusal> {
        let parts = Parts::of(&mut archive)?;
        let workbook = parts
            .0
            .iter()
            .position(|name| name.ends_with("workbook.bin"))
            .ok_or(Refusal::Damaged)?;
        let (folder, file) = match parts.0[workbook].rsplit_once('/') {
            Some((folder, file)) => (format!("{folder}/"), file.to_owned()),
            None => (String::new(), parts.0[workbook].clone()),
        };
        let mut book = BinaryPackage {
            archive,
            sheets: Vec::new(),
            strings: Vec::new(),
            shown: Vec::new(),
            is_1904: false,
            merges: Vec::new(),
            odd: Odd::default(),
        };
        let relations = match parts.find(&format!("{folder}_rels/{file}.rels")) {
            Some(part) => book.relations(part)?,
            None => HashMap::new(),
        };
        let place = |target: &str| match target.strip_prefix('/') {
            Some(absolute) => parts.find(absolute),
            None => parts.find(&format!("{folder}{target}")),
        };
        let related = |kind: &str, usual: &str| {
            relations
                .values()
                .find(|(known, _)| known.ends_with(kind))
                .and_then(|(_, target)| place(target))
                .or_else(|| parts.find(&format!("{folder}{usual}")))
        };
        if let Some(part) = related("/sharedStrings", "sharedStrings.bin") {
            book.read_strings(part)?;
        }
        if let Some(part) = related("/styles", "styles.bin") {
            book.read_styles(part)?;
        }
        let mut records = book.records(workbook)?;
        let (mut tabs, mut is_1904) = (Vec::new(), false);
        while let Some(kind) = records.next().map_err(damaged)? {
            match kind {
                // BrtWbProp
                0x99 => is_1904 = records.data.first().is_some_and(|flags| flags & 1 != 0),
                // BrtBundleSh
                0x9C => {
                    if tabs.len() >= limits::SHEETS {
                        return Err(Refusal::TooLarge { limit: Limit::Sheets });
                    }
                    tabs.extend(bundle(&records.data));
                }
                _ => {}
            }
        }
        drop(records);
        book.is_1904 = is_1904;
        book.sheets = tabs
            .into_iter()
            .filter_map(|(name, visibility, relation)| {
                let (kind, target) = relations.get(&relation)?;
                // Charts, dialogs and macros hold no list of people.
                let is_worksheet =
                    kind.ends_with("/worksheet") || target.to_lowercase().contains("worksheets/");
                Some(Tab {
                    name,
                    visibility,
                    part: place(target).filter(|_| is_worksheet)?,
                })
            })
            .collect();
        if book.sheets.is_empty() {
            return Err(Refusal::Damaged);
        }
        Ok(book)
    }

    fn records(&mut self, part: usize) -> Result<Records<impl BufRead>, Refusal> {
        let part = self.archive.by_index(part).map_err(damaged)?;
        Ok(Records {
            input: BufReader::with_capacity(64 << 10, part),
            data: Vec::new(),
        })
    }

    /// Kind and target of each relation of the workbook.
    fn relations(&mut self, part: usize) -> Result<HashMap<String, (String, String)>, Refusal> {
        let part = self.archive.by_index(part).map_err(damaged)?;
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
        let mut found = HashMap::new();
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer).map_err(damaged)? {
                Event::Start(element) | Event::Empty(element) => {
                    let get = |name| attribute(&element, name);
                    if let (Some(id), Some(kind), Some(target)) = (get("Id"), get("Type"), get("Target")) {
                        found.insert(id, (kind, target));
                    }
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
            buffer.clear();
        }
    }

    fn read_strings(&mut self, part: usize) -> Result<(), Refusal> {
        let mut strings = Vec::new();
        let mut records = self.records(part)?;
        while let Some(kind) = records.next().map_err(damaged)? {
            // BrtSSTItem
            if kind == 0x13 {
                // One that cannot be read keeps its place, for cells name strings by it.
                let text = wide(&records.data, 1).map(|(text, _)| text.into());
                strings.push(text.unwrap_or_default());
            }
        }
        drop(records);
        self.strings = strings;
        Ok(())
    }

    fn read_styles(&mut self, part: usize) -> Result<(), Refusal> {
        let (mut codes, mut shown) = (HashMap::new(), Vec::new());
        let mut of_cells = false;
        let mut records = self.records(part)?;
        while let Some(kind) = records.next().map_err(damaged)? {
            let data = &records.data;
            match kind {
                // BrtFmt
                0x2C => {
                    if let (Some(index), Some((code, _))) = (u16_at(data, 0), wide(data, 2)) {
                        codes.insert(index, formats::custom(&code));
                    }
                }
                // BrtBeginCellXFs, BrtEndCellXFs
                0x269 => of_cells = true,
                0x26A => of_cells = false,
                // BrtXF
                0x2F if of_cells => {
                    let index = u16_at(data, 2).unwrap_or(0);
                    let known = codes.get(&index).copied();
                    shown.push(known.unwrap_or_else(|| formats::built_in(index)));
                }
                _ => {}
            }
        }
        drop(records);
        self.shown = shown;
        Ok(())
    }
}

/// The name, visibility and relation of a tab ([MS-XLSB] 2.4.304). Early versions wrote four bytes more before the relation.
fn bundle(data: &[u8]) -> Option<(String, Visibility, String)> {
    let visibility = match u32_at(data, 0)? {
        0 => Visibility::Visible,
        1 => Visibility::Hidden,
        _ => Visibility::VeryHidden,
    };
    [8, 12].into_iter().find_map(|at| {
        let (relation, after) = wide(data, at)?;
        let (name, end) = wide(data, after)?;
        (end == data.len() && !relation.is_empty())
            .then(|| (name.into_owned(), visibility, relation.into_owned()))
    })
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)?;
    found
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// What cells refer to.
struct Context<'b> {
    strings: &'b [Box<str>],
    shown: &'b [Shown],
    is_1904: bool,
}

impl Context<'_> {
    /// Hands a cell's value on; `value` is where it begins. `None` when the record is too short for what it claims to be.
    fn put(
        &self,
        (row, column): (u32, u32),
        kind: u16,
        data: &[u8],
        value: usize,
        rows: &mut RowWriter<'_>,
    ) -> Option<Result<(), Stop>> {
        let mut scratch = Scratch::default();
        let style = u32_at(data, value - 4)? & 0x00FF_FFFF;
        let shown = self.shown.get(style as usize).copied().unwrap_or_default();
        let number = |number, scratch| values::shown(shown, number, self.is_1904, scratch);
        Some(match kind {
            0x02 | 0x0D => rows.put(row, column, number(packed(u32_at(data, value)?), &mut scratch)),
            0x03 | 0x0B | 0x0E => rows.put(row, column, Value::Error(error_text(*data.get(value)?))),
            0x04 | 0x0A | 0x0F => rows.put(row, column, Value::Bool(*data.get(value)? != 0)),
            0x05 | 0x09 | 0x10 => rows.put(row, column, number(f64_at(data, value)?, &mut scratch)),
            0x06 | 0x08 | 0x11 => rows.put(row, column, Value::Text(&wide(data, value)?.0)),
            // BrtCellRString: flags before the text.
            0x3E => rows.put(row, column, Value::Text(&wide(data, value + 1)?.0)),
            0x07 | 0x12 => {
                let text = self.strings.get(u32_at(data, value)? as usize)?;
                rows.put(row, column, Value::Text(text))
            }
            _ => Ok(()),
        })
    }
}

impl<R: Read + Seek> Source for BinaryPackage<R> {
    fn kind(&self) -> FileKind {
        FileKind::Xlsb
    }

    fn sheets(&self) -> Vec<(String, Visibility)> {
        self.sheets
            .iter()
            .map(|tab| (tab.name.clone(), tab.visibility))
            .collect()
    }

    fn date_system(&self) -> DateSystem {
        values::date_system(self.is_1904)
    }

    fn read(&mut self, sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop> {
        self.merges.clear();
        let part = self.archive.by_index(self.sheets[sheet].part).map_err(damaged)?;
        let mut records = Records {
            input: BufReader::with_capacity(64 << 10, part),
            data: Vec::new(),
        };
        let context = Context {
            strings: &self.strings,
            shown: &self.shown,
            is_1904: self.is_1904,
        };
        // Row, and the column that a cell without one of its own stands in.
        let (mut row, mut next, mut ended) = (0u32, 0u32, false);
        while let Some(kind) = records.next().map_err(damaged)? {
            let data = &records.data;
            let read = match kind {
                // BrtRowHdr
                0x00 => u32_at(data, 0).map(|number| {
                    (row, next) = (number, 0);
                    Ok(())
                }),
                // Cells and formulas, and text with several fonts.
                0x01..=0x0B | 0x3E => u32_at(data, 0).and_then(|column| {
                    next = column.saturating_add(1);
                    context.put((row, column), kind, data, 8, rows)
                }),
                // The short forms, which follow the cell before.
                0x0C..=0x12 => {
                    next = next.saturating_add(1);
                    context.put((row, next - 1), kind, data, 4, rows)
                }
                // BrtEndSheetData
                0x92 => {
                    ended = true;
                    Some(Ok(()))
                }
                // BrtMergeCell
                0xB0 if self.merges.len() < limits::MERGES => merge(data).map(|merge| {
                    self.merges.push(merge);
                    Ok(())
                }),
                _ => Some(Ok(())),
            };
            match read {
                Some(outcome) => outcome?,
                None => self.odd.note()?,
            }
        }
        if ended {
            Ok(())
        } else {
            Err(Refusal::Damaged.into())
        }
    }

    fn merges(&mut self, _sheet: usize) -> Vec<Merge> {
        std::mem::take(&mut self.merges)
    }

    fn notices(&self) -> Vec<Notice> {
        self.odd.notices()
    }
}

fn merge(data: &[u8]) -> Option<Merge> {
    Some(Merge {
        first_row: u32_at(data, 0)?,
        last_row: u32_at(data, 4)?,
        first_column: u32_at(data, 8)?,
        last_column: u32_at(data, 12)?,
    })
}
