import { format, m } from "../i18n/index.js";
import { languageName } from "./language.js";
import { legalBasis, retentionWords } from "./vocabulary.js";

type Shown = { name: () => string; value?: (stored: string) => string };

const yesNo = (stored: string): string => (stored === "0" || stored === "false" ? m.contact_no() : m.contact_yes());
const among = (words: Record<string, () => string>) => (stored: string) => words[stored]?.() ?? stored;
const plain = (name: () => string): Shown => ({ name });
const day = (name: () => string): Shown => ({ name, value: format.date });
const flag = (name: () => string): Shown => ({ name, value: yesNo });
const language = (name: () => string): Shown => ({ name, value: languageName });
const address = {
  street: plain(() => m.contact_street()), postal_code: plain(() => m.contact_postal_code()), city: plain(() => m.contact_city()), country: plain(() => m.contact_country()),
};

/**
 * The columns of shared tables as histories show them; null keeps what is the program's own out of them. Every column is
 * named here, which a test holds against the schema.
 */
export const columns: Record<string, Record<string, Shown | null>> = {
  organisation: {
    kind: { name: () => m.contact_kind(), value: among({ "housing-company": () => m.start_kind_housing(), association: () => m.start_kind_association() }) },
    name: plain(() => m.start_name()), business_id: plain(() => m.start_business_id()), language: language(() => m.settings_own_language()), ...address,
    time_zone: null, identity_code_basis: plain(() => m.settings_identity_basis()),
  },
  user: { name: plain(() => m.contacts_name()), email: plain(() => m.contact_email()) },
  building: { name: plain(() => m.flats_building()), street: plain(() => m.contact_street()) },
  stairwell: { building: plain(() => m.flats_building()), name: plain(() => m.contacts_stairwells()) },
  flat: {
    stairwell: plain(() => m.contacts_stairwells()), name: plain(() => m.contacts_flat()), floor: plain(() => m.flats_floor()),
    area_tenths: { name: () => m.flats_area(), value: (stored) => format.number(Number(stored) / 10) },
    shares_from: plain(() => m.flats_shares_from()), shares_to: plain(() => m.flats_shares_to()), note: plain(() => m.contact_notes()),
  },
  household: { kind: { name: () => m.contact_household(), value: among({ couple: () => m.contact_couple(), household: () => m.contact_household() }) } },
  contact: {
    kind: { name: () => m.contact_kind(), value: among({ person: () => m.contact_person(), organisation: () => m.contact_organisation() }) },
    first_name: plain(() => m.contact_first_name()), last_name: plain(() => m.contact_last_name()), alternative_name: plain(() => m.contact_alternative_name()),
    email: plain(() => m.contact_email()), phone: plain(() => m.contact_phone()), ...address, birth_date: day(() => m.contact_birth_date()),
    identity_code: plain(() => m.field_identity_code()),
    domicile: plain(() => m.contact_domicile()), language: language(() => m.contact_language()), number: plain(() => m.contact_number()),
    business_id: plain(() => m.start_business_id()), notes: plain(() => m.contact_notes()), away_until: day(() => m.field_away_until()),
    deceased: flag(() => m.contact_deceased()), deceased_on: day(() => m.contact_deceased_on()), non_disclosure: flag(() => m.contact_order()),
    // The id of a household says nothing; that there is one does.
    household: flag(() => m.contact_household()),
  },
  contact_point: {
    contact: null,
    kind: { name: () => m.contact_kind(), value: among({ email: () => m.contact_email(), phone: () => m.contact_phone(), address: () => m.contact_address() }) },
    value: plain(() => m.history_value()), ...address, label: plain(() => m.contact_point_label()),
  },
  stakeholder_kind: {
    name: plain(() => m.vocabulary_name()), legal_basis: { name: () => m.vocabulary_basis(), value: among(legalBasis) },
    retention_months: { name: () => m.vocabulary_retention(), value: (stored) => retentionWords({ rule: "months_after_end", months: Number(stored) }) },
    retention_statute: plain(() => m.vocabulary_retention()), has_flat: flag(() => m.vocabulary_has_flat()), position: null,
  },
  stakeholder_role: {
    contact: null, kind: plain(() => m.contacts_role()), flat: plain(() => m.contacts_flat()), valid_from: day(() => m.field_role_from()),
    valid_to: day(() => m.field_role_to()), note: plain(() => m.contact_notes()),
  },
  contact_group: { parent: plain(() => m.groups_parent()), name: plain(() => m.contacts_group_name()), rule: null },
  group_member: { contact_group: plain(() => m.field_group()), contact: null },
  custom_field: { name: plain(() => m.contacts_name()), kind: null, choices: { name: () => m.history_choices(), value: choices }, position: null },
  // Which kind of field it is does not stand beside the value; a day and a yes are known by their form.
  custom_value: { contact: null, custom_field: plain(() => m.import_own_field()), value: { name: () => m.history_value(), value: ownValue } },
  import: { file_name: plain(() => m.import_step_file()), sheet: plain(() => m.import_sheet()), imported_at: null, columns: null },
  import_row: { import: null, contact: null, row: null, fields: null },
  import_preset: { name: null, spec: null },
  view: { name: plain(() => m.contacts_view_name()), spec: null, position: null },
  attention: { code: null, subject: null, params: null, created_at: null },
  access: { user: null, kind: null, contact: null, contacts: null, at: null },
};

export type ShownChange = { name: string; old: string; new: string };

/** A column's change in words, or null for one that is not shown. A record that comes or goes says no mere "no". */
export function changeWords(table: string, change: { column: string; old: string; new: string }): ShownChange | null {
  const shown = columns[table]?.[change.column];
  if (!shown) return null;
  if (shown.value === yesNo && [change.old, change.new].every((value) => value === "" || value === "0")) return null;
  const words = (stored: string): string => (stored === "" ? "" : (shown.value?.(stored) ?? stored));
  return { name: shown.name(), old: words(change.old), new: words(change.new) };
}

function choices(stored: string): string {
  try {
    const list: unknown = JSON.parse(stored);
    return Array.isArray(list) ? list.join(", ") : stored;
  } catch {
    return stored;
  }
}

function ownValue(stored: string): string {
  return stored === "true" || stored === "false" ? yesNo(stored) : format.date(stored);
}
