// @vitest-environment node
import { expect, it } from "vitest";
import { lineOf } from "./line.js";

it("leads to where the matter is settled", () => {
  const to = (line: { path: string; query: Record<string, string> }) => [line.path, new URLSearchParams(line.query).toString()].filter(Boolean).join("?");
  expect(to(lineOf({ kind: { code: "backup_old", params: { newest: null } } }))).toBe("/settings?tab=backups");
  expect(to(lineOf({ kind: { code: "retention_due", params: { count: 14, since: "2026-01-01" } } }))).toBe("/contacts?without=retention");
  expect(to(lineOf({ kind: { code: "deceased_in_roles", params: { count: 1, contact: "c", name: "Aino" } } }))).toBe("/contacts/c");
  expect(to(lineOf({ kind: { code: "deceased_in_roles", params: { count: 2, contact: "c", name: "Aino" } } }))).toBe("/contacts?state=deceased");
});
it("leads from a free turn that somebody waits for to its day", () => {
  const params = { entry: "e", resource: "r", name: "Talosauna", who: { named: "A 5" }, start: "2026-10-23T17:00:00" };
  expect(lineOf({ kind: { code: "turn_to_offer", params } })).toMatchObject({ path: "/bookings/r", query: { day: "2026-10-23" }, title: "Talosauna: vuoro vapautui, A 5 jonottaa" });
  expect(lineOf({ kind: { code: "offer_runs", params: { ...params, until: "2026-10-22T12:00:00" } } }).body).toMatch(/to\s22\.10\.2026 12\.00/);
});
const side = { change: "c", author: "Aino Virtanen", at: "2026-11-24T10:00:00Z", action: { code: "contact_edit", params: { name: "Pekka" } } } as const;
const conflict = { how: "edited", table: "contact", subject: "k", name: "Pekka Lahti", later: side, earlier: side, values: [] } as const;

it("says nothing in codes", () => {
  for (const how of ["edited", "deleted", "parent_gone"] as const) {
    const line = lineOf({ kind: { code: "conflict", params: { ...conflict, how, values: [] } } });
    expect(`${line.title} ${line.body}`).not.toMatch(/_|2026-11/);
  }
  const withdrawn = lineOf({ kind: { code: "withdrawn", params: { by: side } } });
  expect(`${withdrawn.title} ${withdrawn.body}`).not.toMatch(/_|2026-11/);
});

it("leads to the record of a conflict that stands, and to the history of one that is gone", () => {
  const path = (changed: object) => lineOf({ kind: { code: "conflict", params: { ...conflict, values: [], ...changed } } }).path;
  expect(path({})).toBe("/contacts/k");
  expect(path({ table: "flat" })).toBe("/flats/k");
  expect(path({ table: "booking" })).toBe("/history");
  expect(path({ subject: null })).toBe("/history");
  expect(path({ how: "deleted" })).toBe("/history");
});
