//! The contact register: lists, one contact's page, and what can be done to one or many.

use crate::contact_records::{
    Changed, ContactEdit, ContactListPage, ContactOverview, ContactRow, HouseholdMember, OriginNote,
    RoleInfo, Selection,
};
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::clean::{Email, Phone};
use kiulu_domain::contact::{
    ContactDetails, ContactPoint, ContactPointKind, CustomField, HouseholdKind, StakeholderRole,
};
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::{
    ContactId, ContactPointId, HouseholdId, OrganisationId, StakeholderKindId, StakeholderRoleId,
};
use kiulu_domain::import::field::Field;
use kiulu_domain::organisation::PostalAddress;
use kiulu_domain::vocabulary::StakeholderKind;
use kiulu_store::{ListedContact, Reader, Tx};

impl App {
    /// A page of a list.
    pub fn contact_page(
        &self,
        organisation: OrganisationId,
        spec: &ContactListSpec,
        offset: u32,
        limit: u32,
    ) -> Result<ContactListPage> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let kinds = store.read(|reader| reader.vocabulary())?;
        let page = store.contact_page(spec, today, offset, limit.min(500))?;
        let rows = page
            .rows
            .into_iter()
            .map(|listed| contact_row(listed, &kinds, today))
            .collect();
        Ok(ContactListPage {
            total: page.total,
            rows,
        })
    }

    /// How many contacts each of some lists has: the counts on the tabs.
    pub fn contact_counts(
        &self,
        organisation: OrganisationId,
        specs: &[ContactListSpec],
    ) -> Result<Vec<u32>> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        specs
            .iter()
            .map(|spec| Ok(store.contact_count(spec, today)?))
            .collect()
    }

    /// Everything known of a contact. Opening the page is noted; `release` shows what a non-disclosure order withholds. A file
    /// that cannot be written – of a newer program, on a full disk – is still there to be looked at, and the look goes unnoted.
    pub fn contact(
        &self,
        organisation: OrganisationId,
        id: ContactId,
        release: bool,
    ) -> Result<ContactOverview> {
        let store = self.store(organisation)?;
        if let Some(user) = store.user() {
            let noted = store.write(&Action::ContactView { contact: id }, |tx| tx.note_view(user, id));
            match noted {
                Err(error @ (kiulu_store::Error::ReadOnly | kiulu_store::Error::DiskFull)) => {
                    tracing::warn!(%error, "a look at a contact is not noted");
                }
                noted => {
                    noted?;
                }
            }
        }
        let today = self.today(organisation)?;
        let mut overview = store.read(|reader| overview(reader, id, release, today))?;
        overview.rule_groups = store.groups_finding(id, today)?;
        Ok(overview)
    }

    /// Adds a contact.
    pub fn create_contact(
        &self,
        organisation: OrganisationId,
        edit: &ContactEdit,
    ) -> Result<(ContactId, Changed)> {
        let store = self.store(organisation)?;
        let details = validated(&edit.details)?;
        let action = Action::ContactCreate {
            name: details.full_name(),
        };
        let written = store.write(&action, |tx| {
            let id = ContactId(tx.uuid());
            tx.insert_contact(id, &details)?;
            put_parts(tx, id, edit)?;
            Ok::<_, Problem>(id)
        })?;
        Ok((written.value, written.into()))
    }

    /// Changes a contact with its points, roles and own fields.
    pub fn edit_contact(
        &self,
        organisation: OrganisationId,
        id: ContactId,
        edit: &ContactEdit,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let mut details = validated(&edit.details)?;
        let action = Action::ContactEdit {
            name: details.full_name(),
        };
        let written = store.write(&action, |tx| {
            let before = tx.contact(id)?;
            details.household = before.household;
            tx.update_contact(id, &details)?;
            for point in tx.contact_points(id)? {
                if !edit.points.iter().any(|kept| kept.id == Some(point.id)) {
                    tx.delete_contact_point(point.id)?;
                }
            }
            for role in tx.roles_of(id)? {
                if !edit.roles.iter().any(|kept| kept.id == Some(role.id)) {
                    tx.delete_role(role.id)?;
                }
            }
            put_parts(tx, id, edit)
        })?;
        Ok(written.into())
    }

    /// Removes contacts from the register; undo brings them back.
    pub fn delete_contacts(&self, organisation: OrganisationId, selection: &Selection) -> Result<Changed> {
        let store = self.store(organisation)?;
        let ids = self.selected(organisation, selection)?;
        let name = self.only_name(organisation, &ids)?;
        let action = Action::ContactsDelete {
            count: ids.len() as u32,
            name,
        };
        let written = store.write(&action, |tx| {
            for id in &ids {
                tx.delete_contact(*id)?;
            }
            tx.tidy_households()
        })?;
        Ok(written.into())
    }

    /// Gives contacts a role from a day on; those who have it already keep theirs.
    pub fn give_role(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        kind: StakeholderKindId,
        from: Option<NaiveDate>,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let ids = self.selected(organisation, selection)?;
        let action = Action::RolesEdit {
            count: ids.len() as u32,
            name: self.only_name(organisation, &ids)?,
        };
        let today = self.today(organisation)?;
        let written = store.write(&action, |tx| {
            for contact in &ids {
                if tx
                    .roles_of(*contact)?
                    .iter()
                    .any(|role| role.kind == kind && role.is_current(today))
                {
                    continue;
                }
                tx.put_role(&StakeholderRole {
                    id: StakeholderRoleId(tx.uuid()),
                    contact: *contact,
                    kind,
                    flat: None,
                    valid_from: from,
                    valid_to: None,
                    note: String::new(),
                })?;
            }
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    /// Ends a role that contacts have, on a day.
    pub fn end_role(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        kind: StakeholderKindId,
        last_day: NaiveDate,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let ids = self.selected(organisation, selection)?;
        let action = Action::RolesEdit {
            count: ids.len() as u32,
            name: self.only_name(organisation, &ids)?,
        };
        let written = store.write(&action, |tx| {
            for contact in &ids {
                for mut role in tx.roles_of(*contact)? {
                    if role.kind == kind && role.valid_to.is_none_or(|to| to > last_day) {
                        role.valid_to = Some(last_day);
                        tx.put_role(&role)?;
                    }
                }
            }
            Ok::<_, Problem>(())
        })?;
        Ok(written.into())
    }

    /// Joins contacts into a couple or household, leaving those they were in.
    pub fn join_household(
        &self,
        organisation: OrganisationId,
        members: &[ContactId],
        kind: HouseholdKind,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let action = Action::HouseholdEdit {
            count: members.len() as u32,
        };
        let written = store.write(&action, |tx| {
            let household = HouseholdId(tx.uuid());
            tx.put_household(household, kind)?;
            for member in members {
                tx.set_household(*member, Some(household))?;
            }
            tx.tidy_households()
        })?;
        Ok(written.into())
    }

    /// Takes a contact out of its household.
    pub fn leave_household(&self, organisation: OrganisationId, contact: ContactId) -> Result<Changed> {
        let written = self
            .store(organisation)?
            .write(&Action::HouseholdEdit { count: 1 }, |tx| {
                tx.set_household(contact, None)?;
                tx.tidy_households()
            })?;
        Ok(written.into())
    }

    /// The ids of a selection.
    pub(crate) fn selected(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
    ) -> Result<Vec<ContactId>> {
        match selection {
            Selection::Ids(ids) => Ok(ids.clone()),
            Selection::List(spec) => {
                let today = self.today(organisation)?;
                Ok(self.store(organisation)?.contact_ids(spec, today)?)
            }
        }
    }

    fn only_name(&self, organisation: OrganisationId, ids: &[ContactId]) -> Result<Option<String>> {
        match ids {
            [only] => Ok(Some(
                self.store(organisation)?
                    .read(|reader| reader.contact(*only))?
                    .full_name(),
            )),
            _ => Ok(None),
        }
    }
}

pub(crate) fn contact_row(listed: ListedContact, kinds: &[StakeholderKind], today: NaiveDate) -> ContactRow {
    let ListedContact {
        id,
        details,
        flats,
        roles,
        changed_at,
    } = listed;
    let withheld = details.non_disclosure;
    let role_name = |id: &StakeholderKindId| {
        kinds
            .iter()
            .find(|kind| kind.id == *id)
            .map(|kind| kind.name.clone())
    };
    ContactRow {
        id,
        kind: details.kind,
        name: details.list_name(),
        flats: if withheld { Vec::new() } else { flats },
        roles: roles.iter().filter_map(role_name).collect(),
        phone: if withheld {
            String::new()
        } else {
            shown_phone(&details.phone)
        },
        address: if withheld {
            PostalAddress::default()
        } else {
            details.address
        },
        alternative_name: details.alternative_name,
        email: details.email,
        birth_date: details.birth_date,
        domicile: details.domicile,
        language: details.language,
        number: details.number,
        deceased: details.deceased,
        away_until: details.away_until.filter(|until| *until >= today),
        non_disclosure: details.non_disclosure,
        changed_at,
    }
}

/// A stored phone as dialled in Finland.
pub(crate) fn shown_phone(stored: &str) -> String {
    Phone::parse(stored).map_or_else(|_| stored.to_owned(), |phone| phone.national())
}

fn overview(reader: &Reader<'_>, id: ContactId, release: bool, today: NaiveDate) -> Result<ContactOverview> {
    let mut details = reader.contact(id)?;
    let withheld = details.non_disclosure && !release;
    let kinds = reader.vocabulary()?;
    let mut roles = Vec::new();
    for role in reader.roles_of(id)? {
        let Some(kind) = kinds.iter().find(|kind| kind.id == role.kind).cloned() else {
            continue;
        };
        let flat = role
            .flat
            .filter(|_| !withheld)
            .map(|flat| reader.flat(flat))
            .transpose()?;
        roles.push(RoleInfo {
            flat_name: flat.map(|flat| flat.name),
            current: role.is_current(today),
            retention_due: kind.retention.due(&role),
            role,
            kind,
        });
    }
    let (household_kind, members) = match details.household {
        Some(household) => {
            let (kind, members) = reader.household(household)?;
            (Some(kind), members)
        }
        None => (None, Vec::new()),
    };
    let mut household = Vec::new();
    for member in members.into_iter().filter(|member| *member != id) {
        let other = reader.contact(member)?;
        household.push(HouseholdMember {
            id: member,
            name: other.full_name(),
            deceased: other.deceased,
        });
    }
    let mut points = reader.contact_points(id)?;
    if withheld {
        details.phone.clear();
        details.address = PostalAddress::default();
        points.retain(|point| point.kind == ContactPointKind::Email);
        roles.iter_mut().for_each(|info| info.role.flat = None);
    }
    let origins = reader
        .origins(id)?
        .into_iter()
        .map(|origin| OriginNote {
            fields: fields_of(origin.fields),
            file_name: origin.file_name,
            sheet: origin.sheet,
            imported_at: origin.imported_at,
            row: origin.row,
        })
        .collect();
    Ok(ContactOverview {
        id,
        phone_shown: shown_phone(&details.phone),
        withheld,
        points,
        roles,
        groups: reader.groups_of(id)?,
        rule_groups: Vec::new(),
        custom: reader.custom_values(id)?,
        household_kind,
        household,
        origins,
        details,
    })
}

/// The fields of an origin's bit set.
fn fields_of(bits: u64) -> Vec<Field> {
    Field::ALL
        .iter()
        .enumerate()
        .filter(|(place, _)| bits >> place & 1 == 1)
        .map(|(_, field)| *field)
        .collect()
}

fn put_parts(tx: &Tx<'_>, id: ContactId, edit: &ContactEdit) -> Result<()> {
    for point in &edit.points {
        tx.put_contact_point(
            id,
            &ContactPoint {
                id: point.id.unwrap_or_else(|| ContactPointId(tx.uuid())),
                kind: point.kind,
                value: match point.kind {
                    ContactPointKind::Email => valid_email(&point.value)?,
                    ContactPointKind::Phone => valid_phone(&point.value)?,
                    ContactPointKind::Address => String::new(),
                },
                address: point.address.clone(),
                label: point.label.trim().to_owned(),
            },
        )?;
    }
    for role in &edit.roles {
        if let (Some(from), Some(to)) = (role.valid_from, role.valid_to)
            && to < from
        {
            return Err(Problem::DateInvalid);
        }
        tx.put_role(&StakeholderRole {
            id: role.id.unwrap_or_else(|| StakeholderRoleId(tx.uuid())),
            contact: id,
            kind: role.kind,
            flat: role.flat,
            valid_from: role.valid_from,
            valid_to: role.valid_to,
            note: role.note.trim().to_owned(),
        })?;
    }
    let fields = tx.custom_fields()?;
    for (field, value) in &edit.custom {
        let field = fields
            .iter()
            .find(|known| known.id == *field)
            .ok_or(Problem::RecordMissing)?;
        tx.set_custom_value(id, field.id, &valid_custom(field, value)?)?;
    }
    Ok(())
}

fn validated(details: &ContactDetails) -> Result<ContactDetails> {
    let mut valid = details.clone();
    for text in [
        &mut valid.first_name,
        &mut valid.last_name,
        &mut valid.alternative_name,
        &mut valid.number,
    ] {
        *text = text.trim().to_owned();
    }
    if valid.full_name().is_empty() {
        return Err(Problem::NameMissing);
    }
    valid.email = valid_email(&details.email)?;
    valid.phone = valid_phone(&details.phone)?;
    Ok(valid)
}

fn valid_email(text: &str) -> Result<String> {
    match text.trim() {
        "" => Ok(String::new()),
        text => Ok(Email::parse(text)
            .map_err(|_| Problem::EmailInvalid)?
            .as_str()
            .to_owned()),
    }
}

fn valid_phone(text: &str) -> Result<String> {
    match text.trim() {
        "" => Ok(String::new()),
        text => Ok(Phone::parse(text)
            .map_err(|_| Problem::PhoneInvalid)?
            .as_str()
            .to_owned()),
    }
}

fn valid_custom(field: &CustomField, value: &str) -> Result<String> {
    use kiulu_domain::contact::CustomFieldKind::{Choice, Date, Number, Text, YesNo};
    let value = value.trim();
    let valid = value.is_empty()
        || match field.kind {
            Text => true,
            Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Date => value.parse::<NaiveDate>().is_ok(),
            Choice => field.choices.iter().any(|choice| choice == value),
            YesNo => matches!(value, "true" | "false"),
        };
    if valid {
        Ok(value.to_owned())
    } else {
        Err(Problem::CustomValueInvalid {
            field: field.name.clone(),
        })
    }
}
