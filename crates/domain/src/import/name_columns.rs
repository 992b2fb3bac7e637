//! Several columns of names in one sheet, "Huoneisto | Omistaja | Asukas": each names somebody with the role that its heading
//! says.

use super::cells::Maker;
use super::draft::{Draft, bit};
use super::field::Field;
use super::reading::ColumnReading;
use super::settle::{partner_of, share_emails};
use super::words::compact;
use crate::clean::is_as_above;
use crate::clean::name::{NameOrder, PersonName, clean_full_name};
use crate::contact::ContactKind;
use crate::id::StakeholderKindId;
use crate::sheet::Cell;
use std::collections::HashMap;

/// The people of a further column.
pub(super) struct Further {
    names: Vec<PersonName>,
    role: Option<StakeholderKindId>,
}

/// The role that a heading of names says: "Omistaja", "Asukkaan nimi".
pub(super) fn role_of_heading(
    header: &str,
    roles: &HashMap<String, StakeholderKindId>,
) -> Option<StakeholderKindId> {
    let word = compact(header);
    let bare = word
        .strip_suffix("nimi")
        .or_else(|| word.strip_suffix("namn"))
        .unwrap_or(&word);
    let role = |word: &str| roles.get(word).copied();
    // "Omistajan nimi" and "Ägarens namn" are in the genitive.
    role(&word)
        .or_else(|| role(bare))
        .or_else(|| role(bare.strip_suffix('n')?))
        .or_else(|| role(bare.strip_suffix("ens")?))
}

impl Maker<'_> {
    pub(super) fn take_name(&mut self, column: usize, cell: &Cell) {
        let role = self.reading.name_roles.get(&column).copied();
        if self.name_column.is_some() && self.is_first_again(cell) {
            self.first_roles.extend(role);
            return;
        }
        let order = match self.reading.columns.get(column) {
            Some(ColumnReading::Names(order)) => *order,
            _ => NameOrder::default(),
        };
        let Some((name, more)) = self.values(column, cell, clean_full_name(cell, order)) else {
            return;
        };
        if self.name_column.is_some() {
            let names = std::iter::once(name).chain(more).collect();
            return self.further.push(Further { names, role });
        }
        self.name_column = Some(column);
        self.first_roles.extend(role);
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

    /// "Sama" or "omistaja" below "Asukas" is the person that the row has named.
    pub(super) fn is_first_again(&self, cell: &Cell) -> bool {
        let Cell::Text(text) = cell else { return false };
        is_as_above(text)
            || self
                .reading
                .roles
                .get(&compact(text))
                .is_some_and(|role| self.first_roles.contains(role))
    }

    /// The row's drafts: its first person, a partner, and those of further columns.
    pub(super) fn people(mut self) -> Vec<Draft> {
        let base = if self.further.is_empty() {
            None
        } else {
            Some(self.draft.clone())
        };
        for role in std::mem::take(&mut self.first_roles) {
            self.add_role(role);
        }
        let partner = self.partner.take();
        let mut people = vec![self.draft];
        if let Some((first, last)) = partner {
            let mut partner = partner_of(&people[0], first, last);
            share_emails(&mut people[0], &mut partner);
            people.push(partner);
        }
        for Further { names, role } in self.further {
            let Some(base) = &base else { continue };
            for (place, name) in names.into_iter().enumerate() {
                let same = people.iter_mut().find(|known| {
                    compact(&known.details.first_name) == compact(&name.first)
                        && compact(&known.details.last_name) == compact(&name.last)
                });
                if let Some(known) = same {
                    with_role(known, role);
                    continue;
                }
                let mut person = partner_of(base, name.first, name.last);
                person.partner = place > 0;
                if name.organisation {
                    person.details.kind = ContactKind::Organisation;
                }
                person.given |= bit(Field::Name);
                with_role(&mut person, role);
                share_emails(&mut people[0], &mut person);
                people.push(person);
            }
        }
        people.into_iter().map(Draft::sealed).collect()
    }
}

fn with_role(draft: &mut Draft, role: Option<StakeholderKindId>) {
    let Some(role) = role else { return };
    draft.given |= bit(Field::RoleName);
    if !draft.roles.contains(&role) {
        draft.roles.push(role);
    }
}
