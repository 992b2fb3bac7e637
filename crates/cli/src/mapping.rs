//! Mapping files: `{"Nimi": "name", "Osakas": {"role": "Osakas"}, "Parkkipaikka": {"custom": "Parkkipaikka"}, "X": null}`. What
//! `kiulu-cli sheet` prints as a sheet's mapping is read back by `kiulu-cli import --mapping`.

use crate::answer::Failure;
use kiulu_app::spreadsheet::column_letters;
use kiulu_app::{App, Problem};
use kiulu_domain::collation::fold;
use kiulu_domain::id::{CustomFieldId, OrganisationId, StakeholderKindId};
use kiulu_domain::import::field::{Field, Target};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// What columns can be mapped to in an organisation besides the fields that all have; nothing without one.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) roles: Vec<(StakeholderKindId, String)>,
    custom: Vec<(CustomFieldId, String)>,
}

impl Known {
    pub(crate) fn of(app: &App, organisation: OrganisationId) -> Result<Self, Problem> {
        Ok(Self {
            roles: app
                .vocabulary(organisation)?
                .into_iter()
                .map(|(kind, _)| (kind.id, kind.name))
                .collect(),
            custom: app
                .custom_fields(organisation)?
                .into_iter()
                .map(|field| (field.id, field.name))
                .collect(),
        })
    }

    /// The role of a name.
    pub(crate) fn role(&self, name: &str) -> Result<StakeholderKindId, Failure> {
        named(&self.roles, name).ok_or_else(|| {
            Failure::words(
                "role_unknown",
                json!({ "role": name }),
                format!("The organisation's vocabulary has no role called {name}."),
            )
        })
    }

    fn custom(&self, name: &str) -> Result<CustomFieldId, Failure> {
        named(&self.custom, name).ok_or_else(|| no_such_field(name))
    }

    /// A target as a mapping file names it.
    pub(crate) fn word(&self, target: Target) -> Value {
        let name = |known: Option<&str>| known.map(str::to_owned);
        match target {
            Target::Field(field) => json!(field.as_str()),
            Target::Role(id) => json!({ "role": name(name_of(&self.roles, id)) }),
            Target::Custom(id) => json!({ "custom": name(name_of(&self.custom, id)) }),
            Target::Ignore => Value::Null,
        }
    }
}

fn named<I: Copy>(known: &[(I, String)], name: &str) -> Option<I> {
    let folded = fold(name);
    known
        .iter()
        .find(|(_, known)| fold(known) == folded)
        .map(|(id, _)| *id)
}

fn name_of<I: PartialEq>(known: &[(I, String)], id: I) -> Option<&str> {
    known
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, name)| name.as_str())
}

fn no_such_field(word: &str) -> Failure {
    Failure::words(
        "mapping_no_such_field",
        json!({ "field": word }),
        format!("There is no field called {word}."),
    )
}

/// What a mapping file calls each column: its heading, or its letters where it has none or an earlier column has the same.
fn keys(headings: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    headings
        .iter()
        .enumerate()
        .map(|(place, heading)| {
            if heading.is_empty() || !seen.insert(heading) {
                column_letters(place)
            } else {
                heading.clone()
            }
        })
        .collect()
}

/// A sheet's mapping as a file would say it.
pub(crate) fn written(headings: &[String], targets: &[Target], known: &Known) -> Map<String, Value> {
    keys(headings)
        .into_iter()
        .zip(targets)
        .map(|(key, target)| (key, known.word(*target)))
        .collect()
}

/// What a mapping file says of a column.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    Word(String),
    Role { role: String },
    Custom { custom: String },
    Nothing(()),
}

/// Reads a mapping file for a sheet with these headings. Columns that it does not name are ignored.
pub(crate) fn read(path: &Path, headings: &[String], known: &Known) -> Result<Vec<Target>, Failure> {
    let text = std::fs::read_to_string(path).map_err(Problem::from)?;
    let wanted: BTreeMap<String, Wanted> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| {
            Failure::words(
                "mapping_unreadable",
                json!({ "line": error.line(), "column": error.column() }),
                format!("The mapping file is not understood: {error}"),
            )
        })?;
    let mut targets = vec![Target::Ignore; headings.len()];
    for (heading, wanted) in &wanted {
        let by_heading = headings.iter().position(|name| name == heading);
        let place = by_heading
            .or_else(|| (0..headings.len()).find(|place| column_letters(*place) == *heading))
            .ok_or_else(|| {
                Failure::words(
                    "mapping_no_such_column",
                    json!({ "column": heading }),
                    format!("The sheet has no column called {heading}."),
                )
            })?;
        targets[place] = match wanted {
            Wanted::Nothing(()) => Target::Ignore,
            Wanted::Role { role } => Target::Role(known.role(role)?),
            Wanted::Custom { custom } => Target::Custom(known.custom(custom)?),
            Wanted::Word(word) => match Field::from_word(word) {
                Some(field) => Target::Field(field),
                None => Target::Custom(known.custom(word)?),
            },
        };
    }
    Ok(targets)
}
