//! Measuring the main jobs beside bare peers, on a release build, and writing the result down.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::node::build_page;
use crate::places::Places;
use crate::process::{read, run, say};
use crate::session::Session;
use crate::setup::{self, For};
use crate::test::window_tests;

/// The size of the register that the limits are set for.
const CONTACTS: &str = "100000";

/// One line of what the measuring programs leave behind.
#[derive(Debug, Deserialize)]
struct Figure {
    what: String,
    value: f64,
    unit: String,
    limit: f64,
    detail: String,
}

/// Builds for release, measures, prints, and writes `docs/benchmarks.md` when the register had its full size.
pub(crate) fn bench(places: &Places, contacts: Option<&str>) -> Result<()> {
    let contacts = contacts.unwrap_or(CONTACTS);
    setup::setup(places, &[For::Building, For::WindowTests])?;
    setup::test_tools(places)?;
    build_page(places)?;
    say("Building for release");
    run(
        "cargo build",
        &mut places.cargo(&[
            "build",
            "--release",
            "--locked",
            "-p",
            "kiulu",
            "-p",
            "kiulu-bench",
            "-p",
            "kiulu-spreadsheet",
            "--bins",
            "--examples",
        ]),
    )?;

    let room = tempfile::Builder::new().prefix("kiulu-bench-").tempdir()?;
    let (data, figures) = (room.path().join("data"), room.path().join("figures.jsonl"));
    let session = Session::start()?;
    // Both in one session: its keychain holds the key of the register that the first leaves for the window.
    for (what, command) in [
        ("the main jobs", measure(places, contacts, &data, &figures)),
        ("the window", window(places, &data, &figures)),
    ] {
        say(&format!("Measuring {what}"));
        run(what, &mut session.command(&command)?)?;
    }

    let figures = read_figures(&figures)?;
    let report = report(places, contacts, &figures)?;
    println!("{report}");
    if contacts == CONTACTS {
        let path = places.root.join("docs/benchmarks.md");
        // What people have written below the table stays.
        let before = fs::read_to_string(&path).unwrap_or_default();
        let kept = before.find("\n## ").map_or("", |at| &before[at..]);
        fs::write(&path, report + kept).with_context(|| path.display().to_string())?;
        say(&format!("Written to {}", path.display()));
    }
    Ok(())
}

fn measure(places: &Places, contacts: &str, data: &Path, figures: &Path) -> Command {
    let mut command = Command::new(places.built("release", "kiulu-bench"));
    command.args(["--rows", contacts, "--data-dir"]).arg(data);
    command.arg("--figures").arg(figures);
    command
}

fn window(places: &Places, data: &Path, figures: &Path) -> Command {
    let mut command = window_tests(places, Some("test(figures)"));
    command
        .env("KIULU_APP", places.built("release", "kiulu"))
        .env(
            "KIULU_EMPTY_WINDOW",
            places.built("release", "examples/empty-window"),
        )
        .env("KIULU_DATA_DIR", data)
        .env("KIULU_FIGURES", figures);
    command
}

fn read_figures(path: &Path) -> Result<Vec<Figure>> {
    let lines = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let figures: Vec<Figure> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    if figures.is_empty() {
        bail!("nothing was measured");
    }
    Ok(figures)
}

/// The page that keeps the last results: what was measured where and when, each figure beside its limit.
fn report(places: &Places, contacts: &str, figures: &[Figure]) -> Result<String> {
    let day = read(
        "git log",
        Command::new("git")
            .args(["log", "-1", "--format=%cs, commit %h"])
            .current_dir(&places.root),
    )?;
    let today = read("date", Command::new("date").arg("+%F"))?;
    let mut page = format!(
        "# Benchmarks\n\n\
         `cargo xtask bench` measures the main jobs on a generated register of {contacts} contacts and writes this page.\n\
         Each figure is a ratio to a bare peer measured in the same run, or an absolute where the limit is one.\n\n\
         Measured {} on {} (source of {}).\n\n\
         | figure | measured | limit | | absolute |\n|---|---|---|---|---|\n",
        today.trim(),
        machine(),
        day.trim()
    );
    for Figure {
        what,
        value,
        unit,
        limit,
        detail,
    } in figures
    {
        let met = if value <= limit { "met" } else { "**missed**" };
        writeln!(
            page,
            "| {what} | {value:.2} {unit} | ≤ {limit} {unit} | {met} | {detail} |"
        )?;
    }
    Ok(page)
}

/// The processor, its cores and the memory, where the system tells.
fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|total| total.trim_end_matches("kB").trim().parse::<u64>().ok())
        .map_or(String::new(), |kib| {
            format!(", {} GiB of memory", kib / 1024 / 1024)
        });
    format!("{processor}, {cores} cores{memory}, {}", std::env::consts::OS)
}
