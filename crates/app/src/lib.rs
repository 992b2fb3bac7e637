//! What the user can do, per area, independent of any window.
//!
//! [`App`] holds the open organisations of one data directory. The desktop shell and the command line call the same methods;
//! every method blocks, so an asynchronous caller runs it on a thread of its own.

mod app;
mod attention;
mod backups;
mod booking_attention;
mod bookings;
mod calendar_export;
mod calendar_file;
mod calendar_import;
mod calendar_turns;
mod calendars;
mod charges;
mod conflicts;
mod contact_acts;
mod contact_edit;
mod contact_records;
mod contacts;
mod core_dumps;
mod custom_fields;
mod draws;
mod endpoint;
mod export_bookings;
mod export_charges;
mod export_everything;
mod export_history;
mod exports;
mod flat_bookings;
mod flats;
mod flats_export;
mod folders;
mod groups;
mod history;
mod home;
mod imports;
mod imports_run;
mod job;
mod joining;
mod keychain;
mod marks;
mod memo;
mod no_shows;
mod organisations;
mod overview;
mod papers;
mod prices;
mod problem;
mod resources;
mod restoring;
mod revenue;
mod rotation;
mod sample;
mod sample_spaces;
mod search;
mod settings;
mod sharing;
mod sharing_papers;
mod shift_acts;
mod shift_list_import;
mod space_use;
mod spaces;
mod standing_list;
mod standing_shifts;
mod sync_pace;
mod sync_problem;
mod syncing;
mod views;
mod vocabulary;
mod waiting;
mod whole_file;

pub use app::App;
pub use attention::{AttentionItem, AttentionKind};
pub use backups::{BackupInfo, BackupPlace, BackupSettings, BackupState, PlaceState};
pub use booking_attention::{FlatMessage, MessageAbout};
pub use bookings::{BookingAnswer, BookingRequest, QuotaState};
pub use calendar_export::CalendarExport;
pub use calendar_file::{FeedTime, FeedTimes, calendar_file_days, calendar_file_times};
pub use calendar_import::{CalendarImport, CalendarImportPreview, PlannedFeedTime};
pub use calendar_turns::{Calendar, CalendarDay, CalendarTurn, TurnState};
pub use charges::{AccountLine, ChargeAccount, ChargeState, Charges};
pub use conflicts::{ClashHow, ConflictInfo, ConflictSide, ConflictValue};
pub use contact_records::{
    Changed, ContactEdit, ContactListPage, ContactOverview, ContactRow, ContactValues, FieldSource,
    HouseholdMember, OriginNote, PointEdit, RoleEdit, RoleInfo, Selection, ValueSource,
};
pub use core_dumps::forbid_core_dumps;
pub use draws::{ApplicationInfo, DrawOverview, OfferedTurn};
pub use export_history::HistoryLine;
pub use exports::ExportFormat;
pub use flat_bookings::{FlatBookings, FlatQuota, FlatShift, OwnBooking, OwnWaiting};
pub use flats::{FlatInfo, FlatOverview, FlatResident, HouseStructure};
pub use groups::GroupInfo;
pub use history::{ChangeInfo, HistoryPage, RecordChangeInfo, UndoChoice, UndoReport, ValueChangeInfo};
pub use home::{ReachFigures, RegisterFigures, RoleFigure};
pub use imports::{ImportColumn, ImportFile, ImportPreview, ImportResult, ImportSheet, RejectedRow};
pub use job::{Cancel, Job, Progress};
pub use joining::NewMember;
pub use keychain::{Keychain, MemoryKeychain, OsKeychain};
pub use marks::{MarkMeaning, MarkReading};
pub use organisations::{
    CreatedOrganisation, NewOrganisation, NewUser, OpenOrganisation, OrganisationInfo, RenewedSheet, Unlock,
    UnlockWay,
};
pub use overview::OrganisationOverview;
pub use papers::{PaperParagraph, PaperRequest, PaperText};
pub use problem::{LogFault, Problem, Result};
pub use revenue::MonthRevenue;
pub use search::{HitKind, SearchHit};
pub use settings::{Settings, TextSize, Theme};
pub use sharing::{
    CodePicture, DeviceInfo, ErasureInfo, HeadCode, InvitationCode, InvitationInfo, MemberRole,
    RecoverySheetInfo, Sharing,
};
pub use shift_list_import::ShiftListPreview;
pub use spaces::{HitInfo, Planned, SpaceInfo};
pub use standing_list::{ComingTurn, MovedOut, ResourceBoard, ShiftInfo, StandingOverview};
pub use syncing::{SyncDone, SyncNews, SyncPhase, SyncStatus};
pub use waiting::WaitingInfo;

/// Reading spreadsheets, for callers that want one without an organisation.
pub mod spreadsheet {
    pub use kiulu_spreadsheet::sidecar::take_over;
    pub use kiulu_spreadsheet::{
        CellsJson, Header, Limit, Reader, Refusal, Sheet, Workbook, column_letters, detect_header,
    };
}
