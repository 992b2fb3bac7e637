//! Waiting lists: getting into the line for a turn, and what becomes of the turn when it gets free.

use crate::bookings::{asked, book_around, named, possible};
use crate::calendar_turns::Names;
use crate::contact_records::Changed;
use crate::{App, BookingRequest, Problem, Result};
use chrono::{DateTime, NaiveDateTime, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Holder, HolderName};
use kiulu_domain::bookings::rules::may_book;
use kiulu_domain::bookings::time::Span;
use kiulu_domain::bookings::waiting::{InLine, Offer, WaitingEntry, may_wait, offer_of};
use kiulu_domain::id::{BookingId, OrganisationId, ResourceId, WaitingId};
use kiulu_store::{Reader, ResourceBook};
use serde::Serialize;
use specta::Type;

/// Somebody in a line, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct WaitingInfo {
    /// Their place.
    pub entry: WaitingId,
    /// Who.
    pub holder: Holder,
    /// What they are called.
    pub who: HolderName,
    /// For which time.
    pub span: Span,
    /// When it was put down.
    pub put_at: DateTime<Utc>,
    /// Free text.
    pub note: String,
    /// How they stand.
    pub stands: InLine,
}

impl App {
    /// Everybody who waits for a time, in the order in which they are served.
    pub fn waiting_line(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        span: Span,
    ) -> Result<Vec<WaitingInfo>> {
        possible(&span)?;
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let wanted = BookingRequest {
                resource,
                holder: Holder::House,
                span,
                moving: None,
            };
            let book = book_around(reader, &wanted, now)?;
            let mut names = Names::of_flats(reader)?;
            names.add_contacts(reader, &book)?;
            let schedule = book.schedule(now);
            let line = schedule
                .line(&span)
                .into_iter()
                .map(|(entry, stands)| WaitingInfo {
                    entry: entry.id,
                    holder: entry.holder,
                    who: names.called(entry.holder),
                    span: entry.span,
                    put_at: entry.put_at,
                    note: entry.note.clone(),
                    stands,
                });
            Ok::<_, Problem>(line.collect())
        })
    }

    /// Puts a flat, or a contact, into the line for a time. Who waits already keeps their place.
    ///
    /// # Errors
    /// [`Problem::BookingRefused`] for a time that nobody has, or that cannot be booked; [`Problem::FlatInvalid`] for the house, which
    /// asks no one.
    pub fn wait_for(
        &self,
        organisation: OrganisationId,
        wanted: &BookingRequest,
        note: &str,
    ) -> Result<(WaitingId, Changed)> {
        possible(&wanted.span)?;
        if wanted.holder == Holder::House {
            return Err(Problem::FlatInvalid);
        }
        let store = self.store(organisation)?;
        let start = wanted.span.start;
        let action = store.read(|reader| {
            let (resource, who) = named(reader, wanted.resource, wanted.holder)?;
            Ok::<_, Problem>(Action::WaitingAdd { resource, who, start })
        })?;
        let id = WaitingEntry::id_of(wanted.resource, wanted.holder, start);
        let written = store.write(&action, |tx| {
            let now = self.wall_now(tx)?;
            let book = book_around(tx, wanted, now)?;
            if !book.waiting.iter().any(|entry| entry.id == id) {
                may_wait(&book.schedule(now), &asked(wanted))
                    .map_err(|against| Problem::BookingRefused { against })?;
            }
            tx.put_waiting(&WaitingEntry {
                id,
                resource: wanted.resource,
                holder: wanted.holder,
                span: wanted.span,
                put_at: tx.now(),
                offer: None,
                note: note.trim().to_owned(),
            })?;
            Ok::<_, Problem>(())
        })?;
        Ok((id, written.into()))
    }

    /// Takes somebody out of a line because they wait no longer.
    pub fn leave_line(&self, organisation: OrganisationId, id: WaitingId) -> Result<Changed> {
        let action = |resource, who, start| Action::WaitingRemove { resource, who, start };
        self.out_of_line(organisation, id, action)
    }

    /// Takes somebody out of a line because they do not want the time that is theirs now. Whoever comes after them is next.
    pub fn decline_offer(&self, organisation: OrganisationId, id: WaitingId) -> Result<Changed> {
        let action = |resource, who, start| Action::WaitingDecline { resource, who, start };
        self.out_of_line(organisation, id, action)
    }

    fn out_of_line(
        &self,
        organisation: OrganisationId,
        id: WaitingId,
        action: impl FnOnce(String, HolderName, NaiveDateTime) -> Action,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let entry = reader.waiting_entry(id)?;
            let (resource, who) = named(reader, entry.resource, entry.holder)?;
            Ok::<_, Problem>(action(resource, who, entry.span.start))
        })?;
        let written = store.write(&action, |tx| {
            tx.waiting_entry(id)?;
            tx.delete_waiting(id)
        })?;
        Ok(written.into())
    }

    /// Offers a free time to whoever is next: from now on the time to answer runs. Made again, it begins anew.
    ///
    /// # Errors
    /// [`Problem::BookingRefused`] where somebody has the time, another is before them, or the rules do not let them have it.
    pub fn offer_turn(&self, organisation: OrganisationId, id: WaitingId) -> Result<Changed> {
        let action = |resource, who, start| Action::WaitingOffer { resource, who, start };
        self.put_offer(organisation, id, action, |book, entry, now| {
            offer_of(&book.resource, &entry.span, now)
        })
    }

    /// Ends the offer, or the turn in the line, of who cannot be reached: they stay in the line, and the next one has the time.
    ///
    /// # Errors
    /// Those of [`App::offer_turn`].
    pub fn pass_on_turn(&self, organisation: OrganisationId, id: WaitingId) -> Result<Changed> {
        let action = |resource, who, start| Action::WaitingPass { resource, who, start };
        self.put_offer(organisation, id, action, |book, entry, now| {
            let ended = offer_of(&book.resource, &entry.span, now).since;
            Offer {
                since: ended,
                until: ended,
            }
        })
    }

    fn put_offer(
        &self,
        organisation: OrganisationId,
        id: WaitingId,
        action: impl FnOnce(String, HolderName, NaiveDateTime) -> Action,
        offer: impl FnOnce(&ResourceBook, &WaitingEntry, NaiveDateTime) -> Offer,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let entry = reader.waiting_entry(id)?;
            let (resource, who) = named(reader, entry.resource, entry.holder)?;
            Ok::<_, Problem>(action(resource, who, entry.span.start))
        })?;
        let written = store.write(&action, |tx| {
            let entry = tx.waiting_entry(id)?;
            let now = self.wall_now(tx)?;
            let wanted = request_of(&entry);
            let book = book_around(tx, &wanted, now)?;
            let schedule = book.schedule(now);
            if !schedule.held().iter().any(|held| held.entry.id == id) {
                may_book(&schedule, &asked(&wanted))
                    .map_err(|against| Problem::BookingRefused { against })?;
            }
            tx.put_offer(id, offer(&book, &entry, now))?;
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    /// Books a time for who has waited for it; with a reason the rules are passed over, as for any booking.
    ///
    /// # Errors
    /// Those of [`App::book`].
    pub fn accept_offer(
        &self,
        organisation: OrganisationId,
        id: WaitingId,
        override_reason: &str,
    ) -> Result<(BookingId, Changed)> {
        let entry = self
            .store(organisation)?
            .read(|reader| reader.waiting_entry(id))?;
        self.book(organisation, &request_of(&entry), override_reason, &entry.note)
    }
}

/// What somebody in a line would book.
fn request_of(entry: &WaitingEntry) -> BookingRequest {
    BookingRequest {
        resource: entry.resource,
        holder: entry.holder,
        span: entry.span,
        moving: None,
    }
}

/// What a flat or contact waits for that has not begun, and how it stands.
pub(crate) fn waits_for(
    reader: &Reader<'_>,
    holder: Holder,
    now: NaiveDateTime,
) -> Result<Vec<(WaitingEntry, InLine)>> {
    let mut found = Vec::new();
    for entry in reader.waiting_of(holder, now.date())? {
        if entry.span.start <= now {
            continue;
        }
        let book = book_around(reader, &request_of(&entry), now)?;
        let schedule = book.schedule(now);
        let own = |(one, _): &(&WaitingEntry, InLine)| one.id == entry.id;
        if let Some((_, stands)) = schedule.line(&entry.span).into_iter().find(own) {
            found.push((entry, stands));
        }
    }
    Ok(found)
}
