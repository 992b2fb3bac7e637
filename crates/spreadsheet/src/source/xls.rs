//! Excel 2.0 to 2003 (.xls): BIFF2 to BIFF8, in a compound file or as a bare stream.
//!
//! Written here because calamine reserves memory for the range that a sheet claims (gigabytes for one stray cell), decodes
//! every formula, takes the older encryption for a code page, and knows no bare streams.

use std::fs::File;
use std::io::Read;

use encoding_rs::Encoding;
use kiulu_domain::clean::DateSystem;

use super::formats::{self, Shown};
use super::records::{self, Biff, Record, Records, f64_at, u16_at, u32_at};
use super::values::{self, Scratch};
use super::{Odd, Source};
use crate::limits;
use crate::model::{FileKind, Found, Limit, Merge, Notice, Refusal, Visibility};
use crate::protocol::Value;
use crate::row_writer::{RowWriter, Stop};

/// A workbook with its globals read.
pub(super) struct Records97 {
    stream: Vec<u8>,
    biff: Biff,
    encoding: &'static Encoding,
    is_1904: bool,
    /// What each cell format (XF) shows.
    shown: Vec<Shown>,
    strings: Vec<Box<str>>,
    sheets: Vec<Tab>,
    odd: Odd,
}

struct Tab {
    name: String,
    visibility: Visibility,
    start: usize,
}

/// Opens a compound file: finds the workbook's stream in it.
pub(super) fn open_compound(file: File, length: u64) -> Result<Box<dyn Source>, Refusal> {
    if length > limits::PLAIN_FILE {
        return Err(Refusal::TooLarge {
            limit: Limit::FileSize,
        });
    }
    let mut compound = cfb::CompoundFile::open(file).map_err(|_| Refusal::Damaged)?;
    let other = |found| Err(Refusal::NotASpreadsheet { found });
    if compound.is_stream("/EncryptedPackage") || compound.is_stream("/EncryptionInfo") {
        return Err(Refusal::PasswordProtected);
    }
    for name in ["/Workbook", "/Book"] {
        if compound.is_stream(name) {
            let stream = compound.open_stream(name).map_err(|_| Refusal::Damaged)?;
            let mut bytes = Vec::new();
            stream
                .take(limits::PLAIN_FILE)
                .read_to_end(&mut bytes)
                .map_err(|_| Refusal::Damaged)?;
            return Ok(Box::new(Records97::open(bytes)?));
        }
    }
    if compound.is_stream("/WordDocument") {
        return other(Found::Document);
    }
    if compound.is_stream("/PowerPoint Document") {
        return other(Found::Presentation);
    }
    if compound.is_stream("/__properties_version1.0") {
        return other(Found::Mail);
    }
    other(Found::Unknown)
}

/// Opens a bare stream of records.
pub(super) fn open_stream(bytes: Vec<u8>) -> Result<Box<dyn Source>, Refusal> {
    Ok(Box::new(Records97::open(bytes)?))
}

/// The generation and the kind of substream (0x10 for a worksheet) that a BOF record opens.
fn beginning(record: Record<'_>) -> Option<(Biff, u16)> {
    let substream = u16_at(record.data, 2).unwrap_or(0x10);
    match record.kind {
        0x0009 => Some((Biff::Two, substream)),
        0x0209 => Some((Biff::Three, substream)),
        0x0409 => Some((Biff::Four, substream)),
        0x0809 => match u16_at(record.data, 0)? {
            0x0600 => Some((Biff::Eight, substream)),
            0x0200 => Some((Biff::Two, substream)),
            0x0300 => Some((Biff::Three, substream)),
            0x0400 => Some((Biff::Four, substream)),
            _ => Some((Biff::Five, substream)),
        },
        _ => None,
    }
}

impl Records97 {
    fn open(stream: Vec<u8>) -> Result<Self, Refusal> {
        let mut walk = Records::at(&stream, 0);
        let first = walk.next().ok_or(Refusal::Damaged)?;
        let (biff, _) = beginning(first).ok_or(Refusal::Damaged)?;
        let mut book = Records97 {
            stream: Vec::new(),
            biff,
            encoding: encoding_rs::WINDOWS_1252,
            is_1904: false,
            shown: Vec::new(),
            strings: Vec::new(),
            sheets: Vec::new(),
            odd: Odd::default(),
        };
        book.read_globals(&mut walk)?;
        if biff < Biff::Five {
            book.sheets = vec![Tab {
                name: "Sheet1".to_owned(),
                visibility: Visibility::Visible,
                start: 0,
            }];
        }
        book.stream = stream;
        // What claims to be a worksheet may be a chart or a macro module.
        let is_worksheet = |tab: &Tab| {
            let record = Records::at(&book.stream, tab.start).next();
            matches!(record.and_then(beginning), Some((_, 0x10)))
        };
        let keep: Vec<bool> = book.sheets.iter().map(is_worksheet).collect();
        let mut keep = keep.into_iter();
        book.sheets.retain(|_| keep.next().unwrap_or(false));
        if book.sheets.is_empty() {
            return Err(Refusal::Damaged);
        }
        Ok(book)
    }

    /// Reads what cells refer to. Before BIFF5 this stands among the cells of the only sheet.
    fn read_globals(&mut self, walk: &mut Records<'_>) -> Result<(), Refusal> {
        let mut codes: Vec<(u16, Shown)> = Vec::new();
        let mut formats_of_cells: Vec<u16> = Vec::new();
        while let Some(record) = walk.next() {
            match record.kind {
                records::EOF => break,
                0x002F => return Err(Refusal::PasswordProtected),
                0x0085 if self.sheets.len() >= limits::SHEETS => {
                    return Err(Refusal::TooLarge { limit: Limit::Sheets });
                }
                _ => {}
            }
            // A record that is too short for what it claims to be says nothing; the others still count.
            if self
                .global(walk, record, &mut codes, &mut formats_of_cells)
                .is_none()
            {
                self.odd.note()?;
            }
        }
        codes.sort_by_key(|&(index, _)| index);
        let shown = |index: u16| match codes.binary_search_by_key(&index, |&(index, _)| index) {
            Ok(at) => codes[at].1,
            Err(_) => formats::built_in(index),
        };
        self.shown = formats_of_cells.into_iter().map(shown).collect();
        Ok(())
    }

    /// One record of the globals. `None` when it is too short for what it claims to be.
    fn global<'r>(
        &mut self,
        walk: &mut Records<'r>,
        record: Record<'r>,
        codes: &mut Vec<(u16, Shown)>,
        formats_of_cells: &mut Vec<u16>,
    ) -> Option<()> {
        let data = record.data;
        match record.kind {
            0x0042 => self.encoding = records::code_page(u16_at(data, 0)?),
            0x0022 => self.is_1904 = u16_at(data, 0)? == 1,
            0x001E | 0x041E => {
                let position = u16::try_from(codes.len()).ok()?;
                let mut pieces = walk.continued(data);
                let (index, code) = match (record.kind, self.biff) {
                    (0x041E, Biff::Eight) => {
                        let index = pieces.u16()?;
                        let count = usize::from(pieces.u16()?);
                        (index, pieces.string_with_flags(count))
                    }
                    (0x041E, Biff::Five) => {
                        let index = pieces.u16()?;
                        let count = usize::from(*data.get(2)?);
                        pieces.skip(1)?;
                        (index, pieces.bytes(count, self.encoding))
                    }
                    (0x041E, _) => {
                        pieces.skip(3)?;
                        (position, pieces.bytes(usize::from(*data.get(2)?), self.encoding))
                    }
                    _ => {
                        pieces.skip(1)?;
                        (position, pieces.bytes(usize::from(*data.first()?), self.encoding))
                    }
                };
                codes.push((index, formats::custom(&code.unwrap_or_default())));
            }
            // Cells name their format by its place, so one that says nothing keeps its place.
            0x0043 => formats_of_cells.push(data.get(2).map_or(0, |format| u16::from(format & 0x3F))),
            0x0243 | 0x0443 => formats_of_cells.push(data.get(1).map_or(0, |&format| u16::from(format))),
            0x00E0 => formats_of_cells.push(u16_at(data, 2).unwrap_or(0)),
            0x0085 => self.sheets.extend(self.tab(data)),
            0x00FC => {
                let mut pieces = walk.continued(data);
                pieces.skip(8)?;
                while let Some(text) = pieces.rich_string() {
                    self.strings.push(text.into_boxed_str());
                }
            }
            _ => {}
        }
        Some(())
    }

    fn tab(&self, data: &[u8]) -> Option<Tab> {
        if self.biff < Biff::Five || *data.get(5)? != 0 {
            // Charts, macro sheets and modules hold no list of people.
            return None;
        }
        let start = u32_at(data, 0)? as usize;
        let visibility = match data.get(4)? & 3 {
            0 => Visibility::Visible,
            1 => Visibility::Hidden,
            _ => Visibility::VeryHidden,
        };
        let count = usize::from(*data.get(6)?);
        let mut pieces = Records::at(&[], 0).continued(data);
        pieces.skip(7)?;
        let name = if self.biff == Biff::Eight {
            pieces.string_with_flags(count)
        } else {
            pieces.bytes(count, self.encoding)
        };
        Some(Tab {
            name: name?,
            visibility,
            start,
        })
    }

    fn number<'a>(&self, format: u16, number: f64, scratch: &'a mut Scratch) -> Value<'a> {
        let shown = self.shown.get(usize::from(format)).copied().unwrap_or_default();
        values::shown(shown, number, self.is_1904, scratch)
    }

    /// One record of a sheet. `None` when it is too short for what it claims to be.
    fn record<'r>(
        &self,
        walk: &mut Records<'r>,
        record: Record<'r>,
        formula: &mut Option<(u32, u32)>,
        rows: &mut RowWriter<'_>,
    ) -> Option<Result<(), Stop>> {
        let data = record.data;
        let mut scratch = Scratch::default();
        // BIFF2 cells carry three bytes of attributes where later ones have the number of their format.
        let old = self.biff == Biff::Two;
        let at = if old { 7 } else { 6 };
        let place =
            || -> Option<(u32, u32)> { Some((u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?))) };
        let format = || -> Option<u16> {
            if old {
                Some(u16::from(data.get(4)? & 0x3F))
            } else {
                u16_at(data, 4)
            }
        };
        Some(match record.kind {
            0x0002 if old => {
                let (row, column) = place()?;
                let number = f64::from(u16_at(data, at)?);
                rows.put(row, column, self.number(format()?, number, &mut scratch))
            }
            0x0003 | 0x0203 => {
                let (row, column) = place()?;
                let number = f64_at(data, at)?;
                rows.put(row, column, self.number(format()?, number, &mut scratch))
            }
            0x0004 | 0x0204 | 0x00D6 => {
                let (row, column) = place()?;
                let mut pieces = walk.continued(data);
                pieces.skip(at)?;
                let text = self.string(&mut pieces)?;
                rows.put(row, column, Value::Text(&text))
            }
            0x0005 | 0x0205 => {
                let (row, column) = place()?;
                let value = *data.get(at)?;
                let value = if *data.get(at + 1)? == 0 {
                    Value::Bool(value != 0)
                } else {
                    Value::Error(error_text(value))
                };
                rows.put(row, column, value)
            }
            0x0006 | 0x0206 | 0x0406 => {
                let (row, column) = place()?;
                *formula = None;
                let result: &[u8; 8] = data.get(at..)?.first_chunk()?;
                let value = if result[6..] == [0xFF, 0xFF] {
                    match result[0] {
                        0 => {
                            *formula = Some((row, column));
                            return Some(Ok(()));
                        }
                        1 => Value::Bool(result[2] != 0),
                        2 => Value::Error(error_text(result[2])),
                        _ => return Some(Ok(())),
                    }
                } else {
                    self.number(format()?, f64::from_le_bytes(*result), &mut scratch)
                };
                rows.put(row, column, value)
            }
            0x0007 | 0x0207 => {
                // Without a formula before it, it is nobody's result.
                let Some((row, column)) = formula.take() else {
                    return Some(Ok(()));
                };
                let mut pieces = walk.continued(data);
                let text = self.string(&mut pieces)?;
                rows.put(row, column, Value::Text(&text))
            }
            0x027E => {
                let (row, column) = place()?;
                let number = packed(u32_at(data, 6)?);
                rows.put(row, column, self.number(format()?, number, &mut scratch))
            }
            0x00BD => {
                let (row, first) = place()?;
                let cells = data.get(4..data.len().checked_sub(2)?)?;
                for (column, cell) in (first..).zip(cells.chunks_exact(6)) {
                    let number = packed(u32_at(cell, 2)?);
                    let value = self.number(u16_at(cell, 0)?, number, &mut scratch);
                    if let Err(stop) = rows.put(row, column, value) {
                        return Some(Err(stop));
                    }
                }
                Ok(())
            }
            0x00FD => {
                let (row, column) = place()?;
                match self.strings.get(u32_at(data, 6)? as usize) {
                    Some(text) => rows.put(row, column, Value::Text(text)),
                    // The table was cut short.
                    None => return None,
                }
            }
            _ => Ok(()),
        })
    }

    /// A string with its length before it, in the layout of this generation.
    fn string(&self, pieces: &mut records::Pieces<'_>) -> Option<String> {
        match self.biff {
            Biff::Two => {
                let count = pieces.u8()?;
                pieces.bytes(usize::from(count), self.encoding)
            }
            Biff::Eight => {
                let count = usize::from(pieces.u16()?);
                if count == 0 {
                    return Some(String::new());
                }
                pieces.string_with_flags(count)
            }
            _ => {
                let count = usize::from(pieces.u16()?);
                pieces.bytes(count, self.encoding)
            }
        }
    }

    /// Walks the records of one sheet, without those of charts inside it.
    fn walk<'s>(
        &'s self,
        sheet: usize,
        mut each: impl FnMut(&mut Records<'s>, Record<'s>) -> Option<Result<(), Stop>>,
    ) -> Result<(), Stop> {
        let mut walk = Records::at(&self.stream, self.sheets[sheet].start);
        let mut depth = 0usize;
        loop {
            let record = walk.next().ok_or(Refusal::Damaged)?;
            if beginning(record).is_some() {
                depth += 1;
            } else if record.kind == records::EOF {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(());
                }
            } else if depth == 1 {
                match each(&mut walk, record) {
                    Some(outcome) => outcome?,
                    None => self.odd.note()?,
                }
            }
        }
    }
}

/// An RK number ([MS-XLS] 2.5.217): a shortened double or integer, perhaps in hundredths.
pub(super) fn packed(rk: u32) -> f64 {
    let number = if rk & 2 != 0 {
        f64::from(rk.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(rk & !3) << 32)
    };
    if rk & 1 != 0 { number / 100.0 } else { number }
}

/// The error of a code ([MS-XLS] 2.5.10, the same in .xlsb).
pub(super) fn error_text(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

impl Source for Records97 {
    fn kind(&self) -> FileKind {
        FileKind::Xls
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
        let mut formula = None;
        self.walk(sheet, |walk, record| {
            self.record(walk, record, &mut formula, rows)
        })
    }

    fn merges(&mut self, sheet: usize) -> Vec<Merge> {
        let mut merges = Vec::new();
        // A sheet that breaks off was refused while its cells were read.
        let _ = self.walk(sheet, |_, record| {
            if record.kind == 0x00E5 {
                for range in record.data.get(2..)?.chunks_exact(8) {
                    merges.push(Merge {
                        first_row: u16_at(range, 0)?.into(),
                        last_row: u16_at(range, 2)?.into(),
                        first_column: u16_at(range, 4)?.into(),
                        last_column: u16_at(range, 6)?.into(),
                    });
                }
            }
            Some(Ok(()))
        });
        merges
    }

    fn notices(&self) -> Vec<Notice> {
        self.odd.notices()
    }
}
