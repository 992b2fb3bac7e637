//! The times that a recurrence rule gives, on the wall of its event (RFC 5545 section 3.3.10).
//!
//! A rule is looked at period by period – year, month … second, as often as it says. A period's days are those that every BY part
//! lets through, its times the product of hours, minutes and seconds; BYSETPOS chooses among them. Parts that the rule leaves open
//! come from the first time. Every step is paid for from a budget, so that no rule keeps the program busy, and what lies before the
//! time asked for is passed over without being counted out wherever nothing depends on it.

use crate::rule::{Frequency, Rule};
use crate::value::Written;
use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc, Weekday,
};
use std::collections::VecDeque;

/// Steps that may still be taken for a whole file.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: u64,
    /// It did not suffice.
    pub(crate) spent: bool,
}

impl Budget {
    pub(crate) fn new(steps: u64) -> Self {
        Self { steps, spent: false }
    }

    /// Takes steps; gives whether they were there.
    pub(crate) fn take(&mut self, steps: u64) -> bool {
        self.spent |= steps > self.steps;
        self.steps = self.steps.saturating_sub(steps);
        !self.spent
    }
}

/// Where a rule begins, and what is asked of it.
pub(crate) struct Asked<'a> {
    /// The first time, on the wall.
    pub(crate) start: NaiveDateTime,
    /// It is a day without a time.
    pub(crate) is_date: bool,
    /// Nothing that begins before this is needed.
    pub(crate) from: NaiveDateTime,
    /// Nothing that begins at this or later is needed.
    pub(crate) to: NaiveDateTime,
    /// The instant of a time on the wall; nothing where it is any wall, and then UTC in a rule is read on it too.
    pub(crate) instant: Option<&'a dyn Fn(NaiveDateTime) -> DateTime<Utc>>,
}

/// The times of a rule from its first one on, in order. Some before `asked.from` may be among them.
pub(crate) fn times<'a>(
    rule: &'a Rule,
    asked: &'a Asked<'a>,
    budget: &'a mut Budget,
) -> impl Iterator<Item = NaiveDateTime> + 'a {
    let mut expansion = Expansion::new(rule, asked);
    std::iter::from_fn(move || expansion.next(budget))
}

/// The last year that is looked at.
const LAST_YEAR: i32 = 9999;

struct Expansion<'a> {
    rule: &'a Rule,
    asked: &'a Asked<'a>,
    days: DayRule,
    hours: Vec<u32>,
    minutes: Vec<u32>,
    seconds: Vec<u32>,
    /// Number of the next period.
    period: i64,
    left: Option<u64>,
    found: VecDeque<NaiveDateTime>,
    /// The latest time on the wall that UNTIL can allow.
    latest: NaiveDateTime,
    last: Option<NaiveDateTime>,
}

impl<'a> Expansion<'a> {
    fn new(rule: &'a Rule, asked: &'a Asked<'a>) -> Self {
        let start = asked.start;
        // A day has no hours, whatever the rule says of them.
        let (mut hours, mut minutes, mut seconds) = if asked.is_date {
            (vec![0], vec![0], vec![0])
        } else {
            (rule.hours.clone(), rule.minutes.clone(), rule.seconds.clone())
        };
        if hours.is_empty() && rule.frequency < Frequency::Hourly {
            hours.push(start.hour());
        }
        if minutes.is_empty() && rule.frequency < Frequency::Minutely {
            minutes.push(start.minute());
        }
        if seconds.is_empty() && rule.frequency < Frequency::Secondly {
            seconds.push(start.second());
        }
        let horizon = asked
            .to
            .checked_add_days(Days::new(2))
            .unwrap_or(NaiveDateTime::MAX);
        let latest = match rule.until {
            // No zone is further than a day from UTC.
            Some(until) => horizon.min(until.wall().checked_add_days(Days::new(2)).unwrap_or(horizon)),
            None => horizon,
        };
        let mut expansion = Self {
            days: DayRule::new(rule, start.date()),
            rule,
            asked,
            hours,
            minutes,
            seconds,
            period: 0,
            left: rule.count,
            found: VecDeque::new(),
            latest,
            last: None,
        };
        expansion.pass_over();
        expansion
    }

    /// Goes to the period in which what is asked for begins, where no count depends on those before.
    fn pass_over(&mut self) {
        let asked_from = self.asked.from;
        if asked_from <= self.asked.start {
            return;
        }
        let past = asked_from - self.asked.start;
        let units = match self.rule.frequency {
            Frequency::Yearly => i64::from(asked_from.year() - self.asked.start.year()),
            Frequency::Monthly => month_number(asked_from.date()) - month_number(self.asked.start.date()),
            Frequency::Weekly => past.num_days() / 7,
            Frequency::Daily => past.num_days(),
            Frequency::Hourly => past.num_hours(),
            Frequency::Minutely => past.num_minutes(),
            Frequency::Secondly => past.num_seconds(),
        };
        let periods = (units / self.rule.interval - 2).max(0);
        match &mut self.left {
            None => self.period = periods,
            // Each period of such a rule counts once.
            Some(left)
                if self.rule.is_plain()
                    && self.rule.frequency > Frequency::Monthly
                    && !self.asked.is_date =>
            {
                let periods = periods.min(i64::try_from(*left).unwrap_or(i64::MAX));
                *left -= periods as u64;
                self.period = periods;
            }
            Some(_) => {}
        }
    }

    fn next(&mut self, budget: &mut Budget) -> Option<NaiveDateTime> {
        loop {
            if let Some(time) = self.found.pop_front() {
                // A day may come once for each of its hours, which it has none of.
                if time < self.asked.start || self.last.is_some_and(|last| time <= last) {
                    continue;
                }
                if self.left == Some(0) || time >= self.asked.to || self.is_after_until(time) {
                    return None;
                }
                self.left = self.left.map(|left| left - 1);
                self.last = Some(time);
                return Some(time);
            }
            if self.left == Some(0) || !budget.take(1) {
                return None;
            }
            let mut times = self.next_period(budget)?;
            self.choose(&mut times);
            self.found = times.into();
        }
    }

    fn is_after_until(&self, time: NaiveDateTime) -> bool {
        match self.rule.until {
            None => false,
            Some(Written::Utc(last)) if self.asked.is_date => time.date() > last.date(),
            Some(Written::Utc(last)) => match self.asked.instant {
                Some(instant) => instant(time) > last.and_utc(),
                None => time > last,
            },
            // A day, where times are counted, is its midnight.
            Some(until) => time > until.wall(),
        }
    }

    /// BYSETPOS.
    fn choose(&self, times: &mut Vec<NaiveDateTime>) {
        if self.rule.positions.is_empty() {
            return;
        }
        let count = times.len() as i32;
        let mut chosen: Vec<NaiveDateTime> = self
            .rule
            .positions
            .iter()
            .map(|place| if *place > 0 { place - 1 } else { count + place })
            .filter_map(|place| times.get(usize::try_from(place).ok()?).copied())
            .collect();
        chosen.sort_unstable();
        chosen.dedup();
        *times = chosen;
    }

    /// The times of the next period, in order; nothing when no further period matters.
    fn next_period(&mut self, budget: &mut Budget) -> Option<Vec<NaiveDateTime>> {
        let steps = self.period.checked_mul(self.rule.interval)?;
        let start = self.asked.start.date();
        match self.rule.frequency {
            Frequency::Yearly => {
                self.period += 1;
                let year = i32::try_from(steps).ok()?.checked_add(start.year())?;
                let first = NaiveDate::from_ymd_opt(year, 1, 1).filter(|_| year <= LAST_YEAR)?;
                let last = NaiveDate::from_ymd_opt(year, 12, 31)?;
                self.of_days(first, last, budget)
            }
            Frequency::Monthly => {
                self.period += 1;
                let first = month_start(month_number(start).checked_add(steps)?)?;
                let last = month_start(month_number(first) + 1)?.pred_opt()?;
                self.of_days(first, last, budget)
            }
            Frequency::Weekly => {
                self.period += 1;
                let back = days_since(start.weekday(), self.rule.week_start);
                let first = start
                    .checked_sub_days(Days::new(back.into()))?
                    .checked_add_signed(Duration::try_days(steps.checked_mul(7)?)?)?;
                let last = first.checked_add_days(Days::new(6))?;
                self.of_days(first, last, budget)
            }
            Frequency::Daily => {
                self.period += 1;
                let date = start.checked_add_signed(Duration::try_days(steps)?)?;
                self.of_days(date, date, budget)
            }
            Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => self.of_clock(steps),
        }
    }

    fn of_days(&self, first: NaiveDate, last: NaiveDate, budget: &mut Budget) -> Option<Vec<NaiveDateTime>> {
        if first > self.latest.date() || first.year() > LAST_YEAR {
            return None;
        }
        let mut times = Vec::new();
        let mut date = first;
        while date <= last {
            if !budget.take(1) {
                return None;
            }
            if !self.days.has_month(date) {
                // Nothing of the month; on to the next.
                date = month_start(month_number(date) + 1)?;
                continue;
            }
            if self.days.lets_through(date) {
                times.extend(clock_times(date, &self.hours, &self.minutes, &self.seconds));
            }
            date = date.succ_opt()?;
        }
        Some(times)
    }

    /// One hour, minute or second; where its day or hour is none, on to the first one that can be.
    fn of_clock(&mut self, steps: i64) -> Option<Vec<NaiveDateTime>> {
        let (unit, start) = match self.rule.frequency {
            Frequency::Hourly => (
                3600,
                self.asked
                    .start
                    .date()
                    .and_hms_opt(self.asked.start.hour(), 0, 0)?,
            ),
            Frequency::Minutely => (60, self.asked.start.with_second(0)?),
            _ => (1, self.asked.start),
        };
        let time = start.checked_add_signed(Duration::try_seconds(steps.checked_mul(unit)?)?)?;
        if time > self.latest || time.year() > LAST_YEAR {
            return None;
        }
        let date = time.date();
        let next = if !self.days.lets_through(date) {
            Some(date.succ_opt()?.and_time(NaiveTime::MIN))
        } else if !admits(&self.hours, time.hour()) {
            Some(date.and_hms_opt(time.hour(), 0, 0)? + Duration::hours(1))
        } else if self.rule.frequency > Frequency::Hourly && !admits(&self.minutes, time.minute()) {
            Some(date.and_hms_opt(time.hour(), time.minute(), 0)? + Duration::minutes(1))
        } else {
            None
        };
        if let Some(next) = next {
            let units = (next - start).num_seconds() / unit;
            self.period = units
                .checked_add(self.rule.interval - 1)
                .map_or(self.period + 1, |units| units / self.rule.interval)
                .max(self.period + 1);
            return Some(Vec::new());
        }
        self.period += 1;
        let one = |value: u32| vec![value];
        Some(match self.rule.frequency {
            Frequency::Hourly => clock_times(date, &one(time.hour()), &self.minutes, &self.seconds).collect(),
            Frequency::Minutely => {
                clock_times(date, &one(time.hour()), &one(time.minute()), &self.seconds).collect()
            }
            _ if admits(&self.seconds, time.second()) => one_time(time),
            _ => Vec::new(),
        })
    }
}

fn one_time(time: NaiveDateTime) -> Vec<NaiveDateTime> {
    vec![time]
}

/// Whether a list that may be left out has a number.
fn admits(list: &[u32], number: u32) -> bool {
    list.is_empty() || list.contains(&number)
}

fn clock_times<'a>(
    date: NaiveDate,
    hours: &'a [u32],
    minutes: &'a [u32],
    seconds: &'a [u32],
) -> impl Iterator<Item = NaiveDateTime> + 'a {
    hours.iter().flat_map(move |hour| {
        minutes.iter().flat_map(move |minute| {
            seconds
                .iter()
                .filter_map(move |second| date.and_hms_opt(*hour, *minute, *second))
        })
    })
}

/// Months since the year nought.
fn month_number(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

fn month_start(number: i64) -> Option<NaiveDate> {
    let year = i32::try_from(number.div_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(year, number.rem_euclid(12) as u32 + 1, 1)
}

fn days_since(day: Weekday, week_start: Weekday) -> u32 {
    (7 + day.num_days_from_monday() - week_start.num_days_from_monday()) % 7
}

fn days_of_year(year: i32) -> i32 {
    if NaiveDate::from_ymd_opt(year, 2, 29).is_some() {
        366
    } else {
        365
    }
}

fn days_of_month(date: NaiveDate) -> i32 {
    let next = month_start(month_number(date) + 1);
    next.and_then(|next| next.pred_opt())
        .map_or(31, |last| last.day() as i32)
}

/// Whether one of the numbers, counted from the beginning or from the end, is a place among so many.
fn is_at(numbers: &[i32], place: i32, of: i32) -> bool {
    numbers.contains(&place) || numbers.contains(&(place - of - 1))
}

/// On which days a rule comes.
struct DayRule {
    months: Vec<u32>,
    month_days: Vec<i32>,
    year_days: Vec<i32>,
    weeks: Vec<i32>,
    weekdays: Vec<Weekday>,
    /// The so-manieth weekdays of a month, or else of a year.
    nth: Vec<(i32, Weekday)>,
    of_month: bool,
    week_start: Weekday,
}

impl DayRule {
    fn new(rule: &Rule, start: NaiveDate) -> Self {
        let counts = match rule.frequency {
            Frequency::Yearly => rule.weeks.is_empty(),
            frequency => frequency == Frequency::Monthly,
        };
        let (mut weekdays, mut nth) = (Vec::new(), Vec::new());
        for day in &rule.days {
            match day.nth.filter(|_| counts) {
                Some(place) => nth.push((place.into(), day.weekday)),
                None => weekdays.push(day.weekday),
            }
        }
        let mut found = Self {
            months: rule.months.clone(),
            month_days: rule.month_days.clone(),
            year_days: rule.year_days.clone(),
            weeks: rule.weeks.clone(),
            weekdays,
            nth,
            of_month: rule.frequency == Frequency::Monthly || !rule.months.is_empty(),
            week_start: rule.week_start,
        };
        let open = rule.days.is_empty()
            && rule.month_days.is_empty()
            && rule.year_days.is_empty()
            && rule.weeks.is_empty();
        if open {
            match rule.frequency {
                Frequency::Yearly => {
                    if found.months.is_empty() {
                        found.months.push(start.month());
                    }
                    found.month_days.push(start.day() as i32);
                }
                Frequency::Monthly => found.month_days.push(start.day() as i32),
                Frequency::Weekly => found.weekdays.push(start.weekday()),
                _ => {}
            }
        }
        found
    }

    fn has_month(&self, date: NaiveDate) -> bool {
        admits(&self.months, date.month())
    }

    fn lets_through(&self, date: NaiveDate) -> bool {
        self.has_month(date)
            && (self.month_days.is_empty() || is_at(&self.month_days, date.day() as i32, days_of_month(date)))
            && (self.year_days.is_empty()
                || is_at(&self.year_days, date.ordinal() as i32, days_of_year(date.year())))
            && (self.weeks.is_empty() || self.has_week(date))
            && self.has_weekday(date)
    }

    fn has_weekday(&self, date: NaiveDate) -> bool {
        if self.weekdays.is_empty() && self.nth.is_empty() {
            return true;
        }
        let weekday = date.weekday();
        if self.weekdays.contains(&weekday) {
            return true;
        }
        let (day, days) = if self.of_month {
            (date.day() as i32, days_of_month(date))
        } else {
            (date.ordinal() as i32, days_of_year(date.year()))
        };
        let (place, from_end) = ((day - 1) / 7 + 1, -((days - day) / 7 + 1));
        self.nth
            .iter()
            .any(|(nth, named)| *named == weekday && (*nth == place || *nth == from_end))
    }

    /// Weeks are those of ISO 8601 with another first day: the first has at least four days of its year.
    fn has_week(&self, date: NaiveDate) -> bool {
        let year = date.year();
        let first = |year| first_week(year, self.week_start);
        let Some((this, next)) = first(year).zip(first(year + 1)) else {
            return false;
        };
        let (begin, end) = if date < this {
            match first(year - 1) {
                Some(before) => (before, this),
                None => return false,
            }
        } else if date >= next {
            match first(year + 2) {
                Some(after) => (next, after),
                None => return false,
            }
        } else {
            (this, next)
        };
        let week = (date - begin).num_days() as i32 / 7 + 1;
        is_at(&self.weeks, week, (end - begin).num_days() as i32 / 7)
    }
}

/// The day on which the first week of a year begins.
fn first_week(year: i32, week_start: Weekday) -> Option<NaiveDate> {
    // The week with the fourth of January has four days of the year at least.
    let fourth = NaiveDate::from_ymd_opt(year, 1, 4)?;
    fourth.checked_sub_days(Days::new(days_since(fourth.weekday(), week_start).into()))
}
