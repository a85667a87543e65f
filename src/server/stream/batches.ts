// Encoded events, shared: whoever reads at the same place gets the same bytes, and as long as one reader still holds
// them no other has them made again. Keeps nothing alive by itself.
import type { Journal } from './journal.ts';

export interface Batch {
  readonly bytes: Buffer;
  /** Number of the first event behind it. */
  readonly next: number;
}

interface Shared {
  readonly bytes: WeakRef<Buffer>;
  readonly next: number;
}

const SWEEP_FROM = 64;

export class Batches<T extends object> {
  readonly #journal: Journal<T>;
  readonly #encode: (number: number, event: T) => string;
  readonly #charsMax: number;
  readonly #shared = new Map<number, Shared>();
  #sweepAt = SWEEP_FROM;

  /** A batch ends with the event that brings it to `charsMax`. */
  constructor(journal: Journal<T>, encode: (number: number, event: T) => string, charsMax: number) {
    this.#journal = journal;
    this.#encode = encode;
    this.#charsMax = charsMax;
  }

  /** At least one event; `number` must be in the journal. */
  from(number: number): Batch {
    const shared = this.#shared.get(number);
    const bytes = shared?.bytes.deref();
    return shared === undefined || bytes === undefined ? this.#make(number) : { bytes, next: shared.next };
  }

  #make(number: number): Batch {
    const { end } = this.#journal;
    let text = '';
    let next = number;
    do {
      text += this.#encode(next, this.#journal.at(next));
      next += 1;
    } while (next < end && text.length < this.#charsMax);
    const bytes = Buffer.from(text);
    this.#shared.set(number, { bytes: new WeakRef(bytes), next });
    if (this.#shared.size >= this.#sweepAt) this.#sweep();
    return { bytes, next };
  }

  #sweep(): void {
    for (const [number, { bytes }] of this.#shared)
      if (bytes.deref() === undefined) this.#shared.delete(number);
    this.#sweepAt = this.#shared.size * 2 + SWEEP_FROM;
  }
}
