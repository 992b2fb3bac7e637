//! The time of a test.

use chrono::{DateTime, TimeDelta, Utc};
use kiulu_store::Source;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A clock that stands where it is put.
pub struct Clock(Mutex<DateTime<Utc>>);

impl Clock {
    pub fn at(instant: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(instant.parse().unwrap())))
    }

    pub fn set(&self, instant: &str) {
        *self.0.lock().unwrap() = instant.parse().unwrap();
    }

    pub fn go_on(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Source for Clock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
