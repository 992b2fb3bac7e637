//! Running programs as named steps, and the table of what they took.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Says what xtask itself is doing, apart from the output of the programs it starts.
pub(crate) fn say(sentence: &str) {
    println!("\n── {sentence}");
    // A closed pipe is no reason to stop the work.
    std::io::stdout().flush().ok();
}

/// Runs a program with its output passed through.
///
/// # Errors
/// When it cannot be started or does not end with success; `what` names it in the message.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{what}: cannot start {}", program(command)))?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}

/// Runs a program and gives what it wrote to its standard output.
pub(crate) fn read(what: &str, command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{what}: cannot start {}", program(command)))?;
    if !output.status.success() {
        bail!("{what} failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what}: its output is not UTF-8"))
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// How one step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    LeftOut(&'static str),
}

/// The steps of one task: runs them, in one lane or several, and sums them up.
///
/// After the first failure no further step starts in any lane.
#[derive(Debug)]
pub(crate) struct Steps {
    started: Instant,
    failed: AtomicBool,
    rows: Mutex<Vec<(String, Duration, Outcome)>>,
    /// Held while a step's collected output is printed, so that two lanes do not mix their lines.
    printing: Mutex<()>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            failed: AtomicBool::new(false),
            rows: Mutex::new(Vec::new()),
            printing: Mutex::new(()),
        }
    }

    /// Runs a piece of work as a step, unless one has failed before.
    ///
    /// # Errors
    /// Those of the work; [`Steps`] remembers that the step failed.
    pub(crate) fn step(&self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        if self.failed.load(Ordering::Relaxed) {
            bail!("{name}: not started, another step has failed");
        }
        say(name);
        let started = Instant::now();
        let result = work();
        let outcome = if result.is_ok() {
            Outcome::Passed
        } else {
            self.failed.store(true, Ordering::Relaxed);
            Outcome::Failed
        };
        self.note(name, started.elapsed(), outcome);
        result
    }

    /// Runs a program as a step with its output passed through as it comes.
    pub(crate) fn live(&self, name: &str, command: &mut Command) -> Result<()> {
        self.step(name, || run(name, command.stdin(Stdio::null())))
    }

    /// Runs a program as a step beside another lane: its output is printed whole when it ends.
    pub(crate) fn collected(&self, name: &str, command: &mut Command) -> Result<()> {
        self.step(name, || {
            let output = command
                .stdin(Stdio::null())
                .output()
                .with_context(|| format!("{name}: cannot start {}", program(command)))?;
            // A lane that panicked while printing leaves nothing behind that could be torn.
            let _one_at_a_time = self
                .printing
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            say(&format!("{name}: its output"));
            let mut out = std::io::stdout().lock();
            out.write_all(&output.stdout)?;
            out.write_all(&output.stderr)?;
            out.flush()?;
            if !output.status.success() {
                bail!("{name} failed ({})", output.status);
            }
            Ok(())
        })
    }

    /// Notes a step that this machine cannot take.
    pub(crate) fn left_out(&self, name: &str, why: &'static str) {
        self.note(name, Duration::ZERO, Outcome::LeftOut(why));
    }

    fn note(&self, name: &str, took: Duration, outcome: Outcome) {
        self.rows
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push((name.to_owned(), took, outcome));
    }

    /// The table of all steps, in the order in which they ended.
    pub(crate) fn summary(&self) -> String {
        let rows = self
            .rows
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let width = rows
            .iter()
            .map(|(name, ..)| name.chars().count())
            .max()
            .unwrap_or(0)
            .max(5);
        let mut table = String::from("\n");
        for (name, took, outcome) in rows.iter() {
            let (mark, end) = match outcome {
                Outcome::Passed => ("ok", String::new()),
                Outcome::Failed => ("FAILED", String::new()),
                Outcome::LeftOut(why) => ("left out", format!("  ({why})")),
            };
            table += &format!("  {name:<width$}  {:>9}  {mark}{end}\n", clock(*took));
        }
        table += &format!("  {:<width$}  {:>9}\n", "total", clock(self.started.elapsed()));
        table
    }
}

/// Minutes and seconds, `3:07.2`.
fn clock(took: Duration) -> String {
    let tenths = took.as_millis() / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn clock_carries_minutes() {
        for (milliseconds, text) in [
            (0, "0:00.0"),
            (9_960, "0:09.9"),
            (61_250, "1:01.2"),
            (3_600_000, "60:00.0"),
        ] {
            assert_eq!(clock(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn nothing_starts_after_a_failure() {
        let steps = Steps::new();
        steps.step("first", || Ok(())).unwrap();
        steps.step("second", || bail!("broken")).unwrap_err();
        let mut started = false;
        steps
            .step("third", || {
                started = true;
                Ok(())
            })
            .unwrap_err();
        assert!(!started);
        let summary = steps.summary();
        assert!(
            summary.contains("second") && summary.contains("FAILED"),
            "{summary}"
        );
        assert!(!summary.contains("third"), "{summary}");
    }

    #[test]
    fn a_program_that_fails_fails_its_step() {
        let steps = Steps::new();
        steps
            .live("version", Command::new("cargo").arg("--version"))
            .unwrap();
        let error = steps
            .collected("nonsense", Command::new("cargo").arg("--no-such-flag"))
            .unwrap_err();
        assert!(error.to_string().starts_with("nonsense failed"), "{error}");
    }
}
