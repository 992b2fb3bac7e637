//! Bookings of shared spaces: may somebody have a time, and writing that they do.

use crate::calendar_turns::{Calendar, Names, calendar_of};
use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder, HolderName};
use kiulu_domain::bookings::cancel::{cancels_free, may_move};
use kiulu_domain::bookings::limits::{Period, Quota};
use kiulu_domain::bookings::quota::used;
use kiulu_domain::bookings::rules::{Quote, Request, Violation, may_book};
use kiulu_domain::bookings::time::{LONGEST_DAYS, Span};
use kiulu_domain::id::{BookingId, OrganisationId, ResourceId};
use kiulu_store::{LAST_DAY, Reader, ResourceBook, Tx};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeSet;

/// How far around a time free ones are looked for, and how many are offered.
const NEARBY_DAYS: u64 = 7;
const NEARBY: usize = 4;

/// Longest that a calendar shows at once.
const CALENDAR_DAYS: u64 = 62;

/// What somebody wants to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BookingRequest {
    /// What.
    pub resource: ResourceId,
    /// For whom.
    pub holder: Holder,
    /// When.
    pub span: Span,
    /// The booking that would move there.
    pub moving: Option<BookingId>,
}

/// A quota and what is used of it already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct QuotaState {
    /// The quota.
    pub quota: Quota,
    /// Used by other bookings.
    pub used: u32,
}

/// Whether it may be, what it costs, and what else there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BookingAnswer {
    /// What it costs, where nothing stands against it.
    pub quote: Option<Quote>,
    /// Everything that stands against it.
    pub against: Vec<Violation>,
    /// The flat's or the contact's quotas.
    pub quotas: Vec<QuotaState>,
    /// Free turns nearest to it, where it may not be.
    pub nearby: Vec<Span>,
}

impl App {
    /// Days of a resource from one to another, both included; at most two months.
    pub fn calendar(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Calendar> {
        let furthest = from
            .checked_add_days(Days::new(CALENDAR_DAYS - 1))
            .unwrap_or(from);
        let to = to.clamp(from, furthest);
        self.store(organisation)?.read(|reader| {
            // The last evening may reach into the day after.
            let (eve, after) = (from.pred_opt().unwrap_or(from), to.succ_opt().unwrap_or(to));
            let book = reader.resource_book(resource, eve, after)?;
            let now = self.wall_now(reader)?;
            let mut names = Names::of_flats(reader)?;
            names.add_contacts(reader, &book)?;
            Ok::<_, Problem>(calendar_of(&book, &names, from, to, now))
        })
    }

    /// Whether somebody may have a time and what it costs, or everything that stands against it with what is free nearby.
    pub fn ask_booking(
        &self,
        organisation: OrganisationId,
        wanted: &BookingRequest,
    ) -> Result<BookingAnswer> {
        possible(&wanted.span)?;
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let book = book_around(reader, wanted, now)?;
            let schedule = book.schedule(now);
            let quotas = match wanted.holder {
                Holder::House => Vec::new(),
                holder => book
                    .resource
                    .limits
                    .quotas
                    .iter()
                    .map(|quota| QuotaState {
                        quota: *quota,
                        used: used(quota, &book.bookings, holder, &wanted.span, now, wanted.moving),
                    })
                    .collect(),
            };
            let late = match wanted.moving {
                Some(moving) => too_late_to_move(reader, &reader.booking(moving)?, now)?,
                None => None,
            };
            let asked_now = match (may_book(&schedule, &asked(wanted)), late) {
                (Ok(quote), None) => Ok(quote),
                (Ok(_), Some(late)) => Err(vec![late]),
                (Err(against), late) => Err(against.into_iter().chain(late).collect()),
            };
            Ok(match asked_now {
                Ok(quote) => BookingAnswer {
                    quote: Some(quote),
                    against: Vec::new(),
                    quotas,
                    nearby: Vec::new(),
                },
                Err(against) => {
                    let date = wanted.span.date();
                    let days = Days::new(NEARBY_DAYS);
                    let mut nearby = schedule.like(
                        &wanted.span,
                        date.checked_sub_days(days).unwrap_or(date),
                        date.checked_add_days(days).unwrap_or(date),
                    );
                    let possible = |span: &Span| {
                        let instead = BookingRequest {
                            span: *span,
                            ..*wanted
                        };
                        may_book(&schedule, &asked(&instead)).is_ok()
                    };
                    nearby.retain(possible);
                    nearby.sort_by_key(|span| (span.start - wanted.span.start).abs());
                    nearby.truncate(NEARBY);
                    nearby.sort_unstable();
                    BookingAnswer {
                        quote: None,
                        against,
                        quotas,
                        nearby,
                    }
                }
            })
        })
    }

    /// Books a time. With a reason the rules are passed over – but never another's time – and the reason stands in the booking.
    ///
    /// # Errors
    /// [`Problem::BookingRefused`] with everything that stands against it.
    pub fn book(
        &self,
        organisation: OrganisationId,
        wanted: &BookingRequest,
        override_reason: &str,
        note: &str,
    ) -> Result<(BookingId, Changed)> {
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let (resource, who) = named(reader, wanted.resource, wanted.holder)?;
            Ok::<_, Problem>(Action::BookingCreate {
                resource,
                who,
                start: wanted.span.start,
            })
        })?;
        let written = store.write(&action, |tx| {
            let quote = self.checked(tx, wanted, override_reason)?;
            let booking = Booking {
                id: BookingId(tx.uuid()),
                resource: wanted.resource,
                holder: wanted.holder,
                span: wanted.span,
                status: BookingStatus::Booked,
                extra: quote.is_some_and(|quote| quote.extra),
                override_reason: override_reason.trim().to_owned(),
                note: note.trim().to_owned(),
            };
            tx.put_booking(&booking)?;
            tx.end_waiting(wanted.resource, wanted.holder, &wanted.span)?;
            Ok::<_, Problem>(booking.id)
        })?;
        Ok((written.value, written.into()))
    }

    /// Moves a booking, also one that was displaced, to another time, of the same resource or of another.
    ///
    /// # Errors
    /// Those of [`App::book`]; [`Violation::TooLate`] among them when it is too late to move it.
    pub fn move_booking(
        &self,
        organisation: OrganisationId,
        id: BookingId,
        resource: ResourceId,
        span: Span,
        override_reason: &str,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let booking = reader.booking(id)?;
            let (resource, who) = named(reader, resource, booking.holder)?;
            let start = span.start;
            Ok::<_, Problem>(Action::BookingMove { resource, who, start })
        })?;
        let written = store.write(&action, |tx| {
            let booking = tx.booking(id)?;
            let wanted = BookingRequest {
                resource,
                holder: booking.holder,
                span,
                moving: Some(id),
            };
            if !matches!(booking.status, BookingStatus::Booked | BookingStatus::Displaced) {
                return Err(Problem::RecordMissing);
            }
            let late = too_late_to_move(tx, &booking, self.wall_now(tx)?)?;
            if let Some(late) = late.filter(|_| override_reason.trim().is_empty()) {
                return Err(Problem::BookingRefused { against: vec![late] });
            }
            let quote = self.checked(tx, &wanted, override_reason)?;
            let reason = match override_reason.trim() {
                "" => booking.override_reason.clone(),
                reason => reason.to_owned(),
            };
            tx.put_booking(&Booking {
                resource,
                span,
                status: BookingStatus::Booked,
                extra: quote.is_some_and(|quote| quote.extra),
                override_reason: reason,
                ..booking.clone()
            })?;
            tx.end_waiting(resource, booking.holder, &span)?;
            for touched in BTreeSet::from([booking.resource, resource]) {
                tx.settle_bookings(touched, &BTreeSet::new())?;
            }
            Ok(())
        })?;
        Ok(written.into())
    }

    /// Takes a booking back: in time, or late and with what that costs.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] when it does not stand any more.
    pub fn cancel_booking(&self, organisation: OrganisationId, id: BookingId) -> Result<Changed> {
        let store = self.store(organisation)?;
        let action = store.read(|reader| {
            let booking = reader.booking(id)?;
            let (resource, who) = named(reader, booking.resource, booking.holder)?;
            let start = booking.span.start;
            Ok::<_, Problem>(Action::BookingCancel { resource, who, start })
        })?;
        let written = store.write(&action, |tx| {
            let mut booking = tx.booking(id)?;
            booking.status = match booking.status {
                BookingStatus::Displaced => BookingStatus::Cancelled,
                BookingStatus::Booked => {
                    let resource = tx.resource(booking.resource)?;
                    if cancels_free(&resource, &booking, self.wall_now(tx)?) {
                        BookingStatus::Cancelled
                    } else {
                        BookingStatus::CancelledLate
                    }
                }
                _ => return Err(Problem::RecordMissing),
            };
            tx.put_booking(&booking)?;
            tx.settle_bookings(booking.resource, &BTreeSet::new())?;
            Ok(())
        })?;
        Ok(written.into())
    }

    /// The price of what may be; nothing where a reason passes the rules over.
    fn checked(&self, tx: &Tx<'_>, wanted: &BookingRequest, override_reason: &str) -> Result<Option<Quote>> {
        possible(&wanted.span)?;
        let now = self.wall_now(tx)?;
        let book = book_around(tx, wanted, now)?;
        let schedule = book.schedule(now);
        match may_book(&schedule, &asked(wanted)) {
            Ok(quote) => Ok(Some(quote)),
            Err(against) => {
                let in_the_way = schedule.in_the_way(&wanted.span, wanted.moving).is_some();
                if in_the_way || override_reason.trim().is_empty() {
                    return Err(Problem::BookingRefused { against });
                }
                Ok(None)
            }
        }
    }

    /// What a clock on the organisation's wall shows.
    pub(crate) fn wall_now(&self, reader: &Reader<'_>) -> Result<NaiveDateTime> {
        Ok(reader.wall_at(self.source.now())?)
    }
}

/// What stands against moving a booking anywhere: nothing until the deadline, and nothing once it was displaced.
fn too_late_to_move(reader: &Reader<'_>, booking: &Booking, now: NaiveDateTime) -> Result<Option<Violation>> {
    let displaced = booking.status == BookingStatus::Displaced;
    let in_time = displaced || may_move(&reader.resource(booking.resource)?, booking, now);
    Ok((!in_time).then_some(Violation::TooLate {
        closed: booking.span.start,
    }))
}

/// Whether a time can be booked at all, whatever the rules.
pub(crate) fn possible(span: &Span) -> Result<()> {
    let longest = chrono::Duration::days(LONGEST_DAYS);
    if span.start < span.end && span.end - span.start <= longest {
        Ok(())
    } else {
        Err(Problem::TimeInvalid)
    }
}

pub(crate) fn asked(wanted: &BookingRequest) -> Request {
    Request {
        holder: wanted.holder,
        span: wanted.span,
        moving: wanted.moving,
    }
}

/// The book as far as a rule can look: bookings around the time, in the period of the widest quota, and all that have not ended.
pub(crate) fn book_around(
    reader: &Reader<'_>,
    wanted: &BookingRequest,
    now: NaiveDateTime,
) -> Result<ResourceBook> {
    let date = wanted.span.date();
    let quotas = reader.resource(wanted.resource)?.limits.quotas;
    let of_year = quotas.iter().any(|quota| quota.per == Period::Year);
    let around = Days::new(32);
    let year = |date: NaiveDate, month, day| NaiveDate::from_ymd_opt(date.year(), month, day).unwrap_or(date);
    let (mut from, mut to) = (
        date.checked_sub_days(around).unwrap_or(date),
        wanted.span.end.date().checked_add_days(around).unwrap_or(date),
    );
    if of_year {
        (from, to) = (from.min(year(date, 1, 1)), to.max(year(date, 12, 31)));
    }
    if quotas.iter().any(|quota| quota.per == Period::Open) {
        (from, to) = (from.min(now.date()), LAST_DAY);
    }
    Ok(reader.resource_book(wanted.resource, from, to)?)
}

/// The names of a resource and of whom something is booked for.
pub(crate) fn named(
    reader: &Reader<'_>,
    resource: ResourceId,
    holder: Holder,
) -> Result<(String, HolderName)> {
    Ok((reader.resource(resource)?.name, called(reader, holder)?))
}

/// What somebody is called where others see it.
pub(crate) fn called(reader: &Reader<'_>, holder: Holder) -> Result<HolderName> {
    Ok(match holder {
        Holder::Flat(flat) => HolderName::Named(reader.flat(flat)?.name),
        Holder::Contact(contact) => {
            let name = reader.contact(contact)?.shown_name();
            name.map_or(HolderName::Withheld, HolderName::Named)
        }
        Holder::House => HolderName::House,
    })
}
