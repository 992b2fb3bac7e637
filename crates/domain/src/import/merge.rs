//! What one row changes about one person.

use super::draft::{CUSTOM_BIT, Draft, bit};
use super::field::{Field, Target};
use super::people::{ContactWrite, FlatRef, GroupRef, People, RoleWrite};
use super::preview::ValueChange;
use super::register::{
    business_key, email_key, identity_key, name_key, name_words, number_form, number_key, phone_key,
    street_key, words_of,
};
use super::words::compact;
use crate::clean::identity_code::masked;
use crate::clean::iso;
use crate::clean::postal::split_flat;
use crate::contact::{ContactDetails, ContactPointKind};
use crate::id::StakeholderKindId;
use chrono::NaiveDate;

/// What a row may do to what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Replace it.
    Replace,
    /// Fill gaps, and put further phones, e-mails and notes beside it.
    Complete,
    /// Only fill gaps.
    FillGaps,
}

/// Brings one row into one person.
pub(super) struct Merging<'a, 'r> {
    people: &'a mut People<'r>,
    person: u32,
    mode: Mode,
    keep: &'a dyn Fn(Target) -> bool,
    changes: Vec<ValueChange>,
    fields: u64,
}

/// The text fields that simply hold one value.
const TEXTS: [Field; 6] = [
    Field::AlternativeName,
    Field::BusinessId,
    Field::IdentityCode,
    Field::Domicile,
    Field::Language,
    Field::Number,
];

const ADDRESS: [Field; 4] = [Field::Street, Field::PostalCode, Field::City, Field::Country];

impl<'a, 'r> Merging<'a, 'r> {
    pub(super) fn new(
        people: &'a mut People<'r>,
        person: u32,
        mode: Mode,
        keep: &'a dyn Fn(Target) -> bool,
    ) -> Self {
        Self {
            people,
            person,
            mode,
            keep,
            changes: Vec::new(),
            fields: 0,
        }
    }

    /// What changed, and which fields the row gave.
    pub(super) fn done(self) -> (Vec<ValueChange>, u64) {
        (self.changes, self.fields)
    }

    /// Everything but the roles.
    pub(super) fn merge(&mut self, draft: &Draft) {
        self.name(draft);
        for field in TEXTS {
            self.text(field, draft);
        }
        self.address(draft);
        self.point(Field::Email, ContactPointKind::Email, &draft.details.email);
        self.point(Field::Phone, ContactPointKind::Phone, &draft.details.phone);
        self.days(draft);
        self.marks(draft);
        self.notes(&draft.details.notes);
        self.merge_beside(draft);
    }

    /// What stands beside the contact's own row.
    pub(super) fn merge_beside(&mut self, draft: &Draft) {
        for phone in &draft.phones {
            self.beside(Field::Phone, ContactPointKind::Phone, phone);
        }
        for email in &draft.emails {
            self.beside(Field::Email, ContactPointKind::Email, email);
        }
        for (field, value) in &draft.custom {
            let old = self.people.custom(self.person, *field).to_owned();
            if old == *value || !self.may(old.is_empty()) || (self.keep)(Target::Custom(*field)) {
                continue;
            }
            let custom = &mut self.write().custom;
            match custom.iter_mut().find(|(of, _)| of == field) {
                Some((_, known)) => known.clone_from(value),
                None => custom.push((*field, value.clone())),
            }
            self.fields |= CUSTOM_BIT;
            self.changed(Target::Custom(*field), old, value.clone(), false);
        }
        for name in &draft.groups {
            if (self.keep)(Target::Field(Field::Group)) {
                continue;
            }
            let group = self.people.group_or_new(name);
            if !self.people.is_member(self.person, group) {
                self.join(group, name);
            }
        }
    }

    fn join(&mut self, group: GroupRef, name: &str) {
        self.write().groups.push(group);
        self.record(Field::Group, String::new(), name.to_owned(), true);
    }

    fn write(&mut self) -> &mut ContactWrite {
        let at = self.people.touch(self.person);
        &mut self.people.writes[at as usize]
    }

    fn details(&self) -> &ContactDetails {
        self.people.details(self.person)
    }

    /// Whether a value may be written where there is none, or where there is one.
    fn may(&self, gap: bool) -> bool {
        gap || self.mode == Mode::Replace
    }

    fn changed(&mut self, target: Target, old: String, new: String, beside: bool) {
        self.changes.push(ValueChange {
            target,
            old,
            new,
            beside,
            withheld: false,
        });
    }

    fn record(&mut self, field: Field, old: String, new: String, beside: bool) {
        self.fields |= bit(field);
        self.changed(Target::Field(field), old, new, beside);
    }

    /// Writes one text of the contact's own row.
    fn set(&mut self, field: Field, new: &str) {
        let write = self.write();
        write.changed |= bit(field);
        let Some(text) = text_mut(&mut write.details, field) else {
            return;
        };
        let old = std::mem::replace(text, new.to_owned());
        let person = self.person;
        let name = self.people.marks[person as usize].name;
        let index = &mut self.people.index;
        match field {
            Field::Email => index.emails.add(email_key(new), person),
            Field::Phone => index.places.add(phone_key(name, new), person),
            Field::Street => index.places.add(street_key(name, new), person),
            Field::BusinessId => index.numbers.add(business_key(new), person),
            Field::IdentityCode => index.numbers.add(identity_key(new), person),
            Field::Number => {
                let key = number_key(new);
                index.numbers.extend(key, person);
                self.people.marks[person as usize].number = key;
            }
            _ => {}
        }
        match field {
            Field::IdentityCode => self.record(field, masked(&old), masked(new), false),
            _ => self.record(field, old, new.to_owned(), false),
        }
    }

    /// First and family name are one value: what only orders them otherwise or leaves a further first name out is the same.
    fn name(&mut self, draft: &Draft) {
        let (known, given) = (self.details(), &draft.details);
        let (old, new) = (name_words(known), name_words(given));
        let plain = |details: &ContactDetails| details.first_name.is_ascii() && details.last_name.is_ascii();
        let spelled_better = old == new && plain(known) && !plain(given);
        if !spelled_better && new.iter().all(|word| says_no_more(&old, word)) {
            return;
        }
        for field in [Field::FirstName, Field::LastName] {
            let (old, new) = (text(self.details(), field), text(given, field));
            let words: Vec<String> = words_of(old).collect();
            let nothing_new = !spelled_better && words_of(new).all(|word| says_no_more(&words, &word));
            if new.is_empty()
                || old == new
                || nothing_new
                || !self.may(old.is_empty())
                || (self.keep)(Target::Field(field))
            {
                continue;
            }
            self.set(field, new);
        }
        let key = name_key(self.details());
        self.people.rename(self.person, key);
    }

    fn text(&mut self, field: Field, draft: &Draft) {
        let new = text(&draft.details, field);
        let old = text(self.details(), field);
        let same = match field {
            Field::Number => !old.is_empty() && number_form(old) == number_form(new),
            _ => old == new,
        };
        if new.is_empty() || same || !self.may(old.is_empty()) || (self.keep)(Target::Field(field)) {
            return;
        }
        self.set(field, new);
    }

    /// An address is filled up only with parts of the same address.
    fn address(&mut self, draft: &Draft) {
        let same = |old: &str, new: &str| compact(old) == compact(new);
        let elsewhere = ADDRESS.iter().any(|field| {
            let (old, new) = (text(self.details(), *field), text(&draft.details, *field));
            !old.is_empty() && !new.is_empty() && !same(old, new)
        });
        if elsewhere && self.mode != Mode::Replace {
            return;
        }
        let moved = self.mode == Mode::Replace && self.has_moved(draft);
        for field in ADDRESS {
            let (old, new) = (text(self.details(), field), text(&draft.details, field));
            // Elsewhere the old code and city are wrong, and an address that is told to be at home has no country.
            let at_home = field == Field::Country && draft.gives(field) && self.mode == Mode::Replace;
            let unsaid = new.is_empty() && !at_home;
            let stays = unsaid && (!moved || old.is_empty());
            if stays || same(old, new) || (self.keep)(Target::Field(field)) {
                continue;
            }
            self.set(field, new);
        }
    }

    /// Whether the row's address is in another house, and not only in another flat or written otherwise, and says nothing of
    /// code and city that would still hold.
    fn has_moved(&self, draft: &Draft) -> bool {
        let (known, given) = (&self.details().address, &draft.details.address);
        let house = |street: &str| compact(&split_flat(street).0);
        let still = |old: &str, new: &str| !new.is_empty() && compact(old) == compact(new);
        !known.street.is_empty()
            && !given.street.is_empty()
            && house(&known.street) != house(&given.street)
            && !still(&known.postal_code, &given.postal_code)
    }

    /// The first phone or e-mail of a row.
    fn point(&mut self, field: Field, kind: ContactPointKind, new: &str) {
        if new.is_empty() || self.people.has_point(self.person, kind, new) {
            return;
        }
        let gap = text(self.details(), field).is_empty();
        if !self.may(gap) {
            self.beside(field, kind, new);
        } else if !(self.keep)(Target::Field(field)) {
            let old = text(self.details(), field).to_owned();
            let from_this_sheet = self.people.is_added(self.person) || self.write().changed & bit(field) != 0;
            self.set(field, new);
            if !old.is_empty() && from_this_sheet {
                self.beside(field, kind, &old);
            }
        }
    }

    /// A further phone or e-mail.
    fn beside(&mut self, field: Field, kind: ContactPointKind, new: &str) {
        if self.mode == Mode::FillGaps
            || self.people.has_point(self.person, kind, new)
            || (self.keep)(Target::Field(field))
        {
            return;
        }
        self.write().points.push((kind, new.to_owned()));
        let name = self.people.marks[self.person as usize].name;
        self.people.index.add_point(self.person, kind, new, name);
        self.record(field, String::new(), new.to_owned(), true);
    }

    fn days(&mut self, draft: &Draft) {
        for field in [Field::BirthDate, Field::AwayUntil] {
            let (old, new) = (day(self.details(), field), day(&draft.details, field));
            if new.is_none() || old == new || !self.may(old.is_none()) || (self.keep)(Target::Field(field)) {
                continue;
            }
            let write = self.write();
            write.changed |= bit(field);
            match field {
                Field::BirthDate => {
                    write.details.birth_date = new;
                    self.people.marks[self.person as usize].birth_date = new;
                }
                _ => write.details.away_until = new,
            }
            self.record(field, shown(old), shown(new), false);
        }
    }

    /// Marks are only ever set: a sheet that does not know of a death or of an order of non-disclosure does not lift it.
    fn marks(&mut self, draft: &Draft) {
        let (known, given) = (self.details(), &draft.details);
        let new_day = given.deceased_on.filter(|_| known.deceased_on.is_none());
        if given.deceased
            && (!known.deceased || new_day.is_some())
            && !(self.keep)(Target::Field(Field::Deceased))
        {
            let old = mark(known.deceased, known.deceased_on);
            let write = self.write();
            write.changed |= bit(Field::Deceased);
            write.details.deceased = true;
            write.details.deceased_on = write.details.deceased_on.or(new_day);
            let new = mark(true, write.details.deceased_on);
            self.record(Field::Deceased, old, new, false);
        }
        if draft.details.non_disclosure
            && !self.details().non_disclosure
            && !(self.keep)(Target::Field(Field::NonDisclosure))
        {
            let write = self.write();
            write.changed |= bit(Field::NonDisclosure);
            write.details.non_disclosure = true;
            self.record(Field::NonDisclosure, String::new(), mark(true, None), false);
        }
    }

    /// Notes are added below those that are there.
    fn notes(&mut self, new: &str) {
        let old = &self.details().notes;
        if new.is_empty() || contains_lines(old, new) || (self.keep)(Target::Field(Field::Notes)) {
            return;
        }
        if old.is_empty() {
            self.set(Field::Notes, new);
        } else if self.mode != Mode::FillGaps {
            let both = format!("{old}\n{new}");
            self.set(Field::Notes, &both);
        }
    }

    /// The roles that the row gives, in each of its flats.
    pub(super) fn roles(
        &mut self,
        draft: &Draft,
        kinds: &[StakeholderKindId],
        default_from: Option<NaiveDate>,
    ) {
        for kind in kinds {
            if (self.keep)(Target::Role(*kind)) {
                continue;
            }
            let has_flat = self
                .people
                .register
                .kinds
                .get(kind)
                .is_some_and(|kind| kind.has_flat);
            if !has_flat || draft.flats.is_empty() {
                self.role(*kind, None, draft, default_from);
                continue;
            }
            for flat in &draft.flats {
                let flat = self.people.flat_or_new(flat);
                self.role(*kind, Some(flat), draft, default_from);
            }
        }
    }

    fn role(
        &mut self,
        kind: StakeholderKindId,
        flat: Option<FlatRef>,
        draft: &Draft,
        default_from: Option<NaiveDate>,
    ) {
        let (from, to) = (draft.role_from, draft.role_to);
        let mut same: Vec<RoleWrite> = self
            .people
            .roles(self.person)
            .into_iter()
            .filter(|role| role.kind == kind && (flat.is_none() || role.flat.is_none() || role.flat == flat))
            .filter(|role| overlap((role.valid_from, role.valid_to), (from, to)))
            .collect();
        // The role of just this flat and day before one that lacks either.
        same.sort_by_key(|role| {
            (
                role.flat != flat,
                role.valid_from != from,
                role.valid_to.is_some(),
            )
        });
        let Some(known) = same.into_iter().next() else {
            let role = RoleWrite {
                id: None,
                kind,
                flat,
                valid_from: from.or(default_from.filter(|day| to.is_none_or(|to| *day <= to))),
                valid_to: to,
            };
            let new = self.role_text(&role);
            self.write().roles.push(role);
            self.people.locate(self.person, flat);
            self.fields |= bit(Field::RoleName);
            return self.changed(Target::Role(kind), String::new(), new, true);
        };
        let day = |old: Option<NaiveDate>, new: Option<NaiveDate>| match new {
            Some(_) if old.is_none() || self.mode == Mode::Replace => new,
            _ => old,
        };
        let mut role = RoleWrite {
            flat: known.flat.or(flat),
            valid_from: day(known.valid_from, from),
            valid_to: day(known.valid_to, to),
            ..known
        };
        if let (Some(from), Some(to)) = (role.valid_from, role.valid_to)
            && to < from
        {
            (role.valid_from, role.valid_to) = (known.valid_from, known.valid_to);
        }
        if role == known {
            return;
        }
        let (old, new) = (self.role_text(&known), self.role_text(&role));
        let roles = &mut self.write().roles;
        match roles.iter_mut().find(|written| **written == known) {
            Some(written) => *written = role,
            None => roles.push(role),
        }
        self.people.locate(self.person, flat);
        self.fields |= bit(Field::RoleName);
        self.changed(Target::Role(kind), old, new, false);
    }

    fn role_text(&self, role: &RoleWrite) -> String {
        role_text(self.people.flat_name(role.flat), role.valid_from, role.valid_to)
    }
}

/// A word of a name that is known, or the initial of one that is.
fn says_no_more(known: &[String], word: &str) -> bool {
    let initial = word.chars().nth(1).is_none();
    known
        .iter()
        .any(|known| known == word || (initial && known.starts_with(word)))
}

/// Two periods that have a day in common; an unknown end is open.
fn overlap(
    one: (Option<NaiveDate>, Option<NaiveDate>),
    other: (Option<NaiveDate>, Option<NaiveDate>),
) -> bool {
    let before = |end: Option<NaiveDate>, start: Option<NaiveDate>| match (end, start) {
        (Some(end), Some(start)) => end < start,
        _ => false,
    };
    !before(one.1, other.0) && !before(other.1, one.0)
}

fn contains_lines(text: &str, part: &str) -> bool {
    let (text, part): (Vec<&str>, Vec<&str>) = (text.lines().collect(), part.lines().collect());
    text.windows(part.len().max(1)).any(|lines| lines == part)
}

/// "A 12, 2020-01-31/" as the preview and the history show it: the flat, then the period as ISO 8601 writes intervals.
pub(super) fn role_text(flat: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    let period = match (from, to) {
        (None, None) => String::new(),
        (from, to) => format!("{}/{}", shown(from), shown(to)),
    };
    match (flat.is_empty(), period.is_empty()) {
        (false, false) => format!("{flat}, {period}"),
        (true, _) => period,
        (_, true) => flat.to_owned(),
    }
}

fn shown(day: Option<NaiveDate>) -> String {
    day.map(iso).unwrap_or_default()
}

/// `true`, or the day; nothing for no.
fn mark(set: bool, on: Option<NaiveDate>) -> String {
    match (set, on) {
        (false, _) => String::new(),
        (true, Some(day)) => iso(day),
        (true, None) => "true".to_owned(),
    }
}

pub(super) fn point_field(kind: ContactPointKind) -> Field {
    match kind {
        ContactPointKind::Email => Field::Email,
        ContactPointKind::Phone => Field::Phone,
        ContactPointKind::Address => Field::Address,
    }
}

fn day(details: &ContactDetails, field: Field) -> Option<NaiveDate> {
    match field {
        Field::BirthDate => details.birth_date,
        Field::AwayUntil => details.away_until,
        _ => None,
    }
}

fn text(details: &ContactDetails, field: Field) -> &str {
    match field {
        Field::FirstName => &details.first_name,
        Field::LastName => &details.last_name,
        Field::AlternativeName => &details.alternative_name,
        Field::BusinessId => &details.business_id,
        Field::IdentityCode => &details.identity_code,
        Field::Email => &details.email,
        Field::Phone => &details.phone,
        Field::Street => &details.address.street,
        Field::PostalCode => &details.address.postal_code,
        Field::City => &details.address.city,
        Field::Country => &details.address.country,
        Field::Domicile => &details.domicile,
        Field::Language => &details.language,
        Field::Number => &details.number,
        Field::Notes => &details.notes,
        _ => "",
    }
}

fn text_mut(details: &mut ContactDetails, field: Field) -> Option<&mut String> {
    Some(match field {
        Field::FirstName => &mut details.first_name,
        Field::LastName => &mut details.last_name,
        Field::AlternativeName => &mut details.alternative_name,
        Field::BusinessId => &mut details.business_id,
        Field::IdentityCode => &mut details.identity_code,
        Field::Email => &mut details.email,
        Field::Phone => &mut details.phone,
        Field::Street => &mut details.address.street,
        Field::PostalCode => &mut details.address.postal_code,
        Field::City => &mut details.address.city,
        Field::Country => &mut details.address.country,
        Field::Domicile => &mut details.domicile,
        Field::Language => &mut details.language,
        Field::Number => &mut details.number,
        Field::Notes => &mut details.notes,
        _ => return None,
    })
}

/// Every value of a contact's own row, as the preview shows it.
pub(super) fn values_of(details: &ContactDetails) -> impl Iterator<Item = (Field, String)> + '_ {
    Field::ALL.iter().filter_map(|field| {
        let value = match field {
            Field::BirthDate | Field::AwayUntil => shown(day(details, *field)),
            Field::Deceased => mark(details.deceased, details.deceased_on),
            Field::NonDisclosure => mark(details.non_disclosure, None),
            Field::IdentityCode => masked(&details.identity_code),
            field => text(details, *field).to_owned(),
        };
        (!value.is_empty()).then_some((*field, value))
    })
}
