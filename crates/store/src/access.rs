//! Who looked at whose data, and who took data out as a file.

use crate::{Result, Tx};
use kiulu_domain::id::{ContactId, UserId, derived};
use rusqlite::params;

impl Tx<'_> {
    /// Notes that a user opened a contact's page: once per user, contact and day.
    pub fn note_view(&self, user: UserId, contact: ContactId) -> Result<()> {
        let day = self.now().date_naive().to_string();
        let id = derived(
            "access",
            &[user.0.as_bytes(), contact.0.as_bytes(), day.as_bytes()],
        );
        self.conn().execute(
            "INSERT INTO access(id, user, kind, contact, contacts, at) VALUES (?1, ?2, 'view', ?3, 1, ?4)
             ON CONFLICT(id) DO NOTHING",
            params![id, user.0, contact.0, self.now().timestamp_millis()],
        )?;
        Ok(())
    }

    /// Notes that what a non-disclosure order withholds was shown or left as a file: every time anew.
    pub fn note_release(&self, user: UserId, contact: ContactId) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO access(id, user, kind, contact, contacts, at) VALUES (?1, ?2, 'release', ?3, 1, ?4)",
            )?
            .execute(params![
                self.uuid(),
                user.0,
                contact.0,
                self.now().timestamp_millis()
            ])?;
        Ok(())
    }

    /// Notes that contacts left the register as a file, `released` of them with what is withheld otherwise.
    pub fn note_export(&self, user: UserId, contacts: u32, released: &[ContactId]) -> Result<()> {
        self.conn().execute(
            "INSERT INTO access(id, user, kind, contact, contacts, at) VALUES (?1, ?2, 'export', NULL, ?3, ?4)",
            params![self.uuid(), user.0, contacts, self.now().timestamp_millis()],
        )?;
        released
            .iter()
            .try_for_each(|contact| self.note_release(user, *contact))
    }
}
