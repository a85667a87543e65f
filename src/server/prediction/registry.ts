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
  /** What the finished ones were charged for it; null while it is live. */
  keptBytes: number | null = null;
  /** Its neighbours among the finished ones. */
  before: Entry | null = null;
  after: Entry | null = null;

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
  /** Live and finished ones, in order of creation. */
  readonly #entries = new Map<PredictionId, Entry>();
  #liveCount = 0;
  /** The first and the last of the finished ones, linked in order of completion. */
  #oldest: Entry | null = null;
  #newest: Entry | null = null;
  readonly #order = new CreationOrder<Entry>();
  #finishedBytes = 0;
  #created = 0;

  constructor(retention: number, bytesMax: number = limit('retainedBytesMax')) {
    this.#retention = retention;
    this.#bytesMax = bytesMax;
  }

  get liveCount(): number {
    return this.#liveCount;
  }

  live(): readonly Prediction[] {
    const live = [...this.#entries.values()].filter((entry) => entry.keptBytes === null);
    return live.map((entry) => entry.prediction);
  }

  find(id: PredictionId): Prediction | null {
    return this.#entries.get(id)?.prediction ?? null;
  }

  add(prediction: Prediction): void {
    assert(this.find(prediction.id) === null, 'an id is taken once');
    const entry = new Entry(prediction, ++this.#created);
    this.#entries.set(prediction.id, entry);
    this.#liveCount += 1;
    this.#order.add(entry);
  }

  /** Moves a prediction that ended to the finished ones. */
  finish(prediction: Prediction): void {
    const entry = this.#entries.get(prediction.id);
    const isLive = entry?.prediction === prediction && entry.keptBytes === null;
    assert(isLive, 'a prediction finishes once, from among the live ones');
    this.#liveCount -= 1;
    entry.keptBytes = prediction.bytes + ENTRY_BYTES;
    this.#finishedBytes += entry.keptBytes;
    this.#append(entry);
    while (this.#oldest !== null && this.#isOverfull()) this.#drop(this.#oldest);
  }

  /** Forgets a finished prediction; one that runs stays. */
  forget(prediction: Prediction): void {
    const entry = this.#entries.get(prediction.id);
    if (entry?.prediction === prediction && entry.keptBytes !== null) this.#drop(entry);
  }

  /** Forgets every finished prediction. */
  clear(): void {
    while (this.#oldest !== null) this.#drop(this.#oldest);
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

  #isOverfull(): boolean {
    const finished = this.#entries.size - this.#liveCount;
    return finished > this.#retention || this.#finishedBytes > this.#bytesMax;
  }

  #append(entry: Entry): void {
    entry.before = this.#newest;
    if (this.#newest === null) this.#oldest = entry;
    else this.#newest.after = entry;
    this.#newest = entry;
  }

  #unlink({ before, after }: Entry): void {
    if (before === null) this.#oldest = after;
    else before.after = after;
    if (after === null) this.#newest = before;
    else after.before = before;
  }

  /** A finished one. */
  #drop(entry: Entry): void {
    this.#unlink(entry);
    this.#entries.delete(entry.prediction.id);
    this.#finishedBytes -= entry.keptBytes ?? 0;
    this.#order.remove(entry);
    entry.prediction.release();
  }
}
