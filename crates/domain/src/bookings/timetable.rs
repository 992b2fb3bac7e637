//! When a resource is open, and in which turns.

use super::time::{Minutes, Span, YearPart, at};
use crate::calendar::{HolidayKind, HolidayName, holiday};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Hours of a day, the end not included. An end past 24.00 lies in the night that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Hours {
    /// From.
    pub from: Minutes,
    /// Until.
    pub to: Minutes,
}

/// What holds on a public holiday or an eve.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(tag = "on", content = "hours", rename_all = "snake_case")]
pub enum HolidayHours {
    /// What holds on that weekday anyway.
    #[default]
    AsWeekday,
    /// Closed.
    Closed,
    /// Hours of its own.
    Own(Vec<Hours>),
}

/// How the open hours are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Turns {
    /// One after another from the opening on, each of one length, with a pause after each.
    Fixed {
        /// Length of a turn in minutes.
        minutes: Minutes,
        /// Pause after it, for cleaning.
        buffer: Minutes,
    },
    /// From any of the starts, as long as is wanted.
    Free {
        /// Starts and lengths are multiples of so many minutes.
        step: Minutes,
        /// At least so many minutes.
        least: Minutes,
        /// At most so many minutes.
        most: Minutes,
        /// Pause after it, for cleaning.
        buffer: Minutes,
    },
    /// By the night.
    Nights {
        /// From when one may come.
        arrive: Minutes,
        /// Until when one leaves on the last day.
        leave: Minutes,
        /// At least so many nights.
        least: u16,
        /// At most so many nights.
        most: u16,
    },
}

impl Turns {
    /// Minutes that must stay free after a booking.
    pub fn buffer(&self) -> Minutes {
        match self {
            Self::Fixed { buffer, .. } | Self::Free { buffer, .. } => *buffer,
            Self::Nights { .. } => 0,
        }
    }
}

/// A timetable of a part of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Season {
    /// What the house calls it; empty for the usual one.
    pub name: String,
    /// Which part; nothing for the whole year.
    pub part: Option<YearPart>,
    /// Hours of each weekday, Monday first; nothing on a day without any.
    pub weekdays: [Vec<Hours>; 7],
    /// Public holidays.
    pub public_holidays: HolidayHours,
    /// The eves that are kept.
    pub eves: Vec<HolidayName>,
    /// What holds on them.
    pub eve_hours: HolidayHours,
    /// In which turns.
    pub turns: Turns,
}

/// When a resource is open: of its seasons the first that a day lies in holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct Timetable {
    /// In the order in which they are looked at: parts of the year before the usual one.
    pub seasons: Vec<Season>,
}

impl Timetable {
    /// What holds on a day.
    pub fn season(&self, date: NaiveDate) -> Option<&Season> {
        self.seasons
            .iter()
            .find(|season| season.part.is_none_or(|part| part.contains(date)))
    }

    /// When it is open on a day, in order.
    pub fn open(&self, date: NaiveDate) -> Vec<Span> {
        let Some(season) = self.season(date) else {
            return Vec::new();
        };
        let weekday = &season.weekdays[date.weekday().num_days_from_monday() as usize];
        let special = match holiday(date) {
            Some(day) if day.kind == HolidayKind::Public => &season.public_holidays,
            Some(day) if season.eves.contains(&day.name) => &season.eve_hours,
            _ => &HolidayHours::AsWeekday,
        };
        let hours = match special {
            HolidayHours::AsWeekday => weekday,
            HolidayHours::Closed => return Vec::new(),
            HolidayHours::Own(hours) => hours,
        };
        let mut open: Vec<Span> = hours
            .iter()
            .map(|hours| Span::of_day(date, hours.from, hours.to))
            .collect();
        open.sort_unstable();
        open
    }

    /// The day whose hours a time belongs to: after midnight it may be the evening before.
    pub fn day_of(&self, span: &Span) -> NaiveDate {
        let date = span.date();
        let within = |date: NaiveDate| self.open(date).iter().any(|open| open.contains(span));
        match date.pred_opt() {
            Some(evening) if !within(date) && within(evening) => evening,
            _ => date,
        }
    }

    /// The turns that begin on a day, in order: none where lengths are free. By the night there is one. Turns of an hour that the
    /// clocks leave out are none.
    pub fn turns(&self, date: NaiveDate, zone: Tz) -> Vec<Span> {
        let Some(season) = self.season(date) else {
            return Vec::new();
        };
        let mut turns = match season.turns {
            Turns::Free { .. } => Vec::new(),
            Turns::Fixed { minutes, buffer } => self
                .open(date)
                .iter()
                .flat_map(|open| divided(open, minutes, buffer))
                .collect(),
            Turns::Nights { arrive, leave, .. } => {
                let night = date.succ_opt().map(|next| Span {
                    start: at(date, arrive),
                    end: at(next, leave),
                });
                night
                    .filter(|_| !self.open(date).is_empty())
                    .into_iter()
                    .collect()
            }
        };
        turns.retain(|turn| turn.exists(zone));
        turns
    }
}

/// The turns of a day's hours as minutes of the day, in order; none where lengths are free or it goes by the night.
pub(super) fn divided_minutes(hours: &[Hours], turns: &Turns) -> Vec<(Minutes, Minutes)> {
    let Turns::Fixed { minutes, buffer } = *turns else {
        return Vec::new();
    };
    let day = NaiveDate::default();
    let begin = at(day, 0);
    let of_day = |time: chrono::NaiveDateTime| (time - begin).num_minutes() as Minutes;
    let mut found: Vec<_> = hours
        .iter()
        .flat_map(|hours| divided(&Span::of_day(day, hours.from, hours.to), minutes, buffer))
        .map(|turn| (of_day(turn.start), of_day(turn.end)))
        .collect();
    found.sort_unstable();
    found
}

fn divided(open: &Span, minutes: Minutes, buffer: Minutes) -> impl Iterator<Item = Span> + use<> {
    let (end, length) = (open.end, chrono::Duration::minutes(minutes.into()));
    let step = chrono::Duration::minutes((minutes + buffer).max(1).into());
    std::iter::successors(Some(open.start), move |start| start.checked_add_signed(step))
        .map(move |start| Span {
            start,
            end: start + length,
        })
        .take_while(move |turn| minutes > 0 && turn.end <= end)
}
