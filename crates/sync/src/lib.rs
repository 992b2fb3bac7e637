//! A laptop's half of synchronisation: seals what it wrote, and checks and takes in what others wrote.
//!
//! - [`Replica`] stands between one open register and its organisation's log: [`Replica::found`], [`Replica::invite`],
//!   [`Replica::join`], [`Replica::revoke`], [`Replica::sync`].
//! - [`Transport`] is the way to the endpoint, and [`Random`] the randomness; both are passed in, so that a test or a simulation
//!   fixes them. The clock is the caller's: the one time that matters here, when an invitation ends, is an argument.
//! - [`seal`] is what a sealed body holds, [`keys`] who can open it.
//!
//! Nothing of an entry is believed before [`kiulu_wire::Roster::admit`] has taken it in: number, chain, signature, role, epoch. What
//! this laptop knows of the log, its keys among it, is one value kept in the encrypted register in the same transaction as the
//! changes it goes with, so that a crash at any point leaves both as they were or both as they are to be.

mod attachments;
mod chunks;
mod contents;
mod erasure;
mod error;
pub mod keys;
mod members;
mod membership;
mod pull;
mod push;
mod random;
mod refill;
mod replica;
pub mod seal;
mod snapshots;
mod state;
mod transport;

pub use attachments::{AttachmentKey, AttachmentRef};
pub use erasure::Followed;
pub use error::{Result, SyncError};
pub use members::{HandOver, HandedOver, OpenInvitation, SheetInForce};
pub use random::{NoRandomness, Random, SystemRandom};
pub use replica::{Progress, Replica, Step, Synced, Teammate};
pub use snapshots::snapshot_due;
pub use transport::{Append, Asker, Content, Failure, PIECE, Page, Transport};
