//! Several encoded entries behind each other: the body of an append and of a page of the log.

use crate::Result;
use crate::codec::{Reader, Writer, limits};

/// Each entry behind its length in four bytes, big-endian.
pub fn encode<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut to = Writer::default();
    for entry in entries {
        to.bytes(entry);
    }
    to.done()
}

/// Takes a batch apart. The entries are not decoded.
///
/// # Errors
/// [`crate::Refused::Truncated`], [`crate::Refused::TooLong`].
pub fn decode(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut from = Reader::new(bytes);
    let mut entries = Vec::new();
    while !from.is_empty() {
        entries.push(from.bytes(limits::ENTRY)?);
    }
    Ok(entries)
}

/// Takes a batch apart while it comes in: what was received before a line broke is not lost.
#[derive(Debug, Default)]
pub struct Splitter {
    held: Vec<u8>,
    /// How much of `held` has been taken.
    taken: usize,
}

impl Splitter {
    /// Adds what came in.
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.taken);
        self.taken = 0;
        self.held.extend_from_slice(bytes);
    }

    /// The next whole entry, `None` until more comes in.
    ///
    /// # Errors
    /// [`crate::Refused::TooLong`]: the peer does not speak this format.
    pub fn next_entry(&mut self) -> Result<Option<Vec<u8>>> {
        let Some((length, rest)) = self.held[self.taken..].split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = Reader::new(length).length(limits::ENTRY)?;
        let entry = rest.get(..length).map(<[u8]>::to_vec);
        if entry.is_some() {
            self.taken += 4 + length;
        }
        Ok(entry)
    }

    /// Whether everything that came in has been taken.
    pub fn is_empty(&self) -> bool {
        self.held.len() == self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refused;

    #[test]
    fn batches_come_apart_as_they_were_put_together_wherever_the_line_breaks() {
        let entries: Vec<Vec<u8>> = vec![vec![1; 3], vec![], vec![2; 300]];
        let bytes = encode(entries.iter().map(Vec::as_slice));
        assert_eq!(decode(&bytes).unwrap(), entries);
        assert_eq!(decode(&bytes[..bytes.len() - 1]), Err(Refused::Truncated));
        for at in 0..bytes.len() {
            let mut splitter = Splitter::default();
            let mut seen = Vec::new();
            for part in [&bytes[..at], &bytes[at..]] {
                splitter.push(part);
                while let Some(entry) = splitter.next_entry().unwrap() {
                    seen.push(entry);
                }
            }
            assert_eq!(seen, entries);
            assert!(splitter.is_empty());
        }
    }

    #[test]
    fn a_length_beyond_all_entries_is_refused_before_anything_is_kept() {
        assert!(matches!(decode(&[0xff; 8]), Err(Refused::TooLong { .. })));
    }
}
