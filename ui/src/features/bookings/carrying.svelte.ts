import type { BookingAnswer_Serialize as Answer } from "../../platform/bindings.js";
import type { Column, Held, Target } from "./drag.js";

/** What the rules say of where it is held, beside the place itself. */
export type Carried = { held: Held; target: Target | null; answer: Answer | null };

const sameTarget = (a: Target | null, b: Target | null): boolean => a?.column === b?.column && a?.span.start === b?.span.start && a?.span.end === b?.span.end;

/**
 * Something on its way across the grid, by pointer or by keyboard. The rules are asked for every place it comes to, one question at
 * a time: while one is under way only the newest place waits, so a fast hand asks no more than the host can answer.
 */
export class Carrying {
  #ask: (held: Held, target: Target) => Promise<Answer>;
  #asking = false;
  #known = new Map<string, Answer>();
  now = $state.raw<Carried | null>(null);

  constructor(ask: (held: Held, target: Target) => Promise<Answer>) {
    this.#ask = ask;
  }
  start(held: Held, target: Target | null): void {
    this.#known.clear();
    this.now = { held, target: null, answer: null };
    this.to(target);
  }
  /** Takes it to another place. */
  to(target: Target | null): void {
    const { now } = this;
    if (!now || (now.target !== null && sameTarget(now.target, target))) return;
    this.now = { held: now.held, target, answer: target ? (this.#known.get(JSON.stringify(target)) ?? null) : null };
    void this.#look();
  }
  /** Puts it down, or gives it up: nothing is held any more. */
  stop(): Carried | null {
    const { now } = this;
    this.now = null;
    return now;
  }

  async #look(): Promise<void> {
    const { now } = this;
    if (this.#asking || !now?.target || now.answer) return;
    this.#asking = true;
    try {
      const answer = await this.#ask(now.held, now.target);
      this.#known.set(JSON.stringify(now.target), answer);
      const here = this.now;
      if (here && here.held === now.held && sameTarget(here.target, now.target)) this.now = { ...here, answer };
    } catch {
      // Without an answer the place shows none; dropping there asks again and tells what failed.
      if (this.now?.held === now.held && sameTarget(this.now.target, now.target)) return;
    } finally {
      this.#asking = false;
    }
    void this.#look();
  }
}

/** The day and space that a place lies on. */
export const columnOf = (columns: readonly Column[], target: Target | null): Column | null => (target ? (columns[target.column] ?? null) : null);
