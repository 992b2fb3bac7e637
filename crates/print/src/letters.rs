//! The papers that the organisation can word itself: instructions, notice and agreement.

use crate::rules::{SpaceRules, monthly};
use crate::words::filled;
use crate::{Head, Paper, PrintError, Words, print};
use chrono::NaiveDate;
use kiulu_domain::bookings::price::Price;
use kiulu_domain::bookings::standing::StandingShift;
use kiulu_domain::organisation::{Language, OrganisationKind};
use kiulu_domain::papers::Letter;
use serde::Serialize;

/// Where nothing is known a pen can write.
const LINE: &str = "________________";

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// It is one of a list.
    pub item: bool,
    /// What it says.
    pub text: String,
}

/// What can stand in braces in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fills<'a> {
    /// `{house}`: the organisation.
    pub house: &'a str,
    /// `{start}`: the day from which on the system is in use.
    pub start: Option<NaiveDate>,
    /// `{spaces}`: the spaces by name.
    pub spaces: &'a [String],
    /// `{flat}`: the flat of an agreement.
    pub flat: &'a str,
    /// `{contact}`: whom to ask, in one line.
    pub contact: &'a str,
}

/// The text of a letter as the program words it, with its braces.
pub fn usual_text(words: Words, letter: Letter) -> String {
    let key = match letter {
        Letter::Instructions => "instructions_text",
        Letter::Notice => "notice_text",
        Letter::Agreement => "agreement_text",
    };
    words.say(key, &[])
}

/// A text with what stands for its braces: empty lines part paragraphs, a dash begins a line of a list.
pub fn paragraphs(words: Words, text: &str, fills: &Fills<'_>) -> Vec<Paragraph> {
    let start = fills.start.map_or_else(|| LINE.to_owned(), |day| words.date(day));
    let spaces = match fills.spaces {
        [] => LINE.to_owned(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} {} {last}", all.join(", "), words.say("and", &[])),
    };
    let written = |text: &str| {
        if text.trim().is_empty() {
            LINE.to_owned()
        } else {
            text.trim().to_owned()
        }
    };
    let contact = written(
        &fills
            .contact
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(", "),
    );
    let text = filled(
        text,
        &[
            ("house", fills.house),
            ("start", &start),
            ("spaces", &spaces),
            ("flat", &written(fills.flat)),
            ("contact", &contact),
        ],
    );
    let mut found: Vec<Paragraph> = Vec::new();
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        let item = ["- ", "– ", "• "].iter().find_map(|dash| line.strip_prefix(dash));
        match (item, found.last_mut().filter(|_| goes_on)) {
            _ if line.is_empty() => {}
            (Some(text), _) => found.push(Paragraph {
                item: true,
                text: text.trim().to_owned(),
            }),
            (None, Some(last)) => {
                last.text.push('\n');
                last.text.push_str(line);
            }
            (None, None) => found.push(Paragraph {
                item: false,
                text: line.to_owned(),
            }),
        }
        goes_on = !line.is_empty();
    }
    found
}

/// What every letter has at its end.
fn contact_lines(contact: &str) -> Vec<String> {
    let lines = contact.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Booking instructions for the noticeboard.
///
/// # Errors
/// Those of [`print`].
pub fn instructions(
    language: Language,
    house: &str,
    day: NaiveDate,
    spaces: &[SpaceRules],
    text: &[Paragraph],
    contact: &str,
) -> Result<Vec<u8>, PrintError> {
    #[derive(Serialize)]
    struct Data<'a> {
        spaces: &'a [SpaceRules],
        text: &'a [Paragraph],
        contact: Vec<String>,
    }
    let words = Words::of(language);
    let title = match spaces {
        [one] => words.say("instructions_title_one", &[("name", &one.name)]),
        _ => words.say("instructions_title", &[]),
    };
    let head = Head {
        title,
        house: house.to_owned(),
        day,
    };
    let contact = contact_lines(contact);
    print(
        Paper::Instructions,
        language,
        &head,
        &Data {
            spaces,
            text,
            contact,
        },
    )
}

/// The notice to residents that the system is taken into use.
///
/// # Errors
/// Those of [`print`].
pub fn notice(
    language: Language,
    day: NaiveDate,
    fills: &Fills<'_>,
    text: &[Paragraph],
) -> Result<Vec<u8>, PrintError> {
    #[derive(Serialize)]
    struct Data<'a> {
        start: String,
        spaces: &'a [String],
        text: &'a [Paragraph],
        contact: Vec<String>,
    }
    let words = Words::of(language);
    let head = Head {
        title: words.say("notice_title", &[]),
        house: fills.house.to_owned(),
        day,
    };
    let data = Data {
        start: fills.start.map_or_else(|| LINE.to_owned(), |day| words.date(day)),
        spaces: fills.spaces,
        text,
        contact: contact_lines(fills.contact),
    };
    print(Paper::Notice, language, &head, &data)
}

/// A standing shift as an agreement tells it.
#[derive(Debug, Clone, Copy)]
pub struct Agreed<'a> {
    /// The shift.
    pub shift: &'a StandingShift,
    /// What its flat is called.
    pub flat: &'a str,
    /// What the house calls the space.
    pub space: &'a str,
    /// Where the space is.
    pub place: &'a str,
    /// The space's price list.
    pub prices: &'a [Price],
    /// What the organisation is.
    pub kind: OrganisationKind,
}

/// The agreement on a standing shift, without a name: whoever signs writes it.
///
/// # Errors
/// Those of [`print`].
pub fn agreement(
    language: Language,
    house: &str,
    day: NaiveDate,
    agreed: &Agreed<'_>,
    terms: &[Paragraph],
    contact: &str,
) -> Result<Vec<u8>, PrintError> {
    #[derive(Serialize)]
    struct Data<'a> {
        facts: Vec<[String; 2]>,
        terms: &'a [Paragraph],
        ours: String,
        contact: Vec<String>,
    }
    let words = Words::of(language);
    let head = Head {
        title: words.say("agreement_title", &[]),
        house: house.to_owned(),
        day,
    };
    let data = Data {
        facts: facts(words, day, agreed),
        terms,
        ours: words.say(
            match agreed.kind {
                OrganisationKind::HousingCompany => "sign_company",
                OrganisationKind::Association => "sign_association",
            },
            &[],
        ),
        contact: contact_lines(contact),
    };
    print(Paper::Agreement, language, &head, &data)
}

fn facts(words: Words, day: NaiveDate, agreed: &Agreed<'_>) -> Vec<[String; 2]> {
    let shift = agreed.shift;
    let every = match shift.every_weeks {
        0 | 1 => words.say("every_week", &[]),
        2 => words.say("every_other_week", &[]),
        weeks => words.say("every_weeks", &[("count", &weeks.to_string())]),
    };
    let turn = format!(
        "{} {}–{}, {every}",
        words.on_weekdays(shift.weekday),
        words.minutes(shift.from),
        words.minutes(shift.to)
    );
    let valid = match (shift.valid.from, shift.valid.to) {
        (Some(from), None) => words.say("until_further", &[("from", &words.date(from))]),
        (None, None) => words.say("until_further_open", &[]),
        (Some(from), Some(to)) => words.say(
            "valid_between",
            &[("from", &words.date(from)), ("to", &words.date(to))],
        ),
        (None, Some(to)) => words.say("valid_until", &[("to", &words.date(to))]),
    };
    let space = match agreed.place.trim() {
        "" => agreed.space.to_owned(),
        place => format!("{}, {place}", agreed.space),
    };
    let begins = shift.valid.from.map_or(day, |from| from.max(day));
    let mut facts = vec![
        [words.say("agreement_flat", &[]), agreed.flat.to_owned()],
        [words.say("agreement_space", &[]), space],
        [words.say("agreement_turn", &[]), turn],
        [words.say("agreement_valid", &[]), valid],
    ];
    if let Some(price) = monthly(words, agreed.prices, begins, shift.weekday) {
        facts.push([words.say("agreement_price", &[]), price]);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<String> {
        let fills = Fills {
            house: "As Oy {start}",
            ..Fills::default()
        };
        paragraphs(Words::of(Language::Fi), text, &fills)
            .into_iter()
            .map(|one| format!("{}{}", if one.item { "* " } else { "" }, one.text))
            .collect()
    }

    #[test]
    fn a_text_has_paragraphs_lines_and_lists() {
        assert_eq!(
            text("Eka\ntoka\n\n\nKolmas\n- a\n- b\n\n– c\n"),
            ["Eka\ntoka", "Kolmas", "* a", "* b", "* c"]
        );
        assert_eq!(text(""), Vec::<String>::new());
    }

    #[test]
    fn what_stands_in_braces_is_filled_in_or_left_to_a_pen() {
        assert_eq!(
            text("{house}: {start} {nothing} #set {"),
            ["As Oy {start}: ________________ {nothing} #set {"]
        );
        let spaces = ["Sauna".to_owned(), "Pesutupa".to_owned(), "Kerho".to_owned()];
        let fills = Fills {
            spaces: &spaces,
            start: "2027-01-01".parse().ok(),
            contact: "Aino Sihteeri\n040 123",
            ..Fills::default()
        };
        let said = paragraphs(Words::of(Language::Sv), "{spaces} {start} {contact}", &fills);
        assert_eq!(
            said[0].text,
            "Sauna, Pesutupa och Kerho 1.1.2027 Aino Sihteeri, 040 123"
        );
    }
}
