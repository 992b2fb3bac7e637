//! The stakeholder vocabulary.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::collation::fold;
use kiulu_domain::id::{OrganisationId, StakeholderKindId};
use kiulu_domain::order::moved;
use kiulu_domain::vocabulary::StakeholderKind;

impl App {
    /// The vocabulary, each reason with the number of contacts that have or had it.
    pub fn vocabulary(&self, organisation: OrganisationId) -> Result<Vec<(StakeholderKind, u32)>> {
        self.store(organisation)?.read(|reader| {
            let used = reader.vocabulary_use()?;
            let count = |id| {
                used.iter()
                    .find(|(kind, _)| *kind == id)
                    .map_or(0, |(_, count)| *count)
            };
            Ok(reader
                .vocabulary()?
                .into_iter()
                .map(|kind| (kind.clone(), count(kind.id)))
                .collect())
        })
    }

    /// Adds or changes a reason; without an id it is new.
    pub fn save_stakeholder_kind(
        &self,
        organisation: OrganisationId,
        id: Option<StakeholderKindId>,
        kind: &StakeholderKind,
    ) -> Result<Changed> {
        let name = kind.name.trim().to_owned();
        if name.is_empty() {
            return Err(Problem::NameMissing);
        }
        let retention = kind.retention.tidied().ok_or(Problem::RetentionMissing)?;
        let written =
            self.store(organisation)?
                .write(&Action::VocabularyEdit { name: name.clone() }, |tx| {
                    let id = id.unwrap_or_else(|| StakeholderKindId(tx.uuid()));
                    if tx
                        .vocabulary()?
                        .iter()
                        .any(|other| other.id != id && fold(&other.name) == fold(&name))
                    {
                        return Err(Problem::NameTaken { name: name.clone() });
                    }
                    Ok(tx.put_stakeholder_kind(&StakeholderKind {
                        id,
                        name: name.clone(),
                        retention: retention.clone(),
                        ..kind.clone()
                    })?)
                })?;
        Ok(written.into())
    }

    /// Moves a reason a place up or down in the order that lists and forms show.
    pub fn move_stakeholder_kind(
        &self,
        organisation: OrganisationId,
        id: StakeholderKindId,
        down: bool,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let kinds = store.read(|reader| reader.vocabulary())?;
        let kind = kinds
            .iter()
            .find(|kind| kind.id == id)
            .ok_or(Problem::RecordMissing)?;
        let action = Action::VocabularyEdit {
            name: kind.name.clone(),
        };
        let order = moved(kinds.iter().map(|kind| kind.id).collect(), &id, down);
        Ok(store.write(&action, |tx| tx.order_vocabulary(&order))?.into())
    }

    /// Removes a reason that nobody has or had.
    pub fn delete_stakeholder_kind(
        &self,
        organisation: OrganisationId,
        id: StakeholderKindId,
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let kinds = store.read(|reader| reader.vocabulary())?;
        let name = kinds
            .into_iter()
            .find(|kind| kind.id == id)
            .ok_or(Problem::RecordMissing)?
            .name;
        Ok(store
            .write(&Action::VocabularyDelete { name }, |tx| {
                tx.delete_stakeholder_kind(id)
            })?
            .into())
    }
}
