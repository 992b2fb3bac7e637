//! Calendars beyond those of one space: several spaces side by side, and a week as settings that are not saved yet would make it.

use crate::calendar_turns::{Calendar, Names, calendar_of};
use crate::{App, Problem, Result};
use chrono::{Days, NaiveDate};
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::id::{OrganisationId, ResourceId};
use kiulu_store::ResourceBook;

impl App {
    /// One day of several resources, in the order in which they are asked for.
    pub fn calendars(
        &self,
        organisation: OrganisationId,
        resources: &[ResourceId],
        day: NaiveDate,
    ) -> Result<Vec<Calendar>> {
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            // The evening may reach into the day after.
            let (eve, after) = (day.pred_opt().unwrap_or(day), day.succ_opt().unwrap_or(day));
            let mut names = Names::of_flats(reader)?;
            let calendars = resources.iter().map(|resource| {
                let book = reader.resource_book(*resource, eve, after)?;
                names.add_contacts(reader, &book)?;
                Ok(calendar_of(&book, &names, day, day, now))
            });
            calendars.collect()
        })
    }

    /// The week from a day on as a resource's settings, saved or not, would make it, with what is booked in it already. Nothing is
    /// written.
    ///
    /// # Errors
    /// [`Problem::TimeInvalid`] where the settings make no sense.
    pub fn preview_week(
        &self,
        organisation: OrganisationId,
        resource: &Resource,
        first: NaiveDate,
    ) -> Result<Calendar> {
        if !resource.is_sound() {
            return Err(Problem::TimeInvalid);
        }
        let last = first.checked_add_days(Days::new(6)).unwrap_or(first);
        self.store(organisation)?.read(|reader| {
            let now = self.wall_now(reader)?;
            let known = reader.resources()?.iter().any(|one| one.id == resource.id);
            let book = if known {
                ResourceBook {
                    resource: resource.clone(),
                    ..reader.resource_book(
                        resource.id,
                        first.pred_opt().unwrap_or(first),
                        last.succ_opt().unwrap_or(last),
                    )?
                }
            } else {
                ResourceBook {
                    resource: resource.clone(),
                    standing: Vec::new(),
                    skipped: Vec::new(),
                    bookings: Vec::new(),
                    blackouts: Vec::new(),
                    prices: Vec::new(),
                    waiting: Vec::new(),
                    time_zone: reader
                        .organisation()?
                        .map_or(String::new(), |facts| facts.time_zone),
                }
            };
            let mut names = Names::of_flats(reader)?;
            names.add_contacts(reader, &book)?;
            Ok::<_, Problem>(calendar_of(&book, &names, first, last, now))
        })
    }
}
