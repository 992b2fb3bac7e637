//! The window itself: settings, dialogs, printing, and breaking long work off.

use super::{blocking, commands};
use crate::dialogs::{self, FileChoice};
use kiulu_app::{App, Cancel, Job, Problem, Progress, Result, Settings};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

commands! {
    /// Settings of this computer.
    settings() -> Settings = |app| Ok(app.settings());
    /// Keeps the settings.
    save_settings(settings: Settings) -> () = |app| app.save_settings(&settings);
}

/// Long work under way, by the number the page gave it.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<HashMap<u32, Cancel>>);

impl Jobs {
    fn begin(&self, job: u32) -> Cancel {
        let cancel = Cancel::default();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(job, cancel.clone());
        cancel
    }

    fn end(&self, job: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
    }
}

/// Runs long work that reports to the page and can be broken off by [`cancel_job`].
pub(crate) async fn watched<T: Send + 'static>(
    app: &Arc<App>,
    jobs: &Jobs,
    job: u32,
    progress: Channel<Progress>,
    work: impl FnOnce(&App, &mut Job<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let cancel = jobs.begin(job);
    let result = blocking(app, move |app| {
        // A page that has gone no longer listens; the work goes on to its end all the same.
        let mut job = Job::new(cancel, move |at| drop(progress.send(at)));
        work(app, &mut job)
    })
    .await;
    jobs.end(job);
    result
}

/// Asks long work to stop.
#[tauri::command]
#[specta::specta]
pub(crate) fn cancel_job(jobs: State<'_, Jobs>, job: u32) {
    if let Some(cancel) = jobs.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job) {
        cancel.cancel();
    }
}

/// Lets the user choose a file to open; nothing when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_file(window: WebviewWindow, choice: FileChoice) -> Option<String> {
    dialogs::open_file(window, choice).await
}

/// Lets the user choose where to save a file; nothing when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_save(window: WebviewWindow, choice: FileChoice, name: String) -> Option<String> {
    dialogs::save_file(window, choice, name).await
}

/// Lets the user choose a folder; nothing when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_folder(window: WebviewWindow) -> Option<String> {
    dialogs::folder(window).await
}

/// Opens the system's print dialog for the page as it stands.
#[tauri::command]
#[specta::specta]
pub(crate) fn print_page(window: WebviewWindow) -> Result<()> {
    window.print().map_err(|_| Problem::Fault)
}

/// Shows a file that Kiulu has written in the system's file manager.
#[tauri::command]
#[specta::specta]
pub(crate) fn show_in_folder(path: String) -> Result<()> {
    tauri_plugin_opener::reveal_item_in_dir(path).map_err(|_| Problem::FileNotFound)
}
