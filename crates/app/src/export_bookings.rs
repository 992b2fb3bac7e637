//! Shared spaces in the workbook of everything: spaces with their rules, when they are open, prices, standing shifts, skipped turns,
//! bookings, who waits for a turn, when a space is out of use, and how turns went.

mod charges;
mod columns;

use crate::Result;
use crate::export_everything::{Rows, Words, date, sheet, text, word};
use chrono::{NaiveDate, NaiveDateTime};
use columns::{BLACKOUTS, BOOKINGS, COMMON, MARKS, PRICES, SEASONS, SHIFTS, SKIPPED, SPACES, WAITING};
use kiulu_domain::bookings::booking::{BookingStatus, Holder};
use kiulu_domain::bookings::charging::{Fee, PartialMonth};
use kiulu_domain::bookings::limits::{Deadline, Limits, Period, Quota, QuotaUnit};
use kiulu_domain::bookings::mark::{Outcome, TurnMark};
use kiulu_domain::bookings::price::{Price, PriceFor, PriceUnit};
use kiulu_domain::bookings::resource::{Audience, ResourceKind};
use kiulu_domain::bookings::standing::SkipReason;
use kiulu_domain::bookings::time::{DAY, Minutes, Span, YearPart, wall};
use kiulu_domain::bookings::timetable::{HolidayHours, Hours, Season, Turns};
use kiulu_domain::id::{ContactId, FlatId};
use kiulu_domain::organisation::{Language, zone_of};
use kiulu_spreadsheet::export::{OutCell, OutSheet};
use kiulu_store::{FIRST_DAY, LAST_DAY, Reader, ResourceBook};
use std::collections::HashMap;

/// The sheets of everything shared. A booking of a contact names the contact's row in the sheet of contacts.
pub(crate) fn sheets(
    reader: &Reader<'_>,
    language: Language,
    flats: &HashMap<FlatId, String>,
    contacts: &HashMap<ContactId, (OutCell, OutCell)>,
) -> Result<Vec<OutSheet<Rows>>> {
    let mut shared = Shared {
        language,
        flats,
        contacts,
        spaces: Vec::new(),
        seasons: Vec::new(),
        common: Vec::new(),
        prices: Vec::new(),
        shifts: Vec::new(),
        skipped: Vec::new(),
        bookings: Vec::new(),
        waiting: Vec::new(),
        blackouts: Vec::new(),
        marks: Vec::new(),
    };
    for resource in reader.resources()? {
        shared.add(&reader.resource_book(resource.id, FIRST_DAY, LAST_DAY)?);
        for mark in reader.turn_marks(resource.id, FIRST_DAY, LAST_DAY)? {
            shared.mark(&mark, &resource.name);
        }
    }
    let sheet = |name, columns, rows| sheet(language, name, columns, rows);
    let [lines, settings] = charges::sheets(reader, language, flats, contacts)?;
    Ok(vec![
        sheet(["Tilat", "Utrymmen", "Spaces"], SPACES, shared.spaces),
        sheet(
            ["Aukiolo", "Öppettider", "Opening hours"],
            SEASONS,
            shared.seasons,
        ),
        sheet(
            ["Yhteiset vuorot", "Gemensamma turer", "Common turns"],
            COMMON,
            shared.common,
        ),
        sheet(["Hinnat", "Priser", "Prices"], PRICES, shared.prices),
        sheet(
            ["Vakiovuorot", "Fasta turer", "Standing shifts"],
            SHIFTS,
            shared.shifts,
        ),
        sheet(
            ["Väliin jäävät vuorot", "Inställda turer", "Skipped turns"],
            SKIPPED,
            shared.skipped,
        ),
        sheet(["Varaukset", "Bokningar", "Bookings"], BOOKINGS, shared.bookings),
        sheet(["Jonot", "Köer", "Waiting lists"], WAITING, shared.waiting),
        sheet(
            ["Poissa käytöstä", "Ur bruk", "Out of use"],
            BLACKOUTS,
            shared.blackouts,
        ),
        lines,
        settings,
        sheet(
            ["Ovilistan merkit", "Dörrlistans märken", "Marks of door lists"],
            MARKS,
            shared.marks,
        ),
    ])
}

/// The rows while spaces are added to them.
struct Shared<'a> {
    language: Language,
    flats: &'a HashMap<FlatId, String>,
    contacts: &'a HashMap<ContactId, (OutCell, OutCell)>,
    spaces: Rows,
    seasons: Rows,
    common: Rows,
    prices: Rows,
    shifts: Rows,
    skipped: Rows,
    bookings: Rows,
    waiting: Rows,
    blackouts: Rows,
    marks: Rows,
}

impl Shared<'_> {
    fn say(&self, words: Words) -> OutCell {
        text(word(words, self.language))
    }

    fn flat(&self, id: FlatId) -> OutCell {
        text(self.flats.get(&id).cloned().unwrap_or_default())
    }

    fn mark(&mut self, mark: &TurnMark, space: &str) {
        let went = match mark.outcome {
            Outcome::Used => ["Käytetty", "Använd", "Used"],
            Outcome::NoShow => ["Ei käytetty", "Inte använd", "Not used"],
        };
        self.marks
            .push(vec![text(space.to_owned()), moment(mark.start), self.say(went)]);
    }

    fn add(&mut self, book: &ResourceBook) {
        let name = text(book.resource.name.clone());
        self.space(book, &name);
        for season in &book.resource.timetable.seasons {
            let row = self.season(season, &name);
            self.seasons.push(row);
        }
        for turn in &book.resource.common_turns {
            let audience = match turn.audience {
                Audience::Women => ["Naiset", "Damer", "Women"],
                Audience::Men => ["Miehet", "Herrar", "Men"],
                Audience::Mixed => ["Kaikki", "Alla", "Everybody"],
            };
            self.common.push(vec![
                name.clone(),
                self.weekday(turn.weekday),
                clock(turn.from),
                clock(turn.to),
                self.say(audience),
                date(turn.valid.from),
                date(turn.valid.to),
            ]);
        }
        for price in &book.prices {
            let row = self.price(price, &name);
            self.prices.push(row);
        }
        self.standing(book, &name);
        self.booked(book, &name);
        self.waiting(book, &name);
        for blackout in &book.blackouts {
            self.blackouts.push(vec![
                name.clone(),
                moment(blackout.span.start),
                moment(blackout.span.end),
                OutCell::Bool(blackout.weekly.is_some()),
                date(blackout.weekly.and_then(|valid| valid.to)),
                text(blackout.reason.clone()),
            ]);
        }
    }

    fn space(&mut self, book: &ResourceBook, name: &OutCell) {
        let resource = &book.resource;
        let Limits {
            days_ahead,
            minutes_ahead,
            quotas,
            consecutive,
            same_day_extra,
            cancel,
            change,
            standing_per_flat,
            heating,
            charging,
            offer_minutes,
        } = &resource.limits;
        let quotas: Vec<String> = quotas.iter().map(|quota| self.quota(quota)).collect();
        self.spaces.push(vec![
            name.clone(),
            self.say(kind_words(resource.kind)),
            text(resource.place.clone()),
            resource.capacity.map_or(OutCell::Empty, whole),
            text(resource.key_note.clone()),
            euros(resource.deposit_cents),
            OutCell::Bool(!resource.retired),
            counted(*days_ahead),
            counted(*minutes_ahead),
            text(quotas.join("; ")),
            counted(*consecutive),
            OutCell::Bool(*same_day_extra),
            counted(*standing_per_flat),
            self.deadline(cancel.as_ref()),
            self.deadline(change.as_ref()),
            counted(heating.map(|heating| heating.turns)),
            counted(heating.map(|heating| heating.minutes_ahead)),
            self.say(match charging.partial_month {
                PartialMonth::Full => ["Täysi", "Hel", "Full"],
                PartialMonth::Half => ["Puolet", "Hälften", "Half"],
                PartialMonth::ByDays => ["Päivien mukaan", "Enligt dagar", "By days"],
            }),
            fee(charging.late_cancel),
            fee(charging.no_show),
            counted(*offer_minutes),
        ]);
    }

    fn quota(&self, quota: &Quota) -> String {
        let per = match quota.per {
            Period::Day => ["päivässä", "per dag", "a day"],
            Period::Week => ["viikossa", "per vecka", "a week"],
            Period::Month => ["kuukaudessa", "per månad", "a month"],
            Period::Year => ["vuodessa", "per år", "a year"],
            Period::Open => ["avoinna", "öppna", "open"],
        };
        let unit = match quota.unit {
            QuotaUnit::Bookings => ["varausta", "bokningar", "bookings"],
            QuotaUnit::Minutes => ["min", "min", "min"],
        };
        let (unit, per) = (word(unit, self.language), word(per, self.language));
        format!("{} {unit} {per}", quota.most)
    }

    fn deadline(&self, deadline: Option<&Deadline>) -> OutCell {
        let Some(Deadline { minutes, office }) = deadline else {
            return OutCell::Empty;
        };
        let mut said = format!("{minutes} min");
        if let Some(office) = office {
            let days: Vec<String> = (0..7)
                .filter(|day| office.weekdays[*day as usize])
                .map(|day| word(weekday_words(day), self.language))
                .collect();
            let hours = hours(&[Hours {
                from: office.from,
                to: office.to,
            }]);
            let at = word(
                [
                    "käsitellään toimiston auki ollessa",
                    "behandlas när kontoret är öppet",
                    "counted when the office is open",
                ],
                self.language,
            );
            said.push_str(&format!("; {at}: {} {hours}", days.join(", ")));
        }
        text(said)
    }

    fn season(&self, season: &Season, name: &OutCell) -> Vec<OutCell> {
        let special = |hours_of: &HolidayHours| match hours_of {
            HolidayHours::AsWeekday => {
                self.say(["Kuten viikonpäivänä", "Som veckodagen", "As on the weekday"])
            }
            HolidayHours::Closed => self.say(["Suljettu", "Stängt", "Closed"]),
            HolidayHours::Own(own) => text(hours(own)),
        };
        let nights = word(["yötä", "nätter", "nights"], self.language);
        let turns = match season.turns {
            Turns::Fixed { minutes, .. } => format!("{minutes} min"),
            Turns::Free {
                step, least, most, ..
            } => {
                format!("{least}–{most} min ({step})")
            }
            Turns::Nights {
                arrive,
                leave,
                least,
                most,
            } => format!(
                "{least}–{most} {nights}, {}",
                hours(&[Hours {
                    from: arrive,
                    to: leave
                }])
            ),
        };
        let mut row = vec![name.clone(), text(season.name.clone()), part(season.part)];
        row.extend(season.weekdays.iter().map(|open| text(hours(open))));
        row.extend([
            special(&season.public_holidays),
            if season.eves.is_empty() {
                special(&HolidayHours::AsWeekday)
            } else {
                special(&season.eve_hours)
            },
            text(turns),
            whole(season.turns.buffer().into()),
        ]);
        row
    }

    fn price(&self, price: &Price, name: &OutCell) -> Vec<OutCell> {
        let unit = match price.unit {
            PriceUnit::Turn => ["Vuoro", "Tur", "Turn"],
            PriceUnit::Hour => ["Tunti", "Timme", "Hour"],
            PriceUnit::Night => ["Yö", "Natt", "Night"],
            PriceUnit::Month => [
                "Vakiovuoron kuukausi",
                "Månad med fast tur",
                "Month of a standing shift",
            ],
        };
        let whom = match price.price_for {
            PriceFor::Everyone => ["Kaikki", "Alla", "Everybody"],
            PriceFor::Residents => ["Talon huoneistot", "Husets lägenheter", "Flats of the house"],
            PriceFor::Outsiders => ["Muut", "Övriga", "Others"],
        };
        let days: Vec<String> = (0..7)
            .filter(|day| price.weekdays[*day as usize])
            .map(|day| word(weekday_words(day), self.language))
            .collect();
        vec![
            name.clone(),
            self.say(unit),
            euros(price.cents),
            OutCell::Number(f64::from(price.vat_tenths) / 10.0),
            self.say(whom),
            text(days.join(", ")),
            clock(price.from),
            clock(price.to),
            price
                .longest
                .map_or(OutCell::Empty, |minutes| whole(minutes.into())),
            part(price.part),
            date(price.valid.from),
            date(price.valid.to),
        ]
    }

    fn standing(&mut self, book: &ResourceBook, name: &OutCell) {
        let shifts: HashMap<_, _> = book.standing.iter().map(|shift| (shift.id, shift)).collect();
        for shift in &book.standing {
            let pauses: Vec<String> = shift
                .pauses
                .iter()
                .map(|pause| {
                    let end = |day: Option<NaiveDate>| {
                        day.map_or(String::new(), |day| day.format("%-d.%-m.%Y").to_string())
                    };
                    format!("{}–{}", end(pause.from), end(pause.to))
                })
                .collect();
            self.shifts.push(vec![
                name.clone(),
                self.flat(shift.flat),
                self.weekday(shift.weekday),
                clock(shift.from),
                clock(shift.to),
                counted(Some(shift.every_weeks)),
                date(shift.valid.from),
                date(shift.valid.to),
                text(pauses.join("; ")),
                text(shift.note.clone()),
            ]);
        }
        let mut skipped = book.skipped.clone();
        skipped.sort_by_key(|turn| turn.date);
        for turn in skipped {
            let Some(shift) = shifts.get(&turn.shift) else {
                continue;
            };
            let why = match turn.reason {
                SkipReason::GivenUp => [
                    "Huoneisto luopui vuorosta",
                    "Lägenheten avstod",
                    "Given up by the flat",
                ],
                SkipReason::Yielded => [
                    "Toinen varaus oli ensin",
                    "En annan bokning var först",
                    "Another booking was first",
                ],
            };
            let span = Span::of_day(turn.date, shift.from, shift.to);
            self.skipped.push(vec![
                name.clone(),
                self.flat(shift.flat),
                moment(span.start),
                moment(span.end),
                self.say(why),
            ]);
        }
    }

    fn booked(&mut self, book: &ResourceBook, name: &OutCell) {
        for booking in &book.bookings {
            let [flat, reference, contact] = self.holder(booking.holder);
            let status = match booking.status {
                BookingStatus::Booked => ["Varattu", "Bokad", "Booked"],
                BookingStatus::Cancelled => ["Peruttu", "Avbokad", "Cancelled"],
                BookingStatus::CancelledLate => ["Peruttu myöhässä", "Sent avbokad", "Cancelled late"],
                BookingStatus::NoShow => ["Jäi käyttämättä", "Uteblev", "No-show"],
                BookingStatus::Displaced => [
                    "Odottaa uutta aikaa",
                    "Väntar på ny tid",
                    "Waits for another time",
                ],
            };
            self.bookings.push(vec![
                name.clone(),
                moment(booking.span.start),
                moment(booking.span.end),
                flat,
                reference,
                contact,
                self.say(status),
                OutCell::Bool(booking.extra),
                text(booking.override_reason.clone()),
                text(booking.note.clone()),
            ]);
        }
    }

    fn waiting(&mut self, book: &ResourceBook, name: &OutCell) {
        let mut entries: Vec<_> = book.waiting.iter().collect();
        entries.sort_by_key(|entry| (entry.span.start, entry.put_at));
        for entry in entries {
            let [flat, reference, contact] = self.holder(entry.holder);
            let put = wall(entry.put_at, zone_of(&book.time_zone));
            self.waiting.push(vec![
                name.clone(),
                moment(entry.span.start),
                moment(entry.span.end),
                flat,
                reference,
                contact,
                moment(put),
                entry.offer.map_or(OutCell::Empty, |offer| moment(offer.since)),
                entry.offer.map_or(OutCell::Empty, |offer| moment(offer.until)),
                text(entry.note.clone()),
            ]);
        }
    }

    /// Flat, and number and name of a contact in the sheet of contacts.
    fn holder(&self, holder: Holder) -> [OutCell; 3] {
        match holder {
            Holder::Flat(flat) => [self.flat(flat), OutCell::Empty, OutCell::Empty],
            Holder::Contact(contact) => {
                let (reference, name) = self.contacts.get(&contact).cloned().unwrap_or_default();
                [OutCell::Empty, reference, name]
            }
            Holder::House => [
                OutCell::Empty,
                OutCell::Empty,
                self.say(["Taloyhtiö", "Husbolaget", "The house"]),
            ],
        }
    }

    fn weekday(&self, day: u32) -> OutCell {
        self.say(weekday_words(day))
    }
}

fn kind_words(kind: ResourceKind) -> Words {
    match kind {
        ResourceKind::Sauna => ["Sauna", "Bastu", "Sauna"],
        ResourceKind::Laundry => ["Pesutupa", "Tvättstuga", "Laundry room"],
        ResourceKind::DryingRoom => ["Kuivaushuone", "Torkrum", "Drying room"],
        ResourceKind::ClubRoom => ["Kerhohuone", "Klubbrum", "Club room"],
        ResourceKind::GuestFlat => ["Vierashuone", "Gästrum", "Guest flat"],
        ResourceKind::Parking => ["Autopaikka", "Bilplats", "Parking place"],
        ResourceKind::Charging => ["Latauspaikka", "Laddplats", "Charging place"],
        ResourceKind::Grill => ["Grillipaikka", "Grillplats", "Grill"],
        ResourceKind::Tools => ["Työkalut", "Verktyg", "Tools"],
        ResourceKind::Other => ["Muu", "Annat", "Other"],
    }
}

fn weekday_words(day: u32) -> Words {
    match day {
        0 => ["ma", "mån", "Mon"],
        1 => ["ti", "tis", "Tue"],
        2 => ["ke", "ons", "Wed"],
        3 => ["to", "tors", "Thu"],
        4 => ["pe", "fre", "Fri"],
        5 => ["la", "lör", "Sat"],
        _ => ["su", "sön", "Sun"],
    }
}

/// "16.00"; the small hours that belong to an evening are those of the next day, and a day ends at 24, not at 0.
fn clock_text(minutes: Minutes) -> String {
    let minutes = if minutes > DAY { minutes % DAY } else { minutes };
    format!("{}.{:02}", minutes / 60, minutes % 60)
}

fn clock(minutes: Minutes) -> OutCell {
    text(clock_text(minutes))
}

fn hours(open: &[Hours]) -> String {
    let said: Vec<String> = open
        .iter()
        .map(|hours| format!("{}–{}", clock_text(hours.from), clock_text(hours.to)))
        .collect();
    said.join(", ")
}

/// "50 %" of the price, or an amount as it is: "5,00 €".
fn fee(fee: Fee) -> OutCell {
    text(match fee {
        Fee::Percent { percent } => format!("{percent} %"),
        Fee::Amount { cents, .. } => format!("{},{:02} €", cents / 100, cents % 100),
    })
}

/// "1.6.–31.8."
fn part(part: Option<YearPart>) -> OutCell {
    part.map_or(OutCell::Empty, |YearPart { from, to }| {
        text(format!("{}.{}.–{}.{}.", from.day, from.month, to.day, to.month))
    })
}

fn moment(time: NaiveDateTime) -> OutCell {
    OutCell::DateTime(time)
}

fn whole(value: i32) -> OutCell {
    OutCell::Number(f64::from(value))
}

fn counted(value: Option<u32>) -> OutCell {
    value.map_or(OutCell::Empty, |value| OutCell::Number(f64::from(value)))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no price comes near the cents that a double cannot tell apart"
)]
fn euros(cents: i64) -> OutCell {
    OutCell::Number(cents as f64 / 100.0)
}
