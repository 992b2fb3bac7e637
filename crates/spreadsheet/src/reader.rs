//! The caller's side: starts the sidecar, waits with patience that ends, and hands rows over one by one.

use std::ffi::OsStr;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use kiulu_domain::sheet::Row;

use crate::limits;
use crate::model::{Limit, Refusal, RowsSummary, Sheet, SheetInfo, Workbook};
use crate::protocol::{self, End};
use crate::sidecar::OUT_OF_MEMORY;

/// Reads spreadsheets through the sidecar, a new process for each call.
#[derive(Debug, Clone)]
pub struct Reader {
    sidecar: PathBuf,
    wait: Duration,
}

enum Message {
    Sheet(SheetInfo),
    Rows(Vec<Row>),
    End(End),
    Refused(Refusal),
    Broken,
}

impl Reader {
    /// A reader that starts this program.
    pub fn new(sidecar: impl Into<PathBuf>) -> Self {
        Reader {
            sidecar: sidecar.into(),
            wait: limits::WAIT,
        }
    }

    /// A reader that starts the program named by `KIULU_SHEET`, or `kiulu-sheet` beside the running program or one folder
    /// above it, where test programs find it.
    ///
    /// # Errors
    /// [`Refusal::SidecarMissing`] when there is none.
    pub fn locate() -> Result<Self, Refusal> {
        if let Some(path) = std::env::var_os("KIULU_SHEET") {
            return Ok(Self::new(path));
        }
        let name = format!("kiulu-sheet{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::current_exe().map_err(|_| Refusal::SidecarMissing)?;
        program
            .ancestors()
            .skip(1)
            .take(2)
            .map(|folder| folder.join(&name))
            .find(|candidate| candidate.is_file())
            .map(Self::new)
            .ok_or(Refusal::SidecarMissing)
    }

    /// The same reader with another patience than [`limits::WAIT`].
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// What the file is, its sheets, and the first rows of each.
    ///
    /// # Errors
    /// A [`Refusal`] for everything that cannot be read as a spreadsheet, also when the sidecar dies on it.
    pub fn inspect(&self, path: &Path) -> Result<Workbook, Refusal> {
        let mut sheets: Vec<Sheet> = Vec::new();
        let mut run = Run::start(self, path, OsStr::new("inspect"), None)?;
        loop {
            match run.next()? {
                Message::Sheet(info) => sheets.push(Sheet {
                    info,
                    preview: Vec::new(),
                }),
                Message::Rows(mut rows) => match sheets.last_mut() {
                    Some(sheet) => sheet.preview.append(&mut rows),
                    None => return Err(Refusal::Damaged),
                },
                Message::End(end) => {
                    return Ok(Workbook {
                        kind: end.kind,
                        sheets,
                        notices: end.notices,
                    });
                }
                Message::Refused(refusal) => return Err(refusal),
                Message::Broken => return Err(run.post_mortem()),
            }
        }
    }

    /// Hands every row with a value to `on_row`, in the order of the file, until it breaks off. The sidecar waits while
    /// `on_row` works, so nothing piles up in memory.
    ///
    /// # Errors
    /// A [`Refusal`]; rows handed over before it are void.
    pub fn rows(
        &self,
        path: &Path,
        sheet: u32,
        mut on_row: impl FnMut(Row) -> ControlFlow<()>,
    ) -> Result<RowsSummary, Refusal> {
        let mut run = Run::start(self, path, OsStr::new("rows"), Some(sheet))?;
        let mut summary = RowsSummary::default();
        loop {
            match run.next()? {
                Message::Rows(rows) => {
                    for row in rows {
                        summary.rows += 1;
                        if on_row(row).is_break() {
                            summary.stopped = true;
                            return Ok(summary);
                        }
                    }
                }
                Message::End(end) => {
                    summary.notices = end.notices;
                    summary.peak_kib = end.peak_kib;
                    return Ok(summary);
                }
                Message::Refused(refusal) => return Err(refusal),
                Message::Sheet(_) => return Err(Refusal::Damaged),
                Message::Broken => return Err(run.post_mortem()),
            }
        }
    }
}

/// One sidecar at work. Dropping it ends the process.
struct Run {
    child: Child,
    messages: Receiver<Message>,
    patience: Duration,
}

impl Run {
    fn start(reader: &Reader, path: &Path, command: &OsStr, sheet: Option<u32>) -> Result<Self, Refusal> {
        let mut line = Command::new(&reader.sidecar);
        line.arg(command)
            // A path that begins with a dash is still a path.
            .arg(if path.is_absolute() {
                path.to_owned()
            } else {
                Path::new(".").join(path)
            })
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(sheet) = sheet {
            line.arg(sheet.to_string());
        }
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            /// CREATE_NO_WINDOW: no console flashes up.
            const NO_WINDOW: u32 = 0x0800_0000;
            line.creation_flags(NO_WINDOW);
        }
        let mut child = line.spawn().map_err(|_| Refusal::SidecarMissing)?;
        // A few batches in flight keep both processes busy; more would only hold memory.
        let (sender, messages) = mpsc::sync_channel(4);
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || pump(output, &sender));
        }
        Ok(Run {
            child,
            messages,
            patience: reader.wait,
        })
    }

    fn next(&mut self) -> Result<Message, Refusal> {
        let asked = Instant::now();
        let message = match self.messages.recv_timeout(self.patience) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return Err(Refusal::TooSlow),
            Err(RecvTimeoutError::Disconnected) => Message::Broken,
        };
        self.patience = self.patience.saturating_sub(asked.elapsed());
        Ok(message)
    }

    /// Why the sidecar went away without a last word.
    fn post_mortem(&mut self) -> Refusal {
        let mut last_words = String::new();
        if let Some(errors) = self.child.stderr.take() {
            let _ = errors.take(4096).read_to_string(&mut last_words);
        }
        let Ok(status) = self.child.wait() else {
            return Refusal::Damaged;
        };
        let out_of_memory = Refusal::TooLarge { limit: Limit::Memory };
        if last_words.contains("memory allocation of") || status.code() == Some(i32::from(OUT_OF_MEMORY)) {
            return out_of_memory;
        }
        if ended_by_time(status) {
            Refusal::TooSlow
        } else {
            Refusal::Damaged
        }
    }
}

/// The processor limit ends a process by SIGXCPU, or by SIGKILL where that came too late.
#[cfg(unix)]
fn ended_by_time(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGKILL: i32 = 9;
    /// The same number on Linux, macOS and the BSDs.
    const SIGXCPU: i32 = 24;
    matches!(status.signal(), Some(SIGKILL | SIGXCPU))
}

#[cfg(not(unix))]
fn ended_by_time(_status: std::process::ExitStatus) -> bool {
    false
}

impl Drop for Run {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pump(output: ChildStdout, messages: &mpsc::SyncSender<Message>) {
    let mut input = BufReader::with_capacity(128 << 10, output);
    let mut body = Vec::new();
    loop {
        let message = match protocol::read_frame(&mut input, &mut body) {
            Ok(Some(protocol::ROWS)) => protocol::decode_rows(&body).map(Message::Rows),
            Ok(Some(protocol::SHEET)) => serde_json::from_slice(&body).ok().map(Message::Sheet),
            Ok(Some(protocol::END)) => serde_json::from_slice(&body).ok().map(Message::End),
            Ok(Some(protocol::REFUSED)) => serde_json::from_slice(&body).ok().map(Message::Refused),
            Ok(_) | Err(_) => None,
        };
        let message = message.unwrap_or(Message::Broken);
        let last = !matches!(message, Message::Rows(_) | Message::Sheet(_));
        if messages.send(message).is_err() || last {
            return;
        }
    }
}
