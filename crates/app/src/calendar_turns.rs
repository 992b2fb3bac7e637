//! The calendar of shared spaces: turns, and what takes each of them.

use crate::Result;
use chrono::{NaiveDate, NaiveDateTime};
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder, HolderName};
use kiulu_domain::bookings::heating::Run;
use kiulu_domain::bookings::resource::Audience;
use kiulu_domain::bookings::schedule::Use;
use kiulu_domain::bookings::time::{Span, dates};
use kiulu_domain::bookings::timetable::Turns;
use kiulu_domain::calendar::{Holiday, holiday};
use kiulu_domain::id::{BlackoutId, BookingId, ContactId, FlatId, StandingShiftId, WaitingId};
use kiulu_store::{Reader, ResourceBook};
use serde::Serialize;
use specta::Type;
use std::collections::HashMap;

/// What takes a turn, as the calendar shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TurnState {
    /// Nobody has it.
    Free,
    /// A flat's standing shift.
    Standing {
        /// Which.
        shift: StandingShiftId,
    },
    /// A booking.
    Booked {
        /// Which.
        booking: BookingId,
        /// For whom.
        holder: Holder,
        /// Nobody came.
        no_show: bool,
    },
    /// A booking that has to find another time.
    Displaced {
        /// Which.
        booking: BookingId,
        /// For whom.
        holder: Holder,
    },
    /// Free, and kept for somebody of the waiting list.
    Held {
        /// Their place in the line.
        entry: WaitingId,
        /// For whom.
        holder: Holder,
        /// Until when they have to answer; nothing while they have not been told.
        until: Option<NaiveDateTime>,
    },
    /// Open to all.
    Common {
        /// For whom.
        audience: Audience,
    },
    /// Out of use.
    OutOfUse {
        /// Which time.
        blackout: BlackoutId,
    },
}

/// A turn of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CalendarTurn {
    /// When.
    pub span: Span,
    /// What takes it.
    pub state: TurnState,
    /// The flat's or the person's name, or why it is out of use; nothing for the house.
    pub label: String,
    /// What was noted of the booking or the standing shift.
    pub note: String,
    /// It is over.
    pub past: bool,
    /// How many wait for it.
    pub waiting: u32,
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CalendarDay {
    /// The day.
    pub date: NaiveDate,
    /// Its name, where it is a holiday or eve.
    pub holiday: Option<Holiday>,
    /// Whether it is open at all.
    pub open: bool,
    /// When it is open.
    pub hours: Vec<Span>,
    /// How the hours are divided; nothing on a day outside every timetable.
    pub turns: Option<Turns>,
    /// Turns held one after another, where a stove is heated for them.
    pub runs: Vec<Run>,
}

/// Days of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Calendar {
    /// The days.
    pub days: Vec<CalendarDay>,
    /// Their turns, by their beginning.
    pub turns: Vec<CalendarTurn>,
    /// What the clock on the wall shows.
    pub now: NaiveDateTime,
}

/// What flats and people are called in a calendar.
pub(crate) struct Names {
    flats: HashMap<FlatId, String>,
    contacts: HashMap<ContactId, String>,
}

impl Names {
    /// Those of every flat.
    pub(crate) fn of_flats(reader: &Reader<'_>) -> Result<Self> {
        let flats = reader.flats()?.into_iter();
        Ok(Self {
            flats: flats.map(|flat| (flat.id, flat.name)).collect(),
            contacts: HashMap::new(),
        })
    }

    /// And of the people who have bookings in a book, or wait for one. Where somebody under a non-disclosure order will be is not shown.
    pub(crate) fn add_contacts(&mut self, reader: &Reader<'_>, book: &ResourceBook) -> Result<()> {
        let holders = book.bookings.iter().map(|one| one.holder);
        for holder in holders.chain(book.waiting.iter().map(|one| one.holder)) {
            if let Holder::Contact(id) = holder
                && !self.contacts.contains_key(&id)
            {
                let name = reader.contact(id)?.shown_name();
                self.contacts.insert(id, name.unwrap_or_default());
            }
        }
        Ok(())
    }

    /// What somebody is called.
    pub(crate) fn called(&self, holder: Holder) -> HolderName {
        match (holder, self.of(holder)) {
            (Holder::House, _) => HolderName::House,
            (_, "") => HolderName::Withheld,
            (_, name) => HolderName::Named(name.to_owned()),
        }
    }

    /// The name alone; nothing for the house and for who is not to be named.
    pub(crate) fn of(&self, holder: Holder) -> &str {
        let name = match holder {
            Holder::Flat(flat) => self.flats.get(&flat),
            Holder::Contact(contact) => self.contacts.get(&contact),
            Holder::House => None,
        };
        name.map_or("", String::as_str)
    }
}

/// Days of a book from one to another, both included.
pub(crate) fn calendar_of(
    book: &ResourceBook,
    names: &Names,
    from: NaiveDate,
    to: NaiveDate,
    now: NaiveDateTime,
) -> Calendar {
    let schedule = book.schedule(now);
    let free = |span| CalendarTurn {
        span,
        state: TurnState::Free,
        label: String::new(),
        note: String::new(),
        past: false,
        waiting: 0,
    };
    let mut turns: Vec<CalendarTurn> = schedule
        .turns(from, to)
        .into_iter()
        .map(|turn| calendar_turn(turn.span, turn.taken, book, names, now))
        .collect();
    turns.extend(dates(from, to).flat_map(|date| schedule.gaps(date)).map(free));
    turns.extend(displaced(book, names, from, to, now));
    turns.sort_by_key(|turn| turn.span);
    let timetable = &book.resource.timetable;
    let days = dates(from, to).map(|date| {
        let hours = timetable.open(date);
        CalendarDay {
            date,
            holiday: holiday(date),
            open: !hours.is_empty(),
            hours,
            turns: timetable.season(date).map(|season| season.turns),
            runs: schedule.heated(date),
        }
    });
    Calendar {
        days: days.collect(),
        turns,
        now,
    }
}

fn calendar_turn(
    span: Span,
    taken: Option<Use>,
    book: &ResourceBook,
    names: &Names,
    now: NaiveDateTime,
) -> CalendarTurn {
    let waiting = match taken {
        Some(_) if span.start > now => book.waiting.iter().filter(|one| one.span.overlaps(&span)).count(),
        _ => 0,
    };
    let mut note = String::new();
    let (state, label) = match taken {
        None => (TurnState::Free, String::new()),
        Some(Use::Standing { shift, flat }) => {
            let known = book.standing.iter().find(|one| one.id == shift);
            note = known.map_or(note, |one| one.note.clone());
            (
                TurnState::Standing { shift },
                names.of(Holder::Flat(flat)).to_owned(),
            )
        }
        Some(Use::Booked { booking, holder }) => {
            let known = book.bookings.iter().find(|one| one.id == booking);
            note = known.map_or(note, |one| one.note.clone());
            let no_show = known.is_some_and(|one| one.status == BookingStatus::NoShow);
            let state = TurnState::Booked {
                booking,
                holder,
                no_show,
            };
            (state, known.map_or(String::new(), |one| label(one, names)))
        }
        Some(Use::Held { entry, holder, until }) => (
            TurnState::Held { entry, holder, until },
            names.of(holder).to_owned(),
        ),
        Some(Use::Common { audience }) => (TurnState::Common { audience }, String::new()),
        Some(Use::Blackout { blackout, reason }) => (TurnState::OutOfUse { blackout }, reason),
    };
    CalendarTurn {
        span,
        state,
        label,
        note,
        past: span.end <= now,
        waiting: waiting as u32,
    }
}

/// What the calendar calls a booking by: whose it is, or what it is for where that has no name.
fn label(booking: &Booking, names: &Names) -> String {
    match names.of(booking.holder) {
        "" => booking.note.clone(),
        name => name.to_owned(),
    }
}

/// Bookings of these days that wait for another time.
fn displaced(
    book: &ResourceBook,
    names: &Names,
    from: NaiveDate,
    to: NaiveDate,
    now: NaiveDateTime,
) -> impl Iterator<Item = CalendarTurn> {
    book.bookings
        .iter()
        .filter(move |one| one.status == BookingStatus::Displaced)
        .filter(move |one| (from..=to).contains(&one.span.date()))
        .map(move |one| CalendarTurn {
            span: one.span,
            state: TurnState::Displaced {
                booking: one.id,
                holder: one.holder,
            },
            label: label(one, names),
            note: one.note.clone(),
            past: one.span.end <= now,
            waiting: 0,
        })
}
