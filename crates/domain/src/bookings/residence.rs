//! Who lives in a flat, as far as the register knows, and what is left booked when they have moved out.

use super::standing::StandingShift;
use crate::contact::StakeholderRole;
use crate::vocabulary::{FlatTie, StakeholderKind};
use chrono::NaiveDate;
use serde::Serialize;
use specta::Type;
use std::collections::HashMap;

/// Whether somebody lives in a flat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Residence {
    /// Somebody does, until further notice.
    Inhabited,
    /// The last of them leaves, or left, on a day.
    UntilDay {
        /// Their last day.
        last: NaiveDate,
    },
    /// The register has nobody who could live there.
    Unknown,
}

/// Whether somebody lives in a flat, by everybody's roles in it. An owner counts only where nobody was ever entered as living
/// there: many lists name the owners alone, but who has let the flat has not moved in with the last tenant's leaving.
pub fn residence(roles: &[StakeholderRole], kinds: &[StakeholderKind]) -> Residence {
    let ties: HashMap<_, _> = kinds.iter().map(|kind| (kind.id, kind.flat_tie())).collect();
    let of = |tie: FlatTie| -> Vec<&StakeholderRole> {
        roles
            .iter()
            .filter(|role| ties.get(&role.kind) == Some(&tie))
            .collect()
    };
    let living = match of(FlatTie::Lives) {
        living if living.is_empty() => of(FlatTie::Owns),
        living => living,
    };
    if living.is_empty() {
        return Residence::Unknown;
    }
    let ends = living
        .iter()
        .map(|role| role.valid_to)
        .collect::<Option<Vec<_>>>();
    match ends.and_then(|ends| ends.into_iter().max()) {
        None => Residence::Inhabited,
        Some(last) => Residence::UntilDay { last },
    }
}

/// The last day on which a standing shift should come when the last of a flat leave on a day; nothing where it ends by then
/// anyhow. What has been stays as it was, so it is yesterday at the earliest.
pub fn ends_with(shift: &StandingShift, left: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let last = left.max(today.pred_opt().unwrap_or(today));
    let runs_on = shift.valid.to.is_none_or(|to| to > last);
    runs_on.then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::time::Validity;
    use crate::id::{ContactId, FlatId, ResourceId, StakeholderKindId, StakeholderRoleId, StandingShiftId};
    use crate::organisation::{Language, OrganisationKind};
    use crate::vocabulary::ready_made;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The ready-made vocabulary of a housing company in a language.
    fn kinds(language: Language) -> Vec<StakeholderKind> {
        let ready = ready_made(OrganisationKind::HousingCompany);
        let kind = |(place, ready): (usize, &crate::vocabulary::ReadyMade)| StakeholderKind {
            id: StakeholderKindId(Uuid::from_u128(place as u128)),
            name: ready.name(language).to_owned(),
            legal_basis: ready.legal_basis,
            retention: ready.retention(language),
            has_flat: ready.has_flat,
        };
        ready.iter().enumerate().map(kind).collect()
    }

    /// "Asukas" or "Asukas ..2026-12-31" of one flat.
    fn role(text: &str, kinds: &[StakeholderKind]) -> StakeholderRole {
        let (name, to) = text.split_once(" ..").unwrap_or((text, ""));
        StakeholderRole {
            id: StakeholderRoleId(Uuid::nil()),
            contact: ContactId(Uuid::nil()),
            kind: kinds.iter().find(|kind| kind.name == name).unwrap().id,
            flat: Some(FlatId(Uuid::nil())),
            valid_from: None,
            valid_to: (!to.is_empty()).then(|| day(to)),
            note: String::new(),
        }
    }

    #[test]
    fn a_flat_is_inhabited_as_its_roles_say() {
        let until = |text: &str| Residence::UntilDay { last: day(text) };
        let cases: [(&[&str], Residence); 10] = [
            (&[], Residence::Unknown),
            (&["Hätäyhteyshenkilö"], Residence::Unknown),
            (&["Asukas"], Residence::Inhabited),
            (&["Vuokralainen"], Residence::Inhabited),
            // The owner alone is who lives there.
            (&["Osakas"], Residence::Inhabited),
            (&["Osakas ..2026-05-31"], until("2026-05-31")),
            // The owner who has let it does not.
            (&["Osakas", "Vuokralainen ..2026-12-31"], until("2026-12-31")),
            (
                &["Asukas ..2026-10-31", "Asukas ..2026-12-31"],
                until("2026-12-31"),
            ),
            (&["Asukas ..2026-10-31", "Asukas"], Residence::Inhabited),
            (&["Asukas ..2026-10-31", "Hätäyhteyshenkilö"], until("2026-10-31")),
        ];
        let kinds = kinds(Language::Fi);
        for (roles, expected) in cases {
            let roles: Vec<_> = roles.iter().map(|text| role(text, &kinds)).collect();
            assert_eq!(residence(&roles, &kinds), expected);
        }
    }

    #[test]
    fn the_vocabulary_says_who_lives_there_in_every_language_and_by_names_of_ones_own() {
        for language in [Language::Fi, Language::Sv, Language::En] {
            let ties: Vec<_> = kinds(language).iter().map(StakeholderKind::flat_tie).collect();
            use FlatTie::{Lives, None, Owns};
            assert_eq!(
                ties,
                [Owns, Lives, Lives, None, None, None, None, None, None],
                "{language:?}"
            );
        }
        let mut own = kinds(Language::Fi).remove(1);
        own.name = "Alivuokralainen".into();
        assert_eq!(own.flat_tie(), FlatTie::Lives);
        own.has_flat = false;
        assert_eq!(own.flat_tie(), FlatTie::None);
    }

    #[test]
    fn a_shift_ends_with_the_last_who_leaves() {
        let today = day("2026-10-21");
        let shift = |to: Option<&str>| StandingShift {
            id: StandingShiftId(Uuid::nil()),
            resource: ResourceId(Uuid::nil()),
            flat: FlatId(Uuid::nil()),
            weekday: 2,
            from: 1080,
            to: 1140,
            valid: Validity {
                from: None,
                to: to.map(day),
            },
            every_weeks: 1,
            pauses: Vec::new(),
            note: String::new(),
        };
        let cases = [
            (None, "2026-12-31", Some("2026-12-31")),
            (Some("2027-05-31"), "2026-12-31", Some("2026-12-31")),
            (Some("2026-12-31"), "2026-12-31", None),
            (Some("2026-11-30"), "2026-12-31", None),
            // They left long ago: what has been stays.
            (None, "2026-01-31", Some("2026-10-20")),
            (Some("2026-10-20"), "2026-01-31", None),
        ];
        for (to, left, ends) in cases {
            assert_eq!(
                ends_with(&shift(to), day(left), today),
                ends.map(day),
                "{to:?} {left}"
            );
        }
    }
}
