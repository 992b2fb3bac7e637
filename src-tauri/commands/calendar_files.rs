//! Calendar files (.ics) of shared spaces.

use super::commands;
use kiulu_app::{CalendarExport, CalendarImport, CalendarImportPreview, Changed};
use kiulu_domain::id::OrganisationId;
use std::path::Path;

commands! {
    /// What importing a calendar file would do.
    preview_calendar_import(organisation: OrganisationId, asked: CalendarImport) -> CalendarImportPreview
        = |app| app.preview_calendar_import(organisation, &asked);
    /// Imports a calendar file.
    run_calendar_import(organisation: OrganisationId, asked: CalendarImport) -> Changed
        = |app| app.run_calendar_import(organisation, &asked).map(|(_, changed)| changed);
    /// Writes the calendar of a space, of a flat or of everything; gives the number of events.
    export_calendar(organisation: OrganisationId, wanted: CalendarExport, path: String) -> u32
        = |app| app.export_calendar(organisation, &wanted, Path::new(&path));
}
