//! Beginning to share, inviting, joining.

use crate::keys::{EpochKey, Opener, Ring, seal_name};
use crate::members::sheet_ring;
use crate::pull::fold;
use crate::push::Pushed;
use crate::random;
use crate::replica::{ATTEMPTS, Replica, Synced};
use crate::state::State;
use crate::transport::{Asker, Failure, Transport};
use crate::{Result, SyncError};
use kiulu_store::{LogEntry, SCHEMA_VERSION};
use kiulu_wire::invitation::{Code, Secret};
use kiulu_wire::problem::Cause;
use kiulu_wire::request::Signer;
use kiulu_wire::{
    Body, Entry, EntryHash, Founding, Head, Header, Inviting, Joining, KeyHash, Record, Refused, Role,
    Roster, Signature, joining_authorisation,
};

impl Replica {
    /// Begins to share this register: this laptop, at which `name` sits, is the first owner. What was written so far is handed over
    /// by the first [`Replica::sync`].
    ///
    /// # Errors
    /// [`SyncError::AlreadyShared`], [`SyncError::NameTooLong`], and those of the endpoint. After [`SyncError::Unreachable`] the
    /// same call begins the same organisation.
    pub fn found(&mut self, transport: &mut dyn Transport, name: &str) -> Result<()> {
        if self.state.roster.is_none() {
            let (begun, entry) = self.founded(name)?;
            self.keep_with(begun, &[entry])?;
        } else if self.state.founding.is_none() {
            return Err(SyncError::AlreadyShared);
        }
        self.confirm_founding(transport)
    }

    fn founded(&mut self, name: &str) -> Result<(State, LogEntry)> {
        let ring = Ring::of(1, EpochKey::new(&mut *self.random)?);
        let name = seal_name(name, self.me(), 1, &ring, &mut *self.random)?;
        let founding = Founding {
            nonce: random::bytes(&mut *self.random)?,
            device: self.state.identity.present(name),
        };
        let header = Header {
            seq: 1,
            previous: EntryHash::NONE,
            device: self.me(),
            epoch: 1,
            schema: SCHEMA_VERSION,
        };
        let body = Body::Record(Record::Founded(founding));
        let entry = Entry::signed(header, body, self.state.identity.signing_key());
        let roster = Roster::found(&entry).map_err(|refused| SyncError::EntryRefused { seq: 1, refused })?;
        let mut state = State {
            ring,
            roster: Some(roster),
            founding: Some(entry.encode()),
            ..self.state.clone()
        };
        let kept = state.note(&entry, entry.encode(), 0);
        Ok((state, kept))
    }

    /// Gives the endpoint the founding entry, unless it is known to have it.
    pub(crate) fn confirm_founding(&mut self, transport: &mut dyn Transport) -> Result<()> {
        let Some(founding) = &self.state.founding else {
            return Ok(());
        };
        let head = transport.found(founding)?;
        if head.seq == 1 && Some(head) != self.head() {
            return Err(SyncError::Branched { seq: 1 });
        }
        self.keep(State {
            founding: None,
            ..self.state.clone()
        })
    }

    /// Invites one more device. Gives the code that whoever sits at it types; `expires` is when it ends, in seconds since 1970,
    /// `address` the endpoint's.
    ///
    /// # Errors
    /// [`SyncError::EntryRefused`] when this laptop is no owner's, and those of the endpoint and the log. An invitation whose code was
    /// never given out because the answer was lost ends by itself.
    pub fn invite(
        &mut self,
        transport: &mut dyn Transport,
        role: Role,
        expires: u64,
        address: &str,
    ) -> Result<Code> {
        let secret = Secret::new(random::bytes(&mut *self.random)?);
        let key = KeyHash::of(&secret.public_key());
        let asker = self.record(transport, |_| {
            Ok(vec![Record::Invited(Inviting { key, role, expires })])
        })?;
        let code = self.code(secret, expires, address)?;
        let recipient = Opener::of(&code.secret)?.recipient();
        let parcel = self.state.ring.seal_to(&recipient);
        let parcel = parcel.ok_or(SyncError::TooManyEpochs)?;
        transport.put_parcel(&asker, key, &parcel)?;
        Ok(code)
    }

    /// Joins an organisation with a new, empty register: takes the keys that wait for the code, the whole log, and a place among
    /// the devices for `name`. The code of a recovery sheet opens the keys that the log has for it. After [`SyncError::Unreachable`], and after a crash, the same call goes on.
    ///
    /// # Errors
    /// [`SyncError::NotEmpty`], [`SyncError::AlreadyShared`], [`SyncError::ParcelUnreadable`]; [`SyncError::RolledBack`] and
    /// [`SyncError::Branched`] when the log is not the one that the inviter saw; those of the endpoint and the log. A register whose
    /// joining failed for the log's sake holds a beginning of it, and is thrown away.
    pub fn join(&mut self, transport: &mut dyn Transport, code: &Code, name: &str) -> Result<Synced> {
        if self.has_joined() {
            return Err(SyncError::AlreadyShared);
        }
        if self.state.roster.is_none() && self.store.last_seq()? != 0 {
            return Err(SyncError::NotEmpty);
        }
        let mut done = Synced::default();
        if !self.state.ring.is_empty() && self.joined_before(transport, code, &mut done)? {
            return Ok(done);
        }
        // Kept first: the parcel is given to one device only.
        self.keep(self.state.clone())?;
        let asker = Asker {
            organisation: code.organisation,
            signer: Signer::Invitation(code.secret.public_key()),
            key: code.secret.signing_key(),
        };
        if code.expires == 0 {
            self.open_sheet(transport, &asker, code)?;
        } else {
            self.take_parcel(transport, &asker, &code.secret)?;
        }
        for _ in 0..ATTEMPTS {
            // What follows from the first entry needs nobody to vouch for it, so a sheet starts from a snapshot only where it must.
            if code.expires != 0 && self.worth_restarting(transport, &asker)? {
                self.restart(transport, &asker, Some(code), &mut done)?;
            }
            self.pull(transport, &asker, Some(code), &mut done)?;
            reaches(self.known()?, code)?;
            if self.has_joined() {
                return Ok(done);
            }
            let joining = Record::Joined(self.joining(code, name)?);
            if self.append_records(transport, &asker, vec![joining])? == Pushed::All {
                return Ok(done);
            }
        }
        Err(SyncError::Busy)
    }

    pub(crate) fn has_joined(&self) -> bool {
        let roster = self.state.roster.as_ref();
        roster.is_some_and(|roster| roster.members().devices.contains_key(&self.me()))
    }

    /// Whether an earlier call joined and its answer was lost: the endpoint then knows this device, and the invitation no more.
    fn joined_before(
        &mut self,
        transport: &mut dyn Transport,
        code: &Code,
        done: &mut Synced,
    ) -> Result<bool> {
        let asker = self.asker(code.organisation);
        match self.pull(transport, &asker, Some(code), done) {
            Ok(()) => Ok(self.has_joined()),
            Err(SyncError::Endpoint {
                cause: Cause::NotFound,
            }) => Ok(false),
            // It shows in the log already, whatever came after.
            Err(_) if self.has_joined() => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn take_parcel(&mut self, transport: &mut dyn Transport, asker: &Asker, secret: &Secret) -> Result<()> {
        let device = self.state.identity.present(Vec::new()).key;
        let parcel = transport.take_parcel(asker, device)?;
        let ring = Opener::of(secret)?
            .open(&parcel)
            .ok_or(SyncError::ParcelUnreadable)?;
        self.keep(State {
            ring,
            ..self.state.clone()
        })
    }

    /// Reads the log for its records alone, and opens the keys that it holds for a sheet.
    fn open_sheet(&mut self, transport: &mut dyn Transport, asker: &Asker, code: &Code) -> Result<()> {
        let mut records: Option<Roster> = None;
        loop {
            let seen = records.as_ref().map_or(Head::NONE, Roster::head);
            let page = match transport.read(asker, seen.seq) {
                Err(Failure::Refused(Cause::LogCut { .. })) if records.is_none() => {
                    records = Some(self.begin_behind(transport, asker)?);
                    continue;
                }
                page => page?,
            };
            fold(&mut records, &page, code, asker)?;
            let seq = records.as_ref().map_or(0, |roster| roster.head().seq);
            if page.entries.is_empty() || seq >= page.head.seq {
                break;
            }
        }
        let roster = records.ok_or(SyncError::NotShared)?;
        reaches(&roster, code)?;
        let ring = sheet_ring(roster.members(), &code.secret)?;
        self.keep(State {
            ring: ring.ok_or(SyncError::ParcelUnreadable)?,
            ..self.state.clone()
        })
    }

    fn joining(&mut self, code: &Code, name: &str) -> Result<Joining> {
        let (me, epoch) = (self.me(), self.known()?.members().epoch);
        let name = seal_name(name, me, epoch, &self.state.ring, &mut *self.random)?;
        let device = self.state.identity.present(name);
        let invitation = code.secret.public_key();
        let roster = self.known()?;
        let invited = roster.members().role_of_invitation(KeyHash::of(&invitation));
        let role = invited.ok_or(SyncError::EntryRefused {
            seq: roster.head().seq + 1,
            refused: Refused::UnknownInvitation,
        })?;
        let message = joining_authorisation(code.organisation, me, role, &device);
        Ok(Joining {
            invitation,
            authorisation: Signature::by(&code.secret.signing_key(), &message),
            role,
            device,
        })
    }
}

/// The log goes as far as whoever made the code had seen.
fn reaches(roster: &Roster, code: &Code) -> Result<()> {
    let found = roster.head().seq;
    if found < code.seq {
        let seen = code.seq;
        return Err(SyncError::RolledBack { seen, found });
    }
    Ok(())
}
