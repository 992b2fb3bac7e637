//! The yearly draw of standing shifts: applications, and the draws that were confirmed.

use crate::row::{date, iso};
use crate::{Error, Reader, Result, Tx};
use chrono::NaiveDate;
use kiulu_domain::bookings::draw::{Application, DrawnTurn, Lot, PastDraw};
use kiulu_domain::id::{FlatId, ShiftDrawId};
use rusqlite::params;

impl Reader<'_> {
    /// Applications to the next draw, in no order that means anything.
    pub fn draw_applications(&self) -> Result<Vec<Application>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT flat, wishes FROM draw_application ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let wishes: String = row.get(1)?;
            found.push(Application {
                flat: FlatId(row.get(0)?),
                wishes: serde_json::from_str::<Vec<DrawnTurn>>(&wishes)?,
            });
        }
        Ok(found)
    }

    /// The draws that were confirmed, the newest first.
    pub fn shift_draws(&self) -> Result<Vec<PastDraw>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, seed, drawn_on, valid_from, valid_to, lots FROM shift_draw ORDER BY drawn_on DESC, id DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let lots: String = row.get(5)?;
            let day = |column| -> Result<NaiveDate> { date(row, column)?.ok_or(Error::Unreadable("date")) };
            found.push(PastDraw {
                id: ShiftDrawId(row.get(0)?),
                seed: row.get(1)?,
                drawn_on: day(2)?,
                from: day(3)?,
                to: date(row, 4)?,
                lots: serde_json::from_str::<Vec<Lot>>(&lots)?,
            });
        }
        Ok(found)
    }
}

impl Tx<'_> {
    /// Writes a flat's application to the next draw; without wishes it has none.
    pub fn put_draw_application(&self, application: &Application) -> Result<()> {
        if application.wishes.is_empty() {
            self.conn()
                .prepare_cached("DELETE FROM draw_application WHERE id = ?1")?
                .execute([application.id()])?;
            return Ok(());
        }
        self.conn()
            .prepare_cached(
                "INSERT INTO draw_application(id, flat, wishes) VALUES (?1, ?2, ?3)
                 ON CONFLICT(id) DO UPDATE SET wishes = excluded.wishes",
            )?
            .execute(params![
                application.id(),
                application.flat.0,
                serde_json::to_string(&application.wishes)?,
            ])?;
        Ok(())
    }

    /// Keeps a draw, with everything that it takes to repeat it.
    pub fn put_shift_draw(&self, draw: &PastDraw) -> Result<()> {
        self.conn()
            .prepare_cached(
                "INSERT INTO shift_draw(id, seed, drawn_on, valid_from, valid_to, lots) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                draw.id.0,
                draw.seed,
                draw.drawn_on.to_string(),
                draw.from.to_string(),
                iso(draw.to),
                serde_json::to_string(&draw.lots)?,
            ])?;
        Ok(())
    }
}
