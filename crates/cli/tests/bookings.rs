//! Shared spaces from the command line. The clock is the real one: every day is counted from today.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Cli, text};
use kiulu_app::{App, MemoryKeychain, Unlock};
use kiulu_domain::organisation::day_in;
use serde_json::{Value, json};
use std::time::SystemTime;

/// Two flats and a sauna by the preset: Wednesday to Saturday 16–22, turns of an hour, two weeks ahead, one open booking and one
/// standing shift a flat.
fn with_sauna() -> Cli {
    let cli = Cli::new();
    let founding = ["--name", "As Oy Kielo", "--kind", "housing-company"];
    cli.json(&[&["org", "create"], &founding[..]].concat());
    let list = cli.file(
        "lista.csv",
        "Etunimi;Sukunimi;Huoneisto;Rooli\nAnna;Mäki;A 1;Asukas\nEero;Laine;A 2;Asukas\n",
    );
    cli.json(&["import", text(&list)]);
    let added = cli.json(&["resources", "add", "--kind", "sauna", "--name", "Löylyhuone"]);
    assert!(added["id"].is_string() && added["change"].is_string());
    cli
}

/// So many days from today, in Helsinki.
fn in_days(days: usize) -> String {
    let today = day_in("Europe/Helsinki", SystemTime::now().into());
    today.iter_days().nth(days).unwrap().to_string()
}

/// The beginnings of the free turns of days, counted from today.
fn free(cli: &Cli, from: usize, to: usize) -> Vec<String> {
    let days = format!("{}..{}", in_days(from), in_days(to));
    let answer = cli.json(&["free", "löylyhuone", &days]);
    let turns = answer["free"].as_array().unwrap().iter();
    turns
        .map(|turn| turn["start"].as_str().unwrap().to_owned())
        .collect()
}

/// "thu" of a day that comes.
fn weekday(date: &str) -> String {
    let today = day_in("Europe/Helsinki", SystemTime::now().into());
    let found = today.iter_days().find(|day| day.to_string() == date).unwrap();
    found.format("%a").to_string().to_lowercase()
}

/// Codes of what stands against a booking.
fn against(error: &Value) -> Vec<&str> {
    assert_eq!(error["code"], "booking_refused", "{error}");
    let against = error["params"]["against"].as_array().unwrap().iter();
    against
        .map(|violation| violation["code"].as_str().unwrap())
        .collect()
}

#[test]
fn spaces_are_added_and_listed() {
    let cli = with_sauna();
    cli.json(&["resources", "add", "--kind", "club-room", "--name", " Kerho "]);
    let listed = cli.json(&["resources"]);
    let [sauna, club] = &listed["resources"].as_array().unwrap()[..] else {
        panic!("{listed}");
    };
    assert!(sauna["id"].is_string());
    for (one, kind, name) in [(sauna, "sauna", "Löylyhuone"), (club, "club-room", "Kerho")] {
        assert_eq!((&one["kind"], &one["name"]), (&json!(kind), &json!(name)));
        assert_eq!((&one["place"], &one["retired"]), (&json!(""), &json!(false)));
    }
    let taken = cli.error(&["resources", "add", "--kind", "other", "--name", "LOYLYHUONE"]);
    assert_eq!(taken["code"], "name_taken");
    let unknown = cli.error(&["resources", "add", "--kind", "Sauna", "--name", "Toinen"]);
    assert_eq!(
        unknown,
        json!({ "code": "resource_kind", "params": { "kind": "Sauna" } })
    );
    let output = cli.command(&["resources"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 2);
    assert!(said.contains("  sauna  Löylyhuone\n"), "{said}");
}

#[test]
fn a_turn_is_booked_once_and_can_be_had_again_when_it_was_taken_back() {
    let cli = with_sauna();
    let turns = free(&cli, 1, 14);
    assert_eq!(turns.len(), 48);
    let turn = turns[0].as_str();
    let booked = cli.json(&["book", "loylyhuone", "a1", turn, "--note", "Synttärit"]);
    assert_eq!(
        booked["cost"],
        json!({ "cents": 0, "vat_cents": 0, "vat_tenths": 0 })
    );
    let booking = booked["booking"].as_str().unwrap();
    assert_eq!(free(&cli, 1, 14), turns[1..]);

    // Nobody else gets it, not even with a reason, and the flat gets no second one without.
    let second = ["book", "Löylyhuone", "as. A-02", turn];
    let refused = cli.error(&second);
    assert_eq!(against(&refused), ["taken"]);
    assert_eq!(refused["params"]["against"][0]["params"]["standing"], false);
    let reason = ["--override", "Juhlat"];
    assert_eq!(against(&cli.error(&[&second[..], &reason].concat())), ["taken"]);
    let next = turns[1].replace('T', " ");
    let more = ["book", "Löylyhuone", "A 1", &next];
    assert_eq!(against(&cli.error(&more)), ["quota_used"]);
    let passed_over = cli.json(&[&more[..], &reason].concat());
    assert!(passed_over["booking"].is_string() && passed_over["cost"].is_null());

    assert!(cli.json(&["cancel", booking])["change"].is_string());
    assert_eq!(cli.error(&["cancel", booking])["code"], "record_missing");
    let again = cli.json(&second);
    assert!(again["change"].is_string());
    assert_eq!(free(&cli, 1, 14), turns[2..]);
    // What was booked can be undone like everything else.
    cli.json(&["undo", again["change"].as_str().unwrap()]);
    assert_eq!(free(&cli, 1, 14)[0], turn);
}

#[test]
fn shared_spaces_leave_in_the_workbook_of_everything() {
    let cli = with_sauna();
    let turns = free(&cli, 1, 14);
    let (day, from) = turns[0].split_once('T').unwrap();
    let (_, to) = turns[1].split_once('T').unwrap();
    let shift = cli.json(&["standing", "add", "Löylyhuone", "A 1", &weekday(day), from, to]);
    cli.json(&["standing", "skip", shift["shift"].as_str().unwrap(), day]);
    cli.json(&["book", "Löylyhuone", "A 2", &turns[0], "--note", "Synttärit"]);
    let out = cli.path("kaikki.xlsx");
    cli.json(&["export", "all", text(&out)]);
    let workbook = cli.json(&["sheet", text(&out), "--cells"]);
    // The cells of a sheet's rows below its heading, without their places.
    let rows = |name: &str| -> Vec<Vec<String>> {
        let sheets = workbook["sheets"].as_array().unwrap();
        let sheet = sheets.iter().find(|sheet| sheet["name"] == name).unwrap();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for cell in sheet["cells"].as_array().unwrap() {
            let row = cell[0].as_u64().unwrap() as usize;
            rows.resize(rows.len().max(row + 1), Vec::new());
            rows[row].push(cell[2].as_str().unwrap().to_owned());
        }
        rows.split_off(1)
    };
    // Excel counts days from the end of 1899.
    let serial = |time: &str| {
        let time: chrono::NaiveDateTime = format!("{time}:00").parse().unwrap();
        let first: chrono::NaiveDateTime = "1899-12-30T00:00:00".parse().unwrap();
        format!("d:{:.5}", (time - first).num_minutes() as f64 / 1440.0)
    };
    let begins = serial(&turns[0]);
    let ends = serial(&turns[1]);
    let sauna = "s:Löylyhuone";
    assert_eq!(
        rows("Varaukset"),
        [[sauna, &begins, &ends, "s:A 2", "s:Varattu", "b:0", "s:Synttärit"]]
    );
    assert_eq!(
        rows("Väliin jäävät vuorot"),
        [[sauna, "s:A 1", &begins, &ends, "s:Huoneisto luopui vuorosta"]]
    );
    let shifts = rows("Vakiovuorot");
    assert_eq!(shifts.len(), 1);
    assert_eq!(shifts[0][1], "s:A 1");
    let clock = |time: &str| format!("s:{}", time.replace(':', "."));
    assert_eq!(shifts[0][3..5], [clock(from), clock(to)]);
    let spaces = rows("Tilat");
    assert_eq!(spaces.len(), 1);
    assert!(
        spaces[0].contains(&"s:1 varausta avoinna".to_owned()),
        "{spaces:?}"
    );
    let hours = &rows("Aukiolo")[0];
    assert_eq!(hours[1..5], ["s:16.00–22.00"; 4].map(String::from));
    assert!(rows("Hinnat").is_empty() && rows("Poissa käytöstä").is_empty());
}

#[test]
fn lengths_are_chosen_where_the_timetable_leaves_them() {
    let cli = with_sauna();
    let club = cli.json(&["resources", "add", "--kind", "club-room", "--name", "Kerho"]);
    let tomorrow = in_days(1);
    let (start, end) = (format!("{tomorrow}T18:00"), format!("{tomorrow} 20:30"));
    let error = cli.error(&["book", "kerho", "house", &start]);
    assert_eq!(error, json!({ "code": "end_missing" }));
    let id = club["id"].as_str().unwrap();
    cli.json(&["book", id, "house", &start, "--to", &end]);
    let within = ["book", id, "A 1", &format!("{tomorrow}T19:00")];
    let refused = cli.error(&[&within[..], &["--to", &format!("{tomorrow}T20:00")]].concat());
    assert_eq!(against(&refused), ["taken"]);
    let backwards = [&within[..], &["--to", &start]].concat();
    assert_eq!(cli.error(&backwards)["code"], "time_invalid");
    // Midnight may be written as the end of a day.
    let late = [
        "book",
        id,
        "A 1",
        &format!("{tomorrow}T22:00"),
        "--to",
        &format!("{tomorrow}T24:00"),
    ];
    assert_eq!(against(&cli.error(&late)), ["closed"]);
}

#[test]
fn free_turns_are_listed_for_two_months_at_most() {
    let cli = with_sauna();
    assert!(free(&cli, 0, 61).len() > 200);
    let (first, last) = (in_days(1), in_days(63));
    for days in [format!("{first}..{last}"), format!("{last}..{first}")] {
        let error = cli.error(&["free", "Löylyhuone", &days]);
        assert_eq!(
            error,
            json!({ "code": "time_invalid", "params": { "given": days } })
        );
    }
    // One day may stand alone; in the past nothing is free.
    let week = (1..=7).map(|days| cli.json(&["free", "Löylyhuone", &in_days(days)]));
    let turns: usize = week.map(|day| day["free"].as_array().unwrap().len()).sum();
    assert_eq!(turns, 24);
    let past = cli.json(&["free", "Löylyhuone", "2026-01-01..2026-01-31"]);
    assert_eq!(past, json!({ "free": [] }));
}

#[test]
fn standing_shifts_come_rest_and_end() {
    let cli = with_sauna();
    let turns = free(&cli, 1, 14);
    let (day, from) = turns[0].split_once('T').unwrap();
    let (week_after, _) = turns[24].split_once('T').unwrap();
    let (_, to) = turns[1].split_once('T').unwrap();
    let weekday = weekday(day);
    let asked = ["standing", "add", "löylyhuone", "A 1", &weekday, from, to];
    let added = cli.json(&asked);
    let shift = added["shift"].as_str().unwrap();
    assert!(added["change"].is_string());
    let rest = || free(&cli, 1, 14);
    let others: Vec<_> = [&turns[1..24], &turns[25..]].concat();
    assert_eq!(rest(), others);

    // Another flat cannot have it, not even now and then, and this one no second.
    let fortnightly = ["--every", "2", "--from", week_after];
    let mut other = asked;
    other[3] = "A 2";
    let refused = cli.error(&[&other[..], &fortnightly].concat());
    assert_eq!(against(&refused), ["taken"]);
    assert_eq!(refused["params"]["against"][0]["params"]["standing"], true);
    let mut second = asked;
    let (_, after) = turns[2].split_once('T').unwrap();
    (second[5], second[6]) = (to, after);
    assert_eq!(against(&cli.error(&second)), ["standing_used"]);

    // A day is given up, had by another, and taken back.
    assert!(cli.json(&["standing", "skip", shift, day])["change"].is_string());
    assert_eq!(rest()[0], turns[0]);
    let booked = cli.json(&["book", "Löylyhuone", "A 2", &turns[0]]);
    let back = ["standing", "return", shift, day];
    assert_eq!(against(&cli.error(&back)), ["taken"]);
    cli.json(&["cancel", booked["booking"].as_str().unwrap()]);
    assert!(cli.json(&back)["change"].is_string());
    assert_eq!(rest(), others);
    // A Tuesday.
    let never = cli.error(&["standing", "skip", shift, "2026-01-06"]);
    assert_eq!(never["code"], "record_missing");

    // It ends, and another flat follows.
    cli.json(&["standing", "end", shift, day]);
    assert_eq!(rest(), turns[1..]);
    let finnish = match weekday.as_str() {
        "wed" => "KE",
        "thu" => "to",
        "fri" => "pe",
        _ => "la",
    };
    other[4] = finnish;
    cli.json(&[&other[..], &["--from", week_after, "--to", week_after]].concat());
    assert_eq!(rest(), others);
    assert_eq!(free(&cli, 15, 28).len(), 48);
}

#[test]
fn what_is_not_there_or_cannot_be_read_is_named() {
    let cli = with_sauna();
    let turn = &free(&cli, 1, 14)[0];
    let missing = |code: &str, name: &str| json!({ "code": code, "params": { "name": name } });
    for arguments in [
        &["book", "Pesula", "A 1", turn][..],
        &["free", "Pesula", "2026-10-01"],
        &["standing", "add", "Pesula", "A 1", "wed", "16:00", "17:00"],
    ] {
        assert_eq!(cli.error(arguments), missing("resource_missing", "Pesula"));
    }
    for flat in ["A 3", "", "Talo"] {
        let error = cli.error(&["book", "Löylyhuone", flat, turn]);
        assert_eq!(error, missing("flat_missing", flat));
    }
    // A standing shift is always a flat's.
    let house = cli.error(&["standing", "add", "Löylyhuone", "house", "wed", "16:00", "17:00"]);
    assert_eq!(house, missing("flat_missing", "house"));
    let between = turn.replace(":00", ":30");
    let none = cli.error(&["book", "Löylyhuone", "A 1", &between]);
    assert_eq!(none["code"], "end_missing");
    let output = cli.command(&["book", "Pesula", "A 1", turn]).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "kiulu-cli: No space is called Pesula. `kiulu-cli resources` lists them. [resource_missing]\n"
    );
    let nobody = "00000000-0000-0000-0000-000000000000";
    assert_eq!(cli.error(&["cancel", nobody])["code"], "record_missing");
}

#[test]
fn flats_of_one_name_are_told_apart_by_their_buildings() {
    let cli = with_sauna();
    let app = App::new(cli.path("data"), Box::new(MemoryKeychain::working())).unwrap();
    let id = app.organisations()[0].id;
    app.open_for_script(id, &Unlock::Secret(cli.passphrase.to_owned()))
        .unwrap();
    app.add_flats(id, "Talo 2", "", &["A 1".to_owned()]).unwrap();
    drop(app);
    let turn = &free(&cli, 1, 14)[0];
    assert_eq!(
        cli.error(&["book", "Löylyhuone", "a1", turn]),
        json!({
            "code": "flat_ambiguous",
            "params": { "name": "a1", "flats": ["A 1 (As Oy Kielo)", "A 1 (Talo 2)"] }
        })
    );
    cli.json(&["book", "Löylyhuone", "a 1 (talo 2)", turn]);
}

#[test]
fn times_are_read_strictly() {
    let cli = with_sauna();
    let unreadable = |arguments: &[&str], given: &str| {
        let expected = json!({ "code": "time_invalid", "params": { "given": given } });
        assert_eq!(cli.error(arguments), expected, "{arguments:?}");
    };
    for start in [
        "",
        "2026-10-22",
        "2026-10-22T18",
        "2026-10-22T18:0",
        "2026-10-22T18:60",
        "2026-10-22T24:01",
        "2026-10-22T+1:00",
        "2026-02-30T18:00",
        "+262142-12-31T24:00",
        "22.10.2026 18:00",
    ] {
        unreadable(&["book", "Löylyhuone", "A 1", start], start);
    }
    let ends = ["book", "Löylyhuone", "A 1", "2026-10-22T18:00", "--to", "19:00"];
    unreadable(&ends, "19:00");
    for days in [
        "",
        "huomenna",
        "2026-10-22..",
        "2026-10-22...2026-10-23",
        "26-10-22",
    ] {
        let given = days.split_once("..").map_or(days, |(_, last)| last);
        unreadable(&["free", "Löylyhuone", days], given);
    }
    let standing = |weekday, from, to| ["standing", "add", "Löylyhuone", "A 1", weekday, from, to];
    unreadable(&standing("thursday", "18:00", "19:00"), "thursday");
    unreadable(&standing("thu", "18", "19:00"), "18");
    unreadable(&standing("thu", "18:00", "25:00"), "25:00");
    let from = [&standing("thu", "18:00", "19:00")[..], &["--from", "heti"]].concat();
    unreadable(&from, "heti");
    // What can be read but not be is the app's to refuse.
    assert_eq!(
        cli.error(&standing("thu", "19:00", "18:00")),
        json!({ "code": "time_invalid" })
    );
    assert_eq!(
        against(&cli.error(&standing("thu", "23:00", "24:00"))),
        ["closed"]
    );
    // Every second week counts from some week.
    let every = [&standing("thu", "18:00", "19:00")[..], &["--every", "2"]].concat();
    assert_eq!(cli.error(&every)["code"], "usage");
}

#[test]
fn a_line_for_a_turn_is_kept_and_served() {
    let cli = with_sauna();
    let turns = free(&cli, 1, 14);
    let turn = turns[0].as_str();
    let of = |act: &[&str]| cli.json(&[&["waiting", "löylyhuone", turn], act].concat());
    let line = || -> Vec<String> {
        let listed = of(&[]);
        let entries = listed["waiting"].as_array().unwrap().iter();
        entries
            .map(|one| {
                format!(
                    "{} {}",
                    one["who"]["named"].as_str().unwrap(),
                    one["stands"]["code"]
                )
            })
            .collect()
    };
    let error = |act: &[&str]| cli.error(&[&["waiting", "löylyhuone", turn], act].concat());
    assert_eq!(against(&error(&["add", "A 2"])), ["nothing_to_wait_for"]);
    let booked = cli.json(&["book", "löylyhuone", "A 1", turn]);
    let added = of(&["add", "A 2", "--note", "Soittakaa"]);
    assert!(added["entry"].is_string() && added["change"].is_string());
    assert_eq!(line(), [r#"A 2 "waits""#]);
    assert_eq!(error(&["accept"])["code"], "waiting_nobody");
    assert_eq!(error(&["remove", "A 1"])["code"], "waiting_nobody");

    cli.json(&["cancel", booked["booking"].as_str().unwrap()]);
    assert_eq!(line(), [r#"A 2 "next""#]);
    assert!(!free(&cli, 1, 14).contains(&turn.to_owned()));
    let other = cli.error(&["book", "löylyhuone", "A 1", turn]);
    assert_eq!(against(&other), ["waited_for"]);
    of(&["offer"]);
    assert_eq!(line(), [r#"A 2 "offered""#]);
    let accepted = of(&["accept"]);
    assert!(accepted["booking"].is_string());
    assert_eq!(line(), Vec::<String>::new());
    let taken = cli.error(&["book", "löylyhuone", "A 1", turn]);
    assert_eq!(against(&taken), ["taken"]);

    // Who declines leaves the line, who cannot be reached stays in it, and then the turn is anybody's.
    of(&["add", "A 1"]);
    cli.json(&["cancel", accepted["booking"].as_str().unwrap()]);
    of(&["pass"]);
    assert_eq!(line(), [r#"A 1 "offer_over""#]);
    assert!(free(&cli, 1, 14).contains(&turn.to_owned()));
    of(&["remove", "A 1"]);
    let again = cli.json(&["book", "löylyhuone", "A 2", turn]);
    of(&["add", "A 1"]);
    cli.json(&["cancel", again["booking"].as_str().unwrap()]);
    of(&["decline"]);
    assert_eq!(line(), Vec::<String>::new());
}
