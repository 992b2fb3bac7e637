//! What an organisation says on its papers.

use crate::row::date;
use crate::{Reader, Result, Tx};
use kiulu_domain::organisation::Language;
use kiulu_domain::papers::{Letter, PaperSettings};
use rusqlite::{OptionalExtension, params};

impl Reader<'_> {
    /// What papers take from the organisation; the usual where it has set nothing.
    pub fn paper_settings(&self) -> Result<PaperSettings> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT door_names, contact, starts_on FROM paper_setting WHERE id = ?1")?;
        let mut rows = statement.query([PaperSettings::id()])?;
        let found = rows.next()?.map(|row| {
            Ok(PaperSettings {
                door_names: row.get(0)?,
                contact: row.get(1)?,
                starts_on: date(row, 2)?,
            })
        });
        found.unwrap_or_else(|| Ok(PaperSettings::default()))
    }

    /// The organisation's own text of a letter in a language, where it has one.
    pub fn paper_text(&self, letter: Letter, language: Language) -> Result<Option<String>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT text FROM paper_text WHERE id = ?1")?;
        Ok(statement
            .query_row([letter.text_id(language)], |row| row.get(0))
            .optional()?)
    }
}

impl Tx<'_> {
    /// Writes what papers take from the organisation.
    pub fn put_paper_settings(&self, settings: &PaperSettings) -> Result<()> {
        self.conn().execute(
            "INSERT INTO paper_setting(id, door_names, contact, starts_on) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT(id) DO UPDATE SET door_names = excluded.door_names, contact = excluded.contact,
               starts_on = excluded.starts_on",
            params![
                PaperSettings::id(),
                settings.door_names,
                settings.contact,
                settings.starts_on.map(|day| day.to_string()),
            ],
        )?;
        Ok(())
    }

    /// Writes the organisation's own text of a letter in a language; without one the program's holds again.
    pub fn put_paper_text(&self, letter: Letter, language: Language, text: Option<&str>) -> Result<()> {
        match text {
            Some(text) => self.conn().execute(
                "INSERT INTO paper_text(id, letter, language, text) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT(id) DO UPDATE SET text = excluded.text",
                params![letter.text_id(language), letter.as_str(), language.as_str(), text],
            )?,
            None => self
                .conn()
                .execute("DELETE FROM paper_text WHERE id = ?1", [letter.text_id(language)])?,
        };
        Ok(())
    }
}
