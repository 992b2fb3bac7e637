//! How a space is charged for, beside its prices.

use super::price::Cost;
use serde::{Deserialize, Serialize};
use specta::Type;

/// The rules of charging of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Charging {
    /// What a standing shift costs in a month in which it begins or ends.
    pub partial_month: PartialMonth,
    /// What a cancellation costs that comes too late.
    pub late_cancel: Fee,
    /// What it costs not to come.
    pub no_show: Fee,
}

/// What a standing shift costs in its first and its last month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PartialMonth {
    /// As much as any other month.
    Full,
    /// Half of it.
    Half,
    /// The share of the month's days on which the flat had it.
    #[default]
    ByDays,
}

/// What is paid for a time that was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Fee {
    /// A share of what the booking would have cost.
    Percent {
        /// 0 to 100.
        percent: u32,
    },
    /// Always the same.
    Amount {
        /// With VAT, in cents.
        #[specta(type = i32)]
        cents: i64,
        /// VAT rate in tenths of a percent.
        vat_tenths: u32,
    },
}

impl Default for Fee {
    /// The whole price: who keeps others out pays as if they had come.
    fn default() -> Self {
        Self::Percent { percent: 100 }
    }
}

impl Fee {
    /// The fee for a booking that would have cost so much.
    pub fn of(self, cost: Cost) -> Cost {
        match self {
            Self::Percent { percent } => cost.share(i64::from(percent), 100),
            Self::Amount { cents, vat_tenths } => Cost::of(cents, vat_tenths),
        }
    }
}
