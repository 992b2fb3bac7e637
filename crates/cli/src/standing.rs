//! What becomes of standing shifts: `kiulu-cli standing pause`, `resume`, `transfer`, `swap` and `import`.

use crate::answer::{Answer, Failure};
use crate::bookings::{day, done, find_flat, find_resource};
use clap::{Args, Subcommand};
use kiulu_app::spreadsheet::column_letters;
use kiulu_app::{App, ShiftListPreview};
use kiulu_domain::bookings::shift_list::CellPlace;
use kiulu_domain::bookings::shift_list::plan::ShiftListOptions;
use kiulu_domain::bookings::time::Validity;
use kiulu_domain::id::{OrganisationId, StandingShiftId};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Life {
    /// Lets it rest for a while.
    Pause {
        /// The standing shift's id.
        shift: StandingShiftId,
        /// The first day on which it does not come.
        from: String,
        /// The last one; until further notice where nothing is said.
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
    },
    /// Takes a pause back.
    Resume {
        /// The standing shift's id.
        shift: StandingShiftId,
        /// The first day of the pause.
        from: String,
        /// The last one, where it has one.
        #[arg(long, value_name = "DATE")]
        to: Option<String>,
    },
    /// Gives it to another flat.
    Transfer {
        /// The standing shift's id.
        shift: StandingShiftId,
        /// The flat that gets it.
        flat: String,
        /// The day from which on it is theirs.
        date: String,
    },
    /// Gives two flats each other's.
    Swap {
        /// The one standing shift's id.
        one: StandingShiftId,
        /// The other's.
        other: StandingShiftId,
        /// The day from which on they have each other's.
        date: String,
    },
    /// Brings in the list that the house has in a spreadsheet.
    Import(Import),
}

#[derive(Args)]
pub(crate) struct Import {
    /// The spreadsheet.
    file: PathBuf,
    /// The space that is meant where the list names none; the first one where nothing is said.
    #[arg(long)]
    space: Option<String>,
    /// The first day of the shifts; today where nothing is said.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last one.
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(app: &App, organisation: OrganisationId, command: Life) -> Result<Answer, Failure> {
    match command {
        Life::Pause { shift, from, to } => {
            let changed = app.pause_shift(organisation, shift, days(&from, to.as_deref())?)?;
            Ok(done(&changed, "It rests."))
        }
        Life::Resume { shift, from, to } => {
            let changed = app.resume_shift(organisation, shift, days(&from, to.as_deref())?)?;
            Ok(done(&changed, "It comes again."))
        }
        Life::Transfer { shift, flat, date } => {
            let flat = find_flat(app, organisation, &flat)?;
            let changed = app.transfer_shift(organisation, shift, flat, day(&date)?)?;
            Ok(done(&changed, "It goes over."))
        }
        Life::Swap { one, other, date } => {
            let changed = app.swap_shifts(organisation, one, other, day(&date)?)?;
            Ok(done(&changed, "They have each other's."))
        }
        Life::Import(asked) => import(app, organisation, &asked),
    }
}

fn days(from: &str, to: Option<&str>) -> Result<Validity, Failure> {
    Ok(Validity {
        from: Some(day(from)?),
        to: to.map(day).transpose()?,
    })
}

fn import(app: &App, organisation: OrganisationId, asked: &Import) -> Result<Answer, Failure> {
    let space = match &asked.space {
        Some(name) => Some(find_resource(app, organisation, name)?.id),
        None => app.resources(organisation)?.first().map(|resource| resource.id),
    };
    let options = ShiftListOptions {
        space,
        from: match &asked.from {
            Some(date) => day(date)?,
            None => app.standing_overview(organisation)?.today,
        },
        to: asked.to.as_deref().map(day).transpose()?,
        corrections: Vec::new(),
    };
    let preview = app.preview_shift_list(organisation, &asked.file, &options)?;
    if asked.dry_run {
        let text = format!("{} would be given.", preview.given);
        return Ok(Answer::new(told(&preview, preview.given, Value::Null), text));
    }
    let (changed, count) =
        app.import_shift_list(organisation, &asked.file, &options, Some(preview.fingerprint))?;
    let text = format!("{count} given.");
    Ok(Answer::new(told(&preview, count, json!(changed.change)), text))
}

/// The list turn by turn, each by its cell.
fn told(preview: &ShiftListPreview, given: u32, change: Value) -> Value {
    let cell = |at: CellPlace| format!("{}{}", column_letters(at.column as usize), at.row);
    let turns = preview.turns.iter().map(|turn| {
        json!({
            "sheet": turn.entry.at.sheet, "cell": cell(turn.entry.at), "text": turn.entry.text, "weekday": turn.entry.weekday,
            "from": turn.entry.from, "to": turn.to, "outcome": turn.outcome,
        })
    });
    let unplaced = preview.unplaced.iter().map(
        |one| json!({ "sheet": one.at.sheet, "cell": cell(one.at), "text": one.text, "lacks": one.lacks }),
    );
    let turns: Vec<_> = turns.collect();
    let unplaced: Vec<_> = unplaced.collect();
    json!({ "given": given, "change": change, "turns": turns, "unplaced": unplaced })
}
