//! The child process: sets its caps, reads one file, writes frames.
//!
//! Hostile spreadsheets make readers allocate gigabytes, abort or loop. Whatever happens here, happens in a process that
//! holds nothing else and that the caller outlives.

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use crate::limits;
use crate::model::{Limit, Merge, Refusal, SheetInfo, Visibility};
use crate::protocol::{self, End};
use crate::row_writer::{RowWriter, Seen, Share, Stop};
use crate::source::{self, Sink, Source};

/// What a program is called with, first of all, when it is to be the sidecar.
const CALL: &str = "--as-kiulu-sheet";

/// Makes a program its own sidecar. Call it before anything else: in the process that a [`crate::Reader`] has started it does the
/// reading and gives the exit code; elsewhere it only lets [`crate::Reader::locate`] know.
pub fn take_over() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == CALL) {
        return Some(serve(arguments));
    }
    if let Ok(program) = std::env::current_exe() {
        // A second call says the same.
        let _ = SELF.set(program);
    }
    None
}

static SELF: OnceLock<PathBuf> = OnceLock::new();

/// The running program and the word that makes it a sidecar, where it has said that it can be one.
pub(crate) fn own_program() -> Option<(&'static Path, &'static str)> {
    SELF.get().map(|program| (program.as_path(), CALL))
}

/// The program `kiulu-sheet`: `inspect FILE`, `count FILE`, `cells FILE` or `rows FILE SHEET-INDEX`. The exit code is 0 when a
/// final frame was written.
pub fn main() -> ExitCode {
    serve(std::env::args_os().skip(1))
}

fn serve(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    // What went wrong is told in a frame; a panic's text may quote the file.
    std::panic::set_hook(Box::new(|_| {}));
    let (Some(command), Some(path)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    if cap().is_err() {
        return ExitCode::from(UNCAPPED);
    }
    let sheet = arguments.next();
    let mut out = io::stdout().lock();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        run(&command, Path::new(&path), sheet.as_ref(), &mut out)
    }))
    .unwrap_or(Err(Stop::Refused(Refusal::Damaged)));
    let written = match outcome {
        Ok(()) | Err(Stop::Enough) => out.flush(),
        Err(Stop::Gone) => Err(io::ErrorKind::BrokenPipe.into()),
        Err(Stop::Refused(refusal)) => serde_json::to_vec(&refusal)
            .map_err(io::Error::from)
            .and_then(|body| protocol::write_frame(&mut out, protocol::REFUSED, &body))
            .and_then(|()| out.flush()),
    };
    if written.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run(command: &OsString, path: &Path, sheet: Option<&OsString>, out: &mut dyn Write) -> Result<(), Stop> {
    let mut source = source::open(path)?;
    match command.to_str() {
        Some("inspect") => inspect(&mut *source, limits::COUNTED_CELLS, out)?,
        Some("count") => inspect(&mut *source, u64::MAX, out)?,
        Some("cells") => {
            let mut dump = Dump {
                sheets: listed(&*source)?,
                rows: RowWriter::all(out),
                failed: None,
                any: false,
            };
            source.read_each(&mut dump)?;
            dump.verdict()?;
        }
        _ => {
            let index: usize = sheet
                .and_then(|text| text.to_str())
                .and_then(|text| text.parse().ok())
                .ok_or(Refusal::SheetNotFound)?;
            if index >= source.sheets().len() {
                return Err(Refusal::SheetNotFound.into());
            }
            let mut rows = RowWriter::all(out);
            source.read(index, &mut rows)?;
            rows.end_sheet()?;
        }
    }
    let end = End {
        kind: source.kind(),
        date_system: source.date_system(),
        notices: source.notices(),
        peak_kib: peak_kib(),
    };
    let body = serde_json::to_vec(&end).map_err(|_| Stop::Gone)?;
    protocol::write_frame(out, protocol::END, &body)?;
    Ok(())
}

fn inspect(source: &mut dyn Source, counted: u64, out: &mut dyn Write) -> Result<(), Stop> {
    let sheets = listed(source)?;
    let mut previews = Previews {
        sheets,
        out,
        counted,
        bytes: limits::PREVIEW_BYTES_ALL,
        slots: limits::PREVIEW_CELLS_ALL,
        rows: RowWriter::preview(Share {
            bytes: 0,
            slots: 0,
            counted: 0,
        }),
        failed: None,
        any: false,
    };
    source.read_each(&mut previews)?;
    match previews.failed {
        // Empty sheets beside a broken one are no answer.
        Some(refusal) if !previews.any => Err(refusal.into()),
        _ => Ok(()),
    }
}

fn listed(source: &dyn Source) -> Result<Vec<(String, Visibility)>, Refusal> {
    let sheets = source.sheets();
    if sheets.len() > limits::SHEETS {
        return Err(Refusal::TooLarge { limit: Limit::Sheets });
    }
    if sheets.is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(sheets)
}

pub(crate) fn info(sheet: usize, sheets: &[(String, Visibility)]) -> SheetInfo {
    let (name, visibility) = sheets.get(sheet).cloned().unwrap_or_default();
    SheetInfo {
        index: u32::try_from(sheet).unwrap_or(u32::MAX),
        name,
        visibility,
        rows: 0,
        rows_exact: false,
        columns: 0,
        merges: Vec::new(),
        refusal: None,
    }
}

/// The first rows of every sheet, each sheet within a fair share of what all may hold.
struct Previews<'o> {
    sheets: Vec<(String, Visibility)>,
    out: &'o mut dyn Write,
    counted: u64,
    bytes: usize,
    slots: u64,
    rows: RowWriter<'static>,
    /// The first refusal of a sheet.
    failed: Option<Refusal>,
    /// Some sheet holds a value.
    any: bool,
}

impl Sink<'static> for Previews<'_> {
    fn begin(&mut self, sheet: usize) -> Result<(), Stop> {
        let to_come = self.sheets.len().saturating_sub(sheet).max(1);
        self.rows = RowWriter::preview(Share {
            bytes: (self.bytes / to_come).min(limits::PREVIEW_BYTES),
            slots: self.slots / to_come as u64,
            counted: self.counted,
        });
        Ok(())
    }

    fn rows(&mut self) -> &mut RowWriter<'static> {
        &mut self.rows
    }

    fn end(&mut self, sheet: usize, outcome: Result<(), Stop>, mut merges: Vec<Merge>) -> Result<(), Stop> {
        let mut refusal = None;
        let exact = match outcome {
            Ok(()) => true,
            Err(Stop::Enough) => false,
            Err(Stop::Refused(why)) => {
                refusal = Some(why);
                false
            }
            Err(stop) => return Err(stop),
        };
        let seen = match self.rows.end_sheet() {
            Ok(seen) => seen,
            Err(Stop::Refused(why)) => {
                refusal.get_or_insert(why);
                Seen::default()
            }
            Err(stop) => return Err(stop),
        };
        let empty = RowWriter::preview(Share {
            bytes: 0,
            slots: 0,
            counted: 0,
        });
        let slots = self.rows.held_slots();
        let held = std::mem::replace(&mut self.rows, empty).held();
        merges.retain(|merge| merge.first_row < limits::MERGE_ROWS);
        merges.truncate(limits::MERGES);
        let mut info = info(sheet, &self.sheets);
        info.refusal.clone_from(&refusal);
        if refusal.is_none() {
            info.rows = seen.rows;
            info.rows_exact = exact;
            info.columns = seen.columns;
            info.merges = merges;
        }
        let body = serde_json::to_vec(&info).map_err(|_| Stop::Gone)?;
        protocol::write_frame(self.out, protocol::SHEET, &body)?;
        match refusal {
            // Rows before a refusal are void.
            Some(why) => _ = self.failed.get_or_insert(why),
            None => {
                self.any |= seen.rows > 0;
                self.bytes = self.bytes.saturating_sub(held.len());
                self.slots = self.slots.saturating_sub(slots);
                if !held.is_empty() {
                    protocol::write_frame(self.out, protocol::ROWS, &held)?;
                }
            }
        }
        Ok(())
    }
}

/// All rows of all sheets, as they come.
struct Dump<'o> {
    sheets: Vec<(String, Visibility)>,
    rows: RowWriter<'o>,
    failed: Option<Refusal>,
    any: bool,
}

impl Dump<'_> {
    fn verdict(self) -> Result<(), Stop> {
        match self.failed {
            Some(refusal) if !self.any => Err(refusal.into()),
            _ => Ok(()),
        }
    }
}

impl<'o> Sink<'o> for Dump<'o> {
    fn begin(&mut self, sheet: usize) -> Result<(), Stop> {
        let body = serde_json::to_vec(&info(sheet, &self.sheets)).map_err(|_| Stop::Gone)?;
        self.rows.frame(protocol::SHEET, &body)
    }

    fn rows(&mut self) -> &mut RowWriter<'o> {
        &mut self.rows
    }

    fn end(&mut self, _sheet: usize, outcome: Result<(), Stop>, _merges: Vec<Merge>) -> Result<(), Stop> {
        let ended = self.rows.end_sheet().map(|seen| seen.rows > 0);
        match outcome.and(ended) {
            Ok(any) => {
                self.any |= any;
                Ok(())
            }
            Err(Stop::Refused(why)) => {
                let body = serde_json::to_vec(&why).map_err(|_| Stop::Gone)?;
                self.failed.get_or_insert(why);
                self.rows.frame(protocol::SHEET_REFUSED, &body)
            }
            Err(stop) => Err(stop),
        }
    }
}

#[cfg(unix)]
fn cap() -> io::Result<()> {
    use rlimit::Resource;
    // A limit that is already lower than ours cannot and need not be raised.
    let lower = |resource: Resource, soft: u64, hard: u64| -> io::Result<()> {
        let (_, highest) = rlimit::getrlimit(resource)?;
        rlimit::setrlimit(resource, soft.min(highest), hard.min(highest))
    };
    // No core file: it would hold the cells in the clear.
    lower(Resource::CORE, 0, 0)?;
    // The first limit ends a process by a signal of its own, so that a kill always means something else: want of memory.
    lower(
        Resource::CPU,
        limits::PROCESSOR_SECONDS,
        limits::PROCESSOR_SECONDS + 1,
    )?;
    // This process reads one file and writes to its output; it creates no file.
    lower(Resource::FSIZE, 0, 0)?;
    #[cfg(not(target_os = "macos"))]
    lower(Resource::AS, limits::ADDRESS_SPACE, limits::ADDRESS_SPACE)?;
    #[cfg(target_os = "macos")]
    watch_memory();
    Ok(())
}

/// Where the system has no limit on a process's memory that a safe library can set, a thread looks every few milliseconds:
/// macOS accepts a limit on address space and ignores it, and a Windows job's limit that is within reach bounds only what is
/// resident.
#[cfg(any(target_os = "macos", windows))]
fn watch_memory() {
    std::thread::spawn(|| {
        loop {
            if let Some(stats) = memory_stats::memory_stats() {
                // macOS counts address space that nothing stands behind; Windows counts what was promised.
                let used = if cfg!(windows) {
                    stats.virtual_mem
                } else {
                    stats.physical_mem
                };
                if used as u64 > limits::ADDRESS_SPACE {
                    std::process::exit(i32::from(OUT_OF_MEMORY));
                }
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    });
}

/// Windows has no processor limit within reach of a safe library: there the caller's clock ends a slow sidecar, and the job
/// sees to it that nothing the sidecar started outlives it.
#[cfg(windows)]
fn cap() -> io::Result<()> {
    const SMALLEST: usize = 1 << 20;
    let most = usize::try_from(limits::ADDRESS_SPACE).map_err(io::Error::other)?;
    let mut bounds = win32job::ExtendedLimitInfo::new();
    bounds
        .limit_working_memory(SMALLEST, most)
        .limit_kill_on_job_close();
    let job = win32job::Job::create_with_limit_info(&bounds).map_err(io::Error::other)?;
    job.assign_current_process().map_err(io::Error::other)?;
    // The job ends with its last handle, and with it this process: it stays open until the process exits by itself.
    std::mem::forget(job);
    watch_memory();
    Ok(())
}

/// Exit code by which a sidecar says that it could not set its caps and therefore read nothing.
pub(crate) const UNCAPPED: u8 = 3;

/// Exit code by which a sidecar says that it ran out of memory, where it can still say so.
pub(crate) const OUT_OF_MEMORY: u8 = 4;

/// Peak resident memory of this process in KiB, from /proc where there is one.
fn peak_kib() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
