import type { Calendar_Serialize as Calendar, CalendarTurn_Serialize as CalendarTurn, Resource_Serialize as Resource, Span, Turns } from "../../platform/bindings.js";
import { wall } from "./typed.js";
import { minutesOn, plusDays } from "./week.js";

/** A column of the grid: one day of one space. */
export type Column = { key: string; date: string; resource: Resource; calendar: Calendar };

/** What is held by pointer or keyboard: a time to be made, a booking to be moved, the end of one to be put elsewhere. */
export type Held =
  | { act: "make"; column: number; from: number }
  | { act: "move"; column: number; turn: CalendarTurn; grab: number }
  | { act: "stretch"; column: number; turn: CalendarTurn };

/** Where it would come to stand. */
export type Target = { column: number; span: Span };

const HALF = 0.5;

/** How a space is divided on the column's day; nothing on a day outside every timetable. */
export function turnsOf({ calendar, date }: Column): Turns | null {
  return calendar.days.find((day) => day.date === date)?.turns ?? null;
}

const isOn = (date: string, { span }: CalendarTurn): boolean => minutesOn(date, span.start) >= 0 && minutesOn(date, span.start) < 1440;

/** The turns of a column that something could be put on, by their beginning. */
export function places({ calendar, date }: Column): CalendarTurn[] {
  return calendar.turns.filter((turn) => isOn(date, turn) && turn.state.state !== "displaced");
}

/** Where what is held would stand with the pointer at a minute of a column; nothing where there is no place at all. */
export function target(held: Held, at: { column: number; minute: number }, columns: readonly Column[]): Target | null {
  if (held.act === "stretch") return stretched(held.turn.span, at.minute, held.column, columns);
  const made = held.act === "make";
  const column = columns[at.column];
  const home = columns[held.column];
  if (!column || !home) return null;
  const turns = turnsOf(column);
  switch (turns?.by) {
    case undefined: return null;
    case "fixed": {
      const under = places(column).find(({ span }) => minutesOn(column.date, span.start) <= at.minute && at.minute < minutesOn(column.date, span.end));
      return under && !made ? { column: at.column, span: under.span } : null;
    }
    case "free": {
      if (made) return { column: held.column, span: drawn(home.date, held.from, at.minute, turns) };
      const length = minutesOn(home.date, held.turn.span.end) - minutesOn(home.date, held.turn.span.start);
      const from = Math.min(Math.max(Math.round((at.minute - held.grab) / turns.step) * turns.step, 0), 1440 - turns.step);
      return { column: at.column, span: { start: wall(column.date, from), end: wall(column.date, from + length) } };
    }
    case "nights": {
      const [first, last] = made ? [home.date, column.date].toSorted() : [column.date, column.date];
      const nights = made ? 1 : Math.max(1, Math.round(minutesOn(held.turn.span.start.slice(0, 10), held.turn.span.end) / 1440 - HALF));
      if (first === undefined || last === undefined || column.resource.id !== home.resource.id) return null;
      return { column: at.column, span: { start: wall(first, turns.arrive), end: wall(plusDays(last, nights), turns.leave) } };
    }
  }
}

function drawn(date: string, one: number, other: number, { step, least }: { step: number; least: number }): Span {
  const from = Math.floor(Math.min(one, other) / step) * step;
  const to = Math.max(Math.ceil(Math.max(one, other) / step) * step, from + least);
  return { start: wall(date, from), end: wall(date, to) };
}

function stretched(span: Span, minute: number, place: number, columns: readonly Column[]): Target | null {
  const column = columns[place];
  const turns = column ? turnsOf(column) : null;
  if (!column || turns?.by !== "free") return null;
  const from = minutesOn(column.date, span.start);
  const to = Math.max(Math.round(minute / turns.step) * turns.step, from + turns.step);
  return { column: place, span: { start: span.start, end: wall(column.date, to) } };
}

/** Where an arrow takes what is held; with `stretch` it moves the end. Nothing where it would lead outside. */
export function stepped(held: Held, from: Target, key: string, stretch: boolean, columns: readonly Column[]): Target | null {
  const [days = 0, steps = 0] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key] ?? [];
  const column = columns[from.column];
  if (!column || held.act === "make") return null;
  if (days !== 0) return beside(held, from, days, columns);
  const turns = turnsOf(column);
  const start = minutesOn(column.date, from.span.start);
  if (turns?.by === "free") {
    if (stretch) return stretched(from.span, minutesOn(column.date, from.span.end) + steps * turns.step, from.column, columns);
    const length = minutesOn(column.date, from.span.end) - start;
    const to = start + steps * turns.step;
    return to < 0 || to >= 1440 ? null : { column: from.column, span: { start: wall(column.date, to), end: wall(column.date, to + length) } };
  }
  if (turns?.by !== "fixed") return null;
  const open = reachable(held, column);
  const next = steps > 0 ? open.find(({ span }) => span.start > from.span.start) : open.findLast(({ span }) => span.start < from.span.start);
  return next ? { column: from.column, span: next.span } : null;
}

/** The free turns of a column, and the one that what is held comes from. */
function reachable(held: Held, column: Column): CalendarTurn[] {
  return places(column).filter((turn) => (turn.state.state === "free" && !turn.past) || (held.act !== "make" && turn.span.start === held.turn.span.start && turn.label === held.turn.label));
}

function beside(held: Held, from: Target, days: number, columns: readonly Column[]): Target | null {
  const here = columns[from.column];
  if (!here || held.act === "make") return null;
  const minute = minutesOn(here.date, from.span.start);
  for (let place = from.column + days; place >= 0 && place < columns.length; place += days) {
    const column = columns[place];
    if (!column) return null;
    if (turnsOf(column)?.by !== "fixed") {
      const found = target({ act: "move", column: held.column, turn: { ...held.turn, span: from.span }, grab: 0 }, { column: place, minute }, columns);
      if (found) return found;
      continue;
    }
    const near = (turn: CalendarTurn): number => Math.abs(minutesOn(column.date, turn.span.start) - minute);
    const nearest = reachable(held, column).toSorted((a, b) => near(a) - near(b))[0];
    if (nearest) return { column: place, span: nearest.span };
  }
  return null;
}
