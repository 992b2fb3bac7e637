//! Calendar files of other programs, as scripts see them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Cli, text};
use serde_json::{Value, json};

const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:huolto\r\n\
    DTSTART;TZID=Europe/Helsinki:20260327T180000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\n\
    SUMMARY:Huolto\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:vapaa\r\nDTSTART:20260401T120000\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:rikki\r\nDTSTART:huomenna\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn starts(answer: &Value) -> Vec<[&str; 3]> {
    answer["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["uid", "start", "end"].map(|key| one[key].as_str().unwrap()))
        .collect()
}

#[test]
fn a_dry_run_lists_times_in_utc_without_an_organisation() {
    let cli = Cli::new();
    let file = cli.file("huolto.ics", SERIES);
    let dry = ["bookings", "import", text(&file), "--dry-run"];
    let range = ["--from", "2026-03-28", "--to", "2026-04-02"];
    let found = cli.json(&[&dry[..], &range].concat());
    assert_eq!(
        starts(&found),
        [
            ["huolto", "2026-03-28T16:00:00Z", "2026-03-28T17:00:00Z"],
            // The clocks have gone forward.
            ["huolto", "2026-03-29T15:00:00Z", "2026-03-29T16:00:00Z"],
            // On no wall but the house's.
            ["vapaa", "2026-04-01T09:00:00Z", "2026-04-01T09:00:00Z"],
        ]
    );
    assert_eq!(found["unread"], json!([{ "line": 16, "code": "start" }]));
}

#[test]
fn what_is_no_calendar_is_named() {
    let cli = Cli::new();
    let file = cli.file("lista.ics", "Etunimi;Sukunimi\n");
    let error = cli.error(&["bookings", "import", text(&file), "--dry-run"]);
    assert_eq!(error["code"], "calendar_foreign");
    let missing = cli.path("puuttuu.ics");
    let error = cli.error(&["bookings", "import", text(&missing), "--dry-run"]);
    assert_eq!(error["code"], "file_not_found");
    let error = cli.error(&["bookings", "import", text(&file), "--dry-run", "--from", "eilen"]);
    assert_eq!(error["code"], "time_invalid");
    // Into which space must be said where something is written.
    assert_eq!(cli.error(&["bookings", "import", text(&file)])["code"], "usage");
}
