//! Which field a column's header names, in Finnish, Swedish and English.

use super::field::Field;
use super::header_words::{ALONE, SYNONYMS};
use crate::clean::email::distance;
use crate::collation::fold;

/// How well a header names a field: the exact word, the word among others, or nearly the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    /// One or two letters off.
    Near,
    /// One of several words, or the beginning or end of a compound.
    Part,
    /// The header says just this.
    Exact,
}

/// The fields that a header may name, best first.
pub(super) fn fields(header: &str) -> Vec<(Field, Match)> {
    let mut found: Vec<(Field, Match, usize)> = Vec::new();
    // A two-line header ("Osoite / Katu") is narrowed by its last line, so later parts count a little more.
    let parts: Vec<&str> = header
        .split(['\n', '\r', '/', '|'])
        .filter(|part| !part.trim().is_empty())
        .collect();
    let mut add = |(field, how, weight): (Field, Match, usize)| match found
        .iter_mut()
        .find(|(known, ..)| *known == field)
    {
        Some(known) => (known.1, known.2) = (known.1, known.2).max((how, weight)),
        None => found.push((field, how, weight)),
    };
    let whole = compact(header);
    SYNONYMS
        .iter()
        .filter_map(|(field, words)| {
            matching(&whole, header, words).map(|(how, weight)| (*field, how, weight))
        })
        .for_each(&mut add);
    if parts.len() > 1 {
        for (place, part) in parts.iter().enumerate() {
            let compacted = compact(part);
            for (field, words) in SYNONYMS {
                if let Some((how, weight)) = matching(&compacted, part, words) {
                    add((*field, how, weight + 20 * place));
                }
            }
        }
    }
    // A header that is exactly one field's word is not also nearly another's.
    if found.iter().any(|(_, how, _)| *how == Match::Exact) {
        found.retain(|(_, how, _)| *how == Match::Exact);
    }
    found.sort_by_key(|(_, how, weight)| std::cmp::Reverse((*how, *weight)));
    found.into_iter().map(|(field, how, _)| (field, how)).collect()
}

/// Whether text is what heads a column in lists of people.
pub(super) fn heads_a_column(text: &str) -> bool {
    text.len() <= 60 && fields(text).first().is_some_and(|(_, how)| *how >= Match::Part)
}

/// Whether a heading of whole names says that family names come first.
pub(super) fn family_name_first(header: &str) -> bool {
    let folded = fold(header);
    let place = |words: &[&str]| words.iter().filter_map(|word| folded.find(word)).min();
    let family = place(&["suku", "efternamn", "slakt", "last", "surname", "family"]);
    let given = place(&["etu", "fornamn", "first", "given"]);
    matches!((family, given), (Some(family), Some(given)) if family < given)
}

/// Small letters and digits only, without a number at the end ("Puhelin 2").
pub(super) fn compact(header: &str) -> String {
    let text: String = fold(header).chars().filter(|c| c.is_alphanumeric()).collect();
    match text.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "" => text,
        shorter => shorter.to_owned(),
    }
}

/// The best match among a field's words, with the length of the word that matched.
fn matching(whole: &str, header: &str, words: &[&str]) -> Option<(Match, usize)> {
    if whole.is_empty() {
        return None;
    }
    let folded = fold(header);
    let tokens: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .collect();
    words
        .iter()
        .filter_map(|word| {
            let long = word.len();
            if whole == *word {
                return Some((Match::Exact, long));
            }
            if ALONE.contains(word) {
                return None;
            }
            let token = tokens.len() > 1 && long >= 3 && tokens.contains(word);
            let pair = long >= 4
                && tokens
                    .windows(2)
                    .any(|pair| format!("{}{}", pair[0], pair[1]) == *word);
            let compound =
                long >= 6 && tokens.len() == 1 && (whole.starts_with(word) || whole.ends_with(word));
            if token || pair || compound {
                return Some((Match::Part, long));
            }
            let limit = match long {
                0..5 => 0,
                5..9 => 1,
                _ => 2,
            };
            // A longer word cut short ("Postinum.") is an abbreviation.
            let cut = whole.len() >= 4 && long > whole.len() && word.starts_with(whole);
            (cut || (limit > 0 && distance(whole, word, limit) <= limit)).then_some((Match::Near, long))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::{Match, fields};
    use crate::import::field::Field;

    #[test]
    fn headers_in_three_languages_name_their_field() {
        for (header, want) in [
            ("Nimi", Field::Name),
            ("Etunimi", Field::FirstName),
            ("KUTSUMANIMI", Field::FirstName),
            ("Sukunimi", Field::LastName),
            ("Puhelin", Field::Phone),
            ("Puh.", Field::Phone),
            ("Puh. koti", Field::Phone),
            ("GSM", Field::Phone),
            ("Matkapuhelin", Field::Phone),
            ("Puhelin 2", Field::Phone),
            ("S-posti", Field::Email),
            ("Sähköposti", Field::Email),
            ("Sähköpostiosoite", Field::Email),
            ("sposti", Field::Email),
            ("E-mail", Field::Email),
            ("Lähiosoite", Field::Street),
            ("Katuosoite", Field::Street),
            ("Osoite", Field::Address),
            ("Postinumero", Field::PostalCode),
            ("Postinro", Field::PostalCode),
            ("Pno", Field::PostalCode),
            ("Postitoimipaikka", Field::City),
            ("Kaupunki", Field::City),
            ("Synt.aika", Field::BirthDate),
            ("Syntymäpäivä", Field::BirthDate),
            ("Syntymäaika (pp.kk.vvvv)", Field::BirthDate),
            ("Sotu", Field::IdentityCode),
            ("Hetu", Field::IdentityCode),
            ("Henkilötunnus", Field::IdentityCode),
            ("Huoneisto", Field::Flat),
            ("Huoneistonumero", Field::Flat),
            ("Asunto", Field::Flat),
            ("As.nro", Field::Flat),
            ("Jäsennumero", Field::Number),
            ("Jäsen nro", Field::Number),
            ("Asiakasnro", Field::Number),
            ("Kotipaikka", Field::Domicile),
            ("Kotikunta", Field::Domicile),
            ("Kieli", Field::Language),
            ("Äidinkieli", Field::Language),
            ("Muistiinpanot", Field::Notes),
            ("Huom.", Field::Notes),
            ("Huom!", Field::Notes),
            ("Lisätiedot", Field::Notes),
            ("Rooli", Field::RoleName),
            ("Muuttopäivä", Field::RoleFrom),
            ("Y-tunnus", Field::BusinessId),
            ("Turvakielto", Field::NonDisclosure),
            ("Namn", Field::Name),
            ("Förnamn", Field::FirstName),
            ("Efternamn", Field::LastName),
            ("Telefon", Field::Phone),
            ("Mobil", Field::Phone),
            ("E-post", Field::Email),
            ("Gatuadress", Field::Street),
            ("Postnummer", Field::PostalCode),
            ("Postort", Field::City),
            ("Födelsedatum", Field::BirthDate),
            ("Personbeteckning", Field::IdentityCode),
            ("Lägenhet", Field::Flat),
            ("Medlemsnummer", Field::Number),
            ("Hemort", Field::Domicile),
            ("Språk", Field::Language),
            ("Anmärkning", Field::Notes),
            ("Name", Field::Name),
            ("First name", Field::FirstName),
            ("Last Name", Field::LastName),
            ("Phone", Field::Phone),
            ("Mobile phone", Field::Phone),
            ("E-mail address", Field::Email),
            ("Address", Field::Address),
            ("ZIP", Field::PostalCode),
            ("City", Field::City),
            ("Date of birth", Field::BirthDate),
            ("Member no", Field::Number),
            ("Language", Field::Language),
            // Slips, abbreviations, words around them, two lines.
            ("Sähkoposti", Field::Email),
            ("Sähköpsoti", Field::Email),
            ("Puhelni", Field::Phone),
            ("Postinumeo", Field::PostalCode),
            ("Postinum.", Field::PostalCode),
            ("Osakkaan sähköposti", Field::Email),
            ("Osoite / Katu", Field::Street),
            ("Osoite\nPostinumero", Field::PostalCode),
            ("Yhteystiedot / Puhelin", Field::Phone),
            ("Sukunimi ja etunimi", Field::Name),
            ("Suku- ja etunimi", Field::Name),
            ("Etunimi Sukunimi", Field::Name),
        ] {
            assert_eq!(
                fields(header).first().map(|(field, _)| *field),
                Some(want),
                "{header:?} {:?}",
                fields(header)
            );
        }
        for header in [
            "",
            "  ",
            "Xyz",
            "1",
            "Sarake1",
            "Pinta-ala m2",
            "Osakkeet",
            "Tilinumero",
            "Viitenumero",
            "Talonumero",
            "Talon numero",
            "Ovitunnus",
            "Osake nro",
            "Osakenumerot",
        ] {
            assert!(
                fields(header).iter().all(|(_, how)| *how < Match::Part),
                "{header:?} {:?}",
                fields(header)
            );
        }
    }
}
