//! The register as it will be when the rows so far are brought in: what the next row is compared with.

use super::register::{Index, Keys, Mark, Register, flat_key, phone_key, street_key};
use super::words::compact;
use crate::contact::{ContactDetails, ContactPointKind};
use crate::id::{ContactId, CustomFieldId, FlatId, GroupId, StakeholderKindId, StakeholderRoleId};
use chrono::NaiveDate;
use std::collections::HashMap;

/// A flat that exists, or the one with this place among the plan's new flats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlatRef {
    /// A flat of the register.
    Known(FlatId),
    /// A flat that the import adds.
    New(u32),
}

/// A group that exists, or the one with this place among the plan's new groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupRef {
    /// A group of the register.
    Known(GroupId),
    /// A group that the import adds.
    New(u32),
}

/// A role to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleWrite {
    /// The role that changes; none for a new one.
    pub id: Option<StakeholderRoleId>,
    /// Which reason.
    pub kind: StakeholderKindId,
    /// Its flat.
    pub flat: Option<FlatRef>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
}

/// Everything that is written for one contact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContactWrite {
    /// The contact that changes; none for a new one.
    pub contact: Option<ContactId>,
    /// Its whole row as it will be; the household is told by `household`.
    pub details: Box<ContactDetails>,
    /// Which fields of the row of a known contact change, by [`super::draft::bit`].
    pub changed: u64,
    /// Phones and e-mails to put beside those it has.
    pub points: Vec<(ContactPointKind, String)>,
    /// Roles to add or change.
    pub roles: Vec<RoleWrite>,
    /// Values of the organisation's own fields to write.
    pub custom: Vec<(CustomFieldId, String)>,
    /// Groups to join.
    pub groups: Vec<GroupRef>,
    /// The new couple, counted from 0, that a new contact is part of.
    pub household: Option<u32>,
}

impl ContactWrite {
    /// Whether anything is written at all.
    pub fn is_empty(&self) -> bool {
        self.contact.is_some()
            && self.changed == 0
            && self.points.is_empty()
            && self.roles.is_empty()
            && self.custom.is_empty()
            && self.groups.is_empty()
    }
}

/// Register and plan in one: people are numbered through, those of the register first.
pub(super) struct People<'a> {
    pub(super) register: &'a Register,
    pub(super) writes: Vec<ContactWrite>,
    /// From a person of the register that a row was about to their write.
    touched: HashMap<u32, u32>,
    /// The writes of new people, in the order of their numbers.
    added: Vec<u32>,
    pub(super) index: Index,
    /// By person.
    pub(super) marks: Vec<Mark>,
    pub(super) new_flats: Vec<String>,
    flat_keys: HashMap<String, u32>,
    pub(super) new_groups: Vec<String>,
    group_keys: HashMap<String, u32>,
}

impl<'a> People<'a> {
    pub(super) fn new(register: &'a Register) -> Self {
        Self {
            register,
            writes: Vec::new(),
            touched: HashMap::new(),
            added: Vec::new(),
            index: Index::default(),
            marks: register.marks.clone(),
            new_flats: Vec::new(),
            flat_keys: HashMap::new(),
            new_groups: Vec::new(),
            group_keys: HashMap::new(),
        }
    }

    /// Adds somebody.
    pub(super) fn add(&mut self, write: ContactWrite, keys: &Keys) -> u32 {
        let person = (self.register.len() + self.added.len()) as u32;
        self.index.add_contact(person, keys);
        self.marks.push(Mark::of(&write.details, keys));
        for (kind, value) in &write.points {
            self.index.add_point(person, *kind, value, keys.name);
        }
        self.added.push(self.writes.len() as u32);
        self.writes.push(write);
        person
    }

    fn added_at(&self, person: u32) -> Option<u32> {
        let place = (person as usize).checked_sub(self.register.len())?;
        self.added.get(place).copied()
    }

    /// Whether an earlier row adds the person.
    pub(super) fn is_added(&self, person: u32) -> bool {
        person as usize >= self.register.len()
    }

    /// Where the person's write stands, if an earlier row was about them.
    pub(super) fn write_at(&self, person: u32) -> Option<u32> {
        self.added_at(person)
            .or_else(|| self.touched.get(&person).copied())
    }

    /// The person's write, begun if there is none.
    pub(super) fn touch(&mut self, person: u32) -> u32 {
        if let Some(at) = self.write_at(person) {
            return at;
        }
        let at = self.writes.len() as u32;
        let (id, details) = &self.register.contacts[person as usize];
        self.writes.push(ContactWrite {
            contact: Some(*id),
            details: Box::new(details.clone()),
            ..ContactWrite::default()
        });
        self.touched.insert(person, at);
        at
    }

    /// Makes somebody found under a new name, with everything that is looked up together with the name.
    pub(super) fn rename(&mut self, person: u32, name: u64) {
        self.marks[person as usize].name = name;
        self.index.names.add(name, person);
        let details = self.details(person).clone();
        let phones: Vec<String> = self
            .known_points(person)
            .iter()
            .map(|(_, kind, value)| (kind, value))
            .chain(
                self.write(person)
                    .into_iter()
                    .flat_map(|write| write.points.iter().map(|(kind, value)| (kind, value))),
            )
            .filter(|(kind, _)| **kind == ContactPointKind::Phone)
            .map(|(_, value)| value.clone())
            .collect();
        for phone in phones
            .iter()
            .chain([&details.phone])
            .filter(|phone| !phone.is_empty())
        {
            self.index.places.add(phone_key(name, phone), person);
        }
        if !details.address.street.is_empty() {
            self.index
                .places
                .add(street_key(name, &details.address.street), person);
        }
        for role in self.roles(person) {
            self.locate(person, role.flat);
        }
    }

    /// Makes somebody found by their flat.
    pub(super) fn locate(&mut self, person: u32, flat: Option<FlatRef>) {
        if flat.is_some() {
            let key = flat_key(self.marks[person as usize].name, self.flat_name(flat));
            self.index.places.add(key, person);
        }
    }

    fn write(&self, person: u32) -> Option<&ContactWrite> {
        self.write_at(person).map(|at| &self.writes[at as usize])
    }

    pub(super) fn details(&self, person: u32) -> &ContactDetails {
        match self.write(person) {
            Some(write) => &write.details,
            None => &self.register.contacts[person as usize].1,
        }
    }

    /// Whether a phone or e-mail is the person's first or stands beside it.
    pub(super) fn has_point(&self, person: u32, kind: ContactPointKind, value: &str) -> bool {
        let details = self.details(person);
        let first = match kind {
            ContactPointKind::Email => &details.email,
            ContactPointKind::Phone => &details.phone,
            ContactPointKind::Address => &details.address.street,
        };
        let same = |known: &str| match kind {
            ContactPointKind::Email => known.eq_ignore_ascii_case(value),
            _ => known == value,
        };
        same(first)
            || self
                .known_points(person)
                .iter()
                .any(|(_, of, known)| *of == kind && same(known))
            || self
                .write(person)
                .is_some_and(|write| write.points.iter().any(|(of, known)| *of == kind && same(known)))
    }

    /// Whether the person has any phone or e-mail.
    pub(super) fn has_any_point(&self, person: u32, kind: ContactPointKind) -> bool {
        let details = self.details(person);
        let first = match kind {
            ContactPointKind::Email => &details.email,
            ContactPointKind::Phone => &details.phone,
            ContactPointKind::Address => &details.address.street,
        };
        !first.is_empty()
            || self.known_points(person).iter().any(|(_, of, _)| *of == kind)
            || self
                .write(person)
                .is_some_and(|write| write.points.iter().any(|(of, _)| *of == kind))
    }

    fn known_points(&self, person: u32) -> &[(u32, ContactPointKind, String)] {
        if self.is_added(person) {
            &[]
        } else {
            self.register.points(person)
        }
    }

    /// The person's roles as they will be.
    pub(super) fn roles(&self, person: u32) -> Vec<RoleWrite> {
        let written = self.write(person).map_or(&[][..], |write| &write.roles[..]);
        let known = if self.is_added(person) {
            &[]
        } else {
            self.register.roles(person)
        };
        known
            .iter()
            .filter(|(_, role)| !written.iter().any(|write| write.id == Some(role.id)))
            .map(|(_, role)| RoleWrite {
                id: Some(role.id),
                kind: role.kind,
                flat: role.flat.map(FlatRef::Known),
                valid_from: role.valid_from,
                valid_to: role.valid_to,
            })
            .chain(written.iter().cloned())
            .collect()
    }

    pub(super) fn has_flat(&self, person: u32, flat: FlatRef) -> bool {
        let known = if self.is_added(person) {
            &[]
        } else {
            self.register.roles(person)
        };
        known
            .iter()
            .any(|(_, role)| role.flat.map(FlatRef::Known) == Some(flat))
            || self
                .write(person)
                .is_some_and(|write| write.roles.iter().any(|role| role.flat == Some(flat)))
    }

    /// Whether any of the person's roles is about a flat.
    pub(super) fn has_any_flat(&self, person: u32) -> bool {
        let known = if self.is_added(person) {
            &[]
        } else {
            self.register.roles(person)
        };
        known.iter().any(|(_, role)| role.flat.is_some())
            || self
                .write(person)
                .is_some_and(|write| write.roles.iter().any(|role| role.flat.is_some()))
    }

    pub(super) fn custom(&self, person: u32, field: CustomFieldId) -> &str {
        let written = self.write(person).and_then(|write| {
            write
                .custom
                .iter()
                .find(|(of, _)| *of == field)
                .map(|(_, value)| value.as_str())
        });
        let known = || {
            let known = if self.is_added(person) {
                &[]
            } else {
                self.register.custom(person)
            };
            known
                .iter()
                .find(|(_, of, _)| *of == field)
                .map(|(.., value)| value.as_str())
        };
        written.or_else(known).unwrap_or_default()
    }

    pub(super) fn is_member(&self, person: u32, group: GroupRef) -> bool {
        let known = if self.is_added(person) {
            &[]
        } else {
            self.register.members(person)
        };
        known.iter().any(|(_, of)| GroupRef::Known(*of) == group)
            || self
                .write(person)
                .is_some_and(|write| write.groups.contains(&group))
    }

    /// The flat of a name, if it exists or an earlier row adds it.
    pub(super) fn flat(&self, name: &str) -> Option<FlatRef> {
        self.register
            .flat(name)
            .map(FlatRef::Known)
            .or_else(|| self.flat_keys.get(&compact(name)).copied().map(FlatRef::New))
    }

    /// The flat of a name, added if need be.
    pub(super) fn flat_or_new(&mut self, name: &str) -> FlatRef {
        self.flat(name).unwrap_or_else(|| {
            let place = self.new_flats.len() as u32;
            self.new_flats.push(name.to_owned());
            self.flat_keys.insert(compact(name), place);
            FlatRef::New(place)
        })
    }

    /// The group of a name, added if need be.
    pub(super) fn group_or_new(&mut self, name: &str) -> GroupRef {
        if let Some(group) = self.register.group(name) {
            return GroupRef::Known(group);
        }
        let key = compact(name);
        if let Some(place) = self.group_keys.get(&key) {
            return GroupRef::New(*place);
        }
        let place = self.new_groups.len() as u32;
        self.new_groups.push(name.to_owned());
        self.group_keys.insert(key, place);
        GroupRef::New(place)
    }

    pub(super) fn flat_name(&self, flat: Option<FlatRef>) -> &str {
        match flat {
            Some(FlatRef::Known(id)) => self.register.flat_name(id),
            Some(FlatRef::New(place)) => &self.new_flats[place as usize],
            None => "",
        }
    }
}
