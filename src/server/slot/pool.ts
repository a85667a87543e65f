// The slots of all ready workers. Hands out the least busy worker's slot; knows nothing of why workers come and go.
import type { Permit, SlotPool } from './permit.ts';
import type { Slot, SlotWatcher } from './slot.ts';

export class Pool implements SlotPool {
  readonly #groups = new Set<Group>();
  #onFree: () => void = () => {};

  get capacity(): number {
    return this.#sum((group) => group.size);
  }

  get available(): number {
    return this.#sum((group) => group.idle.length);
  }

  get settling(): number {
    return this.#sum((group) => group.settlingCount);
  }

  onFree(listener: () => void): void {
    this.#onFree = listener;
  }

  /** Adds the idle slots of one worker; the returned function takes them out again. */
  add(slots: readonly Slot[]): () => void {
    const group = new Group(slots, () => this.#onFree());
    this.#groups.add(group);
    for (const slot of slots) slot.watch(group);
    if (group.idle.length > 0) this.#onFree();
    return () => {
      if (!this.#groups.delete(group)) return;
      for (const slot of slots) slot.watch(null);
    };
  }

  tryAcquire(): Permit | null {
    let best: Group | null = null;
    for (const group of this.#groups) {
      if (group.idle.length > 0 && (best === null || group.busy < best.busy)) best = group;
    }
    return best?.idle.pop()?.acquire() ?? null;
  }

  #sum(count: (group: Group) => number): number {
    let sum = 0;
    for (const group of this.#groups) sum += count(group);
    return sum;
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
