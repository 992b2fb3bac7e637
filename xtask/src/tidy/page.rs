//! Which way the page's parts may point.

use super::{Finding, Source};

/// Checks every import below `ui/src`.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        let Some(inside) = source.path.strip_prefix("ui/src/") else {
            continue;
        };
        if !matches!(source.extension(), "ts" | "js" | "svelte") {
            continue;
        }
        for (number, line) in source.lines() {
            for target in imports(line) {
                if let Some(sentence) = breach(inside, target) {
                    findings.push(Finding::at(&source.path, number, sentence));
                }
            }
        }
    }
    findings
}

fn breach(inside: &str, target: &str) -> Option<String> {
    if target.starts_with("@tauri-apps/") && !inside.starts_with("platform/") {
        return Some(format!(
            "imports {target}: only ui/src/platform speaks to the desktop shell"
        ));
    }
    let other = feature_of(&resolve(inside, target))?.to_owned();
    if inside.starts_with("components/") {
        return Some(format!("imports the feature {other}: components know no area"));
    }
    match feature_of(inside) {
        Some(own) if own != other => Some(format!(
            "imports the inside of {other}: features do not know each other"
        )),
        _ => None,
    }
}

/// What a line imports: the quoted word after `from`, after `import`, or inside `import(…)`.
fn imports(line: &str) -> Vec<&str> {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") || trimmed.starts_with('*') {
        return Vec::new();
    }
    let mut found = Vec::new();
    for keyword in ["from", "import"] {
        for (at, _) in line.match_indices(keyword) {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '.' | '$')) {
                continue;
            }
            let rest = line[at + keyword.len()..].trim_start_matches([' ', '(']);
            let Some(quote) = rest
                .chars()
                .next()
                .filter(|first| matches!(first, '"' | '\'' | '`'))
            else {
                continue;
            };
            if let Some(target) = rest[1..].split(quote).next() {
                found.push(target);
            }
        }
    }
    found
}

/// The target as a path below `ui/src`; an alias such as `$lib/…` or `@/…` is taken off.
fn resolve(inside: &str, target: &str) -> String {
    if !target.starts_with('.') {
        return target
            .trim_start_matches("$lib/")
            .trim_start_matches("@/")
            .trim_start_matches(['$', '/'])
            .to_owned();
    }
    let mut parts: Vec<&str> = inside.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The feature that a path below `ui/src` belongs to.
fn feature_of(path: &str) -> Option<&str> {
    path.strip_prefix("features/")?.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, line: &str) -> usize {
        check(&[Source::new(path, line)]).len()
    }

    #[test]
    fn only_the_platform_speaks_to_the_shell() {
        let line = "import { invoke } from '@tauri-apps/api/core';";
        assert_eq!(breaches("ui/src/platform/commands.ts", line), 0);
        assert_eq!(breaches("ui/src/features/contacts/List.svelte", line), 1);
        assert_eq!(
            breaches(
                "ui/src/main.ts",
                "const core = await import(\"@tauri-apps/api/core\");"
            ),
            1
        );
        assert_eq!(
            breaches(
                "ui/src/main.ts",
                "// import '@tauri-apps/api/core' is for platform/"
            ),
            0
        );
    }

    #[test]
    fn components_know_no_area() {
        assert_eq!(
            breaches(
                "ui/src/components/Button.svelte",
                "  import Row from '../features/contacts/Row.svelte';"
            ),
            1
        );
        assert_eq!(
            breaches(
                "ui/src/components/Button.svelte",
                "  import Icon from './Icon.svelte';"
            ),
            0
        );
        assert_eq!(
            breaches(
                "ui/src/pages/Contacts.svelte",
                "import List from '$lib/features/contacts/List.svelte'"
            ),
            0
        );
    }

    #[test]
    fn features_do_not_know_each_other() {
        let path = "ui/src/features/contacts/page/Contact.svelte";
        assert_eq!(breaches(path, "import { x } from '../list';"), 0);
        assert_eq!(breaches(path, "import { x } from '../../imports/wizard';"), 1);
        assert_eq!(breaches(path, "export { x } from '$features/imports/wizard';"), 1);
        assert_eq!(
            breaches(path, "import type { C } from '../../../api/bindings';"),
            0
        );
    }
}
