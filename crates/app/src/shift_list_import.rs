//! Lists of standing shifts out of a spreadsheet: what was understood, and all of it as one change.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::bookings::schedule::Schedule;
use kiulu_domain::bookings::shift_list::plan::{PlannedTurn, ShiftListOptions, plan};
use kiulu_domain::bookings::shift_list::{CellRange, SheetCells, ShiftList, Unplaced, read};
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::id::{OrganisationId, ShiftListId, StandingShiftId, derived};
use kiulu_domain::sheet::Row;
use kiulu_spreadsheet::{Reader as Spreadsheets, Visibility};
use kiulu_store::{Reader, ResourceBook};
use serde::Serialize;
use specta::Type;
use std::ops::ControlFlow;
use std::path::Path;

/// What a list would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ShiftListPreview {
    /// File name without its folder.
    pub file_name: String,
    /// By what the list is known to be the one that was looked at.
    pub fingerprint: ShiftListId,
    /// The names of the file's sheets, by their places in it.
    pub sheets: Vec<String>,
    /// Its turns with what would become of each.
    pub turns: Vec<PlannedTurn>,
    /// Cells that name a flat and could not be placed.
    pub unplaced: Vec<Unplaced>,
    /// How many shifts would be given.
    pub given: u32,
}

/// A file as it was read.
struct ReadFile {
    name: String,
    sheets: Vec<String>,
    list: ShiftList,
}

impl App {
    /// Reads a list of standing shifts and works out what would become of each turn. Nothing is written.
    ///
    /// # Errors
    /// What can be wrong with a spreadsheet; [`Problem::ShiftListEmpty`] where no turn was found in it.
    pub fn preview_shift_list(
        &self,
        organisation: OrganisationId,
        path: &Path,
        options: &ShiftListOptions,
    ) -> Result<ShiftListPreview> {
        let file = self.read_shift_list(organisation, path)?;
        self.store(organisation)?.read(|reader| {
            let (turns, given) = self.planned(reader, &file.list, options)?;
            Ok(ShiftListPreview {
                file_name: file.name.clone(),
                fingerprint: fingerprint(&file.list)?,
                sheets: file.sheets.clone(),
                turns,
                unplaced: file.list.unplaced.clone(),
                given: given.len() as u32,
            })
        })
    }

    /// Gives all shifts of a list that the rules let stand, as one change. The same list again changes nothing.
    ///
    /// # Errors
    /// [`Problem::FileChanged`] where the file is not the one that was looked at.
    pub fn import_shift_list(
        &self,
        organisation: OrganisationId,
        path: &Path,
        options: &ShiftListOptions,
        looked_at: Option<ShiftListId>,
    ) -> Result<(Changed, u32)> {
        let file = self.read_shift_list(organisation, path)?;
        if looked_at.is_some_and(|known| fingerprint(&file.list).is_ok_and(|found| found != known)) {
            return Err(Problem::FileChanged);
        }
        let store = self.store(organisation)?;
        let (_, given) = store.read(|reader| self.planned(reader, &file.list, options))?;
        if given.is_empty() {
            return Ok((Changed { change: None }, 0));
        }
        let action = Action::ShiftsImport {
            file: file.name,
            count: given.len() as u32,
        };
        let written = store.write(&action, |tx| {
            let (_, mut given) = self.planned(tx, &file.list, options)?;
            for shift in &mut given {
                shift.id = StandingShiftId(tx.uuid());
            }
            self.let_stand(tx, &given)?;
            Ok::<_, Problem>(given.len() as u32)
        })?;
        let count = written.value;
        Ok((written.into(), count))
    }

    fn planned(
        &self,
        reader: &Reader<'_>,
        list: &ShiftList,
        options: &ShiftListOptions,
    ) -> Result<(Vec<PlannedTurn>, Vec<StandingShift>)> {
        let now = self.wall_now(reader)?;
        if options.to.is_some_and(|to| to < options.from) {
            return Err(Problem::TimeInvalid);
        }
        let books = spaces(reader)?
            .iter()
            .map(|resource| reader.resource_book(resource.id, now.date(), now.date()))
            .collect::<Result<Vec<ResourceBook>, _>>()?;
        let schedules: Vec<Schedule<'_>> = books.iter().map(|book| book.schedule(now)).collect();
        Ok(plan(list, &schedules, &reader.flats()?, options))
    }

    fn read_shift_list(&self, organisation: OrganisationId, path: &Path) -> Result<ReadFile> {
        let spreadsheets = Spreadsheets::locate()?;
        let workbook = spreadsheets.inspect(path)?;
        let mut read_sheets: Vec<(u32, String, Vec<Row>, Vec<CellRange>)> = Vec::new();
        let mut sheets = Vec::new();
        for sheet in &workbook.sheets {
            sheets.push(sheet.info.name.clone());
            if sheet.info.visibility != Visibility::Visible || sheet.info.refusal.is_some() {
                continue;
            }
            let (rows, _) = spreadsheets.all_rows(path, sheet.info.index, |_| ControlFlow::Continue(()))?;
            let merges = sheet.info.merges.iter().map(|merge| CellRange {
                first_row: merge.first_row,
                first_column: merge.first_column,
                last_row: merge.last_row,
                last_column: merge.last_column,
            });
            read_sheets.push((sheet.info.index, sheet.info.name.clone(), rows, merges.collect()));
        }
        let spaces = self.store(organisation)?.read(spaces)?;
        let spaces: Vec<&str> = spaces.iter().map(|resource| resource.name.as_str()).collect();
        let mut list = ShiftList::default();
        for (index, name, rows, merges) in &read_sheets {
            let cells = SheetCells {
                index: *index,
                name,
                rows,
                merges,
            };
            let ShiftList { entries, unplaced } = read(&cells, &spaces);
            list.entries.extend(entries);
            list.unplaced.extend(unplaced);
        }
        if list.entries.is_empty() {
            return Err(Problem::ShiftListEmpty);
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(ReadFile { name, sheets, list })
    }
}

/// The spaces that can have standing shifts, in the house's own order: by their places a list names them.
fn spaces(reader: &Reader<'_>) -> Result<Vec<Resource>> {
    let mut spaces = reader.resources()?;
    spaces.retain(|resource| !resource.retired);
    Ok(spaces)
}

fn fingerprint(list: &ShiftList) -> Result<ShiftListId> {
    let bytes = serde_json::to_vec(list).map_err(|error| Problem::fault(&error))?;
    Ok(ShiftListId(derived("shift_list", &[&bytes])))
}
