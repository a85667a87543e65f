// Lets predictions in: measures how long they hold their slots, tells those who wait how long it will take, and
// refuses whom there is no room for. The order of the line is SlotQueue's.
import type { Clock } from '../../base/clock.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { SlotPool } from '../slot/permit.ts';
import { SlotQueue, type Waiter } from '../slot/slot-queue.ts';
import type { Place, Prediction } from './prediction.ts';
import { NotTaken } from './refusal.ts';
import { ServiceTimes } from './service-times.ts';
import { estimatedWaitMs, remainingMs } from './wait-estimate.ts';

interface QueuedPrediction extends Waiter {
  readonly mode: Mode;
}

interface Running {
  readonly mode: Mode;
  readonly sinceTick: number;
}

export class Admission {
  readonly #slots: SlotPool;
  readonly #clock: Clock;
  readonly #queueMax: number;
  readonly #queue: SlotQueue<QueuedPrediction>;
  readonly #times = new ServiceTimes();
  /** Those that hold a slot. */
  readonly #running = new Map<Prediction, Running>();

  constructor(slots: SlotPool, clock: Clock, queueMax: number) {
    this.#slots = slots;
    this.#clock = clock;
    this.#queueMax = queueMax;
    this.#queue = new SlotQueue(slots, queueMax);
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** Throws PAWL_AT_CAPACITY where there is no room for one more with an input of that size. */
  check(bytes: number): void {
    if (this.#queue.hasRoom(bytes)) return;
    const busy = 'At capacity - all prediction slots busy';
    const text = this.#queueMax === 0 ? busy : `${busy} and the queue is full (--queue ${this.#queueMax})`;
    throw new NotTaken('PAWL_AT_CAPACITY', text, this.#untilFreeMs());
  }

  /** Starts the prediction, now or in its turn. */
  enter(prediction: Prediction): void {
    const { mode, bytes } = prediction;
    const queued: QueuedPrediction = {
      mode,
      bytes,
      start: (permit) => {
        this.#running.set(prediction, { mode, sinceTick: this.#clock.monotonic() });
        prediction.start(permit);
      },
    };
    prediction.wait(this.#placeOf(queued));
    this.#queue.enter(queued);
  }

  /** Its slot is done with the prediction. */
  left(prediction: Prediction): void {
    const running = this.#running.get(prediction);
    if (running === undefined) return;
    this.#running.delete(prediction);
    this.#times.record(running.mode, this.#clock.monotonic() - running.sinceTick);
  }

  #placeOf(queued: QueuedPrediction): Place {
    const queue = this.#queue;
    const estimate = () => this.#estimateMs(queued);
    return {
      get position() {
        return queue.positionOf(queued);
      },
      get estimatedWaitMs() {
        return estimate();
      },
      leave: () => queue.leave(queued),
    };
  }

  #estimateMs(queued: QueuedPrediction): number | null {
    const position = this.#queue.positionOf(queued);
    const ahead = this.#queue.ahead(queued);
    const { typicalMs } = this.#times;
    const isUnknown = ({ mode }: { readonly mode: Mode }) => typicalMs[mode] === null;
    if (position === null || [...this.#running.values(), ...ahead].some(isUnknown)) return null;
    const sumMs = ahead.reduce((sum, { mode }) => sum + (typicalMs[mode] ?? 0), 0);
    return this.#estimate(position, ahead.length === 0 ? null : sumMs / ahead.length);
  }

  /** Until the next slot is free, so that one more can be taken; a guess where nothing has been measured. */
  #untilFreeMs(): number {
    return this.#estimate(1, null) ?? 0;
  }

  #estimate(position: number, aheadMs: number | null): number | null {
    const now = this.#clock.monotonic();
    const remaining = [...this.#running.values()].map(({ mode, sinceTick }) =>
      remainingMs(now - sinceTick, this.#times.typicalMs[mode]),
    );
    return estimatedWaitMs(position, { slots: this.#slots.capacity, remainingMs: remaining, aheadMs });
  }
}
