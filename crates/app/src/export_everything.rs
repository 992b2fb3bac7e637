//! Everything of one organisation as a workbook: what it can take to another program, or hand to whoever follows.

use crate::export_bookings;
use crate::exports::custom_cell;
use crate::whole_file::WholeFile;
use crate::{App, Job, Problem, Result};
use chrono::NaiveDate;
use kiulu_domain::contact::{ContactDetails, ContactKind, ContactPointKind, CustomField, CustomFieldKind};
use kiulu_domain::contact_input::shown_phone;
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::{ContactId, GroupId, HouseholdId, OrganisationId};
use kiulu_domain::organisation::{Language, PostalAddress};
use kiulu_domain::vocabulary::{LegalBasis, Retention};
use kiulu_spreadsheet::export::{Column, ColumnKind, OutCell, OutSheet, write_sheets};
use kiulu_store::Reader;
use std::collections::HashMap;
use std::path::Path;

pub(crate) type Rows = Vec<Vec<OutCell>>;

/// A heading in Finnish, Swedish and English. The workbook is a document of the organisation and speaks its language, whatever
/// language the window is in.
pub(crate) type Words = [&'static str; 3];

pub(crate) fn word(words: Words, language: Language) -> String {
    let [finnish, swedish, english] = words;
    match language {
        Language::Fi => finnish,
        Language::Sv => swedish,
        Language::En => english,
    }
    .to_owned()
}

impl App {
    /// Writes contacts, their further contact points, roles, groups, flats, the vocabulary and shared spaces as one workbook, and returns the
    /// number of contacts. What non-disclosure orders withhold, and identity codes, stay out unless `release` says so. The export is noted, and so
    /// is each contact whose withheld facts left with it.
    pub fn export_everything(
        &self,
        organisation: OrganisationId,
        path: &Path,
        release: bool,
        job: &mut Job<'_>,
    ) -> Result<u32> {
        let store = self.store(organisation)?;
        let language = self.describe(organisation)?.organisation.language;
        let ids = store.contact_ids(&ContactListSpec::default(), self.today(organisation)?)?;
        let (sheets, released) = store.read(|reader| {
            let mut everything = Everything::new(reader, language, release)?;
            for (done, id) in ids.iter().enumerate() {
                if job.step(done as u32, ids.len() as u32).is_break() {
                    return Err(Problem::Cancelled);
                }
                everything.contact(reader, *id)?;
            }
            let released = std::mem::take(&mut everything.released);
            Ok((everything.finish(reader)?, released))
        })?;
        let (file, _) = WholeFile::write(path, |out| write_sheets(out, sheets))?;
        let count = ids.len() as u32;
        self.note_export(&store, count, Vec::new(), &released)?;
        file.keep()?;
        Ok(count)
    }
}

/// The sheets while contacts are added to them.
struct Everything {
    language: Language,
    release: bool,
    /// Contacts whose withheld facts go along.
    released: Vec<ContactId>,
    fields: Vec<CustomField>,
    kinds: HashMap<kiulu_domain::id::StakeholderKindId, String>,
    flats: HashMap<kiulu_domain::id::FlatId, String>,
    groups: HashMap<GroupId, String>,
    /// What names each contact in the other sheets: its row, and its name.
    references: HashMap<ContactId, (OutCell, OutCell)>,
    /// Households by the order in which they appear.
    households: HashMap<HouseholdId, usize>,
    contacts: Rows,
    points: Rows,
    roles: Rows,
    members: Rows,
}

impl Everything {
    fn new(reader: &Reader<'_>, language: Language, release: bool) -> Result<Self> {
        let (kinds, flats, groups) = (reader.vocabulary()?, reader.flats()?, reader.groups()?);
        Ok(Self {
            language,
            release,
            released: Vec::new(),
            fields: reader.custom_fields()?,
            kinds: kinds.into_iter().map(|kind| (kind.id, kind.name)).collect(),
            flats: flats.into_iter().map(|flat| (flat.id, flat.name)).collect(),
            groups: groups.into_iter().map(|group| (group.id, group.name)).collect(),
            references: HashMap::new(),
            households: HashMap::new(),
            contacts: Vec::new(),
            points: Vec::new(),
            roles: Vec::new(),
            members: Vec::new(),
        })
    }

    fn contact(&mut self, reader: &Reader<'_>, id: ContactId) -> Result<()> {
        let details = reader.contact(id)?;
        let withheld = details.non_disclosure && !self.release;
        if (details.non_disclosure || !details.identity_code.is_empty()) && self.release {
            self.released.push(id);
        }
        // The row in the sheet of contacts names the contact in the other sheets, for names are not unique.
        let reference = number(self.contacts.len() + 1);
        let name = text(details.list_name());
        self.references.insert(id, (reference.clone(), name.clone()));
        for point in reader.contact_points(id)? {
            if withheld && point.kind != ContactPointKind::Email {
                continue;
            }
            let (kind, value) = match point.kind {
                ContactPointKind::Email => (["Sähköposti", "E-post", "E-mail"], point.value),
                ContactPointKind::Phone => (["Puhelin", "Telefon", "Phone"], shown_phone(&point.value)),
                ContactPointKind::Address => (["Osoite", "Adress", "Address"], point.value),
            };
            let kind = text(word(kind, self.language));
            let mut row = vec![reference.clone(), name.clone(), kind, text(value)];
            row.extend(address(&point.address, false));
            row.push(text(point.label));
            self.points.push(row);
        }
        for role in reader.roles_of(id)? {
            let flat = role
                .flat
                .filter(|_| !withheld)
                .and_then(|flat| self.flats.get(&flat));
            self.roles.push(vec![
                reference.clone(),
                name.clone(),
                text(self.kinds.get(&role.kind).cloned().unwrap_or_default()),
                text(flat.cloned().unwrap_or_default()),
                date(role.valid_from),
                date(role.valid_to),
                text(role.note),
            ]);
        }
        for group in reader.groups_of(id)? {
            let group = self.groups.get(&group).cloned().unwrap_or_default();
            self.members
                .push(vec![text(group), reference.clone(), name.clone()]);
        }
        let custom = reader.custom_values(id)?;
        let row = self.row(reference, details, withheld, &custom);
        self.contacts.push(row);
        Ok(())
    }

    fn row(
        &mut self,
        reference: OutCell,
        details: ContactDetails,
        withheld: bool,
        custom: &[(kiulu_domain::id::CustomFieldId, String)],
    ) -> Vec<OutCell> {
        let kind = match details.kind {
            ContactKind::Person => ["Henkilö", "Person", "Person"],
            ContactKind::Organisation => ["Yhteisö", "Organisation", "Organisation"],
        };
        let next = self.households.len() + 1;
        let household = details
            .household
            .map(|household| *self.households.entry(household).or_insert(next));
        let secret = |value: String| if withheld { OutCell::Empty } else { text(value) };
        let code = if self.release {
            text(details.identity_code)
        } else {
            OutCell::Empty
        };
        let mut row = vec![
            reference,
            text(word(kind, self.language)),
            text(details.last_name),
            text(details.first_name),
            text(details.alternative_name),
            text(details.business_id),
            text(details.email),
            secret(shown_phone(&details.phone)),
        ];
        row.extend(address(&details.address, withheld));
        row.extend([
            date(details.birth_date),
            code,
            secret(details.domicile),
            text(details.language),
            text(details.number),
            date(details.away_until),
            OutCell::Bool(details.deceased),
            date(details.deceased_on),
            OutCell::Bool(details.non_disclosure),
            household.map_or(OutCell::Empty, number),
            text(details.notes),
        ]);
        row.extend(self.fields.iter().map(|field| {
            let value = custom.iter().find(|(id, _)| *id == field.id);
            custom_cell(Some(field.kind), value.map_or("", |(_, value)| value))
        }));
        row
    }

    fn finish(self, reader: &Reader<'_>) -> Result<Vec<OutSheet<Rows>>> {
        let language = self.language;
        let sheet = |name, columns, rows| sheet(language, name, columns, rows);
        let shared = export_bookings::sheets(reader, language, &self.flats, &self.references)?;
        let mut contacts = sheet(["Kontaktit", "Kontakter", "Contacts"], CONTACTS, self.contacts);
        contacts.columns.extend(self.fields.into_iter().map(|field| {
            let kind = match field.kind {
                CustomFieldKind::Number => ColumnKind::Number,
                CustomFieldKind::Date => ColumnKind::Date,
                CustomFieldKind::YesNo => ColumnKind::Bool,
                _ => ColumnKind::Text,
            };
            column(field.name, kind)
        }));
        let names = self.groups;
        let groups = reader.groups()?.into_iter().map(|group| {
            let parent = group.parent.and_then(|parent| names.get(&parent));
            vec![
                text(group.name),
                text(parent.cloned().unwrap_or_default()),
                OutCell::Bool(group.rule.is_some()),
            ]
        });
        let mut sheets = vec![
            contacts,
            sheet(
                ["Muut yhteystiedot", "Övriga uppgifter", "Contact points"],
                POINTS,
                self.points,
            ),
            sheet(["Roolit", "Roller", "Roles"], ROLES, self.roles),
            sheet(["Ryhmät", "Grupper", "Groups"], GROUPS, groups.collect()),
            sheet(
                ["Ryhmien jäsenet", "Gruppmedlemmar", "Group members"],
                MEMBERS,
                self.members,
            ),
            sheet(["Huoneistot", "Lägenheter", "Flats"], FLATS, flats(reader)?),
            sheet(
                ["Sidosryhmät", "Intressenter", "Vocabulary"],
                VOCABULARY,
                vocabulary(reader, language)?,
            ),
        ];
        sheets.extend(shared);
        Ok(sheets)
    }
}

/// A sheet with its headings in a language.
pub(crate) fn sheet(
    language: Language,
    name: Words,
    columns: &[(Words, ColumnKind)],
    rows: Rows,
) -> OutSheet<Rows> {
    OutSheet {
        name: word(name, language),
        columns: columns
            .iter()
            .map(|(title, kind)| column(word(*title, language), *kind))
            .collect(),
        rows,
    }
}

fn flats(reader: &Reader<'_>) -> Result<Rows> {
    let (buildings, stairwells) = (reader.buildings()?, reader.stairwells()?);
    let mut flats = reader.flats()?;
    flats.sort_by_cached_key(|flat| kiulu_domain::collation::sort_key(&flat.name));
    Ok(flats
        .into_iter()
        .map(|flat| {
            let stairwell = stairwells.iter().find(|known| Some(known.id) == flat.stairwell);
            let building =
                stairwell.and_then(|stairwell| buildings.iter().find(|known| known.id == stairwell.building));
            let whole =
                |value: Option<i32>| value.map_or(OutCell::Empty, |value| OutCell::Number(f64::from(value)));
            vec![
                text(flat.name),
                text(building.map(|building| building.name.clone()).unwrap_or_default()),
                text(
                    building
                        .map(|building| building.street.clone())
                        .unwrap_or_default(),
                ),
                text(
                    stairwell
                        .map(|stairwell| stairwell.name.clone())
                        .unwrap_or_default(),
                ),
                whole(flat.floor),
                flat.area_tenths
                    .map_or(OutCell::Empty, |tenths| OutCell::Number(f64::from(tenths) / 10.0)),
                whole(flat.shares_from),
                whole(flat.shares_to),
                text(flat.note),
            ]
        })
        .collect())
}

fn vocabulary(reader: &Reader<'_>, language: Language) -> Result<Rows> {
    Ok(reader
        .vocabulary()?
        .into_iter()
        .map(|kind| {
            let (months, statute) = match kind.retention {
                Retention::MonthsAfterEnd { months } => (OutCell::Number(f64::from(months)), String::new()),
                Retention::Statute { statute } => (OutCell::Empty, statute),
            };
            let basis = match kind.legal_basis {
                LegalBasis::Consent => ["Suostumus", "Samtycke", "Consent"],
                LegalBasis::Contract => ["Sopimus", "Avtal", "Contract"],
                LegalBasis::LegalObligation => [
                    "Lakisääteinen velvoite",
                    "Rättslig förpliktelse",
                    "Legal obligation",
                ],
                LegalBasis::VitalInterests => ["Elintärkeä etu", "Grundläggande intresse", "Vital interests"],
                LegalBasis::PublicTask => ["Yleinen etu", "Allmänt intresse", "Public task"],
                LegalBasis::LegitimateInterests => {
                    ["Oikeutettu etu", "Berättigat intresse", "Legitimate interests"]
                }
            };
            vec![
                text(kind.name),
                text(word(basis, language)),
                months,
                text(statute),
                OutCell::Bool(kind.has_flat),
            ]
        })
        .collect())
}

pub(crate) fn text(value: String) -> OutCell {
    if value.is_empty() {
        OutCell::Empty
    } else {
        OutCell::Text(value)
    }
}

pub(crate) fn date(value: Option<NaiveDate>) -> OutCell {
    value.map_or(OutCell::Empty, OutCell::Date)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a sheet has fewer rows than a double has whole numbers"
)]
fn number(value: usize) -> OutCell {
    OutCell::Number(value as f64)
}

fn address(address: &PostalAddress, withheld: bool) -> [OutCell; 4] {
    if withheld {
        return [const { OutCell::Empty }; 4];
    }
    [
        &address.street,
        &address.postal_code,
        &address.city,
        &address.country,
    ]
    .map(|part| text(part.clone()))
}

fn column(title: String, kind: ColumnKind) -> Column {
    let width = match kind {
        ColumnKind::Text => 22.0,
        ColumnKind::DateTime => 16.0,
        _ => 12.0,
    };
    Column { title, width, kind }
}

use ColumnKind::{Bool, Date, Number, Text};

pub(crate) const REFERENCE: Words = ["Viite", "Referens", "Reference"];
const NAME: Words = ["Nimi", "Namn", "Name"];
const STREET: Words = ["Katuosoite", "Gatuadress", "Street"];
const POSTAL_CODE: Words = ["Postinumero", "Postnummer", "Postal code"];
const CITY: Words = ["Postitoimipaikka", "Postanstalt", "City"];
const COUNTRY: Words = ["Maa", "Land", "Country"];
const KIND: Words = ["Laji", "Typ", "Kind"];
pub(crate) const NOTE: Words = ["Huomautus", "Anmärkning", "Note"];
const GROUP: Words = ["Ryhmä", "Grupp", "Group"];
const ROLE: Words = ["Rooli", "Roll", "Role"];

const CONTACTS: &[(Words, ColumnKind)] = &[
    (REFERENCE, Number),
    (KIND, Text),
    (["Sukunimi", "Efternamn", "Last name"], Text),
    (["Etunimi", "Förnamn", "First name"], Text),
    (
        ["Toinen kirjoitusasu", "Annan stavning", "Alternative name"],
        Text,
    ),
    (["Y-tunnus", "FO-nummer", "Business id"], Text),
    (["Sähköposti", "E-post", "E-mail"], Text),
    (["Puhelin", "Telefon", "Phone"], Text),
    (STREET, Text),
    (POSTAL_CODE, Text),
    (CITY, Text),
    (COUNTRY, Text),
    (["Syntymäaika", "Födelsedatum", "Birth date"], Date),
    (
        ["Henkilötunnus", "Personbeteckning", "Personal identity code"],
        Text,
    ),
    (["Kotipaikka", "Hemort", "Domicile"], Text),
    (["Kieli", "Språk", "Language"], Text),
    (["Jäsennumero", "Medlemsnummer", "Number"], Text),
    (["Poissa asti", "Borta till", "Away until"], Date),
    (["Kuollut", "Avliden", "Deceased"], Bool),
    (["Kuolinpäivä", "Dödsdag", "Deceased on"], Date),
    (["Turvakielto", "Spärrmarkering", "Non-disclosure"], Bool),
    (["Talous", "Hushåll", "Household"], Number),
    (["Muistiinpanot", "Anteckningar", "Notes"], Text),
];

const POINTS: &[(Words, ColumnKind)] = &[
    (REFERENCE, Number),
    (NAME, Text),
    (KIND, Text),
    (["Arvo", "Värde", "Value"], Text),
    (STREET, Text),
    (POSTAL_CODE, Text),
    (CITY, Text),
    (COUNTRY, Text),
    (NOTE, Text),
];

const ROLES: &[(Words, ColumnKind)] = &[
    (REFERENCE, Number),
    (NAME, Text),
    (ROLE, Text),
    (["Huoneisto", "Lägenhet", "Flat"], Text),
    (["Alkaa", "Börjar", "From"], Date),
    (["Päättyy", "Slutar", "To"], Date),
    (NOTE, Text),
];

const GROUPS: &[(Words, ColumnKind)] = &[
    (GROUP, Text),
    (["Kuuluu ryhmään", "Hör till gruppen", "Part of"], Text),
    (["Täydentyy itsestään", "Fylls på av sig själv", "By rule"], Bool),
];

const MEMBERS: &[(Words, ColumnKind)] = &[(GROUP, Text), (REFERENCE, Number), (NAME, Text)];

const FLATS: &[(Words, ColumnKind)] = &[
    (["Huoneisto", "Lägenhet", "Flat"], Text),
    (["Rakennus", "Byggnad", "Building"], Text),
    (
        ["Rakennuksen osoite", "Byggnadens adress", "Building address"],
        Text,
    ),
    (["Porras", "Trappuppgång", "Stairwell"], Text),
    (["Kerros", "Våning", "Floor"], Number),
    (["Pinta-ala, m²", "Yta, m²", "Area, m²"], Number),
    (["Ensimmäinen osake", "Första aktie", "First share"], Number),
    (["Viimeinen osake", "Sista aktie", "Last share"], Number),
    (NOTE, Text),
];

const VOCABULARY: &[(Words, ColumnKind)] = &[
    (ROLE, Text),
    (["Oikeusperuste", "Rättslig grund", "Legal basis"], Text),
    (["Säilytys, kk", "Lagring, mån", "Kept, months"], Number),
    (["Laki ja pykälä", "Lag och paragraf", "Statute"], Text),
    (["Liittyy huoneistoon", "Gäller en lägenhet", "Of a flat"], Bool),
];
