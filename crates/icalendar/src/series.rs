//! The times at which the events of a file happen.

use crate::event::{Clock, Ending, Event, Moment};
use crate::read::Feed;
use crate::recurrence::{Asked, Budget, times};
use crate::rule::Rule;
use crate::unread::{Unread, UnreadLine, note};
use crate::value::Length;
use crate::zone::Zone;
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Steps that may be taken for all rules of a file: a second or two of a slow computer.
const STEPS: u64 = 2_000_000;

/// So many times are listed at most.
const MOST: usize = 100_000;

/// A time at which an event happens.
#[derive(Debug, Clone)]
pub struct Occurrence<'a> {
    /// The event that says what happens: of a series, or the one that stands for this time of it.
    pub event: &'a Event,
    /// Which time of its series, by when it would have been: "20260306T160000Z" in UTC, "20260306T180000" on any wall, "20260306"
    /// as a day. Empty for what happens once.
    pub slot: String,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends, which may be when it begins.
    pub end: DateTime<Utc>,
    /// On which clock.
    pub when: When,
    /// It does not take place.
    pub cancelled: bool,
}

/// On which clock an event's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whole days from one to another, the second not included.
    Days {
        /// The first day.
        from: NaiveDate,
        /// The day after the last.
        to: NaiveDate,
    },
    /// On any wall, so on the house's.
    Floating,
    /// In a zone or in UTC.
    Zoned,
}

/// The times of a file, and what could not be worked out.
#[derive(Debug, Clone, Default)]
pub struct Found<'a> {
    /// By their beginning.
    pub occurrences: Vec<Occurrence<'a>>,
    /// What was left out, and why.
    pub unread: Vec<UnreadLine>,
}

impl Feed {
    /// What happens on days from one on, another not included; each day is one of the clock on which the event's own times are
    /// written. Cancelled times are among them.
    pub fn occurrences(&self, from: NaiveDate, to: NaiveDate) -> Found<'_> {
        let mut found = Found::default();
        let mut budget = Budget::new(STEPS);
        let range = Range {
            from: from.and_time(NaiveTime::MIN),
            to: to.and_time(NaiveTime::MIN),
        };
        for series in self.series() {
            if found.occurrences.len() >= MOST {
                let line = series.line();
                note(&mut found.unread, line, Unread::TooMany);
                break;
            }
            series.happen(&self.home, range, &mut found, &mut budget);
        }
        found
            .occurrences
            .sort_by(|a, b| (a.start, a.end, &a.event.uid).cmp(&(b.start, b.end, &b.event.uid)));
        found.unread.sort_by_key(|unread| unread.line);
        found
    }

    /// Events that belong together by their uid, in the order of the file. Of a whole that is there more than once the one
    /// that was changed most often counts, and then the last; so it is with the event of one time.
    fn series(&self) -> Vec<Series<'_>> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut all: Vec<Series<'_>> = Vec::new();
        for event in &self.events {
            let place = match places.get(event.uid.as_str()) {
                Some(place) if !event.uid.is_empty() => *place,
                _ => {
                    places.insert(&event.uid, all.len());
                    all.push(Series::default());
                    all.len() - 1
                }
            };
            let series = &mut all[place];
            match &event.replaces {
                None => {
                    if series.whole.is_none_or(|known| newer(event, known)) {
                        series.whole = Some(event);
                    }
                }
                Some(moment) => {
                    let slot = slot(moment, &self.home);
                    if series.apart.get(&slot).is_none_or(|known| newer(event, known)) {
                        series.apart.insert(slot, event);
                    }
                }
            }
        }
        all
    }
}

fn newer(event: &Event, than: &Event) -> bool {
    (event.sequence, event.stamp) >= (than.sequence, than.stamp)
}

/// What a time of a series is called by.
fn slot(moment: &Moment, home: &Zone) -> String {
    match &moment.clock {
        Clock::Day => moment.wall.format("%Y%m%d").to_string(),
        Clock::Floating(_) => moment.wall.format("%Y%m%dT%H%M%S").to_string(),
        Clock::Of(_) => moment.instant(home).format("%Y%m%dT%H%M%SZ").to_string(),
    }
}

#[derive(Debug, Clone, Copy)]
struct Range {
    from: NaiveDateTime,
    to: NaiveDateTime,
}

impl Range {
    /// Whether something that begins and ends then lies in it at least in part.
    fn meets(self, start: NaiveDateTime, end: NaiveDateTime) -> bool {
        start < self.to && (self.from < end || self.from <= start)
    }

    fn wider(self, before: u64, after: u64) -> Self {
        Self {
            from: self
                .from
                .checked_sub_days(Days::new(before))
                .unwrap_or(NaiveDateTime::MIN),
            to: self
                .to
                .checked_add_days(Days::new(after))
                .unwrap_or(NaiveDateTime::MAX),
        }
    }
}

/// Events with one uid.
#[derive(Default)]
struct Series<'a> {
    whole: Option<&'a Event>,
    /// Events of single times, by their slot.
    apart: BTreeMap<String, &'a Event>,
}

/// A later part of a series that was moved: from when on, how far, and what stands for it.
struct Moved<'a> {
    from: DateTime<Utc>,
    by: Duration,
    event: &'a Event,
}

impl<'a> Series<'a> {
    fn happen(&self, home: &Zone, range: Range, found: &mut Found<'a>, budget: &mut Budget) {
        let mut replaced = Replaced::default();
        for (slot, event) in &self.apart {
            let Some(moment) = &event.replaces else { continue };
            if self.is_outdated(event, moment, home, budget) {
                continue;
            }
            replaced.add(moment, home);
            let begins = event.start.wall;
            put(
                event,
                slot.clone(),
                &event.start,
                begins,
                event.ending,
                home,
                range,
                found,
            );
        }
        let Some(whole) = self.whole else { return };
        if !whole.recurs() {
            if !replaced.has(&whole.start, whole.start.wall, home) {
                put(
                    whole,
                    String::new(),
                    &whole.start,
                    whole.start.wall,
                    whole.ending,
                    home,
                    range,
                    found,
                );
            }
            return;
        }
        let moved = self.moved(home);
        let reach = |event: &Event, by: Duration| event.ending.most_days() + by.num_days().unsigned_abs() + 1;
        let furthest = moved.iter().map(|moved| reach(moved.event, moved.by));
        let furthest = furthest.fold(reach(whole, Duration::zero()), u64::max);
        let slots = slots(whole, home, range.wider(furthest, furthest), found, budget);
        for ((wall, is_day), ending) in slots {
            let moment = at(whole, wall, is_day);
            if replaced.has(&moment, wall, home) {
                continue;
            }
            let instant = moment.instant(home);
            let place = moved.partition_point(|moved| moved.from <= instant);
            let name = slot(&moment, home);
            match place.checked_sub(1).map(|last| &moved[last]) {
                None => put(
                    whole,
                    name,
                    &moment,
                    wall,
                    ending.unwrap_or(whole.ending),
                    home,
                    range,
                    found,
                ),
                Some(moved) => {
                    let start = Moment {
                        wall: moved.event.start.clock.zone(home).wall(instant),
                        clock: moved.event.start.clock.clone(),
                    };
                    let wall = if start.is_day() == is_day {
                        start.wall
                    } else {
                        wall
                    };
                    let wall = wall.checked_add_signed(moved.by).unwrap_or(wall);
                    put(
                        moved.event,
                        name,
                        &start,
                        wall,
                        moved.event.ending,
                        home,
                        range,
                        found,
                    );
                }
            }
        }
    }

    fn line(&self) -> u32 {
        let events = self.whole.iter().chain(self.apart.values());
        events.map(|event| event.line).min().unwrap_or(1)
    }

    /// Whether an event of one time is older than its series, which does not come at that time any more.
    fn is_outdated(&self, event: &Event, moment: &Moment, home: &Zone, budget: &mut Budget) -> bool {
        let Some(whole) = self.whole.filter(|whole| event.sequence < whole.sequence) else {
            return false;
        };
        let range = Range {
            from: moment.wall,
            to: moment.wall,
        };
        let mut asked = Replaced::default();
        asked.add(moment, home);
        let around = slots(whole, home, range.wider(2, 3), &mut Found::default(), budget);
        !around
            .keys()
            .any(|(wall, is_day)| asked.has(&at(whole, *wall, *is_day), *wall, home))
    }

    /// The parts that begin with an event of RANGE=THISANDFUTURE, in order (RFC 5545 section 3.2.13).
    fn moved(&self, home: &Zone) -> Vec<Moved<'a>> {
        let mut moved: Vec<Moved<'a>> = self
            .apart
            .values()
            .filter(|event| event.and_future)
            .filter_map(|event| {
                let from = event.replaces.as_ref()?.instant(home);
                // On the clock that the part is on from then on, so that it stays there when the clocks change.
                let before = event.start.clock.zone(home).wall(from);
                Some(Moved {
                    from,
                    by: event.start.wall - before,
                    event,
                })
            })
            .collect();
        moved.sort_by_key(|moved| moved.from);
        moved
    }
}

/// The times of a series that events of their own stand for.
#[derive(Default)]
struct Replaced {
    instants: HashSet<DateTime<Utc>>,
    days: HashSet<NaiveDate>,
    /// Days named by a time, which a series of days means by it.
    days_of_times: HashSet<NaiveDate>,
    /// Times in UTC, which a series on any wall may mean by it.
    walls: HashSet<NaiveDateTime>,
}

impl Replaced {
    fn add(&mut self, moment: &Moment, home: &Zone) {
        if moment.is_day() {
            self.days.insert(moment.wall.date());
        } else {
            self.instants.insert(moment.instant(home));
            self.days_of_times.insert(moment.wall.date());
            if moment.clock == Clock::Of(Zone::UTC) {
                self.walls.insert(moment.wall);
            }
        }
    }

    fn has(&self, moment: &Moment, wall: NaiveDateTime, home: &Zone) -> bool {
        let date = wall.date();
        if self.days.contains(&date) || (moment.is_day() && self.days_of_times.contains(&date)) {
            return true;
        }
        if moment.is_day() || self.instants.is_empty() {
            return false;
        }
        self.instants.contains(&moment.clock.zone(home).instant(wall))
            || (matches!(moment.clock, Clock::Floating(_)) && self.walls.contains(&wall))
    }
}

/// Lists a time, where it meets the range.
#[expect(clippy::too_many_arguments, reason = "what a time is made of")]
fn put<'a>(
    event: &'a Event,
    slot: String,
    moment: &Moment,
    wall: NaiveDateTime,
    ending: Ending,
    home: &Zone,
    range: Range,
    found: &mut Found<'a>,
) {
    let zone = moment.clock.zone(home);
    let end = ending.after(wall, zone);
    let end_wall = zone.wall(end);
    if !range.meets(wall, end_wall) {
        return;
    }
    if found.occurrences.len() >= MOST {
        note(&mut found.unread, event.line, Unread::TooMany);
        return;
    }
    found.occurrences.push(Occurrence {
        event,
        slot,
        start: zone.instant(wall),
        end,
        when: match moment.clock {
            Clock::Day => When::Days {
                from: wall.date(),
                to: end_wall.date(),
            },
            Clock::Floating(_) => When::Floating,
            Clock::Of(_) => When::Zoned,
        },
        cancelled: event.cancelled,
    });
}

/// The times of a series within a range, by what its clock shows and whether it is a day, with a length of their own where they
/// have one.
fn slots(
    whole: &Event,
    home: &Zone,
    range: Range,
    found: &mut Found<'_>,
    budget: &mut Budget,
) -> BTreeMap<(NaiveDateTime, bool), Option<Ending>> {
    let zone = whole.start.clock.zone(home);
    let start = &whole.start;
    let is_day = start.is_day();
    let mut slots = BTreeMap::new();
    // Two times of the wall that are one instant, on the night when the clocks go forward, are one time.
    let mut instants = HashSet::new();
    let mut full = false;
    let mut come = |wall: NaiveDateTime, is_day: bool, ending: Option<Ending>| {
        if slots.len() >= MOST {
            full = true;
        } else if range.from <= wall && wall < range.to && instants.insert((zone.instant(wall), is_day)) {
            slots.insert((wall, is_day), ending);
        }
        !full
    };
    for (moment, ending) in &whole.besides {
        match (is_day, moment.is_day()) {
            (false, false) => come(zone.wall(moment.instant(home)), false, *ending),
            (_, true) => come(moment.wall, true, Some(ending.unwrap_or(DAY))),
            (true, false) => come(moment.wall.date().and_time(NaiveTime::MIN), true, *ending),
        };
    }
    // RFC 5545 leaves open what a first time is that its own rule does not give; here the rule says when something happens.
    if whole.rules.is_empty() {
        come(start.wall, is_day, None);
    } else if range.from <= start.wall && start.wall < range.to {
        let mut is_first = false;
        let only = Range {
            from: start.wall,
            to: start
                .wall
                .checked_add_signed(Duration::seconds(1))
                .unwrap_or(start.wall),
        };
        for rule in &whole.rules {
            walk(rule, start, zone, only, budget, |_| {
                is_first = true;
                false
            });
        }
        if !is_first {
            note(&mut found.unread, whole.line, Unread::First);
        }
    }
    for rule in &whole.rules {
        walk(rule, start, zone, range, budget, |wall| come(wall, is_day, None));
    }
    for rule in &whole.without_rules {
        walk(rule, start, zone, range, budget, |wall| {
            slots.remove(&(wall, is_day));
            true
        });
    }
    if full || budget.spent {
        note(&mut found.unread, whole.line, Unread::TooMany);
    }
    let mut without = Replaced::default();
    for moment in &whole.without {
        without.add(moment, home);
    }
    slots.retain(|(wall, is_day), _| !without.has(&at(whole, *wall, *is_day), *wall, home));
    slots
}

/// A time of a series.
fn at(whole: &Event, wall: NaiveDateTime, is_day: bool) -> Moment {
    let clock = if is_day {
        Clock::Day
    } else {
        whole.start.clock.clone()
    };
    Moment { wall, clock }
}

/// A whole day.
const DAY: Ending = Ending(Length { days: 1, seconds: 0 });

/// Goes through a rule's times within a range for as long as `take` wants more.
fn walk(
    rule: &Rule,
    start: &Moment,
    zone: &Zone,
    range: Range,
    budget: &mut Budget,
    mut take: impl FnMut(NaiveDateTime) -> bool,
) {
    let instant = |wall| zone.instant(wall);
    let asked = Asked {
        start: start.wall,
        is_date: start.is_day(),
        from: range.from,
        to: range.to,
        instant: (!matches!(start.clock, Clock::Floating(_))).then_some(&instant),
    };
    for wall in times(rule, &asked, budget) {
        if !take(wall) {
            return;
        }
    }
}
