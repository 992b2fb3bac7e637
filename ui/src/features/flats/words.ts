import { format, m } from "../../i18n/index.js";
import type { FlatResident_Serialize as FlatResident, Flat_Serialize as Flat } from "../../platform/bindings.js";

/** The block of shares that gives the right to a flat: `1 240–1 349`. */
export function sharesOf({ shares_from, shares_to }: Flat): string {
  return [...new Set([shares_from, shares_to])].filter((share) => share !== null).map((share) => format.number(share)).join("–");
}

/** From when to when somebody has a role in a flat. */
export function period({ valid_from, valid_to }: Pick<FlatResident, "valid_from" | "valid_to">): string {
  if (valid_from && valid_to) return `${format.date(valid_from)}–${format.date(valid_to)}`;
  if (valid_to) return m.contact_until({ day: format.date(valid_to) });
  return valid_from ? m.contact_since({ day: format.date(valid_from) }) : "";
}

/** Each person of a flat once, with all their roles in the order given. Protected people have no name and stay apart. */
export function together(residents: readonly FlatResident[]): { person: FlatResident; kinds: string[] }[] {
  const people = new Map<string, { person: FlatResident; kinds: string[] }>();
  for (const person of residents) {
    const known = people.get(person.contact);
    if (known) known.kinds.push(person.kind);
    else people.set(person.contact, { person, kinds: [person.kind] });
  }
  return [...people.values()];
}
