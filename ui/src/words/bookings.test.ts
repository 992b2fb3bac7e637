import { beforeEach, expect, it } from "vitest";
import { startLocale } from "../i18n/index.js";
import { spanWords, violationWords } from "./bookings.js";

beforeEach(() => startLocale("fi"));
const words = (start: string, end: string): string => spanWords({ start: `${start}:00`, end: `${end}:00` }).replaceAll("\u00a0", " ");

it("says times of a day, over days, and of whole days", () => {
  expect(words("2026-10-22T18:00", "2026-10-22T19:30")).toBe("to 22.10.2026 18.00–19.30");
  expect(words("2026-12-31T22:00", "2027-01-01T01:00")).toBe("to 31.12.2026 22.00 – pe 1.1.2027 1.00");
  expect(words("2026-10-22T00:00", "2026-10-23T00:00")).toBe("to 22.10.2026");
  expect(words("2026-10-22T00:00", "2026-10-26T00:00")).toBe("to 22.10.2026 – su 25.10.2026");
});

it("says what stands against a booking, with the flat where its name is known", () => {
  const taken = { code: "taken", params: { flat: "f", standing: false } } as const;
  expect(violationWords(taken, false, () => "A 3")).toBe("Vuoro on jo varattu: A 3.");
  expect(violationWords(taken, false)).toBe("Vuoro on jo varattu.");
  expect(violationWords({ code: "too_long", params: { most: 7 } }, true)).toBe("Pisin varaus on 7 yötä.");
  expect(violationWords({ code: "quota_used", params: { per: "week", unit: "minutes", most: 120, used: 60 } }, false)).toBe("Kiintiö on käytetty: viikossa 60 min / 120 min.");
});
