// A clock that only moves when a test says so. Timers that are due run in the order of their times.
import type { Clock, Timer } from '../../src/base/clock.ts';

interface Pending {
  readonly at: number;
  readonly fn: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 1_000_000;
  readonly #timers = new Set<Pending>();

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(ms: number, fn: () => void): Timer {
    const timer: Pending = { at: this.#nowMs + Math.max(0, ms), fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Timers that are set and have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Whether a timer is due in exactly `ms`. */
  isWaiting(ms: number): boolean {
    return [...this.#timers].some((timer) => timer.at === this.#nowMs + ms);
  }

  /** Moves time forward and runs what falls due, also what a timer sets on its way. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = next.at;
      next.fn();
    }
    this.#nowMs = end;
  }
}
