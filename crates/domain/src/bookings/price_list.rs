//! A price list as a whole: whether it makes sense, and how it changes from a day on without touching what was before.

use super::charging::{Charging, Fee};
use super::price::{Price, PriceUnit};
use super::time::{DAY, LONGEST_DAYS, YearPart};
use crate::id::PriceId;
use chrono::NaiveDate;
use std::collections::HashMap;

/// The dearest that anything may be, in cents: a slip of the keyboard and not a price lies above it.
pub const DEAREST_CENTS: i64 = 100_000_000;

/// The highest VAT rate, in tenths of a percent.
pub const HIGHEST_VAT_TENTHS: u32 = 500;

/// Whether a line of a price list can be meant: it costs something or nothing but not less, is for some day of the week, and every
/// time in it ends after its beginning.
pub fn is_sound(price: &Price) -> bool {
    let exists = |part: YearPart| {
        [part.from, part.to]
            .into_iter()
            // In a leap year every day of the year is there.
            .all(|day| NaiveDate::from_ymd_opt(2024, day.month, day.day).is_some())
    };
    let ends = |from: Option<NaiveDate>, to: Option<NaiveDate>| match (from, to) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    };
    (0..=DEAREST_CENTS).contains(&price.cents)
        && price.vat_tenths <= HIGHEST_VAT_TENTHS
        && price.weekdays.contains(&true)
        && price.from < price.to
        && price.to <= DAY
        && price
            .longest
            .is_none_or(|longest| longest > 0 && i64::from(longest) <= LONGEST_DAYS * i64::from(DAY))
        && price.part.is_none_or(exists)
        && ends(price.valid.from, price.valid.to)
}

/// Whether the rules of charging can be meant: no fee is more than the price, or less than nothing.
pub fn charging_is_sound(charging: &Charging) -> bool {
    let fee = |fee: Fee| match fee {
        Fee::Percent { percent } => percent <= 100,
        Fee::Amount { cents, vat_tenths } => {
            (0..=DEAREST_CENTS).contains(&cents) && vat_tenths <= HIGHEST_VAT_TENTHS
        }
    };
    fee(charging.late_cancel) && fee(charging.no_show)
}

/// The list that gives the prices of `old` for every day before `from`, and those of `new` from then on. A line that both have is
/// kept as it is, one that changed or went ends on the day before, and one that came begins on `from` at the earliest; `fresh` gives
/// the ids of those. So what a day cost stays what it cost, however often the prices change.
pub fn revised(
    old: &[Price],
    new: &[Price],
    from: NaiveDate,
    mut fresh: impl FnMut() -> PriceId,
) -> Vec<Price> {
    let places: HashMap<PriceId, usize> = old
        .iter()
        .enumerate()
        .map(|(place, price)| (price.id, place))
        .collect();
    let known: Vec<usize> = new
        .iter()
        .filter_map(|price| places.get(&price.id).copied())
        .collect();
    // The first line that fits holds, so an order that changes is a change of every line.
    let in_order = known.windows(2).all(|pair| pair[0] < pair[1]);
    let mut list = Vec::new();
    let mut next = 0;
    if !in_order {
        list.extend(old.iter().filter_map(|price| before(price, from)));
        next = old.len();
    }
    for price in new {
        let place = places.get(&price.id).copied().filter(|_| in_order);
        if let Some(place) = place {
            list.extend(old[next..place].iter().filter_map(|gone| before(gone, from)));
            next = place + 1;
            if same_before(&old[place], price, from) {
                list.push(price.clone());
                continue;
            }
            list.extend(before(&old[place], from));
        }
        let taken = list.iter().any(|kept| kept.id == price.id);
        list.extend(since(price, from).map(|mut since| {
            if taken {
                since.id = fresh();
            }
            since
        }));
    }
    list.extend(old[next..].iter().filter_map(|gone| before(gone, from)));
    list
}

/// What is left of a line before a day.
fn before(price: &Price, day: NaiveDate) -> Option<Price> {
    let last = day.pred_opt()?;
    let mut price = price.clone();
    price.valid.to = Some(price.valid.to.map_or(last, |to| to.min(last)));
    let empty = price.valid.from.is_some_and(|from| Some(from) > price.valid.to);
    (!empty).then_some(price)
}

/// What is left of a line from a day on.
fn since(price: &Price, day: NaiveDate) -> Option<Price> {
    let mut price = price.clone();
    price.valid.from = Some(price.valid.from.map_or(day, |from| from.max(day)));
    let empty = price.valid.to.is_some_and(|to| Some(to) < price.valid.from);
    (!empty).then_some(price)
}

/// Whether a line gives the same price on every day before another, so that it can be written over.
fn same_before(old: &Price, new: &Price, day: NaiveDate) -> bool {
    match (before(old, day), before(new, day)) {
        (Some(old), Some(new)) => old == new,
        (None, None) => true,
        _ => false,
    }
}

/// Whether a list has any price for standing shifts.
pub fn charges_months(prices: &[Price]) -> bool {
    prices.iter().any(|price| price.unit == PriceUnit::Month)
}
