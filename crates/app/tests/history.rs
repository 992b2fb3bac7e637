//! What the history says of records that are no longer there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::Laptop;
use kiulu_app::{Selection, UnlockWay};
use kiulu_domain::action::Action;

#[test]
fn deleted_records_keep_their_names_in_the_history_and_in_what_undo_meets() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    laptop.add(id, "Virtanen");
    let contact = laptop.contact_page(id, &Default::default(), 0, 10).unwrap().rows[0].id;
    laptop
        .delete_contacts(id, &Selection::Ids(vec![contact]))
        .unwrap();
    let changes = laptop.history(id, None, false, None, 10).unwrap().changes;
    let of = |wanted: fn(&Action) -> bool| changes.iter().find(|change| wanted(&change.action)).unwrap().id;
    for change in [
        of(|action| matches!(action, Action::ContactCreate { .. })),
        of(|action| matches!(action, Action::ContactsDelete { .. })),
    ] {
        let rows = laptop.change_rows(id, change, None, 10, false).unwrap();
        assert_eq!(rows[0].subject_name, "Virtanen");
    }
}

#[test]
fn the_history_leaves_as_a_file_and_that_is_noted() {
    let laptop = Laptop::new();
    let (id, _) = laptop.found(UnlockWay::Keychain);
    let path = laptop.folder.path().join("historia.csv");
    let line = kiulu_app::HistoryLine {
        at: "2026-11-22T10:00:00Z".parse().unwrap(),
        author: "Aino Sihteeri".into(),
        what: "lisäsi kontaktin Virtanen".into(),
        rows: 3,
    };
    let titles = ["Milloin", "Kuka", "Mitä", "Rivejä"].map(str::to_owned);
    laptop
        .export_history(id, titles, &[line.clone(), line], &path)
        .unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(text.contains("lisäsi kontaktin Virtanen"));
    let newest = |with_access| {
        laptop
            .history(id, None, with_access, None, 1)
            .unwrap()
            .changes
            .remove(0)
    };
    assert_eq!(newest(true).action, Action::HistoryExport { count: 2 });
    assert_ne!(newest(false).action, Action::HistoryExport { count: 2 });
    assert!(!newest(true).can_undo);
}
