//! The contact register: lists and one contact's page.

use crate::contact_records::{
    ContactListPage, ContactOverview, ContactRow, ContactValues, FieldSource, HouseholdMember, OriginNote,
    RoleInfo, ValueSource,
};
use crate::flat_bookings::bookings_of_contact;
use crate::{App, Problem, Result};
use chrono::{DateTime, NaiveDate, Utc};
use kiulu_domain::action::Action;
use kiulu_domain::clean::identity_code::masked;
use kiulu_domain::contact::{ContactPointKind, HouseholdKind};
use kiulu_domain::contact_input::shown_phone;
use kiulu_domain::contact_list::{ContactColumn, ContactListSpec};
use kiulu_domain::id::{ContactId, HouseholdId, OrganisationId, StakeholderKindId};
use kiulu_domain::import::field::Field;
use kiulu_domain::organisation::PostalAddress;
use kiulu_domain::vocabulary::StakeholderKind;
use kiulu_store::{Group, ListedContact, Reader, Store};

impl App {
    /// A page of a list.
    pub fn contact_page(
        &self,
        organisation: OrganisationId,
        spec: &ContactListSpec,
        offset: u32,
        limit: u32,
    ) -> Result<ContactListPage> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        let kinds = store.read(|reader| reader.vocabulary())?;
        let page = store.contact_page(spec, today, offset, limit.min(500))?;
        let mut rows: Vec<_> = page
            .rows
            .into_iter()
            .map(|listed| contact_row(listed, &kinds, today))
            .collect();
        let beside = Beside::of(&spec.columns);
        if beside != Beside::default() {
            store.read(|reader| {
                let groups = reader.groups()?;
                rows.iter_mut()
                    .try_for_each(|row| beside.read(reader, &groups, row))
            })?;
        }
        Ok(ContactListPage {
            total: page.total,
            rows,
        })
    }

    /// How many contacts each of some lists has: the counts on the tabs.
    pub fn contact_counts(
        &self,
        organisation: OrganisationId,
        specs: &[ContactListSpec],
    ) -> Result<Vec<u32>> {
        let store = self.store(organisation)?;
        let today = self.today(organisation)?;
        specs
            .iter()
            .map(|spec| Ok(store.contact_count(spec, today)?))
            .collect()
    }

    /// Everything known of a contact. Opening the page is noted; a file that cannot be written – of a newer program, on a full
    /// disk – is still there to be looked at, and the look goes unnoted. `release` shows what a non-disclosure order withholds,
    /// which is noted every time or not done.
    pub fn contact(
        &self,
        organisation: OrganisationId,
        id: ContactId,
        release: bool,
    ) -> Result<ContactOverview> {
        let store = self.store(organisation)?;
        if let Some(user) = store.user() {
            let noted = store.write(&Action::ContactView { contact: id }, |tx| tx.note_view(user, id));
            match noted {
                Err(error @ (kiulu_store::Error::ReadOnly | kiulu_store::Error::DiskFull)) => {
                    tracing::warn!(%error, "a look at a contact is not noted");
                }
                noted => {
                    noted?;
                }
            }
        }
        let known = store.read(|reader| reader.contact(id))?;
        if release && (known.non_disclosure || !known.identity_code.is_empty()) {
            self.note_release(organisation, &[id])?;
        }
        let sources = sources(&store, id)?;
        let today = self.today(organisation)?;
        let mut overview = store.read(|reader| overview(reader, id, release, sources, today))?;
        overview.rule_groups = store.groups_finding(id, today)?;
        Ok(overview)
    }

    /// What the filters of the list can be set to beside what the vocabulary and the house offer.
    pub fn contact_values(&self, organisation: OrganisationId) -> Result<ContactValues> {
        self.store(organisation)?.read(|reader| {
            let mut cities = reader.cities()?;
            cities.sort_by_cached_key(|city| kiulu_domain::collation::sort_key(city));
            Ok(ContactValues {
                cities,
                languages: reader.languages()?,
            })
        })
    }

    /// Notes that what non-disclosure orders withhold of some contacts, or their identity codes, was shown.
    pub(crate) fn note_release(&self, organisation: OrganisationId, contacts: &[ContactId]) -> Result<()> {
        let store = self.store(organisation)?;
        let user = store.user().ok_or(Problem::Locked)?;
        let action = Action::ContactsRelease {
            count: contacts.len() as u32,
            name: self.only_name(organisation, contacts)?,
        };
        store.write(&action, |tx| {
            contacts
                .iter()
                .try_for_each(|contact| tx.note_release(user, *contact))
        })?;
        Ok(())
    }
}

/// What a list shows only where it was asked to: it lies beside the contact's own row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Beside {
    household: bool,
    groups: bool,
    custom: bool,
}

impl Beside {
    fn of(columns: &[ContactColumn]) -> Self {
        Self {
            household: columns.contains(&ContactColumn::Household),
            groups: columns.contains(&ContactColumn::Groups),
            custom: columns
                .iter()
                .any(|column| matches!(column, ContactColumn::Custom(_))),
        }
    }

    fn read(self, reader: &Reader<'_>, groups: &[Group], row: &mut ContactRow) -> Result<()> {
        if self.household {
            row.household = household_names(reader, row.id)?;
        }
        if self.groups {
            row.groups = group_names(reader, groups, row.id)?;
        }
        if self.custom {
            row.custom = reader.custom_values(row.id)?;
        }
        Ok(())
    }
}

/// The others of a contact's couple or household, as letters say their names.
pub(crate) fn household_names(reader: &Reader<'_>, id: ContactId) -> Result<Vec<String>> {
    Ok(household(reader, id, reader.contact(id)?.household)?
        .1
        .into_iter()
        .map(|member| member.name)
        .collect())
}

/// The groups that a contact was put into by hand.
pub(crate) fn group_names(reader: &Reader<'_>, groups: &[Group], id: ContactId) -> Result<Vec<String>> {
    let member_of = reader.groups_of(id)?;
    let names = groups.iter().filter(|group| member_of.contains(&group.id));
    let mut names: Vec<_> = names.map(|group| group.name.clone()).collect();
    names.sort_by_cached_key(|name| kiulu_domain::collation::sort_key(name));
    Ok(names)
}

fn household(
    reader: &Reader<'_>,
    id: ContactId,
    household: Option<HouseholdId>,
) -> Result<(Option<HouseholdKind>, Vec<HouseholdMember>)> {
    let Some(household) = household else {
        return Ok((None, Vec::new()));
    };
    let (kind, members) = reader.household(household)?;
    let others = members.into_iter().filter(|member| *member != id).map(|member| {
        let other = reader.contact(member)?;
        Ok(HouseholdMember {
            id: member,
            name: other.full_name(),
            deceased: other.deceased,
        })
    });
    Ok((Some(kind), others.collect::<Result<_>>()?))
}

pub(crate) fn contact_row(listed: ListedContact, kinds: &[StakeholderKind], today: NaiveDate) -> ContactRow {
    let ListedContact {
        id,
        details,
        flats,
        roles,
        changed_at,
    } = listed;
    let withheld = details.non_disclosure;
    let role_name = |id: &StakeholderKindId| {
        kinds
            .iter()
            .find(|kind| kind.id == *id)
            .map(|kind| kind.name.clone())
    };
    ContactRow {
        id,
        kind: details.kind,
        name: details.list_name(),
        flats: if withheld { Vec::new() } else { flats },
        roles: roles.iter().filter_map(role_name).collect(),
        phone: if withheld {
            String::new()
        } else {
            shown_phone(&details.phone)
        },
        address: if withheld {
            PostalAddress::default()
        } else {
            details.address
        },
        alternative_name: details.alternative_name,
        email: details.email,
        birth_date: details.birth_date,
        domicile: if withheld { String::new() } else { details.domicile },
        language: details.language,
        number: details.number,
        deceased: details.deceased,
        away_until: details.away_until.filter(|until| *until >= today),
        non_disclosure: details.non_disclosure,
        changed_at,
        household: Vec::new(),
        groups: Vec::new(),
        custom: Vec::new(),
    }
}

fn overview(
    reader: &Reader<'_>,
    id: ContactId,
    release: bool,
    sources: Vec<FieldSource>,
    today: NaiveDate,
) -> Result<ContactOverview> {
    let mut details = reader.contact(id)?;
    let withheld = details.non_disclosure && !release;
    let kinds = reader.vocabulary()?;
    let mut roles = Vec::new();
    for role in reader.roles_of(id)? {
        let Some(kind) = kinds.iter().find(|kind| kind.id == role.kind).cloned() else {
            continue;
        };
        let flat = role
            .flat
            .filter(|_| !withheld)
            .map(|flat| reader.flat(flat))
            .transpose()?;
        roles.push(RoleInfo {
            flat_name: flat.map(|flat| flat.name),
            current: role.is_current(today),
            retention_due: kind.retention.due(&role),
            role,
            kind,
        });
    }
    let (household_kind, household) = household(reader, id, details.household)?;
    let mut points = reader.contact_points(id)?;
    for point in &mut points {
        if point.kind == ContactPointKind::Phone {
            point.value = shown_phone(&point.value);
        }
    }
    let code_masked = !release && !details.identity_code.is_empty();
    if code_masked {
        details.identity_code = masked(&details.identity_code);
    }
    if withheld {
        details.phone.clear();
        details.address = PostalAddress::default();
        details.domicile.clear();
        points.retain(|point| point.kind == ContactPointKind::Email);
        roles.iter_mut().for_each(|info| info.role.flat = None);
    }
    let origins = reader
        .origins(id)?
        .into_iter()
        .map(|origin| OriginNote {
            fields: fields_of(origin.fields),
            file_name: origin.file_name,
            sheet: origin.sheet,
            imported_at: origin.imported_at,
            row: origin.row,
        })
        .collect();
    Ok(ContactOverview {
        id,
        away_until: details.away_until.filter(|until| *until >= today),
        sources,
        phone_shown: shown_phone(&details.phone),
        withheld,
        identity_code_masked: code_masked,
        points,
        roles,
        groups: reader.groups_of(id)?,
        rule_groups: Vec::new(),
        custom: reader.custom_values(id)?,
        household_kind,
        household,
        origins,
        bookings: if withheld {
            Vec::new()
        } else {
            bookings_of_contact(reader, id)?
        },
        details,
    })
}

/// Where each value of a contact's own row came from last: a row of a sheet, or a person's hand.
fn sources(store: &Store, id: ContactId) -> Result<Vec<FieldSource>> {
    let mut newest: Vec<(DateTime<Utc>, FieldSource)> = Vec::new();
    let mut say = |at: DateTime<Utc>, field: Field, source: ValueSource| match newest
        .iter_mut()
        .find(|(_, known)| known.field == field)
    {
        Some((before, _)) if *before > at => {}
        Some(known) => *known = (at, FieldSource { field, source }),
        None => newest.push((at, FieldSource { field, source })),
    };
    for origin in store.read(|reader| reader.origins(id))? {
        for field in fields_of(origin.fields) {
            let source = ValueSource::File {
                file_name: origin.file_name.clone(),
                row: origin.row,
                at: origin.imported_at,
            };
            say(origin.imported_at, field, source);
        }
    }
    for edit in store.edits_by_hand(id)? {
        let fields = Field::ALL
            .iter()
            .filter(|field| edit.columns.iter().any(|column| column == column_of(**field)));
        for field in fields {
            let source = ValueSource::Hand {
                author: edit.author.clone(),
                at: edit.at,
            };
            say(edit.at, *field, source);
        }
    }
    Ok(newest.into_iter().map(|(_, source)| source).collect())
}

/// The column of a contact's own row that holds a field.
fn column_of(field: Field) -> &'static str {
    match field {
        Field::OrganisationName => "last_name",
        other => other.as_str(),
    }
}

/// The fields of an origin's bit set.
fn fields_of(bits: u64) -> Vec<Field> {
    Field::ALL
        .iter()
        .enumerate()
        .filter(|(place, _)| bits >> place & 1 == 1)
        .map(|(_, field)| *field)
        .collect()
}
