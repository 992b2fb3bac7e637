//! The Finnish year: public holidays and their eves, from the rules of their statutes.
//!
//! Church holidays follow chapter 3 of the Church Act (652/2023, formerly 1054/1993), May Day the Act on May Day as a
//! holiday (272/1944), Independence Day the Act 388/1937. Ascension and Epiphany stand on their own weekdays since 1992; before
//! that they were kept on Saturdays, so earlier years are not told here. Flag days are no holidays.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::ops::RangeInclusive;

/// The years for which the rules hold.
pub const YEARS: RangeInclusive<i32> = 1992..=2100;

/// What a day is beside its weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// A public holiday.
    Public,
    /// The day before one on which many close earlier. No statute makes it a holiday.
    Eve,
}

/// A public holiday or an eve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HolidayName {
    /// 1 January.
    NewYear,
    /// 5 January.
    EpiphanyEve,
    /// 6 January.
    Epiphany,
    /// The Thursday before Easter.
    MaundyThursday,
    /// The Friday before Easter.
    GoodFriday,
    /// The Saturday before Easter.
    EasterSaturday,
    /// The Sunday after the first full moon of spring, by the church's reckoning.
    EasterSunday,
    /// The day after it.
    EasterMonday,
    /// 30 April.
    MayDayEve,
    /// 1 May.
    MayDay,
    /// The Wednesday before Ascension.
    AscensionEve,
    /// The sixth Thursday after Easter.
    Ascension,
    /// The Saturday before Pentecost.
    PentecostEve,
    /// The seventh Sunday after Easter.
    Pentecost,
    /// The Friday before Midsummer.
    MidsummerEve,
    /// The Saturday between 20 and 26 June.
    Midsummer,
    /// The Friday before All Saints' Day.
    AllSaintsEve,
    /// The Saturday between 31 October and 6 November.
    AllSaints,
    /// 5 December.
    IndependenceDayEve,
    /// 6 December.
    IndependenceDay,
    /// 24 December.
    ChristmasEve,
    /// 25 December.
    Christmas,
    /// 26 December.
    StStephen,
    /// 31 December.
    NewYearsEve,
}

impl HolidayName {
    /// Every one, in the order of an ordinary year.
    pub const ALL: [Self; 24] = [
        Self::NewYear,
        Self::EpiphanyEve,
        Self::Epiphany,
        Self::MaundyThursday,
        Self::GoodFriday,
        Self::EasterSaturday,
        Self::EasterSunday,
        Self::EasterMonday,
        Self::MayDayEve,
        Self::MayDay,
        Self::AscensionEve,
        Self::Ascension,
        Self::PentecostEve,
        Self::Pentecost,
        Self::MidsummerEve,
        Self::Midsummer,
        Self::AllSaintsEve,
        Self::AllSaints,
        Self::IndependenceDayEve,
        Self::IndependenceDay,
        Self::ChristmasEve,
        Self::Christmas,
        Self::StStephen,
        Self::NewYearsEve,
    ];

    /// Whether it is a public holiday or an eve.
    pub const fn kind(self) -> HolidayKind {
        match self {
            Self::EpiphanyEve
            | Self::MaundyThursday
            | Self::EasterSaturday
            | Self::MayDayEve
            | Self::AscensionEve
            | Self::PentecostEve
            | Self::MidsummerEve
            | Self::AllSaintsEve
            | Self::IndependenceDayEve
            | Self::ChristmasEve
            | Self::NewYearsEve => HolidayKind::Eve,
            _ => HolidayKind::Public,
        }
    }

    /// Its Finnish name.
    pub const fn finnish(self) -> &'static str {
        match self {
            Self::NewYear => "uudenvuodenpäivä",
            Self::EpiphanyEve => "loppiaisaatto",
            Self::Epiphany => "loppiainen",
            Self::MaundyThursday => "kiirastorstai",
            Self::GoodFriday => "pitkäperjantai",
            Self::EasterSaturday => "pääsiäislauantai",
            Self::EasterSunday => "pääsiäispäivä",
            Self::EasterMonday => "toinen pääsiäispäivä",
            Self::MayDayEve => "vapunaatto",
            Self::MayDay => "vappu",
            Self::AscensionEve => "helatorstain aatto",
            Self::Ascension => "helatorstai",
            Self::PentecostEve => "helluntaiaatto",
            Self::Pentecost => "helluntaipäivä",
            Self::MidsummerEve => "juhannusaatto",
            Self::Midsummer => "juhannuspäivä",
            Self::AllSaintsEve => "pyhäinpäivän aatto",
            Self::AllSaints => "pyhäinpäivä",
            Self::IndependenceDayEve => "itsenäisyyspäivän aatto",
            Self::IndependenceDay => "itsenäisyyspäivä",
            Self::ChristmasEve => "jouluaatto",
            Self::Christmas => "joulupäivä",
            Self::StStephen => "tapaninpäivä",
            Self::NewYearsEve => "uudenvuodenaatto",
        }
    }

    /// Its day in a year; nothing outside [`YEARS`].
    pub fn day(self, year: i32) -> Option<NaiveDate> {
        if !YEARS.contains(&year) {
            return None;
        }
        let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
        let easter = |days: i64| easter_sunday(year)?.checked_add_signed(chrono::TimeDelta::days(days));
        match self {
            Self::NewYear => fixed(1, 1),
            Self::EpiphanyEve => fixed(1, 5),
            Self::Epiphany => fixed(1, 6),
            Self::MaundyThursday => easter(-3),
            Self::GoodFriday => easter(-2),
            Self::EasterSaturday => easter(-1),
            Self::EasterSunday => easter(0),
            Self::EasterMonday => easter(1),
            Self::MayDayEve => fixed(4, 30),
            Self::MayDay => fixed(5, 1),
            Self::AscensionEve => easter(38),
            Self::Ascension => easter(39),
            Self::PentecostEve => easter(48),
            Self::Pentecost => easter(49),
            Self::MidsummerEve => Self::Midsummer.day(year)?.pred_opt(),
            Self::Midsummer => saturday_from(fixed(6, 20)?),
            Self::AllSaintsEve => Self::AllSaints.day(year)?.pred_opt(),
            Self::AllSaints => saturday_from(fixed(10, 31)?),
            Self::IndependenceDayEve => fixed(12, 5),
            Self::IndependenceDay => fixed(12, 6),
            Self::ChristmasEve => fixed(12, 24),
            Self::Christmas => fixed(12, 25),
            Self::StStephen => fixed(12, 26),
            Self::NewYearsEve => fixed(12, 31),
        }
    }
}

/// A holiday of a certain year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
pub struct Holiday {
    /// Its day.
    pub date: NaiveDate,
    /// Public holiday or eve.
    pub kind: HolidayKind,
    /// Which one.
    pub name: HolidayName,
}

/// The holidays of a year by their days, public ones before eves; two can fall on one day, as May Day and Ascension did in 2008.
/// None outside [`YEARS`].
pub fn holidays(year: i32) -> Vec<Holiday> {
    let mut found: Vec<Holiday> = HolidayName::ALL
        .into_iter()
        .filter_map(|name| {
            Some(Holiday {
                date: name.day(year)?,
                kind: name.kind(),
                name,
            })
        })
        .collect();
    found.sort_unstable();
    found
}

/// What a day is, if it is a holiday: a public holiday that is also the eve of another is a public holiday.
pub fn holiday(date: NaiveDate) -> Option<Holiday> {
    holidays(date.year())
        .into_iter()
        .find(|holiday| holiday.date == date)
}

fn saturday_from(date: NaiveDate) -> Option<NaiveDate> {
    let days = Weekday::Sat.days_since(date.weekday());
    date.checked_add_days(Days::new(days.into()))
}

/// Easter Sunday of the Gregorian calendar, after the method of Meeus, Jones and Butcher.
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year % 19;
    let (century, rest) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, (days / 31).unsigned_abs(), (days % 31 + 1).unsigned_abs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_where_the_tables_say() {
        // The earliest and the latest of the range, leap years and the turns of the centuries among them.
        for easter in [
            "1992-04-19",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2016-03-27",
            "2024-03-31",
            "2026-04-05",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2099-04-12",
            "2100-03-28",
        ] {
            assert_eq!(easter_sunday(day(easter).year()), Some(day(easter)));
        }
    }

    #[test]
    fn movable_days_stay_within_their_bounds() {
        for year in YEARS {
            let of = |name: HolidayName| name.day(year).unwrap();
            let within = |name, from: (u32, u32), to: (u32, u32)| {
                let date: NaiveDate = of(name);
                let place = (date.month(), date.day());
                assert!(from <= place && place <= to, "{name:?} {date}");
            };
            within(HolidayName::EasterSunday, (3, 22), (4, 25));
            within(HolidayName::Midsummer, (6, 20), (6, 26));
            within(HolidayName::AllSaints, (10, 31), (11, 6));
            for (name, weekday) in [
                (HolidayName::MaundyThursday, Weekday::Thu),
                (HolidayName::GoodFriday, Weekday::Fri),
                (HolidayName::EasterMonday, Weekday::Mon),
                (HolidayName::Ascension, Weekday::Thu),
                (HolidayName::Pentecost, Weekday::Sun),
                (HolidayName::MidsummerEve, Weekday::Fri),
                (HolidayName::Midsummer, Weekday::Sat),
                (HolidayName::AllSaints, Weekday::Sat),
            ] {
                assert_eq!(of(name).weekday(), weekday, "{name:?} {year}");
            }
        }
    }

    #[test]
    fn every_eve_is_the_day_before_a_public_holiday() {
        for year in YEARS {
            let all = holidays(year);
            for eve in all.iter().filter(|holiday| holiday.kind == HolidayKind::Eve) {
                let next = eve.date.succ_opt().unwrap();
                let public = |holiday: &Holiday| holiday.date == next && holiday.kind == HolidayKind::Public;
                // New Year's Day belongs to the next year, which for the last is none of ours.
                let new_year = eve.name == HolidayName::NewYearsEve;
                assert!(new_year || all.iter().any(public), "{eve:?}");
            }
        }
    }

    #[test]
    fn a_day_can_be_two_holidays_and_a_public_one_comes_first() {
        let of = |date| holiday(day(date)).map(|holiday| holiday.name);
        assert_eq!(of("2008-05-01"), Some(HolidayName::MayDay));
        let on = |date: &str| {
            let all = holidays(2008).into_iter();
            all.filter(|one| one.date == day(date))
                .map(|one| one.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(on("2008-05-01"), [HolidayName::MayDay, HolidayName::Ascension]);
        assert_eq!(
            on("2008-04-30"),
            [HolidayName::MayDayEve, HolidayName::AscensionEve]
        );
        assert_eq!(of("2026-06-19"), Some(HolidayName::MidsummerEve));
        assert_eq!(of("2026-11-24"), None);
    }

    #[test]
    fn years_without_rules_have_no_days() {
        assert!(holidays(1991).is_empty() && holidays(2101).is_empty());
        assert_eq!(holidays(1992).len(), 24);
        assert_eq!(holidays(2100).len(), 24);
    }
}
