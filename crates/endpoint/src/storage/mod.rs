//! Where logs are kept: one small trait, in SQLite and in PostgreSQL. Nothing here looks into what it keeps.

mod postgres;
mod postgres_contents;
mod sqlite;
mod sqlite_contents;

pub use postgres::Postgres;
pub use sqlite::Sqlite;

use async_trait::async_trait;
use bytes::Bytes;
use kiulu_wire::api::ContentIs;
use kiulu_wire::{ContentHash, Head, KeyHash, OrganisationId, PublicKey};

/// Result of a storage operation.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

/// The database did not do what it was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// SQLite says so.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL says so.
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] tokio_postgres::Error),
    /// No connection to PostgreSQL was to be had.
    #[error("PostgreSQL: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    /// The work was done and could not be committed; the log says why.
    #[error("the commit failed")]
    NotCommitted,
    /// The endpoint is stopping, or a thread of the database has ended.
    #[error("the database is closed")]
    Closed,
    /// The database was written by a newer endpoint.
    #[error("the database has schema {found}, this endpoint knows {known}")]
    Newer {
        /// The database's.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// A stored value has a form that this endpoint does not know.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
}

/// How an organisation's log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The last entry.
    pub head: Head,
    /// The last record's number: the roster is as old as this.
    pub recorded: u64,
    /// What is kept for the organisation, in bytes.
    pub bytes: u64,
}

/// What an append changes, all of it or nothing.
#[derive(Debug, Clone)]
pub struct Append {
    /// The head that the log must have.
    pub after: Head,
    /// Encoded entries, numbered from `after.seq + 1`.
    pub entries: Vec<Vec<u8>>,
    /// The head that the log then has.
    pub head: Head,
    /// The last record's number then.
    pub recorded: u64,
    /// The encoded roster, when records changed it.
    pub roster: Option<Vec<u8>>,
    /// Invitations that are used up or void, whose parcels go.
    pub void_parcels: Vec<KeyHash>,
    /// A snapshot was recorded: whole snapshots besides these go, and uploads that began before the time (seconds since 1970).
    pub keep_snapshots: Option<(Vec<ContentHash>, u64)>,
    /// Entries up to and including this number go.
    pub cut: Option<u64>,
}

impl Append {
    /// Whether nothing changes but the head and what is behind it.
    fn only_entries(&self) -> bool {
        self.roster.is_none()
            && self.void_parcels.is_empty()
            && self.keep_snapshots.is_none()
            && self.cut.is_none()
            && !self.entries.is_empty()
    }
}

/// What came of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is on the disk.
    Done,
    /// The log has another head, or is not there.
    Moved,
}

/// What kind of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An organisation's whole state.
    Snapshot = 1,
    /// A file that belongs to a record.
    Attachment = 2,
}

/// A content within an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// What kind.
    pub kind: Kind,
    /// Hash of all its bytes.
    pub hash: ContentHash,
}

/// A piece of a content on its way in.
#[derive(Debug, Clone)]
pub struct Part {
    /// The size that the whole content is to have.
    pub size: u64,
    /// Where the piece begins.
    pub offset: u64,
    /// The piece.
    pub body: Bytes,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// What came of asking for a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Here it is.
    Parcel(Bytes),
    /// None was laid.
    Missing,
    /// Another device has it.
    ByAnother,
}

/// Keeps the logs of many organisations. Every operation is whole when it returns: what it wrote survives a power cut.
#[async_trait]
pub trait Storage: std::fmt::Debug + Send + Sync + 'static {
    /// Begins an organisation with its founding entry; `false` when it exists already, and nothing is changed.
    async fn create(&self, organisation: OrganisationId, first: Append) -> Result<bool>;

    /// How the log stands, `None` when there is none.
    async fn standing(&self, organisation: OrganisationId) -> Result<Option<Standing>>;

    /// The encoded roster; its head may be older than the log's.
    async fn roster(&self, organisation: OrganisationId) -> Result<Option<Vec<u8>>>;

    /// Appends when the head is still the one that the writer saw.
    async fn append(&self, organisation: OrganisationId, append: Append) -> Result<Appended>;

    /// Entries after a number: as many as fit into `most` bytes, and one at least where there is one.
    async fn entries(&self, organisation: OrganisationId, after: u64, most: usize) -> Result<Vec<Bytes>>;

    /// How much of a content is here.
    async fn content(&self, organisation: OrganisationId, name: Name) -> Result<Option<ContentIs>>;

    /// Adds a piece when it continues what is here and does not go beyond the size, which the first piece fixes.
    /// The answer says what is here afterwards; a piece that did not fit changed nothing.
    async fn put_part(&self, organisation: OrganisationId, name: Name, part: Part) -> Result<ContentIs>;

    /// The content's hash was found right: from now on it can be read.
    async fn finish(&self, organisation: OrganisationId, name: Name) -> Result<()>;

    /// Drops a content and its pieces; `false` when there was none.
    async fn remove(&self, organisation: OrganisationId, name: Name) -> Result<bool>;

    /// Bytes of a content from a place on, up to the end of the piece that holds it and `most` bytes at most; empty behind
    /// the end of what is here.
    async fn read(&self, organisation: OrganisationId, name: Name, from: u64, most: usize) -> Result<Bytes>;

    /// Lays a parcel for an invitation, in place of an older one that nobody took.
    async fn put_parcel(&self, organisation: OrganisationId, key: KeyHash, body: Bytes) -> Result<()>;

    /// Gives the parcel to the first device that asks, and to the same one again.
    async fn take_parcel(
        &self,
        organisation: OrganisationId,
        key: KeyHash,
        device: PublicKey,
    ) -> Result<Taken>;

    /// The device that took the parcel.
    async fn parcel_taker(&self, organisation: OrganisationId, key: KeyHash) -> Result<Option<PublicKey>>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<()>;

    /// Finishes what was begun and closes the database.
    async fn close(&self);
}

/// Numbers are kept as signed ones by both databases; a log or a content never comes near the border.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn fixed<const N: usize>(bytes: &[u8], what: &'static str) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| StorageError::Unreadable(what))
}
