//! Groups and subgroups.

use crate::contact_records::Changed;
use crate::{App, Problem, Result, Selection};
use kiulu_domain::action::Action;
use kiulu_domain::collation::fold;
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec};
use kiulu_domain::id::{GroupId, OrganisationId};
use kiulu_store::Group;
use serde::Serialize;
use specta::Type;

/// A group with the number of its members, subgroups and rule included.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct GroupInfo {
    /// Row id.
    pub id: GroupId,
    /// The group it is part of.
    pub parent: Option<GroupId>,
    /// Its name.
    pub name: String,
    /// Who belongs to it by themselves.
    pub rule: Option<ContactFilter>,
    /// Everyone in it.
    pub members: u32,
}

impl App {
    /// Every group, by name.
    pub fn groups(&self, organisation: OrganisationId) -> Result<Vec<GroupInfo>> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let mut groups = Vec::new();
        for group in store.read(|reader| reader.groups())? {
            let filter = ContactFilter {
                groups: vec![group.id],
                ..ContactFilter::default()
            };
            let spec = ContactListSpec {
                filter,
                ..ContactListSpec::default()
            };
            groups.push(GroupInfo {
                members: store.contact_count(&spec, today)?,
                id: group.id,
                parent: group.parent,
                name: group.name,
                rule: group.rule,
            });
        }
        groups.sort_by_cached_key(|group| kiulu_domain::collation::sort_key(&group.name));
        Ok(groups)
    }

    /// Adds or changes a group; without an id it is new. Groups that are part of the same one have names of their own.
    pub fn save_group(
        &self,
        organisation: OrganisationId,
        id: Option<GroupId>,
        parent: Option<GroupId>,
        name: &str,
        rule: Option<&ContactFilter>,
    ) -> Result<(GroupId, Changed)> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Problem::NameMissing);
        }
        let written = self.store(organisation)?.write(
            &Action::GroupEdit {
                group: name.to_owned(),
            },
            |tx| {
                let id = id.unwrap_or_else(|| GroupId(tx.uuid()));
                let taken = |other: &Group| {
                    other.id != id && other.parent == parent && fold(&other.name) == fold(name)
                };
                if tx.groups()?.iter().any(taken) {
                    return Err(Problem::NameTaken {
                        name: name.to_owned(),
                    });
                }
                tx.put_group(id, parent, name, rule)?;
                Ok::<_, Problem>(id)
            },
        )?;
        Ok((written.value, written.into()))
    }

    /// Removes a group; its members stay in the register.
    pub fn delete_group(&self, organisation: OrganisationId, id: GroupId) -> Result<Changed> {
        let action = Action::GroupDelete {
            group: self.group_name(organisation, id)?,
        };
        Ok(self
            .store(organisation)?
            .write(&action, |tx| tx.delete_group(id))?
            .into())
    }

    /// Puts contacts into a group.
    pub fn add_to_group(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        group: GroupId,
    ) -> Result<Changed> {
        let ids = self.selected(organisation, selection)?;
        let action = Action::GroupAdd {
            count: ids.len() as u32,
            group: self.group_name(organisation, group)?,
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            ids.iter()
                .try_for_each(|contact| tx.add_member(group, *contact).map(drop))
        })?;
        Ok(written.into())
    }

    /// Takes contacts out of a group that they were put into by hand.
    pub fn remove_from_group(
        &self,
        organisation: OrganisationId,
        selection: &Selection,
        group: GroupId,
    ) -> Result<Changed> {
        let ids = self.selected(organisation, selection)?;
        let action = Action::GroupRemove {
            count: ids.len() as u32,
            group: self.group_name(organisation, group)?,
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            ids.iter()
                .try_for_each(|contact| tx.remove_member(group, *contact).map(drop))
        })?;
        Ok(written.into())
    }

    fn group_name(&self, organisation: OrganisationId, id: GroupId) -> Result<String> {
        let groups = self.store(organisation)?.read(|reader| reader.groups())?;
        groups
            .into_iter()
            .find(|group| group.id == id)
            .map(|group| group.name)
            .ok_or(Problem::RecordMissing)
    }
}
