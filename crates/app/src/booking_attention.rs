//! What needs attention about shared spaces, and the messages that go to the flats about it.

use crate::attention::{AttentionItem, AttentionKind, Lines, SNOOZE_DAYS};
use crate::bookings::{called, named};
use crate::shift_acts::{left_on, shifts_left_behind};
use crate::standing_shifts::names_of;
use crate::{App, BookingRequest, Problem, Result};
use chrono::{Days, NaiveDate, NaiveDateTime};
use kiulu_domain::bookings::booking::{Booking, BookingStatus, Holder};
use kiulu_domain::bookings::charge::Payer;
use kiulu_domain::bookings::charge_period::looks_back_to;
use kiulu_domain::bookings::heating::Run;
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::bookings::time::{Span, monday};
use kiulu_domain::bookings::waiting::{Held, offer_of};
use kiulu_domain::id::{BookingId, ContactId, FlatId, OrganisationId, ResourceId, WaitingId};
use kiulu_domain::organisation::Language;
use kiulu_store::{LAST_DAY, Reader, ResourceBook};
use serde::Serialize;
use specta::Type;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What a flat is told, in facts: the page has the words, in the language of those who live there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct FlatMessage {
    /// To whom: a flat, a name; nothing for the house.
    pub to: String,
    /// In which language.
    pub language: Language,
    /// About which space.
    pub resource: String,
    /// About what.
    pub about: MessageAbout,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum MessageAbout {
    /// The stove stays cold.
    Unheated {
        /// The flat's turns in the run: from the first to the last turn of all.
        span: Span,
        /// How many turns there are.
        turns: u32,
        /// How many it would take.
        needed: u32,
    },
    /// Their booking had to give way.
    Displaced {
        /// When it was.
        span: Span,
        /// Free times near it that they may have.
        alternatives: Vec<Span>,
    },
    /// A turn that they waited for is theirs if they want it.
    Offered {
        /// When it is.
        span: Span,
        /// Until when they have to answer.
        until: NaiveDateTime,
    },
}

impl App {
    /// What the clock or any booking can change, the most pressing first.
    pub(crate) fn attention_of_bookings(&self, organisation: OrganisationId) -> Result<Vec<AttentionItem>> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let mut lines = Lines::of(&store, today)?;
        store.read(|reader| {
            for booking in reader.displaced_bookings(today)? {
                let (name, who) = named(reader, booking.resource, booking.holder)?;
                let kind = AttentionKind::BookingDisplaced {
                    booking: booking.id,
                    resource: booking.resource,
                    name,
                    who,
                    start: booking.span.start,
                };
                lines.add(format!("displaced-{}", booking.id), kind, None);
            }
            let now = self.wall_now(reader)?;
            let mut left: BTreeMap<FlatId, Option<NaiveDate>> = BTreeMap::new();
            for resource in reader.resources()? {
                let book = reader.resource_book(resource.id, today, LAST_DAY)?;
                let schedule = book.schedule(now);
                for held in schedule.held() {
                    add_held(reader, &resource, &held, &mut lines)?;
                }
                for run in schedule.unheated(today, sunday(today)) {
                    lines.add(
                        run_key(resource.id, &run),
                        unheated(reader, &book, &run, &schedule.flats_of(&run))?,
                        None,
                    );
                }
                let mut flats: Vec<FlatId> = Vec::new();
                flats.extend(book.standing.iter().map(|shift| shift.flat));
                let coming =
                    |booking: &&Booking| booking.status == BookingStatus::Booked && booking.span.start > now;
                flats.extend(
                    book.bookings
                        .iter()
                        .filter(coming)
                        .filter_map(|one| one.holder.flat()),
                );
                for flat in flats {
                    if let Entry::Vacant(entry) = left.entry(flat) {
                        entry.insert(left_on(reader, flat)?);
                    }
                }
                for booking in book.bookings.iter().filter(coming) {
                    let of = booking
                        .holder
                        .flat()
                        .and_then(|flat| Some((flat, left.get(&flat).copied()??)));
                    let Some((flat, left)) = of.filter(|(_, left)| booking.span.date() > *left) else {
                        continue;
                    };
                    let kind = AttentionKind::BookingWithoutResident {
                        resource: resource.id,
                        name: resource.name.clone(),
                        flat: reader.flat(flat)?.name,
                        start: booking.span.start,
                        left,
                    };
                    lines.add(format!("empty-booking-{}", booking.id), kind, None);
                }
            }
            for (flat, left) in left.into_iter().filter_map(|(flat, left)| Some((flat, left?))) {
                for (shift, _) in shifts_left_behind(reader, flat, today)? {
                    let (resource, name) = names_of(reader, &shift)?;
                    let kind = AttentionKind::ShiftWithoutResident {
                        resource,
                        flat,
                        name,
                        weekday: shift.weekday,
                        from: shift.from,
                        to: shift.to,
                        left,
                    };
                    lines.add(format!("empty-shift-{}", shift.id), kind, None);
                }
            }
            unpaid(reader, today, &mut lines)
        })?;
        Ok(lines.items)
    }

    /// The messages to flats about a line of needs-attention, in facts.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] when the matter has gone meanwhile, or nobody is written to about it.
    pub fn attention_messages(&self, organisation: OrganisationId, key: &str) -> Result<Vec<FlatMessage>> {
        let items = self.attention_of_bookings(organisation)?;
        let item = items.into_iter().find(|item| item.key == key);
        match item.ok_or(Problem::RecordMissing)?.kind {
            AttentionKind::BookingDisplaced { booking, .. } => {
                Ok(vec![self.displaced_message(organisation, booking)?])
            }
            AttentionKind::TurnToOffer { entry, .. } | AttentionKind::OfferRuns { entry, .. } => {
                Ok(vec![self.offer_message(organisation, entry)?])
            }
            AttentionKind::Unheated {
                resource,
                span,
                turns,
                needed,
                name,
                ..
            } => self.store(organisation)?.read(|reader| {
                let now = self.wall_now(reader)?;
                let book = reader.resource_book(resource, span.date(), span.end.date())?;
                let run = Run {
                    span,
                    turns,
                    enough: false,
                    decided_at: now,
                };
                let flats = book.schedule(now).flats_of(&run).into_iter();
                flats
                    .map(|flat| {
                        Ok(FlatMessage {
                            to: reader.flat(flat)?.name,
                            language: language_of(reader, Holder::Flat(flat), span.date())?,
                            resource: name.clone(),
                            about: MessageAbout::Unheated { span, turns, needed },
                        })
                    })
                    .collect()
            }),
            _ => Err(Problem::RecordMissing),
        }
    }

    /// The message to who may have a turn that they waited for. Where they have not been told yet it is what they would be told now.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`] when they do not wait any more.
    pub fn offer_message(&self, organisation: OrganisationId, id: WaitingId) -> Result<FlatMessage> {
        self.store(organisation)?.read(|reader| {
            let entry = reader.waiting_entry(id)?;
            let now = self.wall_now(reader)?;
            let resource = reader.resource(entry.resource)?;
            let offer = entry.offer.filter(|offer| now < offer.until);
            let made = offer_of(&resource, &entry.span, now);
            Ok(FlatMessage {
                to: addressee(reader, entry.holder)?,
                language: language_of(reader, entry.holder, entry.span.date())?,
                resource: resource.name,
                about: MessageAbout::Offered {
                    span: entry.span,
                    until: offer.unwrap_or(made).until,
                },
            })
        })
    }

    fn displaced_message(&self, organisation: OrganisationId, id: BookingId) -> Result<FlatMessage> {
        let store = self.store(organisation)?;
        let (booking, (resource, to), language) = store.read(|reader| {
            let booking = reader.booking(id)?;
            let names = (
                reader.resource(booking.resource)?.name,
                addressee(reader, booking.holder)?,
            );
            let language = language_of(reader, booking.holder, booking.span.date())?;
            Ok::<_, Problem>((booking, names, language))
        })?;
        let wanted = BookingRequest {
            resource: booking.resource,
            holder: booking.holder,
            span: booking.span,
            moving: Some(id),
        };
        let answer = self.ask_booking(organisation, &wanted)?;
        let alternatives = match answer.quote {
            // What stood before it is gone.
            Some(_) => vec![booking.span],
            None => answer.nearby,
        };
        Ok(FlatMessage {
            to,
            language,
            resource,
            about: MessageAbout::Displaced {
                span: booking.span,
                alternatives,
            },
        })
    }
}

/// Whom a message begins with: it goes to nobody else, so the name stands there whatever is shown elsewhere.
fn addressee(reader: &Reader<'_>, holder: Holder) -> Result<String> {
    Ok(match holder {
        Holder::Flat(flat) => reader.flat(flat)?.name,
        Holder::Contact(contact) => reader.contact(contact)?.full_name(),
        Holder::House => String::new(),
    })
}

/// The months of the last year that are past due.
fn unpaid(reader: &Reader<'_>, today: NaiveDate, lines: &mut Lines) -> Result<()> {
    for period in reader.charge_periods(looks_back_to(today))? {
        let Some(due_on) = period.due_on().filter(|due_on| *due_on < today) else {
            continue;
        };
        let paid: BTreeSet<Payer> = reader
            .charges_paid(period.month)?
            .into_iter()
            .map(|(payer, _)| payer)
            .collect();
        let owed: Vec<i64> = reader
            .charged_in(period.month)?
            .into_iter()
            .filter(|(payer, cents)| *cents > 0 && !paid.contains(payer))
            .map(|(_, cents)| cents)
            .collect();
        if !owed.is_empty() {
            let kind = AttentionKind::ChargesUnpaid {
                month: period.month,
                due_on,
                count: owed.len() as u32,
                cents: owed.iter().sum(),
            };
            lines.add(format!("unpaid-{}", period.month), kind, Some(SNOOZE_DAYS));
        }
    }
    Ok(())
}

/// A matter that comes back tomorrow where it was put off: nobody else can have the turn meanwhile.
fn add_held(reader: &Reader<'_>, resource: &Resource, held: &Held<'_>, lines: &mut Lines) -> Result<()> {
    let entry = held.entry;
    let (name, who) = (resource.name.clone(), called(reader, entry.holder)?);
    let (resource, start) = (resource.id, entry.span.start);
    let (key, kind) = match held.until {
        None => (
            format!("turn-{}", entry.id),
            AttentionKind::TurnToOffer {
                entry: entry.id,
                resource,
                name,
                who,
                start,
            },
        ),
        Some(until) => (
            format!("offer-{}", entry.id),
            AttentionKind::OfferRuns {
                entry: entry.id,
                resource,
                name,
                who,
                start,
                until,
            },
        ),
    };
    lines.add(key, kind, Some(1));
    Ok(())
}

fn sunday(today: NaiveDate) -> NaiveDate {
    monday(today).checked_add_days(Days::new(6)).unwrap_or(today)
}

fn run_key(resource: ResourceId, run: &Run) -> String {
    format!("unheated-{resource}-{}", run.span.start.format("%Y-%m-%dT%H:%M"))
}

fn unheated(reader: &Reader<'_>, book: &ResourceBook, run: &Run, flats: &[FlatId]) -> Result<AttentionKind> {
    let flats = flats
        .iter()
        .map(|flat| Ok(reader.flat(*flat)?.name))
        .collect::<Result<_>>()?;
    Ok(AttentionKind::Unheated {
        resource: book.resource.id,
        name: book.resource.name.clone(),
        span: run.span,
        turns: run.turns,
        needed: book.resource.limits.heating.map_or(0, |heating| heating.turns),
        flats,
    })
}

/// The language to write in: that of who booked, or of the first who has a role in the flat on the day and has told one;
/// otherwise the organisation's.
pub(crate) fn language_of(reader: &Reader<'_>, holder: Holder, on: NaiveDate) -> Result<Language> {
    let contacts: Vec<ContactId> = match holder {
        Holder::Contact(contact) => vec![contact],
        Holder::Flat(flat) => {
            let roles = reader.roles_in(flat)?;
            roles
                .iter()
                .filter(|role| role.is_current(on))
                .map(|role| role.contact)
                .collect()
        }
        Holder::House => Vec::new(),
    };
    for contact in contacts {
        if let Ok(language) = reader.contact(contact)?.language.parse() {
            return Ok(language);
        }
    }
    Ok(reader
        .organisation()?
        .map_or(Language::default(), |facts| facts.language))
}
