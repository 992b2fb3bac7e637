//! The import wizard.

use super::commands;
use super::system::{Jobs, watched};
use kiulu_app::spreadsheet::Header;
use kiulu_app::{App, ImportFile, ImportPreview, ImportResult, ImportSheet, Progress, Result};
use kiulu_domain::id::{ImportId, OrganisationId};
use kiulu_domain::import::field::Target;
use kiulu_domain::import::options::{Corrections, ImportOptions};
use kiulu_domain::import::preview::{Outcome, PreviewPage};
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;

commands! {
    /// Opens a file for the wizard.
    open_import(organisation: OrganisationId, path: String) -> ImportFile = |app| app.open_import(organisation, path.as_ref());
    /// A sheet with its headings and columns; `header` is its first row and number of rows where the user moved it.
    import_sheet(import_id: ImportId, sheet: u32, header: Option<(u32, u32)>) -> ImportSheet
        = |app| app.import_sheet(import_id, sheet, header);
    /// A page of the rows that one thing would happen to.
    import_rows(import_id: ImportId, outcome: Outcome, offset: u32, limit: u32) -> PreviewPage
        = |app| app.import_rows(import_id, outcome, offset, limit);
    /// Writes the rejected rows with their reasons; `reasons` are the sentences by row number.
    export_rejected(import_id: ImportId, path: String, title: String, reasons: Vec<(u32, String)>) -> u32
        = |app| app.export_rejected(import_id, path.as_ref(), &title, &reasons);
    /// Forgets the wizard's file.
    close_import(import_id: ImportId) -> () = |app| { app.close_import(import_id); Ok(()) };
}

/// Works out what the import would do.
#[tauri::command]
#[specta::specta]
#[expect(
    clippy::too_many_arguments,
    reason = "the page's arguments, and the host's two"
)]
pub(crate) async fn preview_import(
    app: State<'_, Arc<App>>,
    jobs: State<'_, Jobs>,
    import_id: ImportId,
    sheet: u32,
    header: Header,
    targets: Vec<Target>,
    options: ImportOptions,
    corrections: Corrections,
    job: u32,
    progress: Channel<Progress>,
) -> Result<ImportPreview> {
    watched(&app, &jobs, job, progress, move |app, job| {
        app.preview_import(import_id, sheet, &header, &targets, &options, &corrections, job)
    })
    .await
}

/// Runs the import that was previewed; `preset` keeps its mapping under a name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run_import(
    app: State<'_, Arc<App>>,
    jobs: State<'_, Jobs>,
    import_id: ImportId,
    preset: Option<String>,
    job: u32,
    progress: Channel<Progress>,
) -> Result<ImportResult> {
    watched(&app, &jobs, job, progress, move |app, job| {
        app.run_import(import_id, preset.as_deref(), job)
    })
    .await
}
