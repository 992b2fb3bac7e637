import { format, locale, m } from "../../i18n/index.js";
import type { ContactDetails_Serialize, CustomField, PostalAddress, StakeholderRole, ValueSource } from "../../platform/bindings.js";

/** A contact's name as letters say it. */
export function nameOf(details: Pick<ContactDetails_Serialize, "first_name" | "last_name">): string {
  return [details.first_name, details.last_name].filter(Boolean).join(" ");
}

/** An address on one line. */
export function addressLine(address: PostalAddress): string {
  return [address.street, [address.postal_code, address.city].filter(Boolean).join(" "), address.country].filter(Boolean).join(", ");
}

/** The value of a field of the organisation's own, as people read it. */
export function customText(field: CustomField, value: string): string {
  if (field.kind === "date") return format.date(value);
  if (field.kind === "yes_no") return value === "true" ? m.contact_yes() : m.contact_no();
  if (field.kind === "number") return locale() === "en" ? value : value.replace(".", ",");
  return value;
}

/** From when to when a role runs. */
export function period(role: Pick<StakeholderRole, "valid_from" | "valid_to">): string {
  if (role.valid_from && role.valid_to) return `${format.date(role.valid_from)}–${format.date(role.valid_to)}`;
  if (role.valid_to) return m.contact_until({ day: format.date(role.valid_to) });
  return role.valid_from ? m.contact_since({ day: format.date(role.valid_from) }) : "";
}

/** A row of a file that values came from: the day is this computer's. */
export function originWords(origin: { file_name: string; row: number } & ({ imported_at: string } | { at: string })): string {
  const at = "at" in origin ? origin.at : origin.imported_at;
  return m.contact_origin_row({ file: origin.file_name, row: format.number(origin.row), day: format.date(format.isoDay(new Date(at))) });
}

/** Where a value came from last. */
export function sourceWords(source: ValueSource): string {
  return source.from === "file" ? originWords(source) : m.contact_source_hand({ author: source.author, day: format.date(format.isoDay(new Date(source.at))) });
}

export { languageName } from "../../words/language.js";

type Noted = { note?: string | undefined };

/**
 * Says once what most values say of their source, and beside a value only what differs from that. `all` is true when no value
 * with a source differs.
 */
export function gathered<T extends Noted>(items: readonly T[]): { items: T[]; common: string | null; all: boolean } {
  const counts = new Map<string, number>();
  for (const { note } of items) if (note) counts.set(note, (counts.get(note) ?? 0) + 1);
  const [common, count] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [null, 0];
  if (common === null || count < 2) return { items: [...items], common: null, all: false };
  return { items: items.map((item) => (item.note === common ? { ...item, note: undefined } : item)), common, all: counts.size === 1 };
}
