//! Papers as PDF, and what was written on them: `kiulu-cli doorlist`, `papers` and `marks`.

use crate::answer::{Answer, Failure};
use crate::bookings::{day, done, find_resource};
use chrono::{Datelike, NaiveDate, Weekday};
use clap::{Args, Subcommand};
use kiulu_app::{App, MarkMeaning, PaperRequest};
use kiulu_domain::id::{OrganisationId, StandingShiftId};
use kiulu_domain::organisation::Language;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Writes the list on the door of a space as a PDF: by flat, with a code for each turn.
    #[command(name = "doorlist")]
    DoorList(DoorList),
    /// Writes a paper of the organisation as a PDF.
    Papers {
        #[command(subcommand)]
        command: Papers,
    },
    /// Takes down what was written on the list on the door of a space, as one change.
    Marks(Marks),
}

#[derive(Args)]
pub(crate) struct DoorList {
    /// The space, by id or name.
    resource: String,
    /// The week as 2026-W48, or a day of it; with --month the month as 2026-11, or a day of it.
    week: String,
    /// The whole month.
    #[arg(long)]
    month: bool,
    /// The .pdf file to write; without one the list is only told.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// fi, sv or en; the organisation's own where nothing is said.
    #[arg(long)]
    language: Option<Language>,
}

#[derive(Args)]
pub(crate) struct Where {
    /// The .pdf file to write.
    #[arg(long, value_name = "FILE")]
    pdf: PathBuf,
    /// fi, sv or en; the organisation's own where nothing is said.
    #[arg(long)]
    language: Option<Language>,
}

#[derive(Subcommand)]
pub(crate) enum Papers {
    /// How the spaces are booked, for the noticeboard.
    Instructions {
        /// Only of a space, by id or name.
        #[arg(long)]
        resource: Option<String>,
        #[command(flatten)]
        to: Where,
    },
    /// That the system is taken into use.
    Notice {
        #[command(flatten)]
        to: Where,
    },
    /// A standing shift is given to a flat.
    Agreement {
        /// The standing shift's id.
        shift: StandingShiftId,
        #[command(flatten)]
        to: Where,
    },
}

#[derive(Args)]
pub(crate) struct Marks {
    /// The space, by id or name.
    resource: String,
    /// A code with what was written beside it: "K4D7 +" it was used, "K4D7 -" nobody came, "K4D7 A 5" a flat took a free turn,
    /// "K4D7 A 5 18-20" where lengths are free.
    #[arg(required = true)]
    lines: Vec<String>,
    /// Why the rules are passed over.
    #[arg(long = "override", value_name = "REASON", default_value = "")]
    override_reason: String,
    /// Only says what the lines mean.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(app: &App, organisation: OrganisationId, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::DoorList(asked) => door_list(app, organisation, &asked),
        Command::Papers { command } => {
            let (wanted, to) = match command {
                Papers::Instructions { resource, to } => {
                    let resource = resource
                        .map(|name| find_resource(app, organisation, &name))
                        .transpose()?
                        .map(|one| one.id);
                    (PaperRequest::Instructions { resource }, to)
                }
                Papers::Notice { to } => (PaperRequest::Notice, to),
                Papers::Agreement { shift, to } => (PaperRequest::Agreement { shift }, to),
            };
            app.print_paper(organisation, &wanted, to.language, &to.pdf)?;
            Ok(Answer::new(json!({ "file": to.pdf }), "Written."))
        }
        Command::Marks(asked) => marks(app, organisation, &asked),
    }
}

fn door_list(app: &App, organisation: OrganisationId, asked: &DoorList) -> Result<Answer, Failure> {
    let resource = find_resource(app, organisation, &asked.resource)?.id;
    let day = if asked.month {
        month(&asked.week)?
    } else {
        week(&asked.week)?
    };
    let list = app.door_list(organisation, resource, day, asked.month, asked.language)?;
    if let Some(path) = &asked.pdf {
        let wanted = PaperRequest::DoorList {
            resource,
            day,
            month: asked.month,
        };
        app.print_paper(organisation, &wanted, asked.language, path)?;
    }
    let wall = |time: chrono::NaiveDateTime| time.format("%Y-%m-%dT%H:%M").to_string();
    let turns: Vec<Value> = list
        .turns()
        .map(|turn| {
            json!({
                "start": wall(turn.start),
                "end": wall(turn.end),
                "kind": turn.kind,
                "who": turn.label,
                "name": turn.name,
                "code": turn.code,
            })
        })
        .collect();
    let lines = list.turns().map(|turn| {
        let start = turn.start.format("%Y-%m-%d %H:%M");
        format!("{start}  {:4}  {} {}", turn.code, turn.label, turn.name)
            .trim_end()
            .to_owned()
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(
        json!({ "period": list.period, "turns": turns, "file": asked.pdf }),
        text,
    ))
}

fn marks(app: &App, organisation: OrganisationId, asked: &Marks) -> Result<Answer, Failure> {
    let resource = find_resource(app, organisation, &asked.resource)?.id;
    if !asked.dry_run {
        let changed = app.save_marks(organisation, resource, &asked.lines, &asked.override_reason)?;
        return Ok(done(&changed, "Taken down."));
    }
    let (mut read, mut text) = (Vec::new(), Vec::new());
    for line in &asked.lines {
        let reading = app.read_mark(organisation, resource, line)?;
        let when = reading
            .span
            .map(|span| span.start.format("%Y-%m-%d %H:%M").to_string());
        let means = match (&reading.fault, reading.meaning) {
            (Some(fault), _) => json!(fault)["code"].as_str().unwrap_or_default().to_owned(),
            (None, Some(MarkMeaning::Used)) => "used".to_owned(),
            (None, Some(MarkMeaning::NoShow)) => "nobody came".to_owned(),
            (None, _) => "booked".to_owned(),
        };
        text.push(format!(
            "{line}  {}  {}  {means}",
            when.unwrap_or_default(),
            reading.flat
        ));
        read.push(reading);
    }
    Ok(Answer::new(json!({ "marks": read }), text.join("\n")))
}

/// A day of "2026-W48" or of the week of "2026-11-25".
fn week(text: &str) -> Result<NaiveDate, Failure> {
    let read = || {
        let (year, week) = text.trim().split_once("-W")?;
        NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)
    };
    match read() {
        Some(monday) if (1000..=9999).contains(&monday.year()) => Ok(monday),
        _ => day(text),
    }
}

/// A day of "2026-11" or of the month of "2026-11-25".
fn month(text: &str) -> Result<NaiveDate, Failure> {
    match text.trim().len() {
        7 => day(&format!("{}-01", text.trim())),
        _ => day(text),
    }
}
