//! What is charged for shared spaces: the list of a month, closing it, and who has paid.

use crate::contact_records::Changed;
use crate::{App, Problem, Result};
use chrono::{NaiveDate, NaiveDateTime};
use kiulu_domain::action::Action;
use kiulu_domain::bookings::charge::{
    Charge, Payer, VatTotal, charges, is_over, last_day, month_after, month_of, unpriced, vat_totals,
};
use kiulu_domain::bookings::charge_period::{
    ChargeLine, ChargePeriod, ChargeSettings, corrections, digest, looks_back_to, own_lines,
};
use kiulu_domain::bookings::resource::Resource;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::bookings::time::Minutes;
use kiulu_domain::collation::sort_key;
use kiulu_domain::id::{ContactId, FlatId, OrganisationId, ResourceId};
use kiulu_domain::reference_number::{ReferenceNumber, contact_number, flat_numbers};
use kiulu_store::{Reader, ResourceBook};
use serde::Serialize;
use specta::Type;
use std::collections::{BTreeMap, HashMap};

/// How a month's list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ChargeState {
    /// It is closed and stays as it is.
    Closed {
        /// The day on which it was closed.
        closed_on: NaiveDate,
        /// The day by which it must be paid, where payments are followed.
        due_on: Option<NaiveDate>,
    },
    /// It shows what is known so far.
    Open {
        /// The month is not over yet.
        running: bool,
    },
    /// Lists were begun with a later month: this one is never charged.
    Before,
}

impl ChargeState {
    /// The day by which it must be paid.
    pub fn due_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Closed { due_on, .. } => *due_on,
            Self::Open { .. } | Self::Before => None,
        }
    }
}

/// A line of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AccountLine {
    /// The line.
    #[serde(flatten)]
    pub line: ChargeLine,
    /// What the house calls the space.
    pub space: String,
}

/// What one payer is charged for in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ChargeAccount {
    /// Who.
    pub payer: Payer,
    /// What the flat is called among all flats, or the person's name; nothing of somebody under a non-disclosure order, or who has
    /// left the register.
    pub name: String,
    /// The reference number to pay with, in groups of five, where the organisation has a series.
    pub reference: Option<String>,
    /// The lines, by their time.
    pub lines: Vec<AccountLine>,
    /// What it comes to, in cents.
    #[specta(type = i32)]
    pub cents: i64,
    /// When it was paid.
    pub paid_on: Option<NaiveDate>,
}

/// A standing shift that no line of the price list is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct UnpricedShift {
    /// Of which space.
    pub resource: ResourceId,
    /// What the house calls it.
    pub space: String,
    /// The flat's name.
    pub flat: String,
    /// Day of the week, Monday 0.
    pub weekday: u32,
    /// Beginning, in minutes of the day.
    pub from: Minutes,
    /// End, in minutes of the day.
    pub to: Minutes,
}

/// The charges of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Charges {
    /// Its first day.
    pub month: NaiveDate,
    /// How it stands.
    pub state: ChargeState,
    /// It can be closed now.
    pub closable: bool,
    /// The month that is to be closed next, where any was closed before.
    pub next: Option<NaiveDate>,
    /// Standing shifts that nobody is charged for, because no line of the price list is for them; of an open month.
    pub unpriced: Vec<UnpricedShift>,
    /// By payer, flats first.
    pub accounts: Vec<ChargeAccount>,
    /// What it comes to by VAT rate.
    pub vat: Vec<VatTotal>,
    /// What it comes to, in cents.
    #[specta(type = i32)]
    pub cents: i64,
}

impl App {
    /// The charges of a month by payer; any day of it tells the month.
    pub fn charges(&self, organisation: OrganisationId, month: NaiveDate) -> Result<Charges> {
        let month = month_of(month);
        self.store(organisation)?.read(|reader| {
            let list = MonthList::read(reader, month, self.wall_now(reader)?)?;
            let names = PayerNames::of(reader, &list.lines)?;
            list.by_payer(reader, &names)
        })
    }

    /// Closes a month: its list is kept as it is from now on.
    ///
    /// # Errors
    /// [`Problem::PeriodClosed`]; [`Problem::PeriodRunning`] before the month is over; [`Problem::PeriodOrder`] where another month is
    /// to be closed first.
    pub fn close_charges(&self, organisation: OrganisationId, month: NaiveDate) -> Result<Changed> {
        let month = month_of(month);
        let written = self
            .store(organisation)?
            .write(&Action::ChargesClose { month }, |tx| {
                let now = self.wall_now(tx)?;
                let list = MonthList::read(tx, month, now)?;
                match list.state {
                    ChargeState::Closed { .. } => return Err(Problem::PeriodClosed { month }),
                    ChargeState::Open { running: true } => return Err(Problem::PeriodRunning { month }),
                    ChargeState::Open { running: false } | ChargeState::Before => {}
                }
                if let Some(next) = list.next.filter(|next| *next != month) {
                    return Err(Problem::PeriodOrder { next });
                }
                let period = ChargePeriod {
                    month,
                    closed_on: now.date(),
                    settings: tx.charge_settings()?,
                    charging: list.charging,
                    digests: list.digests,
                };
                Ok(tx.put_charge_period(&period, &list.lines)?)
            })?;
        Ok(written.into())
    }

    /// How the organisation charges.
    pub fn charge_settings(&self, organisation: OrganisationId) -> Result<ChargeSettings> {
        Ok(self
            .store(organisation)?
            .read(|reader| reader.charge_settings())?)
    }

    /// Writes how the organisation charges. Months that are closed keep what they were closed with.
    ///
    /// # Errors
    /// [`Problem::SeriesInvalid`], [`Problem::TimeInvalid`] for a due day that is too far.
    pub fn save_charge_settings(
        &self,
        organisation: OrganisationId,
        settings: &ChargeSettings,
    ) -> Result<Changed> {
        let mut settings = settings.clone();
        settings.series.base.retain(|letter| !letter.is_whitespace());
        if !settings.series.is_sound() {
            let most = kiulu_domain::reference_number::ReferenceSeries::most(settings.series.monthly);
            return Err(Problem::SeriesInvalid { most: most as u32 });
        }
        if !settings.due_is_sound() {
            return Err(Problem::TimeInvalid);
        }
        let written = self
            .store(organisation)?
            .write(&Action::ChargeSettingsSave, |tx| {
                tx.put_charge_settings(&settings)
            })?;
        Ok(written.into())
    }

    /// Marks when payers paid a closed month; without a day their marks go.
    ///
    /// # Errors
    /// [`Problem::PeriodOpen`]; [`Problem::RecordMissing`] for somebody who is not charged in it.
    pub fn mark_paid(
        &self,
        organisation: OrganisationId,
        month: NaiveDate,
        payers: &[Payer],
        paid_on: Option<NaiveDate>,
    ) -> Result<Changed> {
        let month = month_of(month);
        let store = self.store(organisation)?;
        let who = match payers {
            [one] => store.read(|reader| PayerNames::of_one(reader, *one))?,
            _ => None,
        };
        let action = Action::ChargesPaid {
            month,
            count: payers.len() as u32,
            who,
            paid: paid_on.is_some(),
        };
        let written = store.write(&action, |tx| {
            if tx.charge_period(month)?.is_none() {
                return Err(Problem::PeriodOpen { month });
            }
            let charged: HashMap<Payer, i64> = tx.charged_in(month)?.into_iter().collect();
            for payer in payers {
                if !charged.contains_key(payer) {
                    return Err(Problem::RecordMissing);
                }
                tx.put_charge_paid(month, *payer, paid_on)?;
            }
            Ok(())
        })?;
        Ok(written.into())
    }

    /// A payer's accounts of months that were closed, the latest first, with the month of each.
    pub fn charges_of(
        &self,
        organisation: OrganisationId,
        payer: Payer,
    ) -> Result<Vec<(NaiveDate, ChargeAccount)>> {
        self.store(organisation)?.read(|reader| {
            let mut months: BTreeMap<NaiveDate, Vec<ChargeLine>> = BTreeMap::new();
            for (month, line) in reader.charge_lines_of_payer(payer)? {
                months.entry(month).or_default().push(line);
            }
            let spaces = spaces(reader)?;
            let mut found = Vec::new();
            for (month, lines) in months.into_iter().rev() {
                let settings = reader
                    .charge_period(month)?
                    .map_or_else(ChargeSettings::default, |period| period.settings);
                let names = PayerNames::of(reader, &lines)?;
                let paid: HashMap<Payer, NaiveDate> = reader.charges_paid(month)?.into_iter().collect();
                let account = names.account(payer, lines, month, &settings, &spaces, &paid);
                found.push((month, account));
            }
            Ok(found)
        })
    }
}

/// A month's lines, and what it takes to close it.
struct MonthList {
    month: NaiveDate,
    state: ChargeState,
    closable: bool,
    next: Option<NaiveDate>,
    settings: ChargeSettings,
    lines: Vec<ChargeLine>,
    unpriced: Vec<StandingShift>,
    charging: BTreeMap<ResourceId, kiulu_domain::bookings::charging::Charging>,
    digests: BTreeMap<ResourceId, uuid::Uuid>,
}

impl MonthList {
    fn read(reader: &Reader<'_>, month: NaiveDate, now: NaiveDateTime) -> Result<Self> {
        let closed = reader.closed_months()?;
        let next = closed.map(|(_, last)| month_after(last));
        if let Some(period) = reader.charge_period(month)? {
            return Ok(Self {
                month,
                state: ChargeState::Closed {
                    closed_on: period.closed_on,
                    due_on: period.due_on(),
                },
                closable: false,
                next,
                lines: reader.charge_lines(month)?,
                unpriced: Vec::new(),
                settings: period.settings,
                charging: period.charging,
                digests: period.digests,
            });
        }
        let running = !is_over(month, now);
        let before = closed.is_some_and(|(first, _)| month < first);
        // What was closed is put right in the list that is closed next.
        let earlier = if next == Some(month) {
            reader.charge_periods(looks_back_to(month))?
        } else {
            Vec::new()
        };
        let from = earlier.first().map_or(month, |period| period.month);
        let late = reader.late_charges(from)?;
        let mut list = Self {
            month,
            state: if before {
                ChargeState::Before
            } else {
                ChargeState::Open { running }
            },
            closable: !running && next.is_none_or(|next| next == month),
            next,
            settings: reader.charge_settings()?,
            lines: Vec::new(),
            unpriced: Vec::new(),
            charging: BTreeMap::new(),
            digests: BTreeMap::new(),
        };
        if before {
            return Ok(list);
        }
        for resource in reader.resources()? {
            let id = resource.id;
            list.charging.insert(id, resource.limits.charging);
            let book = reader.charge_book(resource, from, last_day(month))?;
            let schedule = book.schedule(now);
            let own = charges(&schedule, month);
            list.unpriced
                .extend(unpriced(&schedule, month).into_iter().cloned());
            list.digests.insert(id, digest(&own));
            list.lines.extend(own_lines(month, own));
            for period in &earlier {
                let would = charged_by(&book, period, now);
                let same = period.digests.get(&id) == Some(&digest(&would));
                if !same || late.contains(&(period.month, id)) {
                    let kept = reader.charge_lines_of(id, period.month)?;
                    list.lines.extend(corrections(month, period.month, &kept, &would));
                }
            }
        }
        Ok(list)
    }

    fn by_payer(self, reader: &Reader<'_>, names: &PayerNames) -> Result<Charges> {
        let vat = vat_totals(self.lines.iter().map(|line| line.charge.cost));
        let cents = vat.iter().map(|total| total.cents).sum();
        let mut payers: HashMap<Payer, Vec<ChargeLine>> = HashMap::new();
        for line in self.lines {
            payers.entry(line.charge.payer).or_default().push(line);
        }
        let paid: HashMap<Payer, NaiveDate> = reader.charges_paid(self.month)?.into_iter().collect();
        let spaces = spaces(reader)?;
        let mut accounts: Vec<ChargeAccount> = payers
            .into_iter()
            .map(|(payer, lines)| names.account(payer, lines, self.month, &self.settings, &spaces, &paid))
            .collect();
        accounts.sort_by_cached_key(|account| names.place(account));
        let unpriced = self.unpriced.into_iter().map(|shift| UnpricedShift {
            resource: shift.resource,
            space: spaces.get(&shift.resource).cloned().unwrap_or_default(),
            flat: names.name(Payer::Flat(shift.flat)).to_owned(),
            weekday: shift.weekday,
            from: shift.from,
            to: shift.to,
        });
        Ok(Charges {
            unpriced: unpriced.collect(),
            month: self.month,
            state: self.state,
            closable: self.closable,
            next: self.next,
            accounts,
            vat,
            cents,
        })
    }
}

/// What a closed month of a space would cost now, by the rules that it was closed with.
fn charged_by(book: &ResourceBook, period: &ChargePeriod, now: NaiveDateTime) -> Vec<Charge> {
    let id = book.resource.id;
    let then = period
        .charging
        .get(&id)
        .copied()
        .unwrap_or(book.resource.limits.charging);
    if then == book.resource.limits.charging {
        return charges(&book.schedule(now), period.month);
    }
    let mut resource = book.resource.clone();
    resource.limits.charging = then;
    let mut schedule = book.schedule(now);
    schedule.resource = &resource;
    charges(&schedule, period.month)
}

fn spaces(reader: &Reader<'_>) -> Result<HashMap<ResourceId, String>> {
    let resources = reader.resources()?.into_iter();
    Ok(resources.map(|Resource { id, name, .. }| (id, name)).collect())
}

/// What payers are called, in which order they are listed, and their numbers.
pub(crate) struct PayerNames {
    /// With their places among all flats.
    flats: HashMap<FlatId, (usize, String)>,
    numbers: BTreeMap<FlatId, u32>,
    contacts: HashMap<ContactId, String>,
}

impl PayerNames {
    fn of(reader: &Reader<'_>, lines: &[ChargeLine]) -> Result<Self> {
        let labels = crate::flats::labels(reader)?;
        let numbers = flat_numbers(&labels.iter().map(|(flat, _)| *flat).collect());
        let mut contacts = HashMap::new();
        for line in lines {
            if let Payer::Contact(id) = line.charge.payer
                && !contacts.contains_key(&id)
            {
                contacts.insert(id, contact_name(reader, id)?);
            }
        }
        let flats = labels.into_iter().enumerate();
        Ok(Self {
            flats: flats
                .map(|(place, (flat, label))| (flat, (place, label)))
                .collect(),
            numbers,
            contacts,
        })
    }

    fn of_one(reader: &Reader<'_>, payer: Payer) -> Result<Option<String>> {
        Ok(match payer {
            Payer::Flat(flat) => Some(reader.flat(flat)?.name),
            Payer::Contact(contact) => Some(contact_name(reader, contact)?),
            Payer::Gone => None,
        })
    }

    fn name(&self, payer: Payer) -> &str {
        match payer {
            Payer::Flat(flat) => self.flats.get(&flat).map_or("", |(_, label)| label),
            Payer::Contact(contact) => self.contacts.get(&contact).map_or("", String::as_str),
            Payer::Gone => "",
        }
    }

    fn reference(
        &self,
        payer: Payer,
        month: NaiveDate,
        settings: &ChargeSettings,
    ) -> Option<ReferenceNumber> {
        let number = match payer {
            Payer::Flat(flat) => *self.numbers.get(&flat)?,
            Payer::Contact(contact) => contact_number(contact),
            Payer::Gone => return None,
        };
        settings.series.number(number, month)
    }

    /// Flats in the order of the house, then people by name, and last those who have left.
    fn place(&self, account: &ChargeAccount) -> (u8, usize, Vec<u8>) {
        match account.payer {
            Payer::Flat(flat) => (
                0,
                self.flats.get(&flat).map_or(usize::MAX, |(place, _)| *place),
                Vec::new(),
            ),
            Payer::Contact(_) => (1, 0, sort_key(&account.name)),
            Payer::Gone => (2, 0, Vec::new()),
        }
    }

    fn account(
        &self,
        payer: Payer,
        mut lines: Vec<ChargeLine>,
        month: NaiveDate,
        settings: &ChargeSettings,
        spaces: &HashMap<ResourceId, String>,
        paid: &HashMap<Payer, NaiveDate>,
    ) -> ChargeAccount {
        lines.sort_by_key(|line| {
            (
                line.origin != month,
                line.charge.span.start,
                line.charge.source,
                line.charge.kind,
                line.id,
            )
        });
        let reference = self.reference(payer, month, settings);
        ChargeAccount {
            payer,
            name: self.name(payer).to_owned(),
            reference: reference.map(|number| number.grouped()),
            cents: lines.iter().map(|line| line.charge.cost.cents).sum(),
            lines: lines
                .into_iter()
                .map(|line| AccountLine {
                    space: spaces.get(&line.charge.resource).cloned().unwrap_or_default(),
                    line,
                })
                .collect(),
            paid_on: paid.get(&payer).copied(),
        }
    }
}

/// The name of a contact on a list that others see.
fn contact_name(reader: &Reader<'_>, id: ContactId) -> Result<String> {
    let contact = reader.contact(id)?;
    Ok(if contact.non_disclosure {
        String::new()
    } else {
        contact.list_name()
    })
}
