//! What a column of a sheet may be mapped to.

use crate::id::{CustomFieldId, StakeholderKindId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Declares the fields once: variant, word on the wire, whether several columns may have it.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// A fact about a contact that a column can hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
        #[serde(rename_all = "snake_case")]
        pub enum Field {
            $($(#[$doc])* $name),+
        }

        impl Field {
            /// Every field, in the order in which the wizard offers them.
            pub const ALL: &[Field] = &[$(Field::$name),+];

            /// The word kept in presets and mapping files, the same as on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Field::$name => $word),+
                }
            }
        }
    };
}

fields! {
    /// First and family name in one column, in either order; in several where each heading says a role ("Omistaja", "Asukas").
    Name = "name",
    /// Given names.
    FirstName = "first_name",
    /// Family name.
    LastName = "last_name",
    /// The name in another spelling or script; a former name.
    AlternativeName = "alternative_name",
    /// The name of a company, association or authority.
    OrganisationName = "organisation_name",
    /// *Y-tunnus*.
    BusinessId = "business_id",
    /// E-mail; several columns may have it.
    Email = "email",
    /// Phone; several columns may have it.
    Phone = "phone",
    /// Street, house number and perhaps flat.
    Street = "street",
    /// Postal code, perhaps with the city behind it.
    PostalCode = "postal_code",
    /// City of the postal address.
    City = "city",
    /// A whole address in one column: "Koivukatu 3 A 12, 00100 Helsinki".
    Address = "address",
    /// Country of the postal address.
    Country = "country",
    /// The flat (*huoneisto*) that a role is about: "A 12"; stairwell and number may stand in a column each.
    Flat = "flat",
    /// Birth date.
    BirthDate = "birth_date",
    /// *Henkilötunnus*, of which only the birth date is taken unless the organisation has a basis for keeping codes.
    IdentityCode = "identity_code",
    /// Municipality of residence (*kotipaikka*, Associations Act § 11).
    Domicile = "domicile",
    /// Language to write in.
    Language = "language",
    /// Customer or member number.
    Number = "number",
    /// A word that names the role: "osakas".
    RoleName = "role_name",
    /// The day a role begins.
    RoleFrom = "role_from",
    /// The day a role ends.
    RoleTo = "role_to",
    /// A group to be a member of; several columns may have it.
    Group = "group",
    /// Order of non-disclosure (*turvakielto*), yes or no.
    NonDisclosure = "non_disclosure",
    /// Deceased: yes or no, or the day.
    Deceased = "deceased",
    /// The last day of an absence.
    AwayUntil = "away_until",
    /// Free text; several columns are joined by line breaks.
    Notes = "notes",
}

impl Field {
    /// Whether more than one column may be mapped to it.
    pub fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::Email | Self::Phone | Self::Group | Self::Notes | Self::Flat | Self::Name
        )
    }

    /// The field of a word that [`Field::as_str`] gave.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.as_str() == word)
    }
}

/// Where the values of a column go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Target {
    /// Into a field of the contact or of its role.
    Field(Field),
    /// A mark in the column gives the contact this role ("Osakas": x).
    Role(StakeholderKindId),
    /// Into a field that the organisation defined.
    Custom(CustomFieldId),
    /// Nowhere.
    Ignore,
}

impl Target {
    /// Whether two columns of one sheet may have this target.
    pub fn is_repeatable(self) -> bool {
        match self {
            Self::Field(field) => field.is_repeatable(),
            Self::Ignore => true,
            Self::Role(_) | Self::Custom(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Target};

    #[test]
    fn words_are_those_of_the_wire() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
            assert_eq!(Field::from_word(field.as_str()), Some(*field));
        }
        assert_eq!(Field::from_word("nimi"), None);
    }

    #[test]
    fn targets_survive_the_wire() {
        for target in [
            Target::Field(Field::Phone),
            Target::Ignore,
            Target::Role(crate::id::StakeholderKindId(uuid::Uuid::nil())),
            Target::Custom(crate::id::CustomFieldId(uuid::Uuid::nil())),
        ] {
            let text = serde_json::to_string(&target).unwrap();
            assert_eq!(serde_json::from_str::<Target>(&text).unwrap(), target, "{text}");
        }
        assert_eq!(
            serde_json::to_string(&Target::Field(Field::PostalCode)).unwrap(),
            r#"{"kind":"field","of":"postal_code"}"#
        );
    }
}
