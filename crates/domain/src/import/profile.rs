//! What the values of a column look like, for guessing what they are.

use super::field::Field;
use super::headers;
use super::municipalities::is_municipality;
use crate::clean::name::is_organisation_name;
use crate::clean::{self, DateReading, DateSystem, Email};
use crate::collation::fold;
use crate::id::StakeholderKindId;
use crate::sheet::Cell;
use chrono::NaiveDate;

/// At most so many non-blank cells of a column are looked at.
const SAMPLE: usize = 200;

/// What the values of one column look like.
#[derive(Default)]
pub(super) struct Profile {
    pub(super) filled: usize,
    emails: usize,
    phones: usize,
    /// Cells that are dates by their format or that are written as one.
    dates: usize,
    /// Numbers that may be dates: ddmmyy or day numbers.
    date_numbers: usize,
    birth_years: usize,
    postal_texts: usize,
    postal_numbers: usize,
    postal_with_city: usize,
    identity_codes: usize,
    flats: usize,
    flat_numbers: usize,
    municipalities: usize,
    languages: usize,
    pub(super) marks: usize,
    first_names: usize,
    family_names: usize,
    pub(super) full_names: usize,
    pub(super) organisations: usize,
    streets: usize,
    addresses: usize,
    business_ids: usize,
    role_words: usize,
    letters_only: usize,
}

impl Profile {
    pub(super) fn of<'a>(
        cells: impl Iterator<Item = &'a Cell>,
        system: DateSystem,
        roles: &[(StakeholderKindId, &str)],
    ) -> Self {
        // Nothing here depends on the day: only the year is asked, and two-digit years make no difference to that.
        let reading = DateReading {
            system,
            ..DateReading::period(NOMINAL_DAY)
        };
        let roles: Vec<String> = roles.iter().map(|(_, name)| headers::compact(name)).collect();
        let mut profile = Self::default();
        for cell in cells
            .filter(|cell| !cell.is_blank() && !matches!(cell, Cell::Error(_)))
            .take(SAMPLE)
        {
            profile.count(cell, &roles, &reading);
        }
        profile
    }

    fn count(&mut self, cell: &Cell, roles: &[String], reading: &DateReading) {
        self.filled += 1;
        let text = clean::line(&clean::shown(cell));
        let folded = fold(&text);
        let words: Vec<&str> = text.split(' ').collect();
        let lone = words.len() == 1;
        // A mark is short; "1" and "0" count too, since a column of them is one.
        self.marks += usize::from(clean::clean_boolean(cell).value.is_some());
        self.languages += usize::from(is_language(&folded));
        self.role_words += usize::from(!roles.is_empty() && roles.contains(&headers::compact(&text)));
        match cell {
            Cell::Date(at) => {
                self.dates += 1;
                self.birth_years += usize::from(is_birth_year(at.date()));
                return;
            }
            Cell::Bool(_) | Cell::Duration(_) => return,
            Cell::Number(number) => {
                self.count_number(cell, *number, reading);
                return;
            }
            _ => {}
        }
        if text.contains('@') {
            self.emails += usize::from(
                clean::clean_email(cell)
                    .value
                    .as_ref()
                    .is_some_and(|email: &Email| email.domain().contains('.')),
            );
            return;
        }
        if clean::identity_code::has_code_form(&text) {
            self.identity_codes += 1;
            return;
        }
        if text.contains(|c: char| c.is_ascii_digit()) {
            self.count_digits(cell, &text, reading);
            return;
        }
        if is_organisation_name(&text) {
            self.organisations += 1;
            return;
        }
        let nameable = text
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.' | ',' | '&' | '/'));
        self.letters_only += usize::from(nameable);
        self.municipalities += usize::from(is_municipality(&text));
        let first_word_is_name = words
            .iter()
            .any(|word| clean::name::is_known_first_name(word.trim_matches(',')));
        self.first_names +=
            usize::from(nameable && words.iter().all(|word| clean::name::is_known_first_name(word)));
        self.family_names += usize::from(lone && folded.ends_with("nen"));
        self.full_names += usize::from(nameable && !lone && first_word_is_name && words.len() <= 7);
    }

    /// Text with digits in it.
    fn count_digits(&mut self, cell: &Cell, text: &str, reading: &DateReading) {
        let separated = text.contains(['.', '/', '-', ' ']);
        if let Some(date) = clean::clean_date(cell, reading).value {
            if separated {
                self.dates += 1;
                self.birth_years += usize::from(is_birth_year(date));
                return;
            }
            self.date_numbers += 1;
        }
        if text.parse::<crate::business_id::BusinessId>().is_ok() && text.contains('-') {
            self.business_ids += 1;
            return;
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let begins = text.trim_start_matches(['(', '+', '\'']);
        let numeric_start = begins.starts_with(|c: char| c.is_ascii_digit());
        if digits >= 7
            && (numeric_start || !text.contains(char::is_lowercase))
            && clean::clean_phone(cell).value.is_some()
        {
            self.phones += 1;
            return;
        }
        let all_digits = text.bytes().all(|b| b.is_ascii_digit());
        if all_digits && digits == 5 {
            self.postal_texts += 1;
        } else if all_digits && digits <= 4 {
            self.flat_numbers += 1;
            self.postal_numbers += usize::from(digits >= 3);
        } else if let Some(code) = clean::postal::clean_postal_code(cell).value {
            self.postal_with_city += usize::from(code.city.is_some());
        }
        let address = clean::postal::clean_address(cell).value.unwrap_or_default();
        let has_street = address.street.contains(|c: char| c.is_ascii_digit())
            && address.street.chars().filter(|c| c.is_alphabetic()).count() >= 3;
        if has_street {
            if address.postal_code.is_empty() {
                self.streets += 1;
            } else {
                self.addresses += 1;
            }
        }
        let stairwell = text.starts_with(char::is_alphabetic);
        self.flats += usize::from(stairwell && clean::postal::flat_form(text).is_some());
    }

    fn count_number(&mut self, cell: &Cell, number: f64, reading: &DateReading) {
        if number.fract() != 0.0 || number < 0.0 {
            return;
        }
        self.postal_numbers += usize::from((100.0..1e5).contains(&number));
        self.flat_numbers += usize::from((1.0..1e4).contains(&number));
        self.date_numbers += usize::from(clean::clean_date(cell, reading).value.is_some());
        if number >= 1e7 {
            self.phones += usize::from(clean::clean_phone(cell).value.is_some());
        }
    }

    /// A part of the filled cells, 0–1.
    pub(super) fn part(&self, count: usize) -> f64 {
        if self.filled == 0 {
            0.0
        } else {
            count as f64 / self.filled as f64
        }
    }

    /// Which share of the values can be what the field asks for; `None` where values cannot tell, or there are none.
    pub(super) fn share(&self, field: Field) -> Option<f64> {
        if self.filled == 0 {
            return None;
        }
        let count = match field {
            Field::Email => self.emails,
            Field::Phone => self.phones,
            Field::BirthDate => self.dates + self.date_numbers + self.identity_codes,
            Field::RoleFrom | Field::RoleTo | Field::AwayUntil => self.dates + self.date_numbers,
            Field::PostalCode => self.postal_texts + self.postal_numbers + self.postal_with_city,
            Field::IdentityCode => self.identity_codes,
            Field::Flat => self.flats + self.flat_numbers,
            Field::BusinessId => self.business_ids,
            Field::NonDisclosure => self.marks,
            Field::Deceased => self.marks + self.dates,
            Field::Address => self.addresses + self.streets,
            Field::Street => self.streets + self.addresses,
            Field::Language => self.languages,
            // Names and places may be anything with letters: values can only speak against.
            Field::Name
            | Field::FirstName
            | Field::LastName
            | Field::City
            | Field::Domicile
            | Field::RoleName => {
                let with_letters = self.letters_only + self.organisations;
                let known = match field {
                    Field::Name => self.full_names + self.organisations,
                    Field::FirstName => self.first_names,
                    Field::LastName => self.family_names,
                    Field::RoleName => self.role_words,
                    _ => self.municipalities,
                };
                if self.part(with_letters) < 0.2 {
                    return Some(0.0);
                }
                return (self.part(known) >= 0.4).then_some(1.0);
            }
            Field::OrganisationName if self.organisations > 0 => self.organisations,
            Field::OrganisationName
            | Field::AlternativeName
            | Field::Country
            | Field::Number
            | Field::Group
            | Field::Notes => return None,
        };
        // A header that the values merely do not confirm is another thing than one that they contradict.
        let share = self.part(count);
        let foreign = self.part(self.emails + self.identity_codes + self.phones);
        match field {
            Field::Street
            | Field::Address
            | Field::Language
            | Field::Flat
            | Field::NonDisclosure
            | Field::Deceased
                if share < 0.2 && foreign < 0.5 =>
            {
                None
            }
            _ => Some(share),
        }
    }

    /// What the header's word means for these values.
    pub(super) fn narrowed(&self, field: Field) -> Field {
        match field {
            // "Osoite" is a whole address only if there is more than a street in it.
            Field::Address if self.addresses * 2 < self.filled || self.filled == 0 => Field::Street,
            Field::Street if self.addresses * 2 > self.filled => Field::Address,
            Field::City if self.postal_with_city * 2 > self.filled => Field::PostalCode,
            Field::City | Field::Street if self.addresses * 2 > self.filled => Field::Address,
            Field::Name if self.organisations * 5 > self.filled * 4 => Field::OrganisationName,
            Field::Name if self.first_names * 5 > self.filled * 4 => Field::FirstName,
            Field::BirthDate if self.identity_codes * 2 > self.filled => Field::IdentityCode,
            other => other,
        }
    }

    /// What the values say by themselves: field, share, points.
    pub(super) fn by_values(&self) -> Vec<(Field, f64, i32)> {
        let mut found = Vec::new();
        let mut say = |field: Field, count: usize, least: f64, points: i32| {
            let share = self.part(count);
            if count > 0 && share >= least {
                // One or two cells are little to go by.
                found.push((field, share, if self.filled < 3 { points - 12 } else { points }));
            }
        };
        say(Field::IdentityCode, self.identity_codes, 0.5, 80);
        say(Field::Email, self.emails, 0.6, 72);
        say(Field::Phone, self.phones, 0.6, 60);
        say(Field::BusinessId, self.business_ids, 0.7, 60);
        say(Field::Address, self.addresses, 0.6, 52);
        say(
            Field::BirthDate,
            if self.part(self.birth_years) >= 0.7 {
                self.dates
            } else {
                0
            },
            0.7,
            50,
        );
        // A number format takes the zeros of some codes; texts of five digits vouch for the numbers beside them.
        let codes = self.postal_texts + self.postal_with_city;
        say(
            Field::PostalCode,
            if self.part(codes) >= 0.4 {
                codes + self.postal_numbers
            } else {
                0
            },
            0.8,
            50,
        );
        say(Field::City, self.municipalities, 0.6, 48);
        say(Field::Street, self.streets, 0.6, 47);
        say(Field::Flat, self.flats, 0.7, 46);
        say(Field::RoleName, self.role_words, 0.7, 52);
        say(Field::OrganisationName, self.organisations, 0.8, 46);
        say(Field::FirstName, self.first_names, 0.7, 48);
        say(Field::Name, self.full_names, 0.6, 47);
        say(Field::LastName, self.family_names, 0.3, 30);
        say(
            Field::Language,
            if self.marks * 2 > self.filled {
                0
            } else {
                self.languages
            },
            0.8,
            46,
        );
        found
    }
}

/// The day that stands in for today where only the form of a date matters.
const NOMINAL_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Dates of grown members and residents rather than of moves and memberships: most of those lie after 2005.
fn is_birth_year(date: NaiveDate) -> bool {
    use chrono::Datelike;
    (1900..=1999).contains(&date.year())
}

fn is_language(folded: &str) -> bool {
    matches!(
        folded,
        "fi" | "sv"
            | "se"
            | "en"
            | "fin"
            | "swe"
            | "eng"
            | "ru"
            | "et"
            | "suomi"
            | "ruotsi"
            | "englanti"
            | "venaja"
            | "viro"
            | "finska"
            | "svenska"
            | "engelska"
            | "finnish"
            | "swedish"
            | "english"
            | "russian"
            | "estonian"
            | "ryska"
            | "estniska"
            | "suo"
            | "ruo"
    )
}
