//! Why bytes, or an entry, are not accepted.

use crate::Role;
use serde::{Deserialize, Serialize};

/// Why bytes could not be decoded or an entry may not follow the log. Nothing was changed in any of these cases.
///
/// As JSON a code and its parameters: `{"code": "out_of_order", "params": {"expected": 4, "found": 6}}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Refused {
    /// The first byte names an encoding that this program does not know.
    #[error("unknown version {version} of the encoding")]
    UnknownVersion {
        /// What stood there.
        version: u8,
    },
    /// The bytes end too early.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes are left over.
    #[error("{count} bytes are left over")]
    TrailingBytes {
        /// How many.
        count: u64,
    },
    /// A length or count is above what the format allows.
    #[error("{length} is longer than {most}")]
    TooLong {
        /// The length that was named.
        length: u64,
        /// The most that is allowed.
        most: u64,
    },
    /// A kind of record, role or flag that this program does not know.
    #[error("unknown kind {kind}")]
    UnknownKind {
        /// What stood there.
        kind: u8,
    },
    /// A list that must rise strictly does not.
    #[error("a list is not in order")]
    Unordered,

    /// A log begins with a founding record, and this does not.
    #[error("the log does not begin with a founding record")]
    NotFounding,
    /// A founding record anywhere else than first.
    #[error("founded twice")]
    FoundedTwice,
    /// A gap, a replay or a reorder.
    #[error("entry {found} where {expected} must follow")]
    OutOfOrder {
        /// The number that must follow.
        expected: u64,
        /// The entry's number.
        found: u64,
    },
    /// The entry follows another entry than the last: a second branch.
    #[error("entry {seq} follows another branch")]
    WrongPrevious {
        /// The entry's number.
        seq: u64,
    },
    /// No device of this id has joined.
    #[error("unknown device")]
    UnknownDevice,
    /// The device was revoked.
    #[error("the device was revoked")]
    DeviceRevoked,
    /// A device of this id, or with this key, has joined before.
    #[error("the device has joined before")]
    DeviceKnown,
    /// A public key that is none.
    #[error("not a public key")]
    BadKey,
    /// The signature is not the device's.
    #[error("the signature does not fit")]
    BadSignature,
    /// The device's role does not allow it.
    #[error("needs role {needs:?}, has {has:?}")]
    RoleTooLow {
        /// The least role that may.
        needs: Role,
        /// The role the device has.
        has: Role,
    },

    /// A newer epoch has begun.
    #[error("epoch {found} is over, {current} has begun")]
    EpochOver {
        /// The epoch in force.
        current: u32,
        /// The entry's epoch.
        found: u32,
    },
    /// The epoch has not begun.
    #[error("epoch {found} has not begun, {current} is in force")]
    EpochUnknown {
        /// The epoch in force.
        current: u32,
        /// The entry's epoch.
        found: u32,
    },
    /// A device was revoked: a new epoch must begin first.
    #[error("a new epoch must begin first")]
    EpochNeeded,
    /// The new epoch does not hold one sealed key for each device and sheet in force.
    #[error("the new epoch's keys are not for the devices in force")]
    EpochKeys,
    /// The schema version was raised.
    #[error("schema version {found} is over, {current} is in force")]
    SchemaOld {
        /// The version in force.
        current: u32,
        /// The entry's version.
        found: u32,
    },
    /// The schema version was not raised to this one.
    #[error("schema version {found} is not in force, {current} is")]
    SchemaUnknown {
        /// The version in force.
        current: u32,
        /// The entry's version.
        found: u32,
    },
    /// A raising that does not rise.
    #[error("schema version {found} is not above {current}")]
    SchemaNotRising {
        /// The version in force.
        current: u32,
        /// The version it was to be raised to.
        found: u32,
    },

    /// No such invitation or recovery sheet, or it was used or withdrawn.
    #[error("unknown invitation")]
    UnknownInvitation,
    /// An invitation or recovery sheet with this key exists.
    #[error("the invitation is known")]
    InvitationKnown,
    /// The invitation's time is over.
    #[error("the invitation expired at {expired}")]
    InvitationExpired {
        /// When, in seconds since 1970.
        expired: u64,
    },
    /// The joining device takes another role than it was invited to.
    #[error("joins as {found:?}, was invited as {invited:?}")]
    RoleNotInvited {
        /// The role of the invitation.
        invited: Role,
        /// The role of the joining.
        found: Role,
    },
    /// The invitation's key did not sign this joining.
    #[error("the joining is not authorised by the invitation")]
    BadAuthorisation,
    /// The last owner would be gone.
    #[error("the last owner stays")]
    LastOwner,

    /// The snapshot does not stand behind every record, or behind an older snapshot.
    #[error("the snapshot is older than what was recorded since")]
    SnapshotOld,
    /// The snapshot's members are not those of the log.
    #[error("the snapshot's members are not those of the log")]
    SnapshotMembers,
    /// The log would be cut elsewhere than behind the last snapshot.
    #[error("the log is cut only behind the last snapshot")]
    CutElsewhere,
}
