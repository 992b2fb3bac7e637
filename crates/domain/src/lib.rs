//! Types and rules of every area; no I/O, no clock, no randomness.

pub mod id;
pub mod sheet;
