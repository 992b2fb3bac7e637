//! Writing: what a change records, and what a failed one leaves.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Counting, Fixture, USER, count, dump, email_point, key, person, raw, role};
use kiulu_domain::action::Action;
use kiulu_domain::id::UserId;
use kiulu_store::{Error, HistoryFilter, RowOperation, Store};
use std::sync::Arc;
use uuid::Uuid;

fn all() -> HistoryFilter {
    HistoryFilter {
        limit: 1000,
        ..HistoryFilter::default()
    }
}

#[test]
fn a_write_is_one_row_of_the_log_with_author_action_and_rows() {
    let f = Fixture::new();
    let id = f.id();
    let action = Action::ContactCreate {
        name: "Matti Meikäläinen".into(),
    };
    let written = f
        .write(&action, |tx| {
            tx.insert_contact(id, &person("Matti", "Meikäläinen"))?;
            tx.put_role(&role(tx.uuid(), id, f.kind, Some(f.flat)))?;
            Ok::<_, Error>(5)
        })
        .unwrap();
    assert_eq!(written.value, 5);
    let newest = f.history(&all()).unwrap().remove(0);
    assert_eq!(Some(newest.id), written.change);
    assert_eq!(
        (newest.author, newest.author_name.as_str()),
        (USER, "Aino Sihteeri")
    );
    assert_eq!((newest.action, newest.rows, newest.undone), (action, 2, false));
    assert_eq!(newest.seq, f.last_seq().unwrap());
    let (rebase, schema): (String, u32) = raw(&f.file())
        .query_row(
            "SELECT rebase, schema FROM change ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!((rebase.as_str(), schema), ("fields", kiulu_store::SCHEMA_VERSION));
    f.check_derived().unwrap();
}

#[test]
fn an_error_of_the_work_leaves_nothing() {
    let f = Fixture::new();
    let (before, seq) = (f.dump(), f.last_seq().unwrap());
    let result = f.write(&Action::OrganisationEdit, |tx| {
        tx.insert_contact(f.id(), &person("Matti", "Meikäläinen"))?;
        Err::<(), _>(Error::Cancelled)
    });
    assert!(matches!(result, Err(Error::Cancelled)));
    assert_eq!((f.dump(), f.last_seq().unwrap()), (before, seq));
    f.check_derived().unwrap();
    f.add(person("Liisa", "Virtanen"));
}

#[test]
fn a_panic_in_the_work_leaves_nothing_and_the_store_usable() {
    let f = Fixture::new();
    let before = f.dump();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = f.write(&Action::OrganisationEdit, |tx| -> kiulu_store::Result<()> {
            tx.insert_contact(f.id(), &person("Matti", "Meikäläinen"))?;
            panic!("a fault of the caller");
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(f.dump(), before);
    f.add(person("Liisa", "Virtanen"));
}

#[test]
fn work_without_effect_is_no_change() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let seq = f.last_seq().unwrap();
    let written = f
        .write(&Action::OrganisationEdit, |tx| {
            tx.update_contact(id, &tx.contact(id)?)
        })
        .unwrap();
    assert_eq!((written.change, f.last_seq().unwrap()), (None, seq));
    let back_and_forth = f
        .write(&Action::OrganisationEdit, |tx| {
            tx.update_contact(id, &person("Maija", "Meikäläinen"))?;
            tx.update_contact(id, &person("Matti", "Meikäläinen"))
        })
        .unwrap();
    assert_eq!(back_and_forth.change, None);
}

#[test]
fn nothing_is_written_before_somebody_can_sign_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.kiulu");
    let store = Store::create(&path, &key(7), Arc::new(Counting::default())).unwrap();
    let id = kiulu_domain::id::ContactId(store.source().uuid());
    let result = store.write(&Action::OrganisationEdit, |tx| {
        tx.insert_contact(id, &person("A", "B"))
    });
    assert!(matches!(result, Err(Error::NoUser)));
    assert_eq!(dump(&path), "");

    store.set_profile(USER, "Aino", "aino@example.fi").unwrap();
    drop(store);
    let store = Store::open(&path, &key(7), Arc::new(Counting::from(1000))).unwrap();
    assert_eq!(store.user(), Some(USER));
    assert_eq!(store.profile().unwrap().unwrap().name, "Aino");
}

#[test]
fn a_profile_that_another_laptop_wrote_is_taken_over_for_good() {
    let f = Fixture::new();
    let other = UserId(Uuid::from_u128(0xBB));
    f.set_profile(other, "Bo", "bo@example.fi").unwrap();
    f.set_profile(USER, "Aino Sihteeri", "aino@example.fi").unwrap();
    // The row is as it was, so there is no change; the laptop's user is remembered all the same.
    let reopened = Store::open(&f.file(), &key(7), Arc::new(Counting::from(1000))).unwrap();
    assert_eq!(reopened.user(), Some(USER));
}

#[test]
fn a_record_shows_what_changed_with_old_and_new_values() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let edit = f.change(|tx| {
        tx.update_contact(id, &person("Matti", "Virtanen"))?;
        tx.put_contact_point(id, &email_point(tx.uuid(), "matti@example.fi"))
    });
    let other = f.add(person("Liisa", "Virtanen"));

    let of = |subject: Uuid| {
        let filter = HistoryFilter {
            subject: Some(subject),
            ..all()
        };
        f.history(&filter)
            .unwrap()
            .into_iter()
            .map(|change| change.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(id.0).len(), 2);
    assert_eq!(of(other.0).len(), 1);

    let rows = f.change_rows(edit, Some(id.0), 10).unwrap();
    assert_eq!(rows.len(), 2);
    let row = rows.iter().find(|row| row.table == "contact").unwrap();
    assert_eq!((row.operation, row.fields.len()), (RowOperation::Edited, 1));
    assert_eq!(row.fields[0].column, "last_name");
    assert_eq!(row.fields[0].old, Some("Meikäläinen".into()));
    assert_eq!(row.fields[0].new, Some("Virtanen".into()));
    let point = rows.iter().find(|row| row.table == "contact_point").unwrap();
    assert_eq!((point.operation, point.subject), (RowOperation::Created, id.0));
    assert!(
        point
            .fields
            .iter()
            .all(|field| field.old.is_none() && field.new.is_some())
    );
    assert!(f.change_rows(edit, Some(other.0), 10).unwrap().is_empty());
    assert_eq!(f.change_rows(edit, None, 1).unwrap().len(), 1);
}

#[test]
fn a_record_that_is_gone_keeps_the_history_of_what_belonged_to_it() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let mut own = role(f.source().uuid(), id, f.kind, None);
    f.change(|tx| tx.put_role(&own));
    own.note = "puheenjohtaja".into();
    let edit = f.change(|tx| tx.put_role(&own));
    f.change(|tx| tx.delete_contact(id));
    let rows = f.change_rows(edit, Some(id.0), 10).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].fields[0].new, Some("puheenjohtaja".into()));
    f.check_derived().unwrap();
}

#[test]
fn the_history_is_paged_from_the_newest_back() {
    let f = Fixture::new();
    for n in 0..7 {
        f.add(person(&n.to_string(), "Testi"));
    }
    let whole: Vec<_> = f
        .history(&all())
        .unwrap()
        .into_iter()
        .map(|change| change.seq)
        .collect();
    assert!(whole.is_sorted_by(|a, b| a > b));
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page = f
            .history(&HistoryFilter {
                before,
                limit: 3,
                ..HistoryFilter::default()
            })
            .unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        paged.extend(page.iter().map(|change| change.seq));
    }
    assert_eq!(paged, whole);
}

#[test]
fn looking_is_logged_once_a_day_and_shown_only_when_asked() {
    let f = Fixture::new();
    let id = f.add(person("Matti", "Meikäläinen"));
    let shown = f.history(&all()).unwrap().len();
    let view = Action::ContactView { contact: id };
    assert!(
        f.write(&view, |tx| tx.note_view(USER, id))
            .unwrap()
            .change
            .is_some()
    );
    assert!(
        f.write(&view, |tx| tx.note_view(USER, id))
            .unwrap()
            .change
            .is_none()
    );
    f.write(
        &Action::ContactsExport {
            count: 1,
            columns: vec![],
            released: 0,
        },
        |tx| tx.note_export(USER, 1, &[]),
    )
    .unwrap();
    assert_eq!(f.history(&all()).unwrap().len(), shown);
    let with_access = HistoryFilter {
        with_access: true,
        ..all()
    };
    assert_eq!(f.history(&with_access).unwrap().len(), shown + 2);
    f.check_derived().unwrap();
}

#[test]
fn the_log_keeps_a_changeset_for_every_change() {
    let f = Fixture::new();
    f.import(50);
    assert_eq!(
        count(
            &f.file(),
            "SELECT count(*) FROM change WHERE length(changeset) < 10"
        ),
        0
    );
    assert_eq!(
        count(
            &f.file(),
            "SELECT row_count FROM change ORDER BY seq DESC LIMIT 1"
        ),
        151
    );
}
