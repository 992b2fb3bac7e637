//! Ciphertexts on their way to and from the endpoint, piece by piece: what broke off goes on where it stopped.

use crate::replica::{ATTEMPTS, Replica, Step};
use crate::transport::{Asker, Content, Failure, PIECE, Transport};
use crate::{Result, SyncError};
use kiulu_wire::ContentHash;
use kiulu_wire::problem::Cause;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

impl Replica {
    /// Gives the endpoint what it does not have yet of a content of `size` bytes.
    pub(crate) fn upload(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        content: Content,
        file: &mut (impl Read + Seek),
        size: u64,
    ) -> Result<()> {
        let there = transport.received(asker, content)?;
        if there.is_some_and(|there| there.whole) {
            return Ok(());
        }
        let mut offset = there.map_or(0, |there| there.received);
        let mut stalled = 0;
        let mut piece = Vec::with_capacity(PIECE);
        while stalled < ATTEMPTS {
            self.tell(Step::Sending, offset, size);
            file.seek(SeekFrom::Start(offset)).map_err(disk)?;
            piece.clear();
            file.take(PIECE as u64).read_to_end(&mut piece).map_err(disk)?;
            let now = match transport.put_piece(asker, content, size, offset, &piece) {
                Ok(now) if now.whole => {
                    self.tell(Step::Sending, size, size);
                    return Ok(());
                }
                Ok(now) => now.received,
                Err(Failure::Refused(Cause::ContentOffset { received })) => received,
                // What was there before was something else, and is dropped.
                Err(Failure::Refused(Cause::ContentHash)) => 0,
                Err(failure) => return Err(failure.into()),
            };
            stalled = if now > offset { 0 } else { stalled + 1 };
            offset = now.min(size);
        }
        Err(SyncError::Busy)
    }

    /// Takes a whole content of `size` bytes into a file, which may hold its beginning already.
    pub(crate) fn download(
        &mut self,
        transport: &mut dyn Transport,
        asker: &Asker,
        content: Content,
        path: &Path,
        size: u64,
    ) -> Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(disk)?;
        let mut from = file.metadata().map_err(disk)?.len();
        if from > size {
            file.set_len(0).map_err(disk)?;
            from = 0;
        }
        file.seek(SeekFrom::Start(from)).map_err(disk)?;
        while from < size {
            self.tell(Step::Receiving, from, size);
            let to = size.min(from + PIECE as u64);
            let piece = transport.get_piece(asker, content, from, to)?;
            if piece.is_empty() || piece.len() as u64 > to - from {
                return Err(differs(content));
            }
            file.write_all(&piece).map_err(disk)?;
            from += piece.len() as u64;
        }
        self.tell(Step::Receiving, size, size);
        let (Content::Snapshot(hash) | Content::Attachment(hash)) = content;
        file.seek(SeekFrom::Start(0)).map_err(disk)?;
        if hash_of(&mut file).map_err(disk)? != hash {
            // Whatever came is not kept as a beginning.
            file.set_len(0).map_err(disk)?;
            return Err(differs(content));
        }
        file.seek(SeekFrom::Start(0)).map_err(disk)?;
        Ok(file)
    }
}

/// The hash of what is left of a reader.
pub(crate) fn hash_of(from: &mut impl Read) -> io::Result<ContentHash> {
    let mut hasher = blake3::Hasher::new();
    io::copy(from, &mut hasher)?;
    Ok(ContentHash(*hasher.finalize().as_bytes()))
}

fn differs(content: Content) -> SyncError {
    let (Content::Snapshot(content) | Content::Attachment(content)) = content;
    SyncError::ContentDiffers { content }
}

/// A file beside the register failed.
pub(crate) fn disk(error: io::Error) -> SyncError {
    SyncError::Store(error.into())
}
