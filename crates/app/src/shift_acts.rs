//! Standing shifts in the course of time: pauses, another flat, two flats that change theirs, and the end with a move.

use crate::contact_records::Changed;
use crate::standing_shifts::shift_named;
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::bookings::residence::{Residence, ends_with, residence};
use kiulu_domain::bookings::rules::may_stand;
use kiulu_domain::bookings::standing::{SkipReason, SkippedTurn, StandingShift};
use kiulu_domain::bookings::time::Validity;
use kiulu_domain::id::{FlatId, OrganisationId, ResourceId, StandingShiftId};
use kiulu_store::{Reader, Tx};
use std::collections::BTreeSet;

impl App {
    /// Lets a standing shift rest from a day to a day, or until further notice; its turns are free for others meanwhile.
    ///
    /// # Errors
    /// [`Problem::TimeInvalid`] where it would begin before today, or end before it begins.
    pub fn pause_shift(
        &self,
        organisation: OrganisationId,
        id: StandingShiftId,
        pause: Validity,
    ) -> Result<Changed> {
        let today = self.today(organisation)?;
        let from = pause
            .from
            .filter(|from| *from >= today && pause.to.is_none_or(|to| *from <= to))
            .ok_or(Problem::TimeInvalid)?;
        let store = self.store(organisation)?;
        let (resource, flat) = store.read(|reader| shift_named(reader, id))?;
        let action = Action::ShiftPause {
            resource,
            flat,
            from,
            to: pause.to,
        };
        let written = store.write(&action, |tx| {
            tx.put_standing_shift(&tx.standing_shift(id)?.paused(pause))
        })?;
        Ok(written.into())
    }

    /// Lets a standing shift come again before its pause is over. To who has booked a turn meanwhile it gives way.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] where it has no such pause; [`Problem::BookingRefused`] where another standing shift has the
    /// turn by now.
    pub fn resume_shift(
        &self,
        organisation: OrganisationId,
        id: StandingShiftId,
        pause: Validity,
    ) -> Result<Changed> {
        let today = self.today(organisation)?;
        let store = self.store(organisation)?;
        let (resource, flat) = store.read(|reader| shift_named(reader, id))?;
        let written = store.write(&Action::ShiftResume { resource, flat }, |tx| {
            let shift = tx.standing_shift(id)?;
            if !shift.pauses.contains(&pause) {
                return Err(Problem::RecordMissing);
            }
            self.let_stand(tx, &[shift.resumed(pause, today)])
        })?;
        Ok(written.into())
    }

    /// Changes a standing shift of a flat from a day on; what has been stays as it was.
    ///
    /// # Errors
    /// [`Problem::TimeInvalid`] for a day before today or a time that cannot be; [`Problem::BookingRefused`].
    pub fn change_shift(
        &self,
        organisation: OrganisationId,
        wanted: &StandingShift,
        from: NaiveDate,
    ) -> Result<Changed> {
        let today = self.today(organisation)?;
        possible(wanted)?;
        if from < today || wanted.valid.to.is_some_and(|last| last < from) {
            return Err(Problem::TimeInvalid);
        }
        let store = self.store(organisation)?;
        let (resource, flat) = store.read(|reader| shift_named(reader, wanted.id))?;
        let written = store.write(&Action::ShiftSave { resource, flat }, |tx| {
            let before = tx.standing_shift(wanted.id)?;
            let (kept, rest) = before.changed(wanted, from, StandingShiftId(tx.uuid()));
            if let Some(kept) = kept {
                tx.put_standing_shift(&kept)?;
            }
            self.let_stand(tx, &[rest])
        })?;
        Ok(written.into())
    }

    /// Gives a standing shift to another flat from a day on; the one that had it has it until the day before.
    ///
    /// # Errors
    /// [`Problem::TimeInvalid`] for a day before today or after its end; [`Problem::FlatInvalid`] for the flat that has it;
    /// [`Problem::BookingRefused`] where the other flat may not have it.
    pub fn transfer_shift(
        &self,
        organisation: OrganisationId,
        id: StandingShiftId,
        to: FlatId,
        from: NaiveDate,
    ) -> Result<Changed> {
        let today = self.today(organisation)?;
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let (resource, flat) = shift_named(reader, id)?;
            let to = reader.flat(to)?.name;
            let day = from;
            Ok::<_, Problem>(Action::ShiftTransfer {
                resource,
                flat,
                to,
                day,
            })
        })?;
        let written = store.write(&action, |tx| {
            let shift = tx.standing_shift(id)?;
            if shift.flat == to {
                return Err(Problem::FlatInvalid);
            }
            let rest = hand_over(tx, &shift, to, from, today)?;
            self.let_stand(tx, &[rest])
        })?;
        Ok(written.into())
    }

    /// Gives two flats each other's standing shift from a day on, as one change that happens as a whole or not at all.
    ///
    /// # Errors
    /// Those of [`App::transfer_shift`].
    pub fn swap_shifts(
        &self,
        organisation: OrganisationId,
        one: StandingShiftId,
        other: StandingShiftId,
        from: NaiveDate,
    ) -> Result<Changed> {
        let today = self.today(organisation)?;
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let (resource, flat) = shift_named(reader, one)?;
            let (_, other) = shift_named(reader, other)?;
            let day = from;
            Ok::<_, Problem>(Action::ShiftSwap {
                resource,
                flat,
                other,
                day,
            })
        })?;
        let written = store.write(&action, |tx| {
            let (one, other) = (tx.standing_shift(one)?, tx.standing_shift(other)?);
            if one.flat == other.flat {
                return Err(Problem::FlatInvalid);
            }
            let rests = [
                hand_over(tx, &one, other.flat, from, today)?,
                hand_over(tx, &other, one.flat, from, today)?,
            ];
            self.let_stand(tx, &rests)
        })?;
        Ok(written.into())
    }

    /// Ends the standing shifts of a flat whose last residents leave, on the day they do, or yesterday if they have left already.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] where none runs on beyond that day, or somebody lives there.
    pub fn end_shifts_of_flat(&self, organisation: OrganisationId, flat: FlatId) -> Result<Changed> {
        let today = self.today(organisation)?;
        let store = self.store(organisation)?;
        let (name, ends) = store.read(|reader| {
            Ok::<_, Problem>((reader.flat(flat)?.name, shifts_left_behind(reader, flat, today)?))
        })?;
        let last = ends
            .iter()
            .map(|(_, last)| *last)
            .max()
            .ok_or(Problem::RecordMissing)?;
        let action = Action::ShiftsEnd {
            flat: name,
            count: ends.len() as u32,
            last,
        };
        let written = store.write(&action, |tx| {
            for (mut shift, last) in shifts_left_behind(tx, flat, today)? {
                shift.valid.to = Some(last);
                tx.put_standing_shift(&shift)?;
            }
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    /// Writes standing shifts if the rules let them stand, all together: they are asked once every one is in its place. To single
    /// bookings they give way.
    pub(crate) fn let_stand(&self, tx: &Tx<'_>, shifts: &[StandingShift]) -> Result<()> {
        for shift in shifts {
            tx.put_standing_shift(shift)?;
        }
        let now = self.wall_now(tx)?;
        let resources: BTreeSet<ResourceId> = shifts.iter().map(|shift| shift.resource).collect();
        for resource in resources {
            // Bookings do not stand against a shift, so none need be read.
            let book = tx.resource_book(resource, now.date(), now.date())?;
            let schedule = book.schedule(now);
            for shift in shifts.iter().filter(|shift| shift.resource == resource) {
                may_stand(&schedule, shift).map_err(|against| Problem::BookingRefused { against })?;
            }
            tx.settle_bookings(resource, &BTreeSet::new())?;
        }
        Ok(())
    }
}

/// Whether a shift has a time that can be.
pub(crate) fn possible(shift: &StandingShift) -> Result<()> {
    let backwards = matches!((shift.valid.from, shift.valid.to), (Some(from), Some(to)) if to < from);
    if shift.from >= shift.to || shift.weekday > 6 || shift.every_weeks == 0 || backwards {
        return Err(Problem::TimeInvalid);
    }
    Ok(())
}

/// Ends a shift for the flat that has it and gives what the other gets, not written yet.
fn hand_over(
    tx: &Tx<'_>,
    shift: &StandingShift,
    to: FlatId,
    from: NaiveDate,
    today: NaiveDate,
) -> Result<StandingShift> {
    if from < today || shift.valid.to.is_some_and(|last| last < from) {
        return Err(Problem::TimeInvalid);
    }
    let (kept, rest) = shift.transferred(to, from, StandingShiftId(tx.uuid()));
    match kept {
        Some(kept) => tx.put_standing_shift(&kept)?,
        // The row goes over as it is; what the first flat gave up of it the other did not.
        None => {
            let book = tx.resource_book(shift.resource, from, from)?;
            let given_up =
                |skipped: &&SkippedTurn| skipped.shift == shift.id && skipped.reason == SkipReason::GivenUp;
            for skipped in book.skipped.iter().filter(given_up) {
                tx.delete_skipped_turn(skipped.shift, skipped.date)?;
            }
        }
    }
    Ok(rest)
}

/// The last day of the last who live in a flat, where the register says that they leave or have left.
pub(crate) fn left_on(reader: &Reader<'_>, flat: FlatId) -> Result<Option<NaiveDate>> {
    match residence(&reader.roles_in(flat)?, &reader.vocabulary()?) {
        Residence::UntilDay { last } => Ok(Some(last)),
        Residence::Inhabited | Residence::Unknown => Ok(None),
    }
}

/// The standing shifts of a flat that run on when nobody lives there any more, each with the day on which it should end.
pub(crate) fn shifts_left_behind(
    reader: &Reader<'_>,
    flat: FlatId,
    today: NaiveDate,
) -> Result<Vec<(StandingShift, NaiveDate)>> {
    let Some(left) = left_on(reader, flat)? else {
        return Ok(Vec::new());
    };
    let shifts = reader.standing_shifts_of_flat(flat)?;
    Ok(shifts
        .into_iter()
        .filter_map(|shift| ends_with(&shift, left, today).map(|last| (shift, last)))
        .collect())
}
