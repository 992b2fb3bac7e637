//! What the store costs at 100 000 contacts of twelve filled columns, against bare rows in the same encrypted schema.
//!
//! `cargo run --release -p kiulu-store --example costs [contacts]`
#![allow(clippy::unwrap_used, clippy::expect_used)]

use kiulu_domain::action::Action;
use kiulu_domain::contact::{ContactDetails, ContactKind, StakeholderRole};
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec, ContactSort};
use kiulu_domain::flat::Flat;
use kiulu_domain::id::{ContactId, FlatId, ImportId, StakeholderKindId, StakeholderRoleId, UserId};
use kiulu_domain::organisation::PostalAddress;
use kiulu_domain::vocabulary::{LegalBasis, Retention, StakeholderKind};
use kiulu_store::{Error, FileKey, OnEdited, Store, SystemSource};
use rusqlite::{Connection, params};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FIRST: [&str; 12] = [
    "Matti", "Liisa", "Jukka", "Päivi", "Åsa", "Örjan", "Aino", "Väinö", "Eeva", "Kari", "Sirpa", "Toivo",
];
const LAST: [&str; 12] = [
    "Meikäläinen",
    "Virtanen",
    "Mäkelä",
    "Åström",
    "Öhman",
    "Korhonen",
    "Nieminen",
    "Järvinen",
    "Laine",
    "Heikkinen",
    "Koskinen",
    "Lindström",
];

fn contact(n: u32) -> ContactDetails {
    let pick = |list: &[&str], n: u32| list[n as usize % list.len()].to_owned();
    ContactDetails {
        kind: ContactKind::Person,
        first_name: format!("{} {}", pick(&FIRST, n), pick(&FIRST, n / 12)),
        last_name: format!("{}{}", pick(&LAST, n / 7), n % 997),
        email: format!(
            "{}.{n}@example.fi",
            ["matti", "liisa", "info", "hallitus"][n as usize % 4]
        ),
        phone: format!("+35840{n:07}"),
        address: PostalAddress {
            street: format!("Koivukatu {}", n % 300),
            postal_code: format!("{:05}", n % 99_999),
            city: ["Helsinki", "Turku", "Oulu", "Vaasa"][n as usize % 4].into(),
            country: "FI".into(),
        },
        birth_date: chrono::NaiveDate::from_ymd_opt(1930 + (n % 80) as i32, 1 + n % 12, 1 + n % 28),
        domicile: "Helsinki".into(),
        language: "fi".into(),
        number: n.to_string(),
        ..ContactDetails::default()
    }
}

fn bare(path: &std::path::Path, count: u32) -> Duration {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "key", format!("x'{}'", "07".repeat(32)))
        .unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;")
        .unwrap();
    conn.execute_batch(include_str!("../migrations/0001_foundation.sql"))
        .unwrap();
    let contacts: Vec<_> = (0..count).map(|n| (uuid::Uuid::now_v7(), contact(n))).collect();
    let start = Instant::now();
    conn.execute_batch("BEGIN").unwrap();
    {
        let mut insert = conn
            .prepare(
                "INSERT INTO contact(id, kind, first_name, last_name, alternative_name, email, phone, street, postal_code, city,
                   country, birth_date, domicile, language, number, business_id, notes, deceased, non_disclosure,
                   identity_code)
                 VALUES (?, 'person', ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, 0, '')",
            )
            .unwrap();
        for (id, c) in &contacts {
            insert
                .execute(params![
                    id,
                    c.first_name,
                    c.last_name,
                    c.email,
                    c.phone,
                    c.address.street,
                    c.address.postal_code,
                    c.address.city,
                    c.address.country,
                    c.birth_date.map(|date| date.to_string()),
                    c.domicile,
                    c.language,
                    c.number
                ])
                .unwrap();
        }
    }
    conn.execute_batch("COMMIT").unwrap();
    start.elapsed()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let value = work();
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:<58}{seconds:>8.2} s");
    (value, seconds)
}

fn percentiles(what: &str, limit_ms: f64, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (median, p95) = (at(0.5), at(0.95));
    println!(
        "{what:<50}median {median:>6.1} ms, p95 {p95:>6.1} ms, limit {limit_ms} ms: {:.2}",
        p95 / limit_ms
    );
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

fn main() {
    let count: u32 = std::env::args()
        .nth(1)
        .map_or(100_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("costs.kiulu");
    let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
    println!("{count} contacts");
    let base = bare(&folder.path().join("bare.db"), count).as_secs_f64();
    println!("{:<58}{base:>8.2} s", "bare rows of contact alone");
    let bare_peak = peak_mb();

    let key = FileKey::from_bytes(&[7; 32]).unwrap();
    let store = Store::create(&path, &key, Arc::new(SystemSource)).unwrap();
    store
        .set_profile(UserId(uuid::Uuid::now_v7()), "Aino", "aino@example.fi")
        .unwrap();
    let kind = StakeholderKindId(uuid::Uuid::now_v7());
    let flats: Vec<_> = (0..200)
        .map(|n| (FlatId(uuid::Uuid::now_v7()), format!("{} {n}", ["A", "B"][n % 2])))
        .collect();
    store
        .write(&Action::OrganisationCreate { name: "Kulut".into() }, |tx| {
            tx.put_stakeholder_kind(&StakeholderKind {
                id: kind,
                name: "Jäsen".into(),
                legal_basis: LegalBasis::LegalObligation,
                retention: Retention::MonthsAfterEnd { months: 12 },
                has_flat: true,
            })?;
            for (id, name) in &flats {
                tx.put_flat(&Flat {
                    id: *id,
                    stairwell: None,
                    name: name.clone(),
                    floor: None,
                    area_tenths: None,
                    shares_from: None,
                    shares_to: None,
                    note: String::new(),
                })?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();

    let import = || {
        let action = Action::Import {
            file: "jäsenet.xlsx".into(),
            created: count,
            updated: 0,
        };
        let start = Instant::now();
        let written = store.write(&action, |tx| {
            let import = ImportId(tx.uuid());
            tx.insert_import(import, "jäsenet.xlsx", "Taul1", "[]")?;
            for n in 0..count {
                let id = ContactId(tx.uuid());
                tx.insert_contact(id, &contact(n))?;
                tx.put_role(&StakeholderRole {
                    id: StakeholderRoleId(tx.uuid()),
                    contact: id,
                    kind,
                    flat: Some(flats[n as usize % flats.len()].0),
                    valid_from: None,
                    valid_to: None,
                    note: String::new(),
                })?;
                tx.insert_import_row(tx.uuid(), import, id, n + 2, 0b1111)?;
            }
            println!(
                "{:<58}{:>8.2} s",
                "  of which rows, captured",
                start.elapsed().as_secs_f64()
            );
            Ok::<_, Error>(())
        });
        written.unwrap().change.unwrap()
    };
    let (change, write) = timed("Store::write: contact, role and origin of each", import);
    let write_peak = peak_mb();
    let (_, undo) = timed("undo", || store.undo(change, OnEdited::Stop).unwrap());
    println!(
        "write / bare {:.1}, undo / write {:.2}",
        write / base,
        undo / write
    );
    timed("write again", import);
    println!(
        "peak memory: bare {bare_peak} MB, after the write {write_peak} MB, now {} MB",
        peak_mb()
    );

    let mut times = Vec::new();
    let queries = [
        "m",
        "a",
        "ö",
        "1",
        "ma",
        "mä",
        "vi",
        "04",
        "mat",
        "mei",
        "vir",
        "040",
        "matti",
        "meikäläinen5",
        "matti meik",
        "makela",
        "040 0012",
        "+358 40 0077",
        "a 12",
        "b 7",
        "info.1",
        "example",
        "hallitus.99",
    ];
    for round in 0..4 {
        for query in queries {
            let spec = ContactListSpec {
                query: query.into(),
                ..ContactListSpec::default()
            };
            let start = Instant::now();
            let page = store.contact_page(&spec, today, 0, 60).unwrap();
            let ms = start.elapsed().as_secs_f64() * 1000.0;
            if round == 1 {
                println!("  search {query:<14}{:>8} found {ms:>7.1} ms", page.total);
            }
            times.push(ms);
        }
    }
    percentiles("search, page of 60", 30.0, times);

    let mut times = Vec::new();
    for n in 0..100 {
        let start = Instant::now();
        store
            .contact_page(&ContactListSpec::default(), today, n * (count / 100), 60)
            .unwrap();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    percentiles("list page anywhere", 15.0, times);

    let ids = store.contact_ids(&ContactListSpec::default(), today).unwrap();
    let mut times = Vec::new();
    for n in 0..20 {
        let edited = ContactDetails {
            notes: n.to_string(),
            ..contact(n)
        };
        let action = Action::ContactEdit { name: String::new() };
        store
            .write(&action, |tx| tx.update_contact(ids[n as usize * 31], &edited))
            .unwrap();
        let start = Instant::now();
        store
            .contact_page(&ContactListSpec::default(), today, 5000, 60)
            .unwrap();
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    percentiles("list page after an edit", 15.0, times);

    for sort in [
        ContactSort::Flat,
        ContactSort::Email,
        ContactSort::Number,
        ContactSort::City,
        ContactSort::BirthDate,
    ] {
        let spec = ContactListSpec {
            sort,
            ..ContactListSpec::default()
        };
        timed(&format!("first page by {sort:?}"), || {
            store.contact_page(&spec, today, 0, 60).unwrap()
        });
    }
    let filter = ContactFilter {
        roles: vec![kind],
        ..ContactFilter::default()
    };
    let spec = ContactListSpec {
        filter,
        ..ContactListSpec::default()
    };
    timed("first page of a role", || {
        store.contact_page(&spec, today, 0, 60).unwrap()
    });
}
