//! The vocabulary, fields, groups, and needs-attention as users settle them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;

use chrono::{Datelike, Days, NaiveDate, Utc};
use fixture::{Fixture, founding};
use kiulu_app::{App, AttentionKind, ContactEdit, Problem, RoleEdit, Unlock};
use kiulu_domain::contact::{CustomField, CustomFieldKind};
use kiulu_domain::contact_list::ContactFilter;
use kiulu_domain::id::CustomFieldId;
use kiulu_domain::vocabulary::Retention;

fn field(name: &str, kind: CustomFieldKind, choices: &[&str]) -> CustomField {
    CustomField {
        id: CustomFieldId(uuid::Uuid::nil()),
        name: name.to_owned(),
        kind,
        choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
    }
}

fn today() -> NaiveDate {
    kiulu_domain::organisation::day_in("Europe/Helsinki", Utc::now())
}

#[test]
fn fields_with_values_keep_their_kind_and_choices() {
    let fixture = Fixture::new();
    let (app, id) = (&fixture.app, fixture.id);
    app.save_custom_field(
        id,
        None,
        &field("Avain", CustomFieldKind::Choice, &["Iso", "Pieni"]),
    )
    .unwrap();
    app.save_custom_field(id, None, &field("Muuta", CustomFieldKind::Text, &[]))
        .unwrap();
    assert_eq!(
        app.save_custom_field(id, None, &field("avain", CustomFieldKind::Text, &[])),
        Err(Problem::NameTaken { name: "avain".into() })
    );
    let [(key, 0), (other, 0)] = &app.custom_field_use(id).unwrap()[..] else {
        panic!()
    };
    let person = fixture.person("Aalto", |_| (), vec![]);
    let edit = ContactEdit {
        details: app.contact(id, person, true).unwrap().details,
        points: vec![],
        roles: vec![],
        custom: vec![(key.id, "Iso".to_owned())],
    };
    app.edit_contact(id, person, &edit).unwrap();
    assert_eq!(app.custom_field_use(id).unwrap()[0].1, 1);
    let save = |field: CustomField| app.save_custom_field(id, Some(key.id), &field);
    assert_eq!(
        save(field("Avain", CustomFieldKind::Text, &[])),
        Err(Problem::FieldInUse { count: 1 })
    );
    assert_eq!(
        save(field("Avain", CustomFieldKind::Choice, &["Pieni"])),
        Err(Problem::ChoiceInUse {
            choice: "Iso".into(),
            count: 1
        })
    );
    save(field("Avain", CustomFieldKind::Choice, &["Iso", "Keskikokoinen"])).unwrap();
    app.move_custom_field(id, other.id, false).unwrap();
    let names: Vec<_> = app
        .custom_fields(id)
        .unwrap()
        .into_iter()
        .map(|field| field.name)
        .collect();
    assert_eq!(names, ["Muuta", "Avain"]);
    let changed = app.delete_custom_field(id, key.id).unwrap();
    fixture.undo(&changed);
    assert_eq!(app.custom_field_use(id).unwrap()[1].1, 1);
}

#[test]
fn reasons_say_how_long_and_keep_their_order() {
    let fixture = Fixture::new();
    let (app, id) = (&fixture.app, fixture.id);
    let (mut kind, _) = app.vocabulary(id).unwrap()[1].clone();
    for retention in [
        Retention::MonthsAfterEnd { months: 0 },
        Retention::Statute { statute: " ".into() },
    ] {
        kind.retention = retention;
        assert_eq!(
            app.save_stakeholder_kind(id, Some(kind.id), &kind),
            Err(Problem::RetentionMissing)
        );
    }
    app.move_stakeholder_kind(id, kind.id, false).unwrap();
    assert_eq!(app.vocabulary(id).unwrap()[0].0.id, kind.id);
}

#[test]
fn groups_of_one_parent_have_names_of_their_own() {
    let fixture = Fixture::new();
    let (app, id) = (&fixture.app, fixture.id);
    let (parent, _) = app.save_group(id, None, None, "Talkoot", None).unwrap();
    assert_eq!(
        app.save_group(id, None, None, "TALKOOT", None).map(drop),
        Err(Problem::NameTaken {
            name: "TALKOOT".into()
        })
    );
    app.save_group(id, None, Some(parent), "Talkoot", None).unwrap();
    app.save_group(id, Some(parent), None, "Talkoot", None).unwrap();
}

#[test]
fn a_contact_shows_the_groups_whose_rule_finds_it() {
    let fixture = Fixture::new();
    let (app, id) = (&fixture.app, fixture.id);
    let rule = ContactFilter {
        roles: vec![fixture.kind("Asukas")],
        ..ContactFilter::default()
    };
    let (group, _) = app.save_group(id, None, None, "Asukkaat", Some(&rule)).unwrap();
    let inside = fixture.person("Aalto", |_| (), vec![fixture.role("Asukas")]);
    let outside = fixture.person("Salo", |_| (), vec![fixture.role("Osakas")]);
    assert_eq!(app.contact(id, inside, false).unwrap().rule_groups, [group]);
    assert!(app.contact(id, outside, false).unwrap().rule_groups.is_empty());
}

fn attention(fixture: &Fixture) -> Vec<(String, AttentionKind)> {
    let items = fixture.app.attention(fixture.id).unwrap().into_iter();
    items
        .filter(|item| {
            !matches!(
                item.kind,
                AttentionKind::BackupOld { .. } | AttentionKind::WithoutReason { .. }
            )
        })
        .map(|item| (item.key, item.kind))
        .collect()
}

#[test]
fn birthdays_concern_the_living_who_have_a_role() {
    let fixture = Fixture::new();
    let soon = today().checked_add_days(Days::new(5)).unwrap();
    let birth = soon.with_year(soon.year() - 60);
    fixture.person(
        "Aalto",
        |details| details.birth_date = birth,
        vec![fixture.role("Asukas")],
    );
    let ended = RoleEdit {
        valid_to: Some(today().checked_sub_days(Days::new(1)).unwrap()),
        ..fixture.role("Osakas")
    };
    fixture.person("Entinen", |details| details.birth_date = birth, vec![ended]);
    fixture.person("Salo", |details| details.birth_date = birth, vec![]);
    let [(key, AttentionKind::RoundBirthday { name, age: 60, .. })] = &attention(&fixture)[..] else {
        panic!("{:?}", attention(&fixture))
    };
    assert_eq!(name, "Aalto");

    let changed = fixture.app.settle_attention(fixture.id, key).unwrap();
    assert!(attention(&fixture).is_empty());
    assert_eq!(
        fixture.app.settle_attention(fixture.id, key),
        Err(Problem::RecordMissing)
    );
    fixture.undo(&changed);
    assert_eq!(attention(&fixture).len(), 1);
}

#[test]
fn what_has_run_out_is_one_line_that_comes_back() {
    let fixture = Fixture::new();
    for name in ["Aalto", "Salo"] {
        let ended = RoleEdit {
            valid_to: Some("2010-05-31".parse().unwrap()),
            ..fixture.role("Asukas")
        };
        fixture.person(name, |_| (), vec![ended]);
    }
    let items = fixture.app.attention(fixture.id).unwrap();
    let item = items.iter().find(|item| item.key == "retention").unwrap();
    assert_eq!(
        item.kind,
        AttentionKind::RetentionDue {
            count: 2,
            since: "2011-06-01".parse().unwrap()
        }
    );
    assert!(item.comes_back > Some(today()));
    fixture.app.settle_attention(fixture.id, "retention").unwrap();
    assert!(attention(&fixture).is_empty());
}

#[test]
fn roles_of_the_dead_end_on_the_day_of_death() {
    let fixture = Fixture::new();
    let died = "2020-03-01".parse().unwrap();
    let dead = fixture.person(
        "Aalto",
        |details| {
            details.deceased = true;
            details.deceased_on = Some(died);
        },
        vec![fixture.role("Osakas")],
    );
    assert!(matches!(
        attention(&fixture)[..],
        [(_, AttentionKind::DeceasedInRoles { count: 1, contact, .. })] if contact == dead
    ));
    fixture.app.end_roles_of_deceased(fixture.id).unwrap();
    assert!(attention(&fixture).is_empty());
    let roles = fixture.app.contact(fixture.id, dead, true).unwrap().roles;
    assert_eq!(roles[0].role.valid_to, Some(died));
}

#[test]
fn an_organisation_keeps_a_time_zone_that_exists() {
    let fixture = Fixture::new();
    let mut facts = fixture.app.describe(fixture.id).unwrap().organisation;
    facts.time_zone = "Suomi".to_owned();
    assert_eq!(
        fixture.app.edit_organisation(&facts),
        Err(Problem::TimeZoneUnknown)
    );
    facts.time_zone = "Europe/Stockholm".to_owned();
    fixture.app.edit_organisation(&facts).unwrap();
}

#[test]
fn the_overview_opens_what_was_left_open() {
    let fixture = Fixture::new();
    let app = &fixture.app;
    let other = app
        .create_organisation(&founding("As Oy Kuusi"))
        .unwrap()
        .open
        .organisation
        .id;
    for id in [fixture.id, other] {
        app.open_organisation(id, &Unlock::Keychain).unwrap();
    }
    fixture.person("Aalto", |_| (), vec![]);
    let inside = |app: &App| -> Vec<Option<u32>> {
        let organisations = app.overview().unwrap().into_iter();
        organisations
            .map(|one| one.inside.map(|figures| figures.contacts))
            .collect()
    };
    assert_eq!(inside(app), [Some(1), Some(0)]);
    app.close_organisation(other).unwrap();
    // As when the program has ended: nothing is open, and only the first was not closed.
    app.close(fixture.id);
    assert_eq!(inside(app), [Some(1), None]);
}

#[test]
fn figures_of_the_first_page_follow_what_is_written() {
    let fixture = Fixture::new();
    let (app, id) = (&fixture.app, fixture.id);
    assert_eq!(app.register_figures(id).unwrap().contacts, 0);
    assert_eq!(app.reach_figures(id).unwrap().phone, 0);
    let (kind, _) = app.vocabulary(id).unwrap().remove(0);
    let role = fixture.role(&kind.name);
    let phone = |edit: &mut kiulu_domain::contact::ContactDetails| edit.phone = "+358401234567".into();
    let person = fixture.person("Aalto", phone, vec![role]);
    fixture.person("Berg", |_| (), vec![]);
    let figures = app.register_figures(id).unwrap();
    assert_eq!((figures.contacts, figures.flats), (2, 0));
    assert_eq!(figures.roles.len(), 1);
    assert_eq!((figures.roles[0].kind, figures.roles[0].contacts), (kind.id, 1));
    let reach = app.reach_figures(id).unwrap();
    assert_eq!((reach.email, reach.phone), (0, 1));
    app.delete_contacts(id, &kiulu_app::Selection::Ids(vec![person]))
        .unwrap();
    let figures = app.register_figures(id).unwrap();
    assert_eq!((figures.contacts, figures.roles.len()), (1, 0));
    assert_eq!(app.reach_figures(id).unwrap().phone, 0);
}
