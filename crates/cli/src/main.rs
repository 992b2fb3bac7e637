//! `kiulu-cli`: what the window does, without a window. Exit code 0 when it was done, 1 when not; with `--json` the answer and
//! any error are JSON on standard output.

mod answer;
mod contacts;
mod imports;
mod organisations;

use answer::{Answer, Failure};
use clap::{Parser, Subcommand};
use kiulu_app::{App, OsKeychain, Problem, Unlock};
use kiulu_domain::id::{ChangeId, OrganisationId};
use serde_json::json;
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
    /// Who changed what, the newest first.
    History {
        /// At most so many lines.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Makes a backup now.
    Backup,
    /// Restores a backup file; KIULU_PASSPHRASE holds the passphrase or the code of the recovery sheet.
    Restore {
        /// The backup file.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    kiulu_app::forbid_core_dumps();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are what was asked for; anything else is a mistake, and both explain themselves.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let json = arguments.json;
    match run(arguments) {
        Ok(answer) => answer.print(json),
        Err(failure) => failure.print(json),
    }
}

fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let Arguments {
        data_dir,
        org,
        json: _,
        command,
    } = arguments;
    if let Command::Sheet(sheet) = &command
        && sheet.cells
    {
        return imports::cells(&sheet.file);
    }
    let data_dir = data_dir
        .or_else(|| dirs::data_dir().map(|base| base.join("fi.kiulu.app")))
        .ok_or_else(|| Failure::words("no_data_dir", "Give a data directory with --data-dir."))?;
    let app = App::new(data_dir, Box::new(OsKeychain))?;
    let open = || open(&app, org.as_deref());
    match command {
        Command::Org { command } => organisations::run(&app, command),
        Command::Sheet(sheet) => imports::sheet(&app, open().ok(), &sheet),
        Command::Import(import) => imports::import(&app, open()?, &import),
        Command::Undo { change } => {
            let changed = app.undo(open()?, change, kiulu_app::UndoChoice::Stop)?;
            Ok(Answer::new(json!({ "change": changed.change }), "Undone."))
        }
        Command::Contacts { command } => contacts::run(&app, open()?, command),
        Command::History { limit } => history(&app, open()?, limit),
        Command::Backup => {
            let backup = app.back_up(open()?)?;
            let text = backup.path.clone();
            Ok(Answer::new(
                json!({ "path": backup.path, "made_at": backup.made_at, "kib": backup.kib }),
                text,
            ))
        }
        Command::Restore { file } => {
            let restored = app.restore(&file, &secret().unwrap_or(Unlock::Keychain))?;
            let name = restored.organisation.name;
            Ok(Answer::new(
                json!({ "id": restored.organisation.id, "name": name, "contacts": restored.contacts }),
                name,
            ))
        }
    }
}

/// The passphrase or recovery code of the environment.
fn secret() -> Option<Unlock> {
    std::env::var("KIULU_PASSPHRASE")
        .ok()
        .filter(|text| !text.is_empty())
        .map(Unlock::Secret)
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
                "Say which organisation with --org.",
            ));
        }
        None => known.first(),
    };
    let id = found.ok_or(Problem::OrganisationMissing)?.id;
    match secret() {
        Some(secret) => app.open_organisation(id, &secret)?,
        None => app.open_organisation(id, &Unlock::Keychain)?,
    };
    Ok(id)
}

fn history(app: &App, organisation: OrganisationId, limit: u32) -> Result<Answer, Failure> {
    let page = app.history(organisation, None, true, None, limit)?;
    let lines = page.changes.iter().map(|change| {
        format!(
            "{}  {}  {}  {}",
            change.id,
            change.at.format("%Y-%m-%d %H:%M"),
            change.author,
            change.action.code()
        )
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(json!({ "changes": page.changes }), text))
}
