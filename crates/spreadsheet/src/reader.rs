//! The caller's side: starts the sidecar, waits with patience that ends, and hands rows over one by one.

use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use kiulu_domain::sheet::{Cell, Row};

use crate::limits;
use crate::model::{Limit, Piece, Refusal, RowsSummary, Sheet, SheetInfo, Workbook};
use crate::protocol::{self, End};
use crate::sidecar::{self, OUT_OF_MEMORY, UNCAPPED};

/// Reads spreadsheets through the sidecar, a new process for each call.
#[derive(Debug, Clone)]
pub struct Reader {
    sidecar: PathBuf,
    /// What makes the program a sidecar, where it is usually something else.
    call: Option<&'static str>,
    wait: Duration,
}

enum Message {
    Sheet(SheetInfo),
    SheetRefused(Refusal),
    /// Encoded as in the frame.
    Rows(Vec<u8>),
    End(End),
    Refused(Refusal),
    Broken,
}

impl Reader {
    /// A reader that starts this program.
    pub fn new(sidecar: impl Into<PathBuf>) -> Self {
        Reader {
            sidecar: sidecar.into(),
            call: None,
            wait: limits::WAIT,
        }
    }

    /// A reader that starts the program named by `KIULU_SHEET`; or the running program where it is its own sidecar
    /// ([`crate::sidecar::take_over`]); or `kiulu-sheet` beside it.
    ///
    /// # Errors
    /// [`Refusal::SidecarMissing`] when there is none.
    pub fn locate() -> Result<Self, Refusal> {
        if let Some(path) = std::env::var_os("KIULU_SHEET") {
            return Ok(Self::new(path));
        }
        if let Some((program, call)) = sidecar::own_program() {
            return Ok(Reader {
                call: Some(call),
                ..Self::new(program)
            });
        }
        let name = format!("kiulu-sheet{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::current_exe().map_err(|_| Refusal::SidecarMissing)?;
        // Test programs stand one folder below the others. An installed program looks nowhere but beside itself.
        let folders = if cfg!(debug_assertions) { 2 } else { 1 };
        program
            .ancestors()
            .skip(1)
            .take(folders)
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

    /// What the file is, its sheets, and the first rows of each. Long sheets are counted only so far.
    ///
    /// # Errors
    /// A [`Refusal`] for everything that cannot be read as a spreadsheet, also when the sidecar dies on it.
    pub fn inspect(&self, path: &Path) -> Result<Workbook, Refusal> {
        self.workbook(path, "inspect")
    }

    /// The same with every row counted; where that takes longer than the patience, as [`Reader::inspect`] gives it.
    ///
    /// # Errors
    /// Those of [`Reader::inspect`].
    pub fn inspect_whole(&self, path: &Path) -> Result<Workbook, Refusal> {
        let started = Instant::now();
        let quick = self.inspect(path)?;
        if quick.sheets.iter().all(|sheet| sheet.info.rows_exact) {
            return Ok(quick);
        }
        let left = self.wait.saturating_sub(started.elapsed());
        Ok(self
            .clone()
            .with_wait(left)
            .workbook(path, "count")
            .unwrap_or(quick))
    }

    fn workbook(&self, path: &Path, command: &str) -> Result<Workbook, Refusal> {
        let mut sheets: Vec<Sheet> = Vec::new();
        let mut run = Run::start(self, path, command, None)?;
        loop {
            match run.next()? {
                Message::Sheet(info) => sheets.push(Sheet {
                    info,
                    preview: Vec::new(),
                }),
                Message::Rows(rows) => match sheets.last_mut() {
                    Some(sheet) => sheet.preview.append(&mut decoded(&rows)?),
                    None => return Err(Refusal::Damaged),
                },
                Message::End(end) => {
                    for sheet in &mut sheets {
                        in_order(&mut sheet.preview);
                    }
                    return Ok(Workbook {
                        kind: end.kind,
                        date_system: end.date_system,
                        sheets,
                        notices: end.notices,
                    });
                }
                Message::Refused(refusal) => return Err(refusal),
                Message::SheetRefused(_) => return Err(Refusal::Damaged),
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
        let mut run = Run::start(self, path, "rows", Some(sheet))?;
        let mut summary = RowsSummary::default();
        loop {
            match run.next()? {
                Message::Rows(rows) => {
                    for row in decoded(&rows)? {
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
                Message::Sheet(_) | Message::SheetRefused(_) => return Err(Refusal::Damaged),
                Message::Broken => return Err(run.post_mortem()),
            }
        }
    }

    /// All rows of a sheet, held in memory in the order of their numbers. `progress` is told how many have come, and may break off.
    ///
    /// # Errors
    /// Those of [`Reader::rows`]; [`Limit::Memory`] when they would take more than [`limits::HELD_ROWS`].
    pub fn all_rows(
        &self,
        path: &Path,
        sheet: u32,
        mut progress: impl FnMut(u32) -> ControlFlow<()>,
    ) -> Result<(Vec<Row>, RowsSummary), Refusal> {
        let mut rows: Vec<Row> = Vec::new();
        let mut held = 0usize;
        let summary = self.rows(path, sheet, |row| {
            held += weight(&row);
            if held > limits::HELD_ROWS {
                return ControlFlow::Break(());
            }
            rows.push(row);
            progress(u32::try_from(rows.len()).unwrap_or(u32::MAX))
        })?;
        if held > limits::HELD_ROWS {
            return Err(Refusal::TooLarge { limit: Limit::Memory });
        }
        in_order(&mut rows);
        Ok((rows, summary))
    }

    /// Hands over every row of every sheet, until `each` breaks off. Unlike with [`Reader::rows`] the patience covers the time that
    /// `each` takes too.
    ///
    /// # Errors
    /// A [`Refusal`], also when no sheet could be read; what was handed over before it is void.
    pub fn pieces(
        &self,
        path: &Path,
        mut each: impl FnMut(Piece) -> ControlFlow<()>,
    ) -> Result<RowsSummary, Refusal> {
        let started = Instant::now();
        let mut run = Run::start(self, path, "cells", None)?;
        let mut summary = RowsSummary::default();
        loop {
            run.patience = self.wait.saturating_sub(started.elapsed());
            let flow = match run.next()? {
                Message::Sheet(info) => each(Piece::Sheet(info)),
                Message::SheetRefused(refusal) => each(Piece::SheetRefused(refusal)),
                Message::Rows(rows) => {
                    for row in decoded(&rows)? {
                        if started.elapsed() > self.wait {
                            return Err(Refusal::TooSlow);
                        }
                        summary.rows += 1;
                        if each(Piece::Row(row)).is_break() {
                            summary.stopped = true;
                            return Ok(summary);
                        }
                    }
                    ControlFlow::Continue(())
                }
                Message::End(end) => {
                    summary.notices = end.notices;
                    summary.peak_kib = end.peak_kib;
                    return Ok(summary);
                }
                Message::Refused(refusal) => return Err(refusal),
                Message::Broken => return Err(run.post_mortem()),
            };
            if flow.is_break() {
                summary.stopped = true;
                return Ok(summary);
            }
        }
    }
}

/// What a row takes in memory, in bytes: its cells, and what the allocator rounds their text up to.
fn weight(row: &Row) -> usize {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Error(text) => text.capacity() + 16,
        _ => 0,
    };
    size_of::<Row>()
        + 16
        + row.cells.capacity() * size_of::<Cell>()
        + row.cells.iter().map(text).sum::<usize>()
}

/// Rows by their numbers, as the sheet shows them. Some programs write them in another order, or one row in several pieces; of two
/// values for one cell the later counts, as in Excel.
fn in_order(rows: &mut Vec<Row>) {
    if rows.is_sorted_by(|one, other| one.number < other.number) {
        return;
    }
    rows.sort_by_key(|row| row.number);
    rows.dedup_by(|later, kept| {
        if later.number != kept.number {
            return false;
        }
        if later.cells.len() > kept.cells.len() {
            kept.cells.resize(later.cells.len(), Cell::Empty);
        }
        for (cell, new) in kept.cells.iter_mut().zip(later.cells.drain(..)) {
            if new != Cell::Empty {
                *cell = new;
            }
        }
        true
    });
}

/// One sidecar at work. Dropping it ends the process.
struct Run {
    child: Child,
    messages: Receiver<Message>,
    patience: Duration,
}

impl Run {
    fn start(reader: &Reader, path: &Path, command: &str, sheet: Option<u32>) -> Result<Self, Refusal> {
        let mut line = Command::new(&reader.sidecar);
        // A passphrase in the environment is none of the sidecar's business.
        line.env_clear();
        #[cfg(windows)]
        line.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        line.args(reader.call)
            .arg(command)
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
        let Some(status) = self.ended() else {
            return Refusal::Damaged;
        };
        let mut last_words = String::new();
        if let Some(errors) = self.child.stderr.take() {
            let _ = errors.take(4096).read_to_string(&mut last_words);
        }
        if last_words.contains("memory allocation of") || status.code() == Some(i32::from(OUT_OF_MEMORY)) {
            return Refusal::TooLarge { limit: Limit::Memory };
        }
        if status.code() == Some(i32::from(UNCAPPED)) {
            return Refusal::SidecarMissing;
        }
        ended_by_signal(status).unwrap_or(Refusal::Damaged)
    }

    /// How it ended. One that has closed its output and goes on living is ended here.
    fn ended(&mut self) -> Option<ExitStatus> {
        const GRACE: Duration = Duration::from_millis(500);
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(2)),
                Ok(ended) => return ended,
                Err(_) => return None,
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        None
    }
}

/// The processor limit ends a process by SIGXCPU. Nobody but the system kills it outright, and the system does so when memory runs
/// out.
#[cfg(unix)]
fn ended_by_signal(status: ExitStatus) -> Option<Refusal> {
    use std::os::unix::process::ExitStatusExt;
    const SIGKILL: i32 = 9;
    /// The same number on Linux, macOS and the BSDs.
    const SIGXCPU: i32 = 24;
    match status.signal()? {
        SIGXCPU => Some(Refusal::TooSlow),
        SIGKILL => Some(Refusal::TooLarge { limit: Limit::Memory }),
        _ => None,
    }
}

#[cfg(not(unix))]
fn ended_by_signal(_status: ExitStatus) -> Option<Refusal> {
    None
}

impl Drop for Run {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Rows as the caller holds them; made on the caller's thread, where they are let go as well.
fn decoded(rows: &[u8]) -> Result<Vec<Row>, Refusal> {
    protocol::decode_rows(rows).ok_or(Refusal::Damaged)
}

fn pump(output: ChildStdout, messages: &mpsc::SyncSender<Message>) {
    let mut input = BufReader::with_capacity(128 << 10, output);
    let mut body = Vec::new();
    loop {
        let message = match protocol::read_frame(&mut input, &mut body) {
            Ok(Some(protocol::ROWS)) => Some(Message::Rows(std::mem::take(&mut body))),
            Ok(Some(protocol::SHEET)) => serde_json::from_slice(&body).ok().map(Message::Sheet),
            Ok(Some(protocol::SHEET_REFUSED)) => {
                serde_json::from_slice(&body).ok().map(Message::SheetRefused)
            }
            Ok(Some(protocol::END)) => serde_json::from_slice(&body).ok().map(Message::End),
            Ok(Some(protocol::REFUSED)) => serde_json::from_slice(&body).ok().map(Message::Refused),
            Ok(_) | Err(_) => None,
        };
        let message = message.unwrap_or(Message::Broken);
        let last = !matches!(
            message,
            Message::Rows(_) | Message::Sheet(_) | Message::SheetRefused(_)
        );
        if messages.send(message).is_err() || last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_out_of_order_and_in_pieces_are_put_together() {
        let row = |number, cells: &[f64]| Row {
            number,
            cells: cells
                .iter()
                .map(|&value| {
                    if value == 0.0 {
                        Cell::Empty
                    } else {
                        Cell::Number(value)
                    }
                })
                .collect(),
        };
        let mut rows = vec![
            row(3, &[3.0]),
            row(1, &[1.0, 2.0]),
            row(3, &[0.0, 4.0]),
            row(2, &[5.0]),
            row(2, &[6.0]),
        ];
        in_order(&mut rows);
        assert_eq!(rows, [row(1, &[1.0, 2.0]), row(2, &[6.0]), row(3, &[3.0, 4.0])]);
    }
}
