import { format, locale, m } from "../../i18n/index.js";
import type { ContactFilter_Deserialize as Filter, CustomField } from "../../platform/bindings.js";

/** Conditions that are asked for or not, and never for their opposite. */
const asking = new Set(["without_reason", "former"]);

/** Nobody is asked for by a rule that sets no condition: it would find everybody. */
export function isEmpty(rule: Filter): boolean {
  return Object.keys(tidied(rule)).length === 0;
}

/** A rule without the conditions that are not set. `false` is a condition as well ("has no e-mail"), except of those that only ever ask for. */
export function tidied(rule: Filter): Filter {
  return Object.fromEntries(Object.entries(rule).filter(([field, value]) => value !== undefined && value !== null && value !== "" && !(value === false && asking.has(field)) && !(Array.isArray(value) && value.length === 0)));
}

type Named = { id: string; name: string };
type Names = { kinds: readonly Named[]; flats: readonly Named[]; fields: readonly CustomField[] };

/** The value of a field of the organisation's own, as people read it. */
export function valueWords(field: CustomField | undefined, value: string): string {
  if (field?.kind === "yes_no") return value === "true" ? m.contact_yes() : m.contact_no();
  return field?.kind === "date" ? format.date(value) : value;
}

/** A language by its ISO 639-1 code, in the language of the window. */
export function languageWord(code: string): string {
  return new Intl.DisplayNames([locale()], { type: "language", fallback: "code" }).of(code) ?? code;
}

/** A year as typed; null for nothing or no year. */
export function yearOf(typed: string): number | null {
  return /^\s*\d{4}\s*$/.test(typed) ? Number(typed) : null;
}

/** A rule in plain words: "rooli Osakas tai Asukas, porras A". It says so where a rule asks for more than the words know. */
export function ruleWords(rule: Filter, names: Names): string {
  const { roles, stairwells, flat, kind, city, language, born_from, born_to, custom, has_email, has_phone, ...others } = rule;
  const or = (list: readonly string[]): string => list.join(` ${m.rule_or()} `);
  const named = (list: readonly Named[], id: string): string => list.find((one) => one.id === id)?.name ?? "?";
  const parts = [
    roles?.length ? m.rule_roles({ roles: or(roles.map((id) => named(names.kinds, id))) }) : null,
    stairwells?.length ? m.rule_stairwells({ stairwells: or(stairwells) }) : null,
    flat ? m.rule_flat({ flat: named(names.flats, flat) }) : null,
    kind ? (kind === "person" ? m.contacts_people() : m.contacts_organisations()) : null,
    city ? m.rule_city({ city }) : null,
    has_email == null ? null : has_email ? m.contacts_with_email() : m.contacts_without_email(),
    has_phone == null ? null : has_phone ? m.contacts_with_phone() : m.contacts_without_phone(),
    language ? m.rule_language({ language: languageWord(language) }) : null,
    born_from == null && born_to == null ? null : m.rule_born({ years: `${born_from ?? ""}–${born_to ?? ""}` }),
    ...(custom ?? []).map(([id, value]) => {
      const field = names.fields.find((one) => one.id === id);
      return `${field?.name ?? "?"}: ${valueWords(field, value)}`;
    }),
    isEmpty(others) ? null : m.rule_more(),
  ];
  return parts.filter((part) => part !== null).join(", ");
}
