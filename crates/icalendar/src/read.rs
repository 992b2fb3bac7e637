//! A whole file: its zones and its events.

use crate::event::{Event, Reading};
use crate::property::Property;
use crate::recurrence::Budget;
use crate::text::lines;
use crate::unread::{Refusal, Unread, UnreadLine, note};
use crate::zone::Zone;
use crate::zone_rules::own_zone;
use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::Arc;

/// No calendar of a house is larger.
const LARGEST: usize = 32 << 20;

/// No calendar nests its parts deeper.
const DEEPEST: usize = 64;

/// Steps that may be taken for the zones of a file.
const ZONE_STEPS: u64 = 5_000_000;

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its events, in order.
    pub events: Vec<Event>,
    /// What could not be read.
    pub unread: Vec<UnreadLine>,
    /// The zone of times that name none.
    pub(crate) home: Zone,
}

/// What a component is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Calendar,
    Event,
    Zone,
    /// STANDARD or DAYLIGHT.
    ZonePart,
    /// An alarm, a task and whatever else is no event.
    Other,
}

/// A component with its own properties.
struct Component {
    line: u32,
    /// Number of the calendar that it stands in.
    calendar: usize,
    properties: Vec<Property>,
    /// STANDARD and DAYLIGHT of a zone.
    parts: Vec<Vec<Property>>,
}

/// Components of a file, before their values are looked at.
#[derive(Default)]
struct Components {
    events: Vec<Component>,
    zones: Vec<Component>,
    /// METHOD of each calendar.
    methods: Vec<String>,
}

/// Reads a file. Times without a zone, and those of a zone that nobody knows, are taken as `home`'s.
///
/// # Errors
/// [`Refusal`] where there is no calendar in it at all.
pub fn read(bytes: &[u8], home: Tz) -> Result<Feed, Refusal> {
    if bytes.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let mut unread = Vec::new();
    let components = components(bytes, &mut unread).ok_or(Refusal::NotACalendar)?;
    let mut budget = Budget::new(ZONE_STEPS);
    let mut own: HashMap<String, Zone> = HashMap::new();
    for zone in &components.zones {
        let name = zone.properties.iter().find(|property| property.name == "TZID");
        let Some(name) = name.map(Property::text) else {
            continue;
        };
        let parts = zone.parts.iter().map(Vec::as_slice);
        if let Some(found) = own_zone(parts, &mut budget) {
            own.insert(name.trim().to_owned(), Zone::Own(Arc::new(found)));
        }
    }
    let home = Zone::Known(home);
    let zone = |name: &str| {
        Zone::of_database(name)
            .or_else(|| own.get(name.trim()).cloned())
            .or_else(|| Zone::of_name(name))
    };
    let mut events = Vec::new();
    for component in &components.events {
        let mut reading = Reading {
            home: &home,
            zone: &zone,
            unread: &mut unread,
        };
        if let Some(mut event) = Event::read(component.line, &component.properties, &mut reading) {
            let method = components.methods.get(component.calendar);
            event.cancelled |= method.is_some_and(|method| method.eq_ignore_ascii_case("CANCEL"));
            events.push(event);
        }
    }
    unread.sort_by_key(|unread| unread.line);
    Ok(Feed { events, unread, home })
}

/// Takes a file's components apart; nothing where it has neither a calendar nor an event.
fn components(bytes: &[u8], unread: &mut Vec<UnreadLine>) -> Option<Components> {
    let mut found = Components::default();
    let mut is_calendar = false;
    let mut open: Vec<(String, Kind)> = Vec::new();
    let mut too_deep = 0u32;
    let mut last = 1;
    for line in lines(bytes) {
        last = line.number;
        let Some(property) = Property::parse(line.number, &line.text) else {
            // Before the first component a file may say what it likes.
            if is_calendar && !line.text.trim().is_empty() {
                note(unread, line.number, Unread::Line);
            }
            continue;
        };
        match property.name.as_str() {
            "BEGIN" if open.len() >= DEEPEST => {
                too_deep += 1;
                note(unread, line.number, Unread::TooDeep);
            }
            "BEGIN" => {
                let name = property.value.trim().to_ascii_uppercase();
                let inside = open.last().map(|(_, kind)| *kind);
                let kind = found.begin(&name, inside, line.number);
                is_calendar |= matches!(kind, Kind::Calendar | Kind::Event);
                open.push((name, kind));
            }
            "END" if too_deep > 0 => too_deep -= 1,
            "END" => {
                let name = property.value.trim().to_ascii_uppercase();
                match open.iter().rposition(|(known, _)| *known == name) {
                    Some(place) => {
                        if place + 1 < open.len() {
                            note(unread, line.number, Unread::Unbalanced);
                        }
                        open.truncate(place);
                    }
                    None => {
                        note(unread, line.number, Unread::Unbalanced);
                        // A name written wrongly ends what stands open, but not the calendar.
                        if open.last().is_some_and(|(_, kind)| *kind != Kind::Calendar) {
                            open.pop();
                        }
                    }
                }
            }
            _ if too_deep > 0 => {}
            _ => found.keep(open.last().map(|(_, kind)| *kind), property),
        }
    }
    if is_calendar && !open.is_empty() {
        note(unread, last, Unread::Unbalanced);
    }
    is_calendar.then_some(found)
}

impl Components {
    fn begin(&mut self, name: &str, inside: Option<Kind>, line: u32) -> Kind {
        let component = |calendar: usize| Component {
            line,
            calendar,
            properties: Vec::new(),
            parts: Vec::new(),
        };
        match (name, inside) {
            ("VCALENDAR", _) => {
                self.methods.push(String::new());
                Kind::Calendar
            }
            ("VEVENT", Some(Kind::Calendar) | None) => {
                self.events.push(component(self.methods.len().wrapping_sub(1)));
                Kind::Event
            }
            ("VTIMEZONE", Some(Kind::Calendar) | None) => {
                self.zones.push(component(0));
                Kind::Zone
            }
            ("STANDARD" | "DAYLIGHT", Some(Kind::Zone)) => {
                if let Some(zone) = self.zones.last_mut() {
                    zone.parts.push(Vec::new());
                }
                Kind::ZonePart
            }
            _ => Kind::Other,
        }
    }

    fn keep(&mut self, inside: Option<Kind>, property: Property) {
        match inside {
            Some(Kind::Calendar) if property.name == "METHOD" => {
                if let Some(method) = self.methods.last_mut() {
                    *method = property.value.trim().to_owned();
                }
            }
            Some(kind) => {
                let list = match kind {
                    Kind::Event => self.events.last_mut().map(|event| &mut event.properties),
                    Kind::Zone => self.zones.last_mut().map(|zone| &mut zone.properties),
                    Kind::ZonePart => self.zones.last_mut().and_then(|zone| zone.parts.last_mut()),
                    Kind::Calendar | Kind::Other => None,
                };
                if let Some(list) = list {
                    list.push(property);
                }
            }
            None => {}
        }
    }
}
