//! Papers of the shared spaces, and what was written on them.

use super::commands;
use kiulu_app::{Changed, MarkReading, PaperParagraph, PaperRequest, PaperText};
use kiulu_domain::id::{OrganisationId, ResourceId};
use kiulu_domain::organisation::Language;
use kiulu_domain::papers::{Letter, PaperSettings};
use std::path::Path;

commands! {
    /// Writes a paper as a PDF.
    print_paper(organisation: OrganisationId, wanted: PaperRequest, language: Language, path: String) -> ()
        = |app| app.print_paper(organisation, &wanted, Some(language), Path::new(&path));
    /// What papers take from the organisation.
    paper_settings(organisation: OrganisationId) -> PaperSettings = |app| app.paper_settings(organisation);
    /// Writes what papers take from the organisation.
    save_paper_settings(organisation: OrganisationId, settings: PaperSettings) -> Changed
        = |app| app.save_paper_settings(organisation, &settings);
    /// The text of a letter in a language.
    paper_text(organisation: OrganisationId, letter: Letter, language: Language) -> PaperText
        = |app| app.paper_text(organisation, letter, language);
    /// Writes the organisation's own text of a letter.
    save_paper_text(organisation: OrganisationId, letter: Letter, language: Language, text: String) -> Changed
        = |app| app.save_paper_text(organisation, letter, language, &text);
    /// How a text of a letter comes out.
    preview_paper_text(organisation: OrganisationId, language: Language, text: String, settings: PaperSettings) -> Vec<PaperParagraph>
        = |app| app.preview_paper_text(organisation, language, &text, &settings);
    /// What a line of the list on the door means.
    read_mark(organisation: OrganisationId, resource: ResourceId, line: String) -> MarkReading
        = |app| app.read_mark(organisation, resource, &line);
    /// Takes lines of the list on the door down.
    save_marks(organisation: OrganisationId, resource: ResourceId, lines: Vec<String>, override_reason: String) -> Changed
        = |app| app.save_marks(organisation, resource, &lines, &override_reason);
}
