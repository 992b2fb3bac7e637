//! The calendar of a house's spaces, written so that other programs read it.
//!
//! What comes week after week is one event with its rule; the days on which it does not come are taken out of it, and the nights
//! when the clocks move have events of their own wherever its length or its hour would be another. Flats are named by their number,
//! people never.

use crate::write::Writer;
use crate::zone_written::{local, weekday, write_zone};
use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::resource::Audience;
use kiulu_domain::bookings::schedule::{Schedule, Use};
use kiulu_domain::bookings::standing::SkippedTurn;
use kiulu_domain::bookings::time::{Span, instant};
use kiulu_domain::id::{FlatId, derived};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// What the file calls things.
#[derive(Debug, Clone, Copy)]
pub struct FeedWords<'a> {
    /// A booking of the house, or of somebody without a flat.
    pub booked: &'a str,
    /// A turn of all, for women, men and everybody.
    pub common: [&'a str; 3],
    /// A time out of use without a reason.
    pub out_of_use: &'a str,
}

/// How often a row was changed, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revision {
    /// Changes, its coming among them.
    pub changes: u32,
    /// The last one.
    pub at: DateTime<Utc>,
}

impl Revision {
    /// Both rows' changes together.
    fn and(self, other: Self) -> Self {
        Self {
            changes: self.changes + other.changes,
            at: self.at.max(other.at),
        }
    }
}

/// What is written besides the schedules.
pub struct FeedSource<'a> {
    /// The calendar's name.
    pub name: &'a str,
    /// The first day and the last.
    pub days: (NaiveDate, NaiveDate),
    /// Only what is this flat's.
    pub flat: Option<FlatId>,
    /// The flats' names.
    pub flats: &'a HashMap<FlatId, String>,
    /// The words.
    pub words: FeedWords<'a>,
    /// The changes of a row, nothing for one that never was.
    pub revision: &'a dyn Fn(Uuid) -> Option<Revision>,
    /// The changes of all times out of use: they take days out of what comes week after week.
    pub blackouts: Revision,
}

/// Writes the calendar of some spaces, all of one zone. Gives the text and the number of its events.
pub fn write_feed(schedules: &[Schedule<'_>], zone: Tz, source: &FeedSource<'_>) -> (String, u32) {
    let mut feed = Feed {
        writer: Writer::default(),
        source,
        events: 0,
    };
    feed.writer.plain("BEGIN", "VCALENDAR");
    feed.writer.plain("VERSION", "2.0");
    feed.writer.plain(
        "PRODID",
        concat!("-//Kiulu//Kiulu ", env!("CARGO_PKG_VERSION"), "//EN"),
    );
    feed.writer.plain("CALSCALE", "GREGORIAN");
    feed.writer.plain("METHOD", "PUBLISH");
    feed.writer.text("NAME", source.name);
    feed.writer.text("X-WR-CALNAME", source.name);
    let (from, to) = source.days;
    // An event's clock may have been set the year before.
    write_zone(&mut feed.writer, zone, from.year() - 1..=to.year() + 1);
    for schedule in schedules {
        feed.schedule(schedule);
    }
    feed.writer.plain("END", "VCALENDAR");
    (feed.writer.finish(), feed.events)
}

struct Feed<'a, 's> {
    writer: Writer,
    source: &'s FeedSource<'a>,
    events: u32,
}

/// What comes at one time of the week, or once.
struct Series {
    id: Uuid,
    summary: String,
    spans: Vec<Span>,
    every_weeks: u32,
    revision: Revision,
}

impl Feed<'_, '_> {
    fn schedule(&mut self, schedule: &Schedule<'_>) {
        for series in self.series(schedule) {
            self.write_series(schedule, &series);
        }
        let (from, to) = self.source.days;
        let wanted = |booking: &&Booking| {
            let whose = self
                .source
                .flat
                .is_none_or(|flat| booking.holder == Holder::Flat(flat));
            whose && (from..=to).contains(&booking.span.date())
        };
        let bookings: Vec<&Booking> = schedule.bookings.iter().filter(wanted).collect();
        for booking in bookings {
            self.write_booking(schedule, booking);
        }
    }

    /// What comes week after week, and times out of use, in the order of their ids.
    fn series(&self, schedule: &Schedule<'_>) -> Vec<Series> {
        let (from, to) = self.source.days;
        let mut found: BTreeMap<Uuid, Series> = BTreeMap::new();
        let shifts: HashMap<_, _> = schedule.standing.iter().map(|shift| (shift.id, shift)).collect();
        let resource = self.revision(schedule.resource.id.0);
        let name = &schedule.resource.name;
        for taken in schedule.taken(from, to) {
            let flat = match &taken.by {
                Use::Standing { flat, .. } => Some(*flat),
                _ => None,
            };
            if self.source.flat.is_some() && flat != self.source.flat {
                continue;
            }
            let new = |id, summary, every_weeks, revision| Series {
                id,
                summary,
                spans: Vec::new(),
                every_weeks,
                revision,
            };
            let (id, make): (Uuid, Box<dyn Fn() -> Series>) = match &taken.by {
                Use::Booked { .. } | Use::Held { .. } => continue,
                Use::Standing { shift, flat } => {
                    let (shift, flat) = (*shift, self.flat(*flat));
                    let every = shifts.get(&shift).map_or(1, |shift| shift.every_weeks);
                    let summary = format!("{name}: {flat}");
                    (
                        shift.0,
                        Box::new(move || {
                            new(
                                shift.0,
                                summary.clone(),
                                every,
                                self.revision(shift.0).and(resource),
                            )
                        }),
                    )
                }
                Use::Common { audience } => {
                    let word = self.source.words.common[match audience {
                        Audience::Women => 0,
                        Audience::Men => 1,
                        Audience::Mixed => 2,
                    }];
                    let (start, end) = (taken.span.start, taken.span.end);
                    let week = format!("{} {} {} {audience:?}", start.weekday(), start.time(), end.time());
                    let id = derived(
                        "common_turn",
                        &[schedule.resource.id.0.as_bytes(), week.as_bytes()],
                    );
                    let summary = format!("{name}: {word}");
                    (id, Box::new(move || new(id, summary.clone(), 1, resource)))
                }
                Use::Blackout { blackout, reason } => {
                    let reason = if reason.trim().is_empty() {
                        self.source.words.out_of_use
                    } else {
                        reason
                    };
                    let (id, summary) = (blackout.0, format!("{name}: {reason}"));
                    (
                        id,
                        Box::new(move || new(id, summary.clone(), 1, self.revision(id))),
                    )
                }
            };
            found.entry(id).or_insert_with(make).spans.push(taken.span);
        }
        let mut all: Vec<Series> = found.into_values().collect();
        for series in &mut all {
            if shifts.keys().any(|shift| shift.0 == series.id) {
                self.count_skips(series);
            }
        }
        all
    }

    /// A turn that was given up or put back changes its shift's event, and so do times out of use.
    fn count_skips(&self, series: &mut Series) {
        let shift = kiulu_domain::id::StandingShiftId(series.id);
        let (Some(first), Some(last)) = (series.spans.first(), series.spans.last()) else {
            return;
        };
        series.revision = series.revision.and(self.source.blackouts);
        let mut date = first.date();
        while date <= last.date() {
            if let Some(skip) = (self.source.revision)(SkippedTurn::id(shift, date)) {
                series.revision = series.revision.and(skip);
            }
            let Some(next) = date.checked_add_signed(Duration::weeks(series.every_weeks.max(1).into()))
            else {
                return;
            };
            date = next;
        }
    }

    fn revision(&self, row: Uuid) -> Revision {
        (self.source.revision)(row).unwrap_or_default()
    }

    fn flat(&self, flat: FlatId) -> String {
        self.source.flats.get(&flat).cloned().unwrap_or_default()
    }

    fn write_series(&mut self, schedule: &Schedule<'_>, series: &Series) {
        let zone = schedule.zone;
        // An hour that never comes is none.
        let spans: Vec<Span> = series
            .spans
            .iter()
            .filter(|span| span.exists(zone))
            .copied()
            .collect();
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return;
        };
        if spans.len() == 1 {
            self.begin(series.id, &series.summary, schedule, series.revision);
            self.write_span(first, zone);
            self.end();
            return;
        }
        let length = first.end - first.start;
        self.begin(series.id, &series.summary, schedule, series.revision);
        let tzid = zone.name();
        self.writer
            .plain(&format!("DTSTART;TZID={tzid}"), local(first.start));
        self.writer
            .plain("DURATION", format!("PT{}M", length.num_minutes()));
        let every = match series.every_weeks {
            0 | 1 => String::new(),
            weeks => format!(";INTERVAL={weeks}"),
        };
        let until = instant(last.start, zone).naive_utc();
        let day = weekday(first.start.weekday());
        self.writer.plain(
            "RRULE",
            format!("FREQ=WEEKLY{every};UNTIL={}Z;BYDAY={day}", local(until)),
        );
        let comes: HashSet<NaiveDateTime> = spans.iter().map(|span| span.start).collect();
        let step = Duration::weeks(series.every_weeks.max(1).into());
        let slots = std::iter::successors(Some(first.start), |slot| slot.checked_add_signed(step));
        for slot in slots
            .take_while(|slot| *slot <= last.start)
            .filter(|slot| !comes.contains(slot))
        {
            self.writer.plain(&format!("EXDATE;TZID={tzid}"), local(slot));
        }
        self.end();
        for span in spans.iter().filter(|span| is_odd(span, length, zone)) {
            self.begin(series.id, &series.summary, schedule, series.revision);
            self.writer
                .plain(&format!("RECURRENCE-ID;TZID={tzid}"), local(span.start));
            self.write_utc(span, zone);
            self.end();
        }
    }

    fn write_booking(&mut self, schedule: &Schedule<'_>, booking: &Booking) {
        if !booking.span.exists(schedule.zone) {
            return;
        }
        let who = match booking.holder {
            Holder::Flat(flat) => self.flat(flat),
            Holder::Contact(_) | Holder::House => self.source.words.booked.to_owned(),
        };
        let summary = format!("{}: {who}", schedule.resource.name);
        self.begin(booking.id.0, &summary, schedule, self.revision(booking.id.0));
        self.write_span(&booking.span, schedule.zone);
        let status = match booking.status {
            BookingStatus::Booked | BookingStatus::NoShow => "CONFIRMED",
            BookingStatus::Cancelled | BookingStatus::CancelledLate | BookingStatus::Displaced => "CANCELLED",
        };
        self.writer.plain("STATUS", status);
        self.end();
    }

    fn begin(&mut self, id: Uuid, summary: &str, schedule: &Schedule<'_>, revision: Revision) {
        self.events += 1;
        self.writer.plain("BEGIN", "VEVENT");
        self.writer.plain("UID", id);
        let at = revision.at.format("%Y%m%dT%H%M%SZ");
        self.writer.plain("DTSTAMP", &at);
        self.writer.plain("LAST-MODIFIED", &at);
        self.writer.plain("SEQUENCE", revision.changes.saturating_sub(1));
        self.writer.text("SUMMARY", summary);
        self.writer.text("LOCATION", &schedule.resource.place);
    }

    fn end(&mut self) {
        self.writer.plain("END", "VEVENT");
    }

    /// On the wall, except on the nights when what a wall shows leaves open when it is.
    fn write_span(&mut self, span: &Span, zone: Tz) {
        if is_odd(span, span.end - span.start, zone) {
            return self.write_utc(span, zone);
        }
        self.writer
            .plain(&format!("DTSTART;TZID={}", zone.name()), local(span.start));
        self.writer
            .plain(&format!("DTEND;TZID={}", zone.name()), local(span.end));
    }

    fn write_utc(&mut self, span: &Span, zone: Tz) {
        let utc = |wall| local(instant(wall, zone).naive_utc());
        self.writer.plain("DTSTART", format!("{}Z", utc(span.start)));
        self.writer.plain("DTEND", format!("{}Z", utc(span.end)));
    }
}

/// Whether the clocks move in a time, or its ends are shown twice or never.
fn is_odd(span: &Span, length: Duration, zone: Tz) -> bool {
    let plain = |wall: NaiveDateTime| matches!(zone.from_local_datetime(&wall), LocalResult::Single(_));
    !plain(span.start) || !plain(span.end) || instant(span.end, zone) - instant(span.start, zone) != length
}
