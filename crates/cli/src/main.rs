//! `kiulu-cli`: what the window does, without a window. Exit code 0 when it was done, 1 when not; with `--json` the answer and
//! any error are JSON on standard output.

mod answer;
mod bookings;
mod calendar_files;
mod cells;
mod charges;
mod contacts;
mod draw;
mod holidays;
mod imports;
mod mapping;
mod organisations;
mod papers;
mod sharing;
mod standing;
mod waiting;

use answer::{Answer, Failure};
use clap::{Parser, Subcommand};
use kiulu_app::{App, Job, OsKeychain, Problem, Unlock};
use kiulu_domain::id::{ChangeId, OrganisationId};
use mapping::Known;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs housing companies and associations from scripts.
#[derive(Parser)]
#[command(name = "kiulu-cli", version)]
struct Arguments {
    /// Where the organisations lie; the desktop program's directory where nothing is said.
    #[arg(long, global = true, env = "KIULU_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// The organisation, by id or name; not needed where there is only one.
    #[arg(long, global = true)]
    org: Option<String>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Organisations on this computer.
    Org {
        #[command(subcommand)]
        command: organisations::Command,
    },
    /// What a spreadsheet holds: sheets, headings, guessed columns.
    Sheet(imports::Sheet),
    /// Brings a spreadsheet into the register as one change.
    Import(imports::Import),
    /// Takes a change back.
    Undo {
        /// The change's id.
        change: ChangeId,
    },
    /// The register.
    Contacts {
        #[command(subcommand)]
        command: contacts::Command,
    },
    /// What leaves as a file.
    Export {
        #[command(subcommand)]
        command: Export,
    },
    /// Who changed what, the newest first.
    History {
        /// At most so many lines, however many there are.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    #[command(flatten)]
    Bookings(bookings::Command),
    #[command(flatten)]
    Papers(papers::Command),
    /// Bookings as calendar files (.ics).
    #[command(name = "bookings")]
    CalendarFiles {
        #[command(subcommand)]
        command: calendar_files::Command,
    },
    #[command(flatten)]
    Sharing(sharing::Command),
    /// Joins an organisation that somebody shares, by the code of an invitation.
    Join(sharing::Join),
    /// Joins by the code of a recovery sheet, when every computer of its owner is lost.
    Recover(sharing::Join),
    /// Public holidays and their eves.
    Holidays(holidays::Holidays),
    /// Makes a backup now.
    Backup,
    /// Restores a backup file; KIULU_PASSPHRASE holds the passphrase or the code of the recovery sheet.
    Restore {
        /// The backup file.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum Export {
    /// Everything of the organisation as one workbook with several sheets.
    All {
        /// The .xlsx file.
        file: PathBuf,
        /// Also what non-disclosure orders withhold, and personal identity codes.
        #[arg(long)]
        release_withheld: bool,
    },
}

fn main() -> ExitCode {
    if let Some(code) = kiulu_app::spreadsheet::take_over() {
        return code;
    }
    kiulu_app::forbid_core_dumps();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version are what was asked for; anything else is a mistake, and both explain themselves.
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            if std::env::args_os().any(|argument| argument == "--json") {
                let said = error.render().to_string();
                return Failure::words("usage", json!({ "message": said.trim() }), said).print(true);
            }
            let _ = error.print();
            return ExitCode::FAILURE;
        }
    };
    let json = arguments.json;
    // A panic's text may quote the register.
    std::panic::set_hook(Box::new(|_| {}));
    match catch_unwind(AssertUnwindSafe(|| run(arguments))) {
        Ok(Ok(answer)) => answer.print(json),
        Ok(Err(failure)) => failure.print(json),
        Err(_) => Failure::from(Problem::Fault).print(json),
    }
}

fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let Arguments {
        data_dir,
        org,
        json: _,
        command,
    } = arguments;
    // Nothing is opened before it is needed: looking at a file needs no organisation.
    let opened = || -> Result<(App, OrganisationId), Failure> {
        let app = app(data_dir.clone())?;
        let organisation = open(&app, org.as_deref())?;
        Ok((app, organisation))
    };
    match command {
        Command::Org { command } => organisations::run(&app(data_dir)?, command),
        Command::Sheet(sheet) if sheet.cells => cells::run(&sheet.file),
        Command::Sheet(sheet) => imports::sheet(&sheet.file, &known(data_dir, org.as_deref())?),
        Command::Import(import) => {
            let (app, organisation) = opened()?;
            imports::import(&app, organisation, &import)
        }
        Command::Undo { change } => {
            let (app, organisation) = opened()?;
            let changed = app.undo(organisation, change, kiulu_app::UndoChoice::Stop)?;
            Ok(Answer::new(json!({ "change": changed.change }), "Undone."))
        }
        Command::Contacts { command } => {
            let (app, organisation) = opened()?;
            contacts::run(&app, organisation, command)
        }
        Command::Export {
            command: Export::All {
                file,
                release_withheld,
            },
        } => {
            let (app, organisation) = opened()?;
            let count = app.export_everything(organisation, &file, release_withheld, &mut Job::silent())?;
            let text = format!("Everything written, with {count} contacts.");
            Ok(Answer::new(json!({ "contacts": count }), text))
        }
        Command::History { limit } => {
            let (app, organisation) = opened()?;
            history(&app, organisation, limit)
        }
        Command::Bookings(command) => {
            let (app, organisation) = opened()?;
            bookings::run(&app, organisation, command)
        }
        Command::Papers(command) => {
            let (app, organisation) = opened()?;
            papers::run(&app, organisation, command)
        }
        Command::CalendarFiles { command } => calendar_files::run(opened, org.is_some(), command),
        Command::Sharing(command) => {
            let (app, organisation) = opened()?;
            sharing::run(app, organisation, command)
        }
        Command::Join(join) | Command::Recover(join) => sharing::join(&app(data_dir)?, join),
        Command::Holidays(asked) => holidays::run(&asked),
        Command::Backup => {
            let (app, organisation) = opened()?;
            let backup = app.back_up(organisation)?;
            let text = backup.path.clone();
            Ok(Answer::new(
                json!({ "path": backup.path, "made_at": backup.made_at, "kib": backup.kib }),
                text,
            ))
        }
        Command::Restore { file } => {
            let restored = app(data_dir)?.restore(&file, &secret().unwrap_or(Unlock::Keychain))?;
            let name = restored.organisation.name;
            Ok(Answer::new(
                json!({ "id": restored.organisation.id, "name": name, "contacts": restored.contacts }),
                name,
            ))
        }
    }
}

fn app(data_dir: Option<PathBuf>) -> Result<App, Failure> {
    let data_dir = data_dir
        .or_else(|| dirs::data_dir().map(|base| base.join("fi.kiulu.app")))
        .ok_or_else(|| {
            Failure::words(
                "no_data_dir",
                Value::Null,
                "Give a data directory with --data-dir.",
            )
        })?;
    Ok(App::new(data_dir, Box::new(OsKeychain))?)
}

/// What a file's columns may become besides the fields that every organisation has. A file can be looked at without an
/// organisation: one is opened only where it is named, or where it is the only one of a data directory that is named.
fn known(data_dir: Option<PathBuf>, org: Option<&str>) -> Result<Known, Failure> {
    let named = data_dir.as_ref().is_some_and(|folder| folder.is_dir());
    if org.is_none() && !named {
        return Ok(Known::default());
    }
    let app = app(data_dir)?;
    if org.is_none() && app.organisations().len() != 1 {
        return Ok(Known::default());
    }
    let organisation = open(&app, org)?;
    Ok(Known::of(&app, organisation)?)
}

/// The passphrase or recovery code of the environment.
fn secret() -> Option<Unlock> {
    passphrase().map(Unlock::Secret)
}

fn passphrase() -> Option<String> {
    let given = std::env::var("KIULU_PASSPHRASE").ok();
    given.filter(|text| !text.is_empty())
}

/// Opens the organisation that was named, or the only one.
fn open(app: &App, wanted: Option<&str>) -> Result<OrganisationId, Failure> {
    let known = app.organisations();
    let found = match wanted {
        Some(wanted) => known
            .iter()
            .find(|info| info.name == wanted || info.id.to_string() == wanted),
        None if known.len() > 1 => {
            return Err(Failure::words(
                "organisation_ambiguous",
                Value::Null,
                "Say which organisation with --org.",
            ));
        }
        None => known.first(),
    };
    let id = found.ok_or(Problem::OrganisationMissing)?.id;
    app.open_for_script(id, &secret().unwrap_or(Unlock::Keychain))?;
    Ok(id)
}

fn history(app: &App, organisation: OrganisationId, limit: u32) -> Result<Answer, Failure> {
    let mut changes = Vec::new();
    let mut before = None;
    while (changes.len() as u32) < limit {
        let page = app.history(organisation, None, true, before, limit - changes.len() as u32)?;
        changes.extend(page.changes);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let lines = changes.iter().map(|change| {
        format!(
            "{}  {}  {}  {}",
            change.id,
            change.at.format("%Y-%m-%d %H:%M"),
            change.author,
            change.action.code()
        )
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(json!({ "changes": changes }), text))
}
