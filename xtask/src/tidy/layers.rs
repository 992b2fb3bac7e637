//! Which way the crates may point.

use super::Finding;
use super::metadata::{Metadata, Package};

/// Each member and the members that it may use. An arrow the other way is a design change: it belongs into
/// ARCHITECTURE.md first and then here.
const MAY_USE: &[(&str, &[&str])] = &[
    ("kiulu-domain", &[]),
    ("kiulu-icalendar", &["kiulu-domain"]),
    ("kiulu-linkage", &["kiulu-domain"]),
    ("kiulu-spreadsheet", &["kiulu-domain"]),
    ("kiulu-store", &["kiulu-domain"]),
    ("kiulu-mail", &["kiulu-domain"]),
    ("kiulu-print", &["kiulu-domain"]),
    ("kiulu-wire", &[]),
    ("kiulu-sync", &["kiulu-domain", "kiulu-store", "kiulu-wire"]),
    (
        "kiulu-app",
        &[
            "kiulu-domain",
            "kiulu-icalendar",
            "kiulu-linkage",
            "kiulu-mail",
            "kiulu-print",
            "kiulu-spreadsheet",
            "kiulu-store",
            "kiulu-sync",
            "kiulu-wire",
        ],
    ),
    ("kiulu", &["kiulu-app", "kiulu-domain"]),
    ("kiulu-cli", &["kiulu-app", "kiulu-domain"]),
    ("kiulu-endpoint", &["kiulu-wire"]),
    // The measuring program sets the layers beside each other.
    (
        "kiulu-bench",
        &[
            "kiulu-app",
            "kiulu-domain",
            "kiulu-linkage",
            "kiulu-spreadsheet",
            "kiulu-store",
            "kiulu-wire",
        ],
    ),
    ("xtask", &[]),
];

/// Who speaks to SQLite directly: the client's one store, the endpoint's own log, and the bare inserts that a
/// benchmark compares with.
const MAY_USE_RUSQLITE: &[&str] = &["kiulu-store", "kiulu-endpoint", "kiulu-bench"];

/// Checks every member's ordinary and build dependencies; tests may reach further.
pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let members: Vec<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    metadata
        .members()
        .flat_map(|package| check_package(metadata, package, &members))
        .collect()
}

fn check_package(metadata: &Metadata, package: &Package, members: &[&str]) -> Vec<Finding> {
    let manifest = package.manifest(metadata);
    let name = package.name.as_str();
    let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![Finding::new(
            manifest,
            format!("{name} has no place among the layers: give it one in xtask"),
        )];
    };
    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        let used = dependency.name.as_str();
        if manifest.starts_with("crates/") && (used == "tauri" || used.starts_with("tauri-")) {
            findings.push(Finding::new(
                &manifest,
                format!("{name} uses {used}: no crate below crates/ knows Tauri"),
            ));
        }
        if dependency.kind.as_deref() == Some("dev") {
            continue;
        }
        if members.contains(&used) && !allowed.contains(&used) {
            findings.push(Finding::new(
                &manifest,
                format!("{name} may not use {used}: it points up or across"),
            ));
        }
        if used == "rusqlite" && !MAY_USE_RUSQLITE.contains(&name) {
            findings.push(Finding::new(
                &manifest,
                format!("{name} uses rusqlite: all client SQL lives in kiulu-store"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::super::metadata::Dependency;
    use super::*;

    /// A package and what it declares to use, with the kind of each dependency.
    type Declared<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);

    fn world(packages: &[Declared<'_>]) -> Metadata {
        let packages: Vec<Package> = packages
            .iter()
            .map(|(name, uses)| Package {
                id: (*name).into(),
                name: (*name).into(),
                version: "0.1.0".into(),
                license: None,
                manifest_path: match *name {
                    "kiulu" => "/kiulu/Cargo.toml".into(),
                    other => format!("/kiulu/crates/{}/Cargo.toml", other.trim_start_matches("kiulu-")),
                },
                dependencies: uses
                    .iter()
                    .map(|(name, kind)| Dependency {
                        name: (*name).into(),
                        kind: kind.map(Into::into),
                    })
                    .collect(),
            })
            .collect();
        Metadata {
            workspace_members: packages.iter().map(|package| package.id.clone()).collect(),
            workspace_root: "/kiulu".into(),
            packages,
        }
    }

    fn breaches(packages: &[Declared<'_>]) -> Vec<String> {
        check(&world(packages)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arrows_downwards_pass() {
        let found = breaches(&[
            ("kiulu-domain", &[("serde", None)]),
            ("kiulu-store", &[("kiulu-domain", None), ("rusqlite", None)]),
            ("kiulu-app", &[("kiulu-store", None), ("kiulu-domain", None)]),
            (
                "kiulu",
                &[
                    ("kiulu-app", None),
                    ("tauri", None),
                    ("tauri-build", Some("build")),
                ],
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn arrows_up_and_across_are_breaches() {
        let found = breaches(&[
            ("kiulu-domain", &[("kiulu-store", None)]),
            ("kiulu-store", &[("kiulu-spreadsheet", None)]),
            ("kiulu-spreadsheet", &[]),
        ]);
        assert_eq!(
            found,
            [
                "crates/domain/Cargo.toml: kiulu-domain may not use kiulu-store: it points up or across",
                "crates/store/Cargo.toml: kiulu-store may not use kiulu-spreadsheet: it points up or across",
            ]
        );
    }

    #[test]
    fn tests_may_reach_further_but_not_to_tauri() {
        assert!(
            breaches(&[
                ("kiulu-domain", &[("kiulu-store", Some("dev"))]),
                ("kiulu-store", &[])
            ])
            .is_empty()
        );
        let found = breaches(&[("kiulu-app", &[("tauri-plugin-dialog", Some("dev"))])]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn sql_outside_the_store_is_a_breach() {
        let found = breaches(&[
            ("kiulu-app", &[("rusqlite", None)]),
            ("kiulu", &[("rusqlite", None)]),
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_crate_without_a_place_is_a_breach() {
        assert!(breaches(&[("kiulu-helpers", &[])])[0].contains("no place among the layers"));
    }
}
