//! Migrations that went out in a release stay as they are: databases in the field were made by them.

use super::{Finding, Source};
use crate::node::fingerprint;

const DIRECTORY: &str = "crates/store/migrations/";

/// The list of shipped migrations, in the form of `sha256sum`. It grows by the new files at every release; before
/// the first one it does not exist.
const SHIPPED: &str = "crates/store/migrations/SHIPPED.sha256";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(list) = sources.iter().find(|source| source.path == SHIPPED) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut last_shipped = "";
    let mut listed = Vec::new();
    for (number, line) in list.lines() {
        let Some((hash, name)) = line.split_once("  ") else {
            findings.push(Finding::at(
                SHIPPED,
                number,
                "is not a line of `sha256sum`: hash, two spaces, file name",
            ));
            continue;
        };
        last_shipped = last_shipped.max(name);
        listed.push(name);
        let path = format!("{DIRECTORY}{name}");
        match sources.iter().find(|source| source.path == path) {
            None => findings.push(Finding::new(
                path,
                "has shipped and is gone: bring it back as it was",
            )),
            Some(file) if fingerprint(file.text.as_bytes()) != hash => {
                findings.push(Finding::new(
                    path,
                    "has shipped and was changed since: undo that and add a migration",
                ));
            }
            Some(_) => {}
        }
    }
    for source in sources {
        if let Some(name) = source.path.strip_prefix(DIRECTORY)
            && source.extension() == "sql"
            && name < last_shipped
            && !listed.contains(&name)
        {
            let sentence =
                format!("is new and sorts before {last_shipped}, which has shipped: number it after that");
            findings.push(Finding::new(&source.path, sentence));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)], shipped: &[(&str, &str)]) -> Vec<Source> {
        let list: String = shipped
            .iter()
            .map(|(name, text)| format!("{}  {name}\n", fingerprint(text.as_bytes())))
            .collect();
        let mut sources = vec![Source::new(SHIPPED, &list)];
        sources.extend(
            files
                .iter()
                .map(|(name, text)| Source::new(&format!("{DIRECTORY}{name}"), text)),
        );
        sources
    }

    #[test]
    fn without_a_release_nothing_is_fixed() {
        assert_eq!(
            check(&[Source::new(
                "crates/store/migrations/0001.sql",
                "CREATE TABLE a (b);"
            )]),
            []
        );
    }

    #[test]
    fn shipped_files_stay_and_new_ones_follow() {
        assert_eq!(
            check(&tree(
                &[("0001.sql", "a"), ("0002.sql", "b")],
                &[("0001.sql", "a")]
            )),
            []
        );
    }

    #[test]
    fn a_changed_a_removed_and_a_slipped_in_file_are_found() {
        let found = check(&tree(
            &[("0001.sql", "changed"), ("0002.sql", "slipped in")],
            &[("0001.sql", "a"), ("0003.sql", "c")],
        ));
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].contains("0001.sql: has shipped and was changed"),
            "{found:?}"
        );
        assert!(
            found[1].contains("0003.sql: has shipped and is gone"),
            "{found:?}"
        );
        assert!(
            found[2].contains("0002.sql: is new and sorts before 0003.sql"),
            "{found:?}"
        );
    }
}
