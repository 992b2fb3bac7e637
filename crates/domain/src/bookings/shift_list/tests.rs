use super::plan::{Correction, ShiftListOptions, TurnOutcome, plan};
use super::*;
use crate::bookings::presets::preset;
use crate::bookings::resource::{Resource, ResourceKind};
use crate::bookings::rules::Violation;
use crate::bookings::schedule::Schedule;
use crate::bookings::standing::StandingShift;
use crate::bookings::time::Validity;
use crate::flat::Flat;
use crate::id::{FlatId, ResourceId, StandingShiftId};
use crate::sheet::Cell;
use chrono::NaiveDate;
use uuid::Uuid;

/// Rows of a drawing: cells between bars, blank lines are blank rows. A number is a number, "=18:30" a time cell.
fn rows(drawn: &str) -> Vec<Row> {
    let lines = drawn.trim_matches('\n').lines();
    lines
        .enumerate()
        .map(|(place, line)| Row {
            number: place as u32 + 1,
            cells: line.split('|').map(|text| cell(text.trim())).collect(),
        })
        .filter(|row| row.cells.iter().any(|cell| *cell != Cell::Empty))
        .collect()
}

fn cell(text: &str) -> Cell {
    if let Some(time) = text.strip_prefix('=') {
        let (hour, minute) = time.split_once(':').unwrap();
        let day = NaiveDate::from_ymd_opt(1899, 12, 31).unwrap();
        return Cell::Date(
            day.and_hms_opt(hour.parse().unwrap(), minute.parse().unwrap(), 0)
                .unwrap(),
        );
    }
    match text.parse() {
        Ok(number) => Cell::Number(number),
        Err(_) if text.is_empty() => Cell::Empty,
        Err(_) => Cell::Text(text.to_owned()),
    }
}

const DAYS: [&str; 7] = ["ma", "ti", "ke", "to", "pe", "la", "su"];

fn clock(minutes: Minutes) -> String {
    match minutes % 60 {
        0 => (minutes / 60).to_string(),
        rest => format!("{}.{rest:02}", minutes / 60),
    }
}

/// "ke 18-19 A 5", with "@2" behind for a space and "?" for cells that name no flat.
fn told(list: &ShiftList) -> Vec<String> {
    let entry = |entry: &Entry| {
        let end = entry.to.map(clock).unwrap_or_default();
        let who = match &entry.said {
            Said::Flats(flats) => flats.join("+"),
            Said::Free => "vapaa".into(),
            Said::Common(audience) => format!("{audience:?}").to_lowercase(),
            Said::Unclear => "?".into(),
        };
        let space = entry.space.map(|place| format!(" @{place}")).unwrap_or_default();
        format!(
            "{} {}-{end} {who}{space}",
            DAYS[entry.weekday as usize],
            clock(entry.from)
        )
    };
    let unplaced = |one: &Unplaced| {
        format!(
            "{}{} {:?}",
            (b'A' + one.at.column as u8) as char,
            one.at.row,
            one.lacks
        )
    };
    list.entries
        .iter()
        .map(entry)
        .chain(list.unplaced.iter().map(unplaced))
        .collect()
}

fn read_with(drawn: &str, merges: &[[u32; 4]], spaces: &[&str], name: &str) -> ShiftList {
    let merges: Vec<CellRange> = merges
        .iter()
        .map(|&[first_row, first_column, last_row, last_column]| CellRange {
            first_row,
            first_column,
            last_row,
            last_column,
        })
        .collect();
    let rows = rows(drawn);
    let sheet = SheetCells {
        index: 0,
        name,
        rows: &rows,
        merges: &merges,
    };
    read(&sheet, spaces)
}

#[track_caller]
fn check(drawn: &str, expected: &[&str]) {
    assert_eq!(told(&read_with(drawn, &[], &[], "Taul1")), expected, "{drawn}");
}

#[test]
fn weekdays_across_and_times_down() {
    check(
        "
As Oy Koivurinne, saunavuorot 2026
Klo   | Keskiviikko | Torstai | Perjantai
16-17 | A 1         |         | vapaa
17-18 | A2          | as. 3   | Lenkkisauna
18-19 |             | 4       | -",
        &[
            "ke 16-17 A 1",
            "pe 16-17 vapaa",
            "ke 17-18 A 2",
            "to 17-18 3",
            "pe 17-18 mixed",
            "to 18-19 4",
        ],
    );
}

#[test]
fn bare_hours_and_bare_flats_are_told_apart() {
    check(
        "
   | ke | to
16 | 17 | 5
17 | 18 | 12
18 | 1  | 20",
        &[
            "ke 16-17 17",
            "to 16-17 5",
            "ke 17-18 18",
            "to 17-18 12",
            "ke 18- 1",
            "to 18- 20",
        ],
    );
}

#[test]
fn times_that_are_cells_of_time_and_end_where_the_next_begins() {
    check(
        "
       | Måndag | Tisdag
=18:00 | A 1    | A 2
=18:40 | A 3    |
=19:20 |        | A 4",
        &[
            "ma 18-18.40 A 1",
            "ti 18-18.40 A 2",
            "ma 18.40-19.20 A 3",
            "ti 19.20- A 4",
        ],
    );
}

#[test]
fn times_across_and_weekdays_down() {
    check(
        "
            | 18.00–19.00 | 19.00–20.00
Wednesday   | A 1         | A 2
Thursday    | free        | B 3 Smith
Friday      | men's sauna |",
        &[
            "ke 18-19 A 1",
            "ke 19-20 A 2",
            "to 18-19 vapaa",
            "to 19-20 B 3",
            "pe 18-19 men",
        ],
    );
    check(
        "
   | 18  | 19 | 20
ke | A 1 | 19 |
   |     | A 7 |
to | 18  |    | A 5",
        &[
            "ke 18-19 A 1",
            "ke 19-20 19",
            "ke 19-20 A 7",
            "to 18-19 18",
            "to 20- A 5",
        ],
    );
}

#[test]
fn a_time_column_beside_each_weekday() {
    check(
        "
Keskiviikko |     | Torstai |
18-19       | A 1 | 17-18   | A 5
19-20       | A 2 | 18-19   | A 6",
        &["ke 18-19 A 1", "to 17-18 A 5", "ke 19-20 A 2", "to 18-19 A 6"],
    );
}

#[test]
fn a_block_for_each_sauna_below_or_beside_the_other() {
    let spaces = ["Talosauna", "Sauna 2"];
    let below = "
TALOSAUNA
      | ke  | to
18-19 | A 1 | A 2

Sauna 2 (kellari)
      | ke  | pe
18-19 | A 3 | A 4";
    let expected = [
        "ke 18-19 A 1 @0",
        "to 18-19 A 2 @0",
        "ke 18-19 A 3 @1",
        "pe 18-19 A 4 @1",
    ];
    assert_eq!(told(&read_with(below, &[], &spaces, "Taul1")), expected);
    let beside = "
      | Talosauna |     | Sauna 2 |
      | ke        | to  | ke      | to
18-19 | A 1       | A 2 | A 3     | A 4";
    let expected = [
        "ke 18-19 A 1 @0",
        "to 18-19 A 2 @0",
        "ke 18-19 A 3 @1",
        "to 18-19 A 4 @1",
    ];
    assert_eq!(told(&read_with(beside, &[], &spaces, "Taul1")), expected);
    // Or a sheet for each.
    let sheet = "
      | ke  | to
18-19 | A 1 |";
    assert_eq!(
        told(&read_with(sheet, &[], &spaces, "sauna 2")),
        ["ke 18-19 A 1 @1"]
    );
}

#[test]
fn merged_cells_hold_for_all_that_they_cover() {
    // The heading over two columns, a flat over two turns, and a common turn over two days.
    let drawn = "
      | Keskiviikko |     | Torstai
18-19 | A 1         | A 2 | A 3
19-20 | A 4         |     |
20-21 | Lenkkisauna |     |";
    let merges = [[0, 1, 0, 2], [1, 3, 2, 3], [3, 1, 3, 3]];
    let list = read_with(drawn, &merges, &[], "Taul1");
    assert_eq!(
        told(&list),
        [
            "ke 18-19 A 1",
            "ke 18-19 A 2",
            "to 18-19 A 3",
            "ke 19-20 A 4",
            "to 19-20 A 3",
            "ke 20-21 mixed",
            "ke 20-21 mixed",
            "to 20-21 mixed",
        ]
    );
    // Both turns of A 3 come from its first cell.
    let of_a3: Vec<_> = list
        .entries
        .iter()
        .filter(|entry| entry.text == "A 3")
        .map(|entry| (entry.at.row, entry.at.column))
        .collect();
    assert_eq!(of_a3, [(2, 3), (2, 3)]);
}

#[test]
fn a_plain_list_in_any_order_of_columns() {
    check(
        "
Huoneisto | Asukas   | Viikonpäivä | Kello
A 1       | Virtanen | ke          | 18-19
5         | Mäki     | Torstaisin  | klo 19
B 2       | Å        | pe          | 18.30–19.30",
        &["ke 18-19 A 1", "to 19- 5", "pe 18.30-19.30 B 2"],
    );
    check(
        "
ke 18-19 | A 1 Virtanen
ke 19-20 | vapaa
to klo 18 | A5",
        &["ke 18-19 A 1", "ke 19-20 vapaa", "to 18- A 5"],
    );
    check(
        "
Veckodag | Börjar | Slutar | Lägenhet
onsdag   | 18:00  | 19:00  | 12
onsdag   | 19:00  | 20:00  | 14",
        &["ke 18-19 12", "ke 19-20 14"],
    );
}

#[test]
fn a_weekday_that_stands_alone_holds_for_the_lines_below() {
    check(
        "
KESKIVIIKKO
18-19 | A 1
19-20 | vapaa
20-21 |
TORSTAI
18-19 | A 2
19-20 | Naisten lenkkisauna",
        &["ke 18-19 A 1", "ke 19-20 vapaa", "to 18-19 A 2", "to 19-20 women"],
    );
}

#[test]
fn a_list_names_its_spaces_in_a_column_or_over_its_lines() {
    let spaces = ["Alasauna", "Yläsauna"];
    let column = "
Tila     | Päivä | Klo   | Asunto
Yläsauna | ke    | 18-19 | A 1
Alasauna | ke    | 18-19 | A 2";
    assert_eq!(
        told(&read_with(column, &[], &spaces, "Taul1")),
        ["ke 18-19 A 1 @1", "ke 18-19 A 2 @0"]
    );
    let over = "
Alasauna
ke 18-19 | A 1
Yläsauna
ke 18-19 | A 2";
    assert_eq!(
        told(&read_with(over, &[], &spaces, "Taul1")),
        ["ke 18-19 A 1 @0", "ke 18-19 A 2 @1"]
    );
}

#[test]
fn what_cannot_be_placed_or_read_is_told_with_its_cell() {
    check(
        "
      | ke     | to
18-19 | siivous | A 1
      | A 2    |",
        &["ke 18-19 ?", "to 18-19 A 1", "B3 Time"],
    );
    check(
        "
18-19 | A 1
ke    |
19-20 | A 2
      | A 3",
        &["ke 19-20 A 2", "B1 Day", "B4 Time"],
    );
    check("", &[]);
    check("Nimi | Puhelin\nVirtanen | 040 123 4567", &[]);
}

#[test]
fn shared_turns_keep_every_flat() {
    check(
        "
      | ke        | to
18-19 | A 1 / A 2 | A 3, A 4",
        &["ke 18-19 A 1+A 2", "to 18-19 A 3+A 4"],
    );
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn flat(name: &str) -> Flat {
    Flat::named(flat_id(name), None, name.to_owned())
}

fn flat_id(name: &str) -> FlatId {
    FlatId(crate::id::derived("flat", &[name.as_bytes()]))
}

/// The sauna by its preset – Wednesday to Saturday 16–22, turns of an hour, one shift a flat – with what stands already.
fn planned(
    drawn: &str,
    standing: &[StandingShift],
    corrections: Vec<Correction>,
) -> (Vec<TurnOutcome>, Vec<StandingShift>) {
    let sauna: Resource = preset(ResourceId(Uuid::from_u128(1)), ResourceKind::Sauna, "Talosauna");
    let schedule = Schedule {
        resource: &sauna,
        zone: chrono_tz::Europe::Helsinki,
        standing,
        skipped: &[],
        bookings: &[],
        blackouts: &[],
        prices: &[],
        waiting: &[],
        now: day("2026-10-21").and_hms_opt(12, 0, 0).unwrap(),
    };
    let flats = ["A 1", "A 2", "A 3", "B 3", "B 4"].map(flat);
    let options = ShiftListOptions {
        space: Some(sauna.id),
        from: day("2026-11-01"),
        to: None,
        corrections,
    };
    let (turns, given) = plan(&read_with(drawn, &[], &[], ""), &[schedule], &flats, &options);
    (turns.into_iter().map(|turn| turn.outcome).collect(), given)
}

#[test]
fn each_turn_is_told_what_becomes_of_it() {
    let (outcomes, given) = planned(
        "
      | ke  | to    | ma
18-19 | A 1 | 4     | A 2
19-20 | 3   | C 9   | vapaa
20-21 | A 1 | siivous | Lenkkisauna",
        &[],
        Vec::new(),
    );
    let (a1, b4, a2) = (flat_id("A 1"), flat_id("B 4"), flat_id("A 2"));
    let mut threes = vec![flat_id("A 3"), flat_id("B 3")];
    threes.sort_unstable();
    assert_eq!(
        outcomes,
        [
            TurnOutcome::Given { flat: a1 },
            TurnOutcome::Given { flat: b4 },
            TurnOutcome::Refused {
                flat: a2,
                against: vec![Violation::Closed]
            },
            TurnOutcome::Several { flats: threes },
            TurnOutcome::NoFlat { name: "C 9".into() },
            TurnOutcome::Free,
            TurnOutcome::Refused {
                flat: a1,
                against: vec![Violation::StandingUsed { most: 1 }]
            },
            TurnOutcome::Unclear,
            TurnOutcome::Common {
                audience: Audience::Mixed
            },
        ]
    );
    assert_eq!(
        given
            .iter()
            .map(|shift| (shift.flat, shift.weekday))
            .collect::<Vec<_>>(),
        [(a1, 2), (b4, 3)]
    );
    assert!(given.iter().all(|shift| shift.valid
        == Validity {
            from: Some(day("2026-11-01")),
            to: None
        }));
}

#[test]
fn the_same_list_again_gives_nothing() {
    let drawn = "
      | ke  | to
18-19 | A 1 | A 2";
    let (_, mut given) = planned(drawn, &[], Vec::new());
    assert_eq!(given.len(), 2);
    for (place, shift) in given.iter_mut().enumerate() {
        shift.id = StandingShiftId(Uuid::from_u128(place as u128 + 7));
    }
    let (outcomes, again) = planned(drawn, &given, Vec::new());
    assert!(again.is_empty());
    assert_eq!(
        outcomes,
        [
            TurnOutcome::Stands { flat: flat_id("A 1") },
            TurnOutcome::Stands { flat: flat_id("A 2") }
        ]
    );
    // What has ended by then is given anew.
    for shift in &mut given {
        shift.valid = Validity {
            from: Some(day("2026-01-01")),
            to: Some(day("2026-10-31")),
        };
    }
    assert_eq!(planned(drawn, &given, Vec::new()).1.len(), 2);
}

#[test]
fn a_correction_decides_and_two_of_a_turn_cannot_both_have_it() {
    let drawn = "
      | ke        | to
18-19 | A 1 / A 2 | 3
18-19 | B 4       | A 1";
    let at = |row, column| CellPlace {
        sheet: 0,
        row,
        column,
    };
    let correct = |row, column, weekday, flat: Option<&str>| Correction {
        at: at(row, column),
        weekday,
        from: 18 * 60,
        flat: flat.map(flat_id),
    };
    let corrections = vec![correct(2, 1, 2, Some("A 2")), correct(2, 2, 3, None)];
    let (outcomes, _) = planned(drawn, &[], corrections);
    let taken = Violation::Taken {
        flat: Some(flat_id("A 2")),
        standing: true,
    };
    assert_eq!(
        outcomes,
        [
            TurnOutcome::Given { flat: flat_id("A 2") },
            TurnOutcome::LeftOut,
            TurnOutcome::Refused {
                flat: flat_id("B 4"),
                against: vec![taken]
            },
            TurnOutcome::Given { flat: flat_id("A 1") },
        ]
    );
}
