//! Guessing what each column of a sheet holds, from its header and from its values.
//!
//! Both give points to targets; the values win where they contradict the header, because a person who reads
//! "Puhelin" above a column of e-mail addresses believes the column. No two columns get the same target unless it
//! may be repeated.

use super::field::{Field, Target};
use super::header_words::{RUNNING, STAIRWELLS};
use super::headers::{self, Match};
use super::municipalities::is_municipality;
use super::name_columns::role_of_heading;
use super::role_words::roles_by_word;
use crate::clean::email::distance;
use crate::clean::name::is_organisation_name;
use crate::clean::{self, DateReading, Email};
use crate::collation::fold;
use crate::id::StakeholderKindId;
use crate::sheet::{Cell, Row};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How far a guess is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Worth a look.
    Weak,
    /// Right more often than not.
    Likely,
    /// Header and values leave no doubt.
    Sure,
}

/// What a guess rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The header's words.
    Header,
    /// The values below it.
    Values,
    /// Header and values agree.
    Both,
    /// The user mapped a sheet with these headers before.
    Preset,
}

/// The guess for one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Guess {
    /// Where the column's values go; [`Target::Ignore`] where nothing fits.
    pub target: Target,
    /// How far to trust it.
    pub confidence: Confidence,
    /// What it rests on.
    pub because: Because,
}

/// At most so many non-blank cells of a column are looked at.
const SAMPLE: usize = 200;

/// Guesses every column. `headers` has one text per column, `sample` some rows below them, `roles` the organisation's
/// stakeholder vocabulary with its names.
pub fn guess(headers: &[String], sample: &[Row], roles: &[(StakeholderKindId, &str)]) -> Vec<Guess> {
    let width = sample
        .iter()
        .map(|row| row.cells.len())
        .max()
        .unwrap_or(0)
        .max(headers.len());
    let mut candidates: Vec<Candidate> = Vec::new();
    for column in 0..width {
        let header = headers.get(column).map_or("", String::as_str);
        let profile = Profile::of(sample.iter().map(|row| row.cell(column)), roles);
        candidates.extend(column_candidates(column, header, &profile, roles));
    }
    let mut guesses = assign(width, candidates);
    whole_name_beside_its_parts(&mut guesses);
    let words = roles_by_word(roles.iter().copied());
    for (column, header) in headers.iter().enumerate() {
        if role_of_heading(header, &words).is_some() {
            names_of_a_role(&mut guesses, column, sample);
        }
        leave_out_running_numbers(&mut guesses[column], column, header, sample);
        join_stairwells(&mut guesses, column, header, sample);
    }
    guesses
}

/// Whether text is what heads a column in lists of people, in Finnish, Swedish or English.
pub fn heads_a_column(text: &str) -> bool {
    headers::heads_a_column(text)
}

/// "Nro" over 1, 2, 3 … counts the rows: as member numbers they would meet other lists' people.
fn leave_out_running_numbers(guess: &mut Guess, column: usize, header: &str, sample: &[Row]) {
    if guess.target != Target::Field(Field::Number) || !RUNNING.contains(&headers::compact(header).as_str()) {
        return;
    }
    let values: Vec<f64> = sample
        .iter()
        .filter_map(|row| match row.cell(column) {
            Cell::Number(number) => Some(*number),
            Cell::Text(text) => text.trim().trim_end_matches('.').parse().ok(),
            _ => None,
        })
        .collect();
    let steps = values.windows(2).filter(|pair| pair[1] - pair[0] == 1.0).count();
    if values.len() >= 3 && values[0] == 1.0 && steps * 5 >= (values.len() - 1) * 4 {
        guess.target = Target::Ignore;
        guess.confidence = Confidence::Weak;
    }
}

/// "Asukas" over names beside "Omistaja" over others: each column names people of its own.
fn names_of_a_role(guesses: &mut [Guess], column: usize, sample: &[Row]) {
    let name = Target::Field(Field::Name);
    let named_once = guesses.iter().any(|guess| guess.target == name);
    if guesses[column].target != Target::Ignore || !named_once {
        return;
    }
    let profile = Profile::of(sample.iter().map(|row| row.cell(column)), &[]);
    if profile.part(profile.full_names + profile.organisations) >= 0.4 {
        guesses[column] = Guess {
            target: name,
            confidence: Confidence::Likely,
            because: Because::Both,
        };
    }
}

/// "Porras" beside "Asunto": the two name the flat together.
fn join_stairwells(guesses: &mut [Guess], column: usize, header: &str, sample: &[Row]) {
    let flat = Target::Field(Field::Flat);
    if guesses[column].target == flat
        || !guesses.iter().any(|guess| guess.target == flat)
        || !STAIRWELLS.contains(&headers::compact(header).as_str())
    {
        return;
    }
    let short = |cell: &Cell| {
        let text = clean::shown(cell);
        let text = text.trim();
        text.chars().count() <= 2 && text.chars().all(char::is_alphabetic)
    };
    if sample.iter().all(|row| short(row.cell(column))) {
        guesses[column] = Guess {
            target: flat,
            confidence: Confidence::Likely,
            because: Because::Both,
        };
    }
}

/// One thing that a column may be.
struct Candidate {
    column: usize,
    target: Target,
    points: i32,
    because: Because,
}

/// Gives the best candidates their columns first.
fn assign(width: usize, mut candidates: Vec<Candidate>) -> Vec<Guess> {
    candidates.sort_by_key(|candidate| (std::cmp::Reverse(candidate.points), candidate.column));
    let mut guesses: Vec<Option<Guess>> = vec![None; width];
    for candidate in candidates {
        // A second column of flats is one of stairwells, one of names somebody's with another role: those are seen apart.
        let once = !candidate.target.is_repeatable()
            || matches!(candidate.target, Target::Field(Field::Flat | Field::Name));
        let taken = once
            && guesses
                .iter()
                .flatten()
                .any(|guess| guess.target == candidate.target);
        if candidate.points < 25 || taken || guesses[candidate.column].is_some() {
            continue;
        }
        let confidence = match candidate.points {
            ..45 => Confidence::Weak,
            45..75 => Confidence::Likely,
            75.. => Confidence::Sure,
        };
        guesses[candidate.column] = Some(Guess {
            target: candidate.target,
            confidence,
            because: candidate.because,
        });
    }
    let nothing = Guess {
        target: Target::Ignore,
        confidence: Confidence::Weak,
        because: Because::Header,
    };
    guesses
        .into_iter()
        .map(|guess| guess.unwrap_or(nothing))
        .collect()
}

/// "Nimi" beside "Etunimi" and "Sukunimi" repeats them and would only contradict them.
fn whole_name_beside_its_parts(guesses: &mut [Guess]) {
    let has = |guesses: &[Guess], field| guesses.iter().any(|guess| guess.target == Target::Field(field));
    if has(guesses, Field::FirstName) && has(guesses, Field::LastName) {
        for guess in guesses
            .iter_mut()
            .filter(|guess| guess.target == Target::Field(Field::Name))
        {
            guess.target = Target::Ignore;
            guess.confidence = Confidence::Weak;
        }
    }
}

fn column_candidates(
    column: usize,
    header: &str,
    profile: &Profile,
    roles: &[(StakeholderKindId, &str)],
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (field, how) in headers::fields(header) {
        let points = match how {
            Match::Exact => 64,
            Match::Part => 54,
            Match::Near => 44,
        };
        let field = profile.narrowed(field);
        let share = profile.share(field);
        let (points, because) = match share {
            Some(share) if share >= 0.5 => (points + 26, Because::Both),
            Some(share) if share < 0.2 && profile.filled >= 2 => (points - 50, Because::Header),
            _ => (points, Because::Header),
        };
        candidates.push(Candidate {
            column,
            target: Target::Field(field),
            points,
            because,
        });
    }
    for (field, share, points) in profile.by_values() {
        if share > 0.0
            && !candidates
                .iter()
                .any(|known| known.target == Target::Field(field) && known.points >= points)
        {
            candidates.push(Candidate {
                column,
                target: Target::Field(field),
                points,
                because: Because::Values,
            });
        }
    }
    for (kind, name) in roles {
        let Some(how) = role_named(header, name) else {
            continue;
        };
        if profile.filled == 0 || profile.part(profile.marks) >= 0.8 {
            let points = if profile.filled == 0 { how - 10 } else { how + 30 };
            candidates.push(Candidate {
                column,
                target: Target::Role(*kind),
                points,
                because: Because::Both,
            });
        }
    }
    candidates
}

/// Points for a header that names a role: the same word, its plural, or nearly so.
fn role_named(header: &str, role: &str) -> Option<i32> {
    let (header, role) = (headers::compact(header), headers::compact(role));
    if role.is_empty() || header.is_empty() {
        return None;
    }
    if header == role {
        return Some(64);
    }
    // "Osakkaat" for "osakas", "Asukkaat" for "asukas", "Jäsenet" for "jäsen", "Medlemmar" for "medlem".
    let stem = role.trim_end_matches("as");
    let plural = [
        format!("{role}t"),
        format!("{role}et"),
        format!("{stem}kaat"),
        format!("{role}mar"),
        format!("{role}ar"),
        format!("{role}s"),
    ];
    if plural.contains(&header) || (role.len() >= 5 && distance(&header, &role, 1) <= 1) {
        return Some(56);
    }
    None
}

/// What the values of one column look like.
#[derive(Default)]
struct Profile {
    filled: usize,
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
    marks: usize,
    first_names: usize,
    family_names: usize,
    full_names: usize,
    organisations: usize,
    streets: usize,
    addresses: usize,
    business_ids: usize,
    role_words: usize,
    letters_only: usize,
}

impl Profile {
    fn of<'a>(cells: impl Iterator<Item = &'a Cell>, roles: &[(StakeholderKindId, &str)]) -> Self {
        let roles: Vec<String> = roles.iter().map(|(_, name)| headers::compact(name)).collect();
        let mut profile = Self::default();
        for cell in cells
            .filter(|cell| !cell.is_blank() && !matches!(cell, Cell::Error(_)))
            .take(SAMPLE)
        {
            profile.count(cell, &roles);
        }
        profile
    }

    fn count(&mut self, cell: &Cell, roles: &[String]) {
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
                self.count_number(cell, *number);
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
            self.count_digits(cell, &text);
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
    fn count_digits(&mut self, cell: &Cell, text: &str) {
        // Nothing here depends on the day: only the year is asked, and two-digit years make no difference to that.
        let reading = DateReading::period(NOMINAL_DAY);
        let separated = text.contains(['.', '/', '-', ' ']);
        if let Some(date) = clean::clean_date(cell, &reading).value {
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

    fn count_number(&mut self, cell: &Cell, number: f64) {
        if number.fract() != 0.0 || number < 0.0 {
            return;
        }
        self.postal_numbers += usize::from((100.0..1e5).contains(&number));
        self.flat_numbers += usize::from((1.0..1e4).contains(&number));
        self.date_numbers += usize::from(
            clean::clean_date(cell, &DateReading::period(NOMINAL_DAY))
                .value
                .is_some(),
        );
        if number >= 1e7 {
            self.phones += usize::from(clean::clean_phone(cell).value.is_some());
        }
    }

    /// A part of the filled cells, 0–1.
    fn part(&self, count: usize) -> f64 {
        if self.filled == 0 {
            0.0
        } else {
            count as f64 / self.filled as f64
        }
    }

    /// Which share of the values can be what the field asks for; `None` where values cannot tell, or there are none.
    fn share(&self, field: Field) -> Option<f64> {
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
    fn narrowed(&self, field: Field) -> Field {
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
    fn by_values(&self) -> Vec<(Field, f64, i32)> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OWNER: StakeholderKindId = StakeholderKindId(Uuid::from_u128(1));
    const RESIDENT: StakeholderKindId = StakeholderKindId(Uuid::from_u128(2));
    const ROLES: &[(StakeholderKindId, &str)] = &[(OWNER, "Osakas"), (RESIDENT, "Asukas")];

    fn cell(text: &str) -> Cell {
        match (text.parse::<f64>(), text.starts_with('0') && text.len() > 1) {
            (Ok(number), false) => Cell::Number(number),
            _ if text.is_empty() => Cell::Empty,
            _ => Cell::Text(text.into()),
        }
    }

    /// Guesses a sheet written with `|` between columns, the headers first. Numbers become number cells.
    fn sheet(lines: &[&str]) -> Vec<Guess> {
        let split = |line: &str| {
            line.split('|')
                .map(str::trim)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let headers = split(lines[0]);
        let rows: Vec<Row> = lines[1..]
            .iter()
            .zip(2..)
            .map(|(line, number)| Row {
                number,
                cells: split(line).iter().map(|text| cell(text)).collect(),
            })
            .collect();
        guess(&headers, &rows, ROLES)
    }

    fn words(guesses: &[Guess]) -> Vec<String> {
        guesses
            .iter()
            .map(|guess| match guess.target {
                Target::Field(field) => field.as_str().to_owned(),
                Target::Role(kind) => format!("role {}", if kind == OWNER { "owner" } else { "resident" }),
                Target::Custom(_) => "custom".to_owned(),
                Target::Ignore => "-".to_owned(),
            })
            .collect()
    }

    #[track_caller]
    fn check(lines: &[&str], want: &str) {
        let want: Vec<&str> = want
            .split_whitespace()
            .map(|word| {
                if word == "role_owner" {
                    "role owner"
                } else if word == "role_resident" {
                    "role resident"
                } else {
                    word
                }
            })
            .collect();
        assert_eq!(words(&sheet(lines)), want, "{:?}", lines[0]);
    }

    #[test]
    fn a_housing_companys_list_in_finnish() {
        check(
            &[
                "As.nro|Sukunimi|Etunimi|Puh.|Sähköposti|Lähiosoite|Pno|Postitmp|Synt.aika|Osakas|Asukas|Huom.",
                "A 1|Virtanen|Matti|401234567|matti@example.fi|Koivukatu 3|100|HELSINKI|1.2.1980|x|x|",
                "A 2|Korhonen|Liisa|040-123 4567|liisa@example.fi|Koivukatu 3|100|HELSINKI|010280|x||muuttaa pois",
                "A 12|Lindqvist|Göran|09 123 4567||Koivukatu 3|02100|Espoo|29252||x|",
            ],
            "flat last_name first_name phone email street postal_code city birth_date role_owner role_resident notes",
        );
    }

    #[test]
    fn an_associations_list_in_finnish() {
        check(
            &[
                "Jäsennro|Nimi|Hetu|Osoite|Kotipaikka|GSM|S-posti|Äidinkieli|Liittynyt|Rooli",
                "101|Virtanen Matti|131052-308T|Koivukatu 3, 00100 Helsinki|Helsinki|0401234567|m@example.fi|suomi|1.1.2019|Osakas",
                "102|Korhonen Liisa|131052-308T|Mäntytie 1, 02100 Espoo|Espoo|0501234567|l@example.fi|ruotsi|5.6.2020|Asukas",
                "103|Lind Göran|131052-308T|Kuusitie 2, 33100 Tampere|Tampere|0441234567|g@example.fi|fi|7.8.2021|Asukas",
            ],
            "number name identity_code address domicile phone email language role_from role_name",
        );
    }

    #[test]
    fn lists_in_swedish_and_english() {
        check(
            &[
                "Medlemsnummer|Förnamn|Efternamn|Gatuadress|Postnummer|Postort|Mobil|E-post|Födelsedatum|Språk|Anmärkning",
                "1|Göran|Lindqvist|Storgatan 3|65100|Vasa|0401234567|g@example.fi|1.2.1950|sv|",
                "2|Birgitta|Nyman|Strandgatan 4|65100|Vasa|0501234567|b@example.fi|3.4.1960|sv|reser",
            ],
            "number first_name last_name street postal_code city phone email birth_date language notes",
        );
        check(
            &[
                "Member ID|First name|Last name|Date of birth|Address|ZIP|City|Mobile phone|E-mail|Joined",
                "7|Anna|Smith|1980-02-01|Koivukatu 3|00100|Helsinki|+358401234567|a@example.com|2020-01-01",
                "8|John|Brown|1970-02-01|Koivukatu 4|00100|Helsinki|+358501234567|j@example.com|2021-01-01",
            ],
            "number first_name last_name birth_date street postal_code city phone email role_from",
        );
    }

    #[test]
    fn values_speak_where_headers_are_silent() {
        check(
            &[
                "1|2|3|4|5|6|7",
                "Matti Virtanen|m@example.fi|040 123 4567|Koivukatu 3|00100|Helsinki|1.2.1950",
                "Liisa Korhonen|l@example.fi|050 123 4567|Koivukatu 4|02100|Espoo|1.2.1960",
                "Göran Lind|g@example.fi|044 123 4567|Koivukatu 5|33100|Tampere|1.2.1970",
            ],
            "name email phone street postal_code city birth_date",
        );
        check(&["|", "A 1|x", "A 2|", "B 13|x", "C 4|x"], "flat -");
    }

    #[test]
    fn values_beat_a_misleading_header() {
        let got = sheet(&[
            "Puhelin|Sähköposti|Syntymäaika",
            "m@example.fi|0401234567|131052-308T",
            "l@example.fi|0501234567|131052-308T",
            "g@example.fi|0441234567|131052-308T",
        ]);
        assert_eq!(words(&got), ["email", "phone", "identity_code"]);
        assert_eq!(got[0].because, Because::Values);
        assert_eq!(got[1].because, Because::Values);
    }

    #[test]
    fn only_phones_and_mails_repeat() {
        check(
            &[
                "Nimi|Nimi|Puhelin koti|Puhelin työ|Sähköposti 1|Sähköposti 2|Postinumero|Postinumero",
                "Matti Virtanen|Matti Virtanen|014 123 456|0401234567|m@example.fi|n@example.fi|00100|00100",
                "Liisa Korhonen|Liisa Korhonen|014 123 457|0501234567|l@example.fi|o@example.fi|00100|00100",
            ],
            "name - phone phone email email postal_code -",
        );
    }

    #[test]
    fn says_how_sure_it_is_and_why() {
        let got = sheet(&[
            "Sähköposti|Puhelni|Etunimi|Xyz",
            "m@example.fi|0401234567|Xuan|abc",
            "l@example.fi|0501234567|Binh|def",
        ]);
        assert_eq!(
            (got[0].confidence, got[0].because),
            (Confidence::Sure, Because::Both)
        );
        assert_eq!(
            (got[1].confidence, got[1].because),
            (Confidence::Likely, Because::Both)
        );
        assert_eq!(
            (got[2].confidence, got[2].because),
            (Confidence::Likely, Because::Header)
        );
        assert_eq!(got[3].target, Target::Ignore);
        // Headers alone, as in an empty template.
        assert_eq!(
            words(&sheet(&["Sukunimi|Etunimi|Puhelin|Osakas"])),
            ["last_name", "first_name", "phone", "role owner"]
        );
    }

    #[test]
    fn a_role_column_needs_marks() {
        check(
            &[
                "Nimi|Osakkaat|Asukas",
                "Matti Virtanen|x|1",
                "Liisa Korhonen|x|0",
                "Anna Aalto||1",
            ],
            "name role_owner role_resident",
        );
        let got = sheet(&[
            "Osakas|Puhelin",
            "Matti Virtanen|0401234567",
            "Liisa Korhonen|0501234567",
            "Anna Aalto|0441234567",
        ]);
        assert_eq!(words(&got), ["name", "phone"]);
    }

    #[test]
    fn a_whole_name_beside_its_parts_is_left_out() {
        check(
            &[
                "Nimi|Etunimi|Sukunimi",
                "Matti Virtanen|Matti|Virtanen",
                "Liisa Korhonen|Liisa|Korhonen",
            ],
            "- first_name last_name",
        );
        check(
            &["Sukunimi|Nimi", "Virtanen|Matti", "Korhonen|Liisa", "Aalto|Anna"],
            "last_name first_name",
        );
        check(
            &[
                "Nimi|Y-tunnus",
                "Koivu Oy|0112038-9",
                "Kone Oyj|1927400-1",
                "Talo Oy|1572860-0",
            ],
            "organisation_name business_id",
        );
    }

    #[test]
    fn running_numbers_are_no_member_numbers() {
        check(
            &["Nro|Nimi", "1|Matti Virtanen", "2|Liisa Korhonen", "3|Anna Aalto"],
            "- name",
        );
        check(
            &[
                "Nro|Nimi",
                "17|Matti Virtanen",
                "4|Liisa Korhonen",
                "203|Anna Aalto",
            ],
            "number name",
        );
        check(
            &[
                "Jäsennro|Nimi",
                "1|Matti Virtanen",
                "2|Liisa Korhonen",
                "3|Anna Aalto",
            ],
            "number name",
        );
    }

    #[test]
    fn stairwells_and_flats_in_two_columns() {
        check(
            &[
                "Porras|Asunto|Nimi",
                "A|1|Matti Virtanen",
                "A|2|Liisa Korhonen",
                "B|12|Anna Aalto",
            ],
            "flat flat name",
        );
    }

    #[test]
    fn owners_and_residents_in_a_column_each() {
        check(
            &[
                "Huoneisto|Omistaja|Asukas|Puhelin",
                "A 1|Matti Virtanen|Liisa Korhonen|0401234567",
                "A 2|Anna Aalto|sama|0501234567",
                "A 3|Ville Koski|Pekka Laine|0441234567",
            ],
            "flat name name phone",
        );
    }

    #[test]
    fn identity_codes_are_never_phones() {
        check(
            &[
                "Puhelin|Nimi",
                "131052-308U|Matti Virtanen",
                "010180-123H|Liisa Korhonen",
                "131052-XXXX|Anna Aalto",
            ],
            "identity_code name",
        );
    }

    #[test]
    fn nothing_is_guessed_from_nothing() {
        assert_eq!(guess(&[], &[], ROLES), []);
        assert_eq!(words(&sheet(&["|"])), ["-", "-"]);
        let wide = guess(
            &["Nimi".into()],
            &[Row {
                number: 2,
                cells: vec![Cell::Empty, Cell::Text("m@example.fi".into())],
            }],
            &[],
        );
        assert_eq!(words(&wide), ["name", "email"]);
    }
}
