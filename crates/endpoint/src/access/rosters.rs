//! Rosters that were decoded lately.

use kiulu_wire::{OrganisationId, Roster};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most rosters that are kept; beyond that all are dropped and those in use decoded again.
const MOST: usize = 4096;

/// Kept by organisation, and true for as long as the log's last record is theirs.
#[derive(Debug, Default)]
pub(super) struct Rosters(Mutex<HashMap<OrganisationId, Arc<Roster>>>);

impl Rosters {
    /// The roster as of this record.
    pub(super) fn get(&self, organisation: OrganisationId, recorded: u64) -> Option<Arc<Roster>> {
        let rosters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let roster = rosters.get(&organisation)?;
        (roster.recorded() == recorded).then(|| roster.clone())
    }

    /// Keeps a roster that was committed.
    pub(super) fn put(&self, roster: Arc<Roster>) {
        let mut rosters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rosters.len() >= MOST && !rosters.contains_key(&roster.organisation()) {
            rosters.clear();
        }
        rosters.insert(roster.organisation(), roster);
    }
}
