//! `kiulu-cli holidays`.

use crate::answer::{Answer, Failure};
use clap::Args;
use kiulu_domain::calendar::{HolidayKind, YEARS, holidays};
use serde_json::json;

#[derive(Args)]
pub(crate) struct Holidays {
    /// A year, or the first and the last with two points between them: 1992..2100.
    years: String,
}

pub(crate) fn run(Holidays { years }: &Holidays) -> Result<Answer, Failure> {
    let (first, last) = years.split_once("..").unwrap_or((years, years));
    let known = |year: &str| year.trim().parse().ok().filter(|year| YEARS.contains(year));
    let (Some(first), Some(last)) = (known(first), known(last)) else {
        let (from, to) = (YEARS.start(), YEARS.end());
        return Err(Failure::words(
            "years",
            json!({ "from": from, "to": to }),
            format!("Give a year from {from} to {to}, or two with two points between them."),
        ));
    };
    let days: Vec<_> = (first..=last).flat_map(holidays).collect();
    let text = days.iter().map(|day| {
        let kind = match day.kind {
            HolidayKind::Public => "public",
            HolidayKind::Eve => "eve",
        };
        format!("{}  {kind}  {}", day.date, day.name.finnish())
    });
    let text = text.collect::<Vec<_>>().join("\n");
    let days: Vec<_> = days
        .iter()
        .map(|day| json!({ "date": day.date, "kind": day.kind, "name": day.name.finnish() }))
        .collect();
    Ok(Answer::new(json!({ "holidays": days }), text))
}
