//! Bookings and what takes a resource out of use.

use super::time::{Span, Validity};
use crate::id::{BlackoutId, BookingId, ContactId, FlatId, ResourceId};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use specta::Type;

/// For whom something is booked. Quotas, fees and waiting lists are a flat's, so that they outlast a change of residents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "by", content = "id", rename_all = "snake_case")]
pub enum Holder {
    /// A flat.
    Flat(FlatId),
    /// Somebody of the register without a flat.
    Contact(ContactId),
    /// The house itself.
    House,
}

/// What a [`Holder`] is called where others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HolderName {
    /// The house itself.
    House,
    /// Somebody under a non-disclosure order: where they will be is not shown.
    Withheld,
    /// The flat's or the person's name.
    Named(String),
}

impl HolderName {
    /// The name, where there is one to show.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::House | Self::Withheld => None,
        }
    }
}

impl Holder {
    /// The flat, where it is one.
    pub const fn flat(self) -> Option<FlatId> {
        match self {
            Self::Flat(flat) => Some(flat),
            Self::Contact(_) | Self::House => None,
        }
    }
}

/// How a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// It stands.
    Booked,
    /// It was taken back in time.
    Cancelled,
    /// It was taken back too late to cost nothing.
    CancelledLate,
    /// Nobody came.
    NoShow,
    /// Another booking was there first; it waits for another time.
    Displaced,
}

impl BookingStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Booked,
        Self::Cancelled,
        Self::CancelledLate,
        Self::NoShow,
        Self::Displaced,
    ];

    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
            Self::CancelledLate => "cancelled_late",
            Self::NoShow => "no_show",
            Self::Displaced => "displaced",
        }
    }

    /// The status of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == code)
    }

    /// Whether the time is taken.
    pub const fn holds(self) -> bool {
        matches!(self, Self::Booked | Self::NoShow)
    }
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Booking {
    /// Row id.
    pub id: BookingId,
    /// Of what.
    pub resource: ResourceId,
    /// For whom.
    pub holder: Holder,
    /// When, on the wall.
    pub span: Span,
    /// How it stands.
    pub status: BookingStatus,
    /// A free turn of the same day, beside the quota.
    pub extra: bool,
    /// Why the rules were passed over, where they were.
    pub override_reason: String,
    /// Free text.
    pub note: String,
}

/// A time when a resource is out of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Blackout {
    /// Row id.
    pub id: BlackoutId,
    /// Of what.
    pub resource: ResourceId,
    /// The first, or only, time.
    pub span: Span,
    /// It comes every week, until this day where one is told.
    pub weekly: Option<Validity>,
    /// Why, as the calendar and the flats are told.
    pub reason: String,
}

impl Blackout {
    /// Its times that begin on a day.
    pub fn on(&self, date: NaiveDate) -> Option<Span> {
        let first = self.span.date();
        match &self.weekly {
            None => (date == first).then_some(self.span),
            Some(valid) => {
                let comes = date >= first && date.weekday() == first.weekday() && valid.contains(date);
                let later = date - first;
                comes.then(|| Span {
                    start: self.span.start + later,
                    end: self.span.end + later,
                })
            }
        }
    }

    /// How many days it reaches beyond the day it begins on.
    pub fn days_beyond(&self) -> u64 {
        (self.span.end.date() - self.span.date())
            .num_days()
            .unsigned_abs()
    }
}
