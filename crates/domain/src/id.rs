//! Newtype ids. Every shared row has a UUID: version 7 for what is new, version 8 for what must exist once per
//! something and therefore derives its id from it (RFC 9562).

/// Declares an id type around [`uuid::Uuid`].
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, specta::Type)]
        #[serde(transparent)]
        pub struct $name(#[specta(type = String)] pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+};
}

id! {
    /// A housing company or association: one file, one key, one log.
    OrganisationId,
    /// A person who uses Kiulu and signs changes.
    UserId,
    /// One captured transaction.
    ChangeId,
    /// A building of a housing company.
    BuildingId,
    /// A stairwell of a building.
    StairwellId,
    /// A flat (*huoneisto*).
    FlatId,
    /// A person or organisation in the register.
    ContactId,
    /// A further phone, e-mail or address of a contact.
    ContactPointId,
    /// A reason for being in the register (*sidosryhmä*).
    StakeholderKindId,
    /// One contact's role, from a day to a day.
    StakeholderRoleId,
    /// A group or subgroup of contacts.
    GroupId,
    /// A household or couple.
    HouseholdId,
    /// A field that the organisation defined itself.
    CustomFieldId,
    /// One run of the import wizard.
    ImportId,
    /// A saved column mapping.
    PresetId,
    /// A saved view of a list.
    ViewId,
    /// One line of the needs-attention list.
    AttentionId,
    /// Something that can be booked.
    ResourceId,
    /// A booking.
    BookingId,
    /// A standing shift (*vakiovuoro*).
    StandingShiftId,
    /// A draw of standing shifts.
    ShiftDrawId,
    /// A list of standing shifts as it was read.
    ShiftListId,
    /// A time when a resource is out of use.
    BlackoutId,
    /// A line of a price list.
    PriceId,
    /// A place in the line for a turn.
    WaitingId,
    /// A month that was closed.
    ChargePeriodId,
    /// A line of a closed month's list.
    ChargeLineId,
}

/// An id that is the same wherever it is computed from the same parts, so that a second row for the same thing
/// meets the first as a conflict on the key. Version 8 (RFC 9562 § 5.8) over BLAKE3 of `kind` and `parts`.
pub fn derived(kind: &str, parts: &[&[u8]]) -> uuid::Uuid {
    let mut hasher = blake3::Hasher::new();
    for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    uuid::Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn derived_ids_depend_on_kind_parts_and_their_borders() {
        let base = derived("membership", &[b"ab", b"c"]);
        assert_eq!(base, derived("membership", &[b"ab", b"c"]));
        assert_eq!(base.get_version_num(), 8);
        assert_ne!(base, derived("membership", &[b"a", b"bc"]));
        assert_ne!(base, derived("member", &[b"ab", b"c"]));
    }
}
