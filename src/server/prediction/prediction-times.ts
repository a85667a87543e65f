// When a prediction was created, started and ended, how long that took, and the deadlines that may end it. Its timers
// end with it.
import type { Clock, Timer } from '../../base/clock.ts';

export class PredictionTimes {
  /** Milliseconds since the epoch, as are the other two. */
  readonly createdAt: number;
  readonly #clock: Clock;
  readonly #createdTick: number;
  #deadlines: Timer[] | null = null;
  #startedTick = 0;
  #startedAt: number | null = null;
  #completedAt: number | null = null;
  #queuedMs: number | null = null;
  #predictMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.createdAt = clock.now();
    this.#createdTick = clock.monotonic();
  }

  /** Of its start, by the monotonic clock; 0 before. */
  get startedTick(): number {
    return this.#startedTick;
  }
  get startedAt(): number | null {
    return this.#startedAt;
  }
  get completedAt(): number | null {
    return this.#completedAt;
  }
  /** From creation to the slot, or to the end where it never had one; null before. */
  get queuedMs(): number | null {
    return this.#queuedMs;
  }
  /** In the predictor; null before the end, and where it never got there. */
  get predictMs(): number | null {
    return this.#predictMs;
  }

  /** Calls `fn` unless it has ended by then. */
  deadline(ms: number, fn: () => void): void {
    this.#deadlines ??= [];
    this.#deadlines.push(this.#clock.after(ms, fn));
  }

  started(): void {
    this.#startedAt = this.#clock.now();
    this.#startedTick = this.#clock.monotonic();
    this.#queuedMs = this.#startedTick - this.#createdTick;
  }

  /** `predictMs` is what the worker has measured; null where it could not. */
  completed(predictMs: number | null): void {
    for (const deadline of this.#deadlines ?? []) deadline.cancel();
    this.#deadlines = null;
    this.#completedAt = this.#clock.now();
    const tick = this.#clock.monotonic();
    if (this.#startedAt === null) this.#queuedMs = tick - this.#createdTick;
    else this.#predictMs = predictMs ?? tick - this.#startedTick;
  }
}
