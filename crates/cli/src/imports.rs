//! `kiulu-cli sheet` and `kiulu-cli import`.

use crate::answer::{Answer, Failure};
use clap::{Args, ValueEnum};
use kiulu_app::spreadsheet::{Reader, detect_header};
use kiulu_app::{App, ImportFile, ImportSheet, Job, Problem};
use kiulu_domain::id::{OrganisationId, StakeholderKindId};
use kiulu_domain::import::field::{Field, Target};
use kiulu_domain::import::options::{Corrections, ImportOptions, OnMatch};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    /// A JSON file from headings (or column letters) to fields: {"Nimi": "name", "Osakas": {"role": "Osakas"}, "X": null}.
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

/// Every cell of a file.
pub(crate) fn cells(file: &Path) -> Result<Answer, Failure> {
    let dump = Reader::locate()
        .and_then(|reader| reader.cells(file))
        .map_err(Problem::from)?;
    let json = serde_json::to_value(&dump).unwrap_or(Value::Null);
    let text = json.to_string();
    Ok(Answer::new(json, text))
}

/// What a file holds; with an open organisation also what its columns would become.
pub(crate) fn sheet(
    app: &App,
    organisation: Option<OrganisationId>,
    arguments: &Sheet,
) -> Result<Answer, Failure> {
    let workbook = Reader::locate()
        .and_then(|reader| reader.inspect(&arguments.file))
        .map_err(Problem::from)?;
    let roles = match organisation {
        Some(organisation) => app.vocabulary(organisation)?,
        None => Vec::new(),
    };
    let names: Vec<_> = roles
        .iter()
        .map(|(kind, _)| (kind.id, kind.name.as_str()))
        .collect();
    let sheets: Vec<Value> = workbook
        .sheets
        .iter()
        .map(|sheet| {
            let header = detect_header(&sheet.preview, &sheet.info.merges);
            let sample: Vec<_> = sheet
                .preview
                .iter()
                .filter(|row| row.number >= header.first_data_row())
                .cloned()
                .collect();
            let above = (sheet.preview.len() - sample.len()) as u32;
            json!({
                "name": sheet.info.name,
                "visibility": sheet.info.visibility,
                "header_row": header.first_row,
                "header_rows": header.rows,
                "headers": header.names,
                "mapping": kiulu_domain::import::guess::guess(&header.names, &sample, &names),
                "rows": sheet.info.rows.saturating_sub(above),
                "rows_exact": sheet.info.rows_exact,
            })
        })
        .collect();
    let text = sheets
        .iter()
        .map(|sheet| format!("{}: {} rows", sheet["name"], sheet["rows"]))
        .collect::<Vec<_>>()
        .join("\n");
    Ok(Answer::new(
        json!({ "kind": workbook.kind, "sheets": sheets, "notices": workbook.notices }),
        text,
    ))
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
        Some(name) => {
            file.sheets
                .iter()
                .find(|sheet| sheet.name == *name)
                .ok_or(Problem::SheetNotFound)?
                .index
        }
    };
    let sheet = app.import_sheet(file.id, index, None)?;
    let roles: Vec<(StakeholderKindId, String)> = app
        .vocabulary(organisation)?
        .into_iter()
        .map(|(kind, _)| (kind.id, kind.name))
        .collect();
    let targets = match &arguments.mapping {
        None => sheet.columns.iter().map(|column| column.target).collect(),
        Some(path) => mapping(path, &sheet, &roles)?,
    };
    let options = ImportOptions {
        on_match: arguments.on_match.into(),
        roles: arguments
            .role
            .iter()
            .map(|name| role(name, &roles))
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
                    "column": problem.column.map(|column| kiulu_app::spreadsheet::column_letters(column as usize)),
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
        "rejected": totals.rejected,
        "problems": rejected,
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

/// What a mapping file says of a column.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Word(String),
    Role { role: String },
    Nothing(()),
}

fn mapping(
    path: &Path,
    sheet: &ImportSheet,
    roles: &[(StakeholderKindId, String)],
) -> Result<Vec<Target>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::from(Problem::from(error)))?;
    let wanted: BTreeMap<String, Wanted> = serde_json::from_str(&text)
        .map_err(|error| Failure::words("mapping_unreadable", &error.to_string()))?;
    let mut targets = vec![Target::Ignore; sheet.columns.len()];
    for (heading, wanted) in &wanted {
        let place = sheet
            .columns
            .iter()
            .enumerate()
            .position(|(place, column)| {
                column.name == *heading || kiulu_app::spreadsheet::column_letters(place) == *heading
            })
            .ok_or_else(|| Failure::words("mapping_no_such_column", heading))?;
        targets[place] = match wanted {
            Wanted::Nothing(()) => Target::Ignore,
            Wanted::Role { role: name } => Target::Role(role(name, roles)?),
            Wanted::Word(word) => Target::Field(
                Field::from_word(word).ok_or_else(|| Failure::words("mapping_no_such_field", word))?,
            ),
        };
    }
    Ok(targets)
}

fn role(name: &str, roles: &[(StakeholderKindId, String)]) -> Result<StakeholderKindId, Failure> {
    let folded = kiulu_domain::collation::fold(name);
    roles
        .iter()
        .find(|(_, known)| kiulu_domain::collation::fold(known) == folded)
        .map(|(id, _)| *id)
        .ok_or_else(|| Failure::words("role_unknown", name))
}
