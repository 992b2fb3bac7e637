import { describe, expect, it } from "vitest";
import { keepingOld, keepsOld, withoutRow, withText } from "./corrections.js";

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
});
