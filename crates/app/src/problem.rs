//! What can go wrong, as a code with parameters. The page turns each into a sentence with a next step.

use chrono::NaiveDate;
use kiulu_domain::bookings::mark::MarkFault;
use kiulu_domain::bookings::rules::Violation;
use kiulu_spreadsheet::{Found, Limit, Refusal};
use serde::Serialize;
use specta::Type;

/// Result of anything the user does.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// Why something the user asked for did not happen. Nothing was changed in any of these cases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Problem {
    /// The organisation is not open: its key is not at hand.
    #[error("locked")]
    Locked,
    /// The organisation is not on this computer.
    #[error("organisation_missing")]
    OrganisationMissing,
    /// The keychain does not answer, or holds no key for the organisation.
    #[error("keychain_missing")]
    KeychainMissing,
    /// The keychain does not let go of the key, so that no passphrase would be asked for.
    #[error("keychain_keeps")]
    KeychainKeeps,
    /// The passphrase or recovery code does not open the organisation.
    #[error("wrong_secret")]
    WrongSecret,
    /// A passphrase shorter than the least length.
    #[error("passphrase_short")]
    PassphraseShort {
        /// The least number of characters.
        least: u32,
    },
    /// The file's pages fail their checks.
    #[error("file_damaged")]
    FileDamaged,
    /// The file was written by a newer program.
    #[error("file_newer")]
    FileNewer,
    /// The file is not one of Kiulu's.
    #[error("file_foreign")]
    FileForeign,
    /// No room on the disk.
    #[error("disk_full")]
    DiskFull,
    /// Another program keeps the file busy.
    #[error("file_busy")]
    FileBusy,
    /// The folder or file may not be written.
    #[error("file_read_only")]
    FileReadOnly,
    /// The disk, stick or network drive did not do what it was asked.
    #[error("disk_failed")]
    DiskFailed,
    /// No such file or folder.
    #[error("file_not_found")]
    FileNotFound,
    /// Nobody has said yet whose changes these are.
    #[error("profile_missing")]
    ProfileMissing,
    /// The record is gone: somebody removed it meanwhile.
    #[error("record_missing")]
    RecordMissing,
    /// The record is used by others and stays.
    #[error("record_in_use")]
    RecordInUse,
    /// The user broke it off.
    #[error("cancelled")]
    Cancelled,
    /// Records were edited after the change that was to be undone.
    #[error("edited_since")]
    EditedSince {
        /// How many.
        count: u32,
    },
    /// The change cannot be undone, or has been already.
    #[error("not_undoable")]
    NotUndoable,
    /// There is nothing to undo.
    #[error("nothing_to_undo")]
    NothingToUndo,
    /// A name is needed.
    #[error("name_missing")]
    NameMissing,
    /// Another one has the name already.
    #[error("name_taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Not an e-mail address.
    #[error("email_invalid")]
    EmailInvalid,
    /// Not a phone number.
    #[error("phone_invalid")]
    PhoneInvalid,
    /// Not a business id, or its check digit is wrong.
    #[error("business_id_invalid")]
    BusinessIdInvalid,
    /// Not a personal identity code, or its check character is wrong.
    #[error("identity_code_invalid")]
    IdentityCodeInvalid,
    /// The organisation has stated no basis for keeping personal identity codes.
    #[error("identity_code_no_basis")]
    IdentityCodeNoBasis,
    /// Not a date that can be.
    #[error("date_invalid")]
    DateInvalid,
    /// Not a flat's name.
    #[error("flat_invalid")]
    FlatInvalid,
    /// Not a stairwell's letters.
    #[error("stairwell_invalid")]
    StairwellInvalid,
    /// A floor, an area or shares that cannot be.
    #[error("flat_numbers_invalid")]
    FlatNumbersInvalid,
    /// A share belongs to another flat already.
    #[error("shares_taken")]
    SharesTaken {
        /// That flat.
        flat: String,
    },
    /// A field of the organisation's own that is chosen from, without anything to choose.
    #[error("choices_missing")]
    ChoicesMissing,
    /// A choice that contacts have cannot go.
    #[error("choice_in_use")]
    ChoiceInUse {
        /// The choice.
        choice: String,
        /// How many have it.
        count: u32,
    },
    /// What a field holds cannot change while contacts have values in it.
    #[error("field_in_use")]
    FieldInUse {
        /// How many have one.
        count: u32,
    },
    /// A reason says neither for how many months nor by which statute its data is kept.
    #[error("retention_missing")]
    RetentionMissing,
    /// Not a time zone.
    #[error("time_zone_unknown")]
    TimeZoneUnknown,
    /// A value that the field of the organisation's own does not take.
    #[error("custom_value_invalid")]
    CustomValueInvalid {
        /// The field.
        field: String,
    },
    /// A further phone, e-mail or address is not one.
    #[error("point_invalid")]
    PointInvalid {
        /// Which of them, from 0.
        place: u32,
    },
    /// Not a Finnish postal code, and no other country is named.
    #[error("postal_code_invalid")]
    PostalCodeInvalid,
    /// A birth date after today.
    #[error("birth_date_in_future")]
    BirthDateInFuture,
    /// Somebody else has the customer or member number.
    #[error("number_taken")]
    NumberTaken {
        /// Who.
        name: String,
    },
    /// A group would become part of itself.
    #[error("group_in_itself")]
    GroupInItself,
    /// The spreadsheet needs a password.
    #[error("sheet_password_protected")]
    SheetPasswordProtected,
    /// The spreadsheet is cut short or broken.
    #[error("sheet_damaged")]
    SheetDamaged,
    /// The spreadsheet breaks a bound that keeps the computer usable.
    #[error("sheet_too_large")]
    SheetTooLarge {
        /// Which bound.
        limit: Limit,
    },
    /// Reading the spreadsheet took too long.
    #[error("sheet_too_slow")]
    SheetTooSlow,
    /// The spreadsheet holds nothing.
    #[error("sheet_empty")]
    SheetEmpty,
    /// The file is something else.
    #[error("not_a_spreadsheet")]
    NotASpreadsheet {
        /// What it is.
        found: Found,
    },
    /// The system does not hand over the file's bytes.
    #[error("file_unreadable")]
    FileUnreadable,
    /// The file was written to while the wizard had it open.
    #[error("file_changed")]
    FileChanged,
    /// The program that reads spreadsheets is missing or does not start.
    #[error("sidecar_missing")]
    SidecarMissing,
    /// The list has more rows or columns than a sheet takes.
    #[error("export_too_large")]
    ExportTooLarge,
    /// The chosen sheet is not in the file.
    #[error("sheet_not_found")]
    SheetNotFound,
    /// The wizard's file is no longer open.
    #[error("import_closed")]
    ImportClosed,
    /// No column is mapped to a name.
    #[error("import_no_name")]
    ImportNoName,
    /// The register changed between the preview and the import; the preview has to be made again.
    #[error("import_outdated")]
    ImportOutdated,
    /// Rules of a shared space stand against it.
    #[error("booking_refused")]
    BookingRefused {
        /// Every one of them.
        against: Vec<Violation>,
    },
    /// A line of the list on the door cannot be taken down.
    #[error("mark_refused")]
    MarkRefused {
        /// The line as it was keyed.
        line: String,
        /// Why.
        fault: MarkFault,
    },
    /// Nobody would get anything in a draw.
    #[error("draw_empty")]
    DrawEmpty,
    /// No turn was found in a list of standing shifts.
    #[error("shift_list_empty")]
    ShiftListEmpty,
    /// A time that ends before it begins.
    #[error("time_invalid")]
    TimeInvalid,
    /// The file has no calendar in it.
    #[error("calendar_foreign")]
    CalendarForeign,
    /// The calendar file is larger than any of a house.
    #[error("calendar_too_large")]
    CalendarTooLarge,
    /// More times of a calendar file than come in at once.
    #[error("calendar_too_many")]
    CalendarTooMany {
        /// At most so many.
        most: u32,
    },
    /// A line of a price list makes no sense.
    #[error("price_invalid")]
    PriceInvalid {
        /// Which, counted from one.
        line: u32,
    },
    /// A month's charges are closed and stay as they are.
    #[error("period_closed")]
    PeriodClosed {
        /// Its first day.
        month: NaiveDate,
    },
    /// A month's charges are not closed yet.
    #[error("period_open")]
    PeriodOpen {
        /// Its first day.
        month: NaiveDate,
    },
    /// A month is not over yet.
    #[error("period_running")]
    PeriodRunning {
        /// Its first day.
        month: NaiveDate,
    },
    /// Months are closed one after another.
    #[error("period_order")]
    PeriodOrder {
        /// The one that comes first.
        next: NaiveDate,
    },
    /// A later month is closed already, so that this one cannot be opened again.
    #[error("period_followed")]
    PeriodFollowed,
    /// No reference numbers follow from a series.
    #[error("series_invalid")]
    SeriesInvalid {
        /// The most digits that it may have.
        most: u32,
    },
    /// A booking's time is not over yet.
    #[error("booking_not_over")]
    BookingNotOver,
    /// A fee is less than nothing or more than the price.
    #[error("fee_invalid")]
    FeeInvalid,
    /// Not a backup of Kiulu's.
    #[error("backup_foreign")]
    BackupForeign,
    /// A backup's pages fail their checks.
    #[error("backup_damaged")]
    BackupDamaged,
    /// The backup was made on this computer but did not reach the chosen folder.
    #[error("backup_folder_failed")]
    BackupFolderFailed {
        /// The folder.
        folder: String,
    },
    /// There is no backup to restore.
    #[error("backup_missing")]
    BackupMissing,
    /// Not the address of an endpoint.
    #[error("address_invalid")]
    AddressInvalid,
    /// The endpoint does not answer: no network, or the address is wrong.
    #[error("endpoint_unreachable")]
    EndpointUnreachable,
    /// The endpoint's certificate is not one that this computer trusts.
    #[error("endpoint_untrusted")]
    EndpointUntrusted,
    /// Something else than an endpoint answers at the address.
    #[error("endpoint_foreign")]
    EndpointForeign,
    /// The endpoint cannot answer just now, or asks for patience.
    #[error("endpoint_busy")]
    EndpointBusy,
    /// The organisation's room at the endpoint is used up.
    #[error("endpoint_full")]
    EndpointFull,
    /// The endpoint refuses for a reason that nobody at this laptop can do anything about.
    #[error("endpoint_refused")]
    EndpointRefused {
        /// Its code for the reason.
        reason: String,
    },
    /// Founding an organisation at the endpoint needs its operator's token.
    #[error("token_needed")]
    TokenNeeded,
    /// What the endpoint gives does not fit what was seen before.
    #[error("log_fault")]
    LogFault {
        /// The entry that shows it.
        seq: u32,
        /// In what way.
        fault: LogFault,
    },
    /// Others use a newer program.
    #[error("program_too_old")]
    ProgramTooOld,
    /// This program is newer than what the others use, and an owner has to come first.
    #[error("owner_updates_first")]
    OwnerUpdatesFirst,
    /// This laptop was shut out.
    #[error("shut_out")]
    ShutOut,
    /// The organisation is not shared from this laptop.
    #[error("not_shared")]
    NotShared,
    /// The organisation is shared already.
    #[error("already_shared")]
    AlreadyShared,
    /// The organisation is on this computer already.
    #[error("organisation_here")]
    OrganisationHere {
        /// Its name.
        name: String,
    },
    /// Not an invitation code: something is mistyped or left out.
    #[error("code_invalid")]
    CodeInvalid {
        /// The symbol that cannot be, counted from 1; 0 where it is not known which.
        place: u32,
    },
    /// A newer program made the code.
    #[error("code_newer")]
    CodeNewer,
    /// The invitation's time is over.
    #[error("code_expired")]
    CodeExpired,
    /// The invitation was used or withdrawn.
    #[error("code_used")]
    CodeUsed,
    /// This laptop takes part as one that only reads.
    #[error("only_reads")]
    OnlyReads,
    /// Only an owner may do it.
    #[error("owner_needed")]
    OwnerNeeded,
    /// Somebody must stay who decides who takes part.
    #[error("last_owner")]
    LastOwner,
    /// One change is too large to be shared.
    #[error("change_too_large")]
    ChangeTooLarge,
    /// Others wrote at every attempt.
    #[error("sync_busy")]
    SyncBusy,
    /// A fault of the program; what happened is in the log.
    #[error("fault")]
    Fault,
}

/// In what way a log does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LogFault {
    /// It ends before what was seen: restored from an old backup, or withheld.
    RolledBack,
    /// It belongs to another branch.
    Branched,
    /// An entry is left out.
    Gap,
    /// An entry comes again.
    Repeated,
    /// Entries come in another order.
    Reordered,
    /// An entry that may not stand there: forged, or of somebody whose role does not allow it.
    Forged,
    /// It is another organisation's.
    OtherOrganisation,
    /// It does not open.
    NotOpened,
    /// A key was left out or swapped.
    KeySwapped,
    /// It does not fit what this laptop has.
    Diverged,
}

impl Problem {
    /// The snake_case code.
    pub fn code(&self) -> String {
        self.to_string()
    }

    /// Notes a fault of the program in the log, without any of the user's data, and gives the problem to show.
    pub(crate) fn fault(what: &dyn std::fmt::Display) -> Self {
        tracing::error!(%what, "fault");
        Self::Fault
    }
}

impl From<kiulu_store::Error> for Problem {
    fn from(error: kiulu_store::Error) -> Self {
        use kiulu_store::Error;
        match error {
            Error::WrongKey => Self::KeychainMissing,
            Error::WrongSecret => Self::WrongSecret,
            Error::Damaged(_) => Self::FileDamaged,
            Error::Newer { .. } => Self::FileNewer,
            Error::DiskFull => Self::DiskFull,
            Error::Busy => Self::FileBusy,
            Error::NotFound => Self::FileNotFound,
            Error::ReadOnly => Self::FileReadOnly,
            Error::OnlyReads => Self::OnlyReads,
            Error::Foreign => Self::FileForeign,
            Error::Missing(_) => Self::RecordMissing,
            Error::InUse("group") => Self::GroupInItself,
            Error::InUse("charge_period") => Self::PeriodFollowed,
            Error::InUse(_) => Self::RecordInUse,
            Error::Cancelled => Self::Cancelled,
            Error::EditedSince(records) => Self::EditedSince {
                count: records.len() as u32,
            },
            Error::NotUndoable => Self::NotUndoable,
            Error::NoUser => Self::ProfileMissing,
            Error::Io(error) => {
                tracing::warn!(%error, "the disk fails");
                Self::DiskFailed
            }
            error => Self::fault(&error),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        kiulu_store::Error::from(error).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::PasswordProtected => Self::SheetPasswordProtected,
            Refusal::Damaged => Self::SheetDamaged,
            Refusal::TooLarge { limit } => Self::SheetTooLarge { limit },
            Refusal::TooSlow => Self::SheetTooSlow,
            Refusal::Empty => Self::SheetEmpty,
            Refusal::NotASpreadsheet { found } => Self::NotASpreadsheet { found },
            Refusal::NotFound => Self::FileNotFound,
            Refusal::Unreadable => Self::FileUnreadable,
            Refusal::Changed => Self::FileChanged,
            Refusal::SheetNotFound => Self::SheetNotFound,
            Refusal::SidecarMissing => Self::SidecarMissing,
        }
    }
}
