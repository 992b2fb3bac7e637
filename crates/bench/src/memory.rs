//! The peak memory of this program together with the readers it starts, where the system tells.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often both are looked at: a reader lives for hundreds of milliseconds.
const GLANCE: Duration = Duration::from_millis(5);

/// Watches until it is asked.
pub(crate) struct Memory {
    done: Arc<AtomicBool>,
    peak_kib: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Memory {
    pub(crate) fn watch() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let peak_kib = Arc::new(AtomicU64::new(0));
        let thread = std::thread::spawn({
            let (done, peak) = (Arc::clone(&done), Arc::clone(&peak_kib));
            move || {
                while !done.load(Ordering::Relaxed) {
                    let own = kib(Path::new("/proc/self"), "VmRSS:").unwrap_or(0);
                    peak.fetch_max(own + children_kib(), Ordering::Relaxed);
                    std::thread::sleep(GLANCE);
                }
            }
        });
        Self {
            done,
            peak_kib,
            thread,
        }
    }

    /// The most that this program and its children have held at one time since then, in MiB; this program's own peak between
    /// two glances counts too. Not a number where the system does not say.
    pub(crate) fn peak_mib(self) -> f64 {
        self.done.store(true, Ordering::Relaxed);
        // A watcher that panicked has stopped watching; what it saw stands.
        self.thread.join().ok();
        let own = kib(Path::new("/proc/self"), "VmHWM:");
        own.map_or(f64::NAN, |own| {
            own.max(self.peak_kib.load(Ordering::Relaxed)) as f64 / 1024.0
        })
    }
}

/// The most that another program has held at one time, in MiB.
pub(crate) fn peak_mib_of(process: u32) -> Option<f64> {
    let peak = kib(&Path::new("/proc").join(process.to_string()), "VmHWM:")?;
    Some(peak as f64 / 1024.0)
}

fn children_kib() -> u64 {
    let threads = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let children = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    children
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|child| kib(&Path::new("/proc").join(child), "VmRSS:"))
                .collect::<Vec<_>>()
        })
        .sum()
}

fn kib(process: &Path, name: &str) -> Option<u64> {
    field(process, name)?.trim_end_matches("kB").trim().parse().ok()
}

fn field(process: &Path, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().to_owned())
}
