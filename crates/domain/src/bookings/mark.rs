//! How turns went, as the list on the door tells afterwards, and what was written on it.

use super::time::{DAY, Minutes};
use crate::id::{ResourceId, derived};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

/// How a turn went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Whoever had it came.
    Used,
    /// Nobody came.
    NoShow,
}

impl Outcome {
    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::NoShow => "no_show",
        }
    }

    /// The outcome of a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Used, Self::NoShow]
            .into_iter()
            .find(|outcome| outcome.as_str() == code)
    }
}

/// How one turn of a resource went: of a standing shift or of a single booking, whose status says the same then. Its id derives
/// from resource and beginning, so that there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TurnMark {
    /// Of what.
    pub resource: ResourceId,
    /// When the turn began, on the wall.
    pub start: NaiveDateTime,
    /// How it went.
    pub outcome: Outcome,
}

impl TurnMark {
    /// The row's id.
    pub fn id(resource: ResourceId, start: NaiveDateTime) -> Uuid {
        let start = start.format("%Y-%m-%dT%H:%M").to_string();
        derived("turn_mark", &[resource.0.as_bytes(), start.as_bytes()])
    }
}

/// What was written beside a turn on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It was used, or nobody came.
    Went(Outcome),
    /// A flat wrote itself in.
    Flat {
        /// What it is called.
        name: String,
        /// From when to when, where lengths are free.
        hours: Option<(Minutes, Minutes)>,
    },
}

/// Characters of a turn's code.
const CODE: usize = 4;

/// A code with what was written beside its turn, as it is keyed: `K4D7 +` (used), `K4D7 -` (nobody came), `K4D7 A 5`,
/// `K4D7 A 5 18-20`. Nothing where one of them is missing.
pub fn read_line(line: &str) -> Option<(String, Written)> {
    let line = line.trim();
    let end = line.char_indices().nth(CODE).map(|(end, _)| end)?;
    let (code, rest) = line.split_at(end);
    let rest = rest.trim();
    let written = match rest {
        "" => return None,
        "+" => Written::Went(Outcome::Used),
        "-" | "–" | "—" | "−" => Written::Went(Outcome::NoShow),
        _ => {
            let hours = rest.rsplit_once(char::is_whitespace).and_then(|(name, last)| {
                let (from, to) = last.split_once(['-', '–'])?;
                Some((name.trim(), minutes(from)?, minutes(to)?))
            });
            match hours {
                Some((name, from, to)) => Written::Flat {
                    name: name.to_owned(),
                    hours: Some((from, to)),
                },
                None => Written::Flat {
                    name: rest.to_owned(),
                    hours: None,
                },
            }
        }
    };
    Some((code.to_uppercase(), written))
}

/// Minutes of `18`, `18.30` or `18:30`.
fn minutes(text: &str) -> Option<Minutes> {
    let (hours, past) = text.split_once(['.', ':']).unwrap_or((text, "0"));
    let number = |digits: &str| -> Option<Minutes> {
        let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| plain)
    };
    let (hours, past) = (number(hours)?, number(past)?);
    Some(hours * 60 + past).filter(|all| past < 60 && *all <= DAY)
}

/// Why what was keyed cannot be taken down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum MarkFault {
    /// There is no code with a mark after it.
    Unreadable,
    /// The code is none of this space's lists.
    CodeUnknown,
    /// The code is right, but nothing is there then: what was printed has been moved or taken back.
    TurnGone {
        /// When it would begin.
        start: NaiveDateTime,
    },
    /// Nobody has the turn, so that nobody can have come or not.
    NobodyHasIt,
    /// The turn has not begun.
    ToCome,
    /// No flat is called so.
    FlatUnknown {
        /// What was keyed.
        name: String,
    },
    /// Another flat has the turn.
    SomebodyHasIt {
        /// What that is called; nothing where it is no flat.
        flat: String,
    },
    /// Lengths are free here: from when to when has to be said.
    HoursMissing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_code_and_what_was_written() {
        let flat = |name: &str, hours| Written::Flat {
            name: name.into(),
            hours,
        };
        for (line, written) in [
            ("K4D7 +", Written::Went(Outcome::Used)),
            (" k4d7+ ", Written::Went(Outcome::Used)),
            ("K4D7 -", Written::Went(Outcome::NoShow)),
            ("K4D7–", Written::Went(Outcome::NoShow)),
            ("K4D7 A 5", flat("A 5", None)),
            ("k4d7a5", flat("a5", None)),
            ("K4D7 A 5 18-20", flat("A 5", Some((1080, 1200)))),
            ("K4D7 A-5 18.30–24", flat("A-5", Some((1110, 1440)))),
            ("K4D7 5-7", flat("5-7", None)),
            ("K4D7 A 5 18-20.75", flat("A 5 18-20.75", None)),
        ] {
            assert_eq!(read_line(line), Some(("K4D7".into(), written)), "{line}");
        }
        for nothing in ["", "K4D", "K4D7", "K4D7  ", "ÄÖ+"] {
            assert_eq!(read_line(nothing), None, "{nothing}");
        }
    }
}
