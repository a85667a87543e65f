// Encoded events, shared: whoever reads at the same place gets the same bytes, and as long as one reader still holds
// them no other has them made again. Keeps nothing alive by itself.
import type { ComposedBody } from '../payload/composed-body.ts';
import type { Journal } from './journal.ts';

export interface Batch {
  /** A body: one event with stored values in it, which its reader releases. */
  readonly bytes: Buffer | ComposedBody;
  /** Number of the first event behind it. */
  readonly next: number;
}

export interface Encoding<T> {
  text(number: number, event: T): string | ComposedBody;
  /** Of whole events. */
  bytes(text: string): Buffer;
}

interface Shared {
  readonly bytes: WeakRef<Buffer>;
  readonly next: number;
}

const SWEEP_FROM = 64;

export class Batches<T extends object> {
  readonly #journal: Journal<T>;
  readonly #encoding: Encoding<T>;
  readonly #charsMax: number;
  readonly #shared = new Map<number, Shared>();
  #sweepAt = SWEEP_FROM;

  /** A batch ends with the event that brings it to `charsMax`. */
  constructor(journal: Journal<T>, encoding: Encoding<T>, charsMax: number) {
    this.#journal = journal;
    this.#encoding = encoding;
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
      const encoded = this.#encoding.text(next, this.#journal.at(next));
      if (typeof encoded !== 'string') {
        if (text === '') return this.#alone(number, encoded);
        // Its turn comes with the next batch.
        encoded.release();
        break;
      }
      text += encoded;
      next += 1;
    } while (next < end && text.length < this.#charsMax);
    return this.#share(number, this.#encoding.bytes(text), next);
  }

  /** An event with stored values in it; what is all in memory, a long log, is shared as well. */
  #alone(number: number, body: ComposedBody): Batch {
    const bytes = body.inMemory;
    if (bytes === null) return { bytes: body, next: number + 1 };
    body.release();
    return this.#share(number, bytes, number + 1);
  }

  #share(number: number, bytes: Buffer, next: number): Batch {
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
