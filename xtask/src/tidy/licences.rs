//! Whether every dependency's licence lets Kiulu be given away under MIT.
//!
//! The list of licences stands once, in `deny.toml`; cargo-deny reads the same one where it is installed. The
//! page's packages are read from npm's lock file.

use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use super::Finding;
use super::metadata::Metadata;
use crate::places::Places;

/// Licences that a tool may have which runs at build time and leaves nothing of itself in the program: data and
/// documents in npm's tools.
const BUILD_TOOLS_MAY: &[&str] = &["CC-BY-4.0", "Python-2.0", "BlueOak-1.0.0", "CC-BY-3.0", "WTFPL"];

/// npm packages whose manifest names no licence, and the one that the licence file beside it holds.
const READ_BY_HAND: &[(&str, &str)] = &[
    ("@inlang/plugin-message-format", "MIT"),
    ("sqlite-wasm-kysely", "MIT"),
    ("svelte-toolbelt", "MIT"),
];

/// Crates that only the fuzz targets use, with their licences. They build nothing that is given away.
const ONLY_FUZZING: &[(&str, &str)] = &[
    ("arbitrary", "MIT OR Apache-2.0"),
    ("kiulu-fuzz", "MIT"),
    ("libfuzzer-sys", "(MIT OR Apache-2.0) AND NCSA"),
];

#[derive(Debug, Deserialize)]
struct Deny {
    licenses: Allowed,
}

/// The part of `deny.toml` that says which licences are fine.
#[derive(Debug, Deserialize)]
struct Allowed {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

impl Allowed {
    /// Whether the expression can be met with the allowed licences alone. `None` when it is no SPDX expression.
    fn permits(&self, name: &str, expression: &str, further: &[&str]) -> Option<bool> {
        // Lax: older crates write `MIT/Apache-2.0`.
        let expression = Expression::parse_mode(expression, ParseMode::LAX).ok()?;
        let exceptions: Vec<&str> = self
            .exceptions
            .iter()
            .filter(|exception| exception.name == name)
            .flat_map(|exception| exception.allow.iter().map(String::as_str))
            .collect();
        Some(expression.evaluate(|requirement| {
            let wanted = requirement.to_string();
            self.allow.contains(&wanted)
                || exceptions.contains(&wanted.as_str())
                || further.contains(&wanted.as_str())
        }))
    }
}

/// Checks every crate of the lock file, for every platform, and every npm package.
pub(super) fn check(places: &Places, metadata: &Metadata) -> Result<Vec<Finding>> {
    let file = places.root.join("deny.toml");
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let allowed = toml::from_str::<Deny>(&text).context("deny.toml")?.licenses;
    let mut findings: Vec<Finding> = metadata
        .foreign()
        .filter_map(|package| {
            let licence = package.license.as_deref();
            judge(&allowed, &package.name, &package.version, licence, &[])
        })
        .collect();
    let locks = ["Cargo.lock", "fuzz/Cargo.lock"].map(|lock| {
        let text = fs::read_to_string(places.root.join(lock)).with_context(|| lock.to_owned())?;
        toml::from_str::<CargoLock>(&text).with_context(|| lock.to_owned())
    });
    let [main, fuzz] = locks;
    findings.extend(fuzzed(&main?, &fuzz?));
    let lock = places.page().join("package-lock.json");
    if let Ok(text) = fs::read_to_string(&lock) {
        findings.extend(npm(&allowed, &text)?);
    }
    Ok(findings)
}

/// What cargo locked, as far as it matters here.
#[derive(Debug, Deserialize)]
struct CargoLock {
    package: Vec<LockedCrate>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct LockedCrate {
    name: String,
    version: String,
}

/// The fuzz targets have a lock file of their own. It holds the versions that ship, whose licences were judged, and what only
/// fuzzing needs: another version would not be the code that was fuzzed.
fn fuzzed(main: &CargoLock, fuzz: &CargoLock) -> Vec<Finding> {
    let only = |locked: &LockedCrate| ONLY_FUZZING.iter().any(|(name, _)| *name == locked.name);
    let strange = fuzz
        .package
        .iter()
        .filter(|locked| !main.package.contains(locked) && !only(locked));
    let sentence =
        "is not what the workspace locks: `cargo update --precise` in fuzz, or name it in ONLY_FUZZING";
    strange
        .map(|locked| {
            Finding::new(
                "fuzz/Cargo.lock",
                format!("{} {} {sentence}", locked.name, locked.version),
            )
        })
        .collect()
}

fn judge(
    allowed: &Allowed,
    name: &str,
    version: &str,
    licence: Option<&str>,
    further: &[&str],
) -> Option<Finding> {
    let place = format!("{name} {version}");
    let Some(licence) = licence else {
        return Some(Finding::new(
            place,
            "names no licence: read its files and decide in deny.toml",
        ));
    };
    match allowed.permits(name, licence, further) {
        Some(true) => None,
        Some(false) => Some(Finding::new(
            place,
            format!("has the licence {licence}, which deny.toml does not allow"),
        )),
        None => Some(Finding::new(
            place,
            format!("has the licence {licence:?}, which is no SPDX expression"),
        )),
    }
}

/// npm's lock file, version 3: one entry per installed directory.
#[derive(Debug, Deserialize)]
struct Lock {
    packages: std::collections::BTreeMap<String, Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    #[serde(default)]
    version: String,
    license: Option<String>,
    #[serde(default)]
    dev: bool,
}

fn npm(allowed: &Allowed, text: &str) -> Result<Vec<Finding>> {
    let lock: Lock =
        serde_json::from_str(text).context("package-lock.json is not in the form of version 3")?;
    Ok(lock
        .packages
        .iter()
        // The empty path is the page itself.
        .filter(|(path, _)| !path.is_empty())
        .filter_map(|(path, package)| {
            let name = path.rsplit("node_modules/").next().unwrap_or(path);
            let further = if package.dev { BUILD_TOOLS_MAY } else { &[] };
            let read = READ_BY_HAND
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, licence)| *licence);
            let licence = package.license.as_deref().or(read);
            judge(allowed, name, &package.version, licence, further)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn allowed() -> Allowed {
        toml::from_str::<Deny>(
            r#"
            [licenses]
            allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-3-Clause"]
            exceptions = [{ crate = "libsqlite3-sys", allow = ["blessing"] }]
            "#,
        )
        .unwrap()
        .licenses
    }

    #[test]
    fn expressions_are_read_as_logic() {
        for (expression, permitted) in [
            ("MIT", Some(true)),
            ("GPL-3.0-only", Some(false)),
            ("MIT OR GPL-3.0-only", Some(true)),
            ("MIT AND GPL-3.0-only", Some(false)),
            ("(MIT OR GPL-3.0-only) AND BSD-3-Clause", Some(true)),
            ("MIT/Apache-2.0", Some(true)),
            ("Apache-2.0 WITH LLVM-exception", Some(true)),
            ("MIT AND blessing", Some(false)),
            ("free for all", None),
        ] {
            assert_eq!(
                allowed().permits("some-crate", expression, &[]),
                permitted,
                "{expression}"
            );
        }
    }

    #[test]
    fn an_exception_holds_for_its_crate_alone() {
        assert_eq!(
            allowed().permits("libsqlite3-sys", "MIT AND blessing", &[]),
            Some(true)
        );
    }

    #[test]
    fn a_missing_licence_is_a_finding() {
        let found = judge(&allowed(), "x", "1.0.0", None, &[]).unwrap();
        assert_eq!(found.place, "x 1.0.0");
    }

    #[test]
    fn what_is_fuzzed_is_what_ships() {
        let lock = |text: &str| toml::from_str::<CargoLock>(text).unwrap();
        let main = lock("[[package]]\nname = \"age\"\nversion = \"1.0.0\"\n");
        let fuzz = lock(
            "[[package]]\nname = \"age\"\nversion = \"1.0.1\"\n[[package]]\nname = \"libfuzzer-sys\"\nversion = \"0.4.0\"\n",
        );
        let found = fuzzed(&main, &fuzz);
        assert!(
            found.len() == 1 && found[0].sentence.starts_with("age 1.0.1 is not"),
            "{found:?}"
        );
        assert_eq!(fuzzed(&main, &main), []);
    }

    #[test]
    fn npm_build_tools_may_more_than_what_ships() {
        let lock = r#"{"packages": {
            "": {"version": "0.1.0"},
            "node_modules/shipped": {"version": "1.0.0", "license": "CC-BY-4.0"},
            "node_modules/a/node_modules/@s/tool": {"version": "2.0.0", "license": "CC-BY-4.0", "dev": true},
            "node_modules/worse": {"version": "3.0.0", "license": "GPL-2.0-only", "dev": true}
        }}"#;
        let found: Vec<String> = npm(&allowed(), lock)
            .unwrap()
            .iter()
            .map(|found| found.place.clone())
            .collect();
        assert_eq!(found, ["shipped 1.0.0", "worse 3.0.0"]);
    }
}
