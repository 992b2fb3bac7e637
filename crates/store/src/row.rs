//! Reading domain values out of rows.

use crate::{Error, Result};
use chrono::NaiveDate;
use rusqlite::Row;
use std::str::FromStr;

/// A date kept as ISO 8601 text.
pub(crate) fn date(row: &Row<'_>, column: usize) -> Result<Option<NaiveDate>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| Error::Unreadable("date")))
        .transpose()
}

/// A word that stands for an enum's variant.
pub(crate) fn word<T: FromStr>(row: &Row<'_>, column: usize) -> Result<T> {
    row.get::<_, String>(column)?
        .parse()
        .map_err(|_| Error::Unreadable("word"))
}

/// The form in which a date is kept.
pub(crate) fn iso(date: Option<NaiveDate>) -> Option<String> {
    date.map(|date| date.to_string())
}
