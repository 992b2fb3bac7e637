//! How many people a cell of names means, and who they are.

use super::first_names::is_first_name;
use super::is_dash;
use super::name::{NameOrder, PARTICLES, PersonName, is_joining, person, split};

/// The people of a cell.
pub(super) enum People {
    One,
    Two(PersonName, PersonName),
    /// More: a row of their own each is the only way to keep their facts apart.
    Many,
}

/// Counts and parts the people of a name.
pub(super) fn people(name: &str, order: NameOrder) -> People {
    let spaced = if name.contains(['&', '/', '+', ';']) {
        name.replace('&', " & ")
            .replace('/', " / ")
            .replace('+', " + ")
            .replace(';', " ; ")
    } else {
        name.to_owned()
    };
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joining = words.iter().filter(|word| is_joining(word)).count();
    let parts: Vec<Vec<&str>> = name
        .split(',')
        .map(|part| part.split_whitespace().collect())
        .filter(|part: &Vec<&str>| !part.is_empty())
        .collect();
    let knows_first_name = |words: &[&str]| words.iter().any(|word| is_first_name(word));
    match (joining, parts.as_slice()) {
        (0, [_] | []) => People::One,
        (0, [left, right]) => by_comma(left, right, order),
        // "Virtanen, Matti, Helsinki" is as unclear as three people.
        (0, _) | (2.., _) => People::Many,
        // "Matti, Maija ja Pekka Virtanen", but not "Virtanen, Matti ja Maija".
        (1, [left, _, ..]) if knows_first_name(left) => People::Many,
        _ => match couple(&words, order) {
            Some((one, other)) => People::Two(one, other),
            None => People::One,
        },
    }
}

/// "Virtanen Matti, Virtanen Liisa" and "Virtanen Matti, Liisa" are two; "von Wright, Georg Henrik" is one.
fn by_comma(left: &[&str], right: &[&str], order: NameOrder) -> People {
    let whole = |words: &[&str]| words.iter().filter(|word| !PARTICLES.contains(word)).count() >= 2;
    if !whole(left) || !left.iter().any(|word| is_first_name(word)) {
        return People::One;
    }
    let one = split(&left.join(" "), order_of(left, order));
    if right.iter().all(|word| is_first_name(word)) {
        let other = person(&right.join(" "), &one.last);
        return People::Two(one, other);
    }
    if whole(right) {
        return People::Two(one, split(&right.join(" "), order_of(right, order)));
    }
    People::One
}

/// What a name says of its own order, else that of its column.
fn order_of(words: &[&str], order: NameOrder) -> NameOrder {
    match words {
        [first, .., last] if is_first_name(first) && !is_first_name(last) => NameOrder::FirstLast,
        [first, .., last] if !is_first_name(first) && is_first_name(last) => NameOrder::LastFirst,
        _ => order,
    }
}

/// Two people in one cell, with a family name each or one for both.
fn couple(words: &[&str], order: NameOrder) -> Option<(PersonName, PersonName)> {
    let at = words.iter().position(|word| is_joining(word))?;
    let (left, right) = (&words[..at], &words[at + 1..]);
    if left.is_empty() || right.is_empty() {
        return None;
    }
    let (left_text, right_text) = (left.join(" "), right.join(" "));
    let all_letters = |text: &str| {
        text.chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '’' | '.' | ',') || is_dash(c))
    };
    if !all_letters(&left_text) || !all_letters(&right_text) {
        return None;
    }
    let pair = match (left.len(), right.len()) {
        (1, 1) if is_first_name(left[0]) && is_first_name(right[0]) => {
            (person(left[0], ""), person(right[0], ""))
        }
        (1, 1) => return None,
        // "Matti ja Maija Meikäläinen".
        (1, _) if !left_text.contains(',') => {
            let other = split(&right_text, NameOrder::FirstLast);
            (person(left[0], &other.last), other)
        }
        // "Virtanen Pekka & Liisa"; "Virtanen, Pekka & Liisa"; also "Pekka Virtanen & Liisa".
        (_, 1) => {
            let first_is_first = is_first_name(left[0]) && !is_first_name(left[left.len() - 1]);
            let order = if first_is_first && !left_text.contains(',') {
                NameOrder::FirstLast
            } else {
                NameOrder::LastFirst
            };
            let one = split(&left_text, order);
            let other = person(right[0], &one.last);
            (one, other)
        }
        // "Pekka Juhani ja Liisa Maria Virtanen": given names only on the left share the family name.
        _ if left.iter().all(|word| is_first_name(word)) && !left_text.contains(',') => {
            let other = split(&right_text, NameOrder::FirstLast);
            (person(&left_text, &other.last), other)
        }
        // "Virtanen Pekka Juhani & Liisa Maria".
        _ if right.iter().all(|word| is_first_name(word)) && !right_text.contains(',') => {
            let one = split(&left_text, NameOrder::LastFirst);
            let other = person(&right_text, &one.last);
            (one, other)
        }
        _ => (split(&left_text, order), split(&right_text, order)),
    };
    Some(pair)
}
