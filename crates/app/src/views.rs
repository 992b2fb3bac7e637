//! Saved views of the contact list.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::{OrganisationId, ViewId};

impl App {
    /// Every saved view.
    pub fn views(&self, organisation: OrganisationId) -> Result<Vec<(ViewId, String, ContactListSpec)>> {
        Ok(self.store(organisation)?.read(|reader| reader.views())?)
    }

    /// Adds or changes a view; without an id it is new.
    pub fn save_view(
        &self,
        organisation: OrganisationId,
        id: Option<ViewId>,
        name: &str,
        spec: &ContactListSpec,
    ) -> Result<(ViewId, Changed)> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Problem::NameMissing);
        }
        let written = self.store(organisation)?.write(
            &Action::ViewSave {
                name: name.to_owned(),
            },
            |tx| {
                let id = id.unwrap_or_else(|| ViewId(tx.uuid()));
                tx.put_view(id, name, spec)?;
                Ok::<_, Problem>(id)
            },
        )?;
        Ok((written.value, written.into()))
    }

    /// Removes a view; the contacts stay.
    pub fn delete_view(&self, organisation: OrganisationId, id: ViewId) -> Result<Changed> {
        let name = self
            .views(organisation)?
            .into_iter()
            .find(|view| view.0 == id)
            .ok_or(Problem::RecordMissing)?
            .1;
        Ok(self
            .store(organisation)?
            .write(&Action::ViewDelete { name }, |tx| tx.delete_view(id))?
            .into())
    }
}
