//! Who waits for the heads of which log.

use kiulu_wire::{Head, OrganisationId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// What a waiting device is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grown {
    /// The log's end.
    pub(crate) head: Head,
    /// The last record's number: when it has changed, who may listen may have too.
    pub(crate) recorded: u64,
}

/// One channel for each log that somebody listens to.
#[derive(Debug, Default)]
pub(crate) struct Heads(Mutex<HashMap<OrganisationId, watch::Sender<Grown>>>);

impl Heads {
    /// Listens, beginning with the given state.
    pub(crate) fn listen(&self, organisation: OrganisationId, now: Grown) -> watch::Receiver<Grown> {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = heads.entry(organisation).or_insert_with(|| watch::channel(now).0);
        let receiver = sender.subscribe();
        raise(sender, now);
        receiver
    }

    /// Tells the listeners; logs that nobody listens to any more are forgotten.
    pub(crate) fn tell(&self, organisation: OrganisationId, now: Grown) {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = heads.get(&organisation) {
            if sender.is_closed() {
                heads.remove(&organisation);
            } else {
                raise(sender, now);
            }
        }
    }

    /// Forgets logs that nobody listens to.
    pub(crate) fn sweep(&self) {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heads.retain(|_, sender| !sender.is_closed());
    }
}

/// Two appends may be told in another order than they were committed.
fn raise(sender: &watch::Sender<Grown>, now: Grown) {
    sender.send_if_modified(|known| {
        let newer = now.head.seq > known.head.seq;
        if newer {
            *known = now;
        }
        newer
    });
}
