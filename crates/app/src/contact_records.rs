//! What the page sees and sends of contacts.

use crate::flat_bookings::OwnBooking;
use chrono::{DateTime, NaiveDate, Utc};
use kiulu_domain::contact::{
    ContactDetails, ContactKind, ContactPoint, ContactPointKind, HouseholdKind, StakeholderRole,
};
use kiulu_domain::contact_list::ContactListSpec;
use kiulu_domain::id::{
    ChangeId, ContactId, ContactPointId, CustomFieldId, FlatId, GroupId, StakeholderKindId, StakeholderRoleId,
};
use kiulu_domain::import::field::Field;
use kiulu_domain::organisation::PostalAddress;
use kiulu_domain::vocabulary::StakeholderKind;
use kiulu_store::Written;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What an action did: the change to undo it by, and what its sentence needs.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Changed {
    /// The recorded change; nothing when everything was as asked already.
    pub change: Option<ChangeId>,
}

impl<T> From<Written<T>> for Changed {
    fn from(written: Written<T>) -> Self {
        written.change.into()
    }
}

impl From<Option<ChangeId>> for Changed {
    fn from(change: Option<ChangeId>) -> Self {
        Self { change }
    }
}

/// A contact as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ContactRow {
    /// Whose.
    pub id: ContactId,
    /// Person or organisation.
    pub kind: ContactKind,
    /// Name as lists sort it.
    pub name: String,
    /// The other spelling.
    pub alternative_name: String,
    /// Names of the flats of today's roles; empty when withheld.
    pub flats: Vec<String>,
    /// Today's roles.
    pub roles: Vec<String>,
    /// Phone as dialled in Finland; empty when withheld.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Address; empty when withheld.
    pub address: PostalAddress,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Domicile; empty when withheld.
    pub domicile: String,
    /// Language.
    pub language: String,
    /// Customer or member number.
    pub number: String,
    /// Deceased.
    pub deceased: bool,
    /// Last day of an absence that has not ended.
    pub away_until: Option<NaiveDate>,
    /// Under a non-disclosure order: flat, phone, address and domicile are withheld.
    pub non_disclosure: bool,
    /// Last change of anything about the contact.
    pub changed_at: Option<DateTime<Utc>>,
    /// The others of the couple or household; only where the list has the column.
    pub household: Vec<String>,
    /// Groups that the contact was put into by hand; only where the list has the column.
    pub groups: Vec<String>,
    /// Values of the organisation's own fields; only where the list has a column of one.
    pub custom: Vec<(CustomFieldId, String)>,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ContactListPage {
    /// How many contacts the whole list has.
    pub total: u32,
    /// The page.
    pub rows: Vec<ContactRow>,
}

/// A role with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct RoleInfo {
    /// The role.
    pub role: StakeholderRole,
    /// Its reason: name, basis, retention.
    pub kind: StakeholderKind,
    /// Name of its flat.
    pub flat_name: Option<String>,
    /// In force today.
    pub current: bool,
    /// The day its data may go.
    pub retention_due: Option<NaiveDate>,
}

/// Another member of the household.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct HouseholdMember {
    /// Who.
    pub id: ContactId,
    /// Name as letters say it.
    pub name: String,
    /// Deceased.
    pub deceased: bool,
}

/// A sheet row that the contact's values came from.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OriginNote {
    /// File name.
    pub file_name: String,
    /// Sheet.
    pub sheet: String,
    /// When it was brought in.
    pub imported_at: DateTime<Utc>,
    /// Row number as Excel shows it.
    pub row: u32,
    /// What was taken from it.
    pub fields: Vec<Field>,
}

/// Where one value of a contact's own row came from last.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct FieldSource {
    /// Which value.
    pub field: Field,
    /// From where.
    pub source: ValueSource,
}

/// A row of a sheet, or somebody's hand.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum ValueSource {
    /// A file that was brought in.
    File {
        /// File name.
        file_name: String,
        /// Row number as Excel shows it.
        row: u32,
        /// When it was brought in.
        at: DateTime<Utc>,
    },
    /// The form.
    Hand {
        /// Who wrote it.
        author: String,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What the filters of the list can be set to.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ContactValues {
    /// Cities of addresses, as Finnish sorts.
    pub cities: Vec<String>,
    /// ISO 639-1 codes of languages.
    pub languages: Vec<String>,
}

/// Everything known of one contact.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ContactOverview {
    /// Whose.
    pub id: ContactId,
    /// The contact's own row. With a non-disclosure order, and unless released, without phone, address and domicile.
    pub details: ContactDetails,
    /// Whether phone, address, domicile and flats were left out.
    pub withheld: bool,
    /// Whether the identity code shows its birth date only, until it is released.
    pub identity_code_masked: bool,
    /// Phone as dialled in Finland.
    pub phone_shown: String,
    /// Last day of an absence that has not ended.
    pub away_until: Option<NaiveDate>,
    /// Where the values of its own row came from last.
    pub sources: Vec<FieldSource>,
    /// Phones, as dialled in Finland, e-mails and addresses beside the primary ones.
    pub points: Vec<ContactPoint>,
    /// Reasons for being in the register.
    pub roles: Vec<RoleInfo>,
    /// Groups the contact was put into by hand.
    pub groups: Vec<GroupId>,
    /// Groups whose rule finds the contact.
    pub rule_groups: Vec<GroupId>,
    /// Values of the organisation's own fields.
    pub custom: Vec<(CustomFieldId, String)>,
    /// Couple or household.
    pub household_kind: Option<HouseholdKind>,
    /// The others in it.
    pub household: Vec<HouseholdMember>,
    /// Where values came from.
    pub origins: Vec<OriginNote>,
    /// What was booked for the contact itself, the latest first; empty when withheld, for it tells where somebody is.
    pub bookings: Vec<OwnBooking>,
}

/// A contact as the form sends it. Ids of rows that are new are nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ContactEdit {
    /// The contact's own row; phone in any form.
    pub details: ContactDetails,
    /// Further contact points, all of them.
    pub points: Vec<PointEdit>,
    /// Roles, all of them.
    pub roles: Vec<RoleEdit>,
    /// Values of the organisation's own fields; empty text removes.
    pub custom: Vec<(CustomFieldId, String)>,
}

/// A further contact point as the form sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PointEdit {
    /// Nothing for a new one.
    pub id: Option<ContactPointId>,
    /// What it is.
    pub kind: ContactPointKind,
    /// E-mail or phone.
    pub value: String,
    /// The address, for an address.
    pub address: PostalAddress,
    /// "Työ".
    pub label: String,
}

/// A role as the form sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RoleEdit {
    /// Nothing for a new one.
    pub id: Option<StakeholderRoleId>,
    /// Which reason.
    pub kind: StakeholderKindId,
    /// The flat.
    pub flat: Option<FlatId>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_to: Option<NaiveDate>,
    /// Free text.
    pub note: String,
}

/// Contacts that an action is for: some by id, or all that a list shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "select", content = "of", rename_all = "snake_case")]
pub enum Selection {
    /// These.
    Ids(Vec<ContactId>),
    /// Everyone in the list.
    List(Box<ContactListSpec>),
    /// Everyone in the list but these.
    ListExcept(Box<ContactListSpec>, Vec<ContactId>),
}
