import type { Sort } from "../../components/table.js";
import type { ContactColumn } from "../../platform/bindings.js";
import type { Filter } from "./list.js";

/** What the user has set the list to. `view` is the saved view whose tab is chosen; empty for everybody. No columns are the usual ones. */
export type ListState = { view: string; query: string; filter: Filter; sort: Sort; columns: ContactColumn[] };

let kept: { organisation: string; list: ListState } | null = null;
const keyOf = (organisation: string): string => `kiulu-list-${organisation}`;

/** Whether an address asks for something of the list: `?q=`, `?without=reason`, `?without=retention`, `?group=`, `?flat=`, `?household=`, `?state=`. */
export function asksForList(asked: URLSearchParams): boolean {
  return ["q", "without", "group", "flat", "household", "state"].some((key) => asked.has(key));
}

/**
 * The list of an organisation as the user left it, so that it is still there after an edit. An address that asks for
 * something begins afresh, in the order and with the columns of this laptop.
 */
export function listAt(organisation: string, asked: URLSearchParams): ListState {
  if (kept?.organisation === organisation && !asksForList(asked)) return kept.list;
  const filter: Filter = {};
  const [group, flat, household] = [asked.get("group"), asked.get("flat"), asked.get("household")];
  if (group) filter.groups = [group];
  if (flat) filter.flat = flat;
  if (household) filter.household = household;
  // Whose time has run out has no reason any more, but had one.
  if (["reason", "retention"].includes(asked.get("without") ?? "")) filter.without_reason = true;
  if (asked.get("without") === "retention") filter.former = true;
  if (asked.get("state") === "deceased") filter.deceased = true;
  return { view: "", query: asked.get("q") ?? "", filter, ...remembered(organisation) };
}

/** Keeps what the user has set for the next time the list is shown; its order and columns also beyond the window. */
export function keepList(organisation: string, list: ListState): void {
  kept = { organisation, list };
  // A saved view brings its own.
  if (list.view === "") localStorage.setItem(keyOf(organisation), JSON.stringify({ sort: list.sort, columns: list.columns }));
}

function remembered(organisation: string): Pick<ListState, "sort" | "columns"> {
  const usual = { sort: { column: "name", descending: false }, columns: [] };
  try {
    const { sort, columns } = JSON.parse(localStorage.getItem(keyOf(organisation)) ?? "{}") as Partial<ListState>;
    return { sort: sort ?? usual.sort, columns: Array.isArray(columns) ? columns : usual.columns };
  } catch {
    return usual;
  }
}
