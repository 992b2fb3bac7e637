// @vitest-environment node
import { expect, it } from "vitest";
import type { TurnOutcome_Serialize as Outcome } from "../../platform/bindings.js";
import { cellName, outcomeWords, toneOf } from "./shift-list.js";

it.each([[0, 1, "A1"], [25, 4, "Z4"], [26, 10, "AA10"], [27, 1, "AB1"], [701, 2, "ZZ2"]])("column %s of row %s is %s", (column, row, name) => expect(cellName({ sheet: 0, row, column }, ["Taul1"])).toBe(name));
it("names the sheet where there are several", () => {
  expect(cellName({ sheet: 1, row: 2, column: 1 }, ["Talosauna", "Sauna 2"])).toBe("Sauna 2!B2");
  expect(cellName({ sheet: 1, row: 2, column: 1 }, ["", ""])).toBe("2!B2");
});
it("says what becomes of a turn without a code", () => {
  const name = (flat: string): string | null => ({ a: "A 1", b: "B 1" })[flat] ?? null;
  const refused: Outcome = { is: "refused", flat: "a", against: [{ code: "taken", params: { flat: "b", standing: true } }] };
  expect(outcomeWords(refused, name)).toContain("B 1");
  expect(toneOf(refused)).toBe("warn");
  expect(outcomeWords({ is: "several", flats: ["a", "b"] }, name)).toContain("A 1, B 1");
  expect(toneOf({ is: "given", flat: "a" })).toBe("ok");
});
