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
        let rows = laptop.change_rows(id, change, None, 10).unwrap();
        assert_eq!(rows[0].subject_name, "Virtanen");
    }
}
