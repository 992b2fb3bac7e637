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

/// What is measured at a time, each a section of the page.
struct Part {
    title: &'static str,
    what: String,
    /// Packages of the release build, with their examples.
    packages: &'static [&'static str],
}

/// Builds for release, measures, prints, and writes `docs/benchmarks.md` when the register had its full size. Named `bookings` or
/// `sharing`, only that part is measured, which needs a small part of the build.
pub(crate) fn bench(places: &Places, what: Option<&str>) -> Result<()> {
    match what {
        Some("bookings") => setup::setup(places, &[For::Building]).and_then(|()| bookings(places)),
        Some("sharing") => sharing(places),
        None | Some(CONTACTS) => {
            register(places, CONTACTS)?;
            bookings(places)?;
            sharing(places)
        }
        Some(contacts) => register(places, contacts),
    }
}

fn register(places: &Places, contacts: &str) -> Result<()> {
    setup::setup(places, &[For::Building, For::WindowTests])?;
    let part = Part {
        title: "The register",
        what: format!("The main jobs on a generated register of {contacts} contacts"),
        packages: &["kiulu", "kiulu-bench", "kiulu-spreadsheet"],
    };
    setup::test_tools(places)?;
    build_page(places)?;
    build(places, &part)?;
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
    report(places, &part, &figures, contacts == CONTACTS)
}

fn bookings(places: &Places) -> Result<()> {
    let part = Part {
        title: "Shared spaces",
        what: "Calendars, rules and charges of 50 spaces with 500 standing shifts and 200 000 bookings of ten years".to_owned(),
        packages: &["kiulu-bench"],
    };
    alone(places, &part, &["bookings"])
}

fn sharing(places: &Places) -> Result<()> {
    setup::setup(places, &[For::Building, For::EndpointTests])?;
    let part = Part {
        title: "Sharing",
        what: "Two laptops and an endpoint, and an endpoint under load, on one machine".to_owned(),
        packages: &["kiulu-bench", "kiulu-endpoint"],
    };
    alone(places, &part, &["sharing", "load"])
}

/// Measures nothing but these.
fn alone(places: &Places, part: &Part, names: &[&str]) -> Result<()> {
    build(places, part)?;
    let room = tempfile::Builder::new().prefix("kiulu-bench-").tempdir()?;
    let figures = room.path().join("figures.jsonl");
    for name in names {
        say(&format!("Measuring {name}"));
        let mut command = Command::new(places.built("release", "kiulu-bench"));
        command.args(["--only", name, "--figures"]).arg(&figures);
        run(name, &mut command)?;
    }
    report(places, part, &figures, true)
}

fn build(places: &Places, part: &Part) -> Result<()> {
    say("Building for release");
    let mut arguments = vec!["build", "--release", "--locked", "--bins", "--examples"];
    arguments.extend(part.packages.iter().flat_map(|package| ["-p", package]));
    run("cargo build", &mut places.cargo(&arguments))
}

/// Prints a part, and puts it into the page in place of what stood there of it.
fn report(places: &Places, part: &Part, figures: &Path, keep: bool) -> Result<()> {
    let section = section(places, part, &read_figures(figures)?)?;
    println!("{section}");
    if !keep {
        return Ok(());
    }
    let path = places.root.join("docs/benchmarks.md");
    let before = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    fs::write(&path, with_section(&before, part.title, &section))
        .with_context(|| path.display().to_string())?;
    say(&format!("Written to {}", path.display()));
    Ok(())
}

/// The page with a section in place of the one of its title; a new one stands before the first that people have written.
fn with_section(page: &str, title: &str, section: &str) -> String {
    let heading = format!("\n## {title}\n");
    let (start, end) = match page.find(&heading) {
        Some(start) => {
            let rest = &page[start + 1..];
            (
                start,
                rest.find("\n## ").map_or(page.len(), |end| start + 1 + end),
            )
        }
        None => {
            let start = page.find("\n## ").unwrap_or(page.len());
            (start, start)
        }
    };
    format!("{}{heading}\n{section}{}", &page[..start], &page[end..])
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

/// What was measured where and when, each figure beside its limit.
fn section(places: &Places, part: &Part, figures: &[Figure]) -> Result<String> {
    let day = read(
        "git log",
        Command::new("git")
            .args(["log", "-1", "--format=%cs, commit %h"])
            .current_dir(&places.root),
    )?;
    let today = read("date", Command::new("date").arg("+%F"))?;
    let mut page = format!(
        "{}. Measured {} on {} (source of {}).\n\n\
         | figure | measured | limit | | absolute |\n|---|---|---|---|---|\n",
        part.what,
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

#[cfg(test)]
mod tests {
    use super::with_section;

    #[test]
    fn a_section_takes_the_place_of_the_one_before() {
        let page = "# Page\n\nWhat.\n\n## One\n\nold\n\n## Why\n\nText.\n";
        let renewed = with_section(page, "One", "new\n");
        assert_eq!(renewed, "# Page\n\nWhat.\n\n## One\n\nnew\n\n## Why\n\nText.\n");
        let more = with_section(&renewed, "Two", "two\n");
        let order: Vec<_> = more.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(order, ["## Two", "## One", "## Why"]);
        assert_eq!(with_section(&more, "Two", "two\n"), more);
    }
}
