//! Who may do what. Everything of an organisation is reached through a [`Log`], and a [`Log`] comes only with a guard:
//! [`Member`], [`Reader`], [`Appender`] or [`Invited`], which axum makes of a request whose signature has been checked.
//!
//! A handler with its guard compiles:
//!
//! ```
//! use kiulu_endpoint::access::{Member, Viewer};
//! use kiulu_endpoint::Refusal;
//!
//! async fn epoch(member: Member<Viewer>) -> Result<String, Refusal> {
//!     Ok(member.log().state().epoch.to_string())
//! }
//! # let _router: axum::Router<kiulu_endpoint::App> = axum::Router::new().route("/{organisation}", axum::routing::get(epoch));
//! ```
//!
//! Without one there is no way to the log: neither does the shared state give it away,
//!
//! ```compile_fail,E0616
//! use axum::extract::State;
//! use kiulu_endpoint::App;
//!
//! async fn epoch(State(app): State<App>) {
//!     let _storage = &app.inner.storage;
//! }
//! ```
//!
//! nor can one be put together,
//!
//! ```compile_fail,E0451
//! use kiulu_endpoint::access::Log;
//!
//! fn epoch(parts: impl Fn() -> Log) -> Log {
//!     Log { ..parts() }
//! }
//! ```
//!
//! and a viewer's guard is no editor's:
//!
//! ```compile_fail,E0308
//! use kiulu_endpoint::access::{Editor, Member, Viewer};
//!
//! fn change(_: &Member<Editor>) {}
//! async fn handler(member: Member<Viewer>) {
//!     change(&member);
//! }
//! ```

mod append;
mod founding;
mod guard;
mod log;
mod rosters;

pub use founding::{AdminToken, Operator};
pub use guard::{Appender, BodyLimit, Editor, Invited, Member, Owner, Peer, Rank, Reader, Viewer};
pub use log::{Log, Watch};

use crate::heads::Heads;
use crate::options::Limits;
use crate::replays::Replays;
use crate::storage::{Result, Storage};
use crate::throttle::Throttle;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, watch};

/// What all requests share.
#[derive(Debug, Clone)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    storage: Arc<dyn Storage>,
    limits: Limits,
    admin: Option<AdminToken>,
    heads: Heads,
    replays: Replays,
    throttle: Throttle,
    rosters: rosters::Rosters,
    /// Room for bodies, in KiB.
    bodies: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Around a database.
    pub fn new(storage: Arc<dyn Storage>, limits: Limits, admin: Option<AdminToken>) -> Self {
        Self {
            inner: Arc::new(Inner {
                throttle: Throttle::new(&limits),
                bodies: Arc::new(Semaphore::new(limits.bodies_bytes >> 10)),
                storage,
                limits,
                admin,
                heads: Heads::default(),
                replays: Replays::default(),
                rosters: rosters::Rosters::default(),
                stopping: watch::channel(false).0,
            }),
        }
    }

    /// What one asker may use.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Whether the request carries the operator's token.
    pub(crate) fn is_operator(&self, headers: &axum::http::HeaderMap) -> bool {
        self.inner.admin.as_ref().is_some_and(|admin| admin.fits(headers))
    }

    /// Whether the operator lets only those with the token found organisations.
    pub(crate) fn founding_needs_token(&self) -> bool {
        self.inner.admin.is_some()
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    /// Becomes `true` when the endpoint stops: streams that would go on for ever end.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.inner.stopping.subscribe()
    }

    /// Ends the streams that would go on for ever.
    pub(crate) fn stop(&self) {
        self.inner.stopping.send_replace(true);
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<()> {
        self.inner.storage.ping().await
    }

    /// Finishes what was begun and closes the database.
    pub(crate) async fn close(&self) {
        self.inner.storage.close().await;
    }

    /// Forgets what is remembered of those who have not asked for a while.
    pub(crate) fn sweep(&self) {
        self.inner.throttle.sweep();
        self.inner.heads.sweep();
    }
}

/// Seconds since 1970; 0 on a machine whose clock stands before that.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
