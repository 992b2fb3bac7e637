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
mod xlsb;
mod zipped;

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use kiulu_domain::clean::DateSystem;

use crate::limits;
use crate::model::{FileKind, Found, Limit, Merge, Notice, Refusal, Visibility};
use crate::row_writer::{RowWriter, Stop};

/// An opened file.
pub(crate) trait Source {
    fn kind(&self) -> FileKind;
    /// Sheets that hold cells, in the order of their tabs.
    fn sheets(&self) -> Vec<(String, Visibility)>;
    /// How the workbook counts days.
    fn date_system(&self) -> DateSystem {
        DateSystem::From1900
    }
    /// Hands every cell of a sheet to `rows`.
    fn read(&mut self, sheet: usize, rows: &mut RowWriter<'_>) -> Result<(), Stop>;
    /// Reads one sheet after the other. A sheet that cannot be read does not keep the others from being read.
    fn read_each<'w>(&mut self, sink: &mut dyn Sink<'w>) -> Result<(), Stop> {
        for sheet in 0..self.sheets().len() {
            sink.begin(sheet)?;
            let read = AssertUnwindSafe(|| self.read(sheet, sink.rows()));
            let outcome = catch_unwind(read).unwrap_or(Err(Stop::Refused(Refusal::Damaged)));
            let merges = if outcome.is_ok() {
                self.merges(sheet)
            } else {
                Vec::new()
            };
            sink.end(sheet, outcome, merges)?;
        }
        Ok(())
    }
    /// Merged ranges of a sheet, where the format says and asking is cheap.
    fn merges(&mut self, _sheet: usize) -> Vec<Merge> {
        Vec::new()
    }
    /// What the reader did on the way, once everything asked for was read.
    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }
}

/// Where the sheets of a file go, one after the other.
pub(crate) trait Sink<'w> {
    /// A sheet begins.
    fn begin(&mut self, sheet: usize) -> Result<(), Stop>;
    /// Takes the cells of the sheet under way.
    fn rows(&mut self) -> &mut RowWriter<'w>;
    /// The sheet has ended, or stopped short.
    fn end(&mut self, sheet: usize, outcome: Result<(), Stop>, merges: Vec<Merge>) -> Result<(), Stop>;
}

/// Counts cells that make no sense: each is left out, and too many make a damaged sheet.
#[derive(Debug, Default)]
pub(crate) struct Odd(std::cell::Cell<u32>);

impl Odd {
    fn note(&self) -> Result<(), Refusal> {
        self.0.set(self.0.get() + 1);
        if self.0.get() > limits::ODD_CELLS {
            Err(Refusal::Damaged)
        } else {
            Ok(())
        }
    }

    fn notices(&self) -> Vec<Notice> {
        if self.0.get() > 0 {
            vec![Notice::PartlyUnreadable]
        } else {
            Vec::new()
        }
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
