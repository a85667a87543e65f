// The events of one prediction, numbered from 0, for readers that come late, fall behind or come back. A pure data
// structure: it keeps references, encodes nothing, and knows nothing of who reads.
import { AssertionError, assert } from '../../base/assert.ts';

export interface JournalBounds {
  /** A reader that comes gets at most this many past events; 0: none. */
  readonly events: number;
  /** Nothing makes it hold more than this, except one single event. */
  readonly bytes: number;
}

// Places of dropped events are given back in one go, so that dropping one costs the same however many there are.
const COMPACT_FROM = 256;

export class Journal<T extends object> {
  readonly #bounds: JournalBounds;
  #events: (T | undefined)[] = [];
  #sizes: number[] = [];
  /** Free places in front of the oldest event. */
  #free = 0;
  #begin = 0;
  #bytes = 0;
  #heldFrom = Number.POSITIVE_INFINITY;
  #isSealed = false;

  constructor(bounds: JournalBounds) {
    this.#bounds = bounds;
  }

  /** Number of the oldest event that is kept. */
  get begin(): number {
    return this.#begin;
  }

  /** Number of the event that comes next. */
  get end(): number {
    return this.#begin + this.#events.length - this.#free;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Nothing follows any more. */
  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** First event for a reader that comes now, whatever it has seen before. The last one of all is always shown. */
  get replayFrom(): number {
    const shown = Math.max(this.#bounds.events, this.#isSealed ? 1 : 0);
    return Math.max(this.#begin, this.end - shown);
  }

  at(number: number): T {
    const event = this.#events[this.#free + number - this.#begin];
    if (number >= this.#begin && event !== undefined) return event;
    throw new AssertionError(`the journal has no event ${number}`);
  }

  append(event: T, bytes: number): void {
    assert(!this.#isSealed, 'a sealed journal takes no event');
    this.#events.push(event);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    this.#trim();
  }

  seal(): void {
    this.#isSealed = true;
    // Arrays that grow have room for many more; ended predictions are kept by the thousand.
    this.#compact();
  }

  /** Keeps events from `number` on for readers on their way, as far as the bytes allow; infinity: nobody reads. */
  hold(number: number): void {
    this.#heldFrom = number;
    this.#trim();
  }

  // The newest event stays: it may be the only one that a reader of this turn has not taken.
  #trim(): void {
    const needed = Math.min(this.#heldFrom, this.end - this.#bounds.events, this.end - 1);
    while (this.#begin < needed) this.#dropOldest();
    while (this.#bytes > this.#bounds.bytes && this.#begin < this.end - 1) this.#dropOldest();
    if (this.#free >= COMPACT_FROM && this.#free * 2 >= this.#events.length) this.#compact();
  }

  #compact(): void {
    this.#events = this.#events.slice(this.#free);
    this.#sizes = this.#sizes.slice(this.#free);
    this.#free = 0;
  }

  #dropOldest(): void {
    this.#events[this.#free] = undefined;
    this.#bytes -= this.#sizes[this.#free] ?? 0;
    this.#free += 1;
    this.#begin += 1;
  }
}
