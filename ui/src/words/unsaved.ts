import { m } from "../i18n/index.js";
import type { LeaveQuestion } from "../router.svelte.js";

/** The question before a form that was changed and not saved is left. */
export function unsaved(): LeaveQuestion {
  return { title: m.contact_leave_title(), what: m.contact_leave_what(), stay: m.contact_leave_stay(), leave: m.contact_leave_discard() };
}
