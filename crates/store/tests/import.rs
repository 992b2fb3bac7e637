//! An import from planning to undo, on a real encrypted file.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Fixture, person};
use kiulu_domain::action::Action;
use kiulu_domain::contact::ContactPointKind;
use kiulu_domain::flat::Building;
use kiulu_domain::id::{BuildingId, ChangeId, ImportId, OrganisationId};
use kiulu_domain::import::draft::{Reading, bit, read_row};
use kiulu_domain::import::field::{Field, Target};
use kiulu_domain::import::options::{Corrections, ImportOptions, Mapping};
use kiulu_domain::import::plan::{Plan, plan};
use kiulu_domain::organisation::{Language, Organisation, OrganisationKind, PostalAddress};
use kiulu_domain::sheet::{Cell, Row};
use kiulu_store::{Error, Executed, OnEdited, Store};
use std::ops::ControlFlow;

const COLUMNS: [Field; 9] = [
    Field::Name,
    Field::Number,
    Field::Email,
    Field::Phone,
    Field::Address,
    Field::BirthDate,
    Field::RoleName,
    Field::Flat,
    Field::Group,
];

fn rows(texts: &[[&str; 9]]) -> Vec<Row> {
    texts
        .iter()
        .zip(2..)
        .map(|(cells, number)| Row {
            number,
            cells: cells
                .iter()
                .map(|text| {
                    if text.is_empty() {
                        Cell::Empty
                    } else {
                        Cell::Text((*text).into())
                    }
                })
                .collect(),
        })
        .collect()
}

fn messy() -> Vec<Row> {
    rows(&[
        [
            "Matti ja Maija Meikäläinen",
            "",
            "",
            "040-123 4567, 050 765 4321",
            "Koivukatu 3 A 1, 00100 HELSINKI",
            "",
            "asukas",
            "a1",
            "Talkoot",
        ],
        [
            "Aalto, Aino",
            "12",
            "Aino <aino@x.fi>",
            "0501112222",
            "",
            "1.2.1950",
            "asukas",
            "A 12",
            "",
        ],
        [
            "Aino Aalto",
            "12",
            "toinen@x.fi",
            "",
            "Rantatie 1, 33100 Tampere",
            "",
            "",
            "",
            "talkoot",
        ],
        ["Liisa Laine", "", "rikki", "", "", "", "", "", ""],
    ])
}

fn planned(store: &Store, rows: &[Row]) -> Plan {
    let mapping = Mapping {
        targets: COLUMNS.map(Target::Field).to_vec(),
        ..Mapping::default()
    };
    let (options, corrections) = (ImportOptions::default(), Corrections::default());
    let (register, vocabulary) = store
        .read(|reader| Ok::<_, Error>((reader.load_register()?, reader.vocabulary()?)))
        .unwrap();
    let today = "2026-10-22".parse().unwrap();
    let reading = Reading::new(&mapping, &options, &corrections, &vocabulary, &[], rows, today);
    let drafts = rows.iter().map(|row| read_row(row, &reading)).collect();
    plan(drafts, &register, &options, &corrections)
}

fn run(
    store: &Store,
    plan: &Plan,
    progress: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
) -> Result<(Executed, Option<ChangeId>), Error> {
    let action = Action::Import {
        file: "jäsenet.xlsx".into(),
        created: 0,
        updated: 0,
    };
    let written = store.write_unchecked(&action, |tx| {
        tx.execute_plan(plan, ImportId(tx.uuid()), "jäsenet.xlsx", "Taul1", "[]", progress)
    })?;
    Ok((written.value, written.change))
}

fn go(_: u32, _: u32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn an_import_writes_everything_and_undo_takes_all_of_it_back() {
    let f = Fixture::new();
    let before = f.dump();
    let plan = planned(&f, &messy());
    assert_eq!(
        (plan.totals.new, plan.totals.updated, plan.totals.rejected),
        (3, 1, 1)
    );
    let (executed, change) = run(&f, &plan, &mut go).unwrap();
    assert_eq!(
        executed,
        Executed {
            created: 3,
            updated: 0,
            flats: 1,
            groups: 1
        }
    );
    for (sql, want) in [
        ("SELECT count(*) FROM contact", 3),
        ("SELECT count(*) FROM contact WHERE household IS NOT NULL", 2),
        ("SELECT count(*) FROM household", 1),
        ("SELECT count(*) FROM contact_point", 2),
        ("SELECT count(*) FROM stakeholder_role WHERE flat IS NOT NULL", 3),
        ("SELECT count(*) FROM flat", 2),
        ("SELECT count(*) FROM group_member", 3),
        ("SELECT count(*) FROM import_row", 4),
        ("SELECT count(*) FROM pragma_foreign_key_check", 0),
        (
            "SELECT count(*) FROM contact WHERE last_name = 'Aalto' AND birth_date = '1950-02-01' AND city = 'Tampere'",
            1,
        ),
    ] {
        assert_eq!(f.count(sql), want, "{sql}");
    }
    f.check_derived().unwrap();
    f.undo(change.unwrap(), OnEdited::Stop).unwrap();
    assert_eq!(f.dump(), before);
    f.check_derived().unwrap();
}

#[test]
fn flats_of_an_import_stand_in_the_only_building_and_in_no_one_of_several() {
    let living_in = |people: [(&'static str, &'static str); 3]| {
        rows(&people.map(|(name, flat)| [name, "", "", "", "", "", "asukas", flat, ""]))
    };
    let f = Fixture::new();
    f.change(|tx| {
        tx.put_organisation(&Organisation {
            id: OrganisationId(tx.uuid()),
            kind: OrganisationKind::HousingCompany,
            name: "As Oy Koivukuja".into(),
            business_id: String::new(),
            language: Language::Fi,
            address: PostalAddress {
                street: "Koivukuja 5".into(),
                ..PostalAddress::default()
            },
            time_zone: "Europe/Helsinki".into(),
            identity_code_basis: String::new(),
        })
    });
    run(
        &f,
        &planned(
            &f,
            &living_in([("Aino Aalto", "A 1"), ("Bo Berg", "b2"), ("Sami Salo", "7")]),
        ),
        &mut go,
    )
    .unwrap();
    let stairwells = |building| -> Vec<String> {
        let stairwells = f.read(|reader| reader.stairwells()).unwrap();
        let of_it = stairwells.into_iter().filter(|one| one.building == building);
        of_it.map(|one| one.name).collect()
    };
    let [building] = f.read(|reader| reader.buildings()).unwrap().try_into().unwrap();
    assert_eq!(building.name, "Koivukuja 5");
    assert_eq!(stairwells(building.id), ["", "A", "B"]);

    // The letters say which building, where only one has them; new letters could be in either.
    f.change(|tx| {
        tx.put_building(&Building {
            id: BuildingId(tx.uuid()),
            name: "Talo 2".into(),
            street: String::new(),
        })
    });
    run(
        &f,
        &planned(
            &f,
            &living_in([
                ("Liisa Laine", "A 3"),
                ("Nina Niemi", "C 4"),
                ("Rauno Ranta", "B 5"),
            ]),
        ),
        &mut go,
    )
    .unwrap();
    let unplaced: Vec<_> = f.read(|reader| reader.flats()).unwrap();
    let mut unplaced: Vec<_> = unplaced
        .iter()
        .filter(|flat| flat.stairwell.is_none())
        .map(|flat| flat.name.as_str())
        .collect();
    unplaced.sort_unstable();
    assert_eq!(
        unplaced,
        ["A 12", "C 4"],
        "A 12 was there before any building was"
    );
}

#[test]
fn the_same_file_again_writes_nothing() {
    let f = Fixture::new();
    run(&f, &planned(&f, &messy()), &mut go).unwrap();
    let (after, seq) = (f.dump(), f.last_seq().unwrap());
    let again = planned(&f, &messy());
    assert_eq!(
        (again.totals.unchanged, again.totals.rejected, again.is_empty()),
        (4, 1, true)
    );
    let (executed, change) = run(&f, &again, &mut go).unwrap();
    assert_eq!((executed, change), (Executed::default(), None));
    assert_eq!((f.dump(), f.last_seq().unwrap()), (after, seq));
}

#[test]
fn an_update_changes_only_its_columns_and_names_its_source() {
    let f = Fixture::new();
    let id = f.add({
        let mut aino = person("Aino", "Aalto");
        aino.number = "12".into();
        aino.notes = "oma".into();
        aino.email = "vanha@x.fi".into();
        aino
    });
    let plan = planned(&f, &messy()[1..2]);
    let (executed, _) = run(&f, &plan, &mut go).unwrap();
    assert_eq!((executed.created, executed.updated), (0, 1));
    f.read(|reader| {
        let aino = reader.contact(id)?;
        assert_eq!((aino.email.as_str(), aino.notes.as_str()), ("aino@x.fi", "oma"));
        let origins = reader.origins(id)?;
        assert_eq!(
            (origins.len(), origins[0].row, origins[0].file_name.as_str()),
            (1, 3, "jäsenet.xlsx")
        );
        assert_ne!(origins[0].fields & bit(Field::Email), 0);
        assert_eq!(origins[0].fields & (bit(Field::Number) | bit(Field::Notes)), 0);
        assert!(
            reader
                .contact_points(id)?
                .iter()
                .all(|point| point.kind != ContactPointKind::Address)
        );
        Ok::<_, Error>(())
    })
    .unwrap();
}

/// A number in letters, since names have no digits.
fn letters(mut n: u32) -> String {
    let mut text = String::new();
    while n > 0 {
        text.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
    }
    text
}

#[test]
fn breaking_off_leaves_nothing() {
    let f = Fixture::new();
    let many: Vec<Row> = (0..1500)
        .map(|n| Row {
            number: n + 2,
            cells: vec![
                Cell::Text(format!("Etu Suku{}", letters(n))),
                Cell::Number(f64::from(n + 1)),
            ],
        })
        .collect();
    let plan = planned(&f, &many);
    let (before, seq) = (f.dump(), f.last_seq().unwrap());
    for limit in [0, 500, 2000, 3000] {
        let mut heard = Vec::new();
        let mut progress = |done, total| {
            heard.push((done, total));
            if done >= limit {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        assert!(
            matches!(run(&f, &plan, &mut progress), Err(Error::Cancelled)),
            "{limit}"
        );
        assert_eq!(heard.last(), Some(&(limit, 3000)));
        assert_eq!(
            (f.dump(), f.last_seq().unwrap()),
            (before.clone(), seq),
            "{limit}"
        );
    }
    assert_eq!(run(&f, &plan, &mut go).unwrap().0.created, 1500);
}

#[test]
fn a_plan_for_an_older_register_is_refused_but_looking_does_not_age_it() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let plan = planned(&f, &messy());
    f.write(&Action::ContactView { contact: id }, |tx| {
        tx.note_view(common::USER, id)
    })
    .unwrap();
    run(&f, &plan, &mut go).unwrap();
    let rows = messy();
    let plan = planned(
        &f,
        &[Row {
            number: 9,
            cells: vec![Cell::Text("Uusi Ihminen".into())],
        }],
    );
    f.add(person("Uusi", "Ihminen"));
    let before = f.dump();
    assert!(matches!(run(&f, &plan, &mut go), Err(Error::Outdated)));
    assert_eq!(f.dump(), before);
    assert_eq!(planned(&f, &rows).totals.new, 0);
}
