//! What goes on beside the page: noticing other programs' writes, synchronising, and the daily backup.

use kiulu_app::{App, SyncNews};
use kiulu_domain::id::OrganisationId;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::Arc;
use std::time::Duration;
use tauri::AppHandle;
use tauri_specta::Event;

/// Another program (the command line) or another laptop has changed an open organisation's data.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct DataChanged {
    /// Whose.
    pub(crate) organisation: OrganisationId,
}

/// A backup was made, or could not be made where it should be.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct BackupsChanged {
    /// Whose.
    pub(crate) organisation: OrganisationId,
}

/// An organisation's synchronisation began, ended or failed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub(crate) struct SyncChanged {
    /// Whose.
    pub(crate) organisation: OrganisationId,
}

const LOOK_EVERY: Duration = Duration::from_secs(1);
const BACK_UP_EVERY: Duration = Duration::from_secs(30 * 60);
const FIRST_BACKUP: Duration = Duration::from_secs(20);

/// Starts the threads; they end with the program. Backups have one of their own: a slow stick must not hide changes.
pub(crate) fn start(handle: AppHandle, app: Arc<App>) {
    let (looking, looked_at) = (handle.clone(), Arc::clone(&app));
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(LOOK_EVERY);
            for organisation in looked_at.changed_elsewhere() {
                tell(&looking, &DataChanged { organisation });
            }
        }
    });
    let (syncing, synced) = (handle.clone(), Arc::clone(&app));
    std::thread::spawn(move || {
        let news = move |organisation, news| match news {
            SyncNews::Status => tell(&syncing, &SyncChanged { organisation }),
            SyncNews::Data => tell(&syncing, &DataChanged { organisation }),
        };
        synced.keep_in_sync(&news, &|| true);
    });
    std::thread::spawn(move || {
        std::thread::sleep(FIRST_BACKUP);
        loop {
            for organisation in app.back_up_if_due() {
                tell(&handle, &BackupsChanged { organisation });
            }
            std::thread::sleep(BACK_UP_EVERY);
        }
    });
}

fn tell(handle: &AppHandle, event: &(impl Event + Serialize + Clone)) {
    if let Err(error) = event.emit(handle) {
        tracing::debug!(%error, "no window listens");
    }
}
