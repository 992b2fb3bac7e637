//! The waiting list of a turn: who is next when it gets free, and until when they have to answer.
//!
//! Nothing here runs by itself. Who is next follows from the rows and the time on the wall, so that two laptops with the same rows
//! agree; only when a flat is told does an offer with its deadline become part of the entry's row. A free turn that somebody waits
//! for is held for the one who is next, told or not: nobody loses a turn that they never heard of.

use super::booking::Holder;
use super::resource::Resource;
use super::rules::{Request, Violation, reason_of, rules_against};
use super::schedule::{Schedule, Taken, Use};
use super::time::Span;
use crate::id::{ResourceId, WaitingId, derived};
use chrono::{DateTime, Duration, NaiveDateTime, Timelike, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A place in the line for a turn. Its id derives from resource, holder and beginning, so that everybody waits once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WaitingEntry {
    /// Row id.
    pub id: WaitingId,
    /// For what.
    pub resource: ResourceId,
    /// Who waits: the flat, whoever lives there; a contact where there are no flats.
    pub holder: Holder,
    /// For which time, on the wall.
    pub span: Span,
    /// When it was put down. The earlier is served first.
    pub put_at: DateTime<Utc>,
    /// The offer that was made, where one was.
    pub offer: Option<Offer>,
    /// Free text.
    pub note: String,
}

/// A turn that was offered to somebody in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Offer {
    /// When it was made, on the wall.
    pub since: NaiveDateTime,
    /// From this time on it does not hold any more.
    pub until: NaiveDateTime,
}

/// A free time that is kept for somebody of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held<'a> {
    /// For whom.
    pub entry: &'a WaitingEntry,
    /// Until when they have to answer; nothing while they have not been told.
    pub until: Option<NaiveDateTime>,
}

/// How somebody in a line stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum InLine {
    /// The time is free, and offered to them.
    Offered {
        /// Until when they have to answer.
        until: NaiveDateTime,
    },
    /// The time is free, and they are the next to be told.
    Next,
    /// They had their offer and let it pass, or could not be reached.
    OfferOver {
        /// When it ended.
        until: NaiveDateTime,
    },
    /// They would be passed over: the rules do not let them have it now.
    PassedOver {
        /// Everything that stands against it.
        against: Vec<Violation>,
    },
    /// They wait.
    Waits,
}

impl WaitingEntry {
    /// The row's id.
    pub fn id_of(resource: ResourceId, holder: Holder, start: NaiveDateTime) -> WaitingId {
        let of = match holder {
            Holder::Flat(flat) => flat.0,
            Holder::Contact(contact) => contact.0,
            Holder::House => uuid::Uuid::nil(),
        };
        let start = start.format("%Y-%m-%dT%H:%M").to_string();
        WaitingId(derived(
            "waiting_entry",
            &[resource.0.as_bytes(), of.as_bytes(), start.as_bytes()],
        ))
    }

    /// The offer that holds at a time.
    fn offered(&self, now: NaiveDateTime) -> Option<&Offer> {
        self.offer.as_ref().filter(|offer| now < offer.until)
    }

    /// Whether it had an offer that holds no more.
    fn had_its_offer(&self, now: NaiveDateTime) -> bool {
        self.offer.is_some_and(|offer| offer.until <= now)
    }

    fn request(&self) -> Request {
        Request {
            holder: self.holder,
            span: self.span,
            moving: None,
        }
    }
}

/// An offer of a time made now: the house's time to answer, and not beyond the last moment at which the time can be booked.
pub fn offer_of(resource: &Resource, span: &Span, now: NaiveDateTime) -> Offer {
    let limits = &resource.limits;
    let latest = span.start - Duration::minutes(limits.minutes_ahead.unwrap_or(0).into());
    // Times are kept by the minute.
    let now = now
        .with_second(0)
        .and_then(|now| now.with_nanosecond(0))
        .unwrap_or(now);
    let until = limits
        .offer_minutes
        .map_or(latest, |minutes| now + Duration::minutes(minutes.into()));
    Offer {
        since: now,
        until: until.min(latest),
    }
}

impl Schedule<'_> {
    /// The free times that are kept for somebody, by their beginning. Offers that were made come first, the earlier before the
    /// later; then whoever has waited longest and may book now. Who has had an offer comes no more until the time was taken again.
    pub fn held(&self) -> Vec<Held<'_>> {
        let mut waiting: Vec<&WaitingEntry> = self
            .waiting
            .iter()
            .filter(|entry| entry.span.start > self.now && !entry.had_its_offer(self.now))
            .filter(|entry| self.in_the_way(&entry.span, None).is_none())
            .collect();
        waiting.sort_by_key(|entry| {
            let since = entry.offered(self.now).map(|offer| offer.since);
            (since.is_none(), since, entry.put_at, entry.id)
        });
        let mut held: Vec<Held<'_>> = Vec::new();
        for entry in waiting {
            let until = entry.offered(self.now).map(|offer| offer.until);
            let another = held.iter().any(|held| self.meet(&held.entry.span, &entry.span));
            // What was promised stands, whatever the rules say meanwhile.
            if !another && (until.is_some() || rules_against(self, &entry.request(), None).is_ok()) {
                held.push(Held { entry, until });
            }
        }
        held.sort_by_key(|held| held.entry.span);
        held
    }

    /// Whom a time that nobody has is kept for.
    pub fn held_for(&self, span: &Span) -> Option<Held<'_>> {
        let near = self.waiting.iter().any(|entry| self.meet(&entry.span, span));
        near.then(|| self.held())?
            .into_iter()
            .find(|held| self.meet(&held.entry.span, span))
    }

    /// Everybody who waits for a time, in the order in which they are served, and how each of them stands.
    pub fn line(&self, span: &Span) -> Vec<(&WaitingEntry, InLine)> {
        let mut entries: Vec<&WaitingEntry> = self
            .waiting
            .iter()
            .filter(|entry| entry.span.overlaps(span))
            .collect();
        entries.sort_by_key(|entry| (entry.put_at, entry.id));
        let held = self.held();
        let place = |entry: &WaitingEntry| {
            if let Some(held) = held.iter().find(|held| held.entry.id == entry.id) {
                return held.until.map_or(InLine::Next, |until| InLine::Offered { until });
            }
            let free = self.in_the_way(&entry.span, None).is_none();
            if let Some(offer) = entry.offer.filter(|_| free && entry.had_its_offer(self.now)) {
                return InLine::OfferOver { until: offer.until };
            }
            match rules_against(self, &entry.request(), None) {
                Ok(_) => InLine::Waits,
                Err(against) => InLine::PassedOver { against },
            }
        };
        entries.into_iter().map(|entry| (entry, place(entry))).collect()
    }

    /// Whether two times leave no room for each other, pauses counted.
    fn meet(&self, one: &Span, other: &Span) -> bool {
        let pause = self.pause(other.date());
        one.start < other.end + pause && other.start < one.end + pause
    }
}

/// Whether somebody may wait for a time: one that another has, or that is kept for another, and that could still become theirs.
///
/// # Errors
/// Everything that stands against it and will not change by waiting; [`Violation::NothingToWaitFor`] where the time is free.
pub fn may_wait(schedule: &Schedule<'_>, request: &Request) -> Result<(), Vec<Violation>> {
    let mut against = rules_against(schedule, request, None).err().unwrap_or_default();
    against.retain(|one| match one {
        Violation::Retired
        | Violation::Past
        | Violation::Closed
        | Violation::NotATurn
        | Violation::TooShort { .. }
        | Violation::TooLong { .. }
        | Violation::TooLate { .. } => true,
        Violation::CommonTurn
        | Violation::OutOfUse { .. }
        | Violation::Taken { .. }
        | Violation::WaitedFor { .. }
        | Violation::NothingToWaitFor
        | Violation::TooEarly { .. }
        | Violation::QuotaUsed { .. }
        | Violation::TooManyInARow { .. }
        | Violation::NoPrice
        | Violation::StandingUsed { .. } => false,
    });
    match schedule.in_the_way(&request.span, None) {
        Some(taken) if whose(&taken) == Some(request.holder) || matches!(taken.by, Use::Common { .. }) => {
            against.push(reason_of(taken));
        }
        // What cannot be had at all is told as such.
        None if against.is_empty() => {
            let held = schedule.held_for(&request.span);
            if held.is_none_or(|held| held.entry.holder == request.holder) {
                against.push(Violation::NothingToWaitFor);
            }
        }
        _ => {}
    }
    if against.is_empty() { Ok(()) } else { Err(against) }
}

fn whose(taken: &Taken) -> Option<Holder> {
    match taken.by {
        Use::Standing { flat, .. } => Some(Holder::Flat(flat)),
        Use::Booked { holder, .. } | Use::Held { holder, .. } => Some(holder),
        Use::Common { .. } | Use::Blackout { .. } => None,
    }
}
