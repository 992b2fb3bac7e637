//! OpenDocument spreadsheets (.ods): ODF 1.3 part 3, chapter 9. Streamed, so that repeated rows and columns cost nothing.
//!
//! Written here because calamine refuses white space between cells and files without a `mimetype` part, and unfolds every
//! sheet in memory.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Seek};

use kiulu_domain::clean::DateSystem;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::values;
use super::{Sink, Source};
use crate::limits;
use crate::model::{FileKind, Limit, Merge, Refusal, Visibility};
use crate::protocol::Value;
use crate::row_writer::{RowWriter, Stop};

pub(super) struct OpenDocument<R: Read + Seek> {
    archive: ZipArchive<R>,
    sheets: Vec<(String, Visibility)>,
    is_1904: bool,
}

impl<R: Read + Seek> OpenDocument<R> {
    pub(super) fn open(mut archive: ZipArchive<R>) -> Result<Self, Refusal> {
        if let Ok(manifest) = archive.by_name("META-INF/manifest.xml") {
            let mut text = String::new();
            let _ = manifest.take(4 << 20).read_to_string(&mut text);
            if text.contains("encryption-data") {
                return Err(Refusal::PasswordProtected);
            }
        }
        let mut document = OpenDocument {
            archive,
            sheets: Vec::new(),
            is_1904: false,
        };
        let mut pass = Pass::default();
        match document.pass(&mut pass, &mut Target::Names) {
            Ok(()) | Err(Stop::Enough | Stop::Gone) => {}
            Err(Stop::Refused(refusal)) => return Err(refusal),
        }
        document.sheets = pass.sheets;
        document.is_1904 = pass.is_1904;
        Ok(document)
    }

    fn pass(&mut self, pass: &mut Pass, target: &mut Target<'_, '_>) -> Result<(), Stop> {
        let content = self
            .archive
            .by_name("content.xml")
            .map_err(|_| Refusal::Damaged)?;
        let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(64 << 10, content));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        pass.run(&mut reader, target)
    }
}

/// Whose cells a pass through the document is for.
enum Target<'t, 'w> {
    /// Nobody's: the names of the sheets are wanted.
    Names,
    /// Those of one sheet.
    One(usize, &'t mut RowWriter<'w>),
    /// Those of all.
    Each(&'t mut dyn Sink<'w>),
}

#[derive(Default)]
struct Pass {
    sheets: Vec<(String, Visibility)>,
    /// Day 0 is that of the 1904 system.
    is_1904: bool,
    /// Tables within tables, the sheet itself counted.
    depth: u32,
    /// The cells of the table under way are wanted.
    active: bool,
    hidden_styles: HashSet<String>,
    style: String,
    row: u32,
    row_repeat: u32,
    column: u32,
    /// The row under way: first column, columns, value.
    cells: Vec<(u32, u32, Owned)>,
    merges: Vec<Merge>,
}

enum Owned {
    Text(String),
    Number(f64),
    Iso(String),
    Bool(bool),
    Error(String),
}

fn refused(_: quick_xml::Error) -> Stop {
    Refusal::Damaged.into()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)
        .and_then(|attribute| {
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map(std::borrow::Cow::into_owned)
                .ok()
        })
}

fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
}

impl Pass {
    fn run<B: BufRead>(
        &mut self,
        reader: &mut quick_xml::Reader<B>,
        target: &mut Target<'_, '_>,
    ) -> Result<(), Stop> {
        let mut buffer = Vec::new();
        let mut skipped = Vec::new();
        let mut any = false;
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(refused)? {
                Event::Start(element) => {
                    any = true;
                    match element.name().as_ref() {
                        "style:style" => {
                            self.style = attribute(&element, "style:name").unwrap_or_default();
                        }
                        "style:table-properties"
                            if attribute(&element, "table:display").as_deref() == Some("false") =>
                        {
                            self.hidden_styles.insert(self.style.clone());
                        }
                        "table:null-date" => {
                            self.is_1904 =
                                attribute(&element, "table:date-value").as_deref() == Some("1904-01-01");
                        }
                        // What was deleted while changes were tracked, and values remembered of other files.
                        "table:tracked-changes" | "table:content-validations" | "table:data-pilot-tables" => {
                            let end = element.to_end().into_owned();
                            reader
                                .read_to_end_into(end.name(), &mut skipped)
                                .map_err(refused)?;
                            skipped.clear();
                        }
                        "table:table" => {
                            self.depth += 1;
                            if self.depth == 1 {
                                self.begin(&element, target)?;
                            }
                        }
                        "table:table-row" if self.depth == 1 => {
                            self.row_repeat = count(&element, "table:number-rows-repeated");
                            self.column = 0;
                            self.cells.clear();
                        }
                        "table:table-cell" | "table:covered-table-cell" if self.active && self.depth == 1 => {
                            let element = element.into_owned();
                            let outcome = self.cell(&element, reader);
                            self.settle(outcome, target)?;
                        }
                        _ => {}
                    }
                }
                Event::End(element) => match element.name().as_ref() {
                    "table:table-row" if self.depth == 1 => {
                        if self.active {
                            let outcome = match target {
                                Target::Names => Ok(()),
                                Target::One(_, rows) => self.emit(rows),
                                Target::Each(sink) => self.emit(sink.rows()),
                            };
                            self.settle(outcome, target)?;
                        }
                        self.row = self.row.saturating_add(self.row_repeat);
                    }
                    "table:table" => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 && std::mem::take(&mut self.active) {
                            match target {
                                Target::Each(sink) => {
                                    let merges = std::mem::take(&mut self.merges);
                                    sink.end(self.sheets.len() - 1, Ok(()), merges)?;
                                }
                                _ => return Ok(()),
                            }
                        }
                    }
                    _ => {}
                },
                Event::Eof if any && self.depth == 0 => return Ok(()),
                Event::Eof => return Err(Refusal::Damaged.into()),
                _ => {}
            }
        }
    }

    /// A table begins, which is a sheet unless it holds remembered values of another file: those are named after that file
    /// (ODF 1.3 part 3, 19.725: `'file:///…'#$Sheet1`).
    fn begin(&mut self, element: &BytesStart<'_>, target: &mut Target<'_, '_>) -> Result<(), Stop> {
        let name = attribute(element, "table:name").unwrap_or_default();
        if name.starts_with('\'') && name.contains("'#") {
            return Ok(());
        }
        if self.sheets.len() >= limits::SHEETS {
            return Err(Refusal::TooLarge { limit: Limit::Sheets }.into());
        }
        let style = attribute(element, "table:style-name").unwrap_or_default();
        let visibility = if self.hidden_styles.contains(&style) {
            Visibility::Hidden
        } else {
            Visibility::Visible
        };
        let sheet = self.sheets.len();
        self.sheets.push((name, visibility));
        self.row = 0;
        self.merges.clear();
        self.active = match target {
            Target::Names => false,
            Target::One(wanted, _) => *wanted == sheet,
            Target::Each(sink) => {
                sink.begin(sheet)?;
                true
            }
        };
        Ok(())
    }

    /// Where all sheets are wanted, one that stops short does not keep the next from being read.
    fn settle(&mut self, outcome: Result<(), Stop>, target: &mut Target<'_, '_>) -> Result<(), Stop> {
        match (outcome, target) {
            (Err(stop @ (Stop::Enough | Stop::Refused(_))), Target::Each(sink)) => {
                self.active = false;
                sink.end(self.sheets.len() - 1, Err(stop), std::mem::take(&mut self.merges))
            }
            (outcome, _) => outcome,
        }
    }

    fn emit(&self, rows: &mut RowWriter<'_>) -> Result<(), Stop> {
        if self.cells.is_empty() {
            return Ok(());
        }
        for row in self.row..self.row.saturating_add(self.row_repeat) {
            for (first, columns, value) in &self.cells {
                for column in *first..first.saturating_add(*columns) {
                    let value = match value {
                        Owned::Text(text) => values::text(text),
                        Owned::Number(number) => Value::Number(*number),
                        Owned::Iso(text) => values::iso(text),
                        Owned::Bool(value) => Value::Bool(*value),
                        Owned::Error(text) => Value::Error(text),
                    };
                    rows.put(row, column, value)?;
                }
            }
        }
        Ok(())
    }

    fn cell<B: BufRead>(
        &mut self,
        element: &BytesStart<'_>,
        reader: &mut quick_xml::Reader<B>,
    ) -> Result<(), Stop> {
        let columns = count(element, "table:number-columns-repeated");
        let (wide, high) = (
            count(element, "table:number-columns-spanned"),
            count(element, "table:number-rows-spanned"),
        );
        if (wide > 1 || high > 1) && self.merges.len() < limits::MERGES {
            self.merges.push(Merge {
                first_row: self.row,
                first_column: self.column,
                last_row: self.row.saturating_add(high.saturating_sub(1)),
                last_column: self.column.saturating_add(wide.saturating_sub(1)),
            });
        }
        let text = cell_text(reader)?;
        let kind = attribute(element, "office:value-type").unwrap_or_default();
        let value = if attribute(element, "calcext:value-type").as_deref() == Some("error") {
            let known = values::error(&text).map(str::to_owned);
            Owned::Error(known.unwrap_or(text))
        } else {
            let typed = match kind.as_str() {
                "float" | "percentage" | "currency" => attribute(element, "office:value")
                    .and_then(|text| text.parse().ok())
                    .map(Owned::Number),
                "date" => attribute(element, "office:date-value").map(Owned::Iso),
                "time" => attribute(element, "office:time-value").map(Owned::Iso),
                "boolean" => attribute(element, "office:boolean-value")
                    .map(|text| Owned::Bool(text.eq_ignore_ascii_case("true"))),
                _ => attribute(element, "office:string-value")
                    .filter(|value| !value.is_empty())
                    .map(Owned::Text),
            };
            // A program that left the value out has still written what it shows.
            typed.unwrap_or(Owned::Text(text))
        };
        if !matches!(&value, Owned::Text(text) if text.is_empty()) {
            self.cells.push((self.column, columns, value));
        }
        self.column = self.column.saturating_add(columns);
        Ok(())
    }
}

/// Paragraphs of a cell, up to its end; comments and drawings are no part of its value.
fn cell_text<B: BufRead>(reader: &mut quick_xml::Reader<B>) -> Result<String, Stop> {
    let mut buffer = Vec::new();
    let mut skipped = Vec::new();
    let mut text = String::new();
    let (mut paragraphs, mut depth) = (0u32, 0u32);
    loop {
        buffer.clear();
        if text.len() > limits::ROW_BYTES {
            return Err(Refusal::TooLarge { limit: Limit::Text }.into());
        }
        match reader.read_event_into(&mut buffer).map_err(refused)? {
            Event::Start(element) => {
                let name = element.name();
                let name = name.as_ref();
                if name == "office:annotation" || name.starts_with("draw:") || name == "table:table" {
                    let end = element.to_end().into_owned();
                    reader
                        .read_to_end_into(end.name(), &mut skipped)
                        .map_err(refused)?;
                    skipped.clear();
                    continue;
                }
                depth += 1;
                match name {
                    "text:p" | "text:h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "text:s" => {
                        let blanks = count(&element, "text:c").min(32_767);
                        text.extend(std::iter::repeat_n(' ', blanks as usize));
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    _ => {}
                }
            }
            Event::End(_) => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return Ok(text),
            },
            Event::Text(piece) if depth > 0 => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if depth > 0 => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) if depth > 0 => {
                let letter = match &*reference.xml10_content() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                text.extend(letter);
            }
            Event::Eof => return Err(Refusal::Damaged.into()),
            _ => {}
        }
    }
}

impl<R: Read + Seek> Source for OpenDocument<R> {
    fn kind(&self) -> FileKind {
        FileKind::Ods
    }

    fn sheets(&self) -> Vec<(String, Visibility)> {
        self.sheets.clone()
    }

    fn date_system(&self) -> DateSystem {
        values::date_system(self.is_1904)
    }

    fn read(&mut self, sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop> {
        self.pass(&mut Pass::default(), &mut Target::One(sheet, rows))
    }

    fn read_each<'w>(&mut self, sink: &mut dyn Sink<'w>) -> Result<(), Stop> {
        self.pass(&mut Pass::default(), &mut Target::Each(sink))
    }
}
