//! Taking changes back: alone, in turn, and after somebody edited what they had made.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Fixture, email_point, new_flat, person, role, stakeholder_kind};
use kiulu_domain::action::Action;
use kiulu_domain::contact::HouseholdKind;
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::{
    ChangeId, ContactId, ContactPointId, FlatId, GroupId, HouseholdId, StakeholderKindId, StakeholderRoleId,
};
use kiulu_store::{EditedSince, Error, HistoryFilter, OnEdited};
use proptest::prelude::*;
use uuid::Uuid;

fn undo(f: &Fixture, change: ChangeId) -> ChangeId {
    f.store.undo(change, OnEdited::Stop).unwrap().change.unwrap()
}

#[test]
fn an_insert_an_update_and_a_delete_are_taken_back() {
    let f = Fixture::new();
    let empty = f.dump();
    let id = f.id();
    let added = f.change(|tx| tx.insert_contact(id, &person("Matti", "Meikäläinen")));
    let with = f.dump();
    let edited = f.change(|tx| tx.update_contact(id, &person("Matti", "Virtanen")));
    let deleted = f.change(|tx| tx.delete_contact(id));
    assert_eq!(f.dump(), empty);

    assert_eq!(f.preview_undo(deleted).unwrap().rows, 1);
    undo(&f, deleted);
    undo(&f, edited);
    assert_eq!(f.dump(), with);
    undo(&f, added);
    assert_eq!(f.dump(), empty);
    f.check_derived().unwrap();
}

#[test]
fn an_undo_can_be_undone_and_the_change_then_undone_again() {
    let f = Fixture::new();
    let empty = f.dump();
    let (import, _) = f.import(20);
    let full = f.dump();
    let first = undo(&f, import);
    assert!(matches!(f.undo(import, OnEdited::Stop), Err(Error::NotUndoable)));
    assert!(matches!(f.preview_undo(import), Err(Error::NotUndoable)));
    undo(&f, first);
    assert_eq!(f.dump(), full);
    undo(&f, import);
    assert_eq!(f.dump(), empty);
    let history = f
        .history(&HistoryFilter {
            limit: 3,
            ..HistoryFilter::default()
        })
        .unwrap();
    assert!(matches!(&history[0].action, Action::Undo { change, of } if *change == import && of == "import"));
    assert!(matches!(&history[0].undoes, Some(Action::Import { .. })));
    f.check_derived().unwrap();
}

#[test]
fn what_was_seen_or_signed_cannot_be_taken_back() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let view = f
        .write(&Action::ContactView { contact: id }, |tx| {
            tx.note_view(common::USER, id)
        })
        .unwrap();
    assert!(matches!(
        f.undo(view.change.unwrap(), OnEdited::Stop),
        Err(Error::NotUndoable)
    ));
    let missing = ChangeId(Uuid::from_u128(1));
    assert!(matches!(
        f.undo(missing, OnEdited::Stop),
        Err(Error::Missing("change"))
    ));
}

/// Ten imported contacts, of which one got a role, one was edited and one deleted since.
fn edited_import() -> (Fixture, ChangeId, Vec<ContactId>) {
    let f = Fixture::new();
    let (import, ids) = f.import(10);
    f.change(|tx| tx.put_role(&role(tx.uuid(), ids[0], f.kind, Some(f.flat))));
    f.change(|tx| {
        let mut contact = tx.contact(ids[1])?;
        contact.email = "uusi@example.fi".into();
        tx.update_contact(ids[1], &contact)
    });
    f.change(|tx| tx.delete_contact(ids[2]));
    (f, import, ids)
}

fn contact(id: ContactId) -> EditedSince {
    EditedSince {
        table: "contact",
        subject: id.0,
    }
}

#[test]
fn records_edited_since_are_named_and_nothing_is_undone() {
    let (f, import, ids) = edited_import();
    let (before, seq) = (f.dump(), f.last_seq().unwrap());
    let expected = vec![contact(ids[0]), contact(ids[1])];
    assert_eq!(f.preview_undo(import).unwrap().edited_since, expected);
    match f.undo(import, OnEdited::Stop) {
        Err(Error::EditedSince(found)) => assert_eq!(found, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!((f.dump(), f.last_seq().unwrap()), (before, seq));
    f.check_derived().unwrap();
}

#[test]
fn kept_records_keep_everything_that_is_theirs() {
    let (f, import, ids) = edited_import();
    let roles = |id| f.read(|reader| reader.roles_of(id)).unwrap();
    let (first, second) = (roles(ids[0]), roles(ids[1]));
    assert_eq!((first.len(), second.len()), (2, 1));
    f.undo(import, OnEdited::KeepThem).unwrap();

    let spec = ContactListSpec::default();
    assert_eq!(f.contact_count(&spec, common::day("2026-10-01")).unwrap(), 2);
    assert_eq!((roles(ids[0]), roles(ids[1])), (first, second));
    let (email, origins) = f
        .read(|reader| Ok::<_, Error>((reader.contact(ids[1])?.email, reader.origins(ids[1])?)))
        .unwrap();
    assert_eq!((email.as_str(), origins.len()), ("uusi@example.fi", 1));
    assert_eq!(f.count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    f.check_derived().unwrap();
}

#[test]
fn undoing_them_too_leaves_nothing_of_the_import() {
    let (f, import, _) = edited_import();
    let before = f.dump();
    let undone = f.undo(import, OnEdited::UndoThemToo).unwrap().change.unwrap();
    for table in ["contact", "stakeholder_role", "import", "import_row"] {
        assert_eq!(f.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    f.check_derived().unwrap();
    undo(&f, undone);
    assert_eq!(f.dump(), before);
    f.check_derived().unwrap();
}

#[test]
fn who_joined_an_undone_household_later_stays_in_the_register() {
    let f = Fixture::new();
    let (one, two, late) = (
        f.add(person("A", "A")),
        f.add(person("B", "B")),
        f.add(person("C", "C")),
    );
    let household = HouseholdId(f.source().uuid());
    let joined = f.change(|tx| {
        tx.put_household(household, HouseholdKind::Couple)?;
        tx.set_household(one, Some(household))?;
        tx.set_household(two, Some(household))
    });
    f.change(|tx| tx.set_household(late, Some(household)));
    assert!(matches!(
        f.undo(joined, OnEdited::Stop),
        Err(Error::EditedSince(_))
    ));
    f.undo(joined, OnEdited::UndoThemToo).unwrap();
    for id in [one, two, late] {
        assert_eq!(f.read(|reader| reader.contact(id)).unwrap().household, None);
    }
}

#[test]
fn a_parent_that_is_gone_is_named() {
    let f = Fixture::new();
    let id = f.add(person("A", "A"));
    let kind = StakeholderKindId(f.source().uuid());
    f.change(|tx| tx.put_stakeholder_kind(&stakeholder_kind(kind, "Vuokralainen")));
    let own = role(f.source().uuid(), id, kind, None);
    f.change(|tx| tx.put_role(&own));
    let taken = f.change(|tx| tx.delete_role(own.id));
    f.change(|tx| tx.delete_stakeholder_kind(kind));
    match f.undo(taken, OnEdited::Stop) {
        Err(Error::EditedSince(found)) => {
            assert_eq!(
                found,
                [EditedSince {
                    table: "stakeholder_kind",
                    subject: kind.0
                }]
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_who_did_the_same_are_no_conflict() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let group = GroupId(f.source().uuid());
    f.change(|tx| tx.put_group(group, None, "Talkoot", None));
    f.change(|tx| tx.add_member(group, id).map(drop));
    let removed = f.change(|tx| tx.remove_member(group, id).map(drop));
    f.change(|tx| tx.add_member(group, id).map(drop));
    let edited = f.change(|tx| tx.update_contact(id, &person("Maija", "Meikäläinen")));
    f.change(|tx| tx.update_contact(id, &person("Matti", "Meikäläinen")));
    for change in [removed, edited] {
        assert_eq!(f.preview_undo(change).unwrap().edited_since, []);
        assert_eq!(f.undo(change, OnEdited::Stop).unwrap().change, None);
    }
}

#[test]
fn the_undo_of_new_flats_does_not_read_every_role_for_each() {
    let f = Fixture::new();
    f.import(3000);
    let flats = f.change(|tx| {
        (0..3000).try_for_each(|n| tx.put_flat(&new_flat(FlatId(tx.uuid()), &format!("B {n}"))))
    });
    let whole = std::time::Instant::now();
    undo(&f, flats);
    // With a scan of the roles for each flat this would be nine million rows.
    assert!(whole.elapsed().as_secs() < 5, "{:?}", whole.elapsed());
}

/// One random edit; indices wrap around what is there.
#[derive(Debug, Clone)]
enum Edit {
    Add(String),
    Rename(usize, String),
    Delete(usize),
    GiveRole(usize, bool),
    EndRole(usize),
    TakeRole(usize),
    AddPoint(usize),
    TakePoint(usize),
    RenameFlat(u8),
    Join(usize),
    Leave(usize),
    Pair(usize, usize),
    Import(u8),
    Undo(usize, bool),
}

fn edit() -> impl Strategy<Value = Edit> {
    let name = "[a-zåäö]{1,6}";
    let n = any::<usize>;
    prop_oneof![
        3 => name.prop_map(Edit::Add),
        3 => (n(), name).prop_map(|(n, name)| Edit::Rename(n, name)),
        2 => n().prop_map(Edit::Delete),
        3 => (n(), any::<bool>()).prop_map(|(n, flat)| Edit::GiveRole(n, flat)),
        1 => n().prop_map(Edit::EndRole),
        1 => n().prop_map(Edit::TakeRole),
        2 => n().prop_map(Edit::AddPoint),
        1 => n().prop_map(Edit::TakePoint),
        1 => any::<u8>().prop_map(Edit::RenameFlat),
        1 => n().prop_map(Edit::Join),
        1 => n().prop_map(Edit::Leave),
        1 => (n(), n()).prop_map(|(a, b)| Edit::Pair(a, b)),
        1 => (1u8..6).prop_map(Edit::Import),
        2 => (n(), any::<bool>()).prop_map(|(n, keep)| Edit::Undo(n, keep)),
    ]
}

/// Every row that belongs to a record, as text.
fn of_record(f: &Fixture, record: &EditedSince) -> String {
    let id = record.subject;
    let mut text = f.rows(&format!(
        "SELECT * FROM {} WHERE id = x'{}'",
        record.table,
        id.simple()
    ));
    if record.table == "contact" {
        for table in [
            "contact_point",
            "stakeholder_role",
            "group_member",
            "custom_value",
            "import_row",
        ] {
            let of = format!(
                "SELECT * FROM {table} WHERE contact = x'{}' ORDER BY id",
                id.simple()
            );
            text.push_str(&f.rows(&of));
        }
    }
    text
}

#[test]
fn what_was_done_since_to_kept_records_stays_done() {
    let f = Fixture::new();
    let (import, ids) = f.import(3);
    let own = |id| f.read(|reader| reader.roles_of(id)).unwrap()[0].clone();
    // The first is edited and loses the role that it was imported with; the second is edited back to what was before.
    let point = email_point(f.source().uuid(), "toinen@example.fi");
    f.change(|tx| tx.put_contact_point(ids[0], &point));
    let first = own(ids[0]);
    f.change(|tx| tx.delete_role(first.id));
    f.change(|tx| tx.update_contact(ids[0], &person("Uusi", "Nimi")));

    let id = f.add(person("Matti", "Meikäläinen"));
    let flat = FlatId(f.source().uuid());
    let both = f.change(|tx| {
        tx.put_flat(&new_flat(flat, "A 1"))?;
        tx.update_contact(id, &person("Maija", "Meikäläinen"))?;
        tx.put_role(&role(tx.uuid(), id, f.kind, None))
    });
    f.change(|tx| tx.update_contact(id, &person("Matti", "Meikäläinen")));
    let mut ended = own(id);
    ended.valid_to = Some(common::day("2026-06-30"));
    f.change(|tx| tx.put_role(&ended));

    for (change, subject) in [(import, ids[0]), (both, id)] {
        let record = contact(subject);
        let before = of_record(&f, &record);
        assert!(f.preview_undo(change).unwrap().edited_since.contains(&record));
        f.undo(change, OnEdited::KeepThem).unwrap();
        assert_eq!(of_record(&f, &record), before);
    }
    assert_eq!(f.read(|reader| reader.contact(id)).unwrap().first_name, "Matti");
    f.check_derived().unwrap();
}

#[test]
fn fifty_looks_at_contacts_do_not_hide_what_can_be_taken_back() {
    let f = Fixture::new();
    let (_, ids) = f.import(60);
    let edited = f.change(|tx| tx.update_contact(ids[0], &person("Maija", "Meikäläinen")));
    for id in ids {
        f.write(&Action::ContactView { contact: id }, |tx| {
            tx.note_view(common::USER, id)
        })
        .unwrap();
    }
    let newest = f.read(|reader| reader.newest_undoable(common::USER)).unwrap();
    assert_eq!(newest, Some(edited));
}

/// The n-th of the rows of a table, wrapped around; nothing of an empty one.
fn pick(f: &Fixture, table: &str, n: usize) -> Option<Uuid> {
    let mut statement = f
        .raw
        .prepare_cached(&format!("SELECT id FROM {table} ORDER BY id"))
        .unwrap();
    let ids: Vec<Uuid> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    (!ids.is_empty()).then(|| ids[n % ids.len()])
}

fn perform(f: &Fixture, group: GroupId, edit: Edit) -> Option<ChangeId> {
    let write = |work: &dyn Fn(&kiulu_store::Tx<'_>) -> kiulu_store::Result<()>| {
        f.write(&Action::ContactEdit { name: String::new() }, |tx| work(tx))
            .unwrap()
            .change
    };
    let contact = |n| pick(f, "contact", n).map(ContactId);
    match edit {
        Edit::Add(name) => {
            let id = f.id();
            write(&|tx| tx.insert_contact(id, &person(&name, "Uusi")))
        }
        Edit::Rename(n, name) => {
            let id = contact(n)?;
            write(&|tx| {
                let details = kiulu_domain::contact::ContactDetails {
                    last_name: name.clone(),
                    ..tx.contact(id)?
                };
                tx.update_contact(id, &details)
            })
        }
        Edit::Delete(n) => {
            let id = contact(n)?;
            write(&|tx| {
                tx.delete_contact(id)?;
                tx.tidy_households()
            })
        }
        Edit::GiveRole(n, flat) => {
            let id = contact(n)?;
            write(&|tx| tx.put_role(&role(tx.uuid(), id, f.kind, flat.then_some(f.flat))))
        }
        Edit::EndRole(n) => {
            let id = pick(f, "stakeholder_role", n)?;
            let owner = f
                .raw
                .query_row(
                    "SELECT contact FROM stakeholder_role WHERE id = ?1",
                    [id],
                    |row| row.get(0),
                )
                .unwrap();
            let mut own = role(id, ContactId(owner), f.kind, None);
            own.valid_to = Some(common::day("2026-06-30"));
            write(&|tx| tx.put_role(&own))
        }
        Edit::TakeRole(n) => {
            let id = StakeholderRoleId(pick(f, "stakeholder_role", n)?);
            write(&|tx| tx.delete_role(id))
        }
        Edit::AddPoint(n) => {
            let id = contact(n)?;
            write(&|tx| tx.put_contact_point(id, &email_point(tx.uuid(), &format!("k{n}@example.fi"))))
        }
        Edit::TakePoint(n) => {
            let id = ContactPointId(pick(f, "contact_point", n)?);
            write(&|tx| tx.delete_contact_point(id))
        }
        Edit::RenameFlat(n) => write(&|tx| tx.put_flat(&new_flat(f.flat, &format!("A {n}")))),
        Edit::Join(n) => {
            let id = contact(n)?;
            write(&|tx| tx.add_member(group, id).map(drop))
        }
        Edit::Leave(n) => {
            let id = contact(n)?;
            write(&|tx| tx.remove_member(group, id).map(drop))
        }
        Edit::Pair(a, b) => {
            let (a, b) = (contact(a)?, contact(b)?);
            let household = HouseholdId(f.source().uuid());
            write(&|tx| {
                tx.put_household(household, HouseholdKind::Couple)?;
                tx.set_household(a, Some(household))?;
                tx.set_household(b, Some(household))?;
                tx.tidy_households()
            })
        }
        Edit::Import(count) => Some(f.import(u32::from(count)).0),
        Edit::Undo(n, keep) => {
            let changes = f
                .history(&HistoryFilter {
                    limit: 1000,
                    ..HistoryFilter::default()
                })
                .unwrap();
            let how = if keep {
                OnEdited::KeepThem
            } else {
                OnEdited::UndoThemToo
            };
            // Also the fixture's own changes come up, one of which made the group that others need.
            let change = changes[n % changes.len()].id;
            let kept = |keep: bool| -> Vec<(EditedSince, String)> {
                let Ok(preview) = f.preview_undo(change) else {
                    return Vec::new();
                };
                let edited = preview.edited_since.into_iter().filter(|_| keep);
                edited
                    .map(|record| (record.clone(), of_record(f, &record)))
                    .collect()
            };
            let before = kept(keep);
            match f.store.undo(change, how) {
                Ok(written) => {
                    for (record, rows) in before {
                        assert_eq!(of_record(f, &record), rows, "{record:?} was to be kept");
                    }
                    written.change
                }
                Err(Error::NotUndoable) => None,
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn undoing_everything_from_the_newest_back_restores_every_state(edits in prop::collection::vec(edit(), 1..9)) {
        let f = Fixture::new();
        let group = GroupId(f.source().uuid());
        f.change(|tx| tx.put_group(group, None, "Talkoot", None));
        let mut done = Vec::new();
        for edit in edits {
            // A group undone by an earlier step is not there to join.
            if matches!(edit, Edit::Join(_)) && pick(&f, "contact_group", 0).is_none() {
                continue;
            }
            let before = f.dump();
            if let Some(change) = perform(&f, group, edit) {
                done.push((change, before));
            }
            prop_assert_eq!(f.count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
            f.check_derived().unwrap();
        }
        for (change, before) in done.into_iter().rev() {
            undo(&f, change);
            prop_assert_eq!(f.dump(), before);
        }
        f.check_derived().unwrap();
    }
}
