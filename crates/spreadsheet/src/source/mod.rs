//! Readers, one per family of formats, behind one trait. They run in the sidecar only.

mod encoding;
mod formats;
mod html;
mod mend;
mod ods;
mod records;
mod sniff;
mod text;
mod values;
mod xls;
mod zipped;

use std::fs::File;
use std::io;
use std::path::Path;

use crate::limits;
use crate::model::{FileKind, Found, Limit, Merge, Notice, Refusal, Visibility};
use crate::row_writer::{RowWriter, Stop};

/// An opened file.
pub(crate) trait Source {
    fn kind(&self) -> FileKind;
    /// Sheets that hold cells, in the order of their tabs.
    fn sheets(&self) -> Vec<(String, Visibility)>;
    /// Hands every cell of a sheet to `rows`.
    fn read(&mut self, sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop>;
    /// Merged ranges of a sheet, where the format says and asking is cheap.
    fn merges(&mut self, _sheet: usize) -> Vec<Merge> {
        Vec::new()
    }
    /// What the reader did on the way, once everything asked for was read.
    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }
}

/// Opens a file by what its first bytes and its parts say.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Source>, Refusal> {
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err(Refusal::NotASpreadsheet { found: Found::Folder });
    }
    if metadata.len() == 0 {
        return Err(Refusal::Empty);
    }
    let head = sniff::head(&mut file).map_err(|error| unreadable(&error))?;
    match sniff::container(&head) {
        sniff::Container::Zip => zipped::open(file, metadata.len()),
        sniff::Container::Other(found) => Err(Refusal::NotASpreadsheet { found }),
        sniff::Container::Compound => xls::open_compound(file, metadata.len()),
        sniff::Container::Records => xls::open_stream(slurp(file, metadata.len())?),
        sniff::Container::Text => text::open(&slurp(file, metadata.len())?),
    }
}

fn unreadable(error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::NotFound {
        Refusal::NotFound
    } else {
        Refusal::Unreadable
    }
}

/// Reads a whole file that must be held in memory.
fn slurp(mut file: File, length: u64) -> Result<Vec<u8>, Refusal> {
    use std::io::{Read, Seek};
    if length > limits::PLAIN_FILE {
        return Err(Refusal::TooLarge {
            limit: Limit::FileSize,
        });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.rewind().map_err(|error| unreadable(&error))?;
    file.take(limits::PLAIN_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    Ok(bytes)
}
