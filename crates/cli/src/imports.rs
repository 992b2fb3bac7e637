//! `kiulu-cli sheet` and `kiulu-cli import`.

use crate::answer::{Answer, Failure};
use crate::mapping::{self, Known};
use clap::{Args, ValueEnum};
use kiulu_app::spreadsheet::{self, Reader, column_letters, detect_header};
use kiulu_app::{App, ImportFile, Job, Problem};
use kiulu_domain::clean::DateSystem;
use kiulu_domain::id::OrganisationId;
use kiulu_domain::import::field::Target;
use kiulu_domain::import::guess::guess;
use kiulu_domain::import::options::{Corrections, ImportOptions, OnMatch};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(crate) struct Sheet {
    /// The spreadsheet.
    pub(crate) file: PathBuf,
    /// Every cell instead, as tagged text.
    #[arg(long)]
    pub(crate) cells: bool,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The spreadsheet.
    file: PathBuf,
    /// Name of the sheet; the longest visible one where nothing is said.
    #[arg(long)]
    sheet: Option<String>,
    /// A JSON file from headings (or column letters) to fields: {"Nimi": "name", "Osakas": {"role": "Osakas"}, "X": null}. The
    /// mapping that `sheet` prints is such a file.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// A role of the vocabulary that every row gets.
    #[arg(long)]
    role: Vec<String>,
    /// What happens to contacts that are known already.
    #[arg(long, value_enum, default_value_t = Match::Update)]
    on_match: Match,
    /// Bring rows in without the values that cannot be read, instead of leaving the rows out.
    #[arg(long)]
    drop_bad_values: bool,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Match {
    Update,
    Fill,
    Skip,
}

impl From<Match> for OnMatch {
    fn from(chosen: Match) -> Self {
        match chosen {
            Match::Update => Self::Update,
            Match::Fill => Self::FillGaps,
            Match::Skip => Self::Skip,
        }
    }
}

/// What a file holds; with an open organisation also what its columns would become there.
pub(crate) fn sheet(file: &Path, known: &Known) -> Result<Answer, Failure> {
    let workbook = Reader::locate()
        .and_then(|reader| reader.inspect_whole(file))
        .map_err(Problem::from)?;
    let sheets: Vec<Value> = workbook
        .sheets
        .iter()
        .map(|sheet| match &sheet.info.refusal {
            Some(refusal) => json!({
                "name": sheet.info.name,
                "visibility": sheet.info.visibility,
                "error": Problem::from(refusal.clone()),
            }),
            None => facts(sheet, workbook.date_system, known),
        })
        .collect();
    let lines = sheets.iter().map(|sheet| match &sheet["error"] {
        Value::Null => format!("{}: {} rows", sheet["name"], sheet["rows"]),
        error => format!("{}: {}", sheet["name"], error["code"]),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(
        json!({ "kind": workbook.kind, "sheets": sheets, "notices": workbook.notices }),
        text,
    ))
}

fn facts(sheet: &spreadsheet::Sheet, system: DateSystem, known: &Known) -> Value {
    let header = detect_header(&sheet.preview, &sheet.info.merges);
    let sample: Vec<_> = sheet
        .preview
        .iter()
        .filter(|row| row.number >= header.first_data_row())
        .cloned()
        .collect();
    let above = (sheet.preview.len() - sample.len()) as u32;
    let roles: Vec<_> = known
        .roles
        .iter()
        .map(|(id, name)| (*id, name.as_str()))
        .collect();
    let guesses = guess(&header.names, &sample, system, &roles);
    let columns: Vec<Value> = guesses
        .iter()
        .enumerate()
        .map(|(place, guess)| {
            json!({
                "column": column_letters(place),
                "heading": header.names.get(place),
                "field": known.word(guess.target),
                "confidence": guess.confidence,
                "because": guess.because,
            })
        })
        .collect();
    let mut headings = header.names.clone();
    headings.resize(headings.len().max(guesses.len()), String::new());
    let targets: Vec<Target> = guesses.iter().map(|guess| guess.target).collect();
    json!({
        "name": sheet.info.name,
        "visibility": sheet.info.visibility,
        "header_row": header.first_row,
        "header_rows": header.rows,
        "headers": header.names,
        "mapping": mapping::written(&headings, &targets, known),
        "columns": columns,
        "rows": sheet.info.rows.saturating_sub(above),
        "rows_exact": sheet.info.rows_exact,
    })
}

/// Brings a file in.
pub(crate) fn import(app: &App, organisation: OrganisationId, arguments: &Import) -> Result<Answer, Failure> {
    let file = app.open_import(organisation, &arguments.file)?;
    let result = run(app, organisation, arguments, &file);
    app.close_import(file.id);
    result
}

fn run(
    app: &App,
    organisation: OrganisationId,
    arguments: &Import,
    file: &ImportFile,
) -> Result<Answer, Failure> {
    let index = match &arguments.sheet {
        None => file.suggested_sheet,
        Some(name) => sheet_named(file, name).ok_or(Problem::SheetNotFound)?,
    };
    let sheet = app.import_sheet(file.id, index, None)?;
    let known = Known::of(app, organisation)?;
    let targets = match &arguments.mapping {
        None => sheet.columns.iter().map(|column| column.target).collect(),
        Some(path) => {
            let headings: Vec<String> = sheet.columns.iter().map(|column| column.name.clone()).collect();
            mapping::read(path, &headings, &known)?
        }
    };
    let options = ImportOptions {
        on_match: arguments.on_match.into(),
        roles: arguments
            .role
            .iter()
            .map(|name| known.role(name))
            .collect::<Result<_, _>>()?,
        ..ImportOptions::default()
    };
    let corrections = Corrections {
        drop_bad_values: arguments.drop_bad_values,
        ..Corrections::default()
    };
    let job = &mut Job::silent();
    let preview = app.preview_import(
        file.id,
        index,
        &sheet.header,
        &targets,
        &options,
        &corrections,
        job,
    )?;
    let rejected: Vec<Value> = app
        .rejected_rows(file.id)?
        .into_iter()
        .flat_map(|row| {
            row.problems.into_iter().map(move |problem| {
                json!({
                    "row": row.row,
                    "column": problem.column.map(|column| column_letters(column as usize)),
                    "code": problem.reason.code(),
                    "value": problem.value,
                })
            })
        })
        .collect();
    let change = if arguments.dry_run {
        None
    } else {
        app.run_import(file.id, None, job)?.change
    };
    let totals = preview.totals;
    let json = json!({
        "read": totals.new + totals.updated + totals.unchanged + totals.skipped + totals.rejected,
        "created": totals.new,
        "updated": totals.updated,
        "unchanged": totals.unchanged,
        "skipped": totals.skipped,
        "rejected": rejected,
        "rejected_rows": totals.rejected,
        "totals": totals,
        "dropped_values": totals.dropped_values,
        "flats_without_role": totals.flats_without_role,
        "new_flats": preview.new_flats,
        "new_groups": preview.new_groups,
        "change": change,
        "dry_run": arguments.dry_run,
    });
    let text = format!(
        "created {}, updated {}, unchanged {}, rejected {}{}",
        totals.new,
        totals.updated,
        totals.unchanged,
        totals.rejected,
        change
            .map(|change| format!("\nchange {change}"))
            .unwrap_or_default()
    );
    Ok(Answer::new(json, text))
}

/// The place of the sheet whose tab has this name, compared as Excel does: without regard to case.
fn sheet_named(file: &ImportFile, name: &str) -> Option<u32> {
    let folded = name.to_lowercase();
    let exact = file.sheets.iter().find(|sheet| sheet.name == name);
    exact
        .or_else(|| {
            file.sheets
                .iter()
                .find(|sheet| sheet.name.to_lowercase() == folded)
        })
        .map(|sheet| sheet.index)
}
