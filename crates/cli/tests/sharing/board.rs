//! A board of three: what one writes the others have, and where two wrote the same nothing is lost.

use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use kiulu_app::AttentionKind;

on_both_databases!(a_board_shares_and_where_two_wrote_the_same_nothing_is_lost);

fn a_board_shares_and_where_two_wrote_the_same_nothing_is_lost(database: &Database) {
    let endpoint = Endpoint::start(database);
    let aino = founded(&endpoint.url());
    let pekka = joined(&aino, "editor", "Pekka Koivu");
    aino.json(&["sync"]);
    assert_agree(&[&aino, &pekka]);
    let devices = aino.json(&["devices"]);
    let names: Vec<_> = devices["devices"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&"Aino Pihlaja".into(), &"Pekka Koivu".into())
    );

    // Both give the same turn away, correct the same phone, and bring somebody new in, before either hears of the other.
    let turn = &free_turns(&aino)[0];
    aino.json(&["book", "Löylyhuone", "A 1", turn]);
    pekka.json(&["book", "Löylyhuone", "A 2", turn]);
    import(
        &aino,
        "Anna;Mäki;A 1;Asukas;040 555 5555;anna@kielo.example\nHelmi;Aho;A 3;Asukas;;\n",
    );
    let pekkas = import(
        &pekka,
        "Anna;Mäki;A 1;Asukas;040 666 6666;anna@kielo.example\nOiva;Virta;A 4;Asukas;;\n",
    );
    let sent = aino.json(&["sync"]);
    assert_eq!((&sent["sent"], &sent["received"]), (&2.into(), &0.into()));
    let met = pekka.json(&["sync"]);
    assert_eq!((&met["sent"], &met["received"]), (&2.into(), &2.into()));
    aino.json(&["sync"]);
    assert_agree(&[&aino, &pekka]);

    let register = Register::of(&aino);
    let held = "SELECT f.name || ' ' || b.status FROM booking b JOIN flat f ON f.id = b.flat ORDER BY f.name";
    assert_eq!(register.texts(held), ["A 1 booked", "A 2 displaced"]);
    let phone = "SELECT phone FROM contact WHERE first_name = 'Anna'";
    assert_eq!(register.texts(phone), ["+358406666666"]);
    assert_eq!(pekka.json(&["contacts", "list"])["total"], 6);
    let (mut displaced, mut conflicts) = (0, Vec::new());
    for item in attention(&aino) {
        match item.kind {
            AttentionKind::BookingDisplaced { .. } => displaced += 1,
            AttentionKind::Conflict(conflict) => conflicts.push(conflict),
            _ => {}
        }
    }
    let [conflict] = &conflicts[..] else {
        panic!("{conflicts:?}")
    };
    let values = conflict.values.iter();
    let values: Vec<_> = values
        .map(|value| {
            (
                value.column.as_str(),
                value.standing.as_str(),
                value.other.as_str(),
            )
        })
        .collect();
    assert_eq!(displaced, 1);
    assert_eq!(values, [("phone", "040 666 6666", "040 555 5555")]);
    assert_eq!(conflict.later.author, "Pekka Koivu");
    assert_eq!(conflict.earlier.as_ref().unwrap().author, "Aino Pihlaja");

    // A third one, who only reads, finds all of it and writes nothing.
    let tuula = joined(&aino, "viewer", "Tuula Haapa");
    in_step(&[&aino, &pekka, &tuula]);
    assert_agree(&[&aino, &pekka, &tuula]);
    assert_eq!(
        tuula.error(&["undo", pekkas["change"].as_str().unwrap()])["code"],
        "only_reads"
    );
    let kept = tuula.json(&["sync"]);
    assert_eq!((&kept["sent"], &kept["waiting"]), (&0.into(), &0.into()));
    in_step(&[&aino, &pekka]);
    assert_agree(&[&aino, &pekka]);

    // What was undone after it was shared is undone everywhere.
    pekka.json(&["undo", pekkas["change"].as_str().unwrap()]);
    in_step(&[&pekka, &aino]);
    assert_agree(&[&aino, &pekka]);
    assert_eq!(aino.json(&["contacts", "list", "--query", "Oiva"])["total"], 0);
}
