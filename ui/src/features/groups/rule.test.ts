// @vitest-environment node
import { expect, it } from "vitest";
import { isEmpty, ruleWords, tidied, yearOf } from "./rule.js";

const names = { kinds: [{ id: "o", name: "Osakas" }, { id: "a", name: "Asukas" }], flats: [{ id: "f", name: "A 12" }], fields: [
  { id: "k", name: "Avain", kind: "yes_no" as const, choices: [] }, { id: "s", name: "Koko", kind: "choice" as const, choices: ["M"] },
] };

it("is empty until it asks for something", () => {
  for (const rule of [{}, { roles: [], city: null, without_reason: false, flat: null }]) expect(isEmpty(rule)).toBe(true);
  // "Has no e-mail" asks for something; only what was never set does not.
  expect(tidied({ has_email: false, city: "", roles: [] })).toEqual({ has_email: false });
});
it("reads years whole or not at all", () => {
  expect([yearOf("1960"), yearOf(" 2008 "), yearOf("60"), yearOf("")]).toEqual([1960, 2008, null, null]);
});
it("says in words whom it finds, and that there is more than the words know", () => {
  expect(ruleWords({ roles: ["o", "a"], stairwells: ["A"], city: "Turku" }, names)).toBe("rooli Osakas tai Asukas, porras A, paikkakunta Turku");
  expect(ruleWords({ born_from: 2008, custom: [["k", "true"], ["s", "M"]] }, names)).toBe("syntynyt 2008–, Avain: Kyllä, Koko: M");
  expect(ruleWords({ language: "sv", born_to: 1960 }, names)).toBe("kieli ruotsi, syntynyt –1960");
  expect(ruleWords({ flat: "f", deceased: true }, names)).toBe("huoneisto A 12, muita ehtoja");
});
