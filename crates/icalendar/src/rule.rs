//! Recurrence rules as they are written (RFC 5545 section 3.3.10).

use crate::value::Written;
use chrono::Weekday;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
    Secondly,
}

/// A weekday; with a number the so-manieth of its month or year, from the end where it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByDay {
    pub(crate) nth: Option<i16>,
    pub(crate) weekday: Weekday,
}

/// A rule. Negative days, weeks and positions count from the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) frequency: Frequency,
    /// At least 1.
    pub(crate) interval: i64,
    pub(crate) count: Option<u64>,
    pub(crate) until: Option<Written>,
    pub(crate) seconds: Vec<u32>,
    pub(crate) minutes: Vec<u32>,
    pub(crate) hours: Vec<u32>,
    pub(crate) days: Vec<ByDay>,
    pub(crate) month_days: Vec<i32>,
    pub(crate) year_days: Vec<i32>,
    pub(crate) weeks: Vec<i32>,
    pub(crate) months: Vec<u32>,
    pub(crate) positions: Vec<i32>,
    pub(crate) week_start: Weekday,
}

/// A rule, and whether parts of it were passed over because nobody knows what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadRule {
    pub(crate) rule: Rule,
    pub(crate) passed_over: bool,
}

impl Rule {
    /// A rule that says only how often.
    pub(crate) fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            seconds: Vec::new(),
            minutes: Vec::new(),
            hours: Vec::new(),
            days: Vec::new(),
            month_days: Vec::new(),
            year_days: Vec::new(),
            weeks: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        }
    }

    /// Reads a rule; nothing where a part that counts cannot be read.
    pub(crate) fn parse(text: &str) -> Option<ReadRule> {
        // Some programs escape what in this value needs no escape.
        let text = text.replace('\\', "").to_ascii_uppercase();
        let parts: Vec<(&str, &str)> = text
            .split(';')
            .filter(|part| !part.trim().is_empty())
            .map(|part| {
                part.split_once('=')
                    .map(|(name, value)| (name.trim(), value.trim()))
            })
            .collect::<Option<_>>()?;
        let (_, frequency) = parts.iter().find(|(name, _)| *name == "FREQ")?;
        let mut rule = Self::every(match *frequency {
            "YEARLY" => Frequency::Yearly,
            "MONTHLY" => Frequency::Monthly,
            "WEEKLY" => Frequency::Weekly,
            "DAILY" => Frequency::Daily,
            "HOURLY" => Frequency::Hourly,
            "MINUTELY" => Frequency::Minutely,
            "SECONDLY" => Frequency::Secondly,
            _ => return None,
        });
        let mut passed_over = false;
        for (name, value) in parts {
            match name {
                "FREQ" => {}
                // What is larger than any number here never comes a second time.
                "INTERVAL" => rule.interval = whole(value)?.clamp(1, i64::MAX as u64) as i64,
                "COUNT" => match whole(value) {
                    Some(count) => rule.count = Some(count),
                    // Some programs write so that there is none.
                    None if value == "-1" => passed_over = true,
                    None => return None,
                },
                "UNTIL" => rule.until = Some(Written::parse(value)?),
                "BYSECOND" => {
                    rule.seconds = numbers(value, 0, 60)?
                        .into_iter()
                        .map(|second: u32| second.min(59))
                        .collect();
                }
                "BYMINUTE" => rule.minutes = numbers(value, 0, 59)?,
                "BYHOUR" => rule.hours = numbers(value, 0, 23)?,
                "BYDAY" | "BYWEEKDAY" => rule.days = list(value, by_day)?,
                "BYMONTHDAY" => rule.month_days = signed(value, 31)?,
                "BYYEARDAY" => rule.year_days = signed(value, 366)?,
                "BYWEEKNO" => rule.weeks = signed(value, 53)?,
                "BYMONTH" => rule.months = numbers(value, 1, 12)?,
                "BYSETPOS" => rule.positions = signed(value, 366)?,
                "WKST" => rule.week_start = weekday(value)?,
                // Another calendar is another rule (RFC 7529); what is left out anyway may be said.
                "RSCALE" if value != "GREGORIAN" => return None,
                "SKIP" if value != "OMIT" => return None,
                "RSCALE" | "SKIP" => {}
                _ => passed_over = true,
            }
        }
        for list in [
            &mut rule.seconds,
            &mut rule.minutes,
            &mut rule.hours,
            &mut rule.months,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        Some(ReadRule { rule, passed_over })
    }

    /// Whether it says nothing but how often, so that each period has one instance.
    pub(crate) fn is_plain(&self) -> bool {
        self.seconds.is_empty()
            && self.minutes.is_empty()
            && self.hours.is_empty()
            && self.days.is_empty()
            && self.month_days.is_empty()
            && self.year_days.is_empty()
            && self.weeks.is_empty()
            && self.months.is_empty()
            && self.positions.is_empty()
    }
}

/// A number without sign; one that is too large is as large as can be.
fn whole(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(read)
        .collect()
}

fn numbers(text: &str, least: u32, most: u32) -> Option<Vec<u32>> {
    list(text, |part| {
        part.parse().ok().filter(|number| (least..=most).contains(number))
    })
}

/// Numbers from -`most` to `most` without nought.
fn signed(text: &str, most: i32) -> Option<Vec<i32>> {
    list(text, |part| {
        part.parse()
            .ok()
            .filter(|number: &i32| *number != 0 && (-most..=most).contains(number))
    })
}

fn by_day(text: &str) -> Option<ByDay> {
    let split = text.len().checked_sub(2)?;
    let (nth, day) = (text.get(..split)?.trim(), text.get(split..)?);
    let nth = match nth {
        "" => None,
        nth => Some(nth.parse().ok().filter(|nth: &i16| (-53..=53).contains(nth))?),
    };
    Some(ByDay {
        nth: nth.filter(|nth| *nth != 0),
        weekday: weekday(day)?,
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read() {
        let read = Rule::parse(
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,+2MO, TU;BYSETPOS=-1;WKST=SU;COUNT=9;BYMONTHDAY=-1;",
        )
        .unwrap();
        let day = |nth, weekday| ByDay { nth, weekday };
        assert_eq!(
            read.rule,
            Rule {
                interval: 2,
                days: vec![
                    day(Some(-1), Weekday::Fri),
                    day(Some(2), Weekday::Mon),
                    day(None, Weekday::Tue)
                ],
                positions: vec![-1],
                month_days: vec![-1],
                week_start: Weekday::Sun,
                count: Some(9),
                ..Rule::every(Frequency::Monthly)
            }
        );
        assert!(!read.passed_over);
    }

    #[test]
    fn odd_rules_are_read_and_wrong_ones_are_not() {
        for (text, read) in [
            (r"FREQ=DAILY\;UNTIL=20150722T080000Z\;", true),
            ("freq=daily;interval=0", true),
            ("FREQ=DAILY;COUNT=99999999999999999999999", true),
            ("FREQ=SECONDLY;BYSECOND=60", true),
            ("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", true),
            ("", false),
            ("FREQ=", false),
            ("FREQ=FORTNIGHTLY", false),
            ("COUNT=3", false),
            ("FREQ=DAILY;COUNT=-1", true),
            ("FREQ=DAILY;COUNT=-2", false),
            ("FREQ=DAILY;COUNT=", false),
            ("FREQ=DAILY;UNTIL=next week", false),
            ("FREQ=DAILY;BYHOUR=24", false),
            ("FREQ=DAILY;BYDAY=XX", false),
            ("FREQ=DAILY;BYDAY=€", false),
            ("FREQ=YEARLY;BYYEARDAY=0", false),
            ("RSCALE=CHINESE;FREQ=YEARLY", false),
            ("FREQ=DAILY;COUNT", false),
        ] {
            assert_eq!(Rule::parse(text).is_some(), read, "{text}");
        }
        assert!(Rule::parse("FREQ=WEEKLY;UNTL=20191023").unwrap().passed_over);
    }
}
