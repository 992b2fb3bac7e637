//! Why synchronisation stopped.

use crate::random::NoRandomness;
use crate::seal::Unopened;
use crate::transport::Failure;
use kiulu_domain::id::ChangeId;
use kiulu_wire::problem::Cause;
use kiulu_wire::{ContentHash, DeviceId, Refused};
use serde::{Serialize, Serializer};

/// Result of an operation on the log.
pub type Result<T, E = SyncError> = std::result::Result<T, E>;

/// Why synchronisation stopped. Of what the endpoint gave in the answer concerned nothing was taken in, except where said
/// otherwise; what this laptop has not sent is as it was.
///
/// As JSON a code and its parameters: `{"code": "rolled_back", "params": {"seen": 9, "found": 7}}`.
#[derive(Debug, thiserror::Error, Serialize)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum SyncError {
    /// No answer came; whether the endpoint did what it was asked is not known, and the next synchronisation finds out.
    #[error("the endpoint does not answer")]
    Unreachable,
    /// The endpoint answered that it does not do it.
    #[error("the endpoint refused: {cause}")]
    Endpoint {
        /// Its reason.
        cause: Cause,
    },
    /// Others appended at every attempt, or the endpoint says so. What they appended was taken in.
    #[error("the log grew at every attempt")]
    Busy,

    /// The endpoint's log ends before what this laptop has seen: it was restored from an old backup, or withholds.
    #[error("the endpoint's log ends at {found}, {seen} was seen before")]
    RolledBack {
        /// The last entry that was seen, by this laptop or by whoever invited it.
        seen: u64,
        /// Where the log is said to end.
        found: u64,
    },
    /// Entries do not follow what this laptop has seen: two branches of the log are mixed.
    #[error("entry {seq} belongs to another branch of the log")]
    Branched {
        /// The first entry that shows it.
        seq: u64,
    },
    /// An entry is left out.
    #[error("entry {expected} is left out, {found} was given")]
    Gap {
        /// The entry that must come next.
        expected: u64,
        /// What came instead, or where the log is said to end.
        found: u64,
    },
    /// An entry comes again.
    #[error("entry {found} comes again where {expected} must follow")]
    Repeated {
        /// The entry that must come next.
        expected: u64,
        /// What came instead.
        found: u64,
    },
    /// Entries come in another order.
    #[error("entry {found} comes before {expected}")]
    Reordered {
        /// The entry that must come next, and comes later.
        expected: u64,
        /// What came instead.
        found: u64,
    },
    /// An entry of the log that may not stand there: forged, of somebody whose role does not allow it, of a former epoch.
    #[error("entry {seq} of the log: {refused}")]
    Forged {
        /// Its place.
        seq: u64,
        /// Why.
        refused: Refused,
    },
    /// What this laptop is asked to write would not be let in by anybody: its role does not allow it, or it cannot be done.
    #[error("entry {seq}: {refused}")]
    EntryRefused {
        /// The place that it would have had.
        seq: u64,
        /// Why.
        refused: Refused,
    },
    /// The log is another organisation's.
    #[error("the log is another organisation's")]
    OtherOrganisation,
    /// An entry that its writer was allowed to write, but that does not open.
    #[error("entry {seq}: {why}")]
    NotOpened {
        /// Its place.
        seq: u64,
        /// Why.
        why: Unopened,
    },
    /// This laptop does not have the epoch's key.
    #[error("the key of epoch {epoch} is not here")]
    KeyMissing {
        /// Which epoch.
        epoch: u32,
    },
    /// The record that began an epoch holds no key for this laptop, or not that epoch's.
    #[error("no key of epoch {epoch} was sealed to this laptop")]
    KeySwapped {
        /// Which epoch.
        epoch: u32,
    },
    /// A change says that it was made on the laptop of another member than the one who wrote the entry.
    #[error("entry {seq} holds a change in the name of another device")]
    AnotherDevice {
        /// The entry's place.
        seq: u64,
        /// The device that is named.
        device: DeviceId,
    },
    /// A change of the log does not fit what the log gave before it.
    #[error("change {} does not fit", .change.0)]
    Diverged {
        /// Which change.
        change: ChangeId,
    },

    /// This laptop's data is not what the log gave everybody else: [`crate::Replica::reload`] takes it from the snapshot.
    #[error("the data differs from the snapshot that entry {seq} records")]
    StateDiffers {
        /// The entry that shows it.
        seq: u64,
    },
    /// What was laid at the endpoint does not open as the snapshot that its record says.
    #[error("the snapshot of entry {seq}: {why}")]
    SnapshotNotOpened {
        /// The record's place.
        seq: u64,
        /// Why.
        why: Unopened,
    },
    /// The log was cut, and nothing that this laptop knows vouches for what it is to start from: only an invitation does.
    #[error("nothing vouches for the snapshot of entry {seq}")]
    SnapshotUnproven {
        /// The record's place.
        seq: u64,
    },
    /// There is no snapshot to start from.
    #[error("there is no snapshot")]
    SnapshotMissing,
    /// An attachment was not fetched yet.
    #[error("attachment {content} is not here")]
    AttachmentMissing {
        /// Its name.
        content: ContentHash,
    },
    /// An attachment that is here does not open: its bytes were changed on the disk, or the key is another's.
    #[error("attachment {content}: {why}")]
    AttachmentNotOpened {
        /// Its name.
        content: ContentHash,
        /// Why.
        why: Unopened,
    },
    /// What came is not what its name says: bytes were changed at the endpoint or on the way.
    #[error("content {content} is not what its name says")]
    ContentDiffers {
        /// Its name.
        content: ContentHash,
    },

    /// Others use a newer program. What they wrote before they did is taken in.
    #[error("the organisation's data needs schema {needs}, this program has {has}")]
    ProgramTooOld {
        /// The schema version in force.
        needs: u32,
        /// This program's.
        has: u32,
    },
    /// This program is newer than the others', and an owner must synchronise with it first. What others wrote was taken in.
    #[error("schema {in_force} is in force, this program has {has}, and only an owner raises it")]
    SchemaBehind {
        /// The schema version in force.
        in_force: u32,
        /// This program's.
        has: u32,
    },
    /// This laptop was shut out. Everything up to there was taken in.
    #[error("this laptop was shut out by entry {seq}")]
    ShutOut {
        /// The entry that did it.
        seq: u64,
    },

    /// The register is not shared yet.
    #[error("the register is not shared")]
    NotShared,
    /// The register is shared already.
    #[error("the register is shared already")]
    AlreadyShared,
    /// One joins with a new register, and something was written into this one.
    #[error("the register is not empty")]
    NotEmpty,
    /// What waited for the invited device cannot be opened with the invitation's code.
    #[error("the code does not open what waited for it")]
    ParcelUnreadable,
    /// A device's name is too long.
    #[error("a name has at most {most} bytes")]
    NameTooLong {
        /// The most, in bytes.
        most: u32,
    },
    /// One change is too large to be shared.
    #[error("{bytes} bytes, at most {most} can be shared as one change")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The most.
        most: u64,
    },
    /// The keys of all epochs have become too many for one parcel.
    #[error("too many epochs for one parcel")]
    TooManyEpochs,
    /// Changes that could not be encoded: a fault of the program.
    #[error("the changes cannot be encoded")]
    Unencodable,
    /// What the register keeps about the log has a form that this program does not know.
    #[error("what is known of the log is unreadable")]
    StateUnreadable,
    /// The system gives no random bytes.
    #[error("{NoRandomness}")]
    NoRandomness,
    /// The register could not be read or written.
    #[error(transparent)]
    #[serde(serialize_with = "shown")]
    Store(kiulu_store::Error),
}

fn shown<S: Serializer>(error: &impl std::fmt::Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(error)
}

impl From<NoRandomness> for SyncError {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

impl From<kiulu_store::Error> for SyncError {
    fn from(error: kiulu_store::Error) -> Self {
        match error {
            kiulu_store::Error::Diverged(change) => Self::Diverged { change },
            kiulu_store::Error::Newer { needs, has } => Self::ProgramTooOld { needs, has },
            error => Self::Store(error),
        }
    }
}

impl From<Failure> for SyncError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(cause) => Self::Endpoint { cause },
            Failure::Unknown => Self::Unreachable,
        }
    }
}
