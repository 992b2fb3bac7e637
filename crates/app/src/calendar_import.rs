//! Bringing a calendar file into a space, as blackouts or as bookings.

use crate::calendar_file::{FeedTime, FeedTimes, listed, read_file, unread};
use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use chrono::{DurationRound, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Blackout, Booking, BookingStatus, Holder};
use kiulu_domain::bookings::calendar_import::{
    Becomes, FeedEntry, ImportAs, ImportedTime, PlannedTime, flat_named_in, plan_import,
};
use kiulu_domain::bookings::rules::Violation;
use kiulu_domain::bookings::time::{Span, instant, wall};
use kiulu_domain::id::{BlackoutId, BookingId, FlatId, OrganisationId, ResourceId};
use kiulu_domain::organisation::zone_of;
use kiulu_icalendar::{Occurrence, UnreadLine, When};
use kiulu_store::{Reader, Tx};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// So many times come in at once at most.
const MOST: usize = 5000;

/// Which file becomes what, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CalendarImport {
    /// The file.
    pub path: String,
    /// Into which space.
    pub resource: ResourceId,
    /// What its times become.
    pub import_as: ImportAs,
    /// From which day on.
    pub from: NaiveDate,
    /// Until which day, not included.
    pub to: NaiveDate,
}

/// A time of the file with what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PlannedFeedTime {
    /// What the file says of it.
    #[serde(flatten)]
    pub time: FeedTime,
    /// When, on the wall of the space.
    pub span: Span,
    /// The flat that it names.
    pub flat: Option<String>,
    /// What becomes of it.
    pub becomes: Becomes,
    /// What has the time: it stands in a booking's way, and gives way to a blackout.
    pub against: Vec<Violation>,
}

/// What importing a file will do, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CalendarImportPreview {
    /// The file's name without its folder.
    pub file: String,
    /// Its times, by their beginning; those that it has no more are among them.
    pub times: Vec<PlannedFeedTime>,
    /// Times that come in.
    pub created: u32,
    /// Times that change.
    pub updated: u32,
    /// Times that go.
    pub removed: u32,
    /// Times that stay out because somebody has them.
    pub collides: u32,
    /// What could not be read.
    pub unread: Vec<UnreadLine>,
}

/// A file's times on the wall of a space.
struct Entries {
    entries: Vec<FeedEntry>,
    /// What the file says of each.
    times: Vec<FeedTime>,
    unread: Vec<UnreadLine>,
}

impl App {
    /// What happens in a calendar file from one day on, another not included; times without a zone are the organisation's.
    ///
    /// # Errors
    /// Those of the disk; [`Problem::CalendarForeign`], [`Problem::CalendarTooLarge`].
    pub fn calendar_file_times(
        &self,
        organisation: OrganisationId,
        path: &Path,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<FeedTimes> {
        let zone = self.store(organisation)?.read(zone)?;
        listed(&read_file(path, zone)?, from, to)
    }

    /// What importing a calendar file would do.
    ///
    /// # Errors
    /// Those of [`App::calendar_file_times`]; [`Problem::CalendarTooMany`], [`Problem::DateInvalid`].
    pub fn preview_calendar_import(
        &self,
        organisation: OrganisationId,
        asked: &CalendarImport,
    ) -> Result<CalendarImportPreview> {
        self.store(organisation)?.read(|reader| {
            let entries = entries(reader, asked)?;
            let plan = self.plan_calendar(reader, asked, &entries)?;
            preview(reader, asked, &entries, plan)
        })
    }

    /// Imports a calendar file as one change. Times that collide stay out and are in the answer.
    ///
    /// # Errors
    /// Those of [`App::preview_calendar_import`].
    pub fn run_calendar_import(
        &self,
        organisation: OrganisationId,
        asked: &CalendarImport,
    ) -> Result<(CalendarImportPreview, Changed)> {
        let store = self.store(organisation)?;
        let (entries, resource, planned) = store.read(|reader| {
            let entries = entries(reader, asked)?;
            let plan = self.plan_calendar(reader, asked, &entries)?;
            let name = reader.resource(asked.resource)?.name;
            Ok::<_, Problem>((entries, name, plan))
        })?;
        let action = Action::CalendarImport {
            file: file_name(asked),
            resource,
            created: count(&planned, Becomes::New),
            updated: count(&planned, Becomes::Changed),
            removed: count(&planned, Becomes::Removed),
        };
        let written = store.write(&action, |tx| {
            let plan = self.plan_calendar(tx, asked, &entries)?;
            // The history says how many; somebody has written meanwhile where they differ.
            if plan != planned {
                return Err(Problem::ImportOutdated);
            }
            let mut written = BTreeSet::new();
            for time in plan.iter().filter(|time| time.becomes.writes()) {
                put(tx, asked, &entries, time, &mut written)?;
            }
            tx.settle_bookings(asked.resource, &written)?;
            preview(tx, asked, &entries, plan)
        })?;
        Ok((written.value.clone(), written.into()))
    }

    fn plan_calendar(
        &self,
        reader: &Reader<'_>,
        asked: &CalendarImport,
        entries: &Entries,
    ) -> Result<Vec<PlannedTime>> {
        let within = Span {
            start: asked.from.and_time(NaiveTime::MIN),
            end: asked.to.and_time(NaiveTime::MIN),
        };
        let spans = entries.entries.iter().map(|entry| entry.span);
        let (from, to) = spans.fold((asked.from, asked.to), |(from, to), span| {
            (from.min(span.date()), to.max(span.end.date()))
        });
        let eve = from.pred_opt().unwrap_or(from);
        let book = reader.resource_book(asked.resource, eve, to)?;
        let known = reader.imported_times(asked.resource)?;
        let schedule = book.schedule(self.wall_now(reader)?);
        Ok(plan_import(
            &schedule,
            asked.import_as,
            &entries.entries,
            &known,
            within,
        ))
    }
}

/// The names of all flats.
pub(crate) fn flat_names(reader: &Reader<'_>) -> Result<HashMap<FlatId, String>> {
    let flats = reader.flats()?.into_iter();
    Ok(flats.map(|flat| (flat.id, flat.name)).collect())
}

fn zone(reader: &Reader<'_>) -> Result<Tz> {
    let facts = reader.organisation()?;
    Ok(zone_of(&facts.map_or(String::new(), |facts| facts.time_zone)))
}

fn entries(reader: &Reader<'_>, asked: &CalendarImport) -> Result<Entries> {
    if asked.from >= asked.to {
        return Err(Problem::DateInvalid);
    }
    let zone = zone(reader)?;
    let feed = read_file(Path::new(&asked.path), zone)?;
    let found = feed.occurrences(asked.from, asked.to);
    if found.occurrences.len() > MOST {
        return Err(Problem::CalendarTooMany { most: MOST as u32 });
    }
    let flats = reader.flats()?;
    let flats: Vec<(FlatId, &str)> = flats.iter().map(|flat| (flat.id, flat.name.as_str())).collect();
    let mut entries = Vec::with_capacity(found.occurrences.len());
    for one in &found.occurrences {
        let event = one.event;
        let texts = [event.summary.as_str(), event.location.as_str()];
        let texts = texts
            .into_iter()
            .chain(event.attendees.iter().map(String::as_str));
        let flat = match asked.import_as {
            ImportAs::Bookings => flat_named_in(texts, &flats),
            ImportAs::Blackouts => None,
        };
        entries.push(FeedEntry {
            uid: uid(one),
            slot: one.slot.clone(),
            sequence: event.sequence,
            span: on_the_wall(one, zone),
            cancelled: one.cancelled,
            holder: flat.map_or(Holder::House, Holder::Flat),
        });
    }
    Ok(Entries {
        entries,
        times: found.occurrences.iter().map(FeedTime::of).collect(),
        unread: unread(&feed, &found),
    })
}

/// What tells events apart. One without a uid is what it says and when it is.
fn uid(one: &Occurrence<'_>) -> String {
    if one.event.uid.is_empty() {
        format!("{} {}", one.start.format("%Y%m%dT%H%M%SZ"), one.event.summary)
    } else {
        one.event.uid.clone()
    }
}

/// In whole minutes, as clocks on walls show them.
fn on_the_wall(one: &Occurrence<'_>, zone: Tz) -> Span {
    let minute = TimeDelta::minutes(1);
    let whole = |time: NaiveDateTime| time.duration_trunc(minute).unwrap_or(time);
    match one.when {
        When::Days { from, to } => Span {
            start: from.and_time(NaiveTime::MIN),
            // Some programs let a day end on itself.
            end: to.max(from.succ_opt().unwrap_or(from)).and_time(NaiveTime::MIN),
        },
        When::Floating | When::Zoned => {
            let mut until = wall(one.end, zone);
            // On the night when an hour comes twice a wall may show an end that has been already: then the next time it can mean.
            let missing = one.end - instant(until, zone);
            if missing > TimeDelta::zero() {
                until += missing;
            }
            let end = whole(until);
            Span {
                start: whole(wall(one.start, zone)),
                end: if end < until { end + minute } else { end },
            }
        }
    }
}

fn file_name(asked: &CalendarImport) -> String {
    let name = Path::new(&asked.path).file_name();
    name.map_or(String::new(), |name| name.to_string_lossy().into_owned())
}

fn count(planned: &[PlannedTime], becomes: Becomes) -> u32 {
    planned.iter().filter(|time| time.becomes == becomes).count() as u32
}

fn put(
    tx: &Tx<'_>,
    asked: &CalendarImport,
    entries: &Entries,
    time: &PlannedTime,
    written: &mut BTreeSet<BookingId>,
) -> Result<()> {
    let (booking, blackout) = (BookingId(time.id), BlackoutId(time.id));
    let Some(place) = time.entry.filter(|_| time.becomes != Becomes::Removed) else {
        match asked.import_as {
            ImportAs::Blackouts => tx.delete_blackout(blackout)?,
            ImportAs::Bookings => tx.put_booking(&Booking {
                status: BookingStatus::Cancelled,
                ..tx.booking(booking)?
            })?,
        }
        tx.delete_imported_time(time.id)?;
        return Ok(());
    };
    let entry = &entries.entries[place];
    let summary = &entries.times[place].summary;
    let file = file_name(asked);
    match asked.import_as {
        ImportAs::Blackouts => tx.put_blackout(&Blackout {
            id: blackout,
            resource: asked.resource,
            span: entry.span,
            weekly: None,
            reason: if summary.is_empty() { file } else { summary.clone() },
        })?,
        ImportAs::Bookings => {
            tx.put_booking(&Booking {
                id: booking,
                resource: asked.resource,
                holder: entry.holder,
                span: entry.span,
                status: BookingStatus::Booked,
                extra: false,
                // The rules are passed over for what stood in another calendar already.
                override_reason: file,
                note: summary.clone(),
            })?;
            written.insert(booking);
        }
    }
    tx.put_imported_time(&ImportedTime {
        id: time.id,
        resource: asked.resource,
        uid: entry.uid.clone(),
        slot: entry.slot.clone(),
        sequence: entry.sequence,
        span: entry.span,
    })?;
    Ok(())
}

fn preview(
    reader: &Reader<'_>,
    asked: &CalendarImport,
    entries: &Entries,
    plan: Vec<PlannedTime>,
) -> Result<CalendarImportPreview> {
    let flats = flat_names(reader)?;
    let zone = zone(reader)?;
    let known: HashMap<_, _> = reader
        .imported_times(asked.resource)?
        .into_iter()
        .map(|time| (time.id, time.uid))
        .collect();
    let counts = [
        Becomes::New,
        Becomes::Changed,
        Becomes::Removed,
        Becomes::Collides,
    ];
    let [created, updated, removed, collides] = counts.map(|becomes| count(&plan, becomes));
    let mut times: Vec<PlannedFeedTime> = plan
        .into_iter()
        .map(|planned| {
            let time = match planned.entry {
                Some(place) => entries.times[place].clone(),
                None => FeedTime::gone(
                    known.get(&planned.id).cloned().unwrap_or_default(),
                    &planned.span,
                    zone,
                ),
            };
            let flat = planned
                .entry
                .and_then(|place| match entries.entries[place].holder {
                    Holder::Flat(flat) => flats.get(&flat).cloned(),
                    Holder::Contact(_) | Holder::House => None,
                });
            PlannedFeedTime {
                time,
                span: planned.span,
                flat,
                becomes: planned.becomes,
                against: planned.against,
            }
        })
        .collect();
    times.sort_by_key(|time| time.span);
    Ok(CalendarImportPreview {
        file: file_name(asked),
        times,
        created,
        updated,
        removed,
        collides,
        unread: entries.unread.clone(),
    })
}
