// @vitest-environment node
import { describe, expect, it } from "vitest";
import { format } from "../../i18n/index.js";
import { areaOf, flatsOf, MOST, wholeOf } from "./pattern.js";

describe("flats by pattern", () => {
  it("makes a stairwell from its first and last flat, however the dash is written", () => {
    const expected = { names: ["A 1", "A 2", "A 3"] };
    for (const text of ["A 1–A 3", "a1-a3", "A 1 — 3", " A1–3 "]) expect(flatsOf(text), text).toEqual(expected);
    expect(flatsOf("A 1–A 24")).toMatchObject({ names: expect.toSatisfy((names: string[]) => names.length === 24 && names.at(-1) === "A 24") });
  });
  it("takes several parts, single flats and letters behind, each name once", () => {
    expect(flatsOf("A 1–2, B 3\nB 3; C 7B")).toEqual({ names: ["A 1", "A 2", "B 3", "C 7 b"] });
    expect(flatsOf("1–3")).toEqual({ names: ["1", "2", "3"] });
  });
  it.each([["Helsinki", "unreadable"], ["A 1–B 3", "unreadable"], ["A 1 b–3", "unreadable"], ["A 9–A 1", "backwards"], [`A 1–A ${MOST + 1}`, "many"], [`A 1–A ${MOST}, B 1`, "many"]])("refuses %s", (text, problem) =>
    expect(flatsOf(text)).toEqual({ problem }));
  it("takes the most there may be, and nothing from nothing", () => {
    expect(flatsOf(`A 1–A ${MOST}`)).toMatchObject({ names: { length: MOST } });
    expect(flatsOf(" , ")).toEqual({ names: [] });
  });
});

it("reads areas and share numbers as people type them", () => {
  expect([areaOf("54,5"), areaOf("54.5 m²"), areaOf("60"), areaOf(""), areaOf("iso")]).toEqual([545, 545, 600, null, undefined]);
  expect([areaOf("1 234,5"), areaOf("1\u00a0234,5 m²"), areaOf(format.number(1234.5, 1))]).toEqual([12345, 12345, 12345]);
  expect([wholeOf("1 240"), wholeOf(""), wholeOf("12a")]).toEqual([1240, null, undefined]);
});
