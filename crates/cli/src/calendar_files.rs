//! `kiulu-cli bookings`: calendar files of other programs.

use crate::answer::{Answer, Failure};
use crate::bookings::{day, find_flat, find_resource};
use clap::{Args, Subcommand, ValueEnum};
use kiulu_app::{
    App, CalendarExport, CalendarImport, CalendarImportPreview, Changed, FeedTime, FeedTimes,
    calendar_file_days, calendar_file_times,
};
use kiulu_domain::bookings::calendar_import::ImportAs;
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::zone_of;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Brings a calendar file of another program in as one change; the same file brings nothing in twice.
    Import(Import),
    /// Writes bookings as a calendar file that other programs read: of a space, of a flat, or of everything.
    Export(Export),
}

#[derive(Args)]
pub(crate) struct Export {
    /// The .ics file to write.
    #[arg(long, value_name = "FILE")]
    ics: PathBuf,
    /// Only of a space, by id or name.
    #[arg(long)]
    resource: Option<String>,
    /// Only of a flat.
    #[arg(long)]
    flat: Option<String>,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The .ics file.
    file: PathBuf,
    /// Into which space, by id or name. A dry run without it lists what the file has and needs no organisation.
    #[arg(long, required_unless_present = "dry_run")]
    resource: Option<String>,
    /// What the times become: bookings are the house's, or those of a flat that the event names.
    #[arg(long = "as", value_enum, default_value_t = Kind::Blackouts)]
    import_as: Kind,
    /// Only says what would come in.
    #[arg(long)]
    dry_run: bool,
    /// The first day, on the clock of the event's own time; today where nothing is said.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The day after the last; a year later where nothing is said.
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Blackouts,
    Bookings,
}

/// Runs a command; `opened` opens the organisation, `named` says whether one was named.
pub(crate) fn run(
    opened: impl FnOnce() -> Result<(App, OrganisationId), Failure>,
    named: bool,
    command: Command,
) -> Result<Answer, Failure> {
    match command {
        Command::Import(asked) => import(opened, named, &asked),
        Command::Export(asked) => {
            let (app, organisation) = opened()?;
            export(&app, organisation, &asked)
        }
    }
}

fn export(app: &App, organisation: OrganisationId, asked: &Export) -> Result<Answer, Failure> {
    let resource = asked.resource.as_deref();
    let flat = asked.flat.as_deref();
    let wanted = CalendarExport {
        resource: resource
            .map(|name| find_resource(app, organisation, name))
            .transpose()?
            .map(|one| one.id),
        flat: flat.map(|name| find_flat(app, organisation, name)).transpose()?,
    };
    let count = app.export_calendar(organisation, &wanted, &asked.ics)?;
    let text = format!("Written, with {count} events.");
    Ok(Answer::new(json!({ "events": count }), text))
}

fn import(
    opened: impl FnOnce() -> Result<(App, OrganisationId), Failure>,
    named: bool,
    asked: &Import,
) -> Result<Answer, Failure> {
    let given = |text: &Option<String>| text.as_deref().map(day).transpose();
    let (from, to) = calendar_file_days(given(&asked.from)?, given(&asked.to)?);
    let Some(resource) = &asked.resource else {
        let found = if named {
            let (app, organisation) = opened()?;
            app.calendar_file_times(organisation, &asked.file, from, to)?
        } else {
            calendar_file_times(&asked.file, zone_of(""), from, to)?
        };
        return Ok(listed(&found));
    };
    let (app, organisation) = opened()?;
    let wanted = CalendarImport {
        path: asked.file.to_string_lossy().into_owned(),
        resource: find_resource(&app, organisation, resource)?.id,
        import_as: match asked.import_as {
            Kind::Blackouts => ImportAs::Blackouts,
            Kind::Bookings => ImportAs::Bookings,
        },
        from,
        to,
    };
    if asked.dry_run {
        let preview = app.preview_calendar_import(organisation, &wanted)?;
        return Ok(planned(&preview, None));
    }
    let (done, changed) = app.run_calendar_import(organisation, &wanted)?;
    Ok(planned(&done, Some(&changed)))
}

fn listed(found: &FeedTimes) -> Answer {
    let text = found.times.iter().map(shown).chain(unread(&json!(found.unread)));
    let text = text.collect::<Vec<_>>().join("\n");
    Answer::new(
        json!({ "occurrences": found.times, "unread": found.unread }),
        text,
    )
}

fn planned(preview: &CalendarImportPreview, changed: Option<&Changed>) -> Answer {
    let lines = preview.times.iter().map(|planned| {
        let becomes = json!(planned.becomes);
        let mut line = format!(
            "{}  {}",
            becomes.as_str().unwrap_or_default(),
            shown(&planned.time)
        );
        for against in &planned.against {
            line.push_str("  ! ");
            line.push_str(json!(against)["code"].as_str().unwrap_or_default());
        }
        line
    });
    let text = lines
        .chain(unread(&json!(preview.unread)))
        .collect::<Vec<_>>()
        .join("\n");
    let json = json!({
        "occurrences": preview.times,
        "created": preview.created,
        "updated": preview.updated,
        "removed": preview.removed,
        "collides": preview.collides,
        "unread": preview.unread,
        "change": changed.and_then(|changed| changed.change),
    });
    Answer::new(json, text)
}

fn shown(time: &FeedTime) -> String {
    let [start, end] = [time.start, time.end].map(|time| time.format("%Y-%m-%dT%H:%M:%SZ"));
    let cancelled = if time.cancelled { "  cancelled" } else { "" };
    format!("{start}  {end}  {}  {}{cancelled}", time.uid, time.summary)
}

fn unread(lines: &Value) -> Vec<String> {
    let lines = lines.as_array().map(Vec::as_slice).unwrap_or_default();
    lines
        .iter()
        .map(|unread| format!("line {}: {}", unread["line"], sentence(unread)))
        .collect()
}

/// What the window says of it in English.
fn sentence(unread: &Value) -> String {
    let messages: Value =
        serde_json::from_str(include_str!("../../../ui/messages/en.json")).unwrap_or_default();
    let code = unread["code"].as_str().unwrap_or_default();
    let text = messages[format!("unread_{code}")].as_str().unwrap_or(code);
    text.replace("{name}", unread["params"]["name"].as_str().unwrap_or_default())
}
