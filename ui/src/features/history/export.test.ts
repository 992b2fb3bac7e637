import { expect, it, vi } from "vitest";
import { startLocale } from "../../i18n/index.js";
import { commands } from "../../platform/bindings.js";
import { everyLine } from "./export.js";

it("reads the history to its end, page by page, in words", async () => {
  startLocale("en");
  const change = (n: number) => ({ id: `${n}`, at: "2026-11-22T10:00:00Z", author: "Aino", action: { code: "attention_settle" }, undoes: null, rows: n });
  const asked: (number | null)[] = [];
  vi.spyOn(commands, "history").mockImplementation((_, subject, withAccess, before) => {
    asked.push(before);
    expect([subject, withAccess]).toEqual([null, true]);
    return Promise.resolve({ status: "ok", data: before === null ? { changes: [change(3), change(2)], next: 2 } : { changes: [change(1)], next: null } }) as never;
  });
  const lines = await everyLine("o");
  expect(asked).toEqual([null, 2]);
  expect(lines.map((line) => [line.what, line.rows])).toEqual([["settled a matter", 3], ["settled a matter", 2], ["settled a matter", 1]]);
});
