import type { IsoDate } from "../../i18n/format.js";
import { format } from "../../i18n/index.js";
import type { HourUse, Minuted } from "../../platform/bindings.js";

export type UsePeriod = "quarter" | "twelve" | "this_year" | "own";

/** The days of a period that ends today, both included; three and twelve months begin on the day after the same day then. */
export function periodDays(period: Exclude<UsePeriod, "own">, today: Date): { from: IsoDate; to: IsoDate } {
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  const monthsAgo = (count: number): Date => {
    const last = new Date(year, month - count + 1, 0).getDate();
    return new Date(year, month - count, Math.min(day, last) + 1);
  };
  const from = period === "this_year" ? new Date(year, 0, 1) : monthsAgo(period === "quarter" ? 3 : 12);
  return { from: format.isoDay(from), to: format.isoDay(today) };
}

/** What takes open time, in the order in which it is drawn. */
export const takers = ["standing", "single", "common"] as const;
export type Taker = (typeof takers)[number];

export const usedOf = (minutes: Minuted): number => minutes.standing + minutes.single + minutes.common;

/** A share of open time, 0…1; nothing of what was never open. */
export const shareOf = (part: number, minutes: Minuted): number => (minutes.open === 0 ? 0 : part / minutes.open);

/** The rows of the picture: each hour that was ever open, with what was used in it on the weekdays from Monday. */
export function hourRows(hours: readonly HourUse[]): { hour: number; days: (Minuted | null)[] }[] {
  const known = [...new Set(hours.map(({ hour }) => hour))].sort((a, b) => a - b);
  return known.map((hour) => ({
    hour,
    days: Array.from({ length: 7 }, (_, weekday) => hours.find((one) => one.hour === hour && one.weekday === weekday)?.minutes ?? null),
  }));
}

/** An hour of the clock from when to when: `16–17`, after midnight `0–1`. */
export const hourWords = (hour: number): string => `${hour % 24}–${(hour % 24) + 1}`;
