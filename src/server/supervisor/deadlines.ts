// Named timers of one owner, so that all of them can be called off at once.
import type { Clock, Timer } from '../../base/clock.ts';

export class Deadlines<Name extends string> {
  readonly #clock: Clock;
  readonly #timers = new Map<Name, Timer>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replaces an earlier one of that name. Does nothing once closed. */
  set(name: Name, ms: number, fn: () => void): void {
    this.cancel(name);
    if (!this.#isClosed) this.#timers.set(name, this.#clock.after(ms, fn));
  }

  cancel(name: Name): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  cancelAll(): void {
    for (const name of [...this.#timers.keys()]) this.cancel(name);
  }

  close(): void {
    this.cancelAll();
    this.#isClosed = true;
  }
}
