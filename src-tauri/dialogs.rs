//! File dialogs. The page never sees the file system: it gets the path that the user chose, and hands it back.

use serde::Deserialize;
use specta::Type;
use std::path::PathBuf;
use tauri::WebviewWindow;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// What kind of file is asked for.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileChoice {
    /// Something with rows and columns.
    Spreadsheet,
    /// An Excel workbook to write.
    Workbook,
    /// A backup of Kiulu's.
    Backup,
    /// A calendar of another program, or for one.
    Calendar,
    /// A paper to write.
    Paper,
}

impl FileChoice {
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Spreadsheet => &["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt"],
            Self::Workbook => &["xlsx", "csv"],
            Self::Backup => &["kiulu-backup"],
            Self::Calendar => &["ics"],
            Self::Paper => &["pdf"],
        }
    }
}

type Dialog = FileDialogBuilder<tauri::Wry>;

pub(crate) async fn open_file(window: WebviewWindow, choice: FileChoice) -> Option<String> {
    match answered_by_test("next-open.txt") {
        Some(answer) => answer,
        None => {
            ask(window, move |dialog, done| {
                filtered(dialog, choice).pick_file(done)
            })
            .await
        }
    }
}

pub(crate) async fn save_file(window: WebviewWindow, choice: FileChoice, name: String) -> Option<String> {
    match answered_by_test("next-save.txt") {
        Some(answer) => answer,
        None => {
            ask(window, move |dialog, done| {
                filtered(dialog, choice).set_file_name(name).save_file(done)
            })
            .await
        }
    }
}

pub(crate) async fn folder(window: WebviewWindow) -> Option<String> {
    match answered_by_test("next-open.txt") {
        Some(answer) => answer,
        None => ask(window, |dialog, done| dialog.pick_folder(done)).await,
    }
}

fn filtered(dialog: Dialog, choice: FileChoice) -> Dialog {
    dialog.add_filter(choice.endings().join(", "), choice.endings())
}

type Done = Box<dyn FnOnce(Option<FilePath>) + Send>;

async fn ask(window: WebviewWindow, open: impl FnOnce(Dialog, Done)) -> Option<String> {
    let (answer, chosen) = oneshot::channel();
    let done: Done = Box::new(move |path| {
        // Nobody waits any more when the window was closed under the dialog.
        let _ = answer.send(path);
    });
    open(window.dialog().file().set_parent(&window), done);
    let path = chosen.await.ok()??.into_path().ok()?;
    Some(path.to_string_lossy().into_owned())
}

/// The seam for tests that drive the window: the system's dialog cannot be driven, so the next answer is read from a file in the
/// directory that `KIULU_TEST_DIALOG_DIR` names. An empty file plays a user who cancels.
fn answered_by_test(name: &str) -> Option<Option<String>> {
    let path = PathBuf::from(std::env::var_os("KIULU_TEST_DIALOG_DIR")?).join(name);
    let answer = std::fs::read_to_string(&path).unwrap_or_default();
    Some(Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty()))
}
