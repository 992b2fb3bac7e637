//! Papers about who shares an organisation: the recovery sheet of a laptop, and the record of a hand-over of the board.

use crate::{Head, Paper, PrintError, Words, print};
use chrono::NaiveDate;
use kiulu_domain::organisation::Language;
use serde::Serialize;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Reads.
    Read,
    /// Reads and changes.
    Edit,
    /// Also decides who takes part.
    Decide,
}

impl May {
    fn said(self, words: Words) -> String {
        let key = match self {
            Self::Read => "role_viewer",
            Self::Edit => "role_editor",
            Self::Decide => "role_owner",
        };
        words.say(key, &[])
    }
}

/// A recovery sheet: whoever holds it gets in.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The organisation.
    pub house: &'a str,
    /// The day on which it is printed.
    pub day: NaiveDate,
    /// Whose laptop it stands for.
    pub whose: &'a str,
    /// What somebody who comes with it may do.
    pub may: May,
    /// Its code, in groups with hyphens between them.
    pub code: &'a str,
    /// The same as a picture to scan (SVG).
    pub picture: &'a str,
    /// The short code of the log's end, and its number.
    pub head: &'a str,
}

/// A laptop in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who sits at it.
    pub name: String,
    /// What it may or could do.
    pub may: May,
}

/// The record of a hand-over, signed by the laptop that did it.
#[derive(Debug, Clone, Copy)]
pub struct HandedOver<'a> {
    /// The organisation.
    pub house: &'a str,
    /// The day of it.
    pub day: NaiveDate,
    /// The time of it, as it is written.
    pub at: &'a str,
    /// Who did it.
    pub by: &'a str,
    /// Those who were shut out.
    pub left: &'a [Listed],
    /// Those who stay.
    pub stay: &'a [Listed],
    /// The number of the keys that are in use from then on.
    pub epoch: u32,
    /// The short code of the log's end, and its number.
    pub head: &'a str,
    /// The signing key and the signature (Ed25519, RFC 8032), in hexadecimal digits.
    pub proof: (&'a str, &'a str),
}

/// Sets a recovery sheet.
///
/// # Errors
/// Those of [`print`].
pub fn recovery_sheet(language: Language, sheet: &Sheet<'_>) -> Result<Vec<u8>, PrintError> {
    #[derive(Serialize)]
    struct Data<'a> {
        whose: String,
        code: Vec<&'a str>,
        picture: &'a str,
        head: String,
    }
    let words = Words::of(language);
    let head = Head {
        title: words.say("sheet_title", &[]),
        house: sheet.house.to_owned(),
        day: sheet.day,
    };
    let data = Data {
        whose: words.say(
            "sheet_whose",
            &[("name", sheet.whose), ("role", &sheet.may.said(words))],
        ),
        code: sheet.code.split('-').collect(),
        picture: sheet.picture,
        head: words.say("sheet_head", &[("head", sheet.head)]),
    };
    print(Paper::RecoverySheet, language, &head, &data)
}

/// Sets the record of a hand-over.
///
/// # Errors
/// Those of [`print`].
pub fn hand_over(language: Language, record: &HandedOver<'_>) -> Result<Vec<u8>, PrintError> {
    #[derive(Serialize)]
    struct Person<'a> {
        name: &'a str,
        role: String,
    }
    #[derive(Serialize)]
    struct Data<'a> {
        facts: Vec<[String; 2]>,
        left: Vec<Person<'a>>,
        stay: Vec<Person<'a>>,
        key: Vec<String>,
        signature: Vec<String>,
    }
    let words = Words::of(language);
    let head = Head {
        title: words.say("handover_title", &[]),
        house: record.house.to_owned(),
        day: record.day,
    };
    fn people<'a>(all: &'a [Listed], words: Words) -> Vec<Person<'a>> {
        let people = all.iter().map(|one| Person {
            name: &one.name,
            role: one.may.said(words),
        });
        people.collect()
    }
    let fact = |key: &str, said: &str| [words.say(key, &[]), said.to_owned()];
    let data = Data {
        facts: vec![
            fact("handover_at", record.at),
            fact("handover_by", record.by),
            fact("handover_epoch", &record.epoch.to_string()),
            fact("handover_head", record.head),
        ],
        left: people(record.left, words),
        stay: people(record.stay, words),
        key: groups(record.proof.0),
        signature: groups(record.proof.1),
    };
    print(Paper::HandOver, language, &head, &data)
}

/// Digits in groups of eight, which can be read aloud and compared.
fn groups(digits: &str) -> Vec<String> {
    let all: Vec<char> = digits.chars().collect();
    all.chunks(8).map(|group| group.iter().collect()).collect()
}
