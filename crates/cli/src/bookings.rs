//! Shared spaces: `kiulu-cli resources`, `book`, `cancel`, `free`, `waiting` and `standing`.

use crate::answer::{Answer, Failure};
use clap::{Args, Subcommand};
use kiulu_app::{App, BookingRequest, Changed, FlatInfo, TurnState};
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::resource::{Resource, ResourceKind};
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::{DAY, Minutes, Span, Validity};
use kiulu_domain::collation::fold;
use kiulu_domain::flat::flat_name;
use kiulu_domain::id::{BookingId, FlatId, OrganisationId, StandingShiftId};
use kiulu_domain::organisation::zone_of;
use serde_json::{Value, json};
use std::str::FromStr;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Shared spaces; alone, lists them.
    Resources {
        #[command(subcommand)]
        command: Option<Resources>,
    },
    /// Books a time of a shared space.
    Book(Book),
    /// Takes a booking back.
    Cancel {
        /// The booking's id.
        booking: BookingId,
    },
    /// Turns that nobody has. Where lengths can be chosen there are none to list.
    Free {
        /// The space, by id or name.
        resource: String,
        /// A day, or the first and the last with two points between them: 2026-10-01..2026-10-31.
        days: String,
    },
    /// Who waits for a time; alone, lists them.
    Waiting(crate::waiting::Waiting),
    /// What a month's use of shared spaces is charged.
    Charges(crate::charges::Charges),
    /// The price list of a space.
    Prices(crate::charges::Prices),
    /// Draws the standing shifts of a season among the flats that apply.
    Draw(crate::draw::Draw),
    /// Turns that a flat has every week or every few weeks.
    Standing {
        #[command(subcommand)]
        command: Standing,
    },
}

#[derive(Subcommand)]
pub(crate) enum Resources {
    /// Adds a space with the usual rules of its kind.
    Add {
        /// sauna, laundry, drying-room, club-room, guest-flat, parking, charging, grill, tools or other.
        #[arg(long)]
        kind: String,
        /// What the house calls it.
        #[arg(long)]
        name: String,
    },
}

#[derive(Args)]
pub(crate) struct Book {
    /// The space, by id or name.
    resource: String,
    /// The flat, or "house" for the house itself.
    flat: String,
    /// When it begins on the wall: 2026-10-22T18:00.
    start: String,
    /// When it ends; the end of the turn that begins then, where nothing is said.
    #[arg(long)]
    to: Option<String>,
    /// Why the rules are passed over.
    #[arg(long = "override", value_name = "REASON", default_value = "")]
    override_reason: String,
    /// Free text.
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Subcommand)]
pub(crate) enum Standing {
    /// Gives a flat a standing shift.
    Add(Shift),
    #[command(flatten)]
    Life(crate::standing::Life),
    /// Gives up the turn of one day.
    Skip {
        /// The standing shift's id.
        shift: StandingShiftId,
        /// The day.
        date: String,
    },
    /// Takes the turn of a day back that was given up.
    Return {
        /// The standing shift's id.
        shift: StandingShiftId,
        /// The day.
        date: String,
    },
    /// Ends it.
    End {
        /// The standing shift's id.
        shift: StandingShiftId,
        /// The last day on which it can come.
        date: String,
    },
}

#[derive(Args)]
pub(crate) struct Shift {
    /// The space, by id or name.
    resource: String,
    /// The flat.
    flat: String,
    /// mon to sun, or ma to su.
    weekday: String,
    /// When it begins: 18:00.
    from: String,
    /// When it ends; 24:00 is midnight.
    to: String,
    /// The first day on which it can come.
    #[arg(long = "from", value_name = "DATE")]
    first: Option<String>,
    /// The last one.
    #[arg(long = "to", value_name = "DATE")]
    last: Option<String>,
    /// Every so many weeks, counted from the week of the first day.
    #[arg(long, value_name = "WEEKS", default_value_t = 1, requires = "first")]
    every: u32,
}

/// Codes of the weekdays.
const WEEKDAYS: [[&str; 2]; 7] = [
    ["mon", "ma"],
    ["tue", "ti"],
    ["wed", "ke"],
    ["thu", "to"],
    ["fri", "pe"],
    ["sat", "la"],
    ["sun", "su"],
];

pub(crate) fn run(app: &App, organisation: OrganisationId, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Resources { command: None } => list(app, organisation),
        Command::Resources {
            command: Some(Resources::Add { kind, name }),
        } => add(app, organisation, &kind, &name),
        Command::Book(asked) => book(app, organisation, &asked),
        Command::Cancel { booking } => {
            let changed = app.cancel_booking(organisation, booking)?;
            Ok(done(&changed, "Cancelled."))
        }
        Command::Free { resource, days } => free(app, organisation, &resource, &days),
        Command::Waiting(asked) => crate::waiting::run(app, organisation, &asked),
        Command::Charges(asked) => crate::charges::run(app, organisation, asked),
        Command::Prices(asked) => crate::charges::prices(app, organisation, &asked),
        Command::Draw(asked) => crate::draw::run(app, organisation, &asked),
        Command::Standing { command } => standing(app, organisation, command),
    }
}

fn list(app: &App, organisation: OrganisationId) -> Result<Answer, Failure> {
    let resources = app.resources(organisation)?;
    let text = resources.iter().map(|one| {
        let retired = if one.retired { "  retired" } else { "" };
        format!("{}  {}  {}{retired}", one.id, one.kind.as_str(), one.name)
    });
    let text = text.collect::<Vec<_>>().join("\n");
    let resources = resources.iter().map(|one| {
        json!({ "id": one.id, "kind": one.kind, "name": one.name, "place": one.place, "retired": one.retired })
    });
    let resources: Vec<_> = resources.collect();
    Ok(Answer::new(json!({ "resources": resources }), text))
}

fn add(app: &App, organisation: OrganisationId, kind: &str, name: &str) -> Result<Answer, Failure> {
    let known = ResourceKind::parse(kind).ok_or_else(|| {
        let kinds = ResourceKind::ALL.map(ResourceKind::as_str).join(", ");
        let text = format!("There is no kind {kind}. Give one of these: {kinds}.");
        Failure::words("resource_kind", json!({ "kind": kind }), text)
    })?;
    let resource = app.resource_preset(known, name);
    let changed = app.save_resource(organisation, &resource)?;
    let text = resource.id.to_string();
    Ok(Answer::new(
        json!({ "id": resource.id, "change": changed.change }),
        text,
    ))
}

fn book(app: &App, organisation: OrganisationId, asked: &Book) -> Result<Answer, Failure> {
    let resource = find_resource(app, organisation, &asked.resource)?;
    let holder = if fold(asked.flat.trim()) == "house" {
        Holder::House
    } else {
        Holder::Flat(find_flat(app, organisation, &asked.flat)?)
    };
    let start = moment(&asked.start)?;
    let span = match &asked.to {
        Some(end) => Span {
            end: moment(end)?.end,
            ..start
        },
        None => turn_from(app, organisation, &resource, start)?,
    };
    let wanted = BookingRequest {
        resource: resource.id,
        holder,
        span,
        moving: None,
    };
    // Where the rules are passed over there is no price.
    let quote = app.ask_booking(organisation, &wanted)?.quote;
    let (booking, changed) = app.book(organisation, &wanted, &asked.override_reason, &asked.note)?;
    let cost = quote.map(|quote| quote.cost);
    Ok(Answer::new(
        json!({ "booking": booking, "change": changed.change, "cost": cost }),
        format!("{booking}  {}", shown(&span)),
    ))
}

fn free(app: &App, organisation: OrganisationId, resource: &str, days: &str) -> Result<Answer, Failure> {
    let resource = find_resource(app, organisation, resource)?;
    let (from, to) = days.split_once("..").unwrap_or((days, days));
    let (from, to) = (day(from)?, day(to)?);
    let calendar = app.calendar(organisation, resource.id, from, to)?;
    // A calendar ends where it has become too long.
    if calendar.days.last().is_none_or(|last| last.date != to) {
        let text = "Give the first day and then the last, at most two months: 2026-10-01..2026-10-31.";
        return Err(Failure::words("time_invalid", json!({ "given": days }), text));
    }
    // A turn that has begun is not over, but nobody can have it any more.
    let free = calendar
        .turns
        .iter()
        .filter(|turn| turn.state == TurnState::Free && turn.span.start > calendar.now);
    let free: Vec<Span> = free.map(|turn| turn.span).collect();
    let text = free.iter().map(shown).collect::<Vec<_>>().join("\n");
    let free: Vec<_> = free
        .iter()
        .map(|span| {
            let [start, end] = [span.start, span.end].map(|time| time.format("%Y-%m-%dT%H:%M").to_string());
            json!({ "start": start, "end": end })
        })
        .collect();
    Ok(Answer::new(json!({ "free": free }), text))
}

fn standing(app: &App, organisation: OrganisationId, command: Standing) -> Result<Answer, Failure> {
    match command {
        Standing::Add(asked) => {
            let shift = StandingShift {
                // The app gives it one.
                id: StandingShiftId(Default::default()),
                resource: find_resource(app, organisation, &asked.resource)?.id,
                flat: find_flat(app, organisation, &asked.flat)?,
                weekday: weekday(&asked.weekday)?,
                from: clock(&asked.from)?,
                to: clock(&asked.to)?,
                valid: Validity {
                    from: asked.first.as_deref().map(day).transpose()?,
                    to: asked.last.as_deref().map(day).transpose()?,
                },
                every_weeks: asked.every,
                pauses: Vec::new(),
                note: String::new(),
            };
            let (shift, changed) = app.save_standing_shift(organisation, &shift)?;
            let json = json!({ "shift": shift, "change": changed.change });
            Ok(Answer::new(json, shift.to_string()))
        }
        Standing::Life(command) => crate::standing::run(app, organisation, command),
        Standing::Skip { shift, date } => {
            let changed = app.skip_turn(organisation, shift, day(&date)?)?;
            Ok(done(&changed, "The turn is free for others."))
        }
        Standing::Return { shift, date } => {
            let changed = app.return_turn(organisation, shift, day(&date)?)?;
            Ok(done(&changed, "The turn is the flat's again."))
        }
        Standing::End { shift, date } => {
            let changed = app.end_standing_shift(organisation, shift, day(&date)?)?;
            Ok(done(&changed, "It ends then."))
        }
    }
}

pub(crate) fn done(changed: &Changed, text: &str) -> Answer {
    Answer::new(json!({ "change": changed.change }), text)
}

pub(crate) fn shown(span: &Span) -> String {
    let [start, end] = [span.start, span.end].map(|time| time.format("%Y-%m-%d %H:%M"));
    format!("{start}  {end}")
}

pub(crate) fn find_resource(
    app: &App,
    organisation: OrganisationId,
    wanted: &str,
) -> Result<Resource, Failure> {
    let name = fold(wanted.trim());
    let mut resources = app.resources(organisation)?.into_iter();
    resources
        .find(|one| fold(&one.name) == name || one.id.to_string() == wanted)
        .ok_or_else(|| {
            let text = format!("No space is called {wanted}. `kiulu-cli resources` lists them.");
            Failure::words("resource_missing", json!({ "name": wanted }), text)
        })
}

/// A flat by its name, however it is written; with its building's in brackets where two have the name, or by id.
pub(crate) fn find_flat(app: &App, organisation: OrganisationId, wanted: &str) -> Result<FlatId, Failure> {
    let flats = app.house(organisation)?.flats;
    let (label, name) = (wanted.trim().to_lowercase(), flat_name(wanted));
    let called = |info: &&FlatInfo| info.label.to_lowercase() == label || info.flat.id.to_string() == wanted;
    let mut found: Vec<_> = flats.iter().filter(called).collect();
    if found.is_empty() {
        let named = |info: &&FlatInfo| name.as_ref() == Some(&info.flat.name);
        found = flats.iter().filter(named).collect();
    }
    match found[..] {
        [one] => Ok(one.flat.id),
        [] => Err(Failure::words(
            "flat_missing",
            json!({ "name": wanted }),
            format!("No flat is called {wanted}. Give its name as the house has it: A 12."),
        )),
        _ => {
            let labels: Vec<_> = found.iter().map(|info| info.label.as_str()).collect();
            Err(Failure::words(
                "flat_ambiguous",
                json!({ "name": wanted, "flats": labels }),
                format!("Say which flat: {}.", labels.join(", ")),
            ))
        }
    }
}

/// The turn of the timetable that begins at a time.
pub(crate) fn turn_from(
    app: &App,
    organisation: OrganisationId,
    resource: &Resource,
    at: Span,
) -> Result<Span, Failure> {
    let zone = zone_of(&app.describe(organisation)?.organisation.time_zone);
    // A turn of the small hours may be one of the evening before.
    let dates = [Some(at.date()), at.date().pred_opt()];
    let mut turns = dates
        .into_iter()
        .flatten()
        .flat_map(|date| resource.timetable.turns(date, zone));
    turns.find(|turn| turn.start == at.start).ok_or_else(|| {
        let text =
            "No turn begins then. Say with --to when it ends, or take one that `kiulu-cli free` lists.";
        Failure::words("end_missing", Value::Null, text)
    })
}

/// 0 for Monday, of "mon" or "ma".
pub(crate) fn weekday(text: &str) -> Result<u32, Failure> {
    let code = text.to_lowercase();
    WEEKDAYS
        .iter()
        .position(|codes| codes.contains(&code.as_str()))
        .map(|place| place as u32)
        .ok_or_else(|| unreadable(text, "Give a weekday as mon, tue, wed, thu, fri, sat or sun."))
}

/// A time on the wall, as "2026-10-22T18:00" or with a space: a span without length.
pub(crate) fn moment(text: &str) -> Result<Span, Failure> {
    let read = || {
        let (date, time) = text.trim().split_once(['T', ' '])?;
        let minutes = minutes(time)?;
        Some(Span::of_day(date_of(date)?, minutes, minutes))
    };
    read().ok_or_else(|| unreadable(text, "Give a time as 2026-10-22T18:00."))
}

pub(crate) fn clock(text: &str) -> Result<Minutes, Failure> {
    minutes(text.trim()).ok_or_else(|| unreadable(text, "Give a time of the day as 18:00."))
}

pub(crate) fn day<T: FromStr>(text: &str) -> Result<T, Failure> {
    date_of(text.trim()).ok_or_else(|| unreadable(text, "Give a day as 2026-10-22."))
}

/// A date of a year of four digits.
fn date_of<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok().filter(|_| text.len() == "2026-10-22".len())
}

/// Minutes of "18:00", at most a whole day.
fn minutes(text: &str) -> Option<Minutes> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| -> Option<Minutes> {
        let fits = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| fits)
    };
    let (hours, past) = (number(hours)?, number(minutes).filter(|_| minutes.len() == 2)?);
    Some(hours * 60 + past).filter(|whole| past < 60 && *whole <= DAY)
}

fn unreadable(given: &str, text: &str) -> Failure {
    Failure::words("time_invalid", json!({ "given": given }), text)
}
