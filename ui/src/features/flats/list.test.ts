// @vitest-environment node
import { expect, it } from "vitest";
import { aroundOf, found, sorted } from "./list.js";
import { together } from "./words.js";

const flat = (name: string, building: string | null, floor: number | null, ...people: string[]) => ({
  flat: { id: `${building} ${name}`, stairwell: null, name, floor, area_tenths: null, shares_from: null, shares_to: null, note: "" },
  label: name,
  building,
  residents: people.map((person) => ({ contact: person, name: person, kind: "k", valid_from: null, valid_to: null, non_disclosure: person === "" })),
});
const around = aroundOf([{ id: "1", name: "Talo 1", street: "" }, { id: "2", name: "Rantatie 2", street: "" }]);
const flats = [flat("A 2", "1", 3, "Aino Mäkelä"), flat("A 12", "1", null, ""), flat("B 1", "2", 1, "Bo Åkerö"), flat("14", null, 2)];
const names = (rows: readonly { flat: { name: string } }[]) => rows.map((row) => row.flat.name);

it.each([["", ["A 2", "A 12", "B 1", "14"]], ["a12", ["A 12"]], ["A 1", ["A 12"]], ["makela", ["A 2"]], ["bo ran", ["B 1"]], ["kukka", []]])("finds by %j", (typed, expected) => {
  expect(names(found(flats, typed, around))).toEqual(expected);
});
it.each([
  ["name", false, ["14", "A 2", "A 12", "B 1"]],
  ["floor", false, ["B 1", "14", "A 2", "A 12"]],
  ["floor", true, ["A 2", "14", "B 1", "A 12"]],
  ["building", false, ["B 1", "A 2", "A 12", "14"]],
  ["people", true, ["B 1", "A 2", "A 12", "14"]],
])("sorts by %s, descending %s, with the empty last", (column, descending, expected) => {
  expect(names(sorted(flats, { column, descending }, around))).toEqual(expected);
});
it("names each person once, with all their roles", () => {
  const [aino, bo] = flat("A 1", null, null, "Aino", "Bo").residents;
  const grouped = together([aino!, bo!, { ...aino!, kind: "l" }]);
  expect(grouped.map(({ person, kinds }) => [person.name, kinds])).toEqual([["Aino", ["k", "l"]], ["Bo", ["k"]]]);
});
