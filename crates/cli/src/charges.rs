//! What is charged for shared spaces: `kiulu-cli charges` and `prices`.

use crate::answer::{Answer, Failure};
use crate::bookings::{day, done, find_flat, find_resource};
use clap::{Args, Subcommand};
use kiulu_app::{App, ChargeState, Charges as List, Problem};
use kiulu_domain::bookings::charge::Payer;
use kiulu_domain::bookings::charging::Charging;
use kiulu_domain::bookings::price::Price;
use kiulu_domain::id::OrganisationId;
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Charges {
    /// The month: 2026-10.
    #[arg(required = true)]
    month: Option<String>,
    /// The file to write: .xlsx, .pdf, or .csv with the lines alone.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Closes a month: its list stays as it is, and later changes become corrections.
    Close {
        /// The month: 2026-10.
        month: String,
    },
    /// Marks a closed month as paid.
    Paid {
        /// The month: 2026-10.
        month: String,
        /// The flat.
        flat: String,
        /// The day on which it was paid; today where nothing is said.
        #[arg(long, value_name = "DATE", conflicts_with = "not")]
        on: Option<String>,
        /// Takes the mark away.
        #[arg(long)]
        not: bool,
    },
}

pub(crate) fn run(app: &App, organisation: OrganisationId, asked: Charges) -> Result<Answer, Failure> {
    match asked.command {
        Some(Command::Close { month }) => {
            let changed = app.close_charges(organisation, month_of(&month)?)?;
            Ok(done(&changed, "The month is closed."))
        }
        Some(Command::Paid { month, flat, on, not }) => {
            let payer = Payer::Flat(find_flat(app, organisation, &flat)?);
            let paid_on = match on {
                _ if not => None,
                Some(on) => Some(day(&on)?),
                None => Some(app.today(organisation)?),
            };
            let changed = app.mark_paid(organisation, month_of(&month)?, &[payer], paid_on)?;
            Ok(done(&changed, if not { "Not paid." } else { "Paid." }))
        }
        None => {
            let month = month_of(asked.month.as_deref().unwrap_or_default())?;
            let list = app.charges(organisation, month)?;
            if let Some(path) = &asked.out {
                app.export_charges(organisation, month, path)?;
            }
            Ok(Answer::new(json!(list), words(&list)))
        }
    }
}

#[derive(Args)]
pub(crate) struct Prices {
    /// The space, by id or name.
    resource: String,
    /// Writes the list from a JSON file of the form in which it is shown; a new line has no id yet: all zeros.
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,
    /// The first day on which what is written holds; today where nothing is said.
    #[arg(long, value_name = "DATE", requires = "set")]
    from: Option<String>,
}

/// What a price list is written from.
#[derive(Deserialize)]
struct Written {
    prices: Vec<Price>,
    #[serde(default)]
    charging: Charging,
}

/// The price list of a space.
pub(crate) fn prices(app: &App, organisation: OrganisationId, asked: &Prices) -> Result<Answer, Failure> {
    let resource = find_resource(app, organisation, &asked.resource)?;
    if let Some(path) = &asked.set {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::from(Problem::from(error)))?;
        let written: Written = serde_json::from_str(&text).map_err(|error| {
            let words =
                format!("The file is no price list: {error}. `kiulu-cli prices` shows one with --json.");
            Failure::words("prices_unreadable", json!({ "line": error.line() }), words)
        })?;
        let from = match &asked.from {
            Some(from) => day(from)?,
            None => app.today(organisation)?,
        };
        let changed = app.save_prices(
            organisation,
            resource.id,
            &written.prices,
            &written.charging,
            from,
        )?;
        return Ok(done(&changed, "The prices are written."));
    }
    let prices = app.prices(organisation, resource.id)?;
    let lines = prices.iter().map(|price| {
        let unit = json!(price.unit);
        format!(
            "{}  {}  VAT {} %",
            euros(price.cents),
            unit.as_str().unwrap_or_default(),
            f64::from(price.vat_tenths) / 10.0
        )
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let charging = &resource.limits.charging;
    Ok(Answer::new(
        json!({ "resource": resource.id, "prices": prices, "charging": charging }),
        text,
    ))
}

fn words(list: &List) -> String {
    let state = match list.state {
        ChargeState::Closed { closed_on, .. } => format!("closed on {closed_on}"),
        ChargeState::Open { running: true } => "not over yet".to_owned(),
        ChargeState::Open { running: false } => "open".to_owned(),
        ChargeState::Before => "before the first closed month".to_owned(),
    };
    let mut lines = vec![format!("{}  {state}", list.month.format("%Y-%m"))];
    for account in &list.accounts {
        let reference = account.reference.as_deref().unwrap_or_default();
        let paid = account
            .paid_on
            .map_or(String::new(), |paid_on| format!("  paid on {paid_on}"));
        lines.push(format!(
            "{}  {}  {reference}{paid}",
            account.name,
            euros(account.cents)
        ));
    }
    lines.push(format!("Together  {}", euros(list.cents)));
    lines.join("\n")
}

fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02} EUR", cents.abs() / 100, cents.abs() % 100)
}

/// The first day of "2026-10".
fn month_of<T: FromStr>(text: &str) -> Result<T, Failure> {
    let text = text.trim();
    let read: Option<T> = format!("{text}-01")
        .parse()
        .ok()
        .filter(|_| text.len() == "2026-10".len());
    read.ok_or_else(|| {
        let words = "Give a month as 2026-10.";
        Failure::words("time_invalid", json!({ "given": text }), words)
    })
}
