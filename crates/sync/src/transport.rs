//! The way to the endpoint.

use kiulu_wire::api::{ContentIs, LogState};
use kiulu_wire::problem::Cause;
use kiulu_wire::request::{Asked, Credentials, Signer};
use kiulu_wire::{ContentHash, Head, KeyHash, OrganisationId, PublicKey};

/// Who asks, and the key that proves it: what a transport signs its requests with.
pub struct Asker {
    /// Whose log the request is about.
    pub organisation: OrganisationId,
    /// A device, or who holds an invitation.
    pub signer: Signer,
    pub(crate) key: ed25519_dalek::SigningKey,
}

impl Asker {
    /// Signs one request.
    ///
    /// `time` is in seconds since 1970 and must be near the endpoint's clock; `nonce` is any number not used before within
    /// [`kiulu_wire::request::SKEW`].
    pub fn credentials(&self, method: &str, target: &str, body: &[u8], time: u64, nonce: u64) -> Credentials {
        let asked = Asked {
            method,
            target,
            organisation: self.organisation,
            body: ContentHash::of(body),
        };
        Credentials::sign(self.signer, time, nonce, &asked, &self.key)
    }
}

/// Why there is no answer, or not the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The endpoint answered and did not do it.
    Refused(Cause),
    /// No answer: whether the endpoint did it is not known.
    Unknown,
}

/// A part of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where the log ended when the page was begun.
    pub head: Head,
    /// Encoded entries in the log's order. Fewer than there are is allowed, none only at the end of the log.
    pub entries: Vec<Vec<u8>>,
}

/// A ciphertext that is kept beside the log, named by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// All shared data as of one entry.
    Snapshot(ContentHash),
    /// A file that a row refers to.
    Attachment(ContentHash),
}

/// The most that one piece of a content holds, in bytes.
pub const PIECE: usize = 1 << 20;

/// What a batch is appended for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Append {
    /// It was written just now.
    Usual,
    /// It fills up a log that was restored from a backup (`?refill=true`): snapshots that it records need not be there any more, and
    /// nothing is cut.
    Refill,
}

/// One endpoint. Each call waits for its answer; nothing that comes back is believed without being checked.
pub trait Transport {
    /// Begins an organisation with its founding entry. The same entry again is answered the same way.
    ///
    /// # Errors
    /// [`Failure`], as in all of these.
    fn found(&mut self, entry: &[u8]) -> Result<Head, Failure>;

    /// Reads entries behind a number; [`Cause::LogCut`] when the first of them is gone.
    fn read(&mut self, asker: &Asker, after: u64) -> Result<Page, Failure>;

    /// Appends a [`kiulu_wire::batch`], all of it or nothing; [`Cause::HeadMoved`] when the log has grown. A batch that is there
    /// already is as good as appended.
    fn append(&mut self, asker: &Asker, batch: &[u8], how: Append) -> Result<Head, Failure>;

    /// Lays the parcel of an invitation that was recorded.
    fn put_parcel(&mut self, asker: &Asker, invitation: KeyHash, parcel: &[u8]) -> Result<(), Failure>;

    /// Takes the parcel of the asker's invitation, for the device with this key and no other.
    fn take_parcel(&mut self, asker: &Asker, device: PublicKey) -> Result<Vec<u8>, Failure>;

    /// How the log stands.
    fn state(&mut self, asker: &Asker) -> Result<LogState, Failure>;

    /// How much of a content is there; nothing when it was never begun.
    fn received(&mut self, asker: &Asker, content: Content) -> Result<Option<ContentIs>, Failure>;

    /// Gives one piece of a content of `size` bytes, at most [`PIECE`] of them, that continues what is there;
    /// [`Cause::ContentOffset`] when it does not, [`Cause::ContentHash`] when all came and is not what its name says.
    fn put_piece(
        &mut self,
        asker: &Asker,
        content: Content,
        size: u64,
        offset: u64,
        piece: &[u8],
    ) -> Result<ContentIs, Failure>;

    /// The bytes of a whole content from one place up to another, exclusive; [`Cause::ContentMissing`] while it is not whole.
    fn get_piece(&mut self, asker: &Asker, content: Content, from: u64, to: u64) -> Result<Vec<u8>, Failure>;

    /// Drops an attachment that is no longer needed; [`Cause::ContentMissing`] when it is not there.
    fn remove_attachment(&mut self, asker: &Asker, hash: ContentHash) -> Result<(), Failure>;
}
