// The metrics of one prediction: how a recorded value merges with what is there. The worker has checked names and
// types; what cannot merge is ignored, as in coglet.

import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { approximateBytes } from '../../base/json-measure.ts';
import { limit } from '../../limits.ts';
import type { Metric, MetricMode } from '../../protocol/slot-messages.ts';

// Without a prototype, so that a metric named `constructor` or `__proto__` is a metric like any other.
type Bag = Record<string, unknown>;
const emptyBag = (): Bag => Object.create(null);

export class Metrics {
  readonly #bytesMax: number;
  readonly #values: Bag = emptyBag();
  #bytes = 0;

  constructor(bytesMax: number = limit('predictionMetricsBytesMax')) {
    this.#bytesMax = bytesMax;
  }

  /** False when the budget is used up and the metric was ignored. */
  record(metric: Metric): boolean {
    const segments = metric.name.split('.');
    const leaf = segments.pop();
    if (!isUsable(leaf) || !segments.every(isUsable)) return true;
    if (metric.value !== null && !this.#afford(metric)) return false;
    let bag = this.#values;
    for (const segment of segments) bag = descend(bag, segment);
    merge(bag, leaf, metric.value, metric.mode);
    return true;
  }

  /** Live: serialise it at once. */
  get object(): JsonObject {
    return this.#values as JsonObject;
  }

  // Counts what was recorded, and only when that reaches the bound counts what is really held: a metric replaced
  // a million times costs no more than one.
  #afford(metric: Metric): boolean {
    const more = metric.name.length + approximateBytes(metric.value);
    if (this.#bytes + more > this.#bytesMax) this.#bytes = approximateBytes(this.object);
    if (this.#bytes + more > this.#bytesMax) return false;
    this.#bytes += more;
    return true;
  }
}

function isUsable(segment: string | undefined): segment is string {
  return segment !== undefined && segment !== '' && segment !== '__proto__';
}

// A recorded object has a prototype: only its own keys count.
function own(bag: Bag, key: string): unknown {
  return Object.hasOwn(bag, key) ? bag[key] : undefined;
}

function descend(bag: Bag, segment: string): Bag {
  const existing = own(bag, segment);
  if (isObject(existing)) return existing;
  const created = emptyBag();
  bag[segment] = created;
  return created;
}

function merge(bag: Bag, leaf: string, value: Json, mode: MetricMode): void {
  const old = own(bag, leaf);
  switch (mode) {
    case 'replace':
      if (value === null) delete bag[leaf];
      else bag[leaf] = value;
      return;
    case 'increment':
      if (typeof value !== 'number') return;
      if (old === undefined) bag[leaf] = value;
      else if (typeof old === 'number') bag[leaf] = old + value;
      return;
    case 'append':
      if (Array.isArray(old)) old.push(value);
      else bag[leaf] = old === undefined ? [value] : [old, value];
  }
}
