//! Until when a booking may be taken back or moved for nothing.

use super::booking::Booking;
use super::limits::{Deadline, OfficeHours};
use super::resource::Resource;
use super::time::at;
use crate::calendar::{HolidayKind, holiday};
use chrono::{Datelike, Duration, NaiveDateTime};

/// Days that are looked through for an open office: a week, and the longest run of holidays.
const OFFICE_DAYS: usize = 14;

/// When something that arrives now counts as arrived.
pub fn arrives(office: Option<&OfficeHours>, now: NaiveDateTime) -> NaiveDateTime {
    let Some(office) = office else { return now };
    now.date()
        .iter_days()
        .take(OFFICE_DAYS)
        .filter(|date| {
            office.weekdays[date.weekday().num_days_from_monday() as usize]
                && holiday(*date).is_none_or(|day| day.kind != HolidayKind::Public)
        })
        .map(|date| (at(date, office.from), at(date, office.to)))
        .find(|(_, closes)| now < *closes)
        .map_or(now, |(opens, _)| now.max(opens))
}

/// Whether a deadline before a start is kept by what arrives now.
pub fn in_time(deadline: Option<&Deadline>, start: NaiveDateTime, now: NaiveDateTime) -> bool {
    let (minutes, office) =
        deadline.map_or((0, None), |deadline| (deadline.minutes, deadline.office.as_ref()));
    arrives(office, now) <= start - Duration::minutes(minutes.into())
}

/// Whether a booking can be cancelled now without a fee.
pub fn cancels_free(resource: &Resource, booking: &Booking, now: NaiveDateTime) -> bool {
    in_time(resource.limits.cancel.as_ref(), booking.span.start, now)
}

/// Whether a booking can be moved now.
pub fn may_move(resource: &Resource, booking: &Booking, now: NaiveDateTime) -> bool {
    let limits = &resource.limits;
    let deadline = limits.change.as_ref().or(limits.cancel.as_ref());
    in_time(deadline, booking.span.start, now)
}
