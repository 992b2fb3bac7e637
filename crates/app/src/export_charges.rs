//! The charges of a month as a file: for whoever sends the bills. The file is a document of the organisation and speaks its language.

use crate::charges::{ChargeAccount, ChargeState, Charges};
use crate::export_everything::{Rows, Words, sheet, text, word};
use crate::exports::ExportFormat;
use crate::whole_file::WholeFile;
use crate::{App, Result};
use chrono::{Datelike, NaiveDate};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::charge::{ChargeKind, Payer};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::{Language, Organisation};
use kiulu_print::charges::{Account, ChargeList, charge_list};
use kiulu_spreadsheet::export::ColumnKind::{Date, DateTime, Number, Text};
use kiulu_spreadsheet::export::{ColumnKind, OutCell, OutSheet, write_csv, write_sheets};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

const PAYER: Words = ["Maksaja", "Betalare", "Payer"];
const REFERENCE: Words = ["Viitenumero", "Referensnummer", "Reference number"];
const GROSS: Words = [
    "Yhteensä, € (sis. alv)",
    "Totalt, € (inkl. moms)",
    "Total, € (VAT included)",
];
const VAT_RATE: Words = ["Alv, %", "Moms, %", "VAT, %"];
const VAT: Words = ["Alv, €", "Moms, €", "VAT, €"];
const NET: Words = ["Veroton, €", "Utan moms, €", "Without VAT, €"];

const ACCOUNTS: &[(Words, ColumnKind)] = &[
    (PAYER, Text),
    (REFERENCE, Text),
    (GROSS, Number),
    (VAT, Number),
    (NET, Number),
    (["Eräpäivä", "Förfallodag", "Due on"], Date),
    (["Maksettu", "Betalad", "Paid on"], Date),
];

const LINES: &[(Words, ColumnKind)] = &[
    (PAYER, Text),
    (["Tila", "Utrymme", "Space"], Text),
    (["Mistä", "För", "For"], Text),
    (["Alkaa", "Börjar", "From"], DateTime),
    (["Päättyy", "Slutar", "To"], DateTime),
    (["Vuoroja", "Turer", "Turns"], Number),
    (GROSS, Number),
    (VAT_RATE, Number),
    (VAT, Number),
    (NET, Number),
    (
        ["Oikaisee kuukautta", "Rättar månaden", "Corrects the month"],
        Text,
    ),
    (REFERENCE, Text),
];

const RATES: &[(Words, ColumnKind)] = &[(VAT_RATE, Number), (NET, Number), (VAT, Number), (GROSS, Number)];

/// What a charge is called in the organisation's documents.
pub(crate) fn kind_words(kind: ChargeKind) -> Words {
    match kind {
        ChargeKind::Booking => ["Varaus", "Bokning", "Booking"],
        ChargeKind::LateCancellation => ["Myöhästynyt peruutus", "Sen avbokning", "Late cancellation"],
        ChargeKind::NoShow => [
            "Käyttämättä jäänyt varaus",
            "Outnyttjad bokning",
            "Unused booking",
        ],
        ChargeKind::Month => ["Vakiovuoro", "Fast tur", "Standing shift"],
        ChargeKind::OutOfUse => [
            "Hyvitys: tila poissa käytöstä",
            "Gottgörelse: utrymmet ur bruk",
            "Credit: space out of use",
        ],
        ChargeKind::Yielded => [
            "Hyvitys: vuoro oli toisella",
            "Gottgörelse: turen gick till någon annan",
            "Credit: another had the turn",
        ],
        ChargeKind::Paused => ["Hyvitys: tauko", "Gottgörelse: paus", "Credit: pause"],
    }
}

impl App {
    /// Writes the charges of a month, as Excel, CSV or PDF by the file's ending: Excel has payers, lines and VAT on sheets of their own,
    /// CSV the lines. The export is noted. Gives the number of payers.
    pub fn export_charges(&self, organisation: OrganisationId, month: NaiveDate, path: &Path) -> Result<u32> {
        let charges = self.charges(organisation, month)?;
        let facts = self.describe(organisation)?.organisation;
        let language = facts.language;
        let file = if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
        {
            let pdf = self.set_charges(organisation, &charges, &facts)?;
            WholeFile::write(path, |out| out.write_all(&pdf))?.0
        } else {
            let lines = || {
                sheet(
                    language,
                    ["Erittely", "Specifikation", "Lines"],
                    LINES,
                    lines(&charges, language),
                )
            };
            let sheets = || [accounts(&charges, language), lines(), rates(&charges, language)];
            let write = |out: &mut BufWriter<File>| match ExportFormat::of(path) {
                ExportFormat::Xlsx => write_sheets(out, sheets()),
                ExportFormat::Csv => {
                    let OutSheet { columns, rows, .. } = lines();
                    write_csv(out, &columns, rows)
                }
            };
            WholeFile::write(path, write)?.0
        };
        let count = charges.accounts.len() as u32;
        let store = self.store(organisation)?;
        // Noted before it appears: the other way round it could leave unseen.
        if let Some(user) = store.user() {
            let action = Action::ChargesExport {
                month: charges.month,
                count,
            };
            store.write(&action, |tx| tx.note_export(user, 0, &[]))?;
        }
        file.keep()?;
        Ok(count)
    }

    fn set_charges(
        &self,
        organisation: OrganisationId,
        charges: &Charges,
        facts: &Organisation,
    ) -> Result<Vec<u8>> {
        let accounts = charges.accounts.iter().map(|account| Account {
            name: payer_name(account, facts.language),
            reference: account.reference.as_deref(),
            paid_on: account.paid_on,
            lines: account
                .lines
                .iter()
                .map(|one| {
                    let origin = Some(one.line.origin).filter(|origin| *origin != charges.month);
                    (one.space.as_str(), &one.line.charge, origin)
                })
                .collect(),
        });
        let list = ChargeList {
            house: &facts.name,
            day: self.today(organisation)?,
            month: charges.month,
            closed: match charges.state {
                ChargeState::Closed { closed_on, due_on } => Some((closed_on, due_on)),
                ChargeState::Open { .. } | ChargeState::Before => None,
            },
            accounts: accounts.collect(),
            vat: &charges.vat,
        };
        Ok(charge_list(facts.language, &list)?)
    }
}

/// What somebody on the list is called.
pub(crate) fn payer_name(account: &ChargeAccount, language: Language) -> String {
    match account.payer {
        Payer::Gone => word(
            [
                "Rekisteristä poistettu",
                "Borttagen ur registret",
                "Left the register",
            ],
            language,
        ),
        _ if account.name.is_empty() => word(["Turvakielto", "Spärrmarkering", "Non-disclosure"], language),
        _ => account.name.clone(),
    }
}

fn accounts(charges: &Charges, language: Language) -> OutSheet<Rows> {
    let rows = charges.accounts.iter().map(|account| {
        let vat: i64 = account
            .lines
            .iter()
            .map(|one| one.line.charge.cost.vat_cents)
            .sum();
        vec![
            text(payer_name(account, language)),
            text(account.reference.clone().unwrap_or_default()),
            euros(account.cents),
            euros(vat),
            euros(account.cents - vat),
            day(charges.state.due_on()),
            day(account.paid_on),
        ]
    });
    sheet(
        language,
        ["Maksajat", "Betalare", "Payers"],
        ACCOUNTS,
        rows.collect(),
    )
}

fn lines(charges: &Charges, language: Language) -> Rows {
    let mut rows = Vec::new();
    for account in &charges.accounts {
        for line in &account.lines {
            let (charge, origin) = (&line.line.charge, line.line.origin);
            let corrects = if origin == charges.month {
                OutCell::Empty
            } else {
                text(format!("{}/{}", origin.month(), origin.year()))
            };
            rows.push(vec![
                text(payer_name(account, language)),
                text(line.space.clone()),
                text(word(kind_words(charge.kind), language)),
                OutCell::DateTime(charge.span.start),
                OutCell::DateTime(charge.span.end),
                OutCell::Number(f64::from(charge.turns.0)),
                euros(charge.cost.cents),
                percent(charge.cost.vat_tenths),
                euros(charge.cost.vat_cents),
                euros(charge.cost.cents - charge.cost.vat_cents),
                corrects,
                text(account.reference.clone().unwrap_or_default()),
            ]);
        }
    }
    rows
}

fn rates(charges: &Charges, language: Language) -> OutSheet<Rows> {
    let rows = charges.vat.iter().map(|total| {
        vec![
            percent(total.vat_tenths),
            euros(total.net_cents),
            euros(total.vat_cents),
            euros(total.cents),
        ]
    });
    sheet(
        language,
        ["Arvonlisävero", "Mervärdesskatt", "Value added tax"],
        RATES,
        rows.collect(),
    )
}

fn day(day: Option<NaiveDate>) -> OutCell {
    day.map_or(OutCell::Empty, OutCell::Date)
}

fn percent(tenths: u32) -> OutCell {
    OutCell::Number(f64::from(tenths) / 10.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no price comes near the cents that a double cannot tell apart"
)]
fn euros(cents: i64) -> OutCell {
    OutCell::Number(cents as f64 / 100.0)
}
