//! How turns went, as the list on the door tells afterwards.

use crate::id::{ResourceId, derived};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

/// How a turn went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Whoever had it came.
    Used,
    /// Nobody came.
    NoShow,
}

impl Outcome {
    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::NoShow => "no_show",
        }
    }

    /// The outcome of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Used, Self::NoShow]
            .into_iter()
            .find(|outcome| outcome.as_str() == code)
    }
}

/// How one turn of a resource went: of a standing shift or of a single booking, whose status says the same then. Its id derives
/// from resource and beginning, so that there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TurnMark {
    /// Of what.
    pub resource: ResourceId,
    /// When the turn began, on the wall.
    pub start: NaiveDateTime,
    /// How it went.
    pub outcome: Outcome,
}

impl TurnMark {
    /// The row's id.
    pub fn id(resource: ResourceId, start: NaiveDateTime) -> Uuid {
        let start = start.format("%Y-%m-%dT%H:%M").to_string();
        derived("turn_mark", &[resource.0.as_bytes(), start.as_bytes()])
    }
}
