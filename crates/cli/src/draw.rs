//! The yearly draw of standing shifts: `kiulu-cli draw`.

use crate::answer::{Answer, Failure};
use crate::bookings::{clock, day, find_flat, find_resource, weekday};
use clap::{Args, Subcommand};
use kiulu_app::App;
use kiulu_domain::bookings::draw::{DrawOptions, DrawnTurn, Lot, WeekTurn};
use kiulu_domain::id::OrganisationId;
use serde_json::{Value, json};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Draw {
    #[command(subcommand)]
    command: Option<Applications>,
    /// The number from which all lots follow; one that nobody has chosen where nothing is said.
    #[arg(long)]
    seed: Option<u32>,
    /// The first day of the season.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last one.
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Flats that got nothing last time choose before the others.
    #[arg(long)]
    losers_first: bool,
    /// Say what would be drawn, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Subcommand)]
enum Applications {
    /// Writes what a flat wishes for, the dearest first; without wishes it does not apply.
    Apply {
        /// The flat.
        flat: String,
        /// Turns as SPACE/WEEKDAY/FROM-TO: Talosauna/thu/18:00-19:00.
        wishes: Vec<String>,
    },
}

pub(crate) fn run(app: &App, organisation: OrganisationId, asked: &Draw) -> Result<Answer, Failure> {
    if let Some(Applications::Apply { flat, wishes }) = &asked.command {
        let flat = find_flat(app, organisation, flat)?;
        let wishes = wishes
            .iter()
            .map(|text| wish(app, organisation, text))
            .collect::<Result<Vec<_>, _>>()?;
        let changed = app.save_draw_application(organisation, flat, &wishes)?;
        return Ok(Answer::new(
            json!({ "change": changed.change, "wishes": wishes.len() }),
            String::new(),
        ));
    }
    let from = match &asked.from {
        Some(date) => day(date)?,
        None => app.standing_overview(organisation)?.today,
    };
    let options = DrawOptions {
        seed: asked.seed.unwrap_or_else(|| app.draw_seed()),
        from,
        to: asked.to.as_deref().map(day).transpose()?,
        losers_first: asked.losers_first,
    };
    if asked.dry_run {
        let lots = app.preview_draw(organisation, &options)?;
        return Ok(told(options.seed, &lots, Value::Null));
    }
    let (changed, lots) = app.confirm_draw(organisation, &options)?;
    Ok(told(options.seed, &lots, json!(changed.change)))
}

fn told(seed: u32, lots: &[Lot], change: Value) -> Answer {
    let text = lots.iter().map(|lot| {
        let got = lot.wish.map_or("-".to_owned(), |wish| wish.to_string());
        format!("{}  {}  {got}", lot.lot, lot.name)
    });
    let text = text.collect::<Vec<_>>().join("\n");
    Answer::new(json!({ "seed": seed, "change": change, "lots": lots }), text)
}

/// "Talosauna/thu/18:00-19:00".
fn wish(app: &App, organisation: OrganisationId, text: &str) -> Result<DrawnTurn, Failure> {
    let mut parts = text.rsplitn(3, '/');
    let (times, weekday_text, space) = (parts.next(), parts.next(), parts.next());
    let read = times
        .and_then(|times| times.split_once('-'))
        .zip(weekday_text)
        .zip(space);
    let Some((((from, to), day), space)) = read else {
        let words = "Give a wish as SPACE/WEEKDAY/FROM-TO: Talosauna/thu/18:00-19:00.";
        return Err(Failure::words("time_invalid", json!({ "given": text }), words));
    };
    Ok(DrawnTurn {
        resource: find_resource(app, organisation, space)?.id,
        turn: WeekTurn {
            weekday: weekday(day)?,
            from: clock(from)?,
            to: clock(to)?,
        },
    })
}
