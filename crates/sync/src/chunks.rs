//! Ciphertexts that are larger than memory should be: sealed and opened chunk by chunk, in one pass.
//!
//! Every chunk but the last has [`CHUNK`] bytes: a random nonce and the ciphertext of XChaCha20-Poly1305 with, as associated data, what
//! the content is, the chunk's number and whether it is the last. So none can be left out, moved, taken from another content or cut
//! off (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015, with random nonces).

use crate::random::Random;
use crate::seal::{self, Unopened};
use crate::transport::PIECE;
use kiulu_wire::ContentHash;
use std::io::{self, Read, Write};

/// Bytes of a sealed chunk: one piece on the way to the endpoint.
pub(crate) const CHUNK: usize = PIECE;

/// Bytes that a chunk holds.
const INSIDE: usize = CHUNK - seal::ADDED;

/// In how many chunks a ciphertext of so many bytes was sealed.
pub(crate) fn count(size: u64) -> u32 {
    size.div_ceil(CHUNK as u64) as u32
}

/// Bytes of the ciphertext of so many bytes.
pub(crate) fn sealed_size(size: u64) -> u64 {
    let chunks = size.div_ceil(INSIDE as u64).max(1);
    size.saturating_add(chunks.saturating_mul(seal::ADDED as u64))
}

/// What chunk stands where.
fn place(of: &[u8], number: u32, last: bool) -> Vec<u8> {
    [of, &number.to_be_bytes(), &[u8::from(last)]].concat()
}

/// Seals what is written to it.
pub(crate) struct Sealing<'a, W> {
    key: &'a [u8; 32],
    of: &'a [u8],
    random: &'a mut dyn Random,
    to: W,
    inside: Vec<u8>,
    number: u32,
    hasher: blake3::Hasher,
    size: u64,
}

/// A ciphertext that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) content: ContentHash,
    pub(crate) size: u64,
}

impl<'a, W: Write> Sealing<'a, W> {
    /// `of` says what the content is, and must be the same when it is opened.
    pub(crate) fn new(key: &'a [u8; 32], of: &'a [u8], random: &'a mut dyn Random, to: W) -> Self {
        Self {
            key,
            of,
            random,
            to,
            inside: Vec::with_capacity(INSIDE),
            number: 0,
            hasher: blake3::Hasher::new(),
            size: 0,
        }
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let place = place(self.of, self.number, last);
        let chunk = seal::encrypt(&self.inside, &place, self.key, self.random).map_err(io::Error::other)?;
        self.hasher.update(&chunk);
        self.size += chunk.len() as u64;
        self.to.write_all(&chunk)?;
        self.inside.clear();
        self.number += 1;
        Ok(())
    }

    /// Seals the last chunk and gives what it was written to.
    pub(crate) fn finish(mut self) -> io::Result<(Sealed, W)> {
        self.seal(true)?;
        let content = ContentHash(*self.hasher.finalize().as_bytes());
        let size = self.size;
        Ok((Sealed { content, size }, self.to))
    }
}

impl<W: Write> Write for Sealing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known not to be the last.
        if self.inside.len() == INSIDE && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(INSIDE - self.inside.len());
        self.inside.extend(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens what is read through it. A chunk that does not open is an [`io::Error`] that holds the [`Unopened`].
pub(crate) struct Opening<'a, R> {
    key: &'a [u8; 32],
    of: &'a [u8],
    from: R,
    chunks: u32,
    number: u32,
    inside: Vec<u8>,
    taken: usize,
}

impl<'a, R: Read> Opening<'a, R> {
    /// Opens a ciphertext of so many bytes.
    pub(crate) fn new(key: &'a [u8; 32], of: &'a [u8], from: R, size: u64) -> Self {
        Self {
            key,
            of,
            from,
            // Even nothing is sealed as one chunk.
            chunks: count(size).max(1),
            number: 0,
            inside: Vec::new(),
            taken: 0,
        }
    }

    fn open(&mut self) -> io::Result<()> {
        let mut chunk = Vec::with_capacity(CHUNK);
        (&mut self.from).take(CHUNK as u64).read_to_end(&mut chunk)?;
        let place = place(self.of, self.number, self.number + 1 == self.chunks);
        self.inside = seal::decrypt(&chunk, &place, self.key).map_err(io::Error::other)?;
        self.taken = 0;
        self.number += 1;
        Ok(())
    }
}

impl<R: Read> Read for Opening<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.inside.len() {
            if self.number == self.chunks {
                return Ok(0);
            }
            self.open()?;
        }
        let count = to.len().min(self.inside.len() - self.taken);
        to[..count].copy_from_slice(&self.inside[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// What kept a content from being opened, where it was not the disk.
pub(crate) fn unopened(error: &io::Error) -> Option<Unopened> {
    let inner = error.get_ref()?;
    // What the decompressor says of bytes that are no frame is not the disk's fault either.
    Some(inner.downcast_ref().copied().unwrap_or(Unopened::Malformed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::SystemRandom;

    const KEY: [u8; 32] = [7; 32];

    fn sealed(plain: &[u8]) -> (Vec<u8>, Sealed) {
        let mut random = SystemRandom;
        let mut sealing = Sealing::new(&KEY, b"of", &mut random, Vec::new());
        sealing.write_all(plain).unwrap();
        let (sealed, bytes) = sealing.finish().unwrap();
        (bytes, sealed)
    }

    fn opened(bytes: &[u8], of: &[u8]) -> Result<Vec<u8>, Unopened> {
        let mut plain = Vec::new();
        let mut opening = Opening::new(&KEY, of, bytes, bytes.len() as u64);
        match opening.read_to_end(&mut plain) {
            Ok(_) => Ok(plain),
            Err(error) => Err(unopened(&error).unwrap()),
        }
    }

    #[test]
    fn contents_of_any_size_open_as_what_they_are() {
        for length in [0, 1, INSIDE - 1, INSIDE, INSIDE + 1, 2 * INSIDE, 2 * INSIDE + 5] {
            let plain: Vec<u8> = (0..length).map(|at| (at / 7) as u8).collect();
            let (bytes, sealed) = sealed(&plain);
            assert_eq!(sealed.size, bytes.len() as u64);
            assert_eq!(sealed.size, sealed_size(length as u64));
            assert_eq!(sealed.content, ContentHash::of(&bytes));
            assert_eq!(count(sealed.size) as usize, length.div_ceil(INSIDE).max(1));
            assert_eq!(opened(&bytes, b"of"), Ok(plain));
            assert_eq!(opened(&bytes, b"other"), Err(Unopened::NotAuthentic));
        }
    }

    #[test]
    fn no_chunk_is_left_out_moved_repeated_or_cut_off() {
        let (bytes, _) = sealed(&vec![3; 3 * INSIDE - 10]);
        let chunks: Vec<&[u8]> = bytes.chunks(CHUNK).collect();
        let [first, second, last] = chunks[..] else {
            panic!()
        };
        for wrong in [
            vec![first, second],
            vec![first, last],
            vec![second, first, last],
            vec![first, first, last],
            vec![first, second, second],
            vec![first, second, last, last],
            vec![],
        ] {
            assert_eq!(opened(&wrong.concat(), b"of"), Err(Unopened::NotAuthentic));
        }
        for at in [0, 23, 24, CHUNK - 1, CHUNK, bytes.len() - 1] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert_eq!(opened(&flipped, b"of"), Err(Unopened::NotAuthentic));
            assert_eq!(opened(&bytes[..at.max(1)], b"of"), Err(Unopened::NotAuthentic));
        }
    }
}
