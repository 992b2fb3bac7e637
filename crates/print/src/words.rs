//! What papers say, and how each language writes days, times, lengths and money.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use kiulu_domain::bookings::time::{DAY, Minutes};
use kiulu_domain::bookings::timetable::Hours;
use kiulu_domain::calendar::HolidayName;
use kiulu_domain::organisation::Language;
use serde_json::Value;
use std::sync::LazyLock;

/// Between a number and what it counts.
const NBSP: char = '\u{a0}';

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Words(&'static Value);

/// `words.*.json` by [`Language`].
static FILES: LazyLock<[Value; 3]> = LazyLock::new(|| {
    [
        include_str!("../../../assets/print/words.fi.json"),
        include_str!("../../../assets/print/words.sv.json"),
        include_str!("../../../assets/print/words.en.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap_or_default())
});

impl Words {
    /// Those of a language.
    pub fn of(language: Language) -> Self {
        Self(&FILES[language as usize])
    }

    pub(crate) fn all(self) -> &'static Value {
        self.0
    }

    /// The text of a key with what stands in its braces.
    pub fn say(self, key: &str, with: &[(&str, &str)]) -> String {
        filled(self.0[key].as_str().unwrap_or(key), with)
    }

    /// The text of a key in the form that a number takes, which stands in it as `count`.
    pub fn count(self, key: &str, count: u32) -> String {
        let form = if count == 1 { "one" } else { "other" };
        let text = self.0[key][form].as_str().unwrap_or(key);
        filled(text, &[("count", &count.to_string())])
    }

    fn listed(self, key: &str, place: usize) -> &'static str {
        self.0[key][place].as_str().unwrap_or_default()
    }

    /// Weekday, 0 for Monday: `ke`.
    pub fn weekday_short(self, place: u32) -> &'static str {
        self.listed("weekdays_short", place as usize)
    }

    /// Weekday, 0 for Monday: `keskiviikkoisin`.
    pub fn on_weekdays(self, place: u32) -> &'static str {
        self.listed("on_weekdays", place as usize)
    }

    /// `marraskuu 2026`.
    pub fn month(self, date: NaiveDate) -> String {
        format!(
            "{} {}",
            self.listed("months", date.month0() as usize),
            date.year()
        )
    }

    /// `24.12.2026`, in every language of Finland.
    pub fn date(self, date: NaiveDate) -> String {
        date.format("%-d.%-m.%Y").to_string()
    }

    /// `24.12.`
    pub fn day_month(self, date: NaiveDate) -> String {
        date.format("%-d.%-m.").to_string()
    }

    /// `to 24.12.`
    pub fn weekday_date(self, date: NaiveDate) -> String {
        let weekday = self.weekday_short(date.weekday().num_days_from_monday());
        format!("{weekday}{NBSP}{}", self.day_month(date))
    }

    /// From one day to another in as few words as it takes: `23.–29.11.2026`.
    pub fn days(self, from: NaiveDate, to: NaiveDate) -> String {
        let first = if from == to {
            return self.date(to);
        } else if from.year() != to.year() {
            self.date(from)
        } else if from.month() != to.month() {
            self.day_month(from)
        } else {
            from.format("%-d.").to_string()
        };
        format!("{first}–{}", self.date(to))
    }

    /// A time of the day: `18.00`.
    pub fn time(self, at: NaiveDateTime) -> String {
        format!("{}.{:02}", at.hour(), at.minute())
    }

    /// Minutes of a day as a clock shows them; midnight at its end is `24.00`.
    pub fn minutes(self, minutes: Minutes) -> String {
        let shown = if minutes > DAY { minutes - DAY } else { minutes };
        format!("{}.{:02}", shown / 60, shown % 60)
    }

    /// A length of time: `1 tunti 30 minuuttia`; from a day on `2 päivää` where it is whole days.
    pub fn length(self, minutes: u32) -> String {
        let day = u32::from(DAY);
        if minutes >= day && minutes.is_multiple_of(day) {
            return self.counted("days", minutes / day);
        }
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (hours, rest) {
            (0, rest) => self.counted("minutes", rest),
            (hours, 0) => self.counted("hours", hours),
            (hours, rest) => format!(
                "{} {}",
                self.counted("hours", hours),
                self.counted("minutes", rest)
            ),
        }
    }

    fn counted(self, key: &str, count: u32) -> String {
        self.count(key, count).replace(' ', &NBSP.to_string())
    }

    /// `12 345,50 €`.
    pub fn money(self, cents: i64) -> String {
        let whole = (cents.abs() / 100).to_string();
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push(NBSP);
            }
            grouped.push(digit);
        }
        let sign = if cents < 0 { "\u{2212}" } else { "" };
        format!("{sign}{grouped},{:02}{NBSP}€", cents.abs() % 100)
    }

    /// A VAT rate of tenths of a percent: `25,5`.
    pub fn rate(self, tenths: u32) -> String {
        match tenths % 10 {
            0 => (tenths / 10).to_string(),
            rest => format!("{},{rest}", tenths / 10),
        }
    }

    /// A holiday's name.
    pub fn holiday(self, name: HolidayName) -> String {
        let code = serde_json::to_value(name).unwrap_or_default();
        let code = code.as_str().unwrap_or_default();
        self.0["holidays"][code].as_str().unwrap_or(code).to_owned()
    }

    /// Hours of one day: `16.00–18.00, 19.00–22.00`.
    pub fn hours(self, hours: &[Hours]) -> String {
        let one = |hours: &Hours| match (hours.from, hours.to) {
            (0, DAY) => self.say("all_day", &[]),
            (from, to) => format!("{}–{}", self.minutes(from), self.minutes(to)),
        };
        hours.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Hours of a week in as few words as it takes: `ke–la 16.00–22.00`.
    pub fn week_hours(self, weekdays: &[Vec<Hours>; 7]) -> String {
        let said = weekdays.each_ref().map(|hours| self.hours(hours));
        if said.iter().all(|one| *one == said[0]) {
            return match said[0].as_str() {
                "" => self.say("never", &[]),
                hours => self.say("every_day", &[("hours", hours)]),
            };
        }
        let mut parts = Vec::new();
        let mut first = 0;
        while first < 7 {
            let run = said[first..]
                .iter()
                .take_while(|one| **one == said[first])
                .count();
            if !said[first].is_empty() {
                let from = self.weekday_short(first as u32);
                let to = self.weekday_short((first + run - 1) as u32);
                let days = match run {
                    1 => from.to_owned(),
                    2 => format!("{from}, {to}"),
                    _ => format!("{from}–{to}"),
                };
                parts.push(format!("{days}{NBSP}{}", said[first]));
            }
            first += run;
        }
        parts.join("; ")
    }
}

/// A text with what stands for the names in its braces. What is filled in is not looked at again.
pub(crate) fn filled(text: &str, with: &[(&str, &str)]) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        said.push_str(before);
        let name = from[1..].split_once('}').map(|(name, _)| name);
        let found = name.and_then(|name| with.iter().find(|(known, _)| *known == name));
        match found {
            Some((name, value)) => {
                said.push_str(value);
                rest = &from[name.len() + 2..];
            }
            None => {
                said.push('{');
                rest = &from[1..];
            }
        }
    }
    said.push_str(rest);
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALL: [Language; 3] = [Language::Fi, Language::Sv, Language::En];

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Every text of a file by its path, with the names in its braces.
    fn shape(value: &Value, path: &str, found: &mut Vec<(String, BTreeSet<String>)>) {
        match value {
            Value::String(text) => {
                assert!(!text.trim().is_empty(), "{path} is empty");
                let names = text.split('{').skip(1).map(|part| {
                    part.split_once('}')
                        .expect("a brace that is not closed")
                        .0
                        .to_owned()
                });
                let mut names: BTreeSet<String> = names.collect();
                // "one" may say the number in words.
                names.remove("count");
                found.push((path.to_owned(), names));
            }
            Value::Object(of) => of
                .iter()
                .for_each(|(key, one)| shape(one, &format!("{path}/{key}"), found)),
            Value::Array(of) => of
                .iter()
                .enumerate()
                .for_each(|(place, one)| shape(one, &format!("{path}/{place}"), found)),
            other => panic!("{path}: {other}"),
        }
    }

    #[test]
    fn the_three_languages_say_the_same_things() {
        let [finnish, swedish, english] = ALL.map(|language| {
            let mut found = Vec::new();
            shape(Words::of(language).all(), "", &mut found);
            assert!(found.len() > 150, "{language:?}");
            found
        });
        assert_eq!(finnish, swedish);
        assert_eq!(finnish, english);
    }

    #[test]
    fn every_word_is_used_and_every_used_word_is_there() {
        let code = concat!(
            include_str!("charges.rs"),
            include_str!("door_list.rs"),
            include_str!("letters.rs"),
            include_str!("paper.rs"),
            include_str!("rules.rs"),
            include_str!("sharing.rs"),
            include_str!("words.rs"),
            include_str!("../../../assets/print/charges.typ"),
            include_str!("../../../assets/print/common.typ"),
            include_str!("../../../assets/print/door-list.typ"),
            include_str!("../../../assets/print/instructions.typ"),
            include_str!("../../../assets/print/notice.typ"),
            include_str!("../../../assets/print/agreement.typ"),
            include_str!("../../../assets/print/recovery-sheet.typ"),
            include_str!("../../../assets/print/hand-over.typ"),
        );
        let known = Words::of(Language::Fi).all().as_object().unwrap();
        for key in known.keys() {
            let said = code.contains(&format!("\"{key}\"")) || code.contains(&format!("words.{key}"));
            assert!(said, "nothing says {key}");
        }
        for used in code
            .split(".say(\"")
            .skip(1)
            .chain(code.split(".count(\"").skip(1))
        {
            let key = used.split_once('"').unwrap().0;
            assert!(known.contains_key(key), "nobody knows {key}");
        }
    }

    #[test]
    fn every_holiday_has_its_name() {
        for language in ALL {
            for name in HolidayName::ALL {
                assert!(!Words::of(language).holiday(name).contains('_'), "{name:?}");
            }
        }
        assert_eq!(Words::of(Language::Fi).holiday(HolidayName::MayDay), "vappu");
    }

    #[test]
    fn days_times_lengths_and_money_are_written_as_finland_does() {
        let words = Words::of(Language::Fi);
        for (from, to, said) in [
            ("2026-11-23", "2026-11-29", "23.–29.11.2026"),
            ("2026-11-30", "2026-12-06", "30.11.–6.12.2026"),
            ("2026-12-28", "2027-01-03", "28.12.2026–3.1.2027"),
            ("2026-11-23", "2026-11-23", "23.11.2026"),
        ] {
            assert_eq!(words.days(date(from), date(to)), said);
        }
        for (minutes, said) in [
            (1, "1 minuutti"),
            (45, "45 minuuttia"),
            (60, "1 tunti"),
            (90, "1 tunti 30 minuuttia"),
            (1440, "1 päivä"),
            (2880, "2 päivää"),
            (1500, "25 tuntia"),
        ] {
            assert_eq!(words.length(minutes).replace(NBSP, " "), said);
        }
        for (cents, said) in [
            (0, "0,00 €"),
            (850, "8,50 €"),
            (123_456_789, "1 234 567,89 €"),
            (-5, "−0,05 €"),
        ] {
            assert_eq!(words.money(cents).replace(NBSP, " "), said);
        }
        assert_eq!((words.rate(255), words.rate(100)), ("25,5".into(), "10".into()));
        assert_eq!(
            (words.minutes(18 * 60), words.minutes(1440), words.minutes(1500)),
            ("18.00".into(), "24.00".into(), "1.00".into())
        );
    }

    #[test]
    fn a_week_is_said_in_few_words() {
        let words = Words::of(Language::Fi);
        let evening = || {
            vec![Hours {
                from: 16 * 60,
                to: 22 * 60,
            }]
        };
        let week = |open: [bool; 7]| open.map(|open| if open { evening() } else { Vec::new() });
        for (open, said) in [
            ([false, false, true, true, true, true, false], "ke–la 16.00–22.00"),
            ([true; 7], "joka päivä 16.00–22.00"),
            ([false; 7], "ei lainkaan"),
            (
                [true, true, false, false, false, false, true],
                "ma, ti 16.00–22.00; su 16.00–22.00",
            ),
        ] {
            assert_eq!(words.week_hours(&week(open)).replace(NBSP, " "), said);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        assert_eq!(
            filled("{a} ja {b} {c} {", &[("a", "{b}"), ("b", "x")]),
            "{b} ja x {c} {"
        );
    }
}
