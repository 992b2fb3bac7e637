//! Keying back what was written on the list on the door.

use crate::bookings::{BookingRequest, asked, book_around};
use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use chrono::{Duration, NaiveDateTime};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::mark::{MarkFault, Outcome, TurnMark, Written, read_line};
use kiulu_domain::bookings::rules::{Quote, Violation, may_book, reason_of};
use kiulu_domain::bookings::schedule::{Schedule, Turn, Use};
use kiulu_domain::bookings::time::{Minutes, Span, at};
use kiulu_domain::bookings::timetable::Turns;
use kiulu_domain::bookings::turn_code::turn_begins;
use kiulu_domain::flat::flat_name;
use kiulu_domain::id::{BookingId, FlatId, OrganisationId, ResourceId};
use kiulu_print::door_list::free_stretches;
use kiulu_store::{ResourceBook, Tx};
use serde::Serialize;
use specta::Type;
use std::collections::{BTreeSet, HashMap};

/// What a line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MarkMeaning {
    /// Whoever had the turn came.
    Used,
    /// Nobody came.
    NoShow,
    /// A flat took the turn by writing itself in.
    Booked,
}

/// A line as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct MarkReading {
    /// The code, as it is printed; nothing where there is none in the line.
    pub code: String,
    /// When the turn is.
    pub span: Option<Span>,
    /// What the flat is called; what stands in its place for others.
    pub flat: String,
    /// What it means; nothing where it cannot be taken down.
    pub meaning: Option<MarkMeaning>,
    /// Why it cannot.
    pub fault: Option<MarkFault>,
    /// Rules that stand against what a flat took: they can be passed over with a reason.
    pub against: Vec<Violation>,
}

/// What taking a line down does.
enum Deed {
    Mark {
        mark: TurnMark,
        booking: Option<BookingId>,
    },
    Book {
        flat: FlatId,
        span: Span,
        quote: Option<Quote>,
        begun: bool,
    },
}

/// Flats by their labels, and by their names where those are one's alone.
type Flats = (Vec<(FlatId, String)>, HashMap<String, Vec<FlatId>>);

impl App {
    /// What a line of the list on the door of a space means: a code and what was written beside its turn.
    pub fn read_mark(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        line: &str,
    ) -> Result<MarkReading> {
        let flats = self.flats_by_name(organisation)?;
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let (reading, _) = read(reader, resource, line, &flats, now)?;
            Ok(reading)
        })
    }

    /// Takes lines down as one change: how turns went, and the flats that wrote themselves in, as bookings. With a reason the rules are
    /// passed over – but never another's time.
    ///
    /// # Errors
    /// [`Problem::MarkRefused`] with the first line that cannot be taken down, [`Problem::BookingRefused`] with what stands
    /// against a booking. Nothing is taken down then.
    pub fn save_marks(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        lines: &[String],
        override_reason: &str,
    ) -> Result<Changed> {
        let flats = self.flats_by_name(organisation)?;
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.resource(resource))?.name;
        let action = Action::MarksSave {
            resource: name,
            count: lines.len() as u32,
        };
        let reason = override_reason.trim();
        let written = store.write(&action, |tx| {
            let now = self.wall_now(tx)?;
            for line in lines {
                let (reading, deed) = read(tx, resource, line, &flats, now)?;
                if let Some(fault) = reading.fault {
                    let line = line.clone();
                    return Err(Problem::MarkRefused { line, fault });
                }
                if !reading.against.is_empty() && reason.is_empty() {
                    return Err(Problem::BookingRefused {
                        against: reading.against,
                    });
                }
                if let Some(deed) = deed {
                    do_it(tx, resource, &deed, reason)?;
                }
            }
            tx.settle_bookings(resource, &BTreeSet::new())?;
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    fn flats_by_name(&self, organisation: OrganisationId) -> Result<Flats> {
        let (mut labels, mut names) = (Vec::new(), HashMap::<String, Vec<FlatId>>::new());
        for info in self.house(organisation)?.flats {
            names.entry(info.flat.name).or_default().push(info.flat.id);
            labels.push((info.flat.id, info.label));
        }
        Ok((labels, names))
    }
}

fn do_it(tx: &Tx<'_>, resource: ResourceId, deed: &Deed, reason: &str) -> Result<()> {
    match deed {
        Deed::Mark { mark, booking } => {
            tx.put_turn_mark(mark)?;
            if let Some(id) = booking {
                let status = match mark.outcome {
                    Outcome::Used => BookingStatus::Booked,
                    Outcome::NoShow => BookingStatus::NoShow,
                };
                let booking = tx.booking(*id)?;
                tx.put_booking(&Booking { status, ..booking })?;
            }
        }
        Deed::Book {
            flat,
            span,
            quote,
            begun,
        } => {
            tx.put_booking(&Booking {
                id: BookingId(tx.uuid()),
                resource,
                holder: Holder::Flat(*flat),
                span: *span,
                status: BookingStatus::Booked,
                extra: quote.is_some_and(|quote| quote.extra),
                override_reason: match quote {
                    Some(_) => String::new(),
                    None => reason.to_owned(),
                },
                note: String::new(),
            })?;
            tx.end_waiting(resource, Holder::Flat(*flat), span)?;
            // Who wrote themselves in on a turn that has begun was there.
            if *begun {
                tx.put_turn_mark(&TurnMark {
                    resource,
                    start: span.start,
                    outcome: Outcome::Used,
                })?;
            }
        }
    }
    Ok(())
}

/// What a line means, and what taking it down does where it can be.
fn read(
    reader: &kiulu_store::Reader<'_>,
    resource: ResourceId,
    line: &str,
    flats: &Flats,
    now: NaiveDateTime,
) -> Result<(MarkReading, Option<Deed>)> {
    let mut reading = MarkReading {
        code: String::new(),
        span: None,
        flat: String::new(),
        meaning: None,
        fault: None,
        against: Vec::new(),
    };
    let Some((code, written)) = read_line(line) else {
        return Ok((refused(reading, MarkFault::Unreadable), None));
    };
    let Some((from, to)) = turn_begins(resource, &code, now.date()) else {
        return Ok((refused(reading, MarkFault::CodeUnknown), None));
    };
    reading.code = code;
    let date = from.date();
    let (eve, after) = (date.pred_opt().unwrap_or(date), date.succ_opt().unwrap_or(date));
    let book = reader.resource_book(resource, eve, after)?;
    let schedule = book.schedule(now);
    let gaps = free_stretches(&schedule, date, date);
    let turns = schedule.turns(date, date).into_iter().chain(gaps);
    let Some(turn) = turns
        .into_iter()
        .find(|turn| (from..to).contains(&turn.span.start))
    else {
        return Ok((refused(reading, MarkFault::TurnGone { start: from }), None));
    };
    reading.span = Some(turn.span);
    let holder = match &turn.taken {
        // What is kept for somebody of the waiting list is free; the rules tell whether it was theirs to take.
        None | Some(Use::Held { .. }) => None,
        Some(Use::Standing { flat, .. }) => Some((Holder::Flat(*flat), None)),
        Some(Use::Booked { booking, holder }) => Some((*holder, Some(*booking))),
        Some(Use::Common { .. } | Use::Blackout { .. }) => {
            return Ok((
                refused(
                    reading,
                    MarkFault::TurnGone {
                        start: turn.span.start,
                    },
                ),
                None,
            ));
        }
    };
    let label = |flat: FlatId| {
        let found = flats.0.iter().find(|(id, _)| *id == flat);
        found.map_or_else(String::new, |(_, label)| label.clone())
    };
    if let Some((Holder::Flat(flat), _)) = holder {
        reading.flat = label(flat);
    }
    let begun = turn.span.start <= now;
    let outcome = match written {
        Written::Went(outcome) => outcome,
        Written::Flat { name, hours } => {
            let Some(flat) = named(flats, &name) else {
                return Ok((refused(reading, MarkFault::FlatUnknown { name }), None));
            };
            match holder {
                None => {
                    reading.flat = label(flat);
                    return taken_by(reader, reading, &schedule, &turn, flat, hours, now);
                }
                // Whoever has the turn wrote themselves in once more: they were there.
                Some((Holder::Flat(known), _)) if known == flat => Outcome::Used,
                Some(_) => {
                    let flat = std::mem::take(&mut reading.flat);
                    return Ok((refused(reading, MarkFault::SomebodyHasIt { flat }), None));
                }
            }
        }
    };
    let Some((_, booking)) = holder else {
        return Ok((refused(reading, MarkFault::NobodyHasIt), None));
    };
    if !begun {
        return Ok((refused(reading, MarkFault::ToCome), None));
    }
    reading.meaning = Some(match outcome {
        Outcome::Used => MarkMeaning::Used,
        Outcome::NoShow => MarkMeaning::NoShow,
    });
    let mark = TurnMark {
        resource,
        start: turn.span.start,
        outcome,
    };
    Ok((reading, Some(Deed::Mark { mark, booking })))
}

fn refused(reading: MarkReading, fault: MarkFault) -> MarkReading {
    MarkReading {
        fault: Some(fault),
        ..reading
    }
}

/// A flat by what was written: its label, or its name where no other has it.
fn named((labels, names): &Flats, text: &str) -> Option<FlatId> {
    let lower = text.to_lowercase();
    let labelled = labels.iter().find(|(_, label)| label.to_lowercase() == lower);
    labelled.map(|(id, _)| *id).or_else(|| {
        let found = names.get(&flat_name(text)?)?;
        match found[..] {
            [one] => Some(one),
            _ => None,
        }
    })
}

/// A flat wrote itself in. It did so before the turn, whenever it is keyed: the rules are asked as of then, and those of asking in
/// time do not count.
fn taken_by(
    reader: &kiulu_store::Reader<'_>,
    mut reading: MarkReading,
    schedule: &Schedule<'_>,
    turn: &Turn,
    flat: FlatId,
    hours: Option<(Minutes, Minutes)>,
    now: NaiveDateTime,
) -> Result<(MarkReading, Option<Deed>)> {
    let date = turn.span.date();
    let season = schedule.resource.timetable.season(date);
    let free_lengths = matches!(season.map(|season| season.turns), Some(Turns::Free { .. }));
    let span = match hours.filter(|_| free_lengths) {
        Some((from, to)) => Span {
            start: at(date, from),
            // 22-1 ends in the night that follows.
            end: at(
                date,
                if to > from {
                    to
                } else {
                    to + kiulu_domain::bookings::time::DAY
                },
            ),
        },
        None if free_lengths => return Ok((refused(reading, MarkFault::HoursMissing), None)),
        None => turn.span,
    };
    let then = now.min(span.start - Duration::minutes(1));
    let wanted = BookingRequest {
        resource: schedule.resource.id,
        holder: Holder::Flat(flat),
        span,
        moving: None,
    };
    let book: ResourceBook = book_around(reader, &wanted, then)?;
    let around = book.schedule(then);
    if let Some(taken) = around.in_the_way(&span, None) {
        let fault = match reason_of(taken) {
            Violation::Taken { .. } => MarkFault::SomebodyHasIt { flat: String::new() },
            _ => MarkFault::TurnGone { start: span.start },
        };
        return Ok((refused(reading, fault), None));
    }
    let quote = may_book(&around, &asked(&wanted));
    reading.span = Some(span);
    reading.meaning = Some(MarkMeaning::Booked);
    let in_time = |against: &Violation| {
        matches!(
            against,
            Violation::Past
                | Violation::TooEarly { .. }
                | Violation::TooLate { .. }
                | Violation::WaitedFor { .. }
        )
    };
    let begun = span.start <= now;
    let (quote, against) = match quote {
        Ok(quote) => (Some(quote), Vec::new()),
        Err(against) => (None, against),
    };
    reading.against = against
        .into_iter()
        .filter(|against| !(begun && in_time(against)))
        .collect();
    // Nothing but the asking in time stood against it.
    let quote = quote.or_else(|| {
        reading.against.is_empty().then_some(Quote {
            cost: kiulu_domain::bookings::price::Cost::FREE,
            extra: false,
        })
    });
    let deed = Deed::Book {
        flat,
        span,
        quote,
        begun,
    };
    Ok((reading, Some(deed)))
}
