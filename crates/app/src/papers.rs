//! Papers as PDF: the list on the door, instructions, notice and agreement.

use crate::contact_records::Changed;
use crate::whole_file::WholeFile;
use crate::{App, Problem, Result};
use chrono::{Datelike, Days, NaiveDate};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::booking::Holder;
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::bookings::time::monday;
use kiulu_domain::id::{ContactId, FlatId, OrganisationId, ResourceId, StandingShiftId};
use kiulu_domain::organisation::{Language, Organisation};
use kiulu_domain::papers::{Letter, PaperKind, PaperSettings};
use kiulu_domain::vocabulary::FlatTie;
use kiulu_print::door_list::{DoorList, door_list};
use kiulu_print::letters::{
    Agreed, Fills, Paragraph, agreement, instructions, notice, paragraphs, usual_text,
};
use kiulu_print::rules::space_rules;
use kiulu_print::{PrintError, Words};
use kiulu_store::Reader;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;

/// The longest text of a letter, in characters: some sheets.
const LONGEST_TEXT: usize = 20_000;

/// What is to be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "paper", rename_all = "snake_case")]
pub enum PaperRequest {
    /// The list on the door of a space.
    DoorList {
        /// Which.
        resource: ResourceId,
        /// A day of the week or month.
        day: NaiveDate,
        /// The whole month and not the week.
        month: bool,
    },
    /// How a space is booked, or all of them are.
    Instructions {
        /// Which; all where nothing is said.
        resource: Option<ResourceId>,
    },
    /// That the system is taken into use.
    Notice,
    /// A standing shift is given to a flat.
    Agreement {
        /// Which.
        shift: StandingShiftId,
    },
}

/// The text of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperText {
    /// As it is printed now, with its braces.
    pub text: String,
    /// As the program words it.
    pub usual: String,
}

/// A piece of a text as it comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PaperParagraph {
    /// It is one of a list.
    pub item: bool,
    /// What it says.
    pub text: String,
}

impl From<PrintError> for Problem {
    fn from(error: PrintError) -> Self {
        Self::fault(&error)
    }
}

/// A paper with what the history says of it.
struct Set {
    pdf: Vec<u8>,
    action: Action,
    /// How many people are named on it.
    people: u32,
}

impl App {
    /// The list on the door of a space: of the week or the month of a day, in the organisation's own language where none is told.
    pub fn door_list(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        day: NaiveDate,
        month: bool,
        language: Option<Language>,
    ) -> Result<DoorList> {
        Ok(self
            .door_list_with_people(organisation, resource, day, month, language)?
            .0)
    }

    /// Writes a paper as a PDF, in the organisation's own language where none is told. Flats stand on it by their numbers; how one
    /// gets into a space never does. It is noted like an export.
    ///
    /// # Errors
    /// [`Problem::RecordMissing`], and those of the disk.
    pub fn print_paper(
        &self,
        organisation: OrganisationId,
        wanted: &PaperRequest,
        language: Option<Language>,
        path: &Path,
    ) -> Result<()> {
        let set = match *wanted {
            PaperRequest::DoorList { resource, day, month } => {
                self.set_door_list(organisation, resource, day, month, language)?
            }
            PaperRequest::Instructions { resource } => {
                self.set_instructions(organisation, resource, language)?
            }
            PaperRequest::Notice => self.set_notice(organisation, language)?,
            PaperRequest::Agreement { shift } => self.set_agreement(organisation, shift, language)?,
        };
        let (file, ()) = WholeFile::write(path, |out| out.write_all(&set.pdf))?;
        // Noted before it appears: the other way round it could leave unseen.
        let store = self.store(organisation)?;
        if let Some(user) = store.user() {
            store.write(&set.action, |tx| tx.note_export(user, set.people, &[]))?;
        }
        file.keep()
    }

    /// What papers take from the organisation.
    pub fn paper_settings(&self, organisation: OrganisationId) -> Result<PaperSettings> {
        Ok(self.store(organisation)?.read(|reader| reader.paper_settings())?)
    }

    /// Writes what papers take from the organisation.
    pub fn save_paper_settings(
        &self,
        organisation: OrganisationId,
        settings: &PaperSettings,
    ) -> Result<Changed> {
        let lines = settings.contact.lines().map(str::trim);
        let settings = PaperSettings {
            contact: lines.collect::<Vec<_>>().join("\n").trim().to_owned(),
            ..settings.clone()
        };
        let store = self.store(organisation)?;
        let written = store.write(&Action::PaperSettingsSave, |tx| tx.put_paper_settings(&settings))?;
        Ok(written.into())
    }

    /// The text of a letter in a language.
    pub fn paper_text(
        &self,
        organisation: OrganisationId,
        letter: Letter,
        language: Language,
    ) -> Result<PaperText> {
        let usual = usual_text(Words::of(language), letter);
        let own = self
            .store(organisation)?
            .read(|reader| reader.paper_text(letter, language))?;
        Ok(PaperText {
            text: own.unwrap_or_else(|| usual.clone()),
            usual,
        })
    }

    /// Writes the organisation's own text of a letter; the program's own, or none, makes that hold again.
    pub fn save_paper_text(
        &self,
        organisation: OrganisationId,
        letter: Letter,
        language: Language,
        text: &str,
    ) -> Result<Changed> {
        let usual = usual_text(Words::of(language), letter);
        let text: String = text.trim().chars().take(LONGEST_TEXT).collect();
        let own = Some(text.as_str()).filter(|text| !text.is_empty() && *text != usual);
        let action = Action::PaperTextSave { letter };
        let store = self.store(organisation)?;
        let written = store.write(&action, |tx| tx.put_paper_text(letter, language, own))?;
        Ok(written.into())
    }

    /// How a text of a letter comes out, with what stands for its braces.
    pub fn preview_paper_text(
        &self,
        organisation: OrganisationId,
        language: Language,
        text: &str,
        settings: &PaperSettings,
    ) -> Result<Vec<PaperParagraph>> {
        self.store(organisation)?.read(|reader| {
            let facts = facts(reader)?;
            let spaces = names(&offered(reader)?);
            let fills = Fills {
                house: &facts.name,
                start: settings.starts_on,
                spaces: &spaces,
                flat: "",
                contact: &settings.contact,
            };
            let text = paragraphs(Words::of(language), text, &fills);
            Ok(text
                .into_iter()
                .map(|Paragraph { item, text }| PaperParagraph { item, text })
                .collect())
        })
    }

    fn door_list_with_people(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        day: NaiveDate,
        month: bool,
        language: Option<Language>,
    ) -> Result<(DoorList, u32)> {
        let (from, to) = days_around(day, month);
        let flats = self.house(organisation)?.flats.into_iter();
        let labels: HashMap<FlatId, String> = flats.map(|info| (info.flat.id, info.label)).collect();
        self.store(organisation)?.read(|reader| {
            let (eve, after) = (from.pred_opt().unwrap_or(from), to.succ_opt().unwrap_or(to));
            let book = reader.resource_book(resource, eve, after)?;
            let names = match reader.paper_settings()?.door_names {
                true => DoorNames::read(reader, self.wall_now(reader)?.date())?,
                false => DoorNames::default(),
            };
            let language = language.map_or_else(|| Ok(facts(reader)?.language), Ok::<_, Problem>)?;
            let people = std::cell::RefCell::new(BTreeSet::new());
            let called = |holder: Holder| match holder {
                Holder::Flat(flat) => {
                    let label = labels.get(&flat).cloned().unwrap_or_default();
                    let named = names.flats.get(&flat);
                    people.borrow_mut().extend(named.iter().flat_map(|(_, who)| who));
                    (label, named.map_or_else(String::new, |(name, _)| name.clone()))
                }
                Holder::Contact(contact) => {
                    let name = names.contact(reader, contact).unwrap_or_default();
                    if !name.is_empty() {
                        people.borrow_mut().insert(contact);
                    }
                    (name, String::new())
                }
                Holder::House => Default::default(),
            };
            let schedule = book.schedule(self.wall_now(reader)?);
            let list = door_list(Words::of(language), &schedule, from, to, month, &called);
            Ok((list, people.into_inner().len() as u32))
        })
    }

    fn set_door_list(
        &self,
        organisation: OrganisationId,
        resource: ResourceId,
        day: NaiveDate,
        month: bool,
        language: Option<Language>,
    ) -> Result<Set> {
        let (list, people) = self.door_list_with_people(organisation, resource, day, month, language)?;
        let today = self.today(organisation)?;
        let facts = self.store(organisation)?.read(facts)?;
        let language = language.unwrap_or(facts.language);
        Ok(Set {
            pdf: list.pdf(language, &facts.name, today)?,
            action: Action::PaperPrint {
                paper: PaperKind::DoorList,
                what: format!("{}, {}", list.name, list.period),
            },
            people,
        })
    }

    fn set_instructions(
        &self,
        organisation: OrganisationId,
        resource: Option<ResourceId>,
        language: Option<Language>,
    ) -> Result<Set> {
        self.store(organisation)?.read(|reader| {
            let sheet = Sheet::read(self, reader, language)?;
            let wanted = match resource {
                Some(id) => vec![reader.resource(id)?],
                None => offered(reader)?,
            };
            let spaces: Vec<_> = wanted
                .iter()
                .map(|one| {
                    let book = reader.resource_book(one.id, sheet.today, sheet.today)?;
                    Ok::<_, Problem>(space_rules(sheet.words(), one, &book.prices, sheet.today))
                })
                .collect::<Result<_, _>>()?;
            let text = sheet.text(reader, Letter::Instructions, "")?;
            let contact = &sheet.settings.contact;
            Ok(Set {
                pdf: instructions(
                    sheet.language,
                    &sheet.facts.name,
                    sheet.today,
                    &spaces,
                    &text,
                    contact,
                )?,
                action: Action::PaperPrint {
                    paper: PaperKind::Instructions,
                    what: resource
                        .and(wanted.first())
                        .map_or_else(String::new, |one| one.name.clone()),
                },
                people: 0,
            })
        })
    }

    fn set_notice(&self, organisation: OrganisationId, language: Option<Language>) -> Result<Set> {
        self.store(organisation)?.read(|reader| {
            let sheet = Sheet::read(self, reader, language)?;
            let text = sheet.text(reader, Letter::Notice, "")?;
            Ok(Set {
                pdf: notice(sheet.language, sheet.today, &sheet.fills(""), &text)?,
                action: Action::PaperPrint {
                    paper: PaperKind::Notice,
                    what: String::new(),
                },
                people: 0,
            })
        })
    }

    fn set_agreement(
        &self,
        organisation: OrganisationId,
        shift: StandingShiftId,
        language: Option<Language>,
    ) -> Result<Set> {
        let flats = self.house(organisation)?.flats;
        self.store(organisation)?.read(|reader| {
            let sheet = Sheet::read(self, reader, language)?;
            let shift = reader.standing_shift(shift)?;
            let book = reader.resource_book(shift.resource, sheet.today, sheet.today)?;
            let flat = flats.iter().find(|info| info.flat.id == shift.flat);
            let flat = flat.ok_or(Problem::RecordMissing)?.label.as_str();
            let agreed = Agreed {
                shift: &shift,
                flat,
                space: &book.resource.name,
                place: &book.resource.place,
                prices: &book.prices,
                kind: sheet.facts.kind,
            };
            let terms = sheet.text(reader, Letter::Agreement, flat)?;
            let contact = &sheet.settings.contact;
            Ok(Set {
                pdf: agreement(
                    sheet.language,
                    &sheet.facts.name,
                    sheet.today,
                    &agreed,
                    &terms,
                    contact,
                )?,
                action: Action::PaperPrint {
                    paper: PaperKind::Agreement,
                    what: format!("{flat}, {}", book.resource.name),
                },
                people: 0,
            })
        })
    }
}

/// What every letter begins with.
struct Sheet {
    facts: Organisation,
    settings: PaperSettings,
    language: Language,
    today: NaiveDate,
    spaces: Vec<String>,
}

impl Sheet {
    fn read(app: &App, reader: &Reader<'_>, language: Option<Language>) -> Result<Self> {
        let facts = facts(reader)?;
        Ok(Self {
            settings: reader.paper_settings()?,
            language: language.unwrap_or(facts.language),
            today: app.wall_now(reader)?.date(),
            spaces: names(&offered(reader)?),
            facts,
        })
    }

    fn words(&self) -> Words {
        Words::of(self.language)
    }

    fn fills<'a>(&'a self, flat: &'a str) -> Fills<'a> {
        Fills {
            house: &self.facts.name,
            start: self.settings.starts_on,
            spaces: &self.spaces,
            flat,
            contact: &self.settings.contact,
        }
    }

    fn text(&self, reader: &Reader<'_>, letter: Letter, flat: &str) -> Result<Vec<Paragraph>> {
        let own = reader.paper_text(letter, self.language)?;
        let text = own.unwrap_or_else(|| usual_text(self.words(), letter));
        Ok(paragraphs(self.words(), &text, &self.fills(flat)))
    }
}

fn facts(reader: &Reader<'_>) -> Result<Organisation> {
    reader.organisation()?.ok_or(Problem::RecordMissing)
}

/// The spaces that can be booked.
fn offered(reader: &Reader<'_>) -> Result<Vec<Resource>> {
    let resources = reader.resources()?.into_iter();
    Ok(resources.filter(|one| !one.retired).collect())
}

fn names(resources: &[Resource]) -> Vec<String> {
    resources.iter().map(|one| one.name.clone()).collect()
}

/// The week or the month of a day.
fn days_around(day: NaiveDate, month: bool) -> (NaiveDate, NaiveDate) {
    if month {
        let first = day.with_day(1).unwrap_or(day);
        let next = first.checked_add_months(chrono::Months::new(1));
        return (first, next.and_then(|next| next.pred_opt()).unwrap_or(day));
    }
    let first = monday(day);
    (first, first.checked_add_days(Days::new(6)).unwrap_or(day))
}

/// Who is named on a list, where the organisation wants names. Where somebody under a non-disclosure order lives nobody is.
#[derive(Default)]
struct DoorNames {
    /// What stands beside a flat, and who that is.
    flats: HashMap<FlatId, (String, Vec<ContactId>)>,
    wanted: bool,
}

impl DoorNames {
    fn read(reader: &Reader<'_>, today: NaiveDate) -> Result<Self> {
        let kinds = reader.vocabulary()?;
        let ties: HashMap<_, _> = kinds.iter().map(|kind| (kind.id, kind.flat_tie())).collect();
        let mut flats = HashMap::new();
        for flat in reader.flats()? {
            let mut roles = reader.roles_in(flat.id)?;
            roles.retain(|role| role.is_current(today));
            let details = roles
                .iter()
                .map(|role| Ok((role, reader.contact(role.contact)?)))
                .collect::<Result<Vec<_>>>()?;
            if details.iter().any(|(_, contact)| contact.non_disclosure) {
                continue;
            }
            let tied = |tie: FlatTie| -> Vec<_> {
                let of = details.iter();
                of.filter(|(role, _)| ties.get(&role.kind) == Some(&tie))
                    .collect()
            };
            // An owner is named only where nobody else lives there.
            let living = match tied(FlatTie::Lives) {
                living if living.is_empty() => tied(FlatTie::Owns),
                living => living,
            };
            let (mut names, mut people) = (Vec::new(), Vec::new());
            for (role, contact) in living {
                let name = match contact.last_name.trim() {
                    "" => contact.full_name(),
                    name => name.to_owned(),
                };
                people.push(role.contact);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            if !names.is_empty() {
                flats.insert(flat.id, (names.join(", "), people));
            }
        }
        Ok(Self { flats, wanted: true })
    }

    /// Somebody who booked without a flat.
    fn contact(&self, reader: &Reader<'_>, id: ContactId) -> Option<String> {
        let contact = reader.contact(id).ok().filter(|_| self.wanted)?;
        contact.shown_name()
    }
}
