//! Why synchronisation stopped, as the user is told.

use crate::endpoint::Trouble;
use crate::{LogFault, Problem};
use kiulu_sync::SyncError;
use kiulu_wire::Refused;
use kiulu_wire::invitation::BadCode;
use kiulu_wire::problem::Cause;

/// The problem to show, given why the last request got no answer.
pub(crate) fn problem(error: SyncError, trouble: Option<Trouble>) -> Problem {
    match (error, trouble) {
        (SyncError::Unreachable, Some(Trouble::Untrusted)) => Problem::EndpointUntrusted,
        (SyncError::Unreachable, Some(Trouble::Foreign)) => Problem::EndpointForeign,
        (error, _) => error.into(),
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        let fault = |seq: u64, fault| Self::LogFault {
            seq: u32::try_from(seq).unwrap_or(u32::MAX),
            fault,
        };
        match error {
            SyncError::Unreachable => Self::EndpointUnreachable,
            SyncError::Endpoint { cause } => cause.into(),
            SyncError::Busy => Self::SyncBusy,
            SyncError::RolledBack { found, .. } => fault(found, LogFault::RolledBack),
            SyncError::Branched { seq } => fault(seq, LogFault::Branched),
            SyncError::Gap { expected, .. } => fault(expected, LogFault::Gap),
            SyncError::Repeated { found, .. } => fault(found, LogFault::Repeated),
            SyncError::Reordered { found, .. } => fault(found, LogFault::Reordered),
            SyncError::EntryRefused { refused, .. } => {
                of_member(&refused).unwrap_or_else(|| Self::fault(&refused))
            }
            SyncError::Forged { seq, .. } | SyncError::AnotherDevice { seq, .. } => {
                fault(seq, LogFault::Forged)
            }
            SyncError::OtherOrganisation => fault(1, LogFault::OtherOrganisation),
            SyncError::NotOpened { seq, .. } | SyncError::SnapshotNotOpened { seq, .. } => {
                fault(seq, LogFault::NotOpened)
            }
            SyncError::StateDiffers { seq } => fault(seq, LogFault::Diverged),
            SyncError::SnapshotUnproven { seq } => fault(seq, LogFault::Forged),
            SyncError::ContentDiffers { .. } | SyncError::AttachmentNotOpened { .. } => {
                fault(0, LogFault::NotOpened)
            }
            SyncError::AttachmentMissing { .. } => Self::FileNotFound,
            SyncError::SnapshotMissing => Self::EndpointRefused {
                reason: "snapshot_missing".to_owned(),
            },
            SyncError::KeyMissing { .. } | SyncError::KeySwapped { .. } => fault(0, LogFault::KeySwapped),
            SyncError::Diverged { change } => {
                tracing::error!(%change, "a change of the log does not fit");
                fault(0, LogFault::Diverged)
            }
            SyncError::ProgramTooOld { .. } => Self::ProgramTooOld,
            SyncError::SchemaBehind { .. } => Self::OwnerUpdatesFirst,
            SyncError::ShutOut { .. } => Self::ShutOut,
            SyncError::NotShared => Self::NotShared,
            SyncError::AlreadyShared | SyncError::NotEmpty => Self::AlreadyShared,
            // A recovery sheet that another has replaced.
            SyncError::ParcelUnreadable => Self::CodeUsed,
            SyncError::TooLarge { .. } => Self::ChangeTooLarge,
            SyncError::NameTooLong { .. } => Self::NameMissing,
            SyncError::Store(error) => error.into(),
            error @ (SyncError::TooManyEpochs
            | SyncError::Unencodable
            | SyncError::StateUnreadable
            | SyncError::NoRandomness) => Self::fault(&error),
        }
    }
}

/// What nobody would let in because of who writes it and what it says.
fn of_member(refused: &Refused) -> Option<Problem> {
    match refused {
        Refused::RoleTooLow { .. } => Some(Problem::OwnerNeeded),
        Refused::LastOwner => Some(Problem::LastOwner),
        Refused::UnknownInvitation => Some(Problem::CodeUsed),
        Refused::InvitationExpired { .. } => Some(Problem::CodeExpired),
        Refused::UnknownDevice | Refused::DeviceRevoked => Some(Problem::RecordMissing),
        _ => None,
    }
}

impl From<Cause> for Problem {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::TokenNeeded => Self::TokenNeeded,
            Cause::DeviceRevoked => Self::ShutOut,
            Cause::InvitationExpired { .. } => Self::CodeExpired,
            Cause::ParcelTaken => Self::CodeUsed,
            Cause::RoleTooLow => Self::OwnerNeeded,
            Cause::QuotaReached { .. } => Self::EndpointFull,
            Cause::TooLarge { .. } => Self::ChangeTooLarge,
            Cause::TooManyRequests | Cause::TimedOut | Cause::Unavailable => Self::EndpointBusy,
            Cause::EntryRefused { ref refused, .. } => {
                let problem = of_member(refused);
                problem.unwrap_or_else(|| Self::EndpointRefused {
                    reason: cause.code().to_owned(),
                })
            }
            cause => Self::EndpointRefused {
                reason: cause.code().to_owned(),
            },
        }
    }
}

impl From<BadCode> for Problem {
    fn from(bad: BadCode) -> Self {
        match bad {
            BadCode::Symbol { position } => Self::CodeInvalid { place: position },
            BadCode::Version { .. } => Self::CodeNewer,
            BadCode::Empty | BadCode::Check | BadCode::Content => Self::CodeInvalid { place: 0 },
        }
    }
}
