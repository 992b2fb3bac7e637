//! The data directory and its open organisations.

use crate::attention::AttentionItem;
use crate::home::{ReachFigures, RegisterFigures};
use crate::imports::ImportDesk;
use crate::memo::Memo;
use crate::syncing::Syncing;
use crate::{Keychain, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::id::OrganisationId;
use kiulu_store::{Source, Store, SystemSource};
use serde::Serialize;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Everything the user can do. Share it behind an [`Arc`].
pub struct App {
    data_dir: PathBuf,
    pub(crate) keychain: Box<dyn Keychain>,
    pub(crate) source: Arc<dyn Source>,
    pub(crate) imports: ImportDesk,
    pub(crate) register_figures: Memo<RegisterFigures>,
    pub(crate) reach_figures: Memo<ReachFigures>,
    pub(crate) register_attention: Memo<Vec<AttentionItem>>,
    pub(crate) syncing: Syncing,
    /// Held while what is kept beside a database is changed.
    pub(crate) folders: Mutex<()>,
    open: RwLock<HashMap<OrganisationId, Arc<Store>>>,
    /// Held while an organisation is opened, made, replaced or removed.
    turns: Mutex<()>,
}

impl App {
    /// Works on a data directory, which is made when it is missing.
    pub fn new(data_dir: PathBuf, keychain: Box<dyn Keychain>) -> Result<Self> {
        std::fs::create_dir_all(&data_dir)?;
        Ok(Self {
            data_dir,
            keychain,
            source: Arc::new(SystemSource),
            imports: ImportDesk::default(),
            register_figures: Memo::default(),
            reach_figures: Memo::default(),
            register_attention: Memo::default(),
            syncing: Syncing::default(),
            folders: Mutex::default(),
            open: RwLock::default(),
            turns: Mutex::default(),
        })
    }

    /// Takes time and new ids from elsewhere than the machine.
    pub fn with_source(mut self, source: Arc<dyn Source>) -> Self {
        self.source = source;
        self
    }

    /// Waits for whoever is opening, making, replacing or removing an organisation: two at once would make two stores of one.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the organisations lie.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The store of an open organisation.
    ///
    /// # Errors
    /// [`Problem::Locked`].
    pub(crate) fn store(&self, organisation: OrganisationId) -> Result<Arc<Store>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.get(&organisation).cloned().ok_or(Problem::Locked)
    }

    pub(crate) fn open_stores(&self) -> Vec<(OrganisationId, Arc<Store>)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.iter().map(|(id, store)| (*id, Arc::clone(store))).collect()
    }

    pub(crate) fn keep_open(&self, organisation: OrganisationId, store: Store) {
        self.keep_shared(organisation, Arc::new(store));
    }

    pub(crate) fn keep_shared(&self, organisation: OrganisationId, store: Arc<Store>) {
        self.open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(organisation, store);
    }

    /// Closes an organisation's file; its key leaves memory with the last user of the store, which this gives.
    pub fn close(&self, organisation: OrganisationId) -> Option<Arc<Store>> {
        self.open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&organisation)
    }

    /// Organisations whose file another program has changed since this was asked last.
    pub fn changed_elsewhere(&self) -> Vec<OrganisationId> {
        let mut stores = self.open_stores();
        // A file that cannot be looked at just now is looked at again.
        stores.retain(|(_, store)| store.changed_elsewhere().unwrap_or(false));
        stores.into_iter().map(|(organisation, _)| organisation).collect()
    }

    /// Today where an open organisation is.
    pub fn today(&self, organisation: OrganisationId) -> Result<NaiveDate> {
        let now = self.source.now();
        let wall = self.store(organisation)?.read(|reader| reader.wall_at(now))?;
        Ok(wall.date())
    }
}

/// Writes a small file so that a crash leaves the old or the new one, never a half.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    /// Two that write one file at once must not share the unfinished one.
    static WRITING: Mutex<()> = Mutex::new(());
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = serde_json::to_vec_pretty(value).map_err(|error| Problem::fault(&error))?;
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    let mut file = std::fs::File::create(&partial)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    Ok(kiulu_store::sync_folder(path)?)
}
