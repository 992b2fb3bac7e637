import { m } from "../../i18n/index.js";
import type { ContactFilter_Deserialize, ContactListSpec_Deserialize, ContactSort, CustomField, Selection_Deserialize } from "../../platform/bindings.js";
import type { Ticked } from "../../components/selection.svelte.js";
import { customText, languageName } from "./words.js";

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

/** Ticked rows as the host takes them. */
export function selectionOf(ticked: Ticked, spec: Spec): Selection_Deserialize {
  if (!ticked.all) return { select: "ids", of: ticked.keys };
  return ticked.except.length === 0 ? { select: "list", of: spec } : { select: "list_except", of: [spec, ticked.except] };
}

/** Conditions of which `false` only means "not asked". */
const flags: readonly string[] = ["without_reason", "former"];

/** Whether a filter keeps everybody. `false` is a condition as well ("has no e-mail"), except where it only means "not asked". */
export function isOpen(filter: Filter): boolean {
  return Object.entries(filter).every(([field, value]) => value === undefined || value === null || (flags.includes(field) && value === false) || (Array.isArray(value) && value.length === 0));
}

/** What narrows a list, beside roles and groups: its word, and the condition it sets. */
const conditions = {
  with_email: { word: () => m.contacts_with_email(), set: { has_email: true } },
  without_email: { word: () => m.contacts_without_email(), set: { has_email: false } },
  with_phone: { word: () => m.contacts_with_phone(), set: { has_phone: true } },
  without_phone: { word: () => m.contacts_without_phone(), set: { has_phone: false } },
  former: { word: () => m.contacts_former(), set: { former: true } },
  without_domicile: { word: () => m.contacts_without_domicile(), set: { has_domicile: false } },
  in_household: { word: () => m.contacts_in_household(), set: { in_household: true } },
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
export type Names = { kinds: readonly Named[]; groups: readonly Named[]; flats?: readonly Named[]; fields?: readonly CustomField[] };

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
    return { key, label: word(), part: "fact", on, toggled: { ...filter, [field]: flags.includes(field) ? !on : on ? null : value } };
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
  if (filter.language) chips.push({ key: "language", label: languageName(filter.language), without: { ...filter, language: null } });
  if (filter.born_from != null) chips.push({ key: "born_from", label: m.contacts_born_since({ year: String(filter.born_from) }), without: { ...filter, born_from: null } });
  if (filter.born_to != null) chips.push({ key: "born_to", label: m.contacts_born_until({ year: String(filter.born_to) }), without: { ...filter, born_to: null } });
  for (const [id, value] of filter.custom ?? []) {
    const field = names.fields?.find((one) => one.id === id);
    chips.push({ key: id, label: field ? `${field.name}: ${customText(field, value)}` : value, without: { ...filter, custom: filter.custom?.filter(([other]) => other !== id) ?? [] } });
  }
  if (filter.household) chips.push({ key: "household", label: m.contact_household(), without: { ...filter, household: null } });
  return chips;
}

/**
 * Asks one question at a time. What is asked meanwhile waits, only the newest of it, and is asked as soon as the answer
 * under way is there; that answer is then let go. So the first letter is answered at once, and a fast typist's last one soon
 * after, without a queue in between.
 */
export function newest<A, R>(ask: (asked: A) => Promise<R>, heard: (answer: R, asked: A) => void, failed: (thrown: unknown) => void): (asked: A) => void {
  let underway = false;
  let waiting: { asked: A } | null = null;
  const go = (asked: A): void => {
    underway = true;
    ask(asked)
      .then(
        (answer) => {
          if (!waiting) heard(answer, asked);
        },
        (thrown: unknown) => {
          if (!waiting) failed(thrown);
        },
      )
      .finally(() => {
        underway = false;
        const next = waiting;
        waiting = null;
        if (next) go(next.asked);
      });
  };
  return (asked) => {
    if (underway) waiting = { asked };
    else go(asked);
  };
}
