import { SvelteSet } from "svelte/reactivity";

/** What is ticked, in the form a command takes it: the keys themselves, or all of the list but some. */
export type Ticked = { all: false; keys: string[] } | { all: true; except: string[] };

/** Ticked rows of a table by key. "All" names no rows, so that it costs the same for ten and for 100 000. */
export class Selection {
  #all = $state(false);
  #keys = new SvelteSet<string>();

  has(key: string): boolean {
    return this.#keys.has(key) !== this.#all;
  }

  set(key: string, ticked: boolean): void {
    if (ticked === this.#all) this.#keys.delete(key);
    else this.#keys.add(key);
  }

  toggle(key: string): void {
    this.set(key, !this.has(key));
  }

  all(): void {
    this.#keys.clear();
    this.#all = true;
  }

  clear(): void {
    this.#keys.clear();
    this.#all = false;
  }

  /** How many of a list of `total` rows are ticked. */
  count(total: number): number {
    return this.#all ? total - this.#keys.size : this.#keys.size;
  }

  get ticked(): Ticked {
    return this.#all ? { all: true, except: [...this.#keys] } : { all: false, keys: [...this.#keys] };
  }
}
