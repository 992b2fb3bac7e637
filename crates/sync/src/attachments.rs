//! Files that rows refer to. Their ciphertexts lie beside the register and at the endpoint, named by their hashes; each has a random key
//! of its own, which the row holds beside the hash. They are read and written in one pass, whatever their size.

use crate::chunks::{Opening, Sealing, sealed_size, unopened};
use crate::contents::disk;
use crate::random;
use crate::replica::Replica;
use crate::transport::{Content, Failure, Transport};
use crate::{Result, SyncError};
use kiulu_wire::problem::Cause;
use kiulu_wire::{ContentHash, Role};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// What every chunk of an attachment is sealed to: its key is its own already.
const BINDING: &[u8] = b"kiulu attachment\0";

/// Ends the name of a ciphertext that the endpoint does not have yet.
const WAITING: &str = "new";

/// Ends the name of one of which only the beginning has come.
const PART: &str = "part";

/// The key of one attachment.
#[derive(Clone, PartialEq, Eq)]
pub struct AttachmentKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for AttachmentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AttachmentKey(…)")
    }
}

/// As lower-case hexadecimal.
impl Serialize for AttachmentKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        ContentHash(*self.0).serialize(to)
    }
}

impl<'de> Deserialize<'de> for AttachmentKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let bytes = ContentHash::deserialize(from)?;
        Ok(Self(Zeroizing::new(bytes.0)))
    }
}

/// What a row holds of an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRef {
    /// Hash of the ciphertext: its name.
    pub hash: ContentHash,
    /// What opens it.
    pub key: AttachmentKey,
    /// Bytes of the file itself.
    pub size: u64,
}

impl Replica {
    /// Seals a file and keeps it beside the register until [`Replica::send_attachments`] gives it to the endpoint.
    ///
    /// # Errors
    /// [`SyncError::Store`] when the disk fails or the file cannot be read, [`SyncError::NoRandomness`].
    pub fn attach(&mut self, from: &mut dyn Read) -> Result<AttachmentRef> {
        let key = Zeroizing::new(random::bytes(&mut *self.random)?);
        let name: [u8; 8] = random::bytes(&mut *self.random)?;
        let folder = self.attachments();
        std::fs::create_dir_all(&folder).map_err(disk)?;
        let path = folder.join(format!("{:016x}.writing", u64::from_be_bytes(name)));
        let written = self.seal_into(&path, &key, from);
        let (hash, size) = written.inspect_err(|_| {
            // What was half written is of no use; what cannot be removed is cleared away with the rest.
            let _ = std::fs::remove_file(&path);
        })?;
        std::fs::rename(&path, self.attachment(hash, WAITING)).map_err(disk)?;
        kiulu_store::sync_folder(&path)?;
        let key = AttachmentKey(key);
        Ok(AttachmentRef { hash, key, size })
    }

    fn seal_into(
        &mut self,
        path: &std::path::Path,
        key: &[u8; 32],
        from: &mut dyn Read,
    ) -> Result<(ContentHash, u64)> {
        let file = BufWriter::new(File::create(path).map_err(disk)?);
        let mut sealing = Sealing::new(key, BINDING, &mut *self.random, file);
        let size = io::copy(from, &mut sealing).map_err(disk)?;
        let (sealed, mut to) = sealing.finish().map_err(disk)?;
        to.flush().and_then(|()| to.get_ref().sync_all()).map_err(disk)?;
        Ok((sealed.content, size))
    }

    /// The attachments that the endpoint does not have yet.
    ///
    /// # Errors
    /// [`SyncError::Store`].
    pub fn waiting_attachments(&self) -> Result<Vec<ContentHash>> {
        let files = match std::fs::read_dir(self.attachments()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            files => files.map_err(disk)?,
        };
        let mut waiting = Vec::new();
        for file in files {
            let name = file.map_err(disk)?.file_name();
            let hash = name.to_str().and_then(|name| name.strip_suffix(WAITING));
            let hash = hash.and_then(|name| name.strip_suffix('.')?.parse::<ContentHash>().ok());
            waiting.extend(hash);
        }
        waiting.sort();
        Ok(waiting)
    }

    /// Gives the endpoint every attachment that it does not have yet, and says how many that were. Each goes on where it broke off.
    ///
    /// # Errors
    /// Those of the endpoint, among them [`Cause::QuotaReached`] and [`Cause::TooLarge`]; a laptop that may only read gets
    /// [`Cause::RoleTooLow`].
    pub fn send_attachments(&mut self, transport: &mut dyn Transport) -> Result<u32> {
        let waiting = self.waiting_attachments()?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let asker = self.member()?;
        if self.role() < Some(Role::Editor) {
            let cause = Cause::RoleTooLow;
            return Err(SyncError::Endpoint { cause });
        }
        let mut sent = 0;
        for hash in waiting {
            let path = self.attachment(hash, WAITING);
            let mut file = File::open(&path).map_err(disk)?;
            let size = file.metadata().map_err(disk)?.len();
            self.upload(transport, &asker, Content::Attachment(hash), &mut file, size)?;
            std::fs::rename(&path, self.attachment(hash, "")).map_err(disk)?;
            sent += 1;
        }
        Ok(sent)
    }

    /// Has an attachment here, from the endpoint where it is not. Goes on where an earlier call broke off.
    ///
    /// # Errors
    /// [`SyncError::ContentDiffers`] when the endpoint gives something else; [`Cause::ContentMissing`] while whoever attached it has
    /// not sent it.
    pub fn fetch_attachment(&mut self, transport: &mut dyn Transport, of: &AttachmentRef) -> Result<()> {
        if self.here(of.hash).is_some() {
            return Ok(());
        }
        std::fs::create_dir_all(self.attachments()).map_err(disk)?;
        let asker = self.member()?;
        let (part, content) = (self.attachment(of.hash, PART), Content::Attachment(of.hash));
        let file = self.download(transport, &asker, content, &part, sealed_size(of.size))?;
        file.sync_all().map_err(disk)?;
        std::fs::rename(&part, self.attachment(of.hash, "")).map_err(disk)
    }

    /// Writes an attachment that is here, as the file that it was. What was written before an error is not to be used.
    ///
    /// # Errors
    /// [`SyncError::AttachmentMissing`] until it was fetched, [`SyncError::AttachmentNotOpened`] when its bytes were changed or the key
    /// is another's.
    pub fn read_attachment(&self, of: &AttachmentRef, to: &mut dyn Write) -> Result<()> {
        let content = of.hash;
        let path = self
            .here(content)
            .ok_or(SyncError::AttachmentMissing { content })?;
        let file = File::open(path).map_err(disk)?;
        let mut opening = Opening::new(&of.key.0, BINDING, file, sealed_size(of.size));
        io::copy(&mut opening, to).map_err(|error| match unopened(&error) {
            Some(why) => SyncError::AttachmentNotOpened { content, why },
            None => disk(error),
        })?;
        Ok(())
    }

    /// Drops an attachment that no row refers to any more, here and, for owners, at the endpoint.
    ///
    /// # Errors
    /// Those of the endpoint. One that is not there is no error.
    pub fn remove_attachment(&mut self, transport: &mut dyn Transport, hash: ContentHash) -> Result<()> {
        let asker = self.member()?;
        match transport.remove_attachment(&asker, hash) {
            Ok(()) | Err(Failure::Refused(Cause::ContentMissing)) => {}
            Err(failure) => return Err(failure.into()),
        }
        for state in ["", WAITING, PART] {
            match std::fs::remove_file(self.attachment(hash, state)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(disk(error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn attachments(&self) -> PathBuf {
        self.beside("attachments")
    }

    /// The file of a ciphertext; its name's ending says how far it has come.
    fn attachment(&self, hash: ContentHash, state: &str) -> PathBuf {
        let dot = if state.is_empty() { "" } else { "." };
        self.attachments().join(format!("{hash}{dot}{state}"))
    }

    fn here(&self, hash: ContentHash) -> Option<PathBuf> {
        let names = ["", WAITING].map(|state| self.attachment(hash, state));
        names.into_iter().find(|path| path.exists())
    }
}
