//! What would become of each turn of a list in a house as it stands.

use super::{CellPlace, Entry, Said, ShiftList};
use crate::bookings::resource::{Audience, Resource};
use crate::bookings::rules::{Violation, may_stand};
use crate::bookings::schedule::Schedule;
use crate::bookings::standing::StandingShift;
use crate::bookings::time::{Minutes, Validity};
use crate::bookings::timetable::divided_minutes;
use crate::flat::Flat;
use crate::id::{FlatId, ResourceId, StandingShiftId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// Length of a turn where neither the list nor the timetable says one.
const USUAL: Minutes = 60;

/// What somebody says about a cell after looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Correction {
    /// The cell.
    pub at: CellPlace,
    /// Its turn, for a cell that is merged over several.
    pub weekday: u32,
    /// From.
    pub from: Minutes,
    /// The flat that is meant; nothing leaves the turn out.
    pub flat: Option<FlatId>,
}

/// How a list is to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShiftListOptions {
    /// The space that is meant where the list names none.
    pub space: Option<ResourceId>,
    /// The first day of the shifts.
    pub from: NaiveDate,
    /// The last one, where it is known.
    pub to: Option<NaiveDate>,
    /// What was put right by hand.
    pub corrections: Vec<Correction>,
}

/// What becomes of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum TurnOutcome {
    /// The flat gets it.
    Given {
        /// Which.
        flat: FlatId,
    },
    /// The flat has it already.
    Stands {
        /// Which.
        flat: FlatId,
    },
    /// Nobody has it.
    Free,
    /// It is open to all: a rule of the space and no shift.
    Common {
        /// For whom.
        audience: Audience,
    },
    /// It was left out by hand.
    LeftOut,
    /// The cell names no flat.
    Unclear,
    /// The house has no such flat.
    NoFlat {
        /// What was looked for.
        name: String,
    },
    /// Several flats may be meant, or share it: one has to be chosen.
    Several {
        /// Which.
        flats: Vec<FlatId>,
    },
    /// It is not known which space is meant.
    NoSpace,
    /// Rules stand against it.
    Refused {
        /// The flat that was meant.
        flat: FlatId,
        /// Every one of them.
        against: Vec<Violation>,
    },
}

/// A turn of the list with what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PlannedTurn {
    /// The turn as it was read.
    pub entry: Entry,
    /// The space it is of.
    pub resource: Option<ResourceId>,
    /// Until when it lasts.
    pub to: Minutes,
    /// What becomes of it.
    pub outcome: TurnOutcome,
}

/// Works out turn by turn, in the order of the list, what becomes of each: those before it stand already when a turn is looked at.
/// `schedules` are the spaces by whose names the list was read. A shift that is given has no id yet.
pub fn plan(
    list: &ShiftList,
    schedules: &[Schedule<'_>],
    flats: &[Flat],
    options: &ShiftListOptions,
) -> (Vec<PlannedTurn>, Vec<StandingShift>) {
    let mut standing: BTreeMap<ResourceId, Vec<StandingShift>> = schedules
        .iter()
        .map(|schedule| (schedule.resource.id, schedule.standing.to_vec()))
        .collect();
    let mut given = Vec::new();
    let mut turns = Vec::with_capacity(list.entries.len());
    for entry in &list.entries {
        let named = entry.space.and_then(|place| schedules.get(place as usize));
        let schedule = named.or_else(|| {
            schedules
                .iter()
                .find(|one| Some(one.resource.id) == options.space)
        });
        let to = end_of(entry, schedule.map(|schedule| schedule.resource), options.from);
        let outcome = match (meant(entry, flats, &options.corrections), schedule) {
            (Err(outcome), _) => outcome,
            (Ok(_), None) => TurnOutcome::NoSpace,
            (Ok(flat), Some(schedule)) => {
                let shift = StandingShift {
                    id: StandingShiftId(uuid::Uuid::nil()),
                    resource: schedule.resource.id,
                    flat,
                    weekday: entry.weekday,
                    from: entry.from,
                    to,
                    valid: Validity {
                        from: Some(options.from),
                        to: options.to,
                    },
                    every_weeks: 1,
                    pauses: Vec::new(),
                    note: String::new(),
                };
                let known = standing.entry(shift.resource).or_default();
                if known.iter().any(|other| is_same(other, &shift, options.from)) {
                    TurnOutcome::Stands { flat }
                } else {
                    let asked = Schedule {
                        standing: known.as_slice(),
                        ..schedule.clone()
                    };
                    match may_stand(&asked, &shift) {
                        Err(against) => TurnOutcome::Refused { flat, against },
                        Ok(()) => {
                            // Until it has an id of its own it must not be taken for the next one.
                            known.push(StandingShift {
                                id: StandingShiftId(uuid::Uuid::from_u128(given.len() as u128 + 1)),
                                ..shift.clone()
                            });
                            given.push(shift);
                            TurnOutcome::Given { flat }
                        }
                    }
                }
            }
        };
        turns.push(PlannedTurn {
            resource: schedule.map(|schedule| schedule.resource.id),
            to,
            outcome,
            entry: entry.clone(),
        });
    }
    (turns, given)
}

/// Whether a flat has the turn of a shift already, now or from a day on.
fn is_same(other: &StandingShift, shift: &StandingShift, from: NaiveDate) -> bool {
    let turn = |shift: &StandingShift| (shift.flat, shift.weekday, shift.from, shift.to);
    turn(other) == turn(shift) && other.valid.to.is_none_or(|last| last >= from)
}

/// When a turn ends: as the timetable has it for a turn that begins then, as the list has it otherwise.
fn end_of(entry: &Entry, resource: Option<&Resource>, day: NaiveDate) -> Minutes {
    let season = resource.and_then(|resource| resource.timetable.season(day));
    let turns = season.map_or_else(Vec::new, |season| {
        let hours = season.weekdays.get(entry.weekday as usize);
        hours.map_or_else(Vec::new, |hours| divided_minutes(hours, &season.turns))
    });
    let of_timetable = turns
        .iter()
        .find(|(from, _)| *from == entry.from)
        .map(|(_, to)| *to);
    entry.to.or(of_timetable).unwrap_or(entry.from + USUAL)
}

/// The flat that a turn is for.
fn meant(entry: &Entry, flats: &[Flat], corrections: &[Correction]) -> Result<FlatId, TurnOutcome> {
    let corrected = corrections
        .iter()
        .find(|one| (one.at, one.weekday, one.from) == (entry.at, entry.weekday, entry.from));
    if let Some(correction) = corrected {
        return correction.flat.ok_or(TurnOutcome::LeftOut);
    }
    match &entry.said {
        Said::Free => Err(TurnOutcome::Free),
        Said::Common(audience) => Err(TurnOutcome::Common { audience: *audience }),
        Said::Unclear => Err(TurnOutcome::Unclear),
        Said::Flats(names) => {
            let mut found: Vec<FlatId> = Vec::new();
            for name in names {
                let named = flats_named(name, flats);
                if named.is_empty() {
                    return Err(TurnOutcome::NoFlat { name: name.clone() });
                }
                found.extend(named);
            }
            found.sort_unstable();
            found.dedup();
            match found[..] {
                [one] => Ok(one),
                _ => Err(TurnOutcome::Several { flats: found }),
            }
        }
    }
}

/// The flats that a name can mean: those of the name, or, for a bare number, those that have it in any stairwell.
fn flats_named(name: &str, flats: &[Flat]) -> Vec<FlatId> {
    let exact: Vec<FlatId> = flats
        .iter()
        .filter(|flat| flat.name == name)
        .map(|flat| flat.id)
        .collect();
    if !exact.is_empty() || name.starts_with(char::is_alphabetic) {
        return exact;
    }
    let number = |flat: &Flat| {
        flat.name
            .trim_start_matches(char::is_alphabetic)
            .trim_start()
            .to_owned()
    };
    flats
        .iter()
        .filter(|flat| number(flat) == name)
        .map(|flat| flat.id)
        .collect()
}
