// The slots of all ready workers. Hands out the least busy worker's slot; knows nothing of why workers come and go.
import type { Clock } from '../../base/clock.ts';
import { deferred } from '../../base/deferred.ts';
import type { Permit, SlotPool } from './permit.ts';
import type { Slot, SlotWatcher } from './slot.ts';

export class Pool implements SlotPool {
  readonly #clock: Clock;
  readonly #groups = new Set<Group>();
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get capacity(): number {
    let sum = 0;
    for (const group of this.#groups) sum += group.size;
    return sum;
  }

  get available(): number {
    let sum = 0;
    for (const group of this.#groups) sum += group.idle.length;
    return sum;
  }

  /** Adds the idle slots of one worker; the returned function takes them out again. */
  add(slots: readonly Slot[]): () => void {
    const group = new Group(slots, () => this.#wake());
    this.#groups.add(group);
    for (const slot of slots) slot.watch(group);
    return () => {
      if (!this.#groups.delete(group)) return;
      for (const slot of slots) slot.watch(null);
      if (!this.#isSettling()) this.#wake();
    };
  }

  tryAcquire(): Permit | null {
    let best: Group | null = null;
    for (const group of this.#groups) {
      if (group.idle.length > 0 && (best === null || group.busy < best.busy)) best = group;
    }
    return best?.idle.pop()?.acquire() ?? null;
  }

  settled(ms: number): Promise<void> {
    if (this.available > 0 || !this.#isSettling()) return Promise.resolve();
    const { promise, resolve } = deferred();
    const wake = () => {
      this.#waiting.delete(wake);
      timer.cancel();
      resolve();
    };
    const timer = this.#clock.after(ms, wake);
    this.#waiting.add(wake);
    return promise;
  }

  #isSettling(): boolean {
    for (const group of this.#groups) if (group.settlingCount > 0) return true;
    return false;
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** The slots of one worker. */
class Group implements SlotWatcher {
  readonly size: number;
  readonly idle: Slot[];
  readonly #settling = new Set<Slot>();
  readonly #onFreed: () => void;

  constructor(slots: readonly Slot[], onFreed: () => void) {
    this.size = slots.length;
    // Taken from the end, so that slot 0 is used first.
    this.idle = slots.filter((slot) => slot.status === 'idle').reverse();
    this.#onFreed = onFreed;
  }

  get busy(): number {
    return this.size - this.idle.length;
  }

  get settlingCount(): number {
    return this.#settling.size;
  }

  settling(slot: Slot): void {
    this.#settling.add(slot);
  }

  freed(slot: Slot): void {
    this.#settling.delete(slot);
    this.idle.push(slot);
    this.#onFreed();
  }
}
