// Who gets the next slot: strictly in the order of arrival, newcomers behind everybody who waits. The only place that
// takes slots from the pool. Knows neither predictions nor why somebody leaves.
import { limit } from '../../limits.ts';
import type { Permit, SlotPool } from './permit.ts';

export interface Waiter {
  /** Held while it waits. */
  readonly bytes: number;
  /** Its turn has come. It must use the permit. */
  start(permit: Permit): void;
}

export class SlotQueue<W extends Waiter = Waiter> {
  readonly #pool: SlotPool;
  readonly #lengthMax: number;
  readonly #bytesMax: number;
  /** Whoever waits while a slot is free would wait for ever: every way into the line and every free slot serves it. */
  readonly #line: W[] = [];
  #bytes = 0;

  /** With `lengthMax` 0 nobody waits but for a slot that is about to be free. */
  constructor(pool: SlotPool, lengthMax: number, bytesMax: number = limit('queuedBytesMax')) {
    this.#pool = pool;
    this.#lengthMax = lengthMax;
    this.#bytesMax = bytesMax;
    pool.onFree(() => this.#serve());
  }

  /** How many wait, without those for whom a slot is about to be free. */
  get length(): number {
    return Math.max(0, this.#line.length - this.#pool.settling);
  }

  /**
   * Whether enter() has room for one more. A slot that has ended its prediction counts as free: the client that has
   * this prediction's answer may post the next one before the slot itself is heard of.
   */
  hasRoom(bytes: number): boolean {
    const { available, settling } = this.#pool;
    const waiting = this.#line.length;
    if (waiting < available + settling) return true;
    if (waiting >= settling + this.#lengthMax) return false;
    return waiting === 0 || this.#bytes + bytes <= this.#bytesMax;
  }

  /** A slot for a newcomer that need not wait: nobody is ahead of it. Null where it has to enter the line. */
  takeFree(): Permit | null {
    return this.#line.length === 0 ? this.#pool.tryAcquire() : null;
  }

  /** Starts the waiter at once, or when its turn comes. */
  enter(waiter: W): void {
    this.#line.push(waiter);
    this.#bytes += waiter.bytes;
    this.#serve();
  }

  /** Harmless where it does not wait. */
  leave(waiter: W): void {
    const index = this.#line.indexOf(waiter);
    if (index === -1) return;
    this.#line.splice(index, 1);
    this.#bytes -= waiter.bytes;
  }

  /** From 1; null where it does not wait, or only for a slot that is about to be free. */
  positionOf(waiter: W): number | null {
    const position = this.#line.indexOf(waiter) + 1 - this.#pool.settling;
    return position > 0 ? position : null;
  }

  /** Everybody whose turn comes earlier. */
  ahead(waiter: W): readonly W[] {
    return this.#line.slice(0, Math.max(0, this.#line.indexOf(waiter)));
  }

  #serve(): void {
    for (;;) {
      const first = this.#line[0];
      const permit = first === undefined ? null : this.#pool.tryAcquire();
      if (first === undefined || permit === null) return;
      this.leave(first);
      first.start(permit);
    }
  }
}
