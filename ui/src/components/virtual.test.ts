// @vitest-environment node
import { describe, expect, it } from "vitest";
import { pagesOf, rowAfterKey, scrollFor, windowOf } from "./virtual.js";

const view = { height: 400, rowHeight: 38, total: 100_000 };

describe("the window of rows", () => {
  it.each([
    [0, 0, 19],
    [-50, 0, 19],
    [38 * 1000, 992, 1019],
    [38 * 99_990, 99_982, 100_000],
  ])("at %s px draws rows %s to %s", (top, first, last) => expect(windowOf({ ...view, top })).toEqual({ first, last }));
  it("is empty without rows and never passes the end when the list got shorter", () => {
    expect(windowOf({ ...view, total: 0, top: 500 })).toEqual({ first: 0, last: 0 });
    expect(windowOf({ ...view, total: 5, top: 3_000_000 })).toEqual({ first: 5, last: 5 });
  });
  it.each([[0, 19, [0]], [95, 205, [0, 1, 2]], [100, 200, [1]], [7, 7, []]])("rows %s…%s lie on pages %s", (first, last, pages) => expect(pagesOf(first, last, 100)).toEqual(pages));
});

describe("the keyboard", () => {
  it.each([
    ["ArrowDown", -1, 0], ["ArrowDown", 4, 5], ["ArrowDown", 99, 99], ["ArrowUp", 4, 3], ["ArrowUp", 0, 0], ["ArrowUp", -1, 99],
    ["PageDown", 0, 9], ["PageDown", 95, 99], ["PageUp", 50, 41], ["PageUp", 3, 0], ["Home", 50, 0], ["End", 50, 99],
  ])("%s from row %s leads to %s", (key, from, to) => expect(rowAfterKey(key, from, 100, 10)).toBe(to));
  it("moves nothing for other keys or in an empty list", () => {
    expect(rowAfterKey("x", 3, 100, 10)).toBeNull();
    expect(rowAfterKey("ArrowDown", -1, 0, 10)).toBeNull();
  });
  it("scrolls only as far as the row needs, below the head", () => {
    const at = { top: 380, height: 400, rowHeight: 38, head: 38 };
    expect(scrollFor(12, at)).toBe(380);
    expect(scrollFor(5, at)).toBe(190);
    expect(scrollFor(30, at)).toBe(31 * 38 - 362);
  });
});
