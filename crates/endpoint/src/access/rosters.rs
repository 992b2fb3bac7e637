//! Rosters that were used lately.

use kiulu_wire::{OrganisationId, Roster};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// About so much memory they may take, in bytes.
const MOST: u64 = 48 << 20;

/// The roster of a small board, in bytes as it is stored.
const SMALL: u64 = 2 << 10;

/// What a decoded roster takes beside its stored bytes.
const AROUND: u64 = 512;

/// Kept by organisation, and true for as long as the log's last record is theirs.
#[derive(Debug)]
pub(super) struct Rosters(Cache<OrganisationId, Kept, Weight>);

#[derive(Debug, Clone)]
struct Kept {
    roster: Arc<Roster>,
    bytes: u64,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<OrganisationId, Kept> for Weight {
    fn weight(&self, _: &OrganisationId, kept: &Kept) -> u64 {
        kept.bytes + AROUND
    }
}

impl Default for Rosters {
    fn default() -> Self {
        let expected = usize::try_from(MOST / SMALL).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(expected, MOST, Weight))
    }
}

impl Rosters {
    /// The roster as of this record.
    pub(super) fn get(&self, organisation: OrganisationId, recorded: u64) -> Option<Arc<Roster>> {
        let Kept { roster, .. } = self.0.get(&organisation)?;
        (roster.recorded() == recorded).then_some(roster)
    }

    /// Keeps a roster that was committed, so many bytes long as it is stored.
    pub(super) fn put(&self, roster: Arc<Roster>, bytes: usize) {
        let bytes = bytes as u64;
        self.0.insert(roster.organisation(), Kept { roster, bytes });
    }
}
