//! The child process: sets its caps, reads one file, writes frames.
//!
//! Hostile spreadsheets make readers allocate gigabytes, abort or loop. Whatever happens here, happens in a process that
//! holds nothing else and that the caller outlives.

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

use crate::limits;
use crate::model::{Refusal, SheetInfo};
use crate::protocol::{self, End};
use crate::row_writer::{RowWriter, Stop};
use crate::source::{self, Source};

/// Runs `inspect FILE` or `rows FILE SHEET-INDEX`. The exit code is 0 when a final frame was written.
pub fn main() -> ExitCode {
    // What went wrong is told in a frame; a panic's text may quote the file.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments = std::env::args_os().skip(1);
    let (Some(command), Some(path)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    if cap().is_err() {
        return ExitCode::from(3);
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
    if command == "inspect" {
        inspect(&mut *source, out)?;
    } else {
        let index: usize = sheet
            .and_then(|text| text.to_str())
            .and_then(|text| text.parse().ok())
            .ok_or(Refusal::SheetNotFound)?;
        if index >= source.sheets().len() {
            return Err(Refusal::SheetNotFound.into());
        }
        let mut rows = RowWriter::all(out);
        source.read(index, &mut rows)?;
        rows.finish()?;
    }
    let end = End {
        kind: source.kind(),
        notices: source.notices(),
        peak_kib: peak_kib(),
    };
    let body = serde_json::to_vec(&end).map_err(|_| Stop::Gone)?;
    protocol::write_frame(out, protocol::END, &body)?;
    Ok(())
}

fn inspect(source: &mut dyn Source, out: &mut dyn Write) -> Result<(), Stop> {
    let sheets = source.sheets();
    if sheets.len() > limits::SHEETS {
        return Err(Refusal::TooLarge {
            limit: crate::model::Limit::Sheets,
        }
        .into());
    }
    if sheets.is_empty() {
        return Err(Refusal::Empty.into());
    }
    let mut left = limits::PREVIEW_BYTES_ALL;
    for (index, (name, visibility)) in sheets.into_iter().enumerate() {
        let mut held = Vec::new();
        let mut rows = RowWriter::preview(&mut held, left.min(limits::PREVIEW_BYTES));
        let rows_exact = match source.read(index, &mut rows) {
            Ok(()) => true,
            Err(Stop::Enough) => false,
            Err(stop) => return Err(stop),
        };
        let seen = rows.finish()?;
        left = left.saturating_sub(held.len());
        let mut merges = source.merges(index);
        merges.retain(|merge| merge.first_row < limits::MERGE_ROWS);
        merges.truncate(limits::MERGES);
        let info = SheetInfo {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            name,
            visibility,
            rows: seen.rows,
            rows_exact,
            columns: seen.columns,
            merges,
        };
        let body = serde_json::to_vec(&info).map_err(|_| Stop::Gone)?;
        protocol::write_frame(out, protocol::SHEET, &body)?;
        out.write_all(&held)?;
    }
    Ok(())
}

#[cfg(unix)]
fn cap() -> io::Result<()> {
    use rlimit::Resource;
    // A limit that is already lower than ours cannot and need not be raised.
    let lower = |resource: Resource, wanted: u64| -> io::Result<()> {
        let (_, hard) = rlimit::getrlimit(resource)?;
        let limit = wanted.min(hard);
        rlimit::setrlimit(resource, limit, limit)
    };
    // No core file: it would hold the cells in the clear.
    lower(Resource::CORE, 0)?;
    lower(Resource::CPU, limits::PROCESSOR_SECONDS)?;
    // This process reads one file and writes to its output; it creates no file.
    lower(Resource::FSIZE, 0)?;
    #[cfg(not(target_os = "macos"))]
    lower(Resource::AS, limits::ADDRESS_SPACE)?;
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

/// Exit code by which a sidecar says that it ran out of memory, where it can still say so.
pub(crate) const OUT_OF_MEMORY: u8 = 4;

/// Peak resident memory of this process in KiB, from /proc where there is one.
fn peak_kib() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
