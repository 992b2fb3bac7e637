//! Grids: weekdays across and times down, or the other way round.

use super::table::{Table, space_named};
use super::words::{Holder, Times, holder, times, weekday_alone};
use super::{Entry, Missing, Said, ShiftList, Unplaced};
use crate::bookings::time::Minutes;
use std::collections::BTreeSet;
use std::ops::Range;

/// A turn without its own end lasts at most so long until the next begins.
const LONGEST: Minutes = 4 * 60;

/// So many rows above its headings a block's title may stand.
const TITLE_ROWS: usize = 3;

/// A block of a sheet.
pub(super) struct Block {
    /// Its headings.
    head: usize,
    /// The rows below them.
    rows: Range<usize>,
    /// Where weekdays stand in a column, that column; otherwise they are the headings.
    weekdays: Option<usize>,
}

impl Block {
    pub(super) fn top(&self) -> usize {
        self.head
    }

    pub(super) fn end(&self) -> usize {
        self.rows.end
    }
}

/// The blocks of a sheet from the top.
pub(super) fn blocks(table: &Table) -> Vec<Block> {
    let several = |days: BTreeSet<u32>| days.len() > 1;
    let heads = (0..table.height()).filter(|row| {
        several(
            (0..table.width())
                .filter_map(|column| weekday_alone(table.cell(*row, column)))
                .collect(),
        )
    });
    let across = heads.map(|head| (head, None));
    let down =
        (0..table.height()).filter_map(|row| weekdays_below(table, row).map(|column| (row, Some(column))));
    let mut heads: Vec<(usize, Option<usize>)> = across.chain(down).collect();
    heads.sort_unstable();
    let ends = heads
        .iter()
        .skip(1)
        .map(|(head, _)| *head)
        .chain([table.height()]);
    let ends: Vec<usize> = ends.collect();
    heads
        .iter()
        .zip(ends)
        .map(|(&(head, weekdays), end)| Block {
            head,
            rows: head + 1..end,
            weekdays,
        })
        .collect()
}

/// The column in which weekdays stand below a row of times.
fn weekdays_below(table: &Table, row: usize) -> Option<usize> {
    let filled = (0..table.width()).filter(|column| !table.cell(row, *column).is_blank());
    let across: Vec<Times> = filled
        .clone()
        .filter_map(|column| times(table.cell(row, column)))
        .collect();
    let ascending = across.windows(2).all(|pair| pair[0].from < pair[1].from);
    // Beside the times there is at most a word in the corner; in a line of a list there is more.
    if across.len() < 2 || !ascending || filled.count() > across.len() + 1 {
        return None;
    }
    let below = row + 1..table.height().min(row + 10);
    if (0..table.width()).any(|column| holds_times(table, &below, column, false)) {
        return None;
    }
    let days = |column: usize| {
        let below =
            (row + 1..table.height().min(row + 10)).filter_map(|row| weekday_alone(table.cell(row, column)));
        below.collect::<BTreeSet<_>>()
    };
    // A line of a list has its own times and weekday.
    let own = (0..table.width()).any(|column| weekday_alone(table.cell(row, column)).is_some());
    (0..table.width()).find(|column| !own && days(*column).len() > 1)
}

/// Reads a block into a list.
pub(super) fn read(table: &Table, block: &Block, spaces: &[&str], of_tab: Option<u32>, list: &mut ShiftList) {
    match block.weekdays {
        None => days_across(table, block, spaces, of_tab, list),
        Some(column) => times_across(table, block, column, spaces, of_tab, list),
    }
}

fn days_across(table: &Table, block: &Block, spaces: &[&str], of_tab: Option<u32>, list: &mut ShiftList) {
    let days = headings(table, block.head, |row, column| {
        weekday_alone(table.cell(row, column))
    });
    let first = days.iter().position(Option::is_some).unwrap_or(0);
    let hours: Vec<bool> = (0..table.width())
        .map(|column| holds_times(table, &block.rows, column, column < first))
        .collect();
    for row in block.rows.clone() {
        for column in first..table.width() {
            let Some(weekday) = days[column].filter(|_| !hours[column]) else {
                continue;
            };
            let beside = (0..column).rev().find(|column| hours[*column]);
            let beside = beside.or_else(|| (column + 1..table.width()).find(|column| hours[*column]));
            let time = beside.and_then(|of| Some((of, times(table.cell(row, of))?)));
            let Some((of, time)) = time else {
                if let Ok(Some(Holder::Flats(_))) = holder(table.cell(row, column)) {
                    list.unplaced.push(Unplaced {
                        at: table.place(row, column),
                        text: table.text(row, column),
                        lacks: Missing::Time,
                    });
                }
                continue;
            };
            let next = (row + 1..block.rows.end).find_map(|row| times(table.cell(row, of)));
            let space = title(table, block.head, column, spaces).or(of_tab);
            push(table, (row, column), space, weekday, &ending(time, next), list);
        }
    }
}

fn times_across(
    table: &Table,
    block: &Block,
    of: usize,
    spaces: &[&str],
    of_tab: Option<u32>,
    list: &mut ShiftList,
) {
    let heads: Vec<Option<Times>> = (0..table.width())
        .map(|column| times(table.cell(block.head, column)))
        .collect();
    let mut day = None;
    for row in block.rows.clone() {
        day = weekday_alone(table.cell(row, of)).or_else(|| day.filter(|_| table.cell(row, of).is_blank()));
        for column in (0..table.width()).filter(|column| *column != of) {
            let Some(time) = heads[column] else {
                continue;
            };
            let Some(weekday) = day else {
                if let Ok(Some(Holder::Flats(_))) = holder(table.cell(row, column)) {
                    list.unplaced.push(Unplaced {
                        at: table.place(row, column),
                        text: table.text(row, column),
                        lacks: Missing::Day,
                    });
                }
                continue;
            };
            let next = heads[column + 1..].iter().flatten().next().copied();
            let space = title(table, block.head, column, spaces).or(of_tab);
            push(table, (row, column), space, weekday, &ending(time, next), list);
        }
    }
}

/// What stands over each column: its own heading, or that of the nearest one on its left where it has none.
fn headings<T: Copy>(table: &Table, head: usize, of: impl Fn(usize, usize) -> Option<T>) -> Vec<Option<T>> {
    let mut current = None;
    (0..table.width())
        .map(|column| {
            if !table.cell(head, column).is_blank() {
                current = of(head, column);
            }
            current
        })
        .collect()
}

/// Whether a column tells the times of a block's rows. Bare hours do so only left of the weekdays, where no flats stand.
fn holds_times(table: &Table, rows: &Range<usize>, column: usize, left: bool) -> bool {
    let cells = || {
        rows.clone()
            .map(|row| table.cell(row, column))
            .filter(|cell| !cell.is_blank())
    };
    let found: Vec<Times> = cells().filter_map(times).collect();
    let sure = found.iter().filter(|one| one.sure).count();
    let counted = if left { found.len() } else { sure };
    counted > 0 && counted * 2 >= cells().count()
}

/// A time with its end: its own, or the beginning of the next one.
fn ending(time: Times, next: Option<Times>) -> Times {
    let follows = next
        .map(|next| next.from)
        .filter(|next| *next > time.from && next - time.from <= LONGEST);
    Times {
        to: time.to.or(follows),
        ..time
    }
}

/// The space that is named over a column of a block: in its corner, or in the rows above.
fn title(table: &Table, head: usize, column: usize, spaces: &[&str]) -> Option<u32> {
    let above = head.saturating_sub(TITLE_ROWS)..=head;
    let at = |row: usize| {
        (0..=column)
            .rev()
            .find_map(|column| space_named(&table.text(row, column), spaces))
    };
    above.rev().find_map(at)
}

fn push(
    table: &Table,
    (row, column): (usize, usize),
    space: Option<u32>,
    weekday: u32,
    times: &Times,
    list: &mut ShiftList,
) {
    let said = match holder(table.cell(row, column)) {
        Ok(None) => return,
        Ok(Some(Holder::Flats(flats))) => Said::Flats(flats),
        Ok(Some(Holder::Free)) => Said::Free,
        Ok(Some(Holder::Common(audience))) => Said::Common(audience),
        Err(()) => Said::Unclear,
    };
    list.entries.push(Entry {
        at: table.place(row, column),
        text: table.text(row, column),
        space,
        weekday,
        from: times.from,
        to: times.to,
        said,
    });
}
