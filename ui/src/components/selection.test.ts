// @vitest-environment node
import { expect, it } from "vitest";
import { Selection } from "./selection.svelte.js";

it("ticks all of 100 000 rows without naming one, and then leaves some out", () => {
  const selection = new Selection();
  selection.set("a", true);
  expect(selection.ticked).toEqual({ all: false, keys: ["a"] });
  selection.all();
  selection.toggle("b");
  selection.set("c", false);
  selection.set("c", true);
  expect(selection.has("a")).toBe(true);
  expect(selection.has("b")).toBe(false);
  expect(selection.count(100_000)).toBe(99_999);
  expect(selection.ticked).toEqual({ all: true, except: ["b"] });
  selection.clear();
  expect(selection.count(100_000)).toBe(0);
});
