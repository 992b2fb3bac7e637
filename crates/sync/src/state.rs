//! What a laptop knows of the log and of keys, as one value: the register keeps it beside the changes it goes with.

use crate::keys::{Identity, Ring};
use crate::random::Random;
use crate::{Result, SyncError};
use kiulu_wire::{Roster, batch};
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

/// Version of [`State::encode`].
const VERSION: u8 = 1;

/// What a laptop knows. The roster's head is where it stands in the log.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) identity: Arc<Identity>,
    pub(crate) ring: Ring,
    /// Nothing before the log's first entry was seen.
    pub(crate) roster: Option<Roster>,
    /// The founding entry, while it is not known that the endpoint has it.
    pub(crate) founding: Option<Vec<u8>>,
}

impl State {
    /// Of a laptop that shares nothing yet.
    pub(crate) fn new(random: &mut dyn Random) -> Result<Self> {
        Ok(Self {
            identity: Arc::new(Identity::new(random)?),
            ring: Ring::default(),
            roster: None,
            founding: None,
        })
    }

    /// Version, then identity, ring, roster and founding entry as a batch; what there is not is empty.
    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>> {
        let identity = self.identity.encode().ok_or(SyncError::StateUnreadable)?;
        let ring = self.ring.encode();
        let roster = self.roster.as_ref().map(Roster::encode).unwrap_or_default();
        let founding = self.founding.as_deref().unwrap_or_default();
        let parts = Zeroizing::new(batch::encode([&*identity, &*ring, &*roster, founding]));
        let mut bytes = Zeroizing::new(Vec::with_capacity(1 + parts.len()));
        bytes.push(VERSION);
        bytes.extend(&*parts);
        Ok(bytes)
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`SyncError::StateUnreadable`].
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let Some((&VERSION, parts)) = bytes.split_first() else {
            return Err(SyncError::StateUnreadable);
        };
        let mut parts = batch::decode(parts).map_err(|_| SyncError::StateUnreadable)?;
        let state = Self::of(&parts);
        parts.zeroize();
        state.ok_or(SyncError::StateUnreadable)
    }

    fn of(parts: &[Vec<u8>]) -> Option<Self> {
        let [identity, ring, roster, founding] = parts else {
            return None;
        };
        let roster = match roster.as_slice() {
            [] => None,
            bytes => Some(Roster::decode(bytes).ok()?),
        };
        Some(Self {
            identity: Arc::new(Identity::decode(identity)?),
            ring: Ring::decode(ring)?,
            roster,
            founding: (!founding.is_empty()).then(|| founding.clone()),
        })
    }
}
