import { m } from "../i18n/index.js";
import type { Becomes, Unread } from "../platform/bindings.js";

/** What could not be read of a line of a calendar file, and what was made of it. */
export function unreadWords(unread: Unread): string {
  switch (unread.code) {
    case "line": return m.unread_line();
    case "unbalanced": return m.unread_unbalanced();
    case "too_deep": return m.unread_too_deep();
    case "start": return m.unread_start();
    case "end": return m.unread_end();
    case "rule": return m.unread_rule();
    case "rule_part": return m.unread_rule_part();
    case "first": return m.unread_first();
    case "date": return m.unread_date();
    case "zone": return m.unread_zone({ name: unread.params.name });
    case "too_many": return m.unread_too_many();
  }
}

/** What becomes of a time of a calendar file. */
export const becomesWords: Record<Becomes, () => string> = {
  new: () => m.becomes_new(),
  changed: () => m.becomes_changed(),
  same: () => m.becomes_same(),
  removed: () => m.becomes_removed(),
  collides: () => m.becomes_collides(),
  past: () => m.becomes_past(),
  empty: () => m.becomes_empty(),
  too_long: () => m.becomes_too_long(),
  cancelled: () => m.becomes_cancelled(),
  taken_back: () => m.becomes_taken_back(),
  twice: () => m.becomes_twice(),
};
