//! Yes and no, in the words and marks of three languages.

use super::{Cleaned, Problem, clean_line};
use crate::collation::fold;
use crate::sheet::Cell;

/// Reads kyllä/ei, ja/nej, yes/no, x, 1/0, tosi/epätosi, true/false and Excel's own TRUE and FALSE.
///
/// "ja" is Swedish for yes here: the Finnish "and" never stands alone in a cell.
pub fn clean_boolean(cell: &Cell) -> Cleaned<bool> {
    match cell {
        Cell::Bool(value) => return Cleaned::of(*value),
        Cell::Number(number) if *number == 1.0 => return Cleaned::of(true),
        Cell::Number(number) if *number == 0.0 => return Cleaned::of(false),
        _ => {}
    }
    let text = match clean_line(cell) {
        Cleaned {
            value: Some(text), ..
        } => text,
        other => {
            return Cleaned {
                problem: other.problem,
                ..Cleaned::default()
            };
        }
    };
    match word(&text) {
        Some(value) => Cleaned::of(value),
        None => Cleaned::rejected(Problem::BooleanUnreadable),
    }
}

/// A mark in a column that stands for one role ("Osakas": x): anything that is not a no is a yes,
/// because people also write dates, shares and ticks of their own there.
pub fn clean_mark(cell: &Cell) -> Cleaned<bool> {
    match clean_boolean(cell) {
        Cleaned {
            problem: Some(Problem::BooleanUnreadable),
            ..
        } => Cleaned::of(true),
        other => other,
    }
}

fn word(text: &str) -> Option<bool> {
    match text.trim_end_matches(['.', '!']) {
        "-" | "–" | "—" | "✗" | "✘" | "☐" => return Some(false),
        "+" | "✓" | "✔" | "☑" | "☒" | "•" | "*" => return Some(true),
        _ => {}
    }
    match fold(text.trim_end_matches(['.', '!'])).as_str() {
        "kylla" | "k" | "joo" | "on" | "tosi" | "x" | "xx" | "1" | "ja" | "j" | "sant" | "yes" | "y"
        | "true" | "t" | "ok" => Some(true),
        "ei" | "e" | "ei ole" | "epatosi" | "0" | "nej" | "n" | "falskt" | "no" | "false" | "f" => {
            Some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_in_three_languages() {
        for text in [
            "kyllä", "KYLLÄ", "Kyllä.", "k", "on", "tosi", "x", "X", "1", "ja", "Yes", "y", "true", "TRUE",
            "✓", " x ",
        ] {
            assert_eq!(
                clean_boolean(&Cell::Text(text.into())),
                Cleaned::of(true),
                "{text}"
            );
        }
        for text in ["ei", "Ei", "epätosi", "0", "nej", "No", "n", "false", "-", "–"] {
            assert_eq!(
                clean_boolean(&Cell::Text(text.into())),
                Cleaned::of(false),
                "{text}"
            );
        }
        assert_eq!(clean_boolean(&Cell::Bool(false)), Cleaned::of(false));
        assert_eq!(clean_boolean(&Cell::Number(1.0)), Cleaned::of(true));
        assert_eq!(clean_boolean(&Cell::Number(0.0)), Cleaned::of(false));
        for cell in [Cell::Number(2.0), Cell::Text("ehkä".into())] {
            assert_eq!(clean_boolean(&cell).problem, Some(Problem::BooleanUnreadable));
        }
        assert!(clean_boolean(&Cell::Text("  ".into())).is_blank());
    }

    #[test]
    fn a_mark_is_anything_but_a_no() {
        assert_eq!(clean_mark(&Cell::Text("50 %".into())), Cleaned::of(true));
        assert_eq!(clean_mark(&Cell::Text("ei".into())), Cleaned::of(false));
        assert!(clean_mark(&Cell::Empty).is_blank());
        assert!(clean_mark(&Cell::Error("#N/A".into())).problem.is_some());
    }
}
