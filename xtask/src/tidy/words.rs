//! Words that must not stand in a tracked file: they name the machine that somebody works on.

use super::{Finding, Source};

/// Roots of absolute paths that exist on a developer's machine only. Put together from halves, so that this file
/// does not find itself.
const ROOTS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        for (number, line) in source.lines() {
            for root in ROOTS {
                if begins_a_path(line, root) {
                    let sentence = format!("names a directory of one machine ({root}…)");
                    findings.push(Finding::at(&source.path, number, sentence));
                }
            }
        }
    }
    findings
}

/// Whether the root occurs where a path begins, and not in the middle of a longer path or an address.
fn begins_a_path(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        line[..at].chars().next_back().is_none_or(|before| {
            !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | '~' | '$' | '/')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_of_a_machine_are_found() {
        let root = ROOTS[0];
        let sources = [
            Source::new("a.md", &format!("fine\nsee `{root}notes`\n")),
            Source::new("b.rs", root),
        ];
        let found: Vec<String> = check(&sources)
            .iter()
            .map(|finding| finding.place.clone())
            .collect();
        assert_eq!(found, ["a.md:2", "b.rs:1"]);
    }

    #[test]
    fn the_same_letters_inside_a_longer_path_are_not() {
        let sources: Vec<Source> = ROOTS
            .iter()
            .map(|root| {
                Source::new(
                    "a.md",
                    &format!("https://example.org{root}x and src{root}y and ${{d}}{root}z"),
                )
            })
            .collect();
        assert_eq!(check(&sources), []);
    }
}
