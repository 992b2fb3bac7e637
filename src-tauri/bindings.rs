//! The commands and events, and the TypeScript that is generated from them.

use crate::commands::{
    backups, bookings, calendar_files, contacts, flats, groups, history, imports, organisations, standing,
    system, vocabulary,
};
use crate::watch::{BackupsChanged, DataChanged};
use tauri_specta::{Builder, collect_commands, collect_events};

/// Everything that the page and the host say to each other.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .commands(collect_commands![
            system::settings,
            system::save_settings,
            system::cancel_job,
            system::choose_file,
            system::choose_save,
            system::choose_folder,
            system::print_page,
            system::show_in_folder,
            organisations::organisations,
            organisations::keychain_available,
            organisations::create_organisation,
            organisations::open_sample,
            organisations::discard_sample,
            organisations::open_organisation,
            organisations::close_organisation,
            organisations::overview,
            organisations::describe_organisation,
            organisations::register_figures,
            organisations::reach_figures,
            organisations::check_organisation,
            organisations::edit_organisation,
            organisations::edit_profile,
            organisations::renew_recovery,
            organisations::set_passphrase,
            bookings::resources,
            bookings::resource_preset,
            bookings::save_resource,
            bookings::delete_resource,
            bookings::add_resource,
            bookings::prices,
            bookings::save_prices,
            bookings::calendar,
            bookings::ask_booking,
            bookings::book,
            bookings::move_booking,
            bookings::calendars,
            bookings::preview_week,
            bookings::spaces,
            bookings::move_resource,
            bookings::who_is_hit,
            bookings::cancel_booking,
            bookings::save_standing_shift,
            bookings::end_standing_shift,
            bookings::skip_turn,
            bookings::return_turn,
            bookings::waiting_line,
            bookings::wait_for,
            bookings::leave_line,
            bookings::offer_turn,
            bookings::pass_on_turn,
            bookings::decline_offer,
            bookings::accept_offer,
            bookings::offer_message,
            bookings::save_blackout,
            bookings::delete_blackout,
            standing::standing_overview,
            standing::pause_shift,
            standing::resume_shift,
            standing::change_shift,
            standing::transfer_shift,
            standing::swap_shifts,
            standing::moved_out,
            standing::end_shifts_of_flat,
            standing::export_standing,
            standing::draw_overview,
            standing::draw_seed,
            standing::save_draw_application,
            standing::preview_draw,
            standing::confirm_draw,
            standing::export_draw,
            standing::preview_shift_list,
            standing::import_shift_list,
            standing::attention_messages,
            bookings::space_use,
            bookings::flat_bookings,
            calendar_files::preview_calendar_import,
            calendar_files::run_calendar_import,
            calendar_files::export_calendar,
            backups::back_up,
            backups::backups,
            backups::backup_settings,
            backups::save_backup_settings,
            backups::backup_state,
            backups::read_backup,
            backups::restore_backup,
            contacts::contact_page,
            contacts::contact_counts,
            contacts::contact,
            contacts::create_contact,
            contacts::edit_contact,
            contacts::delete_contacts,
            contacts::give_role,
            contacts::group_contacts,
            contacts::contact_values,
            contacts::end_role,
            contacts::join_household,
            contacts::leave_household,
            contacts::views,
            contacts::save_view,
            contacts::delete_view,
            contacts::custom_fields,
            contacts::custom_field_use,
            contacts::save_custom_field,
            contacts::move_custom_field,
            contacts::delete_custom_field,
            contacts::search_everything,
            contacts::export_contacts,
            contacts::export_everything,
            flats::house,
            flats::add_flats,
            flats::flat,
            flats::edit_flat,
            flats::delete_flat,
            flats::save_building,
            flats::delete_building,
            flats::edit_stairwell,
            flats::export_flats,
            groups::groups,
            groups::save_group,
            groups::delete_group,
            groups::add_to_group,
            groups::remove_from_group,
            vocabulary::vocabulary,
            vocabulary::save_stakeholder_kind,
            vocabulary::move_stakeholder_kind,
            vocabulary::delete_stakeholder_kind,
            history::history,
            history::change_rows,
            history::preview_undo,
            history::undo,
            history::newest_undoable,
            history::export_history,
            history::attention,
            history::settle_attention,
            history::end_roles_of_deceased,
            imports::open_import,
            imports::import_sheet,
            imports::preview_import,
            imports::import_rows,
            imports::run_import,
            imports::export_rejected,
            imports::close_import,
        ])
        .events(collect_events![BackupsChanged, DataChanged])
}

#[cfg(test)]
mod tests {
    /// Where the generated file lies; it is committed, and this test fails when it is stale.
    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/platform/bindings.ts");

    #[test]
    fn the_generated_typescript_is_current() {
        let fresh = std::env::temp_dir().join(format!("kiulu-bindings-{}.ts", std::process::id()));
        super::builder()
            .export(specta_typescript::Typescript::default(), &fresh)
            .unwrap();
        let generated = std::fs::read_to_string(&fresh).unwrap();
        std::fs::remove_file(&fresh).unwrap();
        if std::env::var_os("KIULU_UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(PATH, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(PATH).unwrap_or_default();
        assert!(
            committed == generated,
            "ui/src/platform/bindings.ts is stale: run `KIULU_UPDATE_SNAPSHOTS=1 cargo test -p kiulu --bin kiulu`"
        );
    }
}
