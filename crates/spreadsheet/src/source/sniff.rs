//! What a file is, from its first bytes. Names and extensions are never asked.

use std::fs::File;
use std::io::{self, Read, Seek};

use crate::model::Found;

/// The outermost layer of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// A ZIP package: a workbook, a document, or any archive.
    Zip,
    /// A compound file (OLE2): an old workbook or document, or an encrypted new one.
    Compound,
    /// A bare stream of Excel records, as Excel 2 to 4 wrote them.
    Records,
    /// Anything else that may be text.
    Text,
    /// Certainly something else.
    Other(Found),
}

const HEAD: u64 = 4096;

/// The first bytes of a file.
pub(crate) fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(HEAD).read_to_end(&mut bytes)?;
    file.rewind()?;
    Ok(bytes)
}

pub(crate) fn container(head: &[u8]) -> Container {
    const SIGNATURES: &[(&[u8], Found)] = &[
        (b"%PDF", Found::Pdf),
        (b"{\\rtf", Found::Document),
        (b"\x89PNG", Found::Image),
        (b"\xFF\xD8\xFF", Found::Image),
        (b"GIF8", Found::Image),
        (b"BM", Found::Image),
        (b"II*\0", Found::Image),
        (b"MM\0*", Found::Image),
        (b"RIFF", Found::Image),
        (b"\0\0\0\x1CftypHEIC", Found::Image),
        (b"7z\xBC\xAF\x27\x1C", Found::Archive),
        (b"Rar!", Found::Archive),
        (b"\x1F\x8B", Found::Archive),
        (b"BZh", Found::Archive),
        (b"\xFD7zXZ", Found::Archive),
        (b"SQLite format 3", Found::Database),
        (b"\0\x01\0\0Standard ", Found::Database),
    ];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Container::Zip;
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Container::Compound;
    }
    // BOF of BIFF2, 3, 4 and 5/8 with the lengths that they may have.
    if let [0x09, 0x00 | 0x02 | 0x04 | 0x08, 0x04..=0x10, 0x00, ..] = head {
        return Container::Records;
    }
    for (signature, found) in SIGNATURES {
        // "BM" also begins words; a bitmap has binary fields after it.
        if head.starts_with(signature) && (*signature != b"BM" || head.get(6..10) == Some(&[0; 4])) {
            return Container::Other(*found);
        }
    }
    Container::Text
}
