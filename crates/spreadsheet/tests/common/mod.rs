//! What the tests share: the real sidecar, and packages written by hand.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use kiulu_domain::sheet::Row;
use kiulu_spreadsheet::{Reader, Refusal, RowsSummary};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub fn reader() -> Reader {
    Reader::new(env!("CARGO_BIN_EXE_kiulu-sheet"))
}

pub fn all_rows(path: &Path, sheet: u32) -> Result<(Vec<Row>, RowsSummary), Refusal> {
    let mut rows = Vec::new();
    let summary = reader().rows(path, sheet, |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((rows, summary))
}

/// A folder for one test, with files in it by name.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

pub const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A package with one sheet of this XML, and what a workbook needs.
pub fn package(workbook_properties: &str, mut write_sheet: impl FnMut(&mut dyn Write)) -> Vec<u8> {
    workbook(workbook_properties, &[("Lista", "worksheet")], |_, out| {
        write_sheet(out)
    })
}

/// A package with sheets of these names and kinds (`worksheet`, `xlMacrosheet`…).
pub fn workbook(
    workbook_properties: &str,
    sheets: &[(&str, &str)],
    mut write_sheet: impl FnMut(usize, &mut dyn Write),
) -> Vec<u8> {
    let folder = |kind: &str| {
        if kind == "worksheet" {
            "worksheets"
        } else {
            "macrosheets"
        }
    };
    let (mut relations, mut tabs) = (String::new(), String::new());
    for (at, (name, kind)) in sheets.iter().enumerate() {
        let folder = folder(kind);
        relations += &format!(
            r#"<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{folder}/sheet{at}.xml"/>"#
        );
        tabs += &format!(r#"<sheet name="{name}" sheetId="{}" r:id="rId{at}"/>"#, at + 1);
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            format!(r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(r#"<Relationships xmlns="{RELATIONS}">{relations}</Relationships>"#),
        ),
        (
            "xl/workbook.xml",
            format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook_properties}<sheets>{tabs}</sheets></workbook>"#),
        ),
        (
            "xl/styles.xml",
            format!(r#"<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>"#),
        ),
    ];
    for (name, text) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    for (at, (_, kind)) in sheets.iter().enumerate() {
        zip.start_file(format!("xl/{}/sheet{at}.xml", folder(kind)), options)
            .unwrap();
        write_sheet(at, &mut zip);
    }
    zip.finish().unwrap().into_inner()
}

pub fn sheet_package(cells: &str) -> Vec<u8> {
    package("", |out| {
        write!(
            out,
            r#"<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>"#
        )
        .unwrap();
    })
}

/// An OpenDocument spreadsheet with this body.
pub fn ods(body: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    zip.start_file("mimetype", options).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet")
        .unwrap();
    zip.start_file("content.xml", options).unwrap();
    write!(
        zip,
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"#
    )
    .unwrap();
    zip.finish().unwrap().into_inner()
}

/// A binary workbook (.xlsb) with one sheet of these records: kind and bytes.
pub fn xlsb(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    xlsb_of(&[], records)
}

/// The same with records of the workbook before its tab.
pub fn xlsb_of(workbook: &[(u16, Vec<u8>)], records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let wide = |text: &str| {
        let mut bytes = u32::try_from(text.encode_utf16().count())
            .unwrap()
            .to_le_bytes()
            .to_vec();
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let written = |records: &[(u16, Vec<u8>)]| {
        let mut out = Vec::new();
        for (kind, data) in records {
            // Numbers of seven bits a byte.
            let low = (kind & 0x7F) as u8;
            out.extend(if *kind < 0x80 {
                vec![low]
            } else {
                vec![low | 0x80, (kind >> 7) as u8]
            });
            let length = u8::try_from(data.len()).unwrap();
            assert!(length < 0x80);
            out.push(length);
            out.extend(data);
        }
        out
    };
    let tab = [vec![0, 0, 0, 0, 1, 0, 0, 0], wide("rId1"), wide("Lista")].concat();
    let relations = format!(
        r#"<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("xl/workbook.bin", written(&[workbook, &[(0x9C, tab)]].concat())),
        ("xl/_rels/workbook.bin.rels", relations.into_bytes()),
        ("xl/worksheets/sheet1.bin", written(records)),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
