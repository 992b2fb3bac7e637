//! Contacts by hand: what is kept of what people write, what is done to many at once, and what an order withholds.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::{Days, NaiveDate};
use kiulu_app::{
    App, ContactEdit, Job, MemoryKeychain, NewOrganisation, NewUser, PointEdit, Problem, RoleEdit, Selection,
    UndoChoice, UnlockWay, ValueSource,
};
use kiulu_domain::action::Action;
use kiulu_domain::contact::{ContactDetails, ContactPointKind};
use kiulu_domain::contact_list::{ContactColumn, ContactFilter, ContactListSpec};
use kiulu_domain::id::{ContactId, FlatId, OrganisationId, StakeholderKindId};
use kiulu_domain::import::field::Field;
use kiulu_domain::organisation::{Language, OrganisationKind, PostalAddress};
use tempfile::TempDir;

/// A housing company.
struct Fixture {
    app: App,
    organisation: OrganisationId,
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().join("data"), Box::new(MemoryKeychain::working())).unwrap();
        let organisation = app.create_organisation(&new_organisation()).unwrap();
        let organisation = organisation.open.organisation.id;
        Self {
            app,
            organisation,
            folder,
        }
    }

    fn add(&self, edit: &ContactEdit) -> ContactId {
        self.app.create_contact(self.organisation, edit).unwrap().0
    }

    /// The reason of the ready-made vocabulary that stands so far from its top.
    fn kind(&self, place: usize) -> StakeholderKindId {
        self.app.vocabulary(self.organisation).unwrap()[place].0.id
    }

    fn names(&self, spec: &ContactListSpec) -> Vec<String> {
        let page = self.app.contact_page(self.organisation, spec, 0, 500).unwrap();
        page.rows.into_iter().map(|row| row.name).collect()
    }

    fn kept(&self, filter: ContactFilter) -> Vec<String> {
        self.names(&ContactListSpec {
            filter,
            ..ContactListSpec::default()
        })
    }
}

fn new_organisation() -> NewOrganisation {
    NewOrganisation {
        name: "As Oy Koivukatu 3".into(),
        kind: OrganisationKind::HousingCompany,
        business_id: String::new(),
        language: Language::Fi,
        address: PostalAddress::default(),
        user: NewUser {
            name: "Aino Sihteeri".into(),
            email: "aino@example.fi".into(),
        },
        unlock: UnlockWay::Keychain,
        passphrase: None,
    }
}

fn edit(details: ContactDetails) -> ContactEdit {
    ContactEdit {
        details,
        points: Vec::new(),
        roles: Vec::new(),
        custom: Vec::new(),
    }
}

fn person(first: &str, last: &str) -> ContactDetails {
    ContactDetails {
        first_name: first.into(),
        last_name: last.into(),
        ..ContactDetails::default()
    }
}

fn today() -> NaiveDate {
    chrono::Local::now().date_naive()
}

fn point(kind: ContactPointKind, value: &str) -> PointEdit {
    PointEdit {
        id: None,
        kind,
        value: value.into(),
        address: PostalAddress::default(),
        label: String::new(),
    }
}

fn role(f: &Fixture, flat: Option<FlatId>, from: Option<NaiveDate>, to: Option<NaiveDate>) -> RoleEdit {
    RoleEdit {
        id: None,
        kind: f.kind(0),
        flat,
        valid_from: from,
        valid_to: to,
        note: String::new(),
    }
}

fn flat(f: &Fixture) -> FlatId {
    f.app
        .add_flats(f.organisation, "Talo", "", &["A 12".to_owned()])
        .unwrap();
    f.app.house(f.organisation).unwrap().flats[0].flat.id
}

fn saved_again(f: &Fixture, id: ContactId, change: impl FnOnce(&mut ContactEdit)) -> Result<(), Problem> {
    let known = f.app.contact(f.organisation, id, true).unwrap();
    let mut edit = edit(known.details);
    edit.details.phone = known.phone_shown;
    edit.points = known
        .points
        .into_iter()
        .map(|point| PointEdit {
            id: Some(point.id),
            kind: point.kind,
            value: point.value,
            address: point.address,
            label: point.label,
        })
        .collect();
    edit.roles = known
        .roles
        .into_iter()
        .map(|info| RoleEdit {
            id: Some(info.role.id),
            kind: info.role.kind,
            flat: info.role.flat,
            valid_from: info.role.valid_from,
            valid_to: info.role.valid_to,
            note: info.role.note,
        })
        .collect();
    change(&mut edit);
    f.app.edit_contact(f.organisation, id, &edit).map(drop)
}

#[test]
fn phones_are_taken_as_people_write_them_and_shown_as_they_are_dialled() {
    let f = Fixture::new();
    let mut written = edit(ContactDetails {
        phone: "040 123 4567".into(),
        ..person("Matti", "Mäkelä")
    });
    written.points = vec![point(ContactPointKind::Phone, "+358 (0)50 765 4321")];
    let id = f.add(&written);
    let known = f.app.contact(f.organisation, id, false).unwrap();
    assert_eq!(known.details.phone, "+358401234567");
    assert_eq!(known.phone_shown, "040 123 4567");
    assert_eq!(known.points[0].value, "050 765 4321");
    saved_again(&f, id, |edit| edit.details.notes = "Soittaa takaisin".into()).unwrap();
    let again = f.app.contact(f.organisation, id, false).unwrap();
    assert_eq!(again.details.phone, "+358401234567");
    assert_eq!(again.points[0].value, "050 765 4321");
}

#[test]
fn what_cannot_be_kept_says_which_field_it_is() {
    let f = Fixture::new();
    f.add(&edit(ContactDetails {
        number: "J-7".into(),
        ..person("Aino", "Lehto")
    }));
    let refused = |change: &dyn Fn(&mut ContactEdit)| {
        let mut written = edit(person("Matti", "Mäkelä"));
        change(&mut written);
        f.app.create_contact(f.organisation, &written).unwrap_err()
    };
    assert_eq!(
        refused(&|it| it.details.phone = "ei ole".into()),
        Problem::PhoneInvalid
    );
    let further = refused(&|it| {
        it.points = vec![
            point(ContactPointKind::Email, "matti@example.fi"),
            point(ContactPointKind::Phone, "ei ole"),
        ];
    });
    assert_eq!(further, Problem::PointInvalid { place: 1 });
    let tomorrow = today().checked_add_days(Days::new(2));
    assert_eq!(
        refused(&|it| it.details.birth_date = tomorrow),
        Problem::BirthDateInFuture
    );
    let taken = Problem::NumberTaken {
        name: "Aino Lehto".into(),
    };
    assert_eq!(refused(&|it| it.details.number = " j-7 ".into()), taken);
    assert_eq!(f.names(&ContactListSpec::default()), ["Lehto Aino"]);
}

#[test]
fn all_but_some_are_all_but_those() {
    let f = Fixture::new();
    let ids: Vec<_> = (0..12)
        .map(|n| f.add(&edit(person("Matti", &format!("Mäkelä {n:02}")))))
        .collect();
    let all_but = Selection::ListExcept(Box::default(), vec![ids[0], ids[7]]);
    let gone = f.app.delete_contacts(f.organisation, &all_but).unwrap();
    assert_eq!(
        f.names(&ContactListSpec::default()),
        ["Mäkelä 00 Matti", "Mäkelä 07 Matti"]
    );
    f.app
        .undo(f.organisation, gone.change.unwrap(), UndoChoice::Stop)
        .unwrap();
}

#[test]
fn a_role_ends_where_it_runs_and_nowhere_else() {
    let f = Fixture::new();
    let day = |days: i64| Some(today() + chrono::TimeDelta::days(days));
    let with = |name: &str, from, to| {
        let mut written = edit(person("", name));
        written.roles = vec![role(&f, None, from, to)];
        f.add(&written)
    };
    let runs = with("Nykyinen", None, None);
    let comes = with("Tuleva", day(30), None);
    with("Entinen", None, day(-30));
    let everyone = Selection::List(Box::default());
    let (_, ended) = f
        .app
        .end_role(f.organisation, &everyone, f.kind(0), today().pred_opt().unwrap())
        .unwrap();
    assert_eq!(ended, 1);
    let roles = |id| f.app.contact(f.organisation, id, false).unwrap().roles;
    assert_eq!(roles(runs)[0].role.valid_to, today().pred_opt());
    assert!(!roles(runs)[0].current);
    assert_eq!(roles(comes)[0].role.valid_to, None);
    let filter = ContactFilter {
        roles: vec![f.kind(0)],
        ..ContactFilter::default()
    };
    assert_eq!(f.kept(filter), Vec::<String>::new());
    let former = ContactFilter {
        former: true,
        ..ContactFilter::default()
    };
    assert_eq!(f.kept(former), ["Entinen", "Nykyinen"]);
}

#[test]
fn a_role_is_given_with_its_flat_to_those_who_lack_it() {
    let f = Fixture::new();
    let flat = flat(&f);
    let ids: Vec<_> = ["Aalto", "Berg"]
        .map(|name| f.add(&edit(person("", name))))
        .into();
    let give = |flat| {
        let selection = Selection::Ids(ids.clone());
        let (_, given) = f
            .app
            .give_role(f.organisation, &selection, f.kind(0), flat, Some(today()))
            .unwrap();
        given
    };
    assert_eq!(give(Some(flat)), 2);
    assert_eq!(give(Some(flat)), 0);
    assert_eq!(give(None), 0);
    let known = f.app.contact(f.organisation, ids[0], false).unwrap();
    assert_eq!(known.roles[0].flat_name.as_deref(), Some("A 12"));
}

#[test]
fn a_group_made_of_a_selection_is_undone_whole() {
    let f = Fixture::new();
    f.add(&edit(person("Matti", "Mäkelä")));
    let everyone = Selection::List(Box::default());
    let (_, made) = f
        .app
        .group_contacts(f.organisation, &everyone, "Talkooväki")
        .unwrap();
    assert_eq!(f.app.groups(f.organisation).unwrap()[0].members, 1);
    f.app
        .undo(f.organisation, made.change.unwrap(), UndoChoice::Stop)
        .unwrap();
    assert!(f.app.groups(f.organisation).unwrap().is_empty());
}

/// Somebody who lives in A 12 under a non-disclosure order.
fn hidden(f: &Fixture) -> (ContactId, FlatId) {
    let flat = flat(f);
    let mut written = edit(ContactDetails {
        phone: "040 123 4567".into(),
        email: "sanna@example.fi".into(),
        address: PostalAddress {
            street: "Koivukatu 3".into(),
            postal_code: "00100".into(),
            city: "Helsinki".into(),
            country: String::new(),
        },
        domicile: "Helsinki".into(),
        non_disclosure: true,
        ..person("Sanna", "Järvinen")
    });
    written.points = vec![point(ContactPointKind::Phone, "050 765 4321")];
    written.roles = vec![role(f, Some(flat), None, None)];
    (f.add(&written), flat)
}

#[test]
fn an_order_keeps_back_where_somebody_lives_whatever_is_asked() {
    let f = Fixture::new();
    let (id, flat) = hidden(&f);
    let nobody = Vec::<String>::new();
    for query in ["A 12", "a12", "Järvinen A 12"] {
        let spec = ContactListSpec {
            query: query.into(),
            ..ContactListSpec::default()
        };
        assert_eq!(f.names(&spec), nobody, "{query}");
    }
    for filter in [
        ContactFilter {
            flat: Some(flat),
            ..ContactFilter::default()
        },
        ContactFilter {
            stairwells: vec!["A".into()],
            ..ContactFilter::default()
        },
        ContactFilter {
            city: Some("Helsinki".into()),
            ..ContactFilter::default()
        },
    ] {
        assert_eq!(f.kept(filter), nobody);
    }
    assert!(f.app.contact_values(f.organisation).unwrap().cities.is_empty());
    let listed = f
        .app
        .contact_page(f.organisation, &ContactListSpec::default(), 0, 10)
        .unwrap();
    assert_eq!(listed.rows[0].domicile, "");
    let known = f.app.contact(f.organisation, id, false).unwrap();
    assert!(known.withheld && known.details.domicile.is_empty() && known.points.is_empty());
}

#[test]
fn identity_codes_need_a_basis_and_are_shown_when_asked_for() {
    let f = Fixture::new();
    let state_basis = |basis: &str| {
        let mut organisation = f.app.describe(f.organisation).unwrap().organisation;
        organisation.identity_code_basis = basis.into();
        f.app.edit_organisation(&organisation).unwrap();
    };
    let coded = edit(ContactDetails {
        identity_code: "131052-308t".into(),
        ..person("Matti", "Mäkelä")
    });
    for basis in ["", "  "] {
        state_basis(basis);
        let refused = f.app.create_contact(f.organisation, &coded).unwrap_err();
        assert_eq!(refused, Problem::IdentityCodeNoBasis);
    }
    state_basis("Perintä, tietosuojalaki 29 §");
    let id = f.add(&coded);
    let releases = || {
        let history = f.app.history(f.organisation, Some(id.0), true, None, 50).unwrap();
        let actions = history.changes.into_iter().map(|change| change.action);
        actions
            .filter(|action| matches!(action, Action::ContactsRelease { .. }))
            .count()
    };
    let code = |release: bool| {
        let known = f.app.contact(f.organisation, id, release).unwrap();
        assert_eq!(
            known.identity_code_masked,
            known.details.identity_code.contains('•')
        );
        known.details.identity_code
    };
    assert_eq!((code(false).as_str(), releases()), ("131052-••••", 0));
    assert_eq!((code(true).as_str(), releases()), ("131052-308T", 1));

    // A form that shows the mask leaves the code as it is; without the basis it can be taken away, and nothing else.
    saved_again(&f, id, |edit| edit.details.identity_code = "131052-••••".into()).unwrap();
    state_basis("");
    saved_again(&f, id, |edit| edit.details.notes = "Soittaa takaisin".into()).unwrap();
    assert_eq!(code(true), "131052-308T");
    let other = saved_again(&f, id, |edit| edit.details.identity_code = "010190-900P".into());
    assert_eq!(other.unwrap_err(), Problem::IdentityCodeNoBasis);

    let path = f.folder.path().join("kaikki.xlsx");
    let everything = |release: bool| {
        f.app
            .export_everything(f.organisation, &path, release, &mut Job::silent())
            .unwrap();
        let file = f.app.open_import(f.organisation, &path).unwrap();
        let sheet = f.app.import_sheet(file.id, 0, None).unwrap();
        format!("{:?}", sheet.preview)
    };
    let before = releases();
    assert!(!everything(false).contains("131052"));
    assert_eq!(releases(), before);
    assert!(everything(true).contains("131052-308T"));

    saved_again(&f, id, |edit| edit.details.identity_code.clear()).unwrap();
    assert_eq!(code(true), "");
    let history = f
        .app
        .history(f.organisation, Some(id.0), false, None, 50)
        .unwrap();
    let told: Vec<(String, String)> = history
        .changes
        .iter()
        .flat_map(|change| {
            f.app
                .change_rows(f.organisation, change.id, Some(id.0), 50, true)
                .unwrap()
        })
        .flat_map(|row| row.values)
        .filter(|value| value.column == "identity_code")
        .map(|value| (value.old, value.new))
        .collect();
    let (none, mask) = (String::new(), "131052-••••".to_owned());
    assert_eq!(told, [(mask.clone(), none.clone()), (none, mask)]);
    for query in ["131052-308T", "308T"] {
        let spec = ContactListSpec {
            query: query.into(),
            ..ContactListSpec::default()
        };
        assert_eq!(f.names(&spec), Vec::<String>::new(), "{query}");
    }
}

#[test]
fn old_values_are_kept_back_as_well_until_they_are_released() {
    let f = Fixture::new();
    let (id, _) = hidden(&f);
    saved_again(&f, id, |edit| {
        edit.details.phone = "040 999 9999".into();
        edit.details.notes = "Uusi numero".into();
    })
    .unwrap();
    let releases = || {
        let history = f.app.history(f.organisation, Some(id.0), true, None, 50).unwrap();
        history
            .changes
            .iter()
            .filter(|change| matches!(change.action, Action::ContactsRelease { .. }))
            .count()
    };
    let shown = |release: bool| {
        let history = f
            .app
            .history(f.organisation, Some(id.0), false, None, 50)
            .unwrap();
        history
            .changes
            .iter()
            .flat_map(|change| {
                f.app
                    .change_rows(f.organisation, change.id, Some(id.0), 50, release)
                    .unwrap()
            })
            .flat_map(|row| row.values)
            .flat_map(|value| [value.old, value.new])
            .collect::<Vec<_>>()
            .join(" ")
    };
    let before = releases();
    let kept_back = shown(false);
    assert!(kept_back.contains("Uusi numero") && kept_back.contains("sanna@example.fi"));
    for secret in ["+358", "040", "050", "Koivukatu", "00100", "Helsinki", "A 12"] {
        assert!(!kept_back.contains(secret), "{secret}");
    }
    assert_eq!(releases(), before);
    assert!(shown(true).contains("040 123 4567"));
    assert!(releases() > before);
    // Leaving the register tells nothing either.
    f.app
        .delete_contacts(f.organisation, &Selection::Ids(vec![id]))
        .unwrap();
    assert!(!shown(false).contains("040"));
}

#[test]
fn every_release_is_noted_with_whose_data_it_was() {
    let f = Fixture::new();
    let (id, _) = hidden(&f);
    f.add(&edit(person("Matti", "Mäkelä")));
    let noted = || {
        let history = f.app.history(f.organisation, Some(id.0), true, None, 50).unwrap();
        history
            .changes
            .into_iter()
            .map(|change| change.action)
            .filter(|action| {
                matches!(
                    action,
                    Action::ContactsRelease { .. } | Action::ContactsExport { .. }
                )
            })
            .collect::<Vec<_>>()
    };
    f.app.contact(f.organisation, id, false).unwrap();
    assert_eq!(noted(), []);
    f.app.contact(f.organisation, id, true).unwrap();
    f.app.contact(f.organisation, id, true).unwrap();
    assert_eq!(noted().len(), 2);

    let columns = [
        (ContactColumn::Name, "Nimi".to_owned()),
        (ContactColumn::Phone, "Puhelin".to_owned()),
        (ContactColumn::Domicile, "Kotipaikka".to_owned()),
    ];
    let file = f.folder.path().join("vienti.csv");
    let export = |columns: &[(ContactColumn, String)], release| {
        f.app
            .export_contacts(
                f.organisation,
                &ContactListSpec::default(),
                columns,
                &file,
                release,
                &mut Job::silent(),
            )
            .unwrap();
        std::fs::read_to_string(&file).unwrap()
    };
    let text = export(&columns, false);
    assert!(!text.contains("040") && !text.contains("Helsinki"));
    // What nobody asked for was not released.
    export(&columns[..1], true);
    assert_eq!(noted().len(), 2);
    assert!(export(&columns, true).contains("040 123 4567"));
    assert_eq!(
        noted()[0],
        Action::ContactsExport {
            count: 2,
            columns: columns.iter().map(|(column, _)| *column).collect(),
            released: 1,
        }
    );
}

#[test]
fn a_value_names_who_wrote_it_last() {
    let f = Fixture::new();
    let id = f.add(&edit(ContactDetails {
        email: "matti@example.fi".into(),
        ..person("Matti", "Mäkelä")
    }));
    let source = |field| {
        let known = f.app.contact(f.organisation, id, false).unwrap();
        let mut sources = known.sources.into_iter();
        match sources.find(|source| source.field == field)?.source {
            ValueSource::Hand { author, at } => Some((author, at)),
            ValueSource::File { .. } => None,
        }
    };
    let written = source(Field::Email).unwrap();
    assert_eq!(written.0, "Aino Sihteeri");
    assert_eq!(source(Field::Phone), None);
    saved_again(&f, id, |edit| edit.details.phone = "040 123 4567".into()).unwrap();
    assert_eq!(source(Field::Email).unwrap(), written);
    assert!(source(Field::Phone).unwrap().1 > written.1);
    let newest = f.app.newest_undoable(f.organisation).unwrap();
    f.app.undo(f.organisation, newest, UndoChoice::Stop).unwrap();
    assert_eq!(source(Field::Phone), None);
}

#[test]
fn a_list_shows_columns_from_beside_the_contacts_row_where_asked() {
    let f = Fixture::new();
    let ids: Vec<_> = ["Matti", "Maija"]
        .map(|name| f.add(&edit(person(name, "Mäkelä"))))
        .into();
    f.app
        .join_household(f.organisation, &ids, kiulu_domain::contact::HouseholdKind::Couple)
        .unwrap();
    f.app
        .group_contacts(f.organisation, &Selection::Ids(vec![ids[0]]), "Talkooväki")
        .unwrap();
    let row = |columns: Vec<ContactColumn>| {
        let spec = ContactListSpec {
            query: "matti".into(),
            columns,
            ..ContactListSpec::default()
        };
        f.app
            .contact_page(f.organisation, &spec, 0, 1)
            .unwrap()
            .rows
            .remove(0)
    };
    let asked = row(vec![ContactColumn::Household, ContactColumn::Groups]);
    assert_eq!(asked.household, ["Maija Mäkelä"]);
    assert_eq!(asked.groups, ["Talkooväki"]);
    assert!(row(Vec::new()).household.is_empty());
}
