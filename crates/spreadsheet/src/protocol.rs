//! What the sidecar writes and the caller reads: frames of rows in a compact form.
//!
//! A frame is a kind byte, a length (u32, little-endian) and that many bytes. Rows are a flat list of operations:
//! a row begins with its number, then values follow from column A on; a jump names the column. Empty cells cost
//! nothing, text is copied once on each side.

use std::io::{self, Read, Write};

use chrono::DateTime;
use kiulu_domain::clean::DateSystem;
use kiulu_domain::sheet::{Cell, Row};

/// Frame: a JSON [`crate::model::SheetInfo`] follows; the rows after it are its preview, or all its rows.
pub(crate) const SHEET: u8 = b'S';
/// Frame: a JSON [`crate::model::Refusal`] of the sheet under way; the next sheet may follow.
pub(crate) const SHEET_REFUSED: u8 = b'D';
/// Frame: encoded rows.
pub(crate) const ROWS: u8 = b'R';
/// Frame: a JSON [`End`]; nothing follows.
pub(crate) const END: u8 = b'E';
/// Frame: a JSON [`crate::model::Refusal`]; nothing follows.
pub(crate) const REFUSED: u8 = b'X';

/// Longest frame that either side accepts: one row at its bound, and the batch before it.
pub(crate) const LONGEST_FRAME: usize = 32 << 20;

const OP_ROW: u8 = 0;
const OP_COLUMN: u8 = 1;
const OP_TEXT: u8 = 2;
const OP_NUMBER: u8 = 3;
const OP_DATE: u8 = 4;
const OP_DURATION: u8 = 5;
const OP_FALSE: u8 = 6;
const OP_TRUE: u8 = 7;
const OP_ERROR: u8 = 8;

/// How a command of the sidecar ended.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct End {
    pub(crate) kind: crate::model::FileKind,
    pub(crate) date_system: DateSystem,
    pub(crate) notices: Vec<crate::model::Notice>,
    pub(crate) peak_kib: Option<u32>,
}

/// One cell on its way out, borrowed from the reader that found it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Number(f64),
    /// Milliseconds since 1970-01-01T00:00 wall-clock.
    Date(i64),
    /// Seconds.
    Duration(f64),
    Bool(bool),
    Error(&'a str),
}

pub(crate) fn begin_row(out: &mut Vec<u8>, number: u32) {
    out.push(OP_ROW);
    out.extend_from_slice(&number.to_le_bytes());
}

pub(crate) fn go_to_column(out: &mut Vec<u8>, column: u16) {
    out.push(OP_COLUMN);
    out.extend_from_slice(&column.to_le_bytes());
}

pub(crate) fn put(out: &mut Vec<u8>, value: Value<'_>) {
    let text = |out: &mut Vec<u8>, op: u8, text: &str| {
        // The row bound keeps text far below 4 GiB.
        let length = u32::try_from(text.len()).unwrap_or(0);
        out.push(op);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&text.as_bytes()[..length as usize]);
    };
    match value {
        Value::Text(value) => text(out, OP_TEXT, value),
        Value::Error(value) => text(out, OP_ERROR, value),
        Value::Number(value) => {
            out.push(OP_NUMBER);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Date(value) => {
            out.push(OP_DATE);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Duration(value) => {
            out.push(OP_DURATION);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Bool(value) => out.push(if value { OP_TRUE } else { OP_FALSE }),
    }
}

/// Rows out of one frame. `None` when the bytes make no sense.
pub(crate) fn decode_rows(mut bytes: &[u8]) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut column = 0usize;
    while let Some((&op, rest)) = bytes.split_first() {
        bytes = rest;
        let value = match op {
            OP_ROW => {
                let number = u32::from_le_bytes(*take(&mut bytes)?);
                // Rows of one list are alike; a wide row among narrow ones must not make room in all of them.
                let width = rows.last_mut().map_or(0, |row| {
                    if row.cells.capacity() > 2 * row.cells.len() + 16 {
                        row.cells.shrink_to_fit();
                    }
                    row.cells.len()
                });
                rows.push(Row {
                    number,
                    cells: Vec::with_capacity(width),
                });
                column = 0;
                continue;
            }
            OP_COLUMN => {
                column = usize::from(u16::from_le_bytes(*take(&mut bytes)?));
                continue;
            }
            OP_TEXT => Cell::Text(text(&mut bytes)?),
            OP_ERROR => Cell::Error(text(&mut bytes)?),
            OP_NUMBER => Cell::Number(f64::from_le_bytes(*take(&mut bytes)?)),
            OP_DURATION => Cell::Duration(f64::from_le_bytes(*take(&mut bytes)?)),
            OP_DATE => {
                let millis = i64::from_le_bytes(*take(&mut bytes)?);
                Cell::Date(DateTime::from_timestamp_millis(millis)?.naive_utc())
            }
            OP_FALSE => Cell::Bool(false),
            OP_TRUE => Cell::Bool(true),
            _ => return None,
        };
        let row = rows.last_mut()?;
        if column == row.cells.len() {
            row.cells.push(value);
        } else {
            if column > row.cells.len() {
                row.cells.resize(column + 1, Cell::Empty);
            }
            row.cells[column] = value;
        }
        column += 1;
    }
    Some(rows)
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(head)
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(*take(bytes)?) as usize;
    let (head, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(head).ok().map(str::to_owned)
}

/// Writes one frame.
pub(crate) fn write_frame(out: &mut (impl Write + ?Sized), kind: u8, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    out.write_all(&[kind])?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(body)
}

/// Reads one frame into `body` and returns its kind; `None` at the end of the stream.
pub(crate) fn read_frame(input: &mut impl Read, body: &mut Vec<u8>) -> io::Result<Option<u8>> {
    let mut head = [0u8; 5];
    match input.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if length > LONGEST_FRAME {
        return Err(io::ErrorKind::InvalidData.into());
    }
    body.resize(length, 0);
    input.read_exact(body)?;
    Ok(Some(head[0]))
}
