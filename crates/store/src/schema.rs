//! Versions, migrations and the list of shared tables.

use crate::orphans::{ForeignKey, foreign_keys};
use crate::{Error, Result};
use rusqlite::Connection;
use std::collections::HashMap;

/// The schema this program writes.
pub const SCHEMA_VERSION: u32 = 3;

/// The oldest schema a program must know to read what this one writes.
pub const LOWEST_READER: u32 = 1;

/// "KIUL", in the file header after decryption.
const APPLICATION_ID: u32 = 0x4b49_554c;

/// One step from schema version n to n + 1. Steps only add: tables, columns at the end with defaults, indexes.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_foundation.sql"),
    include_str!("../migrations/0002_bookings.sql"),
    include_str!("../migrations/0003_log.sql"),
];

/// Tables that the session captures, parents before children. `change` is shared as well, but is the log itself and therefore
/// never inside a changeset.
pub const SHARED_TABLES: &[&str] = &[
    "organisation",
    "user",
    "building",
    "stairwell",
    "flat",
    "household",
    "contact",
    "contact_point",
    "stakeholder_kind",
    "stakeholder_role",
    "contact_group",
    "group_member",
    "custom_field",
    "custom_value",
    "import",
    "import_row",
    "import_preset",
    "view",
    "attention",
    "access",
    "resource",
    "price",
    "standing_shift",
    "skipped_turn",
    "booking",
    "blackout",
    "draw_application",
    "shift_draw",
    "imported_time",
    "charge_settings",
    "charge_period",
    "charge_line",
    "charge_paid",
    "turn_mark",
    "waiting_entry",
    "paper_setting",
    "paper_text",
];

/// What this program may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// Of this schema or an older one: it may be written.
    Ours,
    /// Of a newer schema that this program may still read.
    ReadableNewer,
}

/// Looks whether a file is Kiulu's and whether this program may read it.
pub(crate) fn recognise(conn: &Connection) -> Result<Recognised> {
    let application: u32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(Error::Foreign);
    }
    let version: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version <= SCHEMA_VERSION {
        return Ok(Recognised::Ours);
    }
    let needs = lowest_reader(conn)?;
    if needs > SCHEMA_VERSION {
        return Err(Error::Newer {
            needs,
            has: SCHEMA_VERSION,
        });
    }
    Ok(Recognised::ReadableNewer)
}

/// Brings an empty file, or one of an older program, to this program's schema.
pub(crate) fn migrate(conn: &mut Connection) -> Result<()> {
    migrate_by(conn, MIGRATIONS, LOWEST_READER)
}

fn migrate_by(conn: &mut Connection, steps: &[&str], lowest_reader: u32) -> Result<()> {
    // Locking the file would wait for whoever writes, and hardly ever is there anything to do.
    let stands: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if stands as usize >= steps.len() {
        return Ok(());
    }
    // Another process may be doing the same: the version counts that stands once the file is ours alone.
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive)?;
    let version: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Some(missing) = steps
        .get(version as usize..)
        .filter(|missing| !missing.is_empty())
    else {
        return Ok(());
    };
    for step in missing {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", steps.len() as u32)?;
    tx.execute(
        "INSERT OR REPLACE INTO local_meta(key, value) VALUES ('lowest_reader', ?1)",
        [lowest_reader.to_le_bytes()],
    )?;
    tx.commit()?;
    Ok(())
}

fn lowest_reader(conn: &Connection) -> Result<u32> {
    let bytes: [u8; 4] = conn.query_row(
        "SELECT value FROM local_meta WHERE key = 'lowest_reader'",
        [],
        |row| row.get(0),
    )?;
    Ok(u32::from_le_bytes(bytes))
}

/// Column names of every shared table, in the order that changesets number them, and which of them name rows of other tables.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    tables: HashMap<&'static str, Vec<String>>,
    keys: Vec<ForeignKey>,
}

impl Columns {
    pub(crate) fn read(conn: &Connection) -> Result<Self> {
        let mut tables = HashMap::new();
        for table in SHARED_TABLES {
            let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
            let names = statement
                .query_map([table], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            tables.insert(*table, names);
        }
        let keys = foreign_keys(conn)?;
        Ok(Self { tables, keys })
    }

    /// The columns that name rows of other tables.
    pub(crate) fn keys(&self) -> &[ForeignKey] {
        &self.keys
    }

    /// The columns of a table; empty for one that is not shared.
    pub(crate) fn of(&self, table: &str) -> &[String] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    /// Where a column stands in its table.
    pub(crate) fn position(&self, table: &str, column: &str) -> Option<usize> {
        self.of(table).iter().position(|name| name == column)
    }
}

/// The interned name of a shared table.
pub(crate) fn shared_table(name: &str) -> Option<&'static str> {
    SHARED_TABLES.iter().copied().find(|table| *table == name)
}

/// The column that names the contact whose record a row belongs to; the record itself for `contact`.
pub(crate) fn contact_column(table: &str) -> Option<&'static str> {
    match table {
        "contact" => Some("id"),
        "contact_point" | "stakeholder_role" | "group_member" | "custom_value" | "import_row" | "access" => {
            Some("contact")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        conn
    }

    fn strings(conn: &Connection, sql: &str) -> Vec<String> {
        let mut statement = conn.prepare(sql).unwrap();
        statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn every_table_is_shared_the_log_or_local() {
        let conn = open();
        let tables = strings(
            &conn,
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%'",
        );
        for table in &tables {
            assert!(
                SHARED_TABLES.contains(&table.as_str()) || table == "change" || table.starts_with("local_"),
                "{table} is neither shared nor local"
            );
        }
        for table in SHARED_TABLES {
            assert!(tables.iter().any(|name| name == table), "{table} is missing");
        }
    }

    #[test]
    fn shared_tables_keep_the_rules_that_let_replicas_converge() {
        let conn = open();
        assert_eq!(
            strings(&conn, "SELECT name FROM sqlite_schema WHERE type = 'trigger'"),
            Vec::<String>::new()
        );
        for table in SHARED_TABLES.iter().chain(&["change"]) {
            let strict: bool = conn
                .query_row(
                    "SELECT strict FROM pragma_table_list WHERE name = ?1",
                    [table],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(strict, "{table} is not STRICT");
            let sql: String = conn
                .query_row(
                    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1",
                    [table],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(
                sql.contains("id BLOB PRIMARY KEY NOT NULL"),
                "{table} has another key"
            );
            for word in [
                "UNIQUE",
                "CHECK",
                "AUTOINCREMENT",
                "GENERATED",
                "ON DELETE",
                "ON UPDATE",
            ] {
                assert!(!sql.to_uppercase().contains(word), "{table} uses {word}");
            }
            let unique = strings(
                &conn,
                &format!("SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" AND origin <> 'pk'"),
            );
            assert_eq!(unique, Vec::<String>::new(), "{table} has a unique index");
            let hidden = strings(
                &conn,
                &format!("SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden <> 0"),
            );
            assert_eq!(hidden, Vec::<String>::new(), "{table} has generated columns");
        }
    }

    #[test]
    fn foreign_keys_have_no_action_point_backwards_and_are_indexed() {
        let conn = open();
        for (place, table) in SHARED_TABLES.iter().enumerate() {
            let mut statement = conn
                .prepare("SELECT \"table\", \"from\", on_update, on_delete FROM pragma_foreign_key_list(?1)")
                .unwrap();
            let keys: Vec<(String, String, String, String)> = statement
                .query_map([table], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .unwrap()
                .map(Result::unwrap)
                .collect();
            for (parent, column, on_update, on_delete) in keys {
                assert_eq!(
                    (on_update.as_str(), on_delete.as_str()),
                    ("NO ACTION", "NO ACTION"),
                    "{table}.{column}"
                );
                let parent_place = SHARED_TABLES.iter().position(|name| *name == parent);
                assert!(
                    parent_place.is_some_and(|parent| parent <= place),
                    "{table} stands before {parent}"
                );
                let first_columns = strings(
                    &conn,
                    &format!(
                        "SELECT i.name FROM pragma_index_list('{table}') l, pragma_index_info(l.name) i WHERE i.seqno = 0"
                    ),
                );
                assert!(first_columns.contains(&column), "{table}.{column} has no index");
            }
        }
    }

    #[test]
    fn migrations_only_add() {
        for step in MIGRATIONS {
            let upper = step.to_uppercase();
            for word in ["DROP ", "RENAME ", "DELETE FROM", "UPDATE ", "INSERT INTO"] {
                assert!(!upper.contains(word), "a migration uses {word}");
            }
        }
        assert_eq!(MIGRATIONS.len() as u32, SCHEMA_VERSION);
    }

    #[test]
    fn a_file_of_an_older_schema_is_brought_up_step_by_step_and_keeps_its_rows() {
        let mut conn = open();
        conn.execute_batch("INSERT INTO user(id, name, email) VALUES (x'01', 'Aino', 'aino@example.fi')")
            .unwrap();
        let next = "ALTER TABLE user ADD COLUMN phone TEXT NOT NULL DEFAULT ''";
        let steps = [MIGRATIONS, &[next]].concat();
        let newer = SCHEMA_VERSION + 1;
        migrate_by(&mut conn, &steps, newer).unwrap();
        assert_eq!(
            strings(&conn, "SELECT name || phone FROM user"),
            ["Aino".to_owned()]
        );
        let refused = recognise(&conn);
        assert!(
            matches!(refused, Err(Error::Newer { needs, has: SCHEMA_VERSION }) if needs == newer),
            "{refused:?}"
        );
        migrate_by(&mut conn, &steps, newer).unwrap();
    }

    /// The schema as every program of this version makes it. A difference here means that a shipped migration was edited: add a
    /// new one instead.
    #[test]
    fn schema_snapshot() {
        let conn = open();
        let schema = strings(
            &conn,
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'local_contact_search_%' ORDER BY name",
        )
        .join(";\n");
        let hash = blake3::hash(schema.as_bytes()).to_hex();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/schema.snapshot");
        if std::env::var_os("KIULU_UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(path, format!("{SCHEMA_VERSION} {hash}\n{schema}\n")).unwrap();
        }
        let snapshot = std::fs::read_to_string(path).unwrap();
        assert_eq!(snapshot, format!("{SCHEMA_VERSION} {hash}\n{schema}\n"));
    }
}
