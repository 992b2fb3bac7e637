//! The rules of an import as tables, and as properties of random sheets.

use super::above::Span;
use super::draft::{Reading, RowRead, bit, read_row};
use super::field::{Field, Target};
use super::options::{CellText, Corrections, ImportOptions, KeepOld, Mapping, OnMatch};
use super::plan::{ContactWrite, Drafts, FlatRef, GroupRef, OriginOf, Plan, plan};
use super::preview::{Outcome, PreviewRow, ValueChange};
use super::register::{KnownRole, Register, origin_id};
use crate::clean::{DateSystem, Note};
use crate::contact::{ContactDetails, ContactKind, CustomField, CustomFieldKind};
use crate::id::{ContactId, CustomFieldId, FlatId, GroupId, StakeholderKindId, StakeholderRoleId};
use crate::sheet::{Cell, Row};
use crate::vocabulary::{LegalBasis, Retention, StakeholderKind};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

const OWNER: StakeholderKindId = StakeholderKindId(Uuid::from_u128(1));
const MEMBER: StakeholderKindId = StakeholderKindId(Uuid::from_u128(2));
const SHARES: CustomFieldId = CustomFieldId(Uuid::from_u128(3));
const SHIRT: CustomFieldId = CustomFieldId(Uuid::from_u128(4));

fn fresh() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1000);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn vocabulary() -> Vec<StakeholderKind> {
    [(OWNER, "Osakas", true), (MEMBER, "Jäsen", false)]
        .into_iter()
        .map(|(id, name, has_flat)| StakeholderKind {
            id,
            name: name.into(),
            legal_basis: LegalBasis::LegalObligation,
            retention: Retention::MonthsAfterEnd { months: 12 },
            has_flat,
        })
        .collect()
}

fn custom_fields() -> Vec<CustomField> {
    vec![
        CustomField {
            id: SHARES,
            name: "Osakkeita".into(),
            kind: CustomFieldKind::Number,
            choices: Vec::new(),
        },
        CustomField {
            id: SHIRT,
            name: "Paita".into(),
            kind: CustomFieldKind::Choice,
            choices: vec!["S".into(), "M".into()],
        },
    ]
}

fn empty() -> Register {
    let mut register = Register::default();
    vocabulary().into_iter().for_each(|kind| register.add_kind(kind));
    register
}

/// A sheet: a header of field words, then rows of texts.
struct Sheet {
    mapping: Mapping,
    rows: Vec<Row>,
}

fn target(word: &str) -> Target {
    match word {
        "owner" => Target::Role(OWNER),
        "shares" => Target::Custom(SHARES),
        "shirt" => Target::Custom(SHIRT),
        "-" => Target::Ignore,
        word => Target::Field(Field::from_word(word).unwrap()),
    }
}

fn sheet(columns: &str, rows: &[&[&str]]) -> Sheet {
    Sheet {
        mapping: Mapping {
            targets: columns.split_whitespace().map(target).collect(),
            headers: columns.split_whitespace().map(str::to_uppercase).collect(),
            ..Mapping::default()
        },
        rows: rows
            .iter()
            .zip(2..)
            .map(|(cells, number)| Row {
                number,
                cells: cells
                    .iter()
                    .map(|text| match *text {
                        "" => Cell::Empty,
                        text => Cell::Text(text.into()),
                    })
                    .collect(),
            })
            .collect(),
    }
}

impl Sheet {
    fn drafts_with(&self, options: &ImportOptions, corrections: &Corrections) -> Drafts {
        let reading = Reading::new(
            &self.mapping,
            options,
            corrections,
            &vocabulary(),
            &custom_fields(),
            &self.rows,
            day("2026-10-22"),
        )
        .with_neighbours(&self.rows, &[]);
        self.rows.iter().map(|row| read_row(row, &reading)).collect()
    }

    fn plan_with(&self, register: &Register, options: &ImportOptions, corrections: &Corrections) -> Plan {
        plan(
            self.drafts_with(options, corrections),
            register,
            options,
            corrections,
        )
    }

    fn plan(&self, register: &Register) -> Plan {
        self.plan_with(register, &ImportOptions::default(), &Corrections::default())
    }
}

/// The register after a plan, as the store would leave it.
fn apply(register: &Register, plan: &Plan) -> Register {
    let mut after = empty();
    let ids: Vec<ContactId> = plan
        .writes
        .iter()
        .map(|write| write.contact.unwrap_or_else(|| ContactId(fresh())))
        .collect();
    let write_of = |id: ContactId| plan.writes.iter().find(|write| write.contact == Some(id));
    for (id, details) in &register.contacts {
        after.add_contact(*id, write_of(*id).map_or(details, |write| &write.details).clone());
    }
    let id_at = |place: u32| register.contacts[place as usize].0;
    register
        .streets
        .iter()
        .for_each(|street| after.add_street(street.clone()));
    for (flat, name) in &register.flats {
        after.add_flat(*flat, name.clone());
    }
    for (group, name) in &register.groups {
        after.add_group(*group, name.clone());
    }
    let flats: Vec<FlatId> = plan.new_flats.iter().map(|_| FlatId(fresh())).collect();
    let groups: Vec<GroupId> = plan.new_groups.iter().map(|_| GroupId(fresh())).collect();
    for (id, name) in flats.iter().zip(&plan.new_flats) {
        after.add_flat(*id, name.clone());
    }
    for (id, name) in groups.iter().zip(&plan.new_groups) {
        after.add_group(*id, name.clone());
    }
    for (write, id) in plan
        .writes
        .iter()
        .zip(&ids)
        .filter(|(write, _)| write.contact.is_none())
    {
        after.add_contact(*id, *write.details.clone());
    }
    for (place, kind, value) in &register.points {
        after.add_point(id_at(*place), *kind, value.clone());
    }
    for (place, group) in &register.members {
        after.add_member(id_at(*place), *group);
    }
    let rewritten = |id: StakeholderRoleId| {
        plan.writes
            .iter()
            .flat_map(|write| &write.roles)
            .any(|role| role.id == Some(id))
    };
    for (place, role) in register.roles.iter().filter(|(_, role)| !rewritten(role.id)) {
        after.add_role(id_at(*place), role.clone());
    }
    let overwritten = |id: ContactId, field: CustomFieldId| {
        write_of(id).is_some_and(|write| write.custom.iter().any(|(of, _)| *of == field))
    };
    for (place, field, value) in &register.custom {
        if !overwritten(id_at(*place), *field) {
            after.add_custom(id_at(*place), *field, value.clone());
        }
    }
    for (write, id) in plan.writes.iter().zip(&ids) {
        for (kind, value) in &write.points {
            after.add_point(*id, *kind, value.clone());
        }
        for role in &write.roles {
            after.add_role(
                *id,
                KnownRole {
                    id: role.id.unwrap_or_else(|| StakeholderRoleId(fresh())),
                    kind: role.kind,
                    flat: role.flat.map(|flat| match flat {
                        FlatRef::Known(id) => id,
                        FlatRef::New(place) => flats[place as usize],
                    }),
                    valid_from: role.valid_from,
                    valid_to: role.valid_to,
                },
            );
        }
        for (field, value) in &write.custom {
            after.add_custom(*id, *field, value.clone());
        }
        for group in &write.groups {
            let group = match group {
                GroupRef::Known(id) => *id,
                GroupRef::New(place) => groups[*place as usize],
            };
            after.add_member(*id, group);
        }
    }
    for (id, place) in &register.origins {
        after.add_origin(*id, id_at(*place));
    }
    for origin in plan.origins() {
        let contact = match origin.contact {
            OriginOf::Known(id) => id,
            OriginOf::Written(place) => ids[place as usize],
        };
        after.add_origin(origin_id(contact, &origin.fingerprint), contact);
    }
    after.seal();
    after
}

fn rows(plan: &Plan, register: &Register) -> Vec<PreviewRow> {
    plan.page(register, None, 0, u32::MAX).rows
}

/// One word per row: the outcome, or the codes of what is wrong.
fn outcomes(plan: &Plan, register: &Register) -> Vec<String> {
    rows(plan, register)
        .iter()
        .map(|row| match row.outcome {
            Outcome::Rejected => row
                .problems
                .iter()
                .map(|problem| problem.reason.code())
                .collect::<Vec<_>>()
                .join(" "),
            outcome => format!("{outcome:?}").to_lowercase(),
        })
        .collect()
}

fn changes(row: &PreviewRow) -> Vec<String> {
    let word = |target: Target| match target {
        Target::Field(field) => field.as_str(),
        Target::Role(OWNER) => "owner",
        Target::Role(_) => "member",
        Target::Custom(SHARES) => "shares",
        _ => "other",
    };
    row.changes
        .iter()
        .map(
            |ValueChange {
                 target,
                 old,
                 new,
                 beside,
                 ..
             }| {
                format!(
                    "{}{}: {old} → {new}",
                    if *beside { "+" } else { "" },
                    word(*target)
                )
            },
        )
        .collect()
}

fn register_of(columns: &str, rows: &[&[&str]]) -> Register {
    let plan = sheet(columns, rows).plan(&empty());
    assert_eq!(plan.totals.rejected, 0, "{rows:?}");
    let mut register = apply(&empty(), &plan);
    // As if typed by hand: no row of a sheet is known to have made these.
    register.origins.clear();
    register.seal();
    register
}

#[test]
fn each_rule_of_matching_finds_its_person() {
    let register = register_of(
        "first_name last_name number email phone birth_date street postal_code",
        &[
            &[
                "Matti",
                "Meikäläinen",
                "7",
                "perhe@x.fi",
                "040 123 4567",
                "1.2.1950",
                "Koivukatu 3",
            ],
            &["Maija", "Meikäläinen", "8", "perhe@x.fi", "", "", "Koivukatu 3"],
            &["Matti", "Meikäläinen", "9", "", "", "3.4.1980", "Koivukatu 3"],
            &["Aino", "Aalto", "", "", "050 123 4567", "", "Rantatie 1"],
            &["Liisa", "Yksin", "", "", "", "", ""],
            &["Kalle", "Kahdesti", "", "k1@x.fi", "", "", ""],
            &["Kalle", "Kahdesti", "", "k2@x.fi", "", "", ""],
            &["Kaisa", "Koski", "", "", "", "", "Pihatie 1 A 2", "00100"],
        ],
    );
    assert_eq!(register.len(), 8);
    for (columns, row, want) in [
        // Number: the last name may have changed where something else says so, leading zeros may be gone, a program may have
        // added decimals; another first name or birth date is another person. What is no number finds nobody.
        (
            "first_name last_name number",
            vec!["Maija", "Virtanen", "8"],
            "number_taken",
        ),
        (
            "first_name last_name number email",
            vec!["Maija", "Virtanen", "8", "perhe@x.fi"],
            "updated",
        ),
        (
            "first_name last_name number birth_date",
            vec!["Matti", "Meikäläinen", "7", "3.4.1981"],
            "number_taken",
        ),
        (
            "first_name last_name number",
            vec!["Matti", "Meikäläinen", "7.0"],
            "unchanged",
        ),
        (
            "first_name last_name number city",
            vec!["Ville", "Vieras", "-", "Turku"],
            "new",
        ),
        (
            "first_name last_name number",
            vec!["Matti", "Meikäläinen", "007"],
            "unchanged",
        ),
        (
            "first_name last_name number",
            vec!["Kerttu", "Meikäläinen", "8"],
            "number_taken",
        ),
        (
            "first_name last_name number",
            vec!["Ville", "Vieras", "7"],
            "number_taken",
        ),
        (
            "first_name last_name number",
            vec!["M.", "Meikäläinen", "8"],
            "unchanged",
        ),
        // E-mail and name: a couple shares the address.
        (
            "first_name last_name email",
            vec!["MAIJA", "meikäläinen", "Perhe@X.fi"],
            "unchanged",
        ),
        (
            "first_name last_name email",
            vec!["Mikko", "Meikäläinen", "perhe@x.fi"],
            "new",
        ),
        (
            "first_name last_name email",
            vec!["Maija Kaarina", "Meikäläinen", "perhe@x.fi"],
            "new",
        ),
        (
            "first_name last_name email birth_date",
            vec!["Matti Juhani", "Meikäläinen", "perhe@x.fi", "1.2.1950"],
            "updated",
        ),
        // Somebody with a number of their own is nobody else, and a firm is not the person it is named after.
        (
            "first_name last_name email number",
            vec!["Maija", "Meikäläinen", "perhe@x.fi", "10"],
            "new",
        ),
        ("name email", vec!["Tmi Maija Meikäläinen", "perhe@x.fi"], "new"),
        ("name email", vec!["Maija Meikäläinen kp", "perhe@x.fi"], "new"),
        // Name and birth date: father and son.
        (
            "name birth_date",
            vec!["Matti Meikäläinen", "1.2.1950"],
            "unchanged",
        ),
        (
            "name birth_date",
            vec!["Meikäläinen, Matti", "3.4.1980"],
            "unchanged",
        ),
        ("name birth_date", vec!["Matti Meikäläinen", "5.6.2010"], "new"),
        // Name and place.
        ("name phone", vec!["Aino Aalto", "0501234567"], "unchanged"),
        ("name street", vec!["Aino Aalto", "RANTATIE 1"], "unchanged"),
        (
            "name street email",
            vec!["Aino Aalto", "Rantatie 1", "a@x.fi"],
            "updated",
        ),
        ("name street", vec!["Aino Aalto", "Rantatie 1 B 2"], "updated"),
        (
            "name street phone",
            vec!["Aino Aalto", "Rantatie 1", "050 765 4321"],
            "new",
        ),
        (
            "name street postal_code",
            vec!["Kaisa Koski", "Pihatie 1", "00200"],
            "new",
        ),
        ("name street", vec!["Kaisa Koski", "Pihatie 1 B 5"], "new"),
        ("name phone", vec!["Aino Aalto", "050 765 4321"], "new"),
        (
            "name street",
            vec!["Matti Meikäläinen", "Koivukatu 3"],
            "ambiguous",
        ),
        // The name alone.
        ("name", vec!["Liisa Yksin"], "unchanged"),
        ("name", vec!["Yksin Liisa"], "unchanged"),
        ("name", vec!["Kalle Kahdesti"], "ambiguous"),
        ("name email", vec!["Kalle Kahdesti", "k2@x.fi"], "unchanged"),
        ("name email", vec!["Liisa Yksin", "l@x.fi"], "new"),
        ("name city", vec!["Liisa Yksin", "Turku"], "updated"),
    ] {
        let plan = sheet(columns, &[&row]).plan(&register);
        assert_eq!(outcomes(&plan, &register), [want], "{columns} {row:?}");
    }
}

#[test]
fn an_update_shows_old_and_new_and_blank_cells_never_erase() {
    let register = register_of(
        "name number email phone city notes",
        &[&[
            "Matti Meikäläinen",
            "7",
            "m@x.fi",
            "040 123 4567",
            "Turku",
            "vanha",
        ]],
    );
    let sheet = sheet(
        "name number email phone city notes",
        &[&["Matti Virtanen", "7", "m@x.fi", "050 123 4567", "", "uusi"]],
    );
    let options = |on_match| ImportOptions {
        on_match,
        ..ImportOptions::default()
    };
    let plan = sheet.plan_with(&register, &options(OnMatch::Update), &Corrections::default());
    assert_eq!(
        changes(&rows(&plan, &register)[0]),
        [
            "last_name: Meikäläinen → Virtanen",
            "phone: +358401234567 → +358501234567",
            "notes: vanha → vanha\nuusi"
        ]
    );
    assert_eq!(plan.writes[0].details.email, "m@x.fi");
    let plan = sheet.plan_with(&register, &options(OnMatch::FillGaps), &Corrections::default());
    assert_eq!(outcomes(&plan, &register), ["unchanged"]);
    assert!(plan.is_empty());
    let plan = sheet.plan_with(&register, &options(OnMatch::Skip), &Corrections::default());
    assert_eq!((plan.totals.skipped, plan.is_empty()), (1, true));
    let keep = Corrections {
        keep_old: vec![KeepOld {
            row: 2,
            target: Target::Field(Field::Phone),
        }],
        ..Corrections::default()
    };
    let plan = sheet.plan_with(&register, &options(OnMatch::Update), &keep);
    assert_eq!(plan.writes[0].details.phone, "+358401234567");
    assert_eq!(plan.writes[0].details.last_name, "Virtanen");
}

#[test]
fn a_second_row_completes_the_first_and_never_replaces_it() {
    let sheet = sheet(
        "name number email phone city owner flat",
        &[
            &["Matti Meikäläinen", "7", "m@x.fi", "040 123 4567", "", "x", "A 1"],
            &[
                "Matti Meikäläinen",
                "7",
                "toinen@x.fi",
                "040 123 4567",
                "Turku",
                "x",
                "B 2",
            ],
            &["Matti Meikäläinen", "7", "m@x.fi", "", "Oulu", "", ""],
        ],
    );
    let before = empty();
    let plan = sheet.plan(&before);
    let rows = rows(&plan, &before);
    assert_eq!(outcomes(&plan, &before), ["new", "updated", "unchanged"]);
    assert_eq!((rows[1].same_as_row, rows[2].same_as_row), (Some(2), Some(2)));
    let [one] = plan.writes.as_slice() else {
        panic!("one contact")
    };
    assert_eq!(
        (one.details.email.as_str(), one.details.address.city.as_str()),
        ("m@x.fi", "Turku")
    );
    assert_eq!(
        one.points,
        [(crate::contact::ContactPointKind::Email, "toinen@x.fi".to_owned())]
    );
    assert_eq!(one.roles.len(), 2);
    assert_eq!(plan.new_flats, ["A 1", "B 2"]);
    let after = apply(&before, &plan);
    let again = sheet.plan(&after);
    assert!(again.is_empty());
    assert_eq!(outcomes(&again, &after), ["unchanged"; 3]);
    // Also where the first row says nothing new about somebody known, the second does not replace them.
    let known = register_of("name email", &[&["Aino Aalto", "a@x.fi"]]);
    let sheet = super::tests::sheet(
        "name email phone",
        &[
            &["Aino Aalto", "a@x.fi", "0401234567"],
            &["Aino Aalto", "a@x.fi", "0501234567"],
        ],
    );
    let plan = sheet.plan(&known);
    assert_eq!(plan.writes[0].details.phone, "+358401234567");
    assert_eq!(plan.writes[0].points.len(), 1);
}

#[test]
fn couples_become_two_people_of_one_household() {
    for (columns, row) in [
        (
            "name street phone birth_date owner flat",
            [
                "Matti ja Maija Meikäläinen",
                "Koivukatu 3",
                "0401234567",
                "1.2.1950",
                "x",
                "a1",
            ],
        ),
        (
            "name street phone birth_date owner flat",
            [
                "Meikäläinen Matti ja Maija",
                "Koivukatu 3",
                "0401234567",
                "1.2.1950",
                "x",
                "a1",
            ],
        ),
    ] {
        let sheet = sheet(columns, &[&row, &["Aino Virtanen", "Rantatie 1", "", "", "", ""]]);
        let plan = sheet.plan(&empty());
        assert_eq!((plan.totals.new, plan.totals.couples), (3, 1), "{row:?}");
        let [one, other, _] = plan.writes.as_slice() else {
            panic!("{row:?}")
        };
        assert_eq!((one.household, other.household), (Some(0), Some(0)));
        assert_eq!(
            (one.details.first_name.as_str(), other.details.first_name.as_str()),
            ("Matti", "Maija")
        );
        assert_eq!(
            (one.details.last_name.as_str(), other.details.last_name.as_str()),
            ("Meikäläinen", "Meikäläinen")
        );
        assert_eq!(
            (one.details.phone.as_str(), other.details.phone.as_str()),
            ("+358401234567", "")
        );
        assert_eq!(other.details.birth_date, None);
        assert_eq!(
            (other.details.address.street.as_str(), other.roles.len()),
            ("Koivukatu 3", 1)
        );
        let after = apply(&empty(), &plan);
        let again = sheet.plan(&after);
        assert_eq!(
            (again.is_empty(), again.totals.unchanged, again.totals.couples),
            (true, 3, 0)
        );
    }
    let sheet = sheet(
        "first_name last_name",
        &[&["Matti ja Maija", "Meikäläinen"], &["Anja", "Aho"]],
    );
    let plan = sheet.plan(&empty());
    assert_eq!((plan.totals.new, plan.totals.couples), (3, 1));
    assert!(
        rows(&plan, &empty())[0]
            .notes
            .iter()
            .any(|note| note.note == Note::TwoPersons)
    );
}

#[test]
fn rows_that_are_nobodys_are_passed_over_and_counted() {
    let sheet = sheet(
        "name phone - city",
        &[
            &["Matti Meikäläinen", "0401234567"],
            &["", "", "jotain", ""],
            &["NAME", "PHONE", "-", "CITY"],
            &[],
            &["Anni Summa", ""],
            &["Yhteensä 213"],
            &["Yhteensä", "213"],
            &["Yhteensä", "45 hlö"],
            &["Summa: 45"],
            &["Jäseniä 213 kpl"],
            &["Tulostettu 1.3.2024"],
            &["Sivu 1/3"],
            &["A-porras"],
            &["Porras B"],
            &["2. kerros"],
            &["x = osakas"],
            &["Hallitus:"],
            &["Osakkaat"],
            &["Name", "phone "],
            &["-", "?", "", "ei ole"],
        ],
    );
    let plan = sheet.plan(&empty());
    let totals = plan.totals;
    assert_eq!(
        (totals.new, totals.blank, totals.headers, totals.sums),
        (2, 3, 2, 13)
    );
    // People and companies whose names only look so come in.
    let sheet = super::tests::sheet(
        "name phone",
        &[
            &["Sivula Matti"],
            &["Talo Oy 24"],
            &["Porras Anna"],
            &["Osakas Oy", "0401234567"],
        ],
    );
    assert_eq!(sheet.plan(&empty()).totals.new, 4);
}

#[test]
fn bad_rows_say_why_and_corrections_mend_them() {
    let sheet = sheet(
        "name phone role_name shirt role_from role_to language",
        &[
            &["Matti Meikäläinen", "kotona", "", "", "", "", ""],
            &["", "0401234567", "", "", "", "", ""],
            &["Aino Aalto", "", "kuningas", "XXL", "", "", ""],
            &["Liisa Laine", "", "osakas", "m", "1.1.2020", "1.1.2019", ""],
            &["Ville Vuori", "", "", "", "", "", "klingon"],
        ],
    );
    let before = empty();
    let plan = sheet.plan(&before);
    assert_eq!(
        outcomes(&plan, &before),
        [
            "phone_no_digits",
            "name_missing",
            "role_unknown choice_unknown",
            "role_ends_before_start",
            "language_unknown"
        ]
    );
    let rejected: Vec<u32> = plan.rejected().map(|(row, _)| row).collect();
    assert_eq!(rejected, [2, 3, 4, 5, 6]);
    let mended = Corrections {
        texts: vec![
            CellText {
                row: 2,
                column: 1,
                text: "040 123 4567".into(),
            },
            CellText {
                row: 3,
                column: 0,
                text: "Kerttu Korpi".into(),
            },
            CellText {
                row: 4,
                column: 3,
                text: String::new(),
            },
            CellText {
                row: 4,
                column: 2,
                text: "jäsen".into(),
            },
        ],
        skip_rows: vec![5],
        ..Corrections::default()
    };
    let plan = sheet.plan_with(&before, &ImportOptions::default(), &mended);
    assert_eq!(
        outcomes(&plan, &before),
        ["new", "new", "new", "skipped", "language_unknown"]
    );
    assert_eq!(plan.writes[0].details.phone, "+358401234567");
    let dropped = Corrections {
        drop_bad_values: true,
        ..Corrections::default()
    };
    let plan = sheet.plan_with(&before, &ImportOptions::default(), &dropped);
    assert_eq!(
        outcomes(&plan, &before),
        ["new", "name_missing", "new", "new", "new"]
    );
    assert_eq!(plan.totals.dropped_values, 5);
}

#[test]
fn what_stands_for_nothing_is_no_value_and_no_reason_to_leave_a_row_out() {
    let sheet = sheet(
        "name phone email birth_date flat role_name number language owner notes city",
        &[
            &[
                "Matti Meikäläinen",
                "-",
                "ei ole",
                "?",
                "–",
                "-",
                "0",
                "ei tiedossa",
                "?",
                "-",
                "puuttuu",
            ],
            &[
                "Aino Aalto",
                "ei",
                "saknas",
                "n/a",
                "?",
                "",
                "-",
                "-",
                "-",
                "soita -",
                "okänd",
            ],
        ],
    );
    let plan = sheet.plan(&empty());
    assert_eq!(outcomes(&plan, &empty()), ["new", "new"]);
    assert!(plan.new_flats.is_empty());
    let one = &plan.writes[0];
    assert_eq!(
        one.details,
        Box::new(ContactDetails {
            first_name: "Matti".into(),
            last_name: "Meikäläinen".into(),
            ..ContactDetails::default()
        })
    );
    assert!(one.roles.is_empty());
    assert_eq!(plan.writes[1].details.notes, "soita -");
    let notes = &rows(&plan, &empty())[0].notes;
    assert_eq!(
        notes.iter().filter(|note| note.note == Note::Placeholder).count(),
        10
    );
}

#[test]
fn a_row_takes_from_the_row_above_what_it_refers_to() {
    let sheet = sheet(
        "first_name last_name street phone",
        &[
            &["Matti", "Meikäläinen", "Koivukatu 3", "0401234567"],
            &["Maija", "\"", "sama", "ks. yllä"],
            &["Aino", "Aalto", "sama kuin yllä", ""],
            &["Sama", "Laine", "", ""],
            &["Ville", "Vuori", "\"", ""],
        ],
    );
    let plan = sheet.plan(&empty());
    let got: Vec<(&str, &str, &str)> = plan
        .writes
        .iter()
        .map(|write| {
            let details = &write.details;
            (
                details.last_name.as_str(),
                details.address.street.as_str(),
                details.phone.as_str(),
            )
        })
        .collect();
    assert_eq!(
        got,
        [
            ("Meikäläinen", "Koivukatu 3", "+358401234567"),
            ("Meikäläinen", "Koivukatu 3", "+358401234567"),
            ("Aalto", "Koivukatu 3", ""),
            ("Laine", "", ""),
            ("Vuori", "", ""),
        ]
    );
}

fn flats_of(plan: &Plan) -> Vec<Vec<&str>> {
    let name = |flat: FlatRef| match flat {
        FlatRef::New(place) => plan.new_flats[place as usize].as_str(),
        FlatRef::Known(_) => "known",
    };
    plan.writes
        .iter()
        .map(|write| {
            write
                .roles
                .iter()
                .filter_map(|role| role.flat.map(name))
                .collect()
        })
        .collect()
}

#[test]
fn a_flat_written_once_is_its_whole_households() {
    let building = sheet(
        "flat name street owner",
        &[
            &["A 1", "Matti Meikäläinen", "Koivukatu 3", "x"],
            &["", "Maija Meikäläinen", "", "x"],
            &["A 2", "Aino Aalto", "Koivukatu 3", "x"],
            &["A 3", "", "", ""],
            &["A 4", "Ville Vuori", "Koivukatu 3", "x"],
            &["", "Liisa Laine", "Rantatie 1", "x"],
        ],
    );
    let plan = building.plan(&empty());
    assert_eq!(flats_of(&plan), [["A 1"], ["A 1"], ["A 2"], ["A 4"], ["A 4"]]);
    assert_eq!(plan.writes[1].details.address.street, "Koivukatu 3");
    assert_eq!(plan.writes[4].details.address.street, "Rantatie 1");
    // A list in another order, where a blank flat says that somebody has none.
    let members = sheet(
        "flat name owner",
        &[
            &["B 7", "Matti Meikäläinen", "x"],
            &["", "Maija Mäki", "x"],
            &["A 2", "Aino Aalto", "x"],
            &["C 1", "Ville Vuori", "x"],
            &["", "Liisa Laine", "x"],
        ],
    );
    assert_eq!(flats_of(&members.plan(&empty()))[1], Vec::<&str>::new());
}

#[test]
fn flats_from_two_columns_and_two_flats_from_one() {
    let sheet = sheet(
        "flat flat name owner",
        &[
            &["A", "12", "Matti Meikäläinen", "x"],
            &["", "A1/A2", "Aino Aalto", "x"],
            &["B", "B 3", "Ville Vuori", "x"],
            &["C", "", "Liisa Laine", "x"],
            &["", "A/4", "Kaisa Koski", "x"],
        ],
    );
    let want = [
        vec!["A 12"],
        vec!["A 1", "A 2"],
        vec!["B 3"],
        vec!["C"],
        vec!["A 4"],
    ];
    assert_eq!(flats_of(&sheet.plan(&empty())), want);
}

#[test]
fn the_header_tells_the_order_of_unknown_names() {
    let mut sheet = sheet("name", &[&["Xuan Binh"]]);
    assert_eq!(sheet.plan(&empty()).writes[0].details.last_name, "Binh");
    sheet.mapping.headers = vec!["Sukunimi ja etunimi".into()];
    assert_eq!(sheet.plan(&empty()).writes[0].details.last_name, "Xuan");
    sheet.mapping.headers = vec!["Etunimi Sukunimi".into()];
    assert_eq!(sheet.plan(&empty()).writes[0].details.last_name, "Binh");
}

#[test]
fn columns_of_names_give_the_role_that_their_heading_says() {
    let mut sheet = sheet(
        "flat name name phone",
        &[
            &["A 1", "Matti Meikäläinen", "Aino Aalto", "0401234567"],
            &["A 2", "Ville Vuori", "sama", "0501234567"],
            &["A 3", "Liisa ja Pekka Laine", "osakas", ""],
            &["A 4", "", "Kaisa Koski", ""],
            &["A 5", "Kone Oy", "Aino Aalto", ""],
            &["A 6", "Oili Oja", "OILI OJA", ""],
        ],
    );
    sheet.mapping.headers = ["Huoneisto", "Omistajan nimi", "Jäsen", "Puhelin"]
        .map(str::to_owned)
        .to_vec();
    let plan = sheet.plan(&empty());
    let got: Vec<(String, Vec<StakeholderKindId>)> = plan
        .writes
        .iter()
        .map(|write| {
            (
                write.details.full_name(),
                write.roles.iter().map(|role| role.kind).collect(),
            )
        })
        .collect();
    let want: Vec<(String, Vec<StakeholderKindId>)> = [
        ("Matti Meikäläinen", vec![OWNER]),
        ("Aino Aalto", vec![MEMBER]),
        ("Ville Vuori", vec![OWNER, MEMBER]),
        ("Liisa Laine", vec![OWNER, MEMBER]),
        ("Pekka Laine", vec![OWNER, MEMBER]),
        ("Kaisa Koski", vec![MEMBER]),
        ("Kone Oy", vec![OWNER]),
        ("Oili Oja", vec![OWNER, MEMBER]),
    ]
    .into_iter()
    .map(|(name, roles)| (name.to_owned(), roles))
    .collect();
    assert_eq!(got, want);
    assert_eq!(plan.totals.couples, 1);
    assert_eq!(plan.writes[1].details.phone, "");
    assert!(sheet.plan(&apply(&empty(), &plan)).is_empty());
}

#[test]
fn merged_cells_belong_to_every_row() {
    let sheet = sheet(
        "flat name owner",
        &[
            &["B 7", "Matti Meikäläinen", "x"],
            &["", "Maija Meikäläinen", "x"],
            &["", "Aino Aalto", "x"],
        ],
    );
    let options = ImportOptions::default();
    let corrections = Corrections::default();
    let reading = Reading::new(
        &sheet.mapping,
        &options,
        &corrections,
        &vocabulary(),
        &[],
        &sheet.rows,
        day("2026-10-22"),
    )
    .with_neighbours(
        &sheet.rows,
        &[Span {
            column: 0,
            first_row: 2,
            last_row: 3,
        }],
    );
    let drafts = sheet.rows.iter().map(|row| read_row(row, &reading)).collect();
    let plan = plan(drafts, &empty(), &options, &corrections);
    assert_eq!(flats_of(&plan), [vec!["B 7"], vec!["B 7"], vec![]]);
}

#[test]
fn a_nameless_row_completes_the_person_above() {
    let sheet = sheet(
        "name street city phone email",
        &[
            &["Matti Meikäläinen", "Koivukatu 3", "", "", ""],
            &["", "", "Turku", "0401234567", "m@x.fi"],
            &["Aino Aalto", "Rantatie 1", "", "0501234567", ""],
            &["", "", "", "0507654321", ""],
        ],
    );
    let plan = sheet.plan(&empty());
    assert_eq!(outcomes(&plan, &empty()), ["new", "new", "name_missing"]);
    let one = &plan.writes[0].details;
    assert_eq!(
        (one.address.city.as_str(), one.phone.as_str(), one.email.as_str()),
        ("Turku", "+358401234567", "m@x.fi")
    );
    assert_eq!(plan.totals.blank, 1);
}

#[test]
fn a_row_may_be_said_to_be_about_somebody_new() {
    let register = register_of("name number", &[&["Matti Meikäläinen", "7"]]);
    let sheet = sheet("name number city", &[&["Ville Vieras", "7", "Turku"]]);
    assert_eq!(outcomes(&sheet.plan(&register), &register), ["number_taken"]);
    let corrections = Corrections {
        as_new: vec![2],
        ..Corrections::default()
    };
    let plan = sheet.plan_with(&register, &ImportOptions::default(), &corrections);
    assert_eq!(outcomes(&plan, &register), ["new"]);
    let after = apply(&register, &plan);
    assert!(
        sheet
            .plan_with(&after, &ImportOptions::default(), &corrections)
            .is_empty()
    );
    assert!(sheet.plan(&after).is_empty());
}

#[test]
fn plain_numbers_are_days_of_the_workbooks_own_system() {
    for (system, born, since) in [
        (DateSystem::From1900, "1948-10-12", "2021-01-09"),
        (DateSystem::From1904, "1952-10-13", "2025-01-10"),
    ] {
        for column in ["birth_date", "identity_code"] {
            let mut sheet = sheet(
                &format!("name {column} role_from owner"),
                &[&["Aino Aalto", "", "", "x"]],
            );
            sheet.mapping.date_system = system;
            sheet.rows[0].cells[1] = Cell::Number(17_818.0);
            sheet.rows[0].cells[2] = Cell::Number(44_205.0);
            let plan = sheet.plan(&empty());
            let write = &plan.writes[0];
            assert_eq!(write.details.birth_date, Some(day(born)), "{column}");
            assert_eq!(write.roles[0].valid_from, Some(day(since)), "{column}");
        }
    }
}

#[test]
fn identity_codes_leave_only_their_birth_date() {
    let sheet = sheet(
        "name identity_code notes number",
        &[
            &[
                "Matti Meikäläinen",
                "131052-308T",
                "soitti 131052-308T eilen",
                "131052-308T",
            ],
            &["Aino Aalto", "", "131052-308T", ""],
        ],
    );
    let plan = sheet.plan(&empty());
    let [one, other] = plan.writes.as_slice() else {
        panic!("two contacts")
    };
    assert_eq!(one.details.birth_date, Some(day("1952-10-13")));
    assert_eq!(
        (one.details.notes.as_str(), one.details.number.as_str()),
        ("soitti eilen", "")
    );
    assert_eq!(
        (other.details.notes.as_str(), other.details.birth_date),
        ("", Some(day("1952-10-13")))
    );
    let everything = format!(
        "{:?}",
        (
            &plan.writes,
            rows(&plan, &empty())
                .iter()
                .map(|row| &row.changes)
                .collect::<Vec<_>>()
        )
    );
    assert!(!everything.contains("308T"));
    let everywhere = super::tests::sheet(
        "name street city phone group alternative_name",
        &[&[
            "Virtanen Matti 131052-308T",
            "131052–308T Koivukatu 3",
            "Turku (131052-308T)",
            "131052-308T",
            "131052-308T",
            "131052 - 308t",
        ]],
    );
    let plan = everywhere.plan(&empty());
    let [one] = plan.writes.as_slice() else {
        panic!("one contact")
    };
    assert!(
        !format!("{one:?} {:?}", plan.new_groups).contains("308"),
        "{one:?}"
    );
    assert_eq!(one.details.address.street, "Koivukatu 3");
    assert_eq!(one.details.birth_date, Some(day("1952-10-13")));
    let basis = ImportOptions {
        identity_code_basis: true,
        ..ImportOptions::default()
    };
    let plan = sheet.plan_with(&empty(), &basis, &Corrections::default());
    assert_eq!(plan.writes[1].details.notes, "131052-308T");
}

#[test]
fn identity_codes_are_kept_where_there_is_a_basis_and_tell_who_is_who() {
    let basis = ImportOptions {
        identity_code_basis: true,
        ..ImportOptions::default()
    };
    let planned =
        |sheet: &Sheet, register: &Register| sheet.plan_with(register, &basis, &Corrections::default());
    let people = |rows: &[&[&str]]| sheet("first_name last_name identity_code", rows);
    let first = people(&[
        &["Matti", "Meikäläinen", "131052–308t"],
        // Its check character is wrong: only the day is taken.
        &["Aino", "Aalto", "010190-900T"],
        &["Eero", "Laine", "020290-xxxx"],
    ]);
    assert_eq!(first.plan(&empty()).writes[0].details.identity_code, "");
    let plan = planned(&first, &empty());
    let codes: Vec<&str> = plan
        .writes
        .iter()
        .map(|write| &*write.details.identity_code)
        .collect();
    assert_eq!(codes, ["131052-308T", "", ""]);
    assert!(plan.writes.iter().all(|write| write.details.birth_date.is_some()));
    // The preview shows no more of a code than the contact's page does.
    let shown = format!(
        "{:?}",
        rows(&plan, &empty())
            .iter()
            .map(|row| &row.changes)
            .collect::<Vec<_>>()
    );
    assert!(
        shown.contains("131052-••••") && !shown.contains("308T"),
        "{shown}"
    );

    let before = apply(&empty(), &plan);
    assert!(planned(&first, &before).is_empty());
    // Without a basis the same file changes nothing either, and takes nothing away.
    assert!(first.plan(&before).is_empty());
    for (row, same) in [
        (["Matti", "Virtanen", "131052-308T"], true),
        (["Matti", "Meikäläinen", "131052-900W"], false),
    ] {
        let plan = planned(&people(&[&row]), &before);
        assert_eq!(plan.writes[0].contact.is_some(), same, "{row:?}");
    }
    // What a known person lacks is added, and said.
    let plan = planned(&people(&[&["Aino", "Aalto", "010190-900P"]]), &before);
    assert_eq!(plan.writes[0].details.identity_code, "010190-900P");
    assert_eq!(plan.writes[0].changed, bit(Field::IdentityCode));
    let row = &rows(&plan, &before)[0];
    assert_eq!(
        (row.outcome, row.changes[0].new.as_str()),
        (Outcome::Updated, "010190-••••")
    );
}

#[test]
fn roles_are_kept_apart_by_flat_and_period() {
    let options = ImportOptions {
        role_from: Some(day("2026-01-01")),
        ..ImportOptions::default()
    };
    let sheet = |rows: &[&[&str]]| sheet("name owner flat role_from role_to", rows);
    let first = sheet(&[&["Matti Meikäläinen", "x", "A 1", "1.1.2010", "31.12.2012"]]);
    let before = apply(
        &empty(),
        &first.plan_with(&empty(), &options, &Corrections::default()),
    );
    for (row, want) in [
        (["Matti Meikäläinen", "x", "a1", "1.1.2010", "31.12.2012"], vec![]),
        (["Matti Meikäläinen", "x", "A 1", "", ""], vec![]),
        (
            ["Matti Meikäläinen", "x", "A 1", "1.1.2020", ""],
            vec!["+owner:  → A 1, 2020-01-01/"],
        ),
        (
            ["Matti Meikäläinen", "x", "A 1", "1.1.2010", "31.12.2013"],
            vec!["owner: A 1, 2010-01-01/2012-12-31 → A 1, 2010-01-01/2013-12-31"],
        ),
        (["Matti Meikäläinen", "ei", "A 1", "", ""], vec![]),
    ] {
        let plan = sheet(&[&row]).plan_with(&before, &options, &Corrections::default());
        assert_eq!(changes(&rows(&plan, &before)[0]), want, "{row:?}");
    }
    // The name alone with a flat that nobody has there: a person of that name in another flat.
    let plan = sheet(&[&["Matti Meikäläinen", "x", "B 2", "", ""]]).plan_with(
        &before,
        &options,
        &Corrections::default(),
    );
    assert_eq!(outcomes(&plan, &before), ["new"]);
    assert_eq!(plan.writes[0].roles[0].valid_from, Some(day("2026-01-01")));
    // An owner who lives elsewhere does not get a flat of the company out of their address.
    let elsewhere = super::tests::sheet(
        "name address owner",
        &[&["Aino Aalto", "Mannerheimintie 5 B 10, 00100 Helsinki", "x"]],
    );
    let plan = elsewhere.plan(&before);
    assert_eq!((plan.new_flats.len(), plan.writes[0].roles[0].flat), (0, None));
    let plan = elsewhere.plan(&empty());
    assert!(plan.new_flats.is_empty());
    assert_eq!(plan.writes[0].details.address.city, "Helsinki");
    // At the company's own street, or at that of most of the sheet's people, the address tells the flat.
    let mut company = empty();
    company.add_street("Mannerheimintie 5".into());
    assert_eq!(elsewhere.plan(&company).new_flats, ["B 10"]);
    let building = super::tests::sheet(
        "name address owner",
        &[
            &["Aino Aalto", "Mannerheimintie 5 B 10, 00100 Helsinki", "x"],
            &["Matti Meikäläinen", "Koivukatu 3 A 1, 00200 Helsinki", "x"],
            &["Ville Vuori", "Koivukatu 3 A 2, 00200 Helsinki", "x"],
            &["Liisa Laine", "Koivukatu 3 A 3, 00200 Helsinki", "x"],
        ],
    );
    assert_eq!(building.plan(&empty()).new_flats, ["A 1", "A 2", "A 3"]);
}

#[test]
fn who_moves_leaves_the_old_code_and_city_behind() {
    let register = register_of(
        "name number street postal_code city country",
        &[&[
            "Matti Meikäläinen",
            "7",
            "Koivukatu 3 A 1",
            "00100",
            "Helsinki",
            "Sverige",
        ]],
    );
    for (row, want) in [
        (
            ["Matti Meikäläinen", "7", "Rantatie 1", "", "", ""],
            vec![
                "street: Koivukatu 3 A 1 → Rantatie 1",
                "postal_code: 00100 → ",
                "city: Helsinki → ",
                "country: Sverige → ",
            ],
        ),
        (
            ["Matti Meikäläinen", "7", "Koivukatu 3 B 2", "", "", ""],
            vec!["street: Koivukatu 3 A 1 → Koivukatu 3 B 2"],
        ),
        (
            ["Matti Meikäläinen", "7", "Rantatie 1", "00100", "", ""],
            vec!["street: Koivukatu 3 A 1 → Rantatie 1"],
        ),
        (
            ["Matti Meikäläinen", "7", "", "", "", "Suomi"],
            vec!["country: Sverige → "],
        ),
    ] {
        let plan = sheet("name number street postal_code city country", &[&row]).plan(&register);
        assert_eq!(changes(&rows(&plan, &register)[0]), want, "{row:?}");
        let after = apply(&register, &plan);
        assert!(
            sheet("name number street postal_code city country", &[&row])
                .plan(&after)
                .is_empty()
        );
    }
}

#[test]
fn a_couples_emails_go_to_whom_they_name() {
    let sheet = sheet(
        "name email",
        &[
            &["Matti ja Maija Meikäläinen", "maija.meikalainen@x.fi, matti@x.fi"],
            &["Aino ja Ville Vuori", "vuoret@x.fi"],
        ],
    );
    let plan = sheet.plan(&empty());
    let emails: Vec<&str> = plan
        .writes
        .iter()
        .map(|write| write.details.email.as_str())
        .collect();
    assert_eq!(
        emails,
        ["matti@x.fi", "maija.meikalainen@x.fi", "vuoret@x.fi", ""]
    );
    assert!(sheet.plan(&apply(&empty(), &plan)).is_empty());
}

#[test]
fn dates_and_codes_stand_in_for_each_other() {
    let sheet = sheet(
        "name birth_date identity_code owner role_from role_to",
        &[
            &[
                "Matti Meikäläinen",
                "131052-308T",
                "",
                "x",
                "1.1.2019–31.12.2020",
                "",
            ],
            &["Aino Aalto", "010280-", "", "x", "2019", "31.12.9999"],
            &["Ville Vuori", "", "1.2.1980", "x", "tiistai 1.1.2019", ""],
            &["Liisa Laine", "1950", "", "", "", ""],
        ],
    );
    let plan = sheet.plan(&empty());
    assert_eq!(outcomes(&plan, &empty()), ["new"; 4]);
    let births: Vec<_> = plan.writes.iter().map(|write| write.details.birth_date).collect();
    assert_eq!(
        births,
        [
            Some(day("1952-10-13")),
            Some(day("1980-02-01")),
            Some(day("1980-02-01")),
            None
        ]
    );
    let periods: Vec<_> = plan.writes[..3]
        .iter()
        .map(|write| (write.roles[0].valid_from, write.roles[0].valid_to))
        .collect();
    let first = Some(day("2019-01-01"));
    assert_eq!(
        periods,
        [(first, Some(day("2020-12-31"))), (first, None), (first, None)]
    );
    assert_eq!(plan.writes[3].details.notes, "BIRTH_DATE 1950");
}

#[test]
fn options_groups_and_own_fields_reach_the_contact() {
    let options = ImportOptions {
        roles: vec![MEMBER],
        role_from: Some(day("2026-01-01")),
        ..ImportOptions::default()
    };
    let sheet = sheet(
        "organisation_name group shares shirt country",
        &[
            &["Puutarha Oy", "Talkoot, Pihatoimikunta", "1 234,5", "m", "Suomi"],
            &["Kukka Ky", "talkoot", "x", "", "Sverige"],
        ],
    );
    let plan = sheet.plan_with(&empty(), &options, &Corrections::default());
    assert_eq!(outcomes(&plan, &empty()), ["new", "number_unreadable"]);
    let one = &plan.writes[0];
    assert_eq!(
        (one.details.kind, one.details.last_name.as_str()),
        (ContactKind::Organisation, "Puutarha Oy")
    );
    assert_eq!(
        one.custom,
        [(SHARES, "1234.5".to_owned()), (SHIRT, "M".to_owned())]
    );
    assert_eq!(
        (one.roles[0].kind, one.roles[0].valid_from),
        (MEMBER, Some(day("2026-01-01")))
    );
    assert_eq!(plan.new_groups, ["Talkoot", "Pihatoimikunta"]);
    assert_eq!(one.details.address.country, "");
    let after = apply(&empty(), &plan);
    assert!(
        sheet
            .plan_with(&after, &options, &Corrections::default())
            .is_empty()
    );
}

#[test]
fn a_mark_in_the_register_is_never_lifted_by_a_no() {
    let register = register_of(
        "name non_disclosure deceased",
        &[&["Matti Meikäläinen", "kyllä", "1.2.2020"]],
    );
    assert!(register.contacts[0].1.non_disclosure && register.contacts[0].1.deceased);
    let plan = sheet(
        "name non_disclosure deceased",
        &[&["Matti Meikäläinen", "ei", "ei"]],
    )
    .plan(&register);
    assert!(plan.is_empty());
}

#[test]
fn pages_of_the_preview_fit_together() {
    let names: Vec<String> = (b'a'..=b'y')
        .map(|c| format!("Etu{0} Suku{0}", c as char))
        .collect();
    let cells: Vec<[&str; 1]> = names.iter().map(|name| [name.as_str()]).collect();
    let rows: Vec<&[&str]> = cells.iter().map(|cell| &cell[..]).collect();
    let plan = sheet("name", &rows).plan(&empty());
    let register = empty();
    let mut seen = Vec::new();
    for offset in [0, 10, 20, 30] {
        let page = plan.page(&register, Some(Outcome::New), offset, 10);
        assert_eq!(page.total, 25);
        seen.extend(page.rows.into_iter().map(|row| row.name));
    }
    assert_eq!(seen, names);
    assert_eq!(plan.page(&register, Some(Outcome::Rejected), 0, 10).total, 0);
}

const COLUMNS: &str = "name number email phone birth_date street flat owner city notes group";

fn pick(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

fn random_row() -> impl Strategy<Value = Vec<&'static str>> {
    (
        pick(&[
            "Matti Meikäläinen",
            "Maija Meikäläinen",
            "Matti Virtanen",
            "Aino Aalto",
            "Matti ja Maija Meikäläinen",
            "Aalto Oy",
            "",
        ]),
        pick(&["", "", "", "1", "2", "003"]),
        pick(&["", "-", "a@x.fi", "b@x.fi", "a@x.fi; b@x.fi", "rikki"]),
        pick(&[
            "",
            "ei ole",
            "0401234567",
            "0501234567",
            "040 1234567 / 050 1234567",
            "sama",
        ]),
        pick(&["", "", "?", "1.2.1950", "3.4.1980"]),
        pick(&["", "\"", "Koivukatu 3", "Rantatie 1 A 2"]),
        pick(&["", "", "A 1", "B 2"]),
        pick(&["", "x"]),
        (
            pick(&["", "Turku", "Oulu"]),
            pick(&["", "yksi", "kaksi"]),
            pick(&["", "Talkoot"]),
        ),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, (i, j, k))| vec![a, b, c, d, e, f, g, h, i, j, k])
}

fn random_sheet(most: usize) -> impl Strategy<Value = Sheet> {
    prop::collection::vec(random_row(), 0..most).prop_map(|rows| {
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        sheet(COLUMNS, &rows)
    })
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in &self.rows {
            let cells: Vec<_> = row.cells.iter().map(crate::clean::shown).collect();
            writeln!(f, "{:?},", cells)?;
        }
        Ok(())
    }
}

fn details_of(register: &Register) -> Vec<(ContactId, ContactDetails)> {
    register.contacts.clone()
}

fn parts(details: &ContactDetails) -> [&str; 9] {
    let d = details;
    [
        &d.first_name,
        &d.last_name,
        &d.email,
        &d.phone,
        &d.address.street,
        &d.address.city,
        &d.number,
        &d.notes,
        &d.domicile,
    ]
    .map(String::as_str)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn bringing_the_same_sheet_in_again_changes_nothing(base in random_sheet(4), sheet in random_sheet(7), mode in 0_usize..3) {
        let on_match = [OnMatch::Update, OnMatch::FillGaps, OnMatch::Skip][mode];
        let options = ImportOptions { on_match, ..ImportOptions::default() };
        let corrections = Corrections::default();
        let before = apply(&empty(), &base.plan(&empty()));
        let first = sheet.plan_with(&before, &options, &corrections);
        let after = apply(&before, &first);
        let second = sheet.plan_with(&after, &options, &corrections);
        prop_assert!(second.is_empty(), "first {:?}\nsecond {:?}\n{:#?}", outcomes(&first, &before), outcomes(&second, &after), rows(&second, &after).iter().map(changes).collect::<Vec<_>>());
        prop_assert_eq!((second.totals.new, second.totals.updated), (0, 0));
    }

    #[test]
    fn filling_gaps_keeps_every_value_and_skipping_everything(base in random_sheet(5), sheet in random_sheet(6)) {
        let before = apply(&empty(), &base.plan(&empty()));
        for on_match in [OnMatch::FillGaps, OnMatch::Skip] {
            let options = ImportOptions { on_match, ..ImportOptions::default() };
            let plan = sheet.plan_with(&before, &options, &Corrections::default());
            let after = apply(&before, &plan);
            for ((id, old), (same, new)) in details_of(&before).iter().zip(details_of(&after)) {
                prop_assert_eq!(*id, same);
                for (old, new) in parts(old).iter().zip(parts(&new)) {
                    prop_assert!(old.is_empty() || *old == new, "{} became {}", old, new);
                }
                if on_match == OnMatch::Skip {
                    prop_assert_eq!(old, &new);
                }
            }
        }
    }

    #[test]
    fn every_row_has_one_outcome(base in random_sheet(4), sheet in random_sheet(8)) {
        let before = apply(&empty(), &base.plan(&empty()));
        let drafts = sheet.drafts_with(&ImportOptions::default(), &Corrections::default()).iter().count() as u32;
        let plan = sheet.plan(&before);
        let t = plan.totals;
        prop_assert_eq!(t.new + t.updated + t.unchanged + t.skipped + t.rejected, drafts);
        prop_assert_eq!(plan.page(&before, None, 0, u32::MAX).total, drafts);
        let by_outcome: u32 = [Outcome::New, Outcome::Updated, Outcome::Unchanged, Outcome::Skipped, Outcome::Rejected]
            .map(|outcome| plan.page(&before, Some(outcome), 0, 0).total).iter().sum();
        prop_assert_eq!(by_outcome, drafts);
        let new = plan.writes.iter().filter(|write: &&ContactWrite| write.contact.is_none()).count() as u32;
        prop_assert_eq!(new, t.new);
        for row in &sheet.rows {
            let reading = Reading::new(&sheet.mapping, &ImportOptions::default(), &Corrections::default(), &vocabulary(), &custom_fields(), &sheet.rows, day("2026-10-22"));
            if let RowRead::Drafts(drafts) = read_row(row, &reading) {
                prop_assert!((1..=2).contains(&drafts.len()));
            }
        }
    }
}
