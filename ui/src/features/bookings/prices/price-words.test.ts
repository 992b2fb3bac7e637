import { expect, it } from "vitest";
import { feeWords, newPrice, priceWords, vatWords, weekdaysWords } from "./price-words.js";

it("reads a price back as it is typed", () => {
  const usual = { ...newPrice("r", "turn", 255), cents: 1250 };
  expect(priceWords(usual)).toBe("12,50\u00a0€ / vuoro, alv 25,5\u00a0%");
  const saturday: typeof usual = { ...usual, weekdays: [false, false, false, false, false, true, false], from: 960, to: 1320, price_for: "residents" };
  expect(priceWords(saturday)).toBe("12,50\u00a0€ / vuoro, alv 25,5\u00a0%, Talon huoneistoille, la, alku 16.00–22.00");
  const summer = { ...usual, part: { from: { month: 6, day: 1 }, to: { month: 8, day: 31 } }, valid: { from: "2026-06-01", to: null } };
  expect(priceWords(summer)).toBe("12,50\u00a0€ / vuoro, alv 25,5\u00a0%, 1.6.–31.8., 1.6.2026 alkaen");
});

it("says weekdays in as few words as it takes", () => {
  const days = (text: string): boolean[] => [...text].map((one) => one === "x");
  expect(weekdaysWords(days("..xxxx."))).toBe("ke–la");
  expect(weekdaysWords(days("x....xx"))).toBe("ma, la–su");
  expect(weekdaysWords(days("x.x.x.x"))).toBe("ma, ke, pe, su");
});

it("says rates and fees", () => {
  expect(vatWords(255)).toBe("25,5\u00a0%");
  expect(vatWords(0)).toBe("0\u00a0%");
  expect(feeWords({ by: "percent", percent: 50 })).toBe("50\u00a0% hinnasta");
  expect(feeWords({ by: "amount", cents: 500, vat_tenths: 0 })).toBe("5,00\u00a0€");
  expect(feeWords({ by: "percent", percent: 0 })).toBe("Ei mitään");
});
