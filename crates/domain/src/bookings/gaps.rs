//! What is free where lengths are free: the stretches between what is taken, and times like the one that is wanted.

use super::schedule::{Schedule, Use};
use super::time::{Minutes, Span, dates};
use super::timetable::Turns;
use chrono::{Duration, NaiveDate, NaiveDateTime, Timelike};

impl Schedule<'_> {
    /// The stretches of a day that are open, not taken and still to come, where lengths are free: pauses kept, on the step of the
    /// timetable, and long enough for the shortest booking. None in a space with turns or by the night.
    pub fn gaps(&self, date: NaiveDate) -> Vec<Span> {
        let timetable = &self.resource.timetable;
        let Some(Turns::Free { step, least, .. }) = timetable.season(date).map(|season| season.turns) else {
            return Vec::new();
        };
        let pause = self.pause(date);
        let with_pauses = |span: Span| Span {
            start: span.start - pause,
            end: span.end + pause,
        };
        let mut taken: Vec<Span> = self
            .taken(date, date.succ_opt().unwrap_or(date))
            .into_iter()
            .map(|taken| match taken.by {
                Use::Blackout { .. } => taken.span,
                _ => with_pauses(taken.span),
            })
            .collect();
        taken.extend(self.held().iter().map(|held| with_pauses(held.entry.span)));
        taken.sort_unstable();
        let shortest = Duration::minutes(least.max(step).max(1).into());
        let mut gaps = Vec::new();
        for open in timetable.open(date) {
            let mut from = open.start.max(self.now + Duration::minutes(1));
            // A last piece ends with the hours.
            for taken in taken.iter().copied().chain([Span {
                start: open.end,
                end: open.end,
            }]) {
                let (start, end) = (up(from, step), down(taken.start.min(open.end), step));
                if end - start >= shortest {
                    gaps.push(Span { start, end });
                }
                from = from.max(taken.end);
            }
        }
        gaps
    }

    /// Free times as near as can be to a wanted one on days from one to another: the free turns; where lengths are free, as long a
    /// time in each stretch; by the night, as many nights from each day on. Rules beyond the timetable are not asked.
    pub fn like(&self, wanted: &Span, from: NaiveDate, to: NaiveDate) -> Vec<Span> {
        let mut found = Vec::new();
        for date in dates(from, to) {
            let Some(season) = self.resource.timetable.season(date) else {
                continue;
            };
            match season.turns {
                Turns::Fixed { .. } => found.extend(self.free(date, date)),
                Turns::Free { .. } => {
                    let (length, later) = (wanted.end - wanted.start, date - wanted.date());
                    for gap in self
                        .gaps(date)
                        .into_iter()
                        .filter(|gap| gap.end - gap.start >= length)
                    {
                        let start = (wanted.start + later).clamp(gap.start, gap.end - length);
                        found.push(Span {
                            start,
                            end: start + length,
                        });
                    }
                }
                Turns::Nights { .. } => {
                    let later = date - wanted.date();
                    let moved = Span {
                        start: wanted.start + later,
                        end: wanted.end + later,
                    };
                    let free = self.in_the_way(&moved, None).is_none() && self.held_for(&moved).is_none();
                    if moved.start > self.now && free {
                        found.push(moved);
                    }
                }
            }
        }
        found
    }
}

/// The first time from one on that lies on the step.
fn up(time: NaiveDateTime, step: Minutes) -> NaiveDateTime {
    let floor = down(time, step);
    if floor < time {
        floor + Duration::minutes(step.max(1).into())
    } else {
        floor
    }
}

/// The last time up to one that lies on the step, counted from midnight.
fn down(time: NaiveDateTime, step: Minutes) -> NaiveDateTime {
    let step = u32::from(step.max(1));
    let minutes = time.hour() * 60 + time.minute();
    time.date().and_time(chrono::NaiveTime::MIN) + Duration::minutes((minutes / step * step).into())
}
