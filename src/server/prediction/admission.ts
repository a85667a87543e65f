// Lets predictions in: measures how long they hold their slots, tells those who wait how long it will take, and
// refuses whom there is no room for. The order of the line is SlotQueue's.
import type { Clock } from '../../base/clock.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { Permit, SlotPool } from '../slot/permit.ts';
import { SlotQueue, type Waiter } from '../slot/slot-queue.ts';
import type { Prediction } from './prediction.ts';
import type { Place } from './prediction-spec.ts';
import { NotTaken } from './refusal.ts';
import { ServiceTimes } from './service-times.ts';
import { estimatedWaitMs, remainingMs } from './wait-estimate.ts';

/** A prediction in the line, and its place there. One object for both: every prediction has one. */
class Queued implements Waiter, Place {
  readonly mode: Mode;
  readonly bytes: number;
  readonly #prediction: Prediction;
  readonly #admission: Admission;

  constructor(prediction: Prediction, admission: Admission) {
    this.mode = prediction.mode;
    this.bytes = prediction.bytes;
    this.#prediction = prediction;
    this.#admission = admission;
  }

  get position(): number | null {
    return this.#admission.positionOf(this);
  }

  get estimatedWaitMs(): number | null {
    return this.#admission.estimateMs(this);
  }

  start(permit: Permit): void {
    this.#admission.start(this.#prediction, permit);
  }

  leave(): void {
    this.#admission.leave(this);
  }
}

export class Admission {
  readonly #slots: SlotPool;
  readonly #clock: Clock;
  readonly #queueMax: number;
  readonly #queue: SlotQueue<Queued>;
  readonly #times = new ServiceTimes();
  /** Those that hold a slot, in any order. */
  readonly #running: Prediction[] = [];

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
    const permit = this.#queue.takeFree();
    if (permit !== null) return this.start(prediction, permit);
    const queued = new Queued(prediction, this);
    prediction.wait(queued);
    this.#queue.enter(queued);
  }

  /** Its turn has come. */
  start(prediction: Prediction, permit: Permit): void {
    this.#running.push(prediction);
    prediction.start(permit);
  }

  /** It does not wait any more. */
  leave(queued: Queued): void {
    this.#queue.leave(queued);
  }

  /** Its slot is done with the prediction. */
  left(prediction: Prediction): void {
    const index = this.#running.indexOf(prediction);
    const last = this.#running.at(-1);
    if (index === -1 || last === undefined) return;
    this.#running[index] = last;
    this.#running.pop();
    this.#times.record(prediction.mode, this.#clock.monotonic() - prediction.times.startedTick);
  }

  positionOf(queued: Queued): number | null {
    return this.#queue.positionOf(queued);
  }

  estimateMs(queued: Queued): number | null {
    const position = this.#queue.positionOf(queued);
    const ahead = this.#queue.ahead(queued);
    const { typicalMs } = this.#times;
    const isUnknown = ({ mode }: { readonly mode: Mode }) => typicalMs[mode] === null;
    if (position === null || [...this.#running, ...ahead].some(isUnknown)) return null;
    const sumMs = ahead.reduce((sum, { mode }) => sum + (typicalMs[mode] ?? 0), 0);
    return this.#estimate(position, ahead.length === 0 ? null : sumMs / ahead.length);
  }

  /** Until the next slot is free, so that one more can be taken; a guess where nothing has been measured. */
  #untilFreeMs(): number {
    return this.#estimate(1, null) ?? 0;
  }

  #estimate(position: number, aheadMs: number | null): number | null {
    const now = this.#clock.monotonic();
    const { typicalMs } = this.#times;
    const remaining = this.#running.map(({ mode, times }) =>
      remainingMs(now - times.startedTick, typicalMs[mode]),
    );
    return estimatedWaitMs(position, { slots: this.#slots.capacity, remainingMs: remaining, aheadMs });
  }
}
