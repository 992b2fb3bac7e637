//! Packages that Excel opens and calamine does not, rewritten in memory: parts in UTF-16, and workbooks with macro sheets of Excel 4.

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
        name.ends_with("workbook.xml.rels")
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
