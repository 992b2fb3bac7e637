//! Charges in the workbook of everything: the lines of closed months with what was paid of them, and how the organisation charges.

use super::{counted, euros, moment};
use crate::Result;
use crate::export_charges::kind_words;
use crate::export_everything::{REFERENCE, Rows, Words, date, sheet, text, word};
use kiulu_domain::bookings::charge::Payer;
use kiulu_domain::id::{ContactId, FlatId, ResourceId};
use kiulu_domain::organisation::Language;
use kiulu_spreadsheet::export::ColumnKind::{self, Bool, Date, DateTime, Number, Text};
use kiulu_spreadsheet::export::{OutCell, OutSheet};
use kiulu_store::{FIRST_DAY, Reader};
use std::collections::HashMap;

const LINES: &[(Words, ColumnKind)] = &[
    (["Kuukausi", "Månad", "Month"], Date),
    (["Suljettu", "Stängd", "Closed on"], Date),
    (["Huoneisto", "Lägenhet", "Flat"], Text),
    (REFERENCE, Number),
    (["Maksaja", "Betalare", "Payer"], Text),
    (["Tila", "Utrymme", "Space"], Text),
    (["Mistä", "För", "For"], Text),
    (["Alkaa", "Börjar", "From"], DateTime),
    (["Päättyy", "Slutar", "To"], DateTime),
    (["Vuoroja", "Turer", "Turns"], Number),
    (
        [
            "Yhteensä, € (sis. alv)",
            "Totalt, € (inkl. moms)",
            "Total, € (VAT included)",
        ],
        Number,
    ),
    (["Alv, %", "Moms, %", "VAT, %"], Number),
    (["Alv, €", "Moms, €", "VAT, €"], Number),
    (
        ["Oikaisee kuukautta", "Rättar månaden", "Corrects the month"],
        Date,
    ),
    (["Eräpäivä", "Förfallodag", "Due on"], Date),
    (["Maksettu", "Betald", "Paid on"], Date),
];

const SETTINGS: &[(Words, ColumnKind)] = &[
    (
        [
            "Viitenumeroiden alku",
            "Referensnumrens början",
            "References begin with",
        ],
        Text,
    ),
    (
        [
            "Oma viite joka kuukaudelle",
            "Egen referens för varje månad",
            "One for each month",
        ],
        Bool,
    ),
    (["Maksuaika, pv", "Betalningstid, dagar", "Days to pay"], Number),
];

pub(super) fn sheets(
    reader: &Reader<'_>,
    language: Language,
    flats: &HashMap<FlatId, String>,
    contacts: &HashMap<ContactId, (OutCell, OutCell)>,
) -> Result<[OutSheet<Rows>; 2]> {
    let spaces: HashMap<ResourceId, String> = reader
        .resources()?
        .into_iter()
        .map(|resource| (resource.id, resource.name))
        .collect();
    let mut lines = Vec::new();
    for period in reader.charge_periods(FIRST_DAY)? {
        let paid: HashMap<Payer, _> = reader.charges_paid(period.month)?.into_iter().collect();
        let mut of_month = reader.charge_lines(period.month)?;
        of_month.sort_by_key(|line| (line.charge.payer, line.charge.span.start, line.id));
        for line in of_month {
            let charge = &line.charge;
            let (flat, reference, name) = match charge.payer {
                Payer::Flat(flat) => (
                    text(flats.get(&flat).cloned().unwrap_or_default()),
                    OutCell::Empty,
                    OutCell::Empty,
                ),
                Payer::Contact(contact) => {
                    let (reference, name) = contacts.get(&contact).cloned().unwrap_or_default();
                    (OutCell::Empty, reference, name)
                }
                Payer::Gone => (OutCell::Empty, OutCell::Empty, OutCell::Empty),
            };
            lines.push(vec![
                date(Some(period.month)),
                date(Some(period.closed_on)),
                flat,
                reference,
                name,
                text(spaces.get(&charge.resource).cloned().unwrap_or_default()),
                text(word(kind_words(charge.kind), language)),
                moment(charge.span.start),
                moment(charge.span.end),
                counted(Some(charge.turns.0)),
                euros(charge.cost.cents),
                OutCell::Number(f64::from(charge.cost.vat_tenths) / 10.0),
                euros(charge.cost.vat_cents),
                date(Some(line.origin).filter(|origin| *origin != period.month)),
                date(period.due_on()),
                date(paid.get(&charge.payer).copied()),
            ]);
        }
    }
    let settings = reader.charge_settings()?;
    let rows = vec![vec![
        text(settings.series.base.clone()),
        OutCell::Bool(settings.series.monthly),
        counted(settings.due_days),
    ]];
    Ok([
        sheet(language, ["Veloitukset", "Debitering", "Charges"], LINES, lines),
        sheet(
            language,
            ["Veloitusasetukset", "Debiteringsinställningar", "How is charged"],
            SETTINGS,
            rows,
        ),
    ])
}
