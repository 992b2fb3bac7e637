//! History, undo, and needs attention.

use super::commands;
use kiulu_app::{AttentionItem, Changed, HistoryLine, HistoryPage, RecordChangeInfo, UndoChoice, UndoReport};
use kiulu_domain::id::{ChangeId, OrganisationId};
use uuid::Uuid;

commands! {
    /// A page of the history, of everything or of one record.
    history(organisation: OrganisationId, subject: Option<Uuid>, with_access: bool, before: Option<i32>, limit: u32) -> HistoryPage
        = |app| app.history(organisation, subject, with_access, before, limit);
    /// What a change did, row by row.
    change_rows(organisation: OrganisationId, change: ChangeId, subject: Option<Uuid>, limit: u32, release: bool) -> Vec<RecordChangeInfo>
        = |app| app.change_rows(organisation, change, subject, limit, release);
    /// What undoing a change would meet.
    preview_undo(organisation: OrganisationId, change: ChangeId) -> UndoReport = |app| app.preview_undo(organisation, change);
    /// Takes a change back.
    undo(organisation: OrganisationId, change: ChangeId, choice: UndoChoice) -> Changed
        = |app| app.undo(organisation, change, choice);
    /// The change that Ctrl+Z takes back.
    newest_undoable(organisation: OrganisationId) -> ChangeId = |app| app.newest_undoable(organisation);
    /// Writes lines of the history to a file.
    export_history(organisation: OrganisationId, titles: [String; 4], lines: Vec<HistoryLine>, path: String) -> u32
        = |app| app.export_history(organisation, titles, &lines, path.as_ref());
    /// Everything that needs attention.
    attention(organisation: OrganisationId) -> Vec<AttentionItem> = |app| app.attention(organisation);
    /// Settles a line of it.
    settle_attention(organisation: OrganisationId, key: String) -> Changed = |app| app.settle_attention(organisation, &key);
    /// Ends the roles of the dead.
    end_roles_of_deceased(organisation: OrganisationId) -> Changed = |app| app.end_roles_of_deceased(organisation);
}
