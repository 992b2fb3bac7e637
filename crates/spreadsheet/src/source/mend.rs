//! Packages that Excel opens and calamine does not, rewritten in memory: parts in UTF-16, workbooks with macro sheets of Excel 4,
//! and workbook parts of early .xlsb files.

use std::collections::HashSet;
use std::io::{Cursor, Read, Seek, Write};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use quick_xml::events::{BytesStart, Event};
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
    let macros = macro_sheets(archive);
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
            if lower.ends_with("workbook.xml") && !macros.is_empty() {
                bytes = without_tabs(&bytes, &macros).ok_or(Refusal::Damaged)?;
            }
        } else if lower.ends_with("workbook.bin") {
            if let Some(current) = current_tabs(&bytes) {
                bytes = current;
            }
            if !macros.is_empty() {
                bytes = without_bundles(&bytes, &macros).ok_or(Refusal::Damaged)?;
            }
        }
        out.start_file(name, options)
            .and_then(|()| out.write_all(&bytes).map_err(Into::into))
            .map_err(|_| Refusal::Damaged)?;
    }
    out.finish().map_err(|_| Refusal::Damaged)
}

/// The workbook's relations that lead to macro sheets: those hold no list of people.
fn macro_sheets<R: Read + Seek>(archive: &mut ZipArchive<R>) -> HashSet<String> {
    let mut found = HashSet::new();
    let names: Vec<String> = archive
        .file_names()
        .flatten()
        .map(std::borrow::Cow::into_owned)
        .collect();
    let parts = names.iter().filter(|name| {
        let name = name.to_lowercase();
        name.ends_with("workbook.xml.rels") || name.ends_with("workbook.bin.rels")
    });
    for part in parts {
        let mut bytes = Vec::new();
        if let Ok(part) = archive.by_name(part) {
            let _ = part.take(4 << 20).read_to_end(&mut bytes);
        }
        if let Some(encoding) = wide(&bytes) {
            bytes = narrow(&bytes, encoding).into_bytes();
        }
        let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(element) | Event::Empty(element) => {
                    let target = attribute(&element, "Target").unwrap_or_default().to_lowercase();
                    if target.contains("macrosheets/") {
                        found.extend(attribute(&element, "Id"));
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
    }
    found
}

fn attribute(element: &BytesStart<'_>, local: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == local)?;
    found
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// A workbook part without the tabs of these relations.
fn without_tabs(bytes: &[u8], relations: &HashSet<String>) -> Option<Vec<u8>> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    reader.config_mut().check_end_names = false;
    let mut writer = quick_xml::Writer::new(Vec::with_capacity(bytes.len()));
    let mut inside = false;
    loop {
        let event = reader.read_event().ok()?;
        let unwanted = |element: &BytesStart<'_>| {
            element.local_name().as_ref() == "sheet"
                && attribute(element, "id").is_some_and(|id| relations.contains(&id))
        };
        match &event {
            Event::Eof => return Some(writer.into_inner()),
            Event::Empty(element) if unwanted(element) => continue,
            Event::Start(element) if unwanted(element) => inside = true,
            Event::End(element) if inside && element.local_name().as_ref() == "sheet" => {
                inside = false;
                continue;
            }
            _ => {}
        }
        if !inside {
            writer.write_event(event).ok()?;
        }
    }
}

/// A binary workbook part without the tabs of these relations ([MS-XLSB] 2.4.304).
fn without_bundles(bytes: &[u8], relations: &HashSet<String>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0usize;
    while at < bytes.len() {
        let start = at;
        let kind = varying(bytes, &mut at, 2)?;
        let length = varying(bytes, &mut at, 4)? as usize;
        let data = bytes.get(at..at.checked_add(length)?)?;
        at += length;
        let unwanted = kind == BUNDLE && relation(data).is_some_and(|relation| relations.contains(&relation));
        if !unwanted {
            out.extend_from_slice(&bytes[start..at]);
        }
    }
    Some(out)
}

fn relation(bundle: &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(*bundle.get(8..)?.first_chunk()?) as usize;
    let bytes = bundle.get(12..12usize.checked_add(length.checked_mul(2)?)?)?;
    Some(UTF_16LE.decode_without_bom_handling(bytes).0.into_owned())
}

/// BrtBundleSh: a tab.
const BUNDLE: u32 = 0x9C;

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
