//! A zone of the tz database, written as a VTIMEZONE (RFC 5545 section 3.6.5).

use crate::write::Writer;
use crate::zone::add;
use chrono::{
    DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc, Weekday,
};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A change of offset, as a definition groups them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    daylight: bool,
    before: i32,
    after: i32,
    name: String,
}

/// How a change falls in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pattern {
    month: u32,
    weekday: Weekday,
    /// From the beginning of the month, or from its end where it is negative.
    nth: i32,
    time: NaiveTime,
}

/// Writes what a zone does in some years.
pub(crate) fn write_zone(writer: &mut Writer, zone: Tz, years: RangeInclusive<i32>) {
    writer.plain("BEGIN", "VTIMEZONE");
    writer.plain("TZID", zone.name());
    let mut groups: BTreeMap<Kind, Vec<NaiveDateTime>> = BTreeMap::new();
    for at in changes(zone, &years) {
        let kind = kind(zone, at);
        let wall = add(at.naive_utc(), kind.before);
        groups.entry(kind).or_default().push(wall);
    }
    if groups.is_empty() {
        let start = start_of(*years.start());
        groups.insert(kind(zone, start), vec![start.naive_utc()]);
    }
    for (kind, walls) in &groups {
        write_kind(writer, kind, walls, *years.end());
    }
    writer.plain("END", "VTIMEZONE");
}

fn write_kind(writer: &mut Writer, kind: &Kind, walls: &[NaiveDateTime], last_year: i32) {
    let component = if kind.daylight { "DAYLIGHT" } else { "STANDARD" };
    let part = |writer: &mut Writer, start: &NaiveDateTime| {
        writer.plain("BEGIN", component);
        writer.plain("DTSTART", local(*start));
        writer.plain("TZOFFSETFROM", offset(kind.before));
        writer.plain("TZOFFSETTO", offset(kind.after));
        writer.text("TZNAME", &kind.name);
    };
    // As far as the changes fall alike year after year, a rule says it.
    let mut rest = walls;
    while let Some(first) = rest.first() {
        let (count, pattern) = alike(rest);
        part(writer, first);
        if let Some(pattern) = pattern {
            let last = rest[count - 1];
            let until = if last.year() < last_year {
                format!(";UNTIL={}Z", local(add(last, -kind.before)))
            } else {
                String::new()
            };
            writer.plain(
                "RRULE",
                format!(
                    "FREQ=YEARLY;BYMONTH={};BYDAY={}{}{until}",
                    pattern.month,
                    pattern.nth,
                    weekday(pattern.weekday)
                ),
            );
        }
        writer.plain("END", component);
        rest = &rest[count..];
    }
}

/// How many changes from the first on fall alike in years that follow each other, and how; one alone has no pattern.
fn alike(walls: &[NaiveDateTime]) -> (usize, Option<Pattern>) {
    let mut best = (1, None);
    for from_end in [false, true] {
        let pattern = pattern(walls[0], from_end);
        let first = walls[0].year();
        let count = walls
            .iter()
            .zip(first..)
            .take_while(|(wall, year)| wall.year() == *year && self::pattern(**wall, from_end) == pattern)
            .count();
        if count > 1 && count >= best.0 {
            best = (count, Some(pattern));
        }
    }
    best
}

fn pattern(wall: NaiveDateTime, from_end: bool) -> Pattern {
    let day = wall.day() as i32;
    let nth = if from_end {
        let next = NaiveDate::from_ymd_opt(wall.year(), wall.month() % 12 + 1, 1);
        let days = next
            .and_then(|next| next.pred_opt())
            .map_or(31, |last| last.day() as i32);
        -((days - day) / 7 + 1)
    } else {
        (day - 1) / 7 + 1
    };
    Pattern {
        month: wall.month(),
        weekday: wall.weekday(),
        nth,
        time: wall.time(),
    }
}

fn start_of(year: i32) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN);
    date.and_time(NaiveTime::MIN).and_utc()
}

fn seconds(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc())
        .fix()
        .local_minus_utc()
}

fn kind(zone: Tz, at: DateTime<Utc>) -> Kind {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    Kind {
        daylight: !offset.dst_offset().is_zero(),
        before: seconds(zone, at - Duration::seconds(1)),
        after: seconds(zone, at),
        name: offset.abbreviation().unwrap_or_default().to_owned(),
    }
}

/// When a zone's offset changes in some years.
fn changes(zone: Tz, years: &RangeInclusive<i32>) -> Vec<DateTime<Utc>> {
    let (mut at, end) = (start_of(*years.start()), start_of(years.end() + 1));
    let mut found = Vec::new();
    while at < end {
        let next = at + Duration::days(1);
        if seconds(zone, at) != seconds(zone, next) {
            let (mut before, mut after) = (at, next);
            while after - before > Duration::seconds(1) {
                let middle = before + (after - before) / 2;
                // Whole seconds, as zones have them.
                let middle = DateTime::from_timestamp(middle.timestamp(), 0).unwrap_or(middle);
                if seconds(zone, middle) == seconds(zone, at) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            found.push(after);
        }
        at = next;
    }
    found
}

/// A time of any wall, as it is written.
pub(crate) fn local(time: NaiveDateTime) -> impl std::fmt::Display {
    time.format("%Y%m%dT%H%M%S")
}

/// A weekday, as it is written.
pub(crate) fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let (minutes, rest) = (seconds.abs() / 60, seconds.abs() % 60);
    let mut text = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
    if rest > 0 {
        text.push_str(&format!("{rest:02}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::property::Property;
    use crate::recurrence::Budget;
    use crate::text::lines;
    use crate::zone::Zone;
    use crate::zone_rules::own_zone;
    use std::sync::Arc;

    fn written(zone: Tz, years: RangeInclusive<i32>) -> String {
        let mut writer = Writer::default();
        write_zone(&mut writer, zone, years);
        writer.finish()
    }

    #[test]
    fn helsinki_is_two_rules() {
        assert_eq!(
            written(Tz::Europe__Helsinki, 2025..=2036),
            "BEGIN:VTIMEZONE\r\nTZID:Europe/Helsinki\r\n\
             BEGIN:STANDARD\r\nDTSTART:20251026T040000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nTZNAME:EET\r\n\
             RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n\
             BEGIN:DAYLIGHT\r\nDTSTART:20250330T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0300\r\nTZNAME:EEST\r\n\
             RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
        );
    }

    #[test]
    fn what_is_written_is_what_the_zone_does() {
        for (zone, years) in [
            (Tz::Europe__Helsinki, 1980..=2040),
            (Tz::America__New_York, 2000..=2030),
            (Tz::Australia__Lord_Howe, 2020..=2030),
            (Tz::Africa__Casablanca, 2019..=2035),
            (Tz::Asia__Tehran, 2015..=2028),
            (Tz::Asia__Kolkata, 2020..=2030),
            (Tz::UTC, 2020..=2030),
        ] {
            let text = written(zone, years.clone());
            let mut parts: Vec<Vec<Property>> = Vec::new();
            for line in lines(text.as_bytes()) {
                let property = Property::parse(line.number, &line.text).unwrap();
                match (property.name.as_str(), property.value.as_str()) {
                    ("BEGIN", "STANDARD" | "DAYLIGHT") => parts.push(Vec::new()),
                    _ => parts
                        .last_mut()
                        .into_iter()
                        .for_each(|part| part.push(property.clone())),
                }
            }
            let read = own_zone(parts.iter().map(Vec::as_slice), &mut Budget::new(1_000_000)).unwrap();
            let (own, known) = (Zone::Own(Arc::new(read)), Zone::Known(zone));
            let mut at = start_of(*years.start());
            while at < start_of(years.end() + 1) {
                assert_eq!(own.wall(at), known.wall(at), "{zone} {at}");
                at += Duration::minutes(61);
            }
        }
    }
}
