import { m } from "../../i18n/index.js";

/** Where Finnish organisations and their members' houses are; each has one wall clock. */
const ZONES: readonly { value: string; label: () => string }[] = [
  { value: "Europe/Helsinki", label: () => m.zone_helsinki() },
  { value: "Europe/Mariehamn", label: () => m.zone_mariehamn() },
  { value: "Europe/Stockholm", label: () => m.zone_stockholm() },
  { value: "Europe/Tallinn", label: () => m.zone_tallinn() },
  { value: "Europe/Oslo", label: () => m.zone_oslo() },
  { value: "Europe/Madrid", label: () => m.zone_madrid() },
  { value: "Atlantic/Canary", label: () => m.zone_canary() },
  { value: "Europe/London", label: () => m.zone_london() },
];

/** The time zones to choose from; one that came from elsewhere stays among them under its own name. */
export function zonesWith(current: string): { value: string; label: string }[] {
  const zones = ZONES.map(({ value, label }) => ({ value, label: label() }));
  return current === "" || zones.some((zone) => zone.value === current) ? zones : [...zones, { value: current, label: current }];
}
