import { describe, expect, it } from "vitest";
import { idOf, listColumns, toggledColumns, usualColumns } from "./columns.js";

const fields = [{ id: "f", name: "Avain", kind: "text" as const, choices: [] }];
const all = listColumns(true, fields);

describe("chosen columns", () => {
  it("begin with the usual ones, each known to the list", () => {
    for (const housing of [true, false]) {
      const known = listColumns(housing, []).map((one) => one.id);
      expect(usualColumns(housing).every(({ id }) => known.includes(id))).toBe(true);
    }
  });
  it("come and go one by one, in the order of all", () => {
    const more = toggledColumns(all, [], "custom-f", true);
    expect(more.map(idOf)).toEqual(["flat", "roles", "phone", "email", "custom-f", "changed"]);
    const less = toggledColumns(all, more, "roles", true);
    expect(less.map(idOf)).toEqual(["flat", "phone", "email", "custom-f", "changed"]);
  });
  it("are the usual ones again once nothing differs", () => {
    expect(toggledColumns(all, toggledColumns(all, [], "city", true), "city", true)).toEqual([]);
  });
});

it("writes the day of a change as this computer's day", () => {
  const changed = all.find((one) => one.id === "changed")!;
  const late = new Date(2026, 10, 24, 0, 30);
  expect(changed.text({ changed_at: late.toISOString() } as never)).toBe("24.11.2026");
});
