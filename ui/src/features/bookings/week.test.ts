import { expect, it } from "vitest";
import type { CalendarTurn_Serialize as CalendarTurn } from "../../platform/bindings.js";
import { hoursOf, minutesOn, monday, monthOf, placed, plusDays, plusMonths } from "./week.js";

const turn = (start: string, end: string): CalendarTurn => ({ span: { start: `${start}:00`, end: `${end}:00` }, state: { state: "free" }, label: "", note: "", past: false, waiting: 0 });

it("counts days over months, years and the nights when the clocks move", () => {
  expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(plusDays("2026-10-24", 2)).toBe("2026-10-26");
  expect(monday("2026-10-25")).toBe("2026-10-19");
  expect(monday("2026-10-19")).toBe("2026-10-19");
  expect(minutesOn("2026-10-25", "2026-10-26T01:30:00")).toBe(25 * 60 + 30);
});

it("puts turns on their day, those of one time beside each other, the night with its evening", () => {
  const turns = [turn("2026-10-21T16:00", "2026-10-21T17:00"), turn("2026-10-21T16:00", "2026-10-21T17:00"), turn("2026-10-25T23:00", "2026-10-26T01:00")];
  const shown = (date: string) => placed(turns, date).map(({ from, to, lane, lanes }) => [from, to, lane, lanes]);
  expect(shown("2026-10-21")).toEqual([[960, 1020, 0, 2], [960, 1020, 1, 2]]);
  expect(shown("2026-10-25")).toEqual([[1380, 1500, 0, 1]]);
  expect(shown("2026-10-26")).toEqual([]);
  expect(hoursOf([...placed(turns, "2026-10-21"), ...placed(turns, "2026-10-25")])).toEqual({ first: 16, last: 25 });
});

it("shows what goes on for days on each of them, and lets it not stretch the hours", () => {
  const turns = [turn("2026-10-20T12:00", "2026-10-23T09:00"), turn("2026-10-22T16:00", "2026-10-22T17:00")];
  const shown = (date: string) => placed(turns, date).map(({ from, to }) => [from, to]);
  expect(["2026-10-19", "2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23"].map(shown)).toEqual([[], [[720, 1440]], [[0, 1440]], [[0, 1440], [960, 1020]], [[0, 540]]]);
  expect(hoursOf([])).toEqual({ first: 8, last: 20 });
});

it("steps by months, whatever their length", () => {
  expect(monthOf("2026-10-31")).toBe("2026-10-01");
  expect([plusMonths("2026-01-31", 1), plusMonths("2026-01-01", -1), plusMonths("2026-12-01", 1)]).toEqual(["2026-02-01", "2025-12-01", "2027-01-01"]);
});
