//! Fields of the organisation's own.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::contact::CustomField;
use kiulu_domain::id::{CustomFieldId, OrganisationId};

impl App {
    /// Every field of the organisation's own.
    pub fn custom_fields(&self, organisation: OrganisationId) -> Result<Vec<CustomField>> {
        Ok(self.store(organisation)?.read(|reader| reader.custom_fields())?)
    }

    /// Adds or changes a field; without an id it is new.
    pub fn save_custom_field(
        &self,
        organisation: OrganisationId,
        id: Option<CustomFieldId>,
        field: &CustomField,
    ) -> Result<Changed> {
        let name = field.name.trim().to_owned();
        if name.is_empty() {
            return Err(Problem::NameMissing);
        }
        let written =
            self.store(organisation)?
                .write(&Action::CustomFieldEdit { name: name.clone() }, |tx| {
                    let id = id.unwrap_or_else(|| CustomFieldId(tx.uuid()));
                    if tx
                        .custom_fields()?
                        .iter()
                        .any(|other| other.id != id && other.name == name)
                    {
                        return Err(Problem::NameTaken { name: name.clone() });
                    }
                    Ok(tx.put_custom_field(&CustomField {
                        id,
                        name: name.clone(),
                        ..field.clone()
                    })?)
                })?;
        Ok(written.into())
    }

    /// Removes a field with every value in it; undo brings both back.
    pub fn delete_custom_field(&self, organisation: OrganisationId, id: CustomFieldId) -> Result<Changed> {
        let fields = self.custom_fields(organisation)?;
        let name = fields
            .into_iter()
            .find(|field| field.id == id)
            .ok_or(Problem::RecordMissing)?
            .name;
        let written = self
            .store(organisation)?
            .write(&Action::CustomFieldDelete { name }, |tx| {
                tx.delete_custom_field(id)
            })?;
        Ok(written.into())
    }
}
