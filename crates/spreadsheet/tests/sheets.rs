//! Bad and odd files, made here, through the real sidecar.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::Write;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveTime};
use common::{Folder, MAIN, all_rows, ods, package, reader, sheet_package, workbook, xlsb, xlsb_of};
use kiulu_domain::clean::DateSystem;
use kiulu_domain::sheet::Cell;
use kiulu_spreadsheet::export::{self, Column, ColumnKind, OutCell};
use kiulu_spreadsheet::{
    FileKind, Found, Limit, Notice, Reader, Refusal, Visibility, detect_header, generate,
};

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn contacts(rows: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    generate::contacts_xlsx(&mut bytes, rows, 7).unwrap();
    bytes
}

#[test]
fn the_content_decides_and_not_the_extension() {
    let folder = Folder::new();
    for name in ["lista.xlsx", "lista.xls", "lista.csv", "lista"] {
        let path = folder.file(name, &contacts(20));
        let workbook = reader().inspect(&path).unwrap();
        assert_eq!(workbook.kind, FileKind::Xlsx);
        assert_eq!(
            (workbook.sheets[0].info.rows, workbook.sheets[0].info.columns),
            (21, 12)
        );
    }
    let path = folder.file("teksti.xlsx", "Nimi;Katu\nMäki;Kuja 1\n".as_bytes());
    assert_eq!(reader().inspect(&path).unwrap().kind, FileKind::Text);
}

#[test]
fn what_is_no_spreadsheet_is_refused_by_what_it_is() {
    let folder = Folder::new();
    let mut encrypted = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    encrypted
        .create_stream("/EncryptedPackage")
        .unwrap()
        .write_all(b"secret")
        .unwrap();
    let mut document = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    document
        .create_stream("/WordDocument")
        .unwrap()
        .write_all(b"letter")
        .unwrap();
    let whole = contacts(50);
    // A beginning of file (BIFF8 globals), a password record, an end.
    let locked_xls = [
        0x09, 0x08, 0x08, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0x2F, 0, 6, 0, 0, 0, 1, 2, 3, 4, 0x0A, 0, 0, 0,
    ];
    let other = |found| Refusal::NotASpreadsheet { found };
    for (name, bytes, expected) in [
        (
            "salasana.xlsx",
            encrypted.into_inner().into_inner(),
            Refusal::PasswordProtected,
        ),
        ("salasana.xls", locked_xls.to_vec(), Refusal::PasswordProtected),
        (
            "kirje.doc",
            document.into_inner().into_inner(),
            other(Found::Document),
        ),
        (
            "katkennut.xlsx",
            whole[..whole.len() / 2].to_vec(),
            Refusal::Damaged,
        ),
        ("tyhja.xlsx", Vec::new(), Refusal::Empty),
        ("tyhja.csv", b"\xEF\xBB\xBF \r\n\r\n".to_vec(), Refusal::Empty),
        ("esite.xlsx", b"%PDF-1.7 and so on".to_vec(), other(Found::Pdf)),
        (
            "kuva.xlsx",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            other(Found::Image),
        ),
        (
            "sivu.html",
            b"<html><body><p>Hei</p></body></html>".to_vec(),
            other(Found::Markup),
        ),
        (
            "tavuja.bin",
            (0..=255u8).cycle().take(4000).collect(),
            other(Found::Unknown),
        ),
    ] {
        let path = folder.file(name, &bytes);
        assert_eq!(reader().inspect(&path).unwrap_err(), expected, "{name}");
    }
    assert_eq!(
        reader().inspect(&folder.path("puuttuu.xlsx")),
        Err(Refusal::NotFound)
    );
    assert_eq!(reader().inspect(&folder.path("")), Err(other(Found::Folder)));
    assert_eq!(
        Reader::new(folder.path("ei-ohjelmaa")).inspect(&folder.path("x")),
        Err(Refusal::SidecarMissing)
    );
}

#[test]
fn bombs_are_refused_with_little_memory() {
    let folder = Folder::new();
    let spaces = vec![b' '; 1 << 20];
    let mut bomb = package("", |out| {
        write!(out, r#"<worksheet xmlns="{MAIN}"><sheetData>"#).unwrap();
        for _ in 0..950 {
            out.write_all(&spaces).unwrap();
        }
        write!(out, "</sheetData></worksheet>").unwrap();
    });
    let path = folder.file("pommi.xlsx", &bomb);
    assert_eq!(
        reader().inspect(&path).unwrap_err(),
        Refusal::TooLarge {
            limit: Limit::Unpacked
        }
    );

    // The same, lying about its size: what it unfolds to breaks on the sidecar's own memory.
    let true_size = u32::try_from((950u64 << 20) + 26 + 24 + MAIN.len() as u64 + 10).unwrap();
    let mut lies = 0;
    for at in 0..bomb.len() - 4 {
        let size = u32::from_le_bytes(bomb[at..at + 4].try_into().unwrap());
        if size.abs_diff(true_size) < 100 {
            bomb[at..at + 4].copy_from_slice(&5000u32.to_le_bytes());
            lies += 1;
        }
    }
    assert!(lies > 0);
    let path = folder.file("valehteleva.xlsx", &bomb);
    let started = Instant::now();
    let refusal = reader().inspect(&path).unwrap_err();
    assert!(
        matches!(
            refusal,
            Refusal::TooLarge { limit: Limit::Memory } | Refusal::Damaged
        ),
        "{refusal:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let folder = Folder::new();
    let path = folder.file(
        "kulma.xlsx",
        &sheet_package(
            r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#,
        ),
    );
    let (rows, summary) = all_rows(&path, 0).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[1].number, rows[1].cells.len()), (1_048_576, 16_384));
    assert_eq!(rows[1].cell(16_383), &Cell::Number(2.0));
    assert!(summary.peak_kib.is_none_or(|peak| peak < 100_000), "{summary:?}");
}

#[test]
fn sixteen_thousand_columns_are_read() {
    let folder = Folder::new();
    let header = (0..16_384)
        .map(|column| format!("s{column}"))
        .collect::<Vec<_>>()
        .join(";");
    let path = folder.file("leveä.csv", format!("{header}\n{header}\n").as_bytes());
    let workbook = reader().inspect(&path).unwrap();
    assert_eq!(workbook.sheets[0].info.columns, 16_384);
    assert_eq!(workbook.sheets[0].preview[0].cells.len(), 16_384);
    let path = folder.file("liian-leveä.csv", format!("{header};yksi;liikaa\n").as_bytes());
    assert_eq!(
        reader().inspect(&path).unwrap_err(),
        Refusal::TooLarge { limit: Limit::Cells }
    );
}

#[test]
fn a_million_formatted_rows_are_two_rows() {
    let folder = Folder::new();
    let path = folder.file(
        "muotoiltu.xlsx",
        &package("", |out| {
            let mut out = std::io::BufWriter::new(out);
            write!(out, r#"<worksheet xmlns="{MAIN}"><sheetData>"#).unwrap();
            for row in 1..=1_048_576 {
                let value = if row <= 2 { "<v>7</v>" } else { "" };
                write!(out, r#"<row r="{row}"><c r="A{row}" s="1">{value}</c></row>"#).unwrap();
            }
            write!(out, "</sheetData></worksheet>").unwrap();
        }),
    );
    // Builds for development take several seconds of a busy machine for this.
    let patient = reader().with_wait(Duration::from_secs(120));
    let workbook = patient.inspect(&path).unwrap();
    assert_eq!(
        (workbook.sheets[0].info.rows, workbook.sheets[0].info.rows_exact),
        (2, true)
    );
    let summary = patient.rows(&path, 0, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(summary.rows, 2);
    assert!(summary.peak_kib.is_none_or(|peak| peak < 100_000), "{summary:?}");
}

#[test]
fn both_date_systems_durations_and_the_day_that_never_was() {
    let folder = Folder::new();
    let cells = r#"<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" s="1"><v>59</v></c><c r="C1" s="1"><v>60</v></c>
        <c r="D1" s="1"><v>61</v></c><c r="E1" s="1"><v>45943.541</v></c><c r="F1" s="2"><v>1.5</v></c>
        <c r="G1" s="1"><v>-3</v></c><c r="H1" t="b"><v>1</v></c><c r="I1" t="e"><v>#N/A</v></c>
        <c r="J1" t="str"><f>J1&amp;""</f><v>muisti</v></c><c r="K1" t="inlineStr"><is><t>0401234567</t></is></c></row>"#;
    let day = |year, month, day| {
        Cell::Date(
            NaiveDate::from_ymd_opt(year, month, day)
                .unwrap()
                .and_time(NaiveTime::MIN),
        )
    };
    let (rows, _) = all_rows(&folder.file("1900.xlsx", &sheet_package(cells)), 0).unwrap();
    let time = NaiveTime::from_hms_milli_opt(12, 59, 2, 400).unwrap();
    assert_eq!(
        rows[0].cells,
        [
            day(1900, 1, 1),
            day(1900, 2, 28),
            text("29.2.1900"),
            day(1900, 3, 1),
            Cell::Date(NaiveDate::from_ymd_opt(2025, 10, 13).unwrap().and_time(time)),
            Cell::Duration(129_600.0),
            Cell::Number(-3.0),
            Cell::Bool(true),
            Cell::Error("#N/A".to_owned()),
            text("muisti"),
            text("0401234567"),
        ]
    );
    let bytes = package(r#"<workbookPr date1904="1"/>"#, |out| {
        write!(
            out,
            r#"<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>"#
        )
        .unwrap();
    });
    let (rows, _) = all_rows(&folder.file("1904.xlsx", &bytes), 0).unwrap();
    assert_eq!(
        rows[0].cells[..4],
        [
            day(1904, 1, 2),
            day(1904, 2, 29),
            day(1904, 3, 1),
            day(1904, 3, 2)
        ]
    );
    assert_eq!(rows[0].cell(5), &Cell::Duration(129_600.0));
}

#[test]
fn the_system_of_days_is_known_of_every_kind_of_workbook() {
    let folder = Folder::new();
    // 13 October 1952 where days count from 1904; no format says that it is a date.
    let serial = 17_818.0f64;
    let xlsx = |properties: &str| {
        package(properties, |out| {
            write!(
                out,
                r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>{serial}</v></c></row></sheetData></worksheet>"#
            )
            .unwrap();
        })
    };
    let xlsb = |properties: &[(u16, Vec<u8>)]| {
        let number = [&[0, 0, 0, 0, 0, 0, 0, 0][..], &serial.to_le_bytes()].concat();
        let row = (0x00, vec![0, 0, 0, 0]);
        xlsb_of(
            properties,
            &[(0x91, Vec::new()), row, (0x05, number), (0x92, Vec::new())],
        )
    };
    // The first generation: beginning, perhaps the system, a number in A1, end.
    let xls = |system: &[u8]| {
        let number = [&[0x03, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0][..], &serial.to_le_bytes()].concat();
        [
            &[0x09, 0, 4, 0, 2, 0, 0x10, 0][..],
            system,
            &number,
            &[0x0A, 0, 0, 0],
        ]
        .concat()
    };
    let ods = |settings: &str| {
        ods(&format!(
            r#"{settings}<table:table table:name="Lista"><table:table-row><table:table-cell office:value-type="float" office:value="{serial}"/></table:table-row></table:table>"#
        ))
    };
    let null_date = |day: &str| {
        format!(
            r#"<table:calculation-settings><table:null-date table:date-value="{day}"/></table:calculation-settings>"#
        )
    };
    let (old, new) = (DateSystem::From1900, DateSystem::From1904);
    for (name, bytes, expected) in [
        ("a.xlsx", xlsx(""), old),
        ("b.xlsx", xlsx(r#"<workbookPr date1904="0"/>"#), old),
        ("c.xlsx", xlsx(r#"<workbookPr date1904="1"/>"#), new),
        ("d.xlsx", xlsx(r#"<workbookPr date1904="true"/>"#), new),
        ("a.xlsb", xlsb(&[]), old),
        ("b.xlsb", xlsb(&[(0x99, vec![1, 0, 0, 0, 0, 0, 0, 0])]), new),
        ("a.xls", xls(&[]), old),
        ("b.xls", xls(&[0x22, 0, 2, 0, 0, 0]), old),
        ("c.xls", xls(&[0x22, 0, 2, 0, 1, 0]), new),
        ("a.ods", ods(""), old),
        ("b.ods", ods(&null_date("1899-12-30")), old),
        ("c.ods", ods(&null_date("1904-01-01")), new),
        ("a.csv", b"Nimi;P\xC3\xA4iv\xC3\xA4\nAino;17818\n".to_vec(), old),
    ] {
        let path = folder.file(name, &bytes);
        let workbook = reader().inspect(&path).unwrap();
        assert_eq!(workbook.date_system, expected, "{name}");
        if workbook.kind != FileKind::Text {
            assert_eq!(
                workbook.sheets[0].preview[0].cells,
                [Cell::Number(serial)],
                "{name}"
            );
        }
    }
}

#[test]
fn references_to_other_files_and_in_circles_give_their_cached_values() {
    let folder = Folder::new();
    let path = folder.file(
        "kehä.xlsx",
        &sheet_package(
            r#"<row r="1"><c r="A1"><f>B1</f><v>0</v></c><c r="B1"><f>A1</f><v>0</v></c>
            <c r="C1" t="str"><f>[1]Muu!A1</f><v>Mäki</v></c><c r="D1"><f>[9]Puuttuu!A1</f></c></row>"#,
        ),
    );
    let (rows, _) = all_rows(&path, 0).unwrap();
    assert_eq!(
        rows[0].cells,
        [Cell::Number(0.0), Cell::Number(0.0), text("Mäki")]
    );
}

#[test]
fn hidden_sheets_and_merged_ranges_are_reported() {
    let folder = Folder::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Näkyvä").unwrap();
    sheet
        .merge_range(0, 0, 0, 2, "Otsikko", &rust_xlsxwriter::Format::new())
        .unwrap();
    let hidden = workbook.add_worksheet();
    hidden.set_name("Piilossa").unwrap().set_hidden(true);
    hidden.write_string(0, 0, "salaa").unwrap();
    let deeper = workbook.add_worksheet();
    deeper.set_name("Syvällä").unwrap().set_very_hidden(true);
    let path = folder.file("piilo.xlsx", &workbook.save_to_buffer().unwrap());
    let book = reader().inspect(&path).unwrap();
    let seen: Vec<_> = book
        .sheets
        .iter()
        .map(|sheet| (sheet.info.name.as_str(), sheet.info.visibility))
        .collect();
    assert_eq!(
        seen,
        [
            ("Näkyvä", Visibility::Visible),
            ("Piilossa", Visibility::Hidden),
            ("Syvällä", Visibility::VeryHidden)
        ]
    );
    let merge = book.sheets[0].info.merges[0];
    assert_eq!(
        (
            merge.first_row,
            merge.first_column,
            merge.last_row,
            merge.last_column
        ),
        (0, 0, 0, 2)
    );
    assert_eq!(book.sheet_named("piilossa").unwrap().info.index, 1);
    assert_eq!(all_rows(&path, 1).unwrap().0[0].cells, [text("salaa")]);
    assert_eq!(all_rows(&path, 3).unwrap_err(), Refusal::SheetNotFound);
}

#[test]
fn a_web_page_called_xls_is_read() {
    let folder = Folder::new();
    let page = "<html><head><meta charset=utf-8><style>td{color:red}</style></head><body>\
        <table><caption>Jäsenet</caption><tr><th>Nimi<th colspan=2>Osoite</tr>\
        <tr><td>M&auml;ki&nbsp;Anna<td rowspan=2>Kuja&#32;1<br>A 2<td>00550</tr><tr><td>Laine</td><td>00100</td></tr></table>";
    let path = folder.file("raportti.xls", page.as_bytes());
    let book = reader().inspect(&path).unwrap();
    assert_eq!(
        (book.kind, book.sheets[0].info.name.as_str()),
        (FileKind::Html, "Jäsenet")
    );
    let rows: Vec<_> = book.sheets[0]
        .preview
        .iter()
        .map(|row| row.cells.clone())
        .collect();
    assert_eq!(
        rows,
        [
            vec![text("Nimi"), text("Osoite")],
            vec![text("Mäki Anna"), text("Kuja 1\nA 2"), text("00550")],
            vec![text("Laine"), Cell::Empty, text("00100")],
        ]
    );
    assert_eq!(book.sheets[0].info.merges.len(), 2);
}

#[test]
fn text_files_tell_what_was_put_right() {
    let folder = Folder::new();
    let path = folder.file("tupla.csv", "Nimi;Katu\nMÃ¤ki;PitkÃ¤tie 1\n".as_bytes());
    let (rows, summary) = all_rows(&path, 0).unwrap();
    assert_eq!(rows[1].cells, [text("Mäki"), text("Pitkätie 1")]);
    assert_eq!(summary.notices, [Notice::DoubleEncoding { repaired: 2 }]);
    let path = folder.file("vanha.txt", b"Nimi\tKatu\rM\xE4ki\tKuja 1\r");
    let book = reader().inspect(&path).unwrap();
    assert_eq!(
        book.notices,
        [Notice::Encoding {
            name: "windows-1252".to_owned()
        }]
    );
    assert_eq!(book.sheets[0].preview[1].cells, [text("Mäki"), text("Kuja 1")]);
    let header = detect_header(&book.sheets[0].preview, &[]);
    assert_eq!(
        (header.rows, header.names),
        (1, vec!["Nimi".to_owned(), "Katu".to_owned()])
    );
}

#[test]
fn a_receiver_may_break_off_and_patience_ends() {
    let folder = Folder::new();
    let path = folder.file("iso.xlsx", &contacts(20_000));
    let started = Instant::now();
    let mut seen = 0;
    let summary = reader()
        .rows(&path, 0, |_| {
            seen += 1;
            if seen == 3 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .unwrap();
    assert!(summary.stopped && summary.rows == 3 && started.elapsed() < Duration::from_secs(9));
    let hasty = reader().with_wait(Duration::from_micros(1));
    assert_eq!(hasty.inspect(&path).unwrap_err(), Refusal::TooSlow);
    // A slow receiver is not the file's fault.
    let unhurried = reader().with_wait(Duration::from_secs(8));
    let small = folder.file("pieni.xlsx", &contacts(30));
    let outcome = unhurried.rows(&small, 0, |_| {
        std::thread::sleep(Duration::from_millis(5));
        ControlFlow::Continue(())
    });
    assert_eq!(outcome.unwrap().rows, 31);
}

#[test]
fn what_is_written_is_read_back() {
    let folder = Folder::new();
    let columns: Vec<Column> = [
        ("Nimi", ColumnKind::Text),
        ("Puhelin", ColumnKind::Text),
        ("Syntynyt", ColumnKind::Date),
        ("Maksu", ColumnKind::Number),
        ("Jäsen", ColumnKind::Bool),
    ]
    .into_iter()
    .map(|(title, kind)| Column {
        title: title.to_owned(),
        width: 14.0,
        kind,
    })
    .collect();
    let date = NaiveDate::from_ymd_opt(1948, 12, 24).unwrap();
    let old = NaiveDate::from_ymd_opt(1899, 5, 1).unwrap();
    let rows = vec![
        vec![
            OutCell::Text("=1+1".into()),
            OutCell::Text("0401234567".into()),
            OutCell::Date(date),
            OutCell::Number(12.5),
            OutCell::Bool(true),
        ],
        vec![
            OutCell::Text("@SUM(1)".into()),
            OutCell::Empty,
            OutCell::Date(old),
            OutCell::Empty,
            OutCell::Bool(false),
        ],
    ];
    let mut bytes = Vec::new();
    assert_eq!(
        export::write_xlsx(&mut bytes, "Asukkaat/2026", &columns, rows).unwrap(),
        2
    );
    let path = folder.file("vienti.xlsx", &bytes);
    let (read, _) = all_rows(&path, 0).unwrap();
    assert_eq!(
        read[1].cells,
        [
            text("=1+1"),
            text("0401234567"),
            Cell::Date(date.and_time(NaiveTime::MIN)),
            Cell::Number(12.5),
            Cell::Bool(true)
        ]
    );
    assert_eq!(
        read[2].cells,
        [
            text("@SUM(1)"),
            Cell::Empty,
            text("1.5.1899"),
            Cell::Empty,
            Cell::Bool(false)
        ]
    );
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(
        &mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(),
        &mut xml,
    )
    .unwrap();
    assert!(xml.contains("state=\"frozen\"") && xml.contains("<autoFilter") && !xml.contains("<f>"));
}

#[test]
fn the_sample_is_what_the_generator_makes_and_its_heading_is_found() {
    let mut made = Vec::new();
    generate::residents_xlsx(&mut made).unwrap();
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/samples/asukasluettelo.xlsx");
    assert!(
        std::fs::read(&path).unwrap() == made,
        "run: cargo run -p kiulu-spreadsheet --features generate --example generate sample assets/samples/asukasluettelo.xlsx"
    );
    let book = reader().inspect(&path).unwrap();
    let sheet = &book.sheets[0];
    let header = detect_header(&sheet.preview, &sheet.info.merges);
    assert_eq!((header.first_row, header.rows), (3, 2));
    assert_eq!(
        header.names,
        [
            "Huoneisto",
            "Nimi / Sukunimi",
            "Nimi / Etunimi",
            "Rooli",
            "Yhteystiedot / Puhelin",
            "Yhteystiedot / Sähköposti",
            "Osoite / Katuosoite",
            "Osoite / Postinumero",
            "Osoite / Postitoimipaikka",
            "Syntymäaika"
        ]
    );
    assert!((40..120).contains(&sheet.info.rows), "{}", sheet.info.rows);
}

#[test]
fn previews_of_all_sheets_together_stay_small() {
    let folder = Folder::new();
    let names: Vec<String> = (0..60).map(|at| format!("s{at}")).collect();
    let sheets: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "worksheet")).collect();
    let bytes = workbook("", &sheets, |_, out| {
        write!(out, r#"<worksheet xmlns="{MAIN}"><sheetData>"#).unwrap();
        for row in 1..26 {
            write!(out, r#"<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>"#).unwrap();
        }
        write!(out, "</sheetData></worksheet>").unwrap();
    });
    let book = reader().inspect(&folder.file("leveä.xlsx", &bytes)).unwrap();
    let slots: usize = book
        .sheets
        .iter()
        .flat_map(|sheet| &sheet.preview)
        .map(|row| row.cells.capacity())
        .sum();
    assert!((16_384..=1_100_000).contains(&slots), "{slots}");
    assert!(
        book.sheets
            .iter()
            .all(|sheet| sheet.info.rows == 25 && sheet.info.rows_exact)
    );
}

#[test]
fn rows_that_would_not_fit_in_memory_are_refused() {
    let folder = Folder::new();
    let bytes = package("", |out| {
        write!(out, r#"<worksheet xmlns="{MAIN}"><sheetData>"#).unwrap();
        for row in 1..1_001 {
            write!(out, r#"<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>"#).unwrap();
        }
        write!(out, "</sheetData></worksheet>").unwrap();
    });
    let path = folder.file("harva.xlsx", &bytes);
    let held = reader().all_rows(&path, 0, |_| ControlFlow::Continue(()));
    assert_eq!(held.unwrap_err(), Refusal::TooLarge { limit: Limit::Memory });
}

#[test]
fn every_row_is_counted_where_that_is_asked() {
    let folder = Folder::new();
    let bytes = package("", |out| {
        write!(out, r#"<worksheet xmlns="{MAIN}"><sheetData>"#).unwrap();
        for _ in 0..2_300 {
            write!(out, "<row>{}</row>", "<c><v>1</v></c>".repeat(100)).unwrap();
        }
        write!(out, "</sheetData></worksheet>").unwrap();
    });
    let path = folder.file("pitkä.xlsx", &bytes);
    let reader = reader().with_wait(Duration::from_secs(60));
    assert!(!reader.inspect(&path).unwrap().sheets[0].info.rows_exact);
    let info = &reader.inspect_whole(&path).unwrap().sheets[0].info;
    assert_eq!((info.rows, info.rows_exact), (2_300, true));
}

#[test]
fn one_odd_cell_costs_only_itself() {
    let folder = Folder::new();
    let path = folder.file(
        "outo.xlsx",
        &sheet_package(
            r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#OUTO!</v></c><c r="C1"><v>2</v></c></row>
            <row r="2"><c r="A2" t="s"><v>99</v></c><c r="B2" t="b"><v>ehkä</v></c><c r="C2" t="zz"><v>1</v></c><c r="D2"><v>3</v></c></row>"#,
        ),
    );
    let (rows, summary) = all_rows(&path, 0).unwrap();
    assert_eq!(rows[0].cells, [Cell::Number(1.0), Cell::Empty, Cell::Number(2.0)]);
    assert_eq!(rows[1].cell(3), &Cell::Number(3.0));
    assert_eq!(summary.notices, [Notice::PartlyUnreadable]);
}

#[test]
fn zeros_that_a_format_shows_are_kept() {
    let folder = Folder::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let format = rust_xlsxwriter::Format::new().set_num_format("00000");
    let sheet = workbook.add_worksheet();
    sheet.write_number_with_format(0, 0, 100.0, &format).unwrap();
    sheet.write_number_with_format(0, 1, 1.5, &format).unwrap();
    sheet.write_number(0, 2, 100.0).unwrap();
    let path = folder.file("nollat.xlsx", &workbook.save_to_buffer().unwrap());
    assert_eq!(
        all_rows(&path, 0).unwrap().0[0].cells,
        [text("00100"), Cell::Number(1.5), Cell::Number(100.0)]
    );
}

#[test]
fn a_broken_sheet_does_not_block_the_good_one() {
    let folder = Folder::new();
    let bytes = workbook(
        "",
        &[("Hyvä", "worksheet"), ("Rikki", "worksheet")],
        |at, out| {
            let end = if at == 0 {
                "</sheetData></worksheet>"
            } else {
                "<c r="
            };
            write!(
                out,
                r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>{end}"#
            )
            .unwrap();
        },
    );
    let path = folder.file("puolikas.xlsx", &bytes);
    let book = reader().inspect(&path).unwrap();
    assert_eq!(book.sheets[0].info.refusal, None);
    assert_eq!(book.sheets[1].info.refusal, Some(Refusal::Damaged));
    assert_eq!(all_rows(&path, 0).unwrap().0.len(), 1);
    assert_eq!(all_rows(&path, 1).unwrap_err(), Refusal::Damaged);
}

#[test]
fn macro_sheets_of_excel_4_are_left_out() {
    let folder = Folder::new();
    let bytes = workbook(
        "",
        &[("Makro", "xlMacrosheet"), ("Lista", "worksheet")],
        |_, out| {
            write!(
            out,
            r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>"#
        )
        .unwrap();
        },
    );
    let book = reader().inspect(&folder.file("makro.xlsm", &bytes)).unwrap();
    let names: Vec<_> = book.sheets.iter().map(|sheet| sheet.info.name.as_str()).collect();
    assert_eq!(names, ["Lista"]);
    assert_eq!(book.sheets[0].info.rows, 1);
}

#[test]
fn open_document_keeps_what_is_shown_and_lists_no_other_files() {
    let folder = Folder::new();
    let cell = |kind: &str, text: &str| {
        format!(r#"<table:table-cell office:value-type="{kind}"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let body = format!(
        r#"<table:table table:name="'file:///c/muu.ods'#$Taul1"><table:table-row>{}</table:table-row></table:table>
        <table:table table:name="Lista"><table:table-row>{}{}{}</table:table-row></table:table>
        <table:table table:name="Toinen"><table:table-row>{}</table:table-row></table:table>"#,
        cell("string", "vieras"),
        cell("date", "1.2.2026"),
        cell("boolean", "TOSI"),
        cell("string", "#PUUTTUU!"),
        cell("string", "toinen"),
    );
    let book = reader().inspect(&folder.file("lista.ods", &ods(&body))).unwrap();
    let names: Vec<_> = book.sheets.iter().map(|sheet| sheet.info.name.as_str()).collect();
    assert_eq!(names, ["Lista", "Toinen"]);
    assert_eq!(
        book.sheets[0].preview[0].cells,
        [text("1.2.2026"), text("TOSI"), Cell::Error("#N/A".to_owned())]
    );
    assert_eq!(book.sheets[1].preview[0].cells, [text("toinen")]);
}

#[cfg(unix)]
#[test]
fn a_sidecar_that_hangs_without_an_answer_is_ended() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let program = folder.file("ohjelma", b"#!/bin/sh\nexec >&-\nexec /bin/sleep 60\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let started = Instant::now();
    assert_eq!(
        Reader::new(program).inspect(&folder.path("x")),
        Err(Refusal::Damaged)
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn binary_workbooks_give_every_kind_of_cell() {
    let folder = Folder::new();
    let cell = |column: u8, value: &[u8]| [&[column, 0, 0, 0, 0, 0, 0, 0], value].concat();
    let records = [
        (0x91, Vec::new()),
        (0x00, vec![4, 0, 0, 0]),
        // A number, a formula that ends in an error, text with several fonts, and a number without a column of its own.
        (0x05, cell(0, &2.5f64.to_le_bytes())),
        (0x0B, cell(1, &[0x2A])),
        (0x3E, cell(2, &[0, 2, 0, 0, 0, b'A', 0, b'b', 0])),
        (0x0D, [&[0, 0, 0, 0][..], &(7u32 << 2 | 2).to_le_bytes()].concat()),
        // Too short, and a string that is not in the table.
        (0x05, vec![9, 0, 0, 0]),
        (0x07, cell(5, &[99, 0, 0, 0])),
        (0x04, cell(6, &[1])),
        (0x92, Vec::new()),
    ];
    let path = folder.file("lista.xlsb", &xlsb(&records));
    let (rows, summary) = all_rows(&path, 0).unwrap();
    assert_eq!(rows[0].number, 5);
    assert_eq!(
        rows[0].cells,
        [
            Cell::Number(2.5),
            Cell::Error("#N/A".to_owned()),
            text("Ab"),
            Cell::Number(7.0),
            Cell::Empty,
            Cell::Empty,
            Cell::Bool(true)
        ]
    );
    assert_eq!(summary.notices, [Notice::PartlyUnreadable]);
    let cut = folder.file("katkennut.xlsb", &xlsb(&records[..4]));
    assert_eq!(all_rows(&cut, 0).unwrap_err(), Refusal::Damaged);
}
