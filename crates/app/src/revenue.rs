//! What a space brings in, month by month.

use crate::{App, Result};
use chrono::NaiveDate;
use kiulu_domain::bookings::charge::{charges, last_day, month_after, month_of};
use kiulu_domain::id::{OrganisationId, ResourceId};
use serde::Serialize;
use specta::Type;

/// Longest that is looked at, in months: ten years.
const MOST: usize = 120;

/// What a month's use of a space is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct MonthRevenue {
    /// Its first day.
    pub month: NaiveDate,
    /// With VAT, in cents: corrections count for the month that they put right.
    #[specta(type = i32)]
    pub cents: i64,
}

impl App {
    /// What a space brings in by the months of its use from one day to another, at most ten years: of closed months what stands in the
    /// lists, of others what is known so far.
    pub fn space_revenue(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<MonthRevenue>> {
        let months: Vec<NaiveDate> =
            std::iter::successors(Some(month_of(from)), |month| Some(month_after(*month)))
                .take_while(|month| *month <= to)
                .take(MOST)
                .collect();
        let (Some(first), Some(last)) = (months.first(), months.last()) else {
            return Ok(Vec::new());
        };
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let closed = reader.closed_months()?;
            let kept = reader.charged_of(resource, *first, *last)?;
            let book = reader.charge_book(reader.resource(resource)?, *first, last_day(*last))?;
            let schedule = book.schedule(now);
            let of = |month: &NaiveDate| match closed {
                Some((begun, until)) if *month <= until => {
                    if *month < begun {
                        0
                    } else {
                        kept.get(month).copied().unwrap_or(0)
                    }
                }
                _ => charges(&schedule, *month)
                    .iter()
                    .map(|charge| charge.cost.cents)
                    .sum(),
            };
            Ok(months
                .iter()
                .map(|month| MonthRevenue {
                    month: *month,
                    cents: of(month),
                })
                .collect())
        })
    }
}
