//! The page's sentences: three languages, the same keys, the same placeholders, none missing and none left over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Finding, Source};

/// The language that the others are compared with: the one in which the product is written first.
const FIRST: &str = "ui/messages/fi.json";
const OTHERS: &[&str] = &["ui/messages/sv.json", "ui/messages/en.json"];

/// A language's messages: key to the set of its placeholders.
type Messages = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(first) = sources.iter().find(|source| source.path == FIRST) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let keys = match parse(&first.text) {
        Ok(keys) => keys,
        Err(error) => return vec![Finding::new(FIRST, error)],
    };
    for path in OTHERS {
        match sources
            .iter()
            .find(|source| source.path == *path)
            .map(|source| parse(&source.text))
        {
            None => findings.push(Finding::new(*path, "is missing")),
            Some(Err(error)) => findings.push(Finding::new(*path, error)),
            Some(Ok(other)) => findings.extend(compare(&keys, path, &other)),
        }
    }
    findings.extend(uses(&keys, sources));
    findings
}

/// Reads one language. Nested objects give dotted keys; a list holds the variants of one message.
fn parse(text: &str) -> Result<Messages, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    let Value::Object(top) = value else {
        return Err("is not an object of messages".to_owned());
    };
    let mut messages = Messages::new();
    for (key, value) in &top {
        if key != "$schema" {
            collect(key, value, &mut messages);
        }
    }
    Ok(messages)
}

fn collect(key: &str, value: &Value, messages: &mut Messages) {
    match value {
        Value::Object(inner) => {
            for (name, value) in inner {
                collect(&format!("{key}.{name}"), value, messages);
            }
        }
        other => {
            let mut placeholders = BTreeSet::new();
            placeholders_in(other, &mut placeholders);
            messages.insert(key.to_owned(), placeholders);
        }
    }
}

fn placeholders_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            for piece in text.split('{').skip(1) {
                if let Some((name, _)) = piece.split_once('}') {
                    found.insert(name.trim().to_owned());
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| placeholders_in(item, found)),
        Value::Object(fields) => {
            // Of a variant message only the sentences hold placeholders; its declarations and selectors name the
            // same values in another way, and languages differ in which plural forms they have.
            fields
                .get("match")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .for_each(|(_, sentence)| {
                    placeholders_in(sentence, found);
                });
            for declaration in fields
                .get("declarations")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                if let Some(name) = declaration.as_str().and_then(|text| text.strip_prefix("input ")) {
                    found.insert(name.trim().to_owned());
                }
            }
        }
        _ => {}
    }
}

fn compare(first: &Messages, path: &str, other: &Messages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, placeholders) in first {
        match other.get(key) {
            None => findings.push(Finding::new(path, format!("lacks the message {key}"))),
            Some(others) if others != placeholders => findings.push(Finding::new(
                path,
                format!("{key} has the placeholders {others:?}, the Finnish one {placeholders:?}"),
            )),
            Some(_) => {}
        }
    }
    for key in other.keys().filter(|key| !first.contains_key(*key)) {
        findings.push(Finding::new(
            path,
            format!("has the message {key}, which {FIRST} lacks"),
        ));
    }
    findings
}

/// Compares the keys with what the page's code names: `m.key`, `m["key"]`, or the key as a quoted word (tables of
/// error codes name their sentences so).
fn uses(keys: &Messages, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut named = BTreeSet::new();
    for source in sources {
        let code = matches!(source.extension(), "ts" | "js" | "svelte") && source.path.starts_with("ui/src/");
        // A message that only a test names reaches nobody.
        if !code || source.path.contains(".test.") {
            continue;
        }
        let imports_messages = imports_messages(&source.text);
        for (number, line) in source.lines() {
            for key in calls(line) {
                if !imports_messages {
                    continue;
                }
                if !keys.contains_key(key) {
                    findings.push(Finding::at(
                        &source.path,
                        number,
                        format!("names the message {key}, which no language has"),
                    ));
                }
                named.insert(key.to_owned());
            }
            named.extend(
                quoted(line)
                    .filter(|word| keys.contains_key(*word))
                    .map(str::to_owned),
            );
        }
    }
    for key in keys.keys().filter(|key| !named.contains(*key)) {
        findings.push(Finding::new(
            FIRST,
            format!("has the message {key}, which nothing in ui/src names"),
        ));
    }
    findings
}

/// Whether a file imports the message object: `m` alone, or among others in braces.
fn imports_messages(text: &str) -> bool {
    text.split("import")
        .skip(1)
        .filter_map(|rest| rest.split_once("from"))
        .any(|(names, _)| {
            names
                .split([',', '{', '}', '\n'])
                .any(|name| name.trim() == "m" || name.trim() == "* as m")
        })
}

/// The keys that a line names through the message object `m`.
fn calls(line: &str) -> Vec<&str> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    let mut found = Vec::new();
    for (at, _) in line.match_indices('m') {
        if line[..at]
            .chars()
            .next_back()
            .is_some_and(|before| is_word(before) || matches!(before, '.' | '/'))
        {
            continue;
        }
        let rest = &line[at + 1..];
        if let Some(rest) = rest.strip_prefix('.') {
            let end = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
            if end > 0 && !rest[end..].starts_with("js") {
                found.push(&rest[..end]);
            }
        } else if let Some(rest) = rest.strip_prefix("[\"").or_else(|| rest.strip_prefix("['"))
            && let Some(end) = rest.find(['"', '\''])
        {
            found.push(&rest[..end]);
        }
    }
    found
}

/// The quoted words of a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    ['"', '\'', '`']
        .into_iter()
        .flat_map(move |quote| line.split(quote).skip(1).step_by(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(fi: &str, sv: &str, en: &str, code: &str) -> Vec<String> {
        let code = format!("import {{ m }} from '../paraglide/messages';\n{code}");
        check(&[
            Source::new(FIRST, fi),
            Source::new(OTHERS[0], sv),
            Source::new(OTHERS[1], en),
            Source::new("ui/src/pages/Page.svelte", &code),
        ])
        .iter()
        .map(ToString::to_string)
        .collect()
    }

    #[test]
    fn three_equal_languages_pass() {
        let text = r#"{"$schema": "x", "hello": "Terve {name}", "area": {"title": "T"}, "gone": "G"}"#;
        let code = "<h1>{m.hello({ name })}</h1> {m['area.title']()} const table = { e: 'gone' };";
        assert_eq!(tree(text, text, text, code), Vec::<String>::new());
    }

    #[test]
    fn missing_and_left_over_keys_are_found() {
        let found = tree(
            r#"{"a": "A", "b": "B"}"#,
            r#"{"a": "A"}"#,
            r#"{"a": "A", "b": "B", "c": "C"}"#,
            "m.a() m.b()",
        );
        assert_eq!(
            found,
            [
                "ui/messages/sv.json: lacks the message b",
                "ui/messages/en.json: has the message c, which ui/messages/fi.json lacks",
            ]
        );
    }

    #[test]
    fn placeholders_must_agree() {
        let found = tree(
            r#"{"a": "{count} ja {name}"}"#,
            r#"{"a": "{count}"}"#,
            r#"{"a": "{name} {count}"}"#,
            "m.a()",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("ui/messages/sv.json: a has the placeholders"),
            "{found:?}"
        );
    }

    #[test]
    fn plural_forms_may_differ_between_languages() {
        let variants = |match_: &str| {
            format!(
                r#"{{"a": [{{"declarations": ["input count", "local p = count: plural"], "selectors": ["p"], "match": {match_}}}]}}"#
            )
        };
        let fi = variants(r#"{"p=one": "yksi", "p=other": "{count} riviä"}"#);
        let sv = variants(r#"{"p=other": "{count} rader"}"#);
        assert_eq!(tree(&fi, &sv, &fi, "m.a({ count })"), Vec::<String>::new());
    }

    #[test]
    fn the_message_object_is_told_from_other_short_names() {
        for (text, imports) in [
            ("import { m } from '../i18n';", true),
            ("import {\n  format,\n  m,\n} from '../i18n';", true),
            ("import * as m from '../paraglide/messages';", true),
            ("import { metres as mm } from './units';", false),
            ("const m = new Map();", false),
        ] {
            assert_eq!(imports_messages(text), imports, "{text}");
        }
    }

    #[test]
    fn unused_and_unknown_messages_are_found() {
        let found = tree(
            r#"{"a": "A"}"#,
            r#"{"a": "A"}"#,
            r#"{"a": "A"}"#,
            "{m.b()} form.c() item.d",
        );
        assert_eq!(
            found,
            [
                "ui/src/pages/Page.svelte:2: names the message b, which no language has",
                "ui/messages/fi.json: has the message a, which nothing in ui/src names",
            ]
        );
    }
}
