import { expect, it } from "vitest";
import { heading, shownDays, steppedDay, viewOf } from "./views.js";

it("shows the days of each view and no others", () => {
  expect(shownDays("day", "2026-10-21")).toEqual({ from: "2026-10-21", to: "2026-10-21" });
  expect(shownDays("week", "2027-01-01")).toEqual({ from: "2026-12-28", to: "2027-01-03" });
  expect(shownDays("month", "2026-11-15")).toEqual({ from: "2026-10-26", to: "2026-12-06" });
  expect(shownDays("list", "2028-02-29")).toEqual({ from: "2028-02-01", to: "2028-02-29" });
});

it("steps by what is shown", () => {
  expect(steppedDay("week", "2026-12-28", 1)).toBe("2027-01-04");
  expect(steppedDay("spaces", "2026-10-31", 1)).toBe("2026-11-01");
  expect(steppedDay("month", "2026-03-31", -1)).toBe("2026-02-01");
});

it("names what is shown", () => {
  expect(heading("week", "2026-10-21")).toEqual(["Viikko 43", "19.10.2026–25.10.2026"]);
  expect(heading("list", "2026-10-21")[0]).toBe("lokakuu 2026");
  expect([viewOf("month"), viewOf("toString"), viewOf(null)]).toEqual(["month", "week", "week"]);
});
