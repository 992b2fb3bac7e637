//! Lists: what a search finds, what a filter keeps, in which order, page by page.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use chrono::NaiveDate;
use common::{Fixture, email_point, new_flat, person, role};
use kiulu_domain::contact::{
    ContactDetails, ContactKind, ContactPoint, ContactPointKind, CustomField, CustomFieldKind,
};
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec, ContactSort};
use kiulu_domain::id::{ContactId, CustomFieldId, FlatId, GroupId};
use kiulu_store::OnEdited;

const TODAY: &str = "2026-10-01";

fn today() -> NaiveDate {
    common::day(TODAY)
}

fn names(f: &Fixture, spec: &ContactListSpec) -> Vec<String> {
    let page = f.contact_page(spec, today(), 0, 1000).unwrap();
    assert_eq!(page.total as usize, page.rows.len());
    assert_eq!(f.contact_count(spec, today()).unwrap(), page.total);
    page.rows
        .iter()
        .map(|row| row.details.first_name.clone())
        .collect()
}

fn found(f: &Fixture, query: &str) -> Vec<String> {
    names(
        f,
        &ContactListSpec {
            query: query.into(),
            ..ContactListSpec::default()
        },
    )
}

fn kept(f: &Fixture, filter: ContactFilter) -> Vec<String> {
    names(
        f,
        &ContactListSpec {
            filter,
            ..ContactListSpec::default()
        },
    )
}

fn register() -> (Fixture, ContactId) {
    let f = Fixture::new();
    let matti = f.add(ContactDetails {
        alternative_name: "Матти".into(),
        email: "matti.makela@posti.fi".into(),
        phone: "+358401234567".into(),
        number: "J-1207".into(),
        ..person("Matti", "Mäkelä")
    });
    f.add(ContactDetails {
        phone: "+46701234567".into(),
        ..person("Åsa", "Öhman-Sjögren")
    });
    f.add(person("Toivo", "Zetterström"));
    f.change(|tx| {
        tx.put_role(&role(tx.uuid(), matti, f.kind, Some(f.flat)))?;
        tx.put_contact_point(matti, &email_point(tx.uuid(), "varalla@example.org"))?;
        let phone = ContactPoint {
            kind: ContactPointKind::Phone,
            ..email_point(tx.uuid(), "+35898765432")
        };
        tx.put_contact_point(matti, &phone)
    });
    (f, matti)
}

#[test]
fn a_contact_is_found_by_whatever_is_typed_of_it() {
    let (f, _) = register();
    for query in [
        "m",
        "ma",
        "mäk",
        "mak",
        "MÄKELÄ",
        "Makela Matti",
        "matti mä",
        "Ma\u{308}kela\u{308}",
        "мат",
        "matti.makela@posti.fi",
        "posti",
        "varalla",
        "0401234567",
        "040 123",
        "040-1234567",
        "+358 40 123 4567",
        "+358(0)40 1234567",
        "0035840123",
        "09 8765",
        "a 12",
        "A12",
        "a-12",
        "J-1207",
        "j-12",
        "1207",
    ] {
        assert_eq!(found(&f, query), ["Matti"], "{query:?}");
    }
    for query in ["asa", "åsa", "öh", "ohman", "sjogren öhman", "+46 70 123"] {
        assert_eq!(found(&f, query), ["Åsa"], "{query:?}");
    }
    for query in [
        "a 1",
        "b 12",
        "akela",
        "mattim",
        "040 999",
        "x*",
        "NEAR(",
        "name:matti",
    ] {
        assert_eq!(found(&f, query), Vec::<String>::new(), "{query:?}");
    }
    for blank in ["  ", "\"", "-"] {
        assert_eq!(found(&f, blank).len(), 3, "{blank:?}");
    }
}

#[test]
fn the_search_follows_edits_deletions_and_undo() {
    let (f, matti) = register();
    f.change(|tx| tx.put_flat(&new_flat(f.flat, "B 3")));
    assert!(found(&f, "a 12").is_empty());
    assert_eq!(found(&f, "b 3"), ["Matti"]);
    let renamed = f.change(|tx| {
        tx.update_contact(
            matti,
            &ContactDetails {
                last_name: "Uusinimi".into(),
                ..tx.contact(matti)?
            },
        )
    });
    assert!(
        found(&f, "mäkelä matti").len() == 1,
        "the e-mail still has the name"
    );
    assert_eq!(found(&f, "uusin"), ["Matti"]);
    f.undo(renamed, OnEdited::Stop).unwrap();
    assert!(found(&f, "uusin").is_empty());
    let deleted = f.change(|tx| tx.delete_contact(matti));
    assert!(found(&f, "matti").is_empty() && found(&f, "b 3").is_empty());
    f.undo(deleted, OnEdited::Stop).unwrap();
    assert_eq!(found(&f, "b 3"), ["Matti"]);
    let (import, _) = f.import(30);
    assert_eq!(found(&f, "meikäläinen").len(), 30);
    f.undo(import, OnEdited::Stop).unwrap();
    assert!(found(&f, "meikäläinen").is_empty());
    f.check_derived().unwrap();
}

#[test]
fn filters_keep_what_they_say() {
    let (f, matti) = register();
    let yhtio = f.add(ContactDetails {
        kind: ContactKind::Organisation,
        ..person("Huolto", "Oy")
    });
    f.change(|tx| {
        let gone = ContactDetails {
            deceased: true,
            non_disclosure: true,
            away_until: Some(common::day("2026-10-01")),
            address: kiulu_domain::organisation::PostalAddress {
                city: "Turku".into(),
                ..Default::default()
            },
            ..tx.contact(yhtio)?
        };
        tx.update_contact(yhtio, &gone)?;
        let mut ended = role(tx.uuid(), yhtio, f.kind, Some(f.flat));
        ended.valid_to = Some(common::day("2026-09-30"));
        tx.put_role(&ended)
    });
    let none = ContactFilter::default;
    let with = |change: &dyn Fn(&mut ContactFilter)| {
        let mut filter = none();
        change(&mut filter);
        kept(&f, filter)
    };
    assert_eq!(with(&|it| it.roles = vec![f.kind]), ["Matti"]);
    assert_eq!(with(&|it| it.stairwells = vec!["A".into()]), ["Matti"]);
    assert_eq!(with(&|it| it.stairwells = vec!["B".into()]), Vec::<String>::new());
    assert_eq!(with(&|it| it.flat = Some(f.flat)), ["Matti"]);
    assert_eq!(with(&|it| it.kind = Some(ContactKind::Organisation)), ["Huolto"]);
    assert_eq!(with(&|it| it.has_email = Some(true)), ["Matti"]);
    assert_eq!(with(&|it| it.has_phone = Some(false)), ["Huolto", "Toivo"]);
    assert_eq!(with(&|it| it.without_reason = true), ["Toivo", "Åsa"]);
    assert_eq!(with(&|it| it.former = true), ["Huolto"]);
    assert_eq!(with(&|it| it.has_domicile = Some(false)).len(), 4);
    assert_eq!(with(&|it| it.in_household = Some(true)), Vec::<String>::new());
    // Where somebody lives under a non-disclosure order is not told by asking.
    assert_eq!(with(&|it| it.city = Some("Turku".into())), Vec::<String>::new());
    assert_eq!(with(&|it| it.deceased = Some(true)), ["Huolto"]);
    assert_eq!(with(&|it| it.away = Some(true)), ["Huolto"]);
    assert_eq!(with(&|it| it.non_disclosure = Some(false)).len(), 3);
    let both = ContactListSpec {
        query: "m".into(),
        filter: ContactFilter {
            has_email: Some(true),
            ..none()
        },
        ..ContactListSpec::default()
    };
    assert_eq!(names(&f, &both), ["Matti"]);
    assert_eq!(
        f.listed_contacts(&[yhtio, matti, f.id()], today()).unwrap().len(),
        2
    );
}

#[test]
fn language_birth_year_and_own_fields_narrow_a_list() {
    let f = Fixture::new();
    let people = [
        ("Aino", "fi", "1950-12-31"),
        ("Bo", "sv", "1951-01-01"),
        ("Nina", "sv", ""),
    ];
    let ids = people.map(|(name, language, born)| {
        let mut details = person(name, "Aalto");
        details.language = language.into();
        details.birth_date = born.parse().ok();
        f.add(details)
    });
    let field = CustomFieldId(f.source().uuid());
    f.change(|tx| {
        tx.put_custom_field(&CustomField {
            id: field,
            name: "Avain".into(),
            kind: CustomFieldKind::Text,
            choices: vec![],
        })?;
        tx.set_custom_value(ids[0], field, "12")?;
        tx.set_custom_value(ids[1], field, "13")
    });
    let with = |change: &dyn Fn(&mut ContactFilter)| {
        let mut filter = ContactFilter::default();
        change(&mut filter);
        kept(&f, filter)
    };
    assert_eq!(with(&|it| it.language = Some("sv".into())), ["Bo", "Nina"]);
    assert_eq!(with(&|it| it.born_to = Some(1950)), ["Aino"]);
    assert_eq!(with(&|it| it.born_from = Some(1951)), ["Bo"]);
    assert_eq!(with(&|it| it.custom = vec![(field, "12".into())]), ["Aino"]);
}

#[test]
fn groups_hold_members_by_hand_by_rule_and_of_subgroups() {
    let (f, matti) = register();
    let ids: Vec<_> = (0..5).map(|_| GroupId(f.source().uuid())).collect();
    let of = |group: GroupId| ContactFilter {
        groups: vec![group],
        ..ContactFilter::default()
    };
    f.change(|tx| {
        tx.put_group(ids[0], None, "Kaikki", None)?;
        tx.put_group(
            ids[1],
            Some(ids[0]),
            "Postitus",
            Some(&ContactFilter {
                has_email: Some(true),
                ..of(ids[3])
            }),
        )?;
        tx.put_group(
            ids[2],
            Some(ids[0]),
            "Puhelin",
            Some(&ContactFilter {
                has_phone: Some(true),
                ..of(ids[3])
            }),
        )?;
        tx.put_group(
            ids[3],
            None,
            "Henkilöt",
            Some(&ContactFilter {
                kind: Some(ContactKind::Person),
                ..ContactFilter::default()
            }),
        )?;
        tx.put_group(ids[4], None, "Kehä", Some(&of(ids[4])))?;
        tx.add_member(ids[4], matti).map(drop)
    });
    assert_eq!(kept(&f, of(ids[1])), ["Matti"]);
    assert_eq!(kept(&f, of(ids[2])), ["Matti", "Åsa"]);
    // Both subgroups follow the same third group.
    assert_eq!(kept(&f, of(ids[0])), ["Matti", "Åsa"]);
    assert_eq!(kept(&f, of(ids[4])), ["Matti"]);
    let into_itself = f.write(
        &kiulu_domain::action::Action::GroupEdit { group: String::new() },
        |tx| tx.put_group(ids[0], Some(ids[1]), "Kaikki", None),
    );
    assert!(matches!(into_itself, Err(kiulu_store::Error::InUse("group"))));
}

#[test]
fn orders_sort_as_people_read() {
    let f = Fixture::new();
    let (a2, b1) = (FlatId(f.source().uuid()), FlatId(f.source().uuid()));
    f.change(|tx| {
        tx.put_flat(&new_flat(a2, "A 2"))?;
        tx.put_flat(&new_flat(b1, "B 1"))
    });
    let add = |name: &str, number: &str, city: &str, birth: &str, flats: &[FlatId]| {
        let id = f.add(ContactDetails {
            number: number.into(),
            email: format!("{}@example.fi", name.to_lowercase()),
            birth_date: birth.parse().ok(),
            address: kiulu_domain::organisation::PostalAddress {
                city: city.into(),
                ..Default::default()
            },
            ..person(name, name)
        });
        for flat in flats {
            f.change(|tx| tx.put_role(&role(tx.uuid(), id, f.kind, Some(*flat))));
        }
    };
    add("Öhman", "9", "Vaasa", "1980-02-01", &[b1, a2]);
    add("Aalto", "10", "Åbo", "", &[f.flat]);
    add("Ärje", "", "", "1975-01-01", &[]);
    let by = |sort, descending| {
        names(
            &f,
            &ContactListSpec {
                sort,
                descending,
                ..ContactListSpec::default()
            },
        )
    };
    assert_eq!(by(ContactSort::Name, false), ["Aalto", "Ärje", "Öhman"]);
    assert_eq!(by(ContactSort::Name, true), ["Öhman", "Ärje", "Aalto"]);
    assert_eq!(by(ContactSort::Number, false), ["Öhman", "Aalto", "Ärje"]);
    assert_eq!(by(ContactSort::City, false), ["Öhman", "Aalto", "Ärje"]);
    assert_eq!(by(ContactSort::BirthDate, false), ["Ärje", "Öhman", "Aalto"]);
    // By the first of several flats; without one last.
    assert_eq!(by(ContactSort::Flat, false), ["Öhman", "Aalto", "Ärje"]);
    assert_eq!(by(ContactSort::Email, false), ["Aalto", "Ärje", "Öhman"]);
    assert_eq!(by(ContactSort::Changed, false), ["Öhman", "Aalto", "Ärje"]);
}

#[test]
fn pages_give_each_contact_exactly_once_and_follow_changes() {
    let f = Fixture::new();
    f.import(257);
    for query in ["", "meik"] {
        let spec = ContactListSpec {
            query: query.into(),
            ..ContactListSpec::default()
        };
        let mut ids = Vec::new();
        for offset in (0..300).step_by(50) {
            let page = f.contact_page(&spec, today(), offset, 50).unwrap();
            assert_eq!(page.total, 257);
            ids.extend(page.rows.iter().map(|row| row.id));
        }
        assert_eq!(ids, f.contact_ids(&spec, today()).unwrap());
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 257);
    }
    let spec = ContactListSpec::default();
    let first = f.contact_page(&spec, today(), 0, 1).unwrap().rows.remove(0);
    assert!(first.changed_at.is_some());
    f.change(|tx| tx.delete_contact(first.id));
    let page = f.contact_page(&spec, today(), 0, 1).unwrap();
    assert_eq!(page.total, 256);
    assert_ne!(page.rows[0].id, first.id);
    assert!(f.contact_page(&spec, today(), 9999, 10).unwrap().rows.is_empty());
}

#[test]
fn damaged_derived_tables_are_noticed_and_made_anew() {
    let (f, _) = register();
    f.import(10);
    for (sql, table) in [
        (
            "DELETE FROM local_contact_search WHERE rowid = 3",
            "local_contact_search",
        ),
        (
            "UPDATE local_contact_index SET email_key = 'x' WHERE docid = 2",
            "local_contact_index",
        ),
        ("DELETE FROM local_touched WHERE seq = 3", "local_touched"),
    ] {
        f.raw.execute_batch(sql).unwrap();
        assert!(
            matches!(f.check_derived(), Err(kiulu_store::Error::Damaged(what)) if what == table),
            "{table}"
        );
        f.rebuild_derived().unwrap();
        f.check_derived().unwrap();
    }
    assert_eq!(found(&f, "mäkelä"), ["Matti"]);
}

#[test]
fn another_form_of_the_derived_tables_is_replaced_on_opening() {
    let (f, _) = register();
    f.raw
        .execute_batch("UPDATE local_meta SET value = x'00000000' WHERE key = 'derived_version'; DELETE FROM local_touched;")
        .unwrap();
    let again = kiulu_store::Store::open(
        &f.file(),
        &common::key(7),
        std::sync::Arc::new(common::Counting::from(9000)),
    )
    .unwrap();
    again.check_derived().unwrap();
}

#[test]
fn a_reason_lasts_until_the_retention_of_an_ended_role_runs_out() {
    let f = Fixture::new();
    let statute = kiulu_domain::id::StakeholderKindId(f.source().uuid());
    f.change(|tx| {
        let mut kind = common::stakeholder_kind(statute, "Osakas");
        kind.retention = kiulu_domain::vocabulary::Retention::Statute {
            statute: "AsOYL 2:12".into(),
        };
        tx.put_stakeholder_kind(&kind)
    });
    for (name, kind, from, to) in [
        ("Nykyinen", f.kind, None, None),
        ("Tuleva", f.kind, Some("2027-01-01"), None),
        ("Tuore", f.kind, None, Some("2026-09-30")),
        ("Vanha", f.kind, None, Some("2020-12-31")),
        ("Laki", statute, None, Some("1990-12-31")),
    ] {
        let id = f.add(person(name, "Mäkelä"));
        f.change(|tx| {
            let mut role = role(tx.uuid(), id, kind, None);
            role.valid_from = from.map(common::day);
            role.valid_to = to.map(common::day);
            tx.put_role(&role)
        });
    }
    f.add(person("Irrallinen", "Mäkelä"));
    let without = kept(
        &f,
        ContactFilter {
            without_reason: true,
            ..ContactFilter::default()
        },
    );
    assert_eq!(without, ["Irrallinen", "Vanha"]);
    let counted = f.read(|reader| reader.without_reason_count(today())).unwrap();
    assert_eq!(counted as usize, without.len());
    let former = kept(
        &f,
        ContactFilter {
            former: true,
            ..ContactFilter::default()
        },
    );
    assert_eq!(former, ["Laki", "Tuore", "Vanha"]);
}

#[test]
fn years_languages_and_own_fields_narrow_a_list() {
    use kiulu_domain::contact::{CustomField, CustomFieldKind};
    let f = Fixture::new();
    let field = kiulu_domain::id::CustomFieldId(f.source().uuid());
    f.change(|tx| {
        tx.put_custom_field(&CustomField {
            id: field,
            name: "Avain".into(),
            kind: CustomFieldKind::YesNo,
            choices: Vec::new(),
        })
    });
    let add = |name: &str, birth: &str, language: &str| {
        f.add(ContactDetails {
            birth_date: birth.parse().ok(),
            language: language.into(),
            ..person(name, "Mäkelä")
        })
    };
    let aino = add("Aino", "1950-12-31", "fi");
    add("Berta", "1980-01-01", "sv");
    add("Cecilia", "", "sv");
    f.change(|tx| tx.set_custom_value(aino, field, "true"));
    let none = ContactFilter::default;
    for (filter, expected) in [
        (
            ContactFilter {
                born_from: Some(1951),
                ..none()
            },
            vec!["Berta"],
        ),
        (
            ContactFilter {
                born_from: Some(1950),
                born_to: Some(1980),
                ..none()
            },
            vec!["Aino", "Berta"],
        ),
        (
            ContactFilter {
                language: Some("sv".into()),
                ..none()
            },
            vec!["Berta", "Cecilia"],
        ),
        (
            ContactFilter {
                custom: vec![(field, "true".into())],
                ..none()
            },
            vec!["Aino"],
        ),
    ] {
        assert_eq!(kept(&f, filter), expected);
    }
}

#[test]
fn a_name_with_a_flat_finds_who_lives_there_now() {
    let (f, matti) = register();
    let other = f.add(person("Liisa", "Mäkelä"));
    f.change(|tx| {
        let mut left = role(tx.uuid(), other, f.kind, Some(f.flat));
        left.valid_to = Some(common::day("2026-09-30"));
        tx.put_role(&left)
    });
    for query in ["mäkelä a 12", "Matti A12", "a 12"] {
        assert_eq!(found(&f, query), ["Matti"], "{query:?}");
    }
    f.change(|tx| {
        let details = ContactDetails {
            non_disclosure: true,
            ..tx.contact(matti)?
        };
        tx.update_contact(matti, &details)
    });
    assert!(found(&f, "mäkelä a 12").is_empty());
    assert_eq!(found(&f, "matti"), ["Matti"]);
}
