import type { Sort } from "../../components/table.js";
import type { Filter } from "./list.js";

/** What the user has set the list to. `view` is the saved view whose tab is chosen; empty for everybody. */
export type ListState = { view: string; query: string; filter: Filter; sort: Sort };

let kept: { organisation: string; list: ListState } | null = null;

/**
 * The list of an organisation as the user left it, so that it is still there after an edit. An address that asks for
 * something (`?q=`, `?without=reason`, `?group=`, `?flat=`) begins afresh.
 */
export function listAt(organisation: string, asked: URLSearchParams): ListState {
  const afresh = ["q", "without", "group", "flat", "state"].some((key) => asked.has(key));
  if (kept?.organisation === organisation && !afresh) return kept.list;
  const filter: Filter = {};
  const [group, flat] = [asked.get("group"), asked.get("flat")];
  if (group) filter.groups = [group];
  if (flat) filter.flat = flat;
  if (["reason", "retention"].includes(asked.get("without") ?? "")) filter.without_reason = true;
  if (asked.get("state") === "deceased") filter.deceased = true;
  return { view: "", query: asked.get("q") ?? "", filter, sort: { column: "name", descending: false } };
}

/** Keeps what the user has set for the next time the list is shown. */
export function keepList(organisation: string, list: ListState): void {
  kept = { organisation, list };
}
