//! What the wizard shows of a plan, page by page.

use super::draft::CellNote;
use super::field::{Field, Target};
use crate::clean::Problem;
use crate::id::ContactId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A contact is added.
    New,
    /// A contact is changed, or one that an earlier row adds is completed.
    Updated,
    /// Everything the row says is known.
    Unchanged,
    /// Left out by the user's choice.
    Skipped,
    /// Left out because something is wrong with it.
    Rejected,
}

/// What is wrong with a row as a whole, or with a value that only the register can judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Type)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
pub enum RowProblem {
    /// Nobody is named.
    #[error("name_missing")]
    NameMissing,
    /// No role of the vocabulary is called so.
    #[error("role_unknown")]
    RoleUnknown {
        /// The word, as written.
        word: String,
    },
    /// The member or customer number belongs to somebody with another name.
    #[error("number_taken")]
    NumberTaken {
        /// Whose number it is.
        name: String,
    },
    /// The row may be about any of several contacts.
    #[error("ambiguous")]
    Ambiguous {
        /// How many.
        count: u32,
    },
    /// Not a number, where a field of the organisation's own wants one.
    #[error("number_unreadable")]
    NumberUnreadable,
    /// Not one of the choices of a field of the organisation's own.
    #[error("choice_unknown")]
    ChoiceUnknown {
        /// The choices.
        choices: Vec<String>,
    },
    /// Not a language.
    #[error("language_unknown")]
    LanguageUnknown,
    /// The role would end before it begins.
    #[error("role_ends_before_start")]
    RoleEndsBeforeStart,
}

/// Why a row is rejected: a cell's own problem, or one that needs the row or the register to be seen. On the wire both are
/// `{code, params}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(untagged)]
pub enum Reason {
    /// A cell cannot be read.
    Cell(Problem),
    /// The row does not fit.
    Row(RowProblem),
}

impl Reason {
    /// The snake_case code under which `ui/` keeps the sentence.
    pub fn code(&self) -> String {
        match self {
            Self::Cell(problem) => problem.code(),
            Self::Row(problem) => problem.to_string(),
        }
    }
}

/// One reason with the place it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CellProblem {
    /// Column from 0; nothing where the row as a whole is meant.
    pub column: Option<u32>,
    /// What stands there, as the sheet shows it.
    pub value: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// One value that a row changes or adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ValueChange {
    /// What it is about: a field, a role ("A 12, 1.2.2020–"), a field of the organisation's own.
    pub target: Target,
    /// What the register has; empty where it has nothing.
    pub old: String,
    /// What it will have.
    pub new: String,
    /// Whether the value stands beside what is there (a further phone) instead of replacing it.
    pub beside: bool,
    /// A non-disclosure order keeps back what the register has: `old` is empty here.
    pub withheld: bool,
}

impl ValueChange {
    /// Keeps back what a non-disclosure order withholds: where somebody lives and how to reach them by phone.
    pub fn withhold(&mut self) {
        let secret = match self.target {
            Target::Field(field) => matches!(
                field,
                Field::Phone
                    | Field::Street
                    | Field::PostalCode
                    | Field::City
                    | Field::Address
                    | Field::Country
                    | Field::Flat
                    | Field::Domicile
            ),
            Target::Role(_) => true,
            _ => false,
        };
        if secret && !self.old.is_empty() {
            self.old.clear();
            self.withheld = true;
        }
    }
}

/// One row of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PreviewRow {
    /// Row number as Excel shows it; a couple in one cell has two preview rows with the same number.
    pub row: u32,
    /// Whom the row is about, "Matti Meikäläinen"; empty where it does not say.
    pub name: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The contact that is changed or already says all this; none while it is only about to be added.
    pub contact: Option<ContactId>,
    /// The earlier row that is about the same person.
    pub same_as_row: Option<u32>,
    /// What a new contact gets, or what changes.
    pub changes: Vec<ValueChange>,
    /// Why the row is rejected, or which of its values are left out.
    pub problems: Vec<CellProblem>,
    /// What was done to its values to read them.
    pub notes: Vec<CellNote>,
}

/// Some rows of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct PreviewPage {
    /// How many rows have the outcome that was asked for.
    pub total: u32,
    /// The rows from the offset on.
    pub rows: Vec<PreviewRow>,
}

/// How many rows go where. Every row that was read is in exactly one of the first five or of the passed-over ones; a couple in one cell counts twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Totals {
    /// Contacts added.
    pub new: u32,
    /// Rows that change a contact or complete one that an earlier row adds.
    pub updated: u32,
    /// Rows that say nothing new.
    pub unchanged: u32,
    /// Rows left out by choice.
    pub skipped: u32,
    /// Rows left out because something is wrong with them.
    pub rejected: u32,
    /// Rows with nothing in any mapped column, or that only complete the row above.
    pub blank: u32,
    /// Rows that repeat the header.
    pub headers: u32,
    /// Rows that only sum others up ("Yhteensä 213"), head a section ("A-porras") or close a page ("Sivu 1/3").
    pub sums: u32,
    /// Values left out because they could not be read, in rows that come in nevertheless.
    pub dropped_values: u32,
    /// Rows whose flat goes nowhere, since no role in them belongs to a flat.
    pub flats_without_role: u32,
    /// Couples that are joined.
    pub couples: u32,
}
