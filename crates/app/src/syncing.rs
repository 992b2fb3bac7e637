//! Synchronising an open organisation: once when asked, and by itself while the program runs.

use crate::endpoint::{self, Endpoint, Line};
use crate::sync_pace::{Failing, Pace, Signs};
use crate::sync_problem::problem;
use crate::{App, Problem, Result};
use chrono::{DateTime, Utc};
use kiulu_domain::id::OrganisationId;
use kiulu_sync::{Replica, SyncError, Synced, SystemRandom};
use kiulu_wire::Role;
use serde::Serialize;
use specta::Type;
use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// What an organisation's synchronisation does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum SyncPhase {
    /// Nothing to do, or not begun yet.
    #[default]
    Idle,
    /// Under way.
    Working,
    /// It did not work.
    Failed {
        /// Why.
        problem: Problem,
        /// When it is tried again.
        again_at: DateTime<Utc>,
    },
}

/// How an organisation's synchronisation stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
pub struct SyncStatus {
    /// What it does.
    pub phase: SyncPhase,
    /// When this laptop last had the same as the endpoint.
    pub synced_at: Option<DateTime<Utc>>,
    /// Changes that the others do not have yet.
    pub unsent: u32,
}

/// What one synchronisation did, in numbers of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Type)]
pub struct SyncDone {
    /// Others' changes that were taken in.
    pub received: u32,
    /// Own changes that were handed over.
    pub sent: u32,
    /// Own changes that stay here, since this laptop may only read.
    pub waiting: u32,
    /// Own changes that could not stand as a whole and need attention.
    pub withdrawn: u32,
    /// Everything came from a snapshot, or people were erased: the data is another although no change need have come.
    pub anew: bool,
}

/// What happened to an organisation while it synchronised by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncNews {
    /// Its [`SyncStatus`] is another.
    Status,
    /// Its data is another.
    Data,
}

/// What is remembered of organisations' synchronisation while the program runs.
#[derive(Default)]
pub(crate) struct Syncing {
    line: Mutex<Option<Arc<Line>>>,
    kept: Mutex<HashMap<OrganisationId, Kept>>,
}

#[derive(Default)]
struct Kept {
    phase: SyncPhase,
    synced_at: Option<DateTime<Utc>>,
    /// The user asks for it.
    asked: bool,
}

impl Syncing {
    fn kept(&self) -> MutexGuard<'_, HashMap<OrganisationId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self) -> Result<Arc<Line>> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        match &*line {
            Some(line) => Ok(Arc::clone(line)),
            None => Ok(Arc::clone(line.insert(Arc::new(Line::new()?)))),
        }
    }
}

/// A replica that nobody else works on, in whichever process, and the way to its endpoint.
pub(crate) struct AtWork {
    pub(crate) replica: Replica,
    pub(crate) endpoint: Endpoint,
    pub(crate) address: String,
    _turn: File,
}

impl AtWork {
    /// Does something with both, and names what went wrong.
    pub(crate) fn work<T>(
        &mut self,
        work: impl FnOnce(&mut Replica, &mut Endpoint) -> Result<T, SyncError>,
    ) -> Result<T> {
        work(&mut self.replica, &mut self.endpoint).map_err(|error| problem(error, self.endpoint.trouble()))
    }
}

/// So long somebody who does something waits for a synchronisation that is under way.
const PATIENCE: Duration = Duration::from_secs(30);

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// So often it is looked whether an organisation is shared.
const FOLDER_EVERY: Duration = Duration::from_secs(5);

/// A line for news that held so long did not break at once.
const LINE_HELD: Duration = Duration::from_secs(20);

/// The longest pause before a line for news is opened again.
const LINE_PAUSE: Duration = Duration::from_secs(60);

impl App {
    /// The endpoint at an address.
    pub(crate) fn endpoint(&self, address: &str, token: Option<String>) -> Result<Endpoint> {
        let address = endpoint::address(address)?;
        Ok(Endpoint::new(self.syncing.line()?, Arc::clone(&self.source), address).with_token(token))
    }

    /// Waits until nobody else synchronises the organisation, here or in another process.
    fn sync_turn(&self, organisation: OrganisationId) -> Result<File> {
        let file = File::create(self.folder(organisation).join("sync.lock"))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(TryLockError::WouldBlock) => return Err(Problem::SyncBusy),
                // Some network drives know no locks.
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(%error, "no lock");
                    return Ok(file);
                }
            }
        }
    }

    /// The organisation's replica and endpoint, alone.
    ///
    /// # Errors
    /// [`Problem::NotShared`] when no endpoint is known, [`Problem::SyncBusy`].
    pub(crate) fn at_work(&self, organisation: OrganisationId) -> Result<AtWork> {
        let address = self
            .read_folder(organisation)?
            .endpoint
            .ok_or(Problem::NotShared)?;
        self.at_work_with(organisation, &address, None)
    }

    pub(crate) fn at_work_with(
        &self,
        organisation: OrganisationId,
        address: &str,
        token: Option<String>,
    ) -> Result<AtWork> {
        let endpoint = self.endpoint(address, token)?;
        let turn = self.sync_turn(organisation)?;
        let replica = Replica::open(self.store(organisation)?, Box::new(SystemRandom))?;
        Ok(AtWork {
            replica,
            endpoint,
            address: address.to_owned(),
            _turn: turn,
        })
    }

    /// Takes in what others wrote and hands over what was written here.
    ///
    /// # Errors
    /// Every problem of the endpoint and the log; what was taken in before stays, and the next time goes on from there.
    pub fn sync(&self, organisation: OrganisationId) -> Result<SyncDone> {
        self.syncing.kept().entry(organisation).or_default().phase = SyncPhase::Working;
        let mut done = Synced::default();
        let result = self
            .at_work(organisation)
            .and_then(|mut at_work| at_work.work(|replica, endpoint| in_step(replica, endpoint, &mut done)));
        if done.received > 0 || done.reloaded {
            self.follow_name(organisation)?;
        }
        self.follow_role(organisation)?;
        let now = self.source.now();
        let mut kept = self.syncing.kept();
        let kept = kept.entry(organisation).or_default();
        match result {
            Ok(()) => {
                kept.phase = SyncPhase::Idle;
                kept.synced_at = Some(now);
            }
            Err(problem) => {
                kept.phase = SyncPhase::Failed {
                    problem: problem.clone(),
                    again_at: now,
                };
                return Err(problem);
            }
        }
        Ok(SyncDone {
            received: done.received,
            sent: done.sent,
            waiting: done.waiting,
            withdrawn: done.withdrawn.len() as u32,
            anew: done.reloaded || done.erased,
        })
    }

    /// The name beside the file is the one that the register has now.
    fn follow_name(&self, organisation: OrganisationId) -> Result<()> {
        let facts = self.store(organisation)?.read(|reader| reader.organisation())?;
        let Some(facts) = facts else { return Ok(()) };
        if self.read_folder(organisation)?.name != facts.name {
            self.change_folder(organisation, |folder| {
                folder.name = facts.name;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Nobody writes here what nobody else would ever get.
    pub(crate) fn follow_role(&self, organisation: OrganisationId) -> Result<()> {
        if self.read_folder(organisation)?.endpoint.is_none() {
            return Ok(());
        }
        let store = self.store(organisation)?;
        let replica = Replica::open(Arc::clone(&store), Box::new(SystemRandom))?;
        let me = replica.devices().into_iter().find(|device| device.this);
        store.set_only_reads(me.is_some_and(|me| me.revoked.is_some() || me.role < Role::Editor));
        Ok(())
    }

    /// How an organisation's synchronisation stands; nothing while it is not shared.
    pub fn sync_status(&self, organisation: OrganisationId) -> Result<Option<SyncStatus>> {
        if self.read_folder(organisation)?.endpoint.is_none() {
            return Ok(None);
        }
        let unsent = self.store(organisation)?.unsent_count()?;
        let kept = self.syncing.kept();
        let kept = kept.get(&organisation);
        Ok(Some(SyncStatus {
            phase: kept.map(|kept| kept.phase.clone()).unwrap_or_default(),
            synced_at: kept.and_then(|kept| kept.synced_at),
            unsent,
        }))
    }

    /// Synchronises at the next opportunity, however long the pause after a failure would be. Only where
    /// [`App::keep_in_sync`] runs.
    pub fn sync_soon(&self, organisation: OrganisationId) {
        self.syncing.kept().entry(organisation).or_default().asked = true;
    }

    /// Keeps every open, shared organisation in step until `go_on` says no: what is written here is handed over within moments,
    /// and what others write is heard of over an open line. Blocks; run it on a thread of its own.
    pub fn keep_in_sync(
        self: &Arc<Self>,
        news: &(dyn Fn(OrganisationId, SyncNews) + Send + Sync),
        go_on: &dyn Fn() -> bool,
    ) {
        let begun = Instant::now();
        let mut watched: HashMap<OrganisationId, Watched> = HashMap::new();
        std::thread::scope(|scope| {
            while go_on() {
                let open = self.open_stores();
                watched.retain(|id, _| open.iter().any(|(open, _)| open == id));
                for (id, store) in open {
                    let watch = watched.entry(id).or_default();
                    let now = begun.elapsed();
                    let asked = std::mem::take(&mut self.syncing.kept().entry(id).or_default().asked);
                    watch.asked |= asked;
                    if asked || now >= watch.look_again {
                        watch.shared = self.read_folder(id).is_ok_and(|folder| folder.endpoint.is_some());
                        watch.look_again = now + FOLDER_EVERY;
                    }
                    if !watch.shared || watch.busy.load(Ordering::Acquire) {
                        continue;
                    }
                    watch.settle();
                    let signs = watch.signs(store.unsent_count().unwrap_or(0));
                    drop(store);
                    if watch.pace.is_due(begun.elapsed(), signs) {
                        watch.busy.store(true, Ordering::Release);
                        let (busy, outcome) = (Arc::clone(&watch.busy), Arc::clone(&watch.outcome));
                        let (pace, app) = (watch.pace, Arc::clone(self));
                        scope.spawn(move || {
                            let ended = app.turn_of(id, pace, begun, news);
                            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
                            busy.store(false, Ordering::Release);
                        });
                    }
                    if watch.wants_line(now) {
                        watch.listener = self.listen(id, watch).ok();
                    }
                }
                std::thread::sleep(LOOK_EVERY);
            }
        });
    }

    /// One synchronisation of [`App::keep_in_sync`].
    fn turn_of(
        &self,
        id: OrganisationId,
        pace: Pace,
        begun: Instant,
        news: &(dyn Fn(OrganisationId, SyncNews) + Send + Sync),
    ) -> Ended {
        let before = self.store(id).and_then(|store| Ok(store.last_seq()?)).ok();
        news(id, SyncNews::Status);
        let result = self.sync(id);
        let now = begun.elapsed();
        let (pace, waiting) = match &result {
            Ok(done) => (Pace::after_success(now), done.waiting),
            Err(problem) => {
                let (_, random) = self.source.uuid().as_u64_pair();
                let jitter = f64::from(random as u32) / f64::from(u32::MAX);
                (pace.after_failure(now, Failing::of(problem), jitter), 0)
            }
        };
        if result.is_err()
            && let Some(SyncPhase::Failed { again_at, .. }) =
                self.syncing.kept().get_mut(&id).map(|kept| &mut kept.phase)
        {
            *again_at = self.source.now() + pace.wait(now);
        }
        let after = self.store(id).and_then(|store| Ok(store.last_seq()?)).ok();
        let another = result
            .as_ref()
            .is_ok_and(|done| done.received > 0 || done.withdrawn > 0 || done.anew);
        if another || (result.is_err() && before != after) {
            news(id, SyncNews::Data);
        }
        news(id, SyncNews::Status);
        Ended {
            pace,
            waiting,
            known: self.known_head(id).unwrap_or(0),
            worked: result.is_ok(),
        }
    }

    fn known_head(&self, id: OrganisationId) -> Option<u64> {
        let replica = Replica::open(self.store(id).ok()?, Box::new(SystemRandom)).ok()?;
        Some(replica.head()?.seq)
    }

    /// Opens a line over which the endpoint says when the log has grown.
    fn listen(&self, id: OrganisationId, watch: &Watched) -> Result<JoinHandle<()>> {
        let address = self.read_folder(id)?.endpoint.ok_or(Problem::NotShared)?;
        let endpoint = self.endpoint(&address, None)?;
        let asker = Replica::open(self.store(id)?, Box::new(SystemRandom))?.member()?;
        let heard = Arc::clone(&watch.heard);
        let line = self.syncing.line()?;
        Ok(line.spawn(async move {
            let told = endpoint.listen(&asker, |head| {
                heard.fetch_max(head.seq, Ordering::AcqRel);
                true
            });
            if let Err(failure) = told.await {
                tracing::debug!(?failure, "the line for news broke");
            }
        }))
    }
}

/// Synchronises. A laptop whose data turns out not to be what everybody else has takes it anew; an owner's lays a snapshot for those
/// who join or come back late, when it is time.
fn in_step(replica: &mut Replica, endpoint: &mut Endpoint, done: &mut Synced) -> Result<(), SyncError> {
    match replica.sync(endpoint, done) {
        Err(error @ (SyncError::StateDiffers { .. } | SyncError::Diverged { .. })) => {
            tracing::warn!(%error, "everything is taken anew");
            replica.reload(endpoint, done)?;
        }
        synced => synced?,
    }
    if replica.snapshot_due()? {
        replica.take_snapshot(endpoint, done)?;
    }
    Ok(())
}

/// One organisation while it is kept in step.
#[derive(Default)]
struct Watched {
    /// Whether it is shared, and when that is looked at again: another program may have begun to.
    shared: bool,
    look_again: Duration,
    /// The user asks for it.
    asked: bool,
    pace: Pace,
    busy: Arc<AtomicBool>,
    outcome: Arc<Mutex<Option<Ended>>>,
    /// The newest entry that the endpoint spoke of.
    heard: Arc<AtomicU64>,
    /// The newest entry that was taken in.
    known: u64,
    /// Unsent changes that stay here.
    waiting: u32,
    /// The endpoint answered the last time.
    may_listen: bool,
    listener: Option<JoinHandle<()>>,
    /// When the line was opened, and how long to wait before it is opened again.
    opened: Duration,
    line_pause: Duration,
}

/// How one synchronisation ended.
struct Ended {
    pace: Pace,
    waiting: u32,
    known: u64,
    worked: bool,
}

impl Watched {
    /// `unsent` changes lie here that the others do not have.
    fn signs(&mut self, unsent: u32) -> Signs {
        Signs {
            heard: self.heard.load(Ordering::Acquire) > self.known,
            // What only waits, because this laptop may only read, is no reason.
            written: unsent > self.waiting,
            asked: std::mem::take(&mut self.asked),
        }
    }

    /// Whether a line for news is to be opened now. One that breaks again and again, as behind a proxy that cuts it, is opened
    /// more and more seldom.
    fn wants_line(&mut self, now: Duration) -> bool {
        let broken = self.listener.as_ref().is_none_or(JoinHandle::is_finished);
        if !broken || !self.may_listen {
            return false;
        }
        if self.listener.take().is_some() {
            let held = now.saturating_sub(self.opened) > LINE_HELD;
            self.line_pause = if held {
                Duration::ZERO
            } else {
                (self.line_pause * 2).clamp(LOOK_EVERY, LINE_PAUSE)
            };
            self.opened = now;
        }
        if now < self.opened + self.line_pause {
            return false;
        }
        self.opened = now;
        true
    }

    /// Takes over what the last synchronisation left.
    fn settle(&mut self) {
        let ended = self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ended) = ended {
            self.pace = ended.pace;
            self.waiting = ended.waiting;
            self.known = ended.known;
            self.may_listen = ended.worked;
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}
