// @vitest-environment node
import { expect, it } from "vitest";
import { zonesWith } from "./zones.js";

it("offers only zones that the computer knows, and the one in use whatever it is", () => {
  const known = zonesWith("Europe/Helsinki");
  for (const { value } of known) expect(() => new Intl.DateTimeFormat("fi", { timeZone: value })).not.toThrow();
  expect(known[0]?.value).toBe("Europe/Helsinki");
  expect(zonesWith("Asia/Tokyo").at(-1)).toEqual({ value: "Asia/Tokyo", label: "Asia/Tokyo" });
  expect(zonesWith("Asia/Tokyo")).toHaveLength(known.length + 1);
});
