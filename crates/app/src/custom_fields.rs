//! Fields of the organisation's own.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::collation::fold;
use kiulu_domain::contact::{CustomField, CustomFieldKind};
use kiulu_domain::custom_field::Lacking;
use kiulu_domain::id::{CustomFieldId, OrganisationId};
use kiulu_domain::order::moved;
use kiulu_store::Tx;

impl App {
    /// Every field of the organisation's own, in its order.
    pub fn custom_fields(&self, organisation: OrganisationId) -> Result<Vec<CustomField>> {
        Ok(self.store(organisation)?.read(|reader| reader.custom_fields())?)
    }

    /// The same, each with the number of contacts that have a value in it.
    pub fn custom_field_use(&self, organisation: OrganisationId) -> Result<Vec<(CustomField, u32)>> {
        self.store(organisation)?.read(|reader| {
            let used = reader.custom_field_use()?;
            let count = |id| {
                used.iter()
                    .find(|(field, _)| *field == id)
                    .map_or(0, |(_, count)| *count)
            };
            let fields = reader.custom_fields()?.into_iter();
            Ok(fields
                .map(|field| {
                    let count = count(field.id);
                    (field, count)
                })
                .collect())
        })
    }

    /// Adds or changes a field; without an id it is new.
    ///
    /// # Errors
    /// [`Problem::NameMissing`], [`Problem::NameTaken`], [`Problem::ChoicesMissing`]; [`Problem::FieldInUse`] and
    /// [`Problem::ChoiceInUse`] where values would no longer fit.
    pub fn save_custom_field(
        &self,
        organisation: OrganisationId,
        id: Option<CustomFieldId>,
        field: &CustomField,
    ) -> Result<Changed> {
        let mut field = field.tidied().map_err(|lacking| match lacking {
            Lacking::Name => Problem::NameMissing,
            Lacking::Choices => Problem::ChoicesMissing,
        })?;
        let action = Action::CustomFieldEdit {
            name: field.name.clone(),
        };
        let written = self.store(organisation)?.write(&action, |tx| {
            field.id = id.unwrap_or_else(|| CustomFieldId(tx.uuid()));
            let known = tx.custom_fields()?;
            if known
                .iter()
                .any(|other| other.id != field.id && fold(&other.name) == fold(&field.name))
            {
                return Err(Problem::NameTaken {
                    name: field.name.clone(),
                });
            }
            if let Some(before) = known.iter().find(|known| known.id == field.id) {
                values_still_fit(tx, before, &field)?;
            }
            Ok(tx.put_custom_field(&field)?)
        })?;
        Ok(written.into())
    }

    /// Moves a field a place up or down in the order that forms and lists show.
    pub fn move_custom_field(
        &self,
        organisation: OrganisationId,
        id: CustomFieldId,
        down: bool,
    ) -> Result<Changed> {
        let fields = self.custom_fields(organisation)?;
        let action = Action::CustomFieldEdit {
            name: name_of(&fields, id)?,
        };
        let order = moved(fields.iter().map(|field| field.id).collect(), &id, down);
        let written = self
            .store(organisation)?
            .write(&action, |tx| tx.order_custom_fields(&order))?;
        Ok(written.into())
    }

    /// Removes a field with every value in it; undo brings both back.
    pub fn delete_custom_field(&self, organisation: OrganisationId, id: CustomFieldId) -> Result<Changed> {
        let action = Action::CustomFieldDelete {
            name: name_of(&self.custom_fields(organisation)?, id)?,
        };
        let written = self
            .store(organisation)?
            .write(&action, |tx| tx.delete_custom_field(id))?;
        Ok(written.into())
    }
}

fn name_of(fields: &[CustomField], id: CustomFieldId) -> Result<String> {
    let field = fields.iter().find(|field| field.id == id);
    Ok(field.ok_or(Problem::RecordMissing)?.name.clone())
}

fn values_still_fit(tx: &Tx<'_>, before: &CustomField, after: &CustomField) -> Result<()> {
    let values = tx.values_in(before.id)?;
    if before.kind != after.kind && !values.is_empty() {
        return Err(Problem::FieldInUse {
            count: values.iter().map(|(_, count)| count).sum(),
        });
    }
    if after.kind == CustomFieldKind::Choice
        && let Some((choice, count)) = values
            .into_iter()
            .find(|(value, _)| before.choices.contains(value) && !after.choices.contains(value))
    {
        return Err(Problem::ChoiceInUse { choice, count });
    }
    Ok(())
}
