//! Fuzzing: every decoder that takes bytes from outside, each for some minutes.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::machine::quiet;
use crate::places::Places;
use crate::process::{read, run, say};
use crate::setup;

/// So long each target runs where nothing is said.
const MINUTES: &str = "5";

/// Runs every target of `fuzz/`. What is new in their corpora stays in the target directory; what breaks a property is kept in
/// `fuzz/artifacts` and belongs into `fuzz/corpus`, which the ordinary tests read, with the change that mends it.
///
/// # Errors
/// The first target that finds something ends it, with its bytes printed.
pub(crate) fn fuzz(places: &Places, minutes: Option<&str>) -> Result<()> {
    let minutes = minutes.unwrap_or(MINUTES);
    let minutes: f64 = minutes.parse().with_context(|| format!("{minutes} minutes"))?;
    if !quiet("cargo", &["+nightly", "--version"]) {
        bail!("fuzzing needs a nightly compiler: rustup toolchain install nightly");
    }
    setup::fuzz_tools(places)?;
    let folder = places.root.join("fuzz");
    let target = places.target.join("fuzz");
    // Only cargo-fuzz's own word for them is what it will run.
    let listed = read("cargo fuzz list", fuzzer(places).arg("list"))?;
    for name in listed.lines() {
        let seconds = (minutes * 60.0).ceil();
        say(&format!("Fuzzing {name} for {seconds} s"));
        let found = target.join("corpus").join(name);
        fs::create_dir_all(&found).with_context(|| found.display().to_string())?;
        run(
            name,
            fuzzer(places)
                .args(["run", name])
                .arg(&found)
                .arg(folder.join("corpus").join(name))
                .args(["--", "-timeout=10", "-max_len=65536", "-print_final_stats=1"])
                .arg(format!("-max_total_time={seconds}")),
        )?;
    }
    Ok(())
}

/// cargo-fuzz with the compiler that it needs, building away from everything else.
fn fuzzer(places: &Places) -> Command {
    let mut command = Command::new("cargo-fuzz");
    command
        .current_dir(places.root.join("fuzz"))
        .env("PATH", places.path())
        .env("CARGO_TARGET_DIR", places.target.join("fuzz"))
        .env("RUSTUP_TOOLCHAIN", "nightly");
    // Those of the compiler that xtask was built with.
    for name in ["CARGO", "RUSTC", "RUSTDOC"] {
        command.env_remove(name);
    }
    command
}
