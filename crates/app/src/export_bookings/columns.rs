//! The headings of the sheets of shared spaces.

use crate::export_everything::{NOTE, REFERENCE, Words};
use kiulu_spreadsheet::export::ColumnKind::{self, Bool, Date, DateTime, Number, Text};

const SPACE: Words = ["Tila", "Utrymme", "Space"];
const FLAT: Words = ["Huoneisto", "Lägenhet", "Flat"];
const BEGINS: Words = ["Alkaa", "Börjar", "From"];
const ENDS: Words = ["Päättyy", "Slutar", "To"];
const WEEKDAY: Words = ["Viikonpäivä", "Veckodag", "Weekday"];
const VALID_FROM: Words = ["Voimassa alkaen", "Gäller från", "Valid from"];
const VALID_TO: Words = ["Voimassa asti", "Gäller till", "Valid to"];

pub(super) const SPACES: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (["Laji", "Typ", "Kind"], Text),
    (["Paikka", "Plats", "Place"], Text),
    (["Henkilömäärä", "Antal personer", "People"], Number),
    (
        ["Avain tai ovikoodi", "Nyckel eller dörrkod", "Key or door code"],
        Text,
    ),
    (["Pantti, €", "Pant, €", "Deposit, €"], Number),
    (["Varattavissa", "Kan bokas", "Can be booked"], Bool),
    (
        [
            "Varattavissa, pv ennen",
            "Kan bokas, dagar före",
            "Bookable, days ahead",
        ],
        Number,
    ),
    (
        [
            "Viimeistään, min ennen",
            "Senast, min före",
            "At the latest, min before",
        ],
        Number,
    ),
    (
        [
            "Enintään huoneistolle",
            "Högst per lägenhet",
            "At most for a flat",
        ],
        Text,
    ),
    (["Peräkkäin enintään", "Högst i rad", "At most in a row"], Number),
    (
        [
            "Saman päivän lisävuoro",
            "Extra tur samma dag",
            "Extra turn the same day",
        ],
        Bool,
    ),
    (
        [
            "Vakiovuoroja huoneistolla",
            "Fasta turer per lägenhet",
            "Standing shifts of a flat",
        ],
        Number,
    ),
    (["Peruttava viimeistään", "Avbokas senast", "Cancel by"], Text),
    (["Siirrettävä viimeistään", "Flyttas senast", "Move by"], Text),
    (
        [
            "Lämmitykseen vuoroja",
            "Turer för uppvärmning",
            "Turns to heat for",
        ],
        Number,
    ),
    (
        [
            "Lämmitys päätetään, min ennen",
            "Uppvärmning avgörs, min före",
            "Heating decided, min before",
        ],
        Number,
    ),
    (
        [
            "Vakiovuoron vajaa kuukausi",
            "Fast tur, ofullständig månad",
            "Standing shift, partial month",
        ],
        Text,
    ),
    (
        ["Myöhästynyt peruutus", "Sen avbokning", "Late cancellation"],
        Text,
    ),
    (["Käyttämättä jäänyt", "Outnyttjad", "No-show"], Text),
    (
        [
            "Jonossa vastausaikaa, min",
            "Svarstid i kön, min",
            "Time to answer in the line, min",
        ],
        Number,
    ),
];

pub(super) const SEASONS: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (["Kausi", "Period", "Season"], Text),
    (["Vuodessa", "Under året", "Part of the year"], Text),
    (["ma", "mån", "Mon"], Text),
    (["ti", "tis", "Tue"], Text),
    (["ke", "ons", "Wed"], Text),
    (["to", "tors", "Thu"], Text),
    (["pe", "fre", "Fri"], Text),
    (["la", "lör", "Sat"], Text),
    (["su", "sön", "Sun"], Text),
    (["Pyhäpäivinä", "Helgdagar", "Public holidays"], Text),
    (["Aattoina", "Aftnar", "Eves"], Text),
    (["Vuoro", "Tur", "Turn"], Text),
    (
        [
            "Tauko vuoron jälkeen, min",
            "Paus efter turen, min",
            "Pause after it, min",
        ],
        Number,
    ),
];

pub(super) const COMMON: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (WEEKDAY, Text),
    (BEGINS, Text),
    (ENDS, Text),
    (["Kenelle", "För vem", "For whom"], Text),
    (VALID_FROM, Date),
    (VALID_TO, Date),
];

pub(super) const PRICES: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (["Mistä", "För", "For"], Text),
    (
        [
            "Hinta, € (sis. alv)",
            "Pris, € (inkl. moms)",
            "Price, € (VAT included)",
        ],
        Number,
    ),
    (["Alv, %", "Moms, %", "VAT, %"], Number),
    (["Kenelle", "För vem", "For whom"], Text),
    (["Viikonpäivät", "Veckodagar", "Weekdays"], Text),
    (
        ["Vuoro alkaa aikaisintaan", "Turen börjar tidigast", "Begins from"],
        Text,
    ),
    (["Vuoro alkaa ennen", "Turen börjar före", "Begins before"], Text),
    (
        ["Kesto enintään, min", "Längd högst, min", "At most, min"],
        Number,
    ),
    (["Vuodessa", "Under året", "Part of the year"], Text),
    (VALID_FROM, Date),
    (VALID_TO, Date),
];

pub(super) const SHIFTS: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (FLAT, Text),
    (WEEKDAY, Text),
    (BEGINS, Text),
    (ENDS, Text),
    (["Joka n:s viikko", "Var n:te vecka", "Every n weeks"], Number),
    (VALID_FROM, Date),
    (VALID_TO, Date),
    (["Tauolla", "Paus", "Paused"], Text),
    (NOTE, Text),
];

pub(super) const SKIPPED: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (FLAT, Text),
    (BEGINS, DateTime),
    (ENDS, DateTime),
    (["Syy", "Orsak", "Reason"], Text),
];

pub(super) const BOOKINGS: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (BEGINS, DateTime),
    (ENDS, DateTime),
    (FLAT, Text),
    (REFERENCE, Number),
    (["Varaaja", "Bokare", "Booked for"], Text),
    (["Tilanne", "Status", "Status"], Text),
    (["Lisävuoro", "Extra tur", "Extra turn"], Bool),
    (
        [
            "Sääntö ohitettu, syy",
            "Regel förbigången, orsak",
            "Rule passed over because",
        ],
        Text,
    ),
    (NOTE, Text),
];

pub(super) const WAITING: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (BEGINS, DateTime),
    (ENDS, DateTime),
    (FLAT, Text),
    (REFERENCE, Number),
    (["Jonottaja", "Köande", "Waits"], Text),
    (["Jonoon", "I kön sedan", "Since"], DateTime),
    (["Tarjottu", "Erbjuden", "Offered"], DateTime),
    (
        ["Vastattava viimeistään", "Svar senast", "To answer by"],
        DateTime,
    ),
    (NOTE, Text),
];

pub(super) const BLACKOUTS: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (BEGINS, DateTime),
    (ENDS, DateTime),
    (["Joka viikko", "Varje vecka", "Every week"], Bool),
    (["Viimeinen päivä", "Sista dag", "Last day"], Date),
    (["Syy", "Orsak", "Reason"], Text),
];

pub(super) const MARKS: &[(Words, ColumnKind)] = &[
    (SPACE, Text),
    (BEGINS, DateTime),
    (["Miten meni", "Hur det gick", "How it went"], Text),
];
