//! The life of standing shifts from the command line. The clock is the real one: every day is counted from today.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Cli, text};
use kiulu_domain::organisation::day_in;
use serde_json::json;
use std::time::SystemTime;

/// Three flats and a sauna by the preset: Wednesday to Saturday 16–22, turns of an hour, one standing shift a flat.
fn with_sauna() -> Cli {
    let cli = Cli::new();
    cli.json(&[
        "org",
        "create",
        "--name",
        "As Oy Kielo",
        "--kind",
        "housing-company",
    ]);
    let list = cli.file(
        "lista.csv",
        "Etunimi;Sukunimi;Huoneisto;Rooli\nAnna;Mäki;A 1;Asukas\nEero;Laine;A 2;Asukas\nOuti;Salo;A 3;Asukas\n",
    );
    cli.json(&["import", text(&list)]);
    cli.json(&["resources", "add", "--kind", "sauna", "--name", "Löylyhuone"]);
    cli
}

/// So many days from today, in Helsinki.
fn in_days(days: usize) -> String {
    let today = day_in("Europe/Helsinki", SystemTime::now().into());
    today.iter_days().nth(days).unwrap().to_string()
}

#[test]
fn a_shift_rests_goes_over_and_is_swapped() {
    let cli = with_sauna();
    let add = |flat: &str, from: &str, to: &str| {
        let added = cli.json(&["standing", "add", "löylyhuone", flat, "thu", from, to]);
        added["shift"].as_str().unwrap().to_owned()
    };
    let (one, other) = (add("A 1", "18:00", "19:00"), add("A 2", "19:00", "20:00"));
    let paused = cli.json(&["standing", "pause", &one, &in_days(1), "--to", &in_days(30)]);
    assert!(paused["change"].is_string());
    let again = cli.error(&["standing", "resume", &one, &in_days(2)]);
    assert_eq!(again["code"], "record_missing");
    cli.json(&["standing", "resume", &one, &in_days(1), "--to", &in_days(30)]);
    let past = cli.error(&["standing", "pause", &one, "2020-01-01"]);
    assert_eq!(past["code"], "time_invalid");
    cli.json(&["standing", "swap", &one, &other, &in_days(60)]);
    let full = cli.error(&["standing", "transfer", &one, "A 2", &in_days(10)]);
    assert_eq!(full["code"], "booking_refused");
    cli.json(&["standing", "transfer", &one, "A 3", &in_days(10)]);
    let gone = cli.error(&["standing", "transfer", &one, "A 3", &in_days(50)]);
    assert_eq!(gone["code"], "time_invalid", "by then it is over");
}

#[test]
fn a_list_is_brought_in_once() {
    let cli = with_sauna();
    let list = cli.file("vuorot.csv", "Klo;ke;to\n18-19;A 1;vapaa\n19-20;A 2;siivous\n");
    let dry = cli.json(&["standing", "import", text(&list), "--dry-run"]);
    assert_eq!((&dry["given"], &dry["change"]), (&json!(2), &json!(null)));
    let outcomes: Vec<_> = dry["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| {
            (
                turn["cell"].as_str().unwrap(),
                turn["outcome"]["is"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            ("B2", "given"),
            ("C2", "free"),
            ("B3", "given"),
            ("C3", "unclear")
        ]
    );
    let done = cli.json(&["standing", "import", text(&list)]);
    assert!(done["given"] == 2 && done["change"].is_string());
    let again = cli.json(&["standing", "import", text(&list)]);
    assert_eq!((&again["given"], &again["change"]), (&json!(0), &json!(null)));
    let none = cli.error(&[
        "standing",
        "import",
        text(&cli.file("muu.csv", "Nimi;Puhelin\nMäki;040 123 4567\n")),
    ]);
    assert_eq!(none["code"], "shift_list_empty");
}

#[test]
fn a_draw_can_be_repeated_and_gives_each_flat_one_turn() {
    let cli = with_sauna();
    for flat in ["A 1", "A 2", "A 3"] {
        cli.json(&[
            "draw",
            "apply",
            flat,
            "Löylyhuone/thu/18:00-19:00",
            "Löylyhuone/fri/18:00-19:00",
        ]);
    }
    let from = in_days(30);
    let dry = |seed: &str| cli.json(&["draw", "--seed", seed, "--from", &from, "--dry-run"]);
    let first = dry("7");
    assert_eq!(first, dry("7"));
    assert_ne!(first["lots"], dry("8")["lots"]);
    let got = |answer: &serde_json::Value| {
        answer["lots"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|lot| !lot["got"].is_null())
            .count()
    };
    assert_eq!((got(&first), &first["change"]), (2, &json!(null)));
    let drawn = cli.json(&["draw", "--seed", "7", "--from", &from]);
    assert_eq!(drawn["lots"], first["lots"]);
    assert!(drawn["change"].is_string());
    let empty = cli.error(&["draw", "--seed", "7", "--from", &from]);
    assert_eq!(empty["code"], "draw_empty", "the applications are used up");
}
