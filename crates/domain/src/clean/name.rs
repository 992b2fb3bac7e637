//! Names of people and organisations: letters, order, couples.

use super::couples::{People, people};
use super::first_names::is_first_name;
use super::name_extras::apart;
use super::{Cleaned, Note, Problem, clean_line, is_dash};
use crate::sheet::Cell;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Words between first and family name that begin with a small letter.
pub(super) const PARTICLES: &[&str] = &[
    "von", "af", "av", "de", "der", "den", "van", "zu", "du", "da", "di", "dos", "del", "della", "la", "le",
    "ten", "ter", "bin", "el", "al",
];

/// In which order a column writes names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NameOrder {
    /// "Matti Meikäläinen".
    #[default]
    FirstLast,
    /// "Meikäläinen Matti".
    LastFirst,
}

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, Type)]
pub struct PersonName {
    /// Given names.
    pub first: String,
    /// Family name; of an organisation the whole name.
    pub last: String,
    /// True for an organisation, an estate or an authority.
    pub organisation: bool,
}

/// Reads a column of first or of family names: spaces tidied, "MARJA-LIISA" and "marja-liisa" become "Marja-Liisa"; what is no
/// name goes to the notes. Digits are no name, unless a company stands there.
pub fn clean_name_part(cell: &Cell) -> Cleaned<String> {
    let cleaned = clean_line(cell);
    let Some(text) = cleaned.value else { return cleaned };
    if is_organisation_name(&text) {
        return Cleaned::of(text);
    }
    let (part, extras) = apart(&text);
    if !is_nameable(&part) {
        return Cleaned::rejected(Problem::NameUnreadable);
    }
    let name = calmed(&part);
    let case = (name != part).then_some(Note::CaseCorrected);
    let mut cleaned = Cleaned::of(name);
    cleaned.notes.extend(case);
    cleaned.notes.extend(moved(extras));
    cleaned
}

fn moved(extras: Vec<String>) -> impl Iterator<Item = Note> {
    extras.into_iter().map(|part| Note::MovedToNotes { part })
}

/// Letters and no more than the marks that names have.
fn is_nameable(text: &str) -> bool {
    text.contains(char::is_alphabetic)
        && !text.ends_with(':')
        && !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '=' | '@' | '<' | '>'))
}

/// Reads an organisation's name: only spaces are tidied, since capitals may be its style.
pub fn clean_organisation_name(cell: &Cell) -> Cleaned<String> {
    clean_line(cell)
}

/// Reads a whole name in one column. `order` comes from [`detect_name_order`]; a comma or a family name in capitals
/// says the order of its own cell. A couple gives two names, with [`Note::TwoPersons`].
///
/// ```
/// use kiulu_domain::clean::name::{NameOrder, clean_full_name};
/// use kiulu_domain::sheet::Cell;
/// let couple = clean_full_name(&Cell::Text("Matti ja Maija Meikäläinen".into()), NameOrder::FirstLast);
/// assert_eq!(couple.value.unwrap().first, "Matti");
/// assert_eq!(couple.more[0].last, "Meikäläinen");
/// ```
pub fn clean_full_name(cell: &Cell, order: NameOrder) -> Cleaned<PersonName> {
    let cleaned = match cell {
        Cell::Text(text) if text.contains(['\n', '\r']) => clean_line(&Cell::Text(on_one_line(text))),
        _ => clean_line(cell),
    };
    let Some(text) = cleaned.value else {
        return Cleaned {
            problem: cleaned.problem,
            ..Cleaned::default()
        };
    };
    let (person, extras) = apart(&text);
    // The company that a person is cared for by is not the person.
    if is_organisation_name(if extras.iter().any(|extra| is_care_of(extra)) {
        &person
    } else {
        &text
    }) {
        let name = PersonName {
            first: String::new(),
            last: text,
            organisation: true,
        };
        return Cleaned::of(name).noting(Note::OrganisationName);
    }
    if !is_nameable(&person) {
        return Cleaned::rejected(Problem::NameUnreadable);
    }
    let capitals = family_name_in_capitals(&person);
    let name = calmed(&person);
    let case = (name != person).then_some(Note::CaseCorrected);
    let order = capitals.unwrap_or(order);
    let mut cleaned = match people(&name, order) {
        People::One => Cleaned::of(split(&name, order)),
        People::Two(one, other) => Cleaned {
            more: vec![other],
            notes: vec![Note::TwoPersons],
            ..Cleaned::of(one)
        },
        People::Many => return Cleaned::rejected(Problem::TooManyPeople),
    };
    cleaned.notes.extend(case);
    cleaned.notes.extend(moved(extras));
    cleaned
}

fn is_care_of(extra: &str) -> bool {
    extra
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case("c/o"))
}

/// A whole name on each line is a person each; a name broken over lines is one.
fn on_one_line(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let whole = |line: &&str| {
        line.contains(' ')
            && !line.contains(',')
            && !is_care_of(line)
            && line.chars().all(|c| !c.is_ascii_digit())
    };
    let joined = |line: &&str| {
        line.split(' ').next().is_some_and(is_joining) || line.split(' ').next_back().is_some_and(is_joining)
    };
    if lines.len() > 1 && lines.iter().all(whole) && !lines.iter().any(joined) {
        lines.join(" & ")
    } else {
        lines.join(" ")
    }
}

/// Decides for a column as a whole whether the first name comes first, from first names that are known and from the
/// ending -nen that only family names have. Cells with a comma do not vote: they say it themselves.
///
/// `otherwise` is the answer where the names leave it open.
pub fn detect_name_order<'a>(values: impl IntoIterator<Item = &'a str>, otherwise: NameOrder) -> NameOrder {
    let (mut first_last, mut last_first) = (0_u32, 0_u32);
    for value in values {
        if value.contains(',') || is_organisation_name(value) {
            continue;
        }
        let words: Vec<&str> = value
            .split_whitespace()
            .filter(|word| !is_joining(word))
            .collect();
        let [first, .., last] = words.as_slice() else {
            continue;
        };
        let family = |word: &str| !is_first_name(word) && word.to_lowercase().ends_with("nen");
        let begins = i32::from(is_first_name(first)) - i32::from(family(first));
        let ends = i32::from(is_first_name(last)) - i32::from(family(last));
        match begins.cmp(&ends) {
            std::cmp::Ordering::Greater => first_last += 1,
            std::cmp::Ordering::Less => last_first += 1,
            std::cmp::Ordering::Equal => {}
        }
    }
    match last_first.cmp(&first_last) {
        std::cmp::Ordering::Greater => NameOrder::LastFirst,
        std::cmp::Ordering::Less => NameOrder::FirstLast,
        std::cmp::Ordering::Equal => otherwise,
    }
}

/// True for names with a company form, "Asunto Oy", "kaupunki", "seurakunta", "kuolinpesä" and the like.
pub fn is_organisation_name(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '/'))
        .any(|word| {
            let word = word.trim_end_matches('.').to_lowercase();
            matches!(
                word.as_str(),
                "oy" | "oyj"
                    | "ab"
                    | "abp"
                    | "ry"
                    | "r.y"
                    | "rf"
                    | "r.f"
                    | "ky"
                    | "kb"
                    | "tmi"
                    | "t:mi"
                    | "fma"
                    | "osk"
                    | "rs"
                    | "hy"
                    | "avoin"
                    | "ltd"
                    | "gmbh"
                    | "inc"
                    | "llc"
                    | "bostads"
                    | "asunto"
                    | "kiinteistö"
                    | "fastighets"
                    | "kaupunki"
                    | "kunta"
                    | "stad"
                    | "kommun"
                    | "församling"
                    | "kp"
                    | "k.p"
                    | "dödsbo"
                    | "db"
                    | "yhtymä"
            ) || [
                "yhtiö",
                "säätiö",
                "yhdistys",
                "seurakunta",
                "osuuskunta",
                "tiekunta",
                "osakaskunta",
                "hoitokunta",
                "kuolinpesä",
                "toimisto",
                "isännöinti",
                "stiftelse",
                "förening",
                "bolag",
                "andelslag",
                "yritys",
                "palvelut",
                "virasto",
                "osakeyhtiö",
                "liitto",
                "kerho",
            ]
            .iter()
            .any(|ending| word.ends_with(ending))
        })
}

/// Ordinary letters for names in capitals: "VON WRIGHT" → "von Wright", "MARJA-LIISA" → "Marja-Liisa", "O'BRIEN" → "O'Brien",
/// "MCDONALD" → "McDonald".
pub fn proper_case(text: &str) -> String {
    text.split(' ').map(proper_word).collect::<Vec<_>>().join(" ")
}

fn proper_word(word: &str) -> String {
    let lower = word.to_lowercase();
    if PARTICLES.contains(&lower.as_str()) {
        return lower;
    }
    if matches!(word, "II" | "III" | "IV" | "VI" | "VII" | "VIII") {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    let mut begins = true;
    let mut letters = 0;
    for c in lower.chars() {
        if begins && c.is_alphabetic() {
            out.extend(c.to_uppercase());
            begins = false;
            letters = 1;
        } else {
            out.push(c);
            letters += usize::from(c.is_alphabetic());
            // A new name begins after a hyphen, and after an apostrophe behind one letter (O'Brien, D'Angelo).
            begins = begins
                || is_dash(c)
                || matches!(c, '(' | '/' | '.')
                || (matches!(c, '\'' | '’') && letters == 1);
        }
    }
    for prefix in ["Mc", "MacDon", "MacLe", "MacKe", "MacGr", "MacAr", "MacPh"] {
        let small = prefix.to_lowercase();
        let cut = if prefix.starts_with("Mac") { 3 } else { 2 };
        if lower.starts_with(&small) && lower.chars().count() > small.len() + 1 {
            let rest = &lower[cut..];
            let mut characters = rest.chars();
            if let Some(first) = characters.next() {
                out = format!(
                    "{}{}{}",
                    &prefix[..cut],
                    first.to_uppercase(),
                    characters.as_str()
                );
            }
        }
    }
    out
}

/// Proper case where the text is all in capitals or all in small letters; where only some words shout, those of three
/// letters and more (two may be initials).
fn calmed(text: &str) -> String {
    let has_lower = text.chars().any(char::is_lowercase);
    let has_upper = text.chars().any(char::is_uppercase);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    match (has_upper, has_lower) {
        (true, false) if letters > 2 => proper_case(text),
        (false, true) => proper_case(text),
        (true, true) => text
            .split(' ')
            .map(|word| {
                if shouts(word) {
                    proper_word(word)
                } else {
                    word.to_owned()
                }
            })
            .collect::<Vec<_>>()
            .join(" "),
        _ => text.to_owned(),
    }
}

fn shouts(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !word.chars().any(char::is_lowercase)
        && !matches!(word, "III" | "VII" | "VIII")
}

/// "MEIKÄLÄINEN Matti" and "Matti MEIKÄLÄINEN" say which word is the family name.
fn family_name_in_capitals(text: &str) -> Option<NameOrder> {
    let words: Vec<&str> = text.split(' ').collect();
    let [first, .., last] = words.as_slice() else {
        return None;
    };
    match (shouts(first), shouts(last)) {
        (true, false) => Some(NameOrder::LastFirst),
        (false, true) => Some(NameOrder::FirstLast),
        _ => None,
    }
}

/// True for a known first name; the import guesses columns by it.
pub(crate) fn is_known_first_name(word: &str) -> bool {
    is_first_name(word)
}

pub(super) fn is_joining(word: &str) -> bool {
    word.len() <= 5
        && matches!(
            word.to_lowercase().as_str(),
            "ja" | "och" | "&" | "and" | "+" | "sekä" | "/" | ";"
        )
}

/// One person's name.
pub(super) fn split(name: &str, order: NameOrder) -> PersonName {
    if let Some((last, first)) = name.split_once(',') {
        let (last, first) = (last.trim(), first.trim().trim_end_matches(','));
        return person(first.trim(), last);
    }
    let words: Vec<&str> = name.split(' ').collect();
    let particle = |word: &&str| PARTICLES.contains(word);
    match words.as_slice() {
        [] => PersonName::default(),
        [only] if is_first_name(only) => person(only, ""),
        [only] => person("", only),
        _ if order == NameOrder::LastFirst => {
            let particles = words.iter().take_while(|word| particle(word)).count();
            let cut = (particles + 1).min(words.len());
            person(&words[cut..].join(" "), &words[..cut].join(" "))
        }
        _ => {
            let particles = words[..words.len() - 1]
                .iter()
                .rev()
                .take_while(|word| particle(word))
                .count();
            let cut = words.len() - 1 - particles;
            person(&words[..cut].join(" "), &words[cut..].join(" "))
        }
    }
}

pub(super) fn person(first: &str, last: &str) -> PersonName {
    PersonName {
        first: first.to_owned(),
        last: last.to_owned(),
        organisation: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    fn read(text: &str, order: NameOrder) -> Vec<(String, String)> {
        let got = clean_full_name(&cell(text), order);
        got.value
            .into_iter()
            .chain(got.more)
            .map(|name| (name.first, name.last))
            .collect()
    }

    #[test]
    fn capitals_become_names() {
        for (from, to) in [
            ("MEIKÄLÄINEN", "Meikäläinen"),
            ("MARJA-LIISA", "Marja-Liisa"),
            ("O'BRIEN", "O'Brien"),
            ("VON WRIGHT", "von Wright"),
            ("AF URSIN", "af Ursin"),
            ("DE GAULLE", "de Gaulle"),
            ("MCDONALD", "McDonald"),
            ("MACDONALD", "MacDonald"),
            ("MACHADO", "Machado"),
            ("ÅKE ÖSTEN", "Åke Östen"),
            ("matti", "Matti"),
            ("marja-liisa", "Marja-Liisa"),
            ("Matti", "Matti"),
            ("von Wright", "von Wright"),
            ("McDonald", "McDonald"),
            ("J.P.", "J.P."),
            ("JP", "JP"),
            (" Matti  Juhani ", "Matti Juhani"),
            ("VIRTANEN-KORHONEN", "Virtanen-Korhonen"),
            ("KUSTAA III", "Kustaa III"),
        ] {
            assert_eq!(clean_name_part(&cell(from)).value.as_deref(), Some(to), "{from}");
        }
        assert_eq!(clean_name_part(&cell("VIRTANEN")).notes, [Note::CaseCorrected]);
        assert_eq!(clean_name_part(&cell("Virtanen")).notes, []);
        assert!(clean_name_part(&Cell::Error("#N/A".into())).problem.is_some());
    }

    #[test]
    fn whole_names_are_taken_apart() {
        use NameOrder::{FirstLast, LastFirst};
        for (text, order, first, last) in [
            ("Matti Meikäläinen", FirstLast, "Matti", "Meikäläinen"),
            (
                "Matti Juhani Meikäläinen",
                FirstLast,
                "Matti Juhani",
                "Meikäläinen",
            ),
            ("Meikäläinen Matti", LastFirst, "Matti", "Meikäläinen"),
            (
                "Meikäläinen Matti Juhani",
                LastFirst,
                "Matti Juhani",
                "Meikäläinen",
            ),
            ("Meikäläinen, Matti", FirstLast, "Matti", "Meikäläinen"),
            ("MEIKÄLÄINEN MATTI", LastFirst, "Matti", "Meikäläinen"),
            ("MEIKÄLÄINEN Matti", FirstLast, "Matti", "Meikäläinen"),
            ("Matti MEIKÄLÄINEN", LastFirst, "Matti", "Meikäläinen"),
            ("Georg Henrik von Wright", FirstLast, "Georg Henrik", "von Wright"),
            ("von Wright Georg Henrik", LastFirst, "Georg Henrik", "von Wright"),
            ("Anna af Ursin", FirstLast, "Anna", "af Ursin"),
            ("Meikäläinen", FirstLast, "", "Meikäläinen"),
            ("Matti", FirstLast, "Matti", ""),
        ] {
            assert_eq!(read(text, order), [(first.to_owned(), last.to_owned())], "{text}");
        }
    }

    #[test]
    fn couples_are_two_people() {
        use NameOrder::{FirstLast, LastFirst};
        let pair = |a: &str, b: &str, c: &str, d: &str| {
            vec![(a.to_owned(), b.to_owned()), (c.to_owned(), d.to_owned())]
        };
        for (text, order, want) in [
            (
                "Matti ja Maija Meikäläinen",
                FirstLast,
                pair("Matti", "Meikäläinen", "Maija", "Meikäläinen"),
            ),
            (
                "Matti ja Maija Meikäläinen",
                LastFirst,
                pair("Matti", "Meikäläinen", "Maija", "Meikäläinen"),
            ),
            (
                "Virtanen Pekka & Liisa",
                LastFirst,
                pair("Pekka", "Virtanen", "Liisa", "Virtanen"),
            ),
            (
                "Virtanen Pekka&Liisa",
                LastFirst,
                pair("Pekka", "Virtanen", "Liisa", "Virtanen"),
            ),
            (
                "Virtanen Pekka/Liisa",
                LastFirst,
                pair("Pekka", "Virtanen", "Liisa", "Virtanen"),
            ),
            (
                "Virtanen, Pekka ja Liisa",
                FirstLast,
                pair("Pekka", "Virtanen", "Liisa", "Virtanen"),
            ),
            (
                "Pekka Virtanen ja Liisa Korhonen",
                FirstLast,
                pair("Pekka", "Virtanen", "Liisa", "Korhonen"),
            ),
            (
                "Virtanen Pekka ja Korhonen Liisa",
                LastFirst,
                pair("Pekka", "Virtanen", "Liisa", "Korhonen"),
            ),
            (
                "Göran och Birgitta Lindqvist",
                FirstLast,
                pair("Göran", "Lindqvist", "Birgitta", "Lindqvist"),
            ),
            (
                "MATTI JA MAIJA MEIKÄLÄINEN",
                FirstLast,
                pair("Matti", "Meikäläinen", "Maija", "Meikäläinen"),
            ),
        ] {
            assert_eq!(read(text, order), want, "{text}");
            assert!(
                clean_full_name(&cell(text), order)
                    .notes
                    .contains(&Note::TwoPersons)
            );
        }
    }

    #[test]
    fn two_whole_names_are_two_people() {
        for (text, want) in [
            (
                "Virtanen Matti, Virtanen Liisa",
                vec![("Matti", "Virtanen"), ("Liisa", "Virtanen")],
            ),
            (
                "Matti Virtanen\nLiisa Korhonen",
                vec![("Matti", "Virtanen"), ("Liisa", "Korhonen")],
            ),
            ("Virtanen\nMatti", vec![("Matti", "Virtanen")]),
            (
                "Virtanen Matti, Liisa",
                vec![("Matti", "Virtanen"), ("Liisa", "Virtanen")],
            ),
            (
                "Matti Virtanen; Liisa Korhonen",
                vec![("Matti", "Virtanen"), ("Liisa", "Korhonen")],
            ),
            ("von Wright, Georg Henrik", vec![("Georg Henrik", "von Wright")]),
            ("Garcia Lopez, Maria Elena", vec![("Maria Elena", "Garcia Lopez")]),
            ("Juha Matti O. Virtanen", vec![("Juha Matti O.", "Virtanen")]),
            ("Seppo O. von Essen", vec![("Seppo O.", "von Essen")]),
            ("Matti Virtanen c/o Korhonen", vec![("Matti", "Virtanen")]),
            ("Matti Virtanen c/o Asunto Oy Koivu", vec![("Matti", "Virtanen")]),
            ("Matti Virtanen ja perhe", vec![("Matti", "Virtanen")]),
            (
                "Matti Virtanen 1/2 ja Liisa Korhonen 1/2",
                vec![("Matti", "Virtanen"), ("Liisa", "Korhonen")],
            ),
        ] {
            let order = if text.starts_with("Virtanen") {
                NameOrder::LastFirst
            } else {
                NameOrder::FirstLast
            };
            let want: Vec<_> = want
                .iter()
                .map(|(first, last)| ((*first).to_owned(), (*last).to_owned()))
                .collect();
            assert_eq!(read(text, order), want, "{text}");
        }
        for text in [
            "Matti, Maija ja Pekka Meikäläinen",
            "Matti ja Maija ja Pekka Meikäläinen",
            "Virtanen Matti, Maija ja Pekka",
            "Matti Virtanen, Liisa Korhonen, Pekka Laine",
            "Matti Virtanen\nLiisa Korhonen\nPekka Laine",
        ] {
            let got = clean_full_name(&cell(text), NameOrder::FirstLast);
            assert_eq!(got.problem, Some(Problem::TooManyPeople), "{text}");
        }
        for text in ["Virtanen 2", "x = osakas", "Hallitus:", "m@x.fi"] {
            assert_eq!(
                clean_full_name(&cell(text), NameOrder::FirstLast).problem,
                Some(Problem::NameUnreadable),
                "{text}"
            );
        }
        assert_eq!(
            clean_name_part(&cell("Virtanen os. Laine")).value.as_deref(),
            Some("Virtanen os. Laine")
        );
        assert_eq!(
            clean_name_part(&cell("Virtanen (os. Laine)")).value.as_deref(),
            Some("Virtanen")
        );
    }

    #[test]
    fn organisations_are_not_people() {
        for text in [
            "Virtanen & Pojat Oy",
            "Asunto Oy Koivukatu 3",
            "As Oy Koivu",
            "As. Oy Koivu",
            "Korhonen Ky",
            "Tmi Matti Virtanen",
            "Nokia Oyj",
            "Martat ry",
            "Föreningen rf",
            "Helsingin kaupunki",
            "Espoon seurakunta",
            "Kiinteistö Oy Talo",
            "Ab Bolaget",
            "Virtasen kuolinpesä",
            "Bostads Ab Björken",
            "Lapinlahden tiekunta",
            "KOIVU OY",
        ] {
            assert!(is_organisation_name(text), "{text}");
            let got = clean_full_name(&cell(text), NameOrder::FirstLast);
            assert_eq!(
                got.value.map(|name| (name.last, name.organisation)),
                Some((text.to_owned(), true))
            );
        }
        for text in [
            "Matti Meikäläinen",
            "Kyllikki Asikainen",
            "Abdi Ali",
            "Rysä Oyala",
            "Kaupungin Kalle",
        ] {
            assert!(!is_organisation_name(text), "{text}");
        }
    }

    #[test]
    fn the_column_decides_the_order() {
        for (values, want) in [
            (
                &["Matti Meikäläinen", "Liisa Virtanen", "Xu Wei"][..],
                NameOrder::FirstLast,
            ),
            (
                &["Meikäläinen Matti", "Virtanen Liisa", "Anna Aalto"],
                NameOrder::LastFirst,
            ),
            (
                &["Lindqvist Göran", "Lindqvist Birgitta & Åke"],
                NameOrder::LastFirst,
            ),
            (&["Virtanen, Pekka", "Matti Meikäläinen"], NameOrder::FirstLast),
            (&["MEIKÄLÄINEN MATTI"], NameOrder::LastFirst),
            (&[], NameOrder::FirstLast),
        ] {
            let got = detect_name_order(values.iter().copied(), NameOrder::FirstLast);
            assert_eq!(got, want, "{values:?}");
        }
    }
}
