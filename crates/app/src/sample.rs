//! The sample organisation: a housing company to try things on and throw away.

use crate::organisations::{NewOrganisation, NewUser, OpenOrganisation, Unlock, UnlockWay};
use crate::{App, Job, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::flat::{Building, Flat};
use kiulu_domain::id::{BuildingId, FlatId, OrganisationId, StakeholderKindId};
use kiulu_domain::import::options::{Corrections, ImportOptions};
use kiulu_domain::organisation::{Language, OrganisationKind, PostalAddress};
use kiulu_domain::vocabulary::ready_made;

/// The list that the sample is filled from, by the same import that users run.
const RESIDENTS: &[u8] = include_bytes!("../../../assets/samples/asukasluettelo.xlsx");

/// Where the sample house stands.
const STREET: &str = "Koivukuja 5";

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
                    street: STREET.to_owned(),
                    postal_code: "00550".to_owned(),
                    city: "Helsinki".to_owned(),
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
        self.remember_open(id)?;
        let path = self.data_dir().join("asukasluettelo.xlsx");
        std::fs::write(&path, RESIDENTS)?;
        let filled = self
            .build_sample(id)
            .and_then(|()| self.fill_sample(id, &path))
            .and_then(|()| self.fill_spaces(id, language));
        std::fs::remove_file(&path)?;
        filled?;
        self.describe(id)
    }

    fn unlock_sample(&self, id: OrganisationId) -> Result<OpenOrganisation> {
        self.open_organisation(id, &Unlock::Keychain)
            .or_else(|_| self.open_organisation(id, &Unlock::Secret(SAMPLE_PASSPHRASE.to_owned())))
    }

    /// The flats of the list, four to a floor, each with its area and its block of shares.
    fn build_sample(&self, id: OrganisationId) -> Result<()> {
        let flats = (1..=24).map(|number| (number, ["A", "B", "C"][(number - 1) as usize / 8]));
        let action = Action::FlatsCreate { count: 24 };
        self.store(id)?.write(&action, |tx| {
            let building = Building {
                id: BuildingId(tx.uuid()),
                name: STREET.to_owned(),
                street: STREET.to_owned(),
            };
            tx.put_building(&building)?;
            let mut shares = 0;
            for (number, letters) in flats {
                let stairwell = tx.stairwell_in(building.id, letters)?;
                let area_tenths = [545, 725, 380, 860][(number - 1) as usize % 4];
                let block = area_tenths / 5;
                tx.put_flat(&Flat {
                    floor: Some((number - 1) % 8 / 4 + 1),
                    area_tenths: Some(area_tenths),
                    shares_from: Some(shares + 1),
                    shares_to: Some(shares + block),
                    ..Flat::named(FlatId(tx.uuid()), Some(stairwell), format!("{letters} {number}"))
                })?;
                shares += block;
            }
            Ok::<_, Problem>(())
        })?;
        Ok(())
    }

    /// The role of those of whom the list says no more than where they live.
    fn residents(&self, id: OrganisationId) -> Result<Vec<StakeholderKindId>> {
        let language = self.describe(id)?.organisation.language;
        let resident = ready_made(OrganisationKind::HousingCompany)
            .into_iter()
            .find(|entry| entry.names[0] == "Asukas")
            .map(|entry| entry.name(language));
        let kinds = self.vocabulary(id)?.into_iter().map(|(kind, _)| kind);
        Ok(kinds
            .filter(|kind| Some(kind.name.as_str()) == resident)
            .map(|kind| kind.id)
            .collect())
    }

    fn fill_sample(&self, id: OrganisationId, path: &std::path::Path) -> Result<()> {
        let file = self.open_import(id, path)?;
        let sheet = self.import_sheet(file.id, file.suggested_sheet, None)?;
        let targets: Vec<_> = sheet.columns.iter().map(|column| column.target).collect();
        let options = ImportOptions {
            roles: self.residents(id)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryKeychain;

    #[test]
    fn the_sample_has_a_house_and_residents_in_every_language() {
        for (language, name) in [
            (Language::Fi, "Asukas"),
            (Language::Sv, "Boende"),
            (Language::En, "Resident"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let app = App::new(folder.path().to_owned(), Box::new(MemoryKeychain::working())).unwrap();
            let founding = NewOrganisation {
                name: "Malli".to_owned(),
                kind: OrganisationKind::HousingCompany,
                business_id: String::new(),
                language,
                address: PostalAddress::default(),
                user: NewUser {
                    name: "Malli Käyttäjä".to_owned(),
                    email: "malli@kiulu.example".to_owned(),
                },
                unlock: UnlockWay::Keychain,
                passphrase: None,
            };
            let id = app.create(&founding, true).unwrap().open.organisation.id;
            app.build_sample(id).unwrap();
            let house = app.house(id).unwrap();
            let letters: Vec<_> = house.stairwells.iter().map(|one| one.name.as_str()).collect();
            assert_eq!(letters, ["A", "B", "C"]);
            assert_eq!(house.flats[23].flat.name, "C 24");
            let flats: Vec<_> = house.flats.iter().map(|info| &info.flat).collect();
            assert!(
                flats
                    .iter()
                    .all(|flat| flat.is_possible() && flat.shares().is_some())
            );
            assert!(flats.windows(2).all(|pair| !pair[0].shares_overlap(pair[1])));
            app.fill_spaces(id, language).unwrap();
            let spaces = app.resources(id).unwrap();
            assert_eq!(spaces.len(), 3);
            let today = app.today(id).unwrap();
            for space in &spaces {
                let use_of_it = app
                    .space_use(id, space.id, today - chrono::Duration::days(90), today)
                    .unwrap();
                assert!(use_of_it.all.single > 0, "{}", space.name);
            }
            let [resident] = app.residents(id).unwrap().try_into().unwrap();
            let kinds = app.vocabulary(id).unwrap();
            assert!(
                kinds
                    .iter()
                    .any(|(kind, _)| kind.id == resident && kind.name == name)
            );
        }
    }
}
