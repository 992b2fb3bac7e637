//! What the register knows already, laid out for finding people and comparing values.

use super::words::compact;
use crate::contact::{ContactDetails, ContactKind, ContactPointKind};
use crate::id::{ContactId, CustomFieldId, FlatId, GroupId, StakeholderKindId, StakeholderRoleId, derived};
use crate::vocabulary::StakeholderKind;
use chrono::NaiveDate;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};
use uuid::Uuid;

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRole {
    /// Row id.
    pub id: StakeholderRoleId,
    /// Which reason.
    pub kind: StakeholderKindId,
    /// Its flat.
    pub flat: Option<FlatId>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
}

/// Everything stored that an import is compared with. Fill it with the `add_…` functions, contacts first, and end with
/// [`Register::seal`].
#[derive(Debug, Default)]
pub struct Register {
    /// A number that differs when the register does; the store puts its own there.
    pub version: i64,
    pub(super) contacts: Vec<(ContactId, ContactDetails)>,
    places: HashMap<ContactId, u32>,
    pub(super) points: Vec<(u32, ContactPointKind, String)>,
    pub(super) roles: Vec<(u32, KnownRole)>,
    pub(super) custom: Vec<(u32, CustomFieldId, String)>,
    pub(super) members: Vec<(u32, GroupId)>,
    pub(super) streets: Vec<String>,
    pub(super) flats: HashMap<FlatId, String>,
    flat_keys: HashMap<String, FlatId>,
    pub(super) groups: HashMap<GroupId, String>,
    group_keys: HashMap<String, GroupId>,
    pub(super) kinds: HashMap<StakeholderKindId, StakeholderKind>,
    pub(super) origins: Vec<(Uuid, u32)>,
    pub(super) index: Index,
    pub(super) marks: Vec<Mark>,
}

impl Register {
    /// Makes room for so many contacts.
    pub fn reserve(&mut self, contacts: usize) {
        self.contacts.reserve(contacts);
        self.places.reserve(contacts);
    }

    /// Adds a contact.
    pub fn add_contact(&mut self, id: ContactId, details: ContactDetails) {
        self.places.insert(id, self.contacts.len() as u32);
        self.contacts.push((id, details));
    }

    /// Adds a further phone or e-mail; one of an unknown contact is left out.
    pub fn add_point(&mut self, contact: ContactId, kind: ContactPointKind, value: String) {
        if let Some(place) = self.places.get(&contact) {
            self.points.push((*place, kind, value));
        }
    }

    /// Adds a role.
    pub fn add_role(&mut self, contact: ContactId, role: KnownRole) {
        if let Some(place) = self.places.get(&contact) {
            self.roles.push((*place, role));
        }
    }

    /// Adds a value of a field of the organisation's own.
    pub fn add_custom(&mut self, contact: ContactId, field: CustomFieldId, value: String) {
        if let Some(place) = self.places.get(&contact) {
            self.custom.push((*place, field, value));
        }
    }

    /// Adds a membership of a group.
    pub fn add_member(&mut self, contact: ContactId, group: GroupId) {
        if let Some(place) = self.places.get(&contact) {
            self.members.push((*place, group));
        }
    }

    /// Adds a street address at which the organisation has flats.
    pub fn add_street(&mut self, street: String) {
        self.streets.push(street);
    }

    /// Adds a flat; of two with one name the first is found.
    pub fn add_flat(&mut self, id: FlatId, name: String) {
        self.flat_keys.entry(compact(&name)).or_insert(id);
        self.flats.insert(id, name);
    }

    /// Adds a group; of two with one name the first is found.
    pub fn add_group(&mut self, id: GroupId, name: String) {
        self.group_keys.entry(compact(&name)).or_insert(id);
        self.groups.insert(id, name);
    }

    /// Adds a reason of the vocabulary.
    pub fn add_kind(&mut self, kind: StakeholderKind) {
        self.kinds.insert(kind.id, kind);
    }

    /// Adds the id under which a row's origin is kept, see [`origin_id`].
    pub fn add_origin(&mut self, id: Uuid, contact: ContactId) {
        if let Some(place) = self.places.get(&contact) {
            self.origins.push((id, *place));
        }
    }

    /// Puts everything in order for look-ups.
    pub fn seal(&mut self) {
        self.points.sort_by_key(|(contact, ..)| *contact);
        self.roles.sort_by_key(|(contact, _)| *contact);
        self.custom.sort_by_key(|(contact, ..)| *contact);
        self.members.sort_by_key(|(contact, _)| *contact);
        let mut index = Index::default();
        let mut names = Vec::with_capacity(self.contacts.len());
        self.marks = Vec::with_capacity(self.contacts.len());
        for (place, (_, details)) in self.contacts.iter().enumerate() {
            let keys = Keys::of(details);
            index.add_contact(place as u32, &keys);
            names.push(keys.name);
            self.marks.push(Mark::of(details, &keys));
        }
        for (contact, kind, value) in &self.points {
            index.add_point(*contact, *kind, value, names[*contact as usize]);
        }
        for (contact, role) in &self.roles {
            if let Some(name) = role.flat.and_then(|flat| self.flats.get(&flat)) {
                index
                    .places
                    .add(flat_key(names[*contact as usize], name), *contact);
            }
        }
        for (id, contact) in &self.origins {
            index.origins.add(origin_prefix(id.as_bytes()), *contact);
        }
        self.index = index;
    }

    /// How many contacts there are.
    pub fn len(&self) -> usize {
        self.contacts.len()
    }

    /// True for a new organisation's register.
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty()
    }

    /// A contact's own row.
    pub fn details(&self, contact: ContactId) -> Option<&ContactDetails> {
        self.places
            .get(&contact)
            .map(|place| &self.contacts[*place as usize].1)
    }

    /// A flat's name.
    pub fn flat_name(&self, flat: FlatId) -> &str {
        self.flats.get(&flat).map_or("", String::as_str)
    }

    /// The flat that people call so, whatever its capitals and spaces.
    pub fn flat(&self, name: &str) -> Option<FlatId> {
        self.flat_keys.get(&compact(name)).copied()
    }

    /// The group of this name.
    pub fn group(&self, name: &str) -> Option<GroupId> {
        self.group_keys.get(&compact(name)).copied()
    }

    /// A group's name.
    pub fn group_name(&self, group: GroupId) -> &str {
        self.groups.get(&group).map_or("", String::as_str)
    }

    pub(super) fn points(&self, place: u32) -> &[(u32, ContactPointKind, String)] {
        of(&self.points, place, |(contact, ..)| *contact)
    }

    pub(super) fn roles(&self, place: u32) -> &[(u32, KnownRole)] {
        of(&self.roles, place, |(contact, _)| *contact)
    }

    pub(super) fn custom(&self, place: u32) -> &[(u32, CustomFieldId, String)] {
        of(&self.custom, place, |(contact, ..)| *contact)
    }

    pub(super) fn members(&self, place: u32) -> &[(u32, GroupId)] {
        of(&self.members, place, |(contact, _)| *contact)
    }
}

/// The id of the row that says which sheet row gave a contact its values. It derives from the contact and from what the row
/// said, so that the same row of the same file finds its contact again even where names and addresses would fit several.
///
/// The first six bytes are those of the fingerprint, by which the row is looked up.
pub fn origin_id(contact: ContactId, fingerprint: &[u8; 16]) -> Uuid {
    let mut bytes = derived("import_row", &[contact.0.as_bytes(), fingerprint]).into_bytes();
    bytes[..6].copy_from_slice(&fingerprint[..6]);
    Uuid::new_v8(bytes)
}

pub(super) fn origin_prefix(bytes: &[u8; 16]) -> u64 {
    let mut prefix = [0; 8];
    prefix[..6].copy_from_slice(&bytes[..6]);
    u64::from_le_bytes(prefix)
}

/// The run of entries that belong to one contact, in a list sorted by contact.
fn of<T>(sorted: &[T], place: u32, contact: impl Fn(&T) -> u32) -> &[T] {
    let start = sorted.partition_point(|entry| contact(entry) < place);
    let length = sorted[start..]
        .iter()
        .take_while(|entry| contact(entry) == place)
        .count();
    &sorted[start..start + length]
}

/// Where to look for people: hashes only, so what is found must be compared. Names are the exception: 64 bits part them well
/// enough, and the most frequent ones are shared by too many to compare them all.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) numbers: Multi,
    pub(super) emails: Multi,
    pub(super) names: Multi,
    /// Name together with a phone, a street or a flat.
    pub(super) places: Multi,
    /// By the beginning of [`origin_id`].
    pub(super) origins: Multi,
}

impl Index {
    pub(super) fn add_contact(&mut self, person: u32, keys: &Keys) {
        self.numbers.extend(keys.number, person);
        self.numbers.extend(keys.business, person);
        self.numbers.extend(keys.identity, person);
        self.emails.extend(keys.email, person);
        self.places.extend(keys.phone, person);
        self.places.extend(keys.street, person);
        self.names.add(keys.name, person);
    }

    pub(super) fn add_point(&mut self, person: u32, kind: ContactPointKind, value: &str, name: u64) {
        match kind {
            ContactPointKind::Email => self.emails.add(email_key(value), person),
            ContactPointKind::Phone => self.places.add(phone_key(name, value), person),
            ContactPointKind::Address => {}
        }
    }
}

/// Where a record is looked up; nothing for what it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Keys {
    pub(super) name: u64,
    pub(super) number: Option<u64>,
    pub(super) business: Option<u64>,
    pub(super) identity: Option<u64>,
    pub(super) email: Option<u64>,
    pub(super) phone: Option<u64>,
    pub(super) street: Option<u64>,
}

impl Keys {
    pub(super) fn of(details: &ContactDetails) -> Self {
        let name = name_key(details);
        let of = |text: &str, key: &dyn Fn(&str) -> u64| (!text.is_empty()).then(|| key(text));
        Self {
            name,
            number: number_key(&details.number),
            business: of(&details.business_id, &business_key),
            identity: of(&details.identity_code, &identity_key),
            email: of(&details.email, &email_key),
            phone: of(&details.phone, &|phone| phone_key(name, phone)),
            street: of(&details.address.street, &|street| street_key(name, street)),
        }
    }
}

/// What parts people of one name at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) name: u64,
    /// The hash of the member or customer number.
    pub(super) number: Option<u64>,
    pub(super) birth_date: Option<NaiveDate>,
}

impl Mark {
    pub(super) fn of(details: &ContactDetails, keys: &Keys) -> Self {
        Self {
            name: keys.name,
            number: keys.number,
            birth_date: details.birth_date,
        }
    }
}

/// From a hash to people; several may share one.
#[derive(Debug, Default)]
pub(super) struct Multi {
    heads: HashMap<u64, u32, FixedState>,
    /// A person, and the place of the next entry with the same hash plus one.
    entries: Vec<(u32, u32)>,
}

impl Multi {
    pub(super) fn add(&mut self, key: u64, person: u32) {
        let place = self.entries.len() as u32 + 1;
        let next = self.heads.insert(key, place).unwrap_or(0);
        self.entries.push((person, next));
    }

    pub(super) fn extend(&mut self, key: Option<u64>, person: u32) {
        if let Some(key) = key {
            self.add(key, person);
        }
    }

    /// The people under a hash, the latest first.
    pub(super) fn get(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.heads.get(&key).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let (person, next) = *self.entries.get(at.checked_sub(1)? as usize)?;
            at = next;
            Some(person)
        })
    }
}

fn hash(kind: u8, text: &str) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    kind.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}

/// "0012", "12" and "12.0" are one number: spreadsheets drop the zeros and programs add them. "-", "?" and "0" are none.
pub(super) fn number_form(number: &str) -> String {
    let key = compact(crate::clean::without_decimals(number));
    if key.bytes().all(|b| b.is_ascii_digit()) {
        key.trim_start_matches('0').to_owned()
    } else {
        key
    }
}

/// Where a number is looked up.
pub(super) fn number_key(number: &str) -> Option<u64> {
    let form = number_form(number);
    (!form.is_empty()).then(|| hash(1, &form))
}

pub(super) fn business_key(id: &str) -> u64 {
    hash(2, id)
}

pub(super) fn identity_key(code: &str) -> u64 {
    hash(4, code)
}

pub(super) fn phone_key(name: u64, phone: &str) -> u64 {
    name ^ hash(5, phone)
}

pub(super) fn street_key(name: u64, street: &str) -> u64 {
    name ^ hash(6, &compact(house(street)))
}

/// A street up to its first number, by which "Koivukatu 3 A 12" and "Koivukatu 3" find each other.
fn house(street: &str) -> &str {
    let numbers = |c: char| c.is_ascii_digit();
    let Some(start) = street.find(numbers).filter(|start| *start > 0) else {
        return street;
    };
    let length = street[start..].find(|c| !numbers(c));
    length.map_or(street, |length| &street[..start + length])
}

pub(super) fn flat_key(name: u64, flat: &str) -> u64 {
    name ^ hash(7, &compact(flat))
}

pub(super) fn email_key(email: &str) -> u64 {
    hash(3, &email.to_lowercase())
}

/// The words of a name, folded and sorted, so that the order of first and family name does not count.
pub(super) fn name_words(details: &ContactDetails) -> Vec<String> {
    let mut words: Vec<String> = words_of(&details.first_name)
        .chain(words_of(&details.last_name))
        .collect();
    words.sort_unstable();
    words
}

/// The words of a text, folded; hyphens part words as spaces do.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(crate::collation::fold)
}

/// Where a name is looked up: a company or an estate is not the person whose name it bears.
pub(super) fn name_key(details: &ContactDetails) -> u64 {
    let kind = match details.kind {
        ContactKind::Person => 4,
        ContactKind::Organisation => 8,
    };
    hash(kind, &name_words(details).join(" "))
}
