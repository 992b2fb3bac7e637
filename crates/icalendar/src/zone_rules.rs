//! A VTIMEZONE as a table of offsets (RFC 5545 section 3.6.5).

use crate::property::Property;
use crate::recurrence::{Asked, Budget, times};
use crate::rule::Rule;
use crate::value::Written;
use crate::zone::{Onset, OwnZone, add};
use chrono::{NaiveDate, NaiveDateTime};

/// Rules are worked out until then.
const LAST: NaiveDateTime = match NaiveDate::from_ymd_opt(2200, 1, 1) {
    Some(date) => date.and_time(chrono::NaiveTime::MIN),
    None => NaiveDateTime::MAX,
};

/// A zone has two changes a year; more in all than this has none.
const MOST_ONSETS: usize = 5000;

/// Works a definition out from its STANDARD and DAYLIGHT parts; nothing where none of them can be read.
pub(crate) fn own_zone<'a>(
    parts: impl Iterator<Item = &'a [Property]>,
    budget: &mut Budget,
) -> Option<OwnZone> {
    let mut onsets = Vec::new();
    for part in parts {
        onsets_of(part, &mut onsets, budget);
    }
    onsets.sort_unstable();
    onsets.dedup();
    let first = onsets.first()?.before;
    Some(OwnZone { first, onsets })
}

fn onsets_of(part: &[Property], onsets: &mut Vec<Onset>, budget: &mut Budget) -> Option<()> {
    let value = |name: &str| {
        part.iter()
            .find(|property| property.name == name)
            .map(|found| found.value.as_str())
    };
    let start = Written::parse(value("DTSTART")?)?.wall();
    let after = offset(value("TZOFFSETTO")?)?;
    let before = value("TZOFFSETFROM").and_then(offset).unwrap_or(after);
    let instant = |wall: NaiveDateTime| add(wall, -before).and_utc();
    let mut begins = |wall: NaiveDateTime| {
        if onsets.len() < MOST_ONSETS {
            onsets.push(Onset {
                at: instant(wall),
                before,
                after,
            });
        }
    };
    begins(start);
    let dates = part.iter().filter(|property| property.name == "RDATE");
    for date in dates.flat_map(|dates| dates.value.split(',')) {
        match Written::parse(date.split('/').next().unwrap_or(date)) {
            Some(Written::Utc(instant)) => begins(add(instant, before)),
            Some(written) => begins(written.wall()),
            None => {}
        }
    }
    for rule in part.iter().filter(|property| property.name == "RRULE") {
        let Some(read) = Rule::parse(&rule.value) else {
            continue;
        };
        let asked = Asked {
            start,
            is_date: false,
            from: start,
            to: LAST,
            instant: Some(&instant),
        };
        times(&read.rule, &asked, budget)
            .take(MOST_ONSETS)
            .for_each(&mut begins);
    }
    Some(())
}

/// A UTC-OFFSET in seconds east.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => (1, text),
    };
    let digits = digits.replace(':', "");
    let part = |from: usize| -> Option<i32> {
        match digits.get(from..from + 2) {
            Some(part) => part.parse().ok().filter(|number| (0..60).contains(number)),
            None => (digits.len() <= from).then_some(0),
        }
    };
    let (hours, minutes, seconds) = (digits.get(..2)?.parse::<i32>().ok()?, part(2)?, part(4)?);
    ((0..24).contains(&hours) && digits.len() <= 6).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;
    use chrono::Duration;
    use chrono_tz::Tz;
    use std::sync::Arc;

    #[test]
    fn offsets_are_read() {
        for (text, expected) in [
            ("+0200", Some(7200)),
            ("-0330", Some(-12_600)),
            ("+02:00", Some(7200)),
            ("+013949", Some(5989)),
            ("+02", Some(7200)),
            ("0200", Some(7200)),
            ("+2400", None),
            ("+0260", None),
            ("+020", None),
            ("", None),
            ("+ä", None),
        ] {
            assert_eq!(offset(text), expected, "{text}");
        }
    }

    fn part(lines: &[&str]) -> Vec<Property> {
        lines
            .iter()
            .map(|line| Property::parse(1, line).unwrap())
            .collect()
    }

    #[test]
    fn a_definition_says_what_the_tz_database_says() {
        let parts = [
            part(&[
                "TZOFFSETFROM:+0200",
                "TZOFFSETTO:+0300",
                "DTSTART:19810329T030000",
                "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            ]),
            part(&[
                "TZOFFSETFROM:+0300",
                "TZOFFSETTO:+0200",
                "DTSTART:19961027T040000",
                "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
            ]),
        ];
        let mut budget = Budget::new(1_000_000);
        let zone = own_zone(parts.iter().map(Vec::as_slice), &mut budget).unwrap();
        let (own, helsinki) = (Zone::Own(Arc::new(zone)), Zone::Known(Tz::Europe__Helsinki));
        let mut wall: NaiveDateTime = "1997-01-01T00:15:00".parse().unwrap();
        // A step that meets every hour of the day in turn.
        while wall.date() < NaiveDate::from_ymd_opt(2037, 1, 1).unwrap() {
            assert_eq!(own.instant(wall), helsinki.instant(wall), "{wall}");
            wall += Duration::minutes(31 * 60 + 30);
        }
        assert!(!budget.spent);
    }

    #[test]
    fn rules_end_in_utc_and_dates_come_besides() {
        let parts = [
            part(&[
                "TZOFFSETFROM:+0200",
                "TZOFFSETTO:+0300",
                "DTSTART:20200329T030000",
                "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20210328T010000Z",
            ]),
            part(&[
                "TZOFFSETFROM:+0300",
                "TZOFFSETTO:+0200",
                "DTSTART:20201025T040000",
                "RDATE:20211031T040000,20220101T000000",
            ]),
            part(&["TZOFFSETTO:+0500"]),
        ];
        let mut budget = Budget::new(1_000_000);
        let zone = own_zone(parts.iter().map(Vec::as_slice), &mut budget).unwrap();
        let onsets: Vec<String> = zone.onsets.iter().map(|onset| onset.at.to_rfc3339()).collect();
        assert_eq!(
            onsets,
            [
                "2020-03-29T01:00:00+00:00",
                "2020-10-25T01:00:00+00:00",
                "2021-03-28T01:00:00+00:00",
                "2021-10-31T01:00:00+00:00",
                "2021-12-31T21:00:00+00:00",
            ]
        );
    }

    #[test]
    fn no_definition_runs_long() {
        let hostile = part(&[
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0300",
            "DTSTART:00010101T000000",
            "RRULE:FREQ=SECONDLY",
        ]);
        let mut budget = Budget::new(100_000);
        let zone = own_zone([hostile.as_slice()].into_iter(), &mut budget).unwrap();
        assert!(zone.onsets.len() <= MOST_ONSETS);
    }
}
