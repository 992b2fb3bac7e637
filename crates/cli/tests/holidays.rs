//! `kiulu-cli holidays` beside the calendars of four programs that nobody on this project wrote, named by `KIULU_CORPORA`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{bare, failed, parsed};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Days and names of a kind.
fn days(years: &str, kind: &str) -> BTreeMap<String, Vec<String>> {
    let output = bare(&["holidays", years, "--json"]).output().unwrap();
    let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for day in parsed(&output)["holidays"].as_array().unwrap() {
        if day["kind"] == kind {
            let name = day["name"].as_str().unwrap().to_owned();
            days.entry(day["date"].as_str().unwrap().to_owned())
                .or_default()
                .push(name);
        }
    }
    days
}

#[test]
fn public_holidays_are_those_of_four_other_programs() {
    let Some(corpora) = std::env::var_os("KIULU_CORPORA") else {
        println!("skipped: KIULU_CORPORA is not set");
        return;
    };
    let path = PathBuf::from(corpora).join("4-calendars/finland-days-1990-2040.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let (date, one) = (column("date"), column("date-holidays"));
    let others = ["finnish-holidays-js", "holidays:public", "workalendar"].map(column);
    // Those name the eves of Midsummer and Christmas as well, which no statute makes holidays.
    let eves = ["Midsummer Eve", "Christmas Eve"];
    let (mut by_one, mut by_others) = (BTreeSet::new(), BTreeSet::new());
    for record in reader.records() {
        let record = record.unwrap();
        let day = record[date].to_owned();
        if day.as_str() < "1992" {
            continue;
        }
        if record[one]
            .split(';')
            .any(|part| part.trim().starts_with("public:"))
        {
            by_one.insert(day.clone());
        }
        if others.iter().all(|column| !record[*column].is_empty()) && !eves.contains(&&record[others[0]]) {
            by_others.insert(day);
        }
    }
    let ours: BTreeSet<String> = days("1992..2040", "public").into_keys().collect();
    assert!(ours.len() > 600);
    assert_eq!(ours, by_one);
    assert_eq!(ours, by_others);
}

#[test]
fn eves_are_their_own_kind_and_years_without_rules_are_refused() {
    let eves = days("2026", "eve");
    for (day, name) in [
        ("2026-04-30", "vapunaatto"),
        ("2026-06-19", "juhannusaatto"),
        ("2026-12-24", "jouluaatto"),
        ("2026-12-31", "uudenvuodenaatto"),
    ] {
        assert_eq!(eves[day], [name]);
    }
    for years in ["1991", "1992..2101", "2026..", "joulu"] {
        let output = bare(&["holidays", years, "--json"]).output().unwrap();
        assert_eq!(failed(&output)["code"], "years", "{years}");
    }
}
