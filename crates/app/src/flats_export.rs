//! The list of flats as a file.

use crate::exports::ExportFormat;
use crate::flats::FlatResident;
use crate::whole_file::WholeFile;
use crate::{App, Result};
use kiulu_domain::contact_list::ContactColumn;
use kiulu_domain::id::{FlatId, OrganisationId};
use kiulu_spreadsheet::export::{Column, ColumnKind, OutCell, write_csv, write_xlsx};
use std::collections::HashSet;
use std::path::Path;

/// Width in characters and kind of each column.
const COLUMNS: [(f64, ColumnKind); 8] = [
    (10.0, ColumnKind::Text),
    (20.0, ColumnKind::Text),
    (8.0, ColumnKind::Number),
    (10.0, ColumnKind::Number),
    (12.0, ColumnKind::Number),
    (12.0, ColumnKind::Number),
    (48.0, ColumnKind::Text),
    (32.0, ColumnKind::Text),
];

impl App {
    /// Writes flats in the order given, as Excel or CSV by the file's ending: name, building, floor, square metres, first and
    /// last share, people with a role today, note. `titles` are the headings. Those under a non-disclosure order stay out. The
    /// export is noted.
    pub fn export_flats(
        &self,
        organisation: OrganisationId,
        flats: &[FlatId],
        titles: &[String; 8],
        path: &Path,
    ) -> Result<u32> {
        let store = self.store(organisation)?;
        let house = self.house(organisation)?;
        let kinds = store.read(|reader| reader.vocabulary())?;
        let kind_name = |resident: &FlatResident| {
            let kind = kinds.iter().find(|kind| kind.id == resident.kind);
            kind.map_or("", |kind| kind.name.as_str())
        };
        let mut people = HashSet::new();
        let mut rows = Vec::with_capacity(flats.len());
        for info in flats
            .iter()
            .filter_map(|id| house.flats.iter().find(|info| info.flat.id == *id))
        {
            let shown = || info.residents.iter().filter(|resident| !resident.non_disclosure);
            people.extend(shown().map(|resident| resident.contact));
            let names: Vec<_> = shown()
                .map(|resident| format!("{} ({})", resident.name, kind_name(resident)))
                .collect();
            let building = house
                .buildings
                .iter()
                .find(|building| Some(building.id) == info.building);
            let flat = &info.flat;
            rows.push(vec![
                text(&flat.name),
                text(building.map_or("", |building| &building.name)),
                number(flat.floor.map(f64::from)),
                number(flat.area_tenths.map(|tenths| f64::from(tenths) / 10.0)),
                number(flat.shares_from.map(f64::from)),
                number(flat.shares_to.map(f64::from)),
                text(&names.join(", ")),
                text(&flat.note),
            ]);
        }
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
        let columns = vec![ContactColumn::Name, ContactColumn::Flat, ContactColumn::Roles];
        self.note_export(&store, people.len() as u32, columns, &[])?;
        file.keep()?;
        Ok(written)
    }
}

fn text(text: &str) -> OutCell {
    if text.is_empty() {
        OutCell::Empty
    } else {
        OutCell::Text(text.to_owned())
    }
}

fn number(value: Option<f64>) -> OutCell {
    value.map_or(OutCell::Empty, OutCell::Number)
}
