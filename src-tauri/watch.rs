//! What goes on beside the page: noticing other programs' writes, and the daily backup.

use kiulu_app::App;
use kiulu_domain::id::OrganisationId;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tauri::AppHandle;
use tauri_specta::Event;

/// Another program (the command line) has changed an open organisation's data.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct DataChanged {
    /// Whose.
    pub(crate) organisation: OrganisationId,
}

const LOOK_EVERY: Duration = Duration::from_secs(1);
const BACK_UP_EVERY: Duration = Duration::from_secs(30 * 60);
const FIRST_BACKUP: Duration = Duration::from_secs(20);

/// Starts the thread; it ends with the program.
pub(crate) fn start(handle: AppHandle, app: Arc<App>) {
    std::thread::spawn(move || {
        let mut back_up_at = Instant::now() + FIRST_BACKUP;
        loop {
            std::thread::sleep(LOOK_EVERY);
            for organisation in app.changed_elsewhere() {
                if let Err(error) = (DataChanged { organisation }).emit(&handle) {
                    tracing::debug!(%error, "no window listens");
                }
            }
            if Instant::now() >= back_up_at {
                back_up_at = Instant::now() + BACK_UP_EVERY;
                if let Err(problem) = app.back_up_if_due() {
                    tracing::warn!(%problem, "no backup today");
                }
            }
        }
    });
}
