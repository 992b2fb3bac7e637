//! What people write where they have nothing to write.

use crate::collation::fold;

/// The longest that is looked at: longer texts say something.
const LONGEST: usize = 32;

/// Words for "nothing here", folded.
const NOTHING: &[&str] = &[
    "ei ole",
    "ei oo",
    "ei tiedossa",
    "ei tietoa",
    "ei tiedeta",
    "ei tunneta",
    "ei ilmoitettu",
    "ei annettu",
    "ei saatu",
    "ei saatavilla",
    "ei kaytossa",
    "ei kayta",
    "ei halua",
    "ei puhelinta",
    "ei puhelinnumeroa",
    "ei sahkopostia",
    "ei spostia",
    "ei s-postia",
    "ei emailia",
    "ei osoitetta",
    "ei mitaan",
    "tuntematon",
    "puuttuu",
    "puuttuva",
    "tyhja",
    "kysy",
    "kysyttava",
    "selvitettava",
    "saknas",
    "uppgift saknas",
    "okand",
    "okant",
    "ej kand",
    "finns ej",
    "finns inte",
    "har inte",
    "har ej",
    "ingen",
    "inga",
    "ingen uppgift",
    "vet ej",
    "none",
    "null",
    "nan",
    "nil",
    "n/a",
    "n.a",
    "unknown",
    "not known",
    "missing",
    "not available",
    "blank",
    "tba",
    "tbd",
    "#n/a",
    "#puuttuu",
];

/// Further ones where a word or a nought cannot be a value: phones, e-mails, dates, codes.
const NO_VALUE: &[&str] = &[
    "ei", "nej", "ej", "no", "na", "x", "xx", "xxx", "0", "00", "000", "0000", "00000", "salainen", "hemlig",
];

/// "See above", folded.
const AS_ABOVE: &[&str] = &[
    "ks ylla",
    "ks. ylla",
    "kts ylla",
    "kts. ylla",
    "katso ylla",
    "sama",
    "samat",
    "sama kuin ylla",
    "sama kuin edella",
    "sama kuin edellinen",
    "sama osoite",
    "kuten ylla",
    "edellinen",
    "se ovan",
    "samma",
    "samma som ovan",
    "som ovan",
    "same",
    "same as above",
    "see above",
    "ditto",
    "d:o",
    "do",
    "ibid",
    "-\"-",
    "- \" -",
];

/// Whether text only says that there is no value: "-", "?", "ei ole", "saknas", "n/a". Small letters, digits and marks that
/// mean something ("x", "✓", "+") are not among them.
///
/// ```
/// use kiulu_domain::clean::is_placeholder;
/// assert!(is_placeholder("–") && is_placeholder("Ei tiedossa."));
/// assert!(!is_placeholder("Eija") && !is_placeholder("x"));
/// ```
pub fn is_placeholder(text: &str) -> bool {
    match form(text) {
        Form::Long => false,
        Form::Bare => true,
        Form::Words(words) => NOTHING.contains(&words.as_str()) || is_above(text, &words),
    }
}

/// The same where the cell should hold a phone, an e-mail, a date or a code: "ei", "0" and "x" are none either.
pub fn is_no_value(text: &str) -> bool {
    match form(text) {
        Form::Long => false,
        Form::Bare => true,
        Form::Words(words) => {
            NOTHING.contains(&words.as_str()) || NO_VALUE.contains(&words.as_str()) || is_above(text, &words)
        }
    }
}

/// Whether text sends the reader to the row above: "ks. yllä", "sama", ditto marks.
pub fn is_as_above(text: &str) -> bool {
    // Asked of every cell that may refer to another, so the first letter decides for most.
    let first = text.trim_start().chars().next();
    if first.is_none_or(|c| c.is_alphanumeric() && !"kKsSeEdDiI".contains(c)) {
        return false;
    }
    match form(text) {
        Form::Long => false,
        Form::Bare => is_above(text, ""),
        Form::Words(words) => is_above(text, &words),
    }
}

fn is_above(text: &str, words: &str) -> bool {
    if words.is_empty() {
        // Ditto marks, perhaps between dashes; one apostrophe is how spreadsheets mark text.
        let marks = text
            .trim()
            .trim_matches(|c: char| super::is_dash(c) || c.is_whitespace());
        return matches!(
            marks,
            "\"" | "''" | ",," | "”" | "“" | "„" | "〃" | "´´" | "``" | "\"\"" | "””" | "’’"
        );
    }
    AS_ABOVE.contains(&words)
}

enum Form {
    Long,
    /// Nothing but punctuation.
    Bare,
    Words(String),
}

fn form(text: &str) -> Form {
    let text = text.trim();
    if text.len() > LONGEST {
        return Form::Long;
    }
    let is_mark = |c: char| {
        c.is_ascii_punctuation() || c.is_whitespace() || super::is_dash(c) || "…·”“„’´¨〃¿".contains(c)
    };
    if text.chars().all(is_mark) {
        // Only these marks say yes where they stand alone.
        return if matches!(text, "+" | "*") {
            Form::Long
        } else {
            Form::Bare
        };
    }
    let words = text.trim_matches(|c: char| is_mark(c) && c != '#');
    // None of the words has a digit but nought, which spares most cells the folding.
    if words.len() > 24 || words.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
        return Form::Long;
    }
    Form::Words(fold(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_nothing() {
        for text in [
            "-",
            "–",
            "—",
            "--",
            "---",
            "?",
            "??",
            ".",
            "...",
            "…",
            "/",
            "- -",
            "ei ole",
            "Ei ole",
            "EI OLE!",
            "ei tiedossa",
            "(ei tiedossa)",
            "puuttuu",
            "tuntematon",
            "Puuttuu?",
            "saknas",
            "Okänd",
            "n/a",
            "N/A",
            "none",
            "NULL",
            "#N/A",
            "ks. yllä",
            "sama",
            "\"",
            "''",
            ",,",
            "- \" -",
            "–”–",
            "ei s-postia",
        ] {
            assert!(is_placeholder(text), "{text:?}");
            assert!(is_no_value(text), "{text:?}");
        }
        for text in ["ei", "Ei", "nej", "0", "x", "X", "salainen"] {
            assert!(is_no_value(text) && !is_placeholder(text), "{text:?}");
        }
        for text in [
            "x",
            "✓",
            "+",
            "*",
            "1",
            "Eija",
            "Oma",
            "A 1",
            "Sama-Aho",
            "Okänd Gård Ab",
            "ei ole vielä muuttanut tänne asumaan",
            "12",
            "Ei-Halme",
            "10–12",
            "kyllä",
        ] {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }

    #[test]
    fn what_sends_to_the_row_above() {
        for text in [
            "ks. yllä",
            "Ks yllä",
            "sama",
            "Sama kuin yllä",
            "\"",
            "''",
            "-\"-",
            "- ” -",
            "〃",
            "se ovan",
            "ditto",
        ] {
            assert!(is_as_above(text), "{text:?}");
        }
        for text in ["-", "?", "'", "", "Samu", "ei ole", "a\"b"] {
            assert!(!is_as_above(text), "{text:?}");
        }
    }
}
