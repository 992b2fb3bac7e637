//! Whoever runs the endpoint, or listens on the way, learns nothing of what is shared.

use crate::between::Between;
use crate::computer::*;
use crate::endpoint::{Database, Endpoint};
use aho_corasick::AhoCorasick;
use kiulu_wire::invitation::Code;
use std::io::Read;
use std::path::Path;

on_both_databases!(nothing_that_is_shared_can_be_read_on_the_way_or_at_the_endpoint);

/// Everything that the board writes in this test.
const WORDS: &[&str] = &[
    "As Oy Kielo",
    "Kielo",
    "Aino Pihlaja",
    "aino@kielo.example",
    "Pekka Koivu",
    "uusi@kielo.example",
    "Mäki",
    "Liisa",
    "Niemi",
    "+358401111111",
    "0401111111",
    "Löylyhuone",
    "Synttärisauna",
    "Sinikka",
    "Kivelä-Åkerblom",
    "sinikka.kivela@example.fi",
    "+358405550123",
    "Avain vuokralaisella, koira pelkää ukkosta",
    "Huoneisto",
    "Asukas",
    "lista.csv",
];

/// A word as bytes in the encodings that programs write, in the letters that it was written with and in small and large ones.
fn encodings(word: &str) -> Vec<Vec<u8>> {
    let written = [word.to_owned(), word.to_lowercase(), word.to_uppercase()];
    let mut all = Vec::new();
    for text in written {
        all.push(text.clone().into_bytes());
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    all
}

/// Looks for words and for secrets that are no words.
struct Search {
    names: Vec<String>,
    automaton: AhoCorasick,
}

impl Search {
    fn of(words: &[&str], secrets: &[(&str, Vec<u8>)]) -> Self {
        let words = words.iter().flat_map(|word| {
            encodings(word)
                .into_iter()
                .map(move |bytes| ((*word).to_owned(), bytes))
        });
        let secrets = secrets.iter().flat_map(|(name, bytes)| {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            [
                ((*name).to_owned(), bytes.clone()),
                ((*name).to_owned(), hex.into_bytes()),
            ]
        });
        let (names, patterns): (Vec<_>, Vec<_>) = words.chain(secrets).unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(patterns)
            .unwrap();
        Self { names, automaton }
    }

    /// Which of them stand in the bytes, also where these were compressed and nothing more.
    fn found(&self, bytes: &[u8]) -> Vec<&str> {
        const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
        let mut found: Vec<&str> = Vec::new();
        let mut look = |bytes: &[u8]| {
            let here = self.automaton.find_overlapping_iter(bytes);
            found.extend(here.map(|place| self.names[place.pattern()].as_str()));
        };
        look(bytes);
        for at in AhoCorasick::new([ZSTD]).unwrap().find_iter(bytes) {
            let mut plain = Vec::new();
            let frame = zstd::Decoder::with_buffer(&bytes[at.start()..]);
            // As far as it goes: most are four bytes that look like a beginning.
            let _ = frame.and_then(|frame| frame.take(1 << 20).read_to_end(&mut plain));
            look(&plain);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Everything that lies below a folder.
fn everything(place: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            bytes.extend(everything(&path));
        } else if path.is_file() {
            bytes.extend(std::fs::read(path).unwrap_or_default());
        }
    }
    bytes
}

fn nothing_that_is_shared_can_be_read_on_the_way_or_at_the_endpoint(database: &Database) {
    let mut endpoint = Endpoint::start(database);
    let between = Between::start(endpoint.address());
    let aino = founded(&between.url());
    let code = invited(&aino, "editor");
    let pekka = crate::common::Cli::new();
    let user = ["--user-name", "Pekka Koivu", "--user-email", "uusi@kielo.example"];
    pekka.json(&[&["join", &code], &user[..]].concat());
    let list = pekka.file(
        "lista.csv",
        "Etunimi;Sukunimi;Huoneisto;Rooli;Puhelin;Sähköposti;Muistiinpanot\n\
         Sinikka;Kivelä-Åkerblom;A 2;Asukas;040 555 0123;sinikka.kivela@example.fi;Avain vuokralaisella, koira pelkää ukkosta\n",
    );
    pekka.json(&["import", crate::common::text(&list)]);
    let turn = &free_turns(&pekka)[0];
    pekka.json(&["book", "Löylyhuone", "A 1", turn, "--note", "Synttärisauna"]);
    in_step(&[&pekka, &aino]);
    aino.json(&["revoke", "2"]);
    assert_eq!(pekka.error(&["sync"])["code"], "shut_out");

    // All of it was written, and is where it belongs.
    let register = Register::of(&aino);
    let shared = register.dump();
    for word in [
        "Synttärisauna",
        "Kivelä-Åkerblom",
        "koira pelkää ukkosta",
        "Pekka Koivu",
    ] {
        assert!(shared.contains(word), "{word}");
    }
    // What SQLite and PostgreSQL had not written out yet is in their files now, or in what they write ahead.
    endpoint.kill();
    let places = [
        ("on the way", between.heard()),
        ("in the database", everything(database.place())),
        ("in the log", database.log().into_bytes()),
    ];

    let parsed: Code = code.parse().unwrap();
    let secrets = [
        ("the code", code.replace('-', "").into_bytes()),
        ("the code's secret", parsed.secret.as_bytes().to_vec()),
        (
            "the key that opens the parcel",
            parsed.secret.parcel_seed().to_vec(),
        ),
        (
            "the key that signs for the code",
            parsed.secret.signing_key().to_bytes().to_vec(),
        ),
    ];
    let search = Search::of(WORDS, &secrets);
    for (place, bytes) in &places {
        assert_eq!(search.found(bytes), [""; 0], "readable {place}");
    }

    // The same search finds what is there: the organisation's id is no secret, nor are requests, tables and routes.
    let id = [("the organisation's id", parsed.organisation.0.to_vec())];
    for ((place, bytes), word) in places.iter().zip([
        "kiulu-head",
        "organisation",
        "/v1/organisations/{organisation}/entries",
    ]) {
        let known = Search::of(&[word], &id);
        let expected = [word, "the organisation's id"];
        // The log names no organisation.
        let expected = &expected[..if *place == "in the log" { 1 } else { 2 }];
        assert_eq!(known.found(bytes), expected, "{place}");
    }
    // And whatever of the words is put there, wherever and however.
    for (place, bytes) in &places {
        let packed = zstd::encode_all(shared.as_bytes(), 0).unwrap();
        let whole = [&bytes[..bytes.len() / 2], &packed, &bytes[bytes.len() / 2..]].concat();
        let found = search.found(&whole);
        for word in ["Synttärisauna", "Mäki", "+358405550123", "As Oy Kielo"] {
            assert!(found.contains(&word), "{word} {place}, compressed");
        }
    }
    for word in WORDS {
        for planted in encodings(word) {
            let whole = [&b"\x00\xffabc"[..], &*planted, b"\x00"].concat();
            assert!(search.found(&whole).contains(word), "{word} as {planted:?}");
        }
    }
    for (name, secret) in &secrets {
        assert!(
            search.found(&[&b"x"[..], secret].concat()).contains(name),
            "{name}"
        );
    }
}
