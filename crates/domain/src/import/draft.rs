//! From one row of a sheet to what it says about one person, or about two.

use super::field::{Field, Target};
use super::options::{Corrections, ImportOptions, Mapping};
use super::preview::{CellProblem, Reason, RowProblem};
use super::words;
use crate::clean::name::{
    NameOrder, PersonName, clean_full_name, clean_name_part, clean_organisation_name, detect_name_order,
};
use crate::clean::postal::{clean_address, clean_city, clean_flat, clean_postal_code, clean_street};
use crate::clean::{
    self, Cleaned, DateReading, DateUse, IdentityCode, Note, Problem, clean_date, clean_line, clean_text,
    detect_date_numbers,
};
use crate::collation::fold;
use crate::contact::{ContactDetails, ContactKind, CustomField, CustomFieldKind};
use crate::id::{CustomFieldId, StakeholderKindId};
use crate::sheet::{Cell, Row};
use crate::vocabulary::StakeholderKind;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{HashMap, HashSet};

/// The bit of a field in [`Draft::given`] and in the origin that the register keeps. The positions are those of
/// [`Field::ALL`], which is therefore append-only.
pub const fn bit(field: Field) -> u64 {
    1 << field as u32
}

/// Stands beside the bits of [`bit`] for any field of the organisation's own.
pub const CUSTOM_BIT: u64 = 1 << 63;

/// What was done to a cell's value to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CellNote {
    /// Column from 0.
    pub column: u32,
    /// What stands there, as the sheet shows it.
    pub was: String,
    /// What was done.
    pub note: Note,
}

/// What a row says about one person or organisation. Values that it does not say are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// Row number as Excel shows it.
    pub row: u32,
    /// The second of a couple in one cell.
    pub partner: bool,
    /// Which fields the row gives, by [`bit`].
    pub given: u64,
    /// The values of the contact's own row.
    pub details: ContactDetails,
    /// Phones beside the first.
    pub phones: Vec<String>,
    /// E-mail addresses beside the first.
    pub emails: Vec<String>,
    /// Flats that the roles are about.
    pub flats: Vec<String>,
    /// The flats were read from the postal address, which may be anywhere, and not from a column of their own.
    pub flats_from_address: bool,
    /// Roles that the row itself gives; those of [`ImportOptions::roles`] come on top.
    pub roles: Vec<StakeholderKindId>,
    /// First day of the roles.
    pub role_from: Option<NaiveDate>,
    /// Last day of the roles.
    pub role_to: Option<NaiveDate>,
    /// Values of the organisation's own fields, in the form in which they are kept.
    pub custom: Vec<(CustomFieldId, String)>,
    /// Groups by name.
    pub groups: Vec<String>,
    /// What was done to values.
    pub notes: Vec<CellNote>,
    /// Values that could not be read, and what else is wrong with the row.
    pub problems: Vec<CellProblem>,
    /// The same for rows that say the same, whatever their place in the sheet.
    pub fingerprint: [u8; 16],
}

impl Draft {
    /// Whether the row gives a field.
    pub fn gives(&self, field: Field) -> bool {
        self.given & bit(field) != 0
    }

    /// Ends the reading of a row: nothing of it may change after this.
    #[must_use]
    fn sealed(mut self) -> Self {
        self.fingerprint = self.digest();
        self
    }

    fn digest(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u32).to_le_bytes());
            hasher.update(bytes);
        };
        part(&self.given.to_le_bytes());
        part(&[u8::from(self.partner)]);
        let d = &self.details;
        for text in [
            d.kind.as_str(),
            &d.first_name,
            &d.last_name,
            &d.alternative_name,
            &d.email,
            &d.phone,
            &d.address.street,
            &d.address.postal_code,
            &d.address.city,
            &d.address.country,
            &d.domicile,
            &d.language,
            &d.number,
            &d.business_id,
            &d.notes,
        ] {
            part(text.as_bytes());
        }
        for day in [
            d.birth_date,
            d.away_until,
            d.deceased_on,
            self.role_from,
            self.role_to,
        ] {
            part(
                &day.map_or(0, |day| chrono::Datelike::num_days_from_ce(&day))
                    .to_le_bytes(),
            );
        }
        part(&[u8::from(d.deceased), u8::from(d.non_disclosure)]);
        for list in [&self.phones, &self.emails, &self.flats, &self.groups] {
            part(&(list.len() as u32).to_le_bytes());
            list.iter().for_each(|text| part(text.as_bytes()));
        }
        for role in &self.roles {
            part(role.0.as_bytes());
        }
        for (field, value) in &self.custom {
            part(field.0.as_bytes());
            part(value.as_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        short
    }
}

/// Why a row gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedOver {
    /// No mapped column holds anything.
    Blank,
    /// It repeats the header.
    Header,
    /// It sums up the rows above.
    Sum,
}

/// What a row turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum RowRead {
    /// One person, or two of a couple.
    Drafts(Vec<Draft>),
    /// Nobody, and nothing wrong with that.
    PassedOver(PassedOver),
}

/// How the values of one column are to be understood, from the column as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnReading {
    /// Each cell speaks for itself.
    Plain,
    /// Whole names, in this order.
    Names(NameOrder),
    /// Dates.
    Dates(DateReading),
}

/// Everything that reading a row needs besides the row; made once per sheet and shared by threads.
#[derive(Debug, Clone)]
pub struct Reading {
    mapping: Mapping,
    columns: Vec<ColumnReading>,
    headers: Vec<String>,
    texts: HashMap<(u32, u32), String>,
    corrected_rows: HashSet<u32>,
    roles: HashMap<String, StakeholderKindId>,
    custom: HashMap<CustomFieldId, CustomField>,
    has_flat_column: bool,
    identity_code_basis: bool,
    today: NaiveDate,
}

impl Reading {
    /// Prepares the reading of a sheet. `sample` are rows below the header, the more the better: they decide the order of
    /// names and the meaning of plain numbers in date columns. `today` is the day in the organisation's time zone.
    pub fn new(
        mapping: &Mapping,
        options: &ImportOptions,
        corrections: &Corrections,
        vocabulary: &[StakeholderKind],
        custom: &[CustomField],
        sample: &[Row],
        today: NaiveDate,
    ) -> Self {
        let custom: HashMap<_, _> = custom.iter().map(|field| (field.id, field.clone())).collect();
        let columns = mapping
            .targets
            .iter()
            .enumerate()
            .map(|(column, target)| column_reading(*target, column, mapping, &custom, sample, today))
            .collect();
        Self {
            columns,
            headers: mapping.headers.iter().map(|header| clean::line(header)).collect(),
            texts: corrections
                .texts
                .iter()
                .map(|text| ((text.row, text.column), text.text.clone()))
                .collect(),
            corrected_rows: corrections.texts.iter().map(|text| text.row).collect(),
            roles: vocabulary
                .iter()
                .map(|kind| (words::compact(&kind.name), kind.id))
                .collect(),
            custom,
            has_flat_column: mapping.targets.contains(&Target::Field(Field::Flat)),
            identity_code_basis: options.identity_code_basis,
            mapping: mapping.clone(),
            today,
        }
    }

    /// How a column is understood; the wizard shows it.
    pub fn column(&self, column: usize) -> ColumnReading {
        self.columns.get(column).copied().unwrap_or(ColumnReading::Plain)
    }
}

fn column_reading(
    target: Target,
    column: usize,
    mapping: &Mapping,
    custom: &HashMap<CustomFieldId, CustomField>,
    sample: &[Row],
    today: NaiveDate,
) -> ColumnReading {
    let usage = match target {
        Target::Field(Field::Name) => {
            let names: Vec<String> = sample
                .iter()
                .filter(|row| !row.cell(column).is_blank())
                .map(|row| clean::line(&clean::shown(row.cell(column))))
                .collect();
            return ColumnReading::Names(detect_name_order(names.iter().map(String::as_str)));
        }
        Target::Field(Field::BirthDate) => DateUse::Birth,
        Target::Field(Field::RoleFrom | Field::RoleTo | Field::AwayUntil | Field::Deceased) => {
            DateUse::Period
        }
        Target::Custom(id)
            if custom
                .get(&id)
                .is_some_and(|field| field.kind == CustomFieldKind::Date) =>
        {
            DateUse::Period
        }
        _ => return ColumnReading::Plain,
    };
    ColumnReading::Dates(DateReading {
        usage,
        system: mapping.date_system,
        numbers: detect_date_numbers(sample.iter().map(|row| row.cell(column))),
        today,
    })
}

/// Reads a row.
pub fn read_row(row: &Row, reading: &Reading) -> RowRead {
    let mut maker = Maker::new(row.number, reading);
    let corrected = !reading.corrected_rows.is_empty() && reading.corrected_rows.contains(&row.number);
    let mut blank = true;
    if !corrected && let Some(passed) = passed_over(row, reading) {
        return RowRead::PassedOver(passed);
    }
    for (column, target) in reading.mapping.targets.iter().enumerate() {
        if *target == Target::Ignore {
            continue;
        }
        let replaced = corrected
            .then(|| reading.texts.get(&(row.number, column as u32)))
            .flatten()
            .map(|text| Cell::Text(text.clone()));
        let cell = replaced.as_ref().unwrap_or_else(|| row.cell(column));
        if cell.is_blank() {
            continue;
        }
        blank = false;
        maker.take(column, *target, cell);
    }
    if blank {
        return RowRead::PassedOver(PassedOver::Blank);
    }
    RowRead::Drafts(maker.finish())
}

/// Rows between the persons: blank ones, headers printed again on each page, sums.
fn passed_over(row: &Row, reading: &Reading) -> Option<PassedOver> {
    let Some((first, cell)) = row.cells.iter().enumerate().find(|(_, cell)| !cell.is_blank()) else {
        return Some(PassedOver::Blank);
    };
    let Cell::Text(text) = cell else { return None };
    let says_header = |column: usize, text: &str| {
        reading
            .headers
            .get(column)
            .is_some_and(|header| !header.is_empty() && clean::line(text) == *header)
    };
    if says_header(first, text) {
        let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
        let (mut same, mut all) = (0, 0);
        for (column, cell) in filled {
            all += 1;
            same += usize::from(says_header(column, &clean::shown(cell)));
        }
        if all >= 2 && same * 2 > all {
            return Some(PassedOver::Header);
        }
    }
    let rest_are_numbers = || {
        row.cells[first + 1..].iter().all(|cell| match cell {
            Cell::Text(text) => text.chars().all(|c| !c.is_alphabetic()),
            _ => cell.is_blank() || matches!(cell, Cell::Number(_)),
        })
    };
    (words::is_sum(text) && rest_are_numbers()).then_some(PassedOver::Sum)
}

/// Gathers what the cells of one row say.
struct Maker<'a> {
    reading: &'a Reading,
    draft: Draft,
    /// The second of a couple: first and family name.
    partner: Option<(String, String)>,
    organisation: String,
    address_flat: Option<String>,
    /// Parts of an address that only count where no column of their own says them.
    street: String,
    postal_code: String,
    city: String,
    code_birth: Option<NaiveDate>,
}

impl<'a> Maker<'a> {
    fn new(row: u32, reading: &'a Reading) -> Self {
        Self {
            reading,
            draft: Draft {
                row,
                ..Draft::default()
            },
            partner: None,
            organisation: String::new(),
            address_flat: None,
            street: String::new(),
            postal_code: String::new(),
            city: String::new(),
            code_birth: None,
        }
    }

    fn give(&mut self, field: Field) {
        self.draft.given |= bit(field);
    }

    fn problem(&mut self, column: usize, cell: &Cell, reason: Reason) {
        self.draft.problems.push(CellProblem {
            column: Some(column as u32),
            value: clean::shown(cell).into_owned(),
            reason,
        });
    }

    fn note(&mut self, column: usize, cell: &Cell, note: Note) {
        self.draft.notes.push(CellNote {
            column: column as u32,
            was: clean::shown(cell).into_owned(),
            note,
        });
    }

    /// Keeps a cleaned cell's notes and problem; gives its values.
    fn values<T>(&mut self, column: usize, cell: &Cell, cleaned: Cleaned<T>) -> Option<(T, Vec<T>)> {
        for note in cleaned.notes {
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

    fn take(&mut self, column: usize, target: Target, cell: &Cell) {
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
                if let Some(country) = self.value(column, cell, clean_line(cell))
                    && !words::is_finland(&country)
                {
                    self.draft.details.address.country = country;
                    self.give(field);
                }
            }
            Field::Flat => self.take_flats(column, cell),
            Field::BirthDate => {
                if let Some(day) = self.date(column, cell) {
                    self.draft.details.birth_date = Some(day);
                    self.give(field);
                }
            }
            Field::IdentityCode => {
                let cleaned = clean::clean_identity_code(cell, self.reading.today);
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
                    let number = self.without_codes(column, cell, number);
                    if !number.is_empty() {
                        self.draft.details.number = number;
                        self.give(field);
                    }
                }
            }
            Field::RoleName => self.take_role_names(column, cell),
            Field::RoleFrom => {
                if let Some(day) = self.date(column, cell) {
                    self.draft.role_from = Some(day);
                    self.give(field);
                }
            }
            Field::RoleTo => {
                if let Some(day) = self.date(column, cell) {
                    self.draft.role_to = Some(day);
                    self.give(field);
                }
            }
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
                    let text = self.without_codes(column, cell, text);
                    self.add_notes(&text);
                }
            }
        }
    }

    fn date(&mut self, column: usize, cell: &Cell) -> Option<NaiveDate> {
        let cleaned = match self.reading.columns.get(column) {
            Some(ColumnReading::Dates(reading)) => clean_date(cell, reading),
            _ => Cleaned::rejected(Problem::DateUnreadable),
        };
        self.value(column, cell, cleaned)
    }

    fn take_name(&mut self, column: usize, cell: &Cell) {
        let order = match self.reading.columns.get(column) {
            Some(ColumnReading::Names(order)) => *order,
            _ => NameOrder::default(),
        };
        let Some((name, more)) = self.values(column, cell, clean_full_name(cell, order)) else {
            return;
        };
        let PersonName {
            first,
            last,
            organisation,
        } = name;
        let details = &mut self.draft.details;
        if organisation {
            details.kind = ContactKind::Organisation;
        }
        if details.first_name.is_empty() && !first.is_empty() {
            details.first_name = first;
        }
        if details.last_name.is_empty() && !last.is_empty() {
            details.last_name = last;
        }
        self.partner = more.into_iter().next().map(|name| (name.first, name.last));
        self.give(Field::Name);
    }

    fn take_flats(&mut self, column: usize, cell: &Cell) {
        let Some(text) = self.value(column, cell, clean_line(cell)) else {
            return;
        };
        self.give(Field::Flat);
        for part in words::parts(&text) {
            let Some(flat) = clean_flat(&Cell::Text(part.to_owned())).value else {
                continue;
            };
            if !self.draft.flats.contains(&flat) {
                self.draft.flats.push(flat);
            }
        }
    }

    fn take_role_names(&mut self, column: usize, cell: &Cell) {
        let Some(text) = self.value(column, cell, clean_line(cell)) else {
            return;
        };
        if let Some(kind) = self.reading.roles.get(&words::compact(&text)) {
            return self.add_role(*kind);
        }
        for word in words::parts(&text) {
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

    fn add_role(&mut self, kind: StakeholderKindId) {
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
            CustomFieldKind::Text => self
                .value(column, cell, clean_text(cell))
                .map(|text| self.without_codes(column, cell, text)),
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

    /// Takes identity codes out of free text where the organisation has no basis for keeping them.
    fn without_codes(&mut self, column: usize, cell: &Cell, text: String) -> String {
        if self.reading.identity_code_basis || text.len() < 11 {
            return text;
        }
        let code = |word: &str| IdentityCode::parse(word.trim_matches(|c: char| !c.is_alphanumeric()));
        let Some(found) = text.split_whitespace().find_map(code) else {
            return text;
        };
        self.code_birth = self.code_birth.or(Some(found.birth_date()));
        self.note(column, cell, Note::OnlyBirthDate);
        let lines: Vec<String> = text
            .lines()
            .map(|line| {
                line.split(' ')
                    .filter(|word| code(word).is_none())
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        lines.join("\n").trim().to_owned()
    }

    fn add_notes(&mut self, text: &str) {
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

    fn finish(mut self) -> Vec<Draft> {
        self.settle_address();
        self.settle_birth_date();
        self.settle_names();
        if let (Some(from), Some(to)) = (self.draft.role_from, self.draft.role_to)
            && to < from
        {
            self.draft.problems.push(CellProblem {
                column: None,
                value: format!("{from}/{to}"),
                reason: Reason::Row(RowProblem::RoleEndsBeforeStart),
            });
        }
        let details = &self.draft.details;
        if details.first_name.is_empty() && details.last_name.is_empty() {
            self.draft.problems.push(CellProblem {
                column: None,
                value: String::new(),
                reason: Reason::Row(RowProblem::NameMissing),
            });
        }
        match self.partner.take() {
            Some((first, last)) => {
                let partner = partner_of(&self.draft, first, last);
                vec![self.draft.sealed(), partner.sealed()]
            }
            None => vec![self.draft.sealed()],
        }
    }

    fn settle_address(&mut self) {
        for (own, other, field) in [
            (
                &mut self.draft.details.address.street,
                &mut self.street,
                Field::Street,
            ),
            (
                &mut self.draft.details.address.postal_code,
                &mut self.postal_code,
                Field::PostalCode,
            ),
            (&mut self.draft.details.address.city, &mut self.city, Field::City),
        ] {
            if own.is_empty() && !other.is_empty() {
                *own = std::mem::take(other);
                self.draft.given |= bit(field);
            }
        }
        if !self.reading.has_flat_column
            && let Some(flat) = self.address_flat.take()
        {
            self.draft.flats.push(flat);
            self.draft.flats_from_address = true;
            self.give(Field::Flat);
        }
    }

    fn settle_birth_date(&mut self) {
        if self.draft.details.birth_date.is_none() && self.code_birth.is_some() {
            self.draft.details.birth_date = self.code_birth;
            self.give(Field::BirthDate);
        }
    }

    fn settle_names(&mut self) {
        if self.partner.is_none() && self.draft.details.kind == ContactKind::Person {
            self.part_couple();
        }
        let organisation = std::mem::take(&mut self.organisation);
        if organisation.is_empty() {
            return;
        }
        let details = &mut self.draft.details;
        if details.first_name.is_empty() && details.last_name.is_empty() {
            details.kind = ContactKind::Organisation;
            details.last_name = organisation;
        } else if details.last_name != organisation {
            // A person of that organisation: the register has no field for it, so it is kept in words.
            self.add_notes(&organisation);
        }
    }

    /// "Matti ja Maija" beside "Meikäläinen", where first and family names have columns of their own.
    fn part_couple(&mut self) {
        let details = &mut self.draft.details;
        let Some((first, second)) = words::couple(&details.first_name) else {
            return;
        };
        let (last, second_last) = match words::couple(&details.last_name) {
            Some((last, second_last)) => (last.to_owned(), second_last.to_owned()),
            None => (details.last_name.clone(), details.last_name.clone()),
        };
        if last.is_empty() {
            return;
        }
        let (first, second, was) = (first.to_owned(), second.to_owned(), details.first_name.clone());
        details.first_name = first;
        details.last_name = last;
        self.partner = Some((second, second_last));
        let column = self
            .reading
            .mapping
            .targets
            .iter()
            .position(|target| *target == Target::Field(Field::FirstName));
        self.draft.notes.push(CellNote {
            column: column.unwrap_or_default() as u32,
            was,
            note: Note::TwoPersons,
        });
    }
}

/// What the second of a couple has from the row: where they live and why they are in the register, but nothing that is
/// one person's own.
fn partner_of(draft: &Draft, first_name: String, last_name: String) -> Draft {
    const SHARED: u64 = bit(Field::Name)
        | bit(Field::FirstName)
        | bit(Field::LastName)
        | bit(Field::Street)
        | bit(Field::PostalCode)
        | bit(Field::City)
        | bit(Field::Address)
        | bit(Field::Country)
        | bit(Field::Flat)
        | bit(Field::Domicile)
        | bit(Field::Language)
        | bit(Field::RoleName)
        | bit(Field::RoleFrom)
        | bit(Field::RoleTo)
        | bit(Field::Group)
        | bit(Field::NonDisclosure);
    Draft {
        row: draft.row,
        partner: true,
        given: draft.given & SHARED,
        details: ContactDetails {
            first_name,
            last_name,
            address: draft.details.address.clone(),
            domicile: draft.details.domicile.clone(),
            language: draft.details.language.clone(),
            non_disclosure: draft.details.non_disclosure,
            ..ContactDetails::default()
        },
        flats: draft.flats.clone(),
        flats_from_address: draft.flats_from_address,
        roles: draft.roles.clone(),
        role_from: draft.role_from,
        role_to: draft.role_to,
        groups: draft.groups.clone(),
        problems: draft.problems.clone(),
        ..Draft::default()
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
