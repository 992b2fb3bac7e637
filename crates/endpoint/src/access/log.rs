//! An organisation's log, for whoever has a guard.

use super::guard::{Who, who};
use super::{App, now};
use crate::heads::Grown;
use crate::refusal::Answer;
use crate::storage::{Kind, Name, Part, Result, Standing, Storage, StorageError, Taken};
use axum::body::Bytes;
use futures_util::Stream;
use kiulu_wire::api::{ContentIs, DeviceList, LogState};
use kiulu_wire::problem::Cause;
use kiulu_wire::{ContentHash, KeyHash, OrganisationId, PublicKey, Roster};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How many bytes are read from the database at a time while a page or a content is streamed.
const SLICE: usize = 512 << 10;

/// One organisation's log as it stood when the request came.
#[derive(Debug, Clone)]
pub struct Log {
    pub(super) app: App,
    pub(super) organisation: OrganisationId,
    pub(super) standing: Standing,
    pub(super) roster: Arc<Roster>,
}

impl Log {
    pub(super) async fn open(app: &App, organisation: OrganisationId) -> Result<Option<Self>> {
        let storage = &app.inner.storage;
        let Some(standing) = storage.standing(organisation).await? else {
            return Ok(None);
        };
        let roster = match app.inner.rosters.get(organisation, standing.recorded) {
            Some(roster) => roster,
            None => {
                let bytes = storage.roster(organisation).await?;
                let bytes = bytes.ok_or(StorageError::Unreadable("roster"))?;
                let roster = Roster::decode(&bytes).map_err(|_| StorageError::Unreadable("roster"))?;
                let roster = Arc::new(roster);
                app.inner.rosters.put(roster.clone(), bytes.len());
                roster
            }
        };
        Ok(Some(Self {
            app: app.clone(),
            organisation,
            standing,
            roster,
        }))
    }

    pub(super) fn storage(&self) -> &dyn Storage {
        &*self.app.inner.storage
    }

    /// The members. Its head may be older than [`Self::state`]'s.
    pub(super) fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Head, epoch, schema version, last snapshot and cut.
    pub fn state(&self) -> LogState {
        LogState {
            head: self.standing.head,
            ..LogState::from(&*self.roster)
        }
    }

    /// Devices, invitations and sheets.
    pub fn devices(&self) -> DeviceList {
        DeviceList {
            head: self.standing.head,
            ..DeviceList::from(&*self.roster)
        }
    }

    pub(super) fn grown(&self) -> Grown {
        Grown {
            head: self.standing.head,
            recorded: self.standing.recorded,
        }
    }

    /// Entries after a number, framed as [`kiulu_wire::batch`] does, until `most` bytes are reached: one at least.
    ///
    /// # Errors
    /// [`Cause::LogCut`] when the first of them is gone. When the database fails on the way the stream breaks off.
    pub async fn entries(
        &self,
        after: u64,
        most: usize,
    ) -> Answer<impl Stream<Item = Result<Bytes>> + Send + 'static> {
        let through = self.roster.cut();
        if after < through {
            return Err(Cause::LogCut { through }.into());
        }
        let first = self
            .storage()
            .entries(self.organisation, after, most.min(SLICE))
            .await?;
        let log = self.clone();
        let begin = (Some(first), after, most);
        Ok(futures_util::stream::try_unfold(
            begin,
            move |(page, after, most)| {
                let log = log.clone();
                async move {
                    let page = match page {
                        Some(page) => page,
                        None if most == 0 => return Ok(None),
                        None => {
                            log.storage()
                                .entries(log.organisation, after, most.min(SLICE))
                                .await?
                        }
                    };
                    if page.is_empty() {
                        return Ok(None);
                    }
                    let framed = kiulu_wire::batch::encode(page.iter().map(|entry| &entry[..]));
                    // A slice that was as large as the rest of the page was the last.
                    let left = if most > SLICE {
                        most.saturating_sub(framed.len())
                    } else {
                        0
                    };
                    Ok(Some((
                        Bytes::from(framed),
                        (None, after + page.len() as u64, left),
                    )))
                }
            },
        ))
    }

    /// How much of a content is here.
    ///
    /// # Errors
    /// [`Cause::ContentMissing`].
    pub async fn content(&self, name: Name) -> Answer<ContentIs> {
        let content = self.storage().content(self.organisation, name).await?;
        Ok(content.ok_or(Cause::ContentMissing)?)
    }

    /// Adds a piece; after the last one the whole is read once to check its hash.
    ///
    /// # Errors
    /// [`Cause::ContentOffset`], [`Cause::ContentHash`], [`Cause::TooLarge`], [`Cause::QuotaReached`], [`Cause::Malformed`] for a
    /// size that is not the first piece's.
    pub async fn put(&self, name: Name, size: u64, offset: u64, body: Bytes) -> Answer<ContentIs> {
        let limits = self.app.limits();
        if size > limits.content_bytes {
            let most = limits.content_bytes;
            return Err(Cause::TooLarge { most }.into());
        }
        // A snapshot may go beyond the organisation's room: it is what lets the log be cut.
        let beyond = if name.kind == Kind::Snapshot {
            limits.content_bytes
        } else {
            0
        };
        self.weighs(body.len() as u64, beyond)?;
        let end = offset.saturating_add(body.len() as u64);
        if end > size || (body.is_empty() && size > 0) {
            let what = "size or offset".into();
            return Err(Cause::Malformed { what }.into());
        }
        let part = Part {
            size,
            offset,
            body,
            now: now(),
        };
        let now = self.storage().put_part(self.organisation, name, part).await?;
        if now.size != size {
            let what = "size".into();
            return Err(Cause::Malformed { what }.into());
        }
        // A piece whose answer was lost comes again: what is here holds it already.
        if now.received < end {
            return Err(Cause::ContentOffset {
                received: now.received,
            }
            .into());
        }
        if now.received < size || now.whole {
            return Ok(now);
        }
        if self.hash(name, size).await? != Some(name.hash) {
            self.storage().remove(self.organisation, name).await?;
            return Err(Cause::ContentHash.into());
        }
        self.storage().finish(self.organisation, name).await?;
        Ok(ContentIs { whole: true, ..now })
    }

    /// The hash of what is here, `None` when it is not all.
    async fn hash(&self, name: Name, size: u64) -> Result<Option<ContentHash>> {
        let (mut hasher, mut from) = (blake3::Hasher::new(), 0);
        while from < size {
            let bytes = self.storage().read(self.organisation, name, from, SLICE).await?;
            if bytes.is_empty() {
                return Ok(None);
            }
            hasher.update(&bytes);
            from += bytes.len() as u64;
        }
        Ok(Some(ContentHash(*hasher.finalize().as_bytes())))
    }

    /// The bytes of a whole content from a place up to another, exclusive. When the database fails on the way, or the content is
    /// removed meanwhile, the stream breaks off.
    pub fn read(&self, name: Name, from: u64, to: u64) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let log = self.clone();
        futures_util::stream::try_unfold(from, move |from| {
            let log = log.clone();
            async move {
                let left = usize::try_from(to - from).unwrap_or(SLICE);
                if left == 0 {
                    return Ok(None);
                }
                let bytes = log
                    .storage()
                    .read(log.organisation, name, from, left.min(SLICE))
                    .await?;
                if bytes.is_empty() {
                    return Err(StorageError::Unreadable("content"));
                }
                let next = from + bytes.len() as u64;
                Ok(Some((bytes, next)))
            }
        })
    }

    /// Drops an attachment that is no longer needed.
    ///
    /// # Errors
    /// [`Cause::ContentMissing`].
    pub async fn remove_attachment(&self, hash: ContentHash) -> Answer<()> {
        let kind = Kind::Attachment;
        let removed = self
            .storage()
            .remove(self.organisation, Name { kind, hash })
            .await?;
        Ok(removed.then_some(()).ok_or(Cause::ContentMissing)?)
    }

    /// Lays the parcel of an open invitation.
    ///
    /// # Errors
    /// [`Cause::ContentMissing`] when there is no such invitation, [`Cause::QuotaReached`].
    pub async fn put_parcel(&self, key: KeyHash, body: Bytes) -> Answer<()> {
        self.weighs(body.len() as u64, 0)?;
        if !self.roster.members().invitations.contains_key(&key) {
            return Err(Cause::ContentMissing.into());
        }
        Ok(self.storage().put_parcel(self.organisation, key, body).await?)
    }

    /// Takes the parcel of an invitation for a device that is going to join.
    ///
    /// # Errors
    /// [`Cause::ContentMissing`], [`Cause::ParcelTaken`].
    pub async fn take_parcel(&self, key: KeyHash, device: PublicKey) -> Answer<Bytes> {
        match self.storage().take_parcel(self.organisation, key, device).await? {
            Taken::Parcel(body) => Ok(body),
            Taken::Missing => Err(Cause::ContentMissing.into()),
            Taken::ByAnother => Err(Cause::ParcelTaken.into()),
        }
    }

    /// So many bytes more are still within the organisation's room, or not further beyond it than that.
    pub(super) fn weighs(&self, bytes: u64, beyond: u64) -> Answer<()> {
        let most = self.app.limits().organisation_bytes.saturating_add(beyond);
        if self.standing.bytes.saturating_add(bytes) > most {
            return Err(Cause::QuotaReached { most }.into());
        }
        Ok(())
    }
}

/// Listens to a log for as long as the listener may read it.
#[derive(Debug)]
pub struct Watch {
    log: Log,
    who: Who,
    grown: tokio::sync::watch::Receiver<Grown>,
    /// What was told last, and until when nothing more is.
    told: Option<(Grown, Instant)>,
}

impl Watch {
    /// How often the database is asked, in case another endpoint at the same database has appended.
    const ASK: Duration = Duration::from_secs(15);
    /// The shortest time between two heads that are told: while many append, the last one says it all.
    const PAUSE: Duration = Duration::from_millis(100);

    pub(super) fn new(log: Log, who: Who) -> Self {
        let grown = log.app.inner.heads.listen(log.organisation, log.grown());
        Self {
            log,
            who,
            grown,
            told: None,
        }
    }

    /// The head, at once and then whenever it has grown; `None` when the listener may no longer read, or the endpoint stops.
    pub(crate) async fn next(&mut self) -> Option<kiulu_wire::Head> {
        let mut stopping = self.log.app.stopping();
        loop {
            let now = *self.grown.borrow_and_update();
            match self.told {
                Some((told, _)) if told.head.seq >= now.head.seq => {}
                Some((_, until)) if Instant::now() < until => {
                    tokio::select! {
                        () = async { let _ = stopping.wait_for(|stopping| *stopping).await; } => return None,
                        () = tokio::time::sleep_until(until) => continue,
                    }
                }
                told => {
                    if told.is_some_and(|(told, _)| told.recorded != now.recorded) && !self.ask().await {
                        return None;
                    }
                    self.told = Some((now, Instant::now() + Self::PAUSE));
                    return Some(now.head);
                }
            }
            tokio::select! {
                () = async { let _ = stopping.wait_for(|stopping| *stopping).await; } => return None,
                changed = self.grown.changed() => changed.ok()?,
                () = tokio::time::sleep(Self::ASK) => {
                    if !self.ask().await {
                        return None;
                    }
                    self.log.app.inner.heads.tell(self.log.organisation, self.log.grown());
                }
            }
        }
    }

    /// Reads how the log stands; whether the listener still may.
    async fn ask(&mut self) -> bool {
        match Log::open(&self.log.app, self.log.organisation).await {
            Ok(Some(log)) => self.log = log,
            Ok(None) => return false,
            // The database is away for a moment: nothing is given out meanwhile, and nobody need connect again.
            Err(_) => return true,
        }
        who(self.log.roster(), self.who.signer(), now()).is_ok()
    }
}
