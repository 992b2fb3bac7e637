//! May this flat book this, and what does it cost?

use super::booking::Holder;
use super::limits::{Period, QuotaUnit};
use super::price::{Cost, cost_of};
use super::quota::{amount, used};
use super::schedule::{Schedule, Taken, Use};
use super::settle::WEEKS_AHEAD;
use super::standing::StandingShift;
use super::time::Span;
use super::timetable::Turns;
use crate::id::{BookingId, FlatId};
use chrono::{Days, Duration, NaiveDate, NaiveDateTime, Timelike};
use serde::Serialize;
use specta::Type;

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// For whom.
    pub holder: Holder,
    /// When.
    pub span: Span,
    /// The booking that would move there.
    pub moving: Option<BookingId>,
}

/// A rule that stands against it, with what its sentence needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Violation {
    /// It is not offered any more.
    Retired,
    /// It is closed then.
    Closed,
    /// The time is none of its turns.
    NotATurn,
    /// Its time is over or has begun.
    Past,
    /// It is open to all then.
    CommonTurn,
    /// It is out of use then.
    OutOfUse {
        /// Why.
        reason: String,
        /// Until when.
        until: NaiveDateTime,
    },
    /// Somebody has it.
    Taken {
        /// The flat that has it; nothing for others.
        flat: Option<FlatId>,
        /// As a standing shift.
        standing: bool,
    },
    /// It cannot be booked yet.
    TooEarly {
        /// The first day on which it can.
        opens: NaiveDate,
    },
    /// It cannot be booked any more.
    TooLate {
        /// When that ended.
        closed: NaiveDateTime,
    },
    /// It is shorter than it may be.
    TooShort {
        /// The least, in minutes, or nights by the night.
        least: u32,
    },
    /// It is longer than it may be.
    TooLong {
        /// The most, in minutes, or nights by the night.
        most: u32,
    },
    /// The flat's, or the contact's, quota is used.
    QuotaUsed {
        /// In which period.
        per: Period,
        /// Counted in.
        unit: QuotaUnit,
        /// At most.
        most: u32,
        /// Used already.
        used: u32,
    },
    /// They would have too many turns one after another.
    TooManyInARow {
        /// At most.
        most: u32,
    },
    /// The price list has no price for it.
    NoPrice,
    /// The flat has as many standing shifts as it may.
    StandingUsed {
        /// At most.
        most: u32,
    },
    /// It is free, and kept for somebody of the waiting list.
    WaitedFor {
        /// The flat that it is kept for; nothing for others.
        flat: Option<FlatId>,
        /// Until when they have to answer; nothing while they have not been told.
        until: Option<NaiveDateTime>,
    },
    /// Nobody has it, so there is nothing to wait for.
    NothingToWaitFor,
}

/// The answer that it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct Quote {
    /// What it costs.
    pub cost: Cost,
    /// It is a turn of today beside the quota.
    pub extra: bool,
}

/// Whether somebody may have a time and what it costs, or everything that stands against it.
///
/// # Errors
/// Every [`Violation`] at once, in the order in which people would say them.
pub fn may_book(schedule: &Schedule<'_>, request: &Request) -> Result<Quote, Vec<Violation>> {
    rules_against(schedule, request, taken_or_kept(schedule, request))
}

/// What has the time that somebody wants, or for whom else of the waiting list it is kept.
pub fn taken_or_kept(schedule: &Schedule<'_>, request: &Request) -> Option<Violation> {
    if let Some(taken) = schedule.in_the_way(&request.span, request.moving) {
        return Some(reason_of(taken));
    }
    let held = schedule.held_for(&request.span)?;
    let holder = held.entry.holder;
    (holder != request.holder).then_some(Violation::WaitedFor {
        flat: holder.flat(),
        until: held.until,
    })
}

/// [`may_book`] where it is known what has the time.
pub(super) fn rules_against(
    schedule: &Schedule<'_>,
    request: &Request,
    taken: Option<Violation>,
) -> Result<Quote, Vec<Violation>> {
    let mut against = Vec::new();
    let (resource, span) = (schedule.resource, &request.span);
    let limits = &resource.limits;
    if resource.retired {
        against.push(Violation::Retired);
    }
    if span.start <= schedule.now {
        against.push(Violation::Past);
    }
    fits_timetable(schedule, span, &mut against);
    against.extend(taken);
    window(schedule, span, &mut against);
    let mut extra = false;
    if request.holder != Holder::House {
        let over: Vec<Violation> = limits
            .quotas
            .iter()
            .filter_map(|quota| {
                let used = used(
                    quota,
                    schedule.bookings,
                    request.holder,
                    span,
                    schedule.now,
                    request.moving,
                );
                (used + amount(quota.unit, span) > quota.most).then_some(Violation::QuotaUsed {
                    per: quota.per,
                    unit: quota.unit,
                    most: quota.most,
                    used,
                })
            })
            .collect();
        extra = !over.is_empty() && limits.same_day_extra && span.date() == schedule.now.date();
        if !extra {
            against.extend(over);
        }
        if let Some(most) = limits.consecutive
            && in_a_row(schedule, request) > most
        {
            against.push(Violation::TooManyInARow { most });
        }
    }
    let resident = matches!(request.holder, Holder::Flat(_));
    let cost = match request.holder {
        Holder::House => Some(Cost::FREE),
        _ => cost_of(schedule.prices, span, resident),
    };
    match cost {
        Some(cost) if against.is_empty() => Ok(Quote { cost, extra }),
        Some(_) => Err(against),
        None => {
            against.push(Violation::NoPrice);
            Err(against)
        }
    }
}

/// Whether a flat may have a standing shift. Single bookings do not stand against it: on their days it gives way.
///
/// # Errors
/// Every [`Violation`] at once.
pub fn may_stand(schedule: &Schedule<'_>, shift: &StandingShift) -> Result<(), Vec<Violation>> {
    let mut against = Vec::new();
    let resource = schedule.resource;
    if resource.retired {
        against.push(Violation::Retired);
    }
    let today = schedule.now.date();
    let first = shift.valid.from.map_or(today, |from| from.max(today));
    let last = first
        .checked_add_days(Days::new(7 * WEEKS_AHEAD))
        .unwrap_or(first);
    let comes: Vec<Span> = super::time::dates(first, last)
        .filter_map(|date| shift.on(date))
        .collect();
    match comes.first() {
        None => against.push(Violation::Past),
        Some(first) => {
            // On a holiday or in another season it may rest: some day it must be a turn.
            let fits = |span: &Span| {
                let mut against = Vec::new();
                fits_timetable(schedule, span, &mut against);
                against.is_empty()
            };
            if !comes.iter().any(fits) {
                fits_timetable(schedule, first, &mut against);
            }
        }
    }
    let in_the_way = comes.iter().find_map(|span| {
        schedule
            .taken(span.date(), span.end.date())
            .into_iter()
            .filter(|taken| match &taken.by {
                Use::Standing { shift: other, .. } => *other != shift.id,
                Use::Common { .. } => true,
                Use::Booked { .. } | Use::Blackout { .. } | Use::Held { .. } => false,
            })
            .find(|taken| taken.span.overlaps(span))
    });
    against.extend(in_the_way.map(reason_of));
    let of_the_flat = |other: &&StandingShift| {
        let ends_before = |one: &StandingShift, then: &StandingShift| matches!((one.valid.to, then.valid.from), (Some(to), Some(from)) if to < from);
        let apart = ends_before(other, shift) || ends_before(shift, other);
        let over = other.valid.to.is_some_and(|to| to < first);
        other.flat == shift.flat && other.id != shift.id && !apart && !over
    };
    if let Some(most) = resource.limits.standing_per_flat
        && schedule.standing.iter().filter(of_the_flat).count() as u32 >= most
    {
        against.push(Violation::StandingUsed { most });
    }
    if against.is_empty() { Ok(()) } else { Err(against) }
}

/// What stands against a time that is taken.
pub fn reason_of(taken: Taken) -> Violation {
    match taken.by {
        Use::Common { .. } => Violation::CommonTurn,
        Use::Blackout { reason, .. } => Violation::OutOfUse {
            reason,
            until: taken.span.end,
        },
        Use::Standing { flat, .. } => Violation::Taken {
            flat: Some(flat),
            standing: true,
        },
        Use::Booked { holder, .. } => Violation::Taken {
            flat: holder.flat(),
            standing: false,
        },
        Use::Held { holder, until, .. } => Violation::WaitedFor {
            flat: holder.flat(),
            until,
        },
    }
}

/// Whether the time is one that the timetable offers.
pub(super) fn fits_timetable(schedule: &Schedule<'_>, span: &Span, against: &mut Vec<Violation>) {
    let timetable = &schedule.resource.timetable;
    let date = timetable.day_of(span);
    let open = timetable.open(date);
    let Some(season) = timetable.season(date).filter(|_| !open.is_empty()) else {
        against.push(Violation::Closed);
        return;
    };
    match season.turns {
        Turns::Fixed { .. } => {
            if !timetable.turns(date, schedule.zone).contains(span) {
                against.push(if open.iter().any(|open| open.overlaps(span)) {
                    Violation::NotATurn
                } else {
                    Violation::Closed
                });
            }
        }
        Turns::Free {
            step, least, most, ..
        } => {
            let minutes = span.minutes();
            if !open.iter().any(|open| open.contains(span)) || !span.exists(schedule.zone) {
                against.push(Violation::Closed);
            }
            let time = span.start.time();
            let step = i64::from(step.max(1));
            if i64::from(time.hour() * 60 + time.minute()) % step != 0 || minutes % step != 0 {
                against.push(Violation::NotATurn);
            }
            length(minutes, least, most, against);
        }
        Turns::Nights {
            arrive,
            leave,
            least,
            most,
        } => {
            let (start, end) = (span.start, span.end);
            let nights = (end.date() - start.date()).num_days();
            if start != super::time::at(date, arrive)
                || end != super::time::at(end.date(), leave)
                || nights < 1
            {
                against.push(Violation::NotATurn);
            }
            let closed = |night: NaiveDate| timetable.open(night).is_empty();
            if super::time::dates(date, end.date())
                .take(usize::try_from(nights).unwrap_or(0))
                .any(closed)
            {
                against.push(Violation::Closed);
            }
            length(nights, least, most, against);
        }
    }
}

fn length(length: i64, least: u16, most: u16, against: &mut Vec<Violation>) {
    if length < least.into() {
        against.push(Violation::TooShort { least: least.into() });
    }
    if length > most.into() {
        against.push(Violation::TooLong { most: most.into() });
    }
}

/// Whether it is neither too early nor too late to ask.
fn window(schedule: &Schedule<'_>, span: &Span, against: &mut Vec<Violation>) {
    let limits = &schedule.resource.limits;
    if let Some(days) = limits.days_ahead
        && let Some(opens) = span.date().checked_sub_days(Days::new(days.into()))
        && schedule.now.date() < opens
    {
        against.push(Violation::TooEarly { opens });
    }
    if let Some(minutes) = limits.minutes_ahead {
        let closed = span.start - Duration::minutes(minutes.into());
        if schedule.now > closed && span.start > schedule.now {
            against.push(Violation::TooLate { closed });
        }
    }
}

/// How many turns the flat or contact would have one after another, with this one.
fn in_a_row(schedule: &Schedule<'_>, request: &Request) -> u32 {
    let span = &request.span;
    let pause = schedule.pause(span.date());
    let (day_before, day_after) = (
        span.date().pred_opt().unwrap_or(span.date()),
        span.end.date().succ_opt().unwrap_or(span.end.date()),
    );
    let own: Vec<Span> = schedule
        .taken(day_before, day_after)
        .into_iter()
        .filter(|taken| match &taken.by {
            Use::Standing { flat, .. } => request.holder == Holder::Flat(*flat),
            Use::Booked { holder, booking } => *holder == request.holder && Some(*booking) != request.moving,
            _ => false,
        })
        .map(|taken| taken.span)
        .collect();
    let (mut run, mut count) = (*span, 1);
    // Each step joins a neighbour, so it ends with the turns.
    while let Some(next) = own.iter().find(|one| {
        let follows = one.start >= run.end && one.start <= run.end + pause;
        let precedes = one.end <= run.start && run.start <= one.end + pause;
        follows || precedes
    }) {
        run = Span {
            start: run.start.min(next.start),
            end: run.end.max(next.end),
        };
        count += 1;
    }
    count
}
