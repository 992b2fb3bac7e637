//! Guessing what each column of a sheet holds, from its header and from its values.
//!
//! Both give points to targets; the values win where they contradict the header, because a person who reads
//! "Puhelin" above a column of e-mail addresses believes the column. No two columns get the same target unless it
//! may be repeated.

use super::field::{Field, Target};
use super::header_words::{RUNNING, STAIRWELLS};
use super::headers::{self, Match};
use super::name_columns::role_of_heading;
use super::profile::Profile;
use super::role_words::roles_by_word;
use crate::clean::email::distance;
use crate::clean::{self, DateSystem};
use crate::id::StakeholderKindId;
use crate::sheet::{Cell, Row};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How far a guess is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Worth a look.
    Weak,
    /// Right more often than not.
    Likely,
    /// Header and values leave no doubt.
    Sure,
}

/// What a guess rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The header's words.
    Header,
    /// The values below it.
    Values,
    /// Header and values agree.
    Both,
    /// The user mapped a sheet with these headers before.
    Preset,
}

/// The guess for one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Guess {
    /// Where the column's values go; [`Target::Ignore`] where nothing fits.
    pub target: Target,
    /// How far to trust it.
    pub confidence: Confidence,
    /// What it rests on.
    pub because: Because,
}

/// Guesses every column. `headers` has one text per column, `sample` some rows below them, `roles` the organisation's
/// stakeholder vocabulary with its names.
pub fn guess(
    headers: &[String],
    sample: &[Row],
    system: DateSystem,
    roles: &[(StakeholderKindId, &str)],
) -> Vec<Guess> {
    let width = sample
        .iter()
        .map(|row| row.cells.len())
        .max()
        .unwrap_or(0)
        .max(headers.len());
    let mut candidates: Vec<Candidate> = Vec::new();
    for column in 0..width {
        let header = headers.get(column).map_or("", String::as_str);
        let profile = Profile::of(sample.iter().map(|row| row.cell(column)), system, roles);
        candidates.extend(column_candidates(column, header, &profile, roles));
    }
    let mut guesses = assign(width, candidates);
    whole_name_beside_its_parts(&mut guesses);
    let words = roles_by_word(roles.iter().copied());
    for (column, header) in headers.iter().enumerate() {
        if role_of_heading(header, &words).is_some() {
            names_of_a_role(&mut guesses, column, sample);
        }
        leave_out_running_numbers(&mut guesses[column], column, header, sample);
        join_stairwells(&mut guesses, column, header, sample);
    }
    guesses
}

/// Whether text is what heads a column in lists of people, in Finnish, Swedish or English.
pub fn heads_a_column(text: &str) -> bool {
    headers::heads_a_column(text)
}

/// "Nro" over 1, 2, 3 … counts the rows: as member numbers they would meet other lists' people.
fn leave_out_running_numbers(guess: &mut Guess, column: usize, header: &str, sample: &[Row]) {
    if guess.target != Target::Field(Field::Number) || !RUNNING.contains(&headers::compact(header).as_str()) {
        return;
    }
    let values: Vec<f64> = sample
        .iter()
        .filter_map(|row| match row.cell(column) {
            Cell::Number(number) => Some(*number),
            Cell::Text(text) => text.trim().trim_end_matches('.').parse().ok(),
            _ => None,
        })
        .collect();
    let steps = values.windows(2).filter(|pair| pair[1] - pair[0] == 1.0).count();
    if values.len() >= 3 && values[0] == 1.0 && steps * 5 >= (values.len() - 1) * 4 {
        guess.target = Target::Ignore;
        guess.confidence = Confidence::Weak;
    }
}

/// "Asukas" over names beside "Omistaja" over others: each column names people of its own.
fn names_of_a_role(guesses: &mut [Guess], column: usize, sample: &[Row]) {
    let name = Target::Field(Field::Name);
    let named_once = guesses.iter().any(|guess| guess.target == name);
    if guesses[column].target != Target::Ignore || !named_once {
        return;
    }
    let profile = Profile::of(
        sample.iter().map(|row| row.cell(column)),
        DateSystem::default(),
        &[],
    );
    if profile.part(profile.full_names + profile.organisations) >= 0.4 {
        guesses[column] = Guess {
            target: name,
            confidence: Confidence::Likely,
            because: Because::Both,
        };
    }
}

/// "Porras" beside "Asunto": the two name the flat together.
fn join_stairwells(guesses: &mut [Guess], column: usize, header: &str, sample: &[Row]) {
    let flat = Target::Field(Field::Flat);
    if guesses[column].target == flat
        || !guesses.iter().any(|guess| guess.target == flat)
        || !STAIRWELLS.contains(&headers::compact(header).as_str())
    {
        return;
    }
    let short = |cell: &Cell| {
        let text = clean::shown(cell);
        let text = text.trim();
        text.chars().count() <= 2 && text.chars().all(char::is_alphabetic)
    };
    if sample.iter().all(|row| short(row.cell(column))) {
        guesses[column] = Guess {
            target: flat,
            confidence: Confidence::Likely,
            because: Because::Both,
        };
    }
}

/// One thing that a column may be.
struct Candidate {
    column: usize,
    target: Target,
    points: i32,
    because: Because,
}

/// Gives the best candidates their columns first.
fn assign(width: usize, mut candidates: Vec<Candidate>) -> Vec<Guess> {
    candidates.sort_by_key(|candidate| (std::cmp::Reverse(candidate.points), candidate.column));
    let mut guesses: Vec<Option<Guess>> = vec![None; width];
    for candidate in candidates {
        // A second column of flats is one of stairwells, one of names somebody's with another role: those are seen apart.
        let once = !candidate.target.is_repeatable()
            || matches!(candidate.target, Target::Field(Field::Flat | Field::Name));
        let taken = once
            && guesses
                .iter()
                .flatten()
                .any(|guess| guess.target == candidate.target);
        if candidate.points < 25 || taken || guesses[candidate.column].is_some() {
            continue;
        }
        let confidence = match candidate.points {
            ..45 => Confidence::Weak,
            45..75 => Confidence::Likely,
            75.. => Confidence::Sure,
        };
        guesses[candidate.column] = Some(Guess {
            target: candidate.target,
            confidence,
            because: candidate.because,
        });
    }
    let nothing = Guess {
        target: Target::Ignore,
        confidence: Confidence::Weak,
        because: Because::Header,
    };
    guesses
        .into_iter()
        .map(|guess| guess.unwrap_or(nothing))
        .collect()
}

/// "Nimi" beside "Etunimi" and "Sukunimi" repeats them and would only contradict them.
fn whole_name_beside_its_parts(guesses: &mut [Guess]) {
    let has = |guesses: &[Guess], field| guesses.iter().any(|guess| guess.target == Target::Field(field));
    if has(guesses, Field::FirstName) && has(guesses, Field::LastName) {
        for guess in guesses
            .iter_mut()
            .filter(|guess| guess.target == Target::Field(Field::Name))
        {
            guess.target = Target::Ignore;
            guess.confidence = Confidence::Weak;
        }
    }
}

fn column_candidates(
    column: usize,
    header: &str,
    profile: &Profile,
    roles: &[(StakeholderKindId, &str)],
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (field, how) in headers::fields(header) {
        let points = match how {
            Match::Exact => 64,
            Match::Part => 54,
            Match::Near => 44,
        };
        let field = profile.narrowed(field);
        let share = profile.share(field);
        let (points, because) = match share {
            Some(share) if share >= 0.5 => (points + 26, Because::Both),
            Some(share) if share < 0.2 && profile.filled >= 2 => (points - 50, Because::Header),
            _ => (points, Because::Header),
        };
        candidates.push(Candidate {
            column,
            target: Target::Field(field),
            points,
            because,
        });
    }
    for (field, share, points) in profile.by_values() {
        if share > 0.0
            && !candidates
                .iter()
                .any(|known| known.target == Target::Field(field) && known.points >= points)
        {
            candidates.push(Candidate {
                column,
                target: Target::Field(field),
                points,
                because: Because::Values,
            });
        }
    }
    for (kind, name) in roles {
        let Some(how) = role_named(header, name) else {
            continue;
        };
        if profile.filled == 0 || profile.part(profile.marks) >= 0.8 {
            let points = if profile.filled == 0 { how - 10 } else { how + 30 };
            candidates.push(Candidate {
                column,
                target: Target::Role(*kind),
                points,
                because: Because::Both,
            });
        }
    }
    candidates
}

/// Points for a header that names a role: the same word, its plural, or nearly so.
fn role_named(header: &str, role: &str) -> Option<i32> {
    let (header, role) = (headers::compact(header), headers::compact(role));
    if role.is_empty() || header.is_empty() {
        return None;
    }
    if header == role {
        return Some(64);
    }
    // "Osakkaat" for "osakas", "Asukkaat" for "asukas", "Jäsenet" for "jäsen", "Medlemmar" for "medlem".
    let stem = role.trim_end_matches("as");
    let plural = [
        format!("{role}t"),
        format!("{role}et"),
        format!("{stem}kaat"),
        format!("{role}mar"),
        format!("{role}ar"),
        format!("{role}s"),
    ];
    if plural.contains(&header) || (role.len() >= 5 && distance(&header, &role, 1) <= 1) {
        return Some(56);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OWNER: StakeholderKindId = StakeholderKindId(Uuid::from_u128(1));
    const RESIDENT: StakeholderKindId = StakeholderKindId(Uuid::from_u128(2));
    const ROLES: &[(StakeholderKindId, &str)] = &[(OWNER, "Osakas"), (RESIDENT, "Asukas")];

    fn cell(text: &str) -> Cell {
        match (text.parse::<f64>(), text.starts_with('0') && text.len() > 1) {
            (Ok(number), false) => Cell::Number(number),
            _ if text.is_empty() => Cell::Empty,
            _ => Cell::Text(text.into()),
        }
    }

    /// Guesses a sheet written with `|` between columns, the headers first. Numbers become number cells.
    fn sheet(lines: &[&str]) -> Vec<Guess> {
        let split = |line: &str| {
            line.split('|')
                .map(str::trim)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let headers = split(lines[0]);
        let rows: Vec<Row> = lines[1..]
            .iter()
            .zip(2..)
            .map(|(line, number)| Row {
                number,
                cells: split(line).iter().map(|text| cell(text)).collect(),
            })
            .collect();
        guess(&headers, &rows, DateSystem::default(), ROLES)
    }

    fn words(guesses: &[Guess]) -> Vec<String> {
        guesses
            .iter()
            .map(|guess| match guess.target {
                Target::Field(field) => field.as_str().to_owned(),
                Target::Role(kind) => format!("role {}", if kind == OWNER { "owner" } else { "resident" }),
                Target::Custom(_) => "custom".to_owned(),
                Target::Ignore => "-".to_owned(),
            })
            .collect()
    }

    #[track_caller]
    fn check(lines: &[&str], want: &str) {
        let want: Vec<&str> = want
            .split_whitespace()
            .map(|word| {
                if word == "role_owner" {
                    "role owner"
                } else if word == "role_resident" {
                    "role resident"
                } else {
                    word
                }
            })
            .collect();
        assert_eq!(words(&sheet(lines)), want, "{:?}", lines[0]);
    }

    #[test]
    fn a_housing_companys_list_in_finnish() {
        check(
            &[
                "As.nro|Sukunimi|Etunimi|Puh.|Sähköposti|Lähiosoite|Pno|Postitmp|Synt.aika|Osakas|Asukas|Huom.",
                "A 1|Virtanen|Matti|401234567|matti@example.fi|Koivukatu 3|100|HELSINKI|1.2.1980|x|x|",
                "A 2|Korhonen|Liisa|040-123 4567|liisa@example.fi|Koivukatu 3|100|HELSINKI|010280|x||muuttaa pois",
                "A 12|Lindqvist|Göran|09 123 4567||Koivukatu 3|02100|Espoo|29252||x|",
            ],
            "flat last_name first_name phone email street postal_code city birth_date role_owner role_resident notes",
        );
    }

    #[test]
    fn an_associations_list_in_finnish() {
        check(
            &[
                "Jäsennro|Nimi|Hetu|Osoite|Kotipaikka|GSM|S-posti|Äidinkieli|Liittynyt|Rooli",
                "101|Virtanen Matti|131052-308T|Koivukatu 3, 00100 Helsinki|Helsinki|0401234567|m@example.fi|suomi|1.1.2019|Osakas",
                "102|Korhonen Liisa|131052-308T|Mäntytie 1, 02100 Espoo|Espoo|0501234567|l@example.fi|ruotsi|5.6.2020|Asukas",
                "103|Lind Göran|131052-308T|Kuusitie 2, 33100 Tampere|Tampere|0441234567|g@example.fi|fi|7.8.2021|Asukas",
            ],
            "number name identity_code address domicile phone email language role_from role_name",
        );
    }

    #[test]
    fn lists_in_swedish_and_english() {
        check(
            &[
                "Medlemsnummer|Förnamn|Efternamn|Gatuadress|Postnummer|Postort|Mobil|E-post|Födelsedatum|Språk|Anmärkning",
                "1|Göran|Lindqvist|Storgatan 3|65100|Vasa|0401234567|g@example.fi|1.2.1950|sv|",
                "2|Birgitta|Nyman|Strandgatan 4|65100|Vasa|0501234567|b@example.fi|3.4.1960|sv|reser",
            ],
            "number first_name last_name street postal_code city phone email birth_date language notes",
        );
        check(
            &[
                "Member ID|First name|Last name|Date of birth|Address|ZIP|City|Mobile phone|E-mail|Joined",
                "7|Anna|Smith|1980-02-01|Koivukatu 3|00100|Helsinki|+358401234567|a@example.com|2020-01-01",
                "8|John|Brown|1970-02-01|Koivukatu 4|00100|Helsinki|+358501234567|j@example.com|2021-01-01",
            ],
            "number first_name last_name birth_date street postal_code city phone email role_from",
        );
    }

    #[test]
    fn values_speak_where_headers_are_silent() {
        check(
            &[
                "1|2|3|4|5|6|7",
                "Matti Virtanen|m@example.fi|040 123 4567|Koivukatu 3|00100|Helsinki|1.2.1950",
                "Liisa Korhonen|l@example.fi|050 123 4567|Koivukatu 4|02100|Espoo|1.2.1960",
                "Göran Lind|g@example.fi|044 123 4567|Koivukatu 5|33100|Tampere|1.2.1970",
            ],
            "name email phone street postal_code city birth_date",
        );
        check(&["|", "A 1|x", "A 2|", "B 13|x", "C 4|x"], "flat -");
    }

    #[test]
    fn values_beat_a_misleading_header() {
        let got = sheet(&[
            "Puhelin|Sähköposti|Syntymäaika",
            "m@example.fi|0401234567|131052-308T",
            "l@example.fi|0501234567|131052-308T",
            "g@example.fi|0441234567|131052-308T",
        ]);
        assert_eq!(words(&got), ["email", "phone", "identity_code"]);
        assert_eq!(got[0].because, Because::Values);
        assert_eq!(got[1].because, Because::Values);
    }

    #[test]
    fn only_phones_and_mails_repeat() {
        check(
            &[
                "Nimi|Nimi|Puhelin koti|Puhelin työ|Sähköposti 1|Sähköposti 2|Postinumero|Postinumero",
                "Matti Virtanen|Matti Virtanen|014 123 456|0401234567|m@example.fi|n@example.fi|00100|00100",
                "Liisa Korhonen|Liisa Korhonen|014 123 457|0501234567|l@example.fi|o@example.fi|00100|00100",
            ],
            "name - phone phone email email postal_code -",
        );
    }

    #[test]
    fn says_how_sure_it_is_and_why() {
        let got = sheet(&[
            "Sähköposti|Puhelni|Etunimi|Xyz",
            "m@example.fi|0401234567|Xuan|abc",
            "l@example.fi|0501234567|Binh|def",
        ]);
        assert_eq!(
            (got[0].confidence, got[0].because),
            (Confidence::Sure, Because::Both)
        );
        assert_eq!(
            (got[1].confidence, got[1].because),
            (Confidence::Likely, Because::Both)
        );
        assert_eq!(
            (got[2].confidence, got[2].because),
            (Confidence::Likely, Because::Header)
        );
        assert_eq!(got[3].target, Target::Ignore);
        // Headers alone, as in an empty template.
        assert_eq!(
            words(&sheet(&["Sukunimi|Etunimi|Puhelin|Osakas"])),
            ["last_name", "first_name", "phone", "role owner"]
        );
    }

    #[test]
    fn a_role_column_needs_marks() {
        check(
            &[
                "Nimi|Osakkaat|Asukas",
                "Matti Virtanen|x|1",
                "Liisa Korhonen|x|0",
                "Anna Aalto||1",
            ],
            "name role_owner role_resident",
        );
        let got = sheet(&[
            "Osakas|Puhelin",
            "Matti Virtanen|0401234567",
            "Liisa Korhonen|0501234567",
            "Anna Aalto|0441234567",
        ]);
        assert_eq!(words(&got), ["name", "phone"]);
    }

    #[test]
    fn a_whole_name_beside_its_parts_is_left_out() {
        check(
            &[
                "Nimi|Etunimi|Sukunimi",
                "Matti Virtanen|Matti|Virtanen",
                "Liisa Korhonen|Liisa|Korhonen",
            ],
            "- first_name last_name",
        );
        check(
            &["Sukunimi|Nimi", "Virtanen|Matti", "Korhonen|Liisa", "Aalto|Anna"],
            "last_name first_name",
        );
        check(
            &[
                "Nimi|Y-tunnus",
                "Koivu Oy|0112038-9",
                "Kone Oyj|1927400-1",
                "Talo Oy|1572860-0",
            ],
            "organisation_name business_id",
        );
    }

    #[test]
    fn running_numbers_are_no_member_numbers() {
        check(
            &["Nro|Nimi", "1|Matti Virtanen", "2|Liisa Korhonen", "3|Anna Aalto"],
            "- name",
        );
        check(
            &[
                "Nro|Nimi",
                "17|Matti Virtanen",
                "4|Liisa Korhonen",
                "203|Anna Aalto",
            ],
            "number name",
        );
        check(
            &[
                "Jäsennro|Nimi",
                "1|Matti Virtanen",
                "2|Liisa Korhonen",
                "3|Anna Aalto",
            ],
            "number name",
        );
    }

    #[test]
    fn stairwells_and_flats_in_two_columns() {
        check(
            &[
                "Porras|Asunto|Nimi",
                "A|1|Matti Virtanen",
                "A|2|Liisa Korhonen",
                "B|12|Anna Aalto",
            ],
            "flat flat name",
        );
    }

    #[test]
    fn owners_and_residents_in_a_column_each() {
        check(
            &[
                "Huoneisto|Omistaja|Asukas|Puhelin",
                "A 1|Matti Virtanen|Liisa Korhonen|0401234567",
                "A 2|Anna Aalto|sama|0501234567",
                "A 3|Ville Koski|Pekka Laine|0441234567",
            ],
            "flat name name phone",
        );
    }

    #[test]
    fn identity_codes_are_never_phones() {
        check(
            &[
                "Puhelin|Nimi",
                "131052-308U|Matti Virtanen",
                "010180-123H|Liisa Korhonen",
                "131052-XXXX|Anna Aalto",
            ],
            "identity_code name",
        );
    }

    #[test]
    fn nothing_is_guessed_from_nothing() {
        assert_eq!(guess(&[], &[], DateSystem::default(), ROLES), []);
        assert_eq!(words(&sheet(&["|"])), ["-", "-"]);
        let wide = guess(
            &["Nimi".into()],
            &[Row {
                number: 2,
                cells: vec![Cell::Empty, Cell::Text("m@example.fi".into())],
            }],
            DateSystem::default(),
            &[],
        );
        assert_eq!(words(&wide), ["name", "email"]);
    }

    #[test]
    fn day_numbers_are_judged_by_the_system_of_the_workbook() {
        let rows: Vec<Row> = (0..20)
            .map(|row| Row {
                number: row + 2,
                // From May 1950 on, counted from 1904; in the 1900 system that would be too long ago.
                cells: vec![
                    Cell::Number(f64::from(16_930 + row * 37)),
                    Cell::Number(f64::from(row)),
                ],
            })
            .collect();
        let guessed = |system| guess(&["Syntymäaika".into()], &rows, system, ROLES)[0].because;
        assert_eq!(guessed(DateSystem::From1904), Because::Both);
        assert_ne!(guessed(DateSystem::From1900), Because::Both);
    }
}
