// Answers healthchecks in time even while the model thread is blocked: a busy predictor is not an unhealthy one. A check
// that itself blocks past its time is ended, so that predictions and their cancels come to their turn again.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { HealthcheckId } from '../../protocol/ids.ts';
import { HEALTHCHECK_OVERDUE } from '../healthcheck-overdue.ts';

interface Pending {
  isStarted: boolean;
  timer: Timer;
}

export interface HealthcheckParts {
  readonly clock: Clock;
  reply(id: HealthcheckId, error: string | null): void;
  /** Ends the check where it blocks. */
  interrupt(): void;
}

export class Healthchecks {
  readonly #parts: HealthcheckParts;
  readonly #pending = new Map<HealthcheckId, Pending>();
  #lastError: string | null = null;

  constructor(parts: HealthcheckParts) {
    this.#parts = parts;
  }

  requested(id: HealthcheckId): void {
    const timer = this.#parts.clock.after(limit('healthcheckMs'), () => this.#expired(id));
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
    // Never started: user code blocks the model thread. The last known result says more than a made-up failure.
    if (!this.#pending.get(id)?.isStarted) return this.#answer(id, this.#lastError);
    this.#answer(id, HEALTHCHECK_OVERDUE);
    this.#parts.interrupt();
  }

  #answer(id: HealthcheckId, error: string | null): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.timer.cancel();
    this.#pending.delete(id);
    this.#parts.reply(id, error);
  }
}
