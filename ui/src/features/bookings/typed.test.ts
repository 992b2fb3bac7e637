import { expect, it } from "vitest";
import { readCents, readMinutes, readMonthDay, readSpan, writeCents, writeMinutes, writeMonthDay } from "./typed.js";

it("reads times as people write them", () => {
  expect(["18", "18.30", "8:05", "1830", "24.00", "0"].map(readMinutes)).toEqual([1080, 1110, 485, 1110, 1440, 0]);
  expect(["", "kuusi", "18.60", "24.01", "25", "1.5"].map(readMinutes)).toEqual([null, null, null, null, null, null]);
  expect([0, 485, 1440].map(writeMinutes)).toEqual(["0.00", "8.05", "24.00"]);
});

it("puts day and times together, over midnight and by the night", () => {
  const free = { by: "free", step: 30, least: 60, most: 720, buffer: 0 } as const;
  expect(readSpan(free, "2026-10-31", null, "18", "20.30")).toEqual({ start: "2026-10-31T18:00:00", end: "2026-10-31T20:30:00" });
  expect(readSpan(free, "2026-10-31", null, "22", "1")).toEqual({ start: "2026-10-31T22:00:00", end: "2026-11-01T01:00:00" });
  expect(readSpan(free, "2026-10-31", null, "22", "24")).toEqual({ start: "2026-10-31T22:00:00", end: "2026-11-01T00:00:00" });
  expect(readSpan(free, "2026-10-31", null, "18", "18")).toBeNull();
  const nights = { by: "nights", arrive: 900, leave: 720, least: 1, most: 7 } as const;
  expect(readSpan(nights, "2026-12-31", "2027-01-02", "", "")).toEqual({ start: "2026-12-31T15:00:00", end: "2027-01-02T12:00:00" });
  expect(readSpan(nights, "2026-12-31", "2026-12-31", "", "")).toBeNull();
});

it("reads days of the year and amounts as people write them", () => {
  expect(["1.6.", "01.06", "29.2."].map((text) => writeMonthDay(readMonthDay(text)!))).toEqual(["1.6.", "1.6.", "29.2."]);
  expect(["31.6.", "6", "1.13.", "kesä"].map(readMonthDay)).toEqual([null, null, null, null]);
  expect(["50", "50,5", "50.05", "1 200,00 €", "", "-5", "5,555"].map(readCents)).toEqual([5000, 5050, 5005, 120000, null, null, null]);
  expect([5000, 5, 120050].map(writeCents)).toEqual(["50,00", "0,05", "1200,50"]);
});
