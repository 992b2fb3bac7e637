//! A backup of a shared register: what it holds comes back as a change that everybody gets.

use crate::common::text;
use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use std::path::PathBuf;

on_both_databases!(a_backup_comes_back_as_a_change_for_all_and_a_lost_file_joins_again);

fn a_backup_comes_back_as_a_change_for_all_and_a_lost_file_joins_again(database: &Database) {
    let endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    let pekka = joined(&aino, "editor", "Pekka Koivu");
    in_step(&[&aino, &pekka]);
    let backup = pekka.json(&["backup"]);
    let backup = PathBuf::from(backup["path"].as_str().unwrap());
    assert_eq!(aino.json(&["contacts", "list"])["total"], 4);

    // Somebody brings in a wrong list, and Pekka wants yesterday back.
    import(
        &aino,
        "Väärä;Lista;A 1;Asukas;;\nToinen;Väärä;A 2;Asukas;;\nAnna;Mäki;A 1;Asukas;040 999 9999;anna@kielo.example\n",
    );
    in_step(&[&aino, &pekka]);
    assert_eq!(pekka.json(&["contacts", "list"])["total"], 6);
    let restored = pekka.json(&["restore", text(&backup)]);
    assert_eq!(restored["contacts"], 4);
    in_step(&[&pekka, &aino]);
    assert_agree(&[&aino, &pekka]);
    let phone = "SELECT phone FROM contact WHERE first_name = 'Anna'";
    assert_eq!(Register::of(&aino).texts(phone), ["+358401111111"]);

    // It is a change like others: whoever does not agree takes it back.
    let done = aino.json(&["history", "--limit", "1"]);
    let change = &done["changes"][0];
    assert_eq!(change["action"]["code"], "backup_restore");
    aino.json(&["undo", change["id"].as_str().unwrap()]);
    in_step(&[&aino, &pekka]);
    assert_agree(&[&aino, &pekka]);
    assert_eq!(pekka.json(&["contacts", "list"])["total"], 6);

    // Who only reads brings nothing back, though the backup is another computer's and has another key.
    let tuula = joined(&aino, "viewer", "Tuula Haapa");
    assert_eq!(tuula.error(&["restore", text(&backup)])["code"], "only_reads");
    assert_eq!(tuula.json(&["contacts", "list"])["total"], 6);
    aino.json(&["sync"]);

    // A file that is no register any more is replaced: it takes no part until it joins again.
    let organisations = pekka.path("data/organisations");
    let folder = std::fs::read_dir(&organisations)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let file = folder.path().join("kiulu.db");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
    std::fs::write(&file, vec![0x5a; 64 << 10]).unwrap();
    pekka.json(&["restore", text(&backup)]);
    assert_eq!(pekka.json(&["contacts", "list"])["total"], 4);
    assert_eq!(pekka.error(&["sync"])["code"], "not_shared");
    let code = invited(&aino, "editor");
    let user = ["--user-name", "Pekka Koivu", "--user-email", "uusi@kielo.example"];
    pekka.json(&[&["join", &code[..]], &user[..]].concat());
    in_step(&[&aino, &pekka]);
    assert_agree(&[&aino, &pekka]);
}
