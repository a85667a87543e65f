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
    const growth = growthBy(metric, leaf, find(this.#values, segments));
    if (growth > 0 && this.#bytes + growth > this.#bytesMax) return false;
    this.#bytes = Math.max(0, this.#bytes + growth);
    let bag = this.#values;
    for (const segment of segments) bag = descend(bag, segment);
    merge(bag, leaf, metric.value, metric.mode);
    return true;
  }

  /** Live: serialise it at once. */
  get object(): JsonObject {
    return this.#values as JsonObject;
  }
}

// What is held, kept up as it changes: counting it anew for each metric would take ever longer.
function growthBy({ name, value, mode }: Metric, leaf: string, bag: Bag | null): number {
  const old = bag === null ? undefined : own(bag, leaf);
  const added = approximateBytes(value) + (old === undefined ? name.length : 0);
  switch (mode) {
    case 'replace': {
      const freed = old === undefined ? 0 : held(old);
      if (value === null) return old === undefined ? 0 : -freed - name.length;
      return added - freed;
    }
    case 'increment':
      return old === undefined ? added : 0;
    case 'append':
      return added;
  }
}

function held(value: unknown): number {
  // Whatever is in a bag was recorded, and so is JSON.
  return approximateBytes(value as Json);
}

function find(bag: Bag, segments: readonly string[]): Bag | null {
  let at: Bag | null = bag;
  for (const segment of segments) {
    const next: unknown = at === null ? null : own(at, segment);
    at = isObject(next) ? next : null;
  }
  return at;
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
