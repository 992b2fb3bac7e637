//! How often rows about one person are told from rows about namesakes, on labelled lists of the folder that `KIULU_CORPORA`
//! names: invented people with spouses, namesakes in one flat and elsewhere, and duplicates with seventeen kinds of slips.

#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use kiulu_domain::id::StakeholderKindId;
use kiulu_domain::import::draft::{Reading, read_row};
use kiulu_domain::import::field::Field;
use kiulu_domain::import::field::Target;
use kiulu_domain::import::options::{Corrections, ImportOptions, Mapping};
use kiulu_domain::import::plan::{Drafts, OriginOf, plan};
use kiulu_domain::import::register::Register;
use kiulu_domain::organisation::{Language, OrganisationKind};
use kiulu_domain::sheet::{Cell, Row};
use kiulu_domain::vocabulary::{StakeholderKind, ready_made};
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

/// Pairs of rows, of which some were put together.
#[derive(Debug, Default)]
struct Score {
    /// Put together and one person.
    right: usize,
    /// Put together though two.
    wrong: usize,
    /// One person, right or left apart.
    real: usize,
    /// Rows that did not come in.
    rejected: u32,
}

fn vocabulary() -> Vec<StakeholderKind> {
    ready_made(OrganisationKind::HousingCompany)
        .into_iter()
        .zip(1_u128..)
        .map(|(entry, id)| StakeholderKind {
            id: StakeholderKindId(Uuid::from_u128(id)),
            name: entry.name(Language::Fi).to_owned(),
            legal_basis: entry.legal_basis,
            retention: entry.retention(Language::Fi),
            has_flat: entry.has_flat,
        })
        .collect()
}

fn score(folder: &Path) -> Score {
    let text = std::fs::read_to_string(folder.join("register.csv")).unwrap();
    let truth = std::fs::read_to_string(folder.join("truth.csv")).unwrap();
    let person_of: HashMap<u32, &str> = truth
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut parts = line.split(',');
            Some((parts.next()?.parse().ok()?, parts.next()?))
        })
        .collect();
    let rows: Vec<Row> = (1..)
        .zip(text.lines().skip(1))
        .map(|(number, line)| Row {
            number,
            cells: line
                .split(';')
                .map(|cell| match cell {
                    "" => Cell::Empty,
                    text => Cell::Text(text.to_owned()),
                })
                .collect(),
        })
        .collect();
    let mapping = Mapping {
        targets: [
            Field::FirstName,
            Field::LastName,
            Field::Street,
            Field::Flat,
            Field::PostalCode,
            Field::City,
            Field::Phone,
            Field::Email,
            Field::RoleName,
            Field::RoleFrom,
        ]
        .map(Target::Field)
        .to_vec(),
        ..Mapping::default()
    };
    let (options, vocabulary) = (ImportOptions::default(), vocabulary());
    let corrections = Corrections::default();
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let reading = Reading::new(&mapping, &options, &corrections, &vocabulary, &[], &rows, today);
    let drafts: Drafts = rows.iter().map(|row| read_row(row, &reading)).collect();
    let mut register = Register::default();
    vocabulary.into_iter().for_each(|kind| register.add_kind(kind));
    register.seal();
    let plan = plan(drafts, &register, &options, &corrections);

    let mut score = Score {
        rejected: plan.totals.rejected,
        ..Score::default()
    };
    let mut clusters: HashMap<u32, Vec<u32>> = HashMap::new();
    for origin in plan.origins() {
        if let OriginOf::Written(place) = origin.contact {
            clusters.entry(place).or_default().push(origin.row);
        }
    }
    let line_of = |row: &u32| text.lines().nth(*row as usize).unwrap_or_default();
    for rows in clusters.values() {
        for (at, one) in rows.iter().enumerate() {
            for other in &rows[..at] {
                if person_of[one] == person_of[other] {
                    score.right += 1;
                } else {
                    score.wrong += 1;
                    eprintln!("wrong: {}\n       {}", line_of(other), line_of(one));
                }
            }
        }
    }
    for (row, problems) in plan.rejected() {
        eprintln!("rejected: {} {problems:?}", line_of(&row));
    }
    let mut rows_of: HashMap<&str, usize> = HashMap::new();
    for person in person_of.values() {
        *rows_of.entry(person).or_default() += 1;
    }
    score.real = rows_of.values().map(|rows| rows * (rows - 1) / 2).sum();
    score
}

#[test]
fn namesakes_stay_apart_and_the_same_people_meet() {
    let Some(folder) = std::env::var_os("KIULU_CORPORA") else {
        eprintln!("skipped: KIULU_CORPORA is not set");
        return;
    };
    let score = score(&Path::new(&folder).join("5-names/sample-2k"));
    eprintln!("{score:?}");
    assert_eq!(score.rejected, 0);
    assert!(
        score.right * 10 >= score.real * 7 && score.wrong * 15 <= score.right,
        "{score:?}"
    );
}
