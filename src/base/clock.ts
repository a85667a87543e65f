// The only place that touches timers, so that unit tests can drive time by hand (test/helpers/manual-clock.ts).

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall clock, milliseconds since the epoch. For timestamps people read. */
  now(): number;
  /** Monotonic, milliseconds. For durations and deadlines. */
  monotonic(): number;
  /** Runs `fn` once after `ms`. A timer never keeps the process alive by itself. */
  after(ms: number, fn: () => void): Timer;
}

// setTimeout treats anything above 2^31-1 ms as 1 ms; clamp so that a huge deadline stays far away.
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const handle = setTimeout(fn, Math.min(Math.max(0, ms), TIMER_MS_MAX));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `ms`; the timer keeps the process alive while somebody awaits it. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
