//! Building and opening the window; without a display, walking through it.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::node::build_page;
use crate::places::Places;
use crate::process::{run as run_program, say};
use crate::session::Session;
use crate::setup::{self, For};
use crate::test::{shots, window_tests};

/// The programs of a development build: the window, its reader of spreadsheets, the command line.
const PROGRAMS: &[&str] = &["kiulu", "kiulu-sheet", "kiulu-cli"];

/// Opens the window with the given arguments, or walks the main job where there is no display.
pub(crate) fn run(places: &Places, arguments: &[String]) -> Result<ExitCode> {
    let display = has_display();
    if display {
        setup::setup(places, &[For::Building])?;
    } else {
        setup::setup(places, &[For::Building, For::WindowTests])?;
        setup::test_tools(places)?;
    }
    build_page(places)?;
    let mut build = places.cargo(&["build", "--workspace", "--locked"]);
    for program in PROGRAMS {
        build.args(["--bin", program]);
    }
    say("Building the window's program");
    run_program("cargo build", &mut build)?;
    if display {
        let program = places.built("debug", "kiulu");
        let status = Command::new(&program)
            .args(arguments)
            .status()
            .with_context(|| format!("cannot start {}", program.display()))?;
        return Ok(ExitCode::from(
            status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1),
        ));
    }
    walk(places)?;
    Ok(ExitCode::SUCCESS)
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Walks the main job in the real window on a virtual display and says where the pictures are.
fn walk(places: &Places) -> Result<()> {
    say(
        "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set): walking the main job on a virtual one",
    );
    let directory = shots(places);
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| directory.display().to_string())?;
    }
    let session = Session::start()?;
    let walked = run_program(
        "the walk",
        &mut session.command(&window_tests(places, Some("test(walk)")))?,
    );
    let mut pictures: Vec<_> = fs::read_dir(&directory)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    pictures.sort();
    say(&format!(
        "{} screenshots in {}",
        pictures.len(),
        directory.display()
    ));
    for picture in &pictures {
        println!("   {}", picture.display());
    }
    walked?;
    if pictures.is_empty() {
        bail!("the walk left no screenshots");
    }
    Ok(())
}
