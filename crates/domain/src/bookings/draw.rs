//! The yearly draw of standing shifts, when more flats apply than there are turns.
//!
//! Every flat draws a lot: BLAKE3 of the seed in decimal digits, a space and the flat's name, as 64 hexadecimal digits. Flats choose
//! in the order of their lots, smallest first; each gets the first of its wishes that nobody before it has. Where the house wants
//! it, flats that got nothing last time choose before the others. So whoever has the seed, the names and the wishes can repeat the
//! draw by hand: `printf '%s' '2027 A 5' | b3sum`. (Serial dictatorship in a random order: Abdulkadiroğlu and Sönmez, Econometrica
//! 66, 1998. No flat gains by hiding what it wants most.)

use super::time::Minutes;
use crate::id::{FlatId, ResourceId, ShiftDrawId, derived};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeSet;

/// A turn of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct WeekTurn {
    /// Weekday, 0 for Monday.
    pub weekday: u32,
    /// From.
    pub from: Minutes,
    /// Until.
    pub to: Minutes,
}

/// A turn of the week of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub struct DrawnTurn {
    /// Of which space.
    pub resource: ResourceId,
    /// Which turn.
    pub turn: WeekTurn,
}

/// A flat that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// Which flat.
    pub flat: FlatId,
    /// Its name, by which its lot is drawn.
    pub name: String,
    /// The turns it wishes for, the dearest first.
    pub wishes: Vec<DrawnTurn>,
    /// It got nothing last time and chooses before those that did.
    pub first: bool,
}

/// What a flat drew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Lot {
    /// Which flat.
    pub flat: FlatId,
    /// Its name.
    pub name: String,
    /// Its lot.
    pub lot: String,
    /// It chose before those that got something last time.
    pub first: bool,
    /// The turn it got.
    pub got: Option<DrawnTurn>,
    /// Which of its wishes that was, from 1.
    pub wish: Option<u32>,
}

/// A flat's application to the next draw. Its id derives from the flat, so that there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Which flat.
    pub flat: FlatId,
    /// The turns it wishes for, the dearest first.
    pub wishes: Vec<DrawnTurn>,
}

impl Application {
    /// The row's id.
    pub fn id(&self) -> uuid::Uuid {
        derived("draw_application", &[self.flat.0.as_bytes()])
    }
}

/// How is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DrawOptions {
    /// From which all lots follow.
    pub seed: u32,
    /// The first day of the season.
    pub from: NaiveDate,
    /// The last one; nothing for until further notice.
    pub to: Option<NaiveDate>,
    /// Flats that got nothing in the last draw choose before the others.
    pub losers_first: bool,
}

/// A draw that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct PastDraw {
    /// Row id.
    pub id: ShiftDrawId,
    /// From which all lots followed.
    pub seed: u32,
    /// The day.
    pub drawn_on: NaiveDate,
    /// The first day of the season.
    pub from: NaiveDate,
    /// The last one, where it had one.
    pub to: Option<NaiveDate>,
    /// In the order in which the flats chose.
    pub lots: Vec<Lot>,
}

impl PastDraw {
    /// The flats that applied and got nothing.
    pub fn without(&self) -> BTreeSet<FlatId> {
        self.lots
            .iter()
            .filter(|lot| lot.got.is_none())
            .map(|lot| lot.flat)
            .collect()
    }
}

/// The lot of a flat, as 64 hexadecimal digits.
pub fn lot(seed: u32, name: &str) -> String {
    blake3::hash(format!("{seed} {name}").as_bytes())
        .to_hex()
        .to_string()
}

/// Draws, in the order in which the flats chose. A flat that applied twice does so once; a turn that is not among `turns` is nobody's.
pub fn draw(seed: u32, turns: &BTreeSet<DrawnTurn>, applicants: &[Applicant]) -> Vec<Lot> {
    let mut order: Vec<(bool, String, &Applicant)> = applicants
        .iter()
        .map(|one| (!one.first, lot(seed, &one.name), one))
        .collect();
    // Two flats of one name have one lot; their ids decide, which are the same everywhere.
    order.sort_by(|one, other| (one.0, &one.1, one.2.flat).cmp(&(other.0, &other.1, other.2.flat)));
    let mut left = turns.clone();
    let mut chosen = BTreeSet::new();
    order.retain(|(_, _, one)| chosen.insert(one.flat));
    order
        .into_iter()
        .map(|(_, lot, one)| {
            let got = one.wishes.iter().position(|wish| left.remove(wish));
            Lot {
                flat: one.flat,
                name: one.name.clone(),
                lot,
                first: one.first,
                got: got.map(|place| one.wishes[place]),
                wish: got.map(|place| place as u32 + 1),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn flat(number: u8) -> FlatId {
        FlatId(Uuid::from_u128(number.into()))
    }

    fn turn(number: u8) -> DrawnTurn {
        DrawnTurn {
            resource: ResourceId(Uuid::from_u128((number / 40).into())),
            turn: WeekTurn {
                weekday: u32::from(number % 7),
                from: u16::from(number % 40) * 30,
                to: u16::from(number % 40) * 30 + 30,
            },
        }
    }

    fn applicant(number: u8, wishes: &[u8], first: bool) -> Applicant {
        Applicant {
            flat: flat(number),
            name: format!("A {number}"),
            wishes: wishes.iter().map(|wish| turn(*wish)).collect(),
            first,
        }
    }

    /// Flats of a house with their wishes among twelve turns.
    fn applications() -> impl Strategy<Value = Vec<Applicant>> {
        let one = (prop::collection::vec(0u8..12, 0..6), any::<bool>());
        prop::collection::vec(one, 0..20).prop_map(|all| {
            let numbered = all.into_iter().zip(1u8..);
            numbered
                .map(|((wishes, first), number)| applicant(number, &wishes, first))
                .collect()
        })
    }

    #[test]
    fn a_lot_is_what_anyone_gets_who_hashes_the_seed_and_the_name() {
        let by_hand = blake3::hash(b"2027 A 5").to_hex();
        assert_eq!(lot(2027, "A 5"), by_hand.as_str());
        assert_eq!(by_hand.len(), 64);
        assert_ne!(lot(2027, "A 5"), lot(2028, "A 5"));
    }

    #[test]
    fn the_smallest_lot_chooses_first_and_who_got_nothing_last_time_before_it() {
        let turns = BTreeSet::from([turn(1), turn(2)]);
        let both = [applicant(1, &[1, 2], false), applicant(2, &[1, 2], false)];
        let lots = draw(7, &turns, &both);
        assert!(lots[0].lot < lots[1].lot);
        assert_eq!((lots[0].got, lots[0].wish), (Some(turn(1)), Some(1)));
        assert_eq!((lots[1].got, lots[1].wish), (Some(turn(2)), Some(2)));
        // The one that chose last goes first once it has the right to.
        let last = lots[1].flat;
        let with_right = both.clone().map(|one| Applicant {
            first: one.flat == last,
            ..one
        });
        assert_eq!(draw(7, &turns, &with_right)[0].flat, last);
    }

    #[test]
    fn a_flat_applies_once_and_gets_no_turn_that_is_not_drawn() {
        let twice = [
            applicant(1, &[1], false),
            applicant(1, &[2], false),
            applicant(2, &[9], false),
        ];
        let lots = draw(1, &BTreeSet::from([turn(1), turn(2)]), &twice);
        assert_eq!(lots.len(), 2);
        let of = |number| lots.iter().find(|lot| lot.flat == flat(number)).unwrap();
        assert_eq!(of(2).got, None);
        assert_eq!(of(1).got, Some(turn(1)));
    }

    proptest! {
        #[test]
        fn nobody_gets_two_nobody_shares_and_no_free_wish_is_left(seed in any::<u32>(), applicants in applications(), offered in prop::collection::btree_set(0u8..12, 0..12)) {
            let turns: BTreeSet<DrawnTurn> = offered.into_iter().map(turn).collect();
            let lots = draw(seed, &turns, &applicants);
            prop_assert_eq!(lots.len(), applicants.len());
            let got: Vec<_> = lots.iter().filter_map(|lot| lot.got).collect();
            let different: BTreeSet<_> = got.iter().copied().collect();
            prop_assert_eq!(got.len(), different.len(), "each turn once");
            prop_assert!(different.is_subset(&turns));
            let flats: BTreeSet<_> = lots.iter().map(|lot| lot.flat).collect();
            prop_assert_eq!(flats.len(), lots.len(), "each flat once");
            for lot in &lots {
                let one = applicants.iter().find(|one| one.flat == lot.flat).unwrap();
                let better = lot.wish.map_or(one.wishes.len(), |wish| wish as usize - 1);
                for wish in &one.wishes[..better] {
                    prop_assert!(!turns.contains(wish) || different.contains(wish), "a free wish was left out");
                }
                if let Some(got) = lot.got {
                    prop_assert!(one.wishes.contains(&got));
                }
            }
            // Whoever has the right chooses before everybody else.
            let without = lots.iter().position(|lot| !lot.first).unwrap_or(lots.len());
            prop_assert!(lots[without..].iter().all(|lot| !lot.first));
        }

        #[test]
        fn every_laptop_draws_the_same_whatever_the_order_of_its_rows(
            seed in any::<u32>(),
            (applicants, shuffled) in applications().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        ) {
            let turns: BTreeSet<DrawnTurn> = (0..12).map(turn).collect();
            prop_assert_eq!(draw(seed, &turns, &applicants), draw(seed, &turns, &shuffled));
        }
    }
}
