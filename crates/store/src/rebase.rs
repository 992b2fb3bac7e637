//! What others wrote comes under what this laptop has written since: the unsent changes are taken back, the log's are applied in its
//! order, and the own ones are put on top again, each captured anew. Every replica folds the same log, so all come to the same.
//!
//! An own change that meets what somebody else wrote is never lost without a word: each clash, with both values, is a row of the
//! shared needs-attention list, written by the change itself.

use crate::change::capture;
use crate::changeset::{self, Clash, Conflict, Operation, Policy, pack, unpack};
use crate::derived::Follower;
use crate::logged::{LoggedChange, Place, insert_change, logged, rebase_name, set_place};
use crate::orphans::{Orphan, Unchecked, orphans_after};
use crate::schema::{SCHEMA_VERSION, contact_column};
use crate::undo::sweep;
use crate::{Error, Reader, Result, Store, Tx};
use kiulu_domain::action::{Action, Rebase};
use kiulu_domain::id::{ChangeId, derived as derived_id};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// From so many bytes on a change is not looked through for one row.
const LARGE: usize = 128 << 10;

/// What came of taking in what others wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebased {
    /// Changes of others that were applied.
    pub received: u32,
    /// Own changes that the log had already; the answer to their append was lost.
    pub acknowledged: u32,
    /// Own changes that stand on top again.
    pub kept: u32,
    /// Own changes that could not stand as a whole, and stand on the needs-attention list instead.
    pub withdrawn: Vec<ChangeId>,
    /// Own changes that had nothing left to do, because somebody else had done the same or the person is erased.
    pub dropped: Vec<ChangeId>,
    /// Own changes that lost what they said of a person who is erased.
    pub late: Vec<ChangeId>,
}

impl Store {
    /// Takes in what the log has after what this laptop knows of it, in one transaction, with the place where the log was
    /// read to.
    ///
    /// # Errors
    /// [`Error::Newer`] for a change of a newer schema, [`Error::Diverged`] when a change of the log does not fit what the log gave
    /// before it: both leave everything as it was.
    pub fn rebase(&self, incoming: &[LoggedChange], place: &Place<'_>) -> Result<Rebased> {
        if let Some(newer) = incoming
            .iter()
            .map(|change| change.schema)
            .find(|schema| *schema > SCHEMA_VERSION)
        {
            return Err(Error::Newer {
                needs: newer,
                has: SCHEMA_VERSION,
            });
        }
        let mut writer = self.writer();
        let mut conn = Unchecked::new(&mut writer)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let base = logged(&tx)?;
        let own = Reader { conn: &tx }.changes_after(base)?;
        let mut follower = Follower::new(&self.columns)?;
        take_own_back(&tx, &mut follower, &own, base)?;

        let mut done = Rebased::default();
        let mut seq = base;
        for change in incoming {
            seq += 1;
            self.apply_logged(&tx, &mut follower, change, seq)?;
            done.received += 1;
        }
        set_place(&tx, seq, place)?;
        let seq = self.put_all_on_top(&tx, &mut follower, own, seq, &mut done)?;
        follower.finish(&tx)?;
        tx.commit()?;
        drop(conn);
        drop(writer);
        self.wrote(seq);
        self.forget_lists();
        Ok(done)
    }

    /// Puts the own changes on top of the log, but for those that are in it by now; gives the last sequence number.
    pub(crate) fn put_all_on_top(
        &self,
        conn: &Connection,
        follower: &mut Follower<'_>,
        own: Vec<LoggedChange>,
        mut seq: i64,
        done: &mut Rebased,
    ) -> Result<i64> {
        let known = "SELECT 1 FROM change WHERE id = ?1";
        for change in own {
            if conn.prepare_cached(known)?.exists([change.id.0])? {
                done.acknowledged += 1;
                done.received = done.received.saturating_sub(1);
            } else if self.put_on_top(conn, follower, change, seq + 1, done)? {
                seq += 1;
            }
        }
        Ok(seq)
    }

    fn apply_logged(
        &self,
        conn: &Connection,
        follower: &mut Follower<'_>,
        change: &LoggedChange,
        seq: i64,
    ) -> Result<()> {
        let applied = unpack(&change.changeset)?;
        strictly(conn, &applied, change.id)?;
        if !orphans_after(conn, &self.columns, &applied)?.is_empty() {
            return Err(Error::Diverged(change.id));
        }
        let rows = follower.follow(conn, &applied, seq)?.rows;
        insert_change(conn, change, seq, rows)
    }

    /// Puts an own change on top of the log; gives whether it is there now.
    fn put_on_top(
        &self,
        conn: &Connection,
        follower: &mut Follower<'_>,
        mut change: LoggedChange,
        seq: i64,
        done: &mut Rebased,
    ) -> Result<bool> {
        conn.execute_batch("SAVEPOINT own")?;
        let stands = match self.apply_own(conn, &change) {
            Err(Error::InUse(_)) => None,
            tried => tried?,
        };
        let withdrawn = stands.is_none();
        let captured = match stands {
            Some(captured) => captured,
            None => {
                conn.execute_batch("ROLLBACK TO own")?;
                self.withdraw(conn, &mut change)?
            }
        };
        conn.execute_batch("RELEASE own")?;
        if captured.is_empty() {
            done.dropped.push(change.id);
            return Ok(false);
        }
        if withdrawn {
            done.withdrawn.push(change.id);
        } else {
            done.kept += 1;
        }
        change.changeset = pack(&captured)?;
        change.schema = SCHEMA_VERSION;
        let rows = follower.follow(conn, &captured, seq)?.rows;
        insert_change(conn, &change, seq, rows)?;
        Ok(true)
    }

    /// What an own change does on top of the log; nothing where it is all or nothing and something stands against it.
    fn apply_own(&self, conn: &Connection, change: &LoggedChange) -> Result<Option<Vec<u8>>> {
        let action: Action = serde_json::from_str(&change.action)?;
        let wanted = unpack(&change.changeset)?;
        let whole = action.rebase() == Rebase::Whole;
        let mut session = capture(conn)?;
        let policy = if whole { Policy::Omit } else { Policy::Replace };
        let conflicts = changeset::apply(conn, &wanted, policy)?;
        let orphans = orphans_after(conn, &self.columns, &wanted)?;
        if whole && (conflicts.iter().any(|conflict| conflict.edited) || !orphans.is_empty()) {
            return Ok(None);
        }
        let list = List {
            store: self,
            conn,
            change,
        };
        for conflict in conflicts.iter().filter(|conflict| conflict.edited) {
            list.note_conflict(conflict)?;
        }
        for orphan in &orphans {
            list.note_orphan(orphan)?;
        }
        sweep(conn, orphans)?;
        let tx = Tx {
            reader: Reader { conn },
            source: &*self.source,
        };
        tx.settle_after(&self.columns, &wanted)?;
        tx.periods_follow(&self.columns, &wanted)?;
        let mut captured = Vec::new();
        session.changeset_strm(&mut captured)?;
        Ok(Some(captured))
    }

    /// Puts an own change on the needs-attention list instead of what it did.
    fn withdraw(&self, conn: &Connection, change: &mut LoggedChange) -> Result<Vec<u8>> {
        let mut session = capture(conn)?;
        let action: Action = serde_json::from_str(&change.action)?;
        let list = List {
            store: self,
            conn,
            change,
        };
        list.put(
            "withdrawn",
            "change",
            change.id.0,
            None,
            &json!({ "change": change.id, "action": action }),
        )?;
        let withdrawn = Action::Withdraw {
            of: action.code().to_owned(),
        };
        change.action = serde_json::to_string(&withdrawn)?;
        change.rebase = rebase_name(&withdrawn).to_owned();
        change.undoes = None;
        let mut captured = Vec::new();
        session.changeset_strm(&mut captured)?;
        Ok(captured)
    }
}

/// Takes the own changes back, the newest first.
fn take_own_back(
    conn: &Connection,
    follower: &mut Follower<'_>,
    own: &[LoggedChange],
    base: i64,
) -> Result<()> {
    let mut touched = BTreeSet::new();
    for (place, change) in own.iter().enumerate().rev() {
        let seq = base + 1 + place as i64;
        touched.extend(follower.follow(conn, &unapply(conn, change)?, seq)?.touched);
    }
    let mut forget = conn.prepare_cached("DELETE FROM local_touched WHERE subject = ?1 AND seq > ?2")?;
    for subject in &touched {
        forget.execute(params![subject, base])?;
    }
    follower.restore_stamps(conn, &touched)
}

/// Takes the last change back, out of the tables that sessions see and out of the order; gives the changeset that did it.
pub(crate) fn unapply(conn: &Connection, change: &LoggedChange) -> Result<Vec<u8>> {
    let inverse = changeset::invert(&unpack(&change.changeset)?)?;
    strictly(conn, &inverse, change.id)?;
    conn.prepare_cached("DELETE FROM change WHERE id = ?1")?
        .execute([change.id.0])?;
    Ok(inverse)
}

/// Applies a changeset that must meet no conflict at all.
fn strictly(conn: &Connection, applied: &[u8], of: ChangeId) -> Result<()> {
    if changeset::apply(conn, applied, Policy::Omit)?.is_empty() {
        Ok(())
    } else {
        Err(Error::Diverged(of))
    }
}

/// The shared needs-attention list, where an own change writes down what it met.
struct List<'a> {
    store: &'a Store,
    conn: &'a Connection,
    change: &'a LoggedChange,
}

impl List<'_> {
    fn note_conflict(&self, conflict: &Conflict) -> Result<()> {
        let how = match (conflict.operation, conflict.gone) {
            (Operation::Insert, _) => "added_twice",
            (Operation::Delete, _) => "deleted_here",
            (Operation::Update, true) => "deleted_there",
            (Operation::Update, false) => "edited_twice",
        };
        if conflict.clashes.is_empty() {
            return Ok(());
        }
        let fields = self.fields(conflict.table, &conflict.clashes);
        self.put_row(how, conflict.table, conflict.id, fields)
    }

    /// A row that lost its parent: what it said, or what it was a part of.
    fn note_orphan(&self, orphan: &Orphan) -> Result<()> {
        let places = self.store.columns.of(orphan.table);
        let sql = format!("SELECT * FROM {} WHERE id = ?1", orphan.table);
        let lost = self.conn.prepare_cached(&sql)?.query_row([orphan.id], |row| {
            (1..places.len())
                .filter(|column| orphan.required || places[*column] == orphan.column)
                .map(|column| {
                    Ok(Clash {
                        column,
                        present: None,
                        wanted: Some(row.get(column)?),
                    })
                })
                .collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let fields = self.fields(orphan.table, &lost);
        self.put_row("parent_gone", orphan.table, orphan.id, fields)
    }

    fn fields(&self, table: &str, clashes: &[Clash]) -> serde_json::Value {
        let names = self.store.columns.of(table);
        let told = clashes.iter().map(|clash| {
            json!({
                "column": names.get(clash.column),
                "theirs": clash.present.as_ref().map(plain),
                "ours": clash.wanted.as_ref().map(plain),
            })
        });
        told.collect()
    }

    fn put_row(&self, how: &str, table: &'static str, row: Uuid, fields: serde_json::Value) -> Result<()> {
        let subject = self.subject(table, row)?;
        let theirs = self.written_before(subject, table, row)?;
        let params = json!({
            "how": how,
            "change": self.change.id,
            "theirs": theirs,
            "table": table,
            "row": row,
            "fields": fields,
        });
        self.put("conflict", table, row, Some(subject), &params)
    }

    /// Who wrote what stands there: the last change of the log that wrote the row.
    fn written_before(&self, subject: Uuid, table: &str, row: Uuid) -> Result<Option<ChangeId>> {
        let mut touching = self.conn.prepare_cached(
            "SELECT c.id, c.action, c.changeset FROM local_touched t JOIN change c ON c.seq = t.seq
             WHERE t.subject = ?1 AND t.seq <= ?2 ORDER BY t.seq DESC",
        )?;
        let mut changes = touching.query(params![subject, logged(self.conn)?])?;
        while let Some(change) = changes.next()? {
            let action: Action = serde_json::from_str(&change.get::<_, String>(1)?)?;
            if action.is_access() {
                continue;
            }
            let packed: Vec<u8> = change.get(2)?;
            // A large one, an import say, is taken to have written it: many rows may ask.
            let mut wrote = packed.len() > LARGE;
            if !wrote {
                changeset::walk(&unpack(&packed)?, |written| {
                    wrote |= written.table == table && written.id == row;
                    Ok(())
                })?;
            }
            if wrote {
                return Ok(Some(ChangeId(change.get(0)?)));
            }
        }
        Ok(None)
    }

    /// The record whose page shows a row: its contact, or the row itself, as when it is gone.
    fn subject(&self, table: &str, row: Uuid) -> Result<Uuid> {
        let Some(column) = contact_column(table) else {
            return Ok(row);
        };
        let owner: Option<Option<Uuid>> = self
            .conn
            .prepare_cached(&format!("SELECT {column} FROM {table} WHERE id = ?1"))?
            .query_row([row], |found| found.get(0))
            .optional()?;
        Ok(owner.flatten().unwrap_or(row))
    }

    fn put(
        &self,
        code: &str,
        table: &str,
        row: Uuid,
        subject: Option<Uuid>,
        params: &serde_json::Value,
    ) -> Result<()> {
        let id = derived_id(
            "attention",
            &[self.change.id.0.as_bytes(), table.as_bytes(), row.as_bytes()],
        );
        self.conn
            .prepare_cached(
                "INSERT INTO attention(id, code, subject, params, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(id) DO UPDATE SET params = excluded.params",
            )?
            .execute(params![id, code, subject, params.to_string(), self.change.at])?;
        Ok(())
    }
}

/// A stored value as the list writes it: ids and other bytes as hexadecimal digits.
fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => json!(number),
        Value::Real(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => json!(id),
            Err(_) => json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        },
    }
}
