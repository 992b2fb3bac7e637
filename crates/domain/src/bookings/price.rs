//! Prices and what something costs by them.

use super::time::{Minutes, Span, Validity, YearPart};
use crate::id::{PriceId, ResourceId};
use chrono::{Datelike, Timelike};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// A booking, however long.
    Turn,
    /// An hour; parts of it in proportion, rounded to the cent.
    Hour,
    /// A night.
    Night,
    /// A month of a standing shift.
    Month,
}

/// Whom a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PriceFor {
    /// Anybody.
    #[default]
    Everyone,
    /// Flats of the house.
    Residents,
    /// Others.
    Outsiders,
}

/// A line of a price list. The first line that fits holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Price {
    /// Row id.
    pub id: PriceId,
    /// Of what.
    pub resource: ResourceId,
    /// From which day to which.
    pub valid: Validity,
    /// For which part of the year.
    pub part: Option<YearPart>,
    /// On which weekdays, Monday first.
    pub weekdays: [bool; 7],
    /// For bookings that begin from this minute of the day on.
    pub from: Minutes,
    /// And before this one.
    pub to: Minutes,
    /// For bookings of at most so many minutes.
    pub longest: Option<Minutes>,
    /// For whom.
    pub price_for: PriceFor,
    /// For what.
    pub unit: PriceUnit,
    /// How much, with VAT, in cents.
    #[specta(type = i32)]
    pub cents: i64,
    /// VAT rate in tenths of a percent: 255 is 25.5 %.
    pub vat_tenths: u32,
}

/// What something costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Cost {
    /// With VAT, in cents.
    #[specta(type = i32)]
    pub cents: i64,
    /// Of which VAT, in cents.
    #[specta(type = i32)]
    pub vat_cents: i64,
    /// VAT rate in tenths of a percent.
    pub vat_tenths: u32,
}

impl Cost {
    /// Nothing.
    pub const FREE: Self = Self {
        cents: 0,
        vat_cents: 0,
        vat_tenths: 0,
    };

    /// An amount with VAT.
    pub fn of(cents: i64, vat_tenths: u32) -> Self {
        let rate = i64::from(vat_tenths);
        Self {
            cents,
            vat_cents: rounded(cents * rate, 1000 + rate),
            vat_tenths,
        }
    }

    /// So many parts of it, of so many parts altogether, to the cent.
    pub fn share(self, parts: i64, of: i64) -> Self {
        Self::of(rounded(self.cents * parts, of.max(1)), self.vat_tenths)
    }
}

/// A fraction to the nearest whole number, halves away from zero as Finnish invoices round.
fn rounded(amount: i64, of: i64) -> i64 {
    (amount.abs() * 2 + of) / (of * 2) * amount.signum()
}

impl Price {
    /// Whether the line is for a single booking like this.
    pub fn fits(&self, span: &Span, resident: bool) -> bool {
        let (date, start) = (span.date(), span.start.time());
        let minute = (start.hour() * 60 + start.minute()) as Minutes;
        self.unit != PriceUnit::Month
            && self.valid.contains(date)
            && self.part.is_none_or(|part| part.contains(date))
            && self.weekdays[date.weekday().num_days_from_monday() as usize]
            && (self.from..self.to).contains(&minute)
            && self
                .longest
                .is_none_or(|longest| span.minutes() <= longest.into())
            && match self.price_for {
                PriceFor::Everyone => true,
                PriceFor::Residents => resident,
                PriceFor::Outsiders => !resident,
            }
    }

    /// What a booking costs by this line.
    pub fn cost(&self, span: &Span) -> Cost {
        let cents = match self.unit {
            PriceUnit::Turn | PriceUnit::Month => self.cents,
            PriceUnit::Hour => rounded(self.cents * span.minutes(), 60),
            PriceUnit::Night => self.cents * (span.end.date() - span.date()).num_days().max(1),
        };
        Cost::of(cents, self.vat_tenths)
    }
}

/// What a single booking costs: nothing where the list has no single prices; `None` where it has some and none of them is for
/// this one, which then cannot be booked.
pub fn cost_of(prices: &[Price], span: &Span, resident: bool) -> Option<Cost> {
    let mut single = prices
        .iter()
        .filter(|price| price.unit != PriceUnit::Month)
        .peekable();
    if single.peek().is_none() {
        return Some(Cost::FREE);
    }
    single
        .find(|price| price.fits(span, resident))
        .map(|price| price.cost(span))
}
