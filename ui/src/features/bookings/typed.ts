import type { MonthDay, Span, Turns } from "../../platform/bindings.js";
import { plusDays } from "./week.js";

/** `18`, `18.00`, `18:00`, `1800` → minutes since midnight; nothing for what is no time. 24.00 is the end of the day. */
export function readMinutes(text: string): number | null {
  const found = /^(\d{1,2})(?:[.:]?(\d{2}))?$/.exec(text.trim());
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  return minute < 60 && hour * 60 + minute <= 1440 ? hour * 60 + minute : null;
}

/** Minutes since midnight as a field shows them: `18.00`. */
export function writeMinutes(minutes: number): string {
  return `${Math.floor(minutes / 60)}.${String(minutes % 60).padStart(2, "0")}`;
}

/** A time of a day on the wall; past 24.00 it lies in the night that follows. */
export function wall(day: string, minutes: number): string {
  const date = plusDays(day, Math.floor(minutes / 1440));
  const rest = minutes % 1440;
  return `${date}T${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}:00`;
}

/** The time that the fields say; nothing until they say one. An end before the start lies in the night that follows. */
export function readSpan(turns: Turns, day: string | null, lastDay: string | null, from: string, to: string): Span | null {
  if (day === null) return null;
  if (turns.by === "nights") return lastDay !== null && lastDay > day ? { start: wall(day, turns.arrive), end: wall(lastDay, turns.leave) } : null;
  const [start, end] = [readMinutes(from), readMinutes(to)];
  if (start === null || end === null || start === end) return null;
  return { start: wall(day, start), end: wall(day, end > start ? end : end + 1440) };
}

/** `1.6.`, `1.6`, `01.06.` → a day of the year; nothing for what is none. */
export function readMonthDay(text: string): MonthDay | null {
  const found = /^(\d{1,2})\.(\d{1,2})\.?$/.exec(text.trim());
  if (!found) return null;
  const [day, month] = [Number(found[1]), Number(found[2])];
  // In a leap year every day of the year is there.
  const read = new Date(Date.UTC(2024, month - 1, day));
  return read.getUTCMonth() === month - 1 && read.getUTCDate() === day ? { month, day } : null;
}

/** A day of the year as a field shows it: `1.6.`. */
export const writeMonthDay = ({ month, day }: MonthDay): string => `${day}.${month}.`;

/** `50`, `50,5`, `50,00 €` → cents; nothing for what is no amount. */
export function readCents(text: string): number | null {
  const found = /^(\d{1,6})(?:[,.](\d{1,2}))?\s*€?$/.exec(text.trim().replaceAll(/\s+(?=\d)/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/** Cents as a field shows them: `50,00`. */
export const writeCents = (cents: number): string => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`;
