//! Files that nobody on this project wrote, named by `KIULU_CORPORA`: text and headings. The command line's tests read all of them
//! cell by cell.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use common::{all_rows, reader};
use kiulu_domain::sheet::Cell;
use kiulu_spreadsheet::detect_header;

fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("KIULU_CORPORA").map(|path| PathBuf::from(path).join("1-spreadsheets"));
    if folder.is_none() {
        println!("skipped: KIULU_CORPORA is not set");
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn delimited_text_is_cut_as_csv_spectrum_says() {
    let Some(corpora) = corpora() else { return };
    let mut compared = 0;
    for answer in files(&corpora.join("expected/csv-spectrum")) {
        let path = corpora.join("csv").join(format!(
            "csv-spectrum__{}.csv",
            answer.file_stem().unwrap().to_string_lossy()
        ));
        if !path.is_file() {
            continue;
        }
        let expected: Vec<HashMap<String, String>> =
            serde_json::from_slice(&std::fs::read(&answer).unwrap()).unwrap();
        let (rows, _) = all_rows(&path, 0).unwrap();
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            _ => String::new(),
        };
        let got: Vec<HashMap<String, String>> = rows[1..]
            .iter()
            .map(|row| {
                rows[0]
                    .cells
                    .iter()
                    .enumerate()
                    .map(|(column, title)| (text(title), text(row.cell(column))))
                    .collect()
            })
            .collect();
        // The answers spell line ends in one way, the files in another.
        let plain = |rows: Vec<HashMap<String, String>>| -> Vec<HashMap<String, String>> {
            rows.into_iter()
                .map(|row| {
                    row.into_iter()
                        .map(|(title, text)| (title, text.replace('\r', "")))
                        .collect()
                })
                .collect()
        };
        assert_eq!(plain(got), plain(expected), "{}", path.display());
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn headings_of_real_lists_are_found() {
    let Some(corpora) = corpora() else { return };
    for (file, first_row, rows, first_names) in [
        (
            "open-ok/readxl__deaths.xls",
            5,
            1,
            &["Name", "Profession", "Age"][..],
        ),
        ("open-ok/roo__Bibelbund.xlsx", 1, 1, &["TITEL", "VERFASSER"]),
        (
            "open-ok/readxl__iris-google-doc.xlsx",
            1,
            1,
            &["Sepal.Length", "Sepal.Width"],
        ),
        (
            "made-here/html-table-named.xls",
            1,
            1,
            &["Etunimi", "Sukunimi", "Katuosoite", "Huoneisto"],
        ),
        (
            "made-here/sep-line.csv",
            2,
            1,
            &["Etunimi", "Sukunimi", "Katuosoite", "Huoneisto"],
        ),
        ("csv/roo__iso_8859_1.csv", 1, 1, &["sic_reference", "category_fr"]),
    ] {
        let book = reader().inspect(&corpora.join(file)).unwrap();
        let sheet = &book.sheets[0];
        let header = detect_header(&sheet.preview, &sheet.info.merges);
        assert_eq!(
            (header.first_row, header.rows),
            (first_row, rows),
            "{file}: {header:?}"
        );
        assert_eq!(header.names[..first_names.len()], *first_names, "{file}");
    }
}
