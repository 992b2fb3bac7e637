//! What a flat, or a contact of its own, has of the shared spaces.

use crate::waiting::waits_for;
use crate::{App, Problem, Result};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::limits::Quota;
use kiulu_domain::bookings::quota::used;
use kiulu_domain::bookings::schedule::Use;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{Span, dates};
use kiulu_domain::bookings::waiting::InLine;
use kiulu_domain::id::{BookingId, ContactId, FlatId, OrganisationId, ResourceId, WaitingId};
use kiulu_store::{Reader, ResourceBook};
use serde::Serialize;
use specta::Type;
use std::collections::HashMap;

/// How many of the last bookings are shown.
const LAST: u32 = 5;

/// How far ahead the next turn of a standing shift is looked for.
const WEEKS_AHEAD: u64 = 60;

/// A booking as its flat's, or its contact's, page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct OwnBooking {
    /// Which.
    pub booking: BookingId,
    /// Of what.
    pub resource: ResourceId,
    /// What the house calls it.
    pub name: String,
    /// When.
    pub span: Span,
    /// How it stands.
    pub status: BookingStatus,
}

/// A turn that a flat waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct OwnWaiting {
    /// Its place in the line.
    pub entry: WaitingId,
    /// Of what.
    pub resource: ResourceId,
    /// What the house calls it.
    pub name: String,
    /// When.
    pub span: Span,
    /// How it stands in the line.
    pub stands: InLine,
}

/// A standing shift of a flat that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FlatShift {
    /// The shift.
    pub shift: StandingShift,
    /// What the house calls its space.
    pub name: String,
    /// When it comes next; nothing where it does not within a year.
    pub next: Option<Span>,
}

/// A quota of a space and what the flat has used of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FlatQuota {
    /// Of what.
    pub resource: ResourceId,
    /// What the house calls it.
    pub name: String,
    /// The quota.
    pub quota: Quota,
    /// Used of it today, in the quota's unit.
    pub used: u32,
}

/// What a flat has of the shared spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FlatBookings {
    /// Bookings that have not ended and stand or wait for another time, by their beginning.
    pub coming: Vec<OwnBooking>,
    /// Turns that it waits for, by their beginning.
    pub waiting: Vec<OwnWaiting>,
    /// Standing shifts that have not ended.
    pub standing: Vec<FlatShift>,
    /// Quotas of the spaces that are offered, used ones first.
    pub quotas: Vec<FlatQuota>,
    /// The last few that have ended, the latest first.
    pub past: Vec<OwnBooking>,
}

impl App {
    /// What a flat has booked, its standing shifts, and what is used of its quotas today.
    pub fn flat_bookings(&self, organisation: OrganisationId, flat: FlatId) -> Result<FlatBookings> {
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let today = now.date();
            let resources = reader.resources()?;
            let names: HashMap<ResourceId, &str> = resources
                .iter()
                .map(|resource| (resource.id, resource.name.as_str()))
                .collect();
            let shown = |booking: &Booking| OwnBooking {
                booking: booking.id,
                resource: booking.resource,
                name: names
                    .get(&booking.resource)
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                span: booking.span,
                status: booking.status,
            };
            // A quota may count from the first day of the year, and its week may have begun in the year before.
            let first = NaiveDate::from_ymd_opt(today.year(), 1, 1)
                .and_then(|first| first.checked_sub_days(Days::new(7)))
                .unwrap_or(today);
            let bookings = reader.bookings_of_flat(flat, first)?;
            let stands =
                |one: &&Booking| matches!(one.status, BookingStatus::Booked | BookingStatus::Displaced);
            let coming = bookings.iter().filter(|one| one.span.end > now).filter(stands);
            let mut quotas: Vec<FlatQuota> = Vec::new();
            for resource in resources.iter().filter(|resource| !resource.retired) {
                let own: Vec<Booking> = bookings
                    .iter()
                    .filter(|one| one.resource == resource.id)
                    .cloned()
                    .collect();
                let moment = Span { start: now, end: now };
                quotas.extend(resource.limits.quotas.iter().map(|quota| FlatQuota {
                    resource: resource.id,
                    name: resource.name.clone(),
                    quota: *quota,
                    used: used(quota, &own, Holder::Flat(flat), &moment, now, None),
                }));
            }
            quotas.sort_by_key(|quota| quota.used == 0);
            let mut past: Vec<OwnBooking> = bookings
                .iter()
                .rev()
                .filter(|one| one.span.end <= now)
                .map(shown)
                .collect();
            past.truncate(LAST as usize);
            let missing = LAST - past.len() as u32;
            past.extend(
                reader
                    .last_bookings_of_flat(flat, first, missing)?
                    .iter()
                    .map(shown),
            );
            Ok::<_, Problem>(FlatBookings {
                coming: coming.map(shown).collect(),
                waiting: waits_for(reader, Holder::Flat(flat), now)?
                    .into_iter()
                    .map(|(entry, stands)| OwnWaiting {
                        entry: entry.id,
                        resource: entry.resource,
                        name: names.get(&entry.resource).copied().unwrap_or_default().to_owned(),
                        span: entry.span,
                        stands,
                    })
                    .collect(),
                standing: standing(reader, flat, now, &names)?,
                quotas,
                past,
            })
        })
    }
}

impl OwnBooking {
    fn of(booking: &Booking, names: &HashMap<ResourceId, &str>) -> Self {
        Self {
            booking: booking.id,
            resource: booking.resource,
            name: names
                .get(&booking.resource)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            span: booking.span,
            status: booking.status,
        }
    }
}

/// Everything that was ever booked for a contact itself, the latest first.
pub(crate) fn bookings_of_contact(reader: &Reader<'_>, contact: ContactId) -> Result<Vec<OwnBooking>> {
    let bookings = reader.bookings_of_contact(contact)?;
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let resources = reader.resources()?;
    let names = resources
        .iter()
        .map(|resource| (resource.id, resource.name.as_str()))
        .collect();
    Ok(bookings.iter().map(|one| OwnBooking::of(one, &names)).collect())
}

fn standing(
    reader: &Reader<'_>,
    flat: FlatId,
    now: NaiveDateTime,
    names: &HashMap<ResourceId, &str>,
) -> Result<Vec<FlatShift>> {
    let today = now.date();
    let mut shifts = reader.standing_shifts_of_flat(flat)?;
    shifts.retain(|shift| shift.valid.to.is_none_or(|to| to >= today));
    shifts.sort_by_key(|shift| (shift.resource, shift.weekday, shift.from));
    shifts
        .into_iter()
        .map(|shift| {
            let book = reader.resource_book(shift.resource, today, today)?;
            Ok(FlatShift {
                next: next_turn(&book, &shift, now),
                name: names.get(&shift.resource).copied().unwrap_or_default().to_owned(),
                shift,
            })
        })
        .collect()
}

/// The first turn that has not begun, was not skipped and does not rest.
fn next_turn(book: &ResourceBook, shift: &StandingShift, now: NaiveDateTime) -> Option<Span> {
    let schedule = book.schedule(now);
    let last = now.date().checked_add_days(Days::new(7 * WEEKS_AHEAD))?;
    dates(now.date(), last)
        .filter_map(|date| shift.on(date))
        .filter(|span| span.start > now)
        .find(|span| {
            let taken = schedule.taken(span.date(), span.end.date());
            taken.iter().any(|taken| {
                let own = matches!(taken.by, Use::Standing { shift: of, .. } if of == shift.id);
                own && taken.span == *span
            })
        })
}
