//! Lists as files: Excel and CSV.

use crate::contacts::{group_names, household_names};
use crate::whole_file::WholeFile;
use crate::{App, Job, Problem, Result};
use kiulu_domain::action::Action;
use kiulu_domain::contact::CustomFieldKind;
use kiulu_domain::contact_input::shown_phone;
use kiulu_domain::contact_list::{ContactColumn, ContactListSpec};
use kiulu_domain::id::{ContactId, OrganisationId};
use kiulu_spreadsheet::export::{Column, ColumnKind, ExportError, OutCell, write_csv, write_xlsx};
use kiulu_store::{Group, ListedContact, Reader, Store};
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
    /// unless `release` says so. The export is noted with its columns, and so is each contact whose withheld facts left with it.
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
        let groups = store.read(|reader| reader.groups())?;
        let releases = release && columns.iter().any(|(column, _)| column.is_withheld());
        let mut released = Vec::new();
        for chunk in ids.chunks(1000) {
            if job.step(rows.len() as u32, total).is_break() {
                return Err(Problem::Cancelled);
            }
            let listed = store.listed_contacts(chunk, today)?;
            store.read(|reader| {
                for contact in listed {
                    if releases && contact.details.non_disclosure {
                        released.push(contact.id);
                    }
                    rows.push(cells(
                        reader, &contact, columns, &kinds, &fields, &groups, release,
                    )?);
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
        let columns: Vec<_> = columns.iter().map(|(column, _)| *column).collect();
        self.note_export(&store, count, columns, &released)?;
        file.keep()?;
        Ok(count)
    }

    /// Notes an export before its file appears: one that is noted and then fails does no harm, the other way round it would.
    /// No columns are all of them; `released` are those whose withheld facts go with it.
    pub(crate) fn note_export(
        &self,
        store: &Store,
        count: u32,
        columns: Vec<ContactColumn>,
        released: &[ContactId],
    ) -> Result<()> {
        if let Some(user) = store.user() {
            let action = Action::ContactsExport {
                count,
                columns,
                released: released.len() as u32,
            };
            store.write(&action, |tx| tx.note_export(user, count, released))?;
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
    groups: &[Group],
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
    let has = |wanted| columns.iter().any(|(column, _)| *column == wanted);
    let household = if has(ContactColumn::Household) {
        household_names(reader, contact.id)?.join(", ")
    } else {
        String::new()
    };
    let member_of = if has(ContactColumn::Groups) {
        group_names(reader, groups, contact.id)?.join(", ")
    } else {
        String::new()
    };
    let text = |text: &str| {
        if text.is_empty() {
            OutCell::Empty
        } else {
            OutCell::Text(text.to_owned())
        }
    };
    let cell = |column: &ContactColumn| match column {
        column if withheld && column.is_withheld() => OutCell::Empty,
        ContactColumn::Name => text(&details.list_name()),
        ContactColumn::FirstName => text(&details.first_name),
        ContactColumn::LastName => text(&details.last_name),
        ContactColumn::AlternativeName => text(&details.alternative_name),
        ContactColumn::Flat => text(&contact.flats.join(", ")),
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
        ContactColumn::Phone => text(&shown_phone(&details.phone)),
        ContactColumn::Email => text(&details.email),
        ContactColumn::Street => text(&details.address.street),
        ContactColumn::PostalCode => text(&details.address.postal_code),
        ContactColumn::City => text(&details.address.city),
        ContactColumn::BirthDate => details.birth_date.map_or(OutCell::Empty, OutCell::Date),
        ContactColumn::Domicile => text(&details.domicile),
        ContactColumn::Language => text(&details.language),
        ContactColumn::Number => text(&details.number),
        ContactColumn::Household => text(&household),
        ContactColumn::Groups => text(&member_of),
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
