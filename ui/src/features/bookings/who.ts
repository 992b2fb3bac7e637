import type { Holder } from "../../platform/bindings.js";

/** For whom something is booked, as the field keeps it: `house`, or the kind of record and its id. */
export type Who = { value: string; label: string };

export const HOUSE = "house";

/** The holder that a choice stands for. */
export function holderOf(who: Who | null): Holder | null {
  if (who === null) return null;
  if (who.value === HOUSE) return { by: "house" };
  const [by, id = ""] = who.value.split(" ", 2);
  return by === "contact" ? { by: "contact", id } : { by: "flat", id };
}

/** The value of the field for a flat or somebody of the register. */
export const flatValue = (id: string): string => `flat ${id}`;
export const contactValue = (id: string): string => `contact ${id}`;
