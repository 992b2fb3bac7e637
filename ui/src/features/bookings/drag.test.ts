import { expect, it } from "vitest";
import type { Calendar_Serialize as Calendar, CalendarTurn_Serialize as CalendarTurn, Resource_Serialize as Resource, Turns } from "../../platform/bindings.js";
import { stepped, target, type Column, type Held } from "./drag.js";

const resource = { id: "r", name: "Tila" } as Resource;
const free = (date: string, hour: number): CalendarTurn => ({ span: { start: `${date}T${hour}:00:00`, end: `${date}T${hour + 1}:00:00` }, state: { state: "free" }, label: "", note: "", past: false, waiting: 0 });
const booked = (date: string, hour: number): CalendarTurn => ({ ...free(date, hour), state: { state: "booked", booking: "b", holder: { by: "flat", id: "f" }, no_show: false }, label: "A 2" });
function columns(turns: Turns, all: CalendarTurn[]): Column[] {
  const dates = ["2026-10-21", "2026-10-22", "2026-10-23"];
  const days = dates.map((date) => ({ date, holiday: null, open: true, hours: [], turns, runs: [] }));
  const calendar: Calendar = { days, turns: all, now: "2026-10-20T12:00:00" };
  return dates.map((date) => ({ key: date, date, resource, calendar }));
}
const FIXED: Turns = { by: "fixed", minutes: 60, buffer: 0 };
const FREE: Turns = { by: "free", step: 30, least: 60, most: 720, buffer: 0 };
const mine = booked("2026-10-21", 18);

it("puts a booking on the turn under the pointer, free or not, and nowhere between turns", () => {
  const all = columns(FIXED, [mine, free("2026-10-22", 16), booked("2026-10-22", 17)]);
  const held: Held = { act: "move", column: 0, turn: mine, grab: 20 };
  expect(target(held, { column: 1, minute: 16 * 60 + 59 }, all)?.span.start).toBe("2026-10-22T16:00:00");
  expect(target(held, { column: 1, minute: 17 * 60 }, all)?.span.start).toBe("2026-10-22T17:00:00");
  expect(target(held, { column: 1, minute: 15 * 60 + 59 }, all)).toBeNull();
  expect(target({ act: "make", column: 1, from: 960 }, { column: 1, minute: 980 }, all)).toBeNull();
});

it("keeps to the step where lengths are free, and to the shortest length", () => {
  const all = columns(FREE, [mine]);
  const span = (held: Held, column: number, minute: number) => Object.values(target(held, { column, minute }, all)?.span ?? {}).map((wall) => wall.slice(5, 16));
  expect(span({ act: "make", column: 1, from: 610 }, 1, 700)).toEqual(["10-22T10:00", "10-22T12:00"]);
  // Upwards as well, never into another day, and a short pull is the shortest booking.
  expect(span({ act: "make", column: 1, from: 700 }, 2, 610)).toEqual(["10-22T10:00", "10-22T12:00"]);
  expect(span({ act: "make", column: 1, from: 610 }, 1, 612)).toEqual(["10-22T10:00", "10-22T11:00"]);
  expect(span({ act: "move", column: 0, turn: mine, grab: 20 }, 2, 620 + 14)).toEqual(["10-23T10:00", "10-23T11:00"]);
  expect(span({ act: "move", column: 0, turn: mine, grab: 20 }, 2, 620 + 16)).toEqual(["10-23T10:30", "10-23T11:30"]);
  expect(span({ act: "stretch", column: 0, turn: mine }, 0, 20 * 60 + 10)).toEqual(["10-21T18:00", "10-21T20:00"]);
  expect(span({ act: "stretch", column: 0, turn: mine }, 0, 9 * 60)).toEqual(["10-21T18:00", "10-21T18:30"]);
});

it("counts nights from where they begin", () => {
  const nights: Turns = { by: "nights", arrive: 900, leave: 720, least: 1, most: 7 };
  const stay: CalendarTurn = { ...mine, span: { start: "2026-10-21T15:00:00", end: "2026-10-24T12:00:00" } };
  const all = columns(nights, [stay]);
  expect(target({ act: "move", column: 0, turn: stay, grab: 0 }, { column: 1, minute: 0 }, all)?.span).toEqual({ start: "2026-10-22T15:00:00", end: "2026-10-25T12:00:00" });
  expect(target({ act: "make", column: 2, from: 0 }, { column: 0, minute: 0 }, all)?.span).toEqual({ start: "2026-10-21T15:00:00", end: "2026-10-24T12:00:00" });
});

it("goes by arrows from free turn to free turn, or by the step", () => {
  const all = columns(FIXED, [mine, free("2026-10-21", 20), free("2026-10-23", 16), free("2026-10-23", 19)]);
  const held: Held = { act: "move", column: 0, turn: mine, grab: 0 };
  const start = { column: 0, span: mine.span };
  const to = (key: string, from = start) => stepped(held, from, key, false, all);
  expect(to("ArrowDown")?.span.start).toBe("2026-10-21T20:00:00");
  expect(to("ArrowUp")).toBeNull();
  // Over a day without room, to the free turn nearest in time, and back to where it came from.
  expect(to("ArrowRight")).toEqual({ column: 2, span: free("2026-10-23", 19).span });
  expect(to("ArrowLeft", { column: 2, span: free("2026-10-23", 16).span })).toEqual(start);
  const loose = columns(FREE, [mine]);
  expect(stepped(held, start, "ArrowDown", false, loose)?.span).toEqual({ start: "2026-10-21T18:30:00", end: "2026-10-21T19:30:00" });
  expect(stepped(held, start, "ArrowDown", true, loose)?.span).toEqual({ start: "2026-10-21T18:00:00", end: "2026-10-21T19:30:00" });
  expect(stepped(held, start, "ArrowRight", false, loose)?.span.start).toBe("2026-10-22T18:00:00");
});
