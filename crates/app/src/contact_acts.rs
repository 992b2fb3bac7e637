//! What can be done to one or many contacts at once.

use crate::contact_records::{Changed, Selection};
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::contact::{HouseholdKind, StakeholderRole};
use kiulu_domain::id::{
    ContactId, FlatId, GroupId, HouseholdId, OrganisationId, StakeholderKindId, StakeholderRoleId,
};
use std::collections::HashSet;

impl App {
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

    /// Gives contacts a role from a day on, in a flat where it has one. Those who have it then keep theirs; the number is of
    /// those who got it.
    pub fn give_role(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        kind: StakeholderKindId,
        flat: Option<FlatId>,
        from: Option<NaiveDate>,
    ) -> Result<(Changed, u32)> {
        let store = self.store(organisation)?;
        let ids = self.selected(organisation, selection)?;
        let action = Action::RolesEdit {
            count: ids.len() as u32,
            name: self.only_name(organisation, &ids)?,
        };
        let day = match from {
            Some(day) => day,
            None => self.today(organisation)?,
        };
        let written = store.write(&action, |tx| {
            let mut given = 0;
            for contact in &ids {
                let has = tx.roles_of(*contact)?.iter().any(|role| {
                    role.kind == kind && (flat.is_none() || role.flat == flat) && !role.is_over(day)
                });
                if has {
                    continue;
                }
                tx.put_role(&StakeholderRole {
                    id: StakeholderRoleId(tx.uuid()),
                    contact: *contact,
                    kind,
                    flat,
                    valid_from: from,
                    valid_to: None,
                    note: String::new(),
                })?;
                given += 1;
            }
            Ok::<_, Problem>(given)
        })?;
        Ok((written.change.into(), written.value))
    }

    /// Ends a role where it runs, on a day; the number is of the contacts whose role ended.
    pub fn end_role(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        kind: StakeholderKindId,
        last_day: NaiveDate,
    ) -> Result<(Changed, u32)> {
        let store = self.store(organisation)?;
        let ids = self.selected(organisation, selection)?;
        let action = Action::RolesEdit {
            count: ids.len() as u32,
            name: self.only_name(organisation, &ids)?,
        };
        let written = store.write(&action, |tx| {
            let mut ended = 0;
            for contact in &ids {
                let roles = tx.roles_of(*contact)?;
                let over: Vec<_> = roles
                    .iter()
                    .filter(|role| role.kind == kind)
                    .filter_map(|role| role.ended(last_day))
                    .collect();
                ended += u32::from(!over.is_empty());
                over.iter().try_for_each(|role| tx.put_role(role))?;
            }
            Ok::<_, Problem>(ended)
        })?;
        Ok((written.change.into(), written.value))
    }

    /// Makes a group of contacts, as one change.
    pub fn group_contacts(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        name: &str,
    ) -> Result<(GroupId, Changed)> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Problem::NameMissing);
        }
        let ids = self.selected(organisation, selection)?;
        let action = Action::GroupAdd {
            count: ids.len() as u32,
            group: name.to_owned(),
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            let group = GroupId(tx.uuid());
            tx.put_group(group, None, name, None)?;
            ids.iter()
                .try_for_each(|contact| tx.add_member(group, *contact).map(drop))?;
            Ok::<_, Problem>(group)
        })?;
        Ok((written.value, written.into()))
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
            Selection::List(spec) => Ok(self
                .store(organisation)?
                .contact_ids(spec, self.today(organisation)?)?),
            Selection::ListExcept(spec, except) => {
                let except: HashSet<_> = except.iter().collect();
                let mut ids = self
                    .store(organisation)?
                    .contact_ids(spec, self.today(organisation)?)?;
                ids.retain(|id| !except.contains(id));
                Ok(ids)
            }
        }
    }

    pub(crate) fn only_name(
        &self,
        organisation: OrganisationId,
        ids: &[ContactId],
    ) -> Result<Option<String>> {
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
