//! The board of standing shifts as it hangs on the wall: weekdays across, turns down.

use super::resource::{Audience, Resource};
use super::standing::StandingShift;
use super::time::Minutes;
use super::timetable::divided_minutes;
use crate::id::StandingShiftId;
use chrono::{Days, NaiveDate};
use serde::Serialize;
use specta::Type;

/// A place of the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BoardCell {
    /// The standing shifts of the turn that have not ended, the earlier first.
    pub shifts: Vec<StandingShiftId>,
    /// For whom it is a common turn, where it is one.
    pub common: Option<Audience>,
    /// The timetable offers it.
    pub offered: bool,
    /// In some week nobody has it.
    pub free: bool,
}

/// A turn of the day with its seven weekdays, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BoardRow {
    /// From.
    pub from: Minutes,
    /// Until.
    pub to: Minutes,
    /// Monday to Sunday.
    pub days: [BoardCell; 7],
}

/// Weeks in which every pattern up to every fourth week has met.
const WEEKS: u64 = 12;

/// The board from a day on: the turns of the timetable that holds then, and those of shifts that it does not know. Where lengths
/// are free there are only the latter.
pub fn board(resource: &Resource, shifts: &[StandingShift], today: NaiveDate) -> Vec<BoardRow> {
    let offered: [Vec<(Minutes, Minutes)>; 7] = std::array::from_fn(|weekday| {
        let season = resource.timetable.season(today);
        season.map_or_else(Vec::new, |season| {
            divided_minutes(&season.weekdays[weekday], &season.turns)
        })
    });
    let runs = |shift: &&StandingShift| shift.valid.to.is_none_or(|last| last >= today);
    let shifts: Vec<&StandingShift> = shifts.iter().filter(runs).collect();
    let mut times: Vec<(Minutes, Minutes)> = offered.iter().flatten().copied().collect();
    times.extend(shifts.iter().map(|shift| (shift.from, shift.to)));
    times.sort_unstable();
    times.dedup();
    let row = |(from, to): (Minutes, Minutes)| BoardRow {
        from,
        to,
        days: std::array::from_fn(|weekday| {
            let of_turn: Vec<&StandingShift> = shifts
                .iter()
                .copied()
                .filter(|shift| shift.weekday as usize == weekday && shift.from < to && from < shift.to)
                .collect();
            let common = resource.common_turns.iter().find(|turn| {
                turn.weekday as usize == weekday
                    && turn.from < to
                    && from < turn.to
                    && turn.valid.contains(today)
            });
            let offered = offered[weekday].contains(&(from, to));
            let mut own: Vec<&StandingShift> = of_turn
                .iter()
                .copied()
                .filter(|shift| (shift.from, shift.to) == (from, to))
                .collect();
            own.sort_by_key(|shift| (shift.valid.from, shift.id));
            BoardCell {
                shifts: own.iter().map(|shift| shift.id).collect(),
                common: common.map(|turn| turn.audience),
                offered,
                free: offered && common.is_none() && has_a_free_week(&of_turn, weekday as u32, today),
            }
        }),
    };
    times.into_iter().map(row).collect()
}

/// Whether a weekday comes on which none of the shifts does, pauses aside: who rests keeps the turn.
fn has_a_free_week(shifts: &[&StandingShift], weekday: u32, today: NaiveDate) -> bool {
    let monday = super::time::monday(today);
    (0..WEEKS).any(|week| {
        let date = monday.checked_add_days(Days::new(7 * week + u64::from(weekday)));
        date.is_some_and(|date| date >= today && !shifts.iter().any(|shift| shift.holds(date)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::presets::preset;
    use crate::bookings::resource::{CommonTurn, ResourceKind};
    use crate::bookings::time::Validity;
    use crate::id::{FlatId, ResourceId};
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn shift(
        id: u128,
        weekday: u32,
        hour: u16,
        every_weeks: u32,
        first: &str,
        last: Option<&str>,
    ) -> StandingShift {
        StandingShift {
            id: StandingShiftId(Uuid::from_u128(id)),
            resource: ResourceId(Uuid::nil()),
            flat: FlatId(Uuid::from_u128(id)),
            weekday,
            from: hour * 60,
            to: hour * 60 + 60,
            valid: Validity {
                from: Some(day(first)),
                to: last.map(day),
            },
            every_weeks,
            pauses: Vec::new(),
            note: String::new(),
        }
    }

    /// The sauna by its preset: Wednesday to Saturday 16–22 in turns of an hour.
    fn sauna() -> Resource {
        preset(ResourceId(Uuid::nil()), ResourceKind::Sauna, "Sauna")
    }

    /// "ke 18: 1+ 2" – shifts of the cell, + where it is free in some week.
    fn cell(rows: &[BoardRow], weekday: usize, hour: u16) -> String {
        let row = rows.iter().find(|row| row.from == hour * 60).unwrap();
        let cell = &row.days[weekday];
        let ids: Vec<_> = cell.shifts.iter().map(|id| id.0.as_u128().to_string()).collect();
        let free = if cell.free { "+" } else { "" };
        format!("{}{free}", ids.join(" "))
    }

    #[test]
    fn the_board_shows_every_turn_of_the_timetable() {
        let rows = board(&sauna(), &[], day("2026-10-21"));
        assert_eq!(
            rows.iter().map(|row| row.from / 60).collect::<Vec<_>>(),
            [16, 17, 18, 19, 20, 21]
        );
        assert!(rows.iter().all(|row| {
            row.days
                .iter()
                .map(|cell| cell.offered)
                .eq([false, false, true, true, true, true, false])
        }));
        assert!(
            rows.iter()
                .all(|row| row.days.iter().all(|cell| cell.free == cell.offered))
        );
    }

    #[test]
    fn a_turn_is_free_while_some_week_of_it_is() {
        let shifts = [
            shift(1, 2, 18, 1, "2026-01-01", None),
            shift(2, 3, 18, 2, "2026-10-05", None),
            shift(3, 4, 18, 2, "2026-10-05", None),
            shift(4, 4, 18, 2, "2026-10-12", None),
            // It is over, and another comes.
            shift(5, 5, 18, 1, "2026-01-01", Some("2026-10-20")),
            // It ends, so that the turn is free from then on.
            shift(6, 5, 19, 1, "2026-01-01", Some("2026-11-30")),
            // None of the timetable's turns, on a day without any.
            shift(7, 0, 7, 1, "2026-01-01", None),
        ];
        let rows = board(&sauna(), &shifts, day("2026-10-21"));
        for (weekday, hour, expected) in [
            (2, 18, "1"),
            (3, 18, "2+"),
            (4, 18, "3 4"),
            (5, 18, "+"),
            (5, 19, "6+"),
            (0, 7, "7"),
            (2, 7, ""),
        ] {
            assert_eq!(cell(&rows, weekday, hour), expected, "{weekday} {hour}");
        }
        assert_eq!(rows[0].from, 7 * 60);
    }

    #[test]
    fn a_common_turn_is_not_free_and_who_rests_keeps_the_turn() {
        let mut resource = sauna();
        resource.common_turns.push(CommonTurn {
            weekday: 4,
            from: 18 * 60,
            to: 20 * 60,
            audience: Audience::Mixed,
            valid: Validity::default(),
        });
        let mut resting = shift(1, 2, 18, 1, "2026-01-01", None);
        resting.pauses.push(Validity::default());
        let rows = board(&resource, &[resting], day("2026-10-21"));
        assert_eq!(cell(&rows, 2, 18), "1");
        let of = |hour: u16| rows.iter().find(|row| row.from == hour * 60).unwrap().days[4].clone();
        assert_eq!((of(18).common, of(18).free), (Some(Audience::Mixed), false));
        assert_eq!(
            (of(19).common, of(20).common, of(20).free),
            (Some(Audience::Mixed), None, true)
        );
    }
}
