import { commands, type Progress } from "../../platform/bindings.js";
import { Channel } from "../../platform/index.js";

type Running = { kind: "preview" | "run"; job: number; at: Progress; cancelling: boolean };

let jobs = Date.now() % 2 ** 30;

/**
 * Long work on the open file, one piece at a time. Newer work cancels what is under way and begins when that has stopped,
 * so that the host's last plan is always the one on screen.
 */
export class LongWork {
  /** What is under way; null when nothing is. */
  now = $state.raw<Running | null>(null);
  #turn = 0;
  #before: Promise<unknown> = Promise.resolve();

  /** Does the work; null when newer work has taken its place. Throws what the work throws, `cancelled` included. */
  run<T>(kind: Running["kind"], work: (job: number, progress: Channel<Progress>) => Promise<T>): Promise<T | null> {
    const turn = ++this.#turn;
    this.cancel();
    const mine = this.#after(this.#before, turn, kind, work);
    this.#before = mine.catch(() => {});
    return mine;
  }

  /** Asks what is under way to stop. */
  cancel(): void {
    if (!this.now || this.now.cancelling) return;
    this.now = { ...this.now, cancelling: true };
    void commands.cancelJob(this.now.job).catch(() => {});
  }

  async #after<T>(before: Promise<unknown>, turn: number, kind: Running["kind"], work: (job: number, progress: Channel<Progress>) => Promise<T>): Promise<T | null> {
    await before;
    if (turn !== this.#turn) return null;
    const job = ++jobs;
    const progress = new Channel<Progress>();
    progress.onmessage = (at) => {
      if (this.now?.job === job) this.now = { ...this.now, at };
    };
    this.now = { kind, job, at: { done: 0, total: 0 }, cancelling: false };
    try {
      const found = await work(job, progress);
      return turn === this.#turn ? found : null;
    } catch (thrown) {
      if (turn !== this.#turn) return null;
      throw thrown;
    } finally {
      this.now = null;
    }
  }
}
