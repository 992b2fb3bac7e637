//! The list of a month's charges.

use crate::{Head, Paper, PrintError, Words, print};
use chrono::NaiveDate;
use kiulu_domain::bookings::charge::{Charge, ChargeKind, VatTotal};
use kiulu_domain::organisation::Language;
use serde::Serialize;

/// What a month is charged, as it is printed.
#[derive(Debug, Clone)]
pub struct ChargeList<'a> {
    /// The organisation.
    pub house: &'a str,
    /// The day on which it is printed.
    pub day: NaiveDate,
    /// The first day of the month.
    pub month: NaiveDate,
    /// The days on which it was closed and by which it must be paid, where it is closed.
    pub closed: Option<(NaiveDate, Option<NaiveDate>)>,
    /// By payer.
    pub accounts: Vec<Account<'a>>,
    /// By VAT rate.
    pub vat: &'a [VatTotal],
}

/// What one payer is charged.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// What the payer is called.
    pub name: String,
    /// The reference number in groups, where there is one.
    pub reference: Option<&'a str>,
    /// When it was paid.
    pub paid_on: Option<NaiveDate>,
    /// What for: the space's name, the charge, and the month that it puts right where it is an earlier one.
    pub lines: Vec<(&'a str, &'a Charge, Option<NaiveDate>)>,
}

#[derive(Serialize)]
struct Data {
    state: String,
    payers: String,
    total: String,
    rates: Vec<Rate>,
    accounts: Vec<Said>,
}

#[derive(Serialize)]
struct Rate {
    rate: String,
    net: String,
    vat: String,
    total: String,
}

#[derive(Serialize)]
struct Said {
    name: String,
    reference: String,
    paid: String,
    total: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    space: String,
    what: String,
    when: String,
    vat: String,
    amount: String,
    note: String,
}

/// Sets the list in a language.
///
/// # Errors
/// Those of [`print`].
pub fn charge_list(language: Language, list: &ChargeList<'_>) -> Result<Vec<u8>, PrintError> {
    let words = Words::of(language);
    let month = words.month(list.month);
    let head = Head {
        title: words.say("charges_title", &[("month", &month)]),
        house: list.house.to_owned(),
        day: list.day,
    };
    let state = match list.closed {
        None => words.say("charges_open", &[]),
        Some((closed, None)) => words.say("charges_closed", &[("day", &words.date(closed))]),
        Some((closed, Some(due))) => words.say(
            "charges_closed_due",
            &[("day", &words.date(closed)), ("due", &words.date(due))],
        ),
    };
    let sum = |of: fn(&VatTotal) -> i64| list.vat.iter().map(of).sum::<i64>();
    let data = Data {
        state,
        payers: words.count("charges_payers", list.accounts.len() as u32),
        total: words.money(sum(|total| total.cents)),
        rates: list
            .vat
            .iter()
            .map(|total| Rate {
                rate: percent(words, total.vat_tenths),
                net: words.money(total.net_cents),
                vat: words.money(total.vat_cents),
                total: words.money(total.cents),
            })
            .collect(),
        accounts: list.accounts.iter().map(|account| said(words, account)).collect(),
    };
    print(Paper::Charges, language, &head, &data)
}

fn said(words: Words, account: &Account<'_>) -> Said {
    let cents = account.lines.iter().map(|(_, charge, _)| charge.cost.cents).sum();
    Said {
        name: account.name.clone(),
        reference: account.reference.unwrap_or_default().to_owned(),
        paid: account.paid_on.map_or(String::new(), |day| words.date(day)),
        total: words.money(cents),
        lines: account
            .lines
            .iter()
            .map(|(space, charge, origin)| Line {
                space: (*space).to_owned(),
                what: what(words, charge),
                when: when(words, charge),
                vat: words.say(
                    "charges_vat_of",
                    &[("rate", &percent(words, charge.cost.vat_tenths))],
                ),
                amount: words.money(charge.cost.cents),
                note: origin.map_or(String::new(), |month| {
                    words.say("charges_corrects", &[("month", &words.month(month))])
                }),
            })
            .collect(),
    }
}

fn what(words: Words, charge: &Charge) -> String {
    let key = match charge.kind {
        ChargeKind::Booking => "charges_booking",
        ChargeKind::LateCancellation => "charges_late_cancellation",
        ChargeKind::NoShow => "charges_no_show",
        ChargeKind::Month => "charges_month",
        ChargeKind::OutOfUse => "charges_out_of_use",
        ChargeKind::Yielded => "charges_yielded",
        ChargeKind::Paused => "charges_paused",
    };
    let (turns, of) = (charge.turns.0.to_string(), charge.turns.1.to_string());
    words.say(key, &[("turns", &turns), ("of", &of)])
}

/// The days of a standing shift; day and hours of a booking.
fn when(words: Words, charge: &Charge) -> String {
    let (start, end) = (charge.span.start, charge.span.end);
    let clock = |time: chrono::NaiveDateTime| time.format("%-H.%M").to_string();
    let by_days = !matches!(
        charge.kind,
        ChargeKind::Booking | ChargeKind::LateCancellation | ChargeKind::NoShow
    );
    let (first, last) = (words.date(start.date()), words.date(end.date()));
    if by_days {
        let last = end.date().pred_opt().unwrap_or(end.date());
        format!("{first} – {}", words.date(last))
    } else if start.date() == end.date() {
        format!("{first} {}–{}", clock(start), clock(end))
    } else {
        format!("{first} {} – {last} {}", clock(start), clock(end))
    }
}

/// `25,5 %`.
fn percent(words: Words, tenths: u32) -> String {
    format!("{}\u{a0}%", words.rate(tenths))
}
