//! What client and endpoint say to each other, and nothing else: no I/O, no clock, no randomness.
//!
//! - [`Entry`] is one link of an organisation's log: a sealed body that only members can read, or a [`Record`] in the clear
//!   that both sides must understand.
//! - [`Roster`] folds the records. Client and endpoint use the same one, so that the endpoint refuses what clients would
//!   ignore anyway, and clients need not believe the endpoint.
//! - [`batch`] frames entries for transport, [`request`] signs what a device asks, [`api`] and [`problem`] hold the JSON.
//! - [`invitation`] is the one-time code that people read aloud.

pub mod api;
pub mod batch;
mod codec;
mod entry;
mod ids;
pub mod invitation;
mod members;
pub mod problem;
mod record;
mod refused;
pub mod request;
mod roster;

pub use codec::limits;
pub use entry::{Body, Entry, Header};
pub use ids::{ContentHash, DeviceId, EntryHash, Head, KeyHash, OrganisationId, PublicKey, Signature};
pub use members::{Device, Invitation, Members, Sheet};
pub use record::{
    EpochKeys, Founding, Inviting, Joining, NewDevice, Record, Role, SheetMaking, SnapshotTaken,
    joining_authorisation,
};
pub use refused::Refused;
pub use roster::{Roster, SnapshotPlace};

/// Result of decoding or admitting.
pub type Result<T, E = Refused> = std::result::Result<T, E>;
