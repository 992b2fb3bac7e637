// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { ResourceBoard_Serialize as ResourceBoard, ShiftInfo_Serialize as ShiftInfo, ShiftState_Serialize as ShiftState } from "../../platform/bindings.js";
import { sieved, sorted, stateWords, turnsOf, turnWords } from "./shifts.js";

function shift(id: string, flat: string, weekday: number, hour: number, state: ShiftState = { is: "running" }, resource = "s"): ShiftInfo {
  return {
    shift: { id, resource, flat: `f-${flat}`, weekday, from: hour * 60, to: hour * 60 + 60, valid: { from: "2026-01-01", to: null }, every_weeks: 1, pauses: [], note: "" },
    resource: resource === "s" ? "Talosauna" : "Pesutupa", flat, state, coming: [], left: null,
  };
}
const ids = (shifts: readonly ShiftInfo[]): string => shifts.map((one) => one.shift.id).join("");

it.each<[ShiftState, string]>([
  [{ is: "running" }, "Voimassa"], [{ is: "coming", from: "2026-12-01" }, "Alkaa 1.12.2026"], [{ is: "paused", to: null }, "Tauolla"],
  [{ is: "paused", to: "2026-12-01" }, "Tauolla 1.12.2026 asti"], [{ is: "ending", last: "2026-12-01" }, "Päättyy 1.12.2026"], [{ is: "ended", last: "2026-12-01" }, "Päättyi 1.12.2026"],
])("%o is said as %s", (state, words) => expect(stateWords(state)).toBe(words));

it("says how often only where it is not every week", () => {
  expect(turnWords({ weekday: 2, from: 1080, to: 1140, every_weeks: 1 })).toBe("keskiviikko 18.00–19.00");
  expect(turnWords({ weekday: 6, from: 1080, to: 1125, every_weeks: 2 })).toBe("sunnuntai 18.00–18.45, joka 2. viikko");
});

describe("the list", () => {
  const all = [shift("a", "A 10", 3, 18), shift("b", "A 2", 2, 19), shift("c", "A 3", 2, 18, { is: "ended", last: "2026-01-31" }), shift("d", "A 1", 2, 18, { is: "running" }, "p")];
  it("is sieved by space and by what is over", () => {
    expect(ids(sieved(all, "", false))).toBe("abd");
    expect(ids(sieved(all, "", true))).toBe("abcd");
    expect(ids(sieved(all, "s", true))).toBe("abc");
  });
  it("is sorted by turn, and by flat as people count", () => {
    expect(ids(sorted(all, { column: "turn", descending: false }))).toBe("cdba");
    expect(ids(sorted(all, { column: "flat", descending: false }))).toBe("dbca");
    expect(ids(sorted(all, { column: "flat", descending: true }))).toBe("acbd");
  });
});

it("offers the turns of a weekday with who has them", () => {
  const none = { shifts: [], common: null, offered: false, free: false };
  const row = (from: number, cell: ResourceBoard["rows"][number]["days"][number]): ResourceBoard["rows"][number] => ({ from, to: from + 60, days: [none, none, cell, none, none, none, none] });
  const board: ResourceBoard = {
    resource: "s", name: "Talosauna",
    rows: [row(960, { ...none, offered: true, free: true }), row(1020, { ...none, offered: true, shifts: ["b"] }), row(1080, { ...none, offered: true, free: true, shifts: ["b"] }), row(1140, { ...none, offered: true, common: "mixed" }), row(1200, none)],
  };
  const turns = turnsOf(board, 2, [shift("b", "A 2", 2, 17)]);
  expect(turns.map(({ value }) => value)).toEqual(["960-1020", "1020-1080", "1080-1140"]);
  expect(turns.map(({ label }) => label)).toEqual(["16.00–17.00 · vapaa", "17.00–18.00 · A 2", "18.00–19.00 · A 2, osin vapaa"]);
  expect(turnsOf(board, 3, [])).toEqual([]);
  expect(turnsOf(undefined, 2, [])).toEqual([]);
});
