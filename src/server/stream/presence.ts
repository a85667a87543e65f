// Whether anybody still reads a prediction that was created for its readers, and for how long nobody has.
import type { Clock, Timer } from '../../base/clock.ts';
import { StateMachine, type Transitions } from '../../base/state-machine.ts';

type PresenceStatus = 'absent' | 'present' | 'over';

const NEXT: Transitions<PresenceStatus> = {
  absent: ['present', 'over'],
  present: ['absent', 'over'],
  over: [],
};

export class Presence {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #onAbandoned: () => void;
  readonly #status = new StateMachine<PresenceStatus>('presence of readers', NEXT, 'absent');
  #timer: Timer;

  /** Begins without readers: the first one has to come within the grace period, too. */
  constructor(clock: Clock, graceMs: number, onAbandoned: () => void) {
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#onAbandoned = onAbandoned;
    this.#timer = this.#wait();
  }

  readers(count: number): void {
    const now = count > 0 ? 'present' : 'absent';
    if (!this.#status.can(now)) return;
    this.#status.move(now);
    if (now === 'present') this.#timer.cancel();
    else this.#timer = this.#wait();
  }

  /** Nothing is at stake any more. */
  end(): void {
    if (!this.#status.can('over')) return;
    this.#status.move('over');
    this.#timer.cancel();
  }

  #wait(): Timer {
    return this.#clock.after(this.#graceMs, () => {
      this.end();
      this.#onAbandoned();
    });
  }
}
