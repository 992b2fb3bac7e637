//! What a laptop knows of the log and of keys, as one value: the register keeps it beside the changes it goes with.

use crate::keys::{Identity, Ring};
use crate::random::Random;
use crate::{Result, SyncError};
use kiulu_store::LogEntry;
use kiulu_wire::{ContentHash, DeviceId, Entry, Roster, batch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    pub(crate) noted: Noted,
}

/// What a laptop noted on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Noted {
    /// The last entry of each device that wrote one.
    pub(crate) heard: BTreeMap<DeviceId, u64>,
    /// A snapshot that lies beside the register and is not recorded yet.
    pub(crate) prepared: Option<Prepared>,
    /// The last entry that erased somebody; 0 before there was one.
    pub(crate) erased: u64,
    /// The endpoint was filled up beyond the last snapshot, whose ciphertext it need not have any more.
    pub(crate) refilled: bool,
}

/// A snapshot before it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prepared {
    /// The last entry that it holds.
    pub(crate) seq: u64,
    /// That entry's hash.
    pub(crate) hash: [u8; 32],
    /// Hash of all shared data.
    pub(crate) state: [u8; 32],
    pub(crate) content: ContentHash,
    pub(crate) size: u64,
}

impl State {
    /// Of a laptop that shares nothing yet.
    pub(crate) fn new(random: &mut dyn Random) -> Result<Self> {
        Ok(Self {
            identity: Arc::new(Identity::new(random)?),
            ring: Ring::default(),
            roster: None,
            founding: None,
            noted: Noted::default(),
        })
    }

    /// Takes note of an entry that the roster has admitted, and gives what the register keeps of it.
    pub(crate) fn note(&mut self, entry: &Entry, bytes: Vec<u8>, changes: usize) -> LogEntry {
        let seq = entry.header.seq;
        self.noted.heard.insert(entry.header.device, seq);
        LogEntry {
            seq,
            changes: changes as u32,
            bytes,
        }
    }

    /// Version, then identity, ring, roster, founding entry and notes as a batch; what there is not is empty.
    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>> {
        let identity = self.identity.encode().ok_or(SyncError::StateUnreadable)?;
        let ring = self.ring.encode();
        let roster = self.roster.as_ref().map(Roster::encode).unwrap_or_default();
        let founding = self.founding.as_deref().unwrap_or_default();
        let noted = postcard::to_stdvec(&self.noted).map_err(|_| SyncError::Unencodable)?;
        let parts = Zeroizing::new(batch::encode([&*identity, &*ring, &*roster, founding, &*noted]));
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
        let [identity, ring, roster, founding, noted] = parts else {
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
            noted: postcard::from_bytes(noted).ok()?,
        })
    }
}
