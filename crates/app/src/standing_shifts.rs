//! Standing shifts: a flat has the same turn every week or every few weeks.

use crate::contact_records::Changed;
use crate::shift_acts::possible;
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::bookings::rules::{Violation, reason_of};
use kiulu_domain::bookings::standing::{SkipReason, SkippedTurn, StandingShift};
use kiulu_domain::id::{OrganisationId, StandingShiftId};
use kiulu_store::Reader;

impl App {
    /// Gives a flat a standing shift or changes one; a new one has no id yet. On days that somebody has booked it gives way.
    ///
    /// # Errors
    /// [`Problem::BookingRefused`], [`Problem::TimeInvalid`].
    pub fn save_standing_shift(
        &self,
        organisation: OrganisationId,
        shift: &StandingShift,
    ) -> Result<(StandingShiftId, Changed)> {
        possible(shift)?;
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let (resource, flat) = names_of(reader, shift)?;
            Ok::<_, Problem>(Action::ShiftSave { resource, flat })
        })?;
        let mut shift = shift.clone();
        let written = store.write(&action, |tx| {
            if shift.id.0.is_nil() {
                shift.id = StandingShiftId(tx.uuid());
            }
            let now = self.wall_now(tx)?;
            // What has been stays as it was, and every second week counts from somewhere.
            shift.valid.from.get_or_insert(now.date());
            self.let_stand(tx, std::slice::from_ref(&shift))?;
            Ok::<_, Problem>(shift.id)
        })?;
        Ok((written.value, written.into()))
    }

    /// Ends a standing shift on a day.
    pub fn end_standing_shift(
        &self,
        organisation: OrganisationId,
        id: StandingShiftId,
        last: NaiveDate,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let (resource, flat) = store.read(|reader| shift_named(reader, id))?;
        let yesterday = self.today(organisation)?.pred_opt();
        let written = store.write(&Action::ShiftSave { resource, flat }, |tx| {
            let mut shift = tx.standing_shift(id)?;
            // It can only become shorter: who has the turn afterwards keeps it. What has been stays as it was.
            if shift.valid.to.is_some_and(|to| to < last)
                || yesterday.is_some_and(|yesterday| last < yesterday)
            {
                return Err(Problem::TimeInvalid);
            }
            shift.valid.to = Some(last);
            tx.put_standing_shift(&shift)?;
            Ok(())
        })?;
        Ok(written.into())
    }

    /// Lets a standing shift not come on a day, so that others can have the turn.
    pub fn skip_turn(
        &self,
        organisation: OrganisationId,
        id: StandingShiftId,
        day: NaiveDate,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let (resource, flat) = store.read(|reader| shift_named(reader, id))?;
        let written = store.write(&Action::ShiftSkip { resource, flat, day }, |tx| {
            let span = tx.standing_shift(id)?.on(day).ok_or(Problem::RecordMissing)?;
            if span.end <= self.wall_now(tx)? {
                return Err(Problem::BookingRefused {
                    against: vec![Violation::Past],
                });
            }
            tx.put_skipped_turn(&SkippedTurn {
                shift: id,
                date: day,
                reason: SkipReason::GivenUp,
            })?;
            Ok(())
        })?;
        Ok(written.into())
    }

    /// Puts a skipped turn of a standing shift back, if nobody has it meanwhile.
    ///
    /// # Errors
    /// [`Problem::BookingRefused`] when somebody has it, or it was offered to somebody of the waiting list.
    pub fn return_turn(
        &self,
        organisation: OrganisationId,
        id: StandingShiftId,
        day: NaiveDate,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let (resource, flat) = store.read(|reader| shift_named(reader, id))?;
        let written = store.write(&Action::ShiftReturn { resource, flat, day }, |tx| {
            let shift = tx.standing_shift(id)?;
            let span = shift.on(day).ok_or(Problem::RecordMissing)?;
            let now = self.wall_now(tx)?;
            let book = tx.resource_book(shift.resource, day, span.end.date())?;
            let schedule = book.schedule(now);
            let taken = schedule.in_the_way(&span, None).map(reason_of);
            // What was offered to another meanwhile is promised; who has not been told yet loses nothing.
            let promised = || {
                let held = schedule.held_for(&span).filter(|held| held.until.is_some())?;
                Some(Violation::WaitedFor {
                    flat: held.entry.holder.flat(),
                    until: held.until,
                })
            };
            if let Some(against) = taken.or_else(promised) {
                return Err(Problem::BookingRefused {
                    against: vec![against],
                });
            }
            if span.start <= now {
                return Err(Problem::BookingRefused {
                    against: vec![Violation::Past],
                });
            }
            tx.delete_skipped_turn(id, day)?;
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }
}

/// The names of a shift's resource and flat.
pub(crate) fn shift_named(reader: &Reader<'_>, id: StandingShiftId) -> Result<(String, String)> {
    names_of(reader, &reader.standing_shift(id)?)
}

/// The same for a shift that is at hand.
pub(crate) fn names_of(reader: &Reader<'_>, shift: &StandingShift) -> Result<(String, String)> {
    Ok((
        reader.resource(shift.resource)?.name,
        reader.flat(shift.flat)?.name,
    ))
}
