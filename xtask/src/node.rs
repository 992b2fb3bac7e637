//! The page's side: Node, its packages, and the built page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::machine::find_program;
use crate::places::Places;
use crate::process::{read, run, say};

/// The oldest Node that the page's tools run on (Vite 8 asks for it).
const OLDEST_NODE: (u32, u32) = (20, 19);

/// What changes the built page when it changes, relative to the page's directory.
const PAGE_SOURCES: &[&str] = &[
    "src",
    "messages",
    "project.inlang",
    "public",
    "index.html",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
    "../assets",
];

/// Checks that Node is there and new enough.
///
/// # Errors
/// A sentence that says which Node is needed and which was found.
pub(crate) fn check_node() -> Result<()> {
    let wanted = format!(
        "Kiulu's page is built with Node {}.{} or newer",
        OLDEST_NODE.0, OLDEST_NODE.1
    );
    if find_program("node").is_none() {
        bail!(
            "{wanted}, and there is no `node` on PATH. Install it from https://nodejs.org and start again."
        );
    }
    let version = read("node --version", Command::new("node").arg("--version"))?;
    let version = version.trim();
    match major_and_minor(version) {
        Some(found) if found >= OLDEST_NODE => {}
        _ => bail!("{wanted}, and this machine has {version}. Install a newer one from https://nodejs.org."),
    }
    if npm().is_none() {
        bail!(
            "there is no `npm` on PATH beside `node`. Install it (it comes with Node from https://nodejs.org)."
        );
    }
    Ok(())
}

fn major_and_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn npm() -> Option<PathBuf> {
    if cfg!(windows) {
        let path = std::env::var_os("PATH")?;
        return std::env::split_paths(&path)
            .map(|directory| directory.join("npm.cmd"))
            .find(|file| file.is_file());
    }
    find_program("npm")
}

/// `npm` with these arguments in the page's directory.
pub(crate) fn npm_command(places: &Places, arguments: &[&str]) -> Command {
    let mut command = Command::new(npm().unwrap_or_else(|| "npm".into()));
    command.args(arguments).current_dir(places.page());
    command
}

/// Installs the page's packages when what is installed does not come from the lock file as it stands.
pub(crate) fn install_packages(places: &Places) -> Result<()> {
    let lock = places.page().join("package-lock.json");
    let wanted = fingerprint(&fs::read(&lock).with_context(|| lock.display().to_string())?);
    let stamp = places.page().join("node_modules/.kiulu-lock");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    say("Installing the page's packages (npm ci): what is there does not match package-lock.json");
    run(
        "npm ci",
        &mut npm_command(places, &["ci", "--no-audit", "--no-fund"]),
    )?;
    fs::write(&stamp, wanted).with_context(|| stamp.display().to_string())
}

/// Builds the page into `ui/dist` unless that is newer than everything it is made from.
pub(crate) fn build_page(places: &Places) -> Result<()> {
    if page_is_fresh(places) {
        return Ok(());
    }
    run("building the page", &mut npm_command(places, &["run", "build"]))
}

/// Whether `ui/dist` is newer than everything it is made from.
pub(crate) fn page_is_fresh(places: &Places) -> bool {
    let page = places.page();
    let Ok(built) = fs::metadata(page.join("dist/index.html")).and_then(|file| file.modified()) else {
        return false;
    };
    PAGE_SOURCES
        .iter()
        .filter_map(|source| newest(&page.join(source)))
        .max()
        .is_none_or(|changed| changed < built)
}

/// The latest change below a path; `None` when nothing is there. Directories count, so that a removed file does.
fn newest(path: &Path) -> Option<SystemTime> {
    let metadata = fs::metadata(path).ok()?;
    let own = metadata.modified().ok();
    // The message compiler writes this one itself, during the build.
    if !metadata.is_dir() || path.ends_with("src/paraglide") {
        return if metadata.is_dir() { None } else { own };
    }
    let below = fs::read_dir(path)
        .ok()?
        .flatten()
        .filter_map(|entry| newest(&entry.path()))
        .max();
    // `src` itself changes when the compiler makes its directory anew.
    if path.ends_with("src") {
        below
    } else {
        own.max(below)
    }
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert!(major_and_minor("v20.20.2").unwrap() >= OLDEST_NODE);
        assert!(major_and_minor("v22.3.0").unwrap() >= OLDEST_NODE);
        assert!(major_and_minor("v20.9.0").unwrap() < OLDEST_NODE);
        assert!(major_and_minor("v18.20.4").unwrap() < OLDEST_NODE);
        assert_eq!(major_and_minor("nonsense"), None);
    }

    #[test]
    fn sha256_is_that_of_the_standard() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            fingerprint(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_page_is_stale_after_a_source_changed() {
        let root = tempfile::tempdir().unwrap();
        let places = Places {
            root: root.path().into(),
            target: root.path().into(),
            tools: root.path().into(),
        };
        let at = |seconds| SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        let write = |path: &str, seconds| {
            let path = root.path().join("ui").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            fs::File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_modified(at(seconds))
                .unwrap();
        };
        assert!(!page_is_fresh(&places), "nothing is built");
        write("src/main.ts", 100);
        write("dist/index.html", 200);
        assert!(page_is_fresh(&places));
        write("src/paraglide/messages.js", 300);
        assert!(page_is_fresh(&places), "what the build writes does not count");
        write("src/main.ts", 300);
        assert!(!page_is_fresh(&places));
    }
}
