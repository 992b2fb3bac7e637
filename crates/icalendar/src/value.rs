//! Dates, times and durations as iCalendar writes them (RFC 5545 section 3.3).

use chrono::{Days, Duration, NaiveDate, NaiveDateTime, NaiveTime};

/// A DATE or DATE-TIME as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// A day.
    Date(NaiveDate),
    /// A time without a zone of its own.
    Local(NaiveDateTime),
    /// A time in UTC.
    Utc(NaiveDateTime),
}

impl Written {
    /// Reads a value. Hyphens and colons of ISO 8601 are passed over, missing seconds are none, and the sixtieth is the one before
    /// it, for a clock here has no leap seconds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain: String = text
            .trim()
            .chars()
            .filter(|sign| !matches!(sign, '-' | ':' | '\\'))
            .collect();
        let (date, time) = match plain.split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (plain.as_str(), None),
        };
        let date = day(date)?;
        let Some(time) = time else {
            return Some(Self::Date(date));
        };
        let (time, utc) = match time.strip_suffix(['Z', 'z']) {
            Some(time) => (time, true),
            None => (time, false),
        };
        let hours = number(time, 0, 2)?;
        let minutes = number(time, 2, 4)?;
        let seconds = match time.len() {
            4 => 0,
            6 => number(time, 4, 6)?,
            _ => return None,
        };
        let at = if (hours, minutes, seconds) == (24, 0, 0) {
            date.succ_opt()?.and_time(NaiveTime::MIN)
        } else {
            date.and_hms_opt(hours, minutes, if seconds == 60 { 59 } else { seconds })?
        };
        Some(if utc { Self::Utc(at) } else { Self::Local(at) })
    }

    /// The time, or midnight of the day, as it is written.
    pub(crate) fn wall(self) -> NaiveDateTime {
        match self {
            Self::Date(date) => date.and_time(NaiveTime::MIN),
            Self::Local(time) | Self::Utc(time) => time,
        }
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 {
        return None;
    }
    let year = number(text, 0, 4).filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year as i32, number(text, 4, 6)?, number(text, 6, 8)?)
}

fn number(text: &str, from: usize, to: usize) -> Option<u32> {
    let digits = text.get(from..to)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// A DURATION: days are those of the calendar, hours pass by the clock (RFC 5545 section 3.8.5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Length {
    /// Days on the calendar.
    pub(crate) days: i64,
    /// Seconds beside them.
    pub(crate) seconds: i64,
}

/// No event here lasts longer: a hundred years.
const LONGEST_DAYS: i64 = 36_525;

impl Length {
    /// Reads a value.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let (sign, rest) = match text.as_bytes().first()? {
            b'-' => (-1, &text[1..]),
            b'+' => (1, &text[1..]),
            _ => (1, text.as_str()),
        };
        let mut length = Self::default();
        let (mut digits, mut in_time, mut parts) = (String::new(), false, 0);
        for sign in rest.strip_prefix('P')?.chars() {
            if sign.is_ascii_digit() {
                digits.push(sign);
                continue;
            }
            if sign == 'T' && digits.is_empty() && !in_time {
                in_time = true;
                continue;
            }
            let count: i64 = digits.parse().ok()?;
            digits.clear();
            let seconds = |unit: i64| count.checked_mul(unit);
            match (sign, in_time) {
                ('W', false) => length.days = length.days.checked_add(count.checked_mul(7)?)?,
                ('D', false) => length.days = length.days.checked_add(count)?,
                ('H', true) => length.seconds = length.seconds.checked_add(seconds(3600)?)?,
                ('M', true) => length.seconds = length.seconds.checked_add(seconds(60)?)?,
                ('S', true) => length.seconds = length.seconds.checked_add(count)?,
                _ => return None,
            }
            parts += 1;
        }
        let possible = length.days <= LONGEST_DAYS && length.seconds <= LONGEST_DAYS * 86_400;
        (parts > 0 && digits.is_empty() && possible).then_some(Self {
            days: sign * length.days,
            seconds: sign * length.seconds,
        })
    }

    /// Of so many seconds.
    pub(crate) fn seconds(seconds: i64) -> Self {
        Self { days: 0, seconds }
    }

    /// Its days added to a time on a wall.
    pub(crate) fn days_after(self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        let days = Days::new(self.days.unsigned_abs());
        if self.days < 0 {
            wall.checked_sub_days(days)
        } else {
            wall.checked_add_days(days)
        }
    }

    /// Its seconds.
    pub(crate) fn rest(self) -> Duration {
        Duration::seconds(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let at = |hours, minutes, seconds| date.and_hms_opt(hours, minutes, seconds).unwrap();
        for (text, expected) in [
            ("20260329", Some(Written::Date(date))),
            ("2026-03-29", Some(Written::Date(date))),
            ("20260329T033000", Some(Written::Local(at(3, 30, 0)))),
            ("20260329T0330", Some(Written::Local(at(3, 30, 0)))),
            ("20260329t033000z", Some(Written::Utc(at(3, 30, 0)))),
            ("2026-03-29T03:30:00Z", Some(Written::Utc(at(3, 30, 0)))),
            ("20260329T235960", Some(Written::Local(at(23, 59, 59)))),
            (
                "20260328T240000",
                Some(Written::Local(date.and_time(NaiveTime::MIN))),
            ),
            ("20260230", None),
            ("20260329T250000", None),
            ("20260329T", None),
            ("20260329T03", None),
            ("00000101", None),
            ("2026032９", None),
            ("", None),
            ("--T::", None),
        ] {
            assert_eq!(Written::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn durations_keep_days_and_hours_apart() {
        let length = |days, seconds| Some(Length { days, seconds });
        for (text, expected) in [
            ("P1D", length(1, 0)),
            ("P2W", length(14, 0)),
            ("PT1H30M", length(0, 5400)),
            ("P1DT12H", length(1, 43_200)),
            ("-PT15M", length(0, -900)),
            ("+pt5s", length(0, 5)),
            ("P", None),
            ("PT", None),
            ("P1H", None),
            ("PT1D", None),
            ("P99999999999D", None),
            ("PT99999999999999999999S", None),
            ("1H", None),
            ("P1", None),
        ] {
            assert_eq!(Length::parse(text), expected, "{text}");
        }
    }
}
