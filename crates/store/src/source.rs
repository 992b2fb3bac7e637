//! Where time and new ids come from; passed in so that a test or a simulation fixes both.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A clock and a maker of ids.
pub trait Source: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
    /// A new UUID, version 7; later ones sort after earlier ones.
    fn uuid(&self) -> Uuid;
}

/// The machine's clock and randomness.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemSource;

impl Source for SystemSource {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
