//! Adding and correcting a contact by hand.

use crate::contact_records::{Changed, ContactEdit, PointEdit};
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::contact::{ContactDetails, ContactPoint, ContactPointKind, StakeholderRole};
use kiulu_domain::contact_input::{self, Unfit};
use kiulu_domain::id::{ContactId, ContactPointId, OrganisationId, StakeholderRoleId};
use kiulu_store::Tx;

impl App {
    /// Adds a contact.
    pub fn create_contact(
        &self,
        organisation: OrganisationId,
        edit: &ContactEdit,
    ) -> Result<(ContactId, Changed)> {
        let store = self.store(organisation)?;
        let action = Action::ContactCreate {
            name: name_of(&edit.details),
        };
        let today = self.today(organisation)?;
        let written = store.write(&action, |tx| {
            let id = ContactId(tx.uuid());
            tx.insert_contact(id, &details_of(tx, id, edit, None, today)?)?;
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
        let action = Action::ContactEdit {
            name: name_of(&edit.details),
        };
        let today = self.today(organisation)?;
        let written = store.write(&action, |tx| {
            let before = tx.contact(id)?;
            let mut details = details_of(tx, id, edit, Some(&before), today)?;
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
}

/// The name as the history will say it.
fn name_of(details: &ContactDetails) -> String {
    ContactDetails {
        first_name: details.first_name.trim().to_owned(),
        last_name: details.last_name.trim().to_owned(),
        ..ContactDetails::default()
    }
    .full_name()
}

/// A contact's own row as it is kept.
///
/// # Errors
/// What cannot be kept of it; [`Problem::NumberTaken`].
fn details_of(
    tx: &Tx<'_>,
    id: ContactId,
    edit: &ContactEdit,
    before: Option<&ContactDetails>,
    today: NaiveDate,
) -> Result<ContactDetails> {
    let details = contact_input::contact_details(&edit.details, before, today)?;
    let known_code = before.map_or("", |before| &before.identity_code);
    if !details.identity_code.is_empty() && details.identity_code != known_code {
        let organisation = tx.organisation()?;
        if !organisation.is_some_and(|found| found.keeps_identity_codes()) {
            return Err(Problem::IdentityCodeNoBasis);
        }
    }
    let same_number = before.is_some_and(|before| before.number == details.number);
    if !same_number && let Some(owner) = tx.number_owner(&details.number, id)? {
        return Err(Problem::NumberTaken {
            name: tx.contact(owner)?.full_name(),
        });
    }
    Ok(details)
}

fn put_parts(tx: &Tx<'_>, id: ContactId, edit: &ContactEdit) -> Result<()> {
    let before = tx.contact_points(id)?;
    for (place, point) in edit.points.iter().enumerate() {
        let stored = before.iter().find(|known| Some(known.id) == point.id);
        let point = point_of(tx, point, stored).map_err(|_| Problem::PointInvalid { place: place as u32 })?;
        tx.put_contact_point(id, &point)?;
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
    let values = tx.custom_values(id)?;
    for (field, value) in &edit.custom {
        let field = fields
            .iter()
            .find(|known| known.id == *field)
            .ok_or(Problem::RecordMissing)?;
        if values.contains(&(field.id, value.clone())) {
            continue;
        }
        let value = contact_input::custom_value(field, value).map_err(|_| Problem::CustomValueInvalid {
            field: field.name.clone(),
        })?;
        tx.set_custom_value(id, field.id, &value)?;
    }
    Ok(())
}

fn point_of(tx: &Tx<'_>, point: &PointEdit, stored: Option<&ContactPoint>) -> Result<ContactPoint, Unfit> {
    let before = stored.map_or("", |stored| &stored.value);
    let address = stored.map(|stored| stored.address.clone()).unwrap_or_default();
    Ok(ContactPoint {
        id: point.id.unwrap_or_else(|| ContactPointId(tx.uuid())),
        kind: point.kind,
        value: match point.kind {
            ContactPointKind::Email => contact_input::email(&point.value, before)?,
            ContactPointKind::Phone => contact_input::phone(&point.value, before)?,
            ContactPointKind::Address => String::new(),
        },
        address: contact_input::postal_address(&point.address, &address)?,
        label: point.label.trim().to_owned(),
    })
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Name => Self::NameMissing,
            Unfit::Email => Self::EmailInvalid,
            Unfit::Phone => Self::PhoneInvalid,
            Unfit::BusinessId => Self::BusinessIdInvalid,
            Unfit::PostalCode => Self::PostalCodeInvalid,
            Unfit::BirthDate => Self::BirthDateInFuture,
            Unfit::IdentityCode => Self::IdentityCodeInvalid,
            // The caller knows which field and says it.
            Unfit::Custom => Self::fault(&unfit),
        }
    }
}
