// Answers healthchecks in time even while the model thread is blocked: a busy predictor is not an unhealthy one.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { HealthcheckId } from '../../protocol/ids.ts';

interface Pending {
  isStarted: boolean;
  timer: Timer;
}

export class Healthchecks {
  readonly #clock: Clock;
  readonly #reply: (id: HealthcheckId, error: string | null) => void;
  readonly #pending = new Map<HealthcheckId, Pending>();
  #lastError: string | null = null;

  constructor(clock: Clock, reply: (id: HealthcheckId, error: string | null) => void) {
    this.#clock = clock;
    this.#reply = reply;
  }

  requested(id: HealthcheckId): void {
    const timer = this.#clock.after(limit('healthcheckMs'), () => this.#expired(id));
    this.#pending.set(id, { isStarted: false, timer });
  }

  started(id: HealthcheckId): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) pending.isStarted = true;
  }

  finished(id: HealthcheckId, error: string | null): void {
    this.#lastError = error;
    this.#answer(id, error);
  }

  #expired(id: HealthcheckId): void {
    const seconds = (limit('healthcheckMs') / 1000).toFixed(1);
    const timedOut = `Healthcheck failed: user-defined healthcheck timed out after ${seconds} seconds`;
    // Never started: user code blocks the model thread. The last known result says more than a made-up failure.
    this.#answer(id, this.#pending.get(id)?.isStarted ? timedOut : this.#lastError);
  }

  #answer(id: HealthcheckId, error: string | null): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.timer.cancel();
    this.#pending.delete(id);
    this.#reply(id, error);
  }
}
