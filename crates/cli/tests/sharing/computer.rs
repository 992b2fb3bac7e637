//! A board's computers, and what lies on their disks.

use crate::common::{Cli, text};
use crate::rows;
use kiulu_app::{App, AttentionItem, MemoryKeychain, Unlock};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::day_in;
use kiulu_store::{KeyFile, Secret, Store, SystemSource};
use rusqlite::Connection;
use serde_json::Value;
use std::sync::Arc;
use std::time::SystemTime;

/// The flats of the house.
pub(crate) const FLATS: [&str; 4] = ["A 1", "A 2", "A 3", "A 4"];

/// Aino's computer with four flats, somebody in each, and a sauna; shared over the endpoint at an address.
pub(crate) fn founded(url: &str) -> Cli {
    let aino = house();
    aino.json(&["endpoint", "create-org", url]);
    aino
}

/// The same, not shared.
pub(crate) fn house() -> Cli {
    let aino = Cli::new();
    let name = ["--name", "As Oy Kielo", "--kind", "housing-company"];
    let user = [
        "--user-name",
        "Aino Pihlaja",
        "--user-email",
        "aino@kielo.example",
    ];
    aino.json(&[&["org", "create"], &name[..], &user].concat());
    import(
        &aino,
        "Anna;Mäki;A 1;Asukas;040 111 1111;anna@kielo.example\nEero;Laine;A 2;Asukas;040 222 2222;eero@kielo.example\nLiisa;Salo;A 3;Asukas;040 333 3333;liisa@kielo.example\nVille;Niemi;A 4;Asukas;040 444 4444;ville@kielo.example\n",
    );
    aino.json(&["resources", "add", "--kind", "sauna", "--name", "Löylyhuone"]);
    aino
}

/// Brings rows in: given name, family name, flat, role, phone, e-mail, by which somebody is known again. Gives the answer.
pub(crate) fn import(cli: &Cli, rows: &str) -> Value {
    let list = cli.file("lista.csv", format!("{HEADINGS}{rows}"));
    cli.json(&["import", text(&list)])
}

pub(crate) const HEADINGS: &str = "Etunimi;Sukunimi;Huoneisto;Rooli;Puhelin;Sähköposti\n";

/// A code for one more computer.
pub(crate) fn invited(owner: &Cli, role: &str) -> String {
    let invitation = owner.json(&["invite", "--role", role]);
    invitation["code"].as_str().unwrap().to_owned()
}

/// A new computer that joins.
pub(crate) fn joined(owner: &Cli, role: &str, name: &str) -> Cli {
    let (code, new) = (invited(owner, role), Cli::new());
    new.json(&[
        "join",
        &code,
        "--user-name",
        name,
        "--user-email",
        "uusi@kielo.example",
    ]);
    new
}

/// Until nobody has anything that another has not: the last one's changes reach the first in the second turn.
pub(crate) fn in_step(computers: &[&Cli]) {
    for _ in 0..2 {
        for computer in computers {
            computer.json(&["sync"]);
        }
    }
}

/// All have the same in every shared table, and show the same code of the log's end.
#[track_caller]
pub(crate) fn assert_agree(computers: &[&Cli]) {
    let head = |cli: &Cli| cli.json(&["devices"])["head"].clone();
    let first = Register::of(computers[0]);
    let (dump, code) = (first.dump(), head(computers[0]));
    assert_eq!(first.turns_held_twice(), 0);
    for other in &computers[1..] {
        let register = Register::of(other);
        assert!(register.dump() == dump, "registers differ");
        assert_eq!(head(other), code);
        register.store.check_derived().unwrap();
        assert_eq!(register.store.unsent_count().unwrap(), 0);
    }
}

/// The beginnings of the sauna's free turns from tomorrow on.
pub(crate) fn free_turns(cli: &Cli) -> Vec<String> {
    let today = day_in("Europe/Helsinki", SystemTime::now().into());
    let day = |days: usize| today.iter_days().nth(days).unwrap();
    let free = cli.json(&["free", "Löylyhuone", &format!("{}..{}", day(1), day(14))]);
    let turns = free["free"].as_array().unwrap().iter();
    turns
        .map(|turn| turn["start"].as_str().unwrap().to_owned())
        .collect()
}

/// A computer's file, seen past the program.
pub(crate) struct Register {
    pub(crate) conn: Connection,
    pub(crate) store: Store,
}

impl Register {
    pub(crate) fn of(cli: &Cli) -> Self {
        let folders = std::fs::read_dir(cli.path("data/organisations")).unwrap();
        let folders: Vec<_> = folders.flatten().collect();
        let [folder] = &folders[..] else {
            panic!("one organisation is expected");
        };
        let beside = std::fs::read(folder.path().join("organisation.json")).unwrap();
        let beside: Value = serde_json::from_slice(&beside).unwrap();
        let key_file: KeyFile = serde_json::from_value(beside["key_file"].clone()).unwrap();
        let key = key_file.unlock(&Secret::new(cli.passphrase.to_owned())).unwrap();
        let file = folder.path().join("kiulu.db");
        Self {
            conn: rows::raw_with_key(&file, key.as_bytes()),
            store: Store::open(&file, &key, Arc::new(SystemSource)).unwrap(),
        }
    }

    pub(crate) fn dump(&self) -> String {
        rows::dump_with_changes(&self.conn)
    }

    pub(crate) fn turns_held_twice(&self) -> i64 {
        rows::turns_held_twice(&self.conn)
    }

    /// The first column of a query, as text.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let mut statement = self.conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

/// The needs-attention list as the window shows it.
pub(crate) fn attention(cli: &Cli) -> Vec<AttentionItem> {
    let app = App::new(cli.path("data"), Box::new(MemoryKeychain::default())).unwrap();
    let organisation: OrganisationId = app.organisations()[0].id;
    app.open_for_script(organisation, &Unlock::Secret(cli.passphrase.to_owned()))
        .unwrap();
    app.attention(organisation).unwrap()
}
