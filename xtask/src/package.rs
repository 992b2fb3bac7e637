//! Installable packages: built by Tauri's bundler, then tried or inspected on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::node::build_page;
use crate::places::Places;
use crate::process::{Steps, read, say};
use crate::session::Session;
use crate::setup::{self, For, apt, way_to_root};
use crate::test::window_tests;

/// The programs that lie beside the window's: the reader of spreadsheets, and the command line for scripts.
const SIDECARS: &[&str] = &["kiulu-sheet", "kiulu-cli"];

/// What the installed Debian and RPM packages must hold.
const INSTALLED: &[&str] = &["/usr/bin/kiulu", "/usr/bin/kiulu-sheet", "/usr/bin/kiulu-cli"];

/// Builds the packages of this system and prints where they are.
pub(crate) fn package(places: &Places) -> Result<()> {
    let steps = Steps::new();
    let result = all(places, &steps);
    println!("{}", steps.summary());
    let made = result?;
    say("Packages:");
    for file in made {
        let size = fs::metadata(&file).map_or(0, |metadata| metadata.len());
        println!("   {} ({:.1} MB)", file.display(), size as f64 / 1e6);
    }
    Ok(())
}

fn all(places: &Places, steps: &Steps) -> Result<Vec<PathBuf>> {
    steps.step("set-up", || {
        setup::setup(places, &[For::Building, For::WindowTests, For::Packaging])?;
        setup::test_tools(places)
    })?;
    steps.step("page", || build_page(places))?;
    let mut build = places.cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "kiulu-spreadsheet",
        "-p",
        "kiulu-cli",
        "--bins",
    ]);
    steps.live("sidecars", &mut build)?;
    steps.step("sidecars in place", || place_sidecars(places))?;

    let bundles = places.target.join("release/bundle");
    if bundles.exists() {
        fs::remove_dir_all(&bundles).with_context(|| bundles.display().to_string())?;
    }
    steps.live("bundle", &mut bundler(places))?;
    let made = packages_below(&bundles)?;
    if made.is_empty() {
        bail!("the bundler left no package below {}", bundles.display());
    }
    if cfg!(target_os = "linux") {
        try_deb(places, steps, one(&made, "deb")?)?;
        let rpm = one(&made, "rpm")?;
        steps.step("look into the .rpm", || look_into("rpm", rpm))?;
    }
    Ok(made)
}

/// Tauri's bundler from the page's packages, with the bundle's own configuration merged in.
fn bundler(places: &Places) -> Command {
    let script = places.page().join("node_modules/@tauri-apps/cli/tauri.js");
    let mut command = Command::new("node");
    command
        .arg(script)
        .args(["build", "--config", "tauri.bundle.conf.json"]);
    if cfg!(target_os = "linux") {
        // The AppImage bundler fetches its tools at bundle time; ask for it by hand where there is a network.
        command.args(["--bundles", "deb,rpm"]);
    }
    command.args(["--", "--locked"]);
    command
        .current_dir(&places.root)
        .env("CARGO_TARGET_DIR", &places.target)
        .env("CI", "true");
    command
}

/// Copies the sidecars to where the bundle's configuration expects them, named after the target they run on.
fn place_sidecars(places: &Places) -> Result<()> {
    let version = read(
        "rustc -vV",
        Command::new("rustc").arg("-vV").current_dir(&places.root),
    )?;
    let triple = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc -vV names no host")?;
    let directory = places.root.join("dist/sidecars");
    fs::create_dir_all(&directory).with_context(|| directory.display().to_string())?;
    for name in SIDECARS {
        let from = places.built("release", name);
        let to = directory.join(format!("{name}-{triple}{}", std::env::consts::EXE_SUFFIX));
        fs::copy(&from, &to).with_context(|| format!("{} to {}", from.display(), to.display()))?;
    }
    Ok(())
}

/// Installs the Debian package, starts the installed window once, and takes the package away again.
fn try_deb(places: &Places, steps: &Steps, deb: &Path) -> Result<()> {
    steps.step("look into the .deb", || look_into("deb", deb))?;
    let (Some(prefix), true) = (way_to_root(), crate::machine::find_program("apt-get").is_some()) else {
        steps.left_out(
            "install the .deb",
            "that needs apt-get and root, or sudo without a password",
        );
        return Ok(());
    };
    steps.live(
        "install the .deb",
        apt(&prefix).args(["install", "-y", "-q", "--reinstall"]).arg(deb),
    )?;
    let session = Session::start()?;
    let mut start = window_tests(places, Some("test(starts)"));
    start.env("KIULU_APP", "/usr/bin/kiulu");
    let started = steps.live("start what was installed", &mut session.command(&start)?);
    // Also after a failure: the machine is left as it was found.
    let removed = apt(&prefix).args(["remove", "-y", "-q", "kiulu"]).status();
    started?;
    if !removed.is_ok_and(|status| status.success()) {
        bail!("the installed package could not be removed again: apt-get remove kiulu");
    }
    Ok(())
}

/// Lists a package's files and checks that every program is among them.
fn look_into(kind: &str, package: &Path) -> Result<()> {
    let listing = match kind {
        "deb" => read("dpkg-deb -c", Command::new("dpkg-deb").arg("-c").arg(package))?,
        _ => read(
            "rpm -qlp",
            Command::new("rpm").args(["-qlp", "--nosignature"]).arg(package),
        )?,
    };
    println!("{listing}");
    match INSTALLED.iter().find(|program| !lists(&listing, program)) {
        Some(program) => bail!("{} lacks {program}", package.display()),
        None => Ok(()),
    }
}

/// Whether a listing has this file. `rpm` lists whole paths; `dpkg-deb` ends longer lines with them, with `./` in front or
/// nothing.
fn lists(listing: &str, file: &str) -> bool {
    listing.lines().any(|line| {
        let path = line.rsplit(' ').next().unwrap_or(line);
        path.trim_start_matches('.').trim_start_matches('/') == file.trim_start_matches('/')
    })
}

fn one<'a>(made: &'a [PathBuf], extension: &str) -> Result<&'a Path> {
    made.iter()
        .find(|path| path.extension().is_some_and(|found| found == extension))
        .map(PathBuf::as_path)
        .with_context(|| format!("the bundler made no .{extension}"))
}

/// The packages that the bundler left, one directory per kind.
fn packages_below(bundles: &Path) -> Result<Vec<PathBuf>> {
    const KINDS: &[&str] = &["deb", "rpm", "AppImage", "dmg", "msi", "exe"];
    let mut made = Vec::new();
    for kind in fs::read_dir(bundles)
        .with_context(|| bundles.display().to_string())?
        .flatten()
    {
        for file in fs::read_dir(kind.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path
                .extension()
                .is_some_and(|extension| KINDS.iter().any(|kind| extension == *kind))
            {
                made.push(path);
            }
        }
    }
    made.sort();
    Ok(made)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn a_listing_is_read_as_each_program_writes_it() {
        let line = "-rwxr-xr-x 0/0 35021752 2026-11-24 23:05 ";
        for (listing, there) in [
            (format!("{line}usr/bin/kiulu"), true),
            (format!("{line}./usr/bin/kiulu"), true),
            ("/usr/bin/kiulu".to_owned(), true),
            (format!("{line}usr/bin/kiulu-cli"), false),
            (format!("{line}opt/usr/bin/kiulu"), false),
        ] {
            assert_eq!(lists(&listing, "/usr/bin/kiulu"), there, "{listing}");
        }
    }

    #[test]
    fn packages_are_told_from_what_lies_beside_them() {
        let bundles = tempfile::tempdir().unwrap();
        for file in ["deb/kiulu.deb", "deb/control", "rpm/kiulu.rpm"] {
            let path = bundles.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::create_dir_all(bundles.path().join("deb/kiulu/data")).unwrap();
        let made = packages_below(bundles.path()).unwrap();
        assert_eq!(made.len(), 2, "{made:?}");
        assert!(one(&made, "rpm").unwrap().ends_with("rpm/kiulu.rpm"));
        assert!(one(&made, "dmg").is_err());
    }
}
