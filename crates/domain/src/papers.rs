//! What an organisation says on its papers.

use crate::id::derived;
use crate::organisation::Language;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

/// A paper whose text the organisation can write itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// How the spaces are booked, for the noticeboard.
    Instructions,
    /// That the system is taken into use.
    Notice,
    /// A standing shift is given to a flat.
    Agreement,
}

impl Letter {
    /// Every letter, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Instructions, Self::Notice, Self::Agreement];

    /// The code that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Notice => "notice",
            Self::Agreement => "agreement",
        }
    }

    /// The id of the organisation's own text in a language, so that there is one.
    pub fn text_id(self, language: Language) -> Uuid {
        derived(
            "paper_text",
            &[self.as_str().as_bytes(), language.as_str().as_bytes()],
        )
    }
}

/// Which paper was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// The list on the door of a space.
    DoorList,
    /// How spaces are booked.
    Instructions,
    /// That the system is taken into use.
    Notice,
    /// A standing shift is given to a flat.
    Agreement,
}

/// What papers take from the organisation besides its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub struct PaperSettings {
    /// Names stand beside flats on the list on the door; never of anybody under a non-disclosure order.
    pub door_names: bool,
    /// Whom to ask, in as many lines as it takes.
    pub contact: String,
    /// The day from which on the system is in use.
    pub starts_on: Option<NaiveDate>,
}

impl PaperSettings {
    /// The id of the one row.
    pub fn id() -> Uuid {
        derived("paper_setting", &[])
    }
}
