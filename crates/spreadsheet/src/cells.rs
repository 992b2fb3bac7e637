//! Every cell of a file as tagged text, for comparing readers with each other.

use std::ops::ControlFlow;
use std::path::Path;

use chrono::NaiveDateTime;
use kiulu_domain::sheet::Cell;
use serde::Serialize;

use crate::model::Refusal;
use crate::reader::Reader;

/// Every value of a file.
#[derive(Debug, Serialize)]
pub struct CellDump {
    /// The sheets in the order of their tabs.
    pub sheets: Vec<SheetDump>,
}

/// Every value of a sheet.
#[derive(Debug, Serialize)]
pub struct SheetDump {
    /// The tab's name.
    pub name: String,
    /// Row and column from 0, and the value: `s:` text, `n:` number, `d:` serial of the 1900 date system, `b:` 1 or 0,
    /// `e` any error.
    pub cells: Vec<(u32, u32, String)>,
}

impl Reader {
    /// Every cell of every sheet.
    ///
    /// # Errors
    /// A [`Refusal`], as [`Reader::inspect`] gives.
    pub fn cells(&self, path: &Path) -> Result<CellDump, Refusal> {
        let mut sheets = Vec::new();
        for sheet in self.inspect(path)?.sheets {
            let mut cells = Vec::new();
            self.rows(path, sheet.info.index, |row| {
                for (column, cell) in (0u32..).zip(&row.cells) {
                    if let Some(text) = tagged(cell) {
                        cells.push((row.number - 1, column, text));
                    }
                }
                ControlFlow::Continue(())
            })?;
            sheets.push(SheetDump {
                name: sheet.info.name,
                cells,
            });
        }
        Ok(CellDump { sheets })
    }
}

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
