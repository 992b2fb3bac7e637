//! Whom a row is about.
//!
//! In this order, each only where the one before found nobody: the same row was brought in before; the same member or
//! customer number (or business id); the same e-mail and name, since couples share addresses; the same name and birth date;
//! the same name and phone, flat or street with nothing against it; the same name alone, if only one has it and the row says
//! nothing that could tell people apart, or nothing new.

use super::draft::Draft;
use super::people::People;
use super::preview::RowProblem;
use super::register::{
    business_key, email_key, flat_key, name_words, number_form, origin_prefix, phone_key, street_key,
    words_of,
};
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
    let numbers = same_number(people, draft);
    let correspondents = same_email(people, draft);
    let before = people
        .register
        .index
        .origins
        .get(origin_prefix(&draft.fingerprint))
        .find(|person| {
            people.marks[*person as usize].name == draft.name_key
                || numbers.contains(person)
                || correspondents.contains(person)
        });
    if let Some(person) = before {
        return Match::One(person);
    }
    if !numbers.is_empty() {
        let same: Vec<u32> = numbers
            .iter()
            .copied()
            .filter(|person| fits_number(people.details(*person), details))
            .collect();
        return settle(people, draft, &same).unwrap_or_else(|| {
            Match::Problem(RowProblem::NumberTaken {
                name: people.details(numbers[0]).full_name(),
            })
        });
    }
    if let Some(found) = settle(people, draft, &same_business(people, draft)) {
        return found;
    }
    if !correspondents.is_empty() {
        let words = name_words(details);
        let same: Vec<u32> = correspondents
            .into_iter()
            .filter(|person| {
                fits_name(&name_words(people.details(*person)), &words) && !against(people, *person, draft)
            })
            .collect();
        if let Some(found) = settle(people, draft, &same) {
            return found;
        }
    }
    let namesakes = Namesakes::of(people, draft);
    settle(people, draft, &namesakes.same_birth_date)
        .or_else(|| settle(people, draft, &neighbours(people, draft)))
        .unwrap_or_else(|| by_name(people, draft, &namesakes.possible))
}

/// The people of just this name, sorted in one pass: a frequent name has hundreds.
struct Namesakes {
    same_birth_date: Vec<u32>,
    /// Those with nothing against them; only the first two where the row tells people apart, since two are then too many.
    possible: Vec<u32>,
}

impl Namesakes {
    fn of(people: &People<'_>, draft: &Draft) -> Self {
        let mut found = Self {
            same_birth_date: Vec::new(),
            possible: Vec::new(),
        };
        let birth_date = draft.details.birth_date;
        let most = if tells_apart(draft) { 2 } else { usize::MAX };
        let key = draft.name_key;
        let all = people
            .register
            .index
            .names
            .get(key)
            .chain(people.index.names.get(key));
        for person in all {
            let mark = &people.marks[person as usize];
            if mark.name != key || differs(mark.birth_date, birth_date) {
                continue;
            }
            if birth_date.is_some() && mark.birth_date == birth_date && !against(people, person, draft) {
                found.same_birth_date.push(person);
            }
            let again = most == 2 && found.possible.contains(&person);
            if found.possible.len() < most && !again && !other_number(people, person, draft) {
                found.possible.push(person);
            }
        }
        // Somebody whose name changed to and fro stands there twice.
        for list in [&mut found.same_birth_date, &mut found.possible] {
            list.sort_unstable();
            list.dedup();
        }
        found
    }
}

/// The people of this name with the same phone, flat or street and nothing against them.
fn neighbours(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    let name = draft.name_key;
    let street = Some(&draft.details.address.street).filter(|street| !street.is_empty());
    let keys = phones(draft)
        .map(|phone| phone_key(name, phone))
        .chain(street.map(|street| street_key(name, street)))
        .chain(
            draft
                .flats
                .iter()
                .chain(&draft.flat_hints)
                .map(|flat| flat_key(name, flat)),
        );
    let mut found: Vec<u32> = Vec::new();
    for key in keys {
        let near = people
            .register
            .index
            .places
            .get(key)
            .chain(people.index.places.get(key));
        for person in near {
            let mark = &people.marks[person as usize];
            if mark.name == name
                && !found.contains(&person)
                && !differs(mark.birth_date, draft.details.birth_date)
                && !other_number(people, person, draft)
                && shares_place(people, person, draft)
            {
                found.push(person);
            }
        }
    }
    found
}

fn same_number(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    let number = &draft.details.number;
    if number.is_empty() {
        return Vec::new();
    }
    let form = number_form(number);
    candidates(people, draft.number_key, |known| {
        !known.number.is_empty() && number_form(&known.number) == form
    })
}

fn same_business(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    let id = &draft.details.business_id;
    if id.is_empty() {
        return Vec::new();
    }
    let words = name_words(&draft.details);
    candidates(people, business_key(id), |known| {
        known.business_id == *id && name_words(known).iter().any(|word| words.contains(word))
    })
}

/// Whether a birth date speaks against it, or a member number against somebody whom this very sheet adds.
fn against(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    differs(people.marks[person as usize].birth_date, draft.details.birth_date)
        || (people.is_added(person) && other_number(people, person, draft))
}

/// The people under the hash of a number for whom `same` holds, each once.
fn candidates(people: &People<'_>, key: u64, same: impl Fn(&ContactDetails) -> bool) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    let all = people
        .register
        .index
        .numbers
        .get(key)
        .chain(people.index.numbers.get(key));
    for person in all {
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
    if !tells_apart(draft) {
        return settle(people, draft, possible).unwrap_or(Match::Nobody);
    }
    match possible {
        [one] if knows_all(people, *one, draft) => Match::One(*one),
        _ => Match::Nobody,
    }
}

/// Both are known and differ.
fn differs<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_some() && other.is_some() && one != other
}

fn other_number(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let known = people.marks[person as usize].number;
    known != 0 && draft.number_key != 0 && known != draft.number_key
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
