//! Lists as files: Excel and CSV.

use crate::contacts::shown_phone;
use crate::whole_file::WholeFile;
use crate::{App, Job, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::contact::CustomFieldKind;
use kiulu_domain::contact_list::{ContactColumn, ContactListSpec};
use kiulu_domain::id::OrganisationId;
use kiulu_spreadsheet::export::{Column, ColumnKind, ExportError, OutCell, write_csv, write_xlsx};
use kiulu_store::{ListedContact, Reader, Store};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::Path;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Excel workbook.
    Xlsx,
    /// Text with semicolons, as Finnish Excel opens it.
    Csv,
}

impl ExportFormat {
    /// By a file's ending; Excel where it says nothing.
    pub fn of(path: &Path) -> Self {
        let csv = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if csv { Self::Csv } else { Self::Xlsx }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::TooLarge => Self::ExportTooLarge,
            ExportError::Io(error) => error.into(),
            ExportError::Workbook(error) => Self::fault(&error),
        }
    }
}

impl App {
    /// Writes a list with the columns it shows, titled as the page titles them. What a non-disclosure order withholds stays out
    /// unless `release` says so. The export is noted.
    pub fn export_contacts(
        &self,
        organisation: OrganisationId,
        spec: &ContactListSpec,
        columns: &[(ContactColumn, String)],
        path: &Path,
        release: bool,
        job: &mut Job<'_>,
    ) -> Result<u32> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let ids = store.contact_ids(spec, today)?;
        let total = ids.len() as u32;
        let mut rows = Vec::with_capacity(ids.len());
        let kinds = store.read(|reader| reader.vocabulary())?;
        let fields = store.read(|reader| reader.custom_fields())?;
        for chunk in ids.chunks(1000) {
            if job.step(rows.len() as u32, total).is_break() {
                return Err(Problem::Cancelled);
            }
            let listed = store.listed_contacts(chunk, today)?;
            store.read(|reader| {
                for contact in listed {
                    rows.push(cells(reader, &contact, columns, &kinds, &fields, release)?);
                }
                Ok::<_, Problem>(())
            })?;
        }
        let described: Vec<Column> = columns
            .iter()
            .map(|(column, title)| Column {
                title: title.clone(),
                width: width(*column),
                kind: kind(*column, &fields),
            })
            .collect();
        let sheet = self.describe(organisation)?.organisation.name;
        let (file, count) = WholeFile::write(path, |out| match ExportFormat::of(path) {
            ExportFormat::Xlsx => write_xlsx(out, &sheet, &described, rows),
            ExportFormat::Csv => write_csv(out, &described, rows),
        })?;
        self.note_export(&store, count)?;
        file.keep()?;
        Ok(count)
    }

    /// Notes an export before its file appears: one that is noted and then fails does no harm, the other way round it would.
    pub(crate) fn note_export(&self, store: &Store, count: u32) -> Result<()> {
        if let Some(user) = store.user() {
            store.write(&Action::ContactsExport { count }, |tx| {
                tx.note_export(user, count)
            })?;
        }
        Ok(())
    }
}

fn cells(
    reader: &Reader<'_>,
    contact: &ListedContact,
    columns: &[(ContactColumn, String)],
    kinds: &[kiulu_domain::vocabulary::StakeholderKind],
    fields: &[kiulu_domain::contact::CustomField],
    release: bool,
) -> Result<Vec<OutCell>> {
    let details = &contact.details;
    let withheld = details.non_disclosure && !release;
    let needs_custom = columns
        .iter()
        .any(|(column, _)| matches!(column, ContactColumn::Custom(_)));
    let custom = if needs_custom {
        reader.custom_values(contact.id)?
    } else {
        Vec::new()
    };
    let text = |text: &str| {
        if text.is_empty() {
            OutCell::Empty
        } else {
            OutCell::Text(text.to_owned())
        }
    };
    let secret = |value: &str| if withheld { OutCell::Empty } else { text(value) };
    let cell = |column: &ContactColumn| match column {
        ContactColumn::Name => text(&details.list_name()),
        ContactColumn::FirstName => text(&details.first_name),
        ContactColumn::LastName => text(&details.last_name),
        ContactColumn::AlternativeName => text(&details.alternative_name),
        ContactColumn::Flat => secret(&contact.flats.join(", ")),
        ContactColumn::Roles => {
            let named = contact
                .roles
                .iter()
                .filter_map(|id| kinds.iter().find(|kind| kind.id == *id));
            text(
                &named
                    .map(|kind| kind.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        }
        ContactColumn::Phone => secret(&shown_phone(&details.phone)),
        ContactColumn::Email => text(&details.email),
        ContactColumn::Street => secret(&details.address.street),
        ContactColumn::PostalCode => secret(&details.address.postal_code),
        ContactColumn::City => secret(&details.address.city),
        ContactColumn::BirthDate => details.birth_date.map_or(OutCell::Empty, OutCell::Date),
        ContactColumn::Domicile => text(&details.domicile),
        ContactColumn::Language => text(&details.language),
        ContactColumn::Number => text(&details.number),
        ContactColumn::Notes => text(&details.notes),
        ContactColumn::Changed => contact.changed_at.map_or(OutCell::Empty, |at| {
            OutCell::DateTime(at.with_timezone(&chrono::Local).naive_local())
        }),
        ContactColumn::Custom(id) => {
            let value = custom
                .iter()
                .find(|(field, _)| field == id)
                .map_or("", |(_, value)| value);
            custom_cell(
                fields
                    .iter()
                    .find(|field| field.id == *id)
                    .map(|field| field.kind),
                value,
            )
        }
    };
    Ok(columns.iter().map(|(column, _)| cell(column)).collect())
}

pub(crate) fn custom_cell(kind: Option<CustomFieldKind>, value: &str) -> OutCell {
    let typed = match kind {
        Some(CustomFieldKind::Number) => value.parse().ok().map(OutCell::Number),
        Some(CustomFieldKind::Date) => value.parse().ok().map(OutCell::Date),
        Some(CustomFieldKind::YesNo) => value.parse().ok().map(OutCell::Bool),
        _ => None,
    };
    match typed {
        Some(cell) => cell,
        None if value.is_empty() => OutCell::Empty,
        None => OutCell::Text(value.to_owned()),
    }
}

fn kind(column: ContactColumn, fields: &[kiulu_domain::contact::CustomField]) -> ColumnKind {
    match column {
        ContactColumn::BirthDate => ColumnKind::Date,
        ContactColumn::Changed => ColumnKind::DateTime,
        ContactColumn::Custom(id) => match fields.iter().find(|field| field.id == id).map(|field| field.kind)
        {
            Some(CustomFieldKind::Number) => ColumnKind::Number,
            Some(CustomFieldKind::Date) => ColumnKind::Date,
            Some(CustomFieldKind::YesNo) => ColumnKind::Bool,
            _ => ColumnKind::Text,
        },
        _ => ColumnKind::Text,
    }
}

/// Width in characters.
fn width(column: ContactColumn) -> f64 {
    match column {
        ContactColumn::Name | ContactColumn::Email | ContactColumn::Street => 28.0,
        ContactColumn::Notes | ContactColumn::Roles => 32.0,
        ContactColumn::PostalCode | ContactColumn::Language | ContactColumn::Flat => 10.0,
        _ => 16.0,
    }
}
