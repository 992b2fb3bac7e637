//! Signed requests that came already.

use kiulu_wire::Signature;
use kiulu_wire::request::SKEW;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The most requests that are remembered for each span; beyond that, requests wait.
const MOST: usize = 1 << 20;

/// Remembers every signature for as long as its time would be accepted, in two sets that take turns.
#[derive(Debug, Default)]
pub(crate) struct Replays(Mutex<Spans>);

#[derive(Debug, Default)]
struct Spans {
    /// When `current` was begun, in seconds since 1970.
    begun: u64,
    current: HashSet<[u8; 16]>,
    before: HashSet<[u8; 16]>,
}

/// Whether a request may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// For the first time.
    New,
    /// It came before.
    Before,
    /// Nothing more can be remembered.
    Full,
}

impl Replays {
    /// Notes a request whose signature has been checked.
    pub(crate) fn note(&self, signature: &Signature, now: u64) -> Seen {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A signature is accepted from one skew before its time until one after.
        let span = 2 * SKEW + 1;
        if now >= spans.begun + span {
            let old = std::mem::take(&mut spans.current);
            let recent = now < spans.begun + 2 * span;
            spans.before = if recent { old } else { HashSet::new() };
            spans.begun = now;
        }
        // The first half of a signature is a point that is different for every message.
        let mut key = [0; 16];
        key.copy_from_slice(&signature.0[..16]);
        if spans.before.contains(&key) || spans.current.contains(&key) {
            return Seen::Before;
        }
        if spans.current.len() >= MOST {
            return Seen::Full;
        }
        spans.current.insert(key);
        Seen::New
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_remembered_for_as_long_as_its_time_is_accepted() {
        let replays = Replays::default();
        let one = Signature([1; 64]);
        assert_eq!(replays.note(&one, 1000), Seen::New);
        for later in [1000, 1060, 1120] {
            assert_eq!(replays.note(&one, later), Seen::Before, "{later}");
        }
        assert_eq!(replays.note(&Signature([2; 64]), 1121), Seen::New);
        assert_eq!(replays.note(&one, 1130), Seen::Before);
        // Long after, its time would no longer be accepted, and it may be forgotten.
        assert_eq!(replays.note(&one, 5000), Seen::New);
    }
}
