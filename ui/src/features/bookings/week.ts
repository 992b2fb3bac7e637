import type { CalendarTurn_Serialize as CalendarTurn } from "../../platform/bindings.js";

const DAY_MS = 86_400_000;

/** So many days later, or earlier. */
export function plusDays(iso: string, days: number): string {
  return new Date(Date.parse(`${iso}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(iso: string): number {
  return (new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** Monday of a day's week. */
export function monday(iso: string): string {
  return plusDays(iso, -weekdayOf(iso));
}

/** Minutes from the beginning of a day to a time on the wall; past midnight they go on. */
export function minutesOn(day: string, wall: string): number {
  return (Date.parse(`${wall.slice(0, 16)}:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 60_000;
}

/** A turn where the grid draws it: minutes of its column's day, and its place beside others of the same time. */
export type Placed = { turn: CalendarTurn; from: number; to: number; lane: number; lanes: number };

/** The turns of a day as the grid draws them, those that touch it. */
export function placed(turns: readonly CalendarTurn[], date: string): Placed[] {
  const found: Placed[] = [];
  for (const turn of turns) {
    const [from, to] = [minutesOn(date, turn.span.start), minutesOn(date, turn.span.end)];
    // What ends in the night belongs to its evening; what goes on for days is cut at midnight.
    const beganBefore = from < 0;
    if (to <= 0 || from >= 1440 || (beganBefore && to - from < 1440)) continue;
    found.push({ turn, from: Math.max(from, 0), to: to - from > 1440 ? Math.min(to, 1440) : to, lane: 0, lanes: 1 });
  }
  for (const one of found) {
    const together = found.filter((other) => other.from < one.to && one.from < other.to);
    one.lanes = together.length;
    one.lane = together.indexOf(one);
  }
  return found;
}

/** The hours that the grid shows: those with turns or open, a little of a day where there are none. */
export function hoursOf(places: readonly { from: number; to: number }[]): { first: number; last: number } {
  const usual = places.filter(({ from, to }) => to - from < 1440);
  if (usual.length === 0) return { first: 8, last: 20 };
  const first = Math.floor(Math.min(...usual.map(({ from }) => from)) / 60);
  const last = Math.ceil(Math.max(...usual.map(({ to }) => to)) / 60);
  return { first, last: Math.max(last, first + 4) };
}

/** First day of a day's month. */
export const monthOf = (iso: string): string => `${iso.slice(0, 7)}-01`;

/** First day of the month so many months later, or earlier. */
export function plusMonths(iso: string, months: number): string {
  const [year = 0, month = 1] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}
