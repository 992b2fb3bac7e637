import { format, m } from "../../i18n/index.js";
import type { ContactColumn, ContactRow_Serialize as ContactRow, CustomField } from "../../platform/bindings.js";
import { customText, languageName } from "./words.js";

/** A column that a list can show beside the name. */
export type ListColumn = {
  /** Distinct among the columns; the host's word where it can be sorted by. */
  id: string;
  column: ContactColumn;
  title: string;
  width: string;
  text: (row: ContactRow) => string;
  sortable?: boolean;
  /** A non-disclosure order withholds it. */
  secret?: boolean;
};

/** What tells a column from others. */
export function idOf(column: ContactColumn): string {
  return typeof column === "string" ? column : `custom-${column.custom}`;
}

/** Every column a list can show beside the name, in its order. */
export function listColumns(housing: boolean, fields: readonly CustomField[]): ListColumn[] {
  const one = (column: ContactColumn, title: string, width: string, text: (row: ContactRow) => string, more: Partial<ListColumn> = {}): ListColumn => ({ id: idOf(column), column, title, width, text, ...more });
  const wide = "minmax(9rem, 1.4fr)";
  const secret = { secret: true };
  const sortable = { sortable: true };
  return [
    ...(housing ? [one("flat", m.contacts_flat(), "7.25rem", (row) => row.flats.join(", "), { ...secret, ...sortable })] : []),
    one("number", m.contact_number_short(), "6rem", (row) => row.number, sortable),
    one("roles", m.contacts_roles(), "minmax(8rem, 1.4fr)", (row) => row.roles.join(", ")),
    one("phone", m.contact_phone(), "8.75rem", (row) => row.phone, secret),
    one("email", m.contact_email(), "minmax(10rem, 2fr)", (row) => row.email, sortable),
    one("street", m.contact_street(), wide, (row) => row.address.street, secret),
    one("postal_code", m.contact_postal_code(), "6.5rem", (row) => row.address.postal_code, secret),
    one("city", m.contact_city(), "9rem", (row) => row.address.city, { ...secret, ...sortable }),
    one("birth_date", m.contact_birth_date(), "7.5rem", (row) => (row.birth_date ? format.date(row.birth_date) : ""), sortable),
    one("domicile", m.contact_domicile(), "8rem", (row) => row.domicile, secret),
    one("language", m.contact_language(), "6rem", (row) => (row.language ? languageName(row.language) : "")),
    one("household", m.contact_household(), wide, (row) => row.household.join(", ")),
    one("groups", m.contact_groups(), wide, (row) => row.groups.join(", ")),
    ...fields.map((field) => one({ custom: field.id }, field.name, "minmax(7rem, 1fr)", (row) => {
      const value = row.custom.find(([id]) => id === field.id)?.[1] ?? "";
      return value === "" ? "" : customText(field, value);
    })),
    one("changed", m.contacts_changed(), "7.5rem", (row) => (row.changed_at ? format.date(format.isoDay(new Date(row.changed_at))) : ""), sortable),
  ];
}

/** The columns of a list that nobody has set up, with the width in rem from which each has room. */
export function usualColumns(housing: boolean): { id: string; from?: number }[] {
  return [{ id: housing ? "flat" : "number" }, { id: "roles" }, { id: "phone", from: 40 }, { id: "email", from: 56 }, { id: "changed", from: 66 }];
}

/** The chosen columns with one more or one less, in the order of all; nothing where they are the usual ones again. */
export function toggledColumns(all: readonly ListColumn[], chosen: readonly ContactColumn[], id: string, housing: boolean): ContactColumn[] {
  const usual = usualColumns(housing).map((one) => one.id);
  const now = chosen.length > 0 ? chosen.map(idOf) : usual;
  const next = all.filter((one) => (one.id === id) !== now.includes(one.id));
  const isUsual = next.length === usual.length && next.every((one) => usual.includes(one.id));
  return isUsual ? [] : next.map((one) => one.column);
}
