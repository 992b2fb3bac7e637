//! Several laptops and one log in one process: what each of two writers keeps when both wrote, and many random worlds that must all
//! come to the same.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{
    Counting, Seeded, USER, dump_with_changes, key, new_flat, person, raw, role, stakeholder_kind,
    turns_held_twice,
};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::presets::preset;
use kiulu_domain::bookings::resource::ResourceKind;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, Validity};
use kiulu_domain::contact::ContactDetails;
use kiulu_domain::id::{
    BookingId, ChangeId, ContactId, FlatId, ResourceId, StakeholderKindId, StandingShiftId, UserId,
};
use kiulu_store::{
    ClashKind, Error, LoggedChange, Noted, NotedWhat, OnEdited, Place, Rebased, Result, Store, Tx,
};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

const KIND: StakeholderKindId = StakeholderKindId(Uuid::from_u128(0x11));
const SAUNA: ResourceId = ResourceId(Uuid::from_u128(0x22));

/// The organisation's log, which gives everybody the same order.
type Log = Vec<LoggedChange>;

struct Laptop {
    _folder: TempDir,
    store: Store,
    raw: Connection,
    cursor: usize,
    /// Every change that a user was told was written.
    accepted: Vec<ChangeId>,
    dropped: BTreeSet<ChangeId>,
    withdrawn: BTreeSet<ChangeId>,
}

fn place(cursor: &[u8]) -> Place<'_> {
    Place {
        cursor,
        ..Place::default()
    }
}

impl Laptop {
    fn new(number: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.kiulu");
        let store = Store::create(&path, &key(7), Arc::new(Counting::from(number << 40))).unwrap();
        Self {
            raw: raw(&path),
            _folder: folder,
            store,
            cursor: 0,
            accepted: Vec::new(),
            dropped: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
        }
    }

    /// The laptop on which the organisation begins: two flats and a sauna.
    fn founder(log: &mut Log) -> Self {
        let mut one = Self::new(1);
        one.store.set_profile(USER, "Aino", "aino@example.fi").unwrap();
        let action = Action::OrganisationCreate { name: "Testi".into() };
        let sauna = preset(SAUNA, ResourceKind::Sauna, "Talosauna");
        one.store
            .write(&action, |tx| {
                tx.put_stakeholder_kind(&stakeholder_kind(KIND, "Asukas"))?;
                for number in 1..=6 {
                    tx.put_flat(&new_flat(flat(number), &format!("A {number}")))?;
                }
                tx.put_resource(&sauna)
            })
            .unwrap();
        one.sync(log);
        one
    }

    fn joins(number: u64, log: &mut Log) -> Self {
        let mut one = Self::new(number);
        one.pull(log);
        let user = UserId(Uuid::from_u128(0xAA00 + u128::from(number)));
        one.store.set_profile(user, "Eero", "eero@example.fi").unwrap();
        one.sync(log);
        one
    }

    fn write(&mut self, work: impl FnOnce(&Tx<'_>) -> Result<()>) -> Result<Option<ChangeId>> {
        let action = Action::ContactEdit { name: "Testi".into() };
        let change = self.store.write(&action, work)?.change;
        self.accepted.extend(change);
        Ok(change)
    }

    fn add(&mut self, last: &str) -> ContactId {
        let id = ContactId(self.store.source().uuid());
        self.write(|tx| tx.insert_contact(id, &person("Matti", last)))
            .unwrap();
        id
    }

    fn edit(&mut self, id: ContactId, change: impl FnOnce(&mut ContactDetails)) -> ChangeId {
        let written = self.write(|tx| {
            let mut details = tx.contact(id)?;
            change(&mut details);
            tx.update_contact(id, &details)
        });
        written.unwrap().unwrap()
    }

    fn last_name(&self, id: ContactId) -> Option<String> {
        self.store
            .read(|reader| reader.contact(id))
            .ok()
            .map(|contact| contact.last_name)
    }

    /// Takes in what the log has; what is not sent yet comes on top.
    fn pull(&mut self, log: &Log) -> Rebased {
        let done = self
            .store
            .rebase(&log[self.cursor..], &place(&log.len().to_le_bytes()))
            .unwrap();
        self.cursor = log.len();
        self.dropped.extend(&done.dropped);
        self.withdrawn.extend(&done.withdrawn);
        done
    }

    /// Hands over what is not sent yet. With a lost answer the laptop does not know that the log has it.
    fn push(&mut self, log: &mut Log, answer_lost: bool) {
        assert_eq!(self.cursor, log.len(), "an append names the head");
        let unsent = self.store.unsent().unwrap();
        let Some(last) = unsent.last().map(|change| change.id) else {
            return;
        };
        log.extend(unsent);
        if !answer_lost {
            self.store
                .acknowledge(last, &place(&log.len().to_le_bytes()))
                .unwrap();
            self.cursor = log.len();
            assert_eq!(self.store.unsent_count().unwrap(), 0);
        }
    }

    fn sync(&mut self, log: &mut Log) -> Rebased {
        let done = self.pull(log);
        self.push(log, false);
        done
    }

    /// Every shared row, the changes among them.
    fn dump(&self) -> String {
        dump_with_changes(&self.raw)
    }

    /// What the shared needs-attention list says of a code.
    fn listed(&self, code: &str) -> Vec<serde_json::Value> {
        let sql = "SELECT params FROM attention WHERE code = ?1 ORDER BY created_at DESC";
        let mut statement = self.raw.prepare(sql).unwrap();
        let rows = statement
            .query_map([code], |row| row.get::<_, String>(0))
            .unwrap();
        rows.map(|row| serde_json::from_str(&row.unwrap()).unwrap())
            .collect()
    }

    /// The same in its own words.
    fn noted(&self) -> Vec<Noted> {
        self.store.read(|reader| reader.noted()).unwrap()
    }

    fn check(&self) {
        self.store.check_derived().unwrap();
        let broken: i64 = self
            .raw
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(broken, 0, "rows without a parent");
        assert_eq!(turns_held_twice(&self.raw), 0, "turns held twice");
    }
}

fn flat(number: u128) -> FlatId {
    FlatId(Uuid::from_u128(0x100 + number))
}

/// Two laptops that share everything there is, with one contact.
fn two() -> (Log, Laptop, Laptop, ContactId) {
    let mut log = Log::new();
    let mut aino = Laptop::founder(&mut log);
    let id = aino.add("Meikäläinen");
    aino.sync(&mut log);
    let mut eero = Laptop::joins(2, &mut log);
    aino.sync(&mut log);
    eero.sync(&mut log);
    (log, aino, eero, id)
}

/// Both hand over what they have, `first` before `second`, and must agree afterwards.
fn meet(log: &mut Log, first: &mut Laptop, second: &mut Laptop) -> Rebased {
    first.sync(log);
    let done = second.sync(log);
    first.sync(log);
    assert_eq!(first.dump(), second.dump());
    first.check();
    second.check();
    done
}

#[test]
fn edits_of_different_fields_both_stand_without_a_word() {
    let (mut log, mut aino, mut eero, id) = two();
    aino.edit(id, |details| details.last_name = "Virtanen".into());
    eero.edit(id, |details| details.email = "matti@example.fi".into());
    let done = meet(&mut log, &mut aino, &mut eero);
    assert_eq!((done.received, done.kept), (1, 1));
    let contact = aino.store.read(|reader| reader.contact(id)).unwrap();
    assert_eq!(
        (contact.last_name.as_str(), contact.email.as_str()),
        ("Virtanen", "matti@example.fi")
    );
    assert!(aino.listed("conflict").is_empty());
}

#[test]
fn of_one_field_the_later_in_the_log_stands_and_both_values_are_listed() {
    let (mut log, mut aino, mut eero, id) = two();
    let theirs = aino.edit(id, |details| details.last_name = "Virtanen".into());
    // What the same person wrote before is not what they clash with.
    eero.edit(id, |details| details.email = "laine@example.fi".into());
    let ours = eero.edit(id, |details| details.last_name = "Laine".into());
    meet(&mut log, &mut aino, &mut eero);
    assert_eq!(aino.last_name(id).as_deref(), Some("Laine"));
    let listed = aino.listed("conflict");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["how"], "edited_twice");
    assert_eq!(listed[0]["theirs"], serde_json::json!(theirs));
    assert_eq!(listed[0]["change"], serde_json::json!(ours));
    let field = &listed[0]["fields"][0];
    assert_eq!(
        (&field["column"], &field["theirs"], &field["ours"]),
        (&"last_name".into(), &"Virtanen".into(), &"Laine".into())
    );
}

#[test]
fn the_other_value_is_taken_by_an_ordinary_change_and_the_line_goes() {
    let (mut log, mut aino, mut eero, id) = two();
    let theirs = aino.edit(id, |details| {
        details.last_name = "Virtanen".into();
    });
    let ours = eero.edit(id, |details| {
        details.last_name = "Laine".into();
        details.email = "laine@example.fi".into();
    });
    meet(&mut log, &mut aino, &mut eero);
    let noted = aino.noted();
    let [line] = noted.as_slice() else {
        panic!("{noted:?}")
    };
    let NotedWhat::Clashed(clashed) = &line.what else {
        panic!("{line:?}")
    };
    assert_eq!(
        (clashed.how, clashed.change, clashed.theirs, line.subject),
        (ClashKind::EditedTwice, ours, Some(theirs), Some(id.0))
    );
    let written = aino
        .store
        .read(|reader| reader.written_by(theirs))
        .unwrap()
        .unwrap();
    assert_eq!(written.action, Action::ContactEdit { name: "Testi".into() });
    let values: Vec<_> = clashed
        .fields
        .iter()
        .map(|field| (field.column.as_str(), field.theirs.as_ref()))
        .collect();
    let action = Action::ConflictTake {
        name: "Virtanen".into(),
    };
    let row = (clashed.table.as_str(), clashed.row);
    aino.store.take_values(&action, line.id, row, &values).unwrap();
    meet(&mut log, &mut aino, &mut eero);
    let contact = eero.store.read(|reader| reader.contact(id)).unwrap();
    assert_eq!(
        (contact.last_name.as_str(), contact.email.as_str()),
        ("Virtanen", "laine@example.fi")
    );
    assert!(aino.noted().is_empty() && eero.noted().is_empty());
}

#[test]
fn a_value_is_taken_only_into_a_column_and_a_row_that_are_there() {
    let (_, aino, _, id) = two();
    let action = Action::ConflictTake { name: String::new() };
    let value = serde_json::json!("x");
    let line = Uuid::nil();
    let take = |table: &str, row, column| {
        aino.store
            .take_values(&action, line, (table, row), &[(column, Some(&value))])
            .map(drop)
    };
    assert!(matches!(
        take("contact", Uuid::nil(), "last_name"),
        Err(Error::Missing("contact"))
    ));
    for (table, column) in [
        ("contact", "id"),
        ("contact", "no_such"),
        ("local_meta", "value"),
        ("contact", "household"),
    ] {
        assert!(
            matches!(take(table, id.0, column), Err(Error::Unreadable("attention"))),
            "{table}.{column}"
        );
    }
    assert!(take("contact", id.0, "last_name").is_ok());
}

#[test]
fn who_only_reads_takes_in_what_others_write_and_writes_nothing() {
    let (mut log, mut aino, mut eero, id) = two();
    eero.store.set_only_reads(true);
    let tried = eero.write(|tx| tx.delete_contact(id));
    assert!(matches!(tried, Err(Error::OnlyReads)));
    aino.edit(id, |details| details.last_name = "Virtanen".into());
    meet(&mut log, &mut aino, &mut eero);
    assert_eq!(eero.last_name(id).as_deref(), Some("Virtanen"));
}

#[test]
fn two_who_did_the_same_are_no_conflict() {
    let (mut log, mut aino, mut eero, id) = two();
    aino.edit(id, |details| details.last_name = "Virtanen".into());
    let same = eero.edit(id, |details| details.last_name = "Virtanen".into());
    let done = meet(&mut log, &mut aino, &mut eero);
    assert_eq!(done.dropped, [same]);
    assert!(aino.listed("conflict").is_empty());
}

#[test]
fn what_one_deleted_stays_deleted_and_the_edit_of_the_other_is_listed() {
    for deleted_first in [true, false] {
        let (mut log, mut aino, mut eero, id) = two();
        aino.write(|tx| tx.delete_contact(id)).unwrap();
        eero.edit(id, |details| details.last_name = "Laine".into());
        if deleted_first {
            meet(&mut log, &mut aino, &mut eero);
        } else {
            meet(&mut log, &mut eero, &mut aino);
        }
        assert_eq!(aino.last_name(id), None);
        let listed = aino.listed("conflict");
        assert_eq!(listed.len(), 1, "{listed:?}");
        let (how, side) = if deleted_first {
            ("deleted_there", "ours")
        } else {
            ("deleted_here", "theirs")
        };
        assert_eq!(listed[0]["how"], how);
        assert_eq!(listed[0]["fields"][0][side], "Laine");
    }
}

#[test]
fn a_role_of_somebody_who_was_deleted_is_listed_and_leaves_no_orphan() {
    for deleted_first in [true, false] {
        let (mut log, mut aino, mut eero, id) = two();
        aino.write(|tx| tx.delete_contact(id)).unwrap();
        let new = eero.store.source().uuid();
        eero.write(|tx| tx.put_role(&role(new, id, KIND, Some(flat(1)))))
            .unwrap();
        if deleted_first {
            meet(&mut log, &mut aino, &mut eero);
        } else {
            meet(&mut log, &mut eero, &mut aino);
        }
        let listed = aino.listed("conflict");
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!(
            (&listed[0]["how"], &listed[0]["table"]),
            (&"parent_gone".into(), &"stakeholder_role".into())
        );
    }
}

#[test]
fn an_undo_that_meets_an_edit_is_withdrawn_as_a_whole() {
    let (mut log, mut aino, mut eero, id) = two();
    let edit = eero.edit(id, |details| {
        details.last_name = "Laine".into();
        details.email = "laine@example.fi".into();
    });
    eero.sync(&mut log);
    aino.sync(&mut log);
    aino.edit(id, |details| details.last_name = "Virtanen".into());
    let undo = eero.store.undo(edit, OnEdited::Stop).unwrap().change.unwrap();
    let done = meet(&mut log, &mut aino, &mut eero);
    assert_eq!(done.withdrawn, [undo]);
    let contact = eero.store.read(|reader| reader.contact(id)).unwrap();
    assert_eq!(
        (contact.last_name.as_str(), contact.email.as_str()),
        ("Virtanen", "laine@example.fi")
    );
    let listed = aino.listed("withdrawn");
    assert_eq!(listed[0]["action"]["code"], "undo");
    // It does not count as undone, and can be undone again by whoever wants it still.
    assert!(matches!(
        eero.store.undo(edit, OnEdited::Stop),
        Err(Error::EditedSince(_))
    ));
}

#[test]
fn a_turn_that_both_booked_is_the_one_of_who_was_first_in_the_log() {
    let (mut log, mut aino, mut eero, _) = two();
    let (one, other) = (BookingId(Uuid::from_u128(1)), BookingId(Uuid::from_u128(2)));
    let start = "2027-01-06T18:00:00".parse().unwrap();
    for (laptop, id, flat) in [(&mut aino, one, flat(1)), (&mut eero, other, flat(2))] {
        laptop
            .write(|tx| book(tx, id, Holder::Flat(flat), start))
            .unwrap()
            .unwrap();
    }
    meet(&mut log, &mut aino, &mut eero);
    let status = |id| aino.store.read(|reader| reader.booking(id)).unwrap().status;
    assert_eq!(
        (status(one), status(other)),
        (BookingStatus::Booked, BookingStatus::Displaced)
    );
}

#[test]
fn an_append_whose_answer_was_lost_is_not_applied_twice() {
    let (mut log, mut aino, mut eero, id) = two();
    aino.edit(id, |details| details.last_name = "Virtanen".into());
    aino.pull(&log);
    aino.push(&mut log, true);
    aino.edit(id, |details| details.phone = "+358401234567".into());
    eero.edit(id, |details| details.email = "matti@example.fi".into());
    let sent = log.len();
    let done = aino.sync(&mut log);
    assert_eq!((done.acknowledged, done.received, done.kept), (1, 0, 1));
    assert_eq!(log.len(), sent + 1);
    meet(&mut log, &mut aino, &mut eero);
}

#[test]
fn a_log_that_does_not_fit_or_is_too_new_changes_nothing() {
    let (mut log, mut aino, mut eero, id) = two();
    aino.edit(id, |details| details.last_name = "Virtanen".into());
    aino.sync(&mut log);
    eero.edit(id, |details| details.email = "matti@example.fi".into());
    let before = eero.dump();
    let cursor = eero.store.log_cursor().unwrap();
    let edit = log.last().unwrap().clone();
    // The same edit twice: the second does not find what it changes.
    let replayed = [
        edit.clone(),
        LoggedChange {
            id: ChangeId(Uuid::from_u128(9)),
            ..edit.clone()
        },
    ];
    assert!(matches!(
        eero.store.rebase(&replayed, &place(b"x")),
        Err(Error::Diverged(ChangeId(of))) if of == Uuid::from_u128(9)
    ));
    let newer = LoggedChange { schema: 1000, ..edit };
    assert!(matches!(
        eero.store.rebase(&[newer], &place(b"x")),
        Err(Error::Newer { needs: 1000, .. })
    ));
    assert_eq!(eero.dump(), before);
    assert_eq!(eero.store.log_cursor().unwrap(), cursor);
    eero.check();
}

/// Books a turn as the app does: what it meets gives way by the rules.
fn book(tx: &Tx<'_>, id: BookingId, holder: Holder, start: chrono::NaiveDateTime) -> Result<()> {
    let span = Span {
        start,
        end: start + chrono::Duration::hours(1),
    };
    let day = span.date();
    let now = "2026-12-01T12:00:00".parse().unwrap();
    let book = tx.resource_book(SAUNA, day, day)?;
    let taken = book.schedule(now).taken(day, day);
    if taken.iter().any(|one| one.span.overlaps(&span)) {
        return Ok(());
    }
    tx.put_booking(&Booking {
        id,
        resource: SAUNA,
        holder,
        span,
        status: BookingStatus::Booked,
        extra: false,
        override_reason: String::new(),
        note: String::new(),
    })?;
    tx.settle_bookings(SAUNA, &BTreeSet::from([id]))?;
    Ok(())
}

fn ids(laptop: &Laptop, table: &str) -> Vec<Uuid> {
    let mut statement = laptop
        .raw
        .prepare_cached(&format!("SELECT id FROM {table} ORDER BY id"))
        .unwrap();
    let found = statement.query_map([], |row| row.get(0)).unwrap();
    found.map(|id| id.unwrap()).collect()
}

/// One random act of a user.
fn act(laptop: &mut Laptop, random: &mut Seeded) {
    let contact = random.one_of(&ids(laptop, "contact")).map(ContactId);
    let house = flat(u128::from(1 + random.below(6)));
    let fresh = laptop.store.source().uuid();
    let name = format!("Nimi{}", random.below(40));
    let start = chrono::NaiveDate::from_ymd_opt(2027, 1, 6 + random.below(4) as u32)
        .unwrap()
        .and_hms_opt(16 + random.below(6) as u32, 0, 0)
        .unwrap();
    let (what, more) = (random.below(14), random.below(3));
    let done = match (what, contact) {
        (0 | 1, _) | (2..=6, None) => {
            laptop.write(|tx| tx.insert_contact(ContactId(fresh), &person("Matti", &name)))
        }
        (2 | 3, Some(id)) => laptop.write(|tx| {
            let mut details = tx.contact(id)?;
            match more {
                0 => details.last_name = name,
                1 => details.email = format!("{name}@example.fi"),
                _ => details.notes = name,
            }
            tx.update_contact(id, &details)
        }),
        (4, Some(id)) => laptop.write(|tx| tx.delete_contact(id)),
        (5 | 6, Some(id)) => laptop.write(|tx| {
            tx.flat(house)?;
            tx.put_role(&role(fresh, id, KIND, Some(house)))
        }),
        (7, _) => laptop.write(|tx| {
            let mut flat = tx.flat(house)?;
            flat.note = name;
            tx.put_flat(&flat)
        }),
        (8, _) => laptop.write(|tx| tx.delete_flat(house)),
        (9 | 10, _) => laptop.write(|tx| {
            tx.flat(house)?;
            book(tx, BookingId(fresh), Holder::Flat(house), start)
        }),
        (11, _) => {
            let booking = random.one_of(&ids(laptop, "booking")).map(BookingId);
            laptop.write(|tx| {
                let Some(id) = booking else { return Ok(()) };
                let mut booking = tx.booking(id)?;
                booking.status = BookingStatus::Cancelled;
                tx.put_booking(&booking)?;
                tx.settle_bookings(SAUNA, &BTreeSet::from([id]))?;
                Ok(())
            })
        }
        (12, _) => laptop.write(|tx| stand(tx, StandingShiftId(fresh), house, start)),
        _ => match random.one_of(&laptop.accepted.clone()) {
            Some(change) => laptop
                .store
                .undo(
                    change,
                    if more == 0 {
                        OnEdited::UndoThemToo
                    } else {
                        OnEdited::KeepThem
                    },
                )
                .map(|written| {
                    laptop.accepted.extend(written.change);
                    written.change
                }),
            None => Ok(None),
        },
    };
    // What cannot be (a flat in use, a contact that has gone, an undo that was done) says so and does nothing.
    if let Err(error) = done {
        assert!(
            matches!(error, Error::InUse(_) | Error::Missing(_) | Error::NotUndoable),
            "{error}"
        );
    }
}

fn stand(tx: &Tx<'_>, id: StandingShiftId, flat: FlatId, start: chrono::NaiveDateTime) -> Result<()> {
    use chrono::{Datelike, Timelike};
    tx.flat(flat)?;
    let (weekday, from) = (start.weekday().num_days_from_monday(), start.hour() as u16 * 60);
    let others = tx.resource_book(SAUNA, start.date(), start.date())?.standing;
    if others
        .iter()
        .any(|other| (other.weekday, other.from) == (weekday, from))
    {
        return Ok(());
    }
    tx.put_standing_shift(&StandingShift {
        id,
        resource: SAUNA,
        flat,
        weekday,
        from,
        to: from + 60,
        valid: Validity::default(),
        every_weeks: 1,
        pauses: Vec::new(),
        note: String::new(),
    })?;
    tx.settle_bookings(SAUNA, &BTreeSet::new())?;
    Ok(())
}

fn world(seed: u64) {
    let mut random = Seeded(seed);
    let mut log = Log::new();
    let mut laptops = vec![Laptop::founder(&mut log)];
    for number in 2..=3 {
        laptops.push(Laptop::joins(number, &mut log));
    }
    for _ in 0..60 {
        let who = random.below(3) as usize;
        match random.below(8) {
            0..=5 => act(&mut laptops[who], &mut random),
            6 => {
                laptops[who].pull(&log);
            }
            _ => {
                laptops[who].pull(&log);
                laptops[who].push(&mut log, random.below(4) == 0);
            }
        }
    }
    for _ in 0..2 {
        for laptop in &mut laptops {
            laptop.sync(&mut log);
        }
    }
    let dump = laptops[0].dump();
    let logged: BTreeMap<ChangeId, usize> = log.iter().map(|change| change.id).zip(0..).collect();
    assert_eq!(
        logged.len(),
        log.len(),
        "seed {seed}: a change is in the log twice"
    );
    for laptop in &laptops {
        assert_eq!(laptop.dump(), dump, "seed {seed}: replicas differ");
        laptop.check();
        let listed = laptop.listed("withdrawn");
        for change in &laptop.accepted {
            assert!(
                logged.contains_key(change) || laptop.dropped.contains(change),
                "seed {seed}: {change:?} is lost"
            );
        }
        for change in &laptop.withdrawn {
            assert!(
                listed
                    .iter()
                    .any(|row| row["change"] == serde_json::json!(change))
                    || !logged.contains_key(change),
                "seed {seed}: {change:?} was withdrawn without a word"
            );
        }
    }
}

#[test]
fn random_worlds_come_to_the_same() {
    for seed in 1..=40 {
        world(seed);
    }
}
