// @vitest-environment node
import { describe, expect, it, vi } from "vitest";
import { Rows } from "./rows.svelte.js";

const numbers = (from = 0) => vi.fn(async (offset: number, limit: number) => Array.from({ length: limit }, (_, i) => from + offset + i));

describe("pages of rows", () => {
  it("fetches each page once, and only those in view", async () => {
    const fetch = numbers();
    const rows = new Rows(fetch, 10);
    await Promise.all([rows.ensure(5, 25), rows.ensure(8, 12)]);
    await rows.ensure(0, 30);
    expect(fetch.mock.calls).toEqual([[0, 10], [10, 10], [20, 10]]);
    expect(rows.at(17)).toBe(17);
    expect(rows.at(31)).toBeUndefined();
  });

  it("keeps the old rows in view until the new ones are there", async () => {
    const rows = new Rows(numbers(), 10);
    await rows.ensure(0, 10);
    rows.renew(numbers(500));
    expect(rows.at(3)).toBe(3);
    await rows.ensure(0, 10);
    expect(rows.at(3)).toBe(503);
  });

  it("drops an answer that comes after a newer question", async () => {
    let answer: (rows: number[]) => void = () => {};
    const rows = new Rows<number>(() => new Promise((done) => (answer = done)), 10);
    const slow = rows.ensure(0, 10);
    rows.renew(numbers(500));
    await rows.ensure(0, 10);
    answer([1, 2, 3]);
    await slow;
    expect(rows.at(0)).toBe(500);
  });

  it("holds a failure until a fetch succeeds, and asks again", async () => {
    const fetch = vi.fn().mockRejectedValueOnce(new Error("gone")).mockResolvedValue([7]);
    const rows = new Rows<number>(fetch, 10);
    await rows.ensure(0, 1);
    expect(rows.failure).toBeInstanceOf(Error);
    await rows.ensure(0, 1);
    expect(rows.failure).toBeNull();
    expect(rows.at(0)).toBe(7);
  });

  it("lets go of far pages, never of those in view", async () => {
    const rows = new Rows(numbers(), 10, 3);
    for (let top = 0; top < 100; top += 10) await rows.ensure(top, top + 10);
    expect(rows.at(0)).toBeUndefined();
    expect(rows.at(95)).toBe(95);
    expect(rows.at(75)).toBe(75);
  });

  it("gives a range that crosses pages", async () => {
    expect(await new Rows(numbers(), 10).range(8, 23)).toEqual(Array.from({ length: 15 }, (_, i) => 8 + i));
  });
});
