import { m } from "../i18n/index.js";

/** Names of the columns that histories show; what is not here is the program's own and stays out of them. */
const names: Record<string, () => string> = {
  first_name: () => m.contact_first_name(), last_name: () => m.contact_last_name(), alternative_name: () => m.contact_alternative_name(),
  email: () => m.contact_email(), phone: () => m.contact_phone(), street: () => m.contact_street(), postal_code: () => m.contact_postal_code(),
  city: () => m.contact_city(), country: () => m.contact_country(), birth_date: () => m.contact_birth_date(), domicile: () => m.contact_domicile(),
  language: () => m.contact_language(), number: () => m.contact_number(), business_id: () => m.start_business_id(), notes: () => m.contact_notes(),
  note: () => m.contact_notes(), away_until: () => m.field_away_until(), deceased_on: () => m.contact_deceased_on(), name: () => m.contacts_name(),
  value: () => m.history_value(), valid_from: () => m.field_role_from(), valid_to: () => m.field_role_to(), flat: () => m.contacts_flat(),
  kind: () => m.contacts_role(), legal_basis: () => m.vocabulary_basis(),
};

/** The name of a column, or null for one that is not shown. `table` tells a role's kind from a contact's. */
export function columnName(table: string, column: string): string | null {
  if (column === "kind" && table !== "stakeholder_role") return null;
  return names[column]?.() ?? null;
}
