//! Made-up contact lists for tests, benchmarks and the sample organisation: the same rows for the same seed.
//!
//! Names and streets are common Finnish ones put together at random; domains are those that RFC 2606 reserves. The dirt is
//! what real lists have: telephone numbers in every spelling, lost leading zeros, dates as text, addresses with slips.

use std::io::Write;

use chrono::{Days, NaiveDate};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

/// Headings of [`contacts_xlsx`].
pub const COLUMNS: [&str; 12] = [
    "Jäsennumero",
    "Etunimi",
    "Sukunimi",
    "Katuosoite",
    "Huoneisto",
    "Postinumero",
    "Postitoimipaikka",
    "Puhelin",
    "Sähköposti",
    "Syntymäaika",
    "Kieli",
    "Huomautus",
];

const FIRST_NAMES: &[&str] = &[
    "Aino", "Eino", "Helmi", "Veikko", "Sylvi", "Toivo", "Kerttu", "Onni", "Lempi", "Urho", "Anna", "Matti",
    "Liisa", "Juhani", "Maria", "Kalevi", "Marjatta", "Antero", "Anneli", "Tapani", "Päivi", "Jari", "Tiina",
    "Mika", "Sari", "Timo", "Minna", "Petri", "Hanna", "Antti", "Johanna", "Jukka", "Katja", "Sami", "Laura",
    "Ville", "Jenni", "Teemu", "Emmi", "Joonas", "Sofia", "Elias", "Venla", "Oliver", "Åsa", "Göran",
    "Birgitta", "Håkan", "Märta", "Ülle", "Yrjö", "Hellevi", "Äijö",
];
const LAST_NAMES: &[&str] = &[
    "Korhonen",
    "Virtanen",
    "Mäkinen",
    "Nieminen",
    "Mäkelä",
    "Hämäläinen",
    "Laine",
    "Heikkinen",
    "Koskinen",
    "Järvinen",
    "Lehtonen",
    "Lehtinen",
    "Saarinen",
    "Niemi",
    "Salminen",
    "Heinonen",
    "Heikkilä",
    "Kinnunen",
    "Salonen",
    "Turunen",
    "Salo",
    "Laitinen",
    "Rantanen",
    "Tuominen",
    "Jokinen",
    "Mattila",
    "Savolainen",
    "Lahtinen",
    "Ahonen",
    "Ojala",
    "Leppänen",
    "Väisänen",
    "Hiltunen",
    "Kallio",
    "Miettinen",
    "Pitkänen",
    "Aaltonen",
    "Manninen",
    "Koivisto",
    "Anttila",
    "Johansson",
    "Lindström",
    "Nyström",
    "Åkerblom",
    "Öhman",
    "Bäckman",
    "Mäki-Laine",
    "von Essen",
    "Saari",
    "Räty",
];
const STREETS: &[&str] = &[
    "Koivukuja",
    "Mäntytie",
    "Satamakatu",
    "Rantatie",
    "Kirkkokatu",
    "Asemakatu",
    "Puistokatu",
    "Myllytie",
    "Kuusitie",
    "Harjukatu",
    "Niittypolku",
    "Lehtotie",
    "Peltokatu",
    "Kalliotie",
    "Metsäpolku",
    "Saunatie",
    "Torikatu",
    "Koulukatu",
    "Vanha Porvoontie",
    "Itäinen Pitkäkatu",
    "Björkvägen",
    "Strandgatan",
    "Åkervägen",
    "Pihlajatie",
    "Tähtitie",
];
const PLACES: &[(u32, &str)] = &[
    (100, "Helsinki"),
    (550, "Helsinki"),
    (2100, "Espoo"),
    (1300, "Vantaa"),
    (20100, "Turku"),
    (33100, "Tampere"),
    (90100, "Oulu"),
    (40100, "Jyväskylä"),
    (70100, "Kuopio"),
    (15110, "Lahti"),
    (28100, "Pori"),
    (65100, "Vaasa"),
    (80100, "Joensuu"),
    (53100, "Lappeenranta"),
    (48100, "Kotka"),
    (6100, "Porvoo"),
    (96100, "Rovaniemi"),
    (60100, "Seinäjoki"),
    (22100, "Maarianhamina"),
    (10600, "Tammisaari"),
];

/// A small generator of numbers (SplitMix64), so that lists never change with a library.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        // The remainder of a division by a u32 fits.
        u32::try_from(self.next() % u64::from(bound)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(u32::try_from(list.len()).unwrap_or(1)) as usize]
    }
}

/// A cell of a generated list.
#[derive(Debug, Clone, PartialEq)]
enum Made {
    Empty,
    Text(String),
    Number(f64),
    Date(NaiveDate),
}

fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'ä' | 'å' => Some('a'),
            'ö' => Some('o'),
            'ü' => Some('u'),
            ' ' => None,
            letter => Some(letter),
        })
        .collect()
}

fn phone(dice: &mut Dice) -> Made {
    let operator = *dice.pick(&[40, 41, 44, 45, 50]);
    let number = 1_000_000 + dice.below(9_000_000);
    let (head, tail) = (number / 10_000, number % 10_000);
    Made::Text(match dice.below(12) {
        0..=3 => format!("0{operator} {head} {tail:04}"),
        4 | 5 => format!("0{operator}-{number}"),
        6 => format!("+358 {operator} {number}"),
        7 => format!("+358(0){operator} {number}"),
        8 => format!("00358{operator}{number}"),
        9 => format!("0{operator}{number} / 09 {}", 100_000 + dice.below(900_000)),
        10 => return Made::Empty,
        // Excel took it for a number, and the zero is lost.
        _ => return Made::Number(f64::from(operator) * 1e7 + f64::from(number)),
    })
}

fn email(dice: &mut Dice, first: &str, last: &str) -> Made {
    let (first, last) = (plain(first), plain(last));
    let domain = *dice.pick(&[
        "example.com",
        "example.org",
        "example.net",
        "posti.example",
        "taloyhtio.example",
    ]);
    let address = format!("{first}.{last}@{domain}");
    Made::Text(match dice.below(20) {
        0 => format!("{first} {last} <{address}>"),
        1 => format!("{address}."),
        2 => format!("{address}; {first}@{domain}"),
        3 => format!("{first}.{last}(at){domain}"),
        4 => format!(" {} ", address.to_uppercase()),
        5 | 6 => return Made::Empty,
        _ => address,
    })
}

fn birthday(dice: &mut Dice) -> Made {
    let first = NaiveDate::from_ymd_opt(1930, 1, 1).unwrap_or_default();
    let date = first + Days::new(u64::from(dice.below(29_000)));
    match dice.below(10) {
        0 => Made::Text(date.format("%-d.%-m.%Y").to_string()),
        1 => Made::Text(date.format("%Y-%m-%d").to_string()),
        2 => Made::Text(date.format("%d%m%y").to_string()),
        3 => Made::Empty,
        _ => Made::Date(date),
    }
}

fn contact(number: u32, dice: &mut Dice) -> [Made; 12] {
    let first = *dice.pick(FIRST_NAMES);
    let last = *dice.pick(LAST_NAMES);
    let (code, town) = *dice.pick(PLACES);
    let stair = ['A', 'B', 'C', 'D'][dice.below(4) as usize];
    let street = format!("{} {}", dice.pick(STREETS), 1 + dice.below(98));
    let note = match dice.below(200) {
        0 => Made::Text("=HYPERLINK(\"http://example.com\")".to_owned()),
        1 => Made::Text("-".to_owned()),
        2..=12 => Made::Text("ei mainoksia".to_owned()),
        13..=20 => Made::Text("Hallituksen jäsen\n2023–2025".to_owned()),
        _ => Made::Empty,
    };
    [
        Made::Number(f64::from(1_000 + number)),
        Made::Text(if dice.below(60) == 0 {
            format!(" {first}  ")
        } else {
            first.to_owned()
        }),
        Made::Text(if dice.below(80) == 0 {
            last.to_uppercase()
        } else {
            last.to_owned()
        }),
        Made::Text(street),
        Made::Text(format!("{stair} {}", 1 + dice.below(60))),
        if dice.below(2) == 0 {
            Made::Number(f64::from(code))
        } else {
            Made::Text(format!("{code:05}"))
        },
        Made::Text(town.to_owned()),
        phone(dice),
        email(dice, first, last),
        birthday(dice),
        Made::Text((*dice.pick(&["fi", "fi", "fi", "suomi", "sv", "ruotsi", "en"])).to_owned()),
        note,
    ]
}

struct Formats {
    bold: Format,
    centred: Format,
    date: Format,
}

impl Formats {
    fn new() -> Self {
        Formats {
            bold: Format::new().set_bold(),
            centred: Format::new().set_bold().set_align(FormatAlign::Center),
            date: Format::new().set_num_format("d.m.yyyy"),
        }
    }
}

fn put(
    sheet: &mut rust_xlsxwriter::Worksheet,
    row: u32,
    column: u16,
    cell: &Made,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Made::Empty => {}
        Made::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        Made::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Made::Date(date) => {
            let serial = crate::cells::serial(date.and_time(chrono::NaiveTime::MIN));
            sheet.write_number_with_format(row, column, serial, &formats.date)?;
        }
    }
    Ok(())
}

/// Documents carry a fixed date, so that the same list is the same file.
fn workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&created));
    Ok(workbook)
}

/// Writes a member list of so many rows and twelve columns ([`COLUMNS`]) below one heading row.
///
/// # Errors
/// When `out` cannot be written, or `rows` exceed a sheet.
pub fn contacts_xlsx(out: impl Write + Send, rows: u32, seed: u64) -> Result<(), XlsxError> {
    let mut workbook = workbook()?;
    let formats = Formats::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Jäsenet")?;
    for (column, title) in (0u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, title, &formats.bold)?;
    }
    let mut dice = Dice(seed);
    for row in 1..=rows {
        for (column, cell) in (0u16..).zip(&contact(row, &mut dice)) {
            put(sheet, row, column, cell, &formats)?;
        }
    }
    workbook.save_to_writer(out)
}

/// Seed of the sample that ships with Kiulu.
pub const SAMPLE_SEED: u64 = 1_920;

/// Writes the list of residents of a made-up housing company: a title, a heading in two lines with merged cells, 24 flats in
/// three stairwells, couples and families, and every kind of slip that the import sorts out.
///
/// # Errors
/// When `out` cannot be written.
pub fn residents_xlsx(out: impl Write + Send) -> Result<(), XlsxError> {
    let mut workbook = workbook()?;
    let formats = Formats::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Asukkaat")?;
    sheet.merge_range(
        0,
        0,
        0,
        9,
        "As Oy Koivukuja 5, asukas- ja omistajaluettelo 1.1.2026",
        &formats.bold,
    )?;
    for (column, top, bottom) in [
        (0u16, "Huoneisto", ""),
        (1, "Nimi", "Sukunimi"),
        (2, "", "Etunimi"),
        (3, "Rooli", ""),
        (4, "Yhteystiedot", "Puhelin"),
        (5, "", "Sähköposti"),
        (6, "Osoite", "Katuosoite"),
        (7, "", "Postinumero"),
        (8, "", "Postitoimipaikka"),
        (9, "Syntymäaika", ""),
    ] {
        if bottom.is_empty() {
            sheet.merge_range(2, column, 3, column, top, &formats.centred)?;
        } else {
            sheet.write_string_with_format(3, column, bottom, &formats.centred)?;
        }
    }
    sheet.merge_range(2, 1, 2, 2, "Nimi", &formats.centred)?;
    sheet.merge_range(2, 4, 2, 5, "Yhteystiedot", &formats.centred)?;
    sheet.merge_range(2, 6, 2, 8, "Osoite", &formats.centred)?;
    for (column, width) in [
        (0u16, 10.0),
        (1, 16.0),
        (2, 14.0),
        (3, 12.0),
        (4, 22.0),
        (5, 34.0),
        (6, 18.0),
        (8, 16.0),
        (9, 13.0),
    ] {
        sheet.set_column_width(column, width)?;
    }
    for (row, cells) in (4u32..).zip(residents()) {
        for (column, cell) in (0u16..).zip(&cells) {
            put(sheet, row, column, cell, &formats)?;
        }
    }
    sheet.set_freeze_panes(4, 0)?;
    workbook.save_to_writer(out)
}

fn residents() -> Vec<Vec<Made>> {
    let text = |text: &str| Made::Text(text.to_owned());
    let mut dice = Dice(SAMPLE_SEED);
    let mut rows: Vec<Vec<Made>> = Vec::new();
    for flat in 1..=24u32 {
        let stair = ['A', 'B', 'C'][((flat - 1) / 8) as usize];
        let family = *dice.pick(LAST_NAMES);
        let people = 1 + dice.below(4).min(3);
        let tenant = dice.below(3) == 0;
        for person in 0..people {
            let first = *dice.pick(FIRST_NAMES);
            let last = if person > 1 && dice.below(5) == 0 {
                *dice.pick(LAST_NAMES)
            } else {
                family
            };
            let role = match (tenant, person) {
                (true, _) => "vuokralainen",
                (false, 0 | 1) => "osakas",
                _ => "asukas",
            };
            let designation = match dice.below(8) {
                0 => format!("{stair}{flat}"),
                1 => format!("{} {flat:02}", stair.to_ascii_lowercase()),
                _ => format!("{stair} {flat}"),
            };
            rows.push(vec![
                Made::Text(designation),
                text(last),
                text(first),
                text(role),
                phone(&mut dice),
                email(&mut dice, first, last),
                text("Koivukuja 5"),
                if dice.below(3) == 0 {
                    Made::Number(550.0)
                } else {
                    text("00550")
                },
                text("Helsinki"),
                birthday(&mut dice),
            ]);
        }
    }
    // An owner entered twice, once with a slip in the address, and one who lives elsewhere.
    if let Some(twice) = rows.get(4).cloned() {
        rows.push(twice);
    }
    if let Some(mut slip) = rows.get(9).cloned() {
        slip[5] = text("hellevi.salo@example,com");
        rows.push(slip);
    }
    rows.push(vec![
        text("C 24"),
        text("Lindström"),
        text("Märta"),
        text("osakas"),
        text("+46 70 123 45 67"),
        text("marta.lindstrom@example.org"),
        text("Strandgatan 12 A 3"),
        text("111 52"),
        text("Stockholm"),
        text("24.12.1948"),
    ]);
    rows
}
