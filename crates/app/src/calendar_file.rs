//! Calendar files of other programs (.ics), read.

use crate::{Problem, Result};
use chrono::{DateTime, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use kiulu_domain::bookings::time::{Span, instant};
use kiulu_domain::organisation::day_in;
use kiulu_icalendar::{Feed, Found, Occurrence, Refusal, UnreadLine, When, read};
use kiulu_store::{Source, SystemSource};
use serde::Serialize;
use specta::Type;
use std::path::Path;

/// A file larger than this is none of a calendar; so much is read at most.
const LARGEST: u64 = 32 << 20;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotACalendar => Self::CalendarForeign,
            Refusal::TooLarge => Self::CalendarTooLarge,
        }
    }
}

/// A time at which an event of a file happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FeedTime {
    /// What the event's program calls it by; empty where it has no name.
    pub uid: String,
    /// Number of the event's first line; nothing for a time that the file has no more.
    pub line: Option<u32>,
    /// What the event is.
    pub summary: String,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// It is whole days.
    pub all_day: bool,
    /// It does not take place.
    pub cancelled: bool,
}

/// What happens in a calendar file, and what of it could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FeedTimes {
    /// By their beginning.
    pub times: Vec<FeedTime>,
    /// By their lines.
    pub unread: Vec<UnreadLine>,
}

/// The days of a file that are looked at, the second not included: a year from today on, as far as nothing else is said.
pub fn calendar_file_days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> (NaiveDate, NaiveDate) {
    let from = from.unwrap_or_else(|| day_in("", SystemSource.now()));
    let year = || from.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
    (from, to.unwrap_or_else(year))
}

/// Reads a calendar file; times without a zone are `home`'s.
///
/// # Errors
/// [`Problem::CalendarForeign`], [`Problem::CalendarTooLarge`] and those of the disk.
pub(crate) fn read_file(path: &Path, home: Tz) -> Result<Feed> {
    if std::fs::metadata(path)?.len() > LARGEST {
        return Err(Problem::CalendarTooLarge);
    }
    Ok(read(&std::fs::read(path)?, home)?)
}

/// What happens in a calendar file from one day on, another not included, without an organisation.
///
/// # Errors
/// Those of the disk; [`Problem::CalendarForeign`], [`Problem::CalendarTooLarge`].
pub fn calendar_file_times(path: &Path, home: Tz, from: NaiveDate, to: NaiveDate) -> Result<FeedTimes> {
    listed(&read_file(path, home)?, from, to)
}

pub(crate) fn listed(feed: &Feed, from: NaiveDate, to: NaiveDate) -> Result<FeedTimes> {
    let found = feed.occurrences(from, to);
    Ok(FeedTimes {
        times: found.occurrences.iter().map(FeedTime::of).collect(),
        unread: unread(feed, &found),
    })
}

/// What could not be read of a file, and of its times, by lines.
pub(crate) fn unread(feed: &Feed, found: &Found<'_>) -> Vec<UnreadLine> {
    let mut unread = feed.unread.clone();
    unread.extend(
        found
            .unread
            .iter()
            .filter(|line| !feed.unread.contains(line))
            .cloned(),
    );
    unread.sort_by_key(|unread| unread.line);
    unread
}

impl FeedTime {
    pub(crate) fn of(one: &Occurrence<'_>) -> Self {
        Self {
            uid: one.event.uid.clone(),
            line: Some(one.event.line),
            summary: one.event.summary.clone(),
            start: one.start,
            end: one.end,
            all_day: matches!(one.when, When::Days { .. }),
            cancelled: one.cancelled,
        }
    }

    /// A time that a file had once.
    pub(crate) fn gone(uid: String, span: &Span, zone: Tz) -> Self {
        Self {
            uid,
            line: None,
            summary: String::new(),
            start: instant(span.start, zone),
            end: instant(span.end, zone),
            all_day: false,
            cancelled: true,
        }
    }
}
