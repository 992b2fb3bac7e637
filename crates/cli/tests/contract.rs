//! What scripts rely on: the answers, the codes and the exit code of the real program.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Cli, bare, failed, parsed, text};
use serde_json::{Value, json};

const LIST: &str = "Etunimi;Sukunimi;Sähköposti;Puhelin;Huoneisto;Rooli;Oma\n\
    Anna;Mäki;anna@example.org;040 123 4567;A 1;Osakas;x\n\
    Eero;Laine;eero@example.org;050 765 4321;A 2;Asukas;y\n\
    Liisa;Salo;liisa@example.org;044 111 2222;A 3;Asukas;z\n";

fn with_organisation() -> Cli {
    let cli = Cli::new();
    let created = cli.json(&[
        "org",
        "create",
        "--name",
        "As Oy Kielo",
        "--kind",
        "housing-company",
    ]);
    assert!(created["id"].is_string() && created["recovery_code"].is_string());
    cli
}

#[test]
fn the_main_job_without_a_window() {
    let cli = with_organisation();
    let list = cli.file("lista.csv", LIST);
    let list = text(&list);

    let dry = cli.json(&["import", list, "--dry-run"]);
    assert_eq!((&dry["created"], &dry["change"]), (&json!(3), &Value::Null));
    assert_eq!(cli.json(&["contacts", "list"])["total"], 0);

    let run = cli.json(&["import", list]);
    assert_eq!((&run["created"], &run["totals"]["new"]), (&json!(3), &json!(3)));
    assert_eq!(run["rejected"], json!([]));
    let again = cli.json(&["import", list]);
    assert_eq!(
        (&again["created"], &again["unchanged"], &again["change"]),
        (&json!(0), &json!(3), &Value::Null)
    );

    let found = cli.json(&["contacts", "list", "--query", "maki"]);
    assert_eq!(
        (&found["total"], &found["contacts"][0]["name"]),
        (&json!(1), &json!("Mäki Anna"))
    );

    let out = cli.path("ulos.csv");
    assert_eq!(cli.json(&["contacts", "export", text(&out)])["contacts"], 3);
    assert!(std::fs::read_to_string(&out).unwrap().contains("Laine"));

    let history = cli.json(&["history", "--limit", "1000"]);
    let codes: Vec<&str> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|change| change["action"]["code"].as_str())
        .collect();
    assert_eq!(codes[..2], ["contacts_export", "import"]);

    let undone = cli.json(&["undo", run["change"].as_str().unwrap()]);
    assert!(undone["change"].is_string());
    assert_eq!(cli.json(&["contacts", "list"])["total"], 0);
}

#[test]
fn everything_leaves_as_one_workbook_without_what_is_withheld() {
    let cli = with_organisation();
    let list = cli.file(
        "lista.csv",
        "Etunimi;Sukunimi;Puhelin;Katuosoite;Huoneisto;Rooli;Turvakielto\n\
         Anna;Mäki;040 123 4567;Salakuja 1;A 1;Osakas;x\nEero;Laine;050 765 4321;Koivutie 2;A 2;Asukas;\n",
    );
    cli.json(&["import", text(&list)]);
    let cells = |release: &[&str]| {
        let out = cli.path("kaikki.xlsx");
        let arguments = [&["export", "all", text(&out)], release].concat();
        assert_eq!(cli.json(&arguments)["contacts"], 2);
        cli.json(&["sheet", text(&out), "--cells"])
    };
    let all = cells(&[]);
    let names: Vec<&str> = all["sheets"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|sheet| sheet["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "Kontaktit",
            "Muut yhteystiedot",
            "Roolit",
            "Ryhmät",
            "Ryhmien jäsenet",
            "Huoneistot",
            "Sidosryhmät",
            "Tilat",
            "Aukiolo",
            "Yhteiset vuorot",
            "Hinnat",
            "Vakiovuorot",
            "Väliin jäävät vuorot",
            "Varaukset",
            "Jonot",
            "Poissa käytöstä",
            "Veloitukset",
            "Veloitusasetukset",
            "Ovilistan merkit"
        ]
    );
    let said = all.to_string();
    assert!(said.contains("Koivutie 2") && said.contains("s:Mäki") && !said.contains("Salakuja 1"));
    let roles = all["sheets"][2].to_string();
    assert!(roles.contains("s:A 2") && !roles.contains("s:A 1"), "{roles}");
    assert!(cells(&["--release-withheld"]).to_string().contains("Salakuja 1"));
}

#[test]
fn day_numbers_count_from_where_the_workbook_says() {
    let cli = with_organisation();
    // Excel's first generation: a beginning, the system of 1904, three texts, two numbers without a date format, an end.
    let cell = |kind: u8, row: u8, column: u8, value: &[u8]| {
        let length = (7 + value.len()) as u8;
        [&[kind, 0, length, 0, row, 0, column, 0, 0, 0, 0], value].concat()
    };
    let label = |row, column, text: &str| {
        let value = [&[text.len() as u8], text.as_bytes()].concat();
        cell(4, row, column, &value)
    };
    let number = |row, column, number: f64| cell(3, row, column, &number.to_le_bytes());
    let bytes = [
        vec![0x09, 0, 4, 0, 2, 0, 0x10, 0],
        vec![0x22, 0, 2, 0, 1, 0],
        label(0, 0, "Nimi"),
        label(0, 1, "Synt.aika"),
        label(1, 0, "Aino Aalto"),
        number(1, 1, 17_818.0),
        label(2, 0, "Eero Laine"),
        number(2, 1, 29_595.0),
        vec![0x0A, 0, 0, 0],
    ]
    .concat();
    let list = cli.path("jäsenet.xls");
    std::fs::write(&list, bytes).unwrap();
    assert_eq!(cli.json(&["import", text(&list)])["created"], 2);
    let out = cli.path("kaikki.xlsx");
    cli.json(&["export", "all", text(&out)]);
    // 13 October 1952 and 10 January 1985, in the system of 1900 of what Kiulu writes.
    let all = cli.json(&["sheet", text(&out), "--cells"]).to_string();
    assert!(
        all.contains("d:19280.00000") && all.contains("d:31057.00000"),
        "{all}"
    );
}

#[test]
fn a_mapping_that_was_printed_is_read_back() {
    let cli = with_organisation();
    let list = cli.file("lista.csv", LIST);
    let sheet = &cli.json(&["sheet", text(&list)])["sheets"][0];
    assert_eq!(sheet["mapping"]["Etunimi"], "first_name");
    assert_eq!(sheet["rows"], 3);
    let mapping = cli.file("mapping.json", sheet["mapping"].to_string());
    let run = cli.json(&["import", text(&list), "--mapping", text(&mapping), "--dry-run"]);
    assert_eq!(run["created"], 3);
    let wrong = cli.file("wrong.json", r#"{"Etunimi": "etunimi"}"#);
    let error = cli.error(&["import", text(&list), "--mapping", text(&wrong)]);
    assert_eq!(
        error,
        json!({ "code": "mapping_no_such_field", "params": { "field": "etunimi" } })
    );
}

#[test]
fn rejected_rows_name_row_column_code_and_value() {
    let cli = with_organisation();
    let list = cli.file(
        "lista.csv",
        "Etunimi;Sukunimi;Sähköposti\nAnna;Mäki;anna@example.org\n;;vain@example.org\n",
    );
    let run = cli.json(&["import", text(&list)]);
    assert_eq!((&run["created"], &run["rejected_rows"]), (&json!(1), &json!(1)));
    let rejected = &run["rejected"][0];
    assert_eq!(rejected["row"], 3);
    assert!(
        rejected["code"].is_string() && rejected["value"].is_string(),
        "{rejected}"
    );
}

#[test]
fn looking_at_a_file_needs_nothing_else() {
    let cli = Cli::new();
    let list = cli.file("lista.csv", LIST);
    // Neither a home nor a data directory.
    for arguments in [
        &["sheet", text(&list), "--json"][..],
        &["sheet", text(&list), "--cells", "--json"],
    ] {
        let output = bare(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(parsed(&output)["sheets"].as_array().unwrap().len(), 1);
    }
    cli.json(&["sheet", text(&list)]);
    assert!(!cli.path("data").exists());
    let error = cli.error(&["sheet", text(&list), "--org", "Ei sellaista"]);
    assert_eq!(error["code"], "organisation_missing");
}

#[test]
fn a_wrong_passphrase_is_said_and_the_windows_settings_stay() {
    let mut cli = with_organisation();
    let list = cli.file("lista.csv", LIST);
    cli.passphrase = "aivan muu lause";
    assert_eq!(cli.error(&["contacts", "list"])["code"], "wrong_secret");
    assert_eq!(cli.error(&["sheet", text(&list)])["code"], "wrong_secret");
    cli.passphrase = "kolme pientä sanaa";
    cli.json(&["contacts", "list"]);
    assert!(!cli.path("data/settings.json").exists());
}

#[test]
fn bad_files_are_refused_with_a_code() {
    let cli = Cli::new();
    let (pdf, empty) = (cli.file("esite.xlsx", "%PDF-1.7 "), cli.file("tyhjä.csv", ""));
    let missing = cli.path("ei.xlsx");
    for (path, code) in [
        (&pdf, "not_a_spreadsheet"),
        (&empty, "sheet_empty"),
        (&missing, "file_not_found"),
    ] {
        assert_eq!(cli.error(&["sheet", text(path)])["code"], code);
        assert_eq!(cli.error(&["sheet", text(path), "--cells"])["code"], code);
    }
    let output = cli.command(&["sheet", text(&pdf)]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("kiulu-cli: ") && said.trim_end().ends_with("[not_a_spreadsheet]"),
        "{said}"
    );
}

#[test]
fn mistakes_on_the_line_are_json_too() {
    assert_eq!(
        failed(&bare(&["sheet", "--json"]).output().unwrap())["code"],
        "usage"
    );
    assert_eq!(
        failed(&bare(&["--json", "undo", "x"]).output().unwrap())["code"],
        "usage"
    );
    let help = bare(&["--help"]).output().unwrap();
    assert!(help.status.success() && !help.stdout.is_empty());
}

#[cfg(unix)]
#[test]
fn nobody_listening_is_no_panic() {
    use std::process::Command;
    let cli = Cli::new();
    let list = cli.file("lista.csv", LIST);
    for arguments in [
        "sheet LIST --json >&-",
        "sheet LIST --cells >&-",
        "sheet /ei/ole 2>&-",
        "nonsense 2>&-",
    ] {
        let line = format!("\"$0\" {}", arguments.replace("LIST", text(&list)));
        let status = Command::new("sh")
            .args(["-c", &line, env!("CARGO_BIN_EXE_kiulu-cli")])
            .env_remove("KIULU_DATA_DIR")
            .status()
            .unwrap();
        assert!(matches!(status.code(), Some(0 | 1)), "{arguments}: {status:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_sidecar_does_not_see_the_passphrase() {
    use std::os::unix::fs::PermissionsExt;
    let cli = Cli::new();
    let spy = cli.file(
        "vakooja",
        "#!/bin/sh\n[ -z \"$KIULU_PASSPHRASE\" ] && exit 3\nexit 0\n",
    );
    std::fs::set_permissions(&spy, std::fs::Permissions::from_mode(0o755)).unwrap();
    let list = cli.file("lista.csv", LIST);
    let mut command = cli.command(&["sheet", text(&list), "--json"]);
    let output = command.env("KIULU_SHEET", &spy).output().unwrap();
    // A sidecar that ends so has read nothing because it could not set its caps.
    assert_eq!(failed(&output)["code"], "sidecar_missing");
    let mut command = cli.command(&["sheet", text(&list), "--json"]);
    let output = command.env("KIULU_SHEET", cli.path("ei")).output().unwrap();
    assert_eq!(failed(&output)["code"], "sidecar_missing");
}
