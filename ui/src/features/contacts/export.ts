import { m } from "../../i18n/index.js";
import type { ContactColumn, CustomField } from "../../platform/bindings.js";
import { idOf } from "./columns.js";

/** A column that a file can have, titled in the language of the window. */
export type ExportColumn = { column: ContactColumn; title: string; usual: boolean };

/**
 * Every column a file can have, in its order; `usual` ones are ticked at first. Where the list has columns of its own
 * choice, they are those.
 */
export function exportable(housing: boolean, fields: readonly CustomField[], chosen: readonly ContactColumn[] = []): ExportColumn[] {
  const named = ["last_name", "first_name", ...chosen.map(idOf)];
  const one = (column: ContactColumn, title: string, usual = true): ExportColumn => ({ column, title, usual: chosen.length > 0 ? named.includes(idOf(column)) : usual });
  return [
    one("last_name", m.contact_last_name()), one("first_name", m.contact_first_name()), one("alternative_name", m.contact_alternative_name(), false),
    ...(housing ? [one("flat", m.contacts_flat())] : []), one("roles", m.contacts_roles()), one("phone", m.contact_phone()), one("email", m.contact_email()),
    one("street", m.contact_street()), one("postal_code", m.contact_postal_code()), one("city", m.contact_city()),
    one("birth_date", m.contact_birth_date(), false), one("domicile", m.contact_domicile(), !housing), one("language", m.contact_language(), false),
    one("number", m.contact_number(), !housing), one("household", m.contact_household(), false), one("groups", m.contact_groups(), false), one("notes", m.contact_notes(), false), one("changed", m.contacts_changed(), false),
    ...fields.map((field) => one({ custom: field.id }, field.name, false)),
  ];
}

let jobs = 0;

/** A number for one long piece of work, by which it is broken off. */
export function nextJob(): number {
  // The wizard numbers its work from one; these must not meet it.
  jobs += 1;
  return 0x4000_0000 + jobs;
}
