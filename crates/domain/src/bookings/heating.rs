//! Whether a stove is heated: that takes a few turns one after another.

use super::schedule::{Schedule, Use};
use super::time::Span;
use chrono::{Duration, NaiveDate, NaiveDateTime};
use serde::Serialize;
use specta::Type;

/// Turns that are held one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct Run {
    /// From the first to the last.
    pub span: Span,
    /// How many turns.
    pub turns: u32,
    /// Enough of them to heat for.
    pub enough: bool,
    /// When it is decided; it is too late to add to them then.
    pub decided_at: NaiveDateTime,
}

impl Schedule<'_> {
    /// The runs of held turns that begin on a day; none where nothing has to be reached.
    pub fn heated(&self, date: NaiveDate) -> Vec<Run> {
        let Some(heating) = self.resource.limits.heating else {
            return Vec::new();
        };
        let pause = self.pause(date);
        let held = self
            .taken(date, date)
            .into_iter()
            .filter(|taken| !matches!(taken.by, Use::Blackout { .. }));
        let mut runs: Vec<Run> = Vec::new();
        for taken in held {
            match runs.last_mut() {
                Some(run) if taken.span.start <= run.span.end + pause => {
                    run.span.end = run.span.end.max(taken.span.end);
                    run.turns += 1;
                }
                _ => runs.push(Run {
                    span: taken.span,
                    turns: 1,
                    enough: false,
                    decided_at: taken.span.start - Duration::minutes(heating.minutes_ahead.into()),
                }),
            }
        }
        for run in &mut runs {
            run.enough = run.turns >= heating.turns;
        }
        runs
    }
}
