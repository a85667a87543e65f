// Answers healthchecks in time even while the model thread is blocked: a busy predictor is not an unhealthy one. A check
// that itself blocks past its time is ended, so that predictions and their cancels come to their turn again.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { HealthcheckId } from '../../protocol/ids.ts';
import { HEALTHCHECK_OVERDUE } from '../healthcheck-overdue.ts';

export interface HealthcheckParts {
  readonly clock: Clock;
  reply(id: HealthcheckId, error: string | null): void;
  /** Ends the check where it blocks. */
  interrupt(): void;
}

export class Healthchecks {
  readonly #parts: HealthcheckParts;
  /** Until it starts, and then until it ends. */
  readonly #pending = new Map<HealthcheckId, Timer>();
  #lastError: string | null = null;

  constructor(parts: HealthcheckParts) {
    this.#parts = parts;
  }

  requested(id: HealthcheckId): void {
    // Whoever asks for health does not wait for a predict() that blocks the model thread.
    const timer = this.#parts.clock.after(limit('healthcheckStartMs'), () =>
      this.#answer(id, this.#lastError),
    );
    this.#pending.set(id, timer);
  }

  started(id: HealthcheckId): void {
    const waiting = this.#pending.get(id);
    if (waiting === undefined) return;
    waiting.cancel();
    this.#pending.set(
      id,
      this.#parts.clock.after(limit('healthcheckMs'), () => this.#overdue(id)),
    );
  }

  finished(id: HealthcheckId, error: string | null): void {
    this.#lastError = error;
    this.#answer(id, error);
  }

  #overdue(id: HealthcheckId): void {
    this.#answer(id, HEALTHCHECK_OVERDUE);
    this.#parts.interrupt();
  }

  #answer(id: HealthcheckId, error: string | null): void {
    const timer = this.#pending.get(id);
    if (timer === undefined) return;
    timer.cancel();
    this.#pending.delete(id);
    this.#parts.reply(id, error);
  }
}
