//! What the times of a foreign calendar become: blackouts or bookings of a space.
//!
//! Each time has an id derived from space, event and place in its series, so that the same file brings nothing in twice. What a
//! file said last is kept beside it: a time is changed only when its file says something else than it did, and what people have
//! done with it here since stays.

use super::booking::{BookingStatus, Holder};
use super::rules::{Request, Violation, reason_of, taken_or_kept};
use super::schedule::{Schedule, Use};
use super::time::{DAY, LONGEST_DAYS, Span};
use crate::flat::flat_name;
use crate::id::{BookingId, FlatId, ResourceId, derived};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What the times become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportAs {
    /// Times out of use.
    Blackouts,
    /// Bookings of the house, or of a flat where the event names one.
    Bookings,
}

/// A time of a calendar file, on the wall of the space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The event, by its own program's name.
    pub uid: String,
    /// Which time of its series; empty for what happens once.
    pub slot: String,
    /// How often the event was changed.
    pub sequence: i64,
    /// When.
    pub span: Span,
    /// It does not take place.
    pub cancelled: bool,
    /// For whom it would be booked.
    pub holder: Holder,
}

/// What an earlier file said of a time that it brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTime {
    /// The id of the blackout or booking.
    pub id: Uuid,
    /// Of what.
    pub resource: ResourceId,
    /// Which event.
    pub uid: String,
    /// Which time of it.
    pub slot: String,
    /// How often the event had been changed.
    pub sequence: i64,
    /// When it was.
    pub span: Span,
}

/// What becomes of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// It comes in.
    New,
    /// It was here and is changed.
    Changed,
    /// It is here as the file has it, or was changed here.
    Same,
    /// It was here and goes: it was cancelled, or the file has it no more.
    Removed,
    /// Somebody has the time; it stays out.
    Collides,
    /// It is over.
    Past,
    /// It ends when it begins.
    Empty,
    /// It is longer than anything is taken for.
    TooLong,
    /// It does not take place and is not here.
    Cancelled,
    /// It was brought in and taken back here.
    TakenBack,
    /// The file has it twice.
    Twice,
}

impl Becomes {
    /// Whether rows are written for it.
    pub const fn writes(self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Removed)
    }
}

/// A time with what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTime {
    /// Its place among the entries; nothing for one that the file has no more.
    pub entry: Option<usize>,
    /// The id that its blackout or booking has or gets.
    pub id: Uuid,
    /// When: as the file has it, or had it.
    pub span: Span,
    /// What becomes of it.
    pub becomes: Becomes,
    /// What has the time: it stands in a booking's way, and gives way to a blackout.
    pub against: Vec<Violation>,
}

/// The id of what a time becomes.
pub fn imported_id(resource: ResourceId, import_as: ImportAs, uid: &str, slot: &str) -> Uuid {
    let kind = match import_as {
        ImportAs::Blackouts => "imported_blackout",
        ImportAs::Bookings => "imported_booking",
    };
    derived(kind, &[resource.0.as_bytes(), uid.as_bytes(), slot.as_bytes()])
}

/// Works out what becomes of a file's times, and of those that earlier ones brought in and this one has no more. The schedule
/// holds everything of `within` and around it.
pub fn plan_import(
    schedule: &Schedule<'_>,
    import_as: ImportAs,
    entries: &[FeedEntry],
    known: &[ImportedTime],
    within: Span,
) -> Vec<PlannedTime> {
    let planner = Planner {
        schedule,
        import_as,
        known: known.iter().map(|time| (time.id, time)).collect(),
        alive: alive(schedule, import_as),
    };
    let mut seen = HashSet::new();
    let mut kept: Vec<Span> = Vec::new();
    let mut planned: Vec<PlannedTime> = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let id = imported_id(schedule.resource.id, import_as, &entry.uid, &entry.slot);
        let becomes = if seen.insert(id) {
            planner.becomes(id, entry)
        } else {
            Becomes::Twice
        };
        let mut time = PlannedTime {
            entry: Some(place),
            id,
            span: entry.span,
            becomes,
            against: Vec::new(),
        };
        if matches!(becomes, Becomes::New | Becomes::Changed) {
            planner.meet(&mut time, entry.holder, &mut kept);
        }
        planned.push(time);
    }
    let uids: HashSet<&str> = entries.iter().map(|entry| entry.uid.as_str()).collect();
    let gone = known.iter().filter(|time| {
        uids.contains(time.uid.as_str())
            && !seen.contains(&time.id)
            && planner.alive.contains(&time.id)
            && time.id == imported_id(schedule.resource.id, import_as, &time.uid, &time.slot)
            && time.span.overlaps(&within)
            && time.span.end > schedule.now
    });
    planned.extend(gone.map(|time| PlannedTime {
        entry: None,
        id: time.id,
        span: time.span,
        becomes: Becomes::Removed,
        against: Vec::new(),
    }));
    planned
}

/// What still stands here of what can have been brought in.
fn alive(schedule: &Schedule<'_>, import_as: ImportAs) -> HashSet<Uuid> {
    match import_as {
        ImportAs::Blackouts => schedule.blackouts.iter().map(|one| one.id.0).collect(),
        ImportAs::Bookings => {
            let stands = schedule
                .bookings
                .iter()
                .filter(|one| one.status.holds() || one.status == BookingStatus::Displaced);
            stands.map(|one| one.id.0).collect()
        }
    }
}

struct Planner<'a> {
    schedule: &'a Schedule<'a>,
    import_as: ImportAs,
    known: HashMap<Uuid, &'a ImportedTime>,
    alive: HashSet<Uuid>,
}

impl Planner<'_> {
    fn becomes(&self, id: Uuid, entry: &FeedEntry) -> Becomes {
        let known = self.known.get(&id);
        let alive = self.alive.contains(&id);
        if let Some(known) = known
            && (entry.sequence < known.sequence || (entry.span == known.span && !entry.cancelled))
        {
            return if alive { Becomes::Same } else { Becomes::TakenBack };
        }
        let comes_to = match (known.is_some() && alive, entry.cancelled) {
            (true, true) => return Becomes::Removed,
            (false, true) => return Becomes::Cancelled,
            (true, false) => Becomes::Changed,
            (false, false) => Becomes::New,
        };
        let out = if entry.span.start >= entry.span.end {
            Becomes::Empty
        } else if entry.span.minutes() > LONGEST_DAYS * i64::from(DAY) {
            Becomes::TooLong
        } else if entry.span.end <= self.schedule.now {
            Becomes::Past
        } else {
            return comes_to;
        };
        // What was to come and is over now, or takes no time any more, does not stay where it was.
        let stays = known.is_none_or(|known| known.span.end <= self.schedule.now);
        if comes_to == Becomes::Changed && !stays {
            Becomes::Removed
        } else {
            out
        }
    }

    /// Finds what has the time of one that would come in.
    fn meet(&self, time: &mut PlannedTime, holder: Holder, kept: &mut Vec<Span>) {
        let span = time.span;
        match self.import_as {
            ImportAs::Blackouts => {
                let taken = self.schedule.taken(span.date(), span.end.date());
                let gives_way = taken
                    .into_iter()
                    .filter(|taken| taken.span.overlaps(&span) && !matches!(taken.by, Use::Blackout { .. }));
                time.against = gives_way.map(reason_of).collect();
            }
            ImportAs::Bookings => {
                let wanted = Request {
                    holder,
                    span,
                    moving: Some(BookingId(time.id)),
                };
                time.against = taken_or_kept(self.schedule, &wanted).into_iter().collect();
                if kept.iter().any(|other| other.overlaps(&span)) && time.against.is_empty() {
                    time.against.push(Violation::Taken {
                        flat: None,
                        standing: false,
                    });
                }
                if time.against.is_empty() {
                    kept.push(span);
                } else {
                    time.becomes = Becomes::Collides;
                }
            }
        }
    }
}

/// The one flat that texts of an event name, as "Sauna A 12", "as. 5" or "a12@example.fi" do; nothing where they name none or
/// more than one, or where two flats have the name. A bare number is one only where it stands alone.
pub fn flat_named_in<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    flats: &[(FlatId, &str)],
) -> Option<FlatId> {
    let mut named: BTreeSet<FlatId> = BTreeSet::new();
    for text in texts {
        let words: Vec<&str> = text
            .split(|sign: char| sign.is_whitespace() || ",;:()[]\"'@<>|".contains(sign))
            .filter(|word| !word.is_empty())
            .collect();
        let mut place = 0;
        while place < words.len() {
            let longest = (1..=3.min(words.len() - place)).rev().find_map(|count| {
                let window = words[place..place + count].join(" ");
                let name = flat_name(&window)?;
                let bare = window.starts_with(|sign: char| sign.is_ascii_digit());
                let found: Vec<FlatId> = flats
                    .iter()
                    .filter(|(_, known)| *known == name && (!bare || words.len() == count))
                    .map(|(id, _)| *id)
                    .collect();
                (!found.is_empty()).then_some((count, found))
            });
            match longest {
                Some((count, found)) => {
                    named.extend(found);
                    place += count;
                }
                None => place += 1,
            }
        }
    }
    match named.len() {
        1 => named.pop_first(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::booking::{Blackout, Booking};
    use crate::bookings::presets::preset;
    use crate::bookings::resource::{Resource, ResourceKind};
    use crate::id::BlackoutId;
    use chrono::NaiveDateTime;
    use chrono_tz::Europe::Helsinki;

    fn span(day: u32, from: u32, to: u32) -> Span {
        let at = |hour| {
            let date = chrono::NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
            date.and_hms_opt(hour, 0, 0).unwrap()
        };
        Span {
            start: at(from),
            end: at(to),
        }
    }

    fn entry(uid: &str, slot: &str, span: Span) -> FeedEntry {
        FeedEntry {
            uid: uid.into(),
            slot: slot.into(),
            sequence: 0,
            span,
            cancelled: false,
            holder: Holder::House,
        }
    }

    /// A space on 21 October 2026 at noon.
    struct Space {
        resource: Resource,
        bookings: Vec<Booking>,
        blackouts: Vec<Blackout>,
        known: Vec<ImportedTime>,
    }

    impl Space {
        fn new() -> Self {
            let id = ResourceId(Uuid::from_u128(1));
            Self {
                resource: preset(id, ResourceKind::ClubRoom, "Kerhohuone"),
                bookings: Vec::new(),
                blackouts: Vec::new(),
                known: Vec::new(),
            }
        }

        fn now() -> NaiveDateTime {
            span(21, 12, 13).start
        }

        fn plan(&self, import_as: ImportAs, entries: &[FeedEntry]) -> Vec<PlannedTime> {
            let schedule = Schedule {
                resource: &self.resource,
                zone: Helsinki,
                standing: &[],
                skipped: &[],
                bookings: &self.bookings,
                blackouts: &self.blackouts,
                prices: &[],
                waiting: &[],
                now: Self::now(),
            };
            let within = Span {
                start: span(1, 0, 1).start,
                end: span(31, 0, 1).start,
            };
            plan_import(&schedule, import_as, entries, &self.known, within)
        }

        /// Writes what a plan says, as the app does.
        fn take(&mut self, import_as: ImportAs, entries: &[FeedEntry]) -> Vec<Becomes> {
            let planned = self.plan(import_as, entries);
            for time in planned.iter().filter(|time| time.becomes.writes()) {
                self.known.retain(|known| known.id != time.id);
                self.bookings.retain(|one| one.id.0 != time.id);
                self.blackouts.retain(|one| one.id.0 != time.id);
                let Some(entry) = time.entry.map(|place| &entries[place]) else {
                    continue;
                };
                if time.becomes == Becomes::Removed {
                    continue;
                }
                match import_as {
                    ImportAs::Bookings => self.bookings.push(Booking {
                        id: BookingId(time.id),
                        resource: self.resource.id,
                        holder: entry.holder,
                        span: entry.span,
                        status: BookingStatus::Booked,
                        extra: false,
                        override_reason: String::new(),
                        note: String::new(),
                    }),
                    ImportAs::Blackouts => self.blackouts.push(Blackout {
                        id: BlackoutId(time.id),
                        resource: self.resource.id,
                        span: entry.span,
                        weekly: None,
                        reason: String::new(),
                    }),
                }
                self.known.push(ImportedTime {
                    id: time.id,
                    resource: self.resource.id,
                    uid: entry.uid.clone(),
                    slot: entry.slot.clone(),
                    sequence: entry.sequence,
                    span: entry.span,
                });
            }
            planned.into_iter().map(|time| time.becomes).collect()
        }
    }

    #[test]
    fn a_file_comes_in_once() {
        for import_as in [ImportAs::Blackouts, ImportAs::Bookings] {
            let mut space = Space::new();
            let file = [
                entry("a", "1", span(22, 10, 12)),
                entry("a", "2", span(23, 10, 12)),
                entry("b", "", span(24, 10, 12)),
                entry("b", "", span(25, 10, 12)),
            ];
            use Becomes::{New, Same, Twice};
            assert_eq!(space.take(import_as, &file), [New, New, New, Twice]);
            assert_eq!(space.take(import_as, &file), [Same, Same, Same, Twice]);
        }
    }

    #[test]
    fn a_newer_file_changes_and_an_older_one_does_not() {
        let mut space = Space::new();
        let old = [entry("a", "", span(22, 10, 12))];
        let new = [FeedEntry {
            sequence: 1,
            ..entry("a", "", span(22, 14, 16))
        }];
        space.take(ImportAs::Bookings, &old);
        assert_eq!(space.take(ImportAs::Bookings, &new), [Becomes::Changed]);
        assert_eq!(space.bookings[0].span, new[0].span);
        assert_eq!(space.take(ImportAs::Bookings, &old), [Becomes::Same]);
        assert_eq!(space.bookings[0].span, new[0].span);
    }

    #[test]
    fn what_was_changed_or_taken_back_here_stays_so() {
        let mut space = Space::new();
        let file = [entry("a", "", span(22, 10, 12)), entry("b", "", span(23, 10, 12))];
        space.take(ImportAs::Bookings, &file);
        space.bookings[0].span = span(24, 10, 12);
        space.bookings[1].status = BookingStatus::Cancelled;
        let again = space.take(ImportAs::Bookings, &file);
        assert_eq!(again, [Becomes::Same, Becomes::TakenBack]);
        assert_eq!(space.bookings[0].span, span(24, 10, 12));
    }

    #[test]
    fn what_is_cancelled_or_gone_is_removed() {
        for import_as in [ImportAs::Blackouts, ImportAs::Bookings] {
            let mut space = Space::new();
            let series = [
                entry("a", "1", span(22, 10, 12)),
                entry("a", "2", span(23, 10, 12)),
                entry("other", "", span(24, 10, 12)),
            ];
            space.take(import_as, &series);
            let cancelled = FeedEntry {
                cancelled: true,
                sequence: 1,
                ..series[0].clone()
            };
            // Of an event that the file does not name it says nothing.
            let planned = space.take(import_as, std::slice::from_ref(&cancelled));
            assert_eq!(planned, [Becomes::Removed, Becomes::Removed], "{import_as:?}");
            assert_eq!(space.known.len(), 1);
            assert_eq!(space.take(import_as, &[cancelled]), [Becomes::Cancelled]);
        }
    }

    #[test]
    fn bookings_keep_away_from_what_is_taken_and_from_each_other() {
        let mut space = Space::new();
        space.take(ImportAs::Bookings, &[entry("there", "", span(22, 10, 12))]);
        let planned = space.plan(
            ImportAs::Bookings,
            &[
                entry("a", "", span(22, 9, 10)),
                entry("b", "", span(22, 11, 13)),
                entry("c", "", span(22, 12, 14)),
                entry("d", "", span(22, 13, 15)),
            ],
        );
        let became: Vec<_> = planned.iter().map(|time| time.becomes).collect();
        use Becomes::{Collides, New};
        assert_eq!(became, [New, Collides, New, Collides]);
        assert!(
            planned
                .iter()
                .all(|time| time.against.is_empty() == (time.becomes == New))
        );
    }

    #[test]
    fn blackouts_come_in_and_say_what_gives_way() {
        let mut space = Space::new();
        space.take(ImportAs::Bookings, &[entry("there", "", span(22, 10, 12))]);
        let planned = space.plan(
            ImportAs::Blackouts,
            &[entry("a", "", span(22, 11, 13)), entry("b", "", span(22, 12, 13))],
        );
        let counts: Vec<_> = planned
            .iter()
            .map(|time| (time.becomes, time.against.len()))
            .collect();
        assert_eq!(counts, [(Becomes::New, 1), (Becomes::New, 0)]);
    }

    #[test]
    fn what_is_over_or_takes_no_time_stays_out() {
        let mut space = Space::new();
        let file = [
            entry("over", "", span(21, 10, 12)),
            entry("running", "", span(21, 11, 13)),
            entry("empty", "", span(22, 10, 10)),
        ];
        use Becomes::{Empty, New, Past, Removed};
        assert_eq!(space.take(ImportAs::Bookings, &file), [Past, New, Empty]);
        let moved = [FeedEntry {
            sequence: 1,
            ..entry("running", "", span(20, 10, 12))
        }];
        assert_eq!(space.take(ImportAs::Bookings, &moved), [Removed]);
    }

    #[test]
    fn flats_are_recognised_where_one_is_named() {
        let id = |number| FlatId(Uuid::from_u128(number));
        let flats = [
            (id(1), "A 1"),
            (id(2), "A 12"),
            (id(3), "B 3"),
            (id(4), "14"),
            (id(5), "C 5"),
            (id(6), "C 5"),
        ];
        for (texts, expected) in [
            (&["Saunavuoro A 12"][..], Some(2)),
            (&["Sauna a12"], Some(2)),
            (&["Sauna (B3)", "Kellari"], Some(3)),
            (&["Sauna", "mailto:a1@example.fi"], Some(1)),
            (&["Sauna A 12", "as. A 12"], Some(2)),
            (&["as. 14"], Some(4)),
            (&["14"], Some(4)),
            (&["Sauna klo 14"], None),
            (&["Vuoro 14"], None),
            (&["A 1 ja B 3"], None),
            (&["A 1", "B 3"], None),
            (&["C 5"], None),
            (&["A 2"], None),
            (&["Sauna", ""], None),
            (&[], None),
        ] {
            let found = flat_named_in(texts.iter().copied(), &flats);
            assert_eq!(found, expected.map(id), "{texts:?}");
        }
    }
}
