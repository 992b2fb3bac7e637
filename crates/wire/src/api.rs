//! The JSON of requests and answers below `/v1`. Entries, snapshots and attachments travel as bytes
//! (`application/octet-stream`), not here.

use crate::{ContentHash, DeviceId, Head, KeyHash, OrganisationId, PublicKey, Role, Roster, SnapshotPlace};
use serde::{Deserialize, Serialize};

/// Header of a page of entries: the head when the page was begun, as `number:hash`.
pub const HEAD_HEADER: &str = "kiulu-head";

/// Answer header of HEAD on a content: how many bytes are here.
pub const RECEIVED_HEADER: &str = "kiulu-received";

/// Answer header of HEAD on a content: how many bytes it has when it is whole.
pub const SIZE_HEADER: &str = "kiulu-size";

/// What an endpoint says of itself to anybody: answer to `GET /v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct About {
    /// Its version.
    pub version: String,
    /// Its clock, in seconds since 1970: requests must be signed with a time within [`crate::request::SKEW`] of it.
    pub now: u64,
    /// Largest append, in bytes.
    pub append_bytes: u64,
    /// Largest piece of a snapshot or attachment, in bytes.
    pub part_bytes: u64,
    /// Largest snapshot or attachment, in bytes.
    pub content_bytes: u64,
    /// Whether founding an organisation needs the operator's token.
    pub token_needed: bool,
}

/// Answer to founding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Founded {
    /// The organisation's id, which follows from the founding record.
    pub organisation: OrganisationId,
    /// The log's head.
    pub head: Head,
}

/// Answer to an append, and each event of the live stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadIs {
    /// The log's head.
    pub head: Head,
}

/// How the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogState {
    /// Its end.
    pub head: Head,
    /// Entries up to and including this number are gone; 0 when none are.
    pub cut: u64,
    /// The last snapshot.
    pub snapshot: Option<SnapshotIs>,
    /// The key epoch in force.
    pub epoch: u32,
    /// The schema version in force.
    pub schema: u32,
}

/// Where a snapshot is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SnapshotIs {
    /// The entry that recorded it.
    pub entry: u64,
    /// The last entry that it holds.
    pub seq: u64,
    /// Its name below `snapshots/`.
    pub content: ContentHash,
    /// Bytes.
    pub size: u64,
}

impl From<SnapshotPlace> for SnapshotIs {
    fn from(place: SnapshotPlace) -> Self {
        Self {
            entry: place.entry,
            seq: place.seq,
            content: place.content,
            size: place.size,
        }
    }
}

impl From<&Roster> for LogState {
    fn from(roster: &Roster) -> Self {
        Self {
            head: roster.head(),
            cut: roster.cut(),
            snapshot: roster.snapshot().map(Into::into),
            epoch: roster.members().epoch,
            schema: roster.members().schema,
        }
    }
}

/// The devices, invitations and sheets as the endpoint has them. A client believes its own roster, and uses this to see whether
/// the endpoint agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceList {
    /// The head up to which the list is true.
    pub head: Head,
    /// In the order of their numbers.
    pub devices: Vec<DeviceIs>,
    /// Open invitations.
    pub invitations: Vec<InvitationIs>,
    /// Recovery sheets in force.
    pub sheets: Vec<SheetIs>,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceIs {
    /// Its id.
    pub id: DeviceId,
    /// Its number in the order of joining.
    pub number: u32,
    /// Its Ed25519 key.
    pub key: PublicKey,
    /// What it may do.
    pub role: Role,
    /// The entry by which it joined.
    pub joined: u64,
    /// The entry that revoked it.
    pub revoked: Option<u64>,
}

/// One open invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationIs {
    /// Hash of its key.
    pub key: KeyHash,
    /// What the invited device may do.
    pub role: Role,
    /// When it ends, in seconds since 1970.
    pub expires: u64,
    /// Who made it.
    pub by: DeviceId,
}

/// One recovery sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SheetIs {
    /// Hash of its key.
    pub key: KeyHash,
    /// What a device that joins by it may do.
    pub role: Role,
    /// Whose it is.
    pub device: DeviceId,
}

impl From<&Roster> for DeviceList {
    fn from(roster: &Roster) -> Self {
        let members = roster.members();
        let mut devices: Vec<DeviceIs> = members
            .devices
            .iter()
            .map(|(id, device)| DeviceIs {
                id: *id,
                number: device.number,
                key: device.key,
                role: device.role,
                joined: device.joined,
                revoked: device.revoked,
            })
            .collect();
        devices.sort_by_key(|device| device.number);
        let invitations = members.invitations.iter().map(|(key, invitation)| InvitationIs {
            key: *key,
            role: invitation.role,
            expires: invitation.expires,
            by: invitation.by,
        });
        let sheets = members.sheets.iter().map(|(key, sheet)| SheetIs {
            key: *key,
            role: sheet.role,
            device: sheet.device,
        });
        Self {
            head: roster.head(),
            devices,
            invitations: invitations.collect(),
            sheets: sheets.collect(),
        }
    }
}

/// How much of a content is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContentIs {
    /// Bytes that are here.
    pub received: u64,
    /// Bytes that were announced.
    pub size: u64,
    /// All bytes are here and their hash was checked.
    pub whole: bool,
}

/// Asks for the parcel of an invitation. The first device to ask gets it, and later only the same one again, so that
/// an answer that was lost costs nothing; and only that device may join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TakeParcel {
    /// The key of the device that is going to join.
    pub device: PublicKey,
}
