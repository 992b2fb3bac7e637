//! The register in a few figures, for an organisation's first page.

use crate::{App, Result};
use kiulu_domain::contact_list::{ContactFilter, ContactListSpec};
use kiulu_domain::id::{OrganisationId, StakeholderKindId};
use serde::Serialize;
use specta::Type;

/// How many people and places an organisation knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RegisterFigures {
    /// Contacts of the register.
    pub contacts: u32,
    /// Contacts by the roles they have today, the most frequent role first; roles that nobody has are left out.
    pub roles: Vec<RoleFigure>,
    /// Flats.
    pub flats: u32,
}

/// How many have a role today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RoleFigure {
    /// Which role.
    pub kind: StakeholderKindId,
    /// Its name.
    pub name: String,
    /// How many contacts.
    pub contacts: u32,
}

/// How many contacts can be reached which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct ReachFigures {
    /// By e-mail.
    pub email: u32,
    /// By phone.
    pub phone: u32,
}

impl App {
    /// The register in a few figures.
    pub fn register_figures(&self, organisation: OrganisationId) -> Result<RegisterFigures> {
        self.register_figures.get(self, organisation, |today| {
            let store = self.store(organisation)?;
            let (kinds, flats) = store.read(|reader| {
                Ok::<_, crate::Problem>((reader.vocabulary()?, reader.flats()?.len() as u32))
            })?;
            let mut roles = Vec::new();
            for kind in kinds {
                let having = ContactListSpec {
                    filter: ContactFilter {
                        roles: vec![kind.id],
                        ..ContactFilter::default()
                    },
                    ..ContactListSpec::default()
                };
                let contacts = store.contact_count(&having, today)?;
                if contacts > 0 {
                    roles.push(RoleFigure {
                        kind: kind.id,
                        name: kind.name,
                        contacts,
                    });
                }
            }
            roles.sort_by_key(|role| std::cmp::Reverse(role.contacts));
            Ok(RegisterFigures {
                contacts: store.contact_count(&ContactListSpec::default(), today)?,
                roles,
                flats,
            })
        })
    }

    /// How many contacts can be reached by e-mail and by phone. Reads the whole register where it has changed.
    pub fn reach_figures(&self, organisation: OrganisationId) -> Result<ReachFigures> {
        self.reach_figures.get(self, organisation, |_| {
            let (email, phone) = self.store(organisation)?.read(|reader| reader.reach())?;
            Ok(ReachFigures { email, phone })
        })
    }
}
