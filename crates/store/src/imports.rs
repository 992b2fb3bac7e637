//! What the import wizard leaves beside the contacts: where values came from, and mappings to be recognised.

use crate::{Reader, Result, Tx};
use chrono::{DateTime, Utc};
use kiulu_domain::id::{ContactId, ImportId, PresetId};
use rusqlite::params;
use uuid::Uuid;

/// A sheet row that a contact's values came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The import.
    pub import: ImportId,
    /// File name without its folder.
    pub file_name: String,
    /// Sheet.
    pub sheet: String,
    /// When it was brought in.
    pub imported_at: DateTime<Utc>,
    /// Row number as Excel shows it.
    pub row: u32,
    /// Bit n is set when the field with number n was taken from the row.
    pub fields: u64,
}

impl Reader<'_> {
    /// Every row that gave a contact something, the newest first.
    pub fn origins(&self, contact: ContactId) -> Result<Vec<Origin>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.id, i.file_name, i.sheet, i.imported_at, r.row, r.fields FROM import_row r JOIN import i ON i.id = r.import
             WHERE r.contact = ?1 ORDER BY i.imported_at DESC, r.id DESC",
        )?;
        let rows = statement.query_map([contact.0], |row| {
            Ok(Origin {
                import: ImportId(row.get(0)?),
                file_name: row.get(1)?,
                sheet: row.get(2)?,
                imported_at: DateTime::from_timestamp_millis(row.get(3)?).unwrap_or_default(),
                row: row.get(4)?,
                fields: row.get::<_, i64>(5)?.cast_unsigned(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A saved mapping as JSON, and its name.
    pub fn preset(&self, id: PresetId) -> Result<Option<(String, String)>> {
        use rusqlite::OptionalExtension;
        Ok(self
            .conn
            .query_row(
                "SELECT name, spec FROM import_preset WHERE id = ?1",
                [id.0],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?)
    }
}

impl Tx<'_> {
    /// Opens an import that rows can name.
    pub fn insert_import(&self, id: ImportId, file_name: &str, sheet: &str, columns: &str) -> Result<()> {
        self.conn().execute(
            "INSERT INTO import(id, file_name, sheet, imported_at, columns) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id.0, file_name, sheet, self.now().timestamp_millis(), columns],
        )?;
        Ok(())
    }

    /// Says which fields of a contact a row gave.
    pub fn insert_import_row(
        &self,
        id: Uuid,
        import: ImportId,
        contact: ContactId,
        row: u32,
        fields: u64,
    ) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO import_row(id, import, contact, row, fields) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id, import.0, contact.0, row, fields.cast_signed()])?;
        Ok(())
    }

    /// Keeps a mapping.
    pub fn put_preset(&self, id: PresetId, name: &str, spec: &str) -> Result<()> {
        self.conn().execute(
            "INSERT INTO import_preset(id, name, spec) VALUES (?1, ?2, ?3)
             ON CONFLICT(id) DO UPDATE SET name = excluded.name, spec = excluded.spec",
            params![id.0, name, spec],
        )?;
        Ok(())
    }
}
