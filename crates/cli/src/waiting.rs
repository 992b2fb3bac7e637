//! The waiting list of a turn: `kiulu-cli waiting`.

use crate::answer::{Answer, Failure};
use crate::bookings::{done, find_flat, find_resource, moment, shown, turn_from};
use clap::{Args, Subcommand};
use kiulu_app::{App, BookingRequest, WaitingInfo};
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::time::Span;
use kiulu_domain::bookings::waiting::InLine;
use kiulu_domain::id::{OrganisationId, ResourceId, WaitingId};
use serde_json::{Value, json};

#[derive(Args)]
pub(crate) struct Waiting {
    /// The space, by id or name.
    resource: String,
    /// When the time begins on the wall: 2026-10-22T18:00.
    start: String,
    /// When it ends; the end of the turn that begins then, where nothing is said.
    #[arg(long)]
    to: Option<String>,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Subcommand)]
pub(crate) enum Act {
    /// Puts a flat into the line.
    Add {
        /// The flat.
        flat: String,
        /// Free text.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Takes a flat out of the line.
    Remove {
        /// The flat.
        flat: String,
    },
    /// Offers the time, now free, to whoever is next.
    Offer,
    /// Books it for them.
    Accept {
        /// Why the rules are passed over.
        #[arg(long = "override", value_name = "REASON", default_value = "")]
        override_reason: String,
    },
    /// Takes them out of the line because they do not want it.
    Decline,
    /// Lets it go on to the one after them; they stay in the line.
    Pass,
}

pub(crate) fn run(app: &App, organisation: OrganisationId, asked: &Waiting) -> Result<Answer, Failure> {
    let resource = find_resource(app, organisation, &asked.resource)?;
    let start = moment(&asked.start)?;
    let span = match &asked.to {
        Some(end) => Span {
            end: moment(end)?.end,
            ..start
        },
        None => turn_from(app, organisation, &resource, start)?,
    };
    let line = || line(app, organisation, resource.id, span);
    match &asked.act {
        None => Ok(listed(&line()?)),
        Some(Act::Add { flat, note }) => {
            let wanted = BookingRequest {
                resource: resource.id,
                holder: Holder::Flat(find_flat(app, organisation, flat)?),
                span,
                moving: None,
            };
            let (entry, changed) = app.wait_for(organisation, &wanted, note)?;
            Ok(Answer::new(
                json!({ "entry": entry, "change": changed.change }),
                format!("{entry}  {}", shown(&span)),
            ))
        }
        Some(Act::Remove { flat }) => {
            let holder = Holder::Flat(find_flat(app, organisation, flat)?);
            let found = line()?.into_iter().find(|one| one.holder == holder);
            let entry = found.ok_or_else(nobody)?.entry;
            let changed = app.leave_line(organisation, entry)?;
            Ok(done(&changed, "It waits no longer."))
        }
        Some(Act::Offer) => {
            let changed = app.offer_turn(organisation, next(&line()?)?)?;
            Ok(done(&changed, "Offered."))
        }
        Some(Act::Accept { override_reason }) => {
            let (booking, changed) = app.accept_offer(organisation, next(&line()?)?, override_reason)?;
            Ok(Answer::new(
                json!({ "booking": booking, "change": changed.change }),
                format!("{booking}  {}", shown(&span)),
            ))
        }
        Some(Act::Decline) => {
            let changed = app.decline_offer(organisation, next(&line()?)?)?;
            Ok(done(&changed, "Declined."))
        }
        Some(Act::Pass) => {
            let changed = app.pass_on_turn(organisation, next(&line()?)?)?;
            Ok(done(&changed, "It goes on to the next."))
        }
    }
}

fn line(
    app: &App,
    organisation: OrganisationId,
    resource: ResourceId,
    span: Span,
) -> Result<Vec<WaitingInfo>, Failure> {
    Ok(app.waiting_line(organisation, resource, span)?)
}

/// Whom the time is kept for.
fn next(line: &[WaitingInfo]) -> Result<WaitingId, Failure> {
    let theirs = |one: &&WaitingInfo| matches!(one.stands, InLine::Offered { .. } | InLine::Next);
    line.iter().find(theirs).map(|one| one.entry).ok_or_else(nobody)
}

fn nobody() -> Failure {
    let text = "Nobody waits so: the time is taken, or the flat is not in the line. Without a word more the command lists the line.";
    Failure::words("waiting_nobody", Value::Null, text)
}

fn listed(line: &[WaitingInfo]) -> Answer {
    let text = line.iter().map(|one| {
        let stands = match &one.stands {
            InLine::Offered { until } => format!("offered until {}", until.format("%Y-%m-%d %H:%M")),
            InLine::Next => "next".to_owned(),
            InLine::OfferOver { until } => format!("offer ended {}", until.format("%Y-%m-%d %H:%M")),
            InLine::PassedOver { .. } => "passed over".to_owned(),
            InLine::Waits => "waits".to_owned(),
        };
        format!(
            "{}  {}  {stands}",
            one.entry,
            one.who.name().unwrap_or("(withheld)")
        )
    });
    let text = text.collect::<Vec<_>>().join("\n");
    Answer::new(json!({ "waiting": line }), text)
}
