//! Plain lists: one line for each turn, with weekday, time and flat in whichever columns. A weekday or a space that stands alone
//! holds for the lines below it.

use super::table::{Table, space_named};
use super::words::{Holder, Times, has_letters, holder, times, weekday_alone, weekday_and_times};
use super::{Entry, Missing, Said, ShiftList, Unplaced};
use crate::clean::shown;
use crate::collation::fold;
use std::ops::Range;

/// Headings over the column of flats, folded.
const FLAT_HEADINGS: [&str; 12] = [
    "huoneisto",
    "huoneistot",
    "asunto",
    "as",
    "as nro",
    "asunnon numero",
    "lagenhet",
    "bostad",
    "lgh",
    "flat",
    "apartment",
    "apt",
];

/// What one line says.
#[derive(Default)]
struct Line {
    weekday: Option<u32>,
    times: Option<Times>,
    /// The column of what says who has the turn, and what it says.
    who: Option<(usize, Result<Holder, ()>)>,
    space: Option<u32>,
}

/// Reads lines of a sheet into a list.
pub(super) fn read(
    table: &Table,
    rows: Range<usize>,
    spaces: &[&str],
    of_tab: Option<u32>,
    list: &mut ShiftList,
) {
    let mut flats: Option<usize> = None;
    let (mut day, mut space) = (None, of_tab);
    let mut begun = false;
    for row in rows {
        if let Some(column) = flat_heading(table, row) {
            flats = Some(column);
            continue;
        }
        let line = line(table, row, flats, spaces);
        day = line.weekday.or(day);
        let Some(said) = line.times else {
            // A title, or a weekday over its turns.
            match &line.who {
                Some((column, Ok(Holder::Flats(names))))
                    if begun && names.iter().any(|name| has_letters(name)) =>
                {
                    list.unplaced.push(unplaced(table, row, *column, Missing::Time));
                }
                _ => space = line.space.or(space),
            }
            continue;
        };
        let Some((column, who)) = line.who else {
            continue;
        };
        let Some(weekday) = day else {
            if matches!(who, Ok(Holder::Flats(_))) {
                list.unplaced.push(unplaced(table, row, column, Missing::Day));
            }
            continue;
        };
        begun = true;
        list.entries.push(Entry {
            at: table.place(row, column),
            text: table.text(row, column),
            space: line.space.or(space),
            weekday,
            from: said.from,
            to: said.to,
            said: match who {
                Ok(Holder::Flats(flats)) => Said::Flats(flats),
                Ok(Holder::Free) => Said::Free,
                Ok(Holder::Common(audience)) => Said::Common(audience),
                Err(()) => Said::Unclear,
            },
        });
    }
}

fn unplaced(table: &Table, row: usize, column: usize, lacks: Missing) -> Unplaced {
    Unplaced {
        at: table.place(row, column),
        text: table.text(row, column),
        lacks,
    }
}

fn flat_heading(table: &Table, row: usize) -> Option<usize> {
    (0..table.width()).find(|column| {
        let text = fold(&table.text(row, *column));
        FLAT_HEADINGS.contains(&text.trim_matches(|c: char| !c.is_alphanumeric()))
    })
}

fn line(table: &Table, row: usize, flats: Option<usize>, spaces: &[&str]) -> Line {
    let mut line = Line::default();
    let mut others: Vec<usize> = Vec::new();
    for column in 0..table.width() {
        let cell = table.cell(row, column);
        if cell.is_blank() || flats == Some(column) {
            continue;
        }
        let text = shown(cell);
        if let Some((weekday, times)) = weekday_and_times(&text) {
            line.weekday = Some(weekday);
            line.times = Some(times);
        } else if let Some(weekday) = weekday_alone(cell) {
            line.weekday = Some(weekday);
        } else if let Some(found) = times(cell).filter(|found| found.sure || flats.is_some()) {
            line.times = Some(match line.times {
                // Beginning and end in a column each.
                Some(first) if first.to.is_none() && found.to.is_none() && found.from > first.from => Times {
                    to: Some(found.from),
                    ..first
                },
                Some(first) => first,
                None => found,
            });
        } else if let Some(space) = space_named(&text, spaces) {
            line.space = Some(space);
        } else {
            others.push(column);
        }
    }
    let who = |column: usize| match holder(table.cell(row, column)) {
        Ok(None) => None,
        Ok(Some(who)) => Some((column, Ok(who))),
        Err(()) => Some((column, Err(()))),
    };
    line.who = match flats {
        Some(column) => who(column),
        None => {
            let found: Vec<_> = others.into_iter().filter_map(who).collect();
            let lettered = |who: &Result<Holder, ()>| matches!(who, Ok(Holder::Flats(names)) if names.iter().any(|name| has_letters(name)));
            let best = found
                .iter()
                .position(|(_, who)| lettered(who))
                .or_else(|| found.iter().position(|(_, who)| who.is_ok()))
                .or(if found.is_empty() { None } else { Some(0) });
            best.and_then(|place| found.into_iter().nth(place))
        }
    };
    line
}
