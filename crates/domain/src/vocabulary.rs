//! The stakeholder vocabulary (*sidosryhmäsanasto*): the reasons for which an organisation keeps people in its register,
//! each with its legal basis (GDPR Art. 6(1)) and the rule by which the data goes.

use crate::contact::StakeholderRole;
use crate::id::StakeholderKindId;
use crate::import::known_role;
use crate::organisation::{Language, OrganisationKind, UnknownWord};
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Legal basis of processing, GDPR Art. 6(1)(a)–(f).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// (a)
    Consent,
    /// (b)
    Contract,
    /// (c)
    LegalObligation,
    /// (d)
    VitalInterests,
    /// (e)
    PublicTask,
    /// (f)
    LegitimateInterests,
}

impl LegalBasis {
    /// Every basis in the order of the regulation.
    pub const ALL: [Self; 6] = [
        Self::Consent,
        Self::Contract,
        Self::LegalObligation,
        Self::VitalInterests,
        Self::PublicTask,
        Self::LegitimateInterests,
    ];

    /// The word kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::VitalInterests => "vital_interests",
            Self::PublicTask => "public_task",
            Self::LegitimateInterests => "legitimate_interests",
        }
    }
}

impl std::str::FromStr for LegalBasis {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|basis| basis.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// When the data of a role goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Retention {
    /// So many months after the role ended.
    MonthsAfterEnd {
        /// Number of months.
        months: u32,
    },
    /// As long as a statute says.
    Statute {
        /// The statute and section, named.
        statute: String,
    },
}

impl Retention {
    /// The rule with its text tidied; nothing where it names no statute, or no time: data that may go on the day a role ends
    /// would go before anybody has seen that it ended.
    pub fn tidied(&self) -> Option<Self> {
        match self {
            Self::MonthsAfterEnd { months } => (*months > 0).then(|| self.clone()),
            Self::Statute { statute } => {
                let statute = statute.trim().to_owned();
                (!statute.is_empty()).then_some(Self::Statute { statute })
            }
        }
    }

    /// The first day on which the role's data is no longer needed; `None` while the role runs or a statute keeps it.
    pub fn due(&self, role: &StakeholderRole) -> Option<NaiveDate> {
        match self {
            Self::MonthsAfterEnd { months } => role
                .valid_to?
                .checked_add_months(Months::new(*months))?
                .succ_opt(),
            Self::Statute { .. } => None,
        }
    }

    /// Whether the role is a reason for being in the register on a day: it runs or will, or it has ended and its data is
    /// still to be kept.
    pub fn keeps(&self, role: &StakeholderRole, on: NaiveDate) -> bool {
        !role.is_over(on) || self.due(role).is_none_or(|due| on < due)
    }
}

/// One reason for being in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StakeholderKind {
    /// Row id.
    pub id: StakeholderKindId,
    /// What the organisation calls it: "Osakas".
    pub name: String,
    /// Why the data may be kept.
    pub legal_basis: LegalBasis,
    /// When it goes.
    pub retention: Retention,
    /// Whether a role of this kind belongs to a flat.
    pub has_flat: bool,
}

/// What a role ties its holder to a flat by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlatTie {
    /// They live there.
    Lives,
    /// It is theirs.
    Owns,
    /// Neither.
    None,
}

impl StakeholderKind {
    /// What ties whoever has the role to the flat, by the words that lists use for it. A role with a flat that the organisation
    /// has named itself is taken for living there.
    pub fn flat_tie(&self) -> FlatTie {
        match known_role(&self.name) {
            _ if !self.has_flat => FlatTie::None,
            Some("osakas") => FlatTie::Owns,
            Some("hatayhteyshenkilo") => FlatTie::None,
            _ => FlatTie::Lives,
        }
    }
}

/// The retention rule of a ready-made entry; a statute is named in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReadyRetention {
    Months(u32),
    Statute([&'static str; 3]),
}

/// Housing Companies Act, share and shareholder register.
const SHARE_REGISTER: ReadyRetention = ReadyRetention::Statute([
    "AsOYL 1599/2009 2:12 §",
    "Lagen om bostadsaktiebolag 1599/2009 2:12 §",
    "Housing Companies Act 1599/2009 2:12",
]);

/// Housing Companies Act, management.
const COMPANY_BOARD: ReadyRetention = ReadyRetention::Statute([
    "AsOYL 1599/2009 7 luku",
    "Lagen om bostadsaktiebolag 1599/2009 7 kap.",
    "Housing Companies Act 1599/2009 ch. 7",
]);

/// Associations Act, board.
const ASSOCIATION_BOARD: ReadyRetention = ReadyRetention::Statute([
    "YhdL 503/1989 6 luku",
    "Föreningslagen 503/1989 6 kap.",
    "Associations Act 503/1989 ch. 6",
]);

/// Associations Act, operations auditor.
const OPERATIONS_AUDITOR: ReadyRetention = ReadyRetention::Statute([
    "YhdL 503/1989 38 a §",
    "Föreningslagen 503/1989 38 a §",
    "Associations Act 503/1989 s. 38 a",
]);

/// Accounting Act, keeping of records.
const ACCOUNTING: ReadyRetention = ReadyRetention::Statute([
    "KPL 1336/1997 2:10 §",
    "Bokföringslagen 1336/1997 2:10 §",
    "Accounting Act 1336/1997 2:10",
]);

/// An entry of a ready-made list, before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyMade {
    /// Names in Finnish, Swedish and English.
    pub names: [&'static str; 3],
    /// Legal basis.
    pub legal_basis: LegalBasis,
    retention: ReadyRetention,
    /// Belongs to a flat.
    pub has_flat: bool,
}

impl ReadyMade {
    /// The name in a language.
    pub fn name(&self, language: Language) -> &'static str {
        in_language(self.names, language)
    }

    /// The retention rule, with its statute named in a language.
    pub fn retention(&self, language: Language) -> Retention {
        match self.retention {
            ReadyRetention::Months(months) => Retention::MonthsAfterEnd { months },
            ReadyRetention::Statute(names) => Retention::Statute {
                statute: in_language(names, language).to_owned(),
            },
        }
    }
}

fn in_language([fi, sv, en]: [&'static str; 3], language: Language) -> &'static str {
    match language {
        Language::Fi => fi,
        Language::Sv => sv,
        Language::En => en,
    }
}

/// The list a new organisation starts with. The user edits it freely afterwards.
///
/// Sources: Housing Companies Act 1599/2009 ch. 2 § 12 (share and shareholder register: former owners' data for ten years),
/// Associations Act 503/1989 § 11 (list of members), Accounting Act 1336/1997 ch. 2 § 10 (records for six years).
pub fn ready_made(kind: OrganisationKind) -> Vec<ReadyMade> {
    use LegalBasis::{Consent, Contract, LegalObligation, LegitimateInterests};
    let months = ReadyRetention::Months;
    let entry = |names, legal_basis, retention, has_flat| ReadyMade {
        names,
        legal_basis,
        retention,
        has_flat,
    };
    match kind {
        OrganisationKind::HousingCompany => vec![
            entry(
                ["Osakas", "Aktieägare", "Shareholder"],
                LegalObligation,
                SHARE_REGISTER,
                true,
            ),
            entry(
                ["Asukas", "Boende", "Resident"],
                LegalObligation,
                months(12),
                true,
            ),
            entry(
                ["Vuokralainen", "Hyresgäst", "Tenant"],
                Contract,
                months(12),
                true,
            ),
            entry(
                ["Hallituksen jäsen", "Styrelsemedlem", "Board member"],
                LegalObligation,
                COMPANY_BOARD,
                false,
            ),
            entry(
                ["Isännöitsijä", "Disponent", "Property manager"],
                Contract,
                months(24),
                false,
            ),
            entry(
                ["Tilintarkastaja", "Revisor", "Auditor"],
                LegalObligation,
                ACCOUNTING,
                false,
            ),
            entry(
                [
                    "Huoltoyhtiö tai urakoitsija",
                    "Servicebolag eller entreprenör",
                    "Maintenance or contractor",
                ],
                Contract,
                months(24),
                false,
            ),
            entry(
                ["Hätäyhteyshenkilö", "Nödkontakt", "Emergency contact"],
                LegitimateInterests,
                months(1),
                true,
            ),
            entry(
                ["Tiedotteen tilaaja", "Prenumerant", "Newsletter subscriber"],
                Consent,
                months(1),
                false,
            ),
        ],
        OrganisationKind::Association => vec![
            entry(["Jäsen", "Medlem", "Member"], LegalObligation, months(12), false),
            entry(
                ["Kannatusjäsen", "Understödande medlem", "Supporting member"],
                LegalObligation,
                months(12),
                false,
            ),
            entry(
                ["Kunniajäsen", "Hedersmedlem", "Honorary member"],
                LegitimateInterests,
                months(12),
                false,
            ),
            entry(
                ["Hallituksen jäsen", "Styrelsemedlem", "Board member"],
                LegalObligation,
                ASSOCIATION_BOARD,
                false,
            ),
            entry(
                [
                    "Toiminnantarkastaja",
                    "Verksamhetsgranskare",
                    "Operations auditor",
                ],
                LegalObligation,
                OPERATIONS_AUDITOR,
                false,
            ),
            entry(
                ["Vapaaehtoinen", "Frivillig", "Volunteer"],
                LegitimateInterests,
                months(12),
                false,
            ),
            entry(
                ["Lahjoittaja", "Donator", "Donor"],
                LegalObligation,
                ACCOUNTING,
                false,
            ),
            entry(
                ["Yhteistyökumppani", "Samarbetspartner", "Partner"],
                LegitimateInterests,
                months(24),
                false,
            ),
            entry(
                ["Uutiskirjeen tilaaja", "Prenumerant", "Newsletter subscriber"],
                Consent,
                months(1),
                false,
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_statutes_are_named_in_the_organisations_language() {
        let shareholder = &ready_made(OrganisationKind::HousingCompany)[0];
        for (language, law) in [
            (Language::Fi, "AsOYL"),
            (Language::Sv, "Lagen om bostadsaktiebolag"),
            (Language::En, "Housing Companies Act"),
        ] {
            let Retention::Statute { statute } = shareholder.retention(language) else {
                panic!("{language:?}")
            };
            assert!(statute.starts_with(law), "{statute}");
        }
    }

    #[test]
    fn a_retention_rule_says_how_long() {
        let months = |months| Retention::MonthsAfterEnd { months };
        let statute = |statute: &str| Retention::Statute {
            statute: statute.to_owned(),
        };
        for (rule, expected) in [
            (months(0), None),
            (months(12), Some(months(12))),
            (statute("  "), None),
            (statute(" KPL 2:10 § "), Some(statute("KPL 2:10 §"))),
        ] {
            assert_eq!(rule.tidied(), expected, "{rule:?}");
        }
    }

    #[test]
    fn ready_lists_name_each_reason_once_in_every_language() {
        for kind in [OrganisationKind::HousingCompany, OrganisationKind::Association] {
            for language in [Language::Fi, Language::Sv, Language::En] {
                let mut names: Vec<_> = ready_made(kind)
                    .iter()
                    .map(|entry| entry.name(language))
                    .collect();
                let all = names.len();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), all, "{kind:?} {language:?}");
                assert!(names.iter().all(|name| !name.is_empty()));
                assert!(
                    ready_made(kind)
                        .iter()
                        .all(|entry| entry.retention(language).tidied().is_some())
                );
            }
        }
    }

    #[test]
    fn a_role_is_a_reason_until_its_data_may_go() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let year = Retention::MonthsAfterEnd { months: 12 };
        let none = Retention::MonthsAfterEnd { months: 0 };
        let statute = Retention::Statute {
            statute: "AsOYL 2:12".into(),
        };
        for (retention, from, to, keeps) in [
            (&year, None, None, true),
            (&year, Some("2027-01-01"), None, true),
            (&year, None, Some("2026-11-24"), true),
            (&year, None, Some("2026-11-23"), true),
            (&year, None, Some("2025-11-24"), true),
            (&year, None, Some("2025-11-23"), false),
            (&none, None, Some("2026-11-24"), true),
            (&none, None, Some("2026-11-23"), false),
            (&statute, None, Some("1990-01-01"), true),
        ] {
            let role = StakeholderRole {
                id: crate::id::StakeholderRoleId(uuid::Uuid::nil()),
                contact: crate::id::ContactId(uuid::Uuid::nil()),
                kind: StakeholderKindId(uuid::Uuid::nil()),
                flat: None,
                valid_from: from.map(day),
                valid_to: to.map(day),
                note: String::new(),
            };
            assert_eq!(
                retention.keeps(&role, day("2026-11-24")),
                keeps,
                "{retention:?} {from:?}–{to:?}"
            );
        }
    }
}
