/** Whether a key press means "take the last change back": not where it undoes typing, and not behind an open dialog. */
export function isUndoKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return false;
  if (document.querySelector("[role=dialog], [role=alertdialog]")) return false;
  const at = event.target;
  return !(at instanceof HTMLElement && (at.isContentEditable || at.matches("textarea, input:not([type=checkbox], [type=radio], [type=button])")));
}
