//! What is charged for shared spaces.

use super::commands;
use chrono::NaiveDate;
use kiulu_app::{Changed, ChargeAccount, Charges, MonthRevenue};
use kiulu_domain::bookings::charge::Payer;
use kiulu_domain::bookings::charge_period::ChargeSettings;
use kiulu_domain::id::{BookingId, OrganisationId, ResourceId};
use std::path::Path;

commands! {
    /// The charges of a month by payer.
    charges(organisation: OrganisationId, month: NaiveDate) -> Charges = |app| app.charges(organisation, month);
    /// Closes a month.
    close_charges(organisation: OrganisationId, month: NaiveDate) -> Changed = |app| app.close_charges(organisation, month);
    /// Marks when payers paid a closed month; without a day their marks go.
    mark_paid(organisation: OrganisationId, month: NaiveDate, payers: Vec<Payer>, paid_on: Option<NaiveDate>) -> Changed
        = |app| app.mark_paid(organisation, month, &payers, paid_on);
    /// Marks that nobody came to a booking, or takes the mark back.
    mark_no_show(organisation: OrganisationId, id: BookingId, came: bool) -> Changed
        = |app| app.mark_no_show(organisation, id, came);
    /// A payer's accounts of months that were closed.
    charges_of(organisation: OrganisationId, payer: Payer) -> Vec<(NaiveDate, ChargeAccount)>
        = |app| app.charges_of(organisation, payer);
    /// How the organisation charges.
    charge_settings(organisation: OrganisationId) -> ChargeSettings = |app| app.charge_settings(organisation);
    /// Writes how the organisation charges.
    save_charge_settings(organisation: OrganisationId, settings: ChargeSettings) -> Changed
        = |app| app.save_charge_settings(organisation, &settings);
    /// Writes the charges of a month as a file.
    export_charges(organisation: OrganisationId, month: NaiveDate, path: String) -> u32
        = |app| app.export_charges(organisation, month, Path::new(&path));
    /// What a space brings in by month.
    space_revenue(organisation: OrganisationId, resource: ResourceId, from: NaiveDate, to: NaiveDate) -> Vec<MonthRevenue>
        = |app| app.space_revenue(organisation, resource, from, to);
}
