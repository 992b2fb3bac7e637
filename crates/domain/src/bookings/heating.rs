//! Whether a stove is heated: that takes a few turns one after another.

use super::booking::Holder;
use super::schedule::{Schedule, Use};
use super::time::{Span, dates};
use crate::id::FlatId;
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

    /// The runs of days from one to another that are too short to heat for and can no longer grow, until they are over. Where
    /// all are let in it is heated anyhow.
    pub fn unheated(&self, from: NaiveDate, to: NaiveDate) -> Vec<Run> {
        dates(from, to)
            .flat_map(|date| self.heated(date))
            .filter(|run| !run.enough && run.decided_at <= self.now && self.now < run.span.end)
            .filter(|run| {
                let within = self.taken(run.span.date(), run.span.end.date());
                !within
                    .iter()
                    .any(|taken| matches!(taken.by, Use::Common { .. }) && taken.span.overlaps(&run.span))
            })
            .collect()
    }

    /// The flats that hold the turns of a run, each once, by their first turn.
    pub fn flats_of(&self, run: &Run) -> Vec<FlatId> {
        let mut flats = Vec::new();
        for taken in self.taken(run.span.date(), run.span.end.date()) {
            let flat = match taken.by {
                Use::Standing { flat, .. } => flat,
                Use::Booked {
                    holder: Holder::Flat(flat),
                    ..
                } => flat,
                _ => continue,
            };
            if taken.span.overlaps(&run.span) && !flats.contains(&flat) {
                flats.push(flat);
            }
        }
        flats
    }
}
