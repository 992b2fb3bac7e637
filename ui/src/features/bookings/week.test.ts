import { expect, it } from "vitest";
import type { CalendarTurn } from "../../platform/bindings.js";
import { hoursOf, minutesOn, monday, placed, plusDays } from "./week.js";

const turn = (start: string, end: string): CalendarTurn => ({ span: { start: `${start}:00`, end: `${end}:00` }, state: { state: "free" }, label: "", past: false });

it("counts days over months, years and the nights when the clocks move", () => {
  expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(plusDays("2026-10-24", 2)).toBe("2026-10-26");
  expect(monday("2026-10-25")).toBe("2026-10-19");
  expect(monday("2026-10-19")).toBe("2026-10-19");
  expect(minutesOn("2026-10-25", "2026-10-26T01:30:00")).toBe(25 * 60 + 30);
});

it("puts turns on their days, those of one time beside each other", () => {
  const places = placed(
    [turn("2026-10-21T16:00", "2026-10-21T17:00"), turn("2026-10-21T16:00", "2026-10-21T17:00"), turn("2026-10-25T23:00", "2026-10-26T01:00")],
    "2026-10-19",
  );
  expect(places.map(({ day, from, to, lane, lanes }) => [day, from, to, lane, lanes])).toEqual([
    [2, 960, 1020, 0, 2],
    [2, 960, 1020, 1, 2],
    [6, 1380, 1500, 0, 1],
  ]);
  expect(hoursOf(places)).toEqual({ first: 16, last: 25 });
});

it("shows what goes on for days on each of them, and lets it not stretch the hours", () => {
  const places = placed([turn("2026-10-20T12:00", "2026-10-23T09:00"), turn("2026-10-22T16:00", "2026-10-22T17:00")], "2026-10-19");
  expect(places.map(({ day, from, to }) => [day, from, to])).toEqual([[1, 720, 1440], [2, 0, 1440], [3, 0, 1440], [3, 960, 1020], [4, 0, 540]]);
  expect(hoursOf([])).toEqual({ first: 8, last: 20 });
});
