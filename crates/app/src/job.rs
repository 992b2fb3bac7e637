//! Long work: how far it is, and how to break it off.

use serde::Serialize;
use specta::Type;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How far long work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct Progress {
    /// Steps done, such as rows.
    pub done: u32,
    /// All steps; 0 while unknown.
    pub total: u32,
}

/// Asks long work to stop; it leaves nothing half done.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What long work is given.
pub struct Job<'a> {
    report: Box<dyn FnMut(Progress) + Send + 'a>,
    cancel: Cancel,
    reported: u32,
}

impl<'a> Job<'a> {
    /// A job that reports to `report` and stops when `cancel` is asked.
    pub fn new(cancel: Cancel, report: impl FnMut(Progress) + Send + 'a) -> Self {
        Self {
            report: Box::new(report),
            cancel,
            reported: 0,
        }
    }

    /// A job nobody watches.
    pub fn silent() -> Self {
        Self::new(Cancel::default(), |_| {})
    }

    /// Reports about a hundred times over the whole work, and says whether to go on.
    pub fn step(&mut self, done: u32, total: u32) -> ControlFlow<()> {
        if done == total || done < self.reported || done - self.reported >= (total / 100).max(1) {
            self.reported = done;
            (self.report)(Progress { done, total });
        }
        if self.cancel.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
