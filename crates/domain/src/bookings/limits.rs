//! What a booking must keep to, as a house sets it.

use super::charging::Charging;
use super::time::Minutes;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Everything that limits the bookings of a resource. What is not set limits nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Limits {
    /// At most so many days ahead; 14 on a Monday reaches to the Monday after next.
    pub days_ahead: Option<u32>,
    /// At least so many minutes before the start.
    pub minutes_ahead: Option<u32>,
    /// What a flat may have, or a contact that books for itself.
    pub quotas: Vec<Quota>,
    /// At most so many turns of a flat one after another.
    pub consecutive: Option<u32>,
    /// A turn of today that is still free may be taken beside the quota.
    pub same_day_extra: bool,
    /// Until when a cancellation costs nothing; until the start where it is not set.
    pub cancel: Option<Deadline>,
    /// Until when a booking may be moved; as for cancelling where it is not set.
    pub change: Option<Deadline>,
    /// At most so many standing shifts of a flat.
    pub standing_per_flat: Option<u32>,
    /// So many turns one after another must be held before the stove is heated.
    pub heating: Option<Heating>,
    /// How it is charged for, beside its prices.
    pub charging: Charging,
    /// So many minutes somebody of the waiting list has to answer an offer; until the time can no longer be booked where it is not
    /// set.
    pub offer_minutes: Option<u32>,
}

/// How much a flat, or a contact, may have in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Quota {
    /// In which period.
    pub per: Period,
    /// Counted in.
    pub unit: QuotaUnit,
    /// At most so many.
    pub most: u32,
}

/// The period that a quota counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day.
    Day,
    /// A week from Monday, wherever a month or year ends.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
    /// Bookings that have not ended.
    Open,
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QuotaUnit {
    /// Bookings.
    Bookings,
    /// Minutes.
    Minutes,
}

/// A time before a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Deadline {
    /// So many minutes before the start.
    pub minutes: u32,
    /// What arrives outside these hours counts as arriving when the office opens next.
    pub office: Option<OfficeHours>,
}

/// When an office is open. It is closed on public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OfficeHours {
    /// Monday to Sunday.
    pub weekdays: [bool; 7],
    /// From.
    pub from: Minutes,
    /// Until.
    pub to: Minutes,
}

/// When a stove is worth heating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Heating {
    /// So many turns one after another.
    pub turns: u32,
    /// So many minutes before the first of them it is decided.
    pub minutes_ahead: u32,
}
