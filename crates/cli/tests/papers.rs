//! The list on the door from the command line, and what was written on it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::{Datelike, Duration, NaiveDate};
use common::{Cli, text};
use kiulu_domain::organisation::day_in;
use serde_json::Value;
use std::time::SystemTime;

/// Two flats and a laundry that is open every day from seven on, in turns of three hours.
fn house() -> Cli {
    let cli = Cli::new();
    let founding = ["--name", "As Oy Kielo", "--kind", "housing-company"];
    cli.json(&[&["org", "create"], &founding[..]].concat());
    let list = cli.file(
        "lista.csv",
        "Etunimi;Sukunimi;Huoneisto;Rooli\nAnna;Mäki;A 1;Asukas\nEero;Laine;A 2;Asukas\n",
    );
    cli.json(&["import", text(&list)]);
    cli.json(&["resources", "add", "--kind", "laundry", "--name", "Pesutupa"]);
    cli
}

fn today() -> NaiveDate {
    day_in("Europe/Helsinki", SystemTime::now().into())
}

/// A standing shift of A 1 from seven on the weekday of today, since the beginning of last year.
fn shift(cli: &Cli) -> String {
    let weekday = today().format("%a").to_string().to_lowercase();
    let first = format!("{}-01-01", today().year() - 1);
    let given = ["pesutupa", "A 1", &weekday, "07:00", "10:00", "--from", &first];
    let added = cli.json(&[&["standing", "add"], &given[..]].concat());
    added["shift"].as_str().unwrap().to_owned()
}

/// What a paper says.
fn pdf(cli: &Cli, arguments: &[&str]) -> String {
    let path = cli.path("ulos.pdf");
    cli.json(&[arguments, &["--pdf", text(&path)]].concat());
    let said = pdf_extract::extract_text(&path).unwrap();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_list_is_written_by_flat_and_what_was_marked_comes_back() {
    let cli = house();
    shift(&cli);
    let last_week = today() - Duration::days(7);
    let week = last_week.format("%G-W%V").to_string();
    let listed = cli.json(&["doorlist", "pesutupa", &week]);
    let turns = listed["turns"].as_array().unwrap();
    assert_eq!(turns.len(), 7 * 5);
    let start = format!("{last_week}T07:00");
    let turn: &Value = turns.iter().find(|turn| turn["start"] == start.as_str()).unwrap();
    assert_eq!(
        (&turn["who"], &turn["kind"], &turn["name"]),
        (&"A 1".into(), &"held".into(), &"".into())
    );

    let code = turn["code"].as_str().unwrap();
    let said = pdf(
        &cli,
        &["doorlist", "pesutupa", &last_week.to_string(), "--language", "sv"],
    );
    for piece in ["Pesutupa", "Vecka", "A 1", code] {
        assert!(said.contains(piece), "{piece} is missing from {said}");
    }
    assert!(!said.contains("Mäki"), "{said}");

    let line = format!("{code} -");
    let read = cli.json(&["marks", "pesutupa", &line, "--dry-run"]);
    assert_eq!(read["marks"][0]["meaning"], "no_show");
    assert!(cli.json(&["marks", "pesutupa", &line])["change"].is_string());
    let wrong = cli.error(&["marks", "pesutupa", &line, "2222 +"]);
    assert_eq!(
        (&wrong["code"], &wrong["params"]["line"]),
        (&"mark_refused".into(), &"2222 +".into())
    );
    let output = cli.command(&["marks", "pesutupa", "2222 +"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("2222 +"),
        "{output:?}"
    );
}

#[test]
fn months_and_letters_are_written_too() {
    let cli = house();
    let shift = shift(&cli);
    let month = today().format("%Y-%m").to_string();
    let all = cli.json(&["doorlist", "pesutupa", &month, "--month"]);
    assert!((28 * 5..=31 * 5).contains(&all["turns"].as_array().unwrap().len()));
    let agreement = pdf(&cli, &["papers", "agreement", &shift]);
    assert!(
        agreement.contains("Sopimus vakiovuorosta") && agreement.contains("A 1"),
        "{agreement}"
    );
    assert!(pdf(&cli, &["papers", "notice", "--language", "en"]).contains("Pesutupa"));
    let instructions = pdf(&cli, &["papers", "instructions", "--resource", "pesutupa"]);
    assert!(instructions.contains("Varausohje: Pesutupa"), "{instructions}");
}

#[test]
fn a_week_that_is_none_is_told() {
    let cli = house();
    for wrong in ["2026-W60", "viikko 3", "2026-13-01", "2026-W"] {
        let error = cli.error(&["doorlist", "pesutupa", wrong]);
        assert_eq!(error["code"], "time_invalid", "{wrong}");
    }
    let missing = cli.error(&["doorlist", "sauna", "2026-W48"]);
    assert_eq!(missing["code"], "resource_missing");
}
