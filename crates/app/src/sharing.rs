//! Sharing an organisation between laptops: beginning, inviting, who takes part, shutting out.

use crate::endpoint::shown;
use crate::{App, Problem, Result, SyncStatus, endpoint};
use chrono::{DateTime, Utc};
use kiulu_domain::id::{ContactId, OrganisationId};
use kiulu_sync::{Replica, Synced};
use kiulu_wire::{DeviceId, Head, KeyHash, Role};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::fmt::Write;
use uuid::Uuid;

/// The longest time that an invitation may stay open, in days.
const INVITATION_DAYS: u32 = 90;

/// What the laptop of a member may do. Everybody reads everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Reads.
    Viewer,
    /// Reads and changes.
    Editor,
    /// Also decides who takes part.
    Owner,
}

impl From<Role> for MemberRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Editor => Self::Editor,
            Role::Owner => Self::Owner,
        }
    }
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Viewer => Self::Viewer,
            MemberRole::Editor => Self::Editor,
            MemberRole::Owner => Self::Owner,
        }
    }
}

/// The end of the log as people compare it: two laptops that show the same have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct HeadCode {
    /// Number of the last entry.
    pub number: u32,
    /// The first eight bytes of its hash, in four groups.
    pub code: String,
}

impl From<Head> for HeadCode {
    fn from(head: Head) -> Self {
        let mut code = String::new();
        for (place, byte) in head.hash.short().iter().enumerate() {
            let space = if place > 0 && place % 2 == 0 { " " } else { "" };
            let _ = write!(code, "{space}{byte:02X}");
        }
        Self {
            number: u32::try_from(head.seq).unwrap_or(u32::MAX),
            code,
        }
    }
}

/// One laptop that takes part, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct DeviceInfo {
    /// Which.
    pub id: Uuid,
    /// In the order of joining, from 1.
    pub number: u32,
    /// Who sits at it; empty when it does not open.
    pub name: String,
    /// What it may do.
    pub role: MemberRole,
    /// Whether it was shut out.
    pub shut_out: bool,
    /// Whether it is this one.
    pub this: bool,
}

/// An invitation that nobody has used yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct InvitationInfo {
    /// Names it.
    pub key: String,
    /// What the invited may do.
    pub role: MemberRole,
    /// When it ends.
    pub expires: DateTime<Utc>,
    /// Who invited.
    pub by: String,
}

/// A recovery sheet that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RecoverySheetInfo {
    /// Names it.
    pub key: String,
    /// Whose it is.
    pub name: String,
    /// What whoever comes with it may do.
    pub role: MemberRole,
}

/// How far the last erasure has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ErasureInfo {
    /// Who has followed it.
    pub followed: Vec<String>,
    /// Who has not been heard of since.
    pub unheard: Vec<String>,
}

/// How an organisation is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Sharing {
    /// The endpoint's address.
    pub address: String,
    /// What this laptop may do; nothing when it takes no part (any more).
    pub role: Option<MemberRole>,
    /// The end of the log that this laptop has.
    pub head: HeadCode,
    /// Everybody who ever took part, in the order of joining.
    pub devices: Vec<DeviceInfo>,
    /// Open invitations, those that end first before the others.
    pub invitations: Vec<InvitationInfo>,
    /// Recovery sheets in force.
    pub sheets: Vec<RecoverySheetInfo>,
    /// How far the last erasure has come; nothing where there was none.
    pub erasure: Option<ErasureInfo>,
    /// How synchronising stands.
    pub status: SyncStatus,
}

/// A picture to scan, without the quiet zone of four modules around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CodePicture {
    /// How many modules it is wide and high.
    pub width: u32,
    /// Its dark modules as a path (SVG), one unit each.
    pub path: String,
}

/// What is given to somebody who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct InvitationCode {
    /// To be typed, in groups of five.
    pub code: String,
    /// The same as a picture to scan.
    pub picture: CodePicture,
    /// What the invited may do.
    pub role: MemberRole,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

impl App {
    /// Begins to share an organisation over an endpoint, and hands over what there is. Where the operator asks for one, `token` lets
    /// one found.
    ///
    /// # Errors
    /// [`Problem::AlreadyShared`], [`Problem::AddressInvalid`], [`Problem::TokenNeeded`], [`Problem::ProfileMissing`], those of the endpoint. After
    /// [`Problem::EndpointUnreachable`] the same call goes on.
    pub fn share(&self, organisation: OrganisationId, address: &str, token: Option<String>) -> Result<()> {
        let address = shown(&endpoint::address(address)?);
        let name = self.own_name(organisation)?;
        let token = token
            .map(|token| token.trim().to_owned())
            .filter(|token| !token.is_empty());
        {
            let mut at_work = self.at_work_with(organisation, &address, token)?;
            if at_work.replica.organisation().is_some()
                && self.read_folder(organisation)?.endpoint.as_ref() != Some(&address)
            {
                return Err(Problem::AlreadyShared);
            }
            at_work.work(|_, endpoint| Ok(endpoint.about()?))?;
            // Before the endpoint knows of it: whenever the program dies, the next start goes on.
            self.change_folder(organisation, |folder| {
                folder.endpoint = Some(address.clone());
                Ok(())
            })?;
            let founded = at_work.work(|replica, endpoint| replica.found(endpoint, &name));
            if founded.is_err() && at_work.replica.organisation().is_none() {
                self.change_folder(organisation, |folder| {
                    folder.endpoint = None;
                    Ok(())
                })?;
            }
            founded?;
        }
        self.sync(organisation)?;
        self.sync_soon(organisation);
        Ok(())
    }

    fn own_name(&self, organisation: OrganisationId) -> Result<String> {
        let profile = self.store(organisation)?.profile()?;
        Ok(profile.ok_or(Problem::ProfileMissing)?.name)
    }

    /// How an organisation is shared; nothing while it is not.
    pub fn sharing(&self, organisation: OrganisationId) -> Result<Option<Sharing>> {
        let Some(status) = self.sync_status(organisation)? else {
            return Ok(None);
        };
        let address = self.read_folder(organisation)?.endpoint.unwrap_or_default();
        let replica = Replica::open(self.store(organisation)?, Box::new(kiulu_sync::SystemRandom))?;
        let Some(roster) = replica.roster() else {
            return Ok(None);
        };
        let devices: Vec<DeviceInfo> = replica
            .devices()
            .into_iter()
            .map(|device| DeviceInfo {
                id: device.id.0,
                number: device.number,
                name: device.name.unwrap_or_default(),
                role: device.role.into(),
                shut_out: device.revoked.is_some(),
                this: device.this,
            })
            .collect();
        let named = |id: DeviceId| devices.iter().find(|device| device.id == id.0);
        let open = replica.invitations().into_iter().map(|open| InvitationInfo {
            key: open.key.to_string(),
            role: open.role.into(),
            expires: instant(open.expires),
            by: named(open.by)
                .map(|device| device.name.clone())
                .unwrap_or_default(),
        });
        let mut invitations: Vec<InvitationInfo> = open
            .filter(|invitation| invitation.expires > self.source.now())
            .collect();
        invitations.sort_by_key(|invitation| invitation.expires);
        let sheets = replica.sheets().into_iter().map(|sheet| RecoverySheetInfo {
            key: sheet.key.to_string(),
            name: named(sheet.device)
                .map(|device| device.name.clone())
                .unwrap_or_default(),
            role: sheet.role.into(),
        });
        let sheets = sheets.collect();
        let names = |ids: Vec<DeviceId>| -> Vec<String> {
            let names = ids.into_iter().filter_map(named);
            names.map(|device| device.name.clone()).collect()
        };
        let erasure = replica.followed().map(|erased| ErasureInfo {
            followed: names(erased.followed),
            unheard: names(erased.unheard),
        });
        let me = devices.iter().find(|device| device.this && !device.shut_out);
        Ok(Some(Sharing {
            address,
            role: me.map(|me| me.role),
            head: roster.head().into(),
            invitations,
            sheets,
            erasure,
            devices,
            status,
        }))
    }

    /// Invites one more laptop. The invitation works once, and for so many days.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], [`Problem::NotShared`], those of the endpoint and the log.
    pub fn invite(
        &self,
        organisation: OrganisationId,
        role: MemberRole,
        days: u32,
    ) -> Result<InvitationCode> {
        let days = days.clamp(1, INVITATION_DAYS);
        let expires = self.source.now() + chrono::TimeDelta::days(days.into());
        let seconds = expires.timestamp().unsigned_abs();
        let mut at_work = self.at_work(organisation)?;
        let address = at_work.address.clone();
        let code = at_work
            .work(|replica, endpoint| replica.invite(endpoint, role.into(), seconds, &address))?
            .to_string();
        Ok(InvitationCode {
            picture: picture(&code)?,
            code,
            role,
            expires,
        })
    }

    /// Takes an invitation back that nobody has used.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], [`Problem::CodeUsed`], those of the endpoint and the log.
    pub fn withdraw_invitation(&self, organisation: OrganisationId, key: &str) -> Result<()> {
        let key: KeyHash = key.parse().map_err(|_| Problem::RecordMissing)?;
        let mut at_work = self.at_work(organisation)?;
        at_work.work(|replica, endpoint| replica.withdraw_invitation(endpoint, key))
    }

    /// Lets a laptop do more or less from now on.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], [`Problem::LastOwner`], those of the endpoint and the log.
    pub fn change_member_role(
        &self,
        organisation: OrganisationId,
        device: Uuid,
        role: MemberRole,
    ) -> Result<()> {
        let mut at_work = self.at_work(organisation)?;
        at_work.work(|replica, endpoint| replica.change_role(endpoint, DeviceId(device), role.into()))
    }

    /// Erases people for good: from the register, from every change that any laptop keeps, and from the log. Nothing brings them back
    /// but a backup from before.
    ///
    /// # Errors
    /// Where the organisation is shared: [`Problem::OwnerNeeded`], those of the endpoint and the log. After
    /// [`Problem::EndpointUnreachable`] the same call goes on.
    pub fn erase_contacts(&self, organisation: OrganisationId, contacts: &[ContactId]) -> Result<()> {
        if self.read_folder(organisation)?.endpoint.is_none() {
            let store = self.store(organisation)?;
            store.delete_to_erase(contacts)?;
            return Ok(store.erase_unshared(contacts)?);
        }
        let mut at_work = self.at_work(organisation)?;
        at_work.work(|replica, endpoint| replica.erase(endpoint, contacts, &mut Synced::default()))
    }

    /// Shuts laptops out: what is written from now on they cannot read. What they have stays with them.
    ///
    /// # Errors
    /// [`Problem::OwnerNeeded`], [`Problem::LastOwner`], those of the endpoint and the log.
    pub fn shut_out(&self, organisation: OrganisationId, devices: &[Uuid]) -> Result<()> {
        let devices: Vec<DeviceId> = devices.iter().copied().map(DeviceId).collect();
        let mut at_work = self.at_work(organisation)?;
        at_work.work(|replica, endpoint| {
            replica.sync(endpoint, &mut Synced::default())?;
            replica.revoke(endpoint, &devices)
        })
    }
}

pub(crate) fn instant(seconds: u64) -> DateTime<Utc> {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A code as a picture to scan (QR, ISO/IEC 18004).
pub(crate) fn picture(code: &str) -> Result<CodePicture> {
    let qr = qrcode::QrCode::with_error_correction_level(code, qrcode::EcLevel::M)
        .map_err(|error| Problem::fault(&error))?;
    let width = qr.width();
    let mut path = String::new();
    for (place, color) in qr.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", place % width, place / width);
        }
    }
    Ok(CodePicture {
        width: width as u32,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiulu_wire::EntryHash;

    #[test]
    fn a_head_is_shown_by_its_number_and_four_groups() {
        let head = Head {
            seq: 12,
            hash: EntryHash(std::array::from_fn(|place| (place as u8).wrapping_mul(17))),
        };
        let shown = HeadCode::from(head);
        assert_eq!((shown.number, shown.code.as_str()), (12, "0011 2233 4455 6677"));
    }

    #[test]
    fn instants_too_far_away_are_still_instants() {
        assert_eq!(instant(0).timestamp(), 0);
        assert_eq!(instant(u64::MAX), DateTime::<Utc>::MAX_UTC);
    }
}
