//! The project's own tasks: set a machine up, run, test, tidy and package Kiulu.
//!
//! `cargo xtask <task>` is the only door: continuous integration, a newcomer and a daily developer call the
//! same code, so that what passes for one passes for all.

mod bench;
mod fuzz;
mod machine;
mod node;
mod package;
mod places;
mod process;
mod run;
mod session;
mod setup;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::places::Places;

const HELP: &str = "\
cargo xtask <task>

  run [ARGS…]   install what is missing, build, open the window (ARGS go to the program);
                without a display: walk the main job on a virtual one and leave screenshots
  test          install what is missing, then every check and test there is
  window [NAME] only the window tests, or those with NAME in their names
  processes [N] clients and endpoint killed at random moments, N rounds (100) on each database
  fuzz [MIN]    every decoder of bytes from outside, MIN minutes (5) each; needs a nightly compiler
  session CMD…  run a program in a session of its own: virtual display, bus, keychain
  bench [N]     the main jobs on N contacts (100 000), each beside a bare peer: docs/benchmarks.md;
                bench bookings: shared spaces alone; bench sharing: laptops and endpoint alone
  simulate [N]  laptops and an endpoint in one process, N random worlds (10 000): two hundred are in every test
  tidy          the checks of the source tree alone: layers, licences, lengths, texts, migrations
  setup         only install what is missing
  package       release build, installable packages, each tried or inspected
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match dispatch(&task, &rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask {task}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(task: &str, rest: &[String]) -> Result<ExitCode> {
    if task == session::INSIDE {
        return session::inside(rest);
    }
    let places = Places::find()?;
    match task {
        "run" => run::run(&places, rest),
        "test" => test::test(&places).map(|()| ExitCode::SUCCESS),
        "window" => test::window_alone(&places, rest.first().map(String::as_str)).map(|()| ExitCode::SUCCESS),
        "processes" => test::processes(&places, rest.first().map(String::as_str)).map(|()| ExitCode::SUCCESS),
        "fuzz" => fuzz::fuzz(&places, rest.first().map(String::as_str)).map(|()| ExitCode::SUCCESS),
        "session" => session::run(&places, rest).map(|()| ExitCode::SUCCESS),
        "bench" => bench::bench(&places, rest.first().map(String::as_str)).map(|()| ExitCode::SUCCESS),
        "simulate" => {
            test::simulate(&places, rest.first().map_or("10000", String::as_str)).map(|()| ExitCode::SUCCESS)
        }
        "tidy" => tidy::tidy(&places).map(|()| ExitCode::SUCCESS),
        "setup" => setup::setup(
            &places,
            &[
                setup::For::Building,
                setup::For::EndpointTests,
                setup::For::WindowTests,
            ],
        )
        .map(|()| ExitCode::SUCCESS),
        "package" => package::package(&places).map(|()| ExitCode::SUCCESS),
        "" | "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no task {other:?}\n\n{HELP}"),
    }
}
