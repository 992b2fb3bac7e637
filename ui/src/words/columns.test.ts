import { readFileSync } from "node:fs";
import { beforeEach, expect, it } from "vitest";
import { startLocale } from "../i18n/index.js";
import { changeWords, columns } from "./columns.js";

// vitest runs in ui/.
const schema = readFileSync("../crates/store/migrations/0001_foundation.sql", "utf8");
beforeEach(() => startLocale("fi"));

it("names every column of every shared table, or says that it is not shown", () => {
  const tables = [...schema.matchAll(/CREATE TABLE (\w+)\(([^;]*)\) STRICT/g)].filter(([, name]) => name !== "change" && !name!.startsWith("local_"));
  expect(tables.length).toBeGreaterThan(15);
  const missing = tables.flatMap(([, table, body]) =>
    [...body!.matchAll(/^ {2}(\w+) (?:TEXT|INTEGER|BLOB|REAL)/gm)].map(([, column]) => column!).filter((column) => column !== "id" && !(column in (columns[table!] ?? {}))).map((column) => `${table}.${column}`),
  );
  expect(missing).toEqual([]);
});

it.each([
  ["contact", { column: "non_disclosure", old: "0", new: "1" }, { name: "Turvakielto", old: "Ei", new: "Kyllä" }],
  ["contact", { column: "non_disclosure", old: "", new: "0" }, null],
  ["contact", { column: "deceased_on", old: "", new: "2026-11-02" }, { name: "Kuolinpäivä", old: "", new: "2.11.2026" }],
  ["contact", { column: "language", old: "fi", new: "sv" }, { name: "Kieli", old: "suomi", new: "ruotsi" }],
  ["contact", { column: "household", old: "", new: "0198f2b0-0000-7000-8000-000000000000" }, { name: "Ruokakunta", old: "", new: "Kyllä" }],
  ["stakeholder_kind", { column: "legal_basis", old: "contract", new: "consent" }, { name: "Oikeusperuste", old: "Sopimus", new: "Suostumus" }],
  ["flat", { column: "area_tenths", old: "540", new: "545" }, { name: "Pinta-ala, m²", old: "54", new: "54,5" }],
  ["group_member", { column: "contact_group", old: "", new: "Talkooväki" }, { name: "Ryhmä", old: "", new: "Talkooväki" }],
  ["custom_value", { column: "value", old: "2026-01-02", new: "kaksi avainta" }, { name: "Arvo", old: "2.1.2026", new: "kaksi avainta" }],
  ["import_row", { column: "row", old: "", new: "7" }, null],
])("says of %s %o what a person reads", (table, change, words) => expect(changeWords(table, change)).toEqual(words));
