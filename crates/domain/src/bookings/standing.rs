//! Standing shifts (*vakiovuorot*): a flat has the same turn every week or every few weeks.

use super::time::{Minutes, Span, Validity, monday};
use crate::id::{FlatId, ResourceId, StandingShiftId, derived};
use chrono::{Datelike, Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A flat's turn that comes again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StandingShift {
    /// Row id.
    pub id: StandingShiftId,
    /// Of what.
    pub resource: ResourceId,
    /// Whose.
    pub flat: FlatId,
    /// Weekday, 0 for Monday.
    pub weekday: u32,
    /// From.
    pub from: Minutes,
    /// Until.
    pub to: Minutes,
    /// First and last day.
    pub valid: Validity,
    /// Every so many weeks, counted from the week of the first day.
    pub every_weeks: u32,
    /// Days on which it rests.
    pub pauses: Vec<Validity>,
    /// Free text.
    pub note: String,
}

impl StandingShift {
    /// Its turn on a day, whether or not it was skipped.
    pub fn on(&self, date: NaiveDate) -> Option<Span> {
        let comes = self.holds(date) && !self.pauses.iter().any(|pause| pause.contains(date));
        comes.then(|| Span::of_day(date, self.from, self.to))
    }

    /// Whether the turn of a day is the flat's, though it may rest.
    pub(super) fn holds(&self, date: NaiveDate) -> bool {
        date.weekday().num_days_from_monday() == self.weekday
            && self.valid.contains(date)
            && self.is_its_week(date)
    }

    /// The day that one of its turns is counted to: after midnight the evening before.
    pub fn day_of(&self, turn: &Span) -> NaiveDate {
        (turn.start - Duration::minutes(self.from.into())).date()
    }

    pub(super) fn is_its_week(&self, date: NaiveDate) -> bool {
        let Some(first) = self.valid.from.filter(|_| self.every_weeks > 1) else {
            return true;
        };
        let weeks = (monday(date) - monday(first)).num_days() / 7;
        weeks.rem_euclid(self.every_weeks.into()) == 0
    }
}

/// Why a standing shift does not come on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The flat gave the turn up for that day.
    GivenUp,
    /// Another booking was there first.
    Yielded,
}

impl SkipReason {
    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GivenUp => "given_up",
            Self::Yielded => "yielded",
        }
    }

    /// The reason of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::GivenUp, Self::Yielded]
            .into_iter()
            .find(|reason| reason.as_str() == code)
    }
}

/// A day on which a standing shift does not come. Its id derives from shift and day, so that there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SkippedTurn {
    /// Which shift.
    pub shift: StandingShiftId,
    /// The day.
    pub date: NaiveDate,
    /// Why.
    pub reason: SkipReason,
}

impl SkippedTurn {
    /// The row's id.
    pub fn id(shift: StandingShiftId, date: NaiveDate) -> uuid::Uuid {
        derived("skipped_turn", &[shift.0.as_bytes(), date.to_string().as_bytes()])
    }
}
