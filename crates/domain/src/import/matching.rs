//! Whom a row is about.
//!
//! In this order, each only where the one before found nobody: the same row was brought in before; the same member or
//! customer number (or personal identity code, or business id); the same e-mail and name, since couples share addresses; the same name and birth date;
//! the same name and phone, or home with nothing against it; the same name alone, if only one has it and the row says
//! nothing that could tell people apart, or nothing new.
//!
//! Putting two people together does more harm than keeping one twice: birth dates, numbers and identity codes that differ always part, and a
//! father and a son of one name in one flat are told by their phones and e-mails.

use super::alike::{fits_number, names_alike};
use super::draft::Draft;
use super::people::People;
use super::preview::RowProblem;
use super::register::{email_key, flat_key, name_words, number_form, origin_prefix, phone_key};
use super::words::compact;
use crate::clean::postal::split_flat;
use crate::contact::{ContactDetails, ContactPointKind};

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
            people.marks[*person as usize].name == draft.keys.name
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
            .filter(|person| {
                !differs(people.marks[*person as usize].birth_date, details.birth_date)
                    && !other_code(people, *person, draft)
                    && fits_number(people.details(*person), details, || {
                        vouched(people, *person, draft)
                    })
            })
            .collect();
        return settle(people, draft, &same).unwrap_or_else(|| {
            Match::Problem(RowProblem::NumberTaken {
                name: people.details(numbers[0]).full_name(),
            })
        });
    }
    if let Some(found) = settle(people, draft, &same_code(people, draft)) {
        return found;
    }
    if let Some(found) = settle(people, draft, &same_business(people, draft)) {
        return found;
    }
    if !correspondents.is_empty() {
        let same: Vec<u32> = correspondents
            .into_iter()
            .filter(|person| {
                let second = || vouched_beside_email(people, *person, draft);
                !against(people, *person, draft) && names_alike(people.details(*person), details, second)
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
        let key = draft.keys.name;
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

/// The people of this name with the same phone or home and nothing against them.
fn neighbours(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    let name = draft.keys.name;
    let keys = (draft.keys.phone.into_iter())
        .chain(draft.phones.iter().map(|phone| phone_key(name, phone)))
        .chain(draft.keys.street)
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
                && (shares_phone(people, person, draft) || shares_home(people, person, draft))
            {
                found.push(person);
            }
        }
    }
    found
}

fn same_number(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    candidates(people, draft.keys.number, |known| {
        number_form(&known.number) == number_form(&draft.details.number)
    })
}

fn same_business(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    candidates(people, draft.keys.business, |known| {
        let words = name_words(&draft.details);
        known.business_id == draft.details.business_id
            && name_words(known).iter().any(|word| words.contains(word))
    })
}

fn same_code(people: &People<'_>, draft: &Draft) -> Vec<u32> {
    candidates(people, draft.keys.identity, |known| {
        known.identity_code == draft.details.identity_code
    })
}

/// Whether a birth date, a member number or an identity code speaks against it, or that one is a person and the other a company or estate.
fn against(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    differs(people.marks[person as usize].birth_date, draft.details.birth_date)
        || other_number(people, person, draft)
        || people.details(person).kind != draft.details.kind
}

/// The people under the hash of a number for whom `same` holds, each once.
fn candidates(people: &People<'_>, key: Option<u64>, same: impl Fn(&ContactDetails) -> bool) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    let Some(key) = key else { return found };
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
    let first = (&draft.details.email, draft.keys.email);
    let further = draft.emails.iter().map(|email| (email, Some(email_key(email))));
    for (email, key) in std::iter::once(first).chain(further) {
        let Some(key) = key else { continue };
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

/// Whether member numbers or identity codes are known on both sides and differ.
fn other_number(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let known = people.marks[person as usize].number;
    differs(known, draft.keys.number) || other_code(people, person, draft)
}

fn other_code(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let given = &draft.details.identity_code;
    !given.is_empty() && {
        let known = &people.details(person).identity_code;
        !known.is_empty() && known != given
    }
}

/// Whether a phone, an e-mail, the birth date or the identity code says that it is the same person, whatever the last name.
fn vouched(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    emails(draft).any(|email| people.has_point(person, ContactPointKind::Email, email))
        || vouched_beside_email(people, person, draft)
}

/// The same where the e-mail is a family's.
fn vouched_beside_email(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let birth_date = draft.details.birth_date;
    shares_phone(people, person, draft)
        || same_code(people, draft).contains(&person)
        || (birth_date.is_some() && people.marks[person as usize].birth_date == birth_date)
}

fn shares_phone(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    phones(draft).any(|phone| people.has_point(person, ContactPointKind::Phone, phone))
}

/// Whether street and flat agree as far as they are told, and neither phones nor e-mails say that two of one name live there.
fn shares_home(people: &People<'_>, person: u32, draft: &Draft) -> bool {
    let (known, given) = (&people.details(person).address, &draft.details.address);
    let (known_house, known_flat) = split_flat(&known.street);
    let (given_house, given_flat) = split_flat(&given.street);
    let same_house = !given_house.is_empty() && compact(&known_house) == compact(&given_house);
    let other_house = both(&known_house, &given_house) && !same_house;
    let other_town = both(&known.postal_code, &given.postal_code) && known.postal_code != given.postal_code;
    let given_flats = || draft.flats.iter().chain(&draft.flat_hints).chain(&given_flat);
    let same_flat = given_flats().any(|flat| {
        people
            .flat(flat)
            .is_some_and(|flat| people.has_flat(person, flat))
            || known_flat
                .as_ref()
                .is_some_and(|known| compact(known) == compact(flat))
    });
    let knows_flat = known_flat.is_some() || people.has_any_flat(person);
    let other_flat = knows_flat && given_flats().next().is_some() && !same_flat;
    (same_house || same_flat)
        && !(other_house || other_town || other_flat)
        && !others(people, person, ContactPointKind::Phone, phones(draft))
        && !others(people, person, ContactPointKind::Email, emails(draft))
}

fn both(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty()
}

/// Whether row and person have phones (or e-mails), and none in common.
fn others<'a>(
    people: &People<'_>,
    person: u32,
    kind: ContactPointKind,
    mut given: impl Iterator<Item = &'a String> + Clone,
) -> bool {
    given.clone().next().is_some()
        && people.has_any_point(person, kind)
        && !given.any(|value| people.has_point(person, kind, value))
}

fn phones(draft: &Draft) -> impl Iterator<Item = &String> + Clone {
    std::iter::once(&draft.details.phone)
        .filter(|phone| !phone.is_empty())
        .chain(&draft.phones)
}

fn emails(draft: &Draft) -> impl Iterator<Item = &String> + Clone {
    std::iter::once(&draft.details.email)
        .filter(|email| !email.is_empty())
        .chain(&draft.emails)
}

fn same_street(known: &ContactDetails, given: &ContactDetails) -> bool {
    let street = &given.address.street;
    !street.is_empty()
        && (known.address.street == *street || compact(&known.address.street) == compact(street))
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
    emails(draft).all(|email| people.has_point(person, ContactPointKind::Email, email))
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
