//! `kiulu-cli sheet --cells`: every cell of a file.
//!
//! A file may be refused after its first million cells, and then the answer is the refusal alone. So the cells are held until the
//! end: compressed, because as JSON they can be larger than the memory that Kiulu allows itself, and in memory, because nothing of
//! a file is to be written to disk in the clear.

use crate::answer::{Answer, Failure};
use kiulu_app::Problem;
use kiulu_app::spreadsheet::{CellsJson, Limit, Reader, Refusal};
use std::io::{Read, Result, Write};
use std::ops::ControlFlow;
use std::path::Path;

/// Most bytes of compressed JSON; several hundred megabytes of cells.
const MOST: usize = 32 << 20;

/// Bytes of JSON that are handed on at once.
const PIECE: usize = 64 << 10;

/// Compressed text.
pub(crate) struct Spool(Vec<u8>);

impl Spool {
    /// Writes it out, with the end of the line.
    pub(crate) fn pour(&self, out: &mut impl Write) -> Result<()> {
        let mut text = zstd::Decoder::new(self.0.as_slice())?;
        let mut piece = vec![0; PIECE];
        loop {
            match text.read(&mut piece)? {
                0 => break,
                length => out.write_all(&piece[..length])?,
            }
        }
        out.write_all(b"\n")?;
        out.flush()
    }
}

pub(crate) fn run(file: &Path) -> std::result::Result<Answer, Failure> {
    let reader = Reader::locate().map_err(Problem::from)?;
    let mut json = CellsJson::default();
    let mut spool = zstd::Encoder::new(Vec::new(), 1).map_err(Problem::from)?;
    let summary = reader
        .pieces(file, |piece| {
            json.piece(&piece);
            if json.text.len() < PIECE {
                return ControlFlow::Continue(());
            }
            // Writing to memory does not fail; the bound is what stops it.
            let written = spool.write_all(json.text.as_bytes());
            json.text.clear();
            if written.is_ok() && spool.get_ref().len() <= MOST {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
        .map_err(Problem::from)?;
    if summary.stopped {
        let limit = Limit::Memory;
        return Err(Problem::from(Refusal::TooLarge { limit }).into());
    }
    json.finish();
    spool.write_all(json.text.as_bytes()).map_err(Problem::from)?;
    Ok(Answer::Spool(Spool(spool.finish().map_err(Problem::from)?)))
}
