//! What this computer remembers of the window; nothing personal.

use crate::{App, Result};
use kiulu_domain::id::OrganisationId;
use kiulu_domain::organisation::Language;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How large the window's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
pub enum TextSize {
    /// As the system has it.
    #[default]
    #[serde(rename = "100")]
    Usual,
    /// A quarter larger.
    #[serde(rename = "125")]
    Large,
    /// Half as large again.
    #[serde(rename = "150")]
    Larger,
    /// Twice as large.
    #[serde(rename = "200")]
    Largest,
}

/// Settings of this computer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Settings {
    /// The window's language; nothing until it has been chosen.
    pub language: Option<Language>,
    /// Light or dark.
    pub theme: Theme,
    /// How large text is, in per cent.
    pub text_size: TextSize,
    /// The organisation that was open last.
    pub last_organisation: Option<OrganisationId>,
    /// The organisations that have not been closed, the latest opened last.
    pub open_organisations: Vec<OrganisationId>,
}

impl App {
    /// The settings; the usual ones where none are kept or they cannot be read.
    pub fn settings(&self) -> Settings {
        std::fs::read(self.data_dir().join("settings.json"))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Keeps the settings.
    pub fn save_settings(&self, settings: &Settings) -> Result<()> {
        crate::app::write_json(&self.data_dir().join("settings.json"), settings)
    }
}
