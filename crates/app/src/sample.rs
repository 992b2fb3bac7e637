//! The sample organisation: a housing company to try things on and throw away.

use crate::organisations::{NewOrganisation, NewUser, OpenOrganisation, Unlock, UnlockWay};
use crate::{App, Job, Result};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::import::options::{Corrections, ImportOptions};
use kiulu_domain::organisation::{Language, OrganisationKind, PostalAddress};

/// The list that the sample is filled from, by the same import that users run.
const RESIDENTS: &[u8] = include_bytes!("../../../assets/samples/asukasluettelo.xlsx");

impl App {
    /// Makes the sample organisation, or opens the one that is there.
    pub fn open_sample(&self, language: Language) -> Result<OpenOrganisation> {
        if let Some(known) = self.organisations().into_iter().find(|info| info.sample) {
            return self.unlock_sample(known.id).or_else(|_| {
                self.discard_sample(known.id)?;
                self.make_sample(language)
            });
        }
        self.make_sample(language)
    }

    fn make_sample(&self, language: Language) -> Result<OpenOrganisation> {
        let (name, user) = match language {
            Language::Fi => ("Malli: As Oy Kiulunrinne", "Malli Käyttäjä"),
            Language::Sv => ("Exempel: Bostads Ab Kiulubacken", "Exempel Användare"),
            Language::En => ("Sample: Kiulunrinne Housing Company", "Sample User"),
        };
        let created = self.create(
            &NewOrganisation {
                name: name.to_owned(),
                kind: OrganisationKind::HousingCompany,
                business_id: String::new(),
                language,
                address: PostalAddress {
                    street: "Kiulukatu 3".to_owned(),
                    postal_code: "40100".to_owned(),
                    city: "Jyväskylä".to_owned(),
                    country: String::new(),
                },
                user: NewUser {
                    name: user.to_owned(),
                    email: "malli@kiulu.example".to_owned(),
                },
                unlock: UnlockWay::Keychain,
                // Where there is no keychain the sample is still to be opened without asking: nothing in it is secret.
                passphrase: Some(SAMPLE_PASSPHRASE.to_owned()),
            },
            true,
        )?;
        let id = created.open.organisation.id;
        let path = self.data_dir().join("asukasluettelo.xlsx");
        std::fs::write(&path, RESIDENTS)?;
        let filled = self.fill_sample(id, &path);
        std::fs::remove_file(&path)?;
        filled?;
        self.describe(id)
    }

    fn unlock_sample(&self, id: OrganisationId) -> Result<OpenOrganisation> {
        self.open_organisation(id, &Unlock::Keychain)
            .or_else(|_| self.open_organisation(id, &Unlock::Secret(SAMPLE_PASSPHRASE.to_owned())))
    }

    fn fill_sample(&self, id: OrganisationId, path: &std::path::Path) -> Result<()> {
        let file = self.open_import(id, path)?;
        let sheet = self.import_sheet(file.id, file.suggested_sheet, None)?;
        let targets: Vec<_> = sheet.columns.iter().map(|column| column.target).collect();
        let residents = self
            .vocabulary(id)?
            .into_iter()
            .find(|(kind, _)| kind.has_flat && kind.name != "Osakas");
        let options = ImportOptions {
            roles: residents.iter().map(|(kind, _)| kind.id).collect(),
            ..ImportOptions::default()
        };
        let corrections = Corrections {
            drop_bad_values: true,
            ..Corrections::default()
        };
        self.preview_import(
            file.id,
            file.suggested_sheet,
            &sheet.header,
            &targets,
            &options,
            &corrections,
            &mut Job::silent(),
        )?;
        self.run_import(file.id, None, &mut Job::silent())?;
        self.close_import(file.id);
        Ok(())
    }
}

/// Opens the sample on computers without a keychain.
const SAMPLE_PASSPHRASE: &str = "kiulun mallitalo";
