//! Closed months, and what is put right after them.
//!
//! When a month is closed its charges are kept as lines, and these stay as they are. Whatever changes later – a booking of that month is
//! taken back, marked, moved, a price is changed for days gone by – shows as the difference between the lines and what the month
//! would cost now, and the difference is charged in the next month that is closed, by a line that names the first one.

use super::charge::{Charge, ChargeKind, Payer, month_after, month_of};
use super::charging::Charging;
use super::price::Cost;
use crate::id::{ChargeLineId, ChargePeriodId, ResourceId, derived};
use crate::reference_number::ReferenceSeries;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// So many closed months are looked back on for what is to be put right.
pub const LOOK_BACK: u32 = 12;

/// How an organisation charges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ChargeSettings {
    /// Its reference numbers.
    pub series: ReferenceSeries,
    /// So many days after a month was closed it must be paid; nothing where payments are not followed.
    pub due_days: Option<u32>,
}

impl Default for ChargeSettings {
    fn default() -> Self {
        Self {
            series: ReferenceSeries::default(),
            due_days: Some(14),
        }
    }
}

impl ChargeSettings {
    /// The longest that payers may be given, in days.
    pub const LONGEST_DUE: u32 = 365;

    /// The only row's id.
    pub fn id() -> Uuid {
        derived("charge_settings", &[])
    }

    /// Whether a due day can be told.
    pub fn due_is_sound(&self) -> bool {
        self.due_days.is_none_or(|days| days <= Self::LONGEST_DUE)
    }
}

/// A month that was closed, with the rules by which it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargePeriod {
    /// Its first day.
    pub month: NaiveDate,
    /// The day on which it was closed.
    pub closed_on: NaiveDate,
    /// How the organisation charged then.
    pub settings: ChargeSettings,
    /// How each space was charged for then.
    pub charging: BTreeMap<ResourceId, Charging>,
    /// What each space's own charges of the month came to, in short: see [`digest`].
    pub digests: BTreeMap<ResourceId, Uuid>,
}

/// Charges in short: two lists have the same digest where nothing is to be put right between them, so that a month that is as it was
/// need not be read again.
pub fn digest(charges: &[Charge]) -> Uuid {
    let mut bytes = Vec::with_capacity(charges.len() * 64);
    for charge in charges {
        bytes.extend_from_slice(charge.payer.id().as_bytes());
        bytes.extend_from_slice(charge.source.as_bytes());
        bytes.extend_from_slice(charge.kind.as_str().as_bytes());
        bytes.extend_from_slice(&charge.cost.vat_tenths.to_le_bytes());
        bytes.extend_from_slice(&charge.cost.cents.to_le_bytes());
        bytes.extend_from_slice(&charge.cost.vat_cents.to_le_bytes());
    }
    derived("charges", &[&bytes])
}

impl ChargePeriod {
    /// The id of a month's row.
    pub fn id(month: NaiveDate) -> ChargePeriodId {
        ChargePeriodId(derived("charge_period", &[month.to_string().as_bytes()]))
    }

    /// The day by which it must be paid.
    pub fn due_on(&self) -> Option<NaiveDate> {
        super::charge::due_on(self.closed_on, self.settings.due_days)
    }
}

/// A line of a month's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct ChargeLine {
    /// Row id.
    pub id: ChargeLineId,
    /// The month that the use belongs to; of a correction an earlier one than that of the list.
    pub origin: NaiveDate,
    /// What is charged; of a correction only the difference.
    pub charge: Charge,
    /// The line that it puts right.
    pub corrects: Option<ChargeLineId>,
}

/// What tells a charge of a month from every other.
type Key = (Payer, ChargeKind, Uuid, u32);

fn key(charge: &Charge) -> Key {
    (charge.payer, charge.kind, charge.source, charge.cost.vat_tenths)
}

impl ChargeLine {
    /// A charge of a month as a line of the list of a period.
    fn of(period: NaiveDate, origin: NaiveDate, charge: Charge, corrects: Option<ChargeLineId>) -> Self {
        let id = ChargeLineId(derived(
            "charge_line",
            &[
                period.to_string().as_bytes(),
                origin.to_string().as_bytes(),
                charge.payer.id().as_bytes(),
                charge.kind.as_str().as_bytes(),
                charge.source.as_bytes(),
                &charge.cost.vat_tenths.to_le_bytes(),
            ],
        ));
        Self {
            id,
            origin,
            charge,
            corrects,
        }
    }
}

/// The lines of a month's own charges.
pub fn own_lines(month: NaiveDate, charges: impl IntoIterator<Item = Charge>) -> Vec<ChargeLine> {
    charges
        .into_iter()
        .map(|charge| ChargeLine::of(month, month, charge, None))
        .collect()
}

/// The lines by which the list of `period` puts right what was charged of an earlier month: `kept` are all lines of that month in
/// whichever lists they stand, `now` is what it would cost now. A difference names the line that it puts right; what is new comes as a
/// line of its own. What was charged to somebody who has left the register stays.
pub fn corrections(
    period: NaiveDate,
    origin: NaiveDate,
    kept: &[ChargeLine],
    now: &[Charge],
) -> Vec<ChargeLine> {
    let mut found = Vec::new();
    let now_by: HashMap<Key, &Charge> = now.iter().map(|charge| (key(charge), charge)).collect();
    // In the order in which they were charged first.
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut charged: Vec<(ChargeLine, Cost)> = Vec::new();
    for line in kept.iter().filter(|line| line.charge.payer != Payer::Gone) {
        let place = *places.entry(key(&line.charge)).or_insert(charged.len());
        match charged.get_mut(place) {
            Some((first, cost)) => {
                cost.cents += line.charge.cost.cents;
                cost.vat_cents += line.charge.cost.vat_cents;
                if first.corrects.is_some() && line.corrects.is_none() {
                    *first = *line;
                }
            }
            None => charged.push((*line, line.charge.cost)),
        }
    }
    for (first, cost) in charged {
        let is_now = now_by.get(&key(&first.charge));
        let wanted = is_now.map_or((0, 0), |charge| (charge.cost.cents, charge.cost.vat_cents));
        let difference = Cost {
            cents: wanted.0 - cost.cents,
            vat_cents: wanted.1 - cost.vat_cents,
            vat_tenths: cost.vat_tenths,
        };
        if (difference.cents, difference.vat_cents) != (0, 0) {
            let charge = Charge {
                cost: difference,
                ..**is_now.unwrap_or(&&first.charge)
            };
            found.push(ChargeLine::of(period, origin, charge, Some(first.id)));
        }
    }
    found.extend(
        now.iter()
            .filter(|charge| !places.contains_key(&key(charge)))
            .map(|charge| ChargeLine::of(period, origin, *charge, None)),
    );
    found
}

/// The month that can be closed next: the one after the last that was; before the first closing any.
pub fn next_open(last_closed: Option<NaiveDate>) -> Option<NaiveDate> {
    last_closed.map(month_after)
}

/// The first month that is looked back on from a period.
pub fn looks_back_to(period: NaiveDate) -> NaiveDate {
    let first = period.checked_sub_months(Months::new(LOOK_BACK));
    month_of(first.unwrap_or(period))
}
