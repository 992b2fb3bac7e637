//! The yearly draw of standing shifts: what can be wished for, who applies, what a seed gives, and all of it as one change.

use crate::contact_records::Changed;
use crate::exports::ExportFormat;
use crate::whole_file::WholeFile;
use crate::{App, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::action::Action;
use kiulu_domain::bookings::board::board;
use kiulu_domain::bookings::draw::{
    Applicant, Application, DrawOptions, DrawnTurn, Lot, PastDraw, WeekTurn, draw,
};
use kiulu_domain::bookings::rules::may_stand;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::Validity;
use kiulu_domain::id::{FlatId, OrganisationId, ShiftDrawId, StandingShiftId};
use kiulu_spreadsheet::export::{Column, ColumnKind, OutCell, write_csv, write_xlsx};
use kiulu_store::{Reader, ResourceBook};
use serde::Serialize;
use specta::Type;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use uuid::Uuid;

/// Width in characters and kind of each column of an exported result.
const COLUMNS: [(f64, ColumnKind); 5] = [
    (12.0, ColumnKind::Text),
    (36.0, ColumnKind::Text),
    (10.0, ColumnKind::Number),
    (14.0, ColumnKind::Text),
    (68.0, ColumnKind::Text),
];

/// A flat that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ApplicationInfo {
    /// Which.
    pub flat: FlatId,
    /// What it is called among all flats: by this name its lot is drawn.
    pub name: String,
    /// The turns it wishes for, the dearest first.
    pub wishes: Vec<DrawnTurn>,
}

/// A turn that can be wished for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct OfferedTurn {
    /// Which.
    pub turn: DrawnTurn,
    /// What the house calls its space.
    pub resource: String,
}

/// What stands before a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct DrawOverview {
    /// The turns of the season that nobody has, by space, weekday and time.
    pub turns: Vec<OfferedTurn>,
    /// Who applies, by flat.
    pub applications: Vec<ApplicationInfo>,
    /// Earlier draws, the newest first.
    pub draws: Vec<PastDraw>,
}

impl App {
    /// What can be drawn for a season: its turns that nobody has by then, who applies, and what was drawn before.
    pub fn draw_overview(&self, organisation: OrganisationId, from: NaiveDate) -> Result<DrawOverview> {
        let names = self.flat_labels(organisation)?;
        self.store(organisation)?.read(|reader| {
            let mut applications: Vec<ApplicationInfo> = reader
                .draw_applications()?
                .into_iter()
                .map(|one| ApplicationInfo {
                    name: names.get(&one.flat).cloned().unwrap_or_default(),
                    flat: one.flat,
                    wishes: one.wishes,
                })
                .collect();
            applications.sort_by_cached_key(|one| kiulu_domain::collation::sort_key(&one.name));
            let books = books(reader, from)?;
            let turns = books.iter().flat_map(|book| {
                free_turns(book, from).into_iter().map(|turn| OfferedTurn {
                    turn,
                    resource: book.resource.name.clone(),
                })
            });
            Ok(DrawOverview {
                turns: turns.collect(),
                applications,
                draws: reader.shift_draws()?,
            })
        })
    }

    /// A seed that nobody has chosen.
    pub fn draw_seed(&self) -> u32 {
        // The last four bytes of a version 7 id are random.
        let bytes = self.source.uuid().into_bytes();
        u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
    }

    /// Writes what a flat wishes for in the next draw; without wishes it does not apply.
    pub fn save_draw_application(
        &self,
        organisation: OrganisationId,
        flat: FlatId,
        wishes: &[DrawnTurn],
    ) -> Result<Changed> {
        let store = self.store(organisation)?;
        let name = store.read(|reader| reader.flat(flat))?.name;
        let mut seen = HashSet::new();
        let wishes = wishes
            .iter()
            .filter(|wish| seen.insert(**wish))
            .copied()
            .collect();
        let application = Application { flat, wishes };
        let written = store.write(&Action::DrawApply { flat: name }, |tx| {
            tx.put_draw_application(&application)
        })?;
        Ok(written.into())
    }

    /// What a seed gives. Nothing is written.
    pub fn preview_draw(&self, organisation: OrganisationId, options: &DrawOptions) -> Result<Vec<Lot>> {
        let names = self.flat_labels(organisation)?;
        self.store(organisation)?
            .read(|reader| self.drawn(reader, options, &names))
    }

    /// Gives what a seed gives: the standing shifts of the whole season, the draw itself, and no applications any more, as one
    /// change that happens as a whole or not at all.
    ///
    /// # Errors
    /// [`Problem::DrawEmpty`] where nobody gets anything; [`Problem::TimeInvalid`] for a season that has begun or ends before it
    /// begins.
    pub fn confirm_draw(
        &self,
        organisation: OrganisationId,
        options: &DrawOptions,
    ) -> Result<(Changed, Vec<Lot>)> {
        let today = self.today(organisation)?;
        if options.from < today || options.to.is_some_and(|to| to < options.from) {
            return Err(Problem::TimeInvalid);
        }
        let names = self.flat_labels(organisation)?;
        let store = self.store(organisation)?;
        let lots = store.read(|reader| self.drawn(reader, options, &names))?;
        let count = lots.iter().filter(|lot| lot.got.is_some()).count() as u32;
        if count == 0 {
            return Err(Problem::DrawEmpty);
        }
        let action = Action::ShiftsDraw {
            count,
            seed: options.seed,
        };
        let written = store.write(&action, |tx| {
            let lots = self.drawn(tx, options, &names)?;
            let mut shifts = Vec::new();
            for lot in &lots {
                if let Some(got) = lot.got {
                    shifts.push(shift_of(StandingShiftId(tx.uuid()), lot.flat, &got, options));
                }
            }
            self.let_stand(tx, &shifts)?;
            for one in tx.draw_applications()? {
                tx.put_draw_application(&Application {
                    flat: one.flat,
                    wishes: Vec::new(),
                })?;
            }
            tx.put_shift_draw(&PastDraw {
                id: ShiftDrawId(tx.uuid()),
                seed: options.seed,
                drawn_on: today,
                from: options.from,
                to: options.to,
                lots: lots.clone(),
            })?;
            Ok::<_, Problem>(lots)
        })?;
        Ok((written.change.into(), written.value))
    }

    /// Writes the result of a draw by flat number, as Excel or CSV by the file's ending: flat, turn, which wish, which came first,
    /// lot. `titles` are the headings, `turns` what each lot's turn is called, in the order of the lots.
    pub fn export_draw(
        &self,
        organisation: OrganisationId,
        lots: &[(Lot, String)],
        titles: &[String; 5],
        path: &Path,
    ) -> Result<u32> {
        let mut lots: Vec<&(Lot, String)> = lots.iter().collect();
        lots.sort_by_cached_key(|(lot, _)| kiulu_domain::collation::sort_key(&lot.name));
        let text = |text: &str| match text {
            "" => OutCell::Empty,
            text => OutCell::Text(text.to_owned()),
        };
        let rows: Vec<Vec<OutCell>> = lots
            .into_iter()
            .map(|(lot, turn)| {
                let wish = lot
                    .wish
                    .map_or(OutCell::Empty, |wish| OutCell::Number(wish.into()));
                let first = if lot.first { "1" } else { "2" };
                vec![text(&lot.name), text(turn), wish, text(first), text(&lot.lot)]
            })
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

    /// What the flats are called among all flats.
    fn flat_labels(&self, organisation: OrganisationId) -> Result<HashMap<FlatId, String>> {
        let flats = self.house(organisation)?.flats.into_iter();
        Ok(flats.map(|info| (info.flat.id, info.label)).collect())
    }

    fn drawn(
        &self,
        reader: &Reader<'_>,
        options: &DrawOptions,
        names: &HashMap<FlatId, String>,
    ) -> Result<Vec<Lot>> {
        let now = self.wall_now(reader)?;
        let books = books(reader, options.from)?;
        let turns: BTreeSet<DrawnTurn> = books
            .iter()
            .flat_map(|book| free_turns(book, options.from))
            .collect();
        let lost = match reader.shift_draws()?.first() {
            Some(last) if options.losers_first => last.without(),
            _ => BTreeSet::new(),
        };
        let mut applicants = Vec::new();
        for one in reader.draw_applications()? {
            let mut wishes = one.wishes;
            // What the rules would refuse – a flat that keeps its shift and may have one only – is no wish.
            wishes.retain(|wish| {
                let book = books.iter().find(|book| book.resource.id == wish.resource);
                book.is_some_and(|book| {
                    let shift = shift_of(StandingShiftId(Uuid::nil()), one.flat, wish, options);
                    may_stand(&book.schedule(now), &shift).is_ok()
                })
            });
            applicants.push(Applicant {
                flat: one.flat,
                name: names.get(&one.flat).cloned().unwrap_or_default(),
                wishes,
                first: lost.contains(&one.flat),
            });
        }
        Ok(draw(options.seed, &turns, &applicants))
    }
}

fn shift_of(id: StandingShiftId, flat: FlatId, got: &DrawnTurn, options: &DrawOptions) -> StandingShift {
    StandingShift {
        id,
        resource: got.resource,
        flat,
        weekday: got.turn.weekday,
        from: got.turn.from,
        to: got.turn.to,
        valid: Validity {
            from: Some(options.from),
            to: options.to,
        },
        every_weeks: 1,
        pauses: Vec::new(),
        note: String::new(),
    }
}

/// The spaces that are in use, as they stand on a day.
fn books(reader: &Reader<'_>, day: NaiveDate) -> Result<Vec<ResourceBook>> {
    let resources = reader.resources()?;
    let in_use = resources.iter().filter(|resource| !resource.retired);
    Ok(in_use
        .map(|resource| reader.resource_book(resource.id, day, day))
        .collect::<Result<_, _>>()?)
}

/// The turns of a space that the timetable of a day offers and nobody has from then on.
fn free_turns(book: &ResourceBook, from: NaiveDate) -> Vec<DrawnTurn> {
    let rows = board(&book.resource, &book.standing, from);
    let mut found: Vec<DrawnTurn> = rows
        .iter()
        .flat_map(|row| {
            row.days
                .iter()
                .zip(0u32..)
                .filter(|(cell, _)| cell.free && cell.shifts.is_empty())
                .map(|(_, weekday)| DrawnTurn {
                    resource: book.resource.id,
                    turn: WeekTurn {
                        weekday,
                        from: row.from,
                        to: row.to,
                    },
                })
        })
        .collect();
    found.sort_unstable();
    found
}
