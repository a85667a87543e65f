// Entries in the order of their creation, and pages of them. What a page costs depends on its length, not on how many
// are kept: a list must not hold up predictions.

export interface Numbered {
  /** In the order of creation, from 1. */
  readonly number: number;
  /** Held by its prediction. */
  readonly bytes: number;
}

/** A page holds those older than one number, or newer than another; null begins with the newest. */
export type PageStart = { readonly olderThan: number } | { readonly newerThan: number } | null;

export interface PageOf<E> {
  /** Newest first. */
  readonly entries: readonly E[];
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

export interface PageBounds {
  readonly count: number;
  /** A page ends early once its predictions hold more; it has one at least. */
  readonly bytes: number;
}

interface Place<E> {
  readonly number: number;
  /** Null once it was removed: what it held must not be held here. */
  entry: E | null;
}

const COMPACT_MIN = 64;

export class CreationOrder<E extends Numbered> {
  /** Ascending. Emptied places stay until they are as many as the others. */
  #places: Place<E>[] = [];
  #emptyCount = 0;

  add(entry: E): void {
    this.#places.push({ number: entry.number, entry });
  }

  remove(entry: E): void {
    const place = this.#places[this.#firstFrom(entry.number)];
    if (place?.entry !== entry) return;
    place.entry = null;
    this.#emptyCount += 1;
    if (this.#emptyCount < COMPACT_MIN || this.#emptyCount * 2 < this.#places.length) return;
    this.#places = this.#places.filter((kept) => kept.entry !== null);
    this.#emptyCount = 0;
  }

  page(start: PageStart, bounds: PageBounds, belongs: (entry: E) => boolean): PageOf<E> {
    if (start !== null && 'newerThan' in start) {
      const first = this.#firstFrom(start.newerThan + 1);
      const { taken, hasMore } = take(this.#walk(first, 1, belongs), bounds);
      const hasOlder = taken.length > 0 && this.#has(first - 1, -1, belongs);
      return { entries: taken.reverse(), hasNewer: hasMore, hasOlder };
    }
    const last = start === null ? this.#places.length - 1 : this.#firstFrom(start.olderThan) - 1;
    const { taken, hasMore } = take(this.#walk(last, -1, belongs), bounds);
    const hasNewer = taken.length > 0 && this.#has(last + 1, 1, belongs);
    return { entries: taken, hasNewer, hasOlder: hasMore };
  }

  #has(from: number, step: 1 | -1, belongs: (entry: E) => boolean): boolean {
    return this.#walk(from, step, belongs).next().done !== true;
  }

  *#walk(from: number, step: 1 | -1, belongs: (entry: E) => boolean): Generator<E> {
    for (let index = from; ; index += step) {
      const place = this.#places[index];
      if (place === undefined) return;
      if (place.entry !== null && belongs(place.entry)) yield place.entry;
    }
  }

  /** Index of the first with this number or a higher one. */
  #firstFrom(number: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle]?.number ?? number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function take<E extends Numbered>(entries: Generator<E>, bounds: PageBounds) {
  const taken: E[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    if (taken.length === bounds.count || (taken.length > 0 && bytes > bounds.bytes)) {
      return { taken, hasMore: true };
    }
    taken.push(entry);
  }
  return { taken, hasMore: false };
}
