import { describe, expect, it } from "vitest";
import { aboutSomebodyNew, countOf, keepingOld, keepsOld, withoutRow, withoutText, withRow, withText } from "./corrections.js";

describe("corrections", () => {
  it("lets the last word on a cell count", () => {
    const once = withText({}, 3, 1, "a@x.fi");
    const twice = withText(withText(once, 4, 1, "b@x.fi"), 3, 1, "");
    expect(twice.texts).toEqual([{ row: 4, column: 1, text: "b@x.fi" }, { row: 3, column: 1, text: "" }]);
  });
  it("leaves a row out once", () => {
    expect(withoutRow(withoutRow({}, 7), 7).skip_rows).toEqual([7]);
  });
  it("keeps an old value and takes the new one again", () => {
    const target = { kind: "field", of: "phone" } as const;
    const kept = keepingOld({}, 5, target, true);
    expect(keepsOld(kept, 5, { ...target })).toBe(true);
    expect(keepsOld(kept, 6, target)).toBe(false);
    expect(keepingOld(kept, 5, target, false).keep_old).toEqual([]);
  });
  it("takes each correction back by itself", () => {
    const made = withoutRow(withoutRow(withText(withText({ drop_bad_values: true }, 3, 1, "a"), 3, 2, "b"), 7), 8);
    expect(countOf(made)).toBe(4);
    const back = withRow(withoutText(made, 3, 1), 8);
    expect(back).toEqual({ texts: [{ row: 3, column: 2, text: "b" }], skip_rows: [7], drop_bad_values: true });
    expect(countOf(withRow(withoutText(back, 3, 2), 7))).toBe(0);
  });
  it("takes a row for somebody new, once, and back", () => {
    const made = aboutSomebodyNew(aboutSomebodyNew({}, 7, true), 7, true);
    expect([made.as_new, countOf(made)]).toEqual([[7], 1]);
    expect(aboutSomebodyNew(made, 7, false).as_new).toEqual([]);
  });
});
