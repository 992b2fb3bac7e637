//! How much a shared space is used.

use crate::{App, Result};
use chrono::{Days, NaiveDate};
use kiulu_domain::bookings::usage::{SpaceUse, space_use};
use kiulu_domain::id::{OrganisationId, ResourceId};

/// Longest that is looked at: ten years with their leap days.
const MOST_DAYS: u64 = 3653;

impl App {
    /// How much a space is used on days from one to another, both included; at most ten years.
    pub fn space_use(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<SpaceUse> {
        let furthest = from.checked_add_days(Days::new(MOST_DAYS - 1)).unwrap_or(from);
        let to = to.clamp(from, furthest);
        // The last evening, or night, reaches into the days after.
        let after = to.checked_add_days(Days::new(2)).unwrap_or(to);
        self.store(organisation)?.read(|reader| {
            let book = reader.resource_book(resource, from.pred_opt().unwrap_or(from), after)?;
            let now = self.wall_now(reader)?;
            Ok(space_use(&book.schedule(now), from, to))
        })
    }
}
