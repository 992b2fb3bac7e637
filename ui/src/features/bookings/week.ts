import type { CalendarTurn } from "../../platform/bindings.js";

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

/** A turn where the grid draws it: day of the week from 0, minutes of that day, and its place beside others of the same time. */
export type Placed = { turn: CalendarTurn; day: number; from: number; to: number; lane: number; lanes: number };

/** The turns of a week as the grid draws them, each on every day that it touches. */
export function placed(turns: readonly CalendarTurn[], first: string): Placed[] {
  const found: Placed[] = [];
  for (let day = 0; day < 7; day += 1) {
    const date = plusDays(first, day);
    const ofDay: Placed[] = [];
    for (const turn of turns) {
      const [from, to] = [minutesOn(date, turn.span.start), minutesOn(date, turn.span.end)];
      // What ends in the night belongs to its evening; what goes on for days is cut at midnight.
      const beganBefore = from < 0;
      if (to <= 0 || from >= 1440 || (beganBefore && to - from < 1440)) continue;
      ofDay.push({ turn, day, from: Math.max(from, 0), to: to - from > 1440 ? Math.min(to, 1440) : to, lane: 0, lanes: 1 });
    }
    for (const one of ofDay) {
      const together = ofDay.filter((other) => other.from < one.to && one.from < other.to);
      one.lanes = together.length;
      one.lane = together.indexOf(one);
    }
    found.push(...ofDay);
  }
  return found;
}

/** The hours that the grid shows: those with turns, a little of a day where there are none. */
export function hoursOf(places: readonly Placed[]): { first: number; last: number } {
  const usual = places.filter(({ from, to }) => to - from < 1440);
  if (usual.length === 0) return { first: 8, last: 20 };
  const first = Math.floor(Math.min(...usual.map(({ from }) => from)) / 60);
  const last = Math.ceil(Math.max(...usual.map(({ to }) => to)) / 60);
  return { first, last: Math.max(last, first + 4) };
}
