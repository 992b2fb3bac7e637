//! Files that nobody on this project wrote, named by `KIULU_CORPORA`: everything opens as expected or is refused with a code.
#![allow(clippy::type_complexity, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{all_rows, reader};
use kiulu_domain::sheet::Cell;
use kiulu_spreadsheet::detect_header;
use serde_json::Value;

/// Longest that a call may take, and the most memory in KiB.
const LONGEST: Duration = Duration::from_secs(10);
const MOST_KIB: u32 = 500_000;

/// Files whose expectation is wrong, with the reason.
const DISAGREEMENTS: &[(&str, &str)] = &[(
    "poi__Simple.xlsb",
    "an early .xlsb: the one reader of the expectation takes part of the file for the sheet's name; ours says Sheet1",
)];

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

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// A tagged value without its tag; numbers by value to four decimals, text trimmed.
fn comparable(tagged: &str) -> Result<i64, String> {
    let value = ["s:", "n:", "d:", "b:"]
        .iter()
        .find_map(|tag| tagged.strip_prefix(tag))
        .unwrap_or(tagged);
    match value.trim().replace(',', ".").replace('_', "x").parse::<f64>() {
        Ok(number) if number.is_finite() && number.abs() < 1e14 => Ok((number * 1e4).round() as i64),
        Ok(number) => Err(number.to_string()),
        Err(_) => Err(value.trim().replace('\r', "")),
    }
}

fn same(expected: &str, got: &str) -> bool {
    // A value on the edge of rounding may fall to either side.
    match (comparable(expected), comparable(got)) {
        (Ok(expected), Ok(got)) => expected.abs_diff(got) <= 1,
        (expected, got) => expected == got,
    }
}

#[test]
fn every_good_file_opens_with_the_expected_cells() {
    let Some(corpora) = corpora() else { return };
    let (mut right, mut wrong) = (0u32, Vec::new());
    for path in files(&corpora.join("open-ok")) {
        let file = name(&path);
        let started = Instant::now();
        let got = reader()
            .cells(&path)
            .unwrap_or_else(|refusal| panic!("{file}: {refusal:?}"));
        assert!(started.elapsed() < LONGEST, "{file} took {:?}", started.elapsed());
        // The expectation of one known disagreement holds half a surrogate pair, which is no text.
        let expected =
            std::fs::read_to_string(corpora.join("expected/cells").join(format!("{file}.json"))).unwrap();
        let expected: Value = match serde_json::from_str(&expected) {
            Ok(expected) => expected,
            Err(_) if DISAGREEMENTS.iter().any(|(in_file, ..)| *in_file == file) => continue,
            Err(error) => panic!("{file}: {error}"),
        };
        let cells: HashMap<&str, HashMap<(u64, u64), &str>> = got
            .sheets
            .iter()
            .map(|sheet| {
                let cells = sheet
                    .cells
                    .iter()
                    .map(|(row, column, text)| ((u64::from(*row), u64::from(*column)), text.as_str()));
                (sheet.name.as_str(), cells.collect())
            })
            .collect();
        for sheet in expected["sheets"].as_array().unwrap() {
            let tab = sheet["name"].as_str().unwrap();
            for cell in sheet["cells"].as_array().unwrap() {
                let place = (cell[0].as_u64().unwrap(), cell[1].as_u64().unwrap());
                let value = cell[2].as_str().unwrap();
                if value == "e" {
                    continue;
                }
                let got = cells.get(tab).and_then(|cells| cells.get(&place)).copied();
                let agrees = got.is_some_and(|got| {
                    // A date that the file itself stores as text.
                    same(value, got) || value.starts_with("d:") && !got.starts_with("d:")
                });
                if agrees {
                    right += 1;
                } else {
                    wrong.push(format!("{file} {tab} {place:?}: expected {value:?}, got {got:?}"));
                }
            }
        }
    }
    println!("{right} cells as expected");
    assert!(
        wrong.is_empty(),
        "{} cells differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(right > 100_000);
}

#[test]
fn every_other_file_opens_or_is_refused_in_time_and_memory() {
    let Some(corpora) = corpora() else { return };
    for folder in ["hostile", "made-here", "csv"] {
        for path in files(&corpora.join(folder)) {
            let started = Instant::now();
            let outcome = reader().inspect(&path);
            let inspected = started.elapsed();
            assert!(inspected < LONGEST, "{} took {inspected:?}", path.display());
            match outcome {
                Err(refusal) => println!("{}: {}", name(&path), serde_json::to_string(&refusal).unwrap()),
                Ok(book) => {
                    for sheet in &book.sheets {
                        let started = Instant::now();
                        let outcome = all_rows(&path, sheet.info.index);
                        assert!(started.elapsed() < LONGEST, "{}", path.display());
                        if let Ok((rows, summary)) = outcome {
                            let peak = summary.peak_kib.unwrap_or(0);
                            assert!(peak < MOST_KIB, "{} took {peak} KiB", path.display());
                            assert!(!sheet.info.rows_exact || rows.len() == sheet.info.rows as usize);
                        }
                    }
                }
            }
        }
    }
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
