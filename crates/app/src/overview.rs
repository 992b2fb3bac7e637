//! Every organisation on this computer side by side: what a property manager looks at first.

use crate::organisations::{OrganisationInfo, Unlock, UnlockWay};
use crate::{App, Result};
use chrono::{DateTime, Utc};
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::OrganisationId;
use kiulu_store::HistoryFilter;
use serde::Serialize;
use specta::Type;

/// How an organisation stands. Its file has to be open for what lies in it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OrganisationOverview {
    /// Which one.
    pub info: OrganisationInfo,
    /// When its newest backup was made.
    pub newest_backup: Option<DateTime<Utc>>,
    /// What lies in its file; nothing while it is closed.
    pub inside: Option<OrganisationFigures>,
}

/// Figures of an open organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OrganisationFigures {
    /// Contacts in its register.
    pub contacts: u32,
    /// Lines of its needs-attention list.
    pub attention: u32,
    /// When anything was changed last.
    pub changed_at: Option<DateTime<Utc>>,
}

impl App {
    /// Every organisation on this computer by name. Those that the user had not closed before the program ended are opened
    /// again where the keychain does it without asking.
    pub fn overview(&self) -> Result<Vec<OrganisationOverview>> {
        let left_open = self.settings().open_organisations;
        let mut found = Vec::new();
        for mut info in self.organisations() {
            if !info.open && info.unlock == UnlockWay::Keychain && left_open.contains(&info.id) {
                info.open = self.open_for_script(info.id, &Unlock::Keychain).is_ok();
            }
            found.push(OrganisationOverview {
                newest_backup: self.backups(info.id).first().map(|backup| backup.made_at),
                inside: if info.open {
                    Some(self.figures(info.id)?)
                } else {
                    None
                },
                info,
            });
        }
        Ok(found)
    }

    /// Opens the organisation that was open last, where the keychain does it without asking, and reads what its first page asks
    /// for. While a window starts there is time for it; the page's own questions then find the file open and read.
    ///
    /// # Errors
    /// Those of opening: the page asks again, and says them.
    pub fn open_ahead(&self) -> Result<()> {
        let Some(id) = self.settings().last_organisation else {
            return Ok(());
        };
        self.open_for_script(id, &Unlock::Keychain)?;
        self.register_figures(id)?;
        self.attention(id)?;
        self.contact_page(id, &ContactListSpec::default(), 0, 1)?;
        Ok(())
    }

    /// Closes an organisation, which then stays closed at the next start.
    pub fn close_organisation(&self, id: OrganisationId) -> Result<()> {
        self.close(id);
        let mut settings = self.settings();
        settings.open_organisations.retain(|open| *open != id);
        if settings.last_organisation == Some(id) {
            settings.last_organisation = settings.open_organisations.last().copied();
        }
        self.save_settings(&settings)
    }

    fn figures(&self, id: OrganisationId) -> Result<OrganisationFigures> {
        let newest = self.store(id)?.history(&HistoryFilter {
            limit: 1,
            ..HistoryFilter::default()
        })?;
        Ok(OrganisationFigures {
            contacts: self.describe(id)?.contacts,
            attention: self.attention(id)?.len() as u32,
            changed_at: newest.first().map(|change| change.at),
        })
    }
}
