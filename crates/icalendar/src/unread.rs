//! What could not be read, and why.

use serde::Serialize;
use specta::Type;

/// Why a file is not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has neither a calendar nor an event in it.
    NotACalendar,
    /// It is larger than any calendar.
    TooLarge,
}

/// What a line kept from being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum Unread {
    /// A line that is no property: it has no name or no value.
    Line,
    /// The end of something that has not begun, or none of what has.
    Unbalanced,
    /// Parts nested deeper than any calendar has them.
    TooDeep,
    /// An event without a readable beginning; it is left out.
    Start,
    /// An end or a length that cannot be read, or an end before the beginning; the event is as long as without it.
    End,
    /// A recurrence rule that cannot be read; the event comes once.
    Rule,
    /// A part of a recurrence rule that is not known; the rest of the rule holds.
    RulePart,
    /// A series whose first time its own rule does not give; that time is left out.
    First,
    /// A day that should come or stay away besides, and cannot be read.
    Date,
    /// A zone that is nowhere defined; the time is taken as the house's own.
    Zone {
        /// What the file calls it.
        name: String,
    },
    /// More times than anybody would list; the event's later ones are left out.
    TooMany,
}

/// A line and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct UnreadLine {
    /// Number of the line in the file, from 1.
    pub line: u32,
    /// What is wrong.
    #[serde(flatten)]
    pub what: Unread,
}

/// Nobody reads more of them.
const MOST: usize = 500;

/// Notes one, unless there are enough.
pub(crate) fn note(unread: &mut Vec<UnreadLine>, line: u32, what: Unread) {
    let notice = UnreadLine { line, what };
    if unread.len() < MOST && !unread.contains(&notice) {
        unread.push(notice);
    }
}
