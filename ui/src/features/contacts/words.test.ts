import { expect, it } from "vitest";
import { gathered } from "./words.js";

it("says a source once that most values share, and beside a value what differs", () => {
  const items = [{ text: "a", note: "x.xlsx" }, { text: "b", note: "by hand" }, { text: "c", note: "x.xlsx" }, { text: "d" }];
  const { items: shown, common, all } = gathered(items);
  expect([common, all]).toEqual(["x.xlsx", false]);
  expect(shown.map(({ note }) => note)).toEqual([undefined, "by hand", undefined, undefined]);
});

it("leaves a lone source beside its value", () => {
  expect(gathered([{ note: "x.xlsx" }, {}])).toEqual({ items: [{ note: "x.xlsx" }, {}], common: null, all: false });
  expect(gathered([{ note: "x" }, { note: "x" }]).all).toBe(true);
});
