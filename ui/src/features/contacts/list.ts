import { m } from "../../i18n/index.js";
import type { ContactFilter_Deserialize, ContactListSpec_Deserialize, ContactSort, Selection_Deserialize } from "../../platform/bindings.js";
import type { Ticked } from "../../components/selection.svelte.js";

export type Spec = ContactListSpec_Deserialize;
export type Filter = ContactFilter_Deserialize;

/** The columns that the host can sort by, under the names the table uses. */
const sorts: Record<string, ContactSort> = {
  name: "name", flat: "flat", email: "email", number: "number", city: "city", birth_date: "birth_date", changed: "changed",
};

/** How a list sorted by a column is asked for; by name where the host cannot sort by it. */
export function sortOf(column: string): ContactSort {
  return sorts[column] ?? "name";
}

/** Reads part of a list. */
export type ReadIds = (offset: number, limit: number) => Promise<{ total: number; ids: string[] }>;
const CHUNK = 1000;

/** Ticked rows as the host takes them. "All but some" has no form of its own there: those that remain are named. */
export async function selectionOf(ticked: Ticked, spec: Spec, read: ReadIds): Promise<Selection_Deserialize> {
  if (!ticked.all) return { select: "ids", of: ticked.keys };
  if (ticked.except.length === 0) return { select: "list", of: spec };
  const except = new Set(ticked.except);
  const ids: string[] = [];
  let total = 1;
  for (let offset = 0; offset < total; offset += CHUNK) {
    const page = await read(offset, CHUNK);
    total = page.total;
    ids.push(...page.ids.filter((id) => !except.has(id)));
  }
  return { select: "ids", of: ids };
}

/** Whether a filter keeps everybody. `false` is a condition as well ("has no e-mail"), except where it only means "not asked". */
export function isOpen(filter: Filter): boolean {
  return Object.entries(filter).every(([field, value]) => value === undefined || value === null || (field === "without_reason" && value === false) || (Array.isArray(value) && value.length === 0));
}

/** What narrows a list, beside roles and groups: its word, and the condition it sets. */
const conditions = {
  with_email: { word: () => m.contacts_with_email(), set: { has_email: true } },
  without_email: { word: () => m.contacts_without_email(), set: { has_email: false } },
  with_phone: { word: () => m.contacts_with_phone(), set: { has_phone: true } },
  without_phone: { word: () => m.contacts_without_phone(), set: { has_phone: false } },
  without_reason: { word: () => m.contacts_without_reason(), set: { without_reason: true } },
  non_disclosure: { word: () => m.contact_order(), set: { non_disclosure: true } },
  deceased: { word: () => m.contact_deceased(), set: { deceased: true } },
  alive: { word: () => m.contacts_alive(), set: { deceased: false } },
  away: { word: () => m.contacts_away(), set: { away: true } },
  people: { word: () => m.contacts_people(), set: { kind: "person" } },
  organisations: { word: () => m.contacts_organisations(), set: { kind: "organisation" } },
} satisfies Record<string, { word: () => string; set: Filter }>;

type Named = { id: string; name: string };
/** Names that filters point to by id. */
export type Names = { kinds: readonly Named[]; groups: readonly Named[]; flats?: readonly Named[] };

/** A narrowing that can be chosen, under the heading it belongs to. */
export type Narrowing = { key: string; label: string; part: "role" | "group" | "stairwell" | "fact"; on: boolean; toggled: Filter };

/** A list of a filter with `value` in it, or without it where it was. */
function toggledIn(list: readonly string[] | undefined, value: string): string[] {
  const now = list ?? [];
  return now.includes(value) ? now.filter((one) => one !== value) : [...now, value];
}

/** Everything a list can be narrowed by, with what choosing it makes of the filter; chosen again, it goes. */
export function narrowings(filter: Filter, names: Names, stairwells: readonly string[] = []): Narrowing[] {
  const facts = Object.entries(conditions).map(([key, { word, set }]): Narrowing => {
    const [field, value] = Object.entries(set)[0] as [keyof Filter, never];
    const on = filter[field] === value;
    return { key, label: word(), part: "fact", on, toggled: { ...filter, [field]: on ? null : value, ...(field === "without_reason" ? { without_reason: !on } : {}) } };
  });
  return [
    ...names.kinds.map(({ id, name }): Narrowing => ({ key: id, label: name, part: "role", on: !!filter.roles?.includes(id), toggled: { ...filter, roles: toggledIn(filter.roles, id) } })),
    ...stairwells.map((name): Narrowing => ({ key: `stairwell-${name}`, label: m.contacts_stairwell({ name }), part: "stairwell", on: !!filter.stairwells?.includes(name), toggled: { ...filter, stairwells: toggledIn(filter.stairwells, name) } })),
    ...names.groups.map(({ id, name }): Narrowing => ({ key: id, label: name, part: "group", on: !!filter.groups?.includes(id), toggled: { ...filter, groups: toggledIn(filter.groups, id) } })),
    ...facts,
  ];
}

export type ChipWords = { key: string; label: string; without: Filter };

/** The conditions of a filter as chips, each with the filter that is left when it goes. */
export function chipsOf(filter: Filter, names: Names): ChipWords[] {
  const stairwells = filter.stairwells ?? [];
  const chips = narrowings(filter, names, stairwells).filter((one) => one.on).map(({ key, label, toggled }) => ({ key, label, without: toggled }));
  if (filter.flat) chips.push({ key: "flat", label: names.flats?.find((flat) => flat.id === filter.flat)?.name ?? m.contacts_flat(), without: { ...filter, flat: null } });
  if (filter.city) chips.push({ key: "city", label: filter.city, without: { ...filter, city: null } });
  if (filter.household) chips.push({ key: "household", label: m.contact_household(), without: { ...filter, household: null } });
  return chips;
}

/** Pause after a letter before the host is asked, in milliseconds: a fast typist's next letter comes within it. */
export const PAUSE = 40;

/**
 * Runs the newest question only: a question overtaken within its pause is not asked, and an answer that comes after a
 * newer question is dropped.
 */
export function newest<A, R>(ask: (asked: A) => Promise<R>, heard: (answer: R, asked: A) => void, failed: (thrown: unknown) => void): (asked: A, pause?: number) => void {
  let turn = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (asked, pause = 0) => {
    const mine = ++turn;
    clearTimeout(waiting);
    const go = (): void => {
      ask(asked).then(
        (answer) => {
          if (mine === turn) heard(answer, asked);
        },
        (thrown: unknown) => {
          if (mine === turn) failed(thrown);
        },
      );
    };
    if (pause === 0) go();
    else waiting = setTimeout(go, pause);
  };
}
