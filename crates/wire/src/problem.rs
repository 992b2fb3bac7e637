//! What the endpoint answers when it does not do what was asked (RFC 9457, `application/problem+json`).

use crate::{Head, Refused};
use serde::{Deserialize, Serialize};

/// Media type of a [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An answer with a status of 400 or above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:kiulu:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// For people who read logs, in English; a client makes its own sentence of the code.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What is wrong, as `code` and `params`.
    #[serde(flatten)]
    pub cause: Cause,
}

/// What is wrong. Where nothing else is said, nothing was changed and the same request would fail again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Cause {
    /// The organisation does not exist, or the asker does not belong to it: there is one answer to both. Also a thing
    /// within the organisation that is not there is told by other codes, and only to members.
    #[error("nothing here for this asker")]
    NotFound,
    /// Credentials are missing or are not in the form of [`crate::request`].
    #[error("credentials are missing or unreadable")]
    CredentialsMissing,
    /// The asker's clock is too far from the endpoint's.
    #[error("the clocks are {seconds} s apart")]
    ClockSkewed {
        /// The endpoint's clock, in seconds since 1970.
        now: u64,
        /// How far apart.
        seconds: u64,
    },
    /// The same signed request came before. Sign anew.
    #[error("the request came before")]
    Replayed,
    /// The device was revoked. Only told to whoever proves to be that device.
    #[error("the device was revoked")]
    DeviceRevoked,
    /// The invitation's time is over. Only told to whoever proves to hold it.
    #[error("the invitation expired at {expired}")]
    InvitationExpired {
        /// When, in seconds since 1970.
        expired: u64,
    },
    /// The device's role does not allow it.
    #[error("the role does not allow it")]
    RoleTooLow,
    /// Founding needs the operator's token.
    #[error("founding an organisation needs the operator's token")]
    TokenNeeded,
    /// The log has grown: pull, then append again.
    #[error("the log has grown to {}", head.seq)]
    HeadMoved {
        /// Where it ends now.
        head: Head,
    },
    /// An entry of the batch may not follow; none of the batch was appended.
    #[error("entry {seq}: {refused}")]
    EntryRefused {
        /// The number that the entry would have had.
        seq: u64,
        /// Why.
        refused: Refused,
    },
    /// Entries after the asked number were cut away: start from the snapshot.
    #[error("the log was cut behind {through}")]
    LogCut {
        /// The last entry that is gone.
        through: u64,
    },
    /// The snapshot, attachment or parcel is not here, or not whole yet.
    #[error("no such content")]
    ContentMissing,
    /// The part does not continue what is here: send from this place on.
    #[error("continue at {received}")]
    ContentOffset {
        /// How many bytes are here.
        received: u64,
    },
    /// All bytes came, and their hash is not the announced one. They were dropped: send again from 0.
    #[error("the content's hash is not the announced one")]
    ContentHash,
    /// The range that was asked for lies outside.
    #[error("the content has {size} bytes")]
    RangeOutside {
        /// Size of the content.
        size: u64,
    },
    /// Another device took the parcel: the code has been used.
    #[error("the parcel was taken by another device")]
    ParcelTaken,
    /// The request is larger than this endpoint takes.
    #[error("more than {most} bytes")]
    TooLarge {
        /// The most, in bytes.
        most: u64,
    },
    /// The organisation's room at this endpoint is used up.
    #[error("the organisation's {most} bytes are used up")]
    QuotaReached {
        /// The most, in bytes.
        most: u64,
    },
    /// Too many requests; the header `Retry-After` says for how long to wait.
    #[error("too many requests")]
    TooManyRequests,
    /// The request's bytes did not come in time, or the answer took too long. What came of it is not known: ask for the head.
    #[error("took too long")]
    TimedOut,
    /// Path, query or body are not in the form that the description of the API says.
    #[error("malformed: {what}")]
    Malformed {
        /// Which part.
        what: String,
    },
    /// The endpoint failed, or is stopping. Try again later.
    #[error("the endpoint cannot answer now")]
    Unavailable,
}

impl Cause {
    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::CredentialsMissing | Self::ClockSkewed { .. } | Self::Replayed | Self::TokenNeeded => 401,
            Self::DeviceRevoked | Self::InvitationExpired { .. } | Self::RoleTooLow => 403,
            Self::NotFound | Self::ContentMissing => 404,
            Self::TimedOut => 408,
            Self::HeadMoved { .. } | Self::ContentOffset { .. } | Self::ParcelTaken => 409,
            Self::LogCut { .. } => 410,
            Self::TooLarge { .. } => 413,
            Self::RangeOutside { .. } => 416,
            Self::EntryRefused { .. } | Self::ContentHash => 422,
            Self::TooManyRequests => 429,
            Self::Unavailable => 503,
            Self::QuotaReached { .. } => 507,
        }
    }

    /// The code alone, as it stands in the JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::CredentialsMissing => "credentials_missing",
            Self::ClockSkewed { .. } => "clock_skewed",
            Self::Replayed => "replayed",
            Self::DeviceRevoked => "device_revoked",
            Self::InvitationExpired { .. } => "invitation_expired",
            Self::RoleTooLow => "role_too_low",
            Self::TokenNeeded => "token_needed",
            Self::HeadMoved { .. } => "head_moved",
            Self::EntryRefused { .. } => "entry_refused",
            Self::LogCut { .. } => "log_cut",
            Self::ContentMissing => "content_missing",
            Self::ContentOffset { .. } => "content_offset",
            Self::ContentHash => "content_hash",
            Self::RangeOutside { .. } => "range_outside",
            Self::ParcelTaken => "parcel_taken",
            Self::TooLarge { .. } => "too_large",
            Self::QuotaReached { .. } => "quota_reached",
            Self::TooManyRequests => "too_many_requests",
            Self::TimedOut => "timed_out",
            Self::Malformed { .. } => "malformed",
            Self::Unavailable => "unavailable",
        }
    }
}

impl From<Cause> for Problem {
    fn from(cause: Cause) -> Self {
        Self {
            kind: format!("urn:kiulu:problem:{}", cause.code()),
            title: cause.to_string(),
            status: cause.status(),
            cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_a_code_with_parameters_and_reads_back() {
        let problem = Problem::from(Cause::EntryRefused {
            seq: 7,
            refused: Refused::EpochOver { current: 3, found: 2 },
        });
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "type": "urn:kiulu:problem:entry_refused",
                "title": "entry 7: epoch 2 is over, 3 has begun",
                "status": 422,
                "code": "entry_refused",
                "params": {"seq": 7, "refused": {"code": "epoch_over", "params": {"current": 3, "found": 2}}},
            })
        );
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
        let plain = Problem::from(Cause::NotFound);
        let json = serde_json::to_value(&plain).unwrap();
        assert_eq!(json["code"], plain.cause.code());
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), plain);
    }
}
