//! Installing what a machine lacks, saying what and why.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::machine::{self, Need, find_program, missing, quiet};
use crate::node;
use crate::places::Places;
use crate::process::{read, run, say};

/// What a task is about to do, and therefore what must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Compiling the program and building the page.
    Building,
    /// Testing the endpoint on a real PostgreSQL. Only on Linux: elsewhere its programs are looked for where they are.
    EndpointTests,
    /// Driving the real window. Only on Linux: nothing is asked elsewhere.
    WindowTests,
    /// Making and inspecting installable packages.
    Packaging,
}

/// The WebDriver bridge. Version 3 is an alpha that drops the program's path from the capabilities it passes on.
const TAURI_DRIVER: (&str, &str) = ("tauri-driver", "2.1.0");
/// The test runner: it gives every test a process of its own, which the tests of limits and kills rely on.
const NEXTEST: (&str, &str) = ("cargo-nextest", "0.9.143");
/// Builds and runs the fuzz targets.
const CARGO_FUZZ: (&str, &str) = ("cargo-fuzz", "0.13.2");

/// Makes the machine ready: system packages, tools, npm packages.
///
/// # Errors
/// A sentence with the one command to run where this program may not install by itself.
pub(crate) fn setup(places: &Places, purposes: &[For]) -> Result<()> {
    system_packages(&needs(purposes))?;
    node::check_node()?;
    node::install_packages(places)
}

/// Installs the tools from crates.io that the tests run with.
pub(crate) fn test_tools(places: &Places) -> Result<()> {
    tool(places, NEXTEST, "running the Rust tests")?;
    if cfg!(target_os = "linux") {
        tool(places, TAURI_DRIVER, "driving the window in tests")?;
    }
    Ok(())
}

/// Installs what only fuzzing needs.
pub(crate) fn fuzz_tools(places: &Places) -> Result<()> {
    tool(places, CARGO_FUZZ, "fuzzing")
}

fn needs(purposes: &[For]) -> Vec<Need> {
    let tables: &[(For, &str, &[Need])] = &[
        (For::Building, "linux", machine::BUILD_LINUX),
        (For::EndpointTests, "linux", machine::ENDPOINT_LINUX),
        (For::WindowTests, "linux", machine::WINDOW_LINUX),
        (For::Packaging, "linux", machine::PACKAGE_LINUX),
        (For::Building, "macos", machine::BUILD_MACOS),
        (For::Building, "windows", machine::BUILD_WINDOWS),
    ];
    tables
        .iter()
        .filter(|(purpose, system, _)| purposes.contains(purpose) && *system == std::env::consts::OS)
        .flat_map(|(.., needs)| needs.iter().copied())
        .collect()
}

fn system_packages(needs: &[Need]) -> Result<()> {
    let lacking = missing(needs);
    if lacking.is_empty() {
        return Ok(());
    }
    say("This machine lacks:");
    for need in &lacking {
        println!("   {:<24} {}", need.package, need.why);
    }
    if find_program("apt-get").is_none() {
        bail!("install the above with your system's package manager and start again");
    }
    let packages = package_names(&lacking);
    let Some(prefix) = way_to_root() else {
        bail!(
            "run this once, then start again:\n\n  {}\n",
            one_command(&packages)
        );
    };
    say("Installing them with apt-get");
    run("apt-get update", apt(&prefix).args(["update", "-q"]))?;
    run(
        "apt-get install",
        apt(&prefix)
            .args(["install", "-y", "-q", "--no-install-recommends"])
            .args(&packages),
    )?;
    let still = missing(needs);
    if !still.is_empty() {
        bail!(
            "apt-get installed the packages, and yet this is not found: {}",
            package_names(&still).join(", ")
        );
    }
    Ok(())
}

/// Each package once, in the order of the needs.
fn package_names(needs: &[Need]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for need in needs {
        if !names.contains(&need.package) {
            names.push(need.package);
        }
    }
    names
}

fn one_command(packages: &[&str]) -> String {
    format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

/// How this user becomes root without being asked: already there, or `sudo` without a password.
pub(crate) fn way_to_root() -> Option<Vec<&'static str>> {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|answer| answer.stdout == b"0\n");
    if root {
        return Some(Vec::new());
    }
    quiet("sudo", &["-n", "true"]).then(|| vec!["sudo", "-n"])
}

/// `apt-get` as root, never asking questions.
pub(crate) fn apt(prefix: &[&str]) -> Command {
    // Through `env`, because sudo does not pass the variable on.
    let mut words = prefix
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    let mut command = Command::new(words.next().unwrap_or("env"));
    command.args(words);
    command
}

fn tool(places: &Places, (name, version): (&str, &str), why: &str) -> Result<()> {
    let own = places
        .tools
        .join("bin")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if name == NEXTEST.0 && find_program(name).is_some() {
        // Any nextest of the machine's own will do: its command line is stable.
        return Ok(());
    }
    if own.is_file() && installed_version(&places.tools, name).as_deref() == Some(version) {
        return Ok(());
    }
    say(&format!(
        "Installing {name} {version} from crates.io into {} ({why})",
        places.tools.display()
    ));
    std::io::stdout().flush().ok();
    let build = places.tools.join("build");
    let root = places.tools.display().to_string();
    let mut command = places.cargo(&[
        "install",
        "--quiet",
        "--locked",
        "--version",
        version,
        "--root",
        &root,
        name,
    ]);
    // Away from the source tree, whose settings are not the tool's.
    let result = run(
        &format!("installing {name}"),
        command
            .current_dir(std::env::temp_dir())
            .env("CARGO_TARGET_DIR", &build),
    );
    if build.exists() {
        std::fs::remove_dir_all(&build).with_context(|| build.display().to_string())?;
    }
    result
}

/// The version that cargo noted when it installed a tool below this root.
fn installed_version(root: &Path, name: &str) -> Option<String> {
    let noted = std::fs::read_to_string(root.join(".crates.toml")).ok()?;
    version_in(&noted, name)
}

fn version_in(noted: &str, name: &str) -> Option<String> {
    let noted: toml::Table = noted.parse().ok()?;
    noted.get("v1")?.as_table()?.keys().find_map(|key| {
        let mut words = key.split(' ');
        (words.next() == Some(name)).then(|| words.next().unwrap_or_default().to_owned())
    })
}

/// One line about what builds here, for the head of a log.
pub(crate) fn describe(places: &Places) -> Result<String> {
    let cargo = read("cargo --version", &mut places.cargo(&["--version"]))?;
    let node = read("node --version", Command::new("node").arg("--version"))?;
    Ok(format!(
        "{}, node {}, building into {}",
        cargo.trim(),
        node.trim(),
        places.target.display()
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use crate::machine::Check;

    #[test]
    fn a_package_with_two_programs_is_installed_once() {
        let needs = [
            Need {
                package: "dbus",
                why: "",
                check: Check::Program("a"),
            },
            Need {
                package: "xvfb",
                why: "",
                check: Check::Program("b"),
            },
            Need {
                package: "dbus",
                why: "",
                check: Check::Program("c"),
            },
        ];
        assert_eq!(package_names(&needs), ["dbus", "xvfb"]);
        assert_eq!(
            one_command(&package_names(&needs)),
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends dbus xvfb"
        );
    }

    #[test]
    fn the_version_of_an_installed_tool_is_read_from_cargos_note() {
        let noted =
            "[v1]\n\"tauri-driver 2.1.0 (registry+https://example.org/index)\" = [\"tauri-driver\"]\n";
        assert_eq!(version_in(noted, "tauri-driver").as_deref(), Some("2.1.0"));
        assert_eq!(version_in(noted, "tauri"), None);
    }

    #[test]
    fn every_purpose_on_linux_names_what_it_needs() {
        if cfg!(target_os = "linux") {
            assert_eq!(needs(&[For::WindowTests]).len(), machine::WINDOW_LINUX.len());
            assert_eq!(needs(&[For::EndpointTests]).len(), machine::ENDPOINT_LINUX.len());
            assert_eq!(
                needs(&[For::Building, For::Packaging]).len(),
                machine::BUILD_LINUX.len() + machine::PACKAGE_LINUX.len()
            );
        }
    }
}
