// Every prediction the server knows: those that run, and the newest finished ones, bounded in number and bytes.
import { assert } from '../../base/assert.ts';
import { limit } from '../../limits.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import { CreationOrder, type Numbered, type PageStart } from './creation-order.ts';
import type { Prediction } from './prediction.ts';

export interface Page {
  readonly predictions: readonly Prediction[];
  /** Number of the page's newest and oldest prediction; null where the page is empty. */
  readonly newest: number | null;
  readonly oldest: number | null;
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

class Entry implements Numbered {
  readonly prediction: Prediction;
  readonly number: number;
  /** What the finished ones were charged for it; 0 before. */
  keptBytes = 0;

  constructor(prediction: Prediction, number: number) {
    this.prediction = prediction;
    this.number = number;
  }

  get bytes(): number {
    return this.prediction.bytes;
  }
}

// What the objects themselves take, beside the payloads that are counted.
const ENTRY_BYTES = 2_048;

export class Registry {
  readonly #retention: number;
  readonly #bytesMax: number;
  readonly #live = new Map<PredictionId, Entry>();
  /** In order of completion, oldest first. */
  readonly #finished = new Map<PredictionId, Entry>();
  readonly #order = new CreationOrder<Entry>();
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
    assert(this.find(prediction.id) === null, 'an id is taken once');
    const entry = new Entry(prediction, ++this.#created);
    this.#live.set(prediction.id, entry);
    this.#order.add(entry);
  }

  /** Moves a prediction that ended to the finished ones. */
  finish(prediction: Prediction): void {
    const entry = this.#live.get(prediction.id);
    assert(entry?.prediction === prediction, 'a prediction finishes once, from among the live ones');
    this.#live.delete(prediction.id);
    entry.keptBytes = prediction.bytes + ENTRY_BYTES;
    this.#finished.set(prediction.id, entry);
    this.#finishedBytes += entry.keptBytes;
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

  /** Forgets every finished prediction. */
  clear(): void {
    for (const entry of this.#finished.values()) this.#drop(entry);
  }

  /** Newest first, by creation. */
  page(mode: Mode, start: PageStart, count: number): Page {
    const bounds = { count, bytes: limit('listPageBytesMax') };
    const page = this.#order.page(start, bounds, (entry) => entry.prediction.mode === mode);
    const { entries, hasNewer, hasOlder } = page;
    return {
      predictions: entries.map((entry) => entry.prediction),
      newest: entries[0]?.number ?? null,
      oldest: entries.at(-1)?.number ?? null,
      hasNewer,
      hasOlder,
    };
  }

  #drop(entry: Entry): void {
    this.#finished.delete(entry.prediction.id);
    this.#finishedBytes -= entry.keptBytes;
    this.#order.remove(entry);
    entry.prediction.release();
  }
}
