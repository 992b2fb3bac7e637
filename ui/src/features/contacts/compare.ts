import { format, m } from "../../i18n/index.js";
import type { ContactOverview_Serialize as ContactOverview, CustomField } from "../../platform/bindings.js";
import { addressLine, customText, languageName, originWords, period } from "./words.js";

/** One fact of two contacts. */
export type Line = { term: string; a: string; b: string; differs: boolean };

/** The facts of two contacts beside each other; a fact that neither has is left out. */
export function comparison(a: ContactOverview, b: ContactOverview, fields: readonly CustomField[], groups: readonly { id: string; name: string }[]): Line[] {
  const facts: [string, (of: ContactOverview) => string][] = [
    [m.contact_last_name(), ({ details }) => details.last_name],
    [m.contact_first_name(), ({ details }) => details.first_name],
    [m.contact_alternative_name(), ({ details }) => details.alternative_name],
    [m.contact_phone(), (of) => (of.withheld ? m.contact_withheld_short() : of.phone_shown)],
    [m.contact_email(), ({ details }) => details.email],
    [m.contact_address(), (of) => (of.withheld ? m.contact_withheld_short() : addressLine(of.details.address))],
    [m.contact_also(), (of) => of.points.map((point) => point.value || addressLine(point.address)).join("; ")],
    [m.contact_birth_date(), ({ details }) => (details.birth_date ? format.date(details.birth_date) : "")],
    [m.contact_domicile(), (of) => (of.withheld ? m.contact_withheld_short() : of.details.domicile)],
    [m.contact_language(), ({ details }) => (details.language ? languageName(details.language) : "")],
    [m.contact_number(), ({ details }) => details.number],
    [m.start_business_id(), ({ details }) => details.business_id],
    [m.contacts_roles(), (of) => of.roles.map((info) => [info.kind.name, info.flat_name, period(info.role)].filter(Boolean).join(" ")).join("; ")],
    ...fields.map((field): [string, (of: ContactOverview) => string] => [field.name, (of) => {
      const value = of.custom.find(([id]) => id === field.id)?.[1] ?? "";
      return value === "" ? "" : customText(field, value);
    }]),
    [m.contact_household(), (of) => of.household.map((member) => member.name).join(", ")],
    [m.contact_groups(), (of) => groups.filter((group) => of.groups.includes(group.id)).map((group) => group.name).join(", ")],
    [m.contact_states(), (of) => [
      ...(of.details.non_disclosure ? [m.contact_order()] : []),
      ...(of.away_until ? [m.contact_away_until({ day: format.date(of.away_until) })] : []),
      ...(of.details.deceased ? [of.details.deceased_on ? m.contact_deceased_day({ day: format.date(of.details.deceased_on) }) : m.contact_deceased()] : []),
    ].join("; ")],
    [m.contact_notes(), ({ details }) => details.notes],
    [m.contact_origin(), (of) => of.origins.map(originWords).join("; ")],
  ];
  return facts.map(([term, of]) => ({ term, a: of(a), b: of(b), differs: of(a) !== of(b) })).filter((line) => line.a !== "" || line.b !== "");
}
