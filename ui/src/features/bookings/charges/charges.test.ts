import { expect, it } from "vitest";
import type { ChargeAccount_Serialize as ChargeAccount } from "../../../platform/bindings.js";
import { isUnpaid, monthBeside, monthOf, payerName, sieved } from "./charges.js";

const account = (name: string, cents: number, paid_on: string | null = null, reference: string | null = null): ChargeAccount => ({ payer: { by: "flat", id: name }, name, reference, lines: [], cents, paid_on });

it("steps from month to month over the years", () => {
  expect(monthOf("2026-10-31")).toBe("2026-10-01");
  expect(monthBeside("2026-12-01", 1)).toBe("2027-01-01");
  expect(monthBeside("2026-01-01", -1)).toBe("2025-12-01");
  expect(monthBeside("2026-01-01", -13)).toBe("2024-12-01");
});

it("finds payers by name and by reference number, however it is spaced", () => {
  const accounts = [account("A 1", 100, null, "12 34561"), account("A 12", 0), account("B 2", 500, "2026-11-03")];
  const names = (wanted: string, unpaidOnly = false): string[] => sieved(accounts, wanted, unpaidOnly).map(({ name }) => name);
  expect(names("a1")).toEqual(["A 1", "A 12"]);
  expect(names("1234561")).toEqual(["A 1"]);
  expect(names("", true)).toEqual(["A 1"]);
});

it("counts as unpaid what is owed and not marked", () => {
  expect(isUnpaid(account("A 1", 1))).toBe(true);
  expect(isUnpaid(account("A 1", 0))).toBe(false);
  expect(isUnpaid(account("A 1", -500))).toBe(false);
  expect(isUnpaid(account("A 1", 500, "2026-11-03"))).toBe(false);
});

it("says why somebody has no name", () => {
  expect(payerName({ payer: { by: "contact", id: "x" }, name: "" })).toBe("Turvakielto");
  expect(payerName({ payer: { by: "gone" }, name: "" })).toBe("Rekisteristä poistettu");
});
