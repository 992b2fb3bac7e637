//! Whom a row is about.
//!
//! In this order, each only where the one before found nobody: the same row was brought in before; the same member or
//! customer number (or business id); the same e-mail and name, since couples share addresses; the same name and birth date;
//! the same name and phone, flat or street with nothing against it; the same name alone, if only one has it and the row says
//! nothing that could tell people apart, or nothing new.

use super::draft::Draft;
use super::people::People;
use super::preview::RowProblem;
use super::register::{business_key, email_key, name_words, number_form, number_key, words_of};
use crate::contact::{ContactDetails, ContactKind, ContactPointKind};

/// What the look-up found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// A new person.
    Nobody,
    /// This one.
    One(u32),
    /// Cannot be told.
    Problem(RowProblem),
}

/// Finds whom a draft is about among the register and the rows before.
pub(super) fn find(people: &People<'_>, draft: &Draft) -> Match {
    let details = &draft.details;
    let words = name_words(details);
    let namesakes: Vec<u32> = candidates(
        people,
        |index| &index.names,
        draft.name_key,
        |known| name_words(known) == words,
    );
    let numbers = if details.number.is_empty() {
        Vec::new()
    } else {
        let form = number_form(&details.number);
        candidates(
            people,
            |index| &index.numbers,
            number_key(&details.number),
            |known| !known.number.is_empty() && number_form(&known.number) == form,
        )
    };
    let correspondents = same_email(people, draft);
    let before = namesakes
        .iter()
        .chain(&numbers)
        .chain(&correspondents)
        .find(|person| {
            !people.is_added(**person) && people.register.knows_origin(**person, &draft.fingerprint)
        });
    if let Some(person) = before {
        return Match::One(*person);
    }
    if !numbers.is_empty() {
        let same: Vec<u32> = numbers
            .iter()
            .copied()
            .filter(|person| fits_number(people.details(*person), details))
            .collect();
        return match (same.is_empty(), settle(people, draft, &same)) {
            (false, Some(found)) => found,
            _ => Match::Problem(RowProblem::NumberTaken {
                name: people.details(numbers[0]).full_name(),
            }),
        };
    }
    if !details.business_id.is_empty() {
        let same = candidates(
            people,
            |index| &index.numbers,
            business_key(&details.business_id),
            |known| {
                known.business_id == details.business_id
                    && words.iter().any(|word| name_words(known).contains(word))
            },
        );
        if let Some(found) = settle(people, draft, &same) {
            return found;
        }
    }
    let against = |person: &u32| {
        let known = people.details(*person);
        differs(known.birth_date, details.birth_date)
            || (people.is_added(*person) && other_number(known, details))
    };
    let by_email: Vec<u32> = correspondents
        .into_iter()
        .filter(|person| fits_name(&name_words(people.details(*person)), &words) && !against(person))
        .collect();
    if let Some(found) = settle(people, draft, &by_email) {
        return found;
    }
    if details.birth_date.is_some() {
        let same: Vec<u32> = namesakes
            .iter()
            .copied()
            .filter(|person| people.details(*person).birth_date == details.birth_date && !against(person))
            .collect();
        if let Some(found) = settle(people, draft, &same) {
            return found;
        }
    }
    let possible: Vec<u32> = namesakes
        .into_iter()
        .filter(|person| {
            let known = people.details(*person);
            !differs(known.birth_date, details.birth_date) && !other_number(known, details)
        })
        .collect();
    let near: Vec<u32> = possible
        .iter()
        .copied()
        .filter(|person| shares_place(people, *person, draft))
        .collect();
    if let Some(found) = settle(people, draft, &near) {
        return found;
    }
    by_name(people, draft, &possible)
}

/// The people under a hash for whom `same` holds, each once.
fn candidates(
    people: &People<'_>,
    of: impl Fn(&super::register::Index) -> &super::register::Multi,
    key: u64,
    same: impl Fn(&ContactDetails) -> bool,
) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    for person in of(&people.register.index)
        .get(key)
        .chain(of(&people.index).get(key))
    {
        if !found.contains(&person) && same(people.details(person)) {
            found.push(person);
        }
    }
    found
}

fn same_email(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    let mut found = Vec::new();
    let first = std::iter::once(&draft.details.email).filter(|email| !email.is_empty());
    for email in first.chain(&draft.emails) {
        let key = email_key(email);
        for person in people
            .register
            .index
            .emails
            .get(key)
            .chain(people.index.emails.get(key))
        {
            if !found.contains(&person) && people.has_point(person, ContactPointKind::Email, email) {
                found.push(person);
            }
        }
    }
    found
}

/// One candidate is the answer; of several, the one that knows exactly what the row says.
fn settle(people: &People<'_>, draft: &Draft, found: &[u32]) -> Option<Match> {
    match found {
        [] => None,
        [one] => Some(Match::One(*one)),
        several => {
            let mut images = several.iter().filter(|person| {
                knows_all(people, **person, draft) && knows_no_more(people, **person, draft)
            });
            Some(match (images.next(), images.next()) {
                (Some(one), None) => Match::One(*one),
                _ => Match::Problem(RowProblem::Ambiguous {
                    count: several.len() as u32,
                }),
            })
        }
    }
}

fn by_name(people: &People<'_>, draft: &Draft, possible: &[u32]) -> Match {
    if tells_apart(draft) {
        let knowing: Vec<u32> = possible
            .iter()
            .copied()
            .filter(|person| knows_all(people, *person, draft))
            .collect();
        return match (knowing.as_slice(), possible) {
            ([one], [_]) => Match::One(*one),
            _ => Match::Nobody,
        };
    }
    settle(people, draft, possible).unwrap_or(Match::Nobody)
}

/// Both are known and differ.
fn differs<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_some() && other.is_some() && one != other
}

fn other_number(known: &ContactDetails, given: &ContactDetails) -> bool {
    !known.number.is_empty()
        && !given.number.is_empty()
        && number_form(&known.number) != number_form(&given.number)
}

/// Whether two people with one member number may be one: a family shares its last name and often the number too, twins even
/// the birth date, so the first name must agree. Last names change. A company is nobody who works there.
fn fits_number(known: &ContactDetails, given: &ContactDetails) -> bool {
    let words = |text: &str| words_of(text).collect::<Vec<_>>();
    let (known_first, given_first) = (words(&known.first_name), words(&given.first_name));
    if known.kind != given.kind {
        return name_words(known) == name_words(given);
    }
    if known.kind == ContactKind::Person && !known_first.is_empty() && !given_first.is_empty() {
        return known_first.iter().any(|one| {
            given_first
                .iter()
                .any(|other| one == other || is_initial(one, other))
        });
    }
    let (known, given) = (name_words(known), name_words(given));
    given.is_empty() || known.is_empty() || known.iter().any(|word| given.contains(word))
}

fn is_initial(one: &str, other: &str) -> bool {
    (one.chars().count() == 1 && other.starts_with(one))
        || (other.chars().count() == 1 && one.starts_with(other))
}

/// The same name, or one with a further first name.
fn fits_name(known: &[String], given: &[String]) -> bool {
    let (few, many) = if known.len() <= given.len() {
        (known, given)
    } else {
        (given, known)
    };
    known == given || (few.len() >= 2 && few.iter().all(|word| many.contains(word)))
}

/// Whether phone, flat or street agree.
fn shares_place(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let known = people.details(person);
    phones(draft).any(|phone| people.has_point(person, ContactPointKind::Phone, phone))
        || same_street(known, &draft.details)
        || draft
            .flats
            .iter()
            .chain(&draft.flat_hints)
            .filter_map(|flat| people.flat(flat))
            .any(|flat| people.has_flat(person, flat))
}

fn phones(draft: &Draft) -> impl Iterator<Item = &String> {
    std::iter::once(&draft.details.phone)
        .filter(|phone| !phone.is_empty())
        .chain(&draft.phones)
}

fn same_street(known: &ContactDetails, given: &ContactDetails) -> bool {
    let street = &given.address.street;
    !street.is_empty()
        && (known.address.street == *street
            || super::words::compact(&known.address.street) == super::words::compact(street))
}

/// Whether the row says anything that two people of one name would not both say.
fn tells_apart(draft: &Draft) -> bool {
    let details = &draft.details;
    !details.number.is_empty()
        || !details.email.is_empty()
        || !details.phone.is_empty()
        || !details.address.street.is_empty()
        || !details.business_id.is_empty()
        || details.birth_date.is_some()
        || !draft.flats.is_empty()
}

/// Whether everything by which the row tells people apart is known of the person.
fn knows_all(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let (known, given) = (people.details(person), &draft.details);
    let email = std::iter::once(&given.email)
        .filter(|email| !email.is_empty())
        .chain(&draft.emails)
        .all(|email| people.has_point(person, ContactPointKind::Email, email));
    email
        && phones(draft).all(|phone| people.has_point(person, ContactPointKind::Phone, phone))
        && (given.number.is_empty() || number_form(&known.number) == number_form(&given.number))
        && (given.business_id.is_empty() || known.business_id == given.business_id)
        && (given.birth_date.is_none() || known.birth_date == given.birth_date)
        && (given.address.street.is_empty() || same_street(known, given))
        && draft.flats.iter().all(|flat| {
            people
                .flat(flat)
                .is_some_and(|flat| people.has_flat(person, flat))
        })
}

/// Whether nothing else tells the person apart than what the row says.
fn knows_no_more(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let (known, given) = (people.details(person), &draft.details);
    (known.email.is_empty() || !given.email.is_empty())
        && (known.phone.is_empty() || !given.phone.is_empty())
        && (known.number.is_empty() || !given.number.is_empty())
        && (known.business_id.is_empty() || !given.business_id.is_empty())
        && (known.birth_date.is_none() || given.birth_date.is_some())
        && (known.address.street.is_empty() || !given.address.street.is_empty())
        && (!draft.flats.is_empty() || !people.has_any_flat(person))
}
