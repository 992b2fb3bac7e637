//! What a row says once all its cells are read: whose parts win, and whether it names one person or two.

use super::cells::Maker;
use super::draft::{CellNote, Draft, bit};
use super::field::{Field, Target};
use super::preview::{CellProblem, Reason, RowProblem};
use super::words;
use crate::clean::{Note, Problem};
use crate::contact::{ContactDetails, ContactKind};

impl Maker<'_> {
    pub(super) fn finish(mut self) -> Vec<Draft> {
        self.settle_stairwell();
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
            // Typed where a name belongs, it can be given in the preview.
            let column = self.reading.mapping.targets.iter().position(|target| {
                matches!(
                    target,
                    Target::Field(Field::Name | Field::LastName | Field::OrganisationName)
                )
            });
            self.draft.problems.push(CellProblem {
                column: column.map(|column| column as u32),
                value: String::new(),
                reason: Reason::Row(RowProblem::NameMissing),
            });
        }
        self.people()
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

    /// A stairwell and a number from a column each are one flat.
    fn settle_stairwell(&mut self) {
        let [one, other] = self.draft.flats.as_slice() else {
            return;
        };
        let letters = |text: &str| text.chars().all(char::is_alphabetic);
        let begins_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let whole = match (one.as_str(), other.as_str()) {
            (stair, number) | (number, stair) if letters(stair) && begins_with_digit(number) => {
                format!("{stair} {number}")
            }
            // "A" beside "A 12" says nothing more.
            (stair, flat) | (flat, stair) if letters(stair) && flat.starts_with(&format!("{stair} ")) => {
                flat.to_owned()
            }
            _ => return,
        };
        self.draft.flats = vec![whole];
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

    fn column_of(&self, field: Field) -> u32 {
        let mut targets = self.reading.mapping.targets.iter();
        let column = targets.position(|target| *target == Target::Field(field));
        column.unwrap_or_default() as u32
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
        if first.contains(',') || words::couple(first).is_some() {
            let column = self.column_of(Field::FirstName);
            self.draft.problems.push(CellProblem {
                column: Some(column),
                value: self.draft.details.first_name.clone(),
                reason: Reason::Cell(Problem::TooManyPeople),
            });
            return;
        }
        let (first, second, was) = (first.to_owned(), second.to_owned(), details.first_name.clone());
        details.first_name = first;
        details.last_name = last;
        self.partner = Some((second, second_last));
        let column = self.column_of(Field::FirstName);
        self.draft.notes.push(CellNote {
            column,
            was,
            note: Note::TwoPersons,
        });
    }
}

/// What the second of a couple has from the row: where they live and why they are in the register, but nothing that is
/// one person's own.
pub(super) fn partner_of(draft: &Draft, first_name: String, last_name: String) -> Draft {
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
        details: Box::new(ContactDetails {
            first_name,
            last_name,
            address: draft.details.address.clone(),
            domicile: draft.details.domicile.clone(),
            language: draft.details.language.clone(),
            non_disclosure: draft.details.non_disclosure,
            ..ContactDetails::default()
        }),
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

/// Gives the second of a couple the e-mails that bear their first name and not the other's.
pub(super) fn share_emails(draft: &mut Draft, partner: &mut Draft) {
    if draft.details.email.is_empty() {
        return;
    }
    let bears = |email: &str, first_name: &str| {
        let local = words::compact(email.split('@').next().unwrap_or_default());
        first_name.split([' ', '-']).next().is_some_and(|name| {
            let name = words::compact(name);
            name.len() >= 3 && local.contains(&name)
        })
    };
    let first = std::mem::take(&mut draft.details.email);
    let all = std::iter::once(first).chain(std::mem::take(&mut draft.emails));
    let (mut theirs, mut own): (Vec<String>, Vec<String>) = all.partition(|email| {
        bears(email, &partner.details.first_name) && !bears(email, &draft.details.first_name)
    });
    for (list, draft) in [(&mut own, &mut *draft), (&mut theirs, &mut *partner)] {
        if list.is_empty() {
            draft.given &= !bit(Field::Email);
        } else {
            draft.given |= bit(Field::Email);
            draft.details.email = list.remove(0);
            draft.emails = std::mem::take(list);
        }
    }
}
