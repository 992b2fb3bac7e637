//! Words of lists as people keep them: sums, couples, countries, languages, numbers.

use crate::collation::fold;

/// Small letters and digits only: what two ways to write a name, a role or a flat have in common.
pub(super) fn compact(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(char::is_alphanumeric);
    folded
}

/// The parts of a cell that lists several things.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '&', '+', '\n'])
        .flat_map(|part| part.split(" ja "))
        .flat_map(|part| part.split(" och "))
        .flat_map(|part| part.split(" and "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// Two first names or two family names in one cell.
pub(super) fn couple(text: &str) -> Option<(&str, &str)> {
    [" ja ", " & ", " och ", " and ", " + ", "&", "+", " / ", "/"]
        .iter()
        .find_map(|word| text.split_once(word))
        .map(|(one, other)| (one.trim(), other.trim()))
        .filter(|(one, other)| {
            !one.is_empty()
                && !other.is_empty()
                && !other.contains(['&', '+', '/'])
                && !other.contains(" ja ")
        })
}

/// "Yhteensä 213", "Jäseniä yhteensä", "Summa: 45", "Totalt".
pub(super) fn is_sum(text: &str) -> bool {
    // Most cells are too long or have another first letter; folding them all would cost more than reading them.
    if text.len() > 40
        || !text
            .bytes()
            .any(|b| matches!(b, b'y' | b'Y' | b't' | b'T' | b's' | b'S' | b'k' | b'K'))
    {
        return false;
    }
    let folded = fold(text);
    let mut words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()));
    let Some(first) = words.next() else { return false };
    let is_total = |word: &str| {
        matches!(
            word,
            "yhteensa" | "yht" | "totalt" | "total" | "sammanlagt" | "kaikkiaan" | "inalles"
        )
    };
    is_total(first)
        || words.clone().any(is_total)
        // A person may be called Summa.
        || (matches!(first, "summa" | "kpl" | "st" | "lukumaara") && words.all(|word| matches!(word, "kpl" | "hlo" | "st")))
}

/// The home country, which addresses leave out.
pub(crate) fn is_finland(text: &str) -> bool {
    matches!(
        compact(text).as_str(),
        "suomi" | "finland" | "fi" | "fin" | "suomenfinland" | "suomifinland"
    )
}

/// ISO 639-1 code of a language as lists write it.
pub(super) fn language(text: &str) -> Option<&'static str> {
    const LANGUAGES: &[(&str, &[&str])] = &[
        (
            "fi",
            &[
                "fi",
                "fin",
                "suomi",
                "suomenkielinen",
                "finska",
                "finsk",
                "finnish",
                "s",
            ],
        ),
        (
            "sv",
            &[
                "sv",
                "swe",
                "se",
                "ruotsi",
                "ruotsinkielinen",
                "svenska",
                "swedish",
                "r",
            ],
        ),
        (
            "en",
            &["en", "eng", "gb", "uk", "englanti", "engelska", "english"],
        ),
        ("ru", &["ru", "rus", "venaja", "ryska", "russian"]),
        (
            "et",
            &["et", "est", "ee", "viro", "eesti", "estniska", "estonian"],
        ),
        ("de", &["de", "deu", "ger", "saksa", "tyska", "german", "deutsch"]),
        ("fr", &["fr", "fra", "ranska", "franska", "french"]),
        ("es", &["es", "spa", "espanja", "spanska", "spanish"]),
        ("so", &["so", "som", "somali", "somaliska"]),
        ("ar", &["ar", "ara", "arabia", "arabiska", "arabic"]),
        (
            "se",
            &[
                "saame",
                "pohjoissaame",
                "samiska",
                "nordsamiska",
                "sami",
                "northernsami",
            ],
        ),
        ("uk", &["ukr", "ukraina", "ukrainska", "ukrainian"]),
        ("zh", &["zh", "zho", "kiina", "kinesiska", "chinese"]),
        (
            "vi",
            &["vi", "vie", "vietnam", "vietnami", "vietnamesiska", "vietnamese"],
        ),
        ("ku", &["ku", "kur", "kurdi", "kurdiska", "kurdish"]),
        ("fa", &["fa", "fas", "persia", "farsi", "persiska", "persian"]),
        ("tr", &["tr", "tur", "turkki", "turkiska", "turkish"]),
        ("pl", &["pl", "pol", "puola", "polska", "polish"]),
        ("no", &["no", "nor", "norja", "norska", "norwegian"]),
        ("da", &["da", "dan", "tanska", "danska", "danish"]),
        ("it", &["it", "ita", "italia", "italienska", "italian"]),
    ];
    let wanted = compact(text);
    LANGUAGES
        .iter()
        .find(|(_, words)| words.contains(&wanted.as_str()))
        .map(|(code, _)| *code)
}

/// A decimal number with a point, from "1 234,50", "12.5" or "45,5 m²" (the unit is left out).
pub(crate) fn number(text: &str) -> Option<String> {
    let text = text
        .replace(['\u{a0}', '\u{202f}', ' '], "")
        .replace(['−', '–'], "-");
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '-')))
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    // A unit has no digits of its own: "12 kpl", but not "3 A 12". An exponent of two is part of "m2".
    if unit
        .trim_end_matches(['2', '3'])
        .chars()
        .any(|c| c.is_ascii_digit())
    {
        return None;
    }
    let digits = match (digits.rfind(','), digits.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => digits.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => digits.replace(',', ""),
        (Some(_), None) => digits.replacen(',', ".", 1),
        _ => digits.to_owned(),
    };
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then(|| crate::clean::number_text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_told_from_names() {
        for (text, sum) in [
            ("Yhteensä", true),
            ("Yhteensä 213", true),
            ("YHTEENSÄ: 213 kpl", true),
            ("Jäseniä yhteensä", true),
            ("Totalt", true),
            ("Summa", true),
            ("Summa: 45", true),
            ("Yhteensä 45 hlö", true),
            ("Summa Anni", false),
            ("Virtanen", false),
            ("Yhteinen", false),
            ("", false),
        ] {
            assert_eq!(is_sum(text), sum, "{text:?}");
        }
    }

    #[test]
    fn numbers_come_with_a_point() {
        for (text, want) in [
            ("12", Some("12")),
            ("45,5", Some("45.5")),
            ("1 234,50 €", Some("1234.5")),
            ("1.234,5", Some("1234.5")),
            ("1,234.5", Some("1234.5")),
            ("45,5 m2", Some("45.5")),
            ("−3", Some("-3")),
            ("kolme", None),
            ("3 A 12", None),
            ("1,2,3", None),
            ("", None),
        ] {
            assert_eq!(number(text).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn languages_and_couples() {
        assert_eq!(language("Suomi"), Some("fi"));
        assert_eq!(language("SVENSKA"), Some("sv"));
        assert_eq!(language("klingon"), None);
        assert_eq!(couple("Matti ja Maija"), Some(("Matti", "Maija")));
        assert_eq!(couple("Matti & Maija"), Some(("Matti", "Maija")));
        assert_eq!(couple("Matti, Maija ja Mikko ja Minna"), None);
        assert_eq!(couple("Anja"), None);
        assert_eq!(
            parts("A 1, A 2 ja A 3").collect::<Vec<_>>(),
            ["A 1", "A 2", "A 3"]
        );
    }
}
