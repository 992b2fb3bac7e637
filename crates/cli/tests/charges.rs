//! Prices and charges from the command line. The clock is the real one: every day is counted from today.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Cli, text};
use kiulu_domain::bookings::charge::month_of;
use kiulu_domain::organisation::day_in;
use serde_json::{Value, json};
use std::time::SystemTime;

/// Two flats and a sauna with a price of a month.
fn with_prices() -> Cli {
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
        "Etunimi;Sukunimi;Huoneisto;Rooli\nAnna;Mäki;A 1;Asukas\nEero;Laine;A 2;Asukas\n",
    );
    cli.json(&["import", text(&list)]);
    cli.json(&["resources", "add", "--kind", "sauna", "--name", "Löylyhuone"]);
    let price = json!({
        "id": "00000000-0000-0000-0000-000000000000", "resource": "00000000-0000-0000-0000-000000000000",
        "valid": { "from": null, "to": null }, "part": null, "weekdays": [true, true, true, true, true, true, true],
        "from": 0, "to": 1440, "longest": null, "price_for": "everyone", "unit": "month", "cents": 2000, "vat_tenths": 255,
    });
    let list = json!({ "prices": [price], "charging": { "partial_month": "full" } });
    let list = cli.file("hinnat.json", list.to_string());
    // Of months gone by as well.
    cli.json(&[
        "prices",
        "löylyhuone",
        "--set",
        text(&list),
        "--from",
        "2020-01-01",
    ]);
    cli
}

/// The month before this one, and this one: 2026-10, 2026-11.
fn months() -> [String; 2] {
    let this = month_of(day_in("Europe/Helsinki", SystemTime::now().into()));
    let before = month_of(this.pred_opt().unwrap());
    [before, this].map(|month| month.format("%Y-%m").to_string())
}

#[test]
fn prices_are_shown_and_written() {
    let cli = with_prices();
    let shown = cli.json(&["prices", "Löylyhuone"]);
    assert_eq!(shown["prices"][0]["cents"], 2000);
    assert_eq!(shown["prices"][0]["valid"]["from"], "2020-01-01");
    assert_eq!(shown["charging"]["partial_month"], "full");
    assert_eq!(shown["charging"]["late_cancel"]["percent"], 100);
    let wrong = cli.file("väärä.json", "{ \"prices\": 1 }");
    let error = cli.error(&["prices", "Löylyhuone", "--set", text(&wrong)]);
    assert_eq!(error["code"], "prices_unreadable");
    let missing = cli.error(&["prices", "Löylyhuone", "--set", text(&cli.path("ei.json"))]);
    assert_eq!(missing["code"], "file_not_found");
    let mut negative = shown.clone();
    negative["prices"][0]["cents"] = json!(-1);
    let negative = cli.file("negatiivinen.json", negative.to_string());
    let error = cli.error(&["prices", "Löylyhuone", "--set", text(&negative)]);
    assert_eq!(error, json!({ "code": "price_invalid", "params": { "line": 1 } }));
}

#[test]
fn a_month_is_listed_written_closed_and_paid() {
    let cli = with_prices();
    let [before, this] = months();
    cli.json(&[
        "standing",
        "add",
        "löylyhuone",
        "A 1",
        "thu",
        "18:00",
        "19:00",
        "--from",
        "2020-01-01",
    ]);
    let list = cli.json(&["charges", &before]);
    assert_eq!(list["cents"], 2000);
    assert_eq!(list["state"], json!({ "is": "open", "running": false }));
    let account = &list["accounts"][0];
    assert_eq!(
        (&account["name"], &account["cents"]),
        (&json!("A 1"), &json!(2000))
    );
    assert_eq!(account["lines"][0]["charge"]["kind"], "month");
    for name in ["lista.xlsx", "lista-ulos.csv"] {
        let out = cli.path(name);
        cli.json(&["charges", &before, "--out", text(&out)]);
        assert!(out.metadata().unwrap().len() > 50, "{name}");
    }
    let unpaid = cli.error(&["charges", "paid", &before, "A 1"]);
    assert_eq!(unpaid["code"], "period_open");
    let running = cli.error(&["charges", "close", &this]);
    assert_eq!(running["code"], "period_running");
    let closed = cli.json(&["charges", "close", &before]);
    assert!(closed["change"].is_string());
    let again = cli.error(&["charges", "close", &before]);
    assert_eq!(again["code"], "period_closed");
    cli.json(&["charges", "paid", &before, "A 1", "--on", "2026-01-02"]);
    let paid = |cli: &Cli| cli.json(&["charges", &before])["accounts"][0]["paid_on"].clone();
    assert_eq!(paid(&cli), "2026-01-02");
    cli.json(&["charges", "paid", &before, "A 1", "--not"]);
    assert_eq!(paid(&cli), Value::Null);
    let change = closed["change"].as_str().unwrap();
    cli.json(&["undo", change]);
    assert_eq!(cli.json(&["charges", &before])["state"]["is"], "open");
}

#[test]
fn months_that_are_none_are_told() {
    let cli = with_prices();
    for wrong in ["2026-13", "2026", "lokakuu", "2026-1", "2026-10-01"] {
        assert_eq!(cli.error(&["charges", wrong])["code"], "time_invalid", "{wrong}");
        assert_eq!(
            cli.error(&["charges", "close", wrong])["code"],
            "time_invalid",
            "{wrong}"
        );
    }
    assert_eq!(cli.error(&["charges"])["code"], "usage");
}
