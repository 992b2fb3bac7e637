//! An event as its component says it.

use crate::property::Property;
use crate::rule::Rule;
use crate::unread::{Unread, UnreadLine, note};
use crate::value::{Length, Written};
use crate::zone::Zone;
use chrono::{DateTime, NaiveDateTime, Utc};

/// A VEVENT: a single event, the whole of a series, or one time of a series that differs.
#[derive(Debug, Clone)]
pub struct Event {
    /// What its program calls it by; empty where the file does not say.
    pub uid: String,
    /// Number of its first line.
    pub line: u32,
    /// What it is.
    pub summary: String,
    /// Where.
    pub location: String,
    /// More about it.
    pub description: String,
    /// Who takes part, as the file names them: calendar addresses and common names.
    pub attendees: Vec<String>,
    /// How often it was changed.
    pub sequence: i64,
    /// It does not take place.
    pub cancelled: bool,
    pub(crate) stamp: Option<NaiveDateTime>,
    pub(crate) start: Moment,
    pub(crate) ending: Ending,
    pub(crate) rules: Vec<Rule>,
    pub(crate) without_rules: Vec<Rule>,
    pub(crate) besides: Vec<(Moment, Option<Ending>)>,
    pub(crate) without: Vec<Moment>,
    pub(crate) replaces: Option<Moment>,
    pub(crate) and_future: bool,
}

/// A day or time with the clock that it is read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// What the clock shows; midnight for a day.
    pub(crate) wall: NaiveDateTime,
    pub(crate) clock: Clock,
}

/// On which clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clock {
    /// None: a whole day, wherever one is.
    Day,
    /// Any wall's; here the house's.
    Floating(Zone),
    /// A zone's.
    Of(Zone),
}

impl Moment {
    pub(crate) fn instant(&self, home: &Zone) -> DateTime<Utc> {
        self.clock.zone(home).instant(self.wall)
    }

    pub(crate) fn is_day(&self) -> bool {
        self.clock == Clock::Day
    }
}

impl Clock {
    pub(crate) fn zone<'a>(&'a self, home: &'a Zone) -> &'a Zone {
        match self {
            Self::Day => home,
            Self::Floating(zone) | Self::Of(zone) => zone,
        }
    }
}

/// When it ends, from when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending(pub(crate) Length);

impl Ending {
    /// The end of a time that begins then: calendar days first, then what passes by the clock.
    pub(crate) fn after(self, wall: NaiveDateTime, zone: &Zone) -> DateTime<Utc> {
        let later = self.0.days_after(wall).unwrap_or(wall);
        let end = zone.instant(later);
        end.checked_add_signed(self.0.rest()).unwrap_or(end)
    }

    /// At most so many days.
    pub(crate) fn most_days(self) -> u64 {
        self.0.days.unsigned_abs() + self.0.seconds.unsigned_abs() / 86_400 + 1
    }
}

/// What reading an event needs besides its lines.
pub(crate) struct Reading<'a> {
    /// The house's zone.
    pub(crate) home: &'a Zone,
    /// The zone of a name; nothing where nobody knows it.
    pub(crate) zone: &'a dyn Fn(&str) -> Option<Zone>,
    pub(crate) unread: &'a mut Vec<UnreadLine>,
}

impl Reading<'_> {
    fn note(&mut self, line: u32, what: Unread) {
        note(self.unread, line, what);
    }

    fn moment(&mut self, property: &Property, text: &str) -> Option<Moment> {
        let written = Written::parse(text)?;
        let clock = match written {
            Written::Date(_) => Clock::Day,
            Written::Utc(_) => Clock::Of(Zone::UTC),
            Written::Local(_) => match property.param("TZID").filter(|name| !name.trim().is_empty()) {
                None => Clock::Floating(self.home.clone()),
                Some(name) => match (self.zone)(name) {
                    Some(zone) => Clock::Of(zone),
                    None => {
                        let name = name.chars().take(80).collect();
                        self.note(property.line, Unread::Zone { name });
                        Clock::Floating(self.home.clone())
                    }
                },
            },
        };
        Some(Moment {
            wall: written.wall(),
            clock,
        })
    }

    /// The end of something that begins then and ends at a moment.
    fn until(&self, start: &Moment, end: &Moment) -> Option<Ending> {
        if start.is_day() && end.is_day() {
            let days = (end.wall - start.wall).num_days();
            return (days >= 0).then_some(Ending(Length { days, seconds: 0 }));
        }
        // A day that ends something with a clock ends it at that clock's midnight.
        let end = if end.is_day() {
            start.clock.zone(self.home).instant(end.wall)
        } else {
            end.instant(self.home)
        };
        let passed = (end - start.instant(self.home)).num_seconds();
        (passed >= 0).then_some(Ending(Length::seconds(passed)))
    }
}

impl Event {
    /// Reads an event; nothing where it has no beginning.
    pub(crate) fn read(line: u32, properties: &[Property], reading: &mut Reading<'_>) -> Option<Self> {
        let find = |name: &str| properties.iter().find(|property| property.name == name);
        let all = |name: &'static str| properties.iter().filter(move |property| property.name == name);
        let text = |name: &str| find(name).map_or(String::new(), Property::text);
        let mut replaces = None;
        let mut and_future = false;
        if let Some(property) = find("RECURRENCE-ID") {
            replaces = reading.moment(property, &property.value);
            and_future = property
                .param("RANGE")
                .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
            if replaces.is_none() {
                reading.note(property.line, Unread::Date);
            }
        }
        let cancelled = text("STATUS").trim().eq_ignore_ascii_case("CANCELLED");
        let begins = find("DTSTART");
        let start = begins.and_then(|property| reading.moment(property, &property.value));
        // What takes a time of a series back need not say when it was.
        let Some(mut start) = start.or_else(|| replaces.clone().filter(|_| begins.is_none())) else {
            reading.note(begins.map_or(line, |property| property.line), Unread::Start);
            return None;
        };
        let ending = Self::ending(&mut start, find("DTEND"), find("DURATION"), reading);
        let mut event = Self {
            uid: text("UID").trim().to_owned(),
            line,
            summary: text("SUMMARY").trim().to_owned(),
            location: text("LOCATION").trim().to_owned(),
            description: text("DESCRIPTION").trim().to_owned(),
            attendees: all("ATTENDEE")
                .flat_map(|who| [who.value.clone(), who.param("CN").unwrap_or_default().to_owned()])
                .filter(|who| !who.is_empty())
                .collect(),
            sequence: text("SEQUENCE").trim().parse().unwrap_or(0),
            cancelled,
            stamp: find("LAST-MODIFIED")
                .or_else(|| find("DTSTAMP"))
                .and_then(|property| Written::parse(&property.value))
                .map(Written::wall),
            start,
            ending,
            rules: Vec::new(),
            without_rules: Vec::new(),
            besides: Vec::new(),
            without: Vec::new(),
            replaces,
            and_future,
        };
        for property in properties {
            match property.name.as_str() {
                "RRULE" => event.rules.extend(read_rule(property, reading)),
                "EXRULE" => event.without_rules.extend(read_rule(property, reading)),
                "RDATE" => event.read_besides(property, reading),
                "EXDATE" => {
                    for text in property.value.split(',').filter(|text| !text.trim().is_empty()) {
                        match reading.moment(property, text) {
                            Some(moment) => event.without.push(moment),
                            None => reading.note(property.line, Unread::Date),
                        }
                    }
                }
                _ => {}
            }
        }
        Some(event)
    }

    fn ending(
        start: &mut Moment,
        end: Option<&Property>,
        duration: Option<&Property>,
        reading: &mut Reading<'_>,
    ) -> Ending {
        if let Some(property) = end {
            let moment = reading.moment(property, &property.value);
            if let Some(end) = moment {
                // A day that ends by the clock begins by it.
                if start.is_day() {
                    start.clock = end.clock.clone();
                }
                if let Some(ending) = reading.until(start, &end) {
                    return ending;
                }
            }
            reading.note(property.line, Unread::End);
        }
        if let Some(property) = duration {
            match Length::parse(&property.value) {
                Some(length) if length.days >= 0 && length.seconds >= 0 => {
                    if start.is_day() && length.seconds > 0 {
                        start.clock = Clock::Floating(reading.home.clone());
                    }
                    return Ending(length);
                }
                _ => reading.note(property.line, Unread::End),
            }
        }
        // RFC 5545 section 3.6.1: a day lasts the day, a time no time.
        Ending(Length {
            days: start.is_day().into(),
            seconds: 0,
        })
    }

    fn read_besides(&mut self, property: &Property, reading: &mut Reading<'_>) {
        for text in property.value.split(',').filter(|text| !text.trim().is_empty()) {
            let (first, last) = match text.split_once('/') {
                Some((first, last)) => (first, Some(last)),
                None => (text, None),
            };
            let Some(moment) = reading.moment(property, first) else {
                reading.note(property.line, Unread::Date);
                continue;
            };
            let ending = last.map(|last| match Length::parse(last) {
                Some(length) if length.days >= 0 && length.seconds >= 0 => Some(Ending(length)),
                Some(_) => None,
                None => {
                    let end = reading.moment(property, last)?;
                    reading.until(&moment, &end)
                }
            });
            if ending == Some(None) {
                reading.note(property.line, Unread::End);
            }
            self.besides.push((moment, ending.flatten()));
        }
    }

    /// Whether it comes more than once.
    pub fn recurs(&self) -> bool {
        !self.rules.is_empty() || !self.besides.is_empty()
    }
}

fn read_rule(property: &Property, reading: &mut Reading<'_>) -> Option<Rule> {
    let Some(read) = Rule::parse(&property.value) else {
        reading.note(property.line, Unread::Rule);
        return None;
    };
    if read.passed_over {
        reading.note(property.line, Unread::RulePart);
    }
    Some(read.rule)
}
