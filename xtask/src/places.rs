//! Where things lie: the source tree, the target directory, the tools that xtask installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The directories that every task works with.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The root of the source tree.
    pub(crate) root: PathBuf,
    /// Cargo's target directory for every build that xtask starts.
    pub(crate) target: PathBuf,
    /// Programs that xtask installs for itself, as a cargo install root.
    pub(crate) tools: PathBuf,
}

impl Places {
    /// Finds the places of this source tree on this machine.
    ///
    /// With `CI=true` the target directory lies outside the clone, so that the next clone on the same machine
    /// does not compile the dependencies again. `CARGO_TARGET_DIR` wins over that.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies one level below the root of the source tree")?
            .to_path_buf();
        let cache = cache_directory().join("kiulu");
        let target = match std::env::var_os("CARGO_TARGET_DIR").filter(|set| !set.is_empty()) {
            Some(set) => root.join(set),
            None if on_ci() => cache.join("target"),
            None => root.join("target"),
        };
        Ok(Self {
            root,
            target,
            tools: cache.join("tools"),
        })
    }

    /// The directory of the page: everything that npm knows about.
    pub(crate) fn page(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A program of the given build profile's directory (`debug` or `release`).
    pub(crate) fn built(&self, profile: &str, program: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A `cargo` call in the source tree that builds into the shared target directory.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        // What `cargo run` told xtask about its own package must not reach the builds that xtask starts.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        if on_ci() {
            // A clean clone gains nothing from incremental compilation, and its files are large.
            command.env("CARGO_INCREMENTAL", "0");
        }
        command.env("PATH", self.path());
        command
    }

    /// `PATH` with the installed tools in front.
    pub(crate) fn path(&self) -> std::ffi::OsString {
        let mut directories = vec![self.tools.join("bin")];
        if let Some(path) = std::env::var_os("PATH") {
            directories.extend(std::env::split_paths(&path));
        }
        std::env::join_paths(directories).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
    }
}

/// Whether this is continuous integration (`CI=true`).
pub(crate) fn on_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// The user's directory for files that can be made again: XDG where it is set, the platform's own otherwise.
fn cache_directory() -> PathBuf {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(directory) = set("XDG_CACHE_HOME").filter(|directory| directory.is_absolute()) {
        return directory;
    }
    if cfg!(windows)
        && let Some(directory) = set("LOCALAPPDATA")
    {
        return directory;
    }
    set("HOME")
        .or_else(|| set("USERPROFILE"))
        .unwrap_or_else(std::env::temp_dir)
        .join(".cache")
}
