//! When two names may be one person's.

use super::register::{name_words, words_of};
use crate::clean::email::distance;
use crate::contact::{ContactDetails, ContactKind};

/// Whether two with one member number may be one: a family shares its last name and often the number too, twins even the
/// birth date, so the first name must agree. Last names change, but not without a phone, e-mail or birth date that says so:
/// running numbers of two lists meet as well. A company is nobody who works there.
pub(super) fn fits_number(
    known: &ContactDetails,
    given: &ContactDetails,
    vouched: impl FnOnce() -> bool,
) -> bool {
    let (known_words, given_words) = (name_words(known), name_words(given));
    if known_words.is_empty() || given_words.is_empty() || known_words == given_words {
        return true;
    }
    if known.kind != given.kind {
        return false;
    }
    if known.kind == ContactKind::Organisation {
        return known_words.iter().any(|word| given_words.contains(word)) || vouched();
    }
    let (known_first, given_first) = (words(&known.first_name), words(&given.first_name));
    let (known_last, given_last) = (words(&known.last_name), words(&given.last_name));
    let first_agrees = known_first.is_empty()
        || given_first.is_empty()
        || known_first
            .iter()
            .any(|one| given_first.iter().any(|other| same_or_initial(one, other)));
    let last_agrees = known_last.is_empty()
        || given_last.is_empty()
        || known_last
            .iter()
            .any(|one| given_last.iter().any(|other| one == other || is_slip(one, other)));
    first_agrees && (last_agrees || vouched())
}

/// Whether two with one e-mail may be one. A family shares the address, and a daughter may be called Anna-Liisa after her
/// mother Anna: more than the same name, or a slip in the last name, wants a phone or birth date that agrees too.
pub(super) fn names_alike(
    known: &ContactDetails,
    given: &ContactDetails,
    vouched: impl FnOnce() -> bool,
) -> bool {
    let (known_words, given_words) = (name_words(known), name_words(given));
    if known_words == given_words {
        return true;
    }
    if known.kind == ContactKind::Organisation {
        return false;
    }
    let (known_first, given_first) = (words(&known.first_name), words(&given.first_name));
    if known_first.is_empty() || given_first.is_empty() {
        return part_of(&known_words, &given_words, str::eq) && vouched();
    }
    let (known_last, given_last) = (words(&known.last_name), words(&given.last_name));
    let slip = known_last.len() == given_last.len()
        && known_last
            .iter()
            .zip(&given_last)
            .all(|(one, other)| one == other || is_slip(one, other));
    if known_first == given_first {
        return slip || vouched();
    }
    let further_name =
        part_of(&known_first, &given_first, same_or_initial) && part_of(&known_last, &given_last, str::eq);
    (further_name || part_of(&known_words, &given_words, str::eq)) && vouched()
}

fn words(text: &str) -> Vec<String> {
    words_of(text).collect()
}

/// Whether every word of the shorter name stands in the longer one.
fn part_of(one: &[String], other: &[String], same: fn(&str, &str) -> bool) -> bool {
    let (few, many) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    !few.is_empty() && few.iter().all(|word| many.iter().any(|known| same(known, word)))
}

fn same_or_initial(one: &str, other: &str) -> bool {
    let is_initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    one == other || is_initial(one, other) || is_initial(other, one)
}

/// "Virtanen" and "Virtnaen", "Wirtanen", "Mäkelä" and "Maekelae".
fn is_slip(one: &str, other: &str) -> bool {
    let plain = |word: &str| {
        word.replace("ae", "a")
            .replace("oe", "o")
            .replace("aa", "a")
            .replace('w', "v")
    };
    let (one, other) = (plain(one), plain(other));
    one == other || (one.len().min(other.len()) >= 5 && distance(&one, &other, 1) <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> ContactDetails {
        let (last, first) = name.split_once(", ").unwrap_or((name, ""));
        ContactDetails {
            first_name: first.into(),
            last_name: last.into(),
            ..ContactDetails::default()
        }
    }

    /// `None`: only with a fact beside the e-mail or number.
    fn check(rule: fn(&ContactDetails, &ContactDetails, bool) -> bool, table: &[(&str, &str, Option<bool>)]) {
        for (one, other, want) in table {
            let (known, given) = (person(one), person(other));
            for (known, given) in [(&known, &given), (&given, &known)] {
                let (alone, vouched) = (rule(known, given, false), rule(known, given, true));
                let got = match (alone, vouched) {
                    (true, true) => Some(true),
                    (false, false) => Some(false),
                    _ => None,
                };
                assert_eq!(got, *want, "{one} / {other}");
            }
        }
    }

    #[test]
    fn names_on_one_email() {
        check(
            |known, given, vouched| names_alike(known, given, || vouched),
            &[
                ("Virtanen, Matti", "Matti, Virtanen", Some(true)),
                ("Virtanen, Matti", "VIRTANEN, matti", Some(true)),
                ("Mäkelä, Matti", "Makela, Matti", Some(true)),
                ("Mäkelä, Matti", "Maekelae, Matti", Some(true)),
                ("Virtanen, Matti", "Wirtanen, Matti", Some(true)),
                ("Virtanen, Matti", "Virtnen, Matti", Some(true)),
                ("Virtanen, Matti", "Virtanen, Maija", Some(false)),
                ("Virtanen, Anna", "Virtanen, Anne", Some(false)),
                ("Virtanen, Anna", "Virtanen, Anna-Liisa", None),
                ("Virtanen, Anna", "Virtanen, Anna Kaarina", None),
                ("Virtanen, Anna", "Virtanen, A.", None),
                ("Into-Nikkanen, Jim", "Into-Nikkanen, I.", Some(false)),
                ("Virtanen, Anna", "Virtanen-Korhonen, Anna", None),
                ("Virtanen, Anna", "Korhonen, Anna", None),
                ("Virtanen", "Virtanen, Anna", None),
            ],
        );
    }

    #[test]
    fn names_under_one_number() {
        check(
            |known, given, vouched| fits_number(known, given, || vouched),
            &[
                ("Virtanen, Matti", "Matti, Virtanen", Some(true)),
                ("Virtanen, Matti Juhani", "Virtanen, M.", Some(true)),
                ("Virtanen, Matti", "Virtnen, Matti", Some(true)),
                ("Virtanen, Matti", "Virtanen-Aalto, Matti", Some(true)),
                ("Virtanen, Matti", "Korhonen, Matti", None),
                ("Virtanen, Matti", "Virtanen, Maija", Some(false)),
                ("Virtanen, Matti", "Virtanen", Some(true)),
            ],
        );
    }
}
