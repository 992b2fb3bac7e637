//! Papers of sharing: recovery sheets, and the record of a hand-over of the board.

use crate::sharing::{CodePicture, HeadCode, MemberRole, instant, picture};
use crate::whole_file::WholeFile;
use crate::{App, Problem, Result};
use chrono::{DateTime, NaiveDateTime, Utc};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::{Language, Organisation};
use kiulu_print::Words;
use kiulu_print::sharing::{HandedOver, Listed, May, Sheet, hand_over, recovery_sheet};
use kiulu_sync::{HandedOver as Former, Synced};
use kiulu_wire::{DeviceId, KeyHash, PublicKey};
use std::io::Write;
use std::path::Path;
use uuid::Uuid;

impl App {
    /// Makes a recovery sheet for a laptop that takes part, this one where none is named, and writes it as a PDF. The one that it had
    /// before is void.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], those of the endpoint, the log and the disk. A sheet that was made and could not be written is
    /// made again.
    pub fn print_recovery_sheet(
        &self,
        organisation: OrganisationId,
        device: Option<Uuid>,
        language: Option<Language>,
        path: &Path,
    ) -> Result<()> {
        let facts = self.facts(organisation)?;
        let language = language.unwrap_or(facts.language);
        let (file, ()) = WholeFile::write(path, |out| {
            let mut at_work = self.at_work(organisation)?;
            let address = at_work.address.clone();
            let code = at_work.work(|replica, endpoint| match device {
                Some(device) => replica.make_sheet_for(endpoint, DeviceId(device), &address),
                None => replica.make_sheet(endpoint, &address),
            })?;
            let devices = at_work.replica.devices().into_iter();
            let whose = devices
                .into_iter()
                .find(|one| device.map_or(one.this, |device| one.id.0 == device))
                .ok_or(Problem::RecordMissing)?;
            let code = code.to_string();
            let head = at_work
                .replica
                .head()
                .map(HeadCode::from)
                .ok_or(Problem::NotShared)?;
            let sheet = Sheet {
                house: &facts.name,
                day: self.today(organisation)?,
                whose: whose.name.as_deref().unwrap_or_default(),
                may: may(whose.role.into()),
                code: &code,
                picture: &svg(&picture(&code)?),
                head: &written(&head),
            };
            out.write_all(&recovery_sheet(language, &sheet)?)?;
            Ok::<_, Problem>(())
        })?;
        file.keep()
    }

    /// Makes a recovery sheet void.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], those of the endpoint and the log.
    pub fn withdraw_sheet(&self, organisation: OrganisationId, key: &str) -> Result<()> {
        let key: KeyHash = key.parse().map_err(|_| Problem::RecordMissing)?;
        let mut at_work = self.at_work(organisation)?;
        at_work.work(|replica, endpoint| replica.withdraw_sheet(endpoint, key))
    }

    /// Hands the board over: shuts the laptops of those who leave out, changes the keys, and writes the signed record as a PDF. Those
    /// who are new were invited before.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], [`Problem::LastOwner`], those of the endpoint, the log and the disk.
    pub fn hand_board_over(
        &self,
        organisation: OrganisationId,
        leaving: &[Uuid],
        language: Option<Language>,
        path: &Path,
    ) -> Result<()> {
        let facts = self.facts(organisation)?;
        let language = language.unwrap_or(facts.language);
        let leaving: Vec<DeviceId> = leaving.iter().copied().map(DeviceId).collect();
        let (file, ()) = WholeFile::write(path, |out| {
            let now = self.source.now().timestamp().unsigned_abs();
            let mut at_work = self.at_work(organisation)?;
            let record = at_work.work(|replica, endpoint| {
                replica.sync(endpoint, &mut Synced::default())?;
                replica.hand_over(endpoint, &leaving, now)
            })?;
            let words = Words::of(language);
            let by = record.stay.iter().find(|one| one.device == record.by);
            let key = at_work.replica.roster().and_then(|roster| {
                let signer = roster.members().devices.get(&record.by);
                signer.map(|device| device.key)
            });
            let key: PublicKey = key.ok_or(Problem::NotShared)?;
            let wall = self.wall(organisation, instant(record.at))?;
            let listed = |all: &[Former]| -> Vec<Listed> {
                all.iter()
                    .map(|one| Listed {
                        name: one.name.clone().unwrap_or_default(),
                        may: may(one.role.into()),
                    })
                    .collect()
            };
            let at = format!("{} {}", words.date(wall.date()), words.time(wall));
            let printed = hand_over(
                language,
                &HandedOver {
                    house: &facts.name,
                    day: wall.date(),
                    at: &at,
                    by: by.and_then(|one| one.name.as_deref()).unwrap_or_default(),
                    left: &listed(&record.left),
                    stay: &listed(&record.stay),
                    epoch: record.epoch,
                    head: &written(&record.head.into()),
                    proof: (&key.to_string(), &record.signature.to_string()),
                },
            )?;
            out.write_all(&printed)?;
            Ok::<_, Problem>(())
        })?;
        file.keep()
    }

    fn facts(&self, organisation: OrganisationId) -> Result<Organisation> {
        let facts = self.store(organisation)?.read(|reader| reader.organisation())?;
        facts.ok_or(Problem::FileForeign)
    }

    fn wall(&self, organisation: OrganisationId, at: DateTime<Utc>) -> Result<NaiveDateTime> {
        Ok(self.store(organisation)?.read(|reader| reader.wall_at(at))?)
    }
}

fn may(role: MemberRole) -> May {
    match role {
        MemberRole::Owner => May::Decide,
        MemberRole::Editor => May::Edit,
        MemberRole::Viewer => May::Read,
    }
}

fn written(head: &HeadCode) -> String {
    format!("{} ({})", head.code, head.number)
}

fn svg(picture: &CodePicture) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}"><path d="{1}"/></svg>"#,
        picture.width, picture.path
    )
}
