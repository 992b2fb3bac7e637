import { SvelteMap } from "svelte/reactivity";
import { pagesOf } from "./virtual.js";

export type FetchRange<T> = (offset: number, limit: number) => Promise<readonly T[]>;

type Slot<T> = { rows: readonly T[]; fresh: boolean };

/**
 * Pages of rows, fetched as they come into view and kept while they are near it. After `renew` (another search, sort or
 * a change of data) the old rows stay on screen until the new ones are there, so that nothing jumps or flashes.
 */
export class Rows<T> {
  failure = $state.raw<unknown>(null);
  #pages = new SvelteMap<number, Slot<T>>();
  #underway = new Map<number, Promise<readonly T[]>>();
  #generation = 0;
  #fetch: FetchRange<T>;

  constructor(
    fetch: FetchRange<T>,
    readonly pageSize = 100,
    readonly kept = 60,
  ) {
    this.#fetch = fetch;
  }

  /** The row at `index`, or undefined while it is on its way. */
  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / this.pageSize))?.rows[index % this.pageSize];
  }

  /** Everything must be fetched anew, from `fetch` if another is given. */
  renew(fetch: FetchRange<T> = this.#fetch): void {
    this.#fetch = fetch;
    this.#generation += 1;
    this.#underway.clear();
    this.failure = null;
    for (const [number, slot] of this.#pages) this.#pages.set(number, { ...slot, fresh: false });
  }

  /** Fetches what is missing of rows `first`…`last` (exclusive); a failure is kept in `failure`. */
  async ensure(first: number, last: number): Promise<void> {
    const generation = this.#generation;
    const wanted = pagesOf(first, last, this.pageSize);
    try {
      await Promise.all(wanted.map((page) => this.#page(page)));
      if (generation === this.#generation) this.#forget(wanted);
    } catch (problem) {
      if (generation === this.#generation) this.failure = problem;
    }
  }

  /** The rows themselves, waiting for those not yet here: for a selection that reaches beyond the view. */
  async range(first: number, last: number): Promise<T[]> {
    const pages = pagesOf(first, last, this.pageSize);
    const rows = await Promise.all(pages.map((page) => this.#page(page)));
    const from = (pages[0] ?? 0) * this.pageSize;
    return rows.flat().slice(first - from, last - from);
  }

  #page(number: number): Promise<readonly T[]> {
    const held = this.#pages.get(number);
    if (held?.fresh) return Promise.resolve(held.rows);
    const going = this.#underway.get(number);
    if (going) return going;
    const generation = this.#generation;
    const coming = this.#fetch(number * this.pageSize, this.pageSize).then(
      (rows) => {
        if (generation === this.#generation) {
          this.#underway.delete(number);
          this.#pages.set(number, { rows, fresh: true });
          this.failure = null;
        }
        return rows;
      },
      (problem: unknown) => {
        if (generation === this.#generation) this.#underway.delete(number);
        throw problem;
      },
    );
    this.#underway.set(number, coming);
    return coming;
  }

  /** Lets go of the pages farthest from those in view, when there are too many. */
  #forget(near: number[]): void {
    const middle = near[Math.floor(near.length / 2)] ?? 0;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const number of far.slice(0, Math.max(0, this.#pages.size - this.kept))) this.#pages.delete(number);
  }
}
