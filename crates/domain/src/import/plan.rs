//! Exactly what an import would do, worked out before anything is written.

use super::draft::{CellNote, Draft};
pub use super::drafts::Drafts;
use super::field::{Field, Target};
use super::homes::Homes;
use super::matching::{Match, find};
use super::merge::{Merging, Mode};
use super::options::{Corrections, ImportOptions, OnMatch};
use super::people::People;
pub use super::people::{ContactWrite, FlatRef, GroupRef, RoleWrite};
use super::preview::{
    CellProblem, Outcome, PreviewPage, PreviewRow, Reason, RowProblem, Totals, ValueChange,
};
use super::register::Register;
use crate::contact::ContactDetails;
use crate::id::{ContactId, StakeholderKindId};
use std::collections::{HashMap, HashSet};

/// What becomes of one row; details only where there are any.
#[derive(Debug)]
struct PlannedRow {
    row: u32,
    outcome: Outcome,
    /// Whom the row is about; `u32::MAX` for nobody.
    person: u32,
    /// The row's share of the person's values, by [`super::draft::bit`].
    fields: u64,
    fingerprint: [u8; 16],
    name_key: u64,
    /// The row's contact, where it is not written itself but somebody of the same name is.
    namesake: Option<ContactId>,
    extra: Option<Box<Extra>>,
}

impl PlannedRow {
    fn new(draft: &Draft) -> Self {
        Self {
            row: draft.row,
            outcome: Outcome::Skipped,
            person: NOBODY,
            fields: 0,
            fingerprint: draft.fingerprint,
            name_key: draft.keys.name,
            namesake: None,
            extra: None,
        }
    }
}

#[derive(Debug, Default)]
struct Extra {
    name: String,
    changes: Vec<ValueChange>,
    problems: Vec<CellProblem>,
    notes: Vec<CellNote>,
}

const NOBODY: u32 = u32::MAX;

/// Whose origin a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginOf {
    /// A contact of the register.
    Known(ContactId),
    /// The contact at this place of [`Plan::writes`].
    Written(u32),
}

/// Where the values of a contact come from: one row of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowOrigin {
    /// Row number as Excel shows it.
    pub row: u32,
    /// The contact.
    pub contact: OriginOf,
    /// Which fields the row gave, by [`super::draft::bit`].
    pub fields: u64,
    /// For [`super::register::origin_id`].
    pub fingerprint: [u8; 16],
}

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    /// [`Register::version`] of the register it was made for.
    pub version: i64,
    /// How many rows go where.
    pub totals: Totals,
    /// What is written, contact by contact.
    pub writes: Vec<ContactWrite>,
    /// Names of flats to add; [`FlatRef::New`] counts in them.
    pub new_flats: Vec<String>,
    /// Names of groups to add; [`GroupRef::New`] counts in them.
    pub new_groups: Vec<String>,
    rows: Vec<PlannedRow>,
    by_outcome: [Vec<u32>; 5],
    /// From a person to the place of their write.
    write_of: HashMap<u32, u32>,
    first_rows: HashMap<u32, u32>,
    register_len: u32,
}

/// Works out what bringing in the drafts would do to the register. Rows count in their order: a second row about somebody
/// completes what the first said and never replaces it, so that bringing in the same file again finds nothing to do.
pub fn plan(drafts: Drafts, register: &Register, options: &ImportOptions, corrections: &Corrections) -> Plan {
    let mut planner = Planner {
        people: People::new(register),
        homes: Homes::of(&drafts, register),
        options,
        corrections,
        skip: corrections.skip_rows.iter().copied().collect(),
        as_new: corrections.as_new.iter().copied().collect(),
        keep: corrections
            .keep_old
            .iter()
            .map(|keep| (keep.row, keep.target))
            .collect(),
        totals: Totals {
            blank: drafts.blank,
            headers: drafts.headers,
            sums: drafts.sums,
            ..Totals::default()
        },
        rows: Vec::with_capacity(drafts.iter().count()),
        first_rows: HashMap::new(),
        waiting: Vec::new(),
    };
    let mut former: Option<(u32, u32)> = None;
    for draft in drafts.into_drafts() {
        let (row, partner) = (draft.row, draft.partner);
        let planned = planner.row(draft);
        let added = (planned.outcome == Outcome::New).then_some((row, planned.person));
        if let (true, Some((first_row, first)), Some((_, second))) = (partner, former, added)
            && first_row == row
        {
            planner.join(first, second);
        }
        former = added;
        planner.rows.push(planned);
    }
    planner.settle_waiting();
    planner.finish()
}

struct Planner<'a> {
    people: People<'a>,
    homes: Homes,
    options: &'a ImportOptions,
    corrections: &'a Corrections,
    skip: HashSet<u32>,
    as_new: HashSet<u32>,
    keep: HashSet<(u32, Target)>,
    totals: Totals,
    rows: Vec<PlannedRow>,
    /// The first row that was about each person.
    first_rows: HashMap<u32, u32>,
    /// Rows that could not be told from others when their turn came, with their places.
    waiting: Vec<(usize, Draft)>,
}

impl Planner<'_> {
    fn row(&mut self, mut draft: Draft) -> PlannedRow {
        let mut planned = PlannedRow::new(&draft);
        if self.skip.contains(&draft.row) {
            planned.extra = extra(&draft.details, Vec::new(), draft.notes);
            return planned;
        }
        if !draft.problems.is_empty() {
            if !self.corrections.drop_bad_values || draft.problems.iter().any(is_fatal) {
                planned.outcome = Outcome::Rejected;
                planned.extra = extra(&draft.details, draft.problems, draft.notes);
                return planned;
            }
            if draft.problems.iter().any(|problem| problem.column.is_none()) {
                (draft.role_from, draft.role_to) = (None, None);
            }
        }
        self.settle_flats(&mut draft);
        self.decide(draft, planned)
    }

    /// Finds whom a row is about, and brings it in.
    fn decide(&mut self, mut draft: Draft, mut planned: PlannedRow) -> PlannedRow {
        let kinds = self.kinds(&draft);
        let found = match find(&self.people, &draft) {
            Match::Problem(_) if self.as_new.contains(&draft.row) => Match::Nobody,
            found => found,
        };
        let person = match found {
            Match::Problem(problem) => {
                planned.outcome = Outcome::Rejected;
                let mut problems = draft.problems.clone();
                problems.push(CellProblem {
                    column: None,
                    value: String::new(),
                    reason: Reason::Row(problem),
                });
                planned.extra = extra(&draft.details, problems, draft.notes.clone());
                self.waiting.push((self.rows.len(), draft));
                return planned;
            }
            Match::One(person) => Some(person),
            Match::Nobody => None,
        };
        let problems = std::mem::take(&mut draft.problems);
        let notes = std::mem::take(&mut draft.notes);
        self.totals.dropped_values += problems.len() as u32;
        let Some(person) = person else {
            planned.outcome = Outcome::New;
            planned.fields = draft.given;
            planned.person = self.add(draft, &kinds);
            self.first_rows.insert(planned.person, planned.row);
            if !problems.is_empty() || !notes.is_empty() {
                planned.extra = Some(Box::new(Extra {
                    problems,
                    notes,
                    ..Extra::default()
                }));
            }
            return planned;
        };
        planned.person = person;
        if self.options.on_match == OnMatch::Skip && !self.people.is_added(person) {
            planned.extra = extra(&draft.details, Vec::new(), notes);
            return planned;
        }
        let first_row = self.first_rows.entry(person).or_insert(draft.row);
        // A row that had to wait comes in as if it had not: next time it would be the first.
        let overrules = draft.row < *first_row;
        let seen = *first_row < draft.row;
        *first_row = draft.row.min(*first_row);
        let mode = match self.options.on_match {
            _ if self.people.is_added(person) && !overrules => Mode::Complete,
            OnMatch::Update if seen => Mode::Complete,
            OnMatch::Update => Mode::Replace,
            OnMatch::FillGaps | OnMatch::Skip => Mode::FillGaps,
        };
        let row = draft.row;
        let keep = &self.keep;
        let kept = |target: Target| !keep.is_empty() && keep.contains(&(row, target));
        let mut merging = Merging::new(&mut self.people, person, mode, &kept);
        merging.merge(&draft);
        merging.roles(&draft, &kinds, self.options.role_from);
        let (changes, fields) = merging.done();
        planned.outcome = if changes.is_empty() {
            Outcome::Unchanged
        } else {
            Outcome::Updated
        };
        // A row that says nothing new still is where the values stand, if its person is written at all.
        planned.fields = if changes.is_empty() { draft.given } else { fields };
        if !changes.is_empty() || !problems.is_empty() {
            planned.extra = Some(Box::new(Extra {
                changes,
                problems,
                notes,
                ..Extra::default()
            }));
        }
        planned
    }

    /// Looks again at rows that were rejected for others in the register: a later row may have changed those, and what the next
    /// import of the file would take must be taken now.
    fn settle_waiting(&mut self) {
        loop {
            let before = self.waiting.len();
            for (place, draft) in std::mem::take(&mut self.waiting) {
                let planned = PlannedRow::new(&draft);
                let waiting = self.waiting.len();
                let planned = self.decide(draft, planned);
                if let Some(again) = self.waiting.get_mut(waiting) {
                    again.0 = place;
                }
                self.rows[place] = planned;
            }
            if self.waiting.is_empty() || self.waiting.len() == before {
                return;
            }
        }
    }

    /// The roles that a row gives, of those that the vocabulary has.
    fn kinds(&self, draft: &Draft) -> Vec<StakeholderKindId> {
        let mut kinds: Vec<StakeholderKindId> = Vec::new();
        for kind in draft.roles.iter().chain(&self.options.roles) {
            if self.people.register.kinds.contains_key(kind) && !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        kinds
    }

    /// Leaves only flats that can be meant: an address may lie in another company's building.
    fn settle_flats(&mut self, draft: &mut Draft) {
        if draft.flats.is_empty() {
            return;
        }
        let known = &self.people.register.kinds;
        let with_role = self
            .kinds(draft)
            .iter()
            .any(|kind| known.get(kind).is_some_and(|kind| kind.has_flat));
        if !with_role {
            self.totals.flats_without_role += u32::from(!draft.flats_from_address);
            draft.flat_hints = std::mem::take(&mut draft.flats);
        } else if draft.flats_from_address && !self.homes.has(&draft.details.address.street) {
            draft.flats.clear();
        }
    }

    fn add(&mut self, draft: Draft, kinds: &[StakeholderKindId]) -> u32 {
        let mut draft = draft;
        let write = ContactWrite {
            details: std::mem::take(&mut draft.details),
            ..ContactWrite::default()
        };
        let person = self.people.add(write, &draft.keys);
        let mut merging = Merging::new(&mut self.people, person, Mode::Complete, &|_| false);
        merging.merge_beside(&draft);
        merging.roles(&draft, kinds, self.options.role_from);
        person
    }

    /// Two people of one cell, both new, become a couple.
    fn join(&mut self, first: u32, second: u32) {
        let household = self.totals.couples;
        for person in [first, second] {
            let at = self.people.touch(person);
            self.people.writes[at as usize].household = Some(household);
        }
        self.totals.couples += 1;
    }

    /// Finds the rows that say nothing new about somebody whose namesake is written.
    fn mark_namesakes(&mut self) {
        let people = &self.people;
        let written = |row: &PlannedRow| {
            row.person != NOBODY
                && people
                    .write_at(row.person)
                    .is_some_and(|at| !people.writes[at as usize].is_empty())
        };
        let names: HashSet<u64> = self
            .rows
            .iter()
            .filter(|row| written(row))
            .map(|row| row.name_key)
            .collect();
        for row in &mut self.rows {
            if row.outcome == Outcome::Unchanged && names.contains(&row.name_key) && !written(row) {
                row.namesake = people
                    .register
                    .contacts
                    .get(row.person as usize)
                    .map(|(id, _)| *id);
            }
        }
    }

    fn finish(mut self) -> Plan {
        self.mark_namesakes();
        let mut by_outcome: [Vec<u32>; 5] = Default::default();
        let mut write_of = HashMap::new();
        for (place, row) in self.rows.iter().enumerate() {
            by_outcome[row.outcome as usize].push(place as u32);
            if row.person != NOBODY
                && let Some(at) = self.people.write_at(row.person)
            {
                write_of.insert(row.person, at);
            }
        }
        let [new, updated, unchanged, skipped, rejected] =
            by_outcome.each_ref().map(|rows| rows.len() as u32);
        Plan {
            version: self.people.register.version,
            totals: Totals {
                new,
                updated,
                unchanged,
                skipped,
                rejected,
                ..self.totals
            },
            register_len: self.people.register.len() as u32,
            writes: self.people.writes,
            new_flats: self.people.new_flats,
            new_groups: self.people.new_groups,
            rows: self.rows,
            by_outcome,
            write_of,
            first_rows: self.first_rows,
        }
    }
}

/// Whether a problem rejects the row even when bad values are dropped.
fn is_fatal(problem: &CellProblem) -> bool {
    problem.reason == Reason::Row(RowProblem::NameMissing)
}

fn extra(details: &ContactDetails, problems: Vec<CellProblem>, notes: Vec<CellNote>) -> Option<Box<Extra>> {
    Some(Box::new(Extra {
        name: details.full_name(),
        changes: Vec::new(),
        problems,
        notes,
    }))
}

impl Plan {
    /// True when nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.writes.iter().all(ContactWrite::is_empty)
    }

    /// How many contacts are added and how many of the register change.
    pub fn contacts(&self) -> (u32, u32) {
        let writes = self.writes.iter().filter(|write| !write.is_empty());
        writes.fold((0, 0), |(new, changed), write| match write.contact {
            None => (new + 1, changed),
            Some(_) => (new, changed + 1),
        })
    }

    /// The rows that say what contacts have that are written, in the order of the sheet. With them stand rows that say nothing
    /// new about somebody whose namesake is written: without their origin, the next import could not tell the two apart.
    pub fn origins(&self) -> impl Iterator<Item = RowOrigin> + '_ {
        self.rows.iter().filter_map(|row| {
            if !matches!(row.outcome, Outcome::New | Outcome::Updated | Outcome::Unchanged) {
                return None;
            }
            let written = self
                .write_of
                .get(&row.person)
                .filter(|write| !self.writes[**write as usize].is_empty());
            let contact = match (written, row.namesake) {
                (Some(write), _) => OriginOf::Written(*write),
                (None, Some(contact)) => OriginOf::Known(contact),
                (None, None) => return None,
            };
            Some(RowOrigin {
                row: row.row,
                contact,
                fields: row.fields,
                fingerprint: row.fingerprint,
            })
        })
    }

    /// The rejected rows with what is wrong with them; a couple in one cell appears once.
    pub fn rejected(&self) -> impl Iterator<Item = (u32, &[CellProblem])> {
        let mut former = 0;
        self.by_outcome[Outcome::Rejected as usize]
            .iter()
            .filter_map(move |place| {
                let row = &self.rows[*place as usize];
                let again = std::mem::replace(&mut former, row.row) == row.row;
                let problems = row.extra.as_ref().map_or(&[][..], |extra| &extra.problems);
                (!again).then_some((row.row, problems))
            })
    }

    /// A page of the preview: rows of one outcome, or of all, from an offset on. `register` is the one the plan was made for.
    pub fn page(
        &self,
        register: &Register,
        outcome: Option<Outcome>,
        offset: u32,
        limit: u32,
    ) -> PreviewPage {
        let range = |length: usize| {
            let start = (offset as usize).min(length);
            start..start.saturating_add(limit as usize).min(length)
        };
        match outcome {
            Some(outcome) => {
                let places = &self.by_outcome[outcome as usize];
                PreviewPage {
                    total: places.len() as u32,
                    rows: places[range(places.len())]
                        .iter()
                        .map(|place| self.preview(*place as usize, register))
                        .collect(),
                }
            }
            None => PreviewPage {
                total: self.rows.len() as u32,
                rows: range(self.rows.len())
                    .map(|place| self.preview(place, register))
                    .collect(),
            },
        }
    }

    fn preview(&self, place: usize, register: &Register) -> PreviewRow {
        let row = &self.rows[place];
        let write = self
            .write_of
            .get(&row.person)
            .map(|at| &self.writes[*at as usize]);
        let known = register
            .contacts
            .get(row.person as usize)
            .filter(|_| row.person < self.register_len);
        let name = match (&row.extra, write, known) {
            (Some(extra), ..) if !extra.name.is_empty() => extra.name.clone(),
            (_, Some(write), _) => write.details.full_name(),
            (.., Some((_, details))) => details.full_name(),
            _ => String::new(),
        };
        let (changes, problems, notes) = match &row.extra {
            Some(extra) => (extra.changes.clone(), extra.problems.clone(), extra.notes.clone()),
            None => Default::default(),
        };
        let changes = match (row.outcome, write) {
            (Outcome::New, Some(write)) => self.values(write, register),
            _ => changes,
        };
        PreviewRow {
            row: row.row,
            name,
            outcome: row.outcome,
            contact: known.map(|(id, _)| *id),
            same_as_row: self
                .first_rows
                .get(&row.person)
                .copied()
                .filter(|first| *first != row.row),
            changes,
            problems,
            notes,
        }
    }

    /// Everything that a new contact gets.
    fn values(&self, write: &ContactWrite, register: &Register) -> Vec<ValueChange> {
        let mut values: Vec<ValueChange> = super::merge::values_of(&write.details)
            .map(|(field, new)| ValueChange {
                target: Target::Field(field),
                old: String::new(),
                new,
                beside: false,
                withheld: false,
            })
            .collect();
        let mut add = |target, new, beside| {
            values.push(ValueChange {
                target,
                old: String::new(),
                new,
                beside,
                withheld: false,
            });
        };
        for (kind, value) in &write.points {
            add(
                Target::Field(super::merge::point_field(*kind)),
                value.clone(),
                true,
            );
        }
        for role in &write.roles {
            let flat = match role.flat {
                Some(FlatRef::Known(id)) => register.flat_name(id),
                Some(FlatRef::New(place)) => &self.new_flats[place as usize],
                None => "",
            };
            add(
                Target::Role(role.kind),
                super::merge::role_text(flat, role.valid_from, role.valid_to),
                true,
            );
        }
        for (field, value) in &write.custom {
            add(Target::Custom(*field), value.clone(), false);
        }
        for group in &write.groups {
            let name = match group {
                GroupRef::Known(id) => register.group_name(*id),
                GroupRef::New(place) => &self.new_groups[*place as usize],
            };
            add(Target::Field(Field::Group), name.to_owned(), true);
        }
        values
    }

    /// The contacts of the register that change.
    pub fn changed_contacts(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.writes
            .iter()
            .filter(|write| !write.is_empty())
            .filter_map(|write| write.contact)
    }
}
