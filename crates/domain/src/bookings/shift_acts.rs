//! What becomes of a standing shift: it rests for a while, goes over to another flat, or two flats change theirs.

use super::standing::StandingShift;
use super::time::{Validity, dates};
use crate::id::{FlatId, StandingShiftId};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use specta::Type;

/// How a standing shift stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ShiftState {
    /// It has not begun.
    Coming {
        /// Its first day.
        from: NaiveDate,
    },
    /// It comes, until further notice.
    Running,
    /// It rests.
    Paused {
        /// The last day of the pause, where it ends.
        to: Option<NaiveDate>,
    },
    /// It comes until a day that is known.
    Ending {
        /// Its last day.
        last: NaiveDate,
    },
    /// It is over.
    Ended {
        /// Its last day.
        last: NaiveDate,
    },
}

/// Weeks within which every pattern of a shift has come: those of every 52nd week come once.
const WEEKS_AROUND: u64 = 53;

impl StandingShift {
    /// How it stands on a day.
    pub fn state(&self, today: NaiveDate) -> ShiftState {
        if let Some(last) = self.valid.to.filter(|last| *last < today) {
            return ShiftState::Ended { last };
        }
        if let Some(from) = self.valid.from.filter(|from| *from > today) {
            return ShiftState::Coming { from };
        }
        match (
            self.pauses.iter().find(|pause| pause.contains(today)),
            self.valid.to,
        ) {
            (Some(pause), _) => ShiftState::Paused { to: pause.to },
            (None, Some(last)) => ShiftState::Ending { last },
            (None, None) => ShiftState::Running,
        }
    }

    /// The first days from one on, at most so many, on which its turn comes within a year; skipped ones are among them.
    pub fn coming(&self, from: NaiveDate, most: usize) -> Vec<NaiveDate> {
        let last = from.checked_add_days(Days::new(7 * WEEKS_AROUND)).unwrap_or(from);
        dates(from, last)
            .filter(|date| self.on(*date).is_some())
            .take(most)
            .collect()
    }

    /// The shift as it shall be from a day on: what is left of it as it was – nothing where it has not begun by then, or where its
    /// turn stays the same – and what comes. The past is never rewritten.
    pub fn changed(
        &self,
        wanted: &StandingShift,
        from: NaiveDate,
        new: StandingShiftId,
    ) -> (Option<StandingShift>, StandingShift) {
        let begun = self.valid.from.is_none_or(|first| first < from);
        let turn = |shift: &StandingShift| (shift.weekday, shift.from, shift.to, shift.every_weeks);
        let same = turn(self) == turn(wanted);
        let rest = Self {
            id: if begun && !same { new } else { self.id },
            resource: self.resource,
            flat: self.flat,
            pauses: self.pauses.clone(),
            valid: Validity {
                from: match (begun, same) {
                    (true, true) => self.valid.from,
                    (true, false) => Some(from),
                    (false, _) => wanted.valid.from,
                },
                to: wanted.valid.to,
            },
            ..wanted.clone()
        };
        let kept = (begun && !same).then(|| Self {
            valid: Validity {
                from: self.valid.from,
                to: Some(from.pred_opt().unwrap_or(from)),
            },
            ..self.clone()
        });
        (kept, rest)
    }

    /// The shift with a pause more; those that it touches become one with it.
    pub fn paused(&self, pause: Validity) -> Self {
        let touches = |other: &Validity| {
            let ends_before = |one: &Validity, then: &Validity| match (one.to, then.from) {
                (Some(to), Some(from)) => to.succ_opt().is_some_and(|next| next < from),
                _ => false,
            };
            !ends_before(other, &pause) && !ends_before(&pause, other)
        };
        let (touching, mut pauses): (Vec<Validity>, Vec<Validity>) =
            self.pauses.iter().partition(|one| touches(one));
        let whole = touching.iter().fold(pause, |whole, one| Validity {
            // An open end holds for good.
            from: whole.from.zip(one.from).map(|(one, other)| one.min(other)),
            to: whole.to.zip(one.to).map(|(one, other)| one.max(other)),
        });
        pauses.push(whole);
        pauses.sort_by_key(|pause| pause.from);
        Self {
            pauses,
            ..self.clone()
        }
    }

    /// The shift without a pause that it had, from a day on: what has been of the pause stays.
    pub fn resumed(&self, pause: Validity, today: NaiveDate) -> Self {
        let mut pauses = self.pauses.clone();
        pauses.retain(|one| *one != pause);
        if let Some(yesterday) = today.pred_opt()
            && pause.from.is_none_or(|from| from <= yesterday)
        {
            let been = Validity {
                from: pause.from,
                to: Some(pause.to.map_or(yesterday, |to| to.min(yesterday))),
            };
            pauses.push(been);
            pauses.sort_by_key(|pause| pause.from);
        }
        Self {
            pauses,
            ..self.clone()
        }
    }

    /// The shift in the hands of another flat from a day on: what is left to the one that had it – nothing where it never came
    /// to it – and what the other gets. Every second week stays the same week.
    pub fn transferred(
        &self,
        to: FlatId,
        from: NaiveDate,
        new: StandingShiftId,
    ) -> (Option<StandingShift>, StandingShift) {
        let rest = Self {
            id: new,
            flat: to,
            valid: Validity {
                from: Some(self.its_week_from(from)),
                to: self.valid.to,
            },
            // It was the other flat that rested, and the note was about it.
            pauses: Vec::new(),
            note: String::new(),
            ..self.clone()
        };
        let before = from.pred_opt().unwrap_or(from);
        if self.valid.from.is_some_and(|first| first > before) {
            return (None, Self { id: self.id, ..rest });
        }
        let kept = Self {
            valid: Validity {
                from: self.valid.from,
                to: Some(before),
            },
            ..self.clone()
        };
        (Some(kept), rest)
    }

    /// The day itself, or the Monday of the next week that is one of its own, so that counting from it finds the same weeks.
    fn its_week_from(&self, from: NaiveDate) -> NaiveDate {
        let from = self.valid.from.map_or(from, |first| first.max(from));
        if self.every_weeks <= 1 || self.is_its_week(from) {
            return from;
        }
        let mondays = super::time::monday(from).iter_weeks().skip(1);
        let mut own = mondays.take(self.every_weeks as usize);
        own.find(|monday| self.is_its_week(*monday)).unwrap_or(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ResourceId;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// "2026-10-01..", "..2026-12-31" or both.
    fn days(text: &str) -> Validity {
        let (from, to) = text.split_once("..").unwrap();
        let read = |text: &str| (!text.is_empty()).then(|| day(text));
        Validity {
            from: read(from),
            to: read(to),
        }
    }

    /// Wednesdays 18–19.
    fn shift(valid: &str, every_weeks: u32, pauses: &[&str]) -> StandingShift {
        StandingShift {
            id: StandingShiftId(Uuid::from_u128(1)),
            resource: ResourceId(Uuid::from_u128(9)),
            flat: FlatId(Uuid::from_u128(5)),
            weekday: 2,
            from: 18 * 60,
            to: 19 * 60,
            valid: days(valid),
            every_weeks,
            pauses: pauses.iter().map(|text| days(text)).collect(),
            note: "oma avain".into(),
        }
    }

    #[test]
    fn a_shift_stands_as_its_days_say() {
        let today = day("2026-10-21");
        let cases = [
            (shift("..", 1, &[]), ShiftState::Running),
            (shift("2026-10-21..", 1, &[]), ShiftState::Running),
            (
                shift("2026-10-22..", 1, &[]),
                ShiftState::Coming {
                    from: day("2026-10-22"),
                },
            ),
            (shift("..2026-10-21", 1, &[]), ShiftState::Ending { last: today }),
            (
                shift("..2026-10-20", 1, &[]),
                ShiftState::Ended {
                    last: day("2026-10-20"),
                },
            ),
            (
                shift("..", 1, &["2026-10-21..2026-10-21"]),
                ShiftState::Paused { to: Some(today) },
            ),
            (shift("..", 1, &["2026-10-01.."]), ShiftState::Paused { to: None }),
            (shift("..", 1, &["2026-10-01..2026-10-20"]), ShiftState::Running),
            // Over is over, whether or not it rested at the end.
            (
                shift("..2026-10-20", 1, &["2026-10-01.."]),
                ShiftState::Ended {
                    last: day("2026-10-20"),
                },
            ),
        ];
        for (shift, state) in cases {
            assert_eq!(shift.state(today), state, "{shift:?}");
        }
    }

    #[test]
    fn the_days_to_come_pass_over_pauses_and_other_weeks() {
        let cases: [(StandingShift, &str, &[&str]); 6] = [
            (shift("..", 1, &[]), "2026-10-21", &["2026-10-21", "2026-10-28"]),
            (shift("..", 1, &[]), "2026-10-22", &["2026-10-28", "2026-11-04"]),
            (
                shift("..", 1, &["2026-10-20..2026-10-28"]),
                "2026-10-21",
                &["2026-11-04", "2026-11-11"],
            ),
            (
                shift("2026-10-12..", 2, &[]),
                "2026-10-15",
                &["2026-10-28", "2026-11-11"],
            ),
            (shift("2026-10-12..", 52, &[]), "2026-10-15", &["2027-10-13"]),
            (shift("..2026-10-27", 1, &[]), "2026-10-22", &[]),
        ];
        for (shift, from, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|text| day(text)).collect();
            assert_eq!(shift.coming(day(from), 2), expected, "{shift:?}");
        }
    }

    #[test]
    fn a_change_leaves_the_past_as_it_was() {
        let new = StandingShiftId(Uuid::from_u128(2));
        let before = shift("2026-10-01..", 1, &["2026-12-01..2026-12-31"]);
        let thursday = StandingShift {
            weekday: 3,
            valid: days("2026-11-01..2027-05-31"),
            ..before.clone()
        };
        let (kept, rest) = before.changed(&thursday, day("2026-11-01"), new);
        assert_eq!(kept.unwrap().valid, days("2026-10-01..2026-10-31"));
        assert_eq!(
            (rest.id, rest.weekday, rest.valid),
            (new, 3, days("2026-11-01..2027-05-31"))
        );
        assert_eq!(rest.pauses, before.pauses);
        // The same turn with another end and note stays one row, and its beginning is past.
        let noted = StandingShift {
            note: "avain 4".into(),
            valid: days("2026-11-01..2027-05-31"),
            ..before.clone()
        };
        let (kept, rest) = before.changed(&noted, day("2026-11-01"), new);
        assert!(kept.is_none());
        assert_eq!(
            (rest.id, rest.note.as_str(), rest.valid),
            (before.id, "avain 4", days("2026-10-01..2027-05-31"))
        );
        // What has not begun can begin another day.
        let (kept, rest) = before.changed(&thursday, day("2026-10-01"), new);
        assert!(kept.is_none());
        assert_eq!(
            (rest.id, rest.weekday, rest.valid),
            (before.id, 3, thursday.valid)
        );
    }

    #[test]
    fn pauses_that_touch_become_one() {
        let cases: [(&[&str], &str, &[&str]); 7] = [
            (&[], "2026-10-01..2026-10-31", &["2026-10-01..2026-10-31"]),
            (
                &["2026-09-01..2026-09-30"],
                "2026-10-01..2026-10-31",
                &["2026-09-01..2026-10-31"],
            ),
            (
                &["2026-09-01..2026-09-29"],
                "2026-10-01..2026-10-31",
                &["2026-09-01..2026-09-29", "2026-10-01..2026-10-31"],
            ),
            (
                &["2026-12-01..2026-12-31"],
                "2026-10-01..2026-10-31",
                &["2026-10-01..2026-10-31", "2026-12-01..2026-12-31"],
            ),
            (
                &["2026-10-10..2026-10-12", "2026-10-20.."],
                "2026-10-01..2026-10-31",
                &["2026-10-01.."],
            ),
            (&["..2026-10-12"], "2026-10-01..2026-10-31", &["..2026-10-31"]),
            (
                &["2026-10-01..2026-10-31"],
                "2026-10-10..2026-10-11",
                &["2026-10-01..2026-10-31"],
            ),
        ];
        for (before, pause, after) in cases {
            let paused = shift("..", 1, before).paused(days(pause));
            assert_eq!(
                paused.pauses,
                after.iter().map(|text| days(text)).collect::<Vec<_>>(),
                "{before:?} {pause}"
            );
        }
    }

    #[test]
    fn taking_a_pause_back_keeps_what_has_been_of_it() {
        let today = day("2026-10-21");
        let cases: [(&str, &[&str]); 5] = [
            ("2026-11-01..2026-11-30", &[]),
            ("2026-10-21..2026-11-30", &[]),
            ("2026-10-20..2026-11-30", &["2026-10-20..2026-10-20"]),
            ("2026-10-01..", &["2026-10-01..2026-10-20"]),
            ("2026-10-01..2026-10-10", &["2026-10-01..2026-10-10"]),
        ];
        for (pause, left) in cases {
            let resumed = shift("..", 1, &[pause, "2027-01-01..2027-01-31"]).resumed(days(pause), today);
            let mut expected: Vec<_> = left.iter().map(|text| days(text)).collect();
            expected.push(days("2027-01-01..2027-01-31"));
            assert_eq!(resumed.pauses, expected, "{pause}");
        }
    }

    #[test]
    fn a_shift_goes_over_on_a_day_and_every_second_week_stays_the_same_week() {
        let (other, new) = (FlatId(Uuid::from_u128(7)), StandingShiftId(Uuid::from_u128(2)));
        let whole = shift("2026-10-01..2027-05-31", 1, &["2026-10-05..2026-10-06"]);
        let (kept, rest) = whole.transferred(other, day("2027-01-01"), new);
        let kept = kept.unwrap();
        assert_eq!(
            (kept.flat, kept.valid),
            (whole.flat, days("2026-10-01..2026-12-31"))
        );
        assert_eq!(kept.pauses, whole.pauses);
        assert_eq!(
            (rest.id, rest.flat, rest.valid),
            (new, other, days("2027-01-01..2027-05-31"))
        );
        assert!(rest.pauses.is_empty() && rest.note.is_empty());

        // Weeks of 12.10., 26.10., 9.11.: from 3.11. on the next one begins on the 9th.
        let second = shift("2026-10-14..", 2, &[]);
        for (from, first) in [
            ("2026-10-28", "2026-10-28"),
            ("2026-11-03", "2026-11-09"),
            ("2026-11-09", "2026-11-09"),
        ] {
            let (kept, rest) = second.transferred(other, day(from), new);
            assert_eq!(rest.valid.from, Some(day(first)));
            let all: Vec<_> = dates(day("2026-10-01"), day("2027-06-30"))
                .filter(|date| second.on(*date).is_some())
                .collect();
            let both: Vec<_> = dates(day("2026-10-01"), day("2027-06-30"))
                .filter(|date| kept.iter().chain([&rest]).any(|one| one.on(*date).is_some()))
                .collect();
            assert_eq!(both, all, "{from}");
        }

        // What never came to the flat needs no row of its own.
        let (kept, rest) = whole.transferred(other, day("2026-10-01"), new);
        assert!(kept.is_none());
        assert_eq!((rest.id, rest.flat, rest.valid), (whole.id, other, whole.valid));
    }
}
