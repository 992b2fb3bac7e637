//! What one row of a sheet says about one person.

use super::field::Field;
use super::preview::CellProblem;
pub use super::reading::{ColumnReading, Reading, read_row};
use super::register::Keys;
use crate::clean::Note;
use crate::contact::ContactDetails;
use crate::id::{CustomFieldId, StakeholderKindId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

/// The bit of a field in [`Draft::given`] and in the origin that the register keeps. The positions are those of
/// [`Field::ALL`], which is therefore append-only.
pub const fn bit(field: Field) -> u64 {
    1 << field as u32
}

/// Stands beside the bits of [`bit`] for any field of the organisation's own.
pub const CUSTOM_BIT: u64 = 1 << 63;

/// What was done to a cell's value to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CellNote {
    /// Column from 0.
    pub column: u32,
    /// What stands there, as the sheet shows it.
    pub was: String,
    /// What was done.
    pub note: Note,
}

/// What a row says about one person or organisation. Values that it does not say are empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// Row number as Excel shows it.
    pub row: u32,
    /// The second of a couple in one cell.
    pub partner: bool,
    /// Which fields the row gives, by [`bit`].
    pub given: u64,
    /// The values of the contact's own row.
    pub details: Box<ContactDetails>,
    /// Phones beside the first.
    pub phones: Vec<String>,
    /// E-mail addresses beside the first.
    pub emails: Vec<String>,
    /// Flats that the roles are about.
    pub flats: Vec<String>,
    /// The flats were read from the postal address, which may be anywhere, and not from a column of their own.
    pub flats_from_address: bool,
    /// Roles that the row itself gives; those of [`ImportOptions::roles`] come on top.
    pub roles: Vec<StakeholderKindId>,
    /// First day of the roles.
    pub role_from: Option<NaiveDate>,
    /// Last day of the roles.
    pub role_to: Option<NaiveDate>,
    /// Values of the organisation's own fields, in the form in which they are kept.
    pub custom: Vec<(CustomFieldId, String)>,
    /// Groups by name.
    pub groups: Vec<String>,
    /// What was done to values.
    pub notes: Vec<CellNote>,
    /// Values that could not be read, and what else is wrong with the row.
    pub problems: Vec<CellProblem>,
    /// The same for rows that say the same, whatever their place in the sheet.
    pub fingerprint: [u8; 16],
    /// Flats that no role of the row is about: they may tell whom it means, but are not kept.
    pub(super) flat_hints: Vec<String>,
    /// Where the person is looked up.
    pub(super) keys: Keys,
}

impl Draft {
    /// Whether the row gives a field.
    pub fn gives(&self, field: Field) -> bool {
        self.given & bit(field) != 0
    }

    /// Ends the reading of a row: nothing of it may change after this.
    #[must_use]
    pub(super) fn sealed(mut self) -> Self {
        self.fingerprint = self.digest();
        self.keys = Keys::of(&self.details);
        self
    }

    fn digest(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u32).to_le_bytes());
            hasher.update(bytes);
        };
        part(&self.given.to_le_bytes());
        part(&[u8::from(self.partner)]);
        let d = &self.details;
        for text in [
            d.kind.as_str(),
            &d.first_name,
            &d.last_name,
            &d.alternative_name,
            &d.email,
            &d.phone,
            &d.address.street,
            &d.address.postal_code,
            &d.address.city,
            &d.address.country,
            &d.domicile,
            &d.language,
            &d.number,
            &d.business_id,
            &d.notes,
            &d.identity_code,
        ] {
            part(text.as_bytes());
        }
        for day in [
            d.birth_date,
            d.away_until,
            d.deceased_on,
            self.role_from,
            self.role_to,
        ] {
            part(
                &day.map_or(0, |day| chrono::Datelike::num_days_from_ce(&day))
                    .to_le_bytes(),
            );
        }
        part(&[u8::from(d.deceased), u8::from(d.non_disclosure)]);
        for list in [&self.phones, &self.emails, &self.flats, &self.groups] {
            part(&(list.len() as u32).to_le_bytes());
            list.iter().for_each(|text| part(text.as_bytes()));
        }
        for role in &self.roles {
            part(role.0.as_bytes());
        }
        for (field, value) in &self.custom {
            part(field.0.as_bytes());
            part(value.as_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        short
    }
}

/// Why a row gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedOver {
    /// No mapped column holds anything, or all of it belongs to the row above.
    Blank,
    /// It repeats the header.
    Header,
    /// It sums up the rows above, heads those below, or closes a page.
    Sum,
}

/// What a row turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum RowRead {
    /// One person, or two of a couple.
    Drafts(Vec<Draft>),
    /// Nobody, and nothing wrong with that.
    PassedOver(PassedOver),
}
