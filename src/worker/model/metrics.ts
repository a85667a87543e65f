// What scope.metrics does: checks names, values and modes as Cog does, and hands each metric on. Merging is the server's.
import type { Json } from '../../base/json.ts';
import { limit } from '../../limits.ts';
import type { Metrics } from '../../predictor/scope.ts';
import type { Metric, MetricMode } from '../../protocol/slot-messages.ts';
import { checkMetricName, checkNotReserved } from './metric-name.ts';

type ValueType = 'boolean' | 'number' | 'string' | 'list' | 'object' | 'null';

const MODES: { readonly [mode: string]: MetricMode } = {
  replace: 'replace',
  increment: 'increment',
  incr: 'increment',
  append: 'append',
};

/** The methods are fields, so that `const { record } = scope.metrics` works. */
export class MetricRecorder implements Metrics {
  readonly #emit: (metric: Pick<Metric, 'name' | 'value' | 'mode'>) => void;
  /** The first value decides; JSON numbers are one type. */
  readonly #types = new Map<string, ValueType>();
  #isClosed = false;

  constructor(emit: (metric: Pick<Metric, 'name' | 'value' | 'mode'>) => void) {
    this.#emit = emit;
  }

  readonly record: Metrics['record'] = (name, value, mode = 'replace') => {
    if (this.#isClosed) return;
    checkNotReserved(name);
    checkMetricName(name);
    const known = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined;
    if (known === undefined) {
      throw new RangeError(
        `Invalid metric mode: '${String(mode)}'. Expected 'replace', 'incr', or 'append'.`,
      );
    }
    const json = metricJson(name, value);
    const type = typeOf(json);
    if (known === 'increment' && type !== 'number') {
      throw new TypeError(`Increment mode requires int or float, got ${type} for metric '${name}'`);
    }
    if (json === null && known === 'replace') return this.#remove(name);
    if (json === null) throw new TypeError(`Unsupported metric value type: null (metric '${name}')`);
    this.#keepType(name, type, known);
    this.#emit({ name, value: json, mode: known });
  };

  /** Reserved names may be deleted: there is nothing under them. */
  readonly delete: Metrics['delete'] = (name) => {
    if (this.#isClosed) return;
    checkMetricName(name);
    this.#remove(name);
  };

  /** The prediction has ended: whatever is recorded later is dropped. For the runtime only. */
  close(): void {
    this.#isClosed = true;
    this.#types.clear();
  }

  #remove(name: string): void {
    this.#types.delete(name);
    // `a.b` lives inside `a`.
    for (const other of this.#types.keys()) if (other.startsWith(`${name}.`)) this.#types.delete(other);
    this.#emit({ name, value: null, mode: 'replace' });
  }

  #keepType(name: string, type: ValueType, mode: MetricMode): void {
    const fixed = this.#types.get(name);
    if (fixed === undefined) this.#types.set(name, type);
    // A list takes items of every type.
    else if (fixed !== type && !(mode === 'append' && fixed === 'list')) {
      throw new TypeError(`Metric '${name}' has type ${fixed}, cannot set to ${type} without deleting first`);
    }
  }
}

function typeOf(value: Json): ValueType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}

/** A copy as JSON: what the predictor changes in its own object later does not change the metric. */
function metricJson(name: string, value: unknown): Json {
  const text = JSON.stringify(value, (_key, part: unknown) => checkPart(name, part)) as string | undefined;
  if (text === undefined) throw unsupported(name, typeof value);
  const bytesMax = limit('inlineBytesMax');
  if (text.length > bytesMax) {
    throw new RangeError(
      `Metric '${name}' is larger than ${bytesMax} characters; make it part of the output`,
    );
  }
  return JSON.parse(text) as Json;
}

function checkPart(name: string, part: unknown): unknown {
  switch (typeof part) {
    case 'number':
      if (Number.isFinite(part)) return part;
      throw new RangeError(`Metric '${name}' is ${part}; record a finite number`);
    case 'bigint':
      if (Number.isSafeInteger(Number(part))) return Number(part);
      throw new RangeError(`Metric '${name}' is an integer beyond 2^53 - 1; record it as a string`);
    case 'object':
      if (part === null || Array.isArray(part) || isPlain(part)) return part;
      throw unsupported(name, part.constructor?.name ?? 'object');
    case 'function':
    case 'symbol':
      throw unsupported(name, typeof part);
    case 'string':
      return part.toWellFormed();
    default:
      return part;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function unsupported(name: string, type: string): TypeError {
  return new TypeError(
    `Unsupported metric value type: ${type} (metric '${name}'); use a boolean, number, string, list or plain object`,
  );
}
