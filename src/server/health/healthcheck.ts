// Runs the user's healthcheck for whoever asks, at most about once a second, and never waits for ever.
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { Fleet } from '../supervisor/fleet.ts';

export class Healthcheck {
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  #running: Promise<string | null> | null = null;
  #result: { readonly error: string | null; readonly at: number } | null = null;

  constructor(fleet: Fleet, clock: Clock) {
    this.#fleet = fleet;
    this.#clock = clock;
    // A worker that came or went makes the last result stale.
    fleet.onChange(() => {
      this.#result = null;
    });
  }

  /** Null is healthy, else the text to show. Never rejects. */
  async check(): Promise<string | null> {
    if (this.#fleet.predictor?.hasHealthcheck !== true) return null;
    const cached = this.#result;
    if (cached !== null && this.#clock.monotonic() - cached.at < limit('healthcheckCacheMs'))
      return cached.error;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<string | null> {
    const error = await this.#ask();
    this.#result = { error, at: this.#clock.monotonic() };
    this.#running = null;
    return error;
  }

  #ask(): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(limit('healthcheckReplyMs'), () => resolve('healthcheck timed out'));
      const settle = (error: string | null) => {
        timer.cancel();
        resolve(error);
      };
      this.#fleet
        .healthcheck()
        .then(settle, (error: unknown) =>
          settle(`Healthcheck error: ${error instanceof Error ? error.message : String(error)}`),
        );
    });
  }
}
