//! What the page may ask of the host: one-line adapters to the app layer, one file per area.

pub(crate) mod backups;
pub(crate) mod bookings;
pub(crate) mod calendar_files;
pub(crate) mod charges;
pub(crate) mod contacts;
pub(crate) mod flats;
pub(crate) mod groups;
pub(crate) mod history;
pub(crate) mod imports;
pub(crate) mod organisations;
pub(crate) mod papers;
pub(crate) mod sharing;
pub(crate) mod standing;
pub(crate) mod system;
pub(crate) mod vocabulary;

use kiulu_app::{App, Problem, Result};
use std::sync::Arc;

/// Runs work that blocks on a thread made for it: the asynchronous ones never wait for SQLite.
pub(crate) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<T> + Send + 'static,
) -> Result<T> {
    let app = Arc::clone(app);
    tauri::async_runtime::spawn_blocking(move || work(&app))
        .await
        .unwrap_or(Err(Problem::Fault))
}

/// Declares commands: name, arguments and result stand once, and TypeScript is generated from them.
macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty = |$app:ident| $work:expr;)+) => {$(
        $(#[$doc])*
        #[tauri::command]
        #[specta::specta]
        pub(crate) async fn $name(
            app: tauri::State<'_, std::sync::Arc<kiulu_app::App>>,
            $($argument: $type),*
        ) -> kiulu_app::Result<$result> {
            $crate::commands::blocking(app.inner(), move |$app| $work).await
        }
    )+};
}
pub(crate) use commands;
