//! Every cell of a file as JSON, for comparing readers with each other:
//! `{"sheets":[{"name":…,"cells":[[row, column, value]…]}]}` with rows and columns from 0.

use chrono::NaiveDateTime;
use kiulu_domain::sheet::{Cell, Row};

use crate::model::Piece;

/// Writes the pieces of a file, as they come, into a buffer that the caller empties.
#[derive(Debug, Default)]
pub struct CellsJson {
    /// What was written since it was emptied last.
    pub text: String,
    sheets: u32,
    cells: bool,
    /// The sheet under way has been closed.
    closed: bool,
}

impl CellsJson {
    /// Writes a piece. A sheet that could not be read to its end has an `error`.
    pub fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Sheet(info) => {
                self.close();
                self.text
                    .push_str(if self.sheets == 0 { "{\"sheets\":[" } else { "," });
                self.text.push_str("{\"name\":");
                quote(&mut self.text, &info.name);
                self.text.push_str(",\"cells\":[");
                self.sheets += 1;
                (self.cells, self.closed) = (false, false);
            }
            Piece::Row(row) => self.row(row),
            Piece::SheetRefused(refusal) => {
                let why = serde_json::to_string(refusal).unwrap_or_default();
                self.text.push_str("],\"error\":");
                self.text.push_str(&why);
                self.text.push('}');
                self.closed = true;
            }
        }
    }

    /// Writes the end.
    pub fn finish(&mut self) {
        self.close();
        self.text
            .push_str(if self.sheets == 0 { "{\"sheets\":[]}" } else { "]}" });
    }

    fn close(&mut self) {
        if self.sheets > 0 && !self.closed {
            self.text.push_str("]}");
            self.closed = true;
        }
    }

    fn row(&mut self, row: &Row) {
        use std::fmt::Write;
        for (column, cell) in row.cells.iter().enumerate() {
            if let Some(value) = tagged(cell) {
                if std::mem::replace(&mut self.cells, true) {
                    self.text.push(',');
                }
                // Writing to a string does not fail.
                let _ = write!(self.text, "[{},{column},", row.number - 1);
                quote(&mut self.text, &value);
                self.text.push(']');
            }
        }
    }
}

/// A JSON string (RFC 8259 § 7).
fn quote(out: &mut String, text: &str) {
    use std::fmt::Write;
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
    {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            byte @ (b'"' | b'\\') => out.extend(['\\', char::from(byte)]),
            // Writing to a string does not fail.
            byte => _ = write!(out, "\\u{byte:04x}"),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// The value of a cell: `s:` text, `n:` number, `d:` serial of the 1900 date system, `b:` 1 or 0, `e` any error; nothing for an
/// empty cell.
fn tagged(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Empty => return None,
        Cell::Text(text) => format!("s:{text}"),
        Cell::Number(number) => format!("n:{}", twelve_digits(*number)),
        Cell::Date(moment) => format!("d:{:.5}", serial(*moment)),
        Cell::Duration(seconds) => format!("d:{:.5}", seconds / 86_400.0),
        Cell::Bool(value) => format!("b:{}", u8::from(*value)),
        Cell::Error(_) => "e".to_owned(),
    })
}

/// A number to twelve significant digits, which is what readers can be expected to agree on.
fn twelve_digits(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

/// The serial of a moment in the 1900 system, with Excel's 29th of February 1900.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of 10 000 years fit a double"
)]
pub(crate) fn serial(moment: NaiveDateTime) -> f64 {
    let days = moment.and_utc().timestamp_millis() as f64 / 86_400_000.0 + 25_569.0;
    if days < 61.0 { days - 1.0 } else { days }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::Refusal;

    #[test]
    fn the_json_is_json_whatever_the_cells_say() {
        let odd = "a\"b\\c\n\t\u{1}ä𝄞";
        let info = |name: &str| crate::sidecar::info(0, &[(name.to_owned(), Default::default())]);
        let mut json = CellsJson::default();
        json.piece(&Piece::Sheet(info(odd)));
        let cells = vec![Cell::Text(odd.to_owned()), Cell::Empty, Cell::Bool(true)];
        json.piece(&Piece::Row(Row { number: 7, cells }));
        json.piece(&Piece::SheetRefused(Refusal::Damaged));
        json.piece(&Piece::Sheet(info("b")));
        json.finish();
        let read: serde_json::Value = serde_json::from_str(&json.text).unwrap();
        let expected = serde_json::json!({ "sheets": [
            { "name": odd, "cells": [[6, 0, format!("s:{odd}")], [6, 2, "b:1"]], "error": { "code": "damaged" } },
            { "name": "b", "cells": [] },
        ]});
        assert_eq!(read, expected);
    }
}
