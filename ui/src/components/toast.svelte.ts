/** What a toast says was done, and the way back. Failures are Notices in place, never toasts. */
export type Toast = { text: string; undo?: () => void | Promise<void>; open?: { label: string; run: () => void } };

/** How long a toast stays, in milliseconds. */
export const STAY = 10_000;
/** The least time left after the pointer or focus goes away. */
export const LINGER = 3_000;

/** One toast at a time: a new one replaces the old. Exported for tests; the window uses `toasts`. */
export class Toasts {
  current = $state.raw<Toast | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ends = 0;
  #left = 0;
  #held = false;

  show(toast: Toast): void {
    this.current = toast;
    this.#left = STAY;
    this.#run();
  }

  /** The pointer or the focus is on the toast: time stands still. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#left = Math.max(0, this.#ends - Date.now());
    clearTimeout(this.#timer);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#left = Math.max(LINGER, this.#left);
    this.#run();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#held = false;
    this.current = null;
  }

  /** Takes back what the toast tells of; false when there is nothing to take back. */
  undo(): boolean {
    const undo = this.current?.undo;
    if (!undo) return false;
    this.close();
    void undo();
    return true;
  }

  #run(): void {
    clearTimeout(this.#timer);
    if (this.#held) return;
    this.#ends = Date.now() + this.#left;
    this.#timer = setTimeout(() => this.close(), this.#left);
  }
}

export const toasts = new Toasts();
