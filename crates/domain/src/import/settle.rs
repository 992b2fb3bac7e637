//! What a row says once all its cells are read: whose parts win, and whether it names one person or two.

use super::cells::Maker;
use super::draft::{CellNote, Draft, bit};
use super::field::{Field, Target};
use super::preview::{CellProblem, Reason, RowProblem};
use super::words;
use crate::clean::Note;
use crate::contact::{ContactDetails, ContactKind};

impl Maker<'_> {
    pub(super) fn finish(mut self) -> Vec<Draft> {
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
