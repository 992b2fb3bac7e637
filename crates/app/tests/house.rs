//! Buildings, stairwells and flats as users change them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use fixture::Fixture;
use kiulu_app::{HouseStructure, Problem, RoleEdit};
use kiulu_domain::flat::Flat;
use kiulu_domain::id::{BuildingId, StairwellId};

fn add(fixture: &Fixture, building: &str, flats: &[&str]) {
    let flats: Vec<_> = flats.iter().map(|&name| name.to_owned()).collect();
    fixture.app.add_flats(fixture.id, building, "", &flats).unwrap();
}

fn house(fixture: &Fixture) -> HouseStructure {
    fixture.app.house(fixture.id).unwrap()
}

/// "Talo 1: A 1" in the list's order.
fn listed(fixture: &Fixture) -> Vec<String> {
    let house = house(fixture);
    let name = |id: Option<BuildingId>| {
        let building = house.buildings.iter().find(|building| Some(building.id) == id);
        building.map_or("", |building| &building.name).to_owned()
    };
    let flats = house.flats.iter();
    flats
        .map(|info| format!("{}: {}", name(info.building), info.flat.name))
        .collect()
}

fn building(fixture: &Fixture, name: &str) -> BuildingId {
    let buildings = house(fixture).buildings;
    buildings
        .iter()
        .find(|building| building.name == name)
        .unwrap()
        .id
}

fn flat(fixture: &Fixture, place: usize) -> Flat {
    house(fixture).flats[place].flat.clone()
}

fn stairwells(fixture: &Fixture) -> Vec<(StairwellId, String)> {
    let stairwells = house(fixture).stairwells.into_iter();
    stairwells.map(|one| (one.id, one.name)).collect()
}

#[test]
fn two_buildings_may_each_have_a_flat_of_the_name() {
    let fixture = Fixture::new();
    add(&fixture, "Talo 2", &["A 2", "A 1"]);
    add(&fixture, "Talo 1", &["A 1", "A 10"]);
    add(&fixture, "talo 1", &["A 1"]);
    assert_eq!(
        listed(&fixture),
        ["Talo 1: A 1", "Talo 1: A 10", "Talo 2: A 1", "Talo 2: A 2"]
    );
    let labels: Vec<_> = house(&fixture).flats.into_iter().map(|info| info.label).collect();
    assert_eq!(labels, ["A 1 (Talo 1)", "A 10", "A 1 (Talo 2)", "A 2"]);
    let moved = fixture
        .app
        .edit_flat(fixture.id, &flat(&fixture, 2), Some(building(&fixture, "Talo 1")));
    assert_eq!(moved, Err(Problem::NameTaken { name: "A 1".into() }));
}

#[test]
fn a_renamed_flat_goes_to_the_stairwell_of_its_letters() {
    let fixture = Fixture::new();
    add(&fixture, "Talo", &["A 1"]);
    let renamed = Flat {
        name: "b1".into(),
        ..flat(&fixture, 0)
    };
    let talo = building(&fixture, "Talo");
    fixture.app.edit_flat(fixture.id, &renamed, Some(talo)).unwrap();
    let [(stairwell, letters)] = stairwells(&fixture).try_into().unwrap();
    assert_eq!(letters, "B", "the empty stairwell A is gone");
    assert_eq!(flat(&fixture, 0).stairwell, Some(stairwell));
}

#[test]
fn a_flat_whose_building_was_unknown_comes_to_stand_in_one() {
    let fixture = Fixture::new();
    add(&fixture, "Talo", &["A 1"]);
    fixture
        .app
        .edit_flat(fixture.id, &flat(&fixture, 0), None)
        .unwrap();
    assert_eq!(listed(&fixture), [": A 1"]);
    add(&fixture, "Talo", &["A 1", "A 2", "3"]);
    assert_eq!(listed(&fixture), ["Talo: 3", "Talo: A 1", "Talo: A 2"]);
}

#[test]
fn a_stairwell_takes_its_flats_along() {
    let fixture = Fixture::new();
    add(&fixture, "Talo 1", &["A 1", "A 2", "B 3"]);
    add(&fixture, "Talo 2", &["C 2"]);
    let (a, _) = stairwells(&fixture)
        .into_iter()
        .find(|(_, letters)| letters == "A")
        .unwrap();
    let two = building(&fixture, "Talo 2");
    let taken = fixture.app.edit_stairwell(fixture.id, a, two, "C");
    assert_eq!(taken, Err(Problem::NameTaken { name: "C 2".into() }));
    let changed = fixture.app.edit_stairwell(fixture.id, a, two, "d").unwrap();
    assert_eq!(
        listed(&fixture),
        ["Talo 1: B 3", "Talo 2: C 2", "Talo 2: D 1", "Talo 2: D 2"]
    );
    fixture.undo(&changed);
    assert_eq!(listed(&fixture)[0], "Talo 1: A 1");
}

#[test]
fn buildings_are_named_once_and_removed_when_empty() {
    let fixture = Fixture::new();
    add(&fixture, "Talo 1", &["A 1"]);
    let one = building(&fixture, "Talo 1");
    let app = &fixture.app;
    app.save_building(fixture.id, None, "Talo 2", "").unwrap();
    let two = building(&fixture, "Talo 2");
    assert_eq!(
        app.save_building(fixture.id, Some(two), "talo 1", ""),
        Err(Problem::NameTaken {
            name: "talo 1".into()
        })
    );
    assert_eq!(app.delete_building(fixture.id, one), Err(Problem::RecordInUse));
    app.delete_flat(fixture.id, flat(&fixture, 0).id).unwrap();
    app.delete_building(fixture.id, one).unwrap();
    assert_eq!(house(&fixture).buildings.len(), 1);
}

#[test]
fn a_share_belongs_to_one_flat_and_numbers_have_bounds() {
    let fixture = Fixture::new();
    add(&fixture, "Talo", &["A 1", "A 2"]);
    let talo = Some(building(&fixture, "Talo"));
    let with = |place, from, to| Flat {
        shares_from: Some(from),
        shares_to: Some(to),
        ..flat(&fixture, place)
    };
    fixture.app.edit_flat(fixture.id, &with(0, 1, 100), talo).unwrap();
    assert_eq!(
        fixture.app.edit_flat(fixture.id, &with(1, 100, 200), talo),
        Err(Problem::SharesTaken { flat: "A 1".into() })
    );
    assert_eq!(
        fixture.app.edit_flat(fixture.id, &with(1, 300, 200), talo),
        Err(Problem::FlatNumbersInvalid)
    );
    fixture
        .app
        .edit_flat(fixture.id, &with(1, 101, 200), talo)
        .unwrap();
}

#[test]
fn a_flat_knows_who_lives_and_lived_there() {
    let fixture = Fixture::new();
    add(&fixture, "Talo", &["A 1"]);
    let id = flat(&fixture, 0).id;
    let role = |from: Option<&str>, to: Option<&str>| RoleEdit {
        flat: Some(id),
        valid_from: from.map(|day| day.parse().unwrap()),
        valid_to: to.map(|day| day.parse().unwrap()),
        ..fixture.role("Asukas")
    };
    fixture.person("Aalto", |_| (), vec![role(None, Some("2001-12-31"))]);
    fixture.person(
        "Niemi",
        |_| (),
        vec![role(Some("2002-01-01"), Some("2019-12-31"))],
    );
    fixture.person("Salo", |_| (), vec![role(Some("2020-01-01"), None)]);
    fixture.person(
        "Salainen",
        |details| details.non_disclosure = true,
        vec![role(None, None)],
    );
    let overview = fixture.app.flat(fixture.id, id).unwrap();
    let names = |people: &[kiulu_app::FlatResident]| -> Vec<String> {
        people.iter().map(|person| person.name.clone()).collect()
    };
    assert_eq!(names(&overview.info.residents), ["Salo", ""]);
    assert_eq!(names(&overview.others), ["Niemi", "Aalto"]);

    let titles = [
        "Huoneisto",
        "Talo",
        "Kerros",
        "Ala",
        "Osakkeet",
        "–",
        "Henkilöt",
        "Lisätiedot",
    ];
    let path = fixture.folder.path().join("huoneistot.csv");
    let written = fixture
        .app
        .export_flats(fixture.id, &[id], &titles.map(str::to_owned), &path)
        .unwrap();
    assert_eq!(written, 1);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("A 1;Talo;;;;;Salo (Asukas);"), "{text}");
}
