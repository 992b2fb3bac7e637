//! Every check and test there is, in an order that fails early and keeps both cores of a small machine busy.

use anyhow::Result;

use crate::node::{build_page, npm_command};
use crate::places::Places;
use crate::process::{Steps, run, say};
use crate::session::Session;
use crate::setup::{self, For};
use crate::tidy;

/// Runs everything and prints a table of the steps at the end, also after a failure.
pub(crate) fn test(places: &Places) -> Result<()> {
    let steps = Steps::new();
    let result = all(places, &steps);
    println!("{}", steps.summary());
    result
}

fn all(places: &Places, steps: &Steps) -> Result<()> {
    steps.step("set-up", || {
        setup::setup(places, &[For::Building, For::EndpointTests, For::WindowTests])
    })?;
    say(&setup::describe(places)?);

    // The cheapest first: a misplaced comma should not cost the time of a compilation.
    steps.live("format", &mut places.cargo(&["fmt", "--all", "--check"]))?;
    steps.step("tidy", || tidy::tidy(places))?;
    // The window's program embeds the page, so nothing of the workspace compiles before it is built.
    steps.step("page", || build_page(places))?;

    // The page's checks run beside the compiler, whose first minutes are one long queue of small crates.
    let (rust, page) = std::thread::scope(|scope| {
        let page = scope.spawn(|| page_lane(places, steps));
        let rust = rust_lane(places, steps);
        (rust, page.join())
    });
    // The first failure stops both lanes; the lane that only stopped is not the news.
    let page = page.unwrap_or_else(|_| Err(anyhow::anyhow!("the page's checks panicked")));
    match (rust, page) {
        (Ok(()), page) => page?,
        (Err(error), Ok(())) => return Err(error),
        (Err(rust), Err(page)) => {
            return Err(if rust.to_string().contains("not started") {
                page
            } else {
                rust
            });
        }
    }
    window(places, steps)
}

fn rust_lane(places: &Places, steps: &Steps) -> Result<()> {
    steps.live(
        "clippy",
        &mut places.cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    steps.step("test tools", || setup::test_tools(places))?;
    // One selection of packages for building and testing: another would unify features differently and compile
    // half of the dependencies a second time.
    steps.live(
        "build",
        &mut places.cargo(&["build", "--workspace", "--all-targets", "--locked", "--quiet"]),
    )?;
    steps.live(
        "Rust tests",
        &mut places.cargo(&["nextest", "run", "--workspace", "--locked"]),
    )?;
    // nextest leaves them out, and one of them shows that no handler compiles without its guard.
    steps.live(
        "examples in docs",
        &mut places.cargo(&["test", "--doc", "--workspace", "--locked", "--quiet"]),
    )
}

fn page_lane(places: &Places, steps: &Steps) -> Result<()> {
    steps.collected("page types", &mut npm_command(places, &["run", "check"]))?;
    steps.collected("page tests", &mut npm_command(places, &["run", "test"]))
}

fn window(places: &Places, steps: &Steps) -> Result<()> {
    if !cfg!(target_os = "linux") {
        steps.left_out(
            "window tests",
            "they drive WebKitGTK under a virtual display: Linux only",
        );
        return Ok(());
    }
    let session = Session::start()?;
    steps.live("window tests", &mut session.command(&window_tests(places, None))?)
}

/// Runs so many random worlds of the simulation. A world that fails names its seed.
pub(crate) fn simulate(places: &Places, worlds: &str) -> Result<()> {
    setup::setup(places, &[For::Building])?;
    setup::test_tools(places)?;
    let mut cargo = places.cargo(&[
        "nextest",
        "run",
        "--workspace",
        "--locked",
        "--test",
        "simulation",
        "--no-capture",
    ]);
    run("the simulation", cargo.env("KIULU_SIMULATE", worlds))
}

/// Builds and runs the window tests alone, all or those whose names hold the given word.
pub(crate) fn window_alone(places: &Places, name: Option<&str>) -> Result<()> {
    setup::setup(places, &[For::Building, For::WindowTests])?;
    setup::test_tools(places)?;
    build_page(places)?;
    run(
        "cargo build",
        &mut places.cargo(&["build", "--workspace", "--all-targets", "--locked"]),
    )?;
    let filter = name.map(|name| format!("test({name})"));
    let session = Session::start()?;
    run(
        "the window tests",
        &mut session.command(&window_tests(places, filter.as_deref()))?,
    )
}

/// Kills clients and endpoint at random moments, so many rounds on each database. The ordinary tests do as many as fit.
pub(crate) fn processes(places: &Places, rounds: Option<&str>) -> Result<()> {
    setup::setup(places, &[For::Building, For::EndpointTests])?;
    setup::test_tools(places)?;
    let packages = ["-p", "kiulu-cli", "-p", "kiulu-endpoint"];
    let mut build = places.cargo(&["build", "--locked"]);
    run("cargo build", build.args(packages))?;
    let mut tests = places.cargo(&["nextest", "run", "--locked"]);
    tests
        .args(packages)
        .args(["--no-capture", "-E", "binary(=sharing) & test(killed)"])
        .env("KIULU_KILL_ROUNDS", rounds.unwrap_or("100"));
    run("the rounds", &mut tests)
}

/// The window tests as a command: to be run inside a [`Session`].
pub(crate) fn window_tests(places: &Places, filter: Option<&str>) -> std::process::Command {
    // Figures are measured on a release build, by a task of their own.
    let only = format!("binary(=window) & ({})", filter.unwrap_or("not test(figures)"));
    let mut command = places.cargo(&["nextest", "run", "--workspace", "--locked", "--profile", "window"]);
    // They are marked as ignored, so that a plain `cargo test` needs no display.
    command
        .args(["--run-ignored", "only", "-E", &only])
        .env("KIULU_SHOTS", shots(places));
    command
}

/// Where the window tests leave their pictures.
pub(crate) fn shots(places: &Places) -> std::path::PathBuf {
    places.target.join("shots")
}
