//! Erasing people in a register that is not shared.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Fixture, email_point, everything, person, role};
use kiulu_domain::action::Action;
use kiulu_store::{Error, OnEdited};

#[test]
fn nothing_is_left_of_them_in_tables_and_history_and_all_else_stays() {
    let f = Fixture::new();
    f.import(20);
    let others = f.dump();
    let id = f.id();
    let create = Action::ContactCreate {
        name: "Unohtunut Henkilö".into(),
    };
    f.write(&create, |tx| {
        tx.insert_contact(id, &person("Unohtunut", "Henkilö"))
    })
    .unwrap();
    let point = f.source().uuid();
    f.change(|tx| {
        tx.put_contact_point(id, &email_point(point, "unohtunut@example.fi"))?;
        tx.put_role(&role(tx.uuid(), id, f.kind, Some(f.flat)))
    });
    let taken = Action::ConflictTake {
        name: "Unohtunut Henkilö".into(),
    };
    f.write(&taken, |tx| tx.update_contact(id, &person("Unohtunut", "Toinen")))
        .unwrap();
    assert!(everything(&f.file()).contains("nohtunut"));
    let changes = f.count("SELECT count(*) FROM change");

    f.delete_to_erase(&[id]).unwrap();
    f.erase_unshared(&[id]).unwrap();
    assert_eq!(f.dump(), others);
    let left = everything(&f.file());
    assert!(!left.contains("nohtunut"), "{left}");
    assert_eq!(
        f.count("SELECT count(*) FROM change"),
        changes + 1,
        "no change goes, the deletion comes"
    );
    f.check_derived().unwrap();
    f.check().unwrap();

    // What is left of the changes does not bring them back.
    for change in f.unsent().unwrap().iter().rev() {
        match f.undo(change.id, OnEdited::UndoThemToo) {
            Ok(_) | Err(Error::NotUndoable) => {}
            Err(error) => panic!("{error:?}"),
        }
        assert!(!everything(&f.file()).contains("nohtunut"));
    }
    f.check_derived().unwrap();
}

#[test]
fn whoever_only_reads_erases_nobody() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    f.set_only_reads(true);
    assert!(matches!(f.delete_to_erase(&[id]), Err(Error::OnlyReads)));
    assert!(matches!(f.erase_unshared(&[id]), Err(Error::OnlyReads)));
    assert_eq!(f.count("SELECT count(*) FROM contact"), 1);
}
