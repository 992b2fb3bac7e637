//! What SECURITY.md says a test shows, a test of that name shows.

use std::collections::HashSet;

use super::{Finding, Source};

const PLACE: &str = "SECURITY.md";

/// Every name in the last cell of a row that begins a table headed `shown by` must be a function's.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(document) = sources.iter().find(|source| source.path == PLACE) else {
        return Vec::new();
    };
    let functions: HashSet<&str> = sources
        .iter()
        .filter(|source| source.extension() == "rs")
        .flat_map(|source| source.lines())
        .filter_map(|(_, line)| function(line))
        .collect();
    let mut told = Vec::new();
    for (number, line) in document.lines() {
        let Some(cell) = line.strip_suffix('|').and_then(|row| row.rsplit('|').next()) else {
            continue;
        };
        for name in cell.split('`').skip(1).step_by(2) {
            let is_name = name.contains('_')
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if is_name && !functions.contains(name) {
                told.push(Finding::at(PLACE, number, format!("no test is called {name}")));
            }
        }
    }
    told
}

/// The name of the function that a line begins to define.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = line.strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_without_its_test_is_found() {
        let document =
            "| says | shown by |\n|---|---|\n| cannot | `it_cannot`, `nor_can_it` |\n| may | `kiulu-cli` |\n";
        let tests = "    async fn it_cannot(world: &World) {\n";
        let sources = [
            Source::new(PLACE, document),
            Source::new("crates/a/tests/b.rs", tests),
        ];
        let told = check(&sources);
        assert_eq!(told, [Finding::at(PLACE, 3, "no test is called nor_can_it")]);
    }
}
