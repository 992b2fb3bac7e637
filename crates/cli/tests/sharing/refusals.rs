//! What cannot be says so by a code that the window has a sentence for.

use crate::common::Cli;
use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use kiulu_wire::invitation::Code;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;

on_both_databases!(
    codes_work_once_and_as_they_were_given,
    whoever_was_shut_out_hears_so_and_gets_nothing_more,
);

fn codes_work_once_and_as_they_were_given(database: &Database) {
    let mut endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    let code = invited(&aino, "editor");
    let new = Cli::new();

    // The check symbol notices one that is another; one that no code has is named by its place.
    let at = code.rfind(|letter: char| letter.is_ascii_digit()).unwrap();
    let digit = if &code[at..=at] == "7" { "8" } else { "7" };
    let mistyped = format!("{}{digit}{}", &code[..at], &code[at + 1..]);
    let invalid = |place: u32| json!({ "code": "code_invalid", "params": { "place": place } });
    assert_eq!(new.error(&["join", &mistyped]), invalid(0));
    assert_eq!(
        new.error(&["join", &format!("{}!{}", &code[..1], &code[2..])]),
        invalid(2)
    );
    assert_eq!(new.error(&["join", "KIULU"])["code"], "code_invalid");
    // Whoever makes an old code last longer is not believed by the log, whoever makes it shorter fools themselves.
    let parsed: Code = code.parse().unwrap();
    let expired = Code { expires: 1, ..parsed };
    assert_eq!(new.error(&["join", &expired.to_string()])["code"], "code_expired");

    // Without an endpoint nothing is lost: the same code works when it is back.
    endpoint.kill();
    assert_eq!(new.error(&["join", &code])["code"], "endpoint_unreachable");
    assert_eq!(aino.error(&["sync"])["code"], "endpoint_unreachable");
    assert_eq!(
        aino.error(&["invite", "--role", "viewer"])["code"],
        "endpoint_unreachable"
    );
    endpoint.come_back();
    // As people type: small letters, no hyphens.
    new.json(&["join", &code.to_lowercase().replace('-', " ")]);
    assert_eq!(new.json(&["contacts", "list"])["total"], 4);

    assert_eq!(Cli::new().error(&["join", &code])["code"], "code_used");
    let again = invited(&aino, "editor");
    let here = json!({ "code": "organisation_here", "params": { "name": "As Oy Kielo" } });
    assert_eq!(new.error(&["join", &again]), here);
    assert_eq!(new.error(&["invite", "--role", "editor"])["code"], "owner_needed");
    assert_eq!(
        aino.error(&["endpoint", "create-org", &endpoint.url()])["code"],
        "already_shared"
    );
}

fn whoever_was_shut_out_hears_so_and_gets_nothing_more(database: &Database) {
    let endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    let pekka = joined(&aino, "owner", "Pekka Koivu");
    let tuula = joined(&aino, "editor", "Tuula Haapa");
    in_step(&[&aino, &pekka, &tuula]);
    // What Pekka wrote and did not hand over in time stays with him.
    import(&pekka, "Oiva;Virta;A 4;Asukas;;\n");
    let devices = aino.json(&["revoke", "2"]);
    assert_eq!(devices["devices"][1]["shut_out"], true);
    assert_eq!(pekka.error(&["sync"])["code"], "shut_out");
    assert_eq!(pekka.error(&["invite", "--role", "owner"])["code"], "shut_out");
    assert_eq!(pekka.error(&["revoke", "1"])["code"], "shut_out");
    assert_eq!(aino.error(&["revoke", "9"])["code"], "device_unknown");
    assert_eq!(aino.error(&["revoke", "1"])["code"], "last_owner");

    import(&aino, "Helmi;Aho;A 3;Asukas;;\n");
    in_step(&[&aino, &tuula]);
    assert_agree(&[&aino, &tuula]);
    assert_eq!(tuula.json(&["contacts", "list"])["total"], 5);
    assert_eq!(tuula.json(&["contacts", "list", "--query", "Oiva"])["total"], 0);
    assert_eq!(pekka.json(&["contacts", "list", "--query", "Helmi"])["total"], 0);
}

#[test]
fn founding_needs_an_endpoint_at_the_address_and_its_token_where_it_asks_for_one() {
    const TOKEN: &str = "the-operators-very-own-token";
    let database = Database::sqlite();
    let endpoint = Endpoint::start_with(&database, &["--admin-token", TOKEN]);
    let aino = house();
    assert_eq!(aino.error(&["sync"])["code"], "not_shared");
    assert_eq!(aino.error(&["devices"])["code"], "not_shared");
    assert_eq!(
        aino.error(&["endpoint", "create-org", "ftp://kielo.example"])["code"],
        "address_invalid"
    );

    // Nobody, and somebody who is no endpoint.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let found = ["endpoint", "create-org"];
    let at = |url: &str| aino.error(&[&found[..], &[url]].concat())["code"].clone();
    assert_eq!(at(&format!("http://{address}")), "endpoint_unreachable");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut line in other.incoming().flatten() {
            let _ = line.read(&mut [0; 4096]);
            let _ =
                line.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nSauna!\n");
        }
    });
    assert_eq!(at(&format!("http://{address}")), "endpoint_foreign");
    // An endpoint that speaks no TLS, asked as if it did.
    assert_eq!(
        at(&format!("https://{}", endpoint.address())),
        "endpoint_unreachable"
    );

    let url = endpoint.url();
    assert_eq!(at(&url), "token_needed");
    let with = |token: &'static str| [&found[..], &[&url, "--token", token]].concat();
    assert_eq!(aino.error(&with("a-guessed-token"))["code"], "token_needed");
    assert_eq!(aino.json(&with(TOKEN))["head"]["number"], 2);
    assert_eq!(aino.json(&["sync"])["sent"], 0);
}
