import { m } from "../i18n/index.js";
import type { Field } from "../platform/bindings.js";

const names: Record<Field, () => string> = {
  name: () => m.field_name(), first_name: () => m.contact_first_name(), last_name: () => m.contact_last_name(),
  alternative_name: () => m.contact_alternative_name(), organisation_name: () => m.field_organisation_name(), business_id: () => m.start_business_id(),
  email: () => m.contact_email(), phone: () => m.contact_phone(), street: () => m.contact_street(), postal_code: () => m.contact_postal_code(),
  city: () => m.contact_city(), address: () => m.contact_address(), country: () => m.contact_country(), flat: () => m.contacts_flat(),
  birth_date: () => m.contact_birth_date(), identity_code: () => m.field_identity_code(), domicile: () => m.contact_domicile(),
  language: () => m.contact_language(), number: () => m.contact_number(), role_name: () => m.field_role_name(), role_from: () => m.field_role_from(),
  role_to: () => m.field_role_to(), group: () => m.field_group(), non_disclosure: () => m.contact_order(), deceased: () => m.contact_deceased(),
  away_until: () => m.field_away_until(), notes: () => m.contact_notes(),
};

/** Every field, in the order in which the wizard offers them. */
export const fields = Object.keys(names) as Field[];

/** What a field of a contact is called. */
export function fieldName(field: Field): string {
  return names[field]();
}
