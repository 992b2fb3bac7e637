//! Erasing people: from the tables, and from every change that is kept, so that neither the history nor an undo brings them back. All
//! replicas do it at the same place of the log and come to the same.

use crate::changeset::{self, Operation, RowChange, as_uuid, pack, unpack};
use crate::derived::Follower;
use crate::derived_check;
use crate::logged::{LoggedChange, Place, logged, set_place};
use crate::orphans::{Unchecked, orphans};
use crate::raw_changeset::{self, Column, Verdict};
use crate::rebase::{Rebased, unapply};
use crate::schema::{Columns, contact_column};
use crate::undo::sweep;
use crate::{Error, Reader, Result, Store};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::HolderName;
use kiulu_domain::id::ContactId;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Tables whose rows stay without the person: closed months keep their sums.
const NAMELESS: [&str; 2] = ["charge_line", "charge_paid"];

/// The column that names the person a row is about.
fn person_column(table: &str) -> Option<&'static str> {
    match table {
        "booking" | "waiting_entry" => Some("contact"),
        "attention" => Some("subject"),
        table => contact_column(table),
    }
}

/// Rows and people that are to be gone.
struct Concerned<'a> {
    people: HashSet<Uuid>,
    rows: HashSet<(&'static str, Uuid)>,
    columns: &'a Columns,
}

impl Store {
    /// Deletes those who are still there by an ordinary change, which goes before erasing them.
    ///
    /// # Errors
    /// [`Error::OnlyReads`], [`Error::NoUser`].
    pub fn delete_to_erase(&self, people: &[ContactId]) -> Result<()> {
        let there: Vec<ContactId> = self.read(|reader| {
            let there = |id: &&ContactId| reader.contact(**id).is_ok();
            Ok::<_, Error>(people.iter().filter(there).copied().collect())
        })?;
        if there.is_empty() {
            return Ok(());
        }
        let action = Action::ContactsDelete {
            count: there.len() as u32,
            name: None,
        };
        self.write(&action, |tx| {
            there.iter().try_for_each(|contact| tx.delete_contact(*contact))
        })?;
        Ok(())
    }

    /// Erases people at the place of the log where it says so, in one transaction: their rows, and what every change says of them. What
    /// the log does not have is put on top again without them; changes that lost something are told.
    ///
    /// # Errors
    /// [`Error::Diverged`]; then everything is as it was.
    pub fn erase(&self, people: &[ContactId], place: &Place<'_>) -> Result<Rebased> {
        let mut writer = self.writer();
        let mut conn = Unchecked::new(&mut writer)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let base = logged(&tx)?;
        let mut own = Reader { conn: &tx }.changes_after(base)?;
        for change in own.iter().rev() {
            unapply(&tx, change)?;
        }
        let mut concerned = Concerned::new(people, &self.columns);
        concerned.erase_up_to(&tx, base)?;
        let mut done = Rebased::default();
        for change in &own {
            concerned.add(&unpack(&change.changeset)?)?;
        }
        for change in &mut own {
            if concerned.rewrite(change)? {
                done.late.push(change.id);
            }
        }
        derived_check::remake(&tx, &self.columns)?;
        set_place(&tx, base, place)?;
        let mut follower = Follower::new(&self.columns)?;
        let seq = self.put_all_on_top(&tx, &mut follower, own, base, &mut done)?;
        follower.finish(&tx)?;
        tx.commit()?;
        drop(conn);
        drop(writer);
        self.wrote(seq);
        self.forget_lists();
        Ok(done)
    }

    /// The same in a register that is not shared: every change is here and nowhere else.
    ///
    /// # Errors
    /// [`Error::OnlyReads`].
    pub fn erase_unshared(&self, people: &[ContactId]) -> Result<()> {
        if self.only_reads() {
            return Err(Error::OnlyReads);
        }
        let mut writer = self.writer();
        let mut conn = Unchecked::new(&mut writer)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = Reader { conn: &tx }.last_seq()?;
        Concerned::new(people, &self.columns).erase_up_to(&tx, last)?;
        derived_check::remake(&tx, &self.columns)?;
        tx.commit()?;
        drop(conn);
        drop(writer);
        self.wrote(last);
        self.forget_lists();
        Ok(())
    }
}

impl<'a> Concerned<'a> {
    fn new(people: &[ContactId], columns: &'a Columns) -> Self {
        Self {
            people: people.iter().map(|person| person.0).collect(),
            rows: HashSet::new(),
            columns,
        }
    }

    /// Takes the people out of the tables, and out of the changes up to one.
    fn erase_up_to(&mut self, conn: &Connection, last: i64) -> Result<()> {
        self.find(conn)?;
        self.delete(conn)?;
        for seq in 1..=last {
            self.rewrite_logged(conn, seq)?;
        }
        Ok(())
    }

    /// Finds every row that is about the people now, or was when it was deleted.
    fn find(&mut self, conn: &Connection) -> Result<()> {
        // Going back, a row's last change decides: deleted, it says itself whose it was; else the table does.
        let mut seen: HashMap<(&'static str, Uuid), Option<Uuid>> = HashMap::new();
        let mut log = conn.prepare("SELECT changeset FROM change ORDER BY seq DESC")?;
        let mut changes = log.query([])?;
        while let Some(change) = changes.next()? {
            let packed = change
                .get_ref(0)?
                .as_blob()
                .map_err(|_| Error::Unreadable("change"))?;
            changeset::walk(&unpack(packed)?, |row| {
                let Some(column) = person_column(row.table) else {
                    return Ok(());
                };
                let key = (row.table, row.id);
                if seen.contains_key(&key) {
                    return Ok(());
                }
                let person = match row.operation {
                    Operation::Delete => self.recorded(&row, column).next(),
                    _ => conn
                        .prepare_cached(&format!("SELECT {column} FROM {} WHERE id = ?1", row.table))?
                        .query_row([row.id], |found| found.get(0))
                        .optional()?
                        .flatten(),
                };
                seen.insert(key, person);
                Ok(())
            })?;
        }
        let theirs =
            |person: &Option<Uuid>, of: &HashSet<Uuid>| person.is_some_and(|person| of.contains(&person));
        let rows = seen.iter().filter(|((table, _), _)| *table != "attention");
        self.rows = rows
            .filter(|(_, person)| theirs(person, &self.people))
            .map(|(key, _)| *key)
            .collect();
        // What waits for attention may name the person's row instead.
        let subjects: HashSet<Uuid> = self
            .rows
            .iter()
            .map(|(_, id)| *id)
            .chain(self.people.iter().copied())
            .collect();
        let notes = seen.iter().filter(|((table, _), _)| *table == "attention");
        let notes: Vec<_> = notes
            .filter(|(_, subject)| theirs(subject, &subjects))
            .map(|(key, _)| *key)
            .collect();
        self.rows.extend(notes);
        Ok(())
    }

    /// Whom a row of a changeset says that it is about.
    fn recorded(&self, row: &RowChange<'_>, column: &str) -> impl Iterator<Item = Uuid> + use<> {
        let place = self.columns.position(row.table, column);
        let person = |value: Option<rusqlite::types::ValueRef<'_>>| value.and_then(as_uuid);
        let (now, before) = match place {
            Some(place) => (person(row.after(place)), person(row.before(place))),
            None => (None, None),
        };
        now.into_iter().chain(before)
    }

    /// Takes the rows out of the tables.
    fn delete(&self, conn: &Connection) -> Result<()> {
        for (table, id) in &self.rows {
            conn.prepare_cached(&format!("DELETE FROM {table} WHERE id = ?1"))?
                .execute([id])?;
        }
        for table in NAMELESS {
            for person in &self.people {
                conn.prepare_cached(&format!("UPDATE {table} SET contact = NULL WHERE contact = ?1"))?
                    .execute([person])?;
            }
        }
        sweep(conn, orphans(conn)?)
    }

    /// What was not applied is about people by what it says itself.
    fn add(&mut self, changeset: &[u8]) -> Result<()> {
        let mut found = Vec::new();
        changeset::walk(changeset, |row| {
            if let Some(column) = person_column(row.table) {
                let mut whom = self.recorded(&row, column);
                let theirs =
                    |id: Uuid| self.people.contains(&id) || (row.table == "attention" && self.names(id));
                if whom.any(theirs) {
                    found.push((row.table, row.id));
                }
            }
            Ok(())
        })?;
        self.rows.extend(found);
        Ok(())
    }

    fn names(&self, id: Uuid) -> bool {
        self.rows.iter().any(|(_, row)| *row == id)
    }

    fn rewrite_logged(&self, conn: &Connection, seq: i64) -> Result<()> {
        let Some(mut change) = (Reader { conn }).change_at(seq)? else {
            return Ok(());
        };
        if !self.rewrite(&mut change)? {
            return Ok(());
        }
        let mut rows = 0;
        changeset::walk(&unpack(&change.changeset)?, |_| {
            rows += 1;
            Ok(())
        })?;
        conn.prepare_cached("UPDATE change SET changeset = ?2, action = ?3, row_count = ?4 WHERE id = ?1")?
            .execute(params![change.id.0, change.changeset, change.action, rows])?;
        Ok(())
    }

    /// A changeset without the rows and the people.
    fn without(&self, changeset: &[u8]) -> Result<Vec<u8>> {
        raw_changeset::rewrite(changeset, |table, id| {
            if self.rows.contains(&(table, id)) {
                return Verdict::Drop;
            }
            let nameless = NAMELESS
                .contains(&table)
                .then(|| self.columns.position(table, "contact"));
            match nameless.flatten() {
                Some(place) => Verdict::Blank(Column {
                    place,
                    people: &self.people,
                }),
                None => Verdict::Keep,
            }
        })
    }

    /// Takes the people out of what a change says; gives whether there was anything.
    fn rewrite(&self, change: &mut LoggedChange) -> Result<bool> {
        let before = unpack(&change.changeset)?;
        let after = self.without(&before)?;
        if after == before {
            return Ok(false);
        }
        change.changeset = pack(&after)?;
        let action: Action = serde_json::from_str(&change.action)?;
        change.action = serde_json::to_string(&without_names(action))?;
        Ok(true)
    }
}

/// Whom unsent changes are about, noted before everything is taken anew from a snapshot: of a person who is erased the snapshot holds no
/// trace, not even in its changes, while whoever was only deleted is still in those.
pub(crate) struct Unsent {
    rows: Vec<((&'static str, Uuid), Uuid)>,
    /// The log had written of them.
    logged: HashSet<Uuid>,
}

impl Unsent {
    /// Looks while the changes are still in the tables.
    pub(crate) fn note(
        conn: &Connection,
        columns: &Columns,
        own: &[LoggedChange],
        base: i64,
    ) -> Result<Self> {
        let concerned = Concerned {
            people: HashSet::new(),
            rows: HashSet::new(),
            columns,
        };
        let (mut rows, mut logged) = (Vec::new(), HashSet::new());
        let mut trace =
            conn.prepare_cached("SELECT 1 FROM local_touched WHERE subject = ?1 AND seq <= ?2")?;
        for change in own {
            changeset::walk(&unpack(&change.changeset)?, |row| {
                let Some(column) = person_column(row.table) else {
                    return Ok(());
                };
                let stands: Option<Option<Uuid>> = conn
                    .prepare_cached(&format!("SELECT {column} FROM {} WHERE id = ?1", row.table))?
                    .query_row([row.id], |found| found.get(0))
                    .optional()?;
                let whom = concerned.recorded(&row, column).chain(stands.flatten());
                for person in whom {
                    rows.push(((row.table, row.id), person));
                    if trace.exists(params![person, base])? {
                        logged.insert(person);
                    }
                }
                Ok(())
            })?;
        }
        Ok(Self { rows, logged })
    }

    /// Takes those out of the unsent changes of whom nothing is left.
    pub(crate) fn without_erased(
        self,
        conn: &Connection,
        columns: &Columns,
        own: &mut [LoggedChange],
        done: &mut Rebased,
    ) -> Result<()> {
        let mut trace = conn.prepare_cached("SELECT 1 FROM local_touched WHERE subject = ?1")?;
        let mut people = HashSet::new();
        for person in self.logged {
            if !trace.exists([person])? {
                people.insert(person);
            }
        }
        if people.is_empty() {
            return Ok(());
        }
        let theirs = self
            .rows
            .into_iter()
            .filter(|(_, person)| people.contains(person));
        let mut concerned = Concerned {
            rows: theirs.map(|(row, _)| row).collect(),
            people,
            columns,
        };
        for change in own.iter() {
            concerned.add(&unpack(&change.changeset)?)?;
        }
        for change in own {
            if concerned.rewrite(change)? {
                done.late.push(change.id);
            }
        }
        Ok(())
    }
}

/// A changeset that brings back what once was, without those who were erased since: of them nothing is left, while whoever was only
/// deleted is still in the history.
pub(crate) fn without_erased(conn: &Connection, columns: &Columns, changeset: &[u8]) -> Result<Vec<u8>> {
    let mut trace = conn.prepare_cached("SELECT 1 FROM local_touched WHERE subject = ?1")?;
    let mut people = HashSet::new();
    changeset::walk(changeset, |row| {
        if row.table == "contact" && row.operation == Operation::Insert && !trace.exists([row.id])? {
            people.insert(row.id);
        }
        Ok(())
    })?;
    if people.is_empty() {
        return Ok(changeset.to_vec());
    }
    let mut concerned = Concerned {
        people,
        rows: HashSet::new(),
        columns,
    };
    concerned.add(changeset)?;
    concerned.without(changeset)
}

/// An action without the names of people in its sentence.
fn without_names(action: Action) -> Action {
    let mut action = action;
    match &mut action {
        Action::ContactCreate { name } | Action::ContactEdit { name } | Action::ConflictTake { name } => {
            name.clear();
        }
        Action::ContactsDelete { name, .. }
        | Action::RolesEdit { name, .. }
        | Action::ContactsRelease { name, .. }
        | Action::ChargesPaid { who: name, .. } => *name = None,
        Action::BookingCreate { who, .. }
        | Action::BookingMove { who, .. }
        | Action::BookingCancel { who, .. }
        | Action::BookingMark { who, .. }
        | Action::WaitingAdd { who, .. }
        | Action::WaitingRemove { who, .. }
        | Action::WaitingOffer { who, .. }
        | Action::WaitingPass { who, .. }
        | Action::WaitingDecline { who, .. } => {
            if let HolderName::Named(_) = who {
                *who = HolderName::Withheld;
            }
        }
        _ => {}
    }
    action
}
