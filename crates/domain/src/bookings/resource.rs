//! What can be booked.

use super::limits::Limits;
use super::time::{Minutes, Validity};
use super::timetable::Timetable;
use crate::id::ResourceId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What kind of space it is; its icon and its ready-made rules follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// Sauna.
    Sauna,
    /// Laundry room (*pesutupa*).
    Laundry,
    /// Drying room.
    DryingRoom,
    /// Club room.
    ClubRoom,
    /// Guest flat, by the night.
    GuestFlat,
    /// Parking place.
    Parking,
    /// Place to charge a car.
    Charging,
    /// Grill or barbecue place.
    Grill,
    /// Tools and trailers.
    Tools,
    /// Something else; its name says what.
    Other,
}

impl ResourceKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::Sauna,
        Self::Laundry,
        Self::DryingRoom,
        Self::ClubRoom,
        Self::GuestFlat,
        Self::Parking,
        Self::Charging,
        Self::Grill,
        Self::Tools,
        Self::Other,
    ];

    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sauna => "sauna",
            Self::Laundry => "laundry",
            Self::DryingRoom => "drying-room",
            Self::ClubRoom => "club-room",
            Self::GuestFlat => "guest-flat",
            Self::Parking => "parking",
            Self::Charging => "charging",
            Self::Grill => "grill",
            Self::Tools => "tools",
            Self::Other => "other",
        }
    }

    /// The kind of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }
}

/// A space or thing that can be booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Resource {
    /// Row id.
    pub id: ResourceId,
    /// What kind.
    pub kind: ResourceKind,
    /// What the house calls it.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// How many people it is for.
    pub capacity: Option<i32>,
    /// How one gets in: a key, a code.
    pub key_note: String,
    /// Deposit in cents.
    #[specta(type = i32)]
    pub deposit_cents: i64,
    /// When it is open, and in which turns.
    pub timetable: Timetable,
    /// Turns that are open to all.
    pub common_turns: Vec<CommonTurn>,
    /// What a booking must keep to.
    pub limits: Limits,
    /// It is not offered any more, but what was booked stands.
    pub retired: bool,
}

/// Whom a common turn is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Women.
    Women,
    /// Men.
    Men,
    /// Everybody.
    Mixed,
}

/// A turn that comes every week, is open to all of the house and cannot be booked (*lenkkisauna*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CommonTurn {
    /// Weekday, 0 for Monday.
    pub weekday: u32,
    /// From.
    pub from: Minutes,
    /// Until.
    pub to: Minutes,
    /// For whom.
    pub audience: Audience,
    /// From which day to which.
    pub valid: Validity,
}
