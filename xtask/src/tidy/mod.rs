//! What no compiler and no linter checks: layers, licences, lengths, texts in three languages, shipped migrations.
//!
//! Every rule is a function from the tree to its [`Finding`]s, so that it can be tried on a small invented tree.

mod layers;
mod lengths;
mod licences;
mod messages;
mod metadata;
mod migrations;
mod page;
mod shown;
mod words;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::places::Places;
use crate::process::read;

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// The file, relative to the root, with the line where there is one.
    place: String,
    /// What is wrong and what to do about it.
    sentence: String,
}

impl Finding {
    fn new(place: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            sentence: sentence.into(),
        }
    }

    fn at(path: &str, line: usize, sentence: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), sentence)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.sentence)
    }
}

/// A text file of the source tree.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root, with `/` on every system.
    path: String,
    text: String,
}

impl Source {
    #[cfg(test)]
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The part of the file name after the last dot.
    fn extension(&self) -> &str {
        self.path
            .rsplit('/')
            .next()
            .and_then(|name| name.rsplit_once('.'))
            .map_or("", |(_, extension)| extension)
    }

    /// The lines with their numbers, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// Checks the whole tree.
///
/// # Errors
/// When a rule is broken, after printing every finding; or when the tree cannot be read.
pub(crate) fn tidy(places: &Places) -> Result<()> {
    let sources = sources(&places.root)?;
    let metadata = metadata::of(places)?;
    let mut findings = layers::check(&metadata);
    findings.extend(licences::check(places, &metadata)?);
    findings.extend(lengths::check(&sources));
    findings.extend(page::check(&sources));
    findings.extend(messages::check(&sources));
    findings.extend(migrations::check(&sources));
    findings.extend(shown::check(&sources));
    findings.extend(words::check(&sources));
    findings.extend(cargo_deny(places));
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} breaches", findings.len());
    }
    println!(
        "tidy: {} files, {} packages, nothing to say",
        sources.len(),
        metadata.packages.len()
    );
    Ok(())
}

/// Every text file that git tracks or would track.
fn sources(root: &Path) -> Result<Vec<Source>> {
    let listed = read(
        "git ls-files",
        Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root),
    )?;
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut sources = Vec::new();
    for path in paths {
        let file = root.join(path);
        // A file that is tracked and removed but not yet committed is not there to be checked.
        if !file.is_file() {
            continue;
        }
        let bytes = std::fs::read(&file).with_context(|| path.to_owned())?;
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            sources.push(Source {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(sources)
}

/// Runs cargo-deny where it is installed. Its list of advisories is fetched from the network, so only the checks
/// that work without one are asked for.
fn cargo_deny(places: &Places) -> Option<Finding> {
    crate::machine::find_program("cargo-deny")?;
    let checked = places
        .cargo(&[
            "deny",
            "--offline",
            "--log-level",
            "error",
            "check",
            "licenses",
            "bans",
            "sources",
        ])
        .status();
    match checked {
        Ok(status) if status.success() => None,
        _ => Some(Finding::new("deny.toml", "cargo deny has findings, listed above")),
    }
}
