import { describe, expect, it } from "vitest";
import { hourRows, hourWords, periodDays, shareOf, usedOf } from "./use.js";

const minutes = (open: number, single = 0) => ({ open, standing: 0, single, common: 0 });

describe("the period that is looked at", () => {
  it.each([
    ["quarter", "2026-11-25", "2026-08-26"],
    ["twelve", "2026-11-25", "2025-11-26"],
    ["this_year", "2026-11-25", "2026-01-01"],
    // The last day of a long month looks back to the whole of a short one.
    ["quarter", "2026-05-31", "2026-03-01"],
    ["twelve", "2028-02-29", "2027-03-01"],
    ["quarter", "2026-01-15", "2025-10-16"],
  ] as const)("%s until %s begins on %s", (period, today, from) => {
    const [year = 0, month = 1, day] = today.split("-").map(Number);
    expect(periodDays(period, new Date(year, month - 1, day))).toEqual({ from, to: today });
  });
});

describe("rows of hours", () => {
  it("has every hour that was open, and nothing where a day was closed", () => {
    const rows = hourRows([
      { weekday: 5, hour: 25, minutes: minutes(60) },
      { weekday: 2, hour: 16, minutes: minutes(120, 60) },
    ]);
    expect(rows.map(({ hour }) => hour)).toEqual([16, 25]);
    expect(rows[0]?.days).toEqual([null, null, minutes(120, 60), null, null, null, null]);
    expect(rows.map(({ hour }) => hourWords(hour))).toEqual(["16–17", "1–2"]);
    expect(hourWords(23)).toBe("23–24");
  });
  it("has no share of what was never open", () => {
    expect(shareOf(usedOf(minutes(120, 30)), minutes(120, 30))).toBe(0.25);
    expect(shareOf(0, minutes(0))).toBe(0);
  });
});
