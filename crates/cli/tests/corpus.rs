//! Files that nobody on this project wrote, named by `KIULU_CORPORA`, through the real program: what is good opens with the expected
//! cells, everything else opens or is refused with a code, in time and memory.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{bare, parsed};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Longest that a call may take, and the most memory of the program and its sidecar together, in KiB.
const LONGEST: Duration = Duration::from_secs(10);
const MOST_KIB: u64 = 500_000;

/// Files whose expectation is wrong, with the reason.
const DISAGREEMENTS: &[(&str, &str)] = &[
    (
        "poi__Simple.xlsb",
        "an early .xlsb: the one reader of the expectation takes part of the file for the sheet's name; ours says Sheet1",
    ),
    (
        "poi__StringContinueRecords.xls",
        "Excel's text was saved after the workbook was sorted again",
    ),
    (
        "test-files__LONumbers.xlsx",
        "Excel's text shows ##### and fractions of its own",
    ),
    (
        "test-files__formula_stress_test.xlsx",
        "it asks for the version of the program",
    ),
    (
        "test-files__number_format_russian.xls",
        "TEXT() in the language of the program",
    ),
];

fn disagreed(file: &str) -> bool {
    DISAGREEMENTS.iter().any(|(known, _)| *known == file)
}

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
        .filter(|path| path.extension().is_none_or(|ending| ending != "tsv"))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn cells(path: &Path) -> Value {
    let output = bare(&["sheet", path.to_str().unwrap(), "--cells", "--json"])
        .output()
        .unwrap();
    let answer = parsed(&output);
    // Excel writes a sheet without cells as an empty file.
    if answer["error"]["code"] == "sheet_empty" {
        return serde_json::json!({ "sheets": [] });
    }
    assert!(output.status.success(), "{}: {output:?}", path.display());
    answer
}

type Places<'a> = HashMap<(u64, u64), &'a str>;

fn sheets(dump: &Value) -> HashMap<&str, Places<'_>> {
    dump["sheets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sheet| {
            let cells = sheet["cells"].as_array().unwrap().iter().map(|cell| {
                let place = (cell[0].as_u64().unwrap(), cell[1].as_u64().unwrap());
                (place, cell[2].as_str().unwrap())
            });
            (sheet["name"].as_str().unwrap(), cells.collect())
        })
        .collect()
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

fn none_wrong(wrong: &[String]) {
    let first = wrong[..wrong.len().min(20)].join("\n");
    assert!(wrong.is_empty(), "{} cells differ:\n{first}", wrong.len());
}

#[test]
fn every_good_file_opens_with_the_expected_cells() {
    let Some(corpora) = corpora() else { return };
    let (mut right, mut wrong) = (0u32, Vec::new());
    for path in files(&corpora.join("open-ok")) {
        let file = name(&path);
        let got = cells(&path);
        let got = sheets(&got);
        // One expectation that is disagreed with holds half a surrogate pair, which is no text.
        let expected =
            std::fs::read_to_string(corpora.join("expected/cells").join(format!("{file}.json"))).unwrap();
        let expected: Value = match serde_json::from_str(&expected) {
            Ok(expected) => expected,
            Err(_) if disagreed(&file) => continue,
            Err(error) => panic!("{file}: {error}"),
        };
        for (tab, places) in sheets(&expected) {
            for (place, value) in places {
                if value == "e" {
                    continue;
                }
                let got = got.get(tab).and_then(|cells| cells.get(&place)).copied();
                // Where the expectation has a date, the file itself may store text.
                let agrees = got
                    .is_some_and(|got| same(value, got) || value.starts_with("d:") && !got.starts_with("d:"));
                if agrees {
                    right += 1;
                } else {
                    wrong.push(format!("{file} {tab} {place:?}: expected {value:?}, got {got:?}"));
                }
            }
        }
    }
    println!("{right} cells as expected");
    none_wrong(&wrong);
    assert!(right > 100_000);
}

#[test]
fn text_is_what_excel_itself_wrote() {
    let Some(corpora) = corpora() else { return };
    let (mut right, mut wrong) = (0u32, Vec::new());
    for year in ["2011", "2016", "root"] {
        let folder = corpora.join("expected/excel-csv").join(year);
        for list in files(&folder) {
            let list = name(&list);
            let Some(file) = list.strip_suffix(".sheetnames") else {
                continue;
            };
            if disagreed(file) {
                continue;
            }
            let got = cells(&corpora.join("open-ok").join(file));
            let got = sheets(&got);
            let tabs = std::fs::read(folder.join(&list)).unwrap();
            for (at, tab) in String::from_utf8_lossy(&tabs).lines().enumerate() {
                let written = folder.join(format!("{file}.{at}.csv"));
                // Excel's text knows only the letters of its code page, in names of tabs too.
                let (Some(got), true) = (got.get(tab), written.is_file()) else {
                    continue;
                };
                let written = cells(&written);
                for (place, expected) in sheets(&written).remove("").unwrap_or_default() {
                    let (Some(expected), Some(value)) = (expected.strip_prefix("s:"), got.get(&place)) else {
                        continue;
                    };
                    let Some(value) = value.strip_prefix("s:").filter(|value| value.is_ascii()) else {
                        continue;
                    };
                    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                    if words(expected) == words(value) {
                        right += 1;
                    } else {
                        wrong.push(format!(
                            "{file} {tab} {place:?}: expected {expected:?}, got {value:?}"
                        ));
                    }
                }
            }
        }
    }
    println!("{right} texts as Excel wrote them");
    none_wrong(&wrong);
    assert!(right > 5_000);
}

/// What a process and its children have had in memory at most, in KiB, where the system tells.
fn peak_kib(process: u32) -> u64 {
    let read = |path: String| std::fs::read_to_string(path).unwrap_or_default();
    let own = read(format!("/proc/{process}/status"))
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let children = read(format!("/proc/{process}/task/{process}/children"));
    own + children
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(peak_kib)
        .sum::<u64>()
}

#[test]
fn every_other_file_opens_or_is_refused_in_time_and_memory() {
    let Some(corpora) = corpora() else { return };
    for path in ["hostile", "made-here", "csv"]
        .iter()
        .flat_map(|folder| files(&corpora.join(folder)))
    {
        for cells in [&[][..], &["--cells"]] {
            let started = Instant::now();
            let out = tempfile::NamedTempFile::new().unwrap();
            let mut program = bare(&["sheet", path.to_str().unwrap(), "--json"])
                .args(cells)
                .stdout(out.reopen().unwrap())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut peak = 0;
            let status = loop {
                if let Some(status) = program.try_wait().unwrap() {
                    break status;
                }
                peak = peak.max(peak_kib(program.id()));
                std::thread::sleep(Duration::from_millis(3));
            };
            let took = started.elapsed();
            assert!(took < LONGEST, "{} {cells:?} took {took:?}", path.display());
            assert!(peak < MOST_KIB, "{} {cells:?} took {peak} KiB", path.display());
            let answer: Value = serde_json::from_reader(out.reopen().unwrap())
                .unwrap_or_else(|error| panic!("{} {cells:?}: {error}", path.display()));
            match status.code() {
                Some(0) => assert!(answer["sheets"].is_array(), "{}", path.display()),
                Some(1) => {
                    let code = answer["error"]["code"].as_str().unwrap();
                    assert!(
                        code != "fault" && code != "sidecar_missing",
                        "{}: {code}",
                        path.display()
                    );
                }
                _ => panic!("{} {cells:?}: {status:?}", path.display()),
            }
        }
    }
}
