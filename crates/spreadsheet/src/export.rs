//! Writing lists as .xlsx and .csv.

use std::io::{self, Write};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::cells::serial;
use crate::limits;

/// What a column holds, which decides how cells typed into it later are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, also digits: telephone numbers, postal codes, member numbers.
    Text,
    /// Numbers.
    Number,
    /// Dates, shown as 24.12.2026.
    Date,
    /// Dates with time of day, shown as 24.12.2026 18.00.
    DateTime,
    /// Yes or no.
    Bool,
}

/// A column of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Heading.
    pub title: String,
    /// Width in characters of the standard font.
    pub width: f64,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A value on its way out.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum OutCell {
    /// Nothing.
    #[default]
    Empty,
    /// Text. It never becomes a formula, whatever it begins with.
    Text(String),
    /// A number.
    Number(f64),
    /// A date.
    Date(NaiveDate),
    /// A date with time of day.
    DateTime(NaiveDateTime),
    /// Yes or no.
    Bool(bool),
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// More rows or columns than a sheet has: 1 048 575 below the heading, 16 384 beside each other.
    #[error("too_large")]
    TooLarge,
    /// The target could not be written.
    #[error("write_failed")]
    Io(#[from] io::Error),
    /// The workbook could not be put together.
    #[error("workbook_failed")]
    Workbook(#[source] XlsxError),
}

impl From<XlsxError> for ExportError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => ExportError::Io(error),
            XlsxError::RowColumnLimitError => ExportError::TooLarge,
            error => ExportError::Workbook(error),
        }
    }
}

/// A sheet of a workbook that is to be written.
#[derive(Debug)]
pub struct OutSheet<R> {
    /// Name of the tab; what Excel does not take in it is replaced.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows below the heading.
    pub rows: R,
}

/// Writes one sheet with a bold, frozen heading row and filters, and returns the number of rows below the heading.
///
/// # Errors
/// Those of [`write_sheets`].
pub fn write_xlsx(
    out: impl Write + Send,
    sheet_name: &str,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<OutCell>>,
) -> Result<u32, ExportError> {
    let sheet = OutSheet {
        name: sheet_name.to_owned(),
        columns: columns.to_vec(),
        rows,
    };
    write_sheets(out, [sheet])
}

/// Writes sheets, each with a bold, frozen heading row and filters, and returns the number of rows below all headings.
///
/// They are put together in memory (about 150 bytes a cell): rust_xlsxwriter's constant-memory mode would write them to a
/// temporary file in the clear.
///
/// # Errors
/// [`ExportError`] when there are too many rows or columns, or `out` cannot be written.
pub fn write_sheets<R: IntoIterator<Item = Vec<OutCell>>>(
    out: impl Write + Send,
    sheets: impl IntoIterator<Item = OutSheet<R>>,
) -> Result<u32, ExportError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    let mut count = 0u32;
    for sheet in sheets {
        count = count.saturating_add(fill(workbook.add_worksheet(), sheet, &formats)?);
    }
    workbook.save_to_writer(out)?;
    Ok(count)
}

struct Formats {
    bold: Format,
    text: Format,
    date: Format,
    moment: Format,
}

impl Formats {
    fn new() -> Self {
        let bold = Format::new().set_bold().set_align(FormatAlign::Top);
        Formats {
            bold: bold.set_text_wrap(),
            text: Format::new().set_num_format("@"),
            date: Format::new().set_num_format("d.m.yyyy"),
            moment: Format::new().set_num_format("d.m.yyyy h:mm"),
        }
    }
}

fn fill<R: IntoIterator<Item = Vec<OutCell>>>(
    sheet: &mut Worksheet,
    content: OutSheet<R>,
    formats: &Formats,
) -> Result<u32, ExportError> {
    let Formats {
        bold,
        text,
        date,
        moment,
    } = formats;
    if content.columns.len() > limits::COLUMNS as usize {
        return Err(ExportError::TooLarge);
    }
    sheet.set_name(tab_name(&content.name))?;
    for (at, column) in (0u16..).zip(&content.columns) {
        sheet.set_column_width(at, column.width)?;
        match column.kind {
            ColumnKind::Text => sheet.set_column_format(at, text)?,
            ColumnKind::Date => sheet.set_column_format(at, date)?,
            ColumnKind::DateTime => sheet.set_column_format(at, moment)?,
            ColumnKind::Number | ColumnKind::Bool => sheet,
        };
        sheet.write_string_with_format(0, at, &column.title, bold)?;
    }
    let mut count = 0u32;
    for row in content.rows {
        count += 1;
        if count >= limits::ROWS {
            return Err(ExportError::TooLarge);
        }
        for (column, cell) in (0u16..).zip(row) {
            match cell {
                OutCell::Empty => {}
                OutCell::Text(value) if value.is_empty() => {}
                OutCell::Text(value) => {
                    sheet.write_string_with_format(count, column, shortened(value), text)?;
                }
                OutCell::Number(value) if value.is_finite() => {
                    sheet.write_number(count, column, value)?;
                }
                OutCell::Number(value) => {
                    sheet.write_string(count, column, value.to_string())?;
                }
                OutCell::Bool(value) => {
                    sheet.write_boolean(count, column, value)?;
                }
                OutCell::Date(value) => {
                    let start = value.and_time(NaiveTime::MIN);
                    write_moment(sheet, count, column, start, date, finnish_date(value))?;
                }
                OutCell::DateTime(value) => {
                    write_moment(sheet, count, column, value, moment, finnish_moment(value))?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let Some(last) = u16::try_from(content.columns.len())
        .ok()
        .and_then(|count| count.checked_sub(1))
    {
        sheet.autofilter(0, 0, count, last)?;
    }
    Ok(count)
}

/// Excel's calendar begins in 1900; an older date goes out as the text that a Finn would write.
fn write_moment(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: NaiveDateTime,
    format: &Format,
    otherwise: String,
) -> Result<(), XlsxError> {
    let number = serial(value);
    if (1.0..2_958_466.0).contains(&number) {
        sheet.write_number_with_format(row, column, number, format)?;
    } else {
        sheet.write_string(row, column, otherwise)?;
    }
    Ok(())
}

/// A name that Excel takes for a tab: at most 31 characters, without `[ ] : * ? / \` and without outer apostrophes.
fn tab_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| {
            if matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\') {
                '-'
            } else {
                letter
            }
        })
        .take(31)
        .collect();
    let name = name.trim().trim_matches('\'');
    if name.is_empty() {
        "1".to_owned()
    } else {
        name.to_owned()
    }
}

/// A cell holds 32 767 UTF-16 units; longer text ends in an ellipsis.
fn shortened(text: String) -> String {
    const MOST: usize = 32_767;
    if text.len() <= MOST || text.encode_utf16().count() <= MOST {
        return text;
    }
    let mut units = 0;
    let mut kept: String = text
        .chars()
        .take_while(|letter| {
            units += letter.len_utf16();
            units < MOST
        })
        .collect();
    kept.push('…');
    kept
}

fn finnish_date(date: NaiveDate) -> String {
    date.format("%-d.%-m.%Y").to_string()
}

fn finnish_moment(moment: NaiveDateTime) -> String {
    moment.format("%-d.%-m.%Y %-H.%M").to_string()
}

/// Writes delimited text as Finnish and Swedish Excel opens it: UTF-8 with a mark, semicolons, decimal commas. Returns the
/// number of rows below the heading.
///
/// Text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, tab or return) gets an apostrophe
/// before it, as OWASP advises; a telephone number (`+358 40 123 4567`) stays as it is, for it can only become a number.
///
/// # Errors
/// [`ExportError::Io`] when `out` cannot be written.
pub fn write_csv(
    mut out: impl Write,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<OutCell>>,
) -> Result<u32, ExportError> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut line = String::new();
    for (at, column) in columns.iter().enumerate() {
        field(&mut line, at, &harmless(&column.title));
    }
    end_line(&mut out, &mut line)?;
    let mut count = 0u32;
    for row in rows {
        for (at, cell) in row.into_iter().enumerate() {
            let text = match cell {
                OutCell::Empty => String::new(),
                OutCell::Text(value) => harmless(&value),
                OutCell::Number(value) => value.to_string().replace('.', ","),
                OutCell::Bool(value) => u8::from(value).to_string(),
                OutCell::Date(value) => finnish_date(value),
                OutCell::DateTime(value) => finnish_moment(value),
            };
            field(&mut line, at, &text);
        }
        end_line(&mut out, &mut line)?;
        count = count.saturating_add(1);
    }
    out.flush()?;
    Ok(count)
}

fn end_line(out: &mut impl Write, line: &mut String) -> io::Result<()> {
    line.push_str("\r\n");
    out.write_all(line.as_bytes())?;
    line.clear();
    Ok(())
}

fn field(line: &mut String, at: usize, text: &str) {
    if at > 0 {
        line.push(';');
    }
    if text.contains([';', '"', '\n', '\r', '\t']) || text.starts_with(' ') || text.ends_with(' ') {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}

fn harmless(text: &str) -> String {
    let phone = text.strip_prefix('+').is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .chars()
                .all(|letter| letter.is_ascii_digit() || letter == ' ')
    });
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !phone {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn column(title: &str, kind: ColumnKind) -> Column {
        Column {
            title: title.to_owned(),
            width: 12.0,
            kind,
        }
    }

    #[test]
    fn formulas_are_disarmed_and_phones_kept() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("-2+3", "'-2+3"),
            ("+358 40 123 4567", "+358 40 123 4567"),
            ("+358401234567", "+358401234567"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("+", "'+"),
            ("Mäki-Laine", "Mäki-Laine"),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }

    #[test]
    fn csv_opens_in_finnish_excel() {
        let mut out = Vec::new();
        let rows = vec![vec![
            OutCell::Text("Mäki; Anna \"A\"".into()),
            OutCell::Number(12.5),
            OutCell::Date(NaiveDate::from_ymd_opt(2026, 12, 4).unwrap()),
        ]];
        let columns = [
            column("Nimi", ColumnKind::Text),
            column("Maksu", ColumnKind::Number),
            column("Pvm", ColumnKind::Date),
        ];
        assert_eq!(write_csv(&mut out, &columns, rows).unwrap(), 1);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\u{feff}Nimi;Maksu;Pvm\r\n\"Mäki; Anna \"\"A\"\"\";12,5;4.12.2026\r\n"
        );
    }

    #[test]
    fn tab_names_are_made_acceptable() {
        assert_eq!(tab_name("Asukkaat [2024/25]"), "Asukkaat -2024-25-");
        assert_eq!(tab_name("'"), "1");
        assert_eq!(tab_name(&"x".repeat(40)).len(), 31);
    }
}
