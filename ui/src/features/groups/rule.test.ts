// @vitest-environment node
import { expect, it } from "vitest";
import { isEmpty, ruleWords, tidied } from "./rule.js";

const names = { kinds: [{ id: "o", name: "Osakas" }, { id: "a", name: "Asukas" }], flats: [{ id: "f", name: "A 12" }], fields: [] };

it("is empty until it asks for something", () => {
  for (const rule of [{}, { roles: [], city: null, without_reason: false, flat: null }]) expect(isEmpty(rule)).toBe(true);
  // "Has no e-mail" asks for something; only what was never set does not.
  expect(tidied({ has_email: false, city: "", roles: [] })).toEqual({ has_email: false });
});
it("says in words whom it finds, and that there is more than the words know", () => {
  expect(ruleWords({ roles: ["o", "a"], stairwells: ["A"], city: "Turku" }, names)).toBe("rooli Osakas tai Asukas, porras A, paikkakunta Turku");
  expect(ruleWords({ flat: "f", deceased: true }, names)).toBe("huoneisto A 12, muita ehtoja");
});
