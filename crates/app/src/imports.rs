//! The import wizard: a file is opened, its columns mapped, its effect previewed, and the whole run as one change.
//!
//! The steps share one open file on the [`ImportDesk`]. Reading happens in the sidecar; nothing is written before
//! [`App::run_import`].

use crate::imports_run::Planned;
use crate::{App, Problem, Result};
use kiulu_domain::clean::shown;
use kiulu_domain::id::{ChangeId, ImportId, OrganisationId, PresetId};
use kiulu_domain::import::field::Target;
use kiulu_domain::import::guess::{Because, Confidence, guess};
use kiulu_domain::import::options::{ImportOptions, Mapping};
use kiulu_domain::import::preview::{CellProblem, Totals};
use kiulu_domain::sheet::Row;
use kiulu_spreadsheet::{
    FileKind, Header, Notice, Reader, SheetInfo, Visibility, Workbook, column_letters, detect_header,
    header_at,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Rows from the top among which a heading of an earlier file is looked for.
const HEADING_ROWS: usize = 15;

/// How many sample values of a column the wizard shows.
const SAMPLES: usize = 4;

/// A file that the wizard has open.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ImportFile {
    /// Names the file in the next steps.
    pub id: ImportId,
    /// File name without its folder.
    pub file_name: String,
    /// What the content says it is.
    pub kind: FileKind,
    /// Its sheets.
    pub sheets: Vec<SheetInfo>,
    /// The sheet that most likely holds the list.
    pub suggested_sheet: u32,
    /// What the reader did on the way.
    pub notices: Vec<Notice>,
}

/// A column with what it most likely holds.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ImportColumn {
    /// Its heading, or its letter.
    pub name: String,
    /// Some of its values, as the sheet shows them.
    pub samples: Vec<String>,
    /// What it most likely holds.
    pub target: Target,
    /// How sure that is.
    pub confidence: Confidence,
    /// What it was seen by.
    pub because: Because,
}

/// A sheet with its headings and columns.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ImportSheet {
    /// Headings as found, or as the user moved them.
    pub header: Header,
    /// Columns from A on.
    pub columns: Vec<ImportColumn>,
    /// The first rows as the sheet shows them, headings included: row number and cells.
    pub preview: Vec<(u32, Vec<String>)>,
    /// Rows below the headings, as far as they were counted.
    pub rows: u32,
    /// False when there are at least so many.
    pub rows_exact: bool,
    /// The mapping comes from an earlier import of a file with these headings, under this name.
    pub preset: Option<String>,
    /// How that earlier import went about it.
    pub options: Option<ImportOptions>,
}

/// What the whole import would do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Type)]
pub struct ImportPreview {
    /// How many rows go where.
    pub totals: Totals,
    /// Flats that are not known yet and would be added.
    pub new_flats: Vec<String>,
    /// Groups that would be added.
    pub new_groups: Vec<String>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ImportResult {
    /// The change to undo it by; nothing when the file held nothing new.
    pub change: Option<ChangeId>,
    /// How many rows went where.
    pub totals: Totals,
}

/// A rejected value, for the command line.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct RejectedRow {
    /// Row number as Excel shows it.
    pub row: u32,
    /// What is wrong with it.
    pub problems: Vec<CellProblem>,
}

/// A saved mapping.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Preset {
    pub(crate) targets: Vec<Target>,
    pub(crate) options: ImportOptions,
}

/// The files that wizards have open.
#[derive(Default)]
pub(crate) struct ImportDesk(Mutex<HashMap<ImportId, Arc<Mutex<OpenFile>>>>);

pub(crate) struct OpenFile {
    pub(crate) organisation: OrganisationId,
    pub(crate) path: PathBuf,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) file_name: String,
    pub(crate) workbook: Workbook,
    /// The chosen sheet's rows, while the wizard stays on it.
    pub(crate) rows: Option<(u32, Arc<Vec<Row>>)>,
    pub(crate) planned: Option<Planned>,
}

/// By what a file is known to be the one that was looked at before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    bytes: u64,
    written: Option<SystemTime>,
}

impl Fingerprint {
    pub(crate) fn of(path: &Path) -> std::io::Result<Self> {
        let facts = std::fs::metadata(path)?;
        Ok(Self {
            bytes: facts.len(),
            // Not every file system knows.
            written: facts.modified().ok(),
        })
    }
}

impl ImportDesk {
    fn files(&self) -> MutexGuard<'_, HashMap<ImportId, Arc<Mutex<OpenFile>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn file(&self, id: ImportId) -> Result<Arc<Mutex<OpenFile>>> {
        self.files().get(&id).cloned().ok_or(Problem::ImportClosed)
    }
}

impl App {
    /// Opens a file for the wizard: what it is, its sheets, and which of them most likely holds the list.
    pub fn open_import(&self, organisation: OrganisationId, path: &Path) -> Result<ImportFile> {
        self.store(organisation)?;
        let reader = Reader::locate()?;
        let before = Fingerprint::of(path);
        let workbook = reader.inspect(path)?;
        let fingerprint = before?;
        if workbook.is_empty() {
            return Err(Problem::SheetEmpty);
        }
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let id = ImportId(self.source.uuid());
        let file = ImportFile {
            id,
            file_name: file_name.clone(),
            kind: workbook.kind,
            sheets: workbook.sheets.iter().map(|sheet| sheet.info.clone()).collect(),
            suggested_sheet: suggested_sheet(&workbook),
            notices: workbook.notices.clone(),
        };
        let open = OpenFile {
            organisation,
            path: path.to_owned(),
            fingerprint,
            file_name,
            workbook,
            rows: None,
            planned: None,
        };
        self.imports.files().insert(id, Arc::new(Mutex::new(open)));
        Ok(file)
    }

    /// A sheet with its headings and what its columns most likely hold. `header` is the first heading row and the number of
    /// heading rows, where the user has moved them.
    pub fn import_sheet(
        &self,
        import: ImportId,
        sheet: u32,
        header: Option<(u32, u32)>,
    ) -> Result<ImportSheet> {
        let file = self.imports.file(import)?;
        let file = lock(&file);
        let sheet = file
            .workbook
            .sheets
            .iter()
            .find(|found| found.info.index == sheet)
            .ok_or(Problem::SheetNotFound)?;
        if let Some(refusal) = &sheet.info.refusal {
            return Err(refusal.clone().into());
        }
        let (rows, merges) = (&sheet.preview, &sheet.info.merges);
        let store = self.store(file.organisation)?;
        // A heading that the user once moved by hand is found by its words.
        let headers: Vec<Header> = match header {
            Some((first_row, count)) => vec![header_at(rows, merges, first_row, count)],
            None => std::iter::once(detect_header(rows, merges))
                .chain(
                    rows.iter()
                        .take(HEADING_ROWS)
                        .flat_map(|row| [1, 2].map(|count| header_at(rows, merges, row.number, count))),
                )
                .collect(),
        };
        let (kinds, preset) = store.read(|reader| {
            let mut preset = None;
            for (place, header) in headers.iter().enumerate() {
                for (key, shift) in preset_keys(header) {
                    if let Some(found) = reader.preset(key)? {
                        preset = Some((place, shift, found));
                        break;
                    }
                }
                if preset.is_some() {
                    break;
                }
            }
            Ok::<_, Problem>((reader.vocabulary()?, preset))
        })?;
        let found_at = preset.as_ref().map_or(0, |(place, ..)| *place);
        let header = headers.into_iter().nth(found_at).unwrap_or_default();
        let sample: Vec<Row> = rows
            .iter()
            .filter(|row| row.number >= header.first_data_row())
            .cloned()
            .collect();
        let names: Vec<_> = kinds.iter().map(|kind| (kind.id, kind.name.as_str())).collect();
        let guesses = guess(&header.names, &sample, file.workbook.date_system, &names);
        let (preset, kept) = match preset {
            // A mapping kept by a newer program may not be readable; the guesses then stand.
            Some((_, shift, (name, spec))) => {
                let mut kept = serde_json::from_str::<Preset>(&spec).unwrap_or_default();
                kept.targets
                    .splice(0..0, std::iter::repeat_n(Target::Ignore, shift));
                (Some(name), kept)
            }
            None => (None, Preset::default()),
        };
        let columns = header
            .names
            .iter()
            .enumerate()
            .map(|(column, name)| {
                let guess = guesses.get(column);
                let kept = preset.as_ref().and(kept.targets.get(column));
                ImportColumn {
                    name: name.clone(),
                    samples: samples(&sample, column),
                    target: kept
                        .copied()
                        .or(guess.map(|guess| guess.target))
                        .unwrap_or(Target::Ignore),
                    confidence: if kept.is_some() {
                        Confidence::Sure
                    } else {
                        guess.map_or(Confidence::Weak, |g| g.confidence)
                    },
                    because: if kept.is_some() {
                        Because::Preset
                    } else {
                        guess.map_or(Because::Header, |g| g.because)
                    },
                }
            })
            .collect();
        let preview = rows
            .iter()
            .take(12)
            .map(|row| {
                (
                    row.number,
                    row.cells.iter().map(|cell| shown(cell).into_owned()).collect(),
                )
            })
            .collect();
        Ok(ImportSheet {
            rows: sheet
                .info
                .rows
                .saturating_sub(rows.len() as u32 - sample.len() as u32),
            rows_exact: sheet.info.rows_exact,
            columns,
            preview,
            options: preset.is_some().then_some(kept.options),
            preset,
            header,
        })
    }

    /// Forgets the wizard's file.
    pub fn close_import(&self, import: ImportId) {
        self.imports.files().remove(&import);
    }
}

/// The keys under which a mapping of these headings may be kept, each with the number of columns before its own: rejected rows
/// come back with a column in front that says why. Without headings there is nothing to know a sheet by.
pub(crate) fn preset_keys(header: &Header) -> Vec<(PresetId, usize)> {
    if header.rows == 0 {
        return Vec::new();
    }
    // A letter only stands in for a heading.
    let names: Vec<&str> = header
        .names
        .iter()
        .enumerate()
        .map(|(column, name)| {
            if *name == column_letters(column) {
                ""
            } else {
                name.as_str()
            }
        })
        .collect();
    let named = |names: &[&str]| names.iter().any(|name| !name.is_empty());
    [(&names[..], 0), (names.get(1..).unwrap_or_default(), 1)]
        .into_iter()
        .filter(|(names, _)| named(names))
        .map(|(names, shift)| (Mapping::preset_key(names), shift))
        .collect()
}

pub(crate) fn lock(file: &Mutex<OpenFile>) -> MutexGuard<'_, OpenFile> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The visible sheet with the most rows; lists are longer than notes.
fn suggested_sheet(workbook: &Workbook) -> u32 {
    workbook
        .sheets
        .iter()
        .max_by_key(|sheet| {
            let visible = sheet.info.visibility == Visibility::Visible;
            (visible, sheet.info.rows, std::cmp::Reverse(sheet.info.index))
        })
        .map_or(0, |sheet| sheet.info.index)
}

/// The first different values of a column.
fn samples(rows: &[Row], column: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in rows {
        let text = shown(row.cell(column)).trim().to_owned();
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
            if found.len() == SAMPLES {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::preset_keys;
    use kiulu_spreadsheet::Header;

    fn header(rows: u32, names: &[&str]) -> Header {
        Header {
            first_row: 1,
            rows,
            names: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn a_sheet_is_known_by_its_headings_alone() {
        let key = |names: &[&str]| preset_keys(&header(1, names))[0].0;
        let own = key(&["Nimi", "Puhelin"]);
        // A blank column behind changes nothing, and rejected rows come back with a column in front.
        assert_eq!(key(&["Nimi", "Puhelin", "C"]), own);
        let back = preset_keys(&header(1, &["Syy", "Nimi", "Puhelin"]));
        assert!(back[0].0 != own);
        assert_eq!(back[1], (own, 1));
        // Letters are no headings.
        assert!(preset_keys(&header(0, &["A", "B"])).is_empty());
        assert!(preset_keys(&header(1, &["A", "B"])).is_empty());
    }
}
