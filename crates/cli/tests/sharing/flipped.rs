//! A bit that was changed on the way is noticed: nothing is taken in, the program says so, and goes on when the way is honest again.

use crate::between::Between;
use crate::common::Cli;
use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use kiulu_wire::{Entry, batch};
use serde_json::{Value, json};

on_both_databases!(
    every_field_of_an_entry_that_is_changed_on_the_way_is_noticed,
    a_join_over_a_line_that_changes_bits_goes_on_over_one_that_does_not,
    what_is_changed_on_its_way_to_the_endpoint_is_not_taken,
);

fn fault(fault: &str, seq: u32) -> Value {
    json!({ "code": "log_fault", "params": { "seq": seq, "fault": fault } })
}

/// The places of a page's first entry, in bytes from the page's beginning, and what is said when a bit of each is changed.
fn places(seq: u32, length: usize) -> Vec<(&'static str, usize, Value)> {
    let foreign = json!({ "code": "endpoint_foreign" });
    let forged = fault("forged", seq);
    vec![
        ("length of the entry", 3, foreign),
        ("version", 4, forged.clone()),
        ("number", 5 + 7, fault("gap", seq)),
        ("hash of the entry before", 13, fault("branched", seq)),
        ("device", 45, forged.clone()),
        ("epoch", 61 + 3, forged.clone()),
        ("schema version", 65 + 3, forged.clone()),
        ("kind", 69, forged.clone()),
        ("length of the body", 70 + 3, forged.clone()),
        ("nonce", 74, forged.clone()),
        ("ciphertext", 74 + 24 + 5, forged.clone()),
        ("signature", 4 + length - 1, forged),
    ]
}

fn every_field_of_an_entry_that_is_changed_on_the_way_is_noticed(database: &Database) {
    let endpoint = Endpoint::start(database);
    let between = Between::start(endpoint.address());
    let aino = founded(&between.url());
    let pekka = joined(&aino, "editor", "Pekka Koivu");
    in_step(&[&aino, &pekka]);
    import(&pekka, "Oiva;Virta;A 4;Asukas;;\n");
    import(&aino, "Helmi;Aho;A 3;Asukas;;\n");
    aino.json(&["sync"]);

    // The entry that waits for Pekka, as it passes.
    let head = aino.json(&["devices"])["head"]["number"].as_u64().unwrap() as u32;
    let page = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&page);
    let before = Register::of(&pekka).dump();
    between.change_answers("GET /entries", move |body| {
        *seen.lock().unwrap() = body.clone();
        body.clear();
    });
    assert_eq!(pekka.error(&["sync"]), fault("gap", head));
    let page = page.lock().unwrap().clone();
    let entries = batch::decode(&page).unwrap();
    let [entry] = &entries[..] else {
        panic!("{} entries", entries.len())
    };
    assert_eq!(Entry::decode(entry).unwrap().header.seq, u64::from(head));

    for (what, at, expected) in places(head, entry.len()) {
        between.change_answers("GET /entries", move |body| body[at] ^= 1);
        assert_eq!(pekka.error(&["sync"]), expected, "{what}");
        assert!(
            Register::of(&pekka).dump() == before,
            "{what}: something was taken in"
        );
    }
    // Twice the same, and two in another order.
    between.change_answers("GET /entries", |body| body.extend(body.clone()));
    assert_eq!(pekka.error(&["sync"])["params"]["fault"], "repeated");

    between.be_honest();
    in_step(&[&pekka, &aino]);
    assert_agree(&[&aino, &pekka]);
    assert_eq!(aino.json(&["contacts", "list"])["total"], 6);
}

fn a_join_over_a_line_that_changes_bits_goes_on_over_one_that_does_not(database: &Database) {
    let endpoint = Endpoint::start(database);
    let between = Between::start(endpoint.address());
    let aino = founded(&between.url());
    let (code, new) = (invited(&aino, "editor"), Cli::new());
    let join = [
        "join",
        &code,
        "--user-name",
        "Pekka Koivu",
        "--user-email",
        "pekka@kielo.example",
    ];
    // What is sealed to the invitation: its head, its stanza, its body.
    for at in [0, 60, usize::MAX] {
        between.change_answers("POST /parcel", move |body| {
            let at = at.min(body.len() - 1);
            body[at] ^= 1;
        });
        assert_eq!(
            new.error(&join),
            fault("key_swapped", 0),
            "the parcel's byte {at}"
        );
    }
    // The founding, and the last entry.
    for at in [100, usize::MAX] {
        between.change_answers("GET /entries", move |body| {
            let at = at.min(body.len() - 1);
            // A refusal stays as it is: the endpoint does not know this computer yet.
            body[at] ^= u8::from(body[0] != b'{');
        });
        assert_eq!(new.error(&join)["code"], "log_fault", "the page's byte {at}");
        assert_eq!(new.json(&["org", "list"])["organisations"], json!([]));
    }
    between.be_honest();
    new.json(&join);
    in_step(&[&aino, &new]);
    assert_agree(&[&aino, &new]);
    assert_eq!(aino.json(&["devices"])["devices"].as_array().unwrap().len(), 2);
}

fn what_is_changed_on_its_way_to_the_endpoint_is_not_taken(database: &Database) {
    let endpoint = Endpoint::start(database);
    let between = Between::start(endpoint.address());
    let aino = founded(&between.url());
    let pekka = joined(&aino, "editor", "Pekka Koivu");
    in_step(&[&aino, &pekka]);
    let before = Register::of(&pekka).dump();
    import(&aino, "Helmi;Aho;A 3;Asukas;;\n");
    for at in [3, 4, 40, 100, usize::MAX] {
        between.change_requests("POST /entries", move |body| {
            let at = at.min(body.len() - 1);
            body[at] ^= 1;
        });
        let refused = json!({ "code": "endpoint_refused", "params": { "reason": "not_found" } });
        assert_eq!(aino.error(&["sync"]), refused, "byte {at}");
    }
    pekka.json(&["sync"]);
    assert!(Register::of(&pekka).dump() == before);
    // A parcel that was changed on its way is not kept, and no code is given out for it.
    between.change_requests("PUT ", |body| body[80] ^= 1);
    assert_eq!(
        aino.error(&["invite", "--role", "editor"])["code"],
        "endpoint_refused"
    );
    between.be_honest();
    in_step(&[&aino, &pekka]);
    assert_agree(&[&aino, &pekka]);
}
