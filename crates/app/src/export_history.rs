//! The history as a file, for whoever audits the organisation.

use crate::exports::ExportFormat;
use crate::whole_file::WholeFile;
use crate::{App, Result};
use chrono::{DateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::id::OrganisationId;
use kiulu_spreadsheet::export::{Column, ColumnKind, OutCell, write_csv, write_xlsx};
use serde::Deserialize;
use specta::Type;
use std::path::Path;

/// One line of the history in the words of the page, which alone knows how to say what was done.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct HistoryLine {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub author: String,
    /// What.
    pub what: String,
    /// How many rows it touched.
    pub rows: u32,
}

impl App {
    /// Writes lines of the history, titled as the page titles them: when, who, what, how many. The export is noted.
    pub fn export_history(
        &self,
        organisation: OrganisationId,
        titles: [String; 4],
        lines: &[HistoryLine],
        path: &Path,
    ) -> Result<u32> {
        let store = self.store(organisation)?;
        let kinds = [
            (ColumnKind::DateTime, 17.0),
            (ColumnKind::Text, 24.0),
            (ColumnKind::Text, 70.0),
            (ColumnKind::Number, 10.0),
        ];
        let columns = titles.into_iter().zip(kinds);
        let columns: Vec<Column> = columns
            .map(|(title, (kind, width))| Column { title, width, kind })
            .collect();
        let rows = lines.iter().map(|line| {
            vec![
                OutCell::DateTime(line.at.with_timezone(&chrono::Local).naive_local()),
                OutCell::Text(line.author.clone()),
                OutCell::Text(line.what.clone()),
                OutCell::Number(f64::from(line.rows)),
            ]
        });
        let sheet = self.describe(organisation)?.organisation.name;
        let (file, count) = WholeFile::write(path, |out| match ExportFormat::of(path) {
            ExportFormat::Xlsx => write_xlsx(out, &sheet, &columns, rows),
            ExportFormat::Csv => write_csv(out, &columns, rows),
        })?;
        if let Some(user) = store.user() {
            // No contact's data left, only what was done to them.
            store.write(&Action::HistoryExport { count }, |tx| {
                tx.note_export(user, 0, &[])
            })?;
        }
        file.keep()?;
        Ok(count)
    }
}
