//! Bookings as a calendar file (.ics) that other programs read.

use crate::calendar_import::flat_names;
use crate::whole_file::WholeFile;
use crate::{App, Problem, Result};
use chrono::{Datelike, NaiveDate};
use kiulu_domain::action::Action;
use kiulu_domain::id::{FlatId, OrganisationId, ResourceId};
use kiulu_domain::organisation::{Language, zone_of};
use kiulu_icalendar::{FeedSource, FeedWords, Revision, write_feed};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::io::Write;
use std::path::Path;

/// Years after this one of which the calendar is written.
const YEARS_AHEAD: i32 = 2;

/// Which calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct CalendarExport {
    /// Of which space; of all where nothing is said.
    pub resource: Option<ResourceId>,
    /// Of which flat; of all where nothing is said.
    pub flat: Option<FlatId>,
}

/// What a calendar calls things, in the organisation's language: it hangs in everybody's.
fn words(language: Language) -> FeedWords<'static> {
    match language {
        Language::Sv => FeedWords {
            booked: "bokad",
            common: ["gemensam tur, damer", "gemensam tur, herrar", "gemensam tur"],
            out_of_use: "ur bruk",
        },
        Language::En => FeedWords {
            booked: "booked",
            common: ["common turn, women", "common turn, men", "common turn"],
            out_of_use: "out of use",
        },
        Language::Fi => FeedWords {
            booked: "varattu",
            common: [
                "yhteinen vuoro, naiset",
                "yhteinen vuoro, miehet",
                "yhteinen vuoro",
            ],
            out_of_use: "pois käytöstä",
        },
    }
}

impl App {
    /// Writes the calendar of a space, of a flat or of everything: from the beginning of last year until the end of the year after
    /// next. Flats stand in it by their numbers, people never. The export is noted. Gives the number of events.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`], and those of the disk.
    pub fn export_calendar(
        &self,
        organisation: OrganisationId,
        wanted: &CalendarExport,
        path: &Path,
    ) -> Result<u32> {
        let store = self.store(organisation)?;
        let (text, count, action) = store.read(|reader| {
            let facts = reader.organisation()?.ok_or(Problem::RecordMissing)?;
            let now = self.wall_now(reader)?;
            let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(now.date());
            let days = (day(now.year() - 1, 1, 1), day(now.year() + YEARS_AHEAD, 12, 31));
            let resources = match wanted.resource {
                Some(id) => vec![reader.resource(id)?],
                None => reader.resources()?,
            };
            let flats = flat_names(reader)?;
            let flat = wanted
                .flat
                .map(|id| reader.flat(id))
                .transpose()?
                .map(|flat| flat.name);
            let books = resources
                .iter()
                .map(|resource| reader.resource_book(resource.id, days.0, days.1))
                .collect::<Result<Vec<_>, _>>()?;
            let schedules: Vec<_> = books.iter().map(|book| book.schedule(now)).collect();
            let revisions = reader.revisions()?;
            let revision = |(changes, at)| Revision { changes, at };
            let resource = wanted.resource.and(resources.first()).map(|one| one.name.clone());
            let names = [Some(facts.name.as_str()), resource.as_deref(), flat.as_deref()];
            let name = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let (text, count) = write_feed(
                &schedules,
                zone_of(&facts.time_zone),
                &FeedSource {
                    name: &name,
                    days,
                    flat: wanted.flat,
                    flats: &flats,
                    words: words(facts.language),
                    revision: &|row| revisions.get(&row).copied().map(revision),
                    blackouts: revision(reader.blackout_revision()?),
                },
            );
            Ok::<_, Problem>((
                text,
                count,
                Action::CalendarExport {
                    resource,
                    flat,
                    count,
                },
            ))
        })?;
        let (file, ()) = WholeFile::write(path, |out| out.write_all(text.as_bytes()))?;
        // Noted before it appears: the other way round it could leave unseen.
        if let Some(user) = store.user() {
            store.write(&action, |tx| tx.note_export(user, 0, &[]))?;
        }
        file.keep()?;
        Ok(count)
    }
}
