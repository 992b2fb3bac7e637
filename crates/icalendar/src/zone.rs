//! Zones: of the tz database, or as the file itself defines them in a VTIMEZONE (RFC 5545 section 3.6.5).

use crate::windows_zones::iana_name;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use kiulu_domain::bookings::time;
use std::sync::Arc;

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Of the tz database.
    Known(Tz),
    /// Of the file.
    Own(Arc<OwnZone>),
}

impl Zone {
    /// Universal time.
    pub(crate) const UTC: Self = Self::Known(Tz::UTC);

    /// The instant of a time on its wall. One that never comes counts with the offset before the gap, and of one that comes twice
    /// the first is meant (RFC 5545 section 3.3.5).
    pub(crate) fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Known(zone) => time::instant(wall, *zone),
            Self::Own(zone) => zone.instant(wall),
        }
    }

    /// What its wall shows at an instant.
    pub(crate) fn wall(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Known(zone) => time::wall(instant, *zone),
            Self::Own(zone) => zone.wall(instant),
        }
    }

    /// A zone by its name in the tz database.
    pub(crate) fn of_database(name: &str) -> Option<Self> {
        known(name.trim()).map(Self::Known)
    }

    /// The zone that a name means without a definition: a name of the tz database, also behind a registry's prefix, one of
    /// Windows, or one that says its offset.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let name = name.trim();
        known(name)
            .or_else(|| iana_name(name).and_then(known))
            .or_else(|| behind_prefix(name))
            .map(Self::Known)
            .or_else(|| offset_in(name).map(Self::fixed))
    }

    /// A zone that never changes its offset, in seconds east.
    fn fixed(offset: i32) -> Self {
        Self::Own(Arc::new(OwnZone {
            first: offset,
            onsets: Vec::new(),
        }))
    }
}

fn known(name: &str) -> Option<Tz> {
    name.parse().ok().or_else(|| {
        let mut zones = TZ_VARIANTS.iter().copied();
        zones.find(|zone| zone.name().eq_ignore_ascii_case(name))
    })
}

/// What a registry's name ends with, as "/citadel.org/20250809_1/Europe/Helsinki" does.
fn behind_prefix(name: &str) -> Option<Tz> {
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
    // A registry's name begins with a slash, and then nothing of it need be left out.
    let most = if name.starts_with('/') {
        parts.len()
    } else {
        parts.len().saturating_sub(1)
    };
    (1..=3.min(most))
        .rev()
        .find_map(|count| known(&parts[parts.len() - count..].join("/")))
}

/// The offset that a name states, as "UTC+2", "GMT+0200" or "(UTC+02:00) Helsinki" do, in seconds east.
fn offset_in(name: &str) -> Option<i32> {
    let upper = name.to_ascii_uppercase();
    let rest = ["UTC", "GMT"].iter().find_map(|mark| {
        let place = upper.find(mark)?;
        // Only where the name begins with it: elsewhere it is a word.
        let begins = upper[..place].bytes().all(|byte| byte == b'(');
        upper.get(place + mark.len()..).filter(|_| begins)
    })?;
    let rest = rest.trim_start();
    let sign = match rest.bytes().next() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        None | Some(b')') => return Some(0),
        Some(_) => return None,
    };
    let stated = rest[1..].split([')', ' ']).next()?;
    let digits = stated.replace(':', "");
    let plain = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = match digits.len() {
        1 | 2 if plain => (digits.as_str(), "0"),
        3 | 4 if plain => digits.split_at(digits.len() - 2),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

/// A zone as the file defines it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OwnZone {
    /// Offset before the first onset, in seconds east.
    pub(crate) first: i32,
    /// When another offset begins, in order.
    pub(crate) onsets: Vec<Onset>,
}

/// The beginning of an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Onset {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Offset before it, in seconds east.
    pub(crate) before: i32,
    /// Offset from it on.
    pub(crate) after: i32,
}

impl OwnZone {
    fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        let passed = self.onsets.partition_point(|onset| {
            let later = onset.before.max(onset.after);
            add(onset.at.naive_utc(), later) <= wall
        });
        let offset = passed
            .checked_sub(1)
            .map_or(self.first, |last| self.onsets[last].after);
        add(wall, -offset).and_utc()
    }

    fn wall(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        let passed = self.onsets.partition_point(|onset| onset.at <= instant);
        let offset = passed
            .checked_sub(1)
            .map_or(self.first, |last| self.onsets[last].after);
        add(instant.naive_utc(), offset)
    }
}

/// A time so many seconds later.
pub(crate) fn add(time: NaiveDateTime, seconds: i32) -> NaiveDateTime {
    time.checked_add_signed(Duration::seconds(seconds.into()))
        .unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_zones() {
        for (name, expected) in [
            ("Europe/Helsinki", Some("Europe/Helsinki")),
            ("europe/helsinki", Some("Europe/Helsinki")),
            ("/citadel.org/20250809_1/Europe/Helsinki", Some("Europe/Helsinki")),
            (
                "/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires",
                Some("America/Argentina/Buenos_Aires"),
            ),
            ("/Europe/Helsinki", Some("Europe/Helsinki")),
            ("FLE Standard Time", Some("Europe/Kiev")),
            ("W. Europe Standard Time", Some("Europe/Berlin")),
            ("tzone://Microsoft/Utc", Some("UTC")),
            ("Saunan aika", None),
        ] {
            let found = Zone::of_name(name);
            let expected = expected.map(|name| Zone::Known(name.parse().unwrap()));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn names_state_offsets() {
        for (name, minutes) in [
            ("UTC+2", Some(120)),
            ("GMT-0530", Some(-330)),
            ("(UTC+02:00) Helsinki, Kyiv", Some(120)),
            ("(UTC) Coordinated Universal Time", Some(0)),
            ("UTC+99", None),
            ("Aika UTC+2", None),
            ("UTC kesä", None),
            ("GMT-05.00/-04.00", None),
            ("GMT+", None),
        ] {
            assert_eq!(
                offset_in(name),
                minutes.map(|minutes: i32| minutes * 60),
                "{name}"
            );
        }
    }

    #[test]
    fn own_zones_take_both_nights_as_helsinki_does() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let own = Zone::Own(Arc::new(OwnZone {
            first: 7200,
            onsets: vec![
                Onset {
                    at: at("2026-03-29T01:00:00Z"),
                    before: 7200,
                    after: 10_800,
                },
                Onset {
                    at: at("2026-10-25T01:00:00Z"),
                    before: 10_800,
                    after: 7200,
                },
            ],
        }));
        let helsinki = Zone::Known(Tz::Europe__Helsinki);
        for day in ["2026-03-29", "2026-10-25", "2026-07-01", "2026-12-24"] {
            let midnight: NaiveDateTime = format!("{day}T00:00:00").parse().unwrap();
            for minutes in 0..24 * 60 {
                let wall = midnight + Duration::minutes(minutes);
                assert_eq!(own.instant(wall), helsinki.instant(wall), "{wall}");
                let instant = wall.and_utc();
                assert_eq!(own.wall(instant), helsinki.wall(instant), "{instant}");
            }
        }
    }
}
