//! Packages that Excel opens and calamine does not, rewritten in memory: parts in UTF-16, and workbook parts of early
//! .xlsb files.

use std::io::{Cursor, Read, Seek, Write};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::model::{Limit, Refusal};

/// Unpacked size up to which a package is mended.
const LARGEST: u64 = 64 << 20;

/// The encoding of a part that is not in UTF-8, by its first bytes.
pub(super) fn wide(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The package with every part in the form that calamine reads.
pub(super) fn mend<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Cursor<Vec<u8>>, Refusal> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut left = LARGEST;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Refusal::Damaged)?;
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        let mut bytes = Vec::new();
        part.take(left + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| Refusal::Damaged)?;
        left = left.checked_sub(bytes.len() as u64).ok_or(Refusal::TooLarge {
            limit: Limit::Unpacked,
        })?;
        let lower = name.to_lowercase();
        if lower.ends_with(".xml") || lower.ends_with(".rels") {
            if let Some(encoding) = wide(&bytes) {
                bytes = narrow(&bytes, encoding).into_bytes();
            }
        } else if lower.ends_with("workbook.bin")
            && let Some(current) = current_tabs(&bytes)
        {
            bytes = current;
        }
        out.start_file(name, options)
            .and_then(|()| out.write_all(&bytes).map_err(Into::into))
            .map_err(|_| Refusal::Damaged)?;
    }
    out.finish().map_err(|_| Refusal::Damaged)
}

/// A part in UTF-8, without the declaration that says otherwise.
fn narrow(bytes: &[u8], encoding: &'static Encoding) -> String {
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    match text
        .trim_start()
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
    {
        Some((_, rest)) => rest.to_owned(),
        None => text.into_owned(),
    }
}

/// Early .xlsb files have four bytes more in each BrtBundleSh ([MS-XLSB] 2.4.304), between state and number. Returns the part
/// in today's form, or nothing when it is in that form.
pub(super) fn current_tabs(bytes: &[u8]) -> Option<Vec<u8>> {
    const BUNDLE: u32 = 0x9C;
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0usize;
    let mut changed = false;
    while at < bytes.len() {
        let start = at;
        let kind = varying(bytes, &mut at, 2)?;
        let length = varying(bytes, &mut at, 4)? as usize;
        let data = bytes.get(at..at.checked_add(length)?)?;
        at += length;
        if kind == BUNDLE && early(data) == Some(true) {
            changed = true;
            out.extend_from_slice(&[0x9C, 0x01]);
            let shorter = u8::try_from(length - 4).ok().filter(|&length| length < 0x80)?;
            out.push(shorter);
            out.extend_from_slice(&data[..4]);
            out.extend_from_slice(&data[8..]);
        } else {
            out.extend_from_slice(&bytes[start..at]);
        }
    }
    changed.then_some(out)
}

fn early(data: &[u8]) -> Option<bool> {
    let number = |at: usize| {
        let bytes = data.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes) as usize)
    };
    let relation = number(12)?;
    let name = number(16usize.checked_add(relation.checked_mul(2)?)?)?;
    let whole = 20usize.checked_add(relation.checked_add(name)?.checked_mul(2)?)?;
    Some(number(4)? == 0 && whole == data.len())
}

/// A number of seven bits a byte, lowest first.
fn varying(bytes: &[u8], at: &mut usize, most: u32) -> Option<u32> {
    let mut value = 0u32;
    for step in 0..most {
        let byte = *bytes.get(*at)?;
        *at += 1;
        // Record kinds keep their continuation bits.
        value |= if most == 2 {
            u32::from(byte) << (8 * step)
        } else {
            u32::from(byte & 0x7F) << (7 * step)
        };
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(if most == 2 && value > 0xFF {
        (value & 0x7F) | (value >> 8) << 7
    } else {
        value
    })
}
