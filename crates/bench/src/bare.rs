//! The peers: the reader alone, and bare rows in the same encrypted database.

use anyhow::{Context, Result};
use calamine::{Data, Reader, Xlsx, open_workbook};
use rusqlite::{Connection, params_from_iter};
use std::path::Path;

fn cells(file: &Path) -> Result<calamine::Range<Data>> {
    let mut workbook: Xlsx<_> = open_workbook(file)?;
    Ok(workbook.worksheet_range_at(0).context("no sheet")??)
}

/// Reads every cell of the first sheet.
pub(crate) fn read_with_calamine(file: &Path) -> Result<()> {
    let range = cells(file)?;
    anyhow::ensure!(range.height() > 0, "nothing was read");
    Ok(())
}

/// Inserts the rows' cells as text into one table of a new SQLCipher file, with the same page cache as the store's.
/// The median of several calls leaves out the first, which also reads them.
pub(crate) fn insert_into_sqlcipher(file: &Path) -> Result<()> {
    thread_local! {
        static ROWS: std::cell::RefCell<Vec<Vec<String>>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    ROWS.with_borrow_mut(|rows| -> Result<()> {
        if rows.is_empty() {
            rows.extend(
                cells(file)?
                    .rows()
                    .map(|row| row.iter().map(ToString::to_string).collect()),
            );
        }
        let folder = tempfile::tempdir()?;
        let mut conn = Connection::open(folder.path().join("bare.db"))?;
        conn.pragma_update(None, "key", format!("x'{}'", "2d".repeat(32)))?;
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;",
        )?;
        let width = rows.first().map_or(0, Vec::len);
        let columns: Vec<_> = (0..width)
            .map(|column| format!("c{column} TEXT NOT NULL"))
            .collect();
        conn.execute_batch(&format!(
            "CREATE TABLE bare(id BLOB PRIMARY KEY NOT NULL, {}) STRICT",
            columns.join(", ")
        ))?;
        let transaction = conn.transaction()?;
        {
            let marks = vec!["?"; width + 1].join(", ");
            let mut insert = transaction.prepare(&format!("INSERT INTO bare VALUES ({marks})"))?;
            for (number, row) in rows.iter().enumerate() {
                let mut id = [0u8; 16];
                id[8..].copy_from_slice(&(number as u64).to_be_bytes());
                let values = std::iter::once(rusqlite::types::Value::Blob(id.to_vec()))
                    .chain(row.iter().map(|text| rusqlite::types::Value::Text(text.clone())));
                insert.execute(params_from_iter(values))?;
            }
        }
        transaction.commit()?;
        Ok(())
    })
}
