//! The second half of the wizard: what an import would do, and doing it.

use crate::imports::{
    Fingerprint, ImportPreview, ImportResult, OpenFile, Preset, RejectedRow, lock, preset_keys,
};
use crate::whole_file::WholeFile;
use crate::{App, Job, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::clean::shown;
use kiulu_domain::id::ImportId;
use kiulu_domain::import::above::Span;
use kiulu_domain::import::draft::{Reading, read_row};
use kiulu_domain::import::field::{Field, Target};
use kiulu_domain::import::options::{Corrections, ImportOptions, Mapping};
use kiulu_domain::import::plan::{Drafts, Plan, plan};
use kiulu_domain::import::preview::{Outcome, PreviewPage, ValueChange};
use kiulu_domain::import::register::Register;
use kiulu_domain::sheet::Row;
use kiulu_spreadsheet::export::{Column, ColumnKind, OutCell, write_xlsx};
use kiulu_spreadsheet::{Header, Reader, Refusal, column_letters};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Rows from the top that decide how a column's names and dates are read.
const SAMPLE_ROWS: usize = 2000;

/// Rows that one thread reads at a time.
const CHUNK: usize = 1024;

/// What the preview worked out; the import runs exactly this.
pub(crate) struct Planned {
    sheet_name: String,
    header: Header,
    mapping: Mapping,
    options: ImportOptions,
    register: Register,
    plan: Plan,
    /// The rejected rows as the sheet has them.
    rejected: Vec<Row>,
}

impl App {
    /// Works out what an import would do. Nothing is written.
    ///
    /// # Errors
    /// [`Problem::ImportNoName`] when no column holds a name; those of reading the file; [`Problem::Cancelled`].
    #[expect(
        clippy::too_many_arguments,
        reason = "the wizard's decisions, each on its own"
    )]
    pub fn preview_import(
        &self,
        import: ImportId,
        sheet: u32,
        header: &Header,
        targets: &[Target],
        options: &ImportOptions,
        corrections: &Corrections,
        job: &mut Job<'_>,
    ) -> Result<ImportPreview> {
        let named = [
            Field::Name,
            Field::FirstName,
            Field::LastName,
            Field::OrganisationName,
        ];
        if !targets
            .iter()
            .any(|target| matches!(target, Target::Field(field) if named.contains(field)))
        {
            return Err(Problem::ImportNoName);
        }
        let file = self.imports.file(import)?;
        let mut file = lock(&file);
        file.planned = None;
        let store = self.store(file.organisation)?;
        let rows = file.rows(sheet, job)?;
        let first = rows.partition_point(|row| row.number < header.first_data_row());
        let data = &rows[first..];

        let mapping = Mapping {
            targets: targets.to_vec(),
            headers: header.names.clone(),
            date_system: file.workbook.date_system,
        };
        let (register, vocabulary, custom, organisation) = store.read(|reader| {
            Ok::<_, Problem>((
                reader.load_register()?,
                reader.vocabulary()?,
                reader.custom_fields()?,
                reader.organisation()?,
            ))
        })?;
        let options = ImportOptions {
            identity_code_basis: organisation.is_some_and(|found| found.keeps_identity_codes()),
            ..options.clone()
        };
        let today = self.today(file.organisation)?;
        let sample = &data[..data.len().min(SAMPLE_ROWS)];
        let reading = Reading::new(
            &mapping,
            &options,
            corrections,
            &vocabulary,
            &custom,
            sample,
            today,
        )
        .with_neighbours(data, &file.spans(sheet));
        let read: Vec<Drafts> = data
            .par_chunks(CHUNK)
            .map(|chunk| chunk.iter().map(|row| read_row(row, &reading)).collect())
            .collect();
        let mut drafts = Drafts::default();
        read.into_iter().for_each(|chunk| drafts.append(chunk));
        if job.step(data.len() as u32, data.len() as u32).is_break() {
            return Err(Problem::Cancelled);
        }
        let plan = plan(drafts, &register, &options, corrections);
        let preview = ImportPreview {
            totals: plan.totals,
            new_flats: plan.new_flats.clone(),
            new_groups: plan.new_groups.clone(),
        };
        let rejected = plan
            .rejected()
            .filter_map(|(row, _)| {
                let place = data.binary_search_by_key(&row, |row| row.number).ok()?;
                Some(data[place].clone())
            })
            .collect();
        let sheet_name = file.sheet_name(sheet)?;
        file.planned = Some(Planned {
            sheet_name,
            header: header.clone(),
            mapping,
            options,
            register,
            plan,
            rejected,
        });
        Ok(preview)
    }

    /// A page of the rows that one thing would happen to. What the register has of people under a non-disclosure order is kept
    /// back where they are to be changed.
    pub fn import_rows(
        &self,
        import: ImportId,
        outcome: Outcome,
        offset: u32,
        limit: u32,
    ) -> Result<PreviewPage> {
        let file = self.imports.file(import)?;
        let file = lock(&file);
        let planned = file.planned.as_ref().ok_or(Problem::ImportOutdated)?;
        let mut page = planned
            .plan
            .page(&planned.register, Some(outcome), offset, limit.min(500));
        self.store(file.organisation)?.read(|reader| {
            for row in &mut page.rows {
                if let Some(contact) = row.contact
                    && reader.contact(contact)?.non_disclosure
                {
                    row.changes.iter_mut().for_each(ValueChange::withhold);
                }
            }
            Ok::<_, Problem>(())
        })?;
        Ok(page)
    }

    /// Every rejected row with what is wrong with it.
    pub fn rejected_rows(&self, import: ImportId) -> Result<Vec<RejectedRow>> {
        let file = self.imports.file(import)?;
        let file = lock(&file);
        let planned = file.planned.as_ref().ok_or(Problem::ImportOutdated)?;
        let rows = planned.plan.rejected();
        Ok(rows
            .map(|(row, problems)| RejectedRow {
                row,
                problems: problems.to_vec(),
            })
            .collect())
    }

    /// Runs the import that was previewed, as one change. `preset` keeps the mapping under a name, so that the next file with
    /// these headings finds it.
    ///
    /// # Errors
    /// [`Problem::ImportOutdated`] when the register has changed since the preview; [`Problem::Cancelled`], [`Problem::DiskFull`].
    /// Nothing of the import is there then.
    pub fn run_import(
        &self,
        import: ImportId,
        preset: Option<&str>,
        job: &mut Job<'_>,
    ) -> Result<ImportResult> {
        let file = self.imports.file(import)?;
        let mut file = lock(&file);
        let file = &mut *file;
        let planned = file.planned.as_ref().ok_or(Problem::ImportOutdated)?;
        // The plan has what is to be written; whoever goes back to the columns has the file read again.
        file.rows = None;
        let store = self.store(file.organisation)?;
        let (created, updated) = planned.plan.contacts();
        let action = Action::Import {
            file: file.file_name.clone(),
            created,
            updated,
        };
        let columns = serde_json::to_string(&planned.mapping).map_err(|error| Problem::fault(&error))?;
        let kept = Preset {
            targets: planned.mapping.targets.clone(),
            options: planned.options.clone(),
        };
        let kept = serde_json::to_string(&kept).map_err(|error| Problem::fault(&error))?;
        let written = store.write_unchecked(&action, |tx| {
            if tx.last_seq()? != planned.plan.version {
                return Err(Problem::ImportOutdated);
            }
            if let Some(name) = preset.map(str::trim).filter(|name| !name.is_empty())
                && let Some((key, _)) = preset_keys(&planned.header).first()
            {
                tx.put_preset(*key, name, &kept)?;
            }
            if !planned.plan.is_empty() {
                let mut progress = |done, total| job.step(done, total);
                tx.execute_plan(
                    &planned.plan,
                    import,
                    &file.file_name,
                    &planned.sheet_name,
                    &columns,
                    &mut progress,
                )?;
            }
            Ok(())
        })?;
        Ok(ImportResult {
            change: written.change,
            totals: planned.plan.totals,
        })
    }

    /// Writes the rejected rows as the sheet had them, with a column that says why: `reasons` are its sentences by row number.
    pub fn export_rejected(
        &self,
        import: ImportId,
        path: &Path,
        title: &str,
        reasons: &[(u32, String)],
    ) -> Result<u32> {
        let file = self.imports.file(import)?;
        let file = lock(&file);
        let planned = file.planned.as_ref().ok_or(Problem::ImportOutdated)?;
        let (names, rows) = (&planned.header.names, &planned.rejected);
        // A stray cell far to the right makes columns that say nothing; with the reason beside them they would not all fit.
        let place = |number: &u32| rows.binary_search_by_key(number, |row| row.number).ok();
        let width = reasons
            .iter()
            .filter_map(|(number, _)| place(number))
            .map(|place| rows[place].cells.len())
            .chain(
                names
                    .iter()
                    .rposition(|name| !name.is_empty())
                    .map(|last| last + 1),
            )
            .max()
            .unwrap_or(0);
        let names = &names[..width.min(names.len())];
        let columns: Vec<Column> = std::iter::once(title.to_owned())
            .chain(names.iter().enumerate().map(|(place, name)| {
                if name.is_empty() {
                    column_letters(place)
                } else {
                    name.clone()
                }
            }))
            .map(|title| Column {
                title,
                width: 22.0,
                kind: ColumnKind::Text,
            })
            .collect();
        let cells = reasons.iter().filter_map(|(number, reason)| {
            let place = place(number)?;
            let values = (0..names.len()).map(|column| match shown(rows[place].cell(column)).into_owned() {
                text if text.is_empty() => OutCell::Empty,
                text => OutCell::Text(text),
            });
            Some(
                std::iter::once(OutCell::Text(reason.clone()))
                    .chain(values)
                    .collect(),
            )
        });
        let (file, count) = WholeFile::write(path, |out| write_xlsx(out, title, &columns, cells))?;
        file.keep()?;
        Ok(count)
    }
}

impl OpenFile {
    /// The rows of a sheet, read once while the wizard stays on it.
    fn rows(&mut self, sheet: u32, job: &mut Job<'_>) -> Result<Arc<Vec<Row>>> {
        if let Some((kept, rows)) = &self.rows
            && *kept == sheet
        {
            return Ok(Arc::clone(rows));
        }
        let expected = self
            .workbook
            .sheets
            .iter()
            .find(|found| found.info.index == sheet)
            .map_or(0, |found| found.info.rows);
        let (rows, summary) = Reader::locate()?.all_rows(&self.path, sheet, |read| {
            if (read as usize).is_multiple_of(CHUNK) {
                job.step(read, expected.max(read + 1))
            } else {
                ControlFlow::Continue(())
            }
        })?;
        if summary.stopped {
            return Err(Problem::Cancelled);
        }
        // What was chosen by its first rows must still be what was read.
        if Fingerprint::of(&self.path).ok().as_ref() != Some(&self.fingerprint) {
            return Err(Refusal::Changed.into());
        }
        let rows = Arc::new(rows);
        self.rows = Some((sheet, Arc::clone(&rows)));
        Ok(rows)
    }

    /// Cells merged over several rows, as far as the reader tells them.
    fn spans(&self, sheet: u32) -> Vec<Span> {
        let merges = self
            .workbook
            .sheets
            .iter()
            .find(|found| found.info.index == sheet)
            .map_or(&[][..], |found| &found.info.merges);
        merges
            .iter()
            .filter(|merge| merge.last_row > merge.first_row)
            .map(|merge| Span {
                column: merge.first_column,
                first_row: merge.first_row + 1,
                last_row: merge.last_row + 1,
            })
            .collect()
    }

    fn sheet_name(&self, sheet: u32) -> Result<String> {
        let found = self
            .workbook
            .sheets
            .iter()
            .find(|found| found.info.index == sheet);
        found
            .map(|found| found.info.name.clone())
            .ok_or(Problem::SheetNotFound)
    }
}
