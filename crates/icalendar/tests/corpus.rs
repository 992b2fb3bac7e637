//! Files that nobody on this project wrote, named by `KIULU_CORPORA`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use kiulu_icalendar::{Feed, Found, Occurrence, When, read};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const HOME: Tz = Tz::Europe__Helsinki;

fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("KIULU_CORPORA").map(|path| PathBuf::from(path).join("3-ical"));
    if folder.is_none() {
        println!("skipped: KIULU_CORPORA is not set");
    }
    folder
}

fn json(path: &Path) -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn all(feed: &Feed) -> Found<'_> {
    feed.occurrences(day("0001-01-02"), day("9999-12-01"))
}

fn utc(instant: DateTime<Utc>) -> String {
    instant.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A time as the corpus writes it.
fn written(occurrence: &Occurrence<'_>) -> [String; 3] {
    let [start, end] = match occurrence.when {
        When::Days { from, to } => [from, to].map(|date| format!("D:{}", date.format("%Y%m%d"))),
        When::Floating => [occurrence.start, occurrence.end].map(|instant| {
            let wall = instant.with_timezone(&HOME).naive_local();
            format!("F:{}", wall.format("%Y%m%dT%H%M%S"))
        }),
        When::Zoned => [occurrence.start, occurrence.end].map(|instant| format!("U:{}", utc(instant))),
    };
    [occurrence.event.uid.clone(), start, end]
}

#[test]
fn rules_give_what_others_agree_on() {
    let Some(folder) = corpora() else { return };
    let (mut right, mut agreed, mut wrong) = (0, 0, Vec::new());
    for case in json(&folder.join("rrule-cases.json")) {
        if case["dateutil_agrees"] != true {
            continue;
        }
        agreed += 1;
        let start = text(&case, "dtstart");
        let value = if start.contains('T') { "" } else { ";VALUE=DATE" };
        let file = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART{value}:{start}\nRRULE:{}\nEND:VEVENT\nEND:VCALENDAR\n",
            text(&case, "rrule")
        );
        let expected: Vec<&str> = case["expected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|time| time.as_str().unwrap().trim_end_matches('Z'))
            .collect();
        let feed = read(file.as_bytes(), Tz::UTC).unwrap();
        let last = expected.last().map_or(day("2000-01-01"), |last| {
            NaiveDate::parse_from_str(&last[..8], "%Y%m%d").unwrap()
        });
        let from = NaiveDate::parse_from_str(&start[..8], "%Y%m%d").unwrap();
        let to = if case["partial"] == true {
            last + Days::new(1)
        } else {
            day("9999-12-01")
        };
        let found = feed.occurrences(from, to);
        let mut got: Vec<String> = found
            .occurrences
            .iter()
            .map(|one| match one.when {
                When::Days { from, .. } => from.format("%Y%m%d").to_string(),
                _ => one.start.format("%Y%m%dT%H%M%S").to_string(),
            })
            .collect();
        if case["partial"] == true {
            got.truncate(expected.len());
        }
        if got == expected {
            right += 1;
        } else {
            wrong.push(format!(
                "{} {} from {start}: {:?} instead of {:?}",
                text(&case, "id"),
                text(&case, "rrule"),
                &got[..got.len().min(8)],
                &expected[..expected.len().min(8)]
            ));
        }
    }
    assert!(wrong.is_empty(), "{right} of {agreed}\n{}", wrong.join("\n"));
    assert_eq!(right, 343);
}

#[test]
fn files_give_what_two_programs_agree_on() {
    let Some(folder) = corpora() else { return };
    let mut counts: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in json(&folder.join("ics-expansions.json")) {
        let file = text(&row, "file");
        let bytes = std::fs::read(folder.join("ics").join(file)).unwrap();
        let count = counts.entry(text(&row, "status").to_owned()).or_default();
        count[0] += 1;
        let Ok(feed) = read(&bytes, HOME) else { continue };
        let (Ok(from), Ok(to)) = (text(&row, "from").parse(), text(&row, "to").parse()) else {
            continue;
        };
        let found = feed.occurrences(from, to);
        let mut got: Vec<[String; 3]> = found.occurrences.iter().map(written).collect();
        let mut expected: Vec<[String; 3]> = serde_json::from_value(row["rie"].clone()).unwrap_or_default();
        got.sort();
        expected.sort();
        if got == expected {
            count[1] += 1;
        } else {
            let extra: Vec<_> = got.iter().filter(|one| !expected.contains(one)).take(3).collect();
            let missing: Vec<_> = expected.iter().filter(|one| !got.contains(one)).take(3).collect();
            let line = format!(
                "{} {file} {from} {to}: {} for {}, extra {extra:?}, missing {missing:?}, {:?}",
                text(&row, "status"),
                got.len(),
                expected.len(),
                &feed.unread.iter().take(3).collect::<Vec<_>>()
            );
            if row["status"] == "agree" {
                wrong.push(line);
            }
        }
    }
    assert!(wrong.is_empty(), "{counts:?}\n{}", wrong.join("\n"));
    assert_eq!(counts["agree"], [159, 159]);
}

#[test]
fn helsinki_keeps_its_clock_on_both_nights() {
    let Some(folder) = corpora() else { return };
    let folder = folder.join("helsinki");
    let (mut agreed, mut all_right) = (0, 0);
    for case in json(&folder.join("expected.json")) {
        let bytes = std::fs::read(folder.join(text(&case, "file"))).unwrap();
        let feed = read(&bytes, HOME).unwrap();
        let got: Vec<String> = all(&feed).occurrences.iter().map(|one| utc(one.start)).collect();
        let mut expected: Vec<String> =
            serde_json::from_value(case["dateutil_zoneinfo_utc"].clone()).unwrap();
        // An hour that never comes is no second time of the next.
        expected.dedup();
        assert_eq!(got, expected, "{}", text(&case, "name"));
        all_right += 1;
        agreed += u32::from(case["agree"] == true);
    }
    assert_eq!((agreed, all_right), (16, 22));
}

#[test]
fn no_file_is_too_odd() {
    let Some(folder) = corpora() else { return };
    let mut folders = vec![folder];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let begun = std::time::Instant::now();
            if let Ok(feed) = read(&std::fs::read(&path).unwrap(), HOME) {
                feed.occurrences(day("1990-01-01"), day("2040-01-01"));
            }
            assert!(begun.elapsed().as_secs() < 20, "{}", path.display());
        }
    }
    assert!(files > 400, "{files}");
}
