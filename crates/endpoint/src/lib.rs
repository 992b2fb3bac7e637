//! The server that keeps an organisation's log without being able to read it.
//!
//! `routes` is HTTP, [`access`] decides who may do what and is the only way to [`storage`], `serve` holds the connections.
//! What client and endpoint say to each other is in `kiulu-wire`.

pub mod access;
mod heads;
pub mod logs;
pub mod options;
mod refusal;
mod replays;
mod routes;
pub mod serve;
pub mod storage;
mod throttle;
mod tls;

pub use access::App;
pub use refusal::Refusal;
pub use routes::{description, router};
