//! What a user can do to an organisation's data. Each action is one captured change: its code and parameters make the
//! sentence of the history and of the toast, and it says how it rebases when another laptop was faster.

use crate::bookings::booking::HolderName;
use crate::contact_list::ContactColumn;
use crate::id::{ChangeId, ContactId};
use crate::papers::{Letter, PaperKind};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How a change that was made without seeing the newest log is put on top of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Rebase {
    /// Row by row: the later in the log wins a column that both edited, and both values go to needs-attention.
    Fields,
    /// All or nothing: any conflict withdraws the whole change, which goes to needs-attention with "do again".
    Whole,
}

/// One action with what its sentence needs. Serialised as `{"code": …, "params": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Action {
    /// The organisation came into being, with its ready-made vocabulary.
    OrganisationCreate {
        /// Its name.
        name: String,
    },
    /// Facts about the organisation changed.
    OrganisationEdit,
    /// A user wrote or changed their name or e-mail.
    ProfileEdit {
        /// Their name.
        name: String,
    },
    /// Buildings, stairwells or flats were added.
    FlatsCreate {
        /// How many flats.
        count: u32,
    },
    /// A flat's facts changed.
    FlatEdit {
        /// Its name.
        name: String,
    },
    /// A flat left the list.
    FlatDelete {
        /// Its name.
        name: String,
    },
    /// A building or stairwell got another name or place, or left the list.
    HouseEdit {
        /// The building's name.
        building: String,
    },
    /// A contact was added by hand.
    ContactCreate {
        /// Name as letters say it.
        name: String,
    },
    /// A contact's facts changed.
    ContactEdit {
        /// Name as letters say it.
        name: String,
    },
    /// Contacts left the register.
    ContactsDelete {
        /// How many.
        count: u32,
        /// The only one's name, where it was one.
        name: Option<String>,
    },
    /// A role was given, changed or taken.
    RolesEdit {
        /// How many contacts it concerns.
        count: u32,
        /// The only one's name, where it was one.
        name: Option<String>,
    },
    /// Contacts were put into a group.
    GroupAdd {
        /// How many contacts.
        count: u32,
        /// The group's name.
        group: String,
    },
    /// Contacts were taken out of a group.
    GroupRemove {
        /// How many contacts.
        count: u32,
        /// The group's name.
        group: String,
    },
    /// A group was made, renamed, moved or its rule changed.
    GroupEdit {
        /// The group's name.
        group: String,
    },
    /// A group was removed with its memberships.
    GroupDelete {
        /// The group's name.
        group: String,
    },
    /// People were joined into a couple or household, or parted.
    HouseholdEdit {
        /// How many people it concerns.
        count: u32,
    },
    /// A reason for being in the register was added or changed.
    VocabularyEdit {
        /// Its name.
        name: String,
    },
    /// A reason was removed.
    VocabularyDelete {
        /// Its name.
        name: String,
    },
    /// A field of the organisation's own was added or changed.
    CustomFieldEdit {
        /// Its name.
        name: String,
    },
    /// A field of the organisation's own was removed with its values.
    CustomFieldDelete {
        /// Its name.
        name: String,
    },
    /// A view of a list was saved.
    ViewSave {
        /// Its name.
        name: String,
    },
    /// A saved view was removed.
    ViewDelete {
        /// Its name.
        name: String,
    },
    /// A file was brought in.
    Import {
        /// File name without its folder.
        file: String,
        /// Contacts added.
        created: u32,
        /// Contacts changed.
        updated: u32,
    },
    /// Someone opened a contact's page.
    ContactView {
        /// Whose.
        contact: ContactId,
    },
    /// Someone looked at what a non-disclosure order withholds.
    ContactsRelease {
        /// Of how many contacts.
        count: u32,
        /// The only one's name, where it was one.
        name: Option<String>,
    },
    /// Personal data left as a file.
    ContactsExport {
        /// How many contacts.
        count: u32,
        /// Which facts of each.
        #[serde(default)]
        columns: Vec<ContactColumn>,
        /// Of how many what a non-disclosure order withholds left with it.
        #[serde(default)]
        released: u32,
    },
    /// The history left as a file.
    HistoryExport {
        /// How many lines of it.
        count: u32,
    },
    /// A line of needs-attention was settled.
    AttentionSettle,
    /// A shared space was added, or its rules changed.
    ResourceSave {
        /// Its name.
        name: String,
    },
    /// A shared space was removed.
    ResourceDelete {
        /// Its name.
        name: String,
    },
    /// The prices of a shared space were written.
    PricesSave {
        /// Its name.
        resource: String,
    },
    /// How shared spaces are charged for was written: reference numbers and due day.
    ChargeSettingsSave,
    /// A month's charges were closed.
    ChargesClose {
        /// Its first day.
        month: NaiveDate,
    },
    /// Marks of who has paid a month were set or taken away.
    ChargesPaid {
        /// Its first day.
        month: NaiveDate,
        /// How many payers.
        count: u32,
        /// The only one's name, where it was one.
        who: Option<String>,
        /// They have paid.
        paid: bool,
    },
    /// A month's charges left as a file.
    ChargesExport {
        /// Its first day.
        month: NaiveDate,
        /// How many payers.
        count: u32,
    },
    /// A time was booked.
    BookingCreate {
        /// Of what.
        resource: String,
        /// For whom.
        who: HolderName,
        /// From when on.
        start: NaiveDateTime,
    },
    /// A booking was moved.
    BookingMove {
        /// Of what.
        resource: String,
        /// For whom.
        who: HolderName,
        /// From when on.
        start: NaiveDateTime,
    },
    /// A booking was taken back.
    BookingCancel {
        /// Of what.
        resource: String,
        /// For whom.
        who: HolderName,
        /// From when on it had been.
        start: NaiveDateTime,
    },
    /// Somebody was put into the line for a time.
    WaitingAdd {
        /// Of what.
        resource: String,
        /// Who.
        who: HolderName,
        /// From when on the time is.
        start: NaiveDateTime,
    },
    /// Somebody left the line for a time.
    WaitingRemove {
        /// Of what.
        resource: String,
        /// Who.
        who: HolderName,
        /// From when on the time is.
        start: NaiveDateTime,
    },
    /// A free time was offered to who is next in the line.
    WaitingOffer {
        /// Of what.
        resource: String,
        /// Who.
        who: HolderName,
        /// From when on the time is.
        start: NaiveDateTime,
    },
    /// A free time went on to the next in the line, because somebody could not be reached.
    WaitingPass {
        /// Of what.
        resource: String,
        /// Who.
        who: HolderName,
        /// From when on the time is.
        start: NaiveDateTime,
    },
    /// Somebody declined a time that they had waited for.
    WaitingDecline {
        /// Of what.
        resource: String,
        /// Who.
        who: HolderName,
        /// From when on the time is.
        start: NaiveDateTime,
    },
    /// It was marked whether somebody came to a booking.
    BookingMark {
        /// Of what.
        resource: String,
        /// For whom.
        who: HolderName,
        /// From when on it had been.
        start: NaiveDateTime,
        /// They came after all.
        came: bool,
    },
    /// A standing shift was given or changed.
    ShiftSave {
        /// Of what.
        resource: String,
        /// Whose.
        flat: String,
    },
    /// A standing shift does not come on a day.
    ShiftSkip {
        /// Of what.
        resource: String,
        /// Whose.
        flat: String,
        /// The day.
        day: NaiveDate,
    },
    /// A standing shift comes again on a day on which it was skipped.
    ShiftReturn {
        /// Of what.
        resource: String,
        /// Whose.
        flat: String,
        /// The day.
        day: NaiveDate,
    },
    /// A standing shift rests for a while.
    ShiftPause {
        /// Of what.
        resource: String,
        /// Whose.
        flat: String,
        /// The first day on which it does not come.
        from: NaiveDate,
        /// The last one, where it is known.
        to: Option<NaiveDate>,
    },
    /// A standing shift comes again before its pause is over.
    ShiftResume {
        /// Of what.
        resource: String,
        /// Whose.
        flat: String,
    },
    /// A standing shift went over to another flat.
    ShiftTransfer {
        /// Of what.
        resource: String,
        /// Whose it was.
        flat: String,
        /// Whose it is.
        to: String,
        /// From which day on.
        day: NaiveDate,
    },
    /// Two flats have each other's standing shift.
    ShiftSwap {
        /// Of what.
        resource: String,
        /// One flat.
        flat: String,
        /// The other.
        other: String,
        /// From which day on.
        day: NaiveDate,
    },
    /// Standing shifts came in from a spreadsheet.
    ShiftsImport {
        /// File name without its folder.
        file: String,
        /// How many.
        count: u32,
    },
    /// What a flat wishes for in the next draw was written down or taken back.
    DrawApply {
        /// Which flat.
        flat: String,
    },
    /// The standing shifts of a season were drawn.
    ShiftsDraw {
        /// How many.
        count: u32,
        /// From which the lots followed.
        seed: u32,
    },
    /// All standing shifts of a flat end, because nobody lives there any more.
    ShiftsEnd {
        /// Which flat.
        flat: String,
        /// How many.
        count: u32,
        /// Their last day.
        last: NaiveDate,
    },
    /// A shared space is out of use for a time.
    BlackoutSave {
        /// Which.
        resource: String,
    },
    /// A time out of use was taken back.
    BlackoutDelete {
        /// Which.
        resource: String,
    },
    /// A calendar file of another program was brought in.
    CalendarImport {
        /// File name without its folder.
        file: String,
        /// Into which space.
        resource: String,
        /// Times added.
        created: u32,
        /// Times changed.
        updated: u32,
        /// Times taken away.
        removed: u32,
    },
    /// Bookings left as a calendar file.
    CalendarExport {
        /// Of which space; nothing for all of them.
        resource: Option<String>,
        /// Of which flat; nothing for all of them.
        flat: Option<String>,
        /// How many events.
        count: u32,
    },
    /// A paper was written as a PDF.
    PaperPrint {
        /// Which.
        paper: PaperKind,
        /// Of which space and time, or for which flat; nothing where it is for all.
        what: String,
    },
    /// What papers take from the organisation changed.
    PaperSettingsSave,
    /// The organisation worded a letter, or took its own text back.
    PaperTextSave {
        /// Which.
        letter: Letter,
    },
    /// What was written on the list on the door was taken down.
    MarksSave {
        /// Of which space.
        resource: String,
        /// How many lines.
        count: u32,
    },
    /// A change could not stand beside what somebody else had done first, and went to the needs-attention list as a whole.
    Withdraw {
        /// What it had been.
        of: String,
    },
    /// Of two values that were written on two laptops the other one was taken.
    ConflictTake {
        /// Name of the record.
        name: String,
    },
    /// What a backup of the shared register holds was brought back.
    BackupRestore {
        /// When the backup was made.
        made_at: DateTime<Utc>,
    },
    /// An earlier change was taken back.
    Undo {
        /// Which one.
        change: ChangeId,
        /// What it had been.
        of: String,
    },
}

impl Action {
    /// The snake_case code, as stored and as spoken by the command line.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OrganisationCreate { .. } => "organisation_create",
            Self::OrganisationEdit => "organisation_edit",
            Self::ProfileEdit { .. } => "profile_edit",
            Self::FlatsCreate { .. } => "flats_create",
            Self::FlatEdit { .. } => "flat_edit",
            Self::FlatDelete { .. } => "flat_delete",
            Self::HouseEdit { .. } => "house_edit",
            Self::ContactCreate { .. } => "contact_create",
            Self::ContactEdit { .. } => "contact_edit",
            Self::ContactsDelete { .. } => "contacts_delete",
            Self::RolesEdit { .. } => "roles_edit",
            Self::GroupAdd { .. } => "group_add",
            Self::GroupRemove { .. } => "group_remove",
            Self::GroupEdit { .. } => "group_edit",
            Self::GroupDelete { .. } => "group_delete",
            Self::HouseholdEdit { .. } => "household_edit",
            Self::VocabularyEdit { .. } => "vocabulary_edit",
            Self::VocabularyDelete { .. } => "vocabulary_delete",
            Self::CustomFieldEdit { .. } => "custom_field_edit",
            Self::CustomFieldDelete { .. } => "custom_field_delete",
            Self::ViewSave { .. } => "view_save",
            Self::ViewDelete { .. } => "view_delete",
            Self::Import { .. } => "import",
            Self::ContactView { .. } => "contact_view",
            Self::ContactsRelease { .. } => "contacts_release",
            Self::ContactsExport { .. } => "contacts_export",
            Self::HistoryExport { .. } => "history_export",
            Self::AttentionSettle => "attention_settle",
            Self::ResourceSave { .. } => "resource_save",
            Self::ResourceDelete { .. } => "resource_delete",
            Self::PricesSave { .. } => "prices_save",
            Self::ChargeSettingsSave => "charge_settings_save",
            Self::ChargesClose { .. } => "charges_close",
            Self::ChargesPaid { .. } => "charges_paid",
            Self::ChargesExport { .. } => "charges_export",
            Self::BookingCreate { .. } => "booking_create",
            Self::BookingMove { .. } => "booking_move",
            Self::BookingCancel { .. } => "booking_cancel",
            Self::WaitingAdd { .. } => "waiting_add",
            Self::WaitingRemove { .. } => "waiting_remove",
            Self::WaitingOffer { .. } => "waiting_offer",
            Self::WaitingPass { .. } => "waiting_pass",
            Self::WaitingDecline { .. } => "waiting_decline",
            Self::BookingMark { .. } => "booking_mark",
            Self::ShiftSave { .. } => "shift_save",
            Self::ShiftSkip { .. } => "shift_skip",
            Self::ShiftReturn { .. } => "shift_return",
            Self::ShiftPause { .. } => "shift_pause",
            Self::ShiftResume { .. } => "shift_resume",
            Self::ShiftTransfer { .. } => "shift_transfer",
            Self::ShiftSwap { .. } => "shift_swap",
            Self::ShiftsImport { .. } => "shifts_import",
            Self::DrawApply { .. } => "draw_apply",
            Self::ShiftsDraw { .. } => "shifts_draw",
            Self::ShiftsEnd { .. } => "shifts_end",
            Self::BlackoutSave { .. } => "blackout_save",
            Self::BlackoutDelete { .. } => "blackout_delete",
            Self::CalendarImport { .. } => "calendar_import",
            Self::CalendarExport { .. } => "calendar_export",
            Self::PaperPrint { .. } => "paper_print",
            Self::PaperSettingsSave => "paper_settings_save",
            Self::PaperTextSave { .. } => "paper_text_save",
            Self::MarksSave { .. } => "marks_save",
            Self::Withdraw { .. } => "withdraw",
            Self::ConflictTake { .. } => "conflict_take",
            Self::BackupRestore { .. } => "backup_restore",
            Self::Undo { .. } => "undo",
        }
    }

    /// How the change rebases.
    pub fn rebase(&self) -> Rebase {
        match self {
            Self::Undo { .. }
            | Self::OrganisationCreate { .. }
            | Self::ShiftTransfer { .. }
            | Self::ShiftSwap { .. }
            | Self::ShiftsDraw { .. }
            | Self::ChargesClose { .. } => Rebase::Whole,
            _ => Rebase::Fields,
        }
    }

    /// Whether a user may take the change back. What was seen or handed out cannot be unseen, and an organisation does
    /// not vanish by undo.
    pub fn can_undo(&self) -> bool {
        !matches!(
            self,
            Self::OrganisationCreate { .. }
                | Self::ContactView { .. }
                | Self::ContactsRelease { .. }
                | Self::ContactsExport { .. }
                | Self::HistoryExport { .. }
                | Self::CalendarExport { .. }
                | Self::ChargesExport { .. }
                | Self::PaperPrint { .. }
                | Self::ProfileEdit { .. }
                | Self::Withdraw { .. }
        )
    }

    /// Whether the change alters what others see; looking and exporting are logged but alter nothing.
    pub fn is_access(&self) -> bool {
        matches!(
            self,
            Self::ContactView { .. }
                | Self::ContactsRelease { .. }
                | Self::ContactsExport { .. }
                | Self::HistoryExport { .. }
                | Self::CalendarExport { .. }
                | Self::ChargesExport { .. }
                | Self::PaperPrint { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_serialised_tag() {
        for action in [
            Action::OrganisationEdit,
            Action::ContactCreate { name: "A".into() },
            Action::Import {
                file: "a.xlsx".into(),
                created: 1,
                updated: 2,
            },
            Action::ContactView {
                contact: ContactId(uuid::Uuid::nil()),
            },
            Action::AttentionSettle,
        ] {
            let json = serde_json::to_value(&action).unwrap();
            assert_eq!(json["code"], action.code());
        }
    }
}
