//! The desktop program: start-up and the window. What the user can do is in `kiulu-app`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod commands;
mod dialogs;
mod watch;

use kiulu_app::{App, OsKeychain};
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use tauri::Manager;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    kiulu_app::forbid_core_dumps();
    let bindings = bindings::builder();
    let handler = bindings.invoke_handler();
    tauri::Builder::default()
        .plugin(one_window())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(handler)
        .setup(move |tauri| {
            bindings.mount_events(tauri);
            let data_dir = data_dir().map_or_else(|| tauri.path().app_data_dir(), Ok)?;
            let app = Arc::new(App::new(data_dir, Box::new(OsKeychain))?);
            tauri.manage(Arc::clone(&app));
            tauri.manage(commands::system::Jobs::default());
            let ahead = Arc::clone(&app);
            std::thread::spawn(move || {
                if let Err(problem) = ahead.open_ahead() {
                    tracing::info!(?problem, "not opened ahead of the page");
                }
            });
            watch::start(tauri.handle().clone(), app);
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// One window for each data directory: a second start raises the first.
fn one_window() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let builder = tauri_plugin_single_instance::Builder::new().callback(|handle, _, _| {
        if let Some(window) = handle.get_webview_window("main") {
            // A window that cannot be raised is still there.
            let _ = window.unminimize().and_then(|()| window.set_focus());
        }
    });
    match data_dir() {
        None => builder.build(),
        Some(directory) => {
            let mut hasher = std::hash::DefaultHasher::new();
            directory.hash(&mut hasher);
            builder
                .dbus_id(format!("fi.kiulu.app.at{:016x}", hasher.finish()))
                .build()
        }
    }
}

/// The data directory from `--data-dir` or `KIULU_DATA_DIR`, where one is given.
fn data_dir() -> Option<PathBuf> {
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--data-dir" {
            return arguments.next().map(PathBuf::from);
        }
    }
    std::env::var_os("KIULU_DATA_DIR").map(PathBuf::from)
}
