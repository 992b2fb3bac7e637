//! Standing shifts as a whole: the list and the board, what becomes of a shift, and what a move leaves behind.

use super::commands;
use chrono::NaiveDate;
use kiulu_app::{Changed, DrawOverview, FlatMessage, MovedOut, ShiftListPreview, StandingOverview};
use kiulu_domain::bookings::draw::{DrawOptions, DrawnTurn, Lot};
use kiulu_domain::bookings::shift_list::plan::ShiftListOptions;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::Validity;
use kiulu_domain::id::{FlatId, OrganisationId, ShiftListId, StandingShiftId};
use std::path::PathBuf;

commands! {
    /// All standing shifts of the house, and its boards.
    standing_overview(organisation: OrganisationId) -> StandingOverview = |app| app.standing_overview(organisation);
    /// Lets a standing shift rest for a while.
    pause_shift(organisation: OrganisationId, id: StandingShiftId, pause: Validity) -> Changed
        = |app| app.pause_shift(organisation, id, pause);
    /// Lets a standing shift come again before its pause is over.
    resume_shift(organisation: OrganisationId, id: StandingShiftId, pause: Validity) -> Changed
        = |app| app.resume_shift(organisation, id, pause);
    /// Changes a standing shift from a day on.
    change_shift(organisation: OrganisationId, wanted: StandingShift, from: NaiveDate) -> Changed
        = |app| app.change_shift(organisation, &wanted, from);
    /// Gives a standing shift to another flat from a day on.
    transfer_shift(organisation: OrganisationId, id: StandingShiftId, to: FlatId, from: NaiveDate) -> Changed
        = |app| app.transfer_shift(organisation, id, to, from);
    /// Gives two flats each other's standing shift from a day on.
    swap_shifts(organisation: OrganisationId, one: StandingShiftId, other: StandingShiftId, from: NaiveDate) -> Changed
        = |app| app.swap_shifts(organisation, one, other, from);
    /// Flats whose last residents leave while they have standing shifts.
    moved_out(organisation: OrganisationId) -> Vec<MovedOut> = |app| app.moved_out(organisation);
    /// Ends the standing shifts of a flat whose last residents leave.
    end_shifts_of_flat(organisation: OrganisationId, flat: FlatId) -> Changed
        = |app| app.end_shifts_of_flat(organisation, flat);
    /// Writes standing shifts as Excel or CSV.
    export_standing(organisation: OrganisationId, shifts: Vec<(StandingShiftId, String)>, titles: [String; 9],
        weekdays: [String; 7], path: PathBuf) -> u32
        = |app| app.export_standing(organisation, &shifts, &titles, &weekdays, &path);
    /// Reads a list of standing shifts and tells what would become of each turn.
    preview_shift_list(organisation: OrganisationId, path: PathBuf, options: ShiftListOptions) -> ShiftListPreview
        = |app| app.preview_shift_list(organisation, &path, &options);
    /// Gives all shifts of a list that the rules let stand, as one change.
    import_shift_list(organisation: OrganisationId, path: PathBuf, options: ShiftListOptions, looked_at: Option<ShiftListId>)
        -> (Changed, u32)
        = |app| app.import_shift_list(organisation, &path, &options, looked_at);
    /// What can be drawn for a season, who applies, and what was drawn before.
    draw_overview(organisation: OrganisationId, from: NaiveDate) -> DrawOverview = |app| app.draw_overview(organisation, from);
    /// A seed that nobody has chosen.
    draw_seed() -> u32 = |app| Ok(app.draw_seed());
    /// Writes what a flat wishes for in the next draw.
    save_draw_application(organisation: OrganisationId, flat: FlatId, wishes: Vec<DrawnTurn>) -> Changed
        = |app| app.save_draw_application(organisation, flat, &wishes);
    /// What a seed gives.
    preview_draw(organisation: OrganisationId, options: DrawOptions) -> Vec<Lot>
        = |app| app.preview_draw(organisation, &options);
    /// Gives what a seed gives, as one change.
    confirm_draw(organisation: OrganisationId, options: DrawOptions) -> (Changed, Vec<Lot>)
        = |app| app.confirm_draw(organisation, &options);
    /// Writes the result of a draw as Excel or CSV.
    export_draw(organisation: OrganisationId, lots: Vec<(Lot, String)>, titles: [String; 5], path: PathBuf) -> u32
        = |app| app.export_draw(organisation, &lots, &titles, &path);
    /// The messages to flats about a line of needs-attention, in facts.
    attention_messages(organisation: OrganisationId, key: String) -> Vec<FlatMessage>
        = |app| app.attention_messages(organisation, &key);
}
