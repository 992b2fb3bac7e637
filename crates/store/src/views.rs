//! Saved views of the contact list.

use crate::{Reader, Result, Tx};
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::ViewId;
use rusqlite::params;

impl Reader<'_> {
    /// Every saved view in the order they were made.
    pub fn views(&self) -> Result<Vec<(ViewId, String, ContactListSpec)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name, spec FROM view ORDER BY position, id")?;
        let mut rows = statement.query([])?;
        let mut views = Vec::new();
        while let Some(row) = rows.next()? {
            views.push((
                ViewId(row.get(0)?),
                row.get(1)?,
                serde_json::from_str(&row.get::<_, String>(2)?)?,
            ));
        }
        Ok(views)
    }
}

impl Tx<'_> {
    /// Writes a view; a new one goes last.
    pub fn put_view(&self, id: ViewId, name: &str, spec: &ContactListSpec) -> Result<()> {
        self.conn().execute(
            "INSERT INTO view(id, name, spec, position)
             VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM view))
             ON CONFLICT(id) DO UPDATE SET name = excluded.name, spec = excluded.spec",
            params![id.0, name, serde_json::to_string(spec)?],
        )?;
        Ok(())
    }

    /// Removes a view.
    pub fn delete_view(&self, id: ViewId) -> Result<()> {
        self.conn().execute("DELETE FROM view WHERE id = ?1", [id.0])?;
        Ok(())
    }
}
