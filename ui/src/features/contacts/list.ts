import type { ContactFilter_Deserialize, ContactListSpec_Deserialize, ContactSort, Selection as HostSelection } from "../../platform/bindings.js";
import type { Ticked } from "../../components/selection.svelte.js";

export type Spec = ContactListSpec_Deserialize;
export type Filter = ContactFilter_Deserialize;

/** The columns that the host can sort by, under the names the table uses. */
const sorts: Record<string, ContactSort> = {
  name: "name", flat: "flat", email: "email", number: "number", city: "city", changed: "changed",
};

/** How a list sorted by a column is asked for; by name where the host cannot sort by it. */
export function sortOf(column: string): ContactSort {
  return sorts[column] ?? "name";
}

/** Ticked rows as the host takes them. "All but some" is resolved by the caller, who knows the rows. */
export function selectionOf(ticked: Ticked, spec: Spec): HostSelection | null {
  if (!ticked.all) return { select: "ids", of: ticked.keys };
  return ticked.except.length === 0 ? { select: "list", of: spec as never } : null;
}

/** Whether a filter keeps everybody. */
export function isOpen(filter: Filter): boolean {
  return Object.values(filter).every((value) => value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0));
}

/**
 * Runs the newest question only: an answer that comes after a newer question was asked is dropped.
 */
export function newest<A, R>(ask: (asked: A) => Promise<R>, heard: (answer: R, asked: A) => void, failed: (thrown: unknown) => void): (asked: A) => void {
  let turn = 0;
  return (asked) => {
    const mine = ++turn;
    ask(asked).then(
      (answer) => {
        if (mine === turn) heard(answer, asked);
      },
      (thrown: unknown) => {
        if (mine === turn) failed(thrown);
      },
    );
  };
}
