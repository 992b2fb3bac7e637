//! Search over everything: what Ctrl+K finds.

use crate::{App, Result};
use kiulu_domain::collation::fold;
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::OrganisationId;
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// A contact.
    Contact,
    /// A flat.
    Flat,
    /// A group.
    Group,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SearchHit {
    /// Its row.
    pub id: Uuid,
    /// What it is.
    pub kind: HitKind,
    /// Its name.
    pub name: String,
    /// What tells it from others of the name: flats, or an e-mail.
    pub detail: String,
}

/// How many findings of a kind are listed.
const EACH: usize = 8;

impl App {
    /// The contacts, flats and groups that best match what was typed.
    pub fn search(&self, organisation: OrganisationId, typed: &str) -> Result<Vec<SearchHit>> {
        let wanted = fold(typed.trim());
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let spec = ContactListSpec {
            query: typed.to_owned(),
            ..ContactListSpec::default()
        };
        let contacts = self
            .contact_page(organisation, &spec, 0, EACH as u32)?
            .rows
            .into_iter()
            .map(|row| SearchHit {
                id: row.id.0,
                kind: HitKind::Contact,
                detail: if row.flats.is_empty() {
                    row.email
                } else {
                    row.flats.join(", ")
                },
                name: row.name,
            });
        let store = self.store(organisation)?;
        let mut flats = store.read(|reader| reader.flats())?;
        flats.sort_by_cached_key(|flat| kiulu_domain::collation::sort_key(&flat.name));
        let glued = wanted.replace(' ', "");
        let flats = flats
            .into_iter()
            .filter(|flat| fold(&flat.name).replace(' ', "").starts_with(&glued))
            .take(EACH)
            .map(|flat| SearchHit {
                id: flat.id.0,
                kind: HitKind::Flat,
                name: flat.name,
                detail: String::new(),
            });
        let groups = store.read(|reader| reader.groups())?;
        let groups = groups
            .into_iter()
            .filter(|group| fold(&group.name).contains(&wanted))
            .take(EACH)
            .map(|group| SearchHit {
                id: group.id.0,
                kind: HitKind::Group,
                name: group.name,
                detail: String::new(),
            });
        Ok(contacts.chain(flats).chain(groups).collect())
    }
}
