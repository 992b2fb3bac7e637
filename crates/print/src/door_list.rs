//! The list on the door of a space: its turns by flat, with room for a pen.
//!
//! Turns of a timetable stand in a grid of days; where lengths are free or it goes by the night, one below the other.

use crate::{Head, Paper, PrintError, Words, print};
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::resource::Audience;
use kiulu_domain::bookings::schedule::{Schedule, Turn, Use};
use kiulu_domain::bookings::time::{Span, dates, monday};
use kiulu_domain::bookings::timetable::Turns;
use kiulu_domain::bookings::turn_code::turn_code;
use kiulu_domain::calendar::holiday;
use kiulu_domain::organisation::Language;
use serde::Serialize;

/// What longer takes than this is told with the day on which it ends.
const LONGEST_EVENING: Duration = Duration::hours(12);

/// So many columns still stand upright on a sheet.
const UPRIGHT: usize = 4;

/// So many turns of a day still have room for two lines each.
const ROOMY: usize = 12;

/// How the list is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Days across, turns down.
    Grid,
    /// One below the other.
    List,
}

/// What a turn is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoorKind {
    /// Nobody has it: a line to write on.
    Free,
    /// Some of it can be had: a line to write on, and another for the time.
    Gap,
    /// Somebody has it.
    Held,
    /// Open to all.
    Common,
    /// Out of use.
    Out,
}

/// A turn of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoorTurn {
    /// When it begins.
    pub start: NaiveDateTime,
    /// When it ends.
    pub end: NaiveDateTime,
    /// Both as they are read: `18.00–19.00`.
    pub time: String,
    /// What it is.
    pub kind: DoorKind,
    /// The flat, or what is said in its place.
    pub label: String,
    /// Who lives there, where the organisation wants names.
    pub name: String,
    /// By which what is written beside it is keyed back; nothing where nothing can be.
    pub code: String,
}

/// A day of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoorDay {
    /// The day as it is read: `ke 25.11.`
    pub day: String,
    /// Holidays, and why it is out of use all day.
    pub notes: Vec<String>,
    /// Its turns.
    pub turns: Vec<DoorTurn>,
}

/// A week of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoorWeek {
    /// `Viikko 48`.
    pub title: String,
    /// `23.–29.11.2026`.
    pub days_title: String,
    /// The days with turns, and no others.
    pub days: Vec<DoorDay>,
    /// The days without any, in one sentence.
    pub closed: String,
}

/// The list on a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoorList {
    /// What the house calls the space.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// Of which time: `Viikko 48 · 23.–29.11.2026` or `Marraskuu 2026`.
    pub period: String,
    /// How it is laid out.
    pub layout: Layout,
    /// The sheet lies on its side.
    pub flipped: bool,
    /// Each turn has one line.
    pub dense: bool,
    /// Its weeks.
    pub weeks: Vec<DoorWeek>,
}

impl DoorList {
    /// The list as a PDF.
    ///
    /// # Errors
    /// Those of [`print`].
    pub fn pdf(&self, language: Language, house: &str, day: NaiveDate) -> Result<Vec<u8>, PrintError> {
        let with = [("name", self.name.as_str()), ("period", &self.period)];
        let head = Head {
            title: Words::of(language).say("door_title", &with),
            house: house.to_owned(),
            day,
        };
        print(Paper::DoorList, language, &head, self)
    }

    /// Every turn of it.
    pub fn turns(&self) -> impl Iterator<Item = &DoorTurn> {
        let days = self.weeks.iter().flat_map(|week| &week.days);
        days.flat_map(|day| &day.turns)
    }
}

/// Who stands on the list: what a holder is called, and who it is where names are wanted.
pub type Called<'a> = &'a dyn Fn(Holder) -> (String, String);

/// The list of a space on days from one to another, both included. `whole_month` titles it by its month.
pub fn door_list(
    words: Words,
    schedule: &Schedule<'_>,
    from: NaiveDate,
    to: NaiveDate,
    whole_month: bool,
    called: Called<'_>,
) -> DoorList {
    let timetable = &schedule.resource.timetable;
    let fixed = dates(from, to).any(|date| {
        let turns = timetable.season(date).map(|season| season.turns);
        matches!(turns, Some(Turns::Fixed { .. }))
    });
    let layout = if fixed { Layout::Grid } else { Layout::List };
    let mut turns = schedule.turns(from, to);
    turns.extend(free_stretches(schedule, from, to));
    turns.sort_by_key(|turn| turn.span);
    let maker = Maker {
        words,
        schedule,
        called,
        layout,
    };
    let mut weeks: Vec<DoorWeek> = Vec::new();
    let mut first = from;
    while first <= to {
        let sunday = monday(first) + Duration::days(6);
        let last = sunday.min(to);
        weeks.push(maker.week(&turns, first, last, from));
        first = sunday + Duration::days(1);
    }
    let most_days = weeks.iter().map(|week| week.days.len()).max().unwrap_or(0);
    let most_turns = weeks
        .iter()
        .flat_map(|week| &week.days)
        .map(|day| day.turns.len())
        .max();
    let period = match (whole_month, &weeks[..]) {
        (true, _) => {
            let month = words.month(from);
            let mut letters = month.chars();
            let capital = letters.next().map(|letter| letter.to_uppercase().to_string());
            format!("{}{}", capital.unwrap_or_default(), letters.as_str())
        }
        (false, [week]) => format!("{} · {}", week.title, week.days_title),
        (false, _) => words.days(from, to),
    };
    DoorList {
        name: schedule.resource.name.clone(),
        place: schedule.resource.place.clone(),
        period,
        layout,
        flipped: layout == Layout::Grid && most_days > UPRIGHT,
        dense: most_turns > Some(ROOMY),
        weeks,
    }
}

/// The free stretches of days as if they were still to come.
pub fn free_stretches(schedule: &Schedule<'_>, from: NaiveDate, to: NaiveDate) -> Vec<Turn> {
    let before = Schedule {
        now: from.pred_opt().unwrap_or(from).and_time(NaiveTime::MIN),
        ..schedule.clone()
    };
    let spans = dates(from, to).flat_map(|date| before.gaps(date));
    spans.map(|span| Turn { span, taken: None }).collect()
}

struct Maker<'a> {
    words: Words,
    schedule: &'a Schedule<'a>,
    called: Called<'a>,
    layout: Layout,
}

impl Maker<'_> {
    fn week(&self, turns: &[Turn], first: NaiveDate, last: NaiveDate, list_begins: NaiveDate) -> DoorWeek {
        let words = self.words;
        let mut days = Vec::new();
        let mut closed = Vec::new();
        for date in dates(first, last) {
            let day = self.day(turns, date, list_begins);
            // Nobody misses a turn on a day in the midst of somebody's nights.
            if self.layout == Layout::List && day.turns.is_empty() && self.is_within(turns, date) {
                continue;
            }
            if !day.turns.is_empty() {
                days.push(day);
            } else if day.notes.is_empty() {
                closed.push(day.day);
            } else {
                closed.push(format!("{} ({})", day.day, day.notes.join("; ")));
            }
        }
        let week = first.format("%V").to_string();
        DoorWeek {
            title: words.say("week", &[("week", week.trim_start_matches('0'))]),
            days_title: words.days(first, last),
            closed: match (closed.is_empty(), days.is_empty()) {
                (true, _) => String::new(),
                (false, true) if !closed.iter().any(|day| day.contains('(')) => {
                    words.say("door_no_turns", &[])
                }
                _ => words.say("door_closed", &[("days", &closed.join(", "))]),
            },
            days,
        }
    }

    /// Whether somebody has the whole day, from before until after it.
    fn is_within(&self, turns: &[Turn], date: NaiveDate) -> bool {
        turns.iter().any(|turn| {
            let held = matches!(turn.taken, Some(Use::Booked { .. } | Use::Standing { .. }));
            held && turn.span.date() < date && turn.span.end.date() > date
        })
    }

    fn day(&self, turns: &[Turn], date: NaiveDate, list_begins: NaiveDate) -> DoorDay {
        let words = self.words;
        let mut notes: Vec<String> = holiday(date)
            .map(|day| words.holiday(day.name))
            .into_iter()
            .collect();
        let mut found = Vec::new();
        for turn in turns {
            if let Some(Use::Blackout { reason, .. }) = &turn.taken {
                let why = match reason.trim() {
                    "" => words.say("door_out", &[]),
                    why => words.say("door_out_why", &[("why", why)]),
                };
                match self.out_of_use(date, &turn.span) {
                    Out::Never => {}
                    Out::AllDay => notes.push(why),
                    Out::Partly(span) => found.push(DoorTurn {
                        start: span.start,
                        end: span.end,
                        time: self.time(&span),
                        kind: DoorKind::Out,
                        label: why,
                        name: String::new(),
                        code: String::new(),
                    }),
                }
                continue;
            }
            let begins = turn.span.date();
            // What goes over days and began before the list stands on its first day; an evening's end is on the list before.
            let reaches_in = date == list_begins
                && begins < date
                && turn.span.end > date.and_time(NaiveTime::MIN)
                && turn.span.end - turn.span.start > LONGEST_EVENING;
            if begins == date || reaches_in {
                found.push(self.turn(turn));
            }
        }
        found.sort_by_key(|turn| (turn.start, turn.end));
        DoorDay {
            day: words.weekday_date(date),
            notes,
            turns: found,
        }
    }

    /// How much of a day's hours a time out of use takes.
    fn out_of_use(&self, date: NaiveDate, span: &Span) -> Out {
        let open = self.schedule.resource.timetable.open(date);
        if !open.iter().any(|open| open.overlaps(span)) {
            return Out::Never;
        }
        if open.iter().all(|open| span.contains(open)) {
            return Out::AllDay;
        }
        let first = open.iter().map(|open| open.start).min().unwrap_or(span.start);
        let last = open.iter().map(|open| open.end).max().unwrap_or(span.end);
        Out::Partly(Span {
            start: span.start.max(first),
            end: span.end.min(last),
        })
    }

    fn turn(&self, turn: &Turn) -> DoorTurn {
        let words = self.words;
        let season = self.schedule.resource.timetable.season(turn.span.date());
        let free_lengths = matches!(season.map(|season| season.turns), Some(Turns::Free { .. }));
        let (kind, label, name) = match &turn.taken {
            None if free_lengths => (DoorKind::Gap, String::new(), String::new()),
            None => (DoorKind::Free, String::new(), String::new()),
            Some(Use::Standing { flat, .. }) => self.held(Holder::Flat(*flat)),
            Some(Use::Booked { holder, .. }) => self.held(*holder),
            // Free, but for nobody else to take by pen.
            Some(Use::Held { holder, .. }) => {
                let (kind, label, name) = self.held(*holder);
                (kind, words.say("door_kept", &[("who", &label)]), name)
            }
            Some(Use::Common { audience }) => {
                let key = match audience {
                    Audience::Women => "door_common_women",
                    Audience::Men => "door_common_men",
                    Audience::Mixed => "door_common_mixed",
                };
                (DoorKind::Common, words.say(key, &[]), String::new())
            }
            Some(Use::Blackout { .. }) => (DoorKind::Out, words.say("door_out", &[]), String::new()),
        };
        let marked = matches!(kind, DoorKind::Free | DoorKind::Gap | DoorKind::Held);
        DoorTurn {
            start: turn.span.start,
            end: turn.span.end,
            time: self.time(&turn.span),
            kind,
            label,
            name,
            code: match marked {
                true => turn_code(self.schedule.resource.id, turn.span.start),
                false => String::new(),
            },
        }
    }

    fn held(&self, holder: Holder) -> (DoorKind, String, String) {
        let (label, name) = (self.called)(holder);
        let label = match (label.as_str(), holder) {
            ("", Holder::House) => self.words.say("door_house", &[]),
            ("", _) => self.words.say("door_booked", &[]),
            _ => label,
        };
        (DoorKind::Held, label, name)
    }

    fn time(&self, span: &Span) -> String {
        let words = self.words;
        let (start, end) = (words.time(span.start), words.time(span.end));
        // Midnight ends the day before.
        let end = match end.as_str() {
            "0.00" => "24.00".to_owned(),
            _ => end,
        };
        if span.end - span.start > LONGEST_EVENING && span.end.date() > span.date() {
            let last = match end.as_str() {
                "24.00" => span.end.date() - Duration::days(1),
                _ => span.end.date(),
            };
            return format!("{start} – {} {end}", words.weekday_date(last));
        }
        format!("{start}–{end}")
    }
}

enum Out {
    Never,
    AllDay,
    Partly(Span),
}
