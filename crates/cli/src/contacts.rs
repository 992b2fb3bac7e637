//! `kiulu-cli contacts`.

use crate::answer::{Answer, Failure};
use clap::Subcommand;
use kiulu_app::{App, Job};
use kiulu_domain::contact_list::{ContactColumn, ContactListSpec};
use kiulu_domain::id::OrganisationId;
use serde_json::json;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Lists contacts in the order of their names.
    List {
        /// What would be typed into the search field.
        #[arg(long, default_value = "")]
        query: String,
        /// Skip so many.
        #[arg(long, default_value_t = 0)]
        offset: u32,
        /// At most so many.
        #[arg(long, default_value_t = u32::MAX)]
        limit: u32,
    },
    /// Writes contacts as .xlsx or .csv, by the file's ending.
    Export {
        /// The file.
        file: PathBuf,
        /// What would be typed into the search field.
        #[arg(long, default_value = "")]
        query: String,
        /// Also what non-disclosure orders withhold.
        #[arg(long)]
        release_withheld: bool,
    },
}

/// How many contacts are asked for at a time.
const PAGE: u32 = 500;

pub(crate) fn run(app: &App, organisation: OrganisationId, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::List { query, offset, limit } => {
            let spec = ContactListSpec {
                query,
                ..ContactListSpec::default()
            };
            let mut rows = Vec::new();
            let mut total;
            loop {
                let wanted = limit.saturating_sub(rows.len() as u32).min(PAGE);
                let page = app.contact_page(
                    organisation,
                    &spec,
                    offset.saturating_add(rows.len() as u32),
                    wanted,
                )?;
                total = page.total;
                let came = page.rows.len();
                rows.extend(page.rows);
                if came == 0 || rows.len() as u32 >= limit {
                    break;
                }
            }
            let text = rows
                .iter()
                .map(|row| format!("{}  {}  {}  {}", row.id, row.name, row.email, row.phone));
            let text = text.collect::<Vec<_>>().join("\n");
            Ok(Answer::new(json!({ "total": total, "contacts": rows }), text))
        }
        Command::Export {
            file,
            query,
            release_withheld,
        } => {
            let spec = ContactListSpec {
                query,
                ..ContactListSpec::default()
            };
            let mut columns: Vec<(ContactColumn, String)> = COLUMNS
                .iter()
                .map(|(column, title)| (*column, (*title).to_owned()))
                .collect();
            let own = app.custom_fields(organisation)?;
            columns.extend(
                own.into_iter()
                    .map(|field| (ContactColumn::Custom(field.id), field.name)),
            );
            let count = app.export_contacts(
                organisation,
                &spec,
                &columns,
                &file,
                release_withheld,
                &mut Job::silent(),
            )?;
            Ok(Answer::new(
                json!({ "contacts": count }),
                format!("{count} contacts written."),
            ))
        }
    }
}

/// Titles that the import wizard reads back.
const COLUMNS: &[(ContactColumn, &str)] = &[
    (ContactColumn::LastName, "Sukunimi"),
    (ContactColumn::FirstName, "Etunimi"),
    (ContactColumn::AlternativeName, "Toinen kirjoitusasu"),
    (ContactColumn::Flat, "Huoneisto"),
    (ContactColumn::Roles, "Rooli"),
    (ContactColumn::Phone, "Puhelin"),
    (ContactColumn::Email, "Sähköposti"),
    (ContactColumn::Street, "Katuosoite"),
    (ContactColumn::PostalCode, "Postinumero"),
    (ContactColumn::City, "Postitoimipaikka"),
    (ContactColumn::BirthDate, "Syntymäaika"),
    (ContactColumn::Domicile, "Kotipaikka"),
    (ContactColumn::Language, "Kieli"),
    (ContactColumn::Number, "Jäsennumero"),
    (ContactColumn::Notes, "Muistiinpanot"),
];
