//! Wall-clock time: minutes of a day, weeks from Monday, and instants on both nights when the clocks move.

use chrono::{DateTime, Datelike, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Minutes since midnight. Past 24.00 they belong to the night that follows.
pub type Minutes = u16;

/// Minutes of a whole day.
pub const DAY: Minutes = 24 * 60;

/// Longest that anything is taken for at once, in days, whatever the rules say.
pub const LONGEST_DAYS: i64 = 366;

/// A day of the year that comes every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl MonthDay {
    /// A date's place in its year.
    pub fn of(date: NaiveDate) -> Self {
        Self {
            month: date.month(),
            day: date.day(),
        }
    }
}

/// Part of a year that comes every year, both ends included; it may reach over the new year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct YearPart {
    /// First day.
    pub from: MonthDay,
    /// Last day. 29 February is the last of the month in other years too.
    pub to: MonthDay,
}

impl YearPart {
    /// Whether a date lies in it.
    pub fn contains(&self, date: NaiveDate) -> bool {
        let day = MonthDay::of(date);
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }
}

/// Days from one to another, both included; an open end holds for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct Validity {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Whether a date lies in it.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

/// A piece of wall-clock time, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct Span {
    /// Its beginning.
    pub start: NaiveDateTime,
    /// Its end.
    pub end: NaiveDateTime,
}

impl Span {
    /// From minutes of a day to minutes of the same day.
    pub fn of_day(date: NaiveDate, from: Minutes, to: Minutes) -> Self {
        Self {
            start: at(date, from),
            end: at(date, to),
        }
    }

    /// Whether two have any moment in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether another lies within.
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Its length as the clock on the wall shows it.
    pub fn minutes(&self) -> i64 {
        (self.end - self.start).num_minutes()
    }

    /// The day it begins on.
    pub fn date(&self) -> NaiveDate {
        self.start.date()
    }

    /// Whether any time passes in it: on the night when the clocks go forward an hour of the wall never comes.
    pub fn exists(&self, zone: Tz) -> bool {
        instant(self.start, zone) < instant(self.end, zone)
    }
}

/// A time of a day on the wall.
pub fn at(date: NaiveDate, minutes: Minutes) -> NaiveDateTime {
    date.and_time(chrono::NaiveTime::MIN) + Duration::minutes(minutes.into())
}

/// The instant at which a clock on the wall shows a time. Of the hour that comes twice the first is meant, and a time that never
/// comes is as far from the time before the gap as it looks: so turns that follow each other on the wall follow each other in fact.
pub fn instant(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
        LocalResult::None => {
            let before = wall - Duration::hours(3);
            let known = zone.from_local_datetime(&before).earliest();
            known.map_or_else(|| wall.and_utc(), |time| time.to_utc() + Duration::hours(3))
        }
    }
}

/// What a clock on the wall shows at an instant.
pub fn wall(instant: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}

/// Monday of a date's week.
pub fn monday(date: NaiveDate) -> NaiveDate {
    let days = Days::new(date.weekday().num_days_from_monday().into());
    date.checked_sub_days(days).unwrap_or(date)
}

/// The dates from one to another, both included.
pub fn dates(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |date| *date <= to)
}
