// Every prediction the server knows: those that run, and the newest finished ones, bounded in number and bytes.
import { assert } from '../../base/assert.ts';
import { limit } from '../../limits.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import type { Prediction } from './prediction.ts';

export interface Page {
  readonly predictions: readonly Prediction[];
  /** Number of the page's newest and oldest prediction; null where the page is empty. */
  readonly newest: number | null;
  readonly oldest: number | null;
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

/** Predictions are numbered by creation. A page holds those older than one number, or newer than another. */
export type PageStart = { readonly olderThan: number } | { readonly newerThan: number } | null;

interface Entry {
  readonly prediction: Prediction;
  readonly number: number;
  /** Held bytes once finished, 0 before. */
  bytes: number;
}

// What the objects themselves take, beside the payloads that are counted.
const ENTRY_BYTES = 2_048;

export class Registry {
  readonly #retention: number;
  readonly #bytesMax: number;
  readonly #live = new Map<PredictionId, Entry>();
  /** In order of completion, oldest first. */
  readonly #finished = new Map<PredictionId, Entry>();
  #finishedBytes = 0;
  #created = 0;

  constructor(retention: number, bytesMax: number = limit('retainedBytesMax')) {
    this.#retention = retention;
    this.#bytesMax = bytesMax;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  live(): readonly Prediction[] {
    return [...this.#live.values()].map((entry) => entry.prediction);
  }

  find(id: PredictionId): Prediction | null {
    return (this.#live.get(id) ?? this.#finished.get(id))?.prediction ?? null;
  }

  add(prediction: Prediction): void {
    assert(this.find(prediction.id) === null, `prediction ${prediction.id} exists already`);
    this.#live.set(prediction.id, { prediction, number: ++this.#created, bytes: 0 });
  }

  /** Moves a prediction that ended to the finished ones. */
  finish(prediction: Prediction): void {
    const entry = this.#live.get(prediction.id);
    assert(entry?.prediction === prediction, `prediction ${prediction.id} is not live`);
    this.#live.delete(prediction.id);
    if (this.#retention === 0) return;
    entry.bytes = prediction.bytes + ENTRY_BYTES;
    this.#finished.set(prediction.id, entry);
    this.#finishedBytes += entry.bytes;
    for (const oldest of this.#finished.values()) {
      if (this.#finished.size <= this.#retention && this.#finishedBytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
  }

  /** Forgets a finished prediction; one that runs stays. */
  forget(prediction: Prediction): void {
    const entry = this.#finished.get(prediction.id);
    if (entry?.prediction === prediction) this.#drop(entry);
  }

  /** Newest first, by creation. */
  page(mode: Mode, start: PageStart, count: number): Page {
    const all = [...this.#live.values(), ...this.#finished.values()]
      .filter((entry) => entry.prediction.mode === mode)
      .sort((a, b) => b.number - a.number);
    const { entries, from } = cut(all, start, count);
    return {
      predictions: entries.map((entry) => entry.prediction),
      newest: entries[0]?.number ?? null,
      oldest: entries.at(-1)?.number ?? null,
      hasNewer: entries.length > 0 && from > 0,
      hasOlder: entries.length > 0 && from + entries.length < all.length,
    };
  }

  #drop(entry: Entry): void {
    this.#finished.delete(entry.prediction.id);
    this.#finishedBytes -= entry.bytes;
  }
}

/** At most `count` of `all`, and fewer where they hold much; `from` is the index of the first. */
function cut(all: readonly Entry[], start: PageStart, count: number): { entries: Entry[]; from: number } {
  if (start !== null && 'newerThan' in start) {
    const newer = all.filter((entry) => entry.number > start.newerThan).reverse();
    const entries = affordable(newer.slice(0, count)).reverse();
    return { entries, from: newer.length - entries.length };
  }
  const olderThan = start?.olderThan ?? Number.POSITIVE_INFINITY;
  const from = all.findIndex((entry) => entry.number < olderThan);
  return from === -1
    ? { entries: [], from: all.length }
    : { entries: affordable(all.slice(from, from + count)), from };
}

function affordable(entries: readonly Entry[]): Entry[] {
  let bytes = 0;
  const fitting = entries.filter((entry, index) => {
    bytes += entry.prediction.bytes;
    return index === 0 || bytes <= limit('listPageBytesMax');
  });
  return fitting;
}
