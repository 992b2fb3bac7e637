//! What a number format makes of a number: ECMA-376 Part 1, 18.8.30 and 18.8.31.

/// How Excel shows a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    #[default]
    Number,
    /// As a date, a time of day, or both.
    Date,
    /// As hours, minutes or seconds that run past a day.
    Duration,
    /// With zeros before it, to so many digits: postal codes and member numbers.
    Padded(u8),
}

/// Formats that every Excel has without a definition in the file.
pub(super) fn built_in(index: u16) -> Shown {
    match index {
        // 27 to 36 and 50 to 58 are dates of East Asian Excels.
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Date,
        46 => Shown::Duration,
        _ => Shown::Number,
    }
}

/// Reads the first section of a format code.
pub(super) fn custom(code: &str) -> Shown {
    /// More digits than a double keeps are no number to read.
    const MOST: usize = 15;
    if (2..=MOST).contains(&code.len()) && code.bytes().all(|letter| letter == b'0') {
        return u8::try_from(code.len()).map_or(Shown::Number, Shown::Padded);
    }
    let mut letters = code.chars();
    let mut date = false;
    while let Some(letter) = letters.next() {
        match letter {
            ';' => break,
            '"' => {
                letters.by_ref().find(|&letter| letter == '"');
            }
            // The next character is literal, as wide as, or repeated.
            '\\' | '_' | '*' | '!' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters
                    .by_ref()
                    .take_while(|&letter| letter != ']')
                    .map(|letter| letter.to_ascii_lowercase())
                    .collect();
                let elapsed = inside.chars().next().is_some_and(|first| {
                    matches!(first, 'h' | 'm' | 's') && inside.chars().all(|other| other == first)
                });
                if elapsed {
                    return Shown::Duration;
                }
            }
            'G' | 'g' if letters.as_str().to_ascii_lowercase().starts_with("eneral") => {
                letters.nth(5);
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => date = true,
            _ => {}
        }
    }
    if date { Shown::Date } else { Shown::Number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_tell_dates_from_numbers() {
        for (code, expected) in [
            ("General", Shown::Number),
            ("0.00", Shown::Number),
            ("0", Shown::Number),
            ("00000", Shown::Padded(5)),
            ("#,##0.00\\ \"mk\"", Shown::Number),
            ("#,##0 [$mk-40B]", Shown::Number),
            ("[Red]0;[Blue]\"days\"", Shown::Number),
            ("0.00E+00", Shown::Number),
            ("d.m.yyyy", Shown::Date),
            ("[$-40B]d. mmmm yyyy;@", Shown::Date),
            ("h:mm", Shown::Date),
            ("mm:ss.0", Shown::Date),
            ("[h]:mm", Shown::Duration),
            ("[mm]:ss", Shown::Duration),
            ("[ss]", Shown::Duration),
            ("@", Shown::Number),
            ("_-* #,##0.00_-;-* #,##0.00_d", Shown::Number),
        ] {
            assert_eq!(custom(code), expected, "{code}");
        }
    }
}
