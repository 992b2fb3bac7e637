//! Marks of bookings that nobody came to.

use crate::bookings::named;
use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::BookingStatus;
use kiulu_domain::bookings::mark::{Outcome, TurnMark};
use kiulu_domain::id::{BookingId, OrganisationId};

impl App {
    /// Marks that nobody came to a booking whose time is over, or takes the mark back.
    ///
    /// # Errors
    /// [`Problem::BookingNotOver`]; [`Problem::RecordMissing`] when it does not stand, or has the mark already.
    pub fn mark_no_show(&self, organisation: OrganisationId, id: BookingId, came: bool) -> Result<Changed> {
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let booking = reader.booking(id)?;
            let (resource, who) = named(reader, booking.resource, booking.holder)?;
            Ok::<_, Problem>(Action::BookingMark {
                resource,
                who,
                start: booking.span.start,
                came,
            })
        })?;
        let (from, to) = if came {
            (BookingStatus::NoShow, BookingStatus::Booked)
        } else {
            (BookingStatus::Booked, BookingStatus::NoShow)
        };
        let written = store.write(&action, |tx| {
            let mut booking = tx.booking(id)?;
            if booking.status != from {
                return Err(Problem::RecordMissing);
            }
            if booking.span.end > self.wall_now(tx)? {
                return Err(Problem::BookingNotOver);
            }
            booking.status = to;
            tx.put_booking(&booking)?;
            // What the list on the door says of the turn says the same.
            Ok(tx.put_turn_mark(&TurnMark {
                resource: booking.resource,
                start: booking.span.start,
                outcome: if came { Outcome::Used } else { Outcome::NoShow },
            })?)
        })?;
        Ok(written.into())
    }
}
