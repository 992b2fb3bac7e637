//! A window under test: the program with data of its own, and what a person can do with it.

mod driver;
mod page;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use driver::{Driver, Session};

/// How long a test waits for what it expects to see. Far more than the window needs, so that a loaded machine
/// does not fail a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How often it looks.
pub(crate) const GLANCE: Duration = Duration::from_millis(60);

/// One running window.
pub(crate) struct Window {
    session: Session,
    driver: Driver,
    /// Everything this window may write: its data, and the answers of its file dialogs.
    room: tempfile::TempDir,
}

impl Window {
    /// Opens the window on an empty data directory, as on the first start on a new laptop.
    pub(crate) async fn open() -> Self {
        let room = tempfile::Builder::new()
            .prefix("kiulu-window-")
            .tempdir()
            .expect("a temporary directory");
        Self::open_in(room).await
    }

    async fn open_in(room: tempfile::TempDir) -> Self {
        let data = room.path().join("data");
        let dialogs = room.path().join("dialogs");
        for directory in [&data, &dialogs] {
            fs::create_dir_all(directory).expect("a directory inside the temporary one");
        }
        let driver = Driver::start(&[
            ("KIULU_DATA_DIR", data.as_os_str()),
            ("KIULU_TEST_DIALOG_DIR", dialogs.as_os_str()),
        ])
        .await;
        let session = driver.session(&application()).await;
        Self {
            session,
            driver,
            room,
        }
    }

    /// Closes the window, as dropping it does, and opens it again on the same data, as the next morning.
    pub(crate) async fn reopen(self) -> Self {
        self.reopen_after(|| {}).await
    }

    /// [`Window::reopen`], with something that happens while the window is closed.
    pub(crate) async fn reopen_after(self, meanwhile: impl FnOnce()) -> Self {
        let Self {
            session,
            driver,
            room,
        } = self;
        drop(session);
        drop(driver);
        meanwhile();
        Self::open_in(room).await
    }

    /// The directory in which this window keeps its data.
    pub(crate) fn data_directory(&self) -> PathBuf {
        self.room.path().join("data")
    }

    /// What the next "open a file" dialog answers.
    pub(crate) fn answer_open(&self, path: &Path) {
        self.answer("next-open.txt", path);
    }

    /// What the next "save as" dialog answers.
    pub(crate) fn answer_save(&self, path: &Path) {
        self.answer("next-save.txt", path);
    }

    fn answer(&self, file: &str, path: &Path) {
        let path = path.to_str().expect("test files have names in UTF-8");
        fs::write(self.room.path().join("dialogs").join(file), path).expect("the dialog's answer is written");
    }

    /// Saves what the window shows as `<name>.png` in the directory that `KIULU_SHOTS` names.
    pub(crate) async fn screenshot(&self, name: &str) {
        let directory = shots();
        fs::create_dir_all(&directory).expect("the directory for pictures");
        self.settle().await;
        let picture = self
            .session
            .screenshot_as_png()
            .await
            .expect("the window can be pictured");
        fs::write(directory.join(format!("{name}.png")), picture).expect("the picture is written");
    }

    /// Ends the test with a picture of what the window shows instead of what was expected.
    pub(crate) async fn fail(&self, expected: &str) -> ! {
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let picture = format!("failed-{test}");
        self.screenshot(&picture).await;
        let text = self.visible_text().await;
        panic!(
            "{expected}\nseen in {}\nthe window's text:\n{text}",
            shots().join(picture + ".png").display()
        );
    }
}

/// The program under test: the one just built, or what `KIULU_APP` names (an installed package, say).
fn application() -> PathBuf {
    std::env::var_os("KIULU_APP").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_kiulu")), PathBuf::from)
}

fn shots() -> PathBuf {
    std::env::var_os("KIULU_SHOTS").map_or_else(|| std::env::temp_dir().join("kiulu-shots"), PathBuf::from)
}
