//! What each cell of a row adds to its draft.

use super::draft::{CUSTOM_BIT, CellNote, Draft, bit};
use super::field::{Field, Target};
use super::name_columns::Further;
use super::preview::{CellProblem, Reason, RowProblem};
use super::reading::{ColumnReading, Reading};
use super::{role_words, words};
use crate::clean::identity_code::{self, without_codes};
use crate::clean::name::{clean_name_part, clean_organisation_name};
use crate::clean::postal::{
    clean_address, clean_city, clean_flat, clean_postal_code, clean_street, flat_form,
};
use crate::clean::{self, Cleaned, DateReading, Note, Problem, clean_date, clean_line, clean_text};
use crate::collation::fold;
use crate::contact::CustomFieldKind;
use crate::id::{CustomFieldId, StakeholderKindId};
use crate::sheet::Cell;
use chrono::{Datelike, NaiveDate};

/// Gathers what the cells of one row say.
pub(super) struct Maker<'a> {
    pub(super) reading: &'a Reading,
    pub(super) draft: Draft,
    /// The second of a couple: first and family name.
    pub(super) partner: Option<(String, String)>,
    /// The column that named the first person.
    pub(super) name_column: Option<usize>,
    /// What the headings over the first person's name say.
    pub(super) first_roles: Vec<StakeholderKindId>,
    pub(super) further: Vec<Further>,
    pub(super) organisation: String,
    pub(super) address_flat: Option<String>,
    /// Parts of an address that only count where no column of their own says them.
    pub(super) street: String,
    pub(super) postal_code: String,
    pub(super) city: String,
    pub(super) code_birth: Option<NaiveDate>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(row: u32, reading: &'a Reading) -> Self {
        Self {
            reading,
            draft: Draft {
                row,
                ..Draft::default()
            },
            partner: None,
            name_column: None,
            first_roles: Vec::new(),
            further: Vec::new(),
            organisation: String::new(),
            address_flat: None,
            street: String::new(),
            postal_code: String::new(),
            city: String::new(),
            code_birth: None,
        }
    }

    pub(super) fn give(&mut self, field: Field) {
        self.draft.given |= bit(field);
    }

    fn problem(&mut self, column: usize, cell: &Cell, reason: Reason) {
        self.draft.problems.push(CellProblem {
            column: Some(column as u32),
            value: clean::shown(cell).into_owned(),
            reason,
        });
    }

    pub(super) fn note(&mut self, column: usize, cell: &Cell, note: Note) {
        self.draft.notes.push(CellNote {
            column: column as u32,
            was: clean::shown(cell).into_owned(),
            note,
        });
    }

    /// Keeps a cleaned cell's notes and problem; gives its values.
    pub(super) fn values<T>(
        &mut self,
        column: usize,
        cell: &Cell,
        cleaned: Cleaned<T>,
    ) -> Option<(T, Vec<T>)> {
        for note in cleaned.notes {
            if let Note::MovedToNotes { part } = &note {
                self.add_notes(part);
            }
            self.note(column, cell, note);
        }
        if let Some(problem) = cleaned.problem {
            self.problem(column, cell, Reason::Cell(problem));
        }
        cleaned.value.map(|value| (value, cleaned.more))
    }

    fn value<T>(&mut self, column: usize, cell: &Cell, cleaned: Cleaned<T>) -> Option<T> {
        self.values(column, cell, cleaned).map(|(value, _)| value)
    }

    /// Takes what a cell says; false where it only says that there is nothing.
    pub(super) fn take(&mut self, column: usize, target: Target, cell: &Cell) -> bool {
        let again =
            target == Target::Field(Field::Name) && self.name_column.is_some() && self.is_first_again(cell);
        if !again && says_nothing(target, cell) {
            self.note(column, cell, Note::Placeholder);
            return false;
        }
        let without = self.without_codes(column, target, cell);
        let cell = match &without {
            Some(cell) if cell.is_blank() => return true,
            Some(cell) => cell,
            None => cell,
        };
        match target {
            Target::Field(field) => self.take_field(column, field, cell),
            Target::Role(kind) => {
                if self.value(column, cell, clean::clean_mark(cell)) == Some(true) {
                    self.add_role(kind);
                }
            }
            Target::Custom(id) => self.take_custom(column, id, cell),
            Target::Ignore => {}
        }
        true
    }

    fn take_field(&mut self, column: usize, field: Field, cell: &Cell) {
        match field {
            Field::Name => self.take_name(column, cell),
            Field::FirstName => {
                if let Some(name) = self.value(column, cell, clean_name_part(cell)) {
                    self.draft.details.first_name = name;
                    self.give(field);
                }
            }
            Field::LastName => {
                if let Some(name) = self.value(column, cell, clean_name_part(cell)) {
                    self.draft.details.last_name = name;
                    self.give(field);
                }
            }
            Field::AlternativeName => {
                if let Some(name) = self.value(column, cell, clean_line(cell)) {
                    self.draft.details.alternative_name = name;
                    self.give(field);
                }
            }
            Field::OrganisationName => {
                if let Some(name) = self.value(column, cell, clean_organisation_name(cell)) {
                    self.organisation = name;
                    self.give(field);
                }
            }
            Field::BusinessId => {
                if let Some(id) = self.value(column, cell, clean::clean_business_id(cell)) {
                    self.draft.details.business_id = id.as_str().to_owned();
                    self.give(field);
                }
            }
            Field::Email => {
                if let Some((email, more)) = self.values(column, cell, clean::clean_email(cell)) {
                    self.give(field);
                    for email in std::iter::once(email).chain(more) {
                        let draft = &mut self.draft;
                        add_point(&mut draft.details.email, &mut draft.emails, email.into());
                    }
                }
            }
            Field::Phone => {
                if let Some((phone, more)) = self.values(column, cell, clean::clean_phone(cell)) {
                    self.give(field);
                    for phone in std::iter::once(phone).chain(more) {
                        let draft = &mut self.draft;
                        add_point(&mut draft.details.phone, &mut draft.phones, phone.into());
                    }
                }
            }
            Field::Street => {
                if let Some(street) = self.value(column, cell, clean_street(cell)) {
                    self.draft.details.address.street = with_flat(&street.street, street.flat.as_deref());
                    self.address_flat = street.flat.or(self.address_flat.take());
                    self.give(field);
                }
            }
            Field::PostalCode => {
                if let Some(postal) = self.value(column, cell, clean_postal_code(cell)) {
                    self.draft.details.address.postal_code = postal.code;
                    self.give(field);
                    if let Some(city) = postal.city {
                        self.city = city;
                    }
                }
            }
            Field::City => {
                if let Some(city) = self.value(column, cell, clean_city(cell)) {
                    self.draft.details.address.city = city;
                    self.give(field);
                }
            }
            Field::Address => {
                if let Some(address) = self.value(column, cell, clean_address(cell)) {
                    self.street = with_flat(&address.street, address.flat.as_deref());
                    self.address_flat = self.address_flat.take().or(address.flat);
                    self.postal_code = address.postal_code;
                    self.city = address.city;
                    self.give(field);
                }
            }
            Field::Country => {
                if let Some(country) = self.value(column, cell, clean_line(cell)) {
                    // At home an address names no country, which is something else than not to know it.
                    if !words::is_finland(&country) {
                        self.draft.details.address.country = country;
                    }
                    self.give(field);
                }
            }
            Field::Flat => self.take_flats(column, cell),
            Field::BirthDate => self.take_birth_date(column, cell),
            Field::IdentityCode => {
                let today = self.reading.today;
                let reading = DateReading {
                    system: self.reading.mapping.date_system,
                    ..DateReading::birth(today)
                };
                let mut cleaned = or_else(clean::clean_identity_code(cell, today), || {
                    clean_date(cell, &reading)
                });
                let kept = self.reading.identity_code_basis;
                if let Some(code) = identity_code::sound(&clean::shown(cell), today).filter(|_| kept) {
                    code.reveal().clone_into(&mut self.draft.details.identity_code);
                    cleaned.notes.retain(|note| *note != Note::OnlyBirthDate);
                }
                if let Some(day) = self.value(column, cell, cleaned) {
                    self.code_birth = Some(day);
                    self.give(field);
                }
            }
            Field::Domicile => {
                if let Some(domicile) = self.value(column, cell, clean_city(cell)) {
                    self.draft.details.domicile = domicile;
                    self.give(field);
                }
            }
            Field::Language => {
                if let Some(text) = self.value(column, cell, clean_line(cell)) {
                    match words::language(&text) {
                        Some(code) => {
                            self.draft.details.language = code.to_owned();
                            self.give(field);
                        }
                        None => self.problem(column, cell, Reason::Row(RowProblem::LanguageUnknown)),
                    }
                }
            }
            Field::Number => {
                if let Some(number) = self.value(column, cell, clean_line(cell)) {
                    self.draft.details.number = clean::without_decimals(&number).to_owned();
                    self.give(field);
                }
            }
            Field::RoleName => self.take_role_names(column, cell),
            Field::RoleFrom | Field::RoleTo => self.take_period(column, field, cell),
            Field::Group => {
                if let Some(text) = self.value(column, cell, clean_line(cell)) {
                    for name in text
                        .split([',', ';'])
                        .map(str::trim)
                        .filter(|name| !name.is_empty())
                    {
                        let known = self
                            .draft
                            .groups
                            .iter()
                            .any(|known| words::compact(known) == words::compact(name));
                        if !known {
                            self.draft.groups.push(name.to_owned());
                        }
                    }
                    self.give(field);
                }
            }
            // An order of non-disclosure protects somebody: anything but a plain no is one.
            Field::NonDisclosure => {
                if self.value(column, cell, clean::clean_mark(cell)) == Some(true) {
                    self.draft.details.non_disclosure = true;
                    self.give(field);
                }
            }
            Field::Deceased => self.take_deceased(column, cell),
            Field::AwayUntil => {
                if let Some(day) = self.date(column, cell) {
                    self.draft.details.away_until = Some(day);
                    self.give(field);
                }
            }
            Field::Notes => {
                if let Some(text) = self.value(column, cell, clean_text(cell)) {
                    self.add_notes(&text);
                }
            }
        }
    }

    fn date(&mut self, column: usize, cell: &Cell) -> Option<NaiveDate> {
        let cleaned = self.cleaned_date(column, cell);
        self.value(column, cell, cleaned)
    }

    fn cleaned_date(&self, column: usize, cell: &Cell) -> Cleaned<NaiveDate> {
        match self.reading.columns.get(column) {
            Some(ColumnReading::Dates(reading)) => clean_date(cell, reading),
            _ => Cleaned::rejected(Problem::DateUnreadable),
        }
    }

    /// A birth date, or an identity code in its place. A year alone is kept in words.
    fn take_birth_date(&mut self, column: usize, cell: &Cell) {
        let today = self.reading.today;
        let cleaned = or_else(self.cleaned_date(column, cell), || {
            clean::clean_identity_code(cell, today)
        });
        let shown = clean::shown(cell);
        let is_year = |text: &str| {
            text.len() == 4
                && text
                    .parse()
                    .is_ok_and(|year: i32| (1880..=today.year()).contains(&year))
        };
        if cleaned.value.is_none() && is_year(shown.trim()) {
            let header = self
                .reading
                .mapping
                .headers
                .get(column)
                .map_or("", String::as_str);
            let part = format!("{header} {}", shown.trim()).trim().to_owned();
            self.add_notes(&part);
            return self.note(column, cell, Note::MovedToNotes { part });
        }
        if let Some(day) = self.value(column, cell, cleaned) {
            self.draft.details.birth_date = Some(day);
            self.give(Field::BirthDate);
        }
    }

    /// The first or last day of the roles, or both in one cell: "1.1.2019–31.12.2020".
    fn take_period(&mut self, column: usize, field: Field, cell: &Cell) {
        let cleaned = self.cleaned_date(column, cell);
        if cleaned.problem == Some(Problem::DateUnreadable)
            && let Cell::Text(text) = cell
            && let Some((from, to)) = text.split_once(clean::is_dash)
        {
            let day = |text: &str| {
                self.cleaned_date(column, &Cell::Text(text.trim().to_owned()))
                    .value
            };
            if let (Some(from), Some(to)) = (day(from), day(to)) {
                self.draft.role_from = Some(from);
                self.draft.role_to = Some(to);
                self.give(Field::RoleFrom);
                return self.give(Field::RoleTo);
            }
        }
        let Some(day) = self.value(column, cell, cleaned) else {
            return;
        };
        match field {
            Field::RoleTo => self.draft.role_to = Some(day),
            _ => self.draft.role_from = Some(day),
        }
        self.give(field);
    }

    fn take_flats(&mut self, column: usize, cell: &Cell) {
        let Some(text) = self.value(column, cell, clean_line(cell)) else {
            return;
        };
        self.give(Field::Flat);
        let has_number =
            |part: &str| part.contains(|c: char| c.is_ascii_digit()) && flat_form(part).is_some();
        for part in words::parts(&text) {
            // "A1/A2" are two, "A/12" is one.
            if part.contains('/') && part.split('/').all(has_number) {
                part.split('/').for_each(|part| self.add_flat(part));
            } else {
                self.add_flat(part);
            }
        }
    }

    fn add_flat(&mut self, text: &str) {
        if let Some(flat) = clean_flat(&Cell::Text(text.to_owned())).value
            && !self.draft.flats.contains(&flat)
        {
            self.draft.flats.push(flat);
        }
    }

    fn take_role_names(&mut self, column: usize, cell: &Cell) {
        let Some(text) = self.value(column, cell, clean_line(cell)) else {
            return;
        };
        if let Some(kind) = self.reading.roles.get(&words::compact(&text)) {
            return self.add_role(*kind);
        }
        for word in role_words::parts(&text) {
            match self.reading.roles.get(&words::compact(word)) {
                Some(kind) => self.add_role(*kind),
                None => self.problem(
                    column,
                    cell,
                    Reason::Row(RowProblem::RoleUnknown {
                        word: word.to_owned(),
                    }),
                ),
            }
        }
    }

    pub(super) fn add_role(&mut self, kind: StakeholderKindId) {
        self.give(Field::RoleName);
        if !self.draft.roles.contains(&kind) {
            self.draft.roles.push(kind);
        }
    }

    fn take_deceased(&mut self, column: usize, cell: &Cell) {
        let yes = clean::clean_boolean(cell);
        let details = &mut self.draft.details;
        match yes.value {
            Some(true) => details.deceased = true,
            Some(false) => return,
            None => match self.date(column, cell) {
                Some(day) => {
                    let details = &mut self.draft.details;
                    details.deceased = true;
                    details.deceased_on = Some(day);
                }
                None => return,
            },
        }
        self.give(Field::Deceased);
    }

    fn take_custom(&mut self, column: usize, id: CustomFieldId, cell: &Cell) {
        let Some(field) = self.reading.custom.get(&id) else {
            return;
        };
        let value = match field.kind {
            CustomFieldKind::Text => self.value(column, cell, clean_text(cell)),
            CustomFieldKind::Number => self.value(column, cell, clean_line(cell)).and_then(|text| {
                let number = words::number(&text);
                if number.is_none() {
                    self.problem(column, cell, Reason::Row(RowProblem::NumberUnreadable));
                }
                number
            }),
            CustomFieldKind::Date => self.date(column, cell).map(clean::iso),
            CustomFieldKind::Choice => self.value(column, cell, clean_line(cell)).and_then(|text| {
                let wanted = fold(&text);
                let choice = field.choices.iter().find(|choice| fold(choice.trim()) == wanted);
                if choice.is_none() {
                    self.problem(
                        column,
                        cell,
                        Reason::Row(RowProblem::ChoiceUnknown {
                            choices: field.choices.clone(),
                        }),
                    );
                }
                choice.cloned()
            }),
            CustomFieldKind::YesNo => self
                .value(column, cell, clean::clean_boolean(cell))
                .map(|yes| yes.to_string()),
        };
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.draft.given |= CUSTOM_BIT;
            self.draft.custom.push((id, value));
        }
    }

    /// The cell without the identity codes in it, where the organisation has no basis for keeping them and the column is not
    /// for them.
    fn without_codes(&mut self, column: usize, target: Target, cell: &Cell) -> Option<Cell> {
        let for_codes = matches!(target, Target::Field(Field::IdentityCode | Field::BirthDate));
        let Cell::Text(text) = cell else { return None };
        if self.reading.identity_code_basis || for_codes || text.len() < 11 {
            return None;
        }
        let (text, birth_date) = without_codes(text)?;
        self.code_birth = self.code_birth.or(Some(birth_date));
        self.note(column, cell, Note::OnlyBirthDate);
        Some(Cell::Text(text))
    }

    pub(super) fn add_notes(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let notes = &mut self.draft.details.notes;
        if !notes.is_empty() {
            notes.push('\n');
        }
        notes.push_str(text);
        self.give(Field::Notes);
    }
}

/// The first reading, or another where only that one succeeds.
fn or_else<T>(first: Cleaned<T>, other: impl FnOnce() -> Cleaned<T>) -> Cleaned<T> {
    if first.problem.is_none() {
        return first;
    }
    let other = other();
    if other.value.is_some() { other } else { first }
}

/// Whether a cell only says that there is nothing. A mark in a column of yes and no means what it means there, and a question
/// mark beside an order of non-disclosure is no reason to disclose.
fn says_nothing(target: Target, cell: &Cell) -> bool {
    let strict = matches!(
        target,
        Target::Field(
            Field::Email
                | Field::Phone
                | Field::PostalCode
                | Field::BirthDate
                | Field::IdentityCode
                | Field::BusinessId
                | Field::Number
                | Field::RoleFrom
                | Field::RoleTo
                | Field::AwayUntil
        )
    );
    match cell {
        Cell::Text(text) if strict => clean::is_no_value(text),
        Cell::Text(text) => match target {
            Target::Field(Field::NonDisclosure) => {
                text.contains(char::is_alphabetic) && clean::is_placeholder(text)
            }
            Target::Role(_) | Target::Custom(_) | Target::Field(Field::Deceased) => {
                clean::is_placeholder(text) && clean::clean_boolean(cell).value.is_none()
            }
            _ => clean::is_placeholder(text),
        },
        Cell::Number(number) => (strict || target == Target::Field(Field::Flat)) && *number == 0.0,
        _ => false,
    }
}

/// Puts a phone or e-mail first if nothing is, else beside it, once.
fn add_point(first: &mut String, more: &mut Vec<String>, value: String) {
    let same = |known: &String| known.eq_ignore_ascii_case(&value);
    if first.is_empty() {
        *first = value;
    } else if !same(first) && !more.iter().any(same) {
        more.push(value);
    }
}

/// The line of an envelope: street and flat.
fn with_flat(street: &str, flat: Option<&str>) -> String {
    match flat {
        Some(flat) if !street.is_empty() => format!("{street} {flat}"),
        _ => street.to_owned(),
    }
}
