//! Joining an organisation that somebody shares, by an invitation or a recovery sheet.

use crate::endpoint::Endpoint;
use crate::folders::{DATABASE_FILE, FOLDER_FILE, Folder};
use crate::organisations::{checked_passphrase, validated_user};
use crate::restoring::PATIENCE;
use crate::sync_problem::problem;
use crate::{App, CreatedOrganisation, Job, LogFault, NewUser, Problem, Result, Unlock, UnlockWay};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::Organisation;
use kiulu_store::{FileKey, KeyFile, Secret, Sole, Store};
use kiulu_sync::{Progress, Replica, Step, SyncError, Synced, SystemRandom};
use kiulu_wire::invitation::Code;
use kiulu_wire::problem::Cause;
use kiulu_wire::{KeyHash, Role};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The key of a register that is being fetched, wrapped by the code.
const WRAPPED: &str = "key.json";

/// Somebody who joins.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
pub struct NewMember {
    /// The invitation's code, or the recovery sheet's.
    pub code: String,
    /// Who joins.
    pub user: NewUser,
    /// How the organisation is unlocked on this computer.
    pub unlock: UnlockWay,
    /// The passphrase; needed for [`UnlockWay::Passphrase`].
    pub passphrase: Option<String>,
}

/// A register that is being fetched. It lies beside the organisations and becomes one when it is whole; until then its key is wrapped
/// by the code, so that a program that was closed meanwhile goes on where it was.
struct Arrival {
    folder: PathBuf,
    key: FileKey,
    store: Arc<Store>,
}

impl App {
    /// Looks at a code before anything is asked for or fetched.
    ///
    /// # Errors
    /// [`Problem::CodeInvalid`], [`Problem::CodeNewer`], [`Problem::CodeExpired`].
    pub fn check_code(&self, code: &str) -> Result<()> {
        self.read_code(code).map(drop)
    }

    fn read_code(&self, code: &str) -> Result<Code> {
        let code: Code = code.parse()?;
        if code.expires != 0 && code.expires <= self.source.now().timestamp().unsigned_abs() {
            return Err(Problem::CodeExpired);
        }
        Ok(code)
    }

    /// Joins an organisation: fetches everything, and opens it. After a network that broke and after a program that died, the same
    /// code goes on.
    ///
    /// # Errors
    /// [`Problem::CodeInvalid`], [`Problem::CodeNewer`], [`Problem::CodeExpired`], [`Problem::CodeUsed`], [`Problem::OrganisationHere`], those of the endpoint, the
    /// log, the keychain and the disk.
    pub fn join_organisation(&self, member: &NewMember, job: &mut Job<'_>) -> Result<CreatedOrganisation> {
        let joined = self.join_for_script(member, job)?;
        self.remember_open(joined.open.organisation.id)?;
        Ok(joined)
    }

    /// The same for a script: what the window opens next time stays as it was.
    ///
    /// # Errors
    /// Those of [`App::join_organisation`].
    pub fn join_for_script(&self, member: &NewMember, job: &mut Job<'_>) -> Result<CreatedOrganisation> {
        let code = self.read_code(&member.code)?;
        let user = validated_user(&member.user)?;
        let name = member.user.name.trim();
        let passphrase = member
            .passphrase
            .as_deref()
            .filter(|text| !text.is_empty())
            .map(checked_passphrase)
            .transpose()?;
        if member.unlock == UnlockWay::Passphrase && passphrase.is_none() {
            return Err(Problem::KeychainMissing);
        }
        let _turn = self.turn();
        let arrival = self.arrival(&code)?;
        let unproven = match self.fetch(&arrival.store, &code, name, job) {
            Ok(unproven) => unproven,
            Err(problem) => {
                if !goes_on(&problem) {
                    self.give_up(arrival);
                }
                return Err(problem);
            }
        };
        let facts = arrival.store.read(|reader| reader.organisation())?;
        let Some(facts) = facts else {
            self.give_up(arrival);
            return Err(Problem::FileForeign);
        };
        let here = self.read_folder(facts.id).is_ok();
        if here {
            let secret = member.passphrase.clone();
            self.try_open(facts.id, &secret.map_or(Unlock::Keychain, Unlock::Secret));
        }
        if here && self.takes_part(facts.id)? {
            self.give_up(arrival);
            return Err(Problem::OrganisationHere { name: facts.name });
        }
        if here {
            // Restored from a backup, or shut out once: what it holds stays as a backup.
            self.back_up(facts.id)?;
        }
        match arrival.store.set_profile(user, name, member.user.email.trim()) {
            // Who only reads leaves no trace in the register.
            Ok(_) | Err(kiulu_store::Error::OnlyReads) => {}
            Err(error) => return Err(error.into()),
        }
        let joined = self.arrived(arrival, &facts, member.unlock, passphrase.as_ref(), code.address)?;
        Ok(CreatedOrganisation { unproven, ..joined })
    }

    /// A new register for a code, or the one that was begun for it.
    fn arrival(&self, code: &Code) -> Result<Arrival> {
        let folder = self
            .data_dir()
            .join("joining")
            .join(KeyHash::of(&code.secret.public_key()).to_string());
        let (wrapped, database) = (folder.join(WRAPPED), folder.join(DATABASE_FILE));
        let secret = Secret::new(code.to_string());
        if let Some(key) = key_of(&wrapped, &secret)
            && let Ok(store) = Store::open(&database, &key, Arc::clone(&self.source))
        {
            return Ok(Arrival {
                folder,
                key,
                store: Arc::new(store),
            });
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let key = FileKey::generate()?;
        let mut key_file = KeyFile::new(&key);
        key_file.set_passphrase(&key, &secret)?;
        crate::app::write_json(&wrapped, &key_file)?;
        let store = Store::create(&database, &key, Arc::clone(&self.source))?;
        Ok(Arrival {
            folder,
            key,
            store: Arc::new(store),
        })
    }

    /// Fetches everything, and tells how far it is in KiB or entries. Gives whether nothing but the endpoint vouches for it.
    fn fetch(&self, store: &Arc<Store>, code: &Code, name: &str, job: &mut Job<'_>) -> Result<bool> {
        let mut endpoint = self.endpoint(&code.address, None)?;
        let mut replica = Replica::open(Arc::clone(store), Box::new(SystemRandom))?;
        let (tell, told) = std::sync::mpsc::channel();
        // Whoever watched may have gone.
        replica.watch(move |progress| {
            let _ = tell.send(progress);
        });
        std::thread::scope(|scope| {
            let fetching = scope.spawn(move || {
                let fetched = join_and_sync(&mut replica, &mut endpoint, code, name);
                let me = replica.devices().into_iter().find(|device| device.this);
                store.set_only_reads(me.is_some_and(|me| me.role < Role::Editor));
                fetched
            });
            for Progress { step, done, of } in told {
                let unit = if step == Step::Entries { 1 } else { 1024 };
                let counted = |amount: u64| u32::try_from(amount / unit).unwrap_or(u32::MAX);
                // What has begun is taken to its end: half of it is no use to anybody.
                let _ = job.step(counted(done), counted(of));
            }
            fetching.join().unwrap_or(Err(Problem::Fault))
        })
    }

    /// Makes an organisation of a register that is whole.
    fn arrived(
        &self,
        arrival: Arrival,
        facts: &Organisation,
        unlock: UnlockWay,
        passphrase: Option<&Secret>,
        address: String,
    ) -> Result<CreatedOrganisation> {
        let Arrival { folder, key, store } = arrival;
        let id = facts.id;
        let mut key_file = KeyFile::new(&key);
        if let Some(passphrase) = passphrase {
            key_file.set_passphrase(&key, passphrase)?;
        }
        let recovery = key_file.renew_recovery(&key)?;
        let in_keychain = unlock == UnlockWay::Keychain && self.keychain.set(&id.to_string(), key.as_bytes());
        if !in_keychain && passphrase.is_none() {
            return Err(Problem::KeychainMissing);
        }
        let beside = Folder {
            name: facts.name.clone(),
            kind: facts.kind,
            sample: false,
            unlock: UnlockWay::asking(!in_keychain),
            key_file,
            endpoint: Some(address),
            recovered: false,
        };
        crate::app::write_json(&folder.join(FOLDER_FILE), &beside)?;
        drop(store);
        let home = self.folder(id);
        if let Some(organisations) = home.parent() {
            std::fs::create_dir_all(organisations)?;
        }
        let former = folder.with_extension("former");
        if home.exists() {
            self.alone_with(id, || Sole::wait(&self.database_path(id), PATIENCE).map(drop))?;
            std::fs::rename(&home, &former)?;
        }
        // In one step: whenever the program dies, it is either still arriving or here.
        std::fs::rename(&folder, &home)?;
        if former.exists() {
            drop_folder(&former);
        }
        if let Err(error) = std::fs::remove_file(home.join(WRAPPED)) {
            tracing::warn!(%error, "a key that is wrapped by a used code stays");
        }
        let store = Store::open(&self.database_path(id), &key, Arc::clone(&self.source))?;
        self.keep_open(id, store);
        self.follow_role(id)?;
        // The others get to know who joined; when the line breaks just now, they do so later.
        if let Err(problem) = self.sync(id) {
            tracing::info!(?problem, "joined, and not yet told");
        }
        let unlock = beside.unlock;
        Ok(CreatedOrganisation {
            open: self.describe(id)?,
            recovery_code: recovery.as_str().to_owned(),
            unlock,
            unproven: false,
        })
    }

    /// Whether an organisation on this computer takes part in sharing. One that is closed does not say, and is taken to.
    pub(crate) fn takes_part(&self, id: OrganisationId) -> Result<bool> {
        let Ok(store) = self.store(id) else {
            return Ok(true);
        };
        let replica = Replica::open(store, Box::new(SystemRandom))?;
        let mut devices = replica.devices().into_iter();
        Ok(devices.any(|device| device.this && device.revoked.is_none()))
    }

    /// Throws away what was fetched: it will never be whole.
    fn give_up(&self, arrival: Arrival) {
        let Arrival { folder, store, .. } = arrival;
        drop(store);
        drop_folder(&folder);
    }
}

fn join_and_sync(replica: &mut Replica, endpoint: &mut Endpoint, code: &Code, name: &str) -> Result<bool> {
    match replica.join(endpoint, code, name) {
        // A code that somebody else has used is not known to the endpoint any more.
        Err(SyncError::Endpoint {
            cause: Cause::NotFound | Cause::ContentMissing,
        }) => return Err(Problem::CodeUsed),
        // What waits for an invitation opens, unless it was changed on the way or at the endpoint.
        Err(SyncError::ParcelUnreadable) if code.expires != 0 => {
            let fault = LogFault::KeySwapped;
            return Err(Problem::LogFault { seq: 0, fault });
        }
        // Joined in an earlier attempt, whose end this laptop did not live to see.
        Err(SyncError::AlreadyShared) | Ok(_) => {}
        Err(error) => return Err(problem(error, endpoint.trouble())),
    }
    let mut done = Synced::default();
    let synced = replica.sync(endpoint, &mut done);
    synced.map_err(|error| problem(error, endpoint.trouble()))?;
    Ok(done.unproven)
}

/// Whether the same code may go on after a problem. The keys are given to one device only, so that an arrival is kept as long as what it
/// holds may be the beginning of the right log: bytes that were changed on the way are none of it.
fn goes_on(problem: &Problem) -> bool {
    match problem {
        Problem::CodeExpired | Problem::CodeUsed | Problem::ShutOut | Problem::OrganisationHere { .. } => {
            false
        }
        Problem::LogFault { fault, .. } => !matches!(
            fault,
            LogFault::Branched | LogFault::OtherOrganisation | LogFault::Diverged
        ),
        _ => true,
    }
}

fn key_of(wrapped: &Path, secret: &Secret) -> Option<FileKey> {
    let key_file: KeyFile = serde_json::from_slice(&std::fs::read(wrapped).ok()?).ok()?;
    key_file.unlock(secret).ok()
}

fn drop_folder(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        tracing::warn!(%error, "a folder that nobody needs stays");
    }
}
