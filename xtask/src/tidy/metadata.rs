//! The packages and their dependencies, as `cargo metadata` tells them.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::places::Places;
use crate::process::read;

/// All packages of the lock file.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    pub(super) workspace_members: Vec<String>,
    pub(super) workspace_root: String,
}

/// One package: a member of the workspace or a dependency, direct or not.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    pub(super) manifest_path: String,
    pub(super) dependencies: Vec<Dependency>,
}

/// A dependency that a package declares.
#[derive(Debug, Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `None` for an ordinary dependency, else `dev` or `build`.
    pub(super) kind: Option<String>,
}

impl Metadata {
    /// The packages that this project writes.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The packages that others write.
    pub(super) fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| !self.workspace_members.contains(&package.id))
    }
}

impl Package {
    /// The package's manifest, relative to the workspace, with `/` on every system.
    pub(super) fn manifest(&self, metadata: &Metadata) -> String {
        let path = self
            .manifest_path
            .strip_prefix(&metadata.workspace_root)
            .unwrap_or(&self.manifest_path);
        path.replace('\\', "/").trim_start_matches('/').to_owned()
    }
}

/// Asks cargo, without letting it change the lock file.
pub(super) fn of(places: &Places) -> Result<Metadata> {
    let text = read(
        "cargo metadata",
        &mut places.cargo(&["metadata", "--format-version", "1", "--locked"]),
    )?;
    serde_json::from_str(&text).context("cargo metadata answers in another form than expected")
}
