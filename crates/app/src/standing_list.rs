//! All standing shifts of a house: the list, the board as it hangs on the wall, and who is asked about when somebody moves.

use crate::exports::ExportFormat;
use crate::shift_acts::{left_on, shifts_left_behind};
use crate::standing_shifts::names_of;
use crate::whole_file::WholeFile;
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::bookings::board::{BoardRow, board};
use kiulu_domain::bookings::shift_acts::ShiftState;
use kiulu_domain::bookings::standing::{SkipReason, StandingShift};
use kiulu_domain::id::{FlatId, OrganisationId, ResourceId, StandingShiftId};
use kiulu_spreadsheet::export::{Column, ColumnKind, OutCell, write_csv, write_xlsx};
use kiulu_store::Reader;
use serde::Serialize;
use specta::Type;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// A standing shift as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ShiftInfo {
    /// The shift.
    pub shift: StandingShift,
    /// What the house calls the space.
    pub resource: String,
    /// What the flat is called among all flats.
    pub flat: String,
    /// How it stands today.
    pub state: ShiftState,
    /// The next days of its turn.
    pub coming: Vec<ComingTurn>,
    /// The last day of the last who live in the flat, where it has one.
    pub left: Option<NaiveDate>,
}

/// A day of a standing shift's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct ComingTurn {
    /// The day.
    pub date: NaiveDate,
    /// Why it does not come, where it does not.
    pub skipped: Option<SkipReason>,
}

/// How many days to come are told of each shift.
const COMING: usize = 8;

/// The board of a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ResourceBoard {
    /// Which.
    pub resource: ResourceId,
    /// What the house calls it.
    pub name: String,
    /// Its turns down, weekdays across.
    pub rows: Vec<BoardRow>,
}

/// All standing shifts of a house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct StandingOverview {
    /// Today where the house is.
    pub today: NaiveDate,
    /// The shifts, by space, weekday and time; those that are over too.
    pub shifts: Vec<ShiftInfo>,
    /// A board for each space that is in use.
    pub boards: Vec<ResourceBoard>,
}

/// A flat whose last residents leave while it has standing shifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct MovedOut {
    /// Which.
    pub flat: FlatId,
    /// What it is called.
    pub name: String,
    /// The day on which the shifts would end.
    pub last: NaiveDate,
    /// The shifts that run on beyond it.
    pub shifts: Vec<StandingShift>,
}

/// Width in characters and kind of each column of the exported list.
const COLUMNS: [(f64, ColumnKind); 9] = [
    (20.0, ColumnKind::Text),
    (12.0, ColumnKind::Text),
    (12.0, ColumnKind::Text),
    (10.0, ColumnKind::Text),
    (12.0, ColumnKind::Date),
    (12.0, ColumnKind::Date),
    (12.0, ColumnKind::Number),
    (24.0, ColumnKind::Text),
    (32.0, ColumnKind::Text),
];

impl App {
    /// All standing shifts of a house with its boards.
    pub fn standing_overview(&self, organisation: OrganisationId) -> Result<StandingOverview> {
        let today = self.today(organisation)?;
        let labels: HashMap<FlatId, String> = self
            .house(organisation)?
            .flats
            .into_iter()
            .map(|info| (info.flat.id, info.label))
            .collect();
        self.store(organisation)?.read(|reader| {
            let mut shifts = Vec::new();
            let mut boards = Vec::new();
            let mut left: HashMap<FlatId, Option<NaiveDate>> = HashMap::new();
            for resource in reader.resources()? {
                let mut book = reader.resource_book(resource.id, today, today)?;
                book.standing
                    .sort_by_key(|shift| (shift.weekday, shift.from, shift.valid.from, shift.id));
                if !resource.retired {
                    boards.push(ResourceBoard {
                        resource: resource.id,
                        name: resource.name.clone(),
                        rows: board(&resource, &book.standing, today),
                    });
                }
                for shift in book.standing {
                    let left = match left.get(&shift.flat) {
                        Some(known) => *known,
                        None => {
                            let found = left_on(reader, shift.flat)?;
                            left.insert(shift.flat, found);
                            found
                        }
                    };
                    let coming = shift.coming(today, COMING).into_iter().map(|date| ComingTurn {
                        date,
                        skipped: book
                            .skipped
                            .iter()
                            .find(|turn| turn.shift == shift.id && turn.date == date)
                            .map(|turn| turn.reason),
                    });
                    shifts.push(ShiftInfo {
                        resource: resource.name.clone(),
                        flat: labels.get(&shift.flat).cloned().unwrap_or_default(),
                        state: shift.state(today),
                        coming: coming.collect(),
                        left,
                        shift,
                    });
                }
            }
            Ok::<_, Problem>(StandingOverview {
                today,
                shifts,
                boards,
            })
        })
    }

    /// Flats whose last residents leave, or have left, while they have standing shifts that run on.
    pub fn moved_out(&self, organisation: OrganisationId) -> Result<Vec<MovedOut>> {
        let today = self.today(organisation)?;
        self.store(organisation)?
            .read(|reader| left_behind(reader, today))
    }

    /// Writes standing shifts in the order given, as Excel or CSV by the file's ending: space, weekday, time, flat, first and last
    /// day, weeks between, state, note. `titles` are the headings, `weekdays` the days from Monday on, `states` what each shift's
    /// state is called, in the order of the shifts.
    pub fn export_standing(
        &self,
        organisation: OrganisationId,
        shifts: &[(StandingShiftId, String)],
        titles: &[String; 9],
        weekdays: &[String; 7],
        path: &Path,
    ) -> Result<u32> {
        let overview = self.standing_overview(organisation)?;
        let known: HashMap<_, _> = overview.shifts.iter().map(|info| (info.shift.id, info)).collect();
        let rows: Vec<Vec<OutCell>> = shifts
            .iter()
            .filter_map(|(id, state)| known.get(id).map(|info| (info, state)))
            .map(|(info, state)| row_of(info, state, weekdays))
            .collect();
        let columns: Vec<_> = titles
            .iter()
            .zip(COLUMNS)
            .map(|(title, (width, kind))| Column {
                title: title.clone(),
                width,
                kind,
            })
            .collect();
        let sheet = self.describe(organisation)?.organisation.name;
        let (file, written) = WholeFile::write(path, |out| match ExportFormat::of(path) {
            ExportFormat::Xlsx => write_xlsx(out, &sheet, &columns, rows),
            ExportFormat::Csv => write_csv(out, &columns, rows),
        })?;
        file.keep()?;
        Ok(written)
    }
}

/// Flats whose last residents leave, or have left, while they have standing shifts that run on.
pub(crate) fn left_behind(reader: &Reader<'_>, today: NaiveDate) -> Result<Vec<MovedOut>> {
    let mut flats: BTreeSet<FlatId> = BTreeSet::new();
    for resource in reader.resources()? {
        let book = reader.resource_book(resource.id, today, today)?;
        flats.extend(book.standing.iter().map(|shift| shift.flat));
    }
    let mut found = Vec::new();
    for flat in flats {
        let shifts = shifts_left_behind(reader, flat, today)?;
        if let Some((first, last)) = shifts.first() {
            let (_, name) = names_of(reader, first)?;
            found.push(MovedOut {
                flat,
                name,
                last: *last,
                shifts: shifts.iter().map(|(shift, _)| shift.clone()).collect(),
            });
        }
    }
    Ok(found)
}

fn row_of(info: &ShiftInfo, state: &str, weekdays: &[String; 7]) -> Vec<OutCell> {
    let shift = &info.shift;
    let text = |text: &str| match text {
        "" => OutCell::Empty,
        text => OutCell::Text(text.to_owned()),
    };
    let date = |date: Option<NaiveDate>| date.map_or(OutCell::Empty, OutCell::Date);
    let clock = |minutes: u16| format!("{}.{:02}", minutes / 60, minutes % 60);
    vec![
        text(&info.resource),
        text(weekdays.get(shift.weekday as usize).map_or("", String::as_str)),
        text(&format!("{}–{}", clock(shift.from), clock(shift.to))),
        text(&info.flat),
        date(shift.valid.from),
        date(shift.valid.to),
        OutCell::Number(shift.every_weeks.into()),
        text(state),
        text(&shift.note),
    ]
}
