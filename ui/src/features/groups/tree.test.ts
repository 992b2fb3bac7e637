// @vitest-environment node
import { expect, it } from "vitest";
import { branches, parentsFor } from "./tree.js";

const group = (id: string, parent: string | null, name = id) => ({ id, parent, name, rule: null, members: 0 });
const groups = [group("b1", "b"), group("a2", "a"), group("b", null), group("a", null), group("a1", "a"), group("deep", "a1"), group("lost", "gone")];

it("puts each group under the one it is part of, and those of a missing one by themselves", () => {
  expect(branches(groups).map(({ group, depth }) => `${depth} ${group.id}`)).toEqual(["0 a", "1 a1", "2 deep", "1 a2", "0 b", "1 b1", "0 lost"]);
});
it("offers no group a place inside itself", () => {
  expect(parentsFor(groups, "a").map(({ group }) => group.id)).toEqual(["b", "b1", "lost"]);
  expect(parentsFor(groups, "a1").map(({ group }) => group.id)).toEqual(["a", "a2", "b", "b1", "lost"]);
  expect(parentsFor(groups, null)).toHaveLength(groups.length);
});
