//! Which houses are the organisation's, so that a flat in an address is one of its flats.

use super::drafts::Drafts;
use super::register::Register;
use super::words::compact;
use crate::clean::postal::split_flat;
use std::collections::{HashMap, HashSet};

/// The houses in which the organisation has flats.
#[derive(Debug, Default)]
pub(super) struct Homes(HashSet<String>);

impl Homes {
    /// The organisation's own street and its buildings', and every house in which at least three and almost a third of the
    /// sheet's people live: owners elsewhere live scattered.
    pub(super) fn of(drafts: &Drafts, register: &Register) -> Self {
        let mut homes: HashSet<String> = register.streets.iter().map(|street| house(street)).collect();
        homes.remove("");
        let mut people: HashMap<String, u32> = HashMap::new();
        let mut all = 0;
        for draft in drafts.iter().filter(|draft| draft.flats_from_address) {
            all += 1;
            *people.entry(house(&draft.details.address.street)).or_default() += 1;
        }
        homes.extend(
            people
                .into_iter()
                .filter(|(house, count)| !house.is_empty() && *count >= 3 && count * 10 >= all * 3)
                .map(|(house, _)| house),
        );
        Self(homes)
    }

    /// Whether a street address is in one of them.
    pub(super) fn has(&self, street: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&house(street))
    }
}

/// A street and its number, without the flat.
fn house(street: &str) -> String {
    compact(&split_flat(street).0)
}
