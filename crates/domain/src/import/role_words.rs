//! What lists call the roles of the ready-made vocabularies.

use super::words::compact;
use crate::id::StakeholderKindId;
use std::collections::HashMap;

/// Words for one role, folded and without spaces: whichever of them the organisation calls it, it answers to all. Kept by
/// hand in short lines: one word a line would hide the table.
#[rustfmt::skip]
const WORDS: &[&[&str]] = &[
    &["osakas", "osakkaat", "osakkeenomistaja", "osakkeenomistajat", "omistaja", "omistajat", "om", "aktieagare", "agare",
        "delagare", "shareholder", "owner", "owners", "shareholders"],
    &["asukas", "asukkaat", "asuja", "asuu", "boende", "invanare", "resident", "residents", "occupant"],
    &["vuokralainen", "vuokralaiset", "vuokraaja", "vuokralla", "hyresgast", "hyresgaster", "tenant", "tenants", "renter"],
    &["hallituksenjasen", "hallitus", "hallituksenjasenet", "hallituksenvarsinainenjasen", "hallituksenvarajasen",
        "varajasen", "puheenjohtaja", "hallituksenpuheenjohtaja", "hallituksenpj", "pj", "varapuheenjohtaja",
        "styrelsemedlem", "styrelsen", "styrelse", "styrelseledamot", "ledamot", "suppleant", "ordforande",
        "styrelseordforande", "viceordforande", "boardmember", "board", "chair", "chairman", "chairperson"],
    &["isannoitsija", "isannointi", "disponent", "propertymanager", "buildingmanager"],
    &["tilintarkastaja", "tilintarkastajat", "revisor", "auditor"],
    &["toiminnantarkastaja", "toiminnantarkastajat", "verksamhetsgranskare", "operationsauditor"],
    &["huoltoyhtiotaiurakoitsija", "huoltoyhtio", "huolto", "urakoitsija", "talonmies", "servicebolagellerentreprenor",
        "servicebolag", "entreprenor", "maintenanceorcontractor", "maintenance", "contractor"],
    &["hatayhteyshenkilo", "hatayhteys", "nodkontakt", "emergencycontact"],
    &["tiedotteentilaaja", "uutiskirjeentilaaja", "uutiskirje", "tilaaja", "prenumerant", "nyhetsbrev",
        "newslettersubscriber", "newsletter", "subscriber"],
    &["jasen", "jasenet", "varsinainenjasen", "varsinainen", "vuosijasen", "medlem", "medlemmar", "ordinariemedlem",
        "member", "members", "fullmember", "regularmember"],
    &["kannatusjasen", "kannattajajasen", "kannattavajasen", "kannatusjasenet", "understodandemedlem", "understodsmedlem",
        "stodmedlem", "stodjandemedlem", "supportingmember"],
    &["kunniajasen", "kunniajasenet", "hedersmedlem", "honorarymember"],
    &["vapaaehtoinen", "vapaaehtoiset", "talkoolainen", "frivillig", "frivilliga", "volunteer", "volunteers"],
    &["lahjoittaja", "lahjoittajat", "donator", "donor", "donors"],
    &["yhteistyokumppani", "kumppani", "samarbetspartner", "partner"],
];

/// The first word of the ready-made role that a name means, folded; nothing for a role of an organisation's own.
pub fn known_role(name: &str) -> Option<&'static str> {
    let name = compact(name);
    let words = WORDS.iter().find(|words| words.contains(&name.as_str()))?;
    words.first().copied()
}

/// From every word that means a role of the vocabulary to the role. The organisation's own names come before all others.
pub(super) fn roles_by_word<'a>(
    vocabulary: impl IntoIterator<Item = (StakeholderKindId, &'a str)>,
) -> HashMap<String, StakeholderKindId> {
    let own: HashMap<String, StakeholderKindId> = vocabulary
        .into_iter()
        .map(|(id, name)| (compact(name), id))
        .collect();
    let mut roles = own.clone();
    for words in WORDS {
        if let Some(kind) = words.iter().find_map(|word| own.get(*word)) {
            for word in *words {
                roles.entry((*word).to_owned()).or_insert(*kind);
            }
        }
    }
    roles
}

/// The roles of a cell that names several: "omistaja-asukas", "osakas / hallituksen jäsen".
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    super::words::parts(text)
        .flat_map(|part| part.split(|c: char| c == '/' || crate::clean::is_dash(c)))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::{Language, OrganisationKind};
    use crate::vocabulary::{StakeholderKind, ready_made};
    use uuid::Uuid;

    fn roles_by_word(kinds: &[StakeholderKind]) -> HashMap<String, StakeholderKindId> {
        super::roles_by_word(kinds.iter().map(|kind| (kind.id, kind.name.as_str())))
    }

    fn vocabulary(kind: OrganisationKind, language: Language) -> Vec<StakeholderKind> {
        ready_made(kind)
            .into_iter()
            .zip(1_u128..)
            .map(|(entry, id)| StakeholderKind {
                id: StakeholderKindId(Uuid::from_u128(id)),
                name: entry.name(language).to_owned(),
                legal_basis: entry.legal_basis,
                retention: entry.retention(language),
                has_flat: entry.has_flat,
            })
            .collect()
    }

    #[test]
    fn a_role_answers_to_the_words_that_lists_have_for_it() {
        let housing = OrganisationKind::HousingCompany;
        for language in [Language::Fi, Language::Sv, Language::En] {
            let kinds = vocabulary(housing, language);
            let roles = roles_by_word(&kinds);
            for (word, place) in [
                ("Omistaja", 0),
                ("Ägare", 0),
                ("owner", 0),
                ("Osakas", 0),
                ("asukas", 1),
                ("Hyresgäst", 2),
                ("hallituksen jäsen", 3),
                ("Hallituksen puheenjohtaja", 3),
                ("isännöitsijä", 4),
            ] {
                assert_eq!(
                    roles.get(&compact(word)),
                    Some(&kinds[place].id),
                    "{language:?} {word}"
                );
            }
            assert_eq!(roles.get("jasen"), None);
            assert_eq!(roles.get("kuningas"), None);
        }
        let association = vocabulary(OrganisationKind::Association, Language::Fi);
        assert_eq!(
            roles_by_word(&association).get("member"),
            Some(&association[0].id)
        );
    }

    #[test]
    fn own_names_win_over_the_words_of_others() {
        let mut kinds = vocabulary(OrganisationKind::HousingCompany, Language::Fi);
        kinds[8].name = "Omistaja".into();
        assert_eq!(roles_by_word(&kinds).get("omistaja"), Some(&kinds[8].id));
        assert_eq!(roles_by_word(&kinds).get("osakas"), Some(&kinds[0].id));
    }

    #[test]
    fn several_roles_in_a_cell_are_taken_apart() {
        for (text, want) in [
            ("omistaja-asukas", vec!["omistaja", "asukas"]),
            ("Osakas / hallituksen jäsen", vec!["Osakas", "hallituksen jäsen"]),
            ("omistaja, asukas", vec!["omistaja", "asukas"]),
            ("omistaja- ja asukas", vec!["omistaja", "asukas"]),
            ("omistaja – asukas", vec!["omistaja", "asukas"]),
        ] {
            assert_eq!(parts(text).collect::<Vec<_>>(), want, "{text}");
        }
    }
}
